-- merge.lua - dk.merge: members of a column that become one, as a step of a scenario.

local dk, core = ...

local given_as = core.part "given".kind

-- Of each step that was made its column and recode, for t:recode; and the steps that stand for it.
core.merges = setmetatable({}, { __mode = "k" })

-- One step that makes each old member a new one, all at once.
local function recode_step(column, name, pairs_)
  local old, cases, quoted = {}, {}, core.quoted(column)
  for i, pair in ipairs(pairs_) do
    old[i] = core.literal(pair.old)
    cases[i] = ("%s == %s, %s"):format(quoted, core.literal(pair.old), core.literal(pair.new))
  end
  return {
    name,
    where = ("%s in (%s)"):format(quoted, table.concat(old, ", ")),
    all = true,
    set = { [column] = dk.expr(("case(%s)"):format(table.concat(cases, ", "))) },
  }
end

-- The members that a recode changes, such that what leaves one has left before anything comes in.
local function order_members(list)
  local leaves, order, state = {}, {}, {}
  for i, pair in ipairs(list) do
    if pair.old ~= pair.new then
      leaves[pair.old] = leaves[pair.old] or {}
      table.insert(leaves[pair.old], i)
    end
  end
  local function visit(member, from)
    if state[member] == "open" then
      core.fail(("merge: %s goes to %s and comes back in part, and steps go one way; t:recode does both at once")
        :format(member, from))
    end
    if state[member] or not leaves[member] then
      return
    end
    state[member] = "open"
    for _, i in ipairs(leaves[member]) do
      visit(list[i].new, member)
    end
    state[member] = "done"
    order[#order + 1] = { member = member, pairs = leaves[member] }
  end
  for _, pair in ipairs(list) do
    visit(pair.old, pair.old)
  end
  return order
end

-- Steps that divide members: each takes its share of what those before it left.
local function dividing_steps(column, recode, list)
  local shares, steps = core.recode_shares(recode), {}
  for _, leaving in ipairs(order_members(list)) do
    local left
    for _, i in ipairs(leaving.pairs) do
      local pair = list[i]
      steps[#steps + 1] = {
        ("%s -> %s (%.1f %%)"):format(pair.old, pair.new, pair.share * 100),
        where = ("%s == %s"):format(core.quoted(column), core.literal(pair.old)),
        share = left and ("(%s) / (%s)"):format(shares[i], left) or shares[i],
        set = { [column] = pair.new },
        allow_none = true,
        estimate = pair.share < 1,
      }
      left = ("%s - %s"):format(left or "1", shares[i])
    end
  end
  return steps
end

-- What a recode of history does, as a step: the same operation as one that never happened. One that divides members is
-- several steps.
local function merge_recode(column, recode, what)
  if what ~= nil then
    core.fail "merge: a recode says itself what members become"
  end
  local list = recode:pairs()
  if #list == 0 then
    core.fail(("merge: %s is no step: it names no member"):format(tostring(recode)))
  end
  if recode:exact() then
    return recode_step(column, tostring(recode), list)
  end
  return { tostring(recode) }, dividing_steps(column, recode, list)
end

local function merge_values(column, values, new_name)
  if type(values) ~= "table" or core.list(values, "merge") == 0 then
    core.fail(("merge wants a list of the values that become one, not %s"):format(
      type(values) == "table" and "an empty one" or given_as(values)))
  end
  if type(new_name) ~= "string" then
    core.fail(("merge: the new name is a string, not %s"):format(given_as(new_name)))
  end
  local list, seen, different = {}, {}, {}
  for i, value in ipairs(values) do
    if type(value) ~= "string" then
      core.fail(("merge: value %d is %s and not a string"):format(i, given_as(value)))
    end
    list[i] = core.literal(value)
    if not seen[value] then
      seen[value] = true
      different[#different + 1] = value
    end
  end
  return {
    ("merge %s into %s"):format(table.concat(values, ", "), new_name),
    where = ("%s in (%s)"):format(core.quoted(column), table.concat(list, ", ")),
    all = true,
    set = { [column] = new_name },
  }, core.recode(different, new_name)
end

-- A step that merges values of a column into one: dk.merge("gemeente", { "Duiven", "Westervoort" }, "Duiven-Westervoort");
-- or that does what happened: dk.merge("gemeente", geo:recode("2015-01-01", "2018-01-01")). t:recode takes both.
return core.export(function(column, values, new_name)
  if type(column) ~= "string" then
    core.fail(("merge: the column is a string, not %s"):format(given_as(column)))
  end
  local step, recode, steps
  if core.kind(values) == "recode" then
    recode = values
    step, steps = merge_recode(column, values, new_name)
  else
    step, recode = merge_values(column, values, new_name)
  end
  core.merges[step] = { column = column, recode = recode, steps = steps }
  return step
end)
