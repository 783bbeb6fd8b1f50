-- tables.lua - dk.tables: the tables that the globals hold.

local dk, core = ...

-- dk.tables() -> a table of their names, in order, with rows, columns and bytes
return core.export(function()
  local names = {}
  for name, value in next, _G do
    if type(name) == "string" and core.kind(value) == "table" then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  local rows, columns, bytes = {}, {}, {}
  for i, name in ipairs(names) do
    local schema = rawget(_G, name):schema()
    rows[i], columns[i], bytes[i] = #rawget(_G, name), #schema, 0
    for row in schema:rows() do
      bytes[i] = bytes[i] + row.bytes
    end
  end
  return dk.table({ { "name", names }, { "rows", rows }, { "columns", columns }, { "bytes", bytes } },
    { types = { name = "text", rows = "integer", columns = "integer", bytes = "integer" } })
end)
