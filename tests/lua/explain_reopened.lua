-- explain_reopened.lua - what scenarios were asked, saved and opened again: each row is told with the question that it had.

local test = ...

local only = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/again.lua").only
local lib = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/answers.lua")
local people, reach, coverage = lib.people, lib.reach, lib.coverage

local function opened(dk, result, options)
  local path = os.tmpname()
  result:save(path, options)
  local made = dk.open(path, { check = true })
  os.remove(path)
  return made
end

local function without(text) return (text:gsub("Then opened from [^\n]*\n?", "")) end

local KEYS = { gemeente = true, regio = true, step = true, name = true, cell = true }

-- The row that the cell tells has the same questions as before it was saved, they give its numbers, and it is told as
-- before where the table is given.
local function check(t, dk, live, cell, persons, row)
  local other = opened(dk, live)
  local text, told = live:explain(cell)
  local again, retold = other:explain(cell)
  t.has(again, "which is not kept: give it, as explain(cell, table).", "It was asked as ")
  t.eq(again:match "^[^\n]*", text:match "^[^\n]*")
  t.eq(again:match "\n(It was asked as [^\n]*)", text:match "\n(It was asked as [^\n]*)")
  for name, measure in pairs(told.measures) do
    local same = retold.measures[name]
    if measure.under and not measure.under:name():find "plan" and (same or not text:find "an allocation") then
      t.eq(same and same.text, measure.text, name)
      t.eq(same.where, measure.where, name)
      t.eq(same.whole, measure.whole, name)
      t.eq(same.under:name(), measure.under:name())
      t.has(again, ("  %s = %s"):format(name:gsub("^at_.*", "d"), measure.text))
    end
  end
  for column in row:columns() do
    if told.measures[column] or told.measures[column] == nil and cell[column] == nil and not KEYS[column] then
      t.eq(only(retold.again(column, persons), "cell"), only(row, column), column)
    end
  end
  t.eq(without(other:explain(cell, persons)), without(live:explain(cell)))
  t.eq(without(opened(dk, other):explain(cell)), without(again))
  local function bare(text_) return (without(text_):gsub("Only where true[^\n]*\n", ""):gsub("Note: [^\n]*\n", "")) end
  t.eq(bare(opened(dk, other:where "true"):explain(cell)), bare(again))
  return again, retold
end

test("a sweep that was opened has the questions of each of its numbers", function(t, dk)
  local persons = people(dk)
  local swept = coverage(dk):sweep(persons, reach(dk), { rate = { 0, 0.5, 1 } })
  local text, cell = check(t, dk, swept, { rate = 0.5, gemeente = "Tiel" }, persons,
    swept:where "rate == 0.5 and gemeente == 'Tiel'")
  t.has(text, [[
The cell rate = 0.5, gemeente = Tiel of a sweep of the breakdown dekking, under reach:
  n is 3: count()
  k is 2: count() where bekend
  d is 0.6667, which is 2 of 3: the numerator is k, the denominator n
  s is 0.3750, which is 3 of 8: the numerator is n, the denominator all(n)
The steps of reach where $rate is 0.5:
  1. call: share $rate where not bekend, per gemeente, set bekend = true
]], [[
The table personen from register.csv: 8 rows.
Then reach swept over rate: 15 rows.
    What was asked is the breakdown dekking:
      by gemeente
      n: count()
]], [[
The same on its own, asked of the table personen:
  where gemeente == "Tiel"
  n = count()
  k = count() where bekend
  d = (count() where bekend) / count()
  s = (count() where gemeente == "Tiel") / count(), over all rows
  compared with reach where $rate is 0.5 it gives n_reach, k_reach, d_reach and s_reach
]], "It was asked as dekking:sweep(personen, reach, { rate = { 0, 0.5, 1 } })")
  t.eq(tostring(cell.measures.k.params.rate), "0.5")
  check(t, dk, swept, { rate = 1 }, persons, swept:where "rate == 1 and gemeente is total")
  t.raises(function() opened(dk, swept):explain { rate = 0.7 } end, "explain: the result has no rate '0.7'")
  t.raises(function() cell.again("k", 1) end, "again: a measure is asked of a table, not of a number")
  t.raises(function() cell.again("x", persons) end, "again: nothing gives x on its own")
end)

test("conditions, parameters, points and steps since are told of a sweep that was opened", function(t, dk)
  local persons = people(dk)
  local base = persons:where "leeftijd < 60"
  local asked = coverage(dk):with { where = "leeftijd > $min" }
  local swept = asked:sweep(base, reach(dk), { rate = { 0.2, 0.4 } }, { params = { min = 20 } })
  local tiel = swept:where "rate == 0.4 and gemeente == 'Tiel'"
  local text = check(t, dk, swept, { rate = 0.4, gemeente = "Tiel" }, base, tiel)
  t.has(text, "  where leeftijd < 60\n  where leeftijd > 20\n  where gemeente == \"Tiel\"\n", "      $min is 20\n")
  local later = opened(dk, swept):rename { d = "dekking", rate = "deel" }:sort "dekking"
  local cell
  text, cell = later:explain { deel = 0.4, gemeente = "Tiel" }
  t.has(text, "The cell deel = 0.4, gemeente = Tiel of a sweep", "  d is 0.6000, which is 1.8 of 3")
  t.eq(only(cell.again("dekking", persons), "cell"), only(tiel, "d"))
  for _, wide in ipairs {
    opened(dk, swept:detail():pivot { rows = "gemeente", columns = "rate", values = "k" }),
    opened(dk, swept):detail():pivot { rows = "gemeente", columns = "rate", values = "k" },
  } do
    text, cell = wide:explain { gemeente = "Tiel", rate = 0.4 }
    t.has(text, "The cell gemeente = Tiel, rate = 0.4 of a sweep of the breakdown dekking, under reach:\n  k is 1.8: ",
      "compared with reach where $rate is 0.4 it gives")
    t.eq(only(cell.again("k", persons), "cell"), "1.8")
    text, cell = wide:explain { gemeente = "Tiel" }
    t.has(text, "rate = 0.2:\n  k is 1.4: count()", "rate = 0.4:\n  k is 1.8")
    t.eq(only(cell.again("0.2", persons), "cell"), "1.4")
  end
  local points = dk.table { { "rate", { dk.decimal "0.2", dk.decimal "0.3" } } }
  swept = coverage(dk):sweep(persons, reach(dk), points)
  check(t, dk, swept, { rate = 0.3, gemeente = "Tiel" }, persons, swept:where "rate == 0.3 and gemeente == 'Tiel'")
  local count = dk.scenario "telling" { params = { m = 1 },
    { "call", where = "not bekend", count = "$m", set = { bekend = true } } }
  swept = coverage(dk):by {}:with { margins = dk.null }:sweep(persons, count, { m = { 1, 9 } })
  text = opened(dk, swept):explain { m = 9 }
  t.has(text, "problem is ", "what cannot be asked at this point")
end)

test("what was solved, drawn, varied, contributed and allocated has its question when it was opened", function(t, dk)
  local persons, geo = people(dk), { gemeente = "Tiel" }
  local solved = coverage(dk):solve(persons, reach(dk), { vary = "rate", target = dk.expr "d >= 0.8", each = "gemeente" })
  local text = check(t, dk, solved, geo, persons, solved:where "gemeente == 'Tiel'")
  t.has(text, "  rate is 1.0000: the least $rate with which d >= 0.8\n", "The steps of reach where $rate is 1:\n",
    "Then reach solved by $rate for d >= 0.8: 4 rows.", "compared with reach where $rate is 1 it gives")
  local at = coverage(dk):solve(persons, reach(dk), { vary = "rate", target = "d >= 0.8", at = geo })
  text = check(t, dk, at, {}, persons, at)
  t.has(text, '  where gemeente == "Tiel"\n  n = count()')
  local total = coverage(dk):solve(persons, reach(dk), { vary = "rate", target = "d >= 0.8", at = dk.total })
  t.eq(check(t, dk, total, {}, persons, total):find("  where ", 1, true), nil)
  local varied = coverage(dk):sensitivity(persons, reach(dk), { measure = "d" })
  text = check(t, dk, varied, { gemeente = "Tiel", parameter = "rate" }, persons, varied:where "gemeente == 'Tiel'")
  t.has(text, "  at_low is 0.3333: d where the parameter is low\n", "Then what each parameter of reach does to d: 5 rows.")
  local parts = coverage(dk):contributions(persons, reach(dk), { measure = "d", each = "gemeente" })
  text = check(t, dk, parts, { gemeente = "Tiel", step = 1 }, persons, parts:where "gemeente == 'Tiel' and step == 1")
  t.has(text, "  contribution is +33.33 pp: what the step adds to d after the steps before it",
    "Then what each step of reach adds to d: 8 rows.")
  local drawn = dk.scenario "trek" { { "call", where = "not bekend", share = 0.5, drawn = true, seed = 1,
    set = { bekend = true } } }
  local bands = coverage(dk):bands(persons, drawn, { draws = 50 })
  text = check(t, dk, bands, geo, persons, bands:where "gemeente == 'Tiel'")
  t.has(text, ": the mean of count() where bekend over 50 draws\n", "Then 50 draws of trek: 5 rows.")
  local plan = coverage(dk):allocate(persons, reach(dk), { budget = 2, per = "gemeente", maximise = "k", whole = true })
  text = check(t, dk, plan:table(), geo, persons, plan:table():where "gemeente == 'Tiel'")
  t.has(text, "  allocated is 1: of these, how many the plan takes\n", "Then an allocation of reach over gemeente: 4 rows.",
    '  where gemeente == "Tiel"\n  n = count()')
  text = check(t, dk, plan:limits(), { limit = "budget 2" }, persons, plan:limits())
  t.has(text, "  slack is 0: what is left of the limit\n")
end)

test("levels, a weight, figures beside and a source that was opened itself are told", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "gemeente;regio\nArnhem;M\nDuiven;M\nTiel;R\n", { "gemeente", "regio" })
  local path = t.path "personen.dk"
  local known = people(dk):where "gemeente is not null":derive "gewicht = 1 + leeftijd % 3"
  known:with { weight = "gewicht" }:use(geo):save(path)
  local persons = dk.open(path)
  local asked = coverage(dk):by { "regio", "gemeente" }:with { margins = "rollup" }
  local swept = asked:sweep(persons, reach(dk), { rate = { 0, 0.5 } })
  local text = check(t, dk, swept, { rate = 0.5, gemeente = "Duiven" }, persons,
    swept:where "rate > 0 and gemeente == 'Duiven'")
  t.has(text, "    Each row counts for its gewicht: count() adds these up.\n", "of the table as it was after: opened from",
    '  weight gewicht\n  where regio == "M" and gemeente == "Duiven"\n')
  check(t, dk, swept, { rate = 0.5, regio = "M" }, persons,
    swept:where "rate > 0 and regio == 'M' and gemeente is total")
  local register = dk.table { { "regio", { "M", "R" } }, { "register", { 19, 14 } } }
  local beside = persons:attach(register, "regio")
  swept = dk.breakdown { by = "regio", measures = "d = (count() where bekend) / attached(register)" }
    :sweep(beside, reach(dk), { rate = { 0, 0.5 } })
  text = check(t, dk, swept, { rate = 0.5, regio = "R" }, beside, swept:where "rate > 0 and regio == 'R'")
  t.has(text, 'd = (count() where regio == "R" and bekend) / attached((sum(register) where regio == "R")), over all rows')
end)

-- Words that the question as a snapshot has it, and the explanation, have for things of their own.
test("what was asked may be called like anything", function(t, dk)
  for _, name in ipairs { "t1", "b1", "s1", "given", "dk", "name", "rate", "at", 'a"b', "a\nb", "a = b", "é", "nil", "-- x",
    "x swept over y", "10 draws of y", "answer", "total", "breakdown" } do
    local persons = dk.table({ { name, { "x", "y", "x", dk.null } }, { "uren", { 1, 2, 4, 8 } } }, { name = name })
    local scenario = dk.scenario "plus" { params = { f = { 0.5, min = 0, max = 1 } },
      { name, where = dk.expr("`" .. name .. "` == 'y'"), share = "$f", set = { [name] = "x" } } }
    local measure = name == "total" and "som" or name .. " som"
    local done, asked = pcall(dk.breakdown, { by = "`" .. name .. "`", measures = ("`%s` = sum(uren)"):format(measure) })
    if done then
      local swept = asked:sweep(persons, scenario, { f = { 0, 1 } })
      local text, cell = opened(dk, swept):explain { f = 1, [name] = "x" }
      t.has(text, "compared with plus where $f is 1 it gives")
      t.eq(only(cell.again(measure, persons), "cell"), "7.0", name)
      local renamed = opened(dk, swept):rename { [name] = "x swept over z" }
      cell = select(2, renamed:explain { f = 1, ["x swept over z"] = "x" })
      t.eq(only(cell.again(measure, persons), "cell"), "7.0", name)
    end
  end
end)

test("the question goes along or not, as is said", function(t, dk)
  local persons = people(dk)
  local swept = coverage(dk):sweep(persons, reach(dk), { rate = { 0, 0.5 } })
  local cell = { rate = 0.5, gemeente = "Tiel" }
  local function row_of(result)
    t.has((result:explain(cell)), "The row rate = 0.5, gemeente = Tiel of the table dekking",
      "What is behind these numbers cannot be told: what was asked was not kept.")
  end
  row_of(opened(dk, swept, { explain = false }))
  row_of(opened(dk, opened(dk, swept), { explain = false }))
  t.has((opened(dk, opened(dk, swept, { explain = true }), { explain = true }):explain(cell)), "The cell rate = 0.5")
  local path = t.path "uit.dk"
  t.raises(function() opened(dk, swept, { explain = false }):save(path, { explain = true }) end,
    "save: explain = true: what was asked was not kept")
  t.eq(io.open(path), nil)
  local rows = swept:detail()
  rows:save(path)
  rows:save(path, { append = true })
  t.has((dk.open(path):head(#rows):explain(cell)), "The row rate = 0.5, gemeente = Tiel of the table dekking")
  -- A breakdown of it is one again.
  local again = opened(dk, opened(dk, swept):detail():breakdown { by = "rate", measures = "m = max(k)" })
  t.has((again:explain { rate = 0.5 }), "The cell rate = 0.5 of the breakdown")
end)

-- What the library shares; the file's text is made by a part of it, in whose place somebody else's stands here.
local function core_of()
  for _, value in pairs(debug.getregistry()) do
    if type(value) == "table" and rawget(value, "table_methods") then
      return value
    end
  end
end

local function saved_with(dk, swept, text)
  local called = core_of().part "explain_called"
  local save = called.save
  called.save = function() return text end
  local done, made = pcall(opened, dk, swept)
  called.save = save
  assert(done, made)
  return made
end

local BREAKDOWN = 'b1 = dk.breakdown { measures = "n = count()" }\n'
local SCENARIO = 's1 = dk.scenario "s" { { "x", share = 1, set = { n = 2 } } }\n'
local FRAME = BREAKDOWN .. SCENARIO .. 't1 = given "t1"\n'

test("a question in a file that nobody asked so is refused, and the row is told", function(t, dk)
  local persons = people(dk)
  local swept = coverage(dk):sweep(persons, reach(dk), { rate = { 0, 0.5 } })
  local other = "the file has another question than scenarios are asked"
  for text, why in pairs {
    [""] = other,
    ["os.exit(1)"] = "the question:1: this is no statement, or one too many",
    ["x = os.exit(1)"] = "the question:1: 'os' is nothing that stands above",
    ["t1 = dk.read(\"/etc/passwd\")"] = other,
    [FRAME .. "t2 = b1:write(t1, s1)"] = other,
    [FRAME .. "t2 = b1:sweep(s1, t1, {})"] = other,
    [FRAME .. "t2 = b1:sweep(t1, s1)"] = other,
    [FRAME .. "t2 = b1:sweep(t1, s1, t1)"] = other,
    [FRAME .. "p = dk.read(\"points.csv\")\nt2 = b1:sweep(t1, s1, p)"] = other,
    [FRAME .. "t2 = b1:sweep(t1, s1, {}, 3)"] = other,
    [FRAME .. "t2 = b1:solve(t1, s1, { vary = 3, target = \"n > 1\" })"] = other,
    [FRAME .. "t2 = b1:solve(t1, s1, { vary = \"f\" })"] = other,
    [FRAME .. "t2 = b1:bands(t1, s1, { params = 3 })"] = other,
    [FRAME .. "t2 = b1:bands(t1, s1, { draws = {} })"] = other,
    [FRAME .. "t2 = b1:allocate(t1, s1, { per = \"g\" })"] = other,
    [FRAME .. "t2 = b1:allocate(t1, s1, { per = { 1 } })\nt3 = t2:table()"] = other,
    [FRAME .. "t2 = b1:sweep(t1, s1, { rate = " .. ("{"):rep(100) .. ("}"):rep(100) .. " })"] =
      "the question:4: more than 64 tables lie within each other",
    ["b1 = dk.breakdown { measures = \"n = \" }"] = "the question:1: ",
    [FRAME .. "t1 = given \"t1\""] = "the question:4: the name t1 is taken",
  } do
    t.has((saved_with(dk, swept, text):explain { rate = 0.5, gemeente = "Tiel" }), "The row rate = 0.5, gemeente = Tiel",
      "What is behind these numbers cannot be told: what was asked cannot be read from the file: " .. why)
  end
end)

test("whatever a file has for a question, nothing breaks", function(t, dk)
  math.randomseed(20261128)
  local persons = people(dk)
  local called = core_of().part "explain_called"
  local asked = coverage(dk)
  local drawn = dk.scenario "trek" { { "call", share = 0.5, drawn = true, seed = 1, set = { bekend = true } } }
  local answers = {
    asked:sweep(persons, reach(dk), { rate = { 0, 0.5 } }),
    asked:solve(persons, reach(dk), { vary = "rate", target = "d >= 0.8", each = "gemeente" }),
    asked:sensitivity(persons, reach(dk), { measure = "d" }),
    asked:contributions(persons, reach(dk), { measure = "d", each = "gemeente" }),
    asked:bands(persons, drawn, { draws = 5 }),
    asked:allocate(persons, reach(dk), { budget = 2, per = "gemeente", maximise = "k" }):table(),
  }
  local cells = { { rate = 0.5, gemeente = "Tiel" }, { gemeente = "Tiel" }, { gemeente = "Tiel", parameter = "rate" },
    { gemeente = "Tiel", step = 1 }, { gemeente = "Tiel" }, { gemeente = "Tiel" } }
  local texts = {}
  for i, result in ipairs(answers) do
    texts[i] = called.save(result)
  end
  local n = 0
  for round = 1, 200 do
    local i = round % #answers + 1
    local text = texts[math.random(4) > 1 and i or math.random(#texts)]
    for _ = 1, math.random(0, 3) do
      local from = math.random(#text)
      local to = math.min(#text, from + math.random(0, 8))
      text = math.random(2) == 1 and text:sub(1, from - 1) .. text:sub(to + 1)
        or text:sub(1, from) .. text:sub(math.random(#text)):sub(1, 6) .. text:sub(from + 1)
    end
    local other = saved_with(dk, answers[i], text)
    local done, told, cell = pcall(other.explain, other, cells[i])
    n = n + (done and 1 or 0)
    t.eq(not done and told:find("attempt to", 1, true) and text .. told or nil, nil)
    for name in pairs(done and cell.measures or {}) do
      local answered, message = pcall(cell.again, name, persons)
      t.eq(not answered and message:find("attempt to", 1, true) and text .. message or nil, nil)
    end
  end
  t.ok(n > 100, n .. " of 200 were told")
end)
