-- summary.lua - columns of a table in figures, and in words.

local test = ...

local function register(dk)
  return dk.table({
    { "pseudoniem", { "a", "b", "c", "d", "e" } }, { "leeftijd", { 19, 27, 27, 64, dk.null } },
    { "loon", { dk.decimal "12.50", dk.decimal "10.25", 0, 20, 11 } },
    { "sinds", { "2024-01-01", dk.null, "2023-05-06", "2024-01-01", "2020-02-29" } },
    { "klasse", { "mbo", "vmbo", "mbo", dk.null, "hbo" } }, { "bekend", { true, false, true, true, dk.null } },
    { "kan", { { "a" }, {}, { "a", "b" }, { "a" }, dk.null } }, { "n", { { least = 0, greatest = 4 }, 3, 4, 5, 6 } },
    { "leeg", { dk.null, dk.null, dk.null, dk.null, dk.null } },
  }, {
    name = "register", unit = "persons", key = "pseudoniem", as_of = "2024-12-31", types = { sinds = "date" },
    levels = { klasse = { "vmbo", "mbo", "hbo", "wo" } },
  })
end

test("a summary has a row for each column", function(t, dk)
  local s = register(dk):summary()
  local by_name = {}
  for row in s:rows() do
    by_name[row.name] = row
  end
  t.eq(#s, 9)
  t.eq(by_name.leeftijd, {
    name = "leeftijd", type = "integer", nulls = 1, different = 3, least = "19", mean = 34.25, median = "27",
      greatest = "64", most = "27", times = 2,
  })
  t.eq({ by_name.loon.least, by_name.loon.mean, by_name.loon.greatest, by_name.loon.different },
    { "0.00", 10.75, "20.00", 5 })
  t.eq(by_name.loon.median, "11")
  t.eq({ by_name.sinds.least, by_name.sinds.greatest, by_name.sinds.most, by_name.sinds.times, by_name.sinds.mean },
    { "2020-02-29", "2024-01-01", "2024-01-01", 2, nil })
  t.eq({ by_name.klasse.least, by_name.klasse.greatest, by_name.klasse.most }, { "vmbo", "hbo", "mbo" }) -- the stated order
  t.eq({ by_name.bekend.nulls, by_name.bekend.different, by_name.bekend.most, by_name.bekend.times },
    { 1, 2, "true", 3 })
  t.eq({ by_name.kan.different, by_name.kan.most, by_name.kan.times }, { 3, "a", 2 })
  t.eq(by_name.n, { name = "n", type = "interval", nulls = 0, least = "0..3", median = "4", greatest = "6" })
  t.eq(by_name.leeg, { name = "leeg", type = "text", nulls = 5, different = 0 })
  t.eq(by_name.pseudoniem.times, 1)
end)

test("a summary of some columns, of none, and of names that measures have", function(t, dk)
  t.eq(register(dk):summary { "loon" }.name:to_lua(), { "loon" })
  t.eq(register(dk):summary("loon", "leeg").name:to_lua(), { "loon", "leeg" })
  t.eq(#dk.table {}:summary(), 0)
  local clash = dk.table { { "least", { 1, 2 } }, { "times", { 3, 3 } }, { "value", { 5, 6 } }, { "where", { 1, 1 } } }
  t.eq(clash:summary().times:to_lua(), { 1, 2, 1, 2 })
  t.raises(function() register(dk):summary { "lon" } end, "lon")
  t.raises(function() return dk.breakdown("x").summary end)
  t.raises(function() register(dk).summary(5) end, "summary: call it on a table, with a colon: t:summary()")
end)

test("a summary counts persons where the table weighs its rows", function(t, dk)
  local weighed = dk.table({ { "k", { "a", "b" } }, { "w", { 10, 90 } } }, { weight = "w" })
  local s = weighed:summary { "k", "w" }
  t.eq({ s.most[1], s.times[1] }, { "b", 90 })
end)

test("totals are no rows of a column", function(t, dk)
  local result = register(dk):breakdown { by = "klasse", measures = "aantal = count()", margins = "totals" }
  t.raises(function() result:summary() end, "detail()")
  t.eq(result:describe().values:to_lua()[2], "1 to 2")
end)

test("a description says what columns hold and what the table is", function(t, dk)
  local d = register(dk):label({ loon = "Uurloon" }):note "een noot":describe()
  local by_name = {}
  for row in d:rows() do
    by_name[row.name] = row
  end
  t.eq(by_name.loon, { name = "loon", heading = "Uurloon", type = "decimal(2)", known = 1.0, values = "0.00 to 20.00" })
  t.eq({ by_name.leeftijd.values, by_name.leeftijd.known }, { "19 to 64", 0.8 })
  local b = by_name
  t.eq({ b.klasse.values, b.bekend.values, b.kan.values, b.pseudoniem.values, b.sinds.values },
    { "vmbo, mbo, hbo, wo", "true or false", "a, b", "a, b, c, d and 1 more", "2020-02-29 to 2024-01-01" })
  t.eq(by_name.leeg.values, nil)
  t.eq(d:notes(), { "register: 5 persons, one for each pseudoniem, as of 2024-12-31", "een noot" })
  local codes = dk.table({ { k = "1" }, { k = "2" } }, { types = { k = dk.codes "1 = ja, 2 = nee" } })
  t.eq(codes:describe().values[1], "1 = ja, 2 = nee")
  t.eq(codes:describe():notes()[1], "2 rows")
  t.eq(dk.table({ { n = 4, w = 2 } }, { weight = "w", unit = "persons" }):describe():notes()[1],
    "1 row for persons by weight w")
  t.eq(dk.table({ { n = 4 } }):describe().values[1], "4")
  t.eq(register(dk):select { "n" }:describe().values[1], "0..3 to 6")
  t.eq(#dk.table {}:describe(), 0)
  t.raises(function() register(dk).describe(5) end, "describe: call it on a table")
end)

test("what takes no argument refuses one, and an empty list of columns is none", function(t, dk)
  local data = dk.table { { "k", { "a", "b" } } }
  t.says(function() return data:describe "k" end, "describe takes no argument: t:select(...):describe() is of some columns")
  t.says(function() return data:schema {} end, "schema takes no argument: t:select(...):schema() is that of some columns")
  t.says(function() return data:rows { "k" } end,
    "rows takes no argument and goes over every column: t:select(...):rows() goes over some")
  t.says(function() return data:blocks "k" end,
    "blocks takes no argument and goes over every column: t:select(...):blocks() goes over some")
  t.says(function() return data:summary(nil) end,
    "summary wants the names of columns, or nothing for all; got nil (was a variable nil?)")
  t.says(function() return data:summary {} end,
    "summary wants the names of columns, or nothing for all; got an empty list (was a variable nil?)")
  t.says(function() return data:summary(3) end, "summary wants the names of columns; 1 is a number")
  t.says(function() return data:summary("k", nil) end, "summary wants the names of columns; 2 is nil")
  t.says(function() return data:summary { by = "k" } end, "summary: a plain list is wanted; it has the key by")
  local name = "head"
  t.says(function() return data[name](5) end,
    "argument 1 must be a table of dekking, got 5 (a method is called with a colon: x:name(...))")
end)
