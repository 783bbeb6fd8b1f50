-- joins.lua - random joins, reports of reconcile, sets of rows and sorts, answered by DuckDB as well.
--
-- usage: dekking tests/cross/joins.lua FOLDER PEERS [QUESTIONS [SEED]]        (see peer.lua)
--
-- The columns i and j number the rows of the left table and of the right one. They come along in every question that
-- keeps rows, so that it is seen which rows met, and in which order.

local here = arg[0]:match "^(.*)/" or "."
local peer = dofile(here .. "/peer.lua")
local one_of, some_of, random = peer.one_of, peer.some_of, math.random
local per_table = 60

-- Columns with few values, so that keys occur several times on both sides.
local COLUMNS = {}
for i, column in ipairs(peer.columns) do
  COLUMNS[i] = column
end
COLUMNS[#COLUMNS + 1] = { "e", "date", "DATE", function() return ("2024-%02d-%02d"):format(random(2), random(28)) end }
COLUMNS[#COLUMNS + 1] = { "m", "integer", "INTEGER", function() return random(60) end }
COLUMNS[#COLUMNS + 1] = { "p", "text", "VARCHAR", function() return "p" .. random(400) end }
COLUMNS[#COLUMNS + 1] = { "q", "decimal", "DECIMAL(18,1)", function() return random(60) .. one_of { ".0", ".5" } end }

COLUMNS[#COLUMNS + 1] = { "v", "decimal", "DECIMAL(18,2)", function() return ("%.2f"):format(random(-999, 999) / 100) end }

COLUMNS[#COLUMNS + 1] = { "h", "text", "VARCHAR", function() return "h" .. random(60000) end }
COLUMNS[#COLUMNS + 1] = { "y", "integer", "INTEGER", function() return random(60000) end }
COLUMNS[#COLUMNS + 1] = { "z", "category", "VARCHAR", function() return "h" .. random(60000) end }

-- Two columns whose values can be compared; and those of which there are enough for large tables.
local LARGE_KEYS = { { "h", "h" }, { "y", "y" }, { "h", "z" }, { "z", "h" }, { "z", "z" } }
local FEW_KEYS = {
  { "c", "c" }, { "g", "g" }, { "n", "n" }, { "k", "k" }, { "s", "s" }, { "p", "p" }, { "m", "m" }, { "b", "b" },
  { "d", "d" }, { "x", "x" }, { "t", "t" }, { "e", "e" }, { "r", "r" }, { "c", "s" }, { "s", "c" }, { "m", "q" },
  { "q", "m" }, { "n", "k" }, { "q", "x" }, { "x", "q" }, { "e", "d" }, { "p", "g" },
}

local known_keys = FEW_KEYS -- of the tables that are asked about

local function join_list(list, form, between)
  local parts = {}
  for i, item in ipairs(list) do
    parts[i] = form:gsub("%%(%d)", function(at) return type(item) == "table" and item[tonumber(at)] or item end)
  end
  return table.concat(parts, between)
end

-- Pairs of columns, none of them twice on a side.
local function random_keys()
  local keys, mine, theirs = {}, {}, {}
  for _, pair in ipairs(some_of(known_keys, one_of { 1, 1, 1, 2, 2, 3 })) do
    if not mine[pair[1]] and not theirs[pair[2]] then
      mine[pair[1]], theirs[pair[2]] = true, true
      keys[#keys + 1] = pair
    end
  end
  return keys
end

-- The right table with other names: every column but j with an R behind it. What SQL calls r.c is cR here.
local function renamed(t)
  local names = {}
  for name in t:columns() do
    if name ~= "j" then
      names[name] = name .. "R"
    end
  end
  return t:rename(names)
end

local function key_option(keys)
  local mine, theirs = {}, {}
  for i, pair in ipairs(keys) do
    mine[i], theirs[i] = pair[1], pair[2] .. "R"
  end
  return { mine = #mine == 1 and mine[1] or mine, theirs = #theirs == 1 and theirs[1] or theirs }
end

local function describe(what, keys, options)
  local parts = {}
  for name, value in pairs(options) do
    parts[#parts + 1] = name .. " = " .. (type(value) == "table" and table.concat(value, "/") or tostring(value))
  end
  table.sort(parts)
  return ("%s on %s { %s }"):format(what, join_list(keys, "%1 == %2", ", "), table.concat(parts, ", "))
end

local function exact_columns(n)
  local exact = {}
  for i = 1, n do
    exact[i] = true
  end
  return exact
end

-- Joins by key ----------------------------------------------------------------------------------------------------------

local function join(l, r)
  local keys, kind = random_keys(), one_of { "inner", "left", "right", "full", "semi", "anti" }
  local brings = kind ~= "semi" and kind ~= "anti"
  local multiple = brings and one_of { "all", "all", "first", "last" } or nil
  local columns, sql, where = { "o1 = i", "o2 = v" }, { "l.i as o1", "l.v as o2" }, ""
  if brings then
    columns[3], columns[4], sql[3], sql[4] = "o3 = j", "o4 = vR", "r.j as o3", "r.v as o4"
    for _, pair in ipairs(keys) do
      local at = #columns + 1
      columns[at] = ("o%d = %s"):format(at, pair[1])
      sql[at] = ("coalesce(l.%s, r.%s) as o%d"):format(pair[1], pair[2], at)
    end
    if multiple ~= "all" then -- of the rows that match one is taken; those that match none are all there
      where = (" where l.i is null or r.j is null or r.j in (select %s(j) from %s group by %s)"):format(
        multiple == "first" and "min" or "max", r.name, join_list(keys, "%2", ", "))
    end
  end
  local names = {}
  for at = 1, #columns do
    names[at] = "o" .. at
  end
  local options = { kind = kind, multiple = multiple }
  return {
    ask = function(a, b)
      return a:join(renamed(b), key_option(keys), options):derive(columns):select(names)
    end,
    ordered = true,
    n_columns = #columns,
    shown = describe("join", keys, options),
    sql = ("select %s from %s l %s join %s r on %s%s order by l.i nulls last%s"):format(table.concat(sql, ", "), l.name,
      kind, r.name, join_list(keys, "l.%1 = r.%2", " and "), where, brings and ", r.j" or ""),
  }
end

-- A key that the right table has twice is refused, if nothing is said about it.
local function refused(_, r)
  local keys = random_keys()
  return {
    ask = function(a, b)
      local ok, message = pcall(a.join, a, renamed(b), key_option(keys))
      if not ok and not message:find "is not unique in the other table" then
        error(message, 0)
      end
      return { { ok and "0" or "1" } }
    end,
    n_columns = 1,
    shown = describe("refused", keys, {}),
    sql = ("select (count(*) > 0)::int from (select 1 from %s where %s group by %s having count(*) > 1)"):format(r.name,
      join_list(keys, "%2 is not null", " and "), join_list(keys, "%2", ", ")),
  }
end

local function link(l, r)
  local keys = random_keys()
  local known = join_list(keys, "l.%1 is not null", " and ")
  local unique = ("(select * from %s qualify row_number() over (partition by %s order by j) = 1)"):format(r.name,
    join_list(keys, "%2", ", "))
  local theirs = {}
  for i, pair in ipairs(keys) do
    theirs[i] = pair[2] .. "R"
  end
  return {
    ask = function(a, b)
      return a:link(renamed(b):distinct(theirs), key_option(keys), { as = "linked", columns = { "j" } })
        :select { "i", "linked", "j" }
    end,
    ordered = true,
    n_columns = 3,
    shown = describe("link", keys, {}),
    sql = ("select l.i, case when %s then r.j is not null end as o, r.j from %s l left join %s r on %s order by l.i")
      :format(known, l.name, unique, join_list(keys, "l.%1 = r.%2", " and ")),
  }
end

-- Joins by time ---------------------------------------------------------------------------------------------------------

-- All rows that may be taken, and the best of them; DuckDB's own asof where it has one.
local function as_of(l, r)
  local time = one_of { { "e", "e", "d" }, { "e", "d", "d" }, { "m", "m", "n" }, { "t", "t", "t" }, { "k", "n", "n" } }
  local keys = {}
  if random(4) > 1 then
    for _, pair in ipairs(random_keys()) do
      if pair[1] ~= time[1] and pair[2] ~= time[2] then
        keys[#keys + 1] = pair
      end
    end
  end
  local direction = one_of { "backward", "forward", "nearest" }
  local kind, multiple = one_of { "inner", "left" }, one_of { "first", "last" }
  local tolerance = random(2) == 1 and time[3] ~= "t" and random(0, 9) or nil
  local lt, rt = "l." .. time[1], "r." .. time[2]
  local distance = time[3] == "t" and ("abs(epoch_us(%s) - epoch_us(%s))"):format(lt, rt)
    or time[3] == "n" and ("abs(%s::hugeint - %s::hugeint)"):format(lt, rt) or ("abs(%s - %s)"):format(lt, rt)
  local conditions = {}
  for i, pair in ipairs(keys) do
    conditions[i] = ("l.%s = r.%s"):format(pair[1], pair[2])
  end
  conditions[#conditions + 1] = direction == "backward" and lt .. " >= " .. rt
    or direction == "forward" and lt .. " <= " .. rt or ("%s is not null and %s is not null"):format(lt, rt)
  if tolerance then
    conditions[#conditions + 1] = ("%s <= %d"):format(distance, tolerance)
  end
  local on = table.concat(conditions, " and ")
  local options = { direction = direction, kind = kind, multiple = multiple, tolerance = tolerance }
  local shown = describe("as of " .. table.concat(time, "/", 1, 2), keys, options)
  options.as_of, options.columns = { mine = time[1], theirs = time[2] .. "R" }, { "j" }
  local sql = ("select l.i, r.j from %s l %s join %s r on %s qualify row_number() over (partition by l.i order by %s, "
    .. "%s > %s, r.j %s) = 1 order by l.i"):format(l.name, kind, r.name, on, distance, rt, lt,
    multiple == "first" and "asc" or "desc")
  local is_native, known = false, join_list(keys, "%1 is not null and ", "") .. time[1] .. " is not null"
  if not tolerance and direction ~= "nearest" and random(2) == 1 then
    -- not of times and keys that are null, which DuckDB 1.5 lets match
    is_native = true
    local latest = ("(select * from %s where %s is not null qualify row_number() over (partition by %s order by j %s) = 1)")
      :format(r.name, time[2], join_list(keys, "%2", ", ") .. (#keys > 0 and ", " or "") .. time[2],
        multiple == "first" and "asc" or "desc")
    sql = ("select l.i, r.j from (select * from %s where %s) l asof %s join %s r on %s order by l.i"):format(l.name, known,
      kind, latest, on)
  end
  return {
    ask = function(a, b)
      local asked = is_native and a:where(known) or a
      return asked:join(renamed(b), #keys > 0 and key_option(keys) or nil, options):select { "i", "j" }
    end,
    ordered = true,
    n_columns = 2,
    shown = shown,
    sql = sql,
  }
end

-- The report ------------------------------------------------------------------------------------------------------------

local function reconcile(l, r)
  local keys = random_keys()
  local mine, is_key = {}, {}
  for i, pair in ipairs(keys) do
    if pair[1] ~= pair[2] then
      return reconcile(l, r) -- columns of one name are compared, so both tables keep theirs
    end
    mine[i] = pair[1]
    is_key[pair[1]] = true
  end
  local list = table.concat(mine, ", ")
  local function null_key(name) return join_list(mine, name .. ".%1 is null", " or ") end
  local parts = {}
  local function finding(text) parts[#parts + 1] = text end
  finding "select 'both' f, null n, sum(n_l) a, sum(n_r) b, count(*) k from u where n_l > 0 and n_r > 0"
  finding("select 'left only', null, sum(n_l), sum(n_r), count(*) from u where n_r = 0")
  finding("select 'right only', null, sum(n_l), sum(n_r), count(*) from u where n_l = 0")
  finding(("select 'no key', null, (select count(*) from %s l where %s), (select count(*) from %s r where %s), 0")
    :format(l.name, null_key "l", r.name, null_key "r"))
  finding "select 'double left', null, sum(n_l), null, count(*) from u where n_l > 1"
  finding "select 'double right', null, null, sum(n_r), count(*) from u where n_r > 1"
  for _, column in ipairs(COLUMNS) do
    local name = column[1]
    if not is_key[name] then
      for _, each in ipairs {
        { "equal", "v is not distinct from w" }, { "conflict", "v <> w" },
        { "only left known", "v is not null and w is null" },
        { "only right known", "v is null and w is not null" },
      } do
        finding(("select '%s', '%s', count(*), count(*), count(*) from (select l.%s v, r.%s w from once l join once_r r "
          .. "using (%s)) where %s"):format(each[1], name, name, name, list, each[2]))
      end
    end
  end
  for i, part in ipairs(parts) do
    parts[i] = part:gsub("^select ", "select " .. i .. " o, ", 1)
  end
  return {
    ask = function(a, b) return a:select(l.shared):reconcile(b:select(r.shared), mine) end,
    ordered = true,
    n_columns = 5,
    shown = describe("reconcile", keys, {}),
    sql = ("select f, n, coalesce(a, case when f <> 'double right' then 0 end), coalesce(b, case when f <> 'double left' "
      .. "then 0 end), k from (with one as (select %s, count(*) n_l from %s l where not (%s) group by all), "
      .. "other as (select %s, count(*) n_r from %s r where not (%s) group by all), "
      .. "u as (select coalesce(n_l, 0) n_l, coalesce(n_r, 0) n_r from one full join other using (%s)), "
      .. "once as (select * from %s l where not (%s) qualify count(*) over (partition by %s) = 1), "
      .. "once_r as (select * from %s r where not (%s) qualify count(*) over (partition by %s) = 1) %s) order by o"):format(
      list, l.name, null_key "l", list, r.name, null_key "r", list, l.name, null_key "l", list, r.name, null_key "r", list,
      table.concat(parts, " union all ")),
  }
end

-- Rows as sets, and in order ---------------------------------------------------------------------------------------------

local function set(l, r)
  local names = {}
  for i, column in ipairs(some_of(COLUMNS, random(3))) do
    names[i] = column[1]
  end
  local operation = one_of { "union", "union all", "intersect", "except", "distinct", "distinct by" }
  local list = table.concat(names, ", ")
  local function pick(t) return t:select(names) end
  local function shuffled(t) return t:select(some_of(names, #names)) end -- columns are matched by name
  local q = { n_columns = #names, shown = ("%s of %s"):format(operation, list) }
  if operation == "distinct" then
    q.ask = function(a) return pick(a):distinct() end
    q.sql = ("select %s from %s group by all order by min(i)"):format(list, l.name)
    q.ordered = true
  elseif operation == "distinct by" then
    local keep = one_of { "first", "last" }
    q.n_columns = 1
    q.shown = q.shown .. " keep " .. keep
    q.ask = function(a) return a:distinct(names, { keep = keep }):select { "i" } end
    q.sql = ("select i from %s qualify row_number() over (partition by %s order by i %s) = 1"):format(l.name, list,
      keep == "first" and "asc" or "desc")
  elseif operation == "union" then
    q.ask = function(a, b) return pick(a):union(shuffled(b)) end
    q.sql = ("select %s from (select 0 o, i, %s from %s union all select 1, j, %s from %s) group by all "
      .. "order by min((o, i))"):format(list, list, l.name, list, r.name)
    q.ordered = true
  elseif operation == "union all" then
    q.ask = function(a, b) return pick(a):union(shuffled(b), { all = true }) end
    q.sql = ("select %s from (select 0 o, i, %s from %s union all select 1, j, %s from %s) order by o, i"):format(list,
      list, l.name, list, r.name)
    q.ordered = true
  else
    q.ask = function(a, b)
      local made = pick(a)
      return made[operation](made, shuffled(b))
    end
    q.sql = ("select %s from (select %s from %s %s select %s from %s) join (select %s, min(i) i from %s group by all) f "
      .. "on %s order by f.i"):format(join_list(names, "f.%1", ", "), join_list(names, "%1 s_%1", ", "), l.name, operation,
      list, r.name, list, l.name, join_list(names, "s_%1 is not distinct from f.%1", " and "))
    q.ordered = true
  end
  return q
end

local function sort(l)
  local keys, sql = {}, {}
  for i, column in ipairs(some_of(COLUMNS, random(4))) do
    local desc = random(2) == 1
    local ours, theirs = column[1], column[1]
    if column[2] == "integer" and column[1] ~= "k" and random(3) == 1 then
      ours, theirs = ours .. " % 3", ("(((%s %% 3) + 3) %% 3)"):format(theirs)
    end
    keys[i] = ours .. (desc and " desc" or "")
    sql[i] = theirs .. (desc and " desc" or " asc") .. " nulls last"
  end
  local limit = random(2) == 1 and one_of { 0, 1, 5, random(200) } or nil
  return {
    ask = function(a)
      local spec = { table.unpack(keys) }
      spec.limit = limit
      return a:sort(spec):select { "i" }
    end,
    ordered = true,
    n_columns = 1,
    shown = ("sort by %s, limit %s"):format(table.concat(keys, ", "), limit),
    sql = ("select i from %s order by %s, i%s"):format(l.name, table.concat(sql, ", "), limit and " limit " .. limit or ""),
  }
end

local SHAPES = { join, join, join, join, refused, link, as_of, as_of, reconcile, set, set, sort }
local LARGE_SHAPES = { join, join, join, refused, link, reconcile, set, sort } -- as_of asks for all pairs of rows

for number = 1, peer.wanted(1800) // per_table do
  local is_large = number == 3 -- for what only large tables get
  known_keys = is_large and LARGE_KEYS or FEW_KEYS
  local function n_rows() return is_large and 70000 or one_of { 0, 1, random(20), random(300), random(1500), 1500 } end
  local l = peer.make_table("l" .. number, COLUMNS, n_rows(), { first = "i" })
  local r = peer.make_table("r" .. number, COLUMNS, n_rows(), { first = "j" })
  for _, made in ipairs { l, r } do
    made.shared = { table.unpack(made.columns, 2) }
  end
  for _ = 1, is_large and per_table // 3 or per_table do
    local q = one_of(is_large and LARGE_SHAPES or SHAPES)(l, r)
    q.tables, q.exact = { l, r }, exact_columns(q.n_columns)
    peer.add(q)
  end
end
peer.run()
