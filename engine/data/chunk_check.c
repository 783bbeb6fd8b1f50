/* chunk_check.c - whether a chunk that comes from a file is one that the engine may rely on.
 *
 * A checksum says that bytes are what was written; a file may still have been written by somebody else. The engine
 * indexes arrays by codes and by bounds, and follows offsets, so that all of these are looked at before use.
 *
 * Cost: one pass over the values, eight or more at a time: integers are looked at in groups of GROUP, whose loops a
 * compiler turns into wide instructions.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/number.h"
#include "base/text.h"
#include "base/types.h"
#include "builder.h"
#include "store.h"

#define GROUP 192 /* fits a byte */
#define MAX_ROWS (UINT64_C(1) << 48)

/* Forms ------------------------------------------------------------------------------------------------------------- */

static bool holds_integers(dk_storage storage)
{
    return storage == DK_STORE_I8 || storage == DK_STORE_I16 || storage == DK_STORE_I32 || storage == DK_STORE_I64;
}

static bool fits_type(dk_storage storage, dk_type type)
{
    switch (dki_widest(type)) {
    case DK_STORE_I64: return holds_integers(storage);
    case DK_STORE_U32: return storage == DK_STORE_U8 || storage == DK_STORE_U16 || storage == DK_STORE_U32;
    default: return storage == dki_widest(type);
    }
}

static const char *check_bounds(const dki_stored_form *form)
{
    const dki_column_facts *facts = &form->facts;
    int64_t least, greatest;
    bool wanted = dki_widest(form->type) == DK_STORE_I64 && facts->n_nulls < form->n_rows;

    if (facts->has_bounds != wanted)
        return wanted ? "lack the bounds of their type" : "have bounds, which their type has not";
    if (facts->has_bounds && facts->least > facts->greatest)
        return "have bounds in the wrong order";
    if (facts->has_bounds && dki_type_bounds(form->type, form->scale, &least, &greatest) &&
        (facts->least < least || facts->greatest > greatest))
        return form->type == DK_DATE        ? "have dates outside the years 1 to 9999"
               : form->type == DK_TIMESTAMP ? "have times outside the years 1 to 9999"
                                            : "have periods outside the years 1 to 9999";
    return NULL;
}

const char *dki_form_check(const dki_stored_form *form)
{
    const dki_block *values = &form->blocks[DKI_BLOCK_VALUES], *valid = &form->blocks[DKI_BLOCK_VALID];
    const dki_block *bytes = &form->blocks[DKI_BLOCK_BYTES];
    const dki_block *ends = &form->blocks[DKI_BLOCK_ENDS];
    uint64_t n = dki_form_n_values(form);
    bool has_bitmap = form->facts.n_nulls > 0 && form->type != DK_CATEGORY;

    if (!fits_type(form->storage, form->type))
        return "are stored in a way that their type is not";
    if (form->n_rows == 0 || form->n_rows > MAX_ROWS || n > UINT32_MAX)
        return "have a number of rows that cannot be";
    if (form->facts.n_nulls > form->n_rows ||
        (form->constant && form->facts.n_nulls > 0 && form->facts.n_nulls < form->n_rows))
        return "have a number of nulls that cannot be";
    if (ends->bytes > 0 &&
        (form->constant || form->storage == DK_STORE_TEXT || ends->bytes % sizeof(uint32_t) != 0 || n < 2 ||
         n > form->n_rows || form->n_rows > UINT32_MAX))
        return "have runs that cannot be";
    if (form->packed > 0 && (form->constant || ends->bytes > 0))
        return "are packed where each row has no value of its own";
    if (values->bytes != dki_form_value_bytes(form, (size_t)n))
        return "have a size that does not go with their rows";
    if (valid->bytes != (has_bitmap ? dki_bit_words((size_t)n) * sizeof(uint64_t) : 0))
        return "have a bitmap that does not go with their nulls";
    if (bytes->bytes > (form->storage == DK_STORE_TEXT ? UINT32_MAX : 0))
        return "have bytes of text that cannot be";
    for (size_t i = 0; i < DKI_N_BLOCKS; i++) {
        const dki_block *block = &form->blocks[i];

        if ((block->stored_bytes == 0) != (block->bytes == 0))
            return "have a block without bytes";
        if (block->compressed ? !dki_zstd_is_believable(block->stored_bytes, block->bytes)
                              : block->stored_bytes != block->bytes)
            return "have a size that does not go with what is stored";
    }
    return check_bounds(form);
}

/* Values ------------------------------------------------------------------------------------------------------------ */

static const char wrong_bounds[] = "do not keep to their bounds";
static const char wrong_nulls[] = "do not have the stated number of nulls";
static const char wrong_null_value[] = "have a value where a row is null";

struct range {
    int64_t least, greatest;
    size_t n_zeros;
};

/* Least, greatest and zeros of n >= 1 values. zeros_ counts by the width of a value, so that a group's count is wide
 * enough and no wider. */
#define FIND_RANGE(type_, count_)                                  \
    do {                                                           \
        const type_ *v_ = values;                                  \
        type_ low_ = v_[0], high_ = v_[0];                         \
        size_t i_ = 0;                                             \
        for (; i_ + GROUP <= n; i_ += GROUP) {                     \
            type_ group_low_ = v_[i_], group_high_ = v_[i_];       \
            count_ zeros_ = 0;                                     \
            for (size_t j_ = 0; j_ < GROUP; j_++) {                \
                type_ x_ = v_[i_ + j_];                            \
                group_low_ = x_ < group_low_ ? x_ : group_low_;    \
                group_high_ = x_ > group_high_ ? x_ : group_high_; \
                zeros_ = (count_)(zeros_ + (count_)(x_ == 0));     \
            }                                                      \
            low_ = group_low_ < low_ ? group_low_ : low_;          \
            high_ = group_high_ > high_ ? group_high_ : high_;     \
            range.n_zeros += zeros_;                               \
        }                                                          \
        for (; i_ < n; i_++) {                                     \
            low_ = v_[i_] < low_ ? v_[i_] : low_;                  \
            high_ = v_[i_] > high_ ? v_[i_] : high_;               \
            range.n_zeros += v_[i_] == 0;                          \
        }                                                          \
        range.least = low_;                                        \
        range.greatest = high_;                                    \
    } while (0)

static struct range find_range(const void *values, dk_storage storage, size_t n)
{
    struct range range = { 0, 0, 0 };

    switch (storage) {
    case DK_STORE_I8: FIND_RANGE(int8_t, uint8_t); break;
    case DK_STORE_I16: FIND_RANGE(int16_t, uint16_t); break;
    case DK_STORE_I32: FIND_RANGE(int32_t, uint32_t); break;
    case DK_STORE_U8: FIND_RANGE(uint8_t, uint8_t); break;
    case DK_STORE_U16: FIND_RANGE(uint16_t, uint16_t); break;
    case DK_STORE_U32: FIND_RANGE(uint32_t, uint32_t); break;
    default: FIND_RANGE(int64_t, uint64_t); break;
    }
    return range;
}

/* The null rows of a word of the bitmap. */
static uint64_t missing_bits(const dki_chunk *chunk, size_t word, size_t n)
{
    return ~chunk->valid[word] & (word + 1 == dki_bit_words(n) ? dki_bit_tail(n) : ~UINT64_C(0));
}

/* Calls is_zero for each null row. */
static bool nulls_are_zero(const dki_chunk *chunk, size_t n, bool (*is_zero)(const dki_chunk *chunk, size_t row))
{
    for (size_t w = 0; chunk->valid && w < dki_bit_words(n); w++) {
        for (uint64_t missing = missing_bits(chunk, w, n); missing; missing &= missing - 1)
            if (!is_zero(chunk, w * 64 + (size_t)__builtin_ctzll(missing)))
                return false;
    }
    return true;
}

/* All bits of the values of null rows. */
#define NULL_BITS(type_)                                                     \
    do {                                                                     \
        const type_ *v_ = chunk->values;                                     \
        for (size_t w_ = 0; w_ < dki_bit_words(n); w_++)                     \
            for (uint64_t m_ = missing_bits(chunk, w_, n); m_; m_ &= m_ - 1) \
                bits |= (uint64_t)v_[w_ * 64 + (size_t)__builtin_ctzll(m_)]; \
    } while (0)

static bool integer_nulls_are_zero(const dki_chunk *chunk, size_t n)
{
    uint64_t bits = 0;

    if (chunk->valid == NULL)
        return true;
    switch (chunk->storage) {
    case DK_STORE_I8: NULL_BITS(int8_t); break;
    case DK_STORE_I16: NULL_BITS(int16_t); break;
    case DK_STORE_I32: NULL_BITS(int32_t); break;
    default: NULL_BITS(int64_t); break;
    }
    return bits == 0;
}

static struct range join_ranges(struct range a, struct range b)
{
    return (struct range){ a.least < b.least ? a.least : b.least, a.greatest > b.greatest ? a.greatest : b.greatest,
                           a.n_zeros + b.n_zeros };
}

/* The range of the values, and whether those of nulls are zeros: a block at a time where they are packed. */
static struct range look_at(const dki_chunk *chunk, size_t n, bool *nulls_are_zeros)
{
    struct range range = { INT64_MAX, INT64_MIN, 0 };
    uint8_t bytes[DK_BLOCK_ROWS];
    dki_chunk block = { .storage = chunk->storage, .values = bytes };

    if (chunk->packed == 0) {
        *nulls_are_zeros = integer_nulls_are_zero(chunk, n);
        return find_range(chunk->values, chunk->storage, n);
    }
    *nulls_are_zeros = true;
    for (size_t at = 0; at < n; at += DK_BLOCK_ROWS) {
        size_t piece = n - at < DK_BLOCK_ROWS ? n - at : DK_BLOCK_ROWS;

        dki_unpack(chunk, at, piece, bytes);
        block.valid = chunk->valid ? chunk->valid + at / 64 : NULL;
        *nulls_are_zeros = *nulls_are_zeros && integer_nulls_are_zero(&block, piece);
        range = join_ranges(range, find_range(bytes, chunk->storage, piece));
    }
    return range;
}

/* Bits behind the last packed value are zeros. */
static bool ends_in_zeros(const dki_chunk *chunk, size_t n)
{
    unsigned used = (unsigned)(n * chunk->packed % 8);

    return used == 0 || ((const uint8_t *)chunk->values)[dki_packed_bytes(chunk->packed, n) - 1] >> used == 0;
}

static const char *check_integers(const dki_chunk *chunk, size_t n, size_t n_nulls)
{
    bool nulls_are_zeros;
    struct range range = look_at(chunk, n, &nulls_are_zeros);
    int64_t least = chunk->facts.least, greatest = chunk->facts.greatest;

    if (!nulls_are_zeros)
        return wrong_null_value;
    if (n_nulls == n)
        return NULL;
    if (n_nulls == 0)
        return range.least == least && range.greatest == greatest ? NULL : wrong_bounds;
    /* The zeros of nulls are among the values; where 0 is out of bounds there are no others. */
    if (range.least < (least < 0 ? least : 0) || range.greatest > (greatest > 0 ? greatest : 0))
        return wrong_bounds;
    return (least > 0 || greatest < 0) && range.n_zeros != n_nulls ? wrong_bounds : NULL;
}

static const char *check_codes(const dki_chunk *chunk, size_t n, size_t n_nulls, uint32_t n_levels)
{
    bool nulls_are_zeros;
    struct range range = look_at(chunk, n, &nulls_are_zeros);

    if (range.greatest > (int64_t)n_levels)
        return "have a code without a level";
    return range.n_zeros == n_nulls ? NULL : wrong_nulls;
}

static const char *check_reals(const dki_chunk *chunk, size_t n)
{
    const uint64_t exponent = UINT64_C(0x7FF) << 52;

    for (size_t i = 0; i < n; i++) {
        uint64_t bits;

        memcpy(&bits, (const char *)chunk->values + i * sizeof bits, sizeof bits);
        if ((bits & exponent) == exponent || bits == UINT64_C(1) << 63)
            return "have a real that is not finite, or a zero with a sign";
        if (chunk->valid && bits != 0 && !dki_bit(chunk->valid, i))
            return wrong_null_value;
    }
    return NULL;
}

static const char *check_ratios(const dki_chunk *chunk, size_t n)
{
    const dk_ratio *ratios = chunk->values;

    for (size_t i = 0; i < n; i++) {
        dk_ratio reduced;

        if (ratios[i].denominator <= 0 || !dki_ratio_make(ratios[i].numerator, ratios[i].denominator, &reduced) ||
            reduced.denominator != ratios[i].denominator)
            return "have a ratio that is not in lowest terms";
        if (chunk->valid && ratios[i].numerator != 0 && !dki_bit(chunk->valid, i))
            return wrong_null_value;
    }
    return NULL;
}

static bool text_is_empty(const dki_chunk *chunk, size_t row)
{
    const uint32_t *offsets = chunk->values;

    return offsets[row] == offsets[row + 1];
}

static const char *check_texts(const dki_chunk *chunk, size_t n, size_t n_bytes)
{
    const uint32_t *offsets = chunk->values;

    if (offsets[0] != 0 || offsets[n] != n_bytes)
        return "do not cover their bytes";
    for (size_t i = 0; i < n; i++)
        if (offsets[i] > offsets[i + 1])
            return "have texts that run backwards";
    if (dki_utf8_check(chunk->bytes, n_bytes) != n_bytes)
        return "have a text that is not UTF-8";
    for (size_t i = 1; i < n; i++)
        if (offsets[i] < n_bytes && ((unsigned char)chunk->bytes[offsets[i]] & 0xC0) == 0x80)
            return "have a text that begins within a character";
    return nulls_are_zero(chunk, n, text_is_empty) ? NULL : wrong_null_value;
}

static bool bit_is_zero(const dki_chunk *chunk, size_t row)
{
    return !dki_bit(chunk->values, row);
}

/* Runs cover the rows, and those of nulls have as many as are stated; *n_nulls: how many such runs there are. */
static const char *check_runs(const dki_chunk *chunk, size_t *n_nulls)
{
    uint64_t null_rows = 0, begin = 0;

    *n_nulls = 0;
    for (size_t k = 0; k < chunk->n_runs; begin = chunk->ends[k++]) {
        bool known = chunk->valid == NULL || dki_bit(chunk->valid, k);

        if (chunk->ends[k] <= begin)
            return "have runs that go backwards";
        switch (chunk->storage) {
        case DK_STORE_U8: known = ((const uint8_t *)chunk->values)[k] != 0; break;
        case DK_STORE_U16: known = ((const uint16_t *)chunk->values)[k] != 0; break;
        case DK_STORE_U32: known = ((const uint32_t *)chunk->values)[k] != 0; break;
        default: break;
        }
        *n_nulls += !known;
        null_rows += known ? 0 : chunk->ends[k] - begin;
    }
    if (begin != chunk->n_rows)
        return "have runs that do not cover the rows";
    return null_rows == chunk->facts.n_nulls ? NULL : wrong_nulls;
}

const char *dki_chunk_check(const dki_chunk *chunk, const dki_stored_form *form)
{
    size_t n = (size_t)dki_form_n_values(form);
    size_t n_nulls = form->constant && form->facts.n_nulls > 0 ? 1 : (size_t)form->facts.n_nulls;
    size_t n_bytes = (size_t)form->blocks[DKI_BLOCK_BYTES].bytes;
    const char *wrong = chunk->n_runs > 0 ? check_runs(chunk, &n_nulls) : NULL;

    if (wrong)
        return wrong;

    if (chunk->packed > 0 && !ends_in_zeros(chunk, n))
        return "have bits behind the last one";
    if (chunk->valid && dki_bits_count(chunk->valid, n) != n - n_nulls)
        return wrong_nulls;
    switch (form->type) {
    case DK_BOOLEAN: return nulls_are_zero(chunk, n, bit_is_zero) ? NULL : wrong_null_value;
    case DK_REAL: return check_reals(chunk, n);
    case DK_RATIO: return check_ratios(chunk, n);
    case DK_CATEGORY: return check_codes(chunk, n, n_nulls, form->n_levels);
    case DK_TEXT: return check_texts(chunk, n, n_bytes);
    default: return check_integers(chunk, n, n_nulls);
    }
}
