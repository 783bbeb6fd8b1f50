-- prompt.lua - the prompt in a real pseudo-terminal: what is shown, keys, completion, the history.
--
-- Steps as in terminal.lua.

local terminal = require "terminal"

local ROWS = "x = {} for i = 1, 1e5 do x[i] = i % 99991 end big = dk.table { { 'a', x } }\\r"

local bar = "\0277\27[?7l" -- the cursor stays behind what the script has written
local gone = "\0278\27[?7h\27[K"

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
    { "quit()\\r", "quit()\r\nCtrl-D ends, and so does os.exit()\r\n> " },
    { "exits\\r", "exits\r\nnil\r\n> " },
    { "nil\\r", "nil\r\nnil\r\n> " },
    { "exit = 5\\r", "> " },
    { "exit\\r", "exit\r\n5\r\n> " },
    { "function quit() return nil end\\r", "> " },
    { "quit()\\r", "quit()\r\nnil\r\n> " },
    { "quit = nil\\r", "> " },
    { "exit()\\r", "stdin:1: attempt to call a number value (global 'exit')" },
    { "", "> " },
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
    { "setmetatable(_G, { __index = function(_, k) error('no ' .. k, 0) end });\\r", "> " },
    { "7 * 11\\r", "\r\n77\r\n> " },
    { "print = nil\\r", "> " },
    { "12\\r", "error calling 'print' (no print)\r\n> " },
    { "setmetatable(_G, nil);\\r", "> " },
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
    name = "what comes with a Ctrl-C is typed after it",
    { "abc", "abc" },
    { "\\003print(6 * 7)\\r", "\r\n42\r\n> " },
    { "abc", "abc" },
    { "\\003print(7 * 7)\\r", "\r\n49\r\n> " },
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
    name = "how far a long call is",
    environment = { DEKKING_PROGRESS = "1" },
    { "f = io.open('long.csv', 'w')\\r", "> " },
    { "f:write('a;b\\\\n', (('1;2\\\\n'):rep(19) .. '1;2;3\\\\n'):rep(75000)):close()\\r", "true" },
    { "t = dk.read('long.csv', { lenient = true })\\r", bar .. "reading " },
    { "", gone }, -- it is gone when the call ends
    { "", "> " },
    { "#t\\r", "1425000" },
    { "", "> " },
    { "t:write('long.csv');\\r", bar .. "write " },
    { "", gone },
    { "", "> " },
    { "l = t:append(t):append(t):append(t).a:to_lua()\\r", bar .. "to_lua " },
    { "", gone },
    { "", "> " },
    { "u = dk.table { { 'a', l } }\\r", bar .. "table " },
    { "", gone },
    { "", "> " },
    { "u = t:map('c', function(row) return row.a + row.b end)\\r", bar .. "map " },
    { "", gone },
    { "", "> " },
    { "function show(row) n = n + 1 if n == 700000 then print('amid') end return n end n = 0\\r", "> " },
    { "u = t:map('c', show)\\r", bar .. "map " },
    { "", gone .. "amid\r\n" }, -- what a script prints stands on a line of its own
    { "", " % ██" },
    { "", gone },
    { "", "> " },
    { "u = u:derive('d = text(c)'):sort { 'd', 'a' }\\r", bar .. "derive " },
    { "", gone },
    { "", bar .. "sort" },
    { "", gone },
    { "", "> " },
    { "pcall(t.map, t, 'c', function(row) n = n + 1 if n > 2000000 then error 'enough' end end)\\r", bar .. "map " },
    { "", gone .. "false\t" },
    { "", "> " },
    { "os.remove 'long.csv'\\r", "true" },
  },
  {
    name = "a bar leaves alone what a script writes to the same row",
    environment = { DEKKING_PROGRESS = "1" },
    { "l = {} for i = 1, 1000000 do l[i] = i * 7919 % 1000003 end t = dk.table { { 'a', l } };\\r", "> " },
    { "io.write 'busy: ' io.flush() t:append(t):sort 'a' print 'done'\\r", "busy: " .. bar .. "sort" },
    { "", gone .. "done\r\n" },
    { "", "> " },
    { "function tell(row) n = n + 1 if n % 400000 == 0 then io.write(n, '\\\\n') end return n end n = 0\\r", "> " },
    { "u = t:map('c', tell)\\r", bar .. "map " },
    { "", gone .. "400000\r\n" },
    { "", bar .. "map " },
    { "", gone .. "800000\r\n" },
    { "", "> " },
    { "function tell() n = n + 1 if n % 600000 == 0 then io.stderr:write 'on ' end return n end n = 0\\r", "> " },
    { "u = t:map('c', tell)\\r", bar .. "map " },
    { "", gone .. "on " .. bar .. "map " },
    { "", gone },
    { "", "> " },
  },
  {
    name = "how far a long call is, where a bar has little room",
    columns = 24,
    environment = { DEKKING_PROGRESS = "1" },
    { "l = {} for i = 1, 1000000 do l[i] = i end t = dk.table { { 'a', l } };\\r", "> " },
    { "u = t:map('c', function(row) return row.a end)\\r", bar .. "map " },
    { "", gone },
    { "", "> " },
  },
  {
    name = "nothing shows how far a call is where nobody wants it",
    environment = { DEKKING_PROGRESS = "0" },
    { "l = {} for i = 1, 1000000 do l[i] = i end t = dk.table { { 'a', l } };\\r", ";\r\n> " },
  },
}

return function(shell, check)
  shell.write("vi.editrc", "bind -v\n")
  shell.write("own.editrc", "# mine\n\nother:bind ^I ed-insert\n dekking:bind -e\nbind -s ^T '7 * 7'\n")
  for i, session in ipairs(sessions) do
    session.state = shell.folder .. "/state" .. i
    terminal.run(shell, check, session, session.state)
    sessions[session.name] = session
  end

  -- The history outlives the program, and is its owner's alone. A line that was typed twice in a row stands there once.
  local history = sessions["history"].state .. "/dekking/history"
  check.same("prompt: history file", "mode", "600\n", shell.run("stat -c %a " .. history).out)
  check.same("prompt: history file", "content", "600 + 60 + 6\n7 * 7\n600 + 60 + 6\n#'€'\n",
    shell.run("cat " .. history).out)

  local function session_in(state, steps) terminal.run(shell, check, steps, shell.folder .. "/" .. state) end

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
