-- dataset.lua - dk.dataset: the files that a pack asks for, and what it makes of them.

local test = ...

local function changed(changes)
  local given = {
    doc = "register and Sonar",
    files = { "register", { "sonar", doc = "extract", read = { types = { bekend = "boolean" } } } },
    build = function(files) return files.register:link(files.sonar, "id", { as = "in_sonar", columns = { "bekend" } }) end,
  }
  for key, value in pairs(changes or {}) do
    given[key] = value
  end
  return given
end

local function linked(dk, changes) return dk.dataset "linked"(changed(changes)) end

test("a dataset makes a table of paths and tables", function(t, dk)
  local register = t.file("register.csv", "id;g\n1;a\n2;b\n")
  local sonar = dk.table({ { "id", { 2 } }, { "bekend", { true } } })
  local made = linked(dk) { register = register, sonar = sonar }
  t.eq(t.records(made), { { id = 1, g = "a", in_sonar = false }, { id = 2, g = "b", in_sonar = true, bekend = true } })
  local path = t.file("sonar.csv", "id;bekend\n2;1\n1;0\n")
  t.eq(linked(dk) { register = register, sonar = path }.bekend:to_lua(), { false, true }) -- types of the pack
end)

test("snapshots and workbooks are files too", function(t, dk)
  local sonar = dk.table({ { "id", { 2 } }, { "bekend", { true } } })
  local register = dk.table { { "id", { 1, 2 } } }
  local snapshot, workbook = t.path "sonar.dk", t.path "register.xlsx"
  sonar:save(snapshot)
  register:write(workbook)
  t.eq(linked(dk) { register = workbook, sonar = snapshot }.in_sonar:to_lua(), { false, true })
end)

test("a file can be read by a function, and be left out", function(t, dk)
  local path = t.file("x.txt", "3")
  local made = dk.dataset "own" {
    files = { { "x", read = function(name) return dk.table { { n = tonumber(t.read(name)) } } end },
      { "y", optional = true } },
    build = function(files) return files.x:derive("y = " .. tostring(files.y ~= nil)) end,
  }
  t.eq(t.records(made { x = path }), { { n = 3, y = false } })
  t.eq(made:files(), { "x", "y", x = { optional = false }, y = { optional = true } })
  t.eq(made:lacks {}, { "x" })
end)

test("a dataset tells what it is, and is listed", function(t, dk)
  local made = linked(dk)
  t.eq(made:name(), "linked")
  t.eq(made:doc(), "register and Sonar")
  t.eq(tostring(made), 'dataset "linked"\n  doc       register and Sonar\n  files     register\n            sonar: extract')
  t.ok(dk.datasets().linked == made)
  t.has(table.concat(dk.datasets(), " "), "linked")
  t.eq(getmetatable(made), "dk.dataset")
end)

test("files that are missing, or too many, are named", function(t, dk)
  local made = linked(dk)
  t.says(function() made { register = "x.csv" } end, 'dataset linked lacks sonar: give it as { sonar = "sonar.csv" }')
  t.says(function() made {} end, 'dataset linked lacks register, sonar: give it as { register = "register.csv" }')
  t.says(function() made { register = "x", sonaar = "y" } end,
    "dataset linked has no file 'sonaar' (did you mean 'sonar'?)")
  t.says(function() made(nil) end,
    'dataset linked is called with its files, such as { register = "register.csv" }, not with nil')
  t.raises(function() made "x.csv" end, "not with a string")
  t.raises(function() made(dk.table { { a = 1 } }) end, "not with a table of dekking")
  t.says(function() made { register = 1, sonar = "y" } end,
    "dataset linked: register is a path or a table of dekking, not a number")
  t.raises(function() made { register = "/nosuch.csv", sonar = "y" } end, "/nosuch.csv", "does not exist")
end)

test("what build raises has the line of the pack, and what it gives is checked", function(t, dk)
  local fails = linked(dk, { build = function() error "no such luck" end })
  local table_of = dk.table { { id = 1 } }
  local _, message = pcall(fails, { register = table_of, sonar = table_of })
  t.has(message, "dataset.lua:", "no such luck")
  fails = linked(dk, { build = function(files) return files.register:where "nosuch > 1" end })
  _, message = pcall(fails, { register = table_of, sonar = table_of })
  t.has(message, "dataset.lua:", "nosuch")
  local none = linked(dk, { build = function() end })
  t.raises(function() none { register = table_of, sonar = table_of } end,
    "dataset linked: build gave nil, and not a table of dekking (is there a return? ", "dataset.lua:")
end)

test("misuse is told", function(t, dk)
  local function refused(changes, message)
    t.says(function() dk.dataset "linked"(changed(changes)) end, message)
  end
  t.says(function() dk.dataset {} end,
    'a dataset has a name: dk.dataset "linked" { files = { "register", "sonar" }, build = ... }')
  t.says(function() dk.dataset "x"(nil) end,
    'dataset wants a table such as { files = { "register" }, build = function(files) ... end }, not nil')
  t.says(function() dk.dataset "x" { file = "a" } end, "a dataset has no option 'file' (did you mean 'files'?)")
  refused({ build = 1 }, "dataset: build is a function that makes a table of the files, not a number")
  refused({ doc = 1 }, "dataset: doc is a string, not a number")
  refused({ files = {} }, 'dataset: files is a list of what its files are called, such as { "register", "sonar" }')
  refused({ files = { "a", "a" } }, "dataset: two of its files are called a")
  refused({ files = { "a b" } },
    'dataset: file 1 has no name such as "register" (a word of letters, digits and _), but "a b"')
  refused({ files = { {} } }, 'dataset: file 1 has no name such as "register" (a word of letters, digits and _), but nil')
  refused({ files = { { "a", raed = {} } } }, "dataset: file a has no option 'raed' (did you mean 'read'?)")
  refused({ files = { { "a", read = 1 } } }, "dataset: file a: read is a table, not a number")
  refused({ files = { { "a", doc = 1 } } }, "dataset: file a: doc is a string, not a number")
  refused({ files = { { "a", optional = 1 } } }, "dataset: file a: optional is a boolean, not a number")
  local made = linked(dk)
  t.says(function() made.x = 1 end, "a dataset never changes")
  t.says(function() return made.nam end, "a dataset has no method 'nam' (did you mean 'name'?)")
  t.says(function() made.files {} end,
    "files: called on a Lua table, and not on a dataset (a method is called with a colon)")
end)
