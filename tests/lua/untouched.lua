-- untouched.lua - differences of numbers in bounds: a number differs by nothing from itself, and a sum by what moved alone.
-- Persons are followed one by one in Lua, so that it is known how often each unknown number counts in a difference, and
-- with that its bounds.

local test = ...

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 40 or 400

local in_bounds = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/bounds.lua")
local closed, withheld = in_bounds.closed, in_bounds.withheld

local function shown(column)
  local values = {}
  for i, value in ipairs(column:to_lua { plain = true }) do
    local least, greatest = closed(value)
    values[i] = not (least or greatest) and "null" or least == greatest and ("%g"):format(least)
      or ("%s..%s"):format(least and ("%g"):format(least) or "", greatest and ("%g"):format(greatest) or "")
  end
  return table.concat(values, " ")
end

local function region(dk)
  return dk.table { { gemeente = "Arnhem", regio = "M", s = true, n = withheld(20, 30) },
    { gemeente = "Duiven", regio = "M", s = false, n = withheld(5, 9) },
    { gemeente = "Rheden", regio = "M", s = false, n = withheld(0, 4) },
    { gemeente = "Ede", regio = "V", s = false, n = withheld(1, 2) } }
end

test("a group that no step touched differs by nothing, and a total by what moved", function(t, dk)
  local b = dk.breakdown { by = { "regio", "gemeente" }, margins = "rollup", measures = { "n = sum(n_)", "m = mean(n_)",
    "deel = n / all(n)", "bekend = sum(n_) where s", "q = n / sum(m_)" } }
  local rows = region(dk):rename { n = "n_" }:derive "m_ = interval(10, 20)"
  local plan = dk.scenario "plan" { { "half of Duiven to Arnhem", where = "gemeente == 'Duiven'", share = 0.5,
    set = { gemeente = "Arnhem" } } }
  local made = b:compare(rows, plan, nil, { relative = true })
  -- Arnhem, Duiven, Rheden, M, Ede, V, all
  t.eq(made.gemeente:to_lua { plain = true }, { "Arnhem", "Duiven", "Rheden", dk.null, "Ede", dk.null, dk.null })
  t.eq(shown(made.n_plan_difference), "2.5..4.5 -4.5..-2.5 0 0 0 0 0")
  t.eq(shown(made.n_plan_relative):match "^%S+ %S+ (.*)$", "0 0 0 0 0")
  t.eq(shown(made.m_plan_difference):match "^%S+ %S+ (.*)$", "0 0 0 0 0")
  t.eq(shown(made.deel_plan_difference):match "^%S+ %S+ (.*)$", "0 0 0 0 0")
  t.eq(shown(made.q_plan_difference):match "^%S+ %S+ (.*)$", "0 0 0 0 0")
  t.eq(shown(made.bekend_plan_difference), "0 null null 0 null null 0") -- nobody moved who is known
  local long = b:compare(rows, plan, nil, { long = true }):where "measure == 'n' and gemeente == 'Rheden'"
  t.eq(shown(long.difference), "0")
  local words = made:explain { regio = "M", gemeente = "Rheden" }
  t.has(words, "n_plan is 0..4; that differs by 0",
    "whatever it is, it is the same on both sides: what n reads of its rows is as it was")
  words = made:explain { regio = "M", gemeente = "Duiven" }
  t.has(words, "differs by -4.5..-2.5", "it is that of those who moved, came or left")
  t.eq(select(2, words:gsub("it is that of those who moved", "")), 1) -- of n, and not of what is made of it
  t.has(words, "\n     n: 5..9 to 2.5..4.5\n") -- how far that is stands above
end)

test("what a step does not change of a measure leaves it, and what it sets does not", function(t, dk)
  local b = dk.breakdown { by = "gemeente", margins = "totals", measures = { "n_ = sum(n)",
    "bekend = sum(n) where s", "midden = median(n)" } }
  local all = dk.scenario "plan" { { "all known", where = "not s", all = true, set = { s = true } } }
  local made = b:compare(region(dk), all)
  t.eq(shown(made.n__plan_difference), "0 0 0 0 0")
  t.eq(shown(made.midden_plan_difference), "0 0 0 0 0")
  t.eq(shown(made.bekend_plan_difference), "0 null null null 6..15")
  -- The same bounds, and another number.
  local anew = dk.scenario "plan" { { "asked anew", where = "gemeente == 'Rheden'", all = true,
    set = { n = dk.expr "interval(0, 4)" } } }
  made = b:compare(region(dk), anew)
  t.eq(shown(made.n__plan_difference), "0 0 0 -4..4 -4..4")
  -- Both go where the other was: the cells are the same, the persons are not.
  local rows = dk.table { { gemeente = "A", n = withheld(0, 9) }, { gemeente = "B", n = withheld(0, 9) } }
  local swap = dk.scenario "plan" { { "swapped", all = true,
    set = { gemeente = dk.expr "case(gemeente == 'A', 'B', 'A')" } } }
  made = dk.breakdown { by = "gemeente", margins = "totals", measures = "n_ = sum(n)" }:compare(rows, swap)
  t.eq(shown(made.n__plan_difference), "-9..9 -9..9 0")
end)

test("a scenario that matches nobody, several of them, and two tables with the same columns", function(t, dk)
  local b = dk.breakdown { by = "gemeente", measures = { "x = sum(n)", "y = sum(n) where s" } }
  local none = dk.scenario "niets" { { "nobody", where = "gemeente == 'Ergens'", all = true, set = { s = true },
    allow_none = true } }
  local gone = dk.scenario "weg" { { "they leave", where = "gemeente == 'Ede'", share = 0.5, remove = true } }
  local made = b:compare(region(dk), { none, gone })
  t.eq(shown(made.x_niets_difference), "0 0 0 0")
  t.eq(shown(made.x_weg_difference), "0 0 -1..-0.5 0")
  local rows = region(dk)
  local other = rows:derive "s = gemeente == 'Duiven'"
  made = b:compare(rows, other)
  t.eq(shown(made.x_other_difference), "0 0 0 0")
  t.eq(shown(made.y_other_difference), "null null null null")
  t.eq(shown(b:compare(rows, region(dk)).x_other_difference), "-10..10 -4..4 -1..1 -4..4") -- another delivery
end)

-- Persons one by one ---------------------------------------------------------------------------------------------------

local STEPS = {
  function(dk_step, g, share) -- those who are known go to g
    dk_step.where, dk_step.share, dk_step.set = "s", share, { g = g }
    return function(p) return p.s end, share, function(p) p.g = g end
  end,
  function(dk_step, g, share) -- those of g become known
    dk_step.where, dk_step.share, dk_step.set = ("g == '%s' and not s"):format(g), share, { s = true }
    return function(p) return p.g == g and not p.s end, share, function(p) p.s = true end
  end,
  function(dk_step, g, share) -- those of g leave
    dk_step.where, dk_step.share, dk_step.remove = ("g == '%s'"):format(g), share, true
    return function(p) return p.g == g end, share, nil
  end,
  function(dk_step, _, _, dk) -- A and B are exchanged
    dk_step.all, dk_step.set = true, { g = dk.expr "case(g == 'A', 'B', g == 'B', 'A', g)" }
    return function() return true end, 1, function(p) p.g = p.g == "A" and "B" or p.g == "B" and "A" or p.g end
  end,
}

local function random_step(dk, number)
  local step = { "step " .. number, allow_none = true }
  local share = ({ 0.25, 0.5, 1 })[math.random(3)]
  local matches, taken, change = STEPS[math.random(#STEPS)](step, ("ABC"):sub(math.random(3)):sub(1, 1), share, dk)
  return step, function(persons)
    local after = {}
    for _, p in ipairs(persons) do
      local goes = matches(p) and taken or 0
      if goes < 1 then after[#after + 1] = { i = p.i, g = p.g, k = p.k, s = p.s, w = p.w * (1 - goes) } end
      if goes > 0 and change then
        after[#after + 1] = { i = p.i, g = p.g, k = p.k, s = p.s, w = p.w * goes }
        change(after[#after])
      end
    end
    return after
  end
end

local REGIONS = { A = "M", B = "M", C = "V" }

-- How often each unknown number counts in a cell; nil where nobody does.
local function coefficients(persons, cell, known_only)
  local list, any = {}, false
  for _, p in ipairs(persons) do
    if (cell.g == nil or p.g == cell.g) and (cell.r == nil or REGIONS[p.g] == cell.r) and (cell.k == nil or p.k == cell.k)
      and (not known_only or p.s) and p.w > 0 then
      list[p.i], any = (list[p.i] or 0) + p.w, true
    end
  end
  return any and list or nil
end

local function span(rows, base, plan, of_base, of_plan)
  local least, greatest, same = 0, 0, true
  for i, row in ipairs(rows) do
    local c = (plan[i] or 0) / of_plan - (base[i] or 0) / of_base
    least = least + math.min(c * row.lo, c * row.hi)
    greatest = greatest + math.max(c * row.lo, c * row.hi)
    same = same and plan[i] == base[i]
  end
  return least, greatest, same
end

local function total(list)
  local sum = 0
  for _, weight in pairs(list) do sum = sum + weight end
  return sum
end

-- Up to n persons: what their numbers may be, who they are, and the table of both.
local function random_persons(n)
  local ranges, persons, data = {}, {}, {}
  for i = 1, math.random(1, n) do
    local lo = math.random(0, 6)
    local row = { g = ("ABC"):sub(math.random(3)):sub(1, 1), k = ("xy"):sub(math.random(2)):sub(1, 1),
      s = math.random(2) == 1, lo = lo, hi = lo + math.random(0, 4) }
    ranges[i], persons[i] = row, { i = i, g = row.g, k = row.k, s = row.s, w = 1 }
    data[i] = { g = row.g, k = row.k, s = row.s, n = withheld(row.lo, row.hi) }
  end
  return ranges, persons, data
end

test("differences hold the truth, and are the narrowest where one step moved persons", function(t, dk)
  math.randomseed(20261127)
  local b = dk.breakdown { by = { "g", "k" }, margins = "cube", measures = { "x = sum(n)", "y = sum(n) where s", "z = x",
    "gem = mean(n)" } }
  local n_same, n_narrow = 0, 0
  for round = 1, ROUNDS do
    local rows, persons, data = random_persons(7)
    local steps, after, n_steps = {}, persons, math.random(1, 3)
    for i = 1, n_steps do
      local run
      steps[i], run = random_step(dk, i)
      after = run(after)
    end
    local made = b:compare(dk.table(data), dk.scenario "plan" (steps))
    local columns = {}
    for name in made:columns() do columns[name] = made[name]:to_lua { plain = true } end
    for at = 1, #made do
      local function value_of(name) return columns[name][at] ~= dk.null and columns[name][at] or nil end
      local cell = { g = value_of "g", k = value_of "k" } -- without: the total
      for _, name in ipairs { "x", "y", "z", "gem" } do
        local base = coefficients(persons, cell, name == "y")
        local plan = coefficients(after, cell, name == "y")
        local least, greatest = closed(value_of(name .. "_plan_difference"))
        local where = ("round %d, %s of %s %s"):format(round, name, cell.g or "total", cell.k or "total")
        if not (base and plan) then
          t.eq(least, nil, where)
        else
          local mean = name == "gem"
          local from, to, same = span(rows, base, plan, mean and total(base) or 1, mean and total(plan) or 1)
          t.eq(type(least), "number", where)
          if least > from + 1e-9 or greatest < to - 1e-9 then
            error(("%s: %g..%g is not within %g..%g"):format(where, from, to, least, greatest))
          end
          if n_steps == 1 and (not mean or same) then
            t.eq({ least + 0.0, greatest + 0.0 }, { from + 0.0, to + 0.0 }, where)
            n_narrow = n_narrow + 1
          end
          n_same = n_same + (same and 1 or 0)
        end
      end
    end
  end
  t.eq(n_same > 5 * ROUNDS and n_narrow > 5 * ROUNDS, true)
end)

test("a comparison that is rolled up keeps what is known of its parts", function(t, dk)
  math.randomseed(20261201)
  local geo = dk.hierarchy(dk.read_text "g;r\nA;M\nB;M\nC;V\n", { "g", "r" })
  local ask = dk.breakdown { by = { "g", "k" }, measures = { "x = sum(n)", "y = sum(n) where s" } }
  local rows = dk.table { { g = "A", k = "x", s = true, n = withheld(2, 4) },
    { g = "B", k = "x", s = false, n = withheld(0, 9) }, { g = "C", k = "y", s = true, n = withheld(5, 9) } }
  local plan = dk.scenario "plan" { { "half of A leaves", where = "g == 'A'", share = 0.5, remove = true } }
  for _, long in ipairs { false, true } do
    local made = ask:compare(rows:use(geo), plan, nil, { relative = true, long = long }):roll_up "r"
    if long then
      made = made:where("measure == 'x'"):rename { difference = "x_plan_difference", relative = "x_plan_relative" }
    end
    t.eq(shown(made.x_plan_difference), "-2..-1 0", tostring(made)) -- M, V
    t.eq(shown(made.x_plan_relative), "-0.923077..-0.076923 0") -- M goes from 2..13 to 1..11
  end
  local n_narrower = 0
  for round = 1, ROUNDS / 2 do
    local ranges, persons, data = random_persons(6)
    local step, run = random_step(dk, 1)
    local after = run(persons)
    local made = ask:compare(dk.table(data):use(geo), dk.scenario "plan" { step }):roll_up "r"
    local columns = {}
    for name in made:columns() do columns[name] = made[name]:to_lua { plain = true } end
    for at = 1, #made do
      local cell = { r = columns.r[at], k = columns.k[at] }
      for _, name in ipairs { "x", "y" } do
        local base, plan_ = coefficients(persons, cell, name == "y"), coefficients(after, cell, name == "y")
        local least, greatest = closed(columns[name .. "_plan_difference"][at])
        local where = ("round %d, %s of %s %s"):format(round, name, cell.r, cell.k)
        if not (base and plan_) then
          t.eq(least, nil, where)
        else
          local from, to = span(ranges, base, plan_, 1, 1)
          local b_least, b_greatest = closed(columns[name .. "_base"][at])
          local p_least, p_greatest = closed(columns[name .. "_plan"][at])
          t.ok(least <= from + 1e-9 and greatest >= to - 1e-9, where)
          t.ok(least >= p_least - b_greatest - 1e-9 and greatest <= p_greatest - b_least + 1e-9, where)
          n_narrower = n_narrower + (greatest - least < p_greatest - b_least - p_least + b_greatest - 1e-9 and 1 or 0)
        end
      end
    end
  end
  t.ok(n_narrower > ROUNDS / 4, n_narrower)
end)

-- What is exact lies within the bounds that the same plan gives where figures and numbers are known in bounds.
test("figures beside a table are the same where no step takes them along", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "g;r\nA;M\nB;M\nC;V\n", { "g", "r" })
  local function tables(wide)
    local function known(n) return wide and withheld(n - 1, n + 2) or n end
    local rows = dk.table { { "g", { "A", "B", "C" } }, { "n", { known(11), known(12), known(13) } } }:use(geo)
    return rows:attach(dk.table { { "g", { "A", "B", "C" } }, { "reg", { known(20), known(30), known(40) } } }, "g"),
      rows:attach(dk.table { { "r", { "M", "V" } }, { "reg", { known(50), known(40) } } }, "r")
  end
  local per_g, per_r = tables(false)
  local wide_g, wide_r = tables(true)
  local n = 0
  for _, to in ipairs { "A", "C", "Z" } do
    for _, share in ipairs { 0.5, 1 } do
      local plan = dk.scenario "plan" { { "B goes", where = "g == 'B'", share = share, set = { g = to } } }
      for i, pair in ipairs { { per_g, wide_g }, { per_r, wide_r } } do
        for _, by in ipairs { "g", "r" } do
          local measures = { "x = sum(n)" }
          if i == 1 or by == "r" then
            table.move({ "f = attached(reg)", "d = x / attached(reg)" }, 1, 2, 2, measures)
          end
          local ask = dk.breakdown { by = by, margins = "totals", measures = measures }
          local exact, made = ask:compare(pair[1], plan), ask:compare(pair[2], plan)
          for k = 1, #measures do
            local name = ("xfd"):sub(k, k) .. "_plan_difference"
            local values, bounds = exact[name]:to_lua { plain = true }, made[name]:to_lua { plain = true }
            for at, value in ipairs(values) do
              local number = type(value) == "number" and value or value ~= dk.null and tonumber(tostring(value)) or nil
              if type(value) == "table" and value.numerator then number = value.numerator / value.denominator end
              local least, greatest = closed(bounds[at])
              local where = ("%s of %s to %s, %g, row %d"):format(name, by, to, share, at)
              if number and least then
                t.ok(least <= number + 1e-6 and greatest >= number - 1e-6, where)
                n = n + 1
              end
            end
          end
        end
      end
    end
  end
  t.ok(n > 100, n)
  local half = dk.scenario "plan" { { "half of B goes", where = "g == 'B'", share = 0.5, set = { g = "C" } } }
  local made = dk.breakdown { by = "r", margins = "totals", measures = { "f = attached(reg)", "x = sum(n)" } }
    :compare(wide_r, half)
  t.eq(shown(made.f_plan_difference), "0 0 0")
  t.eq(shown(made.x_plan_difference), "-7..-5.5 5.5..7 0")
end)

-- Steps of all kinds, over persons one by one: the condition mentions their number, so that the same are taken where
-- numbers are exact and where they are known in bounds.
test("whatever steps do, what is exact lies within the bounds of differences", function(t, dk)
  math.randomseed(20261202)
  local ask = dk.breakdown { by = { "g", "k" }, margins = "cube", where = "id > 0", measures = { "x = sum(n)",
    "y = sum(n) where s", "m = mean(n)", "p = x / all(x)", "q = y / (x + y)", "l = min(n)", "z = x - y" } }
  local function g() return ("ABC"):sub(math.random(3)):sub(1, 1) end
  local kinds = {
    function() return { where = "s", share = math.random(4) / 4, set = { g = g() } } end,
    function()
      return { where = ("g == '%s'"):format(g()), count = 1, whole = true, first = "k", set = { s = true } }
    end,
    function() return { where = "not s", share = 0.5, drawn = true, per = "g", set = { s = true } } end,
    function() return { where = ("g == '%s'"):format(g()), scale = math.random(1, 6) / 4 } end,
    function() return { where = "s", count = 2, add = true, set = { g = g() } } end,
    function() return { where = "k == 'x'", share = 0.25, remove = true } end,
    function() return { rate = "s", to = 0.5, per = "g" } end,
    function()
      return { move = "g", shares = { { from = "A", to = "B", share = 0.5 }, { from = "B", to = "C", share = 0.25 } } }
    end,
    function() return { all = true, set = { g = dk.expr "case(g == 'A', 'B', g == 'B', 'A', g)" } } end,
    function() return { where = "k == 'y'", all = true, set = { k = "x" } } end,
  }
  local n, n_narrower, n_run = 0, 0, 0
  for round = 1, ROUNDS do
    local exact, known = {}, {}
    for i = 1, math.random(2, 8) do
      local value = math.random(0, 9)
      exact[i] = { id = i, g = g(), k = ("xy"):sub(math.random(2)):sub(1, 1), s = math.random(2) == 1, n = value }
      known[i] = { id = i, g = exact[i].g, k = exact[i].k, s = exact[i].s,
        n = withheld(value - math.random(0, 2), value + math.random(0, 2)) }
    end
    local steps = {}
    for i = 1, math.random(1, 3) do
      steps[i] = kinds[math.random(#kinds)]()
      steps[i][1], steps[i].allow_none = "step " .. i, true
    end
    local plan = dk.scenario "plan" (steps)
    local done, truth = pcall(ask.compare, ask, dk.table(exact), plan)
    if done then
      n_run = n_run + 1
      local made = ask:compare(dk.table(known, { types = { n = "interval" } }), plan)
      t.eq(#made, #truth)
      for name in truth:columns() do
        if name:find "_difference$" then
          local real = truth:derive(("v = real(%s)"):format(name)).v:to_lua { plain = true }
          local bounds = made[name]:to_lua { plain = true }
          local base = made[name:gsub("_plan_difference", "_base")]:to_lua { plain = true }
          for at, value in ipairs(real) do
            local least, greatest = closed(bounds[at])
            if value ~= dk.null and least then
              local where = ("round %d, %s of row %d: %g in %g..%g\n%s"):format(round, name, at, value, least, greatest,
                tostring(plan))
              t.ok(least <= value + 1e-6 and greatest >= value - 1e-6, where)
              local b_least, b_greatest = closed(base[at])
              n, n_narrower = n + 1, n_narrower + (b_least and b_least < b_greatest and least == greatest and 1 or 0)
            end
          end
        end
      end
    end
  end
  t.ok(n_run > ROUNDS / 3 and n > 20 * ROUNDS and n_narrower > ROUNDS, ("%d %d %d"):format(n_run, n, n_narrower))
end)
