-- redefine.lua - dk.redefine: a step by which a column means something else.
--
--   dk.redefine("klasse", "bin(leeftijd, 18, 30, 50, 67)")

local dk, core = ...

local make = core.part "step".make

local OPTIONS = { "name", "where", "when", "allow_none", "estimate" }

return core.export(function(column, expression, options)
  local text = core.condition(expression, "redefine wants an expression, what the column becomes")
  return make("redefine", column, options, OPTIONS, {
    "redefine " .. tostring(column), all = true, set = { [tostring(column)] = dk.expr(text) },
  })
end)
