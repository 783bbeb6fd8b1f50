-- explain_point.lua - a scenario with certain values of its parameters: what a comparison tells of a cell there, for what
-- has numbers of several such points (explain_answer.lua).

local dk, core = ...

local parts, words, questions = core.part "explain_parts", core.part "explain_words", core.part "explain_asked"
local turned, cells_of = core.part "explain_turned", core.part "explain_find".cells

local point = {}

-- The values that a row has for dimensions, as a cell is asked for, beside those that are fixed; and whether all of them
-- are totals.
local function wanted_of(row, dims, fixed)
  local wanted, whole = {}, true
  for name, value in pairs(fixed) do
    wanted[name], whole = value, whole and value == dk.total
  end
  for _, name in ipairs(dims) do
    if words.is_total(row, name) then
      wanted[name] = dk.total
    else
      local value = row:column(name):to_lua()[1]
      wanted[name], whole = value == nil and dk.null or value, false
    end
  end
  return wanted, whole
end

-- The breakdown without what says which of its rows are shown.
function point.all_rows(breakdown)
  return breakdown:with { order = dk.null, limit = dk.null, rest = dk.null }
end

-- what: { breakdown =, data =, scenario = }; row: of the dimensions dims; fixed: values of others. Gives { text =, cell =
-- as explain_cell.lua, name = of the scenario, row = the comparison's }; or nil and why there is none.
function point.tell(what, params, row, dims, fixed)
  local done, compared = words.try(function()
    return point.all_rows(what.breakdown):compare(what.data, what.scenario, params)
  end)
  if not done then
    return nil, (tostring(compared):gsub("^[^\n]-:%d+: ", "")):match "[^\n]*"
  end
  local wanted, whole = wanted_of(row, dims, fixed)
  local told, text, cell = words.try(core.part "explain_cell", compared, whole and {} or wanted, nil, whole)
  if not told then
    return nil, (tostring(text):gsub("^[^\n]-:%d+: ", "")):match "[^\n]*"
  end
  local asked = turned.read(questions.read(core.lineage(compared)))
  local found = cells_of(compared, asked, whole and {} or wanted, nil, whole)[1].row
  local name = what.scenario:name()
  return { text = text, cell = cell, name = name, row = found }
end

-- Whether what a row has in a column is what the comparison has of the measure under the scenario.
function point.says(told, measure, row, column)
  local other = measure .. "_" .. told.name
  return words.columns(told.row)[other] and parts.is_same(row, column, told.row, other)
end

return point
