-- hierarchies.lua - a hierarchy of places that changes, and persons who live there.

local random_numbers = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/random_numbers.lua")

local hierarchies = {}

local GEO = "gemeente;regio;land;van;tot\n" ..
  "Arnhem;Midden-Gelderland;Nederland;;\n" ..
  "Rijnwaarden;Midden-Gelderland;Nederland;;2018-01-01\n" ..
  "Zevenaar;Midden-Gelderland;Nederland;;\n" ..
  "Nijmegen;Rijk van Nijmegen;Nederland;;\n" ..
  "Renkum;Rijk van Nijmegen;Nederland;;2016-07-01\n" ..
  "Renkum;Midden-Gelderland;Nederland;2016-07-01;\n"
hierarchies.levels = { "gemeente", "regio", "land" }

function hierarchies.geo(dk, text)
  return dk.hierarchy(dk.read_text(text or GEO), hierarchies.levels, { from = "van", to = "tot", name = "geo",
    changes = { { date = "2018-01-01", old = "Rijnwaarden", new = "Zevenaar" } } })
end

-- Rows as strings, null as "-".
function hierarchies.rows_of(t, ...)
  local names, list = { ... }, {}
  for row in t:rows() do
    local parts = {}
    for i, name in ipairs(names) do
      parts[i] = row[name] == nil and "-" or tostring(row[name])
    end
    list[#list + 1] = table.concat(parts, "/")
  end
  return list
end

-- Persons of random municipalities, sexes and ages.
function hierarchies.random_persons(dk, n)
  local places = { "Arnhem", "Rijnwaarden", "Zevenaar", "Nijmegen", "Renkum", "Overal" }
  local lines, pick = { "gemeente;geslacht;leeftijd;in_sonar" }, random_numbers(12345)
  for i = 1, n do
    lines[i + 1] = ("%s;%s;%d;%s"):format(places[pick(#places) + 1], pick(2) == 0 and "m" or "v", 18 + pick(40),
      pick(3) == 0 and "true" or "false")
  end
  return dk.read_text(table.concat(lines, "\n") .. "\n")
end

return hierarchies
