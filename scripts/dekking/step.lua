-- step.lua - a step of a scenario: its options, read and shown.
--
-- In `set` a string of Lua is a text, a number or boolean is itself, and dk.expr "..." is an expression; what a script
-- gives as a value reaches the engine as a quoted literal, so that it can never be read as anything else.

local _, core = ...

local STEP = {
  "where", "when", "share", "count", "all", "scale", "rate", "to", "move", "shares", "add", "remove", "set", "per", "whole",
  "first", "drawn", "seed", "allow_none", "estimate", "merges",
}

local given_as, given_options = core.part "given".kind, core.part "given".options
local sorted_keys = core.part "given".keys
local flows, taking, merged = core.part "flows", core.part "taking", core.part "merged"

local step = {}

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

local function flag(options, key)
  if options[key] ~= nil and type(options[key]) ~= "boolean" then
    core.fail(("scenario: %s is true or false, not %s"):format(key, given_as(options[key])))
  end
  return options[key]
end

-- What happens to those who are taken.
local function effect(options, name)
  local add, remove = flag(options, "add"), flag(options, "remove")
  if add and remove then
    core.fail(("scenario: step '%s' says both add and remove: persons come, or leave"):format(name))
  end
  return add and "adds" or remove and "removes" or nil
end

-- Whether a step that moves persons says what they become by itself.
local function needs_set(options)
  return not (options.add or options.remove or options.scale or options.rate or options.move)
end

local function assignments(options, name)
  local set = {}
  if options.set == nil and not needs_set(options) then
    return set
  end
  if type(options.set) ~= "table" then
    core.fail(("scenario: step '%s' sets nothing: write set = { in_sonar = true }"):format(name))
  end
  for i, column in ipairs(sorted_keys(options.set, "columns in set")) do
    set[i] = assignment(column, options.set[column])
  end
  return set
end

-- The name of a column.
local function column_of(options, key)
  return options[key] ~= nil and (core.name(options[key])
    or core.fail(("scenario: %s is the name of a column, not %s"):format(key, given_as(options[key])))) or nil
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

-- What a script gave as step i of a scenario, as core.scenario wants it; seed: the scenario's.
function step.read(given, i, seed)
  if type(given) ~= "table" then
    core.fail(('scenario: step %d is a table such as { "what it does", share = 0.3, set = { ... } }, not %s')
      :format(i, given_as(given)))
  end
  local options = given_options(given)
  core.check(options, "a step", STEP)
  local name = given[1]
  if name == nil then
    name = "step " .. i
  elseif type(name) ~= "string" then
    core.fail(("scenario: step %d begins with what it does, a string, not %s"):format(i, given_as(name)))
  end
  if (options.move == nil) ~= (options.shares == nil) then
    core.fail(("scenario: step '%s' says %s: move = \"gemeente\", shares = { Arnhem = { Duiven = 0.10 } }"):format(name,
      options.move == nil and "which shares move, and not of which column" or "of which column, and no shares"))
  end
  local merges, merges_where = merged.read(options)
  return taking.read(options, {
    name = name,
    where = options.where ~= nil and core.condition(options.where, "where wants a condition") or nil,
    when = options.when ~= nil and core.condition(options.when, "when wants a condition") or nil,
    share = options.share ~= nil and amount(options.share, "share") or nil,
    count = options.count ~= nil and amount(options.count, "count") or nil,
    all = flag(options, "all"),
    scale = options.scale ~= nil and amount(options.scale, "scale") or nil,
    rate = column_of(options, "rate"),
    to = options.to ~= nil and amount(options.to, "to") or nil,
    move = column_of(options, "move"),
    flows = options.shares ~= nil and flows.read(options.shares) or nil,
    effect = effect(options, name),
    whole = flag(options, "whole"),
    per = list_of_columns(options.per),
    set = assignments(options, name),
    allow_none = flag(options, "allow_none"),
    estimate = flag(options, "estimate"),
    merges = merges,
    merges_where = merges_where,
  }, given[1] ~= nil, seed)
end

-- A step that a function of dk makes: what its options say, beside what it is. It is read here, where the script gives it,
-- so that an error names that line; the scenario reads it anew.
function step.make(what, column, options, allowed, made)
  if type(column) ~= "string" then
    core.fail(("%s: the column is a string, not %s"):format(what, given_as(column)))
  end
  core.check(options, what, allowed)
  for _, key in ipairs(allowed) do
    if options and options[key] ~= nil then
      made[key == "name" and 1 or key] = options[key]
    end
  end
  step.read(made, 1)
  return made
end

local function how(of)
  if of.move then
    return ("move %s: %s"):format(of.move, flows.show(of.flows))
  elseif of.rate then
    return ("rate %s to %s"):format(of.rate, of.to)
  end
  local amount_text = of.all and "all" or of.share and "share " .. of.share or of.count and "count " .. of.count
    or "scale " .. of.scale
  return (of.effect == "adds" and "add " or of.effect == "removes" and "remove " or "") .. amount_text
end

-- How many of whom, and what they get: "share 0.5 where not in_sonar, per gemeente, set in_sonar = true".
function step.show(of)
  return ("%s%s%s%s%s%s%s"):format(how(of), of.whole and ", whole persons" or "",
    of.where and " where " .. of.where or "", of.per and ", per " .. table.concat(of.per, ", ") or "", taking.show(of),
    #of.set > 0 and ", set " .. table.concat(of.set, ", ") or "", of.when and ", when " .. of.when or "")
end

return step
