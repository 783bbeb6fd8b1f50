-- stock_long.lua - scripts that stock lua and the program must run alike: what is so long that it is looked at in between.

local scripts = {}

scripts["long.lua"] = [[
local function sum(text) local a = 0 for i = 1, #text, 997 do a = (a * 31 + text:byte(i)) % 1000003 end return #text, a end
for _, case in ipairs { { "x", 3e6 }, { "abc", 1e6 }, { "abc", 1e6, ", " }, { "", 2e6, "-" }, { ("q"):rep(5e5), 7, "z" },
  { "x", 2^20 }, { "x", 2^20 + 1 }, { "ab", 2^19, "" }, { 12, 1e6, 3 }, { "", 2e6 }, { "x", -1e15 }, { "x", "2000000" } } do
  print(sum(string.rep(table.unpack(case))))
end
for _, case in ipairs { { "x", 2^31 }, { "x", 1e6 + 0.5 }, { "x", 1e6, {} }, { "x" }, { {}, 1e7 }, { "xy", 2^62 } } do
  print(pcall(string.rep, table.unpack(case)))
end
for _, tail in ipairs { "Zé", "\u{20AC}b", "\x80", "é\x80", "\xe2\x82", "\u{7FFFFFFF}" } do
  for size = 2^20 - 3, 2^20 + 1 do
    local text = ("x"):rep(size) .. tail .. ("Yé"):rep(2^19)
    print(sum(text:upper()), sum(text:lower(true)), sum(text:reverse()), pcall(utf8.len, text))
    print(utf8.len(text, nil, nil, true), utf8.len(text, 2, -1, 1))
  end
end
local list = {}
for i = 1, 250000 do list[i] = i % 7 == 0 and i or "v" .. i end
print(sum(table.concat(list)))
print(sum(table.concat(list, ", ")))
print(sum(table.concat(list, 1, 100, 240000)))
print(sum(table.concat(list, nil, "3", 200003.0)))
print(sum(table.concat(setmetatable({}, { __len = function() return 200000 end, __index = list }), "-")))
print(pcall(table.concat, list, ", ", 1, 250001))
print(pcall(table.concat, list, {}, 1, 250000))
print(pcall(table.concat, list, ", ", 1.5))
list[123456] = {}
print(pcall(table.concat, list, ", "))
print(pcall(table.concat, list))
list[123456] = 0
local function told(t) return #t, table.concat(t, ",", 1, 20), table.concat(t, ",", #t - 20) end
print(told(table.move(list, 1, 250000, 1, {})))
print(told(table.move(list, 1, 250000, 3)))
print(told(table.move(list, 3, 250002, 1)))
print(told(table.move(list, 100001, 250000, 1, list)))
local equal = table.move(list, 1, 249998, 5, setmetatable({}, { __eq = function() return true end }))
print(equal[1], equal[5], equal[6], equal[250001], equal[250002], equal[250003])
local log = {}
local proxy = setmetatable({}, { __index = function(_, i) log[#log + 1] = i return list[i] end,
  __newindex = function(_, i, v) log[#log + 1] = -i rawset(list, i, v) end })
print(table.move(proxy, 1, 200000, 2) == proxy, #log, table.concat(log, " ", 1, 6))
for _, case in ipairs { { 1, 1, 200000, 1 }, { {}, 1, 200000, 1, 5 }, { {}, 1, 2e5, 1.5 }, { {}, -5, math.maxinteger, 1 },
  { {}, 1, 2e5, math.maxinteger }, { {}, 1, "200000", "x" }, { {}, math.mininteger, math.mininteger + 2e5, 1 } } do
  print((tostring(select(2, pcall(table.move, table.unpack(case)))):gsub("0x%x+", "")))
end
local words = {}
for i = 1, 210000 do words[i] = (i * 7919) % 210011 end
table.sort(words) print(words[1], words[105000], words[210000])
words[100000] = {}
print(pcall(table.sort, words))
local text = ("local a = 1\n"):rep(1e5)
print(load("do " .. text:gsub("local ", "") .. " end return 5, ...")(6))
print(pcall(load(text:gsub("local ", "") .. "error 'at the end'")))
print((load(text)))
print(load(text:gsub("local ", "") .. "x ="))
print(load(text:gsub("local ", "") .. "x =", "=name"))
print(load("\27" .. text), load(text, "=name", "b"), pcall(load, text, {}))
print(load(text:gsub("local a", "b") .. "return _ENV", nil, nil, list)() == list)
local compiled = string.dump(load("return '" .. ("x"):rep(2e6) .. "'"))
print(#load(compiled)(), load(compiled, "=c", "t"))
]]

scripts["formats.lua"] = [=[
local long = ("lang\n\"\\\0\1007\r"):rep(2e5)
local function show(ok, text)
  local a = 0
  for i = 1, ok and #text or 0, 97 do a = (a * 31 + text:byte(i)) % 1000003 end
  print(ok and #text or tostring(text):gsub("0x%x+", ""), a)
end
local many, count = {}, 0
for i = 1, 3e5 do many[i] = i end
local told = setmetatable({}, { __tostring = function() count = count + 1 return "told" end, __name = "Told" })
local odd = setmetatable({}, { __tostring = function() return 1 end })
for _, case in ipairs {
  { "%s", long }, { "%q", long }, { "%s%s", long, long }, { "a%sb%qc%sd", long, long, 5 },
  { "%d %s %5.2f|%s|%q|%x", 3, long, 2.5, long, "x", 255 }, { "%d%%%s%%%s", 1, long, told }, { "%s%s%s", told, long, told },
  { "%s %s", long }, { "%s %d", long, "x" }, { "%s %d", long, 1.5 }, { "%d %s", {}, long }, { "%s %y", long, 1 },
  { "%s %", long }, { "%s %5", long }, { "%10s", long }, { "%.10s", long }, { "%.3s%s", "abcdef", long },
  { "%s", long, 1, 2 }, { "%5q", long }, { ("x"):rep(3e6) },
  { ("x"):rep(3e6) .. "%d%s" .. ("y"):rep(2e6) .. "%%%s", 7, "w", long }, { ("x%%"):rep(1e6) },
  { ("x"):rep(2e6) .. "%d" }, { ("x"):rep(2^20) .. "%" }, { ("%d,"):rep(3e5), table.unpack(many) },
  { ("%d,"):rep(4e5), table.unpack(many) }, { ("%05d,"):rep(3e5), table.unpack(many) }, { ("%"):rep(3e6) },
  { "%i%s%c%a%g%G%e", 1, long, 65, 1.0, 0.1, 1e20, 3 }, { "%s%p", long, 1 }, { "%s\0%s\0", long, "z" },
  { "%-5d|%s", 3, long }, { "%s" .. ("z"):rep(2e6), long }, { "", long }, { "%%", long }, { "x", long }, { long },
  { 12, long }, { {}, long }, { "%s%q", long, {} }, { "%q%q%q", long, 1/3, math.mininteger }, { "%s%s", long, odd },
  { "%q", ("\r"):rep(2^20) .. "5" }, { "%q", ("\0"):rep(2^20 - 1) .. "5" .. ("\n"):rep(2^20) },
  { "%s%s", ("a"):rep(33 * 2^20), "b" }, { "%s%s%d", told, long, "x" }, { "%s%d%s", long, {}, told },
} do
  show(pcall(string.format, table.unpack(case)))
end
print(count)
for _, f in ipairs {
  function() return ("%s%d"):format(long, {}) end,
  function() return string.format("%s%d", long) end,
  function() return ("%s%s"):format(long, setmetatable({}, { __tostring = function() error "in it" end })) end,
} do
  print(pcall(f))
end
print(pcall(string.format, "%s%s", long, setmetatable({}, { __tostring = function() error {} end })) == false)
getmetatable("").__tostring = function(text) return #text .. " bytes" end
print(("%s, %q"):format(long, "x"), pcall(string.format, "%s %s", 1, long))
getmetatable("").__tostring = nil
print(#("x"):rep(40 * 2^20), #(("ab"):rep(20 * 2^20, ",")), #("x"):rep(40 * 2^20):upper())
]=]

scripts["reading.lua"] = [=[
local name = "read.txt"
local function put(text)
  local file = assert(io.open(name, "wb"))
  file:write(text)
  file:close()
end
local function told(value)
  if type(value) == "string" and #value > 60 then
    local a = 0
    for i = 1, #value, 997 do a = (a * 31 + value:byte(i)) % 1000003 end
    return #value .. ":" .. a
  end
  return (tostring(value):gsub("0x%x+", ""))
end
local function show(...)
  local out = table.pack(...)
  for i = 1, out.n do out[i] = told(out[i]) end
  print(out.n, table.concat(out, "|", 1, out.n))
end
local texts = { "", "\n", "a", "a\n", "a\nb", "\n\nx", "12 0x1F -3.5e2 nan x\n7", "\0\n\0a\0", ("x"):rep(1024),
  ("x"):rep(1023) .. "\n" .. "y", ("x"):rep(1024) .. "\n", ("line\n"):rep(3e5), ("z"):rep(3 * 2^20 + 17) .. "\ntail\n",
  ("q"):rep(2^20), ("q"):rep(2^20) .. "\n", ("w"):rep(2^21 - 1) .. "\n\n" .. ("v"):rep(2^21) }
local formats = { {}, { "l" }, { "L" }, { "a" }, { "n" }, { 0 }, { 1 }, { 5 }, { "*l", "*a" }, { "l", "l", "l" },
  { "n", "n", "n", "n", "n" }, { "a", "a", "l" }, { 0, "a", 0 }, { 2, "n", "L" }, { "L", 3, "a" }, { 2^20 }, { 2^20 + 1.0 },
  { 2^21, 5, 2^22 }, { "9" }, { "x" }, { "" }, { "*" }, { {} }, { 1.5 }, { "line", "number" }, { true }, { nil, n = 1 },
  { "l", nil, n = 2 } }
for t, text in ipairs(texts) do
  put(text)
  for i, list in ipairs(formats) do
    local function unpacked() return table.unpack(list, 1, list.n or #list) end
    local file, k = io.open(name, "rb"), 0
    local function go(most, ...)
      for a, b, c in ... do
        k = k + 1
        if k % 97 == 0 then show(a, b, c) elseif k > most then break end
      end
    end
    io.write(t, " ", i, " ")
    show(pcall(file.read, file, unpacked()))
    show(pcall(file.read, file, unpacked()))
    show(file:read "a") show(file:read "a") show(file:read "l") show(file:read(1))
    file:seek "set"
    io.input(file)
    show(pcall(io.read, unpacked()))
    show(pcall(io.read))
    file:close()
    show(pcall(go, 500, io.lines(name, unpacked())))
    file = io.open(name)
    show(pcall(go, 1000, file:lines(unpacked())))
    show(io.type(file), k)
    io.input(file)
    show(pcall(go, 1500, io.lines(nil, unpacked())))
    file:close()
  end
end
put "abc\n"
local file, closed = io.open(name), io.open(name)
closed:close()
local huge, less = 1e18, -1
if os.getenv "DEKKING_TEST_QUICK" then -- sanitizers end a program that asks for memory that nobody has
  huge, less = 1e6, 0
end
for _, case in ipairs {
  {}, { 1 }, { "x" }, { io.stdout }, { closed }, { closed, "a" }, { {} }, { file, huge }, { file, less },
} do
  show(pcall(file.read, table.unpack(case)))
  show(pcall(file.lines, table.unpack(case)))
end
for _, f in ipairs {
  function() closed:read() end,
  function() file:read "x" end,
  function() file:read {} end,
  function() file.read() end,
  function() for _ in file:lines "x" do end end,
  function() for _ in closed:lines() do end end,
  function() local step = file:lines() file:close() step() end,
  function() io.lines "nosuch.txt" end,
  function() io.read "a" end,
  function() io.lines(name, table.unpack({}, 1, 251)) end,
  function() for _ in io.lines "/" do end end,
  function() for _ in io.open "/":lines() do end end,
} do
  print(pcall(f))
end
local step, a, b, c = io.lines(name)
show(step, a, b, c) show(step()) show(step()) print(pcall(step))
local out, folder, pipe = io.open(name, "w"), io.open "/", io.popen "printf 'x\\ny'"
show(out:read()) show(out:read "a") show(out:read(0), out:read "n")
print(pcall(function() for _ in out:lines() do end end))
print(pcall(function() for _ in out:lines "n" do end end))
out:close()
show(folder:read "a") show(folder:read())
show(pipe:read "L") show(pipe:read "L") show(pipe:read "L") show(pipe:close())
put(("l\n"):rep(10))
for x, y, z in io.lines(name, "l", 1, "L") do show(x, y, z) end
put(("a line of some length\n"):rep(20000))
collectgarbage "incremental" collectgarbage("setpause", 0) collectgarbage("setstepmul", 1000)
local sizes, wrong = {}, 0
for i = 1, 40 do sizes[i] = i % 3 == 0 and "L" or i * 100 end
for _ = 1, 20 do
  io.input(name) -- which nothing else holds when a finalizer has taken another one
  setmetatable({}, { __gc = function() io.input(io.stdin) end })
  local text = table.concat { io.read("L", table.unpack(sizes)) }
  if text ~= ("a line of some length\n"):rep(20000):sub(1, #text) or #text < 50000 then wrong = wrong + 1 end
end
print(wrong) io.input(io.stdin)
local most = {}
for i = 1, 250 do most[i] = "l" end
for x in io.lines(name, table.unpack(most)) do show(x) end
]=]

return scripts
