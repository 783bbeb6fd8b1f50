-- may_be_null.lua - numbers in bounds that may be null, as a quotient is where its denominator is 0.

local test = ...

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 40 or 1000

local function number(value)
  if value == nil then return nil end
  if type(value) == "number" then return value end
  return tonumber(tostring(value)) or value.number
end

-- A random expression of a, b and c, in which there may be quotients.
local function draw(depth)
  local function one() return draw(depth - 1) end
  local function literal() return tostring(math.random(0, 3)) end
  if depth == 0 or math.random(7) == 1 then
    return math.random(4) == 1 and literal() or ("abc"):sub(math.random(3)):sub(1, 1)
  end
  local conditions = { "%s > %s", "%s ~= 0", "%s is null", "%s is not null", "not (%s == %s)", "%s <= %s and %s > 1",
    "%s between %s and %s" } -- not `is true`, which asks what is so for sure
  local kinds = {
    function() return ("(%s + %s)"):format(one(), one()) end,
    function() return ("(%s - %s)"):format(one(), one()) end,
    function() return ("(%s * %s)"):format(literal(), one()) end,
    function() return ("(%s / %s)"):format(one(), one()) end,
    function() return ("(%s / %s)"):format(one(), one()) end,
    function() local x = one(); return ("(%s / (%s + %s))"):format(x, x, one()) end,
    function() return ("coalesce(%s, %s)"):format(one(), one()) end,
    function() return ("coalesce(%s, %s, %s)"):format(one(), one(), one()) end,
    function() return ("least(%s, %s)"):format(one(), one()) end,
    function() return ("greatest(%s, %s)"):format(one(), one()) end,
    function()
      local condition = conditions[math.random(#conditions)]:gsub("%%s", function() return one() end)
      return ("case(%s, %s, %s)"):format(condition, one(), one())
    end,
    function() local x, y = one(), one(); return ("case(%s ~= 0, %s / %s, %s)"):format(y, x, y, one()) end,
    function() local x, y = one(), one(); return ("case(%s <= 0, %s, %s / %s)"):format(y, one(), x, y) end,
  }
  return kinds[math.random(#kinds)]()
end

-- The table as it is, and as it is known. Whether it is known in bounds is drawn for each column.
local function pair(dk)
  local n, of, known = math.random(6), { {}, {}, {} }, { {}, {}, {} }
  local groups, ids, exactly = {}, {}, { math.random(3) == 1, math.random(3) == 1, false }
  for i = 1, n do
    groups[i], ids[i] = ("xyz"):sub(math.random(3)):sub(1, 1), i
    for c = 1, 3 do
      local value = math.random(0, math.random(3) == 1 and 0 or 3)
      of[c][i] = value
      known[c][i] = { least = value - math.random(0, math.min(value, 2)), greatest = value + math.random(0, 2) }
      if exactly[c] or math.random(3) == 1 then known[c][i] = { least = value, greatest = value } end
      if math.random(8) == 1 then known[c][i] = { least = value } end
    end
  end
  local function make(numbers, kind)
    return dk.table({ { "id", ids }, { "g", groups }, { "a", numbers[1] }, { "b", numbers[2] }, { "c", numbers[3] } },
      { types = { a = kind, b = kind, c = kind } })
  end
  return make(of, "integer"), make(known, "interval")
end

local n_numbers, n_perhaps = 0, 0

-- What is true is within its bounds; null is null there, or said to be possible; what is told of sure is so.
local function assert_within(t, dk, truth, known, what)
  t.eq(#known, #truth, what)
  for name in truth:columns() do
    local exact, told = truth[name]:to_lua { plain = true }, known[name]:to_lua { plain = true }
    local is_interval, is_boolean = known[name]:type():find "^interval", known[name]:type() == "boolean"
    for i = 1, (is_interval or is_boolean) and #truth or 0 do
      local x, b = exact[i], told[i]
      if x == dk.null then x = nil end
      if b == dk.null then b = nil end
      local value = ("%s: %s of row %d is %s, known as %s"):format(what, name, i, tostring(x), tostring(b))
      if is_boolean then
        if b ~= nil and b ~= x then error(value) end
      elseif x == nil then
        if b ~= nil and not b.may_be_null then error(value) end
        n_perhaps = n_perhaps + (b and 1 or 0)
      elseif b == nil then
        error(value)
      elseif is_interval then
        local y = number(x)
        local slack = 1e-9 * (1 + math.abs(y))
        if (b.least and y < number(b.least) - slack) or (b.greatest and y > number(b.greatest) + slack) then
          error(value)
        end
        n_numbers = n_numbers + 1
      end
    end
  end
end

local MEASURES = { "sum", "mean", "min", "max", "first", "last" }

test("what may be null is within its bounds, or null, whatever is asked", function(t, dk)
  math.randomseed(11)
  for round = 1, ROUNDS do
    local truth, known = pair(dk)
    local x, y = draw(3), draw(2)
    local what = ("round %d, %s, %s"):format(round, x, y)
    -- Without a column of bounds in it an expression is no interval: + is one of both.
    local list = { "x = " .. x .. " + interval(0, 0)", "y = " .. y .. " + interval(0, 0)" }
    local exact = { "x = " .. x, "y = " .. y }
    local told = { "is_null = x is null", "more = x > y", "either = x is null or y > 1", "both = x > 0 and y is not null" }
    local function derive(table, first) return table:derive(first):derive(told) end
    local ok, made = pcall(derive, truth, exact)
    if ok and truth:derive(exact).x:type() ~= "null" and made.x:type() ~= "boolean" and made.y:type() ~= "boolean" then
      local bounds = derive(known, list)
      assert_within(t, dk, made, bounds, what)
      -- Of ratios there is no median; of their reals there is.
      local function ask(made_of, ranked)
        local measures = { "q = quantile(" .. ranked .. ", 0.25)", "e = median(" .. ranked .. ")", "d = sum(x) / sum(y)",
          "p = (sum(y) where id > 2) / sum(y)" }
        for _, name in ipairs(MEASURES) do
          measures[#measures + 1] = ("%s_x = %s(x)"):format(name, name)
          measures[#measures + 1] = ("%s_of = %s(x + y)"):format(name, name)
          measures[#measures + 1] = ("%s_where = %s(y) where id ~= 2"):format(name, name)
        end
        return dk.breakdown { by = "g", margins = "totals", measures = measures }(made_of)
      end
      local a, b = ask(made, "real(x)"), ask(bounds, "x")
      assert_within(t, dk, a, b, what)
      assert_within(t, dk, a:derive "z = coalesce(d, sum_x, 9)", b:derive "z = coalesce(d, sum_x, 9)", what)
      local window = { order = "id", "rs = running_sum(x)", "rm = running_mean(x)", "ri = running_min(x)",
        "ra = running_max(x)", "m2 = moving_sum(x, 2)", "p = previous(x)" }
      assert_within(t, dk, made:window(window), bounds:window(window), what)
    end
  end
  t.ok(n_numbers > 20 * ROUNDS and n_perhaps > ROUNDS, n_numbers .. " numbers, " .. n_perhaps .. " nulls")
end)

-- The bounds, marker and meaning of each row.
local function told(table, name)
  local list = {}
  for i, value in ipairs(table[name]:to_lua { plain = true }) do
    list[i] = ("%s %s %s"):format(tostring(value), tostring(value.marker), tostring(value.may_be_null))
  end
  return list
end

local function sample(dk)
  local marked = { meaning = "estimate", marker = "~", least = 1, greatest = 2 }
  local k = { 3, { least = 0, greatest = 4 }, 0, marked, { least = -2 } }
  local n = { { least = 0, greatest = 6 }, 2, { least = 0, greatest = 4 }, { least = 0, greatest = 5 },
    { least = -1, greatest = 1 } }
  return dk.table({ { "g", { "a", "b", "c", "d", "e" } }, { "k", k }, { "n", n } },
    { types = { k = "interval", n = "interval" } }):derive "q = k / n"
end

local WANT = { "0.5..? ? true", "0..2 nil nil", "0? ? true", "~0.2..? ~? true", "..? ..? true" }

test("what may be null stays that in files, snapshots, appended and recoded rows", function(t, dk)
  local table = sample(dk)
  t.eq(told(table, "q"), WANT)
  local types = { types = { q = "interval", k = "interval", n = "interval" } }
  for _, name in ipairs { "q.csv", "q.xlsx" } do
    local path = t.path(name)
    local written = pcall(table.write, table, path) -- workbooks take a library
    if name == "q.csv" or written then t.eq(told(dk.read(path, types), "q"), WANT, name) end
  end
  local path = t.path "nl.csv"
  table:write(path, { style = "nl" })
  t.eq(told(dk.read(path, { decimal = ",", types = types.types }), "q"), WANT)
  t.has(t.read(path), "..0,000000?") -- both bounds: 0? would be somebody's doubt
  t.ok(not pcall(dk.read_text, "q\n2?\n1..2\n", types))
  path = t.path "q.dkt"
  table:save(path)
  t.eq(told(dk.open(path), "q"), WANT)
  t.eq(dk.open(path):fingerprint(), table:fingerprint())
  t.eq(told(table:append(table):tail(5), "q"), WANT)
  t.eq(#table:append(table):distinct(), 5)
  t.eq(told(table:sort { "g" }:where "g ~= 'b'", "q"), { WANT[1], WANT[3], WANT[4], WANT[5] })
  local rows = {}
  for row in table:rows() do rows[#rows + 1] = row end
  t.eq(told(dk.table(rows, { types = { q = "interval" } }), "q"), WANT)
  path = t.path "q.json"
  table:write(path)
  local json = t.read(path)
  t.has(json, '"q": { "least": 0.500000, "greatest": null, "marker": "?", "may_be_null": true }')
  t.has(json, '"marker": "~?", "meaning": "estimate", "may_be_null": true')
  t.has(json, '"q": { "least": 0.000000, "greatest": 2.000000 }')
  path = t.path "q.html"
  table:write(path)
  t.has(t.read(path), 'title="estimate, or null">~0.2..?<')
end)

test("what may be null is told in Lua, and nothing else may be so", function(t, dk)
  local function try(value) return dk.table { { x = value } }.x:to_lua { plain = true }[1] end
  t.eq(try { least = 1, greatest = 2, may_be_null = true }, { least = 1, greatest = 2, marker = "?", may_be_null = true })
  t.eq(try { least = 1, greatest = 2, may_be_null = false }, { least = 1, greatest = 2 })
  t.eq(try { meaning = "unbounded", may_be_null = true }, { meaning = "unbounded", marker = "..?", may_be_null = true })
  t.ok(try { least = 1, may_be_null = true } ~= try { least = 1 })
  local function says(value, message) t.has(select(2, pcall(try, value)), message) end
  says({ least = 1, may_be_null = 1 }, "the may_be_null of an interval is true or false, not a number")
  says({ least = 1, may_be_null = true, marker = "<5", meaning = "suppressed" },
    "what may be null is a number in bounds, an estimate or unbounded, and no other")
  says({ meaning = "unavailable", marker = ".", may_be_null = true },
    "what may be null is a number in bounds, an estimate or unbounded, and no other")
  says({ least = 1, may_be_null = true, marker = "!" }, 'an interval that may be null has the marker "?", not "!"')
end)

test("tighten says what may be null, and leaves it out where nothing is named", function(t, dk)
  local table = dk.table { { "g", { "a", "b", "totaal" } }, { "n", { { least = 0, greatest = 4 }, 3, 5 } },
    { "q", { { least = 0, may_be_null = true }, 1, 1 } } }
  t.eq(table:tighten { by = "g" }.n:to_lua { plain = true }[1], { least = 2, greatest = 2 })
  t.says(function() table:tighten { by = "g", values = { "n", "q" } } end,
    "tighten: q may be null in some rows, and is no part of a total there (say what counts then: coalesce(q, 0))")
end)

test("a share that tighten makes anew is a number where its whole is one for sure", function(t, dk)
  local table = dk.table { { "g", { "a", "b", "totaal" } }, { "k", { 1, 2, 3 } },
    { "n", { { least = 0, greatest = 9 }, 3, 7 } } }
  local result = table:breakdown { by = "g", measures = { "s = sum(k)", "w = sum(n)", "q = s / w" } }
  t.eq(told(result, "q"), { "0.111111..? ? true", "0.666666..0.666667 nil nil", "0.428571..0.428572 nil nil" })
  t.eq(told(result:tighten { by = "g", values = { "s", "w" } }, "q"),
    { "0.25 nil nil", "0.666666..0.666667 nil nil", "0.428571..0.428572 nil nil" })
end)

test("a comparison of what may be null is one that may be", function(t, dk)
  local base, other = sample(dk), sample(dk):derive "n = n + 1"
  local by = dk.breakdown { by = "g", measures = { "s = sum(k) / sum(n)" } }
  t.eq(told(by:compare(base, other), "s_other_difference")[1], "..2.5? ? true")
  local plan = dk.scenario "plan" { { "all", all = true, set = { n = 2 } } }
  t.eq(told(by:compare(base, plan), "s_plan_difference")[1], "..1? ? true")
end)
