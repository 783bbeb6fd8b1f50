-- globals.lua - which globals a text reads and sets: beside what luac lists, and by hand where that tells something else.

local test = ...

local globals = require "dekking.globals"

local function reads(text)
  local list = {}
  for i, global in ipairs(globals(text).read) do
    list[i] = global.name .. " " .. global.line
  end
  return table.concat(list, ", ")
end

local function sets(text)
  local list = {}
  for name in pairs(globals(text).set) do
    list[#list + 1] = name
  end
  table.sort(list)
  return table.concat(list, ", ")
end

test("globals are what is in no scope", function(t)
  t.eq(reads "local a = 1 return a + b", "b 1")
  t.eq(reads "local a = a", "a 1") -- the name is not there yet
  t.eq(reads "local a, b = 1, a", "a 1")
  t.eq(reads "do local a end return a", "a 1")
  t.eq(reads "local function f() return f end", "")
  t.eq(reads "local f = function() return f end", "f 1")
  t.eq(reads "for i = i, 2 do local x = i end return i", "i 1, i 1")
  t.eq(reads "for k, v in pairs {} do print(k, v) end", "pairs 1, print 1")
  t.eq(reads "repeat local a until a", "")
  t.eq(reads "while a do local a = a end", "a 1, a 1")
  t.eq(reads "if a then local b elseif b then local c else return c end", "a 1, b 1, c 1")
  t.eq(reads "return function(a, ...) return a, ..., b end", "b 1")
  t.eq(reads "local x <const>, y <close> = 1, nil return x, y, const, close", "const 1, close 1")
end)

test("upvalues of nested functions are locals", function(t)
  t.eq(reads "local a\nlocal function f() return function() return a, b end end\nreturn f", "b 2")
end)

test("fields and methods of a name are no globals", function(t)
  t.eq(reads "local t = {} t.a = t.b.c t:d() return t.e", "")
  t.eq(reads "return { a = 1, ['b'] = 2, c, [d] = 3; e = f }", "c 1, d 1, f 1")
  t.eq(reads "a.b = 1", "a 1")
  t.eq(sets "a.b = 1", "")
  t.eq(reads "return ('x'):rep(2), {}, [[y]], a 'text', b { c = d }", "a 1, b 1, d 1")
end)

test("what is set", function(t)
  t.eq(sets "a, b.c, d = 1, 2, 3", "a, d")
  t.eq(reads "a, b.c, d = 1, 2, 3", "b 1")
  t.eq(sets "function f() g = 1 end function h.i:j() return self end", "f, g")
  t.eq(reads "function f() end function h.i:j() return self end", "h 1")
  t.eq(sets "local a a = 1", "")
  t.eq(sets "(a).b = 1", "")
end)

test("signs, comments, labels and strings", function(t)
  t.eq(reads "return a // b, a >> 1, ~c, a ~ b, #d, -e, not f, a ~= b, a .. b", -- of each line and name all
    "a 1, b 1, a 1, c 1, a 1, b 1, d 1, e 1, f 1, a 1, b 1, a 1, b 1")
  t.eq(reads "goto out\ndo goto out end\n::out:: ::again::", "")
  t.eq(reads "--[==[ a ]] b ]==] c() -- d\n--[ e\nf()", "c 1, f 3")
  t.eq(reads "return 'a \\' b', \"c\\\\\", d, '\\z\n   e', f", "d 1, f 2")
  t.eq(reads "return [[a\nb]], c, [=[ ]] ]=], d", "c 2, d 2")
  t.eq(reads "return 0xA, 0x.8p1, 1e5, 3 .. a, .5, 0xep1, 1.5e-3, b", "a 1, b 1")
  t.eq(reads "#!/usr/bin/env dekking\nreturn a", "a 2")
  t.eq(reads "\xEF\xBB\xBFreturn a\r\n, b\r, c", "a 1, b 2, c 3")
  t.eq(reads "a() b() ; ; c()", "a 1, b 1, c 1")
  t.eq(reads "return", "")
  t.eq(reads "", "")
end)

test("an environment of its own has no globals of ours", function(t)
  t.eq(reads "local _ENV = { b = 1 } return b", "")
  t.eq(reads "do local _ENV = {} return a end", "")
  t.eq(reads "do local _ENV = {} end return a", "a 1")
  t.eq(reads "return function(_ENV) return a end, b", "b 1")
  t.eq(reads "for _ENV in nothing do a() end", "nothing 1")
  t.eq(reads "return _ENV.a, _G.b", "_G 1")
  t.eq(reads "_ENV = {} return a", "")
  t.eq(sets "local _ENV = {} a = 1", "")
end)

test("more names than fit in an instruction", function(t)
  local parts = {}
  for i = 1, 400 do
    parts[i] = ("x = %d.5 y(name_%d)"):format(i, i)
  end
  local found = globals(table.concat(parts, "\n"))
  t.eq(#found.read, 800)
  t.eq(found.read[800].name .. " " .. found.read[800].line, "name_400 400")
end)

-- The listing of luac: each global that an instruction reads, with its line, and each that one sets. Files that use
-- _ENV, and those with more than 255 constants in a function, list otherwise.
local function listed(path)
  local pipe = io.popen(("luac5.4 -l -l -p '%s' 2>&1"):format(path))
  local found, is_long = {}, false
  for line in pipe:lines() do
    local at, sign, name = line:match '%[(%d+)%]%s+([GS])ETTABUP%s.*_ENV "([^"]*)"'
    if at then
      found[sign == "G" and ("reads %s at %s"):format(name, at) or "sets " .. name] = true
    end
    is_long = is_long or tonumber(line:match "^constants %((%d+)%)" or 0) > 255
  end
  pipe:close()
  return found, is_long
end

test("every Lua file of the tree, beside luac", function(t)
  if not os.execute "luac5.4 -v >/dev/null 2>&1" then return end
  local pipe = io.popen(("cd '%s../..' && find \"$PWD\" -name '*.lua' -not -path '*/build/*'"):format(t.data))
  local n = 0
  for path in pipe:lines() do
    local text = t.read(path)
    local expected, is_long = listed(path)
    if loadfile(path) and not is_long and not text:find "_ENV" then
      local found, actual = globals(text), {}
      for _, global in ipairs(found.read) do
        actual[("reads %s at %d"):format(global.name, global.line)] = true
      end
      for name in pairs(found.set) do
        actual["sets " .. name] = true
      end
      t.eq(actual, expected, path)
      n = n + 1
    end
  end
  pipe:close()
  t.ok(n > 50, n .. " files")
end)
