-- start.lua - starting takes at most one and a half times as long as stock lua.

local STARTS = 300

return function(shell, check)
  if shell.run("nm -D " .. shell.build .. "/dekking.so | grep -q __asan_init").status == 0 then return end

  -- Both in turn, one start each, so that what else the machine does meets both; the least of many is what they need
  -- themselves.
  local command = ([[bash -c 'for ((i = 0; i < %d; i++)); do
a=$EPOCHREALTIME; lua5.4 -e ""; b=$EPOCHREALTIME; ./program -e ""; c=$EPOCHREALTIME; echo $a $b $c; done']]):format(STARTS)
  local stock, ours, n = math.huge, math.huge, 0
  for a, b, c in shell.run("LC_ALL=C " .. command).out:gmatch "(%S+) (%S+) (%S+)\n" do
    stock, ours, n = math.min(stock, b - a), math.min(ours, c - b), n + 1
  end
  check.same("start", "the number of starts", STARTS, n)
  print(("start: %.2f ms, stock lua %.2f ms, ratio %.2f"):format(ours * 1e3, stock * 1e3, ours / stock))
  check.ok("start", ours <= 1.5 * stock, ("it takes %.2f times as long as stock lua"):format(ours / stock))
end
