-- messages_query.lua - what breakdowns, pivots and windows say of mistakes, whole.
--
-- tests/messages.lua lists the messages that no test has in it. What only the C interface can do wrong stands in
-- tests/unit/test_breakdown.c.

local test = ...

local function people(dk)
  return dk.table({
    { "gemeente", { "Duiven", "Arnhem", "Arnhem" } }, { "doelgroep", { "Wajong", "Wajong", "Wsw" } },
    { "in_sonar", { true, true, false } }, { "leeftijd", { 20, 30, 40 } }, { "uren", { 0.5, 1.5, 2.5 } },
    { "pseudoniem", { "p", "q", "r" } },
  }, { types = { pseudoniem = "text", uren = "real" } })
end

test("measures that cannot be written so", function(t, dk)
  local function says(measures, message)
    t.says(function() return dk.breakdown { by = "gemeente", measures = measures } end, message)
  end
  says("n = count(x)",
    "count() takes no argument\n  "
    .. "n = count(x)\n      "
    .. "^^^^^^^^ (count() where x is not null counts the rows where x is known)")
  says("n = count(x > 1)",
    "count() takes no argument\n  "
    .. "n = count(x > 1)\n      "
    .. "^^^^^^^^^^^^ (count() where x > 1 counts the rows where that is true)")
  says({ "rate = known / n", "n = count()", "known = count() where in_sonar" },
    "the measure known is not made before this one\n  "
    .. "rate = known / n\n         "
    .. "^^^^^ (put known before rate)")
  says({ "n = count()", "share = n / all(gemeente)" },
    "all() takes a measure first, and gemeente is a dimension\n  "
    .. "share = n / all(gemeente)\n                  "
    .. "^^^^^^^^ (all(m, gemeente) is the measure m within each gemeente)")
  says({ "n = count()", "m = n + leeftijd" },
    "leeftijd is no measure made before and no dimension\n  "
    .. "m = n + leeftijd\n          "
    .. "^^^^^^^^ (a measure stands before m; a column stands inside an aggregate: sum(leeftijd))")
  says({ "n = count()", "m = n / m" },
    "the measure m is made of itself\n  "
    .. "m = n / m\n          "
    .. "^ (a column stands inside an aggregate, and the measure has another name: sum(m))")
  says({ "a = b / 2", "b = round(c)", "c = all(a) * 2" },
    "the measures a and b are made of each other\n  "
    .. "a = b / 2\n      "
    .. "^ (one of them has to be made without the other)")
  says({ "rate = knwon / n", "n = count()", "known = count() where in_sonar" },
    "knwon is no measure made before and no dimension\n  "
    .. "rate = knwon / n\n         "
    .. "^^^^^ (did you mean known?)")
  says("n = gibberish(leeftijd)",
    "unknown function or aggregate gibberish()\n  "
    .. "n = gibberish(leeftijd)\n      "
    .. "^^^^^^^^^^^^^^^^^^^ (the aggregates are count(), rows(), sum(x), mean(x), min(x), max(x) and others)")
  says({ "n = count()", "share = n / all()" },
    "all() takes a measure\n  "
    .. "share = n / all()\n              "
    .. "^^^^^ (all(m) is the measure m over all groups, all(m, d) within each d)")
  says({ "n = count()", "share = n / all(n, n)" },
    "all(m, d, ...) takes dimensions of the breakdown after the measure, and n is a measure\n  "
    .. "share = n / all(n, n)\n                     "
    .. "^ (by = { ... } names the dimensions; where a level is meant, give the measure another name: n_n)")
  says({ "n = count()", "share = n / all(n, 3)" },
    "all(m, d, ...) takes dimensions of the breakdown after the measure\n  "
    .. "share = n / all(n, 3)\n                     "
    .. "^")
  says({ "gemeente = count()" },
    "the breakdown has two columns named gemeente (give each dimension and each measure a name of its own)")
  says({ "n = sum(max(x))" },
    "max() stands inside sum()\n  "
    .. "n = sum(max(x))\n          "
    .. "^^^^^^ (make it a measure of its own, and compute with that: inside an aggregate names are columns)")
end)

test("breakdowns that cannot be asked so", function(t, dk)
  local function says(spec, message)
    spec.measures = spec.measures or "n = count()"
    t.says(function() return dk.breakdown(spec) end, message)
  end
  says({ by = "gemeente", order = "afstand desc" },
    "order: the breakdown has no column afstand (order takes dimensions and measures, each with or without \" "
    .. "desc\")")
  says({ by = "gemeente", where = "jong = leeftijd < 27" },
    "where wants a condition; 'jong = leeftijd < 27' gives something a name (equality is ==)")
  says({ by = "gemeente", levels = { "plaats" } },
    "levels: the breakdown has no dimension plaats (by = { ... } names the dimensions)")
  says({ by = "gemeente", rest = "overig" },
    "the breakdown: the rest is what is beyond the limit, of one dimension (by = \"gemeente\", order = \"n "
    .. "desc\", limit = 10, rest = \"overig\")")
end)

test("measures that do not fit the table", function(t, dk)
  local data = people(dk)
  local function says(measures, message)
    t.says(function() return data:breakdown { by = "gemeente", measures = measures } end, message)
  end
  says({ "n = count()", "m = sum(n)" },
    "the breakdown: n is a measure, and inside an aggregate names are columns\n  "
    .. "m = sum(n)\n          "
    .. "^ (compute with measures outside of aggregates: n / all(n))")
  says("leeftijd = sum(leeftijd)",
    "the breakdown has a measure named leeftijd, like the column that it reads\n  "
    .. "leeftijd = sum(leeftijd)\n                 "
    .. "^^^^^^^^ (give the measure another name: n_leeftijd)")
  says("n = count() where leeftijd",
    "a condition is true or false, and this is integer\n  "
    .. "n = count() where leeftijd\n                    "
    .. "^^^^^^^^ (compare it with something: ==, <, in, is null ...)")
  says("m = median(leeftijd / 3)",
    "median() takes an integer, a decimal or a real, and this is a ratio\n  "
    .. "m = median(leeftijd / 3)\n             "
    .. "^^^^^^^^^^^^ (median(real(x)) takes the nearest reals)")
  says("n = sum(in_sonar)",
    "sum() takes a number, and this is boolean\n  "
    .. "n = sum(in_sonar)\n          "
    .. "^^^^^^^^ (count() where in_sonar counts the rows where it is true)")
  says("n = sum(leeftijd > 30)",
    "sum() takes a number, and this is boolean\n  "
    .. "n = sum(leeftijd > 30)\n          "
    .. "^^^^^^^^^^^^^ (count() where x counts the rows where x is true)")
  says("n = sum(doelgroep)",
    "sum() takes a number, and this is category\n  "
    .. "n = sum(doelgroep)\n          "
    .. "^^^^^^^^^ (min() and max() take every type)")
  says("r = corr(leeftijd, uren)",
    "corr() takes two exact numbers or two reals, and these are integer and real\n  "
    .. "r = corr(leeftijd, uren)\n      "
    .. "^^^^^^^^^^^^^^^^^^^^ (real(x) is the real nearest to x)")
  says("q = quantile(leeftijd, 1.5)",
    "quantile() is taken at a share of 0 to 1 that is the same for all rows\n  "
    .. "q = quantile(leeftijd, 1.5)\n                         "
    .. "^^^ (the ninth decile is quantile(x, 0.9))")
  says("q = quantile(leeftijd, leeftijd)",
    "quantile() is taken at a share of 0 to 1 that is the same for all rows\n  "
    .. "q = quantile(leeftijd, leeftijd)\n                         "
    .. "^^^^^^^^ (the ninth decile is quantile(x, 0.9))")
  local heavy = dk.table({ { "gemeente", { "A", "B" } }, { "leeftijd", { 1, 2 } }, { "w", { 1 << 62, 1 } } },
    { weight = "w" })
  t.says(function() return heavy:breakdown { measures = "m = median(leeftijd)" } end,
    "median() adds up weights in 62 bits, and 2 rows of so large or so precise weights may need more\n  "
    .. "m = median(leeftijd)\n      "
    .. "^^^^^^^^^^^^^^^^ (round the weights to fewer digits: round(w, 6))")
end)

test("groups that cannot be shown so", function(t, dk)
  local data = people(dk)
  local function says(spec, message)
    spec.measures = spec.measures or "n = count()"
    t.says(function() return data:breakdown(spec) end, message)
  end
  says({ by = "pseudoniem", levels = { "pseudoniem" } },
    "the breakdown is to show every level of pseudoniem, and which ones text has is not known\n  "
    .. "pseudoniem\n  "
    .. "^^^^^^^^^^ (categories and booleans have levels; whole numbers, dates and periods those between the least "
    .. "and the greatest)")
  says({ by = "leeftijd", levels = "all" },
    "the breakdown is to show every level, and none of its dimensions is a category or a boolean (name the "
    .. "dimension: levels = { \"leeftijd\" })")
  says({ by = "leeftijd", order = "n desc", limit = 1, rest = "overig" },
    "the breakdown shows the rest as one group, and its dimension leeftijd is integer and no category or text "
    .. "(make it text: \"leeftijd = text(leeftijd)\")")
  says({ by = "gemeente", order = "n desc", limit = 1, rest = "Arnhem" },
    "the breakdown: a group is called Arnhem, as the rest is to be (give the rest another name)")
end)

test("groups that would be too many", function(t, dk)
  local wide = dk.table { { "a", { 1, 3000 } }, { "b", { 1, 3000 } } }
  local function says(spec, message)
    spec.measures = spec.measures or "n = count()"
    t.says(function() return wide:breakdown(spec) end, message)
  end
  says({ by = { "a", "b" }, levels = { "a", "b" } },
    "the breakdown is to show every level, and these make more than 4194304 groups (take fewer dimensions, or "
    .. "name those that are to show their levels: levels = { \"a\" })")
  says({ by = "x = a * 2000", levels = { "x" } },
    "the breakdown is to show every level, and these make more than 4194304 groups (take fewer dimensions, or "
    .. "name those that are to show their levels: levels = { \"x\" })")
  local by, measures = {}, { "n = count()" }
  for i = 1, 7 do
    by[i] = ("d%d = a %% %d"):format(i, i + 1)
  end
  for i = 0, 99 do
    local dims = {}
    for d = 1, 7 do
      if i >> d - 1 & 1 == 1 then
        dims[#dims + 1] = ", d" .. d
      end
    end
    measures[#measures + 1] = ("s%d = n / all(n%s)"):format(i, table.concat(dims))
  end
  says({ by = by, measures = measures },
    "the breakdown has all() over more than 64 sets of dimensions (ask for some of its measures in a second "
    .. "breakdown)")
end)

test("a cube that would be too large", function(t, dk)
  local list, by = {}, {}
  for i = 1, 17000 do
    list[i] = i
  end
  for i = 1, 8 do
    by[i] = ("d%d = n + %d"):format(i, i)
  end
  t.says(function()
    return dk.table { { "n", list } }:breakdown { by = by, measures = "k = count()", margins = "cube" }
  end,
    "a cube over these 8 dimensions has more than 4194304 totals (take fewer dimensions, or the margins of a "
    .. "rollup)")
end)

test("persons that would be counted once a month", function(t, dk)
  local data = dk.table({ { "pseudoniem", { "p", "p", "q" } }, { "maand", { "2024-01", "2024-02", "2024-01" } },
    { "gemeente", { "Ede", "Ede", "Ede" } } }, { types = { maand = "month" }, key = { "pseudoniem", "maand" } })
  t.says(function() return data:breakdown { by = "gemeente", measures = "n = count()" } end,
    "measure n of the breakdown counts rows of several periods, 2024-01 to 2024-02 (gemeente = Ede), and the "
    .. "key of the table has a row for each\n  "
    .. "n = count()\n      "
    .. "^^^^^^^ (put maand into by, or choose one in where; rows() counts rows, distinct(pseudoniem) each "
    .. "pseudoniem once)")
end)

test("tables that cannot be turned", function(t, dk)
  local data = dk.table { { "g", { "a", "a", "b" } }, { "m", { "x", "x", "y" } }, { "n", { 1, 2, 3 } } }
  local function says(method, spec, message) t.says(function() return data[method](data, spec) end, message) end
  says("pivot", { values = "n" }, "a pivot wants columns whose values become columns: columns = \"peilmaand\"")
  says("pivot", { columns = "m" }, "a pivot wants values to fill its cells with: values = \"n\"")
  says("pivot", { rows = "g", columns = "g", values = "n" },
    "a pivot names g twice: a column has one place in rows, columns and values")
  says("pivot", { rows = "g", columns = "m", values = "n", limit = 1 },
    "the values of m would become 2 columns, and 1 are the most (a limit of your own says otherwise: limit = 2)")
  says("pivot", { rows = "g", columns = "m", values = "n" },
    "rows 1 and 2 of the table belong in one cell: g a, m x (say how several become one, aggregate = \"sum\", "
    .. "or name what tells them apart in rows)")
  says("pivot", { rows = "g", columns = "m", values = "count()", aggregate = "sum" },
    "unknown column \"count()\" (there are: g, m, n)")
  says("pivot", { rows = "gg", columns = "m", values = "n", aggregate = "sum" },
    "unknown column \"gg\" (did you mean \"g\"?)")
  says("pivot", { rows = "g", columns = "m", values = "n", aggregate = "total" },
    "a pivot has no aggregate total (aggregates of a pivot are sum, mean, min, max, median, distinct and "
    .. "others of one argument)")
  says("pivot", { rows = "g", columns = "m", values = "n", aggregate = "count" },
    "a pivot has no aggregate count (rows are counted before, t:breakdown { by = { \"x\", \"y\" }, measures = "
    .. "\"n = count()\" }, and values = \"n\" are pivoted)")
  says("unpivot", {}, "an unpivot wants the columns that become rows, or those that stay")
  says("unpivot", { rows = { "g", "g" } }, "an unpivot names g twice")
  says("unpivot", { rows = { "g", "m", "n" } }, "an unpivot has no columns that become rows")
  says("unpivot", { rows = "g" },
    "column value is category in m and integer in n (make them of one type first: t:derive "
    .. "\"m = text(...)\")")
  says("unpivot", { columns = { "m", "n" } },
    "column value is category in m and integer in n (make them of one type first: t:derive "
    .. "\"m = text(...)\")")
  local sets = dk.table({ { "v", { { "a" } } }, { "u", { { "b" } } } },
    { types = { v = { "set", members = { "a", "b" } }, u = { "set", members = { "b", "a" } } } })
  t.raises(function() sets:unpivot { columns = { "v", "u" } } end, "the levels of column value are stated in another "
    .. "order in u: \"b\" before \"a\" (state the same order for all columns)")
end)

test("values that no measure can give", function(t, dk)
  local p, q = 9223372036854775783, 9223372036854775643
  local data = dk.table({ { "g", { "a", "a" } }, { "x", { 1, 1 } }, { "y", { p, q } }, { "r", { 1.7e308, 1.7e308 } },
    { "v", { 1.7e308, -1.7e308 } } },
    { types = { r = "real", v = "real" } })
  local function says(measure, message)
    t.says(function() return data:breakdown { by = "g", measures = measure } end, message)
  end
  says("s = sum(x / y)",
    "measure s of the breakdown: sum() of these ratios does not fit in 64 bits above and below (g = a) "
    .. "(sum(real(x)) gives the nearest real instead)")
  says("s = mean(x / y)",
    "measure s of the breakdown: mean() of these ratios does not fit in 64 bits above and below (g = a) "
    .. "(mean(real(x)) gives the nearest real instead)")
  says("s = quantile(y, 1 / 4611686018427387847)",
    "measure s of the breakdown: quantile() does not fit in 64 bits above and below (g = a) (quantile(real(x), "
    .. "...) gives the nearest real instead)")
  says("s = sum(y)",
    "measure s of the breakdown: sum() does not fit in 64 bits (g = a) (sum(real(x)) gives the nearest real "
    .. "instead)")
  says("s = sum(r)", "measure s of the breakdown: sum() is beyond the greatest real (g = a)")
  says("s = variance(v)", "measure s of the breakdown: variance() is beyond the greatest real (g = a)")
  t.says(function()
    dk.aggregate "zonder_merge" { start = function() return 0 end, step = function(s, x) return s + x end,
      finish = function(s) return s end }
    return data:breakdown { by = "g", measures = "s = zonder_merge(x)", margins = "totals" }
  end,
    "zonder_merge() has no merge, and totals and members of sets need one (define zonder_merge() with merge, "
    .. "or ask for no margins and no all())")
end)

test("figures beside a table that cannot be read so", function(t, dk)
  local data = people(dk)
  local beside = data:attach(dk.table { { gemeente = "Arnhem", register = 8 }, { gemeente = "Duiven", register = 4 } },
    "gemeente")
  local totals = data:breakdown { by = "gemeente", measures = "n = count()", margins = "totals" }
  local function says(spec, message, of)
    t.says(function() return (of or beside):breakdown(spec) end, message)
  end
  says({ by = "gemeente", measures = "r = attached(a, b)" },
    "attached(m) is what is known; attached(m, 'bounds') and attached(m, 'estimate') are what can be said of finer "
    .. "groups\n  "
    .. "r = attached(a, b)\n                  "
    .. "^ (a third one says who is surely among them: attached(register, 'bounds', bekend); else count())")
  says({ by = "gemeente", measures = "r = attached()" },
    "attached() takes one measure of the table that is attached, such as a column of it\n  "
    .. "r = attached()\n      "
    .. "^^^^^^^^^^")
  says({ by = "gemeente", measures = "r = attached(register)", order = "r desc", limit = 1, rest = "overig" },
    "attached() has no figure for the rest of the groups\n  "
    .. "r = attached(register)\n      "
    .. "^^^^^^^^^^^^^^^^^^ (leave rest out, or show all groups)")
  says({ by = { "gemeente", "doelgroep" }, measures = "r = attached(register)" },
    "attached(register) is known per gemeente, and the breakdown goes by doelgroep\n  "
    .. "r = attached(register)\n      "
    .. "^^^^^^^^^^^^^^^^^^ (all(attached(register), gemeente) is that of each gemeente as a whole, "
    .. "attached(m, 'bounds') what it lies within; or attach figures that are known per doelgroep too)")
  says({ by = "doelgroep", measures = "r = attached(register)" },
    "attached(register) is known per gemeente, and the breakdown goes by doelgroep\n  "
    .. "r = attached(register)\n      "
    .. "^^^^^^^^^^^^^^^^^^ (by = \"gemeente\", or attached(m, 'bounds') for what it lies within; "
    .. "or attach figures that are known per doelgroep too)")
  says({ by = "gemeente", measures = "r = attached(register)", where = "leeftijd > 20" },
    "attached(register) is known per gemeente, and the condition of the breakdown looks at more than that\n  "
    .. "r = attached(register)\n      "
    .. "^^^^^^^^^^^^^^^^^^ (put the condition into the measures that it is about: count() where ...)")
  t.says(function() return data:breakdown { by = "gemeente", measures = "r = attached(register)" } end,
    "attached() reads figures beside the table, and it has none\n  "
    .. "r = attached(register)\n      "
    .. "^^^^^^^^^^^^^^^^^^ (t:attach(register, \"gemeente\") says per what they are known)")
  local most = beside
  for _ = 1, 63 do
    most = most:attach(data, "gemeente")
  end
  t.says(function() return most:attach(data, "gemeente") end,
    "attach: the table has 64 tables attached already (put figures that are known by the same columns into one table: "
    .. "t:join)")
  t.says(function() return data:attach(totals, "gemeente") end,
    "attach: the table has rows that are totals of others (attach it without them: t:detail())")
  t.says(function() return data:attach(data) end,
    "attach wants the columns by which the figures are known, such as \"gemeente\"")
  beside = data:attach(dk.table { { leeftijd = 20, register = 8 } }, "leeftijd")
  says({ by = "leeftijd", measures = "r = attached(register)" },
    "the dimension leeftijd is text, and integer in the table that is attached "
    .. "(attach figures by a column of the same type)", beside:derive "leeftijd = text(leeftijd)")
end)
