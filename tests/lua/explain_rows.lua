-- explain_rows.lua - rows of tables that no breakdown gave, and of results that were put together: each number is asked
-- again as it is told, and compared.

local test = ...

local again = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/again.lua")
local only, check = again.only, again.check

local function people(dk)
  return dk.table({
    { "gemeente", { "Arnhem", "Arnhem", "Duiven", "Tiel", "Tiel", dk.null, "Duiven", "Tiel" } },
    { "geslacht", { "m", "v", "m", "v", "m", "v", "v", "v" } },
    { "bekend", { true, true, false, true, false, dk.null, true, false } },
    { "leeftijd", { 18, 25, 30, 47, 51, 66, 33, 21 } },
  }):with { name = "personen", source = "register.csv" }
end

local function coverage(dk)
  return dk.breakdown "dekking" { by = "gemeente", measures = { "n = count()", "k = count() where bekend", "d = k / n" } }
end

test("a row of a table says where it is from, and what its columns are", function(t, dk)
  local persons = people(dk)
  local made = persons:where("leeftijd > $x", { x = 20 }):derive "dubbel = leeftijd * 2":derive "y = dubbel / leeftijd"
  local text, cell = made:explain { leeftijd = 30 }
  t.eq(tostring(cell), "(an explained row)")
  t.eq(text, [[
The row leeftijd = 30 of the table personen, number 2 of 7:
  gemeente is Duiven
  geslacht is m
  bekend is false
  leeftijd is 30
  dubbel is 60: leeftijd * 2
     leeftijd is 30
  y is 2.0000: dubbel / leeftijd
     dubbel is 60
     leeftijd is 30
The table personen from register.csv: 8 rows.
Only where leeftijd > $x: 7 rows left.
  $x is 20
The column dubbel is leeftijd * 2.
The column y is dubbel / leeftijd.
The same on its own, asked of the table personen:
  where leeftijd > 20
  derive dubbel = leeftijd * 2
  derive y = dubbel / leeftijd
  where leeftijd == 30]])
  check(t, cell, made:where "leeftijd == 30", persons)
  text, cell = persons:explain { gemeente = dk.null }
  t.has(text, "The row gemeente = null of the table personen, number 6 of 8:",
    "asked of the table personen:\n  where gemeente is null")
  check(t, cell, persons:where "gemeente is null", persons)
  local sorted = persons:sort "leeftijd desc":head(3)
  text, cell = sorted:explain { leeftijd = 51 }
  t.has(text, "number 2 of 3", "asked of the table as it was after: rows 1 to 3:")
  check(t, cell, sorted:where "leeftijd == 51", sorted)
end)

test("a row that is not there, or not alone, is named", function(t, dk)
  local persons = people(dk)
  local function refused(cell, ...) t.raises(function() persons:explain(cell) end, ...) end
  refused({ gemeente = "Duiven" }, "explain: the table has 2 rows where gemeente = Duiven: say more, so that one is left "
    .. "(it has also geslacht, bekend and leeftijd)")
  refused({ gemeente = "Duivn" }, "no gemeente 'Duivn' (did you mean 'Duiven'?)")
  refused({ gemeente = "Duiven", leeftijd = 18 }, "explain: the table has no row where gemeente = Duiven, leeftijd = 18")
  refused({ gementee = "Duiven" }, "explain: the table has no column 'gementee' (did you mean 'gemeente'?)")
  refused({}, "explain: no breakdown gave this table, and a cell of it is a row: say which, as { gemeente = ... }")
  t.raises(function() persons:explain(dk.total) end, "a cell of it is a row")
  local cell = select(2, persons:explain { leeftijd = 18 })
  t.raises(function() cell.again("x", persons) end, "again: nothing gives x on its own")
  t.raises(function() cell.again("leeftijd") end, "again: a column is asked of a table, not of nil")
end)

test("what a summary, a description and a scenario give of a table is told and asked again", function(t, dk)
  local persons = people(dk)
  local text, cell = persons:summary():explain { name = "leeftijd" }
  t.has(text, "  mean is 36.3750: mean(leeftijd)\n", "  nulls is 0: rows() where leeftijd is null\n",
    "asked of the table that was asked, by calling summary again:")
  check(t, cell, persons:summary():where "name == 'leeftijd'", persons)
  text, cell = persons:describe():explain { name = "gemeente" }
  t.has(text, "  known is 87.5 %: (rows() where gemeente is not null) / rows()")
  check(t, cell, persons:describe():where "name == 'gemeente'", persons)
  local reach = dk.scenario "reach" { { "call", where = "not bekend", share = 0.5, per = "gemeente",
    set = { bekend = true } } }
  for _, op in ipairs { "moved", "apply" } do
    local made = reach[op](reach, persons)
    text, cell = made:explain(op == "moved" and { stratum = "gemeente = Tiel" } or { gemeente = "Tiel", bekend = true })
    t.has(text, ("by calling %s again"):format(op))
    check(t, cell, made:where(op == "moved" and "stratum == 'gemeente = Tiel'" or "gemeente == 'Tiel' and bekend"), persons)
  end
end)

test("rows of results that were put together are of the one whose they are", function(t, dk)
  local persons = people(dk)
  local men, women = persons:where "geslacht == 'm'", persons:where "geslacht == 'v'"
  local m, v = coverage(dk)(men):derive "wie = 'm'", coverage(dk)(women):derive "wie = 'v'"
  local text, cell = m:append(v):explain { gemeente = "Duiven", wie = "v" }
  t.has(text, "The cell gemeente = Duiven, wie = v of the breakdown dekking, table 2 of 2 that were put together:\n"
    .. "  n is 1: count()\n  k is 1: count() where bekend", "Then the rows of dekking put below: 7 rows.",
    "asked of the table personen:\n  where geslacht == 'v'\n  where gemeente == \"Duiven\"\n")
  check(t, cell, v:where "gemeente == 'Duiven'", persons)
  for _, both in ipairs { m:append(v):sort "d", m:union(v), m:append(v):rename { n = "aantal" }:where "aantal >= 1" } do
    text, cell = both:explain { gemeente = "Tiel", wie = "m" } -- by what is known of each, where rows moved
    t.has(text, "table 1 of 2 that were put together", "where geslacht == 'm'")
    check(t, cell, both:where "gemeente == 'Tiel' and wie == 'm'", persons)
  end
  t.has(m:append(v):explain { gemeente = dk.null }, "table 2 of 2") -- there is one row alone
  local all = men:where "leeftijd > 0"
  local same = coverage(dk)(men):append(coverage(dk)(all)):sort "n":distinct()
  t.has(same:explain { gemeente = "Duiven" }, "as of another that has the same numbers")
  local lost = coverage(dk)(persons:where "leeftijd > 30"):append(coverage(dk)(persons:where "leeftijd <= 20"))
    :sort "n desc"
  collectgarbage()
  t.raises(function() lost:explain { gemeente = "Arnhem" } end, "which has this one is not known: give the table")
  text = coverage(dk)(men):except(coverage(dk)(women)):explain { gemeente = "Duiven" }
  t.has(text, "The cell gemeente = Duiven of the breakdown dekking:\n  n is 1", "Then rows that dekking has not")
end)

test("joined, added and windowed columns of a result are told and asked again", function(t, dk)
  local persons = people(dk)
  local men = persons:where "geslacht == 'm'"
  local other = dk.breakdown { by = "gemeente", measures = "mannen = count()" }(men)
  local inwoners = dk.table { { "gemeente", { "Arnhem", "Duiven", "Tiel" } }, { "inw", { 100, 200, 400 } } }
  local made = coverage(dk)(persons):join(other, "gemeente"):join(inwoners, "gemeente")
    :derive "x = n - mannen":derive("per = $per * n / inw", { per = 1000 })
    :window { order = "n desc", "plaats = row_number()", "deel = share(n)" }
  local text, cell = made:explain { gemeente = "Tiel" }
  t.has(text, "  x is 2: n - mannen\n     n is 3\n     mannen is 1\n", "  per is 7.5000", "  plaats is 1: row_number()",
    "  mannen is 1: count(), of what was joined with", "  x = count() - 1\n",
    "  plaats looks at more than a question of one cell can say: ask the breakdown, and take its row\n",
    "  where geslacht == 'm'\n  mannen = count(), where gemeente == \"Tiel\"")
  check(t, cell, made:where "gemeente == 'Tiel'", persons)
  t.eq(cell.measures.per.text, "(1000 * count()) / 400")
  local reach = dk.scenario "reach" { params = { rate = 0.5 },
    { "call", where = "not bekend", share = "$rate", per = "gemeente", set = { bekend = true } } }
  local compared = coverage(dk):with { where = "leeftijd > 20" }:compare(men:append(persons:where "geslacht == 'v'"), reach,
    { rate = 0.25 })
  text, cell = compared:explain { gemeente = "Tiel" }
  t.has(text, "  compared with reach where $rate is 0.25 it gives n_reach, k_reach and d_reach\n")
  local two = men:append(persons:where "geslacht == 'v'")
  check(t, cell, compared:where "gemeente == 'Tiel'", two)
  local later = persons:where "leeftijd < 50":with { name = "later" }
  compared = coverage(dk):compare(persons:where "leeftijd > 20", later)
  text, cell = compared:explain { gemeente = "Tiel" }
  t.has(text, "  asked of later instead it gives n_later, k_later and d_later\n")
  t.eq(only(cell.again("n_later", later), "cell"), only(compared:where "gemeente == 'Tiel'", "n_later"))
  t.eq(only(cell.again("n", persons), "cell"), only(compared:where "gemeente == 'Tiel'", "n_base"))
end)

test("what no question of one cell tells is told as its row, and asked again as a whole", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "gemeente;regio\nArnhem;Midden\nDuiven;Midden\nTiel;Rivier\n",
    { "gemeente", "regio" }, { name = "geo" })
  local persons = people(dk):where "gemeente is not null":use(geo)
  local wide = dk.breakdown { by = { "gemeente", "geslacht" }, measures = "n = count()" }(persons)
    :pivot { rows = "gemeente", columns = "geslacht", values = "n" }:roll_up "regio"
  local text, cell = wide:explain { regio = "Midden" }
  t.has(text, "The row regio = Midden of the table", "  m is 2\n  v is 2\n")
  check(t, cell, wide:where "regio == 'Midden'", persons)
  local reach = dk.scenario "reach" { params = { rate = 0.5 },
    { "call", where = "not bekend", share = "$rate", set = { bekend = true } } }
  local known = dk.breakdown { by = "gemeente", measures = "k = count() where bekend" }
  local long = known:compare(persons, reach, {}, { long = true })
    :pivot { rows = "gemeente", columns = "scenario", values = { "value", "difference" } }
  text, cell = long:explain { gemeente = "Tiel" }
  t.has(text, "  value_reach is 2\n", "Then compared with reach")
  check(t, cell, long:where "gemeente == 'Tiel'", persons)
  local both = known:sweep(persons, reach, { rate = { 0 } }):append(known:sweep(persons, reach, { rate = { 1 } }))
  text, cell = both:explain { gemeente = "Tiel", rate = 1 }
  t.has(text, "The row rate = 1, gemeente = Tiel of the table", "  k is 3\n")
  check(t, cell, both:where "gemeente == 'Tiel' and rate == 1", persons)
  local added = known:sweep(persons, reach, { rate = { 0, 1 } }):derive "kk = k * 2"
  text, cell = added:explain { gemeente = "Tiel", rate = 1 }
  t.has(text, "  kk is 6: k * 2\n")
  t.eq(only(cell.again("kk", persons), "cell"), "6.0")
end)
