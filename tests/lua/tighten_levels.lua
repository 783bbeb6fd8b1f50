-- tighten_levels.lua - sets that show regions, and municipalities, and no row of both: a hierarchy tells which ones a
-- region is the total of. Bounds are those of all tables of whole numbers that there may be, tried one by one.

local test = ...
local choose = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/choices.lua")

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 40 or 300

local function shown(column)
  local values = {}
  for i, value in ipairs(column:to_lua { plain = true }) do
    local least, greatest = value, value
    if type(value) == "table" then least, greatest = value.least, value.greatest end
    values[i] = least and least == greatest and tostring(least) or ("%s..%s"):format(least or "", greatest or "")
  end
  return table.concat(values, " ")
end

local REGIONS = { A = "M", B = "M", C = "V", D = "V", E = "V" }

local function geo_of(dk)
  return dk.hierarchy(dk.read_text "gemeente;regio;land\nA;M;NL\nB;M;NL\nC;V;NL\nD;V;NL\nE;V;NL\n",
    { "gemeente", "regio", "land" })
end

local function withheld(condition, most)
  return ("n = interval(case(%s, 0, n), case(%s, %d, n))"):format(condition, condition, most)
end

test("municipalities and regions without a row of both say something of each other", function(t, dk)
  local rows = dk.table { { "gemeente", { "A", "B", "C", "D", "E" } }, { "x", { 3, 4, 8, 2, 1 } } }:use(geo_of(dk))
  local function ask(margins, by)
    return rows:breakdown { by = by or { "regio", "gemeente" }, margins = margins, measures = "n = sum(x)" }
  end
  local hidden = ask({ { "regio" }, { "gemeente" } }):derive(withheld("gemeente in ('A', 'D', 'E')", 4))
  t.eq(shown(hidden.n), "7 11 0..4 4 8 0..4 0..4") -- M, V, A, B, C, D, E
  local tight = hidden:tighten { values = "n" }
  t.eq(shown(tight.n), "7 11 3 4 8 0..3 0..3")
  t.eq(shown(hidden:tighten({ values = "n", sums = "one by one" }).n), "7 11 3 4 8 0..3 0..3")
  -- The country's total alone would leave A up to 4.
  hidden = ask({ { "land" }, { "regio" }, { "gemeente" } }, { "land", "regio", "gemeente" })
    :derive(withheld("gemeente in ('A', 'D') or regio == 'M'", 9))
  t.eq(shown(hidden.n), "18 0..9 11 0..9 4 8 0..9 1") -- NL, M, V, A, B, C, D, E
  t.eq(shown(hidden:tighten({ values = "n" }).n), "18 7 11 3 4 8 2 1")
  -- Totals that contradict each other are named by what they are over.
  local wrong = ask { { "regio" }, { "gemeente" } }:derive "n = case(regio == 'M', 9, n)"
  t.raises(function() wrong:tighten { values = "n" } end, "the total n of M, over gemeente is 9, and its parts add up to 7")
end)

test("a municipality of no region that is known leaves regions alone", function(t, dk)
  local rows = dk.table { { "gemeente", { "A", "B", "C", "X" } }, { "x", { 3, 4, 8, 2 } } }:use(geo_of(dk))
  local hidden = rows:breakdown { by = { "regio", "gemeente" }, margins = { { "regio" }, { "gemeente" }, {} },
    measures = "n = sum(x)" }:derive(withheld("gemeente == 'A'", 9))
  t.eq(shown(hidden:tighten({ values = "n" }).n), "7 8 2 3 4 8 2 17")
  hidden = hidden:derive(withheld("gemeente in ('A', 'X')", 9))
  t.eq(shown(hidden:tighten({ values = "n" }).n), "7 8 2 0..5 4 8 0..5 17") -- by the total of all alone
end)

-- Every table -----------------------------------------------------------------------------------------------------------

test("bounds are the narrowest", function(t, dk)
  math.randomseed(20261128)
  local geo, n_narrower = geo_of(dk), 0
  for round = 1, ROUNDS do
    local cells, names = {}, {}
    local classes = math.random(2)
    for _, g in ipairs { "A", "B", "C", "D", "E" } do
      for k = 1, classes do
        if #cells < 6 and math.random(5) > 1 then
          cells[#cells + 1] = { gemeente = g, k = k, x = math.random(0, 4) }
          names[g] = true
        end
      end
    end
    if not next(names) then goto again end
    do
      local sets = ({ { { "regio" }, { "gemeente" } }, { { "regio" }, { "gemeente" }, {} },
        { { "regio", "k" }, { "gemeente", "k" } }, { { "regio" }, { "gemeente", "k" } },
        { { "regio", "k" }, { "gemeente", "k" }, { "k" }, { "regio" } } })[math.random(5)]
      local rows = dk.table(cells):use(geo)
      local result = rows:breakdown { by = { "regio", "gemeente", "k" }, margins = sets, measures = "n = sum(x)" }
      local columns, bounds = {}, {}
      for name in result:columns() do columns[name] = result[name]:to_lua { plain = true } end
      for i, n in ipairs(columns.n) do
        bounds[i] = math.random(2) == 1 and { n, n } or { math.max(0, n - math.random(0, 2)), n + math.random(0, 2) }
      end
      local function case_of(side)
        local parts = {}
        for i, b in ipairs(bounds) do
          local where = {}
          for _, name in ipairs { "regio", "gemeente", "k" } do
            local value = columns[name][i]
            where[#where + 1] = value == dk.null and name .. " is total"
              or ("%s == %s"):format(name, type(value) == "string" and "'" .. value .. "'" or tostring(value))
          end
          parts[i] = ("%s, %d"):format(table.concat(where, " and "), b[side])
        end
        return "case(" .. table.concat(parts, ", ") .. ")"
      end
      local known = result:derive("n = interval(" .. case_of(1) .. ", " .. case_of(2) .. ")")
      local tight = known:tighten { values = "n" }
      -- which of the cells each row is the sum of
      local ranges, of = {}, {}
      for c in ipairs(cells) do ranges[c] = { 0, 8 } end
      for i in ipairs(bounds) do
        of[i] = {}
        for c, cell in ipairs(cells) do
          if (columns.regio[i] == dk.null or REGIONS[cell.gemeente] == columns.regio[i])
            and (columns.gemeente[i] == dk.null or cell.gemeente == columns.gemeente[i])
            and (columns.k[i] == dk.null or cell.k == columns.k[i]) then
            of[i][#of[i] + 1] = c
          end
        end
        if #of[i] == 1 then ranges[of[i][1]] = { bounds[i][1], bounds[i][2] } end
      end
      local low, high = {}, {}
      local size = 1
      for _, range in ipairs(ranges) do size = size * (range[2] - range[1] + 1) end
      if size > 20000 then goto again end
      choose(ranges, 1, {}, function(x)
        local sums = {}
        for i in ipairs(bounds) do
          sums[i] = 0
          for _, c in ipairs(of[i]) do sums[i] = sums[i] + x[c] end
          if sums[i] < bounds[i][1] or sums[i] > bounds[i][2] then return end
        end
        for i, sum in ipairs(sums) do
          low[i], high[i] = math.min(low[i] or sum, sum), math.max(high[i] or sum, sum)
        end
      end)
      local expected = {}
      for i in ipairs(bounds) do
        expected[i] = low[i] == high[i] and tostring(low[i]) or low[i] .. ".." .. high[i]
        n_narrower = n_narrower + ((low[i] > bounds[i][1] or high[i] < bounds[i][2]) and 1 or 0)
      end
      t.eq(shown(tight.n), table.concat(expected, " "), ("round %d\n%s"):format(round, tostring(known)))
    end
    ::again::
  end
  t.eq(n_narrower > ROUNDS, true)
end)
