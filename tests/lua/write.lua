-- write.lua - tables as text and files.

local test = ...

local function small(dk)
  return dk.table({ { gemeente = "Arnhem", deel = 0.5 }, { gemeente = "Rozendaal" } }, { "gemeente", "deel" })
end

test("print and tostring show names, types, rows and count", function(t, dk)
  local shown = tostring(small(dk))
  t.has(shown, "gemeente", "category", "decimal", "Arnhem", "2 rows", "–")
  t.ok(shown:sub(-1) ~= "\n")
end)

test("a group that is called as totals are is refused in CSV", function(t, dk)
  local groups = dk.table { { "groep", { "a", "totaal" } }, { "n", { 1, 2 } } }
  local result = groups:breakdown { by = "groep", measures = "m = sum(n)", margins = "totals" }
  t.raises(function() result:text { format = "csv" } end, "column groep, row 2: a group is called 'totaal', as totals are",
    "total_label = '(totaal)' calls totals otherwise")
  t.raises(function() result:write(t.path "totals.csv") end, "a group is called 'totaal'")
  t.eq(io.open(t.path "totals.csv"), nil)
  t.eq(result:text { format = "csv", total_label = "alle" }, "groep,m\na,1\ntotaal,2\nalle,3\n")
  t.eq(groups:breakdown { by = "groep", measures = "m = sum(n)" }:text { format = "csv" }, "groep,m\na,1\ntotaal,2\n")
  t.has(result:text { format = "json" }, '"totaal"')
end)

test("print cuts a long table, which is said; text does not", function(t, dk)
  local list = {}
  for i = 1, 100 do
    list[i] = i
  end
  local data = dk.table { { "i", list } }
  local shown = tostring(data)
  local _, lines = shown:gsub("\n", "")
  t.ok(lines == 44, "40 rows, names, types, a line, what is not shown, and (without its end) the count")
  t.has(shown, "60 rows not shown", "100 rows, 1 column")
  local whole = data:text()
  t.ok(not whole:find "not shown")
  t.has(whole, "\n      1\n", "\n     50\n", "\n    100\n")
  t.has(data:text { rows = 5 }, "95 rows not shown", "\n      3\n", "\n     99\n")
end)

test("print cuts a long text, which is said; text does not", function(t, dk)
  local long = ("x"):rep(100)
  local data = dk.table({ { "a", { long } } }, { types = { a = "text" } })
  t.has(tostring(data), "\n" .. ("x"):rep(59) .. "…\n")
  t.has(data:text(), "\n" .. long .. "\n")
  t.has(data:text { cell = 10 }, "\nxxxxxxxxx…\n")
  local path = t.path "long.txt"
  data:write(path)
  t.has(t.read(path), long)
end)

test("text is folded where a width is given", function(t, dk)
  local data = dk.table { { "gemeente", { "Arnhem" } }, { "kolom_1", { 1 } }, { "kolom_2", { 2 } } }
  local shown = data:text { width = 20, types = false, count = false }
  t.eq(shown, "gemeente  kolom_1\n" .. ("─"):rep(17) .. "\nArnhem          1\n\n"
    .. "gemeente  kolom_2\n" .. ("─"):rep(17) .. "\nArnhem          2\n")
  t.ok(not data:text():find "\n\n")
end)

test("text takes a format and what goes with it", function(t, dk)
  local data = small(dk)
  t.eq(data:text { format = "csv" }, "gemeente,deel\nArnhem,0.5\nRozendaal,\n")
  t.eq(data:text({ format = "csv", style = "nl" }), "\u{FEFF}gemeente;deel\r\nArnhem;0,5\r\nRozendaal;\r\n")
  t.has(data:text { format = "md", title = "Proef" }, "Proef", "| Arnhem")
  t.has(data:text { format = "html" }, "<table")
  t.has(data:text { format = "json" }, "Rozendaal", "null")
  t.has(data:text { null = "onbekend" }, "onbekend")
  t.ok(not data:text({ types = false }):find "category")
  t.ok(not data:text({ count = false }):find "2 rows")
  t.raises(function() return data:text { format = "cvs" } end, "cvs", "csv")
  t.raises(function() return data:text { style = "be" } end, "international or nl")
  t.raises(function() return data:text { stijl = "nl" } end, "'stijl'")
  t.raises(function() return data:text { rows = -1 } end, "whole number from 0")
end)

test("a file is written by its name or by a stated format", function(t, dk)
  local path = t.path("out.csv")
  t.eq(select("#", small(dk):write(path)), 0) -- the prompt would print what is given back
  t.eq(t.read(path), "gemeente,deel\nArnhem,0.5\nRozendaal,\n")
  local other = t.path("out.dat")
  small(dk):write(other, { format = "csv", null = "NB" })
  t.eq(t.read(other), "gemeente,deel\nArnhem,0.5\nRozendaal,NB\n")
  t.eq(#dk.read(path), 2)
end)

test("null and empty text stay apart in a file that is read back", function(t, dk)
  local path = t.path("null.csv")
  local values = { "", dk.null, "x;y", 'zeg "ja"', "twee\nregels", " blank " }
  local data = dk.table({ { "a", values } }, { types = { a = "text" } })
  for _, style in ipairs { "international", "nl" } do
    data:write(path, { style = style })
    local back = dk.read(path, { types = { a = "text" }, delimiter = style == "nl" and ";" or "," })
    t.eq(back:column "a":to_lua(), values)
  end
end)

test("texts that a spreadsheet would compute are disarmed on request", function(t, dk)
  local data = dk.table { { "a", { "=1+1", "-x", "b" } }, { "n", { -1, 2, 3 } } }
  t.eq(data:text { format = "csv" }, "a,n\n=1+1,-1\n-x,2\nb,3\n")
  t.eq(data:text { format = "csv", formulas = "disarm" }, "a,n\n\"'=1+1\",-1\n\"'-x\",2\nb,3\n")
  t.raises(function() return data:text { format = "csv", formulas = "drop" } end, "keep or disarm")
end)

test("what is in a value does not reach a terminal raw", function(t, dk)
  local data = dk.table { { "a", { "\27[31mred\7", "two\nlines" } } }:note "a \27[2J note":label { a = "\27]0;x\7" }
  for _, format in ipairs { "text", "md", "html", "json" } do
    t.ok(not data:text({ format = format, title = "\27[0m" }):find "[\0-\9\11-\31\127]", format)
  end
  t.has(data:text(), "␛[31mred␇", "two↵lines", "a ␛[2J note", "␛]0;x␇")
end)

test("a title stands above, in every format that people read", function(t, dk)
  t.has(small(dk):text { title = "Proef" }, "Proef\ngemeente")
  t.has(small(dk):text { title = "Proef", format = "md" }, "### Proef\n\n| gemeente")
  t.has(small(dk):text { title = "Proef", format = "html" }, "<caption>Proef</caption>", "<title>Proef</title>")
  t.raises(function() return small(dk):text { title = "\xFF" } end, "the title is not UTF-8")
end)

test("JSON tells which rows are totals beside them", function(t, dk)
  local data = small(dk):breakdown { by = "gemeente", measures = "total = count()", margins = "totals" }
  t.has(data:text { format = "json" }, '{ "gemeente": null, "total": 2 }',
    '"totals": [\n    { "row": 2, "over": ["gemeente"] }')
end)

test("print says when its output is not taken", function(t)
  if not io.open "/dev/full" then return end
  local text, status = t.run("dk.table { { a = 1 } }:print()", "/dev/full")
  t.eq(status, 1)
  t.has(text, "print: cannot write to standard output: No space left on device")
  text, status = t.run("dk.table { { a = 1 } }:print { types = false }")
  t.eq(status, 0)
  t.eq(text, "a\n─\n1\n1 row, 1 column\n")
end)

test("totals get a label", function(t, dk)
  local data = small(dk):breakdown { by = "gemeente", measures = "n = count()", margins = "totals" }
  t.has(data:text(), "totaal")
  t.has(data:text { format = "csv", total_label = "Alle" }, "Alle,2")
end)

test("what cannot be written is an error, and leaves nothing", function(t, dk)
  local data = small(dk)
  t.raises(function() data:write "x.pdf" end, "x.pdf", "format")
  t.raises(function() data:write "nosuch-folder/x.csv" end, "nosuch-folder/x.csv")
  t.raises(function() data:write "-" end, "t:print")
  t.raises(function() data:write("/dev/full", { format = "csv" }) end, "/dev/full", "No space left")
  t.raises(function() dk.table { { "a", { "x\0y" } } }:write(t.path "zero.csv") end, "column a, row 1: a zero byte")
  t.raises(function() data:write() end, "argument 1 must be the path of a file")
  t.raises(function() data:write("x.csv", { formt = "csv" }) end, "formt", "format")
  t.raises(function() data:write("x.csv", { rows = 5 }) end, "rows")
  t.eq(t.read "x.csv", nil)
end)
