-- registry.lua - what scripts define by name: found under its name, listed in order of definition.
--
-- A name that is defined again takes its place and means the new thing, as at the prompt one tries again. Who loads a
-- pack, in which that is a mistake, watches.

local _, core = ...

local registry = {}
local watcher

-- registry.new "breakdown" -> register(name, value), and the function that lists: names by number, values by name
function registry.new(kind)
  local names, by_name = {}, {}
  local function register(name, value)
    if not by_name[name] then
      names[#names + 1] = name
    end
    by_name[name] = value
    if watcher then
      watcher { kind = kind, name = name, value = value, where = core.where() }
    end
  end
  return register, core.export(function()
    local list = table.move(names, 1, #names, 1, {})
    for name, value in pairs(by_name) do
      list[name] = value
    end
    return list
  end)
end

-- registry.alone("scenario", name, ...) raises where something stands beside the name: dk.scenario("plan", { ... })
function registry.alone(what, name, ...)
  local beside = ...
  if type(beside) == "table" then
    core.fail(("%s: the table stands behind the name, not beside it: dk.%s %q { ... }"):format(what, what, name))
  elseif select("#", ...) > 0 and type(beside) ~= "string" then -- the path that require gives too
    core.fail(("%s: a table stands behind the name, dk.%s %q { ... }, and not %s beside it")
      :format(what, what, name, core.what(beside)))
  end
end

-- registry.watch(told, body, ...) -> what pcall(body, ...) gives; meanwhile told is called with each definition
function registry.watch(told, body, ...)
  local before = watcher
  local _ <close> = setmetatable({}, { __close = function() watcher = before end }) -- Ctrl-C passes a pcall
  watcher = told
  return pcall(body, ...)
end

return registry
