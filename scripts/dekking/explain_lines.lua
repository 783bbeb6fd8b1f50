-- explain_lines.lua - the measures of a cell in words and numbers: a line for each, and below it what it is made of
-- (explain_parts.lua); of a comparison each side, and how the difference comes of both.

local _, core = ...

local words, parts, sources = core.part "explain_words", core.part "explain_parts", core.part "explain_source"
local quoted = core.quoted

local numbers = {}

-- "249 of 336", where the column knows.
local function parts_of(found, name)
  local numerator, denominator = core.cell_parts(found, name)
  return numerator and (numerator ~= "unknown" or denominator ~= "unknown") and ("%s of %s"):format(numerator, denominator)
end

-- What is known of one side of a cell. behind: what stands behind the names of measures in the result's columns.
local function new_side(cell, behind, answer, why)
  return { cell = cell, behind = behind, answer = answer, why = why, untold = {} }
end

local function column_of(side, item) return side.behind and item.name .. side.behind or item.shown end

-- What a row of the result shows of a text of a measure, which may stand in brackets; nil where it does not.
local function shown_in(row, side, text)
  local bare = text:match "^%((.*)%)$"
  for _, item in ipairs(side.cell.asked.measures) do
    local column = column_of(side, item)
    if side.cell.columns[column] and (text == quoted(item.name) or text == item.text or bare == item.text) then
      return words.shown(row, column)
    end
  end
end

-- The part of a measure that is asked as that text within all(); nil where there is none.
local function whole_of(cell, text)
  for _, list in pairs(cell.made) do
    for _, part in ipairs(parts.all(list)) do
      if part.within and part.asked == text then
        return part
      end
    end
  end
end

-- What the result shows of a text of a measure: in the cell's row, or in that which totals more, as all() does.
local function shown_of(side, text)
  local cell = side.cell
  local whole = not side.behind and whole_of(cell, text)
  local row = whole and parts.row_within(cell.asked, cell.found, cell.result, whole.within)
  if whole then
    return row and #row == 1 and shown_in(row, side, whole.text) or nil
  end
  return shown_in(cell.found, side, text)
end

-- Of bounds that the result's totals made narrower the result alone tells.
local function number_of(side, text)
  return side.cell.is_narrower and shown_of(side, text) or parts.number(side.answer, text) or shown_of(side, text)
end

-- Of the numerator and the denominator of a quotient: "3..6 of 12".
local function quotient_of(side, part)
  local numerator, denominator = number_of(side, part.numerator), number_of(side, part.denominator)
  return numerator and denominator and ("%s of %s"):format(numerator, denominator) or nil
end

-- Whether a part is a side of a quotient, whose line has its number.
local function is_side(list, part)
  for _, other in ipairs(parts.all(list)) do
    for _, text in ipairs { other.numerator, other.denominator } do
      if not other.within and (text == part.asked or text == part.text and not part.within) then
        return true
      end
    end
  end
  return false
end

-- Whether its number stands in the measure's own line or in that of a quotient, and its rows say no more.
local function is_told(list, part, rows)
  return rows == "" and (part == list.alone or (part.kind == "name" or part.kind == "aggregate") and is_side(list, part))
end

local function say_part(lines, side, list, part, told)
  local number = side.cell.is_narrower and shown_of(side, part.asked) or parts.said(side.answer, part)
    or shown_of(side, part.asked)
  local rows = parts.rows(side.answer, side.cell.asked, part)
  if not number then
    side.untold[#side.untold + 1] = not is_told(list, part, "") and part.asked or nil
    return
  end
  told[#told + 1] = parts.value(side.answer, part)
  if not is_told(list, part, rows) then
    lines[#lines + 1] = ("     %s is %s%s"):format(part.asked, number, rows)
  end
end

local function say_parts(lines, side, item)
  local list, told = side.cell.made[item.name], {}
  if side.is_absent then -- every part of it is of no rows
    side.cell.parts[column_of(side, item)] = told
    return
  end
  for _, part in ipairs(list) do
    say_part(lines, side, list, part, told)
  end
  told[#told + 1] = list.root and parts.value(side.answer, list.root) or nil
  side.cell.parts[column_of(side, item)] = told
end

-- What a number is a quotient of, and the number with it.
local function say_number(side, item)
  local column, root = column_of(side, item), side.cell.made[item.name].root
  local of = parts_of(side.cell.found, column) or root and quotient_of(side, root)
  if root and not of and not side.is_absent then
    side.untold[#side.untold + 1] = item.name
  end
  return words.shown(side.cell.found, column) .. (of and ", which is " .. of or ""), of
end

-- The least and the greatest of a cell that is known in bounds; nothing where a side is open, or it is a number.
local function ends_of(found, name)
  local value = found:column(name):to_lua { plain = true }[1]
  if type(value) == "table" and value.least and value.greatest then
    return value.least, value.greatest
  end
end

-- Whether it is a sum of a number of each row, of which is known what those who moved have of it.
local function is_sum(item) return item.text:find "^sum%b()$" ~= nil or item.text:find "^sum%b() where " ~= nil end

-- Why a difference of numbers in bounds is narrower than what both sides may be apart.
local function say_cancelled(lines, cell, item, name)
  local least, greatest = ends_of(cell.found, name .. "_difference")
  local from, to = ends_of(cell.found, item.name .. "_base")
  local of, up_to = ends_of(cell.found, name)
  if not (least and from and of) or (from == to and of == up_to) then
    return
  end
  if least == 0 and greatest == 0 then
    lines[#lines + 1] = ("     whatever it is, it is the same on both sides: what %s reads of its rows is as it was")
      :format(item.name)
  elseif is_sum(item) and greatest - least < (to - from) + (up_to - of) then
    lines[#lines + 1] = "     it is that of those who moved, came or left: of who stayed it is the same on both sides"
  end
end

-- How a difference comes of both sides, where that is more than subtracting what is shown.
local function say_difference(lines, cell, item, name, base, later)
  local change = words.shown(cell.found, name .. "_difference")
  if base and later and change:find "%d" then
    local points = change:find "pp$" and ", in points" or ""
    lines[#lines + 1] = ("     %s is %s less %s%s"):format(change, later, base, points)
  end
  local relative = cell.columns[name .. "_relative"] and words.shown(cell.found, name .. "_relative")
  if relative and relative:find "%d" then
    lines[#lines + 1] = ("     %s is %s of %s, in per cent of the base"):format(relative, change,
      words.shown(cell.found, item.name .. "_base"))
  end
end

-- Whether the result shows something of a measure.
local function is_shown(cell, item)
  for name in pairs(cell.has) do
    if name == item.shown or name:sub(1, #item.name + 1) == item.name .. "_" then
      return true
    end
  end
  return false
end

-- The columns of the comparison that the result lacks.
local function say_left_out(lines, cell)
  local names = {}
  for row in cell.found:schema():rows() do
    if not cell.has[row.name] then
      names[#names + 1] = row.name
    end
  end
  if #names > 0 then
    lines[#lines + 1] = ("  The result was left without %s."):format(words.list(names))
  end
end

-- A difference alone, of a comparison whose other columns are nowhere.
local function say_alone(lines, cell, item)
  local is_added = {}
  for _, other in ipairs(cell.asked.after) do
    is_added[other.name or ""] = other.kind == "column"
  end
  for row in cell.own:schema():rows() do
    local name = row.name
    local is_of = name:sub(1, #item.name + 1) == item.name .. "_"
    if is_of and (name:find "_difference$" or name:find "_relative$") and not is_added[name] then
      lines[#lines + 1] = ("  %s is %s: of %s, and the numbers that it comes of were left out"):format(name,
        words.shown(cell.own, name), item.text)
    end
  end
end

local function say_measure(lines, cell, item)
  local from = item.numerator and ("the numerator is %s, the denominator %s"):format(item.numerator, item.denominator)
    or item.text
  local column = cell.base.behind and item.name .. cell.base.behind or item.shown
  if not cell.columns[column] or cell.is_whole and not is_shown(cell, item) then
    say_alone(lines, cell, item)
    return
  end
  local number, base = say_number(cell.base, item)
  lines[#lines + 1] = ("  %s is %s: %s"):format(column, number, from)
  say_parts(lines, cell.base, item)
  for _, other in ipairs(cell.base.behind and parts.sides_of(cell.columns, item.name) or {}) do
    local name, side = item.name .. "_" .. other, cell.side_of(other)
    local shown, later = say_number(side, item)
    lines[#lines + 1] = ("  %s is %s; that differs by %s"):format(name, shown,
      words.shown(cell.found, name .. "_difference"))
    say_parts(lines, side, item)
    say_difference(lines, cell, item, name, base, later)
    if cell.columns[name .. "_difference"] then
      say_cancelled(lines, cell, item, name)
    end
  end
end

-- A line for each side of which something was not told, and why.
local function say_untold(lines, cell)
  local told = {}
  for _, side in ipairs(cell.all) do
    if #side.untold > 0 and side.why and not told[side.why] then
      told[side.why] = true
      lines[#lines + 1] = ("  Not all numbers behind these can be told: %s%s."):format(
        cell.is_narrower and "bounds were made narrower, and the rows say less: " or "", side.why)
    end
  end
end

-- Whether a column is computed of its own row alone: that gives the same.
function numbers.is_of_row(found, item)
  local done, made = words.try(found.derive, found, { ("again_ = %s"):format(item.text) })
  return done and core.cell_literal(made, "again_") == core.cell_literal(found, item.name)
end

-- A column that was added to the result, and the columns that it is made of.
local function say_column(lines, cell, item)
  local found = cell.own
  local of = parts_of(found, item.name)
  lines[#lines + 1] = ("  %s is %s%s: %s"):format(item.name, words.shown(found, item.name),
    of and ", which is " .. of or "", item.text)
  for _, part in ipairs(core.measure_parts(item.text)) do
    if part.kind == "name" and cell.has[part.name] then
      lines[#lines + 1] = ("     %s is %s"):format(part.text, words.shown(found, part.name))
    end
  end
  if not numbers.is_of_row(found, item) then
    lines[#lines + 1] = "     and other rows of the result, which one cell does not tell"
  end
end

-- Other columns of a row, where a comparison that was turned has not all of a side.
function numbers.say_alike(lines, cell)
  for row in cell.found:schema():rows() do
    for _, item in ipairs(cell.asked.measures) do
      local side = row.name:sub(1, #item.name + 1) == item.name .. "_" and row.name:sub(#item.name + 2)
      local of = side and side ~= "base" and side:gsub("_difference$", ""):gsub("_relative$", "")
      if of and not cell.columns[item.name .. "_" .. of .. "_difference"] then
        lines[#lines + 1] = ("  %s is %s: of %s"):format(row.name, words.shown(cell.found, row.name), item.text)
      end
    end
  end
end

-- Of a result that was turned: lines for the columns that were added to it since, of its own row.
function numbers.say_added(lines, cell, own)
  local of_own = setmetatable({ own = own, has = words.columns(own) }, { __index = cell })
  for _, item in ipairs(cell.asked.after) do
    if item.kind == "column" and item.is_added and of_own.has[item.name] then
      say_column(lines, of_own, item)
    end
  end
end

-- Lines for the measures, and for the columns that were added to the result.
function numbers.say(lines, cell)
  for _, item in ipairs(cell.asked.measures) do
    say_measure(lines, cell, item)
  end
  if cell.is_whole then
    say_left_out(lines, cell)
  end
  for _, item in ipairs(cell.asked.after) do
    if item.kind == "column" and not item.is_added and cell.has[item.name] then
      say_column(lines, cell, item)
    end
  end
  say_untold(lines, cell)
  local n = parts.number(cell.base.answer, "rows()")
  if n then
    lines[#lines + 1] = ("The cell has %s of %s rows."):format(n, parts.number(cell.base.answer, "all(rows())"))
  elseif cell.base.is_absent then
    lines[#lines + 1] = "The base has no rows of the cell."
  end
end

-- What is known of a cell: { asked =, found =, columns =, base = side, side_of = function(name), parts = ... }; own: its
-- row as the result has it, with the columns has; found may have more of a comparison, which is_whole says.
function numbers.of(result, asked, found, source, steps_of)
  local tables = sources.of(result, asked, source, steps_of)
  if not tables.base and not next(tables.sides) then
    tables = sources.kept(result, tables)
  end
  local own = tables.wide and parts.row_of(asked, found, tables.wide) or found
  local whole = not tables.wide and sources.whole(result)
  local row = whole and parts.row_in(asked, found, whole) or nil
  found = row or own
  local columns, behind = words.columns(found), nil
  local cell = { asked = asked, found = found, columns = columns, all = {}, parts = {}, is_whole = row ~= nil,
                 own = own, has = words.columns(own), result = result,
                 is_narrower = asked.is_narrower } -- found and columns: with those that were left out
  local function add(...)
    cell.all[#cell.all + 1] = new_side(cell, ...)
    return cell.all[#cell.all]
  end
  cell.made = parts.of(asked, function(item) return columns[item.shown] or columns[item.name .. "_base"] end)
  for _, item in ipairs(asked.measures) do
    behind = behind or not columns[item.shown] and columns[item.name .. "_base"] and "_base" or nil
  end
  local function ask(of, where)
    if not of or of.why then
      return nil, of and of.why or tables.why
    end
    local answer, why, column = parts.ask(asked, found, cell.made, columns, of, where)
    if not answer and column and source then
      core.fail(("explain: %s: of the table that is given other rows were asked"):format(why))
    end
    return answer, why
  end
  -- The base as a side of a comparison, where only its cells are kept.
  local function ask_base()
    local answer, why = ask(tables.base, behind)
    for name, of in pairs(not answer and why ~= parts.ABSENT and behind and tables.sides or {}) do
      local other = not of.why and parts.ask(asked, found, cell.made, columns, of, "_" .. name)
      if other then
        return { row = other.row, column_of = other.column_of, of = "_base" }
      end
    end
    return answer, why
  end
  cell.base = add(behind, ask_base())
  cell.base.is_absent = behind and cell.base.why == parts.ABSENT
  local sides = {}
  function cell.side_of(name)
    sides[name] = sides[name] or add("_" .. name, ask(tables.sides[name], "_" .. name))
    return sides[name]
  end
  return cell
end

return numbers
