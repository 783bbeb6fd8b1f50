-- help.lua - dk.help: what it finds, and what it says when it finds nothing. What its pages look like is in tests/golden.

local test = ...

-- What the call writes.
local function shown(dk, ...)
  local parts, write = {}, io.write
  io.write = function(...) -- luacheck: ignore 122
    for _, part in ipairs { ... } do
      parts[#parts + 1] = part
    end
  end
  local done, message = pcall(dk.help, ...)
  io.write = write -- luacheck: ignore 122
  if not done then
    error(message, 0)
  end
  return table.concat(parts)
end

local function first_line(text) return text:match "^[^\n]*" end

test("functions, methods and objects are found by value", function(t, dk)
  local data = dk.table { { "a", { 1, 2 } }, { "b", { "x", "y" } } }
  local one = dk.breakdown { by = "b", measures = "n = count()" }
  local scenario = dk.scenario "s" { { all = true, set = { a = 1 } } }
  local geo = dk.hierarchy(dk.table { { gemeente = "x", regio = "a" } }, { "gemeente", "regio" })
  local publication = dk.publication(data:select { "b", "a" }, { register = { level = "r", value = 9 } })
  for _, each in ipairs {
    { dk.read, "dk.read(" }, { dk.breakdown, "dk.breakdown(" }, { dk.help, "dk.help(" }, { dk.null, "dk.Null" },
    { data.where, "t:where(" }, { data.breakdown, "t:breakdown(" },
    { data.a.to_lua, "c:to_lua(" }, { one.with, "breakdown:with(" }, { scenario.with, "scenario:with(" },
    { geo.recode, "geo:recode(" }, { publication.bounds, "publication:bounds(" }, { one:plan(data).table, "plan:table(" },
    { data, "dk.Table" }, { data.a, "dk.Column" }, { one, "dk.Breakdown" }, { scenario, "dk.Scenario" },
    { geo, "dk.Hierarchy" }, { publication, "dk.Publication" }, { one:plan(data), "dk.Plan" },
    { one:allocate(data, scenario, { per = "b", gain = 1 }), "dk.Allocation" },
    { dk.expr "a", "dk.Expr" }, { dk.codes "1 = ja", "dk.Codes" }, { dk.total, "dk.Total" }, { dk, "dekking " },
  } do
    local text = shown(dk, each[1])
    t.eq(text:sub(1, #each[2]), each[2])
  end
end)

test("a method is found before its part is loaded, and after", function(t)
  local text = t.run [[
    local data = dk.table { { a = 1 } }
    local plan = data.plan
    dk.help(plan)
    data:plan "a"
    dk.help(data.plan)
  ]]
  t.eq(select(2, text:gsub("t:plan%(asked", "")), 2)
end)

test("names are found as they are said", function(t, dk)
  t.eq(first_line(shown(dk, "dk.read")), "dk.read(path, options?) -> dk.Table")
  t.eq(first_line(shown(dk, "read")), "dk.read(path, options?) -> dk.Table")
  t.eq(first_line(shown(dk, "t:where")), "t:where(condition, params?) -> dk.Table")
  t.eq(first_line(shown(dk, "table.where")), "t:where(condition, params?) -> dk.Table")
  t.eq(first_line(shown(dk, "Table:where")), "t:where(condition, params?) -> dk.Table")
  t.eq(first_line(shown(dk, "dk.ReadOptions")), "dk.ReadOptions")
  t.eq(first_line(shown(dk, "readoptions")), "dk.ReadOptions")
  t.eq(first_line(shown(dk, "dk.Key")):match "^dk%.Key: ", "dk.Key: ")
  t.has(shown(dk, "where"), "Also called so:", "breakdown:where")
  t.has(shown(dk, "delimiter"), "delimiter of dk.ReadOptions")
  t.eq(first_line(shown(dk, "bin")), "bin(x, a, b, ...)")
  t.eq(first_line(shown(dk, "with")), "t:with(properties) -> dk.Table")
  t.has(shown(dk, "with"), "with(...)")
  t.has(shown(dk, "t:where"), "params?", "persons:where(\"leeftijd < $grens\"")
  t.has(shown(dk, "dk.read"), "ReadOptions: How a file is read.", "  delimiter?")
end)

test("no line is wider than a screen, but for examples", function(t, dk)
  local texts = {}
  for _, name in ipairs { "dk", "table", "together", "look", "breakdown" } do
    texts[#texts + 1] = t.read(("%s../library/%s.lua"):format(t.data, name))
  end
  local text = table.concat(texts)
  for _, name in ipairs { "dk", "dk.read", "dk.scenario", "t:join", "Table", "Breakdown", "dk.Type", "where" } do
    for line in shown(dk, name ~= "dk" and name or dk):gmatch "[^\n]+" do
      t.ok(utf8.len(line) <= 80 or text:find(line:match "^%s*(.*)$", 1, true), line)
    end
  end
end)

-- The engine's own lists: X(name, ...) of aggregates and windows, { "name", least, most, bind, row } of functions.
test("each function of expressions is found", function(t, dk)
  local n = 0
  local pipe = assert(io.popen(("cat '%s../../engine/expr'/*_list.h '%s../../engine/expr'/functions_*.c"):format(t.data,
    t.data)))
  for line in pipe:lines() do
    for name in line:gsub("{ \"([%l_]+)\", %d+, %d+, bind", "X(%1, "):gmatch "X%(([%l_]+), " do
      if name ~= "name" then
        n = n + 1
        t.has(shown(dk, name), name:match "^%l+")
      end
    end
  end
  pipe:close()
  t.ok(n > 100, "only " .. n .. " functions were seen")
end)

test("what is not found is said, with the nearest", function(t, dk)
  local data = dk.table { { a = 1 } }
  t.says(function() dk.help "t:whre" end, "help has nothing on 't:whre' (did you mean 't:where'?)")
  t.says(function() dk.help "delimter" end, "help has nothing on 'delimter' (did you mean 'delimiter'?)")
  t.says(function() dk.help "xyzzy plugh" end, "help has nothing on 'xyzzy plugh' (help() shows what there is)")
  t.says(function() dk.help(nil) end,
    "help wants a function, an object or a name of dekking, not nil (was a variable nil?)")
  t.says(function() dk.help(12) end, "help wants a function, an object or a name of dekking, not a number")
  t.says(function() dk.help(print) end, "help knows the functions of dekking, and this is none of them")
  t.raises(function() dk.help(data.wheer) end, "did you mean 'where'?")
end)

test("inner parts are no names of dk", function(t, dk)
  t.raises(function() return dk.annotations end, "dk has no 'annotations'")
  t.raises(function() return dk.explain_cell end, "dk has no 'explain_cell'")
  t.ok(not tostring(dk):find "explain")
end)
