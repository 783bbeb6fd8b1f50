-- explain_cells.lua - which cells of a breakdown a cell such as { gemeente = "Duiven" } of its result is: one; of a result
-- that was turned (explain_turned.lua) perhaps several.

local dk, core = ...

local words, finding, turned = core.part "explain_words", core.part "explain_find", core.part "explain_turned"
local sources = core.part "explain_source"

-- The dimensions of a cell that the result has as columns, and of those that are values of columns.
local function split_wanted(wanted, of)
  local rows, values, is_of = {}, {}, {}
  for _, name in ipairs(of) do
    is_of[name] = true
  end
  for name, value in next, wanted do
    if is_of[name] then
      if value == dk.total then
        core.fail(("explain: no column of the pivot is the total over %s"):format(name))
      end
      finding.check_value(name, value)
      values[name] = value
    else
      rows[name] = value
    end
  end
  return rows, values
end

local function fail_column(asked, row, values, shape, unclear)
  if unclear then
    core.fail(("explain: the columns of the pivot do not tell their values apart: say which %s"):format(
      words.list(shape.of)))
  end
  for name, value in pairs(values) do
    core.check({ [words.plain(value)] = true }, "explain: the pivot", turned.known(asked, row, name), name)
  end
  core.fail(("explain: no column of the result is of %s"):format(shape.text or shape.name))
end

-- Cells that a pivot or an unpivot gave, as turned.cells gives them, and what tells them in words.
local function turned_cells(result, asked, wanted, source, whole)
  local rows, values = split_wanted(wanted, asked.of)
  local columns, names = words.columns(result), {}
  for _, name in ipairs(asked.rows) do
    names[#names + 1] = columns[name] and name or nil
  end
  local found, shown = finding.row(result, names, rows, asked.is_long and "all" or "one", whole or next(wanted) ~= nil,
    asked.of)
  local cells = {}
  for i = 1, #found do
    local row = found:slice(i, i)
    local made, shape, unclear = turned.cells(asked, row, values, source)
    if not made then
      fail_column(asked, row, values, shape, unclear)
    end
    for _, cell in ipairs(made) do
      cell.own = row
      cells[#cells + 1] = cell
    end
  end
  return cells, shown
end

-- The cells that are wanted: { { row = table of one row with the columns that the breakdown gave, own = as the result has
-- it, asked =, values =, columns =, at = } ... }, and what tells them in words.
return core.export(function(result, asked, wanted, source, whole)
  if #asked.shapes > 0 then
    return turned_cells(result, asked, wanted, source, whole)
  end
  local columns, names = words.columns(result), {}
  for _, dim in ipairs(asked.dims) do
    names[#names + 1] = columns[dim.shown] and dim.shown or nil
  end
  local row, shown = finding.row(result, names, wanted, sources.is_long(result) and "first" or "one", whole)
  return { { row = row, own = row, asked = asked, values = {} } }, shown
end)
