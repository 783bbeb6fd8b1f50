/* finish_notes.c - what a table that was read says of its reading: the dialect that was found, what is almost a number or null, codes
 * that a list does not have, what looks like totals.
 */
#include "finish_parts.h"

#include <stdio.h>
#include <string.h>

#include "almost.h"
#include "show.h"

static dk_status add_note(const dk_table **table, const char *text, dk_error *err)
{
    const dk_table *with = NULL;
    dk_status status = dk_table_with_note(*table, text, &with, err);

    if (status == DK_OK) {
        dk_table_release(*table);
        *table = with;
    }
    return status;
}

static const char *encoding_name(dk_encoding encoding)
{
    return encoding == DK_ENCODING_UTF8 ? "UTF-8" : encoding == DK_ENCODING_UTF16 ? "UTF-16" : "Windows-1252";
}

dk_status dki_finish_note_others(const dki_records *r, const dki_plan *plans, const dki_strays *strays,
                                 const dk_table **table, dk_error *err)
{
    char text[1024], name[DKI_SHOW_BYTES], shown[DKI_STRAYS_BYTES], as[DKI_SHOW_BYTES];
    dk_status status = DK_OK;

    for (size_t i = 0; i < r->n_columns && status == DK_OK; i++) {
        dk_text other;

        if (strays[i].n_rows == 0)
            continue;
        other = dk_dictionary_level(plans[i].levels, plans[i].other);
        snprintf(text, sizeof text, "column %s: %llu row%s with a code that the list does not have, read as %s: %s",
                 dki_show(name, r->names[i], strlen(r->names[i])), (unsigned long long)strays[i].n_rows,
                 strays[i].n_rows == 1 ? "" : "s", dki_show(as, other.bytes, other.size),
                 dki_strays_shown(&strays[i], r->origin ? "in row" : "on line", shown));
        status = add_note(table, text, err);
    }
    return status;
}

/* As totals are called in files, by this library too. */
static const char *total_word(const dk_column *column)
{
    static const char *const words[] = { "totaal", "Totaal", "TOTAAL", "total", "Total", "TOTAL" };
    const dk_dictionary *levels = dk_column_levels(column);

    if (dk_column_type(column) != DK_CATEGORY || dk_dictionary_is_declared(levels))
        return NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (dk_dictionary_find(levels, (dk_text){ words[i], strlen(words[i]) }) != 0)
            return words[i];
    return NULL;
}

dk_status dki_finish_note_totals(const dk_table **table, dk_error *err)
{
    char text[512], name[DKI_SHOW_BYTES];
    dk_status status = DK_OK;

    for (size_t i = 0; i < dk_table_n_columns(*table) && status == DK_OK; i++) {
        const dk_field *field = dk_table_field(*table, i);
        const char *word = total_word(field->column);

        if (word == NULL)
            continue;
        snprintf(text, sizeof text,
                 "column %s has \"%s\": a row that is a total counts once more in what is made of all rows "
                 "(where leaves it out)",
                 dki_show(name, field->name, strlen(field->name)), word);
        status = add_note(table, text, err);
    }
    return status;
}

dk_status dki_finish_notes(const dki_records *r, dk_encoding encoding, bool has_mark, const dki_marks *marks,
                           const dki_plan *plans, const dk_table **table, dk_error *err)
{
    static const char *const order_names[] = { "year-month-day", "day-month-year", "month-day-year" };
    char text[DKI_ALMOST_BYTES], name[DKI_SHOW_BYTES], delimiter[8];
    size_t n = 0;
    dk_status status;

    if (r->origin)
        n += (size_t)snprintf(text, sizeof text, "read from %.200s", r->origin);
    else
        n += (size_t)snprintf(
            text, sizeof text, "read as %s%s, %s%s", encoding_name(encoding),
            has_mark ? " with byte-order mark" : "",
            r->dialect.delimiter == DKI_NO_DELIMITER ? "one column" : "delimiter ",
            r->dialect.delimiter == DKI_NO_DELIMITER ? "" : dki_delimiter_name(r->dialect.delimiter, delimiter));
    if (r->first_line > 1)
        n += (size_t)snprintf(text + n, sizeof text - n, " as the first line states");
    if (!r->origin && r->dialect.quote != '"')
        n += (size_t)snprintf(text + n, sizeof text - n, ", quote %c", r->dialect.quote);
    if (r->header == DK_HEADER_DETECT && r->options->header == DK_HEADER_NONE)
        n += (size_t)snprintf(text + n, sizeof text - n, ", without header");
    if (r->packed)
        n += (size_t)snprintf(text + n, sizeof text - n, ", unpacked from %s", r->packed);
    if (marks->mark >= 0 && !(r->origin && marks->mark_by == DKI_BY_OPTION))
        n += (size_t)snprintf(text + n, sizeof text - n, ", decimal %s",
                              marks->mark == DKI_COMMA ? "comma" : "point");
    if (marks->mark_by == DKI_BY_COLUMN)
        n += (size_t)snprintf(text + n, sizeof text - n, " as in column %s",
                              dki_show(name, r->names[marks->mark_column], strlen(r->names[marks->mark_column])));
    if (marks->mark_by == DKI_CONTRADICTED)
        n += (size_t)snprintf(text + n, sizeof text - n, ", decimal marks that differ (columns %zu and %zu)",
                              marks->mark_column + 1, marks->mark_against + 1);
    if (marks->order >= 0)
        n += (size_t)snprintf(text + n, sizeof text - n, ", dates %s", order_names[marks->order]);
    if (marks->order_by == DKI_BY_COLUMN)
        n += (size_t)snprintf(text + n, sizeof text - n, " as in column %s",
                              dki_show(name, r->names[marks->order_column], strlen(r->names[marks->order_column])));
    if (marks->order_by == DKI_CONTRADICTED)
        n += (size_t)snprintf(text + n, sizeof text - n, ", orders of dates that differ (columns %zu and %zu)",
                              marks->order_column + 1, marks->order_against + 1);
    if (r->n_blank > 0)
        n +=
            (size_t)snprintf(text + n, sizeof text - n, "; %llu blank %s%s skipped", (unsigned long long)r->n_blank,
                             r->origin ? "row" : "line", r->n_blank == 1 ? "" : "s");
    if (r->n_rejected > 0)
        snprintf(text + n, sizeof text - n, "; %llu of %llu records rejected", (unsigned long long)r->n_rejected,
                 (unsigned long long)(r->n_rows + r->n_rejected));
    status = add_note(table, text, err);

    for (size_t i = 0; i < r->n_columns && status == DK_OK; i++) {
        const dki_plan *plan = &plans[i];

        if (plan->almost)
            status = dki_almost_tell(r, i, plan, dk_table_field(*table, i)->column, text, err);
        else if (plan->n_words > 0)
            snprintf(text, sizeof text,
                     "column %s: NULL, NA or another such word is null in %llu row%s, the first %s %llu (nulls = "
                     "{} keeps "
                     "them)",
                     dki_show(name, r->names[i], strlen(r->names[i])), (unsigned long long)plan->n_words,
                     plan->n_words == 1 ? "" : "s", r->origin ? "in row" : "on line",
                     (unsigned long long)dki_records_line(r, plan->word_row));
        else
            continue;
        if (status == DK_OK)
            status = add_note(table, text, err);
    }
    return status;
}
