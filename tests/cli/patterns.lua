-- patterns.lua - the program's find, match, gmatch and gsub beside stock Lua's, on generated texts and patterns, malformed
-- ones too: the results, and the texts of errors.

local SCRIPT = [==[
local state = 2463534242
local function below(n)
  state = state ~ (state << 13)
  state = state ~ (state >> 7)
  state = state ~ (state << 17)
  return (state >> 1) % n
end
local PARTS = { "a", "b", ".", "%a", "%d", "%s", "%w", "%p", "%x", "%z", "[ab]", "[^a]", "[a-c]", "[%a_]", "[]]", "[^]]",
  "%%", "%b()", "%b", "%f[%w]", "%f", "%1", "%2", "()", "(", ")", "(a",
  "(.-)", "(%w*)", "^", "$", "[", "[a", "[a-", "%", "-", "\0", "\xC3" }
local SIGNS = { "*", "+", "-", "?", "", "", "", "" }
local LETTERS = { "a", "b", "c", "1", " ", "(", ")", "]", "_", "\0", "\xC3\xA9", "%" }
local REPLACEMENTS = { "", "<%0>", "%1", "%2%1", "%%", "%", "%x", 7, { a = "A", b = false, ["1"] = 2 },
  function(x, y) return y and x end, function() return {} end, function() end, true }
local function text(list, most)
  local t = {}
  for i = 1, below(most + 1) do t[i] = list[below(#list) + 1] end
  return table.concat(t)
end
local function show(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = ("%q"):format(type(t[i]) == "table" and "table" or t[i]) end
  print(table.concat(t, " "))
end
local function pattern()
  local t = {}
  for i = 1, below(5) do t[i] = PARTS[below(#PARTS) + 1] .. SIGNS[below(#SIGNS) + 1] end
  return table.concat(t)
end
for _ = 1, 20000 do
  local s, p, init = text(LETTERS, 12), pattern(), below(4) == 0 and below(30) - 15 or nil
  show(pcall(string.find, s, p, init, below(8) == 0))
  show(pcall(string.match, s, p, init))
  show(pcall(string.gsub, s, p, REPLACEMENTS[below(#REPLACEMENTS) + 1], below(3) == 0 and below(5) - 1 or nil))
  show(pcall(function()
    local found = {}
    for a, b in string.gmatch(s, p, init) do found[#found + 1] = tostring(a) .. "," .. tostring(b) end
    return table.concat(found, ";")
  end))
end
show(pcall(string.find, ("a"):rep(300), ("a?"):rep(300) .. ("a"):rep(300)))
show(pcall(string.find, "x", ("(x)"):rep(33)))
show(pcall(string.match, ("a"):rep(250000), (".-"):rep(201) .. "b"))
for _, f in ipairs { "find", "match", "gmatch", "gsub" } do
  show(pcall(string[f]))
  show(pcall(string[f], "a"))
  show(pcall(string[f], "a", "a", {}, "x"))
  show(pcall(string[f], nil, "a", "b", 1.5))
end
print(("x"):rep(1000):gsub("x", ("%0y"):rep(10)))
]==]

return function(shell, check)
  shell.write("patterns.lua", SCRIPT)
  local stock, ours = shell.run "lua5.4 patterns.lua", shell.run(shell.program .. " patterns.lua")
  local place = 1
  while place <= #stock.out and stock.out:byte(place) == ours.out:byte(place) do place = place + 1 end
  check.same("patterns", "what goes wrong", stock.err, ours.err)
  check.ok("patterns", #stock.out > 1e6, "stock Lua says too little")
  check.ok("patterns", stock.out == ours.out, ("it differs: stock Lua says\n%s\n  and not\n%s"):format(
    stock.out:sub(math.max(1, place - 200), place + 50), ours.out:sub(math.max(1, place - 200), place + 50)))
end
