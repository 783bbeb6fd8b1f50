-- explain_called.lua - what scenarios were asked: the call that gave a result, or what the result was made of.
--
-- While a script has the result, its recipe has the call. A snapshot has it as text, in the lineage's item of the answer:
-- the statements of a receipt, with the table that was asked as one that is given. It is read as a receipt is, as data;
-- whoever wrote the file says no more with it than a question that a script could ask of scenarios.

local _, core = ...

local recipe, words, questions = core.part "recipe", core.part "explain_words", core.part "explain_asked"

local called = {}

local ASKED = { sweep = true, solve = true, bands = true, contributions = true, sensitivity = true, allocate = true }
local TABLES = { table = true, limits = true } -- of an allocation

local UNKNOWN = "what was asked was not kept"

-- A message without where it was raised.
local function bare(message) return (tostring(message):gsub("^[^\n]-:%d+: ", "")):match "[^\n]*" end

local function gone() core.fail "explain: a table that was given is not kept" end

-- The call among those that a result was made by; and of an allocation which of its tables.
local function find(node)
  while node do
    local first = node.n and node[1]
    if ASKED[node.op] then
      return node
    elseif TABLES[node.op] and recipe.is(first) and first.op == "allocate" then
      return first, node.op
    elseif node.asked or node.op == "append" or node.op == "union" then
      return nil
    end
    node = recipe.is(first) and first or nil
  end
end

-- As text ----------------------------------------------------------------------------------------------------------

local function new_node(fields) return setmetatable(fields, core.recipe_class) end

-- A table of points as a script would write it.
local function written(points)
  local columns = {}
  for row in points:schema():rows() do
    columns[#columns + 1] = { row.name, points:column(row.name):to_lua() }
  end
  return new_node { op = "dk.table", n = 1, columns }
end

local function text_of(result)
  local node, which = find(core.recipe(result))
  if not node then
    core.fail(UNKNOWN)
  end
  local copy = new_node { op = node.op, n = node.n }
  for i = 1, node.n do
    local points = i > 3 and recipe.is(node[i]) and node[i]
    copy[i] = points and written(node.asked and node.asked[i] or recipe.make(points,
      { made = {}, given = gone, path_of = gone })) or node[i]
  end
  copy[2] = new_node { opaque = true }
  local lines = {}
  for _, each in ipairs((recipe.statements(which and new_node { op = which, n = 1, copy } or copy))) do
    lines[#lines + 1] = each.text
  end
  return table.concat(lines, "\n")
end

-- called.save(result) -> the question of an answer as a snapshot has it; or nil and why it cannot be written down
function called.save(result)
  local done, text = words.try(text_of, result)
  if not done then
    return nil, bare(text)
  end
  return text
end

local function is_plain(value) return type(value) == "table" and getmetatable(value) == nil end

local function are_names(value)
  for _, each in ipairs(is_plain(value) and value or { value }) do
    if not core.name(each) then
      return false
    end
  end
  return value ~= nil
end

local TEXTS = { "measure", "method", "each", "vary", "maximise", "minimise" }

-- Whether what is asked beside the scenario is what a script could have said, as far as it is told.
local function is_question(op, question)
  local fits = is_plain(question) and (question.params == nil or is_plain(question.params))
    and (question.draws == nil or math.type(question.draws) == "integer")
  for _, key in ipairs(fits and TEXTS or {}) do
    fits = fits and (question[key] == nil or type(question[key]) == "string")
  end
  return fits and (op ~= "solve" or question.vary and question.target) and (op ~= "allocate" or are_names(question.per))
end

-- The call, where a script could have made it.
local function checked(node, which)
  local fits = node and core.kind(node[1]) == "breakdown" and recipe.is(node[2]) and node[2].opaque
    and core.kind(node[3]) == "scenario" and (which ~= nil) == (node.op == "allocate")
  if fits and node.op == "sweep" then
    fits = (is_plain(node[4]) or recipe.is(node[4]) and node[4].op == "dk.table") and is_question(node.op, node[5] or {})
  elseif fits then
    fits = is_question(node.op, node[4] or {})
  end
  if not fits then
    core.fail "the file has another question than scenarios are asked"
  end
  return node, which
end

-- The call that a snapshot has as text; or nil and why not.
local function read(text)
  local done, node, which = words.try(function()
    return checked(find(core.part "receipt_file".statements(text, "the question")))
  end)
  if not done then
    return nil, "what was asked cannot be read from the file: " .. bare(node)
  end
  return node, which
end

-- What was asked ---------------------------------------------------------------------------------------------------

-- The arguments behind the table, as they were given.
local function arguments_of(node)
  local args = {}
  for i = 3, node.n do
    args[i - 2] = node.asked and node.asked[i] or node[i]
    if recipe.is(args[i - 2]) then
      args[i - 2] = recipe.make(args[i - 2], { made = {}, given = gone, path_of = gone }) -- one that a script wrote
    end
  end
  return args
end

-- called.of(result) -> { op =, table = of an allocation which, breakdown =, scenario =, args =, question =, given =
-- parameters, asked = as a result's lineage, after = what was done since, data = the table where it is kept }; or nil, and
-- why where it is an answer.
function called.of(result)
  local told = questions.answered(core.lineage(result))
  local node, which = find(core.recipe(result))
  if not told then
    return nil
  elseif not node and told.text then
    node, which = read(told.text)
  elseif not node then
    which = UNKNOWN
  end
  if not node or not told.asked then
    return nil, not node and which or "the breakdown that was asked is not known"
  end
  local done, args = words.try(arguments_of, node)
  if not done then
    return nil, bare(args)
  end
  collectgarbage() -- so that what is told does not depend on when a table is
  local what = { op = node.op, table = which, breakdown = node[1], scenario = node[3], args = args, asked = told.asked,
                 after = told.after, data = node.asked and node.asked[2] }
  local options = node.op == "sweep" and args[3] or args[2]
  what.question = node.op ~= "sweep" and args[2] or {}
  if what.op == "solve" and type(what.question.target) ~= "string" then
    what.question = setmetatable({ target = core.condition(args[2].target, "solve: target") }, { __index = args[2] })
  end
  what.given = type(options) == "table" and not core.kind(options) and options.params or {}
  return what
end

return called
