/* assemble.c - the stretches of a collected column into the chunks of the finished one.
 *
 * Each stretch becomes one chunk, by itself, so that all threads can work. Codes are turned into values by a table for each
 * set; where the values are as narrow as the codes that is done in place, and text that was split out is the finished
 * chunk already: what is collected and what is made of it are never in memory together.
 *
 * Poll: once per block, by the pool.
 */
#include "merge.h"

#include <string.h>

#include "code_bits.h"
#include "numbers.h"

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "base/types.h"
#include "data/column_parts.h"
#include "data/dictionary_parts.h"
#include "data/storage.h"

#define GRAIN 4 /* blocks of a task */

/* What the codes of one set mean; one item more than it has values, the first for null. */
typedef struct meanings {
    uint16_t *codes;       /* category */
    bool same;             /* every code means itself */
    dki_converted *values; /* others */
    bool *known;
    size_t n;
} meanings;

typedef struct assembling {
    dki_collected *c;
    size_t column;
    const dki_plan *plan;
    bool wide_codes;
    meanings *sets;
    dki_made_chunk *made; /* by block */
} assembling;

/* Meanings. ------------------------------------------------------------------------------------------------------- */

static dk_status find_meanings(const assembling *a, unsigned set, const dki_levels *levels, meanings *m,
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

static void drop_meanings(dk_context *context, meanings *m)
{
    dki_free(context, m->codes);
    dki_free(context, m->values);
    dki_free(context, m->known);
}

/* Chunks. --------------------------------------------------------------------------------------------------------- */

/* All rows are null: one row stands for them. */
static dk_status make_nulls(dk_context *context, dk_storage storage, size_t n, dki_made_chunk *out, dk_error *err)
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

/* Rows that are all equal are kept as one. For fixed widths, without nulls. */
static dk_status shrink_equal(dk_context *context, dki_made_chunk *made, dk_error *err)
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

static dk_status make_codes(const assembling *a, dki_stretch *s, size_t n, dki_made_chunk *out, dk_error *err)
{
    const meanings *m = &a->sets[s->set];
    dk_context *context = a->c->context;
    void *values = s->codes;

    if (s->n_nulls == n)
        return make_nulls(context, DK_STORE_U8, n, out, err);
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
    return shrink_equal(context, out, err);
}

/* Numbers, dates, booleans. --------------------------------------------------------------------------------------- */

/* The rows of a stretch as values that stand for themselves. */
typedef struct row_values {
    int64_t integers[DKI_COLLECT_ROWS];
    double reals[DKI_COLLECT_ROWS];
    uint64_t valid[DKI_COLLECT_ROWS / 64];
} row_values;

/* Do the numbers of the stretch mean the same in the finished column? */
static bool is_direct(const assembling *a, const dki_stretch *s)
{
    const dki_plan *plan = a->plan;
    bool is_number = plan->type == DK_INTEGER || plan->type == DK_DECIMAL || plan->type == DK_REAL;

    return s->is_numbers && is_number && !plan->percent &&
           (s->scale == 0 || (s->mark == ',') == (plan->mark == DKI_COMMA));
}

static void get_values(const assembling *a, const dki_stretch *s, size_t n, row_values *out)
{
    const meanings *m = s->is_coded ? &a->sets[s->set] : NULL;
    const bool direct = is_direct(a, s);

    memset(out->valid, 0, dki_bit_words(n) * sizeof *out->valid);
    for (size_t i = 0; i < n; i++) {
        dki_converted value = { 0 };
        bool known;
        if (direct) {
            known = !s->valid || dki_bit(s->valid, i);
            if (known) /* every field of a column that is made fits it */
                dki_convert_exact(a->plan, dki_stretch_number(s, i), s->scale, &value);
        } else if (m) {
            uint32_t code = dki_stretch_code(s, i);
            value = m->values[code];
            known = m->known[code];
        } else {
            const char *bytes;
            size_t size;
            known = dki_stretch_get(a->c, a->column, s, i, &bytes, &size) &&
                    dki_convert(a->plan, bytes, size, &value) == DKI_FITS;
        }
        out->integers[i] = known ? value.integer : 0;
        out->reals[i] = known && (value.real < 0 || value.real > 0) ? value.real : 0.0; /* no negative zero */
        out->valid[i / 64] |= (uint64_t)known << i % 64;
    }
}

#define STORE(type)                               \
    do {                                          \
        type *to_ = out->values;                  \
        for (size_t i_ = 0; i_ < n; i_++)         \
            to_[i_] = (type)values->integers[i_]; \
    } while (0)

static dk_status store_values(const assembling *a, const row_values *values, size_t n, dki_made_chunk *out,
                              dk_error *err)
{
    dk_context *context = a->c->context;
    dk_type type = a->plan->type;
    size_t n_known = dki_bits_count(values->valid, n);
    int64_t least = INT64_MAX, greatest = INT64_MIN;

    for (size_t i = 0; i < n; i++)
        if (dki_bit(values->valid, i)) {
            least = values->integers[i] < least ? values->integers[i] : least;
            greatest = values->integers[i] > greatest ? values->integers[i] : greatest;
        }
    out->storage = type == DK_BOOLEAN    ? DK_STORE_BITS
                   : type == DK_REAL     ? DK_STORE_F64
                   : type == DK_CATEGORY ? DK_STORE_U32
                                         : dki_narrowest(least, greatest);
    if (n_known == 0)
        return make_nulls(context,
                          type == DK_BOOLEAN || type == DK_REAL || type == DK_CATEGORY ? out->storage : DK_STORE_I8,
                          n, out, err);
    if (type == DK_CATEGORY)
        out->storage = greatest <= UINT8_MAX ? DK_STORE_U8 : greatest <= UINT16_MAX ? DK_STORE_U16 : DK_STORE_U32;
    out->n_rows = n;
    out->n_nulls = n - n_known;
    if (type != DK_BOOLEAN && type != DK_REAL && type != DK_CATEGORY) {
        out->has_bounds = true;
        out->least = least;
        out->greatest = greatest;
    }
    out->values = dki_alloc_wide(
        context, type == DK_BOOLEAN ? dki_bit_words(n) * 8 : n * dki_storage_width(out->storage), err);
    if (!out->values)
        return DK_ERR_MEMORY;
    switch (out->storage) {
    case DK_STORE_BITS:
        memset(out->values, 0, dki_bit_words(n) * 8);
        for (size_t i = 0; i < n; i++)
            ((uint64_t *)out->values)[i / 64] |= (uint64_t)(values->integers[i] != 0) << i % 64;
        break;
    case DK_STORE_F64: memcpy(out->values, values->reals, n * sizeof(double)); break;
    case DK_STORE_U8: STORE(uint8_t); break;
    case DK_STORE_U16: STORE(uint16_t); break;
    case DK_STORE_U32: STORE(uint32_t); break;
    case DK_STORE_I8: STORE(int8_t); break;
    case DK_STORE_I16: STORE(int16_t); break;
    case DK_STORE_I32: STORE(int32_t); break;
    default: STORE(int64_t); break;
    }
    if (out->n_nulls > 0 && type != DK_CATEGORY) {
        out->valid = dki_alloc_wide(context, dki_bit_words(n) * sizeof *out->valid, err);
        if (!out->valid)
            return DK_ERR_MEMORY;
        memcpy(out->valid, values->valid, dki_bit_words(n) * sizeof *out->valid);
    }
    return type == DK_BOOLEAN ? DK_OK : shrink_equal(context, out, err);
}

/* For speed alone: booleans from codes of one byte, some of which have a value. */
static dk_status make_booleans(const assembling *a, const dki_stretch *s, size_t n, dki_made_chunk *out,
                               dk_error *err)
{
    const meanings *m = &a->sets[s->set];
    dk_context *context = a->c->context;
    const size_t n_bytes = dki_bit_words(n) * sizeof(uint64_t);
    bool seen[256], null[256] = { false }, yes[256] = { false };

    dki_codes_seen(s->codes, n, seen);
    for (size_t i = 0; i < 256 && i < m->n; i++) {
        null[i] = !m->known[i];
        yes[i] = m->known[i] && m->values[i].integer != 0;
    }
    *out = (dki_made_chunk){ .storage = DK_STORE_BITS, .n_rows = n };
    out->values = dki_alloc_wide(context, n_bytes, err);
    out->valid = out->values ? dki_alloc_wide(context, n_bytes, err) : NULL;
    if (!out->valid)
        return DK_ERR_MEMORY;
    dki_codes_bits(s->codes, n, seen, yes, out->values);
    out->n_nulls = dki_codes_valid(s->codes, n, seen, null, out->valid);
    if (out->n_nulls > 0 && out->n_nulls < n)
        return DK_OK;
    dki_free(context, out->valid);
    out->valid = NULL;
    if (out->n_nulls == 0)
        return DK_OK;
    dki_free(context, out->values); /* what is empty between quotes is null too */
    out->values = NULL;
    return make_nulls(context, DK_STORE_BITS, n, out, err);
}

/* For speed alone: integers of one byte, in place, or of two bytes, from codes of one byte. False where values are
 * wider. */
static bool make_short(const assembling *a, dki_stretch *s, size_t n, dki_made_chunk *out, dk_status *status,
                       dk_error *err)
{
    const meanings *m = &a->sets[s->set];
    dk_context *context = a->c->context;
    uint8_t *codes = s->codes;
    int16_t values[256], *wide = NULL;
    bool seen[256], null[256] = { false }, has_nulls = false;
    int64_t least = INT64_MAX, greatest = INT64_MIN;

    dki_codes_seen(codes, n, seen);
    for (size_t i = 0; i < 256; i++) {
        if (!seen[i])
            continue;
        null[i] = !m->known[i];
        has_nulls = has_nulls || null[i];
        if (m->known[i]) {
            least = m->values[i].integer < least ? m->values[i].integer : least;
            greatest = m->values[i].integer > greatest ? m->values[i].integer : greatest;
        }
    }
    if (least > greatest || least < INT16_MIN || greatest > INT16_MAX)
        return false;
    for (size_t i = 0; i < 256; i++)
        values[i] = seen[i] && m->known[i] ? (int16_t)m->values[i].integer : 0;
    *out = (dki_made_chunk){ .storage = dki_narrowest(least, greatest),
                             .n_rows = n,
                             .has_bounds = true,
                             .least = least,
                             .greatest = greatest };
    if (has_nulls) {
        out->valid = dki_alloc_wide(context, dki_bit_words(n) * sizeof *out->valid, err);
        if (!out->valid) {
            *status = DK_ERR_MEMORY;
            return true;
        }
        out->n_nulls = dki_codes_valid(codes, n, seen, null, out->valid);
    }
    if (out->storage == DK_STORE_I16) {
        wide = dki_alloc_wide(context, n * sizeof *wide, err);
        if (!wide) {
            *status = DK_ERR_MEMORY;
            return true;
        }
        for (size_t i = 0; i < n; i++)
            wide[i] = values[codes[i]];
        out->values = wide;
    } else {
        for (size_t i = 0; i < n; i++)
            codes[i] = (uint8_t)values[codes[i]];
        out->values = codes;
        s->codes = NULL;
    }
    *status = shrink_equal(context, out, err);
    return true;
}

static dk_status make_values(const assembling *a, dki_stretch *s, size_t n, row_values *scratch,
                             dki_made_chunk *out, dk_error *err)
{
    dk_type type = a->plan->type;
    dk_status status = DK_OK;

    if (is_direct(a, s) && type != DK_REAL && s->scale == a->plan->scale && s->n_nulls < n) {
        *out = (dki_made_chunk){ .storage = s->width == 1   ? DK_STORE_I8
                                            : s->width == 2 ? DK_STORE_I16
                                            : s->width == 4 ? DK_STORE_I32
                                                            : DK_STORE_I64,
                                 .n_rows = n,
                                 .n_nulls = s->n_nulls,
                                 .has_bounds = true,
                                 .least = s->least,
                                 .greatest = s->greatest,
                                 .values = s->numbers,
                                 .valid = s->valid };
        s->numbers = NULL;
        s->valid = NULL;
        return shrink_equal(a->c->context, out, err);
    }
    if (s->is_coded && !s->is_wide && type == DK_BOOLEAN && s->n_nulls < n)
        return make_booleans(a, s, n, out, err);
    if (s->is_coded && !s->is_wide && type != DK_BOOLEAN && type != DK_REAL && type != DK_CATEGORY &&
        make_short(a, s, n, out, &status, err))
        return status;
    get_values(a, s, n, scratch);
    return store_values(a, scratch, n, out, err);
}

/* Text. ----------------------------------------------------------------------------------------------------------- */

static dk_status make_text(const assembling *a, dki_stretch *s, size_t n, dki_made_chunk *out, dk_error *err)
{
    dk_context *context = a->c->context;
    size_t total = 0, used = 0, size;
    uint32_t *ends;
    const char *bytes;

    if (s->n_nulls == n)
        return make_nulls(context, DK_STORE_TEXT, n, out, err);
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
    const assembling *a = arg;
    dk_context *context = a->c->context;
    row_values *scratch = NULL;
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
            status = scratch ? make_values(a, s, block->n_rows, scratch, &a->made[b], err) : DK_ERR_MEMORY;
        }
        dki_stretch_drop(context, s);
    }
    dki_free(context, scratch);
    return status;
}

/* The texts of levels, which are UTF-8, in a map of their own: large ones that a set has copied are taken from it. */
static dk_status take_levels(const assembling *a, const dki_levels *levels, dki_text_map *out, dk_error *err)
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

static dk_status levels_of(const assembling *a, const dki_levels *levels, dk_dictionary **out, dk_error *err)
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
    assembling a = { .c = c, .column = column, .plan = plan };
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
