-- bands.lua - how far a scenario's outcome goes by chance: a breakdown over repeated draws.

local _, core = ...

local ask = core.part "ask"
local given_as, given_number = core.part "given".kind, core.part "given".number

local bands = {} -- methods of breakdowns

local QUANTILES = { 0.025, 0.5, 0.975 }

local function check_draws(draws)
  local whole = core.is_number(draws) and math.tointeger(draws) or nil
  if not whole or whole < 1 then
    core.fail(("bands: draws is a whole number from 1 on, such as 1000, not %s"):format(given_number(draws)))
  end
  return whole
end

local function check_quantiles(given)
  local list = core.is_number(given) and { given } or given
  if type(list) ~= "table" then
    core.fail(("bands: quantiles are a list of numbers such as { 0.025, 0.975 }, not %s"):format(given_as(given)))
  end
  for i = 1, core.list(list, "bands: quantiles") do
    if not core.is_number(list[i]) or list[i] < 0 or list[i] > 1 then
      core.fail(("bands: quantile %d lies between 0 and 1, and is not %s"):format(i, given_number(list[i])))
    end
  end
  return list
end

-- coverage:bands(table, scenario [, { draws = 1000, quantiles = { 0.025, 0.5, 0.975 }, params = { ... } }])
function bands.bands(self, base, scenario, options)
  ask.check_data(base, "bands")
  if core.kind(scenario) ~= "scenario" then
    core.fail(("bands wants a scenario, not %s"):format(given_as(scenario)))
  end
  core.check(options, "bands", { "draws", "quantiles", "params" })
  options = options or {}
  local params, all = ask.share_out(options.params, { scenario }, "bands")
  return core.bands(self, base, scenario, {
    draws = check_draws(options.draws == nil and 1000 or options.draws),
    quantiles = check_quantiles(options.quantiles == nil and QUANTILES or options.quantiles),
    params = params[1],
    breakdown_params = all,
  })
end

return bands
