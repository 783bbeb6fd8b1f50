/* published.c - reads a table as a publication prints it: its sums are checked, then it becomes a table.
 *
 * Every line, the total's included, is checked against its parts, and every column against the line of the total. The
 * first sum that does not hold, in the order of the file, is the error. A publication that leaves its total out is
 * read without checks of its columns, and a note says so.
 */
#include <dekking/published.h>

#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "encoding.h"
#include "figures.h"
#include "show.h"
#include "text_source.h"

/* Sums. ----------------------------------------------------------------------------------------------------------- */

typedef struct check {
    bool is_column;
    size_t at; /* line, or column */
    int64_t stated;
    dki_i128 computed;
} check;

static bool has_row_totals(const dki_figures *f, const dk_published_options *o)
{
    return !o->no_row_totals && f->n_columns > 1; /* one number is no sum of others */
}

static size_t n_row_checks(const dki_figures *f, const dk_published_options *o)
{
    return has_row_totals(f, o) ? f->n_lines : 0;
}

static size_t n_checks(const dki_figures *f, const dk_published_options *o)
{
    return n_row_checks(f, o) + (f->has_total ? f->n_columns : 0);
}

/* Check i of n_checks: rows first, in the order of lines, then columns. */
static check make_check(const dki_figures *f, const dk_published_options *o, size_t i)
{
    size_t n_rows = n_row_checks(f, o), n = f->n_columns;
    check c = { .is_column = i >= n_rows, .at = i >= n_rows ? i - n_rows : i };

    if (c.is_column) {
        c.stated = f->values[(f->n_lines - 1) * n + c.at];
        for (size_t line = 0; line + 1 < f->n_lines; line++)
            c.computed += f->values[line * n + c.at];
    } else {
        c.stated = f->values[c.at * n + n - 1];
        for (size_t column = 0; column + 1 < n; column++)
            c.computed += f->values[c.at * n + column];
    }
    return c;
}

/* One sentence about a sum that does not hold. */
static void tell_check(const dki_figures *f, const check *c, const char *const *names, char *out, size_t size)
{
    char shown[DKI_SHOW_BYTES], computed[48];
    const char *name = c->is_column ? names[c->at] : f->lines[c->at].label;

    dki_format_decimal(c->computed, 0, computed, sizeof computed);
    dki_show(shown, name, strlen(name));
    if (c->is_column)
        snprintf(out, size, "column %s does not add up: the total line says %lld, the rows make %s", shown,
                 (long long)c->stated, computed);
    else
        snprintf(out, size, "the line of %s does not add up: its last number is %lld, the ones before it make %s",
                 shown, (long long)c->stated, computed);
}

static dk_status refuse_mismatch(const dki_figures *f, const dk_published_options *o, const char *const *names,
                                 dk_error *err)
{
    for (size_t i = 0; i < n_checks(f, o); i++) {
        check c = make_check(f, o, i);
        char text[512];
        if (c.computed == c.stated)
            continue;
        tell_check(f, &c, names, text, sizeof text);
        dki_fail(err, DK_ERR_DATA, "%s", text);
        dki_hint(
            err,
            "compare the figures with the publication; if it says so itself, mismatch = \"note\" keeps the table");
        dki_at(err, f->name, f->lines[c.is_column ? f->n_lines - 1 : c.at].line,
               c.is_column ? c.at + 2 : f->n_columns + 1);
        return DK_ERR_DATA;
    }
    return DK_OK;
}

/* Tables. --------------------------------------------------------------------------------------------------------- */

/* Names of the columns: given, or neutral. */
static dk_status find_names(dki_figures *f, const dk_published_options *o, const char ***out, dk_error *err)
{
    const char **names;

    if (o->columns && o->n_columns != f->n_columns) {
        dki_fail(err, DK_ERR_LENGTH, "%zu name%s given, and the lines have %zu number%s", o->n_columns,
                 o->n_columns == 1 ? " is" : "s are", f->n_columns, f->n_columns == 1 ? "" : "s");
        dki_hint(err, "give one name for each number of a line, the row total's included, and none for the label");
        dki_at(err, f->name, f->lines[0].line, 0);
        return DK_ERR_LENGTH;
    }
    names = dki_arena_array(&f->arena, f->n_columns, sizeof *names, err);
    if (!names)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < f->n_columns; i++) {
        if (o->columns)
            names[i] = o->columns[i];
        else if (i + 1 == f->n_columns && has_row_totals(f, o))
            names[i] = "totaal";
        else
            names[i] = dki_arena_format(&f->arena, err, "kolom_%zu", i + 1);
        if (!names[i])
            return o->columns ? dki_fail(err, DK_ERR_ARGUMENT, "name %zu of the columns is missing", i + 1)
                              : DK_ERR_MEMORY;
    }
    *out = names;
    return DK_OK;
}

static dk_status make_labels(const dki_figures *f, const dk_column **out, dk_error *err)
{
    size_t n = f->n_lines - f->has_total;
    dk_text *levels = dki_alloc_array(f->context, n, sizeof *levels, err);
    dk_dictionary *dictionary = NULL;
    dk_builder *builder = NULL;
    dk_status status = levels ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        levels[i] = (dk_text){ .bytes = f->lines[i].label, .size = strlen(f->lines[i].label) };
    if (status == DK_OK)
        status = dk_dictionary_new(f->context, levels, n, true, &dictionary, err);
    if (status == DK_OK)
        status = dk_builder_new(f->context, DK_CATEGORY, 0, dictionary, &builder, err);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = dk_builder_code(builder, (uint32_t)(i + 1), err);
    if (status == DK_OK && f->has_total)
        status = dk_builder_null(builder, 1, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dk_dictionary_release(dictionary);
    dki_free(f->context, levels);
    return status;
}

/* An integer column of n values, stride apart. */
static dk_status make_integers(dk_context *context, const int64_t *values, size_t n, size_t stride,
                               const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, err);

    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = dk_builder_integer(builder, values[i * stride], err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* The mask of each row: 1 (dimension 0) for the total. */
static dk_status make_margin(const dki_figures *f, const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(f->context, DK_INTEGER, 0, NULL, &builder, err);

    for (size_t i = 0; i < f->n_lines && status == DK_OK; i++)
        status = dk_builder_integer(builder, i + 1 == f->n_lines, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* status is that of the making of *with, which becomes *table. */
static dk_status replace(const dk_table **table, dk_status status, const dk_table *const *with)
{
    if (status == DK_OK) {
        dk_table_release(*table);
        *table = *with;
    }
    return status;
}

static dk_status add_notes(const dki_figures *f, const dk_published_options *o, const char *const *names,
                           const dk_table **table, dk_error *err)
{
    char text[768], shown[DKI_SHOW_BYTES] = "";
    const dk_table *with = NULL;
    size_t n = n_checks(f, o), n_wrong = 0;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++) {
        check c = make_check(f, o, i);
        n_wrong += c.computed != c.stated;
    }
    if (f->has_total) {
        const char *label = f->lines[f->n_lines - 1].label;
        snprintf(text, sizeof text, "the line of the total reads %s; ", dki_show(shown, label, strlen(label)));
    } else {
        snprintf(text, sizeof text, "there is no line of the total: the sums of columns are not checked; ");
    }
    size_t used = strlen(text);
    if (n_wrong == 0)
        snprintf(text + used, sizeof text - used, "%zu sums checked, all hold", n);
    else
        snprintf(text + used, sizeof text - used, "%zu sums checked, %zu of them %s not hold", n, n_wrong,
                 n_wrong == 1 ? "does" : "do");
    status = replace(table, dk_table_with_note(*table, text, &with, err), &with);
    for (size_t i = 0; i < n && n_wrong > 0 && status == DK_OK; i++) {
        check c = make_check(f, o, i);
        if (c.computed == c.stated)
            continue;
        tell_check(f, &c, names, text, sizeof text);
        status = replace(table, dk_table_with_note(*table, text, &with, err), &with);
    }
    return status;
}

static dk_status make_table(const dki_figures *f, const dk_published_options *o, const char *const *names,
                            const dk_table **out, dk_error *err)
{
    const dk_properties properties = { .source = f->name };
    const dk_table *table = NULL, *with = NULL;
    const dk_column *margin = NULL;
    dk_field *fields = dki_calloc(f->context, f->n_columns + 1, sizeof *fields, err);
    dk_status status = DK_ERR_MEMORY;

    if (!fields)
        return status;
    fields[0] = DK_FIELD(o->label ? o->label : "label", NULL);
    fields[0].margin_bit = f->has_total ? 0 : -1;
    status = make_labels(f, &fields[0].column, err);
    for (size_t i = 0; i < f->n_columns && status == DK_OK; i++) {
        fields[i + 1] = DK_FIELD(names[i], NULL);
        status = make_integers(f->context, f->values + i, f->n_lines, f->n_columns, &fields[i + 1].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(f->context, fields, f->n_columns + 1, f->n_lines, &table, err);
    if (status == DK_OK && f->has_total) {
        status = make_margin(f, &margin, err);
        if (status == DK_OK)
            status = replace(&table, dk_table_with_margin(table, margin, &with, err), &with);
    }
    if (status == DK_OK)
        status = replace(&table, dk_table_with_properties(table, &properties, &with, err), &with);
    if (status == DK_OK)
        status = add_notes(f, o, names, &table, err);
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    dk_column_release(margin);
    for (size_t i = 0; i <= f->n_columns; i++)
        dk_column_release(fields[i].column);
    dki_free(f->context, fields);
    return status;
}

enum { OF, NAME, STATED, COMPUTED, DIFFERENCE, HOLDS, N_FIELDS };

static dk_status append_check(const dki_figures *f, const check *c, const char *const *names, dk_builder *const *b,
                              dk_error *err)
{
    const char *name = c->is_column ? names[c->at] : f->lines[c->at].label;
    char shown[DKI_SHOW_BYTES];
    dki_i128 difference = (dki_i128)c->stated - c->computed;
    dk_status status;

    if (!dki_fits_i64(c->computed) || !dki_fits_i64(difference)) {
        dki_fail(err, DK_ERR_OVERFLOW, "the sum of the %s %s does not fit in 64 bits",
                 c->is_column ? "column" : "line", dki_show(shown, name, strlen(name)));
        dki_hint(err, "compare the figures with the publication");
        dki_at(err, f->name, 0, 0);
        return DK_ERR_OVERFLOW;
    }
    status = dk_builder_code(b[OF], c->is_column ? 2 : 1, err);
    if (status == DK_OK)
        status = dk_builder_text(b[NAME], (dk_text){ .bytes = name, .size = strlen(name) }, err);
    if (status == DK_OK)
        status = dk_builder_integer(b[STATED], c->stated, err);
    if (status == DK_OK)
        status = dk_builder_integer(b[COMPUTED], (int64_t)c->computed, err);
    if (status == DK_OK)
        status = dk_builder_integer(b[DIFFERENCE], (int64_t)difference, err);
    if (status == DK_OK)
        status = dk_builder_boolean(b[HOLDS], difference == 0, err);
    return status;
}

static dk_status make_checks(const dki_figures *f, const dk_published_options *o, const char *const *names,
                             const dk_table **out, dk_error *err)
{
    static const dk_text kinds[] = { { "row", 3 }, { "column", 6 } };
    static const char *const titles[] = { "of", "name", "stated", "computed", "difference", "holds" };
    static const dk_type types[] = { DK_CATEGORY, DK_TEXT, DK_INTEGER, DK_INTEGER, DK_INTEGER, DK_BOOLEAN };
    dk_dictionary *levels = NULL;
    dk_builder *builders[N_FIELDS] = { NULL };
    dk_field fields[N_FIELDS];
    const dk_column *columns[N_FIELDS] = { NULL };
    dk_status status = dk_dictionary_new(f->context, kinds, 2, true, &levels, err);

    for (int i = 0; i < N_FIELDS && status == DK_OK; i++)
        status = dk_builder_new(f->context, types[i], 0, i == OF ? levels : NULL, &builders[i], err);
    for (size_t i = 0; i < n_checks(f, o) && status == DK_OK; i++) {
        check c = make_check(f, o, i);
        status = append_check(f, &c, names, builders, err);
    }
    for (int i = 0; i < N_FIELDS && status == DK_OK; i++) {
        status = dk_builder_finish(builders[i], &columns[i], err);
        fields[i] = DK_FIELD(titles[i], columns[i]);
    }
    if (status == DK_OK)
        status = dk_table_new(f->context, fields, N_FIELDS, n_checks(f, o), out, err);
    for (int i = 0; i < N_FIELDS; i++) {
        dk_column_release(columns[i]);
        dk_builder_release(builders[i]);
    }
    dk_dictionary_release(levels);
    return status;
}

dk_status dki_read_published_bytes(dk_context *context, const void *bytes, size_t size, const char *name,
                                   const dk_published_options *options, const dk_table **out,
                                   const dk_table **checks, dk_error *err)
{
    static const dk_published_options defaults = { 0 };
    const dk_published_options *o = options ? options : &defaults;
    const dk_table *table = NULL, *check_table = NULL;
    dki_decoded decoded = { 0 };
    dki_text_source text = { .context = context };
    dki_source source;
    dki_figures figures;
    const char **names = NULL;
    dk_status status;

    if (o->total_word && !*o->total_word)
        return dki_fail(err, DK_ERR_ARGUMENT, "the word of the total is empty");
    dki_source_of_bytes(bytes, size, name, &source);
    status = dki_text_source_open(context, &source, DK_ENCODING_DETECT, 0, &text, err);
    if (status == DK_OK)
        status = dki_decode(context, text.source.bytes, (size_t)text.source.size, name, DK_ENCODING_DETECT,
                            &decoded, err);
    if (status != DK_OK) {
        dki_text_source_close(&text);
        return status;
    }
    status = dki_figures_read(context, decoded.bytes, decoded.size, name, o->total_word ? o->total_word : "totaal",
                              &figures, err);
    if (status == DK_OK)
        status = find_names(&figures, o, &names, err);
    if (status == DK_OK && !o->accept_mismatch)
        status = refuse_mismatch(&figures, o, names, err);
    if (status == DK_OK)
        status = make_table(&figures, o, names, &table, err);
    if (status == DK_OK && checks)
        status = make_checks(&figures, o, names, &check_table, err);
    if (status == DK_OK) {
        *out = table;
        if (checks)
            *checks = check_table;
    } else {
        dk_table_release(table);
    }
    dki_figures_drop(&figures);
    dki_decoded_drop(&decoded);
    dki_text_source_close(&text);
    return status;
}

dk_status dk_read_published(dk_context *context, const char *path, const dk_published_options *options,
                            const dk_table **out, const dk_table **checks, dk_error *err)
{
    dki_file file;
    dk_status status = dki_file_open(context, path, &file, err);

    if (status != DK_OK)
        return status;
    status = dki_read_published_bytes(context, file.bytes, file.size,
                                      strcmp(path, "-") == 0 ? "standard input" : path, options, out, checks, err);
    dki_file_close(&file);
    return status;
}
