-- explain_turned.lua - cells of a result that was pivoted or unpivoted: which cell of the breakdown each is.
--
-- The lineage says of what there are columns (explain_asked.lua), and their names say of which values: a name is the value
-- as text, several with "_" between, and the measure before it where a pivot has several. A row is told backwards, turn by
-- turn, until it has the columns that the breakdown gave; of a pivot each column of the row that is told is one of its own.

local _, core = ...

local words, columns = core.part "explain_words", core.part "explain_names"
local quoted = core.quoted

local turned = {}

-- Names ------------------------------------------------------------------------------------------------------------

-- What a column is called behind maps of names, each { before = now }; nil where another has its name by now.
local function forward(name, renames)
  for _, map in ipairs(renames) do
    if map[name] then
      name = map[name]
    else
      for _, now in pairs(map) do
        if now == name then
          return nil
        end
      end
    end
  end
  return name
end

local function backward(name, renames)
  for i = #renames, 1, -1 do
    for before, now in pairs(renames[i]) do
      if now == name then
        name = before
        break
      end
    end
  end
  return name
end

-- The columns that a pivot made columns of, of those that the breakdown has: "a, b" may be one name.
local function names_of(text, dims)
  local names, rest = {}, text
  while rest ~= "" do
    local best
    for _, dim in ipairs(dims) do
      local name = dim.shown
      local ends = rest == name or rest:sub(1, #name + 2) == name .. ", "
      best = name ~= "" and ends and (not best or #name > #best) and name or best
    end
    best = best or rest:match "^(.-), " or rest
    names[#names + 1] = best
    rest = rest:sub(#best + 3)
  end
  return names
end

-- A pivot that puts several rows together asks a breakdown for it, whose measures are called like what they are of.
local function name_aggregated(asked)
  for _, item in ipairs(asked.name == "a pivot" and asked.measures or {}) do
    local of = item.shown:find "of a pivot's values, number %d+$" and item.text:match "^%l+%((.*)%)$"
    local name = of and (of:match "^`(.*)`$" or of) or item.shown
    for _, shape in ipairs(asked.shapes) do
      shape.value = shape.value == item.shown and name or shape.value
    end
    item.shown = name
  end
end

-- Whether each pivot is of dimensions of the breakdown: not of scenarios of a long comparison, nor one that was rolled up.
function turned.is_of_breakdown(asked)
  local has = {}
  for _, dim in ipairs(asked.dims) do
    has[dim.shown] = true
  end
  for _, name in ipairs(asked.of) do
    if not has[name] then
      return false
    end
  end
  return true
end

-- Fills in what pivots of the result are of, and gives { name = true } of these: a cell is told by them too. rows: what
-- tells rows apart, by the names that the result has.
function turned.read(asked)
  local of, rows = {}, {}
  name_aggregated(asked)
  for i, dim in ipairs(asked.dims) do
    rows[i] = dim.shown
  end
  for _, shape in ipairs(asked.shapes) do
    local kept, gone = {}, {}
    shape.others = {} -- columns that are no values
    for name in pairs(shape.added) do
      shape.others[backward(name, shape.renames)] = true
    end
    shape.of = shape.kind == "pivot" and names_of(shape.text, asked.dims) or nil
    for _, name in ipairs(shape.of or {}) do
      of[#of + 1] = name
      gone[name] = true
    end
    if shape.kind == "unpivot" then
      rows[#rows + 1] = shape.name
      asked.is_long = true
    end
    for _, name in ipairs(rows) do
      kept[#kept + 1] = not gone[name] and forward(name, shape.renames) or nil
      shape.others[name] = not gone[name] or nil
    end
    rows = kept
  end
  asked.of, asked.rows = of, rows
  return asked
end

-- Turning back -----------------------------------------------------------------------------------------------------

local function copy_of(asked)
  local copy = setmetatable({ dims = {}, measures = {} }, { __index = asked })
  for _, key in ipairs { "dims", "measures" } do
    for i, item in ipairs(asked[key]) do
      copy[key][i] = setmetatable({}, { __index = item })
    end
  end
  return copy
end

-- The row by the names that it had before it was renamed.
function turned.named_before(cell, shape)
  local list = {}
  for row in cell.row:schema():rows() do
    list[#list + 1] = { row.name, backward(row.name, shape.renames) }
  end
  local made, seen, all = {}, {}, {}
  for _, pair in ipairs(list) do
    if not seen[pair[2]] then
      seen[pair[2]] = true
      made[#made + 1] = pair
    end
    all[pair[1]] = pair[2]
  end
  cell.row = core.bare(cell.row, made)
  cell.from = cell.from and all[cell.from]
  return all
end

-- The columns of a row but some, and one more by another name.
local function with_one(row, left_out, column, name)
  local list = {}
  for each in row:schema():rows() do
    if not left_out[each.name] and each.name ~= column and each.name ~= name then
      list[#list + 1] = { each.name, each.name }
    end
  end
  list[#list + 1] = { column, name }
  return core.bare(row, list)
end

-- The column of the row that an unpivot put into it.
local function unpivoted(cell, shape)
  local name = cell.row:column(shape.name):to_lua({ plain = true })[1]
  return { { row = with_one(cell.row, { [shape.name] = true }, shape.value, name), column = name, from = name,
             at = ("%s = %s"):format(forward(shape.name, shape.renames) or shape.name, name), asked = cell.asked,
             values = {} } }
end

-- Cells of the row, one for each column that is of the values that are given.
local function pivoted(cell, shape, given)
  local cells, order = {}, {}
  local fillers, left_out, unclear = columns.fillers_of(cell.asked, shape), {}, false
  for row in cell.row:schema():rows() do
    local name, texts
    if not shape.others[row.name] then
      name, texts = columns.meaning_of(row.name, shape, given, fillers)
    end
    if name and (not cell.from or row.name == cell.from) then
      order[#order + 1] = { column = row.name, name = name, texts = texts }
    end
    left_out[row.name] = name ~= nil or not shape.others[row.name]
      and columns.meaning_of(row.name, shape, {}, fillers) ~= nil or nil
    unclear = unclear or not name and texts == true
  end
  if #order == 0 then
    return nil, unclear
  end
  for i, each in ipairs(order) do
    local asked, values, derived, told = copy_of(cell.asked), {}, {}, {}
    for k, name in ipairs(shape.of) do
      for _, dim in ipairs(asked.dims) do
        if dim.shown == name then
          local literal = columns.literal_of(dim, each.texts[k], given[name], cell.source)
          derived[#derived + 1] = ("%s = %s"):format(quoted(name), literal == "null" and "case(false, '')" or literal)
        end
      end
      values[k] = ("%s = %s"):format(name, each.texts[k] == "(null)" and "null" or each.texts[k])
      told[name] = true
    end
    local row = with_one(cell.row, setmetatable({}, { __index = function(_, key)
      return left_out[key] or told[key]
    end }), each.column, each.name)
    cells[i] = { row = row:derive(derived), column = each.column, asked = asked, values = values, from = nil }
  end
  return cells
end

-- Columns of one cell of the breakdown stand in one row: several measures of the same values.
local function together(cells)
  local made, of = {}, {}
  for _, cell in ipairs(cells) do
    local key = table.concat(cell.values, "\n")
    local other = of[key]
    if other then
      local taken, list = words.columns(other.row), {}
      for row in cell.row:schema():rows() do
        list[#list + 1] = not taken[row.name] and { row.name, row.name } or nil
      end
      other.row = core.with_columns(other.row, cell.row, list)
      other.columns[#other.columns + 1] = cell.column
    else
      cell.columns = { cell.column }
      made[#made + 1], of[key] = cell, cell
    end
  end
  return made
end

-- The cells of the breakdown that a row of the result has: { row = table of one row, asked =, columns = { name ... },
-- values = { text ... } }, by what the cell that is wanted says of the pivots' dimensions; nil, the turn whose columns are
-- of none of these, and whether its columns are unclear. source: the table that was asked, where it is known.
function turned.cells(asked, row, wanted, source)
  local cells = { { row = row, asked = copy_of(asked), values = {}, source = source } }
  for i = #asked.shapes, 1, -1 do
    local shape, made = asked.shapes[i], {}
    local unclear
    for _, cell in ipairs(cells) do
      turned.named_before(cell, shape)
      local of, why
      if shape.kind == "pivot" then
        of, why = pivoted(cell, shape, wanted)
      else
        of = unpivoted(cell, shape)
      end
      unclear = unclear or why
      for _, each in ipairs(of or {}) do
        each.source, each.at = source, cell.at or each.at
        each.column = cell.column or forward(each.column, shape.renames) or each.column
        table.move(cell.values, 1, #cell.values, #each.values + 1, each.values)
        made[#made + 1] = each
      end
    end
    if #made == 0 then
      return nil, shape, unclear
    end
    cells = made
  end
  return together(cells)
end

-- The values that columns of a pivot are of, for who gives one that there is not.
function turned.known(asked, row, name)
  local values, seen = {}, {}
  for _, cell in ipairs(turned.cells(asked, row, {}) or {}) do
    for _, text in ipairs(cell.values) do
      local value = text:sub(1, #name + 3) == name .. " = " and text:sub(#name + 4)
      if value and not seen[value] then
        seen[value], values[#values + 1] = true, value
      end
    end
  end
  return values
end

return turned
