/* test_sort.c - the order of rows. */
#include <dekking/sort.h>

#include "tables.h"

#include "with_context.h"

/* keys: "a desc b": names, each with or without desc. */
static dk_status sort_by(const dk_table *table, const char *keys, const dk_table **out, dk_error *err)
{
    char names[8][64];
    dk_sort_key list[8];
    size_t n = 0;

    while (*keys) {
        size_t size = strcspn(keys, " ");

        if (size == 4 && memcmp(keys, "desc", 4) == 0) {
            list[n - 1].descending = true;
        } else {
            memcpy(names[n], keys, size);
            names[n][size] = '\0';
            list[n] = (dk_sort_key){ names[n], false };
            n++;
        }
        keys += size;
        keys += *keys == ' ';
    }
    return dk_table_sort(table, list, n, out, err);
}

static void assert_sorted(const dk_table *table, const char *keys, const char *expected)
{
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 3; i++) {
        const dk_table *sorted = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_context_set_block_rows(context, blocks[i]);
        assert_ok(sort_by(table, keys, &sorted, &err), &err);
        assert_string_equal(show_rows(sorted), expected);
        dk_table_release(sorted);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void assert_order(const char *data, const char *keys, const char *expected)
{
    const dk_table *table = make_table(context, data);

    assert_sorted(table, keys, expected);
    dk_table_release(table);
}

static void null_is_last_in_both_directions(void **state)
{
    (void)state;
    assert_order("x:integer\n3\n-\n-5\n9\n", "x", "-5\n3\n9\n-\n");
    assert_order("x:integer\n3\n-\n-5\n9\n", "x desc", "9\n3\n-5\n-\n");
    assert_order("x:boolean\ntrue\n-\nfalse\n", "x", "false\ntrue\n-\n");
    assert_order("x:boolean\ntrue\n-\nfalse\n", "x desc", "true\nfalse\n-\n");
    assert_order("x:text\nb\n-\na\n", "x desc", "b\na\n-\n");
    assert_order("x:category\nb\n-\na\n", "x", "a\nb\n-\n");
}

static void numbers_go_by_value(void **state)
{
    (void)state;
    assert_order("x:integer\n9223372036854775807\n-9223372036854775808\n0\n", "x",
                 "-9223372036854775808\n0\n9223372036854775807\n");
    assert_order("x:decimal2\n1.50\n-0.25\n10.00\n", "x", "-0.25\n1.50\n10.00\n");
    assert_order("x:real\n1e300\n-1e300\n0.5\n-0.5\n1e-300\n", "x", "-1e300\n-0.5\n1e-300\n0.5\n1e300\n");
    assert_order("x:ratio\n1/2\n1/3\n-2/1\n3/4\n", "x", "-2/1\n1/3\n1/2\n3/4\n");
    assert_order("x:date\n2024-12-31\n1969-01-01\n2000-02-29\n", "x desc", "2024-12-31\n2000-02-29\n1969-01-01\n");
}

/* Code points, not a locale: é is after z; a prefix is before what it begins. */
static void text_goes_by_code_point(void **state)
{
    (void)state;
    assert_order("x:text\né\nz\nZ\na\naa\n\n", "x", "\nZ\na\naa\nz\né\n");
    assert_order("x:text\n\U0001F600\n\uFFFD\nb\n", "x", "b\n\uFFFD\n\U0001F600\n");
}

static void categories_go_by_their_declared_order(void **state)
{
    (void)state;
    assert_order("x:category[laag,midden,hoog]\nhoog\nlaag\nmidden\nlaag\n", "x", "laag\nlaag\nmidden\nhoog\n");
    assert_order("x:category\nhoog\nlaag\nmidden\n", "x", "hoog\nlaag\nmidden\n");
}

static void ties_keep_their_order(void **state)
{
    (void)state;
    assert_order("x:integer n:integer\n2|1\n1|2\n2|3\n1|4\n", "x desc", "2|1\n2|3\n1|2\n1|4\n");
    assert_order("x:integer y:text n:integer\n2|b|1\n1|a|2\n2|a|3\n1|b|4\n", "x desc y",
                 "2|a|3\n2|b|1\n1|a|2\n1|b|4\n");
    assert_order("x:integer\n2\n1\n", "", "2\n1\n");
    assert_order("x:integer\n", "x", "");
}

/* Every permutation of a few rows comes out the same; many rows come out as a plain insertion sort would have them. */
static void many_rows_are_sorted_and_stable(void **state)
{
    dk_builder *builder = NULL;
    const dk_column *column = NULL;
    const dk_table *table = NULL, *sorted = NULL;
    dk_field field[2];
    uint64_t seed = 5;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
        for (int64_t i = 0; i < 20000; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            assert_ok(dk_builder_integer(builder, k ? i : (int64_t)(seed >> 60), &err), &err);
        }
        assert_ok(dk_builder_finish(builder, &column, &err), &err);
        dk_builder_release(builder);
        field[k] = DK_FIELD(k ? "n" : "x", column);
    }
    assert_ok(dk_table_new(context, field, 2, 20000, &table, &err), &err);
    dk_column_release(field[0].column);
    dk_column_release(field[1].column);
    assert_ok(sort_by(table, "x", &sorted, &err), &err);
    for (uint64_t row = 1; row < 20000; row++) {
        dk_value a, b, m, n;

        assert_ok(dk_column_get(dk_table_field(sorted, 0)->column, row - 1, &a, &err), &err);
        assert_ok(dk_column_get(dk_table_field(sorted, 0)->column, row, &b, &err), &err);
        assert_ok(dk_column_get(dk_table_field(sorted, 1)->column, row - 1, &m, &err), &err);
        assert_ok(dk_column_get(dk_table_field(sorted, 1)->column, row, &n, &err), &err);
        assert_true(a.as.integer < b.as.integer || (a.as.integer == b.as.integer && m.as.integer < n.as.integer));
    }
    dk_table_release(sorted);
    sorted = NULL;
    assert_survives_failing_memory(context, sort_by(table, "x", &sorted, &err), &err, sorted == NULL,
                                   dk_table_release(sorted));
    dk_table_release(table);
}

/* Margins. ---------------------------------------------------------------------------------------------------------- */

static const char persons[] =
    "regio:category gemeente:category n:integer\n"
    "Noord|Assen|5\nNoord|Emmen|7\nOost|Ede|20\nOost|Arnhem|1\nZuid|Breda|9\nZuid|Goes|4\n";

static const dk_table *rolled_up(dk_margins margins)
{
    dk_measure by[] = { { "regio", NULL, NULL }, { "gemeente", NULL, NULL } },
               measure = { "s = sum(n)", NULL, NULL };
    dk_breakdown_spec spec = { .by = by, .n_by = 2, .measures = &measure, .n_measures = 1, .margins = margins };
    const dk_breakdown *breakdown = NULL;
    const dk_table *table = make_table(context, persons), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    assert_ok(dk_breakdown_run(breakdown, table, NULL, &result, &err), &err);
    dk_breakdown_release(breakdown);
    dk_table_release(table);
    return result;
}

static void groups_go_by_their_own_total_and_keep_it(void **state)
{
    const dk_table *table = rolled_up(DK_MARGINS_ROLLUP);

    (void)state;
    assert_sorted(table, "s desc",
                  "Oost|Ede|20\nOost|Arnhem|1\nOost|*|21\nZuid|Breda|9\nZuid|Goes|4\nZuid|*|13\n"
                  "Noord|Emmen|7\nNoord|Assen|5\nNoord|*|12\n*|*|46\n");
    assert_sorted(table, "gemeente desc",
                  "Noord|Emmen|7\nNoord|Assen|5\nNoord|*|12\nOost|Ede|20\nOost|Arnhem|1\nOost|*|21\n"
                  "Zuid|Goes|4\nZuid|Breda|9\nZuid|*|13\n*|*|46\n");
    assert_sorted(table, "regio desc s",
                  "Zuid|Goes|4\nZuid|Breda|9\nZuid|*|13\nOost|Arnhem|1\nOost|Ede|20\nOost|*|21\n"
                  "Noord|Assen|5\nNoord|Emmen|7\nNoord|*|12\n*|*|46\n");
    dk_table_release(table);
}

static void a_grand_total_alone_stays_at_the_end(void **state)
{
    const dk_table *table = rolled_up(DK_MARGINS_TOTALS);

    (void)state;
    assert_sorted(table, "s",
                  "Oost|Arnhem|1\nZuid|Goes|4\nNoord|Assen|5\nNoord|Emmen|7\nZuid|Breda|9\nOost|Ede|20\n*|*|46\n");
    assert_sorted(table, "s desc",
                  "Oost|Ede|20\nZuid|Breda|9\nNoord|Emmen|7\nNoord|Assen|5\nZuid|Goes|4\nOost|Arnhem|1\n*|*|46\n");
    dk_table_release(table);
}

static void a_cube_keeps_totals_after_their_parts(void **state)
{
    const dk_table *table = rolled_up(DK_MARGINS_CUBE);

    (void)state;
    assert_sorted(table, "s desc",
                  "Oost|Ede|20\nOost|Arnhem|1\nOost|*|21\nZuid|Breda|9\nZuid|Goes|4\nZuid|*|13\n"
                  "Noord|Emmen|7\nNoord|Assen|5\nNoord|*|12\n"
                  "*|Ede|20\n*|Breda|9\n*|Emmen|7\n*|Assen|5\n*|Goes|4\n*|Arnhem|1\n*|*|46\n");
    dk_table_release(table);
}

/* A group whose total was left out goes by its first row, and stays together. */
static void a_group_without_its_total_stays_together(void **state)
{
    static const uint64_t rows[] = { 0, 1, 3, 4, 5, 9 }; /* no totals of Noord and Zuid, nor Zuid's rows */
    const dk_table *table = rolled_up(DK_MARGINS_ROLLUP), *part = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_gather(table, rows, 6, &part, &err), &err);
    assert_string_equal(show_rows(part),
                        "Noord|Assen|5\nNoord|Emmen|7\nOost|Arnhem|1\nOost|Ede|20\nOost|*|21\n*|*|46\n");
    assert_sorted(part, "s desc", "Oost|Ede|20\nOost|Arnhem|1\nOost|*|21\nNoord|Emmen|7\nNoord|Assen|5\n*|*|46\n");
    dk_table_release(part);
    dk_table_release(table);
}

static void an_unknown_column_is_refused(void **state)
{
    const dk_table *table = make_table(context, persons), *sorted = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(sort_by(table, "gemeent", &sorted, &err), &err, DK_ERR_NAME, "gemeente");
    assert_null(sorted);
    dk_table_release(table);
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *table = make_table(context, "x:text y:ratio z:integer\nb|1/2|3\n-|1/3|-\na|-|1\nb|2/3|2\n");
    const dk_table *margins = rolled_up(DK_MARGINS_CUBE), *sorted = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, sort_by(table, "x y desc z", &sorted, &err), &err, sorted == NULL,
                                   dk_table_release(sorted));
    sorted = NULL;
    assert_survives_failing_memory(context, sort_by(margins, "s desc gemeente", &sorted, &err), &err,
                                   sorted == NULL, dk_table_release(sorted));
    dk_table_release(margins);
    dk_table_release(table);
}

static void an_interrupted_sort_stops(void **state)
{
    const dk_table *table = make_table(context, persons), *sorted = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(sort_by(table, "n", &sorted, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_null(sorted);
    dk_table_release(table);
}

/* A call for three rows costs little else than memory that comes and goes. */
static void few_rows_are_sorted_in_little_memory(void **state)
{
    const dk_table *table = make_table(context, persons), *sorted = NULL;
    dk_error err = DK_ERROR_INIT;
    size_t before = dk_context_used_bytes(context);

    (void)state;
    dk_context_reset_peak(context);
    assert_ok(sort_by(table, "n", &sorted, &err), &err);
    assert_true(dk_context_peak_bytes(context) - before < 16384);
    dk_table_release(sorted);
    dk_table_release(table);
}

/* Keys as texts. ---------------------------------------------------------------------------------------------------- */

static void assert_sorted_by(const dk_table *table, const char *const *keys, size_t n_keys, uint64_t limit,
                             const char *expected)
{
    const dk_value two = { .type = DK_INTEGER, .as.integer = 2 };
    const dk_param param = { "twee", two };
    const dk_params params = { &param, 1 };
    const dk_table *sorted = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_sort_by(table, keys, n_keys, &params, limit, &sorted, &err), &err);
    assert_string_equal(show_rows(sorted), expected);
    dk_table_release(sorted);
}

#define SORTED_BY(limit, expected, ...)                           \
    assert_sorted_by(table, (const char *const[]){ __VA_ARGS__ }, \
                     sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *), limit, expected)

static void keys_may_be_expressions_and_a_limit_leaves_the_rest_out(void **state)
{
    const dk_table *table = make_table(context, "x:integer y:text\n5|b\n-|a\n3|b\n4|-\n2|a\n");

    (void)state;
    SORTED_BY(UINT64_MAX, "4|-\n2|a\n5|b\n3|b\n-|a\n", "x % 2", "x desc");
    SORTED_BY(UINT64_MAX, "5|b\n3|b\n4|-\n2|a\n-|a\n", "x % $twee desc", "  x   desc ");
    SORTED_BY(UINT64_MAX, "-|a\n4|-\n5|b\n3|b\n2|a\n", "x is null desc", "y is null desc", "x > 2 desc");
    SORTED_BY(2, "2|a\n3|b\n", "x asc");
    SORTED_BY(2, "5|b\n4|-\n", "`x` desc");
    SORTED_BY(0, "", "x");
    SORTED_BY(99, "2|a\n-|a\n3|b\n5|b\n4|-\n", "y", "x");
    dk_table_release(table);
    table = make_table(context, "desc:integer\n1\n2\n");
    SORTED_BY(9, "2\n1\n", "desc desc");
    SORTED_BY(9, "1\n2\n", "desc");
    dk_table_release(table);
}

static void keys_that_are_none_are_shown(void **state)
{
    const dk_table *table = make_table(context, persons), *margins = rolled_up(DK_MARGINS_TOTALS), *sorted = NULL;
    dk_error err = DK_ERROR_INIT;
#define FAILS_BY(from, key, limit, status, part) \
    assert_fails(dk_table_sort_by(from, &(const char *){ key }, 1, NULL, limit, &sorted, &err), &err, status, part)

    (void)state;
    FAILS_BY(table, "gemeent desc", 9, DK_ERR_NAME, "gemeente");
    FAILS_BY(table, "n downwards", 9, DK_ERR_ARGUMENT,
             "sort: 'n downwards': behind the name stands asc or desc, not 'downwards'");
    FAILS_BY(table, "n + ", 9, DK_ERR_SYNTAX, "a value is expected");
    FAILS_BY(table, "n + 'a' desc", 9, DK_ERR_TYPE, "a number is wanted");
    FAILS_BY(table, "m = n", 9, DK_ERR_ARGUMENT, "gives a key a name");
    FAILS_BY(table, "desc", 9, DK_ERR_NAME, "desc");
    FAILS_BY(table, "rank()", 9, DK_ERR_ARGUMENT, "rank() looks at other rows");
    FAILS_BY(margins, "s", 1, DK_ERR_MARGIN, "t:detail()");
    assert_null(sorted);
    assert_survives_failing_memory(
        context,
        dk_table_sort_by(table, (const char *const[]){ "n % 3 desc", "n desc" }, 2, NULL, 3, &sorted, &err), &err,
        sorted == NULL, dk_table_release(sorted));
    dk_table_release(margins);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(null_is_last_in_both_directions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_go_by_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_goes_by_code_point, set_up, tear_down),
        cmocka_unit_test_setup_teardown(categories_go_by_their_declared_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ties_keep_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_rows_are_sorted_and_stable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(groups_go_by_their_own_total_and_keep_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_grand_total_alone_stays_at_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cube_keeps_totals_after_their_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_group_without_its_total_stays_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unknown_column_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interrupted_sort_stops, set_up, tear_down),
        cmocka_unit_test_setup_teardown(few_rows_are_sorted_in_little_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_may_be_expressions_and_a_limit_leaves_the_rest_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_that_are_none_are_shown, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
