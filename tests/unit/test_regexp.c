/* test_regexp.c - regular expressions by themselves: matches one after the other, limits, memory, and a library
 * that is not there. Expected matches are those of Python's re, where they are not plain.
 */
#include "check.h"

#include <assert.h>
#include <stdlib.h>

#include "base/regexp.h"

static dk_context *context;
static dki_arena arena;
static dki_regexp_work *work;

static int start(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    if (dk_context_new(&context, &err) != DK_OK)
        return -1;
    dki_arena_init(&arena, context);
    return dki_regexp_work_new(context, "this test", &work, &err) == DK_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    dki_arena_drop(&arena);
    dki_regexp_work_release(work);
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

static const dki_regexp *compile(const char *bytes)
{
    const dki_regexp *regexp = NULL;
    dk_error err = DK_ERROR_INIT;
    size_t at;

    assert_ok(dki_regexp_new(&arena, "this test", bytes, strlen(bytes), &regexp, &at, &err), &err);
    return regexp;
}

/* The text with all matches between angles. */
static const char *marked(const char *bytes, const char *text)
{
    static char out[1000];
    dki_regexp_search search = { compile(bytes), text, strlen(text), SIZE_MAX, false };
    dk_error err = DK_ERROR_INIT;
    size_t copied = 0, used = 0, from = 0, size = 0;
    bool found;

    for (;;) {
        assert_ok(dki_regexp_next(&search, work, &found, &err), &err);
        if (!found)
            break;
        assert_true(dki_regexp_capture(work, 0, &from, &size));
        used += (size_t)snprintf(out + used, sizeof out - used, "%.*s<%.*s>", (int)(from - copied), text + copied,
                                 (int)size, text + from);
        copied = from + size;
    }
    (void)snprintf(out + used, sizeof out - used, "%s", text + copied);
    return out;
}

static void matches_follow_one_another_as_in_perl(void **state)
{
    static const char *const wanted[][3] = {
        { "x*", "abc", "<>a<>b<>c<>" },
        { "a*", "baac", "<>b<aa><>c<>" },
        { "", "ab", "<>a<>b<>" },
        { "$", "ab", "ab<>" },
        { "^", "ab", "<>ab" },
        { "\\b", "ab cd", "<>ab<> <>cd<>" },
        { "a|", "aba", "<a><>b<a><>" },
        { "(?:)", "éé", "<>é<>é<>" },
        { "b*", "é", "<>é<>" },
        { "\\w*", "één twee", "<één><> <twee><>" },
        { "(a)|(b)", "abc", "<a><b>c" },
        { "\\s+", " a  b ", "< >a<  >b< >" },
        { "a??", "aa", "<><a><><a><>" },
        { "[^,]*", "a,,b", "<a><>,<>,<b><>" },
        { "(?=b)", "abab", "a<>ba<>b" },
        { "", "", "<>" },
        { "z", "", "" },
        { "é.", "één", "<éé>n" },
        { "(?i)ÉÉN", "één Één", "<één> <Één>" },
        { "[èé]", "eéèê", "e<é><è>ê" },
        { ".", "a\nb", "<a>\n<b>" },
        { "a$", "a\na", "a\n<a>" },
        { "(?m)^a$", "a\na", "<a>\n<a>" },
        { "a\\Kb", "abab", "a<b>a<b>" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (strcmp(marked(wanted[i][0], wanted[i][1]), wanted[i][2]) != 0)
            fail_msg("%s in %s: %s", wanted[i][0], wanted[i][1], marked(wanted[i][0], wanted[i][1]));
}

static void captures_have_numbers_and_names(void **state)
{
    const dki_regexp *regexp = compile("(?<jaar>[0-9]+)-(?<maand>[0-9]+)(x)?()");
    dki_regexp_search search = { regexp, "op 2024-03", 10, SIZE_MAX, false };
    dk_error err = DK_ERROR_INIT;
    size_t from, size;
    bool found;

    (void)state;
    assert_int_equal(dki_regexp_n_captures(regexp), 4);
    assert_int_equal(dki_regexp_named(regexp, "maand"), 2);
    assert_int_equal(dki_regexp_named(regexp, "dag"), 0);
    assert_ok(dki_regexp_next(&search, work, &found, &err), &err);
    assert_true(found);
    assert_true(dki_regexp_capture(work, 2, &from, &size) && from == 8 && size == 2);
    assert_false(dki_regexp_capture(work, 3, &from, &size));
    assert_true(dki_regexp_capture(work, 4, &from, &size) && from == 10 && size == 0);
    assert_false(dki_regexp_capture(work, 5, &from, &size));
    /* more captures than the one before had */
    search = (dki_regexp_search){ compile("()()()()()()()()()()()(b)"), "ab", 2, SIZE_MAX, false };
    assert_ok(dki_regexp_next(&search, work, &found, &err), &err);
    assert_true(dki_regexp_capture(work, 12, &from, &size) && from == 1 && size == 1);
}

static dk_status try(const char *bytes, const char *text, size_t size, dk_error *err)
{
    dki_regexp_search search = { compile(bytes), text, size, SIZE_MAX, false };
    bool found;

    return dki_regexp_next(&search, work, &found, err);
}

static void limits_end_a_match(void **state)
{
    char *text = malloc(1 << 20);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    memset(text, 'a', 1 << 20);
    assert_fails(try("^(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 38, &err), &err, DK_ERR_LIMIT,
                 "the regular expression takes more than 1000000 steps");
    assert_fails(try("(a|b)*[cd]", text, 1 << 20, &err), &err, DK_ERR_LIMIT,
                 "the regular expression goes deeper than 100000");
    assert_fails(
        try("(a)(b)?((((((((((((((((((((((((((((((((((((((((a|b))))))))))))))))))))))))))))))))))))))))*[cd]", text,
            1 << 20, &err),
        &err, DK_ERR_LIMIT, "the regular expression takes more than 16384 KiB");
    /* an expression may ask for less than that, and not for more */
    assert_fails(try("(*LIMIT_MATCH=2000000000)^(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 38, &err), &err,
                 DK_ERR_LIMIT, "takes more than 1000000 steps");
    free(text);
}

static void what_cannot_be_matched_is_said(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(try("a", "\xC3", 1, &err), &err, DK_ERR_ENCODING, "the text is not UTF-8: UTF-8 error: ");
    assert_fails(try("a", "a\xFF", 2, &err), &err, DK_ERR_ENCODING, "the text is not UTF-8: UTF-8 error: ");
    assert_fails(try("((?1)|a)", "ab", 2, &err), &err, DK_ERR_LIMIT,
                 "the regular expression cannot be matched: nested recursion at the same subject position");
    dk_context_interrupt(context);
    assert_fails(try("a", "b", 1, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
}

static void malformed_expressions_are_told_with_their_place(void **state)
{
    static const struct {
        const char *bytes, *part;
        size_t at;
    } wrong[] = {
        { "ab(c", "missing closing parenthesis", 4 },
        { "ab)", "unmatched closing parenthesis", 2 },
        { "[a", "missing terminating ]", 2 },
        { "a**+b*+*", "quantifier does not follow a repeatable item", 3 },
        { "\\p{Nope}x", "unknown property", 8 },
        { "a\\Cb", "using \\C is disabled", 3 },
        { "(?<n>a)(?<n>b)", "two named subpatterns have the same name", 11 },
        { "\\1", "reference to non-existent subpattern", 2 },
        { "((((((a{1,1000}){1,1000}){1,1000}){1,1000}){1,1000}){1,1000})", "too large", 0 },
    };
    dk_error err = DK_ERROR_INIT;
    char *deep = malloc(DKI_REGEXP_MOST_BYTES + 1);
    const dki_regexp *regexp = NULL;
    size_t at;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_fails(
            dki_regexp_new(&arena, "this test", wrong[i].bytes, strlen(wrong[i].bytes), &regexp, &at, &err), &err,
            DK_ERR_ARGUMENT, wrong[i].part);
        if (wrong[i].at > 0 &&
            (at < wrong[i].at - 1 || at > wrong[i].at + 3)) /* versions of the library differ a little */
            fail_msg("%s: %zu", wrong[i].bytes, at);
        assert_null(regexp);
    }
    memset(deep, '(', DKI_REGEXP_MOST_BYTES + 1);
    assert_fails(dki_regexp_new(&arena, "this test", deep, 1000, &regexp, &at, &err), &err, DK_ERR_ARGUMENT,
                 "parentheses are too deeply nested");
    assert_fails(dki_regexp_new(&arena, "this test", deep, DKI_REGEXP_MOST_BYTES + 1, &regexp, &at, &err), &err,
                 DK_ERR_LIMIT, "a regular expression has at most 65536 bytes, and this has 65537");
    free(deep);
}

static dk_status compile_and_match(bool *found, dk_error *err)
{
    dki_arena own;
    dki_regexp_work *made = NULL;
    dki_regexp_search search = { NULL, "xab", 3, SIZE_MAX, false };
    size_t at;
    dk_status status;

    dki_arena_init(&own, context);
    status = dki_regexp_new(&own, "this test", "(?i)(a|(?<name>b)+)*[é-ü]?b", 29, &search.regexp, &at, err);
    if (status == DK_OK)
        status = dki_regexp_work_new(context, "this test", &made, err);
    if (status == DK_OK)
        status = dki_regexp_next(&search, made, found, err);
    dki_regexp_work_release(made);
    dki_arena_drop(&own);
    return status;
}

static void memory_that_fails_is_said_and_given_back(void **state)
{
    dk_error err = DK_ERROR_INIT;
    bool found = false;

    (void)state;
    assert_survives_failing_memory(context, compile_and_match(&found, &err), &err, true, assert_true(found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(matches_follow_one_another_as_in_perl, start, stop),
        cmocka_unit_test_setup_teardown(captures_have_numbers_and_names, start, stop),
        cmocka_unit_test_setup_teardown(limits_end_a_match, start, stop),
        cmocka_unit_test_setup_teardown(what_cannot_be_matched_is_said, start, stop),
        cmocka_unit_test_setup_teardown(malformed_expressions_are_told_with_their_place, start, stop),
        cmocka_unit_test_setup_teardown(memory_that_fails_is_said_and_given_back, start, stop),
    };
    dk_error err = DK_ERROR_INIT;

    if (dki_regexp_find_library("this test", &err) != DK_OK) {
        assert(strstr(err.message, "this test needs") != NULL &&
               strstr(err.hint, "apt-get install libpcre2") != NULL);
        printf("left out: %s\n", err.message);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
