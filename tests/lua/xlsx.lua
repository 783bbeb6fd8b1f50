-- xlsx.lua - tables as workbooks, and back. What was written is also looked at with unzip, and not only with our own
-- reading.

local test = ...

local function part(path, name)
  local pipe = assert(io.popen(("unzip -p '%s' %s"):format(path, name)))
  local text = pipe:read "a"
  assert(pipe:close(), "unzip could not read " .. name)
  return text
end

-- The cells of a sheet, by their place: { kind = "n", "s" (text) or "b", value = text }.
local function cells(path, sheet)
  local found = {}
  for attributes, body in part(path, ("xl/worksheets/sheet%d.xml"):format(sheet)):gmatch "<c ([^>]*)>(.-)</c>" do
    local kind = attributes:match 't="(%w+)"'
    local text = body:match "<t[^>]*>(.-)</t>" or body:match "<v>(.-)</v>"
    found[attributes:match 'r="(%w+)"'] = { kind = kind == "inlineStr" and "s" or kind or "n", value = text }
  end
  return found
end

local CSV = "gemeente;n;aandeel;ok;datum;tijd;leeg\n"
  .. "Arnhem;1758;0,74;ja;31-12-2024;2024-12-31 10:15;\n"
  .. "Zoë & <Co>;2;0,5;nee;01-01-1850;2024-12-31 12:00;x\n"
  .. "=1+1;1234567890123456;;nee;;2024-12-31 18:00;\n"

test("reals have sixteen digits, and a file of text all that tell them apart", function(t, dk)
  local reals = dk.table({ { "x", { 0.1 + 0.2, 1 / 3, 0.1 } } }, { types = { x = "real" } })
  local path = t.path "a.xlsx"
  reals:write(path)
  local c = cells(path, 1)
  t.eq({ c.A2.value, c.A3.value, c.A4.value }, { "0.3", "0.3333333333333333", "0.1" })
  t.eq(reals:text { format = "csv" }, "x\n0.30000000000000004\n0.3333333333333333\n0.1\n")
  t.eq(reals:text { format = "json" }:match "0%.3%d*", "0.30000000000000004")
end)

test("numbers, dates and truth values are a spreadsheet's own", function(t, dk)
  local path = t.path "a.xlsx"
  dk.read(t.file("a.csv", CSV)):write(path)
  local c = cells(path, 1)
  t.eq(c.A1, { kind = "s", value = "gemeente" })
  t.eq(c.B2, { kind = "n", value = "1758" })
  t.eq(c.C2, { kind = "n", value = "0.74" })
  t.eq(c.D2, { kind = "b", value = "1" })
  t.eq(c.E2, { kind = "n", value = "45657" }) -- 31-12-2024, as spreadsheets count
  t.eq(tonumber(c.F3.value), 45657.5)
  t.eq(c.G3, { kind = "s", value = "x" })
  t.eq(c.A3, { kind = "s", value = "Zoë &amp; &lt;Co&gt;" })
  t.eq(c.A4, { kind = "s", value = "=1+1" }, "a text is never a formula")
end)

test("what a spreadsheet would round or not know is text, and null is no cell", function(t, dk)
  local path = t.path "b.xlsx"
  dk.read(t.file("b.csv", CSV)):write(path, { style = "nl" })
  local c = cells(path, 1)
  t.eq(c.B4, { kind = "s", value = "1234567890123456" })
  t.eq(c.E3, { kind = "s", value = "1850-01-01" })
  t.eq(c.C4, nil)
  t.eq(c.G2, nil)
end)

test("patterns become formats, totals have their label, notes a sheet", function(t, dk)
  local path = t.path "c.xlsx"
  local data = dk.table { { "gemeente", { "Arnhem", "Duiven" } }, { "n", { 3, 1 } } }
  local result = data:breakdown {
    by = "gemeente",
    measures = { "som = sum(n)", { "deel = som / all(som)", format = "0.0 %" } },
    margins = "totals",
  }
  result:note("een opmerking"):write(path, { total_label = "Totaal", title = "Proef & zo" })
  local c = cells(path, 1)
  t.eq(c.A4, { kind = "s", value = "Totaal" })
  t.eq(c.C2, { kind = "n", value = "0.75" })
  t.has(part(path, "xl/styles.xml"), 'formatCode="0.0 %"')
  t.has(part(path, "docProps/core.xml"), "Proef &amp; zo")
  t.eq(cells(path, 2).A1, { kind = "s", value = "een opmerking" })
end)

test("points are a hundredfold, and signs are shown, in a spreadsheet's words", function(t, dk)
  local path = t.path "p.xlsx"
  local data = dk.table { { "a", { 0.078 } }, { "b", { -0.25 } }, { "c", { 12 } } }
  data:format { a = "+0.0 pp", b = "0.00 pp", c = "+#,##0" }:write(path, { style = "nl" })
  local c = cells(path, 1)
  t.eq(tonumber(c.A2.value), 7.8)
  t.eq(c.B2.value, "-25")
  t.eq(c.C2.value, "12")
  local styles = part(path, "xl/styles.xml")
  t.has(styles, 'formatCode="+0.0&quot; procentpunt&quot;;-0.0&quot; procentpunt&quot;;0.0&quot; procentpunt&quot;"',
    'formatCode="0.00&quot; procentpunt&quot;;-0.00&quot; procentpunt&quot;;0.00&quot; procentpunt&quot;"',
    'formatCode="+#,##0;-#,##0;#,##0"')
end)

test("equal tables give equal bytes", function(t, dk)
  local one, two = t.path "d.xlsx", t.path "e.xlsx"
  dk.read(t.file("d.csv", CSV)):write(one)
  dk.read(t.file("d.csv", CSV)):write(two)
  t.ok(t.read(one) == t.read(two))
end)

test("a table without rows is a sheet with names", function(t, dk)
  local path = t.path "f.xlsx"
  dk.read(t.file("f.csv", "a;b\n")):write(path)
  t.eq(cells(path, 1), { A1 = { kind = "s", value = "a" }, B1 = { kind = "s", value = "b" } })
end)

test("what does not fit is refused, and leaves nothing", function(t, dk)
  local path = t.path "g.xlsx"
  local long = dk.table { { "tekst", { "a", ("x"):rep(32768) } } }
  t.raises(function() long:write(path) end,
    "row 2, column 1 holds a text of more than 32767 characters "
    .. "(a cell of a spreadsheet holds no more; write CSV, or leave the column out)")
  t.eq(t.read(path), nil)
  local many = {}
  for i = 1, 1048576 do
    many[i] = i
  end
  t.raises(function() dk.table({ { "n", many } }):write(path) end,
    "a table of 1048576 rows and 1 columns does not fit on a sheet (a sheet has 1,048,576 rows, one of them for the "
    .. "names, and 16,384 columns; write CSV instead)")
  t.eq(t.read(path), nil)
  t.raises(function() dk.table({ { "n", { 1 } } }):print { format = "xlsx" } end, "workbook", "t:write")
  t.raises(function() dk.table({ { "n", { 1 } } }):text { format = "xlsx" } end, "workbook", "t:write")
  t.raises(function() dk.table({ { "n", { 1 } } }):write "nosuch-folder/x.xlsx" end, "nosuch-folder/x.xlsx")
end)

test("what was written is read back", function(t, dk)
  local path = t.path "h.xlsx"
  local before = dk.read(t.file("h.csv", "gemeente;n;deel;ok;dag\nArnhem;1758;0,74;ja;31-12-2024\n"
    .. "Zoë;-2;0,5;nee;29-02-2024\n=1+1;3;;nee;\n"))
  before:write(path)
  local after = dk.read(path)
  t.eq(t.records(after), t.records(before))
  t.eq(#after, 3)
end)

test("sheet, range and header say what is read", function(t, dk)
  local path = t.path "i.xlsx"
  dk.table({ { "a", { 1, 2, 3 } }, { "b", { "x", "y", "z" } } }):note("een opmerking"):write(path)
  t.eq(t.records(dk.read(path, { range = "A1:A3" })), { { a = 1 }, { a = 2 } })
  t.eq(t.records(dk.read(path, { range = "A3", header = false })), { { kolom_1 = 2, kolom_2 = "y" },
    { kolom_1 = 3, kolom_2 = "z" } })
  t.eq(#dk.read(path, { sheet = 2, header = false }), 1)
  t.eq(#dk.read(path, { sheet = "notes", header = false }), 1)
  t.eq(dk.read(path, { header = 2 }):columns()(), "a 1")
  t.raises(function() dk.read(path, { sheet = "nots" }) end, "there is no sheet", 'did you mean "notes"?')
  t.raises(function() dk.read(path, { sheet = "zomer" }) end, 'there is no sheet "zomer" (the first of ', " is ")
  t.raises(function() dk.read(path, { sheet = 0 }) end, "sheet is a name, or a whole number from 1")
  t.raises(function() dk.read(path, { range = "A" }) end, "no range of a sheet")
  t.raises(function() dk.read(path, { delimiter = ";" }) end, "delimiter is not for a workbook")
  t.raises(function() dk.read(path, { header = 0 }) end, "how many rows")
  t.raises(function() dk.read_text("a\n1\n", { sheet = 1 }) end, "sheet is not for a CSV file")
  t.raises(function() dk.read(t.file("j.xlsx", "a;b\n1;2\n")) end, "no workbook, or it is damaged")
end)

test("whether the first row names the columns is found as in a CSV file", function(t, dk)
  local function rows(text)
    local path = t.path "header.xlsx"
    dk.read_text(text, { header = false, types = { kolom_2 = "integer" } }):write(path)
    return dk.read(path, { range = "A2" }) -- without the names that were written
  end
  local values = rows "Arnhem;12\nDuiven;7\nArnhem;3\n"
  t.eq({ #values, (values:columns()()) }, { 3, "kolom_1" })
  t.has(values:notes()[1], "without header")
  local path = t.path "names.xlsx"
  dk.read_text("gemeente;n\nArnhem;12\nDuiven;7\n"):write(path)
  t.eq({ #dk.read(path), (dk.read(path):columns()()) }, { 2, "gemeente" })
  dk.read_text("17;18\n3;4\n5;6\n", { header = true }):write(path)
  t.raises(function() dk.read(path) end, ":1:1: ", "can be read in two ways")
  t.eq(#dk.read(path, { header = true }), 2)
  dk.table({ { "a", { 17, 3, 5 } }, { "b", { 20, 4, 6 } } }):write(path)
  t.raises(function() dk.read(path, { range = "B2" }) end, ":2:2: ",
    "the first record can be read in two ways: \"20\" can be the name of column 1 or its first value "
    .. "(state it: header = true")
  t.eq(#dk.read(path, { range = "B2", header = false }), 3)
end)

test("a lenient reading keeps the rows that do not fit", function(t, dk)
  local path = t.path "k.xlsx"
  dk.read(t.file("k.csv", "k;n\na;1\nb;x\n")):write(path)
  local data = dk.read(path, { types = { n = "integer" }, lenient = true })
  t.eq(t.records(data), { { k = "a", n = 1 } })
  t.eq(t.records(data:rejected())[1].line, 3)
  t.has(data:rejected():notes()[1], "2 records in ", ": 1 read, 1 rejected")
  local lines = { "k;n" }
  for i = 1, 700 do
    lines[#lines + 1] = i .. ";" .. (i % 7 == 0 and "x" or i)
  end
  dk.read(t.file("l.csv", table.concat(lines, "\n"))):write(path)
  data = dk.read(path, { types = { n = "integer" }, lenient = true })
  t.eq({ #data, #data:rejected() }, { 600, 100 })
  t.has(data:rejected():notes()[1], "700 records in ", ": 600 read, 100 rejected")
  t.has(data:notes()[1], "100 of 700 records rejected")
end)

test("a column is as wide as its numbers are shown", function(t, dk)
  local path = t.path "wide.xlsx"
  local thousand = { least = 1527, greatest = 1527 }
  dk.table { { "n", { 1758 } }, { "deel", { 0.33333 } }, { "k", { thousand } } }
    :format { n = "#,##0 personen", deel = "0.0 %", k = "#,##0 uur" }:write(path)
  local widths = {}
  for width in part(path, "xl/worksheets/sheet1.xml"):gmatch '<col [^>]-width="([%d.]+)"' do
    widths[#widths + 1] = tonumber(width) // 1
  end
  t.eq(widths, { 16.0, 8.0, 11.0 }) -- 1,758 personen; 33.3 %; 1,527 uur; and two beside each
end)

-- A look of its own for each measure: 74.0 % is a hundredth of 74, and points are a hundredfold of what they are of.
test("numbers of several measures in one column look as their measures do", function(t, dk)
  local path = t.path "long.xlsx"
  local people = dk.table { { "k", { true, true, true, false } } }
  local asked = dk.breakdown { measures = { "n = count()", { "d = (count() where k) / n", format = "0.0 %" } } }
  asked:compare(people, people:head(2), { name = "b", long = true }):write(path)
  local c, styles = cells(path, 1), part(path, "xl/styles.xml")
  t.eq({ c.C2.value, c.D2.value, c.E2.value }, { "4", "2", "-2" })
  t.eq({ c.C3.value, c.D3.value, c.E3.value }, { "0.75", "1", "25" })
  t.has(styles, 'formatCode="0"', 'formatCode="0.0 %"', 'formatCode="+0.0&quot; pp&quot;;')
end)
