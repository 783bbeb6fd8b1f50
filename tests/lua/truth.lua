-- truth.lua - whatever becomes of numbers in bounds, the true ones stay within: random tables whose truth is known, beside
-- the same with bounds around each number, through joins, files, totals, windows, comparisons and scenarios.

local test = ...

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 60 or 1500

-- Bounds around a number of 0 or more; now and then it is told, withheld, or open above, or nothing is known of it.
local function around(value, spread)
  local how = math.random(6)
  if how == 1 then return value end
  if how == 2 and value < 10 then return { least = 0, greatest = 9, marker = "<10", meaning = "suppressed" } end
  if how == 4 and math.random(3) == 1 then return { meaning = "unbounded" } end
  if how == 3 then return { least = math.max(0, value - math.random(0, spread)) } end
  return { least = math.max(0, value - math.random(0, spread)), greatest = value + math.random(0, spread) }
end

-- The table as it is, and as it is known: key, two numbers, and whether somebody is known in Sonar; weighed: and how many
-- persons a row stands for.
local function random_pair(dk, n, names, weighed)
  local keys, known, rows, weights = {}, {}, {}, {}
  local columns = { {}, {} }
  local bounds = { {}, {} }
  for i = 1, n do
    rows[i], keys[i], known[i] = i, ("ABCD"):sub(math.random(4)):sub(1, 1), math.random(2) == 1
    weights[i] = dk.decimal(("%.2f"):format(math.random(0, 12) / 4))
    for c = 1, 2 do
      columns[c][i] = math.random(0, math.random(3) == 1 and 12 or 300)
      bounds[c][i] = around(columns[c][i], math.random(3) == 1 and 2 or 60)
    end
  end
  local function make(numbers, kind)
    local made = { { "id", rows }, { "g", keys }, { "s", known }, { names[1], numbers[1] }, { names[2], numbers[2] } }
    if weighed then made[6] = { "w", weights } end
    return dk.table(made, { types = { [names[1]] = kind, [names[2]] = kind }, weight = weighed and "w" or nil })
  end
  return make(columns, "integer"), make(bounds, "interval")
end

-- A float near a number, whatever kind it is; nil where nothing is known. A number in bounds that are one is that number.
local function as_number(dk, value)
  if value == nil or value == dk.null then return nil end
  if type(value) == "number" then return value end
  if type(value) == "table" and value.least then return as_number(dk, value.least) end
  return tonumber(tostring(value)) or value.number
end

-- Every number of one table is within that of the other, which is never null where there is a number.
local n_closed = 0
local function assert_within(t, dk, truth, bounds, what)
  t.eq(#bounds, #truth, what)
  for name in truth:columns() do
    if bounds[name]:type():find "^interval" then
      local exact, known = truth[name]:to_lua { plain = true }, bounds[name]:to_lua { plain = true }
      for i, value in ipairs(exact) do
        local number, b = as_number(dk, value), known[i]
        if number and b == dk.null then
          error(("%s: %s of row %d is %s, and null in bounds"):format(what, name, i, number))
        end
        if number and b ~= dk.null then
          local slack = 1e-9 * (1 + math.abs(number))
          local least, greatest = as_number(dk, b.least), as_number(dk, b.greatest)
          if (least and number < least - slack) or (greatest and number > greatest + slack) then
            error(("%s: %s of row %d is %s, which is not within %s"):format(what, name, i, number, tostring(b)))
          end
          n_closed = n_closed + (least and greatest and 1 or 0)
        end
      end
    end
  end
end

-- The same done to both.
local function both(t, dk, pair, what, f)
  local made = { f(pair[1], 1), f(pair[2], 2) }
  assert_within(t, dk, made[1], made[2], what)
  return made
end

test("what is true stays within its bounds, whatever is asked", function(t, dk)
  math.randomseed(20240101)
  local path = t.path "truth.dk"
  local counted = dk.breakdown { by = "g", margins = "totals", measures = { "n = count()", "x = sum(a)", "y = mean(b)",
    "z = x / n", "deel = x / all(x)", "v = x - sum(b)", "hoog = max(a)", "bekend = sum(a) where s", "r = bekend / x",
    "w = sum(a - b)", "wm = mean(a - b)", "laag = min(a - b)", "meest = max(a - b)", "midden = median(a - b)",
    "med = median(a)", "negentig = quantile(b, 0.9)", "ws = w / x",
    "wf = sum(a - b) where s" } }
  for round = 1, ROUNDS do
    local weighed = math.random(3) == 1
    local pair = { random_pair(dk, math.random(1, 14), { "a", "b" }, weighed) }
    local more = { random_pair(dk, math.random(1, 8), { "a", "b" }, weighed) }
    local other = { random_pair(dk, math.random(1, 6), { "c", "d" }) }
    both(t, dk, pair, "derived", function(x)
      return x:derive { "som = a + b", "verschil = a - b", "deel = a / (a + b)", "keer = a * b",
        "hoogste = greatest(a, b)", "minst = least(a, b - a)", "negatief = -(a - b)", "rest = coalesce(a - b, 0) * 2" }
    end)
    local appended = both(t, dk, pair, "appended", function(x, side) return x:append(more[side]) end)
    local joined = both(t, dk, appended, "joined", function(x, side)
      local per = other[side]:breakdown { by = "g", measures = { "e = sum(c)", "f = max(d)" } }
      return x:join(per, "g", { kind = "left" })
    end)
    both(t, dk, joined, "derived of two", function(x)
      return x:derive { "p = a + e", "q = b - f", "h = (a + e) / (b + f + 1)" }
    end)
    local kept = joined
    if round % 10 == 1 then
      kept = both(t, dk, joined, "kept in a file", function(x)
        x:save(path)
        return dk.open(path)
      end)
    end
    both(t, dk, kept, "chosen and sorted", function(x) return x:where "s":sort { "g", "id desc" } end)
    both(t, dk, kept, "in windows", function(x)
      return x:window { within = "g", order = { "id", "s" }, "tot_nu = running_sum(a)", "gem = moving_mean(b, 3)",
        "meest = running_max(a)", "eerder = previous(a)", "minst = running_min(a - b)", "som = running_sum(a - b)",
        "verschil = a - previous(a)" }
    end)
    both(t, dk, kept, "counted", function(x) return counted(x) end)
    both(t, dk, kept, "of one row", function(x)
      return x:breakdown { by = "s", measures = { "eerst = first(a)", "laatst = last(a - b)" } }
    end)
    both(t, dk, kept, "counted by two", function(x)
      return x:breakdown { by = { "g", "s" }, margins = "cube",
        measures = { "x = sum(a + b)", "d = sum(a) / all(sum(a), g)", "v = sum(a - b)" } }
    end)
    local share = math.random(0, 8) / 8
    local plan = dk.scenario "plan" { { "some become known", where = "not s", share = share, per = "g", set = { s = true },
      allow_none = true } }
    both(t, dk, kept, "under a scenario", function(x) return counted:compare(x, plan) end)
    both(t, dk, kept, "of two deliveries", function(x, side) return counted:compare(x, pair[side]) end)
    both(t, dk, kept, "tightened", function(x, side)
      local result = x:breakdown { by = "g", margins = "totals", measures = { "x = sum(a)", "y = sum(b)" } }
      return side == 1 and result or result:tighten { values = { "x", "y" }, sums = "one by one" }
    end)
  end
  os.remove(path)
  if not os.getenv "DEKKING_TEST_QUICK" then t.eq(n_closed > 50000, true) end -- it is not for want of bounds
end)

-- Measures that are made of x, y and z = x + y, in every way that there is.
local MADE = { "d = x - y", "over = z - x", "deel = x / all(x)", "van = x / all(x, r)", "part = x / z", "rx = x / (x + y)",
  "bekend = k / x", "rest = 1 - bekend", "groei = (x - y) / y", "per = 100 * x / z", "ander = sum(b) / sum(a)",
  "meer = all(d) - d",
  "min = least(x, y)", "twee = deel * part", "niet = (z - x) / all(z, g)", "min_twee = 2 * (over - y)", "kk = (x - k) / x" }

-- The same with one number of the truth told, in a row and a measure.
local function tell(dk, pair)
  local truth, known = pair[1], pair[2]
  local row, name = math.random(#truth), ({ "x", "y", "z" })[math.random(3)]
  local where, number = {}, truth[name][row]
  if number == nil then return known end -- all weigh nothing
  for _, key in ipairs { "r", "g" } do
    local value = truth[key]:to_lua { plain = true }[row]
    where[#where + 1] = value == dk.null and key .. " is total" or ("%s == '%s'"):format(key, value)
  end
  return known:derive { ("%s = case(%s, %s, %s)"):format(name, table.concat(where, " and "), tostring(number), name) }
end

-- No side of a number is farther than before, or open where it was not; gives how many are nearer.
local function assert_narrower(dk, before, after, what)
  local n = 0
  for name in before:columns() do
    if before[name]:type():find "^interval" then
      local old, new = before[name]:to_lua { plain = true }, after[name]:to_lua { plain = true }
      for i, b in ipairs(old) do
        if b ~= dk.null then
          local least, greatest = as_number(dk, new[i].least), as_number(dk, new[i].greatest)
          local was_least, was_greatest = as_number(dk, b.least), as_number(dk, b.greatest)
          if was_least and not (least and least >= was_least)
            or was_greatest and not (greatest and greatest <= was_greatest) then
            error(("%s: %s of row %d is %s, and was %s"):format(what, name, i, tostring(new[i]), tostring(b)))
          end
          n = n + ((least ~= was_least or greatest ~= was_greatest) and 1 or 0)
        end
      end
    end
  end
  return n
end

test("what is made anew of narrower sums has the truth within", function(t, dk)
  math.randomseed(20261127)
  local n_narrower, n_shares, n_against = 0, 0, 0
  local asked = dk.breakdown { by = { "r", "g" }, margins = "cube", measures = table.move(MADE, 1, #MADE, 5,
    { "x = sum(a)", "y = sum(b)", "z = sum(c)", "k = sum(a) where s" }) }
  for round = 1, ROUNDS do
    local spread, weighed = math.random(3) == 1 and 3 or 30, math.random(3) == 1
    local truth, bounds = {}, {}
    for i = 1, math.random(1, 9) do
      local row = { r = ("MV"):sub(math.random(2)):sub(1, 1), g = ("ABC"):sub(math.random(3)):sub(1, 1),
        s = math.random(2) == 1, a = math.random(0, 40), b = math.random(0, 40),
        w = weighed and dk.decimal(("%.2f"):format(math.random(0, 12) / 4)) or nil }
      row.c = row.a + row.b
      truth[i], bounds[i] = row, { r = row.r, g = row.g, s = row.s, w = row.w }
      for _, name in ipairs { "a", "b", "c" } do bounds[i][name] = around(row[name], name == "c" and 2 or spread) end
    end
    local types = { a = "interval", b = "interval", c = "interval", s = "boolean" }
    local weight = weighed and "w" or nil
    local pair = { asked(dk.table(truth, { types = { s = "boolean" }, weight = weight })),
      asked(dk.table(bounds, { types = types, weight = weight })) }
    pair[2] = tell(dk, pair)
    local spec = { values = { "x", "y" }, total = math.random(3) > 1 and "z" or nil,
      sums = math.random(2) == 1 and "one by one" or nil }
    local what = ("round %d"):format(round)
    local made = pair[2]:tighten(spec)
    assert_within(t, dk, pair[1], made, what)
    n_narrower = n_narrower + assert_narrower(dk, pair[2], made, what)
    n_shares = n_shares + assert_narrower(dk, pair[2]:select { "part", "deel", "rx" },
      made:select { "part", "deel", "rx" }, what)
    t.eq(made:notes()[2], "made anew of these: d, over, deel, van, part, rx, bekend, rest, groei, per, ander, meer, min, "
      .. "twee, niet, min_twee and kk", what)
    n_against = n_against + #made:notes() - 2
  end
  t.eq(n_narrower > 10 * ROUNDS, true)
  t.eq(n_shares > ROUNDS, true)
  t.eq(n_against, 0)
end)
