-- breakdowns.lua - random breakdowns, answered by DuckDB as well.
--
-- usage: dekking tests/cross/breakdowns.lua FOLDER PEERS [QUESTIONS [SEED]]        (see peer.lua)
--
-- Every third table is asked with weights: a record of weight 3 counts as three, so that DuckDB gets each row as often as
-- its weight w says, and only rows() sees records.

local here = arg[0]:match "^(.*)/" or "."
local peer = dofile(here .. "/peer.lua")
local conditions = assert(loadfile(here .. "/conditions.lua"))(peer)
local number_value, condition, one_of, random = conditions.number_value, conditions.condition, peer.one_of, math.random
local per_table = 60
local tables = {}

-- Ours, theirs, and exact: DuckDB says the same text; else numbers near each other. A filter stands for @ there, for @@ one
-- that takes a record once, whatever its weight.
local function measure()
  local kind = random(16)
  local value, value_sql = number_value(random(0, 1))
  if kind == 1 then
    return "count()", "count(*)@", true
  elseif kind <= 4 then
    local name = one_of { "sum", "min", "max" }
    return ("%s(%s)"):format(name, value), ("%s(%s)@"):format(name, value_sql), true
  elseif kind == 5 then
    return ("mean(%s)"):format(value), ("avg(%s)@"):format(value_sql), false
  elseif kind == 6 then
    return ("median(%s)"):format(value), ("quantile_cont((%s)::double, 0.5)@"):format(value_sql), false
  elseif kind == 7 then
    local share = one_of { "0", "0.1", "0.25", "0.9", "1" }
    return ("quantile(%s, %s)"):format(value, share), ("quantile_cont((%s)::double, %s)@"):format(value_sql, share), false
  elseif kind == 8 then
    local column = one_of(peer.columns)[1]
    return ("distinct(%s)"):format(column), ("count(distinct %s)@"):format(column), true
  elseif kind == 9 then
    local name, column = one_of { "min", "max" }, one_of { "s", "d", "g" }
    return ("%s(%s)"):format(name, column), ("%s(%s)@"):format(name, column), true
  elseif kind == 10 then
    local name = one_of { "sum", "mean", "min", "max", "median" }
    local sql = ({ mean = "avg(r)@", median = "quantile_cont(r, 0.5)@" })[name] or name .. "(r)@"
    return name .. "(r)", sql, false
  elseif kind == 11 then
    local column = one_of { "n", "x", "r" }
    local pair = one_of { { "variance", "var_samp" }, { "sd", "stddev_samp" } }
    return ("%s(%s)"):format(pair[1], column), ("%s(%s::double)@"):format(pair[2], column), false
  elseif kind == 12 then
    local pair = one_of { { "cov", "covar_samp" }, { "corr", "corr" } }
    return pair[1] .. "(n, x)", pair[2] .. "(n::double, x::double)@", false
  elseif kind == 13 then
    return "sum(n) / count()", "(sum(n)@)::double / nullif(count(*)@, 0)", false
  elseif kind == 14 then
    local column = one_of { "n", "x", "s", "d", "c" }
    local pair = one_of { { "first", "arg_min" }, { "last", "arg_max" } }
    return ("%s(%s)"):format(pair[1], column), ("%s(%s, i)@"):format(pair[2], column), true
  end
  return "rows()", "count(*)@@", true
end

local DIMENSIONS = {
  { "c", "c" }, { "g", "g" }, { "b", "b" }, { "n", "n" }, { "s", "s" }, { "k", "k" }, { "jaar = year(d)", "year(d)" },
  { "lengte = length(s)", "length(s)" }, { "rest = n % 3", "(((n % 3) + 3) % 3)" }, { "d", "d" }, { "x", "x" },
  { "klein = n < 0", "n < 0" }, { "hoofd = upper(c)", "upper(c)" }, { "dag = date(t)", "t::date" },
}

local function question(number)
  local data = tables[number]
  local spec, by, columns, exact = { by = {}, measures = {} }, {}, {}, {}
  local taken = {}
  for _ = 1, random(0, 3) do
    local d = one_of(DIMENSIONS)
    if not taken[d] then
      taken[d] = true
      spec.by[#spec.by + 1], by[#by + 1] = d[1], d[2]
      exact[#exact + 1] = true
    end
  end
  for i, sql in ipairs(by) do
    columns[i] = ("case when grouping(%s) = 1 then '*' else (%s)::varchar end"):format(sql, sql)
  end
  local where_sql
  if random(3) > 1 then
    spec.where, where_sql = condition(random(0, 3))
  end
  local function filtered(theirs, filter)
    local function clause(...)
      local parts = {}
      for _, part in ipairs { ... } do
        parts[#parts + 1] = part
      end
      if filter then
        parts[#parts + 1] = filter
      end
      local text = #parts > 0 and " filter (where " .. table.concat(parts, " and ") .. ")" or ""
      return (text:gsub("%%", "%%%%"))
    end
    if data.weighted then
      return (theirs:gsub("@@", clause "copy = 0"):gsub("@", clause "w > 0"))
    end
    return (theirs:gsub("@@?", clause()))
  end
  for i = 1, random(1, 4) do
    local ours, theirs, is_exact = measure()
    local filter, filter_sql
    if random(3) == 1 then
      filter, filter_sql = condition(random(0, 1))
      ours = ours:find "/" and ("(sum(n) where %s) / (count() where %s)"):format(filter, filter)
        or ("%s where %s"):format(ours, filter)
    end
    spec.measures[i] = ("m%d = %s"):format(i, ours)
    columns[#columns + 1], exact[#exact + 1] = filtered(theirs, filter_sql), is_exact
  end
  local margins = #by > 0 and random(3) == 1 and one_of { "totals", "rollup", "cube" } or nil
  spec.margins = margins
  local grouping = ""
  if #by > 0 then
    local list = table.concat(by, ", ")
    grouping = " group by " .. (margins == "rollup" and ("rollup (%s)"):format(list)
      or margins == "cube" and ("cube (%s)"):format(list)
      or margins == "totals" and ("grouping sets ((%s), ())"):format(list) or ("grouping sets ((%s))"):format(list))
  end
  local from = "t" .. number
  if data.weighted then -- a record that nobody stands for is there once, so that its group is
    from = ("(select * from t%d, range(greatest(w, 1)) copies(copy))"):format(number)
  end
  if random(3) == 1 then -- a share of all, and within a dimension
    local share = one_of { { "count()", "count(*)@" }, { "sum(n)", "sum(n)@" } }
    local theirs = filtered(share[2])
    spec.measures[#spec.measures + 1] = "part = " .. share[1]
    local whole = ("(select %s from %s%s)"):format(theirs, from, where_sql and " where " .. where_sql or "")
    local name = #by > 0 and not margins and random(2) == 1 and spec.by[1]:match "^%w+"
    if name then
      spec.measures[#spec.measures + 1] = ("deel = part / all(part, %s)"):format(name)
      whole = ("sum(%s) over (partition by %s)"):format(theirs, by[1])
    else
      spec.measures[#spec.measures + 1] = "deel = part / all(part)"
    end
    columns[#columns + 1], exact[#exact + 1] = theirs, true
    columns[#columns + 1], exact[#exact + 1] = ("(%s)::double / nullif(%s, 0)::double"):format(theirs, whole), false
  end
  for i = 1, #columns do
    columns[i] = ("%s as a%d"):format(columns[i], i)
  end
  return {
    tables = { data },
    ask = function(t) return (data.weighted and t:with { weight = "w" } or t):breakdown(spec) end,
    exact = exact,
    n_by = #by,
    shown = ("where %s by %s measures %s, margins %s%s"):format(spec.where or "-", table.concat(spec.by, ", "),
      table.concat(spec.measures, "; "), margins or "none", data.weighted and ", weighted" or ""),
    sql = ("select %s from %s%s%s"):format(table.concat(columns, ", "), from,
      where_sql and " where " .. where_sql or "", grouping),
  }
end

local WEIGHED = { table.unpack(peer.columns) }
WEIGHED[#WEIGHED + 1] = { "w", "integer", "INTEGER", function() return random(0, 3) end }

for number = 1, peer.wanted(2400) // per_table do
  local is_large = number == 3 or number == 7 -- for what only large tables get
  local n_rows = is_large and 80000 or one_of { 0, 1, 2, random(20), random(300), random(3000), 5000 }
  local weighted = number % 3 == 0
  tables[number] = peer.make_table("t" .. number, weighted and WEIGHED or peer.columns, n_rows,
    { first = "i", known = { w = true } })
  tables[number].weighted = weighted
  for _ = 1, is_large and per_table // 3 or per_table do
    peer.add(question(number))
  end
end
peer.run()
