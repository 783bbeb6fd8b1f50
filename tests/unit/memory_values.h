/* memory_values.h - calls of test_lua_memory.c about values, code lists and hierarchies, expressions that are built, and primitives. */
#ifndef DKT_MEMORY_VALUES_H
#define DKT_MEMORY_VALUES_H

#include "memory_data.h"

static const char *const values_calls[] = {
    /* values */
    "return function() local d, m = dk.date '2024-12-31', dk.timestamp '2024-12-31T10:30' local p = dk.period "
    "'2024-03' "
    "return d + 1 .. d - d .. m.date .. m.hour .. p - 1 .. p.first .. d:period 'quarter' .. tostring(d < d + 1) .. "
    "tostring(d == m.date) .. tostring(p <= p) .. select(2, pcall(function() return d.jaar end)) end",
    "return function() local a, r = dk.decimal '12.50', dk.ratio(1, 3) return a // 5 .. a % 5 .. a * 2 .. a + r .. "
    "a / 3 .. -a .. "
    "a.number .. "
    "r.numerator .. select(2, pcall(function() return a + 1e300 end)) .. select(2, pcall(function() a.x = 1 end)) "
    "end",
    "local o = { 'a', 'b', 'c' } local t = dk.table({ { 'k', { 'b' } } }, { levels = { k = o } })\n"
    "return function() return dk.level('b', o).place .. tostring(dk.level('a', o) < dk.level('b', t.k)) end",
    "return function() local s = dk.set { 'b', 'a' } return (s | dk.set { 'c' }) .. (s & s) .. #s .. s[1] .. "
    "table.concat(s.members) .. tostring(s:has 'a') .. tostring(s:has_any('x', 'a')) .. tostring(s:has_all(s)) .. "
    "s - s end",
    "return function() local t = dk.table({ { 'd', { dk.date '2024-12-31' } }, { 'k', { 'x' } }, { 'x', { "
    "dk.decimal '1.50' } "
    "}, { 's', { dk.set { 'a', 'b' } } }, { 'i', { { least = dk.decimal '0.5' } } } }, { levels = { k = { 'y', 'x' "
    "} } }) "
    "local k = t.k:to_lua()[1] local again = dk.table { { 'k', { k } }, { 's', t.s:to_lua() } } return #t:where('d "
    "== $d and "
    "x == $x and k == $k', { d = t.d:to_lua()[1], x = t.x:to_lua()[1], k = k }) .. k .. k.place .. tostring(k < "
    "'x') .. "
    "tostring(t.i:to_lua()[1] == t.i:to_lua()[1]) .. tostring(t.i:to_lua()[1]) .. tostring(again.s:to_lua()[1]) "
    "end",
    "return function() local i = 0 return dk.table(function() i = i + 1 return i < 4 and { a = i, b = 'x' } or nil "
    "end):text() "
    ".. #dk.table(('a=1 b=2'):gmatch '(%a)=(%d)', { columns = { 'k', 'n' }, types = { n = 'integer' } }) end",
    DATA "return function() local c <close> = t:head(1) return #c end",
    DATA "return function() do local c <close> = t:head(1) end local d <close> = t:head(2) t:head(1) return #d .. "
         "#d:select 'k' end",
    DATA "return function() return #t:join(dk.table { { 'k', { 'a', 'b' } }, { 'v', { 1, 2 } } }, 'k') end",
    DATA "return function() return #t:join(dk.table { { 'q', { 'a', 'b' } }, { 'v', { 1, 2 } } }, { mine = 'k', "
         "theirs = 'q' }, { kind = 'inner' }) end",
    DATA "return function() local s = dk.table({ { k = 'a', v = { 'p', 'q' } }, { k = 'b', v = {} } }, { types = { "
         "v = { 'set', "
         "'|', members = { 'q', 'p' } } } }):with_sets { k = ';' } return table.concat(s.v[1]) .. s:text { between "
         "= ', ' } .. "
         "#t:collect(dk.table { { 'k', { 'a', 'a' } }, { 'w', { 'x', 'y' } } }, 'k', 'w', { as = 'ws', empty = "
         "true }):where "
         "\"has(ws, 'x')\" end",
    DATA
    "return function() local l = t:link(dk.table { { 'k', { 'a', 'b' } }, { 'v', { 1, 2 } } }, 'k', { as = 'in_v', "
    "columns = { 'v' } }) return #l .. l:notes()[1] end",
    DATA
    "return function() return #t:join(dk.table { { 'k', { 'a', 'a', 'z' } }, { 'x', { 1, 2, 3 } } }, 'k', { kind = "
    "'full', multiple = 'all', suffix = '_2', columns = { 'x' } }) end",
    DATA "return function() return #t:join(t, 'k', { as_of = { mine = 'n', theirs = 'n' }, direction = 'nearest', "
         "tolerance "
         "= 1, columns = {} }) end",
    DATA "return function() return t:reconcile(t:head(3), 'k', { examples = 2 }):text() end",
    DATA
    "return function() return #t:distinct() + #t:distinct('k', 'n') + #t:distinct({ 'k' }, { keep = 'last' }) end",
    DATA "return function() return #t:union(t, { all = true }) + #t:union(t) + #t:intersect(t) + #t:except(t) end",
    DATA "local figures = dk.table { { k = 'a', n = 4 }, { k = 'b', n = 2 } }\n"
         "return function() return t:attach(figures, 'k'):breakdown { by = 'k', measures = 'd = count() / "
         "attached(n)' }:text() end",
    DATA "return function() return #t:append(t:head(1)) + #t:append({ t, t:drop 'x' }, { missing = 'null' }) end",
    /* code lists */
    "return function() local c = dk.codes({ { '1', 'ja' }, { '2', 'nee' } }, { other = '2' }) "
    "return tostring(c) .. #c .. c:levels()[1] .. c:labels()['2'] .. select(2, pcall(function() c.x = 1 end)) .. "
    "select(2, pcall(function() return c.labls end)) end",
    "return function() local c <close> = dk.codes '1 = ja, 2 = nee' return #c end",
    "local s = dk.read_text 'g;r;van;tot\\nA;X;;2020-01-01\\nB;X;;\\n' local p = dk.read_text "
    "'g;n\\nA;1\\nB;2\\n'\n"
    "return function() local h <close> = dk.hierarchy(s, { 'g', 'r' }, { from = 'van', to = 'tot', changes = { { "
    "date = "
    "'2020-01-01', old = 'A', new = 'B' } } }) local c <close> = h:recode('2019-01-01', '2020-01-01') return "
    "tostring(h) "
    ".. h:at('2021-01-01'):vintage() .. #h:members 'g' .. #h:levels() .. #h:table() .. tostring(c) .. #c:pairs() "
    ".. "
    "tostring(c:exact()) .. p:recode('g', c):use(h:at '2021-01-01'):breakdown({ by = 'g', measures = "
    "'k = sum(n)' }):roll_up('r'):text() end",
    "local h = dk.hierarchy(dk.read_text 'g;tot\\nA;2020-01-01\\nB;\\n', { 'g' }, { to = 'tot', changes = { { "
    "date = '2020-01-01', old = 'A', new = 'B' } } })\n"
    "local t = dk.read_text 'g;dag\\nA;2019-01-01\\nB;2021-01-01\\n'\n"
    "return function() local c <close> = h:recode { on = 'dag', to = '2020-01-01' } local m = dk.merge('g', { 'A' "
    "}, "
    "'B') return tostring(c) .. t:recode('g', c):text() .. t:recode(m):text() .. dk.merge('g', "
    "h:recode('2019-01-01', '2020-01-01')).where .. tostring(dk.breakdown({ by = 'g', measures = 'n = count()' })"
    ":drill_down 'r') end",
    "local h = dk.hierarchy(dk.read_text 'g;tot\\nA;2020-01-01\\nB;\\n', { 'g' }, { to = 'tot', changes = { { date "
    "= "
    "'2020-01-01', old = 'A', new = 'B' } } })\n"
    "return function() return select(2, pcall(function() h.x = 1 end)) .. select(2, pcall(function() "
    "h:recode('2019-01-01', '2020-01-01').x = 1 end)) end",
    "local h = dk.hierarchy(dk.read_text 'g;r\\nA;x\\nB;y\\n', { 'g', 'r' }) local t = dk.table { { 'w', { { 'A', "
    "'B' }, { "
    "'A' }, { 'Q' } } } }\n"
    "return function() return t:recode('w', { 'A' }, 'B'):use(h, { column = 'w', level = 'g' }):text() end",
    "local h = dk.hierarchy(dk.read_text 'g;r;tot\\nA;x;2020-01-01\\nB;y;\\n', { 'g', 'r' }, { to = 'tot', changes "
    "= { { "
    "date = '2020-01-01', old = 'A', new = 'B' } } })\n"
    "local t = dk.read_text('w;dag\\nA|B;2019-01-01\\nA|Q;2019-01-01\\nB;2021-01-01\\n;\\n', { types = { w = { "
    "'set', '|' }, "
    "dag = 'date' } })\n"
    "return function() return t:use(h, { column = 'w', level = 'g', on = 'dag' }):text() .. t:recode('w', h:recode "
    "{ on = "
    "'dag', to = '2020-01-01' }):text() end",
    "local h = dk.hierarchy(dk.read_text 'g;l;van;tot\\nA;a;;2020-01-01\\nB;b;;2020-01-01\\nB;c;2020-01-01;\\n',\n"
    "{ 'g' }, { from = 'van', to = 'tot', labels = { g = 'l' },\n"
    "changes = { { date = '2020-01-01', old = 'A', new = 'B' } } })\n"
    "local r, v = h:recode('2019-01-01', '2020-01-01'), h:at '2019-01-01'\n"
    "local t = dk.read_text 'g\\nA\\n' local w = dk.read_text('g\\nA|B\\n', { types = { g = { 'set', '|' } } })\n"
    "return function() return t:use(v):recode('g', r):use(h:at '2020-01-01'):text() .. w:use(v):recode('g', "
    "r):text()\n"
    "end",
    "local p = dk.read_text 'k\\na\\nb\\n' local s = dk.read_text 'k;v\\na;x\\na;y\\n'\n"
    "return function() return p:collect(s, 'k', 'v', { as = 'w' }):derive({ 'n = size(w)' }):breakdown({ by = "
    "'m = member(w)', measures = 'k = count()' }):text() .. dk.read_text('k;v\\na;x|y\\n'):with_sets({ v = '|' "
    "}):text() end",
    "return function() return dk.read_text('a;b\\n1;x\\n7;y\\n', { types = { a = dk.codes('1 = ja, 2 = nee', { "
    "other = "
    "'2' }) }, levels = { b = { 'y', 'x' } } }):text { codes = 'both' } end",
    "return function() return #dk.table({ { a = 1 }, { a = 7 } }, { types = { a = dk.codes('1 = ja, 2 = nee', { "
    "other = "
    "2 }) } }) end",
    DATA "local c = dk.codes 'a = A, b = B, c = C'\n"
         "return function() local u = t:with_levels { k = c, n = dk.codes({ 'een', 'twee' }, { other = '2' }) } "
         "return u.k:labels().a .. u:schema():text() .. u:text { codes = 'both', format = 'json' } .. "
         "tostring(u:with_levels { k = dk.null, n = { '2', '1' } }) .. u:derive({ 'l = label(k)' }).l[1] end",
    /* the builder */
    DATA "return function() return #t:where(t.n:gt(1) & t.k:is_in { 'a', 'b' } | ~t.x:between(1, 2) & "
         "t.k:not_null()) end",
    DATA "return function() return t:derive({ ((t.n + 1) * -t.x / dk.param 'one'):as 'y', { 'z = n', format = "
         "'0.0', label = "
         "'Z', doc = 'zet' } }, { one = 1 }).y[2] end",
    DATA
    "return function() return tostring(t.k:concat('a\"', dk.col 'a b')) .. tostring(dk.fn.count():where "
    "'n > 1':as 'm') .. tostring(dk.expr(t.n):desc()) .. tostring(dk.fn.bin(t.n, 2)) .. tostring(t.x:round(1)) end",
    DATA "return function() return #t:sort(t.k, t.n:desc()) + #t:select { t.k, dk.col 'n' } end",
    DATA "return function() return t:breakdown({ by = t.k, measures = { { dk.fn.sum(t.n):as 's', doc = 'som' } } "
         "}):text() "
         "end",
    DATA "return function() local s = '' for _, f in ipairs { function() return t.n < t.x end, function() return "
         "t.n <= t.x end, "
         "function() return t.n .. 'x' end, function() return t.n ^ 2 end, function() return t.n ~ 2 end, "
         "function() return "
         "t.n == t.x end, function() return t.n:lt(nil) end, function() return t.n & true end, function() return "
         "dk.fn.nosuch() end, function() dk.fn.x = 1 end, function() dk.expr('a').x = 1 end, function() return "
         "dk.expr('a').betwen end } do s = s .. select(2, pcall(f)) end return s end",
    "return function() return dk.read_text('where,b\\n1,2\\n'):notes()[1] end",
    DATA "local b = dk.breakdown { by = 'kk', measures = 's = sum(nn)' } "
         "return function() return select(2, pcall(b, t)) end",
    "return function() return core.entry('a', 'what') .. core.name(dk.col 'a') .. tostring(core.name(1)) end",
    /* primitives of the library that nothing above reaches, or not in every way */
    "return function() return select(2, pcall(core.fail, 'message')) .. core.literal('a\"\\n') .. "
    "core.literal(1.5) .. "
    "core.literal(math.mininteger) .. core.quoted('a b') .. core.decimal(0.25) .. core.condition('a > 1', 'what') "
    "end",
    "return function() return type(core.class 'dk.breakdown') .. core.what(dk.expr 'a') .. core.what(dk.null) .. "
    "core.what({}) .. tostring(core.kind(1)) "
    "end",
    "return function() local f = core.export { f = function(x) return x end }.f return f(7) end",
    "return function() return type(core.annotations()) end",
    "local h = dk.hierarchy(dk.read_text 'g;tot\\nA;2020-01-01\\nB;\\n', { 'g' }, { to = 'tot', changes = { { date "
    "= "
    "'2020-01-01', old = 'A', new = 'B' } } })\n"
    "return function() return core.recode_shares(h:recode('2019-01-01', '2020-01-01'))[1] end",
    "local h = dk.hierarchy(dk.read_text 'g;tot\\nA;2020-01-01\\nB;\\nC;\\n', { 'g' }, { to = 'tot', changes = { { "
    "date = "
    "'2020-01-01', old = 'A', new = 'B' } } })\n"
    "local t = dk.read_text('g\\nC\\n'):attach(dk.read_text 'g;i\\nB;1\\nC;2\\n':with { name = 'f' }, 'g')\n"
    "return function() return t:recode('g', h:recode('2020-01-01', '2019-01-01')):text() end",
    "local h = dk.hierarchy(dk.read_text 'g;r;l\\nA;X;N\\nS;;N\\n', { 'g', 'r', 'l' })\n"
    "local t = dk.read_text('g\\nA\\nS\\n'):use(h)\n"
    "local b = dk.breakdown { by = 'r', measures = { 'n = count()', 's = n / all(n, l)' } }\n"
    "return function() return core.null_tells(b(t), 'r', 'l') end",
    "return function() return #debug.getmetatable(dk.null).__name end",
};

#endif
