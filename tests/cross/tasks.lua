-- tasks.lua - the tasks of docs/coming-from.md, with what the first print of their Lua shows.
--
-- Read by pages.lua and pages_r.lua, in the folder of the project: a list of tables with
--   title       as the page has it
--   statements  of its SQL, but the question
--   question    the last one; nil where that makes a table, which later tasks ask
--   printed     a table or a number

local tasks = {}

local current, kind
for line in io.lines "docs/coming-from.md" do
  local fence = line:match "^```(.*)$"
  if fence then
    kind = fence ~= "" and fence or nil
  elseif line:find "^## " then
    current = line:find "^## %d" and { title = line:sub(4), sql = "", lua = "" } or nil
    tasks[#tasks + 1] = current
  elseif current and (kind == "sql" or kind == "lua") then
    current[kind] = current[kind] .. line .. "\n"
  end
end

-- All Lua of the page is one script, as its later tasks use what earlier ones made.
local script = {}
for i, task in ipairs(tasks) do
  script[i] = ("task(%d)\n%s"):format(i, task.lua)
end
local function keep(value)
  current.printed = current.printed or value
end
assert(load(table.concat(script), "=docs/coming-from.md", "t",
  setmetatable({ print = keep, task = function(i) current = tasks[i] end }, { __index = _G })))()

for _, task in ipairs(tasks) do
  task.statements = {}
  for statement in task.sql:gsub("%-%-[^\n]*", ""):gsub("%s+", " "):gmatch " ?([^;]+);" do
    table.insert(task.statements, statement)
  end
  if not task.statements[#task.statements]:find "^create" then
    task.question = table.remove(task.statements)
  end
end

return tasks
