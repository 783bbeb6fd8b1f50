-- windows.lua - random windows, tables made wide and long, and functions of texts and dates, answered by DuckDB as well.
--
-- usage: dekking tests/cross/windows.lua FOLDER PEERS [QUESTIONS [SEED]]        (see peer.lua)
--
-- The column i numbers the rows, and stands in every answer that keeps them.

local here = arg[0]:match "^(.*)/" or "."
local peer = dofile(here .. "/peer.lua")
local conditions = assert(loadfile(here .. "/conditions.lua"))(peer)
local texts = assert(loadfile(here .. "/texts.lua"))(peer, conditions)
local one_of, some_of, random = peer.one_of, peer.some_of, math.random
local per_table = 60

local COLUMNS = { table.unpack(peer.columns) }
COLUMNS[#COLUMNS + 1] = { "e", "date", "DATE", function() return ("2024-01-%02d"):format(random(28)) end }
COLUMNS[#COLUMNS + 1] = { "u", "text", "VARCHAR", texts.word }

-- Windows ---------------------------------------------------------------------------------------------------------------

local VALUES = { { "n", "n" }, { "x", "x" }, { "length(s)", "length(s)" }, { "n * 2 + 1", "(n * 2 + 1)" },
  { "coalesce(x, 0)", "coalesce(x, 0)" } }
local ANY = { "n", "x", "c", "s", "d", "e", "t", "k", "b" }

-- A column of a window: ours, theirs, exact. over(frame) is the window with that frame; ranked the one whose rows with
-- equal keys are peers.
local function window_column(over, ranked, has_order)
  local value = one_of(VALUES)
  local v, w = value[1], value[2]
  local kind = random(has_order and 14 or 10)
  if kind == 1 then
    return "row_number()", "row_number() " .. over(), true
  elseif kind == 2 then
    local name = one_of { { "previous", "lag" }, { "next", "lead" } }
    local column, n = one_of(ANY), random(3)
    return ("%s(%s, %d)"):format(name[1], column, n), ("%s(%s, %d) %s"):format(name[2], column, n, over()), true
  elseif kind == 3 then
    local column, name = one_of(ANY), one_of { "first_value", "last_value" }
    return ("%s(%s)"):format(name, column),
      ("%s(%s) %s"):format(name, column, over "rows between unbounded preceding and unbounded following"), true
  elseif kind == 4 then
    local n = random(2)
    return ("change(%s, %d)"):format(v, n), ("%s - lag(%s, %d) %s"):format(w, w, n, over()), true
  elseif kind == 5 then
    return ("relative_change(%s)"):format(v),
      ("(%s - lag(%s) %s)::double / nullif(lag(%s) %s, 0)::double"):format(w, w, over(), w, over()), false
  elseif kind == 6 then
    return ("share(%s)"):format(v), ("(%s)::double / nullif(sum(%s) %s, 0)::double"):format(w, w,
      over "rows between unbounded preceding and unbounded following"), false
  elseif kind <= 8 then
    local name = one_of { { "sum", "sum", true }, { "mean", "avg", false }, { "min", "min", true }, { "max", "max", true } }
    local n = random(5)
    local frame = one_of {
      { "unbounded preceding and unbounded following", "%s(%s)" },
      { "unbounded preceding and current row", "running_%s(%s)" },
      { ("%d preceding and current row"):format(n - 1), ("moving_%%s(%%s, %d)"):format(n) },
    }
    return frame[2]:format(name[1], v), ("%s(%s) %s"):format(name[2], w, over("rows between " .. frame[1])), name[3]
  elseif kind == 9 then
    local n = random(4)
    local each = one_of {
      { "count()", "count(*)", "unbounded preceding and unbounded following" },
      { "rows()", "count(*)", "unbounded preceding and unbounded following" },
      { "running_count()", "count(*)", "unbounded preceding and current row" },
      { "running_count(x)", "count(x)", "unbounded preceding and current row" },
      { ("moving_count(x, %d)"):format(n), "count(x)", ("%d preceding and current row"):format(n - 1) },
    }
    return each[1], ("%s %s"):format(each[2], over("rows between " .. each[3])), true
  elseif kind == 10 then
    local filter, filter_sql = conditions.condition(1)
    local each = one_of { { "sum(n)", "sum(n)" }, { "count()", "count(*)" }, { "max(x)", "max(x)" } }
    return ("%s where %s"):format(each[1], filter), ("%s filter (where %s) %s"):format(each[2], filter_sql,
      over "rows between unbounded preceding and unbounded following"), true
  elseif kind == 11 then
    local name = one_of { "rank", "dense_rank" }
    return name .. "()", ("%s() %s"):format(name, ranked()), true
  elseif kind == 12 then
    local name = one_of { "percent_rank", "cume_dist" }
    return name .. "()", ("%s() %s"):format(name, ranked()), false
  elseif kind == 13 then
    local n = random(6)
    return ("ntile(%d)"):format(n), ("ntile(%d) %s"):format(n, over()), true
  end
  return "dense_rank() + 1", ("dense_rank() %s + 1"):format(ranked()), true
end

local WITHIN = { { "c", "c" }, { "g", "g" }, { "b", "b" }, { "year(d)", "year(d)" }, { "n % 2", "(((n % 2) + 2) % 2)" } }

local function window(t)
  local within, within_sql, order, order_sql = {}, {}, {}, {}
  for i, pair in ipairs(some_of(WITHIN, random(0, 2))) do
    within[i], within_sql[i] = pair[1], pair[2]
  end
  for i, name in ipairs(some_of({ "n", "x", "c", "s", "d", "e", "t", "r", "k" }, random(0, 2))) do
    local desc = random(2) == 1
    order[i] = name .. (desc and " desc" or "")
    order_sql[i] = name .. (desc and " desc" or " asc") .. " nulls last"
  end
  local partition = #within > 0 and "partition by " .. table.concat(within_sql, ", ") .. " " or ""
  local keys = table.concat(order_sql, ", ")
  local function over(frame)
    return ("over (%sorder by %si%s)"):format(partition, #order > 0 and keys .. ", " or "", frame and " " .. frame or "")
  end
  local function ranked() return ("over (%sorder by %s)"):format(partition, keys) end
  local spec, sql, names, exact = { within = within, order = order }, { "i" }, { "i" }, { true }
  for i = 1, random(4) do
    local ours, theirs, is_exact = window_column(over, ranked, #order > 0)
    spec[i], sql[i + 1] = ("w%d = %s"):format(i, ours), ("%s as w%d"):format(theirs, i)
    names[i + 1], exact[i + 1] = "w" .. i, is_exact
  end
  return {
    ask = function(a) return a:window(spec):select(names) end,
    ordered = true,
    exact = exact,
    shown = ("within %s order %s: %s"):format(table.concat(within, ", "), table.concat(order, ", "),
      table.concat(spec, "; ")),
    sql = ("select %s from %s order by i"):format(table.concat(sql, ", "), t.name),
  }
end

-- By steps of the order key: a day or a whole number. Where a period before is asked for, each occurs once in a group.
local function periods(t)
  local key = one_of { "e", "n" }
  local group, n = one_of { "c", "b" }, random(4)
  local value = one_of { "n", "x" }
  local function step(k) return key == "e" and ("interval %d days"):format(k) or tostring(k) end
  local function over(from, to)
    return ("over (partition by %s order by %s range between %s and %s)"):format(group, key, from, to)
  end
  local columns, sql
  local once = random(2) == 1
  if once then
    local name = one_of { "previous_period", "next_period" }
    local at = step(n) .. (name == "previous_period" and " preceding" or " following")
    columns = { ("w1 = %s(%s, %d)"):format(name, value, n), ("w2 = change_period(%s, %d)"):format(value, n) }
    local before = step(n) .. " preceding"
    sql = { ("max(%s) %s as w1"):format(value, over(at, at)), ("%s - max(%s) %s as w2"):format(value, value,
      over(before, before)) }
  else
    local name = one_of { { "sum", "sum" }, { "min", "min" }, { "max", "max" }, { "count", "count" } }
    columns = { ("w1 = moving_%s_period(%s, %d)"):format(name[1], value, n),
      ("w2 = moving_mean_period(%s, %d)"):format(value, n) }
    local frame = over(step(n - 1) .. " preceding", "current row")
    sql = { ("%s(%s) %s as w1"):format(name[2], value, frame), ("avg(%s) %s as w2"):format(value, frame) }
  end
  return {
    ask = function(a)
      local known = a:where(key .. " is not null")
      if once then
        known = known:distinct(group, key)
      end
      return known:window { within = group, order = key, columns[1], columns[2] }:select { "i", "w1", "w2" }
    end,
    ordered = true,
    exact = { true, true, once },
    shown = ("periods of %s within %s: %s"):format(key, group, table.concat(columns, "; ")),
    sql = ("select i, %s from (select * from %s where %s is not null%s) order by i"):format(table.concat(sql, ", "), t.name,
      key, once and (" qualify row_number() over (partition by %s, %s order by i) = 1"):format(group, key) or ""),
  }
end

-- Wide and long ---------------------------------------------------------------------------------------------------------

local function pivot(t)
  local rows, value = one_of { "g", "n", "b" }, one_of { "n", "x" }
  local aggregate = one_of { { "sum", "sum(%s)", true }, { "min", "min(%s)", true }, { "max", "max(%s)", true },
    { "mean", "avg(%s)", false }, { "median", "quantile_cont(%s::double, 0.5)", false },
    { "distinct", "count(distinct %s)", true } }
  if rows == value then
    value = "x"
  end
  local columns, exact = {}, { true }
  for i, place in ipairs { "Arnhem", "Duiven", "Z", "z", "é", false } do
    columns[i] = ("nullif(%s filter (where c %s), %s) as a%d"):format(aggregate[2]:format(value),
      place and "= '" .. place .. "'" or "is null", aggregate[1] == "distinct" and "0" or "null", i)
    exact[i + 1] = aggregate[3]
  end
  return {
    ask = function(a)
      local wide = a:pivot { rows = rows, columns = "c", values = value, aggregate = aggregate[1] }
      local there, made = {}, { "o0 = " .. rows }
      for name in wide:columns() do
        there[name] = true
      end
      local names = { "o0" }
      for i, place in ipairs { "Arnhem", "Duiven", "Z", "z", "é", "(null)" } do
        made[i + 1] = there[place] and aggregate[1] == "distinct" and ("o%d = case(`%s` > 0, `%s`)"):format(i, place, place)
          or there[place] and ("o%d = `%s`"):format(i, place) or ("o%d = null + 1"):format(i)
        names[i + 1] = "o" .. i
      end
      return wide:derive(made):select(names)
    end,
    exact = exact,
    shown = ("pivot rows %s, columns c, %s of %s"):format(rows, aggregate[1], value),
    sql = ("select %s, %s from %s group by all"):format(rows, table.concat(columns, ", "), t.name),
  }
end

local function unpivot(t)
  local columns = some_of(one_of { { "n", "x", "k" }, { "c", "g", "s" }, { "d", "e" }, { "n", "x" } }, 3)
  local drop, parts = random(2) == 1, {}
  for at, name in ipairs(columns) do
    parts[at] = ("select i, %d as place, '%s' as name, %s as value from %s"):format(at, name,
      (name == "n" or name == "k") and #columns > 1 and name .. "::decimal(38,2)" or name, t.name)
  end
  return {
    ask = function(a)
      return a:unpivot { rows = "i", columns = columns, nulls = drop and "drop" or "keep" }:select { "i", "name", "value" }
    end,
    ordered = true,
    exact = { true, true, true },
    shown = "unpivot " .. table.concat(columns, ", "),
    sql = ("select i, name, value from (%s)%s order by i, place"):format(table.concat(parts, " union all "),
      drop and " where value is not null" or ""),
  }
end

-- Functions, row by row -------------------------------------------------------------------------------------------------

local function functions(t)
  local derived, sql, names, exact, shown = {}, { "i" }, { "i" }, { true }, {}
  for i = 1, random(4) do
    local ours, theirs, is_near = texts.expression()
    derived[i], sql[i + 1] = ("f%d = %s"):format(i, ours), ("%s as f%d"):format(theirs, i)
    names[i + 1], exact[i + 1], shown[i] = "f" .. i, not is_near, ours
  end
  return {
    ask = function(a) return a:derive(derived):select(names) end,
    ordered = true,
    exact = exact,
    shown = table.concat(shown, "; "),
    sql = ("select %s from %s order by i"):format(table.concat(sql, ", "), t.name),
  }
end

local SHAPES = { window, window, window, window, periods, pivot, unpivot, functions, functions, functions }

for number = 1, peer.wanted(1800) // per_table do
  local is_large = number == 3 -- for what only large tables get
  local n_rows = is_large and 80000 or one_of { 0, 1, 2, random(20), random(300), random(1500) }
  local t = peer.make_table("t" .. number, COLUMNS, n_rows, { first = "i" })
  for _ = 1, is_large and per_table // 6 or per_table do
    local q = one_of(SHAPES)(t)
    q.tables = { t }
    peer.add(q)
  end
end
peer.run()
