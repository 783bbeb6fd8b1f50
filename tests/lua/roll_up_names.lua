-- roll_up_names.lua - results whose columns were renamed or left out, and then rolled up, tightened or explained.

local test = ...

local ROUNDS = os.getenv "DEKKING_TEST_QUICK" and 40 or 400
local MEASURES = { "p = sum(k)", "w = sum(n)", "m = max(k)", "c = count()" }

local function result(dk)
  local geo = dk.hierarchy(dk.read_text "g;r\na;X\nb;X\nc;Y\n", { "g", "r" })
  return dk.read_text "g;k;n\na;1;5\nb;2;6\nc;3;9\na;4;7\n":use(geo):breakdown { by = "g", measures = MEASURES }
end

-- Some of the columns exchange their names, or get new ones; of: which column each name is.
local function rename_some(table, of)
  local names, new, given = {}, { "u", "v", "p", "w", "m", "c" }, {}
  for name in pairs(of) do names[#names + 1] = name end
  for i = #new, 2, -1 do
    local k = math.random(i)
    new[i], new[k] = new[k], new[i]
  end
  local changes, made, taken = {}, {}, {}
  for name in pairs(of) do taken[name] = true end
  for _, name in ipairs(names) do
    if math.random(2) == 1 then taken[name] = nil; given[#given + 1] = name end
  end
  for _, name in ipairs(given) do
    for _, now in ipairs(new) do
      if not taken[now] then
        taken[now], changes[name] = true, now
        break
      end
    end
  end
  for name, column in pairs(of) do made[changes[name] or name] = column end
  return next(changes) and table:rename(changes) or table, made
end

test("names are followed through renames: what has its own is rolled up, and nothing else is", function(t, dk)
  local base = result(dk)
  local rolled, n_rolled, n_refused = base:roll_up "r", 0, 0
  math.randomseed(7)
  for round = 1, ROUNDS do
    local table, of = base, { p = "p", w = "w", m = "m", c = "c" }
    for _ = 1, math.random(3) do
      table, of = rename_some(table, of)
      local name = next(of)
      if math.random(5) == 1 then table, of[name] = table:drop(name), nil end
    end
    if round % 3 == 0 then
      local back = {}
      for name, column in pairs(of) do back[name] = name ~= column and column or nil end
      if next(back) then table = table:rename(back) end
      for name, column in pairs(of) do back[#back + 1] = column; of[name] = nil end
      for _, column in ipairs(back) do of[column] = column end
    end
    local path = round % 5 == 0 and t.path "names.dk"
    if path then
      table:save(path)
      table = dk.open(path)
    end
    local own = true
    for name, column in pairs(of) do own = own and name == column end
    local ok, made = pcall(table.roll_up, table, "r")
    local what = ("round %d: %s"):format(round, tostring(made))
    t.ok(ok == own, what)
    for name in pairs(ok and of or {}) do t.eq(made[name]:to_lua(), rolled[name]:to_lua(), what) end
    n_rolled, n_refused = n_rolled + (ok and 1 or 0), n_refused + (ok and 0 or 1)
    local text, cell = table:explain { g = "a" }
    t.ok(not text:find "\n +looks at more" and not text:find "\n +=", text)
    for name, column in pairs(of) do
      t.eq(cell.measures[name] and tostring(cell.measures[name].text), tostring(select(2, base:explain { g = "a" })
        .measures[column].text), what)
    end
  end
  t.ok(n_rolled > ROUNDS // 4 and n_refused > ROUNDS // 4, n_rolled .. " rolled up, " .. n_refused .. " refused")
end)

test("columns under names of others are refused by name", function(t, dk)
  local base = result(dk)
  t.says(function() base:drop "w":rename { p = "w" }:roll_up "r" end,
    "w is not the breakdown's column of that name: it is p, renamed (roll up first, and rename what that gives)")
  t.says(function() base:rename { p = "u" }:derive "p = 3":drop "u":roll_up "r" end,
    "p is not the breakdown's column of that name, but another (roll up first, and rename what that gives)")
  t.says(function() base:rename { p = "u" }:drop "u":derive "u = 3":rename { u = "p" }:roll_up "r" end,
    "p is not the breakdown's column of that name, but another (roll up first, and rename what that gives)")
end)

-- d is what p lacks to w. Exchanged names must not make it what w lacks to p.
test("tighten knows which of two exchanged names is which", function(t, dk)
  local rows = dk.table { { g = "a", x = { least = 0, greatest = 5 }, y = { least = 7, greatest = 9 }, z = 8 },
    { g = "b", x = { least = 1, greatest = 2 }, y = { least = 1, greatest = 4 }, z = 5 } }
  local made = rows:breakdown { by = "g", margins = "totals", measures = { "p = sum(x)", "w = sum(y)", "d = w - p" } }
  local function bounds(table, name) return table[name]:to_lua { plain = true } end
  local plain = made:tighten { values = { "p", "w" } }
  local exchanged = made:rename { p = "w", w = "p" }:tighten { values = { "w", "p" } }
  t.eq(bounds(exchanged, "d"), bounds(plain, "d"))
  t.eq(bounds(exchanged, "p"), bounds(plain, "w"))
end)
