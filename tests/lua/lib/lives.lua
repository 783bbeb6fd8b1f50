-- lives.lua - members that come and go, for random divisions: each with the days of its life.
--
-- usage: local model, born, alive = dofile "lives.lua" (DAYS)
--
-- model has lists of names, from and to by name, and an empty table of changes. born(d) is a new name that lives from that
-- day on; alive(pick) are those that live on, in random order.

return function(n_days)
  local model = { names = {}, from = {}, to = {}, changes = {} }
  local function born(d)
    local name = "m" .. #model.names + 1
    model.names[#model.names + 1], model.from[name], model.to[name] = name, d, n_days
    return name
  end
  local function alive(pick)
    local list = {}
    for _, name in ipairs(model.names) do
      if model.to[name] == n_days then table.insert(list, pick(#list + 1) + 1, name) end
    end
    return list
  end
  return model, born, alive
end
