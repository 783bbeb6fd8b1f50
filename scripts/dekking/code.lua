-- code.lua - Lua code that is being typed: where its cursor is, and of which class a value will be that nobody computed.
--
-- `persons:where "leeftijd > 27":se` is completed before `where` has run: what it gives is annotated. Nothing is called.

local code = {}

-- Where a long bracket that opens at `from` closes; nil where it stays open, false where none opens.
local function end_of_long(text, from)
  local equals = text:match("^%[(=*)%[", from)
  if not equals then
    return false
  end
  local _, stop = text:find("]" .. equals .. "]", from + 2 + #equals, true)
  return stop
end

-- Where a quoted string that opens at `from` closes, or its line ends; nil where the text ends within it.
local function end_of_quoted(text, from)
  local quote, at = text:sub(from, from), from + 1
  while true do
    local stop = text:find("[\\\n" .. quote .. "]", at)
    if not stop or text:sub(stop, stop) ~= "\\" then
      return stop
    end
    at = stop + 2
  end
end

-- code.scan(text) -> "code", "comment" or "string", where that string begins, and for each string and bracket that closes
-- where it opened
function code.scan(text)
  local at, open, begins = 1, {}, {}
  while true do
    local from = text:find("[\"'%[%]%-(){}]", at)
    if not from then
      return "code", nil, begins
    end
    local first, stop = text:sub(from, from), from
    if text:sub(from, from + 1) == "--" then
      stop = end_of_long(text, from + 2)
      if stop == false then
        stop = text:find("\n", from, true)
      end
      if not stop then
        return "comment", nil, begins
      end
    elseif first == "[" and end_of_long(text, from) ~= false then
      stop = end_of_long(text, from)
      if not stop then
        return "string", from, begins
      end
      begins[stop] = from
    elseif first == '"' or first == "'" then
      stop = end_of_quoted(text, from)
      if not stop then
        return "string", from, begins
      end
      begins[stop] = from
    elseif first:find "[(%[{]" then
      open[#open + 1] = from
    elseif first ~= "-" then
      begins[from] = table.remove(open)
    end
    at = stop + 1
  end
end

-- Called with a name they give a function: dk.breakdown "name" { ... }
local NAMES_FIRST = { ["dk.breakdown"] = true, ["dk.scenario"] = true, ["dk.dataset"] = true }
local NO_CALLEE = { ["return"] = true, ["and"] = true, ["or"] = true, ["not"] = true, ["in"] = true, ["then"] = true,
  ["do"] = true, ["else"] = true, ["if"] = true, ["elseif"] = true, ["while"] = true, ["until"] = true }

local function last_before(text, at) return #text:sub(1, at):match "^(.-)%s*$" end

-- code.class_at(text, last, begins, known) -> the class of the value whose text ends at `last`, whether it is a function
-- that still wants the table behind a name, and the value that all began with; nil where that is not known.
-- known.value_of(path), known.class_of(value), known.returns[class][method]; the class of strings is "string".
function code.class_at(text, last, begins, known)
  last = last_before(text, last)
  local open = begins[last]
  local head = text:sub(1, open and last_before(text, open - 1) or last)
  local name = head:match "[%a_][%w_]*$"
  if name and NO_CALLEE[name] then
    name = nil
  end
  if open and not name and begins[#head] then -- what a call gave is called
    local class, wants, root = code.class_at(text, #head, begins, known)
    if wants then
      return class, false, root
    end
    return class == "dk.breakdown" and "dk.table" or nil, false, root
  elseif open and not name then
    if text:sub(last, last) == ")" then
      return code.class_at(text, last - 1, begins, known)
    end
    return text:find("^[\"'%[]", open) and "string" or nil
  elseif not name then
    return nil
  end
  local path = head:match "[%a_][%w_.]*$"
  local before = #head - #path
  local mark = head:sub(before, before)
  if mark == ":" or mark == "." or begins[before] then -- behind what is no name
    local class, _, root = code.class_at(text, before - 1, begins, known)
    if mark == ":" and path == name and open then
      return class and known.returns[class] and known.returns[class][name], false, root
    end
    return mark == "." and path == name and not open and class == "dk.table" and "dk.column" or nil, false, root
  end
  if open and path:find "^dk%." then
    local is_name = text:find("^%(?%s*[\"'%[]", open) ~= nil
    return known.returns.dk[name], NAMES_FIRST[path] and is_name, nil
  end
  local value = known.value_of(path)
  local class = type(value) == "string" and "string" or known.class_of(value)
  if open then
    return class == "dk.breakdown" and "dk.table" or nil, false, nil
  end
  return class, false, value
end

return code
