-- roll_up_left.lua - results of which rows were left out before they are rolled up, beside a recount of the rows left.

local test = ...

local function persons(dk)
  local geo = dk.hierarchy(dk.read_text "gemeente;regio\nArnhem;M\nDuiven;M\nTiel;R\nEde;R\n", { "gemeente", "regio" })
  return dk.read_text("gemeente;v\nArnhem;a|b\nArnhem;a\nArnhem;\nDuiven;b\nTiel;a|b\nTiel;b\nEde;a\n",
    { types = { v = { "set", "|" } } }):use(geo):with { name = "personen" }
end

local function cells(result, ...)
  local made, values = {}, {}
  for _, name in ipairs { ... } do
    values[name] = result:column(name):to_lua()
  end
  for i = 1, #result do
    local key = {}
    for k, name in ipairs { ... } do
      local is_total = #result:slice(i, i):where(name .. " is total") == 1
      key[k] = is_total and "totaal" or tostring(values[name][i])
    end
    made[table.concat(key, " ")] = result.n[i]
  end
  return made
end

test("what is rolled up is of the rows left, and says so", function(t, dk)
  local result = dk.breakdown { by = "gemeente", margins = "totals", measures = "n = count()" } (persons(dk))
  -- Arnhem 3, Duiven 1, Tiel 2, Ede 1.
  local cases = {
    { result:where "n > 1", { M = 3, R = 2, totaal = 5 }, "where n > 1: 3 of 5" },
    { result:where("n > $least", { least = 1 }), { M = 3, R = 2, totaal = 5 }, "where n > $least: 3 of 5" },
    { result:where "gemeente ~= 'Duiven'", { M = 3, R = 3 }, "where gemeente ~= 'Duiven': 3 of 5" },
    { result:head(2), { M = 4 }, "by rows 1 to 2: 2 of 5" },
    { result:detail():where "n > 1", { M = 3, R = 2 }, "where n > 1: 2 of 4" },
  }
  for i, case in ipairs(cases) do
    local rolled = case[1]:roll_up "regio"
    t.eq(cells(rolled, "regio"), case[2], i)
    t.eq(rolled:notes(), { "rolled up are the rows that were left " .. case[3] }, i)
    t.has((rolled:explain { regio = "M" }), "Note: rolled up are the rows that were left " .. case[3])
  end
  for _, whole in ipairs { result, result:sort "n", result:detail(), result:where "n > 0" } do
    t.eq(whole:roll_up "regio":notes(), {})
  end
  local land = dk.hierarchy(dk.read_text "gemeente;regio;land\nArnhem;M;NL\nDuiven;M;NL\nTiel;R;NL\n",
    { "gemeente", "regio", "land" })
  local by_place = dk.breakdown { by = "gemeente", measures = "n = count()" }
    (persons(dk):where "gemeente ~= 'Ede'":use(land))
  local left = "rolled up are the rows that were left where "
  t.eq(by_place:where "n > 1":roll_up "regio":roll_up "land":notes(), { left .. "n > 1: 2 of 3" })
  t.eq(by_place:roll_up "regio":where "n < 4":roll_up "land":notes(), { left .. "n < 4: 1 of 2" })
  t.has(result:where "n > 1":roll_up "regio":explain(), "Only where n > 1: 3 rows left.")
end)

-- Arnhem 2 and 1, Duiven - and 1, Tiel 1 and 1, Ede 1 and -.
test("a pivot says so too, of rows left out before and after it was made", function(t, dk)
  local rows = dk.read_text("gemeente;j\nArnhem;een\nArnhem;een\nArnhem;twee\nDuiven;twee\nTiel;een\nTiel;twee\nEde;een\n")
  local land = dk.hierarchy(dk.read_text "gemeente;regio;land\nArnhem;M;NL\nDuiven;M;NL\nTiel;R;NL\nEde;R;NL\n",
    { "gemeente", "regio", "land" })
  local result = dk.breakdown { by = { "gemeente", "j" }, measures = "n = count()" } (rows:use(land))
  local function pivot(of) return of:pivot { rows = "gemeente", columns = "j", values = "n" } end
  local function is(rolled, een, twee, ...)
    t.eq(rolled.een:to_lua(), een)
    t.eq(rolled.twee:to_lua(), twee)
    t.eq(rolled:notes(), { ... })
  end
  local left = "rolled up are the rows that were left where "
  is(pivot(result):roll_up "regio", { 2, 2 }, { 2, 1 })
  is(pivot(result:where "j == 'twee' or n > 1"):roll_up "regio", { 2, dk.null }, { 2, 1 },
    left .. "j == 'twee' or n > 1: 4 of 6")
  local few = pivot(result):where "een > 1 or gemeente == 'Tiel'"
  is(few:roll_up "regio", { 2, 1 }, { 1, 1 }, left .. "een > 1 or gemeente == 'Tiel': 2 of 4")
  t.has(few:roll_up "regio":explain(), "Then a column for each value of j: 4 rows.\n" -- and no step of ours behind it
    .. "Only where een > 1 or gemeente == 'Tiel': 2 rows left; 1 row was left out because it is null there, so not known.\n"
    .. "Then gemeente rolled up to regio: 2 rows.\n")
  is(few:roll_up("regio"):roll_up "land", { 3 }, { 2 }, left .. "een > 1 or gemeente == 'Tiel': 2 of 4")
  is(pivot(result:where "gemeente ~= 'Ede'"):where "twee == 1":roll_up "regio":roll_up "land", { 3 }, { 3 },
    left .. "gemeente ~= 'Ede': 5 of 6")
  is(pivot(result:where "gemeente ~= 'Ede'"):where "een > 0":roll_up "land", { 3 }, { 2 },
    left .. "gemeente ~= 'Ede': 5 of 6", left .. "een > 0: 2 of 3")
end)

-- Each person once: a total over the members of sets is no sum of what is left.
test("a total over members stays where all parts of it are left", function(t, dk)
  local asks = dk.breakdown { by = { "gemeente", "m = member(v)" }, margins = "cube", measures = "n = count()" }
  local result = asks(persons(dk))
  local overlap = "groups of m overlap: a row counts in that of every member it has, and in totals once; "
    .. "groups do not add up to totals"
  local gone = "totals over members are left out, as rows were: they would have those of rows that are gone"
  local left = "rolled up are the rows that were left "
  local cases = {
    { result, { ["M a"] = 2, ["M b"] = 2, ["M null"] = 1, ["M totaal"] = 4, ["R a"] = 2, ["R b"] = 2, ["R totaal"] = 3,
      ["totaal a"] = 4, ["totaal b"] = 4, ["totaal null"] = 1, ["totaal totaal"] = 7 } },
    { result:where "gemeente ~= 'Duiven'", { ["M a"] = 2, ["M b"] = 1, ["M null"] = 1, ["M totaal"] = 3, ["R a"] = 2,
      ["R b"] = 2, ["R totaal"] = 3 }, left .. "where gemeente ~= 'Duiven': 9 of 15" },
    { result:where "gemeente ~= 'Duiven' or gemeente is total", { ["M a"] = 2, ["M b"] = 1, ["M null"] = 1,
      ["M totaal"] = 3, ["R a"] = 2, ["R b"] = 2, ["R totaal"] = 3, ["totaal a"] = 4, ["totaal b"] = 3,
      ["totaal null"] = 1 },
      left .. "where gemeente ~= 'Duiven' or gemeente is total: 13 of 15", gone },
    { result:where "n > 1", { ["M a"] = 2, ["R b"] = 2, ["totaal a"] = 2, ["totaal b"] = 2 },
      left .. "where n > 1: 7 of 15", gone },
    { result:where "m ~= 'a' or m is total", { ["M b"] = 2, ["R b"] = 2, ["totaal b"] = 4 },
      left .. "where m ~= 'a' or m is total: 9 of 15", gone },
    { result:head(4), { ["M a"] = 2, ["M b"] = 1, ["M null"] = 1 }, left .. "by rows 1 to 4: 4 of 15", gone },
    { result:where "m is total and gemeente is not total", { ["M totaal"] = 4, ["R totaal"] = 3 },
      left .. "where m is total and gemeente is not total: 4 of 15" },
  }
  for i, case in ipairs(cases) do
    local rolled = case[1]:roll_up "regio"
    t.eq(cells(rolled, "regio", "m"), case[2], i)
    t.eq(rolled:notes(), { overlap, case[3], case[4] }, i)
  end
end)

-- Arnhem 3 and 4, of which 3 is of a known; Duiven has nobody who is.
test("what is made of several sums is rolled up where every part has each of them", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "gemeente;regio\nArnhem;M\nDuiven;M\nTiel;R\n", { "gemeente", "regio" })
  local rows = dk.read_text "gemeente;s;x\nArnhem;true;3\nArnhem;false;4\nDuiven;false;5\nTiel;true;6\n":use(geo)
  local function ask(by, ...)
    return rows:breakdown { by = by, measures = { ... } }
  end
  for _, text in ipairs { "sum(x) - (sum(x) where s)", "(sum(x) where s) + count()", "-(sum(x) - (sum(x) where s))",
    "(sum(x) - (sum(x) where s)) / sum(x)", "sum(x) / (count() + (sum(x) where s))" } do
    t.raises(function() ask("gemeente", "v = " .. text):roll_up "regio" end, "v cannot be rolled up: it is " .. text
      .. ", which is null where one of these is, and some gemeente has none",
      "name each as a measure of its own, of which v is made, or ask the breakdown by regio anew")
    local known = ask("gemeente", "v = " .. text):where "gemeente ~= 'Duiven'"
    t.eq(#known:roll_up "regio", 2, text)
  end
  local rolled = ask("gemeente", "alle = sum(x)", "k = sum(x) where s", "v = alle - k"):roll_up "regio"
  t.eq(rolled.v:to_lua(), { 9, 0 })
  t.eq(ask("regio", "v = sum(x) - (sum(x) where s)").v:to_lua(), { 9, 0 })
  local part = ask("gemeente", "k = sum(x) where s", "d = k / sum(x)", "m = -(sum(x) where s)"):drop "k":roll_up "regio"
  local parts = part:derive { "teller = numerator(d)", "noemer = denominator(d)" }
  t.eq({ parts.teller:to_lua(), parts.noemer:to_lua(), parts.m:to_lua() }, { { 3, 6 }, { 12, 6 }, { -3, -6 } })
end)

test("what nobody knows of the parts is told of what they are rolled up to", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "gemeente;regio;land\nArnhem;M;NL\nDuiven;M;NL\nTiel;R;NL\n",
    { "gemeente", "regio", "land" })
  local rows = dk.read_text("gemeente;s;x\nArnhem;true;3\nArnhem;;.\nDuiven;true;.\nTiel;false;-\n",
    { types = { s = "boolean", x = { "interval", markers = { ["."] = "unavailable", ["-"] = "impossible" } } } }):use(geo)
  local ask = dk.breakdown { by = "gemeente", measures = { "som = sum(x)", "k = count() where s" } }
  local notes = { "2 rows were left out of som, because x is null there",
    "1 row was left out of k, because s is null there" }
  t.eq(ask:by "regio"(rows):notes(), notes)
  t.eq(ask(rows):roll_up "regio":notes(), notes)
  t.eq(ask(rows):roll_up "regio":roll_up "land":notes(), notes)
  t.eq(ask:with { where = "s" }(rows):roll_up "land":notes()[1], "1 row was left out, because s is null there")
  local compared = ask:compare(rows, rows:head(2), { name = "later" })
  t.eq(compared:roll_up "regio":notes(), compared:notes())
end)
