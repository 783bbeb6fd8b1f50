-- values.lua - what it costs to look at rows and values in Lua, in nanoseconds of processor time a row.
--
-- usage: build/dekking --threads 1 tests/bench/values.lua [ROWS]
--
-- The least of five rounds. The loops do next to nothing: add up, or count.

local n, rounds = math.tointeger(tonumber(arg[1] or 2000000)), 5

local whole, texts = {}, {}
for i = 1, n do
  whole[i], texts[i] = i % 1000, "g" .. i % 50
end
local data = dk.table({ { "heel", whole }, { "reëel", whole }, { "bedrag", whole }, { "klasse", texts } },
  { types = { ["reëel"] = "real", bedrag = "decimal(2)" } })
local amounts, day = data.bedrag:to_lua(), dk.date "2024-01-01"

local function blocks(name)
  return function()
    local sum = 0
    for b in data:blocks() do
      local list = b:column(name)
      for i = 1, #b do
        sum = sum + list[i]
      end
    end
    return sum
  end
end

local cases = {
  { "blocks, whole numbers", blocks "heel" },
  { "blocks, reals", blocks "reëel" },
  { "blocks, decimals", blocks "bedrag" },
  { "blocks, a category", function()
    local count = 0
    for b in data:blocks() do
      local list = b.klasse
      for i = 1, #b do
        if list[i] == "g7" then count = count + 1 end
      end
    end
    return count
  end },
  { "rows, records of one column", function()
    local sum = 0
    for row in data:select "heel":rows() do
      sum = sum + row.heel
    end
    return sum
  end },
  { "to_lua, whole numbers", function() return #data.heel:to_lua() end },
  { "to_lua, decimals", function() return #data.bedrag:to_lua() end },
  { "to_lua, decimals, plain", function() return #data.bedrag:to_lua { plain = true } end },
  { "to_lua, a category", function() return #data.klasse:to_lua() end },
  { "adding decimals", function()
    local sum = dk.decimal "0"
    for i = 1, n do
      sum = sum + amounts[i]
    end
    return sum
  end },
  { "moving a date by a day", function()
    local d = day
    for i = 1, n do
      d = d + (i % 2 == 0 and 1 or -1)
    end
    return d
  end },
}

for _, case in ipairs(cases) do
  local name, run = table.unpack(case)
  local least = math.huge
  for _ = 1, rounds do
    collectgarbage()
    local before = os.clock()
    run()
    least = math.min(least, os.clock() - before)
  end
  print(("%-28s %6.1f"):format(name, least / n * 1e9))
end
