/* test_where.c - rows that a condition holds for, columns that expressions make, and what is said about them. */
#include "exprs.h"

static const dk_table *people(void)
{
    return make_table(context, "naam:text gemeente:category leeftijd:integer\n"
                               "a|Arnhem|19\nb|Duiven|-\nc|-|35\nd|Arnhem|64\ne|Rheden|26\n");
}

static void expect_rows(const dk_table *table, const char *text, const char *rows)
{
    const dk_table *found = where_of(table, text);

    if (strcmp(show_rows(found), rows) != 0)
        fail_msg("%s: %s", text, show_rows(found));
    dk_table_release(found);
}

/* Exactly these notes, in their order. */
static void expect_notes(const dk_table *table, const char *const *notes, size_t n)
{
    if (dk_table_n_notes(table) != n)
        fail_msg("%d notes, not %d; the first: %s", (int)dk_table_n_notes(table), (int)n,
                 dk_table_n_notes(table) ? dk_table_note(table, 0) : "-");
    for (size_t i = 0; i < n; i++)
        assert_string_equal(dk_table_note(table, i), notes[i]);
}

static void rows_stay_in_their_order(void **state)
{
    const dk_table *t = people();

    (void)state;
    expect_rows(t, "leeftijd < 30", "a|Arnhem|19\ne|Rheden|26\n");
    expect_rows(t, "gemeente == 'Arnhem'", "a|Arnhem|19\nd|Arnhem|64\n");
    expect_rows(t, "true", "a|Arnhem|19\nb|Duiven|-\nc|-|35\nd|Arnhem|64\ne|Rheden|26\n");
    expect_rows(t, "false", "");
    expect_rows(t, "null", "");
    expect_rows(t, "gemeente is null or leeftijd is null", "b|Duiven|-\nc|-|35\n");
    assert_string_equal(show_rows(t), "a|Arnhem|19\nb|Duiven|-\nc|-|35\nd|Arnhem|64\ne|Rheden|26\n");
    dk_table_release(t);
}

static void what_is_not_known_is_counted(void **state)
{
    const dk_table *t = people(), *found = where_of(t, "leeftijd < 30");

    (void)state;
    expect_notes(found, (const char *const[]){ "1 row left out because the condition was not known (null)" }, 1);
    dk_table_release(found);
    found = where_of(t, "leeftijd > 20 and gemeente ~= 'Rheden'");
    expect_notes(found, (const char *const[]){ "2 rows left out because the condition was not known (null)" }, 1);
    dk_table_release(found);
    found = where_of(t, "leeftijd > 20 is true");
    expect_notes(found, NULL, 0);
    dk_table_release(found);
    found = where_of(t, "null");
    expect_notes(found, (const char *const[]){ "5 rows left out because the condition was not known (null)" }, 1);
    dk_table_release(found);
    dk_table_release(t);
}

static void literals_that_no_category_has_are_named(void **state)
{
    const dk_table *t = people(), *found = where_of(t, "gemeente == 'Arnem' or gemeente in ('Duiven', 'Ede')");
    const dk_table *more;

    (void)state;
    expect_notes(found,
                 (const char *const[]){ "1 row left out because the condition was not known (null)",
                                        "no gemeente is \"Arnem\"; the nearest is \"Arnhem\"",
                                        "no gemeente is \"Ede\"" },
                 3);
    more = where_of(found, "gemeente ~= 'Ede'"); /* other rows, other notes */
    expect_notes(more, (const char *const[]){ "no gemeente is \"Ede\"" }, 1);
    dk_table_release(more);
    dk_table_release(found);
    found = where_of(t, "'arnhem' == gemeente and gemeente is not null");
    expect_notes(found, (const char *const[]){ "no gemeente is \"arnhem\"; the nearest is \"Arnhem\"" }, 1);
    dk_table_release(found);
    found = where_of(t, "upper(gemeente) == 'ARNEM' or gemeente is null");
    expect_notes(found, (const char *const[]){ "no upper(gemeente) is \"ARNEM\"; the nearest is \"ARNHEM\"" }, 1);
    dk_table_release(found);
    found = where_of(t, "bin(coalesce(leeftijd, 0), 18, 27) == '18-27'");
    expect_notes(
        found,
        (const char *const[]){ "no bin(coalesce(leeftijd, 0), 18, 27) is \"18-27\"; the nearest is \"18-26\"" }, 1);
    dk_table_release(found);
    found = where_of(t, "naam == 'zz' or gemeente < 'M'"); /* a text has no levels, and < asks for none */
    expect_notes(found, (const char *const[]){ "1 row left out because the condition was not known (null)" }, 1);
    dk_table_release(found);
    dk_table_release(t);
}

static void many_such_literals_are_counted(void **state)
{
    const dk_table *t = people(), *found;
    char text[256] = "coalesce(gemeente, 'x') in ('Duiven'";

    (void)state;
    for (int i = 0; i < 8; i++)
        sprintf(text + strlen(text), ", 'q%d'", i);
    strcat(text, ")");
    found = where_of(t, text);
    assert_string_equal(show_rows(found), "b|Duiven|-\n");
    assert_int_equal(dk_table_n_notes(found), 6);
    assert_string_equal(dk_table_note(found, 4), "no coalesce(gemeente, 'x') is \"q4\"");
    assert_string_equal(dk_table_note(found, 5), "and 3 more texts that nothing they are compared with has");
    dk_table_release(found);
    dk_table_release(t);
}

/* What is cut is cut between characters. */
static void long_literals_are_cut(void **state)
{
    const dk_table *t = people(), *found;
    char text[512] =
        "coalesce(gemeente, 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') == 'a";

    (void)state;
    for (int i = 0; i < 60; i++)
        strcat(text, "é");
    strcat(text, "'");
    found = where_of(t, text);
    assert_int_equal(dk_table_n_notes(found), 1);
    assert_non_null(strstr(dk_table_note(found, 0), "no coalesce(gemeente, 'xxx"));
    assert_non_null(strstr(dk_table_note(found, 0), "xx is \"aéé"));
    assert_string_equal(dk_table_note(found, 0) + strlen(dk_table_note(found, 0)) - 5, "éé\"");
    dk_table_release(found);
    dk_table_release(t);
}

static void a_condition_is_wanted(void **state)
{
    const dk_table *t = people(), *found = NULL;
    static const char *const texts[][2] = {
        { "leeftijd", "a condition is wanted, and this is integer\n  leeftijd\n  ^^^^^^^^ (compare it with "
                      "something: ==, <, in, is null ...)" },
        { "leeftijd + 1", "a condition is wanted, and this is integer\n  leeftijd + 1\n  ^^^^^^^^^^^^" },
        { "naam", "a condition is wanted, and this is text" },
        { "gemeente", "a condition is wanted, and this is category" },
    };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const dk_expr *expr = parse(texts[i][0]);

        assert_fails(dk_table_where(t, expr, NULL, &found, &err), &err, DK_ERR_TYPE, texts[i][1]);
        assert_int_equal(err.column, 1);
        assert_null(found);
        dk_expr_release(expr);
    }
    dk_table_release(t);
}

static void totals_stay_totals(void **state)
{
    const dk_table *t = people(), *result = NULL, *found;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(
        ask_table(ASK(.by = { "gemeente" }, .measures = { "n = count()", "ouder = count() where leeftijd > 30" },
                      .margins = DK_MARGINS_TOTALS),
                  t, NULL, &result, &err),
        &err);
    expect_rows(result, "gemeente is total", "*|5|2\n");
    expect_rows(result, "n >= 2", "Arnhem|2|1\n*|5|2\n");
    expect_rows(result, "gemeente is null", "-|1|1\n");
    found = where_of(result, "gemeente ~= 'Arnhem'"); /* the null group is not known; the total is, and has none */
    assert_string_equal(show_rows(found), "Duiven|1|0\nRheden|1|0\n");
    expect_notes(found, (const char *const[]){ "1 row left out because the condition was not known (null)" }, 1);
    dk_table_release(found);
    found = where_of(result, "ouder / (n - 5) < 0"); /* 5 - 5 = 0 of the total: not known */
    expect_notes(found, (const char *const[]){ "1 row left out because the condition was not known (null)" }, 1);
    dk_table_release(found);
    expect_rows(result, "gemeente is not total and ouder > 0", "Arnhem|2|1\n-|1|1\n");
    dk_table_release(result);
    dk_table_release(t);
}

/* Bits of ranges that do not begin at a word, at one thread and several. */
static void ranges_do_not_show(void **state)
{
    static const size_t blocks[] = { 1, 3, 4, 63, 64, 65, DK_BLOCK_ROWS };
    enum { N = 3000 };
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD("x", NULL);
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    for (int64_t i = 0; i < N; i++)
        assert_ok(i % 11 == 5 ? dk_builder_null(builder, 1, &err) : dk_builder_integer(builder, i, &err), &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    dk_builder_release(builder);
    assert_ok(dk_table_new(context, &field, 1, N, &t, &err), &err);
    dk_column_release(field.column);
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++)
        for (unsigned threads = 1; threads <= 3; threads++) {
            const dk_table *found;
            uint64_t n = 0;

            dk_context_set_block_rows(context, blocks[k]);
            dk_set_threads(threads);
            found = where_of(t, "x % 7 == 3 or x == 2999");
            for (int64_t i = 0; i < N; i++) {
                dk_value value;

                if (i % 11 == 5 || (i % 7 != 3 && i != 2999))
                    continue;
                assert_ok(dk_column_get(dk_table_field(found, 0)->column, n++, &value, &err), &err);
                assert_int_equal(value.as.integer, i);
            }
            assert_int_equal(dk_table_n_rows(found), n);
            expect_notes(
                found, (const char *const[]){ "273 rows left out because the condition was not known (null)" }, 1);
            dk_table_release(found);
        }
    dk_table_release(t);
}

static dk_status derive(const dk_table *table, const char *const *texts, const dk_table **out, dk_error *err)
{
    const dk_expr *exprs[4] = { NULL };
    size_t n = 0;
    dk_status status;

    for (; texts[n]; n++)
        exprs[n] = parse(texts[n]);
    status = dk_table_derive(table, exprs, n, NULL, out, err);
    for (size_t i = 0; i < n; i++)
        dk_expr_release(exprs[i]);
    return status;
}

static void derived_columns_see_those_before(void **state)
{
    const dk_table *t = people(), *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(derive(t, (const char *const[]){ "x = leeftijd + 1", "y = x * 2", "naam = upper(naam)", NULL }, &made,
                     &err),
              &err);
    assert_string_equal(show_rows(made),
                        "A|Arnhem|19|20|40\nB|Duiven|-|-|-\nC|-|35|36|72\nD|Arnhem|64|65|130\nE|Rheden|26|27|54\n");
    assert_string_equal(dk_table_field(made, 3)->name, "x");
    dk_table_release(made);
    made = NULL;
    assert_ok(derive(t, (const char *const[]){ NULL }, &made, &err), &err);
    assert_string_equal(show_rows(made), show_rows(t));
    dk_table_release(made);
    made = NULL;
    assert_ok(derive(t, (const char *const[]){ "k = gemeente == 'Arnem'", "x = 1", "m = gemeente in ('Zz')", NULL },
                     &made, &err),
              &err);
    expect_notes(
        made,
        (const char *const[]){ "no gemeente is \"Arnem\"; the nearest is \"Arnhem\"", "no gemeente is \"Zz\"" }, 2);
    dk_table_release(made);
    dk_table_release(t);
}

static void derived_columns_have_names(void **state)
{
    const dk_table *t = people(), *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(derive(t, (const char *const[]){ "x = 1", "leeftijd + 1", NULL }, &made, &err), &err,
                 DK_ERR_ARGUMENT, "the expression has no name: leeftijd + 1 (write it as \"name = expression\")");
    assert_null(made);
    assert_fails(derive(t, (const char *const[]){ "x = 1", "y = z", NULL }, &made, &err), &err, DK_ERR_NAME,
                 "unknown column z");
    assert_int_equal(err.column, 5);
    assert_null(made);
    dk_table_release(t);
}

static void failing_memory_is_survived(void **state)
{
    const dk_table *t = people(), *made = NULL;
    const dk_expr *expr = parse("leeftijd < 30 or gemeente == 'Arnem'");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    for (int k = 0; k < 2; k++) {
        dk_context_set_block_rows(context, k ? 1 : DK_BLOCK_ROWS);
        assert_survives_failing_memory(context, dk_table_where(t, expr, NULL, &made, &err), &err, made == NULL,
                                       dk_table_release(made));
        made = NULL;
    }
    dk_expr_release(expr);
    {
        const dk_expr *exprs[] = { parse("x = leeftijd + 1"), parse("y = gemeente == 'Arnem' or x > 5") };

        assert_survives_failing_memory(context, dk_table_derive(t, exprs, 2, NULL, &made, &err), &err, made == NULL,
                                       dk_table_release(made));
        dk_expr_release(exprs[0]);
        dk_expr_release(exprs[1]);
    }
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_stay_in_their_order, start, stop),
        cmocka_unit_test_setup_teardown(what_is_not_known_is_counted, start, stop),
        cmocka_unit_test_setup_teardown(literals_that_no_category_has_are_named, start, stop),
        cmocka_unit_test_setup_teardown(many_such_literals_are_counted, start, stop),
        cmocka_unit_test_setup_teardown(long_literals_are_cut, start, stop),
        cmocka_unit_test_setup_teardown(a_condition_is_wanted, start, stop),
        cmocka_unit_test_setup_teardown(totals_stay_totals, start, stop),
        cmocka_unit_test_setup_teardown(ranges_do_not_show, start, stop),
        cmocka_unit_test_setup_teardown(derived_columns_see_those_before, start, stop),
        cmocka_unit_test_setup_teardown(derived_columns_have_names, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
