-- explain_absent.lua - what is told of a row of what scenarios were asked where nobody has the table: what the steps are
-- there, how the table came to be, and the questions that a comparison with it would tell (explain_answer.lua).

local _, core = ...

local words, question = core.part "explain_words", core.part "explain_again"

local ABSENT = "What the steps do to the cell is told of the table that was asked, which is not kept: give it, as "
  .. "explain(cell, table)."

-- "$rate is 0.5", behind the scenario's name.
local function where_of(scenario, params)
  local given = table.concat(question.params_text(scenario, params), ", ")
  return scenario:name() .. (given ~= "" and " where " .. given or "")
end

local function say_steps(lines, scenario, params)
  lines[#lines + 1] = ("The steps of %s:"):format(where_of(scenario, params))
  for i, step in ipairs(core.spec(scenario).steps) do
    lines[#lines + 1] = ("  %d. %s: %s"):format(i, step.name, core.part "step".show(step))
  end
end

-- What a comparison there gives, and the questions for it, which cell gets by its columns.
local function say_under(lines, what, at, measures, columns, cell)
  local names = {}
  for _, item in ipairs(what.asked.measures) do
    local measure, column = measures[item.name], at.column_of(item.name)
    names[#names + 1] = measure and item.name .. "_" .. at.scenario:name() or nil
    if measure and column and columns[column] then
      cell.measures[column] = { text = measure.text, where = measure.where, whole = measure.whole, under = at.scenario,
                                params = at.params }
    end
  end
  lines[#lines + 1] = #names > 0 and not at.is_brief
    and ("  compared with %s it gives %s"):format(where_of(at.scenario, at.params), words.list(names)) or nil
end

-- points: as explain_answer.lua has them, each with its scenario; fixed: the values of dimensions that the row has not.
return core.export(function(lines, what, row, points, fixed, cell, history)
  local asked, columns = what.asked, words.columns(row)
  for _, at in ipairs(points) do
    if not at.is_brief then
      say_steps(lines, at.scenario, at.params)
    end
  end
  lines[#lines + 1] = ABSENT
  lines[#lines + 1] = history
  if what.table == "limits" then
    return
  end
  local done, measures, where = words.try(function()
    return question.measures_of(asked, question.conditions_of(row, asked, columns, fixed), row)
  end)
  if not done then
    return
  end
  local names = {}
  for i, item in ipairs(asked.measures) do
    names[i] = { item.name, measures[item.name] }
  end
  local told = { steps = question.steps_of(asked, asked.steps), weight = asked.weight, where = where }
  question.say_again(lines, asked, told, names)
  for _, at in ipairs(points) do
    say_under(lines, what, at, measures, columns, cell)
  end
end)
