-- compare.lua - what a comparison with a scenario costs: the first time, the second, and further times with other amounts.
--
-- usage: build/dekking tests/bench/compare.lua FILE     the persons of persons.c, as CSV or as a snapshot
--
-- Processor time in milliseconds, of all threads; the further ones are the mean of twenty, the least of five rounds.

local dk = require "dekking"

local path = arg[1] or error("which file?", 0)
local persons = (path:find "%.csv$" and dk.read(path) or dk.open(path)):derive { "bekend = in_sonar == 1" }
local outreach = dk.scenario "outreach" { params = { deel = 0.3 },
  { "register", where = "not bekend", share = "$deel", per = "gemeente", set = { bekend = true } } }
local measures = { "n = count()", "k = count() where bekend", "dekking = k / n" }

-- Columns of a snapshot come into memory when they are first looked at.
for name in ("gemeente arbeidsmarktregio doelgroep leeftijdsklasse uren pseudoniem"):gmatch "%S+" do
  dk.breakdown { measures = ("n = count() where %s is not null and bekend"):format(name) }(persons)
end

local function timed(body)
  local since = os.clock()
  body()
  return (os.clock() - since) * 1000
end

local function row(name, breakdown, scenario)
  local first = timed(function() breakdown:compare(persons, scenario) end)
  local second = timed(function() breakdown:compare(persons, scenario) end)
  local least = math.huge
  for _ = 1, 5 do
    least = math.min(least, timed(function()
      for i = 1, 20 do
        breakdown:compare(persons, scenario, scenario:params().deel and { deel = i / 100 })
      end
    end) / 20)
  end
  print(("%-44s %9.1f %9.2f %9.3f"):format(name, first, second, least))
end

print(("%-44s %9s %9s %9s"):format("", "first", "second", "further"))
row("total", dk.breakdown { measures = measures }, outreach)
row("gemeente, with its total", dk.breakdown { by = "gemeente", measures = measures, margins = "totals" }, outreach)
row("region and gemeente, with totals",
  dk.breakdown { by = { "arbeidsmarktregio", "gemeente" }, measures = measures, margins = "rollup" }, outreach)
row("gemeente and doelgroep, with the total",
  dk.breakdown { by = { "gemeente", "doelgroep" }, measures = measures, margins = "totals" }, outreach)
row("gemeente, doelgroep, leeftijdsklasse",
  dk.breakdown { by = { "gemeente", "doelgroep", "leeftijdsklasse" }, measures = measures }, outreach)
row("median of hours by region",
  dk.breakdown { by = "arbeidsmarktregio", measures = "m = median(uren) where bekend" }, outreach)
row("by rows: the last pseudonym by region",
  dk.breakdown { by = "arbeidsmarktregio", measures = "m = max(pseudoniem) where bekend" }, outreach)
