-- explain_parts.lua - of which numbers the measures of a cell are made: every aggregate inside, with the rows that it goes
-- over, the measures that are named, the figures of other tables, the numerator and denominator of every quotient.
--
-- A result keeps no rows. The breakdown is asked again of its table, with a measure more for each part, and the cell's row
-- is found in it; so margins, levels, figures and shares mean what they meant. What is told is right only if the measures
-- come out as they stand in the result, which is checked.

local dk, core = ...

local words = core.part "explain_words"
local quoted = core.quoted

local parts = { ABSENT = "asked again, the table has no such group" }
local OTHER = "what was saved along is of another result"

-- What measures are made of ----------------------------------------------------------------------------------------

-- Functions that say what a weighted table counts, or count rows themselves.
local COUNTS = { count = true, rows = true }

-- A text as it is asked where the part stands: within all(), too.
local function within(part, text, is_plain)
  return part.within and ((is_plain and "all(%s%s)" or "all((%s)%s)"):format(text, part.within)) or text
end

-- The parts of an expression, and before a measure that the result does not show its own. list: they are added to it.
local function add_parts(list, text, asked, is_shown, outer, seen)
  for _, part in ipairs(core.measure_parts(text)) do
    part.within = part.within or outer
    part.asked = within(part, part.text, part.kind == "name" or part.kind == "aggregate" and not part.filter)
    local measure = part.kind == "name" and asked.by_name[part.name]
    part.over = part.kind == "aggregate" and part or nil
    if measure and not seen[measure] and (part.within or not is_shown(measure)) then
      local inner = core.measure_parts(measure.text)
      if #inner == 1 and inner[1].kind == "aggregate" and inner[1].text == measure.text then
        part.over = inner[1] -- an aggregate by another name
      else
        seen[measure] = true
        add_parts(list, measure.text, asked, is_shown, part.within, seen)
        seen[measure] = nil
      end
    end
    if (measure or part.kind ~= "name") and not list[part.asked] then
      part.measure = measure
      list[#list + 1], list[part.asked] = part, part
    end
  end
  return list
end

-- For each measure that the result shows, by name: { part ... }, each with what it is asked as.
function parts.of(asked, is_shown)
  local made = {}
  asked.by_name = {}
  for _, item in ipairs(asked.measures) do
    asked.by_name[item.name] = item
  end
  for _, item in ipairs(asked.measures) do
    local list = add_parts({}, item.text, asked, is_shown, nil, { [item] = true })
    local last = list[#list]
    if last and last.is_whole and not last.within then
      list.root, list[#list] = last, nil -- its numbers stand beside the measure's own
    elseif #list == 1 and last.kind == "aggregate" and not last.within and last.text == item.text then
      list.alone = last
    end
    made[item.name] = list
  end
  return made
end

-- Those of a measure with the quotient that it is itself.
function parts.all(list) return table.move(list, 1, #list, list.root and 2 or 1, { list.root }) end

-- Asking -----------------------------------------------------------------------------------------------------------

-- Texts that are asked beside the measures, each once: column_of[text].
local function questions_of(asked, made, has_rows)
  local texts, column_of = {}, {}
  local function add(text)
    if not column_of[text] then
      texts[#texts + 1] = text
      column_of[text] = "part " .. #texts
    end
  end
  if has_rows then
    add "rows()"
    add "all(rows())"
  end
  for _, item in ipairs(asked.measures) do
    for _, part in ipairs(parts.all(made[item.name])) do
      add(part.asked)
      if part.kind == "quotient" then
        add(within(part, part.numerator))
        add(within(part, part.denominator))
      elseif part.over and has_rows then
        local over = part.over
        part.rows = within(part, "rows()" .. (over.filter and " where " .. over.filter or ""))
        add(part.rows)
        if not COUNTS[over.name] and over.n_arguments == 1 then
          part.nulls = within(part, ("rows() where (%s) is null%s"):format(over.argument,
            over.filter and (" and (%s)"):format(over.filter) or ""))
          add(part.nulls)
        end
      end
    end
  end
  return texts, column_of
end

-- What stood behind the groups, as the lineage has it: groups without rows, and the others together.
local function read_steps(asked, options)
  local order = {}
  for _, item in ipairs(asked.after) do
    local text = item.kind == "step" and item.text or ""
    local by = text:match "^ordered by (.+)$"
    local limit, rest = text:match "^the first (%d+) groups?, the others together as (.+)$"
    order[#order + 1] = by and by:gsub(", falling$", " desc") or nil
    options.levels = text:find "^with every level" and "all" or options.levels
    if rest then
      options.limit, options.rest, options.order = tonumber(limit), rest, order
    end
  end
  return options
end

-- The dimensions that the first row of a table tells apart.
local function set_of(asked, found)
  local set = {}
  for _, dim in ipairs(asked.dims) do
    if #found:where(quoted(dim.shown) .. " is total") == 0 then
      set[#set + 1] = dim.name
    end
  end
  return set
end

-- Those of all its rows, each once.
function parts.sets_of(asked, whole)
  local sets = {}
  local function add(rest, i)
    local dim = asked.dims[i]
    if #rest == 0 then
      return
    elseif not dim then
      sets[#sets + 1] = set_of(asked, rest:head(1))
      return
    end
    add(rest:where(quoted(dim.shown) .. " is not total"), i + 1)
    add(rest:where(quoted(dim.shown) .. " is total"), i + 1)
  end
  add(whole, 1)
  return sets
end

-- The breakdown as the lineage tells it, with more measures, for sets of dimensions; without the conditions before it, but
-- for where.
local function breakdown_of(asked, sets, texts, column_of, where)
  local by, measures = {}, {}
  for i, dim in ipairs(asked.dims) do
    by[i] = ("%s = %s"):format(quoted(dim.name), dim.text)
  end
  for i, item in ipairs(asked.measures) do
    measures[i] = ("%s = %s"):format(quoted(item.name), item.text)
  end
  for _, text in ipairs(texts) do
    measures[#measures + 1] = ("%s = %s"):format(quoted(column_of[text]), text)
  end
  local options = { by = by, where = where, measures = measures, margins = #by > 0 and sets or nil }
  return dk.breakdown(read_steps(asked, options))
end

-- What tells the cell's row in a breakdown asked again. left: in the result itself, the row that totals all other
-- dimensions.
local function condition_of(asked, found, left)
  local list = {}
  for i, dim in ipairs(asked.dims) do
    local name = quoted(left and dim.shown or dim.name)
    local literal = (not left or left[dim.name]) and #found:where(quoted(dim.shown) .. " is total") == 0
      and core.cell_literal(found, dim.shown)
    list[i] = not literal and name .. " is total"
      or literal == "null" and ("%s is null and %s is not total"):format(name, name) or ("%s == %s"):format(name, literal)
  end
  return #list > 0 and table.concat(list, " and ") or nil
end

-- Steps on a table: conditions and columns, as it was done.
function parts.with_steps(source, steps)
  for _, step in ipairs(steps) do
    if step.kind == "where" then
      source = source:where(step.text)
    else
      source = source:derive { ("%s = %s"):format(quoted(step.name), step.text) }
    end
  end
  return source
end

local canonical

-- The cell's row in a table of the same dimensions.
function parts.row_of(asked, found, whole)
  local condition = condition_of(asked, found)
  return condition and whole:where(condition) or whole
end

-- The row of the result that totals all dimensions but those, ", regio, klasse"; nil where the result cannot tell.
function parts.row_within(asked, found, result, dims)
  local columns, left, names = words.columns(result), {}, {}
  for name in dims:gmatch ", ([^,]+)" do
    names[name:match "^`(.*)`$" or name] = true
  end
  for _, dim in ipairs(asked.dims) do
    left[dim.name], names[dim.name] = names[dim.name], nil
    if not columns[dim.shown] then
      return nil
    end
  end
  local condition = next(names) == nil and condition_of(asked, found, left)
  return condition and result:where(condition) or nil
end

-- A number as a text that does not depend on how many digits it is kept with.
function canonical(row, column)
  if row:column(column):type():find "^interval" then
    local bounds = row:derive { ("a_ = least(%s)"):format(quoted(column)), ("b_ = greatest(%s)"):format(quoted(column)) }
    return canonical(bounds, "a_") .. " to " .. canonical(bounds, "b_")
  end
  return words.trimmed((core.cell_literal(row, column):gsub("^real%((.*)%)$", "%1")))
end

-- The cell's row with all columns of the comparison that it is of; nil where a column is another by now.
function parts.row_in(asked, found, whole)
  local row = parts.row_of(asked, found, whole)
  for name in pairs(#row == 1 and words.columns(row) or {}) do
    if words.columns(found)[name] and core.cell_literal(row, name) ~= core.cell_literal(found, name) then
      return nil
    end
  end
  return #row == 1 and row or nil
end

-- Whether a measure is the same in both: an interval by its bounds, a number in whatever type.
function parts.is_same(found, column, row, other)
  return canonical(found, column) == canonical(row, other)
end

-- The breakdown asked again, of one table, or of what is compared.
local function ask(asks, tables)
  if tables.scenario then
    return (core.compare(asks, tables.base, {}, { tables.scenario }, { tables.params }, {}))
  end
  return tables.later and core.compare_tables(asks, tables.base, tables.later, tables.name, {}, {}) or asks(tables.base)
end

-- The breakdown asked again for sets of dimensions, of tables as explain_source.lua tells them: its result, and which
-- column behind the measures each text is.
function parts.whole(asked, sets, made, tables)
  local texts, column_of = questions_of(asked, made, tables.has_rows)
  return ask(breakdown_of(asked, sets, texts, column_of, tables.where), tables), texts, column_of
end

-- What columns are called that a result takes along (explain_behind.lua), of a side or of the result itself.
function parts.kept_part(text, side) return ":" .. text .. (side and "\n" .. side or "") end
function parts.kept_measure(name, side) return "=" .. name .. (side and "\n" .. side or "") end

-- Sides of a comparison: M_base, M_meer, M_meer_difference.
function parts.sides_of(columns, measure)
  local sides = {}
  for name in pairs(columns) do
    local side = name:sub(1, #measure + 1) == measure .. "_" and name:sub(#measure + 2)
    if side and side ~= "base" and columns[name .. "_difference"] then
      sides[#sides + 1] = side
    end
  end
  table.sort(sides)
  return sides
end

-- The row of such, with the column of each text that it has.
local function ask_kept(asked, found, made, tables)
  questions_of(asked, made, true)
  local columns = words.columns(tables.kept)
  return parts.row_of(asked, found, tables.kept), setmetatable({}, { __index = function(_, text)
    local name = text and parts.kept_part(text, tables.name)
    return columns[name] and name or nil
  end})
end

-- The cell's row of the breakdown asked again, of tables as explain_source.lua tells them; behind: what the names of
-- measures have in found, whose columns are given. Gives { row =, column_of =, of = what names have in row }, or nil, why,
-- and the column that is another.
function parts.ask(asked, found, made, columns, tables, behind)
  local done, row, column_of = words.try(function()
    if tables.kept then
      return ask_kept(asked, found, made, tables)
    end
    local whole, _, of = parts.whole(asked, { set_of(asked, found) }, made, tables)
    return parts.row_of(asked, found, whole), of
  end)
  if not done then
    local why = tostring(row):gsub("^[^\n]-:%d+: ", ""):match "[^\n]*"
    return nil, tables.kept and ("%s: %s"):format(OTHER, why) or why
  elseif #row ~= 1 then
    return nil, tables.kept and OTHER or parts.ABSENT
  end
  local has, of = words.columns(row), tables.name and not tables.kept and "_" .. tables.name or ""
  for _, item in ipairs(asked.measures) do
    local column = behind and item.name .. behind or item.shown
    local other = tables.kept and parts.kept_measure(item.name, tables.name) or item.name .. of
    if not has[other] then
      return nil, OTHER
    elseif columns[column] and not parts.is_same(found, column, row, other) then
      return nil, (tables.kept and "%s is %s, and when it was saved it was %s" or "%s is %s, and asked again it is %s")
        :format(column, words.shown(found, column), words.shown(row, other)), column
    end
  end
  return { row = row, column_of = column_of, of = of }
end

-- Numbers ----------------------------------------------------------------------------------------------------------

-- What a row has in a column, with every digit: "15/4" of a quotient.
local function plain(row, column)
  local literal = core.cell_literal(row, column)
  literal = (literal:match "^real%((.*)%)$" or literal:match "^%((.*)%)$" or literal):gsub("/1$", "")
  if row:column(column):type():find "^interval" then
    return (literal:gsub("%d+%.%d+", words.trimmed))
  end
  local kind = row:column(column):type()
  local is_text = kind == "text" or kind == "category"
  return words.trimmed(is_text and literal or (literal:gsub('^"(.*)"$', "%1")))
end

-- The number of a text that was asked, every digit of it; or nil.
function parts.number(answer, text)
  local column = answer and answer.column_of[text]
  return column and plain(answer.row, column .. answer.of)
end

-- Why there is no number, where the markers of the rows tell: ". (unavailable)".
local function said_missing(row, column)
  local value = row:column(column):to_lua { plain = true }[1]
  return type(value) == "table" and value.meaning and ("%s (%s)"):format(words.shown(row, column), value.meaning) or nil
end

-- The same for a line of its own: "0.6667, which is 2 of 3".
function parts.said(answer, part)
  local number = parts.number(answer, part.asked)
  if not number then
    return nil
  end
  local column = answer.column_of[part.asked] .. answer.of
  local missing = number == "null" and said_missing(answer.row, column)
  if missing then
    return missing
  end
  local numerator, denominator = core.cell_parts(answer.row, column)
  if numerator and numerator ~= "unknown" then
    return ("%s, which is %s of %s"):format(words.shown(answer.row, column), numerator, denominator)
  elseif part.kind == "quotient" then
    return ("%s, which is %s of %s"):format(number:find("/", 1, true) and words.shown(answer.row, column) or number,
      parts.number(answer, within(part, part.numerator)), parts.number(answer, within(part, part.denominator)))
  end
  return number:find("/", 1, true) and ("%s, which is %s"):format(words.shown(answer.row, column), number) or number
end

-- The same as a value, with the number of rows of an aggregate: { text =, kind =, value =, rows = }; null is nil.
function parts.value(answer, part)
  local function value_of(text)
    local column = answer and text and answer.column_of[text]
    if column then
      return answer.row:column(column .. answer.of)[1]
    end
  end
  return answer and { text = part.asked, kind = part.kind, value = value_of(part.asked), rows = value_of(part.rows) } or nil
end

-- ", of 5 rows, 1 of which has no value", where that says more than the number.
function parts.rows(answer, asked, part)
  local n = part.rows and parts.number(answer, part.rows)
  if not n or COUNTS[part.over.name] and not (asked.weight and part.over.name == "count") then
    return ""
  end
  local nulls = part.nulls and parts.number(answer, part.nulls)
  return (", of %s row%s%s"):format(n, n == "1" and "" or "s", (not nulls or nulls == "0") and ""
    or (", %s of which %s no value"):format(nulls, nulls == "1" and "has" or "have"))
end

return parts
