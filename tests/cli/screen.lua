-- screen.lua - what stands on a terminal that cuts its rows off when it becomes narrower (as xterm), and breaks none anew.
--
-- It knows what the prompt sends to a terminal of the kind xterm, and raises an error at anything else.

local screen = {}
screen.__index = screen

function screen.new(columns, rows)
  local self = setmetatable({ columns = columns, rows = rows, row = 1, column = 1, full = false, lines = {} }, screen)
  for row = 1, rows do
    self.lines[row] = {}
  end
  return self
end

-- How many columns a character takes: two from Hangul on, which is near enough.
function screen.width(character) return utf8.codepoint(character) >= 0x1100 and 2 or 1 end

function screen:resize(columns)
  for _, line in ipairs(self.lines) do
    for column = columns + 1, self.columns do
      line[column] = nil
    end
  end
  self.columns, self.column, self.full = columns, math.min(self.column, columns), false
end

function screen:feed()
  self.full = false
  if self.row < self.rows then
    self.row = self.row + 1
  else
    table.insert(self.lines, {}) -- what was scrolled away stays above, as in a window that can be scrolled back
    table.insert(self, 1, table.remove(self.lines, 1))
  end
end

-- A character of two columns has its second one empty; where one of them is overwritten nothing is left of it.
function screen:put(character, width)
  if self.full or self.column + width - 1 > self.columns then
    self:feed()
    self.column = 1
  end
  local line, after = self.lines[self.row], self.column + width
  if line[self.column] == "" then
    line[self.column - 1] = nil
  end
  if line[after] == "" then
    line[after] = nil
  end
  line[self.column] = character
  if width == 2 then
    line[self.column + 1] = ""
  end
  self.full = after > self.columns
  self.column = math.min(after, self.columns)
end

function screen:clear(from, to)
  for column = from, to do
    self.lines[self.row][column] = nil
  end
end

local function to_row(self, row) self.row, self.full = math.max(1, math.min(row, self.rows)), false end
local function to_column(self, column) self.column, self.full = math.max(1, math.min(column, self.columns)), false end

local controls = {
  A = function(self, n) to_row(self, self.row - n) end,
  B = function(self, n) to_row(self, self.row + n) end,
  C = function(self, n) to_column(self, self.column + n) end,
  D = function(self, n) to_column(self, self.column - n) end,
  G = function(self, n) to_column(self, n) end,
  K = function(self) self:clear(self.column, self.columns) end,
  P = function(self, n)
    local line = self.lines[self.row]
    for column = self.column, self.columns do
      line[column] = line[column + n]
    end
  end,
  ["@"] = function(self, n)
    local line = self.lines[self.row]
    for column = self.columns, self.column + n, -1 do
      line[column] = line[column - n]
    end
    self:clear(self.column, self.column + n - 1)
  end,
  J = function(self)
    self:clear(self.column, self.columns)
    for row = self.row + 1, self.rows do
      self.lines[row] = {}
    end
  end,
  m = function() end,
}

-- Shows what a program sent.
function screen:show(text)
  local at = 1
  while at <= #text do
    local c = text:sub(at, at)
    local n, control, after = text:match("^\027%[(%d*)([%a@])()", at)
    if control then
      assert(controls[control], "no control " .. control)(self, tonumber(n) or 1)
    elseif c == "\r" then
      to_column(self, 1)
    elseif c == "\n" then
      self:feed()
    elseif c == "\b" then
      to_column(self, self.column - 1)
    elseif c >= " " then
      local character = text:match("^[%z\1-\127\xC2-\xF4][\x80-\xBF]*", at)
      self:put(character, screen.width(character))
      after = at + #character
    else
      assert(c == "\a" or text:match("^\027[=>]", at) or text:match("^\027%[%?%d+[hl]", at), "no " .. c:byte())
      after = select(2, text:find("^\027[=>]", at)) or select(2, text:find("^\027%[%?%d+[hl]", at))
      after = after and after + 1
    end
    at = after or at + 1
  end
end

-- The rows with something in them, those that were scrolled away too.
function screen:text()
  local out = {}
  local function add(line)
    local characters = {}
    for column = 1, self.columns do
      characters[column] = line[column] or " "
    end
    out[#out + 1] = (table.concat(characters):gsub(" +$", ""))
  end
  for i = #self, 1, -1 do
    add(self[i])
  end
  for _, line in ipairs(self.lines) do
    add(line)
  end
  return (table.concat(out, "\n"):gsub("\n+$", ""))
end

return screen
