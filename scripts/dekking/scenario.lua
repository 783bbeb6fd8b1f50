-- scenario.lua - dk.scenario: what if. What a breakdown is asked about it is in ask.lua.
--
-- A scenario is an ordered list of steps (step.lua) with parameters. Its methods give new scenarios; none changes.

local dk, core = ...

local PARAM = { "min", "max", "unit", "doc" }

local register, registered = core.part "registry".new "scenario"
local given_as, sorted_keys = core.part "given".kind, core.part "given".keys
local taking = core.part "taking"
local stated, read_step, show_step = core.part "stated", core.part "step".read, core.part "step".show

-- Parameters ---------------------------------------------------------------------------------------------------------

local function check_param(name, value)
  if core.literal(value) == nil then
    core.fail(("scenario: parameter %s cannot be %s (a number, a text, true, false or dk.null)"):format(name,
      given_as(value)))
  end
  return value
end

local function check_bound(name, key, value)
  if value ~= nil and not core.is_number(value) then
    core.fail(("scenario: parameter %s: %s is a number, not %s"):format(name, key, given_as(value)))
  end
  return value ~= nil and check_param(name, value) or nil
end

local function read_param(name, given)
  if type(given) ~= "table" then
    return { name = name, value = check_param(name, given) }
  end
  local options = {}
  for key, value in pairs(given) do
    if key ~= 1 then
      options[key] = value
    end
  end
  core.check(options, "parameter " .. name, PARAM)
  if given[1] == nil then
    core.fail(("scenario: parameter %s has no value: write { 0.30, min = 0, max = 1 }"):format(name))
  end
  for _, key in ipairs { "unit", "doc" } do
    if options[key] ~= nil and type(options[key]) ~= "string" then
      core.fail(("scenario: parameter %s: %s is a string"):format(name, key))
    end
  end
  return {
    name = name,
    value = check_param(name, given[1]),
    min = check_bound(name, "min", options.min),
    max = check_bound(name, "max", options.max),
    unit = options.unit,
    doc = options.doc,
  }
end

local function read_params(given)
  local list = {}
  if given == nil then
    return list
  end
  if type(given) ~= "table" then
    core.fail(("scenario: params are a table such as { aandeel = 0.30 }, not %s"):format(given_as(given)))
  end
  for i, name in ipairs(sorted_keys(given, "params")) do
    list[i] = read_param(name, given[name])
  end
  return list
end

-- Methods ------------------------------------------------------------------------------------------------------------

local methods = {}

function methods:name()
  core.spec(self, "scenario", "name")
  return core.scenario_name(self)
end

-- The parameters: { aandeel = { value = 0.3, min = 0, max = 1, doc = "..." } }
function methods:params()
  local params = {}
  for _, param in ipairs(core.spec(self, "scenario", "params").params) do
    params[param.name] = { value = param.value, min = param.min, max = param.max, unit = param.unit, doc = param.doc }
  end
  return params
end

-- What it is for, as its options doc and assumptions say.
function methods:doc() return core.spec(self, "scenario", "doc").doc end

function methods:assumptions()
  local list = core.spec(self, "scenario", "assumptions").assumptions
  return table.move(list, 1, #list, 1, {})
end

-- The text that defines it again.
function methods:definition()
  core.spec(self, "scenario", "definition")
  return core.part "notation".scenario(self)
end

-- The columns that a table must have for it, in the order in which its steps mention them.
function methods:columns()
  core.spec(self, "scenario", "columns")
  return (core.needs(self))
end

-- outreach:with { aandeel = 0.5 } - the same steps with other values; a second argument gives it another name
function methods:with(values, name)
  local spec = core.spec(self, "scenario", "with")
  if type(values) ~= "table" then
    core.fail(("with wants a table such as { aandeel = 0.5 }, not %s"):format(given_as(values)))
  end
  if name ~= nil and type(name) ~= "string" then
    core.fail(("with: the second argument is the new name, not %s"):format(given_as(name)))
  end
  if next(values) == nil and name == nil then
    core.fail "with changes nothing: the table is empty (was a variable nil?)"
  end
  local params, known = {}, {}
  for i, param in ipairs(spec.params) do
    local copy = {}
    for key, value in pairs(param) do
      copy[key] = value
    end
    if values[param.name] ~= nil then
      copy.value = check_param(param.name, values[param.name])
    end
    params[i] = copy
    known[i] = param.name
  end
  core.check(values, "scenario " .. core.scenario_name(self), known, "parameter")
  return core.scenario {
    name = name or core.scenario_name(self), params = params, steps = spec.steps, given = spec.given, doc = spec.doc,
    assumptions = spec.assumptions,
  }
end

-- outreach:named "half" - the same under another name, which the columns of a comparison get
function methods:named(name)
  core.spec(self, "scenario", "named")
  if type(name) ~= "string" or name == "" then
    core.fail(("named wants a name, not %s"):format(name == "" and "an empty text" or given_as(name)))
  end
  return self:with({}, name)
end

-- Cells after the steps, and what each step moved.
local function apply(self, method, data, params)
  core.spec(self, "scenario", method)
  if core.kind(data) ~= "table" then
    core.fail(("%s wants a table, not %s"):format(method, given_as(data)))
  end
  if params ~= nil and type(params) ~= "table" then
    core.fail(("%s: parameters are a table such as { aandeel = 0.3 }, not %s"):format(method, given_as(params)))
  end
  for _, name in ipairs(sorted_keys(params or {}, "parameters")) do
    check_param(name, params[name])
  end
  return core.apply(self, data, params)
end

-- outreach:moved(table [, params]) - what each step took from each stratum
function methods:moved(data, params)
  local _, moved = apply(self, "moved", data, params)
  return moved
end

-- outreach:apply(table [, params]) - the weighted cells as they are after the steps
function methods:apply(data, params)
  local cells = apply(self, "apply", data, params)
  return cells
end

-- outreach:order(table [, breakdown] [, params]) - for each pair of steps whether exchanging them changes a number
function methods:order(...)
  core.spec(self, "scenario", "order")
  return core.part("sensitivity").order(self, ...)
end

-- Metamethods --------------------------------------------------------------------------------------------------------

core.record(core.export(methods))
local meta = {}

function meta.__index(self, name) return core.member(self, name, methods, "a scenario") end

function meta.__newindex()
  core.fail "a scenario never changes: scenario:with { ... } gives another"
end

-- a .. b: a's steps, then b's, each on what the ones before left
function meta.__concat(a, b)
  for _, side in ipairs { a, b } do
    if core.kind(side) ~= "scenario" then
      core.fail(("a scenario is composed with a scenario, not with %s"):format(given_as(side)))
    end
  end
  local left, right = core.spec(a), core.spec(b)
  local params, steps, given, seen = {}, {}, {}, {}
  for _, spec in ipairs { left, right } do
    for _, param in ipairs(spec.params) do
      if not seen[param.name] then
        seen[param.name] = param
        params[#params + 1] = param
      else
        stated.check_same(seen[param.name], param)
      end
    end
    table.move(spec.steps, 1, #spec.steps, #steps + 1, steps)
    table.move(spec.given, 1, #spec.given, #given + 1, given)
  end
  local doc, assumptions = stated.join(left, right)
  return core.compose(a, b, { params = params, steps = steps, given = given, doc = doc, assumptions = assumptions })
end

function meta.__tostring(self)
  local spec = core.spec(self)
  local lines = { ("scenario %q"):format(core.scenario_name(self)) }
  stated.show(spec, lines)
  for i, step in ipairs(spec.steps) do
    lines[#lines + 1] = ("  %d. %s: %s"):format(i, step.name, show_step(step))
  end
  return table.concat(lines, "\n")
end

local class = core.class "dk.scenario"
for event, handler in pairs(core.export(meta)) do
  class[event] = handler
end

-- dk -----------------------------------------------------------------------------------------------------------------

local function define(name, given)
  if type(given) ~= "table" then
    core.fail(("scenario wants a table of steps, not %s"):format(given_as(given)))
  end
  local steps, copies, n_given, seed = {}, {}, 0, taking.check_seed(given.seed)
  for i, step in ipairs(given) do
    n_given = i
    for _, one in ipairs(core.merges and core.merges[step] and core.merges[step].steps or { step }) do
      steps[#steps + 1] = read_step(one, i, seed)
      copies[#steps] = core.part "notation".copy(one)
      copies[#steps][1], copies[#steps].seed = steps[#steps].name, steps[#steps].seed
    end
  end
  local options = {}
  for key, value in pairs(given) do
    if math.type(key) ~= "integer" then
      options[key] = value
    elseif key < 1 or key > n_given then
      core.fail(("scenario: step %d comes after a hole in the list"):format(key))
    end
  end
  core.check(options, "a scenario", { "params", "doc", "assumptions", "seed" })
  local doc, assumptions = stated.read(options)
  taking.check_used(seed, steps)
  local made = core.scenario {
    name = name, params = read_params(options.params), steps = steps, given = copies, doc = doc, assumptions = assumptions,
  }
  register(name, made)
  return made
end

-- dk.scenario "name" { params = { ... }, step, ... }
local function scenario(name)
  if type(name) ~= "string" or name == "" then
    core.fail 'a scenario has a name, which the columns of a comparison get: dk.scenario "outreach" { ... }'
  end
  return core.export(function(given) return define(name, given) end)
end

-- The names of the scenarios, in order of definition, and each scenario under its name.
dk.scenarios = registered

return core.export(scenario)
