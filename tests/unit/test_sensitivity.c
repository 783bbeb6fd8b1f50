/* test_sensitivity.c - which parameter matters most. */
#include <dekking/contribution.h>

#include "scenarios.h"

#include "whatif/basis.h"

#include "with_context.h"

/* A share of the unknown, a number of persons who leave, and a name that is no number. */
static const struct plan plan = {
    .name = "plan",
    .params = { SHARE("f", 3, 1),
                { .name = "weg",
                  .value = WHOLE(100),
                  .has_least = true,
                  .has_greatest = true,
                  .least = WHOLE(0),
                  .greatest = WHOLE(9000) },
                { .name = "waar", .value = TEXT("Duiven") } },
    .steps = { { .name = "in", .where = "not in_sonar", .share = "$f", .set = { "in_sonar = true" } },
               { .name = "uit",
                 .where = "in_sonar and gemeente ~= $waar",
                 .count = "$weg",
                 .set = { "in_sonar = false" } } }
};

#define SPEC(...) (&(const dk_sensitivity_spec){ __VA_ARGS__ })
#define RANGES(...)                    \
    .ranges = (const dk_param_range[]) \
    {                                  \
        __VA_ARGS__                    \
    }
#define TOTAL .place = { .total = true }

static const struct question question = { .by = { "gemeente" },
                                          .measures = { "known = count() where in_sonar",
                                                        "dekking = (count() where in_sonar) / count()" } };

static dk_status ask_sensitivity(const struct question *asked, const struct plan *of,
                                 const dk_sensitivity_spec *spec, const dk_table **out, dk_error *err)
{
    const dk_table *region = make_region(context);
    const dk_breakdown *breakdown = make_breakdown(context, asked);
    const dk_scenario *scenario = make_scenario(context, of);
    dk_status status = dk_scenario_sensitivity(breakdown, region, NULL, scenario, NULL, spec, out, err);

    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(region);
    return status;
}

static void assert_sensitive(const dk_sensitivity_spec *spec, const char *names, const char *rows)
{
    for (unsigned way = 0; way < 4; way++) { /* one thread or two, on cells or on rows */
        const dk_table *result = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + way % 2);
        dki_basis_force(way < 2 ? DKI_PATH_CELLS : DKI_PATH_ROWS);
        assert_ok(ask_sensitivity(&question, &plan, spec, &result, &err), &err);
        dki_basis_force(DKI_PATH_AUTO);
        assert_string_equal(show_names(result), names);
        assert_string_equal(show_rows(result), rows);
        dk_table_release(result);
    }
}

static void assert_refused(const struct question *asked, const struct plan *of, const dk_sensitivity_spec *spec,
                           dk_status expected, const char *part)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(ask_sensitivity(asked, of, spec, &result, &err), &err, expected, part);
    assert_null(result);
}

#define NAMES "parameter low high at_low at_base at_high swing problem"

/* 5682 + 0.3 * 1994 - 100 = 6180.2; f from 0.2 to 0.4: 5980.8 to 6379.6; weg from 0 to 50: 6280.2 to 6230.2. */
static void the_widest_swing_comes_first(void **state)
{
    (void)state;
    assert_sensitive(SPEC(.measure = "known", TOTAL, .n_ranges = 2,
                          RANGES({ "weg", WHOLE(0), WHOLE(50) }, { "f", DECIMAL(2, 1), DECIMAL(4, 1) })),
                     NAMES, "f|0.2|0.4|5980.8|6180.2|6379.6|398.8|-\nweg|0.0|50.0|6280.2|6180.2|6230.2|100.0|-\n");
    assert_sensitive(
        SPEC(.measure = "dekking", TOTAL, .n_ranges = 1, RANGES({ "f", DECIMAL(4, 1), DECIMAL(2, 1) })), NAMES,
        "f|0.2|0.4|7476/9595|30901/38380|15949/19190|997/19190|-\n");
}

/* Without ranges those of the parameters; what cannot be is told, and comes last. */
static void an_end_without_an_answer_says_why(void **state)
{
    (void)state;
    assert_sensitive(SPEC(.measure = "known", TOTAL), NAMES,
                     "f|0|1|5582.0|6180.2|7576|1994|-\n"
                     "weg|0|9000|6280.2|6180.2|-|-|uit: 9000 persons are to be taken, and there are 6005.1, in 7 "
                     "strata by in_sonar, gemeente\n");
}

static void each_group_has_its_own_order(void **state)
{
    dk_cell_at duiven = { "gemeente", TEXT("Duiven") };
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_sensitive(SPEC(.measure = "known", .place = { .at = &duiven, .n_at = 1 }, .n_ranges = 2,
                          RANGES({ "weg", WHOLE(0), WHOLE(50) }, { "f", DECIMAL(2, 1), DECIMAL(4, 1) })),
                     "gemeente " NAMES,
                     "Duiven|f|0.2|0.4|266.4|275.1|283.8|17.4|-\nDuiven|weg|0.0|50.0|275.1|275.1|275.1|0.0|-\n");
    assert_ok(
        ask_sensitivity(&question, &plan, SPEC(.measure = "known", .place = { .each = "gemeente" }), &result, &err),
        &err);
    assert_int_equal(dk_table_n_rows(result), 16);
    assert_int_equal(dk_table_n_notes(result), 1);
    assert_string_equal(dk_table_note(result, 0), "waar has no least and greatest value, and is left out");
    assert_string_equal(text_at(result, "gemeente", 0), "Arnhem");
    assert_string_equal(text_at(result, "gemeente", 1), "Arnhem");
    dk_table_release(result);
}

static void what_cannot_be_asked_is_told(void **state)
{
    static const struct plan without = {
        .name = "zonder",
        .steps = { { .name = "in", .where = "not in_sonar", .share = "0.5", .set = { "in_sonar = true" } } }
    };

    (void)state;
    assert_refused(&question, &plan, SPEC(TOTAL), DK_ERR_ARGUMENT,
                   "sensitivity: the breakdown has several measures, and one is asked about (say which: measure = "
                   "\"dekking\")");
    assert_refused(
        &question, &without, SPEC(.measure = "known", TOTAL), DK_ERR_ARGUMENT,
        "sensitivity: no parameter of zonder has a least and a greatest value (say from where to where: ranges = "
        "{ name = { 0.2, 0.4 } })");
    assert_refused(&question, &plan, SPEC(.measure = "known", .n_ranges = 1, RANGES({ "g", WHOLE(0), WHOLE(1) })),
                   DK_ERR_NAME, "the scenario plan has no parameter g");
    assert_refused(&question, &plan, SPEC(.measure = "known", .n_ranges = 1, RANGES({ "f", WHOLE(0), WHOLE(2) })),
                   DK_ERR_RANGE, "the parameter f lies between 0 and 1, and 2 does not");
    assert_refused(&question, &plan,
                   SPEC(.measure = "known", .n_ranges = 1, RANGES({ "waar", TEXT("a"), TEXT("b") })), DK_ERR_TYPE,
                   "sensitivity: the range of waar is of two numbers");
    assert_refused(ASK(.measures = { "g = max(gemeente)" }), &plan, SPEC(TOTAL), DK_ERR_TYPE,
                   "sensitivity is of numbers, and g is none");
    assert_refused(ASK(.measures = { "g = sum(interval(1, 2))" }), &plan,
                   SPEC(.n_ranges = 1, RANGES({ "f", WHOLE(0), WHOLE(1) })), DK_ERR_TYPE,
                   "sensitivity is of numbers, and g is known in bounds only");
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    ASSERT_ANSWER_SURVIVES(context, &question, &plan, dk_scenario_sensitivity,
                           SPEC(.measure = "dekking", .place = { .each = "gemeente" }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_widest_swing_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_end_without_an_answer_says_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_group_has_its_own_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_asked_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
