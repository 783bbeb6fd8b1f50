-- define.lua - dk.define: functions written in Lua, for expressions.
--
--   dk.define "klasse" {
--     levels = { "jong", "midden", "oud" },
--     call = function(leeftijd) return leeftijd < 27 and "jong" or leeftijd < 50 and "midden" or "oud" end,
--   }
--   register:breakdown { by = "groep = klasse(leeftijd)", measures = "n = count()" }
--
-- What a function gives depends on its arguments alone: it is called once for each of a category's levels, and for each
-- number of a short range, not once for each row.

local dk, core = ...

local OPTIONS = { "doc", "arguments", "result", "levels", "nulls", "call" }

local registry = core.part "registry"
local register, list = registry.new "function"

local function count_arguments(call, name)
  local info = debug.getinfo(call, "u")
  if info.isvararg or info.nparams == 0 then
    core.fail(("define: state how many arguments %s takes: arguments = 2"):format(name))
  end
  return info.nparams
end

local function define(name, options)
  if type(options) ~= "table" then
    core.fail(("define wants a table with call and result, not %s"):format(core.what(options)))
  end
  core.check(options, "define", OPTIONS)
  if options.doc ~= nil and type(options.doc) ~= "string" then
    core.fail "define: doc is a string"
  end
  if type(options.call) ~= "function" then
    core.fail(options.call == nil and "define: call is missing"
      or ("define: call is a function, not %s"):format(core.what(options.call)))
  end
  if (options.result == nil) == (options.levels == nil) then
    core.fail(('define: say what %s gives: result = "integer" or another type, or levels = { ... } of a category%s')
      :format(name, options.levels and ", not both" or ""))
  end
  core.define(name, {
    arguments = options.arguments == nil and count_arguments(options.call, name) or options.arguments,
    result = options.result, levels = options.levels, nulls = options.nulls, call = options.call,
  })
  register(name, options.doc or "")
end

-- The names of the functions that were defined, in that order, and the doc of each under its name.
dk.functions = list

return core.export(function(name, ...)
  if type(name) ~= "string" then
    core.fail(('define: write dk.define "name" { result = ..., call = ... }, not %s'):format(core.what(name)))
  end
  registry.alone("define", name, ...)
  return core.export(function(options) define(name, options) end)
end)
