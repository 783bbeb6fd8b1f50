-- dekking.lua - dekking itself, as the peers are run.
--
-- peilmaand is stated as a category, as the peers keep it; where types are found it is a month.
--
-- usage: dekking --threads N dekking.lua typed|found FILE RUNS
local task, file, n = arg[1], arg[2], tonumber(arg[3])
local types = task == "typed" and {
  pseudoniem = "text", gemeente = "category", arbeidsmarktregio = "category", doelgroep = "category",
  leeftijdsklasse = "category", opleiding = "category", geslacht = "category", in_sonar = "boolean",
  klantprofiel = "boolean", zichtbaar = "boolean", uren = "integer", peilmaand = "category",
} or nil

for _ = 1, n do
  local start = dk.clock()
  local t <close> = dk.read(file, { delimiter = task == "typed" and ";" or nil, types = types })
  local took = dk.clock() - start
  local known = task == "typed" and "in_sonar" or "in_sonar == 1"
  local answer = dk.breakdown { measures = {
    "n = count()", "known = count() where " .. known, "empty = count() where opleiding is null", "hours = sum(uren)",
  } } (t):rows()()
  print(("%.6f %d %d %d %d %d"):format(took, answer.n, answer.known, answer.empty, answer.hours,
    #dk.breakdown { by = "gemeente", measures = "n = count()" } (t)))
end
