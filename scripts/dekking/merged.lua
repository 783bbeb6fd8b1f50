-- merged.lua - what a step that merges members of a column says: of values, and of sets that have such members.
--
-- Such a step has `merges`, a list of { old, new } (of one that divides members { old, new, numerator, denominator }),
-- beside what it says of values: of a column of sets the engine goes by that. A script may change a step, which then
-- means what it says.

local dk, core = ...

local merged = {}

local function members(merges)
  local old = {}
  for i, pair in ipairs(merges) do
    old[i] = core.literal(pair[1])
  end
  return table.concat(old, ", ")
end

-- Whom a step takes of a column of values.
function merged.where(column, merges)
  return ("%s in (%s)"):format(core.quoted(column), members(merges))
end

-- What they become: one name, or an expression.
function merged.set(column, merges)
  local cases, is_one = {}, true
  for i, pair in ipairs(merges) do
    cases[i] = ("%s == %s, %s"):format(core.quoted(column), core.literal(pair[1]), core.literal(pair[2]))
    is_one = is_one and pair[2] == merges[1][2]
  end
  return is_one and merges[1][2] or dk.expr(("case(%s)"):format(table.concat(cases, ", ")))
end

local function check(merges)
  if type(merges) ~= "table" or core.list(merges, "scenario: merges") == 0 then
    core.fail "scenario: merges is a list of what members become: { { \"Duiven\", \"Samen\" } }"
  end
  for i, pair in ipairs(merges) do
    if type(pair) ~= "table" or type(pair[1]) ~= "string" or type(pair[2]) ~= "string" then
      core.fail(("scenario: merges: item %d is a pair of texts such as { \"Duiven\", \"Samen\" }"):format(i))
    end
  end
end

-- What is set, in the language of expressions; nil: it is nothing that could be set.
local function text_of(value)
  return core.kind(value) == "expr" and tostring(value) or core.literal(value)
end

-- Whether a step still says that of a column of values.
local function is_merger(options, column, merges)
  return options.where == merged.where(column, merges) and next(options.set, column) == nil
    and text_of(options.set[column]) == text_of(merged.set(column, merges))
end

-- What a step with these options merges, and whom it takes of a column of sets; nil: it is no merger, or not any more.
function merged.read(options)
  local merges, set = options.merges, options.set
  if merges == nil then
    return nil
  end
  check(merges)
  if options.move then
    return merges
  end
  local column = type(set) == "table" and next(set)
  if not column or not is_merger(options, column, merges) then
    return nil
  end
  return merges, ("has_any(%s, %s)"):format(core.quoted(column), members(merges))
end

return merged
