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
  is("or_that", "3", "1", "1..2", "1", ".", "-", ".")
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

-- All pairs of what a number may lack, and whether both are one.
local LACKS = { UNKNOWN, CANNOT, false }

test("of two numbers that are missing what nobody knows is not known, whichever of them is chosen", function(t, dk)
  local n, m, expected = {}, {}, {}
  for _, a in ipairs(LACKS) do
    for _, b in ipairs(LACKS) do
      n[#n + 1], m[#m + 1] = a or dk.null, b or dk.null
      expected[#expected + 1] = (a == UNKNOWN or b == UNKNOWN) and "." or a == CANNOT and b == CANNOT and "-" or "–"
    end
  end
  n[#n + 1], m[#m + 1], expected[#expected + 1] = { least = 2, greatest = 3 }, { least = 1, greatest = 7 }, nil
  local table = dk.table({ { "n", n }, { "m", m } }, { types = { n = "interval", m = "interval" } })
    :derive "x = interval(1, 4)"
  for _, text in ipairs { "coalesce(n, m)", "coalesce(m, n)", "coalesce(null, n, null, m)", "coalesce(n, m, null)",
    "case(x > 2, n, m)", "case(x > 2, m, x > 3, n, m)", "case(x > 2, n, null)" } do
    local seen = shown(dk, table:derive("c = " .. text), "c")
    for i = 1, text:match "null%)$" and text:match "^case" and 0 or 9 do
      t.eq(seen[i], expected[i], text .. " " .. i)
    end
  end
  t.eq(shown(dk, table:derive "c = coalesce(n, null)", "c"), shown(dk, table, "n"))
end)

-- A column of which no row has a number took part in nothing, and lost its markers.
test("a table that lacks all of its numbers says why below others", function(t, dk)
  local none = dk.table { { "g", { "a", "b", "c" } }, { "n", { UNKNOWN, CANNOT, dk.null } } }
  local exact = dk.table { { "g", { "a", "z" } }, { "n", { 7, dk.null } } }
  local markers, one = { ".", "-", "–" }, { "7", "–" }
  local function both(first, second) return table.move(second, 1, #second, #first + 1, { table.unpack(first) }) end
  t.eq(shown(dk, none:append(none), "n"), both(markers, markers))
  t.eq(shown(dk, none:append(exact), "n"), both(markers, one))
  t.eq(shown(dk, exact:append(none), "n"), both(one, markers))
  t.eq(shown(dk, exact:select "g":append(none, { missing = "null" }), "n"), { "–", "–", ".", "-", "–" })
  t.eq(shown(dk, exact:rename { n = "k" }:join(none, "g", { kind = "full" }), "n"), { ".", "–", "-", "–" })
  t.eq(shown(dk, exact:rename { n = "k" }:join(none, "g", { kind = "right" }), "n"), { ".", "-", "–" })
  t.eq(shown(dk, none:union(exact), "n"), both(markers, one))
  t.eq(shown(dk, none:derive "m = interval(1, 2)":unpivot { rows = "g" }, "value"),
    { ".", "1..2", "-", "1..2", "–", "1..2" })
  local path = t.path "none.dk"
  exact:derive "n = interval(n, n)":save(path)
  none:save(path, { append = true })
  t.eq(shown(dk, dk.open(path), "n"), { "7", "..", ".", "-", "–" })
end)

-- Conditions of numbers in bounds, as they hold for all that there may be, for none, or for some.
test("conditions of bounds hold, do not, or are not known, and where keeps what holds", function(t, dk)
  local FIELDS, COMPARISONS = { "a", "b", "3", "0" }, { "<", "<=", "==", "~=", ">=", ">" }
  local HOLDS = {
    ["<"] = function(x, y) return x < y end, ["<="] = function(x, y) return x <= y end,
    ["=="] = function(x, y) return x == y end, ["~="] = function(x, y) return x ~= y end,
    [">="] = function(x, y) return x >= y end, [">"] = function(x, y) return x > y end,
  }
  math.randomseed(20261128)
  local function number()
    local how = math.random(8)
    if how == 1 then return UNKNOWN elseif how == 2 then return CANNOT elseif how == 3 then return dk.null end
    local least = math.random(0, 4)
    if how < 6 then return { least = least, greatest = least } end
    return { least = least, greatest = least + math.random(3), marker = "x", meaning = "suppressed" }
  end
  local function compare(row, left, sign, right)
    local x, y = row[left] or { least = tonumber(left), greatest = tonumber(left) },
      row[right] or { least = tonumber(right), greatest = tonumber(right) }
    if not x.least or not y.least then return nil end
    local some, others = false, false
    for i = x.least, x.greatest do
      for j = y.least, y.greatest do
        if HOLDS[sign](i, j) then some = true else others = true end
      end
    end
    if some and others then return nil end
    return some
  end
  -- A condition as text, and what it is of a row: true, false, or nil where it is not known.
  local function condition(depth)
    local how = depth > 0 and math.random(5) or 1
    if how <= 2 then
      local left, sign, right = FIELDS[math.random(2)], COMPARISONS[math.random(#COMPARISONS)], FIELDS[math.random(4)]
      if left == right then right = "3" end
      return ("(%s %s %s)"):format(left, sign, right), function(row) return compare(row, left, sign, right) end
    end
    local text, of = condition(depth - 1)
    if how == 3 then
      return ("(not %s)"):format(text), function(row)
        local truth = of(row)
        if truth == nil then return nil end
        return not truth
      end
    end
    local other, of_other = condition(depth - 1)
    local decides = how == 5 -- or: one that is true does
    return ("(%s %s %s)"):format(text, decides and "or" or "and", other), function(row)
      local x, y = of(row), of_other(row)
      if x == decides or y == decides then return decides end
      if x == nil or y == nil then return nil end
      return not decides
    end
  end
  local rows, columns = {}, { a = {}, b = {}, id = {} }
  for i = 1, 60 do
    local a, b = number(), number()
    rows[i] = { a = a == dk.null and {} or a, b = b == dk.null and {} or b }
    columns.a[i], columns.b[i], columns.id[i] = a, b, i
  end
  local table = dk.table { { "id", columns.id }, { "a", columns.a }, { "b", columns.b } }
  for round = 1, ROUNDS do
    local text, of = condition(3)
    local kept, truths = {}, table:derive("c = " .. text).c:to_lua()
    for i, row in ipairs(rows) do
      local truth = of(row)
      if truth then kept[#kept + 1] = i end
      t.eq(truths[i], truth == nil and dk.null or truth, ("%s of row %d, round %d"):format(text, i, round))
    end
    t.eq(table:where(text).id:to_lua(), kept, text)
    t.eq(table:breakdown { measures = "n = count() where " .. text }.n[1], #kept, text)
  end
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
