-- unbounded.lua - numbers of which nothing is known but that they are numbers: `..`, which is not null.

local test = ...

-- a and b have a least bound each, so that a - b may be anything; in the second group it is known, in the third a is null.
local function figures(dk)
  return dk.table {
    { g = "a", a = { least = 3 }, b = { least = 1 } },
    { g = "a", a = { least = 5, greatest = 6 }, b = { least = 1, greatest = 2 } },
    { g = "b", a = { least = 5, greatest = 5 }, b = { least = 1, greatest = 2 } },
    { g = "c", a = dk.null, b = { least = 1 } },
  }
end

local function texts(dk, column)
  local made = column:to_lua { plain = true }
  for i, value in ipairs(made) do made[i] = value == dk.null and "null" or tostring(value) end
  return made
end

-- The values of some columns of a table, by name.
local function assert_texts(t, dk, made, expected)
  for name, list in pairs(expected) do t.eq(texts(dk, made[name]), list, name) end
end

test("arithmetic that knows nothing gives a number without bounds, and null stays null", function(t, dk)
  assert_texts(t, dk, figures(dk):derive { "d = a - b", "e = d + 1", "f = -d", "g2 = d * 0", "h = d / a", "i = d - d",
    "j = least(d, 4)", "k = greatest(d, 4)", "l = coalesce(d, 7)", "m = case(d is null, 7, d)" }, {
    d = { "..", "3..5", "3..4", "null" },
    e = { "..", "4..6", "4..5", "null" },
    f = { "..", "-5..-3", "-4..-3", "null" },
    g2 = { "0", "0", "0", "null" },
    h = { "..", "0.5..1.0", "0.6..0.8", "null" },
    i = { "..", "-2..2", "-1..1", "null" },
    j = { "..4", "3..4", "3..4", "null" },
    k = { "4..", "4..5", "4", "null" },
    l = { "..", "3..5", "3..4", "7" },
    m = { "..", "3..5", "3..4", "7" },
  })
end)

test("what is asked of its bounds is null, and whether it is null is not", function(t, dk)
  assert_texts(t, dk, figures(dk):derive "d = a - b":derive { "l = least(d)", "h = greatest(d)", "w = width(d)",
    "n = d is null", "k = marker(d)", "m = meaning(d)", "c = d > 3", "e = d == d", "b2 = d between 0 and 9" }, {
    l = { "null", "3", "3", "null" },
    h = { "null", "5", "4", "null" },
    w = { "null", "2", "1", "null" },
    n = { "false", "false", "false", "true" },
    k = { "null", "null", "null", "null" },
    m = { "unbounded", "null", "null", "null" },
    c = { "null", "null", "null", "null" },
    e = { "null", "null", "null", "null" },
    b2 = { "null", "true", "true", "null" },
  })
  t.eq(#figures(dk):where "a - b > 0", 2)
  t.eq(#figures(dk):where "not (a - b > 0)", 0)
end)

test("interval(a, b) has a number, whatever its sides are", function(t, dk)
  local one = dk.table { { x = 1 } }
  assert_texts(t, dk, one:derive { "i = interval(null, null)", "j = interval(x, null)",
    "k = interval(null, null) is null" }, {
    i = { ".." }, j = { "1.." }, k = { "false" },
  })
end)

-- By hand: group a has .. and 3..5, b has 3..4, c nothing. The least of .. and 3..5 is at most 5, the greatest at least 3.
test("sums, means and the like are not about the other rows alone", function(t, dk)
  local measures = { "s = sum(a - b)", "m = mean(a - b)", "l = min(a - b)", "h = max(a - b)", "q = median(a - b)",
    "e = first(a - b)", "z = last(a - b)", "r = sum(a - b) / sum(b)", "w = sum(a - b) where b > 0", "v = sum(a) - sum(b)" }
  local expected = {
    g = { "a", "b", "c", "null" },
    s = { "..", "3..4", "null", ".." },
    m = { "..", "3..4", "null", ".." },
    l = { "..5", "3..4", "null", "..4" },
    h = { "3..", "3..4", "null", "3.." },
    q = { "..", "3..4", "null", ".." },
    e = { "..", "3..4", "null", ".." },
    z = { "3..5", "3..4", "null", "3..4" },
    r = { "..", "1.5..4.0", "null", ".." },
    w = { "..", "3..4", "null", ".." },
    v = { "..", "3..4", "null", ".." },
  }
  local ask = dk.breakdown { by = "g", measures = measures, margins = "totals" }
  assert_texts(t, dk, ask(figures(dk)), expected)
  for i, measure in ipairs(measures) do measures[i] = measure:gsub("a %- b", "d") end
  ask = dk.breakdown { by = "g", measures = measures, margins = "totals" }
  expected.q[4] = "3..5" -- of a column it is the second of .. 3 3 at least, and of 4 5 .. at most
  assert_texts(t, dk, ask(figures(dk):derive "d = a - b"), expected)
end)

test("a row that weighs nothing is nobody, whatever is not known of its number", function(t, dk)
  local rows = dk.table({ { "g", { "a", "a", "b" } }, { "x", { { least = 3, greatest = 4 }, { least = 2 },
    { least = 1, marker = "e", meaning = "estimate" } } }, { "w", { 2, 0, 0 } } }, { weight = "w" })
  assert_texts(t, dk, rows:breakdown { by = "g", margins = "totals", measures = { "s = sum(x)", "m = mean(x)", "h = max(x)",
    "q = median(x)", "e = sum(x + 1)", "v = sum(x) where x > 0" } }, {
    g = { "a", "b", "null" }, s = { "6..8", "null", "6..8" }, m = { "3..4", "null", "3..4" },
    h = { "3..4", "null", "3..4" }, q = { "3..4", "null", "3..4" },
    e = { "8..10", "null", "8..10" }, v = { "6..8", "null", "6..8" },
  })
end)

-- Rows: .., 3..5, 3..4, null.
test("windows and comparisons carry it", function(t, dk)
  local d = figures(dk):derive { "d = a - b", "k = case(g == 'b', 3, g == 'c', 4, greatest(b) is null, 1, 2)" }
  assert_texts(t, dk, d:window { order = "k",
    "s = running_sum(d)", "l = running_min(d)", "h = running_max(d)", "m = moving_mean(d, 2)",
    "p = previous(d)", "c = d - previous(d)" }, {
    s = { "..", "..", "..", ".." },
    l = { "..", "..5", "..4", "..4" },
    h = { "..", "3..", "3..", "3.." },
    m = { "..", "..", "3.0..4.5", "3..4" },
    p = { "null", "..", "3..5", "3..4" },
    c = { "null", "..", "-2..1", "null" },
  })
  local ask = dk.breakdown { by = "g", measures = "s = sum(a - b)" }
  local plan = dk.scenario "plan" { { "all of b go to c", where = "g == 'b'", all = true, set = { g = "c" } } }
  assert_texts(t, dk, ask:compare(figures(dk), plan), {
    s_base = { "..", "3..4", "null" }, s_plan = { "..", "null", "3..4" }, s_plan_difference = { "0", "null", "null" },
  })
end)

test("rolling up carries it", function(t, dk)
  local geo = dk.hierarchy(dk.table { { "g", { "a", "b", "c" } }, { "regio", { "x", "x", "y" } } }, { "g", "regio" })
  local ask = dk.breakdown { by = "g", measures = { "s = sum(a - b)", "h = max(a - b)" } }
  local made = ask(figures(dk):use(geo)):roll_up "regio"
  assert_texts(t, dk, made, { s = { "..", "null" }, h = { "3..", "null" } })
end)

local function differences(result)
  local shown = {}
  for i, value in ipairs(result.s_plan_difference:to_lua { plain = true }) do shown[i] = tostring(value) end
  return shown
end

-- A and B are 0..9 persons each, and half of A goes to B: the total does not change, and x is A and B.
test("a total that nobody left or came to stays so where a comparison is rolled up", function(t, dk)
  local places = dk.hierarchy(dk.read_text "g;r;l\nA;x;n\nB;x;n\nC;y;n\n", { "g", "r", "l" })
  local few = { least = 0, greatest = 9 }
  local rows = dk.table({ { "g", { "A", "B", "C" } }, { "k", { "p", "q", "p" } }, { "n", { few, few, few } } }):use(places)
  local plan = dk.scenario "plan" { { "half", where = "g == 'A'", share = 0.5, set = { g = "C" } } }
  local by_place = dk.breakdown { by = "g", margins = "totals", measures = "s = sum(n)" }:compare(rows, plan)
  t.eq(differences(by_place), { "-4.5..0.0", "0", "0.0..4.5", "0" })
  t.eq(differences(by_place:roll_up "r"), { "-4.5..0.0", "0.0..4.5", "0" })
  t.eq(differences(by_place:roll_up "r":roll_up "l"), { "-5..5", "0" })
  local long = dk.breakdown { by = "g", margins = "totals", measures = "s = sum(n)" }
    :compare(rows, plan, nil, { long = true })
  t.eq(tostring(long:roll_up "r":where "r is total".difference[1]), "0")
  t.eq(differences(by_place:where "g ~= 'C' or g is total":roll_up "r"), { "-4.5..0.0", "-4.5..0.0" })
  t.eq(differences(dk.breakdown { by = { "r", "g" }, margins = "rollup", measures = "s = sum(n)" }:compare(rows, plan)
    :roll_up "r"), { "-4.5..0.0", "0.0..4.5", "0" })
  t.eq(differences(dk.breakdown { by = { "k", "g" }, margins = "cube", measures = "s = sum(n)" }:compare(rows, plan)
    :roll_up "r"), { "-4.5..0.0", "0.0..4.5", "0", "0", "0", "-4.5..0.0", "0.0..4.5", "0" })
end)

-- Whoever leaves C takes half of what is 5 or more there along, and whoever comes from B 3 or more.
test("a difference that may be anything is no null where a comparison is rolled up", function(t, dk)
  local places = dk.hierarchy(dk.read_text "g;r\nA;x\nB;x\nC;y\n", { "g", "r" })
  local rows = dk.table({ { "g", { "A", "B", "C", "C" } }, { "n", { { least = 2 }, { least = 3 }, { least = 1 }, 4 } } })
    :use(places)
  local plan = dk.scenario "plan" { { "half", where = "g == 'C'", share = 0.5, set = { g = "A" } },
    { "all", where = "g == 'B'", all = true, set = { g = "C" } } }
  local rolled = dk.breakdown { by = "g", measures = "s = sum(n)" }:compare(rows, plan):roll_up "r"
  assert_texts(t, dk, rolled, { r = { "x", "y" }, s_base = { "5..", "5.." }, s_plan = { "4.5..", "5.5.." },
    s_plan_difference = { "..", ".." } })
end)

test("every output shows it, and it is read back", function(t, dk)
  local made = figures(dk):derive "d = a - b":select { "g", "d" }
  local shown = { "..", "3..5", "3..4", "null" }
  for _, name in ipairs { "d.csv", "d.xlsx" } do
    local path = t.path(name)
    made:write(path)
    local back = dk.read(path, { types = { d = "interval" } })
    assert_texts(t, dk, back, { d = shown })
    t.eq(back.d:nulls(), 1)
  end
  local path = t.path "d.dk"
  made:save(path)
  local opened = dk.open(path)
  assert_texts(t, dk, opened, { d = shown })
  t.eq(opened.d:nulls(), 1)
  t.eq(opened:fingerprint(), made:fingerprint())
  t.has(tostring(made), "a               ..\n")
  for name, text in pairs { ["d.md"] = "| a | .. |", ["d.html"] = '<td class="n" title="unbounded">..</td>',
    ["d.json"] = '"d": { "least": null, "greatest": null, "meaning": "unbounded" }' } do
    local written = t.path(name)
    made:write(written)
    local file = assert(io.open(written, "rb"))
    t.has(file:read "a", text)
    file:close()
  end
  for row in made:rows() do
    if row.g == "b" then t.eq(row.d.meaning, nil) end
    if row.g == "c" then t.eq(row.d, nil) end
  end
  local values = made.d:to_lua { plain = true }
  t.eq(values[1], { meaning = "unbounded" })
  assert_texts(t, dk, dk.table { { "d", values } }, { d = shown })
  t.eq(values[1] == dk.table({ { "d", values } }).d:to_lua { plain = true }[1], true)
end)

test("a marker can say so, and the source's own comes first", function(t, dk)
  local csv = "n\n..\n?\n5\n"
  assert_texts(t, dk, dk.read_text(csv, { types = { n = "interval" }, markers = { ["?"] = "unbounded" } }):derive
    { "s = n - 1", "k = marker(n)" }, { n = { "..", "?", "5" }, s = { "..", "..", "4" }, k = { "null", "?", "null" } })
  local own = dk.read_text(csv, { types = { n = "interval" }, markers = { ["?"] = "impossible", [".."] = "unavailable" } })
  t.eq(own.n:nulls(), 2)
  t.raises(function() return dk.read_text("n\n~..\n", { types = { n = "interval" } }) end, "~..")
end)

test("it is put in order, told apart, appended, and made narrower by totals", function(t, dk)
  local made = figures(dk):derive "d = a - b":select { "g", "d" }
  assert_texts(t, dk, made:sort "d", { d = { "..", "3..4", "3..5", "null" } })
  t.eq(#made:append(made):distinct { "g", "d" }, 4)
  assert_texts(t, dk, made:append(dk.table { { g = "e", d = 2 } }), { d = { "..", "3..5", "3..4", "null", "2" } })
  local sums = dk.table { { g = "p", n = { meaning = "unbounded" } }, { g = "q", n = { least = 2, greatest = 3 } },
    { g = "totaal", n = 10 } }
  assert_texts(t, dk, sums:tighten { by = "g" }, { n = { "7..8", "2..3", "10" } })
end)

-- By hand: of A 1..3 are known and one of 2..4 may be, and one of whom nothing is known; of B 5..7 may be beside 4..6.
test("what solving says of numbers in bounds is what is known of them", function(t, dk)
  local rows = dk.read_text "g;x;a\nA;true;1\nA;false;2\nA;false;\nB;true;4\nB;false;5\n"
    :derive { "n = interval(a, a + 2)", "o = interval(a, case(g == 'B', a + 2))" }
  local plan = dk.scenario "plan" { params = { s = 0.1 }, { "known", where = "not x", share = "$s", set = { x = true } } }
  local function answers(measure, target)
    return dk.breakdown { by = "g", measures = measure }:solve(rows, plan, { vary = "s", target = target, each = "g" })
      .answer:to_lua()
  end
  t.eq(answers("k = sum(n) where x", "k >= 20"), { "cannot be reached for sure: nothing is known of k",
    "cannot be reached: k is 9..13 at best" })
  t.eq(answers("k = sum(n) where x", "k >= 10"), { "cannot be reached for sure: nothing is known of k",
    "cannot be reached for sure: k is 9..13 at best" })
  t.eq(answers("k = sum(o) where g == 'B' and x", "k < 5"), { "cannot be reached: k has no value there",
    "cannot be reached for sure: k is 4..6 at best" })
  t.eq(answers("k = sum(o) where x", "k < 1"), { "cannot be reached for sure: nothing is known of k",
    "cannot be reached: k is 4..6 at best" })
  t.eq(answers("k = sum(n) where x", "k >= 9"), { "cannot be reached for sure: nothing is known of k",
    "1 person, 100.00 % of 1, gives k = 9..13" })
end)
