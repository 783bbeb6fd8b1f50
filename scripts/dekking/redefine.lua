-- redefine.lua - dk.redefine: a step by which a column means something else.
--
--   dk.redefine("klasse", "bin(leeftijd, 18, 30, 50, 67)")

local dk, core = ...

local make = core.part "step".make

local OPTIONS = { "name", "where", "when", "allow_none", "estimate" }

return core.export(function(column, expression, options)
  local text = core.condition(expression, "redefine wants an expression, what the column becomes")
  local name = type(column) == "string" and column or "" -- what is none is refused by make
  return make("redefine", column, options, OPTIONS, { "redefine " .. name, all = true, set = { [name] = dk.expr(text) } })
end)
