/* table_properties.c - what is said of a table as a whole: its properties, its margin, and notes.
 *
 * Notes go along only where rows and columns stay what they are, as they do here: they are about that table.
 */
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "table_parts.h"

dk_status dki_table_check_weight(const dk_table *table, const char *name, dk_error *err)
{
    const dk_column *column;
    int64_t least, greatest;
    size_t at = 0;
    dk_status status = dk_table_get(table, name, &at, err);

    if (status != DK_OK)
        return status;
    column = table->fields[at].column;
    if (dk_column_type(column) != DK_INTEGER && dk_column_type(column) != DK_DECIMAL)
        return dki_fail(err, DK_ERR_TYPE, "a weight is an integer or a decimal, and %s is %s", name,
                        dk_type_name(dk_column_type(column)));
    if (dk_column_n_nulls(column) > 0) {
        dki_fail(err, DK_ERR_RANGE, "the weight %s is null in %llu row%s", name,
                 (unsigned long long)dk_column_n_nulls(column), dk_column_n_nulls(column) == 1 ? "" : "s");
        dki_hint(err, "leave those rows out, or give them a weight");
        return DK_ERR_RANGE;
    }
    if (dk_column_bounds(column, &least, &greatest) && least < 0) {
        char text[64];
        dk_value value = { .type = dk_column_type(column), .scale = dk_column_scale(column), .as.integer = least };

        dk_value_format(&value, text, sizeof text);
        return dki_fail(err, DK_ERR_RANGE, "the weight %s is negative: %s", name, text);
    }
    return DK_OK;
}

static dk_status check_day(const char *text, const char *what, dk_error *err)
{
    int64_t days;

    if (text == NULL || (strlen(text) == 10 && dki_parse_date(text, 10, 'y', &days)))
        return DK_OK;
    return dki_fail(err, DK_ERR_ARGUMENT, "%s is a day such as 2024-12-31, and \"%.*s\" is none", what,
                    (int)dki_utf8_floor(text, strlen(text), strlen(text) < 40 ? strlen(text) : 40), text);
}

/* What can be said of a key without looking at the rows. */
static dk_status check_key_columns(const dk_table *table, const dk_properties *properties, dk_error *err)
{
    if (properties->n_key > 0 && table->margin) {
        dki_fail(err, DK_ERR_MARGIN, "a table with totals has no key");
        dki_hint(err, "detail() leaves them out");
        return DK_ERR_MARGIN;
    }
    for (size_t i = 0; i < properties->n_key; i++) {
        size_t at = 0;
        dk_status status = dk_table_get(table, properties->key[i], &at, err);

        if (status != DK_OK)
            return status;
        for (size_t k = 0; k < i; k++)
            if (strcmp(properties->key[i], properties->key[k]) == 0)
                return dki_fail(err, DK_ERR_DUPLICATE, "the key names the column %s twice", properties->key[i]);
        if (dk_column_n_nulls(table->fields[at].column) > 0) {
            dki_fail(err, DK_ERR_RANGE, "the key %s is null in %llu row%s", properties->key[i],
                     (unsigned long long)dk_column_n_nulls(table->fields[at].column),
                     dk_column_n_nulls(table->fields[at].column) == 1 ? "" : "s");
            dki_hint(err, "leave those rows out: where \"%s is not null\"", properties->key[i]);
            return DK_ERR_RANGE;
        }
    }
    return DK_OK;
}

/* What a script says; a source is the path of a file, which can be any bytes. */
static dk_status check_text(const char *text, const char *what, dk_error *err)
{
    if (text && dki_utf8_check(text, strlen(text)) != strlen(text))
        return dki_fail(err, DK_ERR_ARGUMENT, "the %s of a table is UTF-8, and this one is not", what);
    return DK_OK;
}

dk_status dki_table_check_properties(const dk_table *table, const dk_properties *properties, bool unique,
                                     dk_error *err)
{
    dk_status status = properties->weight ? dki_table_check_weight(table, properties->weight, err) : DK_OK;

    if (status == DK_OK)
        status = check_text(properties->name, "name", err);
    if (status == DK_OK)
        status = check_text(properties->unit, "unit", err);
    if (status == DK_OK)
        status = check_day(properties->as_of, "as_of", err);
    if (status == DK_OK)
        status = check_day(properties->published, "published", err);
    if (status == DK_OK)
        status = check_key_columns(table, properties, err);
    if (status == DK_OK && unique && properties->n_key > 0)
        status = dki_key_check(table, properties->key, properties->n_key, err);
    return status;
}

static dk_status add_note(dk_table *table, const char *note, dk_error *err)
{
    void *notes = table->notes;
    dk_status status = dki_resize(table->context, &notes, (table->n_notes + 1) * sizeof *table->notes, err);
    char *copy;

    table->notes = notes;
    if (status != DK_OK)
        return status;
    copy = dki_strdup(table->context, note, err);
    if (copy == NULL)
        return DK_ERR_MEMORY;
    table->notes[table->n_notes++] = copy;
    return DK_OK;
}

/* The same rows and columns with these properties and margin, and the notes, and one more where it is not NULL. */
static dk_status restate(const dk_table *table, const dk_properties *properties, const dk_column *margin,
                         const char *note, const dk_table **out, dk_error *err)
{
    size_t n_notes = table->n_notes + (note != NULL);
    dk_table *made;
    dk_status status =
        dki_table_make_like(table, table->fields, table->n_fields, table->n_rows, properties, margin, &made, err);

    if (status != DK_OK)
        return status;
    while (status == DK_OK && made->n_notes < n_notes)
        status = add_note(made, made->n_notes < table->n_notes ? table->notes[made->n_notes] : note, err);
    made->lineage = dki_lineage_retain(table->lineage);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}

dk_status dk_table_with_margin(const dk_table *table, const dk_column *margin, const dk_table **out, dk_error *err)
{
    dk_properties properties = table->properties;

    if (margin && dk_column_type(margin) != DK_INTEGER)
        return dki_fail(err, DK_ERR_TYPE, "a margin is an integer column, not %s",
                        dk_type_name(dk_column_type(margin)));
    if (margin && dk_column_n_rows(margin) != table->n_rows)
        return dki_fail(err, DK_ERR_LENGTH, "the margin has %llu rows, and the table has %llu",
                        (unsigned long long)dk_column_n_rows(margin), (unsigned long long)table->n_rows);
    if (margin && dk_column_n_nulls(margin) > 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "a margin has no nulls");
    if (margin) { /* totals have no key */
        properties.key = NULL;
        properties.n_key = 0;
    }
    return restate(table, &properties, margin, NULL, out, err);
}

const dk_column *dk_table_margin(const dk_table *table)
{
    return table->margin;
}

const dk_properties *dk_table_properties(const dk_table *table)
{
    return &table->properties;
}

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static dk_status check_new_properties(const dk_table *table, const dk_properties *properties, dk_error *err)
{
    const dk_properties *has = &table->properties;
    bool same_key = properties->n_key == has->n_key;

    for (size_t i = 0; i < has->n_key && same_key; i++)
        same_key = strcmp(properties->key[i], has->key[i]) == 0;
    return dki_table_check_properties(table, properties, !same_key, err);
}

dk_status dk_table_with_properties(const dk_table *table, const dk_properties *properties, const dk_table **out,
                                   dk_error *err)
{
    const dk_properties *has = &table->properties;
    const dk_table *made = NULL;
    dk_status status = check_new_properties(table, properties, err);

    if (status == DK_OK)
        status = restate(table, properties, table->margin, NULL, &made, err);
    if (status == DK_OK && made->lineage &&
        !(is_same_text(properties->as_of, has->as_of) && is_same_text(properties->published, has->published)))
        status = dki_lineage_state_days(made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}

dk_status dki_table_new_with(const dk_table *like, const dk_field *fields, size_t n_fields, uint64_t n_rows,
                             const dk_properties *properties, const dk_table **out, dk_error *err)
{
    dk_table *made;
    dk_status status = dki_table_make_like(like, fields, n_fields, n_rows, properties, NULL, &made, err);

    if (status != DK_OK)
        return status;
    status = dki_table_check_properties(made, properties, true, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}

dk_status dki_table_with_behind(const dk_table *table, const dk_table *behind, const dk_table **out, dk_error *err)
{
    dk_properties properties = table->properties;

    properties.behind = behind;
    return restate(table, &properties, table->margin, NULL, out, err);
}

dk_status dki_table_as_shown(const dk_table *table, const dk_table **out, dk_error *err)
{
    dk_properties properties = table->properties;

    properties.keeps_whole = properties.keeps_whole && properties.whole == NULL;
    properties.whole = properties.behind = NULL;
    return restate(table, &properties, table->margin, NULL, out, err);
}

size_t dk_table_n_notes(const dk_table *table)
{
    return table->n_notes;
}

const char *dk_table_note(const dk_table *table, size_t i)
{
    return table->notes[i];
}

dk_status dk_table_with_note(const dk_table *table, const char *note, const dk_table **out, dk_error *err)
{
    return restate(table, &table->properties, table->margin, note, out, err);
}

dk_status dki_table_add_note(const dk_table **table, const char *note, dk_error *err)
{
    dk_table *before = (dk_table *)(uintptr_t)*table;
    const dk_table *noted = NULL;
    dk_status status;

    if (atomic_load(&before->n_references) == 1) {
        noted = before;
        status = add_note(before, note, err);
    } else {
        status = dk_table_with_note(before, note, &noted, err);
    }
    if (status != DK_OK || noted != before)
        dk_table_release(before);
    *table = status == DK_OK ? noted : NULL;
    return status;
}
