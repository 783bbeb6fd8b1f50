-- two-plans.lua - Five hundred persons can be registered: over the whole region, or first in Arnhem?
--
-- compare runs one breakdown on the register as it is and under each scenario. Both plans register 500 persons, so
-- the region ends the same; the municipalities do not. Synthetic persons.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local coverage = dk.breakdown "coverage" {
  by = "gemeente",
  levels = "all",
  measures = {
    { "bekend = count() where in_sonar", format = "#,##0" },
    { "dekking = bekend / count()", format = "0.0 %" },
  },
  margins = "totals",
}
local everywhere = dk.scenario "overal" {
  { "register in the region", where = "not in_sonar", count = 500, whole = true, per = "gemeente",
    set = { in_sonar = true } },
}
local arnhem = dk.scenario "arnhem" {
  { "register in Arnhem", where = "not in_sonar and gemeente == 'Arnhem'", count = 500, whole = true,
    set = { in_sonar = true } },
}

local compared = coverage:compare(persons, { everywhere, arnhem })
print "500 persons more, in two ways (synthetic persons)\n"
compared:select {
  "gemeente", "bekend_base", "bekend_overal_difference", "bekend_arnhem_difference",
  "dekking_base", "dekking_overal", "dekking_arnhem",
}:label {
  bekend_base = "bekend", bekend_overal_difference = "erbij overal", bekend_arnhem_difference = "erbij Arnhem",
  dekking_base = "dekking", dekking_overal = "dekking overal", dekking_arnhem = "dekking Arnhem",
}:print(region.nl)

print "\nFrom the lowest to the highest coverage of a municipality (synthetic persons)\n"
compared:detail():breakdown {
  measures = {
    { "nu = 100 * (max(dekking_base) - min(dekking_base))", format = "0.0", label = "punten nu" },
    { "o = 100 * (max(dekking_overal) - min(dekking_overal))", format = "0.0", label = "punten overal" },
    { "a = 100 * (max(dekking_arnhem) - min(dekking_arnhem))", format = "0.0", label = "punten Arnhem" },
  },
}:print(region.nl)
