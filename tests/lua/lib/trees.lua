-- trees.lua - a random expression, written twice: with the builder, and as text with brackets around every operand,
-- which leaves a parser no choice. Values hold whatever could end or change a literal.
--
-- Gets dk and a seed; returns both texts. make(depth) gives what is built, its text, and what kind of node it is. A first
-- operand of `and` that is an `and` itself goes without brackets in Lua as in a text, so it is not made.

local dk, seed = ...
math.randomseed(seed)
local t = dk.table { { 'leeftijd', { 1 } }, { 'in sonar', { true } }, { 'a`b', { 'x' } }, { 'and', { 1 } },
  { 'count', { 1 } }, { 'prijs_€', { 1 } }, { 'where', { 1 } } }
local names = { 'leeftijd', 'in sonar', 'a`b', 'and', 'count', 'prijs_€', 'where' }
local texts = { '', 'Arnhem', "d'n \"b\\", '\n\t\0001', 'é中', '$x', 'a) or (true', '`' }
local numbers = { { 0, '0' }, { 27, '27' }, { -5, '-5' }, { 0.07, '0.07' }, { -12.5, '-12.5' },
  { math.mininteger, '(-9223372036854775807 - 1)' }, { 1e300, '1e300' }, { -1e-300, '-1e-300' } }
local function quoted(name) return '`' .. name:gsub('`', '``') .. '`' end
local function bytes(text) return "'" .. text:gsub('.', function(c) return ('\\%03d'):format(c:byte()) end) .. "'" end
local pick = math.random
local function leaf()
  local kind = pick(4)
  if kind == 1 then local name = names[pick(#names)] return t:column(name), quoted(name), 'leaf' end
  if kind == 2 then local name = names[pick(#names)] return dk.col(name), quoted(name), 'leaf' end
  if kind == 3 then return dk.param 'p', '$p', 'leaf' end
  local name = names[pick(#names)] return dk.expr(quoted(name)), quoted(name), 'leaf'
end
local function value()
  if pick(2) == 1 then local text = texts[pick(#texts)] return text, bytes(text), 'value' end
  local number = numbers[pick(#numbers)] return number[1], number[2], 'value'
end
local make
local function operand(depth) if pick(4) == 1 then return value() end return make(depth) end
local function in_brackets(text) return '(' .. text .. ')' end
local signs = { ['+'] = function(a, b) return a + b end, ['-'] = function(a, b) return a - b end,
  ['*'] = function(a, b) return a * b end, ['/'] = function(a, b) return a / b end,
  ['//'] = function(a, b) return a // b end, ['%'] = function(a, b) return a % b end }
local sign_names = { '+', '-', '*', '/', '//', '%' }
local tests = { eq = '==', ne = '~=', lt = '<', le = '<=', gt = '>', ge = '>=' }
local test_names = { 'eq', 'ne', 'lt', 'le', 'gt', 'ge' }
local function number(depth) -- no text of Lua beside an arithmetic sign
  if pick(4) > 1 then return make(depth) end
  local n = numbers[pick(#numbers)] return n[1], n[2], 'value'
end
local shapes = {
  function(d)
    local sign = sign_names[pick(6)]
    local a, ta, b, tb
    if pick(2) == 1 then a, ta = make(d) b, tb = number(d) else a, ta = number(d) b, tb = make(d) end
    return signs[sign](a, b), in_brackets(ta) .. sign .. in_brackets(tb), 'sign'
  end,
  function(d)
    local name = test_names[pick(6)]
    local a, ta, b, tb
    repeat a, ta = make(d) b, tb = operand(d) until ta ~= tb
    return a[name](a, b), in_brackets(ta) .. tests[name] .. in_brackets(tb), 'test'
  end,
  function(d)
    local word, n = pick(2) == 1 and 'and' or 'or', pick(2, 4)
    local made, text, kind
    repeat made, text, kind = make(d) until kind ~= word
    text = in_brackets(text)
    for _ = 2, n do
      local b, tb = make(d)
      if word == 'and' then made = made & b else made = made | b end
      text = text .. ' ' .. word .. ' ' .. in_brackets(tb)
    end
    return made, text, word
  end,
  function(d) local a, ta = make(d) return ~a, 'not ' .. in_brackets(ta), 'not' end,
  function(d) local a, ta = make(d) return -a, '-' .. in_brackets(ta), 'minus' end,
  function(d)
    local a, ta = make(d) local b, tb = operand(d) local c, tc = operand(d)
    return a:between(b, c), in_brackets(ta) .. ' between ' .. in_brackets(tb) .. ' and ' .. in_brackets(tc)
  end,
  function(d)
    local a, ta = make(d) local v, tv = value() local w, tw = value() local e = dk.expr(quoted 'leeftijd')
    local items = pick(2) == 1 and { v, w, e, true, dk.null } or { v }
    local text = #items == 1 and tv or tv .. ',' .. tw .. ',`leeftijd`,true,null'
    if pick(2) == 1 then return a:is_in(items), in_brackets(ta) .. ' in (' .. text .. ')' end
    return a:not_in(table.unpack(items)), in_brackets(ta) .. ' not in (' .. text .. ')'
  end,
  function(d)
    local what = ({ 'null', 'true', 'total' })[pick(3)] local a, ta = make(d)
    if pick(2) == 1 then return a['is_' .. what](a), in_brackets(ta) .. ' is ' .. what end
    return a['not_' .. what](a), in_brackets(ta) .. ' is not ' .. what
  end,
  function(d)
    local a, ta = make(d) local b, tb = operand(d) local c, tc = make(d)
    return a:concat(b, c), in_brackets(in_brackets(ta) .. '..' .. in_brackets(tb)) .. '..' .. in_brackets(tc)
  end,
  function(d)
    local a, ta = make(d) local b, tb = operand(d)
    local name = ({ 'coalesce', 'case', 'least', 'bin', 'contains' })[pick(5)]
    local made if pick(2) == 1 then made = dk.fn[name](a, b) else made = dk.expr(a)[name](a, b) end
    return made, name .. '(' .. ta .. ',' .. tb .. ')'
  end,
  function(d)
    local c, tc = make(d) local x, tx = leaf()
    local made = dk.fn.count():where(c) / dk.fn.sum(x)
    return made, '(count() where ' .. tc .. ') / sum(' .. tx .. ')', 'sign'
  end,
  function(d) local _, text = make(d) return dk.expr(in_brackets(text)), text, 'text' end,
}
function make(depth)
  if depth == 0 or pick(5) == 1 then return leaf() end
  return shapes[pick(#shapes)](depth - 1)
end
local built, text = make(pick(0, 5))
return tostring(dk.expr(built)), text
