-- known-by-group.lua - Who is known in Sonar, per municipality and target group?
--
-- Measures are strings, so Lua can write one for each target group. The group itself goes in as a parameter: a
-- value is never pasted into an expression. Synthetic persons.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local measures = {
  { "register = count()", format = "#,##0" },
  { "dekking = (count() where in_sonar) / register", format = "0.0 %" },
}
local params = {}
for i, group in ipairs(persons.doelgroep:levels()) do
  params["groep_" .. i] = group
  measures[#measures + 1] = {
    ("dekking_%d = (count() where in_sonar and doelgroep == $groep_%d) / (count() where doelgroep == $groep_%d)")
      :format(i, i, i),
    format = "0.0 %",
    label = group,
  }
end

local per_group = dk.breakdown { by = "gemeente", levels = "all", measures = measures, margins = "totals" }
print "Share of the register that is known in Sonar, by target group (synthetic persons)\n"
per_group(persons, params):print(region.nl)

print "\nThe five groups of 30 persons or more of whom the fewest are known (synthetic persons)\n"
dk.breakdown {
  by = { "gemeente", "doelgroep" },
  measures = {
    "register = count()",
    "bekend = count() where in_sonar",
    { "dekking = bekend / register", format = "0.0 %" },
  },
} (persons):where "register >= 30":sort { "dekking", "gemeente", "doelgroep" }:head(5):print(region.nl)
