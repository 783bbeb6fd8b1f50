-- region.lua - what the demo and the examples share: the published table of the region, and synthetic persons.
--
-- usage: local region = dofile "scripts/data/region.lua"
--
-- The person-level files are made by scripts/data/synthetic.lua (make data). Nobody in them exists: only their
-- counts are the published ones, and whoever shows figures from them calls them synthetic.

local region = {}

region.folder = os.getenv "DEKKING_BUILD" or "build"

-- How tables are printed here: as a Dutch reader expects them, and nothing around the figures.
region.nl = { style = "nl", types = false, count = false, notes = false }

-- Persons known in Sonar, per municipality and column of the publication.
function region.published()
  return dk.read_published("scripts/data/midden-gelderland.txt", {
    label = "gemeente",
    columns = { "kolom_1", "kolom_2", "kolom_3", "kolom_4", "totaal" },
    unit = "persons",
  }):format { kolom_1 = "#,##0", kolom_2 = "#,##0", kolom_3 = "#,##0", kolom_4 = "#,##0", totaal = "#,##0" }
end

-- The same with the size of the register, which is published for the region alone.
function region.publication(published)
  local stated = dk.read "scripts/data/midden-gelderland-register.csv"
  return dk.publication(published, {
    register = { level = "arbeidsmarktregio", value = stated.register[1], stated = stated.bekend[1] },
    region = stated.arbeidsmarktregio[1],
    known = "totaal",
  })
end

-- One of the synthetic files.
function region.read(name, options)
  local path = region.folder .. "/data/" .. name
  local file = io.open(path) or error(path .. " is not there: make data makes it", 2)
  file:close()
  return dk.read(path, options)
end

-- The synthetic register, with what Sonar has of those who are known there. The levels of the municipality are the
-- published ones: Rozendaal has no persons in the register, and is a municipality of the region all the same.
function region.persons()
  local levels = { gemeente = region.published():detail().gemeente }
  local register = region.read("register.csv",
    { name = "synthetic register", unit = "persons", levels = levels })
  local sonar = region.read("sonar.csv", { name = "synthetic Sonar extract", unit = "persons" })
  return register:link(sonar, "pseudoniem", { as = "in_sonar", columns = { "kolom", "klantprofiel", "zichtbaar" } })
end

-- Prints a paragraph: words in lines of at most 96 characters, each after the indent.
function region.say(text, indent)
  local lines, line = {}, ""
  for word in text:gmatch "%S+" do
    if #line + 1 + #word > 96 then
      lines[#lines + 1], line = line, ""
    end
    line = line == "" and (indent or "") .. word or line .. " " .. word
  end
  lines[#lines + 1] = line
  print(table.concat(lines, "\n"))
end

return region
