/* test_apply_random.c - generated scenarios on generated rows: the engine's cells against persons moved one by one.
 *
 * The model keeps a list of persons with a weight. A step looks at each, adds weights up by stratum in the plainest
 * way, settles numbers in whole units (10^-9 of a person), and moves of each person the part that its stratum
 * gives. So the two may differ by what fixed point rounds: some units.
 */
#include "scenarios.h"

#include "scenario/scenario_parts.h"

#include "with_context.h"

/* The model ---------------------------------------------------------------------------------------------------- */

enum { PLACE, KLASSE, KNOWN, AGE, N_COLUMNS };
static const char *const names[] = { "plaats", "klasse", "bekend", "leeftijd" };
static const char *const places[] = { "Arnhem", "Duiven", "Ede", "Rheden" };
static const char *const klassen[] = { "jong", "oud" };

#define UNKNOWN (-1)

typedef struct person {
    int values[N_COLUMNS]; /* UNKNOWN: null */
    long double weight;    /* units */
} person;

#define MOST 20000
static person persons[MOST];
static size_t n_persons;

/* What a step can say: as text, and of a person (1 true, 0 false, UNKNOWN). */
static int anybody(const person *p)
{
    (void)p;
    return 1;
}
static int is_unknown(const person *p)
{
    return p->values[KNOWN] == UNKNOWN ? UNKNOWN : !p->values[KNOWN];
}
static int is_young_in_arnhem(const person *p) /* false is false whatever the other is */
{
    int young = p->values[KLASSE] == UNKNOWN ? UNKNOWN : p->values[KLASSE] == 0;
    int here = p->values[PLACE] == UNKNOWN ? UNKNOWN : p->values[PLACE] == 0;

    return young == 0 || here == 0 ? 0 : young == UNKNOWN || here == UNKNOWN ? UNKNOWN : 1;
}
static int is_over_30(const person *p)
{
    return p->values[AGE] > 30;
}
static int has_no_place(const person *p)
{
    return p->values[PLACE] == UNKNOWN;
}

static const struct condition {
    const char *text;
    int (*holds)(const person *);
    unsigned columns;
} conditions[] = { { NULL, anybody, 0 },
                   { "not bekend", is_unknown, 1 << KNOWN },
                   { "klasse == 'jong' and plaats == 'Arnhem'", is_young_in_arnhem, 1 << KLASSE | 1 << PLACE },
                   { "leeftijd > 30", is_over_30, 1 << AGE },
                   { "plaats is null", has_no_place, 1 << PLACE } };

static void set_known(person *p)
{
    p->values[KNOWN] = 1;
}
static void set_place(person *p)
{
    p->values[PLACE] = 2;
}
static void set_older(person *p)
{
    p->values[AGE] += 10;
}
static void set_both(person *p) /* the age as it was decides the class */
{
    int young = p->values[AGE] < 40;

    p->values[AGE] = 20;
    p->values[KLASSE] = young ? UNKNOWN : p->values[KLASSE];
}
static void set_forgotten(person *p)
{
    p->values[KNOWN] = UNKNOWN;
    p->values[PLACE] = 3;
}

static const struct setting {
    const char *texts[2];
    void (*set)(person *);
    unsigned columns;
} settings[] = {
    { { "bekend = true" }, set_known, 1 << KNOWN },
    { { "plaats = 'Ede'" }, set_place, 1 << PLACE },
    { { "leeftijd = leeftijd + 10" }, set_older, 1 << AGE },
    { { "leeftijd = 20", "klasse = case(leeftijd < 40, null, klasse)" }, set_both, 1 << AGE | 1 << KLASSE },
    { { "bekend = null", "plaats = 'Rheden'" }, set_forgotten, 1 << KNOWN | 1 << PLACE }
};
#define N_SETTINGS 5

static const struct share {
    const char *text;
    int64_t numerator, denominator;
} shares[] = {
    { "0.25", 1, 4 }, { "0.5", 1, 2 }, { "0.3", 3, 10 }, { "1", 1, 1 }, { "0", 0, 1 }, { "1 / 3", 1, 3 }
};

typedef struct model_step {
    const struct condition *where;
    const struct setting *set;
    const struct share *share; /* NULL: count */
    int64_t count;             /* persons; < 0: all */
    bool whole;
    unsigned per;       /* columns; 0: what is mentioned */
    bool drawn, oldest; /* not in the model */
} model_step;

typedef struct stratum {
    int values[N_COLUMNS];
    long double sum;
    int64_t available, taken;
} stratum;

static bool same_stratum(const int *a, const int *b, unsigned columns)
{
    for (int c = 0; c < N_COLUMNS; c++)
        if (columns >> c & 1 && a[c] != b[c])
            return false;
    return true;
}

/* Largest remainder, round after round; ties to the first stratum in the order of keys. Numbers of units or of
 * persons. */
static bool hamilton(stratum *strata, size_t n, dki_i128 numerator, dki_i128 denominator, int64_t unit, bool exact)
{
    dki_i128 whole = denominator * unit, sum = 0;
    int64_t left;
    bool got[512] = { false }, any = true;

    for (size_t k = 0; k < n; k++) {
        strata[k].taken = (int64_t)(numerator * strata[k].available / whole * unit);
        sum += numerator * strata[k].available % whole;
    }
    left = (int64_t)((2 * sum + whole) / (2 * whole));
    while (left > 0 && any) {
        any = false;
        for (size_t turn = 0; turn < n && left > 0; turn++) {
            size_t best = n;

            for (size_t k = 0; k < n; k++)
                if (!got[k] && (best == n || numerator * strata[k].available % whole >
                                                 numerator * strata[best].available % whole))
                    best = k;
            if (best == n)
                break;
            got[best] = true;
            if (strata[best].available - strata[best].taken >= unit) {
                strata[best].taken += unit;
                left--;
                any = true;
            }
        }
        memset(got, 0, sizeof got);
    }
    return left == 0 || !exact;
}

/* The order of keys: nulls last. Columns in the order in which per, or else where and set, name them. */
static int key_order[N_COLUMNS], n_key_order;
static int compare_strata(const void *a, const void *b)
{
    const stratum *x = a, *y = b;

    for (int i = 0; i < n_key_order; i++) {
        int p = x->values[key_order[i]], q = y->values[key_order[i]];

        if (p != q)
            return p == UNKNOWN ? 1 : q == UNKNOWN ? -1 : p < q ? -1 : 1;
    }
    return 0;
}

/* Moves persons. DK_ERR_UNREACHABLE where nobody matches, or more is to be taken than there is. */
static dk_status run_model(const model_step *step)
{
    unsigned columns = step->per ? step->per : step->where->columns | step->set->columns;
    static stratum strata[512];
    size_t n = 0, n_before = n_persons;
    dki_i128 total = 0;
    bool done = true;

    for (size_t i = 0; i < n_before; i++) {
        size_t k = 0;

        if (step->where->holds(&persons[i]) != 1 || persons[i].weight <= 0)
            continue;
        while (k < n && !same_stratum(strata[k].values, persons[i].values, columns))
            k++;
        if (k == n) {
            memcpy(strata[n].values, persons[i].values, sizeof strata[n].values);
            strata[n++].sum = 0;
            assert_true(n < 512);
        }
        strata[k].sum += persons[i].weight;
    }
    if (n == 0)
        return DK_ERR_UNREACHABLE;
    for (size_t k = 0; k < n; k++) {
        strata[k].available = llroundl(strata[k].sum);
        total += strata[k].available;
    }
    n_key_order = 0;
    if (step->per) { /* per is written in the order of columns */
        for (int c = 0; c < N_COLUMNS; c++)
            if (columns >> c & 1)
                key_order[n_key_order++] = c;
    } else { /* "klasse == ... and plaats == ...": klasse first; then what is set */
        static const int mentioned[] = { KLASSE, PLACE, KNOWN, AGE };
        unsigned in_where = step->where->columns;

        for (int i = 0; i < 4; i++)
            if (in_where >> mentioned[i] & 1)
                key_order[n_key_order++] = mentioned[i];
        static const int set_order[][2] = {
            { KNOWN, KNOWN }, { PLACE, PLACE }, { AGE, AGE }, { AGE, KLASSE }, { KNOWN, PLACE }
        };
        for (int i = 0; i < 2; i++) {
            int c = set_order[step->set - settings][i];
            bool there = false;

            for (int j = 0; j < n_key_order; j++)
                there = there || key_order[j] == c;
            if (!there)
                key_order[n_key_order++] = c;
        }
    }
    qsort(strata, n, sizeof *strata, compare_strata);
    if (step->share) {
        done = hamilton(strata, n, step->share->numerator, step->share->denominator, step->whole ? DKI_PERSON : 1,
                        false);
    } else if (step->count >= 0) {
        if ((dki_i128)step->count * DKI_PERSON > total)
            return DK_ERR_UNREACHABLE;
        done = hamilton(strata, n, (dki_i128)step->count * DKI_PERSON, total, step->whole ? DKI_PERSON : 1, true);
    } else {
        for (size_t k = 0; k < n; k++)
            strata[k].taken = strata[k].available;
    }
    if (!done)
        return DK_ERR_UNREACHABLE;
    for (size_t i = 0; i < n_before; i++) {
        size_t k = 0;
        long double part;

        if (step->where->holds(&persons[i]) != 1 || persons[i].weight <= 0)
            continue;
        while (!same_stratum(strata[k].values, persons[i].values, columns))
            k++;
        part = strata[k].taken == strata[k].available
                   ? persons[i].weight
                   : persons[i].weight * (long double)strata[k].taken / (long double)strata[k].available;
        if (part <= 0)
            continue;
        assert_true(n_persons < MOST);
        persons[n_persons] = persons[i];
        persons[n_persons].weight = part;
        persons[i].weight -= part;
        step->set->set(&persons[n_persons++]);
    }
    return DK_OK;
}

/* Generating --------------------------------------------------------------------------------------------------- */

static const char *value_text(const person *p, int column)
{
    static char text[32];

    if (p->values[column] == UNKNOWN)
        return "-";
    switch (column) {
    case PLACE: return places[p->values[column]];
    case KLASSE: return klassen[p->values[column]];
    case KNOWN: return p->values[column] ? "true" : "false";
    default: sprintf(text, "%d", p->values[column]); return text;
    }
}

static void generate_persons(size_t n)
{
    n_persons = n;
    for (size_t i = 0; i < n; i++) {
        int *v = persons[i].values;

        v[PLACE] = random_below(8) ? (int)random_below(4) : UNKNOWN;
        v[KLASSE] = random_below(9) ? (int)random_below(2) : UNKNOWN;
        v[KNOWN] = random_below(9) ? (int)random_below(2) : UNKNOWN;
        v[AGE] = 20 + 10 * (int)random_below(4);
        persons[i].weight = DKI_PERSON;
    }
}

/* The persons as a table, in an order of their own. */
static const dk_table *persons_table(size_t shift)
{
    static char text[MOST * 4];
    size_t used = (size_t)sprintf(text, "leeftijd:integer plaats:category[Arnhem,Duiven,Ede,Rheden] "
                                        "bekend:boolean klasse:category\n");

    for (size_t i = 0; i < n_persons; i++) {
        const person *p = &persons[shift % 2 ? n_persons - 1 - i : (i + shift) % n_persons];

        used += (size_t)sprintf(text + used, "%s|", value_text(p, AGE));
        used += (size_t)sprintf(text + used, "%s|", value_text(p, PLACE));
        used += (size_t)sprintf(text + used, "%s|", value_text(p, KNOWN));
        used += (size_t)sprintf(text + used, "%s\n", value_text(p, KLASSE));
    }
    return make_table(context, text);
}

/* rough: thirds too, but then no whole persons, whose ties a billionth of a person would decide. */
static model_step generate_step(bool rough)
{
    model_step step = { .where = &conditions[random_below(sizeof conditions / sizeof *conditions)],
                        .set = &settings[random_below(N_SETTINGS)],
                        .count = -1 };

    if (random_below(2))
        step.per = 1 + (unsigned)random_below((1 << N_COLUMNS) - 1);
    switch (random_below(4)) {
    case 0: break;
    case 1:
        step.count = (int64_t)random_below(12);
        step.whole = !rough && random_below(2);
        break;
    default: step.share = &shares[random_below(rough ? 6 : 5)]; step.whole = !rough && random_below(2);
    }
    return step;
}

static const dk_scenario *write_scenario(const model_step *steps, size_t n, const char *name)
{
    struct plan plan = { .name = name };
    char counts[6][32];

    for (size_t i = 0; i < n; i++) {
        struct plan_step *to = &plan.steps[i];
        size_t n_per = 0;

        *to = (struct plan_step){ .name = "stap", .where = steps[i].where->text, .whole = steps[i].whole };
        if (steps[i].share) {
            to->share = steps[i].share->text;
        } else if (steps[i].count >= 0) {
            sprintf(counts[i], "%lld", (long long)steps[i].count);
            to->count = counts[i];
        } else {
            to->all = true;
        }
        for (int c = 0; c < N_COLUMNS; c++)
            if (steps[i].per >> c & 1)
                to->per[n_per++] = names[c];
        if (steps[i].drawn) {
            to->drawn = DK_DRAWN_NUMBERS;
            to->seed = i;
        }
        to->first[0] = steps[i].oldest ? "leeftijd desc" : NULL;
        to->set[0] = steps[i].set->texts[0];
        to->set[1] = steps[i].set->texts[1];
    }
    return make_scenario(context, &plan);
}

/* Properties --------------------------------------------------------------------------------------------------- */

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
        table = persons_table(round);
        for (i = 0; i < n_steps; i++)
            steps[i] = generate_step(rough);
        scenario = write_scenario(steps, n_steps, "plan");
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
        table = persons_table(0);
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
        scenario = write_scenario(steps, n_steps, "plan");
        assert_ok(dk_cells_new(table, NULL, &scenario, 1, &coarse_cells, &err), &err);
        fine_cells = all_cells(table, scenario);
        dk_set_threads(1);
        status = dk_scenario_apply(scenario, coarse_cells, NULL, &coarse, NULL, &err);
        assert_int_equal(dk_scenario_apply(scenario, fine_cells, NULL, &fine, NULL, &err), status);
        if (status == DK_OK) {
            char *a = group_cells(coarse, columns), *b = group_cells(fine, columns), *c, *d;
            const dk_table *other = persons_table(3), *other_cells = all_cells(other, scenario);

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
        const dk_scenario *a = write_scenario(&steps[0], 1, "a"), *b = write_scenario(&steps[1], 1, "b"),
                          *both = NULL;
        const dk_table *table, *cells, *first = NULL, *second = NULL, *composed = NULL;
        dk_error err = DK_ERROR_INIT;
        dk_status status, expected;

        generate_persons(1 + random_below(100));
        table = persons_table(1);
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
