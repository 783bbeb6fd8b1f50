-- rejected-rows.lua - What to do with a delivery that has faults in it?
--
-- A strict reading stops at the first fault. A lenient one keeps each record that cannot be read apart, with its
-- line, the number of the field, the value and the reason; rows and rejected records together are the records of
-- the file. Invented.

local region = dofile "scripts/data/region.lua"
local delivery = [[
pseudoniem;gemeente;leeftijd;klantprofiel
a1f0;Arnhem;34;ja
b2e1;Duiven;veertig;nee
c3d2;Rheden;51
d4c3;Zevenaar;27;ja
e5b4;Arnhem;29;misschien
f6a5;"Wester"voort;44;nee
0796;Rozendal;38;nee
1887;Doesburg;;ja
]]
local options = {
  name = "delivery.csv",
  types = { leeftijd = "integer", klantprofiel = "boolean" },
  levels = { gemeente = region.published():detail().gemeente },
}

print "An invented delivery, read strictly: the first fault, and what to do\n"
local _, message = pcall(dk.read_text, delivery, options)
region.say((message:gsub("^%S+: ", "")), "  ")

options.lenient = true
local rows = dk.read_text(delivery, options)
local rejected = rows:rejected()
print "\nRead leniently: the rows\n"
rows:print { types = false, notes = false }
print "\nand the records that were not\n"
rejected:select { "line", "field", "value", "reason" }:print { types = false, count = false }

local _, records = delivery:gsub("\n", "")
print(("\n%d rows + %d rejected = %d records"):format(#rows, #rejected, records - 1))
