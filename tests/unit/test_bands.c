/* test_bands.c - a breakdown over repeated draws: the law, the figures, and that nothing else decides them. */
#include <dekking/bands.h>
#include <dekking/sample.h>

#include "scenarios.h"

#include "exprs.h"
#include "whatif/basis.h"

#define STEP(...)                                                                                          \
    {                                                                                                      \
        .name = "register the unknown", .where = "not in_sonar", .set = { "in_sonar = true" }, __VA_ARGS__ \
    }
#define DRAWN(...) STEP(.drawn = DK_DRAWN_NUMBERS, __VA_ARGS__)

static const dk_ratio quantiles[] = { { 1, 40 }, { 1, 2 }, { 39, 40 } };
static const struct plan region_plan = { .name = "outreach",
                                         .steps = { DRAWN(.share = "0.3", .per = { "gemeente" }) } };
static const struct question coverage = { .by = { "gemeente" },
                                          .measures = { COVERAGE },
                                          .margins = DK_MARGINS_TOTALS };

static dk_status draw(const dk_table *table, const struct question *question, const struct plan *plan,
                      const dk_bands_spec *spec, const dk_table **out, dk_error *err)
{
    const dk_breakdown *breakdown = make_breakdown(context, question);
    const dk_scenario *scenario = make_scenario(context, plan);
    dk_status status = dk_scenario_bands(breakdown, table, NULL, scenario, NULL, spec, out, err);

    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    return status;
}

#define DRAWS(n) (&(const dk_bands_spec){ (n), quantiles, 3 })

/* 1994 unknown of 7676, each registered with probability 0.3: mean 598.2, standard deviation 20.463, quantiles 558,
 * 598, 638. Of 20,000 draws the mean has a standard error of 0.145, the deviation one of 0.102, the quantiles ones of 0.39,
 * 0.18 and 0.39. */
static void the_region_is_binomial(void **state)
{
    const dk_table *table = make_region(context), *result = NULL;
    const struct question question = { .measures = { COVERAGE } };
    const struct plan plan = { .name = "p", .steps = { DRAWN(.share = "0.3") } };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    if (under_valgrind()) { /* fewer draws say too little */
        dk_table_release(table);
        return;
    }
    assert_ok(draw(table, &question, &plan, DRAWS(20000), &result, &err), &err);
    assert_string_equal(show_names(result),
                        "register_mean register_sd register_q2_5 register_q50 register_q97_5 known_mean known_sd "
                        "known_q2_5 known_q50 known_q97_5 dekking_mean dekking_sd dekking_q2_5 dekking_q50 "
                        "dekking_q97_5");
    assert_true(fabs(real_at(result, "known_mean", 0) - 5682 - 598.2) < 4 * 0.145);
    assert_true(fabs(real_at(result, "known_sd", 0) - 20.463) < 4 * 0.102);
    assert_true(fabs(real_at(result, "known_q2_5", 0) - 5682 - 558) <= 2);
    assert_true(fabs(real_at(result, "known_q50", 0) - 5682 - 598) <= 1);
    assert_true(fabs(real_at(result, "known_q97_5", 0) - 5682 - 638) <= 2);
    assert_true(value_at(result, "known_q50", 0).type == DK_INTEGER);
    /* The rate is known / 7676: 81.292, 81.813 and 82.335 %. */
    assert_true(fabs(real_at(result, "dekking_mean", 0) - 6280.2 / 7676) < 4 * 0.145 / 7676);
    assert_true(fabs(real_at(result, "dekking_q2_5", 0) - 0.81292) <= 2.01 / 7676);
    assert_true(fabs(real_at(result, "dekking_q97_5", 0) - 0.82335) <= 2.01 / 7676);
    assert_near(real_at(result, "dekking_q50", 0), real_at(result, "known_q50", 0) / 7676);
    assert_near(real_at(result, "register_sd", 0), 0);
    assert_non_null(strstr(dk_table_note(result, 0), "register the unknown: drawn at random, with seed 0"));
    dk_table_release(result);
    dk_table_release(table);
}

/* The figures of a group of one measure, from draws that are made one by one. */
static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

#define N 40

static void figures_are_those_of_the_draws(void **state)
{
    const dk_table *table = make_region(context), *cells = NULL, *result = NULL;
    const dk_scenario *scenario = make_scenario(context, &region_plan);
    const dk_breakdown *breakdown = make_breakdown(context, &coverage);
    const dk_ratio thirds[] = { { 0, 1 }, { 1, 3 }, { 1, 1 } };
    double numbers[9][N];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_cells_new(table, breakdown, &scenario, 1, &cells, &err), &err);
    for (uint32_t i = 0; i < N; i++) {
        const dki_run run = { .scenario = scenario, .to = 1, .draw = i };
        const dk_table *after = NULL, *one = NULL;

        assert_ok(dki_run_steps(&run, cells, &after, &err), &err);
        assert_ok(dk_breakdown_run(breakdown, after, NULL, &one, &err), &err);
        assert_int_equal(dk_table_n_rows(one), 9);
        for (uint64_t row = 0; row < 9; row++)
            numbers[row][i] = real_at(one, "known", row);
        dk_table_release(one);
        dk_table_release(after);
    }
    assert_ok(draw(table, &coverage, &region_plan, &(const dk_bands_spec){ N, thirds, 3 }, &result, &err), &err);
    assert_int_equal(dk_table_n_rows(result), 9);
    for (uint64_t row = 0; row < 9; row++) {
        double sum = 0, squares = 0;

        for (int i = 0; i < N; i++)
            sum += numbers[row][i];
        for (int i = 0; i < N; i++)
            squares += (numbers[row][i] - sum / N) * (numbers[row][i] - sum / N);
        qsort(numbers[row], N, sizeof(double), by_size);
        assert_near(real_at(result, "known_mean", row), sum / N);
        assert_near(real_at(result, "known_sd", row), sqrt(squares / (N - 1)));
        assert_near(real_at(result, "known_q0", row), numbers[row][0]);
        assert_near(real_at(result, "known_q33_333333333333", row),
                    numbers[row][13]); /* 14 of 40 are a third or more */
        assert_near(real_at(result, "known_q100", row), numbers[row][N - 1]);
    }
    dk_table_release(result);
    dk_table_release(cells);
    dk_breakdown_release(breakdown);
    dk_scenario_release(scenario);
    dk_table_release(table);
}

/* Threads, blocks and the order of rows; and the first draw is the one that a comparison shows. */
static void nothing_else_decides_them(void **state)
{
    const dk_table *table = make_region(context), *shuffled = NULL, *first = NULL, *again = NULL;
    dk_error err = DK_ERROR_INIT;
    char *expected;

    (void)state;
    assert_ok(dk_table_shuffle(table, 3, &shuffled, &err), &err);
    dk_set_threads(1);
    assert_ok(draw(table, &coverage, &region_plan, DRAWS(150), &first, &err), &err);
    expected = strdup(show_rows(first));
    for (unsigned threads = 1; threads <= 3; threads++) {
        dk_set_threads(threads);
        dk_context_set_block_rows(context, threads == 2 ? 1 : DK_BLOCK_ROWS);
        assert_ok(draw(threads == 3 ? shuffled : table, &coverage, &region_plan, DRAWS(150), &again, &err), &err);
        assert_string_equal(show_rows(again), expected);
        dk_table_release(again);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    free(expected);
    dk_table_release(first);
    dk_table_release(shuffled);
    dk_table_release(table);
}

/* Two steps, the second on what the first left: 0.3 and then 0.5 of the rest are 0.65 of all in the mean. */
static void the_mean_of_draws_is_the_proportional_outcome(void **state)
{
    const struct plan plan = {
        .name = "p", .steps = { DRAWN(.share = "0.3", .per = { "gemeente" }), DRAWN(.share = "0.5", .seed = 1) }
    };
    const struct plan counted = { .name = "p", .steps = { DRAWN(.count = "997", .per = { "gemeente" }) } };
    const dk_table *table = make_region(context), *result = NULL;
    static const double unknown[] = { 1047, 65, 87, 129, 146, 244, 72, 204, 1994 };
    static const double known[] = { 2983, 184, 249, 369, 415, 696, 204, 582, 5682 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(draw(table, &coverage, &plan, DRAWS(2000), &result, &err), &err);
    for (uint64_t row = 0; row < 9; row++) /* 4.5 standard errors of a binomial mean, of 9 */
        assert_true(fabs(real_at(result, "known_mean", row) - known[row] - 0.65 * unknown[row]) <
                    4.5 * sqrt(0.65 * 0.35 * unknown[row] / 2000));
    dk_table_release(result);
    result = NULL;
    assert_ok(draw(table, &coverage, &counted, DRAWS(2000), &result, &err), &err);
    for (uint64_t row = 0; row < 8; row++) {
        double n = unknown[row], variance = 0.25 * n * (1994 - n) / 1993; /* hypergeometric */

        assert_true(fabs(real_at(result, "known_mean", row) - known[row] - n / 2) < 4.5 * sqrt(variance / 2000));
        assert_true(fabs(real_at(result, "known_sd", row) - sqrt(variance)) < 4.5 * sqrt(variance / 4000));
    }
    assert_near(real_at(result, "known_mean", 8), 5682 + 997); /* a count is a count */
    assert_near(real_at(result, "known_sd", 8), 0);
    dk_table_release(result);
    dk_table_release(table);
}

/* A group that some draws lack: counts are 0 there, and other measures are not known. */
static void groups_come_and_go(void **state)
{
    const struct question question = { .by = { "s" }, .measures = { "n = count()", "m = sum(k) / count()" } };
    const struct plan plan = { .name = "p",
                               .steps = { { .name = "go",
                                            .where = "s == 'b'",
                                            .share = "0.5",
                                            .set = { "s = 'a'" },
                                            .drawn = DK_DRAWN_NUMBERS } } };
    const dk_table *table = with_weight(make_table(context, "s:category k:integer w:integer\nb|4|1\nc|5|2\n"), "w");
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(draw(table, &question, &plan, DRAWS(400), &result, &err), &err);
    assert_int_equal(dk_table_n_rows(result), 3);
    for (uint64_t row = 0; row < 2; row++) { /* whoever comes to a has left b */
        assert_true(fabs(real_at(result, "n_mean", row) - 0.5) < 4 * 0.025);
        assert_string_equal(text_at(result, "n_q2_5", row), "0");
        assert_string_equal(text_at(result, "n_q97_5", row), "1");
        assert_near(real_at(result, "m_mean", row), 4);
        assert_near(real_at(result, "m_sd", row), 0);
        assert_string_equal(text_at(result, "m_q2_5", row), "4/1");
    }
    assert_near(real_at(result, "n_mean", 0) + real_at(result, "n_mean", 1), 1);
    assert_near(real_at(result, "n_mean", 2), 2);
    dk_table_release(result);
    result = NULL;
    assert_ok(draw(table, &question, &plan, DRAWS(1), &result, &err), &err);
    assert_true(value_at(result, "n_sd", 0).is_null);
    dk_table_release(result);
    dk_table_release(table);
}

/* Persons by their key: each place has what is drawn of its persons, whole. */
static void persons_are_drawn_for_every_breakdown(void **state)
{
    const struct plan plan = { .name = "p", .steps = { STEP(.count = "2", .drawn = DK_DRAWN_PERSONS) } };
    const struct question by_place = { .by = { "plaats" },
                                       .measures = { "known = count() where in_sonar" },
                                       .margins = DK_MARGINS_TOTALS };
    static const char *const keys[] = { "id" };
    const dk_table *bare = make_table(context, "id:text plaats:category in_sonar:boolean\np|a|false\nq|a|false\n"
                                               "r|b|false\ns|b|true\nt|b|false\n");
    const dk_table *table = NULL, *result = NULL;
    dk_properties properties = *dk_table_properties(bare);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(draw(bare, &by_place, &plan, DRAWS(10), &result, &err), &err, DK_ERR_ARGUMENT,
                 "register the unknown: drawing persons wants to know who is who, and the table has no key (say "
                 "what tells them "
                 "apart: t:with { key = \"pseudoniem\" }; or draw numbers: drawn = true)");
    properties.key = keys;
    properties.n_key = 1;
    assert_ok(dk_table_with_properties(bare, &properties, &table, &err), &err);
    assert_ok(draw(table, &by_place, &plan, DRAWS(900), &result, &err), &err);
    /* Two of four, two of them in a: 1 in the mean, 0 to 2. The variance is 1/3, and 4 standard errors are 0.077. */
    assert_true(fabs(real_at(result, "known_mean", 0) - 1) < 0.077);
    assert_near(real_at(result, "known_mean", 0) + real_at(result, "known_mean", 1), 3);
    assert_string_equal(text_at(result, "known_q2_5", 0), "0");
    assert_string_equal(text_at(result, "known_q97_5", 0), "2");
    assert_near(real_at(result, "known_sd", 2), 0);
    dk_table_release(result);
    dk_table_release(table);
    dk_table_release(bare);
}

/* Cells and rows say the same, and what looks at records is known where persons go whole. */
static void persons_are_drawn_by_rows_too(void **state)
{
    const struct plan plan = { .name = "p", .steps = { STEP(.share = "0.4", .drawn = DK_DRAWN_PERSONS) } };
    const struct question of_cells = { .by = { "plaats" },
                                       .measures = { "known = count() where in_sonar",
                                                     "mean = mean(k) where in_sonar",
                                                     "ids = distinct(id) where in_sonar" } };
    const struct question of_rows = { .measures = { "first = first(k) where in_sonar",
                                                    "known = count() where in_sonar" } };
    static const char *const keys[] = { "id" };
    char text[8000];
    size_t used = (size_t)sprintf(text, "id:text plaats:category k:integer in_sonar:boolean\n");
    const dk_table *bare, *table = NULL, *result = NULL;
    dk_properties properties;
    char *expected;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int i = 0; i < 200; i++)
        used += (size_t)sprintf(text + used, "p%d|%c|%d|%s\n", i, 'a' + i % 3, i, i % 4 ? "false" : "true");
    bare = make_table(context, text);
    properties = *dk_table_properties(bare);
    properties.key = keys;
    properties.n_key = 1;
    assert_ok(dk_table_with_properties(bare, &properties, &table, &err), &err);
    dki_basis_force(DKI_PATH_CELLS);
    assert_ok(draw(table, &of_cells, &plan, DRAWS(100), &result, &err), &err);
    expected = strdup(show_rows(result));
    assert_true(fabs(real_at(result, "known_mean", 0) - 17 - 0.4 * 50) < 4 * sqrt(0.24 * 50 / 100));
    assert_near(real_at(result, "ids_mean", 0), real_at(result, "known_mean", 0));
    dk_table_release(result);
    for (unsigned threads = 1; threads <= 2; threads++) {
        dk_set_threads(threads);
        dki_basis_force(DKI_PATH_ROWS);
        assert_ok(draw(table, &of_cells, &plan, DRAWS(100), &result, &err), &err);
        assert_string_equal(show_rows(result), expected);
        assert_string_equal(dk_table_note(result, 0), "register the unknown: drawn at random, with seed 0");
        dk_table_release(result);
    }
    dki_basis_force(DKI_PATH_AUTO);
    assert_ok(draw(table, &of_rows, &plan, DRAWS(100), &result, &err), &err);
    assert_string_equal(text_at(result, "first_q97_5", 0), "0");
    dk_table_release(result);
    free(expected);
    dk_table_release(table);
    dk_table_release(bare);
}

/* By rows a sum is an integer in draws that divide nobody, and has nine digits more in others: in these that of one large
 * number does not fit. */
static void quantiles_have_the_digits_of_all_draws(void **state)
{
    static const char rows[] =
        "id:text k:integer in_sonar:boolean\np|1000000000000000000|false\nq|1|false\nr|1|false\n";
    const struct question question = { .measures = { "sum = sum(k) where in_sonar" } };
    const dk_table *table = make_table(context, rows), *result = NULL;
    bool found = false;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dki_basis_force(DKI_PATH_ROWS);
    for (uint64_t seed = 0; seed < 300 && !found; seed++) {
        const struct plan plan = { .name = "p", .steps = { DRAWN(.share = "0.5", .per = { "k" }, .seed = seed) } };

        if (draw(table, &question, &plan, DRAWS(3), &result, &err) == DK_OK)
            dk_table_release(result);
        else
            found = strstr(err.message, "a quantile does not fit: it has other draws' digits too") != NULL;
    }
    dki_basis_force(DKI_PATH_AUTO);
    assert_true(found);
    dk_table_release(table);
}

static void what_cannot_be_asked_is_refused(void **state)
{
    static const dk_ratio beyond[] = { { 3, 2 } }, twice[] = { { 1, 2 }, { 1, 2 } };
    static const dk_value half = DECIMAL(5, 1);
    const struct plan fixed = { .name = "p",
                                .steps = { { .name = "s", .share = "0.3", .set = { "in_sonar = true" } } } };
    const struct question no_number = { .measures = { "eerste = min(gemeente)" } };
    const struct question twin = { .measures = { "known = count()", "`known_mean` = count()" },
                                   .by = { "gemeente" } };
    const struct question clash = { .measures = { "known = count()" }, .by = { "known_mean = gemeente" } };
    const struct plan short_plan = { .name = "p", .steps = { DRAWN(.count = "1995") } };
    const dk_table *table = make_region(context), *result = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, &coverage);
    const dk_scenario *scenario = make_scenario(context, &region_plan);
    const dk_params unknown = { &(const dk_param){ "x", half }, 1 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(
        draw(table, &coverage, &fixed, DRAWS(5), &result, &err), &err, DK_ERR_ARGUMENT,
        "no step of p is drawn, so that every draw would be the same (say drawn = true where chance decides how "
        "many are taken");
    assert_fails(draw(table, &coverage, &region_plan, DRAWS(0), &result, &err), &err, DK_ERR_ARGUMENT,
                 "bands are made of at least one draw, and none is asked for");
    assert_fails(draw(table, &coverage, &region_plan, DRAWS(DK_BANDS_MOST + 1), &result, &err), &err, DK_ERR_LIMIT,
                 "1000001 draws are more than the 1000000 that bands can be made of");
    assert_fails(draw(table, &coverage, &region_plan, &(const dk_bands_spec){ 5, beyond, 1 }, &result, &err), &err,
                 DK_ERR_RANGE, "a quantile lies between 0 and 1, and 3/2 does not");
    assert_fails(draw(table, &coverage, &region_plan, &(const dk_bands_spec){ 5, twice, 2 }, &result, &err), &err,
                 DK_ERR_DUPLICATE, "the quantile 1/2 is asked for twice");
    assert_fails(draw(table, &no_number, &region_plan, DRAWS(5), &result, &err), &err, DK_ERR_TYPE,
                 "bands are of numbers, and the measure eerste is category");
    assert_fails(draw(table, &clash, &region_plan, DRAWS(5), &result, &err), &err, DK_ERR_DUPLICATE,
                 "the bands would have two columns known_mean (rename a measure or a dimension)");
    assert_ok(draw(table, &twin, &region_plan, DRAWS(5), &result, &err), &err); /* known_mean, known_mean_mean */
    dk_table_release(result);
    result = NULL;
    assert_fails(draw(table, &coverage, &short_plan, DRAWS(5), &result, &err), &err, DK_ERR_UNREACHABLE,
                 "register the unknown: 1995 persons are to be taken");
    assert_fails(dk_scenario_bands(breakdown, table, &unknown, scenario, NULL, DRAWS(5), &result, &err), &err,
                 DK_ERR_NAME, "x");
    assert_fails(dk_scenario_bands(breakdown, table, NULL, scenario, &unknown, DRAWS(5), &result, &err), &err,
                 DK_ERR_NAME, "x");
    assert_null(result);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(table);
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    ASSERT_ANSWER_SURVIVES(context, &coverage, &region_plan, dk_scenario_bands, DRAWS(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_region_is_binomial, set_up, tear_down),
        cmocka_unit_test_setup_teardown(figures_are_those_of_the_draws, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_else_decides_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_mean_of_draws_is_the_proportional_outcome, set_up, tear_down),
        cmocka_unit_test_setup_teardown(groups_come_and_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(persons_are_drawn_for_every_breakdown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(persons_are_drawn_by_rows_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quantiles_have_the_digits_of_all_draws, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_asked_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
