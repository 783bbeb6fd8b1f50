-- explain_behind.lua - what a result takes along when it is saved: for each of its rows the numbers that its measures are
-- made of.
--
-- A result keeps no rows, and who opens it from a file has not the table that it was asked of. So the breakdown is asked
-- once more while that is there, with a measure more for each part (explain_parts.lua), and its rows go along: of the
-- groups that the result has, and no others.
--
-- A file may be handed out. What may be there to withhold a number, so that the result shows less than the breakdown asked,
-- keeps all of this back: a measure that was left out or changed, or that does more than the four operations. The reason
-- goes along in its place; it names columns, and no numbers.

local _, core = ...

local questions, parts, sources = core.part "explain_asked", core.part "explain_parts", core.part "explain_source"
local words = core.part "explain_words"

local GONE = "the table that was asked was not kept until the result was saved"
local OTHER = "%s came out otherwise when it was asked again to be saved"

-- Stops with why nothing goes along.
local function keep_back(why, ...) error({ why = why:format(...) }, 0) end

-- The dimensions as they were asked, and as the result has them.
local function names_of(asked, columns)
  local names, shown = {}, {}
  for i, dim in ipairs(asked.dims) do
    if not columns[dim.shown] then
      keep_back("%s was left out of the result", dim.name)
    end
    names[i], shown[i] = dim.name, dim.shown
  end
  return names, shown
end

-- What the names of measures end with in a result's columns: nothing, or each side of a comparison.
local function ends_of(asked, columns)
  local item = asked.measures[1]
  local is_compared = item and not columns[item.shown] and columns[item.name .. "_base"]
  local ends = is_compared and { "_base" } or { "" }
  for _, name in ipairs(is_compared and parts.sides_of(columns, item.name) or {}) do
    ends[#ends + 1] = "_" .. name
  end
  return ends, is_compared
end

-- The measures are all there, as they were asked, and nothing is withheld in them.
local function check_measures(asked, result, ends, is_compared)
  local columns = words.columns(result)
  if asked.lacks then
    keep_back("%s was left out of the result", asked.lacks)
  end
  for _, item in ipairs(asked.measures) do
    if not select(2, core.measure_parts(item.text)) then
      keep_back("%s does more with its numbers than + - * and /, which may be to withhold them", item.name)
    end
    for _, of in ipairs(ends) do
      local column = is_compared and item.name .. of or item.shown
      if not columns[column] then
        keep_back("%s was left out of the result", column)
      end
    end
  end
end

-- A long comparison has a row for each measure and scenario of each group, as they were asked.
local function check_long(asked, result, wide, ends)
  for _, item in ipairs(asked.after) do
    if item.kind == "column" then
      keep_back("columns of the long comparison were added or changed")
    end
  end
  if #result ~= #wide * #asked.measures * (#ends - 1) then
    keep_back("rows of the long comparison were left out")
  end
end

-- kept, or what has the groups alone, with the numbers of one side: tables as explain_source.lua tells them; of: what their
-- names end with in the answer, behind: in the result, side: in what is kept.
local function add_side(kept, known, tables, of, behind, side)
  local whole, texts, column_of = parts.whole(known.asked, known.sets, known.made, tables)
  local rows, list = core.rows_like(whole, known.names, known.result, known.shown), {}
  if not rows then
    keep_back "asked again to be saved, the table has other groups"
  end
  for _, item in ipairs(known.asked.measures) do
    local column = behind and item.name .. behind or item.shown
    if not core.column_says(known.result, column, rows, item.name .. of) then
      keep_back(OTHER, column)
    end
    list[#list + 1] = { item.name .. of, parts.kept_measure(item.name, side) }
  end
  for _, text in ipairs(texts) do
    list[#list + 1] = { column_of[text] .. of, parts.kept_part(text, side) }
  end
  return core.with_columns(kept, rows, list)
end

-- The groups of the result, by the names that were asked.
local function groups_of(known)
  local list = {}
  for i, name in ipairs(known.names) do
    list[i] = { known.shown[i], name }
  end
  return core.bare(known.result, list)
end

-- What was kept before, of the rows that are left.
local function again(known, ends, is_compared)
  local kept, why = core.behind(known.saved)
  local rows = kept and core.rows_like(kept, known.names, known.result, known.shown)
  if not rows then
    keep_back(why and "%s" or GONE, why)
  end
  local columns, list = words.columns(kept), {}
  for _, item in ipairs(known.asked.measures) do
    for i, of in ipairs(ends) do
      local column = is_compared and item.name .. of or item.shown
      local other = parts.kept_measure(item.name, i > 1 and of:sub(2) or nil)
      if columns[other] and not core.column_says(known.result, column, rows, other) then
        keep_back("%s was changed after the breakdown gave it", column)
      end
    end
  end
  for row in kept:schema():rows() do
    list[#list + 1] = row.name:find "^[:=]" and { row.name, row.name } or nil
  end
  return core.with_columns(groups_of(known), rows, list)
end

-- The sides of a comparison, each of which the answer has beside its base.
local function add_sides(kept, known, tables)
  local has_base, names = tables.base ~= nil, {}
  for name in pairs(tables.sides) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local side = tables.sides[name]
    if not side.why then
      kept = add_side(kept, known, side, "_" .. name, "_" .. name, name)
      kept = has_base and kept or add_side(kept, known, side, "_base", "_base")
      has_base = true
    end
  end
  return kept
end

local function behind(result)
  local asked = questions.read(core.lineage(result))
  if asked and asked.appended then
    keep_back("rows of several results were put together")
  elseif asked and #asked.shapes > 0 then
    keep_back("the result was turned: its columns became others")
  end
  local tables = sources.of(result, asked, nil, function(of) return questions.steps_after(asked, of) end)
  local wide = tables.wide or result
  local columns = words.columns(wide)
  local names, shown = names_of(asked, columns)
  local ends, is_compared = ends_of(asked, columns)
  if not tables.wide and core.whole(result) then
    keep_back "columns of the comparison were left out of the result"
  end
  check_measures(asked, wide, ends, is_compared)
  if tables.wide then
    check_long(asked, result, wide, ends)
  end
  local known = { asked = asked, saved = result, result = wide, names = names, shown = shown }
  if not tables.base and not next(tables.sides) then
    return again(known, ends, is_compared)
  end
  for _, item in ipairs(asked.after) do
    for _, measure in ipairs(item.kind == "column" and asked.measures or {}) do
      if item.name == measure.shown then
        keep_back("%s was changed after the breakdown gave it", measure.shown)
      end
    end
  end
  known.sets = parts.sets_of(asked, wide)
  known.made = parts.of(asked, function() return true end)
  local kept = groups_of(known)
  kept = tables.base and add_side(kept, known, tables.base, "", is_compared and "_base" or nil) or kept
  return is_compared and add_sides(kept, known, tables) or kept
end

-- The table; or nil, why, and what the error was where asking again failed, which may have numbers.
return core.export(function(result)
  local done, made = words.try(behind, result)
  if done then
    return made
  elseif type(made) == "table" and made.why then
    return nil, made.why
  end
  return nil, "it could not be asked again when it was saved", tostring(made):gsub("^[^\n]-:%d+: ", ""):match "[^\n]*"
end)
