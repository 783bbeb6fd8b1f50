/* solve_members.c - answers for each member of a set, whose groups overlap.
 *
 * The driven steps take from those who have the member, or lack it, and from no others: a condition, as a set is no value of its
 * members. Each answer is a plan of its own; persons of several groups are in several of them, and a note says so.
 */
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "solve_parts.h"

/* A name that no parameter of the breakdown has. */
static void name_param(const dk_params *params, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "member");

    for (size_t i = 0; params && i < params->n && n + 1 < size; i++)
        if (strcmp(params->items[i].name, out) == 0) {
            n += (size_t)snprintf(out + n, size - n, "_");
            i = SIZE_MAX; /* from the first one again */
        }
}

dk_status dki_solve_member(const dki_solver *s, size_t dim, const dk_value *member, dki_arena *arena,
                           const dk_expr **condition, dk_params *params, dk_error *err)
{
    const dk_params *from = s->breakdown_params;
    const dk_expr *expr = s->question.by[dim].expr;
    dki_spread_kind kind;
    const dki_node *set = dki_part_node(&s->question.by[dim], &kind);
    const char *lacks = kind == DKI_SPREAD_MISSING ? "not " : "", *text = dk_expr_text(expr) + set->at;
    size_t n = from ? from->n : 0;
    dk_param *items = dki_arena_array(arena, n + 1, sizeof *items, err);
    char name[64];

    if (items == NULL)
        return DK_ERR_MEMORY;
    if (n > 0)
        memcpy(items, from->items, n * sizeof *items);
    name_param(from, name, sizeof name);
    text = member->is_null ? dki_arena_format(arena, err, "(%.*s) is null", (int)set->size, text)
                           : dki_arena_format(arena, err, "%shas(%.*s, $%s)", lacks, (int)set->size, text, name);
    items[n] = (dk_param){ dki_arena_format(arena, err, "%s", name), *member };
    items[n].value.type = DK_TEXT;
    *params = (dk_params){ items, member->is_null ? n : n + 1 };
    return text && items[n].name ? dk_expr_parse(s->context, text, condition, err) : DK_ERR_MEMORY;
}

dk_status dki_solve_members_note(dki_solver *s, size_t dim, dk_error *err)
{
    dki_arena arena;
    uint32_t number;
    const char *note;
    dk_status status;

    dki_arena_init(&arena, s->context);
    note =
        dki_arena_format(&arena, err,
                         "groups of %s overlap: each answer takes from its own group alone, and who is in several "
                         "may be in several answers; answers do not add up",
                         s->question.by[dim].name);
    status = note ? dki_text_map_add(&s->notes, note, strlen(note), &number, err) : DK_ERR_MEMORY;
    dki_arena_drop(&arena);
    return status;
}
