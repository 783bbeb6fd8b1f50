-- start.lua - starting takes at most twice as long as stock lua.

local ROUNDS, STARTS = 40, 5

return function(shell, check)
  if shell.run("nm -D " .. shell.build .. "/dekking.so | grep -q __asan_init").status == 0 then return end

  -- Both in turn, so that what else the machine does meets both; the least of many rounds is what they need themselves.
  local starts = ("%s -e ''; "):rep(STARTS)
  local command = ("for i in $(seq %d); do a=$(date +%%s%%N); %s b=$(date +%%s%%N); %s c=$(date +%%s%%N); "
    .. "echo $((b - a)) $((c - b)); done"):format(ROUNDS, starts:gsub("%%s", "lua5.4"), starts:gsub("%%s", "./program"))
  local stock, ours, n = math.huge, math.huge, 0
  for a, b in shell.run(command).out:gmatch "(%d+) (%d+)\n" do
    stock, ours, n = math.min(stock, tonumber(a)), math.min(ours, tonumber(b)), n + 1
  end
  check.same("start", "the number of rounds", ROUNDS, n)
  print(("start: %.2f ms, stock lua %.2f ms, ratio %.2f"):format(ours / STARTS / 1e6, stock / STARTS / 1e6, ours / stock))
  check.ok("start", ours <= 2 * stock, "it takes more than twice as long as stock lua")
end
