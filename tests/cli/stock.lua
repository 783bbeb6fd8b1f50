-- stock.lua - what stock lua does with a command line, the program does too.
--
-- Each entry is a command line after the program's name, and what it reads. Standard output, standard error and exit
-- status must be the same, but for the name of the program, the line of the version, and the text of the usage. Where
-- they differ on purpose, `ours` says how, and docs/program.md why.

local long, short = require "stock_long", require "stock_scripts"
local prompts = require "stock_prompt"

local options = {
  { "-e 'print(1)'" },
  { "-e 'print(1)' -e 'print(2)'" },
  { "-e'print(1)'" },
  { "-e print" },
  { "-e ''" },
  { "-e '' ''" },
  { "-e" },
  { "-e -e" },
  { "-e -" },
  { "-e 'print(1)' -l" },
  { "-l -e" },
  { "-e 'return 5'" },
  { "-e 'print(...)'" },
  { "-e 'x ='" },
  { "-e 'goto x'" },
  { "-e 'break'" },
  { "-e 'x = \"abc'" },
  { "-e 'local x <const> = 1; x = 2'" },
  { "-e 'print(arg[0] ~= nil, arg[1], arg[-1])'" },
  { "-e 'print(#arg, arg[1], arg[2])' script.lua a b" },
  { "-e 'arg = nil' script.lua" },
  { "-e 'arg = { \"q\", \"r\" }' script.lua a b c" },
  { "-e 'arg = setmetatable({}, { __len = function() return 2 end })' script.lua" },
  { "-e 'for i = -3, #arg do io.write(arg[i], \"|\") end' -W -- script.lua a -b" },
  { "-l mod -e 'print(mod.name)'" },
  { "-lmod -e 'print(mod.name)'" },
  { "-l m=mod -e 'print(m.name, mod)'" },
  { "-lm=mod -e 'print(m.name, mod)'" },
  { "-lmod -l m2=mod -e 'print(mod.name, m2.name, mod == m2)'" },
  { "-l g=mod=x" },
  { "-l =mod" },
  { "-l ''" },
  { "-l nosuch" },
  { "-l broken" },
  { "-l" },
  { "-W -e 'warn(\"hi\")'" },
  { "-e 'warn(\"hi\")'" },
  { "-e 'warn(\"x\")' -W -e 'warn(\"y\")'" },
  { "-W -e 'warn(\"@off\")' -e 'warn(\"x\")'" },
  { "-e 'warn(\"@on\") warn(\"a\", \"b\")'" },
  { "-W script.lua" },
  { "-W gc.lua" },
  { "-E -e 'print(1)'" },
  { "-E -W -v -e 'print(1)' script.lua x" },
  { "-E -e 'print(debug.getregistry().LUA_NOENV)'" },
  { "-e 'print(debug.getregistry().LUA_NOENV)' -E" },
  { "-x" },
  { "-Ex" },
  { "-E-" },
  { "-vx" },
  { "-iv" },
  { "-ie 'print(1)'" },
  { "-ei" },
  { "-We" },
  { "--x" },
  { "-x -e 'print(1)'" },
  { "-e 'print(1)' -x" },
  { "-v -i -x" },
  { "-v" },
  { "-v -v" },
  { "-v -e 'print(1)'" },
  { "-v script.lua" },
  { "-v --", "print('in')" },
  { "---" },
  { "-1" },
  { "-W-" },
  { "-EE" },
  { "-lv" },
  { "'-e print(1)'" },
  { "-lm=math -e 'print(m.pi)'" },
  { "-l string -l x=table -e 'print(string.x, x.sort ~= nil)'" },
  { "-i -- script.lua a", "arg[1]\n" },
  { "-e 'print(1)' -i -e 'print(2)'", "3 + 4\n" },
  { "--", "print('in')" },
}

local scripts = {
  { "script.lua a b" },
  { "script.lua" },
  { "script.lua -e b" },
  { "script.lua -x" },
  { "script.lua --help" },
  { "./script.lua" },
  { "-- script.lua a" },
  { "-- -x y" },
  { "-- -" },
  { "-i script.lua a", "print(1)\n" },
  { "fails.lua" },
  { "nested.lua" },
  { "calls.lua" },
  { "long.lua", all_of_it = true },
  { "finding.lua", all_of_it = true },
  { "formats.lua", all_of_it = true },
  { "reading.lua", all_of_it = true },
  { "overflow.lua a b" },
  { "-l overflow" },
  { "-e 'local function f() return 1 + f() end f()'" },
  { "packing.lua", all_of_it = true },
  { "places.lua", all_of_it = true },
  { "dates.lua", all_of_it = true },
  { "coroutines.lua" },
  { "closing.lua" },
  { "-W closing.lua" },
  { "depth.lua", all_of_it = true },
  { "depths.lua", all_of_it = true },
  { "hooks.lua", all_of_it = true },
  { "yields.lua", all_of_it = true },
  { "-W finalizers.lua", all_of_it = true },
  { "upvalues.lua", all_of_it = true },
  { "traceback.lua" },
  { "lexical.lua", all_of_it = true },
  { "arguments.lua", all_of_it = true },
  { "files.lua", all_of_it = true },
  { "libraries.lua | sort" },
  { "script.lua '' ' ' 'a b' -- -x" },
  { "-- -- x" },
  { "- -v", "print(...)" },
  { "-e 'x = 1' -- script.lua -- -e" },
  { "-e 'print(1)' ''" },
  { "wrong.lua" },
  { "nosuch.lua" },
  { "nofolder/x.lua" },
  { "script.lua/" },
  { "''" },
  { "-- -y" },
  { "folder" },
  { "shebang.lua" },
  { "mark.lua" },
  { "comment.lua" },
  { "empty.lua" },
  { "crlf.lua" },
  { "binary.luac" },
  { "cut.luac" },
  { "deep.lua" },
  { "tail.lua" },
  { "level.lua" },
  { "close.lua" },
  { "gc.lua" },
  { "return.lua" },
  { "- a b", "print(...)" },
  { "- x -e y", "print(...)" },
  { "-", "error('x')" },
  { "-", "x =" },
  { "-", "#!/usr/bin/lua\nprint(debug.getinfo(1).currentline)\n" },
  { "-W -", "warn('x')" },
  { "-e 'print(1)' -", "print('stdin')" },
  { "", "print(1)" },
  { "", "error('x')" },
  { "", "print(...)" },
  { "", "" },
  { "< folder" },
  { "<&-" },
}

local errors = {
  { "-e 'error(\"x\")'" },
  { "-e 'error(\"x\", 0)'" },
  { "-e 'error(\"x\", 2)'" },
  { "-e 'error({})'" },
  { "-e 'error()'" },
  { "-e 'error(nil)'" },
  { "-e 'error(true)'" },
  { "-e 'error(print)'" },
  { "-e 'error(12)'" },
  { "-e 'error(1.5)'" },
  { "-e 'error(setmetatable({}, { __tostring = function() return \"told\" end }))'" },
  { "-e 'error(setmetatable({}, { __tostring = function() return 1 end }))'" },
  { "-e 'error(setmetatable({}, { __tostring = function() error(\"in it\") end }))'" },
  { "-e 'error(setmetatable({}, { __name = \"My\" }))'" },
  { "-e 'error(string.rep(\"x\", 1000))'" },
  { "-e 'assert(false)'" },
  { "-e 'assert(nil, \"why\")'" },
  { "-e 'assert(nil, {})'" },
  { "-e 'local a = {} a.b.c = 1'" },
  { "-e 'return 1 < \"x\"'" },
  { "-e 'string.rep(\"x\", -1)(1)'" },
  { "-e 'print((\"x\"):rep(1e18))'" },
  { "-e 'coroutine.yield()'" },
  { "-e 'local c = coroutine.wrap(function() error(\"in it\") end) c()'" },
  { "-e 'local function f() return f() end print(pcall(string.rep))'" },
  { "-e 'local function f() f() end f()' 2>&1 | head -n 3" },
  { "-e 'local t <close> = setmetatable({}, { __close = function() print(\"closed\") end }) error(\"x\")'" },
  { "-e 'os.exit(3)'" },
  { "-e 'os.exit(256)'" },
  { "-e 'os.exit(-1)'" },
  { "-e 'os.exit(2.0)'" },
  { "-e 'os.exit(2.5)'" },
  { "-e 'os.exit(\"x\")'" },
  { "-e 'os.exit(true)'" },
  { "-e 'os.exit(false, true)'" },
  { "-e 'os.exit(nil, true)'" },
  { "-e 'local t <close> = setmetatable({}, { __close = print }) os.exit(4, true)' | sed 's/0x.*//'" },
  { "-e 'setmetatable({}, { __gc = function() print(\"collected\") end }) os.exit(0, true)'" },
  { "-e 'setmetatable({}, { __gc = function() print(\"collected\") end }) os.exit(0)'" },
  { "-e 'setmetatable({}, { __gc = function() print(\"collected\") end })'" },
  { "-e 'print(debug.traceback(\"here\"))'" },
  { "-e 'collectgarbage(\"x\")'" },
  { "-e 'local function f() collectgarbage(\"step\", {}) end f()'" },
  { "-e 'xpcall(collectgarbage, function(e) print(debug.traceback(e)) end, {})'" },
  { "-e 'collectgarbage(\"incremental\", 1, \"y\")'" },
}

local surroundings = {
  { "-e 'print(collectgarbage(\"incremental\"))'" },
  { "-e 'print(package.path, package.cpath)'" },
  { "-e 'print(string.dump(function() end) ~= nil, os.time() > 0, utf8.char(8364), #arg)'" },
  { "-e 'io.write(io.read(\"a\"))'", "read\n" },
  { "-e 'print(io.read())' <&-" },
  { "-e 'io.stderr:write(\"err\\n\") io.stdout:write(\"out\\n\")'" },
  { "-e 'print(1) io.stderr:write(\"e\\n\") print(2)' 2>&1" },
  { "-e 'error(1)' 2>/dev/full" },
  { "-e 'error(1)' 2>&-" },
  { "-e 'print(require(\"mod\").name, select(2, require(\"mod\")))'" },
  {
    "-e 'for name in pairs(_G) do print(name) end' | sort",
    without = "dk\n",
  },
  {
    "-e 'for name in pairs(package.loaded) do print(name) end' | sort",
    without = "dekking\n",
  },
  { "-e 'print(1) error(\"x\", 0)' 2>&1" },
  -- What was written before an error stands before it.
  {
    "-e 'io.write(1, \"\\n\") error({})' 2>&1",
    ours = { out = "1\nPROGRAM: (error object is a table value)\nstack traceback:\n"
      .. "\t[C]: in function 'error'\n\t(command line):1: in main chunk\n\t[C]: in ?\n" },
  },
  -- Output that was lost is no success.
  { "-e 'print(1)' >/dev/full", ours = { status = 1, err = "PROGRAM: standard output: not all of it was written\n" } },
  { "-e 'print(1)' >&-", ours = { status = 1, err = "PROGRAM: standard output: not all of it was written\n" } },
  { "-v >/dev/full", ours = { status = 1, err = "PROGRAM: standard output: not all of it was written\n" } },
  {
    "-e 'for i = 1, 1e4 do print(i) end' >/dev/full",
    ours = { status = 1, err = "PROGRAM: standard output: not all of it was written\n" },
  },
  {
    "-e 'io.write(1)' >/dev/full",
    ours = { status = 1, err = "PROGRAM: standard output: No space left on device\n" },
  },
  { "-e 'local x = 1' >&-" },
}

-- `ready` is made by the program when it has begun; then come the signals, the next when the program has had a second to
-- end of the one before. What the shell says about them is left out.
local A_SECOND = "for tenth in 0 1 2 3 4 5 6 7 8 9; do sleep 0.1; kill -0 $! 2>/dev/null || break; done"
local function sent(code, kills)
  return ("-e '%s' & while [ ! -e ready ]; do sleep 0.01; done; sleep 0.1; %s; rm ready; wait $! 2>/dev/null")
    :format(code:gsub("READY", "io.open(\"ready\", \"w\"):close()"), kills)
end
local function signalled(code, signals)
  local kills = {}
  for i, signal in ipairs(signals) do
    kills[i] = ("kill -%s $! 2>/dev/null"):format(signal)
  end
  return sent(code, table.concat(kills, "; " .. A_SECOND .. "; "))
end

-- One signal after the other until the program has ended, as fast as the shell sends them: those that come at once are one.
-- On a busy machine the second may come too late, so that there are several tries.
local function besieged(code) return sent(code, "while [ -e /proc/$!/exe ]; do kill -INT $! 2>/dev/null; done") end

local STOPPED = "PROGRAM: %s\n\t(command line):1: in main chunk\n\t[C]: in ?\n"

local signals = {
  { signalled("READY while true do end", { "INT" }) },
  { signalled("print(1) READY local function f() while true do end end f()", { "INT" }) },
  { signalled("print(pcall(function() READY while true do end end)) print(2)", { "INT" }) },
  { signalled("pcall(function() READY while true do end end) READY while true do end", { "INT", "INT" }) },
  { signalled("print(xpcall(function() READY while true do end end, function(e) return e .. 1 end))", { "INT" }) },
  { besieged "string.find((\"a\"):rep(1e5), READY and (\".-\"):rep(20) .. \"b\")", tries = 10 },
  { signalled("READY for i = 1, 1e9 do local t = {} end", { "INT" }) },
  { signalled("READY while true do pcall(function() while true do end end) end", { "INT", "INT" }) },
  -- What stock lua cannot stop, the first signal stops.
  {
    signalled("READY print(pcall(string.find, (\"a\"):rep(1e5), (\".-\"):rep(20) .. \"b\")) os.exit(3)", { "INT", "INT" }),
    ours = { status = 3, out = "false\t(command line):1: interrupted! ('find' was running)\n" },
  },
  {
    signalled("READY coroutine.wrap(function() while true do end end)()", { "INT", "INT" }),
    ours = { status = 1, err = STOPPED:format "(command line):1: interrupted!\nstack traceback:\n\t[C]: in ?" },
  },
  { signalled("print(1) READY while true do end", { "TERM" }) },
  { signalled("print(1) READY while true do end", { "HUP" }) },
  { signalled("print(1) READY while true do end", { "PIPE" }) },
  { signalled("READY io.popen(\"sleep 5\"):read(\"a\")", { "USR1" }) },
  { "-e 'for i = 1, 1e6 do print(i) end'; echo $? >&2", filter = "| head -n 1" },
  { "-e 'io.stdout:setvbuf(\"line\") while io.write(1, \"\\n\") do end'; echo $? >&2", filter = "| head -n 1" },
}

-- Protected calls and coroutines: what they give, and what they say of wrong arguments.
local CALLS = [[
local function closing(say) return setmetatable({}, { __close = function(_, e) print(say, e) end }) end
for _, f in ipairs { pcall, xpcall, load, coroutine.resume, coroutine.wrap, coroutine.close } do
  print(pcall(f))
  print(pcall(f, 1))
  print((tostring(select(2, pcall(f, print))):gsub("0x%x+", "")))
end
print(xpcall(print, print, 1, nil, 2))
print(xpcall(error, function(e) error "again" end, "x"))
print(xpcall(function() local x <close> = closing "closed" error "one" end, function(e) return e .. " two", 3 end))
print(pcall(coroutine.wrap(function() local x <close> = closing "closed" error "bad" end)))
print(pcall(coroutine.wrap(function() error { 1 } end)) == false)
local function wrapped() return coroutine.wrap(wrapped)() end
print(pcall(wrapped))
print(select("#", coroutine.resume(coroutine.create(function() return table.unpack({}, 1, 200000) end))))
print(select("#", pcall(coroutine.wrap(function(...) return ... end), table.unpack({}, 1, 1000))))
print(select("#", pcall(coroutine.wrap(function() return table.unpack({}, 1, 500000) end))))
local waits = coroutine.create(function() local x <close> = closing "late" coroutine.yield(1) end)
print(coroutine.resume(waits))
print(coroutine.close(waits), coroutine.close(waits), coroutine.resume(waits))
print(pcall(coroutine.close, coroutine.running()))
local failing = coroutine.create(function() local x <close> = setmetatable({}, { __close = error }) coroutine.yield() end)
coroutine.resume(failing)
print((coroutine.close(failing)))
local own own = coroutine.wrap(function() print(pcall(own)) end) own()
local step = coroutine.wrap(function() print(pcall(function() coroutine.yield(1) error "after" end)) return "end" end)
print(step(), step(), pcall(step))
step = coroutine.wrap(function() return xpcall(function(a) return a, coroutine.yield(a) end, print, 4) end)
print(step(), step(5))
print(load(function() error "within" end))
print(load(function() return {} end))
print(load("return ...", "=name", "b"))
print(load("return x", "=name", "t", { x = 7 })())
]]

local environments = {
  { "LUA_INIT='print(\"init\")'", "-e 'print(1)'" },
  { "LUA_INIT='error(\"init\")'", "-e 'print(1)'" },
  { "LUA_INIT=@script.lua", "-e 'print(1)'" },
  { "LUA_INIT=@nosuch.lua", "-e 'print(1)'" },
  { "LUA_INIT='error(\"x\", 0)'", "; echo $?" },
  { "LUA_INIT='print(\"i\")'", "-i </dev/null" },
  { "LUA_INIT_5_4='' LUA_INIT='print(1)'", "-e 'print(2)'" },
  { "LUA_PATH=", "-l mod" },
  { "LUA_INIT=", "-e 'print(1)'" },
  { "LUA_INIT='x ='", "-e 'print(1)'" },
  { "LUA_INIT='print(arg[0], arg[1])'", "script.lua a" },
  { "LUA_INIT='print(1)'", "-v" },
  { "LUA_INIT='print(1)'", "-x" },
  { "LUA_INIT='os.exit(7)'", "script.lua" },
  { "LUA_INIT_5_4='error({})'", "script.lua" },
  { "LUA_INIT_5_4=@fails.lua LUA_INIT='print(1)'", "script.lua" },
  { "LUA_INIT='print(1)' LUA_INIT_5_4='print(2)'", "-e 'print(3)'" },
  { "LUA_INIT='print(1)'", "-E -e 'print(3)'" },
  { "LUA_PATH='here/?.lua;;'", "-e 'print((package.path:gsub(\";.*\", \"\")))'" },
  { "LUA_PATH='here/?.lua'", "-E -e 'print(package.path:find(\"here\", 1, true))'" },
  { "LUA_PATH_5_4='five/?.lua' LUA_PATH='here/?.lua'", "-e 'print(package.path)'" },
  { "LUA_CPATH='here/?.so'", "-e 'print(package.cpath)'" },
  { "LC_ALL=nl_NL.UTF-8 LC_NUMERIC=nl_NL.UTF-8", "-e 'print(1.5, string.format(\"%.1f\", 2.5), tonumber \"1.5\")'" },
}

return function(shell, check)
  shell.write("script.lua", "print(#arg, ...)\nprint(arg[0], arg[1], arg[-1] ~= nil)\n")
  shell.write("fails.lua", "local function f()\n  error('failed')\nend\nf()\n")
  shell.write("nested.lua", "local ok, e = pcall(function() local x = nil; return x.y end)\nprint(ok, e)\nreturn nil + 1\n")
  shell.write("calls.lua", CALLS)
  for _, texts in ipairs { long, short } do
    for name, text in pairs(texts) do
      shell.write(name, text)
    end
  end
  shell.write("wrong.lua", "x = = 1\n")
  shell.write("shebang.lua", "#!/usr/bin/env lua\nprint(debug.getinfo(1).currentline)\n")
  shell.write("binary.luac", string.dump(function() print "compiled" end))
  shell.write("mod.lua", "return { name = ... }\n")
  shell.write("broken.lua", "error 'broken'\n")
  shell.write("-y", "print('a script whose name begins so', ...)\n")
  shell.write("mark.lua", "\xEF\xBB\xBF#!/usr/bin/lua\nprint(debug.getinfo(1).currentline)\n")
  shell.write("comment.lua", "# nothing more")
  shell.write("empty.lua", "")
  shell.write("crlf.lua", "print('a')\r\nerror 'b'\r\n")
  shell.write("cut.luac", string.dump(function() print "compiled" end):sub(1, 40))
  shell.write("deep.lua", "local function f(n) if n == 0 then error 'deep' end f(n - 1) return 1 end\nf(40)\n")
  shell.write("tail.lua", "local function f() error 't' end\nlocal function g() return f() end\ng()\n")
  shell.write("level.lua", "local function f() error('l', 2) end\nf()\n")
  shell.write("close.lua", "local x <close> = setmetatable({}, { __close = function(_, e)\nprint(e) error 'second' end })\n"
    .. "error 'first'\n")
  shell.write("gc.lua", "setmetatable({}, { __gc = function() error 'in gc' end })\ncollectgarbage()\nprint 'after'\n")
  shell.write("return.lua", "return false, 'unused'\n")
  shell.run "mkdir folder"

  -- Texts that must differ are made equal: the name that messages begin with, versions, and the list of options.
  local function plain(text, program)
    text = text:gsub("[^\n]*Copyright %(C%) %d+%-%d+ Lua%.org, PUC%-Rio", "VERSION")
    text = text:gsub("usage: .-\nAvailable options are:\n[ %-][^%z]*stdin\n.*$", "USAGE\n")
    local from = 1
    while true do
      local at, to = text:find(program, from, true)
      if not at then return text end
      text = text:sub(1, at - 1) .. "PROGRAM" .. text:sub(to + 1)
      from = at + 7
    end
  end

  local function run(program, prefix, entry)
    local line = entry[1]
    if entry.filter then
      line = ("{ %s %s %s; } %s"):format(prefix, program, line, entry.filter)
    else
      line = ("%s %s %s"):format(prefix, program, line)
    end
    local result = shell.run(line, entry[2])
    result.out, result.err = plain(result.out, program), plain(result.err, program)
    return result
  end

  local function compare(prefix, entry)
    local name = ("%s lua %s%s"):format(prefix, entry[1], entry[2] and (" <<< %q"):format(entry[2]) or "")
    local stock, ours = run("lua5.4", prefix, entry), nil
    for _ = 1, entry.tries or 1 do
      ours = run("./program", prefix, entry)
      if ours.status == stock.status then break end
    end
    if entry.all_of_it then -- a script that stops halfway compares nothing further
      check.same(name, "exit status of stock lua", 0, stock.status)
    end
    if entry.without then -- what the program adds
      local from, to = ours.out:find(entry.without, 1, true)
      check.ok(name, from, ours.out)
      ours.out = ours.out:sub(1, from - 1) .. ours.out:sub(to + 1)
    end
    for what, title in pairs { status = "exit status", out = "standard output", err = "standard error" } do
      local expected = stock[what]
      if entry.ours and entry.ours[what] then
        check.ok(name, expected ~= entry.ours[what], "stock lua does the same: no difference in " .. title)
        expected = entry.ours[what]
      end
      check.same(name, title, expected, ours[what])
    end
  end

  local n = 0
  for _, list in ipairs { options, scripts, errors, surroundings, prompts } do
    for _, entry in ipairs(list) do
      n = n + 1
      compare("", entry)
    end
  end
  for _, entry in ipairs(signals) do -- one that who runs the tests ignores would never arrive
    n = n + 1
    compare("env --default-signal", entry)
  end
  for _, entry in ipairs(environments) do
    n = n + 1
    compare(entry[1], { entry[2] })
  end
  return n
end
