-- parse.lua - reads what notation.lua writes. It is data, whoever made it: nothing is run, nothing but what stands here is
-- known, and sizes have limits.
--
--   value  = "text" | number | true | false | nil | name | { fields }
--          | dk.null | dk.total | dk.MAKER "text" | dk.set { "a", ... }
--   fields = value, ... | name = value, ... | ["text"] = value, ...

local dk, core = ...

local parse = {}

local DEEPEST = 64
local MOST_VALUES = 300000
local MAKERS = { decimal = true, ratio = true, date = true, timestamp = true, period = true, expr = true }

local reader = {}
reader.__index = reader

-- parse.new(text, what) -> a reader; what is the name of it in messages
function parse.new(text, what)
  return setmetatable({ text = text, at = 1, what = what, n = 0 }, reader)
end

local function line_of(text, at)
  return select(2, text:sub(1, at - 1):gsub("\n", "")) + 1
end

function reader:line() return line_of(self.text, self.at) end

function reader:fail(format, ...)
  core.fail(("%s:%d: %s"):format(self.what, self:line(), format:format(...)))
end

-- Goes over blanks and comments; whether something stands behind them.
function reader:more()
  local text, at = self.text, self.at
  while true do
    at = text:find("[^ \t\r\n]", at) or #text + 1
    if text:sub(at, at + 1) ~= "--" then
      self.at = at
      return at <= #text
    end
    at = text:find("\n", at, true) or #text + 1
  end
end

-- What stands here, for messages.
function reader:here()
  if not self:more() then
    return "the end"
  end
  local word = self.text:match("^[%w_.]+", self.at) or self.text:match("^[^\n]", self.at) or "the end of the line"
  return ("'%s'"):format(#word > 40 and word:sub(1, 40) .. "..." or word)
end

-- The sign where it stands here, which is then gone over.
function reader:take(sign)
  if self:more() and self.text:sub(self.at, self.at + #sign - 1) == sign then
    self.at = self.at + #sign
    return true
  end
  return false
end

function reader:want(sign)
  if not self:take(sign) then
    self:fail("'%s' is wanted, and not %s", sign, self:here())
  end
end

-- A word of letters, digits and _, or nil.
function reader:word()
  local word = self:more() and self.text:match("^[%a_][%w_]*", self.at)
  if word then
    self.at = self.at + #word
  end
  return word or nil
end

local LETTERS = { n = "\n", t = "\t", r = "\r", ['"'] = '"', ["\\"] = "\\" }

-- A text between quotes, or nil where none stands here.
function reader:string()
  if not self:more() or self.text:sub(self.at, self.at) ~= '"' then
    return nil
  end
  local text, parts, at = self.text, {}, self.at + 1
  while true do
    local sign = text:find('["\\\n]', at)
    if not sign or text:sub(sign, sign) == "\n" then
      self:fail "the text is not closed with a quote on its line"
    end
    parts[#parts + 1] = text:sub(at, sign - 1)
    if text:sub(sign, sign) == '"' then
      self.at = sign + 1
      return table.concat(parts)
    end
    local letter, code = text:sub(sign + 1, sign + 1), text:match("^%d%d%d", sign + 1)
    if code and tonumber(code) < 256 then
      parts[#parts + 1], at = string.char(tonumber(code)), sign + 4
    elseif LETTERS[letter] then
      parts[#parts + 1], at = LETTERS[letter], sign + 2
    else
      self:fail("\\%s stands for nothing", letter)
    end
  end
end

function reader:number()
  local text = nil
  for _, pattern in ipairs { "^0x8000000000000000", "^%-?%d+%.?%d*[eE][+-]?%d+", "^%-?%d+%.?%d*" } do
    text = text or self:more() and self.text:match(pattern, self.at) or nil
  end
  if not text then
    return nil
  end
  if #text > 40 or self.text:find("^[%w_]", self.at + #text) then
    self:fail("%s is no number", self.text:match("^[%w_.+-]+", self.at):sub(1, 60))
  end
  self.at = self.at + #text
  return tonumber(text)
end

-- What stands behind dk. where it is a value: dk.null, dk.total, dk.decimal "0.30", dk.set { "a" }; else nil.
function reader:made(name)
  if name == "null" or name == "total" then
    return dk[name]
  elseif name == "set" then
    return dk.set(self:fields(0))
  elseif MAKERS[name] then
    local text = self:string() or self:fail("dk.%s is followed by a text", name)
    local done, value = pcall(dk[name], text)
    return done and value or self:fail("dk.%s %q is none: %s", name, text:sub(1, 60), tostring(value))
  end
end

function reader:fields(depth, names)
  local t, n = {}, 0
  if depth > DEEPEST then
    self:fail("more than %d tables lie within each other", DEEPEST)
  end
  self:want "{"
  while not self:take "}" do
    local before, key = self.at
    if self:take "[" then
      key = self:string() or self:number()
      if key == nil then
        self:fail("a key is a text or a number, and not %s", self:here())
      end
      self:want "]"
      self:want "="
    else
      key = self:word()
      if key and not (self:take "=") then
        key, self.at = nil, before
      end
    end
    local value = self:value(depth + 1, names)
    if key == nil then
      n = n + 1
      key = n
    end
    if t[key] ~= nil then
      self:fail("the key %s stands there twice", tostring(key):sub(1, 60))
    end
    t[key] = value
    if not self:take "," then
      self:want "}"
      break
    end
  end
  return t
end

local WORDS = { ["true"] = { true }, ["false"] = { false }, ["nil"] = { nil } }

-- A value; names gives what words stand for.
function reader:value(depth, names)
  self.n = self.n + 1
  if self.n > MOST_VALUES then
    self:fail("it has more than %d values", MOST_VALUES)
  end
  if self:more() and self.text:sub(self.at, self.at) == "{" then
    return self:fields(depth, names)
  end
  local value = self:string()
  if value == nil then
    value = self:number()
  end
  if value ~= nil then
    return value
  end
  local word = self:word()
  if not word then
    self:fail("a value is wanted, and not %s", self:here())
  elseif WORDS[word] then
    return WORDS[word][1]
  elseif word == "dk" then
    self:want "."
    local name = self:word() or ""
    local made = self:made(name)
    return made ~= nil and made or self:fail("dk.%s is no value", name)
  elseif names and names[word] ~= nil then
    return names[word]
  end
  return self:fail("'%s' is nothing that stands above", word:sub(1, 60))
end

return parse
