-- open_quantiles.lua - medians and quantiles of numbers of which some are open on a side: where the place that is asked for
-- is among numbers that have a bound, so has the answer. Beside it numbers far away stand for what is open, and further
-- away: what they change is open.

local test = ...

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 60 or 600

local function closed(value)
  if type(value) == "number" then return value, value end
  if type(value) == "table" then return value.least, value.greatest end
end

local function shown(column)
  local values = {}
  for i, value in ipairs(column:to_lua { plain = true }) do
    local least, greatest = closed(value)
    values[i] = least and least == greatest and ("%g"):format(least)
      or ("%s..%s"):format(least and ("%g"):format(least) or "", greatest and ("%g"):format(greatest) or "")
  end
  return table.concat(values, " ")
end

test("what is open at one end leaves the middle", function(t, dk)
  local below5, above100 = { greatest = 4 }, { least = 101 }
  local rows = dk.table { { "g", { "A", "A", "A", "B", "B", "B", "B", "C" } },
    { "n", { below5, 20, above100, below5, below5, 30, 40, above100 } } }
  local made = rows:breakdown { by = "g", margins = "totals", measures = { "m = median(n)", "laag = quantile(n, 0.1)",
    "hoog = quantile(n, 0.9)", "som = sum(n)" } }
  -- A: ..4 20 101..; B: ..4 ..4 30 40: half of ..4 and 30; C: 101..; all: ..4 ..4 ..4 20 30 40 101.. 101..
  t.eq(shown(made.m), "20 ..17 101.. 25")
  t.eq(shown(made.laag), "..7.2 ..4 101.. ..4")
  t.eq(shown(made.hoog), "84.8.. 37 101.. 101..")
  t.eq(shown(made.som), ".. ..78 101.. ..")
  t.eq(shown(rows:breakdown({ measures = "m = median(n) where g ~= 'A'" }).m), "30")
  t.has(tostring(rows:breakdown({ by = "g", measures = "m = median(n)" }):where "g == 'A'"), "20")
end)

-- Type 7 of whole weights: each number as often as it counts.
local function quantile(list, p)
  table.sort(list)
  local h = (#list - 1) * p
  local at = math.floor(h + 1e-9)
  local f = h - at
  local low, high = list[at + 1], list[math.min(at + 2, #list)]
  return f < 1e-9 and low or low + f * (high - low)
end

-- The least that it may be, or the greatest; nothing where that is open.
local function side_of(rows, side, far, p)
  local made = {}
  for k = 1, 2 do
    local list = {}
    for _, row in ipairs(rows) do
      for _ = 1, row.w do list[#list + 1] = row[side] or far * k end
    end
    made[k] = quantile(list, p)
  end
  return made[1] == made[2] and made[1] or nil
end

test("bounds are those of all numbers that there may be", function(t, dk)
  math.randomseed(20261130)
  local places = { "0", "0.1", "0.25", "1 / 3", "0.5", "0.75", "0.9", "1" }
  local measures = { "m = median(n)", "s = median(n) where k" }
  for i, p in ipairs(places) do measures[#measures + 1] = ("q%d = quantile(n, %s)"):format(i, p) end
  local counts = { open = 0, known = 0 }
  for round = 1, ROUNDS do
    local rows, data, weighed = {}, {}, math.random(2) == 1
    for i = 1, math.random(1, 9) do
      local least = math.random(0, 9)
      local row = { g = ("AB"):sub(math.random(2)):sub(1, 1), k = math.random(2) == 1,
        w = weighed and math.random(0, 3) or 1, least = least, greatest = least + math.random(0, 4) }
      if math.random(3) == 1 then row.least = nil end
      if math.random(3) == 1 then row.greatest = nil end
      rows[i] = row
      data[i] = { g = row.g, k = row.k, w = row.w, n = (row.least or row.greatest)
        and { least = row.least, greatest = row.greatest } or { meaning = "unbounded" } }
    end
    local source = dk.table(data, { types = { n = "interval" }, weight = weighed and "w" or nil })
    local made = source:breakdown { by = "g", margins = "totals", measures = measures }
    local columns = {}
    for name in made:columns() do columns[name] = made[name]:to_lua { plain = true } end
    for at = 1, #made do
      local function check(name, p, only)
        local group, n = {}, 0
        for _, row in ipairs(rows) do
          if (columns.g[at] == dk.null or row.g == columns.g[at]) and (not only or row.k) and row.w > 0 then
            group[#group + 1], n = row, n + row.w
          end
        end
        local where = ("round %d, %s of %s: %s"):format(round, name, tostring(columns.g[at]), tostring(columns[name][at]))
        if n == 0 then return t.ok(columns[name][at] == dk.null, where) end
        local least, greatest = closed(columns[name][at])
        for side, is in pairs { least = least or false, greatest = greatest or false } do
          local expected = side_of(group, side, side == "least" and -1000 or 1000, p)
          counts[expected and "known" or "open"] = counts[expected and "known" or "open"] + 1
          if expected == nil then
            t.eq(is, false, where)
          else
            t.ok(is and math.abs(is - expected) < 1.1e-6, ("%s: the %s is %g"):format(where, side, expected))
          end
        end
      end
      check("m", 0.5)
      check("s", 0.5, true)
      for i, p in ipairs { 0, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 1 } do check("q" .. i, p) end
    end
  end
  t.eq(counts.open > ROUNDS and counts.known > 5 * ROUNDS, true)
end)
