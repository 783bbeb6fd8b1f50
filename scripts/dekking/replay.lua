-- replay.lua - asks again what a receipt says was asked, and tells what differs.
--
-- What may differ is told in two ways: a difference is a number of the answer, or of the data that it was made of, that is
-- another now; a note is anything else that is not as it was (the program's version, the script, a file's bytes).

local dk, core = ...

local receipt, recipe = core.part "receipt", core.part "recipe"

local replay = {}

local MOST_TOLD = 10

-- What a CSV text holds, as rows of fields.
local function rows_of(text)
  local rows, row, at = {}, {}, 1
  while at <= #text do
    local field, last
    if text:sub(at, at) == '"' then
      local parts, from = {}, at + 1
      while true do
        local quote = text:find('"', from, true) or #text + 1
        parts[#parts + 1] = text:sub(from, quote - 1)
        from = quote + 1
        if text:sub(from, from) ~= '"' then
          break
        end
        from = from + 1
      end
      field, last = table.concat(parts, '"'), text:find("[,\n]", from) or #text + 1
    else
      last = text:find("[,\n]", at) or #text + 1
      field = text:sub(at, last - 1)
    end
    row[#row + 1] = field
    if text:sub(last, last) ~= "," then
      rows[#rows + 1], row = row, {}
    end
    at = last + 1
  end
  return rows
end

-- Says where two texts of CSV differ: the first cells, by the row's first field and the column's name.
local function compare_cells(before, now, tell)
  local a, b, n = rows_of(before), rows_of(now), 0
  local head = a[1] or {}
  if table.concat(head, ",") ~= table.concat(b[1] or {}, ",") then
    tell("result: the columns were %s and are %s", table.concat(head, ", "), table.concat(b[1] or {}, ", "))
    return
  elseif #a ~= #b then
    local i = 2
    while a[i] and b[i] and table.concat(a[i], ",") == table.concat(b[i], ",") do
      i = i + 1
    end
    tell("result: it had %d rows and has %d, from row %d on (%s) others", #a - 1, #b - 1, i - 1, (a[i] or b[i])[1])
    return
  end
  for i = 2, math.min(#a, #b) do
    for k, was in ipairs(a[i]) do
      if was ~= b[i][k] then
        n = n + 1
        if n <= MOST_TOLD then
          tell("result: row %d (%s), %s was %s and is %s", i - 1, a[i][1], head[k] or k, was == "" and "null" or was,
            (b[i][k] or "") == "" and "null" or b[i][k])
        end
      end
    end
  end
  if n > MOST_TOLD then
    tell("result: %d more cells differ", n - MOST_TOLD)
  end
end

local function compare_column(name, was, now, tell)
  if not now then
    tell("data %s: the column %s is not there", name, was.name)
  elseif was.type ~= now.type then
    tell("data %s: the column %s was %s and is %s", name, was.name, was.type, now.type)
  elseif was.fingerprint ~= now.fingerprint then
    tell("data %s: the column %s has other values", name, was.name)
  end
end

-- Compares the data that was asked with what is there now; told are differences and notes.
local function compare_data(made, env, differ, note)
  for _, was in ipairs(made.data) do
    local now = env.made[made.names[was.table]]
    if now then
      local columns, bare = {}, now:with { weight = dk.null } -- a table keeps its weights in what is selected
      for name, column in now:columns() do
        columns[name] = column
      end
      if #now ~= was.rows then
        differ("data %s: it had %d rows and has %d", was.table, was.rows, #now)
      end
      for _, column in ipairs(was.columns) do
        local there = columns[column.name]
        compare_column(was.table, column, there and {
          type = there:type(),
          fingerprint = #now == was.rows and bare:select { column.name }:fingerprint() or column.fingerprint,
        }, differ)
      end
      if differ.n == 0 and now:fingerprint() ~= was.fingerprint then
        note("data %s: columns differ that the question does not mention", was.table)
      end
    end
  end
end

-- Returns why the file cannot be read; hint is what to do then.
local function compare_file(what, was, path, note, hint)
  local fingerprint, bytes = core.file_fingerprint(path)
  if not fingerprint then
    note("%s %s: %s%s", what, path, bytes, hint or "")
    return bytes
  elseif was.fingerprint and fingerprint ~= was.fingerprint then
    note("%s %s: it has other bytes than it had (%d, and had %d)", what, path, bytes, was.bytes or 0)
  end
end

-- The bytes that a result is written as, or nil and why not.
local function written_again(result, was)
  local path = os.tmpname()
  local _ <close> = setmetatable({}, { __close = function() os.remove(path) end })
  local options = {}
  for key, value in pairs(was.options or {}) do
    options[key] = value
  end
  options.format = options.format or was.path:lower():match "%.(%a+)$"
  local done, problem = pcall(function() result:write(path, options) end)
  if not done then
    return nil, tostring(problem)
  end
  return core.file_fingerprint(path)
end

local function compare_written(result, made, tell, differ)
  for _, was in ipairs(made.written) do
    local fingerprint, bytes = written_again(result, was)
    if not fingerprint then
      differ("%s: it cannot be written again: %s", was.path, bytes)
    elseif fingerprint == was.fingerprint then
      tell("%s: the same %d bytes", was.path, bytes)
    else
      differ("%s: written again it has other bytes (%d, and had %d)", was.path, bytes, was.bytes)
    end
  end
end

local function compare_result(made, result, tell, differ)
  local now = receipt.result(made.result.table, result)
  local was = made.result
  if was.cells and was.cells == now.cells and was.fingerprint == now.fingerprint then
    tell("result: the same, %d rows, %d bytes of CSV", now.rows, #now.cells)
  elseif was.cells and now.cells and was.cells ~= now.cells then
    compare_cells(was.cells, now.cells, differ)
  elseif was.fingerprint == now.fingerprint then
    tell("result: the same, %d rows (by their fingerprint)", now.rows)
  else
    differ("result: its fingerprint was %s and is %s", was.fingerprint, now.fingerprint)
  end
end

-- Something that collects what is told, and counts.
local function teller(list, prefix)
  return setmetatable({ n = 0 }, { __call = function(self, format, ...)
    self.n = self.n + 1
    list[#list + 1] = prefix .. format:format(...)
  end })
end

-- replay.run(made, { [name] = path }) -> whether all is the same, the lines that tell it, the result or nil. made: what
-- receipt_file.read gives.
function replay.run(made, files)
  local lines = {}
  local tell, note, differ = teller(lines, ""), teller(lines, "note: "), teller(lines, "differs: ")
  local env, path_of, refused = { made = {} }, {}, {}
  if made.program ~= "dekking " .. dk.version then
    note("the receipt is of %s, and this is dekking %s", made.program, dk.version)
  end
  if made.rules ~= receipt.RULES then
    note("the receipt was made by rules %d, and this program goes by rules %d (docs/receipts.md)", made.rules,
      receipt.RULES)
  end
  for _, script in ipairs(made.scripts) do
    compare_file("script", script, script.path, note)
  end
  for _, file in ipairs(made.files) do
    local path = files[file.name] or file.path
    path_of[file.path] = path
    refused[path] = compare_file("file " .. file.name, file, path, note,
      not files[file.name] and (" (--data %s=FILE says where it is now)"):format(file.name))
  end
  -- Of what is no file nothing can be read again, and a pipe would wait for ever.
  function env.path_of(path)
    local now = path_of[path] or core.fail(("the path %s is not among the files of the receipt"):format(path))
    if now == "-" or refused[now] == "is no regular file" then
      core.fail(("%s is no file that can be read again"):format(now == "-" and "standard input" or now))
    end
    return now
  end
  local at = nil
  env.told = function(node) at = node end
  env.given = function(node)
    return files[node.given] and core.read(files[node.given])
      or core.fail(("a script made the table %s: --data %s=FILE gives it"):format(node.given, node.given))
  end
  local done, result = pcall(function()
    for _, node in ipairs(made.calls) do -- in order: what one is made of stands above it
      recipe.make(node, env)
    end
    return env.made[made.names[made.result.table]]
  end)
  compare_data(made, env, differ, note)
  if not done then
    differ("line %s: %s", made.line_of[at] or "?", tostring(result))
    return false, lines
  elseif core.kind(result) ~= "table" then
    differ("the result is %s, and no table", core.what(result))
    return false, lines
  end
  compare_result(made, result, tell, differ)
  compare_written(result, made, tell, differ)
  return differ.n == 0, lines, result
end

return replay
