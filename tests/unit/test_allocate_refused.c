/* test_allocate_refused.c - budgets that cannot be spread: what is out of reach, and what makes no sense. */
#include "allocations.h"

#include "with_context.h"

static void what_cannot_be_reached_says_how_much_can(void **state)
{
    const struct plan arnhem = { .name = "p",
                                 .steps = { { .name = "alleen Arnhem",
                                              .where = "not in_sonar and gemeente == 'Arnhem'",
                                              .all = true,
                                              .set = { "in_sonar = true" } } } };

    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        /* All 1047 of Arnhem bring the region to 6729 of 7676. */
        refused(make_region(context),
                REGION(.plan = &arnhem, .spec = { .minimise = "cost", .whole = whole },
                       .targets = { AT_TOTAL("dekking >= 0.90") }),
                DK_ERR_UNREACHABLE, "dekking >= 0.90 cannot be reached: at most 87.66 %");
        /* 5682 + 500 of 7676; with more money it could be. */
        refused(make_region(context),
                REGION(.spec = { .budget = "500", .maximise = "known", .whole = whole },
                       .targets = { AT_TOTAL("dekking >= 0.90") }),
                DK_ERR_UNREACHABLE, "dekking >= 0.90 cannot be reached with a budget of 500: at most 80.53 %");
        /* One after the other: 644 + 41 + 54 + 80 are 819 for the first four; 81 of 146 are left for Overbetuwe: 496 of 561. */
        refused(
            make_region(context),
            REGION(.spec = { .budget = "900", .minimise = "cost", .whole = true },
                   .targets = { { .condition = "dekking >= 0.90", .each = "gemeente" } }),
            DK_ERR_UNREACHABLE,
            "dekking >= 0.90 cannot be reached where gemeente = Overbetuwe with a budget of 900: at most 88.41 %");
        refused(make_region(context),
                REGION(.spec = { .maximise = "known", .whole = whole, .capacity = "0" },
                       .targets = { AT_TOTAL("known >= 6000") }),
                DK_ERR_UNREACHABLE, "known >= 6000 cannot be reached: at most 5682");
        refused(make_region(context),
                REGION(.spec = { .maximise = "known", .whole = whole },
                       .targets = { AT_TOTAL("known >= 7000"), AT_TOTAL("known < 7000") }),
                DK_ERR_UNREACHABLE, "known < 7000 cannot be reached: at least 7000");
        refused(make_region(context),
                REGION(.spec = { .budget = "100", .maximise = "known", .whole = whole, .minimum = "20" }),
                DK_ERR_UNREACHABLE, "the minimums alone cost 160, and that is more than the budget of 100");
        refused(make_region(context), REGION(.spec = { .maximise = "known", .whole = whole, .minimum = "100" }),
                DK_ERR_UNREACHABLE, "a minimum of 100 cannot be reached where gemeente = Doesburg: at most 65");
        refused(make_region(context),
                REGION(.spec = { .maximise = "known", .whole = whole, .minimum = "10", .capacity = "9" }),
                DK_ERR_UNREACHABLE, "a minimum of 10 cannot be reached where gemeente = Arnhem: the capacity is 9");
    }
}

static void what_makes_no_sense_is_refused(void **state)
{
    static const dk_cell_at arnhm = { "gemeente", TEXT("Arnhm") }, gement = { "gement", TEXT("Arnhem") };
    static const struct question means = { .by = { "gemeente" },
                                           .measures = { "register = count()", "known = count() where in_sonar",
                                                         "anders = known * known", "gemiddeld = mean(1)",
                                                         "cost = count()" } };
    const struct plan moves = { .name = "p",
                                .steps = { { .name = "verhuis",
                                             .where = "gemeente ~= 'Arnhem'",
                                             .all = true,
                                             .set = { "gemeente = 'Arnhem'" } } } };
    const struct plan nobody = { .name = "p",
                                 .steps = { { .name = "niemand",
                                              .where = "not in_sonar and in_sonar",
                                              .all = true,
                                              .set = { "in_sonar = true" } } } };

    (void)state;
#define REFUSED(code, part, ...) refused(make_region(context), REGION(__VA_ARGS__), code, part)
#define MEANS(...) ALLOCATE(.question = &means, .per = { "gemeente" }, __VA_ARGS__)
    REFUSED(DK_ERR_ARGUMENT, "allocate wants one of maximise, minimise and gain, and there is none",
            .spec = { .budget = "1" });
    REFUSED(DK_ERR_ARGUMENT, "and there are several", .spec = { .maximise = "known", .minimise = "cost" });
    refused(make_region(context), ALLOCATE(.question = &by_gemeente, .spec = { .maximise = "known" }),
            DK_ERR_ARGUMENT, "allocate wants to know over which groups: per = \"gemeente\"");
    REFUSED(DK_ERR_NAME, "knowm is no measure of the breakdown (did you mean known?)",
            .spec = { .maximise = "knowm" });
    REFUSED(DK_ERR_ARGUMENT, "register is the same, whoever is taken", .spec = { .maximise = "register" });
    refused(make_region(context), MEANS(.spec = { .maximise = "anders" }), DK_ERR_ARGUMENT,
            "an allocation takes what grows in proportion to who is taken, and this may not");
    refused(make_region(context), MEANS(.spec = { .maximise = "gemiddeld" }), DK_ERR_ARGUMENT,
            "count() and sum() do, their sums, differences and multiples, and in a target a ratio of two beside a "
            "number");
    refused(make_region(context), MEANS(.spec = { .minimise = "cost" }), DK_ERR_ARGUMENT,
            "cost is what persons cost, and a measure: give the measure another name");
    refused(make_region(context), MEANS(.spec = { .maximise = "known" }), DK_ERR_ARGUMENT,
            "has a column cost of its own");
    REFUSED(DK_ERR_ARGUMENT,
            "groups of gemeente have no numbers of their own where the step changes gemeente (name in per what "
            "stays as it is)",
            .plan = &moves, .spec = { .minimise = "cost" });
    REFUSED(DK_ERR_UNREACHABLE, "niemand: nobody matches not in_sonar and in_sonar, and no budget changes that",
            .plan = &nobody, .spec = { .maximise = "known" });
    REFUSED(DK_ERR_ARGUMENT, "a target compares measures: with >=, <=, >, < or ==, and joined by and",
            .spec = { .maximise = "known" }, .targets = { AT_TOTAL("known") });
    REFUSED(DK_ERR_ARGUMENT, "a target is a condition, and x = known gives a name (== compares)",
            .spec = { .maximise = "known" }, .targets = { AT_TOTAL("x = known") });
    REFUSED(DK_ERR_NAME, "known2 is no measure", .spec = { .maximise = "known" },
            .targets = { AT_TOTAL("known2 > 1") });
    REFUSED(DK_ERR_NAME, "nobody is where gemeente = Arnhm", .spec = { .maximise = "known" },
            .targets = { { .condition = "known > 1", .at = &arnhm, .n_at = 1 } });
    REFUSED(DK_ERR_NAME, "gement is no dimension of the breakdown (did you mean gemeente?)",
            .spec = { .maximise = "known" }, .targets = { { .condition = "known > 1", .at = &gement, .n_at = 1 } });
    REFUSED(DK_ERR_ARGUMENT, "a target names one cell (at) or goes over groups (each), not both",
            .spec = { .maximise = "known" },
            .targets = { { .condition = "known > 1", .at = &arnhm, .n_at = 1, .each = "gemeente" } });
    REFUSED(DK_ERR_RANGE, "a cost is not negative, and where gemeente = Arnhem it is -1",
            .spec = { .maximise = "known", .cost = "-1" });
    REFUSED(DK_ERR_RANGE, "a budget is not negative, and -5 is", .spec = { .maximise = "known", .budget = "-5" });
    REFUSED(DK_ERR_TYPE, "the cost is a number, and gemeente is category",
            .spec = { .maximise = "known", .cost = "gemeente" });
    REFUSED(DK_ERR_TYPE, "the cost is null where gemeente = Doesburg, and there are persons",
            .spec = { .maximise = "known", .cost = "case(gemeente == 'Arnhem', 1)" });
    REFUSED(DK_ERR_NAME, "kosten", .spec = { .maximise = "known", .cost = "kosten" });
    refused(with_weight(make_table(context, "gemeente:category in_sonar:boolean uren:integer n:integer\n"
                                            "a|false|1|2\na|false|2|3\na|true|7|9\n"),
                        "n"),
            REGION(.spec = { .maximise = "known", .cost = "uren" }), DK_ERR_ARGUMENT,
            "the cost differs where gemeente = a: 1 and 2 (name in per what it depends on, too)");
    REFUSED(DK_ERR_NAME, "nothing here has a parameter geld", .spec = { .maximise = "known" },
            .breakdown_params = &(const dk_params){ (const dk_param[]){ { "geld", WHOLE(5) } }, 1 });
}

static void digits_and_names_must_fit(void **state)
{
    static const struct question sums = { .by = { "gemeente" },
                                          .measures = { "som = sum(x) where in_sonar",
                                                        "geheel = sum(y) where in_sonar",
                                                        "verhouding = geheel / count()" } };
    static const struct question sets = { .by = { "lid = member(talen)" },
                                          .measures = { "known = count() where in_sonar" } };
    const char *text = "gemeente:category in_sonar:boolean x:real y:integer available:integer n:integer\n"
                       "a|false|0.1|5|1|2\na|true|0.2|7|1|9\nb|false|1|9223372036854775807|2|3\n";

    (void)state;
    refused(with_weight(make_table(context, text), "n"),
            ALLOCATE(.question = &sums, .per = { "gemeente" }, .spec = { .maximise = "som" }), DK_ERR_TYPE,
            "an allocation sums exact numbers, and this is real");
    refused(with_weight(make_table(context, text), "n"),
            ALLOCATE(.question = &sums, .per = { "gemeente" }, .spec = { .maximise = "som" }), DK_ERR_TYPE,
            "make it one with so many digits: decimal(x, 2)");
    refused(with_weight(make_table(context, text), "n"),
            ALLOCATE(.question = &sums, .per = { "gemeente" }, .spec = { .maximise = "geheel" }), DK_ERR_LIMIT,
            "the figures of this allocation have more digits than fit");
    refused(with_weight(make_table(context, text), "n"),
            ALLOCATE(.question = &by_gemeente, .per = { "available" }, .spec = { .maximise = "known" }),
            DK_ERR_ARGUMENT,
            "an allocation has a column available of its own: give that of the table another name");
    refused(with_weight(make_table(context, text), "n"),
            ALLOCATE(.question = &by_gemeente, .per = { "gemeente" },
                     .spec = { .maximise = "known", .cost = "1e-30 * x" }),
            DK_ERR_RANGE, "the cost where gemeente = a has more digits than an exact number can have: ");
    refused(with_weight(make_table(context, text), "n"),
            ALLOCATE(.question = &by_gemeente, .per = { "gemeente" },
                     .spec = { .maximise = "known", .cost = "case(gemeente == 'a', 1 / 1000003, 1 / 1000033)" }),
            DK_ERR_LIMIT, "the costs of the groups have more digits together than fit: 9");
    refused(make_table(context, "gemeente:category talen:set in_sonar:boolean\na|nl,fr|false\n"),
            ALLOCATE(.question = &sets, .per = { "gemeente" }, .spec = { .maximise = "known" },
                     .targets = { { .condition = "known > 0", .each = "lid" } }),
            DK_ERR_ARGUMENT, "groups of lid overlap, and no target can be set for each");
    refused(make_region(context), REGION(.spec = { .maximise = "known", .capacity = "n / 2" }), DK_ERR_ARGUMENT,
            "n is the weight of the table, which an allocation moves");
    refused(make_region(context), REGION(.spec = { .maximise = "known" }, .targets = { AT_TOTAL("known ~= 5") }),
            DK_ERR_ARGUMENT,
            "dekking >= 0.9 and known >= 100; of a ratio whose denominator changes, with a number");
}

/* Who is taken is no question of an allocation, and what decides no number has none to decide. */
static void a_step_must_take_a_number_of_anybody(void **state)
{
    const struct plan first = { .name = "p", .steps = { KNOWN_STEP(.share = "0.5", .first = { "gemeente" }) } };
    const struct plan drawn = { .name = "p", .steps = { KNOWN_STEP(.share = "0.5", .drawn = DK_DRAWN_NUMBERS) } };
    const struct plan rate = { .name = "p",
                               .steps = { { .name = "s", .where = "true", .rate = "in_sonar", .to = "0.9" } } };

    (void)state;
    refused(make_region(context), REGION(.plan = &first, .spec = { .maximise = "known" }), DK_ERR_ARGUMENT,
            "an allocation takes the persons of a group alike, and this step says who is taken (leave out first)");
    refused(make_region(context), REGION(.plan = &drawn, .spec = { .maximise = "known" }), DK_ERR_ARGUMENT,
            "and this step says who is taken (leave out drawn)");
    refused(make_region(context), REGION(.plan = &rate, .spec = { .maximise = "known" }), DK_ERR_ARGUMENT,
            "an allocation decides a number of persons, and this step has none to decide (let the last step take a "
            "share or a count)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_cannot_be_reached_says_how_much_can, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(digits_and_names_must_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_step_must_take_a_number_of_anybody, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
