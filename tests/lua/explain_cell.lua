-- explain_cell.lua - one cell of a result, its numbers, and the question that gives it again: run on the source, and
-- compared.

local test = ...

local function shuffled(seed)
  local state = seed
  return function(n)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % n + 1
  end
end

local function people(dk)
  return dk.table({
    { "regio", { "M", "M", "M", "R", "R", "Z" } },
    { "gemeente", { "Arnhem", "Arnhem", "Duiven", "Tiel", "Tiel", dk.null } },
    { "bekend", { true, true, false, true, false, dk.null } },
    { "leeftijd", { 18, 25, 30, 47, 51, 66 } },
  }):with { name = "personen", source = "register.csv" }
end

test("a cell is told in words and numbers, with the question that gives it again", function(t, dk)
  local persons = people(dk)
  local dekking = dk.breakdown "dekking" {
    by = { "regio", "gemeente" }, where = "leeftijd < $grens", margins = "rollup",
    measures = { "n = count()", "k = count() where bekend", { "d = k / n", format = "0.0 %" }, "deel = n / all(n, regio)" },
  }
  local result = dekking(persons:derive "dubbel = leeftijd * 2":where("dubbel > $x", { x = 36 }), { grens = 60 })
  local text, cell = result:explain { regio = "M", gemeente = "Arnhem" }
  t.eq(tostring(cell), "(an explained cell of n, k, d and deel)")
  t.eq(text, [[
The cell regio = M, gemeente = Arnhem of the breakdown dekking:
  n is 1: count()
  k is 1: count() where bekend
  d is 100.0 %, which is 1 of 1: the numerator is k, the denominator n
  deel is 0.5000, which is 1 of 2: the numerator is n, the denominator all(n, regio)
The table personen from register.csv: 6 rows.
The column dubbel is leeftijd * 2.
Only where dubbel > $x: 5 rows left.
  $x is 36
Only where leeftijd < $grens: 4 rows left.
The breakdown dekking counts these rows by group: 6 rows.
  by regio
  by gemeente
  n: count()
  k: count() where bekend
  d: the numerator is k, the denominator n
  deel: the numerator is n, the denominator all(n, regio)
  $grens is 60
Then with totals over the last dimension, the last two, and so on: 6 rows.
The same on its own, asked of the table personen:
  derive dubbel = leeftijd * 2
  where dubbel > 36
  where leeftijd < 60
  where regio == "M" and gemeente == "Arnhem"
  n = count()
  k = count() where bekend
  d = (count() where bekend) / count()
  deel = (count() where regio == "M" and gemeente == "Arnhem") / (count() where regio == "M"), over all rows]])
  t.eq(cell.again("d", persons).cell:to_lua { plain = true }, { 1.0 })
  t.eq(cell.again("deel", persons).cell:to_lua { plain = true }, { 0.5 })
  t.raises(function() cell.again("x", persons) end, "again: nothing gives x on its own")
  t.has(result:explain { regio = "M" }, "The cell regio = M, gemeente = total of the breakdown dekking:\n  n is 2: count()")
  t.has(result:explain { regio = "M", gemeente = dk.total }, "deel is 1.0000, which is 2 of 2")
  t.has(result:explain(dk.total), "The cell regio = total, gemeente = total", "n is 4: count()",
    "  where leeftijd < 60\n  n = count()\n")
end)

test("cells that are not there are named", function(t, dk)
  local result = people(dk):breakdown { by = { "regio", "gemeente" }, measures = "n = count()" }
  local function refused(cell, ...) t.raises(function() (cell[1] or result):explain(cell.cell or cell) end, ...) end
  refused({ regio = "M", gemeente = "Arnem" }, "explain: the result has no gemeente 'Arnem' (did you mean 'Arnhem'?)")
  refused({ regio = "M", gemeente = "Totaal" },
    "explain: the result has no gemeente 'Totaal' (the total is gemeente = dk.total)")
  refused({ regoi = "M" }, "explain: the result has no dimension 'regoi' (did you mean 'regio'?)")
  refused({ regio = "M" },
    "explain: the result has no row that is the total over gemeente (say which: { gemeente = ... })")
  -- a nil in a table cannot be seen: the total is asked for by its name
  refused({}, "explain: which cell? The table is empty (was a variable nil? the total is t:explain(dk.total))")
  t.raises(function() people(dk):breakdown { by = "regio", measures = "n = count()", margins = "totals" }:explain {} end,
    "which cell? The table is empty")
  t.has(people(dk):breakdown { measures = "n = count()" }:explain {}, "The cell of all rows") -- there is no other
  t.has(result:explain { gemeente = "Arnhem" }, "The cell regio = M, gemeente = Arnhem of the breakdown:\n  n is 2",
    'where regio == "M" and gemeente == "Arnhem"') -- one row alone has it
  refused({ regio = "R", gemeente = "Arnhem" }, "explain: the result has no row where regio = R, gemeente = Arnhem")
  t.raises(function() people(dk):explain { regio = "M" } end,
    "explain: the table has 3 rows where regio = M: say more, so that one is left (it has also gemeente, bekend and "
    .. "leeftijd)")
  local function called() error "a metamethod was called" end
  local own = { __index = called, __tostring = called, __len = called, __pairs = called }
  t.raises(function() result:explain { regio = setmetatable({ "M" }, own) } end,
    "explain: regio of a cell is a value, dk.null or dk.total, not a Lua table")
  t.raises(function() result:explain { regio = print } end,
    "regio of a cell is a value, dk.null or dk.total, not a function")
  t.raises(function() result:explain(setmetatable({ regoi = "M" }, own)) end, "did you mean 'regio'?")
  local plain, same = result:explain { gemeente = "Arnhem" }, result:explain(setmetatable({ gemeente = "Arnhem" }, own))
  t.eq(same, plain)
  t.raises(function() result:explain(5) end,
    "explain: a cell is a table such as { gemeente = \"Duiven\" }, or dk.total, not a number")
  t.has(result:explain { regio = "Z", gemeente = dk.null }, "gemeente = null", 'where regio == "Z" and gemeente is null')
end)

test("a cell is still known when the result was sorted, renamed, chosen from and added to", function(t, dk)
  local persons = people(dk)
  local made = persons:breakdown { by = "regio", measures = { "n = count()", "d = (count() where bekend) / n" } }
    :sort "n desc":rename { d = "dekking" }:where "n > 1":derive "pct = dekking * 100":select { "regio", "dekking", "pct" }
  local text, cell = made:explain { regio = "R" }
  t.has(text, "  dekking is 0.5000, which is 1 of 2: the numerator is (count() where bekend), the denominator n\n" ..
    "  pct is 50.0000: dekking * 100\n     dekking is 0.5000\nThe cell has 2 of 6 rows.\n",
    "Then d renamed to dekking: 3 rows.")
  t.eq(cell.again("dekking", persons).cell:to_lua { plain = true }, { 0.5 })
  t.raises(function() made:explain { regio = "Z" } end, "explain: the result has no regio 'Z'")
  local wide = persons:breakdown { by = { "regio", "gemeente" }, measures = "n = count()" }:pivot { rows = "regio",
    columns = "gemeente", values = "n" }
  for _, pivot in ipairs { wide, wide:sort "regio" } do
    t.has(pivot:explain { regio = "M" },
      "The cells regio = M of the breakdown:\ngemeente = Arnhem, in the column Arnhem:\n  n is 2")
  end
  t.has(wide:explain(), "Then a column for each value of gemeente")
end)

test("weights, figures beside the table, vintages and comparisons are told", function(t, dk)
  local members = "gemeente;regio;land;van;tot\nArnhem;Midden;NL;;\nDuiven;Midden;NL;2015-01-01;\nTiel;Rivier;NL;;\n"
  local geo = dk.hierarchy(dk.read_text(members), { "gemeente", "regio", "land" },
    { name = "geo", from = "van", to = "tot" }):at "2018-01-01"
  local sonar = dk.read_text("gemeente;s;k\nArnhem;true;2983\nArnhem;false;1000\nDuiven;true;249\nTiel;true;70\n",
    { weight = "k", name = "sonar" }):use(geo):attach(
    dk.read_text "regio;register\nMidden;7676\nRivier;100\n":with { name = "totalen" }, "regio")
  local text, cell = sonar:breakdown { by = "land", measures = {
    "n = count() where s", { "d = n / attached(register)", format = "0.0 %" } } }:explain { land = "NL" }
  t.has(text, "d is 42.5 %, which is 3302 of 7776", "on 2018-01-01", "2 rows of totalen were attached, known per regio",
    "Each row counts for its k",
    'd = (count() where land == "NL" and s) / attached((sum(register) where land == "NL")), over all rows')
  t.eq(cell.again("d", sonar).cell:to_lua { plain = true }, { 3302 / 7776 })
  local bounded
  text, bounded = sonar:breakdown { by = { "regio", "gemeente" },
    measures = "n = attached(register, 'bounds')" }:explain { regio = "Midden", gemeente = "Duiven" }
  t.has(text, "n is 249..3693: attached(register, 'bounds')",
    'n = case(attached((sum(register) where regio == "Midden")) < (count() where regio == "Midden") is true, null, ' ..
    '(count() where regio == "Midden" and gemeente == "Duiven") + greatest(attached((sum(register) where ' ..
    'regio == "Midden")) - (count() where regio == "Midden"), 0) * interval(0, 1)), over all rows')
  t.eq(tostring(bounded.again("n", sonar).cell[1]), "249..3693")
  local asked = dk.breakdown { by = "regio", margins = "totals", measures = { "n = count()",
    { "d = (count() where s) / n", format = "0.0 %" } } }
  local meer = dk.scenario "meer" { { "half", where = "not s", share = 0.5, set = { s = true } } }
  text, cell = asked:compare(sonar, meer):explain { regio = "Midden" }
  t.has(text, "  d_base is 76.4 %, which is 3232 of 4232: the numerator is (count() where s), the denominator n\n" ..
    "     count() where s is 3232, of 2 rows\n  d_meer is 88.2 %, which is 3732 of 4232; that differs by +11.8 pp\n" ..
    "     +11.8 pp is 3732 of 4232 less 3232 of 4232, in points\n", "Then compared with meer: 3 rows.")
  t.eq(cell.again("d", sonar).cell:to_lua { plain = true }, { 3232 / 4232 })
  t.has(asked(sonar):detail():breakdown({ by = "regio", measures = "s = sum(d)" }):explain { regio = "Midden" },
    "s is 0.7637, which is 3232 of 4232: sum(d)", "asked of the table as it was after: rows that are no totals:")
end)

test("groups of members are told by who has them", function(t, dk)
  local skills = dk.read_text("v;s\na|b;true\na;false\nb;true\n;true\n", { types = { v = { "set", "|" } } })
  local result = skills:breakdown { by = { "s", "w = member(v)" }, margins = "totals",
    measures = { "n = count()", "d = n / all(n)" } }
  local text, cell = result:explain { s = true, w = "b" }
  t.has(text, 'where s and has(v, "b")\n',
    'd = (count() where s and has(v, "b")) / count(), over all rows', "n is 2: count()",
    "Note: groups of w overlap")
  t.eq(cell.again("n", skills).cell:to_lua { plain = true }, { 2 })
  t.eq(cell.again("d", skills).cell:to_lua { plain = true }, { 0.5 })
  local absent = skills:breakdown { by = "w = missing(v)", measures = "n = count()" }
  local _, missing = absent:explain { w = "b" }
  t.eq(missing.again("n", skills).cell:to_lua { plain = true }, absent:where("w == 'b'").n:to_lua { plain = true })
  local _, unknown = result:explain { s = true, w = dk.null }
  t.eq(unknown.where, "s and v is null")
  t.eq(unknown.again("d", skills).cell:to_lua { plain = true }, { 0.25 })
  local _, of_some = skills:breakdown({ by = "w = missing(without(v, 'a'))", measures = "n = count()" })
    :explain { w = dk.null }
  t.eq(of_some.where, "(without(v, 'a')) is null")
end)

test("a group of a set is told by the text or the list of its members", function(t, dk)
  local data = dk.read_text("g;v;s\nA;a|b;true\nA;b;false\nA;\"\";false\nB;a|b;false\nA;;false\n",
    { types = { v = "set" } })
  local ask = dk.breakdown { by = { "g", "v" }, measures = { "n = count()", "d = (count() where s) / n" } }
  local result = ask(data)
  for value, where in pairs {
    b = 'v == "b|"', ["b|a"] = 'v == "a|b"', [""] = 'v == ""', [{ "b" }] = 'v == "b|"', [{ "b", "a" }] = 'v == "a|b"',
    [dk.set { "b" }] = 'v == "b|"', [dk.null] = "v is null",
  } do
    local _, cell = result:explain { g = "A", v = value }
    t.eq(cell.where, 'g == "A" and ' .. where)
    t.eq(cell.again("n", data).cell:to_lua(), { 1 })
  end
  t.raises(function() result:explain { g = "A", v = "c" } end,
    "explain: the result has no v 'c' (there are: , a|b and b)")
  local plan = dk.scenario "plan" { { "alles", where = "not s", all = true,
    set = { s = true, v = dk.expr "with(v, 'c')" } } }
  local text = ask:compare(data, plan):explain { g = "A", v = "b" }
  t.has(text, "g = A, v = b, s = false: 1 to 0, -1", "d_plan is –, which is 0 of 0; that differs by –")
  t.has(ask:by { "g", "m = member(v)" }:compare(data, plan):explain { g = "A", m = "b" },
    "g = A, v = b|c, s = true: 0 to 1, +1")
end)

-- Every cell of a result: what its question gives is what it has. Returns how many numbers were compared.
local function ask_again(t, dk, result, dims, names, source)
  local n = 0
  local function each(i, cell, conditions)
    if i <= #dims then
      local dim, seen = dims[i], {}
      seen[dk.total], seen[dk.null] = dim .. " is total", ("%s is null and %s is not total"):format(dim, dim)
      for row in result:rows() do
        seen[row[dim] or dk.null] = seen[row[dim] or dk.null] or ("%s == '%s'"):format(dim, row[dim])
      end
      for value, condition in pairs(seen) do
        cell[dim], conditions[i] = value, condition
        each(i + 1, cell, conditions)
      end
      return
    end
    local row = result:where(table.concat(conditions, " and "))
    if #row == 1 then
      local text, told = result:explain(cell)
      for _, name in ipairs(names) do
        t.eq(tostring(told.again(name, source).cell:to_lua { plain = true }[1]),
          tostring(row:column(name):to_lua { plain = true }[1]), name .. " of " .. text:match "[^\n]*")
        n = n + 1
      end
    end
  end
  each(1, {}, {})
  return n
end

test("a cell within a level, or rolled up, has its question", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "g;r;l\nA;X;N\nB;X;N\nC;Y;N\nE;Z;B\n", { "g", "r", "l" })
  local data = dk.read_text("g;q;v;k\nA;p;a|b;1\nA;p;a;2\nA;q;b;3\nB;p;;4\nB;q;\"\";5\nC;p;a|b|c;6\nQ;p;a;7\n;q;b;8\n" ..
    "E;p;a|c;9\n", { delimiter = ";", types = { v = "set" } }):use(geo)
  local measures = { "n = count()", "p = count() where q == 'p'", "d = p / n", "hi = max(k)", "deel = n / all(n)" }
  local names, within = { "n", "p", "d", "hi", "deel" }, { "n = count()", "x = n / all(n, r)", "y = n / all(n, l, q)" }
  local function ask(by, asked)
    return data:breakdown { by = by, measures = asked or measures, margins = "cube" }
  end
  local n = ask_again(t, dk, ask({ "g", "q" }, within), { "g", "q" }, { "x", "y" }, data)
  n = n + ask_again(t, dk, ask { "g", "q" }:roll_up "r", { "r", "q" }, names, data)
  n = n + ask_again(t, dk, ask { "r", "g" }:roll_up "l", { "l" }, names, data)
  n = n + ask_again(t, dk, ask { "g", "m = member(v)" }:roll_up "r":roll_up "l", { "l", "m" }, names, data)
  t.ok(n > 150, n)
  t.has(ask({ "g", "q" }, within):explain { g = "A", q = dk.total },
    'x = (count() where g == "A") / (count() where r == "X"), over all rows')
  local path = t.path "by_g.dk"
  ask { "g" }:sort("n desc"):save(path)
  t.eq(select(2, dk.open(path):roll_up("r"):explain { r = "X" }).where, 'r == "X"')
  local renamed = ask { "g" }:roll_up("r"):rename { n = "aantal" } -- what came since is told, too
  t.has(renamed:explain { r = "X" }, "  aantal is ")
  local text, cell = ask { "g" }:where "n > 1":roll_up "r":explain { r = "X" } -- some of its parts alone
  t.has(text, "Then g rolled up to r: 2 rows.")
  t.eq(cell.measures, {})
end)

-- Whatever is asked, the question of one cell gives what the cell has.
test("the question of a cell gives the cell, of random tables and breakdowns", function(t, dk)
  local measures = { "n = count()", "k = count() where b or x > 5", "d = k / n", "s = sum(x) where not b",
    "deel = n / all(n)", "in_g = (k + 1) / (all(n, g) + 1)", "m = max(x) - min(x)", "w = coalesce(s, 0) * 2 - -k",
    "e = round(d, 2) + 0.1", "g2 = all(d, h)", "z = numerator(d) + denominator(d)", "q = n >= 3 and not (k == 0)" }
  local by = { { "g" }, { "g", "h" }, { "h", "g" }, { "b", "g", "h" }, { "g", "h = x > 4" }, { "g", "h = bin(x, 3, 6)" } }
  local compared = 0
  for seed = 1, os.getenv "DEKKING_TEST_QUICK" and 10 or 60 do
    local pick = shuffled(seed)
    local columns = { { "g", {} }, { "h", {} }, { "b", {} }, { "x", {} } }
    for i = 1, 8 + pick(30) do
      columns[1][2][i] = ({ "a", "b'c", 'd"e', "f\\g", dk.null })[pick(5)]
      columns[2][2][i] = ({ "x", "y" })[pick(2)]
      columns[3][2][i] = ({ true, false, dk.null })[pick(3)]
      columns[4][2][i] = pick(9)
    end
    local data, chosen, dims = dk.table(columns), {}, by[pick(#by)]
    for i, text in ipairs(measures) do
      chosen[i] = #dims > 1 and text or text:gsub("all%(([dn]), [gh]%)", "all(%1)")
    end
    if #dims == 1 then
      chosen[10] = "g2 = all(d)"
    end
    local result = data:breakdown { by = dims, measures = chosen, margins = "cube",
      where = seed % 2 == 0 and "x > 2" or nil }
    for row in result:rows() do
      local cell = {}
      for _, text in ipairs(dims) do
        local name = text:match "^[%w_]+"
        if row[name] ~= nil then
          cell[name] = row[name]
        end
      end
      local ok, _, told = pcall(result.explain, result, next(cell) and cell or dk.total)
      if ok then -- a null group and a total look alike to Lua: the first is asked by dk.null
        local found = result
        for _, text in ipairs(dims) do
          local name = text:match "^[%w_]+"
          found = cell[name] == nil and found:where(name .. " is total")
            or found:where(name .. " == $v", { v = cell[name] })
        end
        for _, text in ipairs(chosen) do
          local name = text:match "^[%w_]+"
          local question = told.measures[name]
          t.ok(question, name)
          t.eq(tostring(told.again(name, data).cell:to_lua { plain = true }[1]),
            tostring(found[name]:to_lua { plain = true }[1]),
            ("seed %d: %s where %s"):format(seed, question.text, question.where or "-"))
          compared = compared + 1
        end
      end
    end
  end
  t.ok(compared > 1000, compared)
end)

test("a rate tells sources, levels and days", function(t, dk)
  local known = dk.read_text("g;bekend\nA;3\nB;1\n", { name = "sonar", as_of = "2024-12-31", published = "2025-02-01" })
  local register = dk.read_text("regio;register\nM;8\n", { name = "doelgroepregister", as_of = "2024-09-30" })
  local ask = dk.breakdown "dekking" { by = "regio", measures = { "n = sum(bekend)", "dekking = n / attached(register)" } }
  local function result(day)
    return ask(known:with { as_of = day }:derive "regio = 'M'":attach(register, "regio"))
  end
  local now = result "2024-12-31"
  t.has(tostring(now), "figures of doelgroepregister are as of 2024-09-30, and the rows beside them as of 2024-12-31")
  local path = t.path "days.dk"
  now:save(path)
  for _, each in ipairs { now, dk.open(path) } do
    t.has(each:explain(), "\n  as of 2024-12-31\n  published on 2025-02-01\n",
      "1 row of doelgroepregister was attached, known per regio", "doelgroepregister: 1 row.\n      as of 2024-09-30\n",
      "dekking: the numerator is n, of sonar as of 2024-12-31, the denominator attached(register), of doelgroepregister "
        .. "as of 2024-09-30, known per regio")
    t.has(each:explain { regio = "M" }, "dekking is 0.5000, which is 4 of 8: the numerator is n, of sonar as of 2024-12-31")
  end
  t.ok(not tostring(result "2024-09-30"):find "figures of")
  local both = now:append(result "2023-12-31")
  t.has(tostring(both), "rows of several days are together, as of 2023-12-31 to 2024-12-31")
  t.has(both:explain(), "\n  as of 2024-12-31\n", "\n      as of 2023-12-31\n")
  t.has(now:join(result "2023-12-31", "regio", { suffix = "_toen" }):explain(), "\n      as of 2023-12-31\n")
  t.has(now:with({ as_of = "2025-01-01" }):explain(), "beside it, known per regio: 1 row.\n  as of 2025-01-01")
  t.has(now:with({ as_of = "2025-01-01" }):explain { regio = "M" }, "which is 4 of 8")
  t.ok(not tostring(now:append(result "2024-12-31")):find "several days")
end)

-- Of figures per region what is said of each municipality, and of kinds within it: bounds, a share and an estimate.
test("bounds and estimates of figures have a question that gives their numbers", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "g;r;l\nA;X;N\nB;X;N\nC;Y;N\nE;Z;B\n", { "g", "r", "l" })
  local rows = "g;q;n\nA;p;10\nA;q;3\nB;p;0\nB;q;5\nC;p;7\nE;q;2\nQ;p;1\n"
  local figures = dk.read_text "r;k;low;high\nX;40;35;45\nY;7;6;9\nZ;6;6;6\n":derive "b = interval(low, high)"
  local data = dk.read_text(rows, { weight = "n" }):use(geo):attach(figures, "r")
  local n = 0
  for _, by in ipairs { { "g" }, { "r", "g" }, { "l", "g" }, { "g", "q" }, { "q", "r" } } do
    local result = data:breakdown { by = by, margins = "cube",
      measures = { "p = count() where q == 'p'", "x = attached(k, 'bounds')", "y = attached(b, 'bounds', p)" } }
    n = n + ask_again(t, dk, result, by, { "x", "y" }, data)
  end
  t.ok(n > 80, n)
  local result = data:breakdown { by = "g",
    measures = { "n_all = count()", "x = attached(k, 'bounds')", "d = n_all / x", "e = attached(k, 'estimate')" } }
  local _, cell = result:explain { g = "A" } -- 13 of 18 in X, where there are 40
  t.eq(cell.measures.e.text, '(count() where g == "A") * attached((sum(k) where r == "X")) / (count() where r == "X")')
  t.eq(tostring(cell.again("e", data):derive "c = round(cell, 6)".c[1]), "28.888889")
  local share = cell.again("d", data) -- 13 of 13 to 35
  t.eq(tostring(share.cell[1]):match "^0%.3714%d*%.%.1%.?0*$" ~= nil, true)
  local path = os.tmpname()
  local two = data:attach(dk.read_text "l;m;w\nN;90;1\nB;9;2\n", "l")
    :attach(dk.read_text "g;u\nA;8\nB;2\nC;5\nE;1\nQ;7\n", "g")
  n = 0
  for _, by in ipairs { { "g" }, { "r", "g" }, { "l", "g" }, { "g", "q" }, { "q", "r" } } do
    local measures = { "p = count() where q == 'p'", "x = attached(k, 'bounds')", "y = attached(b, 'bounds', p)",
      "z = attached((sum(m)\n where w > 1), 'bounds')", "both = attached(m, 'bounds') - x",
      "e = attached(m, 'estimate', p)" }
    local asked = two:breakdown { by = by, margins = "cube", measures = measures }
    n = n + ask_again(t, dk, asked, by, { "x", "y", "z", "both" }, two)
    asked:save(path)
    n = n + ask_again(t, dk, dk.open(path), by, { "z", "both" }, two)
  end
  os.remove(path)
  t.ok(n > 200, n)
  local text = two:breakdown { by = "g", measures = { "x = attached(k, 'bounds')", "z = attached(m, 'bounds')",
    "v = attached(u)" } }:explain { g = "A" }
  t.has(text, 'x = case(attached((sum(k) where r == "X")) < (count() where r == "X") is true, null, (count() where g == ' ..
    '"A") + ',
    'z = case(attached((sum(m) where l == "N")) < (count() where l == "N") is true, null, (count() where g == "A") + ' ..
      'greatest(',
    'v = attached((sum(u) where g == "A"))')
  local plain = dk.read_text "h;r;k\nA;X;1\nB;X;2\n":attach(figures:select { "r", "b" }, "r")
  t.has(plain:breakdown { by = "h", measures = "x = attached(b, 'bounds')" }:explain { h = "A" }, "x looks at more than")
  t.has(plain:breakdown { by = "o = r .. h", measures = "x = attached(b, 'bounds')" }:explain { o = "XA" },
    "x looks at more than")
end)

-- Figures may be in bounds themselves, and fewer than are sure: 3 of 0..2.
test("shares in random figures have a question that gives their bounds, in every cell and total", function(t, dk)
  local measures = { "n = count() where s", "k = count()", "b = attached(f, 'bounds')", "bn = attached(f, 'bounds', n)",
    "d = n / attached(f, 'bounds', n)", "dn = n / bn", "e = k / b", "o = n / b", "pct = 100 * d", "part = bn / n",
    "sw = sum(w) / attached(f, 'bounds', sum(w))",
    "p = 100 * ((count() where s) / attached(f, 'bounds', (count() where s)))" }
  local names, n = {}, 0
  for i, text in ipairs(measures) do names[i] = text:match "^%w+" end
  for seed = 1, os.getenv "DEKKING_TEST_QUICK" and 10 or 60 do
    local pick = shuffled(seed)
    local rows, figures = {}, {}
    for i = 1, pick(14) do
      rows[i] = { r = ("AB"):sub(pick(2)):sub(1, 1), g = ("pq"):sub(pick(2)):sub(1, 1), s = pick(2) == 1, w = pick(4) - 1 }
    end
    for _, r in ipairs { "A", "B" } do
      local least = pick(10) - 1
      figures[#figures + 1] = { r = r, f = seed % 2 == 0 and least
        or { least = least, greatest = pick(5) > 1 and least + pick(6) or nil } }
    end
    local data = dk.table(rows):attach(dk.table(figures, seed % 2 == 1 and { types = { f = "interval" } } or nil), "r")
    for _, by in ipairs { { "r", "g" }, { "r" } } do
      local result = data:breakdown { by = by, measures = measures, margins = "cube" }
      n = n + ask_again(t, dk, result, by, names, data)
    end
  end
  t.ok(n > 600, n)
end)

test("a quotient in bounds is told with the numbers that it is made of", function(t, dk)
  local rows = dk.read_text "g;low;high;b\nA;1;4;true\nA;2;2;false\nB;0;9;true\n":derive "k = interval(low, high)"
  local ask = dk.breakdown { by = "g", margins = "totals", measures = { "n = count()", "`alle k` = sum(k)",
    "q = `alle k` / n", "p = sum(k) / count()", "los = (sum(k) where b) / n" } }
  local text = ask(rows):rename { n = "aantal" }:explain { g = "A" }
  t.has(text, "q is 1.5..3.0, which is 3..6 of 2: the numerator is `alle k`, the denominator n",
    "p is 1.5..3.0, which is 3..6 of 2: the numerator is sum(k), the denominator count()",
    "los is 0.5..2.0, which is 1..4 of 2: the numerator is (sum(k) where b), the denominator n")
  local path = t.path "bounds.dk"
  ask(rows):save(path, { explain = false }) -- whoever opens it has no rows
  t.has(dk.open(path):explain { g = "A" }, "q is 1.5..3.0, which is 3..6 of 2: ", "los is 0.5..2.0: the numerator is",
    "  Not all numbers behind these can be told: a result keeps no rows")
  t.has(dk.open(path):drop "n":explain { g = "A" }, "q is 1.5..3.0: the numerator is `alle k`, the denominator n")
  text = ask:compare(rows, rows:derive "k = k + 1", { name = "meer" }):explain { g = "B" }
  t.has(text, "q_base is 0..9, which is 0..9 of 1: the numerator", "q_meer is 1..10, which is 1..10 of 1; that")
  local sonar = dk.read_text "r;g\nx;A\nx;A\nx;B\n":with { name = "sonar", as_of = "2024-12-31" }
  text = sonar:attach(dk.table { { r = "x", k = 10 } }, "r"):breakdown { by = { "r", "g" }, measures = { "n = count()",
    "u = attached(k, 'bounds', n)", "d = n / attached(k, 'bounds', n)", "f = n / u" } }:explain { g = "A" }
  t.has(text, "d is 0.2222..1.0000, which is 2 of 2..9: ", "f is 0.2222..1.0000, which is 2 of 2..9: ")
end)

-- By hand: 3..4 of 3..4 + 5..6 in A, and all of it is 13..17.
test("with the table that was asked, parts are told that the result does not have", function(t, dk)
  local rows = dk.read_text "g;n;f;b\nA;3;true;2\nA;5;false;1\nB;4;true;7\nB;1;true;3\n":with { name = "rijen" }
  local bounds = rows:where("b >= $b", { b = 1 }):derive "n = interval(n, n + 1)"
  local ask = dk.breakdown { by = "g", margins = "totals", where = "n > $n", measures = {
    "deel = (sum(n) where f) / sum(n)", "q = sum(n) / (sum(b) + $k)", "k = count()", "gem = mean(n) / k",
    "r = sum(n) / all(sum(n))", "p = 1 - k / sum(b)" } }
  local result = ask(bounds, { n = 0, k = 2 })
  local path = t.path "deel.dk"
  result:save(path, { explain = false })
  t.has(dk.open(path):explain { g = "A" }, "deel is 0.3333..0.4445: the numerator")
  t.has(dk.open(path):explain({ g = "A" }, rows), "deel is 0.3333..0.4445, which is 3..4 of 8..10: the numerator")
  for _, source in ipairs { rows, bounds } do -- what that was made of, and what was asked
    t.has(result:explain({ g = "A" }, source), "deel is 0.3333..0.4445, which is 3..4 of 8..10: the numerator is ",
      "q is 1.6..2.0, which is 8..10 of 5: ", "gem is 2.0..2.5, which is 4..5 of 2: the numerator is mean(n)",
      "r is 0.5333..0.6667, which is 8..10 of 13..17: ")
    t.has(result:explain(dk.total, source), "deel is 0.5714..0.6875, which is 8..11 of 13..17: ",
      "r is 1, which is 13..17 of 13..17: ", "gem is 0.8125..1.0625, which is 3.25..4.25 of 4: ")
  end
  local later = ask:compare(bounds, bounds:derive "n = n + 1", { name = "meer", params = { n = 0, k = 2 } })
  t.has(later:explain({ g = "B" }, rows), "deel_base is 1, which is 5..7 of 5..7: ")
  t.raises(function() result:explain({ g = "A" }, rows:derive "n = n + 1") end,
    "explain: the table behind the cell is not the one that was asked, nor what that was made of")
  t.raises(function() result:explain({ g = "A" }, dk.read_text "g;n;f;b\nA;3;true;2\nA;6;false;1\n") end,
    "explain: deel is 0.3333..0.4445, and asked again it is 0.3..0.4: of the table that is given other rows were asked")
  t.raises(function() result:explain({ g = "A" }, "rows") end,
    "explain: behind the cell stands the table that the breakdown was asked of, not")
  t.raises(function() result:explain(nil, rows) end, "explain: which cell?")
end)

test("a weight that is stated of a column that was made is one of the question", function(t, dk)
  local raw = dk.table { { "s", { "a", "b", "a" } }, { "x", { 1, 2, 4 } } }
  local made = raw:derive "g = x * 2":with { weight = "g" }
  local text, cell = made:breakdown { by = "s", measures = "n = count()" }:explain { s = "a" }
  t.has(text, "  derive g = x * 2\n  weight g\n  where s == \"a\"\n  n = count()")
  t.eq({ cell.again("n", raw).cell[1], cell.again("n", made).cell[1] }, { 10, 10 })
  local bare = made:with { weight = dk.null }:breakdown { by = "s", measures = "n = count()" }
  local without = select(2, bare:explain { s = "a" })
  t.eq({ without.again("n", raw).cell[1], without.again("n", made).cell[1] }, { 2, 2 })
end)

test("the table that a result was made of has its columns already", function(t, dk)
  local raw = dk.table { { "s", { "a", "b", "a" } }, { "x", { 1, 2, 4 } } }
  local made = raw:derive "x = x + 1":where "x > 2"
  local cell = select(2, made:breakdown { by = "s", measures = "n = sum(x)" }:explain { s = "a" })
  t.eq({ cell.again("n", raw).cell[1], cell.again("n", made).cell[1] }, { 5, 5 })
  t.raises(function() cell.again("n") end, "again: a measure is asked of a table, not of nil")
end)
