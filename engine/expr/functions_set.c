/* functions_set.c - what is asked of sets: has(v, 'x'), has_any, has_all, size(v); and sets with other members.
 *
 * They look at the text of a set, which has the members in order with "|" in between, so that they run once for each
 * different set of a column (fold.c), and rows look the answer up by code. with(v, 'x') and without(v, 'x') give sets, by a
 * map of codes too. member(v) and missing(v) are dimensions of a
 * breakdown, which takes them before they get here: elsewhere they are refused.
 */
#include "functions.h"

#include <string.h>

#include "base/hash.h"
#include "base/status.h"
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
    { "has_any", 2, 129, bind_has, row_has },
    { "has_all", 2, 129, bind_has, row_has },
    { "size", 1, 1, bind_size, row_size },
    { "with", 2, 129, bind_change, NULL },
    { "without", 2, 129, bind_change, NULL },
    { "member", 1, 1, bind_dimension, NULL },
    { "missing", 1, 1, bind_dimension, NULL },
    { NULL, 0, 0, NULL, NULL },
};
