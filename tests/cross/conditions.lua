-- conditions.lua - random values and conditions over the columns of peer.lua, as dekking and as SQL have them.
--
-- local conditions = assert(loadfile(FOLDER .. "/conditions.lua"))(peer)

local peer = ...
local one_of, sql_text, random = peer.one_of, peer.sql_text, math.random

local COMPARISONS = { { "==", "=" }, { "~=", "<>" }, { "<", "<" }, { "<=", "<=" }, { ">", ">" }, { ">=", ">=" } }

local function number_value(deep)
  local leaf = {
    { "n", "n" }, { "x", "x" }, { "k", "k" }, { tostring(random(0, 5)), nil }, { "1.25", "1.25" },
    { "length(s)", "length(s)" }, { "year(d)", "year(d)" }, { "month(t)", "month(t)" },
  }
  local function small() return one_of { leaf[1], leaf[2], leaf[4], leaf[5], leaf[6], leaf[7], leaf[8] } end
  local function sql(pair) return pair[2] or pair[1] end
  if deep <= 0 then
    local pair = one_of(leaf)
    return pair[1], sql(pair)
  end
  local a, b = small(), small()
  local ours, theirs = a[1], sql(a)
  local shape = random(7)
  if shape <= 3 then
    local op = one_of { "+", "-", "*" }
    return ("(%s %s %s)"):format(ours, op, b[1]), ("(%s %s %s)"):format(theirs, op, sql(b))
  elseif shape == 4 then
    return ("coalesce(%s, %s)"):format(ours, b[1]), ("coalesce(%s, %s)"):format(theirs, sql(b))
  elseif shape == 5 then
    return ("abs(%s)"):format(ours), ("abs(%s)"):format(theirs)
  elseif shape == 6 then
    return "n % 3", "(((n % 3) + 3) % 3)"
  end
  return ("least(%s, %s)"):format(ours, b[1]),
    ("(case when %s is null or %s is null then null else least(%s, %s) end)"):format(theirs, sql(b), theirs, sql(b))
end

local condition

local function leaf_condition()
  local kind = random(14)
  if kind == 1 then
    return "b", "b"
  elseif kind == 2 then
    local c = one_of(COMPARISONS)
    local a, a_sql = number_value(random(0, 1))
    local b, b_sql = number_value(0)
    return ("%s %s %s"):format(a, c[1], b), ("(%s %s %s)"):format(a_sql, c[2], b_sql)
  elseif kind == 3 then
    local word, c = one_of { "Arnhem", "é", "z", "nowhere" }, COMPARISONS[random(2)]
    return ("c %s %q"):format(c[1], word), ("c %s %s"):format(c[2], sql_text(word))
  elseif kind == 4 then
    local word, c = one_of { "Arnhem", "é", "Z", "a b", "O'Neill" }, one_of(COMPARISONS)
    return ('s %s "%s"'):format(c[1], word), ("s %s %s"):format(c[2], sql_text(word))
  elseif kind == 5 then
    return 'c in ("Duiven", "é", "nowhere")', "c in ('Duiven', 'é', 'nowhere')"
  elseif kind == 6 then
    local column, no = one_of(peer.columns)[1], random(2) == 1
    return ("%s is %snull"):format(column, no and "not " or ""), ("%s is %snull"):format(column, no and "not " or "")
  elseif kind == 7 then
    local c, date = one_of(COMPARISONS), peer.day()
    return ("d %s date '%s'"):format(c[1], date), ("d %s date '%s'"):format(c[2], date)
  elseif kind == 8 then
    local low, high = random(-4, 0), random(0, 4)
    return ("n between %d and %d"):format(low, high), ("n between %d and %d"):format(low, high)
  elseif kind == 9 then
    local c, value = one_of { COMPARISONS[3], COMPARISONS[6] }, random(-8, 8) / 4
    return ("r %s real(%s)"):format(c[1], value), ("r %s %s::double"):format(c[2], value)
  elseif kind == 10 then
    local word = one_of { "a", "é", "Ĳ", "" }
    return ('starts_with(s, "%s")'):format(word), ("starts_with(s, %s)"):format(sql_text(word))
  elseif kind == 11 then
    local word = one_of { "l", " ", "ss", "😀" }
    return ('contains(s, "%s")'):format(word), ("contains(s, %s)"):format(sql_text(word))
  elseif kind == 12 then
    local a, a_sql = condition(0)
    return ("(%s) is true"):format(a), ("coalesce(%s, false)"):format(a_sql)
  elseif kind == 13 then
    return 'upper(c) == "Z"', "upper(c) = 'Z'"
  end
  return "c == s", "c = s"
end

function condition(deep)
  if deep <= 0 or random(3) == 1 then
    return leaf_condition()
  end
  local a, a_sql = condition(deep - 1)
  if random(4) == 1 then
    return ("not (%s)"):format(a), ("(not (%s))"):format(a_sql)
  end
  local b, b_sql = condition(deep - 1)
  local op = one_of { "and", "or" }
  return ("(%s) %s (%s)"):format(a, op, b), ("((%s) %s (%s))"):format(a_sql, op, b_sql)
end

return { number_value = number_value, condition = condition }
