-- recode_chain.lua - a series over several reorganisations, on the vintage of any day.

local test = ...

local hierarchies = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/hierarchies.lua")
local rows_of = hierarchies.rows_of

-- lines: members with the days on which they begin and end; changes: lists of date, old, new, share.
local function chain(dk, lines, changes)
  local list = {}
  for i, change in ipairs(changes) do
    list[i] = { date = change[1], old = change[2], new = change[3], share = change[4] }
  end
  local types = { g = "category", van = "date", tot = "date" }
  return dk.hierarchy(dk.read_text("g;van;tot\n" .. lines, { types = types }), { "g" },
    { from = "van", to = "tot", changes = list })
end

local function weights(dk, lines)
  return dk.read_text("g;weight\n" .. lines, { types = { g = "category" } })
end

-- a becomes b in 2015, b and c become d in 2018, and d is divided over e and f in 2020: nobody stated how.
local function series_of(dk)
  local geo = chain(dk, "a;;2015-01-01\nb;;2018-01-01\nc;;2018-01-01\nd;2018-01-01;2020-01-01\n" ..
    "e;2020-01-01;\nf;2020-01-01;\n",
    { { "2015-01-01", "a", "b" }, { "2018-01-01", "b", "d" }, { "2018-01-01", "c", "d" }, { "2020-01-01", "d", "e" },
      { "2020-01-01", "d", "f" } })
  return geo, dk.read_text("dag;g;n\n2014-12-31;a;10\n2014-12-31;b;20\n2014-12-31;c;30\n2015-01-01;b;25\n" ..
    "2017-12-31;c;35\n2018-01-01;d;60\n2019-12-31;d;64\n2020-01-01;e;16\n2020-01-01;f;48\n")
end

test("a series over three reorganisations is of any vintage", function(t, dk)
  local geo, series = series_of(dk)
  local function on(day, given, shown)
    local recode = geo:recode { on = "dag", to = day, weights = given and weights(dk, given) }
    local made = series:recode("g", recode, { divide = "n" })
    t.eq(made:notes(), shown and { ("an estimate: %d rows were divided over several g by shares"):format(shown) } or {})
    return rows_of(made:breakdown { by = { "g" }, measures = "s = sum(n)" }, "g", "s")
  end
  t.eq(on("2019-12-31"), { "d/308" })
  t.eq(on("2020-01-01", "e;1\nf;3\n", 7), { "e/77.0", "f/231.0" })
  -- e and f are parts of d, whatever the shares: what b and c are of d they are of both
  t.eq(on("2015-01-01", "b;1\nc;3\n", 4), { "b/102.0", "c/206.0" })
  t.eq(on("2014-12-31", "a;1\nb;1\nc;2\n", 5), { "a/69.5", "b/79.5", "c/159.0" })
  t.raises(function() series:recode("g", geo:recode { on = "dag", to = "2015-01-01" }, { divide = "n" }) end,
    "d is divided over 2, and no weight says how much b gets",
    "of the day that is recoded to")
end)

test("weights are of the day that is recoded to, whatever was in between", function(t, dk)
  local lines = "a;;2016-01-01\nb;2016-01-01;2018-01-01\nc;2016-01-01;2018-01-01\nd;2018-01-01;\ne;2018-01-01;\n"
  local split = { { "2016-01-01", "a", "b" }, { "2016-01-01", "a", "c" } }
  local function with(...)
    return chain(dk, lines, table.move({ ... }, 1, select("#", ...), 3, { split[1], split[2] }))
  end
  local function shown(geo, given)
    return tostring(geo:recode("2015-06-01", "2018-06-01", { weights = given and weights(dk, given) }))
  end
  -- what is together again was never divided: no weight is needed
  local again = with({ "2018-01-01", "b", "d" }, { "2018-01-01", "c", "d" })
  t.eq(shown(again), "recode: a -> d")
  local names = with({ "2018-01-01", "b", "d" }, { "2018-01-01", "c", "e" })
  t.eq(shown(names, "d;1\ne;3\n"), "recode: a -> d (25.0 %), a -> e (75.0 %)")
  t.eq(shown(names, "b;1\nc;3\n"), "recode: a -> d (25.0 %), a -> e (75.0 %)") -- those in between serve too
  local mixed = weights(dk, "d;1\nc;3\n")
  t.raises(function() names:recode("2015-06-01", "2018-06-01", { weights = mixed }):pairs() end,
    "a is divided over 2, and no weight says how much e gets")
  -- stated shares hold: b and c weigh 4 each
  local stated = with({ "2018-01-01", "b", "d", 0.5 }, { "2018-01-01", "b", "e", 0.5 }, { "2018-01-01", "c", "e" })
  t.eq(shown(stated, "d;2\ne;4\n"),
    "recode: a -> d (33.3 %), a -> e (66.7 %)")
end)

test("a recode says what is wrong with members, weights and days", function(t, dk)
  local geo = series_of(dk)
  t.raises(function() geo:recode("2019-01-01", "2020-01-01", { weights = weights(dk, "e;1\nf;1\ne;2\n") }) end,
    "the weights have e twice", "add them up: t:breakdown { by = \"g\", measures = \"weight = sum(...)\" }")
  t.raises(function() geo:recode("2019-01-01", "2020-01-01", { weights = weights(dk, "e;0\nf;0\n") }):pairs() end,
    "d is divided over members whose weights are 0", "give one of them a weight above 0")
  t.raises(function() geo:at("2019-01-01"):recode("2019-01-01", "2020-01-01") end,
    "nothing changes in what holds on 2019-01-01", "ask the hierarchy of all days, which it was taken from")
  -- where boundaries alone move, all members are there on all days
  local moved = chain(dk, "a;;\nb;;\n", { { "2018-01-01", "a", "a", 0.75 }, { "2018-01-01", "a", "b", 0.25 } })
  t.eq(tostring(moved:recode("2017-12-31", "2018-01-01")), "recode: a -> a (75.0 %), a -> b (25.0 %)")
  t.eq(tostring(moved:recode("2018-01-01", "2017-12-31", { weights = weights(dk, "a;8\nb;6\n") })),
    "recode: b -> a (25.0 %), b -> b (75.0 %)")
  local gone = chain(dk, "a;;\nb;;\n", { { "2018-01-01", "a", "b" } })
  t.raises(function() gone:recode("2018-01-01", "2017-12-31"):pairs() end,
    "a is there on 2018-01-01, and before that a change says that it became others",
    "end it on the day of the change, or let a share of it stay: old and new are the same")
  t.raises(function()
    chain(dk, "a;;2018-01-01\nb;2018-01-02;\n", { { "2018-01-01", "a", "b" } }):recode("2017-12-31", "2018-01-01"):pairs()
  end, "b is not there on 2018-01-01", "it is there from 2018-01-02 on: a change is of the day on which what is new begins")
  t.raises(function() chain(dk, "a;;2016-01-01\na;2018-01-01;\nb;;\n", {}):recode("2015-01-01", "2017-01-01"):pairs() end,
    "a is not there on 2017-01-01, and no change says what became of it",
    "add it to the changes of the hierarchy: date, old, new")
  -- b is of a and of c, and what part of a it is nobody stated
  local mixed = chain(dk, "a;;\nb;2016-01-01;\nc;;2016-01-01\n", { { "2016-01-01", "a", "a" }, { "2016-01-01", "a", "b" },
    { "2016-01-01", "c", "b" } })
  t.raises(function() mixed:recode("2016-01-01", "2015-12-31", { weights = weights(dk, "a;1\nc;1\n") }):pairs() end,
    "b came from members that were divided by shares that nobody stated",
    "state the shares of what was divided in the changes")
end)

test("rows of their own days ask for what they have, and tell what is no member then", function(t, dk)
  local geo = series_of(dk)
  -- z became y and x in 2018, which nobody weighed, and no row has it
  local more = chain(dk, "a;;2018-01-01\nb;;\nx;2018-01-01;\ny;2018-01-01;\nz;;2018-01-01\n", { { "2018-01-01", "a", "b" },
    { "2018-01-01", "z", "x" }, { "2018-01-01", "z", "y" } })
  local rows = dk.read_text "dag;g\n2017-12-31;a\n2017-12-31;b\n2018-01-01;b\n"
  local forth = more:recode { on = "dag", to = "2018-01-01" }
  t.eq(rows_of(rows:recode("g", forth), "g"), { "b", "b", "b" })
  t.raises(function() dk.read_text "dag;g\n2017-12-31;z\n":recode("g", forth) end,
    "z is divided over 2, and no weight says how much x gets")
  -- a is gone in 2018, y is not there before, and q never was
  local strays = dk.read_text "dag;g\n2018-01-01;a\n2017-12-31;y\n2017-12-31;q\n2017-12-31;a\n2018-01-01;a\n"
    :recode("g", forth)
  t.eq(rows_of(strays, "g"), { "a", "y", "q", "b", "a" })
  t.eq(strays:notes(), { "4 rows have a g that the hierarchy does not know on their day, and keep it: a, y, q" })
  t.eq(dk.read_text "dag;g\n2018-01-01;a\n":recode("g", forth):notes(),
    { "1 row has a g that the hierarchy does not know on its day, and keeps it: a" })
  local many = dk.read_text "dag;g\n2018-01-01;a\n2017-12-31;y\n2017-12-31;q\n2017-12-31;p\n":recode("g", forth)
  t.eq(many:notes(), { "4 rows have a g that the hierarchy does not know on their day, and keep it: a, y, q, ..." })
  t.raises(function() dk.read_text "jaar;g\n2017;a\n":recode("g", more:recode { on = "jaar", to = "2018-01-01" }) end,
    "the day of each row is a date, and jaar is integer", "make a day of a year: t:derive \"dag = date(jaar, 12, 31)\"")
  t.raises(function() rows:derive("d = text(dag)"):recode("g", more:recode { on = "d", to = "2018-01-01" }) end,
    "the day of each row is a date, and d is text", "read the table with types = { d = \"date\" }")
  -- levels stay in their order, those that the day does not have are gone
  local ordered = dk.read_text("dag;g\n2014-12-31;a\n2014-12-31;c\n2014-12-31;b\n",
    { types = { g = { "category", levels = { "f", "d", "c", "a", "b", "q" } } } })
  t.eq(ordered:recode("g", geo:recode { on = "dag", to = "2016-01-01" }).g:levels(), { "c", "b", "q" })
  t.eq(ordered:recode("g", geo:recode { on = "dag", to = "2018-01-01" }).g:levels(), { "d", "q" })
end)

-- The names of members in a column, where the hierarchy goes by codes.
test("labels are recoded as members are", function(t, dk)
  local text = "g;naam;r;van;tot\nG1;Rijnwaarden;X;;2018-01-01\nG2;Zevenaar;X;;\nG3;Bergen;X;;2018-01-01\n" ..
    "G4;Bergen;Y;2018-01-01;\nG5;Arnhem;Y;;\n"
  local geo = dk.hierarchy(dk.read_text(text, { types = { van = "date", tot = "date" } }), { "g", "r" }, { from = "van",
    to = "tot", labels = { g = "naam" }, changes = { { date = "2018-01-01", old = "G1", new = "G2" },
      { date = "2018-01-01", old = "G3", new = "G5" } } })
  local rows = dk.read_text("dag;plaats;n\n2017-12-31;Rijnwaarden;1\n2017-12-31;Zevenaar;2\n" ..
    "2017-12-31;Bergen;4\n2017-12-31;G1;8\n")
  local forth = geo:recode("2017-12-31", "2018-01-01")
  t.eq(rows_of(rows:where "plaats ~= 'G1'":recode("plaats", forth), "plaats", "n"),
    { "Zevenaar/1", "Zevenaar/2", "Arnhem/4" })
  t.eq(rows_of(rows:where "plaats == 'G1'":recode("plaats", forth), "plaats", "n"), { "G2/8" })
  local later = rows:append(dk.read_text "dag;plaats;n\n2018-01-01;Bergen;16\n")
  local one = later:recode("plaats", geo:recode { on = "dag", to = "2018-01-01" })
  t.eq(one:notes(), {})
  t.eq(rows_of(one, "plaats", "n"), { "Zevenaar/1", "Zevenaar/2", "Arnhem/4", "G2/8", "Bergen/16" })
  -- a label is that of the day, in whatever order the rows are: two may be called alike one after the other
  local changing = dk.hierarchy(dk.read_text("g;naam;van;tot\nG1;Nieuw;;2018-01-01\nG2;Nieuw;2018-01-01;2019-01-01\n" ..
    "G2;Rest;;2018-01-01\nG3;Alles;;\n", { types = { van = "date", tot = "date" } }), { "g" }, { from = "van", to = "tot",
    labels = { g = "naam" }, changes = { { date = "2018-01-01", old = "G1", new = "G3" },
      { date = "2019-01-01", old = "G2", new = "G3" } } })
  local plaats = dk.read_text "plaats\nNieuw\n"
  t.eq(rows_of(plaats:recode("plaats", changing:recode("2017-12-31", "2019-01-01")), "plaats"), { "Alles" })
  local sets = dk.read_text("dag;plaats\n2017-12-31;Nieuw|Rest\n2018-01-01;Nieuw\n", { types = { plaats = "set" } })
  local function recoded_sets(...)
    return sets:recode("plaats", changing:recode(...)):derive "p = text(plaats)".p:to_lua()
  end
  t.eq(recoded_sets("2017-12-31", "2018-01-01"), { "Alles|Nieuw", "Alles" })
  t.eq(recoded_sets { on = "dag", to = "2018-06-01" }, { "Alles|Nieuw", "Nieuw" })
  t.eq(rows_of(plaats:recode("plaats", changing:recode("2018-01-01", "2019-01-01")), "plaats"), { "Alles" })
  local named = dk.read_text "dag;plaats;n\n2017-12-31;Nieuw;1\n2017-12-31;Rest;2\n2018-01-01;Nieuw;4\n2017-12-31;Alles;8\n"
  t.eq(rows_of(named:recode("plaats", changing:recode { on = "dag", to = "2018-06-01" }), "plaats", "n"),
    { "Alles/1", "Nieuw/2", "Nieuw/4", "Alles/8" })
  t.eq(rows_of(dk.read_text "plaats\nRest\nNieuw\nG2\n":recode("plaats", changing:recode("2017-12-31", "2018-01-01")),
    "plaats"), { "Nieuw", "Alles", "G2" })
  -- weights go by labels too
  local parts = dk.hierarchy(dk.read_text("g;naam;van;tot\nG1;Een;;2018-01-01\nG2;Twee;2018-01-01;\n" ..
    "G3;Drie;2018-01-01;\n"), { "g" }, { from = "van", to = "tot", labels = { g = "naam" },
      changes = { { date = "2018-01-01", old = "G1", new = "G2" }, { date = "2018-01-01", old = "G1", new = "G3" } } })
  local divided = dk.read_text "plaats;n\nEen;8\nG1;80\n":recode("plaats",
    parts:recode("2017-12-31", "2018-01-01", { weights = dk.read_text "g;weight\nTwee;1\nDrie;3\n" }), { divide = "n" })
  t.eq(rows_of(divided, "plaats", "n"), { "Twee/2.0", "Drie/6.0", "G2/20.0", "G3/60.0" })
end)
