-- scenario.lua - dk.scenario: what if. What a breakdown is asked about it is in ask.lua.
--
-- A scenario is an ordered list of steps (step.lua) with parameters. Its methods give new scenarios; none changes.

local dk, core = ...

local PARAM = { "min", "max", "unit", "doc" }

local registry = core.part "registry"
local register, registered = registry.new "scenario"
local given_as, given_options = core.part "given".kind, core.part "given".options
local sorted_keys = core.part "given".keys
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
  local options = given_options(given)
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

function meta.__call()
  core.fail "a scenario is not called: coverage:compare(t, s) asks it, s:apply(t) gives what becomes of a table"
end

function meta.__newindex()
  core.fail "a scenario never changes: scenario:with { ... } gives another"
end

-- Values as texts that are the same where the values are: 0.30 is 0.3.
local function comparable(value)
  local text = value ~= nil and core.literal(value) or ""
  return core.is_number(value) and text:find(".", 1, true) and text:gsub("%.?0+$", "") or text
end

-- Adds the parameters of a scenario to others, which may have them too where they mean the same.
local function add_params(params, scenario)
  local spec = core.spec(scenario)
  for _, param in ipairs(spec.params) do
    local same
    for _, other in ipairs(params) do
      same = other.name == param.name and other or same
    end
    if not same then
      params[#params + 1] = param
    else
      for _, key in ipairs { "value", "min", "max" } do
        if comparable(same[key]) ~= comparable(param[key]) then
          core.fail(("scenario: %s and what stands before it define the parameter %s differently (give it the same default "
            .. "and range in both, or two names; %s:with { %s = ... } gives another default)"):format(
            core.scenario_name(scenario), param.name, core.scenario_name(scenario), param.name))
        end
      end
      stated.check_same(same, param)
    end
  end
end

-- a .. b: a's steps, then b's, each on what the ones before left
function meta.__concat(a, b)
  for _, side in ipairs { a, b } do
    if core.kind(side) ~= "scenario" then
      core.fail(("a scenario is composed with a scenario, not with %s"):format(given_as(side)))
    end
  end
  local left, right = core.spec(a), core.spec(b)
  local params, steps = table.move(left.params, 1, #left.params, 1, {}), table.move(left.steps, 1, #left.steps, 1, {})
  add_params(params, b)
  table.move(right.steps, 1, #right.steps, #steps + 1, steps)
  local given = table.move(right.given, 1, #right.given, #left.given + 1, table.move(left.given, 1, #left.given, 1, {}))
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
  local steps, copies, own, parts, n_given, seed = {}, {}, {}, {}, 0, taking.check_seed(given.seed)
  for i, step in ipairs(given) do
    n_given = i
    if core.kind(step) == "scenario" then
      local spec = core.spec(step)
      parts[#parts + 1] = step
      table.move(spec.steps, 1, #spec.steps, #steps + 1, steps)
      table.move(spec.given, 1, #spec.given, #copies + 1, copies)
    else
      steps[#steps + 1] = read_step(step, i, seed)
      own[#own + 1] = steps[#steps]
      copies[#steps] = core.part "notation".copy(step)
      copies[#steps][1], copies[#steps].seed = steps[#steps].name, steps[#steps].seed
      copies[#steps].shares = step.shares and core.part "flows".plain(copies[#steps].shares)
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
  taking.check_used(seed, own, steps)
  local params, said = read_params(options.params), {}
  for _, part in ipairs(parts) do
    add_params(params, part)
    said.doc, said.assumptions = stated.join(said, core.spec(part))
  end
  doc, assumptions = doc or said.doc, select(2, stated.join({ assumptions = assumptions }, said))
  local made = core.scenario {
    name = name, params = params, steps = steps, given = copies, doc = doc, assumptions = assumptions,
  }
  register(name, made)
  return made
end

-- dk.scenario { a, b, ... }: a .. b .. ...
local function together(list)
  local whole
  core.list(list, "scenario")
  for i, part in ipairs(list) do
    if core.kind(part) ~= "scenario" then
      core.fail(('scenario: item %d is no scenario but %s; steps stand in one with a name: dk.scenario "plan" { ... }')
        :format(i, given_as(part)))
    end
    whole = whole and whole .. part or part
  end
  return whole or core.fail 'scenario: the list is empty; a scenario with steps has a name: dk.scenario "plan" { ... }'
end

-- dk.scenario "name" { params = { ... }, step, ... }; a scenario among the steps stands for its own
local function scenario(name, ...)
  if type(name) == "table" and not core.kind(name) then
    return together(name)
  end
  if type(name) ~= "string" or name == "" then
    core.fail 'a scenario has a name, which the columns of a comparison get: dk.scenario "outreach" { ... }'
  end
  registry.alone("scenario", name, ...)
  return core.export(function(given) return define(name, given) end)
end

-- The names of the scenarios, in order of definition, and each scenario under its name.
dk.scenarios = registered

return core.export(scenario)
