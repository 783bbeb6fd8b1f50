-- overlap.lua - figures by the members of sets: who adds them up again is told that persons would count twice.

local test = ...

local random_numbers = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/random_numbers.lua")

local function persons(dk)
  return dk.table {
    { "id", { "a", "b", "c", "d" } }, { "g", { "A", "A", "D", "T" } },
    { "v", { { "x", "y" }, { "x" }, { "y", "z" }, { "x", "y", "z" } } },
  }
end

local TWICE = "goes over groups that overlap, x to z (all rows): who is in several would count several times"
local ADVICE = "put m into by; a total of the breakdown by members counts everybody once, and rows() in it counts entries, "
  .. "which add up"

local function ask(dk)
  return dk.breakdown { by = { "g", "m = member(v)" }, measures = { "n = count()", "entries = rows()", "d = distinct(id)",
    "deel = n / all(n)", "r = (count() where id == 'a') / n", "twee = n * 2", "veel = case(n > 1, 1, 0)" } }
end

local function sum(result, text, by)
  return result:breakdown { by = by, measures = "s = " .. text }
end

-- sum() is called in a function of this file, whose line is not that of the test.
local function refused(t, f, ...)
  local ok, message = pcall(f)
  t.eq(ok, false)
  for _, part in ipairs { ... } do
    t.has(tostring(message), part)
  end
end

test("figures by members are not added up over them", function(t, dk)
  local result = ask(dk)(persons(dk))
  for _, text in ipairs { "sum(n)", "sum(d)", "sum(deel)", "sum(r)", "sum(numerator(r))", "sum(twee)", "sum(n + 1)" } do
    refused(t, function() return sum(result, text) end, text .. " " .. TWICE, ADVICE)
  end
  refused(t, function() return sum(result:drop "m", "sum(n)", "g") end, "x to y (g = A)",
    "put what tells them apart into by; a total")
  refused(t, function() return sum(result:with { weight = "n" }, "count()") end, TWICE)
  t.eq(sum(result, "sum(entries)").s[1], 8)
  t.eq(sum(result, "sum(veel)").s[1], 1)
  t.eq(sum(result, "max(n)").s[1], 2)
  t.eq(sum(result, "sum(n)", "m").s:to_lua(), { 3, 3, 2 })
  t.eq(sum(result, "sum(n) where m == 'x'").s[1], 3)
  t.eq(tostring(sum(result, "sum(r)", "m").s:to_lua()[1]), "1/3")
  refused(t, function() return sum(sum(result, "sum(n)", "m"):rename { s = "n" }, "sum(n)") end, TWICE)
end)

test("the set that is not known is no member, and of two dimensions both count", function(t, dk)
  local data = dk.table { { "g", { "A", "A" } }, { "v", { { "x" }, dk.null } } }
  t.eq(sum(data:breakdown { by = "m = member(v)", measures = "n = count()" }, "sum(n)").s[1], 2)
  local both = persons(dk):breakdown { by = { "a = member(v)", "b = missing(v)" }, measures = "n = count()" }
  refused(t, function() return sum(both, "sum(n)", "b") end, "groups that overlap, y, x to z, x (b = x)")
  t.eq(#sum(both, "sum(n)", { "a", "b" }), #both)
end)

test("windows, pivots and formulas do not either", function(t, dk)
  local result = ask(dk)(persons(dk))
  for _, text in ipairs { "running_sum(n)", "share(n)", "sum(r)" } do
    t.raises(function() return result:window { order = "m", within = "g", "s = " .. text } end,
      "goes over groups that overlap, and who is in several would count several times",
      "put m into within; a total of the breakdown by members counts everybody once, and rows() in it counts entries, "
        .. "which add up")
  end
  t.eq(result:window { order = "g", within = "m", "s = running_sum(n)" }.s:to_lua(), { 2, 1, 2, 1, 3, 3, 2 })
  refused(t, function()
    return sum(result:window { order = "g", within = "m", "tot = running_sum(n)" }, "sum(tot)", "g")
  end, "x to y (g = A)")
  local wide = result:pivot { rows = "g", columns = "m", values = "n" }
  t.raises(function() return wide:derive "s = x + y" end,
    "row 1: these are figures of groups that overlap, x and y, and who is in both would count twice",
    "the breakdown itself can count who is in either: count() where has_any(v, 'a', 'b')")
  t.eq({ wide:derive("s = x - y").s[1], wide:derive("s = x - y").s[3] }, { 1, 0 })
  t.eq(sum(wide, "sum(x)").s[1], 3)
end)

test("it is known behind joins, appending, sorting and snapshots", function(t, dk)
  local result = ask(dk)(persons(dk)):select { "g", "m", "n", "r" }
  local path = t.path "members.dk"
  result:save(path)
  local opened = dk.open(path, { check = true })
  t.eq(opened:fingerprint(), result:fingerprint())
  refused(t, function() return sum(opened, "sum(n)") end, TWICE, "put m into by")
  result:save(path, { append = true })
  refused(t, function() return sum(dk.open(path), "sum(r)") end, TWICE)
  result:breakdown({ by = { "g", "m" }, measures = { "k = sum(n)" } }):rename({ k = "n" }):derive("r = n / n")
    :select({ "g", "m", "n" }):save(path)
  dk.table({ { g = "A", m = "x", n = 1 } }):save(path, { append = true })
  refused(t, function() return sum(dk.open(path), "sum(n)") end, TWICE)
  refused(t, function() return sum(result:append(result):sort "n desc", "sum(n)") end, TWICE)
  local places = dk.table { { g = "A", regio = "M" }, { g = "D", regio = "M" }, { g = "T", regio = "R" } }
  refused(t, function() return sum(result:join(places, "g"), "sum(n)", "regio") end, "x to z (regio = M)")
  refused(t, function() return sum(places:join(result, "g", { multiple = "all" }), "sum(n)", "regio") end,
    "x to z (regio = M)")
  t.eq(sum(result:join(places, "g"), "sum(n)", { "regio", "m" }).s:to_lua(), { 2, 2, 1, 1, 1, 1 })
end)

test("differences of rates by members are saved, of which nothing is known but their groups", function(t, dk)
  local path = t.path "differences.dk"
  local compared = ask(dk):with { measures = "r = (count() where id == 'a') / count()" }
    :compare(persons(dk), persons(dk):where "g ~= 'T'")
  compared:save(path)
  t.eq(dk.open(path, { check = true }):fingerprint(), compared:fingerprint())
  t.eq(dk.open(path):text(), compared:text())
  compared:save(path, { append = true })
  t.eq(#dk.open(path, { check = true }), 2 * #compared)
  refused(t, function() return sum(dk.open(path), "sum(r_other_difference)") end, "groups that overlap, x to")
end)

test("comparisons, sweeps and bands know it", function(t, dk)
  local by_member = dk.breakdown { by = { "g", "m = member(v)" }, measures = "n = count()" }
  local more = dk.scenario "meer" { params = { p = 0.5 },
    { "w", where = "g == 'A'", share = "$p", set = { v = dk.expr "with(v, 'w')" } } }
  local compared = by_member:compare(persons(dk), more)
  for _, name in ipairs { "n_base", "n_meer", "n_meer_difference" } do
    refused(t, function() return sum(compared, "sum(" .. name .. ")") end, "groups that overlap, w to z")
  end
  refused(t, function() return sum(by_member:compare(persons(dk), more, { long = true }), "sum(value)") end, "w to z")
  local swept = by_member:sweep(persons(dk), more, { p = { 0.5, 1 } })
  refused(t, function() return sum(swept, "sum(n)", { "p", "g" }) end, "w to y (p = 0.5, g = A)")
  t.eq(#sum(swept, "sum(n)", { "g", "m" }), 8)
  local drawn = dk.scenario "loten" { { "w", where = "g == 'A'", share = 0.5, drawn = true,
    set = { v = dk.expr "with(v, 'w')" } } }
  refused(t, function() return sum(by_member:bands(persons(dk), drawn, { draws = 4 }), "sum(n_mean)") end, "to z")
end)

test("a scenario moves persons, and no figures of groups that overlap", function(t, dk)
  local result = ask(dk)(persons(dk))
  local plan = dk.scenario "plan" { params = { p = { 0.5, min = 0, max = 1 } },
    { "some", where = "g == 'A'", share = "$p", set = { g = "D" } } }
  local by_member = dk.breakdown { by = { "g", "m" }, measures = "s = sum(n)" }
  local why = ": a scenario moves persons, and who is in several would be moved several times"
  local how = "ask it of the persons that were counted, or of one group: where \"m == ...\""
  t.raises(function() by_member:compare(result, plan) end, "n has figures of groups that overlap, x and y" .. why, how)
  local goal = { vary = "p", target = "s <= 1", at = { g = "A" } }
  t.raises(function() by_member:by("g"):solve(result, plan, goal) end, why)
  t.raises(function() by_member:sweep(result, plan, { p = { 0, 1 } }) end, why)
  t.raises(function() plan:apply(result:with { weight = "n" }) end, why)
  t.eq(by_member:compare(result:where "m == 'x'", plan).s_plan:to_lua(), { 1, 1, 1 }) -- A has two, of whom one goes to D
  t.eq(dk.breakdown({ by = "g", measures = "k = count()" }):compare(result, plan).k_plan:to_lua(), { 1, 3, 3 }) -- rows
end)

test("a result is rolled up member by member, and its totals of persons by themselves", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "g;regio\nA;M\nD;M\nT;R\n", { "g", "regio" })
  local data = persons(dk):derive("k = case(g == 'A', 1, 5)"):use(geo)
  local measures = { "n = count()", "deel = n / all(n)", "r = (count() where id == 'a') / n", "s = sum(k)", "hi = max(k)" }
  local n_asked = 0
  for _, margins in ipairs { "none", "totals", "rollup", "cube" } do
    for _, dims in ipairs { { "g", "m = member(v)" }, { "m = missing(v)", "g" }, { "regio", "g", "m = member(v)" },
      { "k", "g", "m = member(v)", "q = member(v)" } } do
      local coarse = {}
      for _, dim in ipairs(dims) do
        if dim ~= "g" then
          coarse[#coarse + 1] = dim
        elseif dims[1] ~= "regio" then
          coarse[#coarse + 1] = "regio"
        end
      end
      local function asked(by)
        return data:breakdown { by = by, measures = measures, margins = margins }
      end
      local rolled, anew = asked(dims):roll_up "regio", asked(coarse)
      t.eq(rolled:text(), anew:text(), margins .. " " .. table.concat(dims, ", "))
      refused(t, function() return sum(rolled:detail(), "sum(n)") end, "groups that overlap")
      n_asked = n_asked + 1
    end
  end
  t.eq(n_asked, 16)
  local cube = data:breakdown { by = { "g", "m = member(v)" }, measures = "n = count()", margins = "cube" }
  local anew = data:breakdown { by = { "regio", "m = member(v)" }, measures = "n = count()", margins = "cube" }
  for condition, same in pairs { ["m is total"] = "m is total", ["g is total"] = "regio is total" } do -- totals alone
    t.eq(cube:where(condition):roll_up("regio"):text { notes = false }, anew:where(same):text { notes = false })
  end
end)

test("numbers in bounds by members are not added up, nor tightened by totals of persons", function(t, dk)
  local data = dk.table({ { "g", { "A", "A", "D" } }, { "k", { 1, { least = 2, greatest = 5 }, { least = 3 } } },
    { "v", { { "x", "y" }, { "x" }, { "y", "z" } } } }, { types = { k = "interval" } })
  local bounded = dk.breakdown { by = { "g", "m = member(v)" }, measures = "s = sum(k)", margins = "cube" }
  local result = bounded(data):detail()
  refused(t, function() return result:breakdown { measures = "z = sum(s)" } end, "sum(s) " .. TWICE)
  refused(t, function() return result:breakdown { measures = "z = sum(s + 1)" } end, "sum(s + 1) " .. TWICE)
  refused(t, function() return result:window { order = "g", "z = running_sum(s)" } end, "row 2: running_sum(s) goes over")
  t.eq(tostring(result:breakdown({ by = "m", measures = "z = sum(s)" }).z:to_lua()[1]), "3..6")
  t.raises(function() return bounded(data):tighten() end,
    "tighten: groups of m overlap, and the totals of s over them are not their sums",
    "leave these totals out: where \"m is not total\"")
  t.eq(#bounded(data):where "m is not total":tighten(), 7)
end)

-- Of random sets: what sum() of a result gives is what counting the persons again does, or it is refused.
test("a sum that is answered counts everybody once", function(t, dk)
  local below, answered, n_refused = random_numbers(7), 0, 0
  local function random(n) return below(n) + 1 end
  for _ = 1, 150 do
    local g, v, n = {}, {}, random(12)
    for i = 1, n do
      g[i] = string.char(64 + random(3))
      v[i] = {}
      for member = 1, 4 do
        if random(4) == 1 then
          v[i][#v[i] + 1] = string.char(96 + member)
        end
      end
    end
    local data = dk.table { { "g", g }, { "v", v } }
    local result = data:breakdown { by = { "g", "m = member(v)" }, measures = "n = count()" }
    local ok, added = pcall(sum, result, "sum(n)", "g")
    local truth = data:where "size(v) > 0":breakdown { by = "g", measures = "n = count()" }
    if ok then
      answered = answered + 1
      t.eq(added.s:to_lua(), truth.n:to_lua())
    else
      n_refused = n_refused + 1
      t.has(tostring(added), "groups that overlap")
    end
  end
  t.ok(answered > 10 and n_refused > 10)
end)
