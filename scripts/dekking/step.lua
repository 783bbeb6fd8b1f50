-- step.lua - a step of a scenario: its options, read and shown.
--
-- In `set` a string of Lua is a text, a number or boolean is itself, and dk.expr "..." is an expression; what a script
-- gives as a value reaches the engine as a quoted literal, so that it can never be read as anything else.

local _, core = ...

local STEP = {
  "where", "share", "count", "all", "whole", "first", "drawn", "seed", "per", "set", "allow_none", "estimate",
}

local given_as, sorted_keys = core.part "given".kind, core.part "given".keys
local taking = core.part "taking"

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
  return taking.read(options, {
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
  }, given[1] ~= nil, seed)
end

-- How many of whom, and what they get: "share 0.5 where not in_sonar, per gemeente, set in_sonar = true".
function step.show(of)
  local how = of.all and "all" or of.share and "share " .. of.share or "count " .. of.count
  return ("%s%s%s%s%s, set %s"):format(how, of.whole and ", whole persons" or "",
    of.where and " where " .. of.where or "", of.per and ", per " .. table.concat(of.per, ", ") or "",
    taking.show(of), table.concat(of.set, ", "))
end

return step
