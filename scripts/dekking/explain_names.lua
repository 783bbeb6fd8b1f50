-- explain_names.lua - what the names of a pivot's columns say: which values they are of, and of which measure.

local dk, core = ...

local words = core.part "explain_words"

local columns = {}

-- A value as a pivot puts it into the name of a column.
local function text_of(value)
  if value == dk.null then
    return "(null)"
  elseif type(value) == "table" and getmetatable(value) == nil then
    value = table.concat(value, "|")
  end
  return value == "" and "(empty)" or tostring(value)
end

-- Whether a part of a name is of a value that the script gave: numbers in whatever form.
local function is_of(part, value)
  return part == text_of(value) or type(value) == "number" and tonumber(part) == value
end

local function escaped(text) return (text:gsub("%p", "%%%0")) end

-- The parts of a name without what stands before it; nothing where they cannot be told apart.
local function parts_of(rest, of, given)
  if #of == 1 then
    return { rest }
  end
  local patterns, n_free = {}, 0
  for i, name in ipairs(of) do
    local value = given[name]
    patterns[i] = value == nil and "(.*)" or "(" .. escaped(text_of(value)) .. ")"
    n_free = n_free + (value == nil and 1 or 0)
  end
  local found = { rest:match("^" .. table.concat(patterns, "_") .. "$") }
  local _, n = rest:gsub("_", "")
  if n_free > 1 and n >= #of then
    return {}, true -- a value has "_" in it
  end
  return found[1] and found or nil
end

-- What the names of measures end with, of a comparison that was turned.
local function sides_of(asked)
  local sides = {}
  for _, item in ipairs(asked.after) do
    local names = item.kind == "step" and item.text:match "^compared with (.+)$"
    for name in ((names and names .. " and " or ""):gsub(", ", " and ")):gmatch "(.-) and " do
      table.move({ name, name .. "_difference", name .. "_relative" }, 1, 3, #sides + 1, sides)
    end
  end
  sides[#sides + 1] = #sides > 0 and "base" or nil
  return sides
end

-- Columns that fill a pivot: { text = before the value in names, name = what the breakdown calls it }.
function columns.fillers_of(asked, shape)
  local fillers, sides = {}, sides_of(asked)
  local function add(text, name) fillers[#fillers + 1] = { text = text, name = name } end
  if shape.value then
    add("", shape.value)
    return fillers
  end
  for _, item in ipairs(asked.measures) do
    add(item.shown .. "_", item.shown)
    for _, side in ipairs(sides) do
      add(item.shown .. "_" .. side .. "_", item.shown .. "_" .. side)
    end
  end
  for _, item in ipairs(asked.after) do
    if item.kind == "column" then
      add(item.name .. "_", item.name)
    end
  end
  table.sort(fillers, function(a, b) return #a.text > #b.text end) -- n_k before n
  return fillers
end

-- Of a column of a pivot which column it is filled by, and its values as texts; nothing where it is another.
function columns.meaning_of(column, shape, given, fillers)
  local is_unclear
  for _, filler in ipairs(fillers) do
    local rest = column:sub(1, #filler.text) == filler.text and column:sub(#filler.text + 1)
    local texts, unclear = nil, nil
    if rest then
      texts, unclear = parts_of(rest, shape.of, given)
    end
    is_unclear = is_unclear or unclear
    local fits = texts ~= nil and #texts == #shape.of
    for i, name in ipairs(fits and shape.of or {}) do
      fits = fits and (given[name] == nil or is_of(texts[i], given[name]))
    end
    if fits then
      return filler.name, texts
    end
  end
  return nil, is_unclear
end

-- The type of a dimension where the table that was asked is known: of its name a value is read.
local function type_of(dim, source)
  local done, type = words.try(function()
    return source:head(0):breakdown { by = "value = " .. dim.text, measures = "n = count()" }:column("value"):type()
  end)
  return done and type or nil
end

local NUMBERS = { integer = true, decimal = true, real = true, ratio = true }

-- What an expression reads as the value; where the type is not known, the dimension becomes its text.
function columns.literal_of(dim, text, given, source)
  if given ~= nil then
    if type(given) == "table" and getmetatable(given) == nil then
      given = text_of(given)
    end
    return core.literal(given)
  elseif text == "(null)" then
    return "null"
  end
  local kind = source and type_of(dim, source) or "?"
  text = text == "(empty)" and "" or text
  if NUMBERS[kind:match "^%a+"] then
    return kind == "real" and ("real(%s)"):format(text) or text
  elseif kind == "boolean" then
    return text
  elseif kind == "?" then
    dim.text = ("text(%s)"):format(dim.text)
  end
  return core.literal(text)
end

return columns
