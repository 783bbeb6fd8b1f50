-- scenario.lua - what if.

local test = ...

-- Ten persons in two places: Arnhem 6 of whom 3 known, Duiven 4 of whom 1 known.
local function people(dk)
  local gemeente, known = {}, {}
  for i = 1, 10 do
    gemeente[i] = i <= 6 and "Arnhem" or "Duiven"
    known[i] = i <= 3 or i == 7
  end
  return dk.table { { "gemeente", gemeente }, { "in_sonar", known } }
end

local function coverage(dk)
  return dk.breakdown {
    by = "gemeente",
    measures = { "register = count()", "known = count() where in_sonar", "dekking = known / register" },
    margins = "rollup",
  }
end

local function outreach(dk)
  return dk.scenario "outreach" {
    params = { aandeel = { 0.5, min = 0, max = 1, doc = "share of the unknown that registers" } },
    { "register the unknown", where = "not in_sonar", share = "$aandeel", per = "gemeente", set = { in_sonar = true } },
  }
end

local function total(result)
  local last
  for row in result:rows() do
    last = row
  end
  return last
end

test("compare shows base, scenario and difference", function(t, dk)
  local rows = t.records(coverage(dk):compare(people(dk), outreach(dk)))
  t.eq(#rows, 3)
  t.eq(rows[1].known_base, 3)
  t.near(rows[1].known_outreach, 4.5)
  t.near(rows[1].known_outreach_difference, 1.5)
  t.near(rows[2].known_outreach, 2.5)
  t.near(rows[3].dekking_base, 0.4)
  t.near(rows[3].dekking_outreach, 0.7)
end)

test("parameters change a scenario for one question, or make another", function(t, dk)
  local data = people(dk)
  t.near(total(coverage(dk):compare(data, outreach(dk), { aandeel = 1 })).dekking_outreach, 1)
  local half, all = outreach(dk), outreach(dk):with({ aandeel = 1 }, "everybody")
  local row = total(coverage(dk):compare(data, { half, all }))
  t.near(row.known_outreach, 7)
  t.near(row.known_everybody, 10)
  t.eq(outreach(dk):params().aandeel, { value = 0.5, min = 0, max = 1, doc = "share of the unknown that registers" })
  t.eq(outreach(dk):named "x":name(), "x")
  t.raises(function() return outreach(dk):with { aandel = 1 } end, "aandel", "aandeel")
  t.raises(function() return coverage(dk):compare(data, outreach(dk), { aandeel = 2 }) end, "aandeel")
  t.raises(function() return outreach(dk):with { aandeel = 2 } end, "aandeel")
end)

test("two tables are compared under the other's name", function(t, dk)
  local later = people(dk):where("in_sonar or gemeente == 'Duiven'"):with { name = "later" }
  local row = total(coverage(dk):compare(people(dk), later))
  t.eq(row.register_base, 10)
  t.eq(row.register_later, 7)
  t.eq(total(coverage(dk):compare(people(dk), later, { name = "q4" })).register_q4, 7)
end)

test("solve answers in persons first", function(t, dk)
  local data = people(dk)
  local answer = t.records(coverage(dk):solve(data, outreach(dk),
    { vary = "aandeel", target = "dekking >= 0.9", at = dk.total }))[1]
  t.eq(answer.reachable, true)
  t.eq(answer.persons, 5) -- 9 of 10 are wanted, 4 are known
  t.near(answer.aandeel, 5 / 6)
  local each = t.records(coverage(dk):solve(data, outreach(dk),
    { vary = "aandeel", target = "dekking >= 0.75", each = "gemeente" }))
  t.eq(each[1].gemeente, "Arnhem")
  t.eq(each[1].persons, 2) -- 5 of 6: 4.5 is no person
  t.eq(each[2].persons, 2) -- 3 of 4
  t.raises(function() return coverage(dk):solve(data, outreach(dk), { vary = "aandeel", target = "dekking >= 0.9" }) end,
    "at = dk.total")
  t.raises(function()
    return coverage(dk):solve(data, outreach(dk), { vary = "x", target = "dekking >= 0.9", at = dk.total })
  end, "x")
  t.raises(function() return coverage(dk):solve(data, outreach(dk), { vry = "x" }) end, "vry", "vary")
  t.raises(function() return coverage(dk):solve(data, 5, {}) end, "solve wants a scenario")
end)

test("moved tells what a step took", function(t, dk)
  local moved = t.records(outreach(dk):moved(people(dk)))
  t.eq(#moved, 2)
  t.eq(moved[1].name, "register the unknown")
  t.near(moved[1].available, 3)
  t.near(moved[1].taken, 1.5)
  t.near(moved[2].taken, 1.5)
end)

test("scenarios are composed in order", function(t, dk)
  local merger = dk.scenario "merger" { dk.merge("gemeente", { "Arnhem", "Duiven" }, "Arnhem-Duiven") }
  local both = outreach(dk) .. merger
  t.eq(both:name(), "outreach+merger")
  local rows = t.records(coverage(dk):compare(people(dk), both):detail())
  local seen = {}
  for _, row in ipairs(rows) do
    seen[row.gemeente] = row
  end
  t.near(seen["Arnhem-Duiven"]["register_outreach+merger"], 10)
  t.near(seen["Arnhem-Duiven"]["known_outreach+merger"], 7)
  t.near(seen.Arnhem["register_outreach+merger"], 0)
  t.has(tostring(both), "register the unknown", "merge Arnhem, Duiven", "$aandeel = 0.5")
  t.raises(function() return outreach(dk) .. "x" end, "composed with a scenario")
end)

test("a column of any name is set and merged", function(t, dk)
  for _, name in ipairs { "in sonar", "and", "2024", "é", "x = 1" } do
    local data = dk.table { { name, { "a", "b" } } }
    local set = dk.scenario "set" { { "all", all = true, set = { [name] = "c" } } }
    local merge = dk.scenario "merge" { dk.merge(name, { "a", "b" }, "c") }
    t.eq(t.records(set:apply(data)), { { [name] = "c", weight = 2.0 } }, name)
    t.eq(t.records(merge:apply(data)), { { [name] = "c", weight = 2.0 } }, name)
  end
end)

test("a string in set is text, and an expression is marked", function(t, dk)
  local data = dk.table { { "k", { "a", "b" } }, { "n", { 1, 2 } } }
  local odd = [[x" or 'y' \ ]] .. "\n\t\1 $z é"
  local set = dk.scenario "set" { { "all", all = true, set = { k = odd, n = dk.expr "n + 40" } } }
  local after = set:apply(data)
  t.eq(after:column "k"[1], odd)
  local numbers = after:column "n":to_lua()
  table.sort(numbers)
  t.eq(numbers, { 41, 42 })
  local names = dk.scenario "names" { { "all", all = true, set = { k = "n + 40", n = dk.null } } }
  t.eq(names:apply(data):column "k"[1], "n + 40")
  t.eq(names:apply(data):column "n":nulls(), #names:apply(data))
end)

test("what is no scenario is an error that says why", function(t, dk)
  t.raises(function() return dk.scenario {} end, "a scenario with steps has a name")
  t.raises(function() return dk.scenario "x" (5) end, "not a number")
  t.raises(function() return dk.scenario "x" { { "s", all = true } } end, "'s' sets nothing")
  t.raises(function() return dk.scenario "x" { { "s", share = 0.5, all = true, set = { a = 1 } } } end)
  t.raises(function() return dk.scenario "x" { { "s", set = { a = 1 } } } end)
  t.raises(function() return dk.scenario "x" { { "s", share = 1.5, set = { a = 1 } } } end)
  t.raises(function() return dk.scenario "x" { { "s", shre = 0.5, set = { a = 1 } } } end, "shre", "share")
  t.raises(function() return dk.scenario "x" { { "s", all = true, set = { a = print } } } end, "a function")
  t.raises(function() return dk.scenario "x" { { "s", all = 1, set = { a = 1 } } } end, "true or false")
  t.raises(function() return dk.scenario "x" { { "s", share = true, set = { a = 1 } } } end, "got a boolean")
  t.raises(function() return dk.scenario "x" { { "s", share = "$p", set = { a = 1 } } } end, "p")
  t.raises(function() return dk.scenario "x" { params = { p = 1 }, { "s", all = true, set = { a = 1 } } } end, "p")
  t.raises(function() return dk.scenario "x" { params = { p = { min = 0 } }, { "s", share = "$p", set = { a = 1 } } } end,
    "parameter p has no value")
  t.raises(function() return dk.scenario "x" { parms = {}, { "s", all = true, set = { a = 1 } } } end, "parms", "params")
  t.raises(function() return dk.merge("gemeente", {}, "x") end, "merge wants a list")
  t.raises(function() outreach(dk).x = 1 end, "never changes")
  t.raises(function() return outreach(dk):moved(5) end, "moved wants a table, not a number")
  t.raises(function() return coverage(dk):compare(people(dk), 5) end, "not a number")
  t.raises(function() return coverage(dk):compare(people(dk), { 5 }) end, "item 1")
end)

test("scenarios are listed by name", function(t, dk)
  local made = outreach(dk)
  t.ok(dk.scenarios().outreach == made)
end)

test("a cell is named by values, and others are totals", function(t, dk)
  local data = dk.table { { "g", { "a", "a", "a", "b" } }, { "k", { true, true, false, false } },
    { "in_sonar", { true, false, false, false } } }
  local asked = dk.breakdown { by = { "g", "k" }, measures = { "n = count()", "known = count() where in_sonar" } }
  local plan = dk.scenario "p" { params = { aantal = 1 },
    { "s", where = "not in_sonar", count = "$aantal", set = { in_sonar = true } } }
  local function persons(at)
    return t.records(asked:solve(data, plan, { vary = "aantal", target = "known >= 1", at = at }))[1].persons
  end
  t.eq(persons(dk.total), 0)
  t.eq(persons { g = "a" }, 0)
  t.eq(persons { g = "a", k = dk.total }, 0)
  t.eq(persons { g = "b", k = false }, 3) -- of k in 3, each stratum a third
  t.eq(persons {}, 0)
  t.eq(t.records(asked:solve(data, plan, { vary = "aantal", target = "known > 1", at = dk.total }))[1].aantal, 1)
  local function refused(at, message)
    t.raises(function() return asked:solve(data, plan, { vary = "aantal", target = "known > 1", at = at }) end, message)
  end
  refused({ g = "c" }, "the result has no cell g = c")
  refused({ g = "b", k = true }, "the result has no cell g = b, k = true")
  refused({ k = dk.null }, "the result has no cell k = null")
end)

test("parameters reach the scenario and the breakdown", function(t, dk)
  local data = people(dk)
  local asked = dk.breakdown { measures = { "n = count() where in_sonar and gemeente == $waar" } }
  local plan = outreach(dk)
  local row = t.records(asked:compare(data, plan, { aandeel = 1, waar = "Duiven" }))[1]
  t.eq({ row.n_base, row.n_outreach }, { 1, 4 })
  row = t.records(asked:solve(data, plan, { vary = "aandeel", target = "n >= $doel", at = dk.total,
    params = { waar = "Duiven", doel = 3 } }))[1]
  t.eq(row.persons, 4) -- Duiven has three of the six unknown
  t.raises(function() return asked:compare(data, plan, { waar = "Duiven", aandel = 1 }) end, "aandel", "aandeel")
  t.raises(function() return asked:compare(data, plan) end, "$waar")
  t.raises(function()
    return asked:solve(data, plan, { vary = "aandeel", target = "n >= $doel", at = dk.total, params = { waar = "x" } })
  end, "$doel")
  row = t.records(asked:compare(data, data, { name = "q4", params = { waar = "Arnhem" } }))[1]
  t.eq({ row.n_base, row.n_q4 }, { 3, 3 })
end)

test("two scenarios share a parameter's name and each has its own value", function(t, dk)
  local half = outreach(dk):with({ aandeel = 0.5 }, "half")
  local row = total(coverage(dk):compare(people(dk), { half, outreach(dk):with({ aandeel = 0.25 }, "quarter") }))
  t.near(row.known_half, 7)
  t.near(row.known_quarter, 5.5)
  row = total(coverage(dk):compare(people(dk), { half, outreach(dk):named "other" }, { aandeel = 1 }))
  t.eq({ row.known_half, row.known_other }, { 10, 10 }) -- a value given to the question is for all
end)

test("a range has two sides, one, or none", function(t, dk)
  local function plan(param)
    return dk.scenario "p" { params = { p = param }, { "s", count = "$p", set = { in_sonar = true } } }
  end
  local function refused(param, message)
    t.raises(function() return dk.scenario "p" { params = { p = param }, { "s", count = "$p", set = { a = 1 } } } end,
      message)
  end
  t.eq(plan { 5, min = 1 }:params().p, { value = 5, min = 1 })
  refused({ 0, min = 1 }, "the parameter p is at least 1, and 0 is not")
  refused({ 3, max = 2.5 }, "the parameter p is at most 2.5, and 3 is not")
  refused({ 3, min = 5, max = 1 }, "the range of the parameter p is empty: from 5 to 1")
  refused({ 3, min = "a" }, "parameter p: min is a number, not a string")
  refused({ 3, max = 0 / 0 }, "parameter p cannot be nan")
  refused({ 3, 4 }, "parameter p")
  t.has(tostring(plan { 5, min = 1 }), "$p = 5 (1 to ...)")
end)

test("who is left out by null is told, and a name that nobody has", function(t, dk)
  local data = dk.table { { "gemeente", { "a", "b", "b" } }, { "in_sonar", { false, true, dk.null } } }
  local result = coverage(dk):compare(data, outreach(dk))
  t.has(table.concat(result:notes(), "\n"),
    "register the unknown: 1 person left out, because not in_sonar is null there")
  local merger = dk.scenario "m" { dk.merge("gemeente", { "a", "bb" }, "ab") }
  t.has(table.concat(coverage(dk):compare(data, merger):notes(), "\n"), "bb")
  local none = dk.scenario "m" { dk.merge("gemeente", { "x", "y" }, "z") }
  t.raises(function() return coverage(dk):compare(data, none) end, "merge x, y into z: nobody matches")
end)

-- 23 of the 60 join the 45, and a twentieth of 68 leaves: 64.6 of 101.6 is 63.6 %; with 22 it is 62.6 %.
test("notes of solve tell of the answer, and of several what is true of all", function(t, dk)
  local data = dk.table({ { "gemeente", { "a", "a", "b", "b", "c" } }, { "bekend", { true, false, true, false, true } },
    { "n", { 10, 20, 30, 40, 5 } } }):with { weight = "n" }
  local asked = dk.breakdown { by = "gemeente", measures = { "dekking = (count() where bekend) / count()" } }
  local plan = dk.scenario "plan" { params = { deel = { 0.1, min = 0, max = 1 } },
    { "register", where = "not bekend", share = "$deel", per = "gemeente", set = { bekend = true } },
    { "leave", where = "bekend", share = 0.05, remove = true },
    { "guess", where = "bekend", share = 0, set = { bekend = false }, estimate = true },
  }
  local goal = { vary = "deel", target = "dekking >= 0.63", at = dk.total }
  local answer = asked:solve(data, plan, goal)
  t.eq(answer:rows()().persons, 23)
  t.eq(answer:notes(), { "leave: 3.4 persons left", "an estimate: guess" })
  goal.at, goal.each = nil, "gemeente"
  t.eq(asked:solve(data, plan, goal):notes(), { "an estimate: guess" })
end)

test("what cells do not have is refused", function(t, dk)
  local data = people(dk)
  t.raises(function() return coverage(dk):measure "r = rows()":compare(data, outreach(dk)) end, "rows() counts records",
    "count() counts persons")
  t.raises(function() return coverage(dk):compare(coverage(dk)(data), outreach(dk)) end, "detail()")
  t.raises(function() return outreach(dk):moved(coverage(dk)(data)) end, "detail()")
  t.raises(function() return outreach(dk):moved(data:drop "in_sonar") end,
    'register the unknown: unknown column "in_sonar"')
  t.raises(function()
    return dk.scenario "x" { { "s", all = true, set = { gemeente = 5 } } }:apply(data)
  end, "s: gemeente is category, and cannot be set to 5")
  t.raises(function()
    return dk.scenario "x" { { "te veel", where = "not in_sonar", count = 7, set = { in_sonar = true } } }:moved(data)
  end, "te veel: 7 persons are to be taken, and there are 6 (in_sonar = false)")
end)

test("every misuse has one message", function(t, dk)
  local data, plan, asked = people(dk), outreach(dk), coverage(dk)
  -- Each call is a line of its own, so that t.raises sees that the message names it.
  t.raises(function() return dk.scenario() end, "a scenario has a name")
  t.raises(function() return dk.scenario "x"() end, "scenario wants a table of steps, not nil")
  t.raises(function() return dk.scenario "x" { 5 } end, "step 1 is a table such as", "not a number")
  t.raises(function() return dk.scenario "x" { { 5, all = true } } end, "step 1 begins with what it does, a string")
  t.raises(function() return dk.scenario "x" { { "s", all = true, set = {} } } end, "s: nothing is set")
  t.raises(function() return dk.scenario "x" { { "s", all = true, set = { 5 } } } end, "by name, not by 1")
  t.raises(function() return dk.scenario "x" { params = 5, { "s", all = true, set = { a = 1 } } } end,
    "params are a table such as { aandeel = 0.30 }, not a number")
  t.raises(function() return dk.scenario "x" { params = { 5 }, { "s", all = true, set = { a = 1 } } } end,
    "params are given by name, not by 1")
  t.raises(function() return dk.scenario "x" { params = { p = print }, { "s", share = "$p", set = { a = 1 } } } end,
    "parameter p cannot be a function")
  t.raises(function() return dk.scenario "x" { params = { p = { 1, mn = 0 } }, { "s", share = "$p", set = { a = 1 } } } end,
    "parameter p has no option 'mn'", "min")
  t.raises(function() return dk.scenario "x" { [3] = {}, { "s", all = true, set = { a = 1 } } } end, "hole")
  local wrong = {
    { { share = 0 / 0 }, "share is no number: nan" }, { { share = {} }, "share wants a number or an expression" },
    { { count = -1 }, "stap: a count is not negative, and -1 is" }, { { count = 1 / 0 }, "count is no number: inf" },
    { { share = "leeftijd" }, "mentions the column leeftijd" }, { { all = true, whole = true }, "whole goes with share" },
    { { share = 0.5, whole = "ja" }, "whole is true or false, not a string" },
    { { all = true, where = 5 }, "where wants a condition" }, { { all = true, where = "a = 1" }, "equality is ==" },
    { { all = true, per = 5 }, "per is a column or a list of columns, not a number" },
    { { all = true, per = { 5 } }, "per: item 1 is a number" }, { { all = true, per = { x = "a" } }, "it has the key x" },
    { { all = true, set = { a = print } }, "a cannot be a function" }, { { all = true, set = { a = 0 / 0 } }, "nan" },
    { { share = 0.5, count = 5 }, "exactly one of share, count, all, scale and rate, and this one says 2" },
  }
  for _, case in ipairs(wrong) do
    local options = case[1]
    options[1] = "stap"
    options.set = options.set or { in_sonar = true }
    t.raises(function() return dk.scenario "x" { options } end, case[2])
  end
  t.raises(function() return plan.with { aandeel = 1 } end, "with: called on a Lua table, and not on a scenario")
  t.raises(function() return plan:with(5) end, "with wants a table such as { aandeel = 0.5 }, not a number")
  t.raises(function() return plan:with { aandeel = print } end, "parameter aandeel cannot be a function")
  t.raises(function() return plan:named() end, "named wants a name, not nil")
  t.raises(function() return plan:named "" end, "an empty text")
  t.raises(function() return plan:moved() end, "moved wants a table, not nil")
  t.raises(function() return plan:apply(5) end, "apply wants a table, not a number")
  t.raises(function() return plan:moved(data, 5) end, "moved: parameters are a table")
  t.raises(function() return plan:moved(data, { aandel = 1 }) end, "no parameter aandel", "aandeel")
  t.raises(function() return plan.nope end, "nope")
  t.raises(function() return asked.compare(data, plan) end, "compare: called on a table of dekking, and not on a breakdown")
  t.raises(function() return asked:compare() end, "compare wants a table first, not nil")
  t.raises(function() return asked:compare(data) end, "a scenario, a list of scenarios or another table, not nil")
  t.raises(function() return asked:compare(data, {}) end, "compare wants a scenario or more, and the list is empty")
  t.raises(function() return asked:compare(data, { plan, x = 1 }) end, "it has the key x")
  t.raises(function() return asked:compare(data, { plan, plan }) end, "named outreach", "named")
  t.raises(function() return asked:compare(data, asked) end, "not a breakdown")
  t.raises(function() return asked:compare(data, plan, 5) end, "compare: parameters are a table")
  t.raises(function() return asked:compare(data, plan, { 5 }) end, "a parameter has a name, and not the key 1")
  t.raises(function() return asked:compare(data, plan, { aandeel = print }) end, "cannot be a function")
  t.raises(function() return asked:compare(data, data, { name = "" }) end, "the other table has a name")
  t.raises(function() return asked:compare(data, data, { nme = "x" }) end, "nme", "name")
  t.raises(function() return asked:compare(data, data, { params = { q = 1 } }) end, "nothing here has a parameter q")
  t.raises(function() return asked.solve(data, plan) end, "solve: called on a table of dekking, and not on a breakdown")
  t.raises(function() return asked:solve() end, "solve wants a table first, not nil")
  t.raises(function() return asked:solve(data) end, "solve wants a scenario, not nil")
  t.raises(function() return asked:solve(data, plan, 5) end, "solve wants a question such as")
  t.raises(function() return asked:solve(data, plan, {}) end, "vary is the name of a parameter of the scenario")
  t.raises(function() return asked:solve(data, plan, { vary = "aandeel" }) end, "target is a condition on the result")
  t.raises(function() return asked:solve(data, plan, { vary = "aandeel", target = true }) end, "target wants a condition")
  local goal = "dekking >= 0.5"
  t.raises(function() return asked:solve(data, plan, { vary = "aandeel", target = goal }) end, "say which cell")
  t.raises(function() return asked:solve(data, plan, { vary = "aandeel", target = goal, at = "a" }) end, "not a string")
  t.raises(function() return asked:solve(data, plan, { vary = "aandeel", target = goal, at = { "a" } }) end, "the key 1")
  t.raises(function() return asked:solve(data, plan, { vary = "aandeel", target = goal, at = { x = print } }) end,
    "the dimension x cannot be a function")
  t.raises(function() return asked:solve(data, plan, { vary = "aandeel", target = goal, at = { gemente = "a" } }) end,
    "gemente is no dimension of the breakdown", "gemeente")
  t.raises(function() return asked:solve(data, plan, { vary = "aandeel", target = goal, each = 5 }) end,
    "each is the name of a dimension, not a number")
  t.raises(function()
    return asked:solve(data, plan, { vary = "aandeel", target = goal, at = dk.total, params = { aandeel = 0.5 } })
  end, "the question gives the parameter aandeel values, and params another (leave it out of params)")
  t.raises(function()
    return asked:sweep(data, plan, { aandeel = { 0.1, 0.2 } }, { params = { aandeel = 0.5 } })
  end, "the question gives the parameter aandeel values, and params another")
  t.raises(function()
    return asked:solve(data, plan, { vary = "aandeel", target = goal, each = "gemeente", at = dk.total })
  end, "say either at or each")
  t.raises(function() return asked:solve(data, plan, { vary = "aandeel", target = "dekking", at = dk.total }) end,
    "a condition is wanted")
  t.raises(function() return asked:solve(data, plan, { vary = "aandeel", target = "dekkin > 1", at = dk.total }) end,
    "dekking")
  t.raises(function() return dk.merge() end, "merge: the column is a string, not nil")
  t.raises(function() return dk.merge("g", { "a" }) end, "merge: the new name is a string, not nil")
end)

-- Half of the unknown of each municipality become known; 7 of 0..4 and 7 is then half of the 7.
test("what no value will change is told before the first is tried", function(t, dk)
  local plan = dk.scenario "plan" {
    params = { first = 0.5, later = 0.5 },
    { "some", where = "not in_sonar", share = "$first", set = { in_sonar = true } },
    { "leave", where = "in_sonar", share = "$later", set = { in_sonar = false } },
  }
  local question, why = coverage(dk), "leave: a share lies between 0 and 1, and 1.5 does not"
  local goal = { vary = "first", target = "dekking >= 0.9", at = dk.total, params = { later = 1.5 } }
  for _ = 1, 2 do -- the second time the cells are there
    t.raises(function() question:sweep(people(dk), plan, { first = { 0, 1 } }, { params = { later = 1.5 } }) end, why)
    t.raises(function() question:solve(people(dk), plan, goal) end, why)
  end
  local problems = question:sweep(people(dk), plan, { later = { 0, 1.5 } }):where("later == 1.5").problem:to_lua()
  t.eq(problems, { why }) -- of one point, and the other has an answer
end)

test("persons take numbers in bounds and rates along", function(t, dk)
  local data = dk.table { { "g", { "A", "A", "B", "B" } }, { "s", { true, false, true, false } },
    { "n", { { least = 0, greatest = 4, marker = "<5", meaning = "suppressed" }, 7, 3, { least = 10, greatest = 20 } } } }
  local plan = dk.scenario "plan" { { "half", where = "not s", share = 0.5, per = "g", set = { s = true } } }
  local result = dk.breakdown { by = "g", measures = "k = sum(n) where s", margins = "totals" }:compare(data, plan)
  t.eq(result.k_plan:type(), "interval(1)")
  t.eq(tostring(result.k_plan:to_lua()[1]), "3.5..7.5")
  t.eq(tostring(result.k_plan_difference:to_lua()[1]), "3.5") -- half of the 7: of the others nobody moved
  t.eq(tostring(result.k_plan:to_lua()[3]), "11.5..20.5")
  local varied = dk.scenario "plan" { params = { a = 0.5 },
    { "some", where = "not s", share = "$a", per = "g", set = { s = true } } }
  local answer = dk.breakdown { by = "g", measures = "k = sum(n) where s" }
    :solve(data, varied, { vary = "a", target = "k >= 20", at = { g = "B" } })
  t.eq(answer.answer:to_lua(), { "cannot be reached for sure: k is 13..23 at best" })
  local by_bounds = dk.scenario "klein" { { "small ones", where = "n < 5", all = true, set = { g = "C" } } }
  t.eq(t.records(dk.breakdown { by = "g", measures = "c = count()" }:compare(data, by_bounds):select { "g", "c_klein" }),
    { { g = "A", c_klein = 1 }, { g = "B", c_klein = 1 }, { g = "C", c_klein = 2 } })
  local one = dk.scenario "een" { { "set", where = "g == 'A'", all = true, set = { n = dk.expr "n + 1" } } }
  t.eq(one:apply(data).n:to_lua()[1], { least = 1, greatest = 5 })
  -- a rate is what it was: that of both together is the ratio of sums
  local rates = dk.table { { "r", { "X", "X", "Y" } }, { "g", { "A", "B", "C" } }, { "k", { 1, 2, 3 } },
    { "n", { 4, 4, 9 } } }
    :breakdown { by = { "r", "g" }, measures = { "d = sum(k) / sum(n)", "deel = sum(k) / all(sum(k))" } }
  local together = dk.breakdown { by = "r", measures = { "samen = sum(d)", "delen = sum(deel)" } }
  local om = dk.scenario "om" { { "B to Y", where = "g == 'B'", all = true, set = { r = "Y" } } }
  local moved = together:compare(rates, om)
  t.eq(t.records(moved:derive { "x = samen_om == 1 / 4 or samen_om == 5 / 13",
    "y = delen_om == 1 / 6 or delen_om == 5 / 6" }
    :select { "r", "x", "y" }), { { r = "X", x = true, y = true }, { r = "Y", x = true, y = true } })
  t.eq(moved:derive("z = real(numerator(samen_om))").z:to_lua(), { 1.0, 5.0 })
  local worse = dk.scenario "stuk" { { "halve", where = "g == 'B'", all = true, set = { d = dk.expr "d / 2" } } }
  t.raises(function() return together:compare(rates, worse) end,
    "halve: d is a rate, and a step would leave it without numerator and denominator",
    "set the columns that it was counted from, or change numerator(d), a column of its own")
end)

test("two deliveries may be known in bounds, or one of them", function(t, dk)
  local exact = dk.table { { "g", { "A", "B" } }, { "n", { 7, 3 } } }
  local bounds = dk.table { { "g", { "A", "B" } }, { "n", { { least = 5, greatest = 9 }, 4 } } }
  local ask = dk.breakdown { by = "g", measures = { "s = sum(n)", { "p = s / all(s)", format = "0.0 %" } } }
  local result = ask:compare(exact, bounds, { name = "later" })
  t.eq(result.s_later_difference:to_lua(), { { least = -2, greatest = 2 }, { least = 1, greatest = 1 } })
  t.has(tostring(result:select { "g", "p_later_difference" }), "-14.5..-0.7 pp")
  local again = dk.table { { "g", { "A", "B" } }, { "n", { { least = 5, greatest = 9 }, 4 } } }
  t.eq(ask:compare(bounds, again).s_other_difference:to_lua()[1], { least = -4, greatest = 4 })
  t.eq(ask:compare(bounds, bounds).s_other_difference:to_lua()[1], { least = 0, greatest = 0 }) -- the same numbers
  t.raises(function()
    dk.breakdown { measures = "s = sum(n)" }:compare(bounds, dk.table { { "n", { 0.5 } } }:derive "n = real(n)")
  end, "the measure s is interval in one table and real in the other")
end)

test("a share within a level that is no dimension is known under a scenario", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "g;r\nA;X\nB;X\nC;Y\n", { "g", "r" })
  local data = dk.table { { "g", { "A", "A", "B", "B", "C" } }, { "s", { true, true, false, false, true } } }:use(geo)
  local plan = dk.scenario "plan" { params = { a = 0.5 },
    { "some", where = "not s", share = "$a", per = "g", set = { s = true } } }
  local ask = dk.breakdown { by = "g", measures = { "n = count() where s", "deel = n / all(n, r)" }, margins = "totals" }
  t.eq(ask:compare(data, plan):derive("x = deel_plan == 1 / 3").x:to_lua(), { false, true, false, false })
  local answer = ask:solve(data, plan, { vary = "a", target = "deel >= 0.5", at = { g = "B" } })
  t.eq(answer.persons:to_lua(), { 2 })
  t.eq(ask:solve(data, plan, { vary = "a", target = "n >= 4", at = dk.total }).persons:to_lua(), { 1 })
  t.eq(ask:solve(data, plan, { vary = "a", target = "deel >= 0.5", each = "g" }).reachable:to_lua(), { true, true, true })
  local follows = dk.scenario "follows" { { "half of A to C", where = "g == 'A'", share = 0.5, set = { g = "C" } } }
  t.eq(ask:compare(data, follows):derive("x = deel_follows == 1").x:to_lua(), { true, false, true, true })
  local apart = dk.scenario "apart" { { "half of B to C", where = "g == 'B'", share = 0.5, set = { g = "C", r = "X" } } }
  t.raises(function() return ask:compare(data, apart) end, "g C is in more than one r", "put r into by, before g")
end)

test("a step says that it is an assumption", function(t, dk)
  local data = dk.table { { "g", { "A", "A" } }, { "s", { true, false } } }
  local plan = dk.scenario "plan" { { "guess", where = "not s", all = true, set = { s = true }, estimate = true } }
  t.eq(dk.breakdown { measures = "n = count() where s" }:compare(data, plan):notes()[1], "an estimate: guess")
  t.raises(function() dk.scenario "x" { { "y", all = true, set = { s = true }, estimate = 1 } } end,
    "scenario: estimate is true or false, not a number")
end)

test("a list of scenarios is one after the other", function(t, dk)
  local step = { "k", where = "not k", all = true, set = { k = true } }
  local a, b, c = dk.scenario "a" { step }, dk.scenario "b" { step }, dk.scenario "c" { step }
  t.eq(dk.scenario { a, b, c }:definition(), (a .. b .. c):definition())
  t.eq(dk.scenario { a }:name(), "a")
  t.raises(function() return dk.scenario {} end, "the list is empty")
  t.raises(function() return dk.scenario { step } end, "item 1 is no scenario", 'dk.scenario "plan"')
  t.raises(function() return dk.scenario { a, nil, b } end, "nil")
  t.raises(function() return dk.scenario { a, params = {} } end, "params")
end)
