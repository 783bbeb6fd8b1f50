-- explain_again.lua - the question that gives one cell of a result again.
--
-- What it is asked of is the table as it was before the breakdown's own conditions and columns: the source, or what the
-- last step made of it that cannot be written as a question. A dimension of the cell becomes a condition on its rows.

local dk, core = ...

local quoted, parts, words = core.quoted, core.part "explain_parts", core.part "explain_words"

-- Conditions -------------------------------------------------------------------------------------------------------

-- The name that a text is; nil where it is more than one.
local function plain_name(text) return text:match "^[%a_][%w_]*$" or text:match "^`([^`]*)`$" end

-- The rows of a group of a dimension, written as text, as a condition.
local function condition_of(text, literal)
  local how, set = text:match "^(%l+)%((.+)%)$"
  local of_members = how == "member" or how == "missing"
  if of_members and literal ~= "null" then
    return ("%shas(%s, %s)"):format(how == "missing" and "not " or "", set, literal)
  end
  text = of_members and set or text -- null is the group of sets that are not known
  local plain = (text:find "^[%a_][%w_]*$" or text:find "^`[^`]*`$") and text or "(" .. text .. ")"
  if literal == "null" then
    return plain .. " is null"
  end
  return literal == "true" and plain or literal == "false" and "not " .. plain or plain .. " == " .. literal
end

-- Whether figures are known by the level.
local function is_key(asked, level)
  for _, each in ipairs(asked.figures) do
    if each.names[level] then
      return true
    end
  end
  return false
end

-- Whether some measure may be within the level, or figures are known by it.
local function is_within(asked, level)
  if is_key(asked, level) then
    return true
  end
  for _, item in ipairs(asked.measures) do
    if item.text:find(level, 1, true) then
      return true
    end
  end
end

-- Levels above a dimension, which all(m, level) may be within, as the cell has them: all of a level where it totals every
-- dimension that tells it. A dimension that the cell totals, and by which figures are known, is one once more where a finer
-- one tells it.
local function add_levels(list, found, asked, dim, literal)
  local levels, known, shown = core.with_levels(found, dim.shown), {}, {}
  for _, each in ipairs(list) do
    (each.hidden and known or shown)[each.name] = each
  end
  for row in levels:schema():rows() do
    local name = row.name
    local level, own = known[name], shown[name]
    local wanted = not own and is_within(asked, name) or own and not own.condition and literal and is_key(asked, name)
    if name ~= dim.shown and wanted and literal == "null" and not core.null_tells(found, dim.shown, name) then
      list.untold[name] = true -- whoever has no region may have any country
    elseif name ~= dim.shown and wanted and not (level and level.condition) then
      if not level then
        level = { name = name, hidden = true }
        list[#list + 1] = level
      end
      level.levels = levels
      level.literal = literal and core.cell_literal(levels, name)
      level.condition = literal and condition_of(quoted(name), level.literal)
    end
  end
end

-- A value that a script gave as a cell has it; nil for a total.
local function literal_of(value)
  if value == dk.null then
    return "null"
  end
  return value ~= nil and value ~= dk.total and core.literal(value) or nil
end

-- Dimensions of the cell as conditions on the table that was asked, and levels above them; nil where the result lost one,
-- unless fixed says the values of those: totals where it has none.
local function conditions_of(found, asked, columns, fixed)
  local list = { untold = {} }
  for i, dim in ipairs(asked.dims) do
    if not columns[dim.shown] and not fixed then
      return nil
    end
    list[i] = { name = dim.name }
    if not columns[dim.shown] then
      list[i].literal = literal_of(fixed[dim.name])
      list[i].condition = list[i].literal and condition_of(dim.text, list[i].literal)
    elseif #found:where(quoted(dim.shown) .. " is total") == 0 then
      local literal = core.cell_literal(found, dim.shown)
      list[i].literal, list[i].condition = literal, condition_of(dim.text, literal)
    end
  end
  for i, dim in ipairs(asked.dims) do
    if columns[dim.shown] then
      add_levels(list, found, asked, dim, list[i].literal)
    end
  end
  for i = #list, 1, -1 do
    local name = list[i].name
    if list.untold[name] and list[i].hidden then
      list.untold[name] = not list[i].condition or nil
      if list.untold[name] then
        table.remove(list, i)
      end
    end
  end
  return list
end

-- By which dimensions figures of a table beside are known: its keys, and levels above; and whether the cell tells each key:
-- else nobody knows which region it is in.
local function find_known(list, found, asked, figures)
  local known, names, n_told = {}, {}, 0
  for key in pairs(figures.names) do
    if list.untold[key] then
      return { texts = figures.texts, told = false, known = {} }
    end
    for _, dim in ipairs(asked.dims) do
      if not plain_name(dim.text) and dim.text:find(key, 1, true) then
        return { texts = figures.texts, told = false, known = {} } -- it may be made of the key
      end
    end
  end
  for i, each in ipairs(list) do
    names[i] = each.hidden and each.name or plain_name(asked.dims[i].text)
    if names[i] and figures.names[names[i]] then
      n_told, known[names[i]] = n_told + (known[names[i]] and 0 or 1), true
      local levels = each.hidden and core.with_levels(each.levels, each.name)
        or core.with_levels(found, asked.dims[i].shown)
      for row in levels:schema():rows() do
        known[row.name] = true
      end
    end
  end
  local of = {}
  for i, each in ipairs(list) do
    of[i] = names[i] and known[names[i]] and (not each.hidden or figures.names[names[i]]) or false
  end
  return { texts = figures.texts, told = n_told == figures.n, known = of }
end

-- The question -----------------------------------------------------------------------------------------------------

-- The table, of which each row counts for what it counted for; a column that was made may say so.
local function weighed(source, weight)
  return source:properties().weight == weight and source or source:with { weight = weight or dk.null }
end

-- steps: those that the table lacks.
local function ask(cell, measure, source, steps)
  local rows = weighed(parts.with_steps(source, steps), cell.weight)
  local name = words.free(rows, "cell")
  local asked = rows:breakdown { where = measure.where, measures = ("%s = %s"):format(name, measure.text) }
  return name == "cell" and asked or asked:rename { [name] = "cell" }
end

-- The same under a scenario, which runs on the table as it was compared: before the breakdown's own conditions, of which
-- there are n_own behind the other steps.
local function under(cell, measure, source, steps, n_own)
  local n, conditions = math.max(0, #steps - n_own), {}
  for i = n + 1, #steps do
    conditions[#conditions + 1] = ("(%s)"):format(steps[i].text)
  end
  conditions[#conditions + 1] = measure.where and ("(%s)"):format(measure.where) or nil
  local rows = weighed(parts.with_steps(source, table.move(steps, 1, n, 1, {})), cell.weight)
  local name = words.free(rows, "cell")
  local asked = dk.breakdown { where = #conditions > 0 and table.concat(conditions, " and ") or nil,
    measures = ("%s = %s"):format(name, measure.text) }
  local moved = ("%s_%s"):format(name, measure.under:name())
  return core.bare(asked:compare(rows, measure.under, measure.params), { { moved, "cell" } })
end

local function again(cell, name, source, steps, n_own)
  local measure = cell.measures[name] or core.fail(("again: nothing gives %s on its own"):format(tostring(name)))
  if measure.under then
    return under(cell, measure, source, steps, n_own)
  end
  local n = measure.later and #steps - n_own or 0 -- what was done to the base was not done to the later table
  return ask(cell, measure, source, table.move(steps, n + 1, #steps, 1, {}))
end

-- The values of a scenario's parameters: "$rate is 0.5".
local function params_text(scenario, params)
  local list = {}
  for i, param in ipairs(core.spec(scenario).params) do
    local value = params[param.name]
    local text = core.literal(value == nil and param.value or value) or "not known"
    text = text:match "^%((.*) / 1%)$" or text:find "^[%d.-]+$" and words.trimmed(text) or text
    list[i] = ("$%s is %s"):format(param.name, text)
  end
  return list
end

-- The questions of the other sides of a comparison, and lines for them.
local function say_sides(lines, compared, asked, cell)
  local function add(name, extra)
    local names = {}
    for _, item in ipairs(asked.measures) do
      local measure = cell.measures[item.shown] or cell.measures[item.name]
      if measure then
        names[#names + 1] = item.name .. "_" .. name
        cell.measures[names[#names]] = { text = measure.text, where = measure.where, whole = measure.whole,
                                         under = extra.under, params = extra.params, later = extra.later }
      end
    end
    return #names > 0 and words.list(names) or nil
  end
  if compared.later then
    local names = add(compared.name, { later = true })
    lines[#lines + 1] = names and ("  asked of %s instead it gives %s"):format(compared.name, names) or nil
    return
  end
  for i, scenario in ipairs(compared.scenarios) do
    local names = add(scenario:name(), { under = scenario, params = compared.params[i] })
    local given = table.concat(params_text(scenario, compared.params[i]), ", ")
    lines[#lines + 1] = names and ("  compared with %s%s it gives %s"):format(scenario:name(),
      given ~= "" and " where " .. given or "", names) or nil
  end
end

-- The measures with names that columns added since may have for them: those that they have now, other columns that were
-- added, and what the row has in any column that is neither. Gives the list, and the place of each added column in it.
local function with_added(asked, row, is_of_row)
  local list, known, places, columns = {}, {}, {}, words.columns(row)
  local function add(name, text)
    list[#list + 1] = { name = name, text = text }
    known[name] = true
  end
  for _, item in ipairs(asked.measures) do
    add(item.name, item.text)
  end
  for _, item in ipairs(asked.measures) do
    if not known[item.shown] and item.shown ~= "" then
      add(item.shown, quoted(item.name))
    elseif item.shown ~= item.name then
      return asked.measures, {} -- names were exchanged
    end
  end
  for _, item in ipairs(asked.after) do
    if item.kind == "column" and columns[item.name] and not known[item.name] and is_of_row(row, item) then
      for _, part in ipairs((core.measure_parts(item.text))) do
        if part.kind == "name" and not known[part.name] and columns[part.name] then
          add(part.name, core.cell_literal(row, part.name))
        end
      end
      add(item.name, item.text)
      places[item.name] = #list
    end
  end
  return list, places
end

-- is_of_row(row, item): whether a column is computed of its own row alone; or nil, for the measures alone.
local function measures_of(asked, dims, found, is_of_row)
  local measures, conditions, figures = {}, {}, {}
  local list, places = asked.measures, {}
  if is_of_row then
    list, places = with_added(asked, found, is_of_row)
  end
  for i, each in ipairs(asked.figures) do
    figures[i] = find_known(dims, found, asked, each)
  end
  for _, dim in ipairs(dims) do
    conditions[#conditions + 1] = not dim.hidden and dim.condition or nil
  end
  local of_cell = #conditions > 0 and table.concat(conditions, " and ") or nil
  local where = asked.own and of_cell and ("(%s) and %s"):format(asked.own, of_cell) or asked.own or of_cell
  local function expression(i)
    local text, whole = core.cell_expression(dims, list, i, figures)
    return text and { text = text, where = not whole and where or whole and asked.own or nil, whole = whole or nil }
  end
  for i, item in ipairs(asked.measures) do
    if item.shown ~= "" then
      measures[item.shown] = expression(i)
    end
  end
  for name, i in pairs(places) do
    local done, measure = words.try(expression, i)
    measures[name] = done and measure or nil
  end
  return measures, where, of_cell
end

-- What goes before the question, of the steps before it: not the breakdown's own condition where that is about figures
-- beside the table too.
local function steps_of(asked, steps)
  return asked.own and table.move(steps, 1, #steps - 1, 1, {}) or steps
end

-- names: the measures, each { as it is called, measure or nil }.
local function say_again(lines, asked, cell, names)
  local base = asked.base and ("the table as it was after: " .. (asked.base.text or "a breakdown"))
    or ("the table" .. (asked.source and asked.source.name and " " .. asked.source.name or ""))
  lines[#lines + 1] = ("The same on its own, asked of %s%s:"):format(base,
    asked.is_narrower and " (with bounds as wide as they were before totals made them narrower)" or "")
  for _, step in ipairs(cell.steps) do
    lines[#lines + 1] = step.kind == "where" and ("  where %s"):format(step.text)
      or ("  derive %s = %s"):format(step.name, step.text)
  end
  if cell.weight then
    lines[#lines + 1] = "  weight " .. quoted(cell.weight)
  end
  if cell.where then
    lines[#lines + 1] = "  where " .. cell.where
  end
  for _, each in ipairs(names) do
    local name, measure = each[1], each[2]
    if measure then
      local where = measure.where and " where " .. measure.where or ""
      lines[#lines + 1] = ("  %s = %s%s"):format(name, measure.text, measure.where == cell.where and ""
        or measure.whole and ", over all rows" .. where or "," .. where)
    elseif name ~= "" then
      lines[#lines + 1] = ("  %s looks at more than a question of one cell can say: ask the breakdown, and take its row")
        :format(name)
    end
  end
end

return { conditions_of = conditions_of, measures_of = measures_of, steps_of = steps_of, say_again = say_again,
         again = again, say_sides = say_sides, params_text = params_text }
