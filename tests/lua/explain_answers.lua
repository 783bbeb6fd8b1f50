-- explain_answers.lua - rows of what scenarios were asked: each number is asked again as it is told, and compared.

local test = ...

local again = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/again.lua")
local only, check = again.only, again.check

local answers = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/answers.lua")
local people, reach, coverage = answers.people, answers.reach, answers.coverage

test("a sweep's cell is told by its parameters, and as a comparison tells it", function(t, dk)
  local persons = people(dk)
  local swept = coverage(dk):sweep(persons, reach(dk), { rate = { 0, 0.5, 1 } })
  local text, cell = swept:explain { rate = 0.5, gemeente = "Tiel" }
  t.has(text, [[
The cell rate = 0.5, gemeente = Tiel of a sweep of the breakdown dekking, under reach:
  n is 3: count()
  k is 2: count() where bekend
  d is 0.6667, which is 2 of 3: the numerator is k, the denominator n
  s is 0.3750, which is 3 of 8: the numerator is n, the denominator all(n)
A comparison with reach where $rate is 0.5 tells of the cell:
The cell gemeente = Tiel of the breakdown dekking:
  n_base is 3: count()
]], "The cell has 3 of 8 rows.", "  compared with reach where $rate is 0.5 it gives n_reach, k_reach, d_reach and s_reach",
    "Under reach, step by step:\n  1. call: 1 person moved within the cell",
    "It was asked as dekking:sweep(personen, reach, { rate = { 0, 0.5, 1 } })")
  t.eq(check(t, cell, swept:where "rate == 0.5 and gemeente == 'Tiel'", persons, { rate = true, gemeente = true }), 5)
  t.eq(cell.measures.k.where, 'gemeente == "Tiel"')
  t.eq(cell.changes.reach[1].name, "call")
  text, cell = swept:explain { rate = 1 }
  t.has(text, "The cell rate = 1, gemeente = total of a sweep", "$rate is 1 tells")
  t.eq(check(t, cell, swept:where "rate == 1 and gemeente is total", persons, { rate = true, gemeente = true }), 5)
  t.raises(function() swept:explain { rate = 0.7 } end, "explain: the result has no rate '0.7'")
  t.raises(function() swept:explain { rat = 0.5 } end, "no dimension 'rat' (did you mean 'rate'?)")
  t.raises(function() swept:explain { gemeente = "Tiel" } end, "no row that is the total over rate")
  t.raises(function() cell.again("x", persons) end, "again: nothing gives x on its own")
  t.raises(function() cell.again("k", 1) end, "again: a measure is asked of a table, not of a number")
end)

test("a sweep is told with conditions, parameters of the breakdown, points, and what was done since", function(t, dk)
  local persons = people(dk)
  local base = persons:where "leeftijd < 60"
  local asked = coverage(dk, "leeftijd > $min")
  local swept = asked:sweep(base, reach(dk), { rate = { 0.2, 0.4 } }, { params = { min = 20 } })
  local row = swept:where "rate == 0.4 and gemeente == 'Tiel'"
  local _, cell = swept:explain { rate = 0.4, gemeente = "Tiel" }
  t.eq(check(t, cell, row, persons, { rate = true, gemeente = true }), 5)
  local text
  text, cell = swept:rename { d = "dekking", rate = "deel" }:sort "dekking"
    :explain { deel = 0.4, gemeente = "Tiel" }
  t.has(text, "The cell deel = 0.4, gemeente = Tiel of a sweep", "  d is 0.6000, which is 1.8 of 3")
  t.eq(only(cell.again("d", persons), "cell"), only(row, "d"))
  t.eq(only(cell.again("dekking", persons), "cell"), only(row, "d")) -- as it is called now
  local wide = swept:detail():pivot { rows = "gemeente", columns = "rate", values = "k" }
  text, cell = wide:explain { gemeente = "Tiel", rate = 0.4 }
  t.has(text, "The cell gemeente = Tiel, rate = 0.4 of a sweep of the breakdown dekking, under reach:\n  k is 1.8: count()")
  t.eq(only(cell.again("k", persons), "cell"), "1.8")
  text, cell = wide:explain { gemeente = "Tiel" }
  t.has(text, "The cells gemeente = Tiel of a sweep", "rate = 0.2:\n  k is 1.4: count()", "rate = 0.4:\n  k is 1.8")
  t.eq(only(cell.again("0.2", persons), "cell"), "1.4")
  t.eq(only(cell.again("0.4", persons), "cell"), "1.8")
  local points = dk.table { { "rate", { 0.2, 0.3 } } }
  swept = coverage(dk):sweep(persons, reach(dk), points)
  cell = select(2, swept:explain { rate = 0.3, gemeente = "Tiel" })
  t.eq(check(t, cell, swept:where "rate == 0.3 and gemeente == 'Tiel'", persons, { rate = true, gemeente = true }), 5)
  local count = dk.scenario "telling" { params = { m = 1 },
    { "call", where = "not bekend", count = "$m", set = { bekend = true } } }
  text = coverage(dk):by {}:with { margins = dk.null }:sweep(persons, count, { m = { 1, 9 } }):explain { m = 9 }
  t.has(text, "problem is ", "what cannot be asked at this point")
end)

test("what was solved, drawn, varied and contributed is told, and asked again", function(t, dk)
  local persons = people(dk)
  local g = { gemeente = true }
  local solved = coverage(dk):solve(persons, reach(dk), { vary = "rate", target = "d >= 0.8", each = "gemeente" })
  local text, cell = solved:explain { gemeente = "Tiel" }
  t.has(text, "The cell gemeente = Tiel of what was solved of the breakdown dekking, under reach:\n",
    "  persons is 2: persons that the steps with $rate take\n", "  rate is 1.0000: the least $rate with which d >= 0.8\n",
    "  k is 3: count() where bekend\n", "d_reach is 1.0000, which is 3 of 3",
    'It was asked as dekking:solve(personen, reach, { each = "gemeente", target = "d >= 0.8", vary = "rate" })')
  t.eq(check(t, cell, solved:where "gemeente == 'Tiel'", persons, g), 9)
  local varied = coverage(dk):sensitivity(persons, reach(dk), { measure = "d" })
  text, cell = varied:explain { gemeente = "Tiel", parameter = "rate" }
  t.has(text, "  at_low is 0.3333: d where the parameter is low\n",
    "  swing is 66.67 pp: how far d goes between low and high")
  t.eq(check(t, cell, varied:where "gemeente == 'Tiel'", persons, { gemeente = true, parameter = true }), 7)
  local parts = coverage(dk):contributions(persons, reach(dk), { measure = "d", each = "gemeente" })
  text, cell = parts:explain { gemeente = "Tiel", step = 1 }
  t.has(text, "  contribution is +33.33 pp: what the step adds to d after the steps before it", "d: 0.3333 to 0.6667")
  t.eq(only(cell.again("contribution", persons), "cell"), only(parts:where "gemeente == 'Tiel' and step == 1",
    "contribution"))
  t.has(coverage(dk):contributions(persons, reach(dk), { measure = "k", each = "gemeente", method = "shapley" })
    :explain { gemeente = "Tiel" }, "The cell step = total, name = total, gemeente = Tiel of contributions",
    "contribution is 1: what the step adds to k, on average over all orders")
  local drawn = dk.scenario "trek" { { "call", where = "not bekend", share = 0.5, drawn = true, seed = 1,
    set = { bekend = true } } }
  local bands = coverage(dk):bands(persons, drawn, { draws = 50 })
  text, cell = bands:explain { gemeente = "Tiel" }
  t.has(text, ": the mean of count() where bekend over 50 draws\n", ": of 50 draws of k / n, 97.5 % are no greater\n",
    "A comparison with trek tells of the cell:")
  t.eq(check(t, cell, bands:where "gemeente == 'Tiel'", persons, g), 20)
end)

test("an allocation's row is told with the plan, and its limits", function(t, dk)
  local persons = people(dk)
  local plan = coverage(dk):allocate(persons, reach(dk), { budget = 2, per = "gemeente", maximise = "k", whole = true })
  local rows = plan:table()
  local text, cell = rows:explain { gemeente = "Tiel" }
  t.has(text, "The cell gemeente = Tiel of an allocation of the breakdown dekking, under reach:\n",
    "  available is 2: persons who can be taken, where not bekend\n",
    "  allocated is 1: of these, how many the plan takes\n",
    "  k is 2: count() where bekend, under the plan\n", "Under reach, step by step:",
    'dekking:allocate(personen, reach, { budget = 2, maximise = "k", per = "gemeente", whole = true }):table()')
  t.eq(check(t, cell, rows:where "gemeente == 'Tiel'", persons, { gemeente = true }), 13)
  t.eq(cell.measures.k.where, 'gemeente == "Tiel"') -- by a question of its own
  local limits = plan:limits()
  text, cell = limits:explain { limit = "budget 2" }
  t.has(text, "  slack is 0: what is left of the limit\n", "  binds is true",
    "The table personen from register.csv: 8 rows.")
  t.eq(check(t, cell, limits, persons, { limit = true, cell = true }), 3)
end)

test("an answer whose table is gone is told with its question, and as before where it is given", function(t, dk)
  local function swept()
    return coverage(dk):sweep(people(dk):where "leeftijd < 60", reach(dk), { rate = { 0, 0.5 } })
  end
  local lost = swept()
  local text, cell = lost:explain { rate = 0.5, gemeente = "Tiel" }
  t.has(text, "The cell rate = 0.5, gemeente = Tiel of a sweep of the breakdown dekking, under reach:\n",
    "  k is 2: count() where bekend\n", [[
The steps of reach where $rate is 0.5:
  1. call: share $rate where not bekend, per gemeente, set bekend = true
What the steps do to the cell is told of the table that was asked, which is not kept: give it, as explain(cell, table).
The table personen from register.csv: 8 rows.
Only where leeftijd < 60: 7 rows left.
Then reach swept over rate: 8 rows.
    What was asked is the breakdown dekking:
]], [[
The same on its own, asked of the table personen:
  where leeftijd < 60
  where gemeente == "Tiel"
  n = count()
]], "  compared with reach where $rate is 0.5 it gives n_reach, k_reach, d_reach and s_reach\n")
  t.eq(only(cell.again("k", people(dk)), "cell"), "2.0")
  text, cell = lost:explain({ rate = 0.5, gemeente = "Tiel" }, people(dk):where "leeftijd < 60")
  t.has(text, "A comparison with reach where $rate is 0.5 tells")
  t.eq(only(cell.again("k", people(dk)), "cell"), "2.0")
  t.has(lost:explain({ rate = 0.5, gemeente = "Tiel" }, people(dk)), "Only where leeftijd < 60: 7 rows left.\nThe break")
  t.raises(function() lost:explain({ rate = 0.5, gemeente = "Tiel" }, people(dk):where "leeftijd < 30") end,
    "explain: the table behind the cell is not the one that was asked, nor what that was made of")
end)

test("the cell that was solved is told, also where the answer has no column for it", function(t, dk)
  local persons = people(dk)
  local solved = coverage(dk):solve(persons, reach(dk), { vary = "rate", target = "d >= 0.8", at = { gemeente = "Tiel" } })
  local text, cell = solved:explain {}
  t.has(text, "The cell has 3 of 8 rows.", '  where gemeente == "Tiel"\n')
  t.eq(cell.measures.k.where, 'gemeente == "Tiel"')
  t.eq(check(t, cell, solved, persons, {}), 9)
end)

test("an allocation is told with the breakdown of its targets", function(t, dk)
  local persons = people(dk):where "gemeente is not null":derive "jong = leeftijd < 40"
  local asked = coverage(dk):by { "gemeente", "jong" }
  local plan = asked:allocate(persons, reach(dk), { per = "jong", minimise = "cost",
    targets = { { "d >= 0.5", each = "gemeente" } } })
  local rows = plan:table():where "jong"
  local text, cell = rows:explain { jong = true }
  t.has(text, "jong = true of an allocation of the breakdown dekking, under reach:\n")
  t.eq(only(cell.again("allocated", persons), "cell"), only(rows, "allocated"))
end)
