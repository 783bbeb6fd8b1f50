/* join_key.c - finds the row of a table by its key.
 *
 * The right table's keys get numbers, key column by key column; two columns' numbers together get a number of their
 * own, and so on. The left table's keys are looked up the same way, and none is added. A dictionary is translated
 * once: each level of either side gets the number of its text, and rows go by their codes.
 *
 * Invariants: null has no number; each number has one row, or the right key is not unique, which is an error with
 * examples. Cost: O(rows of both). Poll: once per block. Looking up runs in parallel: it only reads.
 */
#include "join_key.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/pool.h"
#include "base/status.h"
#include "base/types.h"
#include "data/column_parts.h"
#include "expr/cut_text.h"

#define NOTHING UINT32_MAX
#define RANGE_BLOCKS 16
#define MOST_EXAMPLES 3

/* Types. ------------------------------------------------------------------------------------------------------- */

static bool is_text(dk_type type)
{
    return type == DK_TEXT || type == DK_CATEGORY;
}

static bool choose_kind(const dk_column *left, const dk_column *right, dki_key_kind *kind)
{
    dk_type a = dk_column_type(left), b = dk_column_type(right);

    if (is_text(a) || is_text(b)) {
        *kind = DKI_KEY_TEXT;
        return is_text(a) && is_text(b);
    }
    if (dk_type_is_number(a) && dk_type_is_number(b)) {
        bool whole = a != DK_REAL && a != DK_RATIO && b != DK_REAL && b != DK_RATIO;

        if (whole && dk_column_scale(left) == dk_column_scale(right))
            *kind = DKI_KEY_INTEGER;
        else
            *kind = a == DK_REAL && b == DK_REAL ? DKI_KEY_REAL : DKI_KEY_NUMBER;
        return true;
    }
    *kind = DKI_KEY_INTEGER;
    return dki_type_same(a, dk_column_scale(left), b, dk_column_scale(right));
}

/* A number as a ratio; a real that is none keeps its bits, over a denominator of 0. */
static dk_ratio real_ratio(double value)
{
    dk_ratio ratio = { 0, 1 };
    int exponent;
    int64_t mantissa = (int64_t)ldexp(frexp(value, &exponent), 53);

    exponent -= 53;
    if (mantissa == 0)
        return ratio;
    while (mantissa % 2 == 0) {
        mantissa /= 2;
        exponent++;
    }
    ratio.numerator = mantissa;
    if (exponent < 0 && exponent >= -62) {
        ratio.denominator = INT64_C(1) << -exponent;
    } else if (exponent < 0 || exponent > 62 || dki_mul_i64(mantissa, INT64_C(1) << exponent, &ratio.numerator)) {
        memcpy(&ratio.numerator, &value, sizeof value);
        ratio.denominator = 0;
    }
    return ratio;
}

static dk_ratio number_ratio(const dk_value *value)
{
    dk_ratio ratio = { value->as.integer, 1 };

    if (value->type == DK_RATIO)
        return value->as.ratio;
    if (value->type == DK_REAL)
        return real_ratio(value->as.real);
    if (value->type == DK_DECIMAL)
        (void)dki_ratio_make(value->as.integer, dki_power10[value->scale], &ratio);
    return ratio;
}

/* Numbers of keys. --------------------------------------------------------------------------------------------- */

/* The number of an integer or a text, which is added where the right table is read. */
static dk_status integer_number(dki_join_key *key, bool add, uint64_t value, uint32_t *out, dk_error *err)
{
    if (add)
        return dki_int_map_add(&key->integers, value, out, err);
    *out = dki_int_map_find(&key->integers, value);
    return DK_OK;
}

static dk_status text_number(dki_join_key *key, bool add, const char *bytes, size_t size, uint32_t *out,
                             dk_error *err)
{
    if (add)
        return dki_text_map_add(&key->texts, bytes, size, out, err);
    *out = dki_text_map_find(&key->texts, bytes, size);
    return DK_OK;
}

/* A value that counts by 64 bits. The two zeros of a real are one value. */
static void value_bits(const dki_join_key *key, const dk_view *view, int64_t *out)
{
    if (key->kind == DKI_KEY_INTEGER) {
        dki_view_integers(view, out);
        return;
    }
    for (size_t i = 0; i < view->n; i++) {
        double value = ((const double *)view->values)[view->constant ? 0 : i];

        if (value == 0)
            value = 0;
        memcpy(&out[i], &value, sizeof value);
    }
}

/* A value that counts by its bytes: a text, or a number as a ratio. */
static dk_status bytes_number(dki_join_key *key, bool add, const dk_view *view, size_t i, uint32_t *out,
                              dk_error *err)
{
    if (key->kind == DKI_KEY_TEXT) {
        dk_text text = dki_view_text(view, i);

        return text_number(key, add, text.bytes, text.size, out, err);
    } else {
        dk_value value = dki_view_value(view, i);
        dk_ratio ratio = number_ratio(&value);

        return text_number(key, add, (const char *)&ratio, sizeof ratio, out, err);
    }
}

/* The numbers of the rows of a view; a null row, and one that right does not have, is NOTHING; is_null tells
 * which. */
static dk_status view_numbers(dki_join_key *key, bool add, const dk_view *view, const uint32_t *translated,
                              size_t n, uint32_t *numbers, bool *is_null, dk_error *err)
{
    bool by_bits = key->kind == DKI_KEY_INTEGER || key->kind == DKI_KEY_REAL;
    int64_t bits[DK_BLOCK_ROWS];
    dk_status status = DK_OK;

    if (translated) {
        dki_view_codes(view, numbers);
        for (size_t i = 0; i < n; i++) {
            is_null[i] = numbers[i] == 0;
            numbers[i] = translated[numbers[i]];
        }
        return DK_OK;
    }
    if (by_bits)
        value_bits(key, view, bits);
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        is_null[i] = dki_view_is_null(view, i);
        numbers[i] = NOTHING;
        if (is_null[i])
            continue;
        if (by_bits)
            status = integer_number(key, add, (uint64_t)bits[i], &numbers[i], err);
        else
            status = bytes_number(key, add, view, i, &numbers[i], err);
    }
    return status;
}

/* The number of each code of a category column; NULL for other columns. */
static dk_status translate(dki_join *join, dki_join_key *key, const dk_column *column, bool add, uint32_t **out,
                           dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(column);
    size_t n = levels ? dk_dictionary_n_levels(levels) : 0;
    uint32_t *numbers;
    dk_status status = DK_OK;

    if (dk_column_type(column) != DK_CATEGORY)
        return DK_OK;
    numbers = dki_alloc_array(join->context, n + 1, sizeof *numbers, err);
    if (numbers == NULL)
        return DK_ERR_MEMORY;
    numbers[0] = NOTHING;
    for (size_t code = 1; status == DK_OK && code <= n; code++) {
        dk_text level = dk_dictionary_level(levels, (uint32_t)code);

        status = text_number(key, add, level.bytes, level.size, &numbers[code], err);
    }
    *out = numbers;
    return status;
}

/* Scratch memory of whoever reads keys. */
struct reader {
    dk_context *context;
    dk_view view;
    uint32_t *numbers, *next;
    bool *is_null, *next_null;
};

static dk_status reader_init(struct reader *reader, dk_context *context, dk_error *err)
{
    reader->context = context;
    dk_view_init(&reader->view, context);
    reader->numbers = dki_alloc_array(context, DK_BLOCK_ROWS, sizeof *reader->numbers, err);
    reader->next = dki_alloc_array(context, DK_BLOCK_ROWS, sizeof *reader->next, err);
    reader->is_null = dki_alloc_array(context, DK_BLOCK_ROWS, sizeof *reader->is_null, err);
    reader->next_null = dki_alloc_array(context, DK_BLOCK_ROWS, sizeof *reader->next_null, err);
    return reader->numbers && reader->next && reader->is_null && reader->next_null ? DK_OK : DK_ERR_MEMORY;
}

static void reader_drop(struct reader *reader)
{
    dk_view_release(&reader->view);
    dki_free(reader->context, reader->numbers);
    dki_free(reader->context, reader->next);
    dki_free(reader->context, reader->is_null);
    dki_free(reader->context, reader->next_null);
}

/* The numbers of whole keys for rows of one of the tables, in reader->numbers; is_null where a part of it is. */
static dk_status read_keys(dki_join *join, struct reader *reader, bool right, uint64_t row, size_t n, dk_error *err)
{
    for (size_t k = 0; k < join->n_keys; k++) {
        dki_join_key *key = &join->keys[k];
        uint32_t *numbers = k ? reader->next : reader->numbers;
        dk_status status = dk_column_view(right ? key->right : key->left, row, n, &reader->view, err);

        if (status == DK_OK)
            status = view_numbers(key, right, &reader->view, right ? key->right_numbers : key->left_numbers, n,
                                  numbers, k ? reader->next_null : reader->is_null, err);
        for (size_t i = 0; status == DK_OK && k && i < n; i++) {
            reader->is_null[i] = reader->is_null[i] || reader->next_null[i];
            if (reader->is_null[i] || numbers[i] == NOTHING)
                reader->numbers[i] = NOTHING;
            if (reader->numbers[i] == NOTHING)
                continue;
            if (right)
                status = dki_int_map_add(&key->pairs, (uint64_t)reader->numbers[i] << 32 | numbers[i],
                                         &reader->numbers[i], err);
            else
                reader->numbers[i] = dki_int_map_find(&key->pairs, (uint64_t)reader->numbers[i] << 32 | numbers[i]);
        }
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

/* The right table. --------------------------------------------------------------------------------------------- */

struct examples {
    char text[512];
    size_t used;
    unsigned n;
};

static dk_status add_example(const dki_join *join, struct examples *examples, uint64_t first, uint64_t second,
                             dk_error *err)
{
    char values[160] = "";
    size_t used = 0;

    for (size_t k = 0; k < join->n_keys && used + 1 < sizeof values; k++) {
        char text[64];
        dk_value value;
        dk_status status = dk_column_get(join->keys[k].right, second, &value, err);
        int wrote;

        if (status != DK_OK)
            return status;
        (void)dk_value_format(&value, text, sizeof text);
        wrote = snprintf(values + used, sizeof values - used, "%s%s", k ? ", " : "", text);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    dki_cut_text(values);
    if (examples->used + 1 < sizeof examples->text) {
        int wrote = snprintf(examples->text + examples->used, sizeof examples->text - examples->used,
                             "%s%s in rows %llu and %llu", examples->n ? "; " : "", values,
                             (unsigned long long)first + 1, (unsigned long long)second + 1);

        examples->used += wrote > 0 ? (size_t)wrote : 0;
    }
    examples->n++;
    return DK_OK;
}

static dk_status fail_examples(const dki_join *join, const char *what, const struct examples *examples,
                               dk_error *err)
{
    const char *table = dk_table_properties(join->right)->name;
    char names[160] = "";
    size_t used = 0;

    for (size_t k = 0; k < join->n_keys && used + 1 < sizeof names; k++) {
        int wrote = snprintf(names + used, sizeof names - used, "%s%s", k ? ", " : "", join->right_names[k]);

        used += wrote > 0 ? (size_t)wrote : 0;
    }
    dki_cut_text(names);
    (void)dki_fail(err, DK_ERR_DUPLICATE, "%s: the key %s is not unique in %s: %s", what, names,
                   table ? table : "the other table", examples->text);
    dki_hint(err, "keep one row for each key first, or take a key that tells them apart");
    return DK_ERR_DUPLICATE;
}

static dk_status take_row(dki_join *join, uint32_t number, uint64_t row, struct examples *examples, dk_error *err)
{
    dk_status status;

    if (number < join->n_numbers && join->rows[number] != DKI_NO_MATCH)
        return add_example(join, examples, join->rows[number], row, err);
    status =
        dki_grow(join->context, (void **)&join->rows, &join->capacity, (size_t)number + 1, sizeof *join->rows, err);
    if (status != DK_OK)
        return status;
    for (; join->n_numbers <= number; join->n_numbers++)
        join->rows[join->n_numbers] = DKI_NO_MATCH; /* levels of a dictionary that no row has */
    join->rows[number] = row;
    join->n_right_keys++;
    return DK_OK;
}

static dk_status read_right(dki_join *join, const char *what, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(join->right);
    size_t step = dki_block_rows(join->context);
    struct examples examples = { .used = 0 };
    struct reader reader;
    dk_status status = reader_init(&reader, join->context, err);

    for (uint64_t row = 0; status == DK_OK && row < n_rows && examples.n < MOST_EXAMPLES; row += step) {
        size_t n = n_rows - row < step ? (size_t)(n_rows - row) : step;

        status = dki_poll(join->context, err);
        if (status == DK_OK)
            status = read_keys(join, &reader, true, row, n, err);
        for (size_t i = 0; status == DK_OK && i < n && examples.n < MOST_EXAMPLES; i++) {
            if (reader.numbers[i] != NOTHING)
                status = take_row(join, reader.numbers[i], row + i, &examples, err);
        }
    }
    reader_drop(&reader);
    if (status == DK_OK && examples.n > 0)
        status = fail_examples(join, what, &examples, err);
    return status;
}

/* The left table. ---------------------------------------------------------------------------------------------- */

static dk_status match_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    dki_join *join = arg;
    size_t step = dki_block_rows(join->context);
    struct reader reader;
    dk_status status = reader_init(&reader, join->context, err);

    (void)worker; /* every row has a place of its own in the answer */
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;

        status = dki_poll(join->context, err);
        if (status == DK_OK)
            status = read_keys(join, &reader, false, row, n, err);
        for (size_t i = 0; status == DK_OK && i < n; i++) {
            uint32_t number = reader.numbers[i];

            join->matches[row + i] = reader.is_null[i]           ? DKI_NULL_KEY
                                     : number >= join->n_numbers ? DKI_NO_MATCH
                                                                 : join->rows[number];
        }
    }
    reader_drop(&reader);
    return status;
}

static dk_status count_matches(dki_join *join, dk_error *err)
{
    uint64_t *used =
        dki_calloc(join->context, dki_bit_words((size_t)dk_table_n_rows(join->right)), sizeof *used, err);

    if (used == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t row = 0; row < dk_table_n_rows(join->left); row++) {
        uint64_t match = join->matches[row];

        join->n_null += match == DKI_NULL_KEY;
        if (match >= DKI_NULL_KEY)
            continue;
        join->n_matched++;
        join->n_matched_keys += !dki_bit(used, (size_t)match);
        dki_bit_set(used, (size_t)match);
    }
    dki_free(join->context, used);
    return DK_OK;
}

static dk_status match_left(dki_join *join, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(join->left);
    uint64_t grain = (uint64_t)dki_block_rows(join->context) * RANGE_BLOCKS;
    dk_status status;

    join->matches = dki_alloc_array(join->context, (size_t)n_rows, sizeof *join->matches, err);
    if (join->matches == NULL)
        return DK_ERR_MEMORY;
    status = dki_parallel(join->context, n_rows, grain, match_range, join, err);
    if (status == DK_OK)
        status = count_matches(join, err);
    return status;
}

/* The whole. --------------------------------------------------------------------------------------------------- */

static dk_status refuse_margins(const char *what, const dk_table *table, dk_error *err)
{
    const char *name = dk_table_properties(table)->name;

    if (dk_table_margin(table) == NULL)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_MARGIN, "%s: %s has rows that are totals of others", what, name ? name : "a table");
    dki_hint(err, "take the table without them: t:detail()");
    return DK_ERR_MARGIN;
}

static dk_status key_init(dki_join *join, dki_join_key *key, const char *what, const char *left_name,
                          const char *right_name, dk_error *err)
{
    size_t left, right;
    dk_status status = dk_table_get(join->left, left_name, &left, err);

    dki_int_map_init(&key->integers, join->context);
    dki_text_map_init(&key->texts, join->context);
    dki_int_map_init(&key->pairs, join->context);
    if (status == DK_OK)
        status = dk_table_get(join->right, right_name, &right, err);
    if (status != DK_OK)
        return status;
    key->left = dk_table_field(join->left, left)->column;
    key->right = dk_table_field(join->right, right)->column;
    if (!choose_kind(key->left, key->right, &key->kind)) {
        (void)dki_fail(err, DK_ERR_TYPE, "%s: the key %s is %s and %s is %s, which cannot be compared", what,
                       left_name, dki_type_shown(dk_column_type(key->left), dk_column_scale(key->left)), right_name,
                       dki_type_shown(dk_column_type(key->right), dk_column_scale(key->right)));
        dki_hint(err, "state the type of the key when reading one of the two");
        return DK_ERR_TYPE;
    }
    return translate(join, key, key->right, true, &key->right_numbers, err);
}

dk_status dki_join_init(dki_join *join, const char *what, const dk_table *left, const dk_table *right,
                        const char *const *left_names, const char *const *right_names, size_t n_keys, dk_error *err)
{
    dk_status status;

    memset(join, 0, sizeof *join);
    join->context = dk_table_context(left);
    join->left = left;
    join->right = right;
    join->right_names = right_names;
    if (n_keys == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "%s takes at least one key", what);
    status = refuse_margins(what, left, err);
    if (status == DK_OK)
        status = refuse_margins(what, right, err);
    if (status != DK_OK)
        return status;
    join->keys = dki_calloc(join->context, n_keys, sizeof *join->keys, err);
    if (join->keys == NULL)
        return DK_ERR_MEMORY;
    for (size_t k = 0; status == DK_OK && k < n_keys; k++) {
        join->n_keys = k + 1;
        status = key_init(join, &join->keys[k], what, left_names[k], right_names[k], err);
    }
    if (status == DK_OK)
        status = read_right(join, what, err);
    for (size_t k = 0; status == DK_OK && k < n_keys; k++)
        status = translate(join, &join->keys[k], join->keys[k].left, false, &join->keys[k].left_numbers, err);
    if (status == DK_OK)
        status = match_left(join, err);
    return status;
}

void dki_join_drop(dki_join *join)
{
    for (size_t k = 0; k < join->n_keys; k++) {
        dki_int_map_drop(&join->keys[k].integers);
        dki_text_map_drop(&join->keys[k].texts);
        dki_int_map_drop(&join->keys[k].pairs);
        dki_free(join->context, join->keys[k].left_numbers);
        dki_free(join->context, join->keys[k].right_numbers);
    }
    dki_free(join->context, join->keys);
    dki_free(join->context, join->rows);
    dki_free(join->context, join->matches);
    memset(join, 0, sizeof *join);
}
