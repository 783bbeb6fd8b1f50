-- aggregate.lua - dk.aggregate: functions of a script as measures.

local test = ...

local function range(dk)
  dk.aggregate "range" {
    doc = "the greatest less the least",
    start = function() return {} end,
    step = function(s, x) s.least, s.most = math.min(s.least or x, x), math.max(s.most or x, x) end,
    merge = function(s, t) s.least, s.most = math.min(s.least or t.least, t.least), math.max(s.most or t.most, t.most) end,
    finish = function(s) return s.most and s.most - s.least end,
  }
end

local function people(dk)
  return dk.table {
    { "g", { "a", "a", "b", "b", "c" } },
    { "x", { 1, 5, 2.5, 7, dk.null } },
    { "s", { "p", "q", "r", dk.null, "t" } },
  }
end

local function column(t, name)
  local list = {}
  for row in t:rows() do
    list[#list + 1] = row[name] == nil and "-" or row[name]
  end
  return list
end

test("a measure that is written in Lua has filters, totals and shares", function(t, dk)
  range(dk)
  local result = people(dk):breakdown {
    by = "g", margins = "totals", measures = { "r = range(x)", "d = r / all(range(x))", "f = range(x) where x < 6" },
  }
  t.eq(column(result, "r"), { 4.0, 4.5, "-", 6.0 })
  t.eq(column(result, "d"), { 4 / 6, 0.75, "-", 1.0 })
  t.eq(column(result, "f"), { 4.0, 0.0, "-", 4.0 })
  t.eq(dk.aggregates().range, "the greatest less the least")
end)

test("a state may be any value, and rows come in their order", function(t, dk)
  dk.aggregate "joined" {
    result = "text",
    start = function() return "" end,
    step = function(s, x) return s .. x end,
    finish = function(s) return s end,
  }
  dk.aggregate "second" { -- nil at first
    step = function(s, x) return s == nil and { x } or #s < 2 and { s[1], x } or s end,
    finish = function(s) return s and s[2] end,
  }
  local result = people(dk):breakdown { by = "g", measures = { "j = joined(s)", "n = second(x)" } }
  t.eq(column(result, "j"), { "pq", "r", "t" })
  t.eq(column(result, "n"), { 5.0, 7.0, "-" })
  local words = {}
  for i = 1, 20000 do
    words[i] = i % 1000 == 0 and tostring(i) or ""
  end
  local all = dk.table { { "s", words } }:breakdown { measures = "j = joined(s)" }
  t.eq(all.j[1], "1000200030004000500060007000800090001000011000120001300014000150001600017000180001900020000")
end)

test("two arguments, none, and weights", function(t, dk)
  dk.aggregate "dot" { -- a weighed product
    arguments = 2, weights = true, result = "integer",
    start = function() return 0 end,
    step = function(s, x, y, w) return s + x * y * (w or 1) end,
    finish = function(s) return s end,
  }
  dk.aggregate "rows_twice" {
    arguments = 0, result = "integer",
    start = function() return 0 end, step = function(s) return s + 2 end, finish = function(s) return s end,
  }
  local data = dk.table { { "x", { 1, 2, 3 } }, { "y", { 4, 5, dk.null } }, { "w", { 1, 10, 1 } } }
  t.eq(data:breakdown({ measures = { "d = dot(x, y)", "n = rows_twice()" } }):rows()(), { d = 14, n = 6 })
  local weighed = data:with { weight = "w" }
  t.eq(weighed:breakdown({ measures = "d = dot(x, y)" }).d[1], 104)
  t.raises(function() weighed:breakdown { measures = "n = rows_twice()" } end,
    "rows_twice() does not look at weights, and the table has them")
end)

test("what a function raises comes out as it was raised", function(t, dk)
  local data = people(dk)
  local thrown = {}
  dk.aggregate "throws" { step = function() error(thrown) end, finish = function() end }
  local ok, raised = pcall(data.breakdown, data, { measures = "m = throws(x)" })
  t.ok(not ok and raised == thrown)
  dk.aggregate "throws" { start = function() error("no start", 0) end, step = function() end, finish = function() end }
  ok, raised = pcall(data.breakdown, data, { by = "g", measures = "m = throws(x)" })
  t.ok(not ok)
  t.eq(raised, "no start")
  dk.aggregate "throws" { step = function() end, finish = function() return "x" end }
  t.raises(function() data:breakdown { measures = "m = throws(x)" } end,
    "finish of aggregate throws gave x, and its result is real")
  dk.aggregate "throws" { step = function(_, x) return x end, finish = function(s) return s end }
  t.eq(data:breakdown({ measures = "m = throws(x)" }).m[1], 7.0) -- and the next question is answered
  t.raises(function() data:breakdown { by = "g", measures = "m = throws(x)", margins = "totals" } end,
    "throws() has no merge, and totals and members of sets need one")
end)

test("a function may ask a question itself, in a coroutine too", function(t, dk)
  range(dk)
  local data = people(dk)
  dk.aggregate "nested" {
    start = function() return 0 end,
    step = function(s, x) return s + x * data:breakdown({ measures = "r = range(x)" }).r[1] end,
    finish = function(s) return s end,
  }
  local ask = coroutine.wrap(function()
    for _ = 1, 2 do
      coroutine.yield(data:breakdown({ measures = "n = nested(x)" }).n[1])
    end
  end)
  t.eq(ask(), 93.0)
  t.eq(data:breakdown({ measures = "n = nested(x)" }).n[1], 93.0)
  t.eq(ask(), 93.0)
end)

test("a definition is checked", function(t, dk)
  local function nothing() end
  t.raises(function() dk.aggregate(3) end, 'write dk.aggregate "name" { step = ..., finish = ... }, not a number')
  t.raises(function() dk.aggregate "q" "x" end, "aggregate wants a table with step and finish")
  t.raises(function() dk.aggregate "q" { step = nothing } end, "finish is missing")
  t.raises(function() dk.aggregate "q" { finish = nothing } end, "step is missing")
  t.raises(function() dk.aggregate "q" { step = nothing, block = nothing, finish = nothing } end,
    "aggregate: step and block are two ways to take rows in: give one of them")
  t.raises(function() dk.aggregate "q" { step = nothing, finish = nothing, start = {} } end,
    "start is a function that makes a state for each group: start = function() return {} end")
  t.raises(function() dk.aggregate "q" { step = nothing, finish = nothing, start = dk.table { { "a", { 1 } } } } end,
    "start is a function, not a table of dekking")
  t.raises(function() dk.aggregate "q" { step = 3, finish = nothing } end, "step is a function, not a number")
  t.raises(function() dk.aggregate "q" { stpe = nothing } end, "did you mean 'step'")
  t.raises(function() dk.aggregate "sum" { step = nothing, finish = nothing } end, "the language has sum() already")
  t.raises(function() dk.aggregate "a b" { step = nothing, finish = nothing } end, "an aggregate's name is a word")
  t.raises(function() dk.aggregate "q" { arguments = 3, step = nothing, finish = nothing } end, "at most 2 are possible")
  t.raises(function() dk.aggregate "q" { result = "set", step = nothing, finish = nothing } end, "result")
  t.raises(function() people(dk):breakdown { measures = "r = rnge(x)" } end, "unknown function or aggregate rnge()")
  dk.aggregate "spanne" { step = nothing, finish = nothing }
  t.raises(function() people(dk):breakdown { measures = "r = spane(x)" } end, "did you mean spanne()?")
end)

test("under a scenario that divides records it is refused, and between tables it is compared", function(t, dk)
  range(dk)
  local data = people(dk)
  local coverage = dk.breakdown { measures = { "n = count()", "r = range(x)" } }
  local plan = dk.scenario "half of a" { { "b for a", where = "g == 'a'", share = 0.5, set = { g = "b" } } }
  local all = dk.scenario "all" { { "b for a", where = "g == 'a'", all = true, set = { g = "b" } } }
  t.raises(function() coverage:compare(data, plan) end, "range() looks at records")
  t.raises(function() coverage:compare(data, plan) end,
    "define range() with weights: what a cell weighs can be part of a person")
  t.eq(coverage:compare(data, all):rows()().r_all, 6.0) -- whole records move
  local compared = coverage:compare(data, data:where "x < 6", { name = "later" }):rows()()
  t.eq(compared.r_base, 6.0)
  t.eq(compared.r_later, 4.0)
end)

-- Beside a built-in measure ------------------------------------------------------------------------------------------

local function totals(dk)
  local function add(s, t) return s + t end
  local function same(s) return s end
  dk.aggregate "by_row" {
    weights = true, result = "decimal(9)", start = 0, merge = add, finish = same,
    step = function(s, x, w) return s + x * (w or 1) end,
  }
  dk.aggregate "by_block" {
    weights = true, result = "decimal(9)", start = 0, merge = add, finish = same,
    block = function(s, x, w, n)
      for i = 1, n do
        s = s + x[i] * (w and w[i] or 1)
      end
      return s
    end,
  }
end

local MEASURES = { "a = coalesce(sum(x), 0)", "b = by_row(x)", "c = by_block(x)" }

local function numbers(dk)
  local g, h, x, s, w = {}, {}, {}, {}, {}
  for i = 1, 9000 do
    g[i] = ("g%d"):format(i * 7 % 5)
    h[i] = i % 101
    x[i] = i % 13 == 0 and dk.null or i * 37 % 1000 - 300
    s[i] = i % 4 == 0 and {} or i % 4 == 1 and { "lassen" } or { "lassen", "metselen" }
    w[i] = i % 3
  end
  return dk.table { { "g", g }, { "h", h }, { "x", x }, { "s", s }, { "w", w } }
end

-- A coalesced sum, as a sum of nothing is null, and 0 is where the others begin.
local function agrees(t, result)
  t.ok(#result > 0)
  for row in result:rows() do
    t.ok(math.abs(row.a - row.b) < 1e-6 and math.abs(row.a - row.c) < 1e-6,
      ("%s, %s and %s"):format(row.a, row.b, row.c))
  end
end

test("rows and blocks say what sum says in every breakdown", function(t, dk)
  totals(dk)
  local plain = numbers(dk)
  for _, data in ipairs { plain, plain:with { weight = "w" } } do
    for _, question in ipairs {
      {},
      { by = "g" },
      { by = { "g", "h" } },
      { by = { "g", "k = h % 4" }, margins = "cube" },
      { by = { "g", "k = h % 4" }, margins = "rollup", where = "x < 200" },
      { by = { "g", "k = h % 4" }, margins = { { "g" }, { "k" }, {} } },
      { by = "h", order = "b desc", limit = 5, margins = "totals" },
      { by = "g", order = "a desc", limit = 2, rest = "other" },
      { by = "k = case(h < 50, 'low', h < 60, null, 'high')" },
      { by = "g", levels = "all", where = "g ~= 'g1'" },
      { by = "vaardigheid = member(s)", margins = "totals" },
      { by = { "zonder = missing(s)", "g" }, margins = "cube" },
    } do
      question.measures = MEASURES
      agrees(t, data:breakdown(question))
    end
    agrees(t, data:breakdown { by = "g", measures = { "a = coalesce((sum(x) where h > 50), 0)",
      "b = by_row(x) where h > 50", "c = by_block(x) where h > 50" } })
    agrees(t, data:breakdown { by = { "g", "h" }, measures = { "p = sum(x)", "q = by_row(x)", "r = by_block(x)",
      "a = coalesce(p / all(sum(x), g), 0)", "b = q / all(by_row(x), g)", "c = r / all(by_block(x), g)" } })
  end
end)

test("they agree in what is asked together, of several tables and under scenarios", function(t, dk)
  totals(dk)
  local data = numbers(dk)
  local asked = dk.breakdown { by = "g", measures = MEASURES, margins = "totals" }
  for _, result in ipairs(data:breakdowns { asked, asked:by "h", asked:where "h < 30" }) do
    agrees(t, result)
  end
  local compared = asked:compare(data, data:where "h < 70", { name = "later" })
  agrees(t, compared:rename { a_later = "a", b_later = "b", c_later = "c" })
  local plan = dk.scenario "a quarter" { { "over", where = "g == 'g1' and x > 0", share = 0.25, set = { x = 100 } } }
  compared = asked:compare(data, plan)
  for _, side in ipairs { "a quarter", "base" } do
    agrees(t, compared:rename { ["a_" .. side] = "a", ["b_" .. side] = "b", ["c_" .. side] = "c" })
  end
end)

test("a target may be a measure of the script's", function(t, dk)
  local g, known = {}, {}
  for i = 1, 1000 do
    g[i], known[i] = ("g%d"):format(i % 4), i % 3 == 0
  end
  local function add(x, y) return x + y end
  dk.aggregate "knowns" {
    weights = true, result = "decimal(9)", start = 0, merge = add, finish = function(s) return s end,
    step = function(s, k, w) return k and s + (w or 1) or s end,
  }
  local asked = dk.breakdown {
    measures = { "n = count()", "k = knowns(known)", "r = k / n", "s = (count() where known) / n" },
  }
  local plan = dk.scenario "more" {
    params = { f = { 0.5, min = 0, max = 1 } }, { "register", where = "not known", share = "$f", set = { known = true } },
  }
  for _, question in ipairs { asked, asked:by "g" } do
    local at = question == asked and dk.total or { g = "g1" }
    local data = dk.table { { "g", g }, { "known", known } }
    local answers = {}
    for i, target in ipairs { "r >= 0.6", "s >= 0.6" } do
      answers[i] = question:solve(data, plan, { vary = "f", target = target, at = at }).persons[1]
    end
    t.eq(answers[1], answers[2])
    t.eq(answers[1], question == asked and 267 or 268) -- 600 - 333; 67 of 167 there, of 667 in all
  end
end)

test("a block has rows of one group, in their order, and lists that are the script's own", function(t, dk)
  local kept = {}
  dk.aggregate "listed" {
    result = "text", arguments = 2, start = "",
    block = function(s, x, word, n)
      kept[#kept + 1] = x
      local parts = { s }
      for i = 1, n do
        parts[i + 1] = word[i] .. x[i]
      end
      return table.concat(parts)
    end,
    finish = function(s) return s end,
  }
  local data = dk.table { { "g", { "a", "b", "a", "b", "a" } }, { "x", { 1, 2, dk.null, 4, 5 } },
    { "s", { "p", "q", "r", "s", "p" } } }
  t.eq(column(data:breakdown { by = "g", measures = "l = listed(x, s)" }, "l"), { "p1p5", "q2s4" })
  t.eq(kept, { { 1, 5 }, { 2, 4 } })
  dk.aggregate "counted" {
    result = "integer", arguments = 0, start = 0, merge = math.max,
    block = function(s, n) return s + n end, finish = function(s) return s end,
  }
  t.eq(column(data:breakdown { by = "g", measures = "n = counted()" }, "n"), { 3, 2 })
  t.eq(numbers(dk):breakdown({ measures = "n = counted()" }).n[1], 9000)
end)

test("values of every type come as t:rows() gives them", function(t, dk)
  local data = dk.table({
    { "b", { true, false } }, { "i", { 1, 2 } }, { "d", { 1.5, 2.25 } }, { "r", { 0.1, 1e300 } }, { "c", { "x", "y" } },
    { "t", { "een", "twee" } }, { "s", { { "p", "q" }, {} } }, { "day", { "2024-01-31", "2024-02-01" } },
  }, { types = { t = "text", day = "date", r = "real" } }):derive { "q = i / 3" }
  local seen
  local function keep(list) seen = list end
  dk.aggregate "seen_block" { start = 0, block = function(_, list) keep(list) end, finish = function() end }
  dk.aggregate "seen_row" {
    start = function() return {} end, step = function(s, x) s[#s + 1] = x end, finish = keep,
  }
  for _, name in ipairs { "b", "i", "d", "r", "c", "t", "day", "q" } do
    local expected = {}
    for row in data:rows() do
      expected[#expected + 1] = row[name]
    end
    for _, measure in ipairs { "m = seen_row(%s)", "m = seen_block(%s)" } do
      data:breakdown { measures = measure:format(name) }
      t.eq(seen, expected)
    end
  end
  for _, measure in ipairs { "m = seen_row(s)", "m = seen_block(s)" } do
    data:breakdown { measures = measure } -- as texts
    t.eq(seen, { "p|q", "" })
  end
end)

test("a group's state is its own", function(t, dk)
  local shared = {}
  local data = people(dk)
  dk.aggregate "leaks" { start = function() return shared end, step = function() end, finish = function() end }
  t.raises(function() data:breakdown { by = "g", measures = "m = leaks(x)" } end,
    "start of aggregate leaks gave the same table twice, and each group wants one of its own "
    .. "(make it in the function: start = function() return {} end)")
  dk.aggregate "sized" {
    result = "integer", start = function() return {} end, step = function(s, x) s[#s + 1] = x end,
    merge = function(s, u) table.move(u, 1, #u, #s + 1, s) end, finish = function(s) return #s end,
  }
  local result = numbers(dk):breakdown { by = "h", margins = "totals",
    measures = { "a = sized(x)", "n = count() where x is not null" } }
  t.eq(column(result, "a"), column(result, "n"))
end)

test("what a block or finish does wrong is said at its line, and everything is let go", function(t, dk)
  local data = people(dk)
  local function finish(value)
    return { start = 0, block = function(s) return s end, finish = function() return value end }
  end
  local function says(value, message, result)
    local options = finish(value)
    options.result = result
    dk.aggregate "ends" (options)
    t.raises(function() data:breakdown { by = "g", measures = "m = ends(x)" } end, message)
  end
  says({}, "finish of aggregate ends gave a Lua table, and its result is real")
  says(print, "finish of aggregate ends gave a function, and its result is real")
  says(0 / 0, "and its result is real (nil is what is not known)")
  says(1 / 0, "finish of aggregate ends gave inf, and its result is real (nil is what is not known)")
  says(2.5, "finish of aggregate ends gave 2.5, and its result is integer", "integer")
  says("2024-02-30", "finish of aggregate ends gave 2024-02-30, and its result is date", "date")
  local types = { a = "x", b = 1 }
  dk.aggregate "mixed" {
    result = "text", start = function() return {} end, step = function(s, g) s.g = g end,
    finish = function(s) return types[s.g] end,
  }
  t.raises(function() data:breakdown { by = "g", measures = "m = mixed(g)" } end,
    "finish of aggregate mixed gave 1, and its result is text")
  dk.aggregate "dates" {
    result = "date", start = 0, step = function() end, finish = function() return "2024-02-29" end,
  }
  t.eq(column(data:breakdown { measures = "m = dates(x)" }, "m"), { "2024-02-29" })
  for result, expected in pairs { real = 2.5, ["decimal(2)"] = 2.5, date = "2024-02-29" } do
    dk.aggregate "values" {
      result = result, start = 0, step = function() end,
      finish = function() return result == "date" and dk.date "2024-02-29" or dk.decimal "2.5" end,
    }
    t.eq(column(data:breakdown { measures = "m = values(x)" }, "m"), { expected })
  end
  dk.aggregate "rounded" {
    result = "decimal(2)", start = 0, step = function(s, x) return s + x end, finish = function(s) return s / 3 end,
  }
  t.eq(tostring(data:breakdown({ measures = "m = rounded(x)" }).m:to_lua()[1]), "5.17") -- 15.5 / 3
  says(1e30, "finish of aggregate ends gave 1e+30, and its result is decimal", "decimal(2)")
  dk.aggregate "breaks" { start = 0, block = function(s, x) return s + x.none.there end, finish = function() end }
  local ok, raised = pcall(data.breakdown, data, { by = "g", measures = "m = breaks(x)" })
  t.ok(not ok and raised:find "aggregate.lua:%d+: attempt to index a nil value %(field 'none'%)", raised)
  dk.aggregate "yields" { start = 0, block = function() coroutine.yield() end, finish = function() end }
  local yields = coroutine.wrap(function() return pcall(data.breakdown, data, { measures = "m = yields(x)" }) end)
  ok, raised = yields()
  t.ok(not ok and raised:find "aggregate.lua:%d+: a function that answers a part of a question cannot yield", raised)
  totals(dk) -- and the next question is answered
  agrees(t, data:breakdown { by = "g", measures = MEASURES })
end)

test("states and memory are let go, whatever happens", function(t, dk)
  local data = numbers(dk)
  local alive = setmetatable({}, { __mode = "k" })
  local function state()
    local made = {}
    alive[made] = true
    return made
  end
  local function fail_at(limit)
    return function(s, x)
      s.n = (s.n or 0) + 1
      if x > limit then
        error "too much"
      end
    end
  end
  local function none() end
  dk.aggregate "ends_well" { start = state, step = none, merge = none, finish = none }
  dk.aggregate "ends_early" { start = state, step = fail_at(600), merge = none, finish = none }
  dk.aggregate "no_finish" { start = state, block = none, merge = none, finish = function() error "no" end }
  dk.aggregate "no_merge" { start = state, block = none, merge = function() error "no" end, finish = none }
  dk.aggregate "no_start" {
    start = function() if next(alive) then error "no" end return state() end, step = none, merge = none, finish = none,
  }
  dk.define "now_and_then" { result = "integer", call = function(x) return x < 600 and x or error "no" end }
  local function ask(measure)
    return pcall(data.breakdown, data, { by = { "g", "h" }, margins = "cube", measures = "m = " .. measure })
  end
  local function all()
    t.ok(ask "ends_well(x)")
    for _, measure in ipairs { "ends_early(x)", "no_finish(x)", "no_merge(x)", "no_start(x)",
      "ends_well(now_and_then(x))" } do
      t.ok(not ask(measure), measure)
    end
    collectgarbage()
    collectgarbage()
  end
  all()
  local before = dk.memory()
  for _ = 1, 5 do
    all()
  end
  t.eq(dk.memory() - before, 0)
  t.ok(next(alive) == nil, "a state is kept")
end)

test("a function that asks what calls it comes to an end", function(t, dk)
  local data = people(dk)
  dk.aggregate "endless" {
    start = 0, finish = function(s) return s end,
    step = function() return data:breakdown({ by = "g", measures = "m = endless(x)" }).m[1] end,
  }
  local said = "aggregate.lua:%d+: .*C stack overflow"
  local ok, raised = pcall(data.breakdown, data, { measures = "m = endless(x)" })
  t.ok(not ok and raised:find(said), raised)
  dk.define "without_end" { result = "integer", call = function(_) return data:derive("y = without_end(x)").y[1] end }
  ok, raised = pcall(data.derive, data, "y = without_end(x)")
  t.ok(not ok and raised:find(said), raised)
  t.eq(#data:where "x > 1", 3)
end)
