-- pack.lua - dk.pack: files of breakdowns, scenarios and datasets, and what is wrong with them; what these need of a table.

local test = ...

local GOOD = [[
local here = ...
dk.breakdown "coverage" { doc = "doc", by = "g", measures = "n = count() where in_sonar" }
dk.scenario "all" { { "all", all = true, set = { in_sonar = true } } }
dk.dataset "data" { files = "x", build = function(files) return files.x end }
dk.breakdown "where" { doc = here, measures = "n = count()" }
]]

test("a pack has what its files define, by name and in order", function(t, dk)
  local path = t.file("good.lua", GOOD)
  local pack = dk.pack(path)
  t.eq(pack.files, { path })
  t.eq(table.concat(pack.breakdowns, " "), "coverage where")
  t.eq(pack.breakdowns.where:doc(), path)
  t.eq(table.concat(pack.scenarios, " "), "all")
  t.eq(table.concat(pack.datasets, " "), "data")
  local data = dk.table { { g = "a", in_sonar = true }, { g = "a", in_sonar = false } }
  t.eq(pack.breakdowns.coverage(pack.datasets.data { x = data }).n[1], 1)
  t.ok(dk.breakdowns().coverage == pack.breakdowns.coverage)
  t.eq(pack.problems, {})
end)

test("a folder is a pack: its files by name, and what they require from folders in it", function(t, dk)
  local folder = t.path "folder"
  os.execute(("mkdir -p '%s/lib'"):format(folder))
  local function write(name, text)
    local file = assert(io.open(folder .. "/" .. name, "w"))
    file:write(text)
    file:close()
  end
  write("b.lua", "dk.breakdown(require 'lib.name') { measures = 'n = count()' }")
  write("a.lua", "dk.breakdown 'a' { measures = shared or 'n = count()' }")
  write("c.lua", "shared = nil")
  write("lib/name.lua", "return 'required'")
  write(".hidden.lua", "error 'hidden'")
  write("readme.txt", "no Lua")
  local path = package.path
  local pack = dk.pack(folder .. "/")
  os.execute(("rm -r '%s'"):format(folder))
  t.eq(table.concat(pack.breakdowns, " "), "a required")
  t.eq(#pack.files, 3)
  t.eq(package.path, path)
  os.execute(("mkdir '%s'"):format(folder))
  t.raises(function() dk.pack(folder) end, folder, "the folder has no Lua files")
  os.execute(("rmdir '%s'"):format(folder))
end)

test("what is wrong with a pack is told with its line", function(t, dk)
  local function wrong(text, ...)
    local path = t.file("wrong.lua", text)
    return t.raises(function() dk.pack(path) end, "wrong.lua:", ...)
  end
  wrong("x = = 1", ":1:", "unexpected symbol")
  wrong("\nerror 'raised'", ":2: raised")
  wrong("error(setmetatable({}, { __tostring = function() return 'wrong.lua: told' end }))", "told")
  wrong("\ndk.breakdown 'a' { measures = 'n = conut()' }", ":2:", "conut")
  wrong("\n\ndk.breakdown 'a' { measures = 'n = count()', wehre = '' }", ":3: a breakdown has no option 'wehre'")
  wrong("dk.scenario 's' { { 'x', all = true, set = { a = 1 }, where = 'b >' } }", ":1:")
  wrong("local n = 'n = count()'\ndk.breakdown 'a' { measures = n }\ndk.breakdown 'a' { measures = n }",
    ":3: the breakdown 'a' is defined already, at ", "wrong.lua:2")
  wrong("local condition = 'a > 1'\ndk.breakdown 'a' { measures = 'n = count()', where = condtion }",
    ":2: the global 'condtion' is not defined anywhere (did you mean 'condition'?)")
  wrong("return xyzzy", ":1: the global 'xyzzy' is not defined anywhere")
  local message = wrong("return xyzzy, print, xyzzy\n, prnt", "'xyzzy'",
    "'prnt' is not defined anywhere (did you mean 'print'?)")
  t.eq(select(2, message:gsub("not defined", "")), 2)
  t.raises(function() dk.pack "/nosuch/pack.lua" end, "/nosuch/pack.lua")
  t.says(function() dk.pack(1) end, "pack wants paths of files or folders, not a number")
end)

test("a kind has its own names, and a global may be set in another file", function(t, dk)
  local first = t.file("first.lua", "dk.breakdown 'same' { measures = shared_measure }")
  local second = t.file("second.lua",
    "shared_measure = 'n = count()'\ndk.scenario 'same' { { 'x', all = true, set = { a = 1 } } }")
  local pack = dk.pack(second, first)
  shared_measure = nil -- luacheck: ignore
  t.eq(pack.breakdowns[1] .. pack.scenarios[1], "samesame")
end)

test("where packs usually are", function(t)
  local folder = t.path "home"
  os.execute(("mkdir -p '%s/dekking/packs'"):format(folder))
  local text = t.run("print(pcall(dk.pack))", nil, ("XDG_CONFIG_HOME='%s'"):format(folder))
  t.has(text, "dekking/packs: the folder has no Lua files")
  os.execute(("rm -r '%s'"):format(folder))
  text = t.run("print(pcall(dk.pack))", nil, "XDG_CONFIG_HOME= HOME=/nosuch")
  t.has(text,
    "which pack? Without one named, the folder packs or /nosuch/.config/dekking/packs is taken, and it is not there")
end)

test("a breakdown and a scenario tell what they need", function(t, dk)
  local asked = dk.breakdown {
    by = { "gemeente", "klasse = bin(leeftijd, 10)" },
    where = "doelgroep == $groep",
    measures = { "n = count() where in_sonar", "m = sum(uren) where uren > $least", "deel = n / all(n)" },
  }
  t.eq(asked:columns(), { "gemeente", "leeftijd", "doelgroep", "in_sonar", "uren" })
  t.eq(asked:params(), { "groep", "least" })
  local scenario = dk.scenario "s" {
    params = { deel = { 0.5, unit = "of them" } },
    { "x", where = "not in_sonar", share = "$deel", per = "gemeente", set = { in_sonar = true, klasse = dk.expr "oud" } },
  }
  t.eq(scenario:columns(), { "in_sonar", "gemeente", "klasse", "oud" })
  t.eq(scenario:params().deel.unit, "of them")
  t.has(tostring(scenario), "$deel = 0.5 of them")
  t.says(function() asked.columns(1) end,
    "columns: called on a number, and not on a breakdown (a method is called with a colon)")
  local other = dk.scenario "other" { params = { deel = 0.5 }, { "x", share = "$deel", set = { klasse = "a" } } }
  t.says(function() return scenario .. other end,
    "both scenarios have a parameter deel, the one in of them and the other in no unit")
  t.says(function() dk.scenario "s" { params = { a = { 1, unit = 2 } } } end, "scenario: parameter a: unit is a string")
end)
