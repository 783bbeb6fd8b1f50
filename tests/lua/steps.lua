-- steps.lua - what a step of a scenario does, as scripts write it.

local test = ...

-- The region as it is published: known persons, and the 1994 unknown spread over municipalities as the known are.
local REGION = {
  { "Arnhem", 2983, 1047 }, { "Doesburg", 184, 65 }, { "Duiven", 249, 87 }, { "Lingewaard", 369, 129 },
  { "Overbetuwe", 415, 146 }, { "Rheden", 696, 244 }, { "Westervoort", 204, 72 }, { "Zevenaar", 582, 204 },
}

local function region(dk)
  local gemeente, known, n = {}, {}, {}
  for i, row in ipairs(REGION) do
    gemeente[2 * i - 1], known[2 * i - 1], n[2 * i - 1] = row[1], true, row[2]
    gemeente[2 * i], known[2 * i], n[2 * i] = row[1], false, row[3]
  end
  local data = dk.table { { "gemeente", gemeente }, { "in_sonar", known }, { "n", n } }
  return data:with { weight = "n", unit = "persons" }
end

local function coverage(dk, by)
  return dk.breakdown { by = by or {}, margins = by and "rollup" or nil,
    measures = { "register = count()", "known = count() where in_sonar", "dekking = known / register" } }
end

-- Rows of a result as lines of some of its columns.
local function lines(t, result, ...)
  local names, list = { ... }, {}
  for i, row in ipairs(t.records(result)) do
    local cells = {}
    for k, name in ipairs(names) do
      local value = row[name]
      cells[k] = value == nil and "-" or math.type(value) == "float" and ("%.4f"):format(value):gsub("%.?0+$", "")
        or tostring(value)
    end
    list[i] = table.concat(cells, "/")
  end
  return list
end

local function total(t, result)
  local rows = t.records(result)
  return rows[#rows]
end

-- 1227 persons for 90 %, and 1443 where 20 come each month of a year; 103 and 121 a month, reached in month 12.
test("a rate is reached while the register grows", function(t, dk)
  local plan = dk.scenario "plan" {
    params = { g = { 20, min = 0, unit = "persons" }, months = 12, goal = { 0.9, min = 0, max = 1 } },
    { "growth", where = "not in_sonar", count = "$g * $months", add = true, whole = true, when = "$g > 0" },
    { "goal", rate = "in_sonar", to = "$goal", whole = true },
  }
  local row = total(t, coverage(dk):compare(region(dk), plan))
  t.near(row.register_plan, 7916)
  t.near(row.known_plan, 7125)
  local moved = t.records(plan:moved(region(dk)))
  t.eq(moved[1].effect, "adds")
  t.near(moved[#moved].taken, 1443)
  t.eq(math.ceil(1443 / 12), 121)
  moved = t.records(plan:moved(region(dk), { g = 0 }))
  t.eq(#moved, 1)
  t.near(moved[1].taken, 1227)
  t.eq(math.ceil(1227 / 12), 103)
  t.ok(11 * 103 < 1227 and 12 * 103 >= 1227)
  t.eq(coverage(dk):compare(region(dk), plan):notes()[1], "growth: 240 persons came")
end)

-- Published accounts of the second quarter of 2022: who came and who left are the difference of two stocks.
test("a book of stocks and flows balances", function(t, dk)
  local function closing(opening, ...)
    local stock, plan = dk.table { { "s", { true } }, { "n", { opening } } }:with { weight = "n" }, {}
    for i, flow in ipairs { ... } do
      plan[i] = { "flow " .. i, where = "s", count = math.abs(flow), whole = true }
      plan[i][flow > 0 and "add" or "remove"] = true
    end
    local book = dk.scenario "book" (plan)
    local sum = opening
    for _, row in ipairs(t.records(book:moved(stock))) do
      sum = sum + (row.effect == "adds" and 1 or -1) * row.taken
    end
    local after = t.records(book:apply(stock))[1].n
    t.near(after, sum)
    return after
  end
  t.near(closing(248730, 3893, -2218), 250405)
  t.near(closing(129532, 7147, -5533, 2031, -555), 132622)
end)

-- U (1 - h)^T. A share of 7.647 % a month leaves 767.6 of 1994 after a year, and of 5 % it takes 19 months.
test("a share of those who are left, month after month", function(t, dk)
  local function left(share, months)
    local month = dk.scenario "month" { params = { h = 0.5 },
      { "register", where = "not in_sonar", share = "$h", set = { in_sonar = true } } }
    local steps = {}
    for i = 1, months do
      steps[i] = month
    end
    local row = total(t, coverage(dk):compare(region(dk), dk.scenario "year" (steps), { h = share }))
    return 7676 - row.known_year
  end
  t.ok(math.abs(left(0.07647, 12) - 1994 * (1 - 0.07647) ^ 12) < 1e-6)
  t.ok(math.abs(left(0.07647, 12) - 767.6) < 0.05)
  t.ok(left(0.05, 18) > 767.6 and left(0.05, 19) < 767.6)
end)

test("persons come, leave and weigh more", function(t, dk)
  local step = { "growth", where = "gemeente == 'Duiven'", scale = 1.5 }
  local row = total(t, coverage(dk):compare(region(dk), dk.scenario "more" { step }))
  t.near(row.register_more, 7676 + 336 / 2)
  local fewer = dk.scenario "fewer" { { "leave", where = "not in_sonar", share = 0.5, remove = true, per = "gemeente" } }
  t.near(total(t, coverage(dk):compare(region(dk), fewer)).register_fewer, 7676 - 997)
  local newcomers = dk.scenario "newcomers" {
    { "from abroad", where = "gemeente == 'Arnhem'", count = 100, add = true,
      set = { gemeente = "Rozendaal", in_sonar = false } },
  }
  local there = coverage(dk, "gemeente"):compare(region(dk), newcomers):where "gemeente == 'Rozendaal'"
  t.eq(lines(t, there, "gemeente", "register_newcomers", "known_newcomers"), { "Rozendaal/100/0" })
end)

-- A matrix of parameters and from a table.
test("a matrix moves shares at once", function(t, dk)
  local states = dk.table { { "staat", { "a", "b", "c" } }, { "n", { 1994, 4000, 1682 } } }:with { weight = "n" }
  local map = { a = { a = 0.9, b = "$p" }, b = { a = 0.02, b = dk.expr "1 - 0.02 - $p", c = "$p" },
    c = { a = 0.01, b = 0.04, c = 0.95 } }
  local month = dk.move("staat", map, { name = "month" })
  local once = dk.scenario "once" { params = { p = 0.1 }, month }
  t.eq(lines(t, once:apply(states), "staat", "n"), { "a/1891.42", "b/3786.68", "c/1997.9" })
  t.eq(lines(t, (once .. once):apply(states), "staat", "n"), { "a/1797.9906", "b/3601.3364", "c/2276.673" })
  local rows = { { from = "a", to = "b", share = 0.1 }, { from = "b", to = "a", share = 0.02 },
    { from = "b", to = "c", share = 0.1 }, { from = "c", to = "a", share = 0.01 }, { from = "c", to = "b", share = 0.04 } }
  for _, shares in ipairs { rows, dk.table(rows) } do
    t.eq(lines(t, dk.scenario "x" { dk.move("staat", shares) }:apply(states), "staat", "n"),
      { "a/1891.42", "b/3786.68", "c/1997.9" })
  end
  t.has(tostring(once), "1. month: move staat: \"a\" -> \"a\" 0.9, \"a\" -> \"b\" $p", "and 4 more")
  local whole = dk.scenario "whole" { { "month", move = "staat", shares = { a = { b = 0.1, c = 0.25 } }, whole = true } }
  -- 199.4 and 498.5 go, and 1296.1 stay
  t.eq(lines(t, whole:apply(states), "staat", "n"), { "a/1296", "b/4199", "c/2181" })
  local null = dk.table { { "staat", { "a", dk.null } }, { "n", { 4, 8 } } }:with { weight = "n" }
  local both_ways = dk.scenario "x" { dk.move("staat", { [dk.null] = { a = 0.25 }, a = { [dk.null] = 0.5 } }) }
  t.eq(lines(t, both_ways:apply(null), "staat", "n"), { "a/4", "-/8" })
  local numbers = dk.table { { "klasse", { 1, 2 } }, { "n", { 4, 8 } } }:with { weight = "n" }
  local up = dk.scenario "x" { dk.move("klasse", { { [2] = 0.5 }, { [10] = 0.5 } }) }
  t.eq(lines(t, up:apply(numbers), "klasse", "n"), { "1/2", "2/6", "10/4" })
end)

-- Ten of those who know least are registered: a total forced to a known figure, and how many were changed.
test("a known figure is reached by score", function(t, dk)
  local data = dk.table { { "score", { 1, 2, 3, 4, 5 } }, { "s", { false, true, false, false, false } },
    { "n", { 8, 40, 8, 8, 36 } } }:with { weight = "n" }
  local known = dk.scenario "known" { { "to the figure", rate = "s", to = 0.5, first = "score", whole = true } }
  t.eq(lines(t, known:moved(data), "taken"), { "10" })
  t.eq(lines(t, known:apply(data):where "s", "score", "n"), { "1/8", "2/40", "3/2" })
end)

test("chance decides how many come and leave", function(t, dk)
  local data = dk.table { { "g", { "a", "b" } }, { "n", { 400, 600 } } }:with { weight = "n" }
  for _, effect in ipairs { "add", "remove" } do
    local plan = dk.scenario "plan" { { "by chance", share = 0.3, drawn = true, per = "g", [effect] = true } }
    local moved, after = t.records(plan:moved(data)), t.records(plan:apply(data))
    t.eq(#moved, 2)
    t.ok(math.abs(moved[1].taken - 120) < 60 and moved[1].taken % 1 == 0) -- six and a half times the deviation of 9.2
    t.near(after[1].n, 400 + (effect == "add" and 1 or -1) * moved[1].taken)
  end
end)

test("a municipality is split", function(t, dk)
  local split = dk.scenario "split" { dk.split("gemeente", "Duiven", { Arnhem = 0.4, Zevenaar = 0.6 }) }
  local result = coverage(dk, "gemeente"):compare(region(dk), split)
  t.eq(lines(t, result:where "gemeente in ('Arnhem', 'Duiven', 'Zevenaar')", "gemeente", "register_split", "known_split"),
    { "Arnhem/4164.4/3082.6", "Duiven/0/0", "Zevenaar/987.6/731.4" })
  t.near(total(t, result).register_split, 7676)
  t.eq(result:notes()[1], "an estimate: split Duiven")
  t.eq(coverage(dk):compare(region(dk), dk.scenario "x" {
    dk.split("gemeente", "Duiven", { Arnhem = 1 }, { estimate = false, name = "gone" }) }):notes(), {})
  t.raises(function() dk.scenario "x" { dk.split("gemeente", "Duiven", { Arnhem = 0.4, Zevenaar = 0.5 }) } end,
    "split Duiven: shares of Duiven add up to 0.9, and all of them go: they add up to 1")
end)

test("a column means something else", function(t, dk)
  local data = dk.table { { "leeftijd", { 17, 29, 44 } }, { "klasse", { "jong", "jong", "oud" } } }
  local later = dk.scenario "later" { params = { grens = 25 },
    dk.redefine("klasse", "case(leeftijd < $grens, 'jong', 'oud')") }
  t.eq(lines(t, later:apply(data), "leeftijd", "klasse"), { "17/jong", "29/oud", "44/oud" })
  t.eq(lines(t, later:apply(data, { grens = 99 }), "leeftijd", "klasse"), { "17/jong", "29/jong", "44/jong" })
  t.has(tostring(later), "1. redefine klasse: all, set klasse = case(leeftijd < $grens, 'jong', 'oud')")
end)

-- Merging adds up: 11 103 241 98, of 7 54 135 53 and 4 49 106 45; the region does not change, and the new name is in it.
test("what merges stays in its region", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "gemeente;regio\nArnhem;MG\nDuiven;MG\nWestervoort;MG\nDoetinchem;AH\n",
    { "gemeente", "regio" })
  local columns = { Duiven = { 7, 54, 135, 53 }, Westervoort = { 4, 49, 106, 45 }, Arnhem = { 12, 724, 1758, 489 } }
  local gemeente, kolom, n = {}, {}, {}
  for name, list in pairs(columns) do
    for k, value in ipairs(list) do
      gemeente[#gemeente + 1], kolom[#kolom + 1], n[#n + 1] = name, k, value
    end
  end
  local data = dk.table { { "gemeente", gemeente }, { "kolom", kolom }, { "n", n } }:with { weight = "n" }:use(geo)
  local merger = dk.scenario "merger" { dk.merge("gemeente", { "Duiven", "Westervoort" }, "Duiven-Westervoort") }
  local by_column = dk.breakdown { by = { "regio", "gemeente", "kolom" }, measures = "aantal = count()" }
  local merged = by_column:compare(data, merger):where "gemeente == 'Duiven-Westervoort'"
  t.eq(lines(t, merged, "regio", "kolom", "aantal_merger"), { "MG/1/11", "MG/2/103", "MG/3/241", "MG/4/98" })
  local by_region = dk.breakdown { by = { "regio", "gemeente" }, measures = "aantal = count()", margins = "rollup",
    levels = "all" }
  t.eq(lines(t, by_region:compare(data, merger), "regio", "gemeente", "aantal_base", "aantal_merger"), {
    "AH/Doetinchem/0/0", "AH/-/0/0", "MG/Arnhem/2983/2983", "MG/Duiven/249/0", "MG/Duiven-Westervoort/0/453",
    "MG/Westervoort/204/0", "MG/-/3436/3436", "-/-/3436/3436" })
end)

-- The total does not change, and the municipality stands in its new region alone.
test("a municipality changes region", function(t, dk)
  local geo = dk.hierarchy(dk.read_text
    "gemeente;regio\nArnhem;MG\nDuiven;MG\nRozendaal;MG\nDoetinchem;AH\nMontferland;AH\n", { "gemeente", "regio" })
  local data = dk.table { { "gemeente", { "Arnhem", "Arnhem", "Duiven", "Duiven", "Doetinchem" } } }:use(geo)
  local other = dk.scenario "other" {
    { "to the Achterhoek", where = "gemeente == 'Duiven'", all = true, set = { regio = "AH" } },
  }
  local ask = dk.breakdown { by = { "regio", "gemeente" }, measures = "n = count()", margins = "rollup", levels = "all" }
  t.eq(lines(t, ask:compare(data, other), "regio", "gemeente", "n_base", "n_other"), {
    "AH/Doetinchem/1/1", "AH/Duiven/0/2", "AH/Montferland/0/0", "AH/-/1/3", "MG/Arnhem/2/2", "MG/Duiven/2/0",
    "MG/Rozendaal/0/0", "MG/-/4/2", "-/-/5/5" })
end)

-- Composing ----------------------------------------------------------------------------------------------------------

test("a scenario is made of others", function(t, dk)
  local first = dk.scenario "first" {
    doc = "the first", assumptions = { "nobody moves" }, params = { deel = { 0.5, min = 0, max = 1 } },
    { "register", where = "not in_sonar", share = "$deel", per = "gemeente", set = { in_sonar = true } },
  }
  local second = dk.scenario "second" { params = { deel = { 0.50, min = 0, max = 1 }, groei = 1.01 },
    { "grow", scale = "$groei" }, { "go", where = "not in_sonar", share = "$deel", remove = true } }
  local both = dk.scenario "both" { first, second, { "last", rate = "in_sonar", to = 1 } }
  t.eq(both:name(), "both")
  t.eq(both:params().groei.value, 1.01)
  t.eq(both:doc(), "the first")
  t.eq(both:assumptions(), { "nobody moves" })
  t.has(tostring(both), "1. register: share $deel", "2. grow: scale $groei", "3. go: remove share $deel",
    "4. last: rate in_sonar to 1")
  local one_by_one = first .. second .. dk.scenario "last" { { "last", rate = "in_sonar", to = 1 } }
  t.eq(lines(t, both:apply(region(dk)), "gemeente", "in_sonar", "n"),
    lines(t, one_by_one:apply(region(dk)), "gemeente", "in_sonar", "n"))
  t.raises(function() dk.scenario "x" { params = { deel = 0.3 }, first, { "s", scale = "$deel" } } end,
    "scenario: first and what stands before it define the parameter deel differently", "first:with { deel = ... }")
  t.raises(function() return first .. dk.scenario "x" { params = { deel = 0.5 }, { "s", scale = "$deel" } } end,
    "define the parameter deel differently")
  t.eq(dk.scenario "same" { first }:with { deel = 0.25 }:params().deel.value, 0.25)
end)

test("a scenario without steps changes nothing", function(t, dk)
  local nothing = dk.scenario "nothing" {}
  local row = total(t, coverage(dk):compare(region(dk), { nothing, dk.scenario "same" { nothing, nothing } }))
  t.eq(row.known_nothing, 5682)
  t.eq(row.known_same_difference, 0)
  t.eq(#t.records(nothing:moved(region(dk))), 0)
end)

-- Refused ------------------------------------------------------------------------------------------------------------

test("a step that cannot be is refused before anything runs", function(t, dk)
  local wrong = {
    { { all = true, add = true, remove = true }, "step 's' says both add and remove: persons come, or leave" },
    { { all = true, add = 1 }, "scenario: add is true or false, not a number" },
    { { share = 0.5 }, "'s' sets nothing" },
    { { all = true, remove = true, set = { a = 1 } }, "s: who leaves has no values any more: remove goes without set" },
    { { scale = -1 }, "s: a scale is not negative, and -1 is" },
    { { scale = {} }, "scenario: scale wants a number or an expression" },
    { { rate = "in_sonar" }, "s: rate names a column and to the share of it that becomes true: to is missing" },
    { { rate = 5, to = 0.5 }, "scenario: rate is the name of a column, not a number" },
    { { rate = "in_sonar", to = 80 }, "s: a share lies between 0 and 1, and 80 does not (30 % is written 0.30)" },
    { { all = true, set = { a = 1 }, when = 5 }, "when wants a condition" },
    { { all = true, set = { a = 1 }, when = "a > 1" },
      "s: when is one condition for everybody, and a > 1 mentions the column a" },
    { { move = "g" }, "step 's' says of which column, and no shares" },
    { { shares = { a = { b = 1 } } }, "step 's' says which shares move, and not of which column" },
    { { move = "g", shares = {} }, "scenario: shares move nothing: the table is empty" },
    { { move = "g", shares = { a = {} } }, "scenario: shares move nothing: the table is empty" },
    { { move = "g", shares = 5 }, "scenario: shares are a table such as { Arnhem = { Duiven = 0.10 } }, not a number" },
    { { move = "g", shares = { a = 0.1 } },
      "scenario: shares of a are a table such as { Duiven = 0.10 }, not a number" },
    { { move = "g", shares = { a = { b = true } } }, "scenario: a share wants a number or an expression" },
    { { move = "g", shares = { a = { [print] = 1 } } }, "scenario: shares: where it goes cannot be a function" },
    { { move = "g", shares = { { from = "a", share = 0.1 } } }, "scenario: shares: where it goes cannot be nil" },
    { { move = "g", shares = { { from = "a", to = "b", share = 0.1 }, { from = "a", to = "c" } } },
      "scenario: shares: a -> c has no share but nil: write 0.10 or \"$deel\"" },
    { { move = "g", shares = { { from = "a", to = "b", share = 0.1 }, 5 } }, "scenario: shares: row 2 is { from = " },
    { { move = "g", shares = { { from = "a", too = "b", share = 0.1 } } }, "too", "to" },
    { { move = "g", shares = { a = { b = 1.5 } } }, "s: a share lies between 0 and 1, and 1.5 does not" },
    { { move = "g", shares = { a = { b = 0.7, c = 0.7 } } }, "s: shares of a add up to more than 1" },
    { { move = "g", shares = { a = { b = 1 }, b = { c = 1 }, c = { a = 1 } } },
      "s: all of a become b and, round a cycle, others become a: only names would be exchanged" },
    { { move = "g", shares = { a = { b = "$p" } } }, "the parameter $p is used and not defined" },
  }
  for _, case in ipairs(wrong) do
    case[1][1] = "s"
    t.raises(function() return dk.scenario "x" { case[1] } end, table.unpack(case, 2))
  end
  t.raises(function() dk.move(5, {}) end, "move: the column is a string, not a number")
  -- What is wrong with a step is told where it is given, and not where the scenario is made of it.
  t.raises(function() dk.move("g", 5) end, "scenario: shares are a table such as", "not a number")
  t.raises(function() dk.move("g", { a = { b = print } }) end, "scenario: a share wants a number or an expression")
  t.raises(function() dk.move("g", { a = { b = 0.5 } }, { where = true }) end, "where wants a condition")
  t.raises(function() dk.split("g", "a", { b = 0.5, c = {} }) end, "scenario: a share wants a number or an expression")
  t.raises(function() dk.split("g", "a", {}) end, "scenario: shares move nothing: the table is empty")
  t.raises(function() dk.split("g", "a", { b = 1 }, { whole = "yes" }) end, "scenario: whole is true or false, not a")
  t.raises(function() dk.split("g", print, {}) end, "split: what is split is a value of g, not a function")
  t.raises(function() dk.split("g", "a", 5) end,
    "split: shares are a table such as { Arnhem = 0.4, Zevenaar = 0.6 }, not a number")
  t.raises(function() dk.redefine(5, "a") end, "redefine: the column is a string, not a number")
  t.raises(function() dk.redefine("g", 5) end, "redefine wants an expression, what the column becomes")
  t.raises(function() dk.merge("g", { "Duiven" }, "Duiven") end,
    "merge: Duiven would be merged with itself: name the others")
  t.raises(function() dk.merge("g", { "Duiven", "Duiven" }, "X") end, "merge: Duiven would be merged with itself")
end)

-- What only the data tells: whatever stands in front, the step is named, and no result is shown.
test("a step that cannot run says who is short", function(t, dk)
  local function refused(step, ...)
    local scenario, parts = dk.scenario "x" { step }, { ... }
    t.raises(function() return coverage(dk):compare(region(dk), scenario) end, table.unpack(parts))
  end
  refused({ "s", where = "gemeente == 'Duiven'", count = 400, remove = true },
    "s: 400 persons are to be taken, and there are 336")
  refused({ "s", where = "gemeente == 'Velp'", count = 4, add = true }, "s: nobody matches gemeente == 'Velp'")
  refused({ "s", rate = "gemeente", to = 0.5 }, "s: a rate is of a column that is true or false, and gemeente is category")
  refused(dk.move("gemeente", { Velp = { Arnhem = 0.5 } }), "move gemeente: nobody has gemeente Velp")
  refused(dk.move("gemeete", { Velp = { Arnhem = 0.5 } }), "gemeete", "gemeente")
  refused({ "s", where = "gemeente == 'Duiven' and in_sonar", rate = "in_sonar", to = 0.5, per = "gemeete" }, "gemeete")
end)

-- Recomputed ---------------------------------------------------------------------------------------------------------

-- Random steps, and SQL that says the same of the plain table: in proportion, where nothing is rounded but the last digit.
test("steps give what SQLite gives", function(t, dk)
  local sqlite = io.popen("sqlite3 --version 2>/dev/null"):read "a"
  if sqlite == "" then
    return
  end
  math.randomseed(20241231)
  local places = { "a", "b", "c", "d" }
  for _ = 1, 20 do
    local p, k, n, sql = {}, {}, {}, { "create table cells (p text, k int, n real);" }
    for _, place in ipairs(places) do
      for known = 0, 1 do
        p[#p + 1], k[#k + 1], n[#n + 1] = place, known == 1, math.random(0, 500)
        sql[#sql + 1] = ("insert into cells values ('%s', %d, %d);"):format(place, known, n[#n])
      end
    end
    n[1], n[2] = n[1] + 10, n[2] + 10
    sql[2], sql[3] = sql[2]:gsub("%d+%);", n[1] .. ");"), sql[3]:gsub("%d+%);", n[2] .. ");")
    local share, more = math.random(0, 100) / 100, math.random(50, 200) / 100
    local count, flow = math.random(1, 300), math.random(0, 50) / 100
    local plan = dk.scenario "plan" {
      { "add", where = "p == 'a'", count = count, add = true, per = { "p", "k" } },
      { "remove", where = "not k", share = share, remove = true, per = "p", allow_none = true },
      { "scale", where = "p in ('b', 'c')", scale = more, allow_none = true },
      dk.move("p", { a = { b = flow, c = 0.25 }, b = { a = flow }, d = { e = 0.125 } }, { per = "k", allow_none = true }),
    }
    sql[#sql + 1] = ([[
      create table added as select p, k,
        n + case when p = 'a' then %d * n / (select sum(n) from cells where p = 'a') else 0 end n from cells;
      create table removed as select p, k, case when k = 0 then n * (1 - %.2f) else n end n from added;
      create table scaled as select p, k, case when p in ('b', 'c') then n * %.2f else n end n from removed;
      create table flows (p text, q text, share real);
      insert into flows values ('a', 'b', %.2f), ('a', 'c', 0.25), ('b', 'a', %.2f), ('d', 'e', 0.125);
      create table moved as
        select p, k, n * (1 - coalesce((select sum(share) from flows where flows.p = scaled.p), 0)) n from scaled
        union all select q, k, n * share from scaled join flows using (p);
      select p, k, printf('%%.6f', sum(n)) from moved group by p, k having sum(n) > 0.0000005 order by p, k;]])
      :format(count, share, more, flow, flow)
    local file = t.file("steps.sql", table.concat(sql, "\n"))
    local pipe = assert(io.popen("sqlite3 -batch :memory: < '" .. file .. "' 2>&1"))
    local expected, actual = {}, {}
    for line in pipe:lines() do
      expected[#expected + 1] = line
    end
    pipe:close()
    local data = dk.table { { "p", p }, { "k", k }, { "n", n } }:with { weight = "n" }
    for _, row in ipairs(t.records(plan:apply(data))) do
      if row.n > 0.0000005 then
        actual[#actual + 1] = ("%s|%d|%.6f"):format(row.p, row.k and 1 or 0, row.n)
      end
    end
    t.eq(#actual, #expected)
    for i, line in ipairs(actual) do
      local place, known, weight = line:match "^(.-)|(%d)|(.*)$"
      local place2, known2, weight2 = expected[i]:match "^(.-)|(%d)|(.*)$"
      t.eq(place .. known, place2 .. known2)
      t.ok(math.abs(weight - weight2) < 0.00001, line .. " is not " .. expected[i])
    end
  end
end)

-- Levels of hierarchies ----------------------------------------------------------------------------------------------

-- Who moves to another municipality lives in its region, whatever the step says of regions.
test("levels above follow", function(t, dk)
  local geo = dk.hierarchy(dk.read_text
    "gemeente;regio;land\nArnhem;MG;NL\nDuiven;MG;NL\nMontferland;AH;NL\nKleve;KL;DE\n", { "gemeente", "regio", "land" })
  local data = dk.table { { "gemeente", { "Arnhem", "Arnhem", "Arnhem", "Arnhem", "Duiven" } } }:use(geo)
  local ask = dk.breakdown { by = { "land", "regio" }, measures = "n = count()" }
  local function after(step)
    local result = ask:compare(data, dk.scenario "x" { step }):where "n_x > 0"
    return lines(t, result, "land", "regio", "n_x")
  end
  t.eq(after(dk.move("gemeente", { Arnhem = { Montferland = 0.5, Kleve = 0.25 } })), { "DE/KL/1", "NL/AH/2", "NL/MG/2" })
  local duiven = "gemeente == 'Duiven'"
  t.eq(after { "s", where = duiven, all = true, set = { regio = "KL" } }, { "DE/KL/1", "NL/MG/4" })
  t.eq(after { "s", where = duiven, all = true, set = { gemeente = "Kleve", land = "NL" } }, { "NL/KL/1", "NL/MG/4" })
  t.eq(after { "s", where = duiven, all = true, set = { gemeente = "Kleve", regio = "AH" } }, { "NL/AH/1", "NL/MG/4" })
  t.eq(after { "s", where = duiven, all = true, set = { gemeente = "Nieuw" } }, { "NL/MG/5" })
  t.eq(after { "s", where = duiven, all = true, set = { gemeente = dk.null } }, { "NL/MG/5" })
  t.eq(after { "s", where = duiven, all = true, set = { gemeente = "Duiven" } }, { "NL/MG/5" })
  t.eq(after { "s", where = duiven, count = 3, add = true, set = { gemeente = "Kleve" } }, { "DE/KL/3", "NL/MG/5" })
  -- and asking for the region changes no number
  local moving = dk.scenario "moving" { dk.move("gemeente", { Arnhem = { Montferland = 0.5 } }) }
  t.eq(lines(t, dk.breakdown { by = "gemeente", measures = "n = count()" }:compare(data, moving), "gemeente", "n_moving"),
    { "Arnhem/2", "Duiven/1", "Montferland/2" })
  local vary = dk.scenario "vary" { params = { p = { 0.5, min = 0, max = 1 } },
    { "s", where = "gemeente == 'Arnhem'", share = "$p", set = { gemeente = "Kleve" } } }
  t.raises(function() ask:solve(data, vary, { vary = "p", target = "n >= 2", each = "regio" }) end,
    "s: each regio has no answer of its own where regio changes")
end)

test("a budget is spread over those who are there", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "gemeente;regio\nArnhem;MG\nMontferland;AH\n", { "gemeente", "regio" })
  local data = dk.table { { "gemeente", { "Arnhem", "Arnhem", "Montferland" } }, { "s", { true, false, false } } }:use(geo)
  local ask = dk.breakdown { measures = { "n = count()", "k = count() where s" } }
  local function refused(step, part)
    t.raises(function()
      ask:allocate(data, dk.scenario "x" { step }, { budget = 1, per = "regio", maximise = "k" })
    end, part)
  end
  refused(dk.split("gemeente", "Arnhem", { Montferland = 1 }), "split Arnhem: an allocation decides a number of persons")
  refused({ "go", where = "gemeente == 'Arnhem'", share = 1, set = { gemeente = "Montferland" } },
    "go: groups of regio have no numbers of their own where the step changes regio")
end)

test("how many must come is solved for a range", function(t, dk)
  local data = dk.table { { "s", { true, false, false } }, { "n", { 6, 3, 1 } } }:with { weight = "n" }
  local ask = dk.breakdown { measures = { "n = count()", "k_ = count() where s", "d = k_ / n" } }
  local come = { "come", where = "s", count = "$k", add = true }
  local plan = dk.scenario "plan" { params = { k = { 0, min = 0, max = 100 } }, come }
  local answer = t.records(ask:solve(data, plan, { vary = "k", target = "d >= 0.9", at = dk.total }))[1]
  t.eq(answer.k, 30) -- 36 of 40
  t.raises(function()
    ask:solve(data, dk.scenario "plan" { params = { k = 0 }, come }, { vary = "k", target = "n >= 20", at = dk.total })
  end, "k")
end)
