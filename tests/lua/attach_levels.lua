-- attach_levels.lua - what figures of regions say of every cell of a cube: neither more nor less than what is known.
--
-- Each case has a register of everybody, of whom some are known; how many there are is told per region or country. A cell
-- has at least those who are known in it, and at most these and all others of the regions that it may have persons in:
-- there is a register like that for each number between.

local test = ...

local ABOVE = { A = { "x", "n" }, B = { "x", "n" }, C = { "y", "n" }, D = { "y", "n" }, E = { "z", "o" } }

local random_numbers = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/random_numbers.lua")
local function random(seed) return random_numbers(seed * 7919 + 13) end

-- Everybody: { place, kind, known }; and how many there are by region, and by country.
local function people(below)
  local all, n = {}, { x = 0, y = 0, z = 0 }
  for place, above in pairs(ABOVE) do
    for _ = 1, 1 + below(4) do
      all[#all + 1] = { gemeente = place, regio = above[1], land = above[2], soort = below(2) == 0 and "p" or "q",
        known = below(3) > 0 }
      n[above[1]] = n[above[1]] + 1
    end
  end
  return all, n
end

-- What the cell may have: regions of which it tells one, or all; sure: who is known in it.
local function hull(all, row, by)
  local sure, truth, others = 0, 0, 0
  for _, person in ipairs(all) do
    local is_in, may = true, true
    for _, name in ipairs(by) do
      is_in = is_in and (row[name] == nil or row[name] == person[name])
    end
    for _, name in ipairs { "gemeente", "regio", "land" } do
      local value = row[name]
      if value then
        local level = name == "gemeente" and ABOVE[value][1] or value
        may = may and level == (name == "land" and person.land or person.regio)
      end
    end
    sure = sure + (is_in and person.known and 1 or 0)
    truth = truth + (is_in and 1 or 0)
    others = others + (may and not person.known and 1 or 0)
  end
  return sure, truth, others
end

-- Whether the cell tells apart what is not known: a municipality, or a kind.
local function is_finer(row, key)
  return row.soort ~= nil or row.gemeente ~= nil or (key == "land" and row.regio ~= nil)
end

test("bounds by figures of regions are what these say, in every cell of every margin", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "gemeente;regio;land\nA;x;n\nB;x;n\nC;y;n\nD;y;n\nE;z;o\n",
    { "gemeente", "regio", "land" })
  local seen = 0
  for case = 1, 60 do
    local below = random(case)
    local all, n = people(below)
    local rows = { "gemeente;soort" }
    for _, person in ipairs(all) do
      if person.known then
        rows[#rows + 1] = person.gemeente .. ";" .. person.soort
      end
    end
    local key = case % 2 == 0 and "regio" or "land"
    local figures = key == "regio" and ("regio;r\nx;%d\ny;%d\nz;%d\n"):format(n.x, n.y, n.z)
      or ("land;r\nn;%d\no;%d\n"):format(n.x + n.y, n.z)
    local data = dk.read_text(table.concat(rows, "\n") .. "\n"):use(geo):attach(dk.read_text(figures), key)
    for _, by in ipairs { { "gemeente" }, { "regio", "gemeente" }, { "gemeente", "regio" }, { "land", "gemeente" },
      { "land", "regio", "gemeente" }, { "soort", "regio", "gemeente" }, { "regio", "soort" }, { "gemeente", "soort" } } do
      for _, margins in ipairs { "rollup", "cube", "none" } do
        local result = data:breakdown { by = by, margins = margins,
          measures = { "n = count()", "b = attached(r, 'bounds')" } }
        for row in result:rows() do
          local sure, truth, others = hull(all, row, by)
          if key == "land" and not row.land then -- the others of the country, not of the region alone
            local land = row.gemeente and ABOVE[row.gemeente][2] or row.regio == "z" and "o" or row.regio and "n"
            local _, _, more = hull(all, { land = land }, { "land" })
            others = more
          elseif key == "land" then
            local _, _, more = hull(all, { land = row.land }, { "land" })
            others = more
          end
          local least, greatest = sure, sure + others
          if not is_finer(row, key) then
            least, greatest = truth, truth
          end
          local b = row.b
          local cell = ("case %d, by %s, %s: %s of %d..%d"):format(case, table.concat(by, ", "), margins, tostring(b),
            least, greatest)
          local low, high = b, b
          if type(b) == "table" then
            low, high = b.least, b.greatest
          end
          t.eq({ cell, low, high }, { cell, least, greatest })
          t.eq(low <= truth and truth <= high, true)
          seen = seen + 1
        end
      end
    end
  end
  t.ok(seen > 10000, seen)
end)
