-- receipt.lua - what a result says of how it was asked.

local test = ...

local REGISTER = "id,gemeente,doelgroep\n1,Arnhem,A\n2,Arnhem,B\n3,Duiven,A\n4,Duiven,B\n5,Duiven,B\n"
local SONAR = "id\n1\n3\n"

local function scenario(dk)
  return dk.scenario "outreach" {
    doc = "a campaign", assumptions = { "nobody leaves" },
    params = { f = { 0.5, min = 0, max = 1, unit = "of them", doc = "share who register" }, waar = "Arnhem" },
    { "register", where = "not in_sonar and gemeente ~= $waar", share = "$f", per = "gemeente", set = { in_sonar = true } },
    { where = dk.col("gemeente"):eq "Duiven", all = true, set = { gemeente = dk.expr "'Duiven '", in_sonar = dk.null } },
    dk.merge("gemeente", { "Arnhem", "Duiven " }, "Groot \"A\""),
  }
end

local function coverage(dk)
  return dk.breakdown "coverage" {
    doc = "known", by = { "gemeente", { "klasse = doelgroep", label = "Klasse", doc = "as given" } },
    where = "doelgroep ~= 'C'",
    measures = { "n = count()", { "bekend = count() where in_sonar", format = "0.0" } }, margins = { { "gemeente" }, {} },
    order = { "n desc" }, levels = "all",
  }
end

local function linked(t, dk)
  local register = dk.read(t.file("register.csv", REGISTER), { key = "id", unit = "persons" })
  return register:link(dk.read(t.file("sonar.csv", SONAR)), "id", { as = "in_sonar" })
end

-- A definition as a script that is run.
local function defined(dk, text) return assert(load("local dk = ... return " .. text))(dk) end

test("a definition is a text that defines the same again", function(t, dk)
  for _, one in ipairs { scenario(dk), scenario(dk):with { f = 0.25 }, scenario(dk) .. scenario(dk):named "other" } do
    local text = one:definition()
    local again = defined(dk, text)
    t.eq(again:definition(), text)
    t.eq(tostring(again), tostring(one))
    t.eq(again:name(), one:name())
    t.eq(again:doc(), one:doc())
  end
  for _, one in ipairs { coverage(dk),
      coverage(dk):with { margins = "totals" }:by { "doelgroep" }:where "gemeente == 'Arnhem'",
      dk.breakdown { measures = "n = count()", limit = 1, by = "g", rest = "other" } } do
    local text = one:definition()
    local again = defined(dk, text)
    t.eq(again:definition(), text)
    t.eq(tostring(again), tostring(one))
  end
end)

test("a definition keeps what the script changes afterwards", function(t, dk)
  local step = { "register", where = "not in_sonar", all = true, set = { in_sonar = true } }
  local made = dk.scenario "s" { step }
  local text = made:definition()
  step.set.in_sonar, step.where = false, "in_sonar"
  t.eq(made:definition(), text)
  t.has(text, "set = { in_sonar = true }", 'where = "not in_sonar"')
end)

test("a scenario that an allocation gives has a definition too", function(t, dk)
  local data = dk.table { { g = "a", ["in b"] = false }, { g = "b", ["in b"] = false } }
  local one = dk.scenario "s" { { "all", where = "not `in b`", share = 1, set = { ["in b"] = true } } }
  local asked = dk.breakdown { by = "g", measures = { "n = count()", "known = count() where `in b`" } }
  local made = asked:allocate(data, one, { budget = 1, per = "g", maximise = "known" }):scenario "best"
  local again = defined(dk, made:definition())
  t.eq(again:definition(), made:definition())
  t.eq(asked:compare(data, again):fingerprint(), asked:compare(data, made):fingerprint())
end)

test("values of every kind are written as they are read", function(t, dk)
  local values = {
    0.1, 1 / 3, 1e300, 2.0, -7, math.mininteger, true, "a\"b\\\n\1\255", dk.null, dk.decimal "0.30", dk.date "2024-02-29",
    dk.timestamp "2024-01-31 10:00:00", dk.period "2024Q1", dk.period "2024-03", dk.ratio(1, 3),
  }
  for _, value in ipairs(values) do
    local made = dk.scenario "s" { params = { p = value }, { "x", where = "a == $p", all = true, set = { b = 1 } } }
    local again = defined(dk, made:definition()):params().p.value
    t.eq(type(again), type(value))
    t.ok(again == value and math.type(again) == math.type(value), tostring(value))
  end
end)

test("a receipt tells the question, the data, the parameters and the answer", function(t, dk)
  local data = linked(t, dk)
  local result = coverage(dk):compare(data, scenario(dk), { f = 1 })
  local line = debug.getinfo(1, "l").currentline - 1
  local receipt = result:receipt()
  t.eq(receipt.program, "dekking " .. dk.version)
  t.eq(receipt.rules, 1)
  t.eq(receipt.scripts[1].line, line)
  t.ok(receipt.scripts[1].path:find "run%.lua$", receipt.scripts[1].path) -- the script that ran, which loads this file
  t.eq(#receipt.files, 2)
  t.eq(receipt.files[1].bytes, #REGISTER)
  t.ok(receipt.files[1].path:find "register%.csv$" and receipt.files[1].name:find "register")
  t.eq(receipt.data[1].fingerprint, data:fingerprint())
  t.eq(receipt.data[1].rows, 5)
  local names = {}
  for i, column in ipairs(receipt.data[1].columns) do
    names[i] = column.name
    t.eq(column.fingerprint, data:select { column.name }:fingerprint())
  end
  t.eq(names, { "gemeente", "doelgroep", "in_sonar" })
  t.eq(receipt.parameters, {
    { name = "f", value = 1, min = 0, max = 1, unit = "of them", doc = "share who register", scenario = "outreach" },
    { name = "waar", value = "Arnhem", scenario = "outreach" },
  })
  t.eq(receipt.assumptions, { "nobody leaves" })
  t.eq(receipt.result.fingerprint, result:fingerprint())
  t.eq(receipt.result.cells, result:text { format = "csv" })
  t.has(tostring(receipt), "dekking receipt 1\n", 'link(t2, "id", { as = "in_sonar" })', 'dk.breakdown "coverage" {',
    'dk.scenario "outreach" {', "compare(t3, s1, { f = 1 })", 'unit = "of them"', "\ncells\n|gemeente,klasse,")
  t.eq(tostring(result:receipt()), tostring(receipt))
end)

test("what is done with a result, and what it is made of, is told too", function(t, dk)
  local data = linked(t, dk):where "id > 1":derive { "jong = id < 4" }
  local result = coverage(dk)(data):detail():sort({ "n desc" }):head(2)
  t.has(tostring(result:receipt()), ':where("id > 1")', 'derive({ "jong = id < 4" })', "= b1(t5)", ":detail()",
    ':sort({ "n desc" })', ":head(2)")
  t.has(tostring(data:breakdown({ by = "gemeente", measures = "n = count()" }):receipt()), ":breakdown({")
  t.has(tostring(scenario(dk):moved(data):receipt()), "s1:moved(t5)", 'parameter { name = "f", value = 0.5')
  t.has(tostring(data:receipt()), 'column { name = "jong", type = "boolean"')
  t.has(tostring(coverage(dk):compare(data, data:where(data.jong), { name = "young" }):receipt()), ':where(dk.expr "jong")')
end)

test("what is asked together is told as if each were asked alone", function(t, dk)
  local data = linked(t, dk)
  local old = dk.breakdown { by = "gemeente", measures = "n = count() where id > $grens" }
  local results = data:breakdowns({ coverage(dk), x = nil, old }, { grens = 2 })
  t.has(tostring(results[1]:receipt()), "= b1(t3, {})")
  t.has(tostring(results[2]:receipt()), "= b1(t3, { grens = 2 })", 'parameter { name = "grens", value = 2 }')
  local alone = old(data, { grens = 2 })
  t.eq((tostring(results[2]:receipt()):gsub("line = %d+", "")), (tostring(alone:receipt()):gsub("line = %d+", "")))
end)

test("a table that a script writes out is part of the receipt, and a large one is not known", function(t, dk)
  local asked = dk.breakdown { measures = "n = count()" }
  t.has(tostring(asked(dk.table { { a = 1, b = "x" }, { a = 2 } }):receipt()),
    'dk.table({ { a = 1, b = "x" }, { a = 2 } })')
  local column = {}
  for i = 1, 20000 do
    column[i] = i
  end
  local large = dk.table { { "a", column } }
  t.has(tostring(asked(large):receipt()), 't1 = given "t1"', "rows = 20000")
  t.raises(function() return large:receipt() end, "nothing is known of how this table was made")
  t.has(tostring(asked(dk.read_text(("a\n1\n"):rep(2))):receipt()), 'dk.read_text("a\\n1\\na\\n1\\n")')
end)

test("the data may be gone: it is read again, and must give the same answer", function(t, dk)
  local path = t.file("data.csv", REGISTER)
  local asked = dk.breakdown { by = "gemeente", measures = "n = count()" }
  local result = asked(dk.read(path))
  local before = tostring(asked(dk.read(path)):receipt()):gsub("line = %d+", "")
  collectgarbage()
  collectgarbage()
  t.eq((tostring(result:receipt()):gsub("line = %d+", "")), before)
  local file = assert(io.open(path, "w"))
  file:write((REGISTER:gsub("Duiven", "Arnhem", 1)))
  file:close()
  collectgarbage()
  collectgarbage()
  t.raises(function() return result:receipt() end, "a file has changed since it was read")
end)

test("options of calls are told, few and many, as they were when it was made", function(t, dk)
  local path = t.path "calls.csv"
  local file = assert(io.open(path, "w"))
  file:write "nr,k\n1,a\n2,b\n3,b\n"
  file:close()
  local many = {
    delimiter = ",", quote = '"', header = true, encoding = "utf-8", decimal = ".", lenient = false, name = "calls",
  }
  local kind, drawn = { kind = "left", multiple = "first" }, { n = 2, seed = 3 }
  local params = { a = 1, b = dk.date "2024-12-31" }
  local data = dk.read(path, many)
  local chosen = data:join(data:select "nr", "nr", kind):sample(drawn)
    :where("nr > $a and $b < date(2025, 1, 1)", params):distinct({ "nr" }, {})
  local result = dk.breakdown { by = "k", measures = "n = count()" } (chosen)
  kind.kind, drawn.seed, drawn.share, params.a, many.name = "inner", 4, 0.5, 2, "others"
  t.has(tostring(result:receipt()), '"nr", { kind = "left", multiple = "first" })', ":sample({ n = 2, seed = 3 })",
    '"nr > $a and $b < date(2025, 1, 1)", { a = 1, b = dk.date "2024-12-31" })',
    'name = "calls", quote', 'encoding = "utf-8"', '{ "nr" }, {})')
end)

test("calls are told with all that they were given, whatever of it the method looked at", function(t, dk)
  local data = dk.read(t.file("cells.csv", "k,g,n\na,x,1\na,y,2\nb,x,3\n"))
  local key, taken = { mine = { "k" }, theirs = "k" }, { "m" }
  local link, wide = { as = "linked", columns = taken }, { rows = { "k" }, columns = "g", values = "n" }
  local names = { m = "q" }
  local other = data:select { "k", "n" }:rename({ n = "m" }, "ignored"):distinct({ "k" }, nil, 7)
  local result = data:link(other, key, link, "more"):link(other, "k", setmetatable({ as = "again" }, nil))
    :rename(names):sort({ "q desc", limit = 9 }, nil, 1.5):join(other, key, { columns = taken })
    :sample({ n = 9, seed = 1 }, nil, true)
  local cells = dk.breakdown { by = "k", measures = "s = sum(x)" } (data:pivot(wide):append({ data:pivot(wide) }, nil, 5))
  key.mine[1], taken[1], link.as, wide.rows[1], names.m = "z", "z", "z", "z", "z"
  t.has(tostring(dk.breakdown { measures = "n = count()" } (result):receipt()),
    ':rename({ n = "m" }, "ignored")', ':distinct({ "k" }, nil, 7)',
    '{ mine = { "k" }, theirs = "k" }, { as = "linked", columns = { "m" } }, "more")', '"k", { as = "again" })',
    ':rename({ m = "q" })', ':sort({ "q desc", limit = 9 }, nil, 1.5)',
    '{ mine = { "k" }, theirs = "k" }, { columns = { "m" } })',
    ":sample({ n = 9, seed = 1 }, nil, true)")
  t.has(tostring(cells:receipt()), ':pivot({ columns = "g", rows = { "k" }, values = "n" })', "nil, 5)")
end)

test("lists of names among options are told whatever their names and their number are", function(t, dk)
  local long, names = ("k"):rep(65), {}
  local columns = { { long, { 1, 2 } }, { "x", { 3, 4 } } }
  for i = 1, 9 do
    names[i] = "c" .. i
    columns[#columns + 1] = { names[i], { i, i } }
  end
  local data = dk.table(columns)
  local longer = data:unpivot { rows = { long, "x" }, columns = names }
    :unpivot { rows = {}, columns = { long, "x" }, name = "n" }
  local told = tostring(dk.breakdown { measures = "n = count()" } (longer):receipt())
  t.has(told, 'columns = { "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9" }', ('rows = { "%s", "x" }'):format(long),
    ('unpivot({ columns = { "%s", "x" }, name = "n", rows = {} })'):format(long))
end)

test("new names of columns are told, few and many, short and long", function(t, dk)
  local long, columns, all, written = ("k"):rep(65), {}, {}, {}
  for i = 1, 9 do
    columns[i], all["c" .. i], written[i] = { "c" .. i, { i } }, "d" .. i, ("c%d = \"d%d\""):format(i, i)
  end
  local renamed = dk.table(columns):rename(all):rename { d1 = long }:rename { [long] = "e", d2 = "f" }
    :rename { d3 = "g", d4 = "d3" }
  all.c1 = "z"
  t.has(tostring(dk.breakdown { measures = "n = count()" } (renamed):receipt()),
    (":rename({ %s })"):format(table.concat(written, ", ")), (':rename({ d1 = "%s" })'):format(long),
    (':rename({ d2 = "f", %s = "e" })'):format(long), ':rename({ d3 = "g", d4 = "d3" })')
end)

test("arguments of every size and form are told, few and many", function(t, dk)
  local data = dk.read(t.file("one.csv", "k,n\na,1\n"))
  local function told(made) -- what is long stands in lines of its own
    return (tostring(dk.breakdown { measures = "m = count()" } (made):receipt()):gsub("\n%s*", " "):gsub(", }", " }"))
  end
  local deep = { 1, { 2, { 3, { 4, { 5 } } } } }
  local text = told(data:head(9, ("a"):rep(64), ("b"):rep(65), "", 1.5, 2.0, math.mininteger, true, false, nil, deep,
    { [2.5] = "x", [7] = "y", ["in z"] = {} }))
  t.has(text, ('"%s", "%s", "", 1.5, 2.0, 0x8000000000000000, true, false, nil, '):format(("a"):rep(64), ("b"):rep(65)),
    "{ 1, { 2, { 3, { 4, { 5 } } } } }, ", '[7] = "y"', '[2.5] = "x"', '["in z"] = {}')
  for _, n in ipairs { 5, 20, 24, 25, 26, 90, 98, 150, 300 } do
    local list, written = {}, {}
    for i = 1, n do
      list[i] = i % 3 == 0 and i or i % 3 == 1 and ("%08d"):format(i) or { i }
      written[i] = i % 3 == 0 and ("%d"):format(i) or i % 3 == 1 and ('"%08d"'):format(i) or ("{ %d }"):format(i)
    end
    t.has(told(data:head(9, table.unpack(list))), ":head(9, " .. table.concat(written, ", ") .. ")")
    t.has(told(data:head(9, list)), ":head(9, { " .. table.concat(written, ", ") .. " })")
  end
  for _, size in ipairs { 1, 64, 65, 200, 300 } do -- of a question, which has its place and its tables behind them
    local name = ("x"):rep(size)
    local asked = dk.breakdown { measures = ("m = count() where k ~= $%s"):format(name) }
    local result, line = asked(data, { [name] = name }), debug.getinfo(1, "l").currentline
    t.has(tostring(result:receipt()), ('%s = "%s"'):format(name, name), 'script { path = ',
      ("line = %d,"):format(line))
  end
end)

test("what was written of a result is in its receipt", function(t, dk)
  local result = coverage(dk):compare(linked(t, dk), scenario(dk))
  local path = t.path "out.csv"
  result:write(path, { total_label = "alles" })
  local written = result:receipt().written
  t.eq(#written, 1)
  t.eq(written[1].bytes, #t.read(path))
  t.eq(written[1].options, { total_label = "alles" })
end)

test("write_receipt writes the text, or nothing", function(t, dk)
  local result = coverage(dk):compare(linked(t, dk), scenario(dk))
  local path = t.path "plan.receipt"
  result:write_receipt(path)
  t.eq(t.read(path), tostring(result:receipt()))
  t.raises(function() result:write_receipt "/nosuch/folder/x" end, "/nosuch/folder/x")
  t.raises(function() result:write_receipt() end, "write_receipt wants the path of a file, not nil")
  t.raises(function() result:write_receipt "-" end, "write_receipt wants the path of a file, not '-'")
  t.raises(function() result.receipt() end, "receipt(): call it on a table, with a colon: result:receipt()")
end)

test("remembering keeps no data alive", function(t, dk)
  local asked = dk.breakdown { measures = "n = count()" }
  local rows = {}
  for i = 1, 9000 do
    rows[i] = "text of row " .. i
  end
  local function ask() return asked(dk.table { { "a", rows } }:sort { "a desc" }) end
  ask()
  collectgarbage()
  collectgarbage()
  local before, kept = dk.memory(), {}
  for i = 1, 20 do
    kept[i] = ask()
  end
  collectgarbage()
  collectgarbage()
  t.ok(#kept == 20 and dk.memory() - before < 20 * 16384, "kept " .. dk.memory() - before) -- results of one row each
end)

test("levels that a column states are written as a list", function(t, dk)
  local stated = dk.table({ { "g", { "b", "a" } } }, { types = { g = { "category", levels = { "b", "a" } } } })
  local path = t.path "levels.csv"
  local out = assert(io.open(path, "w"))
  out:write "g\na\nb\n"
  out:close()
  local data = dk.read(path, { levels = { g = stated.g } })
  local one = dk.scenario "s" { { "all", where = "g == 'a'", all = true, set = { g = "b" } } }
  local result = dk.breakdown { by = "g", measures = "n = count()" }:compare(data, one)
  t.has(tostring(result:receipt()), 'levels = { g = { "b", "a" } }')
  os.remove(path)
end)

test("a call that raises keeps nothing of what it was asked of", function(t, dk)
  local kept = setmetatable({}, { __mode = "v" })
  local calls = {
    function(result) return result:where "nosuch > 1" end,
    function(result) return result:derive "x = nosuch + 1" end,
    function(result) return result:select "nosuch" end,
    function(result) return result:window { "x = previous(nosuch)" } end,
    function(result) return result:union(result:rename { high = "other" }) end,
    function(result) return result:format { high = 1 } end,
    function(result) return result:check_totals() end,
    function(result) return result:write "/nowhere/at/all.csv" end,
  }
  for i, call in ipairs(calls) do
    local function ask()
      local n = 0
      local data = dk.table(function() -- as a function took part the answer's recipe keeps the table
        n = n + 1
        return n <= 2 and n or nil
      end, { "n" })
      local plan = dk.scenario "plan" { { "step", where = "n > 1", share = 0.5, set = { n = 9 } } }
      local result = dk.breakdown { measures = "high = count() where n > 5" }:compare(data, plan)
      kept[i] = data
      t.ok(not pcall(call, result), "call " .. i .. " is refused")
    end
    ask()
    collectgarbage()
    collectgarbage()
    t.eq(kept[i], nil)
  end
end)
