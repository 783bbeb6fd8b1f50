-- layers.lua - keeps the layers honest: a folder of engine/ includes only headers of itself and of the layers before it,
-- only engine/lua and engine/cli include Lua, and public headers include only public headers.

local LAYERS = { "base", "data", "read", "query", "scenario", "protect", "write", "remote", "lua", "cli" }
local SEES_LUA = { lua = true, cli = true }
-- The public header of a concept belongs to the layer that implements it.
local PUBLIC = {
  api = "base", error = "base", context = "base", value = "base",
  append = "data", dictionary = "data", column = "data", table = "data",
  csv = "read", published = "read", xlsx = "read",
  expr = "query", breakdown = "query", sort = "query", join = "query",
  scenario = "scenario",
  write = "write",
}

local rank = {}
for i, layer in ipairs(LAYERS) do
  rank[layer] = i
end

local passed, failed = 0, 0
local function check(ok, ...)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
    print(string.format(...))
  end
end

local function files(command)
  local pipe = assert(io.popen(command))
  local list = {}
  for path in pipe:lines() do
    list[#list + 1] = path
  end
  assert(pipe:close())
  return list
end

local function includes(path)
  local list, number = {}, 0
  for line in io.lines(path) do
    number = number + 1
    local name = line:match '^%s*#%s*include%s*[<"]([^>"]+)[>"]'
    if name then
      list[#list + 1] = { name = name, at = path .. ":" .. number, quoted = line:find '"' ~= nil }
    end
  end
  return list
end

local function is_lua(name) return name == "lua.h" or name == "lauxlib.h" or name == "lualib.h" or name == "luaconf.h" end

for _, path in ipairs(files "find engine -name '*.[ch]' | sort") do
  local layer = path:match "^engine/([^/]+)/"
  check(rank[layer], "%s lies in no layer of the list in tests/layers.lua", path)
  for _, include in ipairs(includes(path)) do
    local other = include.quoted and include.name:match "^([^/]+)/"
    if other then
      check(rank[other] and rank[other] <= rank[layer], "%s: %s includes %s of a later layer", include.at, layer,
        include.name)
    end
    local concept = include.name:match "^dekking/([^/]+)%.h$"
    if concept and concept ~= "dekking" then
      local owner = PUBLIC[concept]
      check(owner, "%s: <dekking/%s.h> is given to no layer in tests/layers.lua", include.at, concept)
      check(owner and rank[owner] <= rank[layer], "%s: %s includes <%s> of a later layer", include.at, layer,
        include.name)
    elseif concept then
      check(rank[layer] >= rank.lua, "%s: the engine includes the headers that it needs, not all of them", include.at)
    end
    if is_lua(include.name) then
      check(SEES_LUA[layer], "%s: %s includes Lua", include.at, layer)
    end
  end
end

for _, path in ipairs(files "find include -name '*.h' | sort") do
  for _, include in ipairs(includes(path)) do
    check(not include.quoted and not is_lua(include.name), "%s: a public header includes %s", include.at, include.name)
  end
end

print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0)
