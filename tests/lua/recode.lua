-- recode.lua - members of one day as those of another: recodes, in a table and as a what-if.

local test = ...

local hierarchies = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/hierarchies.lua")
local geo, rows_of, random_persons = hierarchies.geo, hierarchies.rows_of, hierarchies.random_persons

test("members of one day are recoded to another", function(t, dk)
  local published = dk.read_text "gemeente;n\nArnhem;10\nRijnwaarden;3\nZevenaar;5\n"
  local forth = geo(dk):recode("2015-01-01", "2018-01-01")
  t.eq(tostring(forth), "recode: Rijnwaarden -> Zevenaar")
  t.eq(forth:exact(), true)
  t.eq(forth:pairs(), { { old = "Rijnwaarden", new = "Zevenaar", share = 1.0 } })
  t.eq(rows_of(published:recode("gemeente", forth), "gemeente", "n"), { "Arnhem/10", "Zevenaar/3", "Zevenaar/5" })
  t.eq(tostring(geo(dk):recode("2016-01-01", "2017-01-01")), "recode: everything stays")
  -- a weight is asked for where rows need it
  local unweighed, lacks = geo(dk):recode("2018-01-01", "2015-01-01"), "Zevenaar is divided over 2, and no weight says how "
    .. "much Rijnwaarden gets"
  t.eq(tostring(unweighed), "recode: " .. lacks)
  t.raises(function() published:recode("gemeente", unweighed) end, lacks, "give weights")
  t.eq(rows_of(published:where "gemeente == 'Arnhem'":recode("gemeente", unweighed), "gemeente", "n"), { "Arnhem/10" })
  t.raises(function() unweighed:pairs() end, lacks, "give weights")
  t.raises(function() unweighed:exact() end, lacks, "give weights")
  t.raises(function() dk.merge("gemeente", unweighed) end, lacks, "give weights")
  local weights = dk.read_text "gemeente;weight\nRijnwaarden;1\nZevenaar;3\n"
  local back = geo(dk):recode("2018-01-01", "2015-01-01", { weights = weights })
  t.eq(back:exact(), false)
  -- shares are shown alike by both, and kept whole for what is computed
  local function shown(text)
    local by = geo(dk):recode("2018-01-01", "2015-01-01",
      { weights = dk.read_text("gemeente;weight\n" .. text) })
    return tostring(by), dk.merge("gemeente", by)[1]
  end
  local recode, step = shown "Rijnwaarden;1\nZevenaar;15\n"
  t.eq(recode, "recode: Zevenaar -> Rijnwaarden (6.3 %), Zevenaar -> Zevenaar (93.8 %)") -- 6.25 and 93.75
  t.eq(step, "Zevenaar -> Rijnwaarden (6.3 %)")
  recode, step = shown "Rijnwaarden;1\nZevenaar;5000\n"
  t.eq(recode, "recode: Zevenaar -> Rijnwaarden (<0.1 %), Zevenaar -> Zevenaar (>99.9 %)")
  t.eq(step, "Zevenaar -> Rijnwaarden (<0.1 %)")
  local merged = published:recode("gemeente", forth)
  t.raises(function() merged:recode("gemeente", back) end, "2 rows are to be divided, and the table has no weight",
    "{ weight = \"gewicht\" }")
  local divided = merged:recode("gemeente", back, { divide = "n" })
  t.eq(rows_of(divided, "gemeente", "n"), { "Arnhem/10.0", "Rijnwaarden/0.75", "Zevenaar/2.25", "Rijnwaarden/1.25",
    "Zevenaar/3.75" })
  t.eq(divided:notes(), { "an estimate: 2 rows were divided over several gemeente by shares" })
  t.eq(rows_of(dk.breakdown { by = "gemeente", measures = "som = sum(n)" }(divided:recode("gemeente", forth)),
    "gemeente", "som"),
    { "Arnhem/10.0", "Zevenaar/8.0" }) -- there and back loses what it must, and no more
  local weighed = merged:recode("gemeente", back, { weight = "gewicht" })
  t.eq(rows_of(dk.breakdown { by = "gemeente", measures = { "persons = count()", "r = rows()" } }(weighed),
    "gemeente", "persons"),
    { "Arnhem/1.0", "Rijnwaarden/0.5", "Zevenaar/1.5" })
end)

test("figures that would be divided stay, where no row is", function(t, dk)
  local places = geo(dk)
  local figures = dk.read_text("gemeente;inwoners\nArnhem;10\nZevenaar;20\n"):with { name = "cijfers" }
  local rows = dk.read_text "gemeente;n\nArnhem;1\nArnhem;2\n":attach(figures, "gemeente")
  local weights = dk.read_text "gemeente;weight\nRijnwaarden;1\nZevenaar;3\n"
  for _, given in ipairs { { weights = weights }, {} } do
    local back = rows:recode("gemeente", places:recode("2018-01-01", "2015-01-01", given))
    t.eq(back:notes(), { "gemeente recoded: figures known per gemeente stay with the groups that they are of, as rows of "
      .. "one may be of several" })
    t.eq(rows_of(back:breakdown { by = "gemeente", measures = "i = attached(inwoners)" }, "gemeente", "i"), { "Arnhem/10" })
  end
end)

test("a series is put on one vintage", function(t, dk)
  local series = dk.read_text("gemeente;dag;n\nArnhem;2015-01-01;10\nRijnwaarden;2015-01-01;3\nZevenaar;2015-01-01;5\n" ..
    "Arnhem;2018-01-01;11\nZevenaar;2018-01-01;9\n")
  local now = geo(dk):recode { on = "dag", to = "2018-01-01" }
  t.eq(tostring(now), "recode: from the day in dag to 2018-01-01")
  t.eq(now:pairs(), {})
  local by_year = dk.breakdown { by = { "gemeente", "jaar = year(dag)" }, measures = "som = sum(n)" }
  t.eq(rows_of(by_year(series:recode("gemeente", now)), "gemeente", "jaar", "som"),
    { "Arnhem/2015/10", "Arnhem/2018/11", "Zevenaar/2015/8", "Zevenaar/2018/9" })
  local weights = dk.read_text "gemeente;weight\nRijnwaarden;1\nZevenaar;2\n"
  local old = geo(dk):recode { on = "dag", to = "2015-01-01", weights = weights }
  t.eq(rows_of(by_year(series:recode("gemeente", old, { divide = "n" })), "gemeente", "jaar", "som"),
    { "Arnhem/2015/10.0", "Arnhem/2018/11.0", "Rijnwaarden/2015/3.0", "Rijnwaarden/2018/3.0", "Zevenaar/2015/5.0",
      "Zevenaar/2018/6.0" })
  t.raises(function() geo(dk):recode { on = "dag" } end,
    "recode: say by which days and to which: { on = \"peildatum\", to = \"2018-01-01\" }")
  t.raises(function() geo(dk):recode { on = "dag", too = "2018-01-01" } end, "did you mean 'to'?")
end)

test("a merger as a what-if is one of history", function(t, dk)
  local persons = random_persons(dk, 100)
  local coverage = dk.breakdown { by = "gemeente", measures = { "n = count()", "s = count() where in_sonar", "d = s / n" } }
  local history = geo(dk):recode("2015-01-01", "2018-01-01")
  local expected = rows_of(coverage(persons:recode("gemeente", history)), "gemeente", "n", "s", "d")
  t.eq(#expected, 5)
  for name, step in pairs { list = dk.merge("gemeente", { "Rijnwaarden", "Zevenaar" }, "Zevenaar"),
    recode = dk.merge("gemeente", history) } do
    t.eq(rows_of(coverage(persons:recode(step)), "gemeente", "n", "s", "d"), expected)
    local what_if = coverage:compare(persons, dk.scenario(name) { step }):where(("n_%s > 0"):format(name))
    t.eq(rows_of(what_if, "gemeente", "n_" .. name, "s_" .. name, "d_" .. name), expected)
  end
  local two = dk.hierarchy(dk.read_text "g;van;tot\nA;;2020-01-01\nB;;2020-01-01\nC;2020-01-01;\n", { "g" }, {
    from = "van", to = "tot", changes = { { date = "2020-01-01", old = "A", new = "B" },
      { date = "2020-01-01", old = "B", new = "C" } } })
  t.eq(tostring(two:recode("2019-01-01", "2021-01-01")),
    "recode: B -> C; B is not there on 2021-01-01, and no change says what became of it")
  t.raises(function() two:recode("2019-01-01", "2021-01-01"):pairs() end, "B is not there on 2021-01-01")
  local weights = dk.read_text "gemeente;weight\nRijnwaarden;1\nZevenaar;3\n"
  local split = dk.merge("gemeente", geo(dk):recode("2018-01-01", "2015-01-01", { weights = weights }))
  local whole = dk.table { { "gemeente", { "Zevenaar", "Zevenaar", "Zevenaar", "Arnhem" } },
    { "in_sonar", { true, false, true, true } } }
  local result = coverage:compare(whole, dk.scenario "terug" { split })
  t.eq(rows_of(result, "gemeente", "n_terug", "s_terug"), { "Arnhem/1.0/1.0", "Rijnwaarden/0.75/0.5",
    "Zevenaar/2.25/1.5" })
  t.eq(result:notes()[1], "an estimate: Zevenaar -> Rijnwaarden (25.0 %)")
  t.eq(rows_of(coverage(whole:recode(split, { weight = "w" })), "gemeente", "n", "d"),
    rows_of(result, "gemeente", "n_terug", "d_terug"))
  t.raises(function() dk.merge("gemeente", geo(dk):recode { on = "dag", to = "2018-01-01" }) end,
    "merge: recode: from the day in dag to 2018-01-01 is no step: it names no member")
  t.raises(function() dk.merge("gemeente", history, "Zevenaar") end, "merge: a recode says itself what members become")
  t.raises(function() dk.merge("gemeente", {}, "X") end,
    "merge wants a list of the values that become one, not an empty one")
end)

-- Persons of a table with levels go along to the region of their new municipality, in a table as under a scenario.
test("levels above follow a merger, as a what-if and in a table", function(t, dk)
  local persons = random_persons(dk, 120):use(geo(dk):at "2015-01-01")
  local by_region = dk.breakdown { by = { "regio", "gemeente" },
    measures = { "n = count()", "s = count() where in_sonar" } }
  local merged = 0
  for _, names in ipairs { { "Zevenaar", "Nijmegen" }, { "Nijmegen", "Arnhem", "Renkum" }, { "Rijnwaarden", "Renkum" },
    { "Overal", "Arnhem" } } do
    for _, new_name in ipairs { names[1], names[2], "Elders" } do
      local step = dk.merge("gemeente", names, new_name)
      local what_if = by_region:compare(persons, dk.scenario "samen" { step }):where "n_samen > 0"
      t.eq(rows_of(by_region(persons:recode(step)), "regio", "gemeente", "n", "s"),
        rows_of(what_if, "regio", "gemeente", "n_samen", "s_samen"))
      merged = merged + 1
    end
  end
  t.eq(merged, 12)
  local moved = persons:recode("gemeente", { "Zevenaar", "Nijmegen" }, "Zevenaar")
  t.eq(#moved:where "gemeente == 'Zevenaar' and regio ~= 'Midden-Gelderland'", 0)
  t.eq(#moved:where "regio == 'Midden-Gelderland'",
    #persons:where "regio == 'Midden-Gelderland' or gemeente == 'Nijmegen'")
end)

-- What is by a recoded column is rolled up as its rows are counted anew; where the hierarchy cannot tell, it is refused.
test("a column that was recoded is still a level", function(t, dk)
  local persons = random_persons(dk, 120):use(geo(dk):at "2015-01-01")
  local ask = dk.breakdown { by = "gemeente", measures = { "n = count()", "s = count() where in_sonar", "d = s / n" } }
  local rolled = 0
  local function same(recoded, level)
    t.eq(rows_of(ask(recoded):roll_up(level), level, "n", "s", "d"), rows_of(ask:by(level)(recoded), level, "n", "s", "d"))
    rolled = rolled + 1
  end
  local history = geo(dk):recode("2015-01-01", "2018-01-01")
  for _, how in ipairs { { dk.merge("gemeente", { "Zevenaar", "Nijmegen" }, "Zevenaar") }, { "gemeente", history },
    { "gemeente", { "Rijnwaarden", "Renkum", "Nijmegen" }, "Renkum" }, { dk.merge("gemeente", history) } } do
    local recoded = persons:recode(table.unpack(how))
    for _, level in ipairs { "regio", "land" } do
      same(recoded, level)
      same(recoded:where "in_sonar":rename { gemeente = "woonplaats" }:rename { woonplaats = "gemeente" }, level)
    end
  end
  local weights = dk.read_text "gemeente;weight\nRijnwaarden;1\nZevenaar;3\n"
  local back = geo(dk):recode("2018-01-01", "2015-01-01", { weights = weights })
  same(persons:recode("gemeente", back, { weight = "w" }), "regio")
  t.eq(rolled, 17)
  -- groups without rows: those of the members that are left
  local all = { by = { "regio", "gemeente" }, measures = "k = rows()", levels = "all" }
  t.eq(#persons:recode("gemeente", { "Zevenaar", "Nijmegen" }, "Zevenaar"):where "gemeente == 'Arnhem'":breakdown(all)
    :where "gemeente == 'Nijmegen'", 0)
  local refused = "is no coarser level of a dimension of the result"
  local new_name = persons:recode("gemeente", { "Zevenaar", "Nijmegen" }, "Elders")
  t.raises(function() ask(new_name):roll_up "regio" end, "regio " .. refused)
  -- a region became another: municipalities are not where the hierarchy has them, regions are in their country still
  local one = persons:recode("regio", { "Midden-Gelderland", "Rijk van Nijmegen" }, "Midden-Gelderland")
  t.raises(function() ask(one):roll_up "regio" end, "regio " .. refused)
  t.raises(function() ask(one):roll_up "land" end, "land " .. refused)
  local alone = persons:drop "gemeente":recode("regio", { "Midden-Gelderland", "Rijk van Nijmegen" }, "Midden-Gelderland")
  t.eq(rows_of(ask:by "regio"(alone):roll_up "land", "land", "n"), rows_of(ask:by "land"(alone), "land", "n"))
  -- where each row has a division of its own day the levels stay, and the members are of another day
  local days = persons:drop { "regio", "land" }:derive "dag = date('2016-01-01')":use(geo(dk), { on = "dag" })
  t.raises(function() ask(days:recode("gemeente", history)):roll_up "regio" end, "regio " .. refused)
end)

-- The decree for 2015 has ten municipalities in Midden-Gelderland; the publication, which is younger, the nine that there
-- are since Rijnwaarden is part of Zevenaar. Its sums are its own.
test("both vintages of Midden-Gelderland are one series", function(t, dk)
  local division = dk.read "scripts/data/arbeidsmarktregio-2015.csv"
  local regions = dk.hierarchy(division:derive "tot = case(gemeente == 'Rijnwaarden', date('2018-01-01'))",
    { "gemeente", "arbeidsmarktregio" },
    { to = "tot", changes = { { date = "2018-01-01", old = "Rijnwaarden", new = "Zevenaar" } } })
  local old, new = regions:at "2015-01-01", regions:at "2018-01-01"
  t.eq(#old:members "gemeente", 397)
  t.eq(#new:members "gemeente", 396)
  t.eq(#old:members "arbeidsmarktregio", 35)
  local there = "arbeidsmarktregio == 'Midden-Gelderland'"
  t.eq(old:table():where(there).gemeente:to_lua(), { "Arnhem", "Doesburg", "Duiven", "Lingewaard", "Overbetuwe", "Rheden",
    "Rijnwaarden", "Rozendaal", "Westervoort", "Zevenaar" })
  local published = dk.read_published("scripts/data/midden-gelderland.txt", { label = "gemeente",
    columns = { "kolom_1", "kolom_2", "kolom_3", "kolom_4", "totaal" } }):detail()
  local ask = { by = { "arbeidsmarktregio", "gemeente" }, measures = { "totaal_ = sum(totaal)", "rijen = rows()" },
    margins = "rollup", levels = { "gemeente" } }
  local function region(vintage)
    return rows_of(published:use(vintage):breakdown(ask):where(there), "gemeente", "totaal_", "rijen")
  end
  local rows = { "Arnhem/2983/1", "Doesburg/184/1", "Duiven/249/1", "Lingewaard/369/1", "Overbetuwe/415/1", "Rheden/696/1",
    "Rozendaal/0/1", "Westervoort/204/1", "Zevenaar/582/1", "-/5682/9" }
  t.eq(region(new), rows)
  table.insert(rows, 10, "Rijnwaarden/-/0") -- behind those that the publication has, in its order
  t.eq(region(old), rows)
  -- 582 persons live in what were two municipalities; as one again they are the 582
  local back = regions:recode("2018-01-01", "2015-01-01",
    { weights = dk.read_text "gemeente;weight\nZevenaar;3\nRijnwaarden;1\n" })
  local divided = published:recode("gemeente", back, { divide = { "totaal" } })
  t.eq(rows_of(divided:where "gemeente in ('Zevenaar', 'Rijnwaarden')", "gemeente", "totaal"),
    { "Rijnwaarden/145.5", "Zevenaar/436.5" })
  t.eq(rows_of(divided:recode("gemeente", regions:recode("2015-01-01", "2018-01-01"))
    :breakdown { by = "gemeente", measures = "som = sum(totaal)" }:where "gemeente == 'Zevenaar'", "som"), { "582.0" })
  local series = divided:derive "dag = date('2015-12-31')":append(published:derive "dag = date('2018-12-31')")
  local one = series:recode("gemeente", regions:recode { on = "dag", to = "2018-01-01" }):use(new)
  t.eq(rows_of(one:breakdown { by = { "arbeidsmarktregio", "dag" }, measures = { "som = sum(totaal)",
    "gemeenten = distinct(gemeente)" } }, "dag", "som", "gemeenten"), { "2015-12-31/5682.0/9", "2018-12-31/5682.0/9" })
end)

test("a division keeps what there was to the last unit", function(t, dk)
  local third = dk.hierarchy(dk.read_text "g;van;tot\nA;;2020-01-01\nB;2020-01-01;\nC;2020-01-01;\nD;2020-01-01;\n",
    { "g" },
    { from = "van", to = "tot", changes = { { date = "2020-01-01", old = "A", new = "B" }, { date = "2020-01-01", old = "A",
    new = "C" }, { date = "2020-01-01", old = "A", new = "D" } } })
  t.raises(function() third:recode("2019-01-01", "2020-01-01"):pairs() end,
    "A is divided over 3, and no weight says how much B gets")
  local recode = third:recode("2019-01-01", "2020-01-01", { weights = dk.read_text "g;weight\nB;1\nC;1\nD;1\n" })
  local divided = dk.read_text "g;n\nA;1\n":recode("g", recode, { divide = "n" })
  t.eq(rows_of(divided, "g"), { "B", "C", "D" })
  t.eq(dk.breakdown { measures = "som = sum(n)" }(divided).som:to_lua { plain = true }[1], 1.0)
end)

test("changes that cannot be are refused", function(t, dk)
  local function make(changes)
    return function()
      return dk.hierarchy(dk.read_text "g;van;tot\nA;;2020-01-01\nB;2020-01-01;\nC;;\n", { "g" },
        { from = "van", to = "tot", changes = changes })
    end
  end
  t.raises(make { { date = "2020-01-01", old = "A", new = "Q" } },
    "row 1 of the changes: new is Q, which is no g of the hierarchy")
  t.raises(make { { date = "2020-01-01", old = "A" } }, "new of change 1 is a string, not nil")
  t.raises(make { { date = "2020-01-01", old = "A", new = "B", share = 0.5 } },
    "A is divided on 2020-01-01, and the shares do not add up to 1")
  t.raises(make { { date = "2020-01-01", old = "A", new = "B", share = 0.5 }, { date = "2020-01-01", old = "A",
    new = "C" } },
    "the shares are there for some only")
  t.raises(make { { date = "2020-01-01", old = "A", new = "B" }, { date = "2020-01-01", old = "A", new = "B" } },
    "the changes say the same of A twice, on 2020-01-01", "leave one of them out")
  t.raises(make { { date = "2020-01-01", old = "A", new = "B", share = 2 } },
    "has a share that is not above 0 and at most 1")
  t.raises(make { "A" }, "change 1 is a table such as")
  t.eq(tostring(make { { date = dk.date "2020-01-01", old = "A", new = "B" } }():recode("2019-01-01", "2020-01-01")),
    "recode: A -> B")
  t.raises(make { { date = dk.period "2020", old = "A", new = "B" } }, "date of change 1 is a string, not a year")
  t.raises(make(12), "changes are a table of dekking, a file or a list of rows, not a number")
  t.raises(function() make(nil)():recode("2019-01-01", "2020-01-01"):pairs() end,
    "A is not there on 2020-01-01, and no change says what became of it", "add it to the changes")
  t.raises(function() dk.hierarchy(dk.read_text "g\nA\n", { "g" }):recode("2019-01-01", "2020-01-01") end,
    "nothing changes in a hierarchy without days")
end)

-- A weighed sum of what is divided, too, would be a quarter where both are halved.
test("a row is divided by its weight or by its counts, not by both", function(t, dk)
  local places = dk.hierarchy(dk.read_text "g;van;tot\nA;;2020-01-01\nB;2020-01-01;\nC;2020-01-01;\n", { "g" },
    { from = "van", to = "tot", changes = { { date = "2020-01-01", old = "A", new = "B", share = 0.5 },
      { date = "2020-01-01", old = "A", new = "C", share = 0.5 } } })
  local forth = places:recode("2019-01-01", "2020-01-01")
  local rows = dk.table { { g = "A", n = 8, w = 3 } }
  t.raises(function() rows:with { weight = "w" }:recode("g", forth, { divide = "n" }) end,
    "n is to be divided, and so is the weight of its rows, w: sum(n) goes by both, and would be divided twice",
    "leave out divide, or take the weight away: t:with { weight = dk.null }")
  t.raises(function() rows:recode("g", forth, { divide = "n", weight = "deel" }) end,
    "n is to be divided, and so is the weight of its rows: sum(n) goes by both, and would be divided twice",
    "leave out weight or divide")
  local weighed = rows:with { weight = "w" }:recode("g", forth, { divide = "w" })
  t.eq(weighed:breakdown { measures = "s = sum(n)" }.s[1], 24.0)
  t.eq(rows:recode("g", forth, { divide = "n" }):breakdown { measures = "s = sum(n)" }.s[1], 8.0)
end)

-- B goes to A for three quarters on 2018-01-01, and to C for one.
test("what is counted of rows that were divided is an estimate, and they are divided again", function(t, dk)
  local places = dk.hierarchy(dk.read_text("g;r;van;tot\nA;x;;\nB;x;;2018-01-01\nC;y;;\n",
    { types = { van = "date", tot = "date" } }), { "g", "r" }, { from = "van", to = "tot",
      changes = { { date = "2018-01-01", old = "B", new = "A", share = 0.75 },
        { date = "2018-01-01", old = "B", new = "C", share = 0.25 } } })
  local note = "an estimate: members of g recoded, some divided by shares"
  local rows = dk.read_text("g;n\nA;100\nB;40\nC;10\n", { weight = "n" })
  local divided = rows:recode("g", places:recode("2017-01-01", "2018-01-01")):use(places:at "2018-01-01")
  local ask = dk.breakdown { by = "g", measures = "som = count()" }
  t.eq(ask(divided):notes(), { note })
  t.eq(ask(divided:where "n > 1":derive "k = 1"):roll_up "r":notes(), { note })
  t.eq(ask:by {} (divided):notes(), { note })
  local path = t.path "divided.dk"
  divided:save(path)
  t.eq(ask(dk.open(path)):notes(), { note })
  os.remove(path)
  t.eq(ask(rows:append(divided:drop "r")):notes(), { note })
  t.eq(ask:compare(rows, divided, { name = "nu" }):notes()[1], "nu: " .. note)
  local plan = dk.scenario "weg" { { "all", where = "g == 'C'", all = true, remove = true } }
  t.eq(ask:compare(divided, plan):notes()[1], note)
  t.eq(#ask(rows:recode("g", { "A", "B" }, "AB")):notes(), 0)
  local back = divided:recode("g", places:recode("2018-01-01", "2017-01-01",
    { weights = dk.read_text "g;weight\nA;100\nB;40\nC;10\n" }))
  t.eq(ask:by {} (back).som[1], 150.0)
  t.eq(back.n:type(), "decimal(9)")
end)

-- Shares are of what was there before: of A a quarter goes to B, and of those who were in B half to C.
test("a recode that divides moves all at once", function(t, dk)
  local function recode(rows)
    local changes = {}
    for i, row in ipairs(rows) do
      changes[i] = { date = "2018-01-01", old = row[1], new = row[2], share = row[3] }
    end
    return dk.hierarchy(dk.read_text "g;van;tot\nA;2000-01-01;\nB;2000-01-01;\nC;2000-01-01;\n", { "g" },
      { from = "van", to = "tot", changes = changes }):recode("2017-01-01", "2019-01-01")
  end
  local data = dk.table { { "g", { "A", "A", "A", "A", "B", "B", "C" } } }
  local ask = dk.breakdown { by = "g", measures = "n = count()" }
  for _, rows in ipairs {
    { { "A", "B", 0.25 }, { "A", "A", 0.75 }, { "B", "C", 0.5 }, { "B", "B", 0.5 } },
    { { "A", "B", 0.5 }, { "A", "C", 0.25 }, { "A", "A", 0.25 } },
    { { "B", "A", 0.125 }, { "B", "C", 0.875 }, { "C", "A", 0.5 }, { "C", "C", 0.5 } },
    { { "A", "B", 0.25 }, { "A", "A", 0.75 }, { "B", "A", 0.5 }, { "B", "B", 0.5 } },
  } do
    local how = recode(rows)
    t.eq(rows_of(ask:compare(data, dk.scenario "dan" { dk.merge("g", how) }):where("n_dan > 0"):derive "x = real(n_dan)",
      "g", "x"), rows_of(ask(data:recode("g", how, { weight = "w" })):derive "x = real(n)", "g", "x"))
  end
end)

test("counts that are not divided with the others are named, as sums count them again", function(t, dk)
  local weights = dk.read_text "gemeente;weight\nRijnwaarden;1\nZevenaar;3\n"
  local back = geo(dk):recode("2018-01-01", "2015-01-01", { weights = weights })
  local data = dk.read_text("id;gemeente;n;k;l;p;q;naam\n1;Zevenaar;8;4;2;0.5;7;z\n2;Arnhem;1;1;1;0.1;1;a\n",
    { key = "id" })
  local estimate = "an estimate: 1 row was divided over several gemeente by shares"
  local divided = data:recode("gemeente", back, { divide = "n" })
  t.eq(divided:notes(), { estimate, "k, l, p, q are not divided: each part has them whole, and a sum counts them again" })
  t.eq(rows_of(divided:breakdown { measures = { "som = sum(n)", "whole = sum(k)" } }, "som", "whole"), { "9.0/9" })
  t.eq(data:derive("z = 1"):recode("gemeente", back, { divide = "n" }):notes()[2],
    "k, l, p, q and 1 more are not divided: each part has them whole, and a sum counts them again")
  t.eq(data:recode("gemeente", back, { divide = { "n", "k", "l", "p" } }):notes()[2],
    "q is not divided: each part has it whole, and a sum counts it again")
  t.eq(data:recode("gemeente", back, { divide = { "n", "k", "l", "p", "q" } }):notes(), { estimate })
  -- a weight goes with every sum
  t.eq(data:recode("gemeente", back, { weight = "w" }):notes(), { estimate })
  t.eq(data:where "gemeente == 'Arnhem'":recode("gemeente", back, { divide = "n" }):notes(), {})
end)
