-- calls.lua - what a call from Lua costs: nanoseconds of CPU time of each, the least of several runs.
--
-- usage: build/dekking tests/bench/calls.lua [seconds of each run]
--
-- An empty loop is subtracted. The table is small, so that what is timed is the call more than the work.

local seconds = tonumber(arg and arg[1]) or 0.1
local RUNS = 5

local data = dk.table {
  { "naam", { "a", "b", "c" } }, { "leeftijd", { 19, 35, 52 } }, { "in sonar", { true, false, true } },
}
local column, small = data.leeftijd, dk.breakdown { measures = "n = count()" }
local built = column:lt(27)

local calls = {
  { "an empty function of Lua", function() end },
  { "#t", function() return #data end },
  { "t.head (finding a method)", function() return data.head end },
  { "t.leeftijd", function() return data.leeftijd end },
  { 't:column "leeftijd"', function() return data:column "leeftijd" end },
  { 't["in sonar"]', function() return data["in sonar"] end },
  { "#c", function() return #column end },
  { "c[2]", function() return column[2] end },
  { "c:type()", function() return column:type() end },
  { "t:head(1)", function() return data:head(1) end },
  { 't:select "naam"', function() return data:select "naam" end },
  { "c:lt(27)", function() return column:lt(27) end },
  { "c + 1", function() return column + 1 end },
  { "e & e", function() return built & built end },
  { "dk.fn.bin(c, 18, 27)", function() return dk.fn.bin(column, 18, 27) end },
  { 'dk.expr "leeftijd < 27"', function() return dk.expr "leeftijd < 27" end },
  { "c:sum()", function() return column:sum() end },
  { 't:where "leeftijd < 27"', function() return data:where "leeftijd < 27" end },
  { "a breakdown of three rows", function() return small(data) end },
}

-- Seconds that n calls take.
local function time(call, n)
  local before = os.clock()
  for _ = 1, n do
    call()
  end
  return os.clock() - before
end

local function nanoseconds(call)
  local n, least = 1000, math.huge
  while time(call, n) < seconds do
    n = n * 2
  end
  for _ = 1, RUNS do
    collectgarbage()
    least = math.min(least, time(call, n))
  end
  return least / n * 1e9
end

local empty = nanoseconds(calls[1][2])
print(("%-28s %8.0f ns"):format(calls[1][1], empty))
for i = 2, #calls do
  print(("%-28s %8.0f ns"):format(calls[i][1], nanoseconds(calls[i][2]) - empty))
end
