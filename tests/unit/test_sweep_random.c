/* test_sweep_random.c - generated sweeps of generated scenarios: at each point the same rows as running the steps and the
 * breakdown there, to the unit, with one thread and two.
 */
#include <dekking/sweep.h>

#include "scenarios.h"

#include "with_context.h"

static const char *const conditions[] = { NULL,
                                          "not bekend",
                                          "klasse == 'jong' and plaats == 'Arnhem'",
                                          "leeftijd > 30",
                                          "plaats is null",
                                          "plaats == $waar",
                                          "leeftijd > $grens" };
static const char *const settings[][2] = { { "bekend = true", NULL },
                                           { "plaats = 'Ede'", NULL },
                                           { "plaats = 'Velp'", NULL },
                                           { "leeftijd = leeftijd + 10", NULL },
                                           { "leeftijd = 20", "klasse = case(leeftijd < 40, null, klasse)" },
                                           { "bekend = null", "plaats = $waar" } };
static const char *const shares[] = { "$a", "$b", "$a * $b", "1 - $a", "1 / 3", "0.25", "1" };
static const char *const counts[] = { "$k", "$k / 3", "7" };
static const char *const columns[] = { "plaats", "klasse", "bekend", "leeftijd" };

static const char *const factors[] = { "$a", "1 + $b", "1.02", "$k / 10" };
static const dk_flow flows[][3] = {
    { { "'Arnhem'", "'Ede'", "$a" }, { "'Arnhem'", "'Velp'", "1 / 9" }, { NULL, NULL, NULL } },
    { { "'Ede'", "'Nieuw'", "0.5" }, { "'Duiven'", "'Ede'", "$b" }, { NULL, NULL, NULL } }
};

#define PICK(list) list[random_below(sizeof list / sizeof *list)]

/* Parameters that some text mentions, with values that a sweep gives them. */
static const struct {
    const char *name;
    dk_value value, values[4];
    size_t n;
} varied[] = {
    { "a", DECIMAL(3, 1), { DECIMAL(0, 0), DECIMAL(25, 2), DECIMAL(123456789, 9), DECIMAL(1, 0) }, 4 },
    { "b", DECIMAL(5, 1), { DECIMAL(1, 1), { .type = DK_RATIO, .as.ratio = { 2, 7 } }, DECIMAL(11, 1) }, 3 },
    { "k", WHOLE(5), { WHOLE(0), WHOLE(9), WHOLE(60), DECIMAL(75, 1) }, 4 },
    { "waar", TEXT("Ede"), { TEXT("Duiven"), TEXT("Nergens") }, 2 },
    { "grens", WHOLE(35), { WHOLE(20), WHOLE(90) }, 2 },
};
#define N_PARAMS (sizeof varied / sizeof *varied)

static const dk_table *make_persons(size_t n)
{
    static char text[60000];
    static const char *const plaatsen[] = { "Arnhem", "Duiven", "Ede", "Rheden", "-" };
    static const char *const klassen[] = { "jong", "oud", "oud", "-" };
    static const char *const bekend[] = { "true", "false", "false", "-" };
    size_t used = (size_t)sprintf(
        text, "leeftijd:integer plaats:category bekend:boolean klasse:category uren:decimal1 w:integer\n");

    for (size_t i = 0; i < n; i++)
        used += (size_t)sprintf(
            text + used, "%d|%s|%s|%s|%s|%d\n", 20 + 10 * (int)random_below(4), PICK(plaatsen), PICK(bekend),
            PICK(klassen), random_below(5) ? random_below(2) ? "12.5" : "30.0" : "-", (int)random_below(40) + 1);
    return make_table(context, text);
}

static bool mentioned(const struct plan *plan, const char *param)
{
    char name[32];

    sprintf(name, "$%s", param);
    for (size_t i = 0; plan->steps[i].name; i++) {
        const struct plan_step *step = &plan->steps[i];
        const char *const texts[] = {
            step->where, step->share, step->count,    step->set[0],         step->set[1],        step->scale,
            step->to,    step->when,  step->flows_of, step->flows[0].share, step->flows[1].share
        };

        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            if (texts[k] && strstr(texts[k], name))
                return true;
    }
    return false;
}

/* Who comes or leaves, who is first, or chance. */
static void change_how(struct plan_step *step)
{
    switch (random_below(6)) {
    case 0: step->effect = DK_ADDS; break;
    case 1: step->effect = DK_REMOVES, step->set[0] = step->set[1] = NULL; break;
    case 2:
        if (!step->all)
            step->first[0] = "leeftijd desc";
        break;
    case 3:
        if (!step->all)
            step->drawn = DK_DRAWN_NUMBERS, step->seed = 3;
        break;
    default: break;
    }
}

static const dk_scenario *generate_scenario(void)
{
    struct plan plan = { .name = "plan" };
    size_t n = 1 + random_below(3), n_params = 0;

    for (size_t i = 0; i < n; i++) {
        struct plan_step *step = &plan.steps[i];
        size_t set = random_below(sizeof settings / sizeof *settings), n_per = 0;

        *step = (struct plan_step){ .name = i ? "later" : "eerst",
                                    .where = PICK(conditions),
                                    .allow_none = random_below(2) };
        step->name = i == 0 ? "eerst" : i == 1 ? "dan" : "later";
        step->set[0] = settings[set][0];
        step->set[1] = settings[set][1];
        switch (random_below(8)) {
        case 0: step->all = true; break;
        case 1: step->count = PICK(counts); break;
        case 2: step->scale = PICK(factors); break;
        case 3: step->rate = "bekend", step->to = PICK(shares); break;
        case 4: step->flows_of = "plaats", memcpy(step->flows, flows[random_below(2)], sizeof flows[0]); break;
        default: step->share = PICK(shares);
        }
        if (step->scale || step->rate || step->flows_of)
            step->set[0] = step->set[1] = NULL;
        else
            change_how(step);
        step->whole = !step->all && !step->scale && step->drawn == DK_DRAWN_NOT && random_below(3) == 0;
        if (random_below(6) == 0)
            step->when = "$k > 5";
        for (size_t c = 0; c < 3; c++)
            if (random_below(4) == 0 && !(step->rate && c == 2))
                step->per[n_per++] = columns[c];
    }
    for (size_t k = 0; k < N_PARAMS; k++)
        if (mentioned(&plan, varied[k].name))
            plan.params[n_params++] = (dk_scenario_param){ .name = varied[k].name, .value = varied[k].value };
    return make_scenario(context, &plan);
}

static const struct question questions[] = {
    { .measures = { "n = count()", "bekend_n = count() where bekend", "deel = bekend_n / n" } },
    { .by = { "plaats" }, .measures = { "n = count()", "deel = n / all(n)" } },
    { .by = { "plaats", "klasse" },
      .measures = { "n = count()", "u = sum(uren)", "m = mean(uren)", "s = n / all(n, plaats)" },
      .margins = DK_MARGINS_CUBE },
    { .by = { "kl = klasse", "plaats" },
      .where = "leeftijd < 60",
      .measures = { "least = min(leeftijd)", "most = max(uren)", "n = count() where bekend" },
      .margins = DK_MARGINS_ROLLUP },
    { .by = { "oud = leeftijd > $grens" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS },
    { .by = { "plaats" }, .measures = { "n = count()" }, .all_levels = true },
    { .by = { "bekend" },
      .measures = { "n = count()" },
      .where = "plaats == 'Velp'",
      .margins = DK_MARGINS_TOTALS },
};

/* The value of each column of a row, and its totals. */
static void write_row(const dk_table *table, uint64_t row, size_t from, size_t n, char *out)
{
    const dk_column *margin = dk_table_margin(table);
    dk_value mask = { .as.integer = 0 };
    dk_error err = DK_ERROR_INIT;

    if (margin)
        assert_ok(dk_column_get(margin, row, &mask, &err), &err);
    out += sprintf(out, "%lld", (long long)mask.as.integer);
    for (size_t i = from; i < from + n; i++) {
        dk_value value;

        assert_ok(dk_column_get(dk_table_field(table, i)->column, row, &value, &err), &err);
        while (value.type == DK_DECIMAL && !value.is_null && value.scale > 0 && value.as.integer % 10 == 0) {
            value.as.integer /= 10;
            value.scale--;
        }
        *out++ = '|';
        out += dk_value_format(&value, out, 100);
    }
}

struct sweeping {
    const dk_breakdown *breakdown;
    const dk_scenario *scenario;
    const dk_table *table, *cells;
    dk_params breakdown_params;
    dk_sweep_axis axes[N_PARAMS];
    size_t n_axes;
};

/* What a point gives by itself: the rows, or the problem. */
static const dk_table *run_point(const struct sweeping *s, const dk_params *params, dk_error *err)
{
    const dk_table *after = NULL, *result = NULL;
    dk_param both[N_PARAMS + 1];
    dk_params all = { both, params->n };
    dk_status status = dk_scenario_apply(s->scenario, s->cells, params, &after, NULL, err);
    bool has = false;

    memcpy(both, params->items, params->n * sizeof *both);
    for (size_t i = 0; i < params->n; i++)
        has = has || strcmp(both[i].name, "grens") == 0;
    if (!has)
        both[all.n++] = s->breakdown_params.items[0];
    if (status == DK_OK)
        status = dk_breakdown_run(s->breakdown, after, &all, &result, err);
    dk_table_release(after);
    return status == DK_OK ? result : NULL;
}

static void check_point(const struct sweeping *s, const dk_table *swept, const dk_params *params, uint64_t *row)
{
    size_t n = dk_table_n_columns(swept) - s->n_axes - 1;
    dk_error err = DK_ERROR_INIT;
    const dk_table *alone = run_point(s, params, &err);
    char expected[2000], actual[2000];

    if (alone == NULL) {
        assert_true(*row < dk_table_n_rows(swept));
        assert_string_equal(text_at(swept, "problem", *row), err.message);
        ++*row;
        return;
    }
    for (uint64_t i = 0; i < dk_table_n_rows(alone); i++, ++*row) {
        assert_true(*row < dk_table_n_rows(swept));
        if (!value_at(swept, "problem", *row).is_null)
            fail_msg("a problem, and there is none: %s", text_at(swept, "problem", *row));
        write_row(alone, i, 0, n, expected);
        write_row(swept, *row, s->n_axes, n, actual);
        assert_string_equal(actual, expected);
        for (size_t k = 0; k < s->n_axes; k++)
            for (size_t p = 0; p < params->n; p++)
                if (strcmp(params->items[p].name, dk_table_field(swept, k)->name) == 0) {
                    dk_value value = value_at(swept, params->items[p].name, *row);

                    assert_true(value.type == DK_CATEGORY ||
                                dk_value_compare(&value, &params->items[p].value) == 0);
                }
    }
    dk_table_release(alone);
}

/* Every combination, the scenario's last parameter fastest. */
static void check_points(const struct sweeping *s, const dk_table *swept)
{
    size_t places[N_PARAMS] = { 0 };
    uint64_t row = 0;

    for (bool done = false; !done;) {
        dk_param items[N_PARAMS];
        dk_params all = { items, s->n_axes };
        size_t k = s->n_axes;

        for (size_t i = 0; i < s->n_axes; i++)
            items[i] = (dk_param){ s->axes[i].param, s->axes[i].values[places[i]] };
        check_point(s, swept, &all, &row);
        while (k > 0 && ++places[k - 1] == s->axes[k - 1].n)
            places[--k] = 0;
        done = k == 0;
    }
    assert_int_equal(row, dk_table_n_rows(swept));
}

static void check_sweep(const dk_table *table, const dk_scenario *scenario, const struct question *question)
{
    const dk_breakdown *breakdown = make_breakdown(context, question);
    const dk_param grens = { "grens", WHOLE(35) };
    struct sweeping s = {
        .breakdown = breakdown, .scenario = scenario, .table = table, .breakdown_params = { &grens, 1 }
    };
    dk_sweep_spec spec = { .axes = s.axes };
    dk_error err = DK_ERROR_INIT;
    const dk_table *swept = NULL;
    bool reads_grens = question->by[0] && strstr(question->by[0], "$grens");

    for (size_t k = 0; k < N_PARAMS; k++)
        for (size_t i = 0; i < dk_scenario_n_params(scenario); i++)
            if (strcmp(dk_scenario_get_param(scenario, i)->name, varied[k].name) == 0)
                s.axes[s.n_axes++] = (dk_sweep_axis){ varied[k].name, varied[k].values, varied[k].n };
    spec.n_axes = s.n_axes;
    for (size_t k = 0; k < s.n_axes; k++)
        reads_grens = reads_grens || strcmp(s.axes[k].param, "grens") == 0;
    if (s.n_axes > 0) {
        assert_ok(dk_cells_new(table, breakdown, &scenario, 1, &s.cells, &err), &err);
        for (unsigned threads = 1; threads <= 2; threads++) {
            dk_set_threads(threads);
            assert_ok(dk_scenario_sweep(breakdown, table, reads_grens ? &s.breakdown_params : NULL, scenario, NULL,
                                        &spec, &swept, &err),
                      &err);
            check_points(&s, swept);
            dk_table_release(swept);
        }
    }
    dk_table_release(s.cells);
    dk_breakdown_release(breakdown);
}

static void a_sweep_is_each_of_its_points(void **state)
{
    (void)state;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        const dk_table *persons = make_persons(2 + random_below(200));
        const dk_table *table =
            random_below(2) ? with_weight(dk_table_retain(persons), "w") : dk_table_retain(persons);
        const dk_scenario *scenario = generate_scenario();

        for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
            check_sweep(table, scenario, &questions[i]);
        dk_scenario_release(scenario);
        dk_table_release(table);
        dk_table_release(persons);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(a_sweep_is_each_of_its_points, set_up,
                                                                        tear_down) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
