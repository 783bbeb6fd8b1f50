-- merge.lua - dk.merge: members of a column that become one, as a step of a scenario.

local _, core = ...

local given_as, merged = core.part "given".kind, core.part "merged"

-- Of each step that was made its column and recode, and of values that become one these, for t:recode.
core.merges = setmetatable({}, { __mode = "k" })

-- One step that makes each old member a new one, all at once.
local function merge_step(column, name, merges)
  return { name, where = merged.where(column, merges), all = true, set = { [column] = merged.set(column, merges) },
    merges = merges }
end

-- What a recode of history does, as a step: the same operation as one that never happened. One that divides members moves
-- shares of them, and whom it moves is an assumption.
local function merge_recode(column, recode, what)
  if what ~= nil then
    core.fail "merge: a recode says itself what members become"
  end
  local list = recode:pairs()
  if #list == 0 then
    core.fail(("merge: %s is no step: it names no member"):format(tostring(recode)))
  end
  local shares, shown = core.recode_shares(recode)
  local merges, rows, names = {}, {}, {}
  for i, pair in ipairs(list) do
    merges[i] = { pair.old, pair.new }
  end
  if recode:exact() then
    return merge_step(column, tostring(recode), merges)
  end
  for i, pair in ipairs(list) do
    local numerator, denominator = shares[i]:match "^(%d+) / (%d+)$"
    merges[i][3], merges[i][4] = math.tointeger(numerator), math.tointeger(denominator)
    rows[i] = { from = pair.old, to = pair.new, share = shares[i] }
    if pair.old ~= pair.new then
      names[#names + 1] = ("%s -> %s (%s)"):format(pair.old, pair.new, shown[i])
    end
  end
  local name = #names <= 4 and table.concat(names, ", ") or tostring(recode)
  return { name, move = column, shares = rows, allow_none = true, estimate = true, merges = merges }
end

local function merge_values(column, values, new_name)
  if type(values) ~= "table" or core.list(values, "merge") == 0 then
    core.fail(("merge wants a list of the values that become one, not %s"):format(
      type(values) == "table" and "an empty one" or given_as(values)))
  end
  if type(new_name) ~= "string" then
    core.fail(("merge: the new name is a string, not %s"):format(given_as(new_name)))
  end
  local merges, seen = {}, {}
  for i, value in ipairs(values) do
    if type(value) ~= "string" then
      core.fail(("merge: value %d is %s and not a string"):format(i, given_as(value)))
    elseif seen[value] or (#values == 1 and value == new_name) then
      core.fail(("merge: %s would be merged with itself: name the others"):format(value))
    end
    merges[i], seen[value] = { value, new_name }, true
  end
  return merge_step(column, ("merge %s into %s"):format(table.concat(values, ", "), new_name), merges),
    core.recode(values, new_name)
end

-- A step that merges values of a column into one: dk.merge("gemeente", { "Duiven", "Westervoort" }, "Duiven-Westervoort");
-- or that does what happened: dk.merge("gemeente", geo:recode("2015-01-01", "2018-01-01")). t:recode takes both.
return core.export(function(column, values, new_name)
  if type(column) ~= "string" then
    core.fail(("merge: the column is a string, not %s"):format(given_as(column)))
  end
  if core.kind(values) == "recode" then
    local step = merge_recode(column, values, new_name)
    core.merges[step] = { column = column, recode = values }
    return step
  end
  local step, recode = merge_values(column, values, new_name)
  core.merges[step] = { column = column, recode = recode, values = table.move(values, 1, #values, 1, {}),
    new_name = new_name }
  return step
end)
