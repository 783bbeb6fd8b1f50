/* test_moments.c - variance, sd, cov, corr, mode, first and last: exact, and the same for any order and threads. */
#include <math.h>

#include "measure/moments.h"
#include "tables.h"

#include "with_context.h"

/* In blocks of some sizes, with one thread and two. */
static void assert_answer(const char *data, const struct question *question, const char *expected)
{
    static const size_t blocks[] = { 1, 3, DK_BLOCK_ROWS };
    const dk_table *table = make_table(context, data);

    for (size_t i = 0; i < 6; i++) {
        const dk_table *result = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + (unsigned)i % 2);
        dk_context_set_block_rows(context, blocks[i / 2]);
        assert_ok(ask_table(question, table, NULL, &result, &err), &err);
        assert_string_equal(show_rows(result), expected);
        dk_table_release(result);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_table_release(table);
}

static void assert_refused(const char *data, const char *measure, dk_status status, const char *part)
{
    const dk_table *table = make_table(context, data), *result = NULL;
    const struct question question = { .measures = { measure } };
    dk_error err = DK_ERROR_INIT;

    assert_fails(ask_table(&question, table, NULL, &result, &err), &err, status, part);
    assert_null(result);
    dk_table_release(table);
}

#define PAIRS \
    ASK(.measures = { "v = variance(x)", "w = variance(y)", "s = sd(y)", "c = cov(x, y)", "r = corr(x, y)" })

/* Anscombe's first set (The American Statistician 27, 1973): variances 11 and 4.127, correlation 0.816. The digits are
 * those of exact fractions. */
static void anscombes_first_set_is_as_published(void **state)
{
#define ANSCOMBE \
    "10|8.04\n8|6.95\n13|7.58\n9|8.81\n11|8.33\n14|9.96\n6|7.24\n4|4.26\n12|10.84\n7|4.82\n-|1.00\n9|-\n5|5.68\n"
    (void)state;
    assert_answer("x:integer y:decimal2\n" ANSCOMBE,
                  ASK(.measures = { "v = variance(x)", "w = variance(y)", "c = cov(x, y)", "r = corr(x, y)" },
                      .where = "x is not null and y is not null"),
                  "11.0|4.127269090909091|5.501|0.8164205163448399\n");
    assert_answer("x:integer y:decimal2\n" ANSCOMBE, ASK(.measures = { "c = cov(x, y)", "r = corr(x, y)" }),
                  "5.501|0.8164205163448399\n"); /* pairs of which one is null are left out */
    assert_answer(
        "x:real y:real\n" ANSCOMBE,
        ASK(.measures = { "v = variance(x)", "w = variance(y)", "s = sd(y)", "c = cov(x, y)", "r = corr(x, y)" },
            .where = "x is not null and y is not null"),
        "11.0|4.127269090909091|2.031568135925815|5.501|0.8164205163448398\n");
}

static void of_fewer_than_two_values_nothing_is_known(void **state)
{
    (void)state;
    assert_answer("x:integer y:integer\n", PAIRS, "-|-|-|-|-\n");
    assert_answer("x:integer y:integer\n3|-\n-|4\n", PAIRS, "-|-|-|-|-\n");
    assert_answer("x:real y:real\n3|4\n", PAIRS, "-|-|-|-|-\n");
    assert_answer("x:integer y:integer\n3|4\n3|5\n", PAIRS,
                  "0.0|0.5|0.7071067811865476|0.0|-\n"); /* x does not vary */
}

static void a_line_has_correlation_1_and_minus_1(void **state)
{
    (void)state;
    assert_answer("x:real y:real z:real\n0.1|0.2|-0.1\n0.7|1.4|-0.7\n0.30000000000000004|0.6000000000000001|"
                  "-0.30000000000000004\n",
                  ASK(.measures = { "a = corr(x, y)", "b = corr(x, z)", "c = corr(x, x)" }), "1.0|-1.0|1.0\n");
}

/* Where squares pass 64 and 128 bits, and where a formula in floating point would lose everything. */
static void extreme_values_are_exact(void **state)
{
    (void)state;
    assert_answer("x:integer\n9223372036854775807\n-9223372036854775808\n9223372036854775807\n0\n",
                  ASK(.measures = { "v = variance(x)" }), "7.798137575271506e37\n");
    assert_answer("x:integer y:integer\n9223372036854775807|-9223372036854775808\n"
                  "-9223372036854775808|9223372036854775807\n",
                  ASK(.measures = { "c = cov(x, y)", "r = corr(x, y)" }), "-1.7014118346046923e38|-1.0\n");
    assert_answer("x:real\n1000000000000001\n1000000000000002\n1000000000000004\n",
                  ASK(.measures = { "v = variance(x)" }), "2.3333333333333335\n");
    assert_answer("x:real\n1e-200\n3e-200\n1e-30\n", ASK(.measures = { "v = variance(x)" }),
                  "3.333333333333334e-61\n");
    assert_answer("x:real y:real\n1e150|1e200\n-1e150|-1e200\n1|0\n",
                  ASK(.measures = { "v = variance(x)", "r = corr(x, y)" }), "9.999999999999999e299|1.0\n");
    assert_answer("x:real y:real\n1e200|1e-200\n-1e200|2e-200\n", ASK(.measures = { "c = cov(x, y)" }), "-1.0\n");
    assert_refused("x:real\n1e200\n-1e200\n", "v = variance(x)", DK_ERR_OVERFLOW,
                   "measure v of breakdown vraag: variance() is beyond the greatest real (all rows)");
}

/* Another way to the same: the sum over all pairs of (x - y)^2 is n (n - 1) times the variance. */
static void variance_is_that_of_all_pairs(void **state)
{
    uint64_t seed = 99;

    (void)state;
    for (int round = 0; round < 200; round++) {
        dki_moments narrow, whole, real, part;
        int64_t values[40];
        size_t n = 2 + (size_t)(round % 39);
        dki_i128 pairs = 0;
        dk_error err = DK_ERROR_INIT;
        unsigned set = 1 << DKI_MOMENT_X | 1 << DKI_MOMENT_XX;
        dki_scaled a, b, c;

        dki_moments_init(&narrow, context, DKI_MOMENTS_NARROW, set);
        dki_moments_init(&whole, context, DKI_MOMENTS_WHOLE, set);
        dki_moments_init(&real, context, DKI_MOMENTS_REAL, set);
        dki_moments_init(&part, context, DKI_MOMENTS_REAL, set);
        assert_ok(dki_moments_room(&narrow, 2, &err), &err);
        assert_ok(dki_moments_room(&whole, 2, &err), &err);
        assert_ok(dki_moments_room(&real, 2, &err), &err);
        assert_ok(dki_moments_room(&part, 1, &err), &err);
        for (size_t i = 0; i < n; i++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            values[i] = (int64_t)(seed >> 40) - (1 << 23);
            dki_moments_add_narrow(&narrow, narrow.n_limbs, 1, values[i], values[i]);
            dki_moments_add_whole(&whole, 1, values[i], values[i], 1);
            if (i % 3)
                assert_ok(dki_moments_add_real(&real, 1, (double)values[i], 0, 1, &err), &err);
            else
                assert_ok(dki_moments_add_real(&part, 0, (double)values[i], 0, 1, &err), &err);
        }
        assert_ok(dki_moments_add_real(&part, 0, 1e100, 0, 1, &err), &err); /* needs a long record, and goes away */
        assert_ok(dki_moments_merge(&real, 1, &part, 0, &err), &err);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < i; k++)
                pairs += (dki_i128)(values[i] - values[k]) * (values[i] - values[k]);
        a = dki_moments_central(&narrow, 1, n, DKI_MOMENT_X, DKI_MOMENT_X, NULL, 0);
        b = dki_moments_central(&whole, 1, n, DKI_MOMENT_X, DKI_MOMENT_X, NULL, 0);
        c = dki_moments_central(&real, 1, n + 1, DKI_MOMENT_X, DKI_MOMENT_X, NULL, 0);
        assert_int_equal(dki_moments_n(&narrow, 1), n);
        assert_int_equal(dki_moments_n(&narrow, 0), 0);
        assert_true(ldexp(a.mantissa, a.exponent) == (double)pairs); /* both rounded once */
        assert_true(ldexp(b.mantissa, b.exponent) == (double)pairs);
        assert_true(fabs(ldexp(c.mantissa, c.exponent) / ((double)n * 1e200) - 1) < 1e-12);
        dki_moments_drop(&narrow);
        dki_moments_drop(&whole);
        dki_moments_drop(&real);
        dki_moments_drop(&part);
    }
}

static void mode_is_the_most_frequent_and_of_several_the_least(void **state)
{
    (void)state;
    assert_answer(
        "n:integer x:decimal1 r:real d:date b:boolean\n3|1.5|2.5|2024-01-02|true\n1|0.5|-1|2024-01-01|false\n"
        "3|0.5|-1|2024-01-02|false\n1|1.5|2.5|2024-01-01|true\n2|-|-|-|-\n",
        ASK(.measures = { "n1 = mode(n)", "x1 = mode(x)", "r1 = mode(r)", "d1 = mode(d)", "b1 = mode(b)" }),
        "1|0.5|-1.0|2024-01-01|false\n");
    /* of a category the least is the first in the stated order; texts and ratios go by value, not by first meeting */
    assert_answer("c:category[laag,hoog] s:text q:ratio\nhoog|z|1/2\nlaag|b|1/3\n-|-|-\n",
                  ASK(.measures = { "c1 = mode(c)", "s1 = mode(s)", "q1 = mode(q)" }), "laag|b|1/3\n");
    assert_answer("g:category c:category[laag,hoog]\na|hoog\na|hoog\na|laag\nb|-\n",
                  ASK(.by = { "g" }, .measures = { "m = mode(c)" }, .margins = DK_MARGINS_TOTALS),
                  "a|hoog\nb|-\n*|hoog\n");
    assert_answer("n:integer\n", ASK(.measures = { "m = mode(n)" }), "-\n");
}

static void first_and_last_follow_the_order_of_rows(void **state)
{
    (void)state;
    assert_answer(
        "g:text n:integer s:text r:real c:category q:ratio\nb|-|-|-|-|-\na|2|zz|2|y|1/2\nb|5|m|0.5|x|1/3\n"
        "a|1|a|3|x|2/3\nb|4|n|1.5|y|1/4\na|-|-|-|-|-\n",
        ASK(.by = { "g" },
            .measures = { "n1 = first(n)", "n2 = last(n)", "s1 = first(s)", "s2 = last(s)", "r1 = first(r)",
                          "r2 = last(r)", "c1 = first(c)", "c2 = last(c)", "q1 = first(q)", "q2 = last(q)" },
            .margins = DK_MARGINS_TOTALS),
        "a|2|1|zz|a|2.0|3.0|y|x|1/2|2/3\nb|5|4|m|n|0.5|1.5|x|y|1/3|1/4\n*|2|4|zz|n|2.0|1.5|y|y|1/2|1/4\n");
}

/* Many rows, so that several workers take part. */
static void first_and_last_are_the_same_for_any_threads(void **state)
{
    enum { ROWS = 300000 };
    dk_builder *g = NULL, *x = NULL;
    dk_field fields[] = { DK_FIELD("g", NULL), DK_FIELD("x", NULL) };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &g, &err), &err);
    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &x, &err), &err);
    for (int64_t i = 0; i < ROWS; i++) {
        assert_ok(dk_builder_integer(g, i % 3 * INT64_C(10000000000), &err), &err);
        if (i < 1000 || i >= ROWS - 1000)
            assert_ok(dk_builder_null(x, 1, &err), &err);
        else
            assert_ok(dk_builder_integer(x, i, &err), &err);
    }
    assert_ok(dk_builder_finish(g, &fields[0].column, &err), &err);
    assert_ok(dk_builder_finish(x, &fields[1].column, &err), &err);
    assert_ok(dk_table_new(context, fields, 2, ROWS, &table, &err), &err);
    dk_builder_release(g);
    dk_builder_release(x);
    dk_column_release(fields[0].column);
    dk_column_release(fields[1].column);
    for (unsigned threads = 1; threads <= 2; threads++) {
        const dk_table *result = NULL;

        dk_set_threads(threads);
        assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "a = first(x)", "b = last(x)" }), table, NULL, &result,
                            &err),
                  &err);
        assert_string_equal(show_rows(result), "0|1002|298998\n10000000000|1000|298999\n20000000000|1001|298997\n");
        dk_table_release(result);
    }
    dk_table_release(table);
}

static void what_they_take_is_said(void **state)
{
#define TYPES "n:integer r:real q:ratio c:category\n1|1|1/2|a\n"
    (void)state;
    assert_refused(TYPES, "m = variance(q)", DK_ERR_TYPE,
                   "variance() takes an integer, a decimal or a real, and this is");
    assert_refused(TYPES, "m = corr(n, q)", DK_ERR_TYPE,
                   "corr() takes an integer, a decimal or a real, and this is");
    assert_refused(TYPES, "m = sd(c)", DK_ERR_TYPE, "sd() takes a number, and this is category");
    assert_refused(TYPES, "m = cov(n, c)", DK_ERR_TYPE, "cov() takes a number, and this is category");
    assert_refused(TYPES, "m = cov(n, r)", DK_ERR_TYPE,
                   "cov() takes two exact numbers or two reals, and these are integer and real");
    assert_refused(TYPES, "m = cov(n)", DK_ERR_SYNTAX, "cov() takes two arguments, not 1");
    assert_refused(TYPES, "m = first(n, r)", DK_ERR_SYNTAX, "first() takes one argument, not 2");
}

static void failing_memory_leaves_nothing(void **state)
{
    static const struct question question = { .by = { "s" },
                                              .measures = { "a = corr(n, n)", "b = sd(r)", "c = mode(s)",
                                                            "d = first(s)", "e = last(n)", "f = mode(q)" },
                                              .margins = DK_MARGINS_TOTALS };
    const dk_table *table =
        make_table(context, "n:integer s:text r:real q:ratio\n1|p|1e99|1/2\n2|q|2|1/3\n3|p|-1e-99|1/2\n3|-|-|-\n");

    (void)state;
    assert_ask_survives(&question, table);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(anscombes_first_set_is_as_published, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_fewer_than_two_values_nothing_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_has_correlation_1_and_minus_1, set_up, tear_down),
        cmocka_unit_test_setup_teardown(extreme_values_are_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(variance_is_that_of_all_pairs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mode_is_the_most_frequent_and_of_several_the_least, set_up, tear_down),
        cmocka_unit_test_setup_teardown(first_and_last_follow_the_order_of_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(first_and_last_are_the_same_for_any_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_they_take_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
