-- modules.lua - dekking in stock lua, and C modules of others in the program.

return function(shell, check)
  local in_stock = "LUA_CPATH='" .. shell.build .. "/?.so;;' lua5.4 "
  -- Stock lua does not bring the sanitizers' runtime along.
  local sanitized = shell.run("nm -D " .. shell.build .. "/dekking.so | grep -q __asan_init").status == 0

  if not sanitized then
    local version = shell.run(in_stock .. [[-e 'print((require "dekking").version)']])
    check.ok("require in stock lua", version.status == 0 and version.out:find "^%d+%.%d+%.%d+\n$",
      version.out .. version.err)

    shell.write("pool.lua", [[
local dk = require "dekking"
dk.threads(2)
local rows = {}
for i = 1, 300000 do rows[i] = i % 7 end
local t = dk.table { { "k", rows } }
print(dk.breakdown { by = "k", measures = "n = count()" }(t):rows()().n)
]])
    local pool = shell.run(in_stock .. "pool.lua")
    check.same("a state that closes while threads live", "exit status", 0, pool.status)
    check.same("a state that closes while threads live", "standard output", "42857\n", pool.out)

    local signals = shell.run(in_stock .. [[-e 'local before = io.open("/proc/self/status"):read "a":match "SigCgt:%s*(%x+)"
      require "dekking"
      print(before == io.open("/proc/self/status"):read "a":match "SigCgt:%s*(%x+)")']])
    check.same("the module installs no signal handler", "standard output", "true\n", signals.out)
  end

  local lpeg = shell.run [[./program -e 'local lpeg = require "lpeg" print(lpeg.match(lpeg.R "az" ^ 1, "abc1"))']]
  check.same("a C module of others", "standard output", "4\n", lpeg.out)
  check.same("a C module of others", "standard error", "", lpeg.err)

  -- A module of others may use whatever the shared Lua library offers.
  local library = "$(pkg-config --variable=libdir lua5.4)/liblua5.4.so"
  local names = shell.run("nm -D --defined-only --without-symbol-versions " .. library)
  local shown = shell.run("nm -D --defined-only " .. shell.program).out
  local n, hidden = 0, {}
  for name in names.out:gmatch " T (lua%S+)\n" do
    n = n + 1
    if not shown:find(" T " .. name .. "\n", 1, true) then hidden[#hidden + 1] = name end
  end
  check.ok("the program shows Lua to modules", n > 100, ("liblua5.4.so shows %d functions"):format(n))
  check.same("the program shows Lua to modules", "what it hides", "", table.concat(hidden, " "))
end
