-- random_breakdowns.lua - random breakdowns, counted again row by row: weights of whole persons and of parts, conditions,
-- totals of every kind, shares within dimensions, the rest beyond a limit, and several questions at once.

local test = ...

local random = math.random
local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 20 or 250
local LEVELS, PLACES, CLASSES = { "laag", "midden", "hoog" }, { "Arnhem", "Z", "z", "é" }, { "< -1", "-1 to 1", ">= 2" }
local TOTAL = {} -- the key of a total

local function one_of(list) return list[random(#list)] end
local function place_in(list)
  return function(value)
    for i, each in ipairs(list) do
      if each == value then return i end
    end
  end
end
local function itself(value) return value end
local function of_boolean(value) return value and 1 or 0 end

-- Name, text, value of a row, place in the order of values.
local DIMENSIONS = {
  { "c", "c", function(r) return r.c end, place_in(LEVELS) },
  { "g", "g", function(r) return r.g end, place_in(PLACES) }, -- by code point
  { "b", "b", function(r) return r.b end, of_boolean },
  { "n", "n", function(r) return r.n end, itself },
  { "op", "op = n > 0", function(r) return r.n and r.n > 0 end, of_boolean },
  { "bn", "bn = bin(n, -1, 2)", function(r) return r.n and CLASSES[r.n < -1 and 1 or r.n < 2 and 2 or 3] end,
    place_in(CLASSES) },
}

-- Of those conditions that are not known no row is left: nil is false here.
local CONDITIONS = {
  { "n > 0", function(r) return r.n and r.n > 0 end },
  { "b", function(r) return r.b end },
  { "c == 'laag'", function(r) return r.c == "laag" end },
  { "x is not null", function(r) return r.x end },
  { "b or n < 0", function(r) return r.b or r.n and r.n < 0 end },
}

local function filtered(rows, condition)
  local kept = {}
  for _, row in ipairs(rows) do
    if condition(row) then kept[#kept + 1] = row end
  end
  return kept
end

local function hundredths(weight) return math.floor(weight * 100 + 0.5) end

-- The known values of persons, each with its weight, and the sum of the weights.
local function known(rows, name, other)
  local list, sum = {}, 0
  for _, row in ipairs(rows) do
    if row[name] ~= nil and row[other or name] ~= nil and row.w > 0 then
      list[#list + 1], sum = { row[name], row.w, row[other or name] }, sum + hundredths(row.w)
    end
  end
  return list, sum / 100
end

local function add(list, f)
  local sum = 0
  for _, each in ipairs(list) do
    sum = sum + f(each[1], each[3]) * each[2]
  end
  return sum
end

local function sum_of(name)
  return function(rows)
    local list = known(rows, name)
    if #list > 0 then return add(list, itself) end
  end
end

local function mean_of(name)
  return function(rows)
    local list, weight = known(rows, name)
    if #list > 0 then return add(list, itself) / weight end
  end
end

local function covariance(rows, name, other)
  local list, weight = known(rows, name, other)
  if weight <= 1 then return nil end
  local x, y = add(list, itself) / weight, add(list, function(_, b) return b end) / weight
  return add(list, function(a, b) return (a - x) * (b - y) end) / (weight - 1)
end

local function root(value) return value and math.sqrt(value) end

-- The mean over a stretch one person long of the line that the values make, each as long as its weight.
local function quantile_of(name, share)
  return function(rows)
    local list, weight = known(rows, name)
    if #list == 0 then return nil end
    table.sort(list, function(a, b) return a[1] < b[1] end)
    local from, to = math.max(0, (weight - 1) * share), math.min(weight, (weight - 1) * share + 1)
    local at, sum = 0, 0
    for _, each in ipairs(list) do
      sum = sum + math.max(0, math.min(at + each[2], to) - math.max(at, from)) * each[1]
      at = at + each[2]
    end
    return sum / (to - from)
  end
end

-- The value with the most weight, of several the one that order puts first.
local function mode_of(name, order)
  return function(rows)
    local weights, best = {}, nil
    for _, each in ipairs((known(rows, name))) do
      weights[each[1]] = (weights[each[1]] or 0) + hundredths(each[2])
    end
    for value, weight in pairs(weights) do
      if best == nil or weight > weights[best] or (weight == weights[best] and order(value) < order(best)) then
        best = value
      end
    end
    return best
  end
end

-- What better picks of the known values; without it the first.
local function picked(name, better)
  return function(rows)
    local best
    for _, each in ipairs((known(rows, name))) do
      if best == nil or (better and better(each[1], best)) then best = each[1] end
    end
    return best
  end
end

local function distinct_of(name)
  return function(rows)
    local seen, n = {}, 0
    for _, each in ipairs((known(rows, name))) do
      n, seen[each[1]] = seen[each[1]] and n or n + 1, true
    end
    return n
  end
end

local function count(rows)
  local n = 0
  for _, row in ipairs(rows) do
    n = n + row.w
  end
  return n
end

local MEASURES = {
  { "count()", count }, { "rows()", function(rows) return #rows end },
  { "sum(n)", sum_of "n" }, { "sum(x)", sum_of "x" }, { "mean(n)", mean_of "n" }, { "mean(x)", mean_of "x" },
  { "median(n)", quantile_of("n", 0.5) }, { "quantile(x, 0.25)", quantile_of("x", 0.25) },
  { "quantile(x, 0)", quantile_of("x", 0) }, { "quantile(n, 1)", quantile_of("n", 1) },
  { "distinct(n)", distinct_of "n" }, { "distinct(g)", distinct_of "g" },
  { "variance(x)", function(rows) return covariance(rows, "x", "x") end },
  { "sd(n)", function(rows) return root(covariance(rows, "n", "n")) end },
  { "cov(n, x)", function(rows) return covariance(rows, "n", "x") end },
  { "mode(n)", mode_of("n", itself) }, { "mode(g)", mode_of("g", place_in(PLACES)) },
  { "min(x)", picked("x", function(a, b) return a < b end) }, { "max(n)", picked("n", function(a, b) return a > b end) },
  { "max(c)", picked("c", function(a, b) return place_in(LEVELS)(a) > place_in(LEVELS)(b) end) },
  { "first(n)", picked "n" }, { "last(x)", picked("x", function() return true end) },
}

local function random_rows()
  local rows, share = {}, one_of { 0, 0.15, 0.5, 1 }
  local weigh = one_of { function() return 1 end, function() return random(0, 3) end,
    function() return random(0, 300) / 100 end }
  local function maybe(value)
    if random() >= share then return value end
  end
  for i = 1, one_of { 0, 1, 2, 12, 60, 200 } do
    rows[i] = { c = maybe(one_of(LEVELS)), g = maybe(one_of(PLACES)), b = maybe(random(2) == 1), n = maybe(random(-4, 4)),
      x = maybe(random(-700, 700) / 100), w = weigh() }
  end
  return rows
end

local function table_of(dk, rows)
  local columns = {}
  for i, name in ipairs { "c", "g", "b", "n", "x", "w" } do
    local values = {}
    for k, row in ipairs(rows) do
      values[k] = row[name] == nil and dk.null or row[name]
    end
    columns[i] = { name, values }
  end
  return dk.table(columns, { weight = "w", levels = { c = LEVELS }, types = { c = "category", g = "category", b = "boolean",
    n = "integer", x = "decimal(2)", w = "decimal(2)" } })
end

-- The sets of dimensions of which there are rows, each as a list of bits, and what a breakdown calls them.
local function random_margins(dimensions)
  local n = #dimensions
  local all = (1 << n) - 1
  local how = n > 0 and one_of { "none", "totals", "rollup", "cube", "sets" } or "none"
  local sets = { none = { all }, totals = { all, 0 }, rollup = {}, cube = {}, sets = {} }
  for i = 0, n do
    sets.rollup[i + 1] = (1 << i) - 1
  end
  for set = 0, all do
    sets.cube[set + 1] = set
    if random(2) == 1 or set == 0 then sets.sets[#sets.sets + 1] = set end
  end
  if how ~= "sets" then return sets[how], how end
  local named = {}
  for i, set in ipairs(sets.sets) do
    named[i] = {}
    for d = 1, n do
      if set >> (d - 1) & 1 == 1 then table.insert(named[i], dimensions[d][1]) end
    end
  end
  return sets.sets, named
end

-- Groups of the rows by a set of dimensions: a key for each, and its rows.
local function add_groups(groups, rows, dimensions, set)
  local found = {}
  for _, row in ipairs(rows) do
    local key, parts = {}, {}
    for d, dimension in ipairs(dimensions) do
      key[d] = set >> (d - 1) & 1 == 0 and TOTAL or dimension[3](row)
      parts[d] = key[d] == TOTAL and "*" or tostring(key[d])
    end
    local name = table.concat(parts, "|")
    if found[name] == nil then
      found[name] = { key = key, rows = {} }
      groups[#groups + 1] = found[name]
    end
    table.insert(found[name].rows, row)
  end
  if set == 0 and #rows == 0 then
    local key = {}
    for d = 1, #dimensions do
      key[d] = TOTAL
    end
    groups[#groups + 1] = { key = key, rows = {} }
  end
end

-- Values in their order, then null, then the total.
local function precedes(dimensions, a, b)
  for d, dimension in ipairs(dimensions) do
    local function rank(value) return value == TOTAL and math.huge or value == nil and 1e9 or dimension[4](value) end
    local x, y = rank(a.key[d]), rank(b.key[d])
    if x ~= y then return x < y end
  end
  return false
end

-- A question, and the rows that answer it: keys, then measures.
local function random_question(rows)
  local dimensions, taken = {}, {}
  for _ = 1, random(0, 3) do
    local d = one_of(DIMENSIONS)
    if not taken[d] then dimensions[#dimensions + 1], taken[d] = d, true end
  end
  local sets, margins = random_margins(dimensions)
  local spec, made = { by = {}, measures = {}, margins = margins }, {}
  for d, dimension in ipairs(dimensions) do
    spec.by[d] = dimension[2]
  end
  if random(3) == 1 then
    local condition = one_of(CONDITIONS)
    spec.where, rows = condition[1], filtered(rows, condition[2])
  end
  for i = 1, random(4) do
    local measure, condition = one_of(MEASURES), random(3) == 1 and one_of(CONDITIONS)
    spec.measures[i] = ("m%d = %s%s"):format(i, measure[1], condition and " where " .. condition[1] or "")
    made[i] = function(group) return measure[2](condition and filtered(group.rows, condition[2]) or group.rows) end
  end
  local within, names = {}, {} -- the share of a row in the one that totals every other dimension
  for d, dimension in ipairs(dimensions) do
    if random(2) == 1 then within[d], names[#names + 1] = dimension, ", " .. dimension[1] end
  end
  table.move({ "deel_van = count()", ("deel = deel_van / all(deel_van%s)"):format(table.concat(names)) }, 1, 2,
    #spec.measures + 1, spec.measures)
  made[#made + 1] = function(group) return count(group.rows) end
  made[#made + 1] = function(group)
    local whole = count(filtered(rows, function(row)
      for d, dimension in pairs(within) do
        if group.key[d] ~= TOTAL and group.key[d] ~= dimension[3](row) then return false end
      end
      return true
    end))
    if whole > 0 then return count(group.rows) / whole end
  end
  local groups = {}
  for _, set in ipairs(sets) do
    add_groups(groups, rows, dimensions, set)
  end
  table.sort(groups, function(a, b) return precedes(dimensions, a, b) end)
  return spec, groups, made, dimensions
end

local function near(a, b)
  return a == b or (type(a) == "number" and type(b) == "number" and math.abs(a - b) <= 1e-9 * math.max(1, math.abs(a)))
end

local function check(t, result, groups, made, dimensions, what)
  t.eq(#result, #groups, what)
  local names, totals = {}, {}
  for name in result:columns() do
    names[#names + 1] = name
  end
  for d, dimension in ipairs(dimensions) do
    totals[d] = result:derive(("is_total_ = `%s` is total"):format(dimension[1])).is_total_
  end
  for i, group in ipairs(groups) do
    local row = result:slice(i, i):rows()()
    for d, dimension in ipairs(dimensions) do
      t.eq(totals[d][i], group.key[d] == TOTAL, what)
      if group.key[d] ~= TOTAL then t.eq(row[dimension[1]], group.key[d], what) end
    end
    for m, measure in ipairs(made) do
      local wanted, got = measure(group), row[names[#dimensions + m]]
      t.ok(near(wanted, got), ("%s, row %d: %s is %s, not %s"):format(what, i, names[#dimensions + m], got, wanted))
    end
  end
end

local function shown(dk, spec) return tostring(dk.breakdown(spec)) .. (" margins %s"):format(spec.margins) end

test("random breakdowns are what counting row by row gives", function(t, dk)
  math.randomseed(20241231)
  for _ = 1, ROUNDS do
    local rows = random_rows()
    local people, asked, alone = table_of(dk, rows), {}, {}
    for i = 1, 4 do
      local spec, groups, made, dimensions = random_question(rows)
      asked[i] = dk.breakdown(spec)
      alone[i] = asked[i](people)
      check(t, alone[i], groups, made, dimensions, shown(dk, spec))
    end
    for i, result in ipairs(people:breakdowns(asked)) do
      t.eq(tostring(result), tostring(alone[i]))
    end
  end
end)

test("the rest is what is beyond the limit, and stands before the null group", function(t, dk)
  math.randomseed(20241231)
  for _ = 1, ROUNDS do
    local rows, groups = random_rows(), {}
    local dimension, limit = DIMENSIONS[random(2)], random(3)
    add_groups(groups, rows, { dimension }, 1)
    table.sort(groups, function(a, b)
      local x, y = hundredths(count(a.rows)), hundredths(count(b.rows))
      if x ~= y then return x > y end
      return precedes({ dimension }, a, b)
    end)
    local rest, wanted, null = { key = { "overig" }, rows = {} }, {}, nil
    for i, group in ipairs(groups) do
      if i > limit then
        table.move(group.rows, 1, #group.rows, #rest.rows + 1, rest.rows)
      elseif group.key[1] == nil then
        null = group
      else
        wanted[#wanted + 1] = group
      end
    end
    if #groups > limit then wanted[#wanted + 1] = rest end
    wanted[#wanted + 1] = null
    local result = table_of(dk, rows):breakdown { by = dimension[2], order = "n_ desc", limit = limit, rest = "overig",
      measures = { "n_ = count()", "s = sum(x)", "q = median(n)", "d = distinct(n)" } }
    local made = {}
    for i, measure in ipairs { count, sum_of "x", quantile_of("n", 0.5), distinct_of "n" } do
      made[i] = function(group) return measure(group.rows) end
    end
    check(t, result, wanted, made, { dimension }, "rest")
  end
end)
