/* test_needs.c - which columns and parameters breakdowns and scenarios say that they need. */
#include "check.h"

#include <string.h>

#include <dekking/scenario.h>

#include "with_context.h"

struct seen {
    char text[400];
    size_t n, most; /* visit no more than most */
};

static bool see(void *arg, const char *name, bool is_param)
{
    struct seen *seen = arg;

    strcat(seen->text, is_param ? " $" : " ");
    strcat(seen->text, name);
    return ++seen->n < seen->most;
}

static const dk_measure by[] = { { "gemeente", NULL, NULL }, { "klasse = bin(leeftijd, $breedte)", NULL, NULL } };
static const dk_measure measures[] = { { "n = count() where in_sonar", NULL, NULL },
                                       { "som = sum(uren) where uren > $least", NULL, NULL },
                                       { "deel = n / all(n, arbeidsmarktregio)", NULL, NULL },
                                       { "rest = 1 - deel", NULL, NULL } };

static void needs_of_a_breakdown(void **state)
{
    dk_breakdown_spec spec = {
        .by = by, .n_by = 2, .where = "doelgroep ~= $niet", .measures = measures, .n_measures = 4
    };
    const dk_breakdown *breakdown = NULL;
    dk_error err = DK_ERROR_INIT;
    /* Columns first: of dimensions, the condition, aggregates; a level that a share is within. A dimension or measure is none. */
    static const char all[] =
        " gemeente leeftijd doelgroep in_sonar uren uren arbeidsmarktregio $breedte $niet $least";

    (void)state;
    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    for (size_t most = 1; most <= 11; most++) {
        struct seen seen = { .most = most };

        dk_breakdown_needs(breakdown, see, &seen);
        assert_int_equal(seen.n, most < 10 ? most : 10);
        assert_memory_equal(seen.text, all, strlen(seen.text));
        if (most >= 10)
            assert_string_equal(seen.text, all);
    }
    dk_breakdown_release(breakdown);
}

static void needs_of_a_scenario(void **state)
{
    const char *const per[] = { "gemeente" }, *const set[] = { "in_sonar = true",
                                                               "klasse = case(leeftijd > 5, 'a', oud)" };
    const dk_intervention steps[] = {
        { .name = "een", .where = "not in_sonar", .share = "$deel", .per = per, .n_per = 1, .set = set, .n_set = 2 }
    };
    const dk_scenario_param params[] = { { .name = "deel", .value = { .type = DK_INTEGER, .as.integer = 1 } } };
    const dk_scenario *scenario = NULL;
    dk_error err = DK_ERROR_INIT;
    static const char all[] = " in_sonar gemeente in_sonar klasse leeftijd oud $deel";

    (void)state;
    assert_ok(dk_scenario_new(context, "s", params, 1, steps, 1, &scenario, &err), &err);
    for (size_t most = 1; most <= 8; most++) {
        struct seen seen = { .most = most };

        dk_scenario_needs(scenario, see, &seen);
        assert_int_equal(seen.n, most < 7 ? most : 7);
        assert_memory_equal(seen.text, all, strlen(seen.text));
        if (most >= 7)
            assert_string_equal(seen.text, all);
    }
    dk_scenario_release(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(needs_of_a_breakdown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(needs_of_a_scenario, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
