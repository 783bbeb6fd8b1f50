/* test_untouched.c - differences of numbers in bounds under a scenario: what nobody touched is 0, by cells and by rows. */
#include "base/cache.h"
#include "base/memory.h"
#include "scenarios.h"
#include "whatif/basis.h"
#include "with_context.h"

#define PEOPLE                                                                \
    "gemeente:category naam:text in_sonar:boolean nr:integer\nEde|a|true|3\n" \
    "Arnhem|b|false|1\nDuiven|c|true|5\nArnhem|d|true|2\nDuiven|e|false|7\nEde|a|false|4\n"

static const struct plan merger = { .name = "fusie",
                                    .steps = { { .name = "merge",
                                                 .where = "gemeente == 'Ede' and in_sonar",
                                                 .all = true,
                                                 .set = { "gemeente = 'Duiven'" } } } };
static const struct plan two = {
    .name = "twee",
    .steps = { { .name = "a", .where = "not in_sonar", .share = "0.5", .set = { "in_sonar = true" } },
               { .name = "b", .where = "gemeente == 'Ede'", .share = "0.5", .effect = DK_REMOVES } }
};

/* Each number is nr .. nr + 2. Ede loses 3..5 to Duiven; of Arnhem and of all nobody moved. rows() has it asked of rows. */
static void who_stays_is_the_same_by_cells_and_rows(void **state)
{
    struct question question = { .by = { "gemeente" },
                                 .measures = { "n = sum(interval(nr, nr + 2))", "m = mean(interval(nr, nr + 2))",
                                               "r = rows()" },
                                 .margins = DK_MARGINS_TOTALS };

    (void)state;
    for (int of_rows = 0; of_rows < 2; of_rows++) {
        const dk_table *table = make_table(context, PEOPLE), *result = NULL;
        const dk_scenario *scenario = make_scenario(context, &merger);
        const dk_breakdown *breakdown;
        dk_error err = DK_ERROR_INIT;

        if (!of_rows)
            question.measures[2] = NULL;
        else
            question.measures[2] = "r = rows()";
        breakdown = make_breakdown(context, &question);
        assert_ok(dk_scenario_compare(breakdown, table, NULL, &scenario, NULL, 1, &result, &err), &err);
        assert_string_equal(show_rows(result),
                            of_rows ? "Arnhem|3..7|3..7|0|1.500000..3.500000|1.500000..3.500000|0.000000|2|2|0\n"
                                      "Duiven|12..16|15..21|3..5|6.000000..8.000000|5.000000..7.000000|"
                                      "-3.000000..1.000000|2|3|1\n"
                                      "Ede|7..11|4..6|-5..-3|3.500000..5.500000|4.000000..6.000000|"
                                      "-1.500000..2.500000|2|1|-1\n"
                                      "*|22..34|22..34|0|3.666666..5.666667|3.666666..5.666667|0.000000|6|6|0\n"
                                    : "Arnhem|3..7|3..7|0|1.500000..3.500000|1.500000..3.500000|0.000000\n"
                                      "Duiven|12..16|15..21|3..5|6.000000..8.000000|5.000000..7.000000|"
                                      "-3.000000..1.000000\n"
                                      "Ede|7..11|4..6|-5..-3|3.500000..5.500000|4.000000..6.000000|"
                                      "-1.500000..2.500000\n"
                                      "*|22..34|22..34|0|3.666666..5.666667|3.666666..5.666667|0.000000\n");
        dk_table_release(result);
        dk_breakdown_release(breakdown);
        dk_scenario_release(scenario);
        dk_table_release(table);
    }
}

static void failing_memory_is_survived(void **state)
{
    static const struct question question = { .by = { "gemeente" },
                                              .measures = { "n = sum(interval(nr, nr + 2))",
                                                            "k = sum(interval(nr, nr + 2)) where in_sonar",
                                                            "m = mean(interval(nr, nr + 2))" },
                                              .margins = DK_MARGINS_TOTALS };
    static const dk_comparison_form relative = { .relative = true };

    (void)state;
    ASSERT_ASKING_SURVIVES(
        context, make_table(context, PEOPLE), &question, &two,
        dk_scenario_compare_as(breakdown_, table_, NULL, &scenario_, NULL, 1, &relative, NULL, &result_, &err_));
    ASSERT_ASKING_SURVIVES(
        context, make_table(context, PEOPLE), &question, &two,
        dk_table_compare_as(breakdown_, table_, table_, "again", NULL, &relative, &result_, &err_));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_stays_is_the_same_by_cells_and_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
