/* functions_set.c - what is asked of sets: has(v, 'x'), has_any, has_all, size(v); and sets with other members.
 *
 * They look at the text of a set, which has the members in order with "|" in between, so that they run once for each
 * different set of a column (fold.c), and rows look the answer up by code. with(v, 'x') and without(v, 'x') give sets, by a
 * map of codes too, and sets of several columns meet in one dictionary where one of them is chosen. member(v) and missing(v) are
 * dimensions of a breakdown, which takes them before they get here: elsewhere they are refused.
 */
#include "functions.h"

#include <string.h>

#include "base/hash.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/members.h"

static dk_status check_set(dki_binder *b, const dki_function *f, const dki_op *arg)
{
    if (dki_op_is_set(arg))
        return DK_OK;
    (void)dki_function_wrong(b, arg, f->name, "a set");
    dki_hint(b->err, "a column that lists several members is read as one: types = { %s = { \"set\", \";\" } }",
             arg->node->kind == DKI_NODE_NAME ? arg->node->text : "x");
    return DK_ERR_TYPE;
}

static bool has_member(dk_text set, dk_text wanted)
{
    dk_text member;

    for (size_t at = 0; dki_next_member(set, &at, &member);)
        if (member.size == wanted.size && memcmp(member.bytes, wanted.bytes, wanted.size) == 0)
            return true;
    return false;
}

/* has, has_any: one of them; has_all: every one. */
static dk_status row_has(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    bool all = strcmp(op->node->text, "has_all") == 0, has = all;

    (void)eval;
    (void)err;
    for (size_t i = 1; i < op->n_args && has == all; i++)
        has = has_member(args[0].as.text, args[i].as.text);
    out->as.boolean = has;
    return DK_OK;
}

static dk_status row_size(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    dk_text member;
    int64_t n = 0;

    (void)eval;
    (void)op;
    (void)err;
    for (size_t at = 0; dki_next_member(args[0].as.text, &at, &member);)
        n++;
    out->as.integer = n;
    return DK_OK;
}

static dk_status bind_has(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                          dki_op **out)
{
    dk_status status = check_set(b, f, args[0]);

    for (size_t i = 1; status == DK_OK && i < n; i++) {
        status = dki_op_settle(b, &args[i], DK_TEXT, 0, NULL);
        if (status == DK_OK && (!dki_type_is_text(args[i]->type) || dki_op_is_set(args[i])))
            status = dki_function_wrong(b, args[i], f->name, "a member");
    }
    if (status == DK_OK)
        status = dki_note_members(b, args[0], args + 1, n - 1);
    return status == DK_OK ? dki_function_op(b, f, node, args, n, DK_BOOLEAN, 0, out) : status;
}

static dk_status bind_size(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                           dki_op **out)
{
    dk_status status = check_set(b, f, args[0]);

    return status == DK_OK ? dki_function_number_op(b, f, node, args, n, NULL, out) : status;
}

/* with(v, 'x'), without(v, 'x'): another set ------------------------------------------------------------------- */

/* The members of a set, and of the arguments, that are in the new one. */
static dk_status change_set(dki_binder *b, dk_text set, dki_op *const *args, size_t n, bool adds, dk_text *room,
                            dki_buffer *out)
{
    dk_text member;
    size_t n_members = 0;

    for (size_t at = 0; dki_next_member(set, &at, &member);) {
        bool taken = false;

        for (size_t i = 1; i < n && !adds; i++)
            taken = taken || (args[i]->value.as.text.size == member.size &&
                              memcmp(args[i]->value.as.text.bytes, member.bytes, member.size) == 0);
        if (!taken)
            room[n_members++] = member;
    }
    for (size_t i = 1; i < n && adds; i++)
        room[n_members++] = args[i]->value.as.text;
    return dki_set_text(room, n_members, out, b->err);
}

/* The new sets by number, and the code of each by the code of the old one. */
static dk_status change_sets(dki_binder *b, dki_op *const *args, size_t n, bool adds, uint32_t *codes,
                             dki_text_map *sets)
{
    const dk_dictionary *from = args[0]->levels;
    dk_text *room = dki_alloc_array(b->bound->context, dk_dictionary_n_levels(dk_dictionary_members(from)) + n,
                                    sizeof *room, b->err);
    dki_buffer text;
    dk_status status = room ? DK_OK : DK_ERR_MEMORY;

    dki_buffer_init(&text, b->bound->context);
    for (uint32_t code = 1; status == DK_OK && code <= dk_dictionary_n_levels(from); code++) {
        uint32_t number = 0;

        if (code % 4096 == 0)
            status = dki_poll(b->bound->context, b->err);
        if (status == DK_OK)
            status = change_set(b, dk_dictionary_level(from, code), args, n, adds, room, &text);
        if (status == DK_OK)
            status = dki_text_map_add(sets, text.bytes, text.size, &number, b->err);
        codes[code] = number + 1;
    }
    dki_buffer_drop(&text);
    dki_free(b->bound->context, room);
    return status;
}

static dk_status make_levels(dki_binder *b, const dk_dictionary *from, const dki_text_map *sets,
                             const dk_dictionary **out)
{
    dk_text *texts = dki_arena_array(&b->bound->arena, sets->n, sizeof *texts, b->err);
    dk_dictionary *levels = NULL, *made = NULL;
    dk_status status = texts ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; texts && i < sets->n; i++)
        texts[i].bytes = dki_text_map_get(sets, (uint32_t)i, &texts[i].size);
    if (status == DK_OK)
        status = dk_dictionary_new(b->bound->context, texts, sets->n, false, &levels, b->err);
    if (status == DK_OK)
        status = dk_dictionary_of_sets(levels, dk_dictionary_members(from), &made, b->err);
    dk_dictionary_release(levels);
    if (status == DK_OK)
        status = dki_bound_keep(b->bound, made, b->err);
    if (status == DK_OK)
        *out = made;
    return status;
}

static dk_status check_members(dki_binder *b, const dki_function *f, dki_op **args, size_t n)
{
    const dk_dictionary *members = dk_dictionary_members(args[0]->levels);

    for (size_t i = 1; i < n; i++) {
        dk_status status = dki_op_settle(b, &args[i], DK_TEXT, 0, NULL);
        const char *fault;

        if (status != DK_OK)
            return status;
        if (!args[i]->is_constant || args[i]->value.is_null || !dki_type_is_text(args[i]->type))
            return dki_node_fail(b->bound->expr, args[i]->node, b->err, DK_ERR_TYPE,
                                 "%s() takes members that are the same for all rows, as texts", f->name);
        fault = dki_member_fault(args[i]->value.as.text);
        if (fault == NULL && dk_dictionary_is_declared(members) &&
            dk_dictionary_find(members, args[i]->value.as.text) == 0)
            fault = "is none of the stated members";
        if (fault)
            return dki_node_fail(b->bound->expr, args[i]->node, b->err, DK_ERR_RANGE, "what is to be a member %s",
                                 fault);
    }
    return DK_OK;
}

static dk_status bind_change(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                             dki_op **out)
{
    bool adds = strcmp(f->name, "with") == 0;
    dki_text_map sets;
    uint32_t *codes;
    dki_op *op;
    dk_status status = check_set(b, f, args[0]);

    if (status == DK_OK)
        status = check_members(b, f, args, n);
    if (status == DK_OK && !adds)
        status = dki_note_members(b, args[0], args + 1, n - 1);
    if (status != DK_OK)
        return status;
    op = dki_op_new(b, node, dki_run_code_map, DK_CATEGORY, 0, 1);
    codes =
        op ? dki_arena_array(&b->bound->arena, dk_dictionary_n_levels(args[0]->levels) + 1, sizeof *codes, b->err)
           : NULL;
    if (codes == NULL)
        return DK_ERR_MEMORY;
    dki_text_map_init(&sets, b->bound->context);
    status = change_sets(b, args, n, adds, codes, &sets);
    if (status == DK_OK)
        status = make_levels(b, args[0]->levels, &sets, &op->levels);
    dki_text_map_drop(&sets);
    if (status != DK_OK)
        return status;
    op->args[0] = args[0];
    op->codes = codes;
    *out = op;
    return DK_OK;
}

/* Sets of several columns, of which one is chosen ---------------------------------------------------------------- */

/* The same sets by the codes of a dictionary that has all of them. */
static dk_status map_codes(dki_binder *b, dki_op **op, const dk_dictionary *levels)
{
    dki_op *made = dki_op_new(b, (*op)->node, dki_run_code_map, DK_CATEGORY, 0, 1);
    size_t n = dk_dictionary_n_levels((*op)->levels);
    uint32_t *codes = made ? dki_arena_array(&b->bound->arena, n + 1, sizeof *codes, b->err) : NULL;
    dk_status status = codes ? DK_OK : DK_ERR_MEMORY;

    for (uint32_t code = 0; code <= n && status == DK_OK; code++) {
        codes[code] = code ? dk_dictionary_find(levels, dk_dictionary_level((*op)->levels, code)) : 0;
        if (code % 4096 == 0)
            status = dki_poll(b->bound->context, b->err);
    }
    if (status != DK_OK)
        return status;
    made->args[0] = *op;
    made->codes = codes;
    made->levels = levels;
    *op = made;
    return DK_OK;
}

/* Sets of the ops that the first dictionary lacks, each once. */
static dk_status find_missing(dki_binder *b, dki_op *const *ops, size_t n, const dk_dictionary *levels,
                              dki_text_map *missing)
{
    dk_status status = DK_OK;
    uint32_t number;

    for (size_t i = 0; i < n; i++)
        for (uint32_t code = 1;
             dki_op_is_set(ops[i]) && status == DK_OK && code <= dk_dictionary_n_levels(ops[i]->levels); code++) {
            dk_text set = dk_dictionary_level(ops[i]->levels, code);

            if (code % 4096 == 0)
                status = dki_poll(b->bound->context, b->err);
            if (status == DK_OK && dk_dictionary_find(levels, set) == 0)
                status = dki_text_map_add(missing, set.bytes, set.size, &number, b->err);
        }
    return status;
}

static dk_status join_sets(dki_binder *b, const dk_dictionary *first, const dki_text_map *missing,
                           const dk_dictionary **out)
{
    dk_text *texts = dki_arena_array(&b->bound->arena, missing->n + 1, sizeof *texts, b->err);
    dk_dictionary *longer = NULL;
    dk_status status = texts ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; texts && i < missing->n; i++)
        texts[i].bytes = dki_text_map_get(missing, (uint32_t)i, &texts[i].size);
    *out = first;
    if (status != DK_OK || missing->n == 0)
        return status;
    status = dki_dictionary_extend(first, texts, missing->n, &longer, b->err);
    if (status == DK_OK)
        status = dki_bound_keep(b->bound, longer, b->err);
    *out = longer;
    return status;
}

/* A member of b that a does not have, or no text. */
static dk_text find_other(const dk_dictionary *a, const dk_dictionary *b)
{
    for (uint32_t code = 1; a != b && code <= dk_dictionary_n_levels(b); code++) {
        dk_text member = dk_dictionary_level(b, code);

        if (dk_dictionary_find(a, member) == 0)
            return member;
    }
    return (dk_text){ NULL, 0 };
}

/* The op whose members are those of all, in their order; else the first without stated ones; NULL: there is none. */
static const dki_op *choose_members(dki_op *const *ops, size_t n, dk_text *other)
{
    const dki_op *open = NULL;

    for (size_t i = 0; i < n; i++) {
        const dk_dictionary *members = dki_op_is_set(ops[i]) ? dk_dictionary_members(ops[i]->levels) : NULL;
        dk_text lacks = { NULL, 0 };

        for (size_t k = 0; k < n && members && lacks.bytes == NULL; k++)
            if (dki_op_is_set(ops[k]))
                lacks = find_other(members, dk_dictionary_members(ops[k]->levels));
        if (members && lacks.bytes == NULL)
            return ops[i];
        if (members && open == NULL && !dk_dictionary_is_declared(members))
            open = ops[i];
        *other = other->size == 0 && lacks.bytes ? lacks : *other;
    }
    return open;
}

static dk_status fail_members(dki_binder *b, const dki_node *node, dk_text other)
{
    (void)dki_node_fail(b->bound->expr, node, b->err, DK_ERR_RANGE,
                        "these sets have other stated members: not all of them have %.*s", (int)other.size,
                        other.bytes);
    dki_hint(b->err, "state the same for both: t:with_sets { v = { members = { ... } } }");
    return DK_ERR_RANGE;
}

dk_status dki_op_meet_sets(dki_binder *b, const dki_node *node, dki_op **ops, size_t n)
{
    const dk_dictionary *levels = NULL, *last = NULL;
    const dki_op *first;
    dk_text other = { "", 0 };
    bool differ = false;
    dki_text_map missing;
    dk_status status;

    for (size_t i = 0; i < n; i++) {
        if (!dki_op_is_set(ops[i]) && !ops[i]->is_null_literal && !ops[i]->is_constant)
            return DK_OK;
        differ = differ || (dki_op_is_set(ops[i]) && last && ops[i]->levels != last);
        last = dki_op_is_set(ops[i]) ? ops[i]->levels : last;
    }
    if (!differ)
        return DK_OK;
    first = choose_members(ops, n, &other);
    if (first == NULL)
        return fail_members(b, node, other);
    dki_text_map_init(&missing, b->bound->context);
    status = find_missing(b, ops, n, first->levels, &missing);
    if (status == DK_OK)
        status = join_sets(b, first->levels, &missing, &levels);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        if (dki_op_is_set(ops[i]))
            status = map_codes(b, &ops[i], levels);
    dki_text_map_drop(&missing);
    return status;
}

static dk_status bind_dimension(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                                dki_op **out)
{
    dk_status status = check_set(b, f, args[0]);

    (void)n;
    (void)out;
    if (status != DK_OK)
        return status;
    (void)dki_node_fail(b->bound->expr, node, b->err, DK_ERR_TYPE,
                        "%s() puts a row in several groups, and is a dimension of a breakdown as a whole", f->name);
    dki_hint(b->err, "by = { \"x = %s(v)\" }; a condition asks %shas(v, 'x')", f->name,
             node->text[1] == 'e' ? "" : "not ");
    return DK_ERR_TYPE;
}

const dki_function dki_set_functions[] = {
    { "has", 2, 2, bind_has, row_has },
    { "has_any", 2, 4097, bind_has, row_has },
    { "has_all", 2, 4097, bind_has, row_has },
    { "size", 1, 1, bind_size, row_size },
    { "with", 2, 4097, bind_change, NULL },
    { "without", 2, 4097, bind_change, NULL },
    { "member", 1, 1, bind_dimension, NULL },
    { "missing", 1, 1, bind_dimension, NULL },
    { NULL, 0, 0, NULL, NULL },
};
