/* assemble.c - the stretches of a collected column into the chunks of the finished one.
 *
 * Each stretch becomes one chunk, by itself, so that all threads can work. Codes are turned into values by a table for each
 * set; where the values are as narrow as the codes that is done in place, and text that was split out is the finished
 * chunk already: what is collected and what is made of it are never in memory together.
 *
 * Poll: once per block, by the pool.
 */
#include "assemble.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "base/types.h"
#include "data/dictionary_parts.h"
#include "data/storage.h"

#define GRAIN 4 /* blocks of a task */

/* Meanings. ------------------------------------------------------------------------------------------------------- */

static dk_status find_meanings(const dki_assembling *a, unsigned set, const dki_levels *levels, dki_meanings *m,
                               dk_error *err)
{
    const dki_values *v = &a->c->values[set * a->c->n_columns + a->column];
    const dki_plan *plan = a->plan;
    dk_context *context = a->c->context;

    m->n = v->n + 1;
    if (plan->type == DK_TEXT)
        return DK_OK;
    if (plan->type == DK_CATEGORY && !plan->levels) {
        m->codes = dki_calloc(context, m->n, sizeof *m->codes, err);
        if (!m->codes)
            return DK_ERR_MEMORY;
        m->same = true;
        for (size_t i = 0; i < v->n; i++) {
            /* Not found: a value that only dropped rows had. */
            m->codes[i + 1] =
                (uint16_t)(dki_text_map_find(&levels->map, v->entries[i].bytes, v->entries[i].size) + 1);
            m->same = m->same && (m->codes[i + 1] == i + 1 || m->codes[i + 1] == 0);
        }
        return DK_OK;
    }
    m->values = dki_calloc(context, m->n, sizeof *m->values, err);
    m->known = m->values ? dki_calloc(context, m->n, sizeof *m->known, err) : NULL;
    if (!m->known)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < v->n; i++)
        m->known[i + 1] = dki_convert(plan, v->entries[i].bytes, v->entries[i].size, &m->values[i + 1]) == DKI_FITS;
    return DK_OK;
}

static void drop_meanings(dk_context *context, dki_meanings *m)
{
    dki_free(context, m->codes);
    dki_free(context, m->values);
    dki_free(context, m->known);
}

/* Chunks. --------------------------------------------------------------------------------------------------------- */

dk_status dki_assemble_nulls(dk_context *context, dk_storage storage, size_t n, dki_made_chunk *out, dk_error *err)
{
    bool coded = storage == DK_STORE_U8 || storage == DK_STORE_U16 || storage == DK_STORE_U32;

    out->storage = storage;
    out->constant = true;
    out->n_rows = out->n_nulls = n;
    out->values = dki_alloc_wide(context, 16, err);
    if (out->values)
        memset(out->values, 0, 16);
    out->valid = out->values && !coded ? dki_alloc_wide(context, sizeof *out->valid, err) : NULL;
    out->bytes = out->valid && storage == DK_STORE_TEXT ? dki_alloc(context, 0, err) : NULL;
    if (!out->values || (!coded && !out->valid) || (storage == DK_STORE_TEXT && !out->bytes))
        return DK_ERR_MEMORY;
    if (out->valid)
        out->valid[0] = 0;
    return DK_OK;
}

dk_status dki_assemble_shrink(dk_context *context, dki_made_chunk *made, dk_error *err)
{
    size_t width = dki_storage_width(made->storage);

    if (made->n_nulls > 0 || memcmp(made->values, (char *)made->values + width, width * (made->n_rows - 1)) != 0)
        return DK_OK;
    made->constant = true;
    return dki_resize(context, &made->values, width, err);
}

/* Category. ------------------------------------------------------------------------------------------------------- */

#define TRANSLATE(from_type, to_type)               \
    do {                                            \
        const from_type *from_ = s->codes;          \
        to_type *to_ = values;                      \
        for (size_t i_ = 0; i_ < n; i_++)           \
            to_[i_] = (to_type)m->codes[from_[i_]]; \
    } while (0)

static dk_status make_codes(const dki_assembling *a, dki_stretch *s, size_t n, dki_made_chunk *out, dk_error *err)
{
    const dki_meanings *m = &a->sets[s->set];
    dk_context *context = a->c->context;
    void *values = s->codes;

    if (s->n_nulls == n)
        return dki_assemble_nulls(context, DK_STORE_U8, n, out, err);
    out->storage = a->wide_codes ? DK_STORE_U16 : DK_STORE_U8;
    out->n_rows = n;
    out->n_nulls = s->n_nulls;
    if (a->wide_codes != s->is_wide) {
        values = dki_alloc_wide(context, n * (a->wide_codes ? 2 : 1), err);
        if (!values)
            return DK_ERR_MEMORY;
        if (a->wide_codes)
            TRANSLATE(uint8_t, uint16_t);
        else
            TRANSLATE(uint16_t, uint8_t);
    } else {
        s->codes = NULL;
        if (!m->same && a->wide_codes) {
            uint16_t *at = values;
            for (size_t i = 0; i < n; i++)
                at[i] = m->codes[at[i]];
        } else if (!m->same) {
            uint8_t *at = values;
            for (size_t i = 0; i < n; i++)
                at[i] = (uint8_t)m->codes[at[i]];
        }
    }
    out->values = values;
    return dki_assemble_shrink(context, out, err);
}

/* Text. ----------------------------------------------------------------------------------------------------------- */

static dk_status make_text(const dki_assembling *a, dki_stretch *s, size_t n, dki_made_chunk *out, dk_error *err)
{
    dk_context *context = a->c->context;
    size_t total = 0, used = 0, size;
    uint32_t *ends;
    const char *bytes;

    if (s->n_nulls == n)
        return dki_assemble_nulls(context, DK_STORE_TEXT, n, out, err);
    out->storage = DK_STORE_TEXT;
    out->n_rows = n;
    out->n_nulls = s->n_nulls;
    if (!s->is_coded && !s->is_numbers) {
        out->values = s->ends;
        out->bytes = s->bytes;
        s->ends = NULL;
        s->bytes = NULL;
        if (s->n_nulls > 0) {
            out->valid = s->valid;
            s->valid = NULL;
        }
        return DK_OK;
    }
    for (size_t i = 0; i < n; i++)
        total += dki_stretch_get(a->c, a->column, s, i, &bytes, &size) ? size : 0;
    if (total > UINT32_MAX)
        return dki_fail(err, DK_ERR_LIMIT, "%zu texts of %zu bytes are longer than 4 GiB", n, total);
    out->values = ends = dki_alloc_wide(context, (n + 1) * sizeof *ends, err);
    out->bytes = out->values ? dki_alloc(context, total, err) : NULL;
    if (!out->bytes)
        return DK_ERR_MEMORY;
    if (s->n_nulls > 0) {
        out->valid = dki_calloc(context, dki_bit_words(n), sizeof *out->valid, err);
        if (!out->valid)
            return DK_ERR_MEMORY;
    }
    ends[0] = 0;
    for (size_t i = 0; i < n; i++) {
        if (dki_stretch_get(a->c, a->column, s, i, &bytes, &size)) {
            if (size > 0)
                memcpy(out->bytes + used, bytes, size);
            used += size;
            if (out->valid)
                dki_bit_set(out->valid, i);
        }
        ends[i + 1] = (uint32_t)used;
    }
    return DK_OK;
}

/* Columns. -------------------------------------------------------------------------------------------------------- */

static dk_status assemble(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const dki_assembling *a = arg;
    dk_context *context = a->c->context;
    dki_row_values *scratch = NULL;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t b = begin; b < end && status == DK_OK; b++) {
        dki_block *block = a->c->blocks[b];
        dki_stretch *s = &block->stretches[a->column];
        if (a->plan->type == DK_TEXT) {
            status = make_text(a, s, block->n_rows, &a->made[b], err);
        } else if (a->plan->type == DK_CATEGORY && !a->plan->levels) {
            status = make_codes(a, s, block->n_rows, &a->made[b], err);
        } else {
            if (!scratch)
                scratch = dki_alloc(context, sizeof *scratch, err);
            status = scratch ? dki_assemble_values(a, s, block->n_rows, scratch, &a->made[b], err) : DK_ERR_MEMORY;
        }
        dki_stretch_drop(context, s);
    }
    dki_free(context, scratch);
    return status;
}

/* The texts of levels, which are UTF-8, in a map of their own: large ones that a set has copied are taken from it. */
static dk_status take_levels(const dki_assembling *a, const dki_levels *levels, dki_text_map *out, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < levels->map.n && status == DK_OK; i++) {
        size_t size;
        const char *bytes = dki_text_map_get(&levels->map, (uint32_t)i, &size);
        uint32_t number;
        for (unsigned set = 0; size >= DKI_LARGE_TEXT && set < a->c->n_sets && status == DK_OK && out->n == i;
             set++) {
            dki_text_map *longs = &dki_values_of(a->c, set, a->column)->longs;
            if (dki_text_map_find(longs, bytes, size) != DKI_MAP_NONE)
                status = dki_text_map_take(out, longs, bytes, size, &number, err);
        }
        if (status == DK_OK && out->n == i)
            status = dki_text_map_add(out, bytes, size, &number, err);
    }
    return status;
}

static dk_status levels_of(const dki_assembling *a, const dki_levels *levels, dk_dictionary **out, dk_error *err)
{
    dki_text_map texts;

    dki_text_map_init(&texts, a->c->context);
    dk_status status = take_levels(a, levels, &texts, err);
    if (status == DK_OK)
        status = dki_dictionary_of_map(&texts, out, err);
    dki_text_map_drop(&texts);
    return status;
}

/* A stated category with more values than are numbered here: the builder numbers them. */
static dk_status build_category(dki_collected *c, size_t column, const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(c->context, DK_CATEGORY, 0, NULL, &builder, err);

    for (size_t b = 0; b < c->n_blocks && status == DK_OK; b++) {
        dki_block *block = c->blocks[b];
        status = dki_poll(c->context, err);
        for (size_t i = 0; i < block->n_rows && status == DK_OK; i++) {
            dk_text text;
            status = dki_stretch_get(c, column, &block->stretches[column], i, &text.bytes, &text.size)
                         ? dk_builder_text(builder, text, err)
                         : dk_builder_null(builder, 1, err);
        }
        dki_stretch_drop(c->context, &block->stretches[column]);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

dk_status dki_collected_column(dki_collected *collected, size_t column, const dki_levels *levels,
                               const dki_plan *plan, const dk_column **out, dk_error *err)
{
    dki_collected *c = collected;
    bool numbered = plan->type == DK_CATEGORY && !plan->levels;
    dk_dictionary *found = NULL;
    dki_assembling a = { .c = c, .column = column, .plan = plan };
    dk_status status = DK_OK;

    if (numbered && !levels->is_known)
        return build_category(c, column, out, err);
    a.wide_codes = levels->map.n > UINT8_MAX;
    a.sets = dki_calloc(c->context, c->n_sets, sizeof *a.sets, err);
    a.made = a.sets ? dki_calloc(c->context, c->n_blocks, sizeof *a.made, err) : NULL;
    if (!a.made)
        status = DK_ERR_MEMORY;
    if (status == DK_OK && numbered)
        status = levels_of(&a, levels, &found, err);
    for (unsigned set = 0; set < c->n_sets && status == DK_OK; set++)
        status = find_meanings(&a, set, levels, &a.sets[set], err);
    if (status == DK_OK)
        status = dki_parallel(c->context, c->n_blocks, GRAIN, assemble, &a, err);
    if (status == DK_OK) {
        status = dki_column_of_made(c->context, plan->type, dki_type_scale(plan->type, plan->scale),
                                    plan->levels ? plan->levels : found, a.made, c->n_blocks, out, err);
    } else {
        for (size_t b = 0; a.made && b < c->n_blocks; b++)
            dki_made_drop(c->context, &a.made[b]);
    }
    for (unsigned set = 0; a.sets && set < c->n_sets; set++)
        drop_meanings(c->context, &a.sets[set]);
    dk_dictionary_release(found);
    dki_free(c->context, a.sets);
    dki_free(c->context, a.made);
    for (unsigned set = 0; set < c->n_sets; set++)
        dki_values_drop(&c->values[set * c->n_columns + column]);
    return status;
}
