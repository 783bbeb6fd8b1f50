-- stated.lua - what a scenario states: doc, assumptions, and of its parameters range, unit and meaning.

local test = ...

local PACK = [[
dk.scenario "outreach" {
  doc = "what a campaign would do",
  assumptions = { "who is asked answers", "nobody leaves the register" },
  params = { aantal = { 500, min = 0, max = 1000, unit = "persons", doc = "who registers" } },
  { "register", where = "not in_sonar", count = "$aantal", set = { in_sonar = true } },
}
]]

local function scenario(dk, name, options)
  options[1] = { name, where = "not in_sonar", share = "$f", set = { in_sonar = true }, allow_none = true }
  return dk.scenario(name)(options)
end

test("a scenario says what it is for and what it assumes, wherever it is shown", function(t, dk)
  local made = dk.pack(t.file("pack.lua", PACK)).scenarios.outreach
  t.eq(made:doc(), "what a campaign would do")
  t.eq(made:assumptions(), { "who is asked answers", "nobody leaves the register" })
  t.has(tostring(made), "doc: what a campaign would do", "assumes: who is asked answers",
    "assumes: nobody leaves the register", "$aantal = 500 persons (0 to 1000): who registers")
  for _, other in ipairs { made:with { aantal = 10 }, made:named "other" } do
    t.eq(other:doc(), made:doc())
    t.eq(other:assumptions(), made:assumptions())
  end
  t.eq(scenario(dk, "plain", { params = { f = 1 } }):assumptions(), {})
  t.eq(scenario(dk, "plain", { params = { f = 1 }, assumptions = "one alone" }):assumptions(), { "one alone" })
end)

test("a composition states what both state, each assumption once", function(t, dk)
  local a = scenario(dk, "a", { params = { f = 0.5 }, doc = "first", assumptions = { "same", "of a" } })
  local b = scenario(dk, "b", { params = { f = 0.5 }, doc = "second", assumptions = { "of b", "same" } })
  t.eq((a .. b):doc(), "first; second")
  t.eq((a .. b):assumptions(), { "same", "of a", "of b" })
  t.eq((a .. a):doc(), "first")
end)

test("a parameter of two scenarios is defined the same in both, meaning and unit included", function(t, dk)
  local function with(param) return scenario(dk, "s", { params = { f = param } }) end
  local plain = with { 0.5, min = 0, max = 1, unit = "of them", doc = "who registers" }
  t.eq((plain .. with { 0.5, min = 0, max = 1, unit = "of them", doc = "who registers" }):params().f.max, 1)
  t.raises(function() return plain .. with { 0.5, min = 0, max = 1, unit = "persons", doc = "who registers" } end,
    "both scenarios have a parameter f, the one in of them and the other in persons")
  t.raises(function() return plain .. with { 0.5, min = 0, max = 1, unit = "of them", doc = "who answers" } end,
    'both scenarios have a parameter f, the one as "who registers" and the other as "who answers"')
  t.raises(function() return plain .. with { 0.5, min = 0, max = 1, unit = "of them" } end, "nothing in words")
  t.raises(function() return plain .. with { 0.5, min = 0, max = 0.9, unit = "of them", doc = "who registers" } end, "f")
  t.raises(function() return plain .. with { 0.6, min = 0, max = 1, unit = "of them", doc = "who registers" } end, "f")
end)

test("what is no text is refused", function(t, dk)
  local function wrong(options, ...)
    options[1] = { "s", all = true, set = { in_sonar = true } }
    t.raises(function() return dk.scenario "s" (options) end, ...)
  end
  wrong({ doc = 1 }, "doc is a string, not a number")
  wrong({ assumptions = 1 }, "assumptions are a list of strings, not a number")
  wrong({ assumptions = { "a", 2 } }, "assumption 2 is a number, and not what is assumed, in words")
  wrong({ assumptions = { "" } }, "assumption 1 is an empty text")
  wrong({ assumption = { "a" } }, "did you mean 'assumptions'?")
end)
