-- hierarchy.lua - members and whom they belong to: made, checked and used.

local test = ...

local hierarchies = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/hierarchies.lua")
local geo, rows_of, random_persons = hierarchies.geo, hierarchies.rows_of, hierarchies.random_persons

test("a hierarchy has levels, members and vintages", function(t, dk)
  local all = geo(dk)
  t.eq(tostring(all), "hierarchy geo: gemeente (5) -> regio (2) -> land (1), of all days")
  t.eq(all:levels(), hierarchies.levels)
  t.eq(all:members "regio", { "Midden-Gelderland", "Rijk van Nijmegen" })
  t.eq(all:vintage(), nil)
  local now = all:at "2018-01-01"
  t.eq(tostring(now), "hierarchy geo: gemeente (4) -> regio (2) -> land (1), on 2018-01-01")
  t.eq(now:vintage(), "2018-01-01")
  t.eq(now:members "gemeente", { "Arnhem", "Nijmegen", "Renkum", "Zevenaar" })
  t.eq(all:at("2017-12-31"):members "gemeente", { "Arnhem", "Nijmegen", "Renkum", "Rijnwaarden", "Zevenaar" })
  t.eq(rows_of(all:table():where "gemeente in ('Renkum', 'Rijnwaarden')", "gemeente", "regio", "land", "from", "to"), {
    "Rijnwaarden/Midden-Gelderland/Nederland/-/2018-01-01", "Renkum/Rijk van Nijmegen/Nederland/-/2016-07-01",
    "Renkum/Midden-Gelderland/Nederland/2016-07-01/-" })
  t.raises(function() all:at "gisteren" end, "a vintage is of a day such as 2018-01-01, and \"gisteren\" is none")
  t.raises(function() all:members "provincie" end, "the hierarchy has no level 'provincie'")
  t.raises(function() return all.on end, "a hierarchy has no method 'on'")
  t.raises(function() all.x = 1 end, "a hierarchy never changes")
end)

test("what cannot be a hierarchy is refused, with the row", function(t, dk)
  local function make(text, options)
    return function() return dk.hierarchy(dk.read_text(text), { "g", "r" }, options or { from = "van", to = "tot" }) end
  end
  t.raises(make "g;r;van;tot\nA;X;;\nA;Y;2015-01-01;\n",
    "A (g) belongs to X and to Y on one day, 2015-01-01 (rows 1 and 2)")
  t.raises(make "g;r;van;tot\nA;X;2014-01-01;2015-06-01\nA;Y;2015-01-01;\n", "A (g) belongs to X and to Y on one day")
  t.raises(make "g;r;van;tot\nA;X;2015-01-01;2015-01-01\n", "row 1 is valid from 2015-01-01 to 2015-01-01, which is no day")
  t.raises(make "g;r;van;tot\nA;X;;\nB;;;\n", "B (g) belongs to nothing (row 2)",
    "every member but those of r needs a parent")
  t.raises(make "g;r;van;tot\n;X;;\n", "row 1 has no g")
  t.raises(make("g;r\n1;X\n", {}), "members of a hierarchy are categories or texts, and g is integer")
  t.raises(make("g;r\na;X\n", { from = "x" }), "unknown column \"x\"")
  t.raises(make("g;r\na;X\n", { form = "x" }), "did you mean 'from'?")
  t.raises(function() dk.hierarchy(dk.read_text "g\na\n", {}) end, "a hierarchy has 1 to 16 levels, not 0")
  t.raises(function() dk.hierarchy(dk.read_text "g\na\n", { "g", "g" }) end, "the hierarchy has the level g twice")
  t.raises(make("g;r\na;X\n", { labels = "g" }),
    "hierarchy: labels are a table such as { gemeentecode = \"gemeente\" }, not a string")
  t.raises(function() geo(dk):recode("2015-01-01", "2018-01-01", { weights = 12 }) end,
    "recode: weights is a table of dekking, not a number")
  t.raises(function() dk.hierarchy(dk.read_text "g;van\na;\n", { "g", from = "van" }) end,
    "the option from stands behind the levels: dk.hierarchy(source, { \"gemeente\", \"regio\" }, { from = ... })")
  t.raises(function() dk.hierarchy(12, { "g" }) end, "the source is a table of dekking or a file, not a number")
end)

test("a label that stands for two members is refused", function(t, dk)
  local function make(text)
    return function()
      return dk.hierarchy(dk.read_text(text), { "code", "r" }, { from = "van", to = "tot", labels = { code = "naam" } })
    end
  end
  t.raises(make "code;naam;r;van;tot\nG1;Bergen;X;;\nG2;Bergen;Y;;\n",
    "the label \"Bergen\" stands for G1 and for G2 on one day",
    "a join by it would count persons twice")
  local later = make "code;naam;r;van;tot\nG1;Bergen;X;;2015-01-01\nG2;Bergen;Y;2015-01-01;\n"()
  t.eq(later:at("2016-01-01"):members "code", { "G2" })
  local told = dk.read_text "naam\nBergen\n":use(later:at "2016-01-01", { column = "naam", level = "code" })
  t.eq(rows_of(told, "naam", "r"), { "Bergen/Y" })
end)

test("the long form has a row for each member of any level", function(t, dk)
  local text = "code;boven;soort\nNL;;land\nX;NL;regio\nA;X;gemeente\nS;NL;gemeente\n"
  local options = { member = "code", parent = "boven", level = "soort" }
  local long = dk.hierarchy(dk.read_text(text), { "gemeente", "regio", "land" }, options)
  t.eq(tostring(long), "hierarchy: gemeente (2) -> regio (1) -> land (1)")
  t.eq(rows_of(dk.read_text "gemeente\nA\nS\n":use(long), "gemeente", "regio", "land"), { "A/X/NL", "S/-/NL" }) -- ragged
  local function broken(more, what, hint)
    t.raises(function() dk.hierarchy(dk.read_text(text .. more), { "gemeente", "regio", "land" }, options) end, what, hint)
  end
  broken("Y;A;regio\n", "row 5 has a parent of the level gemeente, \"A\", and is of regio itself: a cycle")
  broken("Y;Y;regio\n", "a cycle, or the wrong level")
  broken("Y;Q;regio\n", "row 5 has the parent \"Q\", which is no member")
  broken("Y;NL;provincie\n", "row 5 is of the level \"provincie\", which is none of the hierarchy's")
  broken("X;NL;gemeente\n", "\"X\" is a member of regio and of gemeente")
  broken("B;;gemeente\n", "B (gemeente) belongs to nothing (row 5)")
end)

test("a parent must be there on every day of its members", function(t, dk)
  local text = "code;boven;soort;van;tot\nX;;regio;2015-01-01;\nA;X;gemeente;2014-01-01;\n"
  t.raises(function()
    dk.hierarchy(dk.read_text(text), { "gemeente", "regio" },
      { member = "code", parent = "boven", level = "soort", from = "van", to = "tot" })
  end, "A (gemeente) belongs to nothing from 2014-01-01 (row 2)", "it is to belong to X, which is not valid on 2014-01-01")
end)

local PERSONS = "id;gemeente;dag\na;Arnhem;2015-01-01\nb;Rijnwaarden;2015-01-01\nc;Renkum;2016-01-01\n" ..
  "d;Renkum;2017-01-01\ne;Overal;2017-01-01\nf;;2017-01-01\n"

test("a table gets the levels above its own", function(t, dk)
  local persons = dk.read_text(PERSONS, { key = "id" })
  local then_ = persons:use(geo(dk):at "2015-01-01")
  t.eq(rows_of(then_, "id", "regio", "land"), { "a/Midden-Gelderland/Nederland", "b/Midden-Gelderland/Nederland",
    "c/Rijk van Nijmegen/Nederland", "d/Rijk van Nijmegen/Nederland", "e/-/-", "f/-/-" })
  t.eq(then_:notes(), { "1 row has a gemeente that the hierarchy does not know on 2015-01-01: Overal" })
  t.eq(then_:properties().key, { "id" })
  t.eq(rows_of(persons:use(geo(dk), { on = "dag" }), "id", "regio"), { "a/Midden-Gelderland", "b/Midden-Gelderland",
    "c/Rijk van Nijmegen", "d/Midden-Gelderland", "e/-", "f/-" })
  t.eq(rows_of(persons:with { as_of = "2018-06-01" }:use(geo(dk)), "id", "regio"), { "a/Midden-Gelderland", "b/-",
    "c/Midden-Gelderland", "d/Midden-Gelderland", "e/-", "f/-" })
  t.raises(function() persons:use(geo(dk)) end, "the hierarchy changes with time, and the table does not say of which day",
    "use(geo:at \"2018-01-01\")")
  t.raises(function() persons:use(geo(dk):at "2018-01-01", { column = "id" }) end, "the hierarchy has no level id")
  t.raises(function() persons:rename { gemeente = "plaats" }:use(geo(dk):at "2018-01-01") end,
    "no column is called as a level of the hierarchy", "{ column = ..., level = \"gemeente\" }")
  t.eq(rows_of(persons:rename { gemeente = "plaats" }:use(geo(dk):at "2015-01-01",
    { column = "plaats", level = "gemeente" }):head(1), "plaats", "regio"), { "Arnhem/Midden-Gelderland" })
  local partly = persons:derive { "regio = case(gemeente == 'Overal' or gemeente is null, 'Achterhoek')" }
  t.eq(rows_of(partly:where "regio is not null":use(geo(dk):at "2015-01-01"), "id", "regio", "land"),
    { "e/Achterhoek/-", "f/Achterhoek/-" }) -- what the hierarchy does not know stays what the table says
  local known = persons:derive { "regio = case(gemeente == 'Arnhem', 'Achterhoek')" }
  t.raises(function() known:use(geo(dk):at "2015-01-01") end,
    "row 1: Arnhem belongs to Achterhoek in the column regio, and to Midden-Gelderland in the hierarchy")
end)

test("a level is grouped as a stored column is", function(t, dk)
  local persons = dk.read_text(PERSONS):use(geo(dk):at "2015-01-01")
  local result = dk.breakdown { by = { "regio" }, measures = "n = count()", margins = "totals" }(persons)
  t.eq(rows_of(result, "regio", "n"), { "Midden-Gelderland/2", "Rijk van Nijmegen/2", "-/2", "-/6" })
end)

test("levels without rows stand where they belong", function(t, dk)
  local persons = dk.read_text(PERSONS):use(geo(dk):at "2015-01-01")
  local function ask(by, levels)
    return rows_of(persons:breakdown { by = by, measures = "n = count()", levels = levels }, table.unpack(by))
  end
  local all = { "Midden-Gelderland/Arnhem", "Midden-Gelderland/Rijnwaarden", "Midden-Gelderland/Zevenaar",
    "Rijk van Nijmegen/Nijmegen", "Rijk van Nijmegen/Renkum", "-/Overal", "-/-" }
  t.eq(ask({ "regio", "gemeente" }, "all"), all)
  t.eq(ask({ "regio", "gemeente" }, { "gemeente" }), all) -- a region is told by its municipality
  t.eq(ask({ "regio", "gemeente" }, { "regio" }), { "Midden-Gelderland/Arnhem", "Midden-Gelderland/Rijnwaarden",
    "Rijk van Nijmegen/Renkum", "-/Overal", "-/-" })
  t.eq(ask({ "regio", "land" }, "all"), { "Midden-Gelderland/Nederland", "Rijk van Nijmegen/Nederland", "-/-" })
  -- two columns that have nothing to do with each other stay apart
  local work = dk.read_text "gemeente;werk\nArnhem;Nijmegen\nNijmegen;Nijmegen\n":use(geo(dk):at "2015-01-01")
    :rename { regio = "woonregio" }:drop "land":use(geo(dk):at "2015-01-01", { column = "werk", level = "gemeente" })
  local places = work:breakdown { by = { "woonregio", "regio" }, measures = "n = count()", levels = "all" }
  t.eq(rows_of(places, "woonregio", "regio", "n"), { "Midden-Gelderland/Midden-Gelderland/0",
    "Midden-Gelderland/Rijk van Nijmegen/1", "Rijk van Nijmegen/Midden-Gelderland/0",
    "Rijk van Nijmegen/Rijk van Nijmegen/1" })
end)

test("levels of a hierarchy that changes stand where they ever were", function(t, dk)
  local dated = dk.hierarchy(dk.read_text("g;r;van;tot\nA;X;;\nB;X;;2020-01-01\nB;Y;2020-01-01;\nC;Y;;2018-01-01\n" ..
    "D;Z;2018-01-01;\n"), { "g", "r" }, { from = "van", to = "tot" })
  local rows = dk.read_text "g;dag\nB;2019-01-01\nC;2017-01-01\nC;2019-01-01\nQ;2019-01-01\nA;\n":use(dated, { on = "dag" })
  local function ask(by, levels)
    return rows:breakdown { by = by, measures = "n = count()", levels = levels }
  end
  local all = { "X/A/0", "X/B/1", "Y/B/0", "Y/C/1", "Z/D/0", "-/A/1", "-/C/1", "-/Q/1" }
  t.eq(rows_of(ask({ "r", "g" }, "all"), "r", "g", "n"), all)
  table.remove(all, 5) -- Z, of which no row is
  t.eq(rows_of(ask({ "r", "g" }, { "g" }), "r", "g", "n"), all)
  -- a share is within the level where every member has been in one of them
  local within = "d = count() / all(count(), r)"
  t.raises(function() rows:breakdown { by = "g", measures = within } end, "g C is in more than one r",
    "put r into by, before g")
  local once = rows:where "g ~= 'C'":breakdown { by = "g", measures = within }
  t.eq(rows_of(once, "g", "d"), { "A/0.5", "B/1.0", "Q/0.5" })
  -- where somebody lives and where he works are other things
  local work = rows:rename { r = "woon" }:derive("werk = case(g == 'B', 'D', 'A')"):where "dag is not null"
    :use(dated, { on = "dag", column = "werk", level = "g" })
  t.eq(#work:breakdown { by = { "g", "r" }, measures = "n = count()", levels = "all" }, 5 * 3)
end)

test("a share is within a level that is no dimension", function(t, dk)
  local persons = dk.read_text(PERSONS):where "gemeente is not null":use(geo(dk):at "2015-01-01")
  local measures = { "n = count()", "deel = n / all(n, regio)", "van = all(n, regio)", "heel = all(n, land)" }
  local function ask(spec)
    spec.measures = measures
    return persons:breakdown(spec)
  end
  local whole = ask { by = "gemeente", margins = "totals" }
  t.eq(rows_of(whole, "gemeente", "n", "deel", "van", "heel"), { "Arnhem/1/0.5/2/4", "Overal/1/1.0/1/1",
    "Renkum/2/1.0/2/4", "Rijnwaarden/1/0.5/2/4", "-/5/1.0/5/5" })
  t.raises(function() return whole.regio end, "the table has no column or method 'regio'")
  t.eq(#whole:detail(), 4)
  for _, margins in ipairs { "none", "totals", "rollup", "cube" } do -- as if the level were there
    local here = ask { by = { "dag", "gemeente" }, margins = margins }
    local there = persons:breakdown { by = { "dag", "gemeente", "regio", "land" }, measures = measures }
    t.eq(rows_of(here:detail(), "gemeente", "deel", "van"), rows_of(there, "gemeente", "deel", "van"))
    local totals = {}
    for _, line in ipairs(rows_of(here, "dag", "gemeente", "n")) do
      totals[#totals + 1] = line:find "-/%d+$" and line or nil
    end
    t.eq(#totals, ({ none = 0, totals = 1, rollup = 4, cube = 4 })[margins])
  end
  t.eq(rows_of(ask { by = { "dag", "gemeente" }, margins = { { "gemeente" }, {} } }, "gemeente", "van"),
    { "Arnhem/2", "Overal/1", "Renkum/2", "Rijnwaarden/2", "-/5" })
  t.eq(rows_of(ask { by = "gemeente", levels = "all" }, "gemeente", "n", "van"), { "Arnhem/1/2", "Nijmegen/0/2",
    "Overal/1/1", "Renkum/2/2", "Rijnwaarden/1/2", "Zevenaar/0/2" })
  t.eq(rows_of(persons:breakdowns { { by = "gemeente", measures = measures } }[1]:head(1), "gemeente", "van"),
    { "Arnhem/2" })
  t.ok(tostring(dk.breakdown({ by = "gemeente", measures = measures }):plan(persons)):find "regio")
  local what = "all(m, d, ...) takes dimensions of the breakdown after the measure, not regio"
  local hint = "by = { ... } names the dimensions; a coarser level of one of them will do too"
  local function refused(spec)
    spec.measures = measures
    t.raises(function() persons:breakdown(spec) end, what, hint)
  end
  refused { by = "dag" }
  refused { by = "land" }
  refused { by = "gemeente", limit = 1, order = "n desc", rest = "rest" }
  t.raises(function() dk.read_text(PERSONS):breakdown { by = "gemeente", measures = measures } end, what, hint)
  t.raises(function() -- a measure that is called as the level is not the level
    persons:breakdown { by = "gemeente", measures = { "regio = count()", "deel = regio / all(count(), regio)" } }
  end, "all(m, d, ...) takes dimensions of the breakdown after the measure, and regio is a measure",
    "where a level is meant, give the measure another name: n_regio")
  local dated = dk.read_text(PERSONS):use(geo(dk), { on = "dag" })
  t.raises(function() dated:breakdown { by = "gemeente", measures = measures } end, -- a region of which day?
    "the breakdown: gemeente Renkum is in more than one regio", "put regio into by, before gemeente")
  local loose = dk.read_text "gemeente;regio\nOveral;Midden-Gelderland\nOveral;Rijk van Nijmegen\n"
  t.raises(function() loose:use(geo(dk):at "2015-01-01"):breakdown { by = "gemeente", measures = measures } end,
    "the breakdown: gemeente Overal is in more than one regio", "put regio into by, before gemeente")
end)

-- Whichever dimension is left tells the country: A is of 4 persons in NL, also where its region is totalled.
test("a share is within a level that any dimension tells", function(t, dk)
  local text = "g;r;l\nA;X;NL\nB;X;NL\nC;Y;NL\nD;Z;BE\nE;;NL\n"
  local lands = dk.hierarchy(dk.read_text(text), { "g", "r", "l" })
  local persons = dk.table { { "g", { "A", "A", "B", "C", "D", "D", "D", "D" } } }:use(lands)
  local ask = dk.breakdown { measures = { "n = count()", "d = n / all(n, l)" }, margins = "cube" }
  local expected = { A = "1/2", B = "1/4", C = "1/4", D = "1/1", X = "3/4", Y = "1/4", Z = "1/1" }
  for _, by in ipairs { { "r", "g" }, { "g", "r" } } do
    local result, n = ask:by(by)(persons):derive "shown = text(d)", 0
    for row in result:where "g is total or r is total":rows() do
      t.eq(row.shown, expected[row.g or row.r] or "1/1")
      n = n + 1
    end
    t.eq(n, 8)
  end
  -- The region that is null is in both countries, its municipalities are in one each.
  local ragged = persons:append(dk.table { { "g", { "E", dk.null } } }:use(lands))
  local within = ask:by { "r", "g" }:with { margins = "none" }
  t.eq(rows_of(within(ragged):where "r is null":derive "shown = text(d)", "g", "n", "shown"), { "E/1/1/5", "-/1/1/1" })
  -- Of NL there are A, A, B, C and E; D four times is all of BE; who is of no municipality is of no country.
  local rolled = within:with { margins = "rollup" }(ragged)
  t.eq(rows_of(rolled:where "g is total and r is not total":derive "shown = text(d)", "r", "n", "shown"),
    { "X/3/3/5", "Y/1/1/5", "Z/4/1/1", "-/2/-" })
  t.eq(rolled:notes(), {
    "r null is of more than one l: what is within l, or known per l, is null there (put l into by, before r)" })
  t.eq(rows_of(ask:by "r":with { margins = "none" }(ragged):derive "shown = text(d)", "r", "n", "shown"),
    { "X/3/3/5", "Y/1/1/5", "Z/4/1/1", "-/2/-" })
  local _, cell = rolled:explain { r = dk.null, g = dk.total }
  t.eq(cell.measures.d, nil)
  t.eq(tostring(select(2, rolled:explain { r = "X", g = dk.total }).again("d", ragged).cell[1]), "0.6")
  t.eq(tostring(select(2, rolled:explain { r = dk.null, g = "E" }).again("d", ragged).cell[1]), "0.2")
end)

-- A quarter and three quarters of 2 to 6, and of what is withheld and 0 or more; the parts are estimates, who stays is as
-- before.
test("what is known in bounds is divided as numbers are", function(t, dk)
  local places = dk.hierarchy(dk.read_text "g;r;from;to\nA;x;;2016-01-01\nA;x;2016-01-01;\nB;x;;\nH;y;2016-01-01;\n",
    { "g", "r" }, { from = "from", to = "to", changes = dk.read_text
      "date;old;new;share\n2016-01-01;A;A;0.75\n2016-01-01;A;H;0.25\n" })
  local rows = dk.read_text("g;v\nA;2..6\nA;x\nB;x\nB;3\n",
    { types = { v = { "interval", markers = { x = "suppressed" } } } })
  local divided = rows:recode("g", places:recode("2015-06-01", "2017-01-01"), { divide = "v" })
  t.eq(rows_of(divided:derive { "low = least(v)", "high = greatest(v)", "m = meaning(v)" }, "g", "low", "high", "m"),
    { "A/1.5/4.5/estimate", "H/0.5/1.5/estimate", "A/0.0/-/estimate", "H/0.0/-/estimate", "B/0.0/-/suppressed",
      "B/3.0/3.0/-" })
  local sums = divided:where "g ~= 'B'":breakdown { measures = { "s = sum(v)" } }
  t.eq(tostring(sums.s[1]), "~2..") -- 2 or more, as before
end)

test("a result is rolled up as its table would be", function(t, dk)
  local persons = random_persons(dk, 200):use(geo(dk):at "2015-01-01")
  local measures = { "register = count()", { "sonar = count() where in_sonar", label = "In Sonar" },
    "dekking = sonar / register", "jaren = sum(leeftijd)", "jongste = min(leeftijd)", "oudste = max(leeftijd)",
    "gemiddeld = jaren / register", "saldo = count() - sum(leeftijd) where in_sonar",
    "deel = register / all(register)", "koppeling = (count() where in_sonar) / count()" }
  local names = { "register", "sonar", "dekking", "koppeling", "jaren", "jongste", "oudste", "gemiddeld", "saldo", "deel" }
  for _, margins in ipairs { "none", "totals", "rollup", "cube" } do
    local function same(fine, level, coarse)
      local ask = { measures = measures, margins = margins }
      ask.by = fine
      local rolled = persons:breakdown(ask):roll_up(level)
      ask.by = coarse
      local asked = persons:breakdown(ask)
      t.eq(rows_of(rolled, table.unpack(names)), rows_of(asked, table.unpack(names)))
      t.eq(rows_of(rolled, table.unpack(coarse)), rows_of(asked, table.unpack(coarse)))
    end
    same({ "gemeente" }, "regio", { "regio" })
    same({ "geslacht", "gemeente" }, "land", { "geslacht", "land" })
    same({ "regio", "gemeente" }, "land", { "land" })
    same({ "regio", "geslacht" }, "land", { "land", "geslacht" })
  end
  local both = persons:breakdown { by = { "regio", "gemeente" }, measures = "n = count()", margins = "rollup" }
  t.eq(rows_of(both:roll_up "regio", "regio", "n"),
    rows_of(persons:breakdown { by = "regio", measures = "n = count()", margins = "totals" }, "regio", "n"))
  t.eq(rows_of(both:roll_up("regio"):roll_up "land", "land", "n"),
    rows_of(persons:breakdown { by = "land", measures = "n = count()", margins = "totals" }, "land", "n"))
end)

test("what cannot be rolled up is refused by name", function(t, dk)
  local persons = random_persons(dk, 50):use(geo(dk):at "2015-01-01")
  local function refused(result, what, hint, dimension)
    t.raises(function() result:roll_up("regio", dimension) end, what, hint)
  end
  local function ask(measures, by)
    return persons:breakdown { by = by or "gemeente", measures = measures }
  end
  local hint = "leave it out, or ask the breakdown by regio anew"
  for measure, text in pairs { midden = "median(leeftijd)", gem = "mean(leeftijd)", k = "distinct(leeftijd)",
    m = "count() / all(count())" } do
    refused(ask { "n = count()", measure .. " = " .. text },
      measure .. " cannot be rolled up: it is " .. text .. ", and not a sum of what its parts are", hint)
  end
  refused(ask { "n = count()", "deel = n / all(n, gemeente)" }, "deel cannot be rolled up", hint)
  refused(ask { "n = count()", "deel = n / all(n)" }:drop "n", "deel cannot be rolled up", hint)
  refused(persons, "only the result of a breakdown is rolled up",
    "put the rows into the level, and break them down by it: t:use(geo):breakdown { by = \"regio\", ... }")
  refused(persons:breakdown { by = "gemeente", measures = "n = count()", limit = 2 },
    "the result shows the first 2 groups only", "roll up a result with all its groups")
  refused(ask("n = count()"):append(ask "n = count()"),
    "rows of several results were put together: the rows of text put below", "roll up each of them first")
  refused(ask "n = count()":derive "dubbel = n + n", "dubbel is neither a dimension nor a measure of the breakdown",
    "roll up first, or leave it out: result:drop \"dubbel\"")
  refused(ask("n = count()", "geslacht"), "regio is no coarser level of a dimension of the result",
    "t:use(geo) before the breakdown tells the levels of a dimension")
  refused(ask("n = count()", "regio"), "regio is no coarser level of a dimension of the result")
  refused(ask "regio = count()", "the result has a column regio that is not that level", "rename it")
  local dated = dk.read_text(PERSONS):use(geo(dk), { on = "dag" })
  refused(dated:breakdown { by = "gemeente", measures = "n = count()" },
    "the hierarchy changes with time, and the result does not say of which day it is",
    "use(geo:at \"2018-01-01\") before the breakdown")
  local then_ = geo(dk):at "2015-01-01"
  local work = dk.read_text "gemeente;werk\nArnhem;Nijmegen\nNijmegen;Nijmegen\n":use(then_)
    :rename { regio = "woonregio" }:drop "land":use(then_, { column = "werk", level = "gemeente" })
  local places = work:breakdown { by = { "gemeente", "werk" }, measures = "n = count()" }
  refused(places, "gemeente and werk both belong to a level regio", "say which: roll_up(\"regio\", \"gemeente\")")
  t.eq(rows_of(places:roll_up("regio", "werk"), "gemeente", "regio", "n"), { "Arnhem/Rijk van Nijmegen/1",
    "Nijmegen/Rijk van Nijmegen/1" })
  t.raises(function() places:roll_up(12) end, "roll_up: the name of a level")
  t.raises(function() places:roll_up("regio", {}) end, "roll_up: the name of a dimension")
end)

test("a breakdown drills down and rolls up", function(t, dk)
  local persons = random_persons(dk, 50):use(geo(dk):at "2015-01-01")
  local by_region = dk.breakdown { by = { "geslacht", "regio" }, measures = { "n = count()", "deel = n / all(n, regio)" },
    margins = { { "geslacht", "regio" }, { "regio" } }, order = "regio desc", levels = { "regio" } }
  local fine = by_region:drill_down("gemeente", "regio")
  t.eq(tostring(fine), [[
breakdown
  by        geslacht
            gemeente
  measures  n = count()
            deel = n / all(n, regio)
  margins   { geslacht, gemeente }, { gemeente }
  levels    gemeente
  order     gemeente desc]])
  t.eq(#fine(persons):detail(), 12)
  t.eq(tostring(fine:roll_up("regio", "gemeente")), tostring(by_region))
  local one = dk.breakdown { by = "regio", measures = "n = count()" }
  t.eq(rows_of(one:roll_up "land" (persons), "land"), { "Nederland", "-" })
  t.eq(tostring(dk.breakdown { by = "r = regio", measures = "n = count()", order = "r" }:drill_down "gemeente"),
    "breakdown\n  by        gemeente\n  measures  n = count()\n  order     gemeente")
  t.raises(function() by_region:roll_up "land" end,
    "roll_up: which dimension does land take the place of? It has geslacht, regio: roll_up(\"land\", \"regio\")")
  t.raises(function() by_region:roll_up("land", "gemeente") end, "roll_up: which dimension does land take the place of?")
  t.raises(function() one:with { by = dk.null }:drill_down "regio" end, "It has none: drill_down(\"regio\", \"gemeente\")")
  t.raises(function() by_region:drill_down() end, "drill_down wants the name of a level, such as \"arbeidsmarktregio\"")
  t.raises(function() by_region:drill_down(12) end, "drill_down: the level is the name of a column, not a number")
end)

test("a column may be of several hierarchies", function(t, dk)
  local provinces = dk.hierarchy(dk.read_text("gemeente;provincie;land\nArnhem;Gelderland;Nederland\n" ..
    "Rijnwaarden;Gelderland;Nederland\nMook;Limburg;Nederland\n"), { "gemeente", "provincie", "land" })
  local persons = random_persons(dk, 60):use(geo(dk):at "2015-01-01"):use(provinces)
  local path = os.tmpname()
  persons:save(path)
  for _, told in ipairs { persons, dk.open(path), persons:append(persons):head(60) } do
    local result = told:breakdown { by = "gemeente", measures = { "n = count()", "d = n / all(n, regio)",
      "e = n / all(n, provincie)" } }
    local counts = result:select { "gemeente", "n" }
    t.eq(#counts:roll_up "regio", 3)
    local known = "provincie is not null"
    t.eq(rows_of(counts:roll_up "provincie":where(known), "provincie", "n"),
      rows_of(told:breakdown { by = "provincie", measures = "n = count()" }:where(known), "provincie", "n"))
    t.eq(rows_of(told:breakdown { by = { "provincie", "gemeente" }, measures = "n = count()", levels = { "gemeente" } }
      :where "provincie is not null", "provincie", "gemeente"),
      { "Gelderland/Arnhem", "Gelderland/Rijnwaarden", "Limburg/Mook" })
  end
  os.remove(path)
  -- another vintage of the same takes the place of the first
  local later = persons:drop { "regio", "land" }:use(geo(dk):at "2017-01-01")
  t.eq(rows_of(later:breakdown { by = "gemeente", measures = "n = count()" }:roll_up "regio", "regio", "n"),
    rows_of(later:breakdown { by = "regio", measures = "n = count()" }, "regio", "n"))
end)

test("a level that is no column yet is said to be one of a hierarchy", function(t, dk)
  local persons = random_persons(dk, 20)
  local ask = dk.breakdown { by = "regio", measures = "n = count()" }
  t.raises(function() ask(persons) end, "the breakdown needs the column regio, which the table does not have",
    "a level of a hierarchy is made a column by t:use(geo)")
  t.raises(function() ask(persons:use(geo(dk):at "2015-01-01"):drop "regio") end, "needs the column regio",
    "it is a level above gemeente: t:use(geo), of its hierarchy, makes the column")
  t.raises(function() ask:by "gemeent"(persons) end, "needs the column gemeent", "did you mean gemeente?")
end)

test("what could occur is still known where tables without any value are put below each other", function(t, dk)
  local places = dk.hierarchy(dk.read_text "g;r\nA;x\nB;y\n", { "g", "r" })
  local persons = dk.table({ { "g", { "A", dk.null, dk.null } }, { "k", { "p", dk.null, dk.null } },
    { "v", { { "a" }, dk.null, dk.null } }, { "id", { 1, 2, 3 } } }, { levels = { k = { "p", "q" } },
    types = { v = { "set", members = { "a", "b" } } } }):use(places)
  local unknown = persons:where "id == 2":append(persons:where "id == 3")
  local ask = dk.breakdown { by = "g", measures = { "n = count()", "d = n / all(n, r)" } }
  t.eq(rows_of(ask(unknown), "n", "d"), { "2/1.0" })
  t.eq(rows_of(ask(unknown):drop "d":roll_up "r", "n"), { "2" })
  t.eq(unknown.k:levels(), { "p", "q" })
  t.eq(rows_of(unknown:breakdown { by = "m = member(v)", measures = "n = count()", levels = "all" }, "m", "n"),
    { "a/0", "b/0", "-/2" })
end)
