-- explain_says.lua - what the columns of what scenarios were asked say, in words (explain_answer.lua).

local _, core = ...

local words = core.part "explain_words"

-- The measure that a name is of, with what stands behind it: "n_base", "n_q50".
local function measure_of(what, name)
  local best
  for _, item in ipairs(what.asked.measures) do
    local n = #item.name
    if name == item.name or name:sub(1, n + 1) == item.name .. "_" then
      best = best and #best.name > n and best or item
    end
  end
  return best, best and name:sub(#best.name + 2)
end

local function text_of(item)
  return item.numerator and ("the numerator is %s, the denominator %s"):format(item.numerator, item.denominator)
    or item.text
end

local SAY = {}

function SAY.sweep(_, name)
  return name == "problem" and "what cannot be asked at this point" or nil
end

function SAY.solve(what, name)
  local asked = what.question
  local words_of = {
    reachable = "whether some value reaches " .. asked.target, answer = "the answer in words",
    persons = "persons that the steps with $" .. asked.vary .. " take", available = "persons whom they can take",
    [asked.vary] = ("the least $%s with which %s"):format(asked.vary, asked.target),
  }
  return words_of[name]
end

function SAY.contributions(what, name)
  local asked = what.question
  local measure = asked.measure or what.asked.measures[1].name
  return name == "contribution" and (asked.method == "shapley"
    and ("what the step adds to %s, on average over all orders of the steps"):format(measure)
    or ("what the step adds to %s after the steps before it; in the total what all add"):format(measure)) or nil
end

function SAY.sensitivity(what, name)
  local measure = what.question.measure or what.asked.measures[1].name
  local words_of = { at_low = "%s where the parameter is low", at_high = "%s where it is high",
    at_base = "%s with the parameters as they are", swing = "how far %s goes between low and high",
    problem = "what cannot be asked of %s" }
  return words_of[name] and words_of[name]:format(measure)
end

function SAY.bands(what, name)
  local item, ends = measure_of(what, name)
  local draws = what.question.draws or 1000
  local quantile = ends and ends:match "^q(.+)$"
  return item and (ends == "mean" and ("the mean of %s over %s draws"):format(item.text, draws)
    or ends == "sd" and ("the standard deviation of %s over %s draws"):format(item.text, draws)
    or quantile and ("of %s draws of %s, %s %% are no greater"):format(draws, item.text, (quantile:gsub("_", "."))))
end

local LIMITS = { slack = "what is left of the limit", binds = "whether nothing is left",
  shadow_price = "what one more of it would bring" }

function SAY.allocate(what, name)
  local asked = what.question
  if what.table == "limits" then
    return LIMITS[name]
  end
  local where = core.spec(what.scenario).steps
  where = #where > 0 and where[#where].where
  local item, ends = measure_of(what, name)
  local words_of = {
    available = "persons who can be taken" .. (where and ", where " .. where or ""),
    allocated = "of these, how many the plan takes", cost = "what that costs",
    gain = "what it gains" .. (asked.maximise and " of " .. asked.maximise or ""),
    capacity = "at most so many", minimum = "at least so many",
    shadow_price = "what one more place, or one less that must be taken, would bring",
  }
  return words_of[name] or item and (ends == "base" and item.text .. ", as it is" or ends == "" and item.text
    .. ", under the plan") or nil
end

-- A line for each column of the row that is no key of it.
-- added: what was added to it since, by name.
return core.export(function(lines, what, row, is_key, added)
  for each in row:schema():rows() do
    local name = each.name
    local item, ends = measure_of(what, name)
    local numerator, denominator = core.cell_parts(row, name)
    local of = numerator and (numerator ~= "unknown" or denominator ~= "unknown")
      and (", which is %s of %s"):format(numerator, denominator) or ""
    local said = added[name] or SAY[what.op](what, name) or item and ends == "" and text_of(item)
    local shown = words.shown(row, name)
    if not is_key[name] and not (name == "problem" and core.cell_literal(row, name) == "null") then
      lines[#lines + 1] = ("  %s is %s%s%s"):format(name, shown, of, said and ": " .. said or "")
    end
  end
end)
