-- contributions.lua - what each step of a scenario contributes.

local test = ...

local random = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/random_scenarios.lua")
local persons, coverage, random_steps = random.persons, random.coverage, random.steps

-- The numbers of a column as exact values.
local function exact(result, column)
  return result:column(column):to_lua()
end

local function number(value) return type(value) == "number" and value or value.number end

local function is_zero(value)
  local text = tostring(value)
  return text == "0/1" or text:match "^0%.?0*$" ~= nil
end

local function sum_of(values)
  local sum
  for _, value in ipairs(values) do
    sum = sum == nil and value or sum + value
  end
  return sum
end

-- 30 % of the 1994 unknown, then 30 % of those who are left: 598.2 and 418.74.
test("contributions in order are what a step adds to those before it", function(t, dk)
  local region = dk.table { { "in_sonar", { true, false } }, { "n", { 5682, 1994 } } }:with { weight = "n" }
  local first = { "eerst", where = "not in_sonar", share = "$f", set = { in_sonar = true } }
  local second = { "dan", where = "not in_sonar", share = "$f", set = { in_sonar = true } }
  local plan = dk.scenario "twee" { params = { f = 0.3 }, first, second }
  local ask = dk.breakdown { measures = { "bekend = count() where in_sonar",
    { "dekking = bekend / count()", format = "0.000 %" } } }
  local result = ask:contributions(region, plan, { measure = "bekend" })
  local rows = t.records(result)
  t.near(rows[1].contribution, 598.2)
  t.near(rows[2].contribution, 418.74)
  t.near(rows[3].contribution, 1016.94)
  t.eq({ rows[1].step, rows[1].name, rows[3].step, rows[3].name }, { 1, "eerst", nil, nil })
  t.has(ask:contributions(region, plan, { measure = "dekking" }):text(), "+7.793 pp", "+5.455 pp", "+13.248 pp")
  rows = t.records(ask:contributions(region, plan, { measure = "bekend", method = "shapley" }))
  t.near(rows[1].contribution, 508.47)
  t.near(rows[2].contribution, 508.47)
  rows = t.records(ask:contributions(region, plan,
    { measure = "bekend", params = { f = 1 }, method = "shapley", allow_none = true }):detail())
  t.eq(#rows, 2)
  t.near(rows[1].contribution, 997)
end)

test("contributions add up to the difference that a comparison shows, of random scenarios", function(t, dk)
  local ask = coverage(dk)
  for seed = 1, 12 do
    local data = persons(dk, 60, seed)
    local steps = random_steps(1 + seed % 4)
    local plan = dk.scenario "plan" (steps)
    for _, measure in ipairs { "bekend", "dekking" } do
      local difference = exact(ask:compare(data, plan), measure .. "_plan_difference")
      for _, method in ipairs { "order", "shapley" } do
        local result = ask:contributions(data, plan, { measure = measure, method = method })
        local values, n = exact(result, "contribution"), #steps + 1
        local exact_ones = not table.concat(result:notes(), "\n"):find "rounded"
        t.eq(#values, #difference * n)
        for g = 1, #difference do
          local whole = values[g * n]
          if exact_ones then
            t.ok(is_zero(whole - difference[g]), "the whole is the difference")
          elseif difference[g] ~= dk.null then -- both are rounded, to digits and to reals
            t.near(number(whole), number(difference[g]))
          end
          t.ok(is_zero(sum_of { table.unpack(values, (g - 1) * n + 1, g * n - 1) } - whole), "parts add up")
        end
      end
    end
  end
end)

-- Each subset is a comparison of its own here, of a scenario with all steps: what they divide goes by what it mentions.
test("by Shapley a step contributes the mean of what it adds to all subsets", function(t, dk)
  local ask, factorial = coverage(dk), { [0] = 1, 1, 2, 6, 24, 120 }
  for seed = 1, 10 do
    local data, n = persons(dk, 60, seed), 3 + seed % 3
    local steps = random_steps(n)
    if seed % 2 == 0 then
      steps[n] = { "geloot", where = "not in_sonar", share = 0.4, drawn = true, seed = seed, set = { in_sonar = true },
        allow_none = true }
    end
    steps[2].when = seed % 4 ~= 1 and "$jaar > 2024" or "$jaar > 2030"
    local values, params = {}, { jaar = 2025 }
    local plan = dk.scenario "plan" { params = params, table.unpack(steps) }
    for mask = 0, (1 << n) - 1 do
      local some = { params = {} }
      for i, step in ipairs(steps) do
        local copy = {}
        for key, value in pairs(step) do
          copy[key] = value
        end
        copy.when = ("$s%d == 1%s"):format(i, step.when and " and " .. step.when or "")
        some[i], some.params["s" .. i], some.params.jaar = copy, mask >> (i - 1) & 1, 2025
      end
      local compared = ask:compare(data, dk.scenario "some" (some)):where "regio is total and gemeente is total"
      values[mask] = compared:rows()().bekend_some
    end
    local shares = t.records(ask:contributions(data, plan, { measure = "bekend", at = dk.total, method = "shapley" }))
    for i = 1, n do
      local mean = 0
      for mask, value in pairs(values) do
        if mask >> (i - 1) & 1 == 0 then
          local size = 0
          for k = 0, n - 1 do
            size = size + (mask >> k & 1)
          end
          local weight = factorial[size] * factorial[n - size - 1] / factorial[n]
          mean = mean + weight * (values[mask | 1 << (i - 1)] - value)
        end
      end
      t.ok(math.abs(shares[i].contribution - mean) < 1e-6, shares[i].contribution)
    end
  end
end)

test("what does nothing contributes nothing, and equal steps contribute the same", function(t, dk)
  local ask = coverage(dk)
  for seed = 1, 6 do
    local data, steps = persons(dk, 60, seed), random_steps(2)
    local equal = { where = "not in_sonar", share = 0.2, set = { in_sonar = true }, allow_none = true }
    steps[3] = { "niets", share = 0, set = { in_sonar = true } }
    for i = 4, 5 do
      steps[i] = { "gelijk " .. i }
      for key, value in pairs(equal) do
        steps[i][key] = value
      end
    end
    local result = ask:contributions(data, dk.scenario "plan" (steps), { measure = "dekking", method = "shapley" })
    local values = exact(result, "contribution")
    for g = 0, #values - 6, 6 do
      t.ok(is_zero(values[g + 3]))
      t.ok(is_zero(values[g + 4] - values[g + 5]))
    end
  end
end)

test("a scenario without steps contributes nothing at all", function(t, dk)
  for _, method in ipairs { "order", "shapley" } do
    local nothing = coverage(dk):contributions(persons(dk, 20, 1), dk.scenario "leeg" {}, { measure = "dekking",
      method = method, at = dk.total })
    local whole = exact(nothing, "contribution")
    t.ok(#whole == 1 and is_zero(whole[1]))
  end
end)

test("a total has the contributions of the breakdown without the dimension", function(t, dk)
  local data, ask = persons(dk, 80, 3), coverage(dk)
  local plan = dk.scenario "plan" (random_steps(3))
  for _, method in ipairs { "order", "shapley" } do
    local all = ask:contributions(data, plan, { measure = "dekking", method = method })
    local total = ask:by {}:contributions(data, plan, { measure = "dekking", method = method })
    t.eq(exact(all:where "regio is total and gemeente is total", "contribution"), exact(total, "contribution"))
    t.eq(exact(ask:contributions(data, plan, { measure = "dekking", method = method, at = dk.total }), "contribution"),
      exact(total, "contribution"))
    t.eq(exact(ask:contributions(data, plan, { measure = "dekking", method = method, each = "regio" }), "contribution"),
      exact(ask:by "regio":with { margins = "none" }:contributions(data, plan, { measure = "dekking", method = method }),
        "contribution"))
  end
end)

test("a question of contributions that makes no sense says what to write", function(t, dk)
  local data, ask = persons(dk, 20, 1), coverage(dk)
  local plan = dk.scenario "plan" (random_steps(2))
  local chain = dk.scenario "keten" {
    { "a", where = "gemeente == 'Duiven'", all = true, set = { gemeente = "D" } },
    { "b", where = "gemeente == 'D'", all = true, set = { gemeente = "E" } },
  }
  local function raises(question, ...)
    local parts = { ... }
    t.raises(function() return ask:contributions(data, plan, question) end, table.unpack(parts))
  end
  raises({}, "contributions: the breakdown has several measures", 'measure = "dekking"')
  raises({ measure = "deking" }, "deking is no measure", "dekking")
  raises({ measure = 5 }, "contributions: measure is the name of a measure, not a number")
  raises({ measure = "dekking", at = { gemeente = "Duivn" } }, "no cell gemeente = Duivn (did you mean Duiven?)")
  raises({ measure = "dekking", at = dk.total, each = "gemeente" }, "contributions: say either at or each")
  raises({ measure = "dekking", each = "gemente" }, "gemente is no dimension", "gemeente")
  raises({ measure = "dekking", method = "banzhaf" }, 'contributions: method is "banzhaf", and can be "order" or "shapley"')
  raises({ measure = "dekking", allow_none = 1 }, "contributions: allow_none is true or false, not a number")
  raises({ measure = "dekking", params = { q = 1 } }, "nothing here has a parameter q")
  t.raises(function() return ask:contributions(data, plan, "dekking") end, "contributions wants a question")
  t.raises(function() return ask:contributions(data, data) end, "contributions wants a scenario, not a table")
  t.raises(function() return ask:contributions(plan, data) end, "contributions wants a table first")
  t.raises(function() return ask:contributions(data, chain, { measure = "bekend", method = "shapley" }) end,
    "in the subset {b}: b: nobody matches gemeente == 'D'")
  t.eq(#ask:contributions(data, chain, { measure = "bekend", method = "shapley", at = dk.total, allow_none = true }), 3)
end)
