-- taking.lua - what a step says about who is taken: `first`, `drawn` and `seed`.

local _, core = ...

local given_as, given_number = core.part "given".kind, core.part "given".number

local taking = { seed = 0 } -- the one of steps that say none

-- A seed: a whole number, or nil.
function taking.check_seed(seed)
  local whole = core.is_number(seed) and math.tointeger(seed) or nil
  if seed ~= nil and not whole then
    core.fail(("scenario: seed is a whole number, not %s"):format(given_number(seed)))
  end
  return whole
end

-- One key of an order: "leeftijd desc", a column, an expression.
local function read_key(key)
  if type(key) == "string" then
    return key
  end
  return core.condition(key, "scenario: first wants an order such as 'leeftijd desc'")
end

local function read_first(given)
  if given == nil then
    return nil
  end
  local list = (type(given) ~= "table" or core.kind(given)) and { given } or given
  if core.list(list, "scenario: first") == 0 then
    core.fail "scenario: first is empty: who comes first?"
  end
  local keys = {}
  for i, key in ipairs(list) do
    keys[i] = read_key(key)
  end
  return keys
end

-- Adds to the step what the options say; its own seed goes before the scenario's, and 0 stands for none.
function taking.read(options, step, is_named, seed)
  local drawn, own = options.drawn, taking.check_seed(options.seed)
  if drawn ~= nil and type(drawn) ~= "boolean" and drawn ~= "persons" then
    core.fail(('scenario: drawn is true, false or "persons", not %s'):format(type(drawn) == "string"
      and ("%q"):format(drawn) or given_as(drawn)))
  end
  step.first = read_first(options.first)
  if not drawn then
    if own then
      core.fail(("scenario: step '%s' has a seed, and draws nothing: say drawn = true"):format(step.name))
    end
    return step
  end
  if not is_named then
    core.fail(('scenario: what is drawn is keyed by the name of its step: begin %s with what it does')
      :format(step.name))
  end
  step.drawn = drawn == "persons" and "persons" or "numbers"
  step.seed = own or seed or taking.seed
  return step
end

-- Raises where a scenario has a seed and none of its own steps draws: those of another scenario keep theirs.
function taking.check_used(seed, own, steps)
  for _, step in ipairs(own) do
    seed = not step.drawn and seed or nil
  end
  for _, step in ipairs(seed and steps or {}) do
    if step.drawn then
      core.fail(("scenario: there is a seed, and step '%s', which draws, keeps that of its scenario"):format(step.name))
    end
  end
  if seed then
    core.fail "scenario: there is a seed, and no step draws: say drawn = true in a step"
  end
end

-- ", drawn with seed 0" behind what a step takes.
function taking.show(step)
  if step.drawn then
    return (", %s with seed %d"):format(step.drawn == "persons" and "persons drawn" or "drawn", step.seed)
  end
  return step.first and ", first " .. table.concat(step.first, ", ") or ""
end

return taking
