/* test_allocate.c - a budget spread over groups: worked by hand, beside every plan there is, and what cannot be. */
#include <dekking/allocate.h>

#include "solves.h"

#include "with_context.h"

static const struct question by_gemeente = { .by = { "gemeente" }, .measures = { COVERAGE } };

/* What is asked, on the region unless a table is given. */
struct asking {
    const struct question *question;
    const struct plan *plan;
    const char *per[3];
    dk_allocate_spec spec;
    dk_allocate_target targets[4]; /* ends in one without a condition */
    const dk_params *breakdown_params;
};

#define AT_TOTAL(text)      \
    {                       \
        .condition = (text) \
    }
#define ALLOCATE(...) (&(const struct asking){ __VA_ARGS__ })
#define REGION(...) ALLOCATE(.question = &by_gemeente, .per = { "gemeente" }, __VA_ARGS__)

static dk_status ask(const dk_table *table, const struct asking *asking, const dk_table **plan,
                     const dk_table **limits, dk_error *err)
{
    dk_context *of = dk_table_context(table);
    const dk_breakdown *breakdown = make_breakdown(of, asking->question);
    const dk_scenario *scenario =
        make_scenario(of, asking->plan ? asking->plan : SHARE_PLAN(.per = { "gemeente" }));
    dk_allocate_spec spec = asking->spec;
    dk_status status;

    spec.per = asking->per;
    while (spec.n_per < 3 && asking->per[spec.n_per])
        spec.n_per++;
    spec.targets = asking->targets;
    while (spec.n_targets < 4 && asking->targets[spec.n_targets].condition)
        spec.n_targets++;
    status =
        dk_scenario_allocate(breakdown, table, asking->breakdown_params, scenario, NULL, &spec, plan, limits, err);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    return status;
}

/* The same on a table that is consumed, and must succeed; limits may be NULL. */
static const dk_table *asked(const dk_table *table, const struct asking *asking, const dk_table **limits)
{
    const dk_table *plan = NULL, *all = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(ask(table, asking, &plan, &all, &err), &err);
    dk_table_release(table);
    if (limits)
        *limits = all;
    else
        dk_table_release(all);
    return plan;
}

static void refused(const dk_table *table, const struct asking *asking, dk_status code, const char *part)
{
    const dk_table *plan = NULL, *limits = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(ask(table, asking, &plan, &limits, &err), &err, code, part);
    assert_null(plan);
    assert_null(limits);
    dk_table_release(table);
}

/* Worked by hand ------------------------------------------------------------------------------------------------ */

#define HOURS                                                           \
    "groep:category[A,B,C] bereikt:boolean uren:integer kans:decimal1 " \
    "n:integer\nA|false|2|0.8|100\nB|false|1|0.3|50\n"                  \
    "C|false|3|0.9|80\n"

static const struct question reached = { .by = { "groep" }, .measures = { "bereikt = count() where bereikt" } };
static const struct plan reach = {
    .name = "plan",
    .params = { SHARE("aandeel", 3, 1) },
    .steps = { { .name = "bereik", .where = "not bereikt", .share = "$aandeel", .set = { "bereikt = true" } } }
};

/* 230 hours. A gains 0.4 an hour; B and C tie at 0.3, and the first of them is taken. */
static void hours_go_to_who_gains_most(void **state)
{
    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        const dk_table *limits;
        const dk_table *plan =
            asked(with_weight(make_table(context, HOURS), "n"),
                  ALLOCATE(.question = &reached, .plan = &reach, .per = { "groep" },
                           .spec = { .budget = "230", .cost = "uren", .gain = "kans", .whole = whole }),
                  &limits);

        assert_string_equal(show_names(plan), "groep available allocated cost gain shadow_price");
        assert_string_equal(show_rows(plan), "A|100|100|200|80|0.2\n" /* 0.8 less two hours at 0.3 */
                                             "B|50|30|30|9|0.0\n"
                                             "C|80|0|0|0|0.0\n");
        assert_string_equal(show_names(limits), "limit cell slack binds shadow_price");
        assert_string_equal(show_rows(limits), "budget 230|-|0|true|0.3\n");
        dk_table_release(limits);
        dk_table_release(plan);
    }
}

/* The region with 500 registrations at one each: they all gain one, so the first municipality gets them. With 60 at least for
 * everybody who has them, and 100 at most, it is arithmetic. */
static void a_budget_of_500_with_floors_and_ceilings(void **state)
{
    const dk_table *limits;
    const dk_table *plan = asked(make_region(context),
                                 REGION(.spec = { .budget = "500",
                                                  .maximise = "known",
                                                  .whole = true,
                                                  .capacity = "case(gemeente == 'Arnhem', 100)",
                                                  .minimum = "60" }),
                                 &limits);

    (void)state;
    /* 8 x 60 = 480, and 20 more for Arnhem, which comes first and has room for 40. */
    assert_string_equal(show_rows(plan), "Arnhem|1047|100|60|80|80|80|0\nDoesburg|65|65|60|60|60|60|0\n"
                                         "Duiven|87|87|60|60|60|60|0\nLingewaard|129|129|60|60|60|60|0\n"
                                         "Overbetuwe|146|146|60|60|60|60|0\nRheden|244|244|60|60|60|60|0\n"
                                         "Westervoort|72|72|60|60|60|60|0\nZevenaar|204|204|60|60|60|60|0\n");
    assert_string_equal(show_rows(limits), "budget 500|-|0|true|1\n");
    dk_table_release(limits);
    dk_table_release(plan);
}

/* For each municipality: ceil(0.9 N) - S, together 1230 (solve says the same numbers one by one). */
static void ninety_everywhere_at_least_effort(void **state)
{
    const dk_table *limits;
    const dk_table *plan = asked(make_region(context),
                                 REGION(.spec = { .minimise = "cost", .whole = true },
                                        .targets = { { .condition = "dekking >= 0.90", .each = "gemeente" } }),
                                 &limits);

    (void)state;
    assert_string_equal(show_names(plan), "gemeente available allocated cost shadow_price");
    assert_string_equal(show_rows(plan), "Arnhem|1047|644|644|0\nDoesburg|65|41|41|0\nDuiven|87|54|54|0\n"
                                         "Lingewaard|129|80|80|0\nOverbetuwe|146|90|90|0\nRheden|244|150|150|0\n"
                                         "Westervoort|72|45|45|0\nZevenaar|204|126|126|0\n");
    assert_int_equal(sum_at(plan, "cost"), 1230);
    assert_string_equal(text_at(limits, "limit", 0), "dekking >= 0.90");
    assert_string_equal(text_at(limits, "cell", 1), "gemeente = Doesburg");
    assert_string_equal(text_at(limits, "slack", 0), "0.0"); /* 3627 = 0.9 x 4030 */
    assert_string_equal(text_at(limits, "slack", 1), "0.9"); /* 225 and 224.1 */
    assert_int_equal(value_at(limits, "shadow_price", 0).as.integer, 1);
    dk_table_release(limits);
    dk_table_release(plan);
    /* In parts of persons the targets are met exactly: 0.9 x 7676 - 5682. */
    plan = asked(make_region(context),
                 REGION(.spec = { .minimise = "cost" },
                        .targets = { { .condition = "dekking >= 0.90", .each = "gemeente" } }),
                 NULL);
    assert_string_equal(text_at(plan, "allocated", 1), "40.1");
    assert_int_equal(sum_at(plan, "allocated"), 12264); /* tenths */
    dk_table_release(plan);
}

/* 90 % of 7676 needs 1227 more wherever they are; the first municipalities give them. */
static void ninety_for_the_region_costs_1227(void **state)
{
    const dk_table *plan = asked(
        make_region(context),
        REGION(.spec = { .minimise = "cost", .whole = true }, .targets = { AT_TOTAL("dekking >= 0.90") }), NULL);

    (void)state;
    assert_int_equal(sum_at(plan, "allocated"), 1227);
    assert_string_equal(show_rows(plan), "Arnhem|1047|1047|1047|0\nDoesburg|65|65|65|0\nDuiven|87|87|87|0\n"
                                         "Lingewaard|129|28|28|0\nOverbetuwe|146|0|0|0\nRheden|244|0|0|0\n"
                                         "Westervoort|72|0|0|0\nZevenaar|204|0|0|0\n");
    dk_table_release(plan);
}

/* Duiven costs three a person, the others two. 80 % in Duiven takes 20 of it (269 of 336), the rest of 1000 buys others. */
static void targets_stand_beside_a_budget(void **state)
{
    const dk_table *limits;
    const dk_table *plan = asked(make_region(context),
                                 REGION(.spec = { .budget = "1000",
                                                  .cost = "case(gemeente == 'Duiven', 3, 2)",
                                                  .maximise = "known",
                                                  .whole = true },
                                        .targets = { { .condition = "dekking >= 0.80",
                                                       .at = &(dk_cell_at){ "gemeente", TEXT("Duiven") },
                                                       .n_at = 1 },
                                                     AT_TOTAL("known <= 6160") }),
                                 &limits);

    (void)state;
    assert_string_equal(text_at(plan, "allocated", 2), "20");
    assert_string_equal(text_at(plan, "allocated", 0), "458"); /* 940 / 2 = 470, and 6160 - 5682 = 478 in all */
    assert_int_equal(sum_at(plan, "gain"), 478);
    assert_string_equal(show_rows(limits), "budget 1000|-|24.0|false|0\n"
                                           "dekking >= 0.80|gemeente = Duiven|0.2|false|0\n"
                                           "known <= 6160|total|0.0|true|1\n");
    dk_table_release(limits);
    dk_table_release(plan);
}

/* Beside every plan --------------------------------------------------------------------------------------------------- */

#define GROUPS 4

struct small {
    int64_t there[GROUPS], known[GROUPS], cost[GROUPS], least[GROUPS], most[GROUPS], budget, percent;
};

static const char *table_of(const struct small *s)
{
    static char text[1000];
    int used = snprintf(text, sizeof text,
                        "g:category[a,b,c,d] known:boolean kosten:integer most:integer least:integer n:integer\n");

    for (int k = 0; k < GROUPS; k++) {
        used += snprintf(text + used, sizeof text - (size_t)used, "%c|true|%d|%d|%d|%d\n", "abcd"[k],
                         (int)s -> cost[k], (int)s -> most[k], (int)s -> least[k], (int)s -> known[k]);
        used += snprintf(text + used, sizeof text - (size_t)used, "%c|false|%d|%d|%d|%d\n", "abcd"[k],
                         (int)s -> cost[k], (int)s -> most[k], (int)s -> least[k], (int)s -> there[k]);
    }
    return text;
}

/* Counted in a form that has nothing of linear programs: every plan is tried. The most known, then the least cost, then the
 * greatest numbers first. percent: of group a at least, and of all at most 5 more than that. */
static bool try_plans(const struct small *s, int64_t *best)
{
    int64_t x[GROUPS], gain = -1, cost = 0, all = 0;
    bool found = false;

    for (int k = 0; k < GROUPS; k++)
        all += s->there[k] + s->known[k];
    for (x[0] = 0; x[0] <= s->there[0]; x[0]++)
        for (x[1] = 0; x[1] <= s->there[1]; x[1]++)
            for (x[2] = 0; x[2] <= s->there[2]; x[2]++)
                for (x[3] = 0; x[3] <= s->there[3]; x[3]++) {
                    int64_t now = 0, spent = 0, known = 0;
                    bool holds = 100 * (s->known[0] + x[0]) >= s->percent * (s->known[0] + s->there[0]);

                    for (int k = 0; k < GROUPS; k++) {
                        now += x[k];
                        spent += s->cost[k] * x[k];
                        known += s->known[k] + x[k];
                        holds &= x[k] >= s->least[k] && x[k] <= s->most[k];
                    }
                    holds &= spent <= s->budget && 100 * known <= (s->percent + 25) * all;
                    if (!holds || now < gain || (now == gain && spent > cost))
                        continue;
                    memcpy(best, x, sizeof x); /* among equals, later ones are greater */
                    gain = now;
                    cost = spent;
                    found = true;
                }
    return found;
}

static void plans_are_the_best_of_all(void **state)
{
    static const struct question question = {
        .by = { "g" }, .measures = { "n = count()", "bekend = count() where known", "dekking = bekend / n" }
    };
    static const struct plan plan = {
        .name = "p", .steps = { { .name = "s", .where = "not known", .all = true, .set = { "known = true" } } }
    };
    unsigned n_found = 0, n_not = 0;

    (void)state;
    random_state = UINT64_C(0x8EBC6AF09C88C6E3);
    for (unsigned round = 0; round < random_rounds(400); round++) {
        struct small s = { .budget = (int64_t)pick(50), .percent = (int64_t)pick(90) };
        const dk_table *table, *made = NULL, *limits = NULL;
        dk_error err = DK_ERROR_INIT;
        int64_t best[GROUPS];
        char budget[32], first[64], second[64];
        dk_status status;

        for (int k = 0; k < GROUPS; k++) {
            s.there[k] = (int64_t)pick(7);
            s.known[k] = 1 + (int64_t)pick(6);
            s.cost[k] = (int64_t)pick(6);
            s.most[k] = (int64_t)pick(9);
            s.least[k] = pick(4) == 0 ? (int64_t)pick(3) : 0;
            if (s.there[k] == 0) /* nobody there says how many at least */
                s.least[k] = 0;
        }
        snprintf(budget, sizeof budget, "%d", (int)s.budget);
        snprintf(first, sizeof first, "dekking >= %d / 100", (int)s.percent);
        snprintf(second, sizeof second, "dekking <= %d / 100", (int)s.percent + 25);
        table = with_weight(make_table(context, table_of(&s)), "n");
        status = ask(table,
                     ALLOCATE(.question = &question, .plan = &plan, .per = { "g" },
                              .spec = { .budget = budget,
                                        .cost = "kosten",
                                        .maximise = "bekend",
                                        .whole = true,
                                        .capacity = "most",
                                        .minimum = "least" },
                              .targets = { { .condition = first, .at = &(dk_cell_at){ "g", TEXT("a") }, .n_at = 1 },
                                           AT_TOTAL(second) }),
                     &made, &limits, &err);
        if (!try_plans(&s, best)) {
            n_not++;
            assert_int_equal(status, DK_ERR_UNREACHABLE);
        } else {
            n_found++;
            assert_ok(status, &err);
            for (uint64_t k = 0; k < GROUPS; k++)
                assert_int_equal(value_at(made, "allocated", k).as.integer, best[k]);
            dk_table_release(made);
            dk_table_release(limits);
        }
        dk_table_release(table);
    }
    assert_true(n_found > 5 && n_not > 3);
}

/* What cannot be ------------------------------------------------------------------------------------------------------- */

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

/* Who leaves and who comes: 1363 of the unknown leave, so that 90 % of those who stay are known; 300 come who are known, for 75 %. */
static void persons_may_leave_or_come(void **state)
{
    const struct plan leave = {
        .name = "p", .steps = { { .name = "uit", .where = "not in_sonar", .share = "0.5", .effect = DK_REMOVES } }
    };
    const struct plan come = {
        .name = "p", .steps = { { .name = "in", .where = "in_sonar", .share = "0.5", .effect = DK_ADDS } }
    };
    const dk_table *made = asked(make_region(context),
                                 REGION(.plan = &leave, .spec = { .minimise = "cost", .whole = true },
                                        .targets = { AT_TOTAL("dekking >= 0.90") }),
                                 NULL);

    (void)state;
    assert_int_equal(sum_at(made, "allocated"), 1363); /* 5682 / 0.9 = 6313.3, so 7676 - 6313 */
    dk_table_release(made);
    refused(make_region(context),
            REGION(.plan = &come, .spec = { .minimise = "register" }, .targets = { AT_TOTAL("dekking >= 0.75") }),
            DK_ERR_ARGUMENT,
            "in: any number may come where gemeente = Arnhem (say how many at most: capacity = ...)");
    made = asked(make_region(context),
                 REGION(.plan = &come, .spec = { .minimise = "register", .whole = true, .capacity = "400" },
                        .targets = { AT_TOTAL("dekking >= 0.75") }),
                 NULL);
    assert_string_equal(text_at(made, "allocated", 0), "300"); /* 5682 + x >= 0.75 (7676 + x): x = 75 / 0.25 */
    assert_int_equal(sum_at(made, "gain"), 300);
    dk_table_release(made);
}

/* Beyond the plain case ------------------------------------------------------------------------------------------------- */

/* Parameters, an earlier step, parts of persons: half of Arnhem is known by then, and 523.5 of it are left. */
static void earlier_steps_happen_before(void **state)
{
    const struct plan plan = { .name = "p",
                               .steps = { { .name = "eerst",
                                            .where = "not in_sonar and gemeente == 'Arnhem'",
                                            .share = "0.5",
                                            .set = { "in_sonar = true" } },
                                          KNOWN_STEP(.all = true) } };
    const dk_params params = { (const dk_param[]){ { "geld", WHOLE(700) } }, 1 };

    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        const dk_table *made =
            asked(make_region(context),
                  REGION(.plan = &plan, .breakdown_params = &params,
                         .spec = { .budget = "$geld / 2 * 2", .maximise = "known", .whole = whole }),
                  NULL);

        assert_string_equal(text_at(made, "available", 0), "523.5");
        assert_string_equal(text_at(made, "allocated", 0), whole ? "523" : "523.5");
        assert_string_equal(text_at(made, "allocated", 2), whole ? "87" : "87.0");
        assert_string_equal(text_at(made, "allocated", 3), whole ? "25" : "24.5");
        dk_table_release(made);
    }
}

/* Half of the 1047 unknown of Arnhem are 523.5, so 523 at most; a tenth of Doesburg's 65 are 6.5, so 7 at least. */
static void capacities_may_count_who_can_be_taken(void **state)
{
    const dk_params params = { (const dk_param[]){ { "deel", DECIMAL(5, 1) } }, 1 };
    const dk_table *made = asked(make_region(context),
                                 REGION(.breakdown_params = &params, .spec = { .budget = "900",
                                                                               .cost = "max(1)",
                                                                               .maximise = "known",
                                                                               .whole = true,
                                                                               .capacity = "count() * $deel",
                                                                               .minimum = "count() / 10" }),
                                 NULL);

    (void)state;
    assert_string_equal(text_at(made, "capacity", 0), "523");
    assert_string_equal(text_at(made, "capacity", 1), "32");
    assert_string_equal(text_at(made, "minimum", 0), "105");
    assert_string_equal(text_at(made, "minimum", 1), "7");
    assert_string_equal(text_at(made, "allocated", 0), "523");
    assert_int_equal(sum_at(made, "allocated"), 900);
    dk_table_release(made);
}

/* Two classes in each place, of which a target tells one apart: a person taken in a is in class j in 1 of 3 cases, in b in 3 of
 * 4. 5 of j are wanted: 6 of b give 4.5, so that a gives 2 more, which is 2/3. */
static void what_tells_persons_of_a_group_apart_is_shared(void **state)
{
    static const struct question question = { .by = { "klasse" },
                                              .measures = { "bekend = count() where in_sonar" } };
    const char *text = "gemeente:category klasse:category in_sonar:boolean n:integer\n"
                       "a|j|false|10\na|o|false|20\nb|j|false|30\nb|o|false|10\n";
    const dk_cell_at j = { "klasse", TEXT("j") };
    const dk_table *limits;
    const dk_table *made =
        asked(with_weight(make_table(context, text), "n"),
              ALLOCATE(.question = &question, .per = { "gemeente" },
                       .spec = { .minimise = "cost", .whole = true, .capacity = "case(gemeente == 'b', 6)" },
                       .targets = { { .condition = "bekend >= 5", .at = &j, .n_at = 1 } }),
              &limits);

    (void)state;
    assert_string_equal(show_rows(made), "a|30|30|2|2|0.00\nb|40|6|6|6|1.25\n"); /* one more of b saves 9/4 of a */
    assert_string_equal(show_rows(limits), "bekend >= 5|klasse = j|1/6|true|3\n");
    dk_table_release(limits);
    dk_table_release(made);
}

/* Persons who leave the register: the ratio's denominator falls with them. 100 of 300 are known: 50 % takes 100 who leave. */
static void a_denominator_may_change(void **state)
{
    const struct plan plan = {
        .name = "p", .steps = { { .name = "uit", .where = "not in_sonar", .all = true, .set = { "lid = false" } } }
    };
    static const struct question question = { .by = { "gemeente" },
                                              .measures = { "register = count() where lid",
                                                            "known = count() where lid and in_sonar",
                                                            "dekking = known / register" } };
    const char *text =
        "gemeente:category lid:boolean in_sonar:boolean n:integer\na|true|true|40\na|true|false|110\n"
        "b|true|true|60\nb|true|false|90\n";
    const dk_table *made = asked(
        with_weight(make_table(context, text), "n"),
        ALLOCATE(.question = &question, .plan = &plan, .per = { "gemeente" },
                 .spec = { .minimise = "cost", .whole = true },
                 .targets = { AT_TOTAL("dekking >= 0.5"), { .condition = "0.5 <= dekking", .each = "gemeente" } }),
        NULL);

    (void)state;
    assert_string_equal(show_rows(made),
                        "a|110|70|70|0\nb|90|30|30|0\n"); /* each on its own: 40 of 80, 60 of 120 */
    dk_table_release(made);
    refused(
        with_weight(make_table(context, text), "n"),
        ALLOCATE(.question = &question, .plan = &plan, .per = { "gemeente" }, .spec = { .maximise = "dekking" }),
        DK_ERR_ARGUMENT,
        "dekking is a ratio whose denominator changes, and no sum of what groups add (maximise its numerator, and "
        "set a target for the ratio)");
}

/* Money, hours and exact fractions: nothing here is a double. */
static void costs_are_exact(void **state)
{
    const dk_table *limits;
    const dk_table *made =
        asked(make_region(context),
              REGION(.spec = { .budget = "0.3", .cost = "0.1", .maximise = "known", .whole = true }), &limits);

    (void)state;
    assert_string_equal(text_at(made, "allocated", 0), "3");
    assert_string_equal(text_at(limits, "slack", 0), "0");
    assert_string_equal(text_at(limits, "shadow_price", 0), "10");
    dk_table_release(limits);
    dk_table_release(made);
    made = asked(make_region(context),
                 REGION(.spec = { .budget = "1", .cost = "1 / 3", .maximise = "known", .whole = true }), NULL);
    assert_string_equal(text_at(made, "allocated", 0), "3");
    assert_string_equal(text_at(made, "cost", 0), "1");
    dk_table_release(made);
}

static void an_interruption_stops_it(void **state)
{
    const dk_table *table = make_region(context), *plan = NULL, *limits = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(ask(table, REGION(.spec = { .maximise = "known" }), &plan, &limits, &err), &err,
                 DK_ERR_INTERRUPTED, "interrupted");
    dk_context_clear_interrupt(context);
    dk_table_release(table);
}

static void failing_memory_leaves_nothing_behind(void **state)
{
    const dk_table *table = make_region(context), *plan = NULL, *limits = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, &by_gemeente);
    const dk_scenario *scenario = make_scenario(context, SHARE_PLAN(.per = { "gemeente" }));
    const dk_allocate_target targets[] = { { .condition = "dekking >= 0.90", .each = "gemeente" },
                                           { .condition = "known > 1 and known < 7000" } };
    const char *per = "gemeente";
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context,
                                   dk_scenario_allocate(breakdown, table, NULL, scenario, NULL,
                                                        &(dk_allocate_spec){ .per = &per,
                                                                             .n_per = 1,
                                                                             .budget = "1300",
                                                                             .minimise = "cost",
                                                                             .whole = true,
                                                                             .minimum = "1",
                                                                             .targets = targets,
                                                                             .n_targets = 2 },
                                                        &plan, &limits, &err),
                                   &err, plan == NULL && limits == NULL, (void)0);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(plan);
    dk_table_release(limits);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hours_go_to_who_gains_most, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_budget_of_500_with_floors_and_ceilings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ninety_everywhere_at_least_effort, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ninety_for_the_region_costs_1227, set_up, tear_down),
        cmocka_unit_test_setup_teardown(targets_stand_beside_a_budget, set_up, tear_down),
        cmocka_unit_test_setup_teardown(plans_are_the_best_of_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_reached_says_how_much_can, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(digits_and_names_must_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_step_must_take_a_number_of_anybody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(persons_may_leave_or_come, set_up, tear_down),
        cmocka_unit_test_setup_teardown(earlier_steps_happen_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(capacities_may_count_who_can_be_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_tells_persons_of_a_group_apart_is_shared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_denominator_may_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(costs_are_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interruption_stops_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing_behind, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
