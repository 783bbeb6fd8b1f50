/* test_compiled.c - what is compiled when the same is asked again says what running the steps says, notes and errors too. */
#include "whatif/compiled.h"

#include "base/cache.h"
#include "scenarios.h"
#include "with_context.h"

static const dk_table *random_table(size_t n_rows, bool with_nulls)
{
    static char text[1 << 16];
    size_t used =
        (size_t)sprintf(text, "gemeente:category[Ede,Arnhem] klasse:text in_sonar:boolean leeftijd:integer\n");

    for (size_t i = 0; i < n_rows; i++)
        used += (size_t)sprintf(text + used, "%s|%s|%s|%d\n", (const char *[]){ "Arnhem", "Ede", "-" }[pick(3)],
                                (const char *[]){ "jong", "oud", "" }[pick(3)],
                                (const char *[]){ "true", "false", with_nulls ? "-" : "false" }[pick(3)],
                                (int)pick(4) * 10 + 18);
    return make_table(context, text);
}

static const struct plan plans[] = {
    { .name = "deel",
      .params = { SHARE("p", 30, 2) },
      .steps = { { .name = "a",
                   .where = "not in_sonar",
                   .share = "$p",
                   .per = { "gemeente" },
                   .set = { "in_sonar = true" } } } },
    { .name = "tal",
      .params = { { .name = "p", .value = WHOLE(3) } },
      .steps = { { .name = "a",
                   .where = "not in_sonar",
                   .count = "20 * $p",
                   .whole = true,
                   .per = { "klasse" },
                   .set = { "in_sonar = true" } } } },
    { .name = "twee",
      .params = { SHARE("p", 30, 2), { .name = "jaren", .value = WHOLE(30) } },
      .steps = { { .name = "a",
                   .where = "leeftijd < $jaren",
                   .share = "$p",
                   .allow_none = true,
                   .set = { "klasse = 'nieuw'" } },
                 { .name = "b",
                   .where = "klasse == 'nieuw'",
                   .share = "1 / 3",
                   .allow_none = true,
                   .set = { "gemeente = 'Ede'" } } } },
    { .name = "meer",
      .params = { { .name = "p", .value = DECIMAL(102, 2) } },
      .steps = { { .name = "a", .where = "in_sonar", .scale = "$p" } } },
    { .name = "erbij",
      .params = { SHARE("p", 30, 2) },
      .steps = { { .name = "a",
                   .where = "in_sonar",
                   .share = "$p",
                   .effect = DK_ADDS,
                   .set = { "gemeente = 'Ede'" } },
                 { .name = "b",
                   .where = "klasse == 'oud'",
                   .all = true,
                   .allow_none = true,
                   .effect = DK_REMOVES } } },
    { .name = "stand",
      .params = { SHARE("p", 30, 2) },
      .steps = { { .name = "a", .rate = "in_sonar", .to = "$p", .per = { "gemeente" } } } },
    { .name = "eerst",
      .params = { SHARE("p", 30, 2) },
      .steps = { { .name = "a",
                   .where = "not in_sonar",
                   .share = "$p",
                   .first = { "leeftijd desc" },
                   .set = { "in_sonar = true" } } } },
    { .name = "getrokken",
      .params = { SHARE("p", 30, 2) },
      .steps = { { .name = "a",
                   .where = "not in_sonar",
                   .share = "$p",
                   .drawn = DK_DRAWN_NUMBERS,
                   .per = { "klasse" },
                   .set = { "in_sonar = true" } } } },
    { .name = "stromen",
      .params = { SHARE("p", 30, 2) },
      .steps = { { .name = "a",
                   .flows_of = "gemeente",
                   .allow_none = true,
                   .flows = { { "'Ede'", "'Arnhem'", "$p" }, { "'Arnhem'", "'Ede'", "0.25" } } } } },
    { .name = "wanneer",
      .params = { SHARE("p", 30, 2) },
      .steps = { { .name = "a",
                   .where = "not in_sonar",
                   .when = "$p > 0.32",
                   .share = "$p",
                   .set = { "in_sonar = true" } } } },
};
static const struct question questions[] = {
    { .by = { "gemeente" }, .measures = { COVERAGE }, .margins = DK_MARGINS_TOTALS },
    { .by = { "klasse", "in_sonar" }, .measures = { "n = count()", "m = mean(leeftijd)", "q = median(leeftijd)" } },
    { .by = { "gemeente" }, .measures = { "n = count() where klasse == 'oud'" }, .all_levels = true },
    { .by = { "gemeente", "klasse" },
      .measures = { "n = count()", "s = sum(leeftijd) where in_sonar", "r = s / n" },
      .where = "leeftijd > 18",
      .margins = DK_MARGINS_CUBE },
    { .measures = { "n = count() where gemeente == 'Ede' and in_sonar", "s = sum(leeftijd)", "d = n - s" } },
};

static dk_status compare(const dk_table *table, const dk_breakdown *breakdown, const dk_scenario *scenario,
                         dk_value value, const dk_table **out, dk_error *err)
{
    dk_param param = { "p", value };
    const dk_params params = { &param, 1 };

    return dk_scenario_compare(breakdown, table, NULL, &scenario, &params, 1, out, err);
}

static void assert_same_table(const dk_table *a, const dk_table *b)
{
    static char expected[1 << 16];

    snprintf(expected, sizeof expected, "%s\n%s", show_names(a), show_rows(a));
    assert_true(strncmp(expected, show_names(b), strlen(show_names(b))) == 0);
    assert_string_equal(strchr(expected, '\n') + 1, show_rows(b));
    assert_int_equal(dk_table_n_notes(a), dk_table_n_notes(b));
    for (size_t i = 0; i < dk_table_n_notes(a); i++)
        assert_string_equal(dk_table_note(a, i), dk_table_note(b, i));
}

static void asked_again_it_is_the_same(void **state)
{
    static const dk_value values[] = { DECIMAL(30, 2), DECIMAL(35, 2),        WHOLE(1), DECIMAL(7, 1),
                                       WHOLE(2),       DECIMAL(123456789, 9), WHOLE(0) };

    (void)state;
    random_state = UINT64_C(0x2545F4914F6CDD1D);
    for (unsigned round = 0; round < random_rounds(80); round++) {
        const dk_table *table = random_table(20 + pick(300), round % 2);
        const struct plan *plan = &plans[round % (sizeof plans / sizeof *plans)];
        const dk_scenario *scenario = make_scenario(context, plan);
        const dk_breakdown *breakdown =
            make_breakdown(context, &questions[pick(sizeof questions / sizeof *questions)]);

        dk_set_threads(1 + round / 2 % 2);
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            const dk_table *warm = NULL, *cold = NULL, *other = NULL;
            dk_error first = DK_ERROR_INIT, second = DK_ERROR_INIT;
            dk_status a = compare(table, breakdown, scenario, values[i], &warm, &first), b;

            assert_ok(dk_table_with_note(table, "another table", &other, &second), &second);
            b = compare(other, breakdown, scenario, values[i], &cold, &second);
            assert_int_equal(a, b);
            if (a == DK_OK)
                assert_same_table(cold, warm);
            else
                assert_string_equal(first.message, second.message);
            dk_table_release(warm);
            dk_table_release(cold);
            dk_table_release(other);
        }
        dk_breakdown_release(breakdown);
        dk_scenario_release(scenario);
        dk_table_release(table);
    }
}

/* Whether what is kept answers: the first time nothing is, the second time it is compiled. */
static bool is_answered(const dk_table *table, const struct question *question, const dk_scenario *scenario,
                        const dk_params *params)
{
    const dk_breakdown *breakdown = make_breakdown(context, question);
    const dk_table *cells = NULL, *result = NULL;
    dk_error err = DK_ERROR_INIT;
    dki_basis basis;
    bool done;

    assert_ok(dki_basis_init(&basis, breakdown, table, &scenario, 1, &err), &err);
    assert_ok(dki_basis_open(&basis, &err), &err);
    assert_ok(dki_compiled_ask(&basis, breakdown, NULL, scenario, params, &done, &cells, &result, &err), &err);
    dki_basis_drop(&basis);
    dk_table_release(cells);
    dk_table_release(result);
    dk_breakdown_release(breakdown);
    return done;
}

static void the_second_time_it_is_compiled(void **state)
{
    const dk_table *table = random_table(200, true), *weighted;
    const dk_scenario *share = make_scenario(context, &plans[0]), *two = make_scenario(context, &plans[2]);
    dk_param items[] = { { "p", DECIMAL(5, 1) }, { "jaren", WHOLE(20) } };
    const dk_params params = { items, 1 }, both = { items, 2 };

    (void)state;
    assert_false(is_answered(table, &questions[0], share, NULL));
    assert_true(is_answered(table, &questions[0], share, &params)); /* another amount is the same question */
    assert_true(is_answered(table, &questions[0], share, NULL));
    assert_false(is_answered(table, &questions[1], share, NULL)); /* of other columns */
    assert_true(is_answered(table, &questions[1], share, NULL));
    assert_false(is_answered(table, &questions[0], two, NULL));
    (void)is_answered(table, &questions[0], two, NULL);
    assert_false(is_answered(table, &questions[0], two, &both)); /* the age decides whom it matches */
    while (dki_cache_forget_oldest(context))
        ;
    assert_false(is_answered(table, &questions[0], share, NULL));
    weighted =
        with_weight(make_table(context, "gemeente:category in_sonar:boolean w:integer\nEde|false|1\nEde|true|0\n"),
                    "w"); /* a cell without anybody */
    for (unsigned i = 0; i < 3; i++)
        assert_false(is_answered(weighted, ASK(.by = { "gemeente" }, .measures = { COVERAGE }), share, NULL));
    dk_table_release(weighted);
    dk_scenario_release(two);
    dk_scenario_release(share);
    dk_table_release(table);
}

/* Who asks about some of the steps makes a view of the scenario, which is gone after the call. */
static void a_view_is_not_kept(void **state)
{
    const dk_table *table = random_table(200, true);
    const dk_scenario *two = make_scenario(context, &plans[2]);
    dk_scenario view;

    (void)state;
    memcpy(&view, two, sizeof view);
    atomic_init(&view.n_references, 0);
    for (size_t i = 0; i < 3; i++) {
        view.n_steps = 1 + i % 2;
        assert_false(is_answered(table, &questions[0], &view, NULL));
    }
    dk_scenario_release(two);
    dk_table_release(table);
}

static void failing_memory_is_survived(void **state)
{
    const dk_table *table = random_table(40, true), *result = NULL;
    const dk_scenario *scenario = make_scenario(context, &plans[0]);
    const dk_breakdown *breakdown = make_breakdown(context, &questions[0]);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_ok(dk_scenario_compare(breakdown, table, NULL, &scenario, NULL, 1, &result, &err), &err);
    dk_table_release(result);
    result = NULL;
    for (unsigned i = 0; i < 2; i++) { /* compiled, then asked again */
        assert_survives_failing_memory(
            context, dk_scenario_compare(breakdown, table, NULL, &scenario, NULL, 1, &result, &err), &err,
            result == NULL, dk_table_release(result));
        result = NULL;
    }
    dk_breakdown_release(breakdown);
    dk_scenario_release(scenario);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(asked_again_it_is_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_second_time_it_is_compiled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_view_is_not_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
