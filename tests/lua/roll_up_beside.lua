-- roll_up_beside.lua - comparisons and pivots by a coarser level: what asking them by that level gives.

local test = ...

local random = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/random_numbers.lua")

local GEO = "gemeente;regio;land\nA;x;n\nB;x;n\nC;y;n\nD;y;n\nE;z;o\n"

local function persons(dk, seed)
  local rows, below = { "gemeente;soort;leeftijd;bekend;deel" }, random(seed)
  for _ = 1, 60 do
    local place, set = below(5) + 1, {}
    for i = 1, 3 do
      set[#set + 1] = below(2) == 1 and ("pqr"):sub(i, i) or nil
    end
    rows[#rows + 1] = ("%s;%s;%d;%s;%s"):format(("ABCDE"):sub(place, place), ("stu"):sub(below(3) + 1):sub(1, 1),
      18 + below(40), below(2) == 1, table.concat(set, "|"))
  end
  return dk.read_text(table.concat(rows, "\n") .. "\n", { types = { deel = { "set", "|" } } })
    :use(dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" }))
end

local MEASURES = { "n = count()", "k = count() where bekend", { "d = k / n", format = "0.0 %" },
  "koppeling = (count() where bekend) / count()", "jaren = sum(leeftijd)",
  "oudste = max(leeftijd)", "gemiddeld = jaren / n", "aandeel = n / all(n)" }

local function scenarios(dk)
  return {
    dk.scenario "half" { { "half", where = "not bekend", share = 0.5, set = { bekend = true } } },
    dk.scenario "naar" { { "x", where = "gemeente == 'A'", all = true, set = { gemeente = "C" } } },
  }
end

-- What part of the unknown each plan makes known, by its name; and the plans.
local SHARE = { half = 1 / 2, derde = 1 / 3 }
local function known_plans(dk)
  local plans = {}
  for i, name in ipairs { "half", "derde" } do
    plans[i] = dk.scenario(name) { { name, where = "not bekend", share = SHARE[name], set = { bekend = true } } }
  end
  return plans
end

local function text(result)
  return result:text { notes = false }
end

test("a comparison is rolled up as asking it by the level", function(t, dk)
  for seed = 1, 3 do
    local data = persons(dk, seed)
    for _, margins in ipairs { "none", "totals", "rollup" } do
      local ask = dk.breakdown { by = { "soort", "gemeente" }, measures = MEASURES, margins = margins }
      local plans = scenarios(dk)
      local both = ask:compare(data, plans[1], nil, { relative = true })
      t.eq(text(both:roll_up "regio"), text(ask:by { "soort", "regio" }:compare(data, plans[1], nil, { relative = true })))
      t.eq(text(both:roll_up("regio"):roll_up "land"),
        text(ask:by { "soort", "land" }:compare(data, plans[1], nil, { relative = true })))
      local some = { "soort", "gemeente", "n_base", "n_half", "d_half_difference", "d_base", "d_half", "d_naar", "n_naar" }
      local two = ask:compare(data, plans):select(some):roll_up "land"
      some[2] = "land"
      t.eq(text(two), text(ask:by { "soort", "land" }:compare(data, plans):select(some)))
    end
    local other = persons(dk, seed + 10)
    local ask = dk.breakdown { by = "gemeente", measures = MEASURES, margins = "totals" }
    t.eq(text(ask:compare(data, other, { name = "later" }):roll_up "regio"),
      text(ask:by "regio":compare(data, other, { name = "later" })))
    local sets = dk.breakdown { by = { "gemeente", "m = member(deel)" }, measures = "n = count()", margins = "rollup" }
    local rolled = sets:compare(data, other, { name = "later" }):roll_up "regio"
    t.eq(text(rolled), text(sets:by { "regio", "m = member(deel)" }:compare(data, other, { name = "later" })))
    local overlap = "groups of m overlap: a row counts in that of every member it has, and in totals once; " ..
      "groups do not add up to totals"
    t.eq(rolled:notes(), { "base: " .. overlap, "later: " .. overlap })
    t.eq(rolled:select { "regio", "m", "n_base", "n_later" }:roll_up("land"):notes(), { overlap })
    t.raises(function() rolled:detail():breakdown { by = "regio", measures = "s = sum(n_later_difference)" } end,
      "goes over groups that overlap")
  end
end)

-- Who gets a new name stays in the region where they were: AC is partly in x, and partly in y, which its row does not tell.
test("what is by a name that a step made is not rolled up, and by region it is", function(t, dk)
  local ask = dk.breakdown { by = "gemeente", measures = { "n = count()" }, margins = "totals" }
  local data = persons(dk, 1)
  local merger = dk.scenario "samen" { dk.merge("gemeente", { "A", "C" }, "AC") }
  local moved = dk.scenario "naar" { { "naar E", where = "gemeente == 'A'", share = 0.5, set = { gemeente = "E" } } }
  local gone = dk.scenario "weg" { { "weg", where = "gemeente == 'B'", all = true, remove = true } }
  for _, options in ipairs { {}, { long = true } } do
    for _, plan in ipairs { merger, merger .. gone, { merger, gone }, { gone, merger } } do
      local made = ask:compare(data, plan, nil, options)
      t.raises(function() made:roll_up "regio" end, "regio is no coarser level of a dimension of the result",
        "a step that sets a level above, a name that the hierarchy does not have, or two divisions take it away: ask the "
          .. "breakdown by regio, and compare that")
    end
    t.eq(text(ask:compare(data, moved, nil, options):roll_up "regio"),
      text(ask:by "regio":compare(data, moved, nil, options)))
  end
  for row in ask:by "regio":compare(data, merger):rows() do t.eq(row.n_samen_difference, 0) end
  t.has(ask:compare(data, merger):explain { gemeente = "AC" }, "The cell gemeente = AC", "n_samen is ")
  local notes = ask:compare(data, gone):roll_up("regio"):notes()
  t.eq(#notes, 1)
  t.eq(notes[1]:match "^weg: %d+ persons left$" ~= nil, true)
end)

test("a group that the hierarchy does not know is in no region, and a note says so", function(t, dk)
  local ask = dk.breakdown { by = "gemeente", measures = { "n = count()" } }
  local plain = dk.read_text "gemeente\nA\nQ\n":use(dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" }))
  t.eq(ask(plain):roll_up("regio"):notes(), { "1 row has a gemeente that the hierarchy does not know: Q" })
end)

-- Municipalities are then not in the region that the hierarchy has: by region there is another answer than theirs.
test("where a step sets the region itself, municipalities are not rolled up to it", function(t, dk)
  local merger = dk.scenario "samen" { dk.merge("regio", { "x", "y" }, "x") }
  local ask = dk.breakdown { by = "gemeente", margins = "totals", measures = { "n = count()" } }
  local data = persons(dk, 3)
  for _, options in ipairs { {}, { long = true } } do
    local result = ask:compare(data, merger, nil, options)
    for _, level in ipairs { "regio", "land" } do
      t.raises(function() result:roll_up(level) end, level .. " is no coarser level of a dimension of the result")
    end
    t.eq(text(ask:by "regio":compare(data, merger, nil, options):roll_up "land"),
      text(ask:by "land":compare(data, merger, nil, options)))
    t.eq(#ask:compare(data, scenarios(dk)[2], nil, options):roll_up "regio" > 0, true) -- gemeente is set, regions follow
  end
  t.has(ask:compare(data, merger):explain { gemeente = "A" }, "The cell gemeente = A", "n_samen is ", "The breakdown")
  local both = ask:by { "regio", "gemeente" }:with { levels = "all", margins = "rollup" }:compare(data, merger)
  t.eq(#both:notes(), 0)
  t.has(tostring(both), "totaal")
  t.eq(#both:detail(), #both:where "not (gemeente is total)")
end)

test("bounds of both sides are rolled up", function(t, dk)
  local geo = dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" })
  local function delivery(a, b)
    return dk.read_text(("gemeente;low;high\nA;%s\nB;%s\n"):format(a, b)):derive { "k = interval(low, high)" }:use(geo)
  end
  local ask = dk.breakdown { by = "gemeente", measures = "s = sum(k)" }
  local compared = ask:compare(delivery("1;4", "5;5"), delivery("2;3", "7;9"), { name = "later" }):roll_up "regio"
  t.eq(tostring(compared.s_base[1]) .. " " .. tostring(compared.s_later[1]) .. " " ..
    tostring(compared.s_later_difference[1]), "6..9 9..12 0..6")
end)

test("a rolled comparison keeps notes, and is explained", function(t, dk)
  local ask = dk.breakdown "vraag" { by = "gemeente", measures = { "n = count()" } }
  local gone = dk.scenario "weg" { { "weg", where = "gemeente == 'A'", all = true, remove = true } }
  local rolled = ask:compare(persons(dk, 1), gone):roll_up "regio"
  t.eq(#rolled:notes(), 1)
  t.eq(rolled:notes()[1]:match "^weg: %d+ persons left$" ~= nil, true)
  t.eq((rolled:explain { regio = "x" }):match "n_weg is %d+; that differs by %-%d+" ~= nil, true)
end)

test("a pivot is rolled up column by column", function(t, dk)
  local data = persons(dk, 4)
  local measures = { "n = count()", "k = count() where bekend", "koppeling = (count() where bekend) / count()",
    "oudste = max(leeftijd)", "gemiddeld = sum(leeftijd) / n" }
  local function pivoted(place, values)
    return data:breakdown { by = { place, "soort" }, measures = measures }
      :pivot { rows = place, columns = "soort", values = values }
  end
  for _, values in ipairs { "n", "koppeling", { "n", "k", "oudste" }, { "n", "gemiddeld" } } do
    t.eq(text(pivoted("gemeente", values):roll_up "regio":sort "regio"), text(pivoted("regio", values):sort "regio"))
    t.eq(text(pivoted("gemeente", values):roll_up("regio"):roll_up "land":sort "land"),
      text(pivoted("land", values):sort "land"))
  end
  local path = os.tmpname()
  pivoted("gemeente", "n"):save(path)
  t.eq(text(dk.open(path):roll_up "land"), text(pivoted("land", "n")))
  os.remove(path)
end)

-- A value of what became columns may be called like a dimension, or like a level.
test("columns of a pivot are its values, whatever they are called", function(t, dk)
  local geo = dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" })
  local function pivoted(rows)
    return dk.read_text("gemeente;soort\n" .. rows):use(geo):breakdown { by = { "gemeente", "soort" },
      measures = "n = count()" }:pivot { rows = "gemeente", columns = "soort", values = "n" }
  end
  local rolled = pivoted "A;soort\nB;soort\nC;s\nA;s\n":roll_up "regio"
  t.eq(rolled:schema().name:to_lua(), { "regio", "s", "soort" })
  t.eq({ rolled.regio:to_lua(), rolled.s:to_lua(), rolled.soort[1] }, { { "x", "y" }, { 1, 1 }, 2 })
  local named = pivoted "A;regio\nB;regio\nC;s\n"
  t.raises(function() named:roll_up "regio" end,
    "the column regio and a dimension of the rolled pivot have one name",
    'give the column another first: result:rename { ["regio"] = "n_regio" }')
  t.eq(named:rename { regio = "n_regio" }:roll_up "regio".n_regio[1], 2)
end)

test("a long comparison is rolled up as asking it by the level", function(t, dk)
  local path = os.tmpname()
  for seed = 1, 3 do
    local data, plans = persons(dk, seed), scenarios(dk)
    for _, margins in ipairs { "none", "totals", "cube" } do
      local ask = dk.breakdown { by = { "soort", "gemeente" }, measures = MEASURES, margins = margins }
      local options = { long = true, relative = true }
      local long = ask:compare(data, plans, nil, options)
      local truth = ask:by { "soort", "regio" }:compare(data, plans, nil, options)
      t.eq(text(long:roll_up "regio"), text(truth))
      t.eq(text(long:roll_up("regio"):roll_up "land"), text(ask:by { "soort", "land" }:compare(data, plans, nil, options)))
      local few = "measure in ('d', 'gemiddeld') and scenario == 'naar'"
      local some = { "soort", "gemeente", "measure", "scenario", "difference", "value" }
      local want = { "soort", "regio", "measure", "scenario", "difference", "value" }
      t.eq(text(long:where(few):select(some):sort "value":roll_up "regio"), text(truth:where(few):select(want)))
      t.eq(text(long:where "scenario == 'half' and gemeente ~= 'B'":detail():roll_up "regio"),
        text(ask:with { margins = "none" }:by { "soort", "regio" }
          :compare(data:where "gemeente ~= 'B'", plans[1], nil, options)))
      long:where(few):select(some):save(path)
      t.eq(text(dk.open(path):roll_up "regio"), text(truth:where(few):select(want)))
    end
    local none = dk.breakdown { by = "gemeente", measures = MEASURES }:compare(data, plans[1], nil, { long = true })
    t.eq(#none:where "measure == ''":roll_up "regio", 0)
    local ask, other = dk.breakdown { by = "gemeente", measures = { "n = count()" } }, persons(dk, seed + 10)
    local later = { name = "later", long = true }
    t.eq(text(ask:compare(data, other, later):drop { "measure", "scenario" }:roll_up "regio"),
      text(ask:by "regio":compare(data, other, later):drop { "measure", "scenario" }))
  end
  os.remove(path)
end)

test("a comparison is rolled up whatever columns were left out of it", function(t, dk)
  local path = os.tmpname()
  for seed = 1, 3 do
    local data, plans = persons(dk, seed), scenarios(dk)
    local ask = dk.breakdown { by = { "soort", "gemeente" }, margins = "rollup",
      measures = { "n = count()", "k = count() where bekend", { "d = k / n", format = "0.0 %" },
        "p = round(k * 100 / n, 1)", "m = median(leeftijd)", "aandeel = n / all(n)" } }
    local both = ask:compare(data, plans, nil, { relative = true })
    local truth = ask:by { "soort", "regio" }:compare(data, plans, nil, { relative = true })
    for _, names in ipairs { { "n_half_difference" }, { "d_naar_relative", "d_base" }, { "p_half_difference", "k_naar" },
      { "p_base" }, { "aandeel_half_difference", "aandeel_naar" } } do
      local shown = both:select { "soort", "gemeente", table.unpack(names) }
      local want = text(truth:select { "soort", "regio", table.unpack(names) })
      t.eq(text(shown:sort(names[1]):roll_up "regio"), want)
      t.eq(text(shown:roll_up("regio"):roll_up "land"),
        text(ask:by { "soort", "land" }:compare(data, plans, nil, { relative = true })
          :select { "soort", "land", table.unpack(names) }))
      shown:save(path)
      t.eq(text(dk.open(path):roll_up "regio"), want)
      both:save(path)
      t.eq(text(dk.open(path):select { "soort", "gemeente", table.unpack(names) }:roll_up "regio"), want)
    end
    local few = "gemeente in ('A', 'C', 'E') and soort ~= 't' and n_base > 0 and n_naar > 0"
    local without = both:where(few):drop { "m_half", "k_half", "n_base" }:where "soort ~= 'u'"
    local all = both:where(few):where "soort ~= 'u'":select { "soort", "gemeente", "k_base", "k_half", "k_naar",
      "n_base", "n_half", "n_naar", "p_base", "p_half", "p_naar", "d_base", "d_half", "d_naar" }
    t.eq(text(without:select { "soort", "gemeente", "p_half", "d_half" }:roll_up "regio"),
      text(all:roll_up "regio":select { "soort", "regio", "p_half", "d_half" }))
    t.eq(text(both:detail():drop { "soort", "n_base" }:select { "gemeente", "k_naar_difference" }:roll_up "regio"),
      text(ask:by "regio":with { margins = "none" }:compare(data, plans):select { "regio", "k_naar_difference" }))
  end
  os.remove(path)
end)

-- Persons by hand: half and a third of the unknown of each place are known then.
test("a long comparison of different groups is rolled up, each measure and scenario by its own", function(t, dk)
  local geo = dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" })
  local above = { A = "x", B = "x", C = "y", D = "y", E = "z" }
  local plans, below, path = known_plans(dk), random(7), os.tmpname()
  for case = 1, 40 do
    local rows, n, unknown = { "gemeente;bekend" }, {}, {}
    for place in ("ABCDE"):gmatch "." do
      n[place], unknown[place] = 1 + below(6), 0
      for _ = 1, n[place] do
        local known = below(3) == 0
        unknown[place] = unknown[place] + (known and 0 or 1)
        rows[#rows + 1] = place .. ";" .. tostring(known)
      end
    end
    local data = dk.read_text(table.concat(rows, "\n") .. "\n", { types = { bekend = "boolean" } }):use(geo)
    local ask = dk.breakdown { by = "gemeente", measures = { "n = count()", "k = count() where bekend", "d = k / n" },
      margins = case % 2 == 0 and "totals" or "none" }
    local conditions, sums = {}, {}
    for _, measure in ipairs { "n", "k", "d" } do
      for name, part in pairs(SHARE) do
        local places = {}
        for place in ("ABCDE"):gmatch "." do
          if below(2) == 1 then
            local region = above[place]
            places[#places + 1] = ("'%s'"):format(place)
            for _, key in ipairs { region, case % 2 == 0 and "totaal" or nil } do
              local id = ("%s %s %s"):format(key, measure, name)
              local sum = sums[id] or { n = 0, base = 0, value = 0 }
              sums[id] = sum
              sum.n = sum.n + n[place]
              sum.base = sum.base + n[place] - unknown[place]
              sum.value = sum.value + n[place] - unknown[place] * (1 - part)
            end
          end
        end
        if #places > 0 then
          conditions[#conditions + 1] = ("measure == '%s' and scenario == '%s' and (gemeente in (%s) or gemeente is total)")
            :format(measure, name, table.concat(places, ", "))
        end
      end
    end
    local long = ask:compare(data, plans, nil, { long = true })
    local some = long:where("(" .. table.concat(conditions, ") or (") .. ")")
    if case % 5 == 0 then
      some:save(path)
      some = dk.open(path)
    end
    local rolled, seen, before = some:roll_up "regio", 0, nil
    for row in rolled:rows() do
      local region = row.regio or "totaal"
      local want = sums[("%s %s %s"):format(region, row.measure, row.scenario)]
      local of = row.measure == "n" and { want.n, want.n } or row.measure == "k" and { want.base, want.value }
        or { want.base / want.n, want.value / want.n }
      for i, name in ipairs { "base", "value" } do
        t.eq(math.abs(tonumber(row[name]) - of[i]) < 1e-8, true)
      end
      seen = seen + 1
      local place = ("%s %s %s"):format(region == "totaal" and "~" or region, ("nkd"):find(row.measure),
        row.scenario ~= "half")
      t.eq(before == nil or before < place, true)
      before = place
    end
    for _ in pairs(sums) do seen = seen - 1 end
    t.eq(seen, 0)
  end
  os.remove(path)
end)

-- As above, rolled up twice: what is asked of the first result is of its own rows alone.
test("what was rolled up by different groups is again", function(t, dk)
  local geo = dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" })
  local above, land = { A = "x", B = "x", C = "y", D = "y", E = "z" }, { x = "n", y = "n", z = "o" }
  local plans, below, path, n_several = known_plans(dk), random(3), os.tmpname(), 0
  for case = 1, 60 do
    local rows, people = { "gemeente;soort;bekend" }, {}
    for _ = 1, 25 do
      local place, soort, known = ("ABCDE"):sub(1 + below(5)):sub(1, 1), below(2) == 0 and "p" or "q", below(3) == 0
      people[#people + 1] = { place = place, soort = soort, known = known }
      rows[#rows + 1] = ("%s;%s;%s"):format(place, soort, known)
    end
    local data = dk.read_text(table.concat(rows, "\n") .. "\n", { types = { bekend = "boolean" } }):use(geo)
    local has_totals = case % 2 == 0
    local ask = dk.breakdown { by = { "gemeente", "soort" }, margins = has_totals and "totals" or "none",
      measures = { "n = count()", "k = count() where bekend", "d = k / n" } }
    local chosen, conditions = {}, {}
    for _, measure in ipairs { "n", "k", "d" } do
      for name in pairs(SHARE) do
        local places = {}
        for place in ("ABCDE"):gmatch "." do
          if below(3) > 0 then
            chosen[("%s %s %s"):format(place, measure, name)] = true
            places[#places + 1] = ("'%s'"):format(place)
          end
        end
        if #places > 0 then
          local of = "measure == '%s' and scenario == '%s' and (gemeente in (%s) or gemeente is total)"
          conditions[#conditions + 1] = of:format(measure, name, table.concat(places, ", "))
        end
      end
    end
    local some = ask:compare(data, plans, nil, { long = true, relative = case % 3 == 0 })
      :where("(" .. table.concat(conditions, ") or (") .. ")")
    local rolled = some:roll_up "regio"
    local without = ({ "x", "y" })[1 + below(2)]
    local is_part, is_saved = case % 4 > 1, case % 5 == 0
    for name in pairs(SHARE) do -- a total alone would stay what it is
      local n_left = 0
      for place, region in pairs(above) do
        n_left = n_left + (region ~= without and chosen[("%s n %s"):format(place, name)] and 1 or 0)
      end
      is_part = is_part and n_left > 0
    end
    if is_part then -- of one measure fewer regions, and one that is not there any more
      rolled = rolled:where(("measure ~= 'n' or regio ~= '%s' or regio is total"):format(without))
        :where "measure ~= 'k' or scenario == 'half'"
    end
    if is_saved then
      rolled:save(path)
      rolled = dk.open(path)
    end
    local last = rolled:roll_up "land"
    local sums, n_sums = {}, 0
    for key in pairs(chosen) do
      local place, measure, name = key:match "^(%S+) (%S+) (%S+)$"
      local is_left = not is_part or (measure ~= "n" or above[place] ~= without) and (measure ~= "k" or name == "half")
      for _, person in ipairs(is_left and people or {}) do
        local of = { land[above[place]] .. " " .. person.soort, has_totals and "totaal totaal" or nil }
        for _, group in ipairs(person.place == place and of or {}) do
          local id = ("%s %s %s"):format(group, measure, name)
          n_sums = n_sums + (sums[id] and 0 or 1)
          local sum = sums[id] or { n = 0, base = 0, value = 0 }
          sums[id] = sum
          sum.n = sum.n + 1
          sum.base = sum.base + (person.known and 1 or 0)
          sum.value = sum.value + (person.known and 1 or SHARE[name])
        end
      end
    end
    for row in last:rows() do
      local want = sums[("%s %s %s %s"):format(row.land or "totaal", row.soort or "totaal", row.measure, row.scenario)]
      local of = row.measure == "n" and { want.n, want.n } or row.measure == "k" and { want.base, want.value }
        or { want.base / want.n, want.value / want.n }
      t.eq(math.abs(tonumber(row.base) - of[1]) < 1e-8, true)
      t.eq(math.abs(tonumber(row.value) - of[2]) < 1e-8, true)
      t.eq(math.abs(tonumber(row.difference) - (of[2] - of[1])) < 1e-8, true)
      n_sums = n_sums - 1
    end
    t.eq(n_sums, 0)
    if not is_part then -- in one step it is the same
      n_several = n_several + 1
      t.eq(text(last), text(some:roll_up "land"))
      local narrow = rolled:select { "regio", "measure", "scenario", "value" }
      for row in (has_totals and narrow:head(0) or narrow:roll_up "land"):rows() do -- of both kinds together
        local n, value = 0, 0
        for _, soort in ipairs { "p", "q" } do
          local sum = sums[("%s %s %s %s"):format(row.land, soort, row.measure, row.scenario)]
          n, value = n + (sum and sum.n or 0), value + (sum and sum.value or 0)
        end
        local want = row.measure == "n" and n or row.measure == "k" and value or value / n
        t.eq(math.abs(tonumber(row.value) - want) < 1e-8, true)
      end
    end
  end
  t.ok(n_several > 20, n_several)
  os.remove(path)
end)

test("what was rolled up by different groups is explained", function(t, dk)
  local data = persons(dk, 5)
  local long = dk.breakdown { by = "gemeente", measures = { "n = count()", "k = count() where bekend" } }
    :compare(data, scenarios(dk)[1], nil, { long = true }):where "measure == 'n' or gemeente == 'A'"
  local words = long:roll_up "regio":roll_up "land":explain()
  t.has(words, "  n: sum(", "  k: sum(", "gemeente rolled up to regio", "regio rolled up to land")
  local land = {}
  for row in long:roll_up "regio":roll_up "land":rows() do land[#land + 1] = row.land .. row.measure end
  t.eq(land, { "nn", "nk", "on" })
  t.raises(function() long:roll_up "regio":drop "measure":roll_up "land" end,
    "measure, which tells rows of a long comparison apart, was left out")
  t.raises(function() long:roll_up "regio":where "regio ~= 'x' or measure == 'k'":drop "regio":roll_up "land" end,
    "regio")
end)

test("columns that stand beside each other and cannot be rolled up are told", function(t, dk)
  local data, plan = persons(dk, 5), scenarios(dk)[1]
  local function refused(result, ...)
    t.raises(function() result:roll_up "regio" end, ...)
  end
  local ask = dk.breakdown { by = { "gemeente", "soort" },
    measures = { "n = count()", "e = n / all(n)", "m = median(leeftijd)" } }
  local both = dk.breakdown { by = "gemeente", measures = { "n = count()", "k = count() where bekend" } }
    :compare(data, plan)
  local texts = dk.breakdown { by = "gemeente", measures = { "n = count()", "f = min(soort)" } }:compare(data, plan)
  refused(texts:rename { n_half_difference = "f_half_difference" },
    'after "compared with half" came n_half_difference renamed to f_half_difference', "roll up first")
  local long = dk.breakdown { by = "gemeente", measures = { "n = count()", "k = count() where bekend" } }
    :compare(data, plan, nil, { long = true })
  refused(both:derive "n_x = n_half / n_base",
    'after "compared with half" came n_x, which may have made columns that cannot be rolled up', "roll up first")
  refused(both:rename { n_base = "n_half", n_half = "n_base" },
    'after "compared with half" came n_base renamed to n_half, which may have made columns', "roll up first")
  refused(ask:compare(data, plan):select { "gemeente", "soort", "m_half_difference" },
    "m cannot be rolled up: it is median(leeftijd)")
  refused(ask:compare(data, plan):select { "gemeente", "soort", "n_half" }:where "soort == 's'":drop "soort",
    "rows were chosen, and soort, which tells which these are, was left out", "roll up first, and leave it out afterwards")
  refused(long:drop "measure", "measure, which tells rows of a long comparison apart, was left out",
    "roll up first, and leave it out afterwards")
  refused(long:where "measure == 'n' or gemeente == 'A'":drop "gemeente",
    "rows were chosen, and gemeente, which tells which these are, was left out")
  refused(long:derive "twice = value * 2", 'after "compared with half" came twice, which may have made columns')
  local pivot = { rows = "gemeente", columns = "soort", values = "e" }
  refused(ask(data):pivot(pivot), "e cannot be rolled up in columns: it is n / all(n), and no column has the whole",
    "roll up first, and make columns of values then")
  pivot.values = "m"
  refused(ask(data):pivot(pivot), "m cannot be rolled up: it is median(leeftijd)")
  pivot.values, pivot.aggregate = { "n", "m" }, "sum"
  refused(ask(data):pivot(pivot), "is none of the columns that a pivot made of a breakdown's measures",
    'roll up first, and make columns of values then; or leave it out: result:drop "')
  refused(dk.breakdown { by = { "gemeente", "soort" }, measures = "n = count()" }:compare(data, plan)
    :pivot { rows = "gemeente", columns = "soort", values = "n_half" },
    "the result was compared, and then a column for each value of soort", "roll up the comparison first")
end)
