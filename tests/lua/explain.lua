-- explain.lua - table:explain() tells where numbers come from, breakdown:plan() how they were computed.

local test = ...

local function people(dk)
  return dk.table({
    { "gemeente", { "Arnhem", "Duiven", "Arnhem", "Rheden", "Duiven", dk.null } },
    { "leeftijd", { 19, 24, dk.null, 61, 35, 40 } },
    { "in_sonar", { true, false, true, dk.null, true, true } },
  }):with { name = "personen", source = "register.csv" }
end

test("a result tells its source, filter, dimensions, numerators and denominators", function(t, dk)
  local coverage = dk.breakdown "dekking per klasse" {
    by = { "gemeente", "klasse = bin(leeftijd, $grens)" },
    where = "leeftijd < 60",
    measures = { "n = count()", "bekend = count() where in_sonar", "dekking = bekend / n",
                 "deel = (count() where leeftijd > 30) / count()" },
    margins = "totals", order = "n desc", limit = 2,
  }
  t.eq(coverage(people(dk), { grens = 30 }):explain(), [[
The table personen from register.csv: 6 rows.
Only where leeftijd < 60: 4 rows left; 1 row was left out because it is null there, so not known.
The breakdown dekking per klasse counts these rows by group: 5 rows.
  by gemeente
  by klasse, which is bin(leeftijd, $grens)
  n: count()
  bekend: count() where in_sonar
  dekking: the numerator is bekend, the denominator n
  deel: the numerator is (count() where leeftijd > 30), the denominator count()
  $grens is 30
Then with the total over everything: 5 rows.
Then ordered by n, falling: 5 rows.
Then the first 2 groups: 3 rows.]])
  local null = dk.breakdown { by = "gemeente", measures = "n = count() where in_sonar" }(people(dk)):explain()
  t.has(null, "    1 row where in_sonar is null, so not known, and is not counted")
end)

test("what was done before and after stands in order", function(t, dk)
  t.has(people(dk):where("leeftijd > $v", { v = 20 }):explain(), "Only where leeftijd > $v: 4 rows left", "$v is 20")
  local made = people(dk):where "leeftijd > 20":derive { "oud = leeftijd + 1", "`a=b` = oud" }:rename { oud = "ouder" }
    :sort { "ouder desc", "gemeente" }:head(2)
  t.eq(made:explain(), [[
The table personen from register.csv: 6 rows.
Only where leeftijd > 20: 4 rows left; 1 row was left out because it is null there, so not known.
The column oud is leeftijd + 1.
The column a=b is oud.
Then oud renamed to ouder: 4 rows.
Then sorted by ouder desc, gemeente: 4 rows.
Then rows 1 to 2: 2 rows.]])
  t.has(made:breakdown { measures = "n = count()" }:explain(), "Then rows 1 to 2: 2 rows.\nThe breakdown counts these rows")
  t.has(made:select { "ouder" }:explain(), "sorted by ouder") -- says nothing of its own
  t.eq(people(dk):explain(), "The table personen from register.csv: 6 rows.")
  local weighed = dk.table { { "a", { 1, 2 } }, { "w", { 3, 4 } } }:with { weight = "w" }
  t.has(weighed:breakdown { by = "a", measures = "n = count()" }:explain(), "Each row counts for its w")
  local totals = weighed:breakdown { by = "a", measures = "n = count()", margins = "totals" }
  t.has(totals:detail():explain(), "Then rows that are no totals: 2 rows.")
end)

local function steps(plan)
  local list = {}
  for row in plan:table():rows() do
    list[#list + 1] = { row.step, row.what or "", row.how, row.shared or "", row.rows or "", row.out or "" }
  end
  return list
end

-- Four hundred rows: enough for looking up by a handful of codes.
local function many(dk)
  local c, b, x, name = {}, {}, {}, {}
  for i = 1, 400 do
    c[i] = i % 5 > 0 and "c" .. i % 5 or dk.null
    b[i] = i % 2 == 0
    x[i] = i % 7
    name[i] = "n" .. i
  end
  return dk.table({ { "c", c }, { "b", b }, { "x", x }, { "name", name } }, { types = { name = "text" } })
end

test("what a table was linked to is told", function(t, dk)
  local known = dk.table { { gemeente = "Arnhem", nummer = 1 } }:with { name = "plaatsen" }
  local linked = people(dk):link(known, "gemeente", { as = "is_plaats" })
  t.eq(linked:breakdown { measures = "n = count() where is_plaats" }:explain(), [[
The table personen from register.csv: 6 rows.
Then linked to plaatsen by gemeente: is_plaats says which rows match: 6 rows.
    The table plaatsen: 1 row.
The breakdown counts these rows by group: 1 row.
  n: count() where is_plaats
    1 row where is_plaats is null, so not known, and is not counted]])
end)

test("both sides of what was put together are told", function(t, dk)
  local places = dk.read_text("plaats;regio\nArnhem;Midden\nDuiven;Midden\nTiel;Rivier\n", { name = "plaatsen" })
    :where "regio == 'Midden'"
  local joined = people(dk):where "leeftijd > 20":join(places, { mine = "gemeente", theirs = "plaats" }, { kind = "inner" })
  local result = joined:breakdown { by = "regio", measures = "n = count()" }
  t.eq(result:explain(), [[
The table personen from register.csv: 6 rows.
Only where leeftijd > 20: 4 rows left; 1 row was left out because it is null there, so not known.
Then joined with plaatsen by gemeente = plaats: rows that both have: 2 rows.
    The table plaatsen from plaatsen: 3 rows.
    Only where regio == 'Midden': 2 rows left.
The breakdown counts these rows by group: 1 row.
  by regio
  n: count()]])
  local text, cell = result:explain { regio = "Midden" }
  t.has(text, "The same on its own, asked of the table as it was after: joined with plaatsen by gemeente = plaats",
    'where regio == "Midden"')
  t.eq(cell.again("n", joined).cell:to_lua(), { 2 })
  local function says(made, ...) t.has(made:explain(), ...) end
  local key = { mine = "gemeente", theirs = "plaats" }
  says(people(dk):join(places, key), "Then joined with plaatsen by gemeente = plaats: all rows of this table: 6 rows.")
  says(people(dk):join(places, key, { kind = "full" }), "all rows of both: 6 rows.")
  says(people(dk):join(places, key, { kind = "right" }), "all rows of plaatsen: 4 rows.")
  says(people(dk):join(places, key, { kind = "semi" }), "Then only rows whose gemeente = plaats plaatsen has: 4 rows.")
  says(people(dk):join(places, key, { kind = "anti" }), "Then only rows whose gemeente = plaats plaatsen has not: 2 rows.")
  says(people(dk):collect(places, key, "regio"),
    "Then regio: the sets of regio that plaatsen has by gemeente = plaats: 6 rows.",
    "    Only where regio == 'Midden': 2 rows left.")
  says(people(dk):rename { gemeente = "plaats" }:reconcile(places, "plaats"),
    "Then reconciled with plaatsen by plaats: how the two agree: ")
  local ages = dk.table { { van = 10, klasse = "jong" }, { van = 30, klasse = "ouder" } }:with { name = "klassen" }
  says(people(dk):join(ages, nil, { as_of = { mine = "leeftijd", theirs = "van" } }),
    "Then joined with klassen by leeftijd, of its van the last before it: 6 rows.\n    The table klassen: 2 rows.")
end)

test("rows that were put below, and rows as sets, are told", function(t, dk)
  local jan = dk.table { { a = 1 }, { a = 2 }, { a = 2 } }:with { name = "januari" }
  local feb = dk.table { { a = 2 }, { a = 3 } }:with { name = "februari", source = "feb.csv" }:where "a > 0"
  t.eq(jan:append({ feb, jan }):explain(), [[
The table januari: 3 rows.
Then the rows of februari and others put below: 8 rows.
    The table februari from feb.csv: 2 rows.
    Only where a > 0: 2 rows left.
    The table januari: 3 rows.]])
  t.has(jan:append(feb):explain(), "Then the rows of februari put below: 5 rows.")
  t.has(jan:union(feb):explain(),
    "The table januari: 3 rows.\nThen rows of this table or februari, each once: 3 rows.\n    The")
  t.has(jan:union(feb, { all = true }):explain(), "Then rows of this table or februari: 5 rows.")
  t.has(jan:intersect(feb):explain(), "Then rows that februari has too, each once: 1 row.")
  t.has(jan:except(feb):explain(), "Then rows that februari has not, each once: 1 row.")
  t.has(jan:distinct():explain(), "Then of rows with the same values the first: 2 rows.")
  t.has(jan:distinct({ "a" }, { keep = "last" }):explain(), "Then of rows with the same a the last: 2 rows.")
  local deep = jan:append(feb:append(jan)):explain()
  t.has(deep, "\n    Then the rows of januari put below: 5 rows.\n        The table januari: 3 rows.")
  local result = jan:breakdown { by = "a", measures = "n = count()" }
  t.raises(function() result:append(result):explain { a = 1 } end,
    "explain: the result has 2 rows where a = 1")
end)

test("a table that was put together with itself again and again stays small", function(t, dk)
  local data = dk.table { { a = 1 } }
  for _ = 1, 60 do
    data = data:join(data, "a", { kind = "semi" })
  end
  local text = data:explain()
  t.ok(#text < 2000000, #text)
  t.has(text, "further steps, not kept")
end)

test("what was saved tells how it came to be when it is opened", function(t, dk)
  local path, second = t.path "personen.dk", t.path "uitslag.dk"
  local places = dk.table { { gemeente = "Arnhem", regio = "Midden" } }:with { name = "plaatsen" }
  people(dk):where "leeftijd > 20":join(places, "gemeente"):save(path)
  people(dk):where "leeftijd < 20":join(places, "gemeente"):save(path, { append = true })
  local opened = dk.open(path)
  t.eq(opened:explain(), ([[
The table personen from register.csv: 6 rows.
Only where leeftijd > 20: 4 rows left; 1 row was left out because it is null there, so not known.
Then joined with plaatsen by gemeente: all rows of this table: 4 rows.
    The table plaatsen: 1 row.
Then rows appended to the snapshot: 5 rows.
    The table personen from register.csv: 6 rows.
    Only where leeftijd < 20: 1 row left; 1 row was left out because it is null there, so not known.
    Then joined with plaatsen by gemeente: all rows of this table: 1 row.
        The table plaatsen: 1 row.
Then opened from the snapshot %s: 5 rows.]]):format(path))
  opened:save(second) -- as it was opened: the file is another, and what is told the same
  dk.open(second):save(second)
  t.eq(dk.open(second):explain(), (opened:explain():gsub("snapshot " .. path:gsub("%p", "%%%0"), "snapshot " .. second)))
  dk.open(second):where "leeftijd < 20":save(path)
  t.has(dk.open(path):explain(), "snapshot " .. second .. ": 5 rows.\nOnly where leeftijd < 20: 1 row left.\n"
    .. "Then opened from the snapshot " .. path .. ": 1 row.")
  people(dk):breakdown { by = "gemeente", measures = { "n = count()", "d = (count() where in_sonar) / n" } }:save(second)
  local text, cell = dk.open(second):explain { gemeente = "Arnhem" }
  t.has(text, "d is 1.0000, which is 2 of 2", "by gemeente", "Then opened from the snapshot")
  t.eq(cell.again("d", people(dk)).cell:to_lua { plain = true }, { 1.0 })
end)

test("a plan says how each part was computed, with its rows", function(t, dk)
  local plan = dk.breakdown {
    by = { "c", "k = bin(x, 3)" }, where = "c is null and not b or x > 2",
    measures = { "n = count()", "m = count() where b", "s = sum(x) where b", "a = mean(x) where b", "r = sum(real(x))" },
  }:plan(many(dk))
  -- x > 2 in 4 of 7 rows: 400 = 57 * 7 + 1, so 228; with x <= 2, c null and b false: i odd, i % 5 == 0, i % 7 in 0..2
  local expected = 228
  for i = 5, 400, 10 do
    expected = expected + (i % 7 <= 2 and 1 or 0)
  end
  local n_true, groups = 0, {}
  for i = 1, 400 do
    if i % 7 > 2 or (i % 5 == 0 and i % 2 == 1) then
      groups[i % 5 .. "/" .. (i % 7 < 3 and 0 or 1)] = true
      n_true = n_true + (i % 2 == 0 and 1 or 0)
    end
  end
  local n_groups = 0
  for _ in pairs(groups) do
    n_groups = n_groups + 1
  end
  t.eq(steps(plan), {
    { "bind", "", "6 expressions bound to names and types, tables of codes made", "", "", "" },
    { "where", "c is null and not b or x > 2", "computed in blocks by 1 operator, over 2 look-ups", "", 400, expected },
    { "dimension", "c", "the column as it lies: known beforehand", "", expected, 5 },
    { "dimension", "k", "looked up by 8 codes of x: known beforehand", "", expected, 3 },
    { "condition", "b", "the column as it lies", 3, expected, n_true },
    { "value", "x", "the column as it lies", 2, expected, "" },
    { "value", "real(x)", "looked up by 8 codes of x", 1, expected, "" },
    { "groups", "", "by index, of 15 places: 4 counted, 0 added up", "", expected, n_groups },
    { "aggregate", "", "1 accumulator for each group", "", expected, "" },
    { "scan", "", "one pass over the rows, by 1 worker in blocks of 4096", "", 400, n_groups },
    { "merge", "", "what the workers found, put together", "", "", n_groups },
    { "cells", "", "groups put in order", "", n_groups, n_groups },
    { "measures", "", "5 measures from 5 aggregates", "", n_groups, n_groups },
    { "result", "", "columns, order, limit, notes", "", n_groups, n_groups },
  })
  t.eq(plan:table().ms:type(), "decimal(3)")
  local text = tostring(plan)
  t.has(text, "  where c is null and not b or x > 2", "looked up by 8 codes of x", "; once for 3", "total")
end)

test("quantiles of values that are too many to count are selected from lists", function(t, dk)
  local x, c = {}, {}
  for i = 1, 400 do
    x[i], c[i] = i * 10007, "c" .. i % 4
  end
  local found = steps(dk.breakdown { by = "c", measures = { "m = median(x)", "q = quantile(x, 0.9)", "d = sd(x)" } }
    :plan(dk.table { { "c", c }, { "x", x } }))
  t.eq(found[4][3], "by index, of 5 places: 0 counted, 0 added up, 3 from lists of values")
  t.eq(found[5][1], "scan")
end)

test("keys that have to be looked for, and expressions alone", function(t, dk)
  local data = many(dk)
  local plan = dk.breakdown { by = { "name", "q = 10 / x" }, measures = "n = count()", margins = "cube" }:plan(data)
  local found = steps(plan)
  t.eq({ found[2][3], found[4][3], found[8][3] },
    { "the column as it lies: coded as they come", "by hash: each key is looked for",
      "groups and their totals put in order" })
  t.eq(found[4][6], 400)
  t.eq(steps(data:plan "c == 'c1' and b")[2],
    { "condition", "c == 'c1' and b", "looked up by 15 codes of c and b", 1, 400, 40 })
  t.eq(steps(data:plan "c == 'c1' and contains(name, '1')")[2][3], "computed in blocks by 2 operators, over 1 look-up")
  t.eq(steps(data:plan("length(name) + $n", { n = 1 }))[2],
    { "value", "length(name) + $n", "computed in blocks by 2 operators", 1, 400, "" })
  t.eq(steps(data:plan "1 < 2")[2][3], "constant")
  local named = data:rename { x = "n", c = "plan" } -- columns with names that a plan could have wanted
  t.eq(steps(named:plan "n + 1")[2][2], "n + 1")
  t.eq(steps(named:plan "plan is null and n > 2")[2][2], "plan is null and n > 2")
end)

test("keys that are many are dealt to partitions, where they are sorted or looked for", function(t, dk)
  local k, twos = {}, {}
  for i = 1, 140000 do
    k[i], twos[i] = i * 7919 % 140009 * 10000, i % 4000 * 10000
  end
  local data = dk.table { { "k", k }, { "twos", twos } }
  local sorted = steps(dk.breakdown { by = "k", measures = "n = count()" }:plan(data))
  t.eq(sorted[3], { "groups", "", "by sorting, dealt to partitions of keys", "", 140000, 140000 })
  local hashed = steps(dk.breakdown { by = "twos", measures = "n = count()" }:plan(data))
  t.eq(hashed[3], { "groups", "", "by hash, dealt to partitions of keys", "", 140000, 4000 })
end)

test("breakdowns that are asked together say how they share a pass", function(t, dk)
  local data = many(dk)
  local one = dk.breakdown { by = "c", where = "x > 2", measures = { "n = count()", "m = count() where b" } }
  local plan = data:plan { one, one:by "x", { by = "c", limit = 1, rest = "others", measures = "n = count()" },
    one:by "name" }
  local scans = {}
  for row in plan:table():where "step == 'scan'":rows() do
    scans[#scans + 1] = { row.breakdown, row.how, row.rows, row.out, row.ms ~= nil }
  end
  local alone = "one pass over the rows, by 1 worker in blocks of 4096"
  t.eq(scans, {
    { "1", "one pass over the rows for 3 breakdowns, by 1 worker in blocks of 4096", 400, 5, true },
    { "2", "the same pass", 400, 4, false },
    { "3", alone, 400, 5, true }, -- the rest takes passes of its own
    { "4", "the same pass", 400, 228, false },
  })
  local found = "its rows are those that an earlier breakdown of the pass has found"
  local conditions = {}
  for row in plan:table():where "what == 'b' or step == 'where'":rows() do
    conditions[#conditions + 1] = { row.breakdown, row.step, row.how == found, row.rows, row.out }
  end
  -- x > 2 in 228 rows; i even among them: each seven rows have 4, of which two are even, and seven more rows the other two
  t.eq(conditions, {
    { "1", "where", false, 400, 228 }, { "1", "condition", false, 228, 114 },
    { "2", "where", true, 400, 228 }, { "2", "condition", true, 228, 114 },
    { "4", "where", true, 400, 228 }, { "4", "condition", true, 228, 114 },
  })
  local text = tostring(data:plan { soort = one, x = one:by "x" })
  t.has(text, "breakdown soort", "one pass over the rows for 2 breakdowns", "breakdown x", "the same pass", "total")
  t.raises(function() data:plan {} end, "breakdowns wants breakdowns")
  t.raises(function() data:plan { 3 } end, "1 is a number, and no breakdown")
  t.raises(function() data:plan { dk.breakdown { by = "cc", measures = "n = count()" }, one } end, "did you mean c?")
end)

test("mistakes say what they are", function(t, dk)
  local data = people(dk)
  local ask = dk.breakdown { by = "gemeente", measures = "n = count()" }
  t.raises(function() return ask:plan() end, "plan wants a table of dekking, not")
  t.raises(function() return ask.plan(3, data) end, "plan: called on")
  t.raises(function() return dk.breakdown { by = "gemente", measures = "n = count()" }:plan(data) end,
    "needs the column gemente", "did you mean gemeente?")
  t.raises(function() return data.explain(3) end, "explain: call it on a table, with a colon")
  t.raises(function() return data.plan(3, "x") end, "plan: call it on a table, with a colon")
  t.raises(function() return data:plan(true) end, "plan wants an expression as a string; got a boolean")
  t.raises(function() return data:plan "leeftjd < 3" end, "unknown column leeftjd", "did you mean leeftijd?")
  t.raises(function() return ask:plan(data).table(3) end, "called on what is not a plan")
end)

test("the first groups and the rest are told as they were asked for", function(t, dk)
  local result = people(dk):breakdown {
    by = "gemeente", measures = "n = count()", order = "n desc", limit = 1, rest = "overige",
  }
  t.eq(result:explain(), [[
The table personen from register.csv: 6 rows.
The breakdown counts these rows by group: 2 rows.
  by gemeente
  n: count()
Then ordered by n, falling: 2 rows.
Then the first 1 group, the others together as overige: 2 rows.]])
end)
