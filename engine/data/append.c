/* append.c - tables one below the other: which columns there are, and what the result is. */
#include <dekking/append.h>

#include <string.h>

#include "append_columns.h"
#include "append_parts.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "table_parts.h"

/* What can be checked before any column is touched. -------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static dk_status fail_property(const dk_table *const *tables, size_t i, const char *what, const char *first,
                               const char *other, dk_error *err)
{
    char table[DKI_TABLE_NAME_BYTES];

    (void)dki_fail(err, DK_ERR_TYPE, "the %s of table 1 is %s, and that of %s is %s", what,
                   first ? first : "not stated", dki_table_shown(tables, i, table), other ? other : "not stated");
    dki_hint(err, "state the same one for all: t:with { %s = ... }", what);
    return DK_ERR_TYPE;
}

static dk_status check_tables(const dk_table *const *tables, size_t n, dk_error *err)
{
    const dk_properties *first = n > 0 ? dk_table_properties(tables[0]) : NULL;
    char shown[DKI_TABLE_NAME_BYTES];
    uint64_t n_rows = 0;

    if (n == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "there is no table to append to");
    for (size_t i = 0; i < n; i++) {
        const dk_properties *properties = dk_table_properties(tables[i]);

        if (dk_table_margin(tables[i])) {
            (void)dki_fail(err, DK_ERR_MARGIN, "%s has rows that are totals of others",
                           dki_table_shown(tables, i, shown));
            dki_hint(err, "append its :detail()");
            return DK_ERR_MARGIN;
        }
        if (!same_text(first->unit, properties->unit))
            return fail_property(tables, i, "unit", first->unit, properties->unit, err);
        if (!same_text(first->weight, properties->weight))
            return fail_property(tables, i, "weight", first->weight, properties->weight, err);
        if (dk_table_n_rows(tables[i]) > INT64_MAX - n_rows)
            return dki_fail(err, DK_ERR_LIMIT, "together the tables have more rows than a table can have");
        n_rows += dk_table_n_rows(tables[i]);
    }
    return DK_OK;
}

static dk_status fail_missing(const dk_table *const *tables, size_t i, size_t has, const char *name, dk_error *err)
{
    char lacks[DKI_TABLE_NAME_BYTES], other[DKI_TABLE_NAME_BYTES];
    dki_nearest nearest;

    (void)dki_fail(err, DK_ERR_NAME, "%s has no column %s, and %s has", dki_table_shown(tables, i, lacks), name,
                   dki_table_shown(tables, has, other));
    dki_nearest_init(&nearest, name, strlen(name));
    for (size_t c = 0; c < dk_table_n_columns(tables[i]); c++) {
        const char *own = dk_table_field(tables[i], c)->name;

        if (dk_table_find(tables[has], own) == DK_NO_COLUMN)
            dki_nearest_try(&nearest, own, strlen(own));
    }
    if (nearest.best)
        dki_hint(err, "rename { %.*s = \"%s\" }, if that is what it is", (int)nearest.best_size, nearest.best,
                 name);
    else
        dki_hint(err, "select { ... } leaves it out; append(..., { missing = \"null\" }) makes it null there");
    return DK_ERR_NAME;
}

/* The columns of the result: those of the first table, then those that only later ones have. -------------------- */

struct result {
    dk_context *context;
    const dk_table *const *tables;
    size_t n;
    dk_field *fields;   /* columns owned */
    const char **loose; /* names of the categories whose levels are no longer stated */
    size_t n_fields, n_loose;
    bool of_one; /* as in a stack */
};

static size_t find_field(const struct result *result, const char *name)
{
    for (size_t i = 0; i < result->n_fields; i++)
        if (strcmp(result->fields[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

static dk_status list_fields(struct result *result, bool missing_is_null, dk_error *err)
{
    size_t most = 0;

    for (size_t i = 0; i < result->n; i++)
        most += dk_table_n_columns(result->tables[i]);
    result->fields = dki_calloc(result->context, most, sizeof *result->fields, err);
    result->loose = result->fields ? dki_calloc(result->context, most, sizeof *result->loose, err) : NULL;
    if (result->loose == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < result->n; i++)
        for (size_t c = 0; c < dk_table_n_columns(result->tables[i]); c++) {
            const dk_field *field = dk_table_field(result->tables[i], c);
            bool is_new = i == 0 || (dki_table_find_near(result->tables[0], field->name, c) == DK_NO_COLUMN &&
                                     find_field(result, field->name) == SIZE_MAX);

            if (is_new && i > 0 && !missing_is_null)
                return fail_missing(result->tables, 0, i, field->name, err);
            if (is_new) {
                result->fields[result->n_fields] = *field;
                result->fields[result->n_fields].column = NULL;
                result->fields[result->n_fields].margin_bit = -1;
                result->n_fields++;
            }
        }
    return DK_OK;
}

static dk_status fill_field(struct result *result, dk_field *field, const dk_column **columns, bool missing_is_null,
                            dk_error *err)
{
    dki_stack stack = { .context = result->context,
                        .tables = result->tables,
                        .columns = columns,
                        .n = result->n,
                        .name = field->name,
                        .of_one = result->of_one };
    size_t has = 0;
    bool loose;
    dk_status status;

    for (size_t i = 0; i < result->n; i++) {
        size_t at = dki_table_find_near(result->tables[i], field->name, (size_t)(field - result->fields));

        columns[i] = at == DK_NO_COLUMN ? NULL : dk_table_field(result->tables[i], at)->column;
        if (columns[i])
            has = i;
    }
    for (size_t i = 0; !missing_is_null && i < result->n; i++)
        if (columns[i] == NULL)
            return fail_missing(result->tables, i, has, field->name, err);
    status = dki_stack_column(&stack, &field->column, &loose, err);
    if (status == DK_OK && loose)
        result->loose[result->n_loose++] = field->name;
    return status;
}

/* The table. ------------------------------------------------------------------------------------------------------ */

/* The sources of all tables, each once. */
static dk_status list_sources(const struct result *result, dki_buffer *out, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < result->n; i++) {
        const char *source = dk_table_properties(result->tables[i])->source;
        bool seen = source == NULL;

        for (size_t k = 0; k < i && !seen; k++)
            seen = same_text(source, dk_table_properties(result->tables[k])->source);
        if (!seen && out->size > 0)
            status = dki_buffer_text(out, ", ", err);
        if (status == DK_OK && !seen)
            status = dki_buffer_text(out, source, err);
    }
    return status == DK_OK ? dki_buffer_terminate(out, err) : status;
}

/* Says which days the rows describe, where these are several. */
static dk_status find_days(const struct result *result, dki_buffer *note, dk_error *err)
{
    const char *least = dk_table_properties(result->tables[0])->as_of, *greatest = least;

    for (size_t i = 0; i < result->n; i++) {
        const char *day = dk_table_properties(result->tables[i])->as_of;

        if (day == NULL || least == NULL) /* of some it is not known */
            return DK_OK;
        least = strcmp(day, least) < 0 ? day : least;
        greatest = strcmp(day, greatest) > 0 ? day : greatest;
    }
    return strcmp(least, greatest) == 0
               ? DK_OK
               : dki_buffer_format(note, err, "rows of several days are together, as of %s to %s", least, greatest);
}

static dk_status add_notes(const struct result *result, const dk_table **table, dk_error *err)
{
    dki_buffer note;
    dk_status status = DK_OK;

    dki_buffer_init(&note, result->context);
    for (size_t i = 0; status == DK_OK && i < result->n_loose; i++) {
        note.size = 0;
        status = dki_buffer_format(
            &note, err, "the levels of %s are no longer stated: a table that does not state them has more",
            result->loose[i]);
        if (status == DK_OK)
            status = dki_table_add_note(table, note.bytes, err);
    }
    note.size = 0;
    if (status == DK_OK)
        status = find_days(result, &note, err);
    if (status == DK_OK && note.size > 0)
        status = dki_table_add_note(table, note.bytes, err);
    dki_buffer_drop(&note);
    return status;
}

/* A key or a day that is not the same in all tables is none of the result. */
static void keep_common(const struct result *result, dk_properties *properties)
{
    for (size_t i = 1; i < result->n; i++) {
        const dk_properties *other = dk_table_properties(result->tables[i]);
        bool same_key = other->n_key == properties->n_key;

        for (size_t k = 0; same_key && k < other->n_key; k++)
            same_key = strcmp(other->key[k], properties->key[k]) == 0;
        if (!same_key) {
            properties->key = NULL;
            properties->n_key = 0;
        }
        if (!dki_attachments_same(properties, other)) {
            properties->attached = NULL;
            properties->n_attached = 0;
        }
        if (properties->whole != other->whole)
            properties->whole = NULL;
        if (properties->behind != other->behind)
            properties->behind = NULL;
        if (!same_text(properties->as_of, other->as_of))
            properties->as_of = NULL;
        if (!same_text(properties->published, other->published))
            properties->published = NULL;
    }
}

/* How the first table came to be, and that the others were put below. */
static dk_status add_step(const struct result *result, const dk_table *made, dk_error *err)
{
    if (result->n == 1) {
        dki_table_attach(made, dki_lineage_retain(result->tables[0]->lineage));
        return DK_OK;
    }
    return dki_table_add_others(made, result->tables[0], result->tables + 1, result->n - 1, DK_LINEAGE_APPEND, err,
                                "the rows of %s%s put below", dki_lineage_name(result->tables[1]),
                                result->n > 2 ? " and others" : "");
}

static dk_status make_table(const struct result *result, const dk_table **out, dk_error *err)
{
    dk_properties properties = *dk_table_properties(result->tables[0]);
    uint64_t n_rows = 0;
    const dk_table *table = NULL;
    dki_buffer sources;
    dk_status status;

    for (size_t i = 0; i < result->n; i++)
        n_rows += dk_table_n_rows(result->tables[i]);
    dki_buffer_init(&sources, result->context);
    status = list_sources(result, &sources, err);
    properties.source = sources.size > 0 ? sources.bytes : NULL;
    keep_common(result, &properties);
    if (status == DK_OK) /* which looks at the weights, and whether the key is one still */
        status = dki_table_new_with(result->tables[0], result->fields, result->n_fields, n_rows, &properties,
                                    &table, err);
    if (status == DK_OK)
        status = add_notes(result, &table, err);
    if (status == DK_OK)
        status = add_step(result, table, err);
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    dki_buffer_drop(&sources);
    return status;
}

static dk_status append(const dk_table *const *tables, size_t n, bool missing_is_null, bool of_one,
                        const dk_table **out, dk_error *err)
{
    struct result result = { .tables = tables, .n = n, .of_one = of_one };
    const dk_column **columns = NULL;
    dk_status status = check_tables(tables, n, err);

    if (status != DK_OK)
        return status;
    result.context = dk_table_context(tables[0]);
    status = list_fields(&result, missing_is_null, err);
    if (status == DK_OK) {
        columns = dki_calloc(result.context, n, sizeof *columns, err);
        status = columns ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t i = 0; status == DK_OK && i < result.n_fields; i++)
        status = fill_field(&result, &result.fields[i], columns, missing_is_null, err);
    if (status == DK_OK)
        status = make_table(&result, out, err);
    for (size_t i = 0; i < result.n_fields; i++)
        dk_column_release(result.fields[i].column);
    dki_free(result.context, columns);
    dki_free(result.context, result.loose);
    dki_free(result.context, result.fields);
    return status;
}

dk_status dk_table_append(const dk_table *const *tables, size_t n, const dk_append_options *options,
                          const dk_table **out, dk_error *err)
{
    return append(tables, n, options && options->missing_is_null, false, out, err);
}

dk_status dki_append_columns(const dk_table *const *tables, size_t n, const dk_table **out, dk_error *err)
{
    return append(tables, n, false, true, out, err);
}
