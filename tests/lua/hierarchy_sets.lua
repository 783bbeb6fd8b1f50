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
end)

test("what sets cannot be told is refused", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "plaats;regio;tot\nA;x;2018-01-01\nB;x|y;\n", { "plaats", "regio" },
    { to = "tot" })
  local table = read(dk, { "1;A|B;1" }):derive "dag = date('2017-01-01')"
  t.raises(function() table:use(geo, { column = "waar", level = "plaats", on = "dag" }) end,
    "waar is a set, and members of sets are told by one day for all rows",
    'use(geo:at "2018-01-01", { column = "waar", level = "plaats" })')
  t.raises(function() table:use(geo:at "2017-01-01", { column = "waar", level = "plaats" }) end,
    'regio: "x|y" cannot be in a set: it holds "|", which stands between members')
  t.raises(function() table:derive "regio = 'x'":use(places(dk), { column = "waar", level = "plaats" }) end,
    "the table has a column regio already, and would get one of sets", "drop or rename the column regio")
  t.raises(function() table:recode("waar", geo:recode { on = "dag", to = "2018-01-01" }) end,
    "waar is a column of sets, and members of sets go by one day for all rows",
    'geo:recode("2017-12-31", "2018-01-01") is from one day to another')
  t.raises(function() table:recode("waar", { "A" }, "a|b") end,
    'waar: "a|b" cannot be in a set: it holds "|", which stands between members')
end)
