-- divisions.lua - tables of several days, each in the division of its own, beside each other and below each other.

local test = ...

-- B joins A on 2018-01-01, and C goes from y to x.
local function world(dk)
  local geo = dk.hierarchy(dk.read_text("g;r;van;tot\nA;x;;\nB;x;;2018-01-01\nC;y;;2018-01-01\nC;x;2018-01-01;\nD;y;;\n",
    { types = { van = "date", tot = "date" } }), { "g", "r" },
    { from = "van", to = "tot", changes = { { date = "2018-01-01", old = "B", new = "A" } } })
  local function people(day, rows)
    return dk.read_text("g;s\n" .. rows):with { name = day, as_of = day }
  end
  return geo, people("2017-03-01", "A;true\nB;false\nC;true\nD;true\n"), people("2017-09-01", "A;true\nC;true\nC;false\n"),
    people("2018-03-01", "A;true\nA;true\nC;true\nD;true\n")
end

local function text(result) return result:text { notes = false } end

local ask = { by = "g", margins = "totals", measures = { "n = count()", "d = (count() where s) / n" } }

test("two divisions that differ are not taken for one", function(t, dk)
  local geo, before, _, after = world(dk)
  local by_place = dk.breakdown(ask)
  for _, long in ipairs { false, true } do
    local made = by_place:compare(before:use(geo), after:use(geo), { name = "nu", long = long or nil })
    t.eq(made:notes()[1], "g: base goes by the division of 2017-03-01, nu by that of 2018-03-01, and these differ (recode "
      .. "one side, or use one day for both)")
    t.raises(function() made:roll_up "r" end, "r is no coarser level of a dimension of the result", "two divisions",
      "ask the breakdown by r, and compare that")
  end
  local by_region = by_place:by "r":compare(before:use(geo), after:use(geo), { name = "nu" })
  t.eq(by_region.n_base:to_lua(), { 2, 2, 4 })
  t.eq(by_region.n_nu:to_lua(), { 3, 1, 4 })
  t.has(by_region:notes()[1], "r: base goes by the division of 2017-03-01, nu by that of 2018-03-01")
  local recoded = before:recode("g", geo:recode("2017-03-01", "2018-03-01")):use(geo:at "2018-03-01")
  local on_one = by_place:compare(recoded, after:use(geo), { name = "nu" })
  t.eq(#on_one:notes(), 0)
  t.eq(on_one:roll_up "r".n_base:to_lua(), { 3, 1, 4 })
end)

test("days between which nothing changed are of one division", function(t, dk)
  local geo, before, later, after = world(dk)
  local by_place = dk.breakdown(ask)
  local made = by_place:compare(before:use(geo), later:use(geo), { name = "nu" })
  t.eq(#made:notes(), 0)
  t.eq(text(made:roll_up "r"), text(by_place:by "r":compare(before:use(geo), later:use(geo), { name = "nu" })))
  local both = before:use(geo):append(later:use(geo))
  t.eq(text(by_place(both):roll_up "r"), text(by_place:by "r"(both)))
  t.eq(text(both:breakdown { by = "g", measures = { "n = count()", "deel = n / all(n, r)" } }),
    text(before:append(later):use(geo:at "2017-03-01"):breakdown { by = "g", measures = { "n = count()",
      "deel = n / all(n, r)" } }))
  local path = t.path "divisions.dk"
  before:use(geo):save(path)
  later:use(geo):save(path, { append = true })
  t.eq(text(by_place(dk.open(path)):roll_up "r"), text(by_place:by "r"(both)))
  after:use(geo):save(path, { append = true })
  t.raises(function() by_place(dk.open(path)):roll_up "r" end, "r is no coarser level of a dimension of the result")
  os.remove(path)
  t.raises(function() by_place(before:use(geo):append(after:use(geo))):roll_up "r" end,
    "r is no coarser level of a dimension of the result")
end)

test("where one side uses no hierarchy both go by that of the other", function(t, dk)
  local geo, before, later = world(dk)
  local made = dk.breakdown(ask):compare(before:use(geo), later, { name = "nu" })
  t.eq(made:roll_up "r".n_nu:to_lua(), { 1, 2, 3 })
end)
