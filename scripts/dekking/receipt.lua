-- receipt.lua - result:receipt(): what was asked, of which data, and what came of it; `dekking replay` asks it again.
--
-- A receipt is a Lua table whose text is the file that result:write_receipt(path) writes; docs/receipts.md describes both.
-- It holds definitions, paths, fingerprints and the result itself, and no row of what was read from files.

local dk, core = ...

local notation, recipe = core.part "notation", core.part "recipe"

local receipt = { FORMAT = 1, RULES = 1, MOST_CELLS = 100000 }

-- What was asked ------------------------------------------------------------------------------------------------------

-- The question that a table answers, or that it was made of afterwards: a recipe, or nil.
local function question_of(node)
  while node and not node.asked do
    local self = node.n and node[1]
    node = recipe.is(self) and self or nil
  end
  return node
end

-- Calls visit with each breakdown and scenario among the arguments.
local function each_definition(value, visit)
  local kind = core.kind(value)
  if kind == "breakdown" or kind == "scenario" then
    visit(value, kind)
  elseif type(value) == "table" and not recipe.is(value) then
    local keys = {}
    for key in pairs(value) do
      keys[#keys + 1] = key
    end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    for _, key in ipairs(keys) do
      each_definition(value[key], visit)
    end
  end
end

local function definitions_of(question)
  local list, seen = {}, {}
  for i = 1, question and question.n or 0 do
    each_definition(question[i], function(value, kind)
      if not seen[value] then
        seen[value] = true
        list[#list + 1] = { value = value, kind = kind }
      end
    end)
  end
  return list
end

-- The value that the arguments give to a parameter: that of the table in which its name is a key.
local function given_value(question, name)
  local function find(value)
    if type(value) ~= "table" or recipe.is(value) then
      return nil
    end
    local found = value[name]
    if found == nil then
      for _, key in ipairs { "params", "given" } do
        found = found == nil and find(value[key]) or found
      end
    end
    return found
  end
  for i = 1, question.n do
    local found = find(question[i])
    if found ~= nil then
      return found
    end
  end
end

-- The parameters in force: each with its value, where it comes from, and what its scenario says of it.
local function parameters_of(question, definitions)
  local list, seen = {}, {}
  for _, definition in ipairs(definitions) do
    for _, param in ipairs(definition.kind == "scenario" and core.spec(definition.value).params or {}) do
      local given = given_value(question, param.name)
      list[#list + 1] = {
        name = param.name, value = given == nil and param.value or given, min = param.min, max = param.max,
        unit = param.unit, doc = param.doc, scenario = core.scenario_name(definition.value),
      }
      seen[param.name] = true
    end
  end
  for _, definition in ipairs(definitions) do
    for _, name in ipairs(definition.kind == "breakdown" and definition.value:params() or {}) do
      local given = given_value(question, name)
      if not seen[name] and given ~= nil then
        seen[name] = true
        list[#list + 1] = { name = name, value = given }
      end
    end
  end
  return list
end

local function stated_of(definitions, key)
  local list, seen = {}, {}
  for _, definition in ipairs(definitions) do
    if definition.kind == "scenario" then
      local spec = core.spec(definition.value)
      local values = key == "seed" and { spec.seed } or spec[key] or {}
      for _, step in ipairs(key == "seed" and spec.steps or {}) do
        values[#values + 1] = step.seed
      end
      for _, value in ipairs(values) do
        if not seen[value] then
          seen[value] = true
          list[#list + 1] = value
        end
      end
    end
  end
  return list
end

-- The data ------------------------------------------------------------------------------------------------------------

-- The name of a file in `--data NAME=FILE`, which no other has.
local function name_of_path(path, taken)
  local base = (path:match "([^/]+)$" or path):gsub("%..*$", ""):gsub("[^%w_]+", "_")
  base = base:find "^[%a_]" and base or "file_" .. base
  local name, n = base, 1
  while taken[name] do
    n = n + 1
    name = base .. "_" .. n
  end
  taken[name] = true
  return name
end

local function file_of(path)
  local fingerprint, bytes = core.file_fingerprint(path)
  return { path = path, fingerprint = fingerprint, bytes = fingerprint and bytes or nil }
end

local function files_of(statements)
  local list, taken, seen = {}, {}, {}
  for _, statement in ipairs(statements) do
    for _, path in ipairs(statement.node and statement.node.n and recipe.paths(statement.node) or {}) do
      if not seen[path] then
        seen[path] = true
        local file = file_of(path)
        file.name = name_of_path(path, taken)
        list[#list + 1] = file
      end
    end
  end
  return list
end

-- The columns of the table that the question mentions, in the table's order; all where nothing says which.
local function columns_of(data, definitions)
  local wanted, any = {}, false
  for _, definition in ipairs(definitions) do
    for _, name in ipairs((core.needs(definition.value))) do
      wanted[name], any = true, true
    end
  end
  local weight = data:properties().weight
  if weight then
    wanted[weight] = true
  end
  local list, bare = {}, data:with { weight = dk.null } -- a table keeps its weights in what is selected
  for name, column in data:columns() do
    if wanted[name] or not any then
      list[#list + 1] = { name = name, type = column:type(), fingerprint = bare:select { name }:fingerprint() }
    end
  end
  return list
end

function receipt.describe(name, data, definitions)
  return {
    table = name, rows = #data, fingerprint = data:fingerprint(), columns = columns_of(data, definitions),
  }
end

-- Makes again what was asked, where nobody kept it, and sees to it that the answer is the same.
local function make_again(result, node)
  local env = { made = {}, path_of = function(path) return path end, given = function()
    core.fail("receipt: the table that was asked is gone and cannot be read again: keep it in a variable until the " ..
      "receipt is there")
  end }
  local again = recipe.make(node, env)
  if again:fingerprint() ~= result:fingerprint() then
    core.fail("receipt: the table that was asked is gone, and a file has changed since it was read: keep the table in a " ..
      "variable until the receipt is there")
  end
  return env.made
end

local function asked_of(result, node, question, name_of, definitions)
  local list, made = {}, nil
  for i = 1, question and question.n or 0 do
    if recipe.is(question[i]) and name_of[question[i]] then
      local data = question.asked[i]
      if not data then
        made = made or make_again(result, node)
        data = made[question[i]]
      end
      if core.kind(data) == "table" then
        list[#list + 1] = receipt.describe(name_of[question[i]], data, definitions)
      end
    end
  end
  return list
end

-- The result ----------------------------------------------------------------------------------------------------------

function receipt.result(name, result)
  local n_columns, made = 0, {}
  for _ in result:columns() do
    n_columns = n_columns + 1
  end
  made.table, made.rows, made.columns, made.fingerprint = name, #result, n_columns, result:fingerprint()
  if #result * n_columns <= receipt.MOST_CELLS then
    made.cells = result:text { format = "csv" }
  end
  return made
end

local function written_of(node)
  local list = {}
  for _, call in ipairs(node.written or {}) do
    if call.n and type(call[2]) == "string" then
      local file = file_of(call[2])
      file.options = call[3]
      list[#list + 1] = file.fingerprint and file or nil
    end
  end
  return list
end

-- As text -------------------------------------------------------------------------------------------------------------

local ORDER = {
  "name", "table", "path", "line", "value", "min", "max", "unit", "doc", "scenario", "rows", "columns", "type", "bytes",
  "fingerprint", "options",
}

local function add(lines, word, fields)
  lines[#lines + 1] = word .. " " .. notation.write(fields, "", { first = ORDER })
end

local function without(t, ...)
  local copy = {}
  for key, value in pairs(t) do
    copy[key] = value
  end
  for _, key in ipairs { ... } do
    copy[key] = nil
  end
  return copy
end

function receipt.text(made)
  local lines = { "dekking receipt " .. receipt.FORMAT, "" }
  lines[#lines + 1] = "program " .. notation.quote(made.program)
  lines[#lines + 1] = "rules " .. made.rules
  for _, script in ipairs(made.scripts) do
    add(lines, "script", script)
  end
  for _, file in ipairs(made.files) do
    add(lines, "file", file)
  end
  lines[#lines + 1] = ""
  for _, statement in ipairs(made.statements) do
    lines[#lines + 1] = statement
  end
  lines[#lines + 1] = ""
  for _, param in ipairs(made.parameters) do
    add(lines, "parameter", param)
  end
  for _, seed in ipairs(made.seeds) do
    lines[#lines + 1] = "seed " .. notation.write(seed)
  end
  for _, text in ipairs(made.assumptions) do
    lines[#lines + 1] = "assumes " .. notation.quote(text)
  end
  for _, data in ipairs(made.data) do
    add(lines, "data", without(data, "columns"))
    for _, column in ipairs(data.columns) do
      add(lines, "column", column)
    end
  end
  for _, file in ipairs(made.written) do
    add(lines, "written", file)
  end
  add(lines, "result", without(made.result, "cells"))
  if made.result.cells then
    lines[#lines + 1] = "cells"
    for line in made.result.cells:gmatch "([^\n]*)\n" do
      lines[#lines + 1] = "|" .. line
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local meta = { __name = "dk.receipt", __metatable = "dk.receipt", __tostring = core.export(receipt.text) }

-- Methods -------------------------------------------------------------------------------------------------------------

local function check_table(value, method)
  if core.kind(value) ~= "table" then
    core.fail(("%s: call it on a table, with a colon: result:%s"):format(method, method))
  end
end

-- The script that asked, with its line; packs are named by who runs them.
local function scripts_of(question, packs)
  local list = {}
  for i, path in ipairs(packs or { question and question.script }) do
    list[i] = file_of(path)
  end
  if not packs and list[1] then
    list[1].line = tonumber(question.where:match ":(%d+)$")
  end
  return list
end

local function make(result, packs)
  local node = core.recipe(result)
  if not node or node.opaque and not node.n then
    core.fail("receipt: nothing is known of how this table was made: a function of the script made it, or it holds more " ..
      "than a receipt can; ask of a table that dk.read or dk.open gives")
  end
  local statements, name_of = recipe.statements(node)
  local question = question_of(node)
  local definitions = definitions_of(question)
  local texts = {}
  for i, statement in ipairs(statements) do
    texts[i] = statement.text
  end
  local data = asked_of(result, node, question, name_of, definitions)
  if not question then
    data = { receipt.describe(name_of[node], result, {}) }
  end
  return setmetatable({
    program = "dekking " .. dk.version, rules = receipt.RULES, scripts = scripts_of(question, packs),
    files = files_of(statements), statements = texts,
    parameters = question and parameters_of(question, definitions) or {},
    seeds = stated_of(definitions, "seed"), assumptions = stated_of(definitions, "assumptions"), data = data,
    written = written_of(node), result = receipt.result(name_of[node], result),
  }, meta)
end

-- result:receipt() -> the receipt, a table that prints as its text
core.table_methods.receipt = core.export(function(self)
  check_table(self, "receipt()")
  return make(self)
end)

-- result:write_receipt("plan.receipt") - writes its text, complete or not at all
core.table_methods.write_receipt = core.export(function(self, path)
  check_table(self, "write_receipt(path)")
  if type(path) ~= "string" or path == "" or path == "-" then
    core.fail(("write_receipt wants the path of a file, not %s"):format(path == "-" and "'-'" or core.what(path)))
  end
  core.write_file(path, receipt.text(make(self)))
end)

-- receipt.write(result, path, packs) - the same for a program that runs packs: their files are the script
function receipt.write(result, path, packs) core.write_file(path, receipt.text(make(result, packs))) end

return receipt
