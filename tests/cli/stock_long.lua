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

scripts["finding.lua"] = [=[
local long = ("xy"):rep(2^20)
for _, text in ipairs { "z", "yz", "xyz", "z" .. long:sub(1, 3e5), "z" .. long:sub(1, 2^20) } do
  local places = {}
  for n = -2, 2 do
    for _, size in ipairs { 2^20, 2^20 - #text, 4 * #text, 2^21 - #text } do
      local before = long:sub(1, size + n)
      local subject = before .. text .. "xyz" .. text .. "yy"
      places[#places + 1] = subject:find(text, 1, true)
      places[#places + 1] = subject:find(text)
      places[#places + 1] = subject:find(text, #before + #text, true) or "none"
      places[#places + 1] = subject:find(text, -#text - 2, true)
      places[#places + 1] = subject:find(text .. "zz", 1, true) or "none"
    end
  end
  print(#text, table.concat(places, " "))
end
print(long:find("", 1, true), long:find("", -1, true), long:find("", 2^21 + 1, true), long:find("", 2^21 + 2, true))
print(long:find(long, 1, true), long:find(long, 2, true), long:find(long .. "x", 1, true))
]=]

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

scripts["packing.lua"] = [=[
local long = ("x"):rep(2^20 + 5)
local function told(ok, text)
  local a = 0
  for i = 1, ok and type(text) == "string" and #text or 0, 97 do a = (a * 31 + text:byte(i)) % 1000003 end
  if a == 0 then return ok, (tostring(text):gsub("0x%x+", "")) end
  return #text, a, text:sub(1, 12):byte(1, -1), text:sub(-12):byte(1, -1)
end
for _, case in ipairs { { "s", long }, { "s4", long }, { "s2", long }, { "z", long }, { "z", long .. "\0" }, { "z2", long },
  { "c10", long }, { "c2000000", long }, { "c", long }, { "c1048581", long }, { ">s4i4", long, 7 }, { "s0", long },
  { "<i2>s4i4z", 3, long, 7, "end" }, { "i4 s4 x > i2", 1, long, 2 }, { "!s4i8", long, 1 }, { "s3s3", long, long },
  { "!4 i2 s4 Xi4 i4", 1, long, 1 }, { "s17", long }, { "s99999999999999", long }, { "c99999999999999", long },
  { "s4", long, 1, 2 }, { "s4s4", long }, { "bs4b300", 1, long, 2 }, { "bs4b", 300, long, 1 }, { "q", long }, { "", long },
  { "   ", long }, { "d f n s j J T", 1, 2, 3, long, 4, 5, 6 }, { "s4b", long, "x" }, { "s4z", long, "a\0b" },
  { "\0s", long },
  { "zz", long, long }, { "b\0s", 1, long }, { ">b<s2", 1, long }, { 12, long }, { {}, long }, { "=s4>i4", long, 258 } } do
  print(told(pcall(string.pack, table.unpack(case))))
end
local f = load("local a = ... return '" .. long .. "', function() return a end")
print(told(pcall(string.dump, f)))
print(told(pcall(string.dump, f, true)))
print(load(string.dump(f))(1) == long)
for _, x in ipairs { 1, print, {}, "x" } do print(pcall(string.dump, x)) end
for _, text in ipairs { ("x"):rep(2^20), ("é"):rep(2e6), ("aé€"):rep(1e6), ("x"):rep(2^21) .. "\x80\x80y" } do
  for _, n in ipairs { 0, 1, -1, 2^20, 2^20 + 1, 2^20 + 2, 2^21, 2^21 + 1, 2^21 + 2, -2^20, -2^20 - 1, -2^21, -2^21 - 2,
    3e6, 3e6 + 1, 3e6 + 2, -3e6, -3e6 - 1, 1e18, math.mininteger, math.maxinteger, 1.5, "3", "2000000", "x" } do
    for _, i in ipairs { false, 1, -1, 2, -5, 1e6 + 1, 1e9, "x", 0 } do print(pcall(utf8.offset, text, n, i or nil)) end
  end
end
local name = "written.txt"
local function content() return told(true, io.open(name, "rb"):read "a") end
local file = io.open(name, "w")
print(file:write(long, 1, 2.5, 1.0, "x", 2^63, long) == file)
for _, f in ipairs {
  function() file:write(long, {}) end,
  function() file:write(long, {}, "y") end,
  function() file.write(nil, long) end,
  function() file:close() file:write(long) end,
  function() io.output():write(long:sub(1, 5), 1, nil) end,
} do
  print(pcall(f))
end
print(content())
io.output(name)
print(io.write(long, 3, "z") == io.output(), pcall(io.write, long, {}))
io.close()
print(pcall(io.write, long))
io.output(io.stdout)
print(content())
file = io.open(name)
print(file:write(long))
print(file:write("a", long, 2))
file = io.open("/dev/full", "w")
print(file:write(long, "x", 2))
print(pcall(file.write, file, long, {}))
]=]

scripts["places.lua"] = [=[
local log = {}
local function proxy(n)
  log = {}
  return setmetatable({}, { __len = function() log[#log + 1] = "#" return n end,
    __index = function(_, i) log[#log + 1] = i return i end, __newindex = function(_, i) log[#log + 1] = -i end })
end
local function told(...) print(#log, table.concat(log, " ", 1, math.min(#log, 12)), ...) end
local function long(n)
  local list = {}
  for i = 1, n do list[i] = i end
  return list
end
for _, n in ipairs { 5, 250000, 100001, 100000 } do
  for _, place in ipairs { 1, 2, n, n + 1, n + 2, 0, -1, 1.0, 1.5, "2", "x", math.mininteger, math.maxinteger, print } do
    local list = long(n)
    print(pcall(table.insert, list, place, "new")) print(#list, list[1], list[2], list[3], list[#list])
    list = long(n)
    print(pcall(table.remove, list, place)) print(#list, list[1], list[2], list[3], list[#list])
    told(pcall(table.insert, proxy(n), place, "new"))
    told(pcall(table.remove, proxy(n), place))
  end
  local list = long(n)
  print(table.insert(list, "end"), list[#list], table.remove(list), table.remove(list, nil), #list)
  for _, more in ipairs { {}, { 1 }, { 1, 2, 3 }, { nil, 2, n = 2 } } do
    print(pcall(table.insert, list, table.unpack(more, 1, more.n)))
  end
  print(pcall(table.remove, list, 1, 2, 3))
end
for _, n in ipairs { 0, -5, math.maxinteger, math.mininteger, "3", 1.0, 1.5, "x" } do
  for _, place in ipairs { n, 0, 1, math.mininteger } do
    local list = setmetatable({}, { __len = function() return n end, __index = function(_, i) error("get " .. i) end,
      __newindex = function(_, i) error("set " .. i) end })
    print(n, place, pcall(table.insert, list, place, 1))
    print(pcall(table.remove, list, place))
  end
end
]=]

scripts["dates.lua"] = [=[
local function sum(text) local a = 0 for i = 1, #text, 61 do a = (a * 31 + text:byte(i)) % 1000003 end return #text, a end
local long = { ("%Y-%m-%d "):rep(3e5), ("x"):rep(2e6) .. "%H", ("%Ex"):rep(5e5) .. "%Od", ("%%"):rep(1e6) .. "%M",
  ("!"):rep(3e6), ("*t"):rep(1e6), "a" .. ("*t!"):rep(1e6), "%" .. ("%!"):rep(1e6), ("%d!*t"):rep(5e5),
  ("\0%d"):rep(5e5), ("x"):rep(2^20 - 1) .. "%Ey" .. ("y"):rep(2^20),
  ("x"):rep(2^20 - 2) .. "%Ey", ("x"):rep(2^20 - 1) .. "%d", ("x"):rep(2^20) }
for i, format in ipairs(long) do
  for _, before in ipairs { "", "!", "!!", "*", "!*" } do
    local done, text = pcall(os.date, before .. format, 86400 * 45)
    if not done then print(i, before, sum(text)) print(text:sub(1, 90))
    elseif type(text) == "table" then print(i, before, "a table", text.year, text.yday)
    else print(i, before, sum(text)) end
  end
end
local text = ("x"):rep(2e6)
for _, wrong in ipairs { "%", "%E", "%Ez", "%Q", "%Q and more", "%O\0" } do
  print(sum(select(2, pcall(os.date, text .. wrong, 0))))
end
for _, time in ipairs { "7", 7.0, 7.5, "x", 2^62, -2^40, false } do
  print(pcall(function() return sum(os.date("!" .. text .. "%c", time)) end))
end
print(#os.date(text .. "%Y"), #os.date(text .. "%Y", nil), pcall(os.date, {}, 1))
]=]

scripts["many.lua"] = [=[
local function sum(text) local a = 0 for i = 1, #text do a = (a * 31 + text:byte(i)) % 1000003 end return #text, a end
local floats, named = {}, setmetatable({}, { __tostring = function() return "named" end })
for i = 1, 2500 do floats[i] = i / 7 end
for _, n in ipairs { 499, 500, 501, 502, 1000, 1001, 2500 } do
  for _, one in ipairs { "%g,", "%.3f%%", "%-10s|", "%q ", "%5.1f", "%a", "%x", "%d", "%c", "%", "%y" } do
    local done, text = pcall(string.format, one:rep(n), table.unpack(floats))
    print(n, one, done, done and sum(text) or text)
  end
end
print(pcall(string.format, ("%g"):rep(2501), table.unpack(floats)))
print(sum(("%g"):rep(3):format(table.unpack(floats))))
for _, wrong in ipairs { "x", {}, named, true } do
  local list = table.move(floats, 1, 2500, 1, {})
  list[1700] = wrong
  print((select(2, pcall(string.format, ("%d"):rep(2500), table.unpack(list))):gsub("0x%x+", "")))
  print(#string.format(("%s"):rep(2499), table.unpack(list)) > 20000)
  local file = io.open("written.txt", "w")
  print(pcall(file.write, file, table.unpack(list)))
  file:close()
  print(sum(io.open("written.txt"):read "a"))
  print((select(2, pcall(table.concat, table.move(list, 1, 2500, 9000, table.move(floats, 1, 2500, 1, {})), ","))))
end
print(io.write(table.unpack(floats)) == io.stdout)
print(io.open("/dev/full", "w"):write(table.unpack(floats)))
local numbers = {}
for i = 1, 20001 do numbers[i] = i % 3 == 0 and i or i / 8 end
for _, last in ipairs { 9999, 10000, 10001, 10002, 20001 } do print(sum(table.concat(numbers, ",", 1, last))) end
print(pcall(table.concat, numbers, ",", 1, 20002))
local texts = {}
for i = 1, 20001 do texts[i] = "text " .. i * 7919 % 20011 end
table.sort(texts)
print(sum(table.concat(texts)))
texts[7] = 1
print(pcall(table.sort, texts))
texts[7], texts[8] = {}, {}
print(pcall(table.sort, texts))
]=]

return scripts
