-- allocate.lua - breakdown:allocate: how a limited budget is spread best over groups, and the scenario that does it.

local dk, core = ...

local ask = core.part "ask"
local given_as, given_options = core.part("given").kind, core.part("given").options

local allocate = {} -- methods of breakdowns

local QUESTION = {
  "budget", "cost", "per", "maximise", "minimise", "gain", "capacity", "minimum", "targets", "whole", "params",
}
local EXAMPLE = '{ budget = 500, per = "gemeente", maximise = "known" }'

-- What is asked ------------------------------------------------------------------------------------------------------

local function columns_of(per)
  local list = core.name(per) and { per } or per
  if type(list) ~= "table" then
    core.fail(("allocate: per is a column or a list of columns, not %s"):format(given_as(per)))
  end
  local columns = {}
  for i = 1, core.list(list, "allocate: per") do
    columns[i] = core.name(list[i])
      or core.fail(("allocate: per: item %d is %s and not the name of a column"):format(i, given_as(list[i])))
  end
  return columns
end

-- { Arnhem = 2, Duiven = 3 } as an expression over the one column of per.
local function by_group(values, per, what)
  if #per ~= 1 then
    core.fail(("allocate: a table of %s goes by one column, and per has %d: write an expression"):format(what, #per))
  end
  local cases, column = {}, core.quoted(per[1])
  for group, value in pairs(values) do
    local name, number = core.literal(group), core.is_number(value) and core.literal(value)
    if not name or not number then
      core.fail(("allocate: %s gives each group a number, and %s has %s"):format(what, tostring(group),
        given_as(value)))
    end
    cases[#cases + 1] = ("%s == %s, %s"):format(column, name, number)
  end
  if #cases == 0 then
    core.fail(("allocate: %s is an empty table (was a variable nil?)"):format(what))
  end
  table.sort(cases)
  return ("case(%s)"):format(table.concat(cases, ", "))
end

local function has_column(base, name)
  for row in base:schema():rows() do
    if row.name == name then
      return true
    end
  end
end

-- A number, a column of the table, an expression, or a table of numbers by group, as an expression; nil: none.
local function amount(question, key, base, per)
  local value = question[key]
  if value == nil then
    return nil
  end
  if core.is_number(value) then
    return core.literal(value) or core.fail(("allocate: %s is no number: %s"):format(key, given_as(value)))
  end
  if type(value) == "table" and not core.kind(value) and per then
    return by_group(value, per, key)
  end
  if per and type(value) == "string" and has_column(base, value) then
    return core.quoted(value)
  end
  return core.condition(value, ("allocate: %s wants a number%s or an expression"):format(key,
    per and ", a table of numbers by group" or ""))
end

local function measure_of(question, key)
  local value = question[key]
  if value ~= nil and type(value) ~= "string" then
    core.fail(("allocate: %s is the name of a measure%s, not %s"):format(key,
      key == "minimise" and ' or "cost"' or "", given_as(value)))
  end
  return value
end

local function target_of(given, i)
  if type(given) ~= "table" or core.kind(given) then
    given = { given }
  end
  local options = given_options(given)
  core.check(options, "a target", { "at", "each" })
  if given[1] == nil then
    core.fail(('allocate: target %d has no condition: write { "dekking >= 0.9", each = "gemeente" }'):format(i))
  end
  if options.at == nil and options.each == nil then
    options.at = dk.total
  end
  return {
    condition = core.condition(given[1], "allocate: a target wants a condition on the result"),
    at = ask.cell_of(options, "allocate"),
    each = options.each,
  }
end

local function targets_of(given)
  if given == nil then
    return {}
  end
  if type(given) ~= "table" or core.kind(given) then
    given = { given }
  elseif given.at ~= nil or given.each ~= nil then
    core.fail 'allocate: targets are a list: { { "dekking >= 0.9", each = "gemeente" } }'
  end
  local targets = {}
  for i = 1, core.list(given, "allocate: targets") do
    targets[i] = target_of(given[i], i)
  end
  return targets
end

-- Groups that a table of numbers names, and nobody is in, are misspelt ones.
local function check_groups(question, per, base, plan)
  for _, key in ipairs { "cost", "gain", "capacity", "minimum" } do
    local values = question[key]
    if type(values) == "table" and not core.kind(values) then
      local known, named = plan[per[1]]:to_lua { plain = true }, {}
      if base:column(per[1]):type() == "category" then
        table.move(base:column(per[1]):levels(), 1, #base:column(per[1]):levels(), #known + 1, known)
      end
      local texts, seen = {}, {}
      for _, group in ipairs(known) do
        texts[#texts + 1] = type(group) == "string" and not seen[group] and group or nil
        seen[group] = true
      end
      for group, value in pairs(values) do
        named[group] = type(group) == "string" and value or nil
      end
      core.check(named, "allocate: " .. key, texts, "group")
    end
  end
end

-- The scenario that does it ------------------------------------------------------------------------------------------

-- Adds the parameters that a text mentions outside quotes.
local function add_params(text, names)
  local at = 1
  while at do
    local from, _, mark = text:find("(['\"`$])", at)
    if not from then
      return
    elseif mark == "$" then
      names[text:match("^[%a_][%w_]*", from + 1) or ""] = true
      at = from + 1
    else
      local stop = from + 1
      while text:sub(stop, stop) ~= mark and stop <= #text do
        stop = stop + (text:sub(stop, stop) == "\\" and 2 or 1)
      end
      at = stop + 1
    end
  end
end

local function params_of(params, steps, values)
  local names, kept = {}, {}
  for _, step in ipairs(steps) do
    for _, value in pairs(step) do
      for _, text in ipairs(type(value) == "table" and value or { value }) do
        if type(text) == "string" then
          add_params(text, names)
        end
      end
    end
  end
  for _, param in ipairs(params) do
    if names[param.name] then
      local copy = {}
      for key, value in pairs(param) do
        copy[key] = value
      end
      if values[param.name] ~= nil then
        copy.value = values[param.name]
      end
      kept[#kept + 1] = copy
    end
  end
  return kept
end

-- The step for one group: so many of it.
local function step_for(last, per, whole, group, count)
  local conditions, labels = { last.where and ("(%s)"):format(last.where) }, {}
  for i, column in ipairs(per) do
    local value = group[i]
    conditions[#conditions + 1] = value == dk.null and core.quoted(column) .. " is null"
      or ("%s == %s"):format(core.quoted(column), core.literal(value))
    labels[i] = tostring(value)
  end
  local step = {}
  for key, value in pairs(last) do
    step[key] = value
  end
  step.share, step.all, step.count, step.whole = nil, nil, core.literal(count), whole
  step.name = ("%s: %s"):format(last.name, table.concat(labels, ", "))
  step.where = table.concat(conditions, " and ")
  step.per = per
  return step
end

-- The steps before the last as they are, then one for each group that gets something.
local function carry_out(scenario, per, whole, plan, values, name)
  local spec = core.spec(scenario)
  local n = #spec.steps
  local steps = table.move(spec.steps, 1, n - 1, 1, {})
  local keys, counts = {}, plan.allocated:to_lua()
  for i, column in ipairs(per) do
    keys[i] = plan[column]:to_lua()
  end
  for row, count in ipairs(counts) do
    local group = {}
    for i in ipairs(per) do
      group[i] = keys[i][row]
    end
    if count ~= 0 and tonumber(tostring(count)) ~= 0 then
      steps[#steps + 1] = step_for(spec.steps[n], per, whole, group, count)
    end
  end
  if #steps < n then -- nobody gets anything
    local step = {}
    for key, value in pairs(spec.steps[n]) do
      step[key] = value
    end
    step.all, step.count, step.share = nil, nil, "0"
    steps[n] = step
  end
  return core.scenario {
    name = name, params = params_of(spec.params, steps, values), steps = steps, doc = spec.doc,
    assumptions = spec.assumptions,
  }
end

-- The answer ---------------------------------------------------------------------------------------------------------

local state_of = setmetatable({}, { __mode = "k" })
local methods = {}

local function state(self, method)
  return state_of[self] or core.fail(("%s: called on what is not an allocation (a method is called with a colon)")
    :format(method))
end

-- A text that tells groups apart, also null from anything else.
local function key_of(per)
  local parts = {}
  for i, column in ipairs(per) do
    local quoted = core.quoted(column)
    parts[i] = ("case(%s is null, '-', '+' .. text(%s))"):format(quoted, quoted)
  end
  return "key of the group", ("`key of the group` = %s"):format(table.concat(parts, " .. '|' .. "))
end

-- The breakdown by the groups, and those of the parameters that are its own.
local function by_groups(asked, per, all)
  local by, own = {}, {}
  for i, column in ipairs(per) do
    by[i] = core.quoted(column)
  end
  local question = asked:by(by):with { margins = dk.null, order = dk.null, limit = dk.null, rest = dk.null,
    levels = dk.null }
  for _, name in ipairs(select(2, core.needs(question))) do
    own[name] = all[name]
  end
  return question, own
end

-- The plan with the measures of each group as they are, and as they would be.
local function with_measures(question, base, plan, scenario, per, own)
  local compared = core.compare(question, base, own, { scenario }, { {} })
  local name, key = key_of(per)
  local columns, names = { name }, {}
  local suffix = "_" .. core.scenario_name(scenario)
  for row in compared:schema():rows() do
    if row.name:sub(-#suffix) == suffix then
      local measure = row.name:sub(1, -#suffix - 1)
      table.insert(columns, measure .. "_base")
      table.insert(columns, row.name)
      names[row.name] = measure
    end
  end
  compared = compared:derive { key }:select(columns):rename(names)
  return plan:derive { key }:join(compared, name):drop(name)
end

-- allocation:table() - a row for each group
function methods:table() return state(self, "table").plan end

-- allocation:limits() - the budget and each target: what is left, and what one more would bring
function methods:limits() return state(self, "limits").limits end

-- allocation:notes() - what the reader must know of it
function methods:notes() return table.move(state(self, "notes").notes, 1, #state_of[self].notes, 1, {}) end

-- allocation:scenario([name]) - the steps with the numbers of the allocation in the place of the last one's
function methods:scenario(name)
  local s = state(self, "scenario")
  if name == nil then
    return s.scenario
  end
  if type(name) ~= "string" or name == "" then
    core.fail(("scenario wants a name, not %s"):format(name == "" and "an empty text" or given_as(name)))
  end
  return s.scenario:named(name)
end

-- allocation:total() - persons, cost and gain of all groups together
function methods:total()
  local s = state(self, "total")
  local total = { allocated = s.plan.allocated:sum(), cost = s.plan.cost:sum() }
  if s.has_gain then
    total.gain = s.plan.gain:sum()
  end
  return total
end

core.record(core.export(methods))
local meta = { __name = "dk.allocation" }

function meta.__index(_, name) return core.member(nil, name, methods, "an allocation") end

function meta.__newindex()
  core.fail "an allocation never changes"
end

function meta.__tostring(self)
  local s = state_of[self]
  local total = methods.total(self)
  local lines = { tostring(s.plan), ("%s allocated, at a cost of %s%s"):format(tostring(total.allocated),
    tostring(total.cost), s.has_gain and (", gain %s"):format(tostring(total.gain)) or "") }
  table.move(s.notes, 1, #s.notes, #lines + 1, lines)
  return table.concat(lines, "\n")
end

core.export(meta)
meta.__metatable = "dk.allocation"
core.methods["dk.Allocation"] = methods

-- coverage:allocate(table, scenario, { budget = 500, per = "gemeente", maximise = "known" })
function allocate.allocate(self, base, scenario, question)
  ask.check_data(base, "allocate")
  if core.kind(scenario) ~= "scenario" then
    core.fail(("allocate wants a scenario, not %s"):format(given_as(scenario)))
  end
  if type(question) ~= "table" then
    core.fail(("allocate wants a question such as %s, not %s"):format(EXAMPLE, given_as(question)))
  end
  core.check(question, "allocate", QUESTION)
  if question.per == nil then
    core.fail 'allocate: say over which groups: per = "gemeente"'
  end
  if question.whole ~= nil and type(question.whole) ~= "boolean" then
    core.fail(("allocate: whole is true or false, not %s"):format(given_as(question.whole)))
  end
  local per, steps = columns_of(question.per), core.spec(scenario).steps
  local whole = question.whole
  if whole == nil then
    whole = #steps > 0 and steps[#steps].whole or false
  end
  local params, all = ask.share_out(question.params, { scenario }, "allocate")
  local plan, limits = core.allocate(self, base, scenario, {
    per = per,
    budget = amount(question, "budget", base),
    cost = amount(question, "cost", base, per),
    gain = amount(question, "gain", base, per),
    maximise = measure_of(question, "maximise"),
    minimise = measure_of(question, "minimise"),
    capacity = amount(question, "capacity", base, per),
    minimum = amount(question, "minimum", base, per),
    targets = targets_of(question.targets),
    whole = whole,
    params = params[1],
    breakdown_params = all,
  })
  check_groups(question, per, base, plan)
  local carried = carry_out(scenario, per, whole, plan, params[1], core.scenario_name(scenario))
  local made, asked, own = setmetatable({}, meta), by_groups(self, per, all)
  local words = ("an allocation of %s over %s"):format(core.scenario_name(scenario), table.concat(per, ", "))
  state_of[made] = {
    plan = core.answered(with_measures(asked, base, plan, carried, per, own), asked, base, own, words),
    limits = core.answered(limits, asked, base, own, "the limits of " .. words),
    notes = plan:notes(),
    scenario = carried,
    has_gain = question.minimise ~= "cost",
  }
  return made
end

return allocate
