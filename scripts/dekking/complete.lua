-- complete.lua - what may stand where the cursor is: globals, fields, methods, columns, words of expressions, files.
--
-- Looking must change nothing: tables are read raw, no metamethod of the script's is called, and no part of the library
-- is loaded for its names.

local dk, core = ...

local reader, code = core.part "annotations", core.part "code"

local PAGES = { "expressions", "sets", "intervals", "windows" }
local KEYWORDS = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local",
  "nil", "not", "or", "repeat", "return", "then", "true", "until", "while" }
local OPERATORS = { "and", "between", "case", "else", "end", "false", "in", "is", "not", "null", "or", "then", "total",
  "true", "when", "where" }
-- What takes a path, and what takes a name that the script has given something.
local TAKES_PATH = { ["dk.read"] = true, ["dk.open"] = true, ["dk.read_published"] = true, ["dk.hierarchy"] = true,
  ["dk.pack"] = true, ["io.open"] = true, ["io.lines"] = true, dofile = true, loadfile = true }
local TAKES_NAME = { ["dk.breakdown"] = "breakdowns", ["dk.scenario"] = "scenarios", ["dk.dataset"] = "datasets" }

local IDENTIFIER = "^[%a_][%w_]*$"

-- Names ----------------------------------------------------------------------------------------------------------------

local known -- what the annotations and the pages on expressions tell, once they were asked for

-- What a class is called by its metatable.
local function tag_of(class) return class == "dk.ExactValue" and "dk.value" or class:lower() end

local function annotated()
  if known then
    return known
  end
  local texts, pages = core.annotations(), {}
  for i, name in ipairs(PAGES) do
    pages[i] = { name = name, text = texts["docs/" .. name] }
    texts["docs/" .. name] = nil
  end
  known = { words = {}, methods = {}, returns = { dk = {} }, help = {} }
  for _, word in ipairs(reader.words_of(pages)) do
    known.words[#known.words + 1] = word.name
  end
  for _, file in ipairs(reader.parse_all(texts)) do
    for _, entry in ipairs(file.entries) do
      if entry.kind == "function" then
        known.help[#known.help + 1] = entry.name
      end
      if entry.kind == "function" and entry.class then
        local class, given = tag_of(entry.class), entry.returns[1] and entry.returns[1].type:match "^dk%.%w+$"
        known.methods[class] = known.methods[class] or {}
        table.insert(known.methods[class], entry.short)
        known.returns[class] = known.returns[class] or {}
        known.returns[class][entry.short] = given and tag_of(given)
      end
    end
  end
  return known
end

local function add_all(names, list)
  for _, name in ipairs(list) do
    names[#names + 1] = name
  end
end

local function raw_metafield(value, name)
  local meta = debug.getmetatable(value)
  return type(meta) == "table" and rawget(meta, name) or nil
end

-- The class of an object of the library: the name that its metatable hides behind.
local function class_of(value)
  local name = (type(value) == "userdata" or type(value) == "table") and raw_metafield(value, "__metatable")
  return type(name) == "string" and name or nil
end

local function columns_of(value)
  local names = {}
  for name in pairs(core.kind(value) == "table" and value or {}) do -- of a table of dekking, these are its columns
    names[#names + 1] = name
  end
  return names
end

-- The field of a value, read raw and through tables that stand for it.
local function member(value, name)
  for _ = 1, 100 do -- a chain of metatables may be a circle
    if type(value) == "table" then
      local found = rawget(value, name)
      if found ~= nil then
        return found
      end
    elseif core.kind(value) == "table" then
      for column, values in pairs(value) do
        if column == name then
          return values
        end
      end
    end
    value = raw_metafield(value, "__index")
    if type(value) ~= "table" then
      return nil
    end
  end
end

-- The names that may stand behind a value and a dot, or with only_methods a colon.
local function members_of(value, only_methods)
  local names = {}
  if rawequal(value, dk) then
    for name in tostring(dk):match ": (.*)$":gmatch "[^,%s]+" do
      names[#names + 1] = name
    end
    return names
  end
  local class = class_of(value)
  add_all(names, class and annotated().methods[class] or {})
  if not only_methods then
    add_all(names, columns_of(value))
  end
  for _ = 1, 100 do
    if type(value) == "table" then
      for name, field in next, value do
        if type(name) == "string" and (not only_methods or type(field) == "function") then
          names[#names + 1] = name
        end
      end
    end
    value = raw_metafield(value, "__index")
    if type(value) ~= "table" then
      return names
    end
  end
  return names
end

-- The value of "a.b.c", or nil; every part of it is read raw.
local function value_of(path)
  local value = _G
  for name in path:gmatch "[^.:]+" do
    value = member(value, name)
    if value == nil then
      return nil
    end
  end
  return value
end

-- Where the cursor is --------------------------------------------------------------------------------------------------

-- Files whose path begins so; a folder ends in a slash.
local function paths(text)
  local folder, start = text:match "^(.*/)([^/]*)$"
  folder, start = folder or "", start or text
  local ok, inside = pcall(core.folder, folder == "" and "." or folder)
  local names = {}
  for _, name in ipairs(ok and inside or {}) do
    if name:sub(1, #start) == start and (name:sub(1, 1) ~= "." or #start > 0) and name ~= "." and name ~= ".." then
      local is_folder = select(2, pcall(core.folder, folder .. name)) ~= nil
      names[#names + 1] = folder .. name .. (is_folder and "/" or "")
    end
  end
  return names, #text
end

-- The tables that the globals hold.
local function global_tables()
  local list = {}
  for _, value in next, _G do
    if core.kind(value) == "table" then
      list[#list + 1] = value
    end
  end
  return list
end

-- What a string is for follows from what stands before it: the function that is called, or the table that is indexed.
local function in_string(text, from)
  local before, inside = text:sub(1, from - 1), text:match("^%[=*%[\n?(.*)", from) or text:sub(from + 1)
  local callee = before:match "([%a_][%w_.:]*)%s*%(?%s*$"
  local of_list = before:match "([%a_][%w_.:]*)%s*%(?%s*{[^{}=]*$"
  if TAKES_PATH[callee or of_list or ""] then
    return paths(inside)
  elseif callee and TAKES_NAME[callee] then
    local names = {}
    add_all(names, dk[TAKES_NAME[callee]]())
    return names, #inside
  elseif callee == "help" or callee == "dk.help" then
    return annotated().help, #inside
  end
  local indexed = before:match "([%a_][%w_.]*)%s*%[%s*$"
  if indexed then
    return columns_of(value_of(indexed)), #inside
  end
  local object = before:match "([%a_][%w_.]*):[%a_][%w_]*[^:]*$"
  local subject = object and value_of(object)
  local tables = core.kind(subject) == "table" and { subject } or global_tables()
  local names = {}
  for _, each in ipairs(tables) do
    add_all(names, columns_of(each))
  end
  for i, name in ipairs(names) do
    names[i] = name:find(IDENTIFIER) and name or core.quoted(name)
  end
  local typed = inside:match "`?[%w_]*$"
  if typed ~= "" or #names == 0 then -- before anything is typed, columns would be lost among all functions
    add_all(names, annotated().words)
    add_all(names, OPERATORS)
  end
  return names, #typed
end

-- The names that may stand behind what ends at `last` and a dot, or a colon.
local function behind(text, last, begins, only_methods)
  local known_now = { value_of = value_of, class_of = class_of, returns = annotated().returns }
  local class, _, root = code.class_at(text, last, begins, known_now)
  local names = {}
  if class == "string" then
    return members_of(string)
  end
  add_all(names, class and annotated().methods[class] or {})
  if class == "dk.table" and not only_methods then
    add_all(names, columns_of(root))
  end
  return names
end

local function in_code(text, begins)
  local start = text:match "[%a_][%w_]*$" or ""
  local rest = text:sub(1, #text - #start)
  local separator = rest:match "[^.:]([.:])$"
  local names = {}
  if not separator then
    if start == "" or rest:find "[%d:]$" then -- a number, a label
      return {}, 0
    end
    names = members_of(_G)
    add_all(names, KEYWORDS)
    return names, #start
  end
  local path = rest:sub(1, -2):match "[%a_][%w_.]*$"
  local value = path and not rest:sub(1, -#path - 2):find "[.:%d]$" and value_of(path)
  local found = value ~= nil and value ~= false and members_of(value, separator == ":")
    or behind(text, #rest - 1, begins, separator == ":")
  for _, name in ipairs(found) do
    names[#names + 1] = name:find(IDENTIFIER) and name or nil
  end
  return names, #start
end

-- complete(text) -> what may stand in the place of the last n bytes of the text, in order and each once, and n
return function(text)
  local state, from, begins = code.scan(text)
  local names, n = {}, 0
  if state == "code" then
    names, n = in_code(text, begins)
  elseif state == "string" then
    names, n = in_string(text, from)
  end
  local start, found, seen = text:sub(#text - n + 1), {}, {}
  for _, name in ipairs(names) do
    if name:sub(1, n) == start and not seen[name] then
      seen[name] = true
      found[#found + 1] = name
    end
  end
  table.sort(found)
  return found, n
end
