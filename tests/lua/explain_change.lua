-- explain_change.lua - what steps did, told of a comparison: words by hand, and numbers that add up to the difference.

local test = ...

local persons = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/persons.lua")

local function coverage(dk)
  return dk.breakdown "dekking" { by = { "regio", "gemeente" }, margins = "rollup",
    measures = { "n = count()", { "dekking = (count() where in_sonar) / n", format = "0.0 %" } } }
end

local function plan(dk)
  return dk.scenario "plan" {
    { "register half", where = "not in_sonar", share = 0.5, set = { in_sonar = true } },
    { "move Duiven", where = "gemeente == 'Duiven'", all = true, set = { gemeente = "Arnhem" } },
  }
end

local function behind(text, line)
  return text:match(line:gsub("%p", "%%%0") .. "\n(.*)$")
end

test("a scenario without steps changes nothing, and says so", function(t, dk)
  local result = coverage(dk):compare(persons(dk), dk.scenario "leeg" {})
  t.has(tostring(result:explain()), "Under leeg nothing changes: it has no steps.")
  t.has(tostring(result:explain { gemeente = "Tiel", regio = "R" }), "Under leeg nothing changes: it has no steps.")
end)

test("a comparison tells what each step moved", function(t, dk)
  local result = coverage(dk):compare(persons(dk), plan(dk))
  t.eq(behind(result:explain(), "Then compared with plan: 6 rows."), [[
Under plan, step by step:
  1. register half: 2.5 persons moved, in 6 cells
  2. move Duiven: 1 person moved, in 4 cells]])
end)

test("a cell of a comparison tells what each step did to it", function(t, dk)
  local result = coverage(dk):compare(persons(dk), plan(dk))
  local text, cell = result:explain { gemeente = "Arnhem" }
  t.eq(behind(text, "  compared with plan it gives n_plan and dekking_plan"), [[
Under plan, step by step:
  1. register half: 1 person moved within the cell
     regio = M, gemeente = Arnhem, in_sonar = false: 2 to 1, -1
     regio = M, gemeente = Arnhem, in_sonar = true: 1 to 2, +1
     dekking: 33.3 % to 66.7 %, +33.3 pp; numerator 1 to 2, +1; denominator 3
     n: as before
  2. move Duiven: 1 person came into the cell
     regio = M, gemeente = Arnhem, in_sonar = false: 1 to 1.5, +0.5
     regio = M, gemeente = Arnhem, in_sonar = true: 2 to 2.5, +0.5
     n: 3 to 4, +1
     dekking: 66.7 % to 62.5 %, -4.2 pp; numerator 2 to 2.5, +0.5; denominator 3 to 4, +1
  together:
     n: 3 to 4, +1
     dekking: 33.3 % to 62.5 %, +29.2 pp; numerator 1 to 2.5, +1.5; denominator 3 to 4, +1]])
  t.eq(#cell.changes.plan, 2)
  t.eq(cell.changes.plan[2].name, "move Duiven")
  t.eq(#cell.changes.plan[2].cells, 2)
  text = result:explain { regio = "M", gemeente = "Duiven" }
  t.has(text, "  2. move Duiven: 1 person went out of the cell",
    "dekking: 50.0 % to –, –; numerator 0.5 to 0, -0.5; denominator 1 to 0, -1")
  text = result:explain { gemeente = "Tiel" }
  t.has(text, "  2. move Duiven: nothing changed in the cell")
end)

test("a long comparison is explained too, of each scenario", function(t, dk)
  local all = dk.scenario "allen" { { "register all", where = "not in_sonar", all = true, set = { in_sonar = true } } }
  local result = coverage(dk):compare(persons(dk), { plan(dk), all }, { long = true })
  local text = result:explain { gemeente = "Tiel" }
  t.has(text, "The cell regio = R, gemeente = Tiel of the breakdown dekking:", "Under plan, step by step:",
    "Under allen, step by step:", "  1. register all: 2 persons moved within the cell",
    "dekking: 33.3 % to 100.0 %, +66.7 pp; numerator 1 to 3, +2; denominator 3")
end)

-- What comes and goes is told, and a breakdown's own condition is kept to.
test("persons who come and who leave are told", function(t, dk)
  local grow = dk.scenario "groei" {
    { "more", where = "gemeente == 'Tiel'", share = 1, add = true },
    { "fewer", where = "gemeente == 'Arnhem' and in_sonar", all = true, remove = true },
  }
  local ask = coverage(dk):where("gemeente ~= $niet")
  local result = ask:compare(persons(dk), grow, { niet = "Duiven" })
  t.has(result:explain(), "1. more: 3 persons came, in 2 cells", "2. fewer: 1 person left, in 1 cell")
  t.has((result:explain(dk.total)), "1. more: 3 persons came into the cell", "n: 6 to 9, +3",
    "2. fewer: 1 person went out of the cell", "n: 9 to 8, -1", "together:", "n: 6 to 8, +2")
end)

test("where the breakdown is asked of rows, who moved is told as far as cells know", function(t, dk)
  local data = dk.table { { "gemeente", { "a", "a", "b" } }, { "leeftijd", { 1, 2, 3 } } }
  local move = dk.scenario "om" { { "all to b", where = "gemeente == 'a'", all = true, set = { gemeente = "b" } } }
  local result = dk.breakdown { by = "gemeente", measures = "m = first(leeftijd)" }:compare(data, move)
  t.has(result:explain(), "Under om, step by step:\n  1. all to b: 2 persons moved, in ")
  local text, cell = result:explain { gemeente = "b" }
  t.has(text, "The breakdown was asked of rows: what each step did to the measures, contributions tell.",
    "  1. all to b: 2 persons came into the cell")
  t.eq(cell.changes.om[1].measures, nil)
end)

-- Cells that tell persons apart are told together, and steps that draw persons can be exchanged and left out.
test("persons who are drawn are not told one by one", function(t, dk)
  local key, gemeente, known = {}, {}, {}
  for i = 1, 60 do
    key[i], gemeente[i], known[i] = "p" .. i, i % 3 == 0 and "a" or "b", i % 4 == 0
  end
  local data = dk.table { { "wie", key }, { "gemeente", gemeente }, { "in_sonar", known } }:with { key = "wie" }
  local drawing = dk.scenario "plan" {
    { "draw", where = "not in_sonar", share = 0.5, drawn = "persons", set = { in_sonar = true }, seed = 1 },
    { "all of a", where = "gemeente == 'a'", all = true, set = { gemeente = "c" } },
  }
  local ask = dk.breakdown { by = "gemeente", measures = "k = count() where in_sonar", margins = "totals" }
  local result = ask:compare(data, drawing)
  local text = result:explain(dk.total)
  t.has(text, "2. all of a: 20 persons moved within the cell")
  t.eq(text:find "wie = ", nil)
  local drawn = t.records(result:where "gemeente is total")[1].k_plan_difference
  local shares = t.records(ask:contributions(data, drawing, { method = "shapley", at = dk.total }))
  t.eq({ shares[1].contribution, shares[2].contribution }, { drawn, 0 })
  t.eq(t.records(drawing:order(data, ask))[1].changes, false) -- who is drawn does not hang on where they live
  local by_key = dk.breakdown { by = "wie", measures = "k = count() where in_sonar" }:compare(data, drawing)
  t.has((by_key:explain { wie = "p4" }), "1. draw: nothing changed in the cell")
end)

-- Steps add up, to the last unit, in every cell of random scenarios.
test("what steps did adds up to the difference", function(t, dk)
  for seed = 1, 6 do
    math.randomseed(seed)
    local gemeente, klasse, bekend = {}, {}, {}
    for i = 1, 50 do
      gemeente[i] = ({ "A", "B", "C" })[math.random(3)]
      klasse[i] = ({ "x", "y" })[math.random(2)]
      bekend[i] = math.random(3) == 1
    end
    local data = dk.table { { "gemeente", gemeente }, { "klasse", klasse }, { "in_sonar", bekend } }
    local steps = {}
    for i = 1, 3 do
      steps[i] = { "stap " .. i, where = ("klasse == '%s'"):format(({ "x", "y" })[math.random(2)]),
        share = math.random(9) / 9, allow_none = true,
        set = ({ { in_sonar = true }, { gemeente = "B" }, { klasse = "y" } })[math.random(3)] }
    end
    local ask = dk.breakdown { by = { "gemeente", "klasse" }, margins = "cube",
      measures = { "n = count()", "k = count() where in_sonar" } }
    local result = ask:compare(data, dk.scenario "plan" (steps))
    for row in result:rows() do
      local wanted = { gemeente = row.gemeente or dk.total, klasse = row.klasse or dk.total }
      local _, cell = result:explain(wanted)
      local n, k, moved = 0, 0, 0
      for _, step in ipairs(cell.changes.plan) do
        for each in step.cells:rows() do
          moved = moved + each.change
        end
        for each in (step.measures or dk.table { { "none", {} } }):rows() do
          n = n + each["n_→_difference"]
          k = k + each["k_→_difference"]
        end
      end
      t.near(n, row.n_plan_difference)
      t.near(k, row.k_plan_difference)
      t.near(moved, row.n_plan_difference)
    end
  end
end)

test("what is made of a comparison says what the scenarios do", function(t, dk)
  local path = os.tmpname()
  local both = coverage(dk):compare(persons(dk), { plan(dk), dk.scenario "deel" { params = { s = 0.2, k = "M" },
    { "some", where = "not in_sonar and regio == $k", share = "$s", set = { in_sonar = true } } } }, { s = 0.4 })
  local lines = {
    "    under plan: 1. register half: share 0.5 where not in_sonar, set in_sonar = true",
    '    under plan: 2. move Duiven: all where gemeente == \'Duiven\', set gemeente = "Arnhem"',
    "    under deel: 1. some: share $s where not in_sonar and regio == $k, set in_sonar = true",
    "    under deel: $s is 0.4", '    under deel: $k is "M"',
  }
  t.eq(both:explain():find("under plan:", 1, true), nil) -- step by step, with numbers
  both:save(path)
  local long = coverage(dk):compare(persons(dk), plan(dk), nil, { long = true })
  for _, made in ipairs { both:where "n_base > 1", both:select { "regio", "gemeente", "n_plan" }, dk.open(path) } do
    t.has(made:explain(), table.unpack(lines))
    t.has((made:explain { regio = "M", gemeente = "Arnhem" }), table.unpack(lines))
  end
  t.has(long:where "value > 1":explain(), lines[1], lines[2])
  os.remove(path)
end)

test("of a comparison of which columns were left out the cell is told with them", function(t, dk)
  local rows = dk.table { { "g", { "A", "B" } }, { "k", { 7, 5 } }, { "m", { 1, 2 } } }
  local half = dk.scenario "half" { { "half", where = "g == 'B'", all = true, set = { k = 6 } } }
  local all = dk.breakdown { by = "g", measures = { "s = sum(k)", "r = sum(m)" } }:compare(rows, half)
  local some = all:select { "g", "s_half_difference" }
  local text, cell = some:explain { g = "B" }
  t.has(text, "  s_base is 5: sum(k)\n", "  s_half is 6; that differs by 1\n",
    "The result was left without s_base, s_half, r_base, r_half and r_half_difference.")
  t.eq(text:find("r_base is", 1, true), nil)
  t.eq(cell.parts.s_base[1].value, 5)
  t.has((some:derive "twee = 2 * s_half_difference":explain { g = "B" }), "s_half is 6; that differs by 1",
    "  twee is 2: 2 * s_half_difference\n     s_half_difference is 1")
  t.has((all:drop "r_base":explain { g = "A" }), "s_base is 7: sum(k)", "r_base is 1: sum(m)",
    "r_half is 1; that differs by 0",
    "The result was left without r_base.")
  local other = some:derive "s_half_difference = 9"
  text = other:explain { g = "B" } -- what was changed is not of the comparison any more
  t.eq(text:find("that differs by", 1, true), nil)
  t.has(text, "s_half_difference is 9: 9")
  t.eq(text:find("were left out", 1, true), nil)
  local path = t.path "verschil.dk"
  some:save(path, { explain = false })
  t.has((dk.open(path):explain { g = "B" }),
    "  s_half_difference is 1: of sum(k), and the numbers that it comes of were left out\n")
end)
