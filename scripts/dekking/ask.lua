-- ask.lua - what a breakdown is asked about scenarios and other tables: compare and solve.

local dk, core = ...

local given_as, sorted_keys = core.part "given".kind, core.part "given".keys

local ask = {} -- methods of breakdowns

-- What comparisons ran on, by their results, for who explains one.
core.compared = setmetatable({}, { __mode = "k" })

-- Whether all have names, and values that need no second look.
local function are_plain(values)
  for name, value in pairs(values) do
    local kind = type(value)
    if type(name) ~= "string" or kind == "number" and value - value ~= 0 or kind ~= "number" and kind ~= "boolean" then
      return false
    end
  end
  return true
end

-- Names with a value each: a number, a text, true, false or dk.null.
local function check_values(values, what, kind)
  if are_plain(values) then
    return values
  end
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
function ask.share_out(params, scenarios, what)
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

function ask.check_data(value, what)
  if core.kind(value) ~= "table" then
    core.fail(("%s wants a table first, not %s"):format(what, given_as(value)))
  end
end

local function list_of_scenarios(against, what)
  local kind, scenarios = core.kind(against), against
  if kind == "scenario" then
    return { against }
  end
  if kind ~= nil or type(scenarios) ~= "table" then
    core.fail(("%s, not %s"):format(what, given_as(against)))
  end
  if core.list(scenarios, what:match "%a+") == 0 then
    core.fail(("%s wants a scenario or more, and the list is empty"):format(what:match "%a+"))
  end
  for i, scenario in ipairs(scenarios) do
    if core.kind(scenario) ~= "scenario" then
      core.fail(("%s: item %d of the list is no scenario but %s"):format(what:match "%a+", i, given_as(scenario)))
    end
  end
  return scenarios
end

local FORM = { "long", "relative" }

-- Options of a comparison, without a name that is none.
local function check_form(form, allowed)
  if form == nil then
    return {}
  end
  core.check(form, "compare", allowed)
  for _, key in ipairs(FORM) do
    if form[key] ~= nil and type(form[key]) ~= "boolean" then
      core.fail(("compare: %s is true or false, not %s"):format(key, given_as(form[key])))
    end
  end
  return form
end

-- Whether a table alone behind the scenarios has options, and not parameters: one of its keys is an option, and no
-- parameter's name.
local function is_form(given, breakdown, scenarios)
  if type(given) ~= "table" or given.long == nil and given.relative == nil then
    return false
  end
  local params = {}
  for _, name in ipairs((select(2, core.needs(breakdown)))) do
    params[name] = true
  end
  for _, scenario in ipairs(scenarios) do
    for _, param in ipairs(core.spec(scenario).params) do
      params[param.name] = true
    end
  end
  for _, key in ipairs(FORM) do
    if given[key] ~= nil and not params[key] then
      return true
    end
  end
  return false
end

-- What the scenarios do, one thing a line, for the lineage of what was compared with them.
local function interventions_of(scenarios, params)
  local list = {}
  for i, scenario in ipairs(scenarios) do
    local spec, name = core.spec(scenario), core.scenario_name(scenario)
    for k, step in ipairs(spec.steps) do
      list[#list + 1] = { name = name, text = ("%d. %s: %s"):format(k, step.name, core.part "step".show(step)) }
    end
    for _, param in ipairs(spec.params) do
      local value = params[i][param.name]
      value = core.literal(value == nil and param.value or value)
      list[#list + 1] = value and { name = name, text = ("$%s is %s"):format(param.name, value) } or nil
    end
  end
  return list
end

-- coverage:compare(table, scenario or { scenarios } [, params] [, { long = true, relative = true }])
-- coverage:compare(table, other_table [, { name = "later", params = {}, long = true, relative = true }]) - two deliveries
function ask.compare(self, base, against, options, form)
  ask.check_data(base, "compare")
  if core.kind(against) == "table" then
    check_form(options, { "name", "params", "long", "relative" })
    if form ~= nil then
      core.fail "compare: of two tables all options stand in one table: { name =, params =, long =, relative = }"
    end
    local name = options and options.name
    if name == nil then
      name = against:properties().name or "other"
    end
    if type(name) ~= "string" then
      core.fail(("compare: name is a string, not %s"):format(given_as(name)))
    end
    local _, params = ask.share_out(options and options.params, {}, "compare")
    local result = core.compare_tables(self, base, against, name, params, options or {})
    core.compared[result] = { breakdown = self, base = base, later = against, name = name, all = params,
                              long = options and options.long, form = { relative = options and options.relative } }
    return result
  end
  local scenarios = list_of_scenarios(against, "compare wants a scenario, a list of scenarios or another table")
  if form == nil and is_form(options, self, scenarios) then
    options, form = nil, options
  end
  form = check_form(form, FORM)
  local params, all = ask.share_out(options, scenarios, "compare")
  local result, cells, by_rows, key = core.compare(self, base, all, scenarios, params, form,
    interventions_of(scenarios, params))
  core.compared[result] = { breakdown = self, cells = cells, by_rows = by_rows, scenarios = scenarios, params = params,
                            all = all, long = form.long, form = { relative = form.relative }, key = key }
  return result
end

-- coverage:plan(table, scenario or { scenarios } [, params]) - compares, and tells how: cells, or rows and why
function ask.plan(self, base, against, params)
  local scenarios = list_of_scenarios(against, "plan wants parameters, a scenario or a list of scenarios")
  local lists, all = ask.share_out(params, scenarios, "plan")
  return core.part "explain" and core.plan_of(core.plan_scenarios(self, base, all, scenarios, lists))
end

-- The cell that a question names: { dimension = value }, empty for the total.
function ask.cell_of(question, what)
  local at, each = question.at, question.each
  if at ~= nil and each ~= nil then
    core.fail(("%s: say either at or each"):format(what))
  end
  if each ~= nil and type(each) ~= "string" then
    core.fail(("%s: each is the name of a dimension, not %s"):format(what, given_as(each)))
  end
  local cell = {}
  if at ~= nil and at ~= dk.total then
    if type(at) ~= "table" then
      core.fail(("%s: at is dk.total or { dimension = value }, not %s"):format(what, given_as(at)))
    end
    for name, value in pairs(at) do
      if value ~= dk.total then
        cell[name] = value
      end
    end
  end
  return check_values(cell, what .. ": at", "dimension")
end

-- coverage:solve(table, scenario, { vary = "aandeel", target = "dekking >= 0.90", at = dk.total })
function ask.solve(self, base, scenario, question)
  ask.check_data(base, "solve")
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
  if question.at == nil and question.each == nil then
    core.fail 'solve: say which cell: at = dk.total, at = { gemeente = "Duiven" }, or each = "gemeente"'
  end
  local params, all = ask.share_out(question.params, { scenario }, "solve")
  return core.solve(self, base, scenario, {
    vary = question.vary,
    target = target,
    each = question.each,
    at = ask.cell_of(question, "solve"),
    params = params[1],
    breakdown_params = all,
  })
end

return ask
