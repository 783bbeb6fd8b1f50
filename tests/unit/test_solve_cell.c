/* test_solve_cell.c - the cell that a target is about: totals of others, null, groups that come and go, all(). */
#include "solves.h"

#include "with_context.h"

static const char people[] = "regio:category g:category klasse:category in_sonar:boolean w:integer\n"
                             "N|a|jong|true|5\nN|a|jong|false|15\nN|a|oud|true|4\nN|a|oud|false|6\n"
                             "N|b|jong|true|2\nN|b|-|false|8\nZ|c|oud|true|10\nZ|c|oud|false|10\n";

static const dk_table *ask(const struct question *question, const struct plan *plan, const char *target,
                           dk_cell_at first, dk_cell_at second)
{
    return solved(with_weight(make_table(context, people), "w"),
                  SEARCH(.question = question, .plan = plan, .vary = plan->params[0].name, .target = target,
                         .at = { first, second }));
}

#define AT(d, ...) ((dk_cell_at){ (d), __VA_ARGS__ })
#define NOWHERE ((dk_cell_at){ NULL, { .type = DK_TEXT } })

static const struct question by_three = { .by = { "regio", "g", "klasse" }, .measures = { COVERAGE } };

/* Dimensions that are not named are totalled, in whatever order they stand and whatever margins the breakdown has.
 * */
static void dimensions_that_are_not_named_are_totals(void **state)
{
    const struct plan *plan = SHARE_PLAN(.per = { NULL });
    const dk_table *result = ask(&by_three, plan, "dekking >= 0.5", AT("g", TEXT("a")), NOWHERE);

    (void)state;
    /* a has 9 of 30, 21 of the 39 unknown: 6 of them with 6 * 39 / 21 = 11.1, so 12 */
    assert_int_equal(value_at(result, "register", 0).as.integer, 30);
    assert_int_equal(value_at(result, "persons", 0).as.integer, 12);
    dk_table_release(result);
    result = ask(&by_three, plan, "dekking >= 0.5", AT("klasse", TEXT("jong")), AT("regio", TEXT("N")));
    assert_int_equal(value_at(result, "register", 0).as.integer, 22); /* 7 known, 15 of 39: 4 with 10.4, so 11 */
    assert_int_equal(value_at(result, "persons", 0).as.integer, 11);
    dk_table_release(result);
    result = ask(&by_three, plan, "dekking >= 0.5", NOWHERE, NOWHERE);
    assert_int_equal(value_at(result, "register", 0).as.integer, 60); /* 21 known */
    assert_int_equal(value_at(result, "persons", 0).as.integer, 9);
    dk_table_release(result);
}

static void null_is_a_cell(void **state)
{
    const dk_table *result =
        ask(&by_three, SHARE_PLAN(.per = { NULL }), "dekking >= 0.5", AT("klasse", NOTHING), NOWHERE);

    (void)state;
    assert_int_equal(value_at(result, "register", 0).as.integer, 8); /* none known: 4 of 8 with 19.5, so 20 */
    assert_int_equal(value_at(result, "persons", 0).as.integer, 20);
    dk_table_release(result);
}

/* A dimension that is computed, a number as key. */
static void cells_of_expressions_are_found(void **state)
{
    const struct question question = { .by = { "n = length(g) + 1", "k = klasse == 'jong'" },
                                       .measures = { COVERAGE } };
    const dk_table *result =
        ask(&question, SHARE_PLAN(.per = { NULL }), "known >= 11", AT("k", TRUTH(true)), AT("n", DECIMAL(20, 1)));

    (void)state;
    assert_int_equal(value_at(result, "register", 0).as.integer, 22);
    assert_int_equal(value_at(result, "persons", 0).as.integer, 11);
    dk_table_release(result);
}

/* all(m) is over everything, all(m, d) within the cell's own d. */
static void totals_inside_measures_are_those_of_the_result(void **state)
{
    const struct question question = { .by = { "regio", "g", "klasse" },
                                       .measures = { COVERAGE, "van_alles = known / all(register)",
                                                     "in_regio = known / all(register, regio)" } };
    const struct plan *plan = SHARE_PLAN(.per = { NULL });
    const dk_table *result = ask(&question, plan, "van_alles >= 0.25", AT("g", TEXT("a")), NOWHERE);

    (void)state;
    assert_int_equal(value_at(result, "persons", 0).as.integer, 12); /* 15 of 60: 6 more, as above */
    dk_table_release(result);
    result = ask(&question, plan, "in_regio >= 0.5", AT("g", TEXT("a")), AT("regio", TEXT("N")));
    assert_int_equal(value_at(result, "persons", 0).as.integer, 21); /* 20 of 40: 11 more, with 20.4 */
    dk_table_release(result);
}

/* Nobody is known in d before somebody moves there. */
static void a_cell_may_come_into_being(void **state)
{
    const struct plan plan = {
        .name = "p",
        .params = { SHARE("p", 5, 1) },
        .steps = { { .name = "s", .where = "g == 'a'", .share = "$p", .whole = true, .set = { "g = 'd'" } } }
    };
    const dk_table *result = ask(&by_three, &plan, "register >= 7", AT("g", TEXT("d")), NOWHERE);

    (void)state;
    assert_string_equal(text_at(result, "answer", 0), "7 persons, 23.33 % of 30, give register = 7");
    dk_table_release(result);
}

/* And may cease to be: in the end nobody is left, which is 0 persons. */
static void a_cell_may_cease_to_be(void **state)
{
    const struct question with_all = { .by = { "g" },
                                       .measures = { COVERAGE, "deel = register / all(register, g)" } };
    const struct question by_g = { .by = { "g" }, .measures = { COVERAGE } };
    const struct plan plan = {
        .name = "p",
        .params = { SHARE("p", 5, 1) },
        .steps = { { .name = "s", .where = "g == 'a'", .share = "$p", .whole = true, .set = { "g = 'b'" } } }
    };
    const dk_table *result = ask(&by_g, &plan, "register <= 0", AT("g", TEXT("a")), NOWHERE);

    (void)state;
    assert_string_equal(show_rows(result), "true|30|30|1/1|0|0|-|30 persons, 100.00 % of 30, give register = 0\n");
    dk_table_release(result);
    result = ask(&with_all, &plan, "register <= 1", AT("g", TEXT("a")), NOWHERE);
    assert_string_equal(text_at(result, "answer", 0), "29 persons, 96.67 % of 30, give register = 1");
    dk_table_release(result);
    /* What is relative to a dimension is not known of nobody. */
    result = ask(&with_all, &plan, "register <= 0", AT("g", TEXT("a")), NOWHERE);
    assert_false(value_at(result, "reachable", 0).as.boolean);
    dk_table_release(result);
}

/* A target may mention a dimension of the cell. */
static void a_target_may_mention_a_dimension(void **state)
{
    const struct question by_g = { .by = { "g" }, .measures = { COVERAGE } };
    const dk_table *result =
        ask(&by_g, SHARE_PLAN(.per = { NULL }), "dekking >= 0.5 or g == 'b'", AT("g", TEXT("b")), NOWHERE);

    (void)state;
    assert_string_equal(text_at(result, "answer", 0), "reached already: 20.00 %");
    dk_table_release(result);
}

/* A breakdown has sixteen dimensions: the answer takes those that it needs, and not every margin of all. */
static void many_dimensions_cost_nothing(void **state)
{
    const struct question many = { .by = { "regio", "g", "klasse", "a = g", "b = g", "c = g", "d = g", "e = g",
                                           "f = g", "h = g", "i = g", "j = g", "k = g", "l = g", "m = g", "o = g" },
                                   .measures = { COVERAGE } };
    const dk_table *result = ask(&many, SHARE_PLAN(.per = { NULL }), "dekking >= 0.5", AT("g", TEXT("a")), NOWHERE);

    (void)state;
    assert_int_equal(value_at(result, "persons", 0).as.integer, 12);
    dk_table_release(result);
}

/* Groups of the breakdown's where alone; and every stated level where the breakdown shows them. */
static void each_goes_over_the_groups_of_the_breakdown(void **state)
{
    const struct question narrow = { .by = { "g" }, .measures = { COVERAGE }, .where = "klasse == 'jong'" };
    const struct question n = { .by = { "n = g" }, .measures = { COVERAGE } };
    const struct plan *plan = SHARE_PLAN(.per = { NULL });
    const dk_table *result = solved(
        with_weight(make_table(context, people), "w"),
        SEARCH(.question = &narrow, .plan = plan, .vary = "aandeel", .target = "dekking >= 0.5", .each = "g"));

    (void)state;
    /* In a, all 21 unknown may register and 15 of them are young: 5 young of 10 with 7. */
    assert_string_equal(show_rows(result), "a|true|7|21|1/3|20|10|1/2|7 persons, 33.33 % of 21, give 50.00 %\n"
                                           "b|true|0|8|0/1|2|2|1/1|reached already: 100.00 %\n");
    dk_table_release(result);
    result =
        solved(with_weight(make_table(context, people), "w"),
               SEARCH(.question = &n, .plan = plan, .vary = "aandeel", .target = "dekking >= 0.5", .each = "n"));
    assert_int_equal(dk_table_n_rows(result), 3);
    assert_string_equal(dk_table_field(result, 0)->name, "n");
    dk_table_release(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(dimensions_that_are_not_named_are_totals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(null_is_a_cell, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_of_expressions_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_inside_measures_are_those_of_the_result, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cell_may_come_into_being, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cell_may_cease_to_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_target_may_mention_a_dimension, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_dimensions_cost_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_goes_over_the_groups_of_the_breakdown, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
