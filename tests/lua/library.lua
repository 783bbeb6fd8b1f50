-- library.lua - the part of the library that is written in Lua: loaded when used, and replaced while developing.

local test = ...

test("parts can be required and are what dk has", function(t, dk)
  t.ok(require "dekking" == dk)
  t.ok(require "dekking.publication" == dk.publication)
  t.ok(require "dekking.breakdown" == dk.breakdown)
end)

test("names that another part brings are found", function(t, dk)
  t.eq(type(dk.breakdowns), "function")
  t.eq(type(dk.merge), "function")
  t.eq(type(dk.scenarios), "function")
end)

test("a part that lacks what it is for is named", function(t)
  local part = t.file("explain.lua", "return {}")
  local folder = part .. "-parts"
  os.execute(("mkdir '%s' && cp '%s' '%s/explain.lua'"):format(folder, part, folder))
  local text = t.run("print(pcall(dk.table({}).explain, dk.table {}))", nil, ("DEKKING_SCRIPTS='%s'"):format(folder))
  os.execute(("rm -r '%s'"):format(folder))
  t.has(text, "the library's part 'explain' has no method 'explain'")
end)

test("several breakdowns can be the first question", function(t)
  local text = t.run "print(dk.table { { a = 1 } }:breakdowns { { measures = 'n = count()' } }[1].n[1])"
  t.eq(text, "1\n")
end)

test("metatables are out of reach of scripts", function(t, dk)
  local data = dk.table { { a = 1 } }
  t.eq(getmetatable(data), "dk.table")
  t.ok(not pcall(setmetatable, data, {}))
end)

test("the tables that globals hold are listed by name, and nothing else is", function(t)
  local text = t.run [[
    b, a = dk.table { { "x", { 1, 2, 3 } }, { "y", { 1, 2, 3 } } }, dk.table { { "x", { 1 } } }
    other, column, _G[1] = { x = b }, b.x, a
    local hidden = dk.table { { "x", { 1 } } }
    setmetatable(_G, { __index = function() error "asked" end })
    local listed = dk.tables()
    for row in listed:rows() do
      print(row.name, row.rows, row.columns, row.bytes > 0)
    end
    a, b = nil
    print(#dk.tables(), #listed:schema(), #hidden)]]
  t.eq(text, "a\t1\t1\ttrue\nb\t3\t2\ttrue\n0\t4\t1\n")
end)
