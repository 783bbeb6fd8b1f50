-- missing.lua - what nobody knows and what cannot be, in what is computed of it: apart from zero, null and each other.

local test = ...

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 40 or 300

local UNKNOWN = { marker = ".", meaning = "unavailable" }
local CANNOT = { marker = "-", meaning = "impossible" }

-- As people see it: "." and "-", null as "–", a number.
local function shown(dk, table, name)
  local list = {}
  for i, value in ipairs(table[name]:to_lua { plain = true }) do
    list[i] = value == dk.null and "–" or tostring(value)
  end
  return list
end

test("arithmetic says why there is no number", function(t, dk)
  local table = dk.table { { "n", { 3, UNKNOWN, CANNOT, dk.null, UNKNOWN, CANNOT, UNKNOWN } },
    { "m", { 1, 1, { least = 1, greatest = 2 }, 1, CANNOT, CANNOT, dk.null } } }
  local result = table:derive { "plus = n + m", "minus = 4 - n", "negative = -n", "times = m * n", "by = n / m",
    "below = 1 / n", "less = least(n, 2, m)", "share = n / (n + m)",
    "kept = case(m is null, 5, n)", "or_that = coalesce(n, m)", "why = meaning(n + m)" }
  local function is(name, ...) t.eq(shown(dk, result, name), { ... }, name) end
  is("plus", "4", ".", "-", "–", ".", "-", "–")
  is("minus", "1", ".", "-", "–", ".", "-", ".")
  is("negative", "-3", ".", "-", "–", ".", "-", ".")
  is("times", "3", ".", "-", "–", ".", "-", "–")
  is("by", "3", ".", "-", "–", ".", "-", "–")
  is("below", "0.333333..0.333334", ".", "-", "–", ".", "-", ".")
  is("less", "1", ".", "-", "–", ".", "-", "–")
  is("share", "0.75", ".", "-", "–", ".", "-", "–")
  is("kept", "3", ".", "-", "–", "5", "5", "5")
  is("or_that", "3", "1", "1..2", "1", "-", "-", "–")
  t.eq(result.why:to_lua(), { dk.null, "unavailable", "impossible", dk.null, "unavailable", "impossible", dk.null })
  t.eq(table:derive "zero = n / (m - m)".zero:to_lua { plain = true }[1], dk.null) -- that is no marker of a source
end)

test("each source's own markers are kept, and told apart where two mean different things", function(t, dk)
  local table = dk.table { { "g", { "a", "b", "c" } }, { "n", { 3, UNKNOWN, CANNOT } },
    { "m", { 1, { marker = ".", meaning = "impossible" }, { marker = "x", meaning = "unavailable" } } } }
  t.eq(shown(dk, table:derive "s = case(g == 'b', m, n)", "s"), { "3", ".", "-" })
  t.eq(shown(dk, table:derive "s = case(g == 'c', n, m)", "s"), { "1", ".", "-" })
  t.eq(shown(dk, table:derive "s = m + 1", "s"), { "2", ".", "x" })
  local both = table:select { "g", "n" }:append(table:select { "g", "m" }:rename { m = "n" })
  t.eq(shown(dk, both, "n"), { "3", ".", "-", "1", ". (impossible)", "x" })
  t.eq(both:derive "why = meaning(n)".why:to_lua(),
    { dk.null, "unavailable", "impossible", dk.null, "impossible", "unavailable" })
end)

-- What an aggregate of some numbers is where there is none among them.
local function why(list)
  local unknown, others = false, 0
  for _, value in ipairs(list) do
    if type(value) == "number" then return nil end
    unknown = unknown or value == UNKNOWN
    others = others + (value == CANNOT and 0 or 1)
  end
  return unknown and "." or #list > 0 and others == 0 and "-" or "–"
end

local function draw_rows()
  local rows = { g = {}, h = {}, w = {}, n = {}, known = {} }
  local usual = math.random(5)
  for i = 1, math.random(0, 14) do
    local kind = math.random(3) == 1 and math.random(5) or usual
    local value = ({ math.random(0, 9), UNKNOWN, CANNOT, "null", { least = 1, greatest = 4 } })[kind]
    rows.g[i], rows.h[i] = ("xyz"):sub(math.random(3)):sub(1, 1), ("pq"):sub(math.random(2)):sub(1, 1)
    rows.w[i] = math.random(0, 2)
    rows.n[i], rows.known[i] = value, type(value) == "table" and value.least or value
  end
  return rows
end

-- The values of the rows that a group has, and that a condition lets through.
local function among(rows, holds)
  local list = {}
  for i = 1, #rows.g do
    if holds(i) then list[#list + 1] = rows.known[i] end
  end
  return list
end

test("aggregates without a number say why, in margins and rolled up too", function(t, dk)
  local AGGREGATES = { "sum", "mean", "min", "max", "median", "first" }
  local seen = { ["."] = 0, ["-"] = 0, ["–"] = 0 }
  math.randomseed(20150101)
  for _ = 1, ROUNDS do
    local rows = draw_rows()
    local values = {}
    for i, value in ipairs(rows.n) do values[i] = value == "null" and dk.null or value end
    local data = dk.table({ { "g", rows.g }, { "h", rows.h }, { "w", rows.w }, { "n", values } },
      { types = { g = "category", h = "category", w = "integer", n = "interval" } })
    local measures = { "part = sum(n) where h == 'p'", "more = sum(n + 1)", "twice = 2 * s" }
    for i, name in ipairs(AGGREGATES) do
      table.insert(measures, i, ("%s = %s(n)"):format(name == "sum" and "s" or name, name))
    end
    local weighted = math.random(3) == 1
    local from = weighted and data:with { weight = "w" } or data
    local result = from:breakdown { by = { "g", "h" }, measures = measures, margins = "cube" }
      :derive { "all_g = g is total", "all_h = h is total" }
    for row in result:rows() do
      local function member(i) return (row.all_g or row.g == rows.g[i]) and (row.all_h or row.h == rows.h[i]) end
      local function counts(i) return member(i) and (not weighted or rows.w[i] > 0) end
      for _, name in ipairs { "s", "mean", "min", "max", "median", "more", "twice", "part" } do
        local expected = why(among(rows, function(i) return counts(i) and (name ~= "part" or rows.h[i] == "p") end))
        local value = row[name]
        local is = value == nil and "–" or type(value) == "table" and not value.least and tostring(value) or "number"
        t.eq(is, expected or "number", ("%s of %s %s"):format(name, row.g, row.h))
        if expected then seen[expected] = seen[expected] + 1 end
      end
    end
  end
  for marker, n in pairs(seen) do t.eq(n > ROUNDS, true, marker) end
end)

test("windows, comparisons, files and snapshots keep why", function(t, dk)
  local rows = dk.table({ { "g", { "a", "a", "b", "b", "c", "c", "d", "d" } }, { "p", { 1, 2, 1, 2, 1, 2, 1, 2 } },
    { "n", { UNKNOWN, 2, CANNOT, CANNOT, CANNOT, UNKNOWN, dk.null, CANNOT } } })
  local moved = rows:window { within = "g", order = "p", "run = running_sum(n)", "best = running_max(n)",
    "before = previous(n)", "change = change(n)", "mean = moving_mean(n, 2)" }
  t.eq(shown(dk, moved, "run"), { ".", "2", "-", "-", "-", ".", "–", "–" })
  t.eq(shown(dk, moved, "best"), { ".", "2", "-", "-", "-", ".", "–", "–" })
  t.eq(shown(dk, moved, "before"), { "–", ".", "–", "-", "–", "-", "–", "–" })
  t.eq(shown(dk, moved, "change"), { "–", ".", "–", "-", "–", ".", "–", "–" })
  t.eq(shown(dk, moved, "mean"), { ".", "2", "-", "-", "-", ".", "–", "–" })
  local sums = dk.breakdown { by = "g", measures = "s = sum(n)" }
  t.eq(shown(dk, sums(rows), "s"), { "2", "-", ".", "–" })
  t.eq(shown(dk, sums:compare(rows, rows:where "p == 2"), "s_other_difference"), { "0", "-", ".", "–" })
  local wide = rows:pivot { rows = "g", columns = "p", values = "n" }
  t.eq(shown(dk, wide:derive "twice = 2 * `1`", "twice"), { ".", "-", "-", "–" })
  local path = t.path "missing.csv"
  sums(rows):derive "twice = 2 * s":write(path)
  local file = assert(io.open(path))
  t.eq(file:read "a", "g,s,twice\na,2,4\nb,-,-\nc,.,.\nd,,\n")
  file:close()
  path = t.path "missing.dk"
  sums(rows):derive "twice = 2 * s":save(path)
  t.eq(shown(dk, dk.open(path), "twice"), { "4", "-", ".", "–" })
end)

test("a cell without a number is explained by why it has none", function(t, dk)
  local rows = dk.table({ { "g", { "a", "b", "c" } }, { "n", { UNKNOWN, CANNOT, dk.null } } },
    { types = { n = "interval" } })
  local result = rows:breakdown { by = "g", measures = "s = sum(n)" }
  t.has(tostring(result:explain { g = "a" }), "sum(n) is . (unavailable), of 1 row, 1 of which has no value")
  t.has(tostring(result:explain { g = "b" }), "sum(n) is - (impossible), of 1 row, 1 of which has no value")
  t.has(tostring(result:explain { g = "c" }), "sum(n) is null, of 1 row, 1 of which has no value")
end)

test("an interval in a message has its article", function(t, dk)
  local table = dk.table { { "n", { { least = 1 } } } }
  t.says(function() table:where("n < $n", { n = table.n:to_lua()[1] }) end,
    "parameter $n must be a number, a string, true, false, dk.null or a date or such, not an interval")
end)
