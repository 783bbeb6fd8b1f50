-- comparisons.lua - comparisons wide and long, with relative differences.

local test = ...

-- The region of the published figures: those who are known, and the 1994 others as if they were spread like the known.
local function region(dk)
  local rows = {}
  for name, numbers in pairs {
    Arnhem = { 2983, 1047 }, Doesburg = { 184, 65 }, Duiven = { 249, 87 }, Lingewaard = { 369, 129 },
    Overbetuwe = { 415, 146 }, Rheden = { 696, 244 }, Westervoort = { 204, 72 }, Zevenaar = { 582, 204 },
  } do
    rows[#rows + 1] = { gemeente = name, in_sonar = true, n = numbers[1] }
    rows[#rows + 1] = { gemeente = name, in_sonar = false, n = numbers[2] }
  end
  return dk.table(rows):with { weight = "n", unit = "persons" }
end

local function coverage(dk)
  return dk.breakdown {
    by = "gemeente", margins = "totals",
    measures = { "bekend = count() where in_sonar", { "dekking = bekend / count()", format = "0.000 %" } },
  }
end

local function outreach(dk)
  return dk.scenario "bereik" {
    params = { aandeel = { 0.3, min = 0, max = 1 } },
    { "register the unknown", where = "not in_sonar", share = "$aandeel", per = "gemeente", set = { in_sonar = true } },
  }
end

-- 598.2 persons, 81.816 %, 7.793 points more; in proportion 598.2 / 5682.
test("differences are in points, relative ones in per cent", function(t, dk)
  local result = coverage(dk):by {}:compare(region(dk), outreach(dk), { relative = true })
  local row = t.records(result)[1]
  t.near(row.bekend_bereik_difference, 598.2)
  t.near(row.bekend_bereik_relative, 598.2 / 5682)
  t.near(row.dekking_bereik, 6280.2 / 7676)
  local text = result:select { "dekking_base", "dekking_bereik", "dekking_bereik_difference", "dekking_bereik_relative" }
    :text { types = false, count = false, notes = false }
  t.has(text, "74.023 %")
  t.has(text, "81.816 %")
  t.has(text, "+7.793 pp")
  t.has(text, "+10.5 %")
end)

test("a long comparison has a row for each group, measure and scenario", function(t, dk)
  local plans = { outreach(dk), outreach(dk):with({ aandeel = 1 }, "allen") }
  local long = coverage(dk):compare(region(dk), plans, { long = true, relative = true })
  local wide = coverage(dk):compare(region(dk), plans, { relative = true })
  local names = {}
  for row in long:schema():rows() do
    names[#names + 1] = row.name
  end
  t.eq(names, { "gemeente", "measure", "scenario", "base", "value", "difference", "relative" })
  t.eq(#long, 9 * 2 * 2)
  local by_key = {}
  for row in wide:rows() do
    by_key[row.gemeente or "total"] = row
  end
  for row in long:rows() do
    local beside, name = by_key[row.gemeente or "total"], row.measure .. "_" .. row.scenario
    t.eq(row.base == beside[row.measure .. "_base"], true)
    t.eq(row.value == beside[name], true)
    t.eq(row.difference == beside[name .. "_difference"], true)
    t.eq(row.relative == beside[name .. "_relative"], true)
  end
  t.eq(#long:detail(), 8 * 2 * 2)
  local text = coverage(dk):with { measures = { { "dekking = (count() where in_sonar) / count()", format = "0.0 %" } } }
    :compare(region(dk), plans, { long = true }):text()
  t.has(text, "+7.8 pp")
  t.eq(select(2, text:gsub("───\n", "")), 2, "totals are one block")
end)

test("parameters and the form of a comparison are told apart", function(t, dk)
  local data, ask = region(dk), coverage(dk):by {}
  t.near(t.records(ask:compare(data, outreach(dk), { aandeel = 1 }, { relative = true }))[1].bekend_bereik_relative,
    1994 / 5682)
  t.near(t.records(ask:compare(data, outreach(dk), nil, { long = true }))[1].value, 6280.2)
  local long = dk.scenario "lang" { params = { long = 0.5 },
    { "register", where = "not in_sonar", share = "$long", set = { in_sonar = true } } }
  t.near(t.records(ask:compare(data, long, { long = 1 }))[1].bekend_lang, 7676) -- a parameter of that name is meant
  t.raises(function() return ask:compare(data, outreach(dk), { long = true, aandeel = 1 }) end,
    "compare has no option 'aandeel'")
  t.raises(function() return ask:compare(data, outreach(dk), { aandeel = 1 }, { lang = true }) end, "lang", "long")
  t.raises(function() return ask:compare(data, outreach(dk), { long = 1 }) end,
    "compare: long is true or false, not a number")
  t.raises(function() return ask:compare(data, data, { relative = "yes" }) end, "relative is true or false")
  t.raises(function() return ask:compare(data, data, {}, { long = true }) end,
    "of two tables all options stand in one table")
end)

test("two deliveries are compared long, and with relative differences", function(t, dk)
  local before, later = region(dk), region(dk):where "gemeente ~= 'Duiven'"
  local result = coverage(dk):compare(before, later, { name = "nu", long = true, relative = true })
  local rows = t.records(result:where "gemeente == 'Duiven'")
  t.near(rows[1].value, 0)
  t.near(rows[1].difference, -249)
  t.near(rows[1].relative, -1)
  t.eq(rows[2].value, nil)
  t.eq(rows[2].relative, nil)
end)

-- Two municipalities merge: counts add up, rates are ratios of sums, and the region does not change.
test("a merger adds counts up and leaves the region as it is", function(t, dk)
  local published = dk.table {
    { gemeente = "Duiven", kolom_1 = 7, kolom_2 = 54, kolom_3 = 135, kolom_4 = 53 },
    { gemeente = "Westervoort", kolom_1 = 4, kolom_2 = 49, kolom_3 = 106, kolom_4 = 45 },
    { gemeente = "Zevenaar", kolom_1 = 12, kolom_2 = 133, kolom_3 = 324, kolom_4 = 113 },
  }:unpivot { columns = { "kolom_1", "kolom_2", "kolom_3", "kolom_4" }, name = "kolom", value = "n" }:with { weight = "n" }
  local merger = dk.scenario "fusie" { dk.merge("gemeente", { "Duiven", "Westervoort" }, "Duiven-Westervoort") }
  local ask = dk.breakdown { by = { "gemeente", "kolom" }, margins = "cube", measures = "n = count()" }
  local compared = ask:compare(published, merger, { relative = true })
  local got = {}
  for row in compared:where "gemeente == 'Duiven-Westervoort'":rows() do
    got[row.kolom or "totaal"] = row.n_fusie
    t.eq(row.n_base, 0)
    t.eq(row.n_fusie_relative, nil)
  end
  t.eq(got, { kolom_1 = 11, kolom_2 = 103, kolom_3 = 241, kolom_4 = 98, totaal = 453 })
  for row in compared:where "gemeente is total":rows() do
    t.eq(row.n_fusie_difference, 0)
  end
end)

-- A margin is the comparison of the breakdown without the dimension, on both sides, of random tables and plans.
test("totals compare as the breakdown without the dimension does", function(t, dk)
  for seed = 1, 6 do
    math.randomseed(seed)
    local gemeente, klasse, bekend = {}, {}, {}
    for i = 1, 40 do
      gemeente[i], klasse[i] = ({ "A", "B", "C" })[math.random(3)], ({ "x", "y" })[math.random(2)]
      bekend[i] = math.random(3) == 1
    end
    local data = dk.table { { "gemeente", gemeente }, { "klasse", klasse }, { "in_sonar", bekend } }
    local plan = dk.scenario "plan" {
      { "register", where = "not in_sonar", share = math.random(9) / 9, set = { in_sonar = true } },
      { "move", where = "klasse == 'x'", count = math.random(5), whole = true, set = { gemeente = "D" } },
    }
    local ask = dk.breakdown { by = { "gemeente", "klasse" }, margins = "cube",
      measures = { "bekend = count() where in_sonar", "dekking = bekend / count()" } }
    local options = { relative = true, long = seed % 2 == 0 }
    local all = ask:compare(data, plan, options)
    local function same(condition, by)
      local names = {}
      for row in all:schema():rows() do
        names[#names + 1] = row.name ~= "gemeente" and row.name ~= "klasse" and row.name or nil
      end
      t.eq(all:where(condition):select(names):text { count = false, notes = false }:gsub("─", ""):gsub("\n+", "\n"),
        ask:by(by):with { margins = "none" }:compare(data, plan, options):select(names)
          :text { count = false, notes = false }:gsub("─", ""):gsub("\n+", "\n"))
    end
    same("gemeente is total and klasse is total", {})
    same("klasse is total and gemeente is not total", "gemeente")
    same("gemeente is total and klasse is not total", "klasse")
  end
end)

-- Counts, a percentage, a ratio and a mean in one column: as they are side by side.
test("numbers of a long comparison are shown as those of their measures", function(t, dk)
  local asked = coverage(dk):with { measures = { { "n = count()", format = "#,##0" }, "bekend = count() where in_sonar",
    { "dekking = bekend / count()", format = "0.0 %" }, "gem = sum(leeftijd) / count()" } }
  local people = region(dk):derive "leeftijd = 30"
  local function column(data, name) -- of texts
    local texts = {}
    for line in data:select({ "measure", name }):text({ types = false, count = false, notes = false }):gmatch "[^\n]+" do
      texts[#texts + 1] = line:match "^%S+%s+(.-)%s*$"
    end
    return table.move(texts, 2, #texts, 1, {})
  end
  local long = asked:by {}:compare(people, outreach(dk), { long = true, relative = true })
  t.eq(column(long, "base"), { "7,676", "5682", "74.0 %", "30.0000" })
  t.eq(column(long, "value"), { "7,676", "6280.2", "81.8 %", "30.0000" })
  t.eq(column(long, "difference"), { "0", "598.2", "+7.8 pp", "0.0000" })
  t.eq(column(long, "relative"), { "0.0 %", "+10.5 %", "+10.5 %", "0.0 %" })
  t.eq(long.base:type(), "ratio")
  t.has(long:text { format = "csv" }, "n,bereik,7676,7676,0,0\n", "bekend,bereik,5682,6280.2,598.2,0.1")
  t.has(long:text { format = "json" }, '"measure": "bekend", "scenario": "bereik", "base": 5682, "value": 6280.2')
  t.has(long:text { format = "md" }, "| bekend | bereik | 5682 | 6280.2 | 598.2 |")
  t.has(long:text { style = "nl" }, "7.676", "6280,2", "74,0 %")
  -- what is made of it: other names, fewer rows, another order, a snapshot, and columns of their own again
  t.eq(column(long:rename { measure = "wat" }:rename { wat = "measure" }, "base"), column(long, "base"))
  t.eq(column(long:where "measure == 'dekking'", "value"), { "81.8 %" })
  t.eq(column(long:sort "base desc", "value"), { "7,676", "6280.2", "30.0000", "81.8 %" })
  local path = t.path "long.dk"
  long:save(path)
  t.eq(column(dk.open(path), "value"), column(long, "value"))
  t.has(long:text { types = false }:gsub("\n.*", ""), "measure  scenario")
  t.has(long:drop "measure":text(), "7676.0000")
  local wide = long:pivot { rows = "scenario", columns = "measure", values = "value" }
  t.has(wide:text { types = false, count = false }, "7,676  6280.2   81.8 %  30.0000")
end)

test("numbers of an unpivot are shown as those of their columns", function(t, dk)
  local wide = coverage(dk):with { margins = "none" }(region(dk))
  local text = wide:unpivot { rows = "gemeente" }:head(2):text { types = false, count = false }
  t.has(text, "Arnhem    bekend       2983\n", "Arnhem    dekking  74.020 %")
  local same = wide:derive "twee = dekking":format { twee = "0.000 %" }:select { "gemeente", "dekking", "twee" }
  t.has(same:unpivot { rows = "gemeente" }:drop "name":text(), "74.020 %")
end)
