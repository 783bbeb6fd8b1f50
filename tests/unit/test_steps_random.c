/* test_steps_random.c - generated scenarios of every kind of step: what holds whatever they say.
 *
 * The total changes by what the account says and by nothing else; the order of rows, blocks and threads change nothing;
 * what else is asked changes no number; a .. b is a, then b; a scenario without steps, and steps that do not happen,
 * change nothing.
 */
#include "scenarios.h"

#include "scenario/scenario_parts.h"

#include "with_context.h"

#define N_STEPS 4

/* Texts of steps, which plans borrow. */
static char texts[2][N_STEPS][8][40];

static const char *const conditions[] = { NULL, "not k", "p == 'a'", "n > 1", "k is null or p in ('b', 'c')" };
static const char *const settings[] = { "k = true", "p = 'd'", "n = n + 1", "k = null", "p = case(k, 'e', p)" };
static const char *const columns[] = { "p", "k", "n" };
static const char *const values[] = { "'a'", "'b'", "'c'", "'d'", "null" };

static const char *one_of(const char *const *list, size_t n)
{
    return list[random_below(n)];
}

/* A share in hundredths. */
static const char *share_text(char *out, unsigned most)
{
    sprintf(out, "%u / 100", (unsigned)random_below(most + 1));
    return out;
}

static void generate_flows(struct plan_step *step, char (*room)[40])
{
    unsigned left[5] = { 100, 100, 100, 100, 100 };
    int n = 0;

    step->flows_of = "p";
    for (int from = 0; from < 5 && n < 7; from++)
        for (int to = 0; to < 5 && n < 7; to++) {
            unsigned share = (unsigned)random_below(left[from] / 2 + 1);

            if (from == to || random_below(3))
                continue;
            sprintf(room[n], "%u / 100", share);
            step->flows[n] = (dk_flow){ values[from], values[to], room[n] };
            left[from] -= share;
            n++;
        }
    if (n == 0)
        step->flows[0] = (dk_flow){ "'a'", "'b'", "0.5" };
}

static void generate_step(struct plan_step *step, char (*room)[40])
{
    static const char *const names[] = { "een", "twee" };

    *step = (struct plan_step){ .name = one_of(names, 2), .where = one_of(conditions, 5), .allow_none = true };
    for (int i = 0, n = 0; i < 3; i++)
        if (random_below(4) == 0)
            step->per[n++] = columns[i];
    step->whole = random_below(3) == 0;
    switch (random_below(7)) {
    case 0: step->share = share_text(room[0], 100); break;
    case 1:
        sprintf(room[0], "%u", (unsigned)random_below(4));
        step->count = room[0];
        break;
    case 2:
        step->all = true;
        step->whole = false;
        break;
    case 3: step->scale = share_text(room[0], 250); return;
    case 4:
        step->rate = "k";
        step->to = share_text(room[0], 40);
        for (int i = 0; i < 3; i++)
            if (step->per[i] && strcmp(step->per[i], "k") == 0)
                step->per[0] = "p", step->per[1] = step->per[2] = NULL;
        return;
    case 5: generate_flows(step, room); return;
    default: step->share = share_text(room[0], 30);
    }
    step->effect = (dk_effect)random_below(3);
    if (step->effect == DK_MOVES || (step->effect == DK_ADDS && random_below(2)))
        step->set[0] = one_of(settings, 5);
}

static void generate_plan(struct plan *plan, const char *name, size_t n, char (*room)[8][40])
{
    *plan = (struct plan){ .name = name };
    for (size_t i = 0; i < n; i++)
        generate_step(&plan->steps[i], room[i]);
}

/* Persons with weights, from row `shift` on. */
static const dk_table *generate_table(size_t n, size_t shift, const unsigned *seeds)
{
    static const char *const places[] = { "a", "b", "c", "-" };
    static const char *const known[] = { "true", "false", "-" };
    char text[8192];
    size_t used = (size_t)sprintf(text, "p:category[a,b,c] k:boolean n:integer w:decimal3\n");

    for (size_t i = 0; i < n; i++) {
        unsigned seed = seeds[(i + shift) % n];

        used += (size_t)sprintf(text + used, "%s|%s|%u|%u.%03u\n", places[seed % 4], known[seed / 4 % 3],
                                seed / 12 % 3, seed / 36 % 50, seed / 1800 % 1000);
    }
    return with_weight(make_table(context, text), "w");
}

static const dk_table *cells_of(const dk_table *table, const dk_scenario *scenario, bool all)
{
    const dk_breakdown *breakdown =
        all ? make_breakdown(context, ASK(.by = { "p", "k", "n" }, .measures = { "x = count()" })) : NULL;
    const dk_table *cells = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_cells_new(table, breakdown, &scenario, 1, &cells, &err), &err);
    dk_breakdown_release(breakdown);
    return cells;
}

/* The total after is the total before, and what the account says. */
static void assert_balanced(const dk_table *before, const dk_table *after, const dk_table *moved)
{
    int64_t total = sum_at(before, "w");

    for (uint64_t row = 0; row < dk_table_n_rows(moved); row++) {
        const char *effect = text_at(moved, "effect", row);
        int64_t taken = value_at(moved, "taken", row).as.integer;

        assert_true(taken >= 0);
        total += strcmp(effect, "adds") == 0 ? taken : strcmp(effect, "removes") == 0 ? -taken : 0;
    }
    assert_true(sum_at(after, "w") == total);
    for (uint64_t row = 0; row < dk_table_n_rows(after); row++)
        assert_true(value_at(after, "w", row).as.integer >= 0);
}

static void generate_seeds(unsigned *seeds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        seeds[i] = (unsigned)random_below(1800000);
}

/* Runs a plan; NULL where it cannot run. */
static const dk_table *run(const dk_scenario *scenario, const dk_table *cells, const dk_table **moved,
                           dk_status *status)
{
    const dk_table *after = NULL;
    dk_error err = DK_ERROR_INIT;

    *status = dk_scenario_apply(scenario, cells, NULL, &after, moved, &err);
    if (*status != DK_OK && *status != DK_ERR_UNREACHABLE)
        assert_ok(*status, &err);
    return after;
}

static void the_account_balances_whatever_rows_and_threads(void **state)
{
    unsigned n_run = 0;

    (void)state;
    for (unsigned round = 0; round < random_rounds(400); round++) {
        unsigned seeds[40];
        size_t n = 1 + random_below(40);
        struct plan plan;
        const dk_scenario *scenario;
        const dk_table *table, *cells, *after, *moved = NULL;
        dk_status status;

        generate_seeds(seeds, n);
        generate_plan(&plan, "plan", 1 + random_below(N_STEPS), texts[0]);
        scenario = make_scenario(context, &plan);
        table = generate_table(n, 0, seeds);
        cells = cells_of(table, scenario, true);
        dk_set_threads(1);
        after = run(scenario, cells, &moved, &status);
        if (status == DK_OK) {
            const dk_table *other = generate_table(n, 1 + random_below(n), seeds);
            const dk_table *other_cells, *again, *moved_again = NULL;
            char *expected = strdup(show_rows(after)), *told = strdup(show_rows(moved));

            assert_balanced(cells, after, moved);
            dk_set_threads(2);
            dk_context_set_block_rows(context, 3);
            other_cells = cells_of(other, scenario, true);
            again = run(scenario, other_cells, &moved_again, &status);
            dk_context_set_block_rows(context, DK_BLOCK_ROWS);
            dk_set_threads(0);
            assert_int_equal(status, DK_OK);
            assert_string_equal(show_rows(again), expected);
            assert_string_equal(show_rows(moved_again), told);
            free(expected);
            free(told);
            dk_table_release(moved_again);
            dk_table_release(again);
            dk_table_release(other_cells);
            dk_table_release(other);
            n_run++;
        }
        dk_table_release(moved);
        dk_table_release(after);
        dk_table_release(cells);
        dk_table_release(table);
        dk_scenario_release(scenario);
    }
    assert_true(n_run > random_rounds(400) / 3);
}

/* What each step took is the same whatever else is asked. */
static void what_else_is_asked_changes_no_account(void **state)
{
    (void)state;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        unsigned seeds[40];
        size_t n = 1 + random_below(40);
        struct plan plan;
        const dk_scenario *scenario;
        const dk_table *table, *coarse, *fine, *a, *b, *moved_a = NULL, *moved_b = NULL;
        dk_status status_a, status_b;

        generate_seeds(seeds, n);
        generate_plan(&plan, "plan", 1 + random_below(N_STEPS), texts[0]);
        scenario = make_scenario(context, &plan);
        table = generate_table(n, 0, seeds);
        coarse = cells_of(table, scenario, false);
        fine = cells_of(table, scenario, true);
        a = run(scenario, coarse, &moved_a, &status_a);
        b = run(scenario, fine, &moved_b, &status_b);
        assert_int_equal(status_a, status_b);
        if (status_a == DK_OK) {
            char *told = strdup(show_rows(moved_a));

            assert_string_equal(show_rows(moved_b), told);
            assert_true(sum_at(a, "w") == sum_at(b, "w"));
            free(told);
        }
        dk_table_release(moved_a);
        dk_table_release(moved_b);
        dk_table_release(a);
        dk_table_release(b);
        dk_table_release(fine);
        dk_table_release(coarse);
        dk_table_release(table);
        dk_scenario_release(scenario);
    }
}

/* Steps that mention all columns have the same combinations by themselves as in company. */
static void a_composition_is_one_after_the_other(void **state)
{
    unsigned n_run = 0;

    (void)state;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        static const struct plan_step everybody = {
            .name = "niets", .all = true, .allow_none = true, .set = { "p = p", "k = k", "n = n" }
        };
        unsigned seeds[40];
        size_t n = 1 + random_below(40);
        struct plan plans[2];
        const dk_scenario *a, *b, *both = NULL;
        const dk_table *table, *cells, *first, *second = NULL, *composed;
        dk_error err = DK_ERROR_INIT;
        dk_status status, expected;

        generate_seeds(seeds, n);
        for (int i = 0; i < 2; i++) {
            generate_plan(&plans[i], i ? "b" : "a", 2, texts[i]);
            plans[i].steps[2] = everybody;
        }
        a = make_scenario(context, &plans[0]);
        b = make_scenario(context, &plans[1]);
        assert_ok(dk_scenario_compose(a, b, NULL, &both, &err), &err);
        table = generate_table(n, 0, seeds);
        cells = cells_of(table, both, true);
        first = run(a, cells, NULL, &expected);
        if (expected == DK_OK)
            second = run(b, first, NULL, &expected);
        composed = run(both, cells, NULL, &status);
        assert_int_equal(status, expected);
        if (status == DK_OK) {
            char *rows = strdup(show_rows(second));

            assert_string_equal(show_rows(composed), rows);
            free(rows);
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
    assert_true(n_run > random_rounds(200) / 4);
}

static void steps_that_do_not_happen_change_nothing(void **state)
{
    (void)state;
    for (unsigned round = 0; round < random_rounds(100); round++) {
        unsigned seeds[40];
        size_t n = 1 + random_below(40);
        struct plan plan;
        const dk_scenario *scenario;
        const dk_table *table, *cells, *after, *moved = NULL;
        char *expected;
        dk_status status;

        generate_seeds(seeds, n);
        generate_plan(&plan, "plan", random_below(N_STEPS + 1), texts[0]);
        for (size_t i = 0; i < N_STEPS && plan.steps[i].name; i++)
            plan.steps[i].when = "1 > 2";
        scenario = make_scenario(context, &plan);
        table = generate_table(n, 0, seeds);
        cells = cells_of(table, scenario, true);
        after = run(scenario, cells, &moved, &status);
        assert_int_equal(status, DK_OK);
        expected = strdup(show_rows(cells));
        assert_string_equal(show_rows(after), expected);
        assert_int_equal(dk_table_n_rows(moved), 0);
        free(expected);
        dk_table_release(moved);
        dk_table_release(after);
        dk_table_release(cells);
        dk_table_release(table);
        dk_scenario_release(scenario);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_account_balances_whatever_rows_and_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_else_is_asked_changes_no_account, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_composition_is_one_after_the_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(steps_that_do_not_happen_change_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
