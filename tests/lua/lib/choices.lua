-- choices.lua - all choices of one whole number of each of some ranges.
--
-- usage: local choose = dofile "choices.lua"
--        choose({ { 0, 2 }, { 5, 6 } }, 1, {}, function(chosen) ... end)     chosen is the same table each time

-- Calls visit for all choices, from place i on.
local function choose(ranges, i, chosen, visit)
  if i > #ranges then return visit(chosen) end
  for value = ranges[i][1], ranges[i][2] do
    chosen[i] = value
    choose(ranges, i + 1, chosen, visit)
  end
end

return choose
