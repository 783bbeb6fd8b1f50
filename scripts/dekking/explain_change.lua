-- explain_change.lua - what the steps of scenarios did, for result:explain() of a comparison: in all, and to one cell.
--
-- What a comparison ran on is kept beside its result (core.compared, by ask.lua): the cells before any step. The steps are
-- run on them one by one; the breakdown of the cells before and after each says what it did to the measures, and the cells
-- whose weight differs say who moved. So what steps did adds up to the difference that is shown.

local dk, core = ...

local words = core.part "explain_words"
local trimmed, signed, is_zero, texts_of = words.trimmed, words.signed, words.is_zero, words.texts_of
local shown = words.shown

local changed = { LATER = "\u{2192}" } -- the later of two sides, in the names of columns
local THEN = changed.LATER

-- Steps ------------------------------------------------------------------------------------------------------------

-- The cells whose weight differs. Where persons are drawn one by one cells have their key, which is nobody's business here.
local function changes_of(compared, before, after)
  local keys, by = {}, {}
  for _, name in ipairs(compared.key or {}) do
    keys[name] = true
  end
  for _, name in ipairs((core.needs(compared.breakdown))) do
    keys[name] = nil -- it was asked for
  end
  local weight, has_key = before:properties().weight, false
  for row in before:schema():rows() do
    has_key = has_key or keys[row.name]
    if not keys[row.name] and row.name ~= weight then
      by[#by + 1] = core.quoted(row.name)
    end
  end
  if not has_key then
    return core.cells_changes(before, after)
  end
  local without = dk.breakdown { by = by, measures = "n = count()" }
  local sides = core.compare_tables(without, before, after, "then", {}, {})
  return sides:rename { n_base = "before", n_then = "after", n_then_difference = "change" }:where "change ~= 0"
end

-- For each step of a scenario of the comparison: its name, and the cells before and after it.
-- nil and why where cells do not tell persons apart who are drawn one by one.
local function steps_of(compared, i)
  local stages, names
  if compared.by_rows then
    local done, first, second = pcall(core.stages, compared.scenarios[i], compared.cells, compared.params[i])
    if not done then
      return nil, (tostring(first):gsub("^[^\n]-:%d+: ", ""))
    end
    stages, names = first, second
  else
    stages, names = core.stages(compared.scenarios[i], compared.cells, compared.params[i])
  end
  local steps = {}
  for k, after in ipairs(stages) do
    local before = k == 1 and compared.cells or stages[k - 1]
    steps[k] = { name = names[k], before = before, after = after, changes = changes_of(compared, before, after) }
  end
  return steps, stages[#stages]
end

-- What the cells of a table of changes have more and fewer, apart and together.
local function say_sums(compared, changes, inside)
  if #changes == 0 then
    return inside and "nothing changed in the cell" or "nothing changed"
  end
  local sums = changes:breakdown {
    measures = { "more = sum(change) where change > 0", "fewer = sum(0 - change) where change < 0" } }
    :derive { "more = coalesce(more, 0)", "fewer = coalesce(fewer, 0)" }
    :derive { "came = more - fewer", "went = fewer - more" }
  local more, fewer, came, went = texts_of(sums, { "more", "fewer", "came", "went" })
  local parts = {}
  local within = came:find "^-" and more or fewer
  if not is_zero(within) then
    parts[1] = ("%s moved%s"):format(words.persons(compared.cells, within), inside and " within the cell" or "")
  end
  if not is_zero(came) then
    local is_more = not came:find "^-"
    parts[#parts + 1] = ("%s %s"):format(words.persons(compared.cells, is_more and came or went),
      is_more and (inside and "came into the cell" or "came") or (inside and "went out of the cell" or "left"))
  end
  return table.concat(parts, ", ")
end

-- The cells whose weight differs, the first ones one by one.
local function say_cells(lines, changes)
  local names = {}
  for row in changes:schema():rows() do
    names[#names + 1] = row.name
  end
  local n = #names - 3 -- before, after, change
  names = table.move(names, 1, n, 1, {})
  local before, after = changes:column "before":to_lua(), changes:column "after":to_lua()
  local change, i = changes:column "change":to_lua(), 0
  for row in changes:head(words.MOST):rows() do
    i = i + 1
    lines[#lines + 1] = ("     %s: %s to %s, %s"):format(words.cell(row, names), trimmed(before[i]), trimmed(after[i]),
      signed(change[i]))
  end
  if #changes > words.MOST then
    lines[#lines + 1] = ("     and %d more"):format(#changes - words.MOST)
  end
end

-- Measures ---------------------------------------------------------------------------------------------------------

-- The parameters that a breakdown mentions, of those that were given to it and to scenarios together.
function changed.own_params(compared, breakdown)
  local params = {}
  for _, name in ipairs((select(2, core.needs(breakdown)))) do
    params[name] = compared.all[name]
  end
  return params
end

-- The row of a cell in the breakdown of two tables of cells; nil where neither has it.
function changed.row_of(compared, before, after, conditions)
  local params = changed.own_params(compared, compared.breakdown)
  local sides = core.compare_tables(compared.breakdown, before, after, THEN, params, {})
  local found = conditions and sides:where(conditions) or sides
  return #found == 1 and found or nil
end

-- "; numerator 249 to 275.1, +26.1; denominator 336" where the measure is a rate.
local function say_parts(row, base, later)
  if not core.cell_parts(row, base) then
    return ""
  end
  local texts = {}
  for i, part in ipairs { "numerator", "denominator" } do
    local from, to = ("coalesce(%s(%s), 0)"):format(part, core.quoted(base)),
      ("coalesce(%s(%s), 0)"):format(part, core.quoted(later)) -- a group that is not there has nobody
    local a, b, change = texts_of(row:derive { "a_ = " .. from, "b_ = " .. to, "c_ = b_ - a_" }, { "a_", "b_", "c_" })
    texts[i] = is_zero(change) and ("; %s %s"):format(part, b)
      or ("; %s %s to %s, %s"):format(part, a, b, signed(change))
  end
  return table.concat(texts)
end

-- A line for each measure that is another, and one with the names of the others. How far bounds are apart is not said of a
-- step: the cells before and after it do not tell whose numbers are the same, as the comparison knows.
function changed.say_measures(lines, row, measures, is_step)
  local same, columns = {}, {}
  for each in row:schema():rows() do
    columns[each.name] = true
  end
  for _, measure in ipairs(measures) do
    local base, later = measure .. "_base", measure .. "_" .. THEN
    local from, to, difference = shown(row, base), shown(row, later), later .. "_difference"
    local is_told = columns[difference] and not (is_step and row:column(difference):type():find "^interval")
    local change = is_told and shown(row, difference)
    if from == to and (not change or is_zero(change)) and say_parts(row, base, later):find " to " == nil then
      same[#same + 1] = measure
    else
      lines[#lines + 1] = ("     %s: %s to %s%s%s"):format(measure, from, to, change and ", " .. signed(change) or "",
        say_parts(row, base, later))
    end
  end
  if #same > 0 then
    lines[#lines + 1] = ("     %s: as before"):format(table.concat(same, ", "))
  end
end

-- Explaining -------------------------------------------------------------------------------------------------------

-- Where the breakdown was asked of rows, cells say who moved, and only as far as they tell people apart.
local BY_ROWS = "The breakdown was asked of rows: what each step did to the measures, contributions tell."

-- What stands above the steps of a scenario; nil steps: why they cannot be told.
local function heading(scenario, steps, why)
  if steps == nil then
    return ("Under %s it cannot be told step by step: %s"):format(scenario:name(), why)
  end
  return #steps > 0 and ("Under %s, step by step:"):format(scenario:name())
    or ("Under %s nothing changes: it has no steps."):format(scenario:name())
end

-- Lines for a comparison as a whole.
function changed.whole(compared)
  local lines = {}
  for i, scenario in ipairs(compared.scenarios) do
    local steps, why = steps_of(compared, i)
    lines[#lines + 1] = heading(scenario, steps, why)
    for k, step in ipairs(steps or {}) do
      lines[#lines + 1] = ("  %d. %s: %s%s"):format(k, step.name, say_sums(compared, step.changes),
        #step.changes > 0 and (", in %d cell%s"):format(#step.changes, #step.changes == 1 and "" or "s") or "")
    end
  end
  return lines
end

-- Only the changes of cells that are in the breakdown and in the cell of it; nil where, by rows, cells lack a column.
local function in_cell(compared, changes, where)
  local own = core.spec(compared.breakdown).where
  if own then
    local params = {}
    for name in own:gmatch "%$([%a_][%w_]*)" do
      params[name] = compared.all[name]
    end
    changes = changes:where(own, params)
  end
  return where and changes:where(where) or changes
end

local function of_cell(compared, changes, where)
  if not compared.by_rows then
    return in_cell(compared, changes, where)
  end
  local known, found = pcall(in_cell, compared, changes, where)
  return known and found or nil
end

-- Lines for a cell, and by scenario what each step did: { name =, cells = table, measures = table of one row or nil }.
-- conditions: of the cell's row in a result; where: of its rows in the table that was asked.
function changed.cell(compared, measures, conditions, where)
  local lines, told = { compared.by_rows and BY_ROWS or nil }, {}
  for i, scenario in ipairs(compared.scenarios) do
    local steps, last = steps_of(compared, i)
    local list = {}
    lines[#lines + 1] = heading(scenario, steps, last)
    for k, step in ipairs(steps or {}) do
      local cells = of_cell(compared, step.changes, where)
      local row = not compared.by_rows and changed.row_of(compared, step.before, step.after, conditions) or nil
      lines[#lines + 1] = ("  %d. %s: %s"):format(k, step.name, cells and say_sums(compared, cells, true)
        or say_sums(compared, step.changes) .. ", here or elsewhere")
      if cells then
        say_cells(lines, cells)
      end
      if row and #cells > 0 then
        changed.say_measures(lines, row, measures, true)
      end
      list[k] = { name = step.name, cells = cells, measures = row }
    end
    local row = steps and not compared.by_rows and #steps > 1 and changed.row_of(compared, compared.cells, last, conditions)
    if row then
      lines[#lines + 1] = "  together:"
      changed.say_measures(lines, row, measures, true)
    end
    told[scenario:name()] = list
  end
  return lines, told
end

return changed
