-- unknown-by-age.lua - How old are those who are in the register and not in Sonar?
--
-- bin() makes classes: closed on the left, open on the right, with one below and one above. The classes of the file
-- itself are wider. Synthetic persons.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local unknown = dk.breakdown {
  by = { { "klasse = bin(leeftijd, 18, 23, 27, 35, 45, 55, 67)", label = "leeftijd" } },
  measures = {
    { "register = count()", format = "#,##0" },
    { "onbekend = count() where not in_sonar", format = "#,##0" },
    { "deel = onbekend / register", format = "0.0 %", label = "van de klasse" },
    { "van_allen = onbekend / all(onbekend)", format = "0.0 %", label = "van alle onbekenden" },
  },
  margins = "totals",
}

print "Not known in Sonar, by age (synthetic persons)\n"
unknown(persons):print(region.nl)

print "\nThe same for the target group Praktijkonderwijs (synthetic persons)\n"
unknown:where "doelgroep == $groep" (persons, { groep = "Praktijkonderwijs" }):print(region.nl)

local ages = dk.breakdown {
  by = { { "in_sonar", label = "in Sonar" } },
  measures = {
    "jongste = min(leeftijd)",
    { "gemiddeld = mean(leeftijd)", format = "0.0" },
    "oudste = max(leeftijd)",
  },
}
print "\nAges of the known and of the unknown (synthetic persons)\n"
ages(persons):print(region.nl)
