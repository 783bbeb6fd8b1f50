-- queries.lua - dekking's answers to the questions of the query benchmark.
--
-- usage: dekking --threads N queries.lua FILE RUNS [TASK ...]        prints a line for each run: TASK SECONDS ANSWER
--
-- The answer is the number of rows and a sum over them, a row's numbers weighed by its place: rows stand in the order of
-- their keys, null last. Making it is not timed.
local file, n_runs = arg[1], tonumber(arg[2])
local wanted = { table.unpack(arg, 3) }

local people = dk.read(file, { delimiter = ";", types = {
  pseudoniem = "text", gemeente = "category", arbeidsmarktregio = "category", doelgroep = "category",
  leeftijdsklasse = "category", opleiding = "category", geslacht = "category", in_sonar = "boolean",
  klantprofiel = "boolean", zichtbaar = "boolean", uren = "integer", peilmaand = "category",
} })

local function breakdown(spec)
  local question = dk.breakdown(spec)
  return function() return question(people) end
end

local tasks = {
  d1 = breakdown { by = "arbeidsmarktregio", measures = "n = count()" },
  d2 = breakdown { by = "gemeente", measures = { "n = count()", "known = count() where in_sonar", "share = known / n" } },
  d3 = breakdown {
    by = { "arbeidsmarktregio", "doelgroep", "leeftijdsklasse" }, where = "in_sonar", measures = "n = count()",
  },
  d4 = breakdown { by = { "arbeidsmarktregio", "doelgroep" }, margins = "cube", measures = "n = count()" },
  d5 = breakdown {
    by = { "gemeente", "peilmaand" },
    measures = { "n = sum(uren)", "average = mean(uren)", "known = min(uren)", "most = max(uren)" },
  },
  d6 = breakdown { by = "gemeente", where = "opleiding is null and not zichtbaar", measures = "n = count()" },
  d8 = breakdown { by = "arbeidsmarktregio", measures = "n = distinct(pseudoniem)" },
  d9 = breakdown { by = "gemeente", measures = "n = 2 * median(uren)" },
}

-- What is asked of the expressions rather than of the groups: by name, and only where it is asked for.
tasks.equal = breakdown { where = "pseudoniem == '8000000000000000'", measures = "n = count()" }
tasks.starts = breakdown { by = "gemeente", where = "starts_with(pseudoniem, 'ab')", measures = "n = count()" }
tasks.contains = breakdown { where = "contains(pseudoniem, 'abc')", measures = "n = count()" }
tasks.regexp = breakdown { where = "regexp_matches(pseudoniem, '^a.*f$')", measures = "n = count()" }
tasks.part = breakdown { by = "k = sub(pseudoniem, 1, 2)", measures = "n = count()" }
tasks.length = breakdown { by = "k = length(pseudoniem)", measures = "n = count()" }
tasks.upper = breakdown { by = "k = upper(pseudoniem)", where = "uren == 40", measures = "n = count()" }
tasks.joined = breakdown { by = "k = geslacht .. '-' .. opleiding", measures = "n = count()" }
tasks.case = breakdown { by = "gemeente", measures = "n = sum(case(uren > 20, uren, 0))" }
tasks.coalesce = breakdown { by = "gemeente", measures = "n = sum(coalesce(uren, 10))" }
tasks.either = breakdown {
  by = "gemeente", where = "uren > 30 or in_sonar and not zichtbaar or opleiding is null", measures = "n = count()",
}
tasks.round = breakdown { by = "k = round(uren / 7, 1)", measures = "n = count()" }
tasks.deviation = breakdown { by = "gemeente", measures = "n = sd(uren)" }
tasks.mode = breakdown { by = "gemeente", measures = { "n = count()", "m = mode(opleiding)" } }
tasks.least = breakdown { by = "gemeente", measures = { "n = count()", "m = min(pseudoniem)" } }
tasks.filters = breakdown {
  by = "gemeente",
  measures = { "n = count() where uren > 20", "known = count() where in_sonar and klantprofiel",
    "most = sum(uren) where zichtbaar" },
}
tasks.six = breakdown {
  by = { "arbeidsmarktregio", "doelgroep", "leeftijdsklasse", "opleiding", "geslacht", "peilmaand" },
  measures = { "n = count()", "most = sum(uren)" },
}

tasks.d4_steps = tasks.d4 -- of the others the margins from the finest groups, in two steps; here that is their own affair

local function answer(result)
  local sum, place = 0, 0
  for row in result:rows() do
    place = place + 1
    sum = sum + place * ((row.n or 0) + 3 * (row.known or 0) + 7 * (row.most or 0))
  end
  return ("%d %.0f"):format(place, sum)
end

if #wanted == 0 then
  wanted = { "d1", "d2", "d3", "d4", "d4_steps", "d5", "d6", "d8", "d9" }
end
for _, name in ipairs(wanted) do
  for _ = 1, n_runs do
    local start = dk.clock()
    local result = tasks[name]()
    local took = dk.clock() - start
    print(("%s %.6f %s"):format(name, took, answer(result)))
  end
end
