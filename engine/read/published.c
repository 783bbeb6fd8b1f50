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
#include "sums.h"
#include "text_source.h"

/* Sums. ----------------------------------------------------------------------------------------------------------- */

static dk_status refuse_mismatch(const dki_figures *f, const dk_published_options *o, const char *const *names,
                                 dk_error *err)
{
    for (size_t i = 0; i < dki_n_sums(f, o); i++) {
        dki_sum sum = dki_sum_get(f, o, i);
        char text[512];
        if (sum.because != DKI_SUM_NOTHING)
            continue;
        dki_sum_tell(f, &sum, names, text, sizeof text);
        dki_fail(err, DK_ERR_DATA, "%s", text);
        dki_hint(
            err,
            "compare the figures with the publication; if it says so itself, mismatch = \"note\" keeps the table");
        dki_at(err, f->name, f->lines[sum.is_column ? f->n_lines - 1 : sum.at].line,
               sum.is_column ? sum.at + 2 : f->n_columns + 1);
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
        else if (i + 1 == f->n_columns && dki_has_row_totals(f, o))
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

/* The figures of a column: integers, or intervals where there is a rule. */
static dk_status make_figures(const dki_figures *f, size_t column, const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status =
        dk_builder_new(f->context, f->rule ? DK_INTERVAL : DK_INTEGER, f->scale, NULL, &builder, err);

    for (size_t line = 0; line < f->n_lines && status == DK_OK; line++) {
        const dk_interval *value = &f->values[line * f->n_columns + column];

        status =
            f->rule ? dk_builder_interval(builder, value, err) : dk_builder_integer(builder, value->least, err);
    }
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
    size_t n = dki_n_sums(f, o), because[DKI_SUM_NOTHING + 1] = { 0 }, n_wrong;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++)
        because[dki_sum_get(f, o, i).because]++;
    n_wrong = because[DKI_SUM_NOTHING];
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
    used = strlen(text);
    if (because[DKI_SUM_BOUNDS] > 0)
        used += (size_t)snprintf(text + used, sizeof text - used, "; %zu within bounds", because[DKI_SUM_BOUNDS]);
    if (because[DKI_SUM_UNKNOWN] > 0)
        snprintf(text + used, sizeof text - used,
                 "; in %zu the parts are fewer than the total, which has some of unknown class",
                 because[DKI_SUM_UNKNOWN]);
    status = replace(table, dk_table_with_note(*table, text, &with, err), &with);
    for (size_t i = 0; i < n && n_wrong > 0 && status == DK_OK; i++) {
        dki_sum sum = dki_sum_get(f, o, i);
        if (sum.because != DKI_SUM_NOTHING)
            continue;
        dki_sum_tell(f, &sum, names, text, sizeof text);
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
        status = make_figures(f, i, &fields[i + 1].column, err);
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
                              o->bounds, &figures, err);
    if (status == DK_OK)
        status = find_names(&figures, o, &names, err);
    if (status == DK_OK && !o->accept_mismatch)
        status = refuse_mismatch(&figures, o, names, err);
    if (status == DK_OK)
        status = make_table(&figures, o, names, &table, err);
    if (status == DK_OK && checks)
        status = dki_sums_table(&figures, o, names, &check_table, err);
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
