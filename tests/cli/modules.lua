-- modules.lua - dekking in stock lua and in programs that embed Lua, and C modules of others in the program.

-- A program that embeds Lua and opens the module in one state after another, as a server would. Each state starts
-- threads of the pool and closes while they live.
local HOST = [[
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>

static int run(const char *cpath, const char *script)
{
    lua_State *L = luaL_newstate();
    int status;

    luaL_openlibs(L);
    lua_getglobal(L, "package");
    lua_pushstring(L, cpath);
    lua_setfield(L, -2, "cpath");
    lua_pop(L, 1);
    status = luaL_dofile(L, script);
    if (status != LUA_OK)
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return status;
}

int main(int argc, char **argv)
{
    int status = argc == 3 ? 0 : 1;

    for (int i = 0; i < 20 && status == 0; i++)
        status = run(argv[1], argv[2]);
    return status;
}
]]

return function(shell, check)
  local in_stock = "LUA_CPATH='" .. shell.build .. "/?.so;;' lua5.4 "
  -- Stock lua does not bring the sanitizers' runtime along.
  local sanitized = shell.run("nm -D " .. shell.build .. "/dekking.so | grep -q __asan_init").status == 0

  -- The pool has two threads after this.
  shell.write("pool.lua", [[
local dk = require "dekking"
dk.threads(2)
local rows = {}
for i = 1, 300000 do rows[i] = i % 7 end
local t = dk.table { { "k", rows } }
local result = dk.breakdown { by = "k", measures = "n = count()" }(t)
print(result:rows()().n)
]])

  if not sanitized then
    local version = shell.run(in_stock .. [[-e 'local dk = require "dekking" print(dk.version)']])
    check.ok("require in stock lua", version.status == 0 and version.out:find "^%d+%.%d+%.%d+\n$",
      version.out .. version.err)
    local globals = shell.run(in_stock .. [[-e 'local n = 0 for _ in pairs(_G) do n = n + 1 end
      require "dekking"
      for _ in pairs(_G) do n = n - 1 end
      print(n)']])
    check.same("the module makes no global", "standard output", "0\n", globals.out)

    local pool = shell.run(in_stock .. "pool.lua")
    check.same("a state that closes while threads live", "exit status", 0, pool.status)
    check.same("a state that closes while threads live", "standard output", "42857\n", pool.out)

    shell.write("signals.lua", [[
local function signals()
  local list = {}
  for line in io.lines "/proc/self/status" do
    local name, bits = line:match "^(Sig...):%s*(%x+)"
    if name then -- the C library has handlers of its own behind signal 31, once there are threads
      list[#list + 1] = ("%s %x"):format(name, tonumber(bits, 16) & 0x7fffffff)
    end
  end
  return table.concat(list, "\n")
end
local before = signals()
dofile "pool.lua"
assert(#before > 30)
print(before == signals() and "the same" or before .. "\n" .. signals())
]])
    local signals = shell.run(in_stock .. "signals.lua")
    check.same("the module installs no signal handler", "standard output", "42857\nthe same\n", signals.out)

    shell.write("host.c", HOST)
    local compiled = shell.run "cc -O1 host.c $(pkg-config --cflags --libs lua5.4) -o host"
    check.same("a program that embeds Lua", "what the compiler says", "", compiled.err)
    local host = shell.run("./host '" .. shell.build .. "/?.so' pool.lua")
    check.same("a program that embeds Lua", "exit status", 0, host.status)
    check.same("a program that embeds Lua", "standard output", ("42857\n"):rep(20), host.out)
    check.same("a program that embeds Lua", "standard error", "", host.err)
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
  -- And nothing of its own, which could come in the way of theirs.
  local own = {}
  for name in shown:gmatch " [TDBRV] (dk%S+)\n" do
    own[#own + 1] = name
  end
  check.same("the program shows nothing of its own", "what it shows", "", table.concat(own, " "))
end
