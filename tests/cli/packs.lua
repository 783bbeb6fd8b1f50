-- packs.lua - dekking list, run and check: packs used without writing Lua, and everything that can be wrong with a command.

local PACK = [[
dk.dataset "linked" {
  doc = "register and Sonar",
  files = {
    "register", { "sonar", doc = "extract", read = { types = { zichtbaar = "boolean" } } }, { "geo", optional = true },
  },
  build = function(files)
    if #files.sonar == 1 then
      error "Sonar has one row"
    end
    return files.register:link(files.sonar, "id", { as = "in_sonar", columns = { "zichtbaar" } })
  end,
}
dk.breakdown "coverage" {
  doc = "known in Sonar",
  by = { "gemeente" },
  measures = { "register = count()", { "bekend = count() where in_sonar", label = "Bekend" } },
  margins = "totals",
}
dk.breakdown "older" { measures = "n = count() where leeftijd > $grens" }
dk.breakdown "named" { measures = "n = count() where gemeente == $naam" }
dk.scenario "outreach" {
  params = { aandeel = { 0.5, min = 0, max = 1, doc = "share of the unknown" } },
  { "register", where = "not in_sonar", share = "$aandeel", set = { in_sonar = true } },
}
dk.scenario "some" {
  params = { aantal = { 1, unit = "persons" }, wie = "Arnhem", aan = true },
  { "count", where = "not in_sonar and gemeente == $wie and $aan", count = "$aantal", set = { in_sonar = true },
    allow_none = true },
}
dk.breakdown "told" { measures = { { "n = count()", doc = "by id" } } }
]]

-- Known by hand: Arnhem 3 persons, of whom 1 in Sonar; Duiven 2, of whom 1.
local REGISTER = "id;gemeente;leeftijd\n1;Arnhem;20\n2;Arnhem;30\n3;Arnhem;40\n4;Duiven;50\n5;Duiven;60\n"
local SONAR = "id;zichtbaar\n2;1\n5;0\n"
local FILES = " --data register=register.csv --data sonar=sonar.csv"

return function(shell, check)
  local function run(line) return shell.run("./program " .. line) end

  local function gives(line, expected)
    local result = run(line)
    check.same(line, "standard error", "", result.err)
    check.same(line, "exit status", 0, result.status)
    check.same(line, "standard output", expected, result.out)
  end

  local function refuses(line, ...)
    local result = run(line)
    check.same(line, "exit status", 1, result.status)
    check.same(line, "standard output", "", result.out)
    check.ok(line, not result.err:find "traceback", "a traceback in\n" .. result.err)
    for _, part in ipairs { ... } do
      check.has(line, result.err, part)
    end
  end

  shell.write("pack.lua", PACK)
  shell.write("register.csv", REGISTER)
  shell.write("sonar.csv", SONAR)
  shell.run "mkdir packs && cp pack.lua packs"

  -- run: a dataset is built from files with names, and a file without a name is the table itself.
  local coverage = "gemeente,register,bekend\nArnhem,3,1\nDuiven,2,1\ntotaal,5,2\n"
  gives("run coverage --format csv" .. FILES, coverage)
  gives("--format csv run coverage" .. FILES, coverage)
  gives("--threads 1 run coverage --format=csv --pack pack.lua --dataset linked" .. FILES, coverage)
  gives([[-e 'dk.read("register.csv"):link(dk.read "sonar.csv", "id", { as = "in_sonar" }):save "linked.dk"']], "")
  gives("run coverage --format csv --data linked.dk", coverage)
  gives([[-e 'dk.read("register.csv"):write "register.xlsx"']], "")
  gives("run coverage --format csv --data register=register.xlsx --data sonar=sonar.csv", coverage)
  gives("run coverage --format csv --data register=./register.csv --data=sonar=sonar.csv", coverage)
  shell.run "cp register.csv a=b.csv"
  gives("run older --format csv --data ./a=b.csv --set grens=30", "n\n3\n")
  local text = run("run coverage" .. FILES)
  check.has("run coverage", text.out, "totaal           5        2\n")

  -- By, where, set and scenario do what the methods do.
  gives("run coverage --format csv --by 'klasse = bin(leeftijd, 35, 55),gemeente' --where 'leeftijd < 55'" .. FILES,
    "klasse,gemeente,register,bekend\n< 35,Arnhem,2,1\n35-54,Arnhem,1,0\n35-54,Duiven,1,0\n"
      .. "totaal,totaal,4,1\n")
  gives("run coverage --format csv --by ''" .. FILES, "register,bekend\n5,2\n")
  gives("run coverage --format csv --by gemeente --by leeftijd --where 'leeftijd > 45' --where \"gemeente == 'Duiven'\""
    .. FILES,
    "gemeente,leeftijd,register,bekend\nDuiven,50,1,0\nDuiven,60,1,1\ntotaal,totaal,2,1\n")
  gives("run older --format csv --data register.csv --set grens=35.5", "n\n3\n")
  gives("run older --format csv --data register.csv --set '$grens=35'", "n\n3\n")
  gives("run named --format csv --data register.csv --set naam=Duiven", "n\n2\n")
  gives("run named --format csv --data register.csv --set \"naam='Duiven'\"", "n\n2\n")
  -- 1 of 5 known more: half of the two unknown of Arnhem, and half of the one of Duiven.
  local compared = "gemeente,register_base,register_outreach,register_outreach_difference,bekend_base,bekend_outreach,"
    .. "bekend_outreach_difference\nArnhem,3,3,0,1,2.0,1.0\nDuiven,2,2,0,1,1.5,0.5\ntotaal,5,5,0,2,3.5,1.5\n"
  gives("run coverage --format csv --scenario outreach" .. FILES, compared)
  gives("run coverage --format csv --scenario outreach --set aandeel=0.5" .. FILES, compared)
  gives("run coverage --by '' --format csv --scenario outreach --long --relative" .. FILES,
    "measure,scenario,base,value,difference,relative\nregister,outreach,5,5.0,0.0,0\nbekend,outreach,2,3.5,1.5,0.75\n")
  check.has("A+B", run("run coverage --by '' --scenario outreach+some --format csv" .. FILES).out, "bekend_outreach+some")
  local names = "register_base,register_some,register_some_difference,bekend_base,bekend_some,bekend_some_difference\n"
  gives("run coverage --format csv --by '' --scenario some --set aantal='2 persons'" .. FILES, names .. "5,5,0,2,4,2\n")
  gives("run coverage --format csv --by '' --scenario some --set wie=Duiven --set aan=true" .. FILES,
    names .. "5,5,0,2,3,1\n")
  gives("run coverage --format csv --by '' --scenario some --set aan=false" .. FILES, names .. "5,5,0,2,2,0\n")

  -- Values that Lua does not have, as scenarios state them.
  shell.write("typed.lua", [[
dk.breakdown "n" { measures = "n = count() where d >= date '2024-06-01'" }
dk.scenario "moved" {
  params = { q = { dk.decimal "0.50", unit = "of all" }, since = dk.date "2024-01-01", any = dk.null,
    per = dk.period "2024-Q1" },
  { "x", where = "d >= $since and ($any is null or $any > 1) and period(d, 'quarter') >= $per", share = "$q",
    set = { d = dk.expr "date '2023-01-01'" }, allow_none = true },
}
]])
  shell.write("typed.csv", "d\n2024-05-01\n2024-08-01\n")
  local typed = "run n --format csv --pack typed.lua --data typed.csv --scenario moved"
  gives(typed, "n_base,n_moved,n_moved_difference\n1,0.5,-0.5\n")
  gives(typed .. " --set 'q=0.25 of all' --set since=2024-07-01 --set any=2",
    "n_base,n_moved,n_moved_difference\n1,0.75,-0.25\n")
  gives(typed .. " --set any=0 --set q=1", "n_base,n_moved,n_moved_difference\n1,1,0\n")
  gives(typed .. " --set per=2024-Q4", "n_base,n_moved,n_moved_difference\n1,1,0\n")
  refuses(typed .. " --set q=half", "'--set q=half': q is a decimal such as 0.50 of all")
  refuses(typed .. " --set since=2024-13-01", "'--set since=2024-13-01': since is a date such as 2024-01-01")
  check.has("list typed.lua", run("list typed.lua --format json").out, '"value": "2024-01-01"')
  check.has("list typed.lua", run("list typed.lua --format json").out, '"value": null')

  -- Ctrl-C ends a pack that does not end.
  shell.write("spin.lua", "while true do pcall(function() while true do end end) end")
  local spun = shell.run "timeout --foreground --preserve-status -s INT 1.5 ./program list spin.lua"
  check.same("Ctrl-C", "exit status", 1, spun.status)
  check.has("Ctrl-C", spun.err, "interrupted!")

  -- Output is complete or absent, and what was there stays when something is wrong.
  gives("run coverage --output out.csv" .. FILES, "")
  check.same("--output", "out.csv", coverage, shell.run("cat out.csv").out)
  gives("run coverage --output out.json" .. FILES, "")
  check.has("--output", shell.run("cat out.json").out, '"bekend": 2')
  gives("run coverage --format md --output out.file" .. FILES, "")
  check.has("--output", shell.run("cat out.file").out, "| Arnhem | 3 | 1 |")
  gives("run coverage --output out.xlsx" .. FILES, "")
  check.same("--output", "out.xlsx", "PK", shell.run("head -c 2 out.xlsx").out)
  refuses("run coverage --where nosuch --output out.csv" .. FILES, "nosuch")
  check.same("a failed run", "out.csv", coverage, shell.run("cat out.csv").out)
  refuses("run coverage --output nofolder/out.csv" .. FILES, "nofolder/out.csv", "folder does not exist")
  refuses("run coverage --output /dev/full --format csv" .. FILES, "No space left on device")
  check.same("nothing half written", "files", "", shell.run("find . -name 'out.*?new*' -o -name 'nofolder'").out)

  -- What CSV has no place for is told.
  shell.write("gap.csv", "gemeente;leeftijd\nArnhem;20\nArnhem;\n")
  local noted = run "run older --format csv --data gap.csv --set grens=1 --where 'leeftijd > 1'"
  check.same("a note", "standard output", "n\n1\n", noted.out)
  check.has("a note", noted.err, "note: ")
  noted = run "run told --format csv --data register.csv"
  check.same("a measure that tells", "standard output", "n\n5\n", noted.out)
  check.same("a measure that tells", "standard error", "note: n: by id\n", noted.err)

  -- Commands that are wrong.
  refuses("run", "run wants the name of a breakdown")
  refuses("run coverage more" .. FILES, "run wants one name, and not also 'more' (--pack FILE names a pack)")
  refuses("run coverage aandeel=0.5" .. FILES, "not also 'aandeel=0.5' (--set NAME=VALUE gives a parameter)")
  refuses("run covrage" .. FILES, "the pack has no breakdown 'covrage' (did you mean 'coverage'?)")
  refuses("run outreach" .. FILES, "run: outreach is a scenario: run a breakdown with --scenario outreach")
  refuses("run coverage", "run wants data: --data FILE, or of dataset linked: --data register=FILE --data sonar=FILE "
    .. "[--data geo=FILE]")
  refuses("run coverage --data", "run: '--data' wants a value")
  refuses("run coverage --data ''", "run: '--data ' names no file")
  refuses("run coverage --data register=", "names no file")
  refuses("run coverage --data register.csv --data sonar.csv",
    "'--data register.csv' and '--data sonar.csv' are two tables")
  refuses("run coverage --data register.csv --data sonar=sonar.csv", "'--data register.csv' is a whole table")
  refuses("run coverage --data register=a --data register=b", "'--data register=...' is given twice")
  refuses("run coverage --data register=register.csv", "dataset linked also wants sonar: --data sonar=FILE (extract)")
  refuses("run coverage --data register=register.csv --data sonarr=sonar.csv",
    "dataset linked has no file 'sonarr' (did you mean 'sonar'?)")
  refuses("run coverage --dataset linkd" .. FILES, "the pack has no dataset 'linkd' (did you mean 'linked'?)")
  refuses("run coverage --dataset linked --data register.csv", "is built from files with names")
  refuses("run coverage --data nosuch.csv", "nosuch.csv", "does not exist")
  refuses("run coverage --data register=nosuch.csv --data sonar=sonar.csv", "nosuch.csv", "does not exist")
  refuses("run coverage --data register.csv",
    "run: the breakdown coverage needs the column in_sonar, which the data does not have; it has: id, gemeente, leeftijd\n"
      .. "  dataset linked: --data register=FILE --data sonar=FILE [--data geo=FILE]")
  shell.write("near.csv", "gemeente;in_sonr\nx;1\n")
  refuses("run coverage --data near.csv", "in_sonar (is it in_sonr?)")
  refuses("run older --data register.csv --set grens=1 --scenario outreach",
    "the scenario outreach needs the column in_sonar")
  refuses("run older --data register.csv", "the breakdown older asks for $grens: --set grens=VALUE")
  refuses("run older --data register.csv --set grens", "'--set grens' is no NAME=VALUE")
  refuses("run older --data register.csv --set grens=1 --set grens=2", "'--set grens=...' is given twice")
  refuses("run older --data register.csv --set gens=1", "what is run has no parameter 'gens' (did you mean 'grens'?)")
  refuses("run coverage --set x=1" .. FILES, "what is run has no parameter 'x', and none at all")
  refuses("run coverage --long" .. FILES, "run: '--long' is of a comparison, and there is no --scenario")
  refuses("run coverage --scenario outreach --set aandeel=2" .. FILES, "aandeel lies between 0 and 1, and 2 does not")
  refuses("run coverage --scenario outreach --set aandeel=veel" .. FILES,
    "'--set aandeel=veel': aandeel is a number such as 0.5: share of the unknown")
  refuses("run coverage --scenario outreach --set aandeel=0,5" .. FILES, "aandeel is a number such as 0.5")
  refuses("run coverage --scenario some --set aantal='2 euro'" .. FILES, "aantal is a number such as 1 persons")
  refuses("run coverage --scenario some --set aan=ja" .. FILES, "'--set aan=ja': aan is true or false")
  refuses("run coverage --scenario nosuch" .. FILES, "the pack has no scenario 'nosuch'")
  refuses("run coverage --scenario +" .. FILES, "'--scenario' names no scenario")
  refuses("run coverage --scenario some+outreachh" .. FILES, "did you mean 'outreach'?")
  refuses("run coverage --by 'gemeente,,leeftijd'" .. FILES, "has nothing between two commas")
  refuses("run coverage --by nosuch" .. FILES, "nosuch")
  refuses("run coverage --where 'leeftijd <'" .. FILES, "leeftijd <")
  refuses("run coverage --format pdf" .. FILES, "run has no format 'pdf'")
  refuses("run coverage --format xlsx" .. FILES, "a workbook is no text: --output FILE says where it goes")
  refuses("run coverage --output out" .. FILES, "'--output out' does not end in .csv")
  refuses("run coverage --fromat csv" .. FILES, "run has no option '--fromat' (did you mean '--format'?)")
  refuses("run coverage -x", "run: '-x' is no option (--by, --data")
  refuses("run coverage --help=x", "'--help' takes no value")
  refuses("run coverage --output a --output b", "'--output' is given twice")
  refuses("run coverage --pack nosuch.lua" .. FILES, "nosuch.lua")
  shell.write("one.csv", "id;zichtbaar\n2;1\n")
  refuses("run coverage --data register=register.csv --data sonar=one.csv", "pack.lua:8: Sonar has one row")

  shell.write("raises.lua", [[
dk.dataset "a" { files = "a", build = function() error {} end }
dk.dataset "b" { files = "b", build = function() error(setmetatable({}, { __tostring = function() return "it" end })) end }
dk.breakdown "n" { measures = "n = count()" }
]])
  refuses("run n --pack raises.lua --data a=one.csv", "./program: (error object is a table value)\n")
  refuses("run n --pack raises.lua --data b=one.csv", "./program: it\n")

  -- Which dataset, where the names of files do not tell.
  shell.write("two.lua", [[
dk.dataset "first" { files = "x", build = function(files) return files.x end }
dk.dataset "second" { files = "x", build = function(files) return files.x:head(1) end }
dk.breakdown "n" { measures = "n = count()" }
]])
  refuses("run n --pack two.lua --data x=register.csv",
    "the datasets first and second are made of these files: say which by --dataset first")
  gives("run n --pack two.lua --data x=register.csv --dataset second --format csv", "n\n1\n")
  refuses("run n --pack two.lua --data y=register.csv",
    "no dataset is made of y; dataset first: --data x=FILE; dataset second: --data x=FILE")
  shell.write("none.lua", 'dk.breakdown "n" { measures = "n = count()" }')
  refuses("run n --pack none.lua --data x=register.csv",
    "'--data x=...' is a file of a dataset, and the pack has none (a path is written as ./x=...)")

  -- list
  local listed = run "list"
  check.same("list", "exit status", 0, listed.status)
  for _, part in ipairs {
    'dataset "linked"\n  doc       register and Sonar\n  files     register\n            sonar: extract\n',
    "\n            geo (optional)\n",
    'breakdown "coverage"\n  doc       known in Sonar\n', "columns   gemeente, in_sonar\n", "params    $grens\n",
    'scenario "outreach"\n  $aandeel = 0.5 (0 to 1): share of the unknown\n', "$aantal = 1 persons\n",
    "columns   in_sonar, gemeente\n",
  } do
    check.has("list", listed.out, part)
  end
  check.same("list pack.lua", "standard output", listed.out, run("list pack.lua").out)
  gives("list none.lua --format json", [[
{
  "files": [
    "none.lua"
  ],
  "datasets": [],
  "breakdowns": [
    {
      "name": "n",
      "place": "none.lua:1",
      "by": [],
      "measures": [
        {
          "expression": "n = count()"
        }
      ],
      "columns": [],
      "params": []
    }
  ],
  "scenarios": [],
  "aggregates": [],
  "functions": []
}
]])
  local json = run "list --format json pack.lua"
  for _, part in ipairs {
    '"doc": "known in Sonar"', '"label": "Bekend"', '"doc": "by id"', '"optional": true', '"value": 0.5', '"max": 1',
    '"unit": "persons"', '"value": "Arnhem"', '"value": true', '"grens"',
  } do
    check.has("list --format json", json.out, part)
  end
  shell.write("stated.lua", [[dk.scenario "s" {
    doc = "what for", assumptions = { "nobody leaves" },
    params = { n = { 5, min = 0, max = 9, unit = "persons", doc = "who come" } },
    { "all", where = "b", count = "$n", set = { a = 1 } } }]])
  for _, part in ipairs { '"doc": "what for"', '"nobody leaves"', '"min": 0', '"max": 9', '"unit": "persons"',
    '"doc": "who come"' } do
    check.has("list --format json", run("list --format json stated.lua").out, part)
  end
  for _, part in ipairs { "doc: what for", "assumes: nobody leaves", "$n = 5 persons (0 to 9): who come" } do
    check.has("list stated.lua", run("list stated.lua").out, part)
  end
  shell.write("empty.lua", "")
  gives("list empty.lua", "nothing is defined in empty.lua\n")
  shell.write("odd.lua", [[dk.breakdown 'a"b\n\1' { measures = 'n = count()' }]])
  check.has("list odd.lua", run("list --format json odd.lua").out, [["name": "a\"b\n\u0001"]])
  refuses("list --format csv", "list: '--format' wants text or json, not 'csv'")
  refuses("--format csv list", "list: '--format' wants text or json, not 'csv'")
  refuses("list nosuch.lua", "nosuch.lua")

  -- check
  gives("check", "1 file: 4 breakdowns, 2 scenarios, 1 dataset: no problems\n")
  gives("check pack.lua" .. FILES, "1 file: 4 breakdowns, 2 scenarios, 1 dataset: no problems\n")
  local function finds(line, problems)
    local result = run(line)
    check.same(line, "exit status", 1, result.status)
    check.same(line, "standard error", "", result.err)
    check.same(line, "standard output", problems, result.out)
  end
  finds("check pack.lua --data register.csv", [[
pack.lua:13: the breakdown coverage needs the column in_sonar, which the data does not have
pack.lua:21: the scenario outreach needs the column in_sonar, which the data does not have
pack.lua:25: the scenario some needs the column in_sonar, which the data does not have
1 file: 4 breakdowns, 2 scenarios, 1 dataset: 3 problems
]])
  shell.write("syntax.lua", "dk.breakdown 'a' {")
  shell.write("wrong.lua", [[
local condition = "a > 1"
dk.breakdown "n" { measures = "n = count()", where = condtion }
dk.breakdown "n" { measures = "n = count()" }
dk.breakdown "m" { measures = "n = cuont()" }
]])
  local wrong = run "check syntax.lua none.lua wrong.lua"
  check.same("check wrong.lua", "exit status", 1, wrong.status)
  for _, part in ipairs {
    "syntax.lua:1: ", "wrong.lua:2: the breakdown 'n' is defined already, at none.lua:1\n",
    "wrong.lua:3: the breakdown 'n' is defined already, at none.lua:1\n", "wrong.lua:4: ", "cuont",
    "wrong.lua:2: the global 'condtion' is not defined anywhere (did you mean 'condition'?)\n",
    "3 files: 1 breakdown, 0 scenarios, 0 datasets: 5 problems\n",
  } do
    check.has("check wrong.lua", wrong.out, part)
  end
  refuses("run n --pack wrong.lua --data register.csv", "wrong.lua:2: the global 'condtion'",
    "wrong.lua:3: ", "wrong.lua:4: ")
  refuses("list wrong.lua", "wrong.lua:2: the global 'condtion'")
  shell.write("types.lua", 'dk.breakdown "n" { measures = "n = sum(gemeente)" }')
  local types = run "check types.lua --data register.csv"
  check.same("check types.lua", "exit status", 1, types.status)
  check.has("check types.lua", types.out, "types.lua:1: ")
  refuses("check none.lua --dataset x", "--dataset is built from files")
  local no_data = run "check wrong.lua --data nosuch.csv"
  check.has("check with no data", no_data.out, "condtion")
  check.has("check with no data", no_data.err, "nosuch.csv")
  check.same("check with no data", "exit status", 1, no_data.status)

  -- Aggregates and functions of a pack's own.
  shell.write("own.lua", [[
dk.aggregate "span" {
  doc = "greatest less least",
  start = function() return {} end,
  step = function(s, x) s.least, s.most = math.min(s.least or x, x), math.max(s.most or x, x) end,
  finish = function(s) return s.most and s.most - s.least end,
  merge = function(s, t)
    return { least = math.min(s.least or t.least, t.least or s.least), most = math.max(s.most or t.most, t.most or s.most) }
  end,
}
dk.define "twice" { result = "integer", call = function(x) return 2 * x end }
dk.breakdown "spread" { by = "gemeente", measures = { "s = span(leeftijd)", "t = sum(twice(leeftijd))" } }
]])
  gives("list own.lua", [[
breakdown "spread"
  by        gemeente
  measures  s = span(leeftijd)
            t = sum(twice(leeftijd))
  columns   gemeente, leeftijd

aggregate "span"
  doc       greatest less least

function "twice"
]])
  gives("run spread --pack own.lua --data register.csv --format csv", "gemeente,s,t\nArnhem,20.0,180\nDuiven,10.0,220\n")
  check.has("list --format json", run("list own.lua --format json").out, '"name": "twice",\n      "place": "own.lua:10"')
  shell.write("own_twice.lua", 'dk.define "f" { result = "text", call = function(x) return x end }\n'
    .. 'dk.define "f" { result = "text", call = function(x) return x end }\n')
  check.has("check", run("check own_twice.lua").out, "the function 'f' is defined already, at own_twice.lua:1")

  -- Help, and files that are called as a subcommand is.
  for _, command in ipairs { "list", "run", "check" } do
    local help = run(command .. " --help")
    check.same(command .. " --help", "exit status", 0, help.status)
    check.has(command .. " --help", help.out, "usage: dekking " .. command)
    check.has("--help", run("--help").out, "  " .. command .. " ")
  end
  shell.write("list", "print('the file', ...)")
  gives("./list a", "the file\ta\n")
  gives("-- list a", "the file\ta\n")
  gives("- < list", "the file\n")
  check.has("list beats the file", run("list none.lua").out, 'breakdown "n"')
  shell.run "rm list"
  gives("-e 'print(1)' list none.lua --format text", '1\nbreakdown "n"\n  measures  n = count()\n')
end
