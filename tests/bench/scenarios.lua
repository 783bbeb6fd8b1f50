-- scenarios.lua - what-ifs on the register, beside DuckDB: the first answer, each further answer, and ten thousand at once.
--
-- usage: lua5.4 tests/bench/scenarios.lua BUILD
--
-- ROWS (10000000) and RUNS (5) as in run.lua. Both answer the same questions of the same file, which must give the same
-- numbers to a part in 10^9 (DuckDB counts parts of persons in doubles). DuckDB has two threads; it is asked one by one of
-- the full table and of one that it grouped itself before, and all at once by a join that is written by hand: the groups
-- put together by what the question can tell apart, then joined with the points. Its answers of a sweep stay in a table
-- there, as they do here.

local build = assert(arg[1], "usage: lua5.4 tests/bench/scenarios.lua BUILD")
local n_rows = math.tointeger(os.getenv "ROWS" or 10000000)
local n_runs = math.tointeger(os.getenv "RUNS" or 5)
local folder = build .. "/bench"
local file = ("%s/persons-%d.csv"):format(folder, n_rows)
local peers = folder .. "/peers"

local function exists(path) return os.execute("test -e " .. path) == true end

if not exists(file) then
  print("making " .. file)
  assert(os.execute(("%s/tests/bench/persons %d >%s.new && mv %s.new %s"):format(build, n_rows, file, file, file)))
end

local function median(list)
  table.sort(list)
  local middle = #list // 2 + 1
  return #list % 2 == 1 and list[middle] or (list[middle - 1] + list[middle]) / 2
end

-- What a program prints: by task the median of seconds for each question, the least of processor time, and the answer.
local function ask(command)
  local tasks = {}
  local pipe = assert(io.popen(command))
  for line in pipe:lines() do
    local task, seconds, n, answer, cpu = line:match "^(%S+) (%S+) (%d+) (%S+) (%S+)"
    assert(task, line)
    tasks[task] = tasks[task] or { n = tonumber(n), answer = tonumber(answer), times = {}, cpus = {} }
    table.insert(tasks[task].times, tonumber(seconds))
    table.insert(tasks[task].cpus, tonumber(cpu))
  end
  assert(pipe:close(), command)
  for _, task in pairs(tasks) do
    task.median = median(task.times) / task.n
    table.sort(task.cpus)
    task.cpu = task.cpus[1] / task.n
  end
  return tasks
end

local function dekking(threads)
  return ask(("%s/dekking --threads %d tests/bench/peers/scenarios.lua %s %d"):format(build, threads, file, n_runs))
end

local ours, alone = dekking(2), dekking(1)
local theirs = exists(peers .. "/node_modules/@duckdb/node-api") and
  ask(("PEERS=$PWD/%s node tests/bench/peers/scenarios.mjs %s %d"):format(peers, file, n_runs)) or {}
if not next(theirs) then
  print(("left out: DuckDB, which is not installed (tests/bench/setup.sh %s)"):format(peers))
end

print(("%d rows; microseconds for each question, median of %d runs; CPU: least of them, of all threads"):format(n_rows,
  n_runs))
print(("%-56s %11s %11s %11s %8s %11s %11s %8s"):format("", "2 threads", "1 thread", "DuckDB", "times", "CPU here",
  "CPU DuckDB", "times"))
local function show(what, task, their_task)
  local mine, other = ours[task], theirs[their_task or task]
  assert(math.abs(mine.answer - alone[task].answer) <= 1e-9 * mine.answer, task)
  if other and not their_task then
    assert(math.abs(mine.answer - other.answer) <= 1e-9 * mine.answer,
      ("%s: %.3f here and %.3f there"):format(task, mine.answer, other.answer))
  end
  local one = alone[task]
  local cells = { mine.median * 1e6, one.median * 1e6, other and other.median * 1e6, other and other.median / mine.median,
    one.cpu * 1e6, other and other.cpu * 1e6, other and other.cpu / one.cpu }
  local line = ("%-56s"):format(what)
  for i, width in ipairs { 11, 11, 11, 8, 11, 11, 8 } do
    local text = cells[i] and ("%.2f"):format(cells[i]) or ""
    line = line .. " " .. (" "):rep(width - #text) .. text
  end
  print(line)
end

show("the first what-if; there grouping alone", "cells")
show("a further one, with the base; of all rows there", "one_full")
show("a further one, with the base; of groups there", "one_cells")
show("one of a sweep of 10,000; of groups, one by one", "sweep_total", "one_cells")
show("one of a sweep of 10,000; by one join", "sweep_total")
show("one of a sweep of 10,000 by region; by one join", "sweep_region")
show("one of a sweep over places and shares; by one join", "sweep_place")
