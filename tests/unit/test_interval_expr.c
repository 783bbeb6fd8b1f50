/* test_interval_expr.c - expressions over numbers that are known in bounds only. */
#include "exprs.h"
#include "intervals.h"

static const dk_table *figures(void)
{
    return make_table(context, "n:interval k:integer d:decimal1 q:ratio r:real t:text m:interval1\n"
                               "115..125|10|0.5|1/3|1.5|x|1.5\n"
                               "0..4~<5~suppressed|-2|1.0|2/1|2.0|y|-1.0..1.0\n"
                               "3..|0|2.0|0/1|0.0|z|..2.5\n"
                               "~.~unavailable|1|3.0|-1/2|1.0|w|-\n"
                               "7~s~estimate|-|-|-|-|-|2.0..3.0\n");
}

static void check(const char *text, const char *expected)
{
    const dk_table *t = figures();

    assert_string_equal(values_of(t, text), expected);
    dk_table_release(t);
}

static void sums_and_products_are_exact(void **state)
{
    (void)state;
    check("n + k", "125..135 -2..2 3.. null null");
    check("n - k", "105..115 2..6 3.. null null");
    check("k - n", "-115..-105 -6..-2 ..-3 null null");
    check("n + d", "115.5..125.5 1.0..5.0 5.0.. null null");
    check("-n", "-125..-115 -4..0 ..-3 null -7");
    check("n * k", "1150..1250 -8..0 0 null null");
    check("n * m", "172.5..187.5 -4.0..4.0 .. null 14.0..21.0");
    check("n * n", "13225..15625 0..16 9.. null 49");
    check("n - n", "-10..10 -4..4 .. null 0");
    check("n + null", "null null null null null");
}

static void quotients_are_rounded_outward(void **state)
{
    (void)state;
    check("n / 3", "38.333333..41.666667 0.000000..1.333334 1.000000.. null 2.333333..2.333334");
    check("1 / n", "0.008000..0.008696 0.250000..? 0.000000..0.333334 null 0.142857..0.142858");
    check("n / k", "11.500000..12.500000 -2.000000..0.000000 null null null");
    check("k / m", "6.666666..6.666667 ..? 0.000000? null null");
    check("n + q", "115.333333..125.333334 2.000000..6.000000 3.000000.. null null");
    check("0 / n", "0.000000 0.000000? 0.000000 null 0.000000");
    check("n / n", "1.000000 1.000000? 1.000000 null 1.000000");
}

/* n is 115..125, 0..4, 3.., null, 7; k is 10, -2, 0. Only in the second row may n be 0. */
static void what_may_be_null_says_so(void **state)
{
    (void)state;
    check("1 / n is null", "false null false true false");
    check("1 / n > 0", "true null null null true");
    check("coalesce(1 / n, 9)", "0.008000..0.008696 0.250000.. 0.000000..0.333334 9.000000 0.142857..0.142858");
    check("coalesce(1 / n, null)", "0.008000..0.008696 0.250000..? 0.000000..0.333334 null 0.142857..0.142858");
    check("coalesce(0 / n, 9, 1)", "0.000000 0.000000..9.000000 0.000000 9.000000 0.000000");
    check("case(n ~= 0, 0 / n, 1)", "0.000000 0.000000..1.000000 0.000000 1.000000 0.000000");
    check("case(n == 0, 1, 0 / n)", "0.000000 0.000000..1.000000 0.000000 null 0.000000");
    check("case(0 >= n, 1, 0 / n)", "0.000000 0.000000..1.000000 0.000000 null 0.000000");
    check("case(n >= 0, 0 / n, 1)", "0.000000 0.000000? 0.000000 1.000000 0.000000");
    check("case(1 / n is null, 1, 0)", "0 0..1 0 1 0");
    check("case(n > 2, n, null)", "115..125 0..4? 3.. null 7");
    check("meaning(1 / n) is null and marker(1 / n) == '?'", "null true null false false");
}

static void comparisons_may_be_unknown(void **state)
{
    (void)state;
    check("n > 4", "true false null null true");
    check("n >= 4", "true null null null true");
    check("n < 3", "false null false null false");
    check("n == 7", "false false null null true");
    check("n ~= 120", "null true null null true");
    check("n <= n", "null null null null true");
    check("n == q", "false null false null null");
    check("n > r", "true null true null null");
    check("4 < n", "true false null null true");
    check("n between 0 and 4", "false true null null false");
    check("n between 4 and 200", "true null null null true");
    check("n is null", "false false false true false");
    check("n > 4 or n <= 4", "true true null null true"); /* each by itself: 3.. is one of both */
}

static void bounds_are_numbers(void **state)
{
    (void)state;
    check("least(n)", "115 0 3 null 7");
    check("greatest(n)", "125 4 null null 7");
    check("marker(n)", "null <5 null . s");
    check("meaning(n)", "null suppressed null unavailable estimate");
    check("meaning(n) == 'suppressed' or n == 7", "null true null null true");
    check("width(n)", "10 4 null null 0");
    check("least(m)", "1.5 -1.0 null null 2.0");
    check("least(n, k)", "10 -2 0 null null");
    check("greatest(n, 3.5)", "115.0..125.0 3.5..4.0 3.5.. null 7.0");
    check("interval(k, k + d)", "10.0..10.5 -2.0..-1.0 0.0..2.0 1.0..4.0 ..");
    check("interval(k, null)", "10.. -2.. 0.. 1.. ..");
    check("interval(q, 3)",
          "0.333333..3.000000 2.000000..3.000000 0.000000..3.000000 -0.500000..3.000000 ..3.000000");
    check("coalesce(n, 5)", "115..125 0..4 3.. 5 7");
    check("case(k > 0, n, 1.5)", "115.0..125.0 1.5 1.5 null 1.5");
}

/* What is an estimate stays one, and what nobody knows stays that; any other marker stays with its own value. */
static void estimates_and_markers(void **state)
{
    const dk_table *t = figures(), *derived = NULL;
    const dk_expr *exprs[] = { parse("x = n + 1"), parse("y = coalesce(n, 0.5)"), parse("z = case(true, n, n)") };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_derive(t, exprs, 3, NULL, &derived, &err), &err);
    dk_table_release(t);
    assert_ok(dk_table_select(derived, (const char *const[]){ "x", "y", "z" }, 3, &t, &err), &err);
    assert_string_equal(show_rows(t), "116..126|115.0..125.0|115..125\n1..5|0.0..4.0[<5]|0..4[<5]\n4..|3.0..|3..\n"
                                      "-[.]|0.5|-[.]\n8[~]|7.0[s]|7[s]\n");
    dk_table_release(t);
    dk_table_release(derived);
    for (size_t i = 0; i < 3; i++)
        dk_expr_release(exprs[i]);
}

static void refuse(const char *text, dk_status status, const char *part)
{
    const dk_table *t = figures();
    const dk_expr *expr = parse(text);
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(dk_table_eval(t, expr, NULL, &column, &err), &err, status, part);
    dk_expr_release(expr);
    dk_table_release(t);
}

static void what_is_not_known_of_bounds_is_refused(void **state)
{
    (void)state;
    refuse("n % 2", DK_ERR_TYPE, "% is not known of numbers in bounds");
    refuse("n // 2", DK_ERR_TYPE, "// is not known of numbers in bounds");
    refuse("n in (1, 2)", DK_ERR_TYPE, "in is not known of numbers in bounds");
    refuse("n + r", DK_ERR_TYPE, "+: interval and real do not go together");
    refuse("n + t", DK_ERR_TYPE, "+: interval and text do not go together");
    refuse("n == 'x'", DK_ERR_TYPE, "==: interval and text do not go together");
    refuse("coalesce(n, t)", DK_ERR_TYPE, "coalesce: interval and text do not go together");
    refuse("case(k > 1, n, r)", DK_ERR_TYPE, "case: interval and real do not go together");
    refuse("round(n)", DK_ERR_TYPE, "round() wants a number, and this is interval");
    refuse("meaning(k)", DK_ERR_TYPE, "meaning() wants an interval, and this is integer");
    refuse("width(k)", DK_ERR_TYPE, "width() wants an interval, and this is integer");
    refuse("least(k)", DK_ERR_ARGUMENT, "(of one it is the bound of an interval, and this is integer)");
    refuse("interval(k, 0)", DK_ERR_RANGE, "row 1: interval(10, 0): the least bound is above the greatest");
    refuse("n * 9223372036854775807", DK_ERR_OVERFLOW, "row 1: a bound of the result does not fit in 64 bits");
    refuse("interval(1.0000000000, 2) * interval(1.0000000000, 2)", DK_ERR_OVERFLOW,
           "this product has 20 digits after the point, and there are 18 at most");
    refuse("9223372036854775807 + n", DK_ERR_OVERFLOW, "row 1: a bound of the result does not fit in 64 bits");
}

/* Random expressions over random tables: the truth is within the bounds, and what is said of it is true. */
static void random_number(char *out, unsigned depth)
{
    static const char *const leaves[] = { "a", "b", "c", "a", "b", "3", "0.5", "(-2)", "0", "g" };
    char x[300], y[300];

    if (depth == 0) {
        strcpy(out, leaves[random_below(10)]);
        return;
    }
    random_number(x, depth - 1);
    random_number(y, depth - 1 - (unsigned)random_below(depth));
    switch (random_below(7)) {
    case 0: sprintf(out, "(%s + %s)", x, y); break;
    case 1: sprintf(out, "(%s - %s)", x, y); break;
    case 2: sprintf(out, "(%s * %s)", x, y); break;
    case 3: sprintf(out, "(%s / %s)", x, y); break;
    case 4: sprintf(out, "(-(%s))", x); break;
    case 5: sprintf(out, "least(%s, %s)", x, y); break;
    default: sprintf(out, "case(g > 1, %s, %s)", x, y); break;
    }
}

static void the_truth_is_within_the_bounds(void **state)
{
    static const char *const signs[] = { "<", "<=", ">", ">=", "==", "~=" };
    size_t n_closed = 0, n_known = 0;

    (void)state;
    for (unsigned round = 0; round < random_rounds(4000); round++) {
        const dk_table *truth, *bounds;
        const dk_expr *expr;
        const dk_column *exact = NULL, *made = NULL;
        dk_error err = DK_ERROR_INIT;
        char text[1000], x[400], y[400];
        bool compares = random_below(3) == 0;

        make_pair_of_tables(context, 1 + random_below(20), random_below(2) ? 6 : 1000, random_below(2),
                            random_below(3) ? 0 : 15, &truth, &bounds);
        random_number(x, (unsigned)random_below(4));
        random_number(y, (unsigned)random_below(3));
        strcpy(text, x);
        if (compares)
            sprintf(text, "%s %s %s", x, signs[random_below(6)], y);
        expr = parse(text);
        /* A ratio of ratios may not fit where its bounds do, and the other way round. */
        if (dk_table_eval(truth, expr, NULL, &exact, &err) == DK_OK &&
            dk_table_eval(bounds, expr, NULL, &made, &err) == DK_OK) {
            n_closed += assert_within(exact, made, text);
            n_known += compares ? dk_column_n_rows(made) - dk_column_n_nulls(made) : 0;
        }
        dk_column_release(exact);
        dk_column_release(made);
        dk_expr_release(expr);
        dk_table_release(truth);
        dk_table_release(bounds);
    }
    assert_true(n_closed > 1000 || random_rounds(4000) < 4000); /* it is not for want of bounds */
    assert_true(n_known > 1000 || random_rounds(4000) < 4000);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *t = figures(), *derived = NULL;
    const dk_expr *expr = parse("x = case(n > 3, n * m / 2, interval(k, null))");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_derive(t, &expr, 1, NULL, &derived, &err), &err,
                                   derived == NULL, dk_table_release(derived));
    dk_set_threads(0);
    dk_expr_release(expr);
    dk_table_release(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sums_and_products_are_exact),
        TEST(quotients_are_rounded_outward),
        TEST(what_may_be_null_says_so),
        TEST(comparisons_may_be_unknown),
        TEST(bounds_are_numbers),
        TEST(estimates_and_markers),
        TEST(what_is_not_known_of_bounds_is_refused),
        TEST(the_truth_is_within_the_bounds),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
