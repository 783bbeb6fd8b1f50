-- explain_turned.lua - cells of results that were pivoted or unpivoted: each number is asked again as it is told, and
-- compared.

local test = ...

local again = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/again.lua")
local only, check = again.only, again.check

local function people(dk)
  return dk.table({
    { "gemeente", { "Arnhem", "Arnhem", "Duiven", "Tiel", "Tiel", dk.null, "Duiven", "Tiel" } },
    { "geslacht", { "m", "v", "m", "v", "m", "v", "v", "v" } },
    { "jaar", { 2020, 2021, 2020, 2020, 2021, 2021, 2021, 2020 } },
    { "bekend", { true, true, false, true, false, dk.null, true, false } },
    { "leeftijd", { 18, 25, 30, 47, 51, 66, 33, 21 } },
  }):with { name = "personen", source = "register.csv" }
end

local function coverage(dk)
  return dk.breakdown "dekking" { by = { "gemeente", "jaar", "geslacht" }, measures = { "n = count()",
    "k = count() where bekend", { "d = k / n", format = "0.0 %" }, "s = n / all(n)" } }
end

-- Every column of the pivot of the row is given again by its question.
local function check_row(t, wide, cell, source, left_out)
  local found = wide
  for name, value in pairs(cell) do
    found = found:where(name .. " == $v", { v = value })
  end
  return check(t, select(2, wide:explain(cell)), found, source, left_out)
end

test("a cell of a pivot is the cell of the breakdown that it is a column of", function(t, dk)
  local persons = people(dk)
  local wide = coverage(dk)(persons:where "leeftijd < 60"):pivot { rows = "gemeente", columns = { "jaar", "geslacht" },
    values = "n" }
  local text, cell = wide:explain { gemeente = "Tiel", jaar = 2020, geslacht = "v" }
  t.eq(tostring(cell), "(an explained cell of n)")
  t.eq(text, [[
The cell gemeente = Tiel, jaar = 2020, geslacht = v, in the column 2020_v of the breakdown dekking:
  n is 2: count()
The table personen from register.csv: 8 rows.
Only where leeftijd < 60: 7 rows left.
The breakdown dekking counts these rows by group: 6 rows.
  by gemeente
  by jaar
  by geslacht
  n: count()
  k: count() where bekend
  d: the numerator is k, the denominator n
  s: the numerator is n, the denominator all(n)
Then a column for each value of jaar, geslacht: 3 rows.
The same on its own, asked of the table personen:
  where leeftijd < 60
  where gemeente == "Tiel" and jaar == 2020 and geslacht == "v"
  n = count()]])
  t.eq(only(cell.again("n", persons), "cell"), "2.0")
  t.eq(only(cell.again("2020_v", persons), "cell"), "2.0") -- by the column's name too
  t.raises(function() cell.again("k", persons) end, "again: nothing gives k on its own") -- the pivot does not have it
  t.has(coverage(dk)(persons):pivot { rows = "gemeente", columns = { "jaar", "geslacht" }, values = "d" }
    :explain { gemeente = "Tiel", jaar = 2020, geslacht = "v" },
    "  d is 50.0 %, which is 1 of 2: the numerator is k, the denominator n\nThe cell has 2 of 8 rows.")
end)

test("of a pivot's row each column is told, also one in which no group is", function(t, dk)
  local persons = people(dk)
  local result = coverage(dk)(persons)
  local wide = result:pivot { rows = { "gemeente", "geslacht" }, columns = "jaar", values = { "n", "d", "s" } }
  local text = wide:explain { gemeente = "Tiel", geslacht = "v" }
  t.has(text, "The cells gemeente = Tiel, geslacht = v of the breakdown dekking:\n"
    .. "jaar = 2020, in the columns n_2020, d_2020 and s_2020:\n  n is 2: count()\n  d is 50.0 %, which is 1 of 2",
    "jaar = 2021, in the columns n_2021, d_2021 and s_2021:\n  n is null, as there is no such group: count()",
    '  n_2020 = count(), where gemeente == "Tiel" and jaar == 2020 and geslacht == "v"\n',
    '  n_2021 = case(rows() > 0, (count())), where gemeente == "Tiel" and jaar == 2021 and geslacht == "v"\n')
  t.eq(check_row(t, wide, { gemeente = "Tiel", geslacht = "v" }, persons, { gemeente = true, geslacht = true }), 6)
  local cell = select(2, wide:explain { gemeente = "Tiel", geslacht = "v", jaar = 2021 })
  t.eq(only(cell.again("d", persons), "cell"), "null")
  t.eq(check_row(t, result:pivot { rows = "gemeente", columns = { "jaar", "geslacht" }, values = { "n", "k" } },
    { gemeente = "Arnhem" }, persons, { gemeente = true }), 8)
  t.eq(check_row(t, coverage(dk):by { "gemeente", "geslacht" }(persons):pivot { rows = {},
    columns = { "gemeente", "geslacht" }, values = "n" }, {}, persons, {}), 7)
end)

test("a pivot's value that no column is of is named with what there is", function(t, dk)
  local wide = coverage(dk)(people(dk)):pivot { rows = { "gemeente", "geslacht" }, columns = "jaar", values = "n" }
  local function refused(cell, ...) t.raises(function() wide:explain(cell) end, ...) end
  refused({ gemeente = "Tiel", geslacht = "v", jaar = 2022 },
    "explain: the pivot has no jaar '2022' (did you mean '2020'?)")
  refused({ gemeente = "Tiel", geslacht = "v", jaar = dk.total },
    "explain: no column of the pivot is the total over jaar")
  refused({ gemeente = "Tiel", geslacht = "v", jaar = print }, "jaar of a cell is a value, dk.null or dk.total")
  refused({ gemeente = "Tiel", geslacht = "v", jar = 2020 }, "no dimension 'jar' (did you mean 'jaar'?)")
  refused({ gemeente = "Tiel", jaar = 2021 }, "no row that is the total over geslacht")
  refused({}, "which cell? The table is empty")
  local odd = dk.table { { "a", { "x", "x" } }, { "b", { "p_q", "r" } }, { "c", { "s", "t" } } }
    :breakdown { by = { "a", "b", "c" }, measures = "n = count()" }
    :pivot { rows = "a", columns = { "b", "c" }, values = "n" }
  t.has(odd:explain { a = "x", b = "p_q", c = "s" }, "a = x, b = p_q, c = s, in the column p_q_s", "n is 1")
end)

test("a pivot is told after steps before it and since", function(t, dk)
  local persons = people(dk)
  local wide = coverage(dk)(persons):where "n >= 1":sort "n desc":derive "dubbel = n * 2"
    :pivot { rows = "gemeente", columns = { "jaar", "geslacht" }, values = { "n", "dubbel" } }
    :rename { gemeente = "plaats", ["n_2020_v"] = "vrouw" }:sort "plaats":derive "x = vrouw * 10"
  local text, cell = wide:explain { plaats = "Tiel", jaar = 2020, geslacht = "v" }
  t.has(text, "in the columns vrouw and dubbel_2020_v of the breakdown dekking:\n  n is 2: count()\n  dubbel is 4: n * 2\n",
    "  x is 20: vrouw * 10\n     vrouw is 2\n", "Then n_2020_v renamed to vrouw", "  dubbel = count() * 2")
  t.eq(only(cell.again("n", persons), "cell"), "2.0")
  t.eq(only(cell.again("dubbel", persons), "cell"), "4.0")
  t.eq(only(cell.again("x", persons), "cell"), "20.0") -- the whole is asked again
  local few = coverage(dk)(persons):where "n > 1"
    :pivot { rows = "gemeente", columns = { "jaar", "geslacht" }, values = "n" }
  t.has(few:explain { gemeente = "Tiel" }, "  n is 2: count()")
  local fewer = coverage(dk)(persons):where "gemeente ~= 'Duiven' or jaar ~= 2021"
    :pivot { rows = "gemeente", columns = { "jaar", "geslacht" }, values = "n" }
  text, cell = fewer:explain { gemeente = "Duiven", jaar = 2021, geslacht = "v" }
  t.has(text, "  n is null, as the result before has no such row: count()")
  t.eq(only(cell.again("2021_v", persons), "cell"), "null") -- all of it is asked again
  local years, ages = {}, {}
  for i = 1, 20 do
    years[i], ages[i] = 2000 + i, i
  end
  local many = dk.table { { "jaar", years }, { "x", ages } }
    :breakdown { by = { "g = 'a'", "jaar" }, measures = "n = sum(x)" }
    :pivot { rows = "g", columns = "jaar", values = "n" }
  text, cell = many:explain { g = "a" } -- so many are told, and all are asked
  t.has(text, "jaar = 2008, in the column 2008:\n  n is 8: sum(x)\n", "and 12 more: say which\n")
  t.eq(text:find("2009 = ", 1, true), nil)
  t.eq(only(cell.again("2020", dk.table { { "jaar", years }, { "x", ages } }), "cell"), "20.0")
  local none = persons:derive "x = case(jaar == 2020, leeftijd)"
    :breakdown { by = { "gemeente", "jaar" }, measures = "n = sum(x)" }
  wide = none:pivot { rows = "gemeente", columns = "jaar", values = "n" }
  text, cell = wide:explain { gemeente = "Arnhem", jaar = 2021 }
  t.has(text, "  n is null")
  t.eq(text:find("no such", 1, true), text:find("no such group, or no value in it", 1, true))
  t.eq(only(cell.again("n", persons), "cell"), "null")
end)

test("a pivot that puts rows together says how, and is asked of what it was made of", function(t, dk)
  local persons = people(dk)
  local result = coverage(dk)(persons)
  local wide = result:pivot { rows = "gemeente", columns = "geslacht", values = { "n", "k" }, aggregate = "sum" }
  local text, cell = wide:explain { gemeente = "Tiel", geslacht = "v" }
  t.has(text, "in the columns n_v and k_v of the pivot:\n  n is 2: sum(n)\n  k is 1: sum(k)\n",
    "asked of the table as it was after: a breakdown:\n  where gemeente == \"Tiel\" and geslacht == \"v\"\n  n = sum(n)")
  t.eq(only(cell.again("n", result), "cell"), "2.0")
  text, cell = persons:pivot { rows = "gemeente", columns = "geslacht", values = "leeftijd", aggregate = "max" }
    :explain { gemeente = "Tiel", geslacht = "v" }
  t.has(text, "in the column v of the pivot:\n  leeftijd is 47: max(leeftijd)")
  t.eq(only(cell.again("v", persons), "cell"), "47.0")
end)

test("an unpivot's row is told by the column that it was", function(t, dk)
  local persons = people(dk)
  local result = coverage(dk)(persons)
  local long = result:unpivot { rows = { "gemeente", "jaar", "geslacht" }, name = "maat", value = "w" }
  local place = { gemeente = "Tiel", jaar = 2020, geslacht = "v", maat = "d" }
  local text, cell = long:explain(place)
  t.has(text, "The cell gemeente = Tiel, jaar = 2020, geslacht = v, maat = d of the breakdown dekking:\n"
    .. "  d is 0.5000, which is 1 of 2: the numerator is k, the denominator n\n",
    "Then a row for each of 4 columns: maat says which, w has its value: 28 rows.")
  t.eq(only(cell.again("d", persons), "cell"), "0.5")
  place.maat = nil
  text, cell = long:explain(place)
  t.has(text, "The cells gemeente = Tiel, jaar = 2020, geslacht = v of the breakdown dekking:\nmaat = n:\n", "maat = s:\n")
  t.eq(only(cell.again("k", persons), "cell"), "1.0")
  t.eq(only(cell.again("s", persons), "cell"), "0.25")
  place.maat = "q"
  t.raises(function() long:explain(place) end, "no maat 'q'")
  local wide = result:pivot { rows = "gemeente", columns = { "jaar", "geslacht" }, values = "n" }
  text, cell = wide:unpivot { rows = "gemeente", name = "wie", value = "hoe" }:rename { wie = "groep" }
    :explain { gemeente = "Tiel", groep = "2020_v" }
  t.has(text, "gemeente = Tiel, groep = 2020_v, jaar = 2020, geslacht = v of the breakdown dekking:\n  n is 2: count()")
  t.eq(only(cell.again("n", persons), "cell"), "2.0")
  text, cell = long:pivot { rows = { "gemeente", "maat" }, columns = { "jaar", "geslacht" }, values = "w" }
    :explain { gemeente = "Tiel", maat = "d", jaar = 2020, geslacht = "v" }
  t.has(text, "The cell gemeente = Tiel, maat = d, jaar = 2020, geslacht = v of the breakdown dekking:\n  d is 0.5000")
  t.eq(only(cell.again("d", persons), "cell"), "0.5")
end)

test("a pivot in bounds, of a comparison and of what was opened is told", function(t, dk)
  local persons = people(dk)
  local figures = dk.table { { "gemeente", { "Arnhem", "Duiven", "Tiel" } }, { "f", { 10, 5, 7 } } }
    :with { name = "totalen" }
  local beside = persons:where "gemeente is not null":attach(figures, "gemeente")
  local wide = dk.breakdown { by = { "gemeente", "geslacht" }, measures = "n = attached(f, 'bounds')" }(beside)
    :pivot { rows = "gemeente", columns = "geslacht", values = "n" }
  local text, cell = wide:explain { gemeente = "Tiel", geslacht = "v" }
  t.has(text, "  n is 2..6: attached(f, 'bounds')")
  t.eq(tostring(cell.again("n", beside).cell[1]), "2..6")
  local reach = dk.scenario "reach" { { "half", where = "not bekend", share = 0.5, set = { bekend = true } } }
  local compared = dk.breakdown { by = { "gemeente", "geslacht" }, measures = "k = count() where bekend" }
    :compare(persons, reach):pivot { rows = "gemeente", columns = "geslacht", values = { "k_base", "k_reach" } }
  text, cell = compared:explain { gemeente = "Tiel", geslacht = "m" }
  t.has(text, "in the columns k_base_m and k_reach_m", "  k_base is 0: count() where bekend\n",
    "  k_reach is 0.5: of count() where bekend\n")
  t.eq(only(cell.again("k_reach_m", persons), "cell"), "0.5")
  local path = t.path "pivot.dk"
  coverage(dk)(persons):pivot { rows = { "gemeente", "geslacht" }, columns = "jaar", values = { "n", "d" } }:save(path)
  local opened = dk.open(path)
  text, cell = opened:explain { gemeente = "Tiel", geslacht = "v", jaar = 2020 }
  t.has(text, "  d is 50.0 %, which is 1 of 2", "Then opened from the snapshot")
  t.eq(only(cell.again("d", persons), "cell"), "0.5")
  cell = select(2, opened:explain { gemeente = "Tiel", geslacht = "v" }) -- nobody knows the type of jaar by now
  t.eq(only(cell.again("n_2020", persons), "cell"), "2.0")
  t.eq(only(cell.again("n_2021", persons), "cell"), "null")
end)
