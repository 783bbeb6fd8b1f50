-- random_scenarios.lua - persons and steps that are made up, the same for each seed, for what must hold of all of them.

local random = {}

-- n persons, after whom the numbers of steps follow.
function random.persons(dk, n, seed)
  math.randomseed(seed)
  local gemeente, leeftijd, bekend, regio = {}, {}, {}, {}
  for i = 1, n do
    gemeente[i] = ({ "Arnhem", "Duiven", "Tiel" })[math.random(3)]
    regio[i] = gemeente[i] == "Tiel" and "Rivier" or "Midden"
    leeftijd[i] = ({ 20, 30, 60 })[math.random(3)]
    bekend[i] = math.random(10) > 4
  end
  return dk.table { { "regio", regio }, { "gemeente", gemeente }, { "leeftijd", leeftijd }, { "in_sonar", bekend } }
end

function random.coverage(dk)
  return dk.breakdown { by = { "regio", "gemeente" }, margins = "cube",
    measures = { "bekend = count() where in_sonar", { "dekking = bekend / count()", format = "0.0 %" } } }
end

-- Steps that can run in any order, with or without the others.
function random.steps(n)
  local makers = {
    function() return { where = "not in_sonar", share = math.random(0, 10) / 10, set = { in_sonar = true } } end,
    function()
      return { where = "in_sonar and leeftijd > 25", share = math.random(0, 9) / 9, set = { in_sonar = false } }
    end,
    function()
      return { where = "gemeente == 'Arnhem'", share = math.random(0, 5) / 10, set = { gemeente = "Duiven" }, whole = true }
    end,
    function()
      return { where = "not in_sonar", count = math.random(0, 3), set = { in_sonar = true }, per = "gemeente" }
    end,
    function() return { share = 0.25, set = { leeftijd = 60 } } end,
    function()
      return { where = "leeftijd == 20", share = math.random(0, 4) / 7, add = true, set = { in_sonar = false } }
    end,
    function() return { where = "gemeente == 'Duiven'", share = math.random(0, 4) / 7, remove = true } end,
    function() return { where = "not in_sonar", scale = math.random(8, 12) / 10 } end,
  }
  local steps = {}
  for i = 1, n do
    steps[i] = makers[math.random(#makers)]()
    steps[i][1] = "stap " .. i
    steps[i].allow_none = true
  end
  return steps
end

return random
