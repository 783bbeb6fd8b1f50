-- globals.lua - which globals a Lua text reads and which it sets, found without running it.
--
-- The text is one that load() accepts, so nothing here checks its grammar: it is walked token by token, with a list of
-- the locals that are in scope. A name that is none of them is a global, unless a local or a parameter called _ENV is in
-- scope, whose fields names then are. A text that assigns _ENV itself has environments that only running it could tell:
-- it has no findings. Names behind `_G.` or `_ENV.` are fields like others, asked for as such.
--
-- The bytecode would say the same, but its form is private to a release of Lua, and it has no global where a function
-- has many constants (docs/decisions.md). tests/lua/globals.lua compares the two on every Lua file of the tree.

local KEYWORDS = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true until
while]]):gmatch "%a+" do
  KEYWORDS[word] = true
end
-- Behind these an operand follows; before an operand stand these.
local BINARY, UNARY = {}, { ["not"] = true, ["-"] = true, ["#"] = true, ["~"] = true }
for sign in ("+ - * / // % ^ .. == ~= < <= > >= & | ~ << >> and or"):gmatch "%S+" do
  BINARY[sign] = true
end
local SIGNS = {} -- of more than one character
for sign in ("... .. == ~= <= >= // :: << >>"):gmatch "%S+" do
  SIGNS[sign] = true
end
local CLOSES = { ["end"] = true, ["else"] = true, ["elseif"] = true, ["until"] = true, eof = true }

-- Tokens -------------------------------------------------------------------------------------------------------------

-- Behind the long bracket that begins at `at`, or nil where none does.
local function after_long(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local _, last = text:find("]" .. level .. "]", at + #level + 2, true)
  return last + 1
end

-- Behind the string whose quote stands at `at`.
local function after_string(text, at)
  local quote = text:sub(at, at)
  local place = at + 1
  while true do
    local found = text:find('["\'\\]', place)
    local sign = text:sub(found, found)
    if sign == quote then return found + 1 end
    place = found + (sign == "\\" and 2 or 1)
  end
end

-- Behind blanks and comments.
local function after_blanks(text, at)
  while true do
    at = text:match("^%s*()", at)
    if text:sub(at, at + 1) ~= "--" then return at end
    at = after_long(text, at + 2) or text:find("\n", at, true) or #text + 1
  end
end

-- Behind the number at `at`, or nil where none begins.
local function after_number(text, at)
  local last = text:match("^0[xX][%x.]*()", at) or text:match("^%.?%d[%d.]*()", at)
  local exponent = last and (text:match("^0[xX]", at) and "^[pP][+-]?%d+()" or "^[eE][+-]?%d+()")
  return exponent and (text:match(exponent, last) or last)
end

-- The tokens of a text: what each is (a keyword, a sign, "name", "string", "number", and "eof" at the end), its text
-- and line.
local function tokens_of(text)
  text = text:gsub("^\xEF\xBB\xBF", ""):gsub("^#[^\n\r]*", "")
  text = text:gsub("\n\r", "\n"):gsub("\r\n?", "\n")
  local tokens = {}
  local at, line, counted = 1, 1, 1
  while true do
    at = after_blanks(text, at)
    for _ in text:sub(counted, at - 1):gmatch "\n" do
      line = line + 1
    end
    counted = at
    local kind, word, last
    if at > #text then
      kind = "eof"
    elseif text:find("^[%a_]", at) then
      word, last = text:match("^([%w_]+)()", at)
      kind = KEYWORDS[word] and word or "name"
    elseif text:find("^[\"']", at) then
      kind, last = "string", after_string(text, at)
    else
      last = after_long(text, at)
      kind = last and "string"
      if not last then
        last = after_number(text, at)
        kind = last and "number"
      end
      if not last then
        word = text:sub(at, at + 2)
        while #word > 1 and not SIGNS[word] do
          word = word:sub(1, -2)
        end
        kind, last = word, at + #word
      end
    end
    tokens[#tokens + 1] = { kind = kind, word = word, line = line }
    if kind == "eof" then return tokens end
    at = last
  end
end

-- Scopes -------------------------------------------------------------------------------------------------------------

-- globals(text) -> { read = { { name =, line = }, ... }, set = { name = true }, declared = { name = true } }: globals
-- that are read, in the order of the text, those that are set, and the names of locals
return function(text)
  local tokens, place = tokens_of(text), 1
  local locals, n_locals = {}, 0
  local reads, sets, declared, is_known = {}, {}, {}, true
  local block, expression, expressions, body -- they need each other

  local function kind() return tokens[place].kind end

  local function take(wanted)
    if wanted and kind() ~= wanted then return nil end
    place = place + 1
    return tokens[place - 1]
  end

  local function is_local(name)
    for i = n_locals, 1, -1 do
      if locals[i] == name then return true end
    end
    return false
  end

  local function declare(name)
    n_locals = n_locals + 1
    locals[n_locals] = name
    declared[name] = true
  end

  -- What declares locals within, forgets them at its end.
  local function scoped(walk, ...)
    local before = n_locals
    walk(...)
    n_locals = before
  end

  local function read(token)
    if not is_local(token.word) and not is_local "_ENV" and token.word ~= "_ENV" then
      reads[#reads + 1] = { name = token.word, line = token.line }
    end
  end

  local function set(token)
    if is_local(token.word) then return end
    if token.word == "_ENV" then
      is_known = false
    elseif not is_local "_ENV" then
      sets[token.word] = true
    end
  end

  local function constructor()
    take "{"
    while not take "}" do
      if take "[" then
        expression()
        take "]"
        take "="
      elseif kind() == "name" and tokens[place + 1].kind == "=" then
        place = place + 2
      end
      expression()
      if not take "," then
        take ";"
      end
    end
  end

  -- A name, or an expression in parentheses, and what stands behind it. Returns the token of a name that stands alone,
  -- which is not noted yet: it may be about to be set.
  local function suffixed()
    local alone = take "name"
    if not alone then
      take "("
      expression()
      take ")"
    end
    while true do
      local next_kind = kind()
      if next_kind ~= "." and next_kind ~= ":" and next_kind ~= "[" and next_kind ~= "(" and next_kind ~= "{"
        and next_kind ~= "string" then
        return alone
      end
      if alone then
        read(alone)
        alone = nil
      end
      if next_kind == "{" then
        constructor()
      else
        take()
        if next_kind == "[" then
          expression()
          take "]"
        elseif next_kind == "(" then
          if kind() ~= ")" then
            expressions()
          end
          take ")"
        elseif next_kind ~= "string" then
          take "name"
        end
      end
    end
  end

  local function operand()
    while UNARY[kind()] do
      take()
    end
    local next_kind = kind()
    if next_kind == "{" then
      constructor()
    elseif next_kind == "function" then
      take()
      body()
    elseif next_kind == "name" or next_kind == "(" then
      local alone = suffixed()
      if alone then
        read(alone)
      end
    else
      take() -- a constant, or ...
    end
  end

  function expression()
    operand()
    while BINARY[kind()] do
      take()
      operand()
    end
  end

  function expressions()
    repeat
      expression()
    until not take ","
  end

  -- (names) block end
  function body(has_self)
    scoped(function()
      if has_self then
        declare "self"
      end
      take "("
      while not take ")" do
        local name = take()
        if name.kind == "name" then
          declare(name.word)
        end
      end
      block()
      take "end"
    end)
  end

  -- The names before the "=" or "in" of a declaration, without their attributes.
  local function names()
    local list = {}
    repeat
      list[#list + 1] = take("name").word
      if take "<" then
        take "name"
        take ">"
      end
    until not take ","
    return list
  end

  local function declaration()
    if take "function" then
      declare(take("name").word)
      return body()
    end
    local list = names()
    if take "=" then
      expressions() -- they do not see the names yet
    end
    for _, name in ipairs(list) do
      declare(name)
    end
  end

  local function loop()
    local list = names()
    if not take "=" then
      take "in"
    end
    expressions()
    take "do"
    scoped(function()
      for _, name in ipairs(list) do
        declare(name)
      end
      block()
    end)
    take "end"
  end

  local function named_function()
    local name = take "name"
    local note, has_self = set, false
    while kind() ~= "(" do
      has_self = take().kind == ":"
      take "name"
      note = read
    end
    note(name)
    body(has_self)
  end

  -- A call, or an assignment.
  local function plain()
    local targets = {}
    repeat
      targets[#targets + 1] = suffixed() -- nil for a field
    until not take ","
    if take "=" then
      expressions()
    end
    for _, target in ipairs(targets) do
      set(target)
    end
  end

  local statements = {
    [";"] = function() end,
    ["break"] = function() end,
    ["goto"] = function() take "name" end,
    ["::"] = function()
      take "name"
      take "::"
    end,
    ["do"] = function()
      scoped(block)
      take "end"
    end,
    ["while"] = function()
      expression()
      take "do"
      scoped(block)
      take "end"
    end,
    ["repeat"] = function()
      scoped(function()
        block()
        take "until"
        expression() -- sees the locals of the block
      end)
    end,
    ["if"] = function()
      repeat
        expression()
        take "then"
        scoped(block)
      until not take "elseif"
      if take "else" then
        scoped(block)
      end
      take "end"
    end,
    ["for"] = loop,
    ["function"] = named_function,
    ["local"] = declaration,
    ["return"] = function()
      if not CLOSES[kind()] and kind() ~= ";" then
        expressions()
      end
    end,
  }

  function block()
    while not CLOSES[kind()] do
      local statement = statements[kind()]
      if statement then
        take()
        statement()
      else
        plain()
      end
    end
  end

  block()
  return { read = is_known and reads or {}, set = sets, declared = declared }
end
