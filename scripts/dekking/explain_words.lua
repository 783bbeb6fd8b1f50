-- explain_words.lua - numbers and cells in words, for what explains a comparison.

local dk, core = ...

local words = { MOST = 8 } -- cells that are told one by one

-- Without the digits that say nothing: "0.500" is "0.5". Bounds stay as they are.
function words.trimmed(value)
  local text = tostring(value)
  return text:find("..", 1, true) and text or text:find(".", 1, true) and text:gsub("0+$", ""):gsub("%.$", "") or text
end

-- "+26.1", "-3", "0"; a pattern may have put the sign there. Bounds have signs of their own.
function words.signed(text)
  text = words.trimmed(text)
  return (text:find("..", 1, true) or text:find "^[-+]" or not text:find "[1-9]") and text or "+" .. text
end

function words.is_zero(text) return not text:find "[1-9]" end

-- "26.1 persons", in the unit of the table.
function words.persons(data, text)
  local unit = data:properties().unit or "persons"
  return ("%s %s"):format(text, unit == "persons" and text == "1" and "person" or unit)
end

-- The first value of each of those columns, as text.
function words.texts_of(data, names)
  local texts = {}
  for i, name in ipairs(names) do
    local value = data:column(name):to_lua()[1]
    texts[i] = (value == nil or value == dk.null) and "0" or words.trimmed(value)
  end
  return table.unpack(texts)
end

-- What the first row has in a column, as it is shown.
function words.shown(row, name)
  return (row:select({ name }):text { types = false, count = false, notes = false }:match "([^\n]*)\n*$":gsub("^ +", ""))
end

-- The names of the columns, as a set.
function words.columns(data)
  local set = {}
  for row in data:schema():rows() do
    set[row.name] = true
  end
  return set
end

-- The name, or one like it where the table has a column that is called so.
function words.free(data, name)
  local taken = words.columns(data)
  while taken[name] do
    name = name .. "_"
  end
  return name
end

-- The result with the place of each row among all, and the name of that column. Raises what t:window does.
function words.numbered(data)
  local name = words.free(data, "place")
  return data:window { name .. " = row_number()" }, name
end

-- A value of a row, as it is shown: null has a word, and a set its members.
function words.plain(value)
  if type(value) == "table" and getmetatable(value) == nil then
    return table.concat(value, "|")
  end
  return value == nil and "null" or tostring(value)
end

-- A row of cells: "gemeente = Arnhem, in_sonar = true".
function words.cell(row, names)
  local texts = {}
  for i, name in ipairs(names) do
    texts[i] = ("%s = %s"):format(name, words.plain(row[name]))
  end
  return #texts > 0 and table.concat(texts, ", ") or "everybody"
end

-- "gemeente, regio and in_sonar"
function words.list(names)
  return #names < 2 and (names[1] or "") or table.concat(names, ", ", 1, #names - 1) .. " and " .. names[#names]
end

local function passing(done, made, ...)
  if not done and type(made) == "string"
    and (made:find "not enough memory" or made:find "out of memory" or made:find "interrupted") then
    error(made, 0)
  end
  return done, made, ...
end

-- As pcall; but that there is no memory, or that somebody interrupts, tells nothing of what is asked, and passes.
function words.try(...) return passing(pcall(...)) end

-- Whether the first row of a table totals the column: not where the column is no dimension of it.
function words.is_total(row, name)
  local done, found = words.try(row.where, row, core.quoted(name) .. " is total")
  return done and #found > 0
end

return words
