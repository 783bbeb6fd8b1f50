-- explain_cell.lua - result:explain { gemeente = "Duiven" }: one cell of a result in words and numbers, with what is behind
-- it and the question that gives it again (explain_again.lua).
--
-- The lineage says what was asked; the rate's column says of which numbers it is made. A cell is told by the dimensions of
-- the breakdown; those that are left out are totals.

local dk, core = ...

local words = core.part "explain_words"
local question, numbers, questions = core.part "explain_again", core.part "explain_lines", core.part "explain_asked"

-- The cell ---------------------------------------------------------------------------------------------------------

local quoted = core.quoted

-- The texts that a column has, for the nearest to one that it lacks.
local function known_values(result, name)
  local values, seen = {}, {}
  for row in result:select({ name }):rows() do
    local text = row[name] ~= nil and words.plain(row[name])
    if text and not seen[text] then
      seen[text] = true
      values[#values + 1] = text
    end
  end
  return values
end

local function count(result, condition, params)
  return #result:where(condition, params)
end

-- What the row of a table of one row has for a dimension, in words.
local function shown_of(found, name)
  if count(found, quoted(name) .. " is total") == 1 then
    return name .. " = total"
  end
  return ("%s = %s"):format(name, words.plain(found:column(name)[1]))
end

-- A set of a cell: the text or list of its members, also of one alone.
local function as_set(value)
  if type(value) == "table" and getmetatable(value) == nil then
    value = table.concat(value, "|")
  end
  return type(value) == "string" and value ~= "" and not value:find("|", 1, true) and value .. "|" or value
end

-- A list is a set of texts. No object of the script's is asked what it is.
local function check_value(name, value)
  if type(value) == "table" and getmetatable(value) ~= nil or type(value) ~= "table" and core.literal(value) == nil then
    core.fail(("explain: %s of a cell is a value, dk.null or dk.total, not %s"):format(name, core.what(value)))
  end
  for i = 1, type(value) == "table" and core.list(value, "explain: the members of " .. name) or 0 do
    if type(value[i]) ~= "string" then
      core.fail(("explain: the members of %s are strings, not %s"):format(name, core.what(value[i])))
    end
  end
end

-- The row that the values tell: a table of one row. A dimension that has no value is the total over it; where there is
-- none, the others may tell the row: a municipality its region. whole: what is asked for is the total over all of them.
local function find(result, asked, cell, is_long, whole)
  local names, columns, shown = {}, {}, {}
  for row in result:schema():rows() do
    columns[row.name] = row.type
  end
  for _, dim in ipairs(asked.dims) do
    if columns[dim.shown] then
      names[#names + 1] = dim.shown
    end
  end
  core.check(cell, "explain: the result", names, "dimension")
  if #names > 0 and not whole and next(cell) == nil then
    core.fail "explain: which cell? The table is empty (was a variable nil? the total is t:explain(dk.total))"
  end
  local conditions, stated, params, totals = {}, {}, {}, {}
  for i, name in ipairs(names) do
    local value = rawget(cell, name)
    local condition
    if value == nil or value == dk.total then
      condition = quoted(name) .. " is total"
      totals[#totals + 1] = name
      shown[i] = name .. " = total"
    elseif value == dk.null then
      condition = quoted(name) .. " is null"
      shown[i] = name .. " = null"
    else
      check_value(name, value)
      params["v" .. i] = columns[name] == "set" and as_set(value) or value
      condition = ("%s == $v%d"):format(quoted(name), i)
      shown[i] = ("%s = %s"):format(name, words.plain(value))
      if count(result, condition, { ["v" .. i] = params["v" .. i] }) == 0 then
        if type(value) == "string" and (value:lower() == "totaal" or value:lower() == "total") then
          core.fail(("explain: the result has no %s '%s' (the total is %s = dk.total)"):format(name, value, quoted(name)))
        end
        core.check({ [words.plain(value)] = true }, "explain: the result", known_values(result, name), name)
      end
    end
    conditions[i] = condition
    if value ~= nil then
      stated[#stated + 1] = condition
    end
  end
  local found = #names > 0 and result:where(table.concat(conditions, " and "), params) or result
  if #found == 0 and #stated > 0 and #stated < #names then
    found = result:where(table.concat(stated, " and "), params)
    for i, name in ipairs(names) do
      shown[i] = (#found == 1 or is_long and #found > 0) and shown_of(found:head(1), name) or shown[i]
    end
  end
  if #found == 1 or is_long and #found > 0 then
    return found:head(1), names, shown
  end
  if #totals > 0 then
    core.fail(("explain: the result has no row that is the total over %s (say which: { %s = ... })"):format(
      words.list(totals), totals[1]))
  end
  core.fail(("explain: the result has %s where %s"):format(#found == 0 and "no row" or #found .. " rows",
    table.concat(shown, ", ")))
end

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

-- What the columns of a pivot are values of; nothing where the result is none.
local function turned(items)
  local of
  for _, item in ipairs(items) do
    if item.depth == 0 and item.kind == "breakdown" then
      of = nil
    elseif item.depth == 0 and item.kind == "step" then
      of = item.text:match "^a column for each value of (.+)$" or of
    end
  end
  return of
end

-- Explaining --------------------------------------------------------------------------------------------------------

-- result:explain { gemeente = "Duiven" } -> text, { steps =, measures =, again = function(measure, source) }
-- source: the table that was asked, of which numbers are computed that the result does not have; or nil
-- whole: the total was asked for as dk.total, and wanted is empty
return core.export(function(result, wanted, source, whole)
  local asked = questions.read(core.lineage(result))
  if not asked then
    core.fail("explain: one cell is explained of what a breakdown gave, and this table is none: t:explain() tells how it "
      .. "came to be")
  end
  local values = turned(core.lineage(result))
  if values then
    core.fail(("explain: columns of a pivot are values of %s: explain a cell of the result before it, which is told by "
      .. "its %s too"):format(values, values))
  end
  local compared = core.compared and core.compared[result]
  local found, _, shown = find(result, asked, wanted, core.part "explain_source".is_long(result), whole)
  local columns, lines = words.columns(found), {}
  lines[1] = ("The cell %s of the breakdown%s:"):format(#shown > 0 and table.concat(shown, ", ") or "of all rows",
    asked.name and " " .. asked.name or "")
  local cell, of_cell = { steps = question.steps_of(asked, asked.steps), measures = {}, weight = asked.weight }, nil
  local dims = not asked.is_part and question.conditions_of(found, asked, columns)
  if dims then
    cell.measures, cell.where, of_cell = question.measures_of(asked, dims, found)
  end
  local known = numbers.of(result, asked, found, source, function(of) return questions.steps_after(asked, of) end)
  numbers.say(lines, known)
  cell.parts = known.parts
  lines[#lines + 1] = core.lineage_text(result)
  for _, note in ipairs(result:notes()) do
    lines[#lines + 1] = "Note: " .. note
  end
  if dims then
    question.say_again(lines, asked, cell)
  end
  if compared and dims then
    local names = {}
    for i, item in ipairs(asked.measures) do
      names[i] = item.name
    end
    local part = core.part(compared.later and "explain_tables" or "explain_change")
    local more, told = part.cell(compared, names, row_condition(found, asked), of_cell)
    table.move(more, 1, #more, #lines + 1, lines)
    cell.changes = told
  end
  cell.again = core.export(function(name, of)
    if core.kind(of) ~= "table" then
      core.fail(("again: a measure is asked of a table, not of %s"):format(core.what(of)))
    end
    local lacks = questions.steps_after(asked, of)
    return question.again(cell, name, of, lacks and question.steps_of(asked, lacks) or cell.steps)
  end)
  local names = {}
  for i, item in ipairs(asked.measures) do
    names[i] = item.shown
  end
  setmetatable(cell, { __tostring = function() return "(an explained cell of " .. words.list(names) .. ")" end })
  return table.concat(lines, "\n"), cell
end)
