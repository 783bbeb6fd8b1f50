/* sums.h - systems of sums for tests: tables with their totals, and the truth by trying every table. */
#ifndef TESTS_UNIT_SUMS_H
#define TESTS_UNIT_SUMS_H

#include "base/linear.h"
#include "with_context.h"

#define SUMS_NUMBERS 2048
#define SUMS_SUMS 256
#define SUMS_TERMS 8192

typedef struct system {
    dki_sums sums;
    size_t starts[SUMS_SUMS + 1];
    uint32_t numbers[SUMS_TERMS];
    int32_t factors[SUMS_TERMS];
    dki_bounds totals[SUMS_SUMS];
    dki_bounds bounds[SUMS_NUMBERS];
    size_t conflict[SUMS_SUMS];
    dki_sums_answer answer;
} system_t;

static inline void empty_system(system_t *s, size_t n_numbers)
{
    s->sums = (dki_sums){ n_numbers, 0, s->starts, s->numbers, s->factors, s->totals, true };
    s->starts[0] = 0;
    s->answer = (dki_sums_answer){ .conflict = s->conflict };
}

/* A sum of 0 to which terms are added. */
static inline void begin_sum(system_t *s)
{
    s->totals[s->sums.n_sums] = (dki_bounds){ 0 };
    s->starts[s->sums.n_sums + 1] = s->starts[s->sums.n_sums];
    s->sums.n_sums++;
    assert_true(s->sums.n_sums <= SUMS_SUMS);
}

static inline void add_term(system_t *s, size_t number, int32_t factor)
{
    size_t at = s->starts[s->sums.n_sums]++;

    assert_true(at < SUMS_TERMS && number < s->sums.n_numbers);
    s->numbers[at] = (uint32_t)number;
    s->factors[at] = factor;
}

/* A table of rows and columns, the last of each its totals: number row * (n_columns + 1) + column. */
static inline void two_way(system_t *s, size_t n_rows, size_t n_columns)
{
    size_t width = n_columns + 1;

    empty_system(s, (n_rows + 1) * width);
    for (size_t r = 0; r <= n_rows; r++) {
        begin_sum(s);
        for (size_t c = 0; c <= n_columns; c++)
            add_term(s, r * width + c, c < n_columns ? 1 : -1);
    }
    for (size_t c = 0; c <= n_columns; c++) {
        begin_sum(s);
        for (size_t r = 0; r <= n_rows; r++)
            add_term(s, r * width + c, r < n_rows ? 1 : -1);
    }
}

static inline dki_bounds from_to(int64_t least, int64_t greatest)
{
    return (dki_bounds){ .least = least, .greatest = greatest };
}

/* Every table of whole numbers within the bounds that obeys the sums: the least and greatest of each number, and false where
 * there is none. Only the sums that `use` says count; NULL: all. Bounds are not open. */
typedef struct tables {
    const system_t *s;
    const bool *use;
    const dki_bounds *bounds;
    dki_bounds *found;
    int64_t values[64];
    size_t last[SUMS_SUMS]; /* number of each sum */
    bool any, only_any;
} tables;

static inline void try_number(tables *search, size_t number)
{
    const dki_sums *sums = &search->s->sums;

    for (size_t i = 0; number > 0 && i < sums->n_sums; i++) {
        int64_t sum = 0;

        if (search->last[i] != number - 1 || (search->use && !search->use[i]))
            continue;
        for (size_t t = sums->starts[i]; t < sums->starts[i + 1]; t++)
            sum += sums->factors[t] * search->values[sums->numbers[t]];
        if ((!sums->totals[i].no_least && sum < sums->totals[i].least) ||
            (!sums->totals[i].no_greatest && sum > sums->totals[i].greatest))
            return;
    }
    if (number == sums->n_numbers) {
        for (size_t k = 0; k < number; k++) {
            dki_bounds *f = &search->found[k];
            int64_t value = search->values[k];

            f->least = !search->any || value < f->least ? value : f->least;
            f->greatest = !search->any || value > f->greatest ? value : f->greatest;
        }
        search->any = true;
        return;
    }
    for (int64_t v = search->bounds[number].least; v <= search->bounds[number].greatest; v++) {
        if (search->only_any && search->any)
            return;
        search->values[number] = v;
        try_number(search, number + 1);
    }
}

static inline bool try_all(const system_t *s, const dki_bounds *bounds, const bool *use, bool only_any,
                           dki_bounds *found)
{
    static tables search;

    search.s = s;
    search.use = use;
    search.bounds = bounds;
    search.found = found;
    search.any = false;
    search.only_any = only_any;
    assert_true(s->sums.n_numbers <= 64);
    for (size_t i = 0; i < s->sums.n_sums; i++) {
        search.last[i] = 0;
        for (size_t t = s->starts[i]; t < s->starts[i + 1]; t++)
            if (s->numbers[t] > search.last[i])
                search.last[i] = s->numbers[t];
    }
    try_number(&search, 0);
    return search.any;
}

#endif
