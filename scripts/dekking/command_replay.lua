-- command_replay.lua - dekking replay RECEIPT: the same question asked again of the same data.

local _, core = ...

core.part "dataset" -- brings core.read
core.part "pack" -- brings core.examine
local receipt_file, replay = core.part "receipt_file", core.part "replay"

local USAGE = [[
usage: dekking replay RECEIPT [--data NAME=FILE ...] [--output FILE] [--format NAME] [--pack FILE ...]
Reads the data of a receipt again, asks the same question, and tells whether the answer is the same to the byte. What
differs is told (the data: which column; the program, the script, a file; a cell of the result), and the exit status is 1
where that is the answer or the data that it was made of.
  --data NAME=FILE   where a file of the receipt is now, or a table that a script had made
  --output FILE      writes the result, complete or not at all
  --format NAME      as what: text, csv, md, html, json or xlsx
  --pack FILE        runs a pack first: functions and aggregates of a script's own
Nothing in a receipt itself is run.
]]

local function read_text(path)
  local file, problem = io.open(path, "rb")
  if not file then
    core.fail("replay: " .. problem)
  end
  local _ <close> = file
  local text, reason = file:read(receipt_file.MOST_BYTES + 1)
  return text or reason and core.fail(("replay: %s: %s"):format(path, reason)) or ""
end

local function files_of(given, made)
  local files, known = {}, {}
  for _, file in ipairs(made.files) do
    known[#known + 1] = file.name
  end
  for _, node in pairs(made.names) do
    if getmetatable(node) == core.recipe_class and node.given then
      known[#known + 1] = node.given
    end
  end
  table.sort(known)
  for _, text in ipairs(given) do
    local name, path = text:match "^([%w_]+)=(.+)$"
    if not name then
      core.fail(("replay: '--data %s' is no NAME=FILE"):format(text))
    elseif files[name] then
      core.fail(("replay: '--data %s=...' is given twice"):format(name))
    end
    core.check({ [name] = true }, "the receipt", known, "file")
    files[name] = path
  end
  return files
end

local function run(words, options)
  if #words ~= 1 then
    core.fail(#words == 0 and "replay wants a receipt: dekking replay FILE"
      or ("replay wants one receipt, and not also '%s'"):format(words[2]))
  elseif options.format and not options.output then
    core.fail "replay: --format says what --output FILE is to be"
  end
  local pack = options.pack and core.examine(options.pack)
  if pack and #pack.problems > 0 then
    core.fail(table.concat(pack.problems, "\n"))
  end
  local made = receipt_file.read(read_text(words[1]), words[1])
  local same, lines, result = replay.run(made, files_of(options.data or {}, made))
  for _, line in ipairs(lines) do
    io.write(line, "\n")
  end
  if options.output and result then
    result:write(options.output, { format = options.format })
  end
  io.write(same and "the same\n" or "not the same\n")
  return same
end

local OPTIONS = { data = "list", output = "one", format = "one", pack = "list", help = "flag" }

return { usage = USAGE, options = OPTIONS, run = run }
