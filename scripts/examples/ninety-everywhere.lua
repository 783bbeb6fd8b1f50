-- ninety-everywhere.lua - What does it take to know 90 % of the register in every municipality, at least effort?
--
-- solve finds the least number of persons for which the target holds, for each municipality on its own; allocate finds
-- them all at once, for what they cost, and says what the target costs in each. Persons are whole: 90 % of 249 is 224,1, so
-- 225 must be known. Synthetic persons; the hours are an assumption.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local coverage = dk.breakdown "coverage" {
  by = "gemeente",
  levels = "all",
  measures = {
    { "register = count()", format = "#,##0" },
    { "bekend = count() where in_sonar", format = "#,##0" },
    { "dekking = bekend / register", format = "0.00 %" },
  },
  margins = "totals",
}
local outreach = dk.scenario "outreach" {
  params = { aandeel = { 0, min = 0, max = 1, doc = "share of the unknown who are registered" } },
  { "register the unknown", where = "not in_sonar", share = "$aandeel", whole = true, per = "gemeente",
    set = { in_sonar = true } },
}
local target = { vary = "aandeel", target = "dekking >= 0.90" }

print "Least number of persons to register for 90 %, municipality by municipality (synthetic persons)\n"
local each = coverage:solve(persons, outreach, { vary = target.vary, target = target.target, each = "gemeente" })
each:select { "gemeente", "register", "available", "persons", "aandeel", "bekend", "dekking" }
  :label { available = "onbekend", persons = "erbij" }
  :format { aandeel = "0.0 %", available = "#,##0" }
  :print(region.nl)

local everywhere = each:breakdown { measures = "n = sum(persons)" } .n[1]
local whole = coverage:solve(persons, outreach, { vary = target.vary, target = target.target, at = dk.total })
print(("\n%d persons for 90 %% in every municipality; %d for 90 %% in the region as a whole."):format(everywhere,
  whole.persons[1]))
print "Rozendaal has nobody in the register: nothing is asked of it."

-- All unknown of Arnhem alone are not enough for the region, and the answer says so.
local arnhem = dk.scenario "Arnhem" {
  params = { aandeel = { 0, min = 0, max = 1 } },
  { "register in Arnhem", where = "not in_sonar and gemeente == 'Arnhem'", share = "$aandeel", whole = true,
    set = { in_sonar = true } },
}
local answer = coverage:solve(persons, arnhem, { vary = target.vary, target = target.target, at = dk.total })
print("With Arnhem alone: " .. answer.answer[1])

-- A registration takes half an hour where a desk is near, an hour elsewhere, and an hour and a half in Doesburg. 85 %
-- everywhere and 90 % in the region: who is registered where, so that it takes the fewest hours?
print "\nFewest hours for 85 % everywhere and 90 % in the region\n"
local plan = coverage:allocate(persons, outreach, {
  per = "gemeente",
  cost = "case(gemeente in ('Arnhem', 'Rheden', 'Zevenaar'), 0.5, gemeente == 'Doesburg', 1.5, 1)",
  minimise = "cost",
  targets = { { "dekking >= 0.85", each = "gemeente" }, "dekking >= 0.90" },
})
plan:table():select { "gemeente", "available", "allocated", "cost", "bekend", "dekking" }
  :label { available = "onbekend", allocated = "erbij", cost = "uren" }
  :format { available = "#,##0", cost = "#,##0.0" }
  :print(region.nl)
local total = plan:total()
print(("\n%s persons in %s hours."):format(tostring(total.allocated), tostring(total.cost)))
print "What one person less that a target asks for would save, in hours:"
plan:limits():where "binds":select { "limit", "cell", "shadow_price" }:format { shadow_price = "0.0" }:print(region.nl)

-- The plan as a scenario gives the same numbers.
local after = coverage:compare(persons, plan:scenario "plan"):where "gemeente is total"
print(("\nCarried out: %d of %d known, %.2f %%."):format(after.bekend_plan[1], after.register_plan[1],
  100 * after.dekking_plan[1]))
