-- interval_share.lua - a / (a + b) of numbers in bounds: a stands in both and is one number. Bounds are those of all whole
-- numbers that may stand there, tried one by one.

local test = ...

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 60 or 600

local in_bounds = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/bounds.lua")
local closed, withheld = in_bounds.closed, in_bounds.withheld

local function shown(column)
  local values = {}
  for i, value in ipairs(column:to_lua { plain = true }) do
    local least, greatest = closed(value)
    values[i] = least and greatest and ("%.6f..%.6f"):format(least, greatest) or "open"
  end
  return table.concat(values, " ")
end

-- The least and the greatest of n / (n + r), rounded outward to six digits; "open" where it is never a number. And whether
-- the denominator may be 0 beside numbers of two signs, where whole numbers do not decide.
local function span(n_least, n_greatest, r_least, r_greatest)
  local low, high, has_zero
  for n = n_least, n_greatest do
    for r = r_least, r_greatest do
      local d = n + r
      has_zero = has_zero or d == 0
      if d ~= 0 then
        local sign = d < 0 and -1 or 1
        local down, up = (n * sign * 1000000) // (d * sign), -((-n * sign * 1000000) // (d * sign))
        low, high = math.min(low or down, down), math.max(high or up, up)
      end
    end
  end
  local of_two = math.min(n_least, r_least) < 0 and math.max(n_greatest, r_greatest) > 0
  return low and ("%.6f..%.6f"):format(low / 1e6, high / 1e6) or "open", has_zero and of_two
end

test("a share of what it is part of is narrow, by whatever names", function(t, dk)
  local rows = dk.table { { g = "A", r = "M", x = withheld(2, 4), y = withheld(1, 6), s = true },
    { g = "B", r = "M", x = withheld(0, 3), y = withheld(0, 2), s = false },
    { g = "C", r = "V", x = 5, y = withheld(0, 5), s = true } }
  local expected = { "0.250000..0.800000", "0.000000..1.000000", "0.500000..1.000000", "0.350000..0.923077" }
  local b = dk.breakdown { by = "g", margins = "totals", measures = { "a = sum(x)", "b = sum(y)", "d1 = a / (a + b)",
    "d2 = sum(x) / (sum(x) + sum(y))", "d3 = a / (b + sum(x))", "som = a + b", "d4 = a / som", "d5 = sum(x) / som",
    "rest = 1 - b / (a + b)", "alles = a / a", "dubbel = a / (a + a + b)" } }
  local made = b(rows)
  for _, name in ipairs { "d1", "d2", "d3", "d4", "d5", "rest" } do
    t.eq(shown(made[name]), table.concat(expected, " "), name)
  end
  t.eq(shown(made.alles), (("1.000000..1.000000 "):rep(4):sub(1, -2)))
  t.eq(shown(rows:derive "d = x / (y + x)".d), table.concat(expected, " ", 1, 3))
  t.eq(shown(rows:derive "d = x / (x - -y)".d), table.concat(expected, " ", 1, 3))
  local plan = dk.scenario "plan" { { "nobody", where = "g == 'Z'", all = true, set = { g = "A" }, allow_none = true } }
  t.eq(shown(b:compare(rows, plan).d3_plan), table.concat(expected, " "))
  t.eq(shown(b:compare(rows, plan).d3_plan_difference), (("0.000000..0.000000 "):rep(4):sub(1, -2)))
  -- Known are 7..9, and unknown 0..3.
  local known = dk.breakdown { by = "g", margins = "totals",
    measures = "deel = (sum(x) where s) / ((sum(x) where s) + (sum(x) where not s))" }
  t.eq(shown(known(rows).deel), "open open open 0.700000..1.000000") -- a sum of nobody is null
  -- M is 2..7 of that and 1..8, V is 5 of that and 0..5.
  local geo = dk.hierarchy(dk.read_text "g;r\nA;M\nB;M\nC;V\n", { "g", "r" })
  local by_g = dk.breakdown { by = "g", margins = "totals",
    measures = { "a = sum(x)", "b = sum(y)", "deel = a / (a + b)" } }
  t.eq(shown(by_g(rows:use(geo)):roll_up("r").deel), "0.200000..0.875000 0.500000..1.000000 0.350000..0.923077")
  t.eq(shown(by_g:compare(rows:use(geo), plan):roll_up("r").deel_plan),
    "0.200000..0.875000 0.500000..1.000000 0.350000..0.923077")
end)

test("bounds of shares are those of all numbers that there may be", function(t, dk)
  math.randomseed(20261129)
  local n_checked = 0
  for round = 1, ROUNDS do
    local list = {}
    local sign = math.random(3) == 1 and -4 or 0
    for i = 1, 4 do
      local row = { g = ("AB"):sub(math.random(2)):sub(1, 1) }
      for _, name in ipairs { "x", "y", "z" } do
        local lo = math.random(sign, 5)
        row[name] = { least = lo, greatest = lo + math.random(0, 4) }
      end
      list[i] = row
    end
    local rows = dk.table(list):derive { "d = x / (x + y)", "e = (x + y) / (z + y + x)", "f = x / (x - z)" }
    local sums = rows:breakdown { by = "g", measures = { "a = sum(x)", "b = sum(y)", "c = sum(z)", "d = a / (a + b)",
      "e = (a + b) / (a + b + c)", "f = a / (a - sum(z))" } }
    local function check(row, x, y, z, what)
      local forms = { d = { x.least, x.greatest, y.least, y.greatest },
        e = { x.least + y.least, x.greatest + y.greatest, z.least, z.greatest },
        f = { x.least, x.greatest, -z.greatest, -z.least } }
      for name, ends in pairs(forms) do
        local expected, is_crossed = span(table.unpack(ends))
        local least, greatest = closed(row[name])
        local is = least and greatest and ("%.6f..%.6f"):format(least, greatest) or "open"
        local where = ("round %d, %s %s of %s %s %s"):format(round, what, name, tostring(x), tostring(y), tostring(z))
        if not is_crossed then
          t.eq(is, expected, where)
          n_checked = n_checked + 1
        elseif expected ~= "open" then
          local low, high = expected:match "^(%S+)%.%.(%S+)$"
          t.ok((least or -math.huge) <= tonumber(low) and (greatest or math.huge) >= tonumber(high), where)
        end
      end
    end
    for _, made in ipairs { rows, sums } do
      local columns = {}
      for name in made:columns() do columns[name] = made[name]:to_lua { plain = true } end
      for at = 1, #made do
        local function value_of(name) return columns[name][at] end
        local row = { d = value_of "d", e = value_of "e", f = value_of "f" }
        if made == rows then
          check(row, value_of "x", value_of "y", value_of "z", "row")
        else
          check(row, value_of "a", value_of "b", value_of "c", "group")
        end
      end
    end
  end
  t.eq(n_checked > 10 * ROUNDS, true)
end)

-- m0, and measures of which each has the one before three times: m1 = m0 - m0 + m0, ...; and m0 as a part of the last.
local function chain(n)
  local list = { "m0 = sum(n)" }
  for i = 1, n do
    list[#list + 1] = ("m%d = m%d - m%d + m%d"):format(i, i - 1, i - 1, i - 1)
  end
  list[#list + 1] = ("q = m0 / m%d"):format(n)
  return list
end

test("names of measures that stand for names of measures end", function(t, dk)
  local rows = dk.table { { "n", { { least = 4, greatest = 5 } } } }
  t.eq(tostring(rows:breakdown { measures = chain(1) }.q:to_lua()[1]), "0.800000..1.333334") -- 4 / (4 + 1), 4 / (4 - 1)
  local begun = os.clock()
  t.eq(#rows:breakdown { measures = chain(8) }, 1) -- more terms than are looked through
  t.raises(function() rows:breakdown { measures = chain(40) } end,
    "the measures to m12 are made of more than 1000000 parts, with what names of measures stand for",
    'compute what is made of them in the result: result:derive "m12 = ..."')
  t.ok(os.clock() - begun < 20)
end)
