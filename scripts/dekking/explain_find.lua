-- explain_find.lua - the row of a result that a cell such as { gemeente = "Duiven" } tells, and which cells of its
-- breakdown that is: one; of a result that was turned (explain_turned.lua) perhaps several.

local dk, core = ...

local words, turned, sources = core.part "explain_words", core.part "explain_turned", core.part "explain_source"
local quoted = core.quoted

local finding = {}

-- Rows -------------------------------------------------------------------------------------------------------------

-- The texts that a column has, for the nearest to one that it lacks.
function finding.known_values(result, name)
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

local function count(result, condition, params) return #result:where(condition, params) end

-- What the row of a table of one row has for a dimension, in words.
local function shown_of(found, name)
  if words.is_total(found, name) then
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
function finding.check_value(name, value)
  if type(value) == "table" and getmetatable(value) ~= nil or type(value) ~= "table" and core.literal(value) == nil then
    core.fail(("explain: %s of a cell is a value, dk.null or dk.total, not %s"):format(name, core.what(value)))
  end
  for i = 1, type(value) == "table" and core.list(value, "explain: the members of " .. name) or 0 do
    if type(value[i]) ~= "string" then
      core.fail(("explain: the members of %s are strings, not %s"):format(name, core.what(value[i])))
    end
  end
end

-- Fails where no row of the result has the value: its nearest is offered.
local function check_there(result, name, value, condition, params)
  local done, n = words.try(count, result, condition, params)
  if not done then
    core.fail(("explain: %s is %s here, which %s cannot be"):format(name, result:column(name):type(), core.what(value)))
  elseif n > 0 then
    return
  elseif type(value) == "string" and (value:lower() == "totaal" or value:lower() == "total") then
    core.fail(("explain: the result has no %s '%s' (the total is %s = dk.total)"):format(name, value, quoted(name)))
  end
  core.check({ [words.plain(value)] = true }, "explain: the result", finding.known_values(result, name), name)
end

-- Conditions for the values that a cell has, by the names that are allowed: a list of them, parameters, and what they say
-- in words; and each of these by its name.
function finding.stated(result, names, cell)
  local types, conditions, params, shown, by_name = {}, {}, {}, {}, {}
  for row in result:schema():rows() do
    types[row.name] = row.type
  end
  for i, name in ipairs(names) do
    local value, condition, text = rawget(cell, name), nil, nil
    if value == dk.total then
      condition = words.is_total(result, name) and quoted(name) .. " is total" or "false" -- no row totals it
      text = name .. " = total"
    elseif value == dk.null then
      condition, text = quoted(name) .. " is null", name .. " = null"
    elseif value ~= nil then
      finding.check_value(name, value)
      params["v" .. i] = types[name] == "set" and as_set(value) or value
      condition, text = ("%s == $v%d"):format(quoted(name), i), ("%s = %s"):format(name, words.plain(value))
      check_there(result, name, value, condition, { ["v" .. i] = params["v" .. i] })
    end
    if condition then
      conditions[#conditions + 1], shown[#shown + 1], by_name[name] = condition, text, { condition, text }
    end
  end
  return conditions, params, shown, by_name
end

-- The row that the values tell: a table of one row; and names and values in words. A dimension that has no value is the
-- total over it; where there is none, the others may tell the row: a municipality its region. whole: what is asked for is
-- the total over all of them. n: "one"; "first" of several rows; "all" of them. more: other names that a cell may have.
function finding.row(result, names, cell, n, whole, more)
  local allowed = table.move(names, 1, #names, 1, {})
  core.check(cell, "explain: the result", table.move(more or {}, 1, #(more or {}), #names + 1, allowed), "dimension")
  if #names > 0 and not whole and next(cell) == nil then
    core.fail "explain: which cell? The table is empty (was a variable nil? the total is t:explain(dk.total))"
  end
  local stated, params, told, of = finding.stated(result, names, cell)
  local conditions, shown, totals, is_many = {}, {}, {}, n ~= "one"
  for i, name in ipairs(names) do
    local is_total = words.is_total(result, name)
    conditions[i] = of[name] and of[name][1] or is_total and quoted(name) .. " is total" or "false"
    shown[i] = of[name] and of[name][2] or name .. " = total"
    totals[#totals + 1] = (not of[name] or rawget(cell, name) == dk.total) and name or nil
  end
  local found = #names > 0 and result:where(table.concat(conditions, " and "), params) or result
  if #found == 0 and #stated < #names and (#stated > 0 or n == "all") then
    found = #stated > 0 and result:where(table.concat(stated, " and "), params) or result
    for i, name in ipairs(names) do
      shown[i] = (#found == 1 or is_many and #found > 0) and shown_of(found:head(1), name) or shown[i]
    end
  end
  if #found == 1 or is_many and #found > 0 then
    return n == "all" and found or found:head(1), n == "all" and #found > 1 and told or shown
  end
  if #totals > 0 then
    core.fail(("explain: the result has no row that is the total over %s (say which: { %s = ... })"):format(
      words.list(totals), totals[1]))
  end
  core.fail(("explain: the result has %s where %s"):format(#found == 0 and "no row" or #found .. " rows",
    table.concat(shown, ", ")))
end

-- Cells ------------------------------------------------------------------------------------------------------------

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
function finding.cells(result, asked, wanted, source, whole)
  if #asked.shapes > 0 then
    return turned_cells(result, asked, wanted, source, whole)
  end
  local columns, names = words.columns(result), {}
  for _, dim in ipairs(asked.dims) do
    names[#names + 1] = columns[dim.shown] and dim.shown or nil
  end
  local row, shown = finding.row(result, names, wanted, sources.is_long(result) and "first" or "one", whole)
  return { { row = row, own = row, asked = asked, values = {} } }, shown
end

return finding
