-- notation.lua - values as text, in the form in which a script would write them: "text", 0.3, true, dk.null,
-- dk.decimal "0.30", dk.expr "...", { ... }. scripts/dekking/parse.lua reads it back, without running anything.

local dk, core = ...

local notation = {}

local WIDTH = 120
local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r" }

-- A text between quotes, with control characters and bytes that are no UTF-8 as escapes.
function notation.quote(text)
  local pattern = utf8.len(text) and '[%c"\\]' or '[%c"\\\x80-\xff]'
  return '"' .. text:gsub(pattern, function(sign) return ESCAPES[sign] or ("\\%03d"):format(sign:byte()) end) .. '"'
end

local function number(value)
  if value == math.mininteger then
    return "0x8000000000000000" -- its digits would be read as a real
  elseif math.type(value) == "integer" then
    return ("%d"):format(value)
  elseif value ~= value or value == math.huge or value == -math.huge then
    core.fail(("the number %s cannot be written down"):format(value))
  end
  for digits = 14, 17 do
    local text = ("%." .. digits .. "g"):format(value)
    if tonumber(text) == value then
      return text:find "[.e]" and text or text .. ".0"
    end
  end
end

-- Values that Lua does not have, by their type.
local MAKERS = {
  decimal = "decimal", ratio = "ratio", date = "date", timestamp = "timestamp", month = "period", quarter = "period",
  year = "period",
}

local function object(value)
  if value == dk.null or value == dk.total then
    return "dk." .. tostring(value)
  elseif core.kind(value) == "expr" then
    return "dk.expr " .. notation.quote(core.condition(value, "an expression"))
  end
  local kind = getmetatable(value) == "dk.value" and value.type:match "^%l+"
  if MAKERS[kind] then
    return ("dk.%s %s"):format(MAKERS[kind], notation.quote(tostring(value)))
  elseif kind == "set" then
    return "dk.set " .. notation.write(value.members)
  elseif kind == "category" then
    return notation.quote(tostring(value))
  end
  return core.fail(("%s cannot be written down"):format(core.what(value)))
end

local KEYWORDS = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true " ..
    "until while"):gmatch "%a+" do
  KEYWORDS[word] = true
end

local function key_text(key)
  if type(key) == "string" then
    return key:find "^[%a_][%w_]*$" and not KEYWORDS[key] and key or ("[%s]"):format(notation.quote(key))
  end
  return ("[%s]"):format(type(key) == "number" and number(key) or tostring(key))
end

local RANK = { boolean = 1, number = 2, string = 3 }

local function is_before(a, b)
  if type(a) ~= type(b) then
    return RANK[type(a)] < RANK[type(b)]
  elseif type(a) == "boolean" then
    return a and not b
  end
  return a < b
end

-- The keys behind the list at its beginning: those in `first` in that order, the others sorted.
local function keys_of(t, n, first)
  local keys, listed = {}, {}
  for _, key in ipairs(first or {}) do
    if t[key] ~= nil then
      keys[#keys + 1], listed[key] = key, true
    end
  end
  local others = {}
  for key in pairs(t) do
    if not listed[key] and not (math.type(key) == "integer" and key >= 1 and key <= n) then
      others[#others + 1] = key
    end
  end
  table.sort(others, is_before)
  return table.move(others, 1, #others, #keys + 1, keys)
end

-- Parts within braces, on one line where they fit.
function notation.braces(parts, indent)
  indent = indent or ""
  if #parts == 0 then
    return "{}"
  end
  local line, width = "{ " .. table.concat(parts, ", ") .. " }", #indent
  if width + (utf8.len(line) or #line) <= WIDTH and not line:find "\n" then
    return line
  end
  local within = indent .. "  "
  return "{\n" .. within .. table.concat(parts, ",\n" .. within) .. ",\n" .. indent .. "}"
end

-- notation.write(value [, indent [, options]]) - options: first, keys that come first, in this order; refer(value), which
-- gives the text for what has a name of its own, or nil
function notation.write(value, indent, options)
  local kind = type(value)
  local name = options and options.refer and options.refer(value)
  if name then
    return name
  elseif kind == "string" then
    return notation.quote(value)
  elseif kind == "number" then
    return number(value)
  elseif kind == "boolean" or kind == "nil" then
    return tostring(value)
  elseif kind ~= "table" then
    return object(value)
  end
  local parts, n, within = {}, 0, (indent or "") .. "  "
  while value[n + 1] ~= nil do
    n = n + 1
    parts[n] = notation.write(value[n], within, options)
  end
  for _, key in ipairs(keys_of(value, n, options and options.first)) do
    parts[#parts + 1] = ("%s = %s"):format(key_text(key), notation.write(value[key], within, options))
  end
  return notation.braces(parts, indent)
end

-- A copy of what a script gave, which may change its tables later; columns as expressions.
function notation.copy(value)
  if core.kind(value) == "column" then
    return dk.expr(core.condition(value, "an expression"))
  elseif type(value) ~= "table" or core.kind(value) then
    return value
  end
  local copy = {}
  for key, item in next, value do
    copy[key] = notation.copy(item)
  end
  return copy
end

-- Definitions ---------------------------------------------------------------------------------------------------------

local STEP = {
  "where", "when", "share", "count", "all", "scale", "rate", "to", "move", "shares", "add", "remove", "per", "whole",
  "drawn", "seed", "first", "set",
}
local PARAM = { "min", "max", "unit", "doc" }

-- The name in "name = expression", which may stand between backquotes and has none itself, and the expression.
local function parts_of(assignment)
  local column, text = assignment:match "^`([^`]*)` = (.*)$"
  if not column then
    column, text = assignment:match "^(.-) = (.*)$"
  end
  return column, text
end

-- The steps as a script gave them; of a scenario that the library made, as a script could have.
local function steps_of(spec)
  if spec.given then
    return spec.given
  end
  local list = {}
  for i, step in ipairs(spec.steps) do
    local copy = notation.copy(step)
    copy[1], copy.name, copy.set, copy.merges_where = step.name, nil, {}, nil
    for _, assignment in ipairs(step.set or {}) do
      local column, text = parts_of(assignment)
      copy.set[column] = dk.expr(text)
    end
    for key, value in pairs(copy) do
      copy[key] = value or nil -- what is false is what it is without it
    end
    list[i] = copy
  end
  return list
end

-- dk.scenario "outreach" { ... }, of which a script makes the same scenario again
function notation.scenario(scenario)
  local spec, parts = core.spec(scenario), {}
  local function add(key, value, options)
    if value ~= nil and not (type(value) == "table" and next(value) == nil) then
      parts[#parts + 1] = ("%s = %s"):format(key, notation.write(value, "  ", options))
    end
  end
  local params = {}
  for _, param in ipairs(spec.params) do
    params[param.name] = { param.value, min = param.min, max = param.max, unit = param.unit, doc = param.doc }
    if next(params[param.name], 1) == nil then
      params[param.name] = param.value
    end
  end
  add("doc", spec.doc)
  add("assumptions", spec.assumptions)
  add("params", params, { first = PARAM })
  add("seed", spec.seed)
  for _, step in ipairs(steps_of(spec)) do
    parts[#parts + 1] = notation.write(step, "  ", { first = STEP })
  end
  return ("dk.scenario %s {\n  %s,\n}"):format(notation.quote(core.scenario_name(scenario)), table.concat(parts, ",\n  "))
end

local BREAKDOWN = { "doc", "by", "where", "measures", "margins", "levels", "order", "limit", "rest" }

local function entry(given)
  local text = notation.quote(given.text)
  local parts = { text }
  for _, key in ipairs { "label", "format", "doc" } do
    parts[#parts + 1] = given[key] and ("%s = %s"):format(key, notation.quote(given[key]))
  end
  return #parts == 1 and text or notation.braces(parts, "    ")
end

-- dk.breakdown { ... }
function notation.breakdown(breakdown)
  local spec, parts = core.spec(breakdown), {}
  for _, key in ipairs(BREAKDOWN) do
    local value = spec[key]
    if key == "by" or key == "measures" then
      local entries = {}
      for i, given in ipairs(value or {}) do
        entries[i] = entry(given)
      end
      parts[#parts + 1] = #entries > 0 and ("%s = %s"):format(key, notation.braces(entries, "  ")) or nil
    elseif value ~= nil then
      parts[#parts + 1] = ("%s = %s"):format(key, notation.write(value, "  "))
    end
  end
  return ("dk.breakdown %s{\n  %s,\n}"):format(spec.name and notation.quote(spec.name) .. " " or "",
    table.concat(parts, ",\n  "))
end

return notation
