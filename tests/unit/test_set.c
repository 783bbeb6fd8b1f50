/* test_set.c - distinct rows, and tables as sets of rows. */
#include <dekking/set.h>

#include "random.h"
#include "tables.h"

#include "with_context.h"

static const char one[] = "g:category n:integer\nA|1\nB|-\nA|1\n-|2\nB|-\nA|2\n";
static const char two[] = "n:decimal1 g:text\n1.0|A\n-|B\n2.0|C\n2.0|C\n"; /* other types, in another order */

enum operation { DISTINCT, DISTINCT_LAST, BY_G, UNION, UNION_ALL, INTERSECT, EXCEPT };

static dk_status operate(enum operation operation, const dk_table *a, const dk_table *b, const dk_table **out,
                         dk_error *err)
{
    const char *names[] = { "g" };

    switch (operation) {
    case DISTINCT: return dk_table_distinct(a, NULL, 0, DK_KEEP_FIRST, out, err);
    case DISTINCT_LAST: return dk_table_distinct(a, NULL, 0, DK_KEEP_LAST, out, err);
    case BY_G: return dk_table_distinct(a, names, 1, DK_KEEP_FIRST, out, err);
    case UNION: return dk_table_union(a, b, false, out, err);
    case UNION_ALL: return dk_table_union(a, b, true, out, err);
    case INTERSECT: return dk_table_intersect(a, b, out, err);
    default: return dk_table_except(a, b, out, err);
    }
}

static void assert_set(enum operation operation, const char *left, const char *right, const char *expected)
{
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 6; i++) {
        const dk_table *a = make_table(context, left), *b = make_table(context, right), *made = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + (unsigned)i / 3);
        dk_context_set_block_rows(context, blocks[i % 3]);
        assert_ok(operate(operation, a, b, &made, &err), &err);
        assert_string_equal(show_rows(made), expected);
        dk_table_release(made);
        dk_table_release(a);
        dk_table_release(b);
    }
    dk_set_threads(0);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void rows_are_kept_once_in_their_order(void **state)
{
    (void)state;
    assert_set(DISTINCT, one, two, "A|1\nB|-\n-|2\nA|2\n");
    assert_set(DISTINCT_LAST, one, two, "A|1\n-|2\nB|-\nA|2\n");
    assert_set(BY_G, one, two, "A|1\nB|-\n-|2\n");
    assert_set(DISTINCT, "g:text\n", two, "");
    assert_set(DISTINCT, "x:real y:ratio z:boolean\n0.0|1/2|-\n-0.0|1/2|-\n0.0|-|false\n", two,
               "0.0|1/2|-\n0.0|-|false\n");
}

static void sets_reconcile_their_columns(void **state)
{
    (void)state;
    assert_set(UNION, one, two, "A|1.0\nB|-\n-|2.0\nA|2.0\nC|2.0\n");
    assert_set(UNION_ALL, one, two, "A|1.0\nB|-\nA|1.0\n-|2.0\nB|-\nA|2.0\nA|1.0\nB|-\nC|2.0\nC|2.0\n");
    assert_set(INTERSECT, one, two, "A|1.0\nB|-\n");
    assert_set(EXCEPT, one, two, "-|2.0\nA|2.0\n");
    assert_set(INTERSECT, "g:text n:integer\n", two, "");
    assert_set(EXCEPT, "g:text n:integer\nA|1\nA|1\n", "n:integer g:text\n", "A|1\n");
}

static void without_columns_all_rows_are_one(void **state)
{
    const dk_table *three = NULL, *none = NULL, *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_new(context, NULL, 0, 3, &three, &err), &err);
    assert_ok(dk_table_new(context, NULL, 0, 0, &none, &err), &err);
    assert_ok(dk_table_distinct(three, NULL, 0, DK_KEEP_LAST, &made, &err), &err);
    assert_int_equal(dk_table_n_rows(made), 1);
    dk_table_release(made);
    assert_ok(dk_table_except(three, none, &made, &err), &err);
    assert_int_equal(dk_table_n_rows(made), 1);
    dk_table_release(made);
    assert_ok(dk_table_intersect(three, none, &made, &err), &err);
    assert_int_equal(dk_table_n_rows(made), 0);
    dk_table_release(made);
    dk_table_release(three);
    dk_table_release(none);
}

/* Rows of both would be there twice under their key: a union has none. */
static void keys_are_kept_where_they_are_still_keys(void **state)
{
    static const size_t n_keys[] = { 1, 1, 1, 0, 0, 1, 1 };
    const dk_table *plain = make_table(context, "g:text n:integer\na|1\nb|2\n"), *keyed = NULL;
    const char *keys[] = { "g" };
    const dk_properties properties = { .unit = "persons", .key = keys, .n_key = 1 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_with_properties(plain, &properties, &keyed, &err), &err);
    for (int i = DISTINCT; i <= EXCEPT; i++) {
        const dk_table *made = NULL;

        assert_ok(operate((enum operation)i, keyed, keyed, &made, &err), &err);
        assert_int_equal(dk_table_properties(made)->n_key, n_keys[i]);
        assert_string_equal(dk_table_properties(made)->unit, "persons");
        assert_int_equal(dk_table_n_rows(made), i == EXCEPT ? 0 : i == UNION_ALL ? 4 : 2);
        dk_table_release(made);
    }
    dk_table_release(keyed);
    dk_table_release(plain);
}

/* Of numbers in bounds the bounds and the marker say which rows are the same. */
static void intervals_are_the_same_by_what_they_say(void **state)
{
    static const char left[] =
        "n:interval\n0..4\n0..4~<5~suppressed\n~.~unavailable\n-\n0..4\n3..\n-\n4\n~-~impossible\n";
    static const char right[] = "n:interval\n0..4~x~suppressed\n3..\n-\n~-~impossible\n5\n";

    (void)state;
    assert_set(DISTINCT, left, right, "0..4\n0..4[<5]\n-[.]\n-\n3..\n4\n-[-]\n");
    assert_set(DISTINCT_LAST, left, right, "0..4[<5]\n-[.]\n0..4\n3..\n-\n4\n-[-]\n");
    assert_set(UNION, left, right, "0..4\n0..4[<5]\n-[.]\n-\n3..\n4\n-[-]\n0..4[x]\n5\n");
    assert_set(INTERSECT, left, right, "-\n3..\n-[-]\n");
    assert_set(EXCEPT, left, right, "0..4\n0..4[<5]\n-[.]\n4\n");
}

static void what_cannot_be_is_refused(void **state)
{
    const dk_table *a = make_table(context, one), *b = make_table(context, "g:text m:integer\nA|1\n"),
                   *c = make_table(context, "g:date n:integer\n-|1\n2024-01-01|2\n"), *made = NULL;
    const char *names[] = { "h" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_table_distinct(a, names, 1, DK_KEEP_FIRST, &made, &err), &err, DK_ERR_NAME, "h");
    for (int i = UNION; i <= EXCEPT; i++) {
        assert_fails(operate((enum operation)i, a, b, &made, &err), &err, DK_ERR_NAME, "n");
        assert_fails(operate((enum operation)i, a, c, &made, &err), &err, DK_ERR_TYPE, "g");
    }
    assert_null(made);
    dk_table_release(a);
    dk_table_release(b);
    dk_table_release(c);
}

static void totals_are_refused(void **state)
{
    dk_measure by = { "g", NULL, NULL }, measure = { "n = count()", NULL, NULL };
    dk_breakdown_spec spec = {
        .by = &by, .n_by = 1, .measures = &measure, .n_measures = 1, .margins = DK_MARGINS_TOTALS
    };
    const dk_breakdown *breakdown = NULL;
    const dk_table *table = make_table(context, one), *result = NULL, *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    assert_ok(dk_breakdown_run(breakdown, table, NULL, &result, &err), &err);
    for (int i = DISTINCT; i <= EXCEPT; i++)
        assert_fails(operate((enum operation)i, result, table, &made, &err), &err, DK_ERR_MARGIN, "detail()");
    assert_null(made);
    dk_table_release(result);
    dk_table_release(table);
    dk_breakdown_release(breakdown);
}

#define MANY 3000

/* MANY rows: x 0 .. 4 and null, y of two values, n the row's number; kind[row] is 2 x + y. */
static const dk_table *make_many(unsigned *kind)
{
    static const char *const names[] = { "x", "y", "n" };
    dk_builder *builders[3];
    dk_field fields[3];
    const dk_table *table = NULL;
    const dk_column *columns[3];
    dk_error err = DK_ERROR_INIT;

    for (size_t k = 0; k < 3; k++)
        assert_ok(dk_builder_new(context, k == 1 ? DK_CATEGORY : DK_INTEGER, 0, NULL, &builders[k], &err), &err);
    for (int64_t i = 0; i < MANY; i++) {
        unsigned x = random_below(i < 2000 ? 4 : 6), y = (unsigned)random_below(2); /* some come late */

        kind[i] = 2 * x + y;
        assert_ok(x == 5 ? dk_builder_null(builders[0], 1, &err) : dk_builder_integer(builders[0], x, &err), &err);
        assert_ok(dk_builder_text(builders[1], (dk_text){ y ? "b" : "a", 1 }, &err), &err);
        assert_ok(dk_builder_integer(builders[2], i, &err), &err);
    }
    for (size_t k = 0; k < 3; k++) {
        assert_ok(dk_builder_finish(builders[k], &columns[k], &err), &err);
        dk_builder_release(builders[k]);
        fields[k] = DK_FIELD(names[k], columns[k]);
    }
    assert_ok(dk_table_new(context, fields, 3, MANY, &table, &err), &err);
    for (size_t k = 0; k < 3; k++)
        dk_column_release(columns[k]);
    return table;
}

static void few_kinds_of_rows_are_counted(void **state)
{
    static const char *const names[] = { "y", "x" };
    unsigned kind[MANY];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (unsigned round = 0; round < 8; round++) {
        const dk_table *table = make_many(kind), *made = NULL;
        dk_keep keep = round % 2 ? DK_KEEP_LAST : DK_KEEP_FIRST;
        uint64_t n = 0;

        dk_set_threads(1 + round / 2 % 2);
        assert_ok(dk_table_distinct(table, names, 2, keep, &made, &err), &err);
        for (int64_t row = 0; row < MANY; row++) {
            bool wanted = true;
            dk_value value;

            for (int64_t other = 0; other < MANY && wanted; other++)
                wanted = kind[other] != kind[row] || (keep == DK_KEEP_LAST ? other <= row : other >= row);
            if (!wanted)
                continue;
            assert_ok(dk_column_get(dk_table_field(made, 2)->column, n++, &value, &err), &err);
            assert_int_equal(value.as.integer, row);
        }
        assert_int_equal(dk_table_n_rows(made), n);
        dk_table_release(made);
        made = NULL;
        dk_set_threads(1);
        assert_survives_failing_memory(context, dk_table_distinct(table, names, 2, keep, &made, &err), &err,
                                       made == NULL, (dk_table_release(made), made = NULL));
        dk_table_release(table);
    }
    dk_set_threads(0);
}

static void failures_leave_nothing(void **state)
{
    const dk_table *a = make_table(context, one), *b = make_table(context, two), *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    for (int i = DISTINCT; i <= EXCEPT; i++) {
        assert_survives_failing_memory(context, operate((enum operation)i, a, b, &made, &err), &err, made == NULL,
                                       (dk_table_release(made), made = NULL));
        dk_context_interrupt(context);
        if (i != UNION_ALL) /* which only puts chunks together */
            assert_int_equal(operate((enum operation)i, a, b, &made, &err), DK_ERR_INTERRUPTED);
        dk_context_clear_interrupt(context);
    }
    dk_set_threads(0);
    dk_table_release(a);
    dk_table_release(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_are_kept_once_in_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sets_reconcile_their_columns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_columns_all_rows_are_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_are_kept_where_they_are_still_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(intervals_are_the_same_by_what_they_say, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(few_kinds_of_rows_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failures_leave_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
