/* memory_tables.h - calls of test_lua_memory.c about tables: making, reading, changing, showing and keeping them. */
#ifndef DKT_MEMORY_TABLES_H
#define DKT_MEMORY_TABLES_H

#include "memory_data.h"

static const char *const tables_calls[] = {
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
    /* about a table */
    DATA "return function() return #t .. t.k:type() .. select(2, pcall(function() return t.q end)) end",
    DATA "return function() return select(2, pcall(function() t.q = 1 end)) end",
    DATA "return function() return t:schema():text() end",
    DATA "return function() return t:note('one'):note('two'):notes()[2] end",
    DATA "return function() local p = t:with({ unit = 'rows', name = dk.null }):properties() return p.unit end",
    DATA "return function() return t:note 'kept':format({ x = '0.0 %' }):label({ n = 'Aantal' }):text() end",
    DATA "return function() return #t:rejected() end",
    DATA "return function() return select(2, pcall(t.check_totals, t)) end",
    /* columns */
    DATA
    "return function() local c = t.n return c:name() .. c:type() .. c:nulls() .. c[2] .. #c .. tostring(c) end",
    DATA "return function() return table.concat(t.k:levels()) .. #t.n:to_lua() end",
    DATA "return function() local c <close> = t.n return c[1] end",
    DATA "return function() return select(2, pcall(function() t.n.x = 1 end)) end",
    DATA "return function() local s = '' for row, value in pairs(t.n) do s = s .. row .. value end return s .. "
         "select(2, "
         "pcall(t.n)) .. select(2, pcall(t)) .. select(2, pcall(function() return dk.null + 1 end)) end",
    DATA "return function() return t.n:sum() + t.x:quantile(0.5) + t.k:count() + #t.n:head(2) end",
    DATA "return function() return t:with({ weight = 'n' }).x:mean() end",
    DATA "return function() return select(2, pcall(function() return t.n:typ() end)) end",
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
    DATA "local path, b = os.tmpname(), dk.breakdown { by = 'k', measures = 'm = 1 - count() / 9' }\n"
         "return function() b(t):save(path) local made = dk.open(path) b(t):save(path, { explain = false }) "
         "os.remove(path) "
         "return (made:explain { k = 'a' }:gsub('opened from[^\\n]*', '')) end",
    DATA "local path, b = os.tmpname(), dk.breakdown { by = 'k', measures = 'm = count()' }\n"
         "return function() b:compare(t, t, { name = 'u', long = true }):save(path) local made = dk.open(path) "
         "os.remove(path) "
         "return (made:explain { k = 'a' }:gsub('opened from[^\\n]*', '')) end",
};

#endif
