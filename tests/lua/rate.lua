-- rate.lua - rates through everything that moves rows, and what is said where they do not go.

local test = ...

local function rates_of(dk)
  return dk.table({
    { "gemeente", { "Arnhem", "Duiven", "Arnhem", "Rheden", "Duiven", "Rozendaal" } },
    { "jaar", { 2023, 2023, 2024, 2023, 2024, 2024 } },
    { "k", { 2982, 240, 2990, 696, 249, 0 } },
    { "n", { 4030, 330, 4100, 940, 336, 0 } },
  }):breakdown { by = { "gemeente", "jaar" },
    measures = { "teller = sum(k)", "noemer = sum(n)", "dekking = teller / noemer" } }
end

-- The parts of each row that has a rate, in order.
local function parts(result, column)
  local list = {}
  for row in result:derive({ ("a = numerator(%s)"):format(column), ("b = denominator(%s)"):format(column) }):rows() do
    list[#list + 1] = ("%s/%s"):format(row.a, row.b)
  end
  return table.concat(list, " ")
end

test("a rate keeps what it is made of wherever its rows go", function(t, dk)
  local rates = rates_of(dk)
  local whole = "2982/4030 2990/4100 240/330 249/336 696/940 0/0"
  t.eq(parts(rates, "dekking"), whole)
  t.eq(parts(rates:rename { dekking = "d" }, "d"), whole)
  t.eq(parts(rates:select { "dekking" }, "dekking"), whole)
  t.eq(parts(rates:sort "dekking", "dekking"), "240/330 2990/4100 2982/4030 696/940 249/336 0/0")
  t.eq(parts(rates:where "dekking > 0.74", "dekking"), "249/336 696/940")
  t.eq(parts(rates:slice(2, 3), "dekking"), "2990/4100 240/330")
  t.eq(parts(rates:head(1):append(rates:slice(6, 6)):append(rates:head(1)), "dekking"), "2982/4030 0/0 2982/4030")
  local bare = rates:select { "gemeente", "jaar" }:head(1)
  t.eq(parts(rates:append(bare, { missing = "null" }), "dekking"), whole .. " nil/nil")
  local names = dk.table { { "gemeente", { "Duiven", "Tiel" } } }
  t.eq(parts(names:join(rates, "gemeente", { kind = "left", multiple = "all" }), "dekking"), "240/330 249/336 nil/nil")
  t.eq(parts(rates:window { within = "gemeente", order = "jaar", "eerder = previous(dekking)" }, "eerder"),
    "nil/nil 2982/4030 nil/nil 240/330 nil/nil nil/nil")
  t.eq(parts(rates:pivot { rows = "gemeente", columns = "jaar", values = "dekking" }, "`2024`"),
    "2990/4100 249/336 nil/nil 0/0")
  t.eq(parts(rates:top { n = 1, within = "gemeente", by = "jaar desc" }, "dekking"), "2990/4100 249/336 696/940 0/0")
  t.eq(parts(rates:distinct(), "dekking"), whole)
  t.eq(parts(rates:breakdown { by = "gemeente", order = "d desc", limit = 2, measures = "d = sum(dekking)" }, "d"),
    "696/940 5972/8130")
end)

test("numerators of other digits stand below each other", function(t, dk)
  local weighed = dk.table { { "k", { 1, 2 } }, { "w", { 1.5, 2.25 } } }:with { weight = "w" }
  local part = weighed:breakdown { measures = "d = (count() where k == 1) / count()" }
  local whole = dk.table { { "k", { 1, 2, 2 } } }:breakdown { measures = "d = (count() where k == 1) / count()" }
  local both = whole:append(part)
  t.eq(parts(both, "d"), "1.0/3.0 1.5/3.75")
  t.eq(parts(both:breakdown { measures = "samen = sum(d)" }, "samen"), "2.5/6.75")
end)

-- W: of 7676 persons 5682 are known; with 30 % of the 1994 others 6280.2.
local function region(dk)
  return dk.table({ { "bekend", { true, false } }, { "n", { 5682, 1994 } }, { "uren", { 8, 8 } } }):with { weight = "n" }
end

test("a difference of shares is in points, a relative change in per cent", function(t, dk)
  local meer = dk.scenario "meer" { { "leg vast", where = "not bekend", share = 0.3, set = { bekend = true } } }
  local dekking = dk.breakdown { measures = {
    { "dekking = (count() where bekend) / count()", format = "0.0 %" }, "kaal = (count() where bekend) / count()",
    { "gemiddeld = sum(uren) / count()", format = "0.0" }, "los = sum(uren) / count()" } }
  local compared = dekking:compare(region(dk), meer)
  local function cell(column, options)
    return compared:select { column }:text(options):match "(%S[^\n]*)\n*$"
  end
  local plain = { types = false, count = false }
  local nl = { types = false, count = false, style = "nl" }
  t.eq(cell("dekking_meer", plain), "81.8 %")
  t.eq(cell("dekking_meer_difference", plain), "+7.8 pp")
  t.eq(cell("dekking_meer_difference", nl), "+7,8 procentpunt")
  t.eq(cell("kaal_meer_difference", plain), "+7.79 pp")
  t.eq(cell("gemiddeld_meer_difference", plain), "0.0")
  t.eq(cell("los_meer_difference", plain), "0.0000")
  t.has(compared:text { format = "md" }, "| +7.8 pp |")
  t.has(compared:text { format = "html" }, ">+7.8 pp<")
  local exact = 598.2 / 7676 -- machines get the fraction, as of the rates themselves
  t.has(compared:select { "dekking_meer_difference" }:text { format = "csv" }, ("%.9f"):format(exact):sub(1, 9))
  t.has(compared:select { "dekking_meer_difference" }:text { format = "json" }, ("%.9f"):format(exact):sub(1, 9))
end)

test("windows and derived columns say so too", function(t, dk)
  local rates = rates_of(dk):format { dekking = "0.0 %", teller = "#,##0" }
  local changes = rates:where "gemeente == 'Arnhem'":window { order = "jaar", "erbij = change_period(dekking)",
    "groei = relative_change(dekking)", "meer = change(teller)", "ook = dekking - previous(dekking)",
    "niet = dekking * 2 - previous(dekking)" }
  local last = changes:slice(2, 2):select { "erbij", "groei", "meer", "ook", "niet" }
  -- 2990 / 4100 - 2982 / 4030 = 0.72927 - 0.73995 = -0.01068; that by 0.73995 is -0.01444
  t.has(last:text { types = false, count = false }, "-1.1 pp", "-1.4 %", " 8 ", " -1.1 pp ", "0.7186")
  local twice = rates:derive { "weer = dekking" }:format { weer = "0 %" }
  t.has(twice:derive "verschil = dekking - weer":select { "verschil" }:text(), "0.0 pp")
  t.has(twice:derive "verschil = dekking - teller":select { "verschil" }:text(), "-2981.2600")
end)

test("sums of rates in windows are rates, and their means are refused", function(t, dk)
  local rates = rates_of(dk)
  local made = rates:window { within = "gemeente", order = "jaar", "samen = sum(dekking)",
    "tot_nu = running_sum(dekking)", "laatste = moving_sum(dekking, 1)" }
  t.eq(parts(made, "samen"), "5972/8130 5972/8130 489/666 489/666 696/940 0/0")
  t.eq(parts(made, "tot_nu"), "2982/4030 5972/8130 240/330 489/666 696/940 0/0")
  t.eq(parts(made, "laatste"), parts(rates, "dekking"))
  t.raises(function() rates:window { order = "jaar", "m = moving_mean_period(dekking, 2)" } end,
    "the mean of rates is not the rate of all together\n", "moving_sum_period(dekking) is that: the sum of the numerators")
  t.raises(function() rates:window { order = "jaar", "m = share(dekking)" } end,
    "a rate has no share of other rates\n", "share(numerator(dekking)) is that of what is counted")
end)

test("a file keeps rates and shares of any digits", function(t, dk)
  local path = t.path "rates.dkt"
  local columns = { { "g", { "a", "a", "b" } }, { "k", { 1, 2, 1 } }, { "w", { 1.5, 2.5, 4 } } }
  local weighed = dk.table(columns):with { weight = "w" }
  local result = weighed:breakdown { by = "g", measures = { "d = (count() where k == 1) / rows()",
    "deel = count() / all(count())" } }
  result:save(path)
  local opened = dk.open(path)
  t.eq(parts(opened, "d"), "1.5/2 4.0/1")
  t.eq(parts(opened, "deel"), "4.0/8.0 4.0/8.0")
  t.eq(opened:breakdown({ measures = { "s = sum(deel)", "r = sum(d)" } }):text { types = false, count = false },
    "     s       r\n──────────────\n1.0000  1.8333\n") -- 5.5 of 3; a half and a half
  result:save(path, { append = true })
  t.eq(parts(dk.open(path), "deel"), "4.0/8.0 4.0/8.0 4.0/8.0 4.0/8.0")
  local other = weighed:breakdown { by = "g", measures = { "d = (count() where k == 1) / rows()", "deel = d" } }
  t.raises(function() other:save(path, { append = true }) end,
    "deel is a rate in one, and the share of a whole in the other")
end)

test("rates of results are rolled up, also by measures that they name", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "gemeente;regio\nArnhem;Midden\nDuiven;Midden\nTiel;Rivier\n",
    { "gemeente", "regio" })
  local persons = dk.read_text "gemeente;s\nArnhem;true\nArnhem;false\nDuiven;true\nTiel;true\n":use(geo)
  local result = persons:breakdown { by = "gemeente", margins = "totals",
    measures = { "n = count()", "d = (count() where s) / n", "e = d" } }
  t.eq(parts(result:drop { "n", "e" }:roll_up "regio", "d"), "2/3 1/1 3/4")
  t.eq(parts(result:drop "e":roll_up "regio", "d"), "2/3 1/1 3/4")
end)

test("shares of different wholes are not added up", function(t, dk)
  local persons = dk.table { { "regio", { "Midden", "Midden", "Midden", "Rivier" } },
    { "gemeente", { "Arnhem", "Arnhem", "Duiven", "Tiel" } } }
  local ask = dk.breakdown { by = { "regio", "gemeente" }, measures = { "n = count()", "deel = n / all(n, regio)",
    "van_alles = n / all(n)" } }
  local shares = ask(persons)
  local function sum(of, table, options)
    options = options or {}
    options.measures = ("s = sum(%s)"):format(of)
    return table:breakdown(options)
  end
  t.eq(sum("van_alles", shares).s:to_lua { plain = true }, { 1.0 })
  t.eq(sum("deel", shares, { by = "regio" }).s:to_lua { plain = true }, { 1.0, 1.0 })
  t.eq(shares:breakdown({ measures = "s = sum(deel) where regio == 'Midden'" }).s:to_lua { plain = true }, { 1.0 })
  t.says(function() return shares:breakdown { measures = "s = sum(deel)" } end,
    "deel has shares of different wholes, which do not add up: each is within its own regio, and these are Midden to "
    .. "Rivier (all rows)\n  s = sum(deel)\n"
    .. "      ^^^^^^^^^ (put regio into by; sum(numerator(deel)) adds up what is counted)")
  t.raises(function() return shares:breakdown { by = "regio", margins = "totals", measures = "s = sum(deel)" } end,
    "(regio = total)")
  t.raises(function() return shares:drop("regio"):breakdown { measures = "s = sum(deel)" } end,
    "deel has shares of different wholes, which do not add up: their denominators are 1 to 3 (all rows)",
    "keep them apart in by; sum(numerator(deel)) adds up what is counted")
  local both = shares:append(ask(persons:head(2)))
  t.raises(function() return both:breakdown { measures = "s = sum(van_alles)" } end, "their denominators are 2 to 4")
  local mixed = shares:select { "deel" }:append(shares:select { "van_alles" }:rename { van_alles = "deel" })
  t.raises(function() return mixed:breakdown { measures = "s = sum(deel)" } end,
    "deel has shares of different wholes, which do not add up: some are of all and some within regio (all rows)")
  local twice = ask:with { measures = { "n = count()", "deel = n / all(n, gemeente)" } }(persons)
  local other = shares:select { "deel" }:append(twice:select { "deel" })
  t.raises(function() return other:breakdown { measures = "s = sum(deel)" } end,
    "some are within gemeente and some within regio")
  t.eq(shares:where("gemeente == 'Arnhem'"):breakdown({ measures = "s = sum(deel)" }).s:type(), "ratio")
  -- who is not there has no share, and is of no whole
  local none = dk.breakdown { by = "regio", measures = { "k = count() where gemeente == 'Arnhem'",
    "deel = k / all(k, regio)" } }
  t.eq(sum("deel", none(persons)).s:to_lua { plain = true }, { 1.0 })
  -- windows
  t.eq(shares:window { within = "regio", order = "gemeente", "s = running_sum(deel)" }.s:to_lua { plain = true }[2], 1.0)
  t.says(function() return shares:window { order = "gemeente", "s = running_sum(deel)" } end,
    "row 3: running_sum() goes over shares of different wholes, which do not add up: each is within its own regio\n"
    .. "  s = running_sum(deel)\n      ^^^^^^^^^^^^^^^^^ (within = \"regio\"; sum(numerator(deel)) adds up what is "
    .. "counted)")
  t.raises(function() return shares:drop("regio"):window { "s = sum(deel)" } end,
    "sum() goes over shares of different wholes, which do not add up: their denominators differ",
    "keep them apart with within; sum(numerator(deel)) adds up what is counted")
  t.eq(shares:window({ order = "gemeente", "s = moving_sum(deel, 1)" }).s:to_lua { plain = true },
    shares.deel:to_lua { plain = true })
end)

-- A plain loop over the rows says what the rate of all is: 0 and null are not the same.
test("a sum of rates of several sums is that of the rows, or is refused", function(t, dk)
  local sums = { ["sum(x)"] = function(r) return r.x end, ["(sum(x) where s)"] = function(r) return r.s and r.x or nil end,
    ["sum(y)"] = function(r) return r.y end, ["count()"] = function() return 1 end }
  local names, n, n_refused = { "sum(x)", "(sum(x) where s)", "sum(y)", "count()" }, 0, 0
  local function add(rows, name)
    local made = name == "count()" and 0 or nil
    for _, row in ipairs(rows) do
      local value = sums[name](row)
      made = value and (made or 0) + value or made
    end
    return made
  end
  math.randomseed(17)
  for round = 1, os.getenv "DEKKING_TEST_QUICK" and 60 or 600 do
    local rows = {}
    for i = 1, math.random(9) do
      rows[i] = { g = ("ab"):sub(math.random(2)):sub(1, 1), h = ("uvw"):sub(math.random(3)):sub(1, 1),
        s = math.random(2) == 1, x = math.random(3) > 1 and math.random(0, 5) or nil, y = math.random(3) > 1 and 2 or nil }
    end
    rows[1].x, rows[1].y = rows[1].x or 1, 2 -- the table has both
    local function pick() return names[math.random(#names)] end
    local a, b, c = pick(), pick(), pick()
    local result = dk.table(rows, { types = { x = "integer", y = "integer" } }):breakdown { by = { "g", "h" },
      measures = { "`rate` = (" .. a .. " - " .. b .. ") / " .. c } }
    local ok, made = pcall(function()
      return result:rename { rate = "r" }:breakdown { by = "g", measures = "q = sum(r)" }
    end)
    if not ok then
      t.has(made, "of several sums and null where one of these is")
      n_refused = n_refused + 1
    end
    for row in (ok and made or result:head(0)):rows() do
      local of = {}
      for _, each in ipairs(rows) do of[#of + 1] = each.g == row.g and each or nil end
      local x, y, z = add(of, a), add(of, b), add(of, c)
      local want = x and y and z and z ~= 0 and (x - y) / z or nil
      local told = row.q and (tonumber(tostring(row.q)) or row.q.number)
      t.ok((told == nil) == (want == nil) and (want == nil or math.abs(want - told) < 1e-9),
        ("round %d: (%s - %s) / %s of %s is %s, and not %s"):format(round, a, b, c, row.g, tostring(told), tostring(want)))
      n = n + 1
    end
  end
  t.ok(n > 20 and n_refused > 5, n .. " groups, " .. n_refused .. " refused")
end)

test("a sum of rates that lacks something says why", function(t, dk)
  local result = dk.table { { g = "a", x = 1, y = 4 }, { g = "b", y = 5 } }:breakdown { by = "g",
    measures = { "d = sum(y) - sum(x)", "q = d / count()", "one = sum(x) / count()" } }
  t.says(function() result:rename { q = "r" }:breakdown { measures = "z = sum(r)" } end,
    "r is d / count(), of several sums and null where one of these is: a sum of it lacks what the others are there\n"
    .. "  z = sum(r)\n      ^^^^^^ (ask the rows anew, or name each sum as a measure of its own)")
  t.ok(result:breakdown { measures = "z = sum(one)" }.z[1] == 0.5)
end)

test("windows add up no rates that lack something", function(t, dk)
  local result = dk.table { { g = "a", x = 1, y = 4 }, { g = "b", y = 5 }, { g = "c", x = 3, y = 1 } }:breakdown { by = "g",
    measures = { "sx = sum(x)", "sy = sum(y)", "q = (sum(x) + sum(y)) / count()", "one = sum(x) / sum(y)" } }
  for _, call in ipairs { "running_sum(q)", "moving_sum(q, 2)", "sum(q)", "100 * sum(q)" } do
    t.raises(function() result:window { order = "g", "v = " .. call } end,
      "q is (sum(x) + sum(y)) / count(), of several sums and null where one of these is: a sum of it lacks what the "
      .. "others are there",
      "ask the rows anew, or name each sum as a measure of its own")
    t.raises(function() result:rename { q = "w" }:sort "w":window { order = "g", "v = " .. call:gsub("q", "w") } end,
      "w is (sum(x) + sum(y)) / count(), of several sums")
  end
  t.eq(result:window { order = "g", "v = previous(q)", "d = change(q)" }.d:nulls(), 3)
  local known = result:where "q is not null":window { order = "g", "v = running_sum(q)" } -- 5 of 1 and 4 of 1
  t.eq(tostring(known.v:to_lua()[2]), "9/2")
  local of_one = result:window { order = "g", "v = running_sum(one)" }:derive { "n = numerator(v)", "d = denominator(v)" }
  t.eq({ of_one.n:to_lua()[3], of_one.d:to_lua()[3] }, { 4, 10 })
end)
