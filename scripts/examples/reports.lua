-- reports.lua - How does a result get to others?
--
-- One table, written for a spreadsheet, for a page and for a report. The ending of the name says the format; a file
-- is complete or absent. The files are removed here, because this is an example. Synthetic persons.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local coverage = dk.breakdown {
  by = { { "gemeente", label = "Gemeente" } },
  levels = "all",
  measures = {
    { "register = count()", format = "#,##0", label = "Doelgroepregister" },
    { "bekend = count() where in_sonar", format = "#,##0", label = "Bekend in Sonar" },
    { "dekking = bekend / register", format = "0.0 %", label = "Dekking" },
  },
  margins = "totals",
} (persons)
local title = "Dekking per gemeente (synthetische personen)"

local function contents(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local csv, page, report = region.folder .. "/dekking.csv", region.folder .. "/dekking.html",
  region.folder .. "/dekking.md"

-- For a Dutch spreadsheet: semicolons, decimal commas, and the mark that tells it that this is UTF-8.
coverage:write(csv, { style = "nl", total_label = "Totaal" })
print "CSV, for machines: the names of columns, and rates with all their digits\n"
io.write((contents(csv):gsub("^\u{FEFF}", ""):gsub("\r\n", "\n")))

coverage:write(report, { style = "nl", title = title, total_label = "Totaal" })
print "\nMarkdown, for people: labels, and rates as they are shown\n"
io.write(contents(report))

coverage:write(page, { style = "nl", title = title, total_label = "Totaal" })
local text = contents(page)
print(("\nHTML: %q, %d rows under the heading"):format(text:match "<caption>(.-)</caption>",
  select(2, text:gsub("<tr", "")) - 1))

local again = dk.read(csv)
local total = again:where "gemeente == 'Totaal'"
print(("CSV, read again: %d rows, %d of %d known."):format(#again, total.bekend[1], total.register[1]))

for _, path in ipairs { csv, page, report } do
  assert(os.remove(path))
end
