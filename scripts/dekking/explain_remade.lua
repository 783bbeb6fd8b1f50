-- explain_remade.lua - a result asked again as it was, of the table that is given, for numbers that no question of one cell
-- gives: a column that looks at other rows, the difference of a comparison.

local _, core = ...

local recipe, words = core.part "recipe", core.part "explain_words"

local GONE = "again: a table that took part is not kept"

local function gone() core.fail(GONE) end

-- Calls visit for the recipe and those inside it, each once.
local function walk(value, visit, seen)
  if type(value) ~= "table" and not recipe.is(value) or seen[value] or core.kind(value) then
    return
  end
  seen[value] = true
  if recipe.is(value) then
    visit(value)
    for i = 1, value.n or 0 do
      walk(value[i], visit, seen)
    end
  else
    for _, item in next, value do
      walk(item, visit, seen)
    end
  end
end

-- The table; fails where it cannot be made again.
return core.export(function(result, source)
  local root, made = core.recipe(result), {}
  local node = root
  while node and not node.asked do
    node = node.n and recipe.is(node[1]) and node[1] or nil
  end
  for i = 1, node and node.n or 0 do
    if recipe.is(node[i]) then
      made[node[i]] = source
      break
    end
  end
  if next(made) == nil then
    gone()
  end
  walk(root, function(each)
    for i, kept in pairs(each.asked or {}) do
      if recipe.is(each[i]) and not made[each[i]] then
        made[each[i]] = kept
      end
    end
  end, {})
  local done, again = words.try(recipe.make, root, { made = made, given = gone, path_of = gone })
  return done and again or core.fail((tostring(again):gsub("^[^\n]-:%d+: ", "")))
end)
