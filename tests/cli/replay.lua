-- replay.lua - dekking replay: the same question on another machine, what differs, and receipts that nobody should trust.

-- Known by hand: Arnhem 3 persons of whom 1 is known, Duiven 2 of whom 1; half of the unknown are 1 and 0.5.
local REGISTER = "id,gemeente,leeftijd\n1,Arnhem,20\n2,Arnhem,30\n3,Arnhem,40\n4,Duiven,50\n5,Duiven,60\n"
local SONAR = "id\n2\n5\n"

local SCRIPT = [[
local linked = dk.read("register.csv", { key = "id" }):link(dk.read "sonar.csv", "id", { as = "in_sonar" })
local coverage = dk.breakdown "coverage" { by = "gemeente", margins = "totals",
  measures = { "n = count()", "bekend = count() where in_sonar", "dekking = bekend / n" } }
local outreach = dk.scenario "outreach" { params = { f = 0.5 },
  { "register", where = "not in_sonar", share = "$f", per = "gemeente", set = { in_sonar = true } } }
local result = coverage:compare(linked, outreach)
result:write "result.csv"
result:write("result.html", { total_label = "alles" })
result:write_receipt "plan.receipt"
coverage:solve(linked, outreach, { vary = "f", target = "dekking >= 0.6", at = dk.total }):write_receipt "solve.receipt"
]]

local HEAD = 'dekking receipt 1\nprogram "dekking"\nrules 1\n'
local TAIL = 'result { table = "t1", rows = 1, columns = 1, fingerprint = "" }\n'

return function(shell, check)
  local function run(line) return shell.run("./program " .. line) end

  local function gives(line, status, ...)
    local result = run(line)
    check.same(line, "exit status", status, result.status)
    check.same(line, "standard error", "", result.err)
    for _, part in ipairs { ... } do
      check.has(line, result.out, part)
    end
    return result.out
  end

  local function refuses(line, ...)
    local result = run(line)
    check.same(line, "exit status", 1, result.status)
    check.ok(line, not result.err:find "traceback", "a traceback in\n" .. result.err)
    for _, part in ipairs { ... } do
      check.has(line, result.err .. result.out, part)
    end
  end

  shell.run "rm -rf there && mkdir there"
  shell.write("register.csv", REGISTER)
  shell.write("sonar.csv", SONAR)
  shell.write("plan.lua", SCRIPT)
  gives("plan.lua", 0)
  local bytes = #shell.run("cat result.csv").out

  -- The same bytes: here, elsewhere with the files named, and at one thread.
  local same = ("result: the same, 3 rows, %d bytes of CSV\nresult.csv: the same %d bytes\n"):format(bytes, bytes)
  gives("replay plan.receipt", 0, same, "result.html: the same ", "\nthe same\n")
  gives("--threads 1 replay plan.receipt", 0, same)
  gives("replay solve.receipt", 0, "result: the same, 1 rows", "\nthe same\n")
  -- Of a table with weights, under a scenario that chance decides: every draw is the same again.
  shell.write("weights.lua", [[
local t = dk.table { { "in_sonar", { true, false } }, { "n", { 5682, 1994 } } }:with { weight = "n" }
local chance = dk.scenario "chance" { seed = 5,
  { "register", where = "not in_sonar", share = 0.3, drawn = true, set = { in_sonar = true } } }
dk.breakdown { measures = "bekend = count() where in_sonar" }:bands(t, chance, { draws = 20 })
  :write_receipt "bands.receipt"
]])
  gives("weights.lua", 0)
  gives("replay bands.receipt", 0, "result: the same, 1 rows", "\nthe same\n")
  -- A merger, said as a step, by history or alone, and a table of sparklines.
  shell.write("recodes.lua", [[
local persons = dk.read("register.csv", { key = "id" })
local geo = dk.hierarchy(dk.read_text "gemeente;van;tot\nArnhem;;2020-01-01\nDuiven;;2020-01-01\nBeide;2020-01-01;\n",
  { "gemeente" },
  { from = "van", to = "tot", changes = { { date = "2020-01-01", old = "Arnhem", new = "Beide" },
    { date = "2020-01-01", old = "Duiven", new = "Beide" } } })
local count = dk.breakdown { by = "gemeente", measures = "n = count()" }
for name, merged in pairs {
  step = persons:recode(dk.merge("gemeente", { "Arnhem", "Duiven" }, "Beide")),
  plain = persons:recode("gemeente", { "Arnhem", "Duiven" }, "Beide"),
  history = persons:recode(dk.merge("gemeente", geo:recode("2019-01-01", "2021-01-01"))),
} do
  local result = count(merged)
  assert(#result == 1 and result.n[1] == 5, name)
  result:write_receipt(name .. ".receipt")
end
count(persons):spark("n", "gemeente"):write_receipt "spark.receipt"
]])
  gives("recodes.lua", 0)
  for _, name in ipairs { "step", "plain", "history", "spark" } do
    gives(("replay %s.receipt"):format(name), 0, "result: the same, 1 rows", "\nthe same\n")
  end
  shell.run "mv register.csv sonar.csv there; mv plan.lua away.lua"
  local there = " --data register=there/register.csv --data=sonar=there/sonar.csv"
  local out = gives("replay plan.receipt --output again.csv" .. there, 0, same,
    "note: script plan.lua: the file does not exist\n")
  check.ok("replay elsewhere", not out:find "differs", "a difference in\n" .. out)
  check.same("replay --output", "again.csv", shell.run("cat result.csv").out, shell.run("cat again.csv").out)
  gives("replay plan.receipt", 1,
    "note: file register register.csv: the file does not exist (--data register=FILE says where it is now)\n",
    "differs: line ", "register.csv: the file does not exist", "not the same\n")
  shell.run "mv there/*.csv . && mv away.lua plan.lua"

  -- What differs is told: a column that the question mentions or not, rows, the script, program, rules, a cell.
  local function with(name, text, ...)
    local before = shell.run("cat " .. name).out
    shell.write(name, text)
    gives("replay plan.receipt", ...)
    shell.write(name, before)
  end
  with("register.csv", (REGISTER:gsub("5,Duiven", "5,Arnhem")), 1, "note: file register register.csv: it has other bytes",
    "differs: data t3: the column gemeente has other values\n", "differs: result: row 1 (Arnhem), n_base was 3 and is 4\n",
    "not the same\n")
  with("register.csv", (REGISTER:gsub("60", "61")), 0, same,
    "note: data t3: columns differ that the question does not mention\n")
  with("register.csv", REGISTER .. "6,Arnhem,70\n", 1, "differs: data t3: it had 5 rows and has 6\n")
  with("register.csv", (REGISTER:gsub("Duiven", "Arnhem")), 1,
    "differs: result: it had 3 rows and has 2, from row 1 on (Arnhem) others\n")
  with("register.csv", (REGISTER:gsub("gemeente", "plaats")), 1, "differs: data t3: the column gemeente is not there\n")
  with("register.csv", (REGISTER:gsub("%a+,(%d+)\n", "7,%1\n")), 1,
    "differs: data t3: the column gemeente was category and is integer\n")
  with("sonar.csv", "id\n2\n4\n", 1, "differs: data t3: the column in_sonar has other values\n", "result: the same, 3 rows")
  with("plan.lua", SCRIPT .. "\n", 0, same, "note: script plan.lua: it has other bytes than it had")
  local text = shell.run("cat plan.receipt").out
  local function altered(pattern, by, ...)
    local new, n = text:gsub(pattern, by, 1)
    check.same("altered", pattern, 1, n)
    shell.write("altered.receipt", new)
    gives("replay altered.receipt", ...)
  end
  altered('program "[^"]+"', 'program "dekking 0.0.1"', 0, same,
    "note: the receipt is of dekking 0.0.1, and this is dekking")
  altered("\nrules 1", "\nrules 0", 0, same, "note: the receipt was made by rules 0, and this program goes by rules 1")
  altered("\n|Duiven,2,2,", "\n|Duiven,2,3,", 1,
    "differs: result: row 2 (Duiven), n_outreach was 3 and is 2\n", "not the same\n")
  altered("f = 0.5", "f = 0.25", 1, "differs: result: row 1 (Arnhem), bekend_outreach was 2.0 and is 1.50\n")
  altered("\ncells\n.*", "\n", 0, "result: the same, 3 rows (by their fingerprint)\n")
  altered('(written {[^\n]*fingerprint = ")%x%x', "%100", 1, "differs: result.csv: written again it has other bytes")

  -- dekking run writes one, with the pack as the script; a table that a script made is given again.
  shell.write("pack.lua", [[
dk.breakdown "ages" { by = "gemeente", measures = "m = mean(leeftijd)" }
dk.scenario "older" { { "older", where = "gemeente == 'Duiven'", all = true, set = { leeftijd = 90 } } }
dk.define "twice" { result = "integer", call = function(x) return 2 * x end }
dk.breakdown "doubled" { measures = "t = sum(twice(leeftijd))" }
]])
  gives("run ages --pack pack.lua --data register.csv --scenario older --output ages.json --receipt ages.receipt", 0)
  gives("replay ages.receipt", 0, "ages.json: the same ", "the same\n")
  check.has("run --receipt", shell.run("cat ages.receipt").out, 'script { path = "pack.lua", bytes = ')
  gives("run doubled --pack pack.lua --data register.csv --format csv --receipt doubled.receipt", 0, "t\n400\n")
  gives("replay doubled.receipt", 1, "twice")
  gives("replay doubled.receipt --pack pack.lua", 0, "result: the same, 1 rows")
  shell.write("made.lua", [[
local data = dk.read("register.csv"):map("oud", function(row) return row.leeftijd > 45 end)
data:save "made.dk"
dk.breakdown { measures = "n = count() where oud" } (data):write_receipt "made.receipt"
]])
  gives("made.lua", 0)
  gives("replay made.receipt", 1, "a script made the table t1: --data t1=FILE gives it")
  gives("replay made.receipt --data t1=made.dk", 0, "result: the same")

  -- Every question that a breakdown or a scenario is asked.
  shell.write("every.lua", [[
local linked = dk.read("register.csv", { key = "id" }):link(dk.read "sonar.csv", "id", { as = "in_sonar" })
local coverage = dk.breakdown { by = "gemeente", margins = "totals",
  measures = { "n = count()", "bekend = count() where in_sonar", "dekking = bekend / n" } }
local a = dk.scenario "a" { params = { f = { 0.5, min = 0, max = 1 } },
  { "register", where = "not in_sonar", share = "$f", per = "gemeente", set = { in_sonar = true } } }
local b = dk.scenario "b" { dk.merge("gemeente", { "Arnhem", "Duiven" }, "Arnhem-Duiven") }
local drawn = dk.scenario "drawn" { seed = 7,
  { "register", where = "not in_sonar", share = 0.5, drawn = true, per = "gemeente", set = { in_sonar = true } } }
local allocation = coverage:allocate(linked, a, { budget = 2, per = "gemeente", maximise = "bekend" })
for name, result in pairs {
  long = coverage:compare(linked, { a, a .. b }, {}, { long = true, relative = true }),
  tables = coverage:compare(linked, linked:where "leeftijd > 25", { name = "older" }),
  drawn = coverage:compare(linked, drawn), bands = coverage:bands(linked, drawn, { draws = 10 }),
  each = coverage:solve(linked, a, { vary = "f", target = "dekking >= 0.9", each = "gemeente" }),
  contributions = coverage:contributions(linked, a .. b, { measure = "dekking", method = "shapley" }),
  sensitivity = coverage:sensitivity(linked, a, { measure = "dekking", at = dk.total, ranges = { f = { 0.2, 0.4 } } }),
  swept = coverage:sweep(linked, a, { f = dk.range(0, 1, 0.5) }),
  latin = coverage:sweep(linked, a, dk.latin(4, { f = { 0, 1 } }, 3)),
  order = (a .. b):order(linked, coverage), moved = (a .. b):moved(linked), cells = (a .. b):apply(linked),
  allocated = allocation:table():sort "gemeente", limits = allocation:limits(),
  best = coverage:compare(linked, { a, allocation:scenario "best" }), plain = coverage(linked):detail():head(1),
} do
  result:write_receipt("every-" .. name .. ".receipt")
end
]])
  gives("every.lua", 0)
  local receipts = shell.run("ls every-*.receipt").out
  check.same("every.lua", "receipts", 16, select(2, receipts:gsub("\n", "")))
  for path in receipts:gmatch "%S+" do
    gives("replay " .. path, 0, "result: the same, ", "\nthe same\n")
  end

  -- The command line.
  refuses("replay", "replay wants a receipt: dekking replay FILE")
  refuses("replay a b", "replay wants one receipt, and not also 'b'")
  refuses("replay nosuch.receipt", "nosuch.receipt: No such file")
  refuses("replay plan.receipt --data registr=x.csv", "the receipt has no file 'registr' (did you mean 'register'?)")
  refuses("replay plan.receipt --data x.csv", "replay: '--data x.csv' is no NAME=FILE")
  refuses("replay plan.receipt --data sonar=a --data sonar=b", "'--data sonar=...' is given twice")
  refuses("replay plan.receipt --format csv", "replay: --format says what --output FILE is to be")
  check.has("replay --help", run("replay --help").out, "usage: dekking replay RECEIPT")

  -- Hostile input: data, never run; errors with the line; limits.
  local function hostile(text_of_it, ...)
    shell.write("hostile.receipt", text_of_it)
    refuses("replay hostile.receipt", ...)
    check.ok("hostile", shell.run("ls pwned").status ~= 0, "something ran: " .. text_of_it)
  end
  hostile("", "hostile.receipt:1: this is no receipt")
  hostile("dekking receipt 2\n", "hostile.receipt:1: the receipt has the format 2, and this program reads 1")
  hostile("dekking receipt 1\n", "the receipt ends without its program")
  hostile(HEAD .. 't1 = os.execute("touch pwned")\n' .. TAIL, "hostile.receipt:4: 'os' is nothing that stands above")
  hostile(HEAD .. 't1 = dk.load("touch pwned")\n' .. TAIL, "dk.load is nothing that can be asked of dekking")
  hostile(HEAD .. 't1 = dk.pack("pack.lua")\n' .. TAIL, "dk.pack is nothing that can be asked of dekking")
  hostile(HEAD .. 't1 = dk.table({ { a = os.execute("touch pwned") } })\n' .. TAIL, ":4: 'os' is nothing that stands above")
  hostile(HEAD .. 't1 = dk.table({ { a = function() end } })\n' .. TAIL, ":4: 'function' is nothing that stands above")
  hostile(HEAD .. 't0 = dk.table({ { a = 1 } })\nt1 = t0:write("pwned", { format = "csv" })\n' .. TAIL,
    "write is nothing that can be asked of a table of dekking")
  hostile(HEAD .. 't0 = dk.table({ { a = 1 } })\nt1 = t0:save("pwned")\n' .. TAIL, "save is nothing that can be asked of")
  hostile(HEAD .. 't0 = dk.table({ { a = 1 } })\nt1 = t0:write_receipt("pwned")\n' .. TAIL, "write_receipt is nothing")
  hostile(HEAD .. 't0 = dk.table({ { a = 1 } })\nt1 = t0:map("x", "os.exit()")\n' .. TAIL,
    "map is nothing that can be asked")
  hostile(HEAD .. 't0 = dk.table({ { a = 1 } })\nt1 = t0:__gc()\n' .. TAIL, "__gc is nothing that can be asked")
  hostile(HEAD .. 't0 = dk.table({ { a = 1 } })\nt1 = t0()\n' .. TAIL, "__call is nothing that can be asked")
  hostile(HEAD .. 't0 = dk.table({ { a = 1 } })\nt1 = t0:where("os.execute(\\"touch pwned\\")")\n' .. TAIL,
    "differs: line 5: ")
  hostile(HEAD .. 's1 = dk.scenario "x" { { "a", all = true, set = { a = dk.expr "load(" } } }\n' .. TAIL,
    ':4: dk.expr "load(" is none: ')
  hostile(HEAD .. 'b1 = dk.breakdown { measures = "n = conut()" }\n' .. TAIL, ":4: ", "conut")
  hostile(HEAD .. 't1 = dk.read("/etc/hostname")\n' .. TAIL, "the path /etc/hostname is not among the files of the receipt")
  hostile(HEAD .. 'file { name = "f", path = "/dev/zero" }\nt1 = dk.read("/dev/zero")\n' .. TAIL,
    "/dev/zero is no file that can be read again")
  hostile(HEAD .. 'file { name = "f", path = "-" }\nt1 = dk.read("-")\n' .. TAIL, "standard input is no file")
  shell.run "mkfifo pipe"
  hostile(HEAD .. 'file { name = "f", path = "pipe" }\nt1 = dk.read("pipe")\n' .. TAIL,
    "pipe is no file that can be read again")
  hostile(HEAD .. 't1 = t2:head(1)\n' .. TAIL, ":4: 't2' is nothing that stands above")
  hostile(HEAD .. 't1 = t1:head(1)\n' .. TAIL, ":4: 't1' is nothing that stands above")
  hostile(HEAD .. 't1 = dk.table({})\nt1 = dk.table({})\n' .. TAIL, ":5: the name t1 is taken")
  hostile(HEAD .. "t1 = dk.table(" .. ("{"):rep(100000), ":4: more than 64 tables lie within each other")
  hostile(HEAD .. "t1 = dk.table({" .. ("1,"):rep(300001) .. "})\n" .. TAIL, ":4: it has more than 300000 values")
  hostile(HEAD .. "t = 1\n", ":4: '1' is nothing that stands above")
  hostile(HEAD .. "t0 = dk.table({ { a = 1 } })\n" .. ("h = t0:head(1)\n"):rep(2), ":6: the name h is taken")
  hostile(HEAD .. 't1 = dk.table({ a = "x\n" })\n' .. TAIL, ":4: the text is not closed")
  hostile(HEAD .. 't1 = dk.table({ a = "\\x41" })\n' .. TAIL, ":4: \\x stands for nothing")
  hostile(HEAD .. 't1 = dk.table({ a = "\\999" })\n' .. TAIL, ":4: \\9 stands for nothing")
  hostile(HEAD .. "t1 = dk.table({ a = 1x })\n" .. TAIL, ":4: 1x is no number")
  hostile(HEAD .. "t1 = dk.table({ a = " .. ("1"):rep(100) .. " })\n" .. TAIL, "is no number")
  hostile(HEAD .. "t1 = dk.table({ a = 1, a = 2 })\n" .. TAIL, ":4: the key a stands there twice")
  hostile(HEAD .. 't1 = dk.table({ a = dk.date "x" })\n' .. TAIL, ':4: dk.date "x" is none')
  hostile(HEAD .. "t1 = dk.table({ a = dk.budget })\n" .. TAIL, ":4: dk.budget is no value")
  hostile(HEAD .. 'file { name = "f", path = 1 }\n', ":4: the field path of a file is a string, not a number")
  hostile(HEAD .. 'file { name = "f" }\n', ":4: a file has a field path")
  hostile(HEAD .. 'file { name = "f", path = "a", also = 1 }\n', ":4: a file has no field also")
  hostile(HEAD .. 'column { name = "a", type = "b", fingerprint = "" }\n',
    ":4: a column stands below the data that it is of")
  hostile(HEAD .. "cells\n|a\n", "cells stand below the result")
  hostile(HEAD .. "exec { }\n", ":4: 'exec' is no word of a receipt")
  hostile(HEAD .. "}\n", ":4: a statement is wanted, and not '}'")
  hostile(HEAD .. TAIL, "the result is 't1', which is no table above")
  hostile(HEAD .. 't1 = dk.table({ { a = 1 } })\n' .. TAIL .. TAIL, ":6: a second result")
  local many = {}
  for i = 1, 10001 do
    many[i] = ("s%d = dk.table({})\n"):format(i)
  end
  hostile(HEAD .. table.concat(many), "it has more than 10000 statements")
  hostile(HEAD .. "\0", "a receipt is text, and this has a byte 0")
  hostile(HEAD .. ("-"):rep(17 << 20), "a receipt has 16777216 bytes at most")
  local long = {}
  for i = 1, 9000 do
    long[i] = ("t%d = t%d:head(1)"):format(i + 1, i)
  end

  -- A receipt with bytes changed, taken away or doubled at random ends with a verdict or a message, whatever it says now.
  local state = 12345
  local function random(n)
    state = (state * 1103515245 + 12345) % 0x80000000
    return state // 16 % n + 1
  end
  for _ = 1, 100 do
    local changed = text
    for _ = 1, random(3) do
      local from, n = random(#changed), random(12)
      local piece = ({ "", changed:sub(from, from + n) .. changed:sub(from, from + n), string.char(random(255)), "{", '"' })
        [random(5)]
      changed = changed:sub(1, from - 1) .. piece .. changed:sub(from + n)
    end
    shell.write("changed.receipt", changed)
    local result = run "replay changed.receipt"
    check.ok("changed.receipt", result.status <= 1 and not result.err:find "traceback", ("status %d, %s of\n%s"):format(
      result.status, result.err, changed))
    check.ok("changed.receipt", (result.status == 0) == (result.out:sub(-9) == "the same\n" and
      result.out:sub(-13) ~= "not the same\n"), "the verdict is not the status:\n" .. changed)
  end
  hostile(HEAD .. "t1 = dk.table({ { a = 1 } })\n" .. table.concat(long, "\n") ..
    '\nresult { table = "t9001", rows = 2, columns = 1, fingerprint = "" }\n', "differs: ")
end
