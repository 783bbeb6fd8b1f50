-- names.lua - columns whose names are no words of an expression, in scenarios: a plain string where a name is wanted,
-- between backquotes where an expression is.
--
-- Each question is asked twice, with plain names and with others: the answers are the same but for the names.

local test = ...

local PLAIN = { place = "place", known = "known", age = "age", kind = "kind", id = "id", price = "price", rate = "rate" }
local OTHERS = {
  blanks = { place = "gemeente van wonen", known = "in het sonar", age = "leeftijd in jaren", kind = "soort register",
    id = "het nummer", price = "de prijs", rate = "de dekking" },
  keywords = { place = "in", known = "is", age = "not", kind = "where", id = "between", price = "or", rate = "and" },
  letters = { place = "gemeënte", known = "géén", age = "ﬁjn-ÿear", kind = "çodë%", id = "ïd", price = "€",
    rate = "dekkïng" },
  backquotes = { place = "`a`", known = "b`c", age = "``", kind = "d``", id = "`e", price = "f`", rate = "g`h" },
  signs = { place = "plaats (2024)", known = "1", age = "a.b", kind = "x = y", id = "#", price = "p/q", rate = "%" },
}

-- As an expression has it: said here on purpose in another way than the library does.
local function expr(name)
  return "`" .. name:gsub("`", "``") .. "`"
end

local function persons(dk, n)
  local columns = { { n.id, {} }, { n.place, {} }, { n.known, {} }, { n.age, {} }, { n.kind, {} }, { n.price, {} } }
  for i = 1, 90 do
    local place = i <= 50 and "Arnhem" or i <= 75 and "Duiven" or "Rheden"
    local row = { ("p%02d"):format(i), place, i % 3 == 0, 18 + i * 7 % 40, i % 2 == 0 and "x" or "y", i <= 50 and 1 or 2 }
    for c, value in ipairs(row) do
      columns[c][2][i] = value
    end
  end
  return dk.table(columns):with { key = n.id, unit = "persons" }
end

local function coverage(dk, n)
  return dk.breakdown "coverage" {
    by = { expr(n.place), expr(n.kind) }, margins = "cube",
    measures = { "n = count()", "k = count() where " .. expr(n.known), { expr(n.rate) .. " = k / n", format = "0.0 %" } },
  }
end

local function scenario(dk, step, params)
  return dk.scenario "s" { params = params, step }
end

local function register(n, options)
  local step = { "register", where = "not " .. expr(n.known), set = { [n.known] = true } }
  for key, value in pairs(options) do
    step[key] = value
  end
  return step
end

-- What is asked, with columns of those names: each gives a table or a text.
local QUESTIONS = {
  per = function(dk, n, t, b) return b:compare(t, scenario(dk, register(n, { share = 0.3, per = n.place }))) end,
  per_list = function(dk, n, t)
    return scenario(dk, register(n, { share = 0.3, per = { n.kind, n.place }, whole = true })):moved(t)
  end,
  no_per = function(dk, n, t)
    return scenario(dk, { "x", where = ("%s > 30 and %s"):format(expr(n.age), expr(n.known)), all = true,
      set = { [n.known] = false, [n.kind] = dk.expr(expr(n.kind) .. " .. '!'") } }):moved(t)
  end,
  first = function(dk, n, t, b)
    return b:compare(t, scenario(dk, register(n, { count = 20, whole = true, first = expr(n.age) .. " desc" })))
  end,
  first_list = function(dk, n, t)
    local order = { expr(n.kind), expr(n.age) .. " desc" }
    return scenario(dk, register(n, { count = 20, whole = true, first = order })):moved(t)
  end,
  rate = function(dk, n, t) return scenario(dk, { "rate", rate = n.known, to = 0.6, per = n.place }):moved(t) end,
  scale = function(dk, n, t, b)
    return b:compare(t, scenario(dk, { "scale", where = expr(n.known), scale = 1.5, per = n.place }))
  end,
  add = function(dk, n, t, b)
    return b:compare(t, scenario(dk, { "add", where = expr(n.known), count = 9, add = true, set = { [n.place] = "Ede" } }))
  end,
  drawn = function(dk, n, t, b)
    return b:compare(t, scenario(dk, register(n, { share = 0.3, drawn = "persons", per = n.place })))
  end,
  move = function(dk, n, t)
    return scenario(dk, dk.move(n.place, { Arnhem = { Duiven = 0.1, Ede = 0.2 } },
      { where = expr(n.age) .. " < 40", per = n.kind, name = "move" })):moved(t)
  end,
  split = function(dk, n, t, b)
    return b:compare(t, scenario(dk, dk.split(n.place, "Arnhem", { West = 0.4, Oost = 0.6 }, { per = n.kind })))
  end,
  merge = function(dk, n, t, b) return b:compare(t, scenario(dk, dk.merge(n.place, { "Arnhem", "Duiven" }, "Beide"))) end,
  recode = function(dk, n, t, b) return b(t:recode(dk.merge(n.place, { "Arnhem", "Duiven" }, "Beide"))) end,
  redefine = function(dk, n, t, b)
    return b:compare(t, scenario(dk, dk.redefine(n.kind, ("case(%s < 30, 'x', 'y')"):format(expr(n.age)))))
  end,
  long = function(dk, n, t, b)
    return b:compare(t, scenario(dk, register(n, { share = 0.3, per = n.place })), nil, { long = true, relative = true })
  end,
  deliveries = function(_, n, t, b) return b:compare(t:where(expr(n.age) .. " < 40"), t, { name = "later" }) end,
  explain = function(dk, n, t, b)
    local result = b:compare(t, scenario(dk, register(n, { share = 0.5, per = n.place })))
    return (result:explain { [n.place] = "Duiven", [n.kind] = "x" })
  end,
  explain_deliveries = function(_, n, t, b)
    return (b:compare(t:where(expr(n.age) .. " < 40"), t, { name = "later" }):explain { [n.place] = "Duiven" })
  end,
  solve_at = function(dk, n, t, b)
    return b:solve(t, scenario(dk, register(n, { share = "$f", per = n.place }), { f = { 0, min = 0, max = 1 } }),
      { vary = "f", target = expr(n.rate) .. " >= 0.7", at = { [n.place] = "Duiven", [n.kind] = "x" } })
  end,
  solve_each = function(dk, n, t, b)
    return b:solve(t, scenario(dk, register(n, { share = "$f", per = n.place }), { f = { 0, min = 0, max = 1 } }),
      { vary = "f", target = expr(n.rate) .. " >= 0.7", each = n.place })
  end,
  contributions = function(dk, n, t, b)
    return b:contributions(t, scenario(dk, register(n, { share = 0.3, per = n.place })),
      { measure = n.rate, each = n.place, method = "shapley" })
  end,
  contributions_at = function(dk, n, t, b)
    return b:contributions(t, scenario(dk, register(n, { share = 0.3, per = n.place })),
      { measure = n.rate, at = { [n.kind] = "x" } })
  end,
  sensitivity = function(dk, n, t, b)
    return b:sensitivity(t, scenario(dk, register(n, { share = "$f", per = n.place }), { f = { 0.2, min = 0, max = 1 } }),
      { measure = n.rate, at = { [n.kind] = "x", [n.place] = "Arnhem" } })
  end,
  order = function(dk, n, t, b)
    return scenario(dk, register(n, { share = 0.3, per = n.place })):order(t, b)
  end,
  sweep = function(dk, n, t, b)
    return b:sweep(t, scenario(dk, register(n, { share = "$f", per = n.place }), { f = { 0, min = 0, max = 1 } }),
      { f = { 0, 0.5, 1 } })
  end,
  bands = function(dk, n, t, b)
    return b:bands(t, scenario(dk, register(n, { share = 0.3, drawn = true, per = n.place })), { draws = 20 })
  end,
  allocate = function(dk, n, t, b)
    return b:allocate(t, scenario(dk, register(n, { all = true })), { budget = 30, cost = n.price, per = n.place,
      maximise = n.rate, capacity = expr(n.price) .. " * 8", minimum = n.price, whole = true,
      targets = { { expr(n.rate) .. " >= 0.4", at = { [n.place] = "Arnhem" } },
        { expr(n.rate) .. " >= 0.3", each = n.kind } } })
      :table()
  end,
  allocate_by_group = function(dk, n, t, b)
    return b:allocate(t, scenario(dk, register(n, { all = true })), { budget = 30, per = n.place,
      cost = { Arnhem = 1, Duiven = 2, Rheden = 2 }, maximise = "k", capacity = { Arnhem = 9 }, whole = true })
      :scenario():moved(t)
  end,
  definition = function(dk, n, t)
    local text = scenario(dk, register(n, { share = 0.3, per = n.place })):definition()
    return assert(load("local dk = ... return " .. text))(dk):moved(t)
  end,
  cells = function(dk, n, t) return scenario(dk, register(n, { share = 0.3, per = n.place })):apply(t) end,
  weight = function(dk, n, t, b)
    local weighted = t:with { key = dk.null, weight = n.price }
    return b:compare(weighted, scenario(dk, register(n, { share = 0.3, per = n.place })))
  end,
}

-- Texts that name columns, which are compared in words.
local NAMING = { stratum = true, set = true, measure = true }

local function values(answer)
  local columns = {}
  for row in answer:schema():rows() do
    if not NAMING[row.name] then
      columns[#columns + 1] = row.name
    end
  end
  return (answer:select(columns):text({ format = "csv" }):gsub("^[^\n]*\n", ""))
end

local function ask(t, dk, key, names)
  local table_ = persons(dk, names)
  local done, answer = pcall(QUESTIONS[key], dk, names, table_, coverage(dk, names))
  return done and answer or t.fail(("%s of %s: %s"):format(key, names.place, tostring(answer)))
end

for which, names in pairs(OTHERS) do
  test("questions about scenarios take names with " .. which, function(t, dk)
    for key in pairs(QUESTIONS) do
      local plain, other = ask(t, dk, key, PLAIN), ask(t, dk, key, names)
      if type(plain) ~= "string" then
        t.eq(values(other), values(plain), key)
      end
    end
  end)
end

test("names stand between backquotes only where an expression needs them", function(t, dk)
  for names, known in pairs { [PLAIN] = "known", [OTHERS.blanks] = "`in het sonar`", [OTHERS.keywords] = "`is`",
      [OTHERS.letters] = "géén", [OTHERS.backquotes] = "`b``c`" } do
    local people = persons(dk, names)
    local of_rate = scenario(dk, { "rate", rate = names.known, to = 0.6 })
    t.eq(of_rate:moved(people).set[1], known .. " = true")
    t.eq(scenario(dk, register(names, { share = 0.3, per = names.place })):moved(people).set[1], known .. " = true")
    t.has(tostring(of_rate), ("rate %s to 0.6"):format(names.known))
    local move = scenario(dk, dk.move(names.kind, { x = { y = 0.5 } })):moved(people)
    t.eq(move.set[1], (names == PLAIN and "kind" or expr(names.kind)) .. ' = "y"')
    t.eq(move.stratum[1], names.kind .. " = x")
  end
end)

test("an order of words that is no expression is a column, and one that could be is said to be none", function(t, dk)
  local names = OTHERS.blanks
  local people, b = persons(dk, names), coverage(dk, names)
  local function first(key)
    return values(b:compare(people, scenario(dk, register(names, { count = 20, whole = true, first = key }))))
  end
  t.eq(first(names.age .. " desc"), first(expr(names.age) .. " desc"))
  t.eq(first { names.kind, names.age }, first { expr(names.kind), expr(names.age) })
  t.raises(function() b:compare(people, scenario(dk, register(names, { count = 2, first = "leeftijd in jare" }))) end,
    'unknown column "leeftijd in jare" (did you mean "leeftijd in jaren"?)')
  local step = register(names, { count = 2, first = "leeftijd +" })
  t.raises(function() dk.scenario "s" { step } end, "a value is expected")
end)

test("a name that is suggested can be written as it is suggested", function(t, dk)
  local people = dk.table { { "in sonar", { true } }, { "x.y", { 1 } }, { "maand", { 1 } } }
  t.raises(function() people:where "in_sonar" end, "did you mean `in sonar`?")
  t.raises(function() people:breakdown { by = "in_sonar", measures = "n = count()" } end, "did you mean `in sonar`?")
  t.raises(function() people:breakdown { by = "xy", measures = "n = sum(mand)" } end,
    "xy (did you mean `x.y`?), mand (did you mean maand?)")
  t.raises(function() people:breakdown { measures = "n = `x.y`" } end, "a column stands inside an aggregate: sum(`x.y`)")
  t.raises(function() people:breakdown { measures = "n = sum(`in sonar`)" } end,
    "count() where `in sonar` counts the rows where it is true")
  t.raises(function() people:breakdown { measures = { "`n 1` = count()", "d = n_1 / 2" } } end, "did you mean `n 1`?")
  t.raises(function() people:breakdown { by = "maand", measures = "`n 1` = count()", order = "n_1 desc" } end,
    "order: the breakdown has no column n_1 (did you mean n 1?)") -- where a name stands as it is
end)

test("a number that is called like a column is noted, unless its expression shows that one knows", function(t, dk)
  local wide = dk.read_text "g,j,n\na,2023,4\na,2024,7\n":pivot { rows = "g", columns = "j", values = "n" }
  local function notes(text) return wide:derive { "x = " .. text }:notes() end
  t.eq(notes "2024 - 2023", { "2024 is the number, and not the column: that is written `2024`",
    "2023 is the number, and not the column: that is written `2023`" })
  t.eq(notes "1 + 2023", { "2023 is the number, and not the column: that is written `2023`" })
  t.eq(notes "`2024` - `2023`", {})
  t.eq(notes "`2024` - 2023", {})
  t.eq(notes "2022 + length('2023')", {})
  t.eq(wide:where "2023 > 3":notes(), { "2023 is the number, and not the column: that is written `2023`" })
  t.eq(wide:breakdown { measures = "s = sum(2023)" }:notes(),
    { "2023 is the number, and not the column: that is written `2023`" })
  t.eq(wide:derive "zero = 0":breakdown { measures = { "s = sum(`2024`)", "k = s / count()" } }:notes(), {})
end)
