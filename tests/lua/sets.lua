-- sets.lua - columns of sets: read, made of lists, asked, grouped by member, collected, appended, saved and written.

local test = ...

local here = debug.getinfo(1, "S").source:match "^@(.*)/" or "."
local reader = dofile(here .. "/lib/snapshot_reader.lua")

local CSV = "id;g;x;v\n1;A;10;lassen, koken\n2;A;20;\n3;B;30;\"\"\n4;B;40;koken,lassen ,koken\n5;B;50;bouwen\n"

local function persons(dk, more)
  local kind = { "set", "," }
  for key, value in pairs(more or {}) do
    kind[key] = value
  end
  return dk.read_text(CSV, { types = { v = kind } })
end

-- The groups of a result, "name=n" in their order; a total is *.
local function groups(data, name, n)
  local list = {}
  for row in data:derive { "is_total = " .. name .. " is total" }:rows() do
    list[#list + 1] = (row.is_total and "*" or row[name] or "-") .. "=" .. tostring(row[n or "n"])
  end
  return table.concat(list, " ")
end

test("a delimited field is a set", function(t, dk)
  local data = persons(dk)
  t.eq(data.v:type(), "set")
  t.eq(data.v:levels(), { "bouwen", "koken", "lassen" })
  t.eq(data.v[1], { "koken", "lassen" })
  t.eq(data.v[2], nil)
  t.eq(data.v[3], {})
  t.eq(data.v[4], { "koken", "lassen" })
  t.eq(tostring(data.v), "column v: set, 5 rows, 1 null")
  local rows = {}
  for row in data:rows() do
    rows[#rows + 1] = row.v and table.concat(row.v, "+") or "-"
  end
  t.eq(rows, { "koken+lassen", "-", "", "koken+lassen", "bouwen" })
  t.eq(data:schema():where "name == 'v'".levels[1], 3)
  t.eq(persons(dk, { empty = true }).v[2], {})
  t.eq(persons(dk, { members = { "zagen", "lassen", "koken", "bouwen" } }).v:levels(),
    { "zagen", "lassen", "koken", "bouwen" })
  t.eq(dk.read_text("v\na|b\n", { types = { v = "set" } }).v[1], { "a", "b" })
  t.eq(dk.read_text("v\na, b en c\n", { types = { v = { "set", " en " } } }).v[1], { "a, b", "c" })
  t.eq(dk.read_text(CSV, { types = { v = { "set", "," } }, levels = { v = { "lassen", "koken", "bouwen" } } }).v:levels(),
    { "lassen", "koken", "bouwen" })
end)

test("a lenient reading leaves out rows with members that cannot be", function(t, dk)
  local text = "id;v\n1;lassen,koken\n2;vliegen\n3;\n4;koken, lasen\n5;\"\"\n"
  local function check(data)
    t.eq(data.id:to_lua(), { 1, 3, 5 })
    t.eq(data.v:to_lua { plain = true }, { { "koken", "lassen" }, dk.null, {} })
    local rows = t.records(data:rejected())
    t.eq(#rows, 2)
    t.eq({ rows[1].line, rows[1].field, rows[1].value, rows[1].record }, { 3, 2, "vliegen", "2;vliegen" })
    t.eq(rows[1].reason, "\"vliegen\" in column \"v\" is none of the 2 stated members, of \"vliegen\"")
    t.eq(rows[2].reason, "\"lasen\" in column \"v\" is none of the 2 stated members, of \"koken, lasen\"")
  end
  local options = { types = { v = { "set", ",", members = { "lassen", "koken" } } }, lenient = true }
  check(dk.read_text(text, options))
  check(dk.read(t.file("v.csv", text), options))
  local path = t.path "v.xlsx"
  dk.read_text(text, { types = { id = "integer", v = "text" } }):write(path)
  local book = dk.read(path, options)
  t.eq({ book.id:to_lua(), #book:rejected(), book:rejected().value:to_lua() },
    { { 1, 3, 5 }, 2, { "vliegen", "koken, lasen" } })
  t.eq(#dk.read_text("v\na|b\nc\n", { types = { v = { "set", ";" } }, lenient = true }), 1)
end)

test("where a number, a condition or a day is wanted, a set is called so", function(t, dk)
  local data = dk.read_text(CSV, { types = { v = "set" } })
  t.raises(function() return data:derive "k = v + 1" end, "a number is wanted here, and this is set")
  t.raises(function() return data:where "not v" end, "not wants a condition, and this is set")
  t.raises(function() return data:derive "k = round(v)" end, "round() wants a number, and this is set")
  local geo = dk.hierarchy(dk.table { { g = "x", r = "y" } }, { "g", "r" })
  t.raises(function() return data:derive("g = 'x'"):use(geo, { on = "v" }) end,
    "the day of each row is a date, and v is set")
end)

test("what cannot be read as a set is said", function(t, dk)
  local function says(kind, message, csv)
    t.says(function() return dk.read_text(csv or CSV, { types = { v = kind } }) end, message)
  end
  says({ "set", "" }, "read_text: column v: what stands between members cannot be empty")
  says({ "set", ",", member = { "a" } },
    "read_text: column v: { \"set\", \";\" } has no member 'member' (did you mean 'members'?)")
  says({ "set", delimiter = "," }, "read_text: column v: { \"set\", \";\" } has no member 'delimiter' "
    .. "(there are: members and empty)")
  t.raises(function() return dk.read_text(CSV, { types = { v = { "set", ",", members = { "koken" } } } }) end,
    "text:2:4: \"lassen\" in column \"v\" is none of the 1 stated members, of \"lassen, koken\"; 3 rows have such "
    .. "a value: \"lassen\" on line 2, \"bouwen\" on line 6 and more (correct the value, or add it to the members)")
  t.raises(function() return dk.read_text("v\na|b\n", { types = { v = { "set", ";" } } }) end,
    "text:2:1: \"a|b\" in column \"v\" cannot be a member, of \"a|b\" "
    .. "(\"|\" stands between members in what dekking shows: take another delimiter, or replace it)")
  t.raises(function()
    return dk.read_text(CSV, { types = { v = { "set", ",", members = { "a" } } }, levels = { v = { "a" } } })
  end, "column v has levels twice")
  t.raises(function() return dk.read_text(CSV, { types = { v = "sets" } }) end, "did you mean 'set'?")
end)

test("a list of strings is a set", function(t, dk)
  local data = dk.table { { id = 1, v = { "b", "a", "b" } }, { id = 2, v = {} }, { id = 3 } }
  t.eq(data.v:type(), "set")
  t.eq(data.v[1], { "a", "b" })
  t.eq(data.v[2], {})
  t.eq(data.v[3], nil)
  t.eq(dk.table { { "v", { { "a" }, {} } } }.v[1], { "a" })
  local stated = { types = { v = { "set", ";", members = { "c", "b", "a" } } } }
  t.eq(dk.table({ { v = "b;a" }, { v = { "c" } } }, stated).v:levels(), { "c", "b", "a" })
  t.says(function() return dk.table { { v = { "a|b" } } } end,
    "table: column v, row 1: the member \"a|b\" holds \"|\", which stands between members")
  t.says(function() return dk.table { { v = { "a" } }, { v = { "a", 3 } } } end,
    "table: column v, row 2: the members of a set are strings "
    .. "(and an interval has members by name, such as { least = 0, greatest = 4 })")
  t.says(function() return dk.table({ { v = { "a" } } }, { types = { v = "text" } }) end,
    "table: column v, row 1: a list is a set, and the column has another type (\"set\" is its name)")
  t.raises(function() return dk.table { { v = { "a" } }, { v = "a" } } end, "a string, after values of another type")
end)

test("columns that are there become sets", function(t, dk)
  local data = dk.table({ { id = 1, v = "b;a" }, { id = 2 } }, { key = "id", name = "wie" })
  local sets = data:with_sets { v = ";" }
  t.eq(sets.v[1], { "a", "b" })
  t.eq(sets:properties().name, "wie")
  t.eq(data:with_sets { v = { ";", empty = true } }.v[2], {})
  t.eq(sets:with_sets { v = { members = { "c", "b", "a" } } }.v:levels(), { "c", "b", "a" })
  t.says(function() return sets:with_levels { v = { "a" } } end,
    "with_levels: column v is a set, whose members are stated so: t:with_sets { v = { members = { ... } } }")
  t.raises(function() return sets:with_sets { id = ";" } end, "column id is integer", "types = { id = \"category\" }")
  t.says(function() return dk.table({ { "v", { "a|b", "c" } } }):with_sets { v = ";" } end,
    "column v: 1 row has a member that cannot be one: \"a|b\" in row 1 "
    .. "(\"|\" stands between members in what dekking shows: take another delimiter, or replace it)")
  t.raises(function() return sets:with_sets { w = ";" } end, "unknown column \"w\"")
  t.raises(function() return sets:with_sets(3) end, "a table such as { vaardigheden = \";\" }")
end)

test("sets are asked for members", function(t, dk)
  local data = persons(dk)
  t.eq(#data:where "has(v, 'koken')", 2)
  t.eq(#data:where "has_any(v, 'bouwen', 'lassen')", 3)
  t.eq(#data:where "size(v) == 0", 1)
  t.eq(#data:where("has(v, $p)", { p = "bouwen" }), 1)
  t.eq(data:derive { "w = with(v, 'zagen')" }.w[3], { "zagen" })
  t.eq(data:derive { "w = with(v, 'zagen')" }.w:type(), "set")
  t.raises(function() return data:where "v == 'koken'" end, "write has(v, 'koken')")
end)

test("groups by member overlap under totals that do not", function(t, dk)
  local ask = dk.breakdown { by = "m = member(v)", measures = { "n = count()", "d = n / all(n)" }, margins = "totals" }
  local data = persons(dk, { members = { "lassen", "koken", "bouwen", "zagen" } })
  t.eq(groups(ask(data), "m"), "lassen=2 koken=2 bouwen=1 -=1 *=5")
  t.eq(groups(ask:with { levels = "all" } (data), "m"), "lassen=2 koken=2 bouwen=1 zagen=0 -=1 *=5")
  t.eq(groups(ask:by "m = missing(v)" (data), "m"), "lassen=2 koken=2 bouwen=3 zagen=4 -=1 *=5")
  t.has(tostring(ask(data)), "groups of m overlap: a row counts in that of every member it has, and in totals once")
  t.near(ask(data).d[1], 0.4)
  local steps = {}
  for row in ask:plan(data):table():rows() do
    steps[row.step] = row
  end
  t.eq(steps.members.out, 4)
  t.has(ask(data):explain(), "by m, which is member(v)")
  local together = data:breakdowns { ask, ask:by { "g", "m = missing(v)" } }
  t.eq(groups(together[1], "m"), "lassen=2 koken=2 bouwen=1 -=1 *=5")
  t.eq(#together[2]:detail(), 7)
  t.raises(function() return ask:with { limit = 1, rest = "overig" } end, "groups of m overlap")
  t.raises(function() return ask:by "m = member(g)" (data) end, "member() wants a set, and this is category",
    "types = { g = { \"set\", \";\" } }")
end)

test("weights and defined aggregates go by members", function(t, dk)
  local data = persons(dk):derive { "w = x / 10" }:derive { "w = integer(w)" }:with { weight = "w" }
  t.eq(groups(data:breakdown { by = "m = member(v)", measures = "n = count()", margins = "totals" }, "m"),
    "bouwen=5 koken=5 lassen=5 -=2 *=15")
  local plain = persons(dk)
  local parts = { start = function() return { 0 } end, step = function(s, x) s[1] = math.max(s[1], x) end,
    finish = function(s) return s[1] end }
  dk.aggregate "grootste" (parts)
  t.raises(function() return plain:breakdown { by = "m = member(v)", measures = "n = grootste(x)" } end,
    "grootste() has no merge, and totals and members of sets need one")
  parts.merge = function(s, o) s[1] = math.max(s[1], o[1]) end
  dk.aggregate "grootste" (parts)
  t.eq(groups(plain:breakdown { by = "m = member(v)", measures = "n = grootste(x)" }, "m"),
    "bouwen=50.0 koken=40.0 lassen=40.0 -=20.0")
end)

test("a table with a row for each member is collected", function(t, dk)
  local data = dk.read_text "id;x\n1;a\n2;b\n3;c\n;d\n"
  local skills = dk.read_text "id;v\n1;lassen\n1;koken\n1;lassen\n3;\n8;zagen\n"
  local made = data:collect(skills, "id", "v", { as = "vs" })
  t.eq(made.vs[1], { "koken", "lassen" })
  t.eq(made.vs[2], nil)
  t.eq(made.vs[3], nil)
  t.has(tostring(made), "vs: 2 of 4 rows have an entry in the other table; 1 has no key; 1 key of the other table ")
  local complete = data:collect(skills:rename { id = "nr" }, { mine = "id", theirs = "nr" }, "v", { empty = true })
  t.eq(complete.v[2], {})
  t.eq(complete.v[3], {})
  t.eq(complete.v[4], nil)
  t.raises(function() return data:collect(skills, "id", "v", { as = "x" }) end, "the table has a column x already")
  t.raises(function() return data:collect(skills, "id") end, "the name of the column that has the members")
  t.raises(function() return data:collect(skills, "id", "v", { al = "x" }) end, "did you mean 'as'?")
end)

test("a scenario changes sets", function(t, dk)
  local data = persons(dk):where "v is not null"
  local ask = dk.breakdown { by = "m = member(v)", measures = "n = count()", margins = "totals" }
  local course = dk.scenario "cursus" {
    params = { deel = { 0.5, min = 0, max = 1 } },
    { "cursus", where = "not has(v, 'lassen')", share = "$deel", set = { v = dk.expr "with(v, 'lassen')" } },
  }
  t.eq(groups(ask:compare(data, course), "m", "n_cursus"), "bouwen=1 koken=2 lassen=3 *=4")
  t.eq(ask:solve(data, course, { vary = "deel", target = "n >= 4", at = { m = "lassen" } }).persons[1], 2)
  -- A value of a script, a text that lists members in any order, and an expression set the set that they are.
  for text, set in pairs {
    ["koken"] = dk.set { "koken" }, ["zingen"] = dk.set { "zingen" }, [""] = dk.set {}, ["bouwen|koken"] = "koken|bouwen",
    ["lassen"] = dk.expr "'lassen|'",
  } do
    local all = dk.scenario "allen" { { "allen", where = "g == 'A'", all = true, set = { v = set } } }:apply(data)
    t.eq(t.records(all:where("g == 'A'"):derive "s = text(v)")[1].s, text)
  end
  local known = dk.scenario "anders" {
    params = { deel = { 0.5, min = 0, max = 1 } },
    { "anders", where = "g == 'A'", share = "$deel", set = { g = "B" } },
  }
  t.eq(#ask:solve(data, known, { vary = "deel", target = "n >= 1", each = "m" }), 3)
  t.raises(function() ask:solve(data, course, { vary = "deel", target = "n >= 1", each = "m" }) end,
    "each m has no answer of its own where v changes")
end)

-- Known are 1 and 5; of each member by hand: who has it, who of these is known, and the fewest more that make 60 %.
test("each member has an answer of its own, and answers do not add up", function(t, dk)
  local data = dk.read_text("id;v;s\n1;a|b;true\n2;b;false\n3;\"\";false\n4;;false\n5;a|it's \\z;true\n" ..
    "6;b|it's \\z;false\n7;b|it's \\z;false\n", { delimiter = ";", types = { v = "set" } })
  local plan = dk.scenario "plan" { params = { deel = { 0.5, min = 0, max = 1 } },
    { "more", where = "not s", share = "$deel", set = { s = true } } }
  local ask = dk.breakdown { by = { "m = member(v)" }, measures = { "n = count()", "dek = (count() where s) / n" },
    margins = "totals", levels = "all" }
  local goal = { vary = "deel", target = "dek >= 0.6", each = "m" }
  local answers = ask:solve(data, plan, goal)
  t.eq(groups(answers, "m", "persons"), "a=0 b=2 it's \\z=1 -=1") -- 2 of 2; 1 of 4 and 3 of 4; 1 of 3 and 2 of 3
  t.eq(answers.available:to_lua(), { 0, 3, 2, 1 })
  t.has(answers:notes()[1], "groups of m overlap: each answer takes from its own group alone",
    "who is in several may be in several answers; answers do not add up")
  t.raises(function() answers:breakdown { measures = "p = sum(persons)" } end, "sum(persons) goes over groups that overlap")
  local lacking = ask:by "m = missing(without(v, $member))" -- whose parameter has the name that is wanted
  goal.params = { member = "a" }
  t.eq(groups(lacking:solve(data, plan, goal), "m", "persons"), "a=2 b=1 it's \\z=1 -=1")
  t.eq(ask:solve(data, plan, { vary = "deel", target = "dek >= 0.6", at = { m = "b" } }).persons[1], 3)
end)

test("one of several sets is a set", function(t, dk)
  local data = dk.read_text("v;w\na|b;c\nb;c\n\"\";a|b\n;c\n", { types = { v = "set", w = "set" } })
  local made = data:derive { "x = coalesce(v, w)", "y = case(has(v, 'b'), without(v, 'b'), with(w, 'd'))" }
  t.eq(made.x:type(), "set")
  t.eq(groups(made:breakdown { by = "m = member(y)", measures = "n = count()", margins = "totals" }, "m"),
    "a=2 b=1 c=1 d=2 *=4")
  local path = t.path "chosen.dk"
  made:save(path)
  t.eq(dk.open(path, { check = true }):fingerprint(), made:fingerprint())
end)

test("sets go through joins, appending, snapshots and files", function(t, dk)
  local data = persons(dk, { members = { "zagen", "lassen", "koken", "bouwen" } })
  local path = t.path "sets.dk"
  data:save(path)
  local opened = dk.open(path)
  t.eq(opened.v:levels(), { "zagen", "lassen", "koken", "bouwen" })
  t.eq(opened:fingerprint(), data:fingerprint())
  local columns = reader.read(t.read(path))
  t.eq(columns[4].values, { "koken|lassen", reader.null, "", "koken|lassen", "bouwen" })
  t.eq(table.concat(columns[4].members, " "), "zagen lassen koken bouwen")
  t.ok(columns[4].members.stated)
  data:save(path, { append = true })
  t.eq(groups(dk.open(path, { check = true }):breakdown { by = "m = member(v)", measures = "n = count()" }, "m"),
    "lassen=4 koken=4 bouwen=2 -=2")
  local stray = dk.table { { id = 9, g = "A", x = 1, v = { "x" } } }
  t.raises(function() stray:save(path, { append = true }) end, "v: \"x\" is none of the stated members of the snapshot")
  t.eq(persons(dk):append(stray).v:levels(), { "bouwen", "koken", "lassen", "x" })
  t.eq(#data:join(persons(dk):select("id", "v"):rename { id = "nr" }, "v", { kind = "inner", multiple = "all" }), 6)
  t.raises(function() return data:join(dk.table { { v = "koken" } }, "v") end, "the key v is set and v is category")
  for _, ending in ipairs { "csv", "xlsx" } do
    local file = t.path("sets." .. ending)
    data:write(file)
    t.eq(dk.read(file, { types = { v = "set", g = "category" } }).v[4], { "koken", "lassen" })
  end
  local json, md = t.path "sets.json", t.path "sets.md"
  data:write(json)
  t.has(t.read(json), '"v": ["koken", "lassen"]', '"v": null', '"v": []', '"type": "set"')
  local csv = t.path "between.csv"
  data:select("v"):head(2):write(csv, { between = "; " })
  t.eq(t.read(csv), "v\nkoken; lassen\n\n")
  t.eq(dk.read(csv, { delimiter = ",", types = { v = { "set", ";" } } }).v[1], { "koken", "lassen" })
  local kind = { "set", "|", members = dk.codes "1 = b, 2 = a" }
  local coded = dk.table({ { v = { "2", "1" } }, { v = {} } }, { types = { v = kind } })
  t.has(coded:text { notes = false }, "\nb|a\n")
  t.has(coded:text { codes = "both", between = ", " }, "\n1 b, 2 a\n")
  t.has(coded:text { codes = "code" }, "\n1|2\n")
  data:write(md)
  t.has(t.read(md), "koken\\|lassen")
end)
