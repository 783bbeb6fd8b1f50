-- manual.lua - writes the manual and the page for man, from the annotations in scripts/library.
--
-- usage: lua5.4 scripts/manual.lua markdown > docs/manual.md
--        lua5.4 scripts/manual.lua man > docs/dekking.1
--
-- `make manual` writes both; tests/manual.lua says when they are stale. The options of the program are those of
-- docs/program.md.

local reader = dofile "scripts/dekking/annotations.lua"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local function load_files()
  local texts = {}
  local pipe = assert(io.popen "ls scripts/library/*.lua")
  for path in pipe:lines() do
    texts[path:match "([^/]+)%.lua$"] = read(path)
  end
  pipe:close()
  return reader.parse_all(texts)
end

local files = load_files()
local types = reader.types_of(files)

-- Methods of a chapter's classes by section, { title =, entries = { ... } }, in their order; a class that is an object
-- begins one of its own.
local function sections_of(file)
  local sections, section = {}, nil
  for _, entry in ipairs(file.entries) do
    local title = entry.section
    if entry.kind == "function" then
      if not section or section.title ~= title or section.owner ~= entry.owner then
        section = { title = title, owner = entry.owner, entries = {} }
        sections[#sections + 1] = section
      end
      section.entries[#section.entries + 1] = entry
    end
  end
  return sections
end

-- What a page shows of types: those that stand with the function that takes them first, and all others.
local shown_at = {}
local function options_of(entry)
  local list = {}
  for _, kind in ipairs(reader.types_in(entry, types)) do
    if kind.fields and not kind.owner and #reader.fields_of(kind, types) > 0 then
      list[#list + 1] = kind
      shown_at[kind.name] = shown_at[kind.name] or entry
    end
  end
  return list
end

-- Types that stand with no function: aliases, and records that functions give or take within others.
local function other_types()
  local list, taken = {}, {}
  for _, file in ipairs(files) do
    for _, entry in ipairs(file.entries) do
      if entry.kind == "function" then
        options_of(entry)
      end
    end
  end
  for name, entry in pairs(shown_at) do
    taken[name] = entry
    taken[types[name].parent or name] = entry
  end
  for _, file in ipairs(files) do
    for _, entry in ipairs(file.entries) do
      if entry.kind ~= "function" and not entry.owner and not taken[entry.name] then
        list[#list + 1] = entry
      end
    end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function plain_type(text) return (text:gsub("%s*|%s*", " or ")) end

-- Markdown -----------------------------------------------------------------------------------------------------------

local markdown = {}

-- As GitHub makes the anchor of a heading.
local function anchor(title) return (title:lower():gsub("[^%w%- _]", ""):gsub(" ", "-")) end

local function cell(text) return (text:gsub("\n", " "):gsub("|", "\\|")) end

local function add_fields(out, fields, heading)
  out(("| %s | type | |"):format(heading))
  out "| --- | --- | --- |"
  for _, field in ipairs(fields) do
    local name = field.name .. (field.optional and "?" or "")
    out(("| `%s` | `%s` | %s |"):format(name, plain_type(field.type), cell(field.text)))
  end
  out ""
end

local function add_function(out, entry)
  out(("#### %s"):format(entry.name))
  out ""
  out(("`%s`"):format(reader.signature(entry)))
  for _, overload in ipairs(entry.overloads) do
    out(("or `%s`"):format(reader.overload(entry, overload)))
  end
  out ""
  out(entry.text)
  out ""
  local is_list = false
  for _, param in ipairs(entry.params) do
    local text = param.text ~= "" and ": " .. param.text or ""
    out(("- `%s` (`%s`)%s"):format(param.name .. (param.optional and "?" or ""), plain_type(param.type), text))
    is_list = true
  end
  for _, result in ipairs(entry.returns) do
    if result.text ~= "" then
      out(("- gives `%s`: %s"):format(plain_type(result.type), result.text))
      is_list = true
    end
  end
  if is_list then
    out ""
  end
  for _, kind in ipairs(options_of(entry)) do
    if shown_at[kind.name] == entry then
      out(("`%s`: %s"):format(kind.name, kind.text))
      out ""
      add_fields(out, reader.fields_of(kind, types), "option")
    else
      local at = shown_at[kind.name].name
      out(("`%s` are those of [%s](#%s)."):format(kind.name, at, anchor(at)))
      out ""
    end
  end
end

local function add_class(out, class)
  out(class.text)
  out ""
  if #class.fields > 0 then
    add_fields(out, class.fields, "member")
  end
  for _, operator in ipairs(class.operators) do
    out(("- the operator `%s`%s gives `%s`%s"):format(operator.name,
      operator.operand and " with `" .. operator.operand .. "`" or "", operator.type,
      operator.text ~= "" and ": " .. operator.text or ""))
  end
  if #class.operators > 0 then
    out ""
  end
end

local function contents(out)
  for _, file in ipairs(files) do
    out(("- [%s](#%s)"):format(file.title, anchor(file.title)))
    for _, section in ipairs(sections_of(file)) do
      local links = {}
      for i, entry in ipairs(section.entries) do
        links[i] = ("[%s](#%s)"):format(entry.short, anchor(entry.name))
      end
      out(("  - %s%s"):format(section.title and section.title .. ": " or "", table.concat(links, ", ")))
    end
  end
  out "- [Types](#types)"
  out ""
end

function markdown.write()
  local lines = {}
  local function out(text) lines[#lines + 1] = text end
  out "# Manual"
  out ""
  out "<!-- Written by `make manual` from scripts/library: change it there. -->"
  out ""
  out "Every function, method and option. At the prompt `help(dk.read)` and `help \"t:where\"` show the same. What"
  out "conditions and measures may say is in [expressions.md](expressions.md), what the numbers mean in"
  out "[semantics.md](semantics.md). `?` stands behind what may be left out, or nil; `[]` behind the type of the items of"
  out "a list."
  out ""
  contents(out)
  for _, file in ipairs(files) do
    out("## " .. file.title)
    out ""
    if file.text ~= "" then
      out(file.text)
      out ""
    end
    local class_of = {}
    for _, entry in ipairs(file.entries) do
      if entry.owner and entry.kind == "class" then
        class_of[entry.owner] = entry
      end
    end
    local shown = {}
    local function show_class(owner)
      if class_of[owner] and not shown[owner] then
        shown[owner] = true
        add_class(out, class_of[owner])
      end
    end
    for _, section in ipairs(sections_of(file)) do
      show_class(section.owner)
      if section.title then
        out(("### %s: %s"):format(file.title, section.title:sub(1, 1):lower() .. section.title:sub(2)))
        out ""
      end
      for _, entry in ipairs(section.entries) do
        add_function(out, entry)
      end
    end
    for _, entry in ipairs(file.entries) do
      if entry.kind == "class" and entry.owner then
        show_class(entry.owner)
      end
    end
  end
  out "## Types"
  out ""
  out "What parameters, options and results may be, beside the types of Lua."
  out ""
  for _, entry in ipairs(other_types()) do
    out("#### " .. entry.name)
    out ""
    out(entry.text)
    out ""
    if entry.kind == "alias" then
      out(("- `%s`"):format(plain_type(entry.type)))
      out ""
    elseif #entry.fields > 0 then
      add_fields(out, entry.fields, "member")
    end
  end
  return table.concat(lines, "\n"):gsub("\n\n\n+", "\n\n")
end

-- mdoc ---------------------------------------------------------------------------------------------------------------

local man = {}

-- Marks of Markdown become fonts; what roff would read as its own is escaped.
local function roff(text)
  text = text:gsub("\\", "\\e"):gsub("%[([^%]]-)%]%(([^)]-)%)", "%1"):gsub("%-", "\\-")
  text = text:gsub("`([^`]+)`", "\\fB%1\\fP"):gsub("%*%*(.-)%*%*", "\\fB%1\\fP")
  text = text:gsub(utf8.charpattern, function(c) return #c > 1 and ("\\[u%04X]"):format(utf8.codepoint(c)) or nil end)
  text = text:gsub("([^%s.]%.) +", "%1\n") -- a sentence begins a line
  return (("\n" .. text):gsub("\n([.'])", "\n\\&%1"):sub(2))
end

local function add_paragraphs(out, text)
  local is_first = true
  for _, block in ipairs(reader.blocks(text)) do
    if not block.fence then
      for paragraph in (block.text .. "\n\n"):gmatch "%s*(.-)\n\n+" do
        if paragraph ~= "" then
          if not is_first then
            out ".Pp"
          end
          out(roff(paragraph))
          is_first = false
        end
      end
    end
  end
end

local function add_tagged(out, members)
  if #members == 0 then
    return
  end
  out ".Bl -tag -width indent"
  for _, member in ipairs(members) do
    out((".It \\fB%s\\fP (%s)"):format(roff(member.name), roff(plain_type(member.type):gsub('"', "")):gsub(" ", "\\ ")))
    if member.text ~= "" then
      out(roff(member.text))
    end
  end
  out ".El"
end

-- The options of the program, as docs/program.md has them.
local function program_options()
  local list = {}
  for left, right in read "docs/program.md":gmatch "\n| (`%-[^|]-) +| ([^\n]-) +|" do
    list[#list + 1] = { left = left, right = right }
  end
  assert(#list > 5, "docs/program.md has no table of options")
  return list
end

function man.write()
  local lines = {}
  local function out(text) lines[#lines + 1] = text end
  out '.\\" Written by make manual from scripts/library: change it there.'
  out ".Dd November 26, 2026"
  out ".Dt DEKKING 1"
  out ".Os"
  out ".Sh NAME"
  out ".Nm dekking"
  out ".Nd analysis of the coverage of registers, in Lua"
  out ".Sh SYNOPSIS"
  out ".Nm"
  out ".Op Ar options"
  out ".Op Ar script Op Ar args"
  out ".Sh DESCRIPTION"
  out ".Nm"
  out "is a Lua 5.4 interpreter in which the module"
  out ".Li dk"
  out "is there without"
  out ".Li require ."
  out "It reads register data, answers breakdowns of them and says what scenarios would change."
  out "Without a script, on a terminal, it is a prompt, at which"
  out ".Li help()"
  out "shows what there is."
  out ".Pp"
  out "The options are:"
  out ".Bl -tag -width indent"
  for _, option in ipairs(program_options()) do
    out(".It " .. roff(option.left):gsub(" ", "\\ "))
    out(roff(option.right))
  end
  out ".El"
  for _, file in ipairs(files) do
    out(".Sh " .. roff(file.title):upper():gsub("\\E", "\\e"))
    if file.text ~= "" then
      add_paragraphs(out, file.text)
    end
    for _, section in ipairs(sections_of(file)) do
      if section.title then
        out(".Ss " .. roff(section.title))
      end
      out ".Bl -tag -width indent"
      for _, entry in ipairs(section.entries) do
        out(".It " .. "\\fB" .. roff(reader.signature(entry)):gsub('"', "\\(dq"):gsub(" ", "\\ ") .. "\\fP")
        add_paragraphs(out, entry.text)
        for _, kind in ipairs(options_of(entry)) do
          if shown_at[kind.name] == entry then
            add_tagged(out, reader.fields_of(kind, types))
          end
        end
      end
      out ".El"
    end
  end
  out ".Sh ENVIRONMENT"
  out ".Bl -tag -width indent"
  out(".It Ev LUA_INIT , LUA_PATH , LUA_CPATH\nAs for stock Lua.")
  out(".It Ev DEKKING_PROGRESS\nAfter how many milliseconds a call says how far it is; 0 is never.")
  out(".It Ev DEKKING_SCRIPTS\nA folder whose\n.Pa NAME.lua\nstands in for the part of the library of that name.")
  out ".El"
  out ".Sh EXIT STATUS"
  out "0, or 1 where the script or the prompt's last output failed."
  out ".Sh SEE ALSO"
  out ".Xr lua 1"
  out ".Pp"
  out "The tutorial, the manual with examples and the page of each concept are installed as"
  out ".Pa share/doc/dekking ."
  return table.concat(lines, "\n") .. "\n"
end

local formats = { markdown = markdown, man = man }
local format = formats[arg[1]] or error("usage: lua5.4 scripts/manual.lua markdown|man", 0)
io.write((format.write()))
