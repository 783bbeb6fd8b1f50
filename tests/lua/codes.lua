-- codes.lua - code lists: made, read with, shown, compared with, joined, broken down by, appended, saved; stated levels.

local test = ...

local here = debug.getinfo(1, "S").source:match "^@(.*)/" or "."
local reader = dofile(here .. "/lib/snapshot_reader.lua")

local CSV = "id;geslacht;gemeente\na;1;0193\nb;2;0202\nc;;0193\nd;1;0202\n"

local function lists(dk)
  return { geslacht = dk.codes "1 = man, 2 = vrouw, 9 = onbekend",
    gemeente = dk.codes { { "0202", "Arnhem" }, { "0193", "Zwolle" } } }
end

local function data(dk)
  return dk.read_text(CSV, { types = lists(dk) })
end

test("a code list is made from a text", function(t, dk)
  local codes = dk.codes "01 = ja, 2 = nee,9 = 'weet niet, of ''anders''',\"10\"=\"a=b\""
  t.eq(codes:levels(), { "01", "2", "9", "10" })
  t.eq(codes:labels(), { ["01"] = "ja", ["2"] = "nee", ["9"] = "weet niet, of 'anders'", ["10"] = "a=b" })
  t.eq(#codes, 4)
  t.eq(tostring(codes), "code list: 01 = ja, 2 = nee, 9 = weet niet, of 'anders', 10 = a=b")
  t.eq(dk.codes "1 = ja, zeker\n2 = nee; nooit\n\n":labels(), { ["1"] = "ja, zeker", ["2"] = "nee; nooit" })
  t.eq(dk.codes "1 = ja, zeker; 2 = nee":labels(), { ["1"] = "ja, zeker", ["2"] = "nee" })
  t.eq(dk.codes "  a b =  c  d ":labels(), { ["a b"] = "c  d" })
  t.raises(function() return dk.codes "1 = ja, 2" end,
    "'2' is no pair such as 1 = ja (a label with a comma stands in quotes")
  t.raises(function() return dk.codes "1 = 'ja" end, "the quote of 'ja is not closed")
  t.raises(function() return dk.codes "1 = 'ja' zeker" end, "'zeker' stands behind the quotes of 'ja'")
  t.raises(function() return dk.codes "" end, "the list is empty")
  t.raises(function() return dk.codes "1 = " end, "the label of code '1' is a string, not empty")
  t.raises(function() return dk.codes " = ja" end, "the code of pair 1 is a string or a whole number, not empty")
end)

test("a code list is made from Lua tables", function(t, dk)
  t.eq(dk.codes { ["10"] = "tien", ["9"] = "negen", [8] = "acht", b = "B", a = "A", ["09"] = "nul negen" }:levels(),
    { "8", "09", "9", "10", "a", "b" })
  t.eq(dk.codes { "ja", "nee" }:labels(), { ["1"] = "ja", ["2"] = "nee" })
  t.eq(dk.codes { { "2", "nee" }, { 1, "ja" } }:levels(), { "2", "1" })
  t.raises(function() return dk.codes { { "1", "ja" }, "nee" } end, "item 2 is a string, and not a pair")
  t.raises(function() return dk.codes { { "1", "ja" }, other = "1" } end, "a list of pairs has no key other")
  t.raises(function() return dk.codes { [1.5] = "ja" } end, "a code is a string or a whole number, not 1.5")
  t.raises(function() return dk.codes { ["1"] = true } end, "the label of code '1' is a string, not a boolean")
  t.raises(function() return dk.codes { { "1", "ja" }, { 1, "nee" } } end, "the code '1' occurs twice: 'ja' and 'nee'")
  t.raises(function() return dk.codes "1 = ja, 2 = ja" end, "the codes '1' and '2' have one label, 'ja'", "repeated")
  t.eq(#dk.codes("1 = ja, 2 = ja", { repeated = "keep" }), 2)
  t.raises(function() return dk.codes("1 = ja", { repeated = "x" }) end, "\"error\" or \"keep\"")
  t.raises(function() return dk.codes("1 = ja", { other = "2" }) end, "other is '2', which is no code of the list")
  t.raises(function() return dk.codes("1 = ja", { othr = "2" }) end, "did you mean 'other'?")
  t.raises(function() return dk.codes(12) end, "not a number")
  t.raises(function() return dk.codes "1 = ja".label end, "labels")
  t.raises(function() dk.codes("1 = ja").x = 1 end, "a code list never changes")
end)

test("a code list is made from a table", function(t, dk)
  t.eq(dk.codes(dk.read_text "code;label\n02;b\n01;a\n"):levels(), { "02", "01" })
  t.eq(dk.codes(dk.read_text "code;label\n2;b\n1;a\n"):labels(), { ["2"] = "b", ["1"] = "a" })
  t.eq(dk.codes(dk.read_text "nr;naam\n2;b\n1;a\n"):labels(), { ["2"] = "b", ["1"] = "a" }) -- two columns: these
  t.eq(dk.codes(dk.read_text "x;nr;naam\n0;2;b\n0;1;a\n", { code = "nr", label = "naam" }):labels(),
    { ["2"] = "b", ["1"] = "a" })
  t.raises(function() return dk.codes(dk.read_text "x;nr;naam\n0;2;b\n") end,
    "the table has no column 'code' (its columns are x, nr, naam; say which they are")
  t.raises(function() return dk.codes(dk.read_text "nr;naam\n2;b\n", { code = "x" }) end, "no column 'x'")
  t.raises(function() return dk.codes(dk.read_text "code;label\n1.10;a\n1.1;b\n") end,
    "the codes in column code are decimal(2): read them as text, types = { code = \"text\" }, or digits get lost")
  t.raises(function() return dk.codes(dk.read_text "code;label\n1;1\n") end, "the labels in column label are integer")
  t.raises(function() return dk.codes(dk.read_text "code;label\n;a\n1;b\n") end, "row 1 has no code")
  t.raises(function() return dk.codes(dk.read_text "code;label\n2;\n1;b\n") end, "the label of code '2'", "empty")
end)

test("a column that is read with a list keeps codes, and has labels and an order", function(t, dk)
  local read = data(dk)
  t.eq(read.gemeente:to_lua { plain = true }, { "0193", "0202", "0193", "0202" })
  t.eq(read.gemeente:levels(), { "0202", "0193" })
  t.eq(read.gemeente:labels(), { ["0202"] = "Arnhem", ["0193"] = "Zwolle" })
  t.eq(read.id:labels(), nil)
  t.has(table.concat(read:schema():notes(), "\n"), "geslacht has a code list: 1 = man, 2 = vrouw, 9 = onbekend",
    "gemeente has a code list: 0202 = Arnhem, 0193 = Zwolle")
  local again = dk.read_text(CSV, { levels = { geslacht = dk.codes { "man", "vrouw" }, gemeente = read.gemeente } })
  t.eq(again.geslacht:labels(), { ["1"] = "man", ["2"] = "vrouw" })
  t.eq(again.gemeente:labels(), read.gemeente:labels())
  t.eq(again.gemeente:levels(), { "0202", "0193" })
  t.raises(function() return dk.read_text("g\n1\n3\n3\n", { types = { g = dk.codes { "man", "vrouw" } } }) end,
    "text:3:1: \"3\" in column \"g\" is no code of the list; 2 rows have such a value: \"3\" on line 3 and more "
    .. "(add the code to the list, or say which code it counts as: other = \"...\")")
  local other = dk.read_text("g\n1\n3\n", { types = { g = dk.codes("1 = man, 9 = anders", { other = 9 }) } })
  t.eq(other.g:to_lua { plain = true }, { "1", "9" })
  t.has(other:notes()[2], "1 row with a code that the list does not have, read as \"9\": \"3\" on line 3")
  t.raises(function() return dk.read_text(CSV, { types = { geslacht = { "category", levels = { ["1"] = "man" } } } }) end)
end)

test("people see labels, machines see codes, and who asks sees what is asked for", function(t, dk)
  local read = data(dk)
  for _, format in ipairs { "text", "md", "html" } do
    t.has(read:text { format = format }, "man", "Arnhem")
    t.has(read:text { format = format, codes = "code" }, "0202")
    t.has(read:text { format = format, codes = "both" }, "0202 Arnhem", "1 man")
  end
  t.eq(read:text { format = "csv" }, "id,geslacht,gemeente\na,1,0193\nb,2,0202\nc,,0193\nd,1,0202\n")
  t.eq(read:text { format = "csv", codes = "label" },
    "id,geslacht,gemeente\na,man,Zwolle\nb,vrouw,Arnhem\nc,,Zwolle\nd,man,Arnhem\n")
  local json = read:text { format = "json" }
  t.has(json, '"codes": {"0202": "Arnhem", "0193": "Zwolle"}', '"gemeente": "0193"')
  t.has(read:text { format = "json", codes = "label" }, '"gemeente": "Zwolle"')
  t.raises(function() return read:text { codes = "x" } end, "codes")
  local base = os.tmpname()
  local path = base .. ".xlsx"
  read:write(path)
  t.eq(dk.read(path, { sheet = 1 }).gemeente:to_lua { plain = true }, { "Zwolle", "Arnhem", "Zwolle", "Arnhem" })
  read:write(path, { codes = "code" })
  t.eq(dk.read(path, { sheet = 1 }).gemeente:to_lua { plain = true }, { "0193", "0202", "0193", "0202" })
  os.remove(path)
  os.remove(base)
end)

test("a label in the place of a code is told the code where an order is asked too", function(t, dk)
  local codes = dk.codes { { "1", "vmbo" }, { "2", "mbo" } }
  local read = dk.table({ { "opleiding", { "1", "2" } } }, { types = { opleiding = codes } })
  t.raises(function() return read:where "opleiding < 'mbo'" end, "this is none of its levels",
    [[did you mean '2', the code of "mbo"?]])
  t.eq(#read:where "opleiding < '2'", 1)
end)

test("expressions go by codes, and label() by labels", function(t, dk)
  local read = data(dk)
  t.eq(#read:where "geslacht == '1'", 2)
  t.eq(#read:where "label(gemeente) == 'Arnhem'", 2)
  t.raises(function() return read:where "gemeente == 'Arnhem'" end, "is a label of gemeente", "write '0202'")
  t.has(read:where "gemeente == 'Zwole'":notes()[1], 'no gemeente is "Zwole"; the nearest is "Zwolle", the label of "0193"')
  t.has(read:where "gemeente == '193'":notes()[1], 'no gemeente is "193"; the nearest is "0193"')
  t.eq(read:derive { "naam = label(gemeente)" }.naam:levels(), { "Arnhem", "Zwolle" })
  t.eq(read:sort { "gemeente", "id" }.id:to_lua { plain = true }, { "b", "d", "a", "c" }) -- the order of the list
end)

test("select, rename, where, join, link and head keep the list", function(t, dk)
  local read = data(dk)
  local labels = read.gemeente:labels()
  t.eq(read:select { "gemeente" }.gemeente:labels(), labels)
  t.eq(read:rename { gemeente = "g" }.g:labels(), labels)
  t.eq(read:where "id == 'a'".gemeente:labels(), labels)
  t.eq(read:head(1).gemeente:labels(), labels)
  t.eq(read:sort { "id desc" }.gemeente:labels(), labels)
  local right = dk.read_text "gemeente;regio\n0202;Midden\n0193;IJssel\n"
  t.eq(read:join(right, "gemeente").gemeente:labels(), labels)
  t.eq(read:join(right, "gemeente").regio:to_lua { plain = true }, { "IJssel", "Midden", "IJssel",
    "Midden" }) -- codes are joined
  local more = dk.read_text("id;soort\na;1\nb;2\n", { types = { soort = dk.codes { "x", "y" } } })
  t.eq(read:join(more, "id").soort:labels(), { ["1"] = "x", ["2"] = "y" })
  t.eq(read:link(more, "id", { as = "in_more", columns = { "soort" } }).soort:labels(), { ["1"] = "x", ["2"] = "y" })
  t.eq(read:derive { "g2 = gemeente" }.g2:labels(), labels)
end)

-- Two codes of one label are two groups, and a join counts neither twice.
test("codes with one label are two codes", function(t, dk)
  local codes = dk.codes({ { "0373", "Bergen" }, { "0893", "Bergen" } }, { repeated = "keep" })
  local read = dk.read_text("g\n0373\n0893\n0893\n", { types = { g = codes } })
  local names = dk.read_text "g;provincie\n0373;NH\n0893;L\n"
  t.eq(#read:join(names, "g"), 3)
  t.eq(t.records(read:breakdown { by = { "g" }, measures = { "n = count()" } }),
    { { g = "0373", n = 1 }, { g = "0893", n = 2 } })
  t.eq(t.records(read:breakdown { by = { "naam = label(g)" }, measures = { "n = count()" } }),
    { { naam = "Bergen", n = 3 } })
end)

test("a breakdown by codes shows labels, in the order of the list, with all that could occur", function(t, dk)
  local read = data(dk)
  local by = read:breakdown { by = { "geslacht", "gemeente" }, measures = { "n = count()" }, margins = "totals" }
  t.eq(by.geslacht:labels(), { ["1"] = "man", ["2"] = "vrouw", ["9"] = "onbekend" })
  t.has(by:text(), "man", "Arnhem", "totaal")
  local all = read:breakdown { by = { "geslacht" }, measures = { "n = count()" }, levels = "all" }
  t.eq(t.records(all), { { geslacht = "1", n = 2 }, { geslacht = "2", n = 1 }, { geslacht = "9", n = 0 }, { n = 1 } })
  t.eq(read:breakdown { by = { "gemeente" }, measures = { "n = count()" } }.gemeente:to_lua { plain = true },
    { "0202", "0193" })
  t.eq(by:detail():where "gemeente == '0202'".gemeente:labels(), read.gemeente:labels())
end)

test("joins of every kind, sets, measures and pivots keep the list", function(t, dk)
  local read = data(dk)
  local labels = read.gemeente:labels()
  local right = dk.read_text("gemeente;regio\n0202;Midden\n0226;Midden\n", { types = { gemeente = "category" } })
  for _, kind in ipairs { "left", "inner", "right", "full", "semi", "anti" } do
    t.eq(read:join(right, "gemeente", { kind = kind }).gemeente:labels(), labels)
  end
  local places = read:select { "gemeente" }
  t.eq(places:union(places).gemeente:labels(), labels)
  local by = read:breakdown { by = { "geslacht" }, measures = { "eerste = first(gemeente)", "m = mode(gemeente)" } }
  t.eq(by.eerste:labels(), labels)
  t.eq(by.m:labels(), labels)
  local counts = read:breakdown { by = { "geslacht", "gemeente" }, measures = { "n = count()" } }
  local wide = counts:pivot { rows = "geslacht", columns = "gemeente", values = "n" }
  t.eq(wide.geslacht:labels()["1"], "man")
  t.has(wide:text(), "Arnhem", "Zwolle") -- headings; the names are codes
  t.eq(wide:column "0202":to_lua { plain = true }, { 1, 1, dk.null })
end)

test("deliveries with one list are appended, with two that differ refused", function(t, dk)
  local read = data(dk)
  t.eq(read:append(data(dk)).gemeente:labels(), read.gemeente:labels())
  local plain = dk.read_text(CSV, { types = { geslacht = "category", gemeente = "category" } })
  t.eq(read:append(plain).gemeente:labels(), read.gemeente:labels())
  t.eq(plain:append(read).geslacht:levels(), { "1", "2", "9" })
  local other = dk.read_text(CSV, { types = { geslacht = dk.codes "1 = vrouw, 2 = man" } })
  t.raises(function() return read:append(other) end, "the code \"1\" is \"man\"", "and \"vrouw\"", "with_levels")
end)

test("a snapshot keeps the list, and grows by deliveries that agree with it", function(t, dk)
  local read, path = data(dk), os.tmpname()
  read:save(path)
  local opened = dk.open(path)
  t.eq(opened.gemeente:labels(), read.gemeente:labels())
  t.eq(opened.gemeente:levels(), { "0202", "0193" })
  t.eq(opened:fingerprint(), read:fingerprint())
  t.eq(dk.read_text(CSV, { types = { geslacht = "category", gemeente = "category" } }):fingerprint(), read:fingerprint())
  local file = io.open(path, "rb")
  local columns = reader.read(file:read "a")
  file:close()
  t.eq(columns[3].labels, { "Arnhem", "Zwolle" }) -- by code, which is by place in the list here
  t.eq(columns[1].labels, nil)
  read:save(path, { append = true })
  t.eq(dk.open(path).geslacht:labels(), read.geslacht:labels())
  local wrong = read:with_levels { gemeente = dk.codes "0193 = Zwollo, 0202 = Arnhem" }
  t.raises(function() return wrong:save(path, { append = true }) end,
    "\"Zwollo\", and the snapshot has \"Zwolle\"")
  os.remove(path)
end)

test("a scenario sets codes", function(t, dk)
  local read = data(dk)
  local move = dk.scenario "move" { { "move", where = "gemeente == '0193'", all = true, set = { gemeente = "0202" } } }
  local by = dk.breakdown { by = { "gemeente" }, measures = { "n = count()" } }
  local result = by:compare(read, move)
  t.eq(result.gemeente:labels(), read.gemeente:labels())
  t.has(result:text(), "Arnhem")
  local wrong = dk.scenario "wrong" {
    { "move", where = "gemeente == '0193'", all = true, set = { gemeente = "Arnhem" } } }
  t.raises(function() return by:compare(read, wrong) end,
    "move: \"Arnhem\" is a label of gemeente, and codes are set (set it to '0202')")
end)

test("a cache knows the list that was read with", function(t, dk)
  local path = os.tmpname()
  local file = io.open(path, "w")
  file:write(CSV)
  file:close()
  local function read(list)
    return dk.read(path, { cache = true, types = { geslacht = dk.codes(list, { other = "2" }) } })
  end
  t.eq(read "1 = man, 2 = vrouw".geslacht:labels()["1"], "man")
  t.eq(read "1 = man, 2 = vrouw".geslacht:labels()["1"], "man")
  t.eq(read "1 = heer, 2 = vrouw".geslacht:labels()["1"], "heer")
  os.remove(path)
  os.remove(path .. ".dk")
end)

test("levels are stated later, for any column with values that can be levels", function(t, dk)
  local read = dk.read_text "klasse;n;tekst\noud;3;a\njong;1;b\n;2;c\n"
  local stated = read:with_levels { klasse = { "jong", "oud", "stokoud" } }
  t.eq(stated.klasse:levels(), { "jong", "oud", "stokoud" })
  t.eq(stated:sort { "klasse" }.klasse:to_lua { plain = true }, { "jong", "oud", dk.null })
  t.eq(t.records(stated:breakdown { by = { "klasse" }, measures = { "m = count()" }, levels = "all" }),
    { { klasse = "jong", m = 1 }, { klasse = "oud", m = 1 }, { klasse = "stokoud", m = 0 }, { m = 1 } })
  t.has(table.concat(stated:schema():notes(), "\n"), "klasse has levels in a stated order: jong, oud, stokoud")
  t.eq(stated:notes(), read:notes())
  local turned = stated:with_levels { klasse = { "stokoud", "oud", "jong" } }
  local by = dk.breakdown { by = { "klasse" }, measures = { "m = count()" } }
  t.eq(by(turned).klasse:to_lua { plain = true }, { "oud", "jong", dk.null })
  local path = os.tmpname()
  turned:save(path)
  t.eq(dk.open(path).klasse:levels(), { "stokoud", "oud", "jong" })
  t.eq(by(dk.open(path)).klasse:to_lua { plain = true }, { "oud", "jong", dk.null })
  os.remove(path)
  t.eq(turned:with_levels { klasse = dk.null }.klasse:levels(), { "jong", "oud", "stokoud" }) -- by code point again
  t.eq(by(turned:with_levels { klasse = dk.null }).klasse:to_lua { plain = true }, { "jong", "oud", dk.null })
  t.eq(read:with_levels { n = dk.codes "3 = drie, 2 = twee, 1 = een" }.n:to_lua { plain = true }, { "3", "1", "2" })
  t.eq(read:with_levels { tekst = { "c", "b", "a" } }:sort { "tekst" }.tekst:to_lua { plain = true }, { "c", "b", "a" })
  t.raises(function() return read:with_levels { klasse = { "jong" } } end,
    "column klasse: 1 row has a value that is no stated level: \"oud\" in row 1")
  t.raises(function() return read:with_levels { klass = { "jong" } } end, "klasse")
  t.raises(function() return read:with_levels { n = dk.null } end, "column n is no category")
  t.raises(function() return read:with_levels { klasse = 12 } end, "a list of strings, a code list")
  t.raises(function() return read:with_levels "klasse" end, "with_levels")
  local counted = read:with_levels { klasse = dk.codes("jong = Jong, rest = Rest", { other = "rest" }) }
  t.eq(counted.klasse:to_lua { plain = true }, { "rest", "jong", dk.null })
  t.has(counted:notes()[2], "column klasse: 1 row with a code that the list does not have, counted as \"rest\"")
end)

test("another order takes no labels away, and a key stays a key", function(t, dk)
  local read = data(dk):with { key = "id" }
  local turned = read:with_levels { gemeente = { "0193", "0202" }, id = { "d", "c", "b", "a" } }
  t.eq(turned.gemeente:labels(), read.gemeente:labels())
  t.eq(turned.gemeente:levels(), { "0193", "0202" })
  t.eq(turned:properties().key, { "id" })
  t.eq(read:with_levels { gemeente = dk.null }.gemeente:labels(), nil)
  -- no key any more
  t.raises(function() return read:with_levels { id = dk.codes("a = A, x = X", { other = "x" }) } end, "id")
end)

test("dk.table takes a list too", function(t, dk)
  local made = dk.table({ { g = 1 }, { g = "2" }, { g = 7 }, {} },
    { columns = { "g" }, types = { g = dk.codes("1 = man, 2 = vrouw, 9 = anders", { other = 9 }) } })
  t.eq(made.g:to_lua { plain = true }, { "1", "2", "9", dk.null })
  t.eq(made.g:labels()["9"], "anders")
  t.raises(function() return dk.table({ { g = 7 } }, { types = { g = dk.codes { "man", "vrouw" } } }) end, "7")
end)
