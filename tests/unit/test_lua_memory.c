/* test_lua_memory.c - every function of the bindings, with each allocation failing in turn: Lua's and the engine's.
 *
 * A call is Lua text that prepares what it needs and returns the function to be tried. It is run once as it should be, and
 * then again and again while memory fails. A run may raise "not enough memory" or succeed, and must then give the
 * same answer; afterwards the engine holds what it held before, and the call works again. That every C function
 * that a script or the library can reach was called is checked too.
 */
#include "check.h"
#include "watched.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "lua/bind.h"
#include "lua/dekking_lua.h"

/* Lua's memory ------------------------------------------------------------------------------------------------------ */

/* ONCE fails one allocation: Lua then collects everything that nothing holds, and tries again. ALL fails every
 * one from there on, also those that cleaning up would like to have. */
typedef enum failing { NONE, ONCE, ALL } failing;

static struct {
    size_t used;
    failing mode;
    uint64_t until;
    bool fired;
} memory;

static void *allocate(void *unused, void *old, size_t old_size, size_t size)
{
    void *made;

    (void)unused;
    if (old == NULL)
        old_size = 0;
    if (size == 0) {
        free(old);
        memory.used -= old_size;
        return NULL;
    }
    if (size > old_size && memory.mode != NONE && (memory.until <= 1 || --memory.until == 0)) {
        memory.fired = true;
        if (memory.mode == ONCE)
            memory.mode = NONE;
        return NULL;
    }
    made = realloc(old, size);
    assert_non_null(made);
    memory.used += size - old_size;
    return made;
}

static void arm(failing mode, uint64_t nth)
{
    memory.mode = mode;
    memory.until = nth;
    memory.fired = false;
}

static bool disarm(void)
{
    memory.mode = NONE;
    return memory.fired;
}

/* The calls --------------------------------------------------------------------------------------------------------- */

#define DATA                                                                                                      \
    "local t = dk.table({ { 'k', { 'b', 'a', 'c', dk.null } }, { 'n', { 1, 2, 3, 4 } }, { 'x', { 0.5, 1, 2, 3 } " \
    "} }, "                                                                                                       \
    "{ name = 'proef', unit = 'persons' })\n"

#define PLAN                                                                                                    \
    "local plan = dk.scenario 'plan' { params = { f = { 0.5, min = 0, max = 1 } }, { 'step', where = 'n > 1', " \
    "share = '$f', set = { n = 9 } }, { 'next', where = 'n < 9', share = 0.5, set = { n = 8 } } }\n"            \
    "local b = dk.breakdown { by = 'k', measures = 'high = count() where n > 5', margins = 'totals' }\n"
static const char *const calls[] = {
    "return function() return dk.threads(dk.threads()) > 0 and dk.clock() > 0 end",
    "return function() local a, b = dk.memory() return a <= b and dk.budget(0) end",
    "return function() return table.concat(dk.apportion({ 1, 2, 3 }, 7), ' ') end",
    "return function() return tostring(dk.null) .. tostring(dk.total) end",
    "return function() return tostring(dk.expr 'a + 1') .. tostring(dk.expr(dk.expr 'b')) end",
    "return function() local e <close> = dk.expr 'a' return true end",
    "return function() return select(2, pcall(function() return dk.raed end)) .. tostring(dk) end",
    /* dk.table */
    "return function() return #dk.table { { a = 1, b = 'x' }, { a = 2.5 } } end",
    "return function() return #dk.table({ { 'a', { 1, 2 } }, { 'b', { 'x', dk.null } } }, { name = 'n', unit = "
    "'u', "
    "weight = 'a' }) end",
    DATA
    "return function() return #dk.table({ { 'k', t.k }, { 'd', { '2024-12-31', '2024-01-02', dk.null, dk.null } }, "
    "{ 'l', { 'y', 'y', 'x', 'x' } }, { 'r', { 1, 0.1, 1e300, 3 } } }, "
    "{ types = { d = 'date', r = 'real' }, levels = { l = { 'x', 'y' } } }) end",
    DATA
    "return function() return #dk.table({ { k = 'a' } }, { types = { k = { 'category', levels = t.k } } }) end",
    "local words = {} for i = 1, 600 do words[i] = 'word ' .. i end\n"
    "return function() return dk.table({ { 't', words } }).t:type() end",
    "return function() return select(2, pcall(dk.table, { { 'a', { 1, 'x' } } })) end",
    /* reading */
    "return function() return #dk.read_text('a;b;d\\n1;x;2024-12-31\\n2;;\\n', { delimiter = ';', nulls = { '-' }, "
    "types = { a = 'integer', b = { 'category', levels = { 'x', 'y' } } }, name = 'n', unit = 'u' }) end",
    "return function() local t = dk.read_text('a;b\\n1;x\\n2\\n', { lenient = true }) "
    "return #t:rejected() .. t:rejected():column('reason')[1] end",
    "return function() return #dk.read('scripts/data/arbeidsmarktregio-2015.csv') end",
    "return function() local t = dk.read_published('scripts/data/midden-gelderland.txt', { label = 'gemeente', "
    "unit = 'persons' }) return #t .. #t:check_totals() end",
    "return function() return select(2, pcall(dk.read, '/nosuch')) end",
    "return function() return #dk.read { 'scripts/data/arbeidsmarkt*-2015.csv' } end",
    DATA "dk.aggregate 'spread' { start = function() return {} end, step = function(s, x) s[#s + 1] = x end, "
         "merge = function(s, t) table.move(t, 1, #t, #s + 1, s) end, finish = function(s) return #s end }\n"
         "return function() return #t:breakdown { by = 'k', measures = 'n = spread(x)', margins = 'totals' } end",
    "dk.aggregate 'one' { step = function() end, finish = function() return 1 end }\n"
    "return function() return #dk.aggregates() end",
    DATA
    "dk.aggregate 'joined' { result = 'text', weights = true, start = '', block = function(s, k, w, n) "
    "return s .. table.concat(k) .. n end, merge = function(s, t) return s .. t end, finish = function(s) return s "
    "end }\n"
    "local u = t:with { weight = 'n' }\n"
    "return function() return u:breakdown { by = 'k', measures = 's = joined(k)', margins = 'totals' }.s[4] end",
    DATA
    "dk.define 'sized' { levels = { 'low', 'high' }, call = function(n) return n < 3 and 'low' or 'high' end }\n"
    "dk.define 'glued' { result = 'text', nulls = true, call = function(k, n) return (k or '?') .. n end }\n"
    "return function() return t:derive({ 's = sized(n)', 'g = glued(k, n + 1)' }):breakdown { by = 's', measures = "
    "'m = max(g)' }.m[2] end",
    "dk.define 'one' { result = 'integer', call = function(n) return n end }\n"
    "return function() return #dk.functions() end",
    DATA
    "return function() return t:map('m', function(row) return row.n .. (row.k or '') end, { columns = { 'k', 'n' } "
    "}).m[2] end",
    /* tables from tables */
    DATA "return function() return #t:where('n > $least and k is not null', { least = 1 }) end",
    DATA "return function() return #t:where(dk.expr 'n > 1') end",
    DATA "return function() return t:derive({ 'y = n * 2', 'z = y / x' }, {}).z[2] end",
    DATA "return function() return t:derive('y = n + $one', { one = 1 }).y[1] end",
    DATA "return function() return #t:select { 'k', 'n' } + #t:select('x') + #t:drop 'x' end",
    DATA "return function() return t:rename({ k = 'key' }):column 'key':name() end",
    DATA "return function() return t:sort({ 'k desc', 'n' }).k[1] .. t:sort('n desc', 'k').n[1] end",
    DATA "return function() return #t:top({ n = 1, by = { 'n % $m desc', 'k' }, within = 'k', ties = 'all' }, { m "
         "= 2 }) end",
    DATA "return function() return #t:sort({ 'n % $m desc', limit = 2 }, { m = 2 }) end",
    DATA "return function() return t:window({ within = 'k', order = { 'n desc', 'x' }, 'a = previous(n, $one)', "
         "'b = share(x) + rank()' }, { one = 1 }).b[1] end",
    DATA "return function() return select(2, pcall(t.window, t, { 'a = previos(n)' })) end",
    DATA "return function() local w = t:pivot { rows = 'n', columns = 'k', values = 'x' } "
         "return #w:unpivot { rows = 'n', name = 'k', value = 'x', nulls = 'drop' } end",
    DATA "return function() return #t:pivot { columns = 'k', values = { 'n', 'x' }, aggregate = 'sum' } end",
    DATA
    "local g = dk.table { { 'g', { 'a', 'b', 'totaal' } }, { 'm', { 1, dk.null, 3 } }, { 's', { 1, dk.null, 3 } } "
    "} "
    "return function() return #g:tighten { by = 'g', values = 'm', total = 's', total_word = 'totaal', totals = "
    "'equal', sums = 'together' } end",
    DATA "return function() return #t:sample({ n = 1, seed = 1, within = 'n > $k' }, { k = 2 }) + "
         "#t:sample { share = 0.5, seed = 2 } + #t:shuffle { seed = 3 } end",
    DATA "return function() return #t:head(2) + #t:tail(3) + #t:slice(2, -2) + #t:detail() + #t:head() end",
    DATA "return function() local n = 0 for name, c in t:columns() do n = n + #name + #c end return n end",
    DATA "return function() local n = 0 for name, c in pairs(t) do n = n + #name + c:nulls() end return n end",
    DATA
    "return function() local s = '' for r in t:rows() do s = s .. tostring(r.k) .. r.n .. r.x end return s end",
    DATA "return function() for r in t:rows() do if r.n == 2 then return r.k end end end",
    DATA
    "return function() local s = '' for b in t:blocks() do s = s .. tostring(b) .. b.k[1] .. b:column 'x'[2] .. "
    "b:row(3).n .. #b .. b:first() .. select(2, pcall(function() b.k = 1 end)) .. select(2, pcall(function() "
    "return "
    "b.q end)) end return s end",
    DATA "return function() local kept for b in t:blocks() do kept = b break end return select(2, pcall(function() "
         "return "
         "kept.k end)) end",
    DATA "return function() return t:describe():text() .. t:summary('n', 'k'):text() end",
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
    /* about a table */
    DATA "return function() return #t .. t.k:type() .. select(2, pcall(function() return t.q end)) end",
    DATA "return function() return select(2, pcall(function() t.q = 1 end)) end",
    DATA "return function() return t:schema():text() end",
    DATA "return function() return t:note('one'):note('two'):notes()[2] end",
    DATA "return function() local p = t:with({ unit = 'rows', name = dk.null }):properties() return p.unit end",
    DATA "return function() return t:note 'kept':format({ x = '0.0 %' }):label({ n = 'Aantal' }):text() end",
    DATA "return function() return #t:rejected() end",
    DATA "return function() return select(2, pcall(t.check_totals, t)) end",
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
    /* columns */
    DATA
    "return function() local c = t.n return c:name() .. c:type() .. c:nulls() .. c[2] .. #c .. tostring(c) end",
    DATA "return function() return table.concat(t.k:levels()) .. #t.n:to_lua() end",
    DATA "return function() local c <close> = t.n return c[1] end",
    DATA "return function() return select(2, pcall(function() t.n.x = 1 end)) end",
    DATA "return function() return t.n:sum() + t.x:quantile(0.5) + t.k:count() + #t.n:head(2) end",
    DATA "return function() return t:with({ weight = 'n' }).x:mean() end",
    DATA "return function() return select(2, pcall(function() return t.n:typ() end)) end",
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
    /* writing */
    DATA "return function() return tostring(t) end",
    DATA "return function() return t:text { format = 'md', style = 'nl', null = '?', title = 'Titel' } end",
    DATA "return function() t:print { format = 'html' } return true end",
    /* how tables look */
    DATA
    "return function() local before = dk.options() dk.options { style = 'nl', null = '?', rows = 3 } local text = "
    "t:text() .. tostring(t) dk.options(before) return text .. tostring(dk.options()) end",
    DATA "return function() t:bars({ 'n', 'x' }, { width = 40, full = 2 }) return t:text { bars = 'n' } end",
    DATA "return function() return t:spark('n', 'k', { as = 's', scale = 'table' }):text() end",
    DATA "return function() t:write('/dev/null', { format = 'csv' }) return true end",
    DATA "return function() t:write('/dev/null', { format = 'xlsx' }) return true end",
    DATA "return function() return select(2, pcall(t.text, t, { format = 'cvs' })) end",
    /* snapshots */
    DATA "local path = os.tmpname()\n"
         "return function() t:save(path, { compress = { 'x' } }) t:head(2):save(path) local n = #dk.open(path) "
         "os.remove(path) return n end",
    DATA "return function() return #t:fingerprint() end",
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
    "return function() return #debug.getmetatable(dk.null).__name end",
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
    "local out = os.tmpname()\nreturn function() core.write_file(out, 'text') return core.file_fingerprint(out) "
    "end",
};
#define N_CALLS (sizeof calls / sizeof *calls)

/* A state --------------------------------------------------------------------------------------------------------- */

static lua_State *open_state(void)
{
    lua_State *L = lua_newstate(allocate, NULL);

    assert_non_null(L);
    luaL_openlibs(L);
    return L;
}

static void open_dekking(lua_State *L)
{
    luaL_requiref(L, "dekking", luaopen_dekking, 0);
    lua_setglobal(L, "dk");
    dkl_push_core(L);
    lua_setglobal(L, "core");
}

static int open_and_call(lua_State *L)
{
    open_dekking(L);
    if (luaL_loadstring(L, lua_touserdata(L, 1)) != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 1);
    lua_call(L, 0, 1);
    return 1;
}

/* Leaves the function that is to be tried on the stack. */
static void prepare(lua_State *L, const char *call)
{
    open_dekking(L);
    if (luaL_dostring(L, call) != LUA_OK)
        fail_msg("%s\n%s", call, lua_tostring(L, -1));
}

static void close_state(lua_State *L)
{
    lua_close(L);
    assert_int_equal(memory.used, 0);
}

static size_t settled_bytes(lua_State *L)
{
    lua_gc(L, LUA_GCCOLLECT);
    lua_gc(L, LUA_GCCOLLECT);
    return dk_context_used_bytes(dkl_context(L));
}

/* Whether the engine holds what it held. What one collection has freed need not be looked for by another. */
static bool is_settled(lua_State *L, size_t settled)
{
    lua_gc(L, LUA_GCCOLLECT);
    return dk_context_used_bytes(dkl_context(L)) == settled || settled_bytes(L) == settled;
}

/* Whether a text says that memory was out. */
static bool tells_memory(const char *text)
{
    return text && (strstr(text, "not enough memory") || strstr(text, "out of memory"));
}

/* What a run gave: the right answer, or a message about memory. */
static void check_answer(lua_State *L, int status, const char *call, const char *answer, uint64_t nth)
{
    const char *got = luaL_tolstring(L, -1, NULL);

    if (!tells_memory(got) && (status != LUA_OK || strcmp(got, answer) != 0))
        fail_msg("allocation %llu of\n%s\ngave\n%s\nand not\n%s", (unsigned long long)nth, call, got, answer);
    lua_settop(L, 1);
}

static const char *ask_answer(lua_State *L, const char *call)
{
    static char answer[65536];

    lua_pushvalue(L, 1);
    if (lua_pcall(L, 0, 1, 0) != LUA_OK)
        fail_msg("%s\n%s", call, lua_tostring(L, -1));
    snprintf(answer, sizeof answer, "%s", luaL_tolstring(L, -1, NULL));
    lua_settop(L, 1);
    return answer;
}

static uint64_t stride(uint64_t nth)
{
    return nth + 1 + watched(0, (unsigned)nth / 16, (unsigned)nth / 4);
}

/* Which functions were called --------------------------------------------------------------------------------------- */

static lua_CFunction called[1024];
static size_t n_called;

static bool was_called(lua_CFunction function)
{
    for (size_t i = 0; i < n_called; i++)
        if (called[i] == function)
            return true;
    return false;
}

/* The function on top of the stack; of a recorder that which it calls itself, where no hook sees it. */
static lua_CFunction function_on_top(lua_State *L)
{
    lua_CFunction function = lua_tocfunction(L, -1);

    if (function && lua_getupvalue(L, -1, 3)) {
        if (lua_tocfunction(L, -1))
            function = lua_tocfunction(L, -1);
        lua_pop(L, 1);
    }
    return function;
}

static void note_call(lua_State *L, lua_Debug *call)
{
    lua_CFunction function;

    lua_getinfo(L, "f", call);
    function = function_on_top(L);
    lua_pop(L, 1);
    if (function && !was_called(function)) {
        assert_true(n_called < sizeof called / sizeof *called);
        called[n_called++] = function;
    }
}

/* Every C function in the table on top of the stack, and in the tables that are upvalues of its functions. */
static size_t check_called(lua_State *L, const char *where)
{
    size_t n = 0;

    luaL_checkstack(L, 8, NULL);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        lua_CFunction function = function_on_top(L);

        if (function == NULL ||
            strcmp(lua_tostring(L, -2), "__gc") == 0) /* no hook sees a finalizer: it is __close */
            continue;
        n++;
        if (!was_called(function))
            fail_msg("no call reaches %s.%s", where, lua_tostring(L, -2));
        if (lua_getupvalue(L, -1, 1) != NULL) {
            if (lua_istable(L, -1) && strcmp(lua_tostring(L, -3), "__index") == 0)
                n += check_called(L, where);
            lua_pop(L, 1);
        }
    }
    return n;
}

/* Tests ------------------------------------------------------------------------------------------------------------- */

static void every_function_is_called(void **state)
{
    static const char *const classes[] = { "dk.table",    "dk.column",   "dk.expr",  "dk.breakdown",
                                           "dk.scenario", "dk.sentinel", "dk.rows",  "dk.slot",
                                           "dk.written",  "dk.block",    "dk.value", "dk.interval" };
    lua_State *L;
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < N_CALLS; i++) {
        L = open_state();
        lua_sethook(L, note_call, LUA_MASKCALL, 0);
        prepare(L, calls[i]);
        ask_answer(L, calls[i]);
        close_state(L);
    }
    L = open_state();
    open_dekking(L);
    lua_getglobal(L, "dk");
    n += check_called(L, "dk");
    lua_getmetatable(L, -1);
    n += check_called(L, "dk's metatable");
    lua_getglobal(L, "core");
    n += check_called(L, "core");
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        assert_int_equal(luaL_getmetatable(L, classes[i]), LUA_TTABLE);
        n += check_called(L, classes[i]);
    }
    close_state(L);
    assert_true(n > 80);
}

static void lua_may_run_out_of_memory_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_CALLS; i++) {
        lua_State *L = open_state();
        const char *answer;
        size_t settled;

        prepare(L, calls[i]);
        answer = ask_answer(L, calls[i]);
        settled = settled_bytes(L);
        for (failing mode = ONCE; mode <= ALL; mode++)
            for (uint64_t nth = 1;; nth = stride(nth)) {
                int status;

                lua_pushvalue(L, 1);
                arm(mode, nth);
                status = lua_pcall(L, 0, 1, 0);
                if (!disarm()) {
                    lua_settop(L, 1);
                    break;
                }
                check_answer(L, status, calls[i], answer, nth);
                if (!is_settled(L, settled))
                    fail_msg("allocation %llu of\n%s\nleaks", (unsigned long long)nth, calls[i]);
            }
        ask_answer(L, calls[i]);
        close_state(L);
    }
}

/* A coroutine that ends in an error is dropped with what it held: slots are then closed by the collector, in any order. */
static void a_coroutine_may_run_out_of_memory_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_CALLS; i++) {
        lua_State *L = open_state();
        size_t settled;

        prepare(L, calls[i]);
        ask_answer(L, calls[i]);
        settled = settled_bytes(L);
        for (uint64_t nth = 1;; nth = stride(nth)) {
            lua_State *thread = lua_newthread(L);
            int n_results;

            lua_pushvalue(L, 1);
            lua_xmove(L, thread, 1);
            arm(ALL, nth);
            lua_resume(thread, L, 0, &n_results);
            if (!disarm()) {
                lua_settop(L, 1);
                break;
            }
            lua_settop(L, 1); /* nobody closes it */
            if (!is_settled(L, settled))
                fail_msg("allocation %llu of\n%s\nleaks", (unsigned long long)nth, calls[i]);
        }
        close_state(L);
    }
}

/* Whether the failing that was asked for is still to come; takes it back. */
static bool still_to_fail(dk_context *context, uint64_t nth)
{
    for (uint64_t i = 0; i < nth; i++) {
        void *some = dki_alloc(context, 1, NULL);

        if (some == NULL)
            return true;
        dki_free(context, some);
    }
    dk_context_fail_allocation(context, 0);
    return false;
}

static void the_engine_may_run_out_of_memory_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_CALLS; i++) {
        lua_State *L = open_state();
        const char *answer;
        dk_context *context;
        size_t settled;

        prepare(L, calls[i]);
        context = dkl_context(L);
        answer = ask_answer(L, calls[i]);
        settled = settled_bytes(L);
        for (int with_thread = 0; with_thread <= 1; with_thread++)
            for (uint64_t nth = 1;; nth = stride(nth)) {
                lua_State *runs = with_thread ? lua_newthread(L) : L;
                int status, n_results;

                lua_pushvalue(L, 1);
                if (with_thread)
                    lua_xmove(L, runs, 1);
                dk_context_fail_allocation(context, nth);
                status = with_thread ? lua_resume(runs, L, 0, &n_results) : lua_pcall(L, 0, 1, 0);
                if (still_to_fail(context, nth)) {
                    lua_settop(L, 1);
                    break;
                }
                if (with_thread)
                    lua_settop(L, 1);
                else
                    check_answer(L, status, calls[i], answer, nth);
                if (!is_settled(L, settled))
                    fail_msg("allocation %llu of\n%s\nleaks", (unsigned long long)nth, calls[i]);
            }
        close_state(L);
    }
}

/* Opening the module and loading parts of the library, in a new state for each allocation. */
static void opening_may_run_out_of_memory_anywhere(void **state)
{
    static const char *const firsts[] = {
        "return function() return true end",
        "return function() return dk.breakdown { measures = 'n = count()' }:name() end",
        "return function() return #dk.table { { a = 1 } }:breakdown { measures = 'n = count()' } end",
        "return function() return #dk.scenarios() end",
        "return function() return type(dk.publication) end",
        "return function() return require 'dekking.breakdown' == dk.breakdown end",
    };

    (void)state;
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        for (failing mode = ONCE; mode <= ALL; mode++)
            for (uint64_t nth = 1;; nth = stride(nth)) {
                lua_State *L = open_state();
                bool fired;
                int status;

                lua_pushcfunction(L, open_and_call);
                lua_pushlightuserdata(L, (void *)(uintptr_t)firsts[i]);
                arm(mode, nth);
                status = lua_pcall(L, 1, 1, 0);
                fired = disarm();
                if (status != LUA_OK && !(fired && tells_memory(lua_tostring(L, -1))))
                    fail_msg("allocation %llu of\n%s\n%s", (unsigned long long)nth, firsts[i], lua_tostring(L, -1));
                if (fired) { /* what was opened in part can be opened again */
                    lua_settop(L, 0);
                    lua_pushcfunction(L, open_and_call);
                    lua_pushlightuserdata(L, (void *)(uintptr_t)firsts[i]);
                    if (lua_pcall(L, 1, 1, 0) != LUA_OK)
                        fail_msg("after allocation %llu of\n%s\n%s", (unsigned long long)nth, firsts[i],
                                 lua_tostring(L, -1));
                }
                close_state(L);
                if (!fired)
                    break;
            }
}

/* What t:print writes is not part of what the tests say, to which cmocka adds its own lines. */
static int screen = -1;

static int mute(void **state)
{
    int nowhere = open("/dev/null", O_WRONLY);

    (void)state;
    fflush(stdout);
    screen = dup(STDOUT_FILENO);
    if (nowhere < 0 || screen < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
        return 1;
    close(nowhere);
    dk_set_threads(1); /* or allocations would come in another order each time */
    return 0;
}

static int unmute(void **state)
{
    (void)state;
    fflush(stdout);
    if (dup2(screen, STDOUT_FILENO) < 0)
        return 1;
    close(screen);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_function_is_called, mute, unmute),
        cmocka_unit_test_setup_teardown(lua_may_run_out_of_memory_anywhere, mute, unmute),
        cmocka_unit_test_setup_teardown(a_coroutine_may_run_out_of_memory_anywhere, mute, unmute),
        cmocka_unit_test_setup_teardown(the_engine_may_run_out_of_memory_anywhere, mute, unmute),
        cmocka_unit_test_setup_teardown(opening_may_run_out_of_memory_anywhere, mute, unmute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
