-- range.lua - dk.range: numbers at even distances.

local _, core = ...

local given_as = core.part "given".kind

local WHAT = { "where it begins", "where it ends", "the step" }

-- dk.range(from, to [, step]) - numbers at even distances, each as exact as it is written: dk.range(0, 1, 0.1) are eleven
return core.export(function(from, to, step)
  for i, value in ipairs { from or false, to or false, step == nil and 1 or step } do
    if type(value) ~= "number" then
      core.fail(("range: %s is a number, not %s"):format(WHAT[i], given_as(value or nil)))
    end
  end
  return core.range(from, to, step or 1)
end)
