-- breakdown.lua - questions as values.

local test = ...

-- Two places that occur and one that does not: nobody of the register lives in Rozendaal.
local function people(dk)
  return dk.table({
    { "gemeente", { "Duiven", "Arnhem", "Arnhem", "Duiven", "Arnhem", "Arnhem" } },
    { "doelgroep", { "Wajong", "Wajong", "Wsw", "Wsw", "Wajong", "Wajong" } },
    { "in_sonar", { true, true, false, dk.null, true, true } },
    { "leeftijd", { 20, 30, 40, 50, 60, 25 } },
  }, { levels = { gemeente = { "Arnhem", "Duiven", "Rozendaal" } } })
end

local function coverage(dk)
  return dk.breakdown {
    by = { "gemeente" },
    measures = { "register = count()", "known = count() where in_sonar", "dekking = known / register" },
  }
end

test("a format of what is no number is refused, wherever the breakdown is asked", function(t, dk)
  local data = dk.table { { "k", { "a", "b" } }, { "n", { 1, 2 } } }
  local first = dk.breakdown { by = "n", measures = { "m = count()", { "eerste = min(k)", format = "0.0" } } }
  local dimension = dk.breakdown { by = { { "k", format = "0" } }, measures = "m = count()" }
  local says = "format: column eerste is a category, and patterns are for numbers"
  t.says(function() return first(data) end, says)
  t.says(function() return data:breakdowns { a = first } end, says)
  t.says(function() return dimension(data) end, "format: column k is a category, and patterns are for numbers")
  local styled = dk.breakdown { by = { { "n", format = "0.0" } }, measures = { { "m = sum(n)", format = "0.00" } } }
  t.has(tostring(styled(data)), "1.0     1.00", "2.0     2.00")
end)

test("a breakdown is called with a table", function(t, dk)
  t.eq(t.records(coverage(dk)(people(dk))), {
    { gemeente = "Arnhem", register = 4, known = 3, dekking = 0.75 },
    { gemeente = "Duiven", register = 2, known = 1, dekking = 0.5 },
  })
end)

test("levels without rows are shown on request, with null rates", function(t, dk)
  local all = coverage(dk):with { levels = "all" }
  t.eq(t.records(all(people(dk)))[3], { gemeente = "Rozendaal", register = 0, known = 0 })
end)

test("of no dimension no level can be missing", function(t, dk)
  local all = coverage(dk):with { levels = "all" }
  t.eq(t.records(all:by {} (people(dk))), { { register = 6, known = 4, dekking = 4 / 6 } })
  t.eq(#all:by {} :by "gemeente" (people(dk)), 3)
  t.eq(#all:by "doelgroep" (people(dk):where "doelgroep == 'Wsw'"), 2)
  t.raises(function() return all:by "jaar = 1" (people(dk)) end, "none of its dimensions is a category or a boolean")
end)

test("levels of some dimensions are shown on request", function(t, dk)
  local data = dk.read_text "maand,regio\n2023-12,Noord\n2024-03,Zuid\n"
  local n = dk.breakdown { by = "maand", measures = "n = count()", levels = { "maand" } }
  t.eq(t.records(n(data)), { { maand = "2023-12", n = 1 }, { maand = "2024-01", n = 0 }, { maand = "2024-02", n = 0 },
    { maand = "2024-03", n = 1 } })
  t.eq(tostring(n):match "levels%s+(%S+)", "maand")
  t.eq(#n:by {} (data), 1)
  t.raises(function() return n:by "regio" (data) end, "levels: the breakdown has no dimension maand")
  t.raises(function() return n:with { levels = { 5 } } end, "levels wants strings")
  t.raises(function() return n:with { levels = "some" } end, '"all", or a list of dimensions')
end)

test("several breakdowns are asked together", function(t, dk)
  local data, one = people(dk), coverage(dk)
  local list = data:breakdowns { one, one:by "doelgroep", { measures = "n = count()" } }
  t.eq(#list, 3)
  t.eq(t.records(list[1]), t.records(one(data)))
  t.eq(t.records(list[2]), t.records(one:by "doelgroep" (data)))
  t.eq(t.records(list[3]), { { n = 6 } })
  local named = data:breakdowns({ a = one, b = { measures = "n = count() where gemeente == $g" } }, { g = "Arnhem" })
  t.eq(t.records(named.a), t.records(one(data)))
  t.eq(t.records(named.b), { { n = 4 } })
  t.raises(function() return data:breakdowns {} end, "breakdowns wants breakdowns")
  t.raises(function() return data:breakdowns(one) end, "breakdowns wants a list of breakdowns")
  t.raises(function() return data:breakdowns { one, data } end, "breakdowns: 2 is a table of dekking, and no breakdown")
  t.raises(function() return data:breakdowns { [0] = one } end, "neither a place in it nor a name")
  t.raises(function() return data:breakdowns { one, { measures = "n = sum(nergens)" } } end, "needs the column nergens")
end)

test("one dimension and one measure need no list", function(t, dk)
  local n = dk.breakdown { by = "doelgroep", measures = "n = count()" }
  t.eq(t.records(n(people(dk))), { { doelgroep = "Wajong", n = 4 }, { doelgroep = "Wsw", n = 2 } })
  t.eq(t.records(people(dk):breakdown { measures = "n = count()" }), { { n = 6 } })
end)

test("a total is a margin that detail takes away", function(t, dk)
  local result = coverage(dk):with { margins = "rollup" } (people(dk))
  t.eq(#result, 3)
  t.eq(t.records(result)[3], { register = 6, known = 4, dekking = 2 / 3 })
  t.eq(#result:detail(), 2)
  t.eq(t.records(result:where "gemeente is total"), { { register = 6, known = 4, dekking = 2 / 3 } })
  t.raises(function() return result:breakdown { measures = "n = count()" } end, "detail")
end)

test("methods give other breakdowns and leave this one", function(t, dk)
  local base, data = coverage(dk), people(dk)
  t.eq(t.records(base:by { "doelgroep" } (data))[1], { doelgroep = "Wajong", register = 4, known = 4, dekking = 1.0 })
  t.eq(t.records(base:by {} (data))[1].register, 6)
  t.eq(t.records(base:where "leeftijd < 35" (data)), {
    { gemeente = "Arnhem", register = 2, known = 2, dekking = 1.0 },
    { gemeente = "Duiven", register = 1, known = 1, dekking = 1.0 },
  })
  t.eq(t.records(base:measure "oudste = max(leeftijd)" (data))[1].oudste, 60)
  t.eq(#base:with { limit = 1 } (data), 1)
  t.eq(t.records(base:with { order = "dekking" } (data))[1].gemeente, "Duiven")
  t.eq(t.records(base(data))[1].register, 4)
end)

test("conditions narrow, each as a whole", function(t, dk)
  local base = coverage(dk):where "leeftijd < 25 or leeftijd > 55":with { where = "doelgroep == 'Wajong' or in_sonar" }
  t.eq(t.records(base(people(dk))), {
    { gemeente = "Arnhem", register = 1, known = 1, dekking = 1.0 },
    { gemeente = "Duiven", register = 1, known = 1, dekking = 1.0 },
  })
  t.raises(function() return coverage(dk):where "leeftijd < 25) or (true" end)
  t.eq(#base:with { where = dk.null } (people(dk)), 2)
end)

test("parameters are given with the table", function(t, dk)
  local young = dk.breakdown { measures = "n = count() where leeftijd < $grens" }
  t.eq(young(people(dk), { grens = 35 }):column "n"[1], 3)
  t.raises(function() return young(people(dk)) end, "grens")
end)

test("labels and patterns go with a measure", function(t, dk)
  local shown = dk.breakdown {
    by = { { "gemeente", label = "Gemeente" } },
    measures = { "n = count()", "k = count() where in_sonar", { "dekking = k / n", format = "0.0 %", label = "Bekend" } },
  } (people(dk)):text()
  t.has(shown, "Gemeente", "Bekend", "75.0 %")
end)

test("named breakdowns are registered", function(t, dk)
  local made = dk.breakdown "proef een" { doc = "a trial", measures = "n = count()" }
  t.eq(made:name(), "proef een")
  t.eq(made:doc(), "a trial")
  local list = dk.breakdowns()
  t.ok(list["proef een"] == made)
  local found = false
  for _, name in ipairs(list) do
    found = found or name == "proef een"
  end
  t.ok(found)
  t.has(tostring(made), "proef een", "a trial", "n = count()")
  t.raises(function() return dk.breakdown "x" { name = "y", measures = "n = count()" } end, "before the table")
end)

test("what is no breakdown is an error that says why", function(t, dk)
  local data = people(dk)
  t.raises(function() return dk.breakdown {} end, "wants measures")
  t.raises(function() return dk.breakdown { measures = {} } end, "wants measures")
  t.raises(function() return dk.breakdown { mesures = "n = count()" } end, "mesures", "measures")
  t.raises(function() return dk.breakdown { measures = "count()" } end, "count()")
  t.raises(function() return dk.breakdown { measures = { "n = count(" } } end, "count(")
  t.raises(function() return dk.breakdown { measures = { true } } end, "got a boolean", "at once")
  t.raises(function() return dk.breakdown { measures = { n = "count()" } } end,
    "breakdown: measures: a plain list is wanted; it has the key n (write { \"n = count()\" })")
  t.raises(function() return dk.breakdown { measures = { "n = count()", nil, "m = count()" } } end, "item 2 of the list")
  t.raises(function() return dk.breakdown { measures = "n = count()", order = { "a", nil, "b" } } end, "order: item 2")
  t.raises(function() return coverage(dk):compare(data, {}) end, "wants a scenario")
  t.raises(function() return coverage(dk):compare(data, { [2] = data }) end, "compare: item 1 of the list is nil")
  t.raises(function() return dk.breakdown { measures = { { "n = count()", fromat = "0" } } } end, "fromat", "format")
  t.raises(function() return dk.breakdown { by = { data.gemeente == "x" }, measures = "n = count()" } end, "got a boolean")
  t.raises(function() return dk.breakdown { where = true, measures = "n = count()" } end, "got a boolean")
  t.raises(function() return dk.breakdown { where = "a = 1", measures = "n = count()" } end, "equality is ==")
  t.raises(function() return dk.breakdown { margins = "all", measures = "n = count()" } end, "rollup")
  t.raises(function() return dk.breakdown { levels = true, measures = "n = count()" } end, '"all"')
  t.raises(function() return dk.breakdown { limit = 1.5, measures = "n = count()" } end, "limit")
  t.raises(function() return dk.breakdown { order = 5, measures = "n = count()" } end, "order")
  t.says(function() return dk.breakdown { measures = { { "n = count()", format = "0.0 %%" } } } end,
    'format: \'0.0 %%\' is no pattern; patterns look like "0.0", "#,##0 persons" or "0.0 %"')
  t.raises(function() return dk.breakdown { by = { { "a", format = "x" } }, measures = "n = count()" } end,
    "'x' is no pattern")
  t.raises(function() return dk.breakdown(5) end, "not a number")
  t.raises(function() return dk.breakdown "" { measures = "n = count()" } end,
    'a name is a string of one character or more, not ""')
  t.raises(function() return data:breakdown(coverage(dk)) end, "not a breakdown, which is called with a table: coverage(t)")
  t.raises(function() return dk.breakdown "x" (5) end, "not a number")
  t.raises(function() return coverage(dk)(5) end, "called with a table of dekking, not with a number")
  t.raises(function() return coverage(dk) {} end, "not with a Lua table")
  t.raises(function() return coverage(dk)() end, "a breakdown is called with a table of dekking, not with nil")
  t.raises(function() return coverage(dk)(data.gemeente) end, "not with a column")
  t.raises(function() return coverage(dk):by() end, "by wants dimensions")
  t.raises(function() return coverage(dk):bye {} end, "'bye'", "by")
  t.raises(function() return coverage(dk):with { wher = "x" } end, "wher", "where")
  t.raises(function() return coverage(dk):by { "gemente" } (data) end, "gemente", "gemeente")
  t.raises(function() coverage(dk).x = 1 end, "never changes")
  local base = coverage(dk)
  t.raises(function() return base.where("leeftijd < 3") end, "where: called on a string, and not on a breakdown")
end)

test("margins can be sets of dimensions, and then nothing else is shown", function(t, dk)
  local question = dk.breakdown {
    by = { "gemeente", "doelgroep" }, measures = "n = count()", margins = { { "doelgroep" }, {} },
  }
  local rows = t.records(question(people(dk)):detail())
  t.eq(#rows, 0)
  local shown = {}
  for row in question(people(dk)):rows() do
    shown[#shown + 1] = row.n
  end
  t.eq(shown, { 4, 2, 6 })
  t.ok(tostring(question):find("{ doelgroep }, {}", 1, true))
  t.ok(tostring(question(people(dk)):explain()):find("sets of dimensions that are named", 1, true))
  t.eq(#question:with { margins = "totals" } (people(dk)), 5)
  t.raises(function() return dk.breakdown { by = "a", measures = "n = count()", margins = {} } end, "a set at least")
  t.raises(function() return question:with { margins = { { "b" } } } end, "no dimension b")
  t.raises(function() return dk.breakdown { by = "a", measures = "n = count()", margins = { { 1 } } } end, "wants strings")
end)

test("spread, association, and what is first, last and most frequent", function(t, dk)
  t.eq(t.records(people(dk):breakdown {
    by = "doelgroep",
    measures = { "v = variance(leeftijd)", "r = corr(leeftijd, leeftijd)", "a = first(gemeente)", "z = last(gemeente)",
      "m = mode(gemeente)", "s = sd(leeftijd)" },
  }), {
    { doelgroep = "Wajong", v = 3875 / 12, r = 1.0, a = "Duiven", z = "Arnhem", m = "Arnhem", s = (3875 / 12) ^ 0.5 },
    { doelgroep = "Wsw", v = 50.0, r = 1.0, a = "Arnhem", z = "Duiven", m = "Arnhem", s = 50 ^ 0.5 },
  })
end)

test("groups beyond the limit can be one row", function(t, dk)
  local question = dk.breakdown { by = "gemeente", measures = "n = count()", order = "n desc", limit = 1, rest = "overig" }
  t.eq(t.records(question(people(dk))), { { gemeente = "Arnhem", n = 4 }, { gemeente = "overig", n = 2 } })
  t.eq(t.records(question:by {} (people(dk))), { { n = 6 } })
  t.ok(tostring(question):find("rest      overig", 1, true))
  t.raises(function() return question:with { limit = dk.null } end, "beyond the limit")
  t.raises(function() return question:with { rest = 1 } end, "rest is a name")
end)

test("figures of another table stand beside a table", function(t, dk)
  local persons = dk.table { { "regio", { "A", "A", "B" } }, { "vrouw", { true, false, false } } }
  local register = dk.table { { "regio", { "A", "B" } }, { "n", { 8, 4 } } }
  local beside = persons:attach(register, "regio")
  local known = dk.breakdown { by = "regio", measures = { "d = count() / attached(n)" }, margins = "totals" }
  t.eq(t.records(known(beside)), { { regio = "A", d = 0.25 }, { regio = "B", d = 0.25 }, { d = 0.25 } })
  t.eq(known(beside:where "regio == 'A'").d[2], 2 / 12) -- the figures are those of the register, whoever is left
  t.eq(known(beside:derive { "x = 1" }:attach(dk.null):attach(register, { "regio" })).d[1], 0.25)
  t.eq(beside:breakdowns({ known, known:by {} })[2].d[1], 0.25)
  t.ok(known(beside):explain():find("known per regio", 1, true))
  local move = dk.scenario "move" { { "all", where = "not vrouw", all = true, set = { vrouw = true } } }
  local women = dk.breakdown { by = "regio", measures = { "d = (count() where vrouw) / attached(n)" } }
  t.eq(women:compare(beside, move).d_move[2], 0.25)
  t.eq(known(beside:append(beside)).d[1], 0.5)
  t.raises(function() known(beside:append(persons)) end, "it has none")
  t.raises(function() known(persons) end, 't:attach(register, "gemeente")')
  t.raises(function() known(beside:attach(register, "regio")) end, "may be about 2 of the tables that are attached")
  t.raises(function() persons:attach(register) end, "the columns by which the figures are known")
  t.raises(function() persons:attach(7, "regio") end, "a table")
  t.raises(function() persons:derive "x = attached(n)" end, "attached() is a measure over many rows")
end)

test("a dimension may use an earlier one by its name", function(t, dk)
  local data = dk.table { { "leeftijd", { 19, 26, 30, 60, dk.null } } }
  local asked = dk.breakdown {
    by = { "klasse = bin(leeftijd, 27, 50)", "jong = (klasse) == '< 27'", "oud = not jong" },
    measures = "n = count()",
  }
  t.eq(t.records(asked(data)), {
    { klasse = "< 27", jong = true, oud = false, n = 2 }, { klasse = "27-49", jong = false, oud = true, n = 1 },
    { klasse = ">= 50", jong = false, oud = true, n = 1 }, { n = 1 },
  })
  -- what "leeftijd = ..." is made of says that there is a column of that name, which it stays
  local named = data:breakdown { by = { "leeftijd = bin(leeftijd, 27)", "zelf = leeftijd" }, measures = "n = count()" }
  t.eq(named:column "zelf":type(), "integer")
  t.raises(function() return data:breakdown { by = { "jong = klasse == 'x'", "klasse = bin(leeftijd, 27)" },
    measures = "n = count()" } end, "needs the column klasse")
  t.raises(function() return data:breakdown { by = { "k = bin(leeftijd, 27)", "j = k + 1" }, measures = "n = count()" } end,
    "a number is wanted here", "j = (bin(leeftijd, 27)) + 1")
end)
