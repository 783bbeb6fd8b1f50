-- messages_library.lua - what functions and methods say, whole, of arguments that they cannot use.

local test = ...

local function people(dk)
  return dk.table({ { "gemeente", { "Duiven", "Arnhem" } }, { "leeftijd", { 20, 30 } }, { "naam", { "p", "q" } } },
    { types = { naam = "text" } })
end

test("names that are not there", function(t, dk)
  local data = people(dk)
  t.says(function() return dk.tabel end, "dk has no 'tabel' (did you mean dk.table?)")
  t.says(function() return dk.onzin end, "dk has no 'onzin' (print(dk) shows what it has)")
  t.says(function() return data[true] end,
    "a table is indexed by the name of a column or method, not by a boolean (rows: t:rows(), t:slice(from, to))")
  t.says(function() return data.leeftijd.gemiddelde end,
    "a column has no method 'gemiddelde' (docs/builder.md tells what there is, docs/expressions.md the functions)")
  t.says(function() return data.leeftijd.meen end, "a column has no method 'meen' (did you mean 'mean'?)")
  t.says(function() return dk.codes("1 = man").soort end,
    "a code list has no method 'soort' (there are: levels and labels)")
end)

test("values that never change", function(t, dk)
  local data = people(dk)
  t.says(function() data.leeftijd = 1 end,
    "a table never changes: t:derive { \"name = expression\" } gives a new one")
  t.says(function() data.leeftijd[1] = 1 end,
    "a column never changes: t:derive { \"name = expression\" } gives a table with another")
  t.says(function() dk.codes("1 = man")["2"] = "vrouw" end,
    "a code list never changes: make another with dk.codes { ... }")
end)

test("calls of a kind that is not meant", function(t, dk)
  local data = people(dk)
  t.says(function() return dk.read "" end, "the name is empty")
  t.says(function() return dk.open "" end, "the name is empty")
  t.says(function() return data.where("leeftijd > 20") end,
    "where: argument 1 must be a table of dekking, got a string (a method is called with a colon: x:where(...))")
  t.says(function() dk.table { a = { 1, 2 }, b = { 3, 4 } } end,
    "table: columns stand in a list, which gives them an order: { { \"name\", { 1, 2 } }, ... }")
  t.says(function() dk.table { a = 1, b = 2 } end, "table: records stand in a list, also one alone: { { name = 1 } }")
  for _, what in ipairs { "breakdown", "scenario", "dataset", "aggregate", "define" } do
    t.says(function() return dk[what]("plan", {}) end,
      what .. ": the table stands behind the name, not beside it: dk." .. what .. ' "plan" { ... }')
    t.says(function() return dk[what]("plan", function() end) end,
      what .. ": a table stands behind the name, dk." .. what .. ' "plan" { ... }, and not a function beside it')
    t.says(function() return dk[what]("plan", nil) end, what .. ": a table stands behind the name, dk." .. what
      .. ' "plan" { ... }, and not nil beside it')
    t.eq(type(dk[what]("plan", "plan.lua")), "function") -- what require gives a module
  end
  t.says(function() for row in data.rows do print(row) end end, "a method has to be called: for row in t:rows() do")
  t.says(function() return dk.breakdown { measures = "n = count()" }.where("n > 1") end,
    "where: called on a string, and not on a breakdown (a method is called with a colon)")
  t.says(function() dk.threads(-1) end, "threads wants a whole number from 0 (one for each processor) to 1024")
  t.says(function() dk.budget(-1) end, "budget wants a whole number of bytes; 0 takes the limit away")
  t.says(function() return dk.apportion { 1, 2 } end,
    "apportion: argument 2 must be the whole number to hand out, got nothing")
  t.says(function() return dk.apportion(1, 3) end, "apportion: argument 1 must be a list of weights, got 1")
  t.says(function() return data:append(1) end, "append: argument 1 must be a table of dekking, got 1")
  t.says(function() return dk.apportion({ 1, "x" }, 3) end, "apportion: weight 2 is x and not a whole number")
end)

test("options and lists", function(t, dk)
  local data = people(dk)
  t.says(function() return data:union(data, { al = true }) end, "union has no option 'al' (did you mean 'all'?)")
  t.raises(function() return dk.read("x.csv", { onzin = true }) end,
    "read has no option 'onzin' (there are: delimiter, line_ends, quote,", "sheet and range)")
  t.says(function() return dk.read("x.csv", "onzin") end, "read: options are a table, not a string")
  t.says(function() return dk.read("x.csv", { true }) end, "read: options have names, not 1 as a key")
  t.says(function() return data:head("x") end, "head: argument 1 must be a number of rows, 0 or more, got a string")
  t.says(function() return data:tail(-1) end, "tail: argument 1 must be a number of rows, 0 or more, got -1")
  t.says(function() return data:slice("x") end,
    "slice: argument 1 must be the number of the first row, got a string")
  t.says(function() return data:slice(1, "x") end,
    "slice: argument 2 must be the number of the last row, got a string")
  t.says(function() return data:select { "naam\0" } end, "select: byte 5 of the string is zero, which none may be")
  t.says(function() return data:where "naam\0" end,
    "where wants a condition: byte 5 of the string is zero, which none may be")
  t.says(function() return dk.table({}, { name = "na\0am" }) end,
    "table: byte 3 of name is zero, which none may be")
  t.says(function() return data:select(true) end, "select: a list of strings is wanted, not a boolean")
  t.says(function() return data:derive(true) end,
    "derive wants 'name = expression' as a string; got a boolean: == between a column and a value is computed "
    .. "by Lua at once")
  t.says(function() return data:sample { n = "x", seed = 1 } end,
    "sample: n must be a whole number from 0, not the string 'x'")
  t.says(function() return data:select { "naam", nil, "leeftijd" } end,
    "select: item 2 of the list is nil, which ends a list (dk.null stands for \"not known\")")
  t.says(function() return data:select { naam = true } end, "select: a plain list is wanted; it has the key naam")
  t.says(function() return data:select(1) end, "select: a list of strings is wanted, not a number")
  t.says(function() return data:select { 1 } end, "select: item 1 of the list must be a string, not a number")
  t.says(function() return data:select { "naam", 1 } end,
    "select: item 2 of the list must be a string, not a number")
  t.says(function() return data:select {} end, "select wants the names of the columns to keep")
  t.says(function() return data:drop {} end, "drop wants the names of the columns to leave out")
  for method, wants in pairs {
    select = "select wants the names of the columns to keep",
    drop = "drop wants the names of the columns to leave out",
    sort = "sort wants the columns to sort by, such as { \"dekking desc\", \"gemeente\" }",
  } do
    t.says(function() return data[method](data, nil) end, wants .. "; got nil (was a variable nil?)")
  end
  t.says(function() return data:column(nil) end,
    "column: argument 1 must be the name of a column, got nil (was a variable nil?)")
  t.says(function() return data:derive {} end, "derive wants 'name = expression'; got an empty list (was a variable nil?)")
  for _, method in ipairs { "rename", "label", "format", "with_levels", "with_sets" } do
    t.says(function() return data[method](data, {}) end,
      method .. " changes nothing: the table is empty (was a variable nil?)")
  end
  t.says(function() return dk.scenario "leeg" {} (data) end,
    "a scenario is not called: coverage:compare(t, s) asks it, s:apply(t) gives what becomes of a table")
  t.says(function() return data() end,
    "a table is not called: `for row in t:rows() do` goes over its rows, t:breakdown { ... } asks it")
  t.says(function() for _ in data.naam do t.ok(false) end end,
    "a column is not called: `for row, value in pairs(c) do` goes over its rows, c:to_lua() is a list")
  t.says(function() return data:rename(1) end,
    "rename: argument 1 must be a table such as { old = \"new\" }, got 1")
  t.says(function() return data:rename { 1 } end, "rename: names are strings, as in { old = \"new\" }")
  t.says(function() return data:derive { x = "leeftijd + 1" } end,
    "derive: write \"x = ...\" as a string, so that columns are made in a fixed order")
  t.says(function() return data:derive { "x = leeftijd", nil, "y = 1" } end,
    "derive: item 2 of the list is nil, which ends a list (dk.null stands for \"not known\")")
end)

test("properties, labels and formats", function(t, dk)
  local data = people(dk)
  t.says(function() return data:with(1) end,
    "with: argument 1 must be a table of properties, such as { unit = \"persons\" }, got 1")
  t.says(function() return data:format { naam = "0.0" } end,
    "format: column naam is a text, and patterns are for numbers")
  t.says(function() return data:format { leeftijd = "nul" } end,
    "format: 'nul' is no pattern; patterns look like \"0.0\", \"#,##0 persons\" or \"0.0 %\"")
  t.says(function() return data:format(1) end,
    "format: argument 1 must be a table such as { dekking = \"0.0 %\" }, got 1")
  t.says(function() return data:label(1) end,
    "label: argument 1 must be a table such as { dekking = \"Bekend\" }, got 1")
  t.says(function() return data:check_totals() end,
    "check_totals: only a table that comes straight from dk.read_published has totals to check")
  t.says(function() return data:with_levels { leeftijd = false } end,
    "with_levels: the levels of leeftijd are a list of strings, a code list (dk.codes), or a category or text "
    .. "column")
  t.says(function() return data:with_levels { naam = dk.null } end,
    "with_levels: column naam is no category, and has no levels to take away")
  t.says(function() return data:with_levels { leeftijd = dk.null } end,
    "with_levels: column leeftijd is no category, and has no levels to take away")
  t.says(function() return data:with_levels(1) end,
    "with_levels: argument 1 must be a table such as { geslacht = dk.codes \"1 = man, 2 = vrouw\" }, got 1")
end)

test("keys of joins", function(t, dk)
  local data = people(dk)
  t.says(function() return data:join(data, { mine = { "naam", "gemeente" }, theirs = "naam" }) end,
    "join: mine names 2 columns and theirs 1")
  t.says(function() return data:join(data, "naam", { as_of = "leeftijd", tolerance = -1 }) end,
    "join: tolerance is a number, 0 or more: of days where rows go by dates")
  t.says(function() return data:join(data, "naam", { tolerance = 1 }) end,
    "join: tolerance is about rows that go by time: as_of = \"column\"")
  t.says(function() return data:join(data, "naam", { direction = "forward" }) end,
    "join: direction is about rows that go by time: as_of = \"column\"")
  t.says(function() return data:join(data, "naam", { as_of = { "leeftijd", "naam" } }) end,
    "join: as_of names one column, or { mine = \"name\", theirs = \"other\" }")
  t.says(function() return data:link(data, "naam") end, "link wants a name for the mark: { as = \"in_other\" }")
  t.says(function() return data:append { 1 } end,
    "append: item 1 of the list is a number and not a table of dekking")
  t.says(function() return data:append {} end, "append: the list holds no table")
end)

test("tables from Lua", function(t, dk)
  local function says(given, options, message) t.says(function() return dk.table(given, options) end, message) end
  says(1, nil, "table: argument 1 must be a list of records or of columns, or a function that gives records, got 1")
  says({ { "a", { 1 } }, { "b" } }, nil, "table: column 2 must be { \"name\", { values } }")
  says({ { "a", 1 } }, nil, "table: row 1 has 1 as a key, and a column has a name")
  says({ { "a", { 1 } }, { "b", 1 } }, nil,
    "table: the values of column b must be a list or a column, not a number")
  says({}, { types = { a = "text" } }, "table: the data has no column 'a', and none at all")
  says({ { "a", { 1, 2 } }, { "b", { 1 } } }, nil,
    "table: column b has 1 value and column a has 2 (nil ends a list: write dk.null)")
  says({ { a = 1 }, 2 }, nil, "table: row 2 must be a record such as { a = 1 }, not a number")
  says({ { a = 1 }, { [3] = 2 } }, nil, "table: row 2 has 3 as a key, and a column has a name")
  says({ { "a", { 1 } } }, { columns = { "a" } },
    "table: a list of columns has their order already, and takes no names")
  says({ { a = 1 } }, { types = { b = "text" } }, "table: the data has no column 'b' (there are: a)")
  says({ { "a", "b" }, { "c", "d" } }, nil, "table: row 1 has 1 as a key, and a column has a name")
  says({ { "a", people(dk).leeftijd } }, { types = { a = "text" } },
    "table: column a has a type already, so none can be stated")
end)

test("types and levels that are stated", function(t, dk)
  local function says(options, message) t.says(function() return dk.read_text("a\n1\n", options) end, message) end
  says({ levels = { a = 1 } },
    "read_text: the levels of a are a list of strings, a code list (dk.codes), or a category or text column")
  says({ types = { a = "decimal(30)" } },
    "read_text: column a: a decimal has at most 18 digits after the point, not 30")
  says({ types = { a = { "decimal", digits = 30 } } },
    "read_text: column a: a type has no member 'digits' (there are: levels, markers and rounded)")
  says({ types = { a = "period" } },
    "read_text: column a: a period is \"month\", \"quarter\" or \"year\": say which")
  says({ types = { a = 1 } },
    "read_text: the type of a is a string, { \"category\", levels = { ... } }, { \"set\", \";\" }, "
    .. "or a code list (dk.codes)")
  says({ types = { a = {} } },
    "read_text: the type of a is a string, { \"category\", levels = { ... } }, { \"set\", \";\" }, "
    .. "or a code list (dk.codes)")
  says({ types = { a = "integer" }, levels = { a = { "1" } } },
    "read_text: column a has levels and a type that is no category")
  says({ types = { a = { "integer", levels = { "1" } } } },
    "read_text: column a has levels, so it is a category and no integer")
  says({ types = 1 }, "read_text: types are a table such as { column = ... }, not a number")
  says({ types = { "integer" } }, "read_text: types are given by the column's name, not by 1")
  says({ types = { a = { "category", levels = { "1" } } }, levels = { a = { "1" } } },
    "read_text: column a has levels twice")
end)

test("files and texts", function(t, dk)
  local data = people(dk)
  t.says(function() return dk.read_text("a\n1\n", { delimiter = "ab" }) end,
    "read_text: delimiter is one ASCII character, not 'ab'")
  t.says(function() return dk.read_text("a\n1\n", { cache = true }) end, "read_text: the option cache is for files")
  t.says(function() return dk.read("x.xlsx", { sheet = 0.5 }) end,
    "read: sheet is a name, or a whole number from 1")
  t.says(function() return dk.read("x.xlsx", { header = 0.5 }) end,
    "read: header is true, false, or how many rows it has")
  t.says(function() return dk.read { "x.xlsx", "y.xlsx" } end,
    "read: a workbook is read by itself; append puts tables together")
  t.says(function() return dk.read_text() end, "read_text: argument 1 must be the text of a CSV file, got nothing")
  t.says(function() return data:text { format = "xlsx" } end,
    "text: a workbook is no text; t:write \"name.xlsx\" makes a file of it")
  t.says(function() data:write "-" end,
    "write: '-' is no file; t:print { format = \"csv\" } writes to standard output")
  t.says(function() data:write "onzin.doc" end,
    "write: the name 'onzin.doc' does not end in .txt, .csv, .md, .html, .json or .xlsx: say { format = "
    .. "\"csv\" }")
end)

test("parameters", function(t, dk)
  local data = people(dk)
  t.says(function() return data:where("leeftijd > $n", 1) end,
    "parameters are a table such as { aandeel = 0.3 }, not a number")
  t.says(function() return data:where("leeftijd > $n", { 1 }) end, "a parameter has a name, not 1 as its key")
  t.says(function() return data:where("leeftijd > $n", { n = {} }) end,
    "parameter $n must be a number, a string, true, false, dk.null or a date or such, not a Lua table")
  t.says(function() return data:where("leeftijd > $grens", { grens = 1, van = 2 }) end,
    "no expression uses the parameter $van (used: $grens)")
  t.says(function() return data:where("leeftijd > $grens", { gens = 1 }) end,
    "no expression uses the parameter $gens (did you mean $grens?)")
  t.says(function() return data:derive({ "x = leeftijd + $a", "y = x * $b + $c" }, { a = 1, b = 2, c = 3, wat = 4 }) end,
    "no expression uses the parameter $wat (used: $a, $b and $c)")
  for method, given in pairs {
    where = "leeftijd > 1", derive = "x = leeftijd", plan = "leeftijd + 1", sort = { "leeftijd desc" },
    top = { n = 1, by = "leeftijd" }, sample = { n = 1, seed = 1 }, window = { order = "leeftijd", "r = rank()" },
  } do
    t.says(function() return data[method](data, given, { k = 1 }) end, "no expression uses the parameter $k, or any other "
      .. "(a table behind expressions gives their $names values)")
  end
  local step = { "x", share = 1, where = "true", set = { a = 1 } }
  t.says(function() return dk.scenario "s" { params = { p = { print } }, step } end,
    "scenario: parameter p cannot be a function (a number, a text, true, false or dk.null)")
end)

test("windows, samples and pivots", function(t, dk)
  local data = people(dk)
  t.says(function() return data:sort() end,
    "sort wants the columns to sort by, such as { \"dekking desc\", \"gemeente\" }")
  t.says(function() return data:sort {} end,
    "sort wants the columns to sort by, such as { \"dekking desc\", \"gemeente\" }")
  t.says(function() return data:window() end,
    "window: argument 1 must be a table such as { within = \"gemeente\", order = \"peilmaand\", \"vorige = "
    .. "previous(n)\" }, got nothing")
  t.says(function() return data:window { order = "naam" } end,
    "window wants 'name = expression', such as \"nummer = row_number()\"")
  t.says(function() return data:window { "row_number()" } end,
    "window: 'row_number()' has no name: write \"name = row_number()\"")
  t.says(function() return data:top() end,
    "top: argument 1 must be a table such as { n = 2, by = \"uren desc\", within = \"gemeente\" }, got nothing")
  t.says(function() return data:top { by = "naam" } end, "top wants n: how many rows of each group")
  t.says(function() return data:top { n = 1 } end,
    "top wants by: the columns that say which rows are first, such as \"uren desc\"")
  t.says(function() return data:pivot() end,
    "pivot: argument 1 must be a table such as { rows = \"gemeente\", columns = \"peilmaand\", values = \"n\" "
    .. "}, got nothing")
  t.says(function() return data:unpivot() end,
    "unpivot: argument 1 must be a table such as { columns = { ... }, name = \"peilmaand\", value = \"n\" }, "
    .. "got nothing")
  t.says(function() return data:sample() end,
    "sample: argument 1 must be a table such as { n = 100, seed = 1 }, got nothing")
  t.says(function() return data:sample { n = 1 } end,
    "sample wants a seed, a whole number such as seed = 1: the same seed draws the same rows")
  t.says(function() return data:sample { seed = 1 } end,
    "sample wants n, a number of rows, or share, one of the two")
  t.says(function() return data:sample { share = "x", seed = 1 } end,
    "sample: share must be a number from 0 to 1, such as 0.1")
  t.says(function() return data:shuffle() end,
    "shuffle wants a seed, a whole number such as seed = 1: the same seed draws the same rows")
end)
