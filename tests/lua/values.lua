-- values.lua - null and total, threads, memory, apportioning, and what dk is.

local test = ...

test("null and total are values of their own", function(t, dk)
  t.eq(tostring(dk.null), "null")
  t.eq(tostring(dk.total), "total")
  t.ok(dk.null ~= dk.total and dk.null ~= nil)
  t.ok(rawequal(dk.null, dk.null))
end)

test("null and total are nothing to compute with, and say so", function(t, dk)
  local function says(what, body)
    t.says(body, ("dk.%s is no value: nothing is computed from it, and it has no order (test with == dk.%s)")
      :format(what, what))
  end
  local list = dk.table { { "n", { 1, dk.null } } }.n:to_lua()
  says("null", function() return list[1] + list[2] end)
  says("null", function() return list[2] < list[1] end)
  says("null", function() return "n: " .. dk.null end)
  says("null", function() return -dk.null end)
  says("total", function() return dk.total * 2 end)
  says("null", function() return dk.null <= dk.null end)
  t.raises(function() return dk.null + dk.col "n" end, "+: nothing is equal to null") -- the other side may know better
  t.says(function() return dk.null + dk.date "2024-12-31" end,
    "null is not known, and nothing is computed from it (test with == dk.null)")
end)

test("version has three parts", function(t, dk)
  t.ok(dk.version:find "^%d+%.%d+%.%d+$")
end)

test("an unknown name of dk is an error that offers the nearest", function(t, dk)
  t.raises(function() return dk.raed end, "dk has no 'raed'", "dk.read")
  t.raises(function() return dk.publicaton end, "dk.publication")
  t.eq(rawget(dk, "nosuch"), nil)
  t.raises(function() return dk.zzzzzzzz end, "dk has no 'zzzzzzzz'", "print(dk)")
  t.has(tostring(dk), "dekking " .. dk.version .. ": ", "apportion, breakdown, ", "publication, ", "read, read_published")
end)

test("threads are set and told", function(t, dk)
  local before = dk.threads()
  t.eq(dk.threads(2), 2)
  t.eq(dk.threads(), 2)
  t.raises(function() dk.threads "two" end, "threads wants a whole number")
  t.raises(function() dk.threads(-1) end, "threads wants a whole number")
  dk.threads(before)
end)

test("memory counts what tables hold", function(t, dk)
  collectgarbage()
  local before = dk.memory()
  local numbers = {}
  for i = 1, 10000 do
    numbers[i] = i * 1000003
  end
  local kept = dk.table { { "x", numbers } }
  local used, peak = dk.memory()
  t.ok(used - before >= 40000, "10000 large numbers take more than " .. used - before .. " bytes")
  t.ok(peak >= used)
  t.eq(#kept, 10000)
end)

test("a budget stops what would pass it, and garbage does not count", function(t, dk)
  collectgarbage()
  local numbers = {}
  for i = 1, 20000 do
    numbers[i] = i * 1000003
  end
  dk.budget(dk.memory() + 2000000)
  for _ = 1, 100 do
    t.eq(#dk.table { { "x", numbers } }, 20000) -- 160 kB each, and nobody keeps them
  end
  collectgarbage() -- or what the tables above held could be had again
  dk.budget(dk.memory() + 1000)
  t.raises(function() return dk.table { { "x", numbers } } end, "budget")
  t.eq(dk.budget(0), 0)
  t.raises(function() dk.budget "much" end, "budget wants a whole number")
end)

test("apportion follows the published example", function(t, dk)
  -- 598 and 1227 persons over the nine municipalities by largest remainder
  local known = { 2983, 184, 249, 369, 415, 696, 0, 204, 582 }
  t.eq(dk.apportion(known, 598), { 314, 19, 26, 39, 44, 73, 0, 22, 61 })
  t.eq(dk.apportion(known, 1227), { 644, 40, 54, 80, 89, 150, 0, 44, 126 })
  t.eq(dk.apportion({}, 0), {})
end)

test("apportion refuses what it cannot hand out", function(t, dk)
  t.raises(function() dk.apportion({ 1, nil, 3 }, 3) end, "apportion: item 2 of the list is nil")
  t.raises(function() dk.apportion({ 1, 2.5 }, 3) end, "weight 2 is 2.5")
  t.raises(function() dk.apportion({ 1, -1 }, 3) end, "negative")
  t.raises(function() dk.apportion({ 0, 0 }, 3) end)
  t.raises(function() dk.apportion(5, 3) end, "argument 1 must be a list of weights")
  t.raises(function() dk.apportion({ 1 }, "3") end, "argument 2 must be the whole number")
end)

test("an expression object shows its text and is checked where it is written", function(t, dk)
  t.eq(tostring(dk.expr "leeftijd + 1"), "leeftijd + 1")
  t.raises(function() dk.expr "leeftijd +" end)
  t.raises(function() dk.expr(5) end, "expr wants an expression as a string; got a number")
end)

test("a name stands in an expression as it is, or between backquotes", function(t, dk)
  -- What the library writes for a scenario's set shows it.
  local function written(name)
    return tostring(dk.scenario "s" { { "s", all = true, set = { [name] = true } } })
  end
  t.has(written "in_sonar", "set in_sonar = true")
  t.has(written "súdwest2", "set súdwest2 = true")
  for _, name in ipairs {
    "where", "not", "and", "null", "true", "in", "is", "2024", "a b", "a-b", "a = b", "x) or (y", "a == 1",
  } do
    t.has(written(name), ("set `%s` = true"):format(name))
  end
end)
