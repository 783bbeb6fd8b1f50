-- query.lua - new tables from tables: rows, columns, order, keys.

local test = ...

local function people(dk)
  return dk.table {
    { "naam", { "a", "b", "c", "d", "e" } },
    { "gemeente", { "Duiven", "Arnhem", dk.null, "Duiven", "Arnhem" } },
    { "leeftijd", { 19, 35, 52, 26, dk.null } },
    { "in_sonar", { true, false, true, dk.null, true } },
  }
end

local function names_of(data)
  return table.concat(data:column "naam":to_lua())
end

-- Wherever a call takes an expression its parameters count, also in a key to sort by and in a condition of an aggregate.
test("a parameter may be used anywhere in the call", function(t, dk)
  local data = dk.table { { "k", { "a", "b", "c", "d" } }, { "n", { 1, 2, 3, 4 } }, { "n desc", { 1, 1, 1, 1 } } }
  t.eq(data:sort({ "n desc", "abs(n - $q) desc" }, { q = 1 }).k:to_lua(), { "d", "c", "b", "a" })
  t.eq(data:top({ n = 1, by = "(n - $q) * (n - $q) asc" }, { q = 3 }).k:to_lua(), { "c" })
  t.eq(data:top({ n = 1, by = "n", within = "n > $q" }, { q = 2 }).k:to_lua(), { "a", "c" })
  t.eq(data:window({ order = "n * $z", "s = sum(n) where n > $q" }, { q = 2, z = 1 }).s:to_lua(), { 7, 7, 7, 7 })
  t.eq(#data:sample({ n = 1, seed = 1, weight = "n * $q" }, { q = 2 }), 1)
  t.eq(#data:sample({ n = 1, seed = 1, within = "n > $q" }, { q = 2 }), 2)
  t.eq(#data:where("n in ($a, $b)", { a = 1, b = 4 }), 2)
  t.eq(#data:where("n > 1", {}), 3)
end)

test("where keeps the rows for which the condition is true", function(t, dk)
  local data = people(dk)
  t.eq(names_of(data:where "leeftijd < 30"), "ad")
  t.eq(names_of(data:where "not in_sonar"), "b")
  t.eq(names_of(data:where "in_sonar is null"), "d")
  t.eq(names_of(data:where "gemeente == 'Arnhem' and leeftijd >= 35"), "b")
  t.eq(names_of(data:where "gemeente in ('Arnhem', 'Ede') or leeftijd > 50"), "bce")
  t.eq(names_of(data:where(dk.expr "leeftijd < 30")), "ad")
  t.eq(#data, 5)
end)

test("a parameter is a value and never text of the condition", function(t, dk)
  local data = people(dk)
  t.eq(names_of(data:where("leeftijd < $grens", { grens = 30 })), "ad")
  t.eq(names_of(data:where("gemeente == $wat", { wat = "Duiven' or 'x' == 'x" })), "")
  t.raises(function() return data:where("leeftijd < $grens", { gens = 30 }) end, "grens")
  t.raises(function() return data:where("leeftijd < $grens", { grens = print }) end, "$grens must be a number")
  t.raises(function() return data:where("leeftijd < $grens", 30) end, "parameters are a table")
  t.raises(function() return data:where("leeftijd < $grens", { 30 }) end, "a parameter has a name")
  t.raises(function() return data:where("leeftijd < $grens", { grens = 0 / 0 }) end, "$grens must be a number")
end)

test("what is no condition is an error that says why", function(t, dk)
  local data = people(dk)
  t.raises(function() return data:where(data.gemeente == "Arnhem") end,
    "where wants a condition as a string; got a boolean: == between a column and a value is computed by Lua at once")
  t.raises(function() return data:where(data.leeftijd) end, "a condition is wanted, and this is integer")
  t.raises(function() return data:where(data) end, "got a table of dekking")
  t.raises(function() return data:where { "leeftijd < 3" } end, "got a Lua table")
  t.raises(function() return data:where(dk.null) end, "got dk.null")
  t.raises(function() return data:where() end, "got nothing")
  t.raises(function() return data:where(nil) end, "got nil")
  t.raises(function() return data:where(function() end) end, "got a function")
  t.raises(function() return data:where "leeftjd < 30" end, "leeftjd", "leeftijd")
  t.raises(function() return data:where "leeftijd" end)
  t.raises(function() return data:where "leeftijd = 27" end,
    "where wants a condition; 'leeftijd = 27' gives something a name (equality is ==)")
  t.raises(function() return data:where "leeftijd <" end)
  t.raises(function() return data:where "leeftijd == null" end, "is null")
  t.raises(function() return data:where "leeftijd\0 < 30" end, "byte 9 of the string is zero, which none may be")
end)

test("a mistake is shown where it stands, at the script's line", function(t, dk)
  local data = people(dk)
  t.raises(function() return data:where "leeftjd < 30" end,
    "unknown column leeftjd\n  leeftjd < 30\n  ^^^^^^^ (did you mean leeftijd?)")
  t.raises(function() return data:where "leeftijd < 30 and\n  gemeente = 'Ede'" end,
    "equal is written ==\n    gemeente = 'Ede'\n             ^")
  t.raises(function() return data:where "leeftijd ~= nil" end, "what is not known is null here: x is null")
  t.raises(function() return data:where "in_sonar AND leeftijd > 5" end, "words of the language are written small: and")
  t.raises(function() return data:where "not in_sonar is null" end, "can be read in two ways")
  t.raises(function() return data:where "naam == \u{2018}a\u{2019}" end, "straight quotes")
  t.raises(function() return data:where("leeftijd > " .. ("("):rep(200)) end, "nested more than 150 deep")
  t.raises(function() return data:where("leeftijd" .. (" + 1"):rep(5000) .. " > 1") end, "more than 400 operators deep")
  t.eq(#data:where("false" .. (" or leeftijd < 30"):rep(3000)), 2)
end)

test("an expression fails only for rows that it reaches, and names the first", function(t, dk)
  local data = dk.table {
    { "jaar", { 1800, 1950, 1800, 2000 } }, { "x", { math.maxinteger, 1, 5, math.maxinteger // 2 } },
  }
  t.eq(data:where("jaar <= 1900 or x * 2 > 5").x:to_lua(), { math.maxinteger, 5, math.maxinteger // 2 })
  t.raises(function() return data:where "x * 3 > 5" end, "row 1: 9223372036854775807 * 3 does not fit")
  t.raises(function() return data:where "jaar > 1900 and x * 3 > 5" end,
    "row 4: 4611686018427387903 * 3 does not fit\n  jaar > 1900 and x * 3 > 5\n                  ^^^^^")
end)

test("columns of any name are named between backquotes", function(t, dk)
  local data = dk.table {
    { "in sonar", { true, false } }, { "and", { 1, 2 } }, { "a`b", { "x", "y" } }, { "prijs_€", { 3, 4 } },
  }
  t.eq(#data:where "`in sonar` and `and` == 1", 1)
  t.eq(data:derive { "`c d` = `a``b` .. '!'" }:column "c d"[2], "y!")
  t.eq(data:derive { "z = `prijs_€` * 2" }.z[1], 6)
  t.raises(function() return data:where "prijs_€ > 3" end, "stand in `backquotes`")
end)

test("a number of Lua enters as its shortest decimal", function(t, dk)
  local data = people(dk)
  t.eq(data:derive("x = $f * 100 == 7", { f = 0.07 }).x[1], true)
  t.eq(data:derive("x = leeftijd / 10 >= $f", { f = 1.9 }).x[1], true)
  t.eq(data:derive("x = $f", { f = 1e300 }).x[1], 1e300)
end)

test("stated levels keep their order through expressions", function(t, dk)
  local data = people(dk):derive { "klasse = coalesce(bin(leeftijd, 27, 50), 'onbekend')" }
  t.eq(data:column "klasse":levels(), { "< 27", "27-49", ">= 50", "onbekend" })
  t.eq(names_of(data:where "klasse < '>= 50'"), "abd")
  t.eq(names_of(data:sort "klasse desc"), "ecbad")
  t.raises(function() return data:where "klasse < 'oud'" end, "the order of klasse is declared")
end)

test("what no category has is noted, with the nearest", function(t, dk)
  local notes = people(dk):where "gemeente in ('Arnem', 'Duiven') or gemeente is null":notes()
  t.eq(notes, { 'no gemeente is "Arnem"; the nearest is "Arnhem"' })
  local derived = people(dk):derive { "k = gemeente == 'Duven'", "l = 1" }
  t.eq(derived:notes(), { 'no gemeente is "Duven"; the nearest is "Duiven"' })
end)

test("where notes how many rows were left out because they are null", function(t, dk)
  local notes = people(dk):where("leeftijd < 30"):notes()
  t.eq(#notes, 1)
  t.has(notes[1], "1")
end)

test("derive adds and replaces columns, in order", function(t, dk)
  local data = people(dk):derive { "ouder = leeftijd + 1", "nog = ouder * 2", "leeftijd = leeftijd - 1" }
  t.eq(t.records(data:head(1)), {
    { naam = "a", gemeente = "Duiven", leeftijd = 18, in_sonar = true, ouder = 20, nog = 40 },
  })
  t.eq(people(dk):derive("x = leeftijd + $n", { n = 2.5 }).x[1], 21.5)
  t.raises(function() return people(dk):derive {} end, "got an empty list")
end)

test("derive wants names", function(t, dk)
  local data = people(dk)
  t.raises(function() return data:derive { "leeftijd + 1" } end, "has no name")
  t.raises(function() return data:derive { x = "leeftijd + 1" } end, "write \"x = ...\" as a string")
  t.raises(function() return data:derive { true } end, "derive wants 'name = expression' as a string; got a boolean")
  t.raises(function() return data:derive() end, "got nothing")
  t.raises(function() return data:derive { "a = 1", nil, "b = 2" } end, "item 2 of the list is nil")
  t.raises(function() return data:derive { [1] = "a = 1", [3] = "b = 2" } end, "item 2 of the list is nil")
  t.raises(function() return data:derive { [1] = "a = 1", [true] = "b = 2" } end, "it has the key true")
end)

test("columns are selected, dropped and renamed", function(t, dk)
  local data = people(dk)
  local function columns(of)
    local list = {}
    for name in of:columns() do list[#list + 1] = name end
    return table.concat(list, " ")
  end
  t.eq(columns(data:select { "in_sonar", "naam" }), "in_sonar naam")
  t.eq(columns(data:select("in_sonar", "naam")), "in_sonar naam")
  t.eq(columns(data:drop "gemeente"), "naam leeftijd in_sonar")
  t.eq(columns(data:rename { naam = "pseudoniem", leeftijd = "jaren" }), "pseudoniem gemeente jaren in_sonar")
  t.raises(function() return data:select { "gemente" } end, "gemente", "gemeente")
  t.raises(function() return data:select {} end, "select wants the names")
  t.raises(function() return data:select(5) end, "list of strings")
  t.raises(function() return data:select { "naam", 5 } end, "item 2")
  t.raises(function() return data:drop { "x" } end, "x")
  t.raises(function() return data:rename { x = "y" } end, "x")
  t.raises(function() return data:rename { zz = "a", yy = "b" } end, '"yy"') -- of two mistakes always the same
  t.raises(function() return data:select { "naam", nil, "leeftijd" } end, "item 2 of the list is nil")
  t.raises(function() return data:rename { naam = "leeftijd" } end, "leeftijd")
  t.raises(function() return data:rename "naam" end, "old = \"new\"")
end)

test("sort takes keys in one list or one by one, null last", function(t, dk)
  local data = people(dk)
  t.eq(names_of(data:sort "leeftijd"), "adbce")
  t.eq(names_of(data:sort "leeftijd desc"), "cbdae")
  t.eq(names_of(data:sort { "gemeente", "leeftijd desc" }), "bedac")
  t.eq(names_of(data:sort("gemeente asc", "leeftijd")), "beadc")
  t.raises(function() return data:sort {} end, "sort wants the columns")
  t.raises(function() return data:sort "leeftjd desc" end, "leeftjd", "leeftijd")
  t.raises(function() return data:sort "leeftijd DESC" end, "sort: 'leeftijd DESC'", "asc or desc, not 'DESC'")
  t.raises(function() return data:sort("naam", 5) end, "sort: argument 2 must be a string, not a number")
  local odd = dk.table { { "naam", { "x", "y" } }, { "leeftijd desc", { 2, 1 } } }
  t.eq(names_of(odd:sort "leeftijd desc"), "yx")
end)

test("head, tail and slice take rows by place", function(t, dk)
  local data = people(dk)
  t.eq(names_of(data:head(2)), "ab")
  t.eq(names_of(data:head()), "abcde")
  t.eq(names_of(data:head(0)), "")
  t.eq(names_of(data:tail(2)), "de")
  t.eq(names_of(data:tail(9)), "abcde")
  t.eq(names_of(data:slice(2, 3)), "bc")
  t.eq(names_of(data:slice(-2)), "de")
  t.eq(names_of(data:slice(4, 2)), "")
  t.eq(names_of(data:slice(-9, -5)), "a")
  t.eq(names_of(data:slice(3, 99)), "cde")
  t.raises(function() return data:head(-1) end, "argument 1 must be a number of rows")
  t.raises(function() return data:head(1.5) end, "number of rows")
  t.raises(function() return data:head "2" end, "number of rows")
  t.raises(function() return data:slice() end, "the number of the first row")
end)

test("join sets the columns of the other table beside", function(t, dk)
  local data = people(dk):select { "naam", "gemeente" }
  local regions = dk.table { { "plaats", { "Arnhem", "Ede" } }, { "regio", { "MG", "FV" } } }
  local key = { mine = "gemeente", theirs = "plaats" }
  t.eq(t.records(data:join(regions, key)), {
    { naam = "a", gemeente = "Duiven" }, { naam = "b", gemeente = "Arnhem", regio = "MG" }, { naam = "c" },
    { naam = "d", gemeente = "Duiven" }, { naam = "e", gemeente = "Arnhem", regio = "MG" },
  })
  t.eq(names_of(data:join(regions, key, { kind = "inner" })), "be")
  t.eq(names_of(data:join(regions:rename { plaats = "gemeente" }, "gemeente", { kind = "inner" })), "be")
  t.raises(function() return data:join(regions, "plaats") end, "plaats")
  t.raises(function() return data:join(regions, key, { kind = "outer" }) end, "kind is 'outer'", "semi or anti")
  t.raises(function() return data:join(regions) end, "join wants a key")
  t.raises(function() return data:join("regions", key) end, "argument 1 must be a table of dekking, got a string")
  t.raises(function() return data:join({}, key) end, "must be a table of dekking, got a Lua table")
  t.raises(function() return regions:join(data, { mine = "plaats", theirs = "gemeente" }) end, "Arnhem")
  t.raises(function() return data:join(regions, { mine = { "a", "b" }, theirs = "c" }) end, "mine names 2 columns")
end)

test("a join of every kind says which rows it has", function(t, dk)
  local a = dk.table { { "id", { "a", "b", dk.null } }, { "n", { 1, 2, 3 } } }
  local b = dk.table { { "id", { "b", "b", "z" } }, { "n", { 20, 21, 22 } } }
  local function ids(kind, multiple)
    local list = {}
    for row in a:join(b, "id", { kind = kind, multiple = multiple, suffix = "_b" }):rows() do
      list[#list + 1] = ("%s%s%s"):format(row.id or "-", row.n or "-", row.n_b or "")
    end
    return table.concat(list, " ")
  end
  t.eq(ids("inner", "all"), "b220 b221")
  t.eq(ids("left", "all"), "a1 b220 b221 -3")
  t.eq(ids("right", "all"), "b220 b221 z-22")
  t.eq(ids("full", "last"), "a1 b221 -3 z-22")
  t.eq(ids("left", "first"), "a1 b220 -3")
  t.eq(ids("semi"), "b2")
  t.eq(ids("anti"), "a1 -3")
  t.raises(function() return a:join(b, "id", { suffix = "_b" }) end, "the key id is not unique in", "b in rows 1 and 2",
    'multiple = "first"')
  t.raises(function() return a:join(b, "id", { multiple = "all" }) end, "both tables have a column n", "suffix =")
  t.eq(#a:join(b, "id", { multiple = "all", columns = {} }):schema(), 2)
  t.raises(function() return a:join(b, "id", { multiple = "some" }) end, "multiple is 'some'")
end)

test("a join as of a day takes the nearest row", function(t, dk)
  local asked = dk.table { { "id", { "a", "a", "b" } }, { "dag", { "2024-03-14", "2024-02-28", "2024-03-04" } } }
    :derive "dag = date(dag)"
  local events = dk.table { { "id", { "a", "b", "a" } }, { "dag", { "2024-03-10", "2024-03-05", "2024-03-01" } },
    { "status", { "twee", "drie", "een" } } }:derive "dag = date(dag)"
  local function found(options)
    options.as_of, options.columns = options.as_of or "dag", { "status" }
    local list = {}
    for row in asked:join(events, "id", options):rows() do
      list[#list + 1] = row.status or "-"
    end
    return table.concat(list, " ")
  end
  t.eq(found {}, "twee - -")
  t.eq(found { direction = "forward" }, "- een drie")
  t.eq(found { direction = "nearest", kind = "inner" }, "twee een drie")
  t.eq(found { direction = "nearest", tolerance = 1 }, "- - drie")
  t.eq(found { as_of = { mine = "dag", theirs = "dag" } }, "twee - -")
  local moments = dk.table({ { "id", { "a", "b" } }, { "moment", { "2024-03-14 12:00", "2024-03-01 00:00" } } },
    { types = { moment = "timestamp" } })
  local other = dk.table({ { "id", { "a" } }, { "toen", { "2024-03-10 18:00" } } }, { types = { toen = "timestamp" } })
  t.eq(#moments:join(other, "id", { as_of = { mine = "moment", theirs = "toen" }, tolerance = 3.7, kind = "inner" }), 0)
  t.eq(#moments:join(other, "id", { as_of = { mine = "moment", theirs = "toen" }, tolerance = 3.75, kind = "inner" }), 1)
  t.eq(#asked:join(events:drop "id", nil, { as_of = "dag", columns = "status", kind = "inner" }), 2)
  local function refused(options, ...) t.raises(function() return asked:join(events, "id", options) end, ...) end
  refused({ direction = "forward" }, "direction is about rows that go by time")
  refused({ tolerance = 1 }, "tolerance is about rows that go by time")
  refused({ as_of = "dag", tolerance = -1 }, "tolerance is a number, 0 or more")
  refused({ as_of = "dag", tolerance = 1.5 }, "tolerance is a number, 0 or more")
  refused({ as_of = "dag", tolerance = "1" }, "tolerance is a number, 0 or more")
  refused({ as_of = { "dag", "id" } }, "as_of names one column")
  refused({ as_of = "dag", direction = "sideways" }, "direction is 'sideways'")
end)

test("reconcile reports how two tables agree", function(t, dk)
  local a = dk.table { { "id", { "a", "b", "c" } }, { "plaats", { "Arnhem", "Ede", "Duiven" } } }
  local b = dk.table { { "nr", { "b", "c", "d" } }, { "plaats", { "Ede", "Rheden", "Ede" } } }
  local keys = { mine = "id", theirs = "nr" }
  local counts = {}
  for row in a:reconcile(b, keys):rows() do
    counts[row.finding] = row.keys
  end
  t.eq(counts, { both = 2, ["left only"] = 1, ["right only"] = 1, ["no key"] = 0, ["double left"] = 0,
    ["double right"] = 0, equal = 1, conflict = 1, ["only left known"] = 0, ["only right known"] = 0 })
  for row in a:reconcile(b, keys, { examples = 3 }):rows() do
    if row.finding == "conflict" then
      t.eq(row.examples, "c (rows 3, 2: Duiven, Rheden)")
    end
  end
  t.raises(function() return a:reconcile(b) end, "reconcile wants a key")
  t.raises(function() return a:reconcile(b, keys, { examples = -1 }) end, "examples")
end)

test("tables are sets of rows", function(t, dk)
  local a = dk.table { { "g", { "A", "B", "A", dk.null, dk.null } }, { "n", { 1, 2, 1, 3, 3 } } }
  local b = dk.table { { "n", { 2, 4 } }, { "g", { "B", "C" } } }
  local function show(set)
    local list = {}
    for row in set:rows() do
      list[#list + 1] = (row.g or "-") .. row.n
    end
    return table.concat(list, " ")
  end
  t.eq(show(a:distinct()), "A1 B2 -3")
  t.eq(show(a:distinct "g"), "A1 B2 -3")
  t.eq(show(a:distinct("g", "n")), "A1 B2 -3")
  t.eq(show(a:distinct({ "g" }, { keep = "last" })), "B2 A1 -3")
  t.eq(show(a:distinct(nil, { keep = "last" })), "B2 A1 -3")
  t.eq(show(a:union(b)), "A1 B2 -3 C4")
  t.eq(show(a:union(b, { all = true })), "A1 B2 A1 -3 -3 B2 C4")
  t.eq(show(a:intersect(b)), "B2")
  t.eq(show(a:except(b)), "A1 -3")
  t.raises(function() return a:distinct "h" end, "h")
  t.raises(function() return a:distinct(1) end, "a list of strings is wanted, not a number")
  t.raises(function() return a:distinct({}, { keep = "all" }) end, "keep is 'all'")
  t.raises(function() return a:union(b:select "g") end, "n")
end)

test("link marks the rows whose key is in the other table", function(t, dk)
  local data = dk.table { { "pseudoniem", { "p", "q", dk.null, "r" } } }
  local sonar = dk.table { { "id", { "q", "r", "z" } }, { "klantprofiel", { true, false, true } } }
  local linked = data:link(sonar, { mine = "pseudoniem", theirs = "id" }, { as = "in_sonar", columns = { "klantprofiel" } })
  t.eq(t.records(linked), {
    { pseudoniem = "p", in_sonar = false }, { pseudoniem = "q", in_sonar = true, klantprofiel = true }, {},
    { pseudoniem = "r", in_sonar = true, klantprofiel = false },
  })
  t.ok(#linked:notes() > 0)
  t.raises(function() return data:link(sonar, { mine = "pseudoniem", theirs = "id" }) end, "link wants a name")
  t.raises(function() return data:link(sonar, "id", { as = "x" }) end, "id")
  t.raises(function() return data:link(sonar, "id", { sa = "x" }) end, "'sa'")
  local twice, key = sonar:union(sonar, { all = true }), { mine = "pseudoniem", theirs = "id" }
  t.raises(function() return data:link(twice, key, { as = "x" }) end, "the key id is not unique", "multiple")
  t.eq(data:link(twice, key, { as = "x", multiple = "last" }).x[2], true)
  t.raises(function() return data:link(twice, key, { as = "x", multiple = "all" }) end, "link makes no row twice")
end)
