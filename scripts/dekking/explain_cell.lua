-- explain_cell.lua - result:explain { gemeente = "Duiven" }: one cell of a result in words and numbers, with what is behind
-- it and the question that gives it again (explain_again.lua).
--
-- The lineage says what was asked; the rate's column says of which numbers it is made. A cell is told by the dimensions of
-- the breakdown; those that are left out are totals.

local dk, core = ...

local words = core.part "explain_words"
local question, numbers = core.part "explain_again", core.part "explain_lines"

-- What the lineage says --------------------------------------------------------------------------------------------

-- A text with the values of parameters in their place.
local function with_params(text, params)
  return (text:gsub("%$([%a_][%w_]*)", function(name) return params[name] end))
end

local STEPS = { step = true, join = true, append = true, breakdown = true }

local function last_breakdown(items, from)
  while from > 0 and items[from].kind ~= "breakdown" do
    from = from - 1
  end
  return from > 0 and from or nil
end

-- What stands between a breakdown and its result, rolled up, where all groups of it are added up.
local WHOLE = { dimension = true, measure = true, where = true, parameter = true, weight = true, day = true }
local WHOLE_STEPS = { "with totals ", "with the total ", "for the sets ", "with every level", "with figures ",
  "ordered by ", "sorted by ", "opened from the snapshot ", "rows that are no totals" }

local function is_whole(item)
  local is_it = WHOLE[item.kind]
  for _, text in ipairs(item.kind == "step" and WHOLE_STEPS or {}) do
    is_it = is_it or item.text:sub(1, #text) == text
  end
  return is_it
end

-- A result that was rolled up is what its breakdown gives by the level: those items in the place of what added up parts.
-- Nothing where parts were left out or changed.
local function unroll(items, last)
  local level = last > 1 and items[last - 1].kind == "step" and items[last - 1].text:match " rolled up to (.+)$"
  if not level then
    return items, last
  end
  local before = last_breakdown(items, last - 1)
  local own, made = {}, table.move(items, 1, before, 1, {})
  for i = before + 1, last - 2 do
    own[items[i].kind .. " " .. (items[i].name or "")] = items[i]
    if not is_whole(items[i]) then
      return nil
    elseif items[i].kind == "parameter" or items[i].kind == "weight" then
      made[#made + 1] = items[i]
    end
  end
  for i = last + 1, #items do
    local item = items[i]
    if item.kind == "dimension" and item.name == level and not own["dimension " .. level] then
      made[#made + 1] = item
    elseif item.kind ~= "weight" then
      made[#made + 1] = own[item.kind .. " " .. (item.name or "")] or item
    end
  end
  return unroll(made, before)
end

-- Tables of figures beside the one that was asked, as { names = { key = true }, n =, texts = }: texts has their
-- attached(...), a line each, where the lineage tells. Several tables without that tell nothing.
local function figures_of(asked, params)
  local tables = {}
  for _, item in ipairs(asked.after) do
    local keys = item.kind == "step" and item.text:match "^with figures of .* beside it, known per (.+)$"
    if keys then
      local each = { names = {}, n = 0, texts = item.name and with_params(item.name, params) }
      for name in (keys .. ", "):gmatch "(.-), " do
        each.names[name], each.n = true, each.n + 1
      end
      tables[#tables + 1] = each
    end
  end
  for _, each in ipairs(tables) do
    if #tables > 1 and not each.texts then
      return {}
    end
  end
  return tables
end

-- What was done before item number last: a step that says rows were changed begins anew, and what follows is asked of its
-- result. params: of no step; those of a condition or a column are in its own.
local function read_before(items, last)
  local before, step = { steps = {}, params = {} }, nil
  for i = 1, last - 1 do
    local item = items[i]
    if item.kind == "source" then
      before.source = item
    elseif item.kind == "filter" or item.kind == "column" then
      step = { kind = item.kind == "filter" and "where" or "derive", text = item.text, name = item.name, params = {} }
      before.steps[#before.steps + 1] = step
    elseif item.kind == "parameter" then
      (step and step.params or before.params)[item.name] = item.text
    elseif STEPS[item.kind] then
      before.base, before.steps, step = item, {}, nil
    end
  end
  return before
end

-- The lineage without what is about other tables.
local function own_items(all)
  local items = {}
  for _, item in ipairs(all) do
    if item.depth == 0 then
      items[#items + 1] = item
    end
  end
  return items
end

-- The steps that a table lacks which was asked, or which that was made of; nothing where it is another.
local function steps_after(asked, source)
  local items = own_items(core.lineage(source))
  local before = read_before(items, #items + 1)
  local same = (before.base and before.base.text) == (asked.base and asked.base.text)
  for i, step in ipairs(before.steps) do
    local other = asked.steps[i]
    same = same and other and other.kind == step.kind and other.name == step.name
      and other.text == with_params(step.text, step.params)
  end
  return same and table.move(asked.steps, #before.steps + 1, #asked.steps, 1, {}) or nil
end

-- Items up to the last breakdown, of it, and behind it.
local function read(all)
  local items = own_items(all)
  local last = last_breakdown(items, #items)
  if not last then
    return nil
  end
  local whole, at = unroll(items, last)
  local is_part = whole == nil
  items, last = whole or items, at or last
  local asked = read_before(items, last)
  asked.name, asked.is_part, asked.dims, asked.measures, asked.after = items[last].name, is_part, {}, {}, {}
  local params = asked.params
  for i = last + 1, #items do
    local item = items[i]
    if #asked.after == 0 and item.kind == "parameter" then
      params[item.name] = item.text
    elseif #asked.after == 0 and (item.kind == "dimension" or item.kind == "measure") then
      local list = item.kind == "measure" and asked.measures or asked.dims
      list[#list + 1] = item
    elseif #asked.after == 0 and item.kind == "weight" then
      asked.weight = item.name
    elseif item.kind == "append" then
      core.fail(("explain: rows of several results were put together (%s): explain the cell of the one that has it")
        :format(item.text))
    elseif item.kind ~= "where" and item.kind ~= "day" then
      asked.after[#asked.after + 1] = item
    end
  end
  for _, each in ipairs(asked.steps) do
    for name, text in pairs(params) do
      each.params[name] = each.params[name] or text -- the breakdown's own condition has the breakdown's
    end
    each.text = with_params(each.text, each.params)
  end
  for _, list in ipairs { asked.dims, asked.measures } do
    for _, item in ipairs(list) do
      item.text = with_params(item.text, params)
      item.numerator = item.numerator and with_params(item.numerator, params)
      item.denominator = item.denominator and with_params(item.denominator, params)
      item.shown = item.name
    end
  end
  asked.figures = figures_of(asked, params)
  for _, item in ipairs(asked.after) do
    local before, now = (item.kind == "step" and item.text or ""):match "^(.+) renamed to (.+)$"
    for _, list in ipairs { asked.dims, asked.measures } do
      for _, each in ipairs(list) do
        if each.shown == before then
          each.shown = now
        end
      end
    end
  end
  return asked
end

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
-- none, the others may tell the row: a municipality its region.
local function find(result, asked, cell, is_long)
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

-- Explaining --------------------------------------------------------------------------------------------------------

-- result:explain { gemeente = "Duiven" } -> text, { steps =, measures =, again = function(measure, source) }
-- source: the table that was asked, of which numbers are computed that the result does not have; or nil
return core.export(function(result, wanted, source)
  local asked = read(core.lineage(result))
  if not asked then
    core.fail("explain: one cell is explained of what a breakdown gave, and this table is none: t:explain() tells how it "
      .. "came to be")
  end
  local compared = core.compared and core.compared[result]
  local found, _, shown = find(result, asked, wanted, core.part "explain_source".is_long(result))
  local columns, lines = words.columns(found), {}
  lines[1] = ("The cell %s of the breakdown%s:"):format(#shown > 0 and table.concat(shown, ", ") or "of all rows",
    asked.name and " " .. asked.name or "")
  local cell = { steps = asked.steps, measures = {} }
  local dims = not asked.is_part and question.conditions_of(found, asked, columns)
  if dims then
    cell.measures, cell.where = question.measures_of(asked, dims, found)
  end
  local known = numbers.of(result, asked, found, source, function(of) return steps_after(asked, of) end)
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
    local more, told = part.cell(compared, names, row_condition(found, asked), cell.where)
    table.move(more, 1, #more, #lines + 1, lines)
    cell.changes = told
  end
  cell.again = core.export(function(name, of) return question.again(cell, name, of) end)
  local names = {}
  for i, item in ipairs(asked.measures) do
    names[i] = item.shown
  end
  setmetatable(cell, { __tostring = function() return "(an explained cell of " .. words.list(names) .. ")" end })
  return table.concat(lines, "\n"), cell
end)
