-- what-each-step-adds.lua - A plan of four steps brings the region to 85 %: what does each of them add?
--
-- In the order of the plan what comes late finds fewer people left; Shapley's shares are the mean over all orders, and
-- depend on none. order says which steps get in each other's way, and sensitivity which assumption carries the plan.
-- Synthetic persons; the shares are assumptions.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local coverage = dk.breakdown "coverage" {
  by = "gemeente",
  measures = {
    { "bekend = count() where in_sonar", format = "#,##0.0" },
    { "dekking = bekend / count()", format = "0.0 %" },
  },
  margins = "totals",
}
local plan = dk.scenario "plan" {
  params = {
    brief = { 0.25, min = 0.15, max = 0.35, doc = "share of the unknown who answer a letter" },
    bezoek = { 0.40, min = 0.30, max = 0.50, doc = "share of the unknown in a city who are found at home" },
    uit = { 0.02, min = 0.01, max = 0.04, doc = "share of the known who leave Sonar in the meantime" },
  },
  { "letters", where = "not in_sonar", share = "$brief", per = "gemeente", set = { in_sonar = true } },
  { "visits", where = "not in_sonar and gemeente in ('Arnhem', 'Rheden', 'Zevenaar')", share = "$bezoek",
    per = "gemeente", set = { in_sonar = true } },
  { "desk in Duiven", where = "not in_sonar and gemeente in ('Duiven', 'Westervoort')", count = 40, whole = true,
    set = { in_sonar = true } },
  { "leavers", where = "in_sonar", share = "$uit", per = "gemeente", set = { in_sonar = false } },
}

print "What the plan comes to (synthetic persons)\n"
local compared = coverage:compare(persons, plan, { relative = true })
compared:select { "gemeente", "bekend_base", "bekend_plan", "bekend_plan_relative", "dekking_base", "dekking_plan",
  "dekking_plan_difference" }:where("gemeente in ('Arnhem', 'Duiven', 'Zevenaar') or gemeente is total")
  :label { bekend_base = "bekend", bekend_plan = "met plan", bekend_plan_relative = "meer", dekking_base = "dekking",
    dekking_plan = "met plan", dekking_plan_difference = "punten" }:print(region.nl)

print "\nWhat each step adds to the coverage of the region: in order, and by Shapley\n"
local function shares(method)
  return coverage:contributions(persons, plan, { measure = "dekking", at = dk.total, method = method })
end
shares "order":detail():rename { contribution = "op_volgorde" }
  :join(shares "shapley":detail():rename { contribution = "shapley" }:drop { "name" }, "step")
  :label { step = "stap", name = "wat", op_volgorde = "op volgorde", shapley = "Shapley" }:print(region.nl)

print "\nWhich steps get in each other's way: persons that exchanging them makes a difference of, at most\n"
plan:order(persons, coverage:by {}):where "changes"
  :select { "first_name", "second_name", "bekend_most", "dekking_most" }
  :label { first_name = "eerst", second_name = "dan", bekend_most = "personen", dekking_most = "punten" }
  :print(region.nl)

print "\nWhich assumption carries the plan\n"
coverage:sensitivity(persons, plan, { measure = "dekking", at = dk.total })
  :select { "parameter", "low", "high", "at_low", "at_base", "at_high", "swing" }
  :label { low = "van", high = "tot", at_low = "dekking bij van", at_base = "nu", at_high = "bij tot", swing = "verschil" }
  :print(region.nl)

print "\nAnd what happens in Duiven\n"
local text = compared:explain { gemeente = "Duiven" }
print(text:match "Under plan, step by step:.*$")
