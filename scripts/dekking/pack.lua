-- pack.lua - dk.pack: a file, or a folder of files, that define breakdowns, scenarios and datasets by name.
--
-- A pack is Lua like any other and is run to know what it defines; it should do nothing else. Its files run in the
-- order of their names, each with its path as `...`; `require` looks in the folder of the pack first, whose own folders
-- hold what files of the pack share. What is wrong with a pack is collected, so that `dekking check` tells all of it: a
-- file that cannot be loaded, what it raised, a name that two definitions have, a global that is read and nowhere set.

local dk, core = ...

local registry = core.part "registry"
local globals = core.part "globals"

-- Files --------------------------------------------------------------------------------------------------------------

local function add_files(files, path)
  local names = core.folder(path)
  if not names then
    files[#files + 1] = { path = path, folder = path:match "^(.*)/" or "." }
    return
  end
  local folder, found = path:gsub("(.)/+$", "%1"), 0
  table.sort(names)
  for _, name in ipairs(names) do
    if name:find "^[^.].*%.lua$" then
      found = found + 1
      files[#files + 1] = { path = folder .. "/" .. name, folder = folder }
    end
  end
  if found == 0 then
    core.fail(("%s: the folder has no Lua files"):format(path))
  end
end

-- Where packs are when nobody says: packs/ here, or else that of the user.
local function usual_places()
  local places = { "packs" }
  local config, home = os.getenv "XDG_CONFIG_HOME", os.getenv "HOME"
  if config and config ~= "" then
    places[2] = config .. "/dekking/packs"
  elseif home then
    places[2] = home .. "/.config/dekking/packs"
  end
  for _, place in ipairs(places) do
    if core.folder(place) then
      return { place }
    end
  end
  return core.fail(("which pack? Without one named, the folder %s is taken, and it is not there"):format(
    table.concat(places, " or ")))
end

-- One file -----------------------------------------------------------------------------------------------------------

-- Where a pack's globals are. In stock Lua dk is none, and a pack finds it all the same.
local function environment()
  return rawget(_G, "dk") == nil and setmetatable({ dk = dk }, { __index = _G, __newindex = _G }) or _G
end

-- core.raised(value) -> a text of whatever was raised, as the interpreter has it
function core.raised(value)
  local meta = getmetatable(value)
  if type(value) == "string" or type(meta) == "table" and meta.__tostring then
    return tostring(value)
  end
  return ("(error object is a %s value)"):format(type(value))
end

-- Runs the file; told gets each definition. Returns what is wrong, or nil.
local function run(file, told)
  local chunk, problem = loadfile(file.path, "t", environment())
  if not chunk then
    return problem
  end
  local before = package.path
  local _ <close> = setmetatable({}, { __close = function() package.path = before end })
  package.path = file.folder .. "/?.lua;" .. before
  local done, raised = registry.watch(told, chunk, file.path)
  return not done and core.raised(raised) or nil
end

local function globals_of(file)
  local handle = io.open(file.path, "rb")
  local text = handle and handle:read "a"
  if handle then
    handle:close()
  end
  return text and globals(text)
end

-- Globals that no file of the pack sets, and Lua neither: { { path, global }, ... }
local function undefined_of(found)
  local list = {}
  local function is_set(name)
    if name == "dk" or rawget(_G, name) ~= nil then return true end
    for _, file in ipairs(found) do
      if file.globals.set[name] then return true end
    end
  end
  for _, file in ipairs(found) do
    local seen = {}
    for _, global in ipairs(file.globals.read) do
      local key = global.name .. " " .. global.line
      if not is_set(global.name) and not seen[key] then
        seen[key] = true
        list[#list + 1] = { file = file, name = global.name, line = global.line }
      end
    end
  end
  return list
end

local function undefined_message(undefined)
  local names = {}
  for _, known in ipairs { _G, undefined.file.globals.declared, undefined.file.globals.set } do
    for name in pairs(known) do
      names[#names + 1] = type(name) == "string" and name or nil
    end
  end
  table.sort(names)
  local near = core.nearest(undefined.name, names)
  return ("%s:%d: the global '%s' is not defined anywhere%s"):format(undefined.file.path, undefined.line, undefined.name,
    near and (" (did you mean '%s'?)"):format(near) or "")
end

-- The pack -----------------------------------------------------------------------------------------------------------

-- core.examine(paths) -> { files, breakdowns, scenarios, datasets, aggregates, functions, places, problems }; paths nil or
-- {}: where packs usually are
function core.examine(paths)
  local pack = {
    files = {}, breakdowns = {}, scenarios = {}, datasets = {}, aggregates = {}, functions = {}, places = {}, problems = {},
  }
  local function complain(text)
    pack.problems[#pack.problems + 1] = text
  end
  local function told(made)
    local kind, name = made.kind .. "s", made.name
    local place = made.kind .. " " .. name
    if pack.places[place] then
      complain(("%s: the %s '%s' is defined already, at %s"):format(made.where, made.kind, name, pack.places[place]))
      return
    end
    pack.places[place] = made.where
    table.insert(pack[kind], name)
    pack[kind][name] = made.value
  end
  local files, found = {}, {}
  for _, path in ipairs(paths and #paths > 0 and paths or usual_places()) do
    add_files(files, path)
  end
  for i, file in ipairs(files) do
    pack.files[i] = file.path
    local problem = run(file, told)
    if problem then
      complain(problem)
    end
    file.globals = loadfile(file.path, "t") and globals_of(file)
    found[#found + 1] = file.globals and file or nil
  end
  for _, undefined in ipairs(undefined_of(found)) do
    complain(undefined_message(undefined))
  end
  return pack
end

-- dk.pack("packs") -> { breakdowns, scenarios, datasets, aggregates, functions }: of each kind the names in order of
-- definition, and each value under its name. Raises what is wrong with the pack.
return core.export(function(...)
  local paths = { ... }
  for i = 1, select("#", ...) do
    if type(paths[i]) ~= "string" then
      core.fail(("pack wants paths of files or folders, not %s"):format(core.what(paths[i])))
    end
  end
  local pack = core.examine(paths)
  if #pack.problems > 0 then
    core.fail(table.concat(pack.problems, "\n"))
  end
  return pack
end)
