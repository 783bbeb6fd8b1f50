-- attach.lua - figures beside a table by coarser levels; in bounds and as estimates where they are known less finely.

local test = ...

local GEO = "gemeente;regio;land\nArnhem;Midden;NL\nDuiven;Midden;NL\nTiel;Rivier;NL\nLuik;Wallonie;BE\n"
local SONAR = "gemeente;k\nArnhem;2983\nDuiven;249\nTiel;70\nLuik;5\n"

local function sonar(dk, totals)
  local geo = dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" })
  return dk.read_text(SONAR, { weight = "k" }):use(geo):attach(dk.read_text(totals), "regio")
end

local function lines(result, ...)
  local list = {}
  for row in result:rows() do
    local cells = {}
    for i, name in ipairs { ... } do
      cells[i] = row[name] == nil and "-" or tostring(row[name])
    end
    list[#list + 1] = table.concat(cells, " ")
  end
  return list
end

test("what is known per region is known per country", function(t, dk)
  local beside = sonar(dk, "regio;register\nMidden;7676\nRivier;100\nWallonie;30\nVlaanderen;12\n")
  local ask = { by = "land", margins = "totals", measures = { "n = count()", "r = attached(register)", "d = n / r" } }
  local result = beside:breakdown(ask)
  t.eq(lines(result, "land", "n", "r"), { "BE 5 30", "NL 3302 7776", "- 3307 7818" })
  t.eq(result:notes(), {
    "of the table that is attached: 1 row has a regio that the hierarchy does not know: Vlaanderen",
    "attached(register): 1 group of the table that is attached has no rows here; totals hold it" })
  t.eq(lines(beside:breakdown { by = "regio", where = "land == 'NL'", margins = "totals",
    measures = { "r = attached(register)" } }, "regio", "r"), { "Midden 7676", "Rivier 100", "- 7776" })
  local renamed = beside:rename { land = "staat" }:breakdown { by = "staat", measures = "r = attached(register)" }
  t.eq(lines(renamed, "staat", "r"), { "BE 30", "NL 7776" })
  local meer = dk.scenario "meer" { { "half", where = "gemeente == 'Duiven'", share = 0.5, set = { gemeente = "Arnhem" } } }
  t.eq(lines(dk.breakdown(ask):compare(beside, meer), "land", "r_meer"), { "BE 30", "NL 7776", "- 7818" })
  t.raises(function() beside:breakdown { by = "gemeente", measures = "r = attached(register)" } end,
    "attached(register) is known per regio, and the breakdown goes by gemeente")
end)

test("a level of a hierarchy that changes, or of none, is not above", function(t, dk)
  local totals = dk.read_text "regio;register\nMidden;7676\n"
  local bare = dk.read_text "regio;land\nMidden;NL\n":attach(totals, "regio")
  t.raises(function() bare:breakdown { by = "land", measures = "r = attached(register)" } end,
    "attached(register) is known per regio, and the breakdown goes by land")
end)

-- The published table: known per municipality, the register per region alone.
local REGION = "gemeente;bekend\nArnhem;2983\nDoesburg;184\nDuiven;249\nLingewaard;369\nOverbetuwe;415\nRheden;696\n" ..
  "Rozendaal;0\nWestervoort;204\nZevenaar;582\n"
local ASK = { "s = count()", "n = attached(register, 'bounds')", { "d = s / n", format = "0.00 %" },
  { "geschat = attached(register, 'estimate')", format = "0.0" } }

local function region(dk)
  local text = REGION:gsub("\n", ";Midden-Gelderland\n"):gsub("Midden%-Gelderland", "regio", 1) .. "Tiel;70;Rivierenland\n"
  return dk.read_text(text, { weight = "bekend" }):attach(
    dk.read_text "regio;register\nMidden-Gelderland;7676\nRivierenland;100\n", "regio")
end

test("what is known of a region bounds its municipalities, or estimates them", function(t, dk)
  local function check(by, ...)
    local result = region(dk):breakdown { by = by, margins = "totals", measures = ASK }
    local text = result:text():gsub(" +", " ")
    -- 249 of 249 + 1994; a ratio of the region of 5682 / 7676, and 249 by that
    t.has(text, "Duiven 249 249..2243 11.10..100.00 % ~336.4", "Arnhem 2983 2983..4977 59.93..100.00 % ~4029.8",
      "Rozendaal 0 0..1994 0.00 %? ~0.0", "totaal 5752 7776 73.97 % 7776.0")
    t.eq(result:notes(), {
      "attached(register, 'estimate') is an estimate: each group is taken to be as all that is known per regio is", ... })
    local rows = result:detail().d:to_lua { plain = true }
    t.eq(rows[3].least, 0.111012) -- 249 / 2243 = 0.1110120..
    t.eq(rows[3].greatest, 1.0)
    t.eq(result.geschat:to_lua { plain = true }[3], { least = 336.38226, greatest = 336.38226, marker = "~",
      meaning = "estimate" })
  end
  check { "regio", "gemeente" }
  -- the region of each is told by its rows
  check("gemeente", "each gemeente is taken to be of one regio, as in these rows; no hierarchy says so")
end)

test("an estimate is that of what a scenario leaves, in more digits than it has itself", function(t, dk)
  local half = dk.scenario "half" { { "half", where = "gemeente == 'Duiven'", share = 0.5, set = { gemeente = "Arnhem" } } }
  local compared = dk.breakdown { by = { "regio", "gemeente" }, measures = "e = attached(register, 'estimate')" }
    :compare(region(dk), half):where "gemeente == 'Duiven'"
  t.near(compared.e_base:to_lua { plain = true }[1].least, 336.382260) -- 249 * 7676 / 5682
  t.near(compared.e_half:to_lua { plain = true }[1].least, 168.191129884) -- 124.5 * 7676 / 5682
end)

test("bounds go by who is surely there, and say where that cannot be", function(t, dk)
  local beside = dk.read_text "regio;gemeente;s;k\nX;a;true;3\nX;b;true;2\nX;b;false;9\nY;c;true;5\n":with { weight = "k" }
    :attach(dk.read_text "regio;n\nX;7\nY;4\n", "regio")
  local result = beside:breakdown { by = "gemeente", measures = { "k = count() where s", "n = attached(n, 'bounds', k)",
    "d = k / n", "d2 = (count() where s) / attached(n, 'bounds', (count() where s))" } }
  t.eq(result:text { types = false, count = false }, [[
gemeente  k     n         d        d2
─────────────────────────────────────
a         3  3..5  0.6..1.0  0.6..1.0
b         2  2..4  0.5..1.0  0.5..1.0
c         5     –         –         –
attached(n, 'bounds', k): 1 group has no bounds, because more are sure of all in its regio than there are
attached(n, 'bounds', (count() where s)): 1 group has no bounds, because more are sure of all in its regio than there are
each gemeente is taken to be of one regio, as in these rows; no hierarchy says so
]])
  local meer = dk.scenario "meer" {
    { "half", where = "gemeente == 'a' and s", share = 0.5, set = { gemeente = "b" } } }
  local asked = dk.breakdown { by = "gemeente", where = "s", measures = "n = attached(n, 'bounds')" }
  t.raises(function() asked(beside) end,
    "attached(n, 'bounds') is known per regio, and the condition of the breakdown looks")
  local sure = dk.breakdown { by = "gemeente", measures = "n = attached(n, 'bounds', (count() where s))" }
  local compared = sure:compare(beside, meer)
  t.eq(tostring(compared.n_meer:to_lua { plain = true }[2]), "3.5..5.5")
  local function refused(measure, ...)
    t.raises(function() beside:breakdown { by = "gemeente", measures = measure } end, ...)
  end
  refused("x = attached(n, 'bounds', mean(k))", "those who are surely among a figure's are a count or a sum",
    "where bekend is a measure such as count() where ...")
  refused("x = attached(n, 'bnds')", "attached(m) is what is known; attached(m, 'bounds') and attached(m, 'estimate') are",
    "a third one says who is surely among them: attached(register, 'bounds', bekend); else count()")
  refused("x = attached(n, 'bounds', count(), 3)", "attached(m) is what is known")
  refused("x = attached(mean(n), 'bounds')",
    "bounds and estimates are those of counts and sums of whole numbers and decimals, and this has ratio")
  refused("x = attached(n)", "attached(n) is known per regio, and the breakdown goes by gemeente")
end)

test("several tables are attached, each by its own level", function(t, dk)
  local per_land = dk.read_text "land;inwoners\nNL;17000\nBE;11000\n":with { name = "inwoners" }
  local beside = sonar(dk, "regio;register\nMidden;7676\nRivier;100\nWallonie;30\n"):attach(per_land, "land")
  local ask = { by = "land", margins = "totals", measures = { "r = attached(register)", "i = attached(inwoners)",
    "d = r / i" } }
  local function check(data)
    t.eq(lines(data:breakdown(ask), "land", "r", "i"), { "BE 30 11000", "NL 7776 17000", "- 7806 28000" })
    t.eq(lines(data:breakdown { by = "regio", measures = { "r = attached(register)" } }, "regio", "r"),
      { "Midden 7676", "Rivier 100", "Wallonie 30" })
    local of_land = { by = { "land", "regio" }, measures = { "i = all(attached(inwoners), land)" } }
    t.eq(lines(data:breakdown(of_land), "regio", "i"), { "Wallonie 11000", "Midden 17000", "Rivier 17000" })
    t.raises(function() data:breakdown { by = "regio", measures = "i = attached(inwoners)" } end,
      "attached(inwoners) is known per land, and the breakdown goes by regio")
    local bounded = data:breakdown { by = "regio", measures = { "b = attached(inwoners, 'bounds')" } }
    t.eq(tostring(bounded.b:to_lua()[1]), "3232..16930") -- 2983 + 249 of Midden, and 17000 - 3302 others
  end
  check(beside)
  local path = t.path "beside.dk"
  beside:save(path)
  check(dk.open(path, { check = true }))
  local geo = dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" })
  dk.read_text("gemeente;k\nTiel;0\n", { weight = "k" }):use(geo):save(path, { append = true })
  check(dk.open(path))
  t.eq(lines(beside:append(beside):breakdown(ask), "land", "r"), { "BE 30", "NL 7776", "- 7806" })
  local explained = beside:breakdown(ask):explain()
  t.has(explained, "2 rows of inwoners were attached, known per land", "    The table inwoners",
    "with figures of inwoners beside it, known per land", "beside it, known per regio")
  local meer = dk.scenario "meer" { { "half", where = "gemeente == 'Duiven'", share = 0.5, set = { gemeente = "Arnhem" } } }
  t.eq(lines(dk.breakdown(ask):compare(beside, meer), "land", "i_meer"), { "BE 11000", "NL 17000", "- 28000" })
end)

test("which of several tables a figure is of is never guessed", function(t, dk)
  local data = dk.read_text "regio;land\nMidden;NL\n"
  local per_land = dk.read_text "land;register\nNL;9\n"
  local beside = data:attach(dk.read_text "regio;register\nMidden;7\n", "regio"):attach(per_land, "land")
  t.raises(function() beside:breakdown { by = "land", measures = "r = attached(register)" } end,
    "attached(register) may be about 2 of the tables that are attached: each has the columns that it names",
    'give the column a name of its own before attaching: other:rename { register = "register_land" }')
  t.raises(function() beside:breakdown { by = "land", measures = "r = attached(registr)" } end,
    "none of the 2 tables that are attached has the columns of attached(registr)",
    "they have: regio, register, land, register")
  local named = data:attach(dk.read_text "regio;register\nMidden;7\n", "regio"):attach(
    per_land:rename { register = "van_land" }, "land")
  t.eq(lines(named:breakdown { by = "regio", measures = { "r = attached(register)" } }, "r"), { "7" })
  t.eq(named:attach(dk.null):breakdown({ measures = "n = count()" }).n:to_lua(), { 1 })
  t.raises(function() named:attach(dk.null):breakdown { measures = "r = attached(register)" } end, "and it has none")
end)

test("a group that the figures do not know is noted, also one that a scenario makes", function(t, dk)
  local data = dk.table { { "g", { "A", "A", "B", "C", "D" } }, { "r", { "X", "X", "X", "Y", "Z" } } }
    :attach(dk.table { { "g", { "A", "B" } }, { "n", { 4, 6 } } }, "g")
  local ask = dk.breakdown { by = "g", margins = "totals", measures = { "k = count()", "d = k / attached(n)" } }
  local lacking = "attached(n): the table that is attached knows nothing of g = C and 1 more"
  t.eq(ask(data):notes(), { lacking })
  t.eq(ask(data:where "g == 'A'"):notes(),
    { "attached(n): 1 group of the table that is attached has no rows here; totals hold it" })
  local merger = dk.scenario "samen" { dk.merge("g", { "A", "B" }, "A-B") }
  local none = dk.scenario "weg" { { "weg", where = "g == 'D'", all = true, set = { g = "A" } } }
  local part = dk.scenario "deel" { { "half", where = "g == 'A'", share = 0.5, set = { g = "E" } } }
  local young = dk.scenario "jong" { { "X", where = "r == 'X'", all = true, set = { g = "E" } } }
  local makes = "attached(n): figures are of whole groups and know nothing of g = E: " ..
    "a step moved parts of groups there, or groups without figures"
  local stay = ": figures known per g stay with the groups that they are of, as it may move parts of groups"
  for _ = 1, 2 do -- compiled, the second time
    t.eq(ask:compare(data, merger):notes(), { lacking })
    t.eq(ask:compare(data, none):notes(), { lacking })
    t.eq(ask:compare(data, part):notes(), { lacking, "half" .. stay, makes })
    t.eq(ask:compare(data, young):notes(), { lacking, "X" .. stay, makes }) -- nobody knows whose figures have r = X
  end
  t.eq(ask:compare(data, { part, none }):notes(), { lacking, "deel: half" .. stay, "deel: " .. makes })
  local nobody = dk.scenario "deel" { { "half", where = "g == 'A'", share = 0, set = { g = "E" } } }
  t.eq(ask:compare(data, nobody):notes(), { lacking })
  local flows = dk.scenario "deel" { { "flows", move = "g", shares = { { from = "A", to = "B", share = 0.5 } } } }
  t.eq(ask:compare(data, flows):notes(), { lacking, "flows" .. stay })
  local by_r = data:attach(dk.table { { "r", { "X" } }, { "m", { 9 } } }, "r")
  t.eq(by_r:breakdown { by = { "r", "g" }, measures = "x = attached(m, 'bounds')" }:notes(),
    { "attached(m, 'bounds'): the table that is attached knows nothing of r = Y and 1 more" })
end)

-- What a scenario makes of figures is what attaching them to recoded rows gives, after a recode of the figures too.
test("figures of whole groups go where a scenario moves them", function(t, dk)
  local geo = dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" })
  local figures = dk.read_text "gemeente;register;actief\nArnhem;4000;10\nDuiven;336;20\nTiel;100;5\nLuik;9;1\nEde;50;7\n"
  local bare = dk.read_text(SONAR, { weight = "k" }):use(geo)
  local beside = bare:attach(figures, "gemeente")
  local measures = { "n = count()", "r = attached(register)", "d = n / r", "a = attached(sum(actief))",
    "deel = attached(sum(actief) / sum(register))" }
  local function under_as(by, more, ...)
    local ask = dk.breakdown { by = by, margins = "totals", measures = measures }
    local result = ask:compare(beside, dk.scenario "s" { ... })
    return lines(result:where "n_s ~= 0", by, "n_s", "r_s", "a_s", more)
  end
  local function under(by, ...)
    return under_as(by, nil, ...)
  end
  local function recoded(by, column, cases)
    local changed = bare:derive(column .. " = " .. cases):attach(figures:derive(column .. " = " .. cases), "gemeente")
    return lines(changed:breakdown { by = by, margins = "totals", measures = measures }, by, "n", "r", "a", "deel")
  end
  local merger = dk.merge("gemeente", { "Duiven", "Tiel", "Ede" }, "Samen") -- Ede has figures and no rows
  local cases = "case(gemeente in ('Duiven', 'Tiel', 'Ede'), 'Samen', true, gemeente)"
  t.eq(under("gemeente", merger), { "Arnhem 2983 4000 10", "Luik 5 9 1", "Samen 319 486 32", "- 3307 4495 43" })
  t.eq(under_as("gemeente", "deel_s", merger), recoded("gemeente", "gemeente", cases))
  -- persons of what is no member stay in their regions, and figures do
  t.eq(under("regio", merger), { "Midden 3232 4336 30", "Rivier 70 100 5", "Wallonie 5 9 1", "- 3307 4495 43" })
  local into = dk.merge("gemeente", { "Duiven", "Arnhem" }, "Luik") -- a member takes them along, to its region and country
  t.eq(under("regio", into), { "Rivier 70 100 5", "Wallonie 3237 4345 31", "- 3307 4495 43" })
  t.eq(under("land", into), { "BE 3237 4345 31", "NL 70 100 5", "- 3307 4495 43" })
  local border = { "x", where = "gemeente == 'Tiel'", share = 1, set = { regio = "Midden" } }
  t.eq(under("regio", border), { "Midden 3302 4436 35", "Wallonie 5 9 1", "- 3307 4495 43" })
  t.eq(under("gemeente", merger, { "y", where = "gemeente == 'Samen'", all = true, set = { gemeente = "Luik" } }),
    { "Arnhem 2983 4000 10", "Luik 324 495 33", "- 3307 4495 43" }) -- one step after the other
  t.eq(under("gemeente", { "z", when = "false", where = "gemeente == 'Tiel'", all = true, set = { gemeente = "Luik" } }),
    { "Arnhem 2983 4000 10", "Duiven 249 336 20", "Luik 5 9 1", "Tiel 70 100 5", "- 3307 4495 43" })
  t.eq(under("gemeente", { "flows", move = "gemeente", shares = { { from = "Tiel", to = "Arnhem", share = 1 },
    { from = "Luik", to = "Nieuw", share = 1 } } }),
    { "Arnhem 3053 4100 15", "Duiven 249 336 20", "Nieuw 5 9 1", "- 3307 4495 43" })
end)

test("figures of whole groups go where a recode moves them", function(t, dk)
  local geo = dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" })
  local figures = dk.read_text "gemeente;register\nArnhem;4000\nDuiven;336\nTiel;100\nLuik;9\nEde;50\n"
  local of_regions = dk.read_text "regio;budget\nMidden;70\nRivier;20\nWallonie;3\n"
  local beside = dk.read_text(SONAR, { weight = "k" }):use(geo):attach(figures, "gemeente"):attach(of_regions, "regio")
  local function counted(recoded, by, figure)
    return lines(recoded:breakdown { by = by, margins = "totals", measures = { "n = count()", ("r = attached(%s)")
      :format(figure or "register"), "d = n / r" } }, by, "n", "r")
  end
  local function told(recoded)
    return table.concat(recoded:notes(), "\n"):match "gemeente recoded: [^\n]*"
  end
  local merged = beside:recode("gemeente", { "Duiven", "Tiel", "Ede" }, "Samen") -- Ede has figures and no rows
  t.eq(counted(merged, "gemeente"), { "Arnhem 2983 4000", "Luik 5 9", "Samen 319 486", "- 3307 4495" })
  t.eq(told(merged), nil) -- who has a new name stays in the region
  t.eq(counted(merged, "regio", "budget"), { "Midden 3232 70", "Rivier 70 20", "Wallonie 5 3", "- 3307 93" })
  local into = beside:recode(dk.merge("gemeente", { "Duiven", "Arnhem" }, "Luik"))
  t.eq(counted(into, "gemeente"), { "Luik 3237 4345", "Tiel 70 100", "- 3307 4495" })
  t.eq(counted(into, "regio"), { "Rivier 70 100", "Wallonie 3237 4345", "- 3307 4495" })
  t.eq(counted(into, "land"), { "BE 3237 4345", "NL 70 100", "- 3307 4495" })
  t.eq(told(into),
    "gemeente recoded: figures known per regio stay what they were, and rows come from one into another")
  t.eq(counted(into:recode("gemeente", { "Tiel" }, "Luik"), "gemeente"), { "Luik 3307 4445", "- 3307 4495" })
  t.eq(counted(beside, "gemeente")[1], "Arnhem 2983 4000") -- what was recoded stays as it was
  -- whom a division moves nobody knows
  local places = dk.hierarchy(dk.read_text "gemeente;van;tot\nTiel;;2020-01-01\nA;2020-01-01;\nB;2020-01-01;\nArnhem;;\n",
    { "gemeente" }, { from = "van", to = "tot", changes = { { date = "2020-01-01", old = "Tiel", new = "A", share = 0.5 },
      { date = "2020-01-01", old = "Tiel", new = "B", share = 0.5 } } })
  local stays = "gemeente recoded: figures known per gemeente stay with the groups that they are of, " ..
    "as rows of one may be of several"
  local divided = beside:recode("gemeente", places:recode("2019-01-01", "2021-01-01"))
  t.eq(told(divided), stays)
  t.eq(counted(divided, "gemeente")[1], "A 35.0 -")
  t.eq(told(beside:derive "dag = date('2020-06-01')":recode("gemeente", places:recode { on = "dag", to = "2021-01-01" })),
    stays)
end)

test("sweeps, draws and bounds see figures that moved", function(t, dk)
  local beside = sonar(dk, "regio;register\nMidden;7676\nRivier;100\nWallonie;30\n")
  local merger = dk.merge("regio", { "Midden", "Rivier" }, "Samen")
  local leave = { "leave", where = "gemeente == 'Luik'", share = "$deel", remove = true }
  local plan = dk.scenario "plan" { params = { deel = 0.2 }, merger, leave }
  local ask = dk.breakdown { by = "regio", measures = { "n = count()", "r = attached(register)" } }
  t.eq(lines(ask:sweep(beside, plan, { deel = { 0, 0.4 } }), "deel", "regio", "n", "r"),
    { "0.0 Samen 3302 7776", "0.0 Wallonie 5 30", "0.4 Samen 3302 7776", "0.4 Wallonie 3 30" })
  local drawn = dk.scenario "kans" { seed = 1, merger,
    { "x", where = "gemeente == 'Luik'", share = 0.5, drawn = true, remove = true } }
  t.eq(ask:bands(beside, drawn, { draws = 5 }):where "regio == 'Samen'".r_mean:to_lua(), { 7776.0 })
  local records = ask:measure "k = rows()":compare(beside, dk.scenario "s" { merger }) -- of rows, and not of cells
  t.eq(lines(records, "regio", "r_s", "k_s"), { "Midden - 0", "Rivier - 0", "Samen 7776 3", "Wallonie 30 1" })
  local bounds = dk.breakdown { by = "gemeente", measures = { "n = count()", "r = attached(register, 'bounds')" } }
  t.eq(lines(bounds:compare(beside, dk.scenario "s" { merger }), "gemeente", "r_s"),
    { "Arnhem 2983..7457", "Duiven 249..4723", "Luik 5..30", "Tiel 70..4544" })
end)

test("figures are known by columns of other names, too", function(t, dk)
  local persons = dk.table { { "regio", { "Oost", "Oost", "West" } }, { "land", { "NL", "NL", "NL" } } }
  local beside = persons:attach(dk.table { { "regio", { "Oost", "West" } }, { "register", { 5, 4 } } }, "regio")
  local function shares(made, by)
    return tostring(made:breakdown { by = by, measures = "deel = count() / attached(register)" }:text { notes = false })
  end
  local expected = shares(beside, "regio"):match "Oost.*"
  t.has(expected, "0.4000")
  t.eq(shares(beside:rename { regio = "streek" }, "streek"):match "Oost.*", expected)
  t.eq(shares(beside:rename { regio = "land", land = "regio" }, "land"):match "Oost.*", expected)
  t.eq(shares(beside:rename { regio = "streek" }:rename { streek = "regio" }, "regio"):match "Oost.*", expected)
  t.eq(shares(beside:rename { land = "staat" }, "regio"):match "Oost.*", expected)
  t.raises(function() beside:rename { regio = "register" } end, "two columns are named \"register\"",
    "the table whose figures are attached has a column of that name: t:attach(dk.null) takes them away")
  local bounded = persons:derive "n = interval(1, 2)"
  t.raises(function() bounded:attach(bounded, "n") end, "attach: n is known in bounds only, which tell no groups apart")
end)

-- Figures by the level at which a step moves persons, by one above, one beside and one below it: who is right to stay needs
-- no note.
test("figures that do not follow a step are told, at every level", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "g;r;l\nA;X;N\nB;X;N\nC;Y;N\nE;Z;O\n", { "g", "r", "l" })
  local beside = dk.hierarchy(dk.read_text "g;p\nA;P\nB;Q\nC;P\nE;Q\n", { "g", "p" })
  local data = dk.read_text "g;q;v\nA;p;10\nA;q;3\nA;p;4\nB;p;4\nB;q;5\nC;p;7\nE;q;2\n":use(geo):use(beside)
  local figures = { g = "g;k\nA;20\nB;10\nC;9\nE;8\n", r = "r;k\nX;30\nY;9\nZ;8\n", l = "l;k\nN;39\nO;8\n",
    p = "p;k\nP;29\nQ;18\n" }
  local parts = "stay with the groups that they are of, as it may move parts of groups"
  local stay, change = "stay what they were, and it moves persons from one to another",
    "stay what they were, whoever comes or leaves"
  local cases = {
    { { where = "g == 'A'", all = true, set = { g = "B" } }, p = stay },
    { { where = "g == 'A' and q == 'p'", all = true, set = { g = "B" } }, g = parts, p = stay },
    { { where = "g == 'A'", all = true, set = { g = "C" } }, r = stay },
    { { where = "g == 'A'", all = true, set = { g = "E" } }, r = stay, l = stay, p = stay },
    { { where = "g == 'A'", all = true, set = { g = "new" } } },
    { { where = "r == 'X'", all = true, set = { r = "Y" } } },
    { { where = "r == 'X'", all = true, set = { r = "Z" } }, l = stay },
    { { where = "g == 'A'", all = true, set = { r = "Y" } }, r = parts },
    { { where = "q == 'p'", all = true, set = { q = "q" } } },
    { { where = "g == 'A'", count = 1, remove = true }, g = change, r = change, l = change, p = change },
    { { where = "g == 'A'", count = 1, add = true }, g = change, r = change, l = change, p = change },
    { { where = "g == 'A'", scale = 2 }, g = change, r = change, l = change, p = change },
  }
  for i, case in ipairs(cases) do
    local step = { "stap" }
    for name, value in pairs(case[1]) do
      step[name] = value
    end
    for level, text in pairs(figures) do
      for _, more in ipairs { "z = count()", "m = max(v)" } do
        local ask = dk.breakdown { by = level, measures = { more, "x = attached(k)" } }
        local result = ask:compare(data:attach(dk.read_text(text), level), dk.scenario "plan" { step })
        local told = table.concat(result:notes(), "\n"):match "stap: (figures known per [^\n]*)"
        t.eq(told, case[level] and ("figures known per %s %s"):format(level, case[level]), i .. " " .. level)
        if told then
          t.has(result:explain(), "Note: stap: " .. told)
          t.has(result:explain { [level] = ({ p = "P", g = "B", r = "X", l = "N" })[level] }, "Note: stap: " .. told)
        end
      end
    end
  end
end)

-- Of B nobody knows how many there are: its two persons count in X and in all, and no figure does.
test("figures that totals lack are told, whether they are absent or null, and by coarser groups too", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "g;p\nA;X\nB;X\nC;Y\n", { "g", "p" })
  local rows = dk.read_text "g;k\nA;1\nB;2\nC;2\n":use(geo)
  local told = "attached(n): the table that is attached knows nothing of g = B"
  local bounds = { least = 1, greatest = 3 }
  for _, figures in ipairs {
    { { g = "A", n = 1 }, { g = "C", n = 5 } }, { { g = "A", n = 1 }, { g = "B", n = dk.null }, { g = "C", n = 5 } },
    { { g = "A", n = bounds }, { g = "B", n = { marker = ".", meaning = "unavailable" } }, { g = "C", n = 5 } },
  } do
    local beside = rows:attach(dk.table(figures), "g")
    for _, by in ipairs { { "g" }, { "p" }, {}, { "p", "g" } } do
      local notes = beside:breakdown { by = by, margins = #by > 0 and "totals" or nil,
        measures = { "k_all = sum(k)", "a = attached(n)", "s = k_all / attached(n)" } }:notes()
      t.eq(notes, { #by == 2 and told:gsub("g = B", "p = X, g = B") or told }, table.concat(by, ","))
    end
    t.eq(beside:breakdown { by = "p", where = "g in ('A', 'C')", measures = "a = attached(n)" }:notes(), {})
  end
  t.eq(rows:attach(dk.table { { p = "X", n = 1 }, { p = "Y", n = 2 } }, "p"):breakdown { measures = "a = attached(n)" }
    :notes(), {})
end)

-- Rows of A alone: 4 of t and 5 of u are in A, 6 and 7 more in B.
test("what bounds go by changes no figure beside them", function(t, dk)
  local rows = dk.table { { "r", { "A", "A" } }, { "k", { "t", "u" } } }
  local figures = dk.table { { "r", { "A", "A", "B", "B" } }, { "k", { "t", "u", "t", "u" } }, { "f", { 4, 5, 6, 7 } } }
  local both = rows:attach(figures, { "r", "k" })
  local function ask(...)
    return both:breakdown { by = "k", margins = "totals", measures = { "n = count()", ... } }
  end
  t.eq(ask "a = attached(f)".a:to_lua(), { 10, 12, 22 })
  local beside = ask("a = attached(f)", "b = attached(f, 'bounds')", "d = n / attached(f)")
  t.eq(beside.a:to_lua(), { 10, 12, 22 })
  t.eq({ tostring(beside.b[1]), tostring(beside.b[2]), tostring(beside.b[3]) }, { "10", "12", "22" }) -- known by k
  t.eq(beside:derive "noemer = denominator(d)".noemer:to_lua(), { 10, 12, 22 })
  -- Regions are known, and so is their country, whichever of them the rows here are in.
  local geo = dk.hierarchy(dk.read_text "r;land\nA;N\nB;N\nC;M\n", { "r", "land" })
  local regions = dk.table({ { "r", { "A", "B", "C" } }, { "f", { 9, 13, 5 } } }, { types = { r = "category" } })
  local placed = dk.table({ { "r", { "A", "C" } } }, { types = { r = "category" } }):use(geo):attach(regions, "r")
  local lands = placed:breakdown { by = "land", measures = { "a = attached(f)", "b = attached(f, 'bounds')" } }
  t.eq({ lands.a:to_lua(), tostring(lands.b[1]), tostring(lands.b[2]) }, { { 5, 22 }, "5", "22" })
  -- Figures of another table, which says nothing of r: each of t and u is in one region by these rows alone.
  local more = rows:attach(regions, "r"):attach(dk.table { { "k", { "t", "u", "v" } }, { "h", { 3, 2, 1 } } }, "k")
  local three = more:breakdown { by = "k", margins = "totals",
    measures = { "n = count()", "b = attached(f, 'bounds')", "h = attached(h)", "hb = attached(h, 'bounds')" } }
  t.eq(tostring(three.b[1]), "1..8")
  t.eq(three.h:to_lua(), { 3, 2, 6 })
  t.eq({ tostring(three.hb[1]), tostring(three.hb[2]), tostring(three.hb[3]) }, { "3", "2", "6" })
end)

-- 3 of 0..2: one of both is not what it is taken for, and the share is 1.5 at least. 1 of 0..2 is of 1..2.
test("shares in figures that may be 0 are open, and as narrow in a formula as alone", function(t, dk)
  local data = dk.read_text "r;s\nA;true\nA;false\nA;false\n"
  data = data:attach(dk.table { { r = "A", f = { least = 0, greatest = 2 } } }, "r")
  local result = data:breakdown { by = "r", measures = { "n = count()", "d = n / attached(f, 'bounds', n)",
    "e = (count() where s) / attached(f, 'bounds', (count() where s))",
    "p = 100 * ((count() where s) / attached(f, 'bounds', (count() where s)))" } }
  t.eq({ tostring(result.d[1]), tostring(result.e[1]), tostring(result.p[1]) }, { "1.5..?", "0.5..1.0", "50..100" })
end)

test("a figure that is not there is told where the breakdown is finer, too", function(t, dk)
  local data = dk.read_text "g;r\na;A\nb;A\n":attach(dk.table { { r = "A", register = 10 } }, "r")
  for _, by in ipairs { "r", "g" } do
    for _, measure in ipairs { "d = attached(registr)", "d = count() / attached(registr, 'bounds')" } do
      t.has(select(2, pcall(data.breakdown, data, { by = by, measures = measure })), "(did you mean register?)")
    end
  end
  t.raises(function() return data:breakdown { by = "g", measures = "d = attached(register)" } end,
    "attached(register) is known per r, and the breakdown goes by g")
end)
