/* snapshot_reconcile.c - the columns of a delivery as those of the table that it is appended to.
 *
 * Nothing is guessed: a column goes in as it is, or as another type that holds every one of its values exactly, or what
 * differs is said. Codes of the file stay; levels that it lacks, and that do occur, get the next ones.
 */
#include <string.h>

#include <dekking/members.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"
#include "data/children.h"
#include "data/column_parts.h"
#include "data/hierarchy_levels.h"
#include "data/levels.h"
#include "data/overlap.h"
#include "data/table_parts.h"
#include "snapshot_parts.h"

struct pair {
    dk_context *context;
    const char *name;
    const dk_column *from;
    const dk_column *to; /* what the file has of it */
};

/* Calls each for the views of a column, a block at a time. */
typedef dk_status view_fn(void *arg, const dk_view *view, dk_error *err);

static dk_status each_view(const struct pair *pair, view_fn *each, void *arg, dk_error *err)
{
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, pair->context);
    for (uint64_t row = 0; dki_column_block(pair->from, row, &view, &status, err); row += view.n)
        status = each(arg, &view, err);
    dk_view_release(&view);
    return status;
}

static dk_status append_view(void *arg, const dk_view *view, dk_error *err)
{
    return dk_builder_view(arg, view, err);
}

static dk_status append_values(void *arg, const dk_view *view, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < view->n && status == DK_OK; i++) {
        dk_value value = dki_view_value(view, i);

        if (value.is_null)
            status = dk_builder_null(arg, 1, err);
        else if (value.type == DK_CATEGORY || value.type == DK_TEXT)
            status = dk_builder_text(arg, value.as.text, err);
        else
            status = dk_builder_value(arg, &value, err);
    }
    return status;
}

/* Levels that occur ------------------------------------------------------------------------------------------------- */

struct levels {
    const dk_dictionary *known;
    dki_text_map lacking;
    bool *seen; /* by code of the delivery's dictionary */
};

static dk_status note_level(struct levels *levels, dk_text level, dk_error *err)
{
    uint32_t number;

    return dk_dictionary_find(levels->known, level) == 0
               ? dki_text_map_add(&levels->lacking, level.bytes, level.size, &number, err)
               : DK_OK;
}

static dk_status note_levels(void *arg, const dk_view *view, dk_error *err)
{
    struct levels *levels = arg;
    uint32_t codes[DK_BLOCK_ROWS];
    dk_status status = DK_OK;

    if (view->type == DK_CATEGORY) {
        dki_view_codes(view, codes);
        for (size_t i = 0; i < view->n && status == DK_OK; i++) {
            if (codes[i] == 0 || levels->seen[codes[i]])
                continue;
            levels->seen[codes[i]] = true;
            status = note_level(levels, dk_dictionary_level(view->levels, codes[i]), err);
        }
    } else {
        for (size_t i = 0; i < view->n && status == DK_OK; i++)
            if (!dki_view_is_null(view, i))
                status = note_level(levels, dki_view_text(view, i), err);
    }
    return status;
}

static dk_status lacking_declared(const struct pair *pair, const struct levels *levels, dk_error *err)
{
    size_t size;
    const char *level = dki_text_map_get(&levels->lacking, 0, &size);

    dki_fail(err, DK_ERR_RANGE, "%s: \"%.80s\" is none of the levels that were stated for the snapshot", pair->name,
             level);
    dki_hint(err, "correct the value, or save the table anew with all its levels");
    return DK_ERR_RANGE;
}

static dk_status labels_differ(const struct pair *pair, const dk_dictionary *own, const dk_dictionary *known,
                               uint32_t code, dk_error *err)
{
    dk_text level = dk_dictionary_level(own, code), mine = level, theirs = level;

    (void)dk_dictionary_label(own, code, &mine);
    (void)dk_dictionary_label(known, dk_dictionary_find(known, level), &theirs);
    dki_fail(err, DK_ERR_RANGE, "%s: the code \"%.80s\" is \"%.80s\", and the snapshot has \"%.80s\" for it",
             pair->name, level.bytes, mine.bytes, theirs.bytes);
    dki_hint(err, "give it the snapshot's code list: t:with_levels { %s = codes }", pair->name);
    return DK_ERR_RANGE;
}

/* The file's column is of the levels of hierarchies that the delivery's is of, too. */
static dk_status settle_hierarchy(const struct pair *pair, const dk_dictionary **levels, dk_error *err)
{
    const dk_dictionary *both[] = { dk_column_levels(pair->to), dk_column_levels(pair->from) }, *settled;
    dk_status status = dki_levels_shared(*levels, both, both[1] ? 2 : 0, &settled, err);

    if (status != DK_OK)
        return status;
    dk_dictionary_release(*levels);
    *levels = settled;
    return DK_OK;
}

/* What vintages call otherwise is called as the later one does: *levels, which has the file's labels, gets the delivery's before them. */
static dk_status call_as_later(const struct pair *pair, const dk_dictionary **levels, dk_error *err)
{
    const dk_dictionary *own = dk_column_levels(pair->from), *known = dk_column_levels(pair->to);
    const dk_dictionary *called = NULL, *made = NULL;
    dk_dictionary *plain = NULL;
    size_t level;
    dk_status status;

    if (own == NULL || !dki_levels_vintages(own, known) ||
        strcmp(dk_hierarchy_vintage(dk_dictionary_hierarchy(own, &level)),
               dk_hierarchy_vintage(dk_dictionary_hierarchy(known, &level))) < 0)
        return DK_OK;
    status = dk_dictionary_with_labels(*levels, NULL, &plain, err);
    if (status == DK_OK)
        status = dki_dictionary_adopt(plain, own, &called, err);
    if (status == DK_OK)
        status = dki_dictionary_adopt(called, *levels, &made, err);
    dk_dictionary_release(plain);
    dk_dictionary_release(called);
    if (status != DK_OK)
        return status;
    dk_dictionary_release(*levels);
    *levels = made;
    return DK_OK;
}

/* The file's dictionary, and the levels that it lacks behind it, with their labels. */
static dk_status extend_levels(const struct pair *pair, const dk_dictionary **out, dk_error *err)
{
    const dk_dictionary *made = NULL;
    const dk_dictionary *own = dk_column_levels(pair->from);
    struct levels levels = { .known = dk_column_levels(pair->to) };
    dk_text *texts = NULL;
    dk_dictionary *longer = NULL;
    uint32_t code;
    dk_status status = DK_OK;

    if (own && !dki_levels_vintages(own, levels.known) && dki_labels_differ(own, levels.known, &code))
        return labels_differ(pair, own, levels.known, code, err);
    dki_text_map_init(&levels.lacking, pair->context);
    levels.seen = dki_calloc(pair->context, own ? dk_dictionary_n_levels(own) + 1 : 1, sizeof *levels.seen, err);
    status = levels.seen ? each_view(pair, note_levels, &levels, err) : DK_ERR_MEMORY;
    if (status == DK_OK && levels.lacking.n == 0) {
        status = dki_dictionary_adopt(levels.known, own, &made, err);
    } else if (status == DK_OK && dk_dictionary_is_declared(levels.known)) {
        status = lacking_declared(pair, &levels, err);
    } else if (status == DK_OK) {
        texts = dki_alloc_array(pair->context, levels.lacking.n, sizeof *texts, err);
        for (size_t i = 0; texts && i < levels.lacking.n; i++)
            texts[i].bytes = dki_text_map_get(&levels.lacking, (uint32_t)i, &texts[i].size);
        status = texts ? dki_dictionary_extend(levels.known, texts, levels.lacking.n, &longer, err) : DK_ERR_MEMORY;
        if (status == DK_ERR_RANGE && err) { /* a member that is none of the stated ones */
            dk_error met = *err;

            dki_fail(err, met.code, "%s: %.300s of the snapshot", pair->name, met.message);
            dki_hint(err, "correct the value, or save the table anew with all its members");
        }
        if (status == DK_OK)
            status = dki_dictionary_adopt(longer, own, &made, err);
        dk_dictionary_release(longer);
    }
    dki_free(pair->context, texts);
    dki_free(pair->context, levels.seen);
    dki_text_map_drop(&levels.lacking);
    if (status == DK_OK)
        status = call_as_later(pair, &made, err);
    if (status == DK_OK)
        status = settle_hierarchy(pair, &made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_dictionary_release(made);
    return status;
}

/* Columns ----------------------------------------------------------------------------------------------------------- */

static dk_status does_not_fit(const struct pair *pair, dk_error *err)
{
    const char *from = dk_column_type_name(pair->from), *to = dk_column_type_name(pair->to);

    dki_fail(err, DK_ERR_TYPE, "%s is %s, and the snapshot has %s there", pair->name, from, to);
    dki_hint(err, "read it with types = { %s = \"%s\" }", pair->name, to);
    return DK_ERR_TYPE;
}

/* The column rewritten as the file's type. */
static dk_status rewrite(const struct pair *pair, const dk_dictionary *levels, const dk_column **out, dk_error *err)
{
    dk_type type = dk_column_type(pair->to);
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(pair->context, type, dk_column_scale(pair->to), levels, &builder, err);

    if (status == DK_OK && dk_column_n_nulls(pair->from) == dk_column_n_rows(pair->from))
        status = dk_builder_null(builder, dk_column_n_rows(pair->from), err);
    else if (status == DK_OK)
        status =
            each_view(pair, dk_column_type(pair->from) == type && type == DK_CATEGORY ? append_view : append_values,
                      builder, err);
    if (status == DK_ERR_RANGE && err) {
        dk_error met = *err;

        dki_fail(err, met.code, "%s, row %llu: %.300s", pair->name,
                 (unsigned long long)dk_builder_n_rows(builder) + 1, met.message);
        dki_hint(err, "the snapshot keeps its types: round the column, or save the table anew with all its rows");
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

static bool is_word(dk_type type)
{
    return type == DK_CATEGORY || type == DK_TEXT;
}

static dk_status fit_column(const struct pair *pair, const dk_column **out, dk_error *err);

/* Its bounds and markers, each as the file's; a number is both its bounds. */
static dk_status fit_interval(const struct pair *pair, const dk_column **out, dk_error *err)
{
    const dk_column *children[DK_MOST_CHILDREN] = { NULL }, *unmarked = NULL;
    bool is_interval = dk_column_type(pair->from) == DK_INTERVAL;
    dk_value null = { .type = DK_CATEGORY, .is_null = true };
    dk_status status = DK_OK;

    if (!is_interval)
        status = dki_column_constant(pair->context, &null, NULL, dk_column_n_rows(pair->from), &unmarked, err);
    for (size_t k = 0; k < DK_MOST_CHILDREN && status == DK_OK; k++) {
        struct pair child = *pair;

        child.from = is_interval ? dk_column_child(pair->from, k) : k == DK_CHILD_MARKER ? unmarked : pair->from;
        child.to = dk_column_child(pair->to, k);
        status = fit_column(&child, &children[k], err);
    }
    dk_column_release(unmarked);
    return dki_column_compose(NULL, children, DK_MOST_CHILDREN, status, out, err);
}

/* Numerators and denominators as the file's. */
static dk_status fit_rate(const struct pair *pair, const dk_column **out, dk_error *err)
{
    const dk_column *children[DK_MOST_CHILDREN] = { NULL };
    dk_status status = DK_OK;

    for (size_t k = 0; k < dk_column_n_children(pair->to) && status == DK_OK; k++) {
        struct pair child = { pair->context, pair->name, dk_column_child(pair->from, k),
                              dk_column_child(pair->to, k) };

        status = fit_column(&child, &children[k], err);
    }
    if (status == DK_OK)
        status = dki_rate_new(children[DK_CHILD_NUMERATOR], children[DK_CHILD_DENOMINATOR],
                              children[DK_CHILD_WHOLE], out, err);
    for (size_t k = 0; k < DK_MOST_CHILDREN; k++)
        dk_column_release(children[k]);
    return status;
}

static dk_status no_rate(const struct pair *pair, dk_error *err)
{
    if (dk_column_n_children(pair->from) > 0)
        return dki_fail(err, DK_ERR_TYPE, "%s is a rate in one, and the share of a whole in the other", pair->name);
    dki_fail(err, DK_ERR_TYPE, "%s is a ratio, and the snapshot has its numerators and denominators, too",
             pair->name);
    dki_hint(err, "divide two columns of counts in a breakdown, which keeps both");
    return DK_ERR_TYPE;
}

static dk_status fit_column(const struct pair *pair, const dk_column **out, dk_error *err)
{
    dk_type from = dk_column_type(pair->from), to = dk_column_type(pair->to);
    const dk_dictionary *levels = NULL;
    bool all_null = dk_column_n_nulls(pair->from) == dk_column_n_rows(pair->from);
    dk_status status = DK_OK;

    if (from == to && dk_column_scale(pair->from) == dk_column_scale(pair->to) &&
        dk_column_levels(pair->from) == dk_column_levels(pair->to) && dk_column_n_children(pair->from) == 0 &&
        dk_column_n_children(pair->to) == 0) {
        *out = dk_column_retain(pair->from);
        return DK_OK;
    }
    if (to == DK_INTERVAL && (all_null || from == to || from == DK_INTEGER || from == DK_DECIMAL))
        return fit_interval(pair, out, err);
    if (to == DK_RATIO && dk_column_n_children(pair->to) > 0)
        return dk_column_n_children(pair->from) == dk_column_n_children(pair->to) ? fit_rate(pair, out, err)
                                                                                  : no_rate(pair, err);
    if (!all_null && dk_column_is_set(pair->from) != dk_column_is_set(pair->to))
        return does_not_fit(pair, err);
    if (!all_null && !(is_word(from) && is_word(to)) && !(dk_type_is_number(from) && dk_type_is_number(to)))
        return does_not_fit(pair, err);
    if (to == DK_CATEGORY && !all_null)
        status = extend_levels(pair, &levels, err);
    else if (to == DK_CATEGORY)
        levels = dk_dictionary_retain(dk_column_levels(pair->to));
    if (status == DK_OK)
        status = rewrite(pair, levels, out, err);
    dk_dictionary_release(levels);
    return status;
}

/* The column with an overlap as the file's, or without one where the file has none. */
static dk_status fit_overlap(const struct pair *pair, const dk_column **column, dk_error *err)
{
    const dk_column *from = dki_column_overlap(*column), *to = dki_column_overlap(pair->to), *before = *column;
    const dk_column *overlap = NULL, *none = NULL;
    dk_value null = { .type = DK_CATEGORY, .is_null = true };
    dk_status status = DK_OK;

    if (from == NULL && to == NULL)
        return DK_OK;
    if (to && from == NULL)
        status = dki_column_constant(pair->context, &null, NULL, dk_column_n_rows(before), &none, err);
    if (to && status == DK_OK) {
        struct pair beside = { pair->context, pair->name, from ? from : none, to };

        status = fit_column(&beside, &overlap, err);
    }
    if (status == DK_OK)
        status = dki_column_overlapping(before, overlap, column, err);
    if (status == DK_OK)
        dk_column_release(before);
    dk_column_release(overlap);
    dk_column_release(none);
    return status;
}

static dk_status check_names(const dk_table *table, const dk_table *model, dk_error *err)
{
    for (size_t i = 0; i < table->n_fields; i++) {
        if (dk_table_find(model, table->fields[i].name) != DK_NO_COLUMN)
            continue;
        dki_fail(err, DK_ERR_NAME, "the snapshot has no column \"%s\", and the table to append has",
                 table->fields[i].name);
        dki_hint(err, "drop it, or save the table anew");
        return DK_ERR_NAME;
    }
    for (size_t i = 0; i < model->n_fields; i++) {
        if (dk_table_find(table, model->fields[i].name) != DK_NO_COLUMN)
            continue;
        dki_fail(err, DK_ERR_NAME, "the table to append has no column \"%s\", and the snapshot has",
                 model->fields[i].name);
        dki_hint(err, "derive it, if only as null");
        return DK_ERR_NAME;
    }
    return DK_OK;
}

dk_status dki_table_reconcile(const dk_table *table, const dk_table *model, const dk_table **out, dk_error *err)
{
    dk_field *fields;
    dk_table *made;
    dk_status status;

    if (table->margin || model->margin) {
        dki_fail(err, DK_ERR_MARGIN, "rows that are totals cannot be appended, nor be appended to");
        dki_hint(err, "detail() leaves them out");
        return DK_ERR_MARGIN;
    }
    status = check_names(table, model, err);
    fields = status == DK_OK ? dki_calloc(table->context, model->n_fields, sizeof *fields, err) : NULL;
    if (fields == NULL)
        return status == DK_OK ? DK_ERR_MEMORY : status;
    for (size_t i = 0; i < model->n_fields && status == DK_OK; i++) {
        const char *name = model->fields[i].name;
        struct pair pair = { table->context, name, table->fields[dk_table_find(table, name)].column,
                             model->fields[i].column };

        fields[i] = model->fields[i];
        fields[i].column = NULL;
        status = fit_column(&pair, &fields[i].column, err);
        if (status == DK_OK)
            status = fit_overlap(&pair, &fields[i].column, err);
        if (status != DK_OK)
            dki_at(err, NULL, 0, 0);
    }
    if (status == DK_OK)
        status = dki_table_make(table->context, fields, model->n_fields, table->n_rows, NULL, NULL, &made, err);
    if (status == DK_OK)
        *out = made;
    for (size_t i = 0; i < model->n_fields; i++)
        dk_column_release(fields[i].column);
    dki_free(table->context, fields);
    return status;
}
