-- layers.lua - keeps the layers honest: a folder of engine/ includes only headers of itself and of the layers
-- before it, a public header only those of its own layer and the ones before it, and only engine/lua and engine/cli
-- include Lua.
--
-- The rule is a function of a path and a text; it is tried first on files that break it, so that it cannot pass
-- because it sees nothing.

local LAYERS = {
  "base", "data", "snapshot", "read", "expr", "rows", "join", "measure", "query",
  "scenario", "whatif", "protect", "write", "remote", "lua", "cli",
}
local SEES_LUA = { lua = true, cli = true }
-- Tests of the bindings see it too: hosts that open states, units named after a binding, and what times a call.
local LUA_TESTS = { "^tests/cli/", "^tests/unit/test_lua_", "^tests/bench/calls%.c$" }
-- The public header of a concept belongs to the layer that implements it.
local PUBLIC = {
  api = "base", error = "base", context = "base", value = "base",
  append = "data", dictionary = "data", levels = "data", members = "data", column = "data", table = "data",
  lineage = "data", hierarchy = "data", recode = "data", snapshot = "snapshot", fingerprint = "snapshot",
  csv = "read", published = "read", xlsx = "read",
  expr = "expr", aggregate = "expr", ["function"] = "expr",
  sort = "rows", window = "rows", sample = "rows",
  join = "join", set = "join",
  breakdown = "query", top = "query", pivot = "query", tighten = "query",
  scenario = "scenario", allocate = "whatif", bands = "whatif", contribution = "whatif", sweep = "whatif",
  write = "write",
}
local LUA_HEADERS = {
  ["lua.h"] = true, ["lua.hpp"] = true, ["lauxlib.h"] = true, ["lualib.h"] = true, ["luaconf.h"] = true,
}

local rank = {}
for i, layer in ipairs(LAYERS) do
  rank[layer] = i
end

-- What is wrong with including that name, nil where nothing is. layer is the including file's; nil outside the
-- engine, where a test may include anything of ours.
local function fault_of(name, quoted, layer, is_public, sees_lua)
  if LUA_HEADERS[name:match "[^/]+$"] then
    return not sees_lua and "includes Lua"
  end
  local folder, rest = name:match "^([^/]+)/(.+)$"
  if folder == ".." or folder == "." then
    return "includes by a way through the folders"
  end
  if not layer then
    return nil
  end
  if folder == "dekking" then
    local concept = rest:match "^([^/]+)%.h$"
    if concept == "dekking" then
      return rank[layer] < rank.lua and "includes all public headers, not those that it needs"
    end
    local owner = PUBLIC[concept]
    return not owner and "includes a public header that tests/layers.lua gives to no layer"
      or rank[owner] > rank[layer] and "includes a public header of a later layer"
  end
  if is_public and (quoted or rank[folder]) then
    return "is public and includes what is not"
  end
  if quoted and folder and not rank[folder] then
    return "includes a folder that is no layer"
  end
  return rank[folder] and rank[folder] > rank[layer] and "includes a later layer"
end

-- The layer of a path, nil outside the engine; and whether it is a public header.
local function layer_of(path)
  local concept = path:match "^include/dekking/([^/]+)%.h$"
  if concept then
    return concept == "dekking" and "cli" or PUBLIC[concept], true
  end
  return path:match "^engine/([^/]+)/", false
end

-- Lists of faults ("path:line: what"), and of what was included.
local function look_at(path, text)
  local faults, included, number = {}, {}, 0
  local layer, is_public = layer_of(path)
  local sees_lua = SEES_LUA[layer]
  for _, pattern in ipairs(LUA_TESTS) do
    sees_lua = sees_lua or path:find(pattern) ~= nil
  end
  if layer and not rank[layer] or is_public and not layer then
    return { path .. ": lies in no layer of the list in tests/layers.lua" }, {}
  end
  for line in (text .. "\n"):gmatch "(.-)\r?\n" do
    number = number + 1
    if line:find "^%s*#%s*include" or line:find "^%s*%%:%s*include" or line:find "^%s*#%s*import" then
      local open, name = line:match '^%s*#%s*include%s*([<"])([^>"]+)[>"]'
      local fault = not name and "includes what cannot be read here"
        or fault_of(name, open == '"', layer, is_public, sees_lua)
      if fault then
        faults[#faults + 1] = ("%s:%d: %s: %s"):format(path, number, fault, line)
      end
      included[#included + 1] = name
    end
  end
  return faults, included
end

local check = dofile "tests/check.lua"

-- The rule itself -------------------------------------------------------------------------------------------------

local BREAKS, KEEPS = true, false
for _, sample in ipairs {
  { KEEPS, "engine/query/plan.c", '#include "plan.h"\n#include <stdio.h>\n#include "base/hash.h"' },
  { KEEPS, "engine/query/plan.c", '#include "query/x.h"\n#include <sys/stat.h>' },
  { KEEPS, "engine/query/plan.c", "#include <dekking/table.h>\n#include <dekking/breakdown.h>" },
  { BREAKS, "engine/query/plan.c", '#include "scenario/cells.h"' },
  { BREAKS, "engine/query/plan.c", "#include <scenario/cells.h>" }, -- -Iengine finds it so too
  { BREAKS, "engine/query/plan.c", '  #  include   "write/cells.h" /* why */' },
  { BREAKS, "engine/query/plan.c", '#include "base/hash.h"\r\n#include "cli/line.h"\r\n' },
  { BREAKS, "engine/query/plan.c", '#include "../scenario/cells.h"' },
  { BREAKS, "engine/query/plan.c", '#include "./plan.h"' },
  { BREAKS, "engine/query/plan.c", '#include "elsewhere/cells.h"' },
  { BREAKS, "engine/query/plan.c", "#include CELLS_HEADER" },
  { BREAKS, "engine/query/plan.c", '#include /* "x.h" */ "scenario/cells.h"' },
  { BREAKS, "engine/query/plan.c", '%:include "scenario/cells.h"' },
  { BREAKS, "engine/query/plan.c", "#include <dekking/scenario.h>" },
  { BREAKS, "engine/query/plan.c", '#include "dekking/write.h"' },
  { BREAKS, "engine/query/plan.c", "#include <dekking/nonsense.h>" },
  { BREAKS, "engine/query/plan.c", "#include <dekking/dekking.h>" },
  { BREAKS, "engine/query/plan.c", "#include <lua.h>" },
  { BREAKS, "engine/query/plan.h", '#include "lauxlib.h"' },
  { BREAKS, "engine/query/plan.c", "#include <lua5.4/lualib.h>" },
  { BREAKS, "engine/base/hash.c", '#include "data/column_parts.h"' },
  { KEEPS, "engine/base/hash.c", '#include "hash.h"\n#include <xxhash.h>' },
  { BREAKS, "engine/write/html.c", '#include "remote/sql.h"' },
  { KEEPS, "engine/write/html.c", '#include "scenario/cells.h"' },
  { KEEPS, "engine/lua/bind.c", "#include <lua.h>\n#include <dekking/dekking.h>" },
  { BREAKS, "engine/lua/bind.c", '#include "cli/line.h"' },
  { KEEPS, "engine/cli/main.c", '#include <lualib.h>\n#include "lua/bind.h"\n#include "cli/line.h"' },
  { KEEPS, "tests/unit/test_lua_memory.c", "#include <lauxlib.h>" },
  { BREAKS, "tests/unit/test_hash.c", "#include <lauxlib.h>" },
  { BREAKS, "engine/network/http.c", "#include <stdio.h>" },
  { KEEPS, "include/dekking/column.h", "#include <dekking/context.h>\n#include <stdint.h>" },
  { BREAKS, "include/dekking/column.h", "#include <dekking/scenario.h>" },
  { BREAKS, "include/dekking/column.h", '#include "context.h"' },
  { BREAKS, "include/dekking/column.h", "#include <base/memory.h>" },
  { BREAKS, "include/dekking/column.h", "#include <lua.h>" },
  { BREAKS, "include/dekking/nonsense.h", "#include <stdint.h>" },
  { KEEPS, "include/dekking/dekking.h", "#include <dekking/write.h>\n#include <dekking/api.h>" },
  { KEEPS, "tests/unit/test_plan.c", '#include "check.h"\n#include "query/plan.h"\n#include <sqlite3.h>' },
  { BREAKS, "tests/unit/test_plan.c", "#include <lua.h>" },
  { KEEPS, "engine/base/hash.c", '/* it does not\n * #include "data/table.h" */\nint include;' },
} do
  local breaks, path, text = table.unpack(sample)
  local faults = look_at(path, text)
  check.that((#faults > 0) == breaks, ("%s should %s: %s"):format(path, breaks and "break the rule" or "keep it", text))
  check.that(#faults <= 1, ("%s has more than one fault: %s"):format(path, table.concat(faults, "\n")))
end
check.that(look_at("engine/data/a.c", 'x\n\n#include "read/b.h"\n')[1] ==
  'engine/data/a.c:3: includes a later layer: #include "read/b.h"', "a fault is told with its place")

-- The tree --------------------------------------------------------------------------------------------------------

local n_files, n_included = {}, 0
local pipe = assert(io.popen "find engine include tests -name '*.[ch]' | sort")
for path in pipe:lines() do
  local file = assert(io.open(path))
  local faults, included = look_at(path, file:read "a")
  file:close()
  local top = path:match "^engine/[^/]+" or path:match "^[^/]+"
  n_files[top], n_included = (n_files[top] or 0) + 1, n_included + #included
  check.that(#faults == 0, table.concat(faults, "\n"))
end
assert(pipe:close())

-- It did see the tree: each layer that has anything, the public headers and the tests.
for _, top in ipairs { "engine/base", "engine/data", "engine/lua", "engine/cli", "include", "tests" } do
  check.that((n_files[top] or 0) > 3, top .. " has no files")
end
check.that(n_included > 500, ("only %d includes were seen"):format(n_included))

check.finish()
