-- recode_random.lua - recodes of random chains of mergers and divisions, counted day by day.

local test = ...

local lib = debug.getinfo(1, "S").source:match "^@(.*)/" .. "/lib/"
local random_numbers, lives = dofile(lib .. "random_numbers.lua"), dofile(lib .. "lives.lua")

local DAYS = 7

local function day(d) return ("2016-01-%02d"):format(d + 1) end

-- Members with the days of their life, and of each day what old ones become: lists of { new, share or nil }.
local function draw(pick)
  local model, born, alive_of = lives(DAYS)
  for _ = 1, 2 + pick(3) do born(0) end
  for d = 1, DAYS - 1 do
    local alive = alive_of(pick)
    local a, b, how, changes = alive[1], alive[2], pick(4), {}
    model.changes[d] = changes
    if how == 0 and b then
      local into = pick(2) == 0 and a or born(d)
      changes[b], model.to[b] = { { into, 1 } }, d
      if into ~= a then changes[a], model.to[a] = { { into, 1 } }, d end
    elseif how > 1 then
      local share = how == 2 and (1 + pick(7)) / 8 or nil
      local parts = { { pick(2) == 0 and a or born(d), share },
        { b and pick(2) == 0 and b or born(d), share and 1 - share } }
      changes[a] = parts
      if parts[1][1] ~= a then model.to[a] = d end
    end
  end
  return model
end

local function make(dk, model)
  local lines, changes = { "g;van;tot" }, {}
  for i, name in ipairs(model.names) do
    local from, to = model.from[name], model.to[name]
    lines[i + 1] = ("%s;%s;%s"):format(name, from > 0 and day(from) or "", to < DAYS and day(to) or "")
  end
  for d = 1, DAYS - 1 do
    for _, old in ipairs(model.names) do
      for _, part in ipairs(model.changes[d][old] or {}) do
        changes[#changes + 1] = { date = day(d), old = old, new = part[1], share = part[2] ~= 1 and part[2] or nil }
      end
    end
  end
  return dk.hierarchy(dk.read_text(table.concat(lines, "\n") .. "\n", { types = { van = "date", tot = "date" } }), { "g" },
    { from = "van", to = "tot", changes = changes }), #changes
end

-- What shares a member is of others on a later day. share_of: of a part that nobody stated.
local function follow(model, name, from, to, share_of)
  local now = { [name] = 1 }
  for d = from + 1, to do
    local after = {}
    for member, share in pairs(now) do
      for _, part in ipairs(model.changes[d][member] or { { member, 1 } }) do
        after[part[1]] = (after[part[1]] or 0) + share * (part[2] or share_of(d, member, part))
      end
    end
    now = after
  end
  return now
end

local function is_there(model, name, d) return model.from[name] <= d and d < model.to[name] end

-- A weight that nobody gave.
local function guess(name, trial)
  local number = tonumber(name:sub(2))
  return (number * number * 31 + number * trial * trial * 17 + trial * 5) % 97 + 1
end

-- Forth: what is not stated goes by the weights of what the parts are in the end, or of the parts if there are these alone;
-- nil where that is another for other weights that nobody gave.
local function forth_by(model, name, from, to, weights, trial)
  return follow(model, name, from, to, function(d, member, part)
    local reached, ends, all, mine, lacks, own = {}, {}, 0, 0, false, true
    local function weight(final) return weights[final] or guess(final, trial) end
    for _, other in ipairs(model.changes[d][member]) do
      own = own and weights[other[1]] ~= nil
      ends[other] = follow(model, other[1], d, to, function() return 0.5 end)
      for final in pairs(ends[other]) do
        reached[final], lacks = (reached[final] or 0) + 1, lacks or not weights[final]
      end
    end
    for other, finals in pairs(ends) do
      local sum = lacks and own and weights[other[1]] or 0
      for final in pairs(lacks and own and {} or finals) do sum = sum + weight(final) / reached[final] end
      all, mine = all + sum, mine + (other == part and sum or 0)
    end
    return mine / all
  end)
end

local function same(a, b)
  for key, value in pairs(a) do
    if math.abs((b[key] or 0) - value) > 1e-9 then return false end
  end
  return true
end

local function forth(model, name, from, to, weights)
  local found
  for trial = 1, 3 do
    local parts = forth_by(model, name, from, to, weights, trial)
    if found and not same(found, parts) then return nil end
    found = parts
  end
  return found
end

-- Back: by weights of the members that came to be one; nil where that is another for other shares that nobody stated, or
-- for other weights that nobody gave.
local function back(model, name, from, to, weights)
  local found
  for trial = 1, 4 do
    local function share_of(d, member, part)
      local parts = model.changes[d][member]
      local share = (d * 7 + #member + trial * trial * 3) % 11 / 16 + 1 / 8
      return part == parts[1] and share or 1 - share
    end
    local parts, sum = {}, 0
    for _, origin in ipairs(model.names) do
      local share = is_there(model, origin, to) and follow(model, origin, to, from, share_of)[name]
      local part = share and share * (weights[origin] or guess(origin, trial))
      if part then parts[origin], sum = part, sum + part end
    end
    for origin, part in pairs(parts) do parts[origin] = part / sum end
    if found and not same(found, parts) then return nil end
    found = parts
  end
  return found
end

test("random chains are recoded as they are followed day by day", function(t, dk)
  local pick = random_numbers(41)
  local n_shares, n_refused = 0, 0
  for _ = 1, os.getenv "DEKKING_TEST_QUICK" and 120 or 600 do
    local model = draw(pick)
    local geo, n_changes = make(dk, model)
    for _ = 1, n_changes > 0 and 4 or 0 do
      local from, to, weights, rows = pick(DAYS), pick(DAYS), {}, { "g;weight" }
      local given = pick(3)
      for _, name in ipairs(model.names) do
        if is_there(model, name, to) and (given == 0 or pick(3) < given) then
          weights[name] = 1 + pick(50)
          rows[#rows + 1] = name .. ";" .. weights[name]
        end
      end
      local expected, lines, unknown, exact = {}, { "g" }, {}, true
      for _, name in ipairs(model.names) do
        if is_there(model, name, from) then
          expected[name] = (from < to and forth or back)(model, name, from, to, weights)
          local list = expected[name] and lines or unknown
          list[#list + 1] = name
          exact = exact and expected[name] ~= nil and next(expected[name], next(expected[name])) == nil
        end
      end
      local recode = geo:recode(day(from), day(to),
        { weights = #rows > 1 and dk.read_text(table.concat(rows, "\n") .. "\n") or nil })
      -- rows whose members are all known ask for no more
      local got = {}
      for row in dk.read_text(table.concat(lines, "\n") .. "\n", { types = { g = "category" } })
        :derive "was = g":recode("g", recode, { weight = "w" }):rows() do
        got[row.was] = got[row.was] or {}
        got[row.was][row.g] = row.w or 1
      end
      for name, parts in pairs(expected) do
        for member, share in pairs(parts) do
          local has = got[name][member]
          t.ok(math.abs((has or 0) - share) < 1e-8, ("%s is %s for %s"):format(name, has, share))
          got[name][member], n_shares = nil, n_shares + 1
        end
        t.eq(next(got[name]), nil)
      end
      local ok, fault = pcall(recode.exact, recode)
      t.eq(ok, #unknown == 0)
      if ok then t.eq(fault, exact) end
      for i = 1, math.min(#unknown, 2) do
        local row = dk.read_text(("g\n%s\n"):format(unknown[i]))
        ok, fault = pcall(row.recode, row, "g", recode, { weight = "w" })
        t.eq(ok, false)
        fault, n_refused = tostring(fault), n_refused + 1
        t.ok(fault:find "by shares that nobody stated" or fault:find "no weight says", fault)
      end
    end
  end
  t.ok(n_shares > 1000 and n_refused > 100, ("%d %d"):format(n_shares, n_refused))
end)
