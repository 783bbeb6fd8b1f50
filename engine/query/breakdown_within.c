/* breakdown_within.c - all(m, arbeidsmarktregio) where the breakdown is by gemeente alone.
 *
 * A level that is coarser than a dimension, of the same hierarchy, becomes a dimension that nobody sees: it tells no groups
 * apart, because each member belongs to one of it, and it is totalled where the finer one is. That every member does is
 * looked at in the rows, once: those that the hierarchy does not know may be anywhere.
 */
#include "breakdown_within.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "breakdown_known.h"
#include "data/column_parts.h"
#include "data/hierarchy_levels.h"
#include "data/table_parts.h"
#include "expr/quote.h"
#include "margin.h"

struct within {
    const dk_breakdown *breakdown;
    const dk_table *table;
    dk_context *context;
    dk_breakdown second;
    dki_part by[DKI_MAX_DIMENSIONS];
    /* Of each dimension more, bits of the finer ones that tell it; of those that do so but of null; and whether that counts. */
    uint32_t told_by[DKI_MAX_DIMENSIONS], loosely[DKI_MAX_DIMENSIONS];
    bool is_loose[DKI_MAX_DIMENSIONS];
    uint32_t all_by[DKI_MAX_DIMENSIONS]; /* of those that are not shown, in their order: both */
    dki_int_map masks;
    const char *chance_key, *chance_by; /* what a dimension tells in these rows alone; or NULL */
};

static dk_status fail_within(const dki_within *name, dk_error *err)
{
    (void)dki_node_fail(name->expr, name->node, err, DK_ERR_NAME,
                        "all(m, d, ...) takes dimensions of the breakdown after the measure, not %s",
                        name->node->text);
    dki_hint(err, "by = { ... } names the dimensions; a coarser level of one of them will do too");
    return DK_ERR_NAME;
}

dk_status dki_breakdown_check_within(const dk_breakdown *breakdown, dk_error *err)
{
    for (size_t i = 0; i < breakdown->n_within; i++)
        if (dki_breakdown_find_dimension(breakdown, breakdown->within[i].node->text) == SIZE_MAX)
            return fail_within(&breakdown->within[i], err);
    return DK_OK;
}

/* The column that a dimension is, or NULL. */
static const dk_column *column_of(const struct within *within, const char *name)
{
    size_t at = dk_table_find(within->table, name);

    return at == DK_NO_COLUMN ? NULL : dk_table_field(within->table, at)->column;
}

static const dk_column *dimension_column(const struct within *within, size_t dim)
{
    const dki_node *root = dki_expr_root(within->breakdown->by[dim].expr);

    return root->kind == DKI_NODE_NAME ? column_of(within, root->text) : NULL;
}

static dk_status fail_several(const struct within *within, const dki_part *coarse, size_t dim, dk_text member,
                              dk_error *err)
{
    (void)dki_fail(err, DK_ERR_DATA, "%s: %s %.*s is in more than one %s", within->breakdown->title,
                   within->breakdown->by[dim].name,
                   (int)dki_utf8_floor(member.bytes, member.size, member.size < 60 ? member.size : 60),
                   member.bytes, coarse->name);
    dki_hint(err, "put %s into by, before %s", coarse->name, within->breakdown->by[dim].name);
    return DK_ERR_DATA;
}

#define NOT_SEEN UINT32_MAX

/* Every code of the finer column goes with one of the coarser. seen: of each code of fine, NOT_SEEN at first. loose: null need not, and
 * it says whether it does not; or NULL. */
static dk_status check_rows(const struct within *within, const dki_part *coarse, size_t dim, uint32_t *seen,
                            bool *loose, dk_error *err)
{
    const dk_column *columns[] = { dimension_column(within, dim), column_of(within, coarse->name) };
    dk_view views[2];
    uint32_t codes[2][DK_BLOCK_ROWS];
    dk_status status = DK_OK;

    for (size_t k = 0; k < 2; k++)
        dk_view_init(&views[k], within->context);
    for (uint64_t row = 0; dki_columns_block(columns, 2, row, views, &status, err); row += views->n) {
        for (size_t k = 0; k < 2; k++)
            dki_view_codes(&views[k], codes[k]);
        for (size_t i = 0; i < views->n && status == DK_OK; i++) {
            uint32_t fine = codes[0][i];

            if (seen[fine] == NOT_SEEN)
                seen[fine] = codes[1][i];
            else if (seen[fine] != codes[1][i] && fine == 0 && loose)
                *loose = true;
            else if (seen[fine] != codes[1][i])
                status = fail_several(
                    within, coarse, dim,
                    fine ? dk_dictionary_level(dk_column_levels(columns[0]), fine) : (dk_text){ "null", 4 }, err);
        }
    }
    for (size_t k = 0; k < 2; k++)
        dk_view_release(&views[k]);
    return status;
}

/* The name as an expression of its own, as it was written: it may be in quotes. */
static dk_status parse_name(dk_context *context, const dki_within *name, const dk_expr **out, dk_error *err)
{
    dki_arena arena;
    const char *text;
    dk_status status;

    dki_arena_init(&arena, context);
    text = dki_arena_text(&arena, dk_expr_text(name->expr) + name->node->at, name->node->size, err);
    status = text ? dk_expr_parse(context, text, out, err) : DK_ERR_MEMORY;
    dki_arena_drop(&arena);
    return status;
}

/* Whether groups are shown that have no rows, and null has members of several: of each country those without a region. */
static bool shows_skipping(const struct within *within, size_t dim)
{
    const dk_column *fine = dimension_column(within, dim),
                    *coarse = column_of(within, within->by[within->second.n_by].name);
    size_t below = 0, above = 0;
    dk_text member;
    const dk_hierarchy *both;

    if (!dki_breakdown_shows_levels(within->breakdown) || fine == NULL || coarse == NULL)
        return false;
    both = dki_levels_common(dk_column_levels(fine), dk_column_levels(coarse), &below, &above);
    return both && dki_hierarchy_skips(both, below, above, &member);
}

/* Whether dimension `dim` tells the one that is to be added, in every row. */
static dk_status check_told(const struct within *within, size_t dim, bool *loose, dk_error *err)
{
    size_t n = dk_dictionary_n_levels(dk_column_levels(dimension_column(within, dim))) + 1;
    uint32_t *seen = dki_alloc_array(within->context, n, sizeof *seen, err);
    dk_status status;

    if (seen == NULL)
        return DK_ERR_MEMORY;
    memset(seen, 0xff, n * sizeof *seen);
    status = check_rows(within, &within->by[within->second.n_by], dim, seen, loose, err);
    if (status == DK_OK && shows_skipping(within, dim)) {
        if (loose)
            *loose = true;
        else
            status = fail_several(within, &within->by[within->second.n_by], dim, (dk_text){ "null", 4 }, err);
    }
    dki_free(within->context, seen);
    return status;
}

static void take_dimension(struct within *within, uint32_t told_by, uint32_t loosely)
{
    within->told_by[within->second.n_by] = told_by;
    within->loosely[within->second.n_by++] = loosely;
    within->second.n_hidden++;
}

static bool is_related(const struct within *within, size_t dim, const dk_column *coarse)
{
    const dk_column *fine = dimension_column(within, dim);

    return coarse && fine && dki_levels_related(dk_column_levels(fine), dk_column_levels(coarse));
}

/* Whether some row of the result is about one dimension alone of several: only then one that does not tell it is alone. */
static bool tells_dimensions_apart(const dk_breakdown *breakdown)
{
    return breakdown->margins != DK_MARGINS_NONE && breakdown->margins != DK_MARGINS_TOTALS;
}

/* The dimensions that tell the one that is to be added, each by itself: where one of them is no total it is known. Of a region
 * that is null it may not be, but of its municipalities; and of all other regions. */
static dk_status find_tellers(const struct within *within, const dk_column *coarse, uint32_t *told_by,
                              uint32_t *loosely, dk_error *err)
{
    dk_error other = DK_ERROR_INIT, *first = err;
    dk_status status = DK_OK, failed = DK_OK;

    for (size_t dim = 0; dim < within->breakdown->n_by; dim++) {
        bool loose = false;

        if (!is_related(within, dim, coarse))
            continue;
        status = check_told(within, dim, &loose, first);
        if (status == DK_OK)
            *(loose ? loosely : told_by) |= UINT32_C(1) << dim;
        else if (status != DK_ERR_DATA)
            return status;
        else
            failed = status, first = &other;
    }
    return (*told_by | *loosely) == 0 || tells_dimensions_apart(within->breakdown) ? failed : DK_OK;
}

/* A dimension more, for a name of an all(). */
static dk_status add_dimension(struct within *within, const dki_within *name, dk_error *err)
{
    const dk_breakdown *breakdown = within->breakdown;
    const dk_column *coarse = column_of(within, name->node->text);
    size_t at = within->second.n_by;
    uint32_t told_by = 0, loosely = 0;
    bool related = false;
    dk_status status;

    if (dki_breakdown_find_dimension(&within->second, name->node->text) != SIZE_MAX)
        return DK_OK;
    for (size_t dim = 0; dim < breakdown->n_by; dim++)
        related |= is_related(within, dim, coarse);
    if (!related)
        return fail_within(name, err);
    if (at == DKI_MAX_DIMENSIONS)
        return dki_fail(err, DK_ERR_LIMIT, "%s has %d dimensions, and no room for %s", breakdown->title,
                        DKI_MAX_DIMENSIONS, name->node->text);
    within->by[at] = (dki_part){ .name = name->node->text };
    status = find_tellers(within, coarse, &told_by, &loosely, err);
    if (status == DK_OK)
        status = parse_name(within->context, name, &within->by[at].expr, err);
    if (status == DK_OK)
        take_dimension(within, told_by, loosely);
    return status;
}

/* The column as a dimension more, under a name that no other has. */
static dk_status parse_key(struct within *within, const char *key, dki_part *out, dk_error *err)
{
    dki_arena arena;
    const char *name = key, *text;
    bool has = dki_breakdown_find_dimension(&within->second, key) != SIZE_MAX;
    dk_status status = DK_ERR_MEMORY;

    dki_arena_init(&arena, within->context);
    while (name && dki_breakdown_find_dimension(&within->second, name) != SIZE_MAX)
        name = dki_arena_format(&arena, err, "%s'", name);
    text = name ? dki_quote(&arena, key, err) : NULL;
    if (text && has && (name = dki_quote(&arena, name, err)) != NULL)
        text = dki_arena_format(&arena, err, "%s = %s", name, text);
    if (name && text)
        status = dk_expr_parse(within->context, text, &out->expr, err);
    if (status == DK_OK)
        out->name = has ? dk_expr_name(out->expr) : key;
    dki_arena_drop(&arena);
    return status;
}

/* Whether each dimension that tells the column does so by itself: told_by. figures NULL: only those of which it is a level; else only
 * others, which may tell it by chance in these rows, and by which these figures are not known anyway. */
static dk_status find_key_tellers(struct within *within, const dk_column *coarse, const dk_attachment *figures,
                                  uint32_t *told_by, uint32_t *loosely, dk_error *err)
{
    bool hierarchy = figures == NULL;
    dk_error other = DK_ERROR_INIT;
    dk_status status = DK_OK;

    for (size_t dim = 0; dim < within->breakdown->n_by && status == DK_OK; dim++) {
        const dk_column *fine = dimension_column(within, dim);
        bool loose = false;

        if (fine == NULL || dk_column_type(fine) != DK_CATEGORY ||
            hierarchy != dki_levels_related(dk_column_levels(fine), dk_column_levels(coarse)) ||
            (figures && dki_figures_know(within->table, figures, within->breakdown->by[dim].expr)))
            continue;
        status = check_told(within, dim, hierarchy ? &loose : NULL, &other);
        if (status == DK_OK)
            *(loose ? loosely : told_by) |= UINT32_C(1) << dim;
        else if (status == DK_ERR_DATA) /* it does not tell */
            status = DK_OK;
    }
    if (status != DK_OK && err)
        *err = other;
    return status;
}

/* A dimension more for a column by which figures beside the table are known, where others tell it: what is said of finer groups goes by
 * the least region that they are in. So it does where a cube totals the region beside its municipalities, which are in it all the
 * same: then the region is a dimension already, and this one is told by either. */
static dk_status add_key(struct within *within, const dk_attachment *figures, const char *key, dk_error *err)
{
    const dk_column *coarse = column_of(within, key);
    size_t at = within->second.n_by, own = dki_breakdown_find_dimension(&within->second, key);
    uint32_t told_by = 0, loosely = 0;
    dk_status status;

    if (at == DKI_MAX_DIMENSIONS || coarse == NULL || dk_column_type(coarse) != DK_CATEGORY ||
        (own != SIZE_MAX && (own >= within->breakdown->n_by || !tells_dimensions_apart(within->breakdown) ||
                             dimension_column(within, own) != coarse)))
        return DK_OK;
    within->by[at] = (dki_part){ .name = key };
    status = find_key_tellers(within, coarse, NULL, &told_by, &loosely, err);
    if (status == DK_OK && own == SIZE_MAX && (told_by | loosely) == 0) {
        status = find_key_tellers(within, coarse, figures, &told_by, &loosely, err);
        if (told_by != 0) {
            within->chance_key = key;
            within->chance_by = within->breakdown->by[__builtin_ctz(told_by)].name;
        }
    }
    if (status != DK_OK || (told_by | loosely) == 0)
        return status;
    if (own != SIZE_MAX)
        told_by |= UINT32_C(1) << own;
    status = parse_key(within, key, &within->by[at], err);
    if (status == DK_OK) {
        take_dimension(within, told_by, loosely);
        within->second.n_bounding++;
    }
    return status;
}

static bool is_not_bounded(void *arg, const dki_node *node)
{
    (void)arg;
    return !dki_is_bounded(node);
}

static bool has_bounds(const dk_breakdown *breakdown)
{
    for (size_t i = 0; i < breakdown->n_measures; i++)
        if (!dki_node_visit(dki_expr_root(breakdown->measures[i].expr), is_not_bounded, NULL))
            return true;
    return false;
}

bool dki_breakdown_looks_within(const dk_breakdown *breakdown)
{
    return breakdown->n_within > 0 || (breakdown->n_hidden == 0 && has_bounds(breakdown));
}

/* A set of the breakdown, with those that nobody sees. */
static dk_status add_set(struct within *within, uint32_t mask, dk_error *err)
{
    uint32_t number, seen = mask;

    for (size_t i = within->breakdown->n_by; i < within->second.n_by; i++) {
        if ((seen & within->told_by[i]) != within->told_by[i])
            continue;
        mask |= UINT32_C(1) << i;
        if ((seen & within->loosely[i]) != within->loosely[i])
            within->is_loose[i] = true;
    }
    return dki_int_map_add(&within->masks, mask, &number, err);
}

static dk_status make_sets(struct within *within, uint32_t **out, dk_error *err)
{
    const dk_breakdown *breakdown = within->breakdown;
    uint32_t all = dki_all_totals(breakdown->n_by);
    dk_status status = DK_OK;

    if (breakdown->margins != DK_MARGINS_SETS)
        status = add_set(within, 0, err);
    if (status == DK_OK && breakdown->margins == DK_MARGINS_NONE && within->masks.keys[0] == 0)
        return DK_OK;
    if (status == DK_OK && breakdown->margins == DK_MARGINS_TOTALS)
        status = add_set(within, all, err);
    for (size_t n = 0; n < breakdown->n_by && status == DK_OK && breakdown->margins == DK_MARGINS_ROLLUP; n++)
        status = add_set(within, all & ~dki_all_totals(n), err);
    for (uint32_t mask = 0; mask <= all && status == DK_OK && breakdown->margins == DK_MARGINS_CUBE; mask++)
        status = add_set(within, mask, err);
    for (size_t i = 0; i < breakdown->n_sets && status == DK_OK; i++)
        status = add_set(within, breakdown->sets[i], err);
    if (status != DK_OK)
        return status;
    for (size_t i = breakdown->n_by; i < within->second.n_by; i++)
        if (within->is_loose[i]) /* all that tell it: cells that total it may tell it by any */
            within->second.told_by = within->all_by;
    for (size_t i = breakdown->n_by; i < within->second.n_by; i++)
        within->all_by[i - breakdown->n_by] = within->told_by[i] | within->loosely[i];
    *out = dki_alloc_array(within->context, within->masks.n, sizeof **out, err);
    if (*out == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t i = 0; i < within->masks.n; i++)
        (*out)[i] = (uint32_t)within->masks.keys[i];
    within->second.margins = DK_MARGINS_SETS;
    within->second.sets = *out;
    within->second.n_sets = within->masks.n;
    return DK_OK;
}

/* Where a group is of several countries, it is said of none. */
static dk_status note_loose(const struct within *within, const dk_table **table, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = within->breakdown->n_by; i < within->second.n_by && status == DK_OK; i++) {
        const dki_node *root = dki_expr_root(within->by[i].expr);
        const char *by;
        char note[800];

        if (!within->is_loose[i])
            continue;
        by = within->breakdown->by[__builtin_ctz(within->loosely[i])].name;
        (void)snprintf(
            note, sizeof note,
            "%.100s null is of more than one %.100s: what is within %.100s, or known per %.100s, is null there "
            "(put %.60s into by, before %.60s)",
            by, root->text, root->text, root->text, root->text, by);
        note[dki_utf8_whole(note, strlen(note))] = '\0';
        status = dki_table_add_note(table, note, err);
    }
    return status;
}

/* Who is not among the rows may be elsewhere, unless municipalities are in one region each; a hierarchy says that they are. */
static dk_status note_chance(const struct within *within, const dk_table **table, dk_error *err)
{
    char note[400];

    if (within->chance_key == NULL)
        return DK_OK;
    (void)snprintf(note, sizeof note,
                   "each %.150s is taken to be of one %.150s, as in these rows; no hierarchy says so",
                   within->chance_by, within->chance_key);
    note[dki_utf8_whole(note, strlen(note))] = '\0';
    return dki_table_add_note(table, note, err);
}

dk_status dki_breakdown_run_within(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                                   bool planned, const dk_table **out, dk_error *err)
{
    struct within within = { .breakdown = breakdown, .table = table, .context = dk_table_context(table) };
    const dk_properties *properties = dk_table_properties(table);
    const dk_table *made = NULL;
    uint32_t *sets = NULL;
    dk_status status = DK_OK;

    memcpy(&within.second, breakdown, sizeof within.second);
    if (breakdown->n_by > 0)
        memcpy(within.by, breakdown->by, breakdown->n_by * sizeof *within.by);
    within.second.by = within.by;
    within.second.n_within = 0;
    within.second.told = breakdown->told ? breakdown->told : breakdown;
    dki_int_map_init(&within.masks, within.context);
    for (size_t i = 0; i < breakdown->n_within && status == DK_OK; i++)
        status = add_dimension(&within, &breakdown->within[i], err);
    for (size_t i = 0; i < properties->n_attached && status == DK_OK; i++) {
        const dk_attachment *attachment = &properties->attached[i];

        for (size_t k = 0;
             k < attachment->n_by && dki_attached_bounds(breakdown, table, attachment) && status == DK_OK; k++)
            status = add_key(&within, attachment, attachment->by[k], err);
    }
    if (status == DK_OK && within.second.n_hidden > 0)
        status = make_sets(&within, &sets, err);
    if (status == DK_OK)
        status = (planned ? dki_breakdown_plan_plainly : dki_breakdown_run_plainly)(&within.second, table, params,
                                                                                    &made, err);
    if (status == DK_OK && !planned)
        status = note_chance(&within, &made, err);
    if (status == DK_OK && !planned)
        status = note_loose(&within, &made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    for (size_t i = breakdown->n_by; i < within.second.n_by; i++)
        dk_expr_release(within.by[i].expr);
    dki_int_map_drop(&within.masks);
    dki_free(within.context, sets);
    return status;
}
