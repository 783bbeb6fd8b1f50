-- whole-persons.lua - What does rounding to whole persons do to a plan?
--
-- 30 % of the unknown of each municipality is an expected value, with fractions of persons. With `whole = true` the
-- sum is rounded once, and handed out by largest remainder: every municipality its part rounded down, then one
-- person each to the largest fractions. Rounding each municipality on its own would not add up. Synthetic persons.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local known = dk.breakdown {
  by = "gemeente",
  levels = "all",
  measures = { "bekend = count() where in_sonar", { "onbekend = count() where not in_sonar", format = "#,##0" } },
  margins = "totals",
}

local function plan(name, whole)
  return dk.scenario(name) {
    { "register the unknown", where = "not in_sonar", share = 0.30, whole = whole, per = "gemeente",
      set = { in_sonar = true } },
  }
end

local compared = known:compare(persons, { plan("deel", false), plan("heel", true) })
  :derive { "los = round(bekend_deel_difference)" }
print "30 % of the unknown is registered (synthetic persons)\n"
compared:select { "gemeente", "onbekend_base", "bekend_deel_difference", "bekend_heel_difference", "los" }
  :label { onbekend_base = "onbekend", bekend_deel_difference = "evenredig",
    bekend_heel_difference = "hele personen", los = "los afgerond" }
  :format { bekend_deel_difference = "0.0", bekend_heel_difference = "0", los = "0" }
  :print(region.nl)

local sum = 0
for row in compared:detail():rows() do
  sum = sum + row.los
end
print(("\nRounded one by one the municipalities add up to %.0f, and the total is 598."):format(sum))
