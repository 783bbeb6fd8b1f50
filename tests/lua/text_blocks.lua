-- text_blocks.lua - functions of a column's texts, answered for a block at once, beside answers of Lua, text by text.

local test = ...

local random = math.random
local LETTERS = { "a", "b", "f", "ab", "1", "7", " ", "é", "日", "K" }

local function random_text(most, letters)
  local parts = {}
  for i = 1, random(0, most) do
    parts[i] = LETTERS[random(letters)]
  end
  return table.concat(parts)
end

-- Texts of which most are ASCII alone (letters: 7), or few; some null, some longer than eight bytes.
local function random_texts(dk, n, letters)
  local texts = {}
  for i = 1, n do
    texts[i] = random() < 0.1 and dk.null or random_text(random() < 0.8 and 4 or 14, letters)
  end
  return texts
end

local function sub(text, from, to)
  local n = utf8.len(text)
  from = from < 0 and math.max(n + from + 1, 1) or math.max(from, 1)
  to = to < 0 and n + to + 1 or math.min(to, n)
  return from > to and "" or text:sub(utf8.offset(text, from), utf8.offset(text, to + 1) - 1)
end

local function left(text, n)
  local length = utf8.len(text)
  n = n < 0 and math.max(length + n, 0) or math.min(n, length)
  return sub(text, 1, n)
end

local function right(text, n)
  local length = utf8.len(text)
  n = n < 0 and math.max(length + n, 0) or math.min(n, length)
  return sub(text, length - n + 1, length)
end

-- An expression over s, and the same of Lua.
local function random_question()
  local a, b, part = random(-5, 9), random(-5, 9), random_text(3, 8)
  local list = {
    { "length(s)", utf8.len },
    { ("sub(s, %d, %d)"):format(a, b), function(s) return sub(s, a, b) end },
    { ("sub(s, %d)"):format(a), function(s) return sub(s, a, utf8.len(s)) end },
    { ("left(s, %d)"):format(a), function(s) return left(s, a) end },
    { ("right(s, %d)"):format(a), function(s) return right(s, a) end },
    { ("contains(s, '%s')"):format(part), function(s) return s:find(part, 1, true) ~= nil end },
    { ("starts_with(s, '%s')"):format(part), function(s) return s:sub(1, #part) == part end },
    { ("ends_with(s, '%s')"):format(part), function(s) return s:sub(#s - #part + 1) == part and #part <= #s end },
  }
  return table.unpack(list[random(#list)])
end

local function plain(value)
  return value == nil and "–" or tostring(value)
end

test("lengths, parts and what is contained are those of each text", function(t, dk)
  for round = 1, os.getenv "DEKKING_TEST_QUICK" and 10 or 150 do
    math.randomseed(round)
    local texts = random_texts(dk, random(1, 300), random() < 0.7 and 7 or #LETTERS)
    local asked, answer = random_question()
    local rows = dk.table({ { "s", texts } }, { types = { s = "text" } })
    local expected, groups = {}, {}
    for i, s in ipairs(texts) do
      local value
      if s ~= dk.null then value = answer(s) end
      expected[i] = plain(value)
      groups[expected[i]] = (groups[expected[i]] or 0) + 1
    end
    local i = 0
    for row in rows:derive("k = " .. asked):rows() do
      i = i + 1
      t.eq(plain(row.k), expected[i], asked)
    end
    local n_groups = 0
    for row in rows:breakdown({ by = "k = " .. asked, measures = "n = count()" }):rows() do
      t.eq(row.n, groups[plain(row.k)], asked)
      n_groups = n_groups + 1
    end
    for _ in pairs(groups) do
      n_groups = n_groups - 1
    end
    t.eq(n_groups, 0, asked)
  end
end)

-- With "(?:" around it an expression is not looked through for what each match must have.
local EXPRESSIONS = {
  "^a", "^a.*f$", "b", "ab", "a.b", "a*", "f$", "^$", "^[ab]", "é", "^é", "a|b", "^a|b", "\\bab", "a{2,}", ".{4}", "[^a]f",
  "(a)(b)?", "日$", "^(ab)+1", "a(?=b)", "(*UCP)a", "1.*7", "", "\\x61", "a+?b", "^.a", "K",
}

local WITHOUT_CASE = { ["(?i)AB"] = "[aA][bB]", ["a(?i)B"] = "a[bB]", ["(?i)k"] = "[kK]", ["(?i)^F.*A"] = "^[fF].*[aA]" }
for expression in pairs(WITHOUT_CASE) do
  EXPRESSIONS[#EXPRESSIONS + 1] = expression
end

test("a regular expression excludes no text that it matches", function(t, dk)
  math.randomseed(7)
  local rows = dk.table({ { "s", random_texts(dk, 3000, #LETTERS) } }, { types = { s = "text" } })
  local ascii = dk.table({ { "s", random_texts(dk, 3000, 7) } }, { types = { s = "text" } })
  for _, expression in ipairs(EXPRESSIONS) do
    local asked = { p = expression, q = WITHOUT_CASE[expression] or
      expression:find "^%(%*" and expression .. "(?:)" or "(?:" .. expression .. ")" }
    for _, data in ipairs { rows, ascii } do
      for _, name in ipairs { "matches", "find", "count" } do
        local ours, others = ("regexp_%s(s, $p)"):format(name), ("regexp_%s(s, $q)"):format(name)
        local differ = ("coalesce(%s ~= %s, (%s is null) ~= (%s is null))"):format(ours, others, ours, others)
        t.eq(#data:where(differ, asked), 0, expression)
      end
    end
  end
end)
