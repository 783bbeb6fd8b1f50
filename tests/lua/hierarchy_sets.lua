-- hierarchy_sets.lua - sets of members of a hierarchy: their regions are sets, and recodes go by member.

local test = ...

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 20 or 150

-- D is of no region, E of no region and of another country.
local PLACES = { A = { "x", "n" }, B = { "x", "n" }, C = { "y", "n" }, D = { nil, "n" }, E = { nil, "z" },
  F = { "w", "z" } }
local ORDER = { "A", "B", "C", "D", "E", "F" }

local function places(dk)
  local lines = { "plaats;regio;land" }
  for _, name in ipairs(ORDER) do
    lines[#lines + 1] = table.concat({ name, PLACES[name][1] or "", PLACES[name][2] }, ";")
  end
  return dk.hierarchy(dk.read_text(table.concat(lines, "\n") .. "\n"), { "plaats", "regio", "land" })
end

local function read(dk, lines)
  return dk.read_text("id;waar;k\n" .. table.concat(lines, "\n") .. "\n", { types = { waar = { "set", "|" } } })
end

local function texts(column)
  local list = {}
  for i, value in ipairs(column:to_lua()) do list[i] = tostring(value) end
  return list
end

test("a set has the set of its members' regions", function(t, dk)
  local table = read(dk, { "1;A|B;1", "2;C|A|D;2", "3;;4", '4;"";8', "5;D|E;16", "6;F|Q;32", "7;P|Q;64" })
  local used = table:use(places(dk), { column = "waar", level = "plaats" })
  t.eq({ used.waar:type(), used.regio:type(), used.land:type() }, { "set", "set", "set" })
  t.eq(texts(used.regio), { "x", "x|y", "null", "", "", "w", "" })
  t.eq(texts(used.land), { "n", "n", "null", "", "n|z", "z", "" })
  t.eq(used:notes(), { "2 rows have a waar that the hierarchy does not know: Q, P" })
  t.eq(#used:where "has(regio, 'x')", 2)
  t.eq(used:where("has_all(land, 'n', 'z')").id:to_lua(), { 5 })
  local path = t.path "sets.dk"
  used:save(path)
  t.eq(texts(dk.open(path).regio), texts(used.regio))
end)

test("persons are counted once in each region that their members are in", function(t, dk)
  local geo = places(dk)
  local provinces = dk.hierarchy(dk.read_text "plaats;prov\nA;p\nB;q\nC;q\nD;p\nE;r\nF;r\n", { "plaats", "prov" })
  math.randomseed(20180101)
  for round = 1, ROUNDS do
    local lines, rows = {}, {}
    for id = 1, math.random(12) do
      local has = {}
      for _, name in ipairs(ORDER) do has[#has + 1] = math.random(3) == 1 and name or nil end
      local known = math.random(8) > 1
      rows[id] = { has = known and has or nil, k = math.random(9) }
      lines[id] = ("%d;%s;%d"):format(id, known and (#has > 0 and table.concat(has, "|") or '""') or "", rows[id].k)
    end
    local used = read(dk, lines):use(geo, { column = "waar", level = "plaats" })
      :use(provinces, { column = "waar", level = "plaats" })
    local function expected(groups_of)
      local n, sum = {}, {}
      for _, row in ipairs(rows) do
        for group in pairs(groups_of(row.has)) do
          n[group], sum[group] = (n[group] or 0) + 1, (sum[group] or 0) + row.k
        end
      end
      return n, sum
    end
    for level, name in ipairs { "regio", "land" } do
      local n, sum = expected(function(has)
        local groups = {}
        for _, place in ipairs(has or {}) do
          if PLACES[place][level] then groups[PLACES[place][level]] = true end
        end
        return has and groups or { null = true }
      end)
      local total = 0
      local result = used:breakdown { by = "g = member(" .. name .. ")", measures = { "n = count()", "s = sum(k)" },
        margins = "totals" }:derive "is_total = g is total"
      for row in result:rows() do
        if row.is_total then
          t.eq(row.n, #rows, "everybody once")
        else
          t.eq({ row.n, row.s }, { n[row.g or "null"], sum[row.g or "null"] }, name .. " of round " .. round)
          total = total + 1
        end
      end
      for _ in pairs(n) do total = total - 1 end
      t.eq(total, 0, "no group is missing")
    end
    for row in used:breakdown { by = { "r = member(regio)", "p = member(prov)" }, measures = "n = count()" }:rows() do
      local both = 0
      for _, r in ipairs(rows) do
        local is_r, is_p
        for _, place in ipairs(r.has or {}) do
          is_r = is_r or PLACES[place][1] == row.r
          is_p = is_p or ({ A = "p", B = "q", C = "q", D = "p", E = "r", F = "r" })[place] == row.p
        end
        local is_known = row.r and row.p and is_r and is_p
        both = both + ((is_known or row.r == nil and row.p == nil and r.has == nil) and 1 or 0)
      end
      if (row.r == nil) == (row.p == nil) then t.eq(row.n, both, "both of round " .. round) end
    end
  end
end)

test("a recode goes by the members of sets, who are in a set once", function(t, dk)
  local geo = dk.hierarchy(
    dk.read_text "plaats;regio;van;tot\nA;x;;2018-01-01\nB;x;;2018-01-01\nAB;x;2018-01-01;\nC;y;;\n",
    { "plaats", "regio" }, { from = "van", to = "tot", changes = { { date = "2018-01-01", old = "A", new = "AB" },
      { date = "2018-01-01", old = "B", new = "AB" } } })
  local table = read(dk, { "1;A|B;1", "2;C|A;2", "3;;4", '4;"";8', "5;Q;16" })
  local now = table:recode("waar", geo:recode("2017-12-31", "2018-01-01"))
  t.eq(now.waar:type(), "set")
  t.eq(texts(now.waar), { "AB", "AB|C", "null", "", "Q" })
  t.eq(texts(table:recode("waar", { "C", "Q" }, "A").waar), { "A|B", "A", "null", "", "A" })
  local by = dk.breakdown { by = "g = member(waar)", measures = "n = count()" }
  t.eq(by(now).n:to_lua(), { 2, 1, 1, 1 })
  local used = now:use(geo:at "2018-01-01", { column = "waar", level = "plaats" })
  t.eq(texts(used.regio), { "x", "x|y", "null", "", "" })
  local split = read(dk, { "1;AB|C;1" })
  t.raises(function() split:recode("waar", geo:recode("2018-01-01", "2017-12-31",
    { weights = dk.table { { plaats = "A", weight = 1 }, { plaats = "B", weight = 3 } } })) end,
    "waar is a column of sets, and AB became several", "sets are not divided: count by member(waar), and recode these")
  local unweighed = geo:recode("2018-01-01", "2017-12-31")
  t.raises(function() split:recode("waar", unweighed) end, "AB is divided over 2, and no weight says how much A gets")
  t.eq(texts(split:where "id is null":recode("waar", unweighed).waar), {})
  t.eq(texts(read(dk, { "2;C|Q;1" }):recode("waar", unweighed).waar), { "C|Q" })
end)

test("what sets cannot be told is refused", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "plaats;regio;tot\nA;x;2018-01-01\nB;x|y;\n", { "plaats", "regio" },
    { to = "tot" })
  local table = read(dk, { "1;A|B;1" }):derive "dag = date('2017-01-01')"
  t.raises(function() table:use(geo, { column = "waar", level = "plaats", on = "dag" }) end,
    'regio: "x|y" cannot be in a set: it holds "|", which stands between members')
  t.raises(function() table:use(geo:at "2017-01-01", { column = "waar", level = "plaats" }) end,
    'regio: "x|y" cannot be in a set: it holds "|", which stands between members')
  t.raises(function() table:derive "regio = 'x'":use(places(dk), { column = "waar", level = "plaats" }) end,
    "the table has a column regio already, and would get one of sets", "drop or rename the column regio")
  t.raises(function() table:recode("waar", geo:recode { on = "dag", to = "2018-01-01" }) end,
    "A is not there on 2018-01-01, and no change says what became of it")
  t.raises(function() table:recode("waar", { "A" }, "a|b") end,
    'waar: "a|b" cannot be in a set: it holds "|", which stands between members')
end)

-- Places of three times: before 2018, in it, and from 2019 on. A and B become AB; D becomes F; C goes from y to z.
local function dated(dk)
  return dk.hierarchy(dk.read_text [[
plaats;regio;land;van;tot
A;x;n;;2018-01-01
B;y;n;;2018-01-01
AB;x;n;2018-01-01;
C;y;n;;2019-01-01
C;z;n;2019-01-01;
D;;m;;2019-01-01
F;w;m;2019-01-01;
]], { "plaats", "regio", "land" }, { from = "van", to = "tot", changes = {
    { date = "2018-01-01", old = "A", new = "AB" }, { date = "2018-01-01", old = "B", new = "AB" },
    { date = "2019-01-01", old = "D", new = "F" } } })
end

-- Of each time its members with their region and country, and what they are from 2019 on.
local TIMES = {
  { A = { "x", "n", "AB" }, B = { "y", "n", "AB" }, C = { "y", "n", "C" }, D = { nil, "m", "F" } },
  { AB = { "x", "n", "AB" }, C = { "y", "n", "C" }, D = { nil, "m", "F" } },
  { AB = { "x", "n", "AB" }, C = { "z", "n", "C" }, F = { "w", "m", "F" } },
}
local DAYS = { { "2016-02-29", "2017-12-31" }, { "2018-01-01", "2018-12-31" }, { "2019-01-01", "2024-05-06" } }
local ALL = { "A", "B", "AB", "C", "D", "F", "Q" } -- Q is nowhere

local function as_text(names)
  local list = {}
  for name in pairs(names) do list[#list + 1] = name end
  table.sort(list)
  return table.concat(list, "|")
end

-- Random persons as lines of a file, and as rows; is_known: whether every member is there on its day.
local function dated_persons(is_known)
  local lines, rows = {}, {}
  for id = 1, math.random(30) do
    local time = math.random(4)
    local day, has = time < 4 and DAYS[time][math.random(2)] or nil, {}
    for _, name in ipairs(ALL) do
      local may = not is_known or (TIMES[time] and TIMES[time][name])
      has[#has + 1] = may and math.random(3) == 1 and name or nil
    end
    local is_set = math.random(8) > 1
    rows[id] = { day = day, time = TIMES[time], has = is_set and has or nil }
    lines[id] = ("%d;%s;%s"):format(id, is_set and (#has > 0 and table.concat(has, "|") or '""') or "", day or "")
  end
  return table.concat(lines, "\n") .. "\n", rows
end

test("members of sets are looked up on the day of each row", function(t, dk)
  local geo = dated(dk)
  math.randomseed(20190101)
  for round = 1, ROUNDS do
    local lines, rows = dated_persons(false)
    local persons = dk.read_text("id;waar;dag\n" .. lines,
      { types = { waar = { "set", "|" }, dag = round % 2 == 0 and "date" or "timestamp" } })
    local used = persons:use(geo, { column = "waar", level = "plaats", on = "dag" })
    local expected, n_dayless, n_unknown, unknown = { {}, {} }, 0, 0, {}
    for i, row in ipairs(rows) do
      local strays = false
      for level = 1, 2 do
        local above = {}
        for _, name in ipairs(row.has or {}) do
          local of = (row.time or {})[name]
          if of and of[level] then above[of[level]] = true end
          if row.time and not of then unknown[name], strays = true, true end
        end
        expected[level][i] = (row.has == nil or (#row.has > 0 and not row.time)) and "null" or as_text(above)
      end
      n_unknown = n_unknown + (strays and 1 or 0)
      n_dayless = n_dayless + (row.has and #row.has > 0 and not row.time and 1 or 0)
    end
    t.eq(texts(used.regio), expected[1], "regions of round " .. round)
    t.eq(texts(used.land), expected[2], "countries of round " .. round)
    local notes = table.concat(used:notes(), "; ")
    local n_first = n_unknown > 0 and n_unknown or n_dayless
    t.eq(notes:match "(%d+) rows? ha", n_first > 0 and tostring(n_first) or nil, "the first note of round " .. round)
    t.eq(notes:match "(%d+) rows? ha[sve]+ no day", n_dayless > 0 and tostring(n_dayless) or nil)
    for name in notes:gmatch "%f[%w]%u%w?%f[%W]" do t.ok(unknown[name], name .. " is unknown") end
  end
end)

test("sets are recoded by the day of each row", function(t, dk)
  local geo = dated(dk)
  math.randomseed(20190102)
  for round = 1, ROUNDS do
    local lines, rows = dated_persons(round % 2 == 0)
    local persons = dk.read_text("id;waar;dag\n" .. lines, { types = { waar = { "set", "|" }, dag = "date" } })
    persons = persons:where "dag is not null or waar is null or size(waar) == 0"
    local expected, n_strays = {}, 0
    for _, row in ipairs(rows) do
      if row.time or row.has == nil or #row.has == 0 then
        local now, strays = {}, false
        for _, name in ipairs(row.has or {}) do
          local of = row.time[name]
          now[of and of[3] or name], strays = true, strays or not of
        end
        expected[#expected + 1] = row.has and as_text(now) or "null"
        n_strays = n_strays + (strays and 1 or 0)
      end
    end
    local now = persons:recode("waar", geo:recode { on = "dag", to = "2019-06-01" })
    t.eq(texts(now.waar), expected, "round " .. round)
    t.eq(table.concat(now:notes(), "; "):match "(%d+) rows? ha.* the hierarchy does not know on",
      n_strays > 0 and tostring(n_strays) or nil, "strays of round " .. round)
  end
end)

test("rows of one day are as by that day", function(t, dk)
  local geo = dated(dk)
  local table = read(dk, { "1;C|A;1", "2;B;2", '3;"";4', "4;;8", "5;A|B|D;16" }):derive "dag = date('2017-06-01')"
  local one = table:use(geo:at "2017-06-01", { column = "waar", level = "plaats" })
  local each = table:use(geo, { column = "waar", level = "plaats", on = "dag" })
  t.eq({ texts(each.regio), texts(each.land) }, { texts(one.regio), texts(one.land) })
  t.eq(texts(table:recode("waar", geo:recode { on = "dag", to = "2019-06-01" }).waar),
    texts(table:recode("waar", geo:recode("2017-06-01", "2019-06-01")).waar))
  t.eq(each:breakdown { by = "r = member(regio)", measures = "n = count()" }.n:to_lua(), { 2, 3, 1 })
end)

test("stated members stay where the day that is recoded to has them", function(t, dk)
  local table = dk.read_text("waar;dag\nA;2017-01-01\nC|Q;2018-05-05\n",
    { types = { waar = { "set", "|", members = { "Q", "D", "C", "B", "A" } } } })
  local now = table:recode("waar", dated(dk):recode { on = "dag", to = "2019-06-01" })
  t.eq(texts(now.waar), { "AB", "C|Q" })
  t.eq(now.waar:levels(), { "Q", "C", "AB" })
  t.eq(now:notes(), { "1 row has a waar that the hierarchy does not know on its day, and keeps it: Q" })
end)

test("sets of labels are recoded as labels", function(t, dk)
  local geo = dk.hierarchy(dk.read_text [[
code;naam;van;tot
k1;Aa;;2018-01-01
k2;Be;;2018-01-01
k3;Aabe;2018-01-01;
k4;Ce;;
]], { "code" }, { from = "van", to = "tot", labels = { code = "naam" }, changes = {
    { date = "2018-01-01", old = "k1", new = "k3" }, { date = "2018-01-01", old = "k2", new = "k3" } } })
  local table = read(dk, { "1;Aa|Ce;1", "2;Be|Aa;2", "3;k1|Be;4" }):derive "dag = date('2017-06-01')"
  for _, recode in ipairs { geo:recode("2017-06-01", "2018-01-01"), geo:recode { on = "dag", to = "2018-01-01" } } do
    t.eq(texts(table:recode("waar", recode).waar), { "Aabe|Ce", "Aabe", "Aabe|k3" })
  end
end)

test("a day that is not known, and members that are divided, are refused by the day of each row", function(t, dk)
  local geo = dated(dk)
  local table = dk.read_text("waar;dag\nA;2017-01-01\nC|A;\n", { types = { waar = { "set", "|" }, dag = "date" } })
  t.raises(function() table:recode("waar", geo:recode { on = "dag", to = "2018-01-01" }) end, "row 2 has no day in dag")
  t.eq(texts(table:derive "waar = case(dag is null, without(waar, 'A', 'C'), waar)"
    :recode("waar", geo:recode { on = "dag", to = "2018-01-01" }).waar), { "AB", "" })
  local back = dk.read_text("waar;dag\nAB|C;2018-01-01\n", { types = { waar = { "set", "|" } } })
  t.raises(function() back:recode("waar", geo:recode { on = "dag", to = "2017-01-01",
    weights = dk.table { { plaats = "A", weight = 1 }, { plaats = "B", weight = 3 } } }) end,
    "waar is a column of sets, and AB became several", "sets are not divided: count by member(waar), and recode these")
end)

test("values that are no members on their day are told", function(t, dk)
  local rows = dk.read_text("plaats;dag\nA;2017-01-01\nA;2018-01-01\nAB;2017-01-01\nC;\n")
  local used = rows:use(dated(dk), { on = "dag" })
  t.eq(texts(used.regio), { "x", "null", "null", "null" })
  t.eq(used:notes(), { "2 rows have a plaats that the hierarchy does not know on its day: A, AB",
    "1 row has no day, and so no levels" })
end)

-- The groups of a result as texts, but for those of nobody.
local function counts(result, n, sum)
  local groups = {}
  local told = result:derive { "is_total = g is total", ("n_of = real(%s)"):format(n), ("s_of = real(%s)"):format(sum) }
  for row in told:rows() do
    local group = type(row.g) == "table" and table.concat(row.g, "|") or tostring(row.g)
    if row.n_of ~= 0 then groups[row.is_total and "totaal" or group] = { row.n_of, row.s_of or 0 } end
  end
  return groups
end

test("a merger of a scenario is the recode of sets", function(t, dk)
  local geo = dated(dk)
  local recode = geo:recode("2017-12-31", "2019-01-01")
  local mergers = { dk.merge("waar", recode), dk.merge("waar", { "A", "B", "C" }, "ABC"),
    dk.merge("waar", { "A", "Q" }, "C"), dk.merge("waar", { "A", "B" }, "B") }
  local by_member = dk.breakdown { by = "g = member(waar)", measures = { "n = count()", "s = sum(k)" }, margins = "totals" }
  local by_set = by_member:by "g = waar"
  math.randomseed(20190103)
  for round = 1, ROUNDS do
    local lines = {}
    for id = 1, math.random(20) do
      local has = {}
      for _, name in ipairs(ALL) do has[#has + 1] = math.random(3) == 1 and name or nil end
      local set = math.random(8) > 1 and (#has > 0 and table.concat(has, "|") or '""') or ""
      lines[id] = ("%d;%s;%d"):format(id, set, math.random(9))
    end
    lines[#lines + 1] = "100;A|B|C;5" -- somebody is taken
    local persons, step = read(dk, lines), mergers[round % #mergers + 1]
    local scenario, recoded = dk.scenario "samen" { step }, persons:recode(step)
    for _, breakdown in ipairs { by_member, by_set } do
      t.eq(counts(breakdown:compare(persons, scenario), "n_samen", "s_samen"), counts(breakdown(recoded), "n", "s"),
        "round " .. round)
    end
    local first = { "some come", share = "$deel", add = true, where = "k > 4", allow_none = true, set = { waar = "A|Q" } }
    local swept = by_member:sweep(persons, dk.scenario "meer" { params = { deel = 0 }, first, step }, { deel = { 0, 0.5 } })
    t.eq(counts(swept:where "deel == 0", "n", "s"), counts(by_member(recoded), "n", "s"), "sweep of round " .. round)
    local added = dk.scenario "erbij" { { "some come", share = 0.5, add = true, where = "k > 4", allow_none = true,
      set = { waar = "A|Q" } } }:apply(persons)
    t.eq(counts(swept:where "deel == 0.5", "n", "s"), counts(by_member(added:recode(step)), "n", "s"),
      "half of round " .. round)
  end
end)

test("a merger of stated members states what they become", function(t, dk)
  local table = dk.read_text('id;waar\n1;A|B\n2;C\n3;""\n4;\n',
    { types = { waar = { "set", "|", members = { "C", "B", "A" } } } })
  local merged = dk.scenario "samen" { dk.merge("waar", { "A", "B" }, "AB") }:apply(table)
  t.eq(texts(merged.waar), { "", "AB", "C", "null" })
  t.eq(merged.waar:levels(), { "C", "B", "A", "AB" })
end)

test("a merger that a script changed means what it says", function(t, dk)
  local table = read(dk, { "1;A|B;1", "2;C;2" })
  local step = dk.merge("waar", { "A", "B" }, "AB")
  step.where = step.where .. " and k == 1"
  t.raises(function() dk.scenario "samen" { step }:apply(table) end, "waar is a set, and a member equals no set")
  local other = dk.merge("waar", { "A", "B" }, "AB")
  other.merges = { { "A" } }
  t.raises(function() dk.scenario "samen" { other } end,
    'merges: item 1 is a pair of texts such as { "Duiven", "Samen" }')
  other.merges = {}
  t.raises(function() dk.scenario "samen" { other } end,
    'merges is a list of what members become: { { "Duiven", "Samen" } }')
  other.merges = { { "A", "AB" }, { "B", "AB" } }
  other.where, other.set = "has(waar, 'C')", { waar = "Z" }
  t.eq(texts(dk.scenario "samen" { other }:apply(table).waar), { "A|B", "Z" })
end)

test("members of sets are not divided by a merger either", function(t, dk)
  local back = dated(dk):recode("2018-01-01", "2017-12-31",
    { weights = dk.table { { plaats = "A", weight = 1 }, { plaats = "B", weight = 3 } } })
  t.raises(function() dk.scenario "terug" { dk.merge("waar", back) }:apply(read(dk, { "1;AB|C;1" })) end,
    "waar is a column of sets, and AB became several", "sets are not divided: count by member(waar), and recode these")
end)

test("a merger of sets that has nobody says so", function(t, dk)
  t.raises(function() dk.scenario "samen" { dk.merge("waar", { "X", "Y" }, "Z") }:apply(read(dk, { "1;A|B;1" })) end,
    'nobody matches has_any(waar, "X", "Y")')
end)

test("a merger has as many members as a country", function(t, dk)
  local lines, changes = { "plaats;van;tot" }, {}
  for i = 1, 300 do
    lines[#lines + 1] = ("A%d;;2018-01-01\nB%d;2018-01-01;"):format(i, i // 2)
    lines[#lines] = i % 2 == 1 and i > 1 and lines[#lines]:match "^[^\n]*" or lines[#lines]
    changes[i] = { date = "2018-01-01", old = "A" .. i, new = "B" .. i // 2 }
  end
  local geo = dk.hierarchy(dk.read_text(table.concat(lines, "\n") .. "\n"), { "plaats" },
    { from = "van", to = "tot", changes = changes })
  local step = dk.merge("waar", geo:recode("2017-01-01", "2018-01-01"))
  local scenario = dk.scenario "samen" { step }
  local plain = dk.read_text("waar\nA1\nA300\nA299\nQ\n")
  t.eq(scenario:apply(plain):breakdown { by = "waar", measures = "n = count()" }.waar:to_lua(),
    { "B0", "B149", "B150", "Q" })
  t.eq(texts(scenario:apply(read(dk, { "1;A1|A300;1", "2;A2|A3|Q;1" })).waar), { "B0|B150", "B1|Q" })
end)

test("a receipt has what a merger does to members", function(t, dk)
  local table = dk.table { { "waar", { { "A", "B" }, { "C" } } } }
  local by_member = dk.breakdown { by = "g = member(waar)", measures = "n = count()" }
  local first = dk.scenario "een" { dk.merge("waar", { "A", "B" }, "AB") }
  local second = dk.scenario "twee" { dk.merge("waar", { "AB", "C" }, "ABC") }
  for _, scenario in ipairs { first, first .. second } do
    local text = tostring(by_member:compare(table, scenario):receipt())
    t.has(text, 'merges = { { "A", "AB" }, { "B", "AB" } }')
    local made = load("local dk = ... return " .. text:match "\ns1 = (dk.scenario.-\n})\n")(dk)
    t.eq(texts(made:apply(table).waar), texts(scenario:apply(table).waar))
  end
end)

test("whole sets move by shares, and members do not", function(t, dk)
  local table = read(dk, { "1;A|B;1", "2;C;2", "3;C;2" })
  local asked = dk.breakdown { by = "g = waar", measures = { "n = count()", "s = sum(k)" } }
  local function plan(from) return dk.scenario "deel" { dk.move("waar", { [from] = { ["D|E"] = 0.5 } }) } end
  local function moved(from) return counts(asked:compare(table, plan(from)), "n_deel", "s_deel") end
  t.eq(moved "C|", { ["A|B"] = { 1.0, 1.0 }, C = { 1.0, 2.0 }, ["D|E"] = { 1.0, 2.0 } })
  t.eq(moved "B|A", { ["A|B"] = { 0.5, 0.5 }, C = { 2.0, 4.0 }, ["D|E"] = { 0.5, 0.5 } })
  t.raises(function() asked:compare(table, plan "A") end, "nobody has waar A",
    'whole sets move, "x|" that of x alone; dk.merge makes members others')
end)
