-- joins.lua - what joins and sets of rows take: CPU time of all threads, the least of several runs.
--
-- usage: build/dekking tests/bench/joins.lua FILE [RUNS]
--
-- FILE is what build/tests/bench/persons N writes, of three million rows at least. All but the first link begin with a
-- match that is known; what is asked for the first time gets columns of its own each time.

local file, n_runs = arg[1], tonumber(arg[2] or 5)

local people = dk.read(file, { delimiter = ";", types = {
  pseudoniem = "text", gemeente = "category", arbeidsmarktregio = "category", doelgroep = "category",
  leeftijdsklasse = "category", opleiding = "category", geslacht = "category", in_sonar = "boolean",
  klantprofiel = "boolean", zichtbaar = "boolean", uren = "integer", peilmaand = "month",
} })
local sonar = people:where "in_sonar":select { "pseudoniem", "uren" }:sort "pseudoniem":rename { uren = "u" }
local narrow = people:select { "pseudoniem", "gemeente", "peilmaand" }
local coverage = dk.breakdown {
  by = "arbeidsmarktregio", measures = { "n = count()", "known = count() where linked", "share = known / n" },
}

-- The same rows in columns that nothing is known of.
local function fresh(t) return t:slice(1, #t // 2):append(t:slice(#t // 2 + 1)) end

-- Least CPU milliseconds of ask(prepare()).
local function least(ask, prepare, runs)
  local best = math.huge
  for _ = 1, runs or n_runs do
    local a, b
    if prepare then
      a, b = prepare()
    end
    collectgarbage()
    local start = os.clock()
    ask(a, b)
    best = math.min(best, (os.clock() - start) * 1000)
  end
  return best
end

local function show(what, ...) print(("%-50s %8.1f ms"):format(what, least(...))) end

local function link(a, b) return a:link(b, "pseudoniem", { as = "linked" }) end
local function join(kind)
  return function() return narrow:join(sonar, "pseudoniem", { kind = kind }) end
end

show("link, the first time", link, function() return fresh(people), fresh(sonar) end)
link(people, sonar)
show("the same again, with a breakdown", function() return coverage(link(people, sonar)) end)
for _, kind in ipairs { "inner", "left", "full", "semi", "anti" } do
  join(kind)()
  show(kind, join(kind))
end
show("reconcile of keys", function() return narrow:reconcile(sonar:select "pseudoniem", "pseudoniem") end)
show("distinct by two categories", function() return narrow:distinct("gemeente", "peilmaand") end)
show("distinct of whole rows", function() return narrow:distinct() end)

print ""
local sizes = { 100000, 1000000, #people }
for _, n in ipairs(sizes) do
  local left = narrow:slice(1, n)
  local right = left:sample { n = n * 3 // 4, seed = 1 }:sort "pseudoniem":select "pseudoniem"
  local runs = n == #people and n_runs or 2 * n_runs
  local first = least(link, function() return fresh(left), fresh(right) end, runs)
  local function semi() return left:join(right, "pseudoniem", { kind = "semi" }) end
  semi()
  print(("%8d rows, three quarters of them linked: %5.0f ns a row; semi join, the match known: %5.0f ns"):format(n,
    first * 1e6 / n, least(semi, nil, runs) * 1e6 / n))
end

print ""
local function both(t)
  return t:slice(1, 2000000), t:slice(1000001, 3000000)
end
local three = people:select { "pseudoniem", "gemeente", "uren" }
for _, set in ipairs { "union", "intersect", "except" } do
  show(set .. ", two million rows of three columns", function(a, b) return a[set](a, b) end,
    function() return both(three) end)
end
show("union, all twelve columns", function(a, b) return a:union(b) end, function() return both(people) end)
local long = three:slice(1, 3000000):derive "pseudoniem = pseudoniem .. ' of ' .. text(gemeente)"
show("union, a longer text", function(a, b) return a:union(b) end, function() return both(long) end)
