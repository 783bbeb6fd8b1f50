-- messages_data.lua - what is said, whole, of files, weights, answers and names that are not what they should be.

local test = ...

test("snapshots that lack their end", function(t, dk)
  local path, cut = t.path "heel.dk", t.path "half.dk"
  dk.table({ { "n", { 1, 2, 3 } } }):save(path)
  local bytes = t.read(path)
  local file = assert(io.open(cut, "wb"))
  file:write(bytes:sub(1, 200))
  file:close()
  t.says(function() return dk.open(cut) end,
    ("%s: is cut off: %d bytes were written, and 200 are there (take a copy of the file, or make it anew from its source)")
    :format(cut, #bytes))
end)

test("patterns of files that cannot be looked for", function(t, dk)
  local long = ("a"):rep(300) .. "/*.csv"
  t.raises(function() return dk.read(long) end, "aaa: a folder on the way to it cannot be looked into")
end)

test("workbooks that have nowhere to be made", function(t)
  local text = t.run("dk.table({ { 'n', { 1 } } }):write '/tmp/dekking-never.xlsx'", nil, "TMPDIR=/nosuch")
  t.has(text, "the workbook could not be made in the folder for temporary files: No such file or directory")
end)
