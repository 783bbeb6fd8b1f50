-- snapshot.lua - dekking's snapshots for the benchmark.
--
-- usage: dekking --threads N snapshot.lua save FILE.csv SNAPSHOT RUNS     a line for each run: SECONDS BYTES
--        dekking --threads N snapshot.lua open SNAPSHOT                   SECONDS ANSWER, from opening to the first count
--        dekking --threads N snapshot.lua more SNAPSHOT RUNS              a line for each thing: SECONDS WHAT
local task, file = arg[1], arg[2]

local count = dk.breakdown { by = "arbeidsmarktregio", measures = "n = count()" }

local function time(action)
  local start = dk.clock()
  action()
  return dk.clock() - start
end

local function size_of(name)
  local handle <close> = assert(io.open(name, "rb"))
  return handle:seek "end"
end

local function median(n, action)
  local times = {}
  for i = 1, n do
    times[i] = time(action)
  end
  table.sort(times)
  return times[#times // 2 + 1]
end

local tasks = {}

function tasks.save()
  local people = dk.read(file, { delimiter = ";", types = {
    pseudoniem = "text", gemeente = "category", arbeidsmarktregio = "category", doelgroep = "category",
    leeftijdsklasse = "category", opleiding = "category", geslacht = "category", in_sonar = "boolean",
    klantprofiel = "boolean", zichtbaar = "boolean", uren = "integer", peilmaand = "category",
  } })
  for _ = 1, tonumber(arg[4]) do
    local took = time(function() people:save(arg[3]) end)
    print(("%.6f %d"):format(took, size_of(arg[3])))
  end
end

function tasks.open()
  local result
  local took = time(function() result = count(dk.open(file)) end)
  local sum, place = 0, 0
  for row in result:rows() do
    place = place + 1
    sum = sum + place * row.n
  end
  print(("%.6f %d %.0f"):format(took, place, sum))
end

function tasks.more()
  local n = tonumber(arg[3])
  local opened = dk.open(file)
  local function show(what, seconds) print(("%.6f %s"):format(seconds, what)) end

  show("open", median(n, function() dk.open(file) end))
  show("count by arbeidsmarktregio, from the file", time(function() count(opened) end))
  show("count by arbeidsmarktregio, from memory", median(n + 4, function() count(opened) end))
  show("fingerprint", median(n, function() opened:fingerprint() end))
  show("open and check everything", median(n, function() dk.open(file, { check = true }) end))
  local packed = file .. ".zstd"
  show("save with zstd", time(function() opened:save(packed, { compress = true }) end))
  show(("open and count by arbeidsmarktregio, zstd (%d bytes)"):format(size_of(packed)),
    median(n, function() count(dk.open(packed)) end))
  os.remove(packed)
end

tasks[task]()
