-- roll_up_shares.lua - shares in bounds that are rolled up, beside the same breakdown of the rows themselves.

local test = ...

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 20 or 200
local MEASURES = { "p = sum(x) where s", "w = sum(x)", "q = p / w", "pct = 100 * (1 - p / w)", "odd = w / p" }

local function geography(dk)
  return dk.hierarchy(dk.read_text "g;r\na;X\nb;X\nc;Y\nd;Y\n", { "g", "r" })
end

local function draw(dk, has_open)
  local rows = {}
  for i = 1, math.random(12) do
    local least = math.random(-1, 9)
    rows[i] = { g = ("abcd"):sub(math.random(4)):sub(1, 1), s = math.random(2) == 1,
      x = { least = least, greatest = not (has_open and math.random(6) == 1) and least + math.random(0, 4) or nil } }
  end
  return dk.table(rows, { types = { x = "interval" } })
end

test("a share in bounds by region is what it is of the rows, and stays below 1", function(t, dk)
  local geo = geography(dk)
  local table = dk.table({ { g = "a", s = true, x = { least = 2, greatest = 4 } },
    { g = "a", s = false, x = { least = 1, greatest = 2 } }, { g = "b", s = true, x = { least = 4, greatest = 5 } },
    { g = "b", s = false, x = { least = 0, greatest = 1 } } }):use(geo)
  local rolled = table:breakdown { by = "g", measures = MEASURES }:roll_up "r"
  -- 6..9 of these and of 1..3 others: 6 / 9 at least, and 9 / 10 at most.
  t.eq(tostring(rolled:rows()().q), "0.666666..0.900000")
  t.eq(tostring(rolled:rows()().pct), "10.0000..33.3334")
  t.has(rolled:explain(), "rolled up to")
end)

local function is_within(inner, outer)
  local function ends(x) return tonumber(x.least or -math.huge), tonumber(x.greatest or math.huge) end
  local least, greatest = ends(inner)
  local low, high = ends(outer)
  return low <= least and greatest <= high
end

-- Where a part and its whole are open it is no longer known whether the rest is.
test("random shares in bounds are the same rolled up and asked by region", function(t, dk)
  local geo = geography(dk)
  math.randomseed(3)
  for round = 1, ROUNDS do
    local has_open = round % 2 == 0
    local table = draw(dk, has_open):use(geo)
    for _, margins in ipairs { "none", "totals" } do
      local rolled = table:breakdown { by = "g", measures = MEASURES, margins = margins }:roll_up "r"
      local asked = table:breakdown { by = "r", measures = MEASURES, margins = margins }
      for _, name in ipairs { "p", "w", "q", "pct" } do
        local a, b = rolled[name]:to_lua { plain = true }, asked[name]:to_lua { plain = true }
        for i = 1, #asked do
          local what = ("round %d, %s, row %d: %s and %s"):format(round, name, i, tostring(a[i]), tostring(b[i]))
          t.ok(tostring(a[i]) == tostring(b[i]) or (has_open and is_within(b[i], a[i])), what)
        end
      end
    end
  end
end)

-- Of 9, and no longer of 0..10, 0..5 are p: what is not p is 4..9, and not 9..4, as it would be of the bounds first made.
test("shares of sums that are narrower now are rolled up as quotients", function(t, dk)
  local geo = geography(dk)
  local table = dk.table { { g = "a", s = true, x = { least = 0, greatest = 5 }, z = 1, y = 6 },
    { g = "a", s = false, x = { least = 0, greatest = 5 }, z = 2, y = 6 } }:use(geo)
  local measures = { "p = sum(x) where s", "w = sum(x)", "q = p / w", "v = sum(z)", "all = sum(y)" }
  local result = table:breakdown { by = "g", measures = measures }
  local narrower = result:tighten { values = { "w", "v" }, total = "all" }
  t.eq(tostring(narrower.w[1]), "9")
  t.eq(tostring(narrower:roll_up "r".q[1]), "0.000000..0.555556")
  t.eq(tostring(result:derive "w = greatest(w, 9)":roll_up "r".q[1]), "0.000000..0.555556")
  t.eq(tostring(result:roll_up "r".q[1]), "0..1?")
end)

test("names that columns have exchanged are told before anything is rolled up", function(t, dk)
  local result = draw(dk):use(geography(dk)):breakdown { by = "g", measures = MEASURES }:rename { p = "w", w = "p" }
  t.says(function() result:roll_up "r" end,
    "w is not the breakdown's column of that name: it is p, renamed (roll up first, and rename what that gives)")
end)

test("a quotient in bounds without names for its sums says how to roll it up", function(t, dk)
  local result = draw(dk):use(geography(dk)):breakdown { by = "g", measures = "q = (sum(x) where s) / sum(x)" }
  t.says(function() result:roll_up "r" end, "q cannot be rolled up: it is (sum(x) where s) / sum(x), and not a sum of what "
    .. "its parts are (give its two sums names, and divide these: a = ..., b = ..., q = a / b; or ask the breakdown by r "
    .. "anew)")
end)
