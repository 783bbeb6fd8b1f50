/* merge.c - what the blocks of a collected file hold together.
 *
 * Every set of values is in the order of first appearance of the thread that met them, and knows the row of each first
 * appearance. Merging the sets by these rows gives the order of the file, whichever thread took which block.
 *
 * Cost: O(different values) for coded columns, and O(rows) to count them where the answer depends on how often each
 * occurs. Poll: once per block.
 */
#include "merge.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "canonical.h"
#include "numbers.h"

/* Fields. --------------------------------------------------------------------------------------------------------- */

bool dki_stretch_get(const dki_collected *collected, size_t column, const dki_stretch *stretch, size_t i,
                     const char **bytes, size_t *size)
{
    if (stretch->is_coded) {
        uint32_t code = dki_stretch_code(stretch, i);
        if (code == 0)
            return false;
        const dki_value_entry *entry = &dki_values_of(collected, stretch->set, column)->entries[code - 1];
        *bytes = entry->bytes;
        *size = entry->size;
        return true;
    }
    if (stretch->valid && !dki_bit(stretch->valid, i))
        return false;
    if (stretch->is_numbers) {
        static _Thread_local char text[DKI_CANONICAL_BYTES];
        *bytes = text;
        *size = dki_canonical_write(dki_stretch_number(stretch, i), stretch->scale, stretch->mark,
                                    stretch->is_grouped, text);
        return true;
    }
    *bytes = stretch->bytes + stretch->ends[i];
    *size = stretch->ends[i + 1] - stretch->ends[i];
    return true;
}

bool dki_collected_get(const dki_collected *collected, size_t column, uint64_t row, const char **bytes,
                       size_t *size)
{
    size_t low = 0, high = collected->n_blocks;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (collected->blocks[middle]->row <= row)
            low = middle;
        else
            high = middle;
    }
    const dki_block *block = collected->blocks[low];
    return dki_stretch_get(collected, column, &block->stretches[column], (size_t)(row - block->row), bytes, size);
}

/* Levels. --------------------------------------------------------------------------------------------------------- */

void dki_levels_drop(dki_levels *levels)
{
    if (levels->map.context) {
        dki_free(levels->map.context, levels->first_rows);
        dki_text_map_drop(&levels->map);
    }
    levels->first_rows = NULL;
    levels->is_known = false;
}

/* The set whose next value was seen first; n_sets where none is left. Values that only dropped rows had do not count. */
static unsigned earliest(const dki_collected *c, size_t column, const size_t *next)
{
    unsigned best = c->n_sets;
    uint64_t best_row = c->n_rows;

    for (unsigned set = 0; set < c->n_sets; set++) {
        const dki_values *v = dki_values_of(c, set, column);
        if (next[set] < v->n && v->entries[next[set]].row < best_row) {
            best = set;
            best_row = v->entries[next[set]].row;
        }
    }
    return best;
}

dk_status dki_levels_find(const dki_collected *collected, size_t column, dki_levels *out, dk_error *err)
{
    const dki_collected *c = collected;
    size_t room = 0, *next;
    dk_status status = DK_OK;
    unsigned set;

    *out = (dki_levels){ .is_known = !atomic_load(&c->is_plain[column]) };
    dki_text_map_init(&out->map, c->context);
    out->map.borrows = true;
    for (unsigned k = 0; k < c->n_sets; k++) /* nothing will be looked up any more */
        dki_values_close(dki_values_of(c, k, column));
    if (!out->is_known)
        return DK_OK;
    next = dki_calloc(c->context, c->n_sets, sizeof *next, err);
    if (!next)
        return DK_ERR_MEMORY;
    while (status == DK_OK && (set = earliest(c, column, next)) < c->n_sets) {
        const dki_value_entry *entry = &dki_values_of(c, set, column)->entries[next[set]++];
        size_t before = out->map.n;
        uint32_t number;
        status = dki_text_map_add(&out->map, entry->bytes, entry->size, &number, err);
        if (status != DK_OK || out->map.n == before)
            continue;
        if (out->map.n > DKI_RAW_LEVELS) {
            dki_levels_drop(out);
            break;
        }
        if (number >= room)
            status = dki_grow(c->context, (void **)&out->first_rows, &room, (size_t)number + 1,
                              sizeof *out->first_rows, err);
        if (status == DK_OK)
            out->first_rows[number] = entry->row;
    }
    dki_free(c->context, next);
    if (status != DK_OK)
        dki_levels_drop(out);
    return status;
}

/* Profiles. ------------------------------------------------------------------------------------------------------- */

static uint64_t count_known(const dki_collected *c, size_t column)
{
    uint64_t n = c->n_rows;

    for (size_t b = 0; b < c->n_blocks; b++)
        n -= c->blocks[b]->stretches[column].n_nulls;
    return n;
}

/* Adds to counts how many rows of a set's stretches have each of its codes. */
static dk_status count_codes(const dki_collected *c, size_t column, unsigned set, uint64_t *counts, dk_error *err)
{
    for (size_t b = 0; b < c->n_blocks; b++) {
        const dki_stretch *s = &c->blocks[b]->stretches[column];
        dk_status status = dki_poll(c->context, err);
        if (status != DK_OK)
            return status;
        if (!s->is_coded || s->set != set)
            continue;
        for (size_t i = 0; i < c->blocks[b]->n_rows; i++)
            counts[dki_stretch_code(s, i)]++;
    }
    return DK_OK;
}

/* Does the profile depend on how often each value occurs? It does where they differ in what they can be read as. */
static bool needs_counts(const dki_levels *levels, bool loose)
{
    uint32_t readings = 0;

    for (size_t i = 0; i < levels->map.n; i++) {
        size_t size;
        const char *bytes = dki_text_map_get(&levels->map, (uint32_t)i, &size);
        dki_facts facts;
        if (size == 0 || dki_null_word(bytes, size))
            return true;
        dki_facts_find(bytes, size, loose, &facts);
        if (i > 0 && facts.readings != readings)
            return true;
        readings = facts.readings;
    }
    return false;
}

/* Counts the rows of each level into counts. */
static dk_status count_levels(const dki_collected *c, size_t column, const dki_levels *levels, uint64_t *counts,
                              dk_error *err)
{
    uint64_t *codes = dki_alloc_array(c->context, DKI_RAW_LEVELS + 1, sizeof *codes, err);
    dk_status status = codes ? DK_OK : DK_ERR_MEMORY;

    for (unsigned set = 0; set < c->n_sets && status == DK_OK; set++) {
        const dki_values *v = dki_values_of(c, set, column);
        memset(codes, 0, (DKI_RAW_LEVELS + 1) * sizeof *codes);
        status = count_codes(c, column, set, codes, err);
        for (size_t i = 0; i < v->n && status == DK_OK; i++)
            if (codes[i + 1] > 0)
                counts[dki_text_map_find(&levels->map, v->entries[i].bytes, v->entries[i].size)] += codes[i + 1];
    }
    dki_free(c->context, codes);
    return status;
}

static dk_status profile_levels(const dki_collected *c, size_t column, const dki_levels *levels, bool loose,
                                dki_profile *profile, dk_error *err)
{
    size_t n = levels->map.n;
    uint64_t *counts = dki_calloc(c->context, n + 1, sizeof *counts, err);
    dk_status status = counts ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK && needs_counts(levels, loose)) {
        status = count_levels(c, column, levels, counts, err);
    } else if (status == DK_OK && n > 0) { /* only their sum matters */
        for (size_t i = 1; i < n; i++)
            counts[i] = 1;
        counts[0] = count_known(c, column) - (n - 1);
    }
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        size_t size;
        const char *bytes = dki_text_map_get(&levels->map, (uint32_t)i, &size);
        dki_profile_add(profile, bytes, size, levels->first_rows[i], counts[i], loose);
    }
    profile->n_different = n;
    dki_free(c->context, counts);
    return status;
}

void dki_stretch_profile(const dki_block *block, const dki_stretch *stretch, dki_profile *profile)
{
    const dki_stretch *s = stretch;
    uint64_t n_known = block->n_rows - s->n_nulls, first = block->row + s->first;

    if (s->profile)
        dki_profile_merge(profile, s->profile);
    else if (s->is_numbers && n_known > 0)
        dki_profile_add_canonical(profile, first, n_known, s->mark, s->scale, s->whole_digits);
    else if (n_known > 0)
        dki_profile_add_unreadable(profile, first, n_known);
}

/* Of a column whose values are not numbered in the whole of the file, though they may be in some blocks. */
static dk_status profile_stretches(const dki_collected *c, size_t column, bool loose, dki_profile *profile,
                                   dk_error *err)
{
    uint64_t *counts = dki_alloc_array(c->context, DKI_RAW_LEVELS + 1, sizeof *counts, err);
    dk_status status = counts ? DK_OK : DK_ERR_MEMORY;

    for (size_t b = 0; b < c->n_blocks && status == DK_OK; b++)
        if (!c->blocks[b]->stretches[column].is_coded)
            dki_stretch_profile(c->blocks[b], &c->blocks[b]->stretches[column], profile);
    for (unsigned set = 0; set < c->n_sets && status == DK_OK; set++) {
        const dki_values *v = dki_values_of(c, set, column);
        memset(counts, 0, (DKI_RAW_LEVELS + 1) * sizeof *counts);
        status = count_codes(c, column, set, counts, err);
        for (size_t i = 0; i < v->n && status == DK_OK; i++)
            if (counts[i + 1] > 0)
                dki_profile_add(profile, v->entries[i].bytes, v->entries[i].size, v->entries[i].row, counts[i + 1],
                                loose);
    }
    profile->n_different = UINT64_MAX;
    dki_free(c->context, counts);
    return status;
}

dk_status dki_collected_profile(const dki_collected *collected, size_t column, const dki_levels *levels,
                                const dk_csv_column *stated, dki_profile *out, dk_error *err)
{
    dki_profile profile;
    dk_status status;

    dki_profile_begin(&profile);
    status = levels->is_known ? profile_levels(collected, column, levels, stated != NULL, &profile, err)
                              : profile_stretches(collected, column, stated != NULL, &profile, err);
    if (status == DK_OK)
        *out = profile;
    return status;
}

/* Values that do not fit. ----------------------------------------------------------------------------------------- */

static bool is_misfit(const dki_plan *plan, const char *bytes, size_t size)
{
    dki_converted value;

    return dki_convert(plan, bytes, size, &value) > DKI_FITS_NULL;
}

/* Of each set, which codes do not fit: set * (DKI_RAW_LEVELS + 1) + code; *any: some do not. */
static dk_status find_misfits(const dki_collected *c, size_t column, const dki_plan *plan, bool **out, bool *any,
                              dk_error *err)
{
    bool *unfit = dki_calloc(c->context, c->n_sets * (DKI_RAW_LEVELS + (size_t)1), sizeof *unfit, err);

    *any = false;
    if (!unfit)
        return DK_ERR_MEMORY;
    for (unsigned set = 0; set < c->n_sets; set++) {
        const dki_values *v = dki_values_of(c, set, column);
        for (size_t i = 0; i < v->n; i++) {
            bool is_bad = is_misfit(plan, v->entries[i].bytes, v->entries[i].size);
            unfit[set * (DKI_RAW_LEVELS + (size_t)1) + i + 1] = is_bad;
            *any = *any || is_bad;
        }
    }
    *out = unfit;
    return DK_OK;
}

dk_status dki_collected_check(const dki_collected *collected, size_t column, const dki_plan *plan, uint64_t *bad,
                              uint64_t *n_bad, dk_error *err)
{
    const dki_collected *c = collected;
    bool *unfit = NULL, any;
    dk_status status;

    if (dki_always_fits(plan))
        return DK_OK;
    status = find_misfits(c, column, plan, &unfit, &any, err);
    for (size_t b = 0; b < c->n_blocks && status == DK_OK; b++) {
        const dki_block *block = c->blocks[b];
        const dki_stretch *s = &block->stretches[column];
        status = dki_poll(c->context, err);
        if (s->is_coded && !any) /* all of its values fit: nothing to look for among the rows */
            continue;
        for (size_t i = 0; i < block->n_rows && status == DK_OK; i++) {
            const char *bytes;
            size_t size;
            bool is_bad = s->is_coded
                              ? unfit[s->set * (DKI_RAW_LEVELS + (size_t)1) + dki_stretch_code(s, i)]
                              : dki_stretch_get(c, column, s, i, &bytes, &size) && is_misfit(plan, bytes, size);
            if (is_bad && !dki_bit(bad, block->row + i)) {
                dki_bit_set(bad, block->row + i);
                ++*n_bad;
            }
        }
    }
    dki_free(c->context, unfit);
    return status;
}
