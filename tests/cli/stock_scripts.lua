-- stock_scripts.lua - scripts that stock lua and the program must run alike: errors and their texts, the libraries.

local scripts = {}

scripts["coroutines.lua"] = [[
local c = coroutine.create(function() local x = {} x.a.b = 1 end)
print(coroutine.resume(c))
print(debug.traceback(c))
print(debug.traceback(c, "m", 1))
error(select(2, coroutine.resume(coroutine.create(error), { code = 3 })))
]]

scripts["closing.lua"] = [[
local function closing(name, f)
  return setmetatable({}, { __close = function(_, e) print(name, e) if f then f() end end })
end
local a <close> = closing "a"
local b <close> = closing("b", function() error("from b", 0) end)
error("first", 0)
]]

scripts["depth.lua"] = [[
local function f(x) return (string.gsub("a", ".", f)) end
print(pcall(f))
print(load(("("):rep(250) .. "1" .. (")"):rep(250)))
print(load("x = " .. ("{"):rep(250) .. ("}"):rep(250)))
]]

scripts["traceback.lua"] = [[
local function a() error "x" end
local t = { m = function() a() end }
function t:n() self.m() end
local c = setmetatable({}, { __index = function() t:n() end })
local co = coroutine.wrap(function()
  string.gsub("a", "a", function() table.sort({ 1, 2, 3 }, function() return c.x end) end)
end)
co()
]]

scripts["lexical.lua"] = [[
for _, text in ipairs {
  "goto nope", "for i = 1, 2 do goto c local x ::c:: print(x) end", "local x <foo> = 1", "x = '\\q'",
  "x = 0x", "x = [==[ abc", "--[[ abc", "y = '\\u{110000000}'", "\xC3\xA9 = 1", "x = 'a\\\nb' break",
  "x = }", "local function end", "x = 1 1", "for i do end", "local x <const> = 1; x = 2", "::a:: ::a::",
  "return 1,", "f(", "a.b:c = 1", "function f() return ... end",
} do
  print(load(text))
end
]]

scripts["arguments.lua"] = [==[
local stock_string = string
local calls = [[
("x"):rep()
string.rep()
("x"):bad()
stock_string.format("%d", "x")
math.floor({})
setmetatable(1, 2)
ipairs()
table.concat {{}}
table.insert({}, 1, 2, 3)
string.find "a"
("a"):find "["
("a"):gsub("(", "")
("a"):gsub("a", "%2")
("a"):match "%"
string.char(256)
utf8.char(-1)
utf8.codepoint "\xFF"
tonumber("z", 99)
select(0)
next({}, 1)
rawset(1, 2, 3)
coroutine.resume(1)
coroutine.wrap(1)
coroutine.close(coroutine.running())
load(1)
pcall()
xpcall(print)
string.dump(print)
os.date "%Ez"
os.time {}
io.read "x"
require()
table.unpack({}, 1, 1e8)
table.move({}, 1, 2, {})
collectgarbage "x"
string.format("%y", 1)
string.format "%s"
io.stdout.write()
io.stdout.read(1)
string.gmatch "a"
table.sort({ 1, 2, 3, 4, 5 }, function() return true end)
table.sort { 1, "x" }
return {} .. {}
return #5
return -{}
for i = 1, 10, 0 do end
for i = "a", 2 do end
local a; a()
undefined()
local t = {} t.x.y()
local t = {} t[nil] = 1
local t = {} t[0/0] = 1
return 1 & 1.5
return "a" ~ 1
return 2^63 // 0 & 1
return 1 < {}
return {} < {}
return nil > 1
string.rep("x", 1 << 40)
io.lines "nosuch"
io.open("x", "zz")
io.open "nosuch/x"
os.remove "nosuch"
os.rename("nosuch", "b")
return math.type(3 // 1), 7 // 0.0, -7 % 3, 7 % -3.0, 1e15, 1e16, 2^53, 1 / 0, -0.0, 0x7fffffffffffffff + 1
return 1 // 0
return ("%5.2f|%-5d|%+d|%x|%q"):format(3.14159, 42, 7, 255, "a\nb\0c")
return string.unpack("<i2", "\1\2")
return #string.pack("i4z", 7, "a")
return select(-1, 1, 2), table.unpack({ 1, 2, 3 }, 2)
return math.tointeger "8", math.ult(1, -1)
return os.getenv "NOSUCH"
error()
error(nil)
]]
for call in calls:gmatch "[^\n]+" do
  local f = assert(load(call, "=call", "t", setmetatable({ stock_string = stock_string }, { __index = _G })))
  local told = table.pack(pcall(f))
  for i = 1, told.n do told[i] = tostring(told[i]):gsub("0x%x+", "") end
  print(call, table.concat(told, " "))
end
]==]

scripts["files.lua"] = [[
local f = assert(io.open("made.txt", "w"))
print(f:write("a\n1 2\n") == f, f:seek "cur", f:seek("set", 1), f:close())
print(pcall(f.write, f, "x"))
for line in io.lines("made.txt", "L") do io.write(line) end
print(io.type(f), io.type(io.stdout), io.type(7), tostring(f))
print(io.popen "exit 3":close())
print(os.execute "exit 4")
print(os.execute "kill -9 $$")
print(os.execute(), os.remove "made.txt")
]]

scripts["libraries.lua"] = [[
for _, library in ipairs { "string", "table", "math", "os", "io", "utf8", "coroutine", "debug", "package" } do
  local names = {}
  for name, value in pairs(_G[library]) do names[#names + 1] = name .. ":" .. type(value) end
  table.sort(names)
  print(library, table.concat(names, " "))
end
for name, value in pairs(getmetatable(io.stdout)) do if name ~= "__index" then print(name, type(value)) end end
print(debug.getinfo(1, "S").short_src, debug.getinfo(print).what, debug.getinfo(string.rep).short_src, debug.gethook())
local n = 0
debug.sethook(function() n = n + 1 end, "l")
local a = 1
local b = 2
debug.sethook()
print(n, a, b)
]]

scripts["depths.lua"] = [[
local depth
local function deep(name, f, ...)
  depth = 0
  local results = table.pack(pcall(f, ...))
  print(name, depth, results.n, results[1], results.n == 2 and results[2])
end
local function count() depth = depth + 1 end
local function protected() count() return pcall(protected) end
local function handled() count() return xpcall(handled, print) end
local function resumed() count() return coroutine.resume(coroutine.create(resumed)) end
local function wrapped() count() return coroutine.wrap(wrapped)() end
local function closed()
  count()
  local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = closed }) coroutine.yield() end)
  coroutine.resume(co)
  return coroutine.close(co)
end
local function replaced() count() return ("x"):gsub(".", replaced) end
local function looked_up() count() return ("x"):gsub(".", setmetatable({}, { __index = looked_up })) end
local function sorted() count() table.sort({ 1, 2 }, sorted) end
local function joined() count() return table.concat(setmetatable({}, { __index = joined }), "", 1, 1) end
local function moved() count() return table.move(setmetatable({}, { __index = moved }), 1, 1, 2) end
local function loaded() count() return assert(load(loaded)) end
local told = {}
function told.__tostring() count() return tostring(setmetatable({}, told)) end
deep("pcall", protected) deep("xpcall", handled) deep("resume", resumed) deep("wrap", wrapped) deep("close", closed)
deep("gsub", replaced) deep("gsub", looked_up) deep("sort", sorted) deep("concat", joined) deep("move", moved)
deep("load", loaded)
deep("print", print, setmetatable({}, told)) deep("format", string.format, "%s", setmetatable({}, told))
print(pcall(string.match, ("a"):rep(190), ("a?"):rep(190)) , pcall(string.match, ("a"):rep(210), (".?"):rep(210)))
]]

scripts["hooks.lua"] = [[
local events = {}
debug.sethook(function(event)
  local info = debug.getinfo(2, "nS")
  events[#events + 1] = event .. ":" .. tostring(info.name) .. ":" .. info.what
end, "cr")
pcall(string.rep, "x", 3)
xpcall(error, function(m) return m end, "m")
coroutine.wrap(function() return ("a b"):gsub("%a", "x") end)()
for _ in ("a b"):gmatch "%a" do end
load "return 1" ()
table.sort { 3, 1, 2 }
table.concat({ 1, 2 }, ("%s"):format(","))
for _ in io.lines "script.lua" do end
debug.sethook()
print(#events, table.concat(events, " "))
]]

scripts["yields.lua"] = [[
local function try(name, f) print(name, coroutine.resume(coroutine.create(f))) end
try("reader", function() return load(coroutine.yield) end)
try("replacement", function() return ("x"):gsub("x", coroutine.yield) end)
try("look-up", function() return ("x"):gsub("x", setmetatable({}, { __index = coroutine.yield })) end)
try("comparison", function() return table.sort({ 3, 2, 1 }, coroutine.yield) end)
try("element", function() return table.concat(setmetatable({}, { __index = coroutine.yield }), "", 1, 2) end)
try("text", function() print(setmetatable({}, { __tostring = coroutine.yield })) end)
try("handler", function() return xpcall(error, coroutine.yield, "m") end)
try("closing", function() local x <close> = setmetatable({}, { __close = function() coroutine.yield "closes" end }) end)
local co = coroutine.create(pcall)
print(coroutine.resume(co, coroutine.yield, 1)) print(coroutine.resume(co, 2)) print(coroutine.resume(co))
co = coroutine.create(string.rep)
print(coroutine.resume(co, "ab", 3)) print(coroutine.status(co), coroutine.close(co))
print(coroutine.resume(coroutine.running())) co = coroutine.create(function() return coroutine.resume(co) end)
print(coroutine.resume(co))
local next_word = ("a b"):gmatch "%a"
print(next_word(), coroutine.wrap(next_word)(), next_word(), next_word())
]]

scripts["finalizers.lua"] = [[
words = ("a b c"):gmatch(("[abc]?"):rep(30))
print(words())
for i = 1, 3 do
  setmetatable({}, { __gc = function()
    print(i, words(), ("a b"):gsub("%a", "%0%0"), pcall(string.find, "x", "["))
    print(#("x"):rep(3000000):upper(), #("%s!"):format(("x"):rep(1100000)), utf8.len(("é"):rep(600000)))
    print(table.concat({ 1, 2 }, ","), pcall(error, 1), load "return 3" (), coroutine.wrap(function() return 4 end)())
    for line in io.lines "script.lua" do print(#line) end
    if i == 2 then error "in a finalizer" end
  end })
end
]]

-- What stands in the place of a function of Lua's has what that has: no value within reach of debug.
scripts["upvalues.lua"] = [[
local lines = {}
local function look(name, list)
  for key, f in pairs(list) do
    if type(f) == "function" then
      local about = debug.getinfo(f, "uS")
      lines[#lines + 1] = ("%s.%s %s %d %d %s"):format(name, key, about.what, about.nups, about.nparams, about.isvararg)
      for i = 1, about.nups do debug.setupvalue(f, i, 1) end
    end
  end
end
look("_G", _G)
for _, name in ipairs { "string", "table", "coroutine", "utf8", "io", "os", "math", "debug" } do
  look(name, _G[name])
end
look("file", getmetatable(io.stdout).__index)
table.sort(lines)
print(table.concat(lines, "\n"))
print(debug.setupvalue(string.find, 2, io.stdout), debug.getupvalue(string.rep, 1), debug.upvalueid(table.sort, 1))
print(("a b"):find "%a", ("a b"):match "%a", ("a b"):gsub("%a", "x"), ("a b"):gmatch "%a" ())
print(("x"):rep(3), ("x"):upper(), ("X"):lower(), ("ab"):reverse(), ("%d"):format(1), #("z"):pack("a"))
print(utf8.len "aé", utf8.offset("aé", 2), table.concat { 1, 2 }, table.unpack(table.move({ 1 }, 1, 1, 2)))
print(load "return 1" (), loadfile "nosuch", coroutine.resume(coroutine.create(print), 1))
print(coroutine.close(coroutine.create(print)), pcall(error, 1), xpcall(error, print, 1), coroutine.wrap(print)(2))
for line in io.lines "script.lua" do io.write(line, "\n") end
]]

-- What is finalized at the end, from the youngest to the oldest, with all that it needs.
scripts["ending.lua"] = [[
local function finalized(name, f)
  return setmetatable({ name }, { __gc = function(x) print(x[1], #name, collectgarbage "count" > 0) if f then f() end end })
end
local file = io.open("written.txt", "w")
file:write "not closed"
oldest = finalized "oldest"
local closed <close> = setmetatable({}, { __close = function() print "closed" end })
local thrown = finalized("throws", function() warn "@on" error "in a finalizer" end)
local making = finalized("makes", function() new = finalized "too late" io.write "no line end" end)
local reading = finalized("reads", function()
  print(io.open("written.txt"):read "a", io.popen "echo said":read "a", pcall(require, "nosuch") == false)
end)
local co = coroutine.wrap(function() local x <close> = finalized "of a coroutine" coroutine.yield() end)
pcall(co)
package.loaded.x = finalized("youngest", function() print(os.exit ~= nil) end)
package.loaded.x = nil
]]

scripts["ending_by_exit.lua"] = "setmetatable({}, { __gc = function() print 'finalized' end }) os.exit(3, true)"
scripts["ending_in_finalizer.lua"] = "setmetatable({}, { __gc = function() os.exit(4) end }) error 'of the script'"

scripts["overflow.lua"] = "local function f() return 1 + f() end f()"

return scripts
