/* hierarchy_source.c - the columns of a table that a hierarchy is read from, row by row. */
#include "hierarchy_source.h"

#include "base/memory.h"
#include "base/status.h"
#include "column_parts.h"

/* Columns. --------------------------------------------------------------------------------------------------------- */

static dk_status find(const dk_table *table, const char *name, const char *what, bool texts,
                      dki_hierarchy_column *out, dk_error *err)
{
    size_t at = 0;
    dk_type type;
    dk_status status = dk_table_get(table, name, &at, err);

    if (status != DK_OK)
        return status;
    out->column = dk_table_field(table, at)->column;
    type = dk_column_type(out->column);
    if (!texts && dk_column_n_nulls(out->column) == dk_column_n_rows(out->column)) {
        out->column = NULL; /* always valid, whatever type a column without values has */
        return DK_OK;
    }
    if (texts ? type == DK_CATEGORY || type == DK_TEXT : type == DK_DATE)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_TYPE, "%s of a hierarchy %s, and %s is %s", what,
                   texts ? "are categories or texts" : "is a date", name, dk_type_name(type));
    dki_hint(err, "read the table with types = { %s = \"%s\" }", name, texts ? "category" : "date");
    return DK_ERR_TYPE;
}

dk_status dki_source_find(dki_hierarchy_source *reading, const dk_hierarchy_spec *spec, dk_error *err)
{
    const char *const names[] = { spec->member, spec->parent, spec->level };
    bool is_long = spec->member || spec->parent || spec->level;
    size_t n = is_long ? 3 : spec->n_levels;
    dk_status status = DK_OK;

    if (is_long && !(spec->member && spec->parent && spec->level))
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "the long form of a hierarchy names the columns member, parent and level");
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status =
            find(reading->table, is_long ? names[i] : spec->levels[i], "members", true, &reading->levels[i], err);
    for (size_t i = 0; spec->labels && i < (is_long ? 1 : n) && status == DK_OK; i++)
        if (spec->labels[i])
            status = find(reading->table, spec->labels[i], "labels", true, &reading->labels[i], err);
    if (status == DK_OK && spec->from)
        status = find(reading->table, spec->from, "the first day", false, &reading->from, err);
    if (status == DK_OK && spec->to)
        status = find(reading->table, spec->to, "the last day", false, &reading->to, err);
    return status;
}

static dk_status each_source(dki_hierarchy_source *reading,
                             dk_status (*act)(dki_hierarchy_column *, void *, dk_error *), void *arg, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < DK_MOST_LEVELS; i++) {
        if (status == DK_OK && reading->levels[i].column)
            status = act(&reading->levels[i], arg, err);
        if (status == DK_OK && reading->labels[i].column)
            status = act(&reading->labels[i], arg, err);
    }
    if (status == DK_OK && reading->from.column)
        status = act(&reading->from, arg, err);
    if (status == DK_OK && reading->to.column)
        status = act(&reading->to, arg, err);
    return status;
}

struct block {
    uint64_t row;
    size_t n;
};

static dk_status show(dki_hierarchy_column *source, void *arg, dk_error *err)
{
    const struct block *block = arg;

    return dk_column_view(source->column, block->row, block->n, &source->view, err);
}

static dk_status begin(dki_hierarchy_column *source, void *arg, dk_error *err)
{
    (void)err;
    dk_view_init(&source->view, arg);
    return DK_OK;
}

static dk_status end(dki_hierarchy_column *source, void *arg, dk_error *err)
{
    (void)arg;
    (void)err;
    dk_view_release(&source->view);
    return DK_OK;
}

/* Rows. ------------------------------------------------------------------------------------------------------------- */

uint32_t dki_source_code(const dki_hierarchy_source *reading, size_t level, const dki_hierarchy_column *source,
                         size_t i)
{
    if (dki_view_is_null(&source->view, i))
        return 0;
    return dk_dictionary_find(reading->hierarchy->levels[level].members, dki_view_text(&source->view, i));
}

dk_status dki_source_days(const dki_hierarchy_source *reading, size_t i, uint64_t row, dki_span *span,
                          dk_error *err)
{
    char from[32], to[32];

    span->row = row;
    span->from = DKI_DAY_FIRST;
    span->to = DKI_DAY_LAST;
    if (reading->from.column && !dki_view_is_null(&reading->from.view, i))
        span->from = dki_view_value(&reading->from.view, i).as.integer;
    if (reading->to.column && !dki_view_is_null(&reading->to.view, i))
        span->to = dki_view_value(&reading->to.view, i).as.integer;
    if (span->from < span->to)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_DATA, "row %llu is valid from %s to %s, which is no day",
                   (unsigned long long)row + 1, dki_day_shown(span->from, from), dki_day_shown(span->to, to));
    dki_hint(err, "the last day is the one on which it is not valid any more");
    return DK_ERR_DATA;
}

dk_status dki_source_each_row(dki_hierarchy_source *reading,
                              dk_status (*act)(dki_hierarchy_source *reading, void *arg, size_t i, uint64_t row,
                                               dk_error *err),
                              void *arg, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(reading->table);
    dk_status status = each_source(reading, begin, reading->hierarchy->context, err);

    for (struct block block = { 0, 0 }; status == DK_OK && block.row < n_rows; block.row += block.n) {
        block.n = n_rows - block.row < DK_BLOCK_ROWS ? (size_t)(n_rows - block.row) : DK_BLOCK_ROWS;
        status = dki_poll(reading->hierarchy->context, err);
        if (status == DK_OK)
            status = each_source(reading, show, &block, err);
        for (size_t i = 0; i < block.n && status == DK_OK; i++)
            status = act(reading, arg, i, block.row + i, err);
    }
    (void)each_source(reading, end, NULL, err);
    return status;
}
