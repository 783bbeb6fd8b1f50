/* test_priority.c - who of a stratum is taken first. */
#include "stages.h"

#include "with_context.h"

static const char persons[] = "plaats:category leeftijd:integer x:integer w:decimal9\n"
                              "a|30|1|4\na|50|1|3\na|-|1|5\na|40|1|2\nb|20|1|1\nb|60|1|10\n";

static dk_status take(stage *s, const char *cells, const struct plan *plan, int64_t *taken, dk_error *err)
{
    dk_status status;

    stage_init(s, context, cells, plan);
    status = dki_strata_find(&s->stage, &s->strata, err);
    if (status == DK_OK)
        status = dki_strata_settle(&s->stage, &s->strata, err);
    return status == DK_OK ? dki_strata_split(&s->stage, &s->strata, taken, err) : status;
}

/* What each cell gives. */
static void assert_taken(const char *cells, const struct plan *plan, const char *expected)
{
    char text[1024] = "";
    size_t used = 0;
    int64_t taken[STAGE_CELLS];
    stage s;
    dk_error err = DK_ERROR_INIT;

    assert_ok(take(&s, cells, plan, taken, &err), &err);
    for (uint64_t i = 0; i < dk_table_n_rows(s.cells); i++) {
        used += (size_t)sprintf(text + used, "%s", i ? " " : "");
        used += dki_format_weight(taken[i], text + used, sizeof text - used);
    }
    assert_string_equal(text, expected);
    stage_drop(&s);
}

#define STEP(...) PLAN(.name = "p", .steps = { { .name = "s", .set = { "x = 2" }, __VA_ARGS__ } })

static void the_first_give_all_they_have(void **state)
{
    (void)state;
    /* Both places together, oldest first: 60, 50, 40, 30, 20, and who is of no known age last. */
    assert_taken(persons, STEP(.count = "14", .first = { "leeftijd desc" }), "0 3 0 1 0 10");
    assert_taken(persons, STEP(.count = "20", .first = { "leeftijd desc" }), "4 3 0 2 1 10");
    assert_taken(persons, STEP(.count = "20.5", .first = { "leeftijd desc" }), "4 3 0.5 2 1 10");
    assert_taken(persons, STEP(.count = "6", .first = { "leeftijd" }), "4 0 0 1 1 0");
    assert_taken(persons, STEP(.count = "24", .first = { "leeftijd asc" }), "4 3 4 2 1 10");
    assert_taken(persons, STEP(.count = "0", .first = { "leeftijd" }), "0 0 0 0 0 0");
    assert_taken(persons, STEP(.share = "1", .first = { "leeftijd" }), "4 3 5 2 1 10");
}

/* Half of each place, rounded to persons where asked: 7 of 14 and 5.5 of 11; half of 25 is 13. */
static void each_stratum_has_its_own_first(void **state)
{
    (void)state;
    assert_taken(persons, STEP(.share = "0.5", .per = { "plaats" }, .first = { "leeftijd desc" }), "2 3 0 2 0 5.5");
    assert_taken(persons, STEP(.share = "0.5", .whole = true, .per = { "plaats" }, .first = { "leeftijd desc" }),
                 "2 3 0 2 0 6");
    assert_taken(persons, STEP(.count = "5", .per = { "plaats" }, .first = { "leeftijd desc" }),
                 "0 2.8 0 0 0 2.2"); /* 14 / 25 and 11 / 25 of 5 */
}

static void who_comes_together_gives_in_proportion(void **state)
{
    (void)state;
    assert_taken(persons, STEP(.count = "12", .first = { "leeftijd >= 50 desc", "plaats" }), "0 3 0 0 0 9");
    assert_taken(persons, STEP(.count = "6.5", .first = { "leeftijd >= 50 desc" }), "0 1.5 0 0 0 5");
    assert_taken(persons, STEP(.count = "10", .first = { "plaats" }), /* 10 of 14 */
                 "2.857142857 2.142857143 3.571428571 1.428571429 0 0");
    assert_taken(persons, STEP(.count = "15", .first = { "plaats desc" }), /* 4 of 14 */
                 "1.142857143 0.857142857 1.428571429 0.571428571 1 10");
}

/* An order is computed for who is matched, and fails for nobody else. */
static void only_those_who_are_matched_have_an_order(void **state)
{
    static const char cells[] = "n:integer x:integer w:decimal9\n9223372036854775807|2|1\n1|1|1\n2|1|1\n";
    stage s;
    int64_t taken[STAGE_CELLS];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_taken(cells, STEP(.count = "1", .where = "x == 1", .first = { "n + 1 desc" }), "0 0 1");
    assert_fails(take(&s, cells, STEP(.count = "1", .first = { "n + 1 desc" }), taken, &err), &err, DK_ERR_OVERFLOW,
                 "where n = 9223372036854775807");
    stage_drop(&s);
    assert_taken(cells, STEP(.count = "1", .where = "x == 9", .allow_none = true, .first = { "n" }), "0 0 0");
}

/* Whatever the weights and the order: nobody gives while somebody before them has something left. */
static void the_order_is_kept(void **state)
{
    (void)state;
    for (unsigned round = 0; round < random_rounds(300); round++) {
        char cells[4000], share[32];
        size_t used = (size_t)sprintf(cells, "plaats:category n:integer k:integer x:integer w:decimal9\n");
        int64_t place[30], n[30], taken[STAGE_CELLS];
        stage s;
        dk_error err = DK_ERROR_INIT;

        for (int i = 0; i < 30; i++) {
            place[i] = (int64_t)random_below(3);
            n[i] = (int64_t)random_below(6);
            used += (size_t)sprintf(cells + used, "%c|%d|%d|1|%d.%d\n", (char)('a' + place[i]), (int)n[i], i,
                                    (int)random_below(5), 1 + (int)random_below(9));
        }
        sprintf(share, "0.%u", 1 + (unsigned)random_below(9));
        assert_ok(take(&s, cells,
                       STEP(.share = share, .per = { "plaats" }, .first = { "n desc" }, .whole = round % 2), taken,
                       &err),
                  &err);
        for (int i = 0; i < 30; i++)
            for (int k = 0; k < 30; k++)
                if (place[i] == place[k] && n[i] > n[k])
                    assert_true(taken[k] == 0 || taken[i] == s.weights[i]);
        for (uint64_t k = 0; k < s.strata.n; k++) {
            int64_t sum = 0;

            for (uint64_t c = s.strata.combinations[s.strata.strata[k]];
                 c < s.strata.combinations[s.strata.strata[k + 1]]; c++)
                sum += taken[s.strata.cells[c]];
            assert_true(sum == s.strata.taken[k]);
        }
        stage_drop(&s);
    }
}

static void every_failing_allocation_is_survived(void **state)
{
    int64_t taken[STAGE_CELLS];
    stage s;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_ok(take(&s, persons, STEP(.count = "14", .first = { "leeftijd + 1 desc", "plaats" }), taken, &err),
              &err);
    assert_survives_failing_memory(context, dki_strata_split(&s.stage, &s.strata, taken, &err), &err, true,
                                   (void)0);
    assert_true(taken[3] == DKI_PERSON);
    stage_drop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_give_all_they_have, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_stratum_has_its_own_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_comes_together_gives_in_proportion, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_those_who_are_matched_have_an_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_order_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
