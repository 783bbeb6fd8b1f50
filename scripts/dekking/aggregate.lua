-- aggregate.lua - dk.aggregate: aggregates written in Lua, for the measures of breakdowns.
--
--   dk.aggregate "range" {
--     start  = function() return {} end,
--     step   = function(s, x) s.least, s.most = math.min(s.least or x, x), math.max(s.most or x, x) end,
--     merge  = function(s, t) ... end,
--     finish = function(s) return s.most and s.most - s.least end,
--   }
--   coverage:measure "spreiding = range(leeftijd)"
--
-- step gets the state, the arguments (never null) and, with weights = true, the weight; merge gets two states. Both change
-- the state or return another. Rows come in their order. block in the place of step gets lists of the values of many rows
-- of a group, and how many they are. start may be a value that cannot be changed: start = 0.

local dk, core = ...

local OPTIONS = { "doc", "arguments", "result", "weights", "start", "step", "block", "merge", "finish" }

local CONSTANT = { number = true, string = true, boolean = true }

local registry = core.part "registry"
local register, list = registry.new "aggregate"

local function define(name, options)
  if type(options) ~= "table" then
    core.fail(("aggregate wants a table with step and finish, not %s"):format(core.what(options)))
  end
  core.check(options, "aggregate", OPTIONS)
  if options.doc ~= nil and type(options.doc) ~= "string" then
    core.fail "aggregate: doc is a string"
  end
  local start = options.start
  if CONSTANT[type(start)] then
    local value = start
    function start() return value end
  elseif type(start) == "table" then
    core.fail "aggregate: start is a function that makes a state for each group: start = function() return {} end"
  end
  core.aggregate(name, {
    arguments = options.arguments, result = options.result, weights = options.weights, start = start,
    step = options.step, block = options.block, merge = options.merge, finish = options.finish,
  })
  register(name, options.doc or "")
end

-- The names of the aggregates that were defined, in that order, and the doc of each under its name.
dk.aggregates = list

return core.export(function(name, ...)
  if type(name) ~= "string" then
    core.fail(('aggregate: write dk.aggregate "name" { step = ..., finish = ... }, not %s'):format(core.what(name)))
  end
  registry.alone("aggregate", name, ...)
  return core.export(function(options) define(name, options) end)
end)
