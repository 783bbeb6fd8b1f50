/* test_settle.c - how much a step takes of each stratum, and of each cell. */
#include "stages.h"

#include "with_context.h"

/* The unknown of the region. */
static const char unknown[] =
    "plaats:category x:integer w:decimal9\nArnhem|1|1047\nDoesburg|1|65\nDuiven|1|87\n"
    "Lingewaard|1|129\nOverbetuwe|1|146\nRheden|1|244\nWestervoort|1|72\nZevenaar|1|204\n";

static dk_status settle(stage *s, const char *cells, const struct plan *plan, dk_error *err)
{
    dk_status status;

    stage_init(s, context, cells, plan);
    status = dki_strata_find(&s->stage, &s->strata, err);
    return status == DK_OK ? dki_strata_settle(&s->stage, &s->strata, err) : status;
}

/* What is taken of each stratum. */
static void assert_taken(const char *cells, const struct plan *plan, const char *expected)
{
    char text[1024];
    size_t used = 0;
    stage s;
    dk_error err = DK_ERROR_INIT;

    assert_ok(settle(&s, cells, plan, &err), &err);
    text[0] = '\0';
    for (uint64_t k = 0; k < s.strata.n; k++) {
        used += (size_t)sprintf(text + used, "%s", k ? " " : "");
        used += dki_format_weight(s.strata.taken[k], text + used, sizeof text - used);
    }
    assert_string_equal(text, expected);
    stage_drop(&s);
}

static void assert_refused(const char *cells, const struct plan *plan, dk_status expected, const char *part)
{
    stage s;
    dk_error err = DK_ERROR_INIT;

    assert_fails(settle(&s, cells, plan, &err), &err, expected, part);
    stage_drop(&s);
}

#define STEP(...) \
    PLAN(.name = "p", .steps = { { .name = "s", .set = { "x = 2" }, .per = { "plaats" }, __VA_ARGS__ } })

/* Over the unknown: 598.2 persons, and 598 whole ones. The quotas are 314.1 19.5 26.1 38.7 43.8 73.2 21.6
 * 61.2: rounded down 595, and three more to .8 .7 .6. */
static void a_share_is_one_of_each_stratum(void **state)
{
    (void)state;
    assert_taken(unknown, STEP(.share = "0.30"), "314.1 19.5 26.1 38.7 43.8 73.2 21.6 61.2");
    assert_taken(unknown, STEP(.share = "0.30", .whole = true), "314 19 26 39 44 73 22 61");
    assert_taken(unknown, STEP(.share = "1"), "1047 65 87 129 146 244 72 204");
    assert_taken(unknown, STEP(.share = "0.0", .whole = true), "0 0 0 0 0 0 0 0");
    assert_taken(unknown, STEP(.all = true), "1047 65 87 129 146 244 72 204");
    assert_taken(unknown, STEP(.share = "1 / 3"), /* 1994 / 3 = 664.666666667 together, and so add the parts up */
                 "349 21.666666667 29 43 48.666666667 81.333333333 24 68");
}

/* A count goes over all strata, in proportion to what each has. */
static void a_count_is_of_all_strata_together(void **state)
{
    (void)state;
    assert_taken(unknown, STEP(.count = "997"), "523.5 32.5 43.5 64.5 73 122 36 102"); /* half of 1994 */
    assert_taken(unknown, STEP(.count = "1994"), "1047 65 87 129 146 244 72 204");
    assert_taken(unknown, STEP(.count = "0", .whole = true), "0 0 0 0 0 0 0 0");
    /* 1227 / 1994 of each: 644.27 39.997 53.54 79.38 89.84 150.14 44.30 125.53; rounded down 1223, four to the
     * largest fractions, .997 .84 .535 .531. */
    assert_taken(unknown, STEP(.count = "1227", .whole = true), "644 40 54 79 90 150 44 126");
}

static void ties_go_to_the_first_stratum(void **state)
{
    (void)state;
    assert_taken("plaats:category[z,m,a] x:integer w:decimal9\nz|1|1\nm|1|1\na|1|1\n",
                 STEP(.count = "2", .whole = true), "1 1 0");
    assert_taken("plaats:category[z,m,a] x:integer w:decimal9\nz|1|1\nm|1|1\na|1|1\n",
                 STEP(.share = "0.5", .whole = true), "1 1 0"); /* 1.5 is rounded to 2 */
}

/* A stratum gives no person that it has not: what is left goes to others that have one. */
static void a_stratum_gives_whole_persons_that_it_has(void **state)
{
    static const char parts[] = "plaats:category x:integer w:decimal9\na|1|0.9\nb|1|10\nc|1|0.5\n";

    (void)state;
    assert_taken(parts, STEP(.count = "10", .whole = true), "0 10 0");
    assert_taken(parts, STEP(.share = "1", .whole = true), "0 10 0"); /* 11.4 is 11, and there are 10 */
    assert_refused(parts, STEP(.count = "11", .whole = true), DK_ERR_UNREACHABLE,
                   "11 whole persons are to be taken, and there are 10, in 3 strata by plaats");
}

static void taking_more_than_there_is_names_the_stratum(void **state)
{
    (void)state;
    assert_refused(unknown, STEP(.count = "88", .where = "plaats == 'Duiven'"), DK_ERR_UNREACHABLE,
                   "88 persons are to be taken, and there are 87 (plaats = Duiven)");
    assert_refused(unknown, STEP(.count = "1994.5"), DK_ERR_UNREACHABLE,
                   "1994.5 persons are to be taken, and there are 1994, in 8 strata by plaats");
    assert_refused("plaats:category x:integer w:decimal9\n-|1|1\n", STEP(.count = "3"), DK_ERR_UNREACHABLE,
                   "3 persons are to be taken, and there is 1 (plaats = null)");
}

static void nobody_gives_nobody(void **state)
{
    (void)state;
    assert_taken(unknown, STEP(.count = "5", .where = "x > 9", .allow_none = true), "");
    assert_taken(unknown, STEP(.share = "0.5", .where = "x > 9", .allow_none = true), "");
}

/* What parameters decide is checked when it is known. */
static void amounts_of_parameters_are_checked(void **state)
{
    static const struct {
        dk_value value;
        const char *share, *count;
        bool whole;
        dk_status status;
        const char *message;
    } cases[] = {
        { DECIMAL(12, 1), "$p", NULL, false, DK_ERR_RANGE, "a share lies between 0 and 1, and 1.2 does not" },
        { DECIMAL(-1, 3), "$p", NULL, false, DK_ERR_RANGE, "a share lies between 0 and 1, and -0.001 does not" },
        { WHOLE(3), "$p / 2", NULL, false, DK_ERR_RANGE, "and 1.5 does not" },
        { WHOLE(-3), NULL, "$p", false, DK_ERR_RANGE, "a count is not negative, and -3 is" },
        { DECIMAL(25, 1), NULL, "$p", true, DK_ERR_RANGE, "2.5 is no whole number of persons" },
        { TEXT("veel"), NULL, "$p", false, DK_ERR_TYPE, "a count is a number, and $p is none" },
        { NOTHING, "$p", NULL, false, DK_ERR_TYPE, "a share is a number, and $p is none" },
        { { .type = DK_REAL, .as.real = 1e-30 }, "$p", NULL, false, DK_ERR_RANGE, "has more digits than an exact" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct plan plan = { .name = "p",
                                   .params = { { .name = "p", .value = cases[i].value } },
                                   .steps = { { .name = "s",
                                                .share = cases[i].share,
                                                .count = cases[i].count,
                                                .whole = cases[i].whole,
                                                .set = { "x = 2" } } } };

        assert_refused(unknown, &plan, cases[i].status, cases[i].message);
    }
}

/* A number of Lua that is no short decimal is still the decimal that it was written as. */
static void a_real_share_is_its_shortest_decimal(void **state)
{
    const struct plan plan = { .name = "p",
                               .params = { { .name = "p", .value = { .type = DK_REAL, .as.real = 0.3 } } },
                               .steps = { { .name = "s", .share = "$p", .set = { "x = 2" } } } };

    (void)state;
    assert_taken(unknown, &plan, "598.2");
}

/* A thousand million persons, and shares whose denominators are large. */
static void big_registers_fit(void **state)
{
    static const char big[] =
        "plaats:category x:integer w:decimal9\na|1|999999999\nb|1|4000000000\nc|1|4223372037.854775807\n";
    static const char too_big[] = "plaats:category x:integer w:decimal9\na|1|5000000000\nb|1|5000000000\n";
    const struct plan plan = {
        .name = "p",
        .params = { { .name = "p", .value = { .type = DK_RATIO, .as.ratio = { INT64_MAX - 1, INT64_MAX } } } },
        .steps = { { .name = "s", .share = "$p", .set = { "x = 2" }, .per = { "plaats" } } }
    };
    const dk_table *table = with_weight(make_table(context, too_big), "w");
    int64_t weights[2];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    /* 499999999.5, 2000000000 and 2111686018.93: the sum is 4611686018.43. */
    assert_taken(big, STEP(.share = "0.5", .whole = true), "499999999 2000000000 2111686019");
    assert_taken(big, STEP(.all = true), "999999999 4000000000 4223372037.854775807");
    /* The quotas lose .108, .434 and .458 of a unit, one in all: the last has the smallest fraction and loses it.
     * */
    assert_taken(big, &plan, "999999999 4000000000 4223372037.854775806");
    assert_fails(dki_cells_weights(table, weights, &err), &err, DK_ERR_OVERFLOW,
                 "more persons than a scenario can");
    dk_table_release(table);
}

/* Cells -------------------------------------------------------------------------------------------------------- */

/* A stratum of seven persons gives two: first to the combinations of what the scenario mentions (x), then to cells.
 * */
static void a_stratum_is_shared_by_combinations_and_then_by_cells(void **state)
{
    static const char cells[] = "plaats:category x:integer k:integer w:decimal9\n"
                                "a|1|1|1\na|1|2|1\na|1|3|1\na|2|1|4\n";
    const struct plan plan = {
        .name = "p", .steps = { { .name = "s", .count = "2", .per = { "plaats" }, .set = { "x = 3" } } }
    };
    int64_t taken[4];
    stage s;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(settle(&s, cells, &plan, &err), &err);
    assert_ok(dki_strata_split(&s.stage, &s.strata, taken, &err), &err);
    /* 6/7 = 0.857142857 and 8/7 = 1.142857143 of the two combinations; a third of the first is 0.285714286 - 1/3
     * unit */
    assert_true(taken[3] == INT64_C(1142857143));
    assert_true(taken[0] + taken[1] + taken[2] == INT64_C(857142857));
    assert_true(taken[0] == INT64_C(285714286) && taken[1] == INT64_C(285714286) && taken[2] == INT64_C(285714285));
    stage_drop(&s);
}

/* Whatever the weights: each stratum's number is kept to the last unit, no cell gives more than it has, and what a
 * combination gives does not depend on how its cells are cut. */
static void splitting_keeps_every_number(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        char fine[8000], coarse[8000];
        size_t used = (size_t)sprintf(fine, "plaats:category x:integer k:integer w:decimal9\n");
        size_t used_coarse = (size_t)sprintf(coarse, "plaats:category x:integer k:integer w:decimal9\n");
        uint64_t total = 0;
        char count[64];
        const char *const places[] = { "a", "b", "c" };
        int64_t taken[2][STAGE_CELLS], by_combination[2][9] = { { 0 } };
        stage s[2];
        dk_error err = DK_ERROR_INIT;

        for (int p = 0; p < 3; p++)
            for (int x = 0; x < 3; x++) {
                uint64_t sum = 0;

                for (int k = 0; k < 5; k++) {
                    uint64_t units = random_below(4) ? random_below(UINT64_C(1) << (1 + random_below(45))) : 0;

                    used += (size_t)sprintf(fine + used, "%s|%d|%d|%llu.%09llu\n", places[p], x, k,
                                            (unsigned long long)(units / DKI_PERSON),
                                            (unsigned long long)(units % DKI_PERSON));
                    sum += units;
                }
                used_coarse +=
                    (size_t)sprintf(coarse + used_coarse, "%s|%d|0|%llu.%09llu\n", places[p], x,
                                    (unsigned long long)(sum / DKI_PERSON), (unsigned long long)(sum % DKI_PERSON));
                total += sum;
            }
        if (total == 0)
            continue;
        total = random_below(total + 1);
        sprintf(count, "%llu.%09llu", (unsigned long long)(total / DKI_PERSON),
                (unsigned long long)(total % DKI_PERSON));
        for (int i = 0; i < 2; i++) {
            const struct plan plan = { .name = "p",
                                       .steps = { { .name = "s",
                                                    .count = count,
                                                    .where = "plaats ~= 'd'",
                                                    .set = { "x = 5" },
                                                    .per = { round % 2 ? "plaats" : "x" } } } };

            assert_ok(settle(&s[i], i ? coarse : fine, &plan, &err), &err);
            assert_ok(dki_strata_split(&s[i].stage, &s[i].strata, taken[i], &err), &err);
            for (uint64_t k = 0; k < s[i].strata.n; k++) {
                int64_t sum = 0;

                for (uint64_t c = s[i].strata.combinations[s[i].strata.strata[k]];
                     c < s[i].strata.combinations[s[i].strata.strata[k + 1]]; c++)
                    sum += taken[i][s[i].strata.cells[c]];
                assert_true(sum == s[i].strata.taken[k]);
            }
            for (uint64_t c = 0; c < dk_table_n_rows(s[i].cells); c++) {
                assert_true(taken[i][c] >= 0 && taken[i][c] <= s[i].weights[c]);
                by_combination[i][c / (i ? 1 : 5)] += taken[i][c];
            }
        }
        for (int c = 0; c < 9; c++)
            assert_true(by_combination[0][c] == by_combination[1][c]);
        stage_drop(&s[0]);
        stage_drop(&s[1]);
    }
}

static void every_failing_allocation_is_survived(void **state)
{
    int64_t taken[STAGE_CELLS];
    stage s;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    stage_init(&s, context, unknown, STEP(.count = "1227", .whole = true));
    assert_ok(dki_strata_find(&s.stage, &s.strata, &err), &err);
    assert_survives_failing_memory(context, dki_strata_settle(&s.stage, &s.strata, &err), &err, true, (void)0);
    assert_survives_failing_memory(context, dki_strata_split(&s.stage, &s.strata, taken, &err), &err, true,
                                   (void)0);
    assert_true(taken[0] == INT64_C(644) * DKI_PERSON);
    stage_drop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_share_is_one_of_each_stratum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_count_is_of_all_strata_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ties_go_to_the_first_stratum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stratum_gives_whole_persons_that_it_has, set_up, tear_down),
        cmocka_unit_test_setup_teardown(taking_more_than_there_is_names_the_stratum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_gives_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(amounts_of_parameters_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_real_share_is_its_shortest_decimal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(big_registers_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stratum_is_shared_by_combinations_and_then_by_cells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(splitting_keeps_every_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
