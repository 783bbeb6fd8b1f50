/* tighten_anew.c - measures that a result made of its sums, made of them again.
 *
 * The tree of a measure gets columns of the working table in the place of what it names: n and sum(x) become what tightening left of
 * them, n - k and all(n) the columns of forms, and a measure that is not shown its own tree. A quotient a / b of forms is computed
 * once more as a / (a + r), where r is what was found for b - a: that is narrower where a is a part of b, and true of any two
 * numbers. A column takes the narrowest of what it had and what is computed.
 *
 * Invariants: bounds never get wider; a number whose bounds the new ones contradict stays as it was, and is counted.
 */
#include "tighten_anew.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/lineage.h"
#include "data/table_parts.h"
#include "expr/eval.h"
#include "expr/poll_row.h"

#define MOST_NODES 2000 /* of a tree with those of measures that are not shown */

/* Trees of columns. ------------------------------------------------------------------------------------------------- */

struct putting {
    dki_anew *anew;
    dki_making making;
    const dk_expr *expr;
    bool with_rests;
    size_t n_nodes;
    dk_status status;
};

static const dki_node *put(struct putting *p, const dki_node *node);

static bool is_call(const dki_node *node, const char *name)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, name) == 0;
}

static const dki_node *name(struct putting *p, const char *column)
{
    return column ? dki_make(&p->making, DKI_NODE_NAME, column, NULL, 0) : NULL;
}

/* The form that a tree is; NULL: none. */
static const char *find_form(struct putting *p, const dki_node *node, const dki_node *minus)
{
    const char *form = NULL;

    if (p->status == DK_OK)
        p->status = dki_anew_form(p->anew, node, minus, &form, p->making.err);
    return form;
}

/* Memory and interruption end all; anything else says that this cannot be computed. */
static bool is_fatal(dk_status status)
{
    return status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || status == DK_ERR_CALLBACK;
}

/* The column that a tree of columns is. *out is NULL where it cannot be computed. */
static dk_status compute(const dki_anew *anew, const dk_expr *expr, const dki_node *node, const dk_column **out,
                         dk_error *err)
{
    dki_scope scope = { .table = anew->work };
    dki_bound *bound = NULL;
    dk_error why = DK_ERROR_INIT;
    dk_status status = dki_bind(&scope, expr, node, &bound, &why);

    *out = NULL;
    if (status == DK_OK)
        status = dki_bound_column_new(bound, out, &why);
    dki_bound_release(bound);
    if (status == DK_OK)
        return DK_OK;
    *out = NULL;
    if (!is_fatal(status))
        return DK_OK;
    if (err)
        *err = why;
    return status;
}

/* all() of what is no form: computed, and looked up. */
static const dki_node *put_all(struct putting *p, const dki_node *node)
{
    dki_anew *anew = p->anew;
    const dki_node *of = put(p, node->children[0]);
    const dk_column *column = NULL, *looked_up = NULL;
    const char *made = NULL;
    size_t lookup = SIZE_MAX;

    if (of)
        p->status = dki_anew_lookup(anew, node, &lookup, p->making.err);
    if (p->status != DK_OK || lookup == SIZE_MAX)
        return NULL;
    if (!anew->is_solved)
        return of;
    p->status = compute(anew, p->expr, of, &column, p->making.err);
    if (p->status == DK_OK && column)
        p->status =
            dk_column_gather(column, anew->lookups[lookup].rows, anew->t->n_rows, &looked_up, p->making.err);
    if (p->status == DK_OK && looked_up) {
        made = dki_arena_format(&anew->arena, p->making.err,
                                "\x01"
                                "a%zu",
                                anew->n_work++);
        p->status =
            made ? dki_table_lengthen(&anew->work, &DK_FIELD(made, looked_up), p->making.err) : DK_ERR_MEMORY;
    }
    dk_column_release(looked_up);
    dk_column_release(column);
    return p->status == DK_OK ? name(p, made) : NULL;
}

/* a / (a + r) of forms; NULL: it is no quotient of such, or there is no more to say. */
static const dki_node *put_rest(struct putting *p, const dki_node *node)
{
    const char *part, *rest;
    const dki_node *sum[2], *quotient[2];

    if (!p->with_rests || !is_call(node, "/") || node->n_children != 2)
        return NULL;
    part = find_form(p, node->children[0], NULL);
    rest =
        part && find_form(p, node->children[1], NULL) ? find_form(p, node->children[1], node->children[0]) : NULL;
    if (rest == NULL)
        return NULL;
    sum[0] = name(p, part);
    sum[1] = name(p, rest);
    quotient[0] = name(p, part);
    quotient[1] = dki_make(&p->making, DKI_NODE_CALL, "+", sum, 2);
    return dki_make(&p->making, DKI_NODE_CALL, "/", quotient, 2);
}

static const dki_node *put_leaf(struct putting *p, const dki_node *node)
{
    const dki_anew *anew = p->anew;
    const dki_quantity *quantity =
        node->kind == DKI_NODE_NAME ? dki_anew_find(anew, node) : dki_anew_find_same(anew, node);

    if (quantity && quantity->column != DK_NO_COLUMN)
        return name(p, quantity->work);
    return quantity && quantity->root && quantity->root != node ? put(p, quantity->root) : NULL;
}

static const dki_node *put_children(struct putting *p, const dki_node *node)
{
    dki_node *made =
        dki_make(&p->making, node->kind, node->text, (const dki_node *const *)node->children, node->n_children);

    if (made)
        made->value = node->value;
    for (size_t i = 0; made && i < node->n_children; i++) {
        const dki_node *child = put(p, node->children[i]);

        if (child == NULL)
            return NULL;
        made->children[i] = (dki_node *)(uintptr_t)child;
    }
    return made;
}

/* The tree of columns of the working table; NULL: something of it is not there. */
static const dki_node *put(struct putting *p, const dki_node *node)
{
    const dki_node *rest;
    const char *form;

    if (p->status != DK_OK || p->making.failed || ++p->n_nodes > MOST_NODES || node->kind == DKI_NODE_PARAM)
        return NULL;
    if (node->kind == DKI_NODE_AGGREGATE || node->kind == DKI_NODE_NAME || node->other)
        return put_leaf(p, node);
    form = is_call(node, "+") || is_call(node, "-") || is_call(node, "all") ? find_form(p, node, NULL) : NULL;
    if (form)
        return name(p, form);
    if (is_call(node, "all"))
        return put_all(p, node);
    rest = put_rest(p, node);
    return rest ? rest : put_children(p, node);
}

/* Either way. *out is NULL where it cannot be. */
static dk_status put_root(dki_anew *anew, const dki_quantity *quantity, bool with_rests, const dki_node **out,
                          dk_error *err)
{
    struct putting p = {
        anew, { .arena = &anew->arena, .at = quantity->root, .err = err }, quantity->expr, with_rests, 0, DK_OK
    };

    *out = put(&p, quantity->root);
    if (p.status != DK_OK)
        return p.status;
    return p.making.failed ? DK_ERR_MEMORY : DK_OK;
}

/* Columns. ---------------------------------------------------------------------------------------------------------- */

static const dk_column *column_of(const dki_anew *anew, const char *name)
{
    return dk_table_field(anew->work, dk_table_find(anew->work, name))->column;
}

/* Whether a quantity is a column of bounds that is made of others. */
static bool is_made(const dki_anew *anew, const dki_quantity *quantity)
{
    return anew->since == NULL && quantity->root && quantity->root->kind != DKI_NODE_AGGREGATE &&
           quantity->column != DK_NO_COLUMN &&
           dk_column_type(dk_table_field(anew->t->table, quantity->column)->column) == DK_INTERVAL;
}

dk_status dki_anew_collect(dki_anew *anew, dk_error *err)
{
    const dki_tighten *t = anew->t;
    const dki_node *ignored;
    dk_status status = DK_OK;

    for (size_t i = 0; i < anew->n_quantities; i++) {
        dki_quantity *quantity = &anew->quantities[i];

        for (size_t c = 0; c < t->n_columns; c++)
            if (quantity->column == t->columns[c])
                quantity->value = c;
        quantity->work = ""; /* no column yet */
    }
    for (size_t i = 0; i < anew->n_quantities && status == DK_OK; i++)
        for (int with_rests = 0; with_rests < 2 && status == DK_OK && is_made(anew, &anew->quantities[i]);
             with_rests++)
            status = put_root(anew, &anew->quantities[i], with_rests, &ignored, err);
    return status;
}

/* Columns of the table under names that stand for them, with those that are new. */
static dk_status make_work(dki_anew *anew, const dk_column *const *columns, dk_error *err)
{
    const dki_tighten *t = anew->t;
    size_t n = dk_table_n_columns(t->table);
    dk_field *fields = dki_arena_array(&anew->arena, n, sizeof *fields, err);
    const dk_table *plain = NULL;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        fields[i] = *dk_table_field(t->table, i);
        fields[i].label = fields[i].format = NULL;
        fields[i].name = dki_arena_format(&anew->arena, err,
                                          "\x01"
                                          "c%zu",
                                          i);
        if (columns[i])
            fields[i].column = columns[i];
        status = fields[i].name ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = dk_table_new(t->context, fields, n, t->n_rows, &plain, err);
    if (status == DK_OK && dk_table_margin(t->table))
        status = dk_table_with_margin(plain, dk_table_margin(t->table), &anew->work, err);
    else if (status == DK_OK)
        anew->work = dk_table_retain(plain);
    dk_table_release(plain);
    for (size_t i = 0; i < anew->n_quantities && status == DK_OK; i++)
        if (anew->quantities[i].column != DK_NO_COLUMN)
            anew->quantities[i].work = fields[anew->quantities[i].column].name;
    return status;
}

/* Of rows whose numbers may not be taken over nothing is said: what is impossible stays that, and an estimate bounds nothing. */
static dk_status leave_out(const dki_tighten *t, const dk_column *column, const dk_column *made, dki_bounds *found,
                           dk_error *err)
{
    dk_status status = DK_OK;

    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    {
        dk_value own, other;

        status = dk_column_get(column, row, &own, err);
        if (status == DK_OK)
            status = dk_column_get(made, row, &other, err);
        if (status == DK_OK &&
            (own.as.interval.meaning == DK_MEANS_IMPOSSIBLE ||
             (other.as.interval.meaning == DK_MEANS_ESTIMATE && own.as.interval.meaning != DK_MEANS_ESTIMATE)))
            found[row] = (dki_bounds){ .no_least = true, .no_greatest = true };
    }
    return status;
}

/* Puts a quantity's narrower column behind the others. */
static dk_status replace(dki_anew *anew, dki_quantity *quantity, const dk_column *column, dk_error *err)
{
    quantity->work = dki_arena_format(&anew->arena, err,
                                      "\x01"
                                      "m%zu",
                                      anew->n_work++);
    return quantity->work ? dki_table_lengthen(&anew->work, &DK_FIELD(quantity->work, column), err) : DK_ERR_MEMORY;
}

/* What the quantity had and what is computed, whichever is narrower. */
static dk_status narrow(dki_anew *anew, dki_quantity *quantity, const dk_column *made, dk_error *err)
{
    const dki_tighten *t = anew->t;
    const dk_column *column = column_of(anew, quantity->work), *narrower = NULL;
    size_t n = (size_t)t->n_rows, n_narrower = 0, n_against = 0;
    dki_bounds *before = dki_alloc_array(t->context, n, sizeof *before, err);
    dki_bounds *after = dki_alloc_array(t->context, n, sizeof *after, err);
    dki_bounds *found = dki_alloc_array(t->context, n, sizeof *found, err);
    dk_status status = before && after && found ? dki_tighten_read(t, column, before, 1, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_tighten_read(t, made, found, 1, err);
    if (status == DK_OK)
        status = leave_out(t, column, made, found, err);
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        after[i] = before[i];
        n_against += !dki_tighten_meet(&after[i], &found[i]);
        n_narrower += !dki_tighten_are_same(&before[i], &after[i]);
    }
    if (n_against > quantity->n_against)
        quantity->n_against = n_against;
    if (status == DK_OK && n_narrower > 0) {
        status = dki_tighten_column(t, column, made, before, after, 1, &narrower, err);
        if (status == DK_OK)
            status = replace(anew, quantity, narrower, err);
        dk_column_release(narrower);
    }
    dki_free(t->context, before);
    dki_free(t->context, after);
    dki_free(t->context, found);
    return status;
}

static dk_status make_one(dki_anew *anew, dki_quantity *quantity, dk_error *err)
{
    const dk_column *column = dk_table_field(anew->t->table, quantity->column)->column, *made = NULL;
    const dki_node *tree;
    dk_status status = DK_OK;

    for (int with_rests = 0; with_rests < 2 && status == DK_OK; with_rests++) {
        status = put_root(anew, quantity, with_rests, &tree, err);
        if (status == DK_OK && tree)
            status = compute(anew, quantity->expr, tree, &made, err);
        if (status != DK_OK || tree == NULL || made == NULL)
            break;
        if (dk_column_type(made) == DK_INTERVAL && dk_column_scale(made) == dk_column_scale(column)) {
            quantity->is_anew = true;
            status = narrow(anew, quantity, made, err);
        }
        dk_column_release(made);
        made = NULL;
    }
    return status;
}

dk_status dki_anew_make(dki_anew *anew, const dki_bounds *after, const dk_column **columns, dk_error *err)
{
    bool any = false;
    dk_status status = DK_OK;

    for (size_t i = 0; i < anew->n_quantities; i++)
        any |= is_made(anew, &anew->quantities[i]);
    if (!any)
        return DK_OK;
    status = make_work(anew, columns, err);
    if (status == DK_OK)
        status = dki_anew_add_forms(anew, after, err);
    for (size_t i = 0; i < anew->n_quantities && status == DK_OK; i++) {
        dki_quantity *quantity = &anew->quantities[i];

        if (!is_made(anew, quantity))
            continue;
        status = make_one(anew, quantity, err);
        if (status != DK_OK || quantity->work[1] != 'm')
            continue;
        dk_column_release(columns[quantity->column]);
        columns[quantity->column] = dk_column_retain(column_of(anew, quantity->work));
    }
    return status;
}

/* Words. ------------------------------------------------------------------------------------------------------------ */

/* Whether a column is one of the measures that the sentence is about: made anew; or one that is not, and no sum itself. */
static bool is_told(const dki_anew *anew, size_t column, bool made)
{
    const dki_quantity *quantity = dki_anew_of_column(anew, column);

    if (quantity == NULL || quantity->is_dimension || quantity->is_anew != made)
        return false;
    if (made)
        return true;
    return quantity->value == DK_NO_COLUMN && quantity->root &&
           (quantity->root->kind != DKI_NODE_AGGREGATE || dki_anew_never_adds(anew, column)) &&
           dk_column_type(dk_table_field(anew->t->table, column)->column) == DK_INTERVAL;
}

/* "a, b and c": *n is how many; "" where there are none. */
static dk_status list_names(const dki_anew *anew, bool made, dki_buffer *out, size_t *n, dk_error *err)
{
    const dk_table *table = anew->t->table;
    size_t left = 0;
    dk_status status = DK_OK;

    *n = 0;
    for (size_t i = 0; i < dk_table_n_columns(table); i++)
        left += is_told(anew, i, made);
    for (size_t i = 0; i < dk_table_n_columns(table) && status == DK_OK; i++) {
        if (!is_told(anew, i, made))
            continue;
        left--;
        status = dki_buffer_format(out, err, "%s%s",
                                   *n == 0     ? ""
                                   : left == 0 ? " and "
                                               : ", ",
                                   dk_table_field(table, i)->name);
        ++*n;
    }
    return status == DK_OK ? dki_buffer_terminate(out, err) : status;
}

const char *dki_anew_words(const dki_anew *anew, dk_error *err)
{
    dki_arena *arena = (dki_arena *)(uintptr_t)&anew->arena;
    const char *words = NULL;
    dki_buffer names;
    size_t n;

    dki_buffer_init(&names, anew->t->context);
    if (list_names(anew, true, &names, &n, err) == DK_OK)
        words = dki_arena_format(arena, err, "%s%s%s", n > 0 ? ", and " : "", names.bytes,
                                 n > 0 ? " made anew of these" : "");
    dki_buffer_drop(&names);
    return words;
}

/* Of measures that stay: why. */
static dk_status note_left(const dki_anew *anew, const char *names, size_t n, dki_buffer *note, dk_error *err)
{
    const char *verb = n == 1 ? "stays as it was" : "stay as they were", *they = n == 1 ? "it is" : "they are";

    return anew->since
               ? dki_buffer_format(note, err, "%s %s: after what came since, nobody knows what %s made of (%s)",
                                   names, verb, they, anew->since)
               : dki_buffer_format(note, err, "%s %s: the table lacks what %s made of", names, verb, they);
}

static dk_status note_names(const dki_anew *anew, bool made, const dk_table **table, dk_error *err)
{
    dki_buffer names, note;
    size_t n;
    dk_status status;

    dki_buffer_init(&names, anew->t->context);
    dki_buffer_init(&note, anew->t->context);
    status = list_names(anew, made, &names, &n, err);
    if (status == DK_OK && n > 0)
        status = made ? dki_buffer_format(&note, err, "made anew of these: %s", names.bytes)
                      : note_left(anew, names.bytes, n, &note, err);
    if (status == DK_OK && n > 0)
        status = dki_buffer_terminate(&note, err);
    if (status == DK_OK && n > 0)
        status = dki_table_add_note(table, note.bytes, err);
    dki_buffer_drop(&note);
    dki_buffer_drop(&names);
    return status;
}

dk_status dki_anew_note(const dki_anew *anew, const dk_table **table, dk_error *err)
{
    dk_status status = note_names(anew, true, table, err);

    if (status == DK_OK)
        status = note_names(anew, false, table, err);
    for (size_t i = 0; i < anew->n_quantities && status == DK_OK; i++) {
        const dki_quantity *quantity = &anew->quantities[i];
        char note[300];

        if (quantity->n_against == 0)
            continue;
        snprintf(note, sizeof note, "%zu number%s of %.200s stay%s as before: what is behind says another thing",
                 quantity->n_against, quantity->n_against == 1 ? "" : "s",
                 dk_table_field(anew->t->table, quantity->column)->name, quantity->n_against == 1 ? "s" : "");
        status = dki_table_add_note(table, note, err);
    }
    return status;
}
