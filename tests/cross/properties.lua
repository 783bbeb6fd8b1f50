-- properties.lua - what must hold of every table and question, whatever the numbers are.
--
-- usage: dekking tests/cross/properties.lua FOLDER [TABLES [SEED]]        FOLDER takes the files of the tables
--
--   A condition, its negation and its null part the rows.
--   A margin is the breakdown without the dimension, and a breakdown's parts are those of its filtered tables.
--   The order of rows and columns changes nothing but what is said to follow it.
--   A table is the same table by every road, with one thread and two: a CSV file, a snapshot, deliveries, a join of halves.
--   What is sorted, pivoted, linked or sampled keeps its rows; joins of each kind have each other's rows.

local here = arg[0]:match "^(.*)/" or "."
if not arg[1] then
  error("usage: dekking tests/cross/properties.lua FOLDER [TABLES [SEED]]", 0)
end
table.insert(arg, 2, "") -- nobody else is asked
local peer = dofile(here .. "/peer.lua")
local conditions = assert(loadfile(here .. "/conditions.lua"))(peer)
local one_of, some_of, random = peer.one_of, peer.some_of, math.random
local n_tables = peer.wanted(40)

local passed, failed = 0, 0
local function check(name, holds, ...)
  if holds then
    passed = passed + 1
    return
  end
  failed = failed + 1
  if failed <= 10 then
    local parts = {}
    for i, part in ipairs { ... } do
      parts[i] = tostring(part)
    end
    print(name .. ": " .. table.concat(parts, "\n  "))
  end
end

local function same_table(name, a, b, ...)
  check(name, a:fingerprint() == b:fingerprint() and #a == #b, ..., a, b)
end

local function names_of(t)
  local names = {}
  for name in t:columns() do
    names[#names + 1] = name
  end
  return names
end

-- What a table says, whether its rows are totals or not.
local function written(t)
  local lines, names, texts = {}, names_of(t), {}
  for i, name in ipairs(names) do
    texts[i] = ("__%d = text(%s)"):format(i, name)
  end
  for row in t:derive(texts):rows() do
    local fields = {}
    for i = 1, #names do
      fields[i] = ("%q"):format(row["__" .. i])
    end
    lines[#lines + 1] = table.concat(fields, " ")
  end
  return table.concat(lines, "\n")
end

-- Calls f. An answer that does not fit in 64 bits is none; every other error fails the property.
local function attempt(name, f, ...)
  local ok, message = pcall(f, ...)
  if not ok and not tostring(message):find "does not fit" then
    check(name, false, message)
  end
end

local DIMENSIONS = { "c", "g", "b", "n", "s", "jaar = year(d)", "klein = n < 0", "klasse = bin(x, -2, 0, 3.5)", "d" }
-- None of them follows the order of rows.
local MEASURES = {
  "count()", "rows()", "sum(n)", "sum(x)", "sum(r)", "mean(x)", "mean(r)", "min(s)", "max(t)", "median(x)", "median(r)",
  "quantile(n, 0.3)", "distinct(s)", "distinct(r)", "mode(g)", "variance(x)", "sd(r)", "cov(n, x)", "corr(x, n)",
  "cov(r, r)", "sum(n) / count()",
}

local function random_spec(n_by, margins)
  local spec = { by = some_of(DIMENSIONS, n_by), measures = {}, margins = margins }
  for i, measure in ipairs(some_of(MEASURES, 3)) do
    spec.measures[i] = ("m%d = %s"):format(i, measure)
    if random(3) == 1 and not measure:find "/" then
      spec.measures[i] = ("%s where %s"):format(spec.measures[i], (conditions.condition(1)))
    end
  end
  if random(2) == 1 then
    spec.where = conditions.condition(1)
  end
  return spec
end

local function show(spec)
  return ("by %s measures %s where %s margins %s"):format(table.concat(spec.by, ", "), table.concat(spec.measures, "; "),
    spec.where, spec.margins)
end

local function name_of(dimension) return dimension:match "^%w+" end

-- Properties ------------------------------------------------------------------------------------------------------------

local properties = {}

function properties.a_condition_parts_the_rows(t)
  local condition = conditions.condition(random(0, 3))
  local parts = { t:where(condition), t:where(("not (%s)"):format(condition)),
    t:where(("(%s) is null"):format(condition)) }
  local sorted = parts[1]:append(parts[2]):append(parts[3]):sort "i"
  same_table("condition", sorted, t, condition)
  -- and so do its two values and the rest
  local is_true = t:where(("(%s) is true"):format(condition))
  same_table("is true", is_true, parts[1], condition)
  check("is not true", #t:where(("(%s) is not true"):format(condition)) == #t - #is_true, condition)
  local counted = t:breakdown { measures = { ("m1 = count() where %s"):format(condition),
    ("m2 = count() where not (%s)"):format(condition), ("m3 = count() where (%s) is null"):format(condition) } }
  check("counts", counted.m1[1] == #parts[1] and counted.m2[1] == #parts[2] and counted.m3[1] == #parts[3], condition,
    counted)
end

function properties.a_filter_and_a_filtered_table_say_the_same(t)
  local spec = random_spec(random(0, 3))
  local condition = conditions.condition(2)
  spec.where = condition
  local filtered = { by = spec.by, measures = spec.measures }
  same_table("filter", t:breakdown(spec), t:where(condition):breakdown(filtered), show(spec))
end

function properties.margins_are_the_breakdown_without_the_dimension(t)
  local spec = random_spec(2, "cube")
  local cube = t:breakdown(spec)
  local first, second = name_of(spec.by[1]), name_of(spec.by[2])
  for _, each in ipairs {
    { { spec.by[1], spec.by[2] }, "not (%s is total) and not (%s is total)" },
    { { spec.by[1] }, "not (%s is total) and %s is total" },
    { { spec.by[2] }, "%s is total and not (%s is total)" },
    { {}, "%s is total and %s is total" },
  } do
    local columns = {}
    for i, dimension in ipairs(each[1]) do
      columns[i] = name_of(dimension)
    end
    for i = 1, #spec.measures do
      columns[#columns + 1] = "m" .. i
    end
    local part = cube:where(each[2]:format(first, second)):select(columns)
    local alone = t:breakdown { by = each[1], measures = spec.measures, where = spec.where }
    check("margins", written(part) == written(alone), show(spec), part, alone)
  end
end

function properties.the_order_of_rows_and_columns_does_not_matter(t)
  local spec = random_spec(random(0, 3), one_of { "rollup", "cube", "totals" })
  if #spec.by == 0 then
    spec.margins = nil
  end
  local names = names_of(t)
  local other = t:shuffle { seed = random(1000000) }:select(some_of(names, #names))
  same_table("order", t:breakdown(spec), other:breakdown(spec), show(spec))
end

function properties.dimensions_may_change_places(t)
  local spec = random_spec(2)
  local first, second = name_of(spec.by[1]), name_of(spec.by[2])
  local turned = { by = { spec.by[2], spec.by[1] }, measures = spec.measures, where = spec.where }
  local columns = { first, second }
  for i = 1, #spec.measures do
    columns[#columns + 1] = "m" .. i
  end
  same_table("dimensions", t:breakdown(spec), t:breakdown(turned):select(columns):sort { first, second }, show(spec))
end

function properties.threads_say_the_same(t)
  local spec = random_spec(random(0, 3))
  dk.threads(1)
  local one = t:breakdown(spec)
  dk.threads(2)
  same_table("threads", one, t:breakdown(spec), show(spec))
end

function properties.joins_have_each_others_rows(t, other)
  local key = some_of({ "c", "n", "s", "b" }, 2)
  local option = { mine = key, theirs = { key[1] .. "2", key[2] .. "2" } }
  local names = {}
  for name in other:columns() do
    names[name] = name .. "2"
  end
  local right = other:rename(names)
  local function join(kind, multiple) return t:join(right, option, { kind = kind, multiple = multiple }) end
  local inner, left, full = join("inner", "all"), join("left", "all"), join("full", "all")
  local semi, anti = join "semi", join "anti"
  same_table("semi and anti", semi:append(anti):sort "i", t, table.concat(key, ", "))
  check("left", #left == #inner + #anti, #left, #inner, #anti)
  check("full", #full == #left + #join("right", "all") - #inner, #full, #left, #inner)
  check("first", #join("left", "first") == #t and #join("inner", "last") == #semi)
  same_table("inner", inner, left:where "i2 is not null", table.concat(key, ", "))
  local linked = t:link(right:distinct(option.theirs), option, { as = "mark" })
  same_table("link", linked:where "mark":select(names_of(t)), semi)
  same_table("link, not", linked:where "mark is not true":select(names_of(t)), anti)
  local report = t:reconcile(right, option)
  check("reconcile", report.left_rows[1] == #semi and report.left_rows[2] + report.left_rows[4] == #anti, report)
end

function properties.sets_are_sets(t, other)
  local names = some_of({ "c", "b", "n", "s", "x" }, 2)
  local a, b = t:select(names), other:select(names)
  local union, both, only = a:union(b), a:intersect(b), a:except(b)
  same_table("union", union:sort(names), only:union(b):sort(names), table.concat(names, ", "))
  check("distinct", #a:distinct() == #both + #only, #a:distinct(), #both, #only)
  same_table("all", a:union(b, { all = true }):distinct(), union)
  same_table("append", a:append(b), a:union(b, { all = true }))
  same_table("groups", a:distinct():sort(names), a:breakdown { by = names, measures = "z = count()" }:select(names))
end

function properties.wide_and_long_are_one(t)
  local cells = t:breakdown { by = { "g", "c" }, measures = "z = sum(n)" }:where "z is not null"
  if #cells > 0 then
    local wide = cells:derive "c = coalesce(text(c), '(null)')":pivot { rows = "g", columns = "c", values = "z" }
    local long = wide:unpivot { rows = "g", name = "c", value = "z", nulls = "drop" }
    local plain = cells:derive "c = coalesce(text(c), '(null)')"
    check("pivot", written(long:derive "c = text(c)":sort { "g", "c" }) == written(plain:sort { "g", "c" }), wide, long)
  end
end

function properties.a_sort_is_a_sort(t)
  local keys = {}
  for i, name in ipairs(some_of({ "c", "g", "n", "s", "x", "d", "r", "t", "k", "b" }, random(3))) do
    keys[i] = name .. (random(2) == 1 and " desc" or "")
  end
  local sorted = t:sort(keys)
  same_table("back", sorted:sort "i", t)
  same_table("twice", sorted:sort(keys), sorted)
  local limited = { table.unpack(keys) }
  limited.limit = random(0, 50)
  same_table("limit", t:sort(limited), sorted:head(limited.limit), table.concat(keys, ", "), limited.limit)
  local windowed = t:window { order = keys, "place = row_number()" }:sort "place"
  same_table("row_number", windowed:select(names_of(t)), sorted, table.concat(keys, ", "))
end

function properties.windows_end_in_the_breakdown(t)
  local group, value = one_of { "c", "g", "b" }, one_of { "n", "x" }
  local windowed = t:window { within = group, order = "i", ("w = running_sum(%s)"):format(value),
    ("v = sum(%s)"):format(value), "place = row_number()", "size = count()" }
  local ends = windowed:where "place == size":select { group, "w", "v" }:sort(group)
  local sums = t:breakdown { by = group, measures = ("v = sum(%s)"):format(value) }
  same_table("sum", ends:select { group, "v" }, sums, group, value)
  check("running", #ends:where "w ~= v or (w is null and v is not null)" == 0, ends)
end

-- The run ---------------------------------------------------------------------------------------------------------------

local order = {}
for name in pairs(properties) do
  order[#order + 1] = name
end
table.sort(order)
for number = 1, n_tables do
  local size = { 0, 1, 2, random(20), random(300), random(3000), 5000 }
  local n_rows = number == 3 and 80000 or one_of(size) -- one is large enough for what only large tables get
  local made = peer.make_table("t" .. number, peer.columns, n_rows, { first = "i" })
  local other = peer.make_table("o" .. number, peer.columns, one_of { 0, 1, random(300) }, { first = "i" })
  local roads = {}
  for i, road in ipairs(peer.roads) do
    roads[i] = peer.by_road(made, road)
    same_table("roads", roads[i], roads[1], road)
  end
  local right = peer.by_road(other, one_of(peer.roads))
  for i = 1, 3 do
    dk.threads(random(2))
    for _, name in ipairs(order) do
      attempt(name, properties[name], roads[i], right)
    end
  end
end
dk.threads(0)
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and passed > 0, true)
