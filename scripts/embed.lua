-- embed.lua - turns the Lua files of the library into one C source, so that the program needs no files beside it.
--
-- usage: lua5.4 scripts/embed.lua FILE.lua ... > library_data.c
--
-- Files of scripts/library are annotations, which say what there is; of pages of docs/ the tables are kept, since those
-- of functions are shown too; all others are parts of the library. The declarations it fills in stand in
-- engine/lua/library.h. Bytes are written as numbers: a string literal would meet the limit that C sets to its length.

print('#include "lua/library.h"\n')

local entries, annotations = {}, {}
for i, path in ipairs(arg) do
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  local name = path:match "(docs/[^/]+)%.md$"
  if name then
    text = ("\n" .. text):gsub("\n[^|\n][^\n]*", ""):gsub("\n\n+", "\n")
  else
    assert(load(text, "@" .. path, "t")) -- a syntax error shows when building, not when first used
    name = assert(path:match "([^/]+)%.lua$", path .. " is no Lua file")
  end
  local numbers = {}
  for at = 1, #text, 20 do
    numbers[#numbers + 1] = table.concat({ text:byte(at, at + 19) }, ",")
  end
  print(("static const unsigned char script_%d[] = {\n%s, 0 };"):format(i, table.concat(numbers, ",\n")))
  local list = path:find "library/[^/]+$" and annotations or name:find "/" and annotations or entries
  list[#list + 1] = ('    { "%s", (const char *)script_%d, sizeof script_%d - 1 },'):format(name, i, i)
end

-- The array of that name, and how many it has.
local function show(list, name, count)
  if #list == 0 then
    print(("const dkl_script %s[1] = { { 0, 0, 0 } };"):format(name))
  else
    print(("const dkl_script %s[] = {\n%s\n};"):format(name, table.concat(list, "\n")))
  end
  print(("const size_t %s = %d;"):format(count, #list))
end

show(entries, "dkl_scripts", "dkl_n_scripts")
show(annotations, "dkl_annotations", "dkl_n_annotations")
