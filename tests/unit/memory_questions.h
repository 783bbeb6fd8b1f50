/* memory_questions.h - calls of test_lua_memory.c about questions: breakdowns, scenarios and what is asked of them, packs, receipts. */
#ifndef DKT_MEMORY_QUESTIONS_H
#define DKT_MEMORY_QUESTIONS_H

#include "memory_data.h"

#define PLAN                                                                                                    \
    "local plan = dk.scenario 'plan' { params = { f = { 0.5, min = 0, max = 1 } }, { 'step', where = 'n > 1', " \
    "share = '$f', set = { n = 9 } }, { 'next', where = 'n < 9', share = 0.5, set = { n = 8 } } }\n"            \
    "local b = dk.breakdown { by = 'k', measures = 'high = count() where n > 5', margins = 'totals' }\n"
static const char *const questions_calls[] = {
    /* breakdowns */
    DATA "return function() return #t:breakdown { by = 'k', measures = 'a = count()' } end",
    DATA
    "return function() return #t:breakdown { by = { 'j = n > 1', 'm = not j' }, measures = 'a = count()' } end",
    DATA "local b = dk.breakdown { by = 'k', measures = 'a = count()', levels = { 'k' } } "
         "return function() return #t:breakdowns { b, b:by {} }[2] + #t:breakdowns { a = b }.a end",
    DATA "local b = dk.breakdown { by = { 'k' }, measures = { 'm = count()', 's = sum(x) where n > $least' }, "
         "margins = 'totals', order = 'm desc', limit = 3 }\n"
         "return function() return b(t, { least = 1 }):text() end",
    DATA "return function() local b = dk.breakdown 'naam' { doc = 'doc', by = 'k', measures = { { 'a = count()', "
         "label = 'Aantal', format = '0' } } } "
         "return tostring(b:by {}:where 'n > 1':measure 'm = max(n)':with { limit = 2 }) .. b:name() .. b:doc() .. "
         "#dk.breakdowns() end",
    DATA
    "return function() local b <close> = dk.breakdown { measures = 'a = count()' } return #t:breakdown { by = 'k', "
    "measures = 'a = count()' } end",
    DATA "local b = dk.breakdown { by = 'k', measures = { 'm = count()', 's = sum(x) where n > 5' } } "
         "return function() return b(t):explain() .. #b:plan(t):table() end",
    DATA "local b = dk.breakdown { by = 'k', margins = 'totals', measures = { 'm = count()', 'd = m / all(m)' } } "
         "return function() local r = b(t) local text, cell = r:explain { k = r.k:to_lua()[1] } "
         "return text .. cell.again('d', t):text() end",
    DATA "local b = dk.breakdown { by = { 'k', 'j = n > 1' }, measures = 'm = count()' } "
         "local w = b(t):pivot { rows = 'k', columns = 'j', values = 'm' } "
         "return function() local text, cell = w:explain { k = w.k:to_lua()[1], j = true } "
         "return text .. cell.again('m', t):text() end",
    DATA "local b = dk.breakdown { by = 'k', measures = 'm = count()' } "
         "return function() return #tostring(b:plan(t)) > 9 and #t:plan 'n > 5':table() end",
    DATA "return function() return select(2, pcall(function() dk.breakdown { mesures = {} } end)) end",
    DATA "return function() return select(2, pcall(function() return dk.breakdown { measures = 'a = count()' }.bye "
         "end)) "
         "end",
    /* publication */
    "local p = dk.read_published('scripts/data/midden-gelderland.txt', { label = 'gemeente' })\n"
    "return function() local q = dk.publication(p, { register = { level = 'regio', value = 7676, stated = 0.74 } "
    "}) "
    "return tostring(q) .. q:coverage():text() .. q:bounds():text() .. q:shares():text() .. q:spread(598):text() "
    ".. "
    "q:needed({ 0.9 }):text() end",
    /* scenarios */
    DATA "local s = dk.scenario 's' { params = { f = { 0.5, min = 0, max = 1 } }, { 'step', where = 'n > 1', share "
         "= '$f', "
         "per = 'k', set = { n = 9 } } }\n"
         "local b = dk.breakdown { by = 'k', measures = { 'm = count()', 'high = count() where n > 5', 'r = high / "
         "m' }, "
         "margins = 'totals' }\n"
         "return function() local t = t:where 'n > 0' return #b:compare(t, s, { f = 1 }) + #b:compare(t, t, "
         "{ name = 'other' }) + "
         "#b:solve(t, s, { vary = 'f', target = 'r >= 0.5', at = dk.total }) end",
    DATA "local s = dk.scenario 's' { { 'step', where = 'n > 1', share = 0.5, drawn = true, set = { n = 9 } }, { "
         "'rest', "
         "count = 1, first = 'x desc', set = { n = 8 } } }\n"
         "local b = dk.breakdown { by = 'k', measures = { 'm = count()' } }\n"
         "return function() return #b:bands(t, s, { draws = 2 }) end",
    DATA "return function() local s = dk.scenario 's' { { 'one', all = true, set = { k = 'a', n = dk.null } } } "
         "local u = s .. dk.scenario 'u' { { 'two', count = 1, where = 'x < 3', set = { x = dk.expr 'x + 1' } } } "
         "return tostring(u) .. s:name() .. #u:apply(t) .. #dk.scenarios() end",
    "return function() local s <close> = dk.scenario 's' { dk.merge('k', { 'a', 'b' }, 'ab') } return true end",
    /* of a table of their own, with which goes what is kept for it */
    DATA PLAN
    "return function() local t = t:where 'n > 0' return #b:contributions(t, plan, { measure = 'high', at = "
    "dk.total }) + #plan:order(t, b) + #b:sensitivity(t, plan, { measure = 'high', at = dk.total }) end",
    DATA PLAN "return function() local t = t:where 'n > 0' return #b:sweep(t, plan, { f = dk.range(0, 1, 0.5) }) "
              "+ #b:sweep(t, plan, dk.latin(3, { f = { 0, 1 } }, 1)) end",
    DATA
    "local plan = dk.scenario 'plan' { params = { f = 0.5, g = 1, h = 2 }, { 'step', where = 'n > $g', share = "
    "'$f', set = { n "
    "= 9 } }, { 'next', where = 'n > $h', allow_none = true, share = '$f', set = { k = 'a' } } }\n"
    "local b = dk.breakdown { by = 'k', measures = 'high = count() where n > 5' }\n"
    "return function() local t = t:where 'n > 0' return #b:sweep(t, plan, { f = { 0.5, 1 }, g = { 1, 2, 3 } }) "
    "+ #b:sweep(t, plan, { g = { 1, 2 }, h = { 1, 9 } }) end",
    DATA PLAN
    "local s = b:sweep(t, plan, { f = { 0, 1 } }) return function() return #s:explain { f = 1, k = 'a' } end",
    DATA PLAN "local path = os.tmpname() local s = b:sweep(t, plan, { f = { 0, 1 } })\n"
              "return function() s:save(path) return #dk.open(path):explain { f = 1, k = 'a' } end",
    DATA PLAN "return function() local text, cell = t:explain { k = t.k:to_lua()[1], n = t.n:to_lua()[1], x = "
              "t.x:to_lua()[1] } "
              "return text .. cell.again('n', t):text() end",
    DATA PLAN "return function() local t = t:where 'n > 0' return #b:compare(t, plan):explain { k = 'a' } "
              ".. #tostring(b:plan(t, plan):table():schema()) end",
    DATA "local u = dk.scenario 'u' { { 'drawn', where = 'n > 1', share = 0.5, drawn = true, set = { n = 9 } } }\n"
         "local b = dk.breakdown { measures = 'high = count() where n > 5' }\n"
         "return function() return #b:bands(t:where 'n > 0', u, { draws = 3 }) end",
    DATA "local u = dk.scenario 'u' { { 'all', where = 'n < 5', all = true, set = { n = 9 } } }\n"
         "local b = dk.breakdown { by = 'k', measures = 'high = count() where n > 5' }\n"
         "return function() return #b:allocate(t:where 'n > 0', u, { budget = 2, per = 'k', maximise = 'high' })"
         ":table() end",
    /* packs */
    DATA "local d = dk.dataset 'd' { doc = 'doc', files = { 'a', { 'b', optional = true } }, build = function(f) "
         "return f.a end "
         "}\nreturn function() return #d { a = t } .. tostring(d) .. d:name() .. d:doc() .. #d:files() .. #d:lacks "
         "{} .. "
         "#dk.datasets() end",
    "local path = os.tmpname() local f = io.open(path, 'w') f:write [[dk.breakdown 'packed' { by = 'g', measures = "
    "'n = count() "
    "where x > $y' }]] f:close()\nreturn function() local p = dk.pack(path) local b = p.breakdowns.packed "
    "return p.breakdowns[1] .. table.concat(b:columns(), ' ') .. table.concat(b:params(), ' ') end",
    "return function() return #core.folder 'scripts/packs' .. tostring(core.folder '/nosuch') .. "
    "core.nearest('aab', { 'aaa', "
    "'b' }) .. core.where() .. type(core.part 'registry') .. #core.needs(dk.breakdown { measures = 'a = sum(x)' }) "
    "end",
    /* receipts */
    "local path = os.tmpname() local t = dk.table { { a = 1 } } "
    "local r = dk.breakdown { measures = 'n = count()' } (t) r:write(path, { format = 'csv' }) local keep = "
    "r:receipt() "
    "local f = core.record('f', function(x) return x end)\nreturn function() core.remember(t:head(1), 'f', t) "
    "return #tostring(r:receipt()) .. #core.recipe(r).written .. tostring(f(t:where 'a > 0') ~= nil) end",
    "local t = dk.table { { a = 1 } }\nreturn function() if core.begin_progress() then core.progress(1, 2) "
    "core.end_progress() end "
    "return #t:map('z', function(row) return row.a end) end",
    "local out = os.tmpname()\nreturn function() core.write_file(out, 'text') return core.file_fingerprint(out) "
    "end",
    "local path = os.tmpname() local f = io.open(path, 'w') f:write 'k,n\\na,1\\nb,2\\n' f:close()\n" PLAN
    "local t = dk.read(path) local r = b:compare(t, plan, { f = 1 }) local text = tostring(r:receipt())\n"
    "return function() local made = core.part 'receipt_file'.read(text, 'r') return tostring(core.part "
    "'replay'.run(made, {})) .. #tostring(r:receipt()) end",
    /* steps of their own kind */
    DATA
    "local asked = dk.breakdown { by = 'k', measures = 'm = count()' }\n"
    "return function() local s = dk.scenario 's' { dk.move('k', { a = { b = 0.5 } }), dk.split('k', 'b', "
    "{ a = 0.5, c = 0.5 }), dk.redefine('n', 'n + 1'), { 'gone', where = 'n > 3', share = 0.5, remove = true }, "
    "{ 'new', where = 'n < 4', count = 2, add = true, set = { k = 'a' } } } "
    "return asked:compare(t:where 'n > 0', s):text() .. s:definition() end",
    DATA PLAN
    "return function() local t = t:where 'n > 0' return #b:compare(t, { plan, plan:with { f = 1 }:named 'all' })"
    " .. #b:solve(t, plan, { vary = 'f', target = 'high >= 1', at = dk.total }) .. plan:definition() end",
};

#endif
