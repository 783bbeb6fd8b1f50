-- sensitivity.lua - which parameter matters most (breakdown:sensitivity), and whether the order of steps matters
-- (scenario:order).

local _, core = ...

local ask, contributions = core.part "ask", core.part "contributions"
local given_as, sorted_keys = core.part("given").kind, core.part("given").keys

local sensitivity = {}

-- { f = { 0.2, 0.4 } } as a list, by name.
local function read_ranges(ranges)
  if ranges == nil then
    return nil
  end
  if type(ranges) ~= "table" or next(ranges) == nil then
    core.fail(("sensitivity: ranges are a table such as { aandeel = { 0.2, 0.4 } }, not %s")
      :format(type(ranges) == "table" and "an empty one" or given_as(ranges)))
  end
  local list = {}
  for i, name in ipairs(sorted_keys(ranges, "ranges")) do
    local range = ranges[name]
    if type(range) ~= "table" or #range ~= 2 or not core.is_number(range[1]) or not core.is_number(range[2]) then
      core.fail(("sensitivity: the range of %s is two numbers such as { 0.2, 0.4 }, not %s"):format(name,
        type(range) == "table" and "this table" or given_as(range)))
    end
    list[i] = { name = name, low = range[1], high = range[2] }
  end
  return list
end

-- coverage:sensitivity(table, scenario, { measure = "dekking", at = dk.total, ranges = { aandeel = { 0.2, 0.4 } } })
function sensitivity.sensitivity(self, base, scenario, question)
  local spec = contributions.read("sensitivity", base, scenario, question,
    { "measure", "at", "each", "ranges", "params" })
  spec.ranges = read_ranges(question and question.ranges)
  return core.sensitivity(self, base, scenario, spec)
end

-- plan:order(table [, breakdown] [, params]) - for each pair of steps whether exchanging them changes a number
function sensitivity.order(self, base, breakdown, params)
  ask.check_data(base, "order")
  if core.kind(breakdown) ~= "breakdown" then
    if breakdown ~= nil and (params ~= nil or core.kind(breakdown) or type(breakdown) ~= "table") then
      core.fail(("order wants a breakdown, or parameters, behind the table, not %s"):format(given_as(breakdown)))
    end
    breakdown, params = nil, breakdown or params
  end
  local own, all = ask.share_out(params, { self }, "order")
  if not breakdown then
    own = { all } -- nobody else takes a parameter
  end
  return core.step_order(self, base, own[1], breakdown, all)
end

return sensitivity
