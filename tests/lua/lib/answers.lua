-- answers.lua - few persons, a scenario that some of them are called under, and a breakdown that is asked about it.
--
-- usage: local answers = dofile "answers.lua"
--        answers.coverage(dk):sweep(answers.people(dk), answers.reach(dk), { rate = { 0, 0.5, 1 } })

local answers = {}

function answers.people(dk)
  return dk.table({
    { "gemeente", { "Arnhem", "Arnhem", "Duiven", "Tiel", "Tiel", dk.null, "Duiven", "Tiel" } },
    { "bekend", { true, true, false, true, false, dk.null, true, false } },
    { "leeftijd", { 18, 25, 30, 47, 51, 66, 33, 21 } },
  }):with { name = "personen", source = "register.csv" }
end

function answers.reach(dk)
  return dk.scenario "reach" { params = { rate = { 0.5, min = 0, max = 1 } },
    { "call", where = "not bekend", share = "$rate", per = "gemeente", set = { bekend = true } } }
end

function answers.coverage(dk, where)
  return dk.breakdown "dekking" { by = "gemeente", margins = "totals", where = where, measures = { "n = count()",
    "k = count() where bekend", "d = k / n", "s = n / all(n)" } }
end

return answers
