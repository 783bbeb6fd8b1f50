-- messages.lua - lists messages of the engine that no test has in it.
--
-- usage: lua5.4 tests/messages.lua [FOLDER ...]     every folder of engine/, or engine/expr alone
--
-- A message is a text in a C source that is given to a function whose name ends in fail, or to dki_hint. Its longest
-- part without a format must stand in a test (tests/unit, tests/lua) or in a page of docs, whose examples run. It ends
-- with status 1 where a message has no test.

-- What no test can bring about, and why.
local BEYOND = {
  ["%llu rows of text hold more than 4 GiB"] = "takes that much memory",
  ["%s: the result would have %llu rows, and %lu are the most"] = "takes 65536 rows of one key on both sides to count",
  ["%zu rows of text hold more than 4 GiB"] = "takes that much memory",
  ["%zu texts of %zu bytes are longer than 4 GiB"] = "takes that much memory",
  ["a field does not fit in memory"] = "longer than there are addresses",
  ["a list of that many items does not fit in memory"] = "longer than there are addresses",
  ["a text of %zu bytes is longer than 4 GiB"] = "takes that much memory",
  ["a text that is not what the first ones were"] = "a file that is written over while it is read",
  ["it cannot be opened"] = "the system always says why",
  ["keys of %llu rows, and %lu are the most"] = "a table of so many rows",
  ["libxlsxwriter has no memory for a sheet"] = "memory that a library asks the system for",
  ["libxlsxwriter has no memory for a workbook"] = "memory that a library asks the system for",
  ["%zu terms are too many to solve"] = "takes that much memory",
  ["no plan was found that meets all limits, nor one that contradicts it"] = "numbers that doubles cannot tell apart",
  ["more than %u groups and totals"] = "takes more memory than this machine has",
  ["out of memory (a regular expression)"] = "an expression that PCRE2 has no room for, whatever memory there is",
  ["out of memory while reading %s"] = "memory that a library asks the system for",
  ["sums of %zu terms are too many to solve"] = "takes that much memory",
  ["sets with more than %u members in all"] = "takes more memory than this machine has",
  ["take fewer dimensions, or fewer rows: where = ..."] = "the hint of the next one",
  ["the sets and their members make more than %llu groups"] = "takes minutes, and gigabytes",
  ["the file does not fit in memory"] = "longer than there are addresses",
  ["the file was taken away"] = "a file that goes between two looks at it",
  ["tighten: the table has %llu numbers, more than can be solved"] = "takes that much memory",
  ["the library has no part '%s'"] = "the library alone names its parts",
  ["the regular expression cannot be matched: a match begins within another"] = "PCRE2 from 10.38 on refuses such ones",
  ["the result is too long"] = "longer than there are addresses",
  ["the text does not fit in memory"] = "longer than there are addresses",
  ["the text has no such form: %s"] = "texts are UTF-8, which always has one",
  ["the workbook could not be made: %s"] = "a disk that fills up meanwhile",
  ["too many files match"] = "memory that the system has not",
  ["zlib cannot be started"] = "a zlib that differs from its header",
  ["zstd cannot be started"] = "zstd has no other reason than memory, which says so itself",
}

-- What those tests reach that fail each allocation in turn: the snapshots of test_snapshot.c.
local BY_FAILING_MEMORY = {
  ["out of memory (compressing %zu bytes)"] = true,
  ["out of memory (expanding %zu bytes)"] = true,
  ["out of memory (zstd: %s)"] = true,
}

-- Messages of a program that was built without a library.
local WITHOUT = {
  "this dekking was built without", " and build again", " and build it again", "cannot be read without libzip",
}

local function is_beyond(message)
  for _, part in ipairs(WITHOUT) do
    if message:find(part, 1, true) then return true end
  end
  return BEYOND[message] ~= nil or BY_FAILING_MEMORY[message]
end

local files = dofile "tests/files.lua"
local read = files.read

local ESCAPES = { n = "\n", t = "\t", ['"'] = '"', ["\\"] = "\\" }

local function unescaped(text) return (text:gsub("\\(.)", function(c) return ESCAPES[c] or "\\" .. c end)) end

-- A C source without comments, its neighbouring strings joined.
local function joined(text)
  text = text:gsub('"[^"\n]*"', function(s) return (s:gsub("/%*", "/\1*")) end) -- no comment begins in a string
  text = text:gsub("/%*.-%*/", " "):gsub("\1", "")
  return (text:gsub('"%s*\n%s*"', ""))
end

local tests = {}
for _, path in ipairs(files.lines_of "ls tests/unit/*.[ch] tests/lua/*.lua tests/golden/*/* docs/*.md 2>/dev/null") do
  local text = read(path)
  if path:match "%.[ch]$" then
    text = unescaped(joined(text))
  elseif path:match "%.lua$" then
    text = unescaped((text:gsub('"%s*%.%.%s*"', "")))
  end
  tests[#tests + 1] = text:gsub("%s+", " ")
end
local all = table.concat(tests, "\n")

-- The longest part between formats.
local function part_of(message)
  local longest = ""
  for part in (message:gsub("%%%%", "\0") .. "%s"):gmatch "(.-)%%[%d%.%*%-lz]*[a-zA-Z]" do
    part = part:gsub("%z", "%%"):gsub("%s+", " ")
    if #part > #longest then
      longest = part
    end
  end
  return longest:match "^ *(.-) *$"
end

-- The strings of a call, escapes as they stand.
local function literals(call)
  local at = 1
  return function()
    local from = call:find('"', at, true)
    if not from then return nil end
    local to = from + 1
    while call:sub(to, to) ~= '"' do
      to = to + (call:sub(to, to) == "\\" and 2 or 1)
    end
    at = to + 1
    return call:sub(from + 1, to - 1)
  end
end

local folders = arg
if #folders == 0 then
  folders = files.lines_of "ls -d engine/*"
end

local n, missing = 0, 0
for _, folder in ipairs(folders) do
  for _, path in ipairs(files.lines_of(("ls '%s'/*.c '%s'/*.h 2>/dev/null"):format(folder, folder))) do
    local text = joined(read(path))
    for name, call in text:gmatch "([%a_%d]+)(%b())" do
      if name:match "fail$" or name == "dki_hint" or name == "dki_fail" or name:match "_fail_" then
        for literal in literals(call) do
          local part = part_of(unescaped(literal))
          if #part >= 8 and part:find " " then
            n = n + 1
            if not all:find(part, 1, true) and not is_beyond(literal) then
              missing = missing + 1
              print(("%s: %s"):format(path, literal))
            end
          end
        end
      end
    end
  end
end
print(("%d passed, %d failed"):format(n - missing, missing))
os.exit(missing == 0)
