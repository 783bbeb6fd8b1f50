-- random_numbers.lua - whole numbers that are the same for each seed, in every Lua and on every machine.
--
-- usage: local below = dofile "random_numbers.lua" (seed)
--
-- below(n) is one of 0 .. n - 1.

return function(seed)
  local state = seed
  return function(n)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % n
  end
end
