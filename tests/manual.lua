-- manual.lua - the annotations are Lua that says something of everything; the manual and the page for man are made of them.
--
-- Whether what they say is there, and whether all that is there is in them, tests/lua/annotations.lua asks the library.

local reader = dofile "scripts/dekking/annotations.lua"
local check, text_files = dofile "tests/check.lua", dofile "tests/files.lua"
local read, output_of = text_files.read, text_files.output_of

-- The reader ---------------------------------------------------------------------------------------------------------

local sample = [==[
---@meta

-- sample.lua - A chapter
--
-- What stands at its head,
-- in two lines.

--- A class. It has more to say.
---@class dk.Sample : dk.Base
--- Before.
---@field size? "a"|"b" behind
---@field [1] table<string, fun(x: integer): string?>
---@operator add(dk.Sample): dk.Sample
local s = {}

-- A section ------------------

--- Does `t { ... }` and that. And more.
---
--- ```lua
--- print(1)
--- ```
---@param x string|integer what
---@param y? { a: string, b: integer }
---@return string? # the one
---@return integer n how many
---@overload fun(self: dk.Sample, z?: string): integer
function s:does(x, y) end

--- An alias of two lines,
--- which stand together.
---@alias dk.Either string | integer
]==]
do
  local file = reader.parse("sample", sample)
  local class, does, either = table.unpack(file.entries)
  local function same(what, expected, actual)
    check.that(expected == actual, ("%s: %s, not %s"):format(what, tostring(actual), tostring(expected)))
  end
  same("entries", 3, #file.entries)
  same("title", "A chapter", file.title)
  same("head", "What stands at its head,\nin two lines.", file.text)
  same("class", "dk.Sample", class.name)
  same("parent", "dk.Base", class.parent)
  same("owner", "s", class.owner)
  same("field", "size", class.fields[1].name)
  same("field's type", '"a"|"b"', class.fields[1].type)
  same("field's text", "Before. behind", class.fields[1].text)
  check.that(class.fields[1].optional and not class.fields[2].optional, "which field may be left out")
  same("place", "[1]", class.fields[2].name)
  same("place's type", "table<string, fun(x: integer): string?>", class.fields[2].type)
  same("operator", "add", class.operators[1].name)
  same("operand", "dk.Sample", class.operators[1].operand)
  same("function", "s:does", does.name)
  same("its class", "dk.Sample", does.class)
  same("its section", "A section", does.section)
  same("its summary", "Does `t { ... }` and that.", reader.summary(does.text))
  same("its signature", "s:does(x, y?) -> string?, integer", reader.signature(does))
  same("its example", "lua", reader.blocks(does.text)[2].fence)
  same("parameter", "string|integer", does.params[1].type)
  same("parameter's text", "what", does.params[1].text)
  same("record", "{ a: string, b: integer }", does.params[2].type)
  same("result's text", "the one", does.returns[1].text)
  same("a name is no text", "how many", does.returns[2].text)
  same("overload", "s:does(z?) -> integer", reader.overload(does, does.overloads[1]))
  same("alias", "string | integer", either.type)
  same("alias' text", "An alias of two lines,\nwhich stand together.", either.text)

  -- A file may add methods to a class of another.
  local files = reader.parse_all {
    first = "--- A.\n---@class dk.A\nlocal a = {}\n\n--- One.\nfunction a:one() end\n",
    second = "-- second.lua - More\n\n---@class dk.A\nlocal a = {}\n\n--- Two.\nfunction a:two() end\n\n"
      .. "--- A call.\n---@class dk.B\n---@overload fun(x: string): integer\nlocal b = {}\n",
  }
  same("methods together", 3, #files[1].entries)
  same("the last one", "a:two", files[1].entries[3].name)
  same("its section", "More", files[1].entries[3].section)
  same("what is left", "dk.B", files[2].entries[1].name)
  same("a class that is called", "call", files[2].entries[1].operators[1].name)

  -- What it cannot read is an error of the file, with the line.
  for text, message in pairs {
    ["---@nonsense x\n"] = "bad.lua:1: the tag @nonsense is not read",
    ["---@field x string\n"] = "bad.lua:1: a field belongs to a class",
    ["function dk.f(x) end\n"] = "bad.lua:1: the parameter x has no @param",
    ["---@param y string\nfunction dk.f() end\n"] = "bad.lua:2: the function has no parameter y",
    ["\nprint(1)\n"] = "bad.lua:2: this is no annotation: print(1)",
    ["---@param x\nfunction dk.f(x) end\n"] = "bad.lua:1: a name and a type are wanted: x",
  } do
    local done, problem = pcall(reader.parse, "bad", text)
    check.that(not done and problem == message, ("%q gives %s"):format(text, tostring(problem)))
  end
end

-- The annotations ----------------------------------------------------------------------------------------------------

local texts = {}
do
  local pipe = assert(io.popen "ls scripts/library/*.lua")
  for path in pipe:lines() do
    local text = read(path)
    texts[path:match "([^/]+)%.lua$"] = text
    check.that(text:find "^%-%-%-@meta", path .. " does not begin with ---@meta")
    local chunk, problem = load(text, "@" .. path, "t", { dk = {} })
    check.that(chunk and pcall(chunk), path .. " is no Lua that does nothing: " .. tostring(problem))
  end
  pipe:close()
end

local files = reader.parse_all(texts)
local types = reader.types_of(files)
local n_entries, names, n_examples = 0, {}, 0

local BUILTIN = {}
for name in ("string integer number boolean table any fun self nil function"):gmatch "%a+" do
  BUILTIN[name] = true
end

-- Each name of a type is Lua's or annotated.
local function check_type(where, text)
  local plain = text:gsub('"[^"]*"', ""):gsub("[%w_.]+%??:", "")
  for name in plain:gmatch "[%a_][%w_.]*" do
    name = name:gsub("%.+$", "")
    check.that(BUILTIN[name] or types[name], ("%s: nothing tells of the type %s"):format(where, name))
  end
end

for _, file in ipairs(files) do
  for _, entry in ipairs(file.entries) do
    n_entries = n_entries + 1
    local where = ("scripts/library/%s.lua: %s"):format(file.name, entry.name)
    check.that(not names[entry.name], where .. " is annotated twice")
    names[entry.name] = true
    check.that(entry.text:find "%S", where .. " has no text")
    check.that(entry.text:find "^[%u`\"0-9]", where .. " does not begin with a sentence: " .. entry.text:sub(1, 40))
    for _, member in ipairs(entry.fields or entry.params or {}) do
      check_type(where .. ", " .. member.name, member.type)
      check.that(entry.params or member.text ~= "" or member.name:find "^%[",
        ("%s: %s has no text"):format(where, member.name))
    end
    for _, result in ipairs(entry.returns or {}) do
      check_type(where, result.type)
    end
    local blocks = reader.blocks(entry.text)
    for i, block in ipairs(blocks) do
      if block.fence then
        n_examples = n_examples + (block.fence == "lua" and 1 or 0)
        check.that(block.fence == "lua" or block.fence == "text" and blocks[i - 1].fence == "lua",
          where .. ": an example is lua, and then the text that it prints")
      end
    end
  end
end
check.that(n_entries > 150 and n_examples > 20, ("only %d entries and %d examples were seen"):format(n_entries, n_examples))

-- What is made of them -----------------------------------------------------------------------------------------------

for format, path in pairs { markdown = "docs/manual.md", man = "docs/dekking.1" } do
  local made, ok = output_of("lua5.4 scripts/manual.lua " .. format)
  check.that(ok, made)
  check.that(made == read(path), path .. " is not what scripts/library says: make manual writes it anew")
end
do
  local manual, anchors = read "docs/manual.md", {}
  for title in ("\n" .. manual):gmatch "\n#+ ([^\n]+)" do
    local anchor = title:lower():gsub("[^%w%- _]", ""):gsub(" ", "-")
    check.that(not anchors[anchor], "two headings of the manual are " .. title)
    anchors[anchor] = true
  end
  for anchor in manual:gmatch "%]%(#([^)]+)%)" do
    check.that(anchors[anchor], "the manual has no heading #" .. anchor)
  end
  for path in manual:gmatch "%]%(([%w_%-]+%.md)[)#]" do
    local file = io.open("docs/" .. path)
    check.that(file, "the manual names docs/" .. path .. ", which is not there")
    if file then file:close() end
  end
end

-- man understands it without a word of complaint.
if output_of "command -v mandoc" ~= "" then
  local complaints = output_of "mandoc -T lint -W warning docs/dekking.1"
  check.that(complaints == "", complaints)
  local text = output_of("mandoc -T utf8 docs/dekking.1 | col -bx"):gsub("\u{A0}", " ")
  check.that(text:find("dk.read(path, options?)", 1, true), "the page does not show dk.read:\n" .. text:sub(1, 2000))
else
  print "left out: mandoc, which is not installed"
end

check.finish()
