-- synthetic.lua - makes a synthetic register and Sonar extract of the region Midden-Gelderland.
--
-- usage: lua5.4 scripts/data/synthetic.lua FOLDER [SEED]
--
-- Nobody in these files exists. What is real are the published counts: for each municipality and each of the four
-- columns of the publication there are exactly as many persons in Sonar as it prints, 5682 in all, and 7676 persons
-- in the register. Everything else follows stated rules:
--
--   the 1994 persons who are not in Sonar are spread over the municipalities like those who are, in whole persons
--   by largest remainder, ties to the municipality that comes first;
--   target group, age, education, profile and visibility are drawn with the probabilities below, from a generator
--   of random numbers of this file's own, so that one seed gives the same bytes everywhere;
--   a profile is only drawn for who is in Sonar, visibility only for who has a profile.
--
-- Written are register.csv (pseudoniem, gemeente, doelgroep, leeftijd, leeftijdsklasse, opleiding) and sonar.csv
-- (pseudoniem, kolom, klantprofiel, zichtbaar), both with semicolons, in an order that tells nothing; and a
-- README.txt that says beside them what they are.

local N_REGISTER = 7676

local folder = arg[1]
if not folder then
  io.stderr:write "usage: lua5.4 scripts/data/synthetic.lua FOLDER [SEED]\n"
  os.exit(1)
end
local seed = math.tointeger(arg[2] or 2024)
if not seed then
  io.stderr:write("the seed is a whole number, not ", arg[2], "\n")
  os.exit(1)
end

-- Random numbers: splitmix64 (Steele, Lea and Flood 2014) ---------------------------------------------------------

local function generator(state)
  return function() -- 64 random bits
    state = state + 0x9E3779B97F4A7C15
    local z = state
    z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
    z = (z ~ (z >> 27)) * 0x94D049BB133111EB
    return z ~ (z >> 31)
  end
end

local bits = generator(seed)

local function below(n) -- a whole number 0 .. n - 1; the bias of the remainder is under 2^-40 here
  return (bits() >> 1) % n
end

-- choices: { value, weight, value, weight, ... } with whole weights
local function draw(choices)
  local total = 0
  for i = 2, #choices, 2 do
    total = total + choices[i]
  end
  local at = below(total)
  for i = 2, #choices, 2 do
    at = at - choices[i]
    if at < 0 then
      return choices[i - 1]
    end
  end
end

-- The publication ----------------------------------------------------------------------------------------------------

local function read_publication(path)
  local rows = {}
  for line in assert(io.lines(path)) do
    local name, figures = line:match "^%s*(%a[%a%- ]-)%s+(%d[%d. ]*)$"
    if name and not name:lower():find "^totaal" then
      local row = { gemeente = name }
      for figure in figures:gmatch "%S+" do
        row[#row + 1] = math.tointeger((figure:gsub("%.", "")))
      end
      rows[#rows + 1] = row
    end
  end
  return rows
end

-- Whole numbers that add up to total, in proportion to weights.
local function largest_remainder(weights, total)
  local sum = 0
  for _, weight in ipairs(weights) do
    sum = sum + weight
  end
  local shares, order, left = {}, {}, total
  for i, weight in ipairs(weights) do
    shares[i] = total * weight // sum
    order[i] = { i = i, fraction = total * weight % sum }
    left = left - shares[i]
  end
  table.sort(order, function(a, b)
    if a.fraction ~= b.fraction then
      return a.fraction > b.fraction
    end
    return a.i < b.i
  end)
  for k = 1, left do
    shares[order[k].i] = shares[order[k].i] + 1
  end
  return shares
end

local here = arg[0]:match "^(.*)/" or "."
local published = read_publication(here .. "/midden-gelderland.txt")

local known_per_gemeente, known = {}, 0
for i, row in ipairs(published) do
  known_per_gemeente[i] = row[#row]
  known = known + row[#row]
end
local unknown_per_gemeente = largest_remainder(known_per_gemeente, N_REGISTER - known)

-- Persons ------------------------------------------------------------------------------------------------------------

local DOELGROEP = { "Participatiewet", 46, "Wajong", 31, "Wsw", 15, "WIW/ID", 3, "Praktijkonderwijs", 5 }
-- youngest age of each class with its weight; ages within a class are equally likely
local LEEFTIJD = {
  Participatiewet = { 18, 30, 27, 44, 50, 26 },
  Wajong = { 18, 28, 27, 56, 50, 16 },
  Wsw = { 18, 2, 27, 38, 50, 60 },
  ["WIW/ID"] = { 18, 0, 27, 20, 50, 80 },
  Praktijkonderwijs = { 18, 78, 27, 22, 50, 0 },
}
local UNTIL = { [18] = 27, [27] = 50, [50] = 67 }
local OPLEIDING = { "basisonderwijs", 14, "praktijkonderwijs", 17, "vmbo", 24, "mbo-1", 12, "mbo-2", 14, "mbo-3/4", 7,
  "", 12 }
-- out of a thousand of those in Sonar who have a profile, by column of the publication
local PROFIEL = { 350, 480, 640, 820 }
local ZICHTBAAR = 870 -- out of a thousand with a profile

local taken = {}
local function pseudonym()
  local name
  repeat
    name = ("%016x"):format(bits())
  until not taken[name]
  taken[name] = true
  return name
end

local function person(gemeente)
  local doelgroep = draw(DOELGROEP)
  local from = draw(LEEFTIJD[doelgroep])
  return {
    pseudoniem = pseudonym(),
    gemeente = gemeente,
    doelgroep = doelgroep,
    leeftijd = from + below(UNTIL[from] - from),
    leeftijdsklasse = ("%d-%d"):format(from, UNTIL[from] - 1),
    opleiding = draw(OPLEIDING),
  }
end

local register, sonar = {}, {}
for i, row in ipairs(published) do
  for kolom = 1, #row - 1 do
    for _ = 1, row[kolom] do
      local someone = person(row.gemeente)
      someone.kolom = "kolom_" .. kolom
      local profile = below(1000) < PROFIEL[kolom]
      someone.klantprofiel = profile and "ja" or "nee"
      someone.zichtbaar = profile and below(1000) < ZICHTBAAR and "ja" or "nee"
      register[#register + 1] = someone
      sonar[#sonar + 1] = someone
    end
  end
  for _ = 1, unknown_per_gemeente[i] do
    register[#register + 1] = person(row.gemeente)
  end
end
assert(#register == N_REGISTER and #sonar == known)

-- Files --------------------------------------------------------------------------------------------------------------

local function shuffle(list)
  for i = #list, 2, -1 do
    local j = below(i) + 1
    list[i], list[j] = list[j], list[i]
  end
end

local function write(name, text)
  local path = folder .. "/" .. name
  local file, problem = io.open(path .. ".new", "wb")
  if not file then
    io.stderr:write(problem, "\n")
    os.exit(1)
  end
  assert(file:write(text))
  assert(file:close())
  assert(os.rename(path .. ".new", path))
end

local function write_rows(name, columns, rows)
  shuffle(rows)
  local lines = { table.concat(columns, ";") }
  for _, row in ipairs(rows) do
    local fields = {}
    for i, column in ipairs(columns) do
      fields[i] = row[column]
    end
    lines[#lines + 1] = table.concat(fields, ";")
  end
  write(name, table.concat(lines, "\n") .. "\n")
end

write("README.txt", ([[
register.csv and sonar.csv are synthetic. Nobody in them exists. They were made by scripts/data/synthetic.lua with
seed %d: %d persons in the register, %d of them in Sonar, with the counts per municipality and column that UWV
published. All other properties are drawn; they tell nothing about the region.
]]):format(seed, #register, #sonar))
write_rows("register.csv",
  { "pseudoniem", "gemeente", "doelgroep", "leeftijd", "leeftijdsklasse", "opleiding" }, register)
write_rows("sonar.csv", { "pseudoniem", "kolom", "klantprofiel", "zichtbaar" }, sonar)
