-- profiles.lua - Where are profiles missing?
--
-- The chain from the register to what an employer sees: in the register, known in Sonar, with a klantprofiel,
-- visible. Each step has a numerator, a denominator and a rate. Synthetic persons.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local chain = dk.breakdown "chain" {
  by = "gemeente",
  levels = "all",
  measures = {
    { "register = count()", format = "#,##0" },
    { "bekend = count() where in_sonar", format = "#,##0" },
    { "profiel = count() where in_sonar and klantprofiel", format = "#,##0" },
    { "te_zien = count() where in_sonar and zichtbaar", format = "#,##0", label = "zichtbaar" },
    { "dekking = bekend / register", format = "0.0 %" },
    { "met_profiel = profiel / bekend", format = "0.0 %", label = "met profiel" },
    { "daarvan_te_zien = te_zien / profiel", format = "0.0 %", label = "daarvan zichtbaar" },
  },
  margins = "totals",
}
print "From the register to a visible profile (synthetic persons)\n"
chain(persons):print(region.nl)

-- The same question by something else, of some: a breakdown is a value, and its methods give others.
print "\nThe same for those under 27, by target group (synthetic persons)\n"
chain:with { by = "doelgroep", levels = dk.null, where = "leeftijd < 27" } (persons):print(region.nl)

local without = persons:where "in_sonar and not klantprofiel"
print(("\n%d of the %d known have no profile (synthetic persons)."):format(#without, #persons:where "in_sonar"))
