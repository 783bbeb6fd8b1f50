/* hierarchies.h - hierarchies out of tables that are written out.
 *
 * Included after the other headers of the tests, as with_context.h. */
#ifndef TESTS_UNIT_HIERARCHIES_H
#define TESTS_UNIT_HIERARCHIES_H

#include <dekking/recode.h>

#include "data/hierarchy_levels.h"
#include "tables.h"

static dk_context *context; /* which the test makes */

/* Levels g, r and l as far as there are n_levels; valid from `van` to `tot` where dated. changes may be NULL. */
static inline dk_status make_wide(const char *rows, size_t n_levels, bool dated, const char *changes,
                                  const dk_hierarchy **out, dk_error *err)
{
    static const char *const levels[] = { "g", "r", "l" };
    const dk_table *table = make_table(context, rows);
    const dk_table *changed = changes ? make_table(context, changes) : NULL;
    dk_hierarchy_spec spec = { .name = "geo", .levels = levels, .n_levels = n_levels, .changes = changed };
    dk_status status;

    if (dated) {
        spec.from = "van";
        spec.to = "tot";
    }
    status = dk_hierarchy_new(table, &spec, out, err);
    dk_table_release(changed);
    dk_table_release(table);
    return status;
}

static inline const dk_hierarchy *wide(const char *rows, size_t n_levels, bool dated, const char *changes)
{
    const dk_hierarchy *made = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(make_wide(rows, n_levels, dated, changes, &made, &err), &err);
    return made;
}

static inline const dk_hierarchy *at_day(const dk_hierarchy *hierarchy, const char *day)
{
    const dk_hierarchy *made = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_hierarchy_at(hierarchy, day, &made, &err), &err);
    return made;
}

/* Two vintages: Rijnwaarden goes into Zevenaar, Renkum to another region. */
#define GEO                                                                                                    \
    "g:category r:category l:category van:date tot:date\n"                                                     \
    "Arnhem|Midden|NL|-|-\nRijnwaarden|Midden|NL|-|2018-01-01\nZevenaar|Midden|NL|-|-\nNijmegen|Rijk|NL|-|-\n" \
    "Renkum|Rijk|NL|-|2016-07-01\nRenkum|Midden|NL|2016-07-01|-\n"
#define GEO_CHANGES "date:date old:category new:category\n2018-01-01|Rijnwaarden|Zevenaar\n"

#endif
