-- stated.lua - what a scenario states of itself beside its steps: doc, assumptions, and the range, unit and meaning of
-- its parameters.

local _, core = ...

local given_as = core.part "given".kind

local stated = {}

-- stated.read(options) -> doc, list of assumptions
function stated.read(options)
  local doc, list = options.doc, {}
  if doc ~= nil and type(doc) ~= "string" then
    core.fail(("scenario: doc is a string, not %s"):format(given_as(doc)))
  end
  local assumptions = options.assumptions
  if assumptions == nil or type(assumptions) == "string" then
    assumptions = { assumptions }
  end
  if type(assumptions) ~= "table" or core.kind(assumptions) then
    core.fail(("scenario: assumptions are a list of strings, not %s"):format(given_as(assumptions)))
  end
  for i = 1, core.list(assumptions, "scenario: assumptions") do
    if type(assumptions[i]) ~= "string" or assumptions[i] == "" then
      core.fail(("scenario: assumption %d is %s, and not what is assumed, in words"):format(i,
        assumptions[i] == "" and "an empty text" or given_as(assumptions[i])))
    end
    list[i] = assumptions[i]
  end
  return doc, list
end

-- What two scenarios state together: both docs, every assumption once.
function stated.join(left, right)
  local doc, list, seen = left.doc or right.doc, {}, {}
  if left.doc and right.doc and left.doc ~= right.doc then
    doc = left.doc .. "; " .. right.doc
  end
  for _, spec in ipairs { left, right } do
    for _, text in ipairs(spec.assumptions or {}) do
      if not seen[text] then
        seen[text] = true
        list[#list + 1] = text
      end
    end
  end
  return doc, list
end

-- Raises where two scenarios give a parameter of one name another unit or meaning; that its value and range are the same
-- the engine checks.
function stated.check_same(a, b)
  if a.unit ~= b.unit then
    core.fail(("both scenarios have a parameter %s, the one in %s and the other in %s"):format(a.name,
      a.unit or "no unit", b.unit or "no unit"))
  elseif a.doc ~= b.doc then
    core.fail(("both scenarios have a parameter %s, the one as %s and the other as %s"):format(a.name,
      a.doc and ("%q"):format(a.doc) or "nothing in words", b.doc and ("%q"):format(b.doc) or "nothing in words"))
  end
end

-- "$aandeel = 0.30 persons (0 to 1): what it is"; value stands for another than its own
function stated.param(param, value)
  local range = ""
  if param.min ~= nil or param.max ~= nil then
    range = (" (%s to %s)"):format(param.min == nil and "..." or tostring(param.min),
      param.max == nil and "..." or tostring(param.max))
  end
  return ("$%s = %s%s%s%s"):format(param.name, value or core.literal(param.value), param.unit and " " .. param.unit or "",
    range, param.doc and ": " .. param.doc or "")
end

-- Adds what a scenario states to the lines that show it.
function stated.show(spec, lines)
  if spec.doc then
    lines[#lines + 1] = "  doc: " .. spec.doc
  end
  for _, text in ipairs(spec.assumptions or {}) do
    lines[#lines + 1] = "  assumes: " .. text
  end
  for _, param in ipairs(spec.params) do
    lines[#lines + 1] = "  " .. stated.param(param)
  end
end

return stated
