-- dataset.lua - dk.dataset: which files a pack asks for, and the table that it makes of them.
--
--   local linked = dk.dataset "linked" {
--     doc = "The register, with what Sonar has of it",
--     files = { "register", { "sonar", doc = "extract of Sonar", read = { types = { klantprofiel = "boolean" } } } },
--     build = function(files) return files.register:link(files.sonar, "pseudoniem", { as = "in_sonar" }) end,
--   }
--   linked { register = "register.csv", sonar = "sonar.xlsx" }
--
-- Whoever has the files names them; how they are read stands in the pack. build gets a table for each, and gives one.

local dk, core = ...

local OPTIONS = { "doc", "files", "build" }
local FILE = { "doc", "read", "optional" }

local registry = core.part "registry"
local register, registered = registry.new "dataset"
local given_options = core.part "given".options
local specs = setmetatable({}, { __mode = "k" }) -- of each dataset: name, doc, files, build, where

-- What a script writes ------------------------------------------------------------------------------------------------

local function check_kind(what, value, wanted)
  if value ~= nil and type(value) ~= wanted then
    core.fail(("dataset: %s is a %s, not %s"):format(what, wanted, core.what(value)))
  end
  return value
end

local function read_file(given, i)
  local entry = type(given) == "table" and given or { given }
  local name, options = entry[1], given_options(entry)
  if type(name) ~= "string" or not name:find "^[%a_][%w_]*$" then
    core.fail(('dataset: file %d has no name such as "register" (a word of letters, digits and _), but %s'):format(i,
      type(name) == "string" and ("%q"):format(name) or core.what(name)))
  end
  local what = "file " .. name
  core.check(options, "dataset: " .. what, FILE)
  if type(options.read) ~= "function" then
    check_kind(what .. ": read", options.read, "table")
  end
  return {
    name = name,
    doc = check_kind(what .. ": doc", options.doc, "string"),
    read = options.read,
    optional = check_kind(what .. ": optional", options.optional, "boolean"),
  }
end

local function read_files(given)
  local list = type(given) == "string" and { given } or given
  if type(list) ~= "table" or core.list(list, "dataset: files") == 0 then
    core.fail 'dataset: files is a list of what its files are called, such as { "register", "sonar" }'
  end
  local files, names, seen = {}, {}, {}
  for i, entry in ipairs(list) do
    local file = read_file(entry, i)
    if seen[file.name] then
      core.fail(("dataset: two of its files are called %s"):format(file.name))
    end
    files[i], names[i], seen[file.name] = file, file.name, true
  end
  return files, names
end

-- Methods ------------------------------------------------------------------------------------------------------------

local methods = {}

local function spec_of(self, method)
  return specs[self] or core.fail(("%s: called on %s, and not on a dataset (a method is called with a colon)"):format(
    method, core.what(self)))
end

function methods:name() return spec_of(self, "name").name end

function methods:doc() return spec_of(self, "doc").doc end

-- What its files are called, in order, and of each by name: { doc =, optional = }.
function methods:files()
  local list = {}
  for i, file in ipairs(spec_of(self, "files").files) do
    list[i], list[file.name] = file.name, { doc = file.doc, optional = file.optional or false }
  end
  return list
end

-- linked:lacks { register = "register.csv" } -> { "sonar" }: those of its files that are not given and not optional
function methods:lacks(given)
  local spec, list = spec_of(self, "lacks"), {}
  if type(given) ~= "table" then
    core.fail(('lacks wants the files that there are, by name, such as { register = "register.csv" }, not %s')
      :format(core.what(given)))
  end
  for _, file in ipairs(spec.files) do
    if given[file.name] == nil and not file.optional then
      list[#list + 1] = file.name
    end
  end
  return list
end

-- Metamethods --------------------------------------------------------------------------------------------------------

core.export(methods)
local meta = { __name = "dk.dataset", __metatable = "dk.dataset" }

function meta.__index(self, name) return core.member(self, name, methods, "a dataset") end

function meta.__newindex()
  core.fail "a dataset never changes"
end

-- core.read(path, options) -> a table: of a snapshot by its ending, or else of what dk.read reads. A snapshot knows its
-- types, and what says how text is read does not count for it.
function core.read(path, options)
  if path:lower():find "%.dk$" then
    return dk.open(path)
  end
  return dk.read(path, options)
end

-- linked { register = "register.csv", sonar = sonar } - paths, or tables that are there already
function meta.__call(self, given)
  local spec = spec_of(self, "__call")
  local what = "dataset " .. spec.name
  if type(given) ~= "table" or core.kind(given) then
    core.fail(('%s is called with its files, such as { %s = "%s.csv" }, not with %s'):format(what, spec.files[1].name,
      spec.files[1].name, core.what(given)))
  end
  core.check(given, what, spec.names, "file")
  local lacks = self:lacks(given)
  if #lacks > 0 then
    core.fail(("%s lacks %s: give it as { %s = \"%s.csv\" }"):format(what, table.concat(lacks, ", "), lacks[1], lacks[1]))
  end
  local tables = {}
  for _, file in ipairs(spec.files) do
    local value = given[file.name]
    if value ~= nil then
      if type(value) ~= "string" and core.kind(value) ~= "table" then
        core.fail(("%s: %s is a path or a table of dekking, not %s"):format(what, file.name, core.what(value)))
      end
      local by = type(file.read) == "function" and file.read or core.read
      tables[file.name] = type(value) == "string" and by(value, file.read) or value
    end
  end
  local made = spec.build(tables)
  if core.kind(made) ~= "table" then
    core.fail(("%s: build gave %s, and not a table of dekking (is there a return? %s)"):format(what, core.what(made),
      spec.where))
  end
  return made
end

function meta.__tostring(self)
  local spec = spec_of(self, "__tostring")
  local lines = { ("dataset %q"):format(spec.name) }
  if spec.doc then
    lines[2] = "  doc       " .. spec.doc
  end
  for i, file in ipairs(spec.files) do
    lines[#lines + 1] = ("  %-9s %s%s%s"):format(i == 1 and "files" or "", file.name, file.optional and " (optional)" or "",
      file.doc and ": " .. file.doc or "")
  end
  return table.concat(lines, "\n")
end

core.export(meta)

-- dk -----------------------------------------------------------------------------------------------------------------

local function define(name, given)
  if type(given) ~= "table" then
    core.fail(('dataset wants a table such as { files = { "register" }, build = function(files) ... end }, not %s')
      :format(core.what(given)))
  end
  core.check(given, "a dataset", OPTIONS)
  if type(given.build) ~= "function" then
    core.fail(("dataset: build is a function that makes a table of the files, not %s"):format(core.what(given.build)))
  end
  local made = setmetatable({}, meta)
  local files, names = read_files(given.files)
  specs[made] = {
    name = name,
    doc = check_kind("doc", given.doc, "string"),
    files = files,
    names = names,
    build = given.build,
    where = core.where(),
  }
  register(name, made)
  return made
end

-- The names of the datasets, in order of definition, and each dataset under its name.
dk.datasets = registered

-- dk.dataset "name" { files = { ... }, build = function(files) ... end }
return core.export(function(name, ...)
  if type(name) ~= "string" or name == "" then
    core.fail 'a dataset has a name: dk.dataset "linked" { files = { "register", "sonar" }, build = ... }'
  end
  registry.alone("dataset", name, ...)
  return core.export(function(given) return define(name, given) end)
end)
