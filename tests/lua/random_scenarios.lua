-- random_scenarios.lua - what holds of every scenario, whatever the persons and the steps are.

local test = ...

local here = debug.getinfo(1, "S").source:match "^@(.*)/"
local random = dofile(here .. "/lib/random_scenarios.lua")

-- Numbers of persons by everything that steps change, in one order.
local function cells(t, dk, data, plan)
  local asked = dk.breakdown { by = { "regio", "gemeente", "leeftijd", "in_sonar" }, measures = "n = count()" }
  local list = {}
  for _, row in ipairs(t.records(asked:compare(data, plan:named "plan"):where "n_plan ~= 0")) do
    list[#list + 1] = ("%s %s %s %s: %.9f"):format(row.regio, row.gemeente, row.leeftijd, row.in_sonar, row.n_plan)
  end
  return list
end

-- One list's greatest difference of known persons to another, over all groups and totals.
local function greatest(a, b)
  local most = 0
  for i, row in ipairs(a) do
    most = math.max(most, math.abs(row.bekend_plan - b[i].bekend_plan))
  end
  return most
end

test("a scenario without steps is neutral, before another and behind it", function(t, dk)
  for seed = 1, 8 do
    local data = random.persons(dk, 60, seed)
    local plan, nothing = dk.scenario "plan" (random.steps(1 + seed % 4)), dk.scenario "nothing" {}
    local as_it_is = cells(t, dk, data, plan)
    t.eq(cells(t, dk, data, nothing .. plan), as_it_is)
    t.eq(cells(t, dk, data, plan .. nothing), as_it_is)
    local compared = random.coverage(dk):compare(data, nothing)
    for _, row in ipairs(t.records(compared)) do
      t.ok(row.bekend_nothing == row.bekend_base and row.bekend_nothing_difference == 0 and
        row.dekking_nothing == row.dekking_base, "nothing changes")
    end
  end
end)

test("the order of two steps matters where it is said to, and by as much", function(t, dk)
  local asked, n_same, n_other = random.coverage(dk), 0, 0
  for seed = 1, 25 do
    local data = random.persons(dk, 60, seed)
    local steps = random.steps(2 + seed % 3)
    local plan = dk.scenario "plan" (steps)
    local compared = t.records(asked:compare(data, plan))
    local of_cells = t.records(plan:order(data)) -- by the columns that steps mention
    for i, pair in ipairs(t.records(plan:order(data, asked))) do
      local exchanged = table.move(steps, 1, #steps, 1, {})
      exchanged[pair.first], exchanged[pair.second] = steps[pair.second], steps[pair.first]
      local other = t.records(asked:compare(data, dk.scenario "plan" (exchanged)))
      local most = greatest(compared, other)
      t.ok(math.abs(pair.bekend_most - most) < 1e-7, most) -- billionths are rounded on the way
      t.ok(pair.changes or most < 1e-7, "a change that is not told")
      local of_all = math.abs(compared[#compared].bekend_plan - other[#other].bekend_plan)
      t.ok(of_cells[i].changes or of_all < 1e-7, "a change of cells that is not told")
      n_same, n_other = n_same + (pair.changes and 0 or 1), n_other + (most > 1e-7 and 1 or 0)
    end
  end
  t.ok(n_same > 5 and n_other > 20, "both occur")
end)

-- The mean of 400 draws is off by a twentieth of the deviation; five times that is allowed, and more would be seen, as a
-- share that is off by 0.1 takes about two deviations of a group of 20 with it.
test("the mean of draws is what is taken in proportion", function(t, dk)
  local asked = dk.breakdown { by = "gemeente", margins = "totals", measures = "bekend = count() where in_sonar" }
  for seed = 1, 12 do
    local data, share = random.persons(dk, 150, seed), math.random(1, 9) / 10
    local step = { "draw", where = "not in_sonar", share = share, per = "gemeente", set = { in_sonar = true } }
    local expected = t.records(asked:compare(data, dk.scenario "plan" { step }))
    step.drawn, step.seed = true, seed
    local drawn = t.records(asked:bands(data, dk.scenario "plan" { step }, { draws = 400 }))
    for i, row in ipairs(expected) do
      local unknown = row.bekend_plan_difference / share
      local allowed = 5 * math.sqrt(unknown * share * (1 - share) / 400)
      t.ok(math.abs(drawn[i].bekend_mean - row.bekend_plan) <= allowed, drawn[i].bekend_mean)
    end
  end
end)

-- Only who comes and leaves changes how many there are, and by how many is told.
test("nobody appears or disappears but by what moved tells", function(t, dk)
  local total = dk.breakdown { measures = "n = count()" }
  for seed = 1, 25 do
    local data, plan = random.persons(dk, 60, seed), dk.scenario "plan" (random.steps(1 + seed % 4))
    local change = 0
    for _, row in ipairs(t.records(plan:moved(data))) do
      change = change + (row.effect == "adds" and row.taken or row.effect == "removes" and -row.taken or 0)
    end
    t.near(t.records(total:compare(data, plan))[1].n_plan, 60 + change)
  end
end)
