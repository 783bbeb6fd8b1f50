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
  t.raises(function() dk.aggregate "q" { step = 3, finish = nothing } end, "step is a function, not a number")
  t.raises(function() dk.aggregate "q" { stpe = nothing } end, "did you mean 'step'")
  t.raises(function() dk.aggregate "sum" { step = nothing, finish = nothing } end, "the language has sum() already")
  t.raises(function() dk.aggregate "a b" { step = nothing, finish = nothing } end, "an aggregate's name is a word")
  t.raises(function() dk.aggregate "q" { arguments = 3, step = nothing, finish = nothing } end, "at most 2 are possible")
  t.raises(function() dk.aggregate "q" { result = "set", step = nothing, finish = nothing } end, "result")
  t.raises(function() people(dk):breakdown { measures = "r = rnge(x)" } end, "unknown function or aggregate rnge()")
end)

test("under a scenario it is refused, and between tables it is compared", function(t, dk)
  range(dk)
  local data = people(dk)
  local coverage = dk.breakdown { measures = { "n = count()", "r = range(x)" } }
  local plan = dk.scenario "all of a" { { "b for a", where = "g == 'a'", all = true, set = { g = "b" } } }
  t.raises(function() coverage:compare(data, plan) end, "range() looks at records")
  local compared = coverage:compare(data, data:where "x < 6", { name = "later" }):rows()()
  t.eq(compared.r_base, 6.0)
  t.eq(compared.r_later, 4.0)
end)
