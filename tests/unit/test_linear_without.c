/* test_linear_without.c - a build without Clp: what each sum says on its own is found, and what takes all together says what is
 * missing. The solver is compiled here once more, as such a build has it.
 */
#undef DK_HAVE_CLP
#include "base/linear_clp.c" /* instead of the library's */

#include <dekking/tighten.h>

#include "tables.h"

#include "sums.h"

static system_t s;

static void the_library_is_named_where_it_is_needed(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    two_way(&s, 2, 2);
    for (size_t k = 0; k < 9; k++)
        s.bounds[k] = from_to(0, 10);
    assert_fails(
        dki_sums_tighten(context, &s.sums, "tighten", s.bounds, &s.answer, &err), &err, DK_ERR_IO,
        "tighten needs COIN-OR Clp, which this dekking was built without (install it (Debian: apt-get install "
        "coinor-libclp-dev) and build again)");
}

static void a_table_says_what_else_there_is(void **state)
{
    const dk_table *table = make_table(context, "a:integer b:integer c:integer\n-|-|3\n"), *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_table_tighten(table, &(dk_tighten_spec){ .total = "c" }, &out, &err), &err, DK_ERR_IO,
                 "and build again, or take wider bounds: sums = \"one by one\")");
    assert_null(out);
    dk_table_release(table);
}

static void what_sums_say_on_their_own_needs_no_library(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    two_way(&s, 1, 2);
    for (size_t k = 0; k < 6; k++)
        s.bounds[k] = k % 3 ? from_to(4, 4) : from_to(0, 10);
    assert_ok(dki_sums_tighten(context, &s.sums, "tighten", s.bounds, &s.answer, &err), &err);
    assert_true(s.answer.is_possible);
    assert_int_equal(s.bounds[0].greatest, 0);

    two_way(&s, 2, 2); /* totals of 20 and of 24 */
    for (size_t k = 0; k < 9; k++)
        s.bounds[k] = from_to(0, k < 8 ? 10 : 100);
    s.bounds[2] = s.bounds[5] = from_to(10, 10);
    s.bounds[6] = s.bounds[7] = from_to(12, 12);
    assert_ok(dki_sums_tighten(context, &s.sums, "tighten", s.bounds, &s.answer, &err), &err);
    assert_false(s.answer.is_possible);
    assert_false(s.answer.is_smallest);
    assert_int_equal(s.answer.n_conflict, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_library_is_named_where_it_is_needed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_table_says_what_else_there_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_sums_say_on_their_own_needs_no_library, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
