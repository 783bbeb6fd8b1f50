/* sums.c - the sums of a published table: which hold, and why.
 *
 * What is known in bounds only adds up in bounds. A cell that cannot be counts for nothing; one that is not available may be any
 * count, that is 0 or more, or anything at all where the table has negative numbers.
 */
#include "sums.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "show.h"

bool dki_has_row_totals(const dki_figures *f, const dk_published_options *o)
{
    return !o->no_row_totals && f->n_columns > 1; /* one number is no sum of others */
}

static size_t n_row_sums(const dki_figures *f, const dk_published_options *o)
{
    return dki_has_row_totals(f, o) ? f->n_lines : 0;
}

size_t dki_n_sums(const dki_figures *f, const dk_published_options *o)
{
    return n_row_sums(f, o) + (f->has_total ? f->n_columns : 0);
}

static dki_sum_bounds bounds_of(const dki_figures *f, size_t line, size_t column)
{
    const dk_interval *value = &f->values[line * f->n_columns + column];
    dki_sum_bounds made = { value->no_least, value->no_greatest, value->least, value->greatest };

    if (value->meaning == DK_MEANS_IMPOSSIBLE)
        made.no_least = made.no_greatest = false;
    else if (value->no_least && value->no_greatest && value->meaning != DK_MEANS_UNBOUNDED)
        made.no_least = f->has_negative;
    return made;
}

static void add(dki_sum_bounds *sum, dki_sum_bounds part)
{
    sum->no_least |= part.no_least;
    sum->no_greatest |= part.no_greatest;
    sum->least += part.least;
    sum->greatest += part.greatest;
}

static bool is_number(const dki_sum_bounds *bounds)
{
    return !bounds->no_least && !bounds->no_greatest && bounds->least == bounds->greatest;
}

/* Whether some number of a is no more than some number of b. */
static bool may_be_below(const dki_sum_bounds *a, const dki_sum_bounds *b)
{
    return a->no_least || b->no_greatest || a->least <= b->greatest;
}

dki_sum dki_sum_get(const dki_figures *f, const dk_published_options *o, size_t i)
{
    size_t n_rows = n_row_sums(f, o), n = f->n_columns;
    dki_sum sum = { .is_column = i >= n_rows, .at = i >= n_rows ? i - n_rows : i, .because = DKI_SUM_NOTHING };

    if (sum.is_column) {
        sum.stated = bounds_of(f, f->n_lines - 1, sum.at);
        for (size_t line = 0; line + 1 < f->n_lines; line++)
            add(&sum.computed, bounds_of(f, line, sum.at));
    } else {
        sum.stated = bounds_of(f, sum.at, n - 1);
        for (size_t column = 0; column + 1 < n; column++)
            add(&sum.computed, bounds_of(f, sum.at, column));
    }
    if (may_be_below(&sum.computed, &sum.stated)) {
        if (!may_be_below(&sum.stated, &sum.computed))
            sum.because = o->parts_at_most ? DKI_SUM_UNKNOWN : DKI_SUM_NOTHING;
        else
            sum.because = is_number(&sum.stated) && is_number(&sum.computed) ? DKI_SUM_EQUAL : DKI_SUM_BOUNDS;
    }
    return sum;
}

/* 5682, or 5670..5690. */
static const char *show(const dki_figures *f, const dki_sum_bounds *bounds, char out[112])
{
    size_t n = 0;

    if (!bounds->no_least)
        n = dki_format_decimal(bounds->least, f->scale, out, 48);
    if (is_number(bounds))
        return out;
    memcpy(out + n, "..", 3);
    if (!bounds->no_greatest)
        (void)dki_format_decimal(bounds->greatest, f->scale, out + n + 2, 48);
    return out;
}

void dki_sum_tell(const dki_figures *f, const dki_sum *sum, const char *const *names, char *out, size_t size)
{
    char shown[DKI_SHOW_BYTES], stated[112], computed[112];
    const char *name = sum->is_column ? names[sum->at] : f->lines[sum->at].label;

    dki_show(shown, name, strlen(name));
    (void)show(f, &sum->stated, stated);
    (void)show(f, &sum->computed, computed);
    if (sum->is_column)
        (void)snprintf(out, size, "column %s does not add up: the total line says %s, the rows make %s", shown,
                       stated, computed);
    else
        (void)snprintf(out, size,
                       "the line of %s does not add up: its last number is %s, the ones before it make %s", shown,
                       stated, computed);
}

/* The table. --------------------------------------------------------------------------------------------------------- */

enum { OF, NAME, STATED, COMPUTED, DIFFERENCE, HOLDS, BECAUSE, N_FIELDS };

static bool has_because(const dki_figures *f, const dk_published_options *o)
{
    return f->rule || o->parts_at_most;
}

static dk_status too_wide(const dki_figures *f, const dki_sum *sum, const char *name, dk_error *err)
{
    char shown[DKI_SHOW_BYTES];

    dki_fail(err, DK_ERR_OVERFLOW, "the sum of the %s %s does not fit in 64 bits",
             sum->is_column ? "column" : "line", dki_show(shown, name, strlen(name)));
    dki_hint(err, "compare the figures with the publication");
    dki_at(err, f->name, 0, 0);
    return DK_ERR_OVERFLOW;
}

static dk_status append_bounds(const dki_figures *f, dk_builder *builder, const dki_sum_bounds *bounds,
                               dk_error *err)
{
    dk_interval value = { .no_least = bounds->no_least, .no_greatest = bounds->no_greatest };

    value.least = bounds->no_least ? 0 : (int64_t)bounds->least;
    value.greatest = bounds->no_greatest ? 0 : (int64_t)bounds->greatest;
    return f->rule ? dk_builder_interval(builder, &value, err) : dk_builder_integer(builder, value.least, err);
}

static dk_status append_sum(const dki_figures *f, const dki_sum *sum, const char *const *names,
                            dk_builder *const *b, dk_error *err)
{
    const char *name = sum->is_column ? names[sum->at] : f->lines[sum->at].label;
    dki_sum_bounds difference = { sum->stated.no_least || sum->computed.no_greatest,
                                  sum->stated.no_greatest || sum->computed.no_least,
                                  sum->stated.least - sum->computed.greatest,
                                  sum->stated.greatest - sum->computed.least };
    dk_status status;

    if (!dki_fits_i64(sum->computed.least) || !dki_fits_i64(sum->computed.greatest) ||
        !dki_fits_i64(difference.least) || !dki_fits_i64(difference.greatest))
        return too_wide(f, sum, name, err);
    status = dk_builder_code(b[OF], sum->is_column ? 2 : 1, err);
    if (status == DK_OK)
        status = dk_builder_text(b[NAME], (dk_text){ .bytes = name, .size = strlen(name) }, err);
    if (status == DK_OK)
        status = append_bounds(f, b[STATED], &sum->stated, err);
    if (status == DK_OK)
        status = append_bounds(f, b[COMPUTED], &sum->computed, err);
    if (status == DK_OK)
        status = append_bounds(f, b[DIFFERENCE], &difference, err);
    if (status == DK_OK)
        status = dk_builder_boolean(b[HOLDS], sum->because != DKI_SUM_NOTHING, err);
    if (status == DK_OK && b[BECAUSE])
        status = dk_builder_code(b[BECAUSE], (uint32_t)sum->because + 1, err);
    return status;
}

dk_status dki_sums_table(const dki_figures *f, const dk_published_options *o, const char *const *names,
                         const dk_table **out, dk_error *err)
{
    static const dk_text kinds[] = { { "row", 3 }, { "column", 6 } };
    static const dk_text reasons[] = { { "equal", 5 }, { "bounds", 6 }, { "unknown class", 13 }, { "nothing", 7 } };
    static const char *const titles[] = { "of", "name", "stated", "computed", "difference", "holds", "because" };
    dk_type number = f->rule ? DK_INTERVAL : DK_INTEGER;
    const dk_type types[] = { DK_CATEGORY, DK_TEXT, number, number, number, DK_BOOLEAN, DK_CATEGORY };
    int n_fields = has_because(f, o) ? N_FIELDS : BECAUSE;
    dk_dictionary *levels = NULL, *causes = NULL;
    dk_builder *builders[N_FIELDS] = { NULL };
    dk_field fields[N_FIELDS];
    const dk_column *columns[N_FIELDS] = { NULL };
    dk_status status = dk_dictionary_new(f->context, kinds, 2, true, &levels, err);

    if (status == DK_OK)
        status = dk_dictionary_new(f->context, reasons, 4, true, &causes, err);
    for (int i = 0; i < n_fields && status == DK_OK; i++)
        status = dk_builder_new(f->context, types[i], types[i] == DK_INTERVAL ? f->scale : 0,
                                i == OF        ? levels
                                : i == BECAUSE ? causes
                                               : NULL,
                                &builders[i], err);
    for (size_t i = 0; i < dki_n_sums(f, o) && status == DK_OK; i++) {
        dki_sum sum = dki_sum_get(f, o, i);

        status = append_sum(f, &sum, names, builders, err);
    }
    for (int i = 0; i < n_fields && status == DK_OK; i++) {
        status = dk_builder_finish(builders[i], &columns[i], err);
        fields[i] = DK_FIELD(titles[i], columns[i]);
    }
    if (status == DK_OK)
        status = dk_table_new(f->context, fields, (size_t)n_fields, dki_n_sums(f, o), out, err);
    for (int i = 0; i < N_FIELDS; i++) {
        dk_column_release(columns[i]);
        dk_builder_release(builders[i]);
    }
    dk_dictionary_release(levels);
    dk_dictionary_release(causes);
    return status;
}
