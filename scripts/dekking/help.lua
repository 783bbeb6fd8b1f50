-- help.lua - dk.help: what a function, a method, a class or an option is, on the screen.
--
-- The texts are those of scripts/library, which the program holds; they are read when help is first asked for.

local dk, core = ...

local reader = core.part "annotations"

local WIDTH = 80

-- Pages whose tables have the functions of expressions, in the order in which they are to be seen.
local PAGES = { "expressions", "sets", "intervals", "windows" }

local files, words
do
  local texts, pages = core.annotations(), {}
  for i, name in ipairs(PAGES) do
    pages[i] = { name = name, text = texts["docs/" .. name] }
    texts["docs/" .. name] = nil
  end
  files, words = reader.parse_all(texts), reader.words_of(pages)
  files[#files + 1] = { name = "words", title = "Functions of expressions", text = "", entries = words }
end
local types = reader.types_of(files)

-- Text on the screen -------------------------------------------------------------------------------------------------

-- Appends words of the text to lines of WIDTH. The first line begins with `first`, filled up to the indent where it is
-- shorter; the others with so many blanks.
local function wrap(lines, text, indent, first)
  text = text:gsub("%[([^%]]-)%]%([^)]-%)", "%1") -- links
  local line, width = first or (" "):rep(indent), utf8.len(first or "") or indent
  line = line .. (" "):rep(indent - width)
  local is_empty = first == nil or first == "" or width < indent
  for word in text:gmatch "%S+" do
    if not is_empty and utf8.len(line) + 1 + utf8.len(word) > WIDTH then
      lines[#lines + 1] = line
      line, is_empty = (" "):rep(indent), true
    end
    line, is_empty = line .. (is_empty and "" or " ") .. word, false
  end
  lines[#lines + 1] = (line:gsub("%s+$", ""))
end

-- Paragraphs and lists are filled; examples stand as they are.
local function add_text(lines, text, indent)
  for _, block in ipairs(reader.blocks(text)) do
    if block.fence then
      lines[#lines + 1] = ""
      for line in (block.text .. "\n"):gmatch "(.-)\n" do
        lines[#lines + 1] = ((" "):rep(indent + 2) .. line):gsub("%s+$", "")
      end
    else
      local is_first = true
      for paragraph in (block.text .. "\n\n"):gsub("\n%- ", "\n\n- "):gmatch "%s*(.-)\n\n+" do
        if paragraph ~= "" then
          if not (is_first and #lines == 0) then
            lines[#lines + 1] = not paragraph:find "^%- " and "" or nil
          end
          wrap(lines, paragraph, indent + (paragraph:find "^%- " and 2 or 0), (" "):rep(indent))
          is_first = false
        end
      end
    end
  end
end

-- "a" or "b" without what a type's name adds
local function plain_type(text)
  return (text:gsub('"', ""):gsub("dk%.", ""))
end

local function add_members(lines, members, indent)
  local width = 0
  for _, member in ipairs(members) do
    width = math.max(width, utf8.len(member.name) + (member.optional and 1 or 0))
  end
  width = math.min(width, 16) + indent + 2
  for _, member in ipairs(members) do
    local name = (" "):rep(indent) .. member.name .. (member.optional and "?" or "")
    if #name + 2 > width then
      lines[#lines + 1] = name
      name = ""
    end
    wrap(lines, member.text:gsub("%.$", "") .. (member.text ~= "" and " " or "") .. "(" .. plain_type(member.type) .. ")",
      width, name)
  end
end

-- Pages --------------------------------------------------------------------------------------------------------------

local function function_page(entry)
  local lines = { reader.signature(entry) }
  for _, overload in ipairs(entry.overloads) do
    lines[#lines + 1] = reader.overload(entry, overload)
  end
  add_text(lines, entry.text, 0)
  if #entry.params > 0 then
    lines[#lines + 1] = ""
    add_members(lines, entry.params, 2)
  end
  for _, result in ipairs(entry.returns) do
    if result.text ~= "" then
      wrap(lines, ("gives %s: %s"):format(plain_type(result.type), result.text), 4, "  ")
    end
  end
  for _, kind in ipairs(reader.types_in(entry, types)) do
    local fields = kind.fields and reader.fields_of(kind, types)
    if not kind.owner and (kind.kind == "alias" or #fields > 0) then
      lines[#lines + 1] = ""
      wrap(lines, kind.text, 2, plain_type(kind.name) .. ":")
      if fields then
        add_members(lines, fields, 2)
      end
    end
  end
  return lines
end

-- The methods of a class, or the functions of dk, by section.
local function add_functions(lines, file, owner)
  local width, section, is_first = 0, nil, true
  for _, entry in ipairs(file.entries) do
    if entry.kind == "function" and entry.owner == owner then
      width = math.max(width, #entry.name)
    end
  end
  for _, entry in ipairs(file.entries) do
    if entry.kind == "function" and entry.owner == owner then
      if is_first or entry.section ~= section then
        lines[#lines + 1] = ""
        lines[#lines + 1] = entry.section or owner == "dk" and file.title or nil
      end
      section, is_first = entry.section, false
      wrap(lines, reader.summary(entry.text), width + 4, "  " .. entry.name)
    end
  end
end

local function class_page(class, file)
  local lines = { class.name }
  add_text(lines, class.text, 0)
  if class.owner then
    add_text(lines, file.text, 0)
  end
  local fields = reader.fields_of(class, types)
  if #fields > 0 then
    lines[#lines + 1] = ""
    add_members(lines, fields, 2)
  end
  for _, operator in ipairs(class.operators) do
    wrap(lines, operator.text, 4,
      ("  %s with %s gives %s"):format(operator.name, operator.operand or "nothing", operator.type))
  end
  if class.owner then
    add_functions(lines, file, class.owner)
  end
  return lines
end

local function alias_page(alias)
  local lines = { alias.name .. ": " .. plain_type(alias.type) }
  add_text(lines, alias.text, 0)
  return lines
end

-- A function of expressions: the rows of tables that it stands in.
local function word_page(word)
  local lines = {}
  for i, row in ipairs(word.rows) do
    lines[#lines + 1] = i > 1 and "" or nil
    wrap(lines, row.calls:gsub("`", ""), 0)
    wrap(lines, row.text, 2, "")
  end
  lines[#lines + 1] = ""
  wrap(lines, ("It stands in expressions, which are strings: docs/%s.md."):format(word.page), 0)
  return lines
end

local function overview()
  local lines = { ("dekking %s"):format(dk.version), "" }
  wrap(lines, 'help(dk.read), help "t:where", help "where" and help(object) tell more.', 0)
  for _, file in ipairs(files) do
    add_functions(lines, file, "dk")
  end
  local names = {}
  for i, word in ipairs(words) do
    names[i] = word.name
  end
  lines[#lines + 1] = ""
  wrap(lines, table.concat(names, " "), 2, "Expressions:")
  for _, file in ipairs(files) do
    for _, class in ipairs(file.entries) do
      if class.kind == "class" and class.owner and class.owner ~= "dk" then
        names = {}
        for _, entry in ipairs(file.entries) do
          names[#names + 1] = entry.kind == "function" and entry.owner == class.owner and entry.short or nil
        end
        lines[#lines + 1] = ""
        wrap(lines, reader.summary(class.text), 2, class.name .. ":")
        if #names > 0 then
          wrap(lines, table.concat(names, " "), 4, "  " .. class.owner .. ":")
        end
      end
    end
  end
  return lines
end

-- Finding ------------------------------------------------------------------------------------------------------------

local function page_of(entry, file)
  if entry.kind == "function" then
    return function_page(entry)
  end
  if entry.kind == "word" then
    return word_page(entry)
  end
  return entry.kind == "class" and class_page(entry, file) or alias_page(entry)
end

-- Calls visit(entry, file) for each entry until it gives something.
local function each_entry(visit)
  for _, file in ipairs(files) do
    for _, entry in ipairs(file.entries) do
      local found = visit(entry, file)
      if found ~= nil then
        return found
      end
    end
  end
end

-- Classes whose objects have a metatable of another name.
local METATABLES = { ["dk.ExactValue"] = "dk.value", ["dk.Null"] = "", ["dk.Total"] = "" }

local function metatable_of(class) return METATABLES[class] or class:lower() end

-- The function that is there under the name of the entry, as far as its part is loaded.
local function value_of(entry)
  if entry.owner == "dk" then
    return rawget(dk, entry.short)
  end
  local index = (core.class(metatable_of(entry.class)) or {}).__index
  local methods = core.methods[entry.class]
  if methods then
    return methods[entry.short]
  end
  local ok, value = pcall(index, nil, entry.short)
  return ok and value or nil
end

local function page_of_function(value)
  return each_entry(function(entry, file)
    if entry.kind == "function" and rawequal(value_of(entry), value) then
      return page_of(entry, file)
    end
  end)
end

-- The metatable of an object is hidden behind its name.
local function page_of_object(value)
  local name = (type(value) == "userdata" or type(value) == "table") and getmetatable(value) or nil
  return each_entry(function(entry, file)
    if entry.kind == "class" and (metatable_of(entry.name) == name or entry.name == "dk.Null" and rawequal(value, dk.null)
        or entry.name == "dk.Total" and rawequal(value, dk.total)) then
      return page_of(entry, file)
    end
  end)
end

-- Names that an entry goes by: "t:where", "where"; "dk.ReadOptions", "ReadOptions", "readoptions".
local function is_called(entry, name)
  local short = entry.short or entry.name:match "[^.]+$"
  return entry.name == name or short == name or entry.kind ~= "function" and short:lower() == name:lower()
    or entry.class and entry.class:lower() .. ":" .. entry.short == "dk." .. name:lower():gsub("%.", ":")
end

local function add_options(found, name)
  each_entry(function(entry)
    for _, field in ipairs(entry.fields or {}) do
      if field.name == name then
        found[#found + 1] = { class = entry, field = field }
      end
    end
  end)
end

local function option_page(name, found)
  local lines = {}
  for i, each in ipairs(found) do
    lines[#lines + 1] = i > 1 and "" or nil
    lines[#lines + 1] = ("%s of %s"):format(name, each.class.name)
    wrap(lines, each.field.text .. " (" .. plain_type(each.field.type) .. ")", 2, "")
  end
  return lines
end

local function fail_name(name)
  local names, seen = {}, {}
  local function add(each)
    if not seen[each] then
      seen[each] = true
      names[#names + 1] = each
    end
  end
  each_entry(function(entry)
    add(entry.name)
    add(entry.short or entry.name:match "[^.]+$")
    for _, field in ipairs(entry.fields or {}) do
      add(field.name)
    end
  end)
  local nearest = core.nearest(name, names)
  core.fail(nearest and ("help has nothing on '%s' (did you mean '%s'?)"):format(name, nearest)
    or ("help has nothing on '%s' (help() shows what there is)"):format(name))
end

local function page_of_name(name)
  local found, options = {}, {}
  each_entry(function(entry, file)
    if is_called(entry, name) then
      local is_exact = entry.name == name and entry.kind ~= "word"
      table.insert(found, is_exact and 1 or #found + 1, { entry = entry, file = file })
    end
  end)
  if #found == 0 then
    add_options(options, name)
    return #options > 0 and option_page(name, options) or fail_name(name)
  end
  local lines = page_of(found[1].entry, found[1].file)
  if (found[1].entry.name ~= name or found[1].entry.kind == "word") and #found > 1 then
    lines[#lines + 1] = ""
    lines[#lines + 1] = "Also called so:"
    for i = 2, #found do
      local entry = found[i].entry
      wrap(lines, reader.summary(entry.text), 24, "  " .. entry.name .. (entry.kind == "word" and "(...)" or ""))
    end
  end
  return lines
end

-- dk.help([what]): a function, an object, a name, or nothing for an overview
return core.export(function(...)
  local what = ...
  local lines
  if select("#", ...) == 0 or what == dk then
    lines = overview()
  elseif type(what) == "string" then
    lines = page_of_name(what)
  elseif type(what) == "function" then
    lines = page_of_function(what) or core.fail "help knows the functions of dekking, and this is none of them"
  else
    lines = what ~= nil and (page_of_object(what) or page_of_function(what))
      or core.fail(("help wants a function, an object or a name of dekking, not %s%s"):format(core.what(what),
        what == nil and " (was a variable nil?)" or ""))
  end
  (core.show or io.write)(table.concat(lines, "\n") .. "\n") -- the prompt shows it page by page
end)
