/* assemble_values.c - numbers, dates, booleans and codes of stated levels: a stretch of them into a chunk.
 *
 * The plain way makes the value of each row, and stores them in the narrowest width that holds them. Where the stretch stands for
 * itself already, or a table of 256 values tells all, rows are not looked at one by one.
 */
#include "assemble.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "code_bits.h"
#include "data/storage.h"
#include "numbers.h"

/* Do the numbers of the stretch mean the same in the finished column? */
static bool is_direct(const dki_assembling *a, const dki_stretch *s)
{
    const dki_plan *plan = a->plan;
    bool is_number = plan->type == DK_INTEGER || plan->type == DK_DECIMAL || plan->type == DK_REAL;

    return s->is_numbers && is_number && !plan->percent &&
           (s->scale == 0 || (s->mark == ',') == (plan->mark == DKI_COMMA));
}

static void get_values(const dki_assembling *a, const dki_stretch *s, size_t n, dki_row_values *out)
{
    const dki_meanings *m = s->is_coded ? &a->sets[s->set] : NULL;
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

static dk_status store_values(const dki_assembling *a, const dki_row_values *values, size_t n, dki_made_chunk *out,
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
        return dki_assemble_nulls(
            context, type == DK_BOOLEAN || type == DK_REAL || type == DK_CATEGORY ? out->storage : DK_STORE_I8, n,
            out, err);
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
    return type == DK_BOOLEAN ? DK_OK : dki_assemble_shrink(context, out, err);
}

/* For speed alone: booleans from codes of one byte, some of which have a value. */
static dk_status make_booleans(const dki_assembling *a, const dki_stretch *s, size_t n, dki_made_chunk *out,
                               dk_error *err)
{
    const dki_meanings *m = &a->sets[s->set];
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
    return dki_assemble_nulls(context, DK_STORE_BITS, n, out, err);
}

/* For speed alone: integers of one byte, in place, or of two bytes, from codes of one byte. False where values are
 * wider. */
static bool make_short(const dki_assembling *a, dki_stretch *s, size_t n, dki_made_chunk *out, dk_status *status,
                       dk_error *err)
{
    const dki_meanings *m = &a->sets[s->set];
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
    *status = dki_assemble_shrink(context, out, err);
    return true;
}

dk_status dki_assemble_values(const dki_assembling *a, dki_stretch *s, size_t n, dki_row_values *scratch,
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
        return dki_assemble_shrink(a->c->context, out, err);
    }
    if (s->is_coded && !s->is_wide && type == DK_BOOLEAN && s->n_nulls < n)
        return make_booleans(a, s, n, out, err);
    if (s->is_coded && !s->is_wide && type != DK_BOOLEAN && type != DK_REAL && type != DK_CATEGORY &&
        make_short(a, s, n, out, &status, err))
        return status;
    get_values(a, s, n, scratch);
    return store_values(a, scratch, n, out, err);
}
