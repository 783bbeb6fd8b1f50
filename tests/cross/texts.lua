-- texts.lua - random expressions of texts, patterns, dates and numbers whose meaning is the same in SQL.
--
-- Over the columns of peer.lua, and u, a text:
--   local texts = assert(loadfile(FOLDER .. "/texts.lua"))(peer, conditions)
--
-- Where DuckDB says "" for what is not there, or cuts where dekking does not, SQL is written around it.

local peer, conditions = ...
local one_of, sql_text, random = peer.one_of, peer.sql_text, math.random

local PIECES = { "a", "b", "A", "é", "É", "ü", "1", "22", "-", ".", " ", "x", "Ĳ", "😀", "ab", "0" }

-- A text of some pieces, so that patterns match now and then.
local function word()
  local parts = {}
  for i = 1, random(0, 8) do
    parts[i] = one_of(PIECES)
  end
  return table.concat(parts)
end

local function quoted(s) return '"' .. s:gsub('[\\"]', "\\%0") .. '"' end

-- As a Lua pattern, as a regular expression of both, and with what it is replaced: ours of Lua's, ours of regular
-- expressions, theirs. The first capture or all of it is what is extracted. No pattern matches an empty text, and none
-- stops within a character.
local PATTERNS = {
  { "%d+", "[0-9]+", "<%0>", "<$0>", "<\\0>" },
  { "a(%d)", "a([0-9])", "%1", "$1", "\\1" },
  { "([ab]+)%-", "([ab]+)-", "%1", "$1", "\\1" },
  { "^[%a]+", "^[A-Za-z]+", "", "", "" },
  { "%.", "[.]", ",", ",", "," },
  { "%s+", "[ ]+", "_", "_", "_" },
  { "ab?1", "ab?1", "y", "y", "y" },
  { "é", "é", "e", "e", "e" },
  { "[0-9]$", "[0-9]$", "#", "#", "#" },
  { "(%a)(%d)", "([A-Za-z])([0-9])", "%2%1", "$2$1", "\\2\\1" },
}

local function pattern_expression(s)
  local p = one_of(PATTERNS)
  local is_lua = random(2) == 1
  local kind = is_lua and "pattern" or "regexp"
  local ours, theirs = quoted(is_lua and p[1] or p[2]), sql_text(p[2])
  local shape = random(4)
  if shape == 1 then
    return ("%s_matches(%s, %s)"):format(kind, s, ours), ("regexp_matches(%s, %s)"):format(s, theirs)
  elseif shape == 2 then
    return ("%s_count(%s, %s)"):format(kind, s, ours), ("len(regexp_extract_all(%s, %s))"):format(s, theirs)
  elseif shape == 3 then
    local group = p[2]:find "%(" and 1 or 0
    return ("%s_extract(%s, %s)"):format(kind, s, ours),
      ("case when regexp_matches(%s, %s) then regexp_extract(%s, %s, %d) end"):format(s, theirs, s, theirs, group)
  end
  return ("%s_replace(%s, %s, %s)"):format(kind, s, ours, quoted(is_lua and p[3] or p[4])),
    ("regexp_replace(%s, %s, %s, 'g')"):format(s, theirs, sql_text(p[5]))
end

local function text_expression()
  local s = one_of { "u", "u", "u", "s", "c" }
  local t, n = one_of { "a", "é", "1", "-", " ", "ab", "." }, random(0, 5)
  local q, h = quoted(t), sql_text(t)
  local shapes = {
    function() return ("length(%s)"):format(s), ("length(%s)"):format(s) end,
    function() return ("lower(%s)"):format(s), ("lower(%s)"):format(s) end,
    function() return ("upper(%s)"):format(s), ("upper(%s)"):format(s) end,
    function() return ("trim(%s)"):format(s), ("trim(%s)"):format(s) end,
    function() return ("trim_left(%s)"):format(s), ("ltrim(%s)"):format(s) end,
    function() return ("trim_right(%s)"):format(s), ("rtrim(%s)"):format(s) end,
    function() return ("left(%s, %d)"):format(s, n), ("left(%s, %d)"):format(s, n) end,
    function() return ("right(%s, %d)"):format(s, n), ("right(%s, %d)"):format(s, n) end,
    function() return ("left(%s, -%d)"):format(s, n + 1), ("left(%s, -%d)"):format(s, n + 1) end,
    function() return ("right(%s, -%d)"):format(s, n + 1), ("right(%s, -%d)"):format(s, n + 1) end,
    function()
      local from = random(4)
      return ("sub(%s, %d, %d)"):format(s, from, from + n), ("substring(%s, %d, %d)"):format(s, from, n + 1)
    end,
    function() return ("sub(%s, -%d)"):format(s, n + 1), ("right(%s, %d)"):format(s, n + 1) end,
    function()
      return ("pad_left(%s, %d, \"*\")"):format(s, n),
        ("case when length(%s) >= %d then %s else lpad(%s, %d, '*') end"):format(s, n, s, s, n)
    end,
    function()
      return ("pad_right(%s, %d)"):format(s, n),
        ("case when length(%s) >= %d then %s else rpad(%s, %d, ' ') end"):format(s, n, s, s, n)
    end,
    function()
      local part = random(3)
      return ("split_part(%s, %s, %d)"):format(s, q, part), ("str_split(%s, %s)[%d]"):format(s, h, part)
    end,
    function() return ("starts_with(%s, %s)"):format(s, q), ("starts_with(%s, %s)"):format(s, h) end,
    function() return ("ends_with(%s, %s)"):format(s, q), ("ends_with(%s, %s)"):format(s, h) end,
    function() return ("contains(%s, %s)"):format(s, q), ("contains(%s, %s)"):format(s, h) end,
    function() return ("contains(u, %s)"):format(s), ("contains(u, %s)"):format(s) end,
    function() return ("find(%s, %s)"):format(s, q), ("nullif(instr(%s, %s), 0)"):format(s, h) end,
    function() return ("replace(%s, %s, \"<>\")"):format(s, q), ("replace(%s, %s, '<>')"):format(s, h) end,
    function() return ("unaccent(%s)"):format(s), ("strip_accents(%s)"):format(s) end,
    function() return ("normalize(%s)"):format(s), ("nfc_normalize(%s)"):format(s) end,
    function() return ("%s .. %s .. text(n)"):format(s, q), ("%s || %s || n::varchar"):format(s, h) end,
    function()
      return ("coalesce(%s, %s)"):format(s, q), ("coalesce(%s, %s)"):format(s, h)
    end,
    function()
      local a, a_sql = conditions.condition(1)
      return ("case(%s, u, n > 0, s, %s)"):format(a, q),
        ("case when %s then u when n > 0 then s else %s end"):format(a_sql, h)
    end,
    function()
      return ("least(%s, %s)"):format(s, q), ("case when %s is not null then least(%s, %s) end"):format(s, s, h)
    end,
  }
  return one_of(shapes)()
end

local function date_expression()
  local d = one_of { "d", "e", "date(t)" }
  local h, n = d == "date(t)" and "t::date" or d, random(-400, 400)
  local shapes = {
    function() return ("year(%s)"):format(d), ("year(%s)"):format(h) end,
    function() return ("quarter(%s)"):format(d), ("quarter(%s)"):format(h) end,
    function() return ("month(%s)"):format(d), ("month(%s)"):format(h) end,
    function() return ("day(%s)"):format(d), ("day(%s)"):format(h) end,
    function() return ("%s + %d"):format(d, n), ("(%s + %d)"):format(h, n) end,
    function() return ("%s - n"):format(d), ("(%s - n)"):format(h) end,
    function() return ("d - %s"):format(d), ("(d - %s)"):format(h) end,
    function() return ("timestamp(%s) <= t"):format(d), ("(%s::timestamp <= t)"):format(h) end,
    function() return "timestamp(text(t)) == t", "(t = t)" end,
    function() return ("%s - '2011-06-15'"):format(d), ("(%s - date '2011-06-15')"):format(h) end,
    function()
      return ("age(least(d, %s), greatest(d, %s))"):format(d, d),
        ("case when d - %s is not null then date_sub('year', least(d, %s), greatest(d, %s)) end"):format(h, h, h)
    end,
    function() return ("text(period(%s, 'month'))"):format(d), ("strftime(%s, '%%Y-%%m')"):format(h) end,
    function()
      return ("text(period(%s, 'quarter'))"):format(d), ("(year(%s)::varchar || 'Q' || quarter(%s)::varchar)"):format(h, h)
    end,
    function() return ("last_day(period(%s, 'month'))"):format(d), ("last_day(%s)"):format(h) end,
    function()
      return ("first_day(period(%s, 'quarter'))"):format(d), ("date_trunc('quarter', %s)::date"):format(h)
    end,
    function()
      return ("period(d, 'month') - period(%s, 'month')"):format(d), ("datediff('month', %s, d)"):format(h)
    end,
    function() return ("date(year(%s), month(%s), 1)"):format(d, d), ("make_date(year(%s), month(%s), 1)"):format(h, h) end,
  }
  return one_of(shapes)()
end

local function number_expression()
  local n = random(1, 5)
  local shapes = {
    function() return conditions.number_value(1) end,
    function() return "round(x)", "round(x, 0)" end,
    function() return "round(x, 1)", "round(x, 1)" end,
    function() return "floor(x)", "floor(x)" end,
    function() return "ceil(x)", "ceil(x)" end,
    function() return ("x / %d"):format(n), ("(x::double / %d)"):format(n), true end,
    function() return "n / x", "(n::double / nullif(x, 0)::double)", true end,
    function() return ("n // %d"):format(n), ("floor(n / %d)"):format(n) end,
    function() return ("n // -%d"):format(n), ("floor(n / -%d)"):format(n) end,
    function() return ("n %% -%d"):format(n), ("-((((-n) %% %d) + %d) %% %d)"):format(n, n, n) end,
    function() return "x * x - n", "(x * x - n)" end,
    function()
      return "text(bin(n, -2, 0, 3))", "case when n < -2 then '< -2' when n < 0 then '-2 to -1' when n < 3 then '0-2' "
        .. "when n >= 3 then '>= 3' end"
    end,
    function() return "integer(b) + n", "(b::int + n)" end,
    function() return "real(n) * 0.5 + r", "(n * 0.5::double + r)", true end,
    function() return "greatest(n, x)", "case when n is not null and x is not null then greatest(n, x) end" end,
    function() return "n in (1, 2, null)", "n in (1, 2, null)" end,
    function() return "x not in (n, 2)", "x not in (n, 2)" end,
    function() return "x not between n and 2", "x not between n and 2" end,
    function()
      local a, a_sql = conditions.condition(2)
      return a, a_sql
    end,
  }
  return one_of(shapes)()
end

-- An expression of ours and theirs, and whether they need only be near each other.
local function expression()
  local kind = random(6)
  if kind <= 2 then
    return text_expression()
  elseif kind == 3 then
    return pattern_expression(one_of { "u", "u", "s", "c" })
  elseif kind == 4 then
    return date_expression()
  end
  return number_expression()
end

return { word = word, expression = expression }
