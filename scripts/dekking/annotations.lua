-- annotations.lua - reads the files of scripts/library, which say what each function, method and option is: for help(), and
-- for scripts/manual.lua, which writes the manual and the page for man.
--
-- The files are Lua that does nothing, in the form that lua-language-server knows (LuaCATS). Of it this is read:
--
--   -- NAME.lua - Title            the first comment: the title of a chapter, and below it what stands at its head
--   -- Section --------------      what follows belongs together
--   --- text                       belongs to the @class, @field, @alias or function below it
--   ---@class, @field, @operator   a class; its fields are options, members of a record, or values
--   ---@alias name type            a type, or the types that may stand for it
--   ---@param, @return, @overload  of the function below
--   local t = {}                   the class above is called t in signatures; a file may add methods to a class of another
--   function t:where(condition) end
--
-- It needs nothing of dekking: the generator runs it in stock Lua.

local reader = {
  -- Chapters in the order of reading; those of other files come behind, by name.
  order = {
    "dk", "process", "table", "together", "look", "column", "value", "block", "expr", "breakdown", "aggregate", "scenario",
    "step", "comparisons", "sweep", "bands", "allocate", "receipt", "hierarchy", "codes", "publication", "explain",
    "summary", "pack",
  },
}

-- A type at the beginning of a text, and what is behind it: "a"|"b", table<string, number>, fun(x: T): U, { a: b }.
local function take_type(text, is_named)
  local depth, at, quote = 0, 1, nil
  while at <= #text do
    local c = text:sub(at, at)
    if quote then
      quote = c ~= quote and quote or nil
    elseif c == '"' or c == "'" then
      quote = c
    elseif c:find "[%(<{%[]" then
      depth = depth + 1
    elseif c:find "[%)>}%]]" then
      depth = depth - 1
    elseif c == " " and depth == 0 and not text:sub(1, at - 1):find "[|:]%s*$" and not text:find("^%s*|", at) then
      break
    end
    at = at + 1
  end
  local rest = text:sub(at):match "^%s*(.-)$"
  if is_named and not rest:find "^[#@]" then
    rest = rest:match "^%S+%s*(.*)$" or "" -- the name of a result
  end
  return text:sub(1, at - 1), (rest:gsub("^[#@]%s*", ""))
end

-- "name?" as the name and whether it may be left out
local function take_name(text)
  local name, rest = text:match "^(%b[])%s+(.*)$"
  if not name then
    name, rest = text:match "^(%S+)%s+(.*)$"
  end
  if not name then
    return nil
  end
  return (name:gsub("%?$", "")), name:sub(-1) == "?", rest
end

local function member_of(rest, before, where)
  local name, is_optional, behind = take_name(rest)
  if not name then
    error(("%s: a name and a type are wanted: %s"):format(where, rest), 0)
  end
  local kind, text = take_type(behind)
  return {
    name = name,
    optional = is_optional or nil,
    type = kind,
    text = before ~= "" and before .. (text ~= "" and " " .. text or "") or text,
  }
end

-- How each tag is read into the block at hand.
local tags = {}

function tags.class(block, rest, before)
  block.class = { kind = "class", name = rest:match "^[%w_.]+", parent = rest:match "^[%w_.]+%s*:%s*([%w_.]+)",
    text = before, fields = {}, operators = {} }
end

function tags.field(block, rest, before, where)
  if not block.class then
    error(where .. ": a field belongs to a class", 0)
  end
  local fields = block.class.fields
  fields[#fields + 1] = member_of(rest, before, where)
end

function tags.operator(block, rest, before)
  local operators = block.class.operators
  local name, operand, result = rest:match "^(%w+)%(?([^)]*)%)?:%s*(%S+)"
  operators[#operators + 1] = { name = name, operand = operand ~= "" and operand or nil, type = result, text = before }
end

function tags.alias(block, rest, before)
  local name, behind = rest:match "^(%S+)%s*(.*)$"
  local kind, text = take_type(behind)
  block.alias = { kind = "alias", name = name, type = kind, text = before ~= "" and before or text }
end

function tags.param(block, rest, before, where)
  block.params[#block.params + 1] = member_of(rest, "", where)
  block.text = block.text or before
end

tags["return"] = function(block, rest, before)
  local kind, text = take_type(rest, true)
  block.returns[#block.returns + 1] = { type = kind, text = text }
  block.text = block.text or before
end

-- Of a class: what a call of it takes and gives.
function tags.overload(block, rest, before)
  if block.class then
    local arguments, result = rest:match "^fun%((.-)%): (.+)$"
    local operators = block.class.operators
    operators[#operators + 1] = { name = "call", operand = arguments, type = result, text = before }
  else
    block.overloads[#block.overloads + 1] = rest
    block.text = block.text or before
  end
end

local function new_block() return { params = {}, returns = {}, overloads = {} } end

-- The parameters of a function in the order of its head, so that one without @param is an error of the file.
local function arguments_of(block, head, where)
  local by_name, list = {}, {}
  for _, param in ipairs(block.params) do
    by_name[param.name] = param
  end
  for name in head:gmatch "[^,%s]+" do
    list[#list + 1] = by_name[name] or error(("%s: the parameter %s has no @param"):format(where, name), 0)
    by_name[name] = nil
  end
  local extra = next(by_name)
  if extra then
    error(("%s: the function has no parameter %s"):format(where, extra), 0)
  end
  return list
end

-- The text of one file -> { name =, title =, text =, entries = { ... } }; each entry is a class, an alias, or a function:
-- { kind =, name = "t:where", owner = "t", short = "where", class = "dk.Table", section =, text =, params =, returns =,
-- overloads = }.
function reader.parse(name, text)
  local file = { name = name, title = name, text = "", entries = {} }
  local entries, owners = file.entries, {}
  local block, doc, section, intro = new_block(), {}, nil, nil
  local number = 0

  local function take_doc()
    local taken = table.concat(doc, "\n"):gsub("^\n+", ""):gsub("\n+$", "")
    doc = {}
    return taken
  end
  local function add(entry)
    entry.section = section
    entries[#entries + 1] = entry
  end
  local function flush()
    for _, key in ipairs { "class", "alias" } do
      if block[key] then
        add(block[key])
      end
    end
    block, doc = new_block(), {}
  end

  for line in (text:gsub("\r\n?", "\n") .. "\n"):gmatch "(.-)\n" do
    number = number + 1
    local where = ("%s.lua:%d"):format(name, number)
    local tag, rest = line:match "^%-%-%-@(%w+)%s*(.-)%s*$"
    local comment = line:match "^%-%-%-?%s?(.-)%s*$"
    local call, mark, short, head = line:match "^function ([%w_]+)([.:])([%w_]+)%((.-)%) end"
    local title = line:match "^%-%- (.-) %-%-%-+$"
    if tag then
      if tags[tag] then
        tags[tag](block, rest, take_doc(), where)
      elseif tag ~= "meta" then
        error(("%s: the tag @%s is not read"):format(where, tag), 0)
      end
    elseif line:find "^%-%-%-" then
      doc[#doc + 1] = comment
    elseif title then
      flush()
      section, intro = title, nil
    elseif comment then
      local heading = comment:match "^[%w_]+%.lua %- (.+)$"
      if heading and number < 4 then
        file.title, intro = heading, {}
      elseif intro then
        intro[#intro + 1] = comment
      end
    elseif call then
      add {
        kind = "function", name = call .. mark .. short, owner = call, short = short, class = owners[call],
        text = block.text or take_doc(), params = arguments_of(block, head, where), returns = block.returns,
        overloads = block.overloads,
      }
      block, doc = new_block(), {}
    elseif line:find "^local [%w_]+ = {}" or line:find "^[%w_]+ = {}" then
      local owner = line:match "^local ([%w_]+)" or line:match "^([%w_]+)"
      if block.class then
        owners[owner], block.class.owner = block.class.name, owner
        if block.class.text == "" and #block.class.fields == 0 then
          block.class = nil -- of another file, whose methods follow
        end
      end
      flush()
    elseif line == "" then
      if intro and #intro > 0 then
        file.text, intro = table.concat(intro, "\n"):gsub("^\n+", ""), nil
      end
      flush()
    elseif line ~= "return dk" then
      error(("%s: this is no annotation: %s"):format(where, line), 0)
    end
  end
  flush()
  return file
end

-- Texts by name -> the files, in the order of chapters.
function reader.parse_all(texts)
  local names, place, files = {}, {}, {}
  for i, name in ipairs(reader.order) do
    place[name] = i
  end
  for name in pairs(texts) do
    names[#names + 1] = name
  end
  table.sort(names, function(a, b)
    local x, y = place[a] or math.huge, place[b] or math.huge
    return x < y or x == y and a < b
  end)
  for i, name in ipairs(names) do
    files[i] = reader.parse(name, texts[name])
  end
  return reader.gather(files)
end

-- Puts methods that a file has of another's class with that class, behind its own.
function reader.gather(files)
  local home = {}
  for _, file in ipairs(files) do
    for _, entry in ipairs(file.entries) do
      if entry.kind == "class" and entry.owner then
        home[entry.name] = file
      end
    end
  end
  for _, file in ipairs(files) do
    local kept = {}
    for _, entry in ipairs(file.entries) do
      local to = entry.kind == "function" and entry.class and entry.class ~= "dk" and home[entry.class] or file
      if to ~= file then
        entry.section = entry.section or file.title
        to.entries[#to.entries + 1] = entry
      else
        kept[#kept + 1] = entry
      end
    end
    file.entries = kept
  end
  return files
end

-- What the names of entries belong to: each class or alias under its name.
function reader.types_of(files)
  local types = {}
  for _, file in ipairs(files) do
    for _, entry in ipairs(file.entries) do
      if entry.kind ~= "function" then
        types[entry.name] = entry
      end
    end
  end
  return types
end

-- Fields of a class, with those of the class that it extends first.
function reader.fields_of(class, types)
  local fields = {}
  for _, each in ipairs { types[class.parent] or false, class } do
    for _, field in ipairs(each and each.fields or {}) do
      fields[#fields + 1] = field
    end
  end
  return fields
end

-- The classes and aliases that the parameters of a function speak of, each once, in their order.
function reader.types_in(entry, types)
  local list, seen = {}, {}
  local function look(text)
    for name in text:gmatch "dk%.%u%w+" do
      if types[name] and not seen[name] then
        seen[name] = true
        list[#list + 1] = types[name]
      end
    end
  end
  for _, param in ipairs(entry.params) do
    look(param.type)
  end
  for _, result in ipairs(entry.returns) do
    if result.type:find "^fun" then
      look(result.type)
    end
  end
  for _, overload in ipairs(entry.overloads) do
    look(overload)
  end
  return list
end

-- The first sentence of a text, on one line.
function reader.summary(text)
  local paragraph = (text .. "\n\n"):match "^(.-)\n\n":gsub("\n", " ")
  return (paragraph .. " "):match "^(.-[^%s.]%.)%s" or paragraph
end

-- "t:where(condition, params?)", with what it gives behind it: "-> dk.Table"
function reader.signature(entry)
  local names, types = {}, {}
  for i, param in ipairs(entry.params) do
    names[i] = param.name .. (param.optional and "?" or "")
  end
  for i, result in ipairs(entry.returns) do
    types[i] = result.type
  end
  local gives = #types > 0 and " -> " .. table.concat(types, ", ") or ""
  return ("%s(%s)%s"):format(entry.name, table.concat(names, ", "), gives)
end

-- The functions of expressions, which stand in no Lua: those of the tables in pages of docs/, whose first cells have calls
-- and the last says what these give. `_mean` behind `moving_sum(x, n)` is moving_mean(x, n).
-- -> a list of { kind = "word", name = "bin", page = "expressions", text =, rows = { { calls =, text = } } }
function reader.words_of(pages)
  local words, by_name = {}, {}
  local function add(call, row, page)
    local name = call:match "^[%a_][%w_]*"
    local word = by_name[name]
    if not word then
      word = { kind = "word", name = name, text = row.text, page = page, rows = {} }
      words[#words + 1], by_name[name] = word, word
    end
    if word.rows[#word.rows] ~= row then
      word.rows[#word.rows + 1] = row
    end
  end
  for _, page in ipairs(pages) do
    for line in page.text:gmatch "|([^\n]+)|" do
      local cells, last = {}, nil
      for each in (line:gsub("\\|", "\1") .. "|"):gmatch "(.-)|" do
        cells[#cells + 1] = each:gsub("\1", "|"):match "^%s*(.-)%s*$"
      end
      local row = { calls = table.concat(cells, " ", 1, #cells - 1), text = cells[#cells] }
      for i = 1, #cells - 1 do
        for call in cells[i]:gmatch "`([^`]+)`" do
          if call:find "^_" and last then
            call = last:gsub("_%l+", call:match "^_%l+", 1):gsub("%(.*", call:match "%(.*" or "%0")
          elseif not call:find "^[%a_][%w_]*%(.*%)$" and not (last and call:find "^[%l_]+$") then
            call = nil
          else
            call = call:find "%(" and call or call .. last:match "%(.*"
            last = call
          end
          if call then
            add(call, row, page.name)
          end
        end
      end
    end
  end
  return words
end

-- The same of another way to call it, which stands as "fun(self: dk.Table, column: string): dk.Table".
function reader.overload(entry, overload)
  local names = {}
  local arguments, gives = overload:match "^fun(%b())(.*)$"
  for name in arguments:gmatch "([%a_.][%w_.]*%??): " do
    names[#names + 1] = name ~= "self" and name or nil
  end
  return ("%s(%s)%s"):format(entry.name, table.concat(names, ", "), (gives:gsub("^: ", " -> ")))
end

-- Parts of a text in their order: { text =, fence = "lua" }, fence being nil outside of one.
function reader.blocks(text)
  local blocks, lines, kind = {}, {}, nil
  local function close(of)
    if #lines > 0 then
      blocks[#blocks + 1] = { fence = of, text = table.concat(lines, "\n") }
    end
    lines = {}
  end
  for line in (text .. "\n"):gmatch "(.-)\n" do
    local fence = line:match "^```(.*)$"
    if fence and kind then
      close(kind)
      kind = nil
    elseif fence then
      close()
      kind = fence
    else
      lines[#lines + 1] = line
    end
  end
  close(kind)
  return blocks
end

return reader
