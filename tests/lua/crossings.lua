-- crossings.lua - pivots, unpivots, snapshots, appending and comparing of results, crossed at random: whichever way a
-- number comes, it is what asking for it gives. Numbers are in bounds, rates, or counted by the members of sets.

local test = ...

local random = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/random_numbers.lua")

local SEEDS = os.getenv "DEKKING_TEST_QUICK" and 2 or 8

local GEO = "gemeente;regio;land\nA;x;n\nB;x;n\nC;y;n\nD;y;n\nE;z;o\n"
local NUMBERS = { ".", "-", "<5", "0", "" } -- not available, impossible, withheld, zero, not known; else a number

-- Persons with two numbers that may be in bounds, and with a set.
local function persons(dk, below)
  local rows = { "gemeente;soort;bekend;deel;x;y" }
  local function number()
    return NUMBERS[below(9) + 1] or tostring(5 + below(40))
  end
  for _ = 1, 8 + below(25) do
    local set = {}
    for i = 1, 3 do
      set[#set + 1] = below(2) == 1 and ("pqr"):sub(i, i) or nil
    end
    local place, kind = below(5) + 1, below(3) + 1
    rows[#rows + 1] = table.concat({ ("ABCDE"):sub(place, place), ("stu"):sub(kind, kind), tostring(below(2) == 1),
      below(8) > 0 and (#set > 0 and table.concat(set, "|") or '""') or "", number(), number() }, ";")
  end
  return dk.read_text(table.concat(rows, "\n") .. "\n", {
    types = { x = "interval", y = "interval", deel = { "set", "|" } },
    markers = { ["."] = "unavailable", ["-"] = "impossible", ["<5"] = { "suppressed", 1, 4 } } })
    :use(dk.hierarchy(dk.read_text(GEO), { "gemeente", "regio", "land" }))
end

local MEASURES = { "n = count()", "k = count() where bekend", "b = sum(x)", "c = sum(y) where bekend", "d = k / n",
  "e = b / n" }
-- Without the quotient of two sums: that these are the same on both sides of a comparison is told of the sums alone, once
-- it is rolled up, so that its difference is wider than asking it would say.
local NARROW = { table.unpack(MEASURES, 1, 5) }
local VALUES = { "n", "k", "b", "c", "d" }

-- A result as it is, or now and then saved and opened again.
local function hop(t, dk, below, result)
  if below(4) > 0 then
    return result
  end
  local path = t.path "hop.dk"
  result:save(path)
  local opened = dk.open(path)
  return opened
end

-- A sum of nothing, and a cell of a pivot that no row fills, are null as a number is that nobody knows: what cannot be is
-- not told from that where it stands beside one of these.
local function text(result)
  return (result:text { notes = false }:gsub("%f[%S]%-%f[%s]", "–"))
end

test("a result is rolled up whether it was saved, pivoted or not", function(t, dk)
  for seed = 1, SEEDS do
    local below = random(seed)
    local data = persons(dk, below)
    for _, dimension in ipairs { "soort", "m = member(deel)", "m = missing(deel)" } do
      local name = dimension:match "^%w+"
      local ask = dk.breakdown { by = { "gemeente", dimension }, measures = MEASURES }
      local above = ask:by { "regio", dimension }
      local result, expected = hop(t, dk, below, ask(data)), above(data)
      t.eq(text(hop(t, dk, below, result:roll_up "regio")), text(expected), "seed " .. seed)
      for _, value in ipairs(VALUES) do
        local wide = hop(t, dk, below, result:pivot { rows = "gemeente", columns = name, values = value })
        local rolled = hop(t, dk, below, wide:roll_up "regio")
        t.eq(text(rolled), text(expected:pivot { rows = "regio", columns = name, values = value }),
          ("%s by %s of seed %d"):format(value, name, seed))
        local long = hop(t, dk, below, wide:unpivot { rows = "gemeente", name = name, value = value })
        local back = hop(t, dk, below, long:roll_up "regio")
        t.eq(text(back), text(rolled:unpivot { rows = "regio", name = name, value = value }),
          ("%s by %s of seed %d, made long again"):format(value, name, seed))
      end
    end
  end
end)

test("comparisons with bounds and members are rolled up whether they were saved or not", function(t, dk)
  for seed = 1, SEEDS do
    local below = random(seed + 100)
    local data, later = persons(dk, below), persons(dk, below)
    local plan = dk.scenario "plan" { { "half", where = "not bekend", share = 0.5, set = { bekend = true },
      allow_none = true } }
    for _, dimension in ipairs { "soort", "m = member(deel)", "m = missing(deel)" } do
      for i = 0, 3 do
        local ask = dk.breakdown { by = { "gemeente", dimension }, margins = ({ "none", "rollup" })[below(2) + 1],
          measures = i % 2 == 0 and NARROW or { "n = count()", "b = sum(x)", "c = sum(y) where bekend" } }
        local options = { long = i % 2 == 1, relative = i % 2 == 0 and below(2) == 1 }
        local function compared(question)
          if i < 2 then
            return question:compare(data, later, { name = "later", long = options.long, relative = options.relative })
          end
          return question:compare(data, plan, nil, options)
        end
        local rolled = hop(t, dk, below, hop(t, dk, below, compared(ask)):roll_up "regio")
        t.eq(text(rolled), text(compared(ask:by { "regio", dimension })),
          ("%d by %s of seed %d"):format(i, dimension, seed))
      end
    end
  end
end)

test("results that are put below one another add up to the question of both", function(t, dk)
  for seed = 1, SEEDS do
    local below = random(seed + 200)
    local data, later = persons(dk, below), persons(dk, below)
    local ask = dk.breakdown { by = { "gemeente", "soort" }, measures = MEASURES }
    local both = hop(t, dk, below, hop(t, dk, below, ask(data)):append(hop(t, dk, below, ask(later))))
    local sums = { "n_ = sum(n)", "k_ = sum(k)", "b_ = sum(b)", "c_ = sum(c)", "d_ = sum(d)" }
    local all, names = data:append(later), { n = "n_", k = "k_", b = "b_", c = "c_", d = "d_" }
    for _, by in ipairs { "gemeente", "soort" } do
      t.eq(text(both:breakdown { by = by, measures = sums, margins = "totals" }),
        text(ask:by(by):with { margins = "totals" }(all):drop "e":rename(names)), ("seed %d by %s"):format(seed, by))
    end
    local regions = hop(t, dk, below, ask(data)):roll_up "regio":append(ask(later):roll_up "regio")
    t.eq(text(regions:breakdown { by = { "regio" }, measures = sums }), text(ask:by "regio"(all):drop "e":rename(names)),
      "seed " .. seed)
    local members = dk.breakdown { by = { "gemeente", "m = member(deel)" }, measures = { "n = count()", "b = sum(x)" } }
    local two = hop(t, dk, below, members(data)):append(members(later))
    t.eq(text(two:breakdown { by = { "gemeente", "m" }, measures = { "n_ = sum(n)", "b_ = sum(b)" } }),
      text(members(all):rename { n = "n_", b = "b_" }))
    t.raises(function() return two:breakdown { by = "gemeente", measures = "s = sum(n)" } end,
      "goes over groups that overlap")
    t.raises(function() return both:roll_up "regio" end, "rows of several results were put together")
  end
end)

-- Every cell of a result is explained, and its questions give its numbers when they are asked of the source.
local function ask_again(t, dk, result, source, dims, names, what)
  local told = result
  for _, dim in ipairs(dims) do
    told = told:derive(("is_%s = %s is total"):format(dim, dim))
  end
  local values, i = {}, 0
  for _, name in ipairs(names) do
    values[name] = told[name]:to_lua()
  end
  for row in told:rows() do
    local wanted = {}
    i = i + 1
    for _, dim in ipairs(dims) do
      wanted[dim] = row["is_" .. dim] and dk.total or row[dim] == nil and dk.null or row[dim]
    end
    local _, cell = result:explain(wanted, source)
    for _, name in ipairs(names) do
      t.eq(tostring(cell.again(name, source).cell:to_lua()[1]), tostring(values[name][i]), ("%s, %s"):format(name, what))
    end
  end
end

test("what explains a cell of margins gives its number", function(t, dk)
  for seed = 1, SEEDS do
    local below = random(seed + 300)
    local data = persons(dk, below):derive "g = 1 + coalesce(size(deel), 0)":with { name = "personen" }
    local margins = ({ "rollup", "cube", "totals" })[below(3) + 1]
    local rates = { "n = count()", "d = (count() where bekend) / n", "dd = (sum(x) - sum(y)) / n", "z = sum(x) + sum(y)",
      "e = sum(x) / sum(y)", "w = n / all(n)" }
    local names = { "n", "d", "dd", "z", "e", "w" }
    for _, dims in ipairs { { "regio", "soort" }, { "gemeente", "v = member(deel)" }, { "v = missing(deel)", "soort" } } do
      local shown = { dims[1]:match "^%w+", dims[2]:match "^%w+" }
      for _, of in ipairs { data, data:with { weight = "g" } } do
        ask_again(t, dk, of:breakdown { by = dims, measures = rates, margins = margins }, of, shown, names, "seed " .. seed)
      end
    end
    local parts = hop(t, dk, below, data:breakdown { by = { "regio", "gemeente", "soort" },
      measures = { "n = count()", "k = count() where bekend", "b = sum(x)", "d = k / n" } })
    ask_again(t, dk, parts:breakdown { by = { "regio", "soort" }, margins = margins, measures = { "r = sum(d)",
      "q = sum(k) / sum(n)", "h = sum(k) / (sum(n) + sum(k))", "v = (sum(n) - sum(k)) / sum(n)", "m = sum(b) / sum(n)",
      "dr = sum(d) - q" } }, parts, { "regio", "soort" }, { "r", "q", "h", "v", "m", "dr" }, "parts of seed " .. seed)
  end
end)

test("a snapshot has what was saved, with its notes", function(t, dk)
  local path = t.path "saved.dk"
  local function same(table, what)
    table:save(path)
    local opened = dk.open(path)
    t.eq({ opened:text(), opened:fingerprint() }, { table:text(), table:fingerprint() }, what)
  end
  for seed = 1, SEEDS // 2 do
    local below = random(seed + 400)
    local data, later = persons(dk, below), persons(dk, below)
    for _, dimension in ipairs { "soort", "m = missing(deel)", "deel" } do
      local name, margins = dimension:match "^%w+", ({ "none", "rollup", "cube" })[below(3) + 1]
      local ask = dk.breakdown { by = { "gemeente", dimension }, measures = MEASURES, margins = margins }
      local result = ask(data)
      local rows = result:detail()
      same(result, "result")
      same(result:roll_up "regio", "rolled up")
      same(rows:window { within = "gemeente", order = name, "before = previous(b)", "rate = previous(d)" }, "window")
      same(ask:compare(data, later):roll_up "regio", "comparison")
      same(rows:append(ask(later):detail()), "appended")
      same(rows:join(ask(later):detail(), { "gemeente", name }, { kind = "full", suffix = "_later" }), "joined")
      for _, value in ipairs { "b", "d" } do
        local wide = rows:pivot { rows = "gemeente", columns = name, values = value }
        same(wide, "pivot")
        same(wide:unpivot { rows = "gemeente", name = name, value = value }, "unpivot")
      end
    end
  end
end)
