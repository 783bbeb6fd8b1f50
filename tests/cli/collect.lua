-- collect.lua - collectgarbage of much beside stock Lua's: results, what is collected and what is finalized, in each mode
-- of the collector and in each state of it.

local SCRIPT = [==[
local n_finalized = 0
local counted = { __gc = function() n_finalized = n_finalized + 1 end }
local large = {}
for i = 1, 5e5 do large[i] = { i } end
local function weak(mode) return setmetatable({}, { __mode = mode }) end
local function size(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end

-- What becomes garbage, also behind the back of a cycle that runs, is gone after one call.
local function garbage(name)
  local values, keys, ephemerons, finalized = weak "v", weak "k", weak "k", n_finalized
  local dropped, chain = {}, {}
  for i = 1, 200 do
    local x = { i }
    dropped[i], values[i], keys[x] = x, x, i
    setmetatable({}, counted)
    ephemerons[chain] = { i }
    chain = ephemerons[chain]
    values[-i] = chain
  end
  for _ = 1, 3 do collectgarbage("step", 1) end -- a cycle that has begun
  dropped, chain = nil, nil
  print(name, collectgarbage(), size(values), size(keys), size(ephemerons), n_finalized - finalized)
  local before = collectgarbage "count"
  local more = {}
  for i = 1, 2e5 do more[i] = { {} } end
  more = nil
  collectgarbage "collect"
  print(name, collectgarbage "count" - before < 1)
end

local function modes(name)
  garbage(name)
  for i = 1, 1e6 do local _ = { i } end -- Lua's own collections
  garbage(name .. " again")
  collectgarbage "stop"
  garbage(name .. " stopped")
  print(collectgarbage "isrunning")
  collectgarbage "restart"
  coroutine.wrap(garbage)(name .. " in a coroutine")
  print(collectgarbage "isrunning")
end

modes "generational"
print(collectgarbage "incremental")
modes "incremental"
print(collectgarbage("incremental", 150, 300, 10))
modes "incremental, with numbers"
print(collectgarbage("step", 1e6), collectgarbage("setpause", 120), collectgarbage("setstepmul", 1000))
garbage "incremental, long steps"
print(collectgarbage "generational", collectgarbage "generational")
modes "generational"
print(collectgarbage(), collectgarbage "generational", collectgarbage "incremental", collectgarbage(),
  collectgarbage "incremental", collectgarbage "generational", collectgarbage(),
  collectgarbage("setpause", 200), collectgarbage("setstepmul", 100))
large = nil
garbage "small"

-- Finalized once, in the order of Lua, and alive until then; what a finalizer makes is finalized by the next call.
large = {}
for i = 1, 5e5 do large[i] = { i } end
local order, kept = {}, nil
local function make(i)
  return setmetatable({ i }, { __gc = function(x)
    order[#order + 1] = x[1]
    kept = x
    if i > 0 then make(-i) end
    order[#order + 1] = tostring(collectgarbage()) .. tostring(collectgarbage "count")
      .. tostring(collectgarbage("step", 100)) .. tostring(collectgarbage "isrunning")
      .. tostring(collectgarbage "incremental")
  end })
end
for i = 1, 5 do make(i) end
for _ = 1, 3 do
  collectgarbage()
  print(table.concat(order, " "), kept[1])
end
kept = nil
collectgarbage()
print(table.concat(order, " "))
setmetatable({}, { __gc = function() error "of a finalizer" end })
warn "@on"
print(collectgarbage())

-- Errors, and what is no option.
for _, arguments in ipairs {
  { "none" }, { {} }, { 1 }, { true }, { false }, { "count", 1 }, { "collect", {} }, { "step", {} }, { "step", 1.5 },
  { "step", "x" }, { "step", -1 }, { "step", "100000" }, { "incremental", "x" }, { "generational", {} }, { "setpause", {} },
} do
  local done, result = pcall(collectgarbage, table.unpack(arguments))
  print(done, type(result) == "number" and result ~= 0 and "number" or result)
end
print(collectgarbage "incremental")
]==]

return function(shell, check)
  shell.write("collect.lua", SCRIPT)
  local stock, ours = shell.run "lua5.4 collect.lua", shell.run(shell.program .. " collect.lua")
  check.same("collect", "status", stock.status, ours.status)
  check.same("collect", "what goes wrong", stock.err:gsub("^lua5.4", ""), ours.err:gsub("^" .. shell.program, ""))
  check.ok("collect", #stock.out > 1000, "stock Lua says too little")
  check.same("collect", "output", stock.out, ours.out)
end
