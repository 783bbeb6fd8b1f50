-- taking.lua - who is taken by a step: who comes first, and what chance decides.

local test = ...

local PLACES = { "Arnhem", "Doesburg", "Duiven", "Lingewaard", "Overbetuwe", "Rheden", "Westervoort", "Zevenaar" }
local KNOWN = { 2983, 184, 249, 369, 415, 696, 204, 582 }
local UNKNOWN = { 1047, 65, 87, 129, 146, 244, 72, 204 } -- 1994 spread like the known, by largest remainder

-- The region: a row for each municipality, status and age, with weights.
local function region(dk)
  local gemeente, in_sonar, leeftijd, n = {}, {}, {}, {}
  local function add(place, known, age, count)
    local i = #n + 1
    gemeente[i], in_sonar[i], leeftijd[i], n[i] = place, known, age, count
  end
  for i, place in ipairs(PLACES) do
    local old = UNKNOWN[i] // 3
    add(place, true, 40, KNOWN[i])
    add(place, false, 25, UNKNOWN[i] - old)
    add(place, false, 60, old)
  end
  return dk.table { { "gemeente", gemeente }, { "in_sonar", in_sonar }, { "leeftijd", leeftijd }, { "n", n } }
    :with { weight = "n" }
end

-- One row for each person, with a key.
local function persons(dk)
  local id, gemeente, in_sonar = {}, {}, {}
  for i = 1, 60 do
    id[i], gemeente[i], in_sonar[i] = ("p%02d"):format(i), i <= 40 and "Arnhem" or "Duiven", i % 3 == 0
  end
  return dk.table { { "id", id }, { "gemeente", gemeente }, { "in_sonar", in_sonar } }:with { key = "id" }
end

local function register(options)
  local step = { "register the unknown", where = "not in_sonar", set = { in_sonar = true } }
  for key, value in pairs(options) do
    step[key] = value
  end
  return step
end

local function outreach(dk, options, name) return dk.scenario(name or "outreach") { register(options) } end

local function coverage(dk, by)
  return dk.breakdown {
    by = by or "gemeente",
    measures = { "register = count()", "known = count() where in_sonar", "dekking = known / register" },
    margins = "totals",
  }
end

local function known(dk, scenario, data, by)
  local result = coverage(dk, by):compare(data or region(dk), scenario)
  local list = {}
  for row in result:rows() do
    list[#list + 1] = row["known_" .. scenario:name()] - row.known_base
  end
  return list
end

-- First --------------------------------------------------------------------------------------------------------------

-- The total is forced to a known figure, taken in the order of a score; moved tells how many were changed.
test("who comes first is taken first, until the number is reached", function(t, dk)
  local data = dk.table {
    { "score", { 0.9, 0.2, 0.7, 0.4, 0.8 } }, { "werkt", { false, false, false, false, false } },
  }
  local align = dk.scenario "align" {
    { "three work", where = "not werkt", count = 3, first = "score desc", set = { werkt = true } },
  }
  local after = align:apply(data):where "werkt":sort "score"
  t.has(after:text(), "0.7", "0.8", "0.9")
  t.near(dk.breakdown { measures = "n = count()" }(after):column "n"[1], 3)
  t.near(t.records(align:moved(data))[1].taken, 3)
  t.has(tostring(align), "first score desc")
end)

test("each stratum has its own first, by a column, an expression or several", function(t, dk)
  local oldest = outreach(dk, { share = 0.5, per = "gemeente", first = "leeftijd desc" })
  local by = { "gemeente", "leeftijd" }
  local rows = {}
  for row in coverage(dk, by):compare(region(dk), oldest):detail():rows() do
    rows[row.gemeente .. " " .. row.leeftijd] = row.known_outreach
  end
  t.near(rows["Duiven 60"], 29) -- all of them; 43.5 are taken
  t.near(rows["Duiven 25"], 14.5)
  local young = outreach(dk, { count = 100, first = { "leeftijd < 30 desc", "gemeente" } })
  t.eq(known(dk, young)[1], 100)
  local later = outreach(dk, { count = 700, first = { dk.expr "leeftijd < 30", "gemeente desc" } })
  t.eq(known(dk, later), { 349, 21, 29, 43, 48, 81, 24, 68 + 37, 700 }) -- the 663 who are 60, and Zevenaar's
end)

test("what is no order is an error", function(t, dk)
  local function raises(options, ...)
    local words = { ... }
    t.raises(function() return dk.scenario "s" { register(options) } end, table.unpack(words))
  end
  raises({ all = true, first = "leeftijd" }, "first", "share, count or rate")
  raises({ share = 0.5, first = {} }, "first is empty")
  raises({ share = 0.5, first = 5 }, "first wants an order")
  raises({ share = 0.5, first = "leeftijd", drawn = true }, "drawn goes without first")
  local missing = outreach(dk, { share = 0.5, first = "leeftijdd" })
  t.raises(function() return coverage(dk):compare(region(dk), missing) end, "register the unknown", "leeftijdd",
    "leeftijd")
end)

-- Drawn --------------------------------------------------------------------------------------------------------------

test("whole persons are drawn, the same each time, and the seed is told", function(t, dk)
  local drawn = outreach(dk, { share = 0.3, per = "gemeente", drawn = true })
  local first = known(dk, drawn)
  t.eq(known(dk, drawn), first)
  for i, n in ipairs(first) do
    t.eq(n, math.floor(n), i)
  end
  t.has(tostring(drawn), "drawn with seed 0")
  t.has(coverage(dk):compare(region(dk), drawn):notes()[1], "register the unknown: drawn at random, with seed 0")
  local other = outreach(dk, { share = 0.3, per = "gemeente", drawn = true, seed = 7 })
  t.ok(table.concat(known(dk, other), " ") ~= table.concat(first, " "))
  t.has(tostring(other), "drawn with seed 7")
  local below = outreach(dk, { share = 0.3, drawn = true, seed = -7 })
  t.has(coverage(dk):compare(region(dk), below):notes()[1], "with seed -7")
end)

test("a scenario's seed is that of its steps", function(t, dk)
  local function make(seed, own)
    return dk.scenario "s" {
      seed = seed,
      { "register", where = "not in_sonar", share = 0.3, per = "gemeente", drawn = true, seed = own,
        set = { in_sonar = true } },
    }
  end
  t.eq(known(dk, make(7)), known(dk, make(nil, 7)))
  t.eq(known(dk, make(8, 7)), known(dk, make(nil, 7)))
  t.has(tostring(make(8)), "drawn with seed 8")
  t.eq(known(dk, make(8):named "t"), known(dk, make(8)))
end)

-- A number belongs to a stratum: neither another dimension, nor another step, nor the order of rows changes it.
test("nothing else changes what is drawn", function(t, dk)
  local drawn = outreach(dk, { share = 0.3, per = "gemeente", drawn = true })
  local first = known(dk, drawn)
  local rows = {}
  for row in coverage(dk, { "gemeente", "leeftijd" }):compare(region(dk), drawn):detail():rows() do
    rows[row.gemeente] = (rows[row.gemeente] or 0) + row.known_outreach_difference
  end
  for i, place in ipairs(PLACES) do
    t.near(rows[place], first[i])
  end
  t.eq(known(dk, drawn, region(dk):shuffle { seed = 1 }), first)
  local aged = dk.scenario "aged" { { "a year", all = true, set = { leeftijd = dk.expr "leeftijd + 1" } } }
  t.eq(known(dk, (aged .. drawn):named "both"), first)
  t.eq(known(dk, (drawn .. aged):named "both"), first)
end)

-- Common random numbers: a plan that asks more of everybody gets more from everybody.
test("two scenarios draw alike where their steps are named alike", function(t, dk)
  local few = known(dk, outreach(dk, { share = 0.30, per = "gemeente", drawn = true }))
  local more = known(dk, outreach(dk, { share = 0.31, per = "gemeente", drawn = true }, "more"))
  for i, n in ipairs(few) do
    t.ok(more[i] >= n)
  end
  local counts = {}
  for _, count in ipairs { 500, 510 } do
    counts[#counts + 1] = known(dk, outreach(dk, { count = count, per = "gemeente", drawn = true }))
    t.eq(counts[#counts][9], count)
  end
  for i, n in ipairs(counts[1]) do
    t.ok(counts[2][i] >= n)
  end
end)

test("persons are drawn by their key, whatever is asked of them", function(t, dk)
  local drawn = outreach(dk, { share = 0.4, drawn = "persons" })
  local data = persons(dk)
  local function taken(scenario, from)
    return scenario:apply(from):where "in_sonar":column "id":to_lua()
  end
  local list = taken(drawn, data)
  t.eq(taken(drawn, data:shuffle { seed = 3 }), list)
  t.eq(#list, 20 + known(dk, drawn, data)[3])
  local rows = t.records(coverage(dk, { "gemeente", "id" }):compare(data, drawn):detail())
  for _, row in ipairs(rows) do
    t.eq(row.known_outreach, math.floor(row.known_outreach))
  end
  local more, seen = taken(outreach(dk, { share = 0.6, drawn = "persons" }), data), {}
  for _, id in ipairs(more) do
    seen[id] = true
  end
  for _, id in ipairs(list) do
    t.ok(seen[id])
  end
  t.eq(known(dk, outreach(dk, { count = 7, drawn = "persons" }), data)[3], 7)
  t.has(tostring(drawn), "persons drawn with seed 0")
  local keyless = data:select("gemeente", "in_sonar")
  t.raises(function() return coverage(dk):compare(keyless, drawn) end, "register the unknown", "no key", "t:with { key")
end)

-- Persons are known through all steps, whatever is asked of them.
test("persons of a later step are drawn in every question", function(t, dk)
  local data, asked = persons(dk), coverage(dk)
  local plan = dk.scenario "plan" {
    params = { f = { 0.5, min = 0, max = 1 } },
    register { share = 0.2, drawn = "persons" },
    { "and some leave", where = "in_sonar", share = "$f", drawn = "persons", set = { in_sonar = false } },
  }
  local difference = known(dk, plan, data)[3]
  local sum = 0
  for row in asked:contributions(data, plan, { measure = "known", at = dk.total }):rows() do
    sum = row.step and sum + row.contribution or sum
  end
  t.near(sum, difference)
  t.has(tostring(asked:compare(data, plan):explain()), "and some leave")
  t.eq(#plan:order(data, asked) > 0, true)
  local swept = asked:sweep(data, plan, { f = { 0.5 } })
  t.near(swept:column "known"[3], 20 + difference)
end)

test("what cannot be drawn is an error that says why", function(t, dk)
  local function raises(options, ...)
    local words = { ... }
    t.raises(function() return dk.scenario "s" { register(options) } end, table.unpack(words))
  end
  raises({ all = true, drawn = true }, "share or count")
  raises({ share = 0.5, drawn = true, whole = true }, "drawn goes without whole")
  raises({ share = 0.5, drawn = "numbers" }, 'true, false or "persons", not "numbers"')
  raises({ share = 0.5, drawn = 1 }, "not a number")
  raises({ share = 0.5, drawn = true, seed = 1.5 }, "seed is a whole number, not 1.5")
  raises({ share = 0.5, drawn = true, seed = "x" }, "seed is a whole number, not a string")
  raises({ share = 0.5, seed = 1 }, "has a seed, and draws nothing")
  raises({ count = 1.5, drawn = true }, "no whole number")
  t.raises(function() return dk.scenario "s" { { share = 0.5, drawn = true, set = { a = 1 } } } end,
    "keyed by the name of its step", "step 1")
  t.raises(function() return dk.scenario "s" { seed = 1, { "x", share = 0.5, set = { a = 1 } } } end,
    "there is a seed, and no step draws")
  local other = dk.scenario "r" { { "x", share = 0.5, drawn = true, set = { a = 1 } } }
  t.raises(function() return dk.scenario "s" { seed = 1, other } end, "step 'x', which draws, keeps that of its scenario")
  local drawn = outreach(dk, { share = 0.5, drawn = true })
  t.raises(function() return drawn .. drawn end, "two steps named register the unknown")
  local many = outreach(dk, { count = 1995, drawn = true })
  t.raises(function() return coverage(dk):compare(region(dk), many) end,
    "1995 persons are to be taken, and there are 1994")
end)

-- What solving finds is what trying every number of persons finds.
test("solving knows who comes first, and what is drawn", function(t, dk)
  local data = persons(dk):with { key = dk.null }:derive { "leeftijd = 20 + (integer(sub(id, 2, 3)) * 7) % 50" }
  local step = { "register", where = "not in_sonar", set = { in_sonar = true } }
  local ways = {
    { count = "$n", first = "leeftijd desc" }, { count = "$n", drawn = true },
    { count = "$n", drawn = true, per = "gemeente" },
  }
  for i, way in ipairs(ways) do
    for key, value in pairs(step) do
      way[key] = value
    end
    local plan = dk.scenario "plan" { params = { n = { 0, min = 0 } }, way }
    for _, at in ipairs { dk.total, { gemeente = "Duiven" } } do
      local least
      for n = 0, 40 do
        for row in coverage(dk):compare(data, plan, { n = n }):rows() do
          local here = at == dk.total and row.gemeente == nil or at ~= dk.total and row.gemeente == "Duiven"
          least = least or (here and row.dekking_plan >= 0.6 and n or nil)
        end
      end
      local answer = t.records(coverage(dk):solve(data, plan, { vary = "n", target = "dekking >= 0.6", at = at }))[1]
      t.eq(answer.n, least, ("way %d"):format(i))
    end
  end
end)

-- The share is a chance then, and who was taken no part of those there were.
test("an answer says that a share is the chance of being drawn", function(t, dk)
  local data = region(dk)
  local plan = dk.scenario "plan" { params = { kans = { 0, min = 0, max = 1 } },
    { "register", where = "not in_sonar", share = "$kans", drawn = true, set = { in_sonar = true } } }
  local row = coverage(dk):solve(data, plan, { vary = "kans", target = "dekking >= 0.9", at = dk.total }):rows()()
  t.ok(row.persons >= 1227 and row.available == 1994)
  local taken = plan:with { kans = dk.decimal(("%.17f"):format(row.kans)) }:moved(data).taken[1]
  t.ok(math.abs(taken - row.persons) <= 1, "as many as the scenario takes") -- the share is a ratio
  t.eq(row.answer, ("%d persons of 1994, drawn with a chance of %.2f %%, give %.2f %%"):format(row.persons, row.kans * 100,
    row.dekking * 100))
end)

-- Who comes or goes may be drawn, and a rate takes the first.
test("newcomers and leavers are drawn, and a rate is reached with the first", function(t, dk)
  local function taken(step)
    local sum = 0
    for row in dk.scenario "s" { step }:moved(persons(dk)):rows() do
      sum = sum + row.taken
    end
    return sum
  end
  t.near(taken { "come", where = "in_sonar", count = 100, add = true, drawn = true, per = "gemeente" }, 100)
  t.near(taken { "go", count = 7, remove = true, drawn = "persons" }, 7)
  t.near(taken { "go", count = 7, remove = true, drawn = true }, 7)
  t.near(taken { "known", rate = "in_sonar", to = 0.5, first = "id desc" }, 10) -- 20 of 60 are known
  local last = dk.scenario "s" { { "known", rate = "in_sonar", to = 0.5, first = "id desc" } }
  t.eq(last:apply(persons(dk)):where "in_sonar and id > 'p45'":column "id":to_lua(),
    { "p46", "p47", "p48", "p49", "p50", "p51", "p52", "p53", "p54", "p55", "p56", "p57", "p58", "p59", "p60" })
  t.raises(function() return dk.scenario "s" { { "x", share = 0.5, add = true, first = "id" } } end,
    "add goes without first")
  t.raises(function() return dk.scenario "s" { { "x", share = 0.5, add = true, drawn = "persons" } } end,
    "add goes without drawn persons")
  t.raises(function() return dk.scenario "s" { { "x", scale = 1.5, drawn = true } } end, "share or count")
end)

-- Bands --------------------------------------------------------------------------------------------------------------

test("bands tell mean, deviation and quantiles of every measure", function(t, dk)
  local drawn = outreach(dk, { share = 0.3, drawn = true })
  local total = dk.breakdown { measures = { "known = count() where in_sonar" } }
  local row = t.records(total:bands(region(dk), drawn))[1]
  -- 1994 persons, 0.3: mean 598.2 with a standard error of 0.647, deviation 20.463 with 0.458
  t.ok(math.abs(row.known_mean - 5682 - 598.2) < 4 * 0.647)
  t.ok(math.abs(row.known_sd - 20.463) < 4 * 0.458)
  t.ok(math.abs(row.known_q2_5 - 5682 - 558) < 8)
  t.ok(math.abs(row.known_q50 - 5682 - 598) < 4)
  t.ok(math.abs(row.known_q97_5 - 5682 - 638) < 8)
  local few = total:bands(region(dk), drawn, { draws = 20, quantiles = { 0, 1 } })
  t.ok(few:column "known_q0"[1] < few:column "known_q100"[1])
  t.ok(total:bands(region(dk), drawn, { draws = 20, quantiles = 0.9 }):column "known_q90"[1] > 5682)
end)

test("the first draw is the one that is compared", function(t, dk)
  local drawn = outreach(dk, { share = 0.3, per = "gemeente", drawn = true })
  local rows = t.records(coverage(dk):bands(region(dk), drawn, { draws = 1, quantiles = 0.5 }))
  for i, n in ipairs(known(dk, drawn)) do
    t.eq(rows[i].known_q50, n + (KNOWN[i] or 5682))
  end
end)

test("bands take parameters, of the scenario and of the breakdown", function(t, dk)
  local plan = dk.scenario "plan" {
    params = { f = 0.3 },
    { "register", where = "not in_sonar", share = "$f", drawn = true, set = { in_sonar = true } },
  }
  local asked = dk.breakdown { measures = { "known = count() where in_sonar", "of = count() where leeftijd > $age" } }
  local row = t.records(asked:bands(region(dk), plan, { draws = 5, params = { f = 1, age = 50 } }))[1]
  t.near(row.known_mean, 7676)
  t.eq(row.of_q50, 21 + 29 + 43 + 48 + 81 + 24 + 68 + 349)
  t.raises(function() return asked:bands(region(dk), plan, { params = { g = 1, age = 50 } }) end, "g")
  t.raises(function() return asked:bands(region(dk), plan, { params = { f = 2, age = 50 } }) end, "share")
end)

-- What calls Lua is drawn in the thread that asked.
test("bands of measures that a script defines", function(t, dk)
  dk.define "twice_of" { arguments = 1, result = "integer", call = function(x) return 2 * x end }
  local drawn = outreach(dk, { share = 0.3, drawn = true })
  local asked = dk.breakdown { measures = { "age = sum(twice_of(leeftijd))" } }
  local row = t.records(asked:bands(region(dk), drawn, { draws = 70 }))[1]
  t.near(row.age_mean, 2 * (40 * 5682 + 60 * 663 + 25 * 1331))
  t.near(row.age_sd, 0)
end)

test("what is no question of bands is an error", function(t, dk)
  local drawn, asked = outreach(dk, { share = 0.3, drawn = true }), coverage(dk)
  local function raises(options, ...)
    local words = { ... }
    t.raises(function() return asked:bands(region(dk), drawn, options) end, table.unpack(words))
  end
  raises({ draws = 0 }, "draws is a whole number from 1 on")
  raises({ draws = 1.5 }, "draws is a whole number from 1 on, such as 1000, not 1.5")
  raises({ draws = 10000000 }, "more than the 1000000")
  raises({ quantiles = { 1.5 } }, "quantile 1 lies between 0 and 1, and is not 1.5")
  raises({ quantiles = { 0.5, "x" } }, "quantile 2", "a string")
  raises({ quantiles = "x" }, "quantiles are a list")
  raises({ quantiles = { 0.5, 0.5 } }, "asked for twice")
  raises({ quantiles = { 0.1234567890123456789 } , draws = 2, params = 5 }, "parameters are a table")
  raises({ drws = 5 }, "drws", "draws")
  t.raises(function() return asked:bands(5, drawn) end, "bands wants a table")
  t.raises(function() return asked:bands(region(dk), 5) end, "bands wants a scenario, not a number")
  t.raises(function() return asked:bands(region(dk), outreach(dk, { share = 0.3 })) end, "no step of outreach is drawn")
end)
