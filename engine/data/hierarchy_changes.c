/* hierarchy_changes.c - what becomes of members, as a table says it. */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "column_parts.h"
#include "hierarchy_parts.h"
#include "hierarchy_use.h"

/* A table of changes. ---------------------------------------------------------------------------------------------- */

static int by_day_and_old(const void *a, const void *b)
{
    const dki_change *x = a, *y = b;

    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->old != y->old)
        return x->old < y->old ? -1 : 1;
    return (x->new > y->new) - (x->new < y->new);
}

struct change_columns {
    const dk_column *date, *old, *new, *share; /* share may be NULL */
};

static dk_status find_columns(const dk_table *changes, struct change_columns *out, dk_error *err)
{
    static const char *const names[] = { "date", "old", "new", "share" };
    const dk_column **places[] = { &out->date, &out->old, &out->new, &out->share };

    for (size_t i = 0; i < 4; i++) {
        size_t at = dk_table_find(changes, names[i]);
        dk_type type;
        bool fits;

        if (i == 3 && at == DK_NO_COLUMN)
            break;
        if (at == DK_NO_COLUMN) {
            dk_status status = dk_table_get(changes, names[i], &at, err);

            dki_hint(err,
                     "a table of changes has the columns date, old and new, and share where a member is divided");
            return status;
        }
        *places[i] = dk_table_field(changes, at)->column;
        type = dk_column_type(*places[i]);
        fits = i == 0   ? type == DK_DATE
               : i == 3 ? type == DK_INTEGER || type == DK_DECIMAL || type == DK_RATIO
                        : type == DK_CATEGORY || type == DK_TEXT;
        if (!fits)
            return dki_fail(err, DK_ERR_TYPE, "the column %s of the changes is %s, and not %s", names[i],
                            dk_type_name(type),
                            i == 0   ? "a date"
                            : i == 3 ? "a whole, decimal or ratio number"
                                     : "a category or text");
    }
    return DK_OK;
}

/* day: that on which it is called so, where it is a label. */
static dk_status get_member(const dk_hierarchy *hierarchy, const dk_column *column, uint64_t row, const char *name,
                            int64_t day, uint32_t *out, dk_error *err)
{
    dk_value value;
    dk_status status = dk_column_get(column, row, &value, err);

    if (status != DK_OK)
        return status;
    *out = value.is_null ? 0 : dki_hierarchy_member_on(hierarchy, 0, value.as.text, day);
    if (*out == 0 && !value.is_null) /* called so on another day */
        *out = dki_hierarchy_member(hierarchy, 0, value.as.text);
    if (*out > 0)
        return DK_OK;
    return dki_fail(err, DK_ERR_DATA, "row %llu of the changes: %s is %.*s, which is no %s of the hierarchy",
                    (unsigned long long)row + 1, name, value.is_null ? 4 : (int)value.as.text.size,
                    value.is_null ? "null" : value.as.text.bytes, hierarchy->levels[0].name);
}

static dk_status get_share(const dk_column *column, uint64_t row, dk_ratio *out, dk_error *err)
{
    dk_value value;
    dk_status status;

    *out = (dk_ratio){ 0, 0 }; /* not stated */
    if (column == NULL)
        return DK_OK;
    status = dk_column_get(column, row, &value, err);
    if (status != DK_OK || value.is_null)
        return status;
    *out = value.type == DK_RATIO
               ? value.as.ratio
               : (dk_ratio){ value.as.integer, value.type == DK_DECIMAL ? dki_power10[value.scale] : 1 };
    if (out->numerator <= 0 || out->numerator > out->denominator)
        return dki_fail(err, DK_ERR_DATA, "row %llu of the changes has a share that is not above 0 and at most 1",
                        (unsigned long long)row + 1);
    return DK_OK;
}

/* Changes of one day and one old member: a single one without a share is the whole; of several all or none have one, and
 * they add up to 1. */
static dk_status check_shares(const dk_hierarchy *hierarchy, dki_change *changes, size_t n, dk_error *err)
{
    dk_text old = dk_dictionary_level(hierarchy->levels[0].members, changes[0].old);
    dk_ratio sum = { 0, 1 };
    size_t n_stated = 0;
    char day[32];

    if (n == 1 && changes[0].share.denominator == 0)
        changes[0].share = (dk_ratio){ 1, 1 };
    for (size_t i = 0; i < n; i++)
        if (changes[i].share.denominator > 0) {
            n_stated++;
            if (!dki_ratio_add(sum, changes[i].share, &sum))
                return dki_fail(err, DK_ERR_DATA, "the shares of %.*s do not fit", (int)old.size, old.bytes);
        }
    if (n_stated == 0 || (n_stated == n && sum.numerator == sum.denominator))
        return DK_OK;
    (void)dki_fail(err, DK_ERR_DATA, "%.*s is divided on %s, and the shares %s", (int)old.size, old.bytes,
                   dki_day_shown(changes[0].day, day),
                   n_stated < n ? "are there for some only" : "do not add up to 1");
    dki_hint(err, "state every share, or none and give weights when recoding");
    return DK_ERR_DATA;
}

static dk_status fail_twice(dk_text old, int64_t day, dk_error *err)
{
    char shown[32];

    (void)dki_fail(err, DK_ERR_DATA, "the changes say the same of %.*s twice, on %s", (int)old.size, old.bytes,
                   dki_day_shown(day, shown));
    dki_hint(err, "leave one of them out");
    return DK_ERR_DATA;
}

dk_status dki_changes_settle(dk_hierarchy *hierarchy, dk_error *err)
{
    dki_change *changes = hierarchy->changes;
    size_t n = hierarchy->n_changes;
    dk_status status = DK_OK;

    if (n > 1)
        qsort(changes, n, sizeof *changes, by_day_and_old);
    for (size_t i = 0, end; i < n && status == DK_OK; i = end) {
        dk_text old = dk_dictionary_level(hierarchy->levels[0].members, changes[i].old);

        for (end = i + 1; end < n && changes[end].day == changes[i].day && changes[end].old == changes[i].old;
             end++)
            if (changes[end].new == changes[end - 1].new)
                return fail_twice(old, changes[end].day, err);
        status = check_shares(hierarchy, changes + i, end - i, err);
    }
    return status;
}

dk_status dki_changes_read(dk_hierarchy *hierarchy, const dk_table *changes, dk_error *err)
{
    struct change_columns columns = { NULL, NULL, NULL, NULL };
    size_t n = (size_t)dk_table_n_rows(changes);
    dk_status status = find_columns(changes, &columns, err);

    if (status != DK_OK || n == 0)
        return status;
    hierarchy->changes = dki_calloc(hierarchy->context, n, sizeof *hierarchy->changes, err);
    if (hierarchy->changes == NULL)
        return DK_ERR_MEMORY;
    hierarchy->n_changes = n;
    for (size_t row = 0; row < n && status == DK_OK; row++) {
        dki_change *change = &hierarchy->changes[row];
        dk_value day;

        status = dk_column_get(columns.date, row, &day, err);
        if (status == DK_OK && day.is_null)
            status = dki_fail(err, DK_ERR_DATA, "row %zu of the changes has no date", row + 1);
        if (status == DK_OK)
            status = get_member(hierarchy, columns.old, row, "old", day.as.integer - 1, &change->old, err);
        if (status == DK_OK)
            status = get_member(hierarchy, columns.new, row, "new", day.as.integer, &change->new, err);
        if (status == DK_OK)
            status = get_share(columns.share, row, &change->share, err);
        if (status == DK_OK)
            change->day = day.as.integer;
    }
    return status == DK_OK ? dki_changes_settle(hierarchy, err) : status;
}
