/* test_strata.c - whom a step matches, in which strata, and the order of both. */
#include "stages.h"

#include "with_context.h"

/* Places in declared order Zutphen before Arnhem; a column x that no scenario mentions. */
static const char cells[] = "plaats:category[Zutphen,Arnhem] oud:boolean x:integer leeftijd:integer w:decimal9\n"
                            "Arnhem|true|1|60|4\n"   /* 0 */
                            "Arnhem|false|1|20|3\n"  /* 1 */
                            "Zutphen|true|2|70|2\n"  /* 2 */
                            "-|true|1|60|1\n"        /* 3 */
                            "Zutphen|-|1|80|7\n"     /* 4 */
                            "Arnhem|true|2|60|0.5\n" /* 5 */
                            "Zutphen|true|1|70|0\n"  /* 6 */
                            "Arnhem|true|3|61|1\n";  /* 7 */

static void assert_strata(const struct plan *plan, const char *expected)
{
    static const size_t blocks[] = { 1, 3, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 3; i++) {
        stage s;
        dk_error err = DK_ERROR_INIT;

        dk_context_set_block_rows(context, blocks[i]);
        stage_init(&s, context, cells, plan);
        assert_ok(dki_strata_find(&s.stage, &s.strata, &err), &err);
        assert_string_equal(show_strata(&s.strata), expected);
        stage_drop(&s);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void assert_refused(const struct plan *plan, dk_status expected, const char *part)
{
    stage s;
    dk_error err = DK_ERROR_INIT;

    stage_init(&s, context, cells, plan);
    assert_fails(dki_strata_find(&s.stage, &s.strata, &err), &err, expected, part);
    assert_null(s.strata.context);
    stage_drop(&s);
}

#define STEP(...) PLAN(.name = "p", .steps = { { .name = "s", .all = true, __VA_ARGS__ } })

/* The order is that of keys: declared levels, null last; a cell that nobody is in is not matched. */
static void strata_are_the_groups_of_per_in_the_order_of_keys(void **state)
{
    (void)state;
    assert_strata(STEP(.where = "oud", .per = { "plaats" }, .set = { "oud = false" }),
                  "2 0: 2\n5.5 0: 0 5 7\n1 0: 3\n");
    assert_strata(STEP(.per = { "oud", "plaats" }, .set = { "oud = false" }),
                  "3 0: 1\n2 0: 2\n5.5 0: 0 5 7\n1 0: 3\n7 0: 4\n");
}

/* Without per: the combinations of what the step mentions, in where and on both sides of set. */
static void without_per_strata_are_what_the_step_mentions(void **state)
{
    (void)state;
    assert_strata(STEP(.where = "oud", .set = { "oud = false" }), "8.5 0: 0 2 3 5 7\n");
    assert_strata(STEP(.where = "oud", .set = { "leeftijd = leeftijd + 1" }), "5.5 0: 0 3 5\n1 0: 7\n2 0: 2\n");
    assert_strata(STEP(.set = { "plaats = 'Ede'" }), "9 0: 2 4\n8.5 0: 0 1 5 7\n1 0: 3\n");
}

/* A stratum falls into combinations of all that the scenario mentions, whatever step that is in. */
static void combinations_are_of_the_whole_scenario(void **state)
{
    const struct plan two = { .name = "p",
                              .steps = {
                                  { .name = "s", .all = true, .where = "oud", .set = { "oud = false" } },
                                  { .name = "t", .all = true, .per = { "x" }, .set = { "leeftijd = 1" } } } };

    (void)state;
    assert_strata(&two, "8.5 0: 0 3; 5; 2; 7\n"); /* x, leeftijd: 1 60, 2 60, 2 70, 3 61 */
}

static void a_condition_that_is_null_leaves_out(void **state)
{
    stage s;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    stage_init(&s, context, cells, STEP(.where = "not oud", .set = { "x = 0" }));
    assert_ok(dki_strata_find(&s.stage, &s.strata, &err), &err);
    assert_string_equal(show_strata(&s.strata), "3 0: 1\n");
    assert_true(s.strata.left_out == INT64_C(7000000000)); /* cell 4 */
    stage_drop(&s);
}

static void nobody_is_an_error_unless_it_is_allowed(void **state)
{
    (void)state;
    assert_refused(STEP(.where = "leeftijd > 90", .set = { "x = 0" }), DK_ERR_UNREACHABLE,
                   "nobody matches leeftijd > 90 (say allow_none = true where that may be so)");
    assert_refused(STEP(.where = "plaats == 'Zutpen'", .set = { "x = 0" }), DK_ERR_UNREACHABLE,
                   "nobody matches plaats == 'Zutpen' (no plaats is \"Zutpen\"; the nearest is \"Zutphen\")");
    assert_strata(STEP(.where = "leeftijd > 90", .allow_none = true, .set = { "x = 0" }), "");
}

static void cells_without_rows_have_nobody(void **state)
{
    stage s;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    stage_init(&s, context, "x:integer w:decimal9\n", STEP(.set = { "x = 0" }));
    assert_fails(dki_strata_find(&s.stage, &s.strata, &err), &err, DK_ERR_UNREACHABLE, "there is nobody");
    stage_drop(&s);
}

static void where_is_a_condition(void **state)
{
    (void)state;
    assert_refused(STEP(.where = "leeftijd + 1", .set = { "x = 0" }), DK_ERR_TYPE,
                   "where wants a condition, and leeftijd + 1 is integer");
    assert_refused(STEP(.where = "plaats > 5", .set = { "x = 0" }), DK_ERR_TYPE, "");
    assert_refused(STEP(.where = "count() > 5", .set = { "x = 0" }), DK_ERR_ARGUMENT, "");
}

/* The number of a cell says nothing to who asked: its values do. */
static void a_condition_that_fails_tells_for_whom(void **state)
{
    (void)state;
    assert_refused(STEP(.where = "x > 2 and leeftijd * 9000000000000000000 > 0", .set = { "plaats = 'Ede'" }),
                   DK_ERR_OVERFLOW,
                   "where x = 3, leeftijd = 61, plaats = Arnhem: 61 * 9000000000000000000 does not fit");
}

static void only_keeps_one_group(void **state)
{
    const dk_value values[] = { TEXT("Arnhem"), NOTHING, TEXT("Ede") };
    const char *const expected[] = { "5.5 0: 0 5 7\n", "1 0: 3\n", "" };
    const bool steps[] = { true };
    const dk_expr *dimension = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_expr_parse(context, "plaats", &dimension, &err), &err);
    for (size_t i = 0; i < 3; i++) {
        const dki_only only = { dimension, NULL, &values[i], steps };
        stage s;

        stage_init(&s, context, cells, STEP(.where = "oud", .allow_none = true, .set = { "oud = false" }));
        s.stage.only = &only;
        assert_ok(dki_strata_find(&s.stage, &s.strata, &err), &err);
        assert_string_equal(show_strata(&s.strata), expected[i]);
        stage_drop(&s);
    }
    dk_expr_release(dimension);
}

static void a_table_that_is_no_cells_is_refused(void **state)
{
    static const char *const wrong[] = { "x:integer w:integer\n1|1\n", "x:integer w:decimal8\n1|1\n" };
    int64_t weights[4];
    dk_error err = DK_ERROR_INIT;
    const dk_table *table = make_table(context, "x:integer w:decimal9\n1|1\n");

    (void)state;
    assert_fails(dki_cells_weights(table, weights, &err), &err, DK_ERR_ARGUMENT,
                 "a scenario runs on cells, and this table is none");
    dk_table_release(table);
    for (size_t i = 0; i < 2; i++) {
        table = with_weight(make_table(context, wrong[i]), "w");
        assert_fails(dki_cells_weights(table, weights, &err), &err, DK_ERR_ARGUMENT, "this table is none");
        dk_table_release(table);
    }
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_value value = TEXT("Arnhem");
    const bool steps[] = { true };
    dki_only only = { NULL, NULL, &value, steps };
    stage s;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    stage_init(&s, context, cells, STEP(.where = "oud", .per = { "plaats" }, .set = { "oud = false" }));
    assert_ok(dk_expr_parse(context, "plaats", &only.dimension, &err), &err);
    s.stage.only = &only;
    assert_survives_failing_memory(context, dki_strata_find(&s.stage, &s.strata, &err), &err,
                                   s.strata.context == NULL, (void)0);
    dk_expr_release(only.dimension);
    stage_drop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(strata_are_the_groups_of_per_in_the_order_of_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_per_strata_are_what_the_step_mentions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(combinations_are_of_the_whole_scenario, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_condition_that_is_null_leaves_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_is_an_error_unless_it_is_allowed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_without_rows_have_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_is_a_condition, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_condition_that_fails_tells_for_whom, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_keeps_one_group, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_table_that_is_no_cells_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
