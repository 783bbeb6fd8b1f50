-- arguments.lua - what is given and not used, or used as what it is not: nothing is left out without a word.

local test = ...

local function people(dk)
  return dk.table { { "gemeente", { "Duiven", "Arnhem", "Arnhem" } }, { "leeftijd", { 20, 30, 40 } } }
end

test("options behind a single name are those that stand behind a list", function(t, dk)
  local data = people(dk)
  t.eq(data:distinct("gemeente", { keep = "last" }).leeftijd:to_lua(), { 20, 40 })
  t.eq(data:distinct({ "gemeente" }, { keep = "last" }).leeftijd:to_lua(), { 20, 40 })
  t.eq(data:distinct(data.gemeente, { keep = "first" }).leeftijd:to_lua(), { 20, 30 })
  t.raises(function() return data:distinct("gemeente", { kep = "last" }) end, "distinct has no option 'kep'")
  t.raises(function() return data:distinct("gemeente", { "leeftijd" }) end, "distinct: options have names, not 1 as a key")
  t.eq(data:sort("leeftijd * $richting", { richting = -1 }).leeftijd:to_lua(), { 40, 30, 20 })
  t.raises(function() return data:sort("leeftijd", { n = 1 }) end, "no expression uses the parameter $n, or any other")
end)

test("a parameter that a breakdown does not use is refused", function(t, dk)
  local data = people(dk)
  local young = dk.breakdown { measures = "n = count() where leeftijd < $grens" }
  local all = dk.breakdown { measures = "n = count()" }
  t.eq(young(data, { grens = 35 }).n[1], 2)
  t.says(function() return young(data, { grens = 35, gens = 1 }) end,
    "no expression uses the parameter $gens (did you mean $grens?)")
  t.says(function() return all(data, { grens = 35 }) end, "no expression uses the parameter $grens, or any other "
    .. "(a table behind expressions gives their $names values)")
  t.says(function() return data:breakdown({ measures = "n = count()" }, { grens = 35 }) end,
    "no expression uses the parameter $grens, or any other "
    .. "(a table behind expressions gives their $names values)")
  t.says(function() return young:plan(data, { grens = 35, x = 1 }) end,
    "no expression uses the parameter $x (used: $grens)")
  -- Together they share them.
  t.eq(data:breakdowns({ all, young }, { grens = 35 })[2].n[1], 2)
  t.says(function() return data:breakdowns({ all, young }, { grens = 35, x = 1 }) end,
    "no expression uses the parameter $x (used: $grens)")
end)

test("what was closed is called so", function(t, dk)
  local data = people(dk)
  local gone
  do
    local other <close> = data:head(1)
    gone = other
  end
  t.says(function() return dk.hierarchy(data, { "gemeente" }, { changes = gone }) end,
    "hierarchy: changes is a table of dekking, not a table of dekking that was closed")
  t.says(function() return dk.breakdown { by = gone, measures = "n = count()" } end,
    "breakdown: an entry of by is 'name = expression' as a string; got a table of dekking that was closed")
end)

test("an option that could do nothing is refused", function(t, dk)
  local data = people(dk)
  t.says(function() data:bars("leeftijd", { bars = "leeftijd" }) end,
    "bars: the columns are the first argument; the option bars is for t:print and t:text")
  t.says(function() return data:save(os.tmpname(), { level = 3 }) end, "save: level is how hard compress = true tries")
  for _, name in ipairs { "uit.csv", "map.dk/uit.XLSX", "uit.txt" } do
    t.says(function() return data:save(name) end,
      "save: " .. name .. ' is no name of a snapshot: t:write writes such a file, and t:save "x.dk"')
  end
  t.raises(function() return data:write "uit.dk" end, "write: the name 'uit.dk' does not end in .txt",
    'say { format = "csv" }; t:save makes snapshots')
  t.raises(function() return data:save(os.tmpname(), { level = (1 << 32) + 3, compress = true }) end,
    "a level of compression is 1 to 19")
  t.says(function() return dk.codes({ { "1", "ja" } }, { code = "k" }) end,
    "codes: code and label name columns of a table of dekking, and the list is a Lua table")
  t.says(function() return dk.codes("1 = ja", { label = true }) end,
    "codes: code and label name columns of a table of dekking, and the list is a string")
  t.says(function() return dk.date("2024-12-31", 1, 2) end,
    "date: a month and a day stand behind a year: dk.date(2024, 12, 31)")
  t.raises(function() return dk.date(dk.date "2024-12-31", 1) end, "date: a month and a day stand behind a year")
  t.says(function() return data:with_sets { gemeente = { ";", "|" } } end,
    "with_sets: column gemeente: one text stands between members, and two are given (members = { ... } names those that "
    .. "there can be)")
  t.raises(function() return dk.read_text("v\na;b\n", { types = { v = { "set", ";", "b" } } }) end,
    "one text stands between members")
end)

test("false is a value, and not what is left out", function(t, dk)
  local data = people(dk)
  local n = dk.breakdown { measures = "n = count()" }
  local plan = dk.scenario "plan" { { all = true, set = { leeftijd = 1 } } }
  t.raises(function() return data:map("q", print, false) end, "map: options are a table, not a boolean")
  t.raises(function() return data:map("q", print, { columns = false }) end, "select: a list of strings is wanted")
  t.raises(function() dk.define "nooit" { result = "integer", arguments = false, call = function(x) return x end } end,
    "arguments")
  t.raises(function() return n:contributions(data, plan, { method = false }) end,
    'contributions: method is a boolean, and can be "order" or "shapley"')
  t.raises(function() return n:compare(data, data, { name = false }) end, "compare: name is a string, not a boolean")
  t.raises(function() return dk.scenario "s" { { all = true, set = { leeftijd = 1 } }, assumptions = false } end,
    "scenario: assumptions are a list of strings, not a boolean")
end)

test("messages say what was given, and do not show all of it", function(t, dk)
  local data = people(dk)
  local loud = setmetatable({}, { __tostring = function() error "asked" end })
  t.says(function() return dk.breakdown { measures = "n = count()", limit = data } end,
    "breakdown: limit is a whole number from 1, not a table of dekking")
  t.says(function() return dk.breakdown { measures = "n = count()", limit = loud } end,
    "breakdown: limit is a whole number from 1, not a Lua table")
  t.says(function() return dk.breakdown { measures = "n = count()", limit = 0 } end,
    "breakdown: limit is a whole number from 1, not 0")
  t.says(function() return dk.breakdown { measures = "n = count()", margins = data } end,
    'breakdown: margins is a table of dekking, and can be "none", "totals", "rollup", "cube" or sets of dimensions')
  t.says(function() return data:text { bars = "leeftijd", full = loud } end,
    "text: full is the number for which a bar is full, over 0, not a Lua table")
  t.says(function() return dk.apportion({ {} }, 3) end, "apportion: weight 1 is a Lua table and not a whole number")
  t.says(function() return data:head(1):select { [loud] = 1 } end,
    "select: a plain list is wanted; it has the key a Lua table")
  local published = dk.publication(dk.table { { "gemeente", { "x" } }, { "totaal", { 1 } } },
    { register = { level = "regio", value = 2 } })
  t.says(function() return published:spread(loud) end,
    "spread: the number must be a whole number of persons from 0 to 1000000000, not a Lua table")
  t.says(function() return dk.move(loud, { a = { b = 1 } }) end, "move: the column is a string, not a Lua table")
  t.says(function() return dk.redefine(loud, "1") end, "redefine: the column is a string, not a Lua table")
  t.says(function() return dk.codes { [loud] = "ja" } end, "codes: a code is a string or a whole number, not a Lua table")
  t.says(function() return published:coverage_by(nil) end,
    'coverage_by wants the name of a level, such as "arbeidsmarktregio", not nil')
end)

test("what is no value of its kind is refused in words", function(t, dk)
  local data = people(dk)
  local files = dk.dataset "of_arguments" { files = { "register" }, build = function(given) return given.register end }
  t.says(function() return files:lacks(nil) end,
    'lacks wants the files that there are, by name, such as { register = "register.csv" }, not nil')
  t.says(function() return files:lacks "register.csv" end,
    'lacks wants the files that there are, by name, such as { register = "register.csv" }, not a string')
  t.eq(files:lacks {}, { "register" })
  local result = data:breakdown { by = "gemeente", measures = "n = count()" }
  t.says(function() return result:explain { gemeente = { {} } } end,
    "explain: the members of gemeente are strings, not a Lua table")
  t.raises(function() return result:explain { gemeente = { "a", nil, "b" } } end, "explain: the members of gemeente")
  t.says(function() return dk.set(data.gemeente) end,
    "set wants texts, and not a column (the levels of a column: dk.set(t.vaardigheid:levels()))")
  t.raises(function() return dk.set(dk.expr "a") end, "set wants texts, and not an expression")
  t.eq(tostring(dk.set(data.gemeente:levels())), "Arnhem|Duiven")
  t.says(function() return data:with_levels { gemeente = { "Arnhem", data.gemeente } } end,
    "with_levels: levels of gemeente: item 2 of the list must be a string, not a column")
  t.says(function() return dk.read_text("a\n1\n", { nulls = data.gemeente }) end,
    "read_text: nulls: a list of strings is wanted, not a column")
  t.eq(#dk.read_text("a\n1\n", { nulls = { "-", "x" } }), 1)
end)

-- A file may be called anything; what a script says of a table must be a text.
test("texts that are not UTF-8 damage no file", function(t, dk)
  local data = people(dk)
  t.says(function() return data:note "a\xffb" end, "note: the sentence is not UTF-8")
  t.says(function() return data:label { leeftijd = "\xff" } end, "the label of column leeftijd is not UTF-8")
  t.says(function() return data:with { name = "\xff" } end, "the name of a table is UTF-8, and this one is not")
  t.says(function() return data:with { unit = "\xff" } end, "the unit of a table is UTF-8, and this one is not")
  local folder = os.tmpname()
  os.remove(folder)
  local path, saved = folder .. "\xff\xc3.csv", folder .. ".dk"
  local file = assert(io.open(path, "w"))
  file:write "a,b\n1,2\n"
  file:close()
  local read = dk.read(path)
  os.remove(path)
  t.eq(read:properties().source, path)
  read:save(saved)
  local opened = dk.open(saved)
  t.eq(opened:fingerprint(), read:fingerprint())
  t.eq(opened:properties().source, folder .. "\u{FFFD}\u{FFFD}.csv")
  dk.breakdown { name = "n\xff", doc = "\xff", measures = "n = count()" }(read):save(saved)
  t.eq(dk.open(saved).n[1], 1)
  os.remove(saved)
end)

test("a second argument where there is one is refused", function(t, dk)
  local data = people(dk)
  local n = dk.breakdown { by = "gemeente", measures = "n = count()" }
  t.says(function() return n:by("gemeente", "leeftijd") end,
    'by takes one list of dimensions: by { "gemeente", "klasse" }')
  t.says(function() return n:measure("a = sum(leeftijd)", "b = max(leeftijd)") end,
    "measure adds one measure: call it once for each")
  t.says(function() return n:where("leeftijd < $grens", { grens = 27 }) end,
    'where takes one condition, as "leeftijd < $grens and in_sonar"; values of parameters stand behind the table that is '
    .. "asked: coverage(t, { grens = 27 })")
  t.says(function() return data:intersect(data, data) end, "intersect takes one table: t:intersect(a):intersect(b)")
  t.says(function() return data:except(data:head(1), data:tail(1)) end, "except takes one table: t:except(a):except(b)")
end)

test("a measure, dimension or parameter that is not there is told which there are", function(t, dk)
  local data = people(dk)
  local asked = dk.breakdown { by = "gemeente", measures = { "n = count()", "som = sum(leeftijd)" } }
  local plan = dk.scenario "plan" { params = { deel = 0.5 }, { share = "$deel", set = { leeftijd = 1 } } }
  local fixed = dk.scenario "fixed" { { all = true, set = { leeftijd = 1 } } }
  t.says(function() return asked:contributions(data, plan, { measure = "dekking", at = dk.total }) end,
    "dekking is no measure of the breakdown (there are: n, som)")
  t.says(function() return asked:contributions(data, plan, { measure = "n", each = "klasse" }) end,
    "klasse is no dimension of the breakdown (there are: gemeente)")
  t.says(function() return asked:by {}:contributions(data, plan, { measure = "n", each = "klasse" }) end,
    "klasse is no dimension of the breakdown (it has none)")
  t.says(function() return asked:solve(data, plan, { vary = "x", target = "n > 1", at = dk.total }) end,
    "the scenario plan has no parameter x (there are: deel)")
  t.says(function() return asked:solve(data, fixed, { vary = "x", target = "n > 1", at = dk.total }) end,
    "the scenario fixed has no parameter x (it has none)")
end)

test("an option with a zero byte in its name is not the option before it", function(t, dk)
  local data = people(dk)
  local has = "has no option '%s' with a zero byte in its name"
  t.says(function() return data:sample { n = 1, ["seed\0x"] = 3 } end, "sample " .. has:format "seed")
  t.says(function() return data:sample { ["n\0x"] = 1 } end, "sample " .. has:format "n")
  t.says(function() return data:text { ["notes\0"] = false } end, "text " .. has:format "notes")
  t.says(function() return data:breakdown { by = "gemeente", measures = "n = count()", ["where\0"] = "leeftijd > 1" } end,
    "a breakdown " .. has:format "where")
  t.raises(function() return data:text { ["zz\0x"] = 1 } end, "text has no option 'zz' (there are: format")
end)
