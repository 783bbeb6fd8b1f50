-- functions.lua - what functions of a script cost, in CPU nanoseconds for each row, beside what is built in.
--
-- usage: BUILD/dekking --threads 1 tests/bench/functions.lua [ROWS [RUNS]]
--
-- The least of RUNS (5) rounds, in each of which every line is run once. Answers are compared; figures are no tests.

local dk = require "dekking"
local n_rows = math.tointeger(arg[1] or 2000000)
local n_runs = math.tointeger(arg[2] or 5)

local function register()
  local x, r, g, towns = {}, {}, {}, {}
  for i = 1, n_rows do
    x[i], r[i], g[i] = i * 7919 % 1000, i * 7919 % 1000 / 8, i * 104729 % 50000
    towns[i] = ("%d"):format(g[i] % 400)
  end
  local t = dk.table({ { "x", x }, { "r", r }, { "g", g }, { "town", towns } }, { types = { r = "real" } })
  return t:derive { "few = g % 10", "n_town = g % 400", "age = x % 100" }
end
local t = register()
collectgarbage()

local function add(s, u) return s + u end
local function same(s) return s end
dk.aggregate "row_squares" { start = 0, step = function(s, v) return s + v * v end, merge = add, finish = same }
dk.aggregate "block_squares" {
  start = 0, merge = add, finish = same,
  block = function(s, v, n)
    for i = 1, n do
      s = s + v[i] * v[i]
    end
    return s
  end,
}
dk.define "square" { result = "integer", call = function(v) return v * v end }
dk.define "young" { result = "boolean", call = function(v) return v < 27 end }
dk.define "side" { result = "text", call = function(v) return #v > 2 and "long" or "short" end }

local function asks(by, measure)
  return function()
    local groups = t:breakdown { by = by, measures = "m = " .. measure, order = "none" }
    return groups:breakdown({ measures = "s = sum(m)" }).s[1]
  end
end
local function sums(column, make)
  return function() return make():breakdown({ measures = ("s = sum(%s)"):format(column) }).s[1] end
end
local function counts(condition)
  return function() return t:breakdown({ measures = "n = count() where " .. condition }).n[1] end
end
local function squares_of_block(b)
  local v, out = b.x, {}
  for i = 1, #b do
    out[i] = v[i] * v[i]
  end
  return out
end

-- name, function; those of one number answer alike
local lines = {}
local function line(number, name, ask)
  lines[#lines + 1] = { number = number, name = name, ask = ask, least = math.huge }
end
for i, by in ipairs { "", "few", "n_town", "g" } do
  local dimension = by ~= "" and by or nil
  local label = ({ "no groups", "10 groups", "400 groups", "50000 groups" })[i]
  line(i, "sum of squares built in, " .. label, asks(dimension, "sum(r * r)"))
  line(i, "  block, " .. label, asks(dimension, "block_squares(r)"))
  line(i, "  step, " .. label, asks(dimension, "row_squares(r)"))
end
line(10, "condition built in", counts "age < 27")
line(10, "  dk.define of a short range", counts "young(age)")
line(11, "text of a category built in", counts "case(length(town) > 2, 'long', 'short') == 'long'")
line(11, "  dk.define of a category", counts "side(town) == 'long'")
line(13, "column built in", sums("y", function() return t:derive "y = x * x" end))
line(13, "  dk.define", sums("y", function() return t:derive "y = square(x + g - g)" end))
line(13, "  t:map by rows", sums("y", function()
  return t:map("y", function(row) return row.x * row.x end, { columns = "x", type = "integer" })
end))
line(13, "  t:map by blocks", sums("y", function()
  return t:map("y", { columns = "x", type = "integer", block = squares_of_block })
end))
line(13, "  t:map by blocks, type found", sums("y", function()
  return t:map("y", { columns = "x", block = squares_of_block })
end))

local answers = {}
for _ = 1, n_runs do
  for _, l in ipairs(lines) do
    collectgarbage()
    local before = os.clock()
    local answer = l.ask()
    l.least = math.min(l.least, os.clock() - before)
    answers[l.number] = answers[l.number] or answer
    if math.abs(answer - answers[l.number]) > 1e-9 * math.abs(answer) then
      error(("%s: %s and %s"):format(l.name, answer, answers[l.number]))
    end
  end
end
for _, l in ipairs(lines) do
  print(("%-44s %7.1f ns a row"):format(l.name, l.least / n_rows * 1e9))
end
