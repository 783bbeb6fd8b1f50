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
  t.raises(function() return dk.scenario {} end, "a scenario has a name")
  t.raises(function() return dk.scenario "x" (5) end, "not a number")
  t.raises(function() return dk.scenario "x" {} end)
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
  t.raises(function() return outreach(dk):moved(5) end, "table of dekking")
  t.raises(function() return coverage(dk):compare(people(dk), 5) end, "not a number")
  t.raises(function() return coverage(dk):compare(people(dk), { 5 }) end, "item 1")
end)

test("scenarios are listed by name", function(t, dk)
  local made = outreach(dk)
  t.ok(dk.scenarios().outreach == made)
end)
