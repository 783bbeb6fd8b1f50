-- annotations.lua - scripts/library tells of all that there is, and of nothing else: functions, methods, options, choices.
--
-- What there is comes from the library itself: from the names that dk has, the methods that a class has, and the names
-- that a message lists where an option is unknown. The option lists of the sources must each be one of those.

local test = ...

local UNKNOWN = "@@@@@@@@@@@@" -- is near to no name, so that a message lists them all

local function annotated(t)
  local reader = dofile(t.data .. "../dekking/annotations.lua")
  local texts = {}
  local pipe = assert(io.popen(("ls '%s../library'/*.lua"):format(t.data)))
  for path in pipe:lines() do
    texts[path:match "([^/]+)%.lua$"] = t.read(path)
  end
  pipe:close()
  local files = reader.parse_all(texts)
  return files, reader.types_of(files), reader
end

local function set_of(list)
  local set = {}
  for _, name in ipairs(list) do
    set[name] = true
  end
  return set
end

-- The names of "... (there are: a, b and c)".
local function listed(message)
  local names, list = {}, message:match "%(there are: (.-)%)"
  for name in (list or ""):gsub(" and ", ", "):gmatch "[^,%s]+" do
    names[#names + 1] = name
  end
  return list and set_of(names)
end

-- Both sets are the same, or what only one of them has is said.
local function agree(t, what, there_is, told)
  local problems = {}
  for name in pairs(there_is) do
    if not told[name] then
      problems[#problems + 1] = ("%s: %s is there, and no annotation tells of it"):format(what, name)
    end
  end
  for name in pairs(told) do
    if not there_is[name] then
      problems[#problems + 1] = ("%s: %s is annotated, and is not there"):format(what, name)
    end
  end
  table.sort(problems)
  t.ok(#problems == 0, table.concat(problems, "\n"))
end

test("each function of dk is annotated", function(t, dk)
  local files, types = annotated(t)
  local told, there = {}, {}
  for _, file in ipairs(files) do
    for _, entry in ipairs(file.entries) do
      if entry.kind == "function" and entry.owner == "dk" then
        told[entry.short] = true
        t.eq(type(dk[entry.short]), "function", entry.name)
      end
    end
  end
  for _, field in ipairs(types.dk.fields) do
    told[field.name] = true
  end
  for name in tostring(dk):match ": (.*)$":gmatch "[^,%s]+" do
    there[name] = true
  end
  agree(t, "dk", there, told)
end)

-- An object of each class that has methods.
local function objects(dk)
  local persons = dk.table { { "regio", { "a", "b" } }, { "n", { 1, 2 } } }
  local breakdown = dk.breakdown { by = "regio", measures = "m = sum(n)" }
  local geo = dk.hierarchy(dk.table { { gemeente = "x", regio = "a", van = "2024-01-01" } }
    :derive "van = date(van)", { "gemeente", "regio" }, { from = "van" })
  return {
    ["dk.Table"] = persons,
    ["dk.Column"] = persons.n,
    ["dk.Expr"] = dk.expr "n + 1",
    ["dk.Breakdown"] = breakdown,
    ["dk.Scenario"] = dk.scenario "s" { { all = true, set = { n = 1 } } },
    ["dk.Hierarchy"] = geo,
    ["dk.Recode"] = geo:recode("2024-01-01", "2024-01-02"),
    ["dk.Codes"] = dk.codes "1 = ja",
    ["dk.Publication"] = dk.publication(dk.table { { "gemeente", { "x" } }, { "totaal", { 1 } } },
      { register = { level = "regio", value = 2 } }),
    ["dk.Plan"] = breakdown:plan(persons),
    ["dk.Allocation"] = breakdown:allocate(persons, dk.scenario "s" { { all = true, set = { n = 3 } } },
      { per = "regio", maximise = "m" }),
    ["dk.Dataset"] = dk.dataset "annotated" { files = "x", build = print },
    ["dk.Block"] = persons:blocks()(),
    ["dk.ExactValue"] = dk.date "2024-12-31",
  }
end

-- What an unknown name lists there are values of it, and methods stand in the upvalue.
local HAS_VALUES = set_of { "dk.Block", "dk.ExactValue" }

local function methods_of(object, class)
  local index = debug.getmetatable(object).__index
  local names = {}
  if type(index) == "function" then
    local _, message = pcall(index, object, UNKNOWN)
    local list = listed(message)
    if list and not HAS_VALUES[class] then
      return list
    end
    index = select(2, debug.getupvalue(index, 1))
  end
  for name in pairs(index or {}) do
    names[name] = true
  end
  return names
end

test("each method is annotated", function(t, dk)
  local files, types = annotated(t)
  local told = {}
  for _, file in ipairs(files) do
    for _, entry in ipairs(file.entries) do
      if entry.kind == "class" and entry.owner and entry.owner ~= "dk" then
        told[entry.name] = told[entry.name] or {}
      elseif entry.class and entry.class ~= "dk" then
        told[entry.class][entry.short] = true
      end
    end
  end
  for class, methods in pairs(told) do
    for name in pairs(told[types[class].parent] or {}) do
      methods[name] = true
    end
  end
  local made = objects(dk)
  local known = {}
  for class in pairs(told) do
    known[class] = true
  end
  agree(t, "classes with methods (tests/lua/annotations.lua makes an object of each)", set_of((function()
    local names = {}
    for class in pairs(made) do
      names[#names + 1] = class
    end
    return names
  end)()), known)
  for class, object in pairs(made) do
    agree(t, class, methods_of(object, class), told[class])
  end
end)

-- For each class of options what takes them, and what it needs beside the unknown one. A list of classes: it takes the
-- options of all of them.
local function takers(dk)
  local t = dk.table { { "a", { 1, 2 } }, { "b", { "x", "y" } } }
  local one = dk.breakdown { by = "b", measures = "n = count()" }
  local geo = dk.hierarchy(dk.table { { gemeente = "x", regio = "a", van = "2024-01-01" } }
    :derive "van = date(van)", { "gemeente", "regio" }, { from = "van" })
  local step = { all = true, set = { a = 1 } }
  local function with(base)
    return function(options)
      for key, value in pairs(base) do
        options[key] = options[key] == nil and value or options[key]
      end
      return options
    end
  end
  local plain = with {}
  local list = {
    { "dk.ReadOptions", plain, function(o) dk.read_text("a\n1\n", o) end },
    { "dk.ReadOptions", plain, function(o) dk.read("no.csv", o) end },
    { "dk.ReadOptions", plain, function(o) dk.read("no.xlsx", o) end },
    { "dk.PublishedOptions", plain, function(o) dk.read_published("no.txt", o) end },
    { "dk.OpenOptions", plain, function(o) dk.open("no.dk", o) end },
    { "dk.TableOptions", plain, function(o) dk.table({ { a = 1 } }, o) end },
    { "dk.CategoryType dk.IntervalType", with { "category" },
      function(o) dk.read_text("a\n1\n", { types = { a = o } }) end },
    { "dk.SetType", with { "set" }, function(o) dk.read_text("a\n1\n", { types = { a = o } }) end },
    { "dk.SplitSpec", with { "|" }, function(o) t:with_sets { b = o } end },
    { "dk.Interval", plain, function(o) dk.table { { a = o } } end },
    { "dk.CodesOptions", plain, function(o) dk.codes("1 = ja", o) end },
    { "dk.HierarchyOptions", plain, function(o) dk.hierarchy(t, { "b" }, o) end },
    { "dk.Change", with { date = "2024-01-01", old = "x", new = "y" },
      function(o) dk.hierarchy(t, { "b" }, { changes = { o } }) end },
    { "dk.PublicationOptions", with { register = { level = "r", value = 9 } },
      function(o) dk.publication(t:select "b", o) end },
    { "dk.PublishedRegister", with { level = "r", value = 9 },
      function(o) dk.publication(t:select "b", { register = o }) end },
    { "dk.BreakdownSpec", with { measures = "n = count()" }, function(o) dk.breakdown(o) end },
    { "dk.BreakdownSpec", with { measures = "n = count()" }, function(o) t:breakdown(o) end },
    { "dk.BreakdownSpec", plain, function(o) one:with(o) end },
    { "dk.EntryTable", with { "n = count()" }, function(o) dk.breakdown { measures = { o } } end },
    { "dk.ScenarioSpec", with { step }, function(o) dk.scenario "s" (o) end },
    { "dk.Parameter", with { 1 }, function(o) dk.scenario "s" { params = { p = o }, step } end },
    { "dk.Step", with { set = { a = 1 } }, function(o) dk.scenario "s" { o } end },
    { "dk.MoveOptions", plain, function(o) dk.move("a", { x = { y = 1 } }, o) end },
    { "dk.MoveOptions", plain, function(o) dk.split("a", "x", { y = 1 }, o) end },
    { "dk.RedefineOptions", plain, function(o) dk.redefine("a", "b", o) end },
    { "dk.AggregateSpec", with { step = print, finish = print }, function(o) dk.aggregate "annotated" (o) end },
    { "dk.FunctionSpec", with { result = "text", call = print }, function(o) dk.define "annotated" (o) end },
    { "dk.MapOptions", plain, function(o) t:map("c", print, o) end },
    { "dk.DatasetSpec", with { files = "x", build = print }, function(o) dk.dataset "annotated"(o) end },
    { "dk.DatasetFile", with { "x" }, function(o) dk.dataset "annotated" { files = { o }, build = print } end },
    { "dk.FunctionSpec", with { call = print, arguments = 1 }, function(o) dk.define "annotated" (o) end },
    { "dk.MapOptions", plain, function(o) t:map("c", print, o) end },
    { "dk.CompareOptions", plain, function(o) one:compare(t, t, o) end },
    { "dk.ComparisonForm", plain, function(o) one:compare(t, dk.scenario "s" { step }, nil, o) end },
    { "dk.BandsOptions", plain, function(o) one:bands(t, dk.scenario "s" { step }, o) end },
    { "dk.SolveSpec", plain, function(o) one:solve(t, dk.scenario "s" { step }, o) end },
    { "dk.AllocateSpec", plain, function(o) one:allocate(t, dk.scenario "s" { step }, o) end },
    { "dk.AllocateTarget", with { "n > 1" }, function(o)
      one:allocate(t, dk.scenario "s" { step }, { per = "a", targets = { o } })
    end },
    { "dk.SweepOptions", plain, function(o) one:sweep(t, dk.scenario "s" { step }, { p = 1 }, o) end },
    { "dk.LatinRange", with { 0, 1 }, function(o) dk.latin(1, { p = o }) end },
    { "dk.ContributionSpec", plain, function(o) one:contributions(t, dk.scenario "s" { step }, o) end },
    { "dk.SensitivitySpec", plain, function(o) one:sensitivity(t, dk.scenario "s" { step }, o) end },
    { "dk.DistinctOptions", plain, function(o) t:distinct({ "a" }, o) end },
    { "dk.SampleSpec", with { n = 1, seed = 1 }, function(o) t:sample(o) end },
    { "dk.ShuffleSpec", with { seed = 1 }, function(o) t:shuffle(o) end },
    { "dk.SortSpec", with { "a" }, function(o) t:sort(o) end },
    { "dk.TopSpec", with { n = 1, by = "a" }, function(o) t:top(o) end },
    { "dk.WindowSpec", with { "n = count()" }, function(o) t:window(o) end },
    { "dk.JoinOptions", plain, function(o) t:join(t, "a", o) end },
    { "dk.LinkOptions", with { as = "in_t" }, function(o) t:link(t, "a", o) end },
    { "dk.CollectOptions", plain, function(o) t:collect(t, "a", "b", o) end },
    { "dk.ReconcileOptions", plain, function(o) t:reconcile(t, "a", o) end },
    { "dk.AppendOptions", plain, function(o) t:append(t, o) end },
    { "dk.UnionOptions", plain, function(o) t:union(t, o) end },
    { "dk.PivotSpec", with { columns = "b", values = "a" }, function(o) t:pivot(o) end },
    { "dk.UnpivotSpec", with { columns = "a" }, function(o) t:unpivot(o) end },
    { "dk.TightenSpec", with { total = "a" }, function(o) t:tighten(o) end },
    { "dk.UseOptions", plain, function(o) t:use(geo, o) end },
    { "dk.RecodeOptions", plain, function(o) t:recode("b", geo:recode { on = "b", to = "2024-01-01" }, o) end },
    { "dk.RecodeWeights", plain, function(o) geo:recode("2024-01-01", "2024-01-02", o) end },
    { "dk.RecodeSpec", with { on = "a", to = "2024-01-01" }, function(o) geo:recode(o) end },
    { "dk.Properties", plain, function(o) t:with(o) end },
    { "dk.WriteOptions", plain, function(o) t:write("no.csv", o) end },
    { "dk.PrintOptions", plain, function(o) t:text(o) end },
    { "dk.PrintOptions", plain, function(o) t:print(o) end },
    { "dk.ToLuaOptions", plain, function(o) t.a:to_lua(o) end },
    { "dk.PrintOptions", plain, function(o) t:bars("a", o) end },
    { "dk.SparkOptions", plain, function(o) t:spark("a", "b", o) end },
    { "dk.DisplayOptions", plain, function(o) dk.options(o) end },
    { "dk.SaveOptions", plain, function(o) t:save("no.dk", o) end },
  }
  return list
end

-- Records that are given, and taken by nothing.
local GIVEN = set_of { "dk.Definitions", "dk.Null", "dk.Total", "dk.ExplainedCell", "dk.Receipt" }

-- Fields with names: { [1] = } and { [integer] = } are no options.
local function fields_of(classes, types, reader)
  local names = {}
  for class in classes:gmatch "%S+" do
    for _, field in ipairs(reader.fields_of(types[class] or error("there is no class " .. class), types)) do
      if not field.name:find "^%[" then
        names[field.name] = field
      end
    end
  end
  return names
end

test("each option is annotated", function(t, dk)
  local _, types, reader = annotated(t)
  local seen = {}
  for _, taker in ipairs(takers(dk)) do
    local classes, with, take = table.unpack(taker)
    local done, message = pcall(take, with { [UNKNOWN] = 1 })
    t.ok(not done, classes .. ": an unknown option is taken")
    agree(t, classes, listed(message) or error(classes .. ": " .. message), fields_of(classes, types, reader))
    for class in classes:gmatch "%S+" do
      seen[class] = true
    end
  end
  for name, entry in pairs(types) do
    if entry.kind == "class" and not entry.owner then
      t.ok(seen[name] or GIVEN[name], name .. " is annotated, and tests/lua/annotations.lua does not try its options")
    end
  end
end)

-- "a"|"b" as a set; nil where the type is anything else.
local function choices_of(type_text)
  local set, rest = {}, (type_text .. "|"):gsub('"([^"]*)"|', "")
  for choice in type_text:gmatch '"([^"]*)"' do
    set[choice] = true
  end
  return rest == "" and next(set) and set or nil
end

-- What a wrong choice says that there is; a set of which it may be a part where the message has words besides.
local function offered(message)
  local list = message:match "can be (.*)$" or message:match "there are: (.-)%)" or message:match " is (\".*)$" or ""
  local set = {}
  list = list:gsub("or ,$", "or comma")
  for choice in (list:gsub(" or ", ", "):gsub(" and ", ", ") .. ","):gmatch "%s*(.-)%s*," do
    set[choice == "comma" and "," or choice:match '^"([^"]*)"' or choice] = true
  end
  return set
end

test("each choice of an option is annotated", function(t, dk)
  local _, types, reader = annotated(t)
  local n = 0
  for _, taker in ipairs(takers(dk)) do
    local classes, with, take = table.unpack(taker)
    for name, field in pairs(fields_of(classes, types, reader)) do
      local choices = choices_of(field.type)
      if choices and classes ~= "dk.Interval" then
        local done, message = pcall(take, with { [name] = UNKNOWN })
        t.ok(not done, ("%s: %s takes any text"):format(classes, name))
        if not message:find "is not for a workbook" then
          agree(t, classes .. "." .. name .. ": " .. message, offered(message:gsub(", not '@+'$", "")), choices)
          n = n + 1
        end
      end
    end
  end
  t.ok(n > 25, "only " .. n .. " options with choices were seen")
end)

-- Lists of names in the sources that something is checked by: "a b c", sorted.
local function lists_in(text, call, array)
  local lists = {}
  for at, name in text:gmatch(call) do
    local last
    for items in text:sub(1, at):gmatch((array:gsub("NAME", name))) do
      last = items
    end
    if last then
      local names = {}
      for item in last:gmatch '"([^"]+)"' do
        names[#names + 1] = item
      end
      table.sort(names)
      lists[table.concat(names, " ")] = true
    end
  end
  return lists
end

test("no list of options in the sources is forgotten", function(t, dk)
  local _, types, reader = annotated(t)
  local told, n = { ["mine theirs"] = true, [""] = true }, 0
  for _, taker in ipairs(takers(dk)) do
    local names = {}
    for name in pairs(fields_of(taker[1], types, reader)) do
      names[#names + 1] = name
    end
    table.sort(names)
    told[table.concat(names, " ")] = true
  end
  local pipe = assert(io.popen(("ls '%s../../engine/lua'/*.c '%s../dekking'/*.lua"):format(t.data, t.data)))
  for path in pipe:lines() do
    local text = t.read(path)
    local lists = path:find "%.c$"
      and lists_in(text, "()dkl_check_options%([^;]-, ([%l_]+)%);", "%f[%w_]NAME%[%]%s*=%s*(%b{})")
      or lists_in(text, "()core%.check%([^\n]-, ([%u_]+)%)", "local NAME = (%b{})")
    for list in pairs(lists) do
      n = n + 1
      t.ok(told[list], ("%s: no annotation has the options %s"):format(path, list))
    end
  end
  pipe:close()
  t.ok(n > 30, "only " .. n .. " lists were seen")
end)
