-- prompt.lua - the prompt in a real pseudo-terminal, through expect.

-- Each step: what is typed, and what must then appear; \\r is the return key, \\003 Ctrl-C, \\004 Ctrl-D. What is
-- typed comes back as it is echoed, so that an answer is looked for with what stands around it. Other steps: a new
-- width of the window, a signal to the program.
local ROWS = "x = {} for i = 1, 1e5 do x[i] = i % 99991 end big = dk.table { { 'a', x } }\\r"
local SCAN = "b = dk.breakdown { by = 'a', measures = { 'n = count()' } }\\r"

local sessions = {
  {
    name = "values of expressions",
    { "1 + 1\\r", "2\r\n> " },
    { "x = 5\\r", "> " },
    { "x\\r", "\r\n5\r\n> " },
    { "= x * 2\\r", "10\r\n> " },
    { "nil, 'a'\\r", "nil\ta\r\n> " },
    { "tostring(7);\\r", "tostring(7);\r\n> " },
    { "3 * 7; \\r", "3 * 7; \r\n> " },
    { "_ + 1\\r", "22\r\n> " },
  },
  {
    name = "a table is shown with types and number of rows",
    { "t = dk.table { { 'naam', { 'Arnhem', 'Duiven' } }, { 'n', { 2983, 249 } } }\\r", "> " },
    { "t\\r", "category  integer\r\n" },
    { "", "Arnhem       2983\r\n" },
    { "", "2 rows, 2 columns\r\n> " },
  },
  {
    name = "a long table is cut to the window",
    { ROWS, "> " },
    { "big\\r", "rows not shown\r\n" },
    { "", "100,000 rows, 1 column\r\n> " },
  },
  {
    name = "tables have a terminal's colours, strings have not",
    environment = { NO_COLOR = "" },
    { "t = dk.table { { 'naam', { 'Arnhem' } }, { 'n', { 2983 } } }\\r", "> " },
    { "t\\r", "\r\n\027[1mnaam\027[0m" },
    { "", "\027[2mcategory\027[0m" },
    { "", "Arnhem       2983\r\n" },
    { "", "> " },
    { "print(1, t)\\r", "1\r\n\027[1mnaam\027[0m" },
    { "", "> " },
    { "t:print()\\r", "\r\n\027[1mnaam\027[0m" },
    { "", "> " },
    { "io.write(tostring(t), '\\\\n') and nil\\r", "\r\nnaam" },
    { "", "> " },
    { "dk.options { colour = false }\\r", "> " },
    { "t\\r", "\r\nnaam" },
    { "", "> " },
  },
  {
    name = "where a terminal has no colours, tables have none",
    environment = { NO_COLOR = "", TERM = "dumb" },
    { "t = dk.table { { 'naam', { 'Arnhem' } } }\\r", "> " },
    { "t\\r", "\r\nnaam" },
    { "", "> " },
    { "dk.options { colour = true }\\r", "> " },
    { "t\\r", "\r\n\027[1mnaam\027[0m" },
    { "", "> " },
  },
  {
    name = "who wants no colours gets none",
    { "t = dk.table { { 'naam', { 'Arnhem' } } }\\r", "> " },
    { "t:print { colour = true }\\r", "\r\nnaam" },
    { "", "> " },
  },
  {
    name = "unfinished input goes on",
    { "for i = 1, 2 do\\r", ">> " },
    { "print(i * 7)\\r", ">> " },
    { "end\\r", "7\r\n14\r\n> " },
    { "x = 'that\\r", "stdin:1: unfinished string near ''that'\r\n> " }, -- no line would finish it
    { "x = 'that \\\\\\r", ">> " },
    { "this'\\r", "> " },
    { "#x\\r", "10\r\n> " },
    { "x = [[that\\r", ">> " },
    { "this]]\\r", "> " },
    { "#x\\r", "9\r\n> " },
    { "if true then\\r", ">> " },
    { "\\004", "\r\nstdin:1: 'end' expected near <eof>\r\n> " },
  },
  {
    name = "a newcomer is told of help",
    greeting = "help() shows what there is; Ctrl-D ends",
    { "1 + 1\\r", "2\r\n> " },
  },
  {
    name = "who would leave is told how",
    { "exit\\r", "exit\r\nCtrl-D ends, and so does os.exit()\r\n> " },
    { " quit \\r", "quit \r\nCtrl-D ends, and so does os.exit()\r\n> " },
    { "exits\\r", "exits\r\nnil\r\n> " },
    { "nil\\r", "nil\r\nnil\r\n> " },
    { "exit = 5\\r", "> " },
    { "exit\\r", "exit\r\n5\r\n> " },
    { "quit, exit\\r", "nil\t5\r\n> " },
  },
  {
    name = "errors are survived",
    { "error('x')\\r", "stdin:1: x\r\nstack traceback:" },
    { "", "> " },
    { "y = = 1\\r", "unexpected symbol" },
    { "", "> " },
    { "error({})\\r", "(error object is a table value)" },
    { "", "> " },
    { "dk.help 'whre'\\r", "\r\nstack traceback:\r\n\t[C]: in function 'dekking.help'\r\n\tstdin:1: in main chunk" },
    { "", "> " },
    { "p = setmetatable({}, { __tostring = function() error 'no' end })\\r", "> " },
    { "_PROMPT = p\\r", "error in _PROMPT (stdin:1: no)\r\n> " },
    { "_PROMPT = nil\\r", "> " },
    { "print = nil\\r", "> " },
    { "1\\r", "error calling 'print' (attempt to call a nil value)\r\n> " },
    { "io.write(1 + 2, '!\\\\n') and nil\\r", "3!\r\n" },
  },
  {
    name = "a prompt in colour",
    { "_PROMPT = '\\\\1\\\\27\\[32m\\\\1lua\\\\1\\\\27\\[0m\\\\1% '\\r", "\027[32mlua\027[0m% " },
    { "11 * 11\\r", "121\r\n" },
  },
  {
    name = "the arrows move between the lines of a statement",
    { "for i = 3, 4 do\\r", ">> " },
    { "  local a = i\\r", ">> " },
    { "  print('it is', a)\\r", ">> " },
    { "end\\r", "it is\t4\r\n> " },
    { "7 + 8\\r", "15\r\n> " },
    { "\\033\\[A\\033OA\\033\\[A\\033\\[A", "" }, -- past the sum, to the end, and two lines up
    { "\\033\\[F + 10\\r", "it is\t13\r\nit is\t14\r\n> " },
    { "\\033\\[A\\033\\[A\\033\\[A\\033\\[A\\033\\[H\\033\\[B\\033OB", "" }, -- up to the first line, down to the third
    { "\\001  a = -a\\033\\r\\r", "it is\t-13\r\nit is\t-14\r\n> " },
    { "\\033\\[A\\033\\[A\\033\\[A\\033\\[A\\033\\[A", "" },
    { "\\033\\[A\\033\\[B\\033\\[B\\033\\[B\\033\\[B\\033\\[B 16 + 1\\r", "17\r\n> " }, -- earlier, and back to what was new
  },
  {
    name = "Ctrl-C throws the line away",
    { "abc def", "abc def" },
    { "\\003", "^C\r\n> " },
    { "3 + 4\\r", "7\r\n> " },
    { "abcdef", "abcdef" },
    { "\\001", "\027[3G" }, -- to the beginning of the line
    { "\\003", "\027[9G^C\r\n> " },
    { "\\003", "^C\r\n> " },
  },
  {
    name = "Ctrl-C leaves unfinished input",
    { "for i = 1, 2 do\\r", ">> " },
    { "\\003", "^C\r\n> " },
    { "5 + 6\\r", "11\r\n> " },
  },
  {
    name = "Ctrl-C stops a loop and keeps what was defined",
    { "kept = 41\\r", "> " },
    { "print 'go' while true do end\\r", "go\r\n" },
    { "\\003", "\r\ninterrupted!\r\nstack traceback:" },
    { "", "> " },
    { "kept + 1\\r", "42\r\n> " },
    { "pcall(function() print 'go' while true do end end)\\r", "go\r\n" },
    { "\\003", "\r\ninterrupted!\r\nstack traceback:" },
    { "", "> " },
    { "repeat print 'many' until false\\r", "many\r\nmany\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:" },
    { "", "> " },
    { "kept + 2\\r", "43\r\n> " },
  },
  {
    name = "Ctrl-C passes through what would catch it",
    { "function forever() while true do end end\\r", "> " },
    { "print 'go' while true do pcall(forever) end\\r", "go\r\n" },
    { "\\003", "\r\ninterrupted!\r\nstack traceback:" },
    { "", "> " },
    { "print 'go' while true do pcall(error) end\\r", "go\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:" },
    { "", "> " },
    { "print 'go' while true do xpcall(forever, print) end\\r", "go\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:" },
    { "", "> " },
    { "print 'go' while true do coroutine.resume(coroutine.create(forever)) end\\r", "go\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:" },
    { "", "> " },
    { "print 'go' coroutine.wrap(function() while true do pcall(coroutine.wrap(forever)) end end)()\\r", "go\r\n" },
    { "\\003", "interrupted!\r\n" },
    { "", "> " },
    { "print 'go' while true do pcall(string.match, ('a'):rep(1e6), '.-.-.-b') end\\r", "go\r\n" },
    { "\\003", "interrupted! (" },
    { "", "> " },
    { "print 'go' while true do load(forever) end\\r", "go\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:\r\n\tstdin:1: in function 'forever'\r\n\t[C]: in function 'load'\r\n"
      .. "\tstdin:1: in main chunk\r\n\t[C]: in ?\r\n> " },
    { "print 'go' xpcall(forever, debug.traceback)\\r", "go\r\n" },
    { "\\003", "in function 'xpcall'\r\n\tstdin:1: in main chunk\r\n\t[C]: in ?\r\n> " },
    { "print 'go' xpcall(error, forever)\\r", "go\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:" },
    { "", "> " },
    { "print 'go' coroutine.wrap(xpcall)(error, function() while true do pcall(forever) end end)\\r", "go\r\n" },
    { "\\003", "interrupted!\r\n" },
    { "", "> " },
    { "print 'go' xpcall(function() coroutine.wrap(forever)() end, print)\\r", "go\r\n" },
    { "\\003", "\r\nstdin:1: interrupted!\r\n" },
    { "", "> " },
    { "function deep(n) if n == 0 then print 'go' forever() end return 1 + deep(n - 1) end\\r", "> " },
    { "deep(190000)\\r", "\r\ngo\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:" },
    { "", "> " },
    { "debug.sethook(function() print 'go' forever() end, '', 1) kept = 1\\r", "go\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:" },
    { "", "> " },
    { "6 * 9\\r", "54\r\n> " },
  },
  { -- Lua calls a handler again, within itself, for an error in it: each of these would run some 200 times
    name = "Ctrl-C asks no message handler",
    { "n = 0 function upper() n = n + 1 while true do ('x'):rep(1e7):upper() end end\\r", "> " },
    { "print 'go' xpcall(error, upper)\\r", "\r\ngo\r\n" },
    { "\\003", "interrupted!" },
    { "", "in function 'upper'" },
    { "", "> " },
    { "n\\r", "n\r\n1\r\n> " },
    { "n = 0 function find() n = n + 1 ('a'):rep(1e6):find '.-.-.-.-b' end\\r", "> " },
    { "print 'go' xpcall(error, find)\\r", "\r\ngo\r\n" },
    { "\\003", "interrupted! ('find' was running)\r\nstack traceback:" },
    { "", "> " },
    { "n\\r", "n\r\n1\r\n> " },
    { "function nest(k) return function() n = n + 1 xpcall(error, k > 0 and nest(k - 1) or upper) end end\\r", "> " },
    { "n = 0 print 'go' xpcall(error, nest(4))\\r", "\r\ngo\r\n" },
    { "\\003", "interrupted!" },
    { "", "> " },
    { "n\\r", "n\r\n6\r\n> " },
    { "function deep(k) if k > 0 then return 1 + deep(k - 1) end while true do end end\\r", "> " },
    { "n = 0 print 'go' xpcall(function() deep(1500) end, upper)\\r", "\r\ngo\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:\r\n\tstdin:1: in function 'deep'" },
    { "", "> " },
    { "n\\r", "n\r\n0\r\n> " },
    { "s = ('x'):rep(1e8) function copy() while true do local _ = s .. 'y' end end\\r", "> " },
    { "print 'go' xpcall(function() coroutine.wrap(xpcall)(copy, upper) end, upper)\\r", "\r\ngo\r\n" },
    { "\\003", "interrupted!" },
    { "", "> " },
    { "n\\r", "n\r\n0\r\n> " },
    { "print(xpcall(error, debug.traceback, 'own'))\\r", "false\town\r\nstack traceback:\r\n\t[C]: in function 'error'" },
    { "", "> " },
  },
  {
    name = "Ctrl-C stops a scan of the engine",
    { ROWS, "> " },
    { SCAN, "> " },
    { "print 'go' for i = 1, 1e6 do b(big) end\\r", "go\r\n" },
    { "\\003", "interrupted" },
    { "", "stdin:1: in main chunk" },
    { "", "> " },
    { "b(big):rows()().n\\r", "\r\n1\r\n> " },
  },
  {
    name = "Ctrl-C stops a loop in a function of an aggregate, and in one of an expression",
    { "one = dk.table { { 'x', { 1, 2 } } }\\r", "> " },
    { "function loop() print 'go' while true do end end\\r", "> " },
    { "dk.aggregate 'loops' { block = loop, finish = loop }\\r", "> " },
    { "dk.define 'looping' { result = 'text', call = function(_) loop() end }\\r", "> " },
    { "one:breakdown { measures = 'm = loops(x)' }\\r", "\r\ngo\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:" },
    { "", "> " },
    { "one:derive 'm = looping(x)'\\r", "\r\ngo\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:" },
    { "", "> " },
    { "#one:where 'x > 1'\\r", "1\r\n> " },
  },
  {
    name = "Ctrl-C stops a coroutine and a pattern",
    { "print 'go' coroutine.wrap(function() while true do end end)()\\r", "go\r\n" },
    { "\\003", "stdin:1: interrupted!\r\n" },
    { "", "> " },
    { "print 'go' local s = ('a'):rep(1e6):find '.-.-.-.-b'\\r", "go\r\n" },
    { "\\003", "stdin:1: interrupted! ('find' was running)\r\n" },
    { "", "> " },
    { "6 * 9\\r", "54\r\n> " },
  },
  {
    name = "Ctrl-C stops texts that are put together",
    { "kept = 41\\r", "> " },
    { "kept = kept + 1 s = ('x'):rep(1e8)\\r", "> " },
    { "print 'go' while true do pcall(function() local _ = s .. 'y' end) end\\r", "\r\ngo\r\n" },
    { "\\003", "interrupted!" },
    { "", "> " },
    { "#(s .. kept)\\r", "\r\n100000002\r\n> " },
  },
  {
    name = "Ctrl-C stops a finalizer without end, and what ran before it",
    { "kept = 41 function forever() while true do end end\\r", "> " },
    { "setmetatable({}, { __gc = function() print 'go' forever() end }) collectgarbage()\\r", "go\r\n" },
    { "\\003", "interrupted!\r\nstack traceback:" },
    { "", "> " },
    { "again = { __gc = function() print 'go' while true do pcall(coroutine.wrap(forever)) end end }\\r", "> " },
    { "coroutine.wrap(function() setmetatable({}, again) collectgarbage() forever() end)()\\r", "go\r\n" },
    { "\\003", "interrupted!\r\n" },
    { "", "> " },
    { "setmetatable({}, again) collectgarbage() while true do pcall(forever) end\\r", "go\r\n" },
    { "\\003", "interrupted!\r\n" },
    { "", "> " },
    { "kept + 1\\r", "42\r\n> " },
  },
  {
    name = "the third Ctrl-C ends what cannot be stopped",
    { "print 'go' io.popen('trap \\42\\42 INT; sleep 3', 'w'):close()\\r", "go\r\n" },
    { "\\003", "^C" },
    { "\\003", "^C\r\nwhat runs cannot be stopped: one more Ctrl-C ends the program\r\n" },
    { "\\003", "" },
    signal = "SIGINT",
  },
  {
    name = "Ctrl-C for another program",
    { "os.execute 'echo begun; sleep 30'\\r", "begun\r\n" },
    { "\\003", "^C\r\nstdin:1: interrupted! ('execute' was running)\r\n" },
    { "kept = 7 while true do pcall(os.execute, 'echo begun; sleep 30') end\\r", "begun\r\n" },
    { "\\003", "interrupted! ('execute' was running)" },
    { "7, os.execute(\\42trap 'echo caught' INT; echo begun; sleep 30; sleep 0.3; exit 3\\42)\\r", "begun\r\n" },
    { "\\003", "caught\r\n7\tnil\texit\t3\r\n> " }, -- it was the program's
    { "7, os.execute()\\r", "7\ttrue\r\n> " },
    { "7, os.execute 'kill -TERM $$'\\r", "7\tnil\tsignal\t15\r\n> " },
    { "kept, os.execute 'exit 2'\\r", "7\tnil\texit\t2\r\n> " },
    { "5 + 6\\r", "11\r\n> " },
  },
  {
    name = "Ctrl-D that was typed while a statement ran",
    { "os.execute 'echo begun; sleep 0.5'\\r", "begun\r\n" },
    { "\\004", "true\texit\t0\r\n> " },
    ends = true,
  },
  {
    name = "history",
    { "600 + 60 + 6\\r", "666\r\n> " },
    { "600 + 60 + 6\\r", "666\r\n> " },
    { "  \\r", "> " },
    { "\\033\\[A\\r", "666\r\n> " },
    { "7 * 7\\r", "49\r\n> " },
    { "\\033\\[A\\033\\[A\\r", "666\r\n> " },
    { "#'\xE2\x82\xAC'\\r", "3\r\n> " },
  },
  {
    name = "characters of several bytes",
    { "#'€'\\r", "3\r\n> " },
    { "'S\xC3\xBAdwest'\\r", "S\xC3\xBAdwest\r\n> " },
    { "utf8.len '\xE6\xBC\xA2\xE5\xAD\x97e'\\177\\177x'\\r", "3\r\n> " }, -- the last two are taken back
    { bytes = "#'a\\xE2\\x82b'\\r", "\r\n2\r\n> " },                        -- what is cut short is left out
    { bytes = "#'a\\xFFb'\\r", "\r\n2\r\n> " },
    { "#'a\\tb'\\r", "\r\n3\r\n> " },
  },
  {
    name = "characters of several bytes where the locale knows none",
    environment = { LC_ALL = "C" },
    { "'S\xC3\xBAdwest'\\r", "S\xC3\xBAdwest\r\n> " },
  },
  {
    name = "a very long line",
    { "#'" .. ("x"):rep(3000) .. "'\\r", "3000\r\n> " },
  },
  {
    name = "two hundred lines at once",
    { "function f(x)\\r" .. ("  x = x + 1 -- more\\r"):rep(200) .. "return x end\\r", "return x end\r\n> " },
    { "f(7)\\r", "207\r\n> " },
  },
  {
    name = "a narrow terminal",
    columns = 40,
    { "t = dk.table { { 'gemeente', { 'Arnhem' } }, { 'kolom_een', { 1 } }, { 'kolom_twee', { 2 } }, "
      .. "{ 'kolom_drie', { 3 } } }\\r", "> " },
    { "t\\r", "kolom_een" },
    { "", "kolom_drie" },
    { "", "> " },
  },
  {
    name = "a window that becomes narrower, whose rows are broken anew",
    columns = 80,
    environment = { VTE_VERSION = "7000" },
    -- 100 columns with the prompt: rows of 80 and 20, or 40, 40 and 20; of 60 and 40; of 90 and 10.
    { "#'" .. ("x"):rep(95), "x" },
    { width = 40, "\r\027[A\027[A\027[J" },
    { width = 60, "\r\027[A\027[J" },
    { width = 90, "\r\027[A\027[J" },
    { "'\\r", "\r\n95\r\n> " },
  },
  {
    name = "a window of which only the height changes",
    columns = 80,
    { "6 * 7", "7" },
    { rows = 12, "\r\027[J" },
    { "\\r", "\r\n42\r\n> " },
  },
  {
    name = "keys of vi",
    environment = { EDITRC = "vi.editrc" },
    { "for i = 3, 4 do\\r", ">> " },
    { "  print('it is', i)\\r", ">> " },
    { "end\\r", "it is\t4\r\n> " },
    { "7 + 8\\r", "15\r\n> " },
    { "\\033\\[A\\033\\[A\\033\\[A", "" },        -- past the sum, to the loop
    { "A -- more\\r", "it is\t3\r\nit is\t4\r\n> " }, -- behind the text
    { "\\033kkA + 20\\r", "35\r\n> " },
    { "abcdef\\0330", "\027[3G" },
    { "\\003", "\027[9G^C\b\r\n> " }, -- behind the text, which is there as a whole
    { "string.forma\\t", "t" },
    { "\\003", "^C\r\n> " },
  },
  {
    name = "keys of one's own",
    environment = { EDITRC = "own.editrc" },
    { "\\024\\r", "7 * 7\r\n49\r\n> " },
    { "string.forma\\t", "t" },
    { "\\003", "^C\r\n> " },
  },
  {
    name = "Ctrl-Z gives the terminal back",
    shell = "set -m; PROGRAM; stty -a | grep -o ' icanon '; fg",
    { "6 * 9", "9" },
    { "\\032", "icanon" },
    { "", "> " },
    { " + 1\\r", "55\r\n> " },
  },
  {
    name = "a signal to end gives the terminal back",
    shell = "PROGRAM & fg >/dev/null; stty -a | grep -o ' icanon '",
    shell_options = "-m",
    { "6 * 9", "9" },
    { kill = "TERM", "icanon" },
    ends = true,
  },
  {
    name = "a prompt without a place for its history",
    environment = { XDG_STATE_HOME = "/proc/nothing", HOME = "" },
    { "5 + 6\\r", "11\r\n> " },
  },
  {
    name = "statements of several lines are recalled whole",
    { "for i = 1, 2 do\\r", ">> " },
    { "print(i * 7)\\r", ">> " },
    { "end\\r", "7\r\n14\r\n> " },
    { "\\033\\[A", "end" },
    { "\\r", "7\r\n14\r\n> " },
  },
  {
    name = "the last value",
    { "6 * 7\\r", "42\r\n> " },
    { "_ + 1\\r", "43\r\n> " },
    { "x = 5\\r", "> " },
    { "_ + 1\\r", "44\r\n> " },
  },
  {
    name = "how long it took",
    { "os.execute 'sleep 1.1'\\r", "true\texit\t0\r\n(1.1 s)\r\n> " },
  },
  {
    name = "the tab key completes",
    { "people = dk.table { { 'gemeente', { 'a', 'b' } }, { 'leeftijd', { 17, 71 } }, { 'in jaar', { 1, 2 } } }\\r", "> " },
    { "peo\\t", "ple" },
    { ":whe\\t", "re" },
    { " \\42lee\\t", "ftijd" },
    { " > 18\\42\\r", "1 row, 3 columns\r\n> " },
    { "people\\[\\42ge\\t", "meente" },
    { "\\42\\]\\[1\\]\\r", "\r\na\r\n> " },
    { "dk.read_p\\t", "ublished" },
    { "\\003", "^C\r\n> " },
    { "dk.read\\t", "read_published" }, -- shown, since there are several
    { "\\003", "^C\r\n> " },
    { "if true then\\r", ">> " },
    { "io.wri\\t", "te" },
    { "(people.lee\\t", "ftijd" },
    { "\\[2\\], '\\\\n') end\\r", "71\r\n" },
    { "io.open('seen.txt', 'w'):close()\\r", "true" },
    { "#io.open('see\\t", "n.txt" },
    { "\\003", "^C\r\n> " },
    { "os.remove 'seen.txt'\\r", "true" },
    { "calls = 0 odd = setmetatable({}, { __index = function() calls = calls + 1 return {} end })\\r", "> " },
    { "odd.a.b\\t", "b" },
    { "\\003", "^C\r\n> " },
    { "calls + 70\\r", "\r\n70\r\n> " },
  },
  {
    name = "a long text is paged",
    environment = { PAGER = "sed 's/^/| /'" },
    { "('x\\\\n'):rep(100)\\r", "| x\r\n| x\r\n" },
    { "", "> " },
    { "('x\\\\n'):rep(3)\\r", "\r\nx\r\nx\r\nx\r\n" },
    { "", "> " },
    { "help()\\r", "| dekking" },
    { "", "> " },
    { "('x\\\\n'):rep(100)\\r6 * 7\\r", "\r\nx\r\nx\r\nx\r\n" }, -- what was pasted is not for the pager
    { "", "\r\n42\r\n> " },
  },
  {
    name = "a pager that is not there",
    environment = { PAGER = "no-such-pager 2>/dev/null" },
    { "('x\\\\n'):rep(100)\\r", "\r\nx\r\nx\r\nx\r\n" },
    { "", "> " },
  },
  { -- one record in twenty is odd, so that reading takes a while
    name = "how far a long reading is",
    environment = { DEKKING_PROGRESS = "1" },
    { "f = io.open('long.csv', 'w')\\r", "> " },
    { "f:write('a;b\\\\n', (('1;2\\\\n'):rep(19) .. '1;2;3\\\\n'):rep(75000)):close()\\r", "true" },
    { "#dk.read('long.csv', { lenient = true })\\r", "reading " },
    { "", "1425000" },
    { "", "> " },
    { "os.remove 'long.csv'\\r", "true" },
  },
}

-- A loop in which at each moment there may be a program, or none.
local short = { name = "each Ctrl-C ends a loop of short programs" }
for _ = 1, 12 do
  table.insert(short, { "while true do pcall(os.execute, 'echo begun; true') end\\r", "begun\r\n" })
  table.insert(short, { "\\003", "interrupted! ('execute' was running)" })
  table.insert(short, { "", "> " })
end
table.insert(sessions, short)

local function brace(text) return "{" .. text:gsub("[{}\\]", "\\%0") .. "}" end

-- A word of Tcl in which \r and the like are what they stand for.
local function substituted(text)
  return "[subst -nocommands -novariables " .. brace(text):gsub("\\\\", "\\") .. "]"
end

local HEAD = [[
set timeout 60
log_user 0
set stty_init {columns COLUMNS rows 24}
encoding system utf-8
proc fail {why} { puts $why; catch {exec kill -KILL $::pid}; exit 1 }
proc wait_for {what} { expect {
  -ex $what {}
  timeout { expect -timeout 0 -re {.+} {} timeout { set ::expect_out(buffer) {} }
    fail "no [list $what] in [list $::expect_out(buffer)]" }
  eof { fail "the program ended before [list $what]: [list $::expect_out(buffer)]" } } }
proc program {} { exec pgrep -n -f $::program }
# Until no SIGINT waits for the program: the next would be one with it.
proc taken {} { catch { while {[regexp {ShdPnd:\s*[0-9a-f]*[2367abef]\n} [exec cat /proc/$::pid/status] ]} { sleep 0.1 } } }
set expect_out(buffer) {}
]]

local TAIL = [[
expect {
  eof {}
  timeout { fail "it did not end" } }
lassign [wait] pid spawn system status how signal
if {$how eq ""} { set signal none }
if {$status != STATUS && $how eq ""} { puts "ended with status $status"; exit 1 }
if {$signal ne "SIGNAL"} { puts "ended by signal $signal"; exit 1 }
exit 0
]]

local function script_of(session, program, home)
  local lines = { (HEAD:gsub("COLUMNS", session.columns or 100)) }
  local environment = { XDG_STATE_HOME = home, TERM = "xterm", LC_ALL = "C.UTF-8", NO_COLOR = "1" }
  for name, value in pairs(session.environment or {}) do
    environment[name] = value
  end
  for name, value in pairs(environment) do
    lines[#lines + 1] = ("set env(%s) {%s}"):format(name, value)
  end
  lines[#lines + 1] = ("set program {%s}"):format(program)
  if session.shell then
    local command = session.shell:gsub("PROGRAM", program)
    lines[#lines + 1] = ("spawn -noecho sh %s -c {%s}"):format(session.shell_options or "", command)
  else
    lines[#lines + 1] = ("spawn -noecho %s"):format(program)
  end
  lines[#lines + 1] = "set pid [exp_pid]"
  lines[#lines + 1] = 'wait_for "Lua.org"'
  if session.greeting then
    lines[#lines + 1] = "wait_for " .. brace(session.greeting)
  end
  lines[#lines + 1] = 'wait_for "> "'
  for _, step in ipairs(session) do
    local awaited = step[2]
    if step.width then
      lines[#lines + 1] = ("stty columns %d < $spawn_out(slave,name)"):format(step.width)
      awaited = step[1]
    elseif step.rows then
      lines[#lines + 1] = ("stty rows %d < $spawn_out(slave,name)"):format(step.rows)
      awaited = step[1]
    elseif step.kill then
      lines[#lines + 1] = ("exec kill -%s [program]"):format(step.kill)
      awaited = step[1]
    elseif step.bytes then
      lines[#lines + 1] = "fconfigure $spawn_id -encoding iso8859-1"
      lines[#lines + 1] = "send -- " .. substituted(step.bytes)
      lines[#lines + 1] = "fconfigure $spawn_id -encoding utf-8"
      awaited = step[1]
    elseif step[1] ~= "" then
      if step[1] == "\\003" then -- what is to be interrupted has begun, or the Ctrl-C before has been answered
        lines[#lines + 1] = "sleep 0.2; taken"
      end
      lines[#lines + 1] = "send -- " .. substituted(step[1])
    end
    if awaited ~= "" then
      awaited = awaited:gsub("\r", "\\r"):gsub("\n", "\\n"):gsub("\027", "\\033"):gsub("%[", "\\[")
      lines[#lines + 1] = "wait_for " .. substituted(awaited)
    end
  end
  if not session.ends and not session.signal then
    lines[#lines + 1] = 'send "\\004"'
  end
  lines[#lines + 1] = TAIL:gsub("SIGNAL", session.signal or "none"):gsub("STATUS", "0")
  return table.concat(lines, "\n") .. "\n"
end

return function(shell, check)
  shell.write("vi.editrc", "bind -v\n")
  shell.write("own.editrc", "# mine\n\nother:bind ^I ed-insert\n dekking:bind -e\nbind -s ^T '7 * 7'\n")
  for i, session in ipairs(sessions) do
    session.state = shell.folder .. "/state" .. i
    shell.write("session.exp", script_of(session, shell.program, session.state))
    local result = shell.run "LC_ALL=C.UTF-8 expect -f session.exp"
    check.ok("prompt: " .. session.name, result.status == 0, result.out .. result.err)
    sessions[session.name] = session
  end

  -- The history outlives the program, and is its owner's alone. A line that was typed twice in a row stands there once.
  local history = sessions["history"].state .. "/dekking/history"
  check.same("prompt: history file", "mode", "600\n", shell.run("stat -c %a " .. history).out)
  check.same("prompt: history file", "content", "600 + 60 + 6\n7 * 7\n600 + 60 + 6\n#'€'\n",
    shell.run("cat " .. history).out)

  local function session_in(state, steps)
    shell.write("session.exp", script_of(steps, shell.program, shell.folder .. "/" .. state))
    local result = shell.run "LC_ALL=C.UTF-8 expect -f session.exp"
    check.ok("prompt: " .. steps.name, result.status == 0, result.out .. result.err)
  end
  session_in("kept", {
    name = "a session that ends with os.exit",
    { "400 + 4\\r", "404\r\n> " },
    { "os.exit(0)\\r", "" },
    ends = true,
  })
  session_in("kept", { name = "the next one", { "\\033\\[A\\033\\[A\\r", "404\r\n> " } })

  -- A statement that comes while another prompt cuts the file is added to what is left of it.
  session_in("cut", {
    name = "a history that is being cut",
    { "place = os.getenv 'XDG_STATE_HOME' .. '/dekking'\\r", "> " },
    { "cut = 'sleep 0.15; sed 1d history >new; mv new history'\\r", "> " },
    { "os.execute(('cd %s && { flock history sh -c %q & sleep 0.05; }'):format(place, cut))\\r", "true\texit\t0\r\n> " },
    { "60 + 6\\r", "66\r\n> " },
  })
  local left = shell.run("cat cut/dekking/history").out
  check.same("prompt: a history that is being cut", "its last line", "60 + 6\n", left:match "[^\n]*\n$")
  check.ok("prompt: a history that is being cut", left:find "^cut = ", left)

  -- A file that others wrote: what is no text is passed over, and the oldest lines are dropped.
  local lines = {}
  for n = 1, 5000 do
    lines[n] = ("%d -- %s"):format(n, n % 2 == 0 and "\xFF" or "\xC3\xA9")
  end
  shell.run "mkdir -p long/dekking"
  shell.write("long/dekking/history", table.concat(lines, "\n") .. "\na\0b\n\n")
  session_in("long", { name = "a long history", { "\\033\\[A\\r", "4999\r\n> " } })
  local kept = {}
  for line in shell.run("cat long/dekking/history").out:gmatch "[^\n]+" do
    kept[#kept + 1] = line
  end
  check.same("prompt: a long history", "the number of lines", 2000, #kept)
  check.same("prompt: a long history", "the first line", "1001 -- é", kept[1])
  check.same("prompt: a long history", "the last line", "4999 -- é", kept[2000])

  -- A script of the user's own.
  shell.run "mkdir -p own/dekking broken_own/dekking"
  shell.write("own/dekking/init.lua", "own = 41 function twice(x) return 2 * x end")
  session_in("own_state", {
    name = "a script of one's own",
    environment = { XDG_CONFIG_HOME = shell.folder .. "/own" },
    { "twice(own)\\r", "82\r\n> " },
  })
  shell.write("broken_own/dekking/init.lua", "own = 41\nerror 'no'")
  session_in("own_state", {
    name = "one that fails",
    greeting = "init.lua:2: no",
    environment = { XDG_CONFIG_HOME = shell.folder .. "/broken_own" },
    { "own + 1\\r", "42\r\n> " },
  })

  -- Without libedit lines are plain.
  shell.run "mkdir broken && touch broken/libedit.so.2"
  session_in("plain", {
    name = "a library that is not there",
    greeting = "editing lines needs the library libedit.so.2",
    environment = { LD_LIBRARY_PATH = shell.folder .. "/broken" },
    { "5 + 6\\r", "11\r\n> " },
    { "x =\\r", ">> " },
    { "7\\r", "> " },
    { "\\003", "" },
    { "x\\r", "7\r\n> " },
  })

  -- What is no ordinary file is left alone.
  shell.run "mkdir -p pipe/dekking && mkfifo pipe/dekking/history"
  session_in("pipe", { name = "a history that is a pipe", { "5 + 6\\r", "11\r\n> " } })
end
