/* measured.c - the measures of results side by side: what each side has, how far that is from the base, and how far in
 * proportion (difference.c); and these in a table, side by side.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/lineage.h"
#include "data/overlap.h"
#include "data/table_parts.h"
#include "expr/poll_row.h"
#include "query/breakdown_parts.h"
#include "sides.h"

/* One side ----------------------------------------------------------------------------------------------------- */

/* A number of persons, records or values, or sums and differences of such: 0 of nobody. */
static bool counts(const dk_breakdown *breakdown, const dki_node *node)
{
    static const char *const aggregates[] = { "count", "rows", "distinct" };
    size_t measure = node->kind == DKI_NODE_NAME ? dki_breakdown_find_measure(breakdown, node->text) : SIZE_MAX;

    if (measure != SIZE_MAX) /* one made before this one: there is no circle */
        return counts(breakdown, dki_expr_root(breakdown->measures[measure].expr));
    for (size_t i = 0; node->kind == DKI_NODE_AGGREGATE && i < sizeof aggregates / sizeof *aggregates; i++)
        if (strcmp(node->text, aggregates[i]) == 0)
            return true;
    return node->kind == DKI_NODE_CALL && node->n_children == 2 &&
           (strcmp(node->text, "+") == 0 || strcmp(node->text, "-") == 0) && counts(breakdown, node->children[0]) &&
           counts(breakdown, node->children[1]);
}

bool dki_measure_is_count(const dk_breakdown *breakdown, size_t measure)
{
    return counts(breakdown, dki_expr_root(breakdown->measures[measure].expr));
}

/* A measure on one side, which keeps what it is made of. */
static dk_status gather_known(const dki_sides *s, size_t column, size_t side, const dk_column **out, dk_error *err)
{
    uint64_t *rows = dki_alloc_array(s->context, s->groups.n, sizeof *rows, err);
    dk_status status;

    if (rows == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = 0; i < s->groups.n; i++)
        rows[i] = s->rows[side][s->order[i]]; /* DK_ROW_NULL makes a null row */
    status = dk_column_gather(dk_table_field(s->results[side], column)->column, rows, s->groups.n, out, err);
    dki_free(s->context, rows);
    return status;
}

/* A count on one side: nobody is in a group that the side lacks. */
static dk_status gather_count(const dki_sides *s, size_t column, size_t side, const dk_column **out, dk_error *err)
{
    const dk_column *from = dk_table_field(s->results[side], column)->column;
    dk_builder *builder;
    dk_status status = dk_builder_new(s->context, dk_column_type(from), dk_column_scale(from), NULL, &builder, err);

    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(i, s->groups.n, s->context, status, err)
    {
        uint64_t row = s->rows[side][s->order[i]];
        dk_value value = { .type = dk_column_type(from), .scale = dk_column_scale(from) };

        if (row != DK_ROW_NULL)
            status = dk_column_get(from, row, &value, err);
        if (status == DK_OK)
            status = dk_builder_value(builder, &value, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* Differences -------------------------------------------------------------------------------------------------- */

/* The difference of percentages is in points. That of shares of persons without a pattern is too, with as many digits as
 * they show. */
const char *dki_measure_difference_format(const dk_breakdown *breakdown, size_t measure, const char *format,
                                          char out[DKI_FORMAT_BYTES])
{
    if (format == NULL && dki_measure_is_of_counts(breakdown, measure))
        return "+0.00 pp";
    return dki_points_format(format, out) ? out : format;
}

static dk_status measure_side(dki_comparison *c, size_t measure, size_t side, dk_error *err)
{
    const dki_sides *s = &c->sides;
    size_t at = s->n_by + measure;
    const dk_column *like = dk_table_field(s->results[0], at)->column, *raw = NULL;
    dki_measured *mine = &c->measured[measure * s->n + side];
    dk_status status = DK_OK;

    if (s->as_they_are)
        raw = dk_column_retain(dk_table_field(s->results[side], at)->column);
    else
        status = dki_measure_is_count(c->breakdown, measure) ? gather_count(s, at, side, &raw, err)
                                                             : gather_known(s, at, side, &raw, err);
    if (status == DK_OK)
        status = dki_trim_column(raw, dk_column_scale(like), &mine->value, err);
    dk_column_release(raw);
    return status == DK_OK && side > 0 ? dki_measure_differ(c, measure, side, err) : status;
}

static dk_status measure_sides(dki_comparison *c, dk_error *err)
{
    dk_status status;

    c->measured = dki_calloc(c->sides.context, c->breakdown->n_measures * c->sides.n, sizeof *c->measured, err);
    status = c->measured ? DK_OK : DK_ERR_MEMORY;
    for (size_t m = 0; m < c->breakdown->n_measures && status == DK_OK; m++)
        for (size_t i = 0; i < c->sides.n && status == DK_OK; i++)
            status = measure_side(c, m, i, err);
    return status;
}

/* Wide --------------------------------------------------------------------------------------------------------- */

static dk_status add_column(const dk_table **table, const char *name, const dk_column *column, const char *format,
                            dk_error *err)
{
    dk_field field = DK_FIELD(name, column);

    field.format = format;
    if (dk_table_find(*table, name) != DK_NO_COLUMN) {
        dki_fail(err, DK_ERR_DUPLICATE, "the comparison would have two columns %s", name);
        dki_hint(err, "rename a measure, a dimension or a scenario");
        return DK_ERR_DUPLICATE;
    }
    return dki_table_lengthen(table, &field, err);
}

/* Says of which members figures are, where results by members are compared. */
static dk_status give_overlaps(const dki_comparison *c, size_t measure, dki_measured *mine, const dk_field *dims,
                               dk_error *err)
{
    dk_status status = DK_OK;

    if (dki_column_overlap(dk_table_field(c->sides.results[0], c->sides.n_by + measure)->column) == NULL)
        return DK_OK;
    status = dki_breakdown_overlap(c->breakdown, dims, &mine->value, err);
    if (status == DK_OK && mine->difference)
        status = dki_breakdown_overlap(c->breakdown, dims, &mine->difference, err);
    return status;
}

/* M_NAME of one side, and but for the base M_NAME_difference and M_NAME_relative. */
static dk_status add_side(const dki_comparison *c, size_t measure, size_t side, dki_buffer *name,
                          const dk_table **table, dk_error *err)
{
    dki_measured *mine = &c->measured[measure * c->sides.n + side];
    const char *format = dk_table_field(c->sides.results[0], c->sides.n_by + measure)->format;
    char points[DKI_FORMAT_BYTES];
    size_t size;
    dk_status status;

    name->size = 0;
    status = give_overlaps(c, measure, mine, dk_table_field(*table, 0), err);
    if (status == DK_OK)
        status = dki_buffer_text(name, c->breakdown->measures[measure].name, err);
    if (status == DK_OK)
        status = dki_buffer_text(name, "_", err);
    if (status == DK_OK)
        status = dki_buffer_text(name, side ? c->names[side] : "base", err);
    if (status == DK_OK)
        status = add_column(table, name->bytes, mine->value, format, err);
    size = name->size;
    if (status == DK_OK && mine->difference)
        status = dki_buffer_text(name, "_difference", err);
    if (status == DK_OK && mine->difference)
        status = add_column(table, name->bytes, mine->difference,
                            dki_measure_difference_format(c->breakdown, measure, format, points), err);
    name->size = size;
    if (status == DK_OK && mine->relative)
        status = dki_buffer_text(name, "_relative", err);
    if (status == DK_OK && mine->relative)
        status = add_column(table, name->bytes, mine->relative, "+0.0 %", err);
    return status;
}

static dk_status lay_out_wide(const dki_comparison *c, const dk_table **out, dk_error *err)
{
    const dk_table *table = NULL;
    dki_buffer name;
    dk_status status = dki_sides_table(&c->sides, 1, &table, err);

    dki_buffer_init(&name, c->sides.context);
    for (size_t m = 0; m < c->breakdown->n_measures && status == DK_OK; m++)
        for (size_t i = 0; i < c->sides.n && status == DK_OK; i++)
            status = add_side(c, m, i, &name, &table, err);
    dki_buffer_drop(&name);
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    return status;
}

/* The comparison ----------------------------------------------------------------------------------------------- */

/* What the base went through, and what was set beside it. */
static dk_status add_lineage(const dki_comparison *c, const dk_table *table, dk_error *err)
{
    dki_lineage *lineage = NULL;
    dk_lineage_item item = { .kind = DK_LINEAGE_STEP, .n_rows = dk_table_n_rows(table) };
    dki_buffer text;
    dk_status status = dki_lineage_after(c->sides.results[0], &lineage, err);

    dki_buffer_init(&text, c->sides.context);
    for (size_t i = 1; i < c->sides.n && status == DK_OK; i++)
        status = dki_buffer_format(&text, err, "%s%s",
                                   i == 1                ? "compared with "
                                   : i + 1 == c->sides.n ? " and "
                                                         : ", ",
                                   c->names[i]);
    item.text = text.bytes;
    if (status == DK_OK)
        status = dki_lineage_add(lineage, &item, err);
    for (size_t i = 0; i < c->form.n_interventions && status == DK_OK; i++)
        status = dki_lineage_add(lineage, &c->form.interventions[i], err);
    dki_buffer_drop(&text);
    if (status == DK_OK)
        dki_table_attach(table, lineage);
    else if (lineage)
        dki_lineage_release(lineage);
    return status;
}

static dk_status check_names(const char *const *names, size_t n, dk_error *err)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = 1; k < i; k++)
            if (strcmp(names[i], names[k]) == 0) {
                dki_fail(err, DK_ERR_DUPLICATE, "two sides of a comparison are named %s", names[i]);
                dki_hint(err, "give one another name: scenario:named \"...\"");
                return DK_ERR_DUPLICATE;
            }
    return DK_OK;
}

dk_status dki_comparison_find(dki_comparison *c, const dk_breakdown *breakdown, const dk_table *const *results,
                              const char *const *names, size_t n, const dk_comparison_form *form,
                              const struct dki_untouched *untouched, dk_error *err)
{
    dk_status status;

    *c = (dki_comparison){ .breakdown = breakdown, .names = names, .untouched = untouched };
    if (form)
        c->form = *form;
    dki_text_map_init(&c->notes, dk_table_context(results[0]));
    status = dki_sides_find(&c->sides, results, n, breakdown->n_by, err);
    return status == DK_OK ? measure_sides(c, err) : status;
}

void dki_comparison_drop(dki_comparison *c)
{
    dk_context *context = c->sides.context;

    for (size_t i = 0; c->measured && i < c->breakdown->n_measures * c->sides.n; i++) {
        dk_column_release(c->measured[i].value);
        dk_column_release(c->measured[i].difference);
        dk_column_release(c->measured[i].relative);
    }
    dki_free(context, c->measured);
    dki_text_map_drop(&c->notes);
    dki_sides_drop(&c->sides);
}

/* Of a long comparison the wide one, which it keeps. */
static dk_status lay_out_whole(const dki_comparison *c, const dk_table **out, dk_error *err)
{
    dk_status status = lay_out_wide(c, out, err);

    return status == DK_OK ? add_lineage(c, *out, err) : status;
}

dk_status dki_compare_results(const dk_breakdown *breakdown, const dk_table *const *results,
                              const char *const *names, size_t n, const dk_comparison_form *form,
                              const struct dki_untouched *untouched, const dk_table **out, dk_error *err)
{
    dki_comparison c;
    const dk_table *table = NULL, *whole = NULL;
    dk_status status = check_names(names, n, err);

    if (status != DK_OK)
        return status;
    status = dki_comparison_find(&c, breakdown, results, names, n, form, untouched, err);
    if (status == DK_OK)
        status = c.form.is_long ? dki_lay_out_long(&c, &table, err) : lay_out_wide(&c, &table, err);
    if (status == DK_OK && c.form.is_long)
        status = lay_out_whole(&c, &whole, err);
    if (status == DK_OK)
        dki_table_keep(table, whole);
    if (status == DK_OK)
        status = dki_put_notes(&c.notes, &table, err);
    if (status == DK_OK)
        status = add_lineage(&c, table, err);
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    dk_table_release(whole);
    dki_comparison_drop(&c);
    return status;
}
