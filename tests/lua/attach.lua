-- attach.lua - figures beside a table by coarser levels; in bounds and as estimates where they are known less finely.

local test = ...

local GEO = "gemeente;regio;land\nArnhem;Midden;NL\nDuiven;Midden;NL\nTiel;Rivier;NL\nLuik;Wallonie;BE\n"
local SONAR = "gemeente;k\nArnhem;2983\nDuiven;249\nTiel;70\nLuik;5\n"

local function sonar(dk, totals)
  local geo = dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" })
  return dk.read_text(SONAR, { weight = "k" }):use(geo):attach(dk.read_text(totals), "regio")
end

local function lines(result, ...)
  local list = {}
  for row in result:rows() do
    local cells = {}
    for i, name in ipairs { ... } do
      cells[i] = row[name] == nil and "-" or tostring(row[name])
    end
    list[#list + 1] = table.concat(cells, " ")
  end
  return list
end

test("what is known per region is known per country", function(t, dk)
  local beside = sonar(dk, "regio;register\nMidden;7676\nRivier;100\nWallonie;30\nVlaanderen;12\n")
  local ask = { by = "land", margins = "totals", measures = { "n = count()", "r = attached(register)", "d = n / r" } }
  local result = beside:breakdown(ask)
  t.eq(lines(result, "land", "n", "r"), { "BE 5 30", "NL 3302 7776", "- 3307 7818" })
  t.eq(result:notes(), {
    "of the table that is attached: 1 row has a regio that the hierarchy does not know: Vlaanderen",
    "attached(register): 1 group of the table that is attached has no rows here; totals hold it" })
  t.eq(lines(beside:breakdown { by = "regio", where = "land == 'NL'", margins = "totals",
    measures = { "r = attached(register)" } }, "regio", "r"), { "Midden 7676", "Rivier 100", "- 7776" })
  t.eq(lines(beside:rename { land = "staat" }:breakdown { by = "staat", measures = "r = attached(register)" }, "staat", "r"),
    { "BE 30", "NL 7776" })
  local meer = dk.scenario "meer" { { "half", where = "gemeente == 'Duiven'", share = 0.5, set = { gemeente = "Arnhem" } } }
  t.eq(lines(dk.breakdown(ask):compare(beside, meer), "land", "r_meer"), { "BE 30", "NL 7776", "- 7818" })
  t.raises(function() beside:breakdown { by = "gemeente", measures = "r = attached(register)" } end,
    "attached(register) is known per regio, and the breakdown goes by gemeente")
end)

test("a level of a hierarchy that changes, or of none, is not above", function(t, dk)
  local totals = dk.read_text "regio;register\nMidden;7676\n"
  local bare = dk.read_text "regio;land\nMidden;NL\n":attach(totals, "regio")
  t.raises(function() bare:breakdown { by = "land", measures = "r = attached(register)" } end,
    "attached(register) is known per regio, and the breakdown goes by land")
end)
