/* test_fold.c - what does not depend on rows is computed once, and shows in nothing but cost. */
#include "exprs.h"

#include "expr/bound.h"

static void expect_run(const dk_table *table, const char *text, dki_run_fn *run)
{
    dki_bound *bound = bind_text(table, text);

    if (bound->root->run != run)
        fail_msg("%s is run in another way", text);
    dki_bound_release(bound);
}

static void constants_become_values(void **state)
{
    static const char *const texts[][2] = {
        { "1 + 2 * 3", "7" },
        { "'a' .. 'b'", "ab" },
        { "0.07 * 100 == 7", "true" },
        { "null and false", "false" },
        { "1 / 0", "null" },
        { "date '2024-02-28' + 2", "2024-03-01" },
        { "bin(5, 3, 9)", "3-8" },
        { "case(1 > 2, 'a', 'b')", "b" },
        { "upper('é')", "É" },
        { "5 between 1 and 9", "true" },
        { "coalesce(null, null)", "null" },
        { "'x' in ('y', 'x')", "true" },
        { "x is total", "false" },
    };
    const dk_table *t = make_table(context, "x:integer\n1\n");

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        dki_bound *bound = bind_text(t, texts[i][0]);
        char found[64];

        assert_non_null(dki_bound_constant(bound));
        (void)dk_value_format(dki_bound_constant(bound), found, sizeof found);
        assert_string_equal(found, texts[i][1]);
        dki_bound_release(bound);
    }
    expect_run(t, "x + 1", dki_run_arithmetic);
    dk_table_release(t);
}

/* A constant that fails may stand where no row comes. */
static void what_fails_is_left_to_the_row_that_reaches_it(void **state)
{
    const dk_table *t = make_table(context, "x:integer c:category\n1|a\n2|7\n3|b\n");

    (void)state;
    assert_string_equal(values_of(t, "x > 5 and 9223372036854775807 + 1 > 0"), "false false false");
    assert_string_equal(values_of(t, "case(x > 5, date('nooit'), null)"), "null null null");
    fails(t, "x > 1 and 9223372036854775807 + 1 > 0", DK_ERR_OVERFLOW, 11,
          "row 2: 9223372036854775807 + 1 does not fit");
    /* the same for levels: only 7 is a number */
    assert_string_equal(values_of(t, "x == 2 and integer(c) == 7"), "false true false");
    assert_string_equal(values_of(t, "case(x == 2, text(integer(c) + 1))"), "null 8 null");
    fails(t, "integer(c) == 7", DK_ERR_RANGE, 1, "row 1: \"a\" is no integer");
    fails(t, "text(integer(c))", DK_ERR_RANGE, 6, "row 1: \"a\" is no integer");
    dk_table_release(t);
}

static void conditions_on_one_category_are_tables_of_truth(void **state)
{
    const dk_table *t = make_table(context, "c:category d:category x:integer\na|a|1\nb|-|2\n-|b|3\na|b|-\n");

    (void)state;
    expect_run(t, "c == 'a'", dki_run_lookup);
    expect_run(t, "c in ('a', 'z') or c is null", dki_run_lookup);
    expect_run(t, "length(c) > 1 and not (upper(c) == 'A')", dki_run_lookup);
    expect_run(t, "c == d", dki_run_compare);
    expect_run(t, "c == 'a' and x > 1", dki_run_and);
    assert_string_equal(values_of(t, "c == 'a'"), "true false null true");
    assert_string_equal(values_of(t, "c ~= 'a'"), "false true null false");
    assert_string_equal(values_of(t, "c in ('a', 'z') or c is null"), "true false true true");
    assert_string_equal(values_of(t, "c is null"), "false false true false");
    assert_string_equal(values_of(t, "starts_with(c, 'a') and d == 'b'"), "false false null true");
    assert_string_equal(values_of(t, "c == 'a' and x > 0"), "true false null null");
    dk_table_release(t);
}

static void texts_of_one_category_are_categories(void **state)
{
    const dk_table *t = make_table(context, "c:category d:category\nArnhem|x\nede|-\n-|x\nEde|y\n");
    dki_bound *bound = bind_text(t, "upper(c)");
    const dk_dictionary *levels = dki_bound_levels(bound);

    (void)state;
    assert_int_equal(dki_bound_type(bound), DK_CATEGORY);
    assert_int_equal(dk_dictionary_n_levels(levels), 2); /* ede and Ede are one now */
    assert_false(dk_dictionary_is_declared(levels));
    dki_bound_release(bound);
    expect_run(t, "upper(c)", dki_run_lookup);
    expect_run(t, "case(c == 'ede', null, lower(c)) .. '!'", dki_run_lookup);
    expect_run(t, "c .. d", dki_run_row);
    assert_string_equal(values_of(t, "upper(c)"), "ARNHEM EDE null EDE");
    assert_string_equal(values_of(t, "case(c == 'ede', null, lower(c)) .. '!'"), "arnhem! null null ede!");
    assert_string_equal(values_of(t, "upper(c) < 'B'"), "true false null false");
    assert_string_equal(values_of(t, "upper(c) == lower(c)"), "false false null false");
    dk_table_release(t);
}

/* More levels than a block has rows. */
static void many_levels_are_folded_in_blocks(void **state)
{
    enum { N = 10000 };
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD("c", NULL);
    const dk_table *t = NULL;
    const dk_expr *expr = parse("c in ('k1', 'k4095', 'k4096', 'k9999') or ends_with(upper(c), 'K5000')");
    const dk_table *found = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_builder_new(context, DK_CATEGORY, 0, NULL, &builder, &err), &err);
    for (int i = 0; i < N; i++) {
        char text[16];

        (void)snprintf(text, sizeof text, "k%d", i);
        assert_ok(dk_builder_text(builder, (dk_text){ text, strlen(text) }, &err), &err);
    }
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    dk_builder_release(builder);
    assert_ok(dk_table_new(context, &field, 1, N, &t, &err), &err);
    dk_column_release(field.column);
    expect_run(t, "c in ('k1', 'k4095') or ends_with(upper(c), 'K5000')", dki_run_lookup);
    assert_ok(dk_table_where(t, expr, NULL, &found, &err), &err);
    assert_string_equal(show_rows(found), "k1\nk4095\nk4096\nk5000\nk9999\n");
    dk_table_release(found);
    dk_expr_release(expr);
    dk_context_interrupt(context); /* long work stops when it is asked to */
    {
        dki_scope scope = { .table = t };
        dki_bound *bound = NULL;

        expr = parse("upper(c)");
        assert_int_equal(dki_bind(&scope, expr, dki_expr_root(expr), &bound, &err), DK_ERR_INTERRUPTED);
        assert_int_equal(err.code, DK_ERR_INTERRUPTED);
        assert_null(bound);
        assert_int_equal(dki_bind(&scope, expr, dki_expr_root(expr), &bound, NULL), DK_ERR_INTERRUPTED);
        dk_expr_release(expr);
    }
    dk_context_clear_interrupt(context);
    dk_table_release(t);
}

/* Folded and not: a category column against the same texts as a text column. */
static void folding_does_not_show(void **state)
{
    static const char *const texts[] = {
        "%s == 'b'",
        "%s ~= 'b'",
        "%s < 'b'",
        "%s in ('a', null)",
        "%s not in ('a', 'é')",
        "%s is null",
        "%s is not null",
        "%s between 'a' and 'b'",
        "upper(%s)",
        "%s .. %s",
        "length(%s) > 1",
        "contains(%s, 'é')",
        "coalesce(%s, 'x') == 'x'",
        "case(%s == 'a', 'A', %s == 'b', null, %s)",
        "lower(%s) in ('a', 'bé')",
        "not (%s == 'a') or %s == 'a'",
        "(%s == 'a') is null",
        "(%s == 'a') is true",
        "least(%s, 'b')",
        "trim(%s .. ' ')",
        "text(%s)",
        "%s == %s",
        "length(%s)",
    };
    static const size_t blocks[] = { 1, DK_BLOCK_ROWS };
    const dk_table *t = make_table(context, "c:category t:text\na|a\nb|b\n-|-\n|\nBé|Bé\né|é\na|a\nz|z\n");

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        dk_context_set_block_rows(context, blocks[k]);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            char with_category[256], with_text[256], found[1024];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
            (void)snprintf(with_category, sizeof with_category, texts[i], "c", "c", "c");
            (void)snprintf(with_text, sizeof with_text, texts[i], "t", "t", "t");
#pragma GCC diagnostic pop
            (void)snprintf(found, sizeof found, "%s", values_of(t, with_category));
            if (strcmp(found, values_of(t, with_text)) != 0)
                fail_msg("%s is %s, and %s is %s", with_category, found, with_text, values_of(t, with_text));
        }
    }
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(constants_become_values, start, stop),
        cmocka_unit_test_setup_teardown(what_fails_is_left_to_the_row_that_reaches_it, start, stop),
        cmocka_unit_test_setup_teardown(conditions_on_one_category_are_tables_of_truth, start, stop),
        cmocka_unit_test_setup_teardown(texts_of_one_category_are_categories, start, stop),
        cmocka_unit_test_setup_teardown(many_levels_are_folded_in_blocks, start, stop),
        cmocka_unit_test_setup_teardown(folding_does_not_show, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
