-- define.lua - dk.define: functions of a script in expressions; t:map: columns that they make.

local test = ...

local function list(column)
  local values = {}
  for i = 1, #column do
    local value = column[i]
    values[i] = value == nil and "-" or value
  end
  return values
end

local function people(dk)
  return dk.table {
    { "naam", { "An", "Bo", "Cy", "Di" } }, { "leeftijd", { 19, 34, dk.null, 61 } },
    { "gemeente", { "Arnhem", "Duiven", "Arnhem", dk.null } },
  }
end

test("a function stands in columns, conditions, dimensions and measures", function(t, dk)
  local data = people(dk)
  dk.define "klasse" {
    doc = "three classes of age", levels = { "jong", "midden", "oud" },
    call = function(leeftijd) return leeftijd < 27 and "jong" or leeftijd < 50 and "midden" or "oud" end,
  }
  dk.define "tweemaal" { result = "integer", call = function(n) return 2 * n end }
  dk.define "of_niets" { result = "text", nulls = true, call = function(x) return x or "niets" end }
  t.eq(list(data:derive("k = klasse(leeftijd)").k), { "jong", "midden", "-", "oud" })
  t.eq(list(data:where("klasse(leeftijd) == 'midden'").naam), { "Bo" })
  t.eq(list(data:where(dk.fn.klasse(data.leeftijd):eq "midden").naam), { "Bo" })
  local result = data:breakdown { by = "k = klasse(leeftijd)", measures = { "n = count()", "s = sum(tweemaal(leeftijd))" } }
  t.eq(list(result.k), { "jong", "midden", "oud", "-" })
  t.eq(list(result.s), { 38, 68, 122, "-" })
  t.eq(data:breakdown({ measures = "n = tweemaal(count())" }).n[1], 8)
  t.eq(list(data:derive("g = of_niets(gemeente)").g), { "Arnhem", "Duiven", "Arnhem", "niets" })
  dk.define "half" { result = "decimal(1)", call = function(n) return dk.decimal(n) * dk.decimal "0.5" end }
  dk.define "fourth" { result = "real", call = function(n) return dk.ratio(n, 4) end }
  t.eq(list(data:derive("h = fourth(leeftijd)").h), { 4.75, 8.5, "-", 15.25 })
  dk.define "next_day" { result = "date", call = function(n) return dk.date "2024-02-28" + n end }
  t.eq(list(data:derive("h = half(leeftijd)").h), { 9.5, 17.0, "-", 30.5 })
  t.eq(list(data:derive("d = next_day(1)").d), { "2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29" })
  t.eq(dk.functions().klasse, "three classes of age")
  t.has(" " .. table.concat(dk.functions(), " ") .. " ", " klasse tweemaal of_niets ")
end)

test("a function is called once for each level, and in a what-if", function(t, dk)
  local n = 0
  dk.define "regio" {
    result = "text",
    call = function(gemeente)
      n = n + 1
      return gemeente == "Arnhem" and "stad" or "land"
    end,
  }
  local g, h = {}, {}
  for i = 1, 20000 do
    g[i], h[i] = i % 4 == 0 and "Arnhem" or "Duiven", i % 2 == 0
  end
  local data = dk.table { { "g", g }, { "h", h } }
  local question = dk.breakdown { by = "r = regio(g)", measures = "n = count()" }
  t.eq(list(question(data).n), { 15000, 5000 })
  t.eq(n, 2)
  local plan = dk.scenario "plan" { { "all there", where = "regio(g) == 'stad'", all = true, set = { g = "Duiven" } } }
  local compared = question:compare(data, plan)
  t.eq(list(compared.n_plan), { 20000, 0 })
end)

test("a function may ask a question, and be asked in a coroutine", function(t, dk)
  local data = people(dk)
  dk.define "rang" {
    result = "integer", call = function(leeftijd) return #data:where("leeftijd >= $n", { n = leeftijd }) end,
  }
  local ask = coroutine.wrap(function() return list(data:derive("r = rang(leeftijd)").r) end)
  t.eq(ask(), { 3, 2, "-", 1 })
  dk.define "binnen" {
    result = "integer",
    call = function(n) return coroutine.wrap(function() return data:derive("r = rang(leeftijd)").r[1] + n end)() end,
  }
  t.eq(list(data:derive("r = binnen(leeftijd)").r), { 22, 37, "-", 64 })
end)

test("what a function raises or gives wrongly is said", function(t, dk)
  local data = people(dk)
  local thrown = {}
  dk.define "raises" { result = "integer", call = function(n) if n > 30 then error(thrown) end return n end }
  local ok, raised = pcall(data.derive, data, "v = raises(leeftijd)")
  t.ok(not ok and raised == thrown)
  t.eq(list(data:derive("v = leeftijd < 30 and raises(leeftijd) > 0").v), { true, false, "-", false })
  dk.define "gives" { result = "integer", call = function(_) return {} end }
  t.raises(function() data:derive "v = gives(leeftijd)" end, "gives() gave a Lua table, and its result is integer")
  dk.define "gives" { result = "real", call = function(_) return 0 / 0 end }
  t.raises(function() data:derive "v = gives(leeftijd)" end, "its result is real (nil is what is not known)")
  dk.define "gives" { levels = { "a" }, call = function(_) return "b" end }
  t.raises(function() data:derive "v = gives(leeftijd)" end, 'gives() gave "b", which is none of its levels')
  dk.define "waits" { result = "text", call = function(_) coroutine.yield() end }
  t.raises(function() coroutine.wrap(function() data:derive "v = waits(leeftijd)" end)() end,
    "a function that answers a part of a question cannot yield")
  t.raises(function() data:derive "v = givs(leeftijd)" end, "unknown function givs()")
  t.raises(function() data:derive "v = givs(leeftijd)" end, "did you mean gives()?")
  t.raises(function() data:breakdown { measures = "v = givs(count())" } end, "did you mean gives()?")
  t.raises(function() data:derive "v = gives(leeftijd, naam)" end, "gives() takes 1 argument, not 2")
end)

test("a definition of a function is checked", function(t, dk)
  local function one(x) return x end
  t.raises(function() dk.define(3) end, 'define: write dk.define "name" { result = ..., call = ... }, not a number')
  t.raises(function() dk.define "q" "x" end, "define wants a table with call and result, not a string")
  t.raises(function() dk.define "q" { result = "text" } end, "define: call is missing")
  t.raises(function() dk.define "q" { result = "text", call = 3 } end, "define: call is a function, not a number")
  t.raises(function() dk.define "q" { call = one } end, "define: say what q gives: result =")
  t.raises(function() dk.define "q" { call = one, result = "text", levels = { "a" } } end, "of a category, not both")
  t.raises(function() dk.define "q" { call = one, reslt = "text" } end, "did you mean 'result'")
  t.raises(function() dk.define "q" { call = one, result = "txt" } end, "result")
  t.raises(function() dk.define "q" { call = one, result = "text", doc = 3 } end, "define: doc is a string")
  t.raises(function() dk.define "q" { call = function(...) return ... end, result = "text" } end,
    "define: state how many arguments q takes: arguments = 2")
  t.raises(function() dk.define "upper" { call = one, result = "text" } end, "the language has upper() already")
  t.raises(function() dk.define "q" { call = one, result = "text", arguments = 9 } end, "1 to 8 are possible")
  dk.aggregate "taken" { step = one, finish = one }
  t.raises(function() dk.define "taken" { call = one, result = "text" } end, "the script has taken() already")
end)

-- t:map ----------------------------------------------------------------------------------------------------------------

test("map makes a column of what a function gives for each row", function(t, dk)
  local data = people(dk)
  local made = data:map("wie", function(row) return row.naam .. (row.leeftijd or "?") end)
  t.eq(list(made.wie), { "An19", "Bo34", "Cy?", "Di61" })
  t.eq(list(data:map("x", function(row) return row.leeftijd and row.leeftijd / 2 end).x), { 9.5, 17.0, "-", 30.5 })
  t.eq(made:map("leeftijd", function() return dk.null end, { type = "integer" }):schema() ~= nil, true)
  t.eq(list(data:map("v", function(row) return row.naam == nil end, { columns = "leeftijd" }).v),
    { true, true, true, true })
  t.eq(tostring(made:with { key = "naam" }:map("n", function() return 1 end)):find "wie" ~= nil, true)
  t.eq(list(data:map("d", function() return "2024-01-31" end, { type = "date" }).d)[1], "2024-01-31")
  local sets = data:map("s", function(row) return { row.naam } end)
  t.eq(list(sets:breakdown({ by = "m = member(s)", measures = "n = count()" }).m), { "An", "Bo", "Cy", "Di" })
end)

test("map goes by blocks where the function does", function(t, dk)
  local x = {}
  for i = 1, 10000 do
    x[i] = i % 10 == 0 and dk.null or i
  end
  local data = dk.table { { "x", x }, { "y", x } }
  local made = data:map("kwadraat", {
    columns = "x", type = "integer",
    block = function(b)
      local v, out = b.x, { n = #b }
      for i = 1, #b do
        out[i] = v[i] and v[i] * v[i]
      end
      return out
    end,
  })
  local measures = { "a = sum(kwadraat)", "b = sum(x * x)", "n = count() where kwadraat is null" }
  t.eq(made:breakdown({ measures = measures }):rows()(), { a = 299999985000, b = 299999985000, n = 1000 })
end)

test("map says what it is given wrongly", function(t, dk)
  local data = people(dk)
  local function one() return 1 end
  t.raises(function() data.map() end, "map: call it on a table, with a colon")
  t.raises(function() data:map(one) end, "map: the first argument is the name of the new column, not a function")
  t.raises(function() data:map "x" end, "map wants a function of a row, or { block = a function of a block }")
  t.raises(function() data:map("x", 3) end, "map wants a function, not a number (t:derive takes expressions)")
  t.raises(function() data:map("x", one, { block = one }) end, "map wants a function of a row, or")
  t.raises(function() data:map("x", one, { colums = "naam" }) end, "did you mean 'columns'")
  t.raises(function() data:map("x", { block = one }) end,
    "map: the function of x gives a list of 4 values, one for each row of the block, and gave a number")
  t.raises(function() data:map("x", { block = function() return { 1, 2 } end }) end,
    "map: the function of x gives as many values as the block has rows, 4")
  t.raises(function() data:map("x", { block = function() return { 1, 2, 3, 4, 5 } end }) end,
    "map: the function of x gives as many values as the block has rows, 4")
  t.raises(function() data:map("x", function() return print end) end, "column x, row 1: ")
  t.raises(function() data:map("x", function(row) return row.naam == "Bo" and "b" or 1 end) end, "column x, row 2: ")
  local ok, raised = pcall(data.map, data, "x", function(row) return row.none.there end)
  t.ok(not ok and raised:find "define.lua:%d+: attempt to index a nil value", raised)
end)

test("an error without a value says where it was raised", function(t, dk)
  local data = people(dk)
  dk.define "fails_plainly" { result = "integer", call = function(_) error() end }
  dk.aggregate "fails_at_once" {
    start = 0, step = function() error(false) end, merge = math.max, finish = function(s) return s end,
  }
  local function said(pattern, call)
    local ok, raised = pcall(call)
    t.ok(not ok and tostring(raised):find("^[^\n]*define.lua:%d+: " .. pattern), raised)
  end
  said("error was called without a value", function() return data:derive "y = fails_plainly(1)" end)
  said("error was called with false, which says nothing", function()
    return data:breakdown { measures = "m = fails_at_once(1)" }
  end)
  said("error was called without a value", function() return data:map("x", function() error() end) end)
  local raised = select(2, pcall(data.map, data, "x", function() error { code = 7 } end))
  t.eq(raised, { code = 7 })
end)

test("a function of map that asks what calls it comes to an end, at the script's line", function(t, dk)
  local data = people(dk)
  local function endless() return data:map("x", function() return #endless() end) end
  local ok, raised = pcall(endless)
  t.ok(not ok and tostring(raised):find "^[^\n]*define.lua:%d+: functions ask each other without end", raised)
end)

test("what a script defines is in dk.fn too", function(t, dk)
  local data = dk.table { { "leeftijd", { 19, 52 } } }
  dk.define "built_twice" { result = "integer", call = function(x) return x * 2 end }
  dk.aggregate "built_widest" {
    step = function(s, x) return math.max(s or x, x) end, merge = math.max, finish = function(s) return s end,
    result = "integer",
  }
  t.eq(data:derive { dk.fn.built_twice(data.leeftijd):as "x" }.x[1], 38)
  t.eq(data:derive { data.leeftijd:built_twice():as "x" }.x[1], 38)
  t.eq(data:breakdown { measures = dk.fn.built_widest(data.leeftijd):as "m" }.m[1], 52)
  t.ok(#dk.functions() > 0)
  t.eq(type(dk.fn), "table") -- which the list of functions leaves as it is
  t.says(function() return dk.fn.built_twise(1) end, "dk.fn has no function 'built_twise' (did you mean 'built_twice'?)")
end)
