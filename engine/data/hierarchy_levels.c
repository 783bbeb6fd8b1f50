/* hierarchy_levels.c - what columns know of each other that are levels of one hierarchy. */
#include "hierarchy_levels.h"

#include <string.h>

#include "base/memory.h"
#include "hierarchy_turns.h"
#include "hierarchy_use.h"

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The same, whatever they are called. */
static bool same_members(const dk_dictionary *a, const dk_dictionary *b)
{
    size_t n = dk_dictionary_n_levels(a);

    if (n != dk_dictionary_n_levels(b) || dk_dictionary_is_declared(a) != dk_dictionary_is_declared(b))
        return false;
    for (uint32_t code = 1; code <= n; code++) {
        dk_text x = dk_dictionary_level(a, code), y = dk_dictionary_level(b, code);

        if (x.size != y.size || memcmp(x.bytes, y.bytes, x.size) != 0)
            return false;
    }
    return true;
}

/* Of the same members. */
static bool same_labels(const dki_hierarchy_level *a, const dki_hierarchy_level *b)
{
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(a->members); code++) {
        dk_text mine = { NULL, 0 }, theirs = { NULL, 0 };

        if (dk_dictionary_label(a->members, code, &mine) != dk_dictionary_label(b->members, code, &theirs) ||
            !same_text(mine.bytes, theirs.bytes))
            return false;
    }
    for (size_t i = 0; a->n_labels == b->n_labels && i < a->n_labels; i++) {
        const dki_label *x = &a->labels[i], *y = &b->labels[i];

        if (x->member != y->member || x->from != y->from || x->to != y->to ||
            !same_text(x->text.bytes, y->text.bytes))
            return false;
    }
    return a->n_labels == b->n_labels;
}

static bool same_level(const dki_hierarchy_level *a, const dki_hierarchy_level *b)
{
    if (strcmp(a->name, b->name) != 0 || a->n_spans != b->n_spans || !same_members(a->members, b->members))
        return false;
    for (size_t i = 0; i < a->n_spans; i++) {
        const dki_span *x = &a->spans[i], *y = &b->spans[i];

        if (x->member != y->member || x->parent_level != y->parent_level || x->parent != y->parent ||
            x->from != y->from || x->to != y->to)
            return false;
    }
    return true;
}

/* The same members, who belong to the same; vintages may call them otherwise. */
static bool divides_alike(const dk_hierarchy *a, const dk_hierarchy *b)
{
    if (!same_text(a->name, b->name) || a->n_levels != b->n_levels || a->dated != b->dated)
        return false;
    for (size_t i = 0; i < a->n_levels; i++)
        if (!same_level(&a->levels[i], &b->levels[i]))
            return false;
    return true;
}

bool dki_hierarchy_equal(const dk_hierarchy *a, const dk_hierarchy *b)
{
    if (a == b || a == NULL || b == NULL)
        return a == b;
    if (strcmp(a->vintage, b->vintage) != 0 || a->n_changes != b->n_changes || !divides_alike(a, b))
        return false;
    for (size_t i = 0; i < a->n_levels; i++)
        if (!same_labels(&a->levels[i], &b->levels[i]))
            return false;
    for (size_t i = 0; i < a->n_changes; i++) {
        const dki_change *x = &a->changes[i], *y = &b->changes[i];

        if (x->day != y->day || x->old != y->old || x->new != y->new || x->share.numerator != y->share.numerator ||
            x->share.denominator != y->share.denominator)
            return false;
    }
    return true;
}

static const dk_hierarchy *find_common(const dk_dictionary *fine, const dk_dictionary *coarse, bool dated_too,
                                       size_t *below, size_t *above)
{
    for (size_t i = fine ? dk_dictionary_n_hierarchies(fine) : 0; i-- > 0;)
        for (size_t k = coarse ? dk_dictionary_n_hierarchies(coarse) : 0; k-- > 0;) {
            size_t x, y;
            const dk_hierarchy *a = dk_dictionary_hierarchy_at(fine, i, &x);
            const dk_hierarchy *b = dk_dictionary_hierarchy_at(coarse, k, &y);

            if (x >= y || (a->dated && !dated_too) || !dki_hierarchy_equal(a, b))
                continue;
            if (below)
                *below = x;
            if (above)
                *above = y;
            return a;
        }
    return NULL;
}

const dk_hierarchy *dki_levels_common(const dk_dictionary *fine, const dk_dictionary *coarse, size_t *below,
                                      size_t *above)
{
    return find_common(fine, coarse, false, below, above);
}

bool dki_levels_related(const dk_dictionary *fine, const dk_dictionary *coarse)
{
    return find_common(fine, coarse, true, NULL, NULL) != NULL;
}

bool dki_hierarchy_skips(const dk_hierarchy *hierarchy, size_t level, size_t of, dk_text *member)
{
    for (size_t own = 0; own < level; own++) {
        const dk_dictionary *members = hierarchy->levels[own].members;

        for (uint32_t code = 1; code <= dk_dictionary_n_levels(members); code++)
            if (dki_hierarchy_ancestor(hierarchy, own, code, level, dki_any_day()) == 0 &&
                dki_hierarchy_ancestor(hierarchy, own, code, of, dki_any_day()) > 0) {
                *member = dk_dictionary_level(members, code);
                return true;
            }
    }
    return false;
}

/* Whether the dictionary is that level; of_any_day: or that of another vintage, which says the same. */
static bool is_level(const dk_dictionary *dictionary, const dk_hierarchy *hierarchy, size_t level, bool of_any_day)
{
    for (size_t i = 0; i < dk_dictionary_n_hierarchies(dictionary); i++) {
        size_t own;
        const dk_hierarchy *other = dk_dictionary_hierarchy_at(dictionary, i, &own);

        if (own == level && (dki_hierarchy_equal(other, hierarchy) ||
                             (of_any_day && !other->dated && divides_alike(other, hierarchy))))
            return true;
    }
    return false;
}

bool dki_levels_same(const dk_dictionary *a, const dk_dictionary *b)
{
    size_t n = dk_dictionary_n_hierarchies(a);

    for (size_t i = 0; i < n; i++) {
        size_t level;
        const dk_hierarchy *hierarchy = dk_dictionary_hierarchy_at(a, i, &level);

        if (!is_level(b, hierarchy, level, false))
            return false;
    }
    return n == dk_dictionary_n_hierarchies(b);
}

bool dki_hierarchy_same_levels(const dk_hierarchy *a, const dk_hierarchy *b)
{
    bool same = a->n_levels == b->n_levels;

    for (size_t i = 0; same && i < a->n_levels; i++)
        same = strcmp(a->levels[i].name, b->levels[i].name) == 0;
    return same;
}

bool dki_levels_vintages(const dk_dictionary *a, const dk_dictionary *b)
{
    size_t x, y;
    const dk_hierarchy *mine = dk_dictionary_hierarchy(a, &x), *theirs = dk_dictionary_hierarchy(b, &y);

    return mine && theirs && x == y && mine->vintage[0] && theirs->vintage[0] &&
           strcmp(mine->vintage, theirs->vintage) != 0 && dki_hierarchy_same_levels(mine, theirs);
}

/* Puts what the dictionary is now in the place of *made. */
static dk_status add_level(const dk_dictionary **made, const dk_hierarchy *hierarchy, size_t level, dk_error *err)
{
    dk_dictionary *next = NULL;
    dk_status status = dki_dictionary_of_level(*made, hierarchy, level, &next, err);

    if (status != DK_OK)
        return status;
    dk_dictionary_release(*made);
    *made = next;
    return DK_OK;
}

dk_status dki_levels_shared(const dk_dictionary *dictionary, const dk_dictionary *const *others, size_t n,
                            const dk_dictionary **out, dk_error *err)
{
    const dk_dictionary *made = dk_dictionary_retain(dictionary);
    bool same = n > 0 || dk_dictionary_n_hierarchies(dictionary) == 0;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++)
        same = same && dki_levels_same(dictionary, others[i]);
    if (!same)
        status = add_level(&made, NULL, 0, err);
    for (size_t i = 0; !same && n > 0 && status == DK_OK && i < dk_dictionary_n_hierarchies(others[0]); i++) {
        size_t level;
        const dk_hierarchy *hierarchy = dk_dictionary_hierarchy_at(others[0], i, &level);
        bool shared = true;

        for (size_t k = 1; k < n; k++)
            shared = shared && is_level(others[k], hierarchy, level, true);
        if (shared)
            status = add_level(&made, hierarchy, level, err);
    }
    if (status == DK_OK)
        *out = made;
    else
        dk_dictionary_release(made);
    return status;
}

/* Of each member of a level its code in a dictionary of it, 0: none; NULL: no memory. */
static uint32_t *codes_of_members(dk_context *context, const dk_hierarchy *hierarchy, size_t level,
                                  const dk_dictionary *dictionary, dk_error *err)
{
    size_t n_members = dk_dictionary_n_levels(hierarchy->levels[level].members);
    uint32_t *codes = dki_calloc(context, n_members + 1, sizeof *codes, err);

    for (uint32_t code = 1; codes && code <= dk_dictionary_n_levels(dictionary); code++)
        codes[dki_hierarchy_member(hierarchy, level, dk_dictionary_level(dictionary, code))] = code;
    return codes;
}

dk_status dki_levels_above(dk_context *context, const dk_dictionary *fine, const dk_dictionary *coarse,
                           const dk_dictionary *names, uint32_t *out, dk_error *err)
{
    size_t level = 0, of = 0;
    const dk_hierarchy *hierarchy = dki_levels_common(fine, coarse, &level, &of);
    uint32_t *codes;

    codes = codes_of_members(context, hierarchy, of, coarse, err);
    if (codes == NULL)
        return DK_ERR_MEMORY;
    out[0] = DKI_NO_MEMBER;
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(names); code++) {
        uint32_t member = dki_hierarchy_member(hierarchy, level, dk_dictionary_level(names, code));
        uint32_t above = member ? dki_hierarchy_ancestor(hierarchy, level, member, of, dki_any_day()) : 0;

        out[code] = member == 0 || (above > 0 && codes[above] == 0) ? DKI_NO_MEMBER : above > 0 ? codes[above] : 0;
    }
    dki_free(context, codes);
    return DK_OK;
}

dk_status dki_levels_pairs(dk_context *context, const dk_dictionary *fine, const dk_dictionary *coarse,
                           dki_int_map *out, dk_error *err)
{
    size_t level = 0, of = 0;
    const dk_hierarchy *hierarchy = find_common(fine, coarse, true, &level, &of);
    uint32_t *codes = codes_of_members(context, hierarchy, of, coarse, err), number;
    dki_turns turns = { .context = context };
    dk_status status = codes ? dki_turns_init(&turns, hierarchy, level, err) : DK_ERR_MEMORY;

    for (uint32_t code = 1; code <= dk_dictionary_n_levels(fine) && status == DK_OK; code++) {
        status = dki_poll(context, err);
        for (uint32_t turn = 0; turn < turns.n && status == DK_OK; turn++) {
            int64_t day = turns.days[turn];
            uint32_t member = dki_hierarchy_member_on(hierarchy, level, dk_dictionary_level(fine, code), day);

            if (member > 0 && dki_hierarchy_span(hierarchy, level, member, day))
                status = dki_int_map_add(
                    out, dki_level_pair(code, codes[dki_hierarchy_ancestor(hierarchy, level, member, of, day)]),
                    &number, err);
        }
    }
    if (codes)
        dki_turns_drop(&turns);
    dki_free(context, codes);
    return status;
}
