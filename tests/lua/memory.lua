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
