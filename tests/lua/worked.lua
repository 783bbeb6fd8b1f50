-- worked.lua - questions about scenarios whose answers were worked out by hand, or stand in print; each says how.
--
-- The region: of 7676 persons in the register 5682 are known, by municipality 2983 184 249 369 415 696 0 204 582 (UWV,
-- Transparantie van klantprofielen); 1994 are not known, and nobody publishes where they live.

local test = ...

local PLACES = {
  "Arnhem", "Doesburg", "Duiven", "Lingewaard", "Overbetuwe", "Rheden", "Rozendaal", "Westervoort", "Zevenaar",
}
local KNOWN = { 2983, 184, 249, 369, 415, 696, 0, 204, 582 }

-- { column = values, ... } in order, with n as the weight.
local function weighted(dk, columns) return dk.table(columns):with { weight = "n" } end

-- The region without municipalities: the known and the unknown.
local function region(dk, unknown)
  return weighted(dk, { { "in_sonar", { true, false } }, { "n", { 5682, unknown or 1994 } } })
end

local function coverage(dk, by)
  return dk.breakdown { by = by, margins = by and "totals" or "none",
    measures = { "register = count()", "bekend = count() where in_sonar", "dekking = bekend / register" } }
end

local function register(options)
  local step = { "register the unknown", where = "not in_sonar", set = { in_sonar = true } }
  for key, value in pairs(options) do
    step[key] = value
  end
  return step
end

local function one(t, result)
  local rows = t.records(result)
  t.eq(#rows, 1)
  return rows[1]
end

-- Numbers that are printed with so many digits.
local function close(value, expected, within)
  if math.abs(value - expected) > (within or 1e-9) then
    error(("%s, not %s"):format(tostring(value), tostring(expected)), 2)
  end
end

-- The row for which the condition is true, which goes by exact ratios.
local function exactly(t, result, condition)
  t.eq(#result:where(condition), 1, condition)
end

-- One share ------------------------------------------------------------------------------------------------------------

-- 0.30 * 1994 = 598.2; (5682 + 598.2) / 7676 = 6280.2 / 7676 = 81.816 %; 598.2 / 7676 = 7.793 points.
test("a share of the unknown is registered", function(t, dk)
  local plan = dk.scenario "plan" { register({ share = 0.30 }) }
  local result = coverage(dk):compare(region(dk), plan)
  local row = one(t, result)
  close(row.bekend_plan_difference, 598.2)
  close(row.dekking_plan, 0.81816, 5e-6)
  close(row.dekking_plan_difference, 0.07793, 5e-6)
  exactly(t, result, "dekking_plan == 62802 / 76760")
end)

-- Each time 30 % of who is left: 1 - 0.7 * 0.7 = 0.51 of 1994 = 1016.94.
test("a share, and the same share of who is left, are less than twice the share", function(t, dk)
  local plan = dk.scenario "plan" { register({ share = 0.30 }) }
  close(one(t, coverage(dk):compare(region(dk), (plan .. plan):named "plan")).bekend_plan_difference, 1016.94)
end)

-- U * (1 - h)^T: 1994 * 0.95^18 = 792.06... and 1994 * 0.95^19 = 752.46: the first below 767.6, a tenth of 7676, is
-- month 19. (1994 / 767.6)^(1/12) gives h = 1 - 0.92353 = 7.647 % for twelve months.
test("a constant share each month: how many months, and which share for a year", function(t, dk)
  local month = dk.scenario "month" { params = { h = { 0.05, min = 0, max = 1 } }, register({ share = "$h" }) }
  local function months(n)
    local plan = month
    for _ = 2, n do
      plan = plan .. month
    end
    return plan:named "plan"
  end
  local left = dk.breakdown { measures = { "open = count() where not in_sonar" } }
  t.ok(one(t, left:compare(region(dk), months(18))).open_plan > 767.6)
  t.ok(one(t, left:compare(region(dk), months(19))).open_plan <= 767.6)
  local at = { h = 0.0764 }
  t.ok(one(t, left:compare(region(dk), months(12), at)).open_plan > 767.6)
  at.h = 0.0765
  t.ok(one(t, left:compare(region(dk), months(12), at)).open_plan < 767.6)
end)

-- A third of 10 has no end: 3.333333333 are taken, 6.666666667 stay, and together they are 10 to the last unit.
test("what is taken and what stays add up to the last unit", function(t, dk)
  local cells = dk.scenario "third" { register({ share = "1 / 3" }) }
    :apply(weighted(dk, { { "in_sonar", { false } }, { "n", { 10 } } }))
  local weights = {}
  for row in cells:rows() do
    weights[tostring(row.in_sonar)] = ("%.9f"):format(row.n)
  end
  t.eq(weights, { ["false"] = "6.666666667", ["true"] = "3.333333333" })
  exactly(t, cells:breakdown { measures = "m = count()" }, "m == 10")
end)

-- Whole persons --------------------------------------------------------------------------------------------------------

-- Whole persons over places of these sizes, in the order of the names; nobody is known.
local function hamilton(dk, names, sizes, count)
  local known, list = {}, {}
  for i in ipairs(sizes) do
    known[i] = false
  end
  local data = weighted(dk, { { "gemeente", names }, { "in_sonar", known }, { "n", sizes } })
  local plan = dk.scenario "plan" { register { count = count, whole = true, per = "gemeente" } }
  for row in plan:moved(data):rows() do
    list[#list + 1] = math.tointeger(row.taken)
  end
  return list
end

-- 598 / 5682 of each: 313.95 19.37 26.21 38.84 43.68 73.25 0 21.47 61.25. The whole parts are 594, the four left go
-- to the fractions .95 .84 .68 .47. With 1227: 644.16 39.73 53.77 79.68 89.62 150.29 0 44.05 125.68, whole parts
-- 1223, and four to .77 .73 .68 .68. Rozendaal has none to give, and no row.
test("whole persons over municipalities go by largest remainder", function(t, dk)
  t.eq(hamilton(dk, PLACES, KNOWN, 598), { 314, 19, 26, 39, 44, 73, 22, 61 })
  t.eq(hamilton(dk, PLACES, KNOWN, 1227), { 644, 40, 54, 80, 89, 150, 44, 126 })
end)

-- Votes 47,000 16,000 15,800 12,000 6,100 3,100 and 10 seats: quotas 4.7 1.6 1.58 1.2 .61 .31, whole 4 1 1 1 0 0, and the
-- three left to .7 .61 .6. (The example by which the method is mostly taught.)
test("ten seats over six lists", function(t, dk)
  t.eq(hamilton(dk, { "a", "b", "c", "d", "e", "f" }, { 47000, 16000, 15800, 12000, 6100, 3100 }, 10),
    { 5, 2, 1, 1, 1, 0 })
end)

-- Three places of 6, 6 and 2: of 10 the third gets 2 (4.29 4.29 1.43: the one left goes to .43), of 11 it gets 1
-- (4.71 4.71 1.57: the two left go to .71). More for all can be less for one: the Alabama paradox, known since the
-- census of 1880.
test("one person more can leave a place one fewer", function(t, dk)
  t.eq(hamilton(dk, { "a", "b", "c" }, { 6, 6, 2 }, 10), { 4, 4, 2 })
  t.eq(hamilton(dk, { "a", "b", "c" }, { 6, 6, 2 }, 11), { 5, 5, 1 })
end)

-- 2 over three places of one size: 0.67 each, and equal fractions go to who comes first in the order of keys,
-- whatever the order of rows.
test("equal fractions go to who comes first by key", function(t, dk)
  t.eq(hamilton(dk, { "c", "a", "b" }, { 5, 5, 5 }, 2), { 1, 1, 0 })
end)

-- Mergers and moves ----------------------------------------------------------------------------------------------------

-- Columns of the publication: Duiven 7 54 135 53, Westervoort 4 49 106 45: 11 103 241 98, together 453. The register
-- of each as the synthetic persons have it, 336 and 276: 453 / 612 = 74.02 %, and not the mean of 249/336 and
-- 204/276.
test("two municipalities merge: counts add, rates are ratios of sums", function(t, dk)
  local columns = { "kolom_1", "kolom_2", "kolom_3", "kolom_4", "none" }
  local sizes = { Arnhem = { 12, 724, 1758, 489, 1047 }, Duiven = { 7, 54, 135, 53, 87 },
    Westervoort = { 4, 49, 106, 45, 72 } }
  local rows = {}
  for _, place in ipairs { "Arnhem", "Duiven", "Westervoort" } do
    for i, column in ipairs(columns) do
      rows[#rows + 1] = { gemeente = place, kolom = column, in_sonar = i < 5, n = sizes[place][i] }
    end
  end
  local data = dk.table(rows):with { weight = "n" }
  local merger = dk.scenario "merger" { dk.merge("gemeente", { "Duiven", "Westervoort" }, "Duiven-Westervoort") }
  local asked = coverage(dk, "gemeente"):measure "k1 = count() where kolom == 'kolom_1'"
    :measure "k2 = count() where kolom == 'kolom_2'":measure "k3 = count() where kolom == 'kolom_3'"
    :measure "k4 = count() where kolom == 'kolom_4'"
  local compared = asked:compare(data, merger)
  local row = one(t, compared:where "gemeente == 'Duiven-Westervoort'")
  t.eq({ row.k1_merger, row.k2_merger, row.k3_merger, row.k4_merger, row.bekend_merger }, { 11, 103, 241, 98, 453 })
  exactly(t, compared, "gemeente == 'Duiven-Westervoort' and dekking_merger == 453 / 612")
  exactly(t, compared, "gemeente is total and register_merger == register_base and dekking_merger == dekking_base")
end)

-- Zevenaar with its 582 goes to another region: 5682 - 582 = 5100 and 4000 + 582 = 4582; both together stay 9682.
test("a municipality changes region: the whole country stays what it is", function(t, dk)
  local regions, places, n = {}, {}, {}
  for i, place in ipairs(PLACES) do
    regions[i], places[i], n[i] = "Midden-Gelderland", place, KNOWN[i]
  end
  regions[10], places[10], n[10] = "Achterhoek", "Doetinchem", 4000
  local data = weighted(dk, { { "regio", regions }, { "gemeente", places }, { "n", n } })
  local move = dk.scenario "move" { { "to the Achterhoek", where = "gemeente == 'Zevenaar'", all = true,
    set = { regio = "Achterhoek" } } }
  local asked = dk.breakdown { by = { "regio", "gemeente" }, measures = "n = count()", margins = "rollup" }
  local now = {}
  for row in asked:compare(data, move):where("gemeente is total"):rows() do
    now[row.regio or "totaal"] = row.n_move
  end
  t.eq(now, { ["Midden-Gelderland"] = 5100, Achterhoek = 4582, totaal = 9682 })
end)

-- (1994 4000 1682) by rows (.90 .10 0) (.02 .88 .10) (.01 .04 .95): 1994 * .9 + 4000 * .02 + 1682 * .01 = 1891.42,
-- and so on. The sum stays 7676. (Reached by hand; month 2 from month 1 in the same way.)
test("flows between states, two months on", function(_, dk)
  local data = weighted(dk, { { "stand", { "a", "b", "c" } }, { "n", { 1994, 4000, 1682 } } })
  local month = dk.scenario "month" { dk.move("stand", { a = { b = 0.10 }, b = { a = 0.02, c = 0.10 },
    c = { a = 0.01, b = 0.04 } }) }
  local asked = dk.breakdown { by = "stand", measures = "n = count()", margins = "totals" }
  local function sizes(plan)
    local list = {}
    for row in asked:compare(data, plan):rows() do
      list[#list + 1] = row.n_plan
    end
    return list
  end
  for i, expected in ipairs { 1891.42, 3786.68, 1997.90, 7676 } do
    close(sizes(month:named "plan")[i], expected)
  end
  for i, expected in ipairs { 1797.9906, 3601.3360, 2276.6730, 7676 } do
    close(sizes((month .. month):named "plan")[i], expected, 5e-4)
  end
end)

-- 248,730 + 3,893 - 2,218 = 250,405: the target group at the end of the second quarter of 2022, from what came and went.
test("what comes and what leaves add up to the next stock", function(t, dk)
  local data = weighted(dk, { { "kwartaal", { "was" } }, { "n", { 248730 } } })
  local quarter = dk.scenario "quarter" {
    { "came", where = "kwartaal == 'was'", count = 3893, add = true, set = { kwartaal = "new" } },
    { "left", where = "kwartaal == 'was'", count = 2218, remove = true },
  }
  local row = one(t, dk.breakdown { measures = "n = count()" }:compare(data, quarter))
  t.eq(row.n_quarter, 250405)
  t.eq(row.n_quarter_difference, 3893 - 2218)
end)

-- To 80 % of 7676 are 6140.8 persons, 458.8 more than 5682.
test("a rate is set", function(t, dk)
  local plan = dk.scenario "plan" { { "four of five", rate = "in_sonar", to = 0.80 } }
  local result = coverage(dk):compare(region(dk), plan)
  close(one(t, result).bekend_plan_difference, 458.8)
  exactly(t, result, "dekking_plan == 4 / 5")
end)

-- Two in three of the 60 unknown of Duiven are registered, and half of Duiven moves away. Registered first they are 40,
-- wherever they live then; moved first, 30 are left in Duiven, and 20 of them are registered.
test("the order of steps can matter, and that is told", function(t, dk)
  local data = weighted(dk,
    { { "gemeente", { "Duiven", "Arnhem" } }, { "in_sonar", { false, false } }, { "n", { 60, 1 } } })
  local known = dk.scenario "known" {
    { "register", where = "gemeente == 'Duiven' and not in_sonar", share = "2 / 3", set = { in_sonar = true } } }
  local move = dk.scenario "move" { { "move", where = "gemeente == 'Duiven'", share = 0.5, set = { gemeente = "Arnhem" } } }
  local asked = coverage(dk)
  t.eq(one(t, asked:compare(data, (known .. move):named "plan")).bekend_plan, 40)
  t.eq(one(t, asked:compare(data, (move .. known):named "plan")).bekend_plan, 20)
  t.eq(one(t, (known .. move):order(data, asked)).changes, true)
  -- Two shares of the unknown commute: 0.6 * 0.5 stay, in whichever order.
  local a, b = dk.scenario "a" { register({ share = 0.4 }) }, dk.scenario "b" { register({ share = 0.5 }) }
  t.eq(one(t, (a .. b):order(data, asked)).changes, false)
end)

-- How much is needed ----------------------------------------------------------------------------------------------------

-- ceil(0.9 * 7676) = ceil(6908.4) = 6909, less 5682 is 1227: 1226 give 6908, which is 89.995 %. Over twelve months
-- 102.25 a month, so 103, and the twelfth is needed: 11 * 103 = 1133.
test("effort for 90 % in twelve months", function(t, dk)
  local plan = dk.scenario "plan" { params = { n = 0 }, register({ count = "$n", whole = true }) }
  local answer = coverage(dk):solve(region(dk), plan, { vary = "n", target = "dekking >= 0.90", at = dk.total })
  t.eq(one(t, answer).persons, 1227)
  exactly(t, answer, "dekking == 6909 / 7676")
  local months = dk.scenario "months" { params = { maand = { 0, min = 0, max = 160 }, maanden = 12 },
    register({ count = "$maand * $maanden", whole = true }) }
  local question = { vary = "maand", target = "dekking >= 0.90", at = dk.total }
  t.eq(one(t, coverage(dk):solve(region(dk), months, question)).maand, 103)
  exactly(t, coverage(dk):compare(region(dk), months, { maand = 103, maanden = 11 }), "dekking_months < 0.90")
end)

-- With 20 newcomers a month, unknown at first: ceil(0.9 * 7916) = 7125, less 5682 is 1443, so 120.25 a month and 121.
-- After eleven months the register has 7896, 7107 of whom are wanted: 1425, and 11 * 121 = 1331.
test("the same while the register grows", function(t, dk)
  local plan = dk.scenario "plan" { params = { maand = { 0, min = 0, max = 160 }, maanden = 12 },
    { "newcomers", where = "not in_sonar", count = "20 * $maanden", add = true, set = { in_sonar = false } },
    register({ count = "$maand * $maanden", whole = true }) }
  local row = one(t, coverage(dk):solve(region(dk), plan, { vary = "maand", target = "dekking >= 0.90", at = dk.total }))
  t.eq(row.maand, 121)
  t.eq(row.register, 7916)
  local year = dk.scenario "year" { params = { n = 0 },
    { "newcomers", where = "not in_sonar", count = 240, add = true, set = { in_sonar = false } },
    register({ count = "$n", whole = true }) }
  local answer = coverage(dk):solve(region(dk), year, { vary = "n", target = "dekking >= 0.90", at = dk.total })
  t.eq(one(t, answer).persons, 1443)
  exactly(t, answer, "bekend == 7125 and n / 12 == 120.25")
  exactly(t, coverage(dk):compare(region(dk), plan, { maand = 121, maanden = 11 }), "dekking_plan < 0.90")
  exactly(t, coverage(dk):compare(region(dk), plan, { maand = 120, maanden = 12 }), "dekking_plan < 0.90")
end)

-- A share f, and f again of who is left, leave (1 - f)^2: of 100 unknown 75 are registered where f is 0.5, and not before.
-- Of 17 known and 15 unknown f register, and f * f of all known are lost again: (17 + 15 f)(1 - f^2) is 17 at f = 0 and 0
-- at f = 1, at 0.171 it is 18.993, at 0.172 19.001; 0.85 f of 100 is 17 at 0.2. Each range is in whole numbers.
test("a share that occurs twice, or in a formula, has values between 0 and 1", function(t, dk)
  local function least(known, unknown, target, ...)
    local plan = dk.scenario "plan" { params = { f = { 0, min = 0, max = 1 } }, ... }
    local data = weighted(dk, { { "in_sonar", { true, false } }, { "n", { known, unknown } } })
    return one(t, coverage(dk):solve(data, plan, { vary = "f", target = target, at = dk.total })).f
  end
  t.eq(least(0, 100, "bekend >= 75", register({ share = "$f" }), register({ share = "$f" })), 0.5)
  local f = least(17, 15, "bekend >= 19", register({ share = "$f" }),
    { "lost", where = "in_sonar", share = "$f * $f", set = { in_sonar = false } })
  t.ok(f > 0.171 and f < 0.172)
  close(least(0, 100, "bekend >= 17", register({ share = "0.85 * $f" })), 0.2, 1e-6)
end)

-- If the 1994 were spread like the known, Arnhem would have 1994 * 2983 / 5682 = 1046.8 of them, 1047 as whole
-- persons: all of them bring the region to (5682 + 1047) / 7676 = 6729 / 7676 = 87.66 %.
test("one municipality cannot bring the region to 90 %, and the answer says how far it comes", function(t, dk)
  local names, known, n = {}, {}, {}
  local unknown = hamilton(dk, PLACES, KNOWN, 1994)
  t.eq(unknown[1], 1047)
  table.insert(unknown, 7, 0) -- Rozendaal
  for i, place in ipairs(PLACES) do
    table.move({ place, place }, 1, 2, #names + 1, names)
    table.move({ true, false }, 1, 2, #known + 1, known)
    table.move({ KNOWN[i], unknown[i] }, 1, 2, #n + 1, n)
  end
  local data = weighted(dk, { { "gemeente", names }, { "in_sonar", known }, { "n", n } })
  local plan = dk.scenario "plan" { params = { f = { 0, min = 0, max = 1 } },
    { "Arnhem alone", where = "not in_sonar and gemeente == 'Arnhem'", share = "$f", whole = true,
      set = { in_sonar = true } } }
  local answer = coverage(dk, "gemeente"):solve(data, plan, { vary = "f", target = "dekking >= 0.90", at = dk.total })
  exactly(t, answer, "not reachable and dekking == 6729 / 7676")
  close(one(t, answer).dekking, 0.8766, 5e-5)
end)

-- A budget --------------------------------------------------------------------------------------------------------------

-- A 100 persons of 2 hours and 0.8, B 50 of 1 hour and 0.3, C 80 of 3 hours and 0.9: an hour gains 0.4, 0.3, 0.3. 230
-- hours take all of A in 200 and do 30 hours more at 0.3: 80 + 9 = 89. (Dantzig 1957: by gain per hour, the last in
-- part.) B and C tie, and the first group gets them.
test("most who can be found for a budget of hours", function(t, dk)
  local data = weighted(dk,
    { { "groep", { "A", "B", "C" } }, { "gevonden", { false, false, false } }, { "n", { 100, 50, 80 } } })
  local visit = dk.scenario "visit" { { "visit", where = "not gevonden", all = true, set = { gevonden = true } } }
  local asked = dk.breakdown { by = "groep", measures = "m = count() where gevonden" }
  for _, whole in ipairs { true, false } do
    local hours = asked:allocate(data, visit, { budget = 230, per = "groep", whole = whole, cost = { A = 2, B = 1, C = 3 },
      gain = { A = 0.8, B = 0.3, C = 0.9 } })
    t.eq(hours:table().allocated:to_lua { plain = true }, { 100, 30, 0 })
    close(hours:total().gain, 89)
  end
end)

-- Five hours; A costs 3 and gains 4, B costs 2 and gains 2.5. By the hour A is better, in parts 5/3 of A gain 6.67;
-- but of whole persons A and B gain 6.5, and A alone 4.
test("whole persons need not be taken in the order of their gain", function(t, dk)
  local data = weighted(dk, { { "groep", { "A", "B" } }, { "gevonden", { false, false } }, { "n", { 2, 2 } } })
  local visit = dk.scenario "visit" { { "visit", where = "not gevonden", all = true, set = { gevonden = true } } }
  local asked = dk.breakdown { by = "groep", measures = "m = count() where gevonden" }
  local question = { budget = 5, per = "groep", whole = true, cost = { A = 3, B = 2 }, gain = { A = 4, B = 2.5 } }
  local whole = asked:allocate(data, visit, question)
  t.eq(whole:table().allocated:to_lua { plain = true }, { 1, 1 })
  close(whole:total().gain, 6.5)
  question.whole = false
  close(asked:allocate(data, visit, question):total().gain, 20 / 3, 1e-6)
end)

-- Chance ----------------------------------------------------------------------------------------------------------------

-- Binomial(1994, 0.3): mean 598.2, deviation sqrt(1994 * 0.3 * 0.7) = 20.463, quantiles 558, 598, 638, so 81.292,
-- 81.813 and 82.335 %. Of 20,000 draws the mean is known to 20.463 / 141 = 0.15, the outer quantiles to 0.39: five
-- times that is allowed.
test("take-up is uncertain: the binomial, drawn", function(t, dk)
  local drawn = dk.scenario "drawn" { seed = 1, register({ share = 0.3, drawn = true }) }
  local row = one(t, coverage(dk):bands(region(dk), drawn, { draws = 20000 }))
  close(row.bekend_mean, 5682 + 598.2, 0.75)
  close(row.bekend_sd, 20.463, 0.6)
  for quantile, expected in pairs { q2_5 = 558, q50 = 598, q97_5 = 638 } do
    close(row["bekend_" .. quantile], 5682 + expected, 2)
  end
  for quantile, expected in pairs { q2_5 = 0.81292, q50 = 0.81813, q97_5 = 0.82335 } do
    close(row["dekking_" .. quantile], expected, 2.1 / 7676)
  end
end)

-- 40 drawn of 100 and 300: of the first Hypergeometric, mean 40 * 100 / 400 = 10, deviation
-- sqrt(40 * 0.25 * 0.75 * 360 / 399) = 2.6013.
test("a number drawn over two groups: the hypergeometric", function(t, dk)
  local data = weighted(dk, { { "gemeente", { "a", "b" } }, { "in_sonar", { false, false } }, { "n", { 100, 300 } } })
  local drawn = dk.scenario "drawn" { seed = 1, register({ count = 40, drawn = true, per = "gemeente" }) }
  local rows = t.records(coverage(dk, "gemeente"):bands(data, drawn, { draws = 20000 }))
  close(rows[1].bekend_mean, 10, 0.1)
  close(rows[1].bekend_sd, 2.6013, 0.07)
  close(rows[2].bekend_mean, 30, 0.1)
  close(rows[3].bekend_sd, 0)
end)

-- Assumptions and parts ---------------------------------------------------------------------------------------------------

-- (5682 + f (N - 5682)) / N: base 6280.2 / 7676; f 0.2 and 0.4: 6080.8 and 6479.6 of 7676, 79.218 and 84.414 %. N 2 %
-- smaller or larger: (5682 + 0.3 * 1840.48) / 7522.48 = 82.874 %, (5682 + 0.3 * 2147.52) / 7829.52 = 80.800 %.
test("which assumption matters most", function(t, dk)
  local plan = dk.scenario "plan" {
    params = { f = { 0.3, min = 0.2, max = 0.4 }, n = { 7676, min = 7522.48, max = 7829.52 } },
    { "another register", where = "not in_sonar", scale = "($n - 5682) / 1994" },
    register({ share = "$f" }),
  }
  local rows = t.records(coverage(dk):sensitivity(region(dk), plan, { measure = "dekking", at = dk.total }))
  t.eq({ rows[1].parameter, rows[2].parameter }, { "f", "n" })
  for i, expected in ipairs { { 0.79218, 0.84414 }, { 0.82874, 0.80800 } } do
    close(rows[i].at_base, 0.81816, 5e-6)
    close(rows[i].at_low, expected[1], 5e-6)
    close(rows[i].at_high, expected[2], 5e-6)
  end
end)

-- Alone A registers 50 of 100, B 40; together 100 * (1 - 0.5 * 0.6) = 70. In order A adds 50 and B 20; the mean of
-- both orders is (50 + 70 - 40) / 2 = 40 and (40 + 70 - 50) / 2 = 30 (Shapley 1953).
test("what each of two steps contributes", function(_, dk)
  local data = weighted(dk, { { "in_sonar", { false } }, { "n", { 100 } } })
  local plan = dk.scenario "plan" { register({ "A", share = 0.5 }), register({ "B", share = 0.4 }) }
  for method, expected in pairs { order = { 50, 20, 70 }, shapley = { 40, 30, 70 } } do
    local list = coverage(dk):contributions(data, plan, { measure = "bekend", at = dk.total, method = method })
      .contribution:to_lua { plain = true }
    for i, value in ipairs(expected) do
      close(list[i], value)
    end
  end
end)

-- Three steps on 1000 register shares 1/2, 1/5, 1/10 of who is left: together 1000 (1 - 0.36) = 640. By its six
-- orders A gets 500 first (two of them), 400 behind B, 450 behind C, 360 last (two): 2570 / 6 = 428.33. B likewise 200
-- twice, 100, 180, 90 twice: 860 / 6 = 143.33; C 100 twice, 50, 80, 40 twice: 410 / 6 = 68.33.
test("what each of three steps contributes", function(_, dk)
  local data = weighted(dk, { { "in_sonar", { false } }, { "n", { 1000 } } })
  local plan = dk.scenario "plan" { register({ "A", share = 0.5 }), register({ "B", share = 0.2 }),
    register({ "C", share = 0.1 }) }
  local list = coverage(dk):contributions(data, plan, { measure = "bekend", at = dk.total, method = "shapley" })
    .contribution:to_lua { plain = true }
  for i, expected in ipairs { 2570 / 6, 860 / 6, 410 / 6, 640 } do
    close(list[i], expected)
  end
end)

-- The three who score highest of five, whoever they are: 0.91 0.74 0.62; two of them did not work before, and become so.
test("totals are forced to a known figure by score, and how many were changed is told", function(t, dk)
  local data = dk.table { { "score", { 0.35, 0.91, 0.62, 0.12, 0.74 } }, { "werkt", { false, true, false, false, false } } }
  local align = dk.scenario "align" { { "three of them work", where = "not werkt", count = 2, whole = true,
    first = "score desc", set = { werkt = true } } }
  local works = {}
  for row in align:apply(data):rows() do
    if row.werkt then
      works[#works + 1] = row.score
    end
  end
  table.sort(works)
  t.eq(works, { 0.62, 0.74, 0.91 })
  exactly(t, align:moved(data), "taken == 2")
end)

-- Two deliveries: 5500 of 7600 (72.37 %) and 5682 of 7676 (74.02 %): + 1.655 points, + 182 persons, + 3.31 %.
test("this quarter against the last", function(t, dk)
  local last = weighted(dk, { { "in_sonar", { true, false } }, { "n", { 5500, 2100 } } })
  local row = one(t, coverage(dk):compare(last, region(dk), { name = "now" }))
  t.eq(row.bekend_now_difference, 182)
  close(row.dekking_now_difference, 0.01655, 5e-6)
end)
