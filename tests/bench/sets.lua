-- sets.lua - what breakdowns by members of sets take beside those by a category of the same values: processor time of all
-- threads, in milliseconds, the least of several runs.
--
-- usage: build/dekking tests/bench/sets.lua [ROWS [RUNS [PATTERN]]]
--
-- ROWS are drawn one million at a time, and repeat from there on: 340 municipalities, categories of 6 to 200 values, sets
-- of 2.8 of 20, of 8 and of 3 of 60 and of 3 of 200 members on average, and numbers. Two dimensions of members are of 2.8
-- of 20 and of 2 of 6, beside two categories. The last column is what a member costs, times a category: below 1, members
-- cost less than as many rows. PATTERN chooses among the cases by their names.

local n_rows, n_runs, pattern = math.tointeger(tonumber(arg[1] or 10000000)), tonumber(arg[2] or 5), arg[3] or ""
local n_drawn = math.min(n_rows, 1000000)

math.randomseed(108)

local function name(k) return ("m%03d"):format(k) end

-- Sets of `mean` of n members, of n_sets different ones, or drawn anew for each row. And how many they have on average.
local function draw_sets(n, mean, n_sets)
  local function draw()
    local members = {}
    for k = 1, n do
      if math.random() < mean / n then members[#members + 1] = name(k) end
    end
    return table.concat(members, ","), #members
  end
  local known, sets, entries = {}, {}, 0
  for i = 1, n_sets or 0 do known[i] = { draw() } end
  for i = 1, n_drawn do
    local set, own
    if n_sets then
      set, own = table.unpack(known[math.random(n_sets)])
    else
      set, own = draw()
    end
    sets[i], entries = set, entries + own
  end
  return sets, entries / n_drawn
end

local function draw(f)
  local list = {}
  for i = 1, n_drawn do list[i] = f(i) end
  return list
end

local columns, means = {}, {}
for i, of in ipairs { { "v", 20, 2.8 }, { "w", 60, 8, 20000 }, { "u", 60, 8 }, { "t", 60, 3 }, { "r", 200, 3 },
  { "z", 6, 2 } } do
  local sets, mean = draw_sets(table.unpack(of, 2))
  columns[i], means[of[1]] = { of[1], sets }, mean
end
for _, column in ipairs {
  { "gemeente", draw(function() return ("GM%04d"):format(math.random(340)) end) },
  { "c", draw(function() return name(math.random(20)) end) },
  { "k", draw(function() return name(math.random(60)) end) },
  { "q", draw(function() return name(math.random(200)) end) },
  { "f", draw(function() return name(math.random(6)) end) },
  { "x", draw(function() return math.random(0, 9999) end) },
  { "y", draw(function() return math.random(0, 999) end) },
  { "leeftijd", draw(function() return math.random(18, 66) end) },
  { "in_sonar", draw(function() return math.random() < 0.7 end) },
  { "wt", draw(function() return math.random(0, 40) / 10 end) },
  { "fine", draw(function() return ("%.9f"):format(math.random() * 4) end) },
} do
  columns[#columns + 1] = column
end
local types, delimiters = { wt = "decimal(1)", fine = "decimal(9)" }, {}
for _, column in ipairs { "gemeente", "c", "k", "q", "f" } do types[column] = "category" end
for _, column in ipairs { "v", "w", "u", "t", "r", "z" } do types[column], delimiters[column] = "text", "," end
local drawn = dk.table(columns, { types = types }):with_sets(delimiters)
local data = drawn
while #data < n_rows do data = data:append(drawn:slice(1, math.min(n_drawn, n_rows - #data))) end

local function least(ask, of)
  local best = math.huge
  for _ = 1, n_runs do
    collectgarbage()
    local start = os.clock()
    ask(of)
    best = math.min(best, (os.clock() - start) * 1000)
  end
  return best
end

local function show(title, measures, options)
  if not title:find(pattern, 1, true) then return end
  local function time(...)
    local asked = { by = { ... }, measures = measures }
    for option, value in pairs(options or {}) do
      if option ~= "weight" then asked[option] = value end
    end
    return least(dk.breakdown(asked), options and options.weight and data:with { weight = options.weight } or data)
  end
  local function line(what, mean, category, ...)
    local asked = { ... }
    local ms = time("gemeente", table.unpack(asked))
    print(("%-34s %-12s %8.1f %8.1f %6.2f"):format(title, what, category, ms, ms / category / mean))
  end
  local few, many = time("gemeente", "c"), time("gemeente", "k")
  line("2.8 of 20", means.v, few, "m = member(v)")
  line("missing", 20 - means.v, few, "m = missing(v)")
  line("8 of 60", means.w, many, "m = member(w)")
  line("any 8 of 60", means.u, many, "m = member(u)")
  line("3 of 60", means.t, many, "m = member(t)")
  line("3 of 200", means.r, time("gemeente", "q"), "m = member(r)")
  line("two", means.v * means.z, time("gemeente", "c", "f"), "m = member(v)", "o = member(z)")
end

print(("%d rows%46s %8s %6s"):format(#data, "category", "members", "times"))
show("count()", { "n = count()" })
show("count(), totals", { "n = count()" }, { margins = "totals" })
show("count() where in_sonar", { "n = count() where in_sonar" })
show("count(), of those below 30", { "n = count()" }, { where = "leeftijd < 30" })
show("count(), of those below 60", { "n = count()" }, { where = "leeftijd < 60" })
show("sum(x)", { "s = sum(x)" })
show("sum(x), totals", { "s = sum(x)" }, { margins = "totals" })
show("sum(x) where in_sonar", { "s = sum(x) where in_sonar" })
show("sum(x), of those below 30", { "s = sum(x)" }, { where = "leeftijd < 30" })
show("count(), mean(x), sum(y)", { "n = count()", "a = mean(x)", "s = sum(y)" })
show("min(x), max(x)", { "l = min(x)", "g = max(x)" })
show("mean(leeftijd)", { "a = mean(leeftijd)" })
show("median(y)", { "d = median(y)" })
show("count(), weighted", { "n = count()" }, { weight = "wt" })
show("sum(x), weighted", { "s = sum(x)" }, { weight = "wt" })
show("mean(x), finely weighted", { "e = mean(x)" }, { weight = "fine" })
