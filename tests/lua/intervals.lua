-- intervals.lua - numbers that are known in bounds only: made, shown in every output, saved and put in order.

local test = ...

local here = debug.getinfo(1, "S").source:match "^@(.*)/" or "."
local reader = dofile(here .. "/lib/snapshot_reader.lua")

local function suppressed(least, greatest)
  return { least = least, greatest = greatest, marker = "<5", meaning = "suppressed" }
end

-- A true zero, a suppressed count, one that nobody knows, one that cannot be, a rounded one, an estimate, an open one.
local function figures(dk)
  return dk.table({
    { "g", { "Rozendaal", "Duiven", "Rheden", "Arnhem", "Zevenaar", "Ede", "Doesburg", "Wageningen" } },
    { "n", { 0, suppressed(1, 4), { marker = ".", meaning = "unavailable" }, { marker = "-", meaning = "impossible" },
      { least = 115, greatest = 125 }, { least = 336, greatest = 336, marker = "~", meaning = "estimate" },
      { least = 3 }, dk.null } },
  })
end

local function written(t, table, name, options)
  local path = t.path(name)
  t.last = path
  table:write(path, options)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

test("a difference of two quotients that are the same is shown as none", function(t, dk)
  local data = dk.read_text("g;n;t\nD;7;40\nE;~12;80\n", { types = { n = "interval" } })
  local asked = dk.breakdown { measures = { { "d = sum(n) / sum(t)", format = "0.0 %" } } }
  local both = asked:compare(data, data:where "n > 0") -- 19 of 120: 0.158333..0.158334
  t.eq(tostring(both.d_base[1]), "~0.158333..0.158334")
  t.has(both:text {}, "~15.8 %   ~15.8 %             ~0.0 pp")
  t.has(both:text { format = "csv" }, ",~-0.000001..0.000001")
  -- what reads as two numbers stays two
  local wide = dk.table({ { "a", { { least = -1, greatest = 1 } } } }):derive "b = a / 1000"
  t.has(wide:format { b = "0.00" }:text {}, "-0.01..0.01")
end)

test("a function that wants a number is told of the bounds", function(t, dk)
  local data = dk.table { { "n", { { least = 1, greatest = 4 } } } }
  for _, call in ipairs { "round(n)", "integer(n)", "bin(n, 0, 5)" } do
    t.has(select(2, pcall(data.derive, data, "k = " .. call)), "and this is interval",
      "least(x) and greatest(x) are its bounds, which are numbers")
  end
  t.eq(data:derive "k = least(n) + greatest(n)".k[1], 5)
end)

test("intervals are made of tables of Lua, and are tables there", function(t, dk)
  local values = figures(dk).n:to_lua { plain = true }
  t.eq(figures(dk).n:type(), "interval")
  t.eq(figures(dk).n:nulls(), 3)
  t.eq(values[1], { least = 0, greatest = 0 })
  t.eq(values[2], { least = 1, greatest = 4, marker = "<5", meaning = "suppressed" })
  t.eq(values[3], { marker = ".", meaning = "unavailable" })
  t.eq(values[7], { least = 3 })
  t.eq(values[8], dk.null)
  t.eq(tostring(values[5]), "115..125")
  t.eq(tostring(values[6]), "~336")
  t.eq(tostring(values[4]), "-")
  for row in figures(dk):rows() do
    if row.g == "Duiven" then t.eq(row.n.greatest, 4) end
    if row.g == "Wageningen" then t.eq(row.n, nil) end
  end
  t.eq(dk.table { { n = { least = 1.5, greatest = 2 } }, { n = 3 } }.n:type(), "interval(1)")
  t.eq(dk.table({ { n = 3 } },
    { types = { n = "interval(2)" } }).n:to_lua { plain = true }[1], { least = 3.0, greatest = 3.0 })
end)

test("what is no interval is refused", function(t, dk)
  local function make(value) return function() return dk.table { { n = value } } end end
  t.raises(make { least = 5, greatest = 4 }, "an interval has a least bound above its greatest")
  t.raises(make { lest = 5 }, "did you mean 'least'?")
  t.raises(make { 1, 2 }, "and an interval has members by name, such as { least = 0, greatest = 4 }")
  t.raises(make { least = "1" }, "the least of an interval is a number of at most 18 digits, not 1")
  t.raises(make { marker = "x" }, "an interval has a marker and its meaning, or neither")
  t.raises(make { marker = "x", meaning = "secret" },
    "a marker means suppressed, estimate, unavailable, impossible or unbounded, not secret")
  t.raises(make { least = 1, meaning = "unbounded" }, "an interval that is unbounded has no least and no greatest")
  t.raises(make { marker = 1, meaning = "suppressed" }, "the marker of an interval is a string, not a number")
  t.raises(make { least = -9000000000000000000, greatest = 0.5 },
    "the bounds of an interval have more than 18 digits together")
  t.raises(function() return dk.table { { n = { least = 1 } }, { n = "x" } } end, "after values of another type")
end)

test("zero, suppressed, unavailable and impossible are four things in every output", function(t, dk)
  local f = figures(dk)
  t.eq(tostring(f), [[
g                  n
category    interval
────────────────────
Rozendaal          0
Duiven            <5
Rheden             .
Arnhem             -
Zevenaar    115..125
Ede             ~336
Doesburg         3..
Wageningen         –
8 rows, 2 columns]])
  t.eq(written(t, f, "f.csv"), "g,n\nRozendaal,0\nDuiven,<5\nRheden,.\nArnhem,-\nZevenaar,115..125\nEde,~336\n"
    .. "Doesburg,3..\nWageningen,\n")
  local markdown, html = written(t, f, "f.md"), written(t, f, "f.html")
  for _, text in ipairs { "0", "&lt;5", ".", "-", "115..125", "336", "3..", "–" } do
    t.has(markdown, text .. " |")
    t.has(html, text .. "</td>")
  end
  local json = written(t, f, "f.json")
  t.has(json, '"Rozendaal", "n": { "least": 0, "greatest": 0 }')
  t.has(json, '"Duiven", "n": { "least": 1, "greatest": 4, "marker": "<5", "meaning": "suppressed" }')
  t.has(json, '"Rheden", "n": { "least": null, "greatest": null, "marker": ".", "meaning": "unavailable" }')
  t.has(json, '"Arnhem", "n": { "least": null, "greatest": null, "marker": "-", "meaning": "impossible" }')
  t.has(json, '"Doesburg", "n": { "least": 3, "greatest": null }')
  t.has(json, '"Wageningen", "n": null')
  written(t, f, "f.xlsx")
  t.eq(dk.read(t.last, { types = { n = "text" } }).n:to_lua { plain = true }, { "0", "<5", ".", "-", "115..125",
    "~336", "3..", dk.null })
end)

test("bounds are rounded outward where fewer digits are shown", function(t, dk)
  local f = dk.table { { n = { least = 0.110965, greatest = 0.999999 } }, { n = { least = -0.25, greatest = 0.25 } } }
  t.has(tostring(f), "0.1109..1.0000\n")
  t.has(tostring(f), "-0.2500..0.2500\n")
  t.has(written(t, f, "s.csv", { style = "nl" }), "0,110965..0,999999")
end)

test("a snapshot keeps bounds and markers, and the page is enough to read them", function(t, dk)
  local path, f = t.path "f.dk", figures(dk)
  f:save(path)
  local opened = dk.open(path)
  t.eq(tostring(opened), tostring(f))
  t.eq(opened:fingerprint(), f:fingerprint())
  local file = assert(io.open(path, "rb"))
  local columns, n_rows = reader.read(file:read "a")
  file:close()
  t.eq(n_rows, 8)
  t.eq(columns[2].type, "interval")
  t.eq(columns[2].values[2], { least = 1, greatest = 4, marker = "<5" })
  t.eq(columns[2].values[4], { least = reader.null, greatest = reader.null, marker = "-" })
  t.eq(columns[2].children.marker.labels, { "suppressed", "unavailable", "impossible", "estimate" })
end)

test("they are put in order, joined along and appended, and are no keys", function(t, dk)
  local f = figures(dk)
  t.eq(f:sort("n desc"):head(2).g:to_lua { plain = true }, { "Ede", "Zevenaar" })
  t.eq(f:append(dk.table { { g = "Renkum", n = 7 } }).n:to_lua { plain = true }[9], { least = 7, greatest = 7 })
  t.eq(dk.table({ { g = "Duiven" } }):join(f, "g").n:to_lua { plain = true }[1].marker, "<5")
  t.raises(function() return f:join(f, "n") end, "which cannot be compared",
    "numbers in bounds match nothing for sure: join by what is known of them, such as least(x)")
  t.raises(function() return dk.breakdown { by = { "n" }, measures = { "k = count()" } }(f) end,
    "this is known in bounds only, which tell no groups apart")
  t.raises(function() return f:window { within = { "n" }, order = { "g" }, "k = row_number()" } end,
    "window: within: n is known in bounds only, which tell no groups apart")
  local step = dk.scenario "plan" { { "by n", where = "g ~= 'Ede'", count = 1, per = "n", set = { g = "Ede" } } }
  local ask = dk.breakdown { by = "g", measures = "k = count()" }
  t.raises(function() return ask:compare(f, step) end,
    "by n: per names n, which is known in bounds only: these tell no groups apart",
    "derive what is known of it before, such as greatest(n) < 5")
  local plan = dk.scenario "plan" { { "mark", where = "not seen", count = 1, per = "g", set = { seen = true } } }
  t.raises(function()
    return dk.breakdown { by = "g", measures = "s = sum(n)" }:allocate(f:derive "seen = false", plan,
      { budget = 2, cost = "1", per = "g", maximise = "s" })
  end, "an allocation sums exact numbers, and this is interval",
    "it is known in bounds only: least(x) and greatest(x) are exact")
end)

test("a rule per marker and rounding say what a file's figures are", function(t, dk)
  local csv = "gemeente;n;m\nArnhem;1.230;12\nDuiven;<5;x\nRheden;120;.\nEde;-;3\nDoesburg;0;0\n"
  local read = dk.read_text(csv, { decimal = ",",
    types = { n = { "interval", rounded = 10, markers = { ["<5"] = { "suppressed", 0, 4 }, ["-"] = "impossible" } },
      m = "interval" },
    markers = { x = "suppressed", ["."] = "unavailable", ["0"] = { 0, 2 } } })
  t.eq(read.n:to_lua { plain = true }, { { least = 1225, greatest = 1235 }, suppressed(0, 4),
    { least = 115, greatest = 125 },
    { marker = "-", meaning = "impossible" }, { least = 0, greatest = 5 } })
  t.eq(read.m:to_lua { plain = true }[2], { least = 0, marker = "x", meaning = "suppressed" })
  t.eq(read.m:to_lua { plain = true }[5], { least = 0, greatest = 2 })
  t.says(function()
    return dk.read_text(csv, { types = { n = "interval" }, decimal = ",", markers = { ["<5"] = "suppressed" } })
  end,
    'text:5:2: "-" in column "n" is no number in bounds (say what it means: markers = { ["-"] = "suppressed" }, '
    .. '"unavailable" or "impossible"; 120, 115..125 and 3.. are read)')
  t.says(function() return dk.read_text(csv, { rounded = 10 }) end,
    'read_text: markers and rounded are for columns of intervals: types = { column = "interval" }')
  t.says(function() return dk.read_text(csv, { types = { n = { "integer", rounded = 10 } } }) end,
    "read_text: column n has markers or is rounded, so it is an interval and no integer")
  t.says(function() return dk.table({ { n = 1 } }, { types = { n = { "interval", rounded = 10 } } }) end,
    "table: markers and rounded are for fields of files; here a value says it: { least = 0, greatest = 4 }")
end)

test("a rule that cannot be is refused", function(t, dk)
  local function refuse(markers, message)
    t.says(function() return dk.read_text("n\n1\n", { types = { n = "interval" }, markers = markers }) end,
      "read_text: " .. message)
  end
  local marker = 'the marker "x": '
  refuse("x", 'markers are a table such as { x = "suppressed" }, not a string')
  refuse({ "suppressed" }, 'a marker is a string: ["1"] = ...')
  refuse({ [""] = "suppressed" }, "a field without text is null, and no marker")
  refuse({ x = "secret" }, marker .. "it means suppressed, estimate, unavailable, impossible or unbounded, not 'secret'")
  refuse({ x = true }, marker .. 'it is a word such as "suppressed", a list { "suppressed", 0, 4 }, or a number')
  refuse({ x = { "suppressed", 0, 4, 5 } },
    marker .. 'a list has at most a word, the least and the greatest: { "suppressed", 0, 4 }')
  refuse({ x = { "suppressed", least = 0 } }, marker .. 'a list has no names: { "suppressed", 0, 4 }')
  refuse({ x = { "suppressed", "0" } }, marker .. "its bounds are numbers of at most 18 digits")
  refuse({ x = { "suppressed", 5, 4 } }, marker .. "its least bound is above the greatest")
  refuse({ x = { "impossible", 0 } }, marker .. "what is impossible has no bounds")
  refuse({ x = { "unbounded", 0 } }, marker .. "what is unbounded has no bounds")
  refuse({ x = "estimate" }, marker .. 'say its bounds: { "estimate", 300, 370 }')
  refuse({ x = { 9000000000000000000, 9e18 }, y = 0.5 }, "the bounds of the markers have more than 18 digits together")
  t.says(function() return dk.read_text("n\n1\n", { types = { n = "interval" }, rounded = 0 }) end,
    "read_text: rounded is the number that figures are multiples of, such as 10")
end)

-- The published lines of four municipalities, as a file.
local function published(t, text)
  return t.file("region.txt", text or "Duiven x 54 135 53 249\nRheden x 142 419 129 696\nRozendaal - 0 0 0 0\n"
    .. "Zevenaar 12 133 324 113 582\nTOTAAL 25 329 878 295 1.527\n")
end

test("a published table is read with its markers, and its sums are told", function(t, dk)
  local region = dk.read_published(published(t), { markers = { x = { "suppressed", 0, 9 }, ["-"] = "impossible" } })
  t.eq(region.kolom_1:type(), "interval")
  t.eq(region.kolom_1:to_lua { plain = true }[1], { least = 0, greatest = 9, marker = "x", meaning = "suppressed" })
  local checks = region:check_totals()
  t.eq(checks:where "because == 'bounds'".name:to_lua { plain = true }, { "Duiven", "Rheden", "kolom_1" })
  t.eq(checks:where "name == 'kolom_1'".difference:to_lua { plain = true }, { { least = -5, greatest = 13 } })
  local fewer = t.file("fewer.txt", "a 10 20 35\nb 1 5 6\nTotaal 11 25 41\n")
  t.eq(dk.read_published(fewer, { parts = "at_most" }):check_totals():where "because == 'unknown class'".difference
    :to_lua { plain = true }, { 5, 5 })
  t.eq(dk.read_published(t.file("tens.txt", "a 10 20 40\n"), { rounded = 10 }).totaal:to_lua { plain = true },
    { { least = 35, greatest = 45 } })
  t.raises(function() return dk.read_published(t.file("tens.txt", "a 10 21 40\n"), { rounded = 10 }) end,
    ':1:3: "21" is not rounded as the others are (rounded = 10 says that numbers are multiples of 10: correct the value, '
    .. "or what is said)")
  t.raises(function() return dk.read_text("n\n120\n123\n", { types = { n = { "interval", rounded = 10 } } }) end,
    'text:3:1: "123" in column "n" is not rounded as the others are (rounded = 10 says that numbers are multiples of 10')
  t.raises(function() return dk.read_published(published(t, "Duiven 7 ? 61\n"), { markers = { x = "suppressed" } }) end,
    ':1:3: "?" is no number in bounds (say what it means: markers = { ["?"] = "suppressed" }, "unavailable" or '
    .. '"impossible")')
  t.raises(function() return dk.read_published(fewer) end, "its last number is 35, the ones before it make 30")
end)

test("the first and last known row alone say what is known of them", function(t, dk)
  local data = dk.read_text("g;k;q\nA;..4;a\nA;5;a\nA;;b\nB;;a\nB;3..;b\nB;~6;b\nC;;\n", { types = { k = "interval" } })
  local result = data:breakdown { by = "g", margins = "totals",
    measures = { "f = first(k)", "l = last(k)", "a = last(k) where q == 'a'", "x = first(k * 2)", "y = last(k + 0)" } }
  local shown = {}
  for row in result:rows() do
    local cells = {}
    for i, name in ipairs { "f", "l", "a", "x", "y" } do
      cells[i] = row[name] == nil and "-" or tostring(row[name])
    end
    shown[#shown + 1] = table.concat(cells, " ")
  end
  t.eq(shown, { "..4 5 5 ..8 5", "3.. ~6 - 6.. ~6", "- - - - -", "..4 ~6 5 ..8 ~6" })
end)

test("expressions, breakdowns, windows and comparison carry bounds", function(t, dk)
  local f = figures(dk):where "g ~= 'Arnhem'"
  t.eq(f:where "n < 5".g:to_lua { plain = true }, { "Rozendaal", "Duiven" })
  t.eq(f:derive("m = n + 1").m:to_lua { plain = true }[2], { least = 2, greatest = 5 })
  t.eq(f:derive("m = n / 4").m:to_lua { plain = true }[4], { least = 28.75, greatest = 31.25 })
  local sums = dk.breakdown { by = { "groot = greatest(n) > 100" },
    measures = { "s = sum(n)", { "p = s / all(s)", format = "0.0 %" } }, margins = "totals" }
  t.has(tostring(sums(f:where "greatest(n) is not null")), "1..4    ~0.2..0.9 %\n", "~451..461  ~99.1..99.8 %\n")
  t.eq(f:where "meaning(n) == 'suppressed'".g:to_lua { plain = true }, { "Duiven" })
  local by = dk.breakdown { measures = { "s = sum(n)" } }
  local later = f:derive "n = n + 1"
  t.eq(by:compare(f, later).s_other_difference:type(), "interval")
  t.eq(f:window { order = { "g" }, "r = running_sum(n)" }.r:to_lua { plain = true }[2], { least = 4 })
  t.says(function() return dk.breakdown { measures = { "v = variance(n)" } }(f) end,
    "variance() is not known of numbers in bounds\n  v = variance(n)\n      ^^^^^^^^^^^ "
    .. "(least(x) and greatest(x) are numbers; sum, mean, min, max, median, quantile, first and last have bounds)")
end)

-- From 2..4 to 3..6 it is at least 3 of 4 and at most 6 of 2, less 1: what was before is one number, and not two.
test("a relative change of bounds is the narrowest that there is", function(t, dk)
  local rows = dk.table { { "jaar", { 1, 2, 3, 4, 5 } }, { "k", { { least = 2, greatest = 4 }, { least = 3, greatest = 6 },
    { least = 6, greatest = 6 }, { least = -8, greatest = 12 }, { least = 2 } } } }
  local made = rows:window { order = "jaar", "c = relative_change(k)", "twee = relative_change(k, 2)" }
  local shown = {}
  for row in made:rows() do
    shown[#shown + 1] = tostring(row.c) .. " " .. tostring(row.twee)
  end
  t.eq(shown, { "nil nil", "-0.25..2.00 nil", "0..1 0.5..2.0", "-2.333334..1.000000 -3.666667..3.000000",
    "..? -0.666667.." }) -- the change from what may be 0, or less, may be anything, and null
end)

-- As docs/intervals.md says, and semantics.md: 0 or more; <5 is 0..4, or 1..4 beside a zero, and 0.0..4.9 beside tenths.
test("a suppressed number without bounds is the same from a file and from Lua", function(t, dk)
  local markers = { x = "suppressed", ["<5"] = "suppressed", ["<0.5"] = "suppressed", ["<a"] = "suppressed" }
  local function both(fields, want)
    local values, options = {}, { types = { n = "interval" }, markers = markers }
    for i, field in ipairs(fields) do
      values[i] = markers[field] and { marker = field, meaning = "suppressed" } or tonumber(field)
    end
    local file = dk.read_text("n\n" .. table.concat(fields, "\n") .. "\n", options)
    local stated = dk.table({ { "n", values } }, { types = { n = "interval" } })
    for _, made in ipairs { file, dk.table { { "n", values } }, stated } do
      local bounds, sum = {}, made:breakdown { measures = { "s = sum(n)", "nul = count() where n is null" } }
      for i, value in ipairs(made.n:to_lua { plain = true }) do
        bounds[i] = ("%s %s"):format(value.least, value.greatest)
      end
      t.eq(bounds, want)
      t.eq(sum.nul[1], 0)
    end
    t.ok(dk.table({ { "n", values } }):fingerprint() == file:select { "n" }:with { name = dk.null }:fingerprint())
  end
  both({ "x", "3", "<5", "<a" }, { "0 nil", "3 3", "0 4", "0 nil" })
  both({ "x", "0", "<5" }, { "0 nil", "0 0", "1 4" })
  both({ "2.5", "<5" }, { "2.5 2.5", "0.0 4.9" })
  both({ "2", "<0.5" }, { "2.0 2.0", "0.0 0.4" })
  both({ "x" }, { "0 nil" })
  local of_tenths = dk.table({ { "n", { { marker = "<5", meaning = "suppressed" }, 3 } } },
    { types = { n = "interval(1)" } })
  t.eq(tostring(of_tenths.n[1].greatest), "4.9")
  local again = dk.table { { "n", of_tenths.n:to_lua() } }
  t.eq(again:fingerprint(), of_tenths:fingerprint())
  t.raises(function() return dk.read_text("n\nx\n-3\n", { types = { n = "interval" }, markers = markers }) end,
    '"x" in column "n" is suppressed and has no bounds, and the column has numbers below 0',
    'say its bounds: { "suppressed", -4, 4 }')
  t.eq(#dk.read_text("n\nx\n-3\n", { types = { n = "interval" }, markers = { x = { "suppressed", -9 } } }), 2)
  t.raises(function() return dk.table { { n = { marker = "x", meaning = "suppressed" } }, { n = -0.5 } } end,
    "column n, row 1: a suppressed number without bounds is 0 or more, and the column has numbers below 0: say them")
  t.raises(function() return dk.read_published(published(t, "Duiven x -3 61\n"), { markers = markers }) end,
    ':1:2: "x" is suppressed and has no bounds, and the table has numbers below 0 (say its bounds: ')
  t.raises(function() return dk.table { { n = { least = 0, marker = "-", meaning = "impossible" } } } end,
    "an interval that is impossible has no least and no greatest")
end)

-- As the page says: <5 stands alone where its column tells these bounds, else they stand behind it.
test("what is written is read back with the same bounds by who states no more than a meaning", function(t, dk)
  local five = suppressed
  local function below(marker, least, greatest)
    return { least = least, greatest = greatest, marker = marker, meaning = "suppressed" }
  end
  local function column(...) return dk.table { { "n", { ... } } } end
  local function cell(table, options) return written(t, table, "again.csv", options):match "\n\"?([^\r\n\"]*)" end
  t.eq(cell(column(five(0, 4), 7)), "<5")
  t.eq(cell(column(five(0, 4), 7.5)), "<5 (0.0..4.0)")                  -- read beside tenths it were 0.0..4.9
  t.eq(cell(column(five(0, 4.9), 7.5)), "<5")
  t.eq(cell(column(five(0, 4.9), 7)), "<5 (0.0..4.9)")                  -- the tenths of other rows are not in the file
  t.eq(cell(column(five(0, 4), { least = 1.5, greatest = 2 })), "<5")   -- what is no number shows no digits
  t.eq(cell(column(five(1, 4), 0)), "<5")
  t.eq(cell(column(five(1, 4), 3)), "<5 (1..4)")
  t.eq(cell(column(five(0, 4), 0)), "<5 (0..4)")
  t.eq(cell(column(five(0, 4), -1)), "<5 (0..4)")                       -- where <5 alone is refused
  t.eq(cell(column(five(nil, 4), -1)), "<5 (..4)")
  t.eq(cell(column(below("<0.5", 0, 0.4), 1.5)), "<0.5")
  t.eq(cell(column(below("<0.5", 0, 0.4), 1.5), { style = "nl" }), "<0.5 (0,0..0,4)")
  t.eq(cell(column(below("x", 1, 9), 7)), "x") -- which says nothing itself
  t.eq(cell(column(below("<few", 1, 9), 7)), "<few")
  t.has(tostring(column(five(0, 4), 7.5)), "<5\n")
  t.has(column(five(0, 4), 7.5):text { format = "md" }, "| &lt;5 |")
  t.has(written(t, column(five(0, 4), 7.5), "again.json"), '"least": 0.0, "greatest": 4.0, "marker": "<5"')

  t.eq(cell(column(below("<2", 1, 1), 7)), "<2 (1..1)")                 -- no number that is known, as 1 would be
end)

-- What x is can be stated once, for all rows that have it.
test("a marker whose rows have different bounds is written with them", function(t, dk)
  local long = "<" .. ("0"):rep(700) .. "5"
  local options = { types = { n = { "interval", markers = { x = "suppressed", y = "suppressed", [long] = "suppressed",
    ["."] = "unavailable" } } } }
  local function x(least, greatest, marker)
    return { least = least, greatest = greatest, marker = marker or "x", meaning = "suppressed" }
  end
  local same = dk.table { { "n", { x(2, 9), 7, x(2, 9), x(0, nil, "y") } } }
  t.eq(written(t, same, "same.csv"), "n\nx\n7\nx\ny\n")
  local various = dk.table { { "n", { x(2, 9), 7, x(3), x(nil, 9), x(0, nil, "y"), x(1, 3, long),
    { marker = ".", meaning = "unavailable" } } } }
  local rows = "n\nx (2..9)\n7\nx (3..)\nx (..9)\ny (0..)\n" .. long .. " (1..3)\n.\n"
  t.eq(written(t, various, "various.csv"), rows)
  t.eq(dk.read(t.last, options).n:to_lua(), various.n:to_lua())
  written(t, various, "various.xlsx")
  t.eq(dk.read(t.last, options).n:to_lua(), various.n:to_lua())

  local many = {}
  for i = 1, 17 do many[i] = x(i, 20, "m" .. i) end -- the bounds of sixteen markers are compared
  t.eq(select(2, written(t, dk.table { { "n", many } }, "many.csv"):gsub("%.%.20%)", "")), 17)
  many[17] = nil
  t.eq(select(2, written(t, dk.table { { "n", many } }, "many.csv"):gsub("%.%.", "")), 0)
end)

test("bounds behind a marker are read where it is stated to be suppressed", function(t, dk)
  local function read(field, markers)
    local made = dk.read_text("n\n7\n" .. field .. "\n", { types = { n = "interval" }, markers = markers })
    return made.n:to_lua { plain = true }[2]
  end
  local markers = { ["<5"] = "suppressed", ["n (1)"] = "suppressed", ["."] = "unavailable", e = { "estimate", 1, 9 } }
  t.eq(read("<5 (1..3)", markers), suppressed(1, 3))
  t.eq(read("n (1) (2..)", markers), { least = 2, marker = "n (1)", meaning = "suppressed" })
  t.eq(read("<5 (..)", markers), { marker = "<5", meaning = "suppressed" })
  t.eq(read("n (1)", markers), { least = 0, marker = "n (1)", meaning = "suppressed" })
  for _, field in ipairs { "<5(1..4)", "<5 (3)", "<5 (4..1)", "<5 (1..4", "<5 (a..4)", "x (1..4)", ". (1..4)", "e (1..4)",
    "(1..4)", " (1..4)", "<5 (1..4) (2..3)", ")", "<5 ()" } do
    local _, message = pcall(read, field, markers)
    t.has(message, ('"%s" in column "n" is no number in bounds'):format(field))
  end
  local _, message = pcall(read, "<5 (1..4)")
  t.has(message, '"<5 (1..4)" in column "n" is no number in bounds (say what it means: markers = { ["<5"] = "suppressed" }')
end)

test("so it is with random columns, of which rows are left out and to which rows are added", function(t, dk)
  local random, options = math.random, { types = { n = "interval" },
    markers = { ["<5"] = "suppressed", ["<0.5"] = "suppressed", ["<12"] = "suppressed" } }
  local fields = { "<5", "<0.5", "<12", "0", "3", "7", "1.5", "2.25", "0.5..3", "..4", "~2.5", "" }
  local function read(n, from)
    local rows = { "k,n" }
    for k = from, from + n - 1 do rows[#rows + 1] = ("%d,%s"):format(k, fields[random(#fields)]) end
    return dk.read_text(table.concat(rows, "\n") .. "\n", options)
  end
  local function bounds(of)
    local shown = {}
    for i, value in ipairs(of.n:to_lua { plain = true }) do
      shown[i] = value == dk.null and "null" or ("%s..%s %s %s"):format(value.least and value.least + 0.0,
        value.greatest and value.greatest + 0.0, value.marker, value.meaning)
    end
    return shown
  end
  local as_marker, in_full = 0, 0
  for _ = 1, 150 do
    local source = read(random(1, 4), 1)
    for _, made in ipairs { source, source:where "k ~= 2", source:append(read(1, 5)) } do
      local text = written(t, made, "again.csv")
      t.eq(bounds(dk.read(t.last, options)), bounds(made), text)
      as_marker = as_marker + select(2, text:gsub("<[%d.]+\n", ""))
      in_full = in_full + select(2, text:gsub("<[%d.]+ %(%d", ""))
    end
    written(t, source, "again.xlsx")
    t.eq(bounds(dk.read(t.last, options)), bounds(source))
  end
  t.ok(as_marker > 100 and in_full > 50, ("%d, %d"):format(as_marker, in_full))
end)

-- Of A one number is not available, and one cannot be; of B one is not available, in a row that the condition leaves out.
test("sums say how many numbers nobody knows", function(t, dk)
  local nobody, never = { marker = ".", meaning = "unavailable" }, { marker = "-", meaning = "impossible" }
  local rows = dk.table({ { "g", { "A", "A", "A", "B", "B" } }, { "s", { true, true, dk.null, false, true } },
    { "v", { { "p", "q" }, { "p" }, { "p" }, { "q" }, { "q" } } },
    { "x", { nobody, never, { least = 0, greatest = 4 }, nobody, 3 } } }, { types = { x = "interval" } })
  local ask = dk.breakdown { by = "g", margins = "totals", measures = { "som = sum(x)", "zeker = max(x) where s",
    "deel = som / all(som)", "n = count()" } }
  local result = ask(rows)
  t.eq(result:notes(), { "2 rows were left out of som, because x is null there",
    "1 row was left out of zeker, because x is null there", "1 row was left out of zeker, because s is null there" })
  local sums = {}
  for i, value in ipairs(result.som:to_lua { plain = true }) do sums[i] = tostring(value) end
  t.eq(sums, { "0..4", "3", "3..7" })
  t.eq(rows:where "x is not null":breakdown { measures = "som = sum(x)" }:notes(), {})
  t.eq(rows:breakdown { by = "m = member(v)", measures = "som = sum(x)" }:notes()[2],
    "2 rows were left out of som, because x is null there")
  t.has((result:explain { g = "A" }), "som is 0..4: sum(x)", "Note: 2 rows were left out of som")
  local plan = dk.scenario "plan" { { "half", where = "s", share = 0.5, set = { g = "B" } } }
  t.has(table.concat(ask:compare(rows, plan):notes(), "\n"), "2 rows were left out of som, because x is null there")
end)
