-- tighten_anew.lua - shares, rates and differences of a result, made anew of sums that its totals made narrower. Worked by
-- hand, and beside all tables of whole numbers that there may be.

local test = ...
local choose = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/choices.lua")

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 30 or 300

local function shown(column)
  local values = {}
  for i, value in ipairs(column:to_lua { plain = true }) do
    local least, greatest = value, value
    if type(value) == "table" then least, greatest = value.least, value.greatest end
    values[i] = least and least == greatest and ("%g"):format(tonumber(tostring(least)))
      or ("%s..%s"):format(least and ("%g"):format(tonumber(tostring(least))) or "",
        greatest and ("%g"):format(tonumber(tostring(greatest))) or "")
  end
  return table.concat(values, " ")
end

-- Of 200 in the region 118 are known, as somebody publishes: that leaves Rheden 60, and Duiven 5 to 25 of its 40.
local function region(dk, measures, known)
  local rows = dk.table {
    { "gemeente", { "Arnhem", "Duiven", "Rheden" } },
    { "register", { 100, 40, { least = 50, greatest = 70 } } },
    { "bekend", { { least = 60, greatest = 80 }, { least = 0, greatest = 30 }, 33 } },
  }
  local result = rows:breakdown { by = "gemeente", margins = "totals",
    measures = table.move(measures, 1, #measures, 3, { "n = sum(register)", "k = sum(bekend)" }) }
  return known == false and result
    or result:derive { "k = case(gemeente is total, 118, k)", "n = case(gemeente is total, 200, n)" }
end

local MADE = { "rest = n - k", "dekking = k / n", "deel = n / all(n)", "direct = sum(bekend) / sum(register)",
  "punten = 100 * (k / n - 0.5)", "verhouding = rest / k" }

local function notes(t, made, expected)
  table.insert(expected, 1, made:notes()[1])
  t.eq(made:notes(), expected)
end

test("shares, rates and differences are those of the sums as they are known now", function(t, dk)
  local known = region(dk, MADE)
  t.eq(shown(known.rest), "20..40 10..40 17..37 47..117")
  t.eq(shown(known.dekking), "0.6..0.8 0..0.75 0.471428..0.66 0.442857..0.752632")
  for _, spec in ipairs { { values = { "n", "k" } }, { values = { "n", "k" }, sums = "one by one" }, {} } do
    local made = known:tighten(spec)
    t.eq(shown(made.n), "100 40 60 200")
    t.eq(shown(made.k), "60..80 5..25 33 118")
    t.eq(shown(made.rest), "20..40 15..35 27 82") -- 40 - 25 and 40 - 5
    t.eq(shown(made.dekking), "0.6..0.8 0.125..0.625 0.55 0.59") -- 5/40 and 25/40, 33/60, 118/200
    t.eq(shown(made.direct), shown(made.dekking))
    t.eq(shown(made.deel), "0.5 0.2 0.3 1")
    t.eq(shown(made.punten), "10..30 -37.5..12.5 5 9")
    t.eq(shown(made.verhouding), "0.25..0.666667 0.6..7 0.818181..0.818182 0.694915..0.694916") -- 20/80, 40/60; 15/25, 35/5
    notes(t, made, { "made anew of these: rest, dekking, deel, direct, punten and verhouding" })
    t.has(made:explain(), "bounds narrower by ",
      " sums, and rest, dekking, deel, direct, punten and verhouding made anew of these")
    t.eq(shown(made:tighten(spec).dekking), shown(made.dekking)) -- once more says no more
  end
end)

test("formats, labels and totals stay", function(t, dk)
  local known = region(dk, { { "dekking = k / n", format = "0.0 %", label = "Bekend" } })
  local made = known:tighten { values = { "n", "k" } }
  t.has(made:text(), "Bekend", "12.5..62.5 %", "55.0 %", "59.0 %")
  t.eq(#made:where "gemeente is total", 1)
end)

-- All are a + b, of which a is 0 to 10, b 5 or 6, and all 0 to 20.
test("totals that tie numbers together say more of a difference than its sides do", function(t, dk)
  local rows = dk.table { { "g", { "p" } }, { "x", { { least = 0, greatest = 10 } } },
    { "y", { { least = 5, greatest = 6 } } }, { "z", { { least = 0, greatest = 20 } } } }
  local result = rows:breakdown { by = "g", measures = { "a = sum(x)", "b = sum(y)", "alle = sum(z)", "over = alle - a",
    "deel = a / alle", "ander = 1 - deel", "keer = alle / a" } }
  t.eq({ shown(result.over), shown(result.deel) }, { "-10..20", "0.." })
  local made = result:tighten { values = { "a", "b" }, total = "alle" }
  t.eq(shown(made.alle), "5..16")
  t.eq(shown(made.over), "5..6") -- what b is, and not 5 - 10 to 16 - 0
  t.eq(shown(made.deel), "0..0.666667") -- 10 / (10 + 5)
  t.eq(shown(made.ander), "0.333333..1")
  t.eq(shown(made.keer), "0.5..")
  made = result:tighten { values = { "a", "b" }, total = "alle", sums = "one by one" }
  t.eq({ shown(made.over), shown(made.deel) }, { "5..6", "0..0.666667" })
  made = result:tighten { values = { "a", "b" }, total = "alle", totals = "at least" }
  t.eq({ shown(made.alle), shown(made.over) }, { "5..20", "-5..20" }) -- there may be more than both
end)

test("a share of a row above, as that is known now", function(t, dk)
  local rows = dk.table {
    { "regio", { "M", "M", "V" } }, { "gemeente", { "A", "B", "C" } },
    { "x", { { least = 10, greatest = 20 }, { least = 20, greatest = 30 }, 50 } },
  }
  local result = rows:breakdown { by = { "regio", "gemeente" }, margins = "rollup",
    measures = { "n = sum(x)", "van_regio = n / all(n, regio)", "van_land = n / all(n)", "dubbel = 2 * all(n, regio)",
      "later = sum(x) / all(sum(x), regio)" } }
  local known = result:derive "n = case(gemeente is total and regio == 'M', 36, n)"
  local made = known:tighten()
  t.eq(shown(made.n), "10..16 20..26 36 50 50 86") -- A, B, M, C, V, all
  t.eq(shown(made.van_regio), "0.277777..0.444445 0.555555..0.722223 1 1 1 1") -- of 36
  t.eq(shown(made.van_land), "0.116279..0.186047 0.232558..0.302326 0.418604..0.418605 0.581395..0.581396 "
    .. "0.581395..0.581396 1") -- of 86
  t.eq(shown(made.later), shown(made.van_regio))
  t.eq(shown(made.dubbel), "72 72 72 100 100 172")
  notes(t, made, { "made anew of these: van_regio, van_land, dubbel and later" })
  -- Without the rows of regions their shares cannot be told.
  made = known:where "regio is total or gemeente is not total":tighten { values = "n", totals = "at least" }
  t.eq(shown(made.van_regio), shown(result:where "regio is total or gemeente is not total".van_regio))
  notes(t, made, { "made anew of these: van_regio, van_land, dubbel and later" }) -- of the total row, which is its own
end)

test("what is not known to be made of the sums stays as it was", function(t, dk)
  local function stays(made, known, names, ...)
    for _, name in ipairs(names) do t.eq(shown(made[name]), shown(known[name])) end
    notes(t, made, { ... })
  end
  local values = { values = { "n", "k" } }
  -- k is another number: twice what dekking is made of
  local known = region(dk, { "dekking = k / n" }):derive "k = 2 * k"
  stays(known:tighten(values), known, { "dekking" }, "dekking stays as it was: the table lacks what it is made of")
  -- a mean is none of sums
  known = region(dk, { "gem = mean(bekend)", "dubbel = 2 * gem" })
  stays(known:tighten(values), known, { "gem", "dubbel" }, "made anew of these: dubbel",
    "gem stays as it was: the table lacks what it is made of")
  t.eq(shown(known:tighten().n), "100 40 60 200") -- nor is it one that is added up
  -- what it is made of was left out, or is there by another name
  known = region(dk, { "dekking = k / n", "direct = sum(bekend) / n" }):drop "k"
  stays(known:tighten { values = "n" }, known, {},
    "dekking and direct stay as they were: the table lacks what they are made of")
  known = region(dk, { "ook = sum(bekend)", "dekking = k / n" }):drop "k"
  t.eq(shown(known:tighten({ values = "n" }).dekking), "0.6..0.8 0..0.75 0.55 0.465..0.715")
  -- other tables may have brought any numbers
  known = region(dk, { "dekking = k / n" })
  stays(known:map("k", function() return 1 end, { columns = { "n" } }):tighten { values = "n" }, known, { "dekking" },
    "dekking stays as it was: after what came since, nobody knows what it is made of "
      .. "(column k by a function of the script)")
end)

test("what is stated against the parts of a number leaves it as it was", function(t, dk)
  local known = region(dk, { "dekking = k / n" }, false):derive { "k = case(gemeente == 'Duiven', 39, k)" }
  local made = known:tighten { values = { "n", "k" } }
  t.eq(shown(made.dekking), "0.6..0.71 0..0.75 0.471428..0.66 0.628571..0.752632") -- 39/40 is more than 0.75
  notes(t, made, { "made anew of these: dekking",
    "1 number of dekking stays as before: what is behind says another thing" })
end)

test("columns that were derived from a result since, by any names", function(t, dk)
  local known = region(dk, { "dekking = k / n" })
    :derive({ "rest = n - k", "boven = rest + $meer", "k = interval(case(n < 50, 0, k), case(n < 50, 39, k))" },
      { meer = 10 })
    :rename { k = "bekend", dekking = "aandeel", n = "register" }
    :derive { "per = 100 * bekend / register", "n = 3 * register" }
    :sort "gemeente desc":where "gemeente is total or gemeente ~= 'Utrecht'"
  local made = known:tighten { values = { "register", "bekend" } }
  t.eq(shown(made.bekend), "33 5..25 60..80 118")
  t.eq(shown(made.rest), "27 15..35 20..40 82")
  t.eq(shown(made.boven), "37 25..45 30..50 92")
  t.eq(shown(made.aandeel), "0.55 0.125..0.625 0.6..0.8 0.59")
  t.eq(shown(made.per), "55 12.5..62.5 60..80 59")
  t.eq(shown(made.n), "180 120 300 600")
end)

test("results that were saved, and asked with parameters", function(t, dk)
  local path = t.path "anew.dk"
  local rows = dk.table { { "g", { "a", "b" } }, { "s", { true, true } }, { "x", { { least = 0, greatest = 9 },
    { least = 2, greatest = 4 } } }, { "y", { 10, 20 } } }
  local result = rows:breakdown({ by = "g", margins = "totals", measures = { "k = sum(x) where y < $y", "n = sum(y)",
    "boven = k - $vast", "deel = (sum(x) where y < $y) / n" } }, { y = 100, vast = 2 })
  result:derive("k = case(g is total, $k, k)", { k = 12 }):save(path)
  local made = dk.open(path):tighten { values = { "k", "n" } }
  t.eq(shown(made.k), "8..9 3..4 12")
  t.eq(shown(made.boven), "6..7 1..2 10")
  t.eq(shown(made.deel), "0.8..0.9 0.15..0.2 0.4")
  made:save(path)
  t.eq(shown(dk.open(path).deel), "0.8..0.9 0.15..0.2 0.4")
  t.has(dk.open(path):explain { g = "a" }, "deel is 0.8..0.9, which is 8..9 of 10")
  os.remove(path)
end)

test("a cell is explained by the numbers that there are now", function(t, dk)
  local made = region(dk, MADE):tighten { values = { "n", "k" } }
  local text = made:explain { gemeente = "Duiven" }
  t.has(text, "rest is 15..35: n - k\n     n is 40\n     k is 5..25", "dekking is 0.125..0.625, which is 5..25 of 40",
    "deel is 0.2, which is 40 of 200", "direct is 0.125..0.625, which is 5..25 of 40", "made anew of these",
    "asked of the table (with bounds as wide as they were before totals made them narrower):")
  t.eq(text:find("cannot be told", 1, true), nil)
  local rows = dk.table { { "regio", { "M", "M", "V" } }, { "gemeente", { "A", "B", "C" } },
    { "x", { { least = 10, greatest = 20 }, { least = 20, greatest = 30 }, 50 } } }
  made = rows:breakdown { by = { "regio", "gemeente" }, margins = "rollup",
    measures = { "n = sum(x)", "van_regio = n / all(n, `regio`)", "gem = mean(x) / all(sum(x))" } }
    :derive "n = case(gemeente is total and regio == 'M', 36, n)":tighten { values = "n" }
  t.has(made:explain { gemeente = "A" }, "van_regio is 0.2777..0.4445, which is 10..16 of 36:",
    "bounds were made narrower, and the rows say less: n is 10..16, and asked again it is 10..20")
end)

test("figures of other tables, where the result shows them", function(t, dk)
  local rows = dk.table { { "g", { "a", "b" } }, { "x", { { least = 10, greatest = 20 }, { least = 20, greatest = 30 } } } }
    :attach(dk.table { { "g", { "a", "b" } }, { "register", { 50, 60 } } }, "g")
  local result = rows:breakdown { by = "g", margins = "totals", measures = { "k = sum(x)", "n = attached(register)",
    "deel = k / attached(register)", "ook = k / n" } }
  local known = result:derive "k = case(g is total, 31, k)"
  for _, spec in ipairs { { values = "k" }, {} } do
    local made = known:tighten(spec)
    t.eq(shown(made.k), "10..11 20..21 31")
    t.eq(shown(made.deel), "0.2..0.22 0.333333..0.35 0.281818..0.281819") -- of 50, 60 and 110
    t.eq(shown(made.ook), shown(made.deel))
  end
  notes(t, known:drop "n":tighten { values = "k" },
    { "deel and ook stay as they were: the table lacks what they are made of" })
end)

test("estimates stay such, and bound nothing else", function(t, dk)
  local rows = dk.table { { "g", { "a", "b" } }, { "x", { { least = 10, greatest = 20, marker = "~", meaning = "estimate" },
    { least = 20, greatest = 30 } } }, { "y", { 50, 60 } } }
  local result = rows:breakdown { by = "g", margins = "totals", measures = { "k = sum(x)", "n = sum(y)", "deel = k / n",
    "rest = n - k", "van = k / all(k)" } }
  local made = result:derive "k = case(g is total, 40, k)":tighten { values = { "k", "n" } }
  t.eq(shown(made.k), "10..20 20..30 40")
  t.eq(shown(made.deel), "0.2..0.4 0.333333..0.5 0.363636..0.363637")
  local function means(name)
    return tostring(made:derive(("wat = meaning(%s)"):format(name)).wat:to_lua { plain = true }[1])
  end
  t.eq({ means "k", means "deel", means "rest", means "van" }, { "estimate", "estimate", "estimate", "estimate" })
end)

test("a result that was rolled up", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "gemeente;regio\nA;M\nB;M\nC;V\n", { "gemeente", "regio" })
  local rows = dk.table { { "gemeente", { "A", "B", "C" } }, { "x", { { least = 10, greatest = 20 },
    { least = 20, greatest = 30 }, 50 } }, { "y", { 40, 40, 60 } } }:use(geo)
  local result = rows:breakdown { by = "gemeente", margins = "totals", measures = { "k = sum(x)", "n = sum(y)",
    "deel = k / n", "van = k / all(k, regio)" } }
  local known = result:drop "van":roll_up "regio":derive "k = case(regio is total, 90, k)"
  local made = known:tighten { values = { "k", "n" } }
  t.eq({ shown(made.k), shown(made.deel) }, { "40 50 90", "0.5 0.833333..0.833334 0.642857..0.642858" })
  t.has(made:explain { regio = "M" }, "deel is 0.5, which is 40 of 80", "(with bounds as wide as they were")
  -- A level that is no dimension has no row.
  notes(t, result:tighten { values = { "k", "n" } }, { "made anew of these: deel",
    "van stays as it was: the table lacks what it is made of" })
end)

test("figures of groups that overlap stay such", function(t, dk)
  local rows = dk.read_text("id;m;x;y;z\n1;a|b;x;3;7\n2;a;2;x;5\n3;b;1;1;2\n", { types = { m = { "set", "|" },
    x = "interval", y = "interval" }, markers = { x = { "suppressed", 0, 9 } } })
  local result = rows:breakdown { by = "lid = member(m)", measures = { "k = sum(x)", "l = sum(y)", "alle = sum(z)",
    "deel = k / alle" } }
  local made = result:tighten { values = { "k", "l" }, total = "alle" }
  t.eq({ shown(made.k), shown(made.l), shown(made.deel) }, { "2..9 5", "3..10 4", "0.166666..0.75 0.555555..0.555556" })
  t.raises(function() made:breakdown { measures = "som = sum(k)" } end, "sum(k) goes over groups that overlap")
end)

test("tables that no breakdown made have nothing to make anew", function(t, dk)
  local rows = dk.table { { "g", { "a", "b", "Totaal" } }, { "n", { 10, 10, 20 } },
    { "k", { { least = 1, greatest = 9 }, { least = 2, greatest = 4 }, 10 } } }:derive "deel = k / n"
  local made = rows:tighten { by = "g", values = { "n", "k" } }
  t.eq(shown(made.k), "6..8 2..4 10")
  t.eq(shown(made.deel), shown(rows.deel))
  notes(t, made, {})
end)

test("what is no sum is not taken for one where it is named", function(t, dk)
  local rows = dk.table { { "g", { "a", "b" } }, { "x", { 100, 40 } }, { "y", { { least = 60, greatest = 80 },
    { least = 0, greatest = 30 } } } }
  local result = rows:breakdown { by = "g", margins = "totals", measures = { "n = sum(x)", "k = sum(y)", "deel = k / n",
    "samen = 1 - deel", "gem = mean(y)", "van_alle = n / all(n)", "honderdste = k / 100" } }
  for _, name in ipairs { "deel", "samen", "gem" } do
    t.raises(function() result:tighten { values = name } end, ("tighten: %s is no sum"):format(name),
      " is no sum, and its totals are none of its parts", "name the sums that it is made of: it is made anew of these")
  end
  t.raises(function() result:tighten { values = "k", total = "deel" } end, "deel is no sum")
  t.eq(shown(result:tighten { values = "honderdste" }.k), shown(result.k))
  t.eq(shown(result:tighten { values = "k" }.deel), "0.6..0.8 0..0.75 0.428571..0.785715") -- outward
end)

-- Every table -----------------------------------------------------------------------------------------------------------

-- Two groups of two numbers and their sum, with totals of all: nine numbers in bounds, of which four tell the others.
test("differences are as narrow as can be, and shares lie around what can be", function(t, dk)
  math.randomseed(20261129)
  local n_narrower = 0
  for round = 1, ROUNDS do
    local cells, ranges = {}, {}
    for i = 1, 4 do cells[i] = math.random(0, 6) end
    local function all_nine(x) -- A: x y z, B: x y z, total: x y z
      return { x[1], x[2], x[1] + x[2], x[3], x[4], x[3] + x[4], x[1] + x[3], x[2] + x[4], x[1] + x[2] + x[3] + x[4] }
    end
    local bounds = {}
    for i, value in ipairs(all_nine(cells)) do
      local spread = math.random(0, 3)
      bounds[i] = { math.max(0, value - math.random(0, spread)), value + math.random(0, spread) }
    end
    for i, at in ipairs { 1, 2, 4, 5 } do ranges[i] = bounds[at] end
    local rows = dk.table { { "g", { "A", "B" } }, { "a", { cells[1], cells[3] } }, { "b", { cells[2], cells[4] } } }
    local result = rows:breakdown { by = "g", margins = "totals",
      measures = { "x = sum(a)", "y = sum(b)", "z = sum(a) + sum(b)" } }
    local function stated(name, at)
      local sides = {}
      for side = 1, 2 do
        sides[side] = ("case(g == 'A', %d, g == 'B', %d, %d)"):format(bounds[at][side], bounds[at + 3][side],
          bounds[at + 6][side])
      end
      return ("%s = interval(%s)"):format(name, table.concat(sides, ", "))
    end
    local known = result:derive { stated("x", 1), stated("y", 2), stated("z", 3), "d = x - y", "over = z - y",
      "deel = x / z", "keer = y / x" }
    local made = known:tighten { values = { "x", "y" }, total = "z" }
    local low, high = {}, {}
    choose(ranges, 1, {}, function(x)
      local nine = all_nine(x)
      for i, value in ipairs(nine) do
        if value < bounds[i][1] or value > bounds[i][2] then return end
      end
      for row = 0, 2 do
        local nx, ny, nz = nine[3 * row + 1], nine[3 * row + 2], nine[3 * row + 3]
        for name, value in pairs { d = nx - ny, over = nz - ny, deel = nz > 0 and nx / nz or false,
          keer = nx > 0 and ny / nx or false } do
          local key = name .. row
          if value then
            low[key], high[key] = math.min(low[key] or value, value), math.max(high[key] or value, value)
          end
        end
      end
    end)
    for row = 0, 2 do
      for _, name in ipairs { "d", "over", "deel", "keer" } do
        local key, b = name .. row, made[name]:to_lua { plain = true }[row + 1]
        local least = b ~= dk.null and tonumber(tostring(b.least))
        local greatest = b ~= dk.null and tonumber(tostring(b.greatest))
        if name == "d" or name == "over" then
          t.eq({ least, greatest }, { low[key], high[key] },
            ("round %d: %s\n%s\n%s"):format(round, key, tostring(known), tostring(made)))
          n_narrower = n_narrower + (known[name]:to_lua { plain = true }[row + 1].greatest > greatest and 1 or 0)
        elseif low[key] then
          t.eq((least or -1e9) <= low[key] and (greatest or 1e9) >= high[key], true, ("round %d: %s"):format(round, key))
        end
      end
    end
  end
  t.eq(n_narrower > ROUNDS, true)
end)
