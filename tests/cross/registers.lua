-- registers.lua - random questions about sets, levels of hierarchies with dates, numbers in bounds, rates and weights,
-- asked as breakdowns, several at once, and as windows; answered by DuckDB as well.
--
-- usage: dekking tests/cross/registers.lua FOLDER PEERS [QUESTIONS [SEED]]        (see peer.lua)
--
-- There a set is a list (vl), a hierarchy a join on the days that a member belongs to its parent, and a number in bounds
-- two columns (lo, hi). The column i numbers the rows.

local here = arg[0]:match "^(.*)/" or "."
local peer = dofile(here .. "/peer.lua")
local one_of, some_of, random = peer.one_of, peer.some_of, math.random
local per_table = 60

-- Tables ----------------------------------------------------------------------------------------------------------------

local MEMBERS = { "lassen", "koken", "bouwen", "é", "a b" }
local ALL = "['lassen', 'koken', 'bouwen', 'é', 'a b', 'nooit']" -- one that nobody has is stated too

local function day() return ("%04d-%02d-%02d"):format(random(2010, 2020), random(12), random(28)) end

local function bounds()
  local lo = random(-9, 9)
  return random(3) == 1 and tostring(lo) or ("%d..%d"):format(lo, lo + random(0, 6))
end

local COLUMNS = {
  { "c", "category", "VARCHAR", function() return one_of { "Arnhem", "Duiven", "é" } end },
  { "g", "category", "VARCHAR", function() return "g" .. random(14) end },
  { "b", "boolean", "BOOLEAN", function() return one_of { "true", "false" } end },
  { "n", "integer", "INTEGER", function() return random(-4, 4) end },
  { "x", "decimal", "DECIMAL(18,2)", function() return ("%.2f"):format(random(-700, 700) / 100) end },
  { "d", "date", "DATE", day },
  { "w", "integer", "INTEGER", function() return random(0, 3) end },
  { "v", { "set", ",", members = { table.unpack(MEMBERS) } }, "VARCHAR", function()
    local list = some_of(MEMBERS, random(0, 4))
    if #list > 0 and random(4) == 1 then
      list[#list + 1] = list[1] -- listed twice, in the set once
    end
    return table.concat(list, one_of { ",", ", " })
  end },
  { "y", "interval", "VARCHAR", bounds },
  { "z", "interval", "VARCHAR", bounds },
}
table.insert(COLUMNS[8][2].members, "nooit")

-- Gives DuckDB a second table with what it has besides the columns of the first.
local function prepare(name, second)
  local function side(column, at, otherwise)
    return ("case when contains(%s, '..') then split_part(%s, '..', %d) else %s end::int"):format(column, column, at,
      otherwise)
  end
  peer.prepare(("create or replace table %s as select *, case when v is null then null when v = '' then []::varchar[] "
    .. "else list_sort(list_distinct(list_transform(string_split(v, ','), m -> trim(m)))) end as vl, %s as lo, %s as hi, "
    .. "%s as zlo, %s as zhi from %s"):format(second, side("y", 1, "y"), side("y", 2, "y"), side("z", 1, "z"),
    side("z", 2, "z"), name))
end

-- A hierarchy g -> regio -> land in which a member moves once or twice, has gaps, or is not there at all.
local function make_hierarchy(name)
  local lines, rows = { "g;regio;land;van;tot\n" }, {}
  for i = 1, 14 do
    local cuts = { "" }
    for _ = 1, random(0, 2) do
      cuts[#cuts + 1] = day()
    end
    table.sort(cuts)
    cuts[#cuts + 1] = ""
    for k = 1, random(8) == 1 and 0 or #cuts - 1 do
      local regio = random(5)
      if (cuts[k] ~= cuts[k + 1] or #cuts == 2) and random(8) > 1 then
        local from, to = cuts[k], cuts[k + 1]
        lines[#lines + 1] = ("g%d;r%d;l%d;%s;%s\n"):format(i, regio, regio % 2, from, to)
        rows[#rows + 1] = ("('g%d', 'r%d', 'l%d', %s, %s)"):format(i, regio, regio % 2,
          from == "" and "null" or "date '" .. from .. "'", to == "" and "null" or "date '" .. to .. "'")
      end
    end
  end
  if #rows == 0 then
    return make_hierarchy(name)
  end
  peer.prepare(("create or replace table %s (g varchar, regio varchar, land varchar, van date, tot date)"):format(name))
  peer.prepare(("insert into %s values %s"):format(name, table.concat(rows, ", ")))
  local spans = dk.read_text(table.concat(lines), { types = { van = "date", tot = "date" }, header = true })
  return dk.hierarchy(spans, { "g", "regio", "land" }, { from = "van", to = "tot" }), spans
end

-- Parts of questions ----------------------------------------------------------------------------------------------------

local function member() return one_of(MEMBERS) end

-- A condition, ours and theirs.
local function condition()
  local kind, a, b, k = random(9), member(), member(), random(-5, 5)
  if kind == 1 then
    return ("has(v, '%s')"):format(a), ("list_contains(vl, '%s')"):format(a)
  elseif kind == 2 then
    return ("has_any(v, '%s', '%s')"):format(a, b), ("list_has_any(vl, ['%s', '%s'])"):format(a, b)
  elseif kind == 3 then
    return ("has_all(v, '%s', '%s')"):format(a, b), ("list_has_all(vl, ['%s', '%s'])"):format(a, b)
  elseif kind == 4 then
    local size = random(0, 3)
    return ("size(v) > %d"):format(size), ("len(vl) > %d"):format(size)
  elseif kind == 5 then -- holds for sure
    return ("y > %d"):format(k), ("case when lo > %d then true when hi <= %d then false end"):format(k, k)
  elseif kind == 6 then
    return ("y + n <= %d"):format(k), ("case when hi + n <= %d then true when lo + n > %d then false end"):format(k, k)
  elseif kind == 7 then
    return "not (y < z)", "not (case when hi < zlo then true when lo >= zhi then false end)"
  elseif kind == 8 then
    return "b", "b"
  end
  return ("n < %d"):format(k), ("n < %d"):format(k)
end

-- What stands in a sum where rows are weighed: a row that nobody stands for adds nothing, not 0.
local function weighed(column, weighted)
  return weighted and ("case when w > 0 then %s * w end"):format(column) or column
end

-- A measure: ours, theirs, exact; a filter stands for @. Bounds give a column for each side.
local function measure(weighted)
  local kind = random(weighted and 4 or 9)
  if kind == 1 then
    return { "count()", weighted and "coalesce(sum(w)@, 0)" or "count(*)@", true }
  elseif kind == 2 then
    return { "sum(n)", ("sum(%s)@"):format(weighed("n", weighted)), true }
  elseif kind == 3 then
    return { "sum(y)", ("sum(%s)@"):format(weighed("lo", weighted)), true, ("sum(%s)@"):format(weighed("hi", weighted)) }
  elseif kind == 4 then
    return weighted and { "mean(n)", "(sum(n * w)@)::double / nullif(sum(case when n is not null then w end)@, 0)", false }
      or { "mean(size(v))", "avg(len(vl))@", false }
  elseif kind == 5 then
    return { "sum(y - z)", "sum(lo - zhi)@", true, "sum(hi - zlo)@" }
  elseif kind == 6 then
    local name = one_of { "min", "max" }
    return { name .. "(y)", name .. "(lo)@", true, name .. "(hi)@" }
  elseif kind == 7 then
    return { "sum(2 * y + n)", "sum(2 * lo + n)@", true, "sum(2 * hi + n)@" }
  elseif kind == 8 then
    return { "distinct(v)", "count(distinct array_to_string(vl, '|'))@", true }
  end
  return { one_of { "min", "max", "sum" } .. "(size(v))", nil, true }
end

local function clause(filter) return filter and (" filter (where %s)"):format(filter):gsub("%%", "%%%%") or "" end

-- Columns of a question from its measures: what is asked, what is shown of the answer, and the same there.
local function columns_of(weighted)
  local asked, shown, theirs, exact = {}, {}, {}, {}
  for i = 1, random(1, 3) do
    local m = measure(weighted)
    m[2] = m[2] or m[1]:match "^%l+" .. "(len(vl))@"
    local filter, filter_sql
    if random(3) == 1 then
      filter, filter_sql = condition()
    end
    asked[i] = ("m%d = %s%s"):format(i, m[1], filter and " where " .. filter or "")
    local name = "m" .. i
    for at, sql in ipairs { m[2], m[4] } do
      shown[#shown + 1] = not m[4] and name or ("s%d_%d = %s(%s)"):format(i, at, at == 1 and "least" or "greatest", name)
      theirs[#theirs + 1], exact[#exact + 1] = sql:gsub("@", clause(filter_sql)), m[3]
    end
  end
  return asked, shown, theirs, exact
end

-- The answer with its dimensions and what is shown of the measures.
local function pick(result, by, shown)
  local names, made = {}, {}
  for i, name in ipairs(by) do
    names[i] = name
  end
  for _, text in ipairs(shown) do
    names[#names + 1] = text:match "^[%w_]+"
    if text:find "=" then
      made[#made + 1] = text
    end
  end
  return (#made > 0 and result:derive(made) or result):select(names)
end

local function exact_of(n_by, exact)
  local all = {}
  for i = 1, n_by do
    all[i] = true
  end
  for _, each in ipairs(exact) do
    all[#all + 1] = each
  end
  return all
end

local function list(parts) return table.concat(parts, ", ") end

-- Groups by members -----------------------------------------------------------------------------------------------------

-- By members, or by what is missing, and perhaps another column; totals are of persons.
local function by_member(data)
  local lacks = random(3) == 1
  local asked, shown, theirs, exact = columns_of(data.weighted)
  local other = random(2) == 1 and "c" or nil
  local totals = random(2) == 1
  local where, where_sql
  if random(2) == 1 then
    where, where_sql = condition()
  end
  local names = { "m", other }
  local spec = { by = { lacks and "m = missing(v)" or "m = member(v)", other }, measures = asked, where = where,
    margins = totals and "totals" or nil }
  local from = where_sql and ("(select * from %s where %s)"):format(data.name, where_sql) or data.name
  local each = lacks and ("list_filter(%s, m -> not list_contains(vl, m))"):format(ALL) or "vl"
  local exploded = ("(select *, unnest(%s) m from %s where v is not null union all select *, null from %s where v is null)")
    :format(each, from, from)
  local sql = ("select %s, %s from %s group by %s"):format(list(names), list(theirs), exploded, list(names))
  if totals then
    sql = ("%s union all select %s, %s from %s"):format(sql, other and "'*', '*'" or "'*'", list(theirs), from)
  end
  return {
    ask = function(t) return pick(t:breakdown(spec), names, shown) end,
    exact = exact_of(#names, exact),
    n_by = #names,
    shown = ("by %s measures %s where %s%s"):format(list(spec.by), list(asked), where or "-", totals and ", totals" or ""),
    sql = sql,
  }
end

-- Rows --------------------------------------------------------------------------------------------------------------------

local function rows(data)
  local where, where_sql = condition()
  return {
    ask = function(t)
      return t:with { weight = dk.null }:where(where):derive { "a = least(y + z)", "b2 = greatest(y + z)",
        "c2 = least(y - 2 * z)", "d2 = greatest(-y)", "e = width(y)", "f = size(with(v, 'koken'))",
        "h = text(without(v, 'koken', 'lassen'))" }
        :select { "i", "a", "b2", "c2", "d2", "e", "f", "h" }
    end,
    exact = exact_of(8, {}),
    ordered = true,
    shown = "rows where " .. where,
    sql = ("select i, lo + zlo, hi + zhi, lo - 2 * zhi, -lo, hi - lo, "
      .. "case when vl is not null then len(list_distinct(list_append(vl, 'koken'))) end, "
      .. "array_to_string(list_filter(vl, m -> m not in ('koken', 'lassen')), '|') from %s where %s order by i"):format(
      data.name, where_sql),
  }
end

-- Levels ------------------------------------------------------------------------------------------------------------------

-- The rows with their levels, ours and theirs: of each row's own day, or of one day.
local function use(data)
  local geo, at = data.geo, random(2) == 1 and day() or nil
  local when = at and "date '" .. at .. "'" or "t.d"
  return function(t) return at and t:use(geo:at(at)) or t:use(geo, { on = "d" }) end,
    ("(select t.*, h.regio, h.land from %s t left join %s h on t.g = h.g and %s is not null and (h.van is null or "
      .. "h.van <= %s) and (h.tot is null or %s < h.tot))"):format(data.name, data.hierarchy, when, when, when),
    at or "each row's day"
end

local function by_level(data)
  local ours, from, at = use(data)
  local asked, shown, theirs, exact = columns_of(data.weighted)
  local names = one_of { { "regio" }, { "land" }, { "land", "regio" }, { "regio", "c" } }
  local margins = random(2) == 1 and one_of { "rollup", "totals" } or nil
  local columns = {}
  for i, name in ipairs(names) do
    columns[i] = ("case when grouping(%s) = 1 then '*' else %s end"):format(name, name)
  end
  local group = margins == "rollup" and "rollup (%s)" or margins and "grouping sets ((%s), ())" or "grouping sets ((%s))"
  local spec = { by = names, measures = asked, margins = margins }
  return {
    ask = function(t) return pick(ours(t):breakdown(spec), names, shown) end,
    exact = exact_of(#names, exact),
    n_by = #names,
    shown = ("at %s by %s measures %s, margins %s"):format(at, list(names), list(asked), margins or "none"),
    sql = ("select %s, %s from %s group by %s"):format(list(columns), list(theirs), from, group:format(list(names))),
  }
end

-- A result that is rolled up says what counting again would; and so does the sum of its rates.
local function roll_up(data)
  local at, up = day(), one_of { "regio", "land" }
  local when = "date '" .. at .. "'"
  local from = ("(select t.*, h.regio, h.land from %s t left join %s h on t.g = h.g and (h.van is null or h.van <= %s) and "
    .. "(h.tot is null or %s < h.tot))"):format(data.name, data.hierarchy, when, when)
  local w = data.weighted
  local count = w and "coalesce(sum(w)@, 0)" or "count(*)@"
  local function there(filter) return (count:gsub("@", clause(filter))) end
  local measures = { "k = count() where b", "n2 = count()", "d2 = k / n2", "s = sum(n)", "y2 = sum(y)" }
  local function sum(column) return ("sum(%s)"):format(weighed(column, w)) end
  return {
    ask = function(t)
      return t:use(data.geo:at(at)):breakdown { by = "g", measures = measures }:roll_up(up)
        :derive { "a = least(y2)", "z2 = greatest(y2)" }:select { up, "k", "n2", "d2", "s", "a", "z2" }
    end,
    exact = { true, true, true, false, true, true, true },
    shown = ("roll up to %s at %s"):format(up, at),
    sql = ("select %s, %s, %s, (%s)::double / nullif(%s, 0), %s, %s, %s from %s group by %s"):format(up, there "b", there(),
      there "b", there(), sum "n", sum "lo", sum "hi", from, up),
  }
end

-- Rates -------------------------------------------------------------------------------------------------------------------

local function rates(data)
  local asked = { by = { "c", "g" }, measures = { "d2 = (count() where b) / count()", "e = (sum(n) where b) / count()" } }
  local w = data.weighted
  local b, all, n = w and "coalesce(sum(w) filter (where b), 0)" or "count(*) filter (where b)",
    w and "coalesce(sum(w), 0)" or "count(*)", ("sum(%s) filter (where b)"):format(weighed("n", w))
  -- as counting again would: a group whose numerator is null has no rate, and its denominator counts
  return {
    ask = function(t)
      return t:breakdown(asked):breakdown { by = "c", measures = { "s = sum(d2)", "u = sum(e)" }, margins = "totals" }
        :derive { "a = numerator(s)", "z2 = denominator(s)", "m = numerator(u)", "o = denominator(u)" }
        :select { "c", "a", "z2", "m", "o" }
    end,
    exact = { true, true, true, true, true },
    n_by = 1,
    shown = "sums of rates",
    sql = ("select case when grouping(c) = 1 then '*' else c end, sum(a), sum(z2), sum(m), sum(z2) "
      .. "from (select c, g, %s a, %s z2, %s m from %s group by c, g) group by grouping sets ((c), ())"):format(b, all, n,
      data.name),
  }
end

-- Several at once ---------------------------------------------------------------------------------------------------------

local function together(data)
  local specs, parts = {}, {}
  local common = random(2) == 1 and { condition() } or {}
  local columns = {}
  for k = 1, random(2, 4) do
    local asked, shown, theirs, exact = columns_of(data.weighted)
    local name = one_of { "c", "g", "b", "n" }
    specs["q" .. k] = { by = name, measures = asked, where = common[1] }
    columns[k] = { name, shown, exact, asked }
    parts[k] = ("select %s, %s from %s%s group by %s"):format(name, list(theirs), data.name,
      common[2] and " where " .. common[2] or "", name)
  end
  local which = random(#parts)
  local column = columns[which]
  return {
    ask = function(t) return pick(t:breakdowns(specs)["q" .. which], { column[1] }, column[2]) end,
    exact = exact_of(1, column[3]),
    n_by = 1,
    shown = ("%d at once, of which %d: by %s measures %s where %s"):format(#parts, which, column[1], list(column[4]),
      common[1] or "-"),
    sql = parts[which],
  }
end

-- Windows ---------------------------------------------------------------------------------------------------------------

local function window(data)
  local within, w = one_of { "c", "b" }, data.weighted
  local so_far = ("over (partition by %s order by n nulls last, i rows between unbounded preceding and current row)")
    :format(within)
  local of_all = ("over (partition by %s)"):format(within)
  local three = so_far:gsub("unbounded preceding", "2 preceding")
  local function sum(column, over) return ("sum(%s) %s"):format(weighed(column, w), over) end
  local count = w and "sum(w) " or "count(*) "
  return {
    ask = function(t)
      return t:window { within = within, order = "n", "a = running_sum(n)", "b2 = running_count()", "c2 = mean(n)",
        "e = moving_sum(n, 3)", "f = running_sum(y)", "h = share(n)" }
        :derive { "f1 = least(f)", "f2 = greatest(f)" }:with { weight = dk.null }
        :select { "i", "a", "b2", "e", "f1", "f2", "c2", "h" }
    end,
    exact = { true, true, true, true, true, true, false, false },
    shown = "a window within " .. within,
    sql = ("select i, %s, %s, %s, %s, %s, (%s)::double / nullif(sum(case when n is not null then %s end) %s, 0), "
      .. "(%s)::double / nullif(%s, 0) from %s"):format(sum("n", so_far), count .. so_far, sum("n", three),
      sum("lo", so_far), sum("hi", so_far), sum("n", of_all), w and "w" or "1", of_all, w and "n * w" or "n",
      sum("n", of_all), data.name),
  }
end

-- A join on the days of validity, as a table of spans is joined by hand -------------------------------------------------

local function as_of(data)
  return {
    ask = function(t)
      local spans = data.spans:where "van is not null":select { "g", "van", "regio" }
      return t:with { weight = dk.null }:where "g is not null and d is not null":join(spans, "g",
        { as_of = { mine = "d", theirs = "van" }, kind = "left", multiple = "last" }):select { "i", "regio" }
    end,
    exact = { true, true },
    shown = "the last span that began before",
    sql = ("select t.i, h.regio from (select * from %s where g is not null and d is not null) t asof left join "
      .. "(select * from %s where van is not null) h on t.g = h.g and t.d >= h.van"):format(data.name, data.hierarchy),
  }
end

local SHAPES = { by_member, by_member, by_member, rows, by_level, by_level, roll_up, rates, together, together, window,
  as_of }

for number = 1, peer.wanted(1200) // per_table do
  local n_rows = number == 3 and 60000 or one_of { 0, 1, 2, random(20), random(300), random(3000), 5000 }
  local weighted = number % 3 == 2
  local made = peer.make_table("f" .. number, COLUMNS, n_rows, { first = "i", known = { w = true } })
  prepare(made.name, "p" .. number)
  made.name, made.weighted, made.hierarchy = "p" .. number, weighted, "h" .. number
  made.geo, made.spans = make_hierarchy(made.hierarchy)
  for _ = 1, number == 3 and per_table // 2 or per_table do
    local q = one_of(SHAPES)(made)
    local ask = q.ask
    q.tables = { made }
    q.ask = function(t) return ask(weighted and t:with { weight = "w" } or t) end
    q.shown = q.shown .. (weighted and " (weighted)" or "")
    peer.add(q)
  end
end
peer.run()
