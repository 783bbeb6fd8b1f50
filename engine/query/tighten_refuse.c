/* tighten_refuse.c - says which sums of a table cannot hold, by the names of its columns and the values of its dimensions. */
#include "tighten_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/status.h"

#define MOST_NAMED 3

static const char *name_of(const dki_tighten *t, size_t column)
{
    return dk_table_field(t->table, column)->name;
}

/* Appends what has room. */
DK_PRINTF(3, 4) static void append(char *out, size_t size, const char *format, ...)
{
    size_t used = strlen(out);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(out + used, size - used, format, arguments);
    va_end(arguments);
}

/* "kolom_1 of Duiven, over maand" */
static void name_sum(const dki_tighten *t, size_t sum, char *out, size_t size)
{
    const dki_sum_place *place = &t->places[sum];
    const char *before = " of ";

    snprintf(out, size, "%s", name_of(t, t->columns[place->column]));
    for (size_t i = 0; i < t->n_dims; i++) {
        dk_value value;
        char text[64];

        if (t->dims[i] == DK_NO_COLUMN || t->masks[place->row] >> i & 1 ||
            dk_column_get(dk_table_field(t->table, t->dims[i])->column, place->row, &value, NULL) != DK_OK)
            continue;
        (void)dk_value_format(&value, text, sizeof text);
        append(out, size, "%s%s", before, text);
        before = ", ";
    }
    if (t->n_dims == 0)
        append(out, size, " of row %llu", (unsigned long long)place->row + 1);
    if (place->over == 0)
        append(out, size, ", over its columns");
    before = ", over ";
    for (size_t i = 0; i < t->n_dims; i++)
        if (place->over >> i & 1 && t->dims[i] != DK_NO_COLUMN) {
            append(out, size, "%s%s", before, name_of(t, t->dims[i]));
            before = " and ";
        }
}

static void show_bounds(const dki_tighten *t, const dki_bounds *b, char *out, size_t size)
{
    const dk_value value = { .type = DK_INTERVAL,
                             .scale = t->scale,
                             .as.interval = { .least = b->least,
                                              .greatest = b->greatest,
                                              .no_least = b->no_least,
                                              .no_greatest = b->no_greatest } };
    const dk_value number = { .type = DK_DECIMAL, .scale = t->scale, .as.integer = b->least };
    bool is_exact = !b->no_least && !b->no_greatest && b->least == b->greatest;

    (void)dk_value_format(is_exact ? &number : &value, out, size);
}

static dki_bounds add_parts(const dki_tighten *t, size_t sum)
{
    dki_bounds made = { 0 };
    dki_i128 least = 0, greatest = 0;

    for (size_t at = t->starts[sum]; at + 1 < t->starts[sum + 1]; at++) { /* the last is the total */
        const dki_bounds *part = &t->bounds[t->numbers[at]];

        made.no_least |= part->no_least;
        made.no_greatest |= part->no_greatest;
        least += part->least;
        greatest += part->greatest;
    }
    made.no_least |= !dki_fits_i64(least);
    made.no_greatest |= !dki_fits_i64(greatest);
    made.least = made.no_least ? 0 : (int64_t)least;
    made.greatest = made.no_greatest ? 0 : (int64_t)greatest;
    return made;
}

static void tell_one(const dki_tighten *t, size_t sum, dk_error *err)
{
    dki_bounds parts = add_parts(t, sum);
    char name[320], total[64], of_parts[64];

    name_sum(t, sum, name, sizeof name);
    show_bounds(t, &t->bounds[t->numbers[t->starts[sum + 1] - 1]], total, sizeof total);
    show_bounds(t, &parts, of_parts, sizeof of_parts);
    (void)dki_fail(err, DK_ERR_DATA, "the total %s is %s, and its parts add up to %s", name, total, of_parts);
}

static void tell_several(const dki_tighten *t, const dki_sums_answer *answer, dk_error *err)
{
    size_t n = answer->n_conflict < MOST_NAMED ? answer->n_conflict : MOST_NAMED;
    char names[520] = "";

    for (size_t i = 0; i < n; i++) {
        char name[160];

        name_sum(t, answer->conflict[i], name, sizeof name);
        append(names, sizeof names, "%s%s", i > 0 ? "; " : "", name);
    }
    if (answer->n_conflict > n)
        append(names, sizeof names, "; and %zu more", answer->n_conflict - n);
    (void)dki_fail(err, DK_ERR_DATA, "these totals cannot all be the sums of their parts: %s", names);
}

dk_status dki_tighten_refuse(const dki_tighten *t, const dki_sums_answer *answer, dk_error *err)
{
    char name[320];

    if (answer->is_smallest && answer->n_conflict == 1) {
        tell_one(t, answer->conflict[0], err);
    } else if (answer->is_smallest) {
        tell_several(t, answer, err);
    } else {
        name_sum(t, answer->conflict[0], name, sizeof name);
        (void)dki_fail(err, DK_ERR_DATA,
                       "the total %s cannot be the sum of what the other totals leave of its parts", name);
    }
    if (!t->spec->at_least)
        dki_hint(err, "totals = \"at least\" lets a total be more than its parts");
    return DK_ERR_DATA;
}
