-- bounds.lua - What does the publication tell of the coverage of one municipality?
--
-- Not the rate: the size of the register is published for the region alone. What follows from the figures are
-- bounds. Of the 1994 persons of the region who are not known none, or all, may live in one place: so with S known
-- there the rate lies between S / (S + 1994) and 1. That is wide: a reason to ask for the data.

local region = dofile "scripts/data/region.lua"
local publication = region.publication(region.published())

print "The region\n"
publication:coverage():label { numerator = "bekend", denominator = "register", share = "dekking",
  stated = "gepubliceerd", agrees = "komt overeen" }:print(region.nl)

local _, message = pcall(function() return publication:coverage_by "gemeente" end)
print "\nA municipality\n"
region.say((message:gsub("^%S+: ", "")), "  ")
print ""
local bounds = publication:bounds()
bounds:label { known = "bekend", least = "ten minste", greatest = "ten hoogste" }:print(region.nl)
print("\n" .. bounds:notes()[1])
