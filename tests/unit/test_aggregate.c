/* test_aggregate.c - count, rows, sum, mean, min and max: exact, and the same for any order of rows. */
#include <float.h>

#include "answers.h"

static void assert_weighted(const char *data, const struct question *question, const char *expected)
{
    const dk_table *table = with_weight(make_table(context, data), "w");

    assert_rows(table, question, expected);
    dk_table_release(table);
}

static void assert_overflows(const dk_table *table, const struct question *question, const char *part)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(ask_table(question, table, NULL, &result, &err), &err, DK_ERR_OVERFLOW, part);
    assert_null(result);
    dk_table_release(table);
}

#define SUMMARY ASK(.measures = { "n = count()", "s = sum(x)", "m = mean(x)", "a = min(x)", "z = max(x)" })

static void integers_are_summed_exactly(void **state)
{
    (void)state;
    assert_answer("x:integer\n1\n-\n2\n4\n", SUMMARY, "4|7|7/3|1|4\n");
    /* passes 64 bits on the way, and comes back */
    assert_answer(
        "x:integer\n9223372036854775807\n9223372036854775807\n-9223372036854775807\n-9223372036854775808\n",
        SUMMARY, "4|-1|-1/4|-9223372036854775808|9223372036854775807\n");
    assert_overflows(make_table(context, "x:integer\n9223372036854775807\n1\n"), ASK(.measures = { "s = sum(x)" }),
                     "measure s of breakdown vraag: sum() does not fit in 64 bits (all rows)");
    assert_overflows(make_table(context, "g:category x:integer\na|1\nb|9223372036854775807\nb|1\n"),
                     ASK(.by = { "g" }, .measures = { "s = sum(x)" }), "(g = b)");
    /* the mean fits although the sum does not */
    assert_answer("x:integer\n9223372036854775807\n9223372036854775805\n", ASK(.measures = { "m = mean(x)" }),
                  "9223372036854775806/1\n");
}

static void decimals_are_summed_exactly(void **state)
{
    (void)state;
    assert_answer("x:decimal2\n0.10\n0.20\n-\n-0.30\n12.34\n", SUMMARY, "5|12.34|617/200|-0.30|12.34\n");
}

/* Twos, fives and the number of values are taken out apart. */
static void means_of_decimals_are_in_lowest_terms(void **state)
{
    (void)state;
    assert_answer(
        "g:category x:decimal2\na|0.10\na|0.20\na|0.30\na|0.40\nb|-1.25\nb|-1.25\nc|3.00\nd|0.01\nd|0.02\n"
        "e|0.64\nf|10.00\nf|20.00\nf|30.00\nh|-\ni|0.00\ni|0.00\nj|-0.30\nj|0.10\nj|-0.05\nk|0.07\nk|0.07\n"
        "k|0.07\nk|0.07\nk|0.07\nk|0.07\nk|0.07\n",
        ASK(.by = { "g" }, .measures = { "m = mean(x)" }),
        "a|1/4\nb|-5/4\nc|3/1\nd|3/200\ne|16/25\nf|20/1\nh|-\ni|0/1\nj|-1/12\nk|7/100\n");
    assert_answer("x:decimal18\n9.223372036854775807\n", ASK(.measures = { "m = mean(x)" }),
                  "9223372036854775807/1000000000000000000\n");
    assert_answer("x:decimal18\n-0.000000000000000001\n0.000000000000000000\n", ASK(.measures = { "m = mean(x)" }),
                  "-1/2000000000000000000\n");
    assert_answer("x:integer\n-9223372036854775808\n", ASK(.measures = { "m = mean(x)" }),
                  "-9223372036854775808/1\n");
    assert_overflows(make_table(context, "x:decimal18\n0.000000000000000001\n0\n0\n0\n0\n0\n0\n0\n0\n0\n"),
                     ASK(.measures = { "m = mean(x)" }), "mean() does not fit in 64 bits");
}

static void one_tenth_ten_times_is_one(void **state)
{
    (void)state;
    assert_answer("x:decimal1\n0.1\n0.1\n0.1\n0.1\n0.1\n0.1\n0.1\n0.1\n0.1\n0.1\n",
                  ASK(.measures = { "s = sum(x)", "gelijk = sum(x) == 1" }), "1.0|true\n");
}

static void ratios_are_summed_exactly_in_any_order(void **state)
{
    (void)state;
    assert_answer("x:ratio\n1/3\n1/6\n-\n-3/2\n", SUMMARY, "4|-1/1|-1/3|-3/2|1/3\n");
    /* one after another these pass 64 bits: 1/a + 1/b has a denominator of a * b; and they cancel out */
    assert_answer(
        "x:ratio\n1/3037000507\n1/3037000511\n1/3037000517\n1/2\n-1/3037000517\n-1/3037000511\n-1/3037000507\n",
        ASK(.measures = { "s = sum(x)" }), "1/2\n");
    assert_overflows(make_table(context, "x:ratio\n1/3037000507\n1/3037000511\n1/3037000517\n"),
                     ASK(.measures = { "s = sum(x)" }), "sum(real(x))");
}

static void reals_are_summed_exactly_and_rounded_once(void **state)
{
    (void)state;
    assert_answer("x:real\n1e308\n1e-308\n-1e308\n", ASK(.measures = { "s = sum(x)" }), "1e-308\n");
    assert_answer("x:real\n0.1\n0.2\n-\n0.3\n", SUMMARY, "4|0.6|0.2|0.1|0.3\n");
    assert_answer("x:real\n1e308\n1e308\n", ASK(.measures = { "m = mean(x)" }), "1e308\n");
    assert_overflows(make_table(context, "x:real\n1e308\n1e308\n"), ASK(.measures = { "s = sum(x)" }),
                     "greatest real");
}

/* Values of every size in two orders: the bits of the sum are the same, for any blocks and threads. */
static void sums_of_reals_do_not_depend_on_order(void **state)
{
    static double values[3000];
    double first = 0;
    uint64_t seed = 77;

    (void)state;
    for (size_t i = 0; i < 3000; i++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        values[i] = ldexp((double)(int64_t)seed, (int)(seed % 1900) - 1000);
    }
    for (int order = 0; order < 4; order++) {
        dk_builder *builder = NULL;
        dk_field field = DK_FIELD("x", NULL);
        const dk_table *table = NULL, *result = NULL;
        dk_value value;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dk_builder_new(context, DK_REAL, 0, NULL, &builder, &err), &err);
        for (size_t i = 0; i < 3000; i++)
            assert_ok(dk_builder_real(builder, values[order % 2 ? 2999 - i : i], &err), &err);
        assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
        dk_builder_release(builder);
        assert_ok(dk_table_new(context, &field, 1, 3000, &table, &err), &err);
        dk_set_threads(order < 2 ? 1 : 2);
        dk_context_set_block_rows(context, order < 2 ? DK_BLOCK_ROWS : 7);
        assert_ok(ask_table(ASK(.measures = { "s = sum(x)" }), table, NULL, &result, &err), &err);
        assert_ok(dk_column_get(dk_table_field(result, 0)->column, 0, &value, &err), &err);
        if (order == 0)
            first = value.as.real;
        assert_memory_equal(&first, &value.as.real, sizeof first);
        dk_column_release(field.column);
        dk_table_release(table);
        dk_table_release(result);
    }
    dk_set_threads(0);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void min_and_max_take_every_type(void **state)
{
    const struct question *question = ASK(.measures = { "a = min(x)", "z = max(x)" });

    (void)state;
    assert_answer("x:category[laag,midden,hoog]\nhoog\n-\nlaag\nmidden\n", question, "laag|hoog\n");
    assert_answer("x:text\nz\n-\né\n\nZ\n", question, "|é\n");
    assert_answer("x:date\n2024-02-29\n-\n1969-12-31\n", question, "1969-12-31|2024-02-29\n");
    assert_answer("x:timestamp\n2024-02-29T12:00:00\n2024-02-29T11:59:59\n", question,
                  "2024-02-29T11:59:59|2024-02-29T12:00:00\n");
    assert_answer("x:boolean\ntrue\n-\nfalse\n", question, "false|true\n");
    assert_answer("x:real\n-0.5\n-\n1e300\n", question, "-0.5|1e300\n");
    assert_answer("x:ratio\n1/2\n2/3\n-\n1/3\n", question, "1/3|2/3\n");
    assert_answer("x:text\n-\n-\n", question, "-|-\n");
}

static void constants_are_arguments_too(void **state)
{
    (void)state;
    assert_answer(
        "g:category\na\nb\na\n",
        ASK(.by = { "g" }, .measures = { "s = sum(2)", "m = mean(0.5)", "a = max('x')", "n = count() where true" }),
        "a|4|1/2|x|2\nb|2|1/2|x|1\n");
}

/* An aggregate that several measures mention is one. */
static void the_same_aggregate_is_one(void **state)
{
    (void)state;
    assert_answer("x:integer y:boolean\n1|true\n2|false\n3|true\n",
                  ASK(.measures = { "a = sum(x) where y", "b = (sum(x) where y) + sum(x)", "c = sum(x) - sum(x)" }),
                  "4|10|0\n");
}

static void weights_are_summed_exactly(void **state)
{
    (void)state;
    assert_weighted("x:integer w:decimal9\n3|0.333333333\n3|0.666666667\n-|1.000000000\n",
                    ASK(.measures = { "n = count()", "s = sum(x)", "m = mean(x)", "r = rows()" }),
                    "2.000000000|3.000000000|3/1|3\n");
    assert_weighted("x:decimal2 w:integer\n1.25|2\n0.50|4\n9.99|0\n",
                    ASK(.measures = { "n = count()", "s = sum(x)", "m = mean(x)", "z = max(x)" }),
                    "6|4.50|3/4|1.25\n");
    assert_weighted("x:real w:decimal1\n0.1|0.5\n0.2|0.5\n", ASK(.measures = { "s = sum(x)", "m = mean(x)" }),
                    "0.15000000000000002|0.15000000000000002\n");
    assert_weighted("x:ratio w:decimal1\n1/3|0.5\n1/6|1.5\n", ASK(.measures = { "s = sum(x)", "m = mean(x)" }),
                    "5/12|5/24\n");
    assert_weighted("x:integer w:integer\n1|0\n2|0\n",
                    ASK(.measures = { "n = count()", "s = sum(x)", "m = mean(x)", "a = min(x)", "r = rows()" }),
                    "0|-|-|-|2\n");
}

/* Digits of values and weights add up; those that nothing needs are taken off where they have no room. */
static void a_weighted_sum_keeps_the_digits_that_fit(void **state)
{
    (void)state;
    assert_weighted("x:decimal9 w:decimal9\n2.000000000|1.500000000\n", ASK(.measures = { "s = sum(x)" }),
                    "3.000000000000000000\n");
    assert_weighted("x:decimal9 w:decimal9\n2000000.000000000|1.500000000\n", ASK(.measures = { "s = sum(x)" }),
                    "3000000.000000000000\n");
    assert_weighted("x:decimal15 w:decimal9\n2.000000000000000|1.500000000\n", ASK(.measures = { "s = sum(x)" }),
                    "3.000000000000000000\n");
    assert_overflows(
        with_weight(make_table(context, "x:decimal15 w:decimal9\n2.000000000000001|1.500000001\n"), "w"),
        ASK(.measures = { "s = sum(x)" }), "does not fit");
    assert_overflows(with_weight(make_table(context, "x:integer w:integer\n9000000000000000000|2\n"), "w"),
                     ASK(.measures = { "s = sum(x)" }), "does not fit");
}

/* Eight products of 126 bits pass 128 bits on the way, and come back. */
static void weighted_sums_pass_128_bits_on_the_way(void **state)
{
    (void)state;
    assert_weighted("x:integer w:integer\n"
                    "9223372036854775807|9223372036854775807\n9223372036854775807|9223372036854775807\n"
                    "9223372036854775807|9223372036854775807\n9223372036854775807|9223372036854775807\n"
                    "5|7\n"
                    "-9223372036854775807|9223372036854775807\n-9223372036854775807|9223372036854775807\n"
                    "-9223372036854775807|9223372036854775807\n-9223372036854775807|9223372036854775807\n",
                    ASK(.measures = { "s = sum(x)" }), "35\n");
    assert_weighted("x:ratio w:integer\n"
                    "9223372036854775807/2|9223372036854775807\n9223372036854775807/2|9223372036854775807\n"
                    "9223372036854775807/2|9223372036854775807\n"
                    "5/2|7\n"
                    "-9223372036854775807/2|9223372036854775807\n-9223372036854775807/2|9223372036854775807\n"
                    "-9223372036854775807/2|9223372036854775807\n",
                    ASK(.measures = { "s = sum(x)" }), "35/2\n");
}

static void totals_are_those_of_the_groups(void **state)
{
    (void)state;
    assert_answer("g:integer x:real y:text z:ratio\n1|1e308|b|1/3\n2|1e-308|a|1/6\n3|-1e308|c|-\n",
                  ASK(.by = { "g" }, .measures = { "s = sum(x)", "a = min(y)", "r = sum(z)", "m = mean(z)" },
                      .margins = DK_MARGINS_TOTALS),
                  "1|1e308|b|1/3|1/3\n2|1e-308|a|1/6|1/6\n3|-1e308|c|-|-\n*|1e-308|a|1/2|1/4\n");
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *table =
        with_weight(make_table(context, "g:integer x:real y:text z:ratio w:decimal1 d:decimal2\n"
                                        "1|0.5|b|1/3|0.5|1.25\n2|0.5|a|1/6|1.5|1.50\n1|2|a|1/7|1.0|-\n"),
                    "w");
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(
        context,
        ask_table(ASK(.by = { "g" },
                      .measures = { "a = sum(x)", "b = mean(x)", "c = sum(z)", "d1 = mean(z)", "e = max(y)",
                                    "f = sum(d)", "h = mean(d)", "i = min(z)", "j = rows()", "k = count()" },
                      .margins = DK_MARGINS_TOTALS),
                  table, NULL, &result, &err),
        &err, result == NULL, dk_table_release(result));
    dk_set_threads(0);
    dk_table_release(table);
}

/* Expected values are those of R's quantile(type = 7). */
static void quantiles_are_of_type_7(void **state)
{
    (void)state;
    assert_answer(
        "g:category n:integer\na|1\na|2\na|4\na|10\nb|7\nb|-\nc|-\n",
        ASK(.by = { "g" }, .measures = { "m = median(n)", "q = quantile(n, 0.9)", "least = quantile(n, 0)",
                                         "most = quantile(n, 1)", "third = quantile(n, 1 / 3)" }),
        "a|3/1|41/5|1/1|10/1|2/1\nb|7/1|7/1|7/1|7/1|7/1\nc|-|-|-|-|-\n");
    assert_answer("x:decimal2\n0.10\n0.30\n", ASK(.measures = { "m = median(x)", "q = quantile(x, 0.25)" }),
                  "1/5|3/20\n");
    assert_answer("x:real\n0.5\n-2\n8\n-0\n", ASK(.measures = { "m = median(x)", "q = quantile(x, 0.75)" }),
                  "0.25|2.375\n");
    assert_answer("n:integer\n-9223372036854775808\n9223372036854775807\n",
                  ASK(.measures = { "m = median(n)", "a = quantile(n, 0)" }), "-1/2|-9223372036854775808/1\n");
    assert_answer("n:integer\n", ASK(.measures = { "m = median(n)", "d = distinct(n)" }), "-|0\n");
}

/* A total's quantile is that of all its rows, which no quantile of its parts tells. */
static void quantiles_and_distinct_counts_have_totals(void **state)
{
    (void)state;
    assert_answer("g:category h:category n:integer s:text\na|x|1|p\na|y|2|p\nb|x|9|q\nb|x|9|-\nb|y|5|p\n",
                  ASK(.by = { "g", "h" }, .measures = { "m = median(n)", "d = distinct(n)", "e = distinct(s)" },
                      .margins = DK_MARGINS_CUBE),
                  "a|x|1/1|1|1\na|y|2/1|1|1\na|*|3/2|2|1\nb|x|9/1|1|1\nb|y|5/1|1|1\nb|*|9/1|2|2\n"
                  "*|x|9/1|2|2\n*|y|7/2|2|1\n*|*|5/1|4|2\n");
}

static void assert_measure_fails(const dk_table *table, const char *measure, dk_status status, const char *message)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(ask_table(ASK(.measures = { measure }), table, NULL, &result, &err), &err, status, message);
    assert_null(result);
}

static void quantiles_say_what_they_take(void **state)
{
    const dk_table *table = make_table(context, "n:integer c:category q:ratio\n1|a|1/2\n2|b|1/3\n");

    (void)state;
    assert_measure_fails(table, "m = median(c)", DK_ERR_TYPE, "median() takes a number, and this is category");
    assert_measure_fails(table, "m = median(q)", DK_ERR_TYPE,
                         "takes an integer, a decimal or a real, and this is a ratio");
    assert_measure_fails(table, "m = quantile(n, 1.5)", DK_ERR_ARGUMENT, "a share of 0 to 1");
    assert_measure_fails(table, "m = quantile(n, n)", DK_ERR_ARGUMENT, "a share of 0 to 1");
    assert_measure_fails(table, "m = quantile(n, -1)", DK_ERR_ARGUMENT, "a share of 0 to 1");
    assert_measure_fails(table, "m = quantile(n, null)", DK_ERR_ARGUMENT, "a share of 0 to 1");
    dk_table_release(table);
}

/* A quantile at a share of many digits has too many above and below; the message names the measure and the group. */
static void a_quantile_that_does_not_fit_says_so(void **state)
{
    const dk_table *table = make_table(context, "n:integer\n1\n9223372036854775806\n");

    (void)state;
    assert_measure_fails(table, "m = quantile(n, 0.333333333333333331)", DK_ERR_OVERFLOW, "measure m");
    dk_table_release(table);
}

static void failing_memory_in_quantiles_leaves_nothing(void **state)
{
    static const struct question question = { .by = { "g" },
                                              .measures = { "m = median(n)", "d = distinct(s)", "e = median(r)",
                                                            "f = distinct(q)" },
                                              .margins = DK_MARGINS_TOTALS };
    const dk_table *table = make_table(context, "g:text n:integer s:text r:real q:ratio\n"
                                                "a|1|p|1|1/2\na|2|q|2|1/3\nb|3|p|3|1/2\nb|3|-|-|-\n");
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_ok(ask_table(&question, table, NULL, &result, &err), &err); /* what is kept with columns is there then */
    dk_table_release(result);
    assert_ask_survives(&question, table);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(integers_are_summed_exactly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(decimals_are_summed_exactly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(means_of_decimals_are_in_lowest_terms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_tenth_ten_times_is_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ratios_are_summed_exactly_in_any_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reals_are_summed_exactly_and_rounded_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sums_of_reals_do_not_depend_on_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(min_and_max_take_every_type, set_up, tear_down),
        cmocka_unit_test_setup_teardown(constants_are_arguments_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_aggregate_is_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weights_are_summed_exactly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_weighted_sum_keeps_the_digits_that_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weighted_sums_pass_128_bits_on_the_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_are_those_of_the_groups, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quantiles_are_of_type_7, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quantiles_and_distinct_counts_have_totals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quantiles_say_what_they_take, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_quantile_that_does_not_fit_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_in_quantiles_leaves_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
