/* hierarchy_levels.c - what columns know of each other that are levels of one hierarchy. */
#include "hierarchy_levels.h"

#include <string.h>

#include "base/memory.h"
#include "hierarchy_use.h"

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_members(const dk_dictionary *a, const dk_dictionary *b)
{
    size_t n = dk_dictionary_n_levels(a);

    if (n != dk_dictionary_n_levels(b) || dk_dictionary_is_declared(a) != dk_dictionary_is_declared(b))
        return false;
    for (uint32_t code = 1; code <= n; code++) {
        dk_text x = dk_dictionary_level(a, code), y = dk_dictionary_level(b, code);
        dk_text mine = { NULL, 0 }, theirs = { NULL, 0 };

        if (x.size != y.size || memcmp(x.bytes, y.bytes, x.size) != 0)
            return false;
        if (dk_dictionary_label(a, code, &mine) != dk_dictionary_label(b, code, &theirs) ||
            !same_text(mine.bytes, theirs.bytes))
            return false;
    }
    return true;
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

bool dki_hierarchy_equal(const dk_hierarchy *a, const dk_hierarchy *b)
{
    if (a == b || a == NULL || b == NULL)
        return a == b;
    if (!same_text(a->name, b->name) || a->n_levels != b->n_levels || strcmp(a->vintage, b->vintage) != 0 ||
        a->n_changes != b->n_changes)
        return false;
    for (size_t i = 0; i < a->n_levels; i++)
        if (!same_level(&a->levels[i], &b->levels[i]))
            return false;
    for (size_t i = 0; i < a->n_changes; i++) {
        const dki_change *x = &a->changes[i], *y = &b->changes[i];

        if (x->day != y->day || x->old != y->old || x->new != y->new || x->share.numerator != y->share.numerator ||
            x->share.denominator != y->share.denominator)
            return false;
    }
    return true;
}

bool dki_levels_nested(const dk_dictionary *fine, const dk_dictionary *coarse)
{
    size_t below = 0, above = 0;
    const dk_hierarchy *a = fine ? dk_dictionary_hierarchy(fine, &below) : NULL;
    const dk_hierarchy *b = coarse ? dk_dictionary_hierarchy(coarse, &above) : NULL;

    return a && b && below < above && !a->dated && dki_hierarchy_equal(a, b);
}

bool dki_levels_same(const dk_dictionary *a, const dk_dictionary *b)
{
    size_t x = 0, y = 0;
    const dk_hierarchy *mine = dk_dictionary_hierarchy(a, &x), *theirs = dk_dictionary_hierarchy(b, &y);

    return dki_hierarchy_equal(mine, theirs) && (mine == NULL || x == y);
}

dk_status dki_levels_of(const dk_dictionary *dictionary, const dk_dictionary *of, const dk_dictionary **out,
                        dk_error *err)
{
    size_t own, level = 0;
    const dk_hierarchy *hierarchy = of ? dk_dictionary_hierarchy(of, &level) : NULL;
    dk_dictionary *made = NULL;
    dk_status status;

    if (dk_dictionary_hierarchy(dictionary, &own) == hierarchy && (hierarchy == NULL || own == level)) {
        *out = dk_dictionary_retain(dictionary);
        return DK_OK;
    }
    status = dki_dictionary_of_level(dictionary, hierarchy, level, &made, err);
    if (status == DK_OK)
        *out = made;
    return status;
}

dk_status dki_levels_above(dk_context *context, const dk_dictionary *fine, const dk_dictionary *coarse,
                           uint32_t *out, dk_error *err)
{
    size_t level, of, n_members;
    const dk_hierarchy *hierarchy = dk_dictionary_hierarchy(fine, &level);
    uint32_t *codes;

    (void)dk_dictionary_hierarchy(coarse, &of);
    n_members = dk_dictionary_n_levels(hierarchy->levels[of].members);
    codes = dki_calloc(context, n_members + 1, sizeof *codes, err); /* of each member, in coarse */
    if (codes == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(coarse); code++)
        codes[dki_hierarchy_member(hierarchy, of, dk_dictionary_level(coarse, code))] = code;
    out[0] = DKI_NO_MEMBER;
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(fine); code++) {
        uint32_t member = dki_hierarchy_member(hierarchy, level, dk_dictionary_level(fine, code));
        uint32_t above = member ? dki_hierarchy_ancestor(hierarchy, level, member, of, dki_any_day()) : 0;

        out[code] = member == 0 || (above > 0 && codes[above] == 0) ? DKI_NO_MEMBER : above > 0 ? codes[above] : 0;
    }
    dki_free(context, codes);
    return DK_OK;
}
