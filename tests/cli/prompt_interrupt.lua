-- prompt_interrupt.lua - Ctrl-C at the prompt, in a real pseudo-terminal: it stops what runs, and keeps what was
-- defined.
--
-- Steps as in terminal.lua.

local terminal = require "terminal"

local ROWS = "x = {} for i = 1, 1e5 do x[i] = i % 99991 end big = dk.table { { 'a', x } }\\r"
local SCAN = "b = dk.breakdown { by = 'a', measures = { 'n = count()' } }\\r"

local sessions = {
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
}

-- A loop in which at each moment there may be a program, or none.
local short = { name = "each Ctrl-C ends a loop of short programs" }
for _ = 1, 12 do
  table.insert(short, { "while true do pcall(os.execute, 'echo begun; true') end\\r", "begun\r\n" })
  table.insert(short, { "\\003", "interrupted! ('execute' was running)" })
  table.insert(short, { "", "> " })
end
table.insert(sessions, short)

return function(shell, check)
  for _, session in ipairs(sessions) do
    terminal.run(shell, check, session, shell.folder .. "/state")
  end
end
