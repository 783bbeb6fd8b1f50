-- command_check.lua - dekking check: what is wrong with packs, one line for each, and with data whether it has the columns.

local _, core = ...

core.part "pack" -- brings core.examine
local data_of = core.part "command_data"

local USAGE = [[
usage: dekking check [FILE ...] [--data FILE | --data NAME=FILE ...] [--dataset NAME]
Checks packs: files, or folders of files. The files are run, which defines what they define: syntax, expressions,
names defined twice, globals that are read and nowhere set. With data: whether it has the columns that breakdowns and
scenarios need, of types that fit. Ends with status 1 where something is wrong.
Without FILE: packs/, or else ~/.config/dekking/packs/.
]]

-- What the engine says of the breakdown on the table's columns, without its rows; with parameters only whoever runs it
-- can tell.
local function type_problem(breakdown, data)
  if #breakdown:params() > 0 then return nil end
  local done, problem = pcall(breakdown, data:head(0))
  return not done and problem or nil
end

local function check_data(pack, options)
  local data = data_of.read("check", pack, options)
  local function complain(place, problem)
    if problem then
      pack.problems[#pack.problems + 1] = ("%s: %s"):format(pack.places[place], problem)
    end
  end
  for _, name in ipairs(pack.breakdowns) do
    local breakdown = pack.breakdowns[name]
    complain("breakdown " .. name, data_of.missing("breakdown", breakdown, data) or type_problem(breakdown, data))
  end
  for _, name in ipairs(pack.scenarios) do
    complain("scenario " .. name, (data_of.missing("scenario", pack.scenarios[name], data)))
  end
end

local function count(n, what) return ("%d %s%s"):format(n, what, n == 1 and "" or "s") end

local function run(words, options)
  local pack = core.examine(words)
  local done, problem = true, nil
  if options.data then
    done, problem = pcall(check_data, pack, options)
  elseif options.dataset then
    core.fail "check: --dataset is built from files: --data NAME=FILE"
  end
  for _, text in ipairs(pack.problems) do
    io.write(text, "\n")
  end
  if not done then
    error(problem, 0) -- the data cannot be had
  end
  io.write(("%s: %s, %s, %s: %s\n"):format(count(#pack.files, "file"), count(#pack.breakdowns, "breakdown"),
    count(#pack.scenarios, "scenario"), count(#pack.datasets, "dataset"),
    #pack.problems == 0 and "no problems" or count(#pack.problems, "problem")))
  return #pack.problems == 0
end

return { usage = USAGE, options = { data = "list", dataset = "one", help = "flag" }, run = run }
