/* test_pivot.c - from long to wide: which columns come, in which order, under which names, and what fills the cells. */
#include <dekking/lineage.h>
#include <dekking/pivot.h>

#include "exprs.h"
#include "random.h"

#define NAMES(...) ((const char *const[]){ __VA_ARGS__ })
#define N_OF(list) (sizeof(list) / sizeof *(list))
#define SPEC(rows_, columns_, values_)                                                                             \
    (dk_pivot_spec)                                                                                                \
    {                                                                                                              \
        .rows = rows_, .n_rows = N_OF(rows_), .columns = columns_, .n_columns = N_OF(columns_), .values = values_, \
        .n_values = N_OF(values_)                                                                                  \
    }

/* Names, then rows. Good until the next call. */
static const char *shown(const dk_table *table)
{
    static char out[1 << 16];
    size_t used = 0;

    for (size_t i = 0; i < dk_table_n_columns(table); i++)
        used +=
            (size_t)snprintf(out + used, sizeof out - used, "%s%s", i ? "|" : "", dk_table_field(table, i)->name);
    (void)snprintf(out + used, sizeof out - used, "\n%s", show_rows(table));
    return out;
}

static void assert_pivot(const dk_table *table, const dk_pivot_spec *spec, const char *expected)
{
    for (unsigned threads = 1; threads <= 3; threads++) {
        const dk_table *wide = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(threads);
        dk_context_set_block_rows(context, threads == 3 ? 1 : DK_BLOCK_ROWS);
        assert_ok(dk_table_pivot(table, spec, &wide, &err), &err);
        assert_string_equal(shown(wide), expected);
        dk_table_release(wide);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void refuses(const dk_table *table, const dk_pivot_spec *spec, dk_status status, const char *part)
{
    const dk_table *wide = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(dk_table_pivot(table, spec, &wide, &err), &err, status, part);
    assert_null(wide);
}

static const char long_rows[] = "g:category k:category[laag,hoog] m:month n:integer d:decimal1\n"
                                "Ede|hoog|2024-02|1|0.5\n"
                                "Arnhem|laag|2024-01|2|-\n"
                                "Ede|laag|2024-01|3|1.5\n"
                                "-|hoog|-|4|2.5\n";

static void columns_come_in_the_order_of_their_values_and_rows_as_they_are_met(void **state)
{
    const dk_table *table = make_table(context, long_rows);

    (void)state;
    assert_pivot(table, &SPEC(NAMES("g"), NAMES("k"), NAMES("n")), "g|laag|hoog\nEde|3|1\nArnhem|2|-\n-|-|4\n");
    assert_pivot(table, &SPEC(NAMES("g"), NAMES("m"), NAMES("n")),
                 "g|2024-01|2024-02|(null)\nEde|3|1|-\nArnhem|2|-|-\n-|-|-|4\n");
    assert_pivot(table, &SPEC(NAMES("g"), NAMES("m"), NAMES("k")),
                 "g|2024-01|2024-02|(null)\nEde|laag|hoog|-\nArnhem|laag|-|-\n-|-|-|hoog\n");
    dk_table_release(table);
}

static void several_values_and_several_keys_make_longer_names(void **state)
{
    const dk_table *table = make_table(context, long_rows);

    (void)state;
    assert_pivot(table, &SPEC(NAMES("g"), NAMES("k"), NAMES("n", "d")),
                 "g|n_laag|n_hoog|d_laag|d_hoog\nEde|3|1|1.5|0.5\nArnhem|2|-|-|-\n-|-|4|-|2.5\n");
    assert_pivot(table, &SPEC(NAMES("n", "d"), NAMES("k", "m"), NAMES("g")),
                 "n|d|laag_2024-01|hoog_2024-02|hoog_(null)\n1|0.5|-|Ede|-\n2|-|Arnhem|-|-\n3|1.5|Ede|-|-\n"
                 "4|2.5|-|-|-\n");
    dk_table_release(table);
}

static void without_rows_there_is_one(void **state)
{
    const dk_table *table = make_table(context, "k:integer n:integer\n-3|1\n12|2\n5|-\n");
    dk_pivot_spec spec = { .columns = NAMES("k"), .n_columns = 1, .values = NAMES("n"), .n_values = 1 };

    (void)state;
    assert_pivot(table, &spec, "-3|5|12\n1|-|2\n");
    dk_table_release(table);
    table = make_table(context, "k:integer n:integer\n");
    assert_pivot(table, &spec, "\n");
    dk_table_release(table);
}

/* What a terminal would obey, and what would be no name at all. */
static void names_are_harmless(void **state)
{
    const dk_table *table = make_table(context, "t:text n:integer\n\x1b[31m|1\n|2\na\tb|3\n-|4\né|5\n");
    dk_pivot_spec spec = { .columns = NAMES("t"), .n_columns = 1, .values = NAMES("n"), .n_values = 1 };

    (void)state;
    assert_pivot(table, &spec, "(empty)|?[31m|a?b|é|(null)\n2|1|3|5|4\n");
    dk_table_release(table);
    table = make_table(context, "t:text n:integer\na\tb|1\na\rb|2\n");
    refuses(table, &spec, DK_ERR_DUPLICATE, "two columns are named \"a?b\"");
    dk_table_release(table);
    table = make_table(context, "g:text t:text n:integer\na|g|1\n");
    refuses(table, &SPEC(NAMES("g"), NAMES("t"), NAMES("n")), DK_ERR_DUPLICATE, "g");
    dk_table_release(table);
}

static void two_rows_for_a_cell_are_an_error_or_an_aggregate(void **state)
{
    const dk_table *table =
        make_table(context, "g:category m:quarter `n:integer q:integer\n"
                            "b|2024Q1|1|1\na|2024Q1|2|1\nb|2024Q2|4|1\na|2024Q1|8|1\n-|2024Q1|-|1\n");
    dk_pivot_spec spec = SPEC(NAMES("g"), NAMES("m"), NAMES("`n"));

    (void)state;
    refuses(table, &spec, DK_ERR_DUPLICATE, "rows 2 and 4 of the table belong in one cell: g a, m 2024Q1");
    refuses(table, &spec, DK_ERR_DUPLICATE, "aggregate = \"sum\"");
    spec.aggregate = "sum";
    assert_pivot(table, &spec, "g|2024Q1|2024Q2\na|10|-\nb|1|4\n-|-|-\n");
    spec.aggregate = "mean";
    assert_pivot(table, &spec, "g|2024Q1|2024Q2\na|5/1|-\nb|1/1|4/1\n-|-|-\n");
    spec = SPEC(NAMES("g"), NAMES("m"), NAMES("`n", "q"));
    spec.aggregate = "max";
    assert_pivot(table, &spec, "g|`n_2024Q1|`n_2024Q2|q_2024Q1|q_2024Q2\na|8|-|1|-\nb|1|4|1|1\n-|-|-|1|-\n");
    spec.aggregate = "modus";
    refuses(table, &spec, DK_ERR_ARGUMENT, "a pivot has no aggregate modus");
    spec.aggregate = "count";
    refuses(table, &spec, DK_ERR_ARGUMENT, "a pivot has no aggregate count");
    spec = SPEC(NAMES("m"), NAMES("q"), NAMES("g"));
    spec.aggregate = "sum";
    refuses(table, &spec, DK_ERR_TYPE, "sum");
    dk_table_release(table);
}

static void what_cannot_be_is_refused(void **state)
{
    const dk_table *table = make_table(context, long_rows), *result = NULL;
    dk_pivot_spec spec = SPEC(NAMES("g"), NAMES("m"), NAMES("n"));
    dk_error err = DK_ERROR_INIT;

    (void)state;
    spec.limit = 2;
    refuses(table, &spec, DK_ERR_LIMIT, "the values of m would become 3 columns, and 2 are the most");
    spec = SPEC(NAMES("g"), NAMES("m"), NAMES("n", "d"));
    spec.limit = 5;
    refuses(table, &spec, DK_ERR_LIMIT,
            "would become 6 columns, and 5 are the most (a limit of your own says otherwise: "
            "limit = 6)");
    spec.n_columns = 0;
    refuses(table, &spec, DK_ERR_ARGUMENT, "a pivot wants columns whose values become columns");
    spec = SPEC(NAMES("g"), NAMES("m"), NAMES("n"));
    spec.n_values = 0;
    refuses(table, &spec, DK_ERR_ARGUMENT, "a pivot wants values to fill its cells with");
    refuses(table, &SPEC(NAMES("g"), NAMES("m"), NAMES("g")), DK_ERR_ARGUMENT, "a pivot names g twice");
    refuses(table, &SPEC(NAMES("g", "g"), NAMES("m"), NAMES("n")), DK_ERR_ARGUMENT, "a pivot names g twice");
    refuses(table, &SPEC(NAMES("gg"), NAMES("m"), NAMES("n")), DK_ERR_NAME, "gg");
    refuses(table, &SPEC(NAMES("g"), NAMES("mm"), NAMES("n")), DK_ERR_NAME, "mm");
    refuses(table, &SPEC(NAMES("g"), NAMES("m"), NAMES("nn")), DK_ERR_NAME, "nn");
    assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "s = sum(n)" }, .margins = DK_MARGINS_TOTALS), table, NULL,
                        &result, &err),
              &err);
    refuses(result, &SPEC(NAMES("g"), NAMES("s"), NAMES("s")), DK_ERR_MARGIN, "t:detail()");
    dk_table_release(result);
    dk_table_release(table);
}

static void failures_leave_nothing(void **state)
{
    const dk_table *table = make_table(context, long_rows), *wide = NULL;
    dk_pivot_spec spec = SPEC(NAMES("g"), NAMES("k", "m"), NAMES("n", "d"));
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    for (unsigned i = 0; i < 2; i++) {
        spec.aggregate = i ? "sum" : NULL;
        assert_survives_failing_memory(context, dk_table_pivot(table, &spec, &wide, &err), &err, wide == NULL,
                                       dk_table_release(wide));
        wide = NULL;
        dk_context_interrupt(context);
        assert_fails(dk_table_pivot(table, &spec, &wide, &err), &err, DK_ERR_INTERRUPTED, "");
        dk_context_clear_interrupt(context);
    }
    dk_context_set_budget(context, dk_context_used_bytes(context) + 500);
    refuses(table, &spec, DK_ERR_MEMORY, "");
    dk_context_set_budget(context, 0);
    dk_table_release(table);
}

/* Unpivot. ---------------------------------------------------------------------------------------------------------- */

static void assert_unpivot(const dk_table *table, const dk_unpivot_spec *spec, const char *expected,
                           const char *note)
{
    const dk_table *rows = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_unpivot(table, spec, &rows, &err), &err);
    assert_string_equal(shown(rows), expected);
    assert_int_equal(dk_table_n_notes(rows), note != NULL);
    if (note)
        assert_string_equal(dk_table_note(rows, 0), note);
    dk_table_release(rows);
}

static const char wide_rows[] =
    "g:category a:integer b:decimal2 c:category[x,y]\nEde|1|0.25|x\nArnhem|-|-|y\n-|3|1.00|-\n";

static void columns_become_rows_of_their_common_type(void **state)
{
    const dk_table *table = make_table(context, wide_rows), *rows = NULL;
    const dk_dictionary *levels;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_unpivot(
        table, &(dk_unpivot_spec){ .columns = NAMES("b", "a"), .n_columns = 2, .name = "wat", .value = "hoeveel" },
        "g|c|wat|hoeveel\nEde|x|b|0.25\nEde|x|a|1.00\nArnhem|y|b|-\nArnhem|y|a|-\n-|-|b|1.00\n-|-|a|3.00\n", NULL);
    assert_unpivot(table,
                   &(dk_unpivot_spec){
                       .rows = NAMES("c", "g"), .n_rows = 2, .name = "name", .value = "a", .drop_nulls = true },
                   "c|g|name|a\nx|Ede|a|1.00\nx|Ede|b|0.25\n-|-|a|3.00\n-|-|b|1.00\n",
                   "2 cells were left out because they are null");
    assert_unpivot(table,
                   &(dk_unpivot_spec){ .rows = NAMES("g"),
                                       .n_rows = 1,
                                       .columns = NAMES("c"),
                                       .n_columns = 1,
                                       .name = "k",
                                       .value = "v",
                                       .drop_nulls = true },
                   "g|k|v\nEde|c|x\nArnhem|c|y\n", "1 cell was left out because it is null");
    assert_ok(dk_table_unpivot(
                  table,
                  &(dk_unpivot_spec){ .columns = NAMES("b", "a"), .n_columns = 2, .name = "k", .value = "v" },
                  &rows, &err),
              &err);
    levels = dk_column_levels(dk_table_field(rows, 2)->column);
    assert_true(dk_dictionary_is_declared(levels));
    assert_int_equal(dk_dictionary_rank(levels, dk_dictionary_find(levels, (dk_text){ "b", 1 })), 0);
    dk_table_release(rows);
    dk_table_release(table);
    table = make_table(context, "g:category a:integer\n");
    assert_unpivot(table, &(dk_unpivot_spec){ .rows = NAMES("g"), .n_rows = 1, .name = "k", .value = "v" },
                   "g|k|v\n", NULL);
    dk_table_release(table);
}

static void unpivot_says_what_is_wrong(void **state)
{
    const dk_table *table = make_table(context, wide_rows), *out = NULL, *result = NULL;
    dk_error err = DK_ERROR_INIT;
#define REFUSES(name_, status, part, ...)                                                                          \
    assert_fails(                                                                                                  \
        dk_table_unpivot(table, &(dk_unpivot_spec){ .name = name_, .value = "v", __VA_ARGS__ }, &out, &err), &err, \
        status, part)

    (void)state;
    REFUSES("k", DK_ERR_TYPE, "column v is integer in a and category in c", .rows = NAMES("g"), .n_rows = 1);
    REFUSES("k", DK_ERR_TYPE, "t:derive \"a = text(...)\"", .rows = NAMES("g"), .n_rows = 1);
    REFUSES("k", DK_ERR_ARGUMENT, "an unpivot wants the columns that become rows", .n_rows = 0);
    REFUSES("k", DK_ERR_ARGUMENT, "an unpivot has no columns that become rows", .rows = NAMES("g", "a", "b", "c"),
            .n_rows = 4);
    REFUSES("k", DK_ERR_ARGUMENT, "an unpivot names a twice", .rows = NAMES("a"), .n_rows = 1,
            .columns = NAMES("b", "a"), .n_columns = 2);
    REFUSES("k", DK_ERR_NAME, "did you mean", .columns = NAMES("aa"), .n_columns = 1);
    REFUSES("g", DK_ERR_DUPLICATE, "g", .columns = NAMES("a"), .n_columns = 1);
    REFUSES("v", DK_ERR_DUPLICATE, "v", .columns = NAMES("a"), .n_columns = 1);
    REFUSES(NULL, DK_ERR_ARGUMENT, "an unpivot wants the names of its two new columns", .columns = NAMES("a"),
            .n_columns = 1);
    assert_null(out);
    assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "s = sum(a)" }, .margins = DK_MARGINS_TOTALS), table, NULL,
                        &result, &err),
              &err);
    assert_fails(dk_table_unpivot(result, &(dk_unpivot_spec){ .name = "k", .value = "v" }, &out, &err), &err,
                 DK_ERR_MARGIN, "t:detail()");
    dk_table_release(result);
    {
        const dk_unpivot_spec spec = {
            .rows = NAMES("g", "c"), .n_rows = 2, .name = "k", .value = "v", .drop_nulls = true
        };

        dk_set_threads(1);
        assert_survives_failing_memory(context, dk_table_unpivot(table, &spec, &out, &err), &err, out == NULL,
                                       dk_table_release(out));
        out = NULL;
        dk_context_interrupt(context);
        assert_fails(dk_table_unpivot(table, &spec, &out, &err), &err, DK_ERR_INTERRUPTED, "");
        dk_context_clear_interrupt(context);
    }
    assert_null(out);
    dk_table_release(table);
}

/* Wide and back: the rows that are known, in the order of their keys; a period comes back from its text. */
static void there_and_back_gives_the_table(void **state)
{
    (void)state;
    for (unsigned i = 0; i < random_rounds(40); i++) {
        char text[8000] = "g:integer k:category v:integer\n";
        size_t used = strlen(text);
        const dk_table *table, *wide = NULL, *back = NULL;
        char *expected, step[80];
        dk_error err = DK_ERROR_INIT;

        for (int g = 0; g < 12; g++)
            for (int k = 0; k < 9; k++)
                if (random_below(3))
                    used += (size_t)snprintf(text + used, sizeof text - used, "%d|k%d|%d\n", g * 7, k,
                                             (int)random_below(100));
        table = make_table(context, text);
        dk_set_threads(1 + i % 2);
        assert_ok(dk_table_pivot(table, &SPEC(NAMES("g"), NAMES("k"), NAMES("v")), &wide, &err), &err);
        assert_ok(
            dk_table_unpivot(wide,
                             &(dk_unpivot_spec){
                                 .rows = NAMES("g"), .n_rows = 1, .name = "k", .value = "v", .drop_nulls = true },
                             &back, &err),
            &err);
        assert_string_equal(dk_table_lineage(wide, dk_table_n_lineage(wide) - 1)->text,
                            "a column for each value of k");
        (void)snprintf(step, sizeof step, "a row for each of %zu columns: k says which, v has its value",
                       dk_table_n_columns(wide) - 1);
        assert_string_equal(dk_table_lineage(back, dk_table_n_lineage(back) - 1)->text, step);
        expected = strdup(show_rows(table));
        assert_string_equal(show_rows(back), expected);
        free(expected);
        dk_table_release(back);
        dk_table_release(wide);
        dk_table_release(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_come_in_the_order_of_their_values_and_rows_as_they_are_met, start,
                                        stop),
        cmocka_unit_test_setup_teardown(several_values_and_several_keys_make_longer_names, start, stop),
        cmocka_unit_test_setup_teardown(without_rows_there_is_one, start, stop),
        cmocka_unit_test_setup_teardown(names_are_harmless, start, stop),
        cmocka_unit_test_setup_teardown(two_rows_for_a_cell_are_an_error_or_an_aggregate, start, stop),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(failures_leave_nothing, start, stop),
        cmocka_unit_test_setup_teardown(columns_become_rows_of_their_common_type, start, stop),
        cmocka_unit_test_setup_teardown(unpivot_says_what_is_wrong, start, stop),
        cmocka_unit_test_setup_teardown(there_and_back_gives_the_table, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
