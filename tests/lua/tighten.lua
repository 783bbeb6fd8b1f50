-- tighten.lua - bounds of published tables, made narrower by their totals: what scripts see.

local test = ...

local function shown(column)
  local values = {}
  for i = 1, #column do
    local value = column[i]
    values[i] = type(value) ~= "table" and tostring(value)
      or value.least == value.greatest and tostring(value.least)
      or ("%s..%s"):format(value.least or "", value.greatest or "")
  end
  return table.concat(values, " ")
end

-- The second cells of the cheapest kind: in Lingewaard that of column 2, where it is alone.
local REGION = [[
gemeente;kolom_1;kolom_2;kolom_3;kolom_4;totaal
Arnhem;12;724;1758;489;2983
Doesburg;10;51;89;34;184
Duiven;x;54;135;x;249
Lingewaard;x;x;201;89;369
Overbetuwe;x;97;231;x;415
Rheden;x;142;419;x;696
Rozendaal;0;0;0;0;0
Westervoort;x;49;106;x;204
Zevenaar;12;133;324;113;582
TOTAAL;62;1322;3263;1035;5682
]]

local function read_region(dk)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  assert(file:write(REGION)):close()
  local region = dk.read(path, {
    types = { kolom_1 = "interval", kolom_2 = "interval", kolom_4 = "interval" },
    markers = { x = { "suppressed", 0 } },
  })
  os.remove(path)
  return region
end

test("a published table gives its withheld cells away", function(t, dk)
  local region = read_region(dk)
  local tight = region:tighten { by = "gemeente", total = "totaal" }
  t.eq(shown(tight.kolom_2), "724 51 54 72 97 142 0 49 133 1322")
  t.eq(shown(tight.kolom_1), "12 10 0..21 7 0..21 0..21 0 0..21 12 62")
  t.eq(shown(tight.kolom_4), "489 34 39..60 89 66..87 114..135 0 28..49 113 1035")
  t.eq(shown(tight.totaal), shown(region.totaal))
  t.eq(tight:notes(), { "10 numbers known in bounds: 10 narrower by their totals, 2 of these exact now" })
  t.eq(tight.kolom_1[3].marker, nil)
  t.has(tostring(tight), "0..21")
  t.has(tight:explain(), "bounds narrower by 15 sums")
end)

test("sums one by one, and totals of more than their parts", function(t, dk)
  local withheld = { least = 0, marker = "x", meaning = "suppressed" }
  local long = dk.table {
    { "rij", { "w", "w", "w", "x", "x", "x", "Totaal", "Totaal", "Totaal" } },
    { "kolom", { "a", "b", "Totaal", "a", "b", "Totaal", "a", "b", "Totaal" } },
    { "n", { withheld, withheld, 7, withheld, withheld, 5, 4, 8, 12 } },
  }
  local by = { "rij", "kolom" }
  t.eq(shown(long:tighten({ by = by }).n), "0..4 3..7 7 0..4 1..5 5 4 8 12")
  t.eq(shown(long:tighten({ by = by, sums = "one by one" }).n), "0..4 3..7 7 0..4 1..5 5 4 8 12")
  t.eq(shown(long:tighten({ by = by, values = "n", totals = "at least" }).n), "0..4 0..7 7 0..4 0..5 5 4 8 12")
  t.raises(function() long:tighten { by = by, total_word = "alle" } end, "no number of the table is the total of others")
  t.raises(function() long:tighten { by = by, totals = "more" } end, "totals is 'more', and can be equal or at least")
  t.raises(function() long:tighten { by = by, sums = 1 } end, "sums")
  t.raises(function() long:tighten { with = by } end, "tighten has no option 'with'")
  t.raises(function() long:tighten { by = by, values = { "m" } } end, "unknown column \"m\"")
end)

test("totals of a breakdown are totals", function(t, dk)
  local persons = dk.table {
    { "gemeente", { "Arnhem", "Arnhem", "Duiven" } }, { "klasse", { "a", "b", "a" } }, { "uren", { 3, 4, 5 } },
  }
  local result = persons:breakdown { by = { "gemeente", "klasse" }, measures = { "n = sum(uren)" }, margins = "cube" }
  local hidden = result:derive "n = case(gemeente == 'Duiven', null, n)"
  t.eq(hidden.n[4], nil)
  t.eq(shown(hidden:tighten({ values = "n" }).n), shown(result.n))
end)

test("a published table knows which column is its total", function(t, dk)
  local path = t.file("amr.txt", [[
Arnhem        x   724  1.758   489   2.983
Duiven        x    54    135     x     249
TOTAAL       19   778  1.893   542   3.232
]])
  local published = dk.read_published(path, { markers = { x = { "suppressed", 0, 500 } } })
  t.eq(published:tighten():text(), published:tighten({ total = "totaal" }):text())
  t.has(published:tighten():text(), "Arnhem          12", "Duiven           7", " 53 ")
  t.eq(published:label({ totaal = "Alle" }):tighten():text(), published:tighten():label({ totaal = "Alle" }):text())
end)
