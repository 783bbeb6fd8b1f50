-- budget-of-500.lua - There is money for 500 registrations: how are they spread best over the region?
--
-- allocate spreads a budget, within what each municipality can do. What is best is a question of its own: the most
-- persons known, the most who can be found, or no municipality left behind. Synthetic persons; capacities and chances are
-- assumptions.

local region = dofile "scripts/data/region.lua"
local persons = region.persons()

local coverage = dk.breakdown "coverage" {
  by = "gemeente",
  measures = {
    { "register = count()", format = "#,##0" },
    { "bekend = count() where in_sonar", format = "#,##0" },
    { "dekking = bekend / register", format = "0.0 %" },
  },
  margins = "totals",
}
local outreach = dk.scenario "outreach" {
  { "register the unknown", where = "not in_sonar", count = 0, whole = true, set = { in_sonar = true } },
}

local function show(title, plan)
  print("\n" .. title .. "\n")
  plan:table():select { "gemeente", "available", "capacity", "allocated", "gain", "bekend", "dekking", "shadow_price" }
    :label { available = "onbekend", capacity = "ten hoogste", allocated = "erbij", gain = "opbrengst",
      shadow_price = "een plaats meer" }
    :format { available = "#,##0", capacity = "#,##0", gain = "#,##0.0", shadow_price = "0.0" }
    :print(region.nl)
  local total = plan:total()
  print(("%s registrations, gain %s; one more would bring %s."):format(tostring(total.allocated), tostring(total.gain),
    tostring(plan:limits().shadow_price:to_lua()[1])))
end

-- A desk can register so many; Arnhem has three, Rheden and Zevenaar two.
local capacity = "case(gemeente == 'Arnhem', 240, gemeente in ('Rheden', 'Zevenaar'), 160, 80)"

-- Every registration counts the same, so that any 500 are as good, and nobody must be left behind: 76 % everywhere first.
show("500 registrations, and 76 % known in every municipality", coverage:allocate(persons, outreach, {
  per = "gemeente", budget = 500, maximise = "bekend", capacity = capacity,
  targets = { { "dekking >= 0.76", each = "gemeente" } },
}))

-- A profile is worth most where employers look: a chance to be found that differs from place to place.
local chance = { Arnhem = 0.5, Doesburg = 0.3, Duiven = 0.8, Lingewaard = 0.6, Overbetuwe = 0.6, Rheden = 0.4,
  Westervoort = 0.8, Zevenaar = 0.7 }
local found = coverage:allocate(persons, outreach, {
  per = "gemeente", budget = 500, gain = chance, capacity = capacity,
})
show("500 registrations where most persons will be found", found)
show("The same with 10 at least in every municipality", coverage:allocate(persons, outreach, {
  per = "gemeente", budget = 500, gain = chance, capacity = capacity, minimum = 10,
}))

-- How far can all of them come together? The target is raised until it cannot be met any more.
local least = 0
for percent = 74, 100 do
  local ok = pcall(coverage.allocate, coverage, persons, outreach, {
    per = "gemeente", budget = 500, maximise = "bekend", capacity = capacity,
    targets = { { "dekking >= $doel", each = "gemeente" } }, params = { doel = percent / 100 },
  })
  least = ok and percent or least
end
print(("\nWith 500 registrations every municipality can come to %d %%."):format(least))
