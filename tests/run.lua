-- run.lua - runs the parts of the test suite, side by side, and ends with one summary.
--
-- usage: lua5.4 tests/run.lua --build FOLDER [--also FOLDER] [--valgrind] [--style] [--jobs N]
--                          [--cross FOLDER] [--part NAME COMMAND] [PART ...]
--
-- A part is a program, or a set of them, that says how many of its tests passed (tests/tally.lua). A part that
-- fails, says nothing or ran no test fails the whole. --also names a second build (the sanitizers'), in which the
-- parts that run compiled code are run again. --valgrind and --style add what their tools find, --cross the questions that
-- others answer too, as far as tests/cross/setup.sh put them into FOLDER; who is not there is named. --part adds a part
-- that is no other's. Names of parts choose among them. What a part prints goes to a log in the build folder, and to the
-- screen when it fails. As many commands run at once as there are processors (--jobs); what is shown stays in the
-- order of the parts.

local tally = dofile "tests/tally.lua"
local jobs = dofile "tests/jobs.lua"
local lines_of = dofile "tests/files.lua".lines_of

local build, also, with_valgrind, with_style, cross, n_at_once, added, wanted = "build", nil, false, false, nil, nil, {}, {}
do
  local i = 1
  local option
  local function value()
    i = i + 1
    return arg[i] or error(("tests/run.lua: %s lacks a value"):format(option), 0)
  end
  while arg[i] do
    option = arg[i]
    if option == "--build" then
      build = value()
    elseif option == "--also" then
      also = value()
    elseif option == "--cross" then
      cross = value()
    elseif option == "--jobs" then
      n_at_once = math.tointeger(value()) or error("tests/run.lua: --jobs wants a number", 0)
    elseif option == "--valgrind" then
      with_valgrind = true
    elseif option == "--style" then
      with_style = true
    elseif option == "--part" then
      local name = value()
      added[#added + 1] = { part = name, name = name, commands = { value() } }
    elseif option:sub(1, 1) == "-" then
      error(("tests/run.lua: there is no option %s"):format(option), 0)
    else
      wanted[option] = "no part has this name"
    end
    i = i + 1
  end
end

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- The programs of the C tests: of all sources, or without those that say "Not under valgrind".
local function unit_programs(folder, without_slow)
  local programs = {}
  local search = without_slow and "grep -L 'Not under valgrind' tests/unit/test_*.c" or "ls tests/unit/test_*.c"
  for _, source in ipairs(lines_of(search)) do
    programs[#programs + 1] = folder .. "/" .. source:gsub("%.c$", "")
  end
  return programs
end

-- Suites ----------------------------------------------------------------------------------------------------------

-- Each gives the name of a part, and the commands that make it up. The lock is for those that write files in the folder
-- of the data. Under sanitizers and valgrind tests are told to do less (tests/unit/watched.h).
local function suites_of(folder, variant)
  local quick = folder:find "asan" and "DEKKING_TEST_QUICK=1 " or ""
  local program = folder .. "/dekking"
  local function named(part) return variant and part .. " (" .. variant .. ")" or part end
  local unit = unit_programs(folder)
  for i, command in ipairs(unit) do
    unit[i] = quick .. command
  end
  local list = {
    { part = "unit", name = named "unit", commands = unit },
    { part = "lua", name = named "lua", commands = { quick .. program .. " tests/lua/run.lua" } },
    { part = "cli", name = named "cli", commands = { quick .. "lua5.4 tests/cli/run.lua " .. folder } },
    { part = "golden", name = named "golden", commands = { "lua5.4 tests/golden/run.lua " .. folder }, lock = folder },
  }
  return list
end

local suites = {
  { part = "runner", name = "runner", commands = { "lua5.4 tests/runner.lua " .. build } },
  { part = "layers", name = "layers", commands = { "lua5.4 tests/layers.lua" } },
  { part = "messages", name = "messages", commands = { "lua5.4 tests/messages.lua" } },
  { part = "manual", name = "manual", commands = { "lua5.4 tests/manual.lua" } },
}
for _, suite in ipairs(suites_of(build, nil)) do
  suites[#suites + 1] = suite
end
suites[#suites + 1] = {
  part = "lua",
  name = "lua (stock interpreter)",
  commands = { "DEKKING_MODULE_DIR=" .. build .. " lua5.4 tests/lua/run.lua" },
  skip = build:find "asan" and true,
}
suites[#suites + 1] = { part = "docs", name = "docs", commands = { "lua5.4 tests/docs.lua " .. build }, lock = build }
suites[#suites + 1] = {
  part = "install",
  name = "install",
  commands = { "tests/install.sh " .. build },
  skip = build:find "asan" and true,
}
suites[#suites + 1] = { part = "build", name = "build", commands = { "tests/build.sh" }, skip = build:find "asan" and true }
if also then
  for _, suite in ipairs(suites_of(also, "sanitizers")) do
    suites[#suites + 1] = suite
  end
end
if with_valgrind then
  -- Possibly lost is what the C library keeps for the threads of the pool, which nobody ends: it is no error, and a golden
  -- script may say nothing.
  local valgrind = "valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite "
    .. "--errors-for-leak-kinds=definite --suppressions=" .. lines_of("pwd")[1] .. "/tests/leaks.valgrind "
  local commands = {}
  for _, program in ipairs(unit_programs(build, true)) do
    commands[#commands + 1] = "DEKKING_TEST_QUICK=2 " .. valgrind .. program
  end
  suites[#suites + 1] = { part = "valgrind", name = "valgrind", commands = commands }
  suites[#suites + 1] = {
    part = "valgrind",
    name = "valgrind (golden)",
    commands = { "DEKKING_WRAP=" .. quote(valgrind) .. " lua5.4 tests/golden/run.lua " .. build },
    lock = build,
  }
end

if cross then
  local program = build .. "/dekking"
  local function add(name, is_there, command)
    if lines_of(is_there .. " >/dev/null 2>&1 && echo yes")[1] then
      suites[#suites + 1] = { part = "cross", name = name, commands = { command } }
    else
      print(("left out: %s, which could not be installed"):format(name))
    end
  end
  for _, each in ipairs { "breakdowns", "joins", "pages", "registers", "windows" } do
    add(("cross (DuckDB, %s)"):format(each), ("command -v node && test -d %s/node_modules/@duckdb/node-api"):format(cross),
      ("mkdir -p %s/%s && %s tests/cross/%s.lua %s/%s %s"):format(cross, each, program, each, cross, each, cross))
  end
  add("cross (properties)", "true", ("mkdir -p %s/properties && %s tests/cross/properties.lua %s/properties"):format(cross,
    program, cross))
  add("cross (R, pages)", "Rscript -e 'library(dplyr); library(tidyr); library(data.table)'",
    ("mkdir -p %s/r && Rscript tests/cross/pages.R dplyr %s/r && Rscript tests/cross/pages.R data.table %s/r "
      .. "&& %s tests/cross/pages_r.lua %s/r"):format(cross, cross, cross, program, cross))
  add("cross (R)", "Rscript -e 'library(survey); library(carData)'",
    ("mkdir -p %s/public && Rscript tests/cross/public.R %s/public && %s tests/cross/public.lua %s/public"):format(cross,
      cross, program, cross))
end

if with_style then
  suites[#suites + 1] = { part = "style", name = "style", commands = { "env -u MAKEFLAGS make -s style" } }
end

for _, suite in ipairs(added) do
  suites[#suites + 1] = suite
end

-- Running ---------------------------------------------------------------------------------------------------------

local log_folder = build .. "/log"
local begun = os.time()
local total_passed, total_failed, bad = 0, 0, {}

local function complain(what, lines)
  bad[#bad + 1] = what
  print("---- " .. what)
  for _, line in ipairs(lines) do
    print("  " .. line)
  end
end

-- Shows a suite whose jobs have ended, and adds it to the sum.
local function show(suite)
  local passed, failed, seconds = 0, 0, 0
  local log = assert(io.open(("%s/%s.log"):format(log_folder, (suite.name:gsub("%W+", "-"))), "w"))
  for _, job in ipairs(suite.jobs) do
    local lines = {}
    log:write(("---- %.1f s: %s\n"):format(job.seconds, job.command))
    for line in io.lines(job.output) do
      lines[#lines + 1] = line
      log:write(line, "\n")
    end
    local p, f, wrong = tally.judge(lines, job.status == 0, "exit", job.status)
    passed, failed, seconds = passed + p, failed + f, seconds + job.seconds
    if wrong then
      complain(job.command .. ": " .. wrong, lines)
    end
  end
  log:close()
  if #suite.jobs == 0 then
    failed = failed + 1
    complain(suite.name .. ": has no tests", {})
  end
  total_passed, total_failed = total_passed + passed, total_failed + failed
  print(("%-26s %6d passed %4d failed %7.1f s"):format(suite.name, passed, failed, seconds))
  io.stdout:flush()
end

local chosen, list = {}, {}
for _, suite in ipairs(suites) do
  if next(wanted) == nil or wanted[suite.part] then
    wanted[suite.part] = wanted[suite.part] and suite.part
    if not suite.skip then
      chosen[#chosen + 1] = suite
      suite.jobs = {}
      for i, command in ipairs(suite.commands) do
        suite.jobs[i] = { command = command, lock = suite.lock }
      end
    end
  end
end

-- Suites of one command, which may be long, begin first; those of many programs fill up behind them.
for _, of_many in ipairs { false, true } do
  for _, suite in ipairs(chosen) do
    if (#suite.jobs > 1) == of_many then table.move(suite.jobs, 1, #suite.jobs, #list + 1, list) end
  end
end

local n_shown = 0
local function show_ended()
  while chosen[n_shown + 1] do
    for _, job in ipairs(chosen[n_shown + 1].jobs) do
      if not job.status then return end
    end
    n_shown = n_shown + 1
    show(chosen[n_shown])
  end
end

jobs.run(list, n_at_once or tonumber(lines_of("nproc")[1]) or 1, log_folder, show_ended)
show_ended()

for name, state in pairs(wanted) do
  if state ~= name then
    total_failed = total_failed + 1
    complain(name .. ": " .. state, {})
  end
end

if #bad > 0 then
  print "\nfailed:"
  for _, what in ipairs(bad) do
    print("  " .. what)
  end
end
print(("\n%.0f seconds"):format(os.time() - begun))
print(("%d passed, %d failed"):format(total_passed, total_failed))
os.exit(total_failed == 0 and total_passed > 0)
