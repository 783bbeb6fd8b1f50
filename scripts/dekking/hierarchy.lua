-- hierarchy.lua - dk.hierarchy: members and whom they belong to, from a table or a file; and t:recode.
--
--   dk.hierarchy("geo.csv", { "gemeente", "arbeidsmarktregio" })             a row for each member of the finest level
--   dk.hierarchy(t, { "gemeente", "regio", "land" },                         a row for each member, of any level
--     { member = "code", parent = "hoort_bij", level = "soort" })
--
-- Options: from and to (columns of dates: valid from a day on, and up to another, which is not included), labels (a
-- column of labels for a level), changes (what becomes of members: a table with date, old, new and share, or a list of
-- such rows), name.

local dk, core = ...

local OPTIONS = { "name", "from", "to", "labels", "member", "parent", "level", "changes" }
local CHANGE = { "date", "old", "new", "share" }

local function fail(format, ...)
  core.fail(("hierarchy: " .. format):format(...))
end

-- Columns that hold members are read as categories, so that 0034 and 34 stay what they are.
local function read(path, levels, options)
  local types = {}
  local named = options.member and { options.member, options.parent, options.level } or levels
  for _, name in ipairs(named) do
    types[name] = "category"
  end
  for _, side in ipairs { "from", "to" } do
    if options[side] then
      types[options[side]] = "date"
    end
  end
  return dk.read(path, { types = types })
end

-- A list of changes as a table.
local function changes_of(list)
  local rows = {}
  for i = 1, core.list(list, "hierarchy: changes") do
    local row = list[i]
    if type(row) ~= "table" then
      fail("change %d is a table such as { date = \"2018-01-01\", old = \"Rijnwaarden\", new = \"Zevenaar\" }, not %s", i,
        core.what(row))
    end
    core.check(row, ("hierarchy: change %d"):format(i), CHANGE)
    for _, key in ipairs { "date", "old", "new" } do
      if type(row[key]) ~= "string" and not (key == "date" and core.what(row.date) == "a date") then
        fail("%s of change %d is a string, not %s", key, i, core.what(row[key]))
      end
    end
    rows[i] = { date = row.date, old = row.old, new = row.new, share = row.share }
  end
  if #rows == 0 then
    return nil -- nothing changes
  end
  return dk.table(rows, { types = { date = "date", old = "category", new = "category" } })
end

local function hierarchy(source, levels, options)
  core.check(options, "hierarchy", OPTIONS)
  options = options or {}
  if type(levels) ~= "table" or core.kind(levels) then
    fail("the levels are a list of names, from the finest on: { \"gemeente\", \"arbeidsmarktregio\" }, not %s",
      core.what(levels))
  end
  local given = {}
  for _, key in ipairs(OPTIONS) do
    if levels[key] ~= nil then
      fail("the option %s stands behind the levels: dk.hierarchy(source, { \"gemeente\", \"regio\" }, { %s = ... })",
        key, key)
    end
    given[key] = options[key]
  end
  if type(source) == "string" then
    source = read(source, levels, options)
  elseif core.kind(source) ~= "table" then
    fail("the source is a table of dekking or a file, not %s", core.what(source))
  end
  if type(given.changes) == "string" then
    given.changes = dk.read(given.changes, { types = { date = "date", old = "category", new = "category" } })
  elseif given.changes and core.kind(given.changes) ~= "table" then
    if type(given.changes) ~= "table" then
      fail("changes are a table of dekking, a file or a list of rows, not %s", core.what(given.changes))
    end
    given.changes = changes_of(given.changes)
  end
  return core.hierarchy(source, levels, given)
end

-- t:recode("gemeente", geo:recode { on = "peildatum", to = "2018-01-01" })
-- t:recode("gemeente", geo:recode("2015-01-01", "2018-01-01") [, { divide = { "kolom_1" }, weight = "gewicht" }])
-- t:recode("gemeente", { "Duiven", "Westervoort" }, "Duiven-Westervoort" [, options])
local recode = core.record("recode", core.export(function(self, column, what, options, more)
  if type(what) == "table" and not core.kind(what) then
    local step = dk.merge(column, what, options)
    return core.table_recode(self, column, core.merges[step].recode, more)
  end
  return core.table_recode(self, column, what, options)
end))

-- t:recode(dk.merge("gemeente", { "Duiven", "Westervoort" }, "Duiven-Westervoort")), which is remembered as
-- it could have been asked without the step: nothing tells a step from its copy.
core.table_methods.recode = core.export(function(self, column, what, options, more)
  if core.kind(self) ~= "table" then
    core.fail "recode: call it on a table, with a colon: t:recode(\"gemeente\", geo:recode(from, to))"
  end
  local step = type(column) == "table" and core.merges and core.merges[column]
  if step and step.values then
    return recode(self, step.column, step.values, step.new_name, what)
  elseif step then
    return recode(self, step.column, step.recode, what)
  end
  return recode(self, column, what, options, more)
end)

return core.record("dk.hierarchy", core.export(hierarchy))
