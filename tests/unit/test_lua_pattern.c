/* test_lua_pattern.c - the engine's matcher of Lua patterns beside stock Lua's: hundreds of thousands of patterns
 * and subjects, well-formed and not, through find, match, gmatch and gsub; results and texts of errors are the
 * same.
 */
#include "check.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "base/buffer.h"
#include "base/text.h"
#include "base/text_pattern.h"
#include "random.h"

#define STEPS UINT64_C(100000000)

static dk_context *context;
static lua_State *L;

static int start(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    L = luaL_newstate();
    luaL_openlibs(L);
    return dk_context_new(&context, &err) == DK_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    lua_close(L);
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

/* What a call gives, written down: "3 4 <a>", "nil" or "! its error". */
typedef struct answer {
    size_t size;
    char text[1 << 14];
} answer;

static void add(answer *to, const char *bytes, size_t size)
{
    if (size > sizeof to->text - to->size)
        size = sizeof to->text - to->size; /* what is longer is compared that far */
    memcpy(to->text + to->size, bytes, size);
    to->size += size;
}

static void add_number(answer *to, size_t n)
{
    char text[32];

    add(to, text, (size_t)snprintf(text, sizeof text, "%zu ", n));
}

static void add_text(answer *to, const char *bytes, size_t size)
{
    add(to, "<", 1);
    add(to, bytes, size);
    add(to, "> ", 2);
}

typedef enum call { FIND, MATCH, GMATCH, GSUB, N_CALLS } call;
typedef struct question {
    call call;
    const char *subject, *pattern, *replacement;
    size_t size, pattern_size, replacement_size;
    int64_t init; /* from 1; most replacements */
} question;

/* Stock Lua ---------------------------------------------------------------------------------------------------- */

static void add_value(answer *to, int i)
{
    size_t size;
    const char *text;

    if (lua_isinteger(L, i)) {
        add_number(to, (size_t)lua_tointeger(L, i));
    } else if (lua_isnil(L, i)) {
        add(to, "nil ", 4);
    } else {
        text = lua_tolstring(L, i, &size);
        add_text(to, text, size);
    }
}

/* All matches of gmatch, one behind the other. */
static const char all_matches[] = "local s, p, init = ...\n"
                                  "local all = {}\n"
                                  "local function keep(...)\n"
                                  "  if ... == nil then return false end\n"
                                  "  for i = 1, select('#', ...) do all[#all + 1] = (select(i, ...)) end\n"
                                  "  all[#all + 1] = ';'\n"
                                  "  return true\n"
                                  "end\n"
                                  "local next = string.gmatch(s, p, init)\n"
                                  "local function step(ok, ...)\n"
                                  "  if not ok then error((...), 0) end\n"
                                  "  return keep(...)\n"
                                  "end\n"
                                  "while step(pcall(next)) do end\n"
                                  "return table.unpack(all)";

static void ask_stock(const question *q, answer *out)
{
    static const char *const names[] = { "find", "match", "gmatch", "gsub" };
    int status;

    out->size = 0;
    lua_settop(L, 0);
    lua_getglobal(L, "string");
    lua_getfield(L, 1, names[q->call]);
    lua_remove(L, 1);
    if (q->call == GMATCH) {
        lua_settop(L, 0);
        assert_int_equal(luaL_loadstring(L, all_matches), LUA_OK);
    }
    lua_pushlstring(L, q->subject, q->size);
    lua_pushlstring(L, q->pattern, q->pattern_size);
    if (q->call == GSUB)
        lua_pushlstring(L, q->replacement, q->replacement_size);
    lua_pushinteger(L, q->init);
    status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    if (status != LUA_OK)
        add(out, "! ", 2);
    for (int i = 1; i <= lua_gettop(L); i++)
        add_value(out, i);
}

/* The engine --------------------------------------------------------------------------------------------------- */

static dk_status add_capture(answer *to, const question *q, const dki_text_match *match, size_t i, dk_error *err)
{
    dki_text_capture capture;
    dk_status status = dki_text_match_get(match, i, &capture, err);

    if (status == DK_OK && capture.size == DKI_CAPTURE_PLACE)
        add_number(to, capture.at + 1);
    else if (status == DK_OK)
        add_text(to, q->subject + capture.at, capture.size);
    return status;
}

static dk_status add_captures(answer *to, const question *q, const dki_text_match *match, bool whole, dk_error *err)
{
    size_t n = match->n_captures == 0 && whole ? 1 : match->n_captures;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = add_capture(to, q, match, i, err);
    return status;
}

static dk_status add_replacement(dki_buffer *to, const question *q, const dki_text_match *match, dk_error *err)
{
    dki_replacement_part part;
    size_t at = 0;
    bool found;
    dk_status status;

    while ((status = dki_replacement_next(q->replacement, q->replacement_size, &at, &part, &found, err)) == DK_OK &&
           found) {
        dki_text_capture capture = { match->from, match->to - match->from };

        if (part.capture > 0)
            status = dki_text_match_get(match, (size_t)part.capture - 1, &capture, err);
        if (status == DK_OK && part.capture < 0)
            status = dki_buffer_append(to, part.bytes, part.size, err);
        else if (status == DK_OK && capture.size == DKI_CAPTURE_PLACE)
            status = dki_buffer_format(to, err, "%zu", capture.at + 1);
        else if (status == DK_OK)
            status = dki_buffer_append(to, q->subject + capture.at, capture.size, err);
        if (status != DK_OK)
            return status;
    }
    return status;
}

static dk_status substitute(const question *q, dki_text_search *search, answer *out, dk_error *err)
{
    dki_text_match match;
    dki_buffer to;
    size_t copied = 0;
    int64_t n = 0;
    bool found = true;
    dk_status status = DK_OK;

    dki_buffer_init(&to, context);
    while (n < q->init && status == DK_OK) {
        status = dki_text_search_next(search, &match, &found, err);
        if (status != DK_OK || !found)
            break;
        n++;
        status = dki_buffer_append(&to, q->subject + copied, match.from - copied, err);
        if (status == DK_OK)
            status = add_replacement(&to, q, &match, err);
        copied = match.to;
    }
    if (status == DK_OK)
        status = dki_buffer_append(&to, q->subject + copied, q->size - copied, err);
    if (status == DK_OK) {
        add_text(out, to.bytes, to.size);
        add_number(out, (size_t)n);
    }
    dki_buffer_drop(&to);
    return status;
}

static dk_status run_engine(const question *q, const dki_text_pattern *pattern, answer *out, dk_error *err)
{
    dki_text_search search;
    dki_text_match match;
    bool found;
    int64_t init = q->init > 0 ? q->init - 1 : q->init == 0 ? 0 : q->init + (int64_t)q->size;
    dk_status status;

    if (q->call == GSUB) {
        dki_text_search_init(&search, pattern, q->subject, q->size, 0, STEPS);
        return substitute(q, &search, out, err);
    }
    dki_text_search_init(&search, pattern, q->subject, q->size, init > 0 ? (size_t)init : 0, STEPS);
    if (q->call == GMATCH) {
        while ((status = dki_text_search_next(&search, &match, &found, err)) == DK_OK && found) {
            status = add_captures(out, q, &match, true, err);
            if (status != DK_OK)
                break;
            add_text(out, ";", 1);
        }
        return status;
    }
    status = dki_text_search_next(&search, &match, &found, err);
    if (status == DK_OK && found && q->call == FIND) {
        add_number(out, match.from + 1);
        add_number(out, match.to);
    }
    if (status == DK_OK && found)
        status = add_captures(out, q, &match, q->call == MATCH, err);
    else if (status == DK_OK)
        add(out, "nil ", 4);
    return status;
}

static void ask_engine(const question *q, answer *out)
{
    dki_text_pattern pattern;
    dki_arena arena;
    dk_error err = DK_ERROR_INIT;
    dk_status status;

    out->size = 0;
    if (q->call == FIND && dki_text_pattern_is_plain(q->pattern, q->pattern_size)) {
        size_t init = (size_t)(q->init > 0                                  ? q->init - 1
                               : q->init < 0 && -q->init < (int64_t)q->size ? q->init + (int64_t)q->size
                                                                            : 0);
        size_t at = dki_text_find(q->subject, q->size, init, q->pattern, q->pattern_size);

        if (at == SIZE_MAX) {
            add(out, "nil ", 4);
        } else {
            add_number(out, at + 1);
            add_number(out, at + q->pattern_size);
        }
        return;
    }
    dki_arena_init(&arena, context);
    assert_ok(dki_text_pattern_init(&pattern, &arena, q->pattern, q->pattern_size, q->call != GMATCH, &err), &err);
    status = run_engine(q, &pattern, out, &err);
    if (status != DK_OK) {
        size_t at;
        dk_error fault = DK_ERROR_INIT;

        assert_int_equal(status, DK_ERR_ARGUMENT);
        /* what a check lets pass fails for no subject, but for what a subject makes too complex, and for the
         * replacement */
        if (strcmp(err.message, "pattern too complex") != 0 && q->call != GSUB)
            assert_int_equal(dki_text_pattern_check(&pattern, &at, &fault), DK_ERR_ARGUMENT);
        out->size = 0;
        add(out, "! ", 2);
        add_text(out, err.message, strlen(err.message));
    }
    dki_arena_drop(&arena);
}

static void print_bytes(const char *what, const char *bytes, size_t size)
{
    printf("%s: \"", what);
    for (size_t i = 0; i < size && i < 2000; i++)
        if (bytes[i] >= ' ' && bytes[i] < 127 && bytes[i] != '\\')
            putchar(bytes[i]);
        else
            printf("\\x%02X", (unsigned char)bytes[i]);
    printf("\"\n");
}

static struct {
    unsigned asked, matched, failed;
} seen;

static void compare(const question *q)
{
    static answer stock, own;

    ask_stock(q, &stock);
    ask_engine(q, &own);
    seen.asked++;
    seen.failed += stock.size > 1 && stock.text[0] == '!';
    seen.matched += stock.size > 0 && stock.text[0] != '!' && stock.text[0] != 'n';
    if (stock.size != own.size || memcmp(stock.text, own.text, own.size) != 0) {
        printf("call %d, init %lld\n", q->call, (long long)q->init);
        print_bytes("subject", q->subject, q->size);
        print_bytes("pattern", q->pattern, q->pattern_size);
        print_bytes("replacement", q->replacement, q->replacement_size);
        print_bytes("stock Lua", stock.text, stock.size);
        print_bytes("engine", own.text, own.size);
        fail_msg("the engine's matcher and stock Lua's differ");
    }
}

/* Patterns ----------------------------------------------------------------------------------------------------- */

typedef struct text {
    size_t size;
    char bytes[4096];
} text;

static void put(text *to, const char *bytes, size_t size)
{
    if (size > sizeof to->bytes - to->size)
        return;
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

#define PICK(list) (list)[random_below(sizeof(list) / sizeof *(list))]

static void put_text(text *to, const char *bytes)
{
    put(to, bytes, strlen(bytes));
}

/* What stands for one byte. */
static void put_single(text *to)
{
    static const char *const singles[] = {
        "a",      "b",      "1",      "%a",          "%d",   "%l",    "%u",     "%w",   "%s",    "%p",
        "%x",     "%c",     "%g",     "%A",          "%D",   "%L",    "%U",     "%W",   "%S",    "%P",
        "%X",     "%C",     "%G",     "%z",          ".",    ".",     "[ab]",   "[^a]", "[a-z]", "[%d_]",
        "[%a%d]", "[^%s]",  "[]]",    "[^]]",        "[a-]", "[-a]",  "[%a-z]", "%.",   "%%",    "%(",
        "%]",     "\xC3",   "\xA9",   "[\x80-\xFF]", "$",    "^",     "[a^]",   "[%]]", "[%W1]", "[^%w]",
        "[z-a]",  "[a-%%]", "[%%-a]", "[]-a]",       "[^^]", "[+--]", "[.-0]",  "-",    "%-",    "]",
    };

    put_text(to, PICK(singles));
}

/* Mostly well-formed. */
static void make_pattern(text *to)
{
    static const char *const signs[] = { "*", "+", "-", "?" };
    size_t n = 1 + random_below(6), open = 0, closed = 0;

    to->size = 0;
    if (random_below(6) == 0)
        put_text(to, "^");
    for (size_t i = 0; i < n; i++) {
        switch (random_below(12)) {
        case 0:
            put_text(to, "(");
            open++;
            break;
        case 1:
            if (open > 0) {
                put_text(to, ")");
                open--;
                closed++;
            }
            break;
        case 2:
            put_text(to, "()");
            closed++;
            break;
        case 3: put_text(to, random_below(2) ? "%b()" : "%bab"); break;
        case 4: put_text(to, random_below(2) ? "%f[%w]" : "%f[^a]"); break;
        case 5:
            if (closed > 0) {
                char index[3] = { '%', (char)('1' + random_below(closed < 9 ? closed : 9)), '\0' };

                put_text(to, index);
            }
            break;
        default:
            put_single(to);
            if (random_below(2))
                put_text(to, PICK(signs));
        }
    }
    while (open-- > 0 && random_below(20))
        put_text(to, ")");
    if (random_below(6) == 0)
        put_text(to, "$");
}

/* Anything. */
static void make_rubbish(text *to)
{
    static const char *const parts[] = { "%", "%b", "%f", "%1", "%2", "%0", "%9", "(", ")",  "[",   "]",  "^",
                                         "$", "*",  "+",  "-",  "?",  ".",  "a",  "b", "()", "%b(", "[^", "%f[" };
    size_t n = random_below(9);

    to->size = 0;
    for (size_t i = 0; i < n; i++) {
        char c = (char)random_below(256);

        switch (random_below(8)) {
        case 0: put(to, &c, 1); break;
        case 1: put_single(to); break;
        default: put_text(to, PICK(parts));
        }
    }
}

static void make_subject(text *to, size_t most)
{
    static const char *const alphabets[] = { "ab", "ab(1)", "ab12 .", "aB_-%]^$[", "()ab", "\xC3\xA9z a" };
    const char *alphabet = PICK(alphabets);
    size_t n = random_below(most + 1);

    to->size = 0;
    for (size_t i = 0; i < n; i++) {
        char c = random_below(25) ? alphabet[random_below(strlen(alphabet))] : (char)random_below(256);

        put(to, &c, 1);
    }
}

static void make_replacement(text *to)
{
    static const char *const parts[] = { "x", "%0", "%1", "%1", "%2", "%%", "-", "\xC3\xA9", "" };
    size_t n = random_below(4);

    to->size = 0;
    for (size_t i = 0; i < n; i++)
        put_text(to, random_below(40) ? PICK(parts) : random_below(2) ? "%" : "%x");
}

static void ask_all(const text *subject, const text *pattern, const text *replacement)
{
    question q = { .subject = subject->bytes,
                   .size = subject->size,
                   .pattern = pattern->bytes,
                   .pattern_size = pattern->size,
                   .replacement = replacement->bytes,
                   .replacement_size = replacement->size };

    for (int i = FIND; i < N_CALLS; i++) {
        q.call = (call)i;
        q.init = i == GSUB         ? (int64_t)(random_below(2) ? 1000 : random_below(4))
                 : random_below(3) ? 1
                                   : (int64_t)random_below(subject->size + 4) - (int64_t)random_below(4);
        compare(&q);
    }
}

/* Tests -------------------------------------------------------------------------------------------------------- */

static void generated_patterns_are_matched_as_by_stock_lua(void **state)
{
    static text subject, pattern, replacement;
    unsigned rounds = random_rounds(60000);

    (void)state;
    memset(&seen, 0, sizeof seen);
    for (unsigned i = 0; i < rounds; i++) {
        make_pattern(&pattern);
        make_subject(&subject, 12);
        make_replacement(&replacement);
        ask_all(&subject, &pattern, &replacement);
    }
    assert_true(seen.matched > seen.asked / 5); /* the question is put where there is something to find */
}

static void rubbish_fails_as_by_stock_lua(void **state)
{
    static text subject, pattern, replacement;
    unsigned rounds = random_rounds(40000);

    (void)state;
    memset(&seen, 0, sizeof seen);
    for (unsigned i = 0; i < rounds; i++) {
        make_rubbish(&pattern);
        make_subject(&subject, 8);
        make_replacement(&replacement);
        ask_all(&subject, &pattern, &replacement);
    }
    assert_true(seen.failed > seen.asked / 20);
}

/* Near the depth at which stock Lua gives up, with every kind of item that counts. Long subjects go with items
 * that never have to give way: what stock Lua would not end is left out. */
static void depth_ends_where_stock_lua_s_does(void **state)
{
    static const char *const any[] = { "a?", "a*", "a-", "a+", "(a)",   "()",  ".?",
                                       "b?", "b-", "b*", "a",  "%f[a]", "%bab" };
    static const char *const easy[] = { "a?", "a-", "(a)", "()", ".?", "b?", "b-", "b*", "a", ".-" };
    static text subject, pattern;
    unsigned rounds = random_rounds(3000), complex = 0;

    (void)state;
    for (unsigned i = 0; i < rounds; i++) {
        bool is_long = random_below(2);
        size_t kinds = 1 + random_below(3), n = 60 + random_below(230);
        const char *used[3];
        question q = { .call = MATCH, .init = 1, .pattern = pattern.bytes, .subject = subject.bytes };

        for (size_t k = 0; k < kinds; k++)
            used[k] = is_long ? PICK(easy) : PICK(any);
        pattern.size = subject.size = 0;
        for (size_t k = 0; k < n; k++)
            put_text(&pattern, used[random_below(kinds)]);
        n = is_long ? 300 : random_below(3);
        for (size_t k = 0; k < n; k++)
            put_text(&subject, "a");
        q.pattern_size = pattern.size;
        q.size = subject.size;
        compare(&q);
    }
    for (size_t n = 195; n < 205; n++) {
        question q = { .call = MATCH, .init = 1 };

        for (size_t k = 0; k < 2; k++) {
            static answer stock; /* too large for the stack */

            pattern.size = subject.size = 0;
            for (size_t i = 0; i < n; i++) {
                put_text(&pattern, k ? "a?" : "a-");
                put_text(&subject, "a");
            }
            q.pattern = pattern.bytes;
            q.pattern_size = pattern.size;
            q.subject = subject.bytes;
            q.size = subject.size;
            compare(&q);
            ask_stock(&q, &stock);
            complex += stock.text[0] == '!';
        }
    }
    assert_true(complex > 5); /* both sides of the end were seen */
}

/* Every byte through every class, its complement, and as itself. */
static void classes_hold_the_bytes_of_stock_lua(void **state)
{
    static text subject;

    (void)state;
    subject.size = 0;
    for (int c = 0; c < 256; c++) {
        char byte = (char)c;

        put(&subject, &byte, 1);
    }
    for (int c = 0; c < 256; c++) {
        char forms[4][8] = {
            { '%', (char)c }, { '[', '%', (char)c, ']' }, { '[', '^', (char)c, ']' }, { (char)c }
        };
        size_t sizes[4] = { 2, 4, 4, 1 };

        for (int k = 0; k < 4; k++) {
            question q = {
                .call = GSUB, .init = 1000, .replacement = "", .subject = subject.bytes, .size = subject.size
            };

            q.pattern = forms[k];
            q.pattern_size = sizes[k];
            compare(&q);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(generated_patterns_are_matched_as_by_stock_lua, start, stop),
        cmocka_unit_test_setup_teardown(rubbish_fails_as_by_stock_lua, start, stop),
        cmocka_unit_test_setup_teardown(depth_ends_where_stock_lua_s_does, start, stop),
        cmocka_unit_test_setup_teardown(classes_hold_the_bytes_of_stock_lua, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
