-- sweep.lua - one scenario at many points.

local test = ...

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- The region's totals: of 7676 in the register 5682 are known; nobody says where the others are.
local function region(dk)
  local known = {}
  for i = 1, 7676 do
    known[i] = i <= 5682
  end
  return dk.table { { "in_sonar", known } }
end

local function outreach(dk)
  return dk.scenario "outreach" {
    params = { f = { 0.3, min = 0, max = 1 } },
    { "register the unknown", where = "not in_sonar", share = "$f", set = { in_sonar = true } },
  }
end

local function coverage(dk)
  return dk.breakdown {
    measures = { "register = count()", "known = count() where in_sonar", "dekking = known / register" },
  }
end

test("a share of the unknown is registered, at each of several shares", function(t, dk)
  local rows = t.records(coverage(dk):sweep(region(dk), outreach(dk), { f = { 0, 0.3, 1 } }))
  t.eq(#rows, 3)
  t.eq(rows[1].f, 0.0)
  t.near(rows[2].known, 5682 + 598.2) -- 30 % of 1994
  t.near(rows[2].dekking - rows[1].dekking, 598.2 / 7676)
  t.eq(rows[3].dekking, 1.0)
  t.eq(rows[3].problem, nil)
end)

test("a range is as exact as it is written", function(t, dk)
  t.eq(dk.range(0, 1, 0.1), { 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0 })
  t.eq(dk.range(1, 4), { 1, 2, 3, 4 })
  t.eq(math.type(dk.range(1, 4)[1]), "integer")
  t.eq(dk.range(1, 0, -0.4), { 1.0, 0.6, 0.2 })
  t.eq(dk.range(5, 5), { 5 })
  t.eq(#dk.range(0, 1, 0.0001), 10001)
  t.raises(function() dk.range(0, 1, 0) end, "range: a step of 0 never arrives")
  t.raises(function() dk.range(0, 1, -0.1) end, "range: steps of -0.1 lead from 0 away from 1")
  t.raises(function() dk.range(0, 1e9, 1) end, "range: there are more than 10000000 numbers")
  t.raises(function() dk.range("a", 1) end, "where it begins is a number")
  t.raises(function() dk.range(0) end, "where it ends is a number, not nil")
  t.raises(function() dk.range(0, 1, "x") end, "the step is a number")
  t.raises(function() dk.range(0, 1, 1 / 3 * 1e-9) end, "range wants numbers", "is none that has so many digits")
  t.raises(function() dk.range(0, 1e10, 1e-10) end, "does not fit with as many digits as the others have")
end)

test("a Latin hypercube hits each part of each range once", function(t, dk)
  local points = dk.latin(20, { f = { 0, 1 }, n = { 1, 20, whole = true } }, 7)
  local parts, numbers = {}, {}
  for row in points:rows() do
    parts[math.floor(row.f * 20)] = true
    numbers[row.n] = true
    t.eq(math.type(row.n), "integer")
  end
  for i = 1, 20 do
    t.ok(parts[i - 1], "part " .. i)
    t.ok(numbers[i], "number " .. i)
  end
  t.eq(dk.latin(20, { f = { 0, 1 } }, 7).f:to_lua(), points.f:to_lua())
  t.ok(dk.latin(20, { f = { 0, 1 } }, 8).f[1] ~= points.f[1], "another seed")
  t.raises(function() dk.latin(0, { f = { 0, 1 } }) end, "a whole number from 1 on, not 0")
  t.raises(function() dk.latin(5, {}) end, "the table is empty")
  t.raises(function() dk.latin(5, 1) end, "wants ranges of parameters")
  t.raises(function() dk.latin(5, { f = { 0 } }) end, "the range of f is two numbers")
  t.raises(function() dk.latin(5, { f = { 1, 0 } }) end, "the range of f is empty")
  t.raises(function() dk.latin(5, { f = { 0, 1, hole = true } }) end, "hole", "whole")
  t.raises(function() dk.latin(5, { f = { 0, 1, whole = 1 } }) end, "whole is true or false")
  t.raises(function() dk.latin(5, { f = { 0.5, 3, whole = true } }) end, "are none")
  t.raises(function() dk.latin(5, { f = { 0, 1 } }, 0.5) end, "the seed is a whole number, not 0.5")
  t.raises(function() dk.latin(5, { f = { 0, 1e-17 } }) end, "no room for 5 points")
  t.raises(function() dk.latin(5, { f = { 0, 0 / 0 } }) end, "the range of f goes from one number to another")
end)

-- Municipality and age decide who is asked; SQLite computes each point from the rows.
test("a sweep says what SQLite says of each point", function(t, dk)
  local register = dk.read(t.built .. "/data/register.csv")
  local linked = register:link(dk.read(t.built .. "/data/sonar.csv"), "pseudoniem", { as = "in_sonar" })
  local plan = dk.scenario "plan" {
    params = { jong = 0.5, oud = 0.25 },
    { "the young", where = "not in_sonar and leeftijd < 27", share = "$jong", per = "gemeente", set = { in_sonar = true } },
    { "the others", where = "not in_sonar", share = "$oud", per = "gemeente", set = { in_sonar = true } },
  }
  local ask = dk.breakdown { by = "doelgroep", measures = { "n = count()", "known = count() where in_sonar" } }
  local lines = {}
  for row in ask:sweep(linked, plan, { jong = dk.range(0, 1, 0.25), oud = { 0, 0.1, 0.75 } }):rows() do
    lines[#lines + 1] = ("%.2f|%.2f|%s|%d|%.6f"):format(row.jong, row.oud, row.doelgroep or "-", row.n, row.known)
  end
  table.sort(lines)
  local script = t.file("sweep.sql", ([[
.mode csv
.separator ;
.import %s r
.import %s s
.mode list
.separator "|" "\n"
.nullvalue -
with jong(j) as (values (0.0), (0.25), (0.5), (0.75), (1.0)), oud(o) as (values (0.0), (0.1), (0.75)),
  p as (select nullif(doelgroep, '') d, cast(leeftijd as integer) a, s.pseudoniem is not null known
        from r left join s using (pseudoniem)),
  q as (select j, o, d, case when known then 1.0 when a < 27 then j + (1 - j) * o else o end part from p, jong, oud)
select printf('%%.2f', j), printf('%%.2f', o), d, count(*), printf('%%.6f', sum(part)) from q group by 1, 2, 3;
]]):format(t.built .. "/data/register.csv", t.built .. "/data/sonar.csv"))
  local pipe = assert(io.popen("sqlite3 -batch :memory: <" .. quote(script) .. " 2>&1"))
  local expected = {}
  for line in pipe:lines() do
    expected[#expected + 1] = line
  end
  t.ok(pipe:close(), table.concat(expected, "\n"))
  table.sort(expected)
  t.eq(lines, expected)
end)

-- Forty persons of 20 to 59, of whom every fourth is known.
local function persons(dk)
  local nr, age, known = {}, {}, {}
  for i = 1, 40 do
    nr[i], age[i], known[i] = ("p%02d"):format(i), 19 + i, i % 4 == 0
  end
  return dk.table({ { "nr", nr }, { "leeftijd", age }, { "in_sonar", known } }):with { key = "nr" }
end

-- The sweep says at each point what a comparison says there.
local function same_as_compare(t, ask, data, plan, name, values, measure)
  for i, row in ipairs(t.records(ask:sweep(data, plan, { [name] = values }))) do
    t.eq(row[name], values[i])
    t.eq(row[measure], t.records(ask:compare(data, plan, { [name] = values[i] }))[1][measure .. "_plan"])
  end
end

test("what cells do not tell is asked of rows", function(t, dk)
  local plan = dk.scenario "plan" {
    params = { grens = 30 },
    { "the young", where = "not in_sonar and leeftijd < $grens", all = true, set = { in_sonar = true }, allow_none = true },
  }
  local ask = dk.breakdown { measures = "n = rows() where in_sonar" }
  local rows = t.records(ask:sweep(persons(dk), plan, { grens = { 20, 30, 60 } }))
  t.eq(rows[1].n, 10)
  t.eq(rows[2].n, 10 + 8) -- of ten younger than 30 two are known
  t.eq(rows[3].n, 40)
  same_as_compare(t, ask, persons(dk), plan, "grens", { 20, 30, 60 }, "n")
end)

test("chance decides at each point as it does alone", function(t, dk)
  for _, drawn in ipairs { true, "persons" } do
    local plan = dk.scenario "plan" {
      params = { f = 0.5 },
      { "some", where = "not in_sonar", share = "$f", drawn = drawn, seed = 11, set = { in_sonar = true } },
    }
    same_as_compare(t, dk.breakdown { measures = "n = count() where in_sonar" }, persons(dk), plan, "f",
      { 0.0, 0.1, 0.5, 0.9, 1.0 }, "n")
  end
end)

test("what asks a script is asked in its own thread", function(t, dk)
  local half = dk.define "half_of" { arguments = 1, result = "boolean", call = function(known) return known end }
  t.ok(half ~= false, "defined")
  local rate = dk.breakdown { measures = { "known = count() where half_of(in_sonar)" } }
  local rows = t.records(rate:sweep(region(dk), outreach(dk), { f = dk.range(0, 1, 0.01) }))
  t.eq(#rows, 101)
  t.near(rows[31].known, 6280.2)
end)

test("a sweep is refused before anything runs", function(t, dk)
  local data, plan, ask = region(dk), outreach(dk), coverage(dk)
  t.raises(function() ask:sweep(1, plan, {}) end, "sweep wants a table first")
  t.raises(function() ask:sweep(data, ask, {}) end, "sweep wants a scenario, not a breakdown")
  t.raises(function() ask:sweep(data, plan, {}) end, "the table is empty")
  t.raises(function() ask:sweep(data, plan, 1) end, "sweep wants values of parameters")
  t.raises(function() ask:sweep(data, plan, { f = {} }) end, "the list of values of f is empty")
  t.raises(function() ask:sweep(data, plan, { f = print }) end, "f gets a list of values")
  t.raises(function() ask:sweep(data, plan, { f = { print } }) end, "sweep: value 1 of f cannot be a function")
  local list = {}
  for i = 1, 4000 do
    list[i] = 0
  end
  local both = dk.scenario "both" { params = { a = 0, b = 0 }, { "some", share = "$a * $b", set = { in_sonar = true } } }
  t.raises(function() ask:sweep(data, both, { a = list, b = list }) end, "take fewer values, or a sample: dk.latin")
  t.raises(function() ask:sweep(data, plan, { ff = { 1 } }) end, "no parameter ff", "did you mean f?")
  t.raises(function() ask:sweep(data, plan, { f = { 1, 2 } }) end, "lies between 0 and 1")
  t.raises(function() ask:sweep(data, plan, { f = 1 }, { param = {} }) end, "param", "params")
  t.raises(function() ask:sweep(data, plan, { f = 1 }, { params = { x = 1 } }) end, "nothing here has a parameter x")
  t.raises(function() ask:sweep(data, plan, dk.table { { "x", { 1 } } }) end, "no parameter x")
  local totals = dk.table { { "f", { 0, 1 } } }:breakdown { by = "f", measures = "n = count()", margins = "totals" }
  t.raises(function() ask:sweep(data, plan, totals:select "f") end, "the table of points has rows that are totals")
end)
