/* moved_persons.h - what scenarios do, to persons who are moved one by one, for tests.
 *
 * The model keeps a list of persons with a weight. A step looks at each, adds weights up by stratum in the plainest
 * way, settles numbers in whole units (10^-9 of a person), and moves of each person the part that its stratum
 * gives. So it and the engine may differ by what fixed point rounds: some units.
 */
#ifndef TESTS_UNIT_MOVED_PERSONS_H
#define TESTS_UNIT_MOVED_PERSONS_H

#include "scenarios.h"

#include "scenario/scenario_parts.h"

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
static inline int anybody(const person *p)
{
    (void)p;
    return 1;
}
static inline int is_unknown(const person *p)
{
    return p->values[KNOWN] == UNKNOWN ? UNKNOWN : !p->values[KNOWN];
}
static inline int is_young_in_arnhem(const person *p) /* false is false whatever the other is */
{
    int young = p->values[KLASSE] == UNKNOWN ? UNKNOWN : p->values[KLASSE] == 0;
    int here = p->values[PLACE] == UNKNOWN ? UNKNOWN : p->values[PLACE] == 0;

    return young == 0 || here == 0 ? 0 : young == UNKNOWN || here == UNKNOWN ? UNKNOWN : 1;
}
static inline int is_over_30(const person *p)
{
    return p->values[AGE] > 30;
}
static inline int has_no_place(const person *p)
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

static inline void set_known(person *p)
{
    p->values[KNOWN] = 1;
}
static inline void set_place(person *p)
{
    p->values[PLACE] = 2;
}
static inline void set_older(person *p)
{
    p->values[AGE] += 10;
}
static inline void set_both(person *p) /* the age as it was decides the class */
{
    int young = p->values[AGE] < 40;

    p->values[AGE] = 20;
    p->values[KLASSE] = young ? UNKNOWN : p->values[KLASSE];
}
static inline void set_forgotten(person *p)
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

static inline bool same_stratum(const int *a, const int *b, unsigned columns)
{
    for (int c = 0; c < N_COLUMNS; c++)
        if (columns >> c & 1 && a[c] != b[c])
            return false;
    return true;
}

/* Largest remainder, round after round; ties to the first stratum in the order of keys. Numbers of units or of
 * persons. */
static inline bool hamilton(stratum *strata, size_t n, dki_i128 numerator, dki_i128 denominator, int64_t unit,
                            bool exact)
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
static inline int compare_strata(const void *a, const void *b)
{
    const stratum *x = a, *y = b;

    for (int i = 0; i < n_key_order; i++) {
        int p = x->values[key_order[i]], q = y->values[key_order[i]];

        if (p != q)
            return p == UNKNOWN ? 1 : q == UNKNOWN ? -1 : p < q ? -1 : 1;
    }
    return 0;
}

/* The columns of a stratum's key, in their order. */
static inline void find_key_order(const model_step *step, unsigned columns)
{
    static const int mentioned[] = { KLASSE, PLACE, KNOWN, AGE };
    static const int set_order[][2] = {
        { KNOWN, KNOWN }, { PLACE, PLACE }, { AGE, AGE }, { AGE, KLASSE }, { KNOWN, PLACE }
    };

    n_key_order = 0;
    if (step->per) { /* per is written in the order of columns */
        for (int c = 0; c < N_COLUMNS; c++)
            if (columns >> c & 1)
                key_order[n_key_order++] = c;
        return;
    }
    for (int i = 0; i < 4; i++) /* "klasse == ... and plaats == ...": klasse first; then what is set */
        if (step->where->columns >> mentioned[i] & 1)
            key_order[n_key_order++] = mentioned[i];
    for (int i = 0; i < 2; i++) {
        int c = set_order[step->set - settings][i];
        bool there = false;

        for (int j = 0; j < n_key_order; j++)
            there = there || key_order[j] == c;
        if (!there)
            key_order[n_key_order++] = c;
    }
}

/* Moves persons. DK_ERR_UNREACHABLE where nobody matches, or more is to be taken than there is. */
static inline dk_status run_model(const model_step *step)
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
    find_key_order(step, columns);
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

static inline const char *value_text(const person *p, int column)
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

static inline void generate_persons(size_t n)
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
static inline const dk_table *persons_table(dk_context *context, size_t shift)
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
static inline model_step generate_step(bool rough)
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

static inline const dk_scenario *write_scenario(dk_context *context, const model_step *steps, size_t n,
                                                const char *name)
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

#endif
