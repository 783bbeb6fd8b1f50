-- explain_asked.lua - what a result was asked, as its lineage tells: the steps before the breakdown, its dimensions and
-- measures with the values of parameters in their place, and what came after.

local _, core = ...

-- A text with the values of parameters in their place.
local function with_params(text, params)
  return (text:gsub("%$([%a_][%w_]*)", function(name) return params[name] end))
end

local STEPS = { step = true, join = true, append = true, breakdown = true, answer = true }

-- None where it was asked under scenarios since: an answer has no groups of it.
local function last_breakdown(items, from)
  while from > 0 and items[from].kind ~= "breakdown" and items[from].kind ~= "answer" do
    from = from - 1
  end
  return from > 0 and items[from].kind == "breakdown" and from or nil
end

-- What stands between a breakdown and its result, rolled up, where all groups of it are added up.
local WHOLE = { dimension = true, measure = true, where = true, parameter = true, weight = true, day = true }
local WHOLE_STEPS = { "with totals ", "with the total ", "for the sets ", "with every level", "with figures ",
  "ordered by ", "sorted by ", "opened from the snapshot ", "rows that are no totals" }

local function is_whole(item)
  local is_it = WHOLE[item.kind]
  for _, text in ipairs(item.kind == "step" and WHOLE_STEPS or {}) do
    is_it = is_it or item.text:sub(1, #text) == text
  end
  return is_it
end

-- A result that was rolled up is what its breakdown gives by the level: those items in the place of what added up parts.
-- Nothing where parts were left out or changed. Then a measure that it has no more.
local function unroll(items, last)
  local level = last > 1 and items[last - 1].kind == "step" and items[last - 1].text:match " rolled up to (.+)$"
  if not level then
    return items, last
  end
  local before = last_breakdown(items, last - 1)
  local own, kept, made = {}, {}, table.move(items, 1, before, 1, {})
  for i = before + 1, last - 2 do
    own[items[i].kind .. " " .. (items[i].name or "")] = items[i]
    if not is_whole(items[i]) then
      return nil
    elseif items[i].kind == "parameter" or items[i].kind == "weight" then
      made[#made + 1] = items[i]
    end
  end
  for i = last + 1, #items do
    local item = items[i]
    kept[item.name or ""] = true
    if item.kind == "dimension" and item.name == level and not own["dimension " .. level] then
      made[#made + 1] = item
    elseif item.kind ~= "weight" then
      made[#made + 1] = item.name and own[item.kind .. " " .. item.name] or item
    end
  end
  local inner, at, lacks = unroll(made, before)
  for i = before + 1, last - 2 do
    local name = items[i].kind == "measure" and items[i].name
    lacks = lacks or name and not kept[name] and name or nil
  end
  return inner, at, lacks
end

-- Tables of figures beside the one that was asked, as { names = { key = true }, n =, texts = }: texts has their
-- attached(...), a line each, where the lineage tells. Several tables without that tell nothing.
local function figures_of(asked, params)
  local tables = {}
  for _, item in ipairs(asked.after) do
    local keys = item.kind == "step" and item.text:match "^with figures of .* beside it, known per (.+)$"
    if keys then
      local each = { names = {}, n = 0, texts = item.name and with_params(item.name, params) }
      for name in (keys .. ", "):gmatch "(.-), " do
        each.names[name], each.n = true, each.n + 1
      end
      tables[#tables + 1] = each
    end
  end
  for _, each in ipairs(tables) do
    if #tables > 1 and not each.texts then
      return {}
    end
  end
  return tables
end

-- What was done before item number last: a step that says rows were changed begins anew, and what follows is asked of its
-- result. params: of no step; those of a condition or a column are in its own.
local function read_before(items, last)
  local before, step = { steps = {}, params = {} }, nil
  for i = 1, last - 1 do
    local item = items[i]
    if item.kind == "source" then
      before.source = item
    elseif item.kind == "filter" or item.kind == "column" then
      step = { kind = item.kind == "filter" and "where" or "derive", text = item.text, name = item.name, params = {} }
      before.steps[#before.steps + 1] = step
    elseif item.kind == "parameter" then
      (step and step.params or before.params)[item.name] = item.text
    elseif STEPS[item.kind] then
      before.base, before.steps, step = item, {}, nil
    end
  end
  return before
end

-- The lineage without what is about other tables.
local function own_items(all)
  local items = {}
  for _, item in ipairs(all) do
    if item.depth == 0 then
      items[#items + 1] = item
    end
  end
  return items
end

-- What was done to a table that no breakdown gave, with the values of parameters in their place.
local function read_rows(all)
  local items = own_items(all)
  local before = read_before(items, #items + 1)
  for _, step in ipairs(before.steps) do
    step.text = with_params(step.text, step.params)
  end
  return before
end

-- The steps that a table lacks which was asked, or which that was made of; nothing where it is another.
local function steps_after(asked, source)
  local items = own_items(core.lineage(source))
  local before = read_before(items, #items + 1)
  local same = (before.base and before.base.text) == (asked.base and asked.base.text)
  for i, step in ipairs(before.steps) do
    local other = asked.steps[i]
    same = same and other and other.kind == step.kind and other.name == step.name
      and other.text == with_params(step.text, step.params)
  end
  return same and table.move(asked.steps, #before.steps + 1, #asked.steps, 1, {}) or nil
end

-- Columns get other names, all at once. Who had one of these and gets none was left out before, and is shown as "".
local function rename(asked, names)
  local given = {}
  for _, now in pairs(names) do
    given[now] = true
  end
  for _, list in ipairs { asked.dims, asked.measures } do
    for _, each in ipairs(list) do
      each.shown = names[each.shown] or not given[each.shown] and each.shown or ""
    end
  end
end

-- Reshaped ---------------------------------------------------------------------------------------------------------

-- How a result was turned by a step, with what its columns were called then: a pivot has { text = whose values became
-- columns, value = the column that fills it, or nil }, an unpivot { name =, value = }; nil of any other step.
local function shape_of(item)
  local names = item.text:match "^a column for each value of (.+)$"
  if names then
    return { kind = "pivot", text = names, value = item.name, renames = {}, added = {} }
  end
  local name, value = item.text:match "^a row for each of %d+ columns?: (.+) says which, (.+) has its value$"
  return name and { kind = "unpivot", name = name, value = value, renames = {}, added = {} } or nil
end

-- Whether the step leaves out no group.
local function keeps_all(item)
  return item.kind == "column" or is_whole(item) or item.kind == "step"
    and (item.text:find " renamed to " or shape_of(item)) ~= nil
end

-- Names are followed to where the result was turned for the first time; what came after is told backwards from the result.
local function read_after(asked)
  asked.renames = {} -- before it was turned
  local at_once, shapes = {}, {} -- names that are given together, which may be exchanged
  for _, item in ipairs(asked.after) do
    local text = item.kind == "step" and item.text or ""
    local before, now = text:match "^(.-) renamed to (.+)$"
    shapes[#shapes + 1] = shape_of { text = text, name = item.name }
    if before then
      at_once[before] = now
    end
    if before and item.nulls == 0 then
      if #shapes > 0 then
        table.insert(shapes[#shapes].renames, at_once)
      else
        rename(asked, at_once)
        table.insert(asked.renames, at_once)
      end
      at_once = {}
    end
    if item.kind == "column" and #shapes > 0 then
      shapes[#shapes].added[item.name], item.is_added = true, true
    end
    asked.is_narrower = asked.is_narrower or text:find "^bounds narrower by " ~= nil
    asked.is_less = asked.is_less or not keeps_all(item)
  end
  asked.shapes = shapes
end

-- Items up to the last breakdown, of it, and behind it.
local function read(all)
  local items = own_items(all)
  local last = last_breakdown(items, #items)
  if not last then
    return nil
  end
  local whole, at, lacks = unroll(items, last)
  local is_part = whole == nil
  items, last = whole or items, at or last
  local asked = read_before(items, last)
  asked.lacks = lacks
  asked.name, asked.is_part, asked.dims, asked.measures, asked.after = items[last].name, is_part, {}, {}, {}
  local params = asked.params
  for i = last + 1, #items do
    local item = items[i]
    if #asked.after == 0 and item.kind == "parameter" then
      params[item.name] = item.text
    elseif #asked.after == 0 and (item.kind == "dimension" or item.kind == "measure") then
      local list = item.kind == "measure" and asked.measures or asked.dims
      list[#list + 1] = item
    elseif #asked.after == 0 and item.kind == "weight" then
      asked.weight = item.name
    elseif item.kind ~= "where" and item.kind ~= "day" then
      asked.appended = asked.appended or item.kind == "append" and item.text or nil
      asked.after[#asked.after + 1] = item
    end
  end
  for _, each in ipairs(asked.steps) do
    for name, text in pairs(params) do
      each.params[name] = each.params[name] or text -- the breakdown's own condition has the breakdown's
    end
    each.text = with_params(each.text, each.params)
  end
  for _, list in ipairs { asked.dims, asked.measures } do
    for _, item in ipairs(list) do
      item.text = with_params(item.text, params)
      item.numerator = item.numerator and with_params(item.numerator, params)
      item.denominator = item.denominator and with_params(item.denominator, params)
      item.shown = item.name
    end
  end
  local added -- the column that parameters behind it are of
  for _, item in ipairs(asked.after) do
    added = item.kind == "column" and item or item.kind == "parameter" and added or nil
    if item.kind == "parameter" and added then
      added.text = with_params(added.text, { [item.name] = item.text })
    end
  end
  asked.figures = figures_of(asked, params)
  local step = asked.steps[#asked.steps]
  asked.own = #asked.figures > 0 and step and step.kind == "where" and step.name and step.text or nil -- of figures too
  read_after(asked)
  return asked
end

local ENDS = { answer = true, breakdown = true, append = true }

-- Of what scenarios were asked: { asked = as read gives it of a result, or nil, after = what was done since, text = the
-- question as a snapshot has it, or nil }; nothing where the last thing that was asked is no answer.
local function answered(all)
  local at, asked, after = #all, {}, {}
  while at > 0 and not (all[at].depth == 0 and ENDS[all[at].kind]) do
    at = at - 1
  end
  if at == 0 or all[at].kind ~= "answer" then
    return nil
  end
  for i, item in ipairs(all) do
    if i < at and item.depth == 0 then
      asked[#asked + 1] = item
    elseif i > at and item.depth == 0 then
      after[#after + 1] = item
    elseif i > at and #after == 0 then
      asked[#asked + 1], item.depth = item, item.depth - 1
    end
  end
  asked = read(asked)
  return { asked = asked and #asked.measures > 0 and asked or nil, after = after, text = all[at].name }
end

return { read = read, answered = answered, read_rows = read_rows, read_after = read_after, steps_after = steps_after }
