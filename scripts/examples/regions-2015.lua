-- regions-2015.lua - Which municipalities belong to which labour-market region, and are they those of the
-- publication?
--
-- The division is the one of 2015, the publication is younger: geography has dates. Rijnwaarden became part of
-- Zevenaar in 2018, so it has no row of its own in the publication.

local region = dofile "scripts/data/region.lua"
local division = dk.read("scripts/data/arbeidsmarktregio-2015.csv", { unit = "municipalities" })

local per_region = division:breakdown { by = "arbeidsmarktregio", measures = "gemeenten = count()" }
print(("In 2015: %d regions, %d municipalities. The largest and the smallest:\n"):format(#per_region, #division))
per_region:sort { "gemeenten desc", "arbeidsmarktregio" }:head(3):print(region.nl)
print ""
per_region:sort { "gemeenten", "arbeidsmarktregio" }:head(3):print(region.nl)

-- Every municipality of the publication with its region of 2015, and the counts per region.
local published = region.published():detail()
local joined = published:join(division, "gemeente")
print "\nKnown in Sonar according to the publication, by region of 2015\n"
joined:breakdown {
  by = "arbeidsmarktregio",
  measures = { "gemeenten = rows()", { "bekend = sum(totaal)", format = "#,##0" } },
}:print(region.nl)

-- The other way round: who of the region is not in the publication.
local linked = division:where "arbeidsmarktregio == 'Midden-Gelderland'"
  :link(published, "gemeente", { as = "gepubliceerd" })
local without = linked:where "not gepubliceerd"
print(("\nOf the %d municipalities of Midden-Gelderland in 2015, not in the publication: %s."):format(#linked,
  table.concat(without.gemeente:to_lua { plain = true }, ", ")))
