-- merger.lua - What if Duiven and Westervoort become one municipality?
--
-- A merger moves everybody of two municipalities to a third, new one. Counts add up; the rate is the ratio of the
-- sums, and no mean of the two rates. The region stays what it is. Synthetic persons.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local coverage = dk.breakdown "coverage" {
  by = "gemeente",
  measures = {
    { "register = count()", format = "#,##0" },
    { "bekend = count() where in_sonar", format = "#,##0" },
    { "kolom_1 = count() where in_sonar and kolom == 'kolom_1'", format = "#,##0" },
    { "kolom_2 = count() where in_sonar and kolom == 'kolom_2'", format = "#,##0" },
    { "kolom_3 = count() where in_sonar and kolom == 'kolom_3'", format = "#,##0" },
    { "kolom_4 = count() where in_sonar and kolom == 'kolom_4'", format = "#,##0" },
    { "dekking = bekend / register", format = "0.00 %" },
  },
  margins = "totals",
}
local merger = dk.scenario "merger" { dk.merge("gemeente", { "Duiven", "Westervoort" }, "Duiven-Westervoort") }

print "As it is (synthetic persons)\n"
coverage(persons):where "gemeente in ('Duiven', 'Westervoort') or gemeente is total":print(region.nl)

-- compare has a row for each group of either side; the columns of the scenario end in its name.
print "\nAfter the merger (synthetic persons)\n"
local compared = coverage:compare(persons, merger)
local columns, labels = { "gemeente" }, {}
for _, name in ipairs { "register", "bekend", "kolom_1", "kolom_2", "kolom_3", "kolom_4", "dekking" } do
  columns[#columns + 1] = name .. "_merger"
  labels[name .. "_merger"] = name
end
compared:where "gemeente == 'Duiven-Westervoort' or gemeente is total"
  :select(columns):label(labels):print(region.nl)

local changed = compared:where "register_merger_difference ~= 0"
print(("\nRows that change: %s."):format(table.concat(changed.gemeente:to_lua { plain = true }, ", ")))
