-- explain_tables.lua - what moved between two tables that were compared, for result:explain(): in all, and in one cell.
--
-- Both tables are counted by the columns that the breakdown reads: its cells. A count is the sum of its cells, and so is
-- its difference. Of a rate N / D a cell explains (dN - p dD) / D', where p is the rate before and D' the denominator
-- afterwards: that adds up to the difference, whatever came or left. What is known in bounds tells no cells apart, and its
-- differences are in bounds too, which add up.

local dk, core = ...

local words, change = core.part "explain_words", core.part "explain_change"

local MOST = words.MOST // 2 -- of those that gained, and of those that lost
local LATER = change.LATER

local tables = {}

-- Cells ------------------------------------------------------------------------------------------------------------

local function in_bounds(data, column) return data:column(column):type():find "^interval" ~= nil end

-- The columns that the breakdown reads as dimensions of their own, without weights: expressions, and their names; and the
-- names of those that are known in bounds.
local function dimensions_of(compared)
  local taken = { before = true, after = true, change = true, contribution = true, share = true }
  local by, names, bounded = {}, {}, {}
  for _, column in ipairs((core.needs(compared.cells_of or compared.breakdown))) do
    if in_bounds(compared.base, column) or in_bounds(compared.later, column) then
      bounded[#bounded + 1] = column
    elseif column ~= compared.base:properties().weight and column ~= compared.later:properties().weight then
      local name = column
      while taken[name] do
        name = name .. "_"
      end
      taken[name] = true
      names[#names + 1] = name
      by[#by + 1] = ("%s = %s"):format(core.quoted(name), core.quoted(column))
    end
  end
  return by, names, bounded
end

local function compare(compared, breakdown, before, after)
  return core.compare_tables(breakdown, before, after, LATER, change.own_params(compared, breakdown), {})
end

-- Both sides by cell: persons, and the measures.
local function sides_of(compared, by, where)
  local before, after = compared.base, compared.later
  if where then
    before, after = before:where(where), after:where(where)
  end
  local counts = dk.breakdown { by = by, where = core.spec(compared.breakdown).where,
    measures = "`of the cell` = count()" }
  local asked = compared.breakdown:by(by):with { margins = dk.null, order = dk.null, limit = dk.null, rest = dk.null,
    levels = dk.null }
  local persons = compare(compared, counts, before, after)
    :rename { ["of the cell_base"] = "before", ["of the cell_" .. LATER] = "after",
      ["of the cell_" .. LATER .. "_difference"] = "change" }
  return persons:where "change ~= 0", compare(compared, asked, before, after)
end

-- Contributions ----------------------------------------------------------------------------------------------------

local function real(part, column)
  return ("coalesce(real(%s(%s)), 0)"):format(part, core.quoted(column))
end

-- What each cell explains of a rate's difference, and the whole; nil where a side has no rate.
local function of_rate(cells, row, base, later)
  local whole = row:derive { "n_ = " .. real("numerator", base), "d_ = " .. real("denominator", base),
    "e_ = " .. real("denominator", later), ("x_ = real(%s) - real(%s)"):format(core.quoted(later), core.quoted(base)) }
  local n, d, e, x = whole.n_[1], whole.d_[1], whole.e_[1], whole.x_[1]
  if not x or d == 0 or e == 0 then
    return nil
  end
  return cells:derive({ ("contribution = ((%s - %s) - $p * (%s - %s)) / $e"):format(real("numerator", later),
    real("numerator", base), real("denominator", later), real("denominator", base)) }, { p = n / d, e = e }), x
end

-- The same of a measure whose cells add up to it.
local function of_sum(cells, row, base, later)
  local difference = ("coalesce(%s, 0) - coalesce(%s, 0)"):format(core.quoted(later), core.quoted(base))
  local whole = row:derive { "x_ = " .. difference }
  return cells:derive { "contribution = " .. difference }, whole.x_[1]
end

-- The same in bounds, which have no shares.
local function of_bounds(cells, row, base, later)
  local difference = ("coalesce(%s, 0) - coalesce(%s, 0)"):format(core.quoted(later), core.quoted(base))
  local made = cells:derive { "contribution = " .. difference }
  local whole = row:derive { "x_ = " .. difference }.x_
  local sum = made:breakdown { measures = "x = sum(contribution)" }.x
  if tostring(sum[1]) ~= tostring(whole[1]) then
    return nil
  end
  return made:where "least(contribution) ~= 0 or greatest(contribution) ~= 0"
end

-- The cells that explain something of the difference of a measure, with the share of it; nil where they do not add up.
local function contributions_of(cells, row, measure, names)
  local base, later = measure .. "_base", measure .. "_" .. LATER
  if in_bounds(row, base) or in_bounds(row, later) then
    local known, made = pcall(of_bounds, cells, row, base, later)
    return known and made and made:select(table.move(names, 1, #names, 1, { [#names + 1] = "contribution" })) or nil
  end
  local is_rate = core.cell_parts(row, later) and core.cell_parts(row, base)
  local known, made, whole = pcall(is_rate and of_rate or of_sum, cells, row, base, later)
  if not known or not made or not whole then
    return nil
  end
  local sum = made:breakdown { measures = "x = coalesce(sum(contribution), 0)" }.x[1]
  if math.abs(sum - whole) > 1e-9 * math.max(1, math.abs(whole)) then
    return nil
  end
  made = made:select(table.move(names, 1, #names, 1, { [#names + 1] = "contribution" })):where "contribution ~= 0"
  return made:derive({ "share = real(contribution) / $whole" }, { whole = whole }):format { share = "0.0 %" }
end

-- A pattern that shows numbers as this one is shown: "+1.1 pp" is one of "+0.0 pp".
local function pattern_of(text) return "+" .. text:gsub("^[-+]", ""):gsub("[,.]%d%d%d%f[%D]", ""):gsub("%d+", "0") end

-- Words ------------------------------------------------------------------------------------------------------------

local function count(changes, condition, value)
  local row = changes:where(condition):breakdown { measures = { ("x = coalesce(sum(%s), 0)"):format(value) } }
  return words.trimmed(row:column "x":to_lua()[1])
end

-- The largest of those that gained, then of those that lost; say(row, i) gives what stands behind a cell.
local function say_largest(lines, data, names, value, say)
  local n_left, rest = 0, data:head(0)
  for _, way in ipairs { { "> 0", " desc" }, { "< 0", "" } } do
    local sorted = data:where(value .. " " .. way[1]):sort(value .. way[2])
    local i, told = 0, sorted:head(MOST)
    for row in told:rows() do
      i = i + 1
      lines[#lines + 1] = ("     %s: %s"):format(words.cell(row, names), say(told, i))
    end
    n_left = n_left + math.max(0, #sorted - MOST)
    rest = #sorted > MOST and rest:append(sorted:slice(MOST + 1, #sorted)) or rest
  end
  return n_left, rest
end

local function say_persons(lines, compared, changes, names)
  local came, left = count(changes, "change > 0", "change"), count(changes, "change < 0", "0 - change")
  local net = count(changes, "true", "change")
  lines[#lines + 1] = ("  %s more and %s fewer, in %d cell%s: %s"):format(words.persons(compared.base, came), left,
    #changes, #changes == 1 and "" or "s", words.signed(net))
  local n, rest = say_largest(lines, changes, names, "change", function(data, i)
    return ("%s to %s, %s"):format(words.trimmed(data:column "before":to_lua()[i]),
      words.trimmed(data:column "after":to_lua()[i]), words.signed(data:column "change":to_lua()[i]))
  end)
  if n > 0 then
    lines[#lines + 1] = ("     and %d other cells: %s more, %s fewer"):format(n, count(rest, "change > 0", "change"),
      count(rest, "change < 0", "0 - change"))
  end
end

-- Whether the measure counts everybody: what came and left was told.
local function is_persons(made, changes)
  return not in_bounds(made, "contribution") and #made == #changes
    and tostring(made.contribution:sum()) == tostring(changes.change:sum())
    and #made:where "contribution > 0" == #changes:where "change > 0"
end

-- Cells in the order of their keys, as bounds have none of their own.
local function say_bounds(lines, made, names)
  for i = 1, math.min(MOST, #made) do
    local row = made:slice(i, i)
    for cell in row:rows() do
      lines[#lines + 1] = ("     %s: %s"):format(words.cell(cell, names), words.signed(words.shown(row, "contribution")))
    end
  end
  if #made > MOST then
    lines[#lines + 1] = ("     and %d other cell%s"):format(#made - MOST, #made == MOST + 1 and "" or "s")
  end
end

local function say_contributions(lines, made, names, difference)
  if in_bounds(made, "contribution") then
    return say_bounds(lines, made, names)
  end
  local is_real = made:column "contribution":type() == "real"
  local shown = is_real and made:format { contribution = pattern_of(difference) } or made
  local n = say_largest(lines, shown, names, "contribution", function(data, i)
    local row = data:slice(i, i)
    return ("%s, %s of it"):format(words.signed(words.shown(row, "contribution")), words.shown(row, "share"))
  end)
  if n > 0 then
    lines[#lines + 1] = ("     and %d other cells"):format(n)
  end
end

-- A line for each measure, and below it the cells that explain its difference.
local function say_measures(lines, row, cells, changes, names, measures)
  local told = {}
  for _, measure in ipairs(measures) do
    local said = {}
    change.say_measures(said, row, { measure })
    lines[#lines + 1] = said[1]:gsub("^ +", "  ")
    local difference = measure .. "_" .. LATER .. "_difference"
    local made = not said[1]:find ": as before$" and contributions_of(cells, row, measure, names)
    told[measure] = made or nil
    if made and is_persons(made, changes) then
      lines[#lines] = lines[#lines] .. ", as above"
    elseif made then
      say_contributions(lines, made, names, words.shown(row, difference))
    elseif not said[1]:find ": as before$" then
      lines[#lines] = lines[#lines] .. " (which is no sum over cells)"
    end
  end
  return told
end

-- Explaining -------------------------------------------------------------------------------------------------------

-- The measures that a comparison has, by its columns.
local function measures_of(row)
  local measures, columns = {}, {}
  for each in row:schema():rows() do
    columns[each.name] = true
    measures[#measures + 1] = each.name:match "^(.*)_base$"
  end
  for i = #measures, 1, -1 do
    if not columns[measures[i] .. "_" .. LATER] then
      table.remove(measures, i)
    end
  end
  return measures
end

local function tell(lines, compared, measures, conditions, where)
  local row = change.row_of(compared, compared.base, compared.later, conditions)
  measures = measures or measures_of(row)
  local by, names, bounded = dimensions_of(compared)
  local changes, cells = sides_of(compared, by, where)
  lines[#lines + 1] = ("From base to %s%s%s:"):format(compared.name,
    #names > 0 and ", by cells of " .. words.list(names) or "", #bounded == 0 and "" or
    (" (%s %s known in bounds, and tell%s no cells apart)"):format(words.list(bounded), #bounded == 1 and "is" or "are",
      #bounded == 1 and "s" or ""))
  if #changes == 0 then
    lines[#lines + 1] = "  nobody came or left"
  else
    say_persons(lines, compared, changes, names)
  end
  local told = { name = compared.name, cells = changes, measures = row }
  if row then
    told.contributions = say_measures(lines, row, cells, changes, names, measures)
  end
  return told
end

-- Lines for a cell, and what they tell, by the later table's name: { { name =, cells = table, measures = table of one row,
-- contributions = { [measure] = table } } }. conditions: of the cell's row in a result; where: of its rows in the
-- tables that were asked.
function tables.cell(compared, measures, conditions, where)
  local lines = {}
  local known, told = pcall(tell, lines, compared, measures, conditions, where)
  if not known then
    lines = { ("What moved cannot be told by cells: %s"):format((tostring(told):gsub("^[^\n]-:%d+: ", ""))) }
  end
  return lines, { [compared.name] = { known and told or nil } }
end

-- Lines for everybody.
function tables.whole(compared)
  local whole = {}
  for key, value in pairs(compared) do
    whole[key] = value
  end
  whole.cells_of = compared.breakdown
  whole.breakdown = compared.breakdown:by {}:with { margins = dk.null, order = dk.null, limit = dk.null, rest = dk.null,
    levels = dk.null }
  return (tables.cell(whole))
end

return tables
