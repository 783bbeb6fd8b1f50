-- explain.lua - table:explain() and :plan(): where numbers come from, and how they were computed.
--
-- A result keeps its lineage, which is written down here in plain words. A plan is what a breakdown did when it was
-- asked, step by step; only a plan has times.

local dk, core = ...

-- Words -----------------------------------------------------------------------------------------------------------

local function count(n, one, many)
  return ("%d %s"):format(n, n == 1 and one or many or one .. "s")
end

local function is_are(n) return n == 1 and "is" or "are" end

-- What each kind of item says. Some need to know what comes beside them.
local say = {
  source = function(item)
    local name = item.name and (" " .. item.name) or ""
    return ("The table%s%s: %s."):format(name, item.text and (" from " .. item.text) or "", count(item.rows, "row"))
  end,
  filter = function(item)
    if not item.rows then
      return ("Only where %s."):format(item.text)
    end
    local left = item.nulls > 0 and ("; %s left out because it is null there, so not known"):format(
      count(item.nulls, "row was", "rows were")) or ""
    return ("Only where %s: %s left%s."):format(item.text, count(item.rows, "row"), left)
  end,
  column = function(item) return ("The column %s is %s."):format(item.name, item.text) end,
  breakdown = function(item)
    if not item.rows then
      return ("What was asked is the breakdown%s:"):format(item.name and " " .. item.name or "")
    end
    return ("The breakdown%s counts these rows by group: %s."):format(item.name and " " .. item.name or "",
      count(item.rows, "row", "rows"))
  end,
  weight = function(item) return ("Each row counts for its %s: count() adds these up."):format(item.name) end,
  dimension = function(item)
    if item.text == item.name or item.text == core.quoted(item.name) then
      return ("  by %s"):format(item.name)
    end
    return ("  by %s, which is %s"):format(item.name, item.text)
  end,
  measure = function(item)
    if item.numerator then
      return ("  %s: the numerator is %s, the denominator %s"):format(item.name, item.numerator, item.denominator)
    end
    return ("  %s: %s"):format(item.name, item.text)
  end,
  where = function(item)
    if item.nulls == 0 then
      return nil -- the measure says its condition itself
    end
    return ("    %s where %s is null, so not known, and %s not counted"):format(count(item.nulls, "row"), item.text,
      is_are(item.nulls))
  end,
  parameter = function(item) return ("  $%s is %s"):format(item.name, item.text) end,
  day = function(item) return ("  %s %s"):format(item.name == "as_of" and "as of" or "published on", item.text) end,
  step = function(item)
    return ("Then %s%s."):format(item.text, item.rows and ": " .. count(item.rows, "row") or "")
  end,
  intervention = function(item) return ("under %s: %s"):format(item.name, item.text) end,
}
say.join, say.append, say.answer = say.step, say.step, say.step -- what took part stands below, further to the right

-- How a table came to be, in lines. What scenarios do is told with what each step did, where that is known.
function core.lineage_text(self)
  local lines, items = {}, core.lineage(self)
  if #items == 0 then
    local properties = self:properties()
    lines[1] = say.source { name = properties.name, text = properties.source, rows = #self }
  end
  local compared = core.compared and core.compared[self]
  for _, item in ipairs(items) do
    local line = not (compared and item.kind == "intervention") and say[item.kind](item) or nil
    lines[#lines + 1] = line and ("    "):rep(item.depth) .. line
  end
  return table.concat(lines, "\n")
end

-- t:explain() -> text: source, filters with what they left out, dimensions, each measure with its expression, and the same
-- of every table that was joined or put below; of a comparison also what each step of the scenarios did
-- t:explain { gemeente = "Duiven" } -> the same of one cell, with its numbers
-- t:explain({ gemeente = "Duiven" }, source) -> and with numbers that the result does not have
local function explain(self, cell, source)
  if core.kind(self) ~= "table" then
    core.fail "explain: call it on a table, with a colon: t:explain()"
  end
  local whole = cell == dk.total
  if whole then
    cell = {}
  end
  if cell == nil and source ~= nil then
    core.fail "explain: which cell? A table of its dimensions, or dk.total, stands before the table that was asked"
  end
  if cell ~= nil then
    if type(cell) ~= "table" then
      core.fail(('explain: a cell is a table such as { gemeente = "Duiven" }, or dk.total, not %s'):format(core.what(cell)))
    end
    if source ~= nil and core.kind(source) ~= "table" then
      core.fail(("explain: behind the cell stands the table that the breakdown was asked of, not %s"):format(
        core.what(source)))
    end
    return core.part "explain_cell" (self, cell, source, whole)
  end
  local text, compared = core.lineage_text(self), core.compared and core.compared[self]
  if not compared then
    return text
  end
  for _, note in ipairs(self:notes()) do
    text = text .. "\nNote: " .. note
  end
  local part = core.part(compared.later and "explain_tables" or "explain_change")
  return text .. "\n" .. table.concat(part.whole(compared), "\n")
end

-- Plans -----------------------------------------------------------------------------------------------------------

local INSIDE = { common = true, where = true, dimension = true, condition = true, value = true, groups = true,
                 aggregate = true }

local function number(value) return value == nil and "" or ("%d"):format(value) end

-- Steps as lines, with the time they took: what happens inside the pass over the rows stands below it.
local function lines_of(steps)
  local outside, inside, total, rows = {}, {}, 0, {}
  for row in steps:rows() do
    local list = INSIDE[row.step] and inside or outside
    local shared = row.shared and row.shared > 1 and ("; once for %d"):format(row.shared) or ""
    list[#list + 1] = { row.step, row.what or "", row.how .. shared, number(row.rows), number(row.out),
                        row.ms and ("%.3f"):format(row.ms) or "" }
    if list == outside then
      total = total + (row.ms or 0)
    end
  end
  for _, row in ipairs(outside) do
    rows[#rows + 1] = row
    if row[1] == "scan" then
      for _, below in ipairs(inside) do
        below[1] = "  " .. below[1]
        rows[#rows + 1] = below
      end
    end
  end
  return rows, total
end

-- parts: { name =, steps = } in order; of one breakdown alone without a name.
local function text_of(parts)
  local lines, rows, total = {}, { { "step", "", "how", "rows", "out", "ms" } }, 0
  for _, part in ipairs(parts) do
    local more, time = lines_of(part.steps)
    if part.name then
      rows[#rows + 1] = { "breakdown " .. part.name, "", "", "", "", "" }
    end
    table.move(more, 1, #more, #rows + 1, rows)
    total = total + time
  end
  rows[#rows + 1] = { "total", "", "", "", "", ("%.3f"):format(total) }
  for _, row in ipairs(rows) do
    local head = row[1] .. (row[2] ~= "" and " " .. row[2] or "")
    local tail = ("%11s %11s %10s"):format(row[4], row[5], row[6])
    lines[#lines + 1] = (("%-44s%s"):format(utf8.len(head) > 43 and head .. " " or head, tail):gsub(" +$", ""))
    if row[3] ~= "" and row[3] ~= "how" then
      lines[#lines + 1] = ("%s    %s"):format(row[1]:match "^ *", row[3])
    end
  end
  lines[#lines + 1] = "times of steps inside the scan are those of all workers together"
  return table.concat(lines, "\n")
end

local methods, parts_of = {}, setmetatable({}, { __mode = "k" })
local meta = { __index = methods, __name = "dk.plan" }

-- plan:table() -> the steps as a table: step, what, how, shared, rows, out, ms; of several breakdowns with names before
function methods:table()
  local parts = parts_of[self] or core.fail "table: called on what is not a plan (a method is called with a colon)"
  if not parts[1].name then
    return parts[1].steps
  end
  local all
  for _, part in ipairs(parts) do
    local named = part.steps:derive({ "breakdown = $name" }, { name = part.name })
    all = all and all:append(named) or named
  end
  return all:select { "breakdown", "step", "what", "how", "shared", "rows", "out", "ms" }
end

function meta.__tostring(self) return text_of(parts_of[self]) end

meta.__metatable = "dk.plan"
core.methods["dk.Plan"] = core.export(methods)

local function plan_of(parts)
  local plan = setmetatable({}, meta)
  parts_of[plan] = parts
  return plan
end

function core.plan_of(steps) return plan_of { { steps = steps } } end

-- Several breakdowns as t:breakdowns asks them: how they share a pass over the rows.
local function plan_together(self, asked, params)
  local parts = {}
  local steps, keys = core.plan_all(self, asked, params)
  for i, key in ipairs(keys) do
    parts[i] = { name = tostring(key), steps = steps[key] }
  end
  return plan_of(parts)
end

-- t:plan(expression [, params]) - how an expression or a condition of where is computed for all rows
-- t:plan { coverage, coverage:by "regio" } - how these breakdowns are, together
local function plan(self, expression, params)
  if core.kind(self) ~= "table" then
    core.fail "plan: call it on a table, with a colon: t:plan 'leeftijd < 27'"
  end
  if type(expression) == "table" and not core.kind(expression) then
    return plan_together(self, expression, params)
  end
  local text = core.condition(expression, "plan wants an expression")
  local name, taken = "plan", {} -- of no column, and of none that the expression reads
  for row in self:schema():rows() do
    taken[row.name] = true
  end
  while taken[name] do
    name = name .. "_"
  end
  local made = self:head(0):derive({ name .. " = " .. text }, params)
  local measure = made:column(name):type() == "boolean" and "%s = count() where %s" or "%s = min(%s)"
  return core.plan_of(core.plan(dk.breakdown { measures = measure:format(name, text) }, self, params))
end

core.table_methods.explain = core.export(explain)
core.table_methods.plan = core.export(plan)

return core.export(explain)
