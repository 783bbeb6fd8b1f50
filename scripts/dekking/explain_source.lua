-- explain_source.lua - the tables that a result was asked of, for who asks again: the one that is given, or those of which
-- the result still knows. It keeps no rows: where nobody kept the table, it is gone.

local _, core = ...

local recipe, parts, words = core.part "recipe", core.part "explain_parts", core.part "explain_words"

local sources = {}

-- What was asked, with the tables that are kept by somebody; nil where that is not known. What nobody can reach any more is
-- collected first, so that what is told does not depend on when that happens.
local function question_of(result, asked)
  local node = asked and asked.node or core.recipe(result) -- of rows that were put together, whose they are
  while node and not node.asked do
    local self = node.n and node[1]
    node = recipe.is(self) and self or nil
  end
  if node then
    collectgarbage()
  end
  return node
end

-- What stands behind what was compared: parameters, and the form of the result.
local function given_behind(question)
  local params, form = question[4], question[5]
  if not form and type(params) == "table" and (params.long ~= nil or params.relative ~= nil) then
    params, form = nil, params
  end
  return params, form or {}
end

-- The comparison that a result was made of, as core.compared has it: of the result itself, or of what was asked.
local function compared_of(result, question)
  local compared = core.compared and core.compared[result]
  if compared or not question or question.op ~= "compare" then
    return compared
  end
  local against = core.kind(question[3]) == "scenario" and { question[3] } or question[3]
  local params, form = given_behind(question)
  local made = { breakdown = question[1], base = question.asked[2], long = form.long, form = { relative = form.relative } }
  if question.asked[3] then
    made.later, made.all = question.asked[3], form.params or params and params.params or {}
    made.name = form.name or params and params.name or made.later:properties().name or "other"
  elseif type(against) == "table" and core.kind(against[1]) == "scenario" then
    local done, lists, all = words.try(core.part "ask".share_out, params, against, "compare")
    made.scenarios, made.by_rows = against, true
    made.params, made.all = done and lists or {}, done and all or {}
  else
    return nil
  end
  return made
end

-- The wide comparison that a long one keeps; nil where it has none, or where measures are of different groups.
local function kept_wide(result)
  local whole = core.whole(result)
  local columns, of = words.columns(result), whole and words.columns(whole) or {}
  return columns.measure and columns.scenario and whole and not (of.measure or of["\1measure"]) and whole or nil
end

-- The comparison with all its columns, which one that lacks some keeps; nil where there is none, or where it is a long one.
function sources.whole(result)
  local whole = core.whole(result)
  local columns = whole and words.columns(whole)
  local is_long = words.columns(result).scenario or kept_wide(result)
  return columns and not columns["\1measure"] and not is_long and whole or nil
end

-- Whether each measure of a comparison has a row.
function sources.is_long(result)
  local compared = compared_of(result, question_of(result))
  return compared and compared.long or not compared and kept_wide(result) ~= nil
end

local GONE = "a result keeps no rows, and the table that was asked is not kept: give it, as explain(cell, table)"

-- The steps that belong to the breakdown itself, behind those on the table.
local function split(steps, own)
  local n = #steps - own
  return table.move(steps, 1, n, 1, {}), table.move(steps, n + 1, #steps, 1, {})
end

-- What scenarios are asked of again, by name: cells, where the comparison ran on them, or the table.
local function scenario_sides(compared, base, own)
  local sides, of = {}, not compared.by_rows and compared.cells or base
  for i, scenario in ipairs(compared.scenarios) do
    sides[scenario:name()] = of and { base = of, name = scenario:name(), scenario = scenario, params = compared.params[i],
                                      where = own[1] and own[1].text } or { why = GONE }
  end
  return sides
end

-- The condition of the breakdown that was asked.
local function own_where(compared, question)
  local breakdown = compared and compared.breakdown
  for i = 1, not breakdown and question and question.n or 0 do
    breakdown = breakdown or core.kind(question[i]) == "breakdown" and question[i]
  end
  return breakdown and core.spec(breakdown).where
end

-- How many conditions of the breakdown itself are the last of the steps before it.
function sources.n_own(result)
  local question = question_of(result)
  return own_where(compared_of(result, question), question) and 1 or 0
end

-- The steps without those that are the breakdown's own.
function sources.before_own(result, steps)
  return table.move(steps, 1, #steps - math.min(#steps, sources.n_own(result)), 1, {})
end

-- A long comparison with a column for each number of a measure; nil where it cannot be asked again.
local function wide_of(compared, table_of)
  local done, wide = words.try(function()
    if compared.later then
      local params = core.part "explain_change".own_params(compared, compared.breakdown)
      return core.compare_tables(compared.breakdown, compared.base, compared.later, compared.name, params, compared.form)
    end
    local of = compared.by_rows and table_of or compared.cells
    return (core.compare(compared.breakdown, of, compared.all, compared.scenarios, compared.params, compared.form))
  end)
  return done and wide or nil
end

-- Which tables a cell's numbers come from: { base = { base =, has_rows = true } or nil, why =, sides =, wide = }. A side,
-- by name: { base =, name =, later = } of two tables, { base =, name =, scenario =, params =, where = } of a scenario, or
-- { why = }. has_rows: whether its rows are those of the script. steps_of(table): the steps that it lacks; source: the
-- table that is given, or nil.
function sources.of(result, asked, source, steps_of)
  local question = question_of(result, asked)
  local compared = compared_of(result, question)
  local table_of = source or compared and compared.base
  if not table_of and question then
    for i = 1, question.n do
      table_of = table_of or question.asked[i]
    end
  end
  local steps = table_of and steps_of(table_of)
  if source and not steps then
    core.fail "explain: the table behind the cell is not the one that was asked, nor what that was made of"
  end
  local n_own = own_where(compared, question) and 1 or 0
  local wide = compared and compared.long and wide_of(compared, table_of) or not compared and kept_wide(result) or nil
  local found = { base = nil, sides = {}, why = GONE, wide = wide }
  if steps and #steps >= n_own then
    local before, own = split(steps, n_own)
    local base = parts.with_steps(table_of, before)
    local function rows(of) return asked.own and of or parts.with_steps(of, own) end
    found.base = { base = rows(base), where = asked.own, has_rows = true }
    if compared and compared.later then
      found.sides[compared.name] = { base = found.base.base, later = rows(compared.later), where = asked.own,
                                     name = compared.name, has_rows = true }
    elseif compared and compared.scenarios then
      found.sides = scenario_sides(compared, base, own)
    end
  elseif compared and compared.scenarios then
    found.sides = scenario_sides(compared, nil, select(2, split(asked.steps, n_own)))
  end
  return found
end

-- A table that was asked and is kept; nil where none is.
function sources.known(result)
  local question = question_of(result)
  for i = 1, question and question.n or 0 do
    if question.asked[i] then
      return question.asked[i]
    end
  end
end

local KEPT_BACK = "what the result is made of was not saved along, because %s (give the table that was asked, "
  .. "as explain(cell, table))"

-- The same of a result that keeps no table, but what it took along; else tables, with why that did not go along.
function sources.kept(result, tables)
  local kept, why = core.behind(result)
  if not kept then
    tables.why = why and KEPT_BACK:format(why) or tables.why
    return tables
  end
  local sides = setmetatable({}, { __index = function(_, name) return { kept = kept, name = name } end })
  return { base = { kept = kept }, sides = sides, why = GONE, wide = kept_wide(result) }
end

return sources
