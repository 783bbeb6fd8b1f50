-- missing-education.lua - Of whom is the education not filled in?
--
-- Missing is another thing than unknown. Missing: the register has the person and not the value, a null, which is a
-- group of its own. Unknown: the register has the person and Sonar has not. Synthetic persons.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local by_education = dk.breakdown {
  by = "opleiding",
  measures = {
    { "register = count()", format = "#,##0" },
    { "onbekend = count() where not in_sonar", format = "#,##0" },
    { "deel = register / all(register)", format = "0.0 %", label = "van register" },
  },
  margins = "totals",
}
print "By education (synthetic persons)\n"
by_education(persons):print { style = "nl", types = false, count = false, null = "(niet ingevuld)" }

local missing = dk.breakdown {
  by = "doelgroep",
  measures = {
    { "register = count()", format = "#,##0" },
    { "ontbreekt = count() where opleiding is null", format = "#,##0" },
    { "deel = ontbreekt / register", format = "0.0 %" },
  },
  margins = "totals",
  order = "deel desc",
}
print "\nWhere it is missing, by target group (synthetic persons)\n"
missing(persons):print(region.nl)

-- A condition on a null is not known, and the row is left out; the result says how many were.
print "\nNot vmbo, says a condition; and its note, who was left out (synthetic persons)\n"
local others = persons:where "opleiding ~= 'vmbo'"
print(("  %d persons; %s."):format(#others, others:notes()[1]))
print(("  %d + %d with vmbo + %d without education = %d"):format(#others, #persons:where "opleiding == 'vmbo'",
  #persons:where "opleiding is null", #persons))
