-- hostile.lua - every function with arguments of every kind, as they come: nothing crashes, and nothing is left behind.
--
-- What is raised is not looked at here. Crashes show in any build, wrong reads in the sanitizers' one. The seed is
-- fixed, so that a failure comes again.

local test = ...

local STRINGS = {
  "k", "n", "x", "k desc", "n > 1", "y = n + 1", "", "m = count()", "a\0b", "0.0 %", "csv", "nl", "where", ("z"):rep(300),
  "\xff", "a,b\n1,2\n", "`k`", "$p", "n =",
}

-- Makers of arguments.
local function makers(dk, data)
  local function closed(object)
    local gone <close> = object
    return gone
  end
  return {
    function() return nil end, function() return math.random(-3, 5) end, function() return math.random() * 10 end,
    function() return STRINGS[math.random(#STRINGS)] end, function() return true end, function() return {} end,
    function() return { "k", "n" } end, function() return { k = "n" } end, function() return { { "k", { 1, 2 } } } end,
    function() return { { k = 1 }, { n = 2 } } end, function() return type end, function() return data end,
    function() return data.n end, function() return dk.expr "n > 1" end, function() return dk.null end,
    function() return dk.total end, function() return io.stdout end, function() return 2 ^ 53 end,
    function() return math.mininteger end, function() return 0 / 0 end, function() return { n = 3 } end,
    function() return { 1, nil, 3 } end, function() return coroutine.create(type) end,
    function() return dk.breakdown { by = "k", measures = { "m = count()" } } end,
    function() return dk.scenario "s" { { "s", share = 0.5, where = "n > 1", set = { k = "a" } } } end,
    function() return { by = "k", measures = "m = count()", margins = "rollup" } end,
    function() return { mine = "k", theirs = "k" } end, function() return { as = "z", columns = { "x" } } end,
    function() return { format = "json", style = "nl", rows = 2, width = 10, cell = 3 } end,
    function() return { types = { k = "text", n = { "category", levels = { "1" } } } } end,
    function() return { levels = { k = data.k } } end, function() return closed(data:head(1)) end,
    function() return closed(data.n) end, function() return closed(dk.breakdown { measures = "m = count()" }) end,
    function() return setmetatable({}, { __index = error, __len = function() return 5 end, __pairs = error }) end,
  }
end

-- All functions that a script can get at, and those of the library's own: but not what would change the tests' own state.
local function all_functions(dk)
  local list, seen = {}, {}
  local skip = {
    budget = true, threads = true, write = true, write_file = true, write_receipt = true, save = true, print = true,
    __gc = true, __close = true, class = true, export = true, help = true,
  }
  local function add(functions, where)
    for name, value in pairs(functions) do
      if type(value) == "function" and not skip[name] and not seen[value] then
        seen[value] = true
        list[#list + 1] = { name = where .. "." .. tostring(name), call = value }
        for i = 1, 3 do
          local _, upvalue = debug.getupvalue(value, i)
          if type(upvalue) == "table" and upvalue ~= _G then add(upvalue, where .. "." .. tostring(name)) end
        end
      end
    end
  end
  for _, name in ipairs { "breakdown", "scenario", "publication", "merge", "breakdowns", "scenarios" } do
    add({ [name] = dk[name] }, "dk")
  end
  add(dk, "dk")
  for _, class in ipairs { "dk.table", "dk.column", "dk.expr", "dk.breakdown", "dk.scenario", "dk.rows" } do
    add(debug.getregistry()[class], class)
  end
  for _, value in pairs(debug.getregistry()) do
    if type(value) == "table" and rawget(value, "table_methods") then
      add(value.table_methods, "dk.table.__index")
      add(value, "core")
    end
  end
  table.sort(list, function(a, b) return a.name < b.name end) -- the order of Lua's tables differs from run to run
  return list
end

test("no call crashes, and none leaves anything behind", function(t, dk)
  math.randomseed(20241231)
  local data = dk.table {
    { "k", { "a", "b", dk.null } }, { "n", { 1, 2, 3 } }, { "x", { 0.5, 1, dk.null } }, { "where", { true, false, true } },
  }
  local make, functions = makers(dk, data), all_functions(dk)
  t.ok(#functions > 80, #functions .. " functions")
  local function round(n)
    local n_done = 0
    for _ = 1, n do
      local arguments, n_arguments = {}, math.random(0, 4)
      for k = 1, n_arguments do
        arguments[k] = make[math.random(#make)]()
      end
      if math.random(2) == 1 then
        arguments[1], n_arguments = data, math.max(n_arguments, 1)
      end
      local call = functions[math.random(#functions)].call
      local done, result
      if math.random(5) == 1 then
        done, result = coroutine.resume(coroutine.create(call), table.unpack(arguments, 1, n_arguments))
      else
        done, result = pcall(call, table.unpack(arguments, 1, n_arguments))
      end
      if done and result ~= nil then
        n_done = n_done + 1
        pcall(tostring, result)
      end
    end
    return n_done
  end
  round(1000) -- loads what is loaded on first use
  collectgarbage()
  collectgarbage()
  local before = dk.memory()
  local n_done = round(5000)
  t.ok(n_done > 300, n_done .. " calls gave something")
  collectgarbage()
  collectgarbage()
  -- Breakdowns and scenarios that got a name are kept under it.
  t.ok(dk.memory() - before < 200000, dk.memory() - before .. " bytes are left")
  t.eq(#data, 3)
end)
