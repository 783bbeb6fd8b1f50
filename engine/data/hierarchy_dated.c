/* hierarchy_dated.c - levels of rows that have days of their own: codes are looked up once for each time between two changes. */
#include "base/memory.h"
#include "base/status.h"
#include "hierarchy_use.h"

dk_status dki_dated_level_init(dki_dated_level *dated, const dki_use *use, size_t level, dk_error *err)
{
    *dated = (dki_dated_level){ use, level, dki_calloc(use->context, use->turns.n, sizeof *dated->codes, err) };
    return dated->codes ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_dated_level_at(dki_dated_level *dated, size_t turn, const uint32_t **out, dk_error *err)
{
    const dki_use *use = dated->use;
    uint32_t *codes = dated->codes[turn];

    if (codes == NULL) {
        codes = dated->codes[turn] = dki_calloc(use->context, use->n_codes, sizeof *codes, err);
        if (codes == NULL)
            return DK_ERR_MEMORY;
        for (uint32_t code = 1; code < use->n_codes; code++) {
            int64_t day = use->turns.days[turn];
            uint32_t member = dki_use_member(use, code, day);

            if (member > 0 && dki_hierarchy_span(use->hierarchy, use->level, member, day))
                codes[code] = dki_hierarchy_ancestor(use->hierarchy, use->level, member, dated->level, day);
        }
    }
    *out = codes;
    return DK_OK;
}

void dki_dated_level_drop(dki_dated_level *dated)
{
    for (size_t i = 0; dated->codes && i < dated->use->turns.n; i++)
        dki_free(dated->use->context, dated->codes[i]);
    dki_free(dated->use->context, dated->codes);
}

struct dated_build {
    dki_dated_level level;
    dk_builder *builder;
};

static dk_status append_dated(void *arg, uint64_t row, const uint32_t *codes, const uint32_t *turns, size_t n,
                              dk_error *err)
{
    struct dated_build *build = arg;
    uint32_t made[DK_BLOCK_ROWS];
    dk_status status = DK_OK;

    (void)row;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        const uint32_t *map = NULL;

        made[i] = 0;
        if (codes[i] == 0 || turns[i] == DKI_NO_TURN)
            continue;
        status = dki_dated_level_at(&build->level, turns[i], &map, err);
        if (status == DK_OK)
            made[i] = map[codes[i]];
    }
    return status == DK_OK ? dki_builder_codes(build->builder, made, n, err) : status;
}

dk_status dki_use_by_day(const dki_use *use, size_t level, const dk_dictionary *levels, const dk_column **out,
                         dk_error *err)
{
    struct dated_build build = { .builder = NULL };
    dk_status status = dki_dated_level_init(&build.level, use, level, err);

    if (status == DK_OK)
        status = dk_builder_new(use->context, DK_CATEGORY, 0, levels, &build.builder, err);
    if (status == DK_OK)
        status = dki_each_dated(&use->turns, use->column, use->on, append_dated, &build, err);
    if (status == DK_OK)
        status = dk_builder_finish(build.builder, out, err);
    dk_builder_release(build.builder);
    dki_dated_level_drop(&build.level);
    return status;
}

struct dated_count {
    dki_use *use;
    dki_dated_level own;
};

static dk_status count_dated(void *arg, uint64_t row, const uint32_t *codes, const uint32_t *turns, size_t n,
                             dk_error *err)
{
    struct dated_count *count = arg;
    dki_use *use = count->use;
    dk_status status = DK_OK;

    (void)row;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        const uint32_t *known = NULL;

        use->n_dayless += codes[i] > 0 && turns[i] == DKI_NO_TURN;
        if (codes[i] == 0 || turns[i] == DKI_NO_TURN)
            continue;
        status = dki_dated_level_at(&count->own, turns[i], &known, err);
        use->n_unknown[codes[i]] += status == DK_OK && known[codes[i]] == 0;
    }
    return status;
}

/* A member that is there is its own ancestor. */
dk_status dki_use_count_dated(dki_use *use, dk_error *err)
{
    struct dated_count count = { .use = use };
    dk_status status = dki_dated_level_init(&count.own, use, use->level, err);

    if (status == DK_OK)
        status = dki_each_dated(&use->turns, use->column, use->on, count_dated, &count, err);
    dki_dated_level_drop(&count.own);
    return status;
}
