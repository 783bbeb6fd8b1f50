-- snapshot.lua - t:save, dk.open and t:fingerprint; and a reader written from the page reads the same.

local test = ...
local here = debug.getinfo(1, "S").source:match "^@(.*)/" or "."
local reader = dofile(here .. "/lib/snapshot_reader.lua")

local TEXT = [[
pseudoniem;gemeente;in_sonar;uren;tarief;geboren;gezien;maand
A12;Arnhem;ja;32;1,50;1990-12-31;2024-12-31T10:11:12;2024-03
B07;Duiven;nee;;0,07;2001-02-28;2024-01-01T00:00:01;1969-12
;;;-70000;;;;
"";Arnhem;ja;5;-12,00;1899-01-01;1969-12-31T23:59:59;9999-12
]]

local function register(dk)
  return dk.read_text(TEXT, {
    delimiter = ";", decimal = ",",
    types = { pseudoniem = "text", gemeente = "category", in_sonar = "boolean", uren = "integer", tarief = "decimal(2)",
      geboren = "date", gezien = "timestamp", maand = "month" },
  })
end

test("what is saved is what is opened", function(t, dk)
  local path = t.path "register.dk"
  local data = register(dk):with { unit = "persons", name = "register", as_of = "2024-12-31", published = "2025-02-01" }
    :label { uren = "Uren per week" }:format { tarief = "0.0" }:note "een noot"
  t.ok(data:save(path) == data)
  local opened = dk.open(path)
  t.eq(t.records(opened), t.records(data))
  t.eq(opened:properties(), data:properties())
  t.eq(opened:notes(), data:notes())
  t.eq(tostring(opened), tostring(data))
  t.eq(opened:fingerprint(), data:fingerprint())
  t.ok(opened:fingerprint():match "^%x+$" and #opened:fingerprint() == 32)
  t.ok(opened:drop { "uren" }:fingerprint() ~= data:fingerprint())
end)

test("queries on an opened table are those on the table", function(t, dk)
  local path = t.path "register.dk"
  local data = register(dk)
  data:save(path, { compress = true })
  local opened = dk.open(path)
  local asked = dk.breakdown { by = { "gemeente" }, measures = { "n = count()", "u = sum(uren)" }, margins = "rollup" }
  t.eq(tostring(asked(opened)), tostring(asked(data)))
  t.eq(tostring(opened:where "uren > 4":sort "uren"), tostring(data:where "uren > 4":sort "uren"))
end)

test("a reader that was written from the page reads the same", function(t, dk)
  local path = t.path "register.dk"
  local rates = dk.breakdown { by = { "gemeente" }, measures = { "deel = sum(uren) / count()" }, margins = "rollup" }
  local data = register(dk):with { unit = "persons" }:label { uren = "Uren per week" }:note "een noot"
  data:save(path)
  dk.read_text("gemeente;uren;pseudoniem;in_sonar;tarief;geboren;gezien;maand\nWestervoort;9000000000;C01;nee;3,5;;;\n", {
    delimiter = ";", decimal = ",", types = { in_sonar = "boolean" },
  }):save(path, { append = true })

  local opened = dk.open(path)
  local columns, n_rows, about = reader.read(t.read(path))
  t.eq(n_rows, 5)
  t.eq(about, { properties = { unit = "persons", source = data:properties().source }, notes = data:notes() })
  local names = {}
  for name, column in opened:columns() do
    names[#names + 1] = name
    local read = columns[#names]
    t.eq(read.name, name)
    if read.type == "period" then
      t.eq(({ [0] = "year", "quarter", "month" })[read.digits], column:type())
    else
      t.eq(read.type .. (read.type == "decimal" and "(" .. read.digits .. ")" or ""), column:type())
    end
    t.eq(#read.values, 5)
  end
  t.eq(columns[1].values, { "A12", "B07", reader.null, "", "C01" })
  t.eq(columns[2].values, { "Arnhem", "Duiven", reader.null, "Arnhem", "Westervoort" })
  t.eq(columns[3].values, { true, false, reader.null, true, false })
  t.eq(columns[4].values, { 32, reader.null, -70000, 5, 9000000000 })
  t.eq(columns[4].label, "Uren per week")
  t.eq(columns[5].values, { 150, 7, reader.null, -1200, 350 })
  -- Days and microseconds from 1970-01-01, by hand: 1990-12-31 is 21 years with 5 leap days, less one day.
  t.eq(columns[6].values, { 21 * 365 + 5 - 1, 11381, reader.null, -25932, reader.null })
  t.eq(columns[7].values[4], -1000000)

  rates(data):save(path)
  columns, n_rows = reader.read(t.read(path))
  t.eq(n_rows, 4)
  t.eq(columns[2].type, "ratio")
  t.eq(columns[2].values[4], (32 - 70000 + 5) / 4)
  t.eq(columns[3].is_margin, true)
  t.eq(columns[3].values, { 0, 0, 0, 1 })
end)

test("ten thousand rows are read by both", function(t, dk)
  local path = t.path "many.dk"
  local list = {}
  for i = 1, 10000 do
    list[i] = { n = i * i, r = i / 8 + 1e300, g = "g" .. i % 300, t = i % 7 == 0 and dk.null or "t" .. i }
  end
  local data = dk.table(list, { "n", "r", "g", "t" })
  data:save(path)
  local columns = reader.read(t.read(path))
  for k, name in ipairs { "n", "r", "g", "t" } do
    local values = data:column(name):to_lua()
    for i = 1, 10000 do
      local value = columns[k].values[i]
      if value == reader.null then value = dk.null end
      if value ~= values[i] then
        error(("%s, row %d: %s, not %s"):format(name, i, value, values[i]))
      end
    end
  end
end)

test("rows are appended, and who has the file open keeps what there was", function(t, dk)
  local path = t.path "register.dk"
  local first = dk.table({ { g = "A", n = 1 } }, { "g", "n" })
  first:save(path)
  local before = dk.open(path)
  dk.table({ { n = 2, g = "B" } }, { "n", "g" }):save(path, { append = true })
  t.eq(#before, 1)
  t.eq(t.records(dk.open(path, { check = true })), { { g = "A", n = 1 }, { g = "B", n = 2 } })
  first:save(path)
  t.eq(#dk.open(path), 1)
end)

-- Two hundred thousand rows: a column in the narrowest width, and one value for a whole constant column.
test("the schema says what a row takes", function(t, dk)
  local text = {}
  for i = 1, 200000 do
    text[i] = (i % 100) .. ";7"
  end
  local data = dk.read_text("a;b\n" .. table.concat(text, "\n"), { types = { a = "integer", b = "integer" } })
  local path = t.path "bytes.dk"
  data:save(path)
  for _, each in ipairs { data, dk.open(path) } do
    local bytes = each:schema():column "bytes":to_lua()
    t.ok(bytes[1] >= 200000 and bytes[1] < 202000)
    t.ok(bytes[2] < 2000)
    t.has(each:schema():notes()[1], "200000 rows: 1.0 bytes per row, 19")
  end
end)

test("some columns are compressed", function(t, dk)
  local list = {}
  for i = 1, 5000 do
    list[i] = { t = "een lange tekst " .. i % 10 .. i, n = i }
  end
  local data, path = dk.table(list, { "t", "n" }), t.path "zip.dk"
  data:save(path)
  local plain = #t.read(path)
  data:save(path, { compress = "t", level = 9 })
  t.ok(#t.read(path) < plain * 0.7)
  t.eq(dk.open(path):fingerprint(), data:fingerprint())
  data:save(path, { compress = { "t", "n" } })
  t.eq(dk.open(path, { check = true, memory = 1 }):fingerprint(), data:fingerprint())
end)

test("a key and days are properties", function(t, dk)
  local data = dk.table({ { k = "a", n = 1 }, { k = "b", n = 1 } }, { "k", "n" })
  local keyed = data:with { key = "k", as_of = "2024-12-31", published = "2025-01-31" }
  t.eq(keyed:properties().key, { "k" })
  t.eq(keyed:properties().as_of, "2024-12-31")
  t.eq(data:with { key = { "n", "k" } }:properties().key, { "n", "k" })
  t.eq(keyed:with { key = dk.null }:properties().key, nil)
  t.eq(keyed:rename { k = "sleutel" }:properties().key, { "sleutel" })
  t.raises(function() data:with { key = "n" } end, "the key n is not unique: \"1\" stands in rows 1 and 2")
  t.raises(function() data:with { key = "m" } end, "unknown column \"m\"")
  t.raises(function() data:with { as_of = "31-12-2024" } end, "as_of is a day such as 2024-12-31")
  local read = dk.read_text("k;n\na;1\nb;2\n", { key = "k", unit = "persons", as_of = "2024-12-31" })
  t.eq(read:properties().key, { "k" })
  t.eq(read:properties().as_of, "2024-12-31")
  t.raises(function() dk.read_text("k;n\na;1\na;2\n", { key = "k" }) end, "the key k is not unique", "rows 1 and 2")
end)

test("what is wrong is said at the script's line", function(t, dk)
  local path = t.path "wrong.dk"
  local data = dk.table { { n = 1 } }
  t.raises(function() dk.open(path) end, path, "does not exist")
  t.raises(function() dk.open(t.file("text.dk", "n\n1\n")) end, "text.dk", "is no snapshot of dekking")
  t.raises(function() dk.open() end, "the path of a snapshot")
  t.raises(function() dk.open(path, { checked = true }) end, "checked", "check")
  t.raises(function() data:save() end, "the path of a file")
  t.raises(function() data:save(path, { compres = true }) end, "compres", "compress")
  t.raises(function() data:save(path, { compress = "m" }) end, "\"m\"")
  t.raises(function() data:save(path, { compress = true, level = 20 }) end, "1 to 19")
  t.raises(function() data:save(path, { append = true }) end, path, "does not exist")
  data:save(path)
  t.raises(function() dk.table({ { m = 1 } }):save(path, { append = true }) end, "no column \"m\"")
  local bytes = t.read(path)
  local cut = t.file("cut.dk", bytes:sub(1, -2))
  t.raises(function() dk.open(cut) end, "cut.dk", "is cut off")
  local damaged = t.file("damaged.dk", bytes:sub(1, 128) .. "\xff" .. bytes:sub(130))
  local opened = dk.open(damaged)
  t.raises(function() opened:column("n"):to_lua() end, "damaged.dk", "n, rows 1 to 1", "do not match their checksum")
  t.raises(function() dk.open(damaged, { check = true }) end, "damaged.dk", "do not match their checksum")
end)

-- A pseudonym that is as long as they are, of a number.
local function pseudonym(i) return ("%016x%016x%016x"):format(i * 0x9E3779B97F4A7C15, i * 0xC2B2AE3D27D4EB4F, i) end

test("a snapshot larger than the budget answers what its columns are asked", function(t, dk)
  local path = t.path "large.dk"
  local n, places, lines = 300000, { "Arnhem", "Duiven", "Westervoort" }, { "pseudoniem;gemeente;uren" }
  local expected, hours = { Arnhem = 0, Duiven = 0, Westervoort = 0 }, 0
  for i = 1, n do
    local place = places[i * i % 7 % 3 + 1]
    expected[place] = expected[place] + 1
    hours = hours + i * i % 41
    lines[#lines + 1] = ("%s;%s;%d"):format(pseudonym(i), place, i * i % 41)
  end
  dk.read_text(table.concat(lines, "\n") .. "\n", { types = { pseudoniem = "text" } }):save(path)
  lines = nil -- luacheck: ignore
  collectgarbage()
  collectgarbage()

  local whole = #t.read(path)
  t.ok(whole > n * (48 + 4 + 1))
  local room = whole // 2
  dk.budget(dk.memory() + room)
  local opened <close> = dk.open(path)
  for _ = 1, 6 do -- also when the columns stay in memory
    local found = {}
    for row in dk.breakdown { by = "gemeente", measures = { "n = count()", "u = sum(uren)" } } (opened):rows() do
      found[row.gemeente] = row.n
    end
    t.eq(found, expected)
    t.eq(dk.breakdown { measures = "u = sum(uren)" } (opened):rows()().u, hours)
    -- A column that is larger than the room goes through a window.
    local one = opened:where(("pseudoniem == '%s'"):format(pseudonym(77777)))
    t.eq(#one, 1)
    t.eq(one:rows()().uren, 77777 * 77777 % 41)
  end
  t.raises(function() return opened:derive "twice = pseudoniem .. pseudoniem" end, "budget")
  t.eq(#opened, n) -- and what failed leaves it as it was
  t.eq(#opened:select { "gemeente", "uren" }:where "gemeente == 'Duiven'", expected.Duiven)
  dk.budget(0)
end)

test("a delivery with more digits is refused with its column and row", function(t, dk)
  local path = t.path "digits.dk"
  dk.read_text("k;n\na;1,5\n"):save(path)
  t.raises(function() dk.read_text("k;n\na;2,5\nb;1,25\n"):save(path, { append = true }) end, "n, row 2: 1.25 does not fit",
    "the snapshot keeps its types: round the column, or save the table anew with all its rows")
  t.eq(#dk.open(path, { check = true }), 1)
end)

test("a file that became shorter says where it ends", function(t, dk)
  local path = t.path "short.dk"
  dk.read_text("k;n\na;1\nb;2\n"):save(path)
  local opened = dk.open(path)
  local file <close> = assert(io.open(path, "wb"))
  file:write(("x"):rep(100))
  file:close()
  t.raises(function() return opened.n[1] end, "short.dk", "the file ends at byte 100", "became shorter")
end)

test("runs of equal rows are saved as such, and a reader from the page reads them", function(t, dk)
  local path, lines, expected = t.path "runs.dk", { "gemeente;uren" }, { {}, {} }
  for i = 1, 9000 do
    lines[#lines + 1] = i <= 4000 and "Arnhem;7" or i <= 7500 and "Duiven;" or "Arnhem;-300"
    expected[1][i] = i <= 4000 and "Arnhem" or i <= 7500 and "Duiven" or "Arnhem"
    expected[2][i] = i <= 4000 and 7 or i <= 7500 and reader.null or -300
  end
  local data = dk.read_text(table.concat(lines, "\n") .. "\n")
  data:save(path)
  local bytes = t.read(path)
  t.ok(#bytes < 2000)
  t.ok(bytes:find("ends\0\0\0\0raw", 1, true))
  local columns = reader.read(bytes)
  t.eq(columns[1].values, expected[1])
  t.eq(columns[2].values, expected[2])
  t.eq(dk.open(path):fingerprint(), data:fingerprint())
  local size = 0
  for row in data:schema():rows() do
    size = size + row.bytes
  end
  t.ok(size < 2000) -- in memory too
end)

-- A pseudonym of somebody else is a fault that nobody sees: levels that no row has are not in the file.
test("what no row has is not in the file, but what was stated is", function(t, dk)
  local lines = { "p;g;v;klasse;code" }
  for i = 1, 300 do
    lines[#lines + 1] = ("persoon%03d;gemeente%02d;kan%d|kan%d;%s;%d"):format(i, i % 40, i % 7, i % 5,
      i % 2 == 0 and "mbo" or "hbo", i % 3)
  end
  local all = dk.read_text(table.concat(lines, "\n") .. "\n", {
    types = { p = "category", g = "category", v = { "set", "|" }, code = "category" },
    levels = { klasse = { "vmbo", "mbo", "hbo" }, code = dk.codes "0 = nul, 1 = een, 2 = twee" } })
  all = all:derive { "q = p .. '@' .. g" }
  local path = t.path "few.dk"
  local function saved(made)
    made:save(path)
    local opened = dk.open(path, { check = true })
    t.eq(tostring(opened), tostring(made))
    t.eq(opened:fingerprint(), made:fingerprint())
    return t.read(path), opened, reader.read(t.read(path))
  end
  local few = all:where "g == 'gemeente07' and klasse == 'hbo'":slice(2, 8) -- 47, 87, 127 ... 287
  for _, made in ipairs { few, few:sort "p desc", few:join(all:select "p", "p"),
    all:slice(47, 47):append(all:slice(87, 87)), few:breakdown { by = { "p", "g" }, measures = "n = count()" },
    all:breakdown { by = { "p", "g" }, measures = "n = count()" }:where "p in ('persoon047', 'persoon087')" } do
    local bytes = saved(made)
    for name in bytes:gmatch "persoon%d%d%d" do
      t.ok(tonumber(name:match "%d+") % 40 == 7 and name ~= "persoon007", name)
    end
    t.has(bytes, "persoon047", "persoon087", "gemeente07")
    for name in bytes:gmatch "gemeente%d%d" do t.eq(name, "gemeente07") end
  end
  local _, opened, columns = saved(few:slice(1, 1))
  t.eq(opened.p:levels(), { "persoon047" })
  t.eq(opened.v:levels(), { "kan2", "kan5" }) -- 47 % 7 and 47 % 5
  t.eq(table.concat(columns[3].members, " "), "kan2 kan5")
  t.eq(opened.klasse:levels(), { "vmbo", "mbo", "hbo" })
  t.eq(opened.code:levels(), { "0", "1", "2" })
  t.eq(columns[5].labels, { "nul", "een", "twee" })
  all:slice(2, 2):save(path, { append = true })
  t.eq(dk.open(path).p:levels(), { "persoon002", "persoon047" })
  t.eq(#reader.read(t.read(path))[1].values, 2)
  local stated = dk.read_text("v\na|b\nb\n", { types = { v = { "set", "|", members = { "a", "b", "c" } } } })
  _, opened = saved(stated:slice(2, 2))
  t.eq(opened.v:levels(), { "a", "b", "c" })
  local geo = dk.hierarchy(dk.read_text "g;regio\ngemeente01;R\ngemeente07;R\ngemeente08;S\n", { "g", "regio" })
  _, opened = saved(all:use(geo):slice(47, 47)) -- a hierarchy says what could occur, and is in the file
  t.eq(opened.g:levels(), { "gemeente01", "gemeente07", "gemeente08" })
  t.eq(opened.regio:levels(), { "R", "S" })
  _, opened = saved(all:where "p == 'nobody'")
  t.eq(opened.p:levels(), {})
end)
