-- fields.lua - the fields of a line, between tabs, as a list.

return function(line)
  local fields = {}
  for field in (line .. "\t"):gmatch "([^\t]*)\t" do
    fields[#fields + 1] = field
  end
  return fields
end
