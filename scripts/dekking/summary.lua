-- summary.lua - what is in the columns of a table: t:summary() in figures, t:describe() in words.
--
--   print(register:summary())                  -- one row for each column: nulls, least, mean, median, most frequent ...
--   print(register:summary { "leeftijd" })     -- of these columns
--   print(register:describe())                 -- what each column is called and holds, and what the table is

local dk, core = ...

local SHOWN = 4 -- levels that a description shows

-- By the first word of a type: the measures that it has beside how many values differ.
local MEASURES = {
  integer = { "least", "mean", "median", "greatest" },
  decimal = { "least", "mean", "median", "greatest" },
  real = { "least", "mean", "median", "greatest" },
  ratio = { "least", "greatest" }, -- the mean of rates is no rate
  date = { "least", "greatest" },
  timestamp = { "least", "greatest" },
  month = { "least", "greatest" },
  quarter = { "least", "greatest" },
  year = { "least", "greatest" },
  category = { "least", "greatest" },
  text = { "least", "greatest" },
  interval = { "least", "median", "greatest" }, -- each within bounds, which tell no values apart
}
local AGGREGATES = { least = "min", mean = "mean", median = "median", greatest = "max", different = "distinct" }

local function check(self, what)
  if core.kind(self) ~= "table" then
    core.fail(("%s: call it on a table, with a colon: t:%s()"):format(what, what))
  end
end

-- A name that no column has, so that a measure can have it.
local function fresh(self, name)
  local taken = {}
  for other in self:columns() do
    taken[other] = true
  end
  while taken[name] do
    name = name .. "_"
  end
  return name
end

local function first_of(result, name) return result:column(name):to_lua()[1] end

local function kind_of(column) return column:type():match "^%a+" end

-- The measures of a column, by their names.
local function measure(self, name, wanted)
  local measures, found = {}, {}
  for i, key in ipairs(wanted) do
    measures[i] = ("%s = %s(%s)"):format(fresh(self, key), AGGREGATES[key], core.quoted(name))
  end
  local result = self:breakdown { measures = measures }
  for _, key in ipairs(wanted) do
    found[key] = first_of(result, fresh(self, key))
  end
  return found
end

-- The value that most rows have, of several the least, and how many that are.
local function most_frequent(self, name)
  local quoted, value, times = core.quoted(name), fresh(self, "value"), fresh(self, "times")
  local result = self:breakdown {
    by = { ("%s = %s"):format(value, quoted) }, where = quoted .. " is not null",
    measures = { times .. " = count()" }, order = { times .. " desc" }, limit = 1,
  }
  if #result > 0 then
    return first_of(result, value), first_of(result, times)
  end
end

-- A ratio as a number that people read: the median of whole numbers is one.
local function shown(value)
  if value == nil or value == dk.null then
    return dk.null
  elseif type(value) == "userdata" and value.type == "ratio" then
    local is_exact, decimal = pcall(dk.decimal, value)
    return is_exact and tostring(decimal) or ("%.6g"):format(value.number)
  elseif type(value) == "table" then -- bounds, of as many digits as a quotient has
    return (tostring(value):gsub("(%d)%.(%d+)", function(whole, digits)
      digits = digits:gsub("0+$", "")
      return digits == "" and whole or whole .. "." .. digits
    end))
  end
  return tostring(value)
end

local function number_of(value)
  if value == nil or value == dk.null then
    return dk.null
  end
  return type(value) == "userdata" and value.number or value
end

local function summarise(self, name, column)
  local kind = kind_of(column)
  local row = { name = name, type = column:type(), nulls = column:nulls() }
  local wanted = table.move(MEASURES[kind] or {}, 1, #(MEASURES[kind] or {}), 1, {})
  wanted[#wanted + 1] = kind ~= "interval" and "different" or nil
  local found = measure(self, name, wanted)
  row.different = found.different
  row.least, row.median, row.greatest = shown(found.least), shown(found.median), shown(found.greatest)
  row.mean = number_of(found.mean)
  if kind == "interval" then
    return row
  end
  local most, times = most_frequent(self, name)
  row.most, row.times = shown(most), number_of(times)
  return row
end

-- t:summary(), t:summary { "leeftijd", "klasse" }
local function summary(self, ...)
  check(self, "summary")
  local first = ...
  if select("#", ...) > 0 and (first == nil or type(first) == "table" and next(first) == nil) then
    core.fail(("summary wants the names of columns, or nothing for all; got %s (was a variable nil?)")
      :format(first == nil and "nil" or "an empty list"))
  end
  local names = select("#", ...) == 1 and type(first) == "table" and first or { ... }
  core.list(names, "summary")
  for i = 1, math.max(#names, select("#", ...)) do
    if not core.name(names[i]) then
      core.fail(("summary wants the names of columns; %d is %s"):format(i, core.what(names[i])))
    end
  end
  local data = #names > 0 and self:select(names) or self
  local rows = {}
  for name, column in data:columns() do
    rows[#rows + 1] = summarise(data, name, column)
  end
  return dk.table(rows, {
    columns = { "name", "type", "nulls", "different", "least", "mean", "median", "greatest", "most", "times" },
    types = {
      name = "text", type = "text", nulls = "integer", different = "integer", least = "text", mean = "real",
      median = "text", greatest = "text", most = "text",
    },
  })
end

-- Words -----------------------------------------------------------------------------------------------------------------

local function list_of(items, n)
  local left = n - #items
  return table.concat(items, ", ") .. (left > 0 and (" and %d more"):format(left) or "")
end

-- "1 = ja, 2 = nee"; of more levels the first ones.
local function levels_of(column)
  local levels, labels, items = column:levels(), column:labels() or {}, {}
  for i = 1, math.min(#levels, SHOWN) do
    local label = labels[levels[i]]
    items[i] = label and ("%s = %s"):format(levels[i], label) or levels[i]
  end
  return #items > 0 and list_of(items, #levels) or dk.null
end

local function values_of(self, name, column)
  local kind = kind_of(column)
  if column:levels() then
    return levels_of(column)
  elseif kind == "boolean" then
    return "true or false"
  elseif not MEASURES[kind] or #self == column:nulls() then
    return dk.null
  end
  local found = measure(self, name, { "least", "greatest" })
  if kind == "text" then
    return ("for example %s"):format(found.least)
  end
  local least, greatest = shown(found.least), shown(found.greatest)
  return least == greatest and least or ("%s to %s"):format(least, greatest)
end

-- "register: 7676 persons, one for each pseudoniem, as of 2024-12-31, from register.csv"
local function words_of(self)
  local p = self:properties()
  local words = { ("%d %s"):format(#self, p.unit or #self == 1 and "row" or "rows") }
  if p.weight then
    words[1] = ("%d row%s for %s by weight %s"):format(#self, #self == 1 and "" or "s", p.unit or "more",
      p.weight)
  end
  if p.key then
    words[#words + 1] = "one for each " .. table.concat(p.key, " and ")
  end
  words[#words + 1] = p.as_of and "as of " .. p.as_of
  words[#words + 1] = p.source and "from " .. p.source
  return (p.name and p.name .. ": " or "") .. table.concat(words, ", ")
end

-- t:describe()
local function describe(self, ...)
  check(self, "describe")
  if select("#", ...) > 0 then
    core.fail "describe takes no argument: t:select(...):describe() is of some columns"
  end
  local data, rows = self:detail(), {}
  for name, column in data:columns() do
    local known = #data > 0 and dk.ratio(#data - column:nulls(), #data) or dk.null
    rows[#rows + 1] = {
      name = name, heading = core.label(self, name) or dk.null, type = column:type(), known = known,
      values = values_of(data, name, column),
    }
  end
  local made = dk.table(rows, {
    columns = { "name", "heading", "type", "known", "values" },
    types = { name = "text", heading = "text", type = "text", known = "ratio", values = "text" },
  }):format { known = "0.0 %" }:note(words_of(self))
  for _, note in ipairs(self:notes()) do
    made = made:note(note)
  end
  return made
end

core.table_methods.summary = core.record("summary", core.export(summary))
core.table_methods.describe = core.record("describe", core.export(describe))

return core.export(summary)
