-- interrupt.lua - SIGINT to a script that runs: it ends, wherever it is, and says where it was.

local GO = "io.stdout:write 'go\\n' io.stdout:flush() "

-- Each: what runs when the signal comes, and what the message must say.
local cases = {
  { "a loop", GO .. "while true do end", "x.lua:1: in main chunk" },
  { "a loop within pcall", GO .. "while true do pcall(function() while true do end end) end", "interrupted!" },
  { "a loop around pcall", GO .. "while true do pcall(error) end", "interrupted!" },
  { "a loop within xpcall", GO .. "while true do xpcall(function() while true do end end, print) end", "interrupted!" },
  { "a coroutine", GO .. "coroutine.wrap(function() while true do end end)()", "x.lua:1: interrupted!" },
  { "a coroutine in a loop of resumes",
    GO .. "while true do coroutine.resume(coroutine.create(function() while true do end end)) end", "interrupted!" },
  { "coroutines that end at once", "local f = coroutine.yield " .. GO
    .. "while true do local c = coroutine.create(function() f() f() end) coroutine.resume(c) coroutine.resume(c) end",
    "interrupted!" },
  { "a coroutine within pcall within a coroutine", GO .. "coroutine.wrap(function() while true do pcall("
    .. "coroutine.wrap(function() while true do end end)) end end)()", "interrupted!" },
  { "closing a coroutine", "local c = coroutine.create(function() "
    .. "local x <close> = setmetatable({}, { __close = function() while true do end end }) coroutine.yield() end) "
    .. "coroutine.resume(c) " .. GO .. "coroutine.close(c)", "interrupted!" },
  { "string.find", "local s = ('a'):rep(1e6) " .. GO .. "s:find('.-.-.-.-b')", "interrupted! ('find' was running)" },
  { "string.match within pcall", "local s = ('a'):rep(1e6) " .. GO .. "while true do pcall(string.match, s, '.-.-.-b') end",
    "interrupted!" },
  { "string.gsub", "local s = ('a'):rep(1e6) " .. GO .. "s:gsub('.-.-.-b', '')", "interrupted! ('gsub' was running)" },
  { "string.gmatch", "local s = ('a'):rep(1e6) " .. GO .. "for w in s:gmatch '.-.-.-b' do end", "interrupted!" },
  { "load", GO .. "while true do load(function() while true do end end) end", "interrupted!" },
  { "a function that sorts", GO .. "local t = {} for i = 1, 1e6 do t[i] = i * 7 % 1000003 end "
    .. "while true do table.sort(t, function(a, b) return a < b end) table.sort(t, function(a, b) return a > b end) end",
    "interrupted!" },
  { "a sort by itself", "local t = {} for i = 1, 5e6 do t[i] = i * 7919 % 5000011 end " .. GO
    .. "while true do table.sort(t) end", "interrupted!" },
  { "a breakdown", "local x = {} for i = 1, 3e5 do x[i] = i % 99991 end local t = dk.table { { 'a', x } } "
    .. "local b = dk.breakdown { by = 'a', measures = 'n = count()' } " .. GO .. "while true do pcall(b, t) end",
    "interrupted!" },
  { "what a dataset builds", "dk.dataset 'd' { files = { 'a' }, build = function() " .. GO .. "\nwhile true do end end }\n"
    .. "dk.datasets().d { a = dk.table { { 'x', { 1 } } } }", "x.lua:2: interrupted!" },
  { "an aggregate of the script", "dk.aggregate 'own' { start = function() return 0 end, step = function(s, v) "
    .. "while true do end end, merge = function(a, b) return a end, finish = function(s) return s end } "
    .. "local t = dk.table { { 'a', { 1, 2 } } } " .. GO .. "t:breakdown { measures = 'n = own(a)' }", "interrupted!" },
}

-- Starts the script, waits for what it says, sends the signal, and gives how it ended.
local COMMAND = [[
mkfifo said
timeout --foreground -s KILL 20 PROGRAM x.lua >said & program=$!
exec 3<said
read word <&3
sleep 0.1
begun=$(date +%s%N)
kill -INT $program
wait $program; status=$?
echo $(( ($(date +%s%N) - begun) / 1000 )) >took
cat <&3
rm said
exit $status]]

return function(shell, check)
  local command, longest = COMMAND:gsub("PROGRAM", shell.program), 0
  for _, case in ipairs(cases) do
    local name = "interrupt: " .. case[1]
    shell.write("x.lua", case[2])
    local result = shell.run("(" .. command .. ")")
    check.same(name, "status", 1, result.status)
    check.has(name, result.err, "interrupted!")
    check.has(name, result.err, case[3])
    longest = math.max(longest, tonumber(shell.run("cat took").out))
  end
  print(("interrupt: at most %.1f ms from the signal to the end of the program"):format(longest / 1000))

  -- What is to be closed on the way out is closed.
  shell.write("x.lua", [[
local kept <close> = setmetatable({}, { __close = function() for i = 1, 1e5 do closed = i end print(closed) end })
io.stdout:write "go\n" io.stdout:flush()
while true do end]])
  check.same("interrupt: what is to be closed", "output", "100000\n", shell.run("(" .. command .. ")").out)
end
