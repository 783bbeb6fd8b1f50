-- given.lua - what a script gave: for messages, and in an order that is not Lua's.

local _, core = ...

local given = {}

-- What a script gave instead, for messages; a number that is none by its own text.
function given.kind(value)
  if type(value) == "number" and value - value ~= 0 then
    return (tostring(value):gsub("^-nan$", "nan"))
  end
  return core.what(value)
end

-- The same, of what is a number and not one of those that are wanted: which one.
function given.number(value)
  return core.is_number(value) and tostring(value) or given.kind(value)
end

-- The same, and a text as it stands.
function given.shown(value)
  return type(value) == "string" and value or given.number(value)
end

-- The names in a table of options or parameters, in order.
function given.keys(t, what)
  local keys = {}
  for key in pairs(t) do
    if type(key) ~= "string" then
      core.fail(("scenario: %s are given by name, not by %s"):format(what, given.number(key)))
    end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

-- Of a table that begins with what is not an option: its options.
function given.options(t)
  local options = {}
  for key, value in pairs(t) do
    if key ~= 1 then
      options[key] = value
    end
  end
  return options
end

return given
