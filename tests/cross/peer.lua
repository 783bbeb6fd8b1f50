-- peer.lua - what the questions that DuckDB answers as well have in common: tables, roads, conditions, answers.
--
-- local peer = dofile(FOLDER .. "/peer.lua") reads FOLDER PEERS [QUESTIONS [SEED]] from arg: FOLDER takes the files, PEERS
-- has node_modules with DuckDB (setup.sh). A question is made once and written in both languages; the rows of both answers
-- must be the same. dekking comes to a table by several roads (a CSV file, a snapshot, two deliveries put together) and
-- runs with one thread and with two, by turns. What is exact in both is compared as text, what DuckDB computes in floating
-- point to twelve digits.
--
-- A question has
--   sql      what DuckDB is asked, in one line
--   tables   the tables, as peer.make_table gave them, that
--   ask      gets, read, and makes a table of; or a list of rows, each a list of texts and numbers, "\\N" for null
--   exact    for each column whether it is compared as text
--   n_by     how many columns in front are dimensions, which may be totals; nil: none are
--   ordered  whether the rows must come in one order; else both are put in the order of the exact columns (of the first
--            n_by of them, where that is said)
--   shown    the question, to be printed where the answers differ

local peer = {}

local folder, peers = arg[1], arg[2]
if not peers then
  error(("usage: dekking %s FOLDER PEERS [QUESTIONS [SEED]]"):format(arg[0]), 0)
end
local random = math.random
local here = arg[0]:match "^(.*)/" or "."
local fields_of = dofile(here .. "/fields.lua")
math.randomseed(math.tointeger(arg[4] or 20241231))

-- How many questions are wanted, unless the script says otherwise.
function peer.wanted(default) return math.tointeger(arg[3] or default) end

function peer.one_of(list) return list[random(#list)] end
function peer.sql_text(s) return "'" .. s:gsub("'", "''") .. "'" end
local one_of = peer.one_of

-- n of the list, each once, in any order.
function peer.some_of(list, n)
  local left, taken = { table.unpack(list) }, {}
  for i = 1, math.min(n, #list) do
    taken[i] = table.remove(left, random(#left))
  end
  return taken
end

local function write_file(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

-- Tables ----------------------------------------------------------------------------------------------------------------

peer.words = { "Arnhem", "Duiven", "é", "Z", "z", "", "Ĳsselstein", "😀", "a b", "null", 'say "x"', "a;b", "O'Neill" }
function peer.day() return ("%04d-%02d-%02d"):format(random(1999, 2025), random(12), random(28)) end

-- name, type here, type there, a random value as CSV has it
peer.columns = {
  { "c", "category", "VARCHAR", function() return one_of { "Arnhem", "Duiven", "é", "Z", "z" } end },
  { "g", "category", "VARCHAR", function() return "g" .. random(40) end },
  { "b", "boolean", "BOOLEAN", function() return one_of { "true", "false" } end },
  { "n", "integer", "INTEGER", function() return random(-4, 4) end },
  { "k", "integer", "BIGINT", function()
    return random(50) == 1 and one_of { math.maxinteger, math.mininteger } or random(-4, 4) * 1000000007
  end },
  { "x", "decimal", "DECIMAL(18,2)", function() return ("%.2f"):format(random(-700, 700) / 100) end },
  { "r", "real", "DOUBLE", function() return ("%.17g"):format((random(1000) - 500) * 2.0 ^ random(-10, 10)) end },
  { "d", "date", "DATE", peer.day },
  { "t", "timestamp", "TIMESTAMP", function()
    return ("%s %02d:%02d:%02d"):format(peer.day(), random(0, 23), random(0, 59), random(0, 59))
  end },
  { "s", "text", "VARCHAR", function() return one_of(peer.words) end },
}

local function csv_field(text)
  text = tostring(text)
  return (text == "" or text:find '[;"\n]') and '"' .. text:gsub('"', '""') .. '"' or text
end

local statements = {}

-- Writes a table of random rows, and each half of it, and has DuckDB read it under that name. A column of which options.
-- known is true is never null; options.first stands in front, numbering the rows from 0.
function peer.make_table(name, columns, n_rows, options)
  options = options or {}
  local names, types, theirs, shares, lines = {}, {}, {}, {}, {}
  local function add(name_of, ours, other)
    names[#names + 1], types[name_of], theirs[#theirs + 1] = name_of, ours, ("'%s': '%s'"):format(name_of, other)
  end
  if options.first then
    add(options.first, "integer", "INTEGER")
  end
  for i, column in ipairs(columns) do
    add(column[1], column[2], column[3])
    shares[i] = one_of { 0, 0, 0.1, 0.1, 0.5, random(8) == 1 and 1 or 0.2 }
    if options.known and options.known[column[1]] then
      shares[i] = 0
    end
  end
  for row = 1, n_rows do
    local fields = {}
    if options.first then
      fields[1] = tostring(row - 1)
    end
    for i, column in ipairs(columns) do
      fields[#fields + 1] = random() < shares[i] and "" or csv_field(column[4]())
    end
    lines[row] = table.concat(fields, ";") .. "\n"
  end
  local header, half = table.concat(names, ";") .. "\n", n_rows // 2
  local path = ("%s/%s"):format(folder, name)
  write_file(path .. ".csv", header .. table.concat(lines))
  write_file(path .. "-first.csv", header .. table.concat(lines, "", 1, half))
  write_file(path .. "-second.csv", header .. table.concat(lines, "", half + 1))
  statements[#statements + 1] = ("create or replace table %s as select * from read_csv('%s.csv', delim=';', header=true, "
    .. "quote='\"', escape='\"', nullstr='', allow_quoted_nulls=false, auto_detect=false, columns={%s})"):format(name, path,
    table.concat(theirs, ", "))
  return { name = name, path = path, types = types, columns = names }
end

-- Has DuckDB do this before the questions that are added next.
function peer.prepare(statement) statements[#statements + 1] = statement end

peer.roads = { "file", "snapshot", "deliveries" }

function peer.by_road(made, road)
  local options = { types = made.types, delimiter = ";" }
  if road == "file" then
    return dk.read(made.path .. ".csv", options)
  elseif road == "snapshot" then
    dk.read(made.path .. ".csv", options):save(made.path .. ".dk")
    return dk.open(made.path .. ".dk")
  end
  return dk.read(made.path .. "-first.csv", options):append(dk.read(made.path .. "-second.csv", options))
end

-- Answers ---------------------------------------------------------------------------------------------------------------

local ESCAPES = { ["\\"] = "\\\\", ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r" }

-- Rows as lists of texts: exact columns as text(x) gives them, others as numbers.
local function our_rows(data, q)
  local made, names, n_by, n = {}, {}, q.n_by or 0, 0
  for name in data:columns() do
    n = n + 1
    names[#names + 1] = ("__%d"):format(n)
    made[#made + 1] = ("__%d = %s"):format(n, q.exact[n] and ("text(`%s`)"):format(name) or ("real(`%s`)"):format(name))
    if n <= n_by then
      names[#names + 1] = ("__total%d"):format(n)
      made[#made + 1] = ("__total%d = `%s` is total"):format(n, name)
    end
  end
  local rows = {}
  for row in data:derive(made):select(names):rows() do
    local fields = {}
    for k = 1, n do
      local value = row["__" .. k]
      if type(value) == "string" then -- a timestamp, which stands with a blank there
        value = value:gsub("^(%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d:%d%d)", "%1 %2")
      end
      fields[k] = k <= n_by and row["__total" .. k] and "*" or value == nil and "\\N"
        or type(value) == "string" and value:gsub("[\\\t\n\r]", ESCAPES) or ("%.17g"):format(value)
    end
    rows[#rows + 1] = fields
  end
  return rows
end

local function by_key(q)
  local keys = {}
  for i = 1, q.n_by or #q.exact do
    if q.exact[i] then
      keys[#keys + 1] = i
    end
  end
  return function(a, b)
    for _, i in ipairs(keys) do
      if a[i] ~= b[i] then
        return a[i] < b[i]
      end
    end
    return false
  end
end

local function shortest(decimal)
  return (decimal:gsub("^(-?%d+%.%d-)0+$", "%1"):gsub("%.$", ""))
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
  if exact then -- 1.50 and 1.5 are one decimal, and so are 1.00 and 1; a real may be written in two ways
    return shortest(ours) == shortest(theirs) or (a == b and math.abs(a) < 2.0 ^ 53)
  end
  return math.abs(a - b) <= 1e-12 * math.max(math.abs(a), math.abs(b)) + 1e-9
end

-- nil, or what differs.
local function difference(ours, theirs, q)
  if #ours ~= #theirs then
    return ("%d rows and %d rows %s"):format(#ours, #theirs, theirs[1] and theirs[1][1] == "error" and theirs[1][2] or "")
  end
  if not q.ordered then
    table.sort(ours, by_key(q))
    table.sort(theirs, by_key(q))
  end
  for i = 1, #ours do
    for k = 1, #q.exact do
      if not same(ours[i][k], theirs[i][k], q.exact[k]) then
        return ("row %d, column %d: %s and %s (%s / %s)"):format(i, k, ours[i][k], theirs[i][k],
          table.concat(ours[i], "|"), table.concat(theirs[i], "|"))
      end
    end
  end
end

-- Whether one of the answers of DuckDB is near 64 bits or beyond, where dekking may stop: a decimal has digits behind the
-- point too, and an exact mean is a fraction, whose sum is up to 15,000 times as great.
local function overflows(theirs)
  for _, row in ipairs(theirs) do
    for _, field in ipairs(row) do
      if row[1] == "error" or math.abs(tonumber(field) or 0) >= 1e14 then
        return true
      end
    end
  end
  return false
end

-- The run ---------------------------------------------------------------------------------------------------------------

local questions = {}

function peer.add(q)
  assert(not q.sql:find "\n", "a question in several lines")
  questions[#questions + 1] = q
  statements[#statements + 1] = q.sql
end

local function duckdb_answers()
  local path = folder .. "/statements.sql"
  write_file(path, table.concat(statements, "\n") .. "\n")
  local pipe = assert(io.popen(("PEERS='%s' node %s/duckdb.mjs '%s'"):format(peers, here, path)))
  local answers, rows = {}, {}
  for line in pipe:lines() do
    if line == "==" then
      answers[#answers + 1], rows = rows, {}
    else
      rows[#rows + 1] = fields_of(line)
    end
  end
  assert(pipe:close(), "DuckDB failed")
  assert(#answers == #questions, "DuckDB left questions without an answer")
  return answers
end

-- Asks all questions of both, prints what differs, and ends the program.
function peer.run()
  local answers = duckdb_answers()
  local passed, failed, n_overflows, n_rows, n_none = 0, 0, 0, 0, 0
  local current, data
  for i, q in ipairs(questions) do
    local road = peer.roads[i % #peer.roads + 1]
    if current ~= q.tables[1] then
      current, data = q.tables[1], {}
    end
    local given = {}
    for at, made in ipairs(q.tables) do
      local key = made.name .. " " .. road
      data[key] = data[key] or peer.by_road(made, road)
      given[at] = data[key]
    end
    dk.threads(i % 2 + 1)
    local ok, result = pcall(function()
      local answer = q.ask(table.unpack(given))
      return type(answer) == "table" and answer or our_rows(answer, q)
    end)
    local wrong
    if not ok and tostring(result):find "does not fit" and overflows(answers[i]) then
      n_overflows = n_overflows + 1
    elseif not ok then
      wrong = tostring(result)
    else
      n_rows = n_rows + #result
      n_none = n_none + (#result == 0 and 1 or 0)
      wrong = difference(result, answers[i], q)
    end
    if wrong then
      failed = failed + 1
      if failed <= 10 then
        print(("question %d by the road %s: %s\n  %s\n  %s"):format(i, road, wrong, q.shown, q.sql))
      end
    else
      passed = passed + 1
    end
  end
  dk.threads(0)
  print(("%d rows compared, %d answers without rows, %d answers that do not fit in 64 bits"):format(n_rows, n_none,
    n_overflows))
  print(("%d passed, %d failed"):format(passed, failed))
  os.exit(failed == 0 and passed > 0, true)
end

return peer
