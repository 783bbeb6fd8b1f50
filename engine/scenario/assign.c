/* assign.c - what is set: the values that those who are taken get, as columns of the cells that they become.
 *
 * All of it is evaluated on the values before the step, and for those who are taken alone.
 */
#include <dekking/members.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "scenario_parts.h"

/* A new value may be set, which nobody has had; but what is a label already is hardly meant as a code. */
static dk_status check_code(const dk_field *field, dk_text value, dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(field->column);
    uint32_t code = dk_dictionary_find_label(levels, value);
    dk_text level;

    if (code == 0)
        return DK_OK;
    level = dk_dictionary_level(levels, code);
    dki_fail(err, DK_ERR_RANGE, "\"%.*s\" is a label of %s, and codes are set",
             (int)dki_utf8_floor(value.bytes, value.size, 80), value.bytes, field->name);
    dki_hint(err, "set it to '%.*s'", (int)dki_utf8_floor(level.bytes, level.size, 80), level.bytes);
    return DK_ERR_RANGE;
}

/* The dictionary of a column of sets with stated members, and those that a merger made. */
static dk_status state_members(const dk_dictionary *sets, const dk_recode *merges, dk_context *context,
                               dk_dictionary **out, dk_error *err)
{
    const dk_dictionary *members = dk_dictionary_members(sets);
    size_t n_pairs = dk_recode_n_pairs(merges);
    dk_text *names = dki_alloc_array(context, n_pairs, sizeof *names, err);
    dk_dictionary *longer = NULL;
    dki_text_map news;
    dk_status status = names ? DK_OK : DK_ERR_MEMORY;

    dki_text_map_init(&news, context);
    for (size_t i = 0; i < n_pairs && status == DK_OK; i++) {
        dk_text name = dk_recode_get(merges, i).new;
        uint32_t number;

        if (dk_dictionary_find(members, name) == 0)
            status = dki_text_map_add(&news, name.bytes, name.size, &number, err);
    }
    for (size_t i = 0; i < news.n && status == DK_OK; i++)
        names[i].bytes = dki_text_map_get(&news, (uint32_t)i, &names[i].size);
    if (status == DK_OK)
        status = dki_dictionary_extend(members, names, news.n, &longer, err);
    if (status == DK_OK)
        status = dk_dictionary_of_sets(sets, longer, out, err);
    dk_dictionary_release(longer);
    dki_text_map_drop(&news);
    dki_free(context, names);
    return status;
}

/* The dictionary `old` of a category after those values came in. */
static dk_status extend_levels(const dk_field *field, const dk_dictionary *old, const dk_column *values,
                               const dk_dictionary **out, dk_error *err)
{
    dk_context *context = dk_column_context(field->column);
    uint64_t n_rows = dk_column_n_rows(values);
    dki_text_map texts;
    dk_dictionary *longer;
    dk_text *levels;
    dk_status status = DK_OK;

    dki_text_map_init(&texts, context);
    DKI_FOR_ROWS(i, n_rows, context, status, err)
    {
        dk_value value;
        uint32_t number;

        status = dk_column_get(values, i, &value, err);
        if (status != DK_OK || value.is_null || dk_dictionary_find(old, value.as.text) != 0)
            continue;
        status = check_code(field, value.as.text, err);
        if (status == DK_OK)
            status = dki_text_map_add(&texts, value.as.text.bytes, value.as.text.size, &number, err);
    }
    levels = dki_alloc_array(context, texts.n, sizeof *levels, err);
    if (levels == NULL)
        status = DK_ERR_MEMORY;
    for (size_t i = 0; i < texts.n && status == DK_OK; i++)
        levels[i].bytes = dki_text_map_get(&texts, (uint32_t)i, &levels[i].size);
    if (status == DK_OK && texts.n == 0) {
        *out = dk_dictionary_retain(old);
    } else if (status == DK_OK) {
        status = dki_dictionary_extend(old, levels, texts.n, &longer, err);
        if (status == DK_OK)
            *out = longer;
    }
    dki_free(context, levels);
    dki_text_map_drop(&texts);
    return status;
}

/* What stands behind "column =" of an expression. */
static int set_text(const dk_expr *expr, const char **out)
{
    const dki_node *root = dki_expr_root(expr);

    *out = dk_expr_text(expr) + root->at;
    return (int)dki_utf8_floor(*out, root->size, 160);
}

/* The dictionary of a column in which the values are set; merges: by a merger of members of sets, or NULL. */
static dk_status levels_with(const dk_field *field, const dk_recode *merges, const dk_column *values,
                             const dk_dictionary **out, dk_error *err)
{
    const dk_dictionary *old = dk_column_levels(field->column);
    dk_dictionary *stated = NULL;
    dk_status status = DK_OK;

    if (merges && dk_dictionary_is_declared(dk_dictionary_members(old)))
        status = state_members(old, merges, dk_column_context(field->column), &stated, err);
    if (status == DK_OK)
        status = extend_levels(field, stated ? stated : old, values, out, err);
    dk_dictionary_release(stated);
    return status;
}

/* The values as a column of the same type as the one that they are set in; a date or period also from its text. */
static dk_status convert(const dk_field *field, const dk_recode *merges, const dk_expr *expr,
                         const dk_column *values, const dk_column **out, dk_error *err)
{
    dk_context *context = dk_column_context(values);
    dk_type type = dk_column_type(field->column), given = dk_column_type(values);
    bool texts = given == DK_TEXT || given == DK_CATEGORY;
    const dk_dictionary *levels = NULL;
    dk_builder *builder = NULL;
    uint64_t n_rows = dk_column_n_rows(values);
    uint8_t scale = dk_column_scale(field->column);
    int64_t stored;
    dk_status status = DK_OK;

    if (type == DK_CATEGORY && texts)
        status = levels_with(field, merges, values, &levels, err);
    if (status == DK_OK)
        status =
            dk_builder_new(context, type, scale, levels ? levels : dk_column_levels(field->column), &builder, err);
    DKI_FOR_ROWS(i, n_rows, context, status, err)
    {
        dk_value value;

        status = dk_column_get(values, i, &value, err);
        if (status == DK_OK && texts && !value.is_null && dki_type_is_calendar(type) &&
            dki_type_parse(type, scale, value.as.text, &stored))
            value = (dk_value){ .type = type, .scale = scale, .as.integer = stored };
        if (status == DK_OK)
            status = dk_builder_value(builder, &value, err);
        if (status == DK_ERR_TYPE || status == DK_ERR_RANGE) {
            const char *text;
            int size = set_text(expr, &text);
            char shown[64];

            dk_value_format(&value, shown, sizeof shown);
            dki_fail(err, status, "%s is %s, and cannot be set to %.*s", field->name, dki_type_shown(type, scale),
                     size, text);
            if (status == DK_ERR_RANGE && dki_expr_root(expr)->kind != DKI_NODE_LITERAL)
                dki_hint(err, "%s does not fit", shown);
        }
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dk_dictionary_release(levels);
    return status;
}

/* Texts that are set in a column of sets, as the sets that they list: "x|" is that of x alone. */
static dk_status as_sets(const dk_field *field, const dk_column **values, dk_error *err)
{
    static const dk_split lists = { .delimiter = "|" };
    const dk_column *sets = NULL;
    dk_type given = dk_column_type(*values);
    dk_status status;

    if (!dk_column_is_set(field->column) || (given != DK_TEXT && given != DK_CATEGORY))
        return DK_OK;
    status = dk_column_split(*values, &lists, field->name, &sets, err);
    if (status == DK_OK) {
        dk_column_release(*values);
        *values = sets;
    }
    return status;
}

/* What is set is a number, of which nobody knows what it is made of. */
static dk_status check_rate(const dk_field *field, dk_error *err)
{
    if (dk_column_type(field->column) != DK_RATIO || dk_column_n_children(field->column) == 0)
        return DK_OK;
    dki_fail(err, DK_ERR_TYPE, "%s is a rate, and a step would leave it without numerator and denominator",
             field->name);
    dki_hint(err, "set the columns that it was counted from, or change numerator(%s), a column of its own",
             field->name);
    return DK_ERR_TYPE;
}

/* What a merger makes of sets: the same as it would in history. */
static dk_status merge_sets(const dki_step *step, const dk_table *cells, const char *name, const dk_column **out,
                            dk_error *err)
{
    const dk_table *merged = NULL;
    dk_status status = dk_table_recode(cells, name, step->merges, NULL, &merged, err);

    if (status == DK_OK)
        *out = dk_column_retain(dk_table_field(merged, dk_table_find(merged, name))->column);
    dk_table_release(merged);
    return status;
}

/* Evaluates what is set, all on the values before. */
static dk_status set_columns(const dki_stage *stage, const dk_expr *const *set, size_t n_set, const dk_table *cells,
                             dk_field *fields, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n_set && status == DK_OK; i++) {
        const char *name = dk_expr_name(set[i]);
        const dk_column *values = NULL;
        bool merges = dki_step_merges_sets(stage->step, stage->cells, name);
        size_t at = 0;

        status = dk_table_get(stage->cells, name, &at, err);
        if (status == DK_OK)
            status = check_rate(dk_table_field(stage->cells, at), err);
        if (status == DK_OK)
            status = merges ? merge_sets(stage->step, cells, name, &values, err)
                            : dk_table_eval(cells, set[i], stage->params, &values, err);
        if (status == DK_ERR_OVERFLOW)
            dki_tell_cell(stage, cells, err);
        if (status == DK_OK)
            status = as_sets(dk_table_field(stage->cells, at), &values, err);
        if (status == DK_OK) {
            fields[i] = DK_FIELD(name, NULL);
            status = convert(dk_table_field(stage->cells, at), merges ? stage->step->merges : NULL, set[i], values,
                             &fields[i].column, err);
        }
        dk_column_release(values);
    }
    return status;
}

dk_status dki_moved_cells(const dki_stage *stage, const dk_expr *const *set, size_t n_set, const uint64_t *rows,
                          uint64_t n, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(stage->cells);
    size_t n_fields = n_set;
    dk_field *fields = dki_calloc(context, n_set + dk_table_n_columns(stage->cells), sizeof *fields, err);
    const dk_table *taken = NULL;
    dk_status status = fields ? dk_table_gather(stage->cells, rows, n, &taken, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = set_columns(stage, set, n_set, taken, fields, err);
    if (status == DK_OK)
        status = dki_follow_levels(taken, fields, n_set, &n_fields, err);
    if (status == DK_OK)
        status = dk_table_with(taken, fields, n_fields, out, err);
    for (size_t i = 0; fields && i < n_fields; i++)
        dk_column_release(fields[i].column);
    dk_table_release(taken);
    dki_free(context, fields);
    return status;
}
