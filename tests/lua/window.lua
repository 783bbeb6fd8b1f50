-- window.lua - rows in an order, columns that look at other rows, pivots, samples: what scripts see.

local test = ...

local function months(dk)
  return dk.table({
    { "gemeente", { "Arnhem", "Arnhem", "Duiven", "Arnhem", "Duiven", "Arnhem" } },
    { "maand", { "2024-01", "2024-03", "2024-01", "2024-02", "2024-02", "2024-05" } },
    { "n", { 10, 30, 5, dk.null, 7, 50 } },
  }, { types = { maand = "month" } })
end

local function list(column)
  local values = {}
  for i = 1, #column do
    values[i] = tostring(column[i])
  end
  return table.concat(values, " ")
end

test("a window names groups, an order and new columns", function(t, dk)
  local data = months(dk)
  local made = data:window {
    within = "gemeente", order = "maand",
    "vorige = previous(n)", "cumulatief = running_sum(n)", "plaats = row_number()",
  }
  t.eq(list(made.vorige), "nil nil nil 10 5 30")
  t.eq(list(made.cumulatief), "10 40 5 10 12 90")
  t.eq(list(made.plaats), "1 3 1 2 2 4")
  made = data:window({ order = { "n is null", "n desc" }, "r = rank()", dk.expr "m = n * $keer - max(n)" }, { keer = 2 })
  t.eq(list(made.r), "3 2 5 6 4 1")
  t.eq(list(made.m), "-30 10 -40 nil -36 50")
  t.eq(list(data:window { within = { "gemeente", "n > 8" }, "k = count()" }.k), "3 3 2 1 2 3")
end)

test("a window says what is wrong", function(t, dk)
  local data = months(dk)
  t.raises(function() data:window() end, "within = \"gemeente\"")
  t.raises(function() data:window { order = "maand" } end, "window wants 'name = expression'")
  t.raises(function() data:window { oder = "maand", "a = 1" } end, "window has no option 'oder' (did you mean 'order'?)")
  t.raises(function() data:window { order = 5, "a = 1" } end, "window: order")
  t.raises(function() data:window { "previous(n)" } end, "write \"name = previous(n)\"")
  t.raises(function() data:window { 5 } end, "window wants 'name = expression' as a string; got a number")
  t.raises(function() data:window { "a = 1", nil, "b = 2" } end, "item 2 of the list is nil")
  t.raises(function() data:window { "a = prevous(n)" } end, "did you mean previous()?")
  t.raises(function() data:derive "a = previous(n)" end, "previous() looks at other rows",
    "\n  a = previous(n)\n      ^^^^")
  t.raises(function() data:window { "a = previous(n, $k)" } end, "the parameter $k has no value")
  local result = data:breakdown { by = "gemeente", measures = "s = sum(n)", margins = "totals" }
  t.raises(function() result:window { "a = rank()" } end, "t:detail()")
  t.eq(list(result:detail():window { order = "s desc", "r = rank()" }.r), "1 2")
end)

test("sort takes expressions, parameters and a limit", function(t, dk)
  local data = months(dk)
  t.eq(list(data:sort { "n % 3 desc", "n" }.n), "5 50 7 10 30 nil")
  t.eq(list(data:sort({ "n % $m", "n desc", limit = 3 }, { m = 10 }).n), "50 30 10")
  t.eq(list(data:sort { dk.expr "n", limit = 2 }.n), "5 7")
  t.eq(#data:sort { "n", limit = 0 }, 0)
  t.raises(function() data:sort { "n", limit = -1 } end, "sort: limit must be a whole number from 0")
  t.raises(function() data:sort { "n", first = 1 } end, "sort has no option 'first'")
  t.raises(function() data:sort { "n +" } end, "sort: 'n +'")
end)

test("pivot and unpivot go there and back", function(t, dk)
  local data = months(dk)
  local wide = data:pivot { rows = "gemeente", columns = "maand", values = "n" }
  t.eq(list(wide.gemeente), "Arnhem Duiven")
  t.eq(list(wide["2024-02"]), "nil 7")
  local back = wide:unpivot { rows = "gemeente", name = "maand", value = "n", nulls = "drop" }
  t.eq(list(back.maand), "2024-01 2024-03 2024-05 2024-01 2024-02")
  t.eq(list(back.n), "10 30 50 5 7")
  t.eq(back:notes(), { "3 cells were left out because they are null" })
  t.eq(#wide:unpivot { rows = "gemeente" }, 8)
  t.eq(list(data:pivot { columns = "gemeente", values = "n", aggregate = "sum" }.Arnhem), "90")
  t.raises(function() data:pivot { rows = "gemeente", columns = "gemeente", values = "n" } end, "names gemeente twice")
  t.raises(function() data:pivot { columns = "gemeente", values = "n" } end,
    "rows 1 and 2 of the table belong in one cell", "aggregate = \"sum\"")
  t.raises(function() data:pivot { column = "gemeente" } end, "did you mean 'columns'?")
  t.raises(function() data:pivot "gemeente" end, "columns = \"peilmaand\"")
  t.raises(function() data:pivot { columns = "maand", values = "n", limit = 0 } end, "limit must be a whole number from 1")
  t.raises(function() data:unpivot { nulls = "no" } end, "unpivot: nulls is 'no', and can be keep or drop")
  t.raises(function() data:unpivot {} end, "the columns that become rows, or those that stay")
end)

test("samples are the same for the same seed", function(t, dk)
  local data = months(dk)
  local once = data:sample { n = 3, seed = 11 }
  t.eq(#once, 3)
  t.eq(tostring(once), tostring(data:sample { n = 3, seed = 11 }))
  t.eq(#data:sample { share = 0.5, seed = 1 }, 3)
  t.eq(#data:sample { share = 1, seed = 1 }, 6)
  t.eq(#data:sample { n = 1, seed = -5, within = { "gemeente" } }, 2)
  t.eq(#data:sample({ n = 1, seed = 1, within = "n > $k" }, { k = 20 }), 3)
  t.eq(#data:shuffle { seed = 1 }, 6)
  t.eq(tostring(data:shuffle({ seed = 2 }):sort { "maand", "gemeente" }), tostring(data:sort { "maand", "gemeente" }))
  t.eq(#data:sample({ n = 2, seed = 1, weight = "coalesce(n, 0) * $k" }, { k = 2 }), 2)
  t.eq(#data:sample { n = 6, seed = 1, weight = "coalesce(n, 0)" }, 5)
  t.raises(function() data:sample { n = 3, seed = 1, weight = "n" } end, "the weight n is null in row 4")
  t.raises(function() data:sample { n = 3, seed = 1, weight = "5 - coalesce(n, 0)" } end, "is -5 in row 1")
  t.raises(function() data:sample { n = 3, seed = 1, weight = "gemeente" } end,
    "a weight is a number, and gemeente is category")
  t.raises(function() data:sample { n = 3, seed = 1, weight = 3 } end, "weight")
  t.raises(function() data:sample { n = 3 } end, "sample wants a seed")
  t.raises(function() data:sample { n = 3, seed = 1.5 } end, "sample wants a seed")
  t.raises(function() data:sample { seed = 1 } end, "n, a number of rows, or share")
  t.raises(function() data:sample { n = 1, share = 0.1, seed = 1 } end, "one of the two")
  t.raises(function() data:sample { share = 1.5, seed = 1 } end, "a sample's share is 0 to 1")
  t.raises(function() data:sample { share = "x", seed = 1 } end, "share must be a number from 0 to 1")
  t.raises(function() data:sample(3) end, "n = 100, seed = 1")
  t.raises(function() data:shuffle() end, "shuffle wants a seed")
end)

test("the first rows of each group stay", function(t, dk)
  local data = dk.read_text "g,x\na,3\nb,5\na,9\nb,5\na,9\nb,7\na,\n"
  t.eq(#data:top { n = 2, by = "x desc", within = "g" }, 4)
  t.eq(t.records(data:top { n = 1, by = "x desc", within = { "g" } }), { { g = "a", x = 9 }, { g = "b", x = 7 } })
  t.eq(t.records(data:top { n = 1, by = "x desc", within = "g", ties = "all", order = "table" }),
    { { g = "a", x = 9 }, { g = "a", x = 9 }, { g = "b", x = 7 } })
  t.eq(t.records(data:top({ n = 1, by = { "x % $m", "x" } }, { m = 5 })), { { g = "b", x = 5 } })
  t.raises(function() data:top "x" end, "n = 2, by =")
  t.raises(function() data:top { by = "x" } end, "top wants n")
  t.raises(function() data:top { n = 0, by = "x" } end, "n must be a whole number from 1")
  t.raises(function() data:top { n = 1 } end, "top wants by")
  t.raises(function() data:top { n = 1, by = "x", ties = "some" } end, "ties is 'some', and can be first or all")
  t.raises(function() data:top { n = 1, by = "x", order = "x" } end, "can be groups or table")
  t.raises(function() data:top { n = 1, by = "x", witin = "g" } end, "did you mean 'within'?")
end)

test("in a table with weights a window counts persons", function(t, dk)
  local data = dk.table({ { "x", { 1, 9, 4 } }, { "w", { 3, 0, 1 } } }):with { weight = "w" }
  local made = data:window { "n = running_count()", "s = sum(x)", "m = mean(x)", "d = share(x)", "r = rows()" }
  t.eq(list(made.n), "3 3 4")
  t.eq(list(made.s), "7 7 7")
  t.eq(list(made.m), "1.75 1.75 1.75")
  t.eq(made.d[1] * 7, 3.0)
  t.eq(made.d[2], 0.0)
  t.eq(list(made.r), "3 3 3")
  t.ok(made:explain():find("each row as many as its w", 1, true))
end)
