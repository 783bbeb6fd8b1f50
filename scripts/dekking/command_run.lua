-- command_run.lua - dekking run NAME: a breakdown of a pack, asked of data that the command line names.

local dk, core = ...

core.part "pack" -- brings core.examine
local data_of = core.part "command_data"

local USAGE = [[
usage: dekking run NAME --data FILE [options]
Runs the breakdown NAME of a pack and shows the result.
  --data FILE        the table: CSV, workbook (.xlsx) or snapshot (.dk)
  --data NAME=FILE   a file of a dataset of the pack, which builds the table
  --dataset NAME     the dataset, where the names of files do not tell
  --pack FILE        file or folder of the pack; several may be given
                     (default: packs/, or else ~/.config/dekking/packs/)
  --by LIST          other dimensions: gemeente,doelgroep; '' is the total alone
  --where CONDITION  of those rows only, beside the condition of the breakdown
  --scenario NAME    compare with a scenario, or with some after another: A+B
  --relative         with the differences as a share of the base
  --long             a row for each group, measure and scenario
  --set NAME=VALUE   a parameter of the breakdown or the scenario
  --format NAME      text, csv, md, html, json or xlsx
  --output FILE      write a file, complete or not at all
  --receipt FILE     write what was asked of which data, for dekking replay
]]

local OPTIONS = {
  data = "list", dataset = "one", pack = "list", by = "list", where = "list", scenario = "list", set = "list",
  format = "one", output = "one", receipt = "one", relative = "flag", long = "flag", help = "flag",
}

local function find(kind, list, name)
  core.check({ [name] = true }, "the pack", table.move(list, 1, #list, 1, {}), kind)
  return list[name]
end

-- Text at its commas, but for those in brackets and quotes.
local function parts_of(text)
  local parts, from, depth, at = {}, 1, 0, 1
  while at <= #text do
    local sign = text:sub(at, at)
    if sign:find "[\"'`]" then
      at = text:find(sign, at + 1, true) or #text
    elseif sign:find "[(%[{]" then
      depth = depth + 1
    elseif sign:find "[)%]}]" then
      depth = depth - 1
    elseif sign == "," and depth == 0 then
      parts[#parts + 1], from = text:sub(from, at - 1), at + 1
    end
    at = at + 1
  end
  parts[#parts + 1] = text:sub(from)
  return parts
end

local function dimensions(given)
  local list = {}
  for _, text in ipairs(given) do
    for _, part in ipairs(parts_of(text)) do
      if part:find "%S" then
        list[#list + 1] = part:match "^%s*(.-)%s*$"
      elseif text:find "%S" then
        core.fail(("run: '--by %s' has nothing between two commas"):format(text))
      end
    end
  end
  return list
end

-- Scenarios ------------------------------------------------------------------------------------------------------------

local function scenario_of(pack, text)
  if pack.scenarios[text] then
    return pack.scenarios[text]
  end
  local made
  for name in text:gmatch "[^+]+" do
    local one = find("scenario", pack.scenarios, name)
    made = made and made .. one or one
  end
  return made or core.fail "run: '--scenario' names no scenario"
end

-- Parameters -----------------------------------------------------------------------------------------------------------

-- A number in decimals; 0202 is a code.
local function number_of(text) return not text:find "[xX%s]" and not text:find "^[+-]?0%d" and tonumber(text) or nil end

-- A value as it is written on a command line, where nothing says what it must be.
local function free_value(text)
  if text == "true" or text == "false" then
    return text == "true"
  elseif text == "null" then
    return dk.null
  end
  return number_of(text) or text:match "^'(.*)'$" or text:match '^"(.*)"$' or text
end

-- What makes a value of a type that Lua does not have of its text.
local MAKERS = {
  decimal = "decimal", date = "date", timestamp = "timestamp", month = "period", quarter = "period", year = "period",
}

-- The type of a parameter's value, where it says what else it can be.
local function type_of(value)
  if type(value) == "userdata" then
    return value ~= dk.null and value.type:match "^%l+" or nil
  end
  return type(value)
end

-- The number that a text is, its unit taken away: as a number and as text.
local function number_with_unit(text, unit)
  local digits, behind = text:match "^([^%s%%%a]+)%s*(.-)%s*$"
  if digits and number_of(digits) and (behind == "" or behind == unit) then
    return number_of(digits), digits
  end
  return number_of(text), text -- with an exponent
end

-- A value of the kind that a parameter of a scenario has; a number may come with its unit.
local function value_of(name, text, param)
  local kind = param and type_of(param.value)
  local value, number = nil, text
  if kind == "string" then
    value = text
  elseif kind == "boolean" then
    value = ({ ["true"] = true, ["false"] = false })[text]
  elseif kind == "number" or kind == "decimal" then
    value, number = number_with_unit(text, param.unit)
  elseif not MAKERS[kind] then
    return free_value(text)
  end
  if MAKERS[kind] and (kind ~= "decimal" or value) then
    local done, made = pcall(dk[MAKERS[kind]], number)
    value = done and made or nil
  end
  if value == nil then
    local wanted = kind == "boolean" and "true or false" or ("a %s such as %s%s"):format(kind, tostring(param.value),
      param.unit and " " .. param.unit or "")
    core.fail(("run: '--set %s=%s': %s is %s%s"):format(name, text, name, wanted, param.doc and ": " .. param.doc or ""))
  end
  return value
end

-- Values for the parameters of the breakdown and the scenarios, each of which is known, and none of the breakdown's lacks.
local function values_of(given, breakdown, scenarios)
  local known, param_of, values = {}, {}, {}
  for _, name in ipairs(breakdown:params()) do
    known[#known + 1] = name
  end
  for _, scenario in ipairs(scenarios) do
    for name, param in pairs(scenario:params()) do
      known[#known + 1], param_of[name] = name, param
    end
  end
  table.sort(known)
  for _, text in ipairs(given) do
    local name, value = text:match "^%$?([%a_][%w_]*)=(.*)$"
    if not name then
      core.fail(("run: '--set %s' is no NAME=VALUE"):format(text))
    elseif values[name] ~= nil then
      core.fail(("run: '--set %s=...' is given twice"):format(name))
    end
    core.check({ [name] = true }, "what is run", known, "parameter")
    values[name] = value_of(name, value, param_of[name])
  end
  for _, name in ipairs(breakdown:params()) do
    if values[name] == nil and not param_of[name] then
      core.fail(("run: the breakdown %s asks for $%s: --set %s=VALUE"):format(breakdown:name(), name, name))
    end
  end
  return values
end

-- A scenario with those of the values that are its own: a value that it does not take is refused before any data is read.
local function with_values(scenario, values)
  local own = {}
  for name in pairs(scenario:params()) do
    own[name] = values[name]
  end
  return next(own) == nil and scenario or scenario:with(own)
end

-- Output ---------------------------------------------------------------------------------------------------------------

-- Notes stand below a table for people, and in JSON; where CSV has no place for them they are told.
local function tell_notes(result)
  for _, note in ipairs(result:notes()) do
    io.stderr:write("note: ", note, "\n")
  end
end

local FORMATS = { "text", "csv", "md", "html", "json", "xlsx" }

-- What cannot be written is told before any data is read.
local function check_output(options)
  local format, output = options.format, options.output
  if format then
    core.check({ [format] = true }, "run", FORMATS, "format")
  end
  if format == "xlsx" and not output then
    core.fail "run: a workbook is no text: --output FILE says where it goes"
  elseif output and not format and not output:lower():find "%.[a-z]+$" then
    core.fail(("run: '--output %s' does not end in .csv or the like: --format says what it is to be"):format(output))
  end
end

local function show(result, options)
  if options.output then
    result:write(options.output, { format = options.format })
  else
    result:print { format = options.format, rows = 0, cell = 0 }
  end
  if (options.format or (options.output or ""):lower():match "%.(csv)$") == "csv" then
    tell_notes(result)
  end
end

local function check_columns(kind, asked, data, otherwise)
  local missing, names = data_of.missing(kind, asked, data)
  if missing then
    core.fail(("run: %s; it has: %s%s"):format(missing, names, otherwise and "\n  " .. otherwise or ""))
  end
end

local function run(words, options)
  if #words ~= 1 then
    core.fail(#words == 0 and "run wants the name of a breakdown (dekking list shows them)"
      or ("run wants one name, and not also '%s' (%s)"):format(words[2], words[2]:find("=", 1, true)
        and "--set NAME=VALUE gives a parameter" or "--pack FILE names a pack"))
  end
  check_output(options)
  if (options.relative or options.long) and not options.scenario then
    core.fail(("run: '--%s' is of a comparison, and there is no --scenario"):format(options.long and "long" or "relative"))
  end
  local pack = core.examine(options.pack)
  if #pack.problems > 0 then
    core.fail(table.concat(pack.problems, "\n"))
  end
  if not pack.breakdowns[words[1]] and pack.scenarios[words[1]] then
    core.fail(("run: %s is a scenario: run a breakdown with --scenario %s"):format(words[1], words[1]))
  end
  local breakdown = find("breakdown", pack.breakdowns, words[1])
  if options.by then
    breakdown = breakdown:by(dimensions(options.by))
  end
  for _, condition in ipairs(options.where or {}) do
    breakdown = breakdown:where(condition)
  end
  local scenarios = {}
  for i, text in ipairs(options.scenario or {}) do
    scenarios[i] = scenario_of(pack, text)
  end
  local values = values_of(options.set or {}, breakdown, scenarios)
  for i, scenario in ipairs(scenarios) do
    scenarios[i] = with_values(scenario, values)
  end
  local data, otherwise = data_of.read("run", pack, options)
  check_columns("breakdown", breakdown, data, otherwise)
  for _, scenario in ipairs(scenarios) do
    check_columns("scenario", scenario, data, otherwise)
  end
  local form = (options.relative or options.long) and { relative = options.relative, long = options.long } or nil
  local result = #scenarios > 0 and breakdown:compare(data, scenarios, values, form) or breakdown(data, values)
  show(result, options)
  if options.receipt then
    core.part "receipt".write(result, options.receipt, pack.files)
  end
  return true
end

return { usage = USAGE, options = OPTIONS, run = run }
