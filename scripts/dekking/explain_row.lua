-- explain_row.lua - a row of a table that no breakdown gave: source, row, what each column is, and the steps.
--
-- A row is told by values of any of its columns, as many as leave one row. The same is found again in the source by the
-- conditions and columns of the lineage, and those values; in what a call gave that leaves no lineage (a summary, what a
-- scenario moves) by the call.

local dk, core = ...

local words, finding, questions = core.part "explain_words", core.part "explain_find", core.part "explain_asked"
local recipe, parts = core.part "recipe", core.part "explain_parts"
local quoted = core.quoted

-- The row ----------------------------------------------------------------------------------------------------------

local function columns_of(result)
  local names = {}
  for row in result:schema():rows() do
    names[#names + 1] = row.name
  end
  return names
end

-- The place of a row among those of the table.
local function place_of(result, condition, params)
  local done, numbered, name = words.try(words.numbered, result)
  return done and numbered:where(condition, params):column(name):to_lua { plain = true }[1] or nil
end

local function find(result, wanted, whole)
  local names = columns_of(result)
  core.check(wanted, "explain: the table", names, "column")
  if whole or next(wanted) == nil then
    core.fail(("explain: no breakdown gave this table, and a cell of it is a row: say which, as { %s = ... }"):format(
      names[1] or "column"))
  end
  local conditions, params, shown = finding.stated(result, names, wanted)
  local condition = table.concat(conditions, " and ")
  local found = result:where(condition, params)
  if #found == 1 then
    found = result:properties().weight and found:with { weight = dk.null } or found -- its columns are told one by one
    return found, shown, place_of(result, condition, params)
  end
  local more = {}
  for _, name in ipairs(names) do
    more[#more + 1] = rawget(wanted, name) == nil and name or nil
  end
  core.fail(("explain: the table has %s where %s%s"):format(#found == 0 and "no row" or #found .. " rows",
    table.concat(shown, ", "), #found > 1 and #more > 0
      and (": say more, so that one is left (it has also %s)"):format(words.list(more)) or ""))
end

-- What gave it -----------------------------------------------------------------------------------------------------

-- Calls that give a table without a lineage, and at which place the table is that is asked.
local CALLS = { summary = 1, describe = 1, moved = 2, apply = 2, order = 2 }

local function call_of(result)
  local node = core.recipe(result)
  while node do
    local at = CALLS[node.op]
    if at and node.n and node.n >= at then
      return node, at
    end
    node = node.n and recipe.is(node[1]) and node[1] or nil
  end
end

local FORMULAS = { least = "min(%s)", mean = "mean(%s)", median = "median(%s)", greatest = "max(%s)",
  different = "distinct(%s)", most = "mode(%s), the value that most rows have", nulls = "rows() where %s is null",
  times = "the rows that have the most frequent value of %s", known = "(rows() where %s is not null) / rows()" }

-- What a column of the row is, of what a call gave.
local function formula_of(node, row, name)
  if node and (node.op == "summary" or node.op == "describe") and FORMULAS[name] and words.columns(row).name then
    return FORMULAS[name]:format(quoted(row:column "name":to_lua { plain = true }[1]))
  end
end

local function call_again(node, at, source)
  local args = {}
  for i = 1, node.n do
    args[i] = i == at and source or node[i]
  end
  return args[1][node.op](table.unpack(args, 1, node.n))
end

-- Explaining -------------------------------------------------------------------------------------------------------

local function say_columns(lines, row, steps, node)
  local made, has = {}, words.columns(row)
  for _, step in ipairs(steps) do
    made[step.name or ""] = step.kind == "derive" and step.text or nil
  end
  for each in row:schema():rows() do
    local name = each.name
    local numerator, denominator = core.cell_parts(row, name)
    local of = numerator and (numerator ~= "unknown" or denominator ~= "unknown")
      and (", which is %s of %s"):format(numerator, denominator) or ""
    local text = made[name] or formula_of(node, row, name)
    lines[#lines + 1] = ("  %s is %s%s%s"):format(name, words.shown(row, name), of, text and ": " .. text or "")
    local done, list = words.try(core.measure_parts, made[name] or "1")
    for _, part in ipairs(done and list or {}) do
      if part.kind == "name" and has[part.name] and part.name ~= name then
        lines[#lines + 1] = ("     %s is %s"):format(part.text, words.shown(row, part.name))
      end
    end
  end
end

local function say_again(lines, before, condition, node, name)
  local called = node and ((", by calling %s again"):format(node.op)) or ""
  local base = before.base and ("the table as it was after: " .. (before.base.text or "a breakdown"))
    or ("the table" .. (name and " " .. name or ""))
  lines[#lines + 1] = ("The same on its own, asked of %s%s:"):format(node and "the table that was asked" or base, called)
  for _, step in ipairs(before.steps) do
    lines[#lines + 1] = step.kind == "where" and ("  where %s"):format(step.text)
      or ("  derive %s = %s"):format(step.name, step.text)
  end
  lines[#lines + 1] = "  where " .. condition
end

-- As explain_cell.lua, of a row. why: what would be told of an answer whose table is not kept; or nil.
return core.export(function(result, wanted, whole, why)
  local row, shown, place = find(result, wanted, whole)
  local properties, node, at = result:properties(), call_of(result)
  local before, lines, condition = questions.read_rows(core.lineage(result)), {}, {}
  for _, name in ipairs(columns_of(result)) do
    if rawget(wanted, name) ~= nil then
      local literal = not words.is_total(row, name) and core.cell_literal(row, name)
      condition[#condition + 1] = not literal and quoted(name) .. " is total"
        or literal == "null" and quoted(name) .. " is null" or ("%s == %s"):format(quoted(name), literal)
    end
  end
  condition = table.concat(condition, " and ")
  lines[1] = ("The row %s of the table%s%s:"):format(table.concat(shown, ", "),
    properties.name and " " .. properties.name or "", place and (", number %d of %d"):format(place, #result) or "")
  say_columns(lines, row, before.steps, node)
  lines[#lines + 1] = why and ("What is behind these numbers cannot be told: %s."):format(why) or nil
  lines[#lines + 1] = core.lineage_text(result)
  for _, note in ipairs(result:notes()) do
    lines[#lines + 1] = "Note: " .. note
  end
  local name = before.source and before.source.name or #before.steps == 0 and properties.name
  say_again(lines, before, condition, node, name)
  local cell = { steps = before.steps, where = condition, measures = {}, parts = {} }
  cell.again = core.export(function(column, source)
    if core.kind(source) ~= "table" then
      core.fail(("again: a column is asked of a table, not of %s"):format(core.what(source)))
    elseif not words.columns(row)[column] then
      core.fail(("again: nothing gives %s on its own"):format(tostring(column)))
    end
    local lacks = not node and questions.steps_after(before, source) or before.steps
    local made = node and call_again(node, at, source) or source
    local done, found = words.try(function() return parts.with_steps(made, lacks):where(condition) end)
    if not node and not (done and words.columns(found)[column]) then -- what a question gave is asked again, of this table
      done, found = words.try(function() return core.part "explain_remade"(result, source):where(condition) end)
    end
    return done and core.bare(found, { { column, "cell" } }) or core.fail((tostring(found):gsub("^[^\n]-:%d+: ", "")))
  end)
  setmetatable(cell, { __tostring = function() return "(an explained row)" end })
  return table.concat(lines, "\n"), cell
end)
