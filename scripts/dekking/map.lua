-- map.lua - t:map: a column that a function of the script makes, row by row.
--
--   t:map("naam", function(row) return row.voornaam .. " " .. row.achternaam end)

local dk, core = ...

local OPTIONS = { "columns", "type" }

-- Lists of a function's values become a column of the type, or of the one that is found.
local function column_of(list, name, value_type)
  return dk.table({ { name, list } }, { types = value_type ~= nil and { [name] = value_type } or nil }):column(name)
end

local function by_rows(data, call)
  local list, i = { n = #data }, 0
  for row in data:rows() do
    i = i + 1
    list[i] = call(row)
  end
  return list
end

core.table_methods.map = core.export(function(self, name, call, options)
  if core.kind(self) ~= "table" then
    core.fail "map: call it on a table, with a colon: t:map(\"name\", function(row) ... end)"
  end
  if type(name) ~= "string" or name == "" then
    core.fail(("map: the first argument is the name of the new column, not %s"):format(core.what(name)))
  end
  core.check(options or {}, "map", OPTIONS)
  options = options or {}
  if type(call) ~= "function" then
    core.fail(("map wants a function of a row, not %s"):format(core.what(call)))
  end
  local data = options.columns and self:select(options.columns) or self
  return core.with_made(self, name, column_of(by_rows(data, call), name, options.type))
end)

return true
