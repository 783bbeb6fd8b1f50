-- pages.lua - the tasks of docs/coming-from.md: what DuckDB answers to their SQL, beside what their Lua prints.
--
-- usage: dekking tests/cross/pages.lua FOLDER PEERS        (see peer.lua; in the folder of the project)
--
-- Of each task the last statement of its SQL is the question, and those before it prepare it; what its Lua prints
-- first must be the same. A total is null in SQL. Tasks that only make a table are asked by those that follow them.

local here = arg[0]:match "^(.*)/" or "."
local peer = dofile(here .. "/peer.lua")

-- { { title =, sql =, lua = } }, the blocks of each task one behind the other
local tasks = {}
do
  local task, kind
  for line in io.lines "docs/coming-from.md" do
    local fence = line:match "^```(.*)$"
    if fence then
      kind = fence ~= "" and fence or nil
    elseif line:find "^## " then
      task = line:find "^## %d" and { title = line:sub(4), sql = "", lua = "" } or nil
      tasks[#tasks + 1] = task
    elseif task and (kind == "sql" or kind == "lua") then
      task[kind] = task[kind] .. line .. "\n"
    end
  end
end

-- All Lua of the page is one script, as its later tasks use what earlier ones made.
local script, current = {}, nil
for i, task in ipairs(tasks) do
  script[i] = ("task(%d)\n%s"):format(i, task.lua)
end
local function keep(value)
  current.printed = current.printed or value
end
assert(load(table.concat(script), "=docs/coming-from.md", "t",
  setmetatable({ print = keep, task = function(i) current = tasks[i] end }, { __index = _G })))()

-- Counts, texts and dates are compared as text, what is computed of them as numbers.
local EXACT = { integer = true, category = true, text = true, date = true }

for _, task in ipairs(tasks) do
  local statements = {}
  for statement in task.sql:gsub("%-%-[^\n]*", ""):gsub("%s+", " "):gmatch " ?([^;]+);" do
    statements[#statements + 1] = statement
  end
  local question = table.remove(statements)
  for _, statement in ipairs(statements) do
    peer.prepare(statement)
  end
  if question:find "^create" then
    peer.prepare(question)
  else
    local answer, exact = task.printed, { true }
    if math.type(answer) then
      answer = { { tostring(answer) } }
    else
      for row in answer:schema():rows() do
        exact[#exact + 1] = EXACT[row.type] or false
      end
      table.remove(exact, 1)
    end
    peer.add { sql = ("select * from (%s)"):format(question), tables = {}, exact = exact, shown = task.title,
      ask = function() return answer end }
  end
end
peer.run()
