-- scenarios.lua - the what-ifs of the scenario benchmark, asked of dekking.
--
-- usage: dekking --threads N scenarios.lua FILE RUNS
--
-- Prints a line for each run: TASK SECONDS QUESTIONS ANSWER CPU.
-- A share $a of the women who are not known registers, then a share $b of the Wajong who are not known yet. The answer
-- is the sum of those who are known then; of a sweep each row counts by its place, modulo 7. Adding it up is not timed. CPU
-- are seconds of all threads.
local file, n_runs = arg[1], tonumber(arg[2])

local persons = dk.read(file, { delimiter = ";", types = {
  pseudoniem = "text", gemeente = "category", arbeidsmarktregio = "category", doelgroep = "category",
  leeftijdsklasse = "category", opleiding = "category", geslacht = "category", in_sonar = "boolean",
  klantprofiel = "boolean", zichtbaar = "boolean", uren = "integer", peilmaand = "category",
} })

local coverage = dk.breakdown {
  measures = { "register = count()", "known = count() where in_sonar", "dekking = known / register" },
}
local regions = coverage:with { by = "arbeidsmarktregio" }
local plan = dk.scenario "plan" {
  params = { a = { 0, min = 0, max = 1 }, b = { 0, min = 0, max = 1 } },
  { "women", where = "not in_sonar and geslacht == 'V'", share = "$a", per = { "gemeente", "arbeidsmarktregio" },
    set = { in_sonar = true } },
  { "Wajong", where = "not in_sonar and doelgroep == 'Wajong'", share = "$b",
    per = { "gemeente", "arbeidsmarktregio" }, set = { in_sonar = true } },
}
local place = dk.scenario "place" {
  params = { g = "", a = { 0, min = 0, max = 1 } },
  { "one place", where = "not in_sonar and gemeente == $g", share = "$a", set = { in_sonar = true } },
}
local grid = { a = dk.range(0, 0.99, 0.01), b = dk.range(0, 0.99, 0.01) }

local function timed(task, n, ask, answer_of)
  for _ = 1, n_runs do
    local start, cpu = dk.clock(), os.clock()
    local result = ask()
    local took, used = dk.clock() - start, os.clock() - cpu
    print(("%s %.6f %d %.3f %.6f"):format(task, took, n, answer_of(result), used))
  end
end

local function weighed(result)
  local sum = 0
  for i, value in ipairs(result.known:to_lua { plain = true }) do
    sum = sum + value * ((i - 1) % 7 + 1)
  end
  return sum
end

local function at(i) return { a = i // 100 / 100, b = i % 100 / 100 } end

-- The first answer is a pass over the rows, since no table before had these columns.
timed("cells", 1, function()
  local fresh = persons:select("gemeente", "arbeidsmarktregio", "doelgroep", "geslacht", "in_sonar")
  return coverage:compare(fresh, plan, at(0))
end, function(result) return result.register_plan[1] end)

local function one_by_one(step)
  return function()
    local sum = 0
    for i = 0, 9999, step do
      sum = sum + coverage:compare(persons, plan, at(i)).known_plan[1]
    end
    return sum
  end
end
local function number(sum) return sum end
timed("one_full", 4, one_by_one(2500), number)
timed("one_cells", 104, one_by_one(97), number)
timed("sweep_total", 10000, function() return coverage:sweep(persons, plan, grid) end, weighed)
timed("sweep_region", 10000, function() return regions:sweep(persons, plan, grid) end, weighed)

local places = {}
for row in persons:breakdown { by = "gemeente", measures = "n = count()" }:rows() do
  places[#places + 1] = row.gemeente
end
local shares = {}
for i = 0, 29 do
  shares[i + 1] = dk.ratio(i, 30)
end
timed("sweep_place", #places * 30, function()
  return coverage:sweep(persons, place, { g = places, a = shares })
end, weighed)
