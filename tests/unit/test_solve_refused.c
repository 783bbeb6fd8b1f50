/* test_solve_refused.c - what cannot be solved, and what is said of it. */
#include "solves.h"

#include "with_context.h"

static void assert_refused(const struct search *search, dk_status expected, const char *part)
{
    const dk_table *region = make_region(context), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(solve_on(region, search, &result, &err), &err, expected, part);
    assert_null(result);
    dk_table_release(region);
}

static void what_is_asked_must_exist(void **state)
{
    const struct plan *plan = SHARE_PLAN(.per = { "gemeente" });

    (void)state;
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandel", .target = "dekking >= 0.9"),
                   DK_ERR_NAME, "the scenario outreach has no parameter aandel (did you mean aandeel?)");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandeel", .target = "deking >= 0.9"),
                   DK_ERR_NAME, "dekking");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandeel", .target = "dekking >= 0.9",
                          .each = "gemente"),
                   DK_ERR_NAME, "gemente is no dimension of the breakdown (did you mean gemeente?)");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandeel", .target = "dekking >= 0.9",
                          .at = { { "regio", TEXT("x") } }),
                   DK_ERR_NAME, "regio is no dimension of the breakdown");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandeel", .target = "dekking >= 0.9",
                          .at = { { "gemeente", TEXT("Duivn") } }),
                   DK_ERR_NAME, "the result has no cell gemeente = Duivn (did you mean Duiven?)");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandeel", .target = "dekking >= 0.9",
                          .at = { { "gemeente", WHOLE(5) } }),
                   DK_ERR_NAME, "the result has no cell gemeente = 5");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .target = "dekking >= 0.9"), DK_ERR_ARGUMENT,
                   "solve wants to know what to vary and which target to reach");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandeel"), DK_ERR_ARGUMENT,
                   "solve wants to know what to vary and which target to reach");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandeel", .target = "dekking >= 0.9",
                          .each = "gemeente", .at = { { "gemeente", TEXT("Duiven") } }),
                   DK_ERR_ARGUMENT, "solve names one cell (at) or goes over groups (each), not both");
}

static void the_target_is_a_condition(void **state)
{
    const struct plan *plan = SHARE_PLAN(.per = { "gemeente" });

    (void)state;
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandeel", .target = "dekking >="),
                   DK_ERR_SYNTAX, "");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandeel", .target = "dekking + 1"),
                   DK_ERR_TYPE, "");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandeel", .target = "dekking = 0.9"),
                   DK_ERR_ARGUMENT, "the target is a condition, and dekking = 0.9 gives a name (== compares)");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = plan, .vary = "aandeel", .target = "count() > 5"),
                   DK_ERR_ARGUMENT, "");
}

static void the_parameter_is_a_number_with_a_range(void **state)
{
    (void)state;
    assert_refused(SEARCH(.question = &by_gemeente, .vary = "p", .target = "dekking >= 0.9",
                          .plan = PLAN(.name = "x", .params = { { .name = "p", .value = TEXT("a") } },
                                       .steps = { { .name = "s",
                                                    .all = true,
                                                    .where = "gemeente == $p",
                                                    .set = { "in_sonar = true" } } })),
                   DK_ERR_TYPE, "the parameter p is no number, and cannot be varied");
    assert_refused(
        SEARCH(.question = &by_gemeente, .vary = "p", .target = "dekking >= 0.9",
               .plan = PLAN(.name = "x", .params = { { .name = "p", .value = DECIMAL(25, 2) } },
                            .steps = { KNOWN_STEP(.share = "$p / 2") })),
        DK_ERR_ARGUMENT,
        "the parameter p has no range, and is not a share or count by itself (give it one: p = { 0.25, min = "
        "..., max = ... })");
    assert_refused(
        SEARCH(.question = &by_gemeente, .vary = "p", .target = "dekking >= 0.9",
               .plan = PLAN(.name = "x",
                            .params = { { .name = "p", .value = WHOLE(3), .has_least = true, .least = WHOLE(2) } },
                            .steps = { KNOWN_STEP(.share = "$p") })),
        DK_ERR_RANGE, "the range of the parameter p holds no share: one lies between 0 and 1");
    assert_refused(SEARCH(.question = &by_gemeente, .vary = "p", .target = "dekking >= 0.9",
                          .plan = PLAN(.name = "x",
                                       .params = { { .name = "p",
                                                     .value = WHOLE(-3),
                                                     .has_greatest = true,
                                                     .greatest = WHOLE(-2) } },
                                       .steps = { KNOWN_STEP(.count = "$p") })),
                   DK_ERR_RANGE, "the range of the parameter p holds no count: one is not negative");
    assert_refused(SEARCH(.question = &by_gemeente, .vary = "p", .target = "dekking >= 0.9",
                          .plan = PLAN(.name = "x",
                                       .params = { { .name = "p",
                                                     .value = DECIMAL(5, 1),
                                                     .has_least = true,
                                                     .least = { .type = DK_REAL, .as.real = 1e-30 } } },
                                       .steps = { KNOWN_STEP(.share = "$p") })),
                   DK_ERR_RANGE, "the range of p has more digits than an exact number can have");
}

static void the_answer_has_names_of_its_own(void **state)
{
    const struct question persons = { .by = { "gemeente" }, .measures = { "persons = count()" } };
    const struct question answer = { .by = { "answer = gemeente" }, .measures = { "n = count()" } };
    const struct question same = { .by = { "gemeente" }, .measures = { "aandeel = count()" } };
    const struct question dimension = { .by = { "aandeel = gemeente" }, .measures = { "n = count()" } };
    const struct plan *plan = SHARE_PLAN(.per = { "gemeente" });

    (void)state;
    assert_refused(SEARCH(.question = &persons, .plan = plan, .vary = "aandeel", .target = "persons > 1"),
                   DK_ERR_ARGUMENT, "an answer has a column persons of its own: give the measure another name");
    assert_refused(
        SEARCH(.question = &answer, .plan = plan, .vary = "aandeel", .target = "n > 1", .each = "answer"),
        DK_ERR_ARGUMENT, "an answer has a column answer of its own: give the dimension another name");
    assert_refused(SEARCH(.question = &by_gemeente, .vary = "available", .target = "known > 1",
                          .plan = PLAN(.name = "x", .params = { SHARE("available", 3, 1) },
                                       .steps = { KNOWN_STEP(.share = "$available") })),
                   DK_ERR_ARGUMENT, "an answer has a column available of its own: give the parameter another name");
    assert_refused(SEARCH(.question = &same, .plan = plan, .vary = "aandeel", .target = "aandeel > 1"),
                   DK_ERR_ARGUMENT, "aandeel is a parameter and a column of the result: rename one");
    assert_refused(
        SEARCH(.question = &dimension, .plan = plan, .vary = "aandeel", .target = "n > 1", .each = "aandeel"),
        DK_ERR_ARGUMENT, "aandeel is a parameter and a column of the result: rename one");
}

/* Who changes municipality afterwards has two; a merger comes first. */
static void groups_that_change_afterwards_are_refused(void **state)
{
    const struct plan plan = { .name = "plan",
                               .params = { SHARE("aandeel", 3, 1) },
                               .steps = { KNOWN_STEP(.share = "$aandeel"),
                                          { .name = "fusie",
                                            .where = "gemeente == 'Duiven'",
                                            .all = true,
                                            .set = { "gemeente = 'Westervoort'" } } } };
    const dk_table *result;

    (void)state;
    assert_refused(
        SEARCH(.question = &by_gemeente, .plan = &plan, .vary = "aandeel", .target = "dekking >= 0.9",
               .each = "gemeente"),
        DK_ERR_ARGUMENT,
        "fusie: each gemeente has no answer of its own where gemeente changes (put that step before the one "
        "that $aandeel is in)");
    result = solved(make_region(context), SEARCH(.question = &by_gemeente, .plan = &plan, .vary = "aandeel",
                                                 .target = "dekking >= 0.9")); /* the total does not mind */
    assert_int_equal(value_at(result, "persons", 0).as.integer, 1227);
    dk_table_release(result);
}

static void a_condition_that_nobody_ever_meets_is_an_error(void **state)
{
    const struct plan never = { .name = "x",
                                .params = { SHARE("aandeel", 3, 1) },
                                .steps = { { .name = "s",
                                             .where = "gemeente == 'Duivn'",
                                             .share = "$aandeel",
                                             .set = { "in_sonar = true" } } } };
    const struct plan later = {
        .name = "x",
        .params = { SHARE("aandeel", 3, 1) },
        .steps = { KNOWN_STEP(.share = "$aandeel"),
                   { .name = "t", .where = "gemeente == 'Ede'", .all = true, .set = { "in_sonar = true" } } }
    };
    const struct plan before = {
        .name = "x",
        .params = { SHARE("aandeel", 3, 1) },
        .steps = { { .name = "t", .where = "gemeente == 'Ede'", .all = true, .set = { "in_sonar = true" } },
                   KNOWN_STEP(.share = "$aandeel") }
    };

    (void)state;
    assert_refused(SEARCH(.question = &by_gemeente, .plan = &never, .vary = "aandeel", .target = "dekking >= 0.9"),
                   DK_ERR_UNREACHABLE, "s: nobody matches gemeente == 'Duivn'");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = &never, .vary = "aandeel", .target = "dekking >= 0.9",
                          .each = "gemeente"),
                   DK_ERR_UNREACHABLE, "s: nobody matches gemeente == 'Duivn'");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = &later, .vary = "aandeel", .target = "dekking >= 0.9"),
                   DK_ERR_UNREACHABLE, "t: nobody matches gemeente == 'Ede'");
    assert_refused(SEARCH(.question = &by_gemeente, .plan = &before, .vary = "aandeel", .target = "dekking >= 0.9"),
                   DK_ERR_UNREACHABLE, "t: nobody matches gemeente == 'Ede'");
}

static void an_interruption_stops_it(void **state)
{
    (void)state;
    dk_context_interrupt(context);
    assert_refused(SEARCH(.question = &by_gemeente, .plan = SHARE_PLAN(.per = { NULL }), .vary = "aandeel",
                          .target = "dekking >= 0.9"),
                   DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_asked_must_exist, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_target_is_a_condition, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_parameter_is_a_number_with_a_range, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_answer_has_names_of_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(groups_that_change_afterwards_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_condition_that_nobody_ever_meets_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interruption_stops_it, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
