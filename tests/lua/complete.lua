-- complete.lua - what the tab key offers: by what stands before it, and without running anything of the script's.

local test = ...

local function complete(text)
  local names, n = require "dekking.complete"(text)
  return names, n
end

local function with_globals(values, body)
  local before = {}
  for name, value in pairs(values) do
    before[name] = rawget(_G, name)
    rawset(_G, name, value)
  end
  local ok, message = pcall(body)
  for name in pairs(values) do
    rawset(_G, name, before[name])
  end
  if not ok then
    error(message, 0)
  end
end

local function people(dk)
  return dk.table { { "gemeente", { "a" } }, { "leeftijd", { 17 } }, { "in jaar", { 1 } } }
end

local function has(list, name)
  for _, each in ipairs(list) do
    if each == name then
      return true
    end
  end
  return false
end

test("globals, keywords and fields are completed in code", function(t, dk)
  local nested = { inner = { deep = 1, deeper = 2 }, [7] = 1, ["no name"] = 1 }
  with_globals({ dk = dk, people_here = people(dk), nested = nested }, function()
    t.eq({ complete "people_h" }, { { "people_here" }, 8 })
    t.eq({ complete "x = whil" }, { { "while" }, 4 })
    t.eq({ complete "print(nested.inner.dee" }, { { "deep", "deeper" }, 3 })
    t.eq(complete "nested.", { "inner" })
    t.eq(complete "nested.none.", {})
    t.eq({ complete "string.form" }, { { "format" }, 4 })
    t.eq({ complete "people_here:whe" }, { { "where" }, 3 })
    t.eq({ complete "people_here.gem" }, { { "gemeente" }, 3 })
    t.eq(complete "people_here:gem", {})
    t.eq({ complete "dk.read_p" }, { { "read_published" }, 6 })
    t.eq(complete "f().whe", {})
    t.eq(complete "12.5.x", {})
    t.eq(complete "12.st", {})
    t.eq(complete "'a' .. people_h", { "people_here" })
    t.eq(complete "x..people_h", { "people_here" })
    t.eq({ complete "people_here.leeftijd:su" }, { { "sum" }, 2 })
    t.eq(complete "('x'):forma", { "format" })
    t.eq(complete "return 'x':forma", { "format" })
  end)
end)

test("what a call will give is known by the annotations", function(t, dk)
  local question = dk.breakdown { by = "gemeente", measures = "n = count()" }
  with_globals({ dk = dk, people_here = people(dk), question = question, nested = { here = people(dk) } }, function()
    t.eq({ complete "people_here:where 'leeftijd > 1':selec" }, { { "select" }, 5 })
    t.eq(complete "people_here:where('x', { y = ')' }):head(3) :selec", { "select" })
    t.eq(complete "x = (people_here):selec", { "select" })
    t.eq(complete "x = nested.here:head(3).leef", { "leeftijd" })
    t.eq(complete "people_here:head(3).leeftijd:su", { "sum" })
    t.eq(complete "question(people_here):detai", { "detail" })
    t.eq(complete "question:with { by = {} }:compar", { "compare" })
    t.eq(complete "question:with { by = {} } (people_here):detai", { "detail" })
    t.eq(complete "dk.read('no such file'):whe", { "where" })
    t.eq(complete 'dk.breakdown "x" { by = "y" }:compar', { "compare" })
    t.eq(complete "dk.breakdown { by = 'y' } (people_here):detai", { "detail" })
    t.eq(complete "people_here:schema():", complete "people_here:")
    t.eq(complete "people_here:none():whe", {})
    t.eq(complete "people_here:where [[leeftijd > 1]]\n  :selec", { "select" })
  end)
end)

test("strings are completed by what they are for", function(t, dk)
  with_globals({ people_here = people(dk) }, function()
    t.eq({ complete 'people_here:where "lee' }, { { "leeftijd" }, 3 })
    t.eq({ complete "people_here:where 'leeftijd > 1 and gem" }, { { "gemeente" }, 3 })
    t.eq(complete 'people_here:derive { "x = coales', { "coalesce" })
    t.eq(complete 'people_here:breakdown { by = "gem', { "gemeente" })
    t.eq(complete 'dk.breakdown { by = "gemeen', { "gemeente" })
    t.eq(complete 'people_here:where "', { "`in jaar`", "gemeente", "leeftijd" })
    t.eq(complete 'people_here:where "leeftijd > 1 and ', { "`in jaar`", "gemeente", "leeftijd" })
    t.eq(complete 'people_here["in ', { "in jaar" })
    t.eq(complete "x = 'it\\'s' people_her", { "people_here" })
    t.eq(complete "-- people_her", {})
    t.eq(complete "--[[ x ]] people_her", { "people_here" })
    t.eq(complete "--[==[ x ]] people_her", {})
    t.eq(complete "people_here:where [[lee", { "leeftijd" })
    dk.breakdown "completed_one" { measures = "n = count()" }
    t.eq(complete 'dk.breakdown "completed', { "completed_one" })
    t.ok(has(complete 'help "dk.rea', "dk.read"))
  end)
end)

test("paths are completed where a file is read", function(t)
  t.eq(complete 'dk.read "tests/lua/comple', { "tests/lua/complete.lua" })
  t.eq(complete 'dk.read("tests/lua/comple', { "tests/lua/complete.lua" })
  t.eq(complete 'dk.read { "tests/lua/comple', { "tests/lua/complete.lua" })
  t.eq(complete 'io.open("tests/lu', { "tests/lua/" })
  t.eq(complete 'dk.read [[tests/lua/comple', { "tests/lua/complete.lua" })
  t.eq(complete 'dk.read "no/such/folder/', {})
end)

test("nothing of the script's runs, and circles end", function(t)
  local ran = 0
  local function run()
    ran = ran + 1
    return {}
  end
  local circle = setmetatable({ own = 1 }, {})
  getmetatable(circle).__index = circle
  local odd = setmetatable({}, { __index = run, __pairs = run, __len = run, __eq = run })
  with_globals({ odd_one = odd, circle_here = circle },
    function()
      t.eq(complete "odd_one.", {})
      t.eq(complete "odd_one.a.", {})
      t.eq(complete 'odd_one:where "zzz', {})
      t.eq(complete "circle_here.o", { "own" })
      t.eq(complete "circle_here.x", {})
    end)
  t.eq(ran, 0)
end)
