-- explain_joined.lua - results that were put together: whose row a row is, and what columns that were joined are of.
--
-- The lineage has what is known of other tables deeper, behind the step that took them. A row is of the table in whose
-- place it stands, while nothing moved the rows; else of that whose breakdown gives its numbers when it is asked again, or
-- of the only one whose own conditions and columns hold for it.

local _, core = ...

local words, finding, questions = core.part "explain_words", core.part "explain_find", core.part "explain_asked"
local numbers, recipe = core.part "explain_lines", core.part "recipe"

local joined = {}

-- The lineage ------------------------------------------------------------------------------------------------------

-- The items of other tables behind item number i, a list for each table, as if they were lineages of their own; and the
-- number of the item behind them.
local function others_of(items, i)
  local lists, at = {}, i + 1
  while items[at] and items[at].depth > items[i].depth do
    local item = items[at]
    local depth = item.depth - items[i].depth - 1
    if #lists == 0 or depth == 0 and item.kind == "source" then
      lists[#lists + 1] = {}
    end
    table.insert(lists[#lists], setmetatable({ depth = depth }, { __index = item }))
    at = at + 1
  end
  return lists, at
end

local function last_of(items, kind)
  for i = #items, 1, -1 do
    if items[i].depth == 0 and items[i].kind == kind then
      return i
    end
  end
end

local function with(items, more, from)
  local list = table.move(items, 1, #items, 1, {})
  for i = from, #more do
    list[#list + 1] = setmetatable({}, { __index = more[i] })
  end
  return list
end

local HAS_ROWS = { breakdown = true, filter = true, step = true, join = true, append = true, source = true, answer = true }

local function n_rows(items)
  local n
  for _, item in ipairs(items) do
    n = item.depth == 0 and HAS_ROWS[item.kind] and item.rows or n
  end
  return n
end

-- Put below one another --------------------------------------------------------------------------------------------

-- The recipes of the tables that were put together; nothing where that is not known.
local function nodes_of(result)
  local node = core.recipe(result)
  while node and node.op ~= "append" and node.op ~= "union" do
    node = node.n and recipe.is(node[1]) and node[1] or nil
  end
  local list = {}
  for i = 1, node and node.n or 0 do
    local each = node[i]
    for _, one in ipairs(type(each) == "table" and not recipe.is(each) and each or { each }) do
      list[#list + 1] = recipe.is(one) and one or nil
    end
  end
  return list
end

-- The tables that were put together, as what each was asked, with what was done to all of them since; and whether rows
-- still stand as they were put.
local function tables_of(result)
  local items = core.lineage(result)
  local at = last_of(items, "append")
  local lists, next_one = others_of(items, at)
  table.insert(lists, 1, table.move(items, 1, at - 1, 1, {}))
  local nodes, found, n, is_still = nodes_of(result), {}, 0, items[at].text:find "put below" ~= nil
  for i, list in ipairs(lists) do
    local rows = n_rows(list) or 0
    local asked = questions.read(with(list, items, next_one))
    if asked then
      asked.alone = {}
      for k = (last_of(list, "breakdown") or #list) + 1, #list do
        asked.alone[#asked.alone + 1] = list[k].depth == 0 and list[k] or nil
      end
      asked.node, asked.from, asked.to, asked.number = nodes[i], n + 1, n + rows, i
      found[#found + 1] = asked
    end
    n = n + rows
  end
  for i = next_one, #items do
    is_still = is_still and (items[i].kind == "column" or items[i].kind == "parameter"
      or items[i].text:find " renamed to " ~= nil)
  end
  return found, is_still and n == items[at].rows, #lists, items[at].text
end

-- Whether what was done to one of the tables alone says that the row is none of it: a condition, or a column of other
-- columns, by the names that they have now.
local function is_excluded(asked, row)
  for _, item in ipairs(asked.alone) do
    local done, made
    if item.kind == "filter" then
      done, made = words.try(row.where, row, item.text)
      if done and #made == 0 then
        return true
      end
    elseif item.kind == "column" and words.columns(row)[item.name] then
      done, made = words.try(row.derive, row, { "again_ = " .. item.text })
      if done and core.cell_literal(made, "again_") ~= core.cell_literal(row, item.name) then
        return true
      end
    end
  end
  return false
end

local function place_in(result, names, wanted)
  local numbered, name = words.numbered(result)
  local row = finding.row(numbered, names, wanted, "one")
  return row:column(name):to_lua()[1]
end

-- The cell of the table that has it, as explain_find.lua gives cells; what tells it in words, and which table that is.
function joined.cell(result, wanted, source)
  local tables, is_still, n, step = tables_of(result)
  local columns, names, has = words.columns(result), {}, {}
  local function add(name)
    if columns[name] and not has[name] then
      names[#names + 1], has[name] = name, true
    end
  end
  for _, asked in ipairs(tables) do
    for _, dim in ipairs(asked.dims) do
      add(dim.shown)
    end
  end
  for name in next, wanted do
    add(name) -- a column that says which table it was
  end
  table.sort(names)
  local row, shown = finding.row(result, names, wanted, "one")
  local told = {}
  for i, name in ipairs(names) do
    told[#told + 1] = rawget(wanted, name) ~= nil and shown[i] or nil
  end
  local place = is_still and place_in(result, names, wanted)
  local owners, left = {}, {}
  for _, asked in ipairs(tables) do
    asked.appended = nil
    local is_here = not place or place >= asked.from and place <= asked.to
    if is_here and (place or not is_excluded(asked, row)) then
      local done, known = words.try(numbers.of, result, asked, row, source, function(of)
        return questions.steps_after(asked, of)
      end)
      owners[#owners + 1] = (place or done and known.base.answer) and asked or nil
      left[#left + 1] = asked
    end
  end
  if #owners == 0 and #left == 1 and #tables == n then
    owners = left
  end
  local owner = owners[1] or core.fail(("explain: rows of several results were put together (%s), and which has this one "
    .. "is not known: give the table that was asked, as explain(cell, table)"):format(step))
  owner.whose = ("table %d of %d that were put together%s"):format(owner.number, n, #owners > 1
    and ", as of another that has the same numbers" or "")
  return { { row = row, own = row, asked = owner, values = {} } }, told
end

-- Joined -----------------------------------------------------------------------------------------------------------

-- The results that were joined to one since its breakdown, as what each was asked; of other tables { text = the step }.
local function joined_to(result)
  local items, list = core.lineage(result), {}
  for i = (last_of(items, "breakdown") or #items) + 1, #items do
    if items[i].depth == 0 and items[i].kind == "join" then
      local asked = questions.read((others_of(items, i))[1] or {}) or {}
      asked.text = items[i].text
      list[#list + 1] = asked
    end
  end
  return list
end

-- Columns of a row that are none of what the breakdown gave, nor were added: { name =, asked = whose they are, item = its
-- measure, or nil }.
function joined.columns(result, asked, row)
  local list, known = joined_to(result), {}
  if #list == 0 then
    return {}
  end
  for _, each in ipairs { asked.dims, asked.measures } do
    for _, item in ipairs(each) do
      known[item.shown] = true
    end
  end
  for _, item in ipairs(asked.after) do
    known[item.name or ""] = item.kind == "column" or known[item.name or ""]
  end
  local found = {}
  for each in row:schema():rows() do
    local column
    for _, other in ipairs(known[each.name] and {} or list) do
      for _, item in ipairs(other.measures or {}) do
        column = item.shown == each.name and { name = each.name, asked = other, item = item } or column
      end
    end
    found[#found + 1] = not known[each.name] and (column or #list == 1 and { name = each.name, asked = list[1] }) or nil
  end
  return found
end

return joined
