/* block.c - the text of one block into stretches of columns.
 *
 * The positions of all delimiters and line ends are written out once; field c of row r ends at position r * n_columns + c.
 * Then the columns are taken one after the other for some hundreds of rows at a time: one kind of work in a loop, on
 * positions and text that are still near.
 *
 * Invariants: a code is of the reader's own values; a field that is text has its bytes as the finished column has them.
 */
#include "block.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/checked.h"
#include "base/memory.h"
#include "canonical.h"
#include "numbers.h"
#include "sift.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define TILE_FIELDS 4096
#define TILE_ROWS 512
#define LEAST_TILE_ROWS 256 /* of many columns: a table of keys is looked into often enough to be fetched for it */
#define MOST_VALUES ((size_t)1 << 20) /* of all columns together, before those go that do not repeat themselves */
#define LEAST_VALUES 64
#define SOME_HUGE 8

void dki_block_reader_drop(dki_block_reader *reader)
{
    dki_free(reader->context, reader->text);
    dki_free(reader->context, reader->bits);
    dki_free(reader->context, reader->positions);
    dki_free(reader->context, reader->plain);
    dki_free(reader->context, reader->numbers);
    dki_free(reader->context, reader->odd);
    reader->numbers = NULL;
    reader->odd = NULL;
    reader->text = reader->plain = NULL;
    reader->bits = NULL;
    reader->positions = NULL;
    reader->text_room = reader->bits_room = reader->positions_room = 0;
    reader->plain_room = reader->numbers_room = reader->odd_room = reader->n_odd = 0;
}

/* Records. -------------------------------------------------------------------------------------------------------- */

/* Have all records as many fields as there are columns, and none too long? */
static bool are_even(const dki_block_reader *r, const uint32_t *ends, size_t n_ends, size_t n_rows, size_t size)
{
    const size_t n_columns = r->options->n_columns;
    const char *text = r->text;
    bool all = n_ends == n_rows * n_columns && size <= r->options->max_field_bytes;

    /* There are n_rows line ends: where each record's last field ends in one, no other does. */
    for (size_t row = 0; row < n_rows && all; row++)
        all = text[ends[row * n_columns + n_columns - 1]] == '\n';
    return all;
}

/* Fields. --------------------------------------------------------------------------------------------------------- */

/* Field i without quotes, the doubled ones among them single; *is_null where it is empty. */
static dk_status get_field(dki_block_reader *r, const dki_fields *f, size_t i, const char **bytes, size_t *size,
                           bool *is_null, dk_error *err)
{
    bool is_quoted;

    *size = dki_field_get(f, i, bytes, &is_quoted);
    *is_null = *size == 0 && !is_quoted;
    if (!is_quoted || !f->has_escapes || !memchr(*bytes, f->quote, *size))
        return DK_OK;
    dk_status status =
        dki_grow(r->context, (void **)&r->plain, &r->plain_room, *size + DKI_VALUES_OVERREAD, 1, err);
    if (status != DK_OK)
        return status;
    size_t n = 0;
    for (size_t k = 0; k < *size; k++) {
        r->plain[n++] = (*bytes)[k];
        k += (*bytes)[k] == f->quote;
    }
    *bytes = r->plain;
    *size = n;
    return DK_OK;
}

/* Could the field, of one byte or more, be read as anything but text? Exact where it says no. Everything that is a number,
 * a percentage, a date or a time is made of few characters; words for booleans are short. */
static inline bool may_be_read(const char *bytes, size_t size)
{
    static const bool other[256] = {
        ['0'] = 1,  ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1,  ['5'] = 1,  ['6'] = 1,  ['7'] = 1,  ['8'] = 1,
        ['9'] = 1,  ['.'] = 1, [','] = 1, ['-'] = 1, ['+'] = 1,  ['e'] = 1,  ['E'] = 1,  ['%'] = 1,  [' '] = 1,
        ['\t'] = 1, ['/'] = 1, [':'] = 1, ['T'] = 1, [0xC2] = 1, [0xA0] = 1, [0xE2] = 1, [0x80] = 1, [0xAF] = 1
    };
    static const char words[] =
        "jntfwoy#\\JNTFWOY"; /* ja, nee, true, false, waar, onwaar, yes, no; NULL, #N/A, \N */
    size_t i = 0;

    if (bytes[0] == ' ' || bytes[0] == '\t' || bytes[size - 1] == ' ' || bytes[size - 1] == '\t')
        return true;
    if (size <= 6 && memchr(words, bytes[0], sizeof words - 1))
        return true;
    if ((size == 6 || size == 7) && (bytes[size - 2] == 'Q' || bytes[size - 2] == 'K')) /* 2024Q3 */
        return true;
#if defined(__SSE2__)
    if (size <= 16) { /* for speed alone: most keys end here. What is read behind the field does not count */
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)bytes);
        __m128i letters = _mm_cmpgt_epi8(v, _mm_set1_epi8(':'));
        __m128i allowed = _mm_or_si128(_mm_cmpeq_epi8(_mm_or_si128(v, _mm_set1_epi8(0x20)), _mm_set1_epi8('e')),
                                       _mm_cmpeq_epi8(v, _mm_set1_epi8('T')));
        if (_mm_movemask_epi8(_mm_andnot_si128(allowed, letters)) & ((1 << size) - 1))
            return false;
    }
#endif
    while (i < size && other[(unsigned char)bytes[i]])
        i++;
    return i == size;
}

/* Text. ----------------------------------------------------------------------------------------------------------- */

static inline void copy_field(char *to, const char *from, size_t size)
{
    if (size <= 16)
        memcpy(to, from, 16); /* for speed alone: one load and one store; there is room on both sides */
    else
        memcpy(to, from, size);
}

/* Fills the text of a stretch, for which there is room, and its profile. */
static dk_status fill_text(dki_block_reader *r, const dki_block *block, const dki_fields *f, bool loose,
                           dki_stretch *out, dk_error *err)
{
    const dk_csv_options *csv = r->options->csv;
    const bool is_simple = !f->has_escapes && csv->n_nulls == 0;
    uint64_t n_unreadable = 0, first_unreadable = DKI_NO_ROW;
    size_t used = 0, n = block->n_rows, first = n;
    uint32_t *ends = out->ends;

    ends[0] = 0;
    for (size_t i = 0; i < n; i++) {
        const char *bytes;
        size_t size;
        bool is_null;
        if (is_simple) { /* for speed alone */
            bool is_quoted;
            size = dki_field_get(f, i, &bytes, &is_quoted);
            is_null = size == 0 && !is_quoted;
        } else {
            dk_status status = get_field(r, f, i, &bytes, &size, &is_null, err);
            if (status != DK_OK)
                return status;
            is_null = is_null || (csv->n_nulls > 0 && dki_is_null_marker(csv, bytes, size));
        }
        if (is_null) {
            dki_bit_clear(out->valid, i);
            out->n_nulls++;
        } else {
            copy_field(out->bytes + used, bytes, size);
            used += size;
            first = first < i ? first : i;
            if (size == 0 || may_be_read(bytes, size)) {
                dki_profile_add(&r->profile, bytes, size, block->row + i, 1, loose);
            } else {
                first_unreadable = n_unreadable == 0 ? block->row + i : first_unreadable;
                n_unreadable++;
            }
        }
        ends[i + 1] = (uint32_t)used;
    }
    out->first = (uint32_t)first;
    if (n_unreadable + out->n_nulls == n)
        return DK_OK;
    if (n_unreadable > 0)
        dki_profile_add_unreadable(&r->profile, first_unreadable, n_unreadable);
    out->profile = dki_alloc(r->context, sizeof *out->profile, err);
    if (!out->profile)
        return DK_ERR_MEMORY;
    *out->profile = r->profile;
    return DK_OK;
}

/* The whole column as text, whose profile is made on the way. */
static dk_status split_text(dki_block_reader *r, const dki_block *block, const dki_fields *f, bool loose,
                            dki_stretch *out, dk_error *err)
{
    size_t n = block->n_rows, total = 0;

    for (size_t i = 0; i < n; i++)
        total += f->ends[i * f->stride] - (f->ends[(ptrdiff_t)(i * f->stride) - 1] + 1);
    out->is_coded = false;
    out->ends = dki_alloc_wide(r->context, (n + 1) * sizeof *out->ends, err);
    out->bytes = out->ends ? dki_alloc(r->context, total + 16, err) : NULL;
    out->valid = out->bytes ? dki_alloc_wide(r->context, dki_bit_words(n) * sizeof *out->valid, err) : NULL;
    if (!out->valid)
        return DK_ERR_MEMORY;
    dki_bits_fill(out->valid, n);
    dki_profile_begin(&r->profile);
    dk_status status = fill_text(r, block, f, loose, out, err);
    if (status == DK_OK && out->n_nulls == 0) {
        dki_free(r->context, out->valid);
        out->valid = NULL;
    }
    return status;
}

/* Codes. ---------------------------------------------------------------------------------------------------------- */

/* Is the value, in that row of the block, one that is better not a key, since keys are copies? Where long ones differ in nearly
 * all rows so far, and rows are too many for a category of them. */
static bool is_huge(const dki_block_reader *r, const dki_values *v, size_t size, size_t row)
{
    uint64_t n_rows = (r->n_seen + row) * (1 + r->n_others);

    return size >= DKI_LARGE_TEXT && r->likely_rows > DKI_CATEGORY_LEVELS && v->n >= SOME_HUGE &&
           v->n >= n_rows - n_rows / 8;
}

/* Codes of a column are given up though its values are not too many for them. */
static void note_given_up(dki_block_reader *r, size_t column)
{
    unsigned n = (unsigned)r->values[column].n;

    if (n > atomic_load_explicit(&r->n_given_up[column], memory_order_relaxed) || n == 0)
        atomic_store_explicit(&r->n_given_up[column], n > 0 ? n : 1, memory_order_relaxed);
}

/* Codes of the fields, which begin in row first of the block, into codes. *stop: too many values differ. */
static dk_status find_codes(dki_block_reader *r, size_t column, const dki_fields *f, const dki_block *block,
                            size_t first, uint16_t *codes, bool *stop, dk_error *err)
{
    dki_values *values = &r->values[column];

    for (size_t i = 0; (i = dki_values_find(values, f, i, codes)) < f->n; i++) {
        const char *bytes;
        size_t size;
        bool is_null;
        uint32_t code = 0;
        dk_status status = get_field(r, f, i, &bytes, &size, &is_null, err);
        if (status == DK_OK && !is_null && is_huge(r, values, size, first + i)) {
            note_given_up(r, column);
            *stop = true;
            return DK_OK;
        }
        if (status == DK_OK && !is_null)
            status = dki_values_add(values, bytes, size, block->row + first + i, &code, err);
        if (status != DK_OK)
            return status;
        if (code > DKI_RAW_LEVELS) {
            *stop = true;
            return DK_OK;
        }
        codes[i] = (uint16_t)code;
    }
    return DK_OK;
}

/* Writes codes under 256 as bytes. Returns how many of them are null. */
static size_t narrow_codes(const uint16_t *codes, size_t n, uint8_t *out)
{
    size_t i = 0, n_nulls = 0;

#if defined(__SSE2__)
    for (; i + 16 <= n; i += 16) { /* for speed alone */
        __m128i a = _mm_loadu_si128((const __m128i *)(const void *)(codes + i));
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(codes + i + 8));
        __m128i bytes = _mm_packus_epi16(a, b);
        __m128i nulls = _mm_and_si128(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()), _mm_set1_epi8(1));
        __m128i sums = _mm_sad_epu8(nulls, _mm_setzero_si128());
        _mm_storeu_si128((__m128i *)(void *)(out + i), bytes);
        n_nulls += (size_t)_mm_extract_epi16(sums, 0) + (size_t)_mm_extract_epi16(sums, 4);
    }
#endif
    for (; i < n; i++) {
        out[i] = (uint8_t)codes[i];
        n_nulls += codes[i] == 0;
    }
    return n_nulls;
}

static size_t copy_codes(const uint16_t *codes, size_t n, uint16_t *out)
{
    size_t n_nulls = 0;

    memcpy(out, codes, n * sizeof *codes);
    for (size_t i = 0; i < n; i++)
        n_nulls += codes[i] == 0;
    return n_nulls;
}

/* Puts n codes behind the first `done` ones of a stretch, which is made as wide as they need. */
static dk_status append_codes(dki_block_reader *r, const dki_block *block, size_t column, const uint16_t *codes,
                              size_t done, size_t n, dk_error *err)
{
    dki_stretch *s = &block->stretches[column];

    if (!s->is_wide && r->values[column].n > UINT8_MAX) {
        uint16_t *wide = dki_alloc_wide(r->context, block->n_rows * sizeof *wide, err);
        if (!wide)
            return DK_ERR_MEMORY;
        for (size_t i = 0; i < done; i++)
            wide[i] = ((const uint8_t *)s->codes)[i];
        dki_free(r->context, s->codes);
        s->codes = wide;
        s->is_wide = true;
    } else if (!s->codes) {
        s->codes = dki_alloc_wide(r->context, block->n_rows, err);
        if (!s->codes)
            return DK_ERR_MEMORY;
    }
    s->n_nulls += s->is_wide ? copy_codes(codes, n, (uint16_t *)s->codes + done)
                             : narrow_codes(codes, n, (uint8_t *)s->codes + done);
    return DK_OK;
}

/* For memory's sake, where columns are many: has the column so many values that its codes save nothing? Numbers take less
 * room than their keys from the beginning; and the first block of a thread, of whose n_own rows n_met had a new value, is where
 * keys can be dropped as a whole. What it would be as a category is found out in the end, where it counts. */
static bool is_crowded(const dki_block_reader *r, size_t column, uint64_t n_rows, size_t n_own, size_t n_met)
{
    const dki_values *v = &r->values[column];
    const size_t most = MOST_VALUES / r->options->n_columns;
    dki_canonical number;

    if (v->n <= LEAST_VALUES || v->n <= n_rows / DKI_CATEGORY_ROWS)
        return false;
    if (v->n > most || !v->is_sparing || r->options->stated[column])
        return v->n > most;
    return (!r->has_split && n_met > n_own - n_own / 8) ||
           dki_canonical_read(v->entries[v->n - 1].bytes, v->entries[v->n - 1].size, &number);
}

/* Whether the column will surely not be a category, if the file is as long as it seems: its values are too many for one. Only
 * where its rows take no more room than they will in the finished column, which is text or numbers. */
static bool is_no_category(const dki_block_reader *r, size_t column)
{
    const dki_values *v = &r->values[column];
    const dk_csv_column *stated = r->options->stated[column];
    const uint64_t most = dki_category_most(r->likely_rows);
    dki_canonical number;

    if (r->likely_rows == 0 || v->n <= most + most / 4 || (stated && stated->type != DK_TEXT))
        return false;
    const dki_value_entry *last = &v->entries[v->n - 1];
    return last->size > 0 &&
           (!may_be_read(last->bytes, last->size) || dki_canonical_read(last->bytes, last->size, &number));
}

static void give_codes_up(dki_block_reader *r, dki_stretch *stretch, size_t column)
{
    bool others = r->has_split; /* codes of other blocks mean its values */

    atomic_store_explicit(&r->is_plain[column], true, memory_order_relaxed);
    if (r->locks) {
        r->n_coded[column] -= stretch->codes != NULL;
        others = r->n_coded[column] > 0;
    }
    dki_stretch_drop(r->context, stretch);
    if (others)
        dki_values_close(&r->values[column]);
    else
        dki_values_drop(&r->values[column]);
}

static dki_fields fields_of(const dki_block_reader *r, const uint32_t *ends, size_t column, size_t row, size_t n)
{
    size_t n_columns = r->options->n_columns;

    return (dki_fields){ .text = r->text,
                         .ends = ends + row * n_columns + column,
                         .stride = n_columns,
                         .n = n,
                         .quote = r->scan.has_quotes ? r->options->dialect.quote : '\0',
                         .has_escapes = r->scan.has_escapes,
                         .cut_cr = r->scan.has_cr && column == n_columns - 1 };
}

static void lock_values(const dki_block_reader *r, size_t column)
{
    if (r->locks)
        pthread_mutex_lock(&r->locks[column]);
}

static void unlock_values(const dki_block_reader *r, size_t column)
{
    if (r->locks)
        pthread_mutex_unlock(&r->locks[column]);
}

/* The codes of n rows, from number `row` of the block on, of a column whose values nobody else looks up meanwhile. */
static dk_status split_tile(dki_block_reader *r, dki_block *block, size_t column, const dki_fields *f, size_t row,
                            size_t n, dk_error *err)
{
    dki_stretch *stretch = &block->stretches[column];
    const dki_values *values = &r->values[column];
    size_t before = r->locks ? values->n : 0, n_own = r->locks ? n : row + n;
    uint16_t codes[TILE_ROWS];
    bool stop = false, is_new = stretch->codes == NULL;
    dk_status status;

    if (r->locks && atomic_load_explicit(&r->is_plain[column], memory_order_relaxed)) {
        give_codes_up(r, stretch, column); /* as another thread did */
        return DK_OK;
    }
    status = find_codes(r, column, f, block, row, codes, &stop, err);
    if (status == DK_OK && !stop)
        status = append_codes(r, block, column, codes, row, n, err);
    if (status != DK_OK)
        return status;
    if (r->locks)
        r->n_coded[column] += is_new && stretch->codes != NULL;
    if (!stop &&
        (is_crowded(r, column, block->row + row + n, n_own, values->n - before) || is_no_category(r, column))) {
        note_given_up(r, column);
        stop = true;
    }
    if (stop)
        give_codes_up(r, stretch, column);
    return DK_OK;
}

static dk_status split_codes(dki_block_reader *r, dki_block *block, const uint32_t *ends, dk_error *err)
{
    const size_t n_columns = r->options->n_columns;
    size_t most = TILE_FIELDS / n_columns;
    dk_status status = DK_OK;

    most = most < LEAST_TILE_ROWS ? LEAST_TILE_ROWS : most > TILE_ROWS ? TILE_ROWS : most;
    for (size_t row = 0; row < block->n_rows && status == DK_OK; row += most) {
        size_t n = block->n_rows - row < most ? block->n_rows - row : most;
        for (size_t c = 0; c < n_columns && status == DK_OK; c++) {
            if (!block->stretches[c].is_coded)
                continue;
            dki_fields f = fields_of(r, ends, c, row, n);
            lock_values(r, c);
            status = split_tile(r, block, c, &f, row, n, err);
            unlock_values(r, c);
        }
    }
    return status;
}

/* The block. ------------------------------------------------------------------------------------------------------ */

dk_status dki_block_split(dki_block_reader *reader, dki_block *block, size_t size, size_t *odd_at, dk_error *err)
{
    dki_block_reader *r = reader;
    const size_t n_columns = r->options->n_columns, wanted = (size_t)r->scan.n_fields + 1 + DKI_SCAN_POSITIONS;
    dk_status status = DK_OK;

    if (wanted > r->positions_room)
        status = dki_grow_little(r->context, (void **)&r->positions, &r->positions_room, wanted,
                                 sizeof *r->positions, err);
    if (status != DK_OK)
        return status;
    r->positions[0] = UINT32_MAX;
    const uint32_t *ends = r->positions + 1;
    size_t n_ends = dki_scan_positions(r->bits, size, r->positions + 1);

    *odd_at = size;
    if (r->n_odd > 0 || r->scan.has_quoted_ends || !are_even(r, ends, n_ends, block->n_rows, size))
        status = dki_sift(r, block, n_ends, size, odd_at, err);
    if (status != DK_OK || block->n_rows == 0)
        return status;
    block->stretches = dki_calloc(r->context, n_columns, sizeof *block->stretches, err);
    if (!block->stretches)
        return DK_ERR_MEMORY;
    for (size_t c = 0; c < n_columns; c++) {
        bool is_plain = atomic_load_explicit(&r->is_plain[c], memory_order_relaxed);
        block->stretches[c] = (dki_stretch){ .set = r->set, .is_coded = !is_plain };
        if (is_plain) { /* nothing will be looked up any more */
            lock_values(r, c);
            dki_values_close(&r->values[c]);
            unlock_values(r, c);
        }
    }
    status = split_codes(r, block, ends, err);
    r->has_split = true;
    r->n_seen += block->n_rows;
    for (size_t c = 0; c < n_columns && status == DK_OK; c++) {
        dki_fields f = fields_of(r, ends, c, 0, block->n_rows);
        bool is_done = false;
        if (block->stretches[c].is_coded)
            continue;
        status = dki_numbers_split(r, &f, &block->stretches[c], &is_done, err);
        if (status == DK_OK && !is_done)
            status = split_text(r, block, &f, r->options->stated[c] != NULL, &block->stretches[c], err);
    }
    return status;
}
