/* test_reconcile.c - the report of how two tables agree. */
#include <dekking/join.h>

#include "tables.h"

#include "with_context.h"

/* a twice in left, one row without key; c and e in both once; z twice in right, one row without key, d in right alone. */
static const char left_rows[] = "id:text gemeente:category uren:integer n:integer\n"
                                "a|Arnhem|1|1\nb|Duiven|2|2\n-|Arnhem|3|3\na|Rheden|4|4\nc|Zevenaar|-|5\ne|-|6|6\n";
static const char right_rows[] =
    "nummer:category gemeente:text uren:decimal1 m:integer\n"
    "c|Zevenaar|1.5|1\nz|Arnhem|1.0|2\na|Arnhem|1.0|3\nz|Arnhem|1.0|4\n-|Arnhem|1.0|5\n"
    "e|Duiven|6.0|6\nd|-|-|7\n";

static dk_status reconcile(const char *left, const char *right, const char *key, const char *other,
                           size_t n_examples, const dk_table **out, dk_error *err)
{
    const dk_table *a = make_table(context, left), *b = make_table(context, right);
    dk_status status = dk_table_reconcile(a, b, &key, &other, key ? 1 : 0, n_examples, out, err);

    dk_table_release(a);
    dk_table_release(b);
    return status;
}

static void assert_report(const char *left, const char *right, const char *key, const char *other,
                          size_t n_examples, const char *expected)
{
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 6; i++) {
        const dk_table *report = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + (unsigned)i / 3);
        dk_context_set_block_rows(context, blocks[i % 3]);
        assert_ok(reconcile(left, right, key, other, n_examples, &report, &err), &err);
        assert_string_equal(show_rows(report), expected);
        dk_table_release(report);
    }
    dk_set_threads(0);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void every_row_is_found_once(void **state)
{
    (void)state;
    /* Left has 6 rows: 4 + 1 + 1; right 7: 3 + 3 + 1. Of the pairs c and e: gemeente is equal for c and known to right
     * alone for e; uren the other way about. */
    assert_report(
        left_rows, right_rows, "id", "nummer", 0,
        "both|-|4|3|3\nleft only|-|1|0|1\nright only|-|0|3|2\nno key|-|1|1|0\ndouble left|-|2|-|1\n"
        "double right|-|-|2|1\nequal|gemeente|1|1|1\nconflict|gemeente|0|0|0\nonly left known|gemeente|0|0|0\n"
        "only right known|gemeente|1|1|1\nequal|uren|1|1|1\nconflict|uren|0|0|0\nonly left known|uren|0|0|0\n"
        "only right known|uren|1|1|1\n");
}

static void examples_show_keys_and_rows(void **state)
{
    (void)state;
    assert_report(
        left_rows, right_rows, "id", "nummer", 2,
        "both|-|4|3|3|a (rows 1, 3); a (rows 4, 3)\nleft only|-|1|0|1|b (row 2)\n"
        "right only|-|0|3|2|z (row 2); z (row 4)\nno key|-|1|1|0|null (row 3)\ndouble left|-|2|-|1|a (rows 1, 4)\n"
        "double right|-|-|2|1|z (rows 2, 4)\nequal|gemeente|1|1|1|c (rows 5, 1: Zevenaar, Zevenaar)\n"
        "conflict|gemeente|0|0|0|-\nonly left known|gemeente|0|0|0|-\n"
        "only right known|gemeente|1|1|1|e (rows 6, 6: null, Duiven)\nequal|uren|1|1|1|e (rows 6, 6: 6, 6.0)\n"
        "conflict|uren|0|0|0|-\nonly left known|uren|0|0|0|-\nonly right known|uren|1|1|1|c (rows 5, 1: null, "
        "1.5)\n");
}

static void values_are_compared_as_keys_are(void **state)
{
    (void)state;
    assert_report(
        "k:integer x:text y:integer z:date w:real\n1|a|1|2024-01-01|0.5\n2|b|2|2024-01-01|-\n3|-|3|-|1.5\n",
        "k:integer x:category y:decimal1 z:text w:ratio\n1|a|1.0|x|1/2\n2|c|2.5|x|1/3\n3|-|3.0|x|3/2\n", "k", "k",
        1,
        "both|-|3|3|3|1 (rows 1, 1)\nleft only|-|0|0|0|-\nright only|-|0|0|0|-\nno key|-|0|0|0|-\n"
        "double left|-|0|-|0|-\ndouble right|-|-|0|0|-\n"
        "equal|x|2|2|2|1 (rows 1, 1: a, a)\nconflict|x|1|1|1|2 (rows 2, 2: b, c)\nonly left known|x|0|0|0|-\n"
        "only right known|x|0|0|0|-\nequal|y|2|2|2|1 (rows 1, 1: 1, 1.0)\n"
        "conflict|y|1|1|1|2 (rows 2, 2: 2, 2.5)\nonly left known|y|0|0|0|-\nonly right known|y|0|0|0|-\n"
        "not comparable|z|-|-|-|-\n"
        "equal|w|2|2|2|1 (rows 1, 1: 0.5, 1/2)\nconflict|w|0|0|0|-\nonly left known|w|0|0|0|-\n"
        "only right known|w|1|1|1|2 (rows 2, 2: null, 1/3)\n");
}

static void empty_tables_agree(void **state)
{
    static const char none[] = "both|-|0|0|0\nleft only|-|0|0|0\nright only|-|0|0|0\nno key|-|0|0|0\n"
                               "double left|-|0|-|0\ndouble right|-|-|0|0\n";

    (void)state;
    assert_report("k:text\n", "k:text\n", "k", "k", 0, none);
    assert_report("k:text\n", "k:text\n-\na\n", "k", "k", 0,
                  "both|-|0|0|0\nleft only|-|0|0|0\nright only|-|0|1|1\nno key|-|0|1|0\ndouble left|-|0|-|0\n"
                  "double right|-|-|0|0\n");
}

static void failures_leave_nothing(void **state)
{
    const dk_table *left = make_table(context, left_rows), *right = make_table(context, right_rows), *report = NULL;
    const char *keys[] = { "id" }, *others[] = { "nummer" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_reconcile(left, right, keys, others, 1, 2, &report, &err),
                                   &err, report == NULL, dk_table_release(report));
    report = NULL;
    dk_context_interrupt(context);
    assert_int_equal(dk_table_reconcile(left, right, keys, others, 1, 2, &report, &err), DK_ERR_INTERRUPTED);
    dk_context_clear_interrupt(context);
    dk_set_threads(0);
    assert_fails(dk_table_reconcile(left, right, keys, others, 0, 2, &report, &err), &err, DK_ERR_ARGUMENT,
                 "reconcile takes at least one key");
    assert_fails(reconcile(left_rows, right_rows, "id", "id", 0, &report, &err), &err, DK_ERR_NAME, "id");
    assert_fails(reconcile(left_rows, right_rows, "n", "nummer", 0, &report, &err), &err, DK_ERR_TYPE,
                 "reconcile: the key n is integer and nummer is category, which cannot be compared");
    assert_null(report);
    dk_table_release(left);
    dk_table_release(right);
}

static void totals_are_refused(void **state)
{
    dk_measure by = { "id", NULL, NULL }, measure = { "n = count()", NULL, NULL };
    dk_breakdown_spec spec = {
        .by = &by, .n_by = 1, .measures = &measure, .n_measures = 1, .margins = DK_MARGINS_TOTALS
    };
    const dk_breakdown *breakdown = NULL;
    const dk_table *table = make_table(context, left_rows), *result = NULL, *report = NULL;
    const char *keys[] = { "id" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    assert_ok(dk_breakdown_run(breakdown, table, NULL, &result, &err), &err);
    assert_fails(dk_table_reconcile(table, result, keys, keys, 1, 0, &report, &err), &err, DK_ERR_MARGIN,
                 ":detail()");
    assert_null(report);
    dk_table_release(result);
    dk_table_release(table);
    dk_breakdown_release(breakdown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_row_is_found_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(examples_show_keys_and_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_are_compared_as_keys_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(empty_tables_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failures_leave_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_are_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
