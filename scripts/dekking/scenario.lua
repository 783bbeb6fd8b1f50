-- scenario.lua - dk.scenario: what if; and what a breakdown is asked about it, compare and solve.
--
-- A scenario is an ordered list of steps with parameters. Its methods give new scenarios; none changes. In `set` a string
-- of Lua is a text, a number or boolean is itself, and dk.expr "..." is an expression; what a script gives as a value
-- reaches the engine as a quoted literal, so that it can never be read as anything else.

local dk, core = ...

local STEP = { "where", "share", "count", "all", "whole", "per", "set", "allow_none", "estimate" }
local PARAM = { "min", "max", "unit", "doc" }

local register, registered = core.part "registry".new "scenario"

-- Of each step that dk.merge made its column and recode, for t:recode; and the steps that stand for it.
core.merges = setmetatable({}, { __mode = "k" })

-- What a script gave instead, for messages; a number that is none by its own text.
local function given_as(value)
  if type(value) == "number" and value - value ~= 0 then
    return (tostring(value):gsub("^-nan$", "nan"))
  end
  return core.what(value)
end

local function sorted_keys(t, what)
  local keys = {}
  for key in pairs(t) do
    if type(key) ~= "string" then
      core.fail(("scenario: %s are given by name, not by %s"):format(what, tostring(key)))
    end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

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

-- Steps --------------------------------------------------------------------------------------------------------------

-- An expression: its text, or a number that stands for itself.
local function amount(value, what)
  if core.is_number(value) then
    return core.literal(value) or core.fail(("scenario: %s is no number: %s"):format(what, given_as(value)))
  end
  return core.condition(value, ("scenario: %s wants a number or an expression"):format(what))
end

local function assignment(column, value)
  local text
  if core.kind(value) == "expr" or core.kind(value) == "column" then
    text = core.condition(value, "scenario: set wants an expression")
  else
    text = core.literal(value)
    if not text then
      core.fail(('scenario: set: %s cannot be %s (a value, dk.null, or dk.expr "...")'):format(column,
        given_as(value)))
    end
  end
  return core.quoted(column) .. " = " .. text
end

local function flag(step, key)
  if step[key] ~= nil and type(step[key]) ~= "boolean" then
    core.fail(("scenario: %s is true or false, not %s"):format(key, given_as(step[key])))
  end
  return step[key]
end

local function list_of_columns(value)
  if value == nil then
    return nil
  end
  local list = core.name(value) and { value } or value
  if type(list) ~= "table" then
    core.fail(("scenario: per is a column or a list of columns, not %s"):format(given_as(value)))
  end
  core.list(list, "scenario: per")
  local columns = {}
  for i, name in ipairs(list) do
    columns[i] = core.name(name)
      or core.fail(("scenario: per: item %d is %s and not the name of a column"):format(i, given_as(name)))
  end
  return columns
end

local function read_step(given, i)
  if type(given) ~= "table" then
    core.fail(('scenario: step %d is a table such as { "what it does", share = 0.3, set = { ... } }, not %s')
      :format(i, given_as(given)))
  end
  local options = {}
  for key, value in pairs(given) do
    if key ~= 1 then
      options[key] = value
    end
  end
  core.check(options, "a step", STEP)
  local name = given[1]
  if name == nil then
    name = "step " .. i
  elseif type(name) ~= "string" then
    core.fail(("scenario: step %d begins with what it does, a string, not %s"):format(i, given_as(name)))
  end
  if type(options.set) ~= "table" then
    core.fail(("scenario: step '%s' sets nothing: write set = { in_sonar = true }"):format(name))
  end
  local set = {}
  for k, column in ipairs(sorted_keys(options.set, "columns in set")) do
    set[k] = assignment(column, options.set[column])
  end
  return {
    name = name,
    where = options.where ~= nil and core.condition(options.where, "where wants a condition") or nil,
    share = options.share ~= nil and amount(options.share, "share") or nil,
    count = options.count ~= nil and amount(options.count, "count") or nil,
    all = flag(options, "all"),
    whole = flag(options, "whole"),
    per = list_of_columns(options.per),
    set = set,
    allow_none = flag(options, "allow_none"),
    estimate = flag(options, "estimate"),
  }
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
  return core.scenario { name = name or core.scenario_name(self), params = params, steps = spec.steps }
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

-- Metamethods --------------------------------------------------------------------------------------------------------

core.export(methods)
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
  local params, steps, seen = {}, {}, {}
  for _, spec in ipairs { left, right } do
    for _, param in ipairs(spec.params) do
      if not seen[param.name] then
        seen[param.name] = param
        params[#params + 1] = param
      elseif seen[param.name].unit ~= param.unit then
        core.fail(("both scenarios have a parameter %s, the one in %s and the other in %s"):format(param.name,
          seen[param.name].unit or "no unit", param.unit or "no unit"))
      end
    end
    table.move(spec.steps, 1, #spec.steps, #steps + 1, steps)
  end
  return core.compose(a, b, { params = params, steps = steps })
end

function meta.__tostring(self)
  local spec = core.spec(self)
  local lines = { ("scenario %q"):format(core.scenario_name(self)) }
  for _, param in ipairs(spec.params) do
    local range = ""
    if param.min ~= nil or param.max ~= nil then
      range = (" (%s to %s)"):format(param.min == nil and "..." or tostring(param.min),
        param.max == nil and "..." or tostring(param.max))
    end
    lines[#lines + 1] = ("  $%s = %s%s%s%s"):format(param.name, core.literal(param.value),
      param.unit and " " .. param.unit or "", range, param.doc and ": " .. param.doc or "")
  end
  for i, step in ipairs(spec.steps) do
    local how = step.all and "all" or step.share and "share " .. step.share or "count " .. step.count
    lines[#lines + 1] = ("  %d. %s: %s%s%s%s, set %s"):format(i, step.name, how, step.whole and ", whole persons" or "",
      step.where and " where " .. step.where or "", step.per and ", per " .. table.concat(step.per, ", ") or "",
      table.concat(step.set, ", "))
  end
  return table.concat(lines, "\n")
end

local class = core.class "dk.scenario"
for event, handler in pairs(core.export(meta)) do
  class[event] = handler
end

-- Asking a breakdown -------------------------------------------------------------------------------------------------

core.ask = {} -- methods of breakdowns, which find them here

-- Names with a value each: a number, a text, true, false or dk.null.
local function check_values(values, what, kind)
  for name in pairs(values) do
    if type(name) ~= "string" then
      core.fail(("%s: a %s has a name, and not the key %s"):format(what, kind, tostring(name)))
    end
  end
  for _, name in ipairs(sorted_keys(values, kind)) do
    if core.literal(values[name]) == nil then
      core.fail(("%s: the %s %s cannot be %s (a number, a text, true, false or dk.null)"):format(what, kind, name,
        given_as(values[name])))
    end
  end
  return values
end

-- Parameters that a script gives to breakdown and scenarios together: for each scenario those that are its own; the
-- breakdown sees all, and refuses what nobody has.
local function share_out(params, scenarios, what)
  if params ~= nil and type(params) ~= "table" then
    core.fail(("%s: parameters are a table such as { aandeel = 0.3 }, not %s"):format(what, given_as(params)))
  end
  local all = check_values(params or {}, what, "parameter")
  local lists = {}
  for i, scenario in ipairs(scenarios) do
    lists[i] = {}
    for _, param in ipairs(core.spec(scenario).params) do
      lists[i][param.name] = all[param.name]
    end
  end
  return lists, all
end

local function check_data(value, what)
  if core.kind(value) ~= "table" then
    core.fail(("%s wants a table first, not %s"):format(what, given_as(value)))
  end
end

local function list_of_scenarios(against)
  local kind = core.kind(against)
  local scenarios = kind == "scenario" and { against } or against
  if kind ~= "scenario" and (kind ~= nil or type(scenarios) ~= "table") then
    core.fail(("compare wants a scenario, a list of scenarios or another table, not %s"):format(given_as(against)))
  end
  if core.list(scenarios, "compare") == 0 then
    core.fail "compare wants a scenario or more, and the list is empty"
  end
  for i, scenario in ipairs(scenarios) do
    if core.kind(scenario) ~= "scenario" then
      core.fail(("compare: item %d of the list is no scenario but %s"):format(i, given_as(scenario)))
    end
  end
  return scenarios
end

-- coverage:compare(table, scenario or { scenarios } [, params]) - as it is, and under each scenario
-- coverage:compare(table, other_table [, { name = "later", params = {} }]) - one delivery and another
function core.ask.compare(self, base, against, options)
  check_data(base, "compare")
  if core.kind(against) == "table" then
    core.check(options, "compare", { "name", "params" })
    local name = options and options.name or against:properties().name or "other"
    if type(name) ~= "string" then
      core.fail(("compare: name is a string, not %s"):format(given_as(name)))
    end
    local _, params = share_out(options and options.params, {}, "compare")
    return core.compare_tables(self, base, against, name, params)
  end
  local scenarios = list_of_scenarios(against)
  local params, all = share_out(options, scenarios, "compare")
  return core.compare(self, base, all, scenarios, params)
end

-- The cell that a question names: { dimension = value }, empty for the total.
local function cell_of(question)
  local at, each = question.at, question.each
  if at == nil and each == nil then
    core.fail 'solve: say which cell: at = dk.total, at = { gemeente = "Duiven" }, or each = "gemeente"'
  end
  if at ~= nil and each ~= nil then
    core.fail "solve: say either at or each"
  end
  if each ~= nil and type(each) ~= "string" then
    core.fail(("solve: each is the name of a dimension, not %s"):format(given_as(each)))
  end
  local cell = {}
  if at ~= nil and at ~= dk.total then
    if type(at) ~= "table" then
      core.fail(("solve: at is dk.total or { dimension = value }, not %s"):format(given_as(at)))
    end
    for name, value in pairs(at) do
      if value ~= dk.total then
        cell[name] = value
      end
    end
  end
  return check_values(cell, "solve: at", "dimension")
end

-- coverage:solve(table, scenario, { vary = "aandeel", target = "dekking >= 0.90", at = dk.total })
function core.ask.solve(self, base, scenario, question)
  check_data(base, "solve")
  if core.kind(scenario) ~= "scenario" then
    core.fail(("solve wants a scenario, not %s"):format(given_as(scenario)))
  end
  if type(question) ~= "table" then
    core.fail 'solve wants a question such as { vary = "aandeel", target = "dekking >= 0.90", at = dk.total }'
  end
  core.check(question, "solve", { "vary", "target", "at", "each", "params" })
  if type(question.vary) ~= "string" then
    core.fail(('solve: vary is the name of a parameter of the scenario, such as "aandeel", not %s')
      :format(given_as(question.vary)))
  end
  if question.target == nil then
    core.fail 'solve: target is a condition on the result, such as "dekking >= 0.90", not nil'
  end
  local target = core.condition(question.target, "solve: target wants a condition on the result")
  local params, all = share_out(question.params, { scenario }, "solve")
  return core.solve(self, base, scenario, {
    vary = question.vary,
    target = target,
    each = question.each,
    at = cell_of(question),
    params = params[1],
    breakdown_params = all,
  })
end

-- dk -----------------------------------------------------------------------------------------------------------------

local function define(name, given)
  if type(given) ~= "table" then
    core.fail(("scenario wants a table of steps, not %s"):format(given_as(given)))
  end
  local steps, n_given = {}, 0
  for i, step in ipairs(given) do
    n_given = i
    for _, one in ipairs(core.merges[step] and core.merges[step].steps or { step }) do
      steps[#steps + 1] = read_step(one, i)
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
  core.check(options, "a scenario", { "params" })
  local made = core.scenario { name = name, params = read_params(options.params), steps = steps }
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

-- One step that makes each old member a new one, all at once.
local function recode_step(column, name, pairs_)
  local old, cases, quoted = {}, {}, core.quoted(column)
  for i, pair in ipairs(pairs_) do
    old[i] = core.literal(pair.old)
    cases[i] = ("%s == %s, %s"):format(quoted, core.literal(pair.old), core.literal(pair.new))
  end
  return {
    name,
    where = ("%s in (%s)"):format(quoted, table.concat(old, ", ")),
    all = true,
    set = { [column] = dk.expr(("case(%s)"):format(table.concat(cases, ", "))) },
  }
end

-- The members that a recode changes, such that what leaves one has left before anything comes in.
local function order_members(list)
  local leaves, order, state = {}, {}, {}
  for i, pair in ipairs(list) do
    if pair.old ~= pair.new then
      leaves[pair.old] = leaves[pair.old] or {}
      table.insert(leaves[pair.old], i)
    end
  end
  local function visit(member, from)
    if state[member] == "open" then
      core.fail(("merge: %s goes to %s and comes back in part, and steps go one way; t:recode does both at once")
        :format(member, from))
    end
    if state[member] or not leaves[member] then
      return
    end
    state[member] = "open"
    for _, i in ipairs(leaves[member]) do
      visit(list[i].new, member)
    end
    state[member] = "done"
    order[#order + 1] = { member = member, pairs = leaves[member] }
  end
  for _, pair in ipairs(list) do
    visit(pair.old, pair.old)
  end
  return order
end

-- Steps that divide members: each takes its share of what those before it left.
local function dividing_steps(column, recode, list)
  local shares, steps = core.recode_shares(recode), {}
  for _, leaving in ipairs(order_members(list)) do
    local left
    for _, i in ipairs(leaving.pairs) do
      local pair = list[i]
      steps[#steps + 1] = {
        ("%s -> %s (%.1f %%)"):format(pair.old, pair.new, pair.share * 100),
        where = ("%s == %s"):format(core.quoted(column), core.literal(pair.old)),
        share = left and ("(%s) / (%s)"):format(shares[i], left) or shares[i],
        set = { [column] = pair.new },
        allow_none = true,
        estimate = pair.share < 1,
      }
      left = ("%s - %s"):format(left or "1", shares[i])
    end
  end
  return steps
end

-- What a recode of history does, as a step: the same operation as one that never happened. One that divides members is
-- several steps.
local function merge_recode(column, recode, what)
  if what ~= nil then
    core.fail "merge: a recode says itself what members become"
  end
  local list = recode:pairs()
  if #list == 0 then
    core.fail(("merge: %s is no step: it names no member"):format(tostring(recode)))
  end
  if recode:exact() then
    return recode_step(column, tostring(recode), list)
  end
  return { tostring(recode) }, dividing_steps(column, recode, list)
end

local function merge_values(column, values, new_name)
  if type(values) ~= "table" or core.list(values, "merge") == 0 then
    core.fail(("merge wants a list of the values that become one, not %s"):format(
      type(values) == "table" and "an empty one" or given_as(values)))
  end
  if type(new_name) ~= "string" then
    core.fail(("merge: the new name is a string, not %s"):format(given_as(new_name)))
  end
  local list, seen, different = {}, {}, {}
  for i, value in ipairs(values) do
    if type(value) ~= "string" then
      core.fail(("merge: value %d is %s and not a string"):format(i, given_as(value)))
    end
    list[i] = core.literal(value)
    if not seen[value] then
      seen[value] = true
      different[#different + 1] = value
    end
  end
  return {
    ("merge %s into %s"):format(table.concat(values, ", "), new_name),
    where = ("%s in (%s)"):format(core.quoted(column), table.concat(list, ", ")),
    all = true,
    set = { [column] = new_name },
  }, core.recode(different, new_name)
end

-- A step that merges values of a column into one: dk.merge("gemeente", { "Duiven", "Westervoort" }, "Duiven-Westervoort");
-- or that does what happened: dk.merge("gemeente", geo:recode("2015-01-01", "2018-01-01")). t:recode takes both.
dk.merge = core.export(function(column, values, new_name)
  if type(column) ~= "string" then
    core.fail(("merge: the column is a string, not %s"):format(given_as(column)))
  end
  local step, recode, steps
  if core.kind(values) == "recode" then
    recode = values
    step, steps = merge_recode(column, values, new_name)
  else
    step, recode = merge_values(column, values, new_name)
  end
  core.merges[step] = { column = column, recode = recode, steps = steps }
  return step
end)

return core.export(scenario)
