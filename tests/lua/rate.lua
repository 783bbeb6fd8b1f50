-- rate.lua - rates through everything that moves rows, and what is said where they do not go.

local test = ...

local function rates_of(dk)
  return dk.table({
    { "gemeente", { "Arnhem", "Duiven", "Arnhem", "Rheden", "Duiven", "Rozendaal" } },
    { "jaar", { 2023, 2023, 2024, 2023, 2024, 2024 } },
    { "k", { 2982, 240, 2990, 696, 249, 0 } },
    { "n", { 4030, 330, 4100, 940, 336, 0 } },
  }):breakdown { by = { "gemeente", "jaar" },
    measures = { "teller = sum(k)", "noemer = sum(n)", "dekking = teller / noemer" } }
end

-- The parts of each row that has a rate, in order.
local function parts(result, column)
  local list = {}
  for row in result:derive({ ("a = numerator(%s)"):format(column), ("b = denominator(%s)"):format(column) }):rows() do
    list[#list + 1] = ("%s/%s"):format(row.a, row.b)
  end
  return table.concat(list, " ")
end

test("a rate keeps what it is made of wherever its rows go", function(t, dk)
  local rates = rates_of(dk)
  local whole = "2982/4030 2990/4100 240/330 249/336 696/940 0/0"
  t.eq(parts(rates, "dekking"), whole)
  t.eq(parts(rates:rename { dekking = "d" }, "d"), whole)
  t.eq(parts(rates:select { "dekking" }, "dekking"), whole)
  t.eq(parts(rates:sort "dekking", "dekking"), "240/330 2990/4100 2982/4030 696/940 249/336 0/0")
  t.eq(parts(rates:where "dekking > 0.74", "dekking"), "249/336 696/940")
  t.eq(parts(rates:slice(2, 3), "dekking"), "2990/4100 240/330")
  t.eq(parts(rates:head(1):append(rates:slice(6, 6)):append(rates:head(1)), "dekking"), "2982/4030 0/0 2982/4030")
  local bare = rates:select { "gemeente", "jaar" }:head(1)
  t.eq(parts(rates:append(bare, { missing = "null" }), "dekking"), whole .. " nil/nil")
  local names = dk.table { { "gemeente", { "Duiven", "Tiel" } } }
  t.eq(parts(names:join(rates, "gemeente", { kind = "left", multiple = "all" }), "dekking"), "240/330 249/336 nil/nil")
  t.eq(parts(rates:window { within = "gemeente", order = "jaar", "eerder = previous(dekking)" }, "eerder"),
    "nil/nil 2982/4030 nil/nil 240/330 nil/nil nil/nil")
  t.eq(parts(rates:pivot { rows = "gemeente", columns = "jaar", values = "dekking" }, "`2024`"),
    "2990/4100 249/336 nil/nil 0/0")
  t.eq(parts(rates:top { n = 1, within = "gemeente", by = "jaar desc" }, "dekking"), "2990/4100 249/336 696/940 0/0")
  t.eq(parts(rates:distinct(), "dekking"), whole)
  t.eq(parts(rates:breakdown { by = "gemeente", order = "d desc", limit = 2, measures = "d = sum(dekking)" }, "d"),
    "696/940 5972/8130")
end)

test("numerators of other digits stand below each other", function(t, dk)
  local weighed = dk.table { { "k", { 1, 2 } }, { "w", { 1.5, 2.25 } } }:with { weight = "w" }
  local part = weighed:breakdown { measures = "d = (count() where k == 1) / count()" }
  local whole = dk.table { { "k", { 1, 2, 2 } } }:breakdown { measures = "d = (count() where k == 1) / count()" }
  local both = whole:append(part)
  t.eq(parts(both, "d"), "1.0/3.0 1.5/3.75")
  t.eq(parts(both:breakdown { measures = "samen = sum(d)" }, "samen"), "2.5/6.75")
end)
