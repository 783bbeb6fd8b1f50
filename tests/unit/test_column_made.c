/* test_column_made.c - columns of chunks that somebody else has filled. */
#include "check.h"

#include <stdlib.h>

#include "base/memory.h"
#include "data/chunk.h"
#include "data/column_parts.h"

#include "with_context.h"

static void *copy(const void *bytes, size_t size, dk_error *err)
{
    void *memory = dki_alloc_wide(context, size, err);

    if (memory)
        memcpy(memory, bytes, size);
    return memory;
}

/* Five rows: 7, null, -3, then twice 300. */
static dk_status make(const dk_column **out, dk_error *err)
{
    dki_made_chunk made[3] = {
        { .storage = DK_STORE_I8, .n_rows = 3, .n_nulls = 1, .has_bounds = true, .least = -3, .greatest = 7 },
        { .n_rows = 0 },
        { .storage = DK_STORE_I16,
          .constant = true,
          .n_rows = 2,
          .has_bounds = true,
          .least = 300,
          .greatest = 300 }
    };

    made[0].values = copy((int8_t[]){ 7, 0, -3 }, 3, err);
    made[0].valid = copy((uint64_t[]){ 5 }, 8, err);
    made[1].values = copy("", 1, err); /* freed, though it has no rows */
    made[2].values = copy((int16_t[]){ 300 }, 2, err);
    if (!made[0].values || !made[0].valid || !made[1].values || !made[2].values) {
        for (int i = 0; i < 3; i++)
            dki_made_drop(context, &made[i]);
        return DK_ERR_MEMORY;
    }
    return dki_column_of_made(context, DK_INTEGER, 0, NULL, made, 3, out, err);
}

static void chunks_become_a_column(void **state)
{
    static const int64_t expected[] = { 7, 0, -3, 300, 300 };
    const dk_column *column = NULL;
    int64_t least, greatest;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(make(&column, &err), &err);
    assert_int_equal(dk_column_n_rows(column), 5);
    assert_int_equal(dk_column_n_nulls(column), 1);
    assert_true(dk_column_bounds(column, &least, &greatest));
    assert_int_equal(least, -3);
    assert_int_equal(greatest, 300);
    for (uint64_t row = 0; row < 5; row++) {
        dk_value value;
        assert_ok(dk_column_get(column, row, &value, &err), &err);
        assert_true(value.is_null == (row == 1));
        if (row != 1)
            assert_int_equal(value.as.integer, expected[row]);
    }
    assert_true(dk_column_bytes(column) > 3 + 8 + 2);
    dk_column_release(column);
}

static void no_chunks_are_a_column_without_rows(void **state)
{
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_column_of_made(context, DK_DECIMAL, 2, NULL, NULL, 0, &column, &err), &err);
    assert_int_equal(dk_column_n_rows(column), 0);
    assert_int_equal(dk_column_scale(column), 2);
    dk_column_release(column);
}

/* A chunk of n texts, each of that many bytes, all of them the letter; null where it is 0. */
static dki_made_chunk texts(size_t n, size_t size, char letter, dk_error *err)
{
    dki_made_chunk made = { .storage = DK_STORE_TEXT, .n_rows = n };
    size_t n_values = letter ? n : 1;
    uint32_t *ends = dki_alloc_wide(context, (n_values + 1) * sizeof *ends, err);

    made.values = ends;
    made.bytes = dki_alloc(context, n * size, err);
    made.valid = letter ? NULL : copy((uint64_t[]){ 0 }, 8, err);
    made.constant = !letter;
    made.n_nulls = letter ? 0 : n;
    for (size_t i = 0; ends && i <= n_values; i++)
        ends[i] = (uint32_t)(letter ? i * size : 0);
    if (made.bytes && n * size > 0)
        memset(made.bytes, letter, n * size);
    return made;
}

static dk_status make_texts(dki_made_chunk *made, size_t n, const dk_column **out, dk_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!made[i].values || !made[i].bytes || (made[i].constant && !made[i].valid)) {
            for (size_t k = 0; k < n; k++)
                dki_made_drop(context, &made[k]);
            return DK_ERR_MEMORY;
        }
    return dki_column_of_made(context, DK_TEXT, 0, NULL, made, n, out, err);
}

/* Chunks of few rows are one; large ones, and those of one value for all rows, stay what they are. */
static void small_chunks_are_joined(void **state)
{
    dk_error err = DK_ERROR_INIT;
    dki_made_chunk made[] = { texts(3, 2, 'a', &err),    texts(2, 1, '\0', &err),    texts(1, 4, 'b', &err),
                              texts(4096, 1, 'c', &err), texts(9, 0, '\0', &err),    texts(9, 0, '\0', &err),
                              texts(4096, 1, 'd', &err), texts(2, 600000, 'e', &err) };
    static const uint64_t rows[] = { 6, 4096, 9, 9, 4096, 2 };
    static const char *const expected[] = { "aa", "aa", "aa", NULL, NULL, "bbbb" };
    const dk_column *column = NULL;

    (void)state;
    assert_ok(make_texts(made, sizeof made / sizeof *made, &column, &err), &err);
    assert_int_equal(column->n_parts, 6);
    for (size_t i = 0; i < 6; i++) {
        dk_value value;
        assert_int_equal(column->parts[i].n_rows, rows[i]);
        assert_ok(dk_column_get(column, i, &value, &err), &err);
        assert_true(value.is_null == !expected[i]);
        if (expected[i])
            assert_memory_equal(value.as.text.bytes, expected[i], strlen(expected[i]));
    }
    assert_int_equal(dk_column_n_nulls(column), 20);
    assert_in_range(column->parts[0].chunk->heap_bytes, 10 + 7 * 4 + 8, 10 + 7 * 4 + 8 + sizeof(dki_chunk));
    dk_column_release(column);
}

static dk_status join_two(const dk_column **out, dk_error *err)
{
    dki_made_chunk made[2] = { texts(3, 2, 'a', err), texts(2, 1, 'b', err) };

    return make_texts(made, 2, out, err);
}

static void joining_survives_failing_memory(void **state)
{
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, join_two(&column, &err), &err, column == NULL,
                                   dk_column_release(column));
}

static void survives_failing_memory(void **state)
{
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, make(&column, &err), &err, column == NULL, dk_column_release(column));
}

/* Arrays in the storage that each chunk of them fits, equal rows once. */
static void arrays_become_columns(void **state)
{
    size_t n = 65536 + 70000, n_nulls = 0;
    int64_t *values = malloc(n * sizeof *values);
    uint32_t *codes = malloc(n * sizeof *codes);
    const dk_column *column = NULL;
    dk_dictionary *levels = NULL;
    int64_t least, greatest;
    dk_value value;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_true(values && codes);
    assert_ok(dk_dictionary_new(context, (const dk_text[]){ { "a", 1 }, { "b", 1 } }, 2, false, &levels, &err),
              &err);
    for (size_t i = 0; i < n; i++) {
        values[i] = i < 65536 ? 7 : i < 131072 ? -(int64_t)(i - 65536) : INT64_MIN + (int64_t)i;
        codes[i] = (uint32_t)(i / 3 % 3);
        n_nulls += codes[i] == 0;
    }
    assert_ok(dki_column_of_integers(context, DK_INTEGER, 0, values, n, &column, &err), &err);
    assert_int_equal(dk_column_n_rows(column), n);
    assert_true(dk_column_bounds(column, &least, &greatest));
    assert_true(least == INT64_MIN + 131072 && greatest == 7);
    for (uint64_t row = 0; row < n; row++) {
        assert_ok(dk_column_get(column, row, &value, &err), &err);
        assert_true(!value.is_null && value.as.integer == values[row]);
    }
    dk_column_release(column);
    assert_ok(dki_column_of_codes(context, levels, 2, codes, n, &column, &err), &err);
    assert_int_equal(dk_column_n_nulls(column), n_nulls);
    for (uint64_t row = 0; row < n; row++) {
        assert_ok(dk_column_get(column, row, &value, &err), &err);
        assert_true(value.is_null ? codes[row] == 0 : value.as.text.bytes[0] == (codes[row] == 1 ? 'a' : 'b'));
    }
    dk_column_release(column);
    column = NULL;
    assert_ok(dki_column_of_codes(context, levels, 2, codes, 0, &column, &err), &err);
    assert_int_equal(dk_column_n_rows(column), 0);
    dk_column_release(column);
    column = NULL;
    assert_survives_failing_memory(context,
                                   dki_column_of_integers(context, DK_DATE, 0, values, 70000, &column, &err), &err,
                                   column == NULL, dk_column_release(column));
    dk_dictionary_release(levels);
    free(values);
    free(codes);
}

/* Numbers of one, two and four bytes, from bases that make them fit in less and in more. */
static void distances_become_columns(void **state)
{
    static const int64_t bases[] = { 0, 1, -100, 200, -40000, INT64_C(1) << 40, INT64_MIN, INT64_MAX - UINT32_MAX };
    static uint32_t numbers[70000];
    static uint16_t two[70000];
    static uint8_t one[70000];
    const void *arrays[] = { one, two, numbers };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 70000; i++) {
        one[i] = (uint8_t)(i * 7);
        two[i] = (uint16_t)(i * 31);
        numbers[i] = i % 2 ? (uint32_t)i * 59999 : UINT32_MAX;
    }
    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
        for (unsigned width = 0; width < 3; width++) {
            const dk_column *column = NULL;

            assert_ok(dki_column_of_distances(context, DK_INTEGER, 0, width, arrays[width], bases[b], 70000,
                                              &column, &err),
                      &err);
            assert_int_equal(dk_column_n_rows(column), 70000);
            assert_int_equal(dk_column_n_nulls(column), 0);
            for (uint64_t row = 0; row < 70000; row++) {
                uint32_t distance = width == 0 ? one[row] : width == 1 ? two[row] : numbers[row];
                dk_value value;

                assert_ok(dk_column_get(column, row, &value, &err), &err);
                assert_true(!value.is_null && value.as.integer == bases[b] + (int64_t)distance);
            }
            dk_column_release(column);
        }
    }
}

static void codes_of_every_width_become_columns(void **state)
{
    static const uint8_t one[] = { 2, 0, 1, 1 };
    static const uint16_t two[] = { 2, 0, 1, 1 };
    const void *arrays[] = { one, two };
    dk_dictionary *levels = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_dictionary_new(context, (const dk_text[]){ { "a", 1 }, { "b", 1 } }, 2, false, &levels, &err),
              &err);
    for (unsigned width = 0; width < 2; width++) {
        const dk_column *column = NULL;

        assert_ok(dki_column_of_codes(context, levels, width, arrays[width], 4, &column, &err), &err);
        assert_int_equal(dk_column_n_nulls(column), 1);
        for (uint64_t row = 0; row < 4; row++) {
            dk_value value;

            assert_ok(dk_column_get(column, row, &value, &err), &err);
            assert_true(value.is_null ? one[row] == 0 : value.as.text.bytes[0] == "ab"[one[row] - 1]);
        }
        dk_column_release(column);
    }
    dk_dictionary_release(levels);
}

/* n rows of 5 i - 7, or of as many halves; of every third nothing is known where it has nulls. */
static dk_status make_blocks(dk_type type, size_t n, bool nulls, const dk_column **out, dk_error *err)
{
    dki_blocks blocks = { .context = context, .type = type, .scale = type == DK_DECIMAL ? 2 : 0, .n_rows = n };
    dk_status status = DK_OK;

    for (size_t row = 0; row < n && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t some = n - row < DK_BLOCK_ROWS ? n - row : DK_BLOCK_ROWS;
        int64_t integers[DK_BLOCK_ROWS];
        dk_ratio ratios[DK_BLOCK_ROWS];
        uint64_t known[DK_BLOCK_WORDS] = { 0 };

        for (size_t i = 0; i < some; i++) {
            bool is_known = !nulls || (row + i) % 3 > 0;

            integers[i] = is_known ? 5 * (int64_t)(row + i) - 7 : 0;
            ratios[i] = is_known ? (dk_ratio){ 2 * integers[i] + 1, 2 } : (dk_ratio){ 0, 1 };
            known[i / 64] |= (uint64_t)is_known << i % 64;
        }
        status =
            dki_blocks_add(&blocks, type == DK_RATIO ? (void *)ratios : integers, nulls ? known : NULL, some, err);
    }
    return dki_blocks_finish(&blocks, status, out, err);
}

static void blocks_become_a_column(void **state)
{
    static const size_t sizes[] = { 0, 1, 65, DK_BLOCK_ROWS, DK_BLOCK_ROWS + 1, 20000 };
    static const dk_type types[] = { DK_INTEGER, DK_DECIMAL, DK_RATIO };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t k = 0; k < 36; k++) {
        size_t n = sizes[k % 6];
        dk_type type = types[k / 6 % 3];
        bool nulls = k / 18;
        const dk_column *column = NULL;

        assert_ok(make_blocks(type, n, nulls, &column, &err), &err);
        assert_int_equal(dk_column_n_rows(column), n);
        assert_int_equal(dk_column_type(column), type);
        assert_int_equal(dk_column_scale(column), type == DK_DECIMAL ? 2 : 0);
        assert_int_equal(dk_column_n_nulls(column), nulls ? (n + 2) / 3 : 0);
        for (size_t i = 0; i < n; i++) {
            dk_value value;
            int64_t expected = 5 * (int64_t)i - 7;

            assert_ok(dk_column_get(column, i, &value, &err), &err);
            assert_int_equal(value.is_null, nulls && i % 3 == 0);
            if (!value.is_null && type == DK_RATIO)
                assert_true(value.as.ratio.numerator == 2 * expected + 1 && value.as.ratio.denominator == 2);
            else if (!value.is_null)
                assert_int_equal(value.as.integer, expected);
        }
        dk_column_release(column);
    }
}

static void blocks_survive_failing_memory(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int k = 0; k < 4; k++) {
        const dk_column *column = NULL;

        assert_survives_failing_memory(
            context, make_blocks(k % 2 ? DK_RATIO : DK_INTEGER, k / 2 ? 5000 : 10, k / 2, &column, &err), &err,
            column == NULL, dk_column_release(column));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chunks_become_a_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arrays_become_columns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(distances_become_columns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(codes_of_every_width_become_columns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_chunks_are_a_column_without_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(small_chunks_are_joined, set_up, tear_down),
        cmocka_unit_test_setup_teardown(joining_survives_failing_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blocks_become_a_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blocks_survive_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("column_made", tests, NULL, NULL);
}
