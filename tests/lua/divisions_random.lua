-- divisions_random.lua - random divisions that change: results rolled up by those of other days, columns of several
-- hierarchies, and series over reorganisations with windows, counted from rows day by day.

local test = ...

local lib = debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/"
local random_numbers, lives = dofile(lib .. "random_numbers.lua"), dofile(lib .. "lives.lua")

local DAYS = 6
local QUICK = os.getenv "DEKKING_TEST_QUICK"

local function day(d) return ("2016-01-%02d"):format(d + 1) end

-- Places with the days of their life, the region and the land of each of their days (false: none), a province for ever, and
-- of each day what old ones become: lists of { new, share in eighths }.
local function draw(pick)
  local model, begin, alive_of = lives(DAYS)
  model.regions, model.lands, model.provinces = {}, {}, {}
  local function born(d)
    local name = begin(d)
    model.provinces[name] = (pick(6) > 0 or #model.names == 1) and "p" .. pick(2) + 1
    return name
  end
  local land_of = {}
  for d = 0, DAYS - 1 do -- regions go from land to land
    land_of[d] = {}
    for r = 1, 3 do
      land_of[d]["r" .. r] = d > 0 and pick(4) > 0 and land_of[d - 1]["r" .. r] or "l" .. pick(2) + 1
    end
  end
  for _ = 1, 3 + pick(3) do born(0) end
  for d = 1, DAYS - 1 do
    local alive = alive_of(pick)
    local a, b, how, changes = alive[1], alive[2], pick(4), {}
    model.changes[d] = changes
    if how == 0 and b then
      local into = pick(2) == 0 and a or born(d)
      changes[b], model.to[b] = { { into, 8 } }, d
      if into ~= a then changes[a], model.to[a] = { { into, 8 } }, d end
    elseif how == 1 then
      local share = 1 + pick(7)
      changes[a] = { { pick(2) == 0 and a or born(d), share }, { b or born(d), 8 - share } }
      if changes[a][1][1] ~= a then model.to[a] = d end
    end
  end
  for _, name in ipairs(model.names) do
    model.regions[name], model.lands[name] = {}, {}
    for d = model.from[name], model.to[name] - 1 do
      local region = model.regions[name][d - 1]
      if region == nil or pick(4) == 0 then region = pick(6) > 0 and "r" .. pick(3) + 1 end
      model.regions[name][d] = region
      model.lands[name][d] = region and land_of[d][region] or not region and "l" .. #name % 2 + 1
    end
  end
  return model
end

local function is_there(model, name, d) return model.from[name] ~= nil and model.from[name] <= d and d < model.to[name] end

local function make(dk, model)
  local lines, provinces, changes = { "g;r;l;van;tot" }, { "g;p" }, {}
  for _, name in ipairs(model.names) do
    local start = model.from[name]
    for d = start, model.to[name] - 1 do
      local region, land = model.regions[name][d], model.lands[name][d]
      if d + 1 == model.to[name] or region ~= model.regions[name][d + 1] or land ~= model.lands[name][d + 1] then
        lines[#lines + 1] = ("%s;%s;%s;%s;%s"):format(name, region or "", land, start > 0 and day(start) or "",
          d + 1 < DAYS and day(d + 1) or "")
        start = d + 1
      end
    end
    if model.provinces[name] then provinces[#provinces + 1] = ("%s;%s"):format(name, model.provinces[name]) end
  end
  for d = 1, DAYS - 1 do
    for _, old in ipairs(model.names) do
      for _, part in ipairs(model.changes[d][old] or {}) do
        changes[#changes + 1] = { date = day(d), old = old, new = part[1], share = part[2] < 8 and part[2] / 8 or nil }
      end
    end
  end
  local types = { g = "category", r = "category", l = "category", van = "date", tot = "date" }
  return dk.hierarchy(dk.read_text(table.concat(lines, "\n") .. "\n", { types = types }), { "g", "r", "l" },
    { from = "van", to = "tot", changes = changes }),
    dk.hierarchy(dk.read_text(table.concat(provinces, "\n") .. "\n", { types = { g = "category", p = "category" } }),
      { "g", "p" })
end

-- Rows of places on days: of the day's own, of others, and of none that there is.
local function draw_rows(dk, model, pick, only)
  local rows, lines = {}, { "dag;g;n;b" }
  for i = 1, 5 + pick(30) do
    local d = only or pick(DAYS)
    local name = pick(25) == 0 and "q" or model.names[pick(#model.names) + 1]
    if name ~= "q" and not is_there(model, name, d) and pick(4) > 0 then name = model.names[1] end
    rows[i] = { d = d, g = name, n = pick(6) > 0 and pick(20) or nil, b = pick(2) == 0 }
    lines[i + 1] = ("%s;%s;%s;%s"):format(day(d), name, rows[i].n or "", rows[i].b)
  end
  return rows, dk.read_text(table.concat(lines, "\n") .. "\n",
    { types = { dag = "date", g = "category", n = "integer", b = "boolean" } })
end

-- What shares a place of a day is of those of a later one.
local function follow(model, name, from, to)
  local now = { [name] = 1 }
  for d = from + 1, to do
    local after = {}
    for member, share in pairs(now) do
      for _, part in ipairs(model.changes[d][member] or { { member, 8 } }) do
        after[part[1]] = (after[part[1]] or 0) + share * part[2] / 8
      end
    end
    now = after
  end
  return now
end

-- Groups of rows by what keys_of says: a list of { key, share of the row }.
local function count(rows, keys_of)
  local groups = {}
  for _, row in ipairs(rows) do
    for _, part in ipairs(keys_of(row)) do
      local key, share = part[1], part[2]
      local group = groups[key] or { k = 0, s = nil, b = 0 }
      groups[key] = group
      group.k = group.k + share
      group.b = group.b + (row.b and share or 0)
      if row.n then
        group.s = (group.s or 0) + row.n * share
        group.mx = math.max(group.mx or row.n, row.n)
      end
    end
  end
  return groups
end

local function near(a, b)
  if a == nil or b == nil then return a == b end
  return math.abs(a - b) < 1e-6
end

local NUMBERS = { k = true, s = true, mx = true, deel = true }

-- A result has the groups, no other ones, and their numbers.
local function check(t, what, result, keys, groups)
  local left, names = {}, {}
  for key, group in pairs(groups) do left[key] = group end
  for column in result:schema():rows() do names[column.name] = NUMBERS[column.name] end
  for row in result:detail():rows() do
    local parts = {}
    for i, name in ipairs(keys) do parts[i] = row[name] == nil and "-" or tostring(row[name]) end
    local key = table.concat(parts, "/")
    local group = left[key]
    t.ok(group, ("%s: no group %s is counted from rows"):format(what, key))
    for name in pairs(names) do
      local expected = name == "deel" and group.b / group.k or group[name]
      t.ok(near(row[name], expected), ("%s: %s of %s is %s for %s"):format(what, name, key, row[name], expected))
    end
    left[key] = nil
  end
  t.eq(next(left), nil, what)
end

local MEASURES = { "k = count()", "s = sum(n)", "mx = max(n)", "deel = (count() where b) / k" }

local function region_on(model, name, d) return is_there(model, name, d) and model.regions[name][d] or "-" end
local function land_on(model, name, d) return is_there(model, name, d) and model.lands[name][d] or "-" end

test("a result is rolled up by the division of any day", function(t, dk)
  local pick = random_numbers(71)
  local n_refused, n_rolled, n_compared = 0, 0, 0
  for _ = 1, QUICK and 40 or 250 do
    local model = draw(pick)
    local geo = make(dk, model)
    local rows, table_ = draw_rows(dk, model, pick)
    local d1, d2 = pick(DAYS), pick(DAYS)
    local by = dk.breakdown { by = "g", measures = MEASURES, margins = pick(2) == 0 and "totals" or nil }
    local function at(d, of)
      return count(rows, function(row) return { { of(model, row.g, d), 1 } } end)
    end
    local own = by(table_:use(geo:at(day(d1))))
    check(t, "own day", own:roll_up "r", { "r" }, at(d1, region_on))
    check(t, "own day", own:roll_up "l", { "l" }, at(d1, land_on))
    -- another vintage takes the place of the first, in the rows and in the result
    local again = own:use(geo:at(day(d2)))
    local dropped = again:drop { "r", "l" }
    check(t, "other day", dropped:roll_up "r", { "r" }, at(d2, region_on))
    check(t, "other day", dropped:roll_up "l", { "l" }, at(d2, land_on))
    local ok, twice = pcall(function() return dropped:roll_up "r":roll_up "l" end)
    if ok then
      check(t, "by way of regions", twice, { "l" }, at(d2, land_on))
      n_rolled = n_rolled + 1
    else
      t.ok(tostring(twice):find "may be of several l", tostring(twice))
      n_refused = n_refused + 1
    end
    local used_again = table_:use(geo:at(day(d1))):drop { "r", "l" }:use(geo:at(day(d2)))
    check(t, "rows of another day", by(used_again):roll_up "r", { "r" }, at(d2, region_on))
    -- a total counts each row once
    for _, rolled in ipairs { own:roll_up "r", dropped:roll_up "l" } do
      local all = at(d1, function() return "x" end).x
      local totals = rolled:where(("%s is total"):format(rolled:schema():column("name")[1]))
      t.eq(#totals, #rolled - #rolled:detail())
      for row in totals:rows() do
        t.ok(row.k == all.k and row.s == all.s and row.mx == all.mx and near(row.deel, all.b / all.k), "total")
      end
    end
    -- the result itself is recoded: what is in it goes along
    if d1 <= d2 then
      local recoded = own:detail():recode("g", geo:recode(day(d1), day(d2)), { divide = { "k", "s" } })
        :use(geo:at(day(d2))):breakdown { by = "r", measures = { "kk = sum(k)", "ss = sum(s)" } }
        :rename { kk = "k", ss = "s" }
      check(t, "recoded", recoded, { "r" }, count(rows, function(row)
        local list = {}
        for name, share in pairs(is_there(model, row.g, d1) and follow(model, row.g, d1, d2) or { [row.g] = 1 }) do
          list[#list + 1] = { region_on(model, name, d2), share }
        end
        return list
      end))
    end
    -- two tables, each in the division of its own day
    local other_rows, other = draw_rows(dk, model, pick)
    local compared = by:with { margins = "none" }:compare(table_:use(geo:at(day(d1))), other:use(geo:at(day(d2))))
    local rolls, both = pcall(compared.roll_up, compared, "r")
    if rolls then
      local mine = at(d1, region_on)
      local theirs = count(other_rows, function(row) return { { region_on(model, row.g, d2), 1 } } end)
      for row in both:rows() do
        local a, b = mine[row.r or "-"], theirs[row.r or "-"]
        t.ok((row.k_base or 0) == (a and a.k or 0) and (row.k_other or 0) == (b and b.k or 0) and
          near(row.s_base, a and a.s) and near(row.s_other, b and b.s), "compared")
      end
      n_compared = n_compared + 1
    else
      t.ok(tostring(both):find("two divisions", 1, true), tostring(both))
    end
    -- each row by its own day is asked for by the level itself
    local dated = table_:use(geo, { on = "dag" })
    check(t, "own days", by:by "r"(dated), { "r" },
      count(rows, function(row) return { { region_on(model, row.g, row.d), 1 } } end))
    check(t, "own days", by:by { "l", "g" }(dated), { "l", "g" },
      count(rows, function(row) return { { land_on(model, row.g, row.d) .. "/" .. row.g, 1 } } end))
    if tostring(geo):find "of all days" then
      t.raises(function() by(dated):roll_up "r" end, "the result does not say of which day it is")
    end
  end
  t.ok(n_refused > 5 and n_rolled > 5 and n_compared > 5, ("%d %d %d"):format(n_refused, n_rolled, n_compared))
end)

-- What windows say of the rows of a group in the order of their days: items of { d =, k =, s = }.
local function windows_of(items)
  table.sort(items, function(x, y) return x.d < y.d end)
  local all, run, known = 0, 0, nil
  for _, item in ipairs(items) do all = all + item.k end
  for i, item in ipairs(items) do
    run = run + item.k
    if item.s then known = (known or 0) + item.s end
    item.run, item.run_s, item.aandeel = run, known, item.k / all
    local before = items[i - 1]
    item.erbij = before and item.k - before.k
    item.mov = before and (item.s or before.s) and (item.s or 0) + (before.s or 0) or not before and item.s or nil
    item.mov_dag = item.k + (before and before.d == item.d - 1 and before.k or 0)
    item.gisteren = before and before.d == item.d - 1 and item.k - before.k or nil
  end
end

local WINDOWS = { "run = running_sum(k)", "run_s = running_sum(s)", "mov = moving_sum(s, 2)",
  "mov_dag = moving_sum_period(k, 2)", "erbij = change(k)", "gisteren = change_period(k)", "aandeel = share(k)" }
local WINDOW_NAMES = { "k", "s", "run", "run_s", "mov", "mov_dag", "erbij", "gisteren", "aandeel" }

local function window(within, of)
  local spec = table.move(WINDOWS, 1, #WINDOWS, 1, { within = within, order = "dag" })
  return of:window(spec)
end

-- keys_of: lists of { key, share } without the day; keys: the columns that a key is made of.
local function check_windows(t, what, result, keys, rows, keys_of)
  local by_key, items = {}, {}
  local groups = count(rows, function(row)
    local list = {}
    for i, part in ipairs(keys_of(row)) do list[i] = { part[1] .. "@" .. row.d, part[2] } end
    return list
  end)
  for key, group in pairs(groups) do
    local name, d = key:match "^(.*)@(%d+)$"
    group.d, by_key[name] = tonumber(d), by_key[name] or {}
    table.insert(by_key[name], group)
    items[key] = group
  end
  for _, list in pairs(by_key) do windows_of(list) end
  for row in result:rows() do
    local parts = {}
    for i, name in ipairs(keys) do parts[i] = row[name] == nil and "-" or tostring(row[name]) end
    local key = ("%s@%d"):format(table.concat(parts, "/"), tonumber(tostring(row.dag):sub(-2)) - 1)
    t.ok(items[key], ("%s: no group %s is counted from rows"):format(what, key))
    for _, name in ipairs(WINDOW_NAMES) do
      local expected = items[key][name]
      t.ok(near(row[name], expected), ("%s: %s of %s is %s for %s"):format(what, name, key, row[name], expected))
    end
    items[key] = nil
  end
  t.eq(next(items), nil, what)
end

test("a column of several hierarchies has windows and shares in the levels of each", function(t, dk)
  local pick = random_numbers(73)
  for _ = 1, QUICK and 40 or 250 do
    local model = draw(pick)
    local geo, provinces = make(dk, model)
    local rows, table_ = draw_rows(dk, model, pick)
    local d = pick(DAYS)
    local function province(name) return model.provinces[name] or "-" end
    local used = pick(2) == 0 and table_:use(geo:at(day(d))):use(provinces) or table_:use(provinces):use(geo:at(day(d)))
    local by = dk.breakdown { by = { "g", "dag" }, measures = { "k = count()", "s = sum(n)", "in_r = k / all(k, r)",
      "in_p = k / all(k, p)", "in_l = k / all(k, l)", "in_rd = k / all(k, r, dag)", "in_g = k / all(k, g)" } }
    local result = by(used)
    local sums = {}
    for _, row in ipairs(rows) do
      local r, l, p = region_on(model, row.g, d), land_on(model, row.g, d), province(row.g)
      for _, key in ipairs { "r" .. r, "l" .. l, "p" .. p, "rd" .. r .. row.d, "g" .. row.g } do
        sums[key] = (sums[key] or 0) + 1
      end
    end
    for row in result:rows() do
      local r, l, p = region_on(model, row.g, d), land_on(model, row.g, d), province(row.g)
      local at = tonumber(tostring(row.dag):sub(-2)) - 1
      local within = { in_r = "r" .. r, in_l = "l" .. l, in_p = "p" .. p, in_rd = "rd" .. r .. at, in_g = "g" .. row.g }
      for name, key in pairs(within) do
        t.ok(near(row[name], row.k / sums[key]), ("%s of %s is %s"):format(name, row.g, row[name]))
      end
    end
    check_windows(t, "by place", window("g", result), { "g" }, rows, function(row) return { { row.g, 1 } } end)
    -- by levels of both, asked so and rolled up by one after the other
    local both = dk.breakdown { by = { "r", "p", "dag" }, measures = { "k = count()", "s = sum(n)" } }(used)
    local function both_of(row) return { { region_on(model, row.g, d) .. "/" .. province(row.g), 1 } } end
    check_windows(t, "by both", window({ "r", "p" }, both), { "r", "p" }, rows, both_of)
    local plain = result:drop { "in_r", "in_p", "in_l", "in_rd", "in_g" }
    check_windows(t, "rolled up", window("p", plain:roll_up("p", "g")), { "p" }, rows,
      function(row) return { { province(row.g), 1 } } end)
    check_windows(t, "rolled up", window("l", plain:roll_up("l", "g")), { "l" }, rows,
      function(row) return { { land_on(model, row.g, d), 1 } } end)
    -- windows over rows, in groups of both
    for row in used:window { within = { "r", "p" }, order = "dag", "k = count()", "s = sum(n)" }:rows() do
      local key, k, s = region_on(model, row.g, d) .. "/" .. province(row.g), 0, nil
      for _, other in ipairs(rows) do
        if region_on(model, other.g, d) .. "/" .. province(other.g) == key then
          k, s = k + 1, other.n and (s or 0) + other.n or s
        end
      end
      t.ok(near(row.k, k) and near(row.s, s), key)
    end
  end
end)

test("a series over reorganisations has windows on the division of one day", function(t, dk)
  local pick = random_numbers(79)
  local n_divided = 0
  for _ = 1, QUICK and 40 or 250 do
    local model = draw(pick)
    local geo, provinces = make(dk, model)
    if tostring(geo):find "of all days" then
      local rows, table_ = draw_rows(dk, model, pick)
      local last = DAYS - 1
      local function becomes(row, of)
        local list = {}
        for name, share in pairs(is_there(model, row.g, row.d) and follow(model, row.g, row.d, last) or { [row.g] = 1 }) do
          list[#list + 1] = { of(name), share }
        end
        n_divided = n_divided + (#list > 1 and 1 or 0)
        return list
      end
      local series = table_:recode("g", geo:recode { on = "dag", to = day(last) }, { weight = "w" })
        :use(geo:at(day(last))):use(provinces)
      local by = dk.breakdown { by = { "g", "dag" }, measures = { "k = count()", "s = sum(n)" } }
      local function place(name) return name end
      local function region(name) return region_on(model, name, last) end
      local function land(name) return land_on(model, name, last) end
      local function province(name) return model.provinces[name] or "-" end
      local result = by(series)
      check_windows(t, "by place", window("g", result), { "g" }, rows, function(row) return becomes(row, place) end)
      for name, of in pairs { r = region, l = land, p = province } do
        check_windows(t, "by " .. name, window(name, by:by { name, "dag" }(series)), { name }, rows,
          function(row) return becomes(row, of) end)
        check_windows(t, "rolled up", window(name, result:roll_up(name, "g")), { name }, rows,
          function(row) return becomes(row, of) end)
      end
      check(t, "over all days", by:by { "r", "p" }(series), { "r", "p" },
        count(rows, function(row) return becomes(row, function(name) return region(name) .. "/" .. province(name) end) end))
    end
  end
  t.ok(n_divided > 20, n_divided)
end)
