-- receipt_file.lua - reads a receipt's text, which anybody may have made: nothing in it runs, and what it defines are
-- breakdowns, scenarios and recipes of calls that are on a list (recipe.lua).

local dk, core = ...

local parse = core.part "parse"

local MOST_BYTES = 16 << 20
local MOST_STATEMENTS = 10000

local FIELDS = {
  script = { path = "string", line = "number", bytes = "number", fingerprint = "string" },
  file = { name = "string", path = "string", bytes = "number", fingerprint = "string" },
  data = { table = "string", rows = "number", fingerprint = "string" },
  column = { name = "string", type = "string", fingerprint = "string" },
  written = { path = "string", bytes = "number", fingerprint = "string", options = "table" },
  result = { table = "string", rows = "number", columns = "number", fingerprint = "string" },
}
local OPTIONAL = {
  ["script.line"] = true, ["script.bytes"] = true, ["script.fingerprint"] = true, ["file.bytes"] = true,
  ["file.fingerprint"] = true, ["written.options"] = true,
}

-- A table of metadata, whose fields are those of the list.
local function fields_of(reader, word)
  local given, wanted = reader:fields(0), FIELDS[word]
  for key, value in pairs(given) do
    if not wanted[key] then
      reader:fail("a %s has no field %s", word, tostring(key):sub(1, 60))
    elseif type(value) ~= wanted[key] then
      reader:fail("the field %s of a %s is a %s, not %s", key, word, wanted[key], core.what(value))
    end
  end
  for key in pairs(wanted) do
    if given[key] == nil and not OPTIONAL[word .. "." .. key] then
      reader:fail("a %s has a field %s", word, key)
    end
  end
  return given
end

-- What is read behind each word.
local words = {}

function words.program(reader, made) made.program = reader:string() or reader:fail "program is followed by a text" end

function words.rules(reader, made)
  made.rules = math.tointeger(reader:number()) or reader:fail "rules are a whole number"
end

function words.data(reader, made)
  local data = fields_of(reader, "data")
  data.columns = {}
  made.data[#made.data + 1] = data
end

function words.column(reader, made)
  local data = made.data[#made.data] or reader:fail "a column stands below the data that it is of"
  data.columns[#data.columns + 1] = fields_of(reader, "column")
end

function words.result(reader, made)
  if made.result then
    reader:fail "a second result"
  end
  made.result = fields_of(reader, "result")
end

function words.script(reader, made) made.scripts[#made.scripts + 1] = fields_of(reader, "script") end

function words.file(reader, made) made.files[#made.files + 1] = fields_of(reader, "file") end

function words.written(reader, made) made.written[#made.written + 1] = fields_of(reader, "written") end

-- These tell people what follows from the definitions.
function words.parameter(reader) reader:fields(0) end

function words.seed(reader) reader:value(0) end

function words.assumes(reader) reader:value(0) end

-- The lines of the result's cells, each behind a sign.
function words.cells(reader, made)
  if not made.result then
    reader:fail "cells stand below the result"
  end
  local lines, text, at = {}, reader.text, reader:more() and reader.at or #reader.text + 1
  while text:sub(at, at) == "|" do
    local last = text:find("\n", at, true) or #text + 1
    lines[#lines + 1] = text:sub(at + 1, last - 1)
    at = last + 1
  end
  reader.at = math.min(at, #text + 1)
  made.result.cells = table.concat(lines, "\n") .. (#lines > 0 and "\n" or "")
end

-- Statements ------------------------------------------------------------------------------------------------------------

-- What a definition gives, or where it is refused why.
local function define(reader, body)
  local done, value = pcall(body)
  return done and value or reader:fail("%s", (tostring(value):gsub("^[^\n]-:%d+: ", "")))
end

local function arguments(reader, names, node)
  reader:want "("
  while not reader:take ")" do
    node.n = node.n + 1
    node[node.n] = reader:value(0, names)
    if not reader:take "," then
      reader:want ")"
      break
    end
  end
  return node
end

local function new_node(fields) return setmetatable(fields, core.recipe_class) end

-- dk.breakdown "name" { ... }, dk.scenario "name" { ... }, dk.read(...)
local function made_by_dk(reader, names)
  reader:want "."
  local what = reader:word() or ""
  if what == "breakdown" or what == "scenario" then
    local name = reader:string()
    local spec = reader:fields(0)
    if what == "breakdown" then
      spec.name = name
      return define(reader, function() return dk.breakdown(spec) end)
    end
    return define(reader, function() return dk.scenario(name)(spec) end)
  end
  return arguments(reader, names, new_node { op = "dk." .. what, n = 0 })
end

-- What stands behind "name =".
local function statement(reader, names)
  local line = reader:line()
  local word = reader:word()
  local made
  if word == "dk" then
    made = made_by_dk(reader, names)
  elseif word == "given" then
    made = new_node { opaque = true, given = reader:string() or reader:fail "given is followed by a text" }
  else
    local object = word and names[word]
    if object == nil then
      reader:fail("%s is nothing that stands above", word and "'" .. word:sub(1, 60) .. "'" or reader:here())
    end
    local op = "__call"
    if reader:take ":" then
      op = reader:word() or reader:fail("the name of a method is wanted, and not %s", reader:here())
    end
    made = arguments(reader, names, new_node { op = op, n = 1, object })
  end
  return made, line
end

-- What stands behind "name =", by that name.
local function assign(reader, word, made)
  if made.names[word] ~= nil or words[word] or word == "dk" or word == "given" then
    reader:fail("the name %s is taken", word:sub(1, 60))
  end
  local value, line = statement(reader, made.names)
  made.names[word], made.line_of[value] = value, line
  made.calls[#made.calls + 1] = getmetatable(value) == core.recipe_class and value or nil
end

-- receipt_file.statements(text, what) -> the recipe of the last call among statements that stand alone
local function statements(text, what)
  local reader, made, n = parse.new(text, what), { names = {}, calls = {}, line_of = {} }, 0
  while reader:more() do
    local word = reader:word()
    n = n + 1
    if not word or n > MOST_STATEMENTS or not reader:take "=" then
      reader:fail "this is no statement, or one too many"
    end
    assign(reader, word, made)
  end
  return made.calls[#made.calls]
end

-- receipt_file.read(text, what) -> what it says: program, rules, scripts, files, data, written, result, and of the recipes
-- names (what each name stands for), calls (those that make tables, in order) and line_of (where each stands)
local function read(text, what)
  local reader = parse.new(text, what)
  local format = text:match "^dekking receipt (%d+)\r?\n"
  if #text > MOST_BYTES then
    core.fail(("%s: a receipt has %d bytes at most, and this has more"):format(what, MOST_BYTES))
  elseif not format then
    core.fail(("%s:1: this is no receipt: its first line is not 'dekking receipt 1'"):format(what))
  elseif format ~= "1" then
    core.fail(("%s:1: the receipt has the format %s, and this program reads 1"):format(what, format:sub(1, 20)))
  elseif text:find("\0", 1, true) then
    core.fail(("%s: a receipt is text, and this has a byte 0"):format(what))
  end
  reader.at = text:find("\n", 1, true) + 1
  local made = { scripts = {}, files = {}, data = {}, written = {}, names = {}, calls = {}, line_of = {} }
  local n = 0
  while reader:more() do
    local word = reader:word() or reader:fail("a statement is wanted, and not %s", reader:here())
    n = n + 1
    if n > MOST_STATEMENTS then
      reader:fail("it has more than %d statements", MOST_STATEMENTS)
    elseif reader:take "=" then
      assign(reader, word, made)
    elseif words[word] then
      words[word](reader, made)
    else
      reader:fail("'%s' is no word of a receipt", word:sub(1, 60))
    end
  end
  for _, key in ipairs { "program", "rules", "result" } do
    if made[key] == nil then
      reader:fail("the receipt ends without its %s", key)
    end
  end
  if getmetatable(made.names[made.result.table]) ~= core.recipe_class then
    reader:fail("the result is '%s', which is no table above", made.result.table:sub(1, 60))
  end
  return made
end

return { read = read, statements = statements, MOST_BYTES = MOST_BYTES }
