-- members.lua - figures by the members of sets, beside one or two other dimensions, against rows counted one by one in Lua.
--
-- There are so many different sets that rows are not grouped by these, but counted for their members (lanes.h, entries.h).

local test = ...

local random_numbers = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/random_numbers.lua")

local N_ROWS, N_GROUPS = 1500, 20

-- Rows as Lua has them: of v and w lists of members, or none where they are not known; weights in thousandths.
local function draw(below, n_members, mean)
  local function set(n, of)
    local list = {}
    for k = 1, n do
      if below(n) < of then list[#list + 1] = ("m%03d"):format(k) end
    end
    return below(20) > 0 and list or nil
  end
  local rows = {}
  for i = 1, N_ROWS do
    rows[i] = { g = ("G%02d"):format(below(N_GROUPS)), v = set(n_members, mean), w = set(5, 2), y = below(50),
      x = below(9) > 0 and below(3000) - 900 or nil, keep = below(3) > 0, weight = below(4) * 1300 + below(2) }
  end
  return rows
end

local function table_of(dk, rows, n_members)
  local columns = { { "g", {} }, { "v", {} }, { "w", {} }, { "x", {} }, { "y", {} }, { "keep", {} }, { "weight", {} } }
  for i, row in ipairs(rows) do
    for _, column in ipairs(columns) do
      local value = row[column[1]]
      if value == nil then value = dk.null end
      column[2][i] = value
    end
    columns[7][2][i] = ("%.3f"):format(row.weight / 1000)
  end
  local members = {}
  for k = 1, n_members do members[k] = ("m%03d"):format(k) end
  return dk.table(columns, { types = { g = "category", v = { "set", ";", members = members }, w = { "set", ";" },
    weight = "decimal(3)" } })
end

-- What a row counts as: its members, or those that it lacks; "-" where they are not known.
local function entries_of(set, lacks, members)
  if set == nil then return { "-" } end
  if not lacks then return set end
  local has, list = {}, {}
  for _, name in ipairs(set) do has[name] = true end
  for _, name in ipairs(members) do
    if not has[name] then list[#list + 1] = name end
  end
  return list
end

local function new_cell() return { n = 0, rows = 0, kept = 0, s = 0, of_x = 0, y = {} } end

local function add(cell, row, weight)
  cell.n, cell.rows = cell.n + weight, cell.rows + 1
  if row.keep then cell.kept = cell.kept + weight end
  cell.y[#cell.y + 1] = row.y
  if row.x and weight > 0 then
    cell.s, cell.of_x = cell.s + row.x * weight, cell.of_x + weight
    cell.least = math.min(cell.least or row.x, row.x)
    cell.most = math.max(cell.most or row.x, row.x)
  end
end

local function median(list)
  table.sort(list)
  return (list[(#list + 1) // 2] + list[#list // 2 + 1]) / 2
end

local function number(value) return value and value ~= "" and tonumber(tostring(value)) end

local function close(a, b)
  if not a or not b then return not a and not b end
  return math.abs(a - b) <= 1e-9 * math.max(1, math.abs(a), math.abs(b))
end

-- The cells of rows that `keeps`, by g and what `sets` says: { column, lacks } for each dimension of members.
local function recount(rows, sets, members, keeps, weighted)
  local cells = {}
  local function into(key, row)
    cells[key] = cells[key] or new_cell()
    add(cells[key], row, weighted and row.weight or 1)
  end
  for _, row in ipairs(rows) do
    if keeps(row) then
      local keys = { row.g }
      for _, set in ipairs(sets) do
        local longer = {}
        for _, key in ipairs(keys) do
          for _, name in ipairs(entries_of(row[set[1]], set[2], members[set[1]])) do
            longer[#longer + 1] = key .. " " .. name
          end
        end
        keys = longer
      end
      for _, key in ipairs(keys) do into(key, row) end
      into("total", row)
    end
  end
  return cells
end

local function check(t, result, cells, weighted, measures, what)
  local n, unit = 0, weighted and 1000 or 1
  for row in result:rows() do
    local key = row.all and "total" or row.g .. " " .. (row.m or "-") .. (row.has_k and " " .. (row.k or "-") or "")
    local cell = t.ok(cells[key], what .. ": " .. key .. " has rows") or cells[key]
    local function is(name, expected)
      if not measures[name] then return end
      local found = number(row[name])
      if not close(found, expected) then
        t.eq(found, expected, ("%s: %s of %s"):format(what, name, key))
      end
    end
    n = n + 1
    is("n", cell.n / unit)
    is("entries", cell.rows)
    is("kept", cell.kept / unit)
    is("s", cell.of_x > 0 and cell.s / unit)
    is("e", cell.of_x > 0 and cell.s / cell.of_x)
    is("least", cell.least)
    is("most", cell.most)
    is("md", measures.md and median(cell.y))
  end
  local expected = 0
  for _ in pairs(cells) do expected = expected + 1 end
  t.eq(n, expected, what .. ": cells")
end

local MEASURES = { n = "count()", entries = "rows()", kept = "count() where keep", s = "sum(x)", e = "real(mean(x))",
  least = "min(x)", most = "max(x)", md = "real(median(y))" }
local ASKED = { { "n" }, { "s" }, { "n", "s", "kept" }, { "e", "entries" }, { "least", "most" }, { "md" },
  { "n", "md", "s" } }

-- The column, whether of members that a set lacks, and the dimension.
local SETS = { { { "v", false, "m = member(v)" } }, { { "v", true, "m = missing(v)" } },
  { { "v", false, "m = member(v)" }, { "w", false, "k = member(w)" } },
  { { "w", true, "m = missing(w)" }, { "v", false, "k = member(v)" } } }

for _, case in ipairs { { 14, 3 }, { 31, 3 }, { 62, 6 }, { 63, 3 }, { 130, 3 } } do
  test(("members of %d are counted as rows one by one are"):format(case[1]), function(t, dk)
    local below = random_numbers(case[1])
    local rows = draw(below, table.unpack(case))
    local plain = table_of(dk, rows, case[1])
    local weighing = plain:with { weight = "weight" }
    local members = { v = plain.v:levels(), w = plain.w:levels() }
    for round = 1, 10 do
      local asked, sets = ASKED[round % #ASKED + 1], SETS[below(case[1] > 14 and 2 or 4) + 1]
      local weighted, some = below(2) == 0, below(2) == 0
      local by, measures, has = { "g" }, {}, {}
      for _, set in ipairs(sets) do by[#by + 1] = set[3] end
      for _, name in ipairs(asked) do
        if not (weighted and name == "md") then
          measures[#measures + 1], has[name] = name .. " = " .. MEASURES[name], true
        end
      end
      if #measures == 0 then measures[1], has.n = "n = count()", true end
      local ask = dk.breakdown { by = by, measures = measures, where = some and "y < 30" or nil, margins = "totals" }
      local result = ask(weighted and weighing or plain):derive { "all = g is total", "has_k = " .. tostring(#sets == 2) }
      local cells = recount(rows, sets, members, function(row) return not some or row.y < 30 end, weighted)
      check(t, result, cells, weighted, has, ("round %d: %s, %s%s%s"):format(round, table.concat(by, ", "),
        table.concat(measures, ", "), weighted and ", weighted" or "", some and ", of some" or ""))
    end
  end)
end
