/* test_regexp_without.c - a build without PCRE2: every function that needs it says so, by name, before any row,
 * and the others work. The functions of base/regexp.h are compiled here once more, as such a build has them.
 */
#undef DK_HAVE_PCRE2
#include "base/regexp.c" /* instead of the library's */

#include "exprs.h"

static void expressions_name_what_is_missing(void **state)
{
    const dk_table *t = make_table(context, "t:text c:category\na|b\n");

    (void)state;
    fails(t, "regexp_matches(t, 'a')", DK_ERR_IO, 19,
          "regexp_matches() needs PCRE2, which this dekking was built without\n"
          "  regexp_matches(t, 'a')\n"
          "                    ^^^ (install it (Debian: apt-get install libpcre2-dev) and build again)");
    fails(t, "regexp_find(t, t)", DK_ERR_IO, 16, "regexp_find() needs PCRE2");
    fails(t, "regexp_count(c, 'a')", DK_ERR_IO, 17, "regexp_count() needs PCRE2");
    fails(t, "regexp_extract(c, 'a', 'naam')", DK_ERR_IO, 19, "regexp_extract() needs PCRE2");
    fails(t, "false and regexp_replace(t, 'a', 'b') == ''", DK_ERR_IO, 29, "regexp_replace() needs PCRE2");
    assert_string_equal(values_of(t, "pattern_matches(t, 'a')"), "true");
    dk_table_release(t);
}

static void the_functions_fail_and_give_nothing(void **state)
{
    dki_arena arena;
    const dki_regexp *regexp = NULL;
    dki_regexp_work *work = NULL;
    dki_regexp_search search = { NULL, "a", 1, SIZE_MAX, false };
    dk_error err = DK_ERROR_INIT;
    size_t at = 1, size = 0;
    bool found = true;

    (void)state;
    dki_arena_init(&arena, context);
    assert_fails(dki_regexp_new(&arena, "this test", "a", 1, &regexp, &at, &err), &err, DK_ERR_IO,
                 "this test needs PCRE2");
    assert_fails(dki_regexp_work_new(context, "this test", &work, &err), &err, DK_ERR_IO, "this test needs PCRE2");
    assert_fails(dki_regexp_next(&search, work, &found, &err), &err, DK_ERR_IO, "needs PCRE2");
    assert_null(regexp);
    assert_null(work);
    assert_false(found);
    assert_false(dki_regexp_capture(work, 0, &at, &size));
    assert_int_equal(dki_regexp_n_captures(regexp), 0);
    assert_int_equal(dki_regexp_named(regexp, "a"), 0);
    dki_regexp_work_release(work);
    dki_arena_drop(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(expressions_name_what_is_missing, start, stop),
        cmocka_unit_test_setup_teardown(the_functions_fail_and_give_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
