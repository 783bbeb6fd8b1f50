/* test_recode_series.c - rows of their own days over a division that nobody stated, also where memory fails. */
#include <dekking/recode.h>

#include "tables.h"

#include "with_context.h"

#include "hierarchies.h"

/* A becomes B and C, nobody stated how, and D becomes C; then B is E and C is F. */
#define PARTS                                                                                      \
    "g:category van:date "                                                                         \
    "tot:date\nA|-|2016-01-01\nB|2016-01-01|2017-01-01\nC|2016-01-01|2017-01-01\nD|-|2016-01-01\n" \
    "E|2017-01-01|-\nF|2017-01-01|-\n"
#define PARTS_CHANGES     \
    "date:date old:text " \
    "new:text\n2016-01-01|A|B\n2016-01-01|A|C\n2016-01-01|D|C\n2017-01-01|B|E\n2017-01-01|C|F\n"

static void every_allocation_may_fail(void **state)
{
    static const char *const n[] = { "n" };
    static const dk_recode_options options = { .columns = n, .n_columns = 1 };
    const dk_hierarchy *hierarchy = wide(PARTS, 1, true, PARTS_CHANGES);
    const dk_table *weights = make_table(context, "g:text weight:integer\nE|1\nF|3\n"), *made = NULL, *parts;
    const dk_table *table =
        make_table(context, "g:category[D,A,F,Q] dag:date n:integer\nA|2015-01-01|8\nQ|2015-01-01|1\n"
                            "D|2015-12-31|2\nA|2017-01-01|3\n");
    const dk_recode *recode = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(
        context, dk_hierarchy_recode(hierarchy, "2015-01-01", "2017-01-01", weights, &recode, &err), &err,
        recode == NULL, dk_recode_release(recode));
    recode = NULL;
    assert_survives_failing_memory(context,
                                   dk_hierarchy_recode(hierarchy, "2017-01-01", "2016-01-01", NULL, &recode, &err),
                                   &err, recode == NULL, dk_recode_release(recode));
    recode = NULL;
    assert_survives_failing_memory(context,
                                   dk_hierarchy_recode(hierarchy, "2017-01-01", "2015-01-01", NULL, &recode, &err),
                                   &err, recode == NULL, dk_recode_release(recode));
    recode = NULL;
    assert_ok(dk_hierarchy_recode(hierarchy, "2017-01-01", "2015-01-01", NULL, &recode, &err), &err);
    assert_fails(dk_recode_check(recode, &err), &err, DK_ERR_DATA,
                 "F came from members that were divided by shares that nobody stated");
    parts = make_table(context, "g:category n:integer\nE|2\nF|1\n");
    assert_fails(dk_table_recode(parts, "g", recode, &options, &made, &err), &err, DK_ERR_DATA,
                 "F came from members that were divided by shares that nobody stated");
    dk_table_release(parts);
    parts = make_table(context, "g:category[E,F] n:integer\nE|2\n"); /* F is a level that no row has */
    assert_survives_failing_memory(context, dk_table_recode(parts, "g", recode, NULL, &made, &err), &err,
                                   made == NULL, dk_table_release(made));
    made = NULL;
    assert_ok(dk_table_recode(parts, "g", recode, NULL, &made, &err), &err);
    assert_string_equal(show_rows(made), "A|2\n");
    dk_table_release(made);
    made = NULL;
    dk_table_release(parts);
    dk_recode_release(recode);
    recode = NULL;
    assert_ok(dk_hierarchy_recode_on(hierarchy, "dag", "2017-01-01", weights, &recode, &err), &err);
    assert_ok(dk_table_recode(table, "g", recode, &options, &made, &err), &err);
    assert_string_equal(show_rows(made),
                        "E|2015-01-01|2.000000000\nF|2015-01-01|6.000000000\nQ|2015-01-01|1.000000000\n"
                        "F|2015-12-31|2.000000000\nA|2017-01-01|3.000000000\n");
    assert_string_equal(dk_table_note(made, 0),
                        "2 rows have a g that the hierarchy does not know on their day, and keep it: A, Q");
    dk_table_release(made);
    made = NULL;
    assert_survives_failing_memory(context, dk_table_recode(table, "g", recode, &options, &made, &err), &err,
                                   made == NULL, dk_table_release(made));
    dk_set_threads(0);
    dk_recode_release(recode);
    dk_table_release(table);
    dk_table_release(weights);
    dk_hierarchy_release(hierarchy);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_allocation_may_fail) };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
