-- display.lua - how tables look: what dk.options says, bars, sparklines, and kinds of nothing that stay apart.

local test = ...

local function small(dk)
  return dk.table({ { "gemeente", { "Arnhem", "Duiven", dk.null } }, { "n", { 1758, 249, dk.null } },
    { "sinds", { "2024-12-31", "2024-01-02", dk.null } } }, { types = { sinds = "date" } }):format { n = "#,##0 persons" }
end

-- Runs body with these options, and sets back what there were.
local function with_options(dk, options, body)
  local before = dk.options()
  dk.options(options)
  local ok, message = pcall(body)
  dk.options(before)
  if not ok then error(message, 0) end
end

test("dk.options tells what holds", function(t, dk)
  t.eq(dk.options(), { style = "international", rows = "auto", width = "auto", cell = 60, types = true, count = true,
    notes = true, codes = "usual", total_label = "totaal", null = "–", between = "|", colour = "auto" })
  t.has(tostring(dk.options()), 'style = "international"\nrows = "auto"\nwidth = "auto"\ncell = 60\ntypes = true\n')
  t.eq(select("#", dk.options { style = "international" }), 0)
  with_options(dk, { style = "nl", rows = 3 }, function()
    t.eq(dk.options().style, "nl")
    t.eq(dk.options().rows, 3)
    dk.options { rows = "auto" }
    t.eq(dk.options().rows, "auto")
    t.eq(dk.options().style, "nl")
  end)
  t.eq(dk.options().style, "international")
end)

test("dk.options holds for what people read, and a call may say otherwise", function(t, dk)
  local data = small(dk)
  with_options(dk, { style = "nl", null = "onbekend", types = false, count = false }, function()
    t.eq(data:text(), "gemeente              n  sinds\n"
      .. ("─"):rep(35) .. "\n"
      .. "Arnhem    1.758 persons  31-12-2024\n"
      .. "Duiven      249 persons  02-01-2024\n"
      .. "onbekend       onbekend  onbekend\n", "text")
  end)
end)

test("dk.options does not change what machines read", function(t, dk)
  local data = small(dk)
  local csv, json = data:text { format = "csv" }, data:text { format = "json" }
  local path = t.path "a.csv"
  with_options(dk, { style = "nl", null = "onbekend", total_label = "Alles", codes = "both" }, function()
    t.eq(data:text { format = "csv" }, csv)
    t.eq(data:text { format = "json" }, json)
    data:write(path)
    t.eq(t.read(path), csv)
    t.has(data:text { format = "csv", style = "nl" }, "gemeente;n;sinds")
    t.has(data:text { format = "md" }, "| Arnhem | 1.758 persons | 31-12-2024 |", "| onbekend |")
    t.has(data:text { format = "html" }, '<html lang="nl">', "1.758 persons", "onbekend")
    t.has(data:text { format = "md", style = "international" }, "| Arnhem | 1,758 persons | 2024-12-31 |")
  end)
end)

test("dk.options limits what print shows, not what is written", function(t, dk)
  local list = {}
  for i = 1, 12000 do list[i] = i end
  local data = dk.table { { "i", list } }
  with_options(dk, { rows = 4 }, function()
    t.has(tostring(data), "⋮  11,996 rows not shown", "12,000 rows, 1 column")
    t.ok(not data:text():find "not shown")
  end)
  with_options(dk, { rows = 4, style = "nl" }, function()
    t.has(tostring(data), "⋮  11.996 rijen niet getoond", "12.000 rijen, 1 kolom")
  end)
  with_options(dk, { width = 20, types = false }, function()
    t.has(tostring(small(dk)), "\n\n")
  end)
end)

test("options that there are not, or that say nothing, are errors", function(t, dk)
  t.says(function() dk.options { styl = "nl" } end, "options has no option 'styl' (did you mean 'style'?)")
  t.says(function() dk.options { color = true } end, "options has no option 'color' (did you mean 'colour'?)")
  t.says(function() dk.options { style = "be" } end, "options: style is 'be', and can be international or nl")
  t.says(function() dk.options { rows = "all" } end, "options: rows must be a whole number from 0, not the string 'all'")
  t.says(function() dk.options { colour = "red" } end,
    "options: colour must be true or false, not the string 'red'")
  t.says(function() dk.options "nl" end, "options: options are a table, not a string")
  t.eq(dk.options().style, "international")
end)

test("a wide table is folded, and the columns that are left out are named", function(t, dk)
  local columns = { { "gemeente", { "Arnhem" } } }
  for i = 1, 30 do columns[i + 1] = { ("kolom_%d"):format(i), { i } } end
  local shown = dk.table(columns):text { width = 40, rows = 20, types = false, count = false }
  local _, parts = shown:gsub("gemeente", "")
  t.eq(parts, 4)
  t.has(shown, "⋯  18 of 31 columns not shown: kolom_13,\nkolom_14, kolom_15,", ", …\n")
  local whole = dk.table(columns):text { width = 40 }
  t.ok(not whole:find "not shown")
  t.has(whole, "kolom_30")
end)

test("bars are drawn behind numbers", function(t, dk)
  local data = dk.table { { "gemeente", { "Arnhem", "Duiven" } }, { "n", { 8, 4 } } }
  t.eq(data:text { bars = "n", width = 21, types = false, count = false },
    "gemeente  n\n─────────────────────\nArnhem    8  ████████\nDuiven    4  ████\nbar of n: 0 to 8\n")
  t.has(data:text { bars = { "n" }, width = 27, full = 16 }, "Arnhem          8  ████\n", "0 to 16")
  t.says(function() data:text { bars = "gemeente" } end,
    'bars are drawn of numbers, and gemeente is category (t:breakdown { by = "gemeente", measures = "n = count()" }'
    .. ':bars "n" counts)')
  t.says(function() data:text { bars = "m" } end, 'unknown column "m" (there are: gemeente, n)')
  t.says(function() data:text { bars = 1 } end, "text: bars: a list of strings is wanted, not a number")
  t.says(function() data:text { bars = "n", full = 0 } end,
    "text: full is the number for which a bar is full, over 0, not 0")
  t.says(function() data:text { full = 1 } end,
    'text: full is said of bars, and no column has any: bars = "name"')
  t.says(function() data:text { bars = "n", format = "csv" } end, "text: bars are drawn in text and html, not in csv")
  t.has(data:text { bars = "n", format = "html" }, '<td class="n">4</td><td class="b"><span>', "left:0.0%;width:50.0%")
  local path = t.path "a.txt"
  data:write(path, { bars = "n" })
  t.has(t.read(path), "Duiven    4  " .. ("█"):rep(20) .. "\n")
end)

test("t:bars prints keys and numbers alone", function(t)
  local script = [[
local data = dk.table({ { "gemeente", { "Arnhem", "Duiven" } }, { "n", { 6, 2 } }, { "known", { 3, 2 } } },
  { weight = "n" })
data:derive { "deel = known / n" }:format { deel = "0 %" }:note "synthetic":bars("deel", { width = 25 })
data:bars({ "known", "n" }, { width = 40 })
local counted = data:with { weight = dk.null }
  :breakdown { by = "gemeente", measures = "rows = count()", margins = "totals" }
counted:bars("rows", { width = 30, types = true, count = true })
]]
  local text, status = t.run(script)
  t.eq(text, [[
gemeente   deel
─────────────────────────
Arnhem     50 %  ████
Duiven    100 %  ████████
bar of deel: 0 % to 100 %
synthetic
gemeente  known             n
────────────────────────────────────────
Arnhem        3  █████████  6  █████████
Duiven        2  ██████     2  ███
bar of known: 0 to 3
bar of n: 0 to 6
gemeente     rows
category  integer
──────────────────────────────
Arnhem          1  ███████████
Duiven          1  ███████████
──────────────────────────────
totaal          2
bar of rows: 0 to 1
3 rows, 2 columns
]])
  t.eq(status, 0)
end)

test("t:bars wants numbers", function(t, dk)
  local data = dk.table { { "gemeente", { "Arnhem" } }, { "n", { 8 } } }
  t.says(function() data:bars() end,
    "bars: argument 1 must be the name of a column of numbers, or a list of names, got nothing")
  t.says(function() data:bars(nil) end,
    "bars: argument 1 must be the name of a column of numbers, or a list of names, got nil (was a variable nil?)")
  t.says(function() data:bars {} end,
    "bars: argument 1 must be the name of a column of numbers, or a list of names, got a Lua table")
  t.says(function() data:bars "m" end, 'unknown column "m" (there are: gemeente, n)')
  t.says(function() data:bars("n", { ful = 1 }) end, "bars has no option 'ful' (did you mean 'full'?)")
  t.says(function() data:bars("n", { format = "md" }) end, "bars: bars are drawn in text and html, not in md")
end)

local function quarters(dk)
  local data = { { "gemeente", {} }, { "kwartaal", {} }, { "n", {} } }
  local counts = { Arnhem = { 0, 7, 14, 21 }, Duiven = { 5, 5, dk.null, 5 }, Zevenaar = { 8, 1, 2 } }
  for _, gemeente in ipairs { "Arnhem", "Duiven", "Zevenaar" } do
    for i, n in ipairs(counts[gemeente]) do
      table.insert(data[1][2], gemeente)
      table.insert(data[2][2], ("2024-Q%d"):format(i))
      table.insert(data[3][2], n)
    end
  end
  return dk.table(data)
end

local PLAIN = { types = false, count = false, notes = false }

test("t:spark shows a number along a period", function(t, dk)
  local data = quarters(dk)
  t.eq(data:spark("n", "kwartaal"):text(PLAIN),
    "gemeente  2024-Q1  n     2024-Q4\n" .. ("─"):rep(32) .. "\n"
    .. "Arnhem          0  ▁▃▆█       21\n"
    .. "Duiven          5  ▄▄·▄        5\n"
    .. "Zevenaar        8  █▁▂·        –\n")
  t.eq(data:spark("n", "kwartaal", { by = "gemeente", as = "verloop", scale = "table" }):text(PLAIN),
    "gemeente  2024-Q1  verloop  2024-Q4\n" .. ("─"):rep(35) .. "\n"
    .. "Arnhem          0  ▁▃▆█          21\n"
    .. "Duiven          5  ▂▂·▂           5\n"
    .. "Zevenaar        8  ▄▁▁·           –\n")
  t.eq(data:where "kwartaal == '2024-Q1'":spark("n", "kwartaal"):text(PLAIN),
    "gemeente  2024-Q1  n\n" .. ("─"):rep(20) .. "\nArnhem          0  ▄\nDuiven          5  ▄\nZevenaar        8  ▄\n")
  t.eq(#data:head(0):spark("n", "kwartaal"), 0)
end)

test("t:spark takes the details of a result, with their formats", function(t, dk)
  local result = quarters(dk):breakdown { by = { "gemeente", "kwartaal" },
    measures = { { "som = sum(n)", format = "0.0" } }, margins = "totals" }
  t.has(result:spark("som", "kwartaal"):text(PLAIN), "Arnhem        0.0  ▁▃▆█     21.0\n")
end)

test("t:spark says what it wants", function(t, dk)
  local data = quarters(dk)
  t.says(function() data:spark() end, "spark: the column of numbers must be a string, not nil")
  t.says(function() data:spark "n" end, "spark: the column along which they are drawn must be a string, not nil")
  t.says(function() data:spark("n", "kwartaal", { per = 1 }) end, "spark has no option 'per' (there are: by, as and scale)")
  t.says(function() data:spark("n", "kwartaal", { scale = "all" }) end, "spark: scale is 'all', and can be row or table")
  t.says(function() data:spark("gemeente", "kwartaal", { by = "n" }) end,
    "sparklines are drawn of numbers, and gemeente is category")
  t.says(function() data:spark("gemeente", "kwartaal") end, "sparklines are drawn of numbers, and gemeente is category")
  t.says(function() data:spark("m", "kwartaal") end, "unknown column \"m\" (there are: gemeente, kwartaal, n)")
  t.raises(function() data:spark("n", "kwartaal", { as = "gemeente" }) end, "there is a column gemeente already")
end)

test("a unit stands behind numbers, in every format that people read", function(t, dk)
  local data = dk.table { { "n", { 1758 } }, { "uur", { 36.5 } } }
    :format { n = "#,##0 personen", uur = '0.0 "uur/week"' }
  t.has(data:text(PLAIN), "1,758 personen  36.5 uur/week")
  t.has(data:text { style = "nl" }, "1.758 personen  36,5 uur/week")
  t.has(data:text { format = "md" }, "| 1,758 personen | 36.5 uur/week |")
  t.has(data:text { format = "html" }, ">1,758 personen<")
  t.eq(data:text { format = "csv" }, "n,uur\n1758,36.5\n")
  t.raises(function() data:format { n = "0 procent" } end, "is no pattern")
end)

-- Kinds of nothing. ----------------------------------------------------------------------------------------------------

local FOUR = "gemeente;n\nArnhem;0\nDuiven;<5\nRheden;.\nRozendaal;-\nZevenaar;\n"

local function four(dk, t)
  return dk.read(t.file("four.csv", FOUR), { types = { n = { "interval",
    markers = { ["<5"] = "suppressed", ["."] = "unavailable", ["-"] = "impossible" } } } })
end

-- What each output has for the five municipalities, in order.
local outputs = {
  text = function(data) return data:text { types = false, count = false, notes = false, null = "leeg" }, "(%S+)\n" end,
  nl = function(data)
    return data:text { types = false, count = false, notes = false, null = "leeg", style = "nl" }, "(%S+)\n"
  end,
  csv = function(data) return data:text { format = "csv", null = "leeg" }, ",([^\n]+)\n" end,
  ["csv nl"] = function(data) return data:text { format = "csv", style = "nl", null = "leeg" }, ";([^\r]+)\r\n" end,
  md = function(data) return data:text { format = "md", notes = false, null = "leeg" }, "| (%S+) |\n" end,
  html = function(data) return data:text { format = "html", null = "leeg" }, "<td[^>]*>([^<]+)</td>" end,
}

test("zero, suppressed, unavailable, impossible and empty are five things in every text", function(t, dk)
  local data = four(dk, t)
  for name, output in pairs(outputs) do
    local text, pattern = output(data)
    local found = {}
    for cell in text:gmatch(pattern) do
      if cell ~= "n" and not cell:find "─" and not cell:find ":" then found[#found + 1] = cell end
    end
    t.eq(found, { "0", name == "html" and "&lt;5" or name == "md" and "&lt;5" or "<5", ".", "-", "leeg" }, name)
  end
end)

test("and so in JSON, in a snapshot, and in Lua", function(t, dk)
  local data = four(dk, t)
  local function check(table)
    t.has(table:text { format = "json" },
      '"n": { "least": 0, "greatest": 0 }',
      '"n": { "least": 1, "greatest": 4, "marker": "<5", "meaning": "suppressed" }',
      '"n": { "least": null, "greatest": null, "marker": ".", "meaning": "unavailable" }',
      '"n": { "least": null, "greatest": null, "marker": "-", "meaning": "impossible" }',
      '"n": null')
    local values = table.n:to_lua()
    t.eq(values[1].least, 0)
    t.eq(values[1].marker, nil)
    t.eq({ values[2].marker, values[3].marker, values[4].marker }, { "<5", ".", "-" })
    t.eq({ values[2].meaning, values[3].meaning, values[4].meaning }, { "suppressed", "unavailable", "impossible" })
    t.ok(values[5] == dk.null)
  end
  check(data)
  local path = t.path "four.dk"
  data:save(path)
  check(dk.open(path))
  t.eq(dk.open(path):text(), data:text())
end)

test("and so in what CSV is read back as", function(t, dk)
  local data = four(dk, t)
  local path = t.path "back.csv"
  data:write(path)
  local back = dk.read(path, { types = { n = { "interval",
    markers = { ["<5"] = "suppressed", ["."] = "unavailable", ["-"] = "impossible" } } } })
  t.eq(back:text(PLAIN), data:text(PLAIN))
end)

test("and so in a workbook", function(t, dk)
  local path = t.path "four.xlsx"
  four(dk, t):write(path)
  local pipe = assert(io.popen(("unzip -p '%s' xl/worksheets/sheet1.xml"):format(path)))
  local sheet = pipe:read "a"
  pipe:close()
  local found = {}
  for cell, kind, body in sheet:gmatch '<c r="B(%d)"[^>]-(t?=?"?[%a]*"?)>(.-)</c>' do
    found[tonumber(cell)] = (kind:find "inlineStr" and "text " or "number ") .. body:gsub("<[^>]+>", "")
  end
  t.eq(found, { "text n", "number 0", "text &lt;5", "text .", "text -" })
end)

test("bounds and rates are shown in Dutch style", function(t, dk)
  local data = dk.table({ { "g", { "a", "b", "b" } }, { "lo", { 1200, 70, 3 } }, { "hi", { 1300, 75, 4 } } })
    :derive { "n = interval(lo, hi)" }:select { "g", "n" }:format { n = "#,##0 personen" }
  t.has(data:text { style = "nl" }, "1.200..1.300 personen", "70..75 personen")
  local part = data:derive { "deel = n / 10000" }:select { "g", "deel" }:format { deel = "0.0 %" }
  t.has(part:text { style = "nl" }, "12,0..13,0 %", "0,7..0,8 %")
  local persons = dk.table { { "g", { "a", "a", "a", "b" } }, { "in_sonar", { true, true, false, false } } }
  local result = persons:breakdown { by = "g",
    measures = { "n = count()", { "dekking = (count() where in_sonar) / n", format = "0.0 %" } }, margins = "totals" }
  t.has(result:text { style = "nl" }, "66,7 %", "0,0 %", "50,0 %")
end)
