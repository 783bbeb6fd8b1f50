-- memory.lua - scripts that are allowed little memory (ulimit -v): how far they come beside stock lua.

-- A list that grows, texts that are joined, and a list of many small objects. What is said at the end is what was had.
local GROWN = [[print(pcall(function() list = {} for i = 1, 2^40 do list[i] = i end end)) print(#list)]]
local JOINED = [[text = "x" print(pcall(function() while true do text = text .. text end end)) print(#text)]]
local SMALL = [[print(pcall(function() for i = 1, 2^40 do last = { last } n = i end end)) last = nil print(n > LEAST)]]

return function(shell, check)
  if shell.run("nm -D " .. shell.build .. "/dekking.so | grep -q __asan_init").status == 0 then
    return -- sanitizers take terabytes of addresses for themselves
  end
  local function compare(name, kilobytes, script)
    local command = ("(ulimit -v %d; %%s -e '%s')"):format(kilobytes, script)
    local stock, ours = shell.run(command:format "lua5.4"), shell.run(command:format(shell.program))
    check.same(name, "status", stock.status, ours.status)
    check.same(name, "output", stock.out, ours.out)
    check.ok(name, ours.out:find("not enough memory", 1, true), "there is enough memory")
  end
  compare("memory: a list that grows in 500 MB", 500000, GROWN)
  compare("memory: a text that is joined in 500 MB", 500000, JOINED)
  compare("memory: small objects in 300 MB", 300000, (SMALL:gsub("LEAST", "2000000")))
end
