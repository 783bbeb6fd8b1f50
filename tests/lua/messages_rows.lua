-- messages_rows.lua - what is said, whole, of conditions, orders, windows, samples, joins and links that cannot be.

local test = ...

local function months(dk)
  return dk.table({
    { "gemeente", { "Arnhem", "Arnhem", "Duiven" } }, { "maand", { "2024-01", "2024-01", "2024-02" } },
    { "n", { 10, 30, 5 } }, { "naam", { "a", "b", "c" } },
  }, { types = { maand = "month" } })
end

test("orders that cannot be", function(t, dk)
  local data = months(dk)
  local function says(order, message) t.says(function() return data:sort(order) end, message) end
  says("m = n + 1", "sort: 'm = n + 1' gives a key a name (make it a column first: t:derive \"m = n + 1\")")
  says("n dsc", "sort: 'n dsc': behind the name stands asc or desc, not 'dsc'")
  t.says(function() return data:sort("n", "desc") end,
    "sort: 'desc' is no key, and stands in the text of one (write \"n desc\")")
  says({ "naam desc", "n", "asc" }, "sort: 'asc' is no key, and stands in the text of one (write \"n asc\")")
  t.eq(data:rename { n = "desc" }:sort("naam", "desc").desc:to_lua(), { 10, 30, 5 })
  t.says(function() return data:window { order = { "maand", "desc" }, "k = row_number()" } end,
    "window: order: 'desc' is no key, and stands in the text of one (write \"maand desc\")")
  says("naam < 'b",
    "this text does not end\n  "
    .. "naam < 'b\n         "
    .. "^^")
  says("inwoners", "unknown column \"inwoners\" (there are: gemeente, maand, n, naam)")
end)

test("conditions and new columns that cannot be", function(t, dk)
  local data = months(dk)
  t.says(function() return data:where "n + 1" end,
    "a condition is wanted, and this is integer\n  "
    .. "n + 1\n  "
    .. "^^^^^ (compare it with something: ==, <, in, is null ...)")
  t.says(function() return data:derive "n + 1" end, "derive: 'n + 1' has no name: write \"name = n + 1\"")
  t.says(function() return data:sample { n = 1, seed = 1, weight = "n - 20" } end,
    "sample: the weight n - 20 is -10 in row 1 (a weight is 0 or more; leave such rows out first, or say what "
    .. "they weigh: coalesce(n - 20, 0))")
  t.says(function() return data:sample { n = 1, seed = 1, weight = "case(n > 5, n)" } end,
    "sample: the weight case(n > 5, n) is null in row 3 (a weight is 0 or more; leave such rows out first, or "
    .. "say what they weigh: coalesce(case(n > 5, n), 0))")
  t.says(function() return data:sample { n = 1, seed = 1, weight = "naam" } end,
    "sample: a weight is a number, and naam is category")
  t.says(function() return data:sample { share = 1.5, seed = 1 } end, "a sample's share is 0 to 1")
end)

test("a column in quotes is told to be a text", function(t, dk)
  local data = dk.table { { "n", { 1 } }, { "in sonar", { 2 } } }
  t.says(function() return data:where [["n" > 1]] end,
    ">: integer and text do not go together\n  "
    .. "\"n\" > 1\n  "
    .. "^^^ (in quotes it is a text: the column is written n)")
  t.says(function() return data:where "n in ('in sonar')" end,
    "in: integer and text do not go together\n  "
    .. "n in ('in sonar')\n        "
    .. "^^^^^^^^^^ (in quotes it is a text: the column is written `in sonar`)")
  t.says(function() return data:where "n > 'm'" end, ">: integer and text do not go together\n  n > 'm'\n      ^^^")
end)

test("columns of windows that cannot be", function(t, dk)
  local data = months(dk)
  local function says(window, message)
    window.within = window.within or "gemeente"
    t.says(function() return data:window(window) end, message)
  end
  says({ order = "maand", "v = previous(n, 0)" },
    "a whole number from 1 is wanted here\n  "
    .. "v = previous(n, 0)\n                  "
    .. "^")
  says({ order = "maand", "v = previous(n, n)" },
    "a whole number from 1 is wanted here\n  "
    .. "v = previous(n, n)\n                  "
    .. "^")
  says({ "r = rank()" },
    "rank() needs an order\n  "
    .. "r = rank()\n      "
    .. "^^^^^^ (t:window { order = \"column desc\", ... })")
  says({ "r = median(n)" },
    "windows have no median()\n  "
    .. "r = median(n)\n      "
    .. "^^^^^^^^^ (count, rows, sum, mean, min and max of a group; others by a breakdown and a join)")
  says({ "r = sum(naam)" },
    "sum() wants a number, and this is category\n  "
    .. "r = sum(naam)\n          "
    .. "^^^^")
  says({ "r = count() where n" },
    "a condition is wanted, and this is integer\n  "
    .. "r = count() where n\n                    "
    .. "^ (compare it with something: ==, <, in, is null ...)")
  says({ "r = n / all(n)" },
    "all() belongs in a breakdown; sum(x) is that of the whole group here\n  "
    .. "r = n / all(n)\n          "
    .. "^^^^^^")
  says({ order = "maand", "r = previous(previous(n))" },
    "previous() looks at other rows\n  "
    .. "r = previous(previous(n))\n               "
    .. "^^^^^^^^^^^ (it belongs in a window, not in another function of one: t:window { order = ..., \"name = "
    .. "previous(...)\" })")
  says({ order = "maand", "r = previous(sum(n))" },
    "sum() is a measure over many rows\n  "
    .. "r = previous(sum(n))\n               "
    .. "^^^^^^ (measures belong in a breakdown; here is one row at a time)")
  says({ order = { "maand", "n" }, "v = previous_period(n)" },
    "previous_period() steps through periods, and the order of this window has 2 keys\n  "
    .. "v = previous_period(n)\n      "
    .. "^^^^^^^^^^^^^^^^^^ (order = one month, quarter, year, date or whole number)")
  says({ order = "naam", "v = previous_period(n)" },
    "previous_period() steps through months, quarters, years, dates or whole numbers, and the order of this "
    .. "window is category\n  "
    .. "v = previous_period(n)\n      "
    .. "^^^^^^^^^^^^^^^^^^")
  says({ order = "maand", "v = previous_period(n)" },
    "previous_period() finds 2024-01 twice in a group: rows 1 and 2\n  "
    .. "v = previous_period(n)\n      "
    .. "^^^^^^^^^^^^^^^^^^ (name what tells them apart in within, or go by rows: previous(), next())")
  data = dk.table({ { "gemeente", { "a", "a" } }, { "n", { math.maxinteger, 1 } }, { "w", { 1, 2 } } })
  says({ order = "w", "t = running_sum(n)" },
    "row 2: running_sum() does not fit\n  "
    .. "t = running_sum(n)\n      "
    .. "^^^^^^^^^^^^^^ (running_sum(real(x)) gives the nearest real instead)")
end)

test("joins and links that cannot be", function(t, dk)
  local mine = dk.table { { "id", { "a", "b", "c" } }, { "dag", { "2024-01-01", "2024-01-02", "2024-01-03" } },
    { "n", { 1, 2, 3 } } } :derive "dag = date(dag)"
  local other = dk.table { { "id", { "a", "a", "d" } }, { "dag", { "2024-01-01", "2024-01-01", "2024-01-05" } },
    { "status", { "x", "y", "z" } } } :derive "dag = date(dag)"
  local function says(method, key, options, message, with)
    t.says(function() return mine[method](mine, with or other, key, options) end, message)
  end
  says("join", "id", {},
    "join: both tables have a column dag (rename it in one of them, leave it out with columns = { ... }, or "
    .. "give the other's an end: suffix = \"_2\")")
  says("join", "id", { kind = "semi", columns = "status" },
    "join: rows of the first table are only chosen here, and no column comes over (leave out columns, or take "
    .. "kind = \"inner\")")
  says("join", "id", { columns = "status" },
    "join: the key id is not unique in the other table: a in rows 1 and 2 (say which row to take: multiple = "
    .. "\"first\" or \"last\", or \"all\" of them; or take a key that tells them apart)")
  says("join", "id", { as_of = "dag", multiple = "all", columns = "status" },
    "join: each row gets one that is nearest in time: multiple is \"first\" or \"last\"")
  says("join", "id", { as_of = "dag", kind = "full", columns = "status" },
    "join: rows that go by time make a left or an inner join")
  says("join", "id", { as_of = "dag", columns = "status", multiple = "error" },
    "join: rows 1 and 2 of the other table have one key and one time: a, 2024-01-01 (say which row to take: "
    .. "multiple = \"first\" or \"last\")")
  says("join", "id", { as_of = "id", columns = "status" },
    "join: id is category, and rows go by a date, timestamp, period or whole number")
  says("join", "id", { as_of = { mine = "n", theirs = "dag" }, columns = "status" },
    "join: n is integer and dag is date: rows go by times of one type (there is no one way to bring the "
    .. "one to the other: take another key, or derive what is meant)")
  says("join", { mine = "n", theirs = "id" }, {},
    "join: the key n is integer and id is category, which cannot be compared (derive \"id_key = integer(id)\" "
    .. "from the other table, and take the key { mine = \"n\", theirs = \"id_key\" })")
  says("join", nil, {}, "join wants a key: \"name\", { \"a\", \"b\" }, or { mine = \"name\", theirs = \"other\" }")
  says("join", {}, {}, "join wants a key: \"name\", { \"a\", \"b\" }, or { mine = \"name\", theirs = \"other\" }")
  says("join", { on = "id" }, {},
    "join wants a key: \"name\", { \"a\", \"b\" }, or { mine = \"name\", theirs = \"other\" }")
  says("join", { "id", on = "id" }, {}, "join: a plain list is wanted; it has the key on")
  says("link", "id", { as = "n" },
    "link: there is a column n already (rename the one or the other first, or give the mark another name)")
  says("link", "id", { as = "gevonden", multiple = "all" },
    "link makes no row twice: multiple is \"first\" or \"last\"")
  says("link", "id", { as = "gevonden" },
    "link: the key id is not unique in the other table: a in rows 1 and 2 (say which row to take: multiple = "
    .. "\"first\" or \"last\"; or take a key that tells them apart)")
  says("link", "id", { as = "gevonden", columns = { "dag" }, multiple = "first" },
    "link: there is a column dag already (rename the one or the other first, or give the mark another name)")
  says("link", {}, { as = "gevonden" },
    "link wants a key: \"name\", { \"a\", \"b\" }, or { mine = \"name\", theirs = \"other\" }")
  says("reconcile", {}, {},
    "reconcile wants a key: \"name\", { \"a\", \"b\" }, or { mine = \"name\", theirs = \"other\" }")
  local totals = other:breakdown { by = "id", measures = "n = count()", margins = "totals" }
  says("join", "id", {},
    "join: a table has rows that are totals of others (take the table without them: t:detail())", totals)
  mine = mine:with { weight = "n" }
  says("join", "id", { kind = "full", multiple = "first", suffix = "_2" },
    "join: 1 of the other table's rows match none and would have no weight n (join with kind = \"left\" or "
    .. "\"inner\", or put the other table first)")
end)
