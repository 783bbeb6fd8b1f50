-- stock.lua - what stock lua does with a command line, the program does too.
--
-- Each entry is a command line after the program's name, and what it reads. Standard output, standard error and exit
-- status must be the same, but for the name of the program, the line of the version, and the text of the usage.

local invocations = {
  { "-e 'print(1)'" },
  { "-e 'print(1)' -e 'print(2)'" },
  { "-e'print(1)'" },
  { "-e" },
  { "-e -e" },
  { "-e 'x ='" },
  { "-e 'error(\"x\")'" },
  { "-e 'error(\"x\", 0)'" },
  { "-e 'error({})'" },
  { "-e 'error()'" },
  { "-e 'error(12)'" },
  { "-e 'error(setmetatable({}, { __tostring = function() return \"told\" end }))'" },
  { "-e 'error(setmetatable({}, { __tostring = function() return 1 end }))'" },
  { "-e 'local t <close> = setmetatable({}, { __close = function() print(\"closed\") end }) error(\"x\")'" },
  { "-e 'os.exit(3)'" },
  { "-e 'os.exit(true)'" },
  { "-e 'os.exit(false, true)'" },
  { "-e 'setmetatable({}, { __gc = function() print(\"collected\") end })'" },
  { "-e 'return 5'" },
  { "-e 'print(arg[0] ~= nil, arg[1], arg[-1])'" },
  { "-e 'print(...)'" },
  { "-e 'print(collectgarbage(\"incremental\"))'" },
  { "-e 'print(#arg, arg[1], arg[2])' script.lua a b" },
  { "script.lua a b" },
  { "script.lua" },
  { "script.lua -e b" },
  { "-- script.lua a" },
  { "-i script.lua a", "print(1)\n" },
  { "fails.lua" },
  { "nested.lua" },
  { "wrong.lua" },
  { "nosuch.lua" },
  { "''" },
  { "-- -x" },
  { "folder" },
  { "shebang.lua" },
  { "binary.luac" },
  { "- a b", "print(...)" },
  { "-", "error('x')" },
  { "-", "x =" },
  { "", "print(1)" },
  { "", "error('x')" },
  { "", "print(...)" },
  { "", "" },
  { "-l mod -e 'print(mod.name)'" },
  { "-lmod -e 'print(mod.name)'" },
  { "-l m=mod -e 'print(m.name, mod)'" },
  { "-l nosuch" },
  { "-l broken" },
  { "-l" },
  { "-W -e 'warn(\"hi\")'" },
  { "-e 'warn(\"hi\")'" },
  { "-e 'warn(\"@on\") warn(\"a\", \"b\")'" },
  { "-W script.lua" },
  { "-E -e 'print(1)'" },
  { "-x" },
  { "-Ex" },
  { "-vx" },
  { "-iv" },
  { "--x" },
  { "-v" },
  { "-v -e 'print(1)'" },
  { "-i -e 'x = 1'", "print(x)\nx + 1\n= x\n" },
  { "-i", "1, 2\nnil\nfor i = 1, 2 do\nprint(i) end\nerror('x')\nx =\n5\nprint(x)\n" },
  { "-i", "x = (\n1\n" },
  { "-i", "local y = 5\ny\n_PROMPT = '? '\n1\n_PROMPT2 = '+ '\nif\nx then end\n" },
  { "-i", "print = nil\n1\n" },
  { "-i", "do return end\n'a\\0b'\n" },
  { "-i", "os.exit(4)\n" },
  { "-i", "return 1, 2\n--\n\n  \n" },
  { "-e 'print(package.path, package.cpath)'" },
  { "-e 'local c = coroutine.wrap(function() error(\"in it\") end) c()'" },
  { "-e 'string.rep(\"x\", -1)(1)'" },
  { "-e 'local function f() return f() end print(pcall(string.rep))'" },
  { "-e 'local function f() f() end f()' 2>&1 | head -n 3" },
  { "-e 'print(string.dump(function() end) ~= nil, os.time() > 0, utf8.char(8364), #arg)'" },
  { "-e 'io.write(io.read(\"a\"))'", "read\n" },
  { "-e 'io.stderr:write(\"err\\n\") io.stdout:write(\"out\\n\")'" },
  { "-e 'print(require(\"mod\").name, select(2, require(\"mod\")))'" },
  { "-e 'print(debug.traceback(\"here\"))'" },
}

local environments = {
  { "LUA_INIT='print(\"init\")'", "-e 'print(1)'" },
  { "LUA_INIT='error(\"init\")'", "-e 'print(1)'" },
  { "LUA_INIT=@script.lua", "-e 'print(1)'" },
  { "LUA_INIT=@nosuch.lua", "-e 'print(1)'" },
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
  shell.write("wrong.lua", "x = = 1\n")
  shell.write("shebang.lua", "#!/usr/bin/env lua\nprint(debug.getinfo(1).currentline)\n")
  shell.write("binary.luac", string.dump(function() print "compiled" end))
  shell.write("mod.lua", "return { name = ... }\n")
  shell.write("broken.lua", "error 'broken'\n")
  shell.run "mkdir folder"

  -- Texts that must differ are made equal: the name that messages begin with, versions, and the list of options.
  local function plain(text, program)
    text = text:gsub("[^\n]*Copyright %(C%) %d+%-%d+ Lua%.org, PUC%-Rio", "VERSION")
    text = text:gsub("usage: [^\n]*\nAvailable options are:\n[ %-][^%z]*stdin\n.*$", "USAGE\n")
    local from = 1
    while true do
      local at, to = text:find(program, from, true)
      if not at then return text end
      text = text:sub(1, at - 1) .. "PROGRAM" .. text:sub(to + 1)
      from = at + 7
    end
  end

  -- Debian's lua reads through readline, which repeats each line behind its prompt where there is no terminal.
  local function without_echo(out, input)
    local from = 1
    for typed in input:gmatch "(.-)\n" do
      local _, prompt = out:find("[>?+] ", from)
      local at, to = out:find(typed .. "\n", prompt and prompt + 1 or from, true)
      if at then
        out = out:sub(1, at - 1) .. out:sub(to + 1)
        from = at
      end
    end
    return out
  end

  local function compare(prefix, line, input)
    local name = prefix .. " lua " .. line
    local stock = shell.run(prefix .. " lua5.4 " .. line, input)
    local ours = shell.run(prefix .. " ./program " .. line, input)
    if input and line:find "^%-i" then
      stock.out = without_echo(stock.out, input)
    end
    check.same(name, "exit status", stock.status, ours.status)
    check.same(name, "standard output", plain(stock.out, "lua5.4"), plain(ours.out, "./program"))
    check.same(name, "standard error", plain(stock.err, "lua5.4"), plain(ours.err, "./program"))
  end

  for _, entry in ipairs(invocations) do
    compare("", entry[1], entry[2])
  end
  for _, entry in ipairs(environments) do
    compare(entry[1], entry[2], nil)
  end
end
