-- split.lua - dk.split: a step by which one member of a column becomes several.
--
--   dk.split("gemeente", "Duiven", { Arnhem = 0.4, Zevenaar = 0.6 })

local _, core = ...

local given_as, make = core.part "given".kind, core.part "step".make

local OPTIONS = { "name", "where", "when", "per", "whole", "allow_none", "estimate" }

return core.export(function(column, value, shares, options)
  if value == nil or core.literal(value) == nil then
    core.fail(("split: what is split is a value of %s, not %s"):format(tostring(column), given_as(value)))
  end
  if type(shares) ~= "table" or core.kind(shares) then
    core.fail(("split: shares are a table such as { Arnhem = 0.4, Zevenaar = 0.6 }, not %s"):format(given_as(shares)))
  end
  return make("split", column, options, OPTIONS, {
    "split " .. tostring(value), move = column, shares = { [value] = shares }, all = true, estimate = true,
  })
end)
