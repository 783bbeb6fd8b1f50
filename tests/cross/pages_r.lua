-- pages_r.lua - the tasks of docs/coming-from.md: what R answers with dplyr and data.table, beside what their Lua prints.
--
-- usage: dekking tests/cross/pages_r.lua FOLDER        FOLDER has what pages.R wrote; in the folder of the project
--
-- Rows are compared by the place of their columns, in any order. A total is null in R.

local folder = assert(arg[1], "usage: dekking tests/cross/pages_r.lua FOLDER")
local tasks = dofile "tests/cross/tasks.lua"
local fields_of = dofile "tests/cross/fields.lua"
local check = dofile "tests/check.lua"

local function our_rows(printed)
  if math.type(printed) then
    return { { tostring(printed) } }
  end
  local rows, names = {}, {}
  for name in printed:columns() do
    names[#names + 1] = name
  end
  for row in printed:rows() do
    local fields = {}
    for i, name in ipairs(names) do
      fields[i] = row[name] == nil and "\\N" or tostring(row[name])
    end
    rows[#rows + 1] = fields
  end
  return rows
end

local function their_rows(path)
  local rows = {}
  for line in io.lines(path) do
    rows[#rows + 1] = fields_of(line)
  end
  return rows
end

-- By what is no fraction, which both write alike.
local function sorted(rows)
  for _, row in ipairs(rows) do
    local key = {}
    for i, field in ipairs(row) do
      key[i] = field:find "^-?%d+[.e]" and "" or field
    end
    row.key = table.concat(key, "\t")
  end
  table.sort(rows, function(a, b) return a.key < b.key end)
  return rows
end

local function same(a, b)
  local x, y = tonumber(a), tonumber(b)
  return a == b or (x and y and math.abs(x - y) <= 1e-12 * math.max(math.abs(x), math.abs(y)))
end

-- nil, or what differs.
local function difference(ours, theirs)
  if #ours ~= #theirs then
    return ("%d rows and %d rows"):format(#ours, #theirs)
  end
  for i, row in ipairs(sorted(ours)) do
    local other = sorted(theirs)[i]
    if #row ~= #other then
      return ("%d columns and %d columns"):format(#row, #other)
    end
    for k, field in ipairs(row) do
      if not same(field, other[k]) then
        return ("%s and %s"):format(table.concat(row, "|"), table.concat(other, "|"))
      end
    end
  end
end

for i, task in ipairs(tasks) do
  if task.question then
    for _, package in ipairs { "dplyr", "data.table" } do
      local wrong = difference(our_rows(task.printed), their_rows(("%s/%s-%d.tsv"):format(folder, package, i)))
      check.ok(("%s, %s"):format(task.title, package), not wrong, wrong)
    end
  end
end
check.finish()
