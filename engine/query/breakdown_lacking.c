/* breakdown_lacking.c - which columns a breakdown reads that a table does not have: all of them at once, each with the nearest
 * name that there is, so that one look at the message is enough.
 */
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "breakdown_plan.h"
#include "expr/quote.h"

#define MOST_NAMED 12

struct lacking {
    const dki_plan *plan;
    const char *names[MOST_NAMED]; /* borrowed from the breakdown */
    size_t n;                      /* different ones, those beyond the last that is named too */
};

static bool visit_column(void *arg, const char *column)
{
    struct lacking *lacking = arg;

    if (dk_table_find(lacking->plan->table, column) != DK_NO_COLUMN ||
        dki_breakdown_find_measure(lacking->plan->breakdown, column) != SIZE_MAX)
        return true;
    for (size_t i = 0; i < lacking->n && i < MOST_NAMED; i++)
        if (strcmp(lacking->names[i], column) == 0)
            return true;
    if (lacking->n < MOST_NAMED)
        lacking->names[lacking->n] = column;
    lacking->n++;
    return true;
}

/* Writes "leeftjd (leeftijd is near)" behind what stands in text. */
static void add_name(const dk_table *table, const char *name, char *text, size_t size)
{
    size_t used = strlen(text);
    char quoted[DKI_QUOTED_SIZE];
    dki_nearest nearest;

    dki_nearest_init(&nearest, name, strlen(name));
    for (size_t i = 0; i < dk_table_n_columns(table); i++)
        dki_nearest_try(&nearest, dk_table_field(table, i)->name, strlen(dk_table_field(table, i)->name));
    (void)snprintf(text + used, size - used, "%s%.*s", used ? ", " : "",
                   (int)dki_utf8_floor(name, strlen(name), 60), name);
    used = strlen(text);
    if (nearest.best)
        (void)snprintf(text + used, size - used, " (did you mean %s?)", dki_quote_shown(nearest.best, quoted));
}

dk_status dki_plan_check_columns(const dki_plan *plan, dk_error *err)
{
    struct lacking lacking = { .plan = plan };
    const char *name = dk_table_properties(plan->table)->name;
    char text[560] = "";

    (void)dki_breakdown_columns(plan->breakdown, visit_column, &lacking);
    if (lacking.n < 2) /* one is reported where it stands */
        return DK_OK;
    for (size_t i = 0; i < lacking.n && i < MOST_NAMED; i++)
        add_name(plan->table, lacking.names[i], text, sizeof text);
    return dki_fail(err, DK_ERR_NAME, "%s needs columns that the table%s%s does not have: %.*s%s",
                    plan->breakdown->title, name ? " " : "", name ? name : "",
                    (int)dki_utf8_floor(text, strlen(text), 480), text,
                    lacking.n > MOST_NAMED ? " and others" : "");
}
