-- arguments.lua - what is given and not used, or used as what it is not: nothing is left out without a word.

local test = ...

local function people(dk)
  return dk.table { { "gemeente", { "Duiven", "Arnhem", "Arnhem" } }, { "leeftijd", { 20, 30, 40 } } }
end

test("options behind a single name are those that stand behind a list", function(t, dk)
  local data = people(dk)
  t.eq(data:distinct("gemeente", { keep = "last" }).leeftijd:to_lua(), { 20, 40 })
  t.eq(data:distinct({ "gemeente" }, { keep = "last" }).leeftijd:to_lua(), { 20, 40 })
  t.eq(data:distinct(data.gemeente, { keep = "first" }).leeftijd:to_lua(), { 20, 30 })
  t.raises(function() return data:distinct("gemeente", { kep = "last" }) end, "distinct has no option 'kep'")
  t.raises(function() return data:distinct("gemeente", { "leeftijd" }) end, "distinct: options have names, not 1 as a key")
  t.eq(data:sort("leeftijd * $richting", { richting = -1 }).leeftijd:to_lua(), { 40, 30, 20 })
  t.raises(function() return data:sort("leeftijd", { n = 1 }) end, "no expression uses the parameter $n, or any other")
end)

test("a parameter that a breakdown does not use is refused", function(t, dk)
  local data = people(dk)
  local young = dk.breakdown { measures = "n = count() where leeftijd < $grens" }
  local all = dk.breakdown { measures = "n = count()" }
  t.eq(young(data, { grens = 35 }).n[1], 2)
  t.says(function() return young(data, { grens = 35, gens = 1 }) end,
    "no expression uses the parameter $gens (did you mean $grens?)")
  t.says(function() return all(data, { grens = 35 }) end, "no expression uses the parameter $grens, or any other")
  t.says(function() return data:breakdown({ measures = "n = count()" }, { grens = 35 }) end,
    "no expression uses the parameter $grens, or any other")
  t.says(function() return young:plan(data, { grens = 35, x = 1 }) end,
    "no expression uses the parameter $x (used: $grens)")
  -- Together they share them.
  t.eq(data:breakdowns({ all, young }, { grens = 35 })[2].n[1], 2)
  t.says(function() return data:breakdowns({ all, young }, { grens = 35, x = 1 }) end,
    "no expression uses the parameter $x (used: $grens)")
end)

test("what was closed is called so", function(t, dk)
  local data = people(dk)
  local gone
  do
    local other <close> = data:head(1)
    gone = other
  end
  t.says(function() return dk.hierarchy(data, { "gemeente" }, { changes = gone }) end,
    "hierarchy: changes is a table of dekking, not a table of dekking that was closed")
  t.says(function() return dk.breakdown { by = gone, measures = "n = count()" } end,
    "breakdown: an entry of by is 'name = expression' as a string; got a table of dekking that was closed")
end)
