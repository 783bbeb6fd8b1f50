-- builder.lua - expressions built of columns and methods: where they are taken, and what misuse says.

local test = ...

local function people(dk)
  return dk.table {
    { "naam", { "a", "b", "c", "d", "e" } },
    { "gemeente", { "Duiven", "Arnhem", dk.null, "Duiven", "Arnhem" } },
    { "leeftijd", { 19, 35, 52, 26, dk.null } },
    { "in_sonar", { true, false, true, dk.null, true } },
  }
end

local function names_of(data) return table.concat(data:column "naam":to_lua()) end

test("what is built is taken wherever a condition is", function(t, dk)
  local data = people(dk)
  t.eq(names_of(data:where(data.leeftijd:lt(27))), "ad")
  t.eq(names_of(data:where(data.leeftijd:lt(60) & data.gemeente:eq "Arnhem")), "b")
  t.eq(names_of(data:where(data.in_sonar)), "ace")
  t.eq(names_of(data:where(~data.in_sonar)), "b")
  t.eq(names_of(data:where(data.leeftijd:between(26, 35))), "bd")
  t.eq(names_of(data:where(data.gemeente:is_in { "Arnhem", "Ede" } | data.leeftijd:gt(50))), "bce")
  t.eq(names_of(data:where(data.gemeente:not_in("Arnhem", "Ede"))), "ad")
  t.eq(names_of(data:where(data.gemeente:is_null())), "c")
  t.eq(names_of(data:where(data.gemeente:ne "Duiven")), "be")
  t.eq(names_of(data:where(data.leeftijd:ge(dk.param "grens"), { grens = 35 })), "bc")
  t.eq(names_of(data:where((data.leeftijd + 1) % 2 == 0 and data.naam or data.naam:eq "a")), "a")
  t.eq(names_of(data:where(data.in_sonar:eq(true) & "leeftijd > 20")), "c")
  t.eq(names_of(data:where(data.naam:contains "b")), "b")
  t.eq(names_of(data:where(dk.fn.contains(data.naam, "b"))), "b")
  t.eq(names_of(data:where(data.in_sonar:is_true())), "ace")
  t.eq(names_of(data:where(data.in_sonar:not_true())), "bd")
end)

test("a value is never read as anything else", function(t, dk)
  local data = people(dk)
  for _, text in ipairs { "x' or true or '", 'x" or true or "', "\\", "\n", "$p", "`naam`", "naam" } do
    t.eq(#data:where(data.gemeente:eq(text)), 0)
    t.eq(data:head(1):derive { (data.naam:concat(text)):as "x" }.x[1], "a" .. text)
  end
  t.eq(data:derive { (data.leeftijd * 0.07 * 100):as "x" }.x[1], 133.0)
  t.eq(data:head(1):derive { (data.leeftijd + math.mininteger):as "x" }.x[1], 19 + math.mininteger)
end)

test("a column is a leaf, and methods and names of any kind are not in its way", function(t, dk)
  local data = dk.table { { "in sonar", { true, false } }, { "count", { 1, 2 } }, { "and", { 1, 2 } }, { "a`b", { 3, 4 } } }
  t.eq(#data:where(data["in sonar"]), 1)
  t.eq(#data:where(dk.col "in sonar" & data:column "count":eq(1)), 1)
  t.eq(#data:where(data["and"]:gt(1)), 1)
  t.eq(data:derive { (data["a`b"] + dk.col "count"):as "c d" }["c d"]:to_lua(), { 4, 6 })
  t.eq(tostring(data["in sonar"]:is_null()), "`in sonar` is null")
  t.eq(tostring(dk.expr(data["in sonar"])), "`in sonar`")
end)

test("derive, sort and window take what is built", function(t, dk)
  local data = people(dk)
  local made = data:derive { (data.leeftijd + 1):as "ouder", (dk.col "ouder" * 2):as "nog", "k = 1" }
  t.eq(made.nog[1], 40)
  t.eq(data:derive(data.leeftijd:bin(27, 50):as "klasse").klasse[1], "< 27")
  t.eq(names_of(data:sort(data.leeftijd:desc())), "cbdae")
  t.eq(names_of(data:sort { data.gemeente, data.leeftijd:desc() }), "bedac")
  t.eq(names_of(data:sort(data.gemeente, "leeftijd desc")), "bedac")
  t.eq(names_of(data:sort { -data.leeftijd }), "cbdae")
  t.eq(data:window { within = data.gemeente, order = data.leeftijd, dk.fn.row_number():as "nr" }.nr:to_lua(),
    { 1, 1, 1, 2, 2 })
  t.eq(#data:top { n = 1, by = data.leeftijd:desc(), within = { data.gemeente } }, 3)
end)

test("columns stand for their names in lists", function(t, dk)
  local data = people(dk)
  local picked = data:select { data.naam, "leeftijd" }
  t.eq(#picked:schema(), 2)
  t.eq(#data:select(data.naam, data.leeftijd):schema(), 2)
  t.eq(#data:drop(data.naam):schema(), 3)
  t.eq(#data:distinct(data.gemeente), 3)
  t.eq(#data:join(data:rename { leeftijd = "jaren" }, data.naam, { columns = { "jaren" } }):schema(), 5)
  local odd = dk.table { { "in sonar", { 1, 1 } }, { "b", { 1, 2 } } }
  t.eq(#odd:distinct(dk.col "in sonar"), 1)
  t.eq(odd:sort(dk.col "in sonar", dk.col "b":desc()).b[1], 2)
  t.eq(odd:sort(odd["in sonar"]:desc(), odd.b:desc()).b[1], 2)
end)

test("breakdowns take what is built, filters of measures too", function(t, dk)
  local data = people(dk)
  local asked = dk.breakdown {
    by = { data.gemeente, data.leeftijd:bin(27, 50):as "klasse" },
    where = data.naam:ne "e",
    measures = {
      dk.fn.count():as "register",
      { dk.fn.count():where(data.in_sonar):as "sonar", label = "Sonar" },
      (dk.col "sonar" / dk.col "register"):as "dekking",
      dk.fn.all(dk.col "register"):as "totaal",
    },
    order = { dk.col "register":desc() },
  }
  local written = dk.breakdown {
    by = { "gemeente", "klasse = bin(leeftijd, 27, 50)" },
    where = "naam ~= 'e'",
    measures = { "register = count()", { "sonar = count() where in_sonar", label = "Sonar" },
      "dekking = sonar / register", "totaal = all(register)" },
    order = "register desc",
  }
  t.eq(asked(data):text(), written(data):text())
  t.eq(t.records(asked:where(data.leeftijd:lt(20))(data)), t.records(written:where "leeftijd < 20" (data)))
  t.eq(t.records(asked:by(data.gemeente):with { order = dk.null, measures = dk.fn.mean(data.leeftijd):as "m" }(data)),
    t.records(written:by "gemeente":with { order = dk.null, measures = "m = mean(leeftijd)" } (data)))
  t.eq(#asked:measure(dk.fn.quantile(data.leeftijd, 0.5):as "q")(data), #written(data))
  t.eq(tostring(dk.fn.sum(dk.col "n"):where(dk.col "x"):where "y"), "(sum(n) where x) where y")
end)

test("scenarios take what is built", function(t, dk)
  local data = people(dk)
  local plan = dk.scenario "plan" {
    params = { aandeel = 0.5 },
    { "register", where = ~data.in_sonar & data.gemeente:not_null(), share = dk.param "aandeel", per = data.gemeente,
      set = { in_sonar = true, leeftijd = data.leeftijd + 1 } },
  }
  local written = dk.scenario "written" {
    params = { aandeel = 0.5 },
    { "register", where = "not in_sonar and gemeente is not null", share = "$aandeel", per = "gemeente",
      set = { in_sonar = true, leeftijd = dk.expr "leeftijd + 1" } },
  }
  local asked = dk.breakdown { by = "leeftijd", measures = "n = count() where in_sonar" }
  t.eq(t.records(asked:compare(data, plan:named "x")), t.records(asked:compare(data, written:named "x")))
  local goal = dk.breakdown { measures = { "n = count()", "s = count() where in_sonar", "d = s / n" } }
  t.eq(t.records(goal:solve(data, plan, { vary = "aandeel", target = dk.col "d":ge(0.7), at = dk.total })),
    t.records(goal:solve(data, plan, { vary = "aandeel", target = "d >= 0.7", at = dk.total })))
end)

test("Lua's operators that cannot build raise, and say what to write", function(t, dk)
  local data = people(dk)
  local less = "< and > give true or false at once: write t.leeftijd:lt(27) or t.leeftijd:gt(27), or the condition as a "
    .. 'string, "leeftijd < 27"'
  t.says(function() return data.leeftijd < 27 end, less)
  t.says(function() return 27 > data.leeftijd end, less)
  t.says(function() return dk.expr "a" < dk.expr "b" end, less)
  t.says(function() return data.leeftijd <= 27 end,
    "<= and >= give true or false at once: write t.leeftijd:le(27) or t.leeftijd:ge(27), or the condition as a "
    .. "string, \"leeftijd <= 27\"")
  t.says(function() return data.naam .. "x" end,
    ".. would paste texts: write t.voornaam:concat(t.achternaam), or the expression as a string, "
    .. "\"voornaam .. achternaam\"")
  t.says(function() return data.leeftijd == data.naam end,
    '== and ~= give true or false at once: write x:eq(y) or x:ne(y), or the condition as a string, "x == y"')
  t.raises(function() return dk.expr "a" ~= dk.expr "b" end, "write x:eq(y) or x:ne(y)")
  t.says(function() return data.leeftijd ^ 2 end, "there are no powers: write x * x")
  t.says(function() return data.leeftijd ~ 2 end,
    "a ~ b is none of the language's operators: not equal is x:ne(y), and not is ~x")
  t.eq(data.leeftijd == dk.null, false)
end)

test("a boolean is refused wherever an expression belongs", function(t, dk)
  local data = people(dk)
  local left = "a boolean is no expression: == between a column and a value is computed by Lua at once (write "
    .. "t.gemeente:eq \"Arnhem\")"
  t.says(function() return data.leeftijd:lt(27) & (data.gemeente == "Arnhem") end, "&: " .. left)
  t.says(function() return (data.gemeente == "Arnhem") | data.in_sonar end, "|: " .. left)
  t.says(function() return dk.fn.case(data.gemeente == "Arnhem", 1) end, "case: " .. left)
  t.says(function() return data.leeftijd:lt(true) end,
    "lt: a boolean is no expression: == between a column and a value is computed by Lua at once (write "
    .. "t.gemeente:eq \"Arnhem\")")
  t.says(function() return dk.fn.count():where(data.gemeente == "Arnhem") end, "where: " .. left)
  local wanted = " as a string; got a boolean: == between a column and a value is computed by Lua at once"
  t.says(function() return data:where(data.gemeente == "Arnhem") end, "where wants a condition" .. wanted)
  t.says(function() return data:derive { data.leeftijd == 3 } end, "derive wants 'name = expression'" .. wanted)
  t.says(function() return dk.breakdown { by = data.gemeente == "x", measures = "n = count()" } end,
    "breakdown: an entry of by is 'name = expression'" .. wanted)
  t.says(function() return dk.breakdown { measures = { data.gemeente == "x" } } end,
    "breakdown: an entry of measures is 'name = expression'" .. wanted)
  t.says(function() return dk.breakdown { measures = { { data.gemeente == "x", label = "y" } } } end,
    "breakdown: an entry of measures is 'name = expression'" .. wanted)
  t.says(function() return data:sort { data.leeftijd == 3 } end, "sort wants its keys" .. wanted)
  t.says(function() return dk.scenario "s" { { "x", where = data.leeftijd == 3, all = true, set = { leeftijd = 1 } } } end,
    "where wants a condition" .. wanted)
end)

test("nil is asked about", function(t, dk)
  local data = people(dk)
  local grens = nil
  t.says(function() return data:where(grens) end, "where wants a condition as a string; got nil (was a variable nil?)")
  t.says(function() return data.leeftijd:lt(grens) end,
    "lt wants a value, a column or an expression; got nil (was a variable nil?)")
  t.says(function() return data.leeftijd:lt() end,
    "lt wants a value, a column or an expression; got nil (was a variable nil?)")
  t.says(function() return data.leeftijd + grens end,
    "+ wants a value, a column or an expression; got nil (was a variable nil?)")
  t.says(function() return data.leeftijd:between(18) end,
    "between wants a value, a column or an expression; got nil (was a variable nil?)")
  t.says(function() return dk.fn.bin(data.leeftijd, grens) end,
    "bin wants a value, a column or an expression; got nil (was a variable nil?)")
  t.says(function() return data:with {} end, "with changes nothing: the table is empty (was a variable nil?)")
  local asked = dk.breakdown { measures = "n = count()" }
  t.says(function() return asked:with {} end, "with changes nothing: the table is empty (was a variable nil?)")
  t.says(function() return asked:with { wher = grens } end,
    "with changes nothing: the table is empty (was a variable nil?)")
  t.says(function() return asked:by(nil) end,
    'by wants dimensions, such as { "gemeente" }; {} for the total alone; got nil (was a variable nil?)')
  t.says(function() return asked:where(grens) end,
    "where wants a condition as a string; got nil (was a variable nil?)")
  local plan = dk.scenario "s" { params = { a = 1 }, { "x", count = "$a", set = { leeftijd = 1 } } }
  t.says(function() return plan:with {} end, "with changes nothing: the table is empty (was a variable nil?)")
end)

test("other misuse of the builder", function(t, dk)
  local data = people(dk)
  t.says(function() return data.leeftijd:eq(dk.null) end,
    'eq: nothing is equal to null, which means "not known" (write x:is_null())')
  t.says(function() return data.leeftijd:lt {} end, "lt wants a value, a column or an expression; got a Lua table")
  t.says(function() return data.leeftijd:lt(0 / 0) end, "lt: " .. tostring(0 / 0) .. " is no number to compute with")
  t.says(function() return data.leeftijd + "2" end,
    '+: the text "2" is nothing to compute with (a column is dk.col "2")')
  t.says(function() return data.leeftijd:eq(people(dk).leeftijd) end,
    "eq: both sides are the column leeftijd; an expression knows columns by name, and those of two tables meet in a join")
  t.says(function() return data.naam:is_in(data.naam) end,
    'is_in wants values, and not a column (rows whose key another table has: t:join(other, key, { kind = "semi" }))')
  t.says(function() return data.naam:is_in {} end, 'is_in wants the values, such as { "Arnhem", "Duiven" }')
  t.says(function() return data.naam:is_in { "a", nil, "b" } end,
    'is_in: item 2 of the list is nil, which ends a list (dk.null stands for "not known")')
  t.says(function() return (data.leeftijd + 1):as "x" + 1 end,
    "+: 'x = leeftijd + 1' cannot be part of something: a name or an order is given last")
  t.says(function() return dk.fn.sum "leeftijd" end, 'sum: "leeftijd" is a text here; a column is dk.col "leeftijd"')
  t.says(function() return dk.fn.bni(1) end, "dk.fn has no function 'bni' (did you mean 'bin'?)")
  t.says(function() return dk.fn.onzinnig(1) end,
    "dk.fn has no function 'onzinnig' (docs/builder.md tells what there is, docs/expressions.md the functions)")
  t.says(function() dk.fn.x = 1 end,
    "dk.fn has the functions of the language; one of your own is made by dk.define, or dk.aggregate")
  t.says(function() return dk.expr "a":betwen(1, 2) end, "an expression has no method 'betwen' (did you mean 'between'?)")
  t.says(function() dk.expr("a").x = 1 end, "an expression never changes: its methods give another")
  t.says(function() return dk.param "a b" end,
    "param: 'a b' is no name of a parameter: letters, digits and _, a letter first")
  t.says(function() return dk.param "1 + 1" end,
    "param: '1 + 1' is no name of a parameter: letters, digits and _, a letter first")
  t.says(function() return dk.col "" end, "col: a name has at least one character")
  t.says(function() return dk.col(1) end, "col: argument 1 must be the name of a column, got 1")
  t.says(function() return data.leeftijd:as() end, "as wants the name, a string; got nil")
  t.says(function() return data.leeftijd:as "" end, "as: a name has at least one character")
  t.says(function() return data.naam:concat() end,
    "concat wants what comes behind: t.voornaam:concat(\" \", t.achternaam)")
  t.raises(function() return dk.expr "a + b":where "c" end, "there is no aggregate that this where could limit")
  t.raises(function() return dk.fn.count(data.leeftijd) end, "count() takes no argument")
  t.raises(function() return data.leeftijd:lt(27) & "a = 1" end, "gives something a name")
  t.raises(function() return data.leeftijd:lt(27) & "a =" end)
  t.says(function() return data:where((data.leeftijd:lt(3)):as "x") end,
    "where wants a condition; 'x = leeftijd < 3' gives something a name (equality is ==)")
end)

test("a column answers at once, as a breakdown would", function(t, dk)
  local data = people(dk)
  local age = data.leeftijd
  t.eq(age:sum(), 132)
  t.eq(age:mean(), 33.0)
  t.eq(age:min(), 19)
  t.eq(age:max(), 52)
  t.eq(age:count(), 4)
  t.eq(age:median(), 30.5)
  t.eq(age:quantile(0.25), 24.25) -- 19 26 35 52: place 0.75 of 0 .. 3
  t.eq(data.gemeente:distinct(), 2)
  t.eq(data.gemeente:mode(), "Arnhem") -- of equals the least
  t.eq(data.gemeente:first(), "Duiven")
  t.eq(data.gemeente:last(), "Arnhem")
  t.eq(data.gemeente:max(), "Duiven")
  t.near(dk.table { { "x", { 2, 4, 4, 4, 5, 5, 7, 9 } } }.x:sd(), math.sqrt(32 / 7))
  t.near(dk.table { { "x", { 1, 2, 3, 4 } } }.x:variance(), 5 / 3)
  t.eq(data:where("leeftijd > 100").leeftijd:sum(), nil)
  t.eq(data:where("leeftijd > 100").leeftijd:count(), 0)
  t.eq(age:head(2), { 19, 35 })
  t.eq(age:head()[5], dk.null)
  t.eq(#age:head(99), 5)
  t.raises(function() return data.gemeente:sum() end, "sum() takes a number, and this is category\n  sum = sum(gemeente)")
  t.says(function() return age:quantile "x" end, "quantile wants a share from 0 to 1, such as 0.9; got a string")
  t.raises(function() return age:quantile(2) end, "0")
  for _, name in ipairs { "sum", "answer", "count", "in sonar", "a`b" } do
    t.eq(dk.table { { name, { 1, 2, dk.null } } }:column(name):sum(), 3)
    t.eq(dk.table { { name, { 1, 2, dk.null } } }:column(name):count(), 2)
  end
end)

test("a column of a weighted table is weighed, and totals are not counted", function(t, dk)
  local data = dk.table({ { "x", { 1, 10, dk.null } }, { "w", { 3, 1, 5 } } }, { weight = "w" })
  t.eq(data.x:sum(), 13)
  t.eq(data.x:mean(), 3.25)
  t.eq(data.x:count(), 4)
  local result = people(dk):breakdown { by = "gemeente", measures = "n = count()", margins = "totals" }
  t.raises(function() return result.n:sum() end, "would count double")
  t.eq(result:detail().n:sum(), 5)
end)

test("a name that is a method's too is noted on reading", function(t, dk)
  local data = dk.read_text "where,head,leeftijd\n1,2,3\n"
  t.eq(data:notes()[#data:notes()],
    'where, head: methods are called so too; t:column "where" is the column, and so is the name in an expression')
  t.eq(type(data.where), "function")
  t.eq(data:column "where"[1], 1)
  t.eq(#data:where "head == 2 and `where` == 1", 1)
  local one = dk.table({ { "sort", { 1 } } }, { name = "n" })
  local note = 'sort: a method is called so too; t:column "sort" is the column, and so is the name in an expression'
  t.eq(one:notes(), { note })
  t.has(tostring(one), note)
  local path = t.path "clash.dk"
  one:save(path)
  t.eq(dk.open(path):notes(), { note })
end)

test("a name that the reader gave is not noted as a method's, one that was stated is", function(t, dk)
  local path, kept = t.file("published.txt", "Duiven 1 2 3\nWijchen 2 3 5\ntotaal 3 5 8\n"), t.path "published.dk"
  local notes = dk.read_published(path):notes()
  t.eq(notes, { [[the line of the total reads "totaal"; 6 sums checked, all hold]] })
  dk.read_published(path):save(kept)
  t.eq(dk.open(kept):notes(), notes)
  local stated = dk.read_published(path, { label = "label" })
  t.has(stated:notes()[#stated:notes()], "label: a method is called so too")
  stated:save(kept)
  t.eq(dk.open(kept):notes(), stated:notes())
end)

test("an item of derive says how its column is shown, and what it is", function(t, dk)
  local data = people(dk):head(2)
  local made = data:derive {
    { "deel = leeftijd / 100", format = "0.0 %", label = "Deel", doc = "age, as a share of a century" },
    { (data.leeftijd + 1):as "ouder", label = "Ouder" },
    "nog = ouder + 1",
  }
  t.eq(made:notes(), { "deel: age, as a share of a century" })
  t.has(made:text(), "Deel", "19.0 %", "Ouder", "nog")
  t.has(data:derive({ "x = leeftijd / 100", format = "0.0 %" }):text(), "19.0 %")
  t.says(function() return data:derive { { "x = leeftijd", formt = "0" } } end,
    "an entry of derive has no option 'formt' (did you mean 'format'?)")
  t.says(function() return data:derive { { "x = leeftijd", format = 0 } } end,
    "derive: format must be a string, not 0")
  t.says(function() return data:derive { { "x = naam", format = "0.0" } } end,
    "format: column x is a category, and patterns are for numbers")
  t.says(function() return data:derive { { "x = 1", "y = 1" } } end,
    'derive: an item is "name = expression" or { "name = expression", format = "0.0 %" }')
  t.says(function() return data:derive { { format = "0.0" } } end,
    "derive wants 'name = expression' as a string; got nil (was a variable nil?)")
end)

test("an entry of a breakdown with a doc is told with the result", function(t, dk)
  local asked = dk.breakdown { by = "gemeente", measures = { { "n = count()", doc = "persons", label = "N" } } }
  t.eq(asked(people(dk)):notes(), { "n: persons" })
  t.has(tostring(asked), "n = count() -- persons")
  t.eq(people(dk):breakdown { measures = { "n = count()", doc = "persons" } }:notes(), { "n: persons" })
  t.eq(people(dk):breakdowns({ asked })[1]:notes(), { "n: persons" })
end)

test("a breakdown on a table without its columns names all of them at once", function(t, dk)
  local asked = dk.breakdown "dekking" {
    by = { "gemente", "klasse = bin(leeftjd, 27)" }, where = "wijk == 'x'",
    measures = { "n = count()", "s = count() where in_sonr and leeftjd > 3", "d = s / n" },
  }
  t.says(function() return asked(people(dk)) end,
    "breakdown dekking needs columns that the table does not have: gemente (did you mean gemeente?), leeftjd (did you "
    .. "mean leeftijd?), wijk, in_sonr (did you mean in_sonar?)")
  t.raises(function() return asked(people(dk):with { name = "personen" }) end, "that the table personen does not have")
  t.raises(function() return dk.breakdown { by = "gemente", measures = "n = count()" } (people(dk)) end,
    "the breakdown needs the column gemente, which the table does not have\n  gemente\n  ^^^^^^^")
  local many = {}
  for i = 1, 20 do many[i] = ("m%d = sum(k%d)"):format(i, i) end
  t.raises(function() return people(dk):breakdown { measures = many } end, "k1, k2,", "k12 and others")
end)

test("of two mistakes in a table with names always the same is reported", function(t, dk)
  local data = people(dk)
  for _ = 1, 20 do
    local options, params, record = {}, {}, {}
    for i = 1, 20 do -- a table of Lua that grew in another order has another order of its own
      local k = ("k%02d"):format(i * 7 % 20)
      options[k], params[k], record[k] = 1, print, 1
    end
    t.raises(function() return data:sample(options) end, "'k00'")
    t.raises(function() return data:where("leeftijd > 1", params) end, "$k00")
    t.raises(function() return dk.table({ record }, { "a" }) end, "'k00'")
    t.raises(function() return dk.breakdown(options) end, "'k00'")
    t.raises(function() return dk.table { { a = options } } end, "'k00'")
    t.raises(function() return dk.table(function() return record end, { "a" }) end, "'k00'")
    t.raises(function() return dk.read_text("a\n1\n", { types = { a = { "category", k1 = 1, k0 = 1 } } }) end, "'k0'")
    t.raises(function() return data:derive { { "x = 1", k1 = 1, k0 = 1 } } end, "'k0'")
    local plan = dk.scenario "s" { { "x", all = true, set = { leeftijd = 1 } } }
    t.raises(function() return plan:apply(data, params) end, "parameter k00")
    t.raises(function()
      return dk.breakdown { measures = "n = count()" }:compare(data, plan, params)
    end, "parameter k00")
    t.raises(function() return dk.scenario "s" { params = params, { "x", all = true, set = { leeftijd = 1 } } } end, "k00")
  end
end)

test("a table of Lua with names never decides an order", function(t, dk)
  local function columns(of)
    local list = {}
    for name in of:columns() do list[#list + 1] = name end
    return table.concat(list, " ")
  end
  local names = { "p", "q", "r", "s", "t", "u", "v", "w" }
  for shift = 1, 8 do
    local record, formats, labels, renamed, cells, sets = {}, {}, {}, {}, {}, {}
    for i = 1, #names do
      local name = names[(i * 3 + shift) % #names + 1]
      record[name], formats[name], labels[name], renamed[name] = i, "0.0", "L" .. name, name .. name
      cells[name], sets[name] = name, 1
    end
    local data = dk.table { record, record }
    t.eq(columns(data), "p q r s t u v w")
    t.eq(columns(data:format(formats):label(labels)), "p q r s t u v w")
    t.eq(columns(data:rename(renamed)), "pp qq rr ss tt uu vv ww")
    local asked = {}
    for name in pairs(cells) do asked[name] = { measures = { "n = sum(" .. name .. ")" } } end
    local plan = data:plan(asked)
    t.eq(plan:table():column(1 and "breakdown"):to_lua()[1], "p")
    local s = dk.scenario "s" { { "x", all = true, set = sets } }
    t.eq(tostring(s):match "set (.*)$", "p = 1, q = 1, r = 1, s = 1, t = 1, u = 1, v = 1, w = 1")
  end
end)

test("values of dekking stand on either side", function(t, dk)
  local data = dk.table({ { "dag", { "2024-12-31", "2025-01-02" } }, { "x", { 1.5, 2.25 } } }, { types = { dag = "date" } })
  t.eq(#data:where(data.dag:ge(dk.date "2025-01-01")), 1)
  t.eq(tostring(data.x + dk.decimal "1.50"), "x + 1.50")
  t.eq(tostring(dk.decimal "1.50" - data.x), "1.50 - x")
  t.eq(tostring(dk.decimal "1.50" // (data.x % dk.decimal "0.5")), "1.50 // (x % 0.5)")
  t.eq(tostring(data.x:is_in { dk.decimal "1.5" }), "x in (1.5)")
  for _, body in ipairs { function() return data.dag == dk.date "2024-12-31" end,
    function() return dk.date "2024-12-31" ~= data.dag end } do
    local done, message = pcall(body)
    t.eq(done, false)
    t.has(message, "== and ~= give true or false at once: write x:eq(y)")
  end
  t.raises(function() return dk.date "2024-12-31" < data.dag end, "write t.leeftijd:lt(27)")
  t.eq(data.dag == dk.null, false)
end)

test("a column stands wherever its name may", function(t, dk)
  local data = dk.table({
    { "k", { "b", "a", "c" } }, { "n", { 1, 2, 3 } }, { "d", { "2024-01-01", "2024-02-01", "2024-03-01" } },
  }, { types = { d = "date" } })
  local other = dk.table { { "k", { "a", "b" } }, { "z", { "p", "q" } } }
  local k, n, d = data.k, data.n, data.d
  local function same(a, b) t.eq(a:fingerprint(), b:fingerprint()) end
  same(data:select(k, n), data:select { "k", "n" })
  same(data:drop { n }, data:drop "n")
  same(data:sort(-n), data:sort "n desc")
  same(data:distinct(k), data:distinct "k")
  same(data:join(other, { mine = k, theirs = other.k }, { columns = other.z }), data:join(other, "k"))
  same(data:link(other, k, { as = "in_other" }), data:link(other, "k", { as = "in_other" }))
  same(data:collect(other, k, other.z, { as = "zs" }), data:collect(other, "k", "z", { as = "zs" }))
  same(data:pivot { rows = d, columns = k, values = n }, data:pivot { rows = "d", columns = "k", values = "n" })
  same(data:unpivot { rows = { k, d }, columns = n }, data:unpivot { rows = { "k", "d" }, columns = "n" })
  same(data:sample { n = 2, seed = 1, weight = n + 1, within = d },
    data:sample { n = 2, seed = 1, weight = "n + 1", within = "d" })
  same(data:top { n = 1, by = n, within = d }, data:top { n = 1, by = "n", within = "d" })
  same(data:window { within = d, order = n, "i = row_number()" },
    data:window { within = "d", order = "n", "i = row_number()" })
  same(data:breakdown { by = { k }, measures = "m = sum(n)", order = k },
    data:breakdown { by = "k", measures = "m = sum(n)" })
  same(data:spark(n, d, { by = k }), data:spark("n", "d", { by = "k" }))
  t.eq(data:with { weight = n }:properties().weight, "n")
  t.eq(tostring(dk.col(data["d"]) & dk.col "in sonar"), "d and `in sonar`")
  t.raises(function() return dk.col(n + 1) end, "col: argument 1 must be the name of a column, got an expression")
  t.ok(data:column(k) == k or data:column(k)[1] == "b")
  local asked = dk.breakdown { by = "k", measures = "m = sum(n)" }
  t.eq(asked:drill_down(d):definition(), asked:drill_down("d"):definition())
  local moved = dk.table { { "van", { "a" } }, { "naar", { "x" } }, { "op", { "2024-01-01" } } }
  local geo = dk.hierarchy(dk.table { { "k", { "a", "b", "c" } }, { "r", { "p", "p", "q" } } }, { "k", "r" })
  same(data:use(geo, { column = k }), data:use(geo, { column = "k" }))
  t.says(function() return data:recode(k, moved) end,
    "recode wants what becomes of the column's values, such as geo:recode(from, to), not a table of dekking")
  t.says(function() return data:spark(true) end, "spark: the column of numbers must be a string, not a boolean")
  t.says(function() return data:select(n + 1) end, 'unknown column "n + 1" (there are: k, n, d)')
end)
