-- table_from.lua - dk.table of a function: records or values, call by call.

local test = ...

local function records(list)
  local i = 0
  return function()
    i = i + 1
    return list[i]
  end
end

test("a function gives records until it gives nil", function(t, dk)
  local data = dk.table(records { { b = "x", a = 1 }, { a = 2 }, {}, { c = true, a = 3 } })
  local names = {}
  for name in data:columns() do
    names[#names + 1] = name
  end
  t.eq(names, { "a", "b", "c" }) -- by name: Lua's own order means nothing
  t.eq(t.records(data), { { a = 1, b = "x" }, { a = 2 }, {}, { a = 3, c = true } })
  t.eq(#dk.table(records {}), 0)
  t.eq({ #dk.table { {}, {}, {} }, #dk.table(records { {}, {}, {} }) }, { 3, 3 }) -- empty records are rows too
end)

test("stated columns keep their order, and others are refused with the row", function(t, dk)
  local data = dk.table(records { { a = 1, b = "x" }, { a = 2, b = dk.null } }, { "b", "a" })
  t.ok(data:text():find "^b +a\n")
  t.raises(function() dk.table(records { { a = 1 }, { aa = 2 } }, { "a", "b" }) end,
    "table: row 2: the list of columns has no column 'aa' (did you mean 'a'?)")
  t.raises(function() dk.table(records { { 5, 6 } }) end, "the function gave a Lua table",
    ' and no record: state what its values are called, dk.table(f, { "a", "b" })')
  t.raises(function() dk.table(records { { a = 1, 6 } }, { "a" }) end, "row 1 has 1 as a key, and a column has a name")
  t.eq(#dk.table(records {}, { columns = { "a" }, types = { a = "date" } }).a, 0)
end)

test("one table may serve for all records", function(t, dk)
  local record, i = {}, 0
  local data = dk.table(function()
    i = i + 1
    record.n, record.half = i, i % 2 == 0 and i / 2 or nil
    return i <= 5 and record or nil
  end)
  t.eq(data.n:to_lua(), { 1, 2, 3, 4, 5 })
  t.eq(data.half[4], 2.0)
  t.eq(data.half[5], nil)
end)

test("a function may give the values of stated columns", function(t, dk)
  local data = dk.table(("Arnhem=12 Duiven=7"):gmatch "(%a+)=(%d+)", {
    columns = { "gemeente", "n" }, types = { n = "integer" },
  })
  t.eq(t.records(data), { { gemeente = "Arnhem", n = 12 }, { gemeente = "Duiven", n = 7 } })
  local sets = dk.table(records { dk.set { "a" }, { "b", "c" } }, { "s" })
  t.eq({ sets.s:type(), #sets.s[2] }, { "set", 2 })
  t.raises(function() dk.table(("a b"):gmatch "%a") end, "the function gave a string and no record")
  t.raises(function() dk.table(("ab cd"):gmatch "(%a)(%a)", { "x" }) end,
    "row 1: the function gave 2 values, and there are 1 columns")
  t.eq(dk.table(records { 1, 2 }, { "a", "b" }).b:nulls(), 2) -- what it does not give is null
end)

test("rows of a table are records, and coroutines give them too", function(t, dk)
  local data = dk.table { { "a", { 1, dk.null, 3 } }, { "b", { "x", "y", dk.null } } }
  t.eq(t.records(dk.table(data:rows(), { "a", "b" })), t.records(data))
  local made = dk.table(coroutine.wrap(function()
    for i = 1, 3 do
      coroutine.yield { i = i }
    end
  end))
  t.eq(made.i:to_lua(), { 1, 2, 3 })
end)

test("an error of the function is the script's own", function(t, dk)
  t.raises(function() dk.table(function() error "het bestand is op" end) end, "het bestand is op")
  local done, what = pcall(dk.table, function() error { code = 7 } end)
  t.eq({ done, what.code }, { false, 7 })
end)

test("types, keys and properties are checked as for lists", function(t, dk)
  t.raises(function() dk.table(records { { a = 1 }, { a = "x" } }) end,
    "table: column a, row 2: a string, after values of another type")
  t.raises(function() dk.table(records { { a = 1 } }, { types = { b = "integer" } }) end, "no column 'b'")
  local data = dk.table(records { { id = "x", n = 1 }, { id = "y", n = 2 } }, {
    key = "id", unit = "persons", weight = "n",
  })
  t.eq({ data:properties().key[1], data:properties().unit, data:properties().weight }, { "id", "persons", "n" })
  t.raises(function() dk.table(records { { id = "x" }, { id = "x" } }, { key = "id" }) end, "x")
  t.raises(function() dk.table(5) end, "argument 1 must be a list of records or of columns, or a function")
end)
