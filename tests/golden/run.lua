-- run.lua - compares what scripts print with what was read and kept.
--
-- usage: lua5.4 tests/golden/run.lua BUILD [--keep]
--
-- Each script of scripts/examples/, the demo, and what dk.help shows (help.lua), is run in the folder of the project; its
-- standard output must be tests/golden/NAME.txt to the byte, its exit status 0, and its standard error empty. --keep
-- writes the files instead: for whoever then reads every line of the difference before keeping it. DEKKING_WRAP stands
-- before the program (valgrind).
--
-- And the demo must end with status 1 where the persons do not agree with the publication, or are not there.

local build, keep = assert(arg[1], "which build?"), arg[2] == "--keep"
local wrap = os.getenv "DEKKING_WRAP" or ""
local errors = os.tmpname()

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

local scripts = { "scripts/demo.lua", "tests/golden/help.lua" }
local pipe = assert(io.popen "ls scripts/examples/*.lua")
for path in pipe:lines() do
  scripts[#scripts + 1] = path
end
pipe:close()

-- The first line that differs, with what stands there.
local function difference(expected, actual)
  local number = 0
  local rest = (expected .. "\n"):gmatch "(.-)\n"
  for line in (actual .. "\n"):gmatch "(.-)\n" do
    number = number + 1
    local other = rest()
    if other ~= line then
      return ("line %d\n    expected: %s\n    printed:  %s"):format(number, other or "(nothing)", line)
    end
  end
  return ("line %d\n    expected: %s\n    printed nothing more"):format(number + 1, rest() or "")
end

-- Runs a script that finds its data in the folder: what it printed, how it ended, what it wrote to standard error. Where
-- the data stood is told as where it stands in an ordinary build.
local function run(script, folder)
  local command = ("DEKKING_BUILD=%s %s %s/dekking %s 2>%s"):format(folder, wrap, build, script, errors)
  local output = assert(io.popen(command))
  local text = output:read "a"
  local ok, how, code = output:close()
  text = text:gsub(folder:gsub("%p", "%%%0") .. "/data/", "build/data/")
  return text, ok, ("%s %d"):format(how, code), read(errors)
end

local passed, failed = 0, 0
for _, script in ipairs(scripts) do
  local name = script:match "([^/]+)%.lua$"
  local golden = "tests/golden/" .. name .. ".txt"
  local actual, ok, status, problems = run(script, build)
  local expected = read(golden)
  local complaint
  if not ok then
    complaint = status .. "\n" .. problems
  elseif problems ~= "" then
    complaint = "wrote to standard error:\n" .. problems
  elseif keep then
    local file = assert(io.open(golden, "wb"))
    file:write(actual)
    file:close()
  elseif not expected then
    complaint = "there is no " .. golden
  elseif actual ~= expected then
    complaint = difference(expected, actual)
  end
  if complaint then
    failed = failed + 1
    print(script .. ": " .. complaint)
  else
    passed = passed + 1
  end
end

-- The demo on data that are wrong: one person less in Sonar, and no data at all.
local function check_demo(what, wanted_output, wanted_problem)
  local text, _, status, problems = run("scripts/demo.lua", what.folder)
  local good = status == "exit 1" and text:find(wanted_output, 1, true) and problems:find(wanted_problem, 1, true)
  if good then
    passed = passed + 1
  else
    failed = failed + 1
    print(("scripts/demo.lua: %s: %s\n%s\n%s"):format(what.title, status, text, problems))
  end
end

if not keep then
  local folder = build .. "/golden"
  assert(os.execute(("mkdir -p %s/data && cp %s/data/register.csv %s/data"):format(folder, build, folder)))
  assert(os.execute(("sed '$d' %s/data/sonar.csv >%s/data/sonar.csv"):format(build, folder)))
  check_demo({ title = "one person less", folder = folder }, "NOT SO: 46 of the 50 cells", "3 of 6 checks failed")
  assert(os.execute("rm -r " .. folder))
  check_demo({ title = "no data", folder = folder }, "5  The same questions", "register.csv is not there")
end
os.remove(errors)

print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and passed > 0)
