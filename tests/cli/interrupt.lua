-- interrupt.lua - SIGINT to a script that runs: it ends, wherever it is, and says where it was, or catches that.

local GO = "io.stdout:write 'go\\n' io.stdout:flush() "

local WORKBOOK = "local x = {} for i = 1, 3e5 do x[i] = i end "
  .. "local t = dk.table { { 'a', x }, { 'b', x }, { 'c', x }, { 'd', x }, { 'e', x }, { 'f', x } } "

local BREAKDOWN = "local x = {} for i = 1, 3e5 do x[i] = i % 99991 end local t = dk.table { { 'a', x } } "
  .. "local b = dk.breakdown { by = 'a', measures = 'n = count()' } "

-- So many that one more has the list grow, from 128 MB to 256.
local LIST = "local t = {} for i = 1, 2^23 do t[i] = i end "

-- What the collector calls, which keeps its errors to itself: the signal waits for what ran before it.
local function finalizer(body)
  return "local function forever() while true do end end setmetatable({}, { __gc = function() " .. GO .. body
    .. " end }) collectgarbage() while true do end"
end

local MANY = "local t = {} for i = 1, 3e6 do t[i] = { i } end "

-- Calm, each takes some 50 ms at most. A machine that others use takes longer, but not as long as what was not stopped.
local LIMIT = 1e6

-- Each: what runs when the signal comes, what the message must say, and after how many seconds the signal comes. What
-- calls a function of C again and again may be stopped where one call just ended.
local cases = {
  { "a loop", GO .. "while true do end", "x.lua:1: in main chunk" },
  { "a loop beside much", MANY .. GO .. "while true do end", "x.lua:1: in main chunk" },
  { "a coroutine", GO .. "coroutine.wrap(function() while true do end end)()", "x.lua:1: interrupted!" },
  { "string.find", "local s = ('a'):rep(1e6) " .. GO .. "s:find('.-.-.-.-b')", "interrupted! ('find' was running)" },
  { "coroutines that end at once", "local f = coroutine.yield " .. GO
    .. "while true do local c = coroutine.wrap(function() f() f() end) c() c() end", "interrupted!" },
  { "a breakdown", BREAKDOWN .. GO .. "while true do b(t) end", "interrupted!" },
  { "what the library tries", "load('local done = pcall(...) return done', '=dekking/try')(function() " .. GO
    .. "while true do end end) io.stderr:write 'caught'", "x.lua:1: in main chunk" },
  { "string.find of a text as it stands", "local s, text = ('a'):rep(3e8), ('a'):rep(1e5) .. 'b' " .. GO
    .. "while true do s:find(text, 1, true) end", "interrupted! ('find' was running)" },
  { "string.find within pcall", "local s = ('a'):rep(1e6) " .. GO
    .. "error((select(3, pcall(pcall, s.find, s, '.-.-.-.-b'))), 0)", "x.lua:1: interrupted! ('find' was running)" },
  { "string.find as a coroutine", "local f, s = coroutine.wrap(string.find), ('a'):rep(1e6) " .. GO .. "f(s, '.-.-.-.-b')",
    "interrupted! ('find' was running)" },
  { "string.match", "local s = ('a'):rep(1e6) " .. GO .. "s:match '.-.-.-b'", "interrupted! ('match' was running)" },
  { "string.rep", GO .. "while true do ('x'):rep(1e8) end", "interrupted!" },
  { "string.format", "local s = ('x'):rep(1e8) " .. GO .. "while true do ('%s%q'):format(s, s) end",
    "interrupted!" },
  { "string.format of many values", "local t = {} for i = 1, 2e5 do t[i] = 1e300 end local s = ('%.99f'):rep(#t) " .. GO
    .. "s:format(table.unpack(t))", "interrupted! ('format' was running)" },
  { "file:write of many values", "local t, f = {}, io.open('/dev/null', 'w') for i = 1, 5e5 do t[i] = i / 3 end " .. GO
    .. "while true do f:write(table.unpack(t)) end", "interrupted!" },
  { "file:read of all", "local f = io.open '/dev/zero' " .. GO .. "f:read 'a'", "interrupted! ('read' was running)" },
  { "file:read of bytes", "local f = io.open '/dev/zero' " .. GO .. "while true do f:read(2^28) end", "interrupted!" },
  { "io.read of a line", "io.input '/dev/zero' " .. GO .. "io.read()", "interrupted! ('read' was running)" },
  { "io.lines", GO .. "for _ in io.lines '/dev/zero' do end", "interrupted! ('for iterator' was running)" },
  { "string.upper", "local s = ('x'):rep(1e8) " .. GO .. "while true do s:upper() end", "interrupted!" },
  { "string.reverse", "local s = ('x'):rep(1e8) " .. GO .. "while true do s:reverse() end", "interrupted!" },
  { "utf8.len", "local s = ('é'):rep(5e7) " .. GO .. "while true do utf8.len(s) end", "interrupted!" },
  { "table.concat", "local t = {} for i = 1, 3e6 do t[i] = 'a long text of words' end " .. GO
    .. "while true do table.concat(t) end", "interrupted!" },
  { "table.move", GO .. "table.move({}, 1, 1e15, 1, {})", "interrupted! ('move' was running)" },
  { "table.insert", GO .. "table.insert(setmetatable({}, { __len = function() return 1e12 end }), 1, 0)",
    "interrupted! ('insert' was running)" },
  { "table.remove", GO .. "table.remove(setmetatable({}, { __len = function() return 1e12 end }), 1)",
    "interrupted! ('remove' was running)" },
  { "texts put together", "local s = ('x'):rep(1e8) " .. GO .. "while true do local _ = s .. 'y' end", "interrupted!" },
  { "texts of a coroutine put together", "local s = ('x'):rep(1e8) " .. GO
    .. "coroutine.wrap(function() while true do local _ = s .. 'y' end end)()", "x.lua:1: interrupted!" },
  { "string.sub", "local s = ('x'):rep(1e8) " .. GO .. "while true do s:sub(2) end", "interrupted!" },
  { "string.pack", "local s = ('x'):rep(1e8) " .. GO .. "while true do ('s8z'):pack(s, s) end", "interrupted!" },
  { "string.dump", "local f = load(\"return '\" .. ('x'):rep(3e7) .. \"'\") " .. GO
    .. "while true do string.dump(f) end", "interrupted!" },
  { "utf8.offset", "local s = ('x'):rep(1e8) " .. GO .. "while true do utf8.offset(s, 1e8) end", "interrupted!" },
  { "os.date", "local s = ('%c, '):rep(5e7) " .. GO .. "os.date(s)", "x.lua:1: interrupted! ('date' was running)" },
  { "file:write", "local s, f = ('x'):rep(1e8), io.popen('cat >/dev/null', 'w') " .. GO .. "while true do f:write(s) end",
    "interrupted!" },
  { "loadfile", "local f = io.open('long.lua', 'w') f:write('return {', ('{ 1, \"a\" },\\n'):rep(3e5), '}') f:close() "
    .. GO .. "while true do loadfile 'long.lua' end", "interrupted!" },
  { "load", "local s = (' '):rep(3e8) " .. GO .. "while true do load(s, '=s') end", "interrupted!" },
  { "string.gsub", "local s = ('a'):rep(1e6) " .. GO .. "s:gsub('.-.-.-b', '')", "interrupted! ('gsub' was running)" },
  { "string.gmatch", "local s = ('a'):rep(1e6) " .. GO .. "for w in s:gmatch '.-.-.-b' do end", "interrupted!" },
  { "a function that sorts", GO .. "local t = {} for i = 1, 1e6 do t[i] = i * 7 % 1000003 end "
    .. "while true do table.sort(t, function(a, b) return a < b end) table.sort(t, function(a, b) return a > b end) end",
    "interrupted!" },
  { "a sort by itself", "local t = {} for i = 1, 5e6 do t[i] = i * 7919 % 5000011 end " .. GO
    .. "while true do table.sort(t) end", "interrupted!" },
  { "a sort of texts that begin alike", "local s, t = ('x'):rep(1e5), {} for i = 1, 1000 do t[i] = s .. i end "
    .. "for i = 1001, 1e5 do t[i] = t[i * 7919 % 1000 + 1] end " .. GO .. "table.sort(t)", "interrupted!" },
  { "a list that grows", LIST .. GO .. "t[#t + 1] = 0 while true do end", "interrupted!", after = 0.01 },
  { "a table of other keys that grows", "local t = {} for i = 1, 2^21 do t[-i] = i end " .. GO
    .. "t[0] = 0 while true do end", "interrupted!", after = 0.01 },
  { "a full collection", MANY .. GO .. "collectgarbage() while true do end",
    "interrupted! ('collectgarbage' was running)", after = 0.03 },
  { "a full collection of the incremental collector", "collectgarbage 'incremental' " .. MANY .. GO
    .. "collectgarbage() while true do end", "interrupted! ('collectgarbage' was running)", after = 0.03 },
  { "a long step", "collectgarbage 'incremental' " .. MANY .. "collectgarbage() " .. GO
    .. "collectgarbage('step', 1e6) while true do end", "interrupted! ('collectgarbage' was running)", after = 0.03 },
  { "a workbook", WORKBOOK .. GO .. "while true do t:write 'long.xlsx' end", "interrupted! ('write' was running)",
    after = 1 },
  { "a finalizer", finalizer "while true do end", "x.lua:1: in main chunk" },
  { "a finalizer that catches", finalizer "while true do pcall(forever) end", "x.lua:1: in main chunk" },
  { "a finalizer's coroutines", finalizer "while true do coroutine.resume(coroutine.create(forever)) end",
    "x.lua:1: in main chunk" },
  { "a finalizer's pattern", finalizer "while true do pcall(string.find, ('a'):rep(1e6), '.-.-.-.-b') end",
    "x.lua:1: in main chunk" },
  { "a finalizer's texts", finalizer "local s = ('x'):rep(1e8) while true do local _ = s .. 'y' end",
    "x.lua:1: in main chunk" },
  { "a finalizer in a coroutine", "coroutine.wrap(function() " .. finalizer "while true do end" .. " end)()",
    "x.lua:1: interrupted!" },
  { "a hook", "debug.sethook(function() " .. GO .. "while true do end end, '', 1) local x = 1 local y = 2",
    "x.lua:1: in hook" },
  { "what a dataset builds", "dk.dataset 'd' { files = { 'a' }, build = function() " .. GO .. "\nwhile true do end end }\n"
    .. "dk.datasets().d { a = dk.table { { 'x', { 1 } } } }", "x.lua:2: interrupted!" },
  { "an aggregate of the script", "dk.aggregate 'own' { start = function() return 0 end, step = function(s, v) "
    .. "while true do end end, merge = function(a, b) return a end, finish = function(s) return s end } "
    .. "local t = dk.table { { 'a', { 1, 2 } } } " .. GO .. "t:breakdown { measures = 'n = own(a)' }", "interrupted!" },
}

-- The same for what catches the error and goes on: what is said then.
local caught = {
  { "a loop", "print(pcall(function() " .. GO .. "while true do end end))", "^false\tinterrupted!\n$" },
  { "a handler", "print(xpcall(function() " .. GO .. "while true do end end, function(e) return 1, e end))", "false\t1\n" },
  { "a coroutine", "print(coroutine.resume(coroutine.create(function() " .. GO .. "while true do end end)))",
    "false\tx.lua:1: interrupted!\n" },
  { "one after the other", "for i = 1, 2 do print(pcall(function() if i == 1 then " .. GO .. "while true do end end "
    .. "for i = 1, 3e6 do end error 'other' end)) end", "^false\tinterrupted!\nfalse\tx.lua:1: other\n$" },
  { "a pattern", "local s = ('a'):rep(1e6) " .. GO .. "print(pcall(function() s:find '.-.-.-.-b' end)) print(s:find 'a')",
    "interrupted! %('find' was running%)\n1\t1\n" },
  { "texts put together", "local s = ('x'):rep(1e8) " .. GO .. ""
    .. "print(pcall(function() while true do local _ = s .. 'y' end end)) print(#(s .. 'y'))",
    "^false\t[^\n]*interrupted!\n100000001\n$" },
  { "a text of a coroutine", "local s = ('x'):rep(1e8) " .. GO
    .. "print(coroutine.resume(coroutine.create(function() while true do local _ = s .. 'y' end end)))",
    "^false\tx.lua:1: interrupted!\n$" },
  { "a list that grows", LIST .. "print(pcall(function() " .. GO .. "t[#t + 1] = 2^23 + 1 while true do end end)) "
    .. "local n = 0 for i, v in pairs(t) do n = n + 1 assert(i == v) end print(n == #t, n // 2^23) "
    .. "for i = n + 1, 2^24 do t[i] = i end print(#t, t[2^23], t[2^24])",
    "^false\t[^\n]*interrupted!\ntrue\t1.0\n16777216\t8388608\t16777216\n$", after = 0.01 },
  { "a coroutine's list that grows", LIST .. "print(coroutine.resume(coroutine.create(function() " .. GO
    .. "t[#t + 1] = 0 while true do end end))) print(#t // 2^23)", "^false\tx.lua:1: interrupted!\n1.0\n$", after = 0.01 },
  { "load", "print(load(function() " .. GO .. "while true do end end))", "^nil\tinterrupted!\n" },
  { "closing a coroutine", "local c = coroutine.create(function() "
    .. "local x <close> = setmetatable({}, { __close = function() while true do end end }) coroutine.yield() end) "
    .. "coroutine.resume(c) " .. GO .. "print(coroutine.close(c))", "^false\tx.lua:1: interrupted!\n$" },
  { "a workbook", WORKBOOK .. "local function files() local f = io.popen 'ls /proc/$PPID/fd' local a = f:read 'a' "
    .. "f:close() return a end local before = files() " .. GO .. "print(pcall(t.write, t, 'long.xlsx')) "
    .. "print(files() == before, io.open 'long.xlsx')",
    "interrupted!.*\ntrue\tnil\t" },
  { "a full collection", MANY .. "local weak = setmetatable({ {} }, { __mode = 'v' }) " .. GO
    .. "print(pcall(function() collectgarbage() while true do end end)) for i = 1, 2e6 do t[i] = { i } end "
    .. "print(collectgarbage 'generational', collectgarbage(), weak[1])",
    "^false\tx.lua:1: interrupted! %('collectgarbage' was running%)\ngenerational\t0\tnil\n$", after = 0.03 },
  { "a breakdown", BREAKDOWN .. GO .. "print(pcall(function() while true do b(t) end end)) print(#b(t))",
    "interrupted!.*\n99991\n" },
  { "a finalizer", "print(pcall(load " .. ("%q"):format(finalizer "while true do end") .. "))",
    "^false\t[^\n]*interrupted!\n$" },
  { "an aggregate of the script", "local loops = true dk.aggregate 'own' { start = function() return 0 end, "
    .. "step = function(s, v) while loops do end return s + v end, merge = function(a, b) return a + b end, "
    .. "finish = function(s) return s end } local t = dk.table { { 'a', { 1, 2 } } } " .. GO
    .. "print(pcall(t.breakdown, t, { measures = 'n = own(a)' })) loops = false "
    .. "print(t:breakdown { measures = 'n = own(a)' })",
    "^false\tinterrupted!\n.*3%.0*\n1 row" },
}

-- Starts the script, waits for what it says, sends the signal, and gives how it ended.
local COMMAND = [[
mkfifo said
timeout --foreground -s KILL 60 PROGRAM x.lua >said & program=$!
exec 3<said
read word <&3
sleep AFTER
begun=$(date +%s%N)
kill -INT $program
wait $program; status=$?
echo $(( ($(date +%s%N) - begun) / 1000 )) >took
cat <&3
rm said
exit $status]]

-- A workbook that the library puts together, which nobody can stop: the signal comes once its file is there.
local function assembled(shell, check)
  local name = "interrupt: a workbook that is complete"
  local start = [[
rm -rf t; mkdir t; export TMPDIR=$PWD/t; mkfifo said
timeout --foreground -s KILL 60 PROGRAM x.lua >said & program=$!
exec 3<said
until ls t/dekking-*/file >.found 2>&1 || ! kill -0 $program; do sleep 0.01; done
begun=$(date +%s%N)
kill -INT $program]]
  local finish = [[
cat <&3
wait $program; status=$?
echo $(( ($(date +%s%N) - begun) / 1000 )) >took
rm said
ls t
exit $status]]
  local command = "(" .. start:gsub("PROGRAM", shell.program) .. "\n" .. finish .. ")"
  shell.write("x.lua", WORKBOOK .. "t:write 'long.xlsx'")
  local result = shell.run(command)
  check.same(name, "status", 1, result.status)
  check.has(name, result.err, "interrupted! ('write' was running)")
  check.same(name, "temporary files", "", result.out)
  check.same(name, "files", "x.lua\n", shell.run("ls x.lua long.xlsx").out)
  print(("interrupt: %.1f ms to the end of the program, in a workbook that is complete"):format(
    tonumber(shell.run("cat took").out) / 1000))

  -- What goes on finds nothing of it, and can write another.
  shell.write("x.lua", WORKBOOK .. [[
print(select('#', pcall(t.write, t, 'long.xlsx')), io.open 'long.xlsx')
os.execute 'ls t'
t:head(2):write 'short.xlsx'
print(#dk.read 'short.xlsx')]])
  result = shell.run(command)
  check.same(name, "status where it is caught", 0, result.status)
  check.same(name, "standard error", "", result.err)
  check.same(name, "output", "2\tnil\tlong.xlsx: No such file or directory\t2\n2\n", result.out)
end

return function(shell, check)
  assembled(shell, check)
  local command, longest, slowest = COMMAND:gsub("PROGRAM", shell.program), 0, nil
  local is_sanitized = shell.run("nm -D " .. shell.build .. "/dekking.so | grep -q __asan_init").status == 0
  for _, case in ipairs(cases) do
    local name = "interrupt: " .. case[1]
    shell.write("x.lua", case[2])
    local result = shell.run("(" .. command:gsub("AFTER", case.after or 0.1) .. ")")
    check.same(name, "status", 1, result.status)
    check.has(name, result.err, "interrupted!")
    check.has(name, result.err, case[3])
    local took = tonumber(shell.run("cat took").out)
    check.ok(name, took < LIMIT or is_sanitized, ("it took %d us"):format(took))
    if took > longest then
      longest, slowest = took, case[1]
    end
  end
  print(("interrupt: at most %.1f ms from the signal to the end of the program (%s)"):format(longest / 1000, slowest))

  for _, case in ipairs(caught) do
    local name = "interrupt, caught: " .. case[1]
    shell.write("x.lua", case[2])
    local result = shell.run("(" .. command:gsub("AFTER", case.after or 0.1) .. ")")
    check.same(name, "status", 0, result.status)
    check.same(name, "standard error", "", result.err)
    check.ok(name, result.out:find(case[3]), result.out)
  end

  -- What is to be closed on the way out is closed.
  shell.write("x.lua", [[
local kept <close> = setmetatable({}, { __close = function() for i = 1, 1e5 do closed = i end print(closed) end })
io.stdout:write "go\n" io.stdout:flush()
while true do end]])
  command = command:gsub("AFTER", "0.1")
  check.same("interrupt: what is to be closed", "output", "100000\n", shell.run("(" .. command .. ")").out)
end
