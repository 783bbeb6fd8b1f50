-- table.lua - tables made from values of Lua, and their columns.

local test = ...

test("records become columns in the stated order", function(t, dk)
  local data = dk.table({ { a = 1, b = "x" }, { a = 2 } }, { "b", "a" })
  t.eq(#data, 2)
  t.eq(data:column "a":type(), "integer")
  t.eq(t.records(data), { { a = 1, b = "x" }, { a = 2 } })
  local names = {}
  for name in data:columns() do
    names[#names + 1] = name
  end
  t.eq(names, { "b", "a" })
end)

test("without a stated order columns go by name", function(t, dk)
  local names = {}
  for name in pairs(dk.table { { c = 1, a = 2 }, { b = 3 } }) do
    names[#names + 1] = name
  end
  t.eq(names, { "a", "b", "c" })
end)

test("types follow from all values", function(t, dk)
  local data = dk.table {
    { "whole", { 1, 2, dk.null } },
    { "decimal", { 1, 2.5, 0.07 } },
    { "yes", { true, false, dk.null } },
    { "name", { "Arnhem", dk.null, "Duiven" } },
    { "real", { 1e300, 0.5, 1 } },
    { "none", { dk.null, dk.null, dk.null } },
  }
  t.eq(data.whole:type(), "integer")
  t.eq(data.decimal:type(), "decimal(2)")
  t.eq(data.yes:type(), "boolean")
  t.eq(data:column "name":type(), "category")
  t.eq(data.real:type(), "real")
  t.eq(data.none:type(), "text")
  t.eq(data.none:nulls(), 3)
  t.eq(data.decimal:to_lua { plain = true }, { 1.0, 2.5, 0.07 })
  t.eq(data.real:to_lua(), { 1e300, 0.5, 1.0 })
  t.eq(data:column "name":to_lua(), { "Arnhem", dk.null, "Duiven" })
end)

test("many different strings are text, few are a category", function(t, dk)
  local different, few = {}, {}
  for i = 1, 1000 do
    different[i], few[i] = "p" .. i, "k" .. i % 7
  end
  local data = dk.table { { "pseudoniem", different }, { "klasse", few } }
  t.eq(data.pseudoniem:type(), "text")
  t.eq(data.klasse:type(), "category")
  t.eq(#data.klasse:levels(), 7)
end)

test("types can be stated", function(t, dk)
  local data = dk.table({
    { "d", { "2024-12-31", dk.null } },
    { "t", { "2024-12-31 23:59:58", "2024-01-01T00:00" } },
    { "s", { "x", "y" } },
    { "n", { 1, 2.5 } },
    { "r", { 1, 0.1 } },
    { "k", { "b", "a" } },
  }, {
    types = { d = "date", t = "timestamp", s = "text", n = "decimal(3)", r = "real" },
    levels = { k = { "b", "a", "c" } },
  })
  t.eq(data.d:type(), "date")
  t.eq(data.d[1], "2024-12-31")
  t.eq(data.d[2], nil)
  t.eq(data.t[1], "2024-12-31T23:59:58")
  t.eq(data.s:type(), "text")
  t.eq(data.n:type(), "decimal(3)")
  t.eq(data.r:to_lua(), { 1.0, 0.1 })
  t.eq(data.k:levels(), { "b", "a", "c" })
end)

test("levels can be those of another table's column", function(t, dk)
  local published = dk.table { { "gemeente", { "Duiven", "Arnhem" } } }
  local data = dk.table({ { g = "Arnhem" } }, { levels = { g = published.gemeente } })
  t.eq(data.g:levels(), published.gemeente:levels())
  t.raises(function() return dk.table({ { g = "Ede" } }, { levels = { g = published.gemeente } }) end, "Ede", "row 1")
end)

test("a column can be taken along as it is", function(t, dk)
  local one = dk.table { { "a", { 1, 2 } } }
  local two = dk.table { { "b", { 3, 4 } }, { "a", one.a } }
  t.eq(t.records(two), { { b = 3, a = 1 }, { b = 4, a = 2 } })
end)

test("wrong values are errors that say where", function(t, dk)
  t.raises(function() dk.table { { "a", { 1, "x" } } } end, "column a, row 2", "a string")
  t.says(function() dk.table { { "a", { 1, print } } } end, "table: column a, row 2: a function is no value of a table")
  t.says(function() dk.table { { "a", { 1, 1 / 0 } } } end, "table: column a, row 2: inf is no value of a table")
  t.raises(function() dk.table { { "a", { 0 / 0 } } } end, "column a, row 1")
  t.raises(function() dk.table { { "a", { 1, 2 } }, { "b", { 1 } } } end, "column b has 1 value ", "dk.null")
  t.raises(function() dk.table { { a = 1 }, 5 } end, "row 2 must be a record")
  for type, text in pairs { integer = "x", boolean = "ja", date = "2024-13-01", decimal = "1,5" } do
    t.says(function() dk.table({ { a = text } }, { types = { a = type } }) end,
      ("table: column a, row 1: %q cannot be read as %s"):format(text, type))
  end
  t.raises(function() dk.table { { a = 1 }, { [7] = 1 } } end, "row 2 has 7 as a key")
  t.raises(function() dk.table({ { gemente = 1 } }, { "gemeente" }) end, "gemente", "gemeente")
  t.raises(function() dk.table { { "a", { 1 } }, { "b" } } end, "column 2 must be")
  t.raises(function() dk.table { { "a", { 1 } }, { "a", { 1 } } } end, "a")
  t.raises(function() dk.table(5) end,
    "argument 1 must be a list of records or of columns, or a function that gives records, got 5")
  t.raises(function() dk.table({ { a = 1 } }, { colums = { "a" } }) end, "colums", "columns")
  t.raises(function() dk.table({ { a = 1 } }, { types = { a = "integr" } }) end, "integr", "integer")
  t.raises(function() dk.table({ { a = 1 } }, { types = { b = "integer" } }) end, "'b'")
  t.raises(function() dk.table({ { a = 1 } }, { types = { a = "decimal(19)" } }) end, "at most 18")
  t.raises(function() dk.table({ { a = 1.25 } }, { types = { a = "decimal(1)" } }) end, "column a, row 1")
  t.raises(function() dk.table({ { a = "31-12-2024" } }, { types = { a = "date" } }) end, "column a, row 1")
  t.raises(function() dk.table({ { a = 1 } }, { types = { a = { "integer", levels = { "x" } } } }) end, "levels")
end)

test("an empty list is an empty table", function(t, dk)
  t.eq(#dk.table {}, 0)
  t.eq(#dk.table({}, { columns = { "a", "b" } }), 0)
  t.eq(dk.table({}, { columns = { "a" }, types = { a = "integer" } }).a:type(), "integer")
end)

test("a column shows its values, type, levels and nulls", function(t, dk)
  local data = dk.table { { "n", { 5, dk.null, 7 } }, { "k", { "b", "a", "b" } } }
  local n = data.n
  t.eq(#n, 3)
  t.eq(n[1], 5)
  t.eq(n[2], nil)
  t.eq(n[3], 7)
  t.eq(n[4], nil)
  t.eq(n[0], nil)
  t.eq(n:name(), "n")
  t.eq(n:type(), "integer")
  t.eq(n:nulls(), 1)
  t.eq(n:levels(), nil)
  t.eq(n:to_lua(), { 5, dk.null, 7 })
  t.eq(data.k:levels(), { "a", "b" })
  t.has(tostring(n), "column n", "integer", "3 rows", "1 null")
  t.eq(tostring(data:head(1).n), "column n: integer, 1 row, 0 null")
end)

test("pairs goes over every row of a column, null or not", function(t, dk)
  local told = {}
  for row, value in pairs(dk.table { { "n", { 5, dk.null, 7 } } }.n) do
    told[#told + 1] = row .. "=" .. tostring(value)
  end
  t.eq(told, { "1=5", "2=nil", "3=7" })
  t.eq(pairs(dk.table { { "n", {} } }.n)(dk.table { { "n", {} } }.n, 0), nil)
  local next_value, column = pairs(dk.table { { "n", { 5 } } }.n)
  t.eq({ next_value(column, -1) }, {})
  t.raises(function() next_value(5, 0) end, "must be a column")
end)

test("a list with a hole is refused, as its length could be any", function(t, dk)
  t.raises(function() dk.table { { "a", { 1, nil, 3 } } } end, "table: column a: item 2 of the list is nil", "dk.null")
  t.raises(function() dk.table { { "a", { [1] = 1, [3] = 3 } } } end, "item 2 of the list is nil")
  t.raises(function() dk.table { { "a", { 1, x = 2 } } } end, "a plain list is wanted; it has the key x")
  t.raises(function() dk.table { { a = 1 }, nil, { a = 3 } } end, "table: item 2 of the list is nil")
  t.raises(function() dk.table { { a = 1 }, [7] = { a = 3 } } end, "table: item 2 of the list is nil")
  t.raises(function() dk.table({ { a = 1 } }, { columns = { "a", nil, "b" } }) end, "item 2 of the list is nil")
  -- table.pack says how many there are
  local data = dk.table { { "a", table.pack(1, nil, 3, nil) } }
  t.eq(data.a:to_lua(), { 1, dk.null, 3, dk.null })
  t.raises(function() dk.table { { "a", { n = 2, [0] = 5 } } } end, "it has the key 0")
end)

test("a column is looked at, and not compared by Lua", function(t, dk)
  local data = dk.table { { "n", { 5 } } }
  t.raises(function() return data.n < 7 end, "as a string")
  t.raises(function() return data.n <= 7 end, "as a string")
  t.raises(function() return data.n .. "x" end, "as a string")
  t.raises(function() return data.n:typ() end, "typ", "type")
  t.raises(function() data.n[1] = 6 end, "never changes")
end)

test("a name is a method first, then a column, and else an error", function(t, dk)
  local data = dk.table { { "gemeente", { "Arnhem" } }, { "where", { 1 } }, { "met blanco", { 2 } } }
  t.eq(type(data.where), "function")
  t.eq(data:column "where"[1], 1)
  t.eq(data["met blanco"][1], 2)
  t.raises(function() return data.gemente end, "no column or method 'gemente'", "gemeente")
  t.raises(function() return data:heda(5) end, "'heda'", "head")
  t.raises(function() return data:column "gemente" end, "gemeente")
  t.raises(function() return data[1] end, "not by a number", "t:rows()")
  t.raises(function() data.x = 1 end, "never changes")
  t.raises(function() return data.where "x > 1" end, "argument 1 must be a table of dekking, got a string", "colon")
  t.raises(function() return data.head(5) end, "colon")
end)

test("schema tells columns, types, nulls and levels", function(t, dk)
  local data = dk.table { { "k", { "b", "a", dk.null } }, { "x", { 1.5, 2, 3 } } }
  local schema = t.records(data:schema():drop "bytes")
  t.eq(schema, {
    { name = "k", type = "category", nulls = 1, levels = 2 },
    { name = "x", type = "decimal(1)", nulls = 0 },
  })
  t.ok(data:schema():column "bytes"[1] > 0)
  t.ok(data:schema():notes()[1]
    :match "^these are the columns of a table of 3 rows: %d+%.%d bytes per row, %d+%.%d KiB in all$")
end)

test("properties are given, told and taken away", function(t, dk)
  local data = dk.table({ { n = 3 } }, { name = "klein", unit = "persons", weight = "n" })
  t.eq(data:properties(), { name = "klein", unit = "persons", weight = "n" })
  t.eq(data:with({ weight = dk.null, name = "groot" }):properties(), { name = "groot", unit = "persons" })
  t.raises(function() return data:with { unti = "x" } end, "unti", "unit")
  t.raises(function() return data:with { weight = "m" } end, "m")
  t.raises(function() return data:with "x" end, "argument 1 must be a table of properties")
end)

test("notes and patterns go with a table", function(t, dk)
  local data = dk.table({ { share = 0.25 } }):note "one":note "two":format { share = "0.0 %" }:label { share = "Aandeel" }
  t.eq(data:notes(), { "one", "two" }) -- a pattern or a label is neither another column nor another row
  t.eq(dk.table({ { a = 1 } }):notes(), {})
  t.eq(data:notes(), { "one", "two" }) -- which another look does not take away
  t.has(data:text(), "25.0 %", "Aandeel")
  t.raises(function() return data:format { share = "percent" } end, "'percent' is no pattern")
  t.raises(function() return data:format { shar = "0.0" } end, "shar", "share")
  t.raises(function() return dk.table({ { k = "x" } }):format { k = "0.0" } end, "k is a category", "for numbers")
  t.raises(function() return data:format { zz = "0", yy = "0" } end, '"yy"') -- of two mistakes always the same
  t.has(data:format({ share = dk.null }):label({ share = dk.null }):text(), "share", "0.25")
  t.raises(function() return data:note(5) end, "must be a string")
end)

test("rows give fresh records of plain values, null absent", function(t, dk)
  local data = dk.table {
    { "a", { 1, dk.null } }, { "b", { true, false } }, { "c", { "x", dk.null } }, { "d", { 0.5, 1 } },
  }
  local seen = t.records(data)
  t.eq(seen, { { a = 1, b = true, c = "x", d = 0.5 }, { b = false, d = 1.0 } })
  t.ok(seen[1] ~= seen[2])
end)

test("rows cross blocks, and a loop may be left", function(t, dk)
  local list = {}
  for i = 1, 10000 do
    list[i] = i % 11 == 0 and dk.null or i
  end
  local data, n, sum = dk.table { { "i", list } }, 0, 0
  for row in data:rows() do
    n = n + 1
    sum = sum + (row.i or 0)
  end
  t.eq(n, 10000)
  t.eq(sum, 50005000 - 11 * (909 * 910 // 2))
  for row in data:rows() do
    if row.i == 5000 then break end
  end
  local next_row = data:rows()
  t.eq(next_row().i, 1)
  t.eq(next_row().i, 2)
end)

test("a table can be closed, and is then of no use", function(t, dk)
  local closed
  do
    local data <close> = dk.table { { a = 1 } }
    closed = data
    t.eq(#data, 1)
  end
  t.raises(function() return #closed end, "was closed")
  t.raises(function() return closed:where "a > 0" end, "was closed")
end)

test("append puts tables below each other, by name", function(t, dk)
  local january = dk.table { { "gemeente", { "Arnhem", "Duiven" } }, { "n", { 1, 2 } } }
  local february = dk.table { { "n", { 0.5 } }, { "gemeente", { "Arnhem" } } }
  local march = dk.table { { "gemeente", { "Rheden" } }, { "n", { 4 } } }
  t.eq(t.records(january:append(february):derive "n = n * 2":select { "gemeente", "n" }), {
    { gemeente = "Arnhem", n = 2.0 }, { gemeente = "Duiven", n = 4.0 }, { gemeente = "Arnhem", n = 1.0 },
  })
  t.eq(#january:append { february, march }, 4)
  t.eq(#january:append(january:select "n", { missing = "null" }):where "gemeente is null", 2)
  t.raises(function() return january:append(january:select "n") end, "no column gemeente", 'missing = "null"')
  t.raises(function() return january:append() end, "append")
  t.raises(function() return january:append {} end, "no table")
  t.raises(function() return january:append { 3 } end, "item 1")
  t.raises(function() return january:append(march, { mising = "null" }) end, "mising", "missing")
  t.raises(function() return january:append(march, { missing = "nil" }) end, "error or null")
end)
