/* compared_long.c - a comparison with a row for each group, measure and side: dimensions, measure, scenario, base, value,
 * difference, relative.
 *
 * Measures stand in the order of the breakdown, sides in that of the question. Numbers of all measures are in one column, in a type
 * that holds them, and each is shown as its measure is.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"
#include "data/formats.h"
#include "data/overlap.h"
#include "expr/poll_row.h"
#include "query/breakdown_parts.h"
#include "sides.h"

typedef enum figure { BASE, VALUE, DIFFERENCE, RELATIVE } figure;

/* The column of a figure that a measure has on a side. */
static const dk_column *figure_of(const dki_comparison *c, size_t measure, size_t side, figure which)
{
    const dki_measured *base = &c->measured[measure * c->sides.n], *mine = base + side;

    return which == BASE         ? base->value
           : which == VALUE      ? mine->value
           : which == DIFFERENCE ? mine->difference
                                 : mine->relative;
}

struct stack {
    const dki_comparison *c;
    figure which;
    uint64_t n_each; /* rows of a group */
};

static dk_status stacked(void *arg, uint64_t i, dk_value *out, dk_error *err)
{
    const struct stack *stack = arg;
    uint64_t within = i % stack->n_each, n_others = stack->c->sides.n - 1;
    const dk_column *column =
        figure_of(stack->c, (size_t)(within / n_others), (size_t)(1 + within % n_others), stack->which);

    return dk_column_get(column, i / stack->n_each, out, err);
}

/* One text for each row, of n that take turns after `each` rows. */
static dk_status name_column(const dki_comparison *c, const dk_text *names, size_t n, uint64_t each,
                             const dk_column **out, dk_error *err)
{
    uint64_t n_rows = c->sides.groups.n * c->breakdown->n_measures * (c->sides.n - 1);
    dk_dictionary *levels = NULL;
    dk_builder *builder = NULL;
    dk_status status = dk_dictionary_new(c->sides.context, names, n, true, &levels, err);

    if (status == DK_OK)
        status = dk_builder_new(c->sides.context, DK_CATEGORY, 0, levels, &builder, err);
    DKI_FOR_ROWS(i, n_rows, c->sides.context, status, err)
    status = dk_builder_code(builder, (uint32_t)(i / each % n) + 1, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dk_dictionary_release(levels);
    return status;
}

static dk_status name_columns(const dki_comparison *c, const dk_column **measures, const dk_column **scenarios,
                              dk_error *err)
{
    size_t n_measures = c->breakdown->n_measures, n_others = c->sides.n - 1, n = n_measures + n_others;
    dk_text *names = dki_alloc_array(c->sides.context, n, sizeof *names, err);
    dk_status status = names ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; names && i < n; i++) {
        const char *name = i < n_measures ? c->breakdown->measures[i].name : c->names[i - n_measures + 1];

        names[i] = (dk_text){ name, strlen(name) };
    }
    if (status == DK_OK)
        status = name_column(c, names, n_measures, n_others, measures, err);
    if (status == DK_OK)
        status = name_column(c, names + n_measures, n_others, 1, scenarios, err);
    dki_free(c->sides.context, names);
    return status;
}

/* The pattern that a figure of a measure has, or NULL; stated: by the measure itself. */
static dk_status figure_format(const dki_comparison *c, size_t measure, figure which, bool stated,
                               char out[DKI_FORMAT_BYTES], const char **format, dk_error *err)
{
    const dk_column **columns;
    dk_status status;

    *format = dk_table_field(c->sides.results[0], c->sides.n_by + measure)->format;
    if (which == DIFFERENCE)
        *format = dki_measure_difference_format(c->breakdown, measure, *format, out);
    if (*format || stated)
        return DK_OK;
    columns = dki_alloc_array(c->sides.context, c->sides.n, sizeof *columns, err);
    if (columns == NULL)
        return DK_ERR_MEMORY;
    for (size_t side = 1; side < c->sides.n; side++)
        columns[side] = figure_of(c, measure, side, which);
    status = dki_formats_plain(columns + 1, c->sides.n - 1, out, format, err);
    dki_free(c->sides.context, columns);
    return status;
}

/* Whether all measures have one pattern, or none and numbers of one type, so that a column of them is shown as any. */
static bool is_alike(const dki_comparison *c, figure which)
{
    char texts[2][DKI_FORMAT_BYTES];
    const char *first = NULL, *format = NULL;

    for (size_t m = 0; m < c->breakdown->n_measures; m++) {
        (void)figure_format(c, m, which, true, texts[m > 0], &format, NULL);
        if (m == 0)
            first = format;
        if ((first == NULL) != (format == NULL) || (first && strcmp(first, format) != 0))
            return false;
        for (size_t side = 1; first == NULL && side < c->sides.n; side++)
            if (dk_column_type(figure_of(c, m, side, which)) != dk_column_type(figure_of(c, 0, 1, which)))
                return false;
    }
    return true;
}

/* How the numbers of a figure are shown: by measure, where these are not alike. */
static dk_status find_format(const dki_comparison *c, figure which, dki_buffer *out, dk_error *err)
{
    bool alike = is_alike(c, which);
    dk_status status = alike ? DK_OK : dki_formats_begin(out, "measure", err);

    for (size_t m = 0; m < (alike ? 1 : c->breakdown->n_measures) && status == DK_OK; m++) {
        char text[DKI_FORMAT_BYTES];
        const char *format = NULL;

        status = figure_format(c, m, which, alike, text, &format, err);
        if (status == DK_OK && format)
            status = alike ? dki_buffer_text(out, format, err)
                           : dki_formats_add(out, c->breakdown->measures[m].name, format, err);
    }
    return status == DK_OK && out->size > 0 ? dki_buffer_terminate(out, err) : status;
}

/* What has no differences cannot stand beside numbers. */
static dk_status check_types(const dki_comparison *c, dk_error *err)
{
    for (size_t m = 0; m < c->breakdown->n_measures; m++) {
        const dk_column *column = c->measured[m * c->sides.n].value;
        dk_type type = dk_column_type(column);

        if (dk_type_is_number(type) || type == DK_INTERVAL)
            continue;
        dki_fail(err, DK_ERR_TYPE, "a long comparison has all measures in one column of numbers, and %s is %s",
                 c->breakdown->measures[m].name, dki_type_shown(type, dk_column_scale(column)));
        dki_hint(err, "leave it out, or compare without long");
        return DK_ERR_TYPE;
    }
    return DK_OK;
}

/* A dimension cannot be called as one of the columns. */
static dk_status check_names(const dki_comparison *c, const dk_field *fields, size_t n, dk_error *err)
{
    for (size_t i = 0; i < n; i++)
        for (size_t d = 0; d < c->sides.n_by; d++)
            if (strcmp(fields[i].name, c->breakdown->by[d].name) == 0) {
                dki_fail(err, DK_ERR_DUPLICATE, "a long comparison has a column %s of its own", fields[i].name);
                dki_hint(err, "give the dimension another name");
                return DK_ERR_DUPLICATE;
            }
    return DK_OK;
}

/* Whether a measure has figures of groups that overlap. */
static bool counts_members(const dki_comparison *c)
{
    for (size_t m = 0; m < c->breakdown->n_measures; m++)
        if (dki_column_overlap(dk_table_field(c->sides.results[0], c->sides.n_by + m)->column))
            return true;
    return false;
}

dk_status dki_lay_out_long(const dki_comparison *c, const dk_table **out, dk_error *err)
{
    struct stack stack = { c, BASE, c->breakdown->n_measures * (c->sides.n - 1) };
    dk_field fields[] = { DK_FIELD("measure", NULL), DK_FIELD("scenario", NULL),   DK_FIELD("base", NULL),
                          DK_FIELD("value", NULL),   DK_FIELD("difference", NULL), DK_FIELD("relative", NULL) };
    size_t n = c->form.relative ? 6 : 5;
    dki_buffer formats[DIFFERENCE + 1];
    const dk_table *keys = NULL;
    dk_status status = check_types(c, err);

    if (status == DK_OK)
        status = check_names(c, fields, n, err);
    if (status == DK_OK)
        status = name_columns(c, &fields[0].column, &fields[1].column, err);
    for (size_t i = 2; i < n && status == DK_OK; i++) {
        stack.which = (figure)(i - 2);
        status = dki_value_column(c->sides.context, c->sides.groups.n * stack.n_each, stacked, &stack,
                                  &fields[i].column, err);
    }
    for (figure f = BASE; f <= DIFFERENCE; f++) {
        dki_buffer_init(&formats[f], c->sides.context);
        if (status == DK_OK)
            status = find_format(c, f, &formats[f], err);
        fields[2 + f].format = formats[f].size > 0 ? formats[f].bytes : NULL;
    }
    fields[5].format = "+0.0 %";
    if (status == DK_OK)
        status = dki_sides_table(&c->sides, stack.n_each, &keys, err);
    for (size_t i = 2; i < 5 && status == DK_OK && counts_members(c); i++)
        status = dki_breakdown_overlap(c->breakdown, dk_table_field(keys, 0), &fields[i].column, err);
    if (status == DK_OK)
        status = dk_table_with(keys, fields, n, out, err);
    dk_table_release(keys);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    for (figure f = BASE; f <= DIFFERENCE; f++)
        dki_buffer_drop(&formats[f]);
    return status;
}
