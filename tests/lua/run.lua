-- run.lua - runs the Lua tests: one line for each file, and "N passed, N failed" at the end.
--
-- usage: lua5.4 tests/lua/run.lua [FOLDER] [FILE ...]
--
-- Runs in the program, which has dekking in it, and in stock Lua, where FOLDER or DEKKING_MODULE_DIR says in which folder
-- dekking.so was built. A test file is a chunk that gets the function test(name, body), a body gets the
-- assertions below, and dk.

local here = arg[0]:match "^(.*)/" or "."

local files, module_folder = {}, os.getenv "DEKKING_MODULE_DIR"
for _, word in ipairs(arg) do
  if word:find "%.lua$" then
    files[#files + 1] = word
  else
    module_folder = word
  end
end
if module_folder then
  package.cpath = module_folder .. "/?.so;" .. package.cpath
end
local dk = require "dekking"

if #files == 0 then
  local pipe = assert(io.popen("ls '" .. here .. "'/*.lua"))
  for path in pipe:lines() do
    if not path:find "/run%.lua$" then
      files[#files + 1] = path
    end
  end
  pipe:close()
end

-- Assertions ----------------------------------------------------------------------------------------------------------

-- data: the published figures; built: the folder of this build, where `make data` has put data/register.csv.
local t = {
  data = here .. "/../../scripts/data/",
  built = module_folder or (arg[-1] or ""):match "^(.*)/dekking$" or "build",
}

local function show(value)
  if type(value) == "string" then
    return ("%q"):format(value)
  end
  if type(value) ~= "table" then
    return tostring(value)
  end
  local parts, keys = {}, {}
  for key in pairs(value) do
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, key in ipairs(keys) do
    parts[i] = (math.type(key) == "integer" and "" or tostring(key) .. " = ") .. show(value[key])
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then
    return a == b and math.type(a) == math.type(b)
  end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

-- Equal, and of one kind: 1 is not 1.0. Tables by what is in them.
function t.eq(actual, expected, what)
  if not same(actual, expected) then
    error(("%s%s, not %s"):format(what and what .. ": " or "", show(actual), show(expected)), 2)
  end
end

function t.near(actual, expected)
  if type(actual) ~= "number" or math.abs(actual - expected) > 1e-12 * math.max(1, math.abs(expected)) then
    error(("%s, not %s"):format(show(actual), show(expected)), 2)
  end
end

function t.ok(holds, what)
  if not holds then
    error(what or "does not hold", 2)
  end
end

function t.has(text, ...)
  for _, part in ipairs { ... } do
    if not tostring(text):find(part, 1, true) then
      error(("there is no %q in\n%s"):format(part, text), 2)
    end
  end
end

-- The body raises a message with these parts, which names a line of the body.
function t.raises(body, ...)
  local done, message = pcall(body)
  if done then
    error("nothing was raised", 2)
  end
  if type(message) ~= "string" then
    error("what was raised is a " .. type(message), 2)
  end
  for _, part in ipairs { ... } do
    if not message:find(part, 1, true) then
      error(("there is no %q in the message\n%s"):format(part, message), 2)
    end
  end
  local info = debug.getinfo(body, "S")
  local where, line = message:match "^(.-):(%d+): "
  if where ~= info.short_src or tonumber(line) < info.linedefined or tonumber(line) > info.lastlinedefined then
    error(("the message does not name the line of the script (%d to %d of %s)\n%s"):format(info.linedefined,
      info.lastlinedefined, info.short_src, message), 2)
  end
  return message
end

-- The body raises this message, whole, behind the name and the line of the script.
function t.says(body, expected)
  local message = t.raises(body):gsub("^.-:%d+: ", "", 1)
  if message ~= expected then
    error(("the message is\n%s\nand not\n%s"):format(message, expected), 2)
  end
end

-- All rows as records.
function t.records(data)
  local list = {}
  for record in data:rows() do
    list[#list + 1] = record
  end
  return list
end

-- A file of that text, which is there until the end of all tests.
local temporary = {}
function t.path(name)
  local path = os.tmpname()
  os.remove(path)
  path = path .. "-" .. name
  temporary[#temporary + 1] = path
  return path
end

function t.file(name, text)
  local path = t.path(name)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

function t.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

-- Another process with this interpreter: what it printed, and its exit status. `to` sends its standard output elsewhere,
-- with is what the shell puts before it.
function t.run(script, to, with)
  local lowest = 0
  while arg[lowest - 1] do
    lowest = lowest - 1
  end
  local path = t.file("run.lua", ("package.cpath = %q\nlocal dk = require 'dekking'\n"):format(package.cpath) .. script)
  to = to and ">'" .. to .. "'" or ""
  local pipe = assert(io.popen(("%s '%s' '%s' 2>&1 %s"):format(with or "", arg[lowest], path, to)))
  local text = pipe:read "a"
  local ok, how, code = pipe:close()
  return text, ok and 0 or how == "exit" and code or how .. " " .. code
end

-- Running -----------------------------------------------------------------------------------------------------------

local total_passed, total_failed = 0, 0

for _, path in ipairs(files) do
  local passed, problems = 0, {}
  local function test(name, body)
    local done, message = xpcall(body, function(m) return debug.traceback(tostring(m), 2) end, t, dk)
    if done then
      passed = passed + 1
    else
      problems[#problems + 1] = name .. ": " .. message
    end
  end
  local chunk, problem = loadfile(path)
  if chunk then
    local done, message = xpcall(chunk, debug.traceback, test)
    problem = not done and message
  end
  if problem then
    problems[#problems + 1] = problem
  end
  -- Not the form of the closing line, which is for whoever counts.
  print(("%-12s %3d passed%s"):format(path:match "([^/]+)%.lua$", passed,
    #problems > 0 and (" and %d failed"):format(#problems) or ""))
  for _, text in ipairs(problems) do
    print("  " .. text:gsub("\n", "\n    "))
  end
  total_passed, total_failed = total_passed + passed, total_failed + #problems
end

for _, path in ipairs(temporary) do
  os.remove(path)
end
print(("%d passed, %d failed"):format(total_passed, total_failed))
os.exit(total_failed == 0 and total_passed > 0, true)
