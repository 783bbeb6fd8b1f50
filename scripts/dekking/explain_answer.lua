-- explain_answer.lua - a row of what scenarios were asked: a sweep, what was solved, drawn, allocated or taken apart.
--
-- Such a table is no result of a breakdown; what was asked stands in its recipe and its lineage (explain_called.lua), with
-- the table that it was asked of as long as somebody has that. A row is told by its parameters and dimensions: what each
-- column says, then what a comparison tells of the same cell with the values of the row; without the table its question
-- (explain_absent.lua). What no question of one cell gives is asked again as it was.

local dk, core = ...

local words, called = core.part "explain_words", core.part "explain_called"
local questions, question = core.part "explain_asked", core.part "explain_again"
local turned, cells_of, point = core.part "explain_turned", core.part "explain_find".cells, core.part "explain_point"
local parts, say_columns = core.part "explain_parts", core.part "explain_says"
local notation, say_absent = core.part "notation", core.part "explain_absent"
local quoted = core.quoted

local answer = {}

-- What was asked ---------------------------------------------------------------------------------------------------

local function own_params(breakdown, all)
  local own = {}
  for _, name in ipairs((select(2, core.needs(breakdown)))) do
    own[name] = all[name]
  end
  return own
end

-- Columns beside dimensions that tell rows apart.
local KEYS = { contributions = { "step", "name" }, sensitivity = { "parameter" }, limits = { "limit", "cell" } }

local function keys_of(what)
  local keys = table.move(KEYS[what.table or what.op] or {}, 1, 2, 1, {})
  local over = what.op == "sweep" and what.args[2]
  local has = core.kind(over) == "table" and words.columns(over) or over
  for _, param in ipairs(has and core.spec(what.scenario).params or {}) do
    keys[#keys + 1] = has[param.name] ~= nil and param.name or nil
  end
  return keys
end

-- The table with the steps that it lacks of the one that was asked, but the breakdown's own condition. strict: another is
-- refused.
local function source_of(what, source, strict)
  local lacks = questions.steps_after(what.asked, source)
  if strict and not lacks then
    core.fail "explain: the table behind the cell is not the one that was asked, nor what that was made of"
  end
  lacks = lacks or what.asked.steps
  local n_own = core.spec(what.breakdown).where and 1 or 0
  return parts.with_steps(source, table.move(lacks, 1, math.max(0, #lacks - n_own), 1, {}))
end

-- The breakdown of an allocation is asked by its groups.
local function by_groups(what)
  local per, by = what.question.per, {}
  for i, name in ipairs(type(per) == "table" and per or { per }) do
    by[i] = quoted(core.name(name))
  end
  return point.all_rows(what.breakdown):by(by):with { margins = dk.null, levels = dk.null }
end

-- The answer as a result whose cells are told by parameters and dimensions.
local function as_result(what)
  local made = { name = what.asked.name, dims = {}, measures = {}, after = what.after, keys = {} }
  for _, dim in ipairs(what.table ~= "limits" and what.asked.dims or {}) do
    made.dims[#made.dims + 1] = { name = dim.name, text = dim.text, shown = dim.name }
  end
  for _, name in ipairs(keys_of(what)) do
    table.insert(made.dims, #made.keys + 1, { name = name, text = quoted(name), shown = name })
    made.keys[#made.keys + 1] = name
  end
  for _, item in ipairs(what.asked.measures) do
    made.measures[#made.measures + 1] = { name = item.name, text = item.text, shown = item.name,
      numerator = item.numerator, denominator = item.denominator }
  end
  questions.read_after(made)
  return turned.read(made)
end

-- Points -----------------------------------------------------------------------------------------------------------

-- What the row says of a parameter; a name of a column says it as text.
local function value_in(row, name)
  local value = row:column(name):to_lua()[1]
  return type(value) == "string" and tonumber(value) or value
end

-- The plan of an allocation, which is asked again.
local function plan_of(what)
  what.plan = what.plan or what.breakdown.allocate(what.breakdown, what.data, what.scenario, table.unpack(what.args, 2))
  return what.plan
end

-- The points that a row has numbers of: { params =, column_of = function(measure), scenario = } each. The plan of an
-- allocation is not known without the table.
local function points_of(what, row)
  local params, columns = {}, words.columns(row)
  for name, value in pairs(what.given) do
    params[name] = value
  end
  local function same(name) return name end
  if what.op == "sweep" then
    for _, param in ipairs(core.spec(what.scenario).params) do
      if columns[param.name] then
        params[param.name] = value_in(row, param.name)
      end
    end
    local is_none = columns.problem and core.cell_literal(row, "problem") ~= "null"
    return is_none and {} or { { params = params, column_of = same } }
  elseif what.op == "solve" then
    local vary = what.question.vary
    params[vary] = columns[vary] and value_in(row, vary) or nil
    return params[vary] ~= nil and { { params = params, column_of = same } } or {}
  elseif what.op == "allocate" then
    return what.table ~= "limits" and what.data and { { params = params, scenario = plan_of(what):scenario(),
      column_of = same, own = own_params(what.compared, params) } } or {}
  elseif what.op == "sensitivity" then
    local measure = what.question.measure or what.asked.measures[1].name
    local list = {}
    for _, at in ipairs { "base", "low", "high" } do
      local own = setmetatable({}, { __index = params })
      for name, value in pairs(params) do
        own[name] = value
      end
      own = setmetatable(own, nil)
      if at ~= "base" and columns[at] and columns.parameter then
        own[row:column "parameter":to_lua { plain = true }[1]] = value_in(row, at)
      end
      list[#list + 1] = { params = own, is_brief = at ~= "base",
                          column_of = function(name) return name == measure and "at_" .. at or nil end }
    end
    return list
  end
  return { { params = params, column_of = function() return nil end } }
end

-- Values of dimensions that the row does not have: those of the cell that was asked for.
local function fixed_of(what, columns)
  local fixed, at = {}, what.question.at
  for _, dim in ipairs(type(at) == "table" and what.asked.dims or {}) do
    fixed[dim.name] = not columns[dim.name] and at[dim.name] or nil
  end
  return fixed
end

-- What comparisons tell of the row: lines, and questions by its columns. history: of the result, in words.
local function tell_points(lines, what, row, dims, cell, history)
  local columns, points = words.columns(row), points_of(what, row)
  local fixed = fixed_of(what, columns)
  for _, at in ipairs(points) do
    at.scenario = at.scenario or what.scenario
  end
  if not what.data then
    say_absent(lines, what, row, points, fixed, cell, history)
    return
  end
  for _, at in ipairs(points) do
    local scenario = at.scenario
    local of = { breakdown = what.compared, data = what.data, scenario = scenario }
    local told, why = point.tell(of, at.own or at.params, row, dims, fixed)
    local given = table.concat(question.params_text(scenario, at.params), ", ")
    given = given ~= "" and " where " .. given or ""
    if not told then
      lines[#lines + 1] = ("A comparison with %s%s cannot be told: %s"):format(scenario:name(), given, why)
    elseif not at.is_brief then
      lines[#lines + 1] = ("A comparison with %s%s tells of the cell:"):format(scenario:name(), given)
      lines[#lines + 1] = told.text
      cell.changes = told.cell.changes
    end
    for _, item in ipairs(told and what.asked.measures or {}) do
      local column = at.column_of(item.name)
      local name = item.name .. "_" .. told.name
      if column and columns[column] and point.says(told, item.name, row, column) then
        cell.measures[column], cell.owner[column] = told.cell.measures[name], { told.cell, name }
        cell.parts[column] = told.cell.parts[name]
      elseif column and columns[column] then
        lines[#lines + 1] = ("%s is %s there, and %s here"):format(name, words.shown(told.row, name),
          words.shown(row, column))
      end
    end
  end
end

-- Asked again as it was, of another table; and the row of it.
local function ask_again(what, row, keys, name, source)
  source = source_of(what, source)
  local method = what.breakdown[what.op]
  local made = method(what.breakdown, source, what.scenario, table.unpack(what.args, 2))
  made = what.table and made[what.table](made) or made
  local conditions = {}
  for i, key in ipairs(keys) do
    local total, column = words.is_total(row, key), quoted(key)
    local literal = not total and core.cell_literal(row, key)
    conditions[i] = total and column .. " is total" or literal == "null" and column .. " is null"
      or ("%s == %s"):format(column, literal)
  end
  made = #conditions > 0 and made:where(table.concat(conditions, " and ")) or made
  return core.bare(made, { { name, "cell" } })
end

-- What was asked, as a script would: "dekking:solve(personen, reach, { vary = "rate" })".
local function statement_of(what)
  local function name_of(value, other) return value and value:find "^[%a_][%w_]*$" and value or other end
  local source = what.data and what.data:properties() or what.asked.source or {}
  local list = { name_of(source.name, "table"), name_of(what.scenario:name(), "scenario") }
  for i = 2, #what.args do
    list[#list + 1] = core.kind(what.args[i]) == "table" and "points" or notation.write(what.args[i], "", {})
  end
  return ("%s:%s(%s)%s"):format(name_of(what.asked.name, "breakdown"), what.op, table.concat(list, ", "),
    what.table and ":" .. what.table .. "()" or "")
end

local NAMES = { sweep = "a sweep", solve = "what was solved", bands = "bands", contributions = "contributions",
  sensitivity = "a sensitivity", allocate = "an allocation" }

-- Explaining -------------------------------------------------------------------------------------------------------

-- As explain_cell.lua, of what scenarios were asked; nothing where the result is none of that, nor where what was asked is
-- not known, and why. is_again: the table is given to ask it again, and may be another.
function answer.tell(result, wanted, source, whole, is_again)
  local what, why = called.of(result)
  if not what then
    return nil, why
  end
  what.data = source and source_of(what, source, not is_again) or what.data
  what.compared = what.op == "allocate" and by_groups(what) or what.breakdown
  local asked = as_result(what)
  local cells, shown = cells_of(result, asked, wanted, what.data, whole)
  local cell, lines = { steps = {}, measures = {}, parts = {}, owner = {} }, {}
  local values = #cells == 1 and table.concat(cells[1].values, ", ") or ""
  local head = table.concat(shown, ", ") .. (values ~= "" and #shown > 0 and ", " or "") .. values
  lines[1] = ("The cell%s %s of %s of the breakdown%s, under %s:"):format(#cells == 1 and "" or "s",
    head ~= "" and head or "of all rows", NAMES[what.op], what.asked.name and " " .. what.asked.name or "",
    what.scenario:name())
  local row_of, added, is_joined = {}, {}, false
  for _, item in ipairs(asked.after) do
    added[item.name or ""] = item.kind == "column" and item.text or nil
    is_joined = is_joined or item.kind == "join"
  end
  for i, each in ipairs(cells) do
    local names = turned.named_before(each, asked)
    local columns, dims, is_key, keys = words.columns(each.row), {}, {}, {}
    for _, dim in ipairs(asked.dims) do
      if columns[dim.name] then
        is_key[dim.name], keys[#keys + 1] = true, dim.name
      end
    end
    for _, dim in ipairs(what.asked.dims) do
      dims[#dims + 1] = columns[dim.name] and dim.name or nil
    end
    if #cells > 1 then
      lines[#lines + 1] = table.concat(each.values, ", ") .. ":"
    end
    say_columns(lines, what, each.row, is_key, added)
    local own = { measures = {}, parts = {}, owner = {} }
    tell_points(#cells == 1 and lines or {}, what, each.row, dims, own, core.lineage_text(result))
    cell.changes = own.changes
    for name in pairs(columns) do
      local column = #cells > 1 and #each.columns == 1 and each.columns[1] or name
      if not is_key[name] and (#cells == 1 or i <= words.MOST) then
        cell.measures[column], cell.parts[column], cell.owner[column] = own.measures[name], own.parts[name], own.owner[name]
        row_of[column] = { each.row, keys, name, is_joined }
      end
    end
    for now, name in pairs(#cells == 1 and names or {}) do
      if not row_of[now] then
        row_of[now], cell.measures[now], cell.owner[now] = row_of[name], cell.measures[name], cell.owner[name]
      end
    end
  end
  if #cells > 1 or what.data and what.table == "limits" then
    lines[#lines + 1] = core.lineage_text(what.data or result)
  end
  for _, note in ipairs(result:notes()) do
    lines[#lines + 1] = "Note: " .. note
  end
  lines[#lines + 1] = "It was asked as " .. statement_of(what)
  cell.again = core.export(function(name, of)
    if core.kind(of) ~= "table" then
      core.fail(("again: a measure is asked of a table, not of %s"):format(core.what(of)))
    elseif not what.data then
      return select(2, answer.tell(result, wanted, of, whole, true)).again(name, of)
    elseif cell.owner[name] then
      return cell.owner[name][1].again(cell.owner[name][2], of)
    elseif not row_of[name] then
      core.fail(("again: nothing gives %s on its own"):format(tostring(name)))
    end
    if added[name] or row_of[name][4] then -- to the answer, which is made again
      local made = core.part "explain_remade"(result, source_of(what, of))
      local row = cells_of(made, as_result(what), wanted, what.data, whole)[1].own
      return core.bare(row, { { name, "cell" } })
    end
    return ask_again(what, row_of[name][1], row_of[name][2], row_of[name][3], of)
  end)
  setmetatable(cell, { __tostring = function() return "(an explained cell of " .. NAMES[what.op] .. ")" end })
  return table.concat(lines, "\n"), cell
end

return answer
