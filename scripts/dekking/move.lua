-- move.lua - dk.move: a step by which shares of the members of a column become others, all at once.
--
--   dk.move("gemeente", { Arnhem = { Duiven = 0.10, Rheden = 0.05 } }, { where = "leeftijd < 27", whole = true })

local _, core = ...

local make = core.part "step".make

local OPTIONS = { "name", "where", "when", "per", "whole", "allow_none", "estimate" }

return core.export(function(column, shares, options)
  local name = type(column) == "string" and column or "" -- what is none is refused by make
  return make("move", column, options, OPTIONS, { "move " .. name, move = column, shares = shares })
end)
