-- command_data.lua - what --data and --dataset ask for: one table.
--
-- `--data FILE` is the table itself. `--data NAME=FILE` is a file of a dataset, which the pack builds: the one that is
-- made of the files that are named, or that of --dataset. A path with a sign "=" in it is written with a folder:
-- ./a=b.csv.

local _, core = ...

core.part "dataset" -- brings core.read
local command_data = {}

-- { name = path }, the names in order, or nil and the path of the one file
local function split(command, given)
  local files, names, path = {}, {}, nil
  for _, text in ipairs(given) do
    local name, of_name = text:match "^([%a_][%w_]*)=(.*)$"
    if (of_name or text) == "" then
      core.fail(("%s: '--data %s' names no file"):format(command, text))
    elseif name and files[name] then
      core.fail(("%s: '--data %s=...' is given twice"):format(command, name))
    elseif name then
      files[name] = of_name
      names[#names + 1] = name
    elseif path then
      core.fail(("%s: '--data %s' and '--data %s' are two tables; files of a dataset are given as NAME=FILE"):format(
        command, path, text))
    else
      path = text
    end
  end
  if path and #names > 0 then
    core.fail(("%s: '--data %s' is a whole table, and '--data %s=...' a file of a dataset: give the one or the other")
      :format(command, path, names[1]))
  end
  return files, names, path
end

-- What a dataset wants, as options: "--data register=FILE [--data place=FILE]"
local function wanted(dataset)
  local list, files = {}, dataset:files()
  for i, name in ipairs(files) do
    list[i] = files[name].optional and ("[--data %s=FILE]"):format(name) or ("--data %s=FILE"):format(name)
  end
  return table.concat(list, " ")
end

local function all_wanted(datasets)
  local list = {}
  for i, name in ipairs(datasets) do
    list[i] = ("dataset %s: %s"):format(name, wanted(datasets[name]))
  end
  return table.concat(list, "; ")
end

-- Raises where the files are not those of the dataset.
local function check(dataset, files)
  local known = dataset:files()
  core.check(files, "dataset " .. dataset:name(), table.move(known, 1, #known, 1, {}), "file")
  local lacks = dataset:lacks(files)
  if #lacks > 0 then
    local doc = known[lacks[1]].doc
    core.fail(("dataset %s also wants %s: --data %s=FILE%s"):format(dataset:name(), table.concat(lacks, " and "), lacks[1],
      doc and (" (%s)"):format(doc) or ""))
  end
end

local function fits(dataset, files)
  local is_file = dataset:files()
  for name in pairs(files) do
    if not is_file[name] then return false end
  end
  return #dataset:lacks(files) == 0
end

local function choose(command, datasets, files, names)
  local fitting = {}
  for _, name in ipairs(datasets) do
    if fits(datasets[name], files) then
      fitting[#fitting + 1] = name
    end
  end
  if #fitting == 1 then
    return datasets[fitting[1]]
  elseif #fitting > 1 then
    core.fail(("%s: the datasets %s are made of these files: say which by --dataset %s"):format(command,
      table.concat(fitting, " and "), fitting[1]))
  elseif #datasets == 0 then
    core.fail(("%s: '--data %s=...' is a file of a dataset, and the pack has none (a path is written as ./%s=...)"):format(
      command, names[1], names[1]))
  elseif #datasets == 1 then
    check(datasets[datasets[1]], files)
  end
  return core.fail(("%s: no dataset is made of %s; %s"):format(command, table.concat(names, ", "), all_wanted(datasets)))
end

-- read(command, pack, options) -> the table; where a dataset would have made another of other files, what that wants
function command_data.read(command, pack, options)
  local datasets = pack.datasets
  if not options.data then
    core.fail(("%s wants data: --data FILE%s"):format(command, #datasets > 0 and ", or of " .. all_wanted(datasets) or ""))
  end
  local files, names, path = split(command, options.data)
  if path then
    if options.dataset then
      core.fail(("%s: --dataset %s is built from files with names: --data NAME=FILE"):format(command, options.dataset))
    end
    return core.read(path), #datasets > 0 and all_wanted(datasets) or nil
  end
  local dataset
  if options.dataset then
    core.check({ [options.dataset] = true }, "the pack", table.move(datasets, 1, #datasets, 1, {}), "dataset")
    dataset = datasets[options.dataset]
    check(dataset, files)
  else
    dataset = choose(command, datasets, files, names)
  end
  return dataset(files)
end

-- missing("breakdown", breakdown, table) -> what is said of the columns that the table lacks, and which it has; or nil
function command_data.missing(kind, asked, data)
  local has, names, lacks = {}, {}, {}
  for name in data:columns() do
    has[name] = true
    names[#names + 1] = name
  end
  for _, name in ipairs(asked:columns()) do
    if not has[name] then
      local near = core.nearest(name, names)
      lacks[#lacks + 1] = near and ("%s (is it %s?)"):format(name, near) or name
    end
  end
  if #lacks == 0 then return nil end
  return ("the %s %s needs %s %s, which the data does not have"):format(kind, asked:name(),
    #lacks == 1 and "the column" or "the columns", table.concat(lacks, ", ")), table.concat(names, ", ")
end

return command_data
