-- recipe.lua - what was asked, as statements, and asked again.
--
-- A recipe is what engine/lua/lua_recipe.c remembers of a call: { op = "link", n = 3, recipe, "pseudoniem", { ... } }.
-- Here it becomes text that a script could have, and the table that it stands for.

local dk, core = ...

local notation = core.part "notation"

local recipe = {}

-- Which files a call reads: of dk.NAME those in its first argument.
local READERS = { ["dk.read"] = true, ["dk.open"] = true, ["dk.read_published"] = true, ["dk.hierarchy"] = true }
local LETTERS = { ["dk.hierarchy"] = "h", ["dk.codes"] = "c" }

function recipe.is(value) return getmetatable(value) == core.recipe_class end

-- Whether it is an object that holds the tables of an answer, and is none itself.
function recipe.is_answer(value) return type(value) == "table" and getmetatable(value) == "dk.allocation" end

-- recipe.paths(node) -> the paths of the files that the call reads
function recipe.paths(node)
  local first = node[1]
  if not READERS[node.op] or recipe.is(first) then
    return {}
  end
  local paths = type(first) == "table" and table.move(first, 1, #first, 1, {}) or { first }
  local changes = node.op == "dk.hierarchy" and type(node[3]) == "table" and node[3].changes
  paths[#paths + 1] = type(changes) == "string" and changes or nil
  return paths
end

-- As text --------------------------------------------------------------------------------------------------------------

-- recipe.statements(node) -> { { name = "t1", text = 't1 = dk.read("a.csv")', node = node }, ... } in the order in which
-- they can run, and what each thing is called: name_of[node or breakdown or scenario]
function recipe.statements(root)
  local list, name_of, counts = {}, {}, {}
  local emit

  local function named(value, letter, text, node)
    counts[letter] = (counts[letter] or 0) + 1
    local name = letter .. counts[letter]
    name_of[value] = name
    list[#list + 1] = { name = name, text = name .. " = " .. text(name), node = node }
    return name
  end

  local function refer(value)
    if recipe.is(value) then
      return value.column and "dk.expr " .. notation.quote(core.quoted(value.column)) or name_of[value] or emit(value)
    end
    local kind = core.kind(value)
    if kind == "breakdown" or kind == "scenario" then
      return name_of[value] or named(value, kind:sub(1, 1), function() return notation[kind](value) end)
    end
  end

  local function call_text(node)
    local args, first = {}, node.op:find("^dk%.") and 1 or 2
    for i = 1, node.n do
      args[i] = notation.write(node[i], "", { refer = refer })
    end
    while args[#args] == "nil" do
      args[#args] = nil
    end
    local of = node.op
    if first == 2 then
      of = node.op == "__call" and args[1] or args[1] .. ":" .. node.op
    end
    return ("%s(%s)"):format(of, table.concat(args, ", ", first))
  end

  function emit(node)
    if node.opaque and not node.n then
      return named(node, "t", function(name) return "given " .. notation.quote(name) end, node)
    end
    local text = call_text(node)
    return named(node, LETTERS[node.op] or "t", function() return text end, node)
  end

  emit(root)
  return list, name_of
end

-- Asked again -----------------------------------------------------------------------------------------------------------

local ASKED = { breakdown = true, scenario = true, hierarchy = true, recode = true }
local MAKERS = { ["dk.table"] = true, ["dk.read_text"] = true, ["dk.codes"] = true, ["dk.latin"] = true }

-- The function that a call names, which is one of those that are recorded.
local function function_of(op, object)
  if op:find "^dk%." then
    if READERS[op] or MAKERS[op] then
      return dk[op:sub(4)]
    end
  elseif op == "__call" and core.kind(object) == "breakdown" then
    return object
  elseif core.kind(object) == "table" then
    for _, part in ipairs { "breakdown", "hierarchy", "summary" } do
      core.part(part) -- its methods of tables are recorded from then on
    end
    if core.recorded[op] and op ~= "write" and core.table_methods[op] then
      return core.table_methods[op]
    end
  elseif (ASKED[core.kind(object)] or recipe.is_answer(object)) and core.recorded[op] then
    return object[op]
  end
  return core.fail(("%s is nothing that can be asked of %s"):format(op, op:find "^dk%." and "dekking" or core.what(object)))
end

-- The arguments of a reader with the paths that stand for others, and without what would write files.
local function read_arguments(args, node, path_of)
  if type(node[1]) == "table" and not recipe.is(node[1]) then
    for i, text in ipairs(node[1]) do
      args[1][i] = path_of(text)
    end
  elseif type(node[1]) == "string" then
    args[1] = path_of(node[1])
  end
  local options = args[node.op == "dk.hierarchy" and 3 or 2]
  if type(options) == "table" then
    options.cache = nil
    options.changes = type(options.changes) == "string" and path_of(options.changes) or options.changes
  end
end

-- recipe.make(node, env) -> the table that it stands for. env: path_of(path), which gives the path of a file now;
-- given(node), which gives what no recipe makes; made, what was made already; told(node), called before each.
function recipe.make(node, env)
  local function value_of(value)
    if recipe.is(value) then
      return value.column and dk.expr(core.quoted(value.column)) or recipe.make(value, env)
    elseif type(value) ~= "table" then
      return value
    end
    local copy = {}
    for key, item in pairs(value) do
      copy[key] = value_of(item)
    end
    return copy
  end
  if env.made[node] then
    return env.made[node]
  end
  if node.opaque and not node.n then
    env.made[node] = env.given(node)
    return env.made[node]
  end
  local args = {}
  for i = 1, node.n do
    args[i] = value_of(node[i])
  end
  if env.told then
    env.told(node)
  end
  local called = function_of(node.op, args[1])
  local first = core.kind(called) == "breakdown" and 2 or 1
  if READERS[node.op] then
    read_arguments(args, node, env.path_of)
  end
  local made = called(table.unpack(args, first, node.n))
  env.made[node] = (core.kind(made) or recipe.is_answer(made)) and made
    or core.fail(("%s gives %s, and no table"):format(node.op, core.what(made)))
  return env.made[node]
end

return recipe
