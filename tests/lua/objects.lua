-- objects.lua - handles: closed once or twice, used after that, taken for another, and where an error says it is.

local test = ...

local function objects(dk)
  local data = dk.table { { "k", { "a", "b" } }, { "n", { 1, 2 } } }
  local _, _, _, rows = data:rows()
  return {
    table = data,
    column = data.n,
    expr = dk.expr "n + 1",
    breakdown = dk.breakdown { by = "k", measures = "m = count()" },
    scenario = dk.scenario "s" { { "s", all = true, set = { k = "a" } } },
    rows = rows,
  }
end

test("closing twice is closing once", function(t, dk)
  for name, object in pairs(objects(dk)) do
    local meta = debug.getmetatable(object)
    local gc = meta.__gc or meta.__close -- an expression holds nothing of the engine's; the newest table has none yet
    t.ok(meta.__gc or name == "expr" or name == "table", name)
    meta.__close(object)
    gc(object)
    meta.__close(object)
    gc(object)
  end
  collectgarbage()
end)

test("the collector has nothing to call of a table that was closed, which else is as before", function(t, dk)
  local o = objects(dk)
  local before = debug.getmetatable(o.table)
  before.__close(o.table)
  local after = debug.getmetatable(o.table)
  t.eq(after.__gc, nil)
  for name, value in pairs(before) do
    t.ok(name == "__gc" or after[name] == value, name)
  end
  t.eq(getmetatable(o.table), "dk.table")
end)

test("what was closed is of no use, and says so", function(t, dk)
  local o = objects(dk)
  local data = dk.table { { "k", { "a" } }, { "n", { 1 } } }
  for _, object in pairs(o) do
    debug.getmetatable(object).__close(object)
  end
  t.raises(function() return #o.table end, "this table was closed")
  t.raises(function() return o.table.k end, "this table was closed")
  t.raises(function() return o.table:where "n > 1" end, "this table was closed")
  t.raises(function() return tostring(o.table) end, "this table was closed")
  t.raises(function() return data:join(o.table, "k") end, "this table was closed")
  t.raises(function() return o.column[1] end, "this column was closed")
  t.raises(function() return o.column:to_lua() end, "this column was closed")
  t.raises(function() return tostring(o.column) end, "this column was closed")
  t.raises(function() return data:where(o.expr) end, "this expr was closed")
  t.raises(function() return o.breakdown(data) end, "this breakdown was closed")
  t.raises(function() return o.breakdown:by "k" end, "this breakdown was closed")
  t.raises(function() return dk.breakdown { by = "k", measures = "m = count()" }:compare(data, o.scenario) end,
    "this scenario was closed")
end)

test("iterators keep what they go over, or say that it is gone", function(t, dk)
  local o = objects(dk)
  local next_row, next_column = o.table:rows(), o.table:columns()
  debug.getmetatable(o.table).__close(o.table)
  t.eq(next_row(), { k = "a", n = 1 })
  t.raises(function() return next_column() end, "this table was closed")
end)

test("an iterator that came to its end stays there", function(t, dk)
  local next_row = objects(dk).table:rows()
  t.eq(next_row().n, 1)
  t.eq(next_row().n, 2)
  t.eq(next_row(), nil)
  t.eq(next_row(), nil)
end)

test("a method of one thing does not take another", function(t, dk)
  local o = objects(dk)
  t.raises(function() return o.table.where(o.expr, "n > 1") end, "argument 1 must be a table of dekking, got an expression")
  t.raises(function() return o.table.where(o.column, "n > 1") end, "got a column")
  t.raises(function() return o.table.where({}, "n > 1") end, "got a Lua table", "x:where(...)")
  t.raises(function() return o.table.where() end, "got nothing")
  t.raises(function() return o.column.name(o.table) end, "argument 1 must be a column, got a table of dekking")
  t.raises(function() return o.breakdown.by(o.scenario, "k") end, "by: called on a scenario, and not on a breakdown")
  t.raises(function() return o.table.rows(io.stdout) end, "got a FILE*")
  local own = setmetatable({ where = o.table.where }, { __name = "mine" })
  t.raises(function() return own:where "n > 1" end, "where: called on a mine, and not on a table of dekking")
  for _, event in ipairs { "__index", "__len", "__tostring", "__newindex", "__close" } do
    t.ok(not pcall(debug.getmetatable(o.table)[event], 5, "x"), event)
    t.ok(not pcall(debug.getmetatable(o.column)[event], o.table, 1), event)
  end
end)

test("metatables and what is in them stay as they are", function(t, dk)
  for name, object in pairs(objects(dk)) do
    t.eq(getmetatable(object), "dk." .. name)
    t.ok(not pcall(setmetatable, object, {}))
    t.ok(not pcall(function() object.x = 1 end), name)
  end
end)

-- Where an error says it is ------------------------------------------------------------------------------------------

local function line_of(message) return tonumber(message:match "^.-objects%.lua:(%d+): ") end

test("an error names the line of the script, however it was reached", function(t, dk)
  local data = dk.table { { "n", { 1 } } }
  local here = debug.getinfo(1, "l").currentline
  local _, plain = pcall(function()
    local x = data:where "nosuch > 1"
    return x
  end)
  t.eq(line_of(plain), here + 2)
  local _, tail = pcall(function() return data:where "nosuch > 1" end)
  t.eq(line_of(tail), here + 6)
  local _, library = pcall(function() return dk.breakdown { measures = 5 } end)
  t.eq(line_of(library), here + 8)
  local _, deep = pcall(function() return dk.breakdown { measures = "m = count()" } :by { "x" } (data) end)
  t.eq(line_of(deep), here + 10)
  local _, direct = pcall(data.where, data, "nosuch > 1")
  t.eq(line_of(direct), here + 12)
  local _, wrapped = pcall(coroutine.wrap(function() data:head(-1) end))
  t.eq(line_of(wrapped), here + 14)
  local _, sorted = pcall(table.sort, { 1, 2 }, function() return #data:where "nosuch > 1" > 0 end)
  t.eq(line_of(sorted), here + 16)
  local _, indexed = pcall(function() return data.nosuch end)
  t.eq(line_of(indexed), here + 18)
  local _, chunk = pcall(load('local data = ...\n\nreturn data:head(-1)', "=given"), data)
  t.has(chunk, "given:3: ")
end)
