-- dutch-export.lua - How is a Dutch spreadsheet export read?
--
-- Semicolons, decimal commas, dots between thousands, dates with the day first, ja and nee, a percentage, a word
-- for what is not known: all of it is found, and the notes say what was. The text stands here so that you can see
-- it; a file is read by dk.read "export.csv". Invented figures.

local export = "\u{FEFF}gemeente;klanten;uren;sinds;in Sonar;geplaatst\r\n"
  .. "Arnhem;1.758;31.250,5;31-12-2022;ja;12,5 %\r\n"
  .. "Duiven;135;2.401,75;01-07-2023;ja;8 %\r\n"
  .. "Rheden;419;n.b.;15-03-2023;nee;n.b.\r\n"
  .. '"Rozendaal";0;0;;nee;\r\n'
  .. 'Westervoort;106;1.988;01-02-2024;ja;9,25 %\r\n'

local region = dofile "scripts/data/region.lua"
local t = dk.read_text(export, { name = "export.csv", nulls = { "n.b." } })
print "An export with invented figures\n"
t:format { klanten = "#,##0", uren = "#,##0.00", geplaatst = "0.00 %" }
  :print { style = "nl", count = false, notes = false }
print "\nWhat was found\n"
print("  " .. table.concat(t:notes(), ", "):gsub(", ", "\n  "))

-- Hours per client: of the municipalities of which the hours are known.
print "\nBy presence in Sonar\n"
dk.breakdown {
  by = { { "`in Sonar`", label = "in Sonar" } },
  measures = {
    { "klanten_samen = sum(klanten)", format = "#,##0", label = "klanten" },
    { "uren_samen = sum(uren)", format = "#,##0.00", label = "uren" },
    { "per_klant = uren_samen / sum(klanten) where uren is not null", format = "0.00", label = "uren per klant" },
    "eerste = min(sinds)",
  },
  margins = "totals",
} (t):print(region.nl)

-- Where a value can be read two ways and nothing in the file decides, reading stops and says what to state.
print "\nWith nothing but 1.758 in the file\n"
local _, message = pcall(dk.read_text, "gemeente;klanten\nArnhem;1.758\n", { name = "export.csv" })
region.say((message:gsub("^%S+: ", "")), "  ")
