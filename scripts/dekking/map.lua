-- map.lua - t:map: a column that a function of the script makes, row by row or block by block.
--
--   t:map("naam", function(row) return row.voornaam .. " " .. row.achternaam end)
--   t:map("kwadraat", { columns = "x", type = "integer", block = function(b)
--     local x, out = b.x, {}
--     for i = 1, #b do out[i] = x[i] and x[i] * x[i] or dk.null end
--     return out
--   end })

local dk, core = ...

local BLOCK = 4096 -- rows after which progress is told
local OVER = setmetatable({}, { __close = core.end_progress })

local OPTIONS = { "columns", "type", "block" }

-- Lists of a function's values become a column of the type, or of the one that is found.
local function column_of(list, name, value_type)
  return dk.table({ { name, list } }, { types = value_type ~= nil and { [name] = value_type } or nil }):column(name)
end

local function by_rows(data, call)
  local list, i = { n = #data }, 0
  local _ <close> = core.begin_progress() and OVER
  for row in data:rows() do
    i = i + 1
    list[i] = call(row)
    if i % BLOCK == 0 then
      core.progress(i, list.n)
    end
  end
  return list
end

local function by_blocks(data, call, name)
  local list, at = { n = #data }, 0
  local _ <close> = core.begin_progress() and OVER
  for block in data:blocks() do
    local n = #block
    local values = call(block)
    if type(values) ~= "table" then
      core.fail(("map: the function of %s gives a list of %d values, one for each row of the block, and gave %s")
        :format(name, n, core.what(values)))
    end
    if values.n ~= n and values[n] == nil or values[n + 1] ~= nil then
      core.fail(("map: the function of %s gives as many values as the block has rows, %d (dk.null for what is not known)")
        :format(name, n))
    end
    table.move(values, 1, n, at + 1, list)
    at = at + n
    core.progress(at, list.n)
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
  if type(call) == "table" and options == nil then
    call, options = nil, call
  end
  core.check(options, "map", OPTIONS)
  options = options or {}
  local block = options.block
  if (call == nil) == (block == nil) then
    core.fail "map wants a function of a row, or { block = a function of a block }"
  end
  if type(call or block) ~= "function" then
    core.fail(("map wants a function, not %s (t:derive takes expressions)"):format(core.what(call or block)))
  end
  local data = options.columns ~= nil and self:select(options.columns) or self
  local list = core.explained(block and by_blocks or by_rows, data, call or block, name)
  return core.with_made(self, name, column_of(list, name, options.type))
end)

return true
