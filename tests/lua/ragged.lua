-- ragged.lua - members that have a country and no region: null is their region, and may be in several countries.

local test = ...

local random = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/random_numbers.lua")

-- Saba is of n, Zug of z, and neither has a region; Q is no member.
local function ragged(dk)
  return dk.hierarchy(dk.read_text "gemeente;regio;land\nA;x;n\nB;x;n\nC;y;n\nSaba;;n\nZug;;z\nE;w;z\n",
    { "gemeente", "regio", "land" })
end

local function persons(dk, places)
  local rows = { "id;gemeente;k" }
  for id, place in ipairs(places) do
    rows[#rows + 1] = ("%d;%s;%d"):format(id, place, id)
  end
  return dk.read_text(table.concat(rows, "\n") .. "\n"):use(ragged(dk))
end

local ALL = { "A", "B", "C", "Saba", "Saba", "Zug", "E", "Q" }

-- The values of a result, rows by semicolons: a group that is null is "-", a total "*".
local function cells(result, by, values)
  local out = {}
  for row in result:rows() do
    local cell = {}
    for i, name in ipairs(by) do
      cell[i] = row[name] == nil and "-" or tostring(row[name])
    end
    for _, name in ipairs(values) do
      cell[#cell + 1] = row[name] == nil and "null" or tostring(row[name])
    end
    out[#out + 1] = table.concat(cell, " ")
  end
  return table.concat(out, "; ")
end

test("a result by region is not rolled up where its null may be of several countries", function(t, dk)
  local ask = dk.breakdown { by = "regio", measures = "n = count()" }
  local message = "a group of which regio is null may be of several land: Saba has one, and no regio"
  local hint = "ask the breakdown by land, or roll up one that has land or a finer level too"
  local data = persons(dk, ALL)
  for _, margins in ipairs { "none", "totals", "rollup" } do
    t.raises(function() ask:with { margins = margins } (data):roll_up "land" end, message, hint)
    t.raises(function() ask:by "gemeente":with { margins = margins } (data):roll_up "regio":roll_up "land" end, message)
    t.raises(function() ask:with { margins = margins }:compare(data, data):roll_up "land" end, message)
    t.raises(function() ask:with { margins = margins }:compare(data, data, { long = true }):roll_up "land" end, message)
  end
  t.raises(function() data:breakdown { by = { "regio", "gemeente" }, measures = "n = count()" }
    :pivot { rows = "regio", columns = "gemeente", values = "n" }:roll_up "land" end, message)
end)

test("by municipality, by country too, or where no region is null, it is rolled up", function(t, dk)
  local ask = dk.breakdown { by = "gemeente", measures = "n = count()", margins = "totals" }
  local data = persons(dk, ALL)
  local want = "n 5; z 2; - 1; - 8"
  t.eq(cells(ask(data):roll_up "land", { "land" }, { "n" }), want)
  t.eq(cells(ask:by { "regio", "gemeente" } (data):roll_up "land", { "land" }, { "n" }), want)
  t.eq(cells(ask:by { "land", "regio" } (data):roll_up "land", { "land" }, { "n" }), want)
  t.eq(cells(ask:by { "land", "gemeente" } (data):roll_up "regio":roll_up "land", { "land" }, { "n" }), want)
  local without = persons(dk, { "A", "C", "E", "E" })
  t.eq(cells(ask:by "regio" (without):roll_up "land", { "land" }, { "n" }), "n 2; z 2; - 4")
  -- where every member has a region, a null is of none that the hierarchy knows
  local full = dk.hierarchy(dk.read_text "gemeente;regio;land\nA;x;n\nE;w;z\n", { "gemeente", "regio", "land" })
  local some = dk.read_text "gemeente\nA\nE\nE\nQ\n":use(full)
  t.eq(cells(ask:by "regio" (some):roll_up "land", { "land" }, { "n" }), "n 1; z 2; - 1; - 4")
end)

-- What the hierarchy says of each place.
local REGION = { A = "x", B = "x", C = "y", E = "w" }
local LAND = { A = "n", B = "n", C = "n", Saba = "n", Zug = "z", E = "z" }

local function gcd(a, b) return b == 0 and a or gcd(b, a % b) end
local function quotient(a, b) return ("%d/%d"):format(a // gcd(a, b), b // gcd(a, b)) end

local function totals(row, by)
  local is_total = {}
  for _, name in ipairs(by) do
    is_total[name] = #row:where(name .. " is total") == 1
  end
  return is_total
end

-- How many of all are in a group, and of how many countries those are; and how many there are in these countries, where the
-- group tells which, else in all.
local function counted(all, is_in, told)
  local n, n_lands, whole, lands = 0, 0, 0, {}
  for _, person in ipairs(all) do
    if is_in(person) then
      local of = person.land or "none"
      n, n_lands = n + 1, n_lands + (lands[of] and 0 or 1)
      lands[of] = true
    end
  end
  for _, person in ipairs(all) do
    whole = whole + ((not told or lands[person.land or "none"]) and 1 or 0)
  end
  return n, n_lands, whole
end

-- Each row's country by its place; a cell that is of several has no share within its own.
test("a share within the country is null where the group is of several, and right elsewhere", function(t, dk)
  local below, undecided = random(11), 0
  for case = 1, 40 do
    local rows, all = { "gemeente;soort" }, {}
    for _ = 1, 3 + below(12) do
      local place = ({ "A", "B", "C", "E", "Saba", "Zug", "Q" })[1 + below(7)]
      all[#all + 1] = { gemeente = place, regio = REGION[place], land = LAND[place], soort = below(2) == 0 and "p" or "q" }
      rows[#rows + 1] = place .. ";" .. all[#all].soort
    end
    local data = dk.read_text(table.concat(rows, "\n") .. "\n"):use(ragged(dk))
    for _, by in ipairs { { "regio" }, { "regio", "gemeente" }, { "soort", "regio" }, { "regio", "soort" } } do
      for _, margins in ipairs { "none", "totals", "rollup", "cube" } do
        local result = data:breakdown { by = by, margins = margins, levels = case % 3 == 0 and "all" or nil,
          measures = { "n = count()", "d = n / all(n, land)" } }
        for i = 1, #result do
          local row = result:slice(i, i)
          local is_total = totals(row, by)
          local function is_in(person)
            local holds = true
            for _, name in ipairs(by) do
              holds = holds and (is_total[name] or row:column(name)[1] == (person[name] or dk.null)
                or (row:column(name)[1] == nil and person[name] == nil))
            end
            return holds
          end
          local told = not is_total.regio or (by[2] == "gemeente" and not is_total.gemeente)
          local n, n_lands, whole = counted(all, is_in, told)
          t.eq(row:column("n")[1], n)
          local shown = row:derive("s = text(d)"):column("s")[1]
          if told and n_lands ~= 1 then
            undecided = undecided + (n_lands > 1 and 1 or 0)
            if n_lands > 1 then
              t.eq(shown, nil)
            end
          else
            t.eq(shown, quotient(n, whole))
          end
        end
      end
    end
  end
  t.ok(undecided > 50, undecided)
end)

-- The same by members of sets: a group of a member is of the countries of those who have it, or lack it.
test("a share within the country by members of sets", function(t, dk)
  local below, undecided, decided = random(23), 0, 0
  for case = 1, 60 do
    local rows, all = { "gemeente;v" }, {}
    for _ = 1, 2 + below(10) do
      local place = ({ "A", "B", "C", "E", "Saba", "Zug", "Saba", "Zug", "Q" })[1 + below(9)]
      local set, listed = {}, {}
      for member in ("pqr"):gmatch "." do
        set[member] = below(3) == 0
        listed[#listed + 1] = set[member] and member or nil
      end
      local is_known = below(6) > 0
      all[#all + 1] = { gemeente = place, regio = REGION[place], land = LAND[place], set = is_known and set or nil }
      rows[#rows + 1] = ("%s;%s"):format(place, not is_known and "" or #listed == 0 and '""' or table.concat(listed, "|"))
    end
    local data = dk.read_text(table.concat(rows, "\n") .. "\n",
      { types = { v = { "set", "|", members = { "p", "q", "r" } } } }):use(ragged(dk))
    local how = case % 2 == 0 and "member" or "missing"
    for _, by in ipairs { { "m", "regio" }, { "regio", "m" }, { "regio", "m", "gemeente" } } do
      local dims = {}
      for i, name in ipairs(by) do
        dims[i] = name == "m" and ("m = %s(v)"):format(how) or name
      end
      for _, margins in ipairs { "none", "totals", "rollup", "cube" } do
        local result = data:breakdown { by = dims, margins = margins, levels = case % 3 == 0 and "all" or nil,
          measures = { "n = count()", "d = n / all(n, land)" } }
        for i = 1, #result do
          local row = result:slice(i, i)
          local is_total = totals(row, by)
          local function is_in(person)
            local holds = true
            for _, name in ipairs(by) do
              local value = row:column(name)[1]
              if name == "m" and person.set and not is_total.m then
                holds = holds and value ~= nil and person.set[value] == (how == "member")
              elseif not is_total[name] then
                holds = holds and value == person[name]
              end
            end
            return holds
          end
          local told = not is_total.regio or (by[3] == "gemeente" and not is_total.gemeente)
          local n, n_lands, whole = counted(all, is_in, told)
          t.eq(row:column("n")[1], n)
          local shown = row:derive("s = text(d)"):column("s")[1]
          if told and n_lands > 1 then
            undecided = undecided + 1
            t.eq(shown, nil)
          elseif n > 0 then
            decided = decided + (told and row:column("regio")[1] == nil and 1 or 0)
            t.eq(shown, quotient(n, whole))
          end
        end
      end
    end
  end
  t.ok(undecided > 50 and decided > 200, undecided)
end)
