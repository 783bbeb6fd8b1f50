/* test_functions_choice.c - one of several values: least, greatest, coalesce, case. */
#include "exprs.h"

static const dk_table *people(void)
{
    return make_table(
        context,
        "n:integer d:decimal1 r:real q:ratio t:text c:category e:date k:category[laag,midden,hoog] b:boolean\n"
        "1|0.5|2|1/3|x|b|2024-01-01|hoog|true\n"
        "-|1.5|-1|2/1|-|a|-|-|false\n"
        "3|-|-|-|a|-|2023-12-31|laag|-\n");
}

static void least_and_greatest_are_by_value(void **state)
{
    const dk_table *t = people();

    (void)state;
    assert_string_equal(value("least(3, 1, 2)"), "integer 1");
    assert_string_equal(value("greatest(3, 1, 2)"), "integer 3");
    assert_string_equal(value("least('b', 'a')"), "text a");
    assert_string_equal(value("least('B', 'a')"), "text B"); /* by code point */
    assert_string_equal(value("greatest(date '2024-01-01', date '2023-01-01')"), "date 2024-01-01");
    assert_string_equal(value("greatest(0.5, 1/3)"), "ratio 1/2");
    assert_string_equal(value("least(1/3, 0.333)"), "ratio 333/1000");
    assert_string_equal(value("least(1, 0.50)"), "decimal 0.50");
    assert_string_equal(value("greatest(1, 0.50)"), "decimal 1.00");
    assert_string_equal(value("least(1, 1.5e0)"), "real 1.0");
    assert_string_equal(values_of(t, "least(n, 2)"), "1 null 2");
    assert_string_equal(values_of(t, "greatest(n, d)"), "1.0 null null");
    assert_string_equal(values_of(t, "greatest(d, r, 0)"), "2.0 1.5 null");
    assert_string_equal(values_of(t, "least(e, '2024-01-01')"), "2024-01-01 null 2023-12-31");
    assert_string_equal(values_of(t, "least(t, c)"), "b null null");
    assert_string_equal(values_of(t, "greatest(c, 'ab')"), "b ab null");
    dk_table_release(t);
}

/* A declared order is what counts, and the result keeps it. */
static void least_goes_by_the_declared_order(void **state)
{
    const dk_table *t = people();
    const dk_expr *expr = parse("greatest(k, 'midden')");
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_string_equal(values_of(t, "least(k, 'midden')"), "midden null laag");
    assert_string_equal(values_of(t, "greatest(k, 'midden')"), "hoog null midden");
    assert_ok(dk_table_eval(t, expr, NULL, &column, &err), &err);
    assert_int_equal(dk_column_type(column), DK_CATEGORY);
    assert_true(dk_dictionary_is_declared(dk_column_levels(column)));
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(column)), 3);
    dk_column_release(column);
    dk_expr_release(expr);
    fails(t, "least(k, 'hoogst')", DK_ERR_RANGE, 10, "the order of k is declared, and this is none of its levels");
    fails(t, "least(k, c)", DK_ERR_TYPE, 10, "the order of k is declared, and this has another");
    fails(t, "least(t, k)", DK_ERR_TYPE, 7, "the order of k is declared, and this has another");
    assert_string_equal(values_of(t, "least(text(k), 'midden')"), "hoog null laag"); /* as texts */
    dk_table_release(t);
}

/* Only what is chosen has to fit its type. */
static void numbers_that_are_not_chosen_need_not_fit(void **state)
{
    const dk_table *t = make_table(context, "n:integer\n9223372036854775807\n5\n");

    (void)state;
    assert_string_equal(values_of(t, "least(n, 0.5)"), "0.5 0.5");
    fails(t, "greatest(n, 0.5)", DK_ERR_OVERFLOW, 1,
          "row 1: 9223372036854775807 does not fit with 1 digit after the point\n  greatest(n, 0.5)\n  "
          "^^^^^^^^^^^^^^^^");
    assert_string_equal(values_of(t, "case(n < 100, n, 0.5)"), "0.5 5.0");
    fails(t, "coalesce(n, 0.5)", DK_ERR_OVERFLOW, 10, "row 1: 9223372036854775807 does not fit");
    dk_table_release(t);
}

static void coalesce_takes_the_first_that_is_known(void **state)
{
    const dk_table *t = people();

    (void)state;
    assert_string_equal(values_of(t, "coalesce(n, 0)"), "1 0 3");
    assert_string_equal(values_of(t, "coalesce(n, d)"), "1.0 1.5 3.0");
    assert_string_equal(values_of(t, "coalesce(r, d, -1)"), "2.0 -1.0 -1.0");
    assert_string_equal(values_of(t, "coalesce(t, c, 'geen')"), "x a a");
    assert_string_equal(values_of(t, "coalesce(e, '1900-01-01')"), "2024-01-01 1900-01-01 2023-12-31");
    assert_string_equal(values_of(t, "coalesce(b, false)"), "true false false");
    assert_string_equal(values_of(t, "coalesce(q, 1)"), "1/3 2/1 1/1");
    assert_string_equal(values_of(t, "coalesce(null, n, null)"), "1 null 3");
    assert_string_equal(value("coalesce(null, 7)"), "integer 7");
    dk_table_release(t);
}

/* What stands behind a known value is not reached. */
static void choices_do_not_reach_what_they_do_not_need(void **state)
{
    const dk_table *t = make_table(context, "n:integer x:integer\n1|5\n-|7\n3|9223372036854775807\n");

    (void)state;
    assert_string_equal(values_of(t, "coalesce(n, x * 2)"), "1 14 3");
    assert_string_equal(values_of(t, "case(x > 100, 0, x * 2)"), "10 14 0");
    assert_string_equal(values_of(t, "case(n is null, x * 1000, n == 1, x * 10, n)"), "50 7000 3");
    assert_string_equal(values_of(t, "case(n == 3, 'te veel', x * 2 > 12, 'ja', 'nee')"), "nee ja te veel");
    fails(t, "coalesce(x * 2, n)", DK_ERR_OVERFLOW, 10, "row 3: 9223372036854775807 * 2 does not fit");
    dk_table_release(t);
}

static void case_takes_the_first_condition_that_is_true(void **state)
{
    const dk_table *t = people();

    (void)state;
    assert_string_equal(values_of(t, "case(n > 2, 'veel', n > 0, 'weinig', 'onbekend')"), "weinig onbekend veel");
    assert_string_equal(values_of(t, "case(n > 2, 'veel')"), "null null veel");
    assert_string_equal(values_of(t, "case(b, 1, 2)"), "1 2 2"); /* null is not true */
    assert_string_equal(values_of(t, "case(b, n, d)"), "1.0 1.5 null");
    assert_string_equal(values_of(t, "case(b, 1.5, r)"), "1.5 -1.0 null");
    assert_string_equal(values_of(t, "case(b, e, null)"), "2024-01-01 null null");
    assert_string_equal(values_of(t, "case(b, t, c)"), "x a null");
    assert_string_equal(values_of(t, "case(b, b, not b)"), "true true null");
    assert_string_equal(values_of(t, "case(null, 1, 2)"), "2 2 2");
    assert_string_equal(value("case(false, 1, true, 2, 3)"), "integer 2");
    dk_table_release(t);
}

/* A category that meets nothing but constants stays one, with its order, and what it lacks behind it. */
static void a_category_stays_one(void **state)
{
    static const char *const texts[] = { "coalesce(k, 'onbekend')", "case(b, k, 'onbekend')", "case(n > 0, k)",
                                         "coalesce(null, k)" };
    static const size_t n_levels[] = { 4, 4, 3, 3 };
    static const char *const values[] = { "hoog onbekend laag", "hoog onbekend onbekend", "hoog null laag",
                                          "hoog null laag" };
    const dk_table *t = people();

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const dk_expr *expr = parse(texts[i]);
        const dk_column *column = NULL;
        const dk_dictionary *levels;
        dk_error err = DK_ERROR_INIT;

        assert_string_equal(values_of(t, texts[i]), values[i]);
        assert_ok(dk_table_eval(t, expr, NULL, &column, &err), &err);
        assert_int_equal(dk_column_type(column), DK_CATEGORY);
        levels = dk_column_levels(column);
        assert_true(dk_dictionary_is_declared(levels));
        assert_int_equal(dk_dictionary_n_levels(levels), n_levels[i]);
        assert_memory_equal(dk_dictionary_level(levels, 1).bytes, "laag", 4);
        if (n_levels[i] == 4)
            assert_memory_equal(dk_dictionary_level(levels, 4).bytes, "onbekend", 8);
        dk_column_release(column);
        dk_expr_release(expr);
    }
    assert_string_equal(values_of(t, "coalesce(k, c)"), "hoog a laag"); /* two orders: texts */
    assert_string_equal(values_of(t, "coalesce(k, 'onbekend') > 'hoog'"), "false true false");
    dk_table_release(t);
}

static void types_that_do_not_go_together_are_refused(void **state)
{
    const dk_table *t = people();

    (void)state;
    fails(t, "least(n, t)", DK_ERR_TYPE, 10,
          "least: integer and text do not go together\n  least(n, t)\n           ^");
    fails(t, "greatest(b, b)", DK_ERR_TYPE, 10, "greatest() wants values with an order, and this is boolean");
    fails(t, "coalesce(n, 'geen')", DK_ERR_TYPE, 13, "coalesce: integer and text do not go together");
    fails(t, "coalesce(e, 'nooit')", DK_ERR_TYPE, 13, "a date is wanted here, and this text is none");
    fails(t, "case(n, 1, 2)", DK_ERR_TYPE, 6, "case() wants a condition, and this is integer");
    fails(t, "case(b, 1, n, 2, 3)", DK_ERR_TYPE, 12, "case() wants a condition");
    fails(t, "case(b, 1, 'x')", DK_ERR_TYPE, 12, "case: integer and text do not go together");
    fails(t, "case(b, 1, b)", DK_ERR_TYPE, 12, "case: integer and boolean do not go together");
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(least_and_greatest_are_by_value, start, stop),
        cmocka_unit_test_setup_teardown(least_goes_by_the_declared_order, start, stop),
        cmocka_unit_test_setup_teardown(numbers_that_are_not_chosen_need_not_fit, start, stop),
        cmocka_unit_test_setup_teardown(coalesce_takes_the_first_that_is_known, start, stop),
        cmocka_unit_test_setup_teardown(choices_do_not_reach_what_they_do_not_need, start, stop),
        cmocka_unit_test_setup_teardown(case_takes_the_first_condition_that_is_true, start, stop),
        cmocka_unit_test_setup_teardown(a_category_stays_one, start, stop),
        cmocka_unit_test_setup_teardown(types_that_do_not_go_together_are_refused, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
