-- memory.lua - what is no longer used goes, whatever raises, and states close cleanly.

local test = ...

local function resident_kilobytes()
  local file = io.open "/proc/self/status"
  if not file then return nil end
  local size = tonumber(file:read "a":match "VmRSS:%s*(%d+)")
  file:close()
  return size
end

test("many tables in passing do not grow the process", function(t, dk)
  local data
  do
    local list = {}
    for i = 1, 50000 do
      list[i] = i * 1000003
    end
    data = dk.table { { "x", list } }
  end
  local function pass(n)
    for i = 1, n do
      local other = data:derive("y = x + $i", { i = i }):where "y > 0"
      t.eq(#other, 50000)
    end
  end
  pass(100)
  local before, before_used = resident_kilobytes(), dk.memory()
  pass(300) -- 240 MB and more
  if before then
    t.ok(resident_kilobytes() - before < 120000, "the process grew by " .. resident_kilobytes() - before .. " kB")
  end
  t.ok(dk.memory() - before_used < 100000000, "tables hold " .. dk.memory() - before_used .. " bytes more")
end)

-- Another process, so that its peak is that of the loop alone.
local LOOP = [[
local list = {}
for i = 1, 250000 do list[i] = i + 0.5 end
local data <const> = dk.table({ { "x", list } }, { types = { x = "real" } })
list = nil
local records = {}
for i = 1, %d do records[i] = { i } end
collectgarbage()
local function peak()
  local file = io.open "/proc/self/status"
  if not file then return 0 end
  local size = tonumber(file:read "a":match "VmHWM:%%s*(%%d+)")
  file:close()
  return size
end
local before
for i = 1, 1000 do
  if i == 250 then before = peak() end -- by then whatever keeps freed memory for a while has its fill
  local made = data:derive("y = x * $i", { i = 1e0 * i })
  if i %% 4 == 0 then
    local column = made.y
    assert(#column == 250000)
  end
end
print(peak() - before, select(2, dk.memory()))
]]

test("a thousand large tables in passing, two gigabytes in all, do not grow the process", function(t)
  for _, n_records in ipairs { 0, 200000 } do -- whatever Lua itself holds
    local text, status = t.run(LOOP:format(n_records))
    t.eq(status, 0, text)
    local grown, peak = text:match "(%-?%d+)%s+(%d+)"
    t.ok(tonumber(grown) < 40000, "the process grew by " .. grown .. " kB")
    t.ok(tonumber(peak) < 160000000, "tables held " .. peak .. " bytes")
  end
end)

test("beside tables that stay, no more of those in passing piles up", function(t)
  local text, status = t.run [[
local list, columns = {}, {}
for i = 1, 1000000 do list[i] = i + 0.5 end
for i = 1, 24 do columns[i] = ("c%d = x * %d.25"):format(i, i) end
local data <const> = dk.table({ { "x", list } }, { types = { x = "real" } }):derive(columns)
list = nil
collectgarbage()
local held = dk.memory()
assert(held > 190000000)
for i = 1, 40 do assert(#data:derive { "y = x * 3.5", "z = x * 5.5", "w = x * 7.5" } == 1000000) end
print(select(2, dk.memory()) - held)
]]
  t.eq(status, 0, text)
  t.ok(tonumber(text) < 140000000, "tables held " .. text .. " bytes more")
end)

test("errors leave nothing behind", function(t, dk)
  local data = dk.table { { "x", { 1, 2, 3 } }, { "k", { "a", "b", "c" } } }
  local function misuse()
    pcall(data.where, data, "x <")
    pcall(data.where, data, "y > 1")
    pcall(data.derive, data, { "a = x + 1", "b = nosuch(x)" })
    pcall(data.derive, data, { "a = x + 1", "b" })
    pcall(data.sort, data, "x", "nosuch")
    pcall(data.join, data, data, "k")
    pcall(data.link, data, data, "k", { as = "x" })
    pcall(data.write, data, "/nosuch/folder/x.csv")
    pcall(data.rename, data, { x = "k" })
    pcall(dk.table, { { "a", { 1, "x" } } })
    pcall(dk.table, { { a = "2024" } }, { types = { a = "date" } })
    pcall(dk.table, { { a = "2024" } }, { types = { a = "month" } })
    pcall(dk.table, { { a = "2024" } }, { types = { a = "period" } })
    pcall(dk.read_text, "a;b\n1\n")
    pcall(dk.read_text, "a\nx\n", { levels = { a = { "y" } } })
    pcall(dk.breakdown, { measures = "n = count(" })
    pcall(dk.breakdown, { measures = "n = sum(k)" })
    pcall(dk.scenario "x", { { "s", all = true, set = { x = dk.null } }, { "t", share = 2, set = { x = 1 } } })
  end
  misuse()
  collectgarbage()
  collectgarbage()
  local before = dk.memory()
  for _ = 1, 50 do
    misuse()
  end
  collectgarbage()
  collectgarbage()
  t.eq(dk.memory() - before, 0)
end)

test("a loop over rows that is left frees its blocks", function(t, dk)
  local data = dk.table { { "x", { 1, 2, 3 } } }
  collectgarbage()
  collectgarbage()
  local before = dk.memory()
  for _ = 1, 100 do
    for row in data:rows() do
      if row.x == 2 then break end
    end
    pcall(function()
      for _ in data:rows() do error "x" end
    end)
    local unfinished = data:rows()
    unfinished()
  end
  collectgarbage()
  collectgarbage()
  t.eq(dk.memory() - before, 0)
end)

test("a state closes with everything still in use", function(t)
  local text, status = t.run([[
dk.threads(2)
local list = {}
for i = 1, 200000 do list[i] = i % 1000 end
kept = dk.table { { "x", list } }
question = dk.breakdown { by = "x", measures = "n = count()" }
rows = kept:rows()
rows()
column = kept.x
scenario = dk.scenario "s" { { "s", all = true, set = { x = 1 } } }
print(#question(kept))
]])
  t.eq(text, "1000\n")
  t.eq(status, 0)
end)

-- Lua calls no finalizer of what a finalizer makes then: the leak sanitizer sees whether it is freed all the same.
test("finalizers of scripts may use tables while the state closes", function(t)
  local text, status = t.run([[
kept = dk.table { { "x", { 1, 2 } } }
question = dk.breakdown { by = "x", measures = "n = count()" }
late = setmetatable({}, { __gc = function()
  print(pcall(function()
    local made = kept:where "x > 1"
    unfinished = made:rows()
    unfinished()
    column, expr, answer = made.x, dk.expr "x + 1", question(made)
    return #made, #answer
  end))
end })
]])
  t.eq(status, 0)
  t.has(text, "true\t1\t1")
end)

test("os.exit closes the state, also from within a loop over rows", function(t)
  local _, status = t.run([[
for row in dk.table { { "x", { 1, 2 } } }:rows() do os.exit(true, true) end
]])
  t.eq(status, 0)
end)

test("coroutines that are left alone free what they hold", function(t, dk)
  local data = dk.table { { "x", { 1, 2, 3 } } }
  collectgarbage()
  collectgarbage()
  local before = dk.memory()
  for _ = 1, 20 do
    local work = coroutine.wrap(function()
      for row in data:rows() do coroutine.yield(row.x) end
    end)
    t.eq(work(), 1)
  end
  collectgarbage()
  collectgarbage()
  t.eq(dk.memory() - before, 0)
end)

local function collected(dk)
  collectgarbage()
  collectgarbage()
  return dk.memory()
end

-- Where a script closes tables the newest one has no finalizer, until the next is made or all garbage is collected.
test("a table that nobody closed goes, also where it was the newest", function(t, dk)
  local data = dk.table { { "n", { 1, 2, 3 } } }
  local before = collected(dk)
  local function has_finalizer(object) return debug.getmetatable(object).__gc ~= nil end
  for n_more = 0, 3 do
    for _ = 1, 2 do
      local _ <close> = data:select "n"
    end
    do
      local left = data:head(2)
      t.ok(not has_finalizer(left))
      for _ = 1, n_more do
        t.ok(not has_finalizer(data:head(1)))
      end
      t.eq(has_finalizer(left), n_more > 0)
      t.eq(#left, 2)
    end
    t.eq(collected(dk), before)
    data:head(2) -- the collector took some: the script does not close them all
    t.ok(has_finalizer(data:head(1)))
    collectgarbage()
    t.eq(dk.memory(), before)
  end
end)

test("a table stays for who still has it, and is closed once", function(t, dk)
  local data = dk.table { { "n", { 1, 2, 3 } } }
  local before = collected(dk)
  local closed
  do
    local first <close> = data:head(1)
    local second <close> = first:select "n" -- closed first, when it is the newest
    closed = { first, second }
  end
  for _, closes in ipairs { true, false } do
    do
      local kept = data:head(2)
      t.ok(collected(dk) > before)
      t.eq(#kept, 2)
      if closes then debug.getmetatable(kept).__close(kept) end
    end
    t.eq(collected(dk), before)
    for _, object in ipairs(closed) do
      t.raises(function() return #object end, "this table was closed")
      t.eq(debug.getmetatable(object).__gc, nil)
      debug.getmetatable(object).__close(object)
      debug.getmetatable(data).__gc(object)
    end
  end
  t.eq(collected(dk), before)
end)

test("the newest table may be in a coroutine that ends, fails or is left alone", function(t, dk)
  local data = dk.table { { "n", { 1, 2, 3 } } }
  local before = collected(dk)
  for i = 1, 60 do
    local work = coroutine.create(function()
      local first <close> = data:head(2)
      data:head(1)
      local second <close> = first:select "n"
      if i % 3 == 0 then coroutine.yield(#second) end
      if i % 3 == 1 then error "x" end
    end)
    coroutine.resume(work)
    if i % 2 == 0 then coroutine.close(work) end
    if i % 7 == 0 then collectgarbage "step" end
  end
  t.eq(collected(dk), before)
end)

-- What only a finalizer leads to is no longer in tables of weak values when it runs, but can be used.
test("finalizers may use the newest table, make one, and bring one back", function(t, dk)
  local data = dk.table { { "n", { 1, 2, 3 } } }
  local before = collected(dk)
  local seen, back = 0, nil
  for i = 1, 40 do
    do
      local _ <close> = data:select "n"
    end
    do
      local holder = { table = data:head(2) }
      setmetatable(holder, {
        __gc = function(it)
          local made <close> = data:head(1)
          if i % 2 == 0 then
            data:head(1)
          end
          seen = seen + #it.table + #made
          back = it.table
        end,
      })
    end
    collectgarbage(i % 3 == 0 and "collect" or "step")
    local _ <close> = data:head(3)
    collectgarbage()
    if back then t.eq(pcall(function() return #back end) or true, true) end
  end
  collectgarbage()
  t.eq(seen, 40 * 3)
  back = nil
  collected(dk)
  t.eq(collected(dk), before)
end)

test("tables that are closed and tables that are left take turns", function(t, dk)
  local data = dk.table { { "n", { 1, 2, 3 } } }
  for _, mode in ipairs { "incremental", "generational" } do
    local was = collectgarbage(mode)
    local before = collected(dk)
    for i = 1, 3000 do
      local _ <close> = data:select "n"
      if i % 3 == 0 then data:head(2) end
      if i % 5 == 0 then
        local _ <close> = data:head(2):select "n"
      end
      if i % 100 == 0 then collectgarbage "step" end
    end
    t.eq(collected(dk), before)
    collectgarbage(was)
  end
end)

test("a state closes with its newest table open", function(t)
  local text, status = t.run [[
local data = dk.table { { "x", { 1, 2 } } }
do
  local _ <close> = data:select "x"
end
kept = data:head(1)
assert(debug.getmetatable(kept).__gc == nil)
late = setmetatable({}, { __gc = function()
  local made <close> = kept:select "x"
  newest = data:head(2)
  print(#kept, #made, #newest)
end })
]]
  t.eq(text, "1\t1\t2\n")
  t.eq(status, 0)
end)
