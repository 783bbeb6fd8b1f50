-- interval_choice.lua - case() whose conditions bounds leave open: by hand, and beside all whole numbers that there may be.

local test = ...

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 40 or 400

local lib = debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/"
local closed = dofile(lib .. "bounds.lua").closed
local random_numbers = dofile(lib .. "random_numbers.lua")

local function figures(dk)
  return dk.table({ { "g", { "A", "A", "B", "B" } }, { "y", { 5, 5, dk.null, 5 } },
    { "x", { { least = 0, greatest = 9 }, dk.null, 3, { least = 5, greatest = 6 } } } },
    { types = { x = "interval", y = "integer" } })
end

local function shown(t, dk, column, expected, what)
  local texts = {}
  for i, value in ipairs(column:to_lua { plain = true }) do
    texts[i] = value == dk.null and "-" or tostring(value)
  end
  t.eq(texts, expected, what)
end

test("where bounds leave a condition open, all that may be chosen is there", function(t, dk)
  local rows = figures(dk)
  for text, expected in pairs {
    ["case(x > 4, x, 0)"] = { "0..9", "0", "0", "5..6" },
    ["case(not (x <= 4), x, 0)"] = { "0..9", "0", "0", "5..6" },
    ["case(x > 4, 1, x > 2, 7, 0)"] = { "0..7", "0", "7", "1" },
    ["case(x > 4, 0.5, 2)"] = { "0.5..2.0", "2", "2", "0.5" },
    ["case(x between 1 and 3 or g == 'B', 1, 0)"] = { "0..1", "0", "1", "1" },
    ["case(x > 4 and y > 9, 1, 0)"] = { "0", "0", "0", "0" },
    ["case(x > 4, y, 4)"] = { "4..5", "4", "4", "5" },
    ["case(x > 4, 'groot', 'klein')"] = { "-", "klein", "klein", "groot" },
    ["case(x > 4, g, 'B')"] = { "-", "B", "B", "B" },
    ["case(x > 4, 'A', g)"] = { "A", "A", "B", "A" },
    ["case(x > 4, y < 9, true)"] = { "true", "true", "true", "true" },
    ["case(x > 4, x)"] = { "0..9?", "-", "-", "5..6" }, -- a number, or none
    ["case(x > 4 is true, 'groot', 'klein')"] = { "klein", "klein", "klein", "groot" },
    ["case(x > 4, 'groot', x <= 4, 'klein', '?')"] = { "-", "?", "klein", "groot" },
    ["case(x > 4, real(y), 1)"] = { "-", "1.0", "1.0", "5.0" },
  } do
    shown(t, dk, rows:derive("c = " .. text).c, expected, text)
  end
end)

test("so sums of what may be chosen have bounds, in totals, results and windows", function(t, dk)
  local rows = figures(dk)
  local result = rows:breakdown { by = "g", margins = "totals", measures = { "n = sum(case(x > 4, 1, 0))",
    "s = sum(case(x > 4, x, 0))", "som = sum(x)", "groot = case(som > 8, som, 0)" } }
  shown(t, dk, result.n, { "0..1", "1", "1..2" }, "n")
  shown(t, dk, result.s, { "0..9", "5..6", "5..15" }, "s")
  shown(t, dk, result.groot, { "0..9", "0..9", "0..18" }, "groot")
  shown(t, dk, rows:window { "m = sum(case(x > 4, 1, 0))" }.m, { "1..2", "1..2", "1..2", "1..2" }, "window")
  local two = rows:breakdowns { dk.breakdown { measures = "a = sum(case(x > 4, x, 0))" },
    dk.breakdown { measures = { "b = sum(case(x > 4, 1, 0))", "k = count() where x > 4" } } } -- x > 4 is computed once
  shown(t, dk, two[1].a, { "5..15" }, "together")
  shown(t, dk, two[2].b, { "1..2" }, "together")
end)

test("what was counted by members is not added up in a case about bounds either", function(t, dk)
  local by = dk.table { { v = { "p", "q" }, x = { least = 0, greatest = 9 } } }
    :breakdown { by = "m = member(v)", measures = { "n = count()", "s = sum(x)" } }
  t.raises(function() by:breakdown { measures = "k = sum(case(s > 4, n, 0))" } end, "goes over groups that overlap")
end)

test("every choice of whole numbers is within", function(t, dk)
  local conditions = { "x < y", "x >= 2", "not (x == y)", "x > 1 and y < 3", "x ~= 2 or y == 1", "x between 1 and y",
    "not (x < 2 or b)", "b and x <= y" }
  local values = { "x", "y", "0", "x + y", "3 - y" }
  local n_open = 0
  for seed = 1, ROUNDS do
    local below = random_numbers(seed)
    local known, whole = {}, {}
    for id = 1, 4 do
      local low, row = {}, { id = id, b = below(2) == 1 }
      for _, name in ipairs { "x", "y" } do
        low[name] = { below(4), below(3) }
        row[name] = { least = low[name][1], greatest = low[name][1] + low[name][2] }
      end
      known[id] = row
      for x = row.x.least, row.x.greatest do
        for y = row.y.least, row.y.greatest do whole[#whole + 1] = { id = id, b = row.b, x = x, y = y } end
      end
    end
    local text = ("case(%s, %s, %s, %s, %s)"):format(conditions[below(#conditions) + 1], values[below(#values) + 1],
      conditions[below(#conditions) + 1], values[below(#values) + 1], values[below(#values) + 1])
    local told = dk.table(known, { types = { x = "interval", y = "interval" } }):derive("c = " .. text).c
      :to_lua { plain = true }
    for row in dk.table(whole):derive("c = " .. text):rows() do
      local least, greatest = closed(told[row.id])
      t.ok(least <= row.c and row.c <= greatest, ("seed %d: %s is %s with %d and %d"):format(seed, text,
        tostring(told[row.id]), row.x, row.y))
      n_open = n_open + (least < greatest and 1 or 0)
    end
  end
  t.ok(n_open > ROUNDS)
end)
