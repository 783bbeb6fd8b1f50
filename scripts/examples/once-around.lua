-- once-around.lua - From two files to an answer, how it came about, and a workbook: the whole way in one script.
--
-- Read and link, ask by region and municipality, take details and totals apart, look, explain one cell, compare with
-- what is published, and hand over. Synthetic persons.

local region = dofile "scripts/data/region.lua"
dk.options { style = "nl", total_label = "Totaal", types = false, count = false, width = 80 }

local function heading(text) print("\n" .. text .. "\n") end

-- 1. Read and link. ---------------------------------------------------------------------------------------------------

local register = region.read("register.csv",
  { name = "register", key = "pseudoniem", unit = "persons", as_of = "2024-12-31", types = { gemeente = "category" } })
local sonar = region.read("sonar.csv", { name = "Sonar", key = "pseudoniem" })

heading "How well do both agree?"
print(register:reconcile(sonar, "pseudoniem"))

local municipalities = region.published():detail():select "gemeente"
  :derive { "arbeidsmarktregio = 'Midden-Gelderland'" }
local persons = register:link(sonar, "pseudoniem", { as = "in_sonar", columns = { "klantprofiel", "zichtbaar" } })
  :use(dk.hierarchy(municipalities, { "gemeente", "arbeidsmarktregio" }))
  :derive { "klasse = bin(leeftijd, 18, 27, 50, 67)" }

-- 2. Ask. -------------------------------------------------------------------------------------------------------------

local coverage = dk.breakdown {
  doc = "share of the register that is known in Sonar",
  by = { "arbeidsmarktregio", "gemeente" },
  levels = "all",
  measures = {
    { "register = count()", format = "#,##0" },
    { "bekend = count() where in_sonar", format = "#,##0" },
    { "dekking = bekend / register", format = "0.0 %", label = "Bekend in Sonar" },
    { "deel = register / all(register)", format = "0.0 %" },
  },
  margins = "rollup",
}
local result = coverage(persons)

heading "The five best, without totals"
print(result:detail():sort { "dekking desc", "gemeente" }:head(5))

heading "The totals alone"
print(result:where "gemeente is total")

heading "By age, of one group"
print(coverage:by { "klasse" }:where "doelgroep == 'Wajong'" (persons))

-- 3. Look and explain. ------------------------------------------------------------------------------------------------

heading "At a glance"
result:bars "dekking"

heading "Where the figure of Duiven comes from"
local words = result:explain { gemeente = "Duiven" }
print(words)

-- 4. What is published: the register is known per region, and no rate is made of it per municipality. -----------------

local published = region.published():use(dk.hierarchy(municipalities, { "gemeente", "arbeidsmarktregio" }))
local sums = published:check_totals()
heading(("The published table: %d of %d sums hold"):format(#sums:where "holds", #sums))
published = published:detail():attach(dk.table { { arbeidsmarktregio = "Midden-Gelderland", register = 7676 } },
  "arbeidsmarktregio")
local rate = dk.breakdown { by = { "arbeidsmarktregio" },
  measures = { { "dekking = sum(totaal) / attached(register)", format = "0.0 %" } } }
print(rate(published))
local is_given, why = pcall(rate:by { "gemeente" }, published)
print(is_given, (tostring(why):gsub("^%S+:%d+: ", "")))

-- 5. Lua, and out. ----------------------------------------------------------------------------------------------------

heading "Below 74 %, in Lua"
for row in result:detail():rows() do -- null is nil
  if row.dekking and row.dekking < 0.74 then print(row.gemeente, ("%.4f"):format(row.dekking)) end
end

local workbook, snapshot = region.folder .. "/dekking.xlsx", region.folder .. "/2024q4.dk"
result:write(workbook)
persons:save(snapshot)
heading(("Written: %d rows in a workbook, %d persons in a snapshot"):format(
  #dk.read(workbook, { key = { "arbeidsmarktregio", "gemeente" } }), #dk.open(snapshot)))
assert(os.remove(workbook))
assert(os.remove(snapshot))
