-- explain_parts.lua - of which numbers a cell is made: told ones by hand, and others from which the cell is computed again
-- in Lua, after each of them was counted in a loop over the rows.

local test = ...

local function people(dk)
  return dk.table({
    { "regio", { "M", "M", "M", "R", "R", "Z" } },
    { "bekend", { true, true, false, true, false, dk.null } },
    { "leeftijd", { 18, 25, dk.null, 47, 51, 66 } },
  }):with { name = "personen" }
end

-- What stands between the first line and the source.
local function measures_of(text) return text:match "^[^\n]*:\n(.-)\nThe table " end

-- By hand: M has 18, 25 and one that is not known; two of three are known.
test("every aggregate of a measure is told with its number and rows, and quotients with both sides", function(t, dk)
  local persons = people(dk)
  local result = persons:breakdown { by = "regio", margins = "totals", measures = { "n = count()",
    "k = count() where bekend", { "mis = 1 - k / n", format = "0.0 %" }, "f = (sum(leeftijd) - k) / n + 3",
    "g = round(100 * (max(leeftijd) where bekend) / n, 1)", "h = coalesce(k / (n - 3), 0)",
    "c = case(n > 2, mean(leeftijd), 0)", "d = n / all(n) + all((count() where bekend)) / 2",
    "w = (sum(leeftijd) where bekend) / n where leeftijd > 20" } }
  t.eq(measures_of(result:explain { regio = "M" }), [[
  n is 3: count()
  k is 2: count() where bekend
  mis is 33.3 %: 1 - k / n
     k / n is 0.6667, which is 2 of 3
  f is 16.6667: (sum(leeftijd) - k) / n + 3
     sum(leeftijd) is 43, of 3 rows, 1 of which has no value
     k is 2
     (sum(leeftijd) - k) / n is 13.6667, which is 41 of 3
  g is 833.3: round(100 * (max(leeftijd) where bekend) / n, 1)
     max(leeftijd) where bekend is 25, of 2 rows
     100 * (max(leeftijd) where bekend) / n is 833.3333, which is 2500 of 3
  h is 0.0000: coalesce(k / (n - 3), 0)
     n is 3
     k / (n - 3) is null, which is 2 of 0
  c is 21.5000: case(n > 2, mean(leeftijd), 0)
     n is 3
     mean(leeftijd) is 21.5000, which is 43/2, of 3 rows, 1 of which has no value
  d is 2.0000: n / all(n) + all((count() where bekend)) / 2
     n / all(n) is 0.5000, which is 3 of 6
     all((count() where bekend)) / 2 is 1.5000, which is 3 of 2
  w is 8.3333, which is 25 of 3: the numerator is sum(leeftijd) where bekend and leeftijd > 20, the denominator n
     sum(leeftijd) where bekend and leeftijd > 20 is 25, of 1 row
The cell has 3 of 6 rows.]])
end)

local LUA = { greatest = math.max, case = function(a, b, c) return a and b or c end,
              coalesce = function(a, b) return a == nil and b or a end,
              quotient = function(a, b) return a and b and b ~= 0 and a / b or nil end }

-- Evaluates a measure in Lua, of which every part that is no quotient is a number.
local function compute(text, told)
  local list = {}
  for _, part in ipairs(told) do
    list[#list + 1] = part.kind ~= "quotient" and part or nil
  end
  table.sort(list, function(a, b) return #a.text > #b.text end)
  for i, part in ipairs(list) do
    text = text:gsub("%f[%w_]" .. part.text:gsub("%p", "%%%0") .. (part.text:find "%)$" and "" or "%f[^%w_]"),
      "@" .. i .. "@")
  end
  text = text:gsub("@(%d+)@", function(i)
    local value = list[tonumber(i)].value
    return value == nil and "nil" or ("(%.17g)"):format(value)
  end)
  return assert(load("return " .. text, text, "t", LUA))(), text
end

-- The rows of a cell, one by one.
local function each_row(rows, cell)
  local i = 0
  return function()
    repeat
      i = i + 1
      local row = rows[i]
      local is_in = row ~= nil
      for name, value in pairs(row and cell or {}) do
        is_in = is_in and row[name] == value
      end
      if row == nil or is_in then
        return row
      end
    until false
  end
end

-- What a loop over the rows counts for each aggregate.
local counted = {
  ["count()"] = function(n) return n + 1 end,
  ["count() where b"] = function(n, row) return row.b and n + 1 or n end,
  ["sum(x)"] = function(n, row) return n + row.x end,
  ["sum(x) where not b and x > 2"] = function(n, row) return not row.b and row.x > 2 and n + row.x or n end,
  ["max(x)"] = function(n, row) return math.max(n, row.x) end,
}

local MEASURES = { "a = count()", "s = sum(x)", "m1 = 1 - (count() where b) / a", "m2 = (s - (count() where b)) / a + 3",
  "m3 = greatest(coalesce((sum(x) where not b and x > 2), 0) / (a + 1), max(x) / 7)", "m4 = case(a > 3, s / a, 0)",
  "m5 = a / all(a) + 2 * (s / all(s))", "m6 = 100 * ((count() where b) + 1) / (s + 1) - max(x)" }

test("a cell is computed from the told numbers, which a loop over the rows gives", function(t, dk)
  local state, n = 7, 0
  local function pick(k)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % k + 1
  end
  for _ = 1, 6 do
    local rows, columns = {}, { { "g", {} }, { "h", {} }, { "b", {} }, { "x", {} } }
    for i = 1, 20 do
      rows[i] = { g = ("pqr"):sub(pick(3)):sub(1, 1), h = ("uv"):sub(pick(2)):sub(1, 1), b = pick(2) == 1, x = pick(9) }
      for _, column in ipairs(columns) do
        column[2][i] = rows[i][column[1]]
      end
    end
    local data = dk.table(columns)
    local result = data:breakdown { by = { "g", "h" }, measures = MEASURES, margins = "cube" }
    for row in result:rows() do
      local cell = { g = row.g, h = row.h } -- no null: what is nil is a total
      local text, told = result:explain(next(cell) and cell or dk.total)
      t.has(text, "The cell has ")
      for _, measure in ipairs(MEASURES) do
        local name, expression = measure:match "^(%w+) = (.*)$"
        for _, part in ipairs(told.parts[name]) do
          local count = counted[part.text:gsub("^all%(%((.*)%)%)$", "%1"):gsub("^all%((.*)%)$", "%1")]
          if count then
            local value = 0
            for each in each_row(rows, part.text:find "^all" and {} or cell) do
              value = count(value, each)
            end
            t.eq(part.value or 0, value, part.text)
            n = n + 1
          end
        end
        local value, how = compute(expression, told.parts[name])
        t.ok(math.abs(value - row[name]) < 1e-9, ("%s = %s is %s, not %s"):format(name, how, value, row[name]))
      end
    end
  end
  t.ok(n > 300, n)
end)

-- By hand: of M 1 * 3 + 2 * 4 are known, in two of four rows that count for 18; 8 * 0.5 more when half of the others are.
test("weights, scenarios and other tables have the numbers of each side, and what they differ by", function(t, dk)
  local rows = dk.read_text("r;a;x;k\nM;1;true;3\nM;2;true;4\nM;4;false;5\nM;8;false;6\nR;3;true;7\n", { weight = "k" })
  local ask = dk.breakdown { by = "r", where = "a < $most", measures = { "n = count()",
    { "d = (count() where x) / n", format = "0.0 %" }, "m = 1 - (sum(a) where x) / n" } }
  local half = dk.scenario "half" { params = { deel = 1 },
    { "half", where = "not x", share = "$deel", set = { x = true } } }
  local asked = { most = 9, deel = 0.5 }
  local numbers = [[
  n_half is 18; that differs by 0
  d_base is 38.9 %, which is 7 of 18: the numerator is (count() where x), the denominator n
     count() where x is 7, of 2 rows
  d_half is 69.4 %, which is 12.5 of 18; that differs by +30.6 pp
     +30.6 pp is 12.5 of 18 less 7 of 18, in points
  m_base is 0.3889: 1 - (sum(a) where x) / n
     sum(a) where x is 11, of 2 rows
     (sum(a) where x) / n is 0.6111, which is 11 of 18
  m_half is -1.5000; that differs by -1.8889
     (sum(a) where x) / n is 2.5000, which is 45 of 18
The cell has 4 of 5 rows.]]
  local result = ask:compare(rows, half, asked)
  for _, each in ipairs { result, result:where "r == 'M'":sort "r desc" } do
    t.eq(measures_of(each:explain { r = "M" }), "  n_base is 18: count()\n     count() is 18, of 4 rows\n" .. numbers)
  end
  local long = ask:compare(rows, half, asked, { long = true, relative = true }):explain { r = "M" }
  t.has(long, "     0.0 % is 0 of 18, in per cent of the base\n",
    "     +78.6 % is +30.6 pp of 38.9 %, in per cent of the base\n",
    "m_half is -1.5000; that differs by -1.8889\n     (sum(a) where x) / n is 2.5000, which is 45 of 18\n")
  local later = ask:compare(rows, rows:where "a ~= 4":derive "x = x or a > 5", { name = "q2", params = { most = 9 } })
  local text, told = later:explain { r = "M" }
  t.has(text, "d_q2 is 100.0 %, which is 13 of 13; that differs by +61.1 pp\n     count() where x is 13, of 3 rows\n" ..
    "     +61.1 pp is 13 of 13 less 7 of 18, in points", "(sum(a) where x) / n is 4.5385, which is 59 of 13")
  t.eq({ told.parts.m_q2[1].text, told.parts.m_q2[1].value, told.parts.m_q2[1].rows }, { "sum(a) where x", 59, 3 })
  t.eq({ told.parts.m_base[1].value, told.parts.m_base[1].rows }, { 11, 2 })
end)

-- A person's key keeps the scenario on the rows; seven of them are known, and one who is drawn.
test("what is asked of rows is asked of them again", function(t, dk)
  local rows = dk.read_text("id;r;x\n1;M;true\n2;M;true\n3;M;false\n4;R;true\n5;R;false\n", { key = "id" })
  local ask = dk.breakdown { by = "r", measures = { "n = count()", "u = 1 - distinct(id) / (n + 1)",
    "m = 2 * (count() where x)" } }
  local plan = dk.scenario "plan" { { "all", where = "not x", all = true, set = { x = true } } }
  t.has(ask:compare(rows, plan):explain { r = "M" }, "     distinct(id) is 3, of 3 rows\n",
    "m_plan is 6; that differs by 2\n     count() where x is 3\n")
end)

test("bounds, figures, levels, aggregates of Lua and the rest are told, too", function(t, dk)
  local geo = dk.hierarchy(dk.read_text "g;p\nA;X\nD;X\nT;Y\n", { "g", "p" })
  local rows = dk.read_text("g;a;low;high\nA;1;0;4\nA;2;3;3\nD;4;1;9\nT;8;2;2\nT;16;5;6\n", { name = "rijen" })
    :derive "b = interval(low, high)":use(geo):attach(dk.table { { p = "X", f = 40 }, { p = "Y", f = 9 } }, "p")
  local result = rows:breakdown { by = "g", measures = { "k = sum(b) - count()", "v = 1 - count() / all(count(), p)",
    "y = 10 + attached(f, 'bounds', count()) * 2" } }
  t.has(result:explain { g = "A" }, "     sum(b) is 3..7, of 2 rows\n     count() is 2\n",
    "  v is 0.3333: 1 - count() / all(count(), p)\n     count() / all(count(), p) is 0.6667, which is 2 of 3\n",
    "     attached(f, 'bounds', count()) is 2..39\n") -- all but that of D
  dk.aggregate "breedte" { start = function() return {} end, step = function(s, v)
    return { math.min(s[1] or v, v), math.max(s[2] or v, v) }
  end, merge = function(a) return a end, finish = function(s) return s[2] - s[1] end }
  t.has(rows:breakdown { by = "g", measures = "z = breedte(a) / count() + 1" }:explain { g = "T" },
    "     breedte(a) is 8, of 2 rows\n", "     breedte(a) / count() is 4, which is 8 of 2\n")
  t.has(rows:breakdown { by = "g", measures = { "n = count()", "m = 1 - sum(a) / n" }, order = "n desc", limit = 1,
    rest = "overige" }:explain { g = "overige" }, "     sum(a) / n is 9.3333, which is 28 of 3\n",
    "The cell has 3 of 5 rows.")
  local window = result:window { order = { "g" }, "tot_nu = running_sum(k)" }:derive "dubbel = v * 2"
  t.has(window:explain { g = "D" }, "  tot_nu is 1..13: running_sum(k)\n     k is 0..8\n     and other rows of the result",
    "  dubbel is 1.3333: v * 2\n     v is 0.6667\nThe cell has 1 of 5 rows.\n")
end)

test("what cannot be told says why", function(t, dk)
  local measures = { "m = 1 - count() / sum(a)" }
  local function made() return dk.read_text "g;a\nA;1\nA;2\n":breakdown { by = "g", measures = measures } end
  t.has(made():explain { g = "A" }, "  Not all numbers behind these can be told: a result keeps no rows, and the " ..
    "table that was asked is not kept: give it, as explain(cell, table).\n")
  t.has(made():explain({ g = "A" }, dk.read_text "g;a\nA;1\nA;2\n"), "     count() / sum(a) is 0.6667, which is 2 of 3\n")
  t.raises(function() made():explain({ g = "A" }, dk.read_text "g;a\nA;1\nA;4\n") end,
    "explain: m is 0.3333, and asked again it is 0.6000: of the table that is given other rows were asked")
end)

-- R has nobody before the step, and half of M afterwards: what is asked of both sides has the base, too.
test("a group that the base lacks, and a long comparison that was sorted, are told", function(t, dk)
  local rows = dk.read_text "r;a\nM;1\nM;3\n"
  local ask = dk.breakdown { by = "r", measures = { "n = count()", "m = (sum(a) - 1) / (n + 1) + all(n)" } }
  local half = dk.scenario "half" { { "half", where = "r == 'M'", share = 0.5, set = { r = "R" } } }
  for _, options in ipairs { {}, { long = true } } do
    local text = ask:compare(rows, half, {}, options):where "r is not null":explain { r = "R" }
    t.has(text, "  n_half is 1; that differs by 1\n", "  m_base is –: (sum(a) - 1) / (n + 1) + all(n)\n" ..
      "  m_half is 2.5000; that differs by –\n     sum(a) is 2\n     n is 1\n" ..
      "     (sum(a) - 1) / (n + 1) is 0.5000, which is 1 of 2\n" ..
      "     all(n) is 2\nThe base has no rows of the cell.\n")
    t.ok(not text:find "Not all numbers", text)
  end
end)

-- The condition of the breakdown is about the figures too, one on the rows alone is not.
test("the question of figures beside a table has the breakdown's own condition", function(t, dk)
  local rows = dk.table { { "r", { "A", "A", "B" } }, { "k", { "t", "u", "t" } } }
  local figures = dk.table { { "r", { "A", "A", "B", "B" } }, { "k", { "t", "u", "t", "u" } }, { "f", { 4, 5, 6, 7 } } }
  local beside = rows:attach(figures, { "r", "k" })
  local measures = { "n = count()", "d = n / attached(f)", "q = n / all(attached(f))" }
  local own = beside:breakdown { by = "k", margins = "totals", where = "r == 'A'", measures = measures }
  local text, cell = own:explain { k = "t" }
  t.eq({ cell.again("n", beside).cell[1], cell.again("d", beside).cell[1], cell.again("q", beside).cell[1] },
    { 1, own.d[1], own.q[1] })
  t.eq({ own.d[1], cell.measures.d.where, cell.where, #cell.steps }, { 0.25, "r == 'A'", "(r == 'A') and k == \"t\"", 0 })
  t.has(text, "  where (r == 'A') and k == \"t\"\n  n = count()\n"
    .. "  d = (count() where k == \"t\") / attached((sum(f) where k == \"t\")), over all rows where r == 'A'\n")
  t.has(text, "all((attached(f))) is 9")
  local _, total = own:explain(dk.total)
  t.eq({ total.where, total.again("q", beside).cell[1] }, { "r == 'A'", own.q[3] })
  local chosen = beside:where "r == 'A'":breakdown { by = "k", margins = "totals", measures = measures }
  _, cell = chosen:explain { k = "t" }
  t.eq({ chosen.d[1], cell.again("d", beside).cell[1], cell.where, #cell.steps }, { 0.1, 0.1, "k == \"t\"", 1 })
  local path = os.tmpname()
  own:save(path)
  _, cell = dk.open(path):explain { k = "t" }
  t.eq(cell.again("d", beside).cell[1], 0.25)
  os.remove(path)
  local compared = dk.breakdown { by = "k", where = "r == 'A'", measures = measures }
    :compare(beside, beside:head(2), { name = "b" })
  _, cell = compared:explain { k = "t" }
  t.eq(cell.again("d", beside).cell[1], compared.d_base[1])
end)
