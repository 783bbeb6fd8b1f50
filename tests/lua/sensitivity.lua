-- sensitivity.lua - which parameter matters most, and whether the order of steps matters.

local test = ...

local function region(dk)
  return dk.table { { "in_sonar", { true, false } }, { "n", { 5682, 1994 } } }:with { weight = "n" }
end

local function coverage(dk)
  return dk.breakdown { measures = { "bekend = count() where in_sonar",
    { "dekking = bekend / count()", format = "0.000 %" } } }
end

local function plan(dk)
  return dk.scenario "plan" { params = { f = { 0.3, min = 0.2, max = 0.4 }, g = { 0, min = 0, max = 0.9 } },
    { "in", where = "not in_sonar", share = "$f", set = { in_sonar = true } },
    { "uit", where = "in_sonar", share = "$g", set = { in_sonar = false } },
  }
end

-- 81.816 %, f from 0.2 to 0.4: 79.218 to 84.414 %.
test("the widest swing comes first", function(t, dk)
  local result = coverage(dk):sensitivity(region(dk), plan(dk), { measure = "dekking", ranges = { f = { 0.2, 0.4 } } })
  t.has(result:text(), "79.218 %", "81.816 %", "84.414 %", "5.195 pp")
  local rows = t.records(coverage(dk):sensitivity(region(dk), plan(dk), { measure = "dekking" }))
  t.eq({ rows[1].parameter, rows[2].parameter }, { "g", "f" })
  t.near(rows[1].at_high, 6280.2 * 0.1 / 7676)
  rows = t.records(coverage(dk):sensitivity(region(dk), plan(dk),
    { measure = "dekking", ranges = { g = { 0, 0.02 }, f = { 0.2, 0.4 } }, params = { f = 0.25 } }))
  t.eq({ rows[1].parameter, rows[2].parameter }, { "f", "g" })
  t.near(rows[1].at_base, (5682 + 498.5) / 7676)
end)

-- The share of the unknown that registers, or a register that is 2 % smaller or larger, all of it unknown.
test("the assumption that matters most is the share, and then the size of the register", function(t, dk)
  local assumed = dk.scenario "plan" { params = { f = 0.3, groei = { 1, min = 0.98, max = 1.02 } },
    { "the register is larger", where = "not in_sonar", scale = "($groei * 7676 - 5682) / 1994" },
    { "register", where = "not in_sonar", share = "$f", set = { in_sonar = true } },
  }
  local result = coverage(dk):sensitivity(region(dk), assumed,
    { measure = "dekking", at = dk.total, ranges = { groei = { 0.98, 1.02 }, f = { 0.2, 0.4 } } })
  t.eq({ result.parameter[1], result.parameter[2] }, { "f", "groei" })
  local shown = result:select { "at_low", "at_base", "at_high" }:text { types = false, count = false, notes = false }
  t.has(shown, "79.218 %  81.816 %  84.414 %", "82.874 %  81.816 %  80.800 %")
end)

test("an end that has no answer says why", function(t, dk)
  local many = dk.scenario "veel" { params = { k = { 10, min = 0, max = 5000 } },
    { "in", where = "not in_sonar", count = "$k", set = { in_sonar = true } } }
  local row = t.records(coverage(dk):sensitivity(region(dk), many, { measure = "bekend" }))[1]
  t.eq(row.at_high, nil)
  t.eq(row.swing, nil)
  t.has(row.problem, "in: 5000 persons are to be taken, and there are 1994")
end)

test("exchanging steps tells what differs at most", function(t, dk)
  local rows = t.records(plan(dk):order(region(dk), coverage(dk), { g = 0.1 }))
  t.eq(#rows, 1)
  t.eq({ rows[1].first_name, rows[1].second_name, rows[1].changes }, { "in", "uit", true })
  t.near(rows[1].bekend_most, 230.28)
  t.near(rows[1].dekking_most, 230.28 / 7676)
  t.eq(t.records(plan(dk):order(region(dk)))[1].changes, false)
  t.near(t.records(plan(dk):order(region(dk), { g = 0.1 }))[1].most, 230.28)
end)

-- What is said not to change does not, of random plans.
test("steps that may be exchanged give the same numbers exchanged", function(t, dk)
  math.randomseed(7)
  local gemeente, bekend = {}, {}
  for i = 1, 40 do
    gemeente[i], bekend[i] = ({ "A", "B", "C" })[math.random(3)], math.random(2) == 1
  end
  local data = dk.table { { "gemeente", gemeente }, { "in_sonar", bekend } }
  local ask = dk.breakdown { by = "gemeente", margins = "totals",
    measures = { "n = count()", "k = count() where in_sonar" } }
  for _ = 1, 8 do
    local steps = {}
    for i = 1, 3 do
      local place = ({ "A", "B", "C" })[math.random(3)]
      steps[i] = { "stap " .. i, where = ("gemeente == '%s'"):format(place), share = math.random(1, 4) / 10,
        allow_none = true,
        set = math.random(2) == 1 and { in_sonar = true } or { gemeente = ({ "A", "B", "C" })[math.random(3)] } }
    end
    for row in dk.scenario "plan" (steps):order(data, ask):rows() do
      local exchanged = { table.unpack(steps) }
      exchanged[row.first], exchanged[row.second] = steps[row.second], steps[row.first]
      local differs = ask:compare(data, { dk.scenario "een" (steps), dk.scenario "twee" (exchanged) })
        :derive { "dn = n_een - n_twee", "dk = k_een - k_twee" }:where "dn ~= 0 or dk ~= 0"
      t.eq(#differs > 0, row.changes)
      local most = 0
      for each in differs:rows() do
        most = math.max(most, math.abs(each.dn))
      end
      t.near(row.n_most, most)
    end
  end
end)

test("a question that makes no sense says what to write", function(t, dk)
  local data, ask = region(dk), coverage(dk)
  local function raises(question, ...)
    local parts = { ... }
    t.raises(function() return ask:sensitivity(data, plan(dk), question) end, table.unpack(parts))
  end
  raises({}, "sensitivity: the breakdown has several measures")
  raises({ measure = "dekking", ranges = {} }, "sensitivity: ranges are a table such as", "not an empty one")
  raises({ measure = "dekking", ranges = 5 }, "sensitivity: ranges are a table such as", "not a number")
  raises({ measure = "dekking", ranges = { f = 0.3 } }, "sensitivity: the range of f is two numbers", "not a number")
  raises({ measure = "dekking", ranges = { f = { 0.3 } } }, "sensitivity: the range of f is two numbers", "not this table")
  raises({ measure = "dekking", ranges = { h = { 0, 1 } } }, "the scenario plan has no parameter h")
  raises({ measure = "dekking", ranges = { f = { 0, 1 } } }, "the parameter f lies between 0.2 and 0.4, and 0 does not")
  raises({ measure = "dekking", at = 5 }, "sensitivity: at is dk.total or { dimension = value }, not a number")
  t.raises(function() return plan(dk):order() end, "order wants a table first, not nil")
  t.raises(function() return plan(dk):order(data, 5) end,
    "order wants a breakdown, or parameters, behind the table, not a number")
  t.raises(function() return plan(dk):order(data, { q = 1 }) end, "the scenario plan has no parameter q")
  t.raises(function() return plan(dk):order(data, ask, { q = 1 }) end, "nothing here has a parameter q")
end)

test("what one question ran on is not kept for the next", function(t, dk)
  local data = dk.table { { "k", { "b", "a", "c" } }, { "n", { 1, 2, 3 } } }
  local two = dk.scenario "two" { params = { f = { 0.5, min = 0, max = 1 } },
    { "first", where = "n > 1", share = "$f", set = { n = 9 } }, { "then", where = "n < 9", share = 0.5, set = { n = 8 } } }
  local asked = dk.breakdown { by = "k", measures = "high = count() where n > 5", margins = "totals" }
  local before
  for _ = 1, 4 do
    local answer = asked:sensitivity(data, two, { measure = "high", at = dk.total }):text()
      .. asked:contributions(data, two, { measure = "high", at = dk.total }):text() .. two:order(data, asked):text()
    t.eq(answer, before or answer)
    before = answer
    collectgarbage()
  end
end)
