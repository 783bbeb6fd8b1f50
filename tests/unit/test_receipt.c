/* test_receipt.c - what a scenario moved, step by step and stratum by stratum. */
#include "scenarios.h"

#include "with_context.h"

static const struct plan plan = { .name = "plan",
                                  .steps = { { .name = "registreer",
                                               .where = "not in_sonar",
                                               .share = "0.5",
                                               .per = { "gemeente" },
                                               .set = { "in_sonar = true" } },
                                             { .name = "verhuis",
                                               .where = "in_sonar and gemeente == 'Ede'",
                                               .count = "1",
                                               .set = { "gemeente = 'Duiven'" } },
                                             { .name = "niemand",
                                               .where = "gemeente == 'Rheden'",
                                               .all = true,
                                               .allow_none = true,
                                               .set = { "in_sonar = null" } } } };
static const char cells[] = "gemeente:category in_sonar:boolean w:decimal9\n"
                            "Arnhem|false|3\nEde|false|5\nEde|true|1\n-|false|1\n";

static void every_stratum_of_every_step_has_a_row(void **state)
{
    const dk_table *table = with_weight(make_table(context, cells), "w"), *after = NULL, *moved = NULL;
    const dk_scenario *scenario = make_scenario(context, &plan);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_scenario_apply(scenario, table, NULL, &after, &moved, &err), &err);
    assert_string_equal(show_names(moved), "step name stratum available taken effect set");
    assert_string_equal(
        show_rows(moved),
        "1|registreer|gemeente = Arnhem|3.000000000|1.500000000|moves|in_sonar = true\n"
        "1|registreer|gemeente = Ede|5.000000000|2.500000000|moves|in_sonar = true\n"
        "1|registreer|gemeente = null|1.000000000|0.500000000|moves|in_sonar = true\n"
        "2|verhuis|in_sonar = true, gemeente = Ede|3.500000000|1.000000000|moves|gemeente = 'Duiven'\n");
    assert_string_equal(show_rows(after), "Arnhem|false|1.500000000\nArnhem|true|1.500000000\n"
                                          "Duiven|true|1.000000000\nEde|false|2.500000000\nEde|true|2.500000000\n"
                                          "-|false|0.500000000\n-|true|0.500000000\n");
    dk_table_release(after);
    dk_table_release(moved);
    dk_scenario_release(scenario);
    dk_table_release(table);
}

/* A stratum's text is whole, however long its values are. */
static void long_values_are_not_cut(void **state)
{
    char text[1200], expected[1200];
    const dk_scenario *scenario = make_scenario(
        context,
        PLAN(.name = "p", .steps = { { .name = "s", .all = true, .per = { "a", "b" }, .set = { "b = 'x'" } } }));
    const dk_table *table, *after = NULL, *moved = NULL;
    size_t used = (size_t)sprintf(text, "a:text b:text w:decimal9\n"), used_expected;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    used_expected = (size_t)sprintf(expected, "a = ");
    for (int i = 0; i < 80; i++) {
        used += (size_t)sprintf(text + used, "\xc3\xa9");
        used_expected += (size_t)sprintf(expected + used_expected, "\xc3\xa9");
    }
    used += (size_t)sprintf(text + used, "|");
    used_expected += (size_t)sprintf(expected + used_expected, ", b = ");
    for (int i = 0; i < 90; i++) {
        used += (size_t)sprintf(text + used, "zz");
        used_expected += (size_t)sprintf(expected + used_expected, "zz");
    }
    sprintf(text + used, "|1\n");
    table = with_weight(make_table(context, text), "w");
    assert_ok(dk_scenario_apply(scenario, table, NULL, &after, &moved, &err), &err);
    assert_string_equal(text_at(moved, "stratum", 0), expected);
    dk_table_release(after);
    dk_table_release(moved);
    dk_table_release(table);
    dk_scenario_release(scenario);
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *table = with_weight(make_table(context, cells), "w"), *after = NULL, *moved = NULL;
    const dk_scenario *scenario = make_scenario(context, &plan);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_scenario_apply(scenario, table, NULL, &after, &moved, &err), &err,
                                   after == NULL && moved == NULL,
                                   (dk_table_release(after), dk_table_release(moved)));
    dk_scenario_release(scenario);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_stratum_of_every_step_has_a_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_values_are_not_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
