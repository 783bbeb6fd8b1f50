-- snapshot.lua - times saving a table, and opening it with a first count in a process of its own.
--
-- usage: build/dekking tests/bench/snapshot.lua FILE.csv [RUNS]     (make bench leaves build/bench/persons-10000000.csv)
--
-- Figures are no tests. "process" is from the start of a program to the end of its first count by arbeidsmarktregio.
local file, n_runs = arg[1], tonumber(arg[2] or 5)
local path = os.tmpname()

local function median(list)
  table.sort(list)
  return list[#list // 2 + 1]
end

local function show(what, seconds, bytes)
  print(("%-46s %9.2f ms%s"):format(what, seconds * 1000,
    bytes and ("   %6.2f GB/s of %.0f MB"):format(bytes / seconds / 1e9, bytes / 1e6) or ""))
end

local function time(what, action, bytes)
  local times = {}
  for i = 1, n_runs do
    local start = dk.clock()
    action()
    times[i] = dk.clock() - start
  end
  show(what, median(times), bytes and bytes())
end

local function size_of(name)
  local handle <close> = assert(io.open(name, "rb"))
  return handle:seek "end"
end

local count = dk.breakdown { by = "arbeidsmarktregio", measures = "n = count()" }

if arg[3] == "open" then -- the process of its own
  local start = dk.clock()
  local data = dk.open(file)
  local opened = dk.clock()
  local _ = #count(data)
  print(opened - start, dk.clock() - opened)
  return
end

local data = dk.read(file)
time("save", function() data:save(path) end, function() return size_of(path) end)
time("fingerprint", function() return data:fingerprint() end)
time("count by arbeidsmarktregio, from memory", function() return count(data) end)
data = nil
collectgarbage()

local open, first, process = {}, {}, {}
for i = 1, n_runs + 1 do
  local start = dk.clock()
  local pipe = assert(io.popen(("%s %s %s 1 open"):format(arg[-1], arg[0], path)))
  local a, b = pipe:read("n", "n")
  pipe:close()
  if i > 1 then -- the first one warms the caches
    open[i - 1], first[i - 1], process[i - 1] = a, b, dk.clock() - start
  end
end
show("open", median(open))
show("first count by arbeidsmarktregio", median(first))
show("process, with the shell that starts it", median(process))

local opened = dk.open(path)
time("count again", function() return count(opened) end)
time("open and check everything", function() dk.open(path, { check = true }) end, function() return size_of(path) end)
opened:save(path, { compress = true })
print(("%-46s %9.0f MB"):format("size with zstd", size_of(path) / 1e6))
os.remove(path)
