-- groupby.lua - dekking's answers to the ten questions of the public group-by benchmark (db-benchmark).
--
-- usage: dekking --threads N groupby.lua FILE RUNS [TASK ...]        prints a line for each run: TASK SECONDS ANSWER
--
-- The answer is the number of rows and the sums of the measures. Making it is not timed. V3=real reads v3 as reals, as
-- the peers have it; else it is what it is, a decimal of six digits.
local file, n_runs = arg[1], tonumber(arg[2])
local wanted = { table.unpack(arg, 3) }

local data = dk.read(file, { delimiter = ",", types = {
  id1 = "category", id2 = "category", id3 = "category", id4 = "integer", id5 = "integer", id6 = "integer",
  v1 = "integer", v2 = "integer", v3 = os.getenv "V3" or "decimal",
} })

local tasks, checks = {}, {}

local function question(name, by, measures)
  local names = {}
  for i, measure in ipairs(measures) do
    names[i] = ("%s = sum(real(%s))"):format("sum" .. i, measure:match "^(%w+)")
  end
  checks[name] = dk.breakdown { measures = names }
  local asked = dk.breakdown { by = by, measures = measures }
  tasks[name] = function() return asked(data) end
end

question("q1", { "id1" }, { "a = sum(v1)" })
question("q2", { "id1", "id2" }, { "a = sum(v1)" })
question("q3", { "id3" }, { "a = sum(v1)", "b = mean(v3)" })
question("q4", { "id4" }, { "a = mean(v1)", "b = mean(v2)", "c = mean(v3)" })
question("q5", { "id6" }, { "a = sum(v1)", "b = sum(v2)", "c = sum(v3)" })
question("q6", { "id4", "id5" }, { "a = median(v3)", "b = sd(v3)" })
question("q7", { "id3" }, { "a = max(v1) - min(v2)" })
question("q9", { "id2", "id4" }, { "a = corr(v1, v2) * corr(v1, v2)" })
-- The two largest v3 of each id6: rows, not groups.
checks.q8 = dk.breakdown { measures = { "sum1 = sum(real(v3))" } }
tasks.q8 = function()
  return data:select { "id6", "v3" }:top { n = 2, by = "v3 desc", within = "id6" }
end

question("q10", { "id1", "id2", "id3", "id4", "id5", "id6" }, { "a = sum(v3)", "b = count()" })

local function answer(name, result)
  local check = checks[name](result)
  local text = { ("%d"):format(#result) }
  for row in check:rows() do
    for i = 1, 3 do
      text[#text + 1] = row["sum" .. i] and ("%.14g"):format(tonumber(("%.7g"):format(row["sum" .. i])))
    end
  end
  return table.concat(text, " ")
end

if #wanted == 0 then
  wanted = { "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10" }
end
for _, name in ipairs(wanted) do
  for _ = 1, n_runs do
    local start = dk.clock()
    local result = tasks[name]()
    local took = dk.clock() - start
    print(("%s %.6f %s"):format(name, took, answer(name, result)))
  end
end
