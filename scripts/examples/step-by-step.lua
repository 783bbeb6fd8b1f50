-- step-by-step.lua - What does each step of a plan contribute?
--
-- Three campaigns reach for the same persons: who answers the first letter is no longer there for the second. In order,
-- a step gets what it adds to those before it; by Shapley it gets the mean of that over all orders, so that it does not
-- matter who came first. Synthetic persons.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local coverage = dk.breakdown "coverage" {
  by = "gemeente",
  measures = {
    { "bekend = count() where in_sonar", format = "#,##0.0" },
    { "dekking = bekend / count()", format = "0.00 %" },
  },
  margins = "totals",
}
local plan = dk.scenario "plan" {
  assumptions = { "each campaign reaches its share of whoever is still unknown" },
  { "letters to the young", where = "not in_sonar and leeftijd < 27", share = 0.40, set = { in_sonar = true } },
  { "visits in Arnhem", where = "not in_sonar and gemeente == 'Arnhem'", share = 0.25, set = { in_sonar = true } },
  { "by way of schools", where = "not in_sonar and doelgroep in ('Wajong', 'Praktijkonderwijs')", share = 0.30,
    set = { in_sonar = true } },
}

local total = coverage:by {}
print "What the plan does (synthetic persons)\n"
total:compare(persons, plan):print(region.nl)

local function contributions(method)
  return total:contributions(persons, plan, { measure = "bekend", at = dk.total, method = method })
end
print "\nWhat each step adds to those before it, and as a mean over all orders\n"
local in_order = contributions "order":rename { contribution = "na_elkaar" }:detail()
local shared = contributions "shapley":rename { contribution = "shapley" }:detail()
in_order:join(shared:select { "step", "shapley" }, "step"):select { "name", "na_elkaar", "shapley" }
  :format { na_elkaar = "0.0", shapley = "0.0" }:print(region.nl)
print(("together %.1f and %.1f"):format(in_order.na_elkaar:sum(), shared.shapley:sum()))

print "\nBy municipality, in the order of the plan\n"
coverage:contributions(persons, plan, { measure = "bekend", each = "gemeente" }):detail()
  :pivot { rows = "gemeente", columns = "name", values = "contribution" }:print(region.nl)

print "\nDoes the order of two steps matter?\n"
plan:order(persons, total):select { "first_name", "second_name", "changes", "bekend_most" }:print(region.nl)
