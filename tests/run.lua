-- run.lua - runs the parts of the test suite and ends with one summary.
--
-- usage: lua5.4 tests/run.lua --build FOLDER [--also FOLDER] [--valgrind] [--part NAME COMMAND] [PART ...]
--
-- A part is a program, or a set of them, that says how many of its tests passed (tests/tally.lua). A part that
-- fails, says nothing or ran no test fails the whole. --also names a second build (the sanitizers'), in which the
-- parts that run compiled code are run again. --part adds a part that is no other's. Names of parts choose among
-- them. What a part prints goes to a log in the build folder, and to the screen when it fails.

local tally = dofile "tests/tally.lua"

local build, also, with_valgrind, added, wanted = "build", nil, false, {}, {}
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
    elseif option == "--valgrind" then
      with_valgrind = true
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

local function lines_of(command)
  local pipe = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  pipe:close()
  return lines
end

local function unit_programs(folder)
  local programs = {}
  for _, source in ipairs(lines_of "ls tests/unit/test_*.c") do
    programs[#programs + 1] = folder .. "/" .. source:gsub("%.c$", "")
  end
  return programs
end

-- Suites ----------------------------------------------------------------------------------------------------------

-- Each gives the name of a part, and the commands that make it up.
local function suites_of(folder, variant)
  local program = folder .. "/dekking"
  local function named(part) return variant and part .. " (" .. variant .. ")" or part end
  local list = {
    { part = "unit", name = named "unit", commands = unit_programs(folder) },
    { part = "lua", name = named "lua", commands = { program .. " tests/lua/run.lua" } },
    { part = "cli", name = named "cli", commands = { "lua5.4 tests/cli/run.lua " .. folder } },
    { part = "golden", name = named "golden", commands = { "lua5.4 tests/golden/run.lua " .. folder } },
  }
  return list
end

local suites = {
  { part = "runner", name = "runner", commands = { "lua5.4 tests/runner.lua " .. build } },
  { part = "layers", name = "layers", commands = { "lua5.4 tests/layers.lua" } },
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
suites[#suites + 1] = { part = "docs", name = "docs", commands = { "lua5.4 tests/docs.lua " .. build } }
suites[#suites + 1] = {
  part = "install",
  name = "install",
  commands = { "tests/install.sh " .. build },
  skip = build:find "asan" and true,
}
if also then
  for _, suite in ipairs(suites_of(also, "sanitizers")) do
    suites[#suites + 1] = suite
  end
end
if with_valgrind then
  local valgrind = "valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,possible "
    .. "--errors-for-leak-kinds=definite "
  local commands = {}
  for _, program in ipairs(unit_programs(build)) do
    commands[#commands + 1] = "DEKKING_TEST_QUICK=1 " .. valgrind .. program
  end
  commands[#commands + 1] = "DEKKING_WRAP=" .. quote(valgrind) .. " lua5.4 tests/golden/run.lua " .. build
  suites[#suites + 1] = { part = "valgrind", name = "valgrind", commands = commands }
end

for _, suite in ipairs(added) do
  suites[#suites + 1] = suite
end

-- Running ---------------------------------------------------------------------------------------------------------

local log_folder = build .. "/log"
os.execute("mkdir -p " .. quote(log_folder))

local total_passed, total_failed, bad = 0, 0, {}

local function complain(what, lines)
  bad[#bad + 1] = what
  print("---- " .. what)
  for _, line in ipairs(lines) do
    print("  " .. line)
  end
end

local function run(suite)
  local passed, failed, started = 0, 0, os.time()
  local log = assert(io.open(("%s/%s.log"):format(log_folder, (suite.name:gsub("%W+", "-"))), "w"))
  for _, command in ipairs(suite.commands) do
    local pipe = assert(io.popen("{ " .. command .. "; } 2>&1 </dev/null"))
    local lines = {}
    for line in pipe:lines() do
      lines[#lines + 1] = line
      log:write(line, "\n")
    end
    local ok, how, code = pipe:close()
    local p, f, wrong = tally.judge(lines, ok, how, code)
    passed, failed = passed + p, failed + f
    if wrong then
      complain(command .. ": " .. wrong, lines)
    end
  end
  log:close()
  if #suite.commands == 0 then
    failed = failed + 1
    complain(suite.name .. ": has no tests", {})
  end
  total_passed, total_failed = total_passed + passed, total_failed + failed
  print(("%-26s %6d passed %4d failed %5d s"):format(suite.name, passed, failed, os.time() - started))
  io.stdout:flush()
end

for _, suite in ipairs(suites) do
  if next(wanted) == nil or wanted[suite.part] then
    wanted[suite.part] = wanted[suite.part] and suite.part
    if not suite.skip then
      run(suite)
    end
  end
end
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
print(("\n%d passed, %d failed"):format(total_passed, total_failed))
os.exit(total_failed == 0 and total_passed > 0)
