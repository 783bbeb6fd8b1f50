-- crosscheck.lua - Does a delivery of persons agree with what was published?
--
-- Both become counts per municipality, side by side; what differs is shown, and by how many. The first delivery is
-- the synthetic one, the second the same without its last 100 rows, as a file that was cut off.

local region = dofile "scripts/data/region.lua"
local published = region.published():detail()
local columns = { "kolom_1", "kolom_2", "kolom_3", "kolom_4", "totaal" }

local measures, differences, is_different, shown = {}, {}, {}, {}
local labels = { totaal = "gepubliceerd", geteld_totaal = "geteld" }
for i, column in ipairs(columns) do
  local condition = column == "totaal" and "in_sonar" or ("in_sonar and kolom == '%s'"):format(column)
  measures[i] = ("geteld_%s = count() where %s"):format(column, condition)
  differences[i] = ("verschil_%s = geteld_%s - %s"):format(column, column, column)
  shown[i] = "verschil_" .. column
  labels[shown[i]] = column
  is_different[i] = shown[i] .. " ~= 0"
end
local counts = dk.breakdown { by = "gemeente", levels = "all", measures = measures }

local function check(what, delivery)
  local both = published:join(counts(delivery), "gemeente"):derive(differences)
  local wrong = both:where(table.concat(is_different, " or "))
  print(("%s: %d persons; %d of %d municipalities differ from the publication"):format(what, #delivery, #wrong,
    #both))
  if #wrong > 0 then
    print "\nTotals, and by how many each column differs:\n"
    wrong:select { "gemeente", "totaal", "geteld_totaal", table.unpack(shown) }:label(labels)
      :format { geteld_totaal = "#,##0" }:print(region.nl)
  end
end

local persons = region.persons()
check("the synthetic delivery", persons)
check("the same, cut off", persons:head(#persons - 100))
