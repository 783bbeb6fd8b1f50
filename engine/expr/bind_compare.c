/* bind_compare.c - binding of comparisons: what may stand on both sides, whose order counts, which literals nothing has.
 *
 * Exact numbers of different kinds are compared as they are: none is converted, so that none can fail to fit.
 */
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "bound.h"
#include "cut_text.h"
#include "data/members.h"
#include "interval.h"

#define MOST_LEVEL_NOTES 5

/* Literals that no level is ----------------------------------------------------------------------------------------- */

dk_status dki_nearest_level(dki_binder *b, const dk_dictionary *levels, dk_text text, dki_nearest *nearest,
                            uint32_t *labelled)
{
    dk_status status = DK_OK;

    *labelled = 0;
    dki_nearest_init(nearest, text.bytes, text.size);
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(levels) && status == DK_OK; code++) {
        dk_text level = dk_dictionary_level(levels, code), label;

        dki_nearest_try(nearest, level.bytes, level.size);
        if (nearest->best == level.bytes)
            *labelled = 0;
        if (dk_dictionary_label(levels, code, &label)) {
            dki_nearest_try(nearest, label.bytes, label.size);
            if (nearest->best == label.bytes)
                *labelled = code;
        }
        if (code % 4096 == 0)
            status = dki_poll(b->bound->context, b->err);
    }
    return status;
}

/* Of a code list codes are compared. A label would be equal to nothing, and hardly anybody means that. */
static dk_status refuse_label(dki_binder *b, const dki_op *category, const dk_dictionary *levels,
                              const dki_op *constant, uint32_t code)
{
    dk_text label = constant->value.as.text, level = dk_dictionary_level(levels, code);
    char name[DKI_NODE_TEXT];

    dki_node_text(b->bound->expr, category->node, name);
    return dki_node_fail(b->bound->expr, constant->node, b->err, DK_ERR_RANGE,
                         "\"%.*s\" is a label of %s, and codes are compared: write '%.*s', or label(%s)",
                         (int)dki_utf8_floor(label.bytes, label.size, 80), label.bytes, name,
                         (int)dki_utf8_floor(level.bytes, level.size, 80), level.bytes, name);
}

static dk_status note_level(dki_binder *b, const dki_op *category, const dk_dictionary *levels, dk_text text)
{
    const char *of = levels == category->levels ? "" : "member of ";
    char note[512], name[DKI_NODE_TEXT];
    uint32_t labelled;
    int shown = (int)dki_utf8_floor(text.bytes, text.size, 80);
    dki_nearest nearest;
    bool is_total;
    dk_status status;

    if (++b->bound->n_missing >
        MOST_LEVEL_NOTES) /* looking for the nearest is not for nothing: the rest is counted */
        return DK_OK;
    status = dki_nearest_level(b, levels, text, &nearest, &labelled);
    if (status != DK_OK)
        return status;
    dki_node_text(b->bound->expr, category->node, name);
    is_total = dki_means_total(b, category->node, text);
    if (labelled) {
        dk_text level = dk_dictionary_level(levels, labelled);

        snprintf(note, sizeof note, "no %s%s is \"%.*s\"; the nearest is \"%.*s\", the label of \"%.*s\"", of, name,
                 shown, text.bytes, (int)dki_utf8_floor(nearest.best, nearest.best_size, 80), nearest.best,
                 (int)dki_utf8_floor(level.bytes, level.size, 80), level.bytes);
    } else if (nearest.best) {
        snprintf(note, sizeof note, "no %s%s is \"%.*s\"; the nearest is \"%.*s\"", of, name, shown, text.bytes,
                 (int)dki_utf8_floor(nearest.best, nearest.best_size, 80), nearest.best);
    } else {
        snprintf(note, sizeof note, "no %s%s is \"%.*s\"%s%s%s", of, name, shown, text.bytes,
                 is_total ? "; rows that are totals over it are those where " : "", is_total ? name : "",
                 is_total ? " is total" : "");
    }
    return dki_bound_add_note(b->bound, note, b->err);
}

/* Notes each constant that is no level, or no member; one that is a label is refused. */
static dk_status note_texts(dki_binder *b, const dki_op *category, const dk_dictionary *levels,
                            dki_op *const *constants, size_t n)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        if (constants[i]->is_constant && constants[i]->type == DK_TEXT && !constants[i]->value.is_null &&
            dk_dictionary_find(levels, constants[i]->value.as.text) == 0) {
            uint32_t labelled = dk_dictionary_find_label(levels, constants[i]->value.as.text);

            status = labelled ? refuse_label(b, category, levels, constants[i], labelled)
                              : note_level(b, category, levels, constants[i]->value.as.text);
        }
    return status;
}

dk_status dki_note_members(dki_binder *b, const dki_op *set, dki_op *const *constants, size_t n)
{
    return set->is_constant ? DK_OK : note_texts(b, set, dk_dictionary_members(set->levels), constants, n);
}

/* Of the category that the constants are compared with. */
static dk_status note_levels(dki_binder *b, const dki_op *category, dki_op *const *constants, size_t n)
{
    if (category->type != DK_CATEGORY || category->levels == NULL || category->is_constant ||
        dki_op_is_set(category))
        return DK_OK;
    return note_texts(b, category, category->levels, constants, n);
}

/* Sets -------------------------------------------------------------------------------------------------------------- */

dk_status dki_op_make_set(dki_binder *b, dki_op *constant)
{
    dki_buffer text;
    char *copy;
    dk_status status;

    dki_buffer_init(&text, b->bound->context);
    status = dki_set_of_text(b->bound->context, constant->value.as.text, &text, b->err);
    if (status == DK_OK) {
        copy = dki_arena_text(&b->bound->arena, text.bytes, text.size, b->err);
        status = copy ? DK_OK : DK_ERR_MEMORY;
        constant->value.as.text = (dk_text){ copy, text.size };
    }
    dki_buffer_drop(&text);
    return status;
}

/* A set equals sets. A text with "|" in it or of nothing is one; another is a member in the eyes of most. */
static dk_status compare_set(dki_binder *b, const dki_op *set, dki_op **others, size_t n, const char *instead)
{
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < n; i++) {
        dki_op *other = others[i];
        char name[DKI_NODE_TEXT], value[DKI_NODE_TEXT];

        if (dki_op_is_set(other) || other->is_null_literal || (other->is_constant && other->value.is_null) ||
            !dki_type_is_text(other->type))
            continue; /* what is no text is refused as for any category */
        if (other->is_constant && (other->value.as.text.size == 0 ||
                                   memchr(other->value.as.text.bytes, DK_SET_MARK, other->value.as.text.size))) {
            status = dki_op_make_set(b, other);
            continue;
        }
        dki_node_text(b->bound->expr, set->node, name);
        dki_node_text(b->bound->expr, other->node, value);
        return dki_node_fail(
            b->bound->expr, other->node, b->err, DK_ERR_TYPE,
            "%s is a set, and a member equals no set: write %s(%s, %s), or '|' behind a member for the set "
            "of it alone",
            name, instead, name, value);
    }
    return status;
}

/* Whatever side the set is on. */
static dk_status compare_sets(dki_binder *b, dki_op **args, size_t n, const char *instead)
{
    dk_status status = DK_OK;

    if (dki_op_is_set(args[0]))
        status = compare_set(b, args[0], args + 1, n - 1, instead);
    for (size_t i = 1; status == DK_OK && i < n; i++)
        if (dki_op_is_set(args[i]))
            status = compare_set(b, args[i], args, 1, instead);
    return status;
}

static dk_status refuse_order(dki_binder *b, const dki_node *node, dki_op *const *args, size_t n)
{
    char name[DKI_NODE_TEXT];

    for (size_t i = 0; i < n; i++) {
        if (!dki_op_is_set(args[i]))
            continue;
        dki_node_text(b->bound->expr, args[i]->node, name);
        return dki_node_fail(
            b->bound->expr, node, b->err, DK_ERR_TYPE,
            "%s is a set, and sets have no order: size(%s) is how many members it has, has(%s, 'x') "
            "whether one is in it",
            name, name, name);
    }
    return DK_OK;
}

dk_status dki_bound_end_notes(dki_bound *bound, dk_error *err)
{
    char note[96];

    if (bound->n_missing <= MOST_LEVEL_NOTES)
        return DK_OK;
    snprintf(note, sizeof note, "and %zu more texts that nothing they are compared with has",
             bound->n_missing - MOST_LEVEL_NOTES);
    return dki_bound_add_note(bound, note, err);
}

/* Comparisons ------------------------------------------------------------------------------------------------------- */

static dk_status new_op(dki_binder *b, const dki_node *node, dki_run_fn *run, dki_op **args, size_t n, dki_op **out)
{
    dki_op *op = dki_op_new(b, node, run, DK_BOOLEAN, 0, n);

    if (op == NULL)
        return DK_ERR_MEMORY;
    memcpy(op->args, args, n * sizeof *args);
    *out = op;
    return DK_OK;
}

/* Ops of one order: numbers, dates, texts, or categories by their declared order. */
static dk_status bind_order(dki_binder *b, const dki_node *node, dki_op **args, size_t n, bool *by_rank)
{
    const dk_dictionary *levels = NULL;
    dk_status status = refuse_order(b, node, args, n);

    if (status == DK_OK)
        status = dki_op_order(b, args, n, &levels);

    if (status == DK_OK)
        status = dki_op_unify(b, args, n, false, node->text);
    if (status == DK_OK && args[0]->type == DK_BOOLEAN && !args[0]->is_null_literal)
        return dki_node_fail(b->bound->expr, node, b->err, DK_ERR_TYPE,
                             "conditions are equal or not, and have no order");
    *by_rank = levels != NULL;
    return status;
}

dk_status dki_bind_comparison(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out)
{
    bool by_rank = false;
    dk_status status;

    if (dki_any_interval(args, 2))
        return dki_bind_interval_comparison(b, node, sign, args, out);
    if (sign == '=' || sign == '!') {
        status = compare_sets(b, args, 2, "has");
        if (status == DK_OK)
            status = note_levels(b, args[0], args + 1, 1);
        if (status == DK_OK)
            status = note_levels(b, args[1], args, 1);
        if (status == DK_OK)
            status = dki_op_unify(b, args, 2, false, node->text);
    } else {
        status = bind_order(b, node, args, 2, &by_rank);
    }
    if (status == DK_OK)
        status = new_op(b, node, dki_run_compare, args, 2, out);
    if (status != DK_OK)
        return status;
    (*out)->sign = sign;
    (*out)->by_rank = by_rank;
    return DK_OK;
}

dk_status dki_bind_between(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    bool by_rank = false;
    dk_status status;

    if (dki_any_interval(args, 3))
        return dki_bind_interval_between(b, node, args, out);
    status = bind_order(b, node, args, 3, &by_rank);
    if (status == DK_OK)
        status = new_op(b, node, dki_run_between, args, 3, out);
    if (status == DK_OK)
        (*out)->by_rank = by_rank;
    return status;
}

/* in ---------------------------------------------------------------------------------------------------------------- */

static void sift_down(dk_value *values, size_t at, size_t n)
{
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        dk_value moved = values[at];

        if (child + 1 < n && dk_value_compare(&values[child], &values[child + 1]) < 0)
            child++;
        if (dk_value_compare(&moved, &values[child]) >= 0)
            return;
        values[at] = values[child];
        values[child] = moved;
    }
}

/* A heap sort: in place, and never slow. */
static void sort_values(dk_value *values, size_t n)
{
    for (size_t i = n / 2; i-- > 0;)
        sift_down(values, i, n);
    for (size_t end = n; end-- > 1;) {
        dk_value greatest = values[0];

        values[0] = values[end];
        values[end] = greatest;
        sift_down(values, 0, end);
    }
}

/* x in (1, 2, 3): the constants in order, to be searched. */
static dk_status bind_in_set(dki_binder *b, const dki_node *node, dki_op **args, size_t n, dki_op **out)
{
    dki_value_set *set = dki_arena_array(&b->bound->arena, 1, sizeof *set, b->err);
    dk_status status;

    if (set == NULL)
        return DK_ERR_MEMORY;
    set->values = dki_arena_array(&b->bound->arena, n - 1, sizeof *set->values, b->err);
    if (set->values == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 1; i < n; i++) {
        if (args[i]->value.is_null)
            set->has_null = true;
        else
            set->values[set->n++] = args[i]->value;
    }
    sort_values(set->values, set->n);
    status = new_op(b, node, dki_run_in_set, args, 1, out);
    if (status == DK_OK)
        (*out)->data = set;
    return status;
}

dk_status dki_bind_in(dki_binder *b, const dki_node *node, dki_op **args, size_t n, dki_op **out)
{
    dk_status status = compare_sets(b, args, n, "has_any");
    bool constant = true;

    if (status == DK_OK && dki_any_interval(args, n)) {
        dki_node_fail(b->bound->expr, node, b->err, DK_ERR_TYPE, "in is not known of numbers in bounds");
        dki_hint(b->err, "write x == 1 or x == 2");
        return DK_ERR_TYPE;
    }
    if (status == DK_OK)
        status = note_levels(b, args[0], args + 1, n - 1);
    if (status == DK_OK)
        status = dki_op_unify(b, args, n, false, "in");
    if (status != DK_OK)
        return status;
    for (size_t i = 1; i < n; i++)
        constant &= args[i]->is_constant;
    return constant ? bind_in_set(b, node, args, n, out) : new_op(b, node, dki_run_in, args, n, out);
}
