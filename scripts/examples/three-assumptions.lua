-- three-assumptions.lua - The same plan if it goes badly, as expected, or well.
--
-- A plan says what is done; how many answer, and how many are lost again, are assumptions. They are parameters with a
-- range and a meaning, so that whoever reads the figures sees what they rest on. Synthetic persons.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local coverage = dk.breakdown "coverage" {
  by = "gemeente",
  measures = {
    { "bekend = count() where in_sonar", format = "#,##0" },
    { "dekking = bekend / count()", format = "0.0 %" },
  },
  margins = "totals",
}
local plan = dk.scenario "verwacht" {
  doc = "A letter to everybody who is not known",
  assumptions = { "the register does not grow meanwhile", "who answers is registered, wherever they live" },
  params = {
    antwoord = { 0.40, min = 0.20, max = 0.60, doc = "share of the unknown who answer" },
    uitval = { 0.03, min = 0, max = 0.10, doc = "share of the known who are lost again" },
  },
  { "lose some", where = "in_sonar", share = "$uitval", whole = true, per = "gemeente", set = { in_sonar = false } },
  { "register who answers", where = "not in_sonar", share = "$antwoord", whole = true, per = "gemeente",
    set = { in_sonar = true } },
}
local slecht = plan:with({ antwoord = 0.20, uitval = 0.10 }, "slecht")
local goed = plan:with({ antwoord = 0.60, uitval = 0 }, "goed")
print(plan)

print "\nCoverage under each (synthetic persons)\n"
coverage:compare(persons, { slecht, plan, goed })
  :select { "gemeente", "dekking_base", "dekking_slecht", "dekking_verwacht", "dekking_goed" }
  :label { dekking_base = "nu", dekking_slecht = "slecht", dekking_verwacht = "verwacht", dekking_goed = "goed" }
  :print(region.nl)

print "\nWhich of the two assumptions matters most, over their ranges\n"
coverage:by {}:sensitivity(persons, plan, { measure = "dekking", at = dk.total })
  :select { "parameter", "low", "high", "at_low", "at_high", "swing" }:print(region.nl)

print "\nHow many must answer for 80 % if so many are lost\n"
local found = dk.table { { "uitval", { 0, 0.03, 0.10 } } }
for row in found:rows() do
  local answer = coverage:by {}:solve(persons, plan, { vary = "antwoord", target = "dekking >= 0.80", at = dk.total,
    params = { uitval = row.uitval } })
  print(("%3.0f %% lost: %s"):format(row.uitval * 100, answer.answer[1]))
end
