-- allocate.lua - a budget spread over groups, as a script asks for it.

local test = ...

-- Arnhem: 30 of 50 known. Duiven: 10 of 30. Nobody says where 6 live, of whom 2 are known.
local function people(dk)
  return dk.table({
    { "gemeente", { "Arnhem", "Arnhem", "Duiven", "Duiven", dk.null, dk.null } },
    { "in_sonar", { true, false, true, false, true, false } },
    { "n", { 30, 20, 10, 20, 2, 4 } },
  }):with { weight = "n" }
end

local function coverage(dk)
  return dk.breakdown "coverage" {
    by = "gemeente",
    measures = { "register = count()", "known = count() where in_sonar",
      { "dekking = known / register", format = "0 %" } },
    margins = "totals",
  }
end

local function outreach(dk)
  return dk.scenario "outreach" {
    params = { aandeel = { 0.5, min = 0, max = 1 }, grens = 1 },
    { "a few", where = "not in_sonar and $grens > 0", count = 0, set = { in_sonar = true } },
    { "register the unknown", where = "not in_sonar", share = "$aandeel", per = "gemeente", set = { in_sonar = true } },
  }
end

test("an allocation is a table, limits, and a scenario that shows the same numbers", function(t, dk)
  local data, asked, plan = people(dk), coverage(dk), outreach(dk)
  t.raises(function()
    return asked:allocate(data, plan, { cost = { Arnhem = 1 }, per = "gemeente", maximise = "known" })
  end, "the cost is null where gemeente = Duiven")
  local made = asked:allocate(data, plan, {
    budget = 50, cost = "case(gemeente == 'Arnhem', 1, 2.5)", per = "gemeente", maximise = "known", whole = true,
    targets = { { "dekking >= 0.5", each = "gemeente" } }, capacity = { Arnhem = 15 }, minimum = { Duiven = 2 },
  })
  -- By hand: half of Duiven takes 5 more (12.5), half of nowhere 1 (2.5); Arnhem's 15 are the cheapest (15). Of the 20
  -- that are left 8 more at 2.5 each, of Duiven, which comes first.
  local rows = t.records(made:table())
  t.eq(rows[1], { gemeente = "Arnhem", available = 20, capacity = 15, minimum = 0, allocated = 15, cost = 15.0, gain = 15,
    shadow_price = 0.6, register_base = 50, register = 50, known_base = 30, known = 45, dekking_base = 0.6,
    dekking = 0.9 })
  t.eq({ rows[2].allocated, rows[3].allocated }, { 13, 1 })
  t.eq({ rows[3].known_base, rows[3].known, rows[3].gemeente }, { 2, 3, nil })
  t.eq({ made:total().allocated, made:total().cost, made:total().gain }, { 29, 50.0, 29 })
  local limits = t.records(made:limits())
  t.eq({ limits[1].limit, limits[1].slack, limits[1].binds, limits[1].shadow_price }, { "budget 50", 0, true, 0.4 })
  t.eq({ limits[4].limit, limits[4].cell, limits[4].slack }, { "dekking >= 0.5", "gemeente = null", 0 })
  t.eq(made:notes(), { "shadow prices are those of the same plan in parts of persons" })
  t.has(tostring(made), "29 allocated, at a cost of 50", "gain 29", "shadow prices are those")

  local carried = made:scenario "plan"
  t.eq(carried:name(), "plan")
  t.eq(made:scenario():name(), "outreach")
  t.eq(carried:params(), { grens = { value = 1 } }) -- what the last step's share was is of no use any more
  local compared = asked:compare(data, carried)
  t.eq(compared:detail().known_plan:to_lua { plain = true }, made:table().known:to_lua { plain = true })
  t.eq(compared:detail().dekking_plan:to_lua { plain = true }, made:table().dekking:to_lua { plain = true })
  t.eq(compared:where("gemeente is total").known_plan_difference[1], 29)
  t.eq(carried:moved(data):where("taken > 0").taken:sum(), 29.0)
end)

test("parts of persons, by what the step says", function(t, dk)
  local made = coverage(dk):allocate(people(dk), outreach(dk), { per = "gemeente", minimise = "cost",
    targets = "dekking >= 0.9" }) -- 77.4 of 86: 35.4 more
  t.near(made:total().allocated, 35.4)
  t.eq(made:table().allocated:to_lua { plain = true }, { 20.0, 15.4, 0.0 })
  t.eq(made:table():schema().name:to_lua(), { "gemeente", "available", "allocated", "cost", "shadow_price",
    "register_base", "register", "known_base", "known", "dekking_base", "dekking" })
  t.eq(made:notes(), {})
  local compared = coverage(dk):compare(people(dk), made:scenario())
  t.near(compared:where("gemeente is total").dekking_outreach[1], 0.9)
end)

test("a minimum holds for a group that has nobody to take, too", function(t, dk)
  local data = people(dk):append(dk.table { { "gemeente", { "Rheden" } }, { "in_sonar", { true } }, { "n", { 8 } } }
    :with { weight = "n" })
  local question = { per = "gemeente", budget = 30, maximise = "known" }
  for _, minimum in ipairs { 1, { Rheden = 1 }, dk.expr "case(gemeente == 'Rheden', 1, 0)" } do
    question.minimum = minimum
    t.raises(function() return coverage(dk):allocate(data, outreach(dk), question) end,
      "a minimum of 1 cannot be reached where gemeente = Rheden: at most 0")
  end
  question.minimum = "case(count() > 0, 2, 0)" -- of nobody nothing
  local made = coverage(dk):allocate(data, outreach(dk), question):table():where "gemeente in ('Duiven', 'Rheden')"
  t.eq(made.minimum:to_lua { plain = true }, { 2, 0 })
end)

test("budgets, costs and targets take parameters", function(t, dk)
  local question = { per = "gemeente", budget = "$geld", cost = "$uren", maximise = "known", whole = true,
    targets = { { "known >= $genoeg", at = { gemeente = "Duiven" } } }, params = { geld = 30, uren = 3, genoeg = 14,
      grens = 2 } }
  local made = coverage(dk):allocate(people(dk), outreach(dk), question)
  t.eq(made:table().allocated:to_lua(), { 6, 4, 0 })
  t.eq(made:scenario():params().grens.value, 2)
  question.params.gelt = 3
  t.raises(function() return coverage(dk):allocate(people(dk), outreach(dk), question) end, "gelt", "geld")
end)

test("notes tell what the last step does with those who are allocated", function(t, dk)
  local data = dk.table({ { "gemeente", { "a", "a", "b", "b" } }, { "bekend", { true, dk.null, true, false } },
    { "n", { 10, 7, 30, 40 } } }):with { weight = "n" }
  local asked = dk.breakdown { by = "gemeente", measures = { "known = count() where bekend" } }
  local step = { "leave", where = "bekend", all = true, remove = true }
  local question = { budget = 12, per = "gemeente", minimise = "known" }
  t.eq(asked:allocate(data, dk.scenario "plan" { step }, question):notes(),
    { "leave: 7 persons left out, because bekend is null there", "leave: 12 persons left" })
  step.remove, step.add, question.minimise, question.maximise, question.capacity = nil, true, nil, "known", 20
  t.eq(asked:allocate(data, dk.scenario "plan" { step }, question):notes()[2], "leave: 12 persons came")
end)

-- Prime numbers of persons, so that the shares of classes in places have no common denominator that fits.
test("targets that tell persons of a group apart hold when the plan is carried out", function(t, dk)
  local primes = { 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199,
    211, 223, 227 }
  local place, klasse, known, n = {}, {}, {}, {}
  for i, prime in ipairs(primes) do
    for k, class in ipairs { "j", "m", "o" } do
      for _, is_known in ipairs { true, false } do
        table.insert(place, "p" .. i)
        table.insert(klasse, class)
        table.insert(known, is_known)
        table.insert(n, is_known and prime + 10 * k or primes[(i + k * 7) % #primes + 1])
      end
    end
  end
  local data = dk.table({ { "gemeente", place }, { "klasse", klasse }, { "in_sonar", known }, { "n", n } })
    :with { weight = "n" }
  local asked = dk.breakdown { by = { "klasse", "gemeente" }, margins = "cube", measures = { "register = count()",
    "known = count() where in_sonar", "dekking = known / register" } }
  local step = dk.scenario "s" { { "s", where = "not in_sonar", all = true, set = { in_sonar = true } } }
  local in_parts
  for _, whole in ipairs { false, true } do
    local made = asked:allocate(data, step, { per = "gemeente", minimise = "cost", whole = whole,
      targets = { { "dekking >= 0.7", each = "klasse" }, { "dekking >= 0.5", each = "gemeente" } } })
    t.has(table.concat(made:notes(), "\n"), "what tells persons of a group apart is rounded")
    local compared = asked:compare(data, made:scenario())
    for row in compared:where("gemeente is total and klasse is not total"):rows() do
      t.ok(row.dekking_s >= 0.7 - 1e-9, row.dekking_s) -- what moves is apportioned in billionths
    end
    for row in compared:where("klasse is total and gemeente is not total"):rows() do
      t.ok(row.dekking_s >= 0.5, row.dekking_s)
    end
    local cost = made:total().cost
    t.ok(cost == math.ceil(cost) or not whole, cost)
    in_parts = in_parts or cost
    t.ok(cost >= in_parts and cost < in_parts + 24, cost) -- of whole ones one more in each place would surely do
  end
end)

test("persons who leave, and persons who come", function(t, dk)
  local data = people(dk) -- 42 of 86 are known
  local leave = dk.scenario "leave" { { "leave", where = "not in_sonar", share = 0.5, remove = true } }
  local made = coverage(dk):allocate(data, leave, { per = "gemeente", minimise = "cost", targets = "dekking >= 0.6",
    whole = true })
  t.eq(made:total().allocated, 16) -- 42 of 70 are 60 %
  t.eq(coverage(dk):compare(data, made:scenario()):where("gemeente is total").register_leave[1], 70)
  local come = dk.scenario "come" { { "come", where = "in_sonar", share = 0.5, add = true } }
  local question = { per = "gemeente", minimise = "cost", cost = "case(gemeente == 'Duiven', 1, 2)", whole = true,
    targets = "dekking >= 0.5" }
  t.raises(function() return coverage(dk):allocate(data, come, question) end, "any number may come where gemeente = Arnhem",
    "capacity")
  question.capacity = 100
  made = coverage(dk):allocate(data, come, question)
  t.eq(made:table().allocated:to_lua(), { 0, 2, 0 }) -- 44 of 88
  t.eq(coverage(dk):compare(data, made:scenario()):where("gemeente is total").dekking_come[1], 0.5)
end)

test("nobody is taken where nobody can be", function(t, dk)
  local made = coverage(dk):allocate(people(dk), outreach(dk), { per = "gemeente", budget = 0, maximise = "known" })
  t.eq(made:total().allocated, 0)
  t.eq(coverage(dk):compare(people(dk), made:scenario()).known_outreach_difference:to_lua(), { 0, 0, 0, 0 })
end)

test("groups by several columns, and names that must be quoted", function(t, dk)
  local data = dk.table { { "waar is 't", { "a", "a", "b|c", "b" } }, { "k", { 1, 2, 1, 2 } },
    { "known", { false, false, false, false } } }
  local asked = dk.breakdown { measures = { "bekend = count() where known" } }
  local step = dk.scenario "s" { { "s", where = "not known", all = true, set = { known = true } } }
  local made = asked:allocate(data, step, { per = { "waar is 't", "k" }, budget = 3, cost = "k", maximise = "bekend",
    whole = true })
  t.eq(made:table().allocated:to_lua(), { 1, 0, 0, 1 }) -- two of cost 1, and nothing for the last one left
  t.eq(made:table().bekend:to_lua(), { 1, 0, 0, 1 })
end)

test("what cannot be reached says how much can", function(t, dk)
  local function ask(question)
    question.per = question.per or "gemeente"
    return function() return coverage(dk):allocate(people(dk), outreach(dk), question) end
  end
  t.raises(ask { budget = 10, maximise = "known", targets = { "dekking >= 0.9" } },
    "dekking >= 0.9 cannot be reached with a budget of 10: at most 60.46 %")
  t.raises(ask { minimise = "cost", capacity = 5, targets = { { "dekking >= 0.6", each = "gemeente" } } },
    "dekking >= 0.6 cannot be reached where gemeente = Duiven: at most 50.00 %")
end)

test("what is no question is an error that says why", function(t, dk)
  local function ask(question, scenario)
    return function() return coverage(dk):allocate(people(dk), scenario or outreach(dk), question) end
  end
  t.raises(ask(5), "allocate wants a question such as { budget = 500")
  t.raises(function() return coverage(dk):allocate(people(dk), 5, {}) end, "allocate wants a scenario, not")
  t.raises(ask { budget = 5, maximise = "known" }, 'say over which groups: per = "gemeente"')
  t.raises(ask { per = 5, maximise = "known" }, "per is a column or a list of columns, not a number")
  t.raises(ask { per = { 5 }, maximise = "known" }, "item 1 is a number and not the name of a column")
  t.raises(ask { per = "gemente", maximise = "known" }, "gemente", "gemeente")
  t.raises(ask { per = "gemeente", maximize = "known" }, "maximize", "maximise")
  t.raises(ask { per = "gemeente", maximise = 5 }, "maximise is the name of a measure, not a number")
  t.raises(ask { per = "gemeente", minimise = {} }, 'minimise is the name of a measure or "cost", not')
  t.raises(ask { per = "gemeente", maximise = "known", budget = {} }, "budget wants a number or an expression")
  t.raises(ask { per = "gemeente", maximise = "known", cost = true }, "a table of numbers by group or an expression")
  t.raises(ask { per = "gemeente", maximise = "known", cost = 0 / 0 }, "cost is no number: nan")
  t.raises(ask { per = "gemeente", maximise = "known", capacity = {} }, "capacity is an empty table")
  t.raises(ask { per = "gemeente", maximise = "known", capacity = { Arnhem = "x" } }, "gives each group a number")
  t.raises(ask { per = "gemeente", maximise = "known", capacity = { Arnhm = 5 } }, "Arnhm", "Arnhem")
  t.raises(ask { per = "gemeente", maximise = "known", capacity = { Nergens = 5 } },
    "capacity has no group 'Nergens' (there are: Arnhem and Duiven)")
  t.raises(ask({ per = "gemeente", maximise = "known" }, dk.scenario "later" { params = { jaar = 2024 },
    { "s", where = "not in_sonar", all = true, when = "$jaar > 2024", set = { in_sonar = true } } }),
    "s: this step does not happen, and there is nothing to allocate (its when is $jaar > 2024)")
  t.raises(ask { per = { "gemeente", "in_sonar" }, maximise = "known", capacity = { Arnhem = 5 } },
    "goes by one column, and per has 2")
  t.raises(ask { per = "gemeente", maximise = "known", whole = 1 }, "whole is true or false")
  t.raises(ask({ per = "gemeente", maximise = "known" }, dk.scenario "leeg" {}),
    "an allocation decides how many the last step takes, and leeg has no step",
    "give it one that says who can be taken: all = true")
  t.raises(ask { per = "gemeente", maximise = "known", targets = { { each = "gemeente" } } }, "target 1 has no condition")
  t.raises(ask { per = "gemeente", maximise = "known", targets = { "dekking > 0", each = "gemeente" } },
    "targets are a list")
  t.raises(ask { per = "gemeente", maximise = "known", targets = { { "dekking > 0", eech = "gemeente" } } }, "eech", "each")
  t.raises(ask { per = "gemeente", maximise = "known", targets = { 5 } }, "a target wants a condition")
  t.raises(ask({ per = "gemeente", maximise = "known" }, dk.scenario "d" { { "lot", where = "not in_sonar", share = 0.5,
    first = "in_sonar", set = { in_sonar = true } } }), "says who is taken (leave out first)")
  t.raises(ask({ per = "gemeente", maximise = "known" }, dk.scenario "d" { { "lot", where = "not in_sonar", share = 0.5,
    drawn = true, set = { in_sonar = true } } }), "says who is taken (leave out drawn)")
  t.raises(ask({ per = "gemeente", maximise = "known" }, dk.scenario "d" { { "rate", rate = "in_sonar", to = 0.9 } }),
    "this step has none to decide (let the last step take a share or a count)")
  local made = ask { per = "gemeente", maximise = "known" } ()
  t.raises(function() made.x = 1 end, "an allocation never changes")
  t.raises(function() return made.plan end, "plan", "an allocation")
  t.raises(function() return made.table() end, "called with a colon")
  t.raises(function() return made:scenario "" end, "scenario wants a name, not an empty text")
end)
