/* test_allocate.c - a budget spread over groups: worked by hand, and beside every plan there is. */
#include "allocations.h"

#include "with_context.h"

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

/* The plan; what limits it is made too. */
static dk_status allocate(const dk_breakdown *breakdown, const dk_table *table, const dk_scenario *scenario,
                          const dk_table **plan, dk_error *err)
{
    const dk_allocate_target targets[] = { { .condition = "dekking >= 0.90", .each = "gemeente" },
                                           { .condition = "known > 1 and known < 7000" } };
    const char *per = "gemeente";
    const dk_allocate_spec spec = { .per = &per,
                                    .n_per = 1,
                                    .budget = "1300",
                                    .minimise = "cost",
                                    .whole = true,
                                    .minimum = "1",
                                    .targets = targets,
                                    .n_targets = 2 };
    const dk_table *limits = NULL;
    dk_status status = dk_scenario_allocate(breakdown, table, NULL, scenario, NULL, &spec, plan, &limits, err);

    assert_true((status == DK_OK) == (limits != NULL));
    dk_table_release(limits);
    return status;
}

static void failing_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    ASSERT_ASKING_SURVIVES(context, make_region(context), &by_gemeente, SHARE_PLAN(.per = { "gemeente" }),
                           allocate(breakdown_, table_, scenario_, &result_, &err_));
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
