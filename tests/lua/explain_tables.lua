-- explain_tables.lua - what moved between two tables that were compared: words by hand, and numbers that a plain
-- breakdown of both gives again.

local test = ...

local function delivery(dk, name, numbers)
  local columns = { { "gemeente", {} }, { "in_sonar", {} }, { "n", {} } }
  for i, row in ipairs(numbers) do
    for c = 1, 3 do
      columns[c][2][i] = row[c]
    end
  end
  return dk.table(columns):with { name = name, weight = "n", unit = "persons" }
end

local function quarters(dk)
  return delivery(dk, "q1",
    { { "Arnhem", true, 3 }, { "Arnhem", false, 1 }, { "Duiven", true, 1 }, { "Duiven", false, 3 } }),
    delivery(dk, "q2", { { "Arnhem", true, 4 }, { "Arnhem", false, 1 }, { "Duiven", true, 1 }, { "Duiven", false, 1 },
      { "Ede", false, 2 } })
end

local function coverage(dk)
  return dk.breakdown "dekking" { by = "gemeente", margins = "totals",
    measures = { "n_all = count()", { "dekking = (count() where in_sonar) / n_all", format = "0.0 %" } } }
end

local function behind(text, line)
  return text:match("\n(" .. line:gsub("%p", "%%%0") .. ".*)$")
end

-- Of 4 in 8 known, 50 %, 5 in 9 are 55.6 %. One more who is known explains (1 - 0.5) / 9, two unknown fewer
-- (0 + 0.5 * 2) / 9, and two unknown more the same the other way.
test("a comparison of two tables tells which cells have more and fewer, and what each explains", function(t, dk)
  local before, after = quarters(dk)
  local result = coverage(dk):compare(before, after)
  t.eq(behind(result:explain(), "From base"), [[
From base to q2, by cells of gemeente and in_sonar:
  3 persons more and 2 fewer, in 3 cells: +1
     gemeente = Ede, in_sonar = false: 0 to 2, +2
     gemeente = Arnhem, in_sonar = true: 3 to 4, +1
     gemeente = Duiven, in_sonar = false: 3 to 1, -2
  n_all: 8 to 9, +1, as above
  dekking: 50.0 % to 55.6 %, +5.6 pp; numerator 4 to 5, +1; denominator 8 to 9, +1
     gemeente = Duiven, in_sonar = false: +11.1 pp, 200.0 % of it
     gemeente = Arnhem, in_sonar = true: +5.6 pp, 100.0 % of it
     gemeente = Ede, in_sonar = false: -11.1 pp, -200.0 % of it]])
end)

test("so does a cell of it, also of a long one", function(t, dk)
  local before, after = quarters(dk)
  for _, options in ipairs { {}, { long = true } } do
    local text, cell = coverage(dk):compare(before, after, options):explain { gemeente = "Duiven" }
    t.eq(behind(text, "From base"), [[
From base to q2, by cells of gemeente and in_sonar:
  0 persons more and 2 fewer, in 1 cell: -2
     gemeente = Duiven, in_sonar = false: 3 to 1, -2
  n_all: 4 to 2, -2, as above
  dekking: 25.0 % to 50.0 %, +25.0 pp; numerator 1; denominator 4 to 2, -2
     gemeente = Duiven, in_sonar = false: +25.0 pp, 100.0 % of it]])
    local told = cell.changes.q2[1]
    t.eq(told.name, "q2")
    t.eq(#told.cells, 1)
    t.near(told.contributions.dekking.contribution[1], 0.25)
    t.near(told.measures:column "dekking_base"[1], 0.25)
  end
  local text = coverage(dk):compare(before, after):explain { gemeente = "Ede" }
  t.has(text, "  n_all: 0 to 2, +2, as above", "  dekking: – to 0.0 %, –; numerator 0; denominator 0 to 2, +2")
  text = coverage(dk):compare(before, after):explain { gemeente = "Arnhem" }
  t.has(text, "  1 person more and 0 fewer, in 1 cell: +1")
  t.has(coverage(dk):compare(before, before):explain(), "  nobody came or left\n  n_all: as before\n  dekking: as before")
end)

test("a condition with a parameter, a column of an awkward name, and what is no sum over cells", function(t, dk)
  local before, after = quarters(dk)
  before, after = before:with { weight = dk.null }:rename { in_sonar = "change" },
    after:with { weight = dk.null }:rename { in_sonar = "change" }
  local asked = dk.breakdown { by = "plaats = gemeente", where = "n >= $least",
    measures = { "bekend = count() where change", "m = median(n)", "s = sum(n * n)" } }
  local text = asked:compare(before, after, { name = "later", params = { least = 2 } }):explain()
  -- rows of 2 and more: Arnhem known 3 then 4, Duiven unknown 3 then gone, Ede unknown 2
  t.eq(behind(text, "From base"), [[
From base to later, by cells of gemeente, n and change_:
  2 persons more and 2 fewer, in 4 cells: 0
     gemeente = Arnhem, n = 4, change_ = true: 0 to 1, +1
     gemeente = Ede, n = 2, change_ = false: 0 to 1, +1
     gemeente = Arnhem, n = 3, change_ = true: 1 to 0, -1
     gemeente = Duiven, n = 3, change_ = false: 1 to 0, -1
  bekend: as before
  m: as before
  s: 18 to 20, +2
     gemeente = Arnhem, n = 4, change_ = true: +16, 800.0 % of it
     gemeente = Ede, n = 2, change_ = false: +4, 200.0 % of it
     gemeente = Arnhem, n = 3, change_ = true: -9, -450.0 % of it
     gemeente = Duiven, n = 3, change_ = false: -9, -450.0 % of it]])
  text = dk.breakdown { measures = "m = max(n)" }:compare(before, after):explain()
  t.has(text, "  m: 3 to 4, +1 (which is no sum over cells)")
end)

-- 8..18 to 10..13: A -2..2, B x 5 to 7..9, B y 2..9 gone, C 1 more. Bounds tell no cells apart, and have no shares.
test("a measure in bounds is told by cells of what else is read", function(t, dk)
  local function bounds(rows)
    return dk.read_text("gemeente;s;low;high\n" .. rows):derive "k = interval(low, high)"
  end
  local ask = dk.breakdown { by = "gemeente", margins = "totals",
    measures = { "n = count()", "som = sum(k)", "g = som / n" } }
  local compared = ask:compare(bounds "A;x;1;4\nB;x;5;5\nB;y;2;9\n", bounds "A;x;2;3\nB;x;7;9\nC;y;1;1\n",
    { name = "later" })
  t.eq(behind(compared:explain { gemeente = "B" }, "From base"), [[
From base to later, by cells of gemeente (k is known in bounds, and tells no cells apart):
  0 persons more and 1 fewer, in 1 cell: -1
     gemeente = B: 2 to 1, -1
  n: 2 to 1, -1, as above
  som: 7..14 to 7..9, -7..2
     gemeente = B: -7..2
  g: 3.5..7.0 to 7..9, 0.0..5.5
     gemeente = B: 0.0..5.5]])
  t.has(compared:explain(dk.total), "4.3334, -2.6667..1.6667 (which is no sum over cells)")
  local by_s = dk.breakdown { measures = { "som = sum(k)", "x = count() where s == 'x'" } }
  by_s = by_s:compare(bounds "A;x;1;40\nB;x;5;5\nB;y;2;9\n", bounds "A;x;2;30\nB;x;7;9\nC;y;1;1\n",
    { name = "later" })
  t.eq(behind(by_s:explain(), "From base"), [[
From base to later, by cells of s (k is known in bounds, and tells no cells apart):
  nobody came or left
  som: 8..54 to 10..40, -44..32
     s = x: -36..33
     s = y: -8..-1
  x: as before]])
  local _, cell = compared:explain { gemeente = "C" }
  t.eq(cell.changes.later[1].contributions.som:schema().name:to_lua(), { "gemeente", "contribution" })
  t.eq(tostring(cell.changes.later[1].contributions.som.contribution[1]), "1")
  local only = dk.breakdown { measures = "som = sum(k)" }
  only = only:compare(dk.read_text "k\n5\n", bounds "A;x;5;7\n":select "k", { name = "later" }) -- exact on one side
  t.eq(behind(only:explain(), "From base"), [[
From base to later (k is known in bounds, and tells no cells apart):
  nobody came or left
  som: 5 to 5..7, 0..2
     everybody: 0..2]])
  local many, more = {}, {}
  for i = 1, 9 do
    many[i], more[i] = ("%02d;x;1;4\n"):format(i), ("%02d;x;2;6\n"):format(i)
  end
  local text = ask:compare(bounds(table.concat(many)), bounds(table.concat(more)), { name = "later" }):explain()
  t.has(text, "     gemeente = 04: -2..5\n     and 5 other cells\n")
end)

-- Thirty cells of random numbers: counted again by plain breakdowns of either table, and added up.
test("what is told is what plain breakdowns of both tables say, and adds up", function(t, dk)
  local state = 7
  local function random(n)
    state = state * 1103515245 + 12345 & 0x7fffffff
    return state >> 8 | 0 and (state >> 8) % n
  end
  local function made(name)
    local rows = {}
    for i = 1, 30 do
      rows[i] = { "g" .. i % 15, i % 2 == 0, random(100) + 1 }
    end
    return delivery(dk, name, rows)
  end
  local before, after = made "a", made "b"
  local text, cell = coverage(dk):compare(before, after):explain(dk.total)
  local told = cell.changes.b[1]
  local function plain(data, where)
    local sums = {}
    for row in data:breakdown { by = { "gemeente", "in_sonar" }, measures = "n_ = count()", where = where }:rows() do
      sums[row.gemeente .. tostring(row.in_sonar)] = row.n_
    end
    return sums
  end
  local a, b, more, fewer = plain(before), plain(after), 0, 0
  for key, n in pairs(b) do
    more, fewer = more + math.max(0, n - a[key]), fewer + math.max(0, a[key] - n)
  end
  t.has(text, ("\n  %d persons more and %d fewer, in %d cells: %+d\n"):format(more, fewer, #told.cells, more - fewer))
  t.has(text, ("     and %d other cells: "):format(#told.cells - 8))
  local known, all, share = 0, 0, 0
  for row in told.contributions.dekking:rows() do
    local key = row.gemeente .. tostring(row.in_sonar)
    local whole = { k = before:breakdown { measures = "x = count() where in_sonar" }.x[1], n = before:breakdown {
      measures = "x = count()" }.x[1], m = after:breakdown { measures = "x = count()" }.x[1] }
    local change = b[key] - a[key]
    t.near(row.contribution, ((row.in_sonar and change or 0) - whole.k / whole.n * change) / whole.m)
    known, share = known + row.contribution, share + row.share
  end
  for row in told.contributions.n_all:rows() do
    all = all + row.contribution
  end
  t.near(known, told.measures:column("dekking_\u{2192}")[1] - told.measures:column "dekking_base"[1])
  t.near(share, 1)
  t.eq(all, more - fewer)
end)
