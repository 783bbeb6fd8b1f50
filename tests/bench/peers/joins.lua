-- joins.lua - dekking's answers to the questions of the join benchmark.
--
-- usage: dekking --threads N joins.lua FILE RUNS [TASK ...]        prints a line for each run: TASK SECONDS ANSWER
--
-- The other table has who is in Sonar, in the order of pseudonyms. A task that is asked for the first time gets tables of
-- new columns each time, made of halves outside the clock, since what is found about a column stays with it.
local file, n_runs = arg[1], tonumber(arg[2])
local wanted = { table.unpack(arg, 3) }

local people = dk.read(file, { delimiter = ";", types = {
  pseudoniem = "text", gemeente = "category", arbeidsmarktregio = "category", doelgroep = "category",
  leeftijdsklasse = "category", opleiding = "category", geslacht = "category", in_sonar = "boolean",
  klantprofiel = "boolean", zichtbaar = "boolean", uren = "integer", peilmaand = "month",
} }):derive "m = year(peilmaand) * 12 + month(peilmaand)"
local sonar = people:where "in_sonar":select { "pseudoniem", "uren" }:sort "pseudoniem":rename { uren = "u" }
local changes = people:where "m % 5 == 0":breakdown { by = { "gemeente", "m" }, measures = "n = count()" }
  :where "gemeente is not null"

local function fresh(t) return t:slice(1, #t // 2):append(t:slice(#t // 2 + 1)) end
local coverage = dk.breakdown {
  by = "arbeidsmarktregio", measures = { "n = count()", "known = count() where in_sonar_2", "share = known / n" },
}
local function cover(a, b) return coverage(a:link(b, "pseudoniem", { as = "in_sonar_2" })) end
local distinct = dk.breakdown { by = "arbeidsmarktregio", measures = "n = distinct(pseudoniem)" }
local narrow = people:select { "pseudoniem", "gemeente", "m" }
local keys = people:select { "pseudoniem", "uren" }

local function weighed(result)
  local sum, place = 0, 0
  for row in result:rows() do
    place = place + 1
    sum = sum + place * (row.n + 3 * (row.known or 0))
  end
  return ("%d %.0f"):format(place, sum)
end
local function summed(column)
  local count = dk.breakdown { measures = { "all_rows = rows()", ("total = sum(%s)"):format(column) } }
  return function(result)
    local made = count(result)
    return ("%d %.0f"):format(made.all_rows[1], made.total[1])
  end
end

local kinds = {}
for _, kind in ipairs { "inner", "left", "semi", "anti" } do
  local brings = kind == "inner" or kind == "left"
  kinds[kind] = { function() return narrow:join(sonar, "pseudoniem", { kind = kind }) end, summed(brings and "u" or "m") }
end
local tasks = {
  d7_first = { cover, weighed, function() return fresh(people), fresh(sonar) end },
  d7_again = { function() return cover(people, sonar) end, weighed },
  d8_first = { distinct, weighed, function() return fresh(people) end },
  d8_again = { function() return distinct(people) end, weighed },
  inner = kinds.inner, left = kinds.left, semi = kinds.semi, anti = kinds.anti,
  as_of = { function() return narrow:join(changes, "gemeente", { as_of = "m", columns = { "n" } }) end, summed "n" },
  sort = {
    function() return keys:sort "pseudoniem" end, function(t) return t.pseudoniem[1] .. " " .. t.pseudoniem[#t] end,
  },
}

if #wanted == 0 then
  wanted = { "d7_first", "d7_again", "d8_first", "d8_again", "inner", "left", "semi", "anti", "as_of", "sort" }
end
for _, name in ipairs(wanted) do
  local ask, answer, prepare = table.unpack(tasks[name])
  for _ = 1, n_runs do
    local a, b
    if prepare then
      a, b = prepare()
    end
    collectgarbage()
    local start = dk.clock()
    local result = ask(a, b)
    local took = dk.clock() - start
    print(("%s %.6f %s"):format(name, took, answer(result)))
  end
end
