-- duckdb.lua - random tables and questions, answered by DuckDB as well.
--
-- usage: dekking tests/cross/duckdb.lua FOLDER PEERS [QUESTIONS [SEED]]
--
-- FOLDER takes the files of the tables, PEERS has node_modules with DuckDB (setup.sh). Each question is made once and
-- written in both languages; the rows of both answers must be the same. dekking comes to a table by several roads (a CSV
-- file, a snapshot, two deliveries put together) and runs with one thread and with two, by turns. What is exact in both is
-- compared as text, what DuckDB computes in floating point to twelve digits.

local folder, peers = arg[1], arg[2]
if not peers then
  error("usage: dekking tests/cross/duckdb.lua FOLDER PEERS [QUESTIONS [SEED]]", 0)
end
local n_questions = math.tointeger(arg[3] or 2400)
local seed = math.tointeger(arg[4] or 20241231)
local per_table = 60
local random = math.random
math.randomseed(seed)

local function one_of(list) return list[random(#list)] end
local function sql_text(s) return "'" .. s:gsub("'", "''") .. "'" end
local function write_file(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

-- Tables ----------------------------------------------------------------------------------------------------------------

local WORDS = { "Arnhem", "Duiven", "é", "Z", "z", "", "Ĳsselstein", "😀", "a b", "null", 'say "x"', "a;b", "O'Neill" }
local function day() return ("%04d-%02d-%02d"):format(random(1999, 2025), random(12), random(28)) end

-- name, type here, type there, a random value as CSV has it
local COLUMNS = {
  { "c", "category", "VARCHAR", function() return one_of { "Arnhem", "Duiven", "é", "Z", "z" } end },
  { "g", "category", "VARCHAR", function() return "g" .. random(40) end },
  { "b", "boolean", "BOOLEAN", function() return one_of { "true", "false" } end },
  { "n", "integer", "INTEGER", function() return random(-4, 4) end },
  { "k", "integer", "BIGINT", function()
    return random(50) == 1 and one_of { math.maxinteger, math.mininteger } or random(-4, 4) * 1000000007
  end },
  { "x", "decimal", "DECIMAL(18,2)", function() return ("%.2f"):format(random(-700, 700) / 100) end },
  { "r", "real", "DOUBLE", function() return ("%.17g"):format((random(1000) - 500) * 2.0 ^ random(-10, 10)) end },
  { "d", "date", "DATE", day },
  { "t", "timestamp", "TIMESTAMP", function()
    return ("%s %02d:%02d:%02d"):format(day(), random(0, 23), random(0, 59), random(0, 59))
  end },
  { "s", "text", "VARCHAR", function() return one_of(WORDS) end },
}

local function csv_field(text)
  text = tostring(text)
  return (text == "" or text:find '[;"\n]') and '"' .. text:gsub('"', '""') .. '"' or text
end

-- Writes a table, and gives the path, the path of each half, and what DuckDB makes it of.
local function make_table(number)
  local n_rows = one_of { 0, 1, 2, random(20), random(300), random(3000), 5000 }
  local names, types, theirs, shares, lines = {}, {}, {}, {}, {}
  for i, column in ipairs(COLUMNS) do
    names[i], types[column[1]], theirs[i] = column[1], column[2], ("'%s': '%s'"):format(column[1], column[3])
    shares[i] = one_of { 0, 0, 0.1, 0.1, 0.5, random(8) == 1 and 1 or 0.2 }
  end
  for row = 1, n_rows do
    local fields = {}
    for i, column in ipairs(COLUMNS) do
      fields[i] = random() < shares[i] and "" or csv_field(column[4]())
    end
    lines[row] = table.concat(fields, ";") .. "\n"
  end
  local header, half = table.concat(names, ";") .. "\n", n_rows // 2
  local path = ("%s/t%d"):format(folder, number)
  write_file(path .. ".csv", header .. table.concat(lines))
  write_file(path .. "-first.csv", header .. table.concat(lines, "", 1, half))
  write_file(path .. "-second.csv", header .. table.concat(lines, "", half + 1))
  return {
    path = path,
    types = types,
    create = ("create or replace table t%d as select * from read_csv('%s.csv', delim=';', header=true, quote='\"', "
      .. "escape='\"', nullstr='', allow_quoted_nulls=false, auto_detect=false, columns={%s})"):format(number, path,
      table.concat(theirs, ", ")),
  }
end

local function by_road(made, road)
  local options = { types = made.types, delimiter = ";" }
  if road == "file" then
    return dk.read(made.path .. ".csv", options)
  elseif road == "snapshot" then
    dk.read(made.path .. ".csv", options):save(made.path .. ".dk")
    return dk.open(made.path .. ".dk")
  end
  return dk.read(made.path .. "-first.csv", options):append(dk.read(made.path .. "-second.csv", options))
end
local ROADS = { "file", "snapshot", "deliveries" }

-- Questions: everything is a pair, as we write it and as SQL does ---------------------------------------------------------

local COMPARISONS = { { "==", "=" }, { "~=", "<>" }, { "<", "<" }, { "<=", "<=" }, { ">", ">" }, { ">=", ">=" } }

local function number_value(deep)
  local leaf = {
    { "n", "n" }, { "x", "x" }, { "k", "k" }, { tostring(random(0, 5)), nil }, { "1.25", "1.25" },
    { "length(s)", "length(s)" }, { "year(d)", "year(d)" }, { "month(t)", "month(t)" },
  }
  local function small() return one_of { leaf[1], leaf[2], leaf[4], leaf[5], leaf[6], leaf[7], leaf[8] } end
  local function sql(pair) return pair[2] or pair[1] end
  if deep <= 0 then
    local pair = one_of(leaf)
    return pair[1], sql(pair)
  end
  local a, b = small(), small()
  local ours, theirs = a[1], sql(a)
  local shape = random(7)
  if shape <= 3 then
    local op = one_of { "+", "-", "*" }
    return ("(%s %s %s)"):format(ours, op, b[1]), ("(%s %s %s)"):format(theirs, op, sql(b))
  elseif shape == 4 then
    return ("coalesce(%s, %s)"):format(ours, b[1]), ("coalesce(%s, %s)"):format(theirs, sql(b))
  elseif shape == 5 then
    return ("abs(%s)"):format(ours), ("abs(%s)"):format(theirs)
  elseif shape == 6 then
    return "n % 3", "(((n % 3) + 3) % 3)"
  end
  return ("least(%s, %s)"):format(ours, b[1]),
    ("(case when %s is null or %s is null then null else least(%s, %s) end)"):format(theirs, sql(b), theirs, sql(b))
end

local condition

local function leaf_condition()
  local kind = random(14)
  if kind == 1 then
    return "b", "b"
  elseif kind == 2 then
    local c = one_of(COMPARISONS)
    local a, a_sql = number_value(random(0, 1))
    local b, b_sql = number_value(0)
    return ("%s %s %s"):format(a, c[1], b), ("(%s %s %s)"):format(a_sql, c[2], b_sql)
  elseif kind == 3 then
    local word, c = one_of { "Arnhem", "é", "z", "nowhere" }, COMPARISONS[random(2)]
    return ("c %s %q"):format(c[1], word), ("c %s %s"):format(c[2], sql_text(word))
  elseif kind == 4 then
    local word, c = one_of { "Arnhem", "é", "Z", "a b", "O'Neill" }, one_of(COMPARISONS)
    return ('s %s "%s"'):format(c[1], word), ("s %s %s"):format(c[2], sql_text(word))
  elseif kind == 5 then
    return 'c in ("Duiven", "é", "nowhere")', "c in ('Duiven', 'é', 'nowhere')"
  elseif kind == 6 then
    local column, no = one_of(COLUMNS)[1], random(2) == 1
    return ("%s is %snull"):format(column, no and "not " or ""), ("%s is %snull"):format(column, no and "not " or "")
  elseif kind == 7 then
    local c, date = one_of(COMPARISONS), day()
    return ("d %s date '%s'"):format(c[1], date), ("d %s date '%s'"):format(c[2], date)
  elseif kind == 8 then
    local low, high = random(-4, 0), random(0, 4)
    return ("n between %d and %d"):format(low, high), ("n between %d and %d"):format(low, high)
  elseif kind == 9 then
    local c, value = one_of { COMPARISONS[3], COMPARISONS[6] }, random(-8, 8) / 4
    return ("r %s real(%s)"):format(c[1], value), ("r %s %s::double"):format(c[2], value)
  elseif kind == 10 then
    local word = one_of { "a", "é", "Ĳ", "" }
    return ('starts_with(s, "%s")'):format(word), ("starts_with(s, %s)"):format(sql_text(word))
  elseif kind == 11 then
    local word = one_of { "l", " ", "ss", "😀" }
    return ('contains(s, "%s")'):format(word), ("contains(s, %s)"):format(sql_text(word))
  elseif kind == 12 then
    local a, a_sql = condition(0)
    return ("(%s) is true"):format(a), ("coalesce(%s, false)"):format(a_sql)
  elseif kind == 13 then
    return 'upper(c) == "Z"', "upper(c) = 'Z'"
  end
  return "c == s", "c = s"
end

function condition(deep)
  if deep <= 0 or random(3) == 1 then
    return leaf_condition()
  end
  local a, a_sql = condition(deep - 1)
  if random(4) == 1 then
    return ("not (%s)"):format(a), ("(not (%s))"):format(a_sql)
  end
  local b, b_sql = condition(deep - 1)
  local op = one_of { "and", "or" }
  return ("(%s) %s (%s)"):format(a, op, b), ("((%s) %s (%s))"):format(a_sql, op, b_sql)
end

-- exact: DuckDB says the same text. Else numbers near each other.
local function measure()
  local kind = random(15)
  local value, value_sql = number_value(random(0, 1))
  if kind == 1 then
    return "count()", "count(*)", true
  elseif kind <= 4 then
    local name = one_of { "sum", "min", "max" }
    return ("%s(%s)"):format(name, value), ("%s(%s)"):format(name, value_sql), true
  elseif kind == 5 then
    return ("mean(%s)"):format(value), ("avg(%s)"):format(value_sql), false
  elseif kind == 6 then
    return ("median(%s)"):format(value), ("quantile_cont((%s)::double, 0.5)"):format(value_sql), false
  elseif kind == 7 then
    local share = one_of { "0", "0.1", "0.25", "0.9", "1" }
    return ("quantile(%s, %s)"):format(value, share), ("quantile_cont((%s)::double, %s)"):format(value_sql, share), false
  elseif kind == 8 then
    local column = one_of(COLUMNS)[1]
    return ("distinct(%s)"):format(column), ("count(distinct %s)"):format(column), true
  elseif kind == 9 then
    local name, column = one_of { "min", "max" }, one_of { "s", "d", "g" }
    return ("%s(%s)"):format(name, column), ("%s(%s)"):format(name, column), true
  elseif kind == 10 then
    local name = one_of { "sum", "mean", "min", "max", "median" }
    local sql = ({ mean = "avg(r)", median = "quantile_cont(r, 0.5)" })[name] or name .. "(r)"
    return name .. "(r)", sql, false
  elseif kind == 11 then
    local column = one_of { "n", "x", "r" }
    local pair = one_of { { "variance", "var_samp" }, { "sd", "stddev_samp" } }
    return ("%s(%s)"):format(pair[1], column), ("%s(%s::double)"):format(pair[2], column), false
  elseif kind == 12 then
    local pair = one_of { { "cov", "covar_samp" }, { "corr", "corr" } }
    return pair[1] .. "(n, x)", pair[2] .. "(n::double, x::double)", false
  elseif kind == 13 then
    return "sum(n) / count()", "sum(n)::double / count(*)", false
  end
  return "rows()", "count(*)", true
end

local DIMENSIONS = {
  { "c", "c" }, { "g", "g" }, { "b", "b" }, { "n", "n" }, { "s", "s" }, { "k", "k" }, { "jaar = year(d)", "year(d)" },
  { "lengte = length(s)", "length(s)" }, { "rest = n % 3", "(((n % 3) + 3) % 3)" }, { "d", "d" }, { "x", "x" },
  { "klein = n < 0", "n < 0" }, { "hoofd = upper(c)", "upper(c)" }, { "dag = date(t)", "t::date" },
}

local function question(number)
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
  for i = 1, random(1, 4) do
    local ours, theirs, is_exact = measure()
    if random(3) == 1 then
      local filter, filter_sql = condition(random(0, 1))
      if ours:find "/" then
        ours = ("(sum(n) where %s) / (count() where %s)"):format(filter, filter)
        theirs = ("(sum(n) filter (where %s))::double / nullif(count(*) filter (where %s), 0)")
          :format(filter_sql, filter_sql)
      else
        ours = ("%s where %s"):format(ours, filter)
        theirs = ("%s filter (where %s)"):format(theirs, filter_sql)
      end
    elseif ours:find "/" then
      theirs = "sum(n)::double / nullif(count(*), 0)"
    end
    spec.measures[i] = ("m%d = %s"):format(i, ours)
    columns[#columns + 1], exact[#exact + 1] = theirs, is_exact
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
  for i = 1, #columns do
    columns[i] = ("%s as a%d"):format(columns[i], i)
  end
  return {
    spec = spec,
    exact = exact,
    sql = ("select %s from t%d%s%s"):format(table.concat(columns, ", "), number,
      where_sql and " where " .. where_sql or "", grouping),
  }
end

-- Answers ---------------------------------------------------------------------------------------------------------------

local ESCAPES = { ["\\"] = "\\\\", ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r" }

-- Rows as lists of texts: exact columns as text(x) gives them, others as numbers.
local function our_rows(data, q)
  local made, n_by = {}, #q.spec.by
  local i = 0
  for name in data:columns() do
    i = i + 1
    made[#made + 1] = ("a%d = %s"):format(i, q.exact[i] and ("text(%s)"):format(name) or ("real(%s)"):format(name))
    if i <= n_by then
      made[#made + 1] = ("total%d = %s is total"):format(i, name)
    end
  end
  local rows = {}
  for row in data:derive(made):rows() do
    local fields = {}
    for k = 1, i do
      local value = row["a" .. k]
      fields[k] = k <= n_by and row["total" .. k] and "*" or value == nil and "\\N"
        or type(value) == "string" and value:gsub("[\\\t\n\r]", ESCAPES) or ("%.17g"):format(value)
    end
    rows[#rows + 1] = fields
  end
  return rows
end

local function by_key(n_by)
  return function(a, b)
    for i = 1, n_by do
      if a[i] ~= b[i] then
        return a[i] < b[i]
      end
    end
    return false
  end
end

local function same(ours, theirs, exact)
  if ours == theirs then
    return true
  end
  if theirs == "nan" then -- a correlation where a side does not vary
    return ours == "\\N"
  end
  local a, b = tonumber(ours), tonumber(theirs)
  if not a or not b then
    return false
  end
  if exact then -- 1.50 and 1.5 are one decimal; no number of more digits than a double holds gets here
    return a == b and math.abs(a) < 2.0 ^ 53
  end
  return math.abs(a - b) <= 1e-12 * math.max(math.abs(a), math.abs(b)) + 1e-9
end

-- nil, or what differs.
local function difference(ours, theirs, q)
  local n_by = #q.spec.by
  if #ours ~= #theirs then
    return ("%d rows and %d rows"):format(#ours, #theirs)
  end
  table.sort(ours, by_key(n_by))
  table.sort(theirs, by_key(n_by))
  for i = 1, #ours do
    for k = 1, #q.exact do
      if not same(ours[i][k], theirs[i][k], q.exact[k]) then
        return ("row %d, column %d: %s and %s (%s / %s)"):format(i, k, ours[i][k], theirs[i][k],
          table.concat(ours[i], "|"), table.concat(theirs[i], "|"))
      end
    end
  end
end

-- Whether one of the answers of DuckDB is near 64 bits or beyond, where dekking may stop: an exact mean of such numbers is
-- a fraction, a decimal has digits behind the point too.
local function overflows(theirs)
  for _, row in ipairs(theirs) do
    for _, field in ipairs(row) do
      if row[1] == "error" or math.abs(tonumber(field) or 0) >= 1e16 then
        return true
      end
    end
  end
  return false
end

-- The run ---------------------------------------------------------------------------------------------------------------

local tables, statements, questions = {}, {}, {}
for number = 1, n_questions // per_table do
  local made = make_table(number)
  tables[number] = made
  statements[#statements + 1] = made.create
  for _ = 1, per_table do
    local q = question(number)
    q.table = number
    questions[#questions + 1] = q
    statements[#statements + 1] = q.sql
  end
end
local path = folder .. "/statements.sql"
write_file(path, table.concat(statements, "\n") .. "\n")

local here = arg[0]:match "^(.*)/" or "."
local pipe = assert(io.popen(("PEERS='%s' node %s/duckdb.mjs '%s'"):format(peers, here, path)))
local answers, rows = {}, {}
for line in pipe:lines() do
  if line == "==" then
    answers[#answers + 1], rows = rows, {}
  else
    local fields = {}
    for field in (line .. "\t"):gmatch "([^\t]*)\t" do
      fields[#fields + 1] = field
    end
    rows[#rows + 1] = fields
  end
end
assert(pipe:close(), "DuckDB failed")
assert(#answers == #questions, "DuckDB left questions without an answer")

local passed, failed, n_overflows, n_rows = 0, 0, 0, 0
local current, data
for i, q in ipairs(questions) do
  local road = ROADS[i % #ROADS + 1]
  if current ~= q.table then
    current, data = q.table, {}
  end
  data[road] = data[road] or by_road(tables[q.table], road)
  dk.threads(i % 2 + 1)
  local ok, result = pcall(function() return our_rows(data[road]:breakdown(q.spec), q) end)
  local wrong
  if not ok and tostring(result):find "does not fit" and overflows(answers[i]) then
    n_overflows = n_overflows + 1
  elseif not ok then
    wrong = tostring(result)
  else
    n_rows = n_rows + #result
    wrong = difference(result, answers[i], q)
  end
  if wrong then
    failed = failed + 1
    if failed <= 10 then
      print(("question %d of table %d by the road %s: %s\n  where %s\n  by %s\n  measures %s\n  %s"):format(i, q.table,
        road, wrong, q.spec.where or "-", table.concat(q.spec.by, ", "), table.concat(q.spec.measures, "; "), q.sql))
    end
  else
    passed = passed + 1
  end
end
dk.threads(0)
print(("%d rows compared; %d questions whose exact answer does not fit in 64 bits"):format(n_rows, n_overflows))
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and passed > 0)
