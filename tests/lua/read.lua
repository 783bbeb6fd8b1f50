-- read.lua - CSV files: every option reaches the reader, and what is wrong is said.

local test = ...

test("a file becomes a table with types", function(t, dk)
  local path = t.file("a.csv", "gemeente;totaal;deel;datum\nArnhem;2983;12,5;31-12-2024\nDuiven;249;;30-11-2024\n")
  local data = dk.read(path)
  t.eq(t.records(data), {
    { gemeente = "Arnhem", totaal = 2983, deel = 12.5, datum = "2024-12-31" },
    { gemeente = "Duiven", totaal = 249, datum = "2024-11-30" },
  })
  t.has(data:properties().source, "a.csv")
  t.eq(#data:rejected(), 0)
end)

test("delimiter, quote, header and names", function(t, dk)
  local data = dk.read_text("'x:y':1\n'z':2\n", { delimiter = ":", quote = "'", header = false, names = { "a", "b" } })
  t.eq(t.records(data), { { a = "x:y", b = 1 }, { a = "z", b = 2 } })
  t.eq(dk.read_text("a\tb\n1\t2\n", { delimiter = "\t" }).b[1], 2)
  t.raises(function() return dk.read_text("a\n", { delimiter = "::" }) end, "delimiter is one ASCII character")
  t.raises(function() return dk.read_text("a\n", { delimiter = 5 }) end, "delimiter must be a string")
  t.raises(function() return dk.read_text("a\n", { header = "no" }) end, "header must be true or false")
  t.raises(function() return dk.read_text("a\n", { names = { 1 } }) end, "names", "item 1")
end)

test("header and quote are found, and can be stated", function(t, dk)
  t.eq(t.records(dk.read_text "x;2024-01-01\n'y;z';2024-01-02\n"), {
    { kolom_1 = "x", kolom_2 = "2024-01-01" }, { kolom_1 = "y;z", kolom_2 = "2024-01-02" } })
  t.raises(function() return dk.read_text "1;5\n2;7\n" end, "text:1:1", "header = true", "header = false")
  t.eq(t.records(dk.read_text("1;5\n2;7\n", { header = true })), { { ["1"] = 2, ["5"] = 7 } })
  t.eq(#dk.read_text("1;5\n2;7\n", { header = false }), 2)
  t.eq(dk.read_text("x;d\n'y';1\n", { quote = '"' }).x[1], "'y'")
end)

test("all lines end as the first one does, or it is said", function(t, dk)
  local texts = {
    ["1;2\r\n3;4\n5;6\r\n"] = "ends in LF, and the first one in CR LF",
    ["1;2\n3;4\r5;6\n"] = "ends in CR, and the first one in LF",
    ["1;2\n3;4\r\n5;6\n"] = "ends in CR LF, and the first one in LF",
    ["1;2\r3;4\n5;6\r"] = "ends in LF, and the first one in CR",
  }
  for text, reason in pairs(texts) do
    text = "a;b" .. text:match "^1;2([\r\n]+)" .. text
    t.raises(function() return dk.read_text(text) end, "text:3:2", reason, 'line_ends = "any"')
    local data = dk.read_text(text, { lenient = true })
    t.eq(data.a:to_lua(), { 1, 5 })
    t.has(data:rejected().reason[1], reason)
    t.eq(data:rejected():notes(), { '3 records in "text": 2 read, 1 rejected' })
    t.eq(dk.read_text(text, { line_ends = "any" }).a:to_lua(), { 1, 3, 5 })
  end
  t.eq(#dk.read_text "a;b\r\n1;2\r\n3;4", 2)
  t.eq(#dk.read_text "a;b\r\n1;\"x\ny\rz\"\r\n\n3;4\r", 2)
end)

test("a first line sep=; states the delimiter", function(t, dk)
  t.eq(t.records(dk.read_text "sep=;\na;b,c\n1;x\n"), { { a = 1, ["b,c"] = "x" } })
  t.raises(function() return dk.read_text("sep=;\na,b\n", { delimiter = "," }) end, "text:1", "semicolon", "comma")
end)

test("encoding, decimal mark and order of dates", function(t, dk)
  t.eq(dk.read_text("naam\nS\xFAdwest\n", { encoding = "windows-1252" }):column "naam"[1], "Súdwest")
  t.eq(dk.read_text("\xFF\xFEn\0\n\0\xE9\0\n\0", { encoding = "utf-16" }).n[1], "é")
  t.raises(function() return dk.read_text("n\n1\n", { encoding = "utf-16" }) end, "text:1", "byte-order mark")
  t.eq(dk.read_text("a;b\n1;1.758\n", { decimal = "," }).b[1], 1758)
  t.eq(dk.read_text("a;b\n1;1.758\n", { decimal = "." }).b[1], 1.758)
  t.eq(dk.read_text("d\n01-02-2024\n", { dates = "dmy" }).d[1], "2024-02-01")
  t.eq(dk.read_text("d\n01-02-2024\n", { dates = "mdy" }).d[1], "2024-01-02")
  t.raises(function() return dk.read_text("d\n1\n", { dates = "ydm" }) end, "dates is 'ydm'", "ymd, dmy or mdy")
  t.raises(function() return dk.read_text("d\n1\n", { encoding = "latin" }) end, "windows-1252 or utf-16")
end)

test("the schema says how the file was read", function(t, dk)
  local notes = dk.read_text("a;d\n1,5;31-12-2024\n", { types = { a = "decimal" } }):schema():notes()
  t.has(table.concat(notes, "\n"), "UTF-8", "delimiter semicolon", "decimal comma", "dates day-month-year")
end)

test("what can be read two ways must be stated", function(t, dk)
  t.raises(function() return dk.read_text "gemeente;totaal\nArnhem;1.758\n" end, "1.758", "types = {")
  t.eq(dk.read_text("g;n\nArnhem;1.758\n", { types = { n = "integer" } }).n[1], 1758)
  t.eq(dk.read_text("g;n\nArnhem;1.758\n", { types = { n = "decimal(3)" } }).n[1], 1.758)
end)

test("words for null are found, and odd values are told", function(t, dk)
  local text = "id;n\n1;5\n2;NULL\n3;-\n4;7\n"
  local data = dk.read_text(text, { nulls = { "-" } })
  t.eq(t.records(data:select { "n" }), { { n = 5 }, {}, {}, { n = 7 } })
  t.has(data:notes()[2], "NULL", "in 1 row, the first on line 3")
  t.has(dk.read_text(text):notes()[2], 'numbers but 1: "-" on line 4', 'nulls = { "-" }')
  t.has(dk.read_text(text, { nulls = {} }):notes()[2], 'numbers but 2: "NULL" on line 3; "-" on line 4')
end)

test("null markers, types and levels", function(t, dk)
  local data = dk.read_text("k;b;n;g\nNB;1;-;Duiven\nx;0;5;Arnhem\n", {
    nulls = { "NB", "-" },
    types = { b = "boolean", g = { "category", levels = { "Duiven", "Arnhem", "Rozendaal" } } },
  })
  t.eq(t.records(data), { { b = true, g = "Duiven" }, { k = "x", b = false, n = 5, g = "Arnhem" } })
  t.eq(data.g:levels(), { "Duiven", "Arnhem", "Rozendaal" })
  t.eq(dk.read_text("g\nArnhem\n", { levels = { g = data.g } }).g:levels(), { "Duiven", "Arnhem", "Rozendaal" })
  t.raises(function() return dk.read_text("g\nEde\n", { levels = { g = data.g } }) end, "Ede")
  t.raises(function() return dk.read_text("g\nEde\n", { types = { h = "text" } }) end, "h")
  t.raises(function() return dk.read_text("g\nEde\n", { types = { g = "categry" } }) end, "categry", "category")
  t.raises(function() return dk.read_text("g\nEde\n", { types = { g = { "category", level = {} } } }) end, "levels")
  t.raises(function() return dk.read_text("g\nEde\n", { types = { g = "text" }, levels = { g = { "Ede" } } }) end, "g")
  t.raises(function() return dk.read_text("g\nEde\n", { levels = { g = { "Ede", "Ede" } } }) end, "Ede")
  t.raises(function() return dk.read_text("g\nEde\n", { levels = { g = 5 } }) end, "levels of g")
  t.raises(function() return dk.read_text("g\nEde\n", { types = "text" }) end, "types are a table")
end)

test("a strict reading says file, line and value; a lenient one collects", function(t, dk)
  local path = t.file("bad.csv", "gemeente;totaal\nArnhem;2983\nDuiven;veel\nEde;5;6\n")
  t.raises(function() return dk.read(path, { types = { totaal = "integer" } }) end, "bad.csv:", "3 fields")
  local data = dk.read(path, { types = { totaal = "integer" }, lenient = true })
  t.eq(data:column "gemeente":to_lua(), { "Arnhem" })
  local rejected = data:rejected()
  t.eq(rejected:column "line":to_lua(), { 3, 4 })
  t.eq(rejected:column "value"[1], "veel")
  t.eq(rejected.field:to_lua(), { 2, 0 })
  t.eq(rejected:notes(), { ("3 records in \"%s\": 1 read, 2 rejected"):format(path) })
  t.has(data:notes()[1], "2 of 3 records rejected")
  t.eq(dk.read_text "a\n1\n2\n":rejected():notes(), { '2 records in "text": 2 read, 0 rejected' })
  t.eq(#data:where("totaal > 0"):rejected(), 0)
end)

-- t.NAME is a method where there is one of that name: a table that the library makes has no such column.
test("no column of rejected() or schema() is hidden by a method", function(t, dk)
  local one = t.file("h1.csv", "a;b\n1;2\n3\n")
  local two = t.file("h2.csv", "a;b\n1;2\n3\n")
  for _, made in ipairs { dk.read({ one, two }, { lenient = true }):rejected(), dk.read_text "a\n1\n":rejected(),
    dk.read_text "a\n1\n":schema(), dk.table { { a = 1 } }:rejected() } do
    for name, column in made:columns() do
      t.eq(type(made[name]), "userdata")
      t.eq(made[name]:name(), name)
      t.eq(#made[name], #column)
    end
  end
end)

test("properties are stated with the file", function(t, dk)
  local data = dk.read_text("k;n\na;2\nb;3\n", { name = "klein", unit = "persons", weight = "n" })
  t.eq(data:properties().name, "klein")
  t.eq(data:properties().unit, "persons")
  t.eq(data:breakdown { measures = "n = count()" } :column "n"[1], 5)
  t.raises(function() return dk.read_text("k;n\na;2\n", { weight = "m" }) end, "m")
end)

test("a field can be too long", function(t, dk)
  t.raises(function() return dk.read_text("a\n" .. ("x"):rep(200) .. "\n", { max_field = 100 }) end,
    "longer than the limit of 100 bytes")
  t.raises(function() return dk.read_text("a\n", { max_field = 0 }) end, "max_field must be a whole number from 1")
end)

test("a compressed file is unpacked, up to a limit", function(t, dk)
  -- what gzip -9 -n makes of "a;b\n1;x\n2;y\n"
  local gzip = "\x1f\x8b\x08\0\0\0\0\0\x02\x03\x4b\xb4\x4e\xe2\x32\xb4\xae\xe0\x32\xb2\xae\xe4\x02\0"
    .. "\x3f\x50\xa3\xa1\x0c\0\0\0"
  local path = t.file("a.csv.gz", gzip)
  t.eq(t.records(dk.read(path)), { { a = 1, b = "x" }, { a = 2, b = "y" } })
  t.eq(#dk.read(path, { max_unpacked = 12 }), 2)
  t.raises(function() return dk.read(path, { max_unpacked = 11 }) end, "a.csv.gz",
    "the file unpacks to more than 11 bytes, from ",
    "(if you know where it comes from, state how many it may be: max_unpacked = 110)")
  t.raises(function() return dk.read(path, { max_unpacked = 0 }) end, "max_unpacked must be a whole number from 1")
end)

test("several files are one table", function(t, dk)
  local one = t.file("d1.csv", "g;n;d\nArnhem;1,5;01-02-2024\nDuiven;2,5;5\n")
  local two = one:gsub("1%.csv$", "2.csv") -- beside the other, so that one pattern has both
  local file <close> = assert(io.open(two, "wb"))
  file:write "n;g;d\n1.758;Ede;31-12-2024\n1;2;3;4\n"
  file:close()
  local options = { lenient = true, types = { d = "date" } }
  local data = dk.read({ two, one }, options)
  t.eq(t.records(data), {
    { n = 1758.0, g = "Ede", d = "2024-12-31" },
    { n = 1.5, g = "Arnhem", d = "2024-02-01" },
  })
  t.eq(data:rejected():column "file":to_lua(), { two, one })
  t.eq(data:rejected():column "line":to_lua(), { 3, 3 })
  data = dk.read((one:gsub("1%.csv$", "[12].csv")), options)
  t.eq(#data, 2)
  t.has(data:notes()[1], "read from 2 files", one, two)
  t.raises(function() return dk.read(one .. "*.nosuch") end, "no file matches this pattern", ".nosuch")
  t.raises(function() return dk.read({ one, one }, options) end, "this file is named twice (the other time as ",
    "): its rows would count double")
  local wider = t.file("d3.csv", "g;n;z\nEde;3;1\n")
  t.raises(function() return dk.read({ two, wider }, { missing = "nul" }) end, "nul", "null")
  t.raises(function() return dk.read { wider, (t.file("d4.csv", "g;n\nEde;3\n")) } end, 'missing = "null"')
  data = dk.read({ wider, t.file("d5.csv", "g;n\nEde;3\n") }, { missing = "null" })
  t.eq(t.records(data), { { g = "Ede", n = 3, z = 1 }, { g = "Ede", n = 3 } })
  t.raises(function() return dk.read {} end, "no file to read")
  t.raises(function() return dk.read { "a.csv", 5 } end, "item 2 of the list must be a string")
  t.raises(function() return dk.read { one, "b.xlsx" } end, "a workbook is read by itself")
  os.remove(two)
end)

test("a cache serves the same reading of the same file", function(t, dk)
  local path = t.file("c.csv", "a;b\n1;x\n")
  local kept = path .. ".dk"
  t.eq(t.read(kept), nil)
  t.has(dk.read(path, { cache = true }):notes()[2], "kept in", kept)
  local data = dk.read(path, { cache = true, name = "klein" })
  t.has(data:notes()[2], "served from", kept)
  t.eq(t.records(data), { { a = 1, b = "x" } })
  t.eq(data:properties().name, "klein")
  t.eq(#data:rejected(), 0)
  t.eq(#dk.read(path):notes(), 1)
  t.has(dk.read(path, { cache = true, types = { a = "text" } }):notes()[2], "kept in")
  local bytes = t.read(kept) -- a value is damaged: what is served says what to do
  bytes = bytes:sub(1, 128) .. string.char(bytes:byte(129) ~ 1) .. bytes:sub(130)
  local file = assert(io.open(kept, "wb"))
  file:write(bytes)
  file:close()
  t.raises(function() return tostring(dk.read(path, { cache = true, types = { a = "text" } })) end, kept,
    "the file is damaged: it is a cache: take it away, and read the file again")
  os.remove(kept)
  t.raises(function() return dk.read({ path, t.file("d.csv", "a\n") }, { cache = true }) end, "cache is for one file")
  t.raises(function() return dk.read_text("a\n", { cache = true }) end, "cache is for files")
  t.raises(function() return dk.read("x.xlsx", { cache = true }) end, "cache is not for a workbook")
  t.raises(function() return dk.read(path, { cache = 1 }) end, "cache must be true or false")
end)

-- A breakdown with totals, written and read again: its totals are rows like others then.
test("what looks like totals among the rows is told", function(t, dk)
  local data = dk.table { { "g", { "a", "a", "b" } }, { "s", { "x", "y", "x" } }, { "n", { 1, 2, 3 } } }
  local made = data:breakdown { by = { "g", "s" }, margins = "cube", measures = { "som = sum(n)" } }
  local function told(column, word)
    return ('column "%s" has "%s": a row that is a total counts once more in what is made of all rows '
      .. "(where leaves it out)"):format(column, word)
  end
  local path = t.path "totals.csv"
  made:write(path)
  local notes = dk.read(path):notes()
  t.eq({ notes[2], notes[3], notes[4] }, { told("g", "totaal"), told("s", "totaal") })
  made:write(path, { total_label = "Total" })
  t.eq(dk.read(path):notes()[2], told("g", "Total"))
  path = t.path "totals.xlsx"
  made:write(path)
  t.eq(dk.read(path):notes()[2], told("g", "totaal"))
  for _, csv in ipairs { "totaal,n\na,1\n", "g,n\ntotaalbedrag,1\n", "g,n\n,1\n" } do
    t.eq(#dk.read_text(csv):notes(), 1, csv)
  end
  t.eq(#dk.read_text("g,n\ntotaal,1\n", { types = { g = { "category", levels = { "a", "totaal" } } } }):notes(), 1)
end)

test("a wrong path, option or argument is an error at the script's line", function(t, dk)
  t.raises(function() return dk.read "nosuch-file.csv" end, "nosuch-file.csv", "does not exist")
  t.raises(function() return dk.read(t.data) end, "directory")
  local snapshot = t.file("a.dk.csv", "\x89DKS\r\n\x1a\n\1\0\0\0\0\0\0\0")
  t.raises(function() return dk.read(snapshot) end, "a snapshot of dekking", "dk.open")
  t.raises(function() return dk.read(t.file("noname", "PK\3\4\0\0\0\0\0\0")) end, "a spreadsheet", "ends in .xlsx")
  t.raises(function() return dk.read(t.file("none.xlsx", "")) end, "none.xlsx: the file is empty")
  t.raises(function() return dk.read() end, "argument 1 must be the path of a file, or a list of paths, got nothing")
  t.raises(function() return dk.read(5) end, "got 5")
  t.raises(function() return dk.read "a\0b" end, "byte 2 of the string is zero")
  t.raises(function() return dk.read("x", { delimeter = ";" }) end, "delimeter", "delimiter")
  t.raises(function() return dk.read("x", { ";" }) end, "not 1 as a key")
  t.raises(function() return dk.read("x", ";") end, "options are a table")
end)
