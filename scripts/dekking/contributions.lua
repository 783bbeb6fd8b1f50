-- contributions.lua - breakdown:contributions: what each step of a scenario contributes to a difference.

local _, core = ...

local ask, given_as = core.part "ask", core.part("given").kind

local contributions = {} -- methods of breakdowns

-- What is asked of one measure of a breakdown under a scenario: a place in the result, the measure, parameters.
function contributions.read(what, base, scenario, question, options)
  ask.check_data(base, what)
  if core.kind(scenario) ~= "scenario" then
    core.fail(("%s wants a scenario, not %s"):format(what, given_as(scenario)))
  end
  if question ~= nil and type(question) ~= "table" then
    core.fail(('%s wants a question such as { measure = "dekking", at = dk.total }, not %s'):format(what,
      given_as(question)))
  end
  question = question or {}
  core.check(question, what, options)
  if question.measure ~= nil and type(question.measure) ~= "string" then
    core.fail(("%s: measure is the name of a measure, not %s"):format(what, given_as(question.measure)))
  end
  local at = ask.cell_of(question, what)
  local params, all = ask.share_out(question.params, { scenario }, what)
  return {
    measure = question.measure,
    at = at,
    total = question.at ~= nil and next(at) == nil,
    each = question.each,
    params = params[1],
    breakdown_params = all,
  }
end

local METHODS = { order = true, shapley = true }

-- coverage:contributions(table, scenario, { measure = "dekking", at = dk.total, method = "shapley" })
function contributions.contributions(self, base, scenario, question)
  local spec = contributions.read("contributions", base, scenario, question,
    { "measure", "at", "each", "method", "allow_none", "params" })
  local method = question and question.method
  if method == nil then
    method = "order"
  end
  if not METHODS[method] then
    core.fail(('contributions: method is %s, and can be "order" or "shapley"')
      :format(type(method) == "string" and ("%q"):format(method) or given_as(method)))
  end
  local allow = question and question.allow_none
  if allow ~= nil and type(allow) ~= "boolean" then
    core.fail(("contributions: allow_none is true or false, not %s"):format(given_as(allow)))
  end
  spec.shapley, spec.allow_none = method == "shapley", allow
  return core.contributions(self, base, scenario, spec)
end

return contributions
