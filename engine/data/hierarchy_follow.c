/* hierarchy_follow.c - levels above: who gets another member of a hierarchy belongs from then on to what that one belongs to.
 *
 * A column that a table got from a hierarchy says the region of each municipality. What gives a row another municipality, a
 * recode or a step of a scenario, would leave it in the region of the old one. So columns of later levels follow, as the
 * hierarchy has them. What is no member, as the new name of a merger is, leaves everybody where they are. Where the region itself is
 * set, its municipalities are no longer in the regions that the hierarchy has them in, and leave it.
 */
#include "base/memory.h"
#include "base/status.h"
#include "column_parts.h"
#include "hierarchy_levels.h"
#include "hierarchy_parts.h"

struct following {
    dk_context *context;
    const dk_dictionary *levels; /* of the column that follows */
    uint32_t *above;             /* of each code now, what it belongs to */
    uint32_t *same;              /* of each code before, the code now of that name; 0: there is none */
    dk_view column, before, now;
};

static dk_status find_same(struct following *f, const dk_dictionary *before, const dk_dictionary *now,
                           dk_error *err)
{
    size_t n = dk_dictionary_n_levels(before);

    f->same = dki_alloc_array(f->context, n + 1, sizeof *f->same, err);
    if (f->same == NULL)
        return DK_ERR_MEMORY;
    f->same[0] = 0;
    for (uint32_t code = 1; code <= n; code++)
        f->same[code] = before == now ? code : dk_dictionary_find(now, dk_dictionary_level(before, code));
    return DK_OK;
}

static dk_status add_block(struct following *f, dk_builder *builder, dk_error *err)
{
    uint32_t codes[DK_BLOCK_ROWS], before[DK_BLOCK_ROWS], now[DK_BLOCK_ROWS];

    dki_view_codes(&f->column, codes);
    dki_view_codes(&f->before, before);
    dki_view_codes(&f->now, now);
    for (size_t i = 0; i < f->column.n; i++)
        if (f->same[before[i]] != now[i] && f->above[now[i]] != DKI_NO_MEMBER)
            codes[i] = f->above[now[i]];
    return dki_builder_codes(builder, codes, f->column.n, err);
}

static dk_status add_blocks(struct following *f, const dk_column *column, const dk_column *before,
                            const dk_column *now, dk_builder *builder, dk_error *err)
{
    dk_status status = DK_OK;

    dk_view_init(&f->column, f->context);
    dk_view_init(&f->before, f->context);
    dk_view_init(&f->now, f->context);
    for (uint64_t row = 0; dki_column_block(column, row, &f->column, &status, err); row += f->column.n) {
        status = dk_column_view(before, row, f->column.n, &f->before, err);
        if (status == DK_OK)
            status = dk_column_view(now, row, f->column.n, &f->now, err);
        if (status == DK_OK)
            status = add_block(f, builder, err);
        if (status != DK_OK)
            break;
    }
    dk_view_release(&f->now);
    dk_view_release(&f->before);
    dk_view_release(&f->column);
    return status;
}

dk_status dki_levels_follow(const dk_column *column, const dk_column *before, const dk_column *now,
                            const dk_column **out, dk_error *err)
{
    struct following f = { .context = dk_column_context(column), .levels = dk_column_levels(column) };
    const dk_dictionary *names = dk_column_levels(now), *old = dk_column_levels(before);
    const dk_dictionary *fine = dki_levels_nested(names, f.levels) ? names : old;
    dk_builder *builder = NULL;
    dk_status status = find_same(&f, old, names, err);

    if (status == DK_OK) {
        f.above = dki_alloc_array(f.context, dk_dictionary_n_levels(names) + 1, sizeof *f.above, err);
        status = f.above ? dki_levels_above(f.context, fine, f.levels, names, f.above, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = dk_builder_new(f.context, DK_CATEGORY, 0, f.levels, &builder, err);
    if (status == DK_OK)
        status = add_blocks(&f, column, before, now, builder, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dki_free(f.context, f.above);
    dki_free(f.context, f.same);
    return status;
}

/* Whether the other is a later level of that hierarchy. */
static bool is_later(const dk_dictionary *other, const dk_hierarchy *hierarchy, size_t level)
{
    for (size_t i = 0; i < dk_dictionary_n_hierarchies(other); i++) {
        size_t above;

        if (dki_hierarchy_equal(dk_dictionary_hierarchy_at(other, i, &above), hierarchy) && above > level)
            return true;
    }
    return false;
}

dk_status dki_levels_leave(const dk_column *column, const dk_dictionary *other, const dk_column **out,
                           dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(column);
    dk_dictionary *made = NULL, *next = NULL;
    dk_status status;

    if (levels == NULL || other == NULL || !dki_levels_related(levels, other)) {
        *out = dk_column_retain(column);
        return DK_OK;
    }
    status = dki_dictionary_of_level(levels, NULL, 0, &made, err);
    for (size_t i = 0; i < dk_dictionary_n_hierarchies(levels) && status == DK_OK; i++) {
        size_t level;
        const dk_hierarchy *hierarchy = dk_dictionary_hierarchy_at(levels, i, &level);

        if (is_later(other, hierarchy, level))
            continue;
        status = dki_dictionary_of_level(made, hierarchy, level, &next, err);
        if (status == DK_OK) {
            dk_dictionary_release(made);
            made = next;
        }
    }
    if (status == DK_OK)
        status = dki_column_with_levels(column, made, out, err);
    dk_dictionary_release(made);
    return status;
}
