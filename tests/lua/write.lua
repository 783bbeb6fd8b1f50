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

test("a long table is cut, which is said", function(t, dk)
  local list = {}
  for i = 1, 100 do
    list[i] = i
  end
  local data = dk.table { { "i", list } }
  local _, lines = tostring(data):gsub("\n", "")
  t.ok(lines < 55, "40 rows, and what stands around them")
  t.has(tostring(data), "100 rows")
  local _, all = data:text({ rows = 0 }):gsub("\n", "")
  t.ok(all >= 100)
  local _, few = data:text({ rows = 5 }):gsub("\n", "")
  t.ok(few < 20)
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
  t.ok(small(dk):write(path) ~= nil)
  t.eq(t.read(path), "gemeente,deel\nArnhem,0.5\nRozendaal,\n")
  local other = t.path("out.dat")
  small(dk):write(other, { format = "csv", null = "NB" })
  t.eq(t.read(other), "gemeente,deel\nArnhem,0.5\nRozendaal,NB\n")
  t.eq(#dk.read(path), 2)
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
  t.raises(function() data:write() end, "argument 1 must be the path of a file")
  t.raises(function() data:write("x.csv", { formt = "csv" }) end, "formt", "format")
  t.raises(function() data:write("x.csv", { rows = 5 }) end, "rows")
  t.eq(t.read "x.csv", nil)
end)
