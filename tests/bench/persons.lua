-- persons.lua - writes a synthetic register of any size to standard output, for benchmarks.
--
-- usage: lua5.4 tests/bench/persons.lua ROWS [SEED]
--
-- Columns as deliveries have them: pseudoniem, gemeente (skewed), arbeidsmarktregio (follows from it), doelgroep,
-- leeftijdsklasse, opleiding (40 % empty), geslacht, in_sonar, klantprofiel, zichtbaar, uren (30 % empty), peilmaand.

local n_rows = assert(math.tointeger(arg[1]), "how many rows?")
local state = math.tointeger(arg[2] or 1)

local function bits() -- splitmix64
  state = state + 0x9E3779B97F4A7C15
  local z = state
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return z ~ (z >> 31)
end
local function below(n) return (bits() >> 1) % n end

local DOELGROEP = { "Participatiewet", "Wajong", "Wsw", "WIW/ID", "Praktijkonderwijs", "Overig" }
local LEEFTIJD = { "15-19", "20-24", "25-29", "30-34", "35-44", "45-54", "55-59", "60-66" }
local GESLACHT = { "M", "V", "X" }
local OPLEIDING = { "basisonderwijs", "praktijkonderwijs", "vmbo", "mbo-1", "mbo-2", "mbo-3/4" }

io.stdout:setvbuf("full", 1 << 16)
io.write "pseudoniem;gemeente;arbeidsmarktregio;doelgroep;leeftijdsklasse;opleiding;geslacht;in_sonar;klantprofiel;"
io.write "zichtbaar;uren;peilmaand\n"
for _ = 1, n_rows do
  local gemeente = below(342) * (below(342) + 1) // 342 -- the product of two draws: few large ones
  local in_sonar = below(100) < 74 and 1 or 0
  local profile = in_sonar == 1 and below(100) < 60 and 1 or 0
  io.write(("%016x;gemeente %03d;regio %02d;%s;%s;%s;%s;%d;%d;%d;%s;%04d-%02d\n"):format(bits(), gemeente, gemeente % 35,
    DOELGROEP[1 + below(6)], LEEFTIJD[1 + below(8)], below(10) < 4 and "" or OPLEIDING[1 + below(6)],
    GESLACHT[1 + below(201) // 100], in_sonar, profile,
    profile == 1 and below(10) < 9 and 1 or 0, below(10) < 3 and "" or tostring(below(41)), 2019 + below(6),
    1 + below(12)))
end
