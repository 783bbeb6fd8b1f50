-- again.lua - what is told of a row or a cell, asked again and compared.
--
-- usage: local again = dofile "again.lua"
--        local n = again.check(t, told, row, source [, left_out])

local again = {}

-- What a table has in a column, of its first row, as a text that tells null and numbers apart.
function again.only(data, name)
  local value = data:column(name):to_lua { plain = true }[1]
  return tostring(type(value) == "number" and value + 0.0 or value)
end

-- Every column of the row, a table of one row, is given again by its question, but for those left out: { name = true }.
-- Returns how many are.
function again.check(t, told, row, source, left_out)
  local n = 0
  for each in row:schema():rows() do
    if not (left_out and left_out[each.name]) then
      t.eq(again.only(told.again(each.name, source), "cell"), again.only(row, each.name), each.name)
      n = n + 1
    end
  end
  return n
end

return again
