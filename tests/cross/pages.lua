-- pages.lua - the tasks of docs/coming-from.md: what DuckDB answers to their SQL, beside what their Lua prints.
--
-- usage: dekking tests/cross/pages.lua FOLDER PEERS        (see peer.lua; in the folder of the project)
--
-- Of each task the last statement of its SQL is the question, and those before it prepare it; what its Lua prints
-- first must be the same. A total is null in SQL. Tasks that only make a table are asked by those that follow them.

local here = arg[0]:match "^(.*)/" or "."
local peer = dofile(here .. "/peer.lua")

local tasks = dofile(here .. "/tasks.lua")

-- Counts, texts and dates are compared as text, what is computed of them as numbers.
local EXACT = { integer = true, category = true, text = true, date = true }

for _, task in ipairs(tasks) do
  for _, statement in ipairs(task.statements) do
    peer.prepare(statement)
  end
  if task.question then
    local answer, exact = task.printed, { true }
    if math.type(answer) then
      answer = { { tostring(answer) } }
    else
      for row in answer:schema():rows() do
        exact[#exact + 1] = EXACT[row.type] or false
      end
      table.remove(exact, 1)
    end
    peer.add { sql = ("select * from (%s)"):format(task.question), tables = {}, exact = exact, shown = task.title,
      ask = function() return answer end }
  end
end
peer.run()
