-- patterns.lua - patterns in expressions beside Lua's own string functions: generated texts and patterns, as columns and as
-- constants, texts and categories, over blocks and threads.

local test = ...

-- The same numbers on every machine.
local state = 88172645463325252
local function below(n)
  state = state ~ (state << 13)
  state = state ~ (state >> 7)
  state = state ~ (state << 17)
  return (state >> 1) % n
end
local function pick(list)
  return list[below(#list) + 1]
end

local SINGLES = { "a", "b", "1", "%a", "%d", "%s", "%w", "%p", "%u", "%l", ".", "[ab]", "[^a]", "[a-c]", "[%d_]", "%.",
  "%W", "%-", "%(", "[]]", "[^%s]" }
local SIGNS = { "*", "+", "-", "?", "", "", "" }

local function a_pattern()
  local parts, closed = { below(6) == 0 and "^" or "" }, 0
  for _ = 1, below(4) + 1 do
    local kind = below(9)
    if kind == 0 then
      parts[#parts + 1] = "%b()"
    elseif kind == 1 then
      parts[#parts + 1] = "%f[%w]"
    elseif kind == 2 and closed > 0 then
      parts[#parts + 1] = "%" .. below(closed) + 1
    elseif kind <= 4 then
      parts[#parts + 1] = "(" .. pick(SINGLES) .. pick(SIGNS) .. ")"
      closed = closed + 1
    else
      parts[#parts + 1] = pick(SINGLES) .. pick(SIGNS)
    end
  end
  parts[#parts + 1] = below(6) == 0 and "$" or ""
  return table.concat(parts), closed
end

local function a_text()
  local letters = {}
  for i = 1, below(12) do
    letters[i] = pick { "a", "b", "A", "1", "2", " ", "(", ")", "-", "_", ".", "]" }
  end
  return table.concat(letters)
end

-- What Lua itself gives, for one row.
local function by_lua(s, p, r)
  local from = s:find(p)
  local first = s:match(p)
  local replaced, n = s:gsub(p, r)
  return { matches = from ~= nil, place = from, first = first, n = n, replaced = replaced }
end

local MADE = {
  matches = "pattern_matches(%s, %s)",
  place = "pattern_find(%s, %s)",
  first = "pattern_extract(%s, %s)",
  n = "pattern_count(%s, %s)",
  replaced = "pattern_replace(%s, %s, r)",
}

local function compare(t, data, rows, text, pattern)
  for name, form in pairs(MADE) do
    local made = data:derive { "made = " .. form:format(text, pattern) }.made
    for i, row in ipairs(rows) do
      if made[i] ~= row[name] then
        t.eq(("%s of %q and %q: %s"):format(name, row.s, row.p, made[i]), tostring(row[name]))
        return
      end
    end
  end
  t.ok(true)
end

local function table_of(dk, rows, types)
  local columns = { s = {}, c = {}, p = {}, r = {} }
  for i, row in ipairs(rows) do
    columns.s[i], columns.c[i], columns.p[i], columns.r[i] = row.s, row.s, row.p, row.r
  end
  return dk.table({ { "s", columns.s }, { "c", columns.c }, { "p", columns.p }, { "r", columns.r } }, { types = types })
end

local TYPES = { s = "text", c = "category", p = "text", r = "text" }

test("patterns of a column give what Lua's string functions give", function(t, dk)
  for _ = 1, 12 do
    local rows = {}
    for i = 1, 250 do
      local s = a_text()
      local p, captures = a_pattern()
      local r = pick { "x", "<%0>", "%%", "", "%1", captures > 1 and "%2%1" or "-" }
      local row = by_lua(s, p, r)
      row.s, row.p, row.r = s, p, r
      rows[i] = row
    end
    local data = table_of(dk, rows, TYPES)
    compare(t, data, rows, "s", "p")
    compare(t, data, rows, "c", "p")
  end
end)

test("a pattern that stands there gives the same, of texts and of categories", function(t, dk)
  for _ = 1, 60 do
    local p = a_pattern()
    local rows = {}
    for i = 1, 60 do
      local s = a_text()
      local row = by_lua(s, p, "<%0>")
      row.s, row.p, row.r = s, p, "<%0>"
      rows[i] = row
    end
    local data = table_of(dk, rows, TYPES)
    compare(t, data, rows, "s", "'" .. p .. "'")
    compare(t, data, rows, "c", "'" .. p .. "'")
  end
end)

test("a malformed pattern has the error of Lua, and its place", function(t, dk)
  local data = dk.table { { "s", { "aaa" } } }
  for _, p in ipairs { "a%", "[a", "[^", "(a", "a)", "%b", "%bx", "%f", "%fa", "%1", "(a)%2", "(%1)", ("()"):rep(33) } do
    local _, wanted = pcall(string.match, "aaa", p)
    t.raises(function() return data:where("pattern_matches(s, '" .. p .. "')") end, wanted, "^")
    t.raises(function() return data:where("pattern_matches(s, $p)", { p = p }) end, wanted, "$p")
  end
  for _, r in ipairs { "%2", "%", "a%x" } do
    local _, wanted = pcall(string.gsub, "aaa", "a", r)
    t.raises(function() return data:derive { "x = pattern_replace(s, 'a', '" .. r .. "')" } end, wanted, "^")
  end
end)

test("conditions with patterns choose rows, and leave null out", function(t, dk)
  local data = dk.table {
    { "postcode", { "6811 AB", "6811AB", "68", dk.null } },
    { "plaats", { "Arnhem", "'s-Gravenhage", "Één", "Ede" } },
  }
  t.eq(#data:where "pattern_matches(postcode, '^%d%d%d%d ?%u%u$')", 2)
  t.eq(#data:where "not pattern_matches(postcode, '^%d%d%d%d ?%u%u$')", 1)
  t.eq(#data:where "pattern_extract(postcode, '^(%d%d%d%d)') == '6811'", 2)
  t.eq(data:derive { "x = title(lower(plaats))" }.x[2], "'s-Gravenhage")
  t.eq(data:derive { "x = unaccent(plaats)" }.x[3], "Een")
  local counts = data:breakdown { by = { "wijk = left(postcode, 4)" }, measures = { "n = rows()" } }
  t.eq(counts.n[1], 1)
  t.eq(counts.n[2], 2)
end)
