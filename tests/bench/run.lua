-- run.lua - runs dekking and its peers side by side, checks that they say the same, and prints medians and ratios.
--
-- usage: lua5.4 tests/bench/run.lua BUILD [SUITE ...]
--
-- The suites are start, read, snapshot, query, expression, join, groupby and scenarios; all of them run when none is named.
--
-- ROWS (10000000) says how large the synthetic register is, RUNS (5) how often each program does a task after one run
-- that is not counted, LIMIT (300) how many seconds one that answers a whole suite may take. Every program gets two
-- threads and runs alone. Times of a task are taken within the program, round about what it does; "process" is the time of
-- a whole process that does it once, "peak" what that had resident at the most. Figures are no tests: nothing fails when
-- something is slow. It fails when answers differ.
--
-- Charts are written beside the data, in BUILD/bench.

local build = assert(arg[1], "usage: lua5.4 tests/bench/run.lua BUILD [SUITE ...]")
local n_rows = math.tointeger(os.getenv "ROWS" or 10000000)
local n_runs = math.tointeger(os.getenv "RUNS" or 5)
local folder = build .. "/bench"
local peers = folder .. "/peers"
local chart = dofile "tests/bench/chart.lua"

local function shell(command) return os.execute(command) == true end
local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end
local function exists(path) return shell("test -e " .. quote(path)) end

local function median(list)
  table.sort(list)
  local middle = #list // 2 + 1
  return #list % 2 == 1 and list[middle] or (list[middle - 1] + list[middle]) / 2
end

-- Runs a command under measure: its lines, whether it ended well, seconds, peak bytes of the process, and its status.
local function run(command)
  local report = folder .. "/report"
  local pipe = assert(io.popen(("PEERS=$PWD/%s %s/tests/bench/measure %s sh -c %s 2>%s"):format(quote(peers), build, report,
    quote("exec " .. command), folder .. "/errors")))
  local lines = {}
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  pipe:close()
  local file = assert(io.open(report))
  local status, seconds, _, peak = file:read("n", "n", "n", "n")
  file:close()
  return lines, status == 0, seconds, peak, status
end

-- One task of one program: seconds of each counted run, its answer, and what a process that does it once takes.
local function measure(program, task, file)
  local result = { program = program, task = task, times = {} }
  local lines, ok
  if program.whole_process then -- it times nothing itself
    lines, ok = run(program.command(task, file, 1))
    result.answer = lines[1]
    for i = 1, math.min(n_runs, 3) do
      local _, _, seconds, peak = run(program.command(task, file, 1))
      result.times[i], result.peak, result.process = seconds, peak, seconds
    end
  else
    lines, ok = run(program.command(task, file, n_runs + 1))
    for i, line in ipairs(lines) do
      local seconds, answer = line:match "^(%S+) ?(.*)$"
      if i > 1 then
        result.times[#result.times + 1] = tonumber(seconds)
      end
      result.answer = answer
    end
    if ok then
      local _
      _, ok, result.process, result.peak = run(program.command(task, file, 1))
    end
  end
  if not ok or #result.times == 0 then
    print(("%s: %s failed: %s"):format(task, program.name, (io.open(folder .. "/errors"):read "a"):sub(1, 300)))
    return nil
  end
  result.median = median(result.times)
  return result
end

local function show(title, results)
  local ours = results[1]
  print(("\n%s"):format(title))
  print(("%-34s %9s %9s %9s %9s %10s %9s"):format("", "median s", "least s", "most s", "times", "peak MiB", "process s"))
  local bars = {}
  for _, r in ipairs(results) do
    print(("%-34s %9.4f %9.4f %9.4f %9.2f %10.0f %9.3f"):format(r.program.name, r.median, r.times[1], r.times[#r.times],
      r.median / ours.median, r.peak / 2 ^ 20, r.process))
    bars[#bars + 1] = { r.program.name, r.median }
  end
  return bars
end

-- Every program does the task; the first one is dekking, and the others must answer the same unless they only count.
local function compare(title, task, file, programs)
  local results = {}
  for _, program in ipairs(programs) do
    if not program.tasks or program.tasks[task] then
      local result = measure(program, task, file)
      if result then
        results[#results + 1] = result
        if not program.only_counts and result.answer ~= results[1].answer then
          error(("%s: %s answers %s, and %s answers %s"):format(title, results[1].program.name, results[1].answer,
            program.name, result.answer))
        end
      elseif #results == 0 then
        os.exit(1)
      end
    end
  end
  return show(title, results)
end

-- Programs --------------------------------------------------------------------------------------------------------------

local function dekking(threads)
  return {
    name = ("dekking, %d thread%s"):format(threads, threads == 1 and "" or "s"),
    command = function(task, file, n)
      return ("%s/dekking --threads %d tests/bench/peers/dekking.lua %s %s %d"):format(build, threads, task, file, n)
    end,
  }
end

local function peer(name, command, needs, tasks)
  if not exists(needs) then
    print(("left out: %s, which is not installed (tests/bench/setup.sh %s)"):format(name, peers))
    return nil
  end
  return { name = name, tasks = tasks, command = function(task, file, n) return command:format(task, file, n) end }
end

local function floor(kind)
  return {
    name = "floor: " .. kind,
    only_counts = true,
    command = function(_, file, n) return ("%s/tests/bench/floor %s %s %d"):format(build, kind, file, n) end,
  }
end

local function readers()
  local list = { dekking(2), dekking(1) }
  local function add(program) list[#list + 1] = program end
  add(peer("DuckDB", "node tests/bench/peers/duckdb.mjs %s %s %d", peers .. "/node_modules/@duckdb/node-api"))
  add(peer("Polars", "env POLARS_MAX_THREADS=2 node tests/bench/peers/polars.mjs %s %s %d",
    peers .. "/node_modules/nodejs-polars"))
  add(peer("ClickHouse (chdb)", "node tests/bench/peers/clickhouse.mjs %s %s %d", peers .. "/node_modules/chdb"))
  add(peer("data.table", "Rscript tests/bench/peers/datatable.R %s %s %d", "/usr/lib/R/site-library/data.table"))
  local only_found = { found = true }
  local miller = peer("Miller", "tests/bench/peers/miller.sh %s %s %d", "/usr/bin/mlr", only_found)
  local sqlite = peer("SQLite", "tests/bench/peers/sqlite.sh %s %s %d", "/usr/bin/sqlite3", only_found)
  for _, program in pairs { miller, sqlite } do
    program.whole_process = true
    add(program)
  end
  add(floor "libcsv")
  add(floor "lines")
  add(floor "bytes")
  return list
end

-- Suites ----------------------------------------------------------------------------------------------------------------

local function persons(rows)
  local path = ("%s/persons-%d.csv"):format(folder, rows)
  if not exists(path) then
    print(("making %s"):format(path))
    assert(shell(("%s/tests/bench/persons %d >%s.new && mv %s.new %s"):format(build, rows, path, path, path)))
  end
  return path
end

local suites = { "start", "read", "snapshot", "query", "expression", "join", "groupby", "scenarios" }

function suites.start()
  local function command(text)
    return function(_, _, n)
      return ("sh -c %s"):format(quote(("for i in $(seq %d); do %s; done"):format(n * 100, text)))
    end
  end
  local results = {}
  for _, program in ipairs {
    { name = "dekking -e '' (100 times)", command = command(build .. "/dekking -e ''") },
    { name = "lua5.4 -e '' (100 times)", command = command "lua5.4 -e ''" },
  } do
    program.whole_process = true
    results[#results + 1] = measure(program, "start", "")
  end
  show("starting", results)
end

function suites.read()
  local file = persons(n_rows)
  local programs = readers()
  local what = ("%d rows, %.0f MB: "):format(n_rows, assert(io.open(file)):seek "end" / 1e6)
  local typed = compare(what .. "reading, types stated", "typed", file, programs)
  local found = compare(what .. "reading, types found", "found", file, programs)
  chart.write(folder .. "/read.svg", "Reading " .. what:gsub(": $", "") .. ", seconds (logarithmic)", {
    { "types stated", typed }, { "types found", found },
  })
end

-- Runs a command that prints seconds and something else, as often as there are runs, each in a process of its own.
local function measure_fresh(program, command)
  local result, processes = { program = program, times = {} }, {}
  for i = 0, n_runs do -- the first run is not counted
    local lines, ok, seconds, peak = run(command)
    local took, answer = (lines[1] or ""):match "^(%S+) (.*)$"
    if not ok or not took then
      error(("%s failed: %s"):format(program.name, io.open(folder .. "/errors"):read("a"):sub(1, 300)))
    end
    result.answer = answer
    if i > 0 then
      result.times[i], processes[i], result.peak = tonumber(took), seconds, peak
    end
  end
  result.median, result.process = median(result.times), median(processes)
  return result
end

-- Saving a table in a file of its own, and opening it with a first count by arbeidsmarktregio in a process of its own.
function suites.snapshot()
  local file = persons(n_rows)
  local function program(name, command, needs, ending)
    if needs and not exists(needs) then
      print(("left out: %s, which is not installed (tests/bench/setup.sh %s)"):format(name, peers))
      return nil
    end
    return { name = name, command = command, path = ("%s/saved.%s"):format(folder, ending) }
  end
  local ours = build .. "/dekking --threads %d tests/bench/peers/snapshot.lua"
  local duckdb, polars = peers .. "/node_modules/@duckdb/node-api", peers .. "/node_modules/nodejs-polars"
  local node = "node tests/bench/peers/snapshot.mjs "
  local programs = {
    program("dekking, 2 threads", ours:format(2), nil, "dk"),
    program("dekking, 1 thread", ours:format(1), nil, "dk1"),
  }
  for _, each in pairs {
    program("DuckDB, ENUM, 2 threads", node .. "duckdb", duckdb, "duckdb"),
    program("Polars, Parquet, 2 threads", "env POLARS_MAX_THREADS=2 " .. node .. "parquet", polars, "parquet"),
  } do
    programs[#programs + 1] = each
  end

  local saved, opened, sizes = {}, {}, {}
  for _, each in ipairs(programs) do
    local lines, ok, seconds, peak = run(("%s save %s %s %d"):format(each.command, file, each.path, n_runs + 1))
    local result = { program = each, times = {}, process = seconds, peak = peak }
    for i, line in ipairs(lines) do
      local took, bytes = line:match "^(%S+) (%d+)$"
      sizes[each] = tonumber(bytes)
      if i > 1 then
        result.times[i - 1] = tonumber(took)
      end
    end
    if not ok or #result.times == 0 then
      error(("%s failed: %s"):format(each.name, io.open(folder .. "/errors"):read("a"):sub(1, 300)))
    end
    result.median = median(result.times)
    saved[#saved + 1] = result
    opened[#opened + 1] = measure_fresh(each, ("%s open %s"):format(each.command, each.path))
    if opened[#opened].answer ~= opened[1].answer then
      error(("%s answers %s, and %s answers %s"):format(opened[1].program.name, opened[1].answer, each.name,
        opened[#opened].answer))
    end
  end
  show(("%d rows: saving (peak and process: with reading the CSV file)"):format(n_rows), saved)
  for _, result in ipairs(saved) do
    local bytes = sizes[result.program]
    print(("%-34s %9.0f MB in the file %9.2f GB/s"):format(result.program.name, bytes / 1e6,
      bytes / result.median / 1e9))
  end
  show(("%d rows: opening it and the first count by arbeidsmarktregio, in a fresh process"):format(n_rows), opened)
  print "\nmore of dekking's"
  for _, line in ipairs(run(("%s more %s %d"):format(programs[1].command, programs[1].path, n_runs))) do
    local took, what = line:match "^(%S+) (.*)$"
    print(("%-60s %9.2f ms"):format(what, took * 1000))
  end
  for _, each in ipairs(programs) do
    os.remove(each.path)
  end
end

-- Of each question the first program, dekking with all its threads, beside the fastest of the others.
local function show_best(names, tables)
  print(("\n%-12s %12s %12s %9s  %s"):format("", "dekking ms", "peer ms", "times", "best peer"))
  local sum, n = 0, 0
  for _, name in ipairs(names) do
    local ours, best = tables[name][1]
    for _, result in ipairs(tables[name]) do
      if not result.program.is_ours and (not best or result.median < best.median) then
        best = result
      end
    end
    if best then
      print(("%-12s %12.3f %12.3f %9.2f  %s"):format(name, ours.median * 1000, best.median * 1000,
        best.median / ours.median, best.program.name))
      sum, n = sum + math.log(best.median / ours.median), n + 1
    end
  end
  if n > 0 then
    print(("%-38s %9.2f  geometric mean"):format("", math.exp(sum / n)))
  end
end

-- Whether two answers say the same: their words, or numbers that were rounded to seven digits, one up and one to even.
local function same(a, b)
  if a == b then
    return true
  end
  local left, right = {}, {}
  for word in a:gmatch "%S+" do
    left[#left + 1] = word
  end
  for word in b:gmatch "%S+" do
    right[#right + 1] = word
  end
  for i = 1, math.max(#left, #right) do
    local x, y = tonumber(left[i]), tonumber(right[i])
    if left[i] ~= right[i] and not (x and y and math.abs(x - y) <= 1.1e-6 * math.abs(x)) then
      return false
    end
  end
  return true
end

-- A program that answers every question has LIMIT seconds in all, reading included.
local time_limit = math.tointeger(os.getenv "LIMIT" or 300)

-- Programs that read the file once and then answer every question; what they print begins with the question's name. One
-- that is not done in time is stopped and named, and what it answered until then counts.
local function ask(programs)
  local names, tables = {}, {}
  for _, program in ipairs(programs) do
    local lines, ok, seconds, peak, status = run(("timeout %d %s"):format(time_limit, program.command))
    if status == 124 then
      print(("stopped after %d seconds: %s, which had answered %d times"):format(time_limit, program.name, #lines))
    elseif not ok then
      error(("%s failed: %s"):format(program.name, io.open(folder .. "/errors"):read("a"):sub(1, 300)))
    end
    for _, line in ipairs(lines) do
      local name, took, answer = line:match "^(%S+) (%S+) (.*)$"
      if not tables[name] then
        names[#names + 1], tables[name] = name, {}
      end
      local results = tables[name]
      local result = results[#results]
      if not result or result.program ~= program then -- the first run is not counted
        result = { program = program, times = {}, answer = answer, peak = peak, process = seconds }
        results[#results + 1] = result
      else
        result.times[#result.times + 1] = tonumber(took)
      end
      if not same(answer, results[1].answer) then
        error(("%s: %s answers %s, and %s answers %s"):format(name, results[1].program.name, results[1].answer,
          program.name, answer))
      end
    end
  end
  for _, name in ipairs(names) do
    local counted = {}
    for _, result in ipairs(tables[name]) do
      if #result.times > 0 then
        result.median = median(result.times)
        counted[#counted + 1] = result
      end
    end
    tables[name] = counted
    show(("%s, %d rows"):format(name, n_rows), counted)
  end
  show_best(names, tables)
end

-- The programs of a folder of questions: dekking with two threads and one, and those of the others that are there. tasks:
-- which of the questions, where it is not all.
local function askers(questions, file, others, tasks)
  local programs, of_tasks = {}, tasks and " " .. table.concat(tasks, " ") or ""
  for threads = 2, 1, -1 do
    programs[#programs + 1] = {
      name = ("dekking, %d thread%s"):format(threads, threads == 1 and "" or "s"),
      is_ours = true,
      command = ("%s/dekking --threads %d tests/bench/peers/%s.lua %s %d"):format(build, threads, questions, file,
        n_runs + 1) .. of_tasks,
    }
  end
  for _, other in ipairs(others) do
    if exists(other.needs) then
      programs[#programs + 1] = { name = other.name, command = ("%s %s %d"):format(other.command, file, n_runs + 1)
        .. of_tasks }
    else
      print(("left out: %s, which is not installed (tests/bench/setup.sh %s)"):format(other.name, peers))
    end
  end
  return programs
end

-- d4_steps is d4 as an analyst may speed it up: the margins from the finest groups.
function suites.query()
  ask(askers("queries", persons(n_rows), {
    { name = "DuckDB, ENUM, 2 threads", needs = peers .. "/node_modules/@duckdb/node-api",
      command = "node tests/bench/peers/queries.mjs" },
    { name = "Polars, 2 threads", needs = peers .. "/node_modules/nodejs-polars",
      command = "env POLARS_MAX_THREADS=2 node tests/bench/peers/queries_polars.mjs" },
    { name = "ClickHouse (chdb), 2 threads", needs = peers .. "/node_modules/chdb",
      command = "node tests/bench/peers/queries_clickhouse.mjs" },
    { name = "data.table, 2 threads", needs = "/usr/lib/R/site-library/data.table",
      command = "Rscript tests/bench/peers/queries.R" },
  }))
end

function suites.expression()
  ask(askers("queries", persons(n_rows), {
    { name = "DuckDB, ENUM, 2 threads", needs = peers .. "/node_modules/@duckdb/node-api",
      command = "node tests/bench/peers/queries.mjs" },
  }, { "equal", "starts", "contains", "regexp", "part", "length", "upper", "joined", "case", "coalesce", "either", "round",
    "deviation", "mode", "least", "filters", "six" }))
end

-- d7_first and d8_first are asked of columns that nothing is known of, d7_again and d8_again of those that were asked.
function suites.join()
  ask(askers("joins", persons(n_rows), {
    { name = "DuckDB, ENUM, 2 threads", needs = peers .. "/node_modules/@duckdb/node-api",
      command = "node tests/bench/peers/joins.mjs" },
    { name = "Polars, 2 threads", needs = peers .. "/node_modules/nodejs-polars",
      command = "env POLARS_MAX_THREADS=2 node tests/bench/peers/joins_polars.mjs" },
    { name = "data.table, 2 threads", needs = "/usr/lib/R/site-library/data.table",
      command = "Rscript tests/bench/peers/joins.R" },
  }))
end

-- The public group-by benchmark, on data of its own.
function suites.groupby()
  local path = ("%s/groupby-%d.csv"):format(folder, n_rows)
  if not exists(path) then
    print(("making %s"):format(path))
    assert(shell(("%s/tests/bench/groupby %d >%s.new && mv %s.new %s"):format(build, n_rows, path, path, path)))
  end
  local duckdb, node = peers .. "/node_modules/@duckdb/node-api", "node tests/bench/peers/groupby.mjs "
  ask(askers("groupby", path, {
    { name = "DuckDB, ENUM, 2 threads", needs = duckdb, command = node .. "duckdb-enum" },
    { name = "DuckDB, 2 threads", needs = duckdb, command = node .. "duckdb" },
    { name = "ClickHouse (chdb), 2 threads", needs = peers .. "/node_modules/chdb", command = node .. "clickhouse" },
    { name = "Polars, 2 threads", needs = peers .. "/node_modules/nodejs-polars",
      command = "env POLARS_MAX_THREADS=2 " .. node .. "polars" },
    { name = "data.table, 2 threads", needs = "/usr/lib/R/site-library/data.table",
      command = "Rscript tests/bench/peers/groupby.R" },
  }))
end

function suites.scenarios()
  persons(n_rows)
  assert(shell(("lua5.4 tests/bench/scenarios.lua %s"):format(build)))
end

--

assert(shell("mkdir -p " .. quote(folder)))
local wanted = { table.unpack(arg, 2) }
if #wanted == 0 then
  wanted = suites
end
for _, name in ipairs(wanted) do
  local suite = suites[name]
  if not suite then
    error("no suite " .. name)
  end
  suite()
end
