-- explain_cell.lua - result:explain { gemeente = "Duiven" }: one cell of a result in words and numbers, with what is behind
-- it and the question that gives it again (explain_again.lua).
--
-- The lineage says what was asked; the rate's column says of which numbers it is made. A cell is told by the dimensions of
-- the breakdown; those that are left out are totals. Of a result that was turned, a cell is told back to the one that the
-- breakdown gave (explain_turned.lua); the cells of a row together, where it is not said which.

local _, core = ...

local words = core.part "explain_words"
local question, numbers, questions = core.part "explain_again", core.part "explain_lines", core.part "explain_asked"
local turned, cells_of = core.part "explain_turned", core.part "explain_find".cells
local parts = core.part "explain_parts"
local sources, joined = core.part "explain_source", core.part "explain_joined"

local quoted = core.quoted

-- What tells the cell's row in a result of the same dimensions.
local function row_condition(found, asked)
  local list = {}
  for i, dim in ipairs(asked.dims) do
    local name = quoted(dim.shown)
    local literal = #found:where(name .. " is total") == 0 and core.cell_literal(found, dim.shown)
    list[i] = not literal and name .. " is total" or literal == "null" and name .. " is null"
      or ("%s == %s"):format(name, literal)
  end
  return #list > 0 and table.concat(list, " and ") or nil
end

-- Explaining -------------------------------------------------------------------------------------------------------

-- What a cell of a result was turned into is called: the column, and the measure where that has another name.
local function names_of(cell, n)
  local list = {}
  local columns = words.columns(cell.row)
  for _, item in ipairs(cell.asked.measures) do
    local base = item.shown .. "_base"
    list[#list + 1] = columns[item.shown] and item.shown or columns[base] and base or nil
  end
  local is_one = #list == 1 and #(cell.columns or {}) == 1
  return list, is_one and (n > 1 or list[1]) and cell.columns[1] or nil
end

-- Whether a pivot had nothing to put there: no group, or none that was left.
local function is_empty(cell)
  local list = #cell.asked.shapes > 0 and names_of(cell, 1) or {}
  for _, name in ipairs(list) do
    if core.cell_literal(cell.row, name) ~= "null" then
      return false
    end
  end
  return #list > 0
end

-- What gives an empty place of a pivot again: nothing where the group has no rows.
local function of_nobody(measure, of_cell)
  local rows = measure.whole and of_cell and ("(rows() where %s)"):format(of_cell) or "rows()"
  return { text = ("case(%s > 0, (%s))"):format(rows, measure.text), where = measure.where, whole = measure.whole }
end

-- The questions of a cell: measures, where, and of_cell. Of one that was turned those of the columns that it has.
local function ask_cell(cell)
  local asked, found, columns = cell.asked, cell.row, words.columns(cell.row)
  local dims, measures = not asked.is_part and question.conditions_of(found, asked, columns), {}
  cell.measures, cell.parts, cell.dims = measures, {}, dims
  if not dims then
    return
  end
  cell.measures, cell.where, cell.of_cell = question.measures_of(asked, dims, found, numbers.is_of_row)
  if #asked.shapes > 0 then
    for name, measure in pairs(cell.measures) do
      local base = name .. "_base"
      measures[name] = columns[name] and measure or nil
      measures[base] = columns[base] and measure or measures[base]
    end
    cell.measures = measures
  end
end

-- Lines for an empty place of a pivot, whose questions give null. why: what asking again said.
local function say_empty(lines, cell, why)
  local is_absent, columns = why == parts.ABSENT, words.columns(cell.row)
  for name, measure in pairs(cell.measures) do
    cell.measures[name] = (is_absent or not cell.asked.is_less) and of_nobody(measure, cell.of_cell) or nil
  end
  for _, item in ipairs(cell.asked.measures) do
    if columns[item.shown] then
      lines[#lines + 1] = ("  %s is null, as %s: %s"):format(item.shown, next(cell.measures) == nil
        and "the result before has no such row" or is_absent and "there is no such group"
        or "there is no such group, or no value in it", item.text)
    end
  end
end

-- The numbers of a cell, in lines; fills in its questions and parts.
local function tell_cell(lines, result, cell, source)
  ask_cell(cell)
  local known = numbers.of(result, cell.asked, cell.row, source, function(of)
    return questions.steps_after(cell.asked, of)
  end)
  cell.parts, cell.known = known.parts, known
  if is_empty(cell) and not known.base.answer then
    say_empty(lines, cell, known.base.why)
    return
  end
  numbers.say(lines, known)
  numbers.say_alike(#cell.asked.shapes > 0 and lines or {}, known)
end

-- The questions of all cells: of one, its measures; of several, what gives each column.
local function questions_of(cells)
  local told = { steps = question.steps_of(cells[1].asked, cells[1].asked.steps), measures = {}, parts = {},
                 weight = cells[1].asked.weight }
  local names = {}
  if #cells == 1 then
    local cell = cells[1]
    told.measures, told.parts, told.where = cell.measures, cell.parts, cell.where
    local list, column = {}, nil
    if #cell.asked.shapes > 0 then
      list, column = names_of(cell, 1)
    else
      for i, item in ipairs(cell.asked.measures) do
        list[i] = item.shown
      end
    end
    for _, name in ipairs(list) do
      names[#names + 1] = { name, cell.measures[name] }
    end
    for _, item in ipairs(cell.asked.after) do
      if item.kind == "column" and (cell.measures[item.name] or words.columns(cell.own)[item.name]) then
        names[#names + 1] = { item.name, cell.measures[item.name] }
      end
    end
    if column and names[1] and names[1][1] ~= column then
      told.measures[column] = told.measures[column] or names[1][2]
    end
    return told, names
  end
  for _, cell in ipairs(cells) do
    local list = names_of(cell, #cells)
    for i, name in ipairs(list) do
      local column = #cell.columns == #list and cell.columns[i] or name
      names[#names + 1] = { column, cell.measures[name] }
      told.measures[column], told.parts[column] = cell.measures[name], cell.parts[name]
    end
  end
  return told, names
end

local function say_of(cell)
  local columns = #(cell.columns or {}) > 0 and ("in the column%s %s"):format(#cell.columns == 1 and "" or "s",
    words.list(cell.columns)) or nil
  local values = table.concat(cell.values, ", ")
  if cell.at then
    return values ~= "" and cell.at .. ", which is " .. values or cell.at
  end
  return values ~= "" and columns and values .. ", " .. columns or columns or values
end

local function say_heading(lines, asked, cells, shown)
  local text = table.concat(shown, ", ")
  if #cells == 1 and #asked.shapes > 0 then
    local of = cells[1].at and table.concat(cells[1].values, ", ") or say_of(cells[1])
    text = text ~= "" and of ~= "" and text .. ", " .. of or text .. of
  end
  lines[1] = ("The %s %s of the %s%s:"):format(#cells == 1 and "cell" or "cells", text ~= "" and text or "of all rows",
    asked.name == "a pivot" and "pivot" or "breakdown" .. (asked.name and " " .. asked.name or ""),
    asked.whose and ", " .. asked.whose or "")
end

-- What was joined to the cell: lines, and questions where the other table is a result too.
local function tell_joined(lines, result, cell, told, names)
  for _, column in ipairs(joined.columns(result, cell.asked, cell.row)) do
    local of, item = column.asked, column.item
    lines[#lines + 1] = ("  %s is %s: %sof what was %s"):format(column.name, words.shown(cell.row, column.name),
      item and item.text .. ", " or "", (of.text:gsub(":.*$", "")))
    local dims = item and not of.is_part and question.conditions_of(cell.row, of, words.columns(cell.row))
    local measure = dims and question.measures_of(of, dims, cell.row)[item.shown]
    if measure then
      measure.of = of
      told[column.name] = measure
      names[#names + 1] = { column.name, measure, of }
    end
  end
end

-- result:explain { gemeente = "Duiven" } -> text, { steps =, measures =, again = function(measure, source) }
-- source: the table that was asked, of which numbers are computed that the result does not have; or nil
-- whole: the total was asked for as dk.total, and wanted is empty
return core.export(function(result, wanted, source, whole)
  local text, answered = core.part "explain_answer".tell(result, wanted, source, whole)
  if text then
    return text, answered
  end
  local asked = questions.read(core.lineage(result))
  if not asked then
    return core.part "explain_row"(result, wanted, whole, answered)
  end
  if not turned.is_of_breakdown(turned.read(asked)) then
    return core.part "explain_row"(result, wanted, whole)
  end
  local compared = core.compared and core.compared[result]
  local is_joined = asked.appended and #asked.shapes == 0
  local function find(of, known)
    if is_joined then
      return joined.cell(of, wanted, known)
    end
    return cells_of(of, turned.read(questions.read(core.lineage(of))), wanted, known or sources.known(of), whole)
  end
  local cells, shown = find(result, source)
  asked = is_joined and cells[1].asked or asked
  local lines, n = {}, #cells
  say_heading(lines, asked, cells, shown)
  for i, cell in ipairs(cells) do
    if i > words.MOST then -- a pivot may have a thousand columns, and each is asked for
      ask_cell(cell)
      say_empty({}, is_empty(cell) and cell or { measures = {}, asked = asked, row = cell.row })
    else
      lines[#lines + 1] = n > 1 and say_of(cell) .. ":" or nil
      tell_cell(lines, result, cell, source)
    end
  end
  if #asked.shapes > 0 then
    numbers.say_added(lines, cells[1].known, cells[1].own)
  end
  local other_measures, other_names = {}, {}
  if n == 1 and #asked.shapes == 0 then
    tell_joined(lines, result, cells[1], other_measures, other_names)
  end
  if n > words.MOST then
    lines[#lines + 1] = ("and %d more: say which"):format(n - words.MOST)
  end
  lines[#lines + 1] = core.lineage_text(result)
  for _, note in ipairs(result:notes()) do
    lines[#lines + 1] = "Note: " .. note
  end
  local cell, names = questions_of(cells)
  local first = cells[1]
  if first.dims then
    question.say_again(lines, first.asked, cell, n > words.MOST and table.move(names, 1, words.MOST, 1, {}) or names)
  end
  for _, each in ipairs(other_names) do
    local of = each[3]
    question.say_again(lines, of, { steps = question.steps_of(of, of.steps), weight = of.weight }, { each })
    cell.measures[each[1]] = other_measures[each[1]]
    names[#names + 1] = each
  end
  if compared and first.dims and #asked.shapes == 0 then
    question.say_sides(lines, compared, asked, cell)
    local measures = {}
    for i, item in ipairs(asked.measures) do
      measures[i] = item.name
    end
    local part = core.part(compared.later and "explain_tables" or "explain_change")
    local more, told = part.cell(compared, measures, row_condition(first.row, asked), first.of_cell)
    table.move(more, 1, #more, #lines + 1, lines)
    cell.changes = told
  end
  cell.again = core.export(function(name, of)
    if core.kind(of) ~= "table" then
      core.fail(("again: a measure is asked of a table, not of %s"):format(core.what(of)))
    end
    local other = cell.measures[name] and cell.measures[name].of
    if other then
      local steps = question.steps_of(other, questions.steps_after(other, of) or other.steps)
      return question.again({ measures = cell.measures, weight = other.weight }, name, of, steps, 0)
    end
    local lacks = questions.steps_after(asked, of)
    if not cell.measures[name] and words.columns(cells[1].own)[name] then
      local rows = sources.before_own(result, lacks or cell.steps)
      local made = find(core.part "explain_remade"(result, parts.with_steps(of, rows)), of)
      return core.bare(made[1].own, { { name, "cell" } })
    end
    local n_own = not asked.own and sources.n_own(result) or 0
    return question.again(cell, name, of, lacks and question.steps_of(asked, lacks) or cell.steps, n_own)
  end)
  local list = {}
  for i, each in ipairs(names) do
    list[i] = each[1]
  end
  setmetatable(cell, { __tostring = function() return "(an explained cell of " .. words.list(list) .. ")" end })
  return table.concat(lines, "\n"), cell
end)
