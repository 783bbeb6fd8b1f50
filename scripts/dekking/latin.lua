-- latin.lua - dk.latin: a sample of values of parameters that fills their ranges evenly.

local _, core = ...

local given_as, given_number, sorted_keys = core.part "given".kind, core.part "given".number, core.part "given".keys

-- dk.latin(n, { aandeel = { 0, 1 }, n = { 1, 20, whole = true } }, seed) - n points that fill ranges evenly
return core.record("dk.latin", core.export(function(n, ranges, seed)
  if math.type(n) ~= "integer" or n < 1 then
    core.fail(("latin: the number of points is a whole number from 1 on, not %s"):format(given_number(n)))
  end
  if type(ranges) ~= "table" or core.kind(ranges) ~= nil then
    core.fail(("latin wants ranges of parameters, such as { aandeel = { 0, 1 } }, not %s"):format(given_as(ranges)))
  end
  if seed ~= nil and math.type(seed) ~= "integer" then
    core.fail(("latin: the seed is a whole number, not %s"):format(given_number(seed)))
  end
  local list = {}
  for i, name in ipairs(sorted_keys(ranges, "ranges of parameters")) do
    local range, options = ranges[name], {}
    if type(range) ~= "table" or type(range[1]) ~= "number" or type(range[2]) ~= "number" or range[3] ~= nil then
      core.fail(("latin: the range of %s is two numbers, such as { 0, 1 }, or { 1, 20, whole = true }"):format(name))
    end
    for key, value in pairs(range) do
      if key ~= 1 and key ~= 2 then
        options[key] = value
      end
    end
    core.check(options, "latin: the range of " .. name, { "whole" })
    if range.whole ~= nil and type(range.whole) ~= "boolean" then
      core.fail(("latin: whole is true or false, not %s"):format(given_as(range.whole)))
    end
    list[i] = { param = name, least = range[1], greatest = range[2], whole = range.whole }
  end
  if #list == 0 then
    core.fail "latin wants ranges of parameters, such as { aandeel = { 0, 1 } }, and the table is empty"
  end
  return core.latin(n, list, seed or 1)
end))
