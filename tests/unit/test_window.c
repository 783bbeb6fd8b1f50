/* test_window.c - columns that look at other rows, worked out by hand. */
#include <dekking/lineage.h>
#include <dekking/window.h>

#include "exprs.h"

/* within and order: names with "," between them, or "". Columns end in NULL. */
static dk_status ask(const dk_table *table, const char *within, const char *order, const char *const *columns,
                     const dk_table **out, dk_error *err)
{
    static char texts[2][200];
    const char *lists[2][8];
    size_t sizes[2] = { 0, 0 };
    const dk_expr *exprs[32];
    dk_window_spec spec = { .columns = exprs };
    dk_status status;

    for (int i = 0; i < 2; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "%s", i ? order : within);
        for (char *at = texts[i]; *at;) {
            lists[i][sizes[i]++] = at;
            at += strcspn(at, ",");
            if (*at)
                *at++ = '\0';
        }
    }
    spec.within = lists[0];
    spec.n_within = sizes[0];
    spec.order = lists[1];
    spec.n_order = sizes[1];
    for (; columns[spec.n_columns]; spec.n_columns++)
        exprs[spec.n_columns] = parse(columns[spec.n_columns]);
    status = dk_table_window(table, &spec, NULL, out, err);
    for (size_t i = 0; i < spec.n_columns; i++)
        dk_expr_release(exprs[i]);
    return status;
}

/* The values of one window expression, row by row: "1 null 3". Good until the next call. */
static const char *window(const dk_table *table, const char *within, const char *order, const char *expression)
{
    const char *out;
    char text[400];
    const char *columns[] = { text, NULL };
    const dk_table *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)snprintf(text, sizeof text, "uitkomst = %s", expression);
    if (ask(table, within, order, columns, &made, &err) != DK_OK) {
        char message[2048];

        dk_error_format(&err, message, sizeof message);
        fail_msg("%s: %s", expression, message);
    }
    assert_int_equal(dk_table_n_rows(made), dk_table_n_rows(table));
    out = show_values(dk_table_field(made, dk_table_n_columns(made) - 1)->column);
    dk_table_release(made);
    return out;
}

static void refuses(const dk_table *table, const char *within, const char *order, const char *expression,
                    dk_status status, unsigned at, const char *part)
{
    const char *columns[] = { expression, NULL };
    const dk_table *made = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(ask(table, within, order, columns, &made, &err), &err, status, part);
    if (at)
        assert_int_equal(err.column, at);
    assert_null(made);
}

#define CHECK(within, order, expression, expected) \
    assert_string_equal(window(table, within, order, expression), expected)

/* Two places; rows are not in order, a month is missing in each, a value is null. In order:
 *   Arnhem  2024-01 10, 2024-02 null, 2024-03 30, 2024-05 50       rows 1 4 2 6
 *   Duiven  2024-01 5, 2024-02 7                                   rows 3 5 */
static const char months[] = "g:category m:month x:integer\n"
                             "Arnhem|2024-01|10\n"
                             "Arnhem|2024-03|30\n"
                             "Duiven|2024-01|5\n"
                             "Arnhem|2024-02|-\n"
                             "Duiven|2024-02|7\n"
                             "Arnhem|2024-05|50\n";

static void previous_goes_by_rows_and_previous_period_by_periods(void **state)
{
    const dk_table *table = make_table(context, months);

    (void)state;
    CHECK("g", "m", "previous(x)", "null null null 10 5 30");
    CHECK("g", "m", "previous_period(x)", "null null null 10 5 null");
    CHECK("g", "m", "next(x)", "null 50 7 30 null null");
    CHECK("g", "m", "next_period(x)", "null null 7 30 null null");
    CHECK("g", "m", "previous(x, 2)", "null 10 null null null null");
    CHECK("g", "m", "previous_period(x, 2)", "null 10 null null null 30");
    CHECK("g", "m", "next_period(x, 2)", "30 50 null null null null");
    CHECK("g", "m", "previous_period(x, 9223372036854775807)", "null null null null null null");
    CHECK("g", "m desc", "previous(x)", "null 50 7 30 null null");
    CHECK("g", "m desc", "previous_period(x)", "null null null 10 5 null");
    CHECK("g", "m desc", "next_period(x)", "null null 7 30 null null");
    CHECK("g", "m", "first_value(x)", "10 10 5 10 5 10");
    CHECK("g", "m", "last_value(g)", "Arnhem Arnhem Duiven Arnhem Duiven Arnhem");
    CHECK("g", "m", "last_value(m)", "2024-05 2024-05 2024-02 2024-05 2024-02 2024-05");
    dk_table_release(table);
}

static void without_within_all_rows_are_one_group_and_without_order_the_tables(void **state)
{
    const dk_table *table = make_table(context, months);

    (void)state;
    CHECK("", "", "previous(x)", "null 10 30 5 null 7");
    CHECK("", "", "row_number()", "1 2 3 4 5 6");
    CHECK("", "x", "row_number()", "3 4 1 6 2 5");
    CHECK("", "m", "row_number()", "1 5 2 3 4 6"); /* ties in the order of the table */
    CHECK("g", "", "row_number()", "1 2 1 3 2 4");
    CHECK("x > 8", "x desc", "row_number()", "3 2 2 1 1 1"); /* null is a group */
    dk_table_release(table);
}

/* Peers have one rank; null is last, and nulls are peers of one another. */
static void ranks_of_peers_are_equal(void **state)
{
    const dk_table *table = make_table(context, "x:integer\n20\n10\n20\n-\n30\n-\n");

    (void)state;
    CHECK("", "x", "rank()", "2 1 2 5 4 5");
    CHECK("", "x", "dense_rank()", "2 1 2 4 3 4");
    CHECK("", "x", "percent_rank()", "1/5 0/1 1/5 4/5 3/5 4/5");
    CHECK("", "x", "cume_dist()", "1/2 1/6 1/2 1/1 2/3 1/1");
    CHECK("", "x desc", "rank()", "2 4 2 5 1 5");
    CHECK("", "x", "ntile(4)", "1 1 2 3 2 4"); /* of 6 rows: 2 2 1 1 */
    CHECK("", "x", "ntile(7)", "2 1 3 5 4 6");
    CHECK("", "x", "ntile(1)", "1 1 1 1 1 1");
    CHECK("x", "x", "percent_rank()", "0/1 0/1 0/1 0/1 0/1 0/1");
    dk_table_release(table);
}

static void changes_are_differences_and_ratios(void **state)
{
    const dk_table *table = make_table(context, months);
    const dk_table *other = make_table(context, "n:integer x:decimal1 r:real d:date\n"
                                                "1|0.0|2|2024-01-31\n2|0.5|3|2024-02-29\n3|1.5|-|2024-03-31\n");

    (void)state;
    CHECK("g", "m", "change(x)", "null null null null 2 20");
    CHECK("g", "m", "change(x, 2)", "null 20 null null null null");
    CHECK("g", "m", "change_period(x, 2)", "null 20 null null null 20");
    CHECK("g", "m", "relative_change(x)", "null null null null 2/5 2/3");
    CHECK("g", "m", "relative_change_period(x, 2)", "null 2/1 null null null 2/3");
    dk_table_release(table);
    table = other;
    CHECK("", "n", "relative_change(x)", "null null 2/1"); /* after 0 there is none */
    CHECK("", "n", "change(x)", "null 0.5 1.0");
    CHECK("", "n", "relative_change(r)", "null 0.5 null");
    CHECK("", "n", "change(d)", "null 29 31");
    dk_table_release(table);
}

static void frames_run_move_and_skip_nulls(void **state)
{
    const dk_table *table = make_table(context, months);

    (void)state;
    CHECK("g", "m", "running_sum(x)", "10 40 5 10 12 90");
    CHECK("g", "m", "running_count()", "1 3 1 2 2 4");
    CHECK("g", "m", "running_count(x)", "1 2 1 1 2 3");
    CHECK("g", "m", "running_mean(x)", "10/1 20/1 5/1 10/1 6/1 30/1");
    CHECK("g", "m desc", "running_min(x)", "10 30 5 30 7 50");
    CHECK("g", "m", "running_max(m)", "2024-01 2024-03 2024-01 2024-02 2024-02 2024-05");
    CHECK("g", "m", "moving_sum(x, 2)", "10 30 5 10 12 80");
    CHECK("g", "m", "moving_mean(x, 3)", "10/1 20/1 5/1 10/1 6/1 40/1");
    CHECK("g", "m", "moving_count(x, 2)", "1 1 1 1 2 2");
    CHECK("g", "m", "moving_sum_period(x, 2)", "10 30 5 10 12 50");
    CHECK("g", "m", "moving_sum_period(x, 3)", "10 40 5 10 12 80");
    CHECK("g", "m desc", "moving_sum_period(x, 3)", "10 40 5 10 12 80");
    CHECK("g", "m", "moving_max_period(x, 3)", "10 30 5 10 7 50");
    CHECK("g", "m", "moving_min_period(x, 4)", "10 10 5 10 5 30");
    CHECK("g", "m", "moving_count_period(x, 1)", "1 1 1 0 1 1");
    CHECK("", "m", "moving_sum_period(x, 1)", "15 30 15 7 7 50"); /* all rows of a period */
    CHECK("", "m desc", "moving_sum_period(x, 2)", "15 37 15 22 22 50");
    dk_table_release(table);
}

static void aggregates_are_those_of_the_group(void **state)
{
    const dk_table *table = make_table(context, months);

    (void)state;
    CHECK("g", "", "sum(x)", "90 90 12 90 12 90");
    CHECK("g", "", "count()", "4 4 2 4 2 4");
    CHECK("g", "", "mean(x)", "30/1 30/1 6/1 30/1 6/1 30/1");
    CHECK("g", "", "min(m)", "2024-01 2024-01 2024-01 2024-01 2024-01 2024-01");
    CHECK("g", "", "max(x) where x < 50", "30 30 7 30 7 30");
    CHECK("g", "", "rows() where x is null", "1 1 0 1 0 1");
    CHECK("g", "", "sum(x) where x > 6", "90 90 7 90 7 90");
    CHECK("g", "", "share(x)", "1/9 1/3 5/12 null 7/12 5/9");
    CHECK("", "", "x - min(x)", "5 25 0 null 2 45");
    CHECK("", "", "max(g)", "Duiven Duiven Duiven Duiven Duiven Duiven");
    dk_table_release(table);
}

/* A row without a period has none before or after it, and goes with the others without one. */
static void rows_without_a_period(void **state)
{
    const dk_table *table = make_table(context, "m:quarter x:integer\n-|1\n2024Q2|2\n-|4\n2024Q1|8\n");

    (void)state;
    CHECK("", "m", "previous_period(x)", "null 8 null null");
    CHECK("", "m", "moving_sum_period(x, 2)", "5 10 5 8");
    CHECK("", "m desc", "moving_sum_period(x, 9)", "5 10 5 8");
    CHECK("", "m", "moving_min_period(x, 2)", "1 2 1 8");
    CHECK("", "m", "previous(x)", "2 8 1 null");
    dk_table_release(table);
}

static void dates_and_numbers_step_too(void **state)
{
    const dk_table *table = make_table(
        context, "d:date n:integer x:integer\n2024-02-29|-9223372036854775808|1\n2024-03-01|9223372036854775807|2\n"
                 "2024-03-08|0|4\n");

    (void)state;
    CHECK("", "d", "previous_period(x)", "null 1 null");
    CHECK("", "d", "previous_period(x, 7)", "null null 2");
    CHECK("", "d", "moving_sum_period(x, 8)", "1 3 6");
    CHECK("", "n", "moving_sum_period(x, 9223372036854775807)",
          "1 2 4"); /* each lies one too many before the next */
    CHECK("", "n", "next_period(x, 9223372036854775807)", "null null 2");
    dk_table_release(table);
}

static void every_type_has_a_previous_and_a_least(void **state)
{
    const dk_table *table = make_table(context, "n:integer b:boolean t:text r:real q:ratio c:category[laag,hoog]\n"
                                                "2|false|é|2.5|1/3|hoog\n1|true|z|-1|1/2|laag\n3|-|-|-|-|-\n");

    (void)state;
    CHECK("", "n", "previous(b)", "true null false");
    CHECK("", "n", "previous(t)", "z null é");
    CHECK("", "n", "previous(r)", "-1.0 null 2.5");
    CHECK("", "n", "previous(q)", "1/2 null 1/3");
    CHECK("", "n", "previous(c)", "laag null hoog");
    CHECK("", "n", "running_min(b)", "false true false");
    CHECK("", "n", "running_max(t)", "é z é");
    CHECK("", "n", "max(c)", "hoog hoog hoog");
    CHECK("", "n", "min(q)", "1/3 1/3 1/3");
    CHECK("", "n", "running_sum(q)", "5/6 1/2 5/6");
    CHECK("", "n", "moving_mean(q, 2)", "5/12 1/2 1/3");
    CHECK("", "n", "running_mean(r)", "0.75 -1.0 0.75");
    CHECK("", "n", "previous(c) == c", "false null null");
    dk_table_release(table);
}

/* 1e16 + 1 - 1e16 is 0 in doubles, and 1 in a window that has forgotten 1e16. */
static void sums_of_reals_are_exact_until_they_are_rounded(void **state)
{
    const dk_table *table =
        make_table(context, "n:integer r:real\n1|1e16\n2|1\n3|-1e16\n4|1e300\n5|-1e300\n6|1e-300\n");

    (void)state;
    CHECK("", "n", "running_sum(r)", "1e16 1e16 1.0 1e300 1.0 1.0");
    CHECK("", "n", "moving_sum(r, 3)", "1e16 1e16 1.0 1e300 -1e16 1e-300");
    CHECK("", "n", "sum(r)", "1.0 1.0 1.0 1.0 1.0 1.0");
    dk_table_release(table);
}

static void overflow_names_the_row(void **state)
{
    const dk_table *table = make_table(
        context,
        "n:integer x:integer q:ratio\n2|9223372036854775807|1/9223372036854775807\n3|1|1/9223372036854775806\n"
        "1|1|1/2\n4|-2|1/1\n");

    (void)state;
    CHECK("", "", "sum(x)", "9223372036854775807 9223372036854775807 9223372036854775807 9223372036854775807");
    refuses(table, "", "n", "a = running_sum(x)", DK_ERR_OVERFLOW, 5, "row 1: running_sum() does not fit");
    refuses(table, "", "n", "a = 1 + running_sum(q)", DK_ERR_OVERFLOW, 9, "row 1: running_sum() does not fit");
    refuses(table, "", "n", "a = change(case(n == 2, x, -5))", DK_ERR_OVERFLOW, 5,
            "row 1: 9223372036854775807 - -5 does not fit");
    dk_table_release(table);
}

static void later_columns_see_earlier_ones(void **state)
{
    static const char *const columns[] = { "vorige = previous(x)", "twee = previous(vorige)", "x = x * 2",
                                           "som = sum(x)",         "samen = x + vorige",      NULL };
    const dk_table *table = make_table(context, months), *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask(table, "g", "m", columns, &made, &err), &err);
    assert_string_equal(show_rows(made), "Arnhem|2024-01|20|-|-|180|-\n"
                                         "Arnhem|2024-03|60|-|10|180|-\n"
                                         "Duiven|2024-01|10|-|-|24|-\n"
                                         "Arnhem|2024-02|-|10|-|180|-\n"
                                         "Duiven|2024-02|14|5|-|24|19\n"
                                         "Arnhem|2024-05|100|30|-|180|130\n");
    dk_table_release(made);
    dk_table_release(table);
}

static void empty_tables_and_single_rows(void **state)
{
    const dk_table *table = make_table(context, "g:category m:month x:integer\n");

    (void)state;
    CHECK("g", "m", "previous_period(x) + running_sum(x) + rank() + sum(x)", "");
    dk_table_release(table);
    table = make_table(context, "g:category m:month x:integer\n-|-|-\n");
    CHECK("g", "m", "previous_period(x)", "null");
    CHECK("g", "m", "running_sum(x)", "null");
    CHECK("g", "m", "cume_dist()", "1/1");
    CHECK("g", "m", "moving_count_period(x, 2)", "0");
    dk_table_release(table);
}

static void what_is_wrong_is_shown_at_its_place(void **state)
{
    const dk_table *table = make_table(context, months);
    const dk_column *mask = NULL;
    const dk_table *margins = NULL;
    dk_builder *builder;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    refuses(table, "g", "m", "a = previous(previous(x))", DK_ERR_ARGUMENT, 14, "previous() looks at other rows");
    refuses(table, "g", "m", "a = running_sum(sum(x))", DK_ERR_ARGUMENT, 17, "sum() is a measure");
    refuses(table, "g", "m", "a = previous(x, 0)", DK_ERR_ARGUMENT, 17, "a whole number from 1");
    refuses(table, "g", "m", "a = previous(x, null)", DK_ERR_ARGUMENT, 17, "a whole number from 1");
    refuses(table, "g", "m", "a = previous(x, x)", DK_ERR_ARGUMENT, 17, "a whole number from 1");
    refuses(table, "g", "m", "a = ntile(1.5)", DK_ERR_ARGUMENT, 11, "a whole number from 1");
    refuses(table, "g", "m", "a = previous(x, 1, 2)", DK_ERR_ARGUMENT, 5,
            "previous() takes 1 to 2 arguments, not 3");
    refuses(table, "g", "m", "a = share()", DK_ERR_ARGUMENT, 5, "share() takes 1 argument, not 0");
    refuses(table, "g", "m", "a = 2 * moving_sum(g, 2)", DK_ERR_TYPE, 20,
            "moving_sum() wants a number, and this is category");
    refuses(table, "g", "m", "a = median(x)", DK_ERR_ARGUMENT, 5, "windows have no median()");
    refuses(table, "g", "m", "a = all(sum(x))", DK_ERR_ARGUMENT, 5, "belongs in a breakdown");
    refuses(table, "g", "m", "a = sum(x) where m", DK_ERR_TYPE, 18, "a condition is wanted, and this is month");
    refuses(table, "g", "m", "a = previous(y)", DK_ERR_NAME, 14, "unknown column y");
    refuses(table, "g", "m", "a = prevous(x)", DK_ERR_NAME, 5, "did you mean previous()?");
    refuses(table, "g", "", "a = rank()", DK_ERR_ARGUMENT, 5, "rank() needs an order");
    refuses(table, "g", "x,m", "a = previous_period(x)", DK_ERR_ARGUMENT, 5, "the order of this window has 2 keys");
    refuses(table, "g", "", "a = moving_sum_period(x, 2)", DK_ERR_ARGUMENT, 5,
            "the order of this window has 0 keys");
    refuses(table, "", "g", "a = next_period(x)", DK_ERR_ARGUMENT, 5, "and the order of this window is category");
    refuses(table, "", "m", "a = next_period(x)", DK_ERR_DUPLICATE, 5,
            "finds 2024-01 twice in a group: rows 1 and 3");
    refuses(table, "", "m", "previous(x)", DK_ERR_ARGUMENT, 0, "the expression has no name: previous(x)");
    refuses(table, "gg", "m", "a = 1", DK_ERR_NAME, 0, "gg");
    refuses(table, "g", "m down", "a = 1", DK_ERR_ARGUMENT, 0, "window: order: 'm down'");
    refuses(table, "k = g", "m", "a = 1", DK_ERR_ARGUMENT, 0, "gives a key a name");
    refuses(table, "g", "m + * 2", "a = 1", DK_ERR_SYNTAX, 0, "a value");
    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    for (int i = 0; i < 6; i++)
        assert_ok(dk_builder_integer(builder, 1, &err), &err);
    assert_ok(dk_builder_finish(builder, &mask, &err), &err);
    dk_builder_release(builder);
    assert_ok(dk_table_with_margin(table, mask, &margins, &err), &err);
    refuses(margins, "g", "m", "a = 1", DK_ERR_MARGIN, 0, "take the table without them: t:detail()");
    dk_table_release(margins);
    dk_column_release(mask);
    dk_table_release(table);
}

/* Three persons of 1, nobody of 9, one of 4, two who are not known. */
static void a_row_is_as_many_as_it_weighs(void **state)
{
    const dk_table *table = with_weight(make_table(context, "x:integer w:integer\n1|3\n9|0\n4|1\n-|2\n"), "w");

    (void)state;
    CHECK("", "", "count()", "6 6 6 6");
    CHECK("", "", "rows()", "4 4 4 4");
    CHECK("", "", "sum(x)", "7 7 7 7");
    CHECK("", "", "mean(x)", "7/4 7/4 7/4 7/4");
    CHECK("", "", "mean(x) where x > 1", "4/1 4/1 4/1 4/1");
    CHECK("", "", "sum(x) where x > 4", "null null null null");
    CHECK("", "", "max(x)", "4 4 4 4");
    CHECK("", "", "running_count(x)", "3 3 4 4");
    CHECK("", "", "running_count()", "3 3 4 6");
    CHECK("", "", "running_sum(x)", "3 3 7 7");
    CHECK("", "", "running_mean(x)", "1/1 1/1 7/4 7/4");
    CHECK("", "", "moving_sum(x, 2)", "3 3 4 4");
    CHECK("", "", "moving_mean(real(x), 2)", "1.0 1.0 4.0 4.0");
    CHECK("", "", "moving_mean(x / 2, 3)", "1/2 1/2 7/8 2/1");
    CHECK("", "", "moving_min(x, 1)", "1 null 4 null");
    CHECK("", "", "share(x)", "3/7 0/1 4/7 null");
    CHECK("", "x", "row_number() + rank()", "2 6 4 8"); /* places are those of rows, ... */
    CHECK("", "", "change(x)", "null 8 -5 null");       /* ... and so is what stands before */
    dk_table_release(table);
    table = with_weight(make_table(context, "x:integer w:integer\n1|0\n2|0\n"), "w");
    CHECK("", "", "mean(x)", "null null");
    CHECK("", "", "sum(real(x))", "null null");
    CHECK("", "", "running_count()", "0 0");
    CHECK("", "", "share(x)", "null null");
    dk_table_release(table);
}

/* A sum has the digits of both, as far as they fit. */
static void weights_may_be_parts_of_persons(void **state)
{
    const dk_table *table =
        with_weight(make_table(context, "x:decimal1 w:decimal2\n1.5|0.25\n2.0|1.50\n-|0.75\n"), "w");

    (void)state;
    CHECK("", "", "running_count()", "0.25 1.75 2.50");
    CHECK("", "", "running_count(x)", "0.25 1.75 1.75");
    CHECK("", "", "running_sum(x)", "0.375 3.375 3.375");
    CHECK("", "", "running_mean(x)", "3/2 27/14 27/14");
    CHECK("", "", "sum(x / 2)", "27/16 27/16 27/16");
    CHECK("", "", "mean(x / 2)", "27/28 27/28 27/28");
    CHECK("", "", "sum(real(x))", "3.375 3.375 3.375");
    CHECK("", "", "share(x)", "1/9 8/9 null");
    dk_table_release(table);
    table = with_weight(make_table(context, "x:decimal12 w:decimal9\n1.000000000000|2.000000000\n"
                                            "3.500000000000|4.500000000\n"),
                        "w");
    CHECK("", "", "running_sum(x)", "2.00000000000000000 17.75000000000000000");
    dk_table_release(table);
    table = with_weight(make_table(context, "x:decimal12 w:decimal9\n1.000000000001|20.000000001\n"), "w");
    refuses(table, "", "", "a = running_sum(x)", DK_ERR_OVERFLOW, 5, "row 1: running_sum() does not fit");
    dk_table_release(table);
    table = with_weight(make_table(context, "x:integer w:integer\n1|1\n4611686018427387904|2\n"), "w");
    refuses(table, "", "", "a = running_sum(x)", DK_ERR_OVERFLOW, 5, "row 2: running_sum() does not fit");
    dk_table_release(table);
}

/* Outside a window the functions are known, and refused. */
static void windows_stand_in_windows_alone(void **state)
{
    const dk_table *table = make_table(context, months);

    (void)state;
    fails(table, "1 + running_sum(x)", DK_ERR_ARGUMENT, 5, "running_sum() looks at other rows");
    fails(table, "previos(x)", DK_ERR_NAME, 1, "did you mean previous()?");
    dk_table_release(table);
}

static void notes_of_arguments_are_kept(void **state)
{
    static const char *const columns[] = { "a = previous(g == 'Arnem')", NULL };
    const dk_table *table = make_table(context, months), *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask(table, "", "m", columns, &made, &err), &err);
    assert_int_equal(dk_table_n_notes(made), 1);
    assert_non_null(strstr(dk_table_note(made, 0), "the nearest is \"Arnhem\""));
    dk_table_release(made);
    dk_table_release(table);
}

/* What the result says of how it was made; good until the next call. */
static const char *lineage(const dk_table *table)
{
    static char out[2000];
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < dk_table_n_lineage(table); i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);

        used += (size_t)snprintf(out + used, sizeof out - used, "%s%s%s\n", item->name ? item->name : "",
                                 item->name ? ": " : "", item->text ? item->text : "");
    }
    return out;
}

static void a_window_goes_into_the_lineage(void **state)
{
    static const char *const columns[] = { "a = previous(x)", "b = a + $k * sum(x)", NULL };
    const char *within = "g", *order = "m desc";
    const dk_param param = { "k", { .type = DK_INTEGER, .as.integer = 2 } };
    const dk_params params = { &param, 1 };
    const dk_expr *exprs[2];
    const dk_window_spec spec = { &within, 1, &order, 1, exprs, 2 };
    const dk_table *table = make_table(context, months), *made = NULL;
    dk_window_spec counted = { .columns = exprs, .n_columns = 1 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 2; i++)
        exprs[i] = parse(columns[i]);
    assert_ok(dk_table_window(table, &spec, &params, &made, &err), &err);
    assert_non_null(strstr(lineage(made), "looked at other rows, within g, in the order of m desc\n"
                                          "a: previous(x)\nb: a + $k * sum(x)\nk: 2\n"));
    dk_table_release(made);
    for (size_t i = 0; i < 2; i++)
        dk_expr_release(exprs[i]);
    dk_table_release(table);
    table = with_weight(make_table(context, "x:integer w:integer\n1|3\n"), "w");
    exprs[0] = parse("a = sum(x)");
    assert_ok(dk_table_window(table, &counted, NULL, &made, &err), &err);
    assert_non_null(strstr(lineage(made), "looked at other rows, each row as many as its w\na: sum(x)\n"));
    dk_table_release(made);
    dk_expr_release(exprs[0]);
    dk_table_release(table);
}

static void failing_memory_and_interruption_are_statuses(void **state)
{
    static const char *const columns[] = { "a = previous(x) + next_period(x) + relative_change(x)",
                                           "b = rank() + cume_dist() + share(r)",
                                           "c = case(g == 'Arnem', running_sum(q), moving_mean(q, 2))",
                                           "d = moving_min_period(g, 2)",
                                           "e = max(x) where x > 3",
                                           "f = moving_sum_period(x, 2) + running_count(x) + count()",
                                           NULL };
    const char *within = "g", *order = "m desc";
    const dk_expr *exprs[6];
    const dk_window_spec spec = { &within, 1, &order, 1, exprs, 6 };
    const dk_table *table = make_table(
                       context,
                       "g:category m:month x:integer r:real q:ratio w:decimal2\nArnhem|2024-01|3|0.5|1/2|0.00\n"
                       "Arnhem|2024-02|-|-|-|1.00\nDuiven|2024-01|4|1e-300|1/3|2.50\n"),
                   *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 6; i++)
        exprs[i] = parse(columns[i]);
    dk_set_threads(1);
    for (int weighed = 0; weighed < 2; weighed++) {
        if (weighed)
            table = with_weight(table, "w");
        assert_survives_failing_memory(context, dk_table_window(table, &spec, NULL, &made, &err), &err,
                                       made == NULL, dk_table_release(made));
        made = NULL;
    }
    dk_context_interrupt(context);
    assert_fails(dk_table_window(table, &spec, NULL, &made, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    dk_context_set_budget(context, dk_context_used_bytes(context) + 10000);
    assert_fails(dk_table_window(table, &spec, NULL, &made, &err), &err, DK_ERR_MEMORY, "");
    dk_context_set_budget(context, 0);
    assert_null(made);
    for (size_t i = 0; i < 6; i++)
        dk_expr_release(exprs[i]);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(previous_goes_by_rows_and_previous_period_by_periods, start, stop),
        cmocka_unit_test_setup_teardown(without_within_all_rows_are_one_group_and_without_order_the_tables, start,
                                        stop),
        cmocka_unit_test_setup_teardown(ranks_of_peers_are_equal, start, stop),
        cmocka_unit_test_setup_teardown(changes_are_differences_and_ratios, start, stop),
        cmocka_unit_test_setup_teardown(frames_run_move_and_skip_nulls, start, stop),
        cmocka_unit_test_setup_teardown(aggregates_are_those_of_the_group, start, stop),
        cmocka_unit_test_setup_teardown(rows_without_a_period, start, stop),
        cmocka_unit_test_setup_teardown(dates_and_numbers_step_too, start, stop),
        cmocka_unit_test_setup_teardown(every_type_has_a_previous_and_a_least, start, stop),
        cmocka_unit_test_setup_teardown(sums_of_reals_are_exact_until_they_are_rounded, start, stop),
        cmocka_unit_test_setup_teardown(overflow_names_the_row, start, stop),
        cmocka_unit_test_setup_teardown(later_columns_see_earlier_ones, start, stop),
        cmocka_unit_test_setup_teardown(empty_tables_and_single_rows, start, stop),
        cmocka_unit_test_setup_teardown(a_row_is_as_many_as_it_weighs, start, stop),
        cmocka_unit_test_setup_teardown(weights_may_be_parts_of_persons, start, stop),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_shown_at_its_place, start, stop),
        cmocka_unit_test_setup_teardown(windows_stand_in_windows_alone, start, stop),
        cmocka_unit_test_setup_teardown(notes_of_arguments_are_kept, start, stop),
        cmocka_unit_test_setup_teardown(a_window_goes_into_the_lineage, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_and_interruption_are_statuses, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
