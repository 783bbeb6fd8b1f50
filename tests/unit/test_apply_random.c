/* test_apply_random.c - generated scenarios on generated rows: the engine's cells against persons moved one by one. */
#include "moved_persons.h"

#include "with_context.h"

static const struct question everything = { .by = { "plaats", "klasse", "bekend", "leeftijd" },
                                            .measures = { "n = count()" } };

/* Cells of the persons by all columns; the caller releases them. */
static const dk_table *all_cells(const dk_table *table, const dk_scenario *scenario)
{
    const dk_breakdown *breakdown = make_breakdown(context, &everything);
    const dk_table *cells = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_cells_new(table, breakdown, &scenario, 1, &cells, &err), &err);
    dk_breakdown_release(breakdown);
    return cells;
}

static void same_as_model(const dk_table *after)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;
    long double seen = 0, all = 0;

    assert_ok(ask_table(&everything, after, NULL, &result, &err), &err);
    for (size_t i = 0; i < n_persons; i++)
        all += persons[i].weight;
    for (uint64_t row = 0; row < dk_table_n_rows(result); row++) {
        long double expected = 0, actual = (long double)real_at(result, "n", row) * DKI_PERSON;

        for (size_t i = 0; i < n_persons; i++) {
            bool same = true;

            for (int c = 0; c < N_COLUMNS && same; c++) {
                dk_value value = value_at(result, names[c], row);
                const char *text = value_text(&persons[i], c);

                same = value.is_null ? persons[i].values[c] == UNKNOWN
                                     : strcmp(text_at(result, names[c], row), text) == 0;
            }
            if (same)
                expected += persons[i].weight;
        }
        seen += expected;
        if (fabsl(actual - expected) > 2000) /* units: two millionths of a person */
            fail_msg("row %llu has %.9Lf persons, not %.9Lf:\n%s", (unsigned long long)row, actual / DKI_PERSON,
                     expected / DKI_PERSON, show_rows(result));
    }
    assert_true(fabsl(seen - all) < 2000); /* and there is nobody in a group that the result lacks */
    dk_table_release(result);
}

static void cells_move_as_persons_do(void **state)
{
    unsigned n_run = 0, n_refused = 0;

    (void)state;
    for (unsigned round = 0; round < random_rounds(400); round++) {
        size_t n = 1 + random_below(60), n_steps = 1 + random_below(3), i;
        bool rough = round % 3 == 0;
        model_step steps[3];
        const dk_scenario *scenario;
        const dk_table *table, *cells, *after = NULL;
        dk_status expected = DK_OK, status;
        dk_error err = DK_ERROR_INIT;

        generate_persons(n);
        table = persons_table(context, round);
        for (i = 0; i < n_steps; i++)
            steps[i] = generate_step(rough);
        scenario = write_scenario(context, steps, n_steps, "plan");
        cells = all_cells(table, scenario);
        for (i = 0; i < n_steps && expected == DK_OK; i++)
            expected = run_model(&steps[i]);
        dk_set_threads(1 + round % 2);
        dk_context_set_block_rows(context, round % 5 ? DK_BLOCK_ROWS : 3);
        status = dk_scenario_apply(scenario, cells, NULL, &after, NULL, &err);
        if (status != expected)
            fail_msg("round %u: %s, not %s: %s", round, dk_status_name(status), dk_status_name(expected),
                     err.message);
        if (status == DK_OK) {
            same_as_model(after);
            assert_true(sum_at(after, dk_table_properties(after)->weight) == (int64_t)n * DKI_PERSON);
            n_run++;
        } else {
            n_refused++;
        }
        dk_table_release(after);
        dk_table_release(cells);
        dk_scenario_release(scenario);
        dk_table_release(table);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    assert_true(n_run > random_rounds(400) / 2 && n_refused > 0);
}

/* Text of cells grouped by some columns, with their weight. */
static char *group_cells(const dk_table *cells, unsigned columns)
{
    struct question question = { .measures = { "n = count()" } };
    const dk_table *result = NULL;
    size_t n = 0;
    dk_error err = DK_ERROR_INIT;
    char *text;

    for (int c = 0; c < N_COLUMNS; c++)
        if (columns >> c & 1)
            question.by[n++] = names[c];
    assert_ok(ask_table(&question, cells, NULL, &result, &err), &err);
    text = strdup(show_rows(result));
    dk_table_release(result);
    return text;
}

/* To the last unit: no number that the scenario's own columns tell depends on what else a breakdown asks for, on
 * the order of rows, on threads or on the size of blocks. */
static void no_number_depends_on_what_else_is_asked(void **state)
{
    unsigned n_run = 0;

    (void)state;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        model_step steps[3];
        size_t n_steps = 1 + random_below(3);
        unsigned columns = 0;
        const dk_scenario *scenario;
        const dk_table *table, *coarse_cells = NULL, *fine_cells, *coarse = NULL, *fine = NULL, *again = NULL;
        dk_error err = DK_ERROR_INIT;
        dk_status status;

        generate_persons(1 + random_below(300));
        table = persons_table(context, 0);
        for (size_t i = 0; i < n_steps; i++) {
            steps[i] = generate_step(true);
            if (steps[i].share || steps[i].count >= 0) {
                steps[i].drawn = random_below(3) == 0;
                steps[i].oldest = !steps[i].drawn && random_below(3) == 0;
                steps[i].whole = !steps[i].drawn && random_below(2);
            }
            columns |= steps[i].where->columns | steps[i].set->columns | steps[i].per;
            columns |= steps[i].oldest ? 1 << AGE : 0;
        }
        scenario = write_scenario(context, steps, n_steps, "plan");
        assert_ok(dk_cells_new(table, NULL, &scenario, 1, &coarse_cells, &err), &err);
        fine_cells = all_cells(table, scenario);
        dk_set_threads(1);
        status = dk_scenario_apply(scenario, coarse_cells, NULL, &coarse, NULL, &err);
        assert_int_equal(dk_scenario_apply(scenario, fine_cells, NULL, &fine, NULL, &err), status);
        if (status == DK_OK) {
            char *a = group_cells(coarse, columns), *b = group_cells(fine, columns), *c, *d;
            const dk_table *other = persons_table(context, 3), *other_cells = all_cells(other, scenario);

            assert_string_equal(a, b);
            dk_set_threads(2);
            dk_context_set_block_rows(context, 2);
            assert_ok(dk_scenario_apply(scenario, other_cells, NULL, &again, NULL, &err), &err);
            dk_context_set_block_rows(context, DK_BLOCK_ROWS);
            c = strdup(show_rows(fine));
            d = strdup(show_rows(again));
            assert_string_equal(c, d);
            dk_table_release(other_cells);
            dk_table_release(other);
            free(a);
            free(b);
            free(c);
            free(d);
            n_run++;
        }
        dk_table_release(again);
        dk_table_release(fine);
        dk_table_release(coarse);
        dk_table_release(fine_cells);
        dk_table_release(coarse_cells);
        dk_scenario_release(scenario);
        dk_table_release(table);
    }
    assert_true(n_run > random_rounds(200) / 2);
}

/* a .. b is a, then b. The parts of a combination are rounded where the scenario's columns end, and b's are among
 * those of a .. b: so to some units. */
static void a_composition_is_one_after_the_other(void **state)
{
    unsigned n_run = 0;

    (void)state;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        model_step steps[2] = { generate_step(round % 2), generate_step(round % 2) };
        const dk_scenario *a = write_scenario(context, &steps[0], 1, "a"),
                          *b = write_scenario(context, &steps[1], 1, "b"), *both = NULL;
        const dk_table *table, *cells, *first = NULL, *second = NULL, *composed = NULL;
        dk_error err = DK_ERROR_INIT;
        dk_status status, expected;

        generate_persons(1 + random_below(100));
        table = persons_table(context, 1);
        assert_ok(dk_scenario_compose(a, b, NULL, &both, &err), &err);
        cells = all_cells(table, both);
        expected = dk_scenario_apply(a, cells, NULL, &first, NULL, &err);
        if (expected == DK_OK)
            expected = dk_scenario_apply(b, first, NULL, &second, NULL, &err);
        status = dk_scenario_apply(both, cells, NULL, &composed, NULL, &err);
        assert_int_equal(status, expected);
        if (status == DK_OK) {
            const char *weight = dk_table_properties(cells)->weight;

            assert_int_equal(dk_table_n_rows(composed), dk_table_n_rows(second));
            for (uint64_t row = 0; row < dk_table_n_rows(second); row++) {
                int64_t difference =
                    value_at(composed, weight, row).as.integer - value_at(second, weight, row).as.integer;

                for (int c = 0; c < N_COLUMNS; c++)
                    assert_string_equal(text_at(composed, names[c], row), text_at(second, names[c], row));
                assert_true(difference > -200 && difference < 200);
            }
            n_run++;
        }
        dk_table_release(composed);
        dk_table_release(second);
        dk_table_release(first);
        dk_table_release(cells);
        dk_table_release(table);
        dk_scenario_release(both);
        dk_scenario_release(b);
        dk_scenario_release(a);
    }
    assert_true(n_run > random_rounds(200) / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cells_move_as_persons_do, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_number_depends_on_what_else_is_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_composition_is_one_after_the_other, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
