-- worklist.lua - With whom could a consultant of Westervoort make a profile first?
--
-- Known in Sonar, no profile yet, under 27; the youngest first. Persons have pseudonyms only. Synthetic persons.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local list = persons
  :where("gemeente == $gemeente and in_sonar and not klantprofiel and leeftijd < 27", { gemeente = "Westervoort" })
  :sort { "leeftijd", "doelgroep", "pseudoniem" }
  :select { "pseudoniem", "leeftijd", "doelgroep", "opleiding" }

print(("%d persons of Westervoort (synthetic); the first ten:\n"):format(#list))
list:head(10):print(region.nl)

print "\nBy target group (synthetic persons)\n"
list:breakdown {
  by = "doelgroep",
  measures = { "personen = count()", "jongste = min(leeftijd)" },
  margins = "totals",
}:print(region.nl)

-- One row at a time, where Lua is wanted: a null is nil there.
local without = 0
for row in list:rows() do
  if row.opleiding == nil then
    without = without + 1
  end
end
print(("\n%d of them have no education filled in."):format(without))
