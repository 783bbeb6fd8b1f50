-- codes.lua - dk.codes: a code list from what a script has of one.
--
--   dk.codes "1 = ja, 2 = nee"                          a text: in its order
--   dk.codes { ["01"] = "ja", ["02"] = "nee" }          by code; whole numbers by number, else by code point
--   dk.codes { { "01", "ja" }, { "02", "nee" } }        pairs: in their order
--   dk.codes(dk.read "gemeenten.csv")                   a table with the columns code and label: in the order of its rows
--
-- A code is a text: what is written 0193 stays 0193. Lua's own whole numbers are taken as codes too.

local _, core = ...

local given_shown = core.part "given".shown

local OPTIONS = { "code", "label", "other", "repeated" }

local function fail(format, ...)
  core.fail(("codes: " .. format):format(...))
end

local function text_option(options, key, otherwise)
  local value = options[key]
  if value == nil then
    return otherwise
  elseif type(value) ~= "string" then
    fail("%s is a string, not %s", key, core.what(value))
  end
  return value
end

-- The text of a code, or nil where it is none.
local function code_of(value)
  if type(value) == "string" then
    return value
  elseif math.type(value) == "integer" then
    return ("%d"):format(value)
  end
end

-- Texts. ------------------------------------------------------------------------------------------------------------

-- A code or label at `from`: in quotes of either kind, doubled where they stand for themselves, or bare up to one of the
-- characters of stop. Returns it and where it ends.
local function take(text, from, stop)
  from = text:find("%S", from) or #text + 1
  local quote = text:match("^[\"']", from)
  if not quote then
    local bare = text:match("^[^" .. stop .. "]*", from)
    return bare:match "^(.-)%s*$", from + #bare
  end
  local parts, at = {}, from + 1
  while true do
    local close = text:find(quote, at, true)
    if not close then
      fail("the quote of %s is not closed", text:sub(from, from + 20))
    end
    parts[#parts + 1] = text:sub(at, close - 1)
    at = close + 1
    if text:sub(at, at) ~= quote then
      return table.concat(parts, quote), text:find("%S", at) or #text + 1
    end
    at = at + 1
  end
end

-- Pairs stand on lines of their own, or else between semicolons, or else between commas.
local function read_text(text)
  local pairs_found, at = {}, 1
  local separator = text:find "\n" and "\n" or text:find ";" and ";" or ","
  text = text:gsub("\r\n?", "\n"):match "^%s*(.-)%s*$"
  while at <= #text do
    local code, label
    code, at = take(text, at, "=" .. separator)
    if text:sub(at, at) ~= "=" then
      fail("'%s' is no pair such as 1 = ja%s", code, separator == "," and
        " (a label with a comma stands in quotes, or each pair on a line of its own)" or "")
    end
    label, at = take(text, at + 1, separator)
    if at <= #text and text:sub(at, at) ~= separator then
      fail("'%s' stands behind the quotes of '%s'", text:sub(at, at + 20), label)
    end
    at = at + 1
    pairs_found[#pairs_found + 1] = { code, label }
    at = text:find("[^%s" .. separator .. "]", at) or #text + 1
  end
  return pairs_found
end

-- Lua tables. -------------------------------------------------------------------------------------------------------

local function is_less(a, b)
  local x, y = a[1]:match "^%d+$", b[1]:match "^%d+$"
  if x and y then
    local m, n = x:gsub("^0+", ""), y:gsub("^0+", "")
    if #m ~= #n then
      return #m < #n
    elseif m ~= n then
      return m < n
    end
  elseif x or y then
    return x ~= nil
  end
  return a[1] < b[1]
end

local function read_pairs(list)
  local found = {}
  for i = 1, #list do
    local pair = list[i]
    if type(pair) ~= "table" or #pair ~= 2 then
      fail("item %d is %s, and not a pair such as { \"01\", \"ja\" }", i, core.what(pair))
    end
    found[i] = { pair[1], pair[2] }
  end
  for key in next, list do
    if math.type(key) ~= "integer" or key < 1 or key > #found then
      fail("a list of pairs has no key %s", given_shown(key))
    end
  end
  return found
end

local function read_map(map)
  local found = {}
  for code, label in next, map do
    found[#found + 1] = { code_of(code) or fail("a code is a string or a whole number, not %s", given_shown(code)), label }
  end
  table.sort(found, is_less)
  return found
end

-- Tables of dekking. ------------------------------------------------------------------------------------------------

local CODES = { text = true, category = true, integer = true }

local function column_of(list, name, place, is_stated)
  local names = {}
  for each in pairs(list) do
    names[#names + 1] = each
  end
  for _, each in ipairs(names) do
    if each == name then
      return list:column(name)
    end
  end
  if is_stated or #names ~= 2 then
    fail("the table has no column '%s' (its columns are %s; say which they are: { code = ..., label = ... })", name,
      table.concat(names, ", "))
  end
  return list:column(names[place])
end

local function read_table(list, options)
  local codes = column_of(list, text_option(options, "code", "code"), 1, options.code)
  local labels = column_of(list, text_option(options, "label", "label"), 2, options.label)
  if not CODES[codes:type()] then
    fail("the codes in column %s are %s: read them as text, types = { %s = \"text\" }, or digits get lost",
      codes:name(), codes:type(), codes:name())
  elseif labels:type() ~= "text" and labels:type() ~= "category" then
    fail("the labels in column %s are %s: read them as text, types = { %s = \"text\" }", labels:name(), labels:type(),
      labels:name())
  end
  local found = {}
  for row = 1, #list do
    if codes[row] == nil then
      fail("row %d has no code", row)
    end
    found[row] = { codes[row], labels[row] or "" }
  end
  return found
end

-- The list. ---------------------------------------------------------------------------------------------------------

local function check(found, repeated)
  local codes, labels, seen, code_of_label = {}, {}, {}, {}
  for i, pair in ipairs(found) do
    local code, label = code_of(pair[1]), pair[2]
    if not code or code == "" then
      fail("the code of pair %d is a string or a whole number, not %s", i, code and "empty" or core.what(pair[1]))
    elseif type(label) ~= "string" or label == "" then
      fail("the label of code '%s' is a string, not %s", code, label == "" and "empty" or core.what(label))
    elseif seen[code] then
      fail("the code '%s' occurs twice: '%s' and '%s'", code, seen[code], label)
    elseif code_of_label[label] and repeated ~= "keep" then
      fail("the codes '%s' and '%s' have one label, '%s', so that readers cannot tell them apart (repeated = \"keep\" " ..
        "allows it)", code_of_label[label], code, label)
    end
    seen[code], code_of_label[label] = label, code_of_label[label] or code
    codes[i], labels[i] = code, label
  end
  if #codes == 0 then
    fail("the list is empty")
  end
  return codes, labels, seen
end

-- dk.codes(list [, { code =, label =, other =, repeated = "error" or "keep" }]) -> a code list
return core.record("dk.codes", core.export(function(list, options)
  core.check(options, "codes", OPTIONS)
  options = options or {}
  local found
  if core.kind(list) == "table" then
    found = read_table(list, options)
  elseif options.code ~= nil or options.label ~= nil then
    fail("code and label name columns of a table of dekking, and the list is %s", core.what(list))
  elseif type(list) == "string" then
    found = read_text(list)
  elseif type(list) == "table" then
    found = type(list[1]) == "table" and read_pairs(list) or read_map(list)
  else
    fail("a list is a table such as { [\"1\"] = \"ja\" }, a text such as \"1 = ja, 2 = nee\", or a table of dekking, " ..
      "not %s", core.what(list))
  end
  local repeated = text_option(options, "repeated", "error")
  if repeated ~= "error" and repeated ~= "keep" then
    fail("repeated is \"error\" or \"keep\", not '%s'", repeated)
  end
  local codes, labels, seen = check(found, repeated)
  local other = options.other
  if other ~= nil then
    other = code_of(other) or fail("other is a code, not %s", core.what(other))
    if not seen[other] then
      fail("other is '%s', which is no code of the list", other)
    end
  end
  return core.codes(codes, labels, other)
end))
