-- breakdown_spec.lua - what a script writes of a breakdown, checked and put in one form: its spec, in which every entry of
-- `by` and `measures` is { text =, label =, format =, doc = }.

local dk, core = ...

local spec = { OPTIONS = { "name", "doc", "by", "where", "measures", "margins", "levels", "order", "limit", "rest" } }
local ENTRY = { "format", "label", "doc" }
local MARGINS = { none = true, totals = true, rollup = true, cube = true }

local given_options, given_number = core.part "given".options, core.part "given".number

function spec.say(value)
  return type(value) == "string" and ("%q"):format(value) or given_number(value)
end

-- What is said of an entry that is none.
local WANTED = {
  by = "breakdown: an entry of by is 'name = expression'",
  measures = "breakdown: an entry of measures is 'name = expression'",
}

-- The text of an entry: a string, an expression, or a column, which stands for its name.
local function text_of(value, what) return core.entry(value, WANTED[what]) end

function spec.entry_of(value, what)
  if type(value) ~= "table" then
    return { text = text_of(value, what) }
  end
  if value[1] == nil then
    core.fail(('breakdown: an entry of %s is a string or { "...", label = "..." }, not a table without a text')
      :format(what))
  end
  local options = given_options(value)
  core.check(options, "an entry of " .. what, ENTRY)
  local text = text_of(value[1], what)
  for _, key in ipairs(ENTRY) do
    if options[key] ~= nil and type(options[key]) ~= "string" then
      core.fail(("breakdown: %s: %s must be a string, not %s"):format(text, key, core.what(options[key])))
    end
  end
  if options.format then -- here, where it is written, and not when a result is shown
    core.check_pattern(options.format)
  end
  options.text = text
  return options
end

-- { n = "count()" }: names stand in the texts, as keys of a table have no order.
local function check_names(value, what)
  local least
  for key, text in next, value do
    if type(key) == "string" and core.name(text) and (not least or key < least) then
      least = key
    end
  end
  if least then
    core.fail(('breakdown: %s: a plain list is wanted; it has the key %s (write { "%s = %s" })'):format(what, least, least,
      core.name(rawget(value, least))))
  end
end

-- A list of entries, or one entry alone.
local function entries_of(value, what)
  local is_entry = type(value) == "table" and core.name(value[1]) and (value.format or value.label or value.doc)
  if type(value) == "table" and not is_entry then
    check_names(value, what)
    core.list(value, "breakdown: " .. what)
    local list = {}
    for i, entry in ipairs(value) do
      list[i] = spec.entry_of(entry, what)
    end
    return list
  end
  return { spec.entry_of(value, what) }
end

local function list_of_strings(value, what)
  local list = core.name(value) and { value } or value
  if type(list) ~= "table" then
    core.fail(("breakdown: %s wants strings, not %s"):format(what, core.what(list)))
  end
  core.list(list, "breakdown: " .. what)
  local copy = {}
  for i, item in ipairs(list) do
    copy[i] = core.name(item)
      or core.fail(("breakdown: %s wants strings; item %d is %s"):format(what, i, core.what(item)))
  end
  return copy
end

-- Explicit grouping sets: { { "regio" }, {} } for each regio and the total.
local function sets_of(value)
  local sets = {}
  core.list(value, "breakdown: margins")
  if #value == 0 then
    core.fail 'breakdown: margins wants a set at least, such as { { "gemeente" }, {} }'
  end
  for i, set in ipairs(value) do
    sets[i] = list_of_strings(set, "a set of margins")
  end
  return sets
end

-- How each part of a spec is read.
spec.read = {
  name = function(value)
    if type(value) ~= "string" or value == "" then
      core.fail(("breakdown: a name is a string of one character or more, not %s"):format(spec.say(value)))
    end
    return value
  end,
  doc = function(value)
    if type(value) ~= "string" then
      core.fail "breakdown: doc is a string"
    end
    return value
  end,
  by = function(value) return entries_of(value, "by") end,
  where = function(value) return core.condition(value, "where wants a condition") end,
  measures = function(value) return entries_of(value, "measures") end,
  margins = function(value)
    if type(value) == "table" then
      return sets_of(value)
    elseif not MARGINS[value] then
      core.fail(('breakdown: margins is %s, and can be "none", "totals", "rollup", "cube" or sets of dimensions')
        :format(spec.say(value)))
    end
    return value
  end,
  levels = function(value)
    if type(value) == "table" then
      return list_of_strings(value, "levels")
    elseif value ~= "all" then
      core.fail(('breakdown: levels is %s, and can be "all", or a list of dimensions: show groups without rows too')
        :format(spec.say(value)))
    end
    return value
  end,
  order = function(value) return list_of_strings(value, "order") end,
  rest = function(value)
    if type(value) ~= "string" or value == "" then
      core.fail(("breakdown: rest is a name for the groups beyond the limit, not %s"):format(spec.say(value)))
    end
    return value
  end,
  limit = function(value)
    if math.type(value) ~= "integer" or value < 1 then
      core.fail(("breakdown: limit is a whole number from 1, not %s"):format(spec.say(value)))
    end
    return value
  end,
}

-- changes read into a copy of spec; dk.null takes a part away.
function spec.changed(old, changes)
  local copy = {}
  for key, value in pairs(old) do
    copy[key] = value
  end
  for i = 1, #spec.OPTIONS do -- in a fixed order, so that of two mistakes always the same is reported
    local key = spec.OPTIONS[i]
    local value = changes[key]
    if value ~= nil then
      copy[key] = value ~= dk.null and spec.read[key](value) or nil
    end
  end
  return copy
end

-- What a dimension is called: "leeftijdsgroep = bin(leeftijd, 10)" by what stands before the sign.
function spec.name_of(entry) return entry.text:match "^%s*([%a_][%w_]*)%s*=[^=]" or entry.text end

-- What is said of columns in the docs of entries, added to notes.
function spec.add_docs(notes, entries)
  for i = 1, entries and #entries or 0 do
    local doc = entries[i].doc
    notes[#notes + 1] = doc and ("%s: %s"):format(spec.name_of(entries[i]), doc)
  end
  return notes
end

return spec
