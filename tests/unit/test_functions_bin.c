/* test_functions_bin.c - classes: closed left and open right, with one below and one above, in their order. */
#include "exprs.h"

static void classes_are_closed_left_and_open_right(void **state)
{
    const dk_table *t =
        make_table(context, "x:integer\n17\n18\n26\n27\n-\n50\n-9223372036854775808\n9223372036854775807\n");
    const dk_expr *expr = parse("bin(x, 18, 27, 50)");
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_string_equal(values_of(t, "bin(x, 18, 27, 50)"), "< 18 18-26 18-26 27-49 null >= 50 < 18 >= 50");
    assert_ok(dk_table_eval(t, expr, NULL, &column, &err), &err);
    assert_int_equal(dk_column_type(column), DK_CATEGORY);
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(column)), 4); /* also those that do not occur */
    assert_true(dk_dictionary_is_declared(dk_column_levels(column)));
    assert_memory_equal(dk_dictionary_level(dk_column_levels(column), 1).bytes, "< 18", 4);
    assert_memory_equal(dk_dictionary_level(dk_column_levels(column), 4).bytes, ">= 50", 5);
    dk_column_release(column);
    dk_expr_release(expr);
    assert_string_equal(values_of(t, "bin(x, 18, 27) < '>= 27'"), "true true true false null false true false");
    dk_table_release(t);
}

static void labels_say_which_values_are_in_a_class(void **state)
{
    const dk_table *t = make_table(context, "x:integer d:decimal1 r:real\n5|5.5|5.5\n4|4.9|-5\n");

    (void)state;
    assert_string_equal(values_of(t, "bin(x, 5)"), ">= 5 < 5");
    assert_string_equal(values_of(t, "bin(x, 4, 5, 6)"), "5 4"); /* a class of one number */
    assert_string_equal(values_of(t, "bin(x, -3, 5, 9)"), "5-8 -3 to 4");
    assert_string_equal(values_of(t, "bin(x - 9, -5, -4, -1)"), "-4 to -2 -5");
    assert_string_equal(values_of(t, "bin(x, 4.5, 9)"), "4.5 to < 9 < 4.5");
    assert_string_equal(values_of(t, "bin(d, 5, 6)"), "5 to < 6 < 5"); /* 5.5 is in none of 5-5 */
    assert_string_equal(values_of(t, "bin(r, -5, 0, 5.5)"), ">= 5.5 -5 to < 0");
    assert_string_equal(values_of(t, "bin(d, 1e1)"), "< 10.0 < 10.0");
    assert_string_equal(values_of(t, "bin(x / 10, 1/3, 1/2)"), ">= 1/2 1/3 to < 1/2");
    assert_string_equal(value("bin(7, 5, 10)"), "category 5-9");
    dk_table_release(t);
}

static void labels_may_be_given(void **state)
{
    const dk_table *t = make_table(context, "x:integer d:decimal1\n17|17.9\n18|18.0\n-|-\n26|26.9\n27|27.0\n");
    const dk_expr *expr = parse("bin(x, 'kind', 18, 'é', 27, '', 50, 'oud')");
    dk_param params[] = { { "grens", { .type = DK_INTEGER, .as.integer = 18 } },
                          { "onder", { .type = DK_TEXT, .as.text = { "-18", 3 } } } };
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_string_equal(values_of(t, "bin(x, 'kind', 18, 'jong', 27, 'oud')"), "kind jong null jong oud");
    assert_string_equal(values_of(t, "bin(d, 'kind', 18, 'jong', 27, 'oud')"), "kind jong null jong oud");
    assert_string_equal(values_of(t, "bin(x, 'laag', 18.5, 'hoog')"), "laag laag null hoog hoog");
    assert_string_equal(values_of(t, "bin(x, 'z', 18, 'a') < 'a'"), "true false null false false"); /* their order */
    assert_string_equal(values_with(t, "bin(x, $onder, $grens, 'a' .. 'b')", &(dk_params){ params, 2 }),
                        "-18 ab null ab ab");
    assert_ok(dk_table_eval(t, expr, NULL, &column, &err), &err);
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(column)), 4);
    assert_true(dk_dictionary_is_declared(dk_column_levels(column)));
    assert_memory_equal(dk_dictionary_level(dk_column_levels(column), 2).bytes, "é", 2);
    assert_int_equal(dk_dictionary_level(dk_column_levels(column), 3).size, 0);
    dk_column_release(column);
    dk_expr_release(expr);
    dk_table_release(t);
}

/* A label for each class, each another one, and texts that stand there. */
static void labels_that_do_not_fit_are_refused(void **state)
{
    const dk_table *t = make_table(context, "x:integer t:text\n1|a\n");

    (void)state;
    fails(t, "bin(x, 'a', 1)", DK_ERR_ARGUMENT, 1,
          "the last class has no label\n  bin(x, 'a', 1)\n  ^^^^^^^^^^^^^^ (labels stand before, between and behind the "
          "bounds: bin(x, 'young', 27, 'old'))");
    fails(t, "bin(x, 'a', 1, 'b', 2)", DK_ERR_ARGUMENT, 1, "the last class has no label");
    fails(t, "bin(x, 'a', 1, 2, 3, 'c')", DK_ERR_TYPE, 16,
          "the labels of classes are texts that stand there\n  bin(x, 'a', 1, 2, 3, 'c')\n                 ^ (labels stand "
          "before, between and behind the bounds");
    fails(t, "bin(x, 'a', 1, t)", DK_ERR_TYPE, 16, "the labels of classes are texts that stand there");
    fails(t, "bin(x, 'a', 1, null)", DK_ERR_TYPE, 16, "the labels of classes are texts that stand there");
    fails(t, "bin(x, 'a', 'b', 'c')", DK_ERR_TYPE, 13, "the bounds of classes are numbers that stand there");
    fails(t, "bin(x, 'a', 2, 'b', 1, 'c')", DK_ERR_RANGE, 21, "the bounds of classes rise from left to right");
    fails(t, "bin(x, 'a', 1, 'b', 2, 'a')", DK_ERR_DUPLICATE, 24,
          "two classes have this label\n  bin(x, 'a', 1, 'b', 2, 'a')\n                         ^^^");
    fails(t, "bin(x, 1, 'a', 2)", DK_ERR_TYPE, 11, "the bounds of classes are numbers that stand there");
    dk_table_release(t);
}

static void bounds_are_compared_exactly(void **state)
{
    const dk_table *t = make_table(context, "r:real q:ratio\n0.1|1/10\n0.30000000000000004|1/3\n");

    (void)state;
    assert_string_equal(values_of(t, "bin(r, 0.1)"), ">= 0.1 >= 0.1"); /* the double lies just above a tenth */
    assert_string_equal(values_of(t, "bin(r, 0.3)"), "< 0.3 >= 0.3");
    assert_string_equal(values_of(t, "bin(q, 0.1, 0.3333333333)"), "0.1 to < 0.3333333333 >= 0.3333333333");
    dk_table_release(t);
}

static void bounds_rise_and_stand_there(void **state)
{
    const dk_table *t = make_table(context, "x:integer t:text e:date\n1|a|2024-01-01\n");

    (void)state;
    fails(t, "bin(x, 5, 5)", DK_ERR_RANGE, 11,
          "the bounds of classes rise from left to right\n  bin(x, 5, 5)\n            ^");
    fails(t, "bin(x, 5, 5.0)", DK_ERR_RANGE, 11, "rise from left to right");
    fails(t, "bin(x, 5, 4)", DK_ERR_RANGE, 11, "rise from left to right");
    fails(t, "bin(x, x)", DK_ERR_TYPE, 8, "the bounds of classes are numbers that stand there");
    fails(t, "bin(x, 'a')", DK_ERR_TYPE, 8, "the bounds of classes are numbers that stand there");
    fails(t, "bin(x, null)", DK_ERR_TYPE, 8, "the bounds of classes are numbers that stand there");
    fails(t, "bin(t, 1)", DK_ERR_TYPE, 5, "bin() wants a number, and this is text");
    fails(t, "bin(e, 1)", DK_ERR_TYPE, 5, "bin() wants a number, and this is date");
    dk_table_release(t);
}

static void a_parameter_may_be_a_bound(void **state)
{
    const dk_table *t = make_table(context, "x:integer\n1\n2\n");
    dk_param param = { "grens", { .type = DK_DECIMAL, .scale = 1, .as.integer = 15 } };

    (void)state;
    assert_string_equal(values_with(t, "bin(x, $grens)", &(dk_params){ &param, 1 }), "< 1.5 >= 1.5");
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(classes_are_closed_left_and_open_right, start, stop),
        cmocka_unit_test_setup_teardown(labels_say_which_values_are_in_a_class, start, stop),
        cmocka_unit_test_setup_teardown(labels_may_be_given, start, stop),
        cmocka_unit_test_setup_teardown(labels_that_do_not_fit_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(bounds_are_compared_exactly, start, stop),
        cmocka_unit_test_setup_teardown(bounds_rise_and_stand_there, start, stop),
        cmocka_unit_test_setup_teardown(a_parameter_may_be_a_bound, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
