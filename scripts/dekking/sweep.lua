-- sweep.lua - one scenario at many values of its parameters: breakdown:sweep.

local _, core = ...

local given_as, sorted_keys = core.part "given".kind, core.part "given".keys
local ask = core.part "ask"

local EXAMPLE = "{ aandeel = dk.range(0, 1, 0.1) }"

-- The values of a parameter: a list, or one.
local function values_of(name, given)
  if core.literal(given) ~= nil then
    return { given }
  end
  if type(given) ~= "table" or core.kind(given) ~= nil then
    core.fail(("sweep: %s gets a list of values, such as %s, not %s"):format(name, EXAMPLE, given_as(given)))
  end
  if core.list(given, "sweep: " .. name) == 0 then
    core.fail(("sweep: the list of values of %s is empty"):format(name))
  end
  for i, value in ipairs(given) do
    if core.literal(value) == nil then
      core.fail(("sweep: value %d of %s cannot be %s"):format(i, name, given_as(value)))
    end
  end
  return given
end

local function axes_of(given)
  if type(given) ~= "table" or core.kind(given) ~= nil then
    core.fail(("sweep wants values of parameters, such as %s, or a table of points, not %s"):format(EXAMPLE,
      given_as(given)))
  end
  local axes = {}
  for i, name in ipairs(sorted_keys(given, "parameters of a sweep")) do
    axes[i] = { param = name, values = values_of(name, given[name]) }
  end
  if #axes == 0 then
    core.fail(("sweep wants values of parameters, such as %s, and the table is empty"):format(EXAMPLE))
  end
  return axes
end

local sweep = {}

-- coverage:sweep(table, scenario, { aandeel = dk.range(0, 1, 0.1), n = { 1, 2 } } [, { params = { ... } }])
-- coverage:sweep(table, scenario, points [, options]) - the rows of a table, such as dk.latin gives
function sweep.sweep(self, base, scenario, over, options)
  ask.check_data(base, "sweep")
  if core.kind(scenario) ~= "scenario" then
    core.fail(("sweep wants a scenario, not %s"):format(given_as(scenario)))
  end
  core.check(options, "sweep", { "params" })
  local params, all = ask.share_out(options and options.params, { scenario }, "sweep")
  local spec = { params = params[1], breakdown_params = all }
  if core.kind(over) == "table" then
    spec.points = over
  else
    spec.axes = axes_of(over)
  end
  return core.sweep(self, base, scenario, spec)
end

return sweep
