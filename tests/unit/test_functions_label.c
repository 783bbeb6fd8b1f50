/* test_functions_label.c - label(x), and what comparisons say of labels. */
#include "exprs.h"

static void labels_stand_in_the_order_of_the_list(void **state)
{
    const dk_table *t = make_table(context, "s:category[2~nee,1~ja,9] n:integer\n1|1\n9|2\n2|3\n-|4\n");

    (void)state;
    assert_string_equal(values_of(t, "label(s)"), "ja 9 nee null"); /* 9 has none and is itself */
    assert_string_equal(values_of(t, "label(s) == 'ja'"), "true false false null");
    assert_string_equal(values_of(t, "label(s) < 'ja'"), "false false true null"); /* nee comes first in the list */
    assert_string_equal(values_of(t, "upper(label(s))"), "JA 9 NEE null");
    assert_string_equal(values_of(t, "label(s) in ('ja', '9')"), "true true false null");
    assert_string_equal(values_of(t, "case(n > 2, 'veel', label(s))"), "ja 9 veel veel");
    assert_string_equal(values_of(t, "s == '1'"), "true false false null");
    assert_string_equal(values_of(t, "s .. '=' .. label(s)"), "1=ja 9=9 2=nee null");
    dk_table_release(t);
}

/* What is labelled has codes of its own, and not those of the column that it was made of. */
static void labels_of_what_is_no_column(void **state)
{
    const dk_table *t = make_table(context, "s:category[1~ja,2~nee,3~geen] n:integer\n1|1\n2|3\n-|1\n");

    (void)state;
    assert_string_equal(values_of(t, "label(case(n > 2, '3', s))"), "ja geen null");
    assert_string_equal(values_of(t, "label(coalesce(s, '3'))"), "ja nee geen");
    dk_table_release(t);
}

static void codes_of_one_label_are_one_level(void **state)
{
    const dk_table *t = make_table(context, "s:category[1~x,2~y,3~x]\n1\n2\n3\n");
    const dk_expr *expr = parse("label(s)");
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_eval(t, expr, NULL, &column, &err), &err);
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(column)), 2);
    assert_true(dk_dictionary_is_declared(dk_column_levels(column)));
    assert_false(dk_dictionary_has_labels(dk_column_levels(column)));
    dk_column_release(column);
    dk_expr_release(expr);
    assert_string_equal(values_of(t, "label(s)"), "x y x");
    dk_table_release(t);
}

static void a_label_is_not_taken_for_a_code(void **state)
{
    const dk_table *t = make_table(context, "s:category[1~ja,2~nee] p:category\n1|ja\n");

    (void)state;
    fails_with(t, "s == 'ja'", NULL, DK_ERR_RANGE, 6,
               "\"ja\" is a label of s, and codes are compared: write '1', or label(s)");
    fails_with(t, "'nee' ~= s", NULL, DK_ERR_RANGE, 1, "write '2', or label(s)");
    fails_with(t, "s in ('1', 'nee')", NULL, DK_ERR_RANGE, 12, "write '2', or label(s)");
    fails_with(t, "s == 1", NULL, DK_ERR_TYPE, 1, "the levels of a category are texts: write '1', not 1");
    fails_with(t, "label(p)", NULL, DK_ERR_TYPE, 7, "wants a column with a code list");
    fails_with(t, "label('1')", NULL, DK_ERR_TYPE, 7, "wants a column with a code list");
    assert_string_equal(values_of(t, "p == 'ja'"), "true");
    assert_string_equal(values_of(t, "s == p"), "false"); /* a column may hold anything */
    dk_table_release(t);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *t = make_table(context, "s:category[2~nee,1~ja,9]\n1\n-\n");
    const dk_expr *expr = parse("label(s) == 'ja'");
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, dk_table_eval(t, expr, NULL, &column, &err), &err, column == NULL,
                                   dk_column_release(column));
    dk_expr_release(expr);
    dk_table_release(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(labels_stand_in_the_order_of_the_list), TEST(labels_of_what_is_no_column),
        TEST(codes_of_one_label_are_one_level),      TEST(a_label_is_not_taken_for_a_code),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
