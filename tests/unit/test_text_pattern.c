/* test_text_pattern.c - Lua patterns by themselves: steps, interruption, memory, and where a pattern is wrong.
 * That results are stock Lua's is the matter of test_lua_pattern.c. */
#include "check.h"

#include <stdlib.h>

#include "base/text_pattern.h"

static dk_context *context;
static dki_arena arena;

static int start(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    if (dk_context_new(&context, &err) != DK_OK)
        return -1;
    dki_arena_init(&arena, context);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    dki_arena_drop(&arena);
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

static dk_status find(const char *bytes, const char *subject, size_t size, uint64_t steps, dki_text_match *match,
                      bool *found, dk_error *err)
{
    dki_text_pattern pattern;
    dki_text_search search;
    dk_status status = dki_text_pattern_init(&pattern, &arena, bytes, strlen(bytes), true, err);

    if (status != DK_OK)
        return status;
    dki_text_search_init(&search, &pattern, subject, size, 0, steps);
    status = dki_text_search_next(&search, match, found, err);
    return status;
}

/* Each of them takes longer than anybody waits where nobody counts. */
static void hostile_patterns_end_by_their_steps(void **state)
{
    static const char *const hostile[] = {
        ".-.-.-.-.-.-.-.-b",
        "a*a*a*a*a*a*a*a*b",
        "a?a?a?a?a?a?a?a?a*a*a*a*a*b",
        "(.-)(.-)(.-)(.-)(.-)%1%2%3%4%5b",
        "[ac]-[ac]*.-[ac]-[ac]*.-[ac]-b",
        "%b()",
        "(a*)%1*%1*(a*)(a*)(a*)%2b",
    };
    char *subject = malloc(100000);
    dk_error err = DK_ERROR_INIT;
    dki_text_match match;
    bool found;

    (void)state;
    memset(subject, 'a', 100000);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        if (hostile[i][0] == '%')
            memset(subject, '(', 100000);
        else
            memset(subject, 'a', 100000);
        assert_fails(find(hostile[i], subject, 100000, 1000000, &match, &found, &err), &err, DK_ERR_LIMIT,
                     "the pattern takes too many steps");
    }
    /* what is found in time is found, and what is counted is left for the next one */
    memset(subject, 'a', 100000);
    assert_ok(find("a*", subject, 100000, 200000, &match, &found, &err), &err);
    assert_true(found && match.from == 0 && match.to == 100000);
    assert_fails(find("a*", subject, 100000, 1000, &match, &found, &err), &err, DK_ERR_LIMIT, "too many steps");
    free(subject);
}

static void a_search_ends_when_it_is_interrupted(void **state)
{
    char subject[2000];
    dk_error err = DK_ERROR_INIT;
    dki_text_match match;
    bool found;

    (void)state;
    memset(subject, 'a', sizeof subject);
    dk_context_interrupt(context);
    assert_fails(find(".-.-.-.-.-.-.-b", subject, sizeof subject, UINT64_MAX, &match, &found, &err), &err,
                 DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
}

static void steps_are_those_of_all_matches_of_a_search(void **state)
{
    dki_text_pattern pattern;
    dki_text_search search;
    dki_text_match match;
    dk_error err = DK_ERROR_INIT;
    bool found = true;
    size_t n = 0;
    dk_status status = DK_OK;
    char subject[1000];

    (void)state;
    memset(subject, 'a', sizeof subject);
    assert_ok(dki_text_pattern_init(&pattern, &arena, "a", 1, true, &err), &err);
    dki_text_search_init(&search, &pattern, subject, sizeof subject, 0, 1000);
    for (; status == DK_OK && found; n++)
        status = dki_text_search_next(&search, &match, &found, &err);
    assert_int_equal(status, DK_ERR_LIMIT); /* the item and the end take two */
    assert_true(n > 300 && n < 1000);
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
    static const struct {
        const char *pattern, *message;
        size_t at;
    } wrong[] = {
        { "ab%", "malformed pattern (ends with '%')", 2 },
        { "a[bc", "malformed pattern (missing ']')", 1 },
        { "[]", "malformed pattern (missing ']')", 0 },
        { "[^]", "malformed pattern (missing ']')", 0 },
        { "x[a%", "malformed pattern (missing ']')", 1 },
        { "ab)", "invalid pattern capture", 2 },
        { "(a))", "invalid pattern capture", 3 },
        { "(a)%2", "invalid capture index %2", 3 },
        { "(a%1)", "invalid capture index %1", 2 },
        { "%0", "invalid capture index %0", 0 },
        { "a%b", "malformed pattern (missing arguments to '%b')", 1 },
        { "a%bx", "malformed pattern (missing arguments to '%b')", 1 },
        { "a%f", "missing '[' after '%f' in pattern", 1 },
        { "a%fb", "missing '[' after '%f' in pattern", 1 },
        { "%f[a", "malformed pattern (missing ']')", 2 },
        { "()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()", "too many captures", 64 },
        { "a(b", "unfinished capture", 1 },
        { "(a)(b(c)", "unfinished capture", 3 },
    };
    dk_error err = DK_ERROR_INIT;
    dki_text_pattern pattern;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        size_t at = 99;

        assert_ok(dki_text_pattern_init(&pattern, &arena, wrong[i].pattern, strlen(wrong[i].pattern), true, &err),
                  &err);
        assert_int_equal(dki_text_pattern_check(&pattern, &at, &err), DK_ERR_ARGUMENT);
        assert_string_equal(err.message, wrong[i].message);
        if (at != wrong[i].at)
            fail_msg("%s: %zu, not %zu", wrong[i].pattern, at, wrong[i].at);
    }
    assert_ok(dki_text_pattern_init(&pattern, &arena, "^(%a+)=()(.-)%1$", 16, true, &err), &err);
    assert_ok(dki_text_pattern_check(&pattern, &(size_t){ 0 }, &err), &err);
    assert_int_equal(pattern.n_captures, 3);
}

static void letters_that_are_split_are_seen(void **state)
{
    static const char *const split[] = { "[é]", "é*", "a[^è]", "%f[é]", "[a-é]", "é?b" };
    static const char *const whole[] = { "é", "[^a]", "%A", ".-é", "[%W]*", "éa*", "%f[%a]", "(é)%1" };
    dki_text_pattern pattern;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof split / sizeof *split; i++) {
        assert_ok(dki_text_pattern_init(&pattern, &arena, split[i], strlen(split[i]), true, &err), &err);
        assert_true(pattern.splits);
    }
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        assert_ok(dki_text_pattern_init(&pattern, &arena, whole[i], strlen(whole[i]), true, &err), &err);
        assert_false(pattern.splits);
    }
}

static void long_patterns_take_memory_of_the_context(void **state)
{
    char bytes[4001];
    dki_text_pattern pattern;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 4000; i += 4)
        memcpy(bytes + i, "[ab]", 4);
    assert_survives_failing_memory(context, dki_text_pattern_init(&pattern, &arena, bytes, 4000, true, &err), &err,
                                   true, dki_arena_drop(&arena));
    assert_fails(dki_text_pattern_init(&pattern, &arena, bytes, (size_t)1 << 40, true, &err), &err, DK_ERR_MEMORY,
                 "a pattern of 1099511627776 bytes is too long");
}

static void replacements_are_taken_apart(void **state)
{
    static const char text[] = "a%%b%0%9";
    static const struct {
        int capture;
        const char *bytes;
    } wanted[] = { { -1, "a" }, { -1, "%" }, { -1, "b" }, { 0, "" }, { 9, "" } };
    dki_replacement_part part;
    dk_error err = DK_ERROR_INIT;
    size_t at = 0;
    bool found;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_ok(dki_replacement_next(text, strlen(text), &at, &part, &found, &err), &err);
        assert_true(found);
        assert_int_equal(part.capture, wanted[i].capture);
        assert_int_equal(part.size, strlen(wanted[i].bytes));
        assert_true(part.size == 0 || memcmp(part.bytes, wanted[i].bytes, part.size) == 0);
    }
    assert_ok(dki_replacement_next(text, strlen(text), &at, &part, &found, &err), &err);
    assert_false(found);
    at = 0;
    assert_fails(dki_replacement_next("%", 1, &at, &part, &found, &err), &err, DK_ERR_ARGUMENT,
                 "invalid use of '%' in replacement string");
    assert_fails(dki_replacement_next("%x", 2, &at, &part, &found, &err), &err, DK_ERR_ARGUMENT,
                 "invalid use of '%' in replacement string");
    assert_int_equal(at, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hostile_patterns_end_by_their_steps, start, stop),
        cmocka_unit_test_setup_teardown(a_search_ends_when_it_is_interrupted, start, stop),
        cmocka_unit_test_setup_teardown(steps_are_those_of_all_matches_of_a_search, start, stop),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_told_with_its_place, start, stop),
        cmocka_unit_test_setup_teardown(letters_that_are_split_are_seen, start, stop),
        cmocka_unit_test_setup_teardown(long_patterns_take_memory_of_the_context, start, stop),
        cmocka_unit_test_setup_teardown(replacements_are_taken_apart, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
