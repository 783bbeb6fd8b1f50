/* scenarios.h - what tests of scenarios share: scenarios and breakdowns written out, and the figures of the region.
 */
#ifndef TESTS_UNIT_SCENARIOS_H
#define TESTS_UNIT_SCENARIOS_H

#include <dekking/scenario.h>

#include "base/cache.h"
#include "base/memory.h"
#include "random.h"
#include "tables.h"

/* Initializers of values, and of a parameter that is a share between 0 and 1. */
#define WHOLE(n)                              \
    {                                         \
        .type = DK_INTEGER, .as.integer = (n) \
    }
#define DECIMAL(digits, places)                                       \
    {                                                                 \
        .type = DK_DECIMAL, .scale = (places), .as.integer = (digits) \
    }
#define TEXT(s)                                           \
    {                                                     \
        .type = DK_TEXT, .as.text = {(s), sizeof(s) - 1 } \
    }
#define TRUTH(b)                              \
    {                                         \
        .type = DK_BOOLEAN, .as.boolean = (b) \
    }
#define NOTHING                          \
    {                                    \
        .type = DK_TEXT, .is_null = true \
    }
#define SHARE(named, digits, places)                                                                \
    {                                                                                               \
        .name = (named), .value = DECIMAL(digits, places), .has_least = true, .has_greatest = true, \
        .least = WHOLE(0), .greatest = WHOLE(1)                                                     \
    }

/* A scenario from lists that end in NULL or in an item without a name. */
struct plan {
    const char *name;
    dk_scenario_param params[6];
    struct plan_step {
        const char *name, *where, *share, *count;
        bool all, whole, allow_none;
        const char *per[4], *set[4], *first[4];
        dk_drawn drawn;
        uint64_t seed;
        dk_effect effect;
        const char *when, *scale, *rate, *to, *flows_of;
        dk_flow flows[10];
    } steps[6];
};

#define PLAN(...) (&(const struct plan){ __VA_ARGS__ })

static inline dk_status plan_scenario(dk_context *context, const struct plan *plan, const dk_scenario **out,
                                      dk_error *err)
{
    dk_intervention steps[6];
    size_t n_steps = 0, n_params = 0;

    memset(steps, 0, sizeof steps);
    while (n_params < 6 && plan->params[n_params].name)
        n_params++;
    for (; n_steps < 6 && plan->steps[n_steps].name; n_steps++) {
        const struct plan_step *from = &plan->steps[n_steps];
        dk_intervention *to = &steps[n_steps];

        *to = (dk_intervention){ .name = from->name,
                                 .where = from->where,
                                 .share = from->share,
                                 .count = from->count,
                                 .all = from->all,
                                 .whole = from->whole,
                                 .allow_none = from->allow_none,
                                 .per = from->per,
                                 .set = from->set,
                                 .first = from->first,
                                 .drawn = from->drawn,
                                 .seed = from->seed,
                                 .effect = from->effect,
                                 .when = from->when,
                                 .scale = from->scale,
                                 .rate = from->rate,
                                 .to = from->to,
                                 .flows_of = from->flows_of,
                                 .flows = from->flows };
        while (to->n_per < 4 && from->per[to->n_per])
            to->n_per++;
        while (to->n_set < 4 && from->set[to->n_set])
            to->n_set++;
        while (to->n_first < 4 && from->first[to->n_first])
            to->n_first++;
        while (to->n_flows < 10 && from->flows[to->n_flows].from)
            to->n_flows++;
    }
    return dk_scenario_new(context, plan->name, plan->params, n_params, steps, n_steps, out, err);
}

static inline const dk_scenario *make_scenario(dk_context *context, const struct plan *plan)
{
    const dk_scenario *scenario = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(plan_scenario(context, plan, &scenario, &err), &err);
    return scenario;
}

/* The plan cannot be a scenario. */
static inline void plan_is_refused(dk_context *context, const struct plan *plan, dk_status expected,
                                   const char *part)
{
    const dk_scenario *scenario = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(plan_scenario(context, plan, &scenario, &err), &err, expected, part);
    assert_null(scenario);
}

static inline const dk_breakdown *make_breakdown(dk_context *context, const struct question *question)
{
    const dk_breakdown *breakdown = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(question_breakdown(context, question, &breakdown, &err), &err);
    return breakdown;
}

/* Register, known and their ratio. */
#define COVERAGE "register = count()", "known = count() where in_sonar", "dekking = known / register"

/* The region: a row for each municipality and status, with n persons: those known as they were published, those
 * unknown as the 1994 spread by largest remainder over the known. */
#define REGION_ROWS                                                                                          \
    "gemeente:category[Arnhem,Doesburg,Duiven,Lingewaard,Overbetuwe,Rheden,Rozendaal,Westervoort,Zevenaar] " \
    "in_sonar:boolean n:integer\n"                                                                           \
    "Arnhem|true|2983\nArnhem|false|1047\nDoesburg|true|184\nDoesburg|false|65\nDuiven|true|249\n"           \
    "Duiven|false|87\nLingewaard|true|369\nLingewaard|false|129\nOverbetuwe|true|415\n"                      \
    "Overbetuwe|false|146\nRheden|true|696\nRheden|false|244\nWestervoort|true|204\nWestervoort|false|72\n"  \
    "Zevenaar|true|582\nZevenaar|false|204\n"

static inline const dk_table *make_region(dk_context *context)
{
    return with_weight(make_table(context, REGION_ROWS), "n");
}

/* Asks (a dk_status expression, of table_, breakdown_ and scenario_, which fills result_ and err_) with each allocation failing in
 * turn, until there is none: also behind those that an answer does without, such as room in the cache. Each time all is made anew. */
#define ASSERT_ASKING_SURVIVES(context, table, question, plan, ask)                                            \
    do {                                                                                                       \
        bool failed_ = true;                                                                                   \
                                                                                                               \
        dk_set_threads(1);                                                                                     \
        for (uint64_t nth_ = 1; failed_; nth_++) {                                                             \
            size_t before_ = dk_context_used_bytes(context);                                                   \
            const dk_table *table_ = (table), *result_ = NULL;                                                 \
            const dk_breakdown *breakdown_ = make_breakdown(context, question);                                \
            const dk_scenario *scenario_ = make_scenario(context, plan);                                       \
            dk_error err_ = DK_ERROR_INIT;                                                                     \
            dk_status status_;                                                                                 \
                                                                                                               \
            dk_context_fail_allocation(context, nth_);                                                         \
            status_ = (ask);                                                                                   \
            failed_ = has_failed(context, nth_);                                                               \
            dk_context_fail_allocation(context, 0);                                                            \
            if (status_ != DK_OK && (status_ != DK_ERR_MEMORY || !failed_))                                    \
                fail_msg("allocation %llu: %s", (unsigned long long)nth_, err_.message);                       \
            if ((status_ == DK_OK) != (result_ != NULL))                                                       \
                fail_msg("allocation %llu: the result is not what the status says", (unsigned long long)nth_); \
            dk_table_release(result_);                                                                         \
            dk_scenario_release(scenario_);                                                                    \
            dk_breakdown_release(breakdown_);                                                                  \
            dk_table_release(table_);                                                                          \
            while (dki_cache_forget_oldest(context))                                                           \
                ;                                                                                              \
            if (dk_context_used_bytes(context) != before_)                                                     \
                fail_msg("allocation %llu leaks", (unsigned long long)nth_);                                   \
            assert_true(nth_ > 1 || failed_);                                                                  \
        }                                                                                                      \
    } while (0)

/* Asks a question about a plan on the region while allocations fail, one after the other. call: a function of a breakdown, a
 * table, NULL, a scenario, NULL, spec, result and error. */
#define ASSERT_ANSWER_SURVIVES(context, question, plan, call, spec)       \
    ASSERT_ASKING_SURVIVES(context, make_region(context), question, plan, \
                           call(breakdown_, table_, NULL, scenario_, NULL, spec, &result_, &err_))

/* A share of the unknown registers, in each municipality. */
static inline const dk_scenario *make_outreach(dk_context *context, bool whole)
{
    const struct plan plan = { .name = "outreach",
                               .params = { SHARE("aandeel", 30, 2) },
                               .steps = { { .name = "register the unknown",
                                            .where = "not in_sonar",
                                            .share = "$aandeel",
                                            .whole = whole,
                                            .per = { "gemeente" },
                                            .set = { "in_sonar = true" } } } };

    return make_scenario(context, &plan);
}

/* The value of a column in a row; texts are borrowed. */
static inline dk_value value_at(const dk_table *table, const char *column, uint64_t row)
{
    size_t at = dk_table_find(table, column);
    dk_value value;
    dk_error err = DK_ERROR_INIT;

    if (at == DK_NO_COLUMN)
        fail_msg("there is no column %s", column);
    assert_ok(dk_column_get(dk_table_field(table, at)->column, row, &value, &err), &err);
    return value;
}

static inline double real_at(const dk_table *table, const char *column, uint64_t row)
{
    dk_value value = value_at(table, column, row);

    if (value.is_null)
        return (double)NAN;
    switch (value.type) {
    case DK_REAL: return value.as.real;
    case DK_RATIO: return (double)value.as.ratio.numerator / (double)value.as.ratio.denominator;
    default: return (double)value.as.integer / (double)dki_power10[value.scale];
    }
}

static inline const char *text_at(const dk_table *table, const char *column, uint64_t row)
{
    static char text[4][512];
    static unsigned next;
    dk_value value = value_at(table, column, row);

    next = (next + 1) % 4;
    dk_value_format(&value, text[next], sizeof text[next]);
    return text[next];
}

/* The sum of a decimal or integer column, exact. */
static inline int64_t sum_at(const dk_table *table, const char *column)
{
    int64_t sum = 0;

    for (uint64_t row = 0; row < dk_table_n_rows(table); row++)
        sum += value_at(table, column, row).as.integer;
    return sum;
}

/* Column names as one line. */
static inline const char *show_names(const dk_table *table)
{
    static char text[2048];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < dk_table_n_columns(table); i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "", dk_table_field(table, i)->name);
    return text;
}

#endif
