/* test_key_index.c - the first row of each key, in tables that several threads index at once. */
#include "join/key_index.h"

#include "columns.h"
#include "random.h"

#include "with_context.h"

/* What a key looks like: number k of many. */
typedef void write_fn(char *out, size_t size, uint64_t k);

static void write_digits(char *out, size_t size, uint64_t k)
{
    (void)snprintf(out, size, "%016llx", (unsigned long long)(k * UINT64_C(0x9E3779B97F4A7C15)));
}

static void write_short(char *out, size_t size, uint64_t k)
{
    (void)snprintf(out, size, "p%llu", (unsigned long long)k);
}

static void write_long(char *out, size_t size, uint64_t k)
{
    (void)snprintf(out, size, "%080llu", (unsigned long long)k);
}

/* Digits, but for one text far behind the first ones. */
static void write_nearly_digits(char *out, size_t size, uint64_t k)
{
    write_digits(out, size, k);
    if (k == 777)
        out[3] = 'x';
}

static const dk_column *text_column(const uint64_t *keys, size_t n, write_fn *write)
{
    dk_builder *builder = NULL;
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;
    char text[100];

    assert_ok(dk_builder_new(context, DK_TEXT, 0, NULL, &builder, &err), &err);
    for (size_t i = 0; i < n; i++) {
        if (keys[i] == UINT64_MAX) {
            assert_ok(dk_builder_null(builder, 1, &err), &err);
            continue;
        }
        write(text, sizeof text, keys[i]);
        assert_ok(dk_builder_text(builder, (dk_text){ text, strlen(text) }, &err), &err);
    }
    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    dk_builder_release(builder);
    return column;
}

static const dk_column *integer_column(const uint64_t *keys, size_t n, int64_t factor)
{
    dk_builder *builder = NULL;
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    for (size_t i = 0; i < n; i++) {
        if (keys[i] == UINT64_MAX)
            assert_ok(dk_builder_null(builder, 1, &err), &err);
        else
            assert_ok(dk_builder_integer(builder, (int64_t)(keys[i] * (uint64_t)factor), &err), &err);
    }
    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    dk_builder_release(builder);
    return column;
}

/* Rows with keys below n_keys, some of them null. */
static uint64_t *random_keys(size_t n, uint64_t n_keys, unsigned nulls_in_hundred)
{
    uint64_t *keys = malloc(n * sizeof *keys);

    assert_non_null(keys);
    for (size_t i = 0; i < n; i++)
        keys[i] = random_below(100) < nulls_in_hundred ? UINT64_MAX : random_below(n_keys);
    return keys;
}

/* The first row of each key, in the plainest way. */
static uint32_t *first_rows(const uint64_t *keys, size_t n, uint64_t n_keys)
{
    uint32_t *firsts = malloc(n_keys * sizeof *firsts);

    assert_non_null(firsts);
    memset(firsts, 0xFF, n_keys * sizeof *firsts);
    for (size_t i = 0; i < n; i++)
        if (keys[i] != UINT64_MAX && firsts[keys[i]] == DKI_NO_ROW)
            firsts[keys[i]] = (uint32_t)i;
    return firsts;
}

static void assert_firsts(const dki_key_index *index, const uint64_t *keys, size_t n, const uint32_t *firsts)
{
    uint64_t n_null = 0, n_first = 0;

    for (size_t i = 0; i < n; i++) {
        n_null += keys[i] == UINT64_MAX;
        n_first += keys[i] != UINT64_MAX && firsts[keys[i]] == i;
    }
    assert_int_equal(index->n_rows, n);
    assert_int_equal(index->n_nulls, n_null);
    assert_int_equal(index->n_keys, n_first);
    assert_true(dki_key_index_is_unique(index) == (n_null + n_first == n));
    for (size_t i = 0; i < n && index->firsts; i++)
        assert_true(index->firsts[i] == (keys[i] == UINT64_MAX ? DKI_NULL_KEY : firsts[keys[i]]));
}

/* Rows of another column find theirs. */
static void assert_found(const dki_key_index *index, const dk_column *column, const uint64_t *keys, size_t n,
                         const uint32_t *firsts, uint64_t n_keys)
{
    dki_key_reader reader;
    dki_key_work work;
    uint32_t rows[DK_BLOCK_ROWS];
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_key_reader_init(&reader, &index->code, &column, false, &err), &err);
    assert_ok(dki_key_work_init(&work, index, n, &err), &err);
    for (size_t at = 0; at < n; at += DK_BLOCK_ROWS) {
        size_t piece = n - at < DK_BLOCK_ROWS ? n - at : DK_BLOCK_ROWS;

        assert_ok(dki_key_find_rows(index, &reader, &work, at, piece, rows, &err), &err);
        for (size_t i = 0; i < piece; i++) {
            uint64_t key = keys[at + i];

            assert_true(rows[i] == (key == UINT64_MAX ? DKI_NULL_KEY : key < n_keys ? firsts[key] : DKI_NO_ROW));
        }
    }
    dki_key_work_drop(index, &work);
    dki_key_reader_drop(&reader);
}

/* Every row of a chain has the key of the one before, and all rows are in one. */
static void assert_chained(const dki_key_index *index, const uint64_t *keys)
{
    uint32_t *next = malloc(index->n_rows * sizeof *next), *last = malloc(index->n_rows * sizeof *last);
    uint64_t n_chained = 0;
    dk_error err = DK_ERROR_INIT;

    assert_non_null(next);
    assert_non_null(last);
    assert_ok(dki_key_index_chain(index, next, last, &err), &err);
    for (uint64_t r = 0; r < index->n_rows; r++) {
        uint32_t at = (uint32_t)r;

        if (keys[r] == UINT64_MAX || (index->firsts && index->firsts[r] != r))
            continue;
        for (n_chained++; next[at] != DKI_NO_ROW; at = next[at], n_chained++)
            assert_true(next[at] > at && keys[next[at]] == keys[r]);
        assert_int_equal(last[r], at);
    }
    assert_int_equal(n_chained + index->n_nulls, index->n_rows);
    free(next);
    free(last);
}

static void keys_lead_to_their_first_rows(void **state)
{
    static write_fn *const writers[] = { write_digits, write_short, write_long, write_nearly_digits };
    static const int64_t factors[] = { 1, INT64_C(0x1234567890ABCD) };
    static const size_t blocks[] = { DK_BLOCK_ROWS, 1000 };

    (void)state;
    for (unsigned round = 0; round < 24; round += watched(1, 1, 7)) {
        bool text = round % 6 < 4;
        size_t n = round % 5 == 0 ? 3 + random_below(50) : 70000 + random_below(70000);
        uint64_t n_keys = round % 3 == 0 ? 1000 + random_below(500) : 2 * n;
        uint64_t *keys = random_keys(n, n_keys, round % 2 ? 5 : 0),
                 *others = random_keys(n, n_keys + n_keys / 3, 5);
        uint32_t *firsts = first_rows(keys, n, n_keys);
        const dk_column *column =
            text ? text_column(keys, n, writers[round % 6]) : integer_column(keys, n, factors[round % 2]);
        const dk_column *other =
            text ? text_column(others, n, writers[round % 6]) : integer_column(others, n, factors[round % 2]);
        dk_error err = DK_ERROR_INIT;

        for (unsigned threads = 1; threads <= 2; threads++) {
            dki_key_index *index = NULL;

            dk_set_threads(threads);
            dk_context_set_block_rows(context, blocks[round / 2 % 2]);
            assert_ok(dki_key_index_new(context, &column, 1, n, false, &index, &err), &err);
            assert_firsts(index, keys, n, firsts);
            assert_chained(index, keys);
            assert_found(index, other, others, n, firsts, n_keys);
            dki_key_index_release(index);
        }
        dk_column_release(column);
        dk_column_release(other);
        free(keys);
        free(others);
        free(firsts);
    }
}

/* A whole table looks its keys up in an index that is not near: dealt at once, where the budget leaves little in pieces, and
 * where it leaves less one by one. The answer is the same, and so are the counts. */
static void tables_are_matched_whole(void **state)
{
    static write_fn *const writers[] = { write_digits, write_short };
    size_t n = watched(300000, 100000, 30000), n_others = n / 3 * 7;
    uint64_t n_keys = n / 3 * 4;
    uint64_t *keys = random_keys(n, n_keys, 2), *others = random_keys(n_others, n_keys + 50000, 3);
    uint32_t *firsts = first_rows(keys, n, n_keys), *rows = malloc(n_others * sizeof *rows);
    bool *is_used = calloc(n_keys, sizeof *is_used);
    uint64_t n_matched = 0, n_null = 0, n_used = 0;

    (void)state;
    assert_true(rows && is_used);
    for (size_t i = 0; i < n_others; i++) {
        bool matches = others[i] < n_keys && firsts[others[i]] != DKI_NO_ROW;

        n_null += others[i] == UINT64_MAX;
        n_matched += matches;
        n_used += matches && !is_used[others[i]];
        if (matches)
            is_used[others[i]] = true;
    }
    for (unsigned round = 0; round < 12; round++) {
        static const size_t bytes_a_row[] = { 0, 14 + 8, 1 }; /* that the budget leaves */
        const dk_column *column = text_column(keys, n, writers[round / 6]);
        const dk_column *other = text_column(others, n_others, writers[round / 6]);
        dki_key_index *index = NULL;
        dki_key_counts counts;
        dki_key_reader reader;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + round % 2);
        assert_ok(dki_key_index_new(context, &column, 1, n, false, &index, &err), &err);
        assert_ok(dki_key_reader_init(&reader, &index->code, &other, false, &err), &err);
        if (bytes_a_row[round / 2 % 3])
            dk_context_set_budget(context, dk_context_used_bytes(context) + (size_t)2000000 +
                                               bytes_a_row[round / 2 % 3] * n_others);
        memset(rows, 1, n_others * sizeof *rows);
        assert_ok(dki_key_index_match(index, &reader, n_others, rows, &counts, &err), &err);
        dk_context_set_budget(context, 0);
        assert_int_equal(counts.n_matched, n_matched);
        assert_int_equal(counts.n_null, n_null);
        assert_int_equal(counts.n_used, n_used);
        for (size_t i = 0; i < n_others; i++)
            assert_true(rows[i] == (others[i] == UINT64_MAX ? DKI_NULL_KEY
                                    : others[i] < n_keys    ? firsts[others[i]]
                                                            : DKI_NO_ROW));
        dki_key_reader_drop(&reader);
        dki_key_index_release(index);
        dk_column_release(column);
        dk_column_release(other);
    }
    free(keys);
    free(others);
    free(firsts);
    free(rows);
    free(is_used);
}

/* Most rows have one key, so that one part has most of them. */
static void one_key_may_have_most_rows(void **state)
{
    size_t n = 300000;
    uint64_t *keys = random_keys(n, 3 * n, 0);
    uint32_t *firsts;
    const dk_column *column;

    (void)state;
    for (size_t i = 0; i < n; i++)
        keys[i] = i % 10 ? 5 : keys[i];
    firsts = first_rows(keys, n, 3 * n);
    column = text_column(keys, n, write_digits);
    for (unsigned threads = 1; threads <= 2; threads++) {
        dki_key_index *index = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(threads);
        assert_ok(dki_key_index_new(context, &column, 1, n, false, &index, &err), &err);
        assert_firsts(index, keys, n, firsts);
        dki_key_index_release(index);
    }
    dk_column_release(column);
    free(keys);
    free(firsts);
}

/* Two columns together, and nulls that are values. */
static void nulls_may_be_values(void **state)
{
    size_t n = 90000;
    uint64_t *a = random_keys(n, 150, 10), *b = random_keys(n, 150, 10), *both = malloc(n * sizeof *both);
    const dk_column *columns[2];
    uint32_t *firsts;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_non_null(both);
    for (size_t i = 0; i < n; i++)
        both[i] = (a[i] == UINT64_MAX ? 150 : a[i]) * 151 + (b[i] == UINT64_MAX ? 150 : b[i]);
    firsts = first_rows(both, n, 151 * 151);
    for (unsigned round = 0; round < 4; round++) {
        dki_key_index *index = NULL;

        columns[0] = text_column(a, n, round % 2 ? write_digits : write_short);
        columns[1] = integer_column(b, n, round / 2 ? 1 : INT64_C(0x1234567890ABCD));
        dk_set_threads(1 + round % 2);
        assert_ok(dki_key_index_new(context, columns, 2, n, true, &index, &err), &err);
        assert_firsts(index, both, n, firsts);
        dki_key_index_release(index);
        dk_column_release(columns[0]);
        dk_column_release(columns[1]);
    }
    free(a);
    free(b);
    free(both);
    free(firsts);
}

/* Where no row of the table has a null in a column, none of another's that has one is equal to it. */
static void a_null_is_no_value_of_a_column_without(void **state)
{
    size_t n = 5000;
    uint64_t *a = random_keys(n, 100, 0), *b = random_keys(n, 100, 0), *nulls = random_keys(n, 100, 30);
    const dk_column *base[] = { text_column(a, n, write_digits), integer_column(b, n, 1) };
    const dk_column *other[] = { text_column(a, n, write_digits), integer_column(nulls, n, 1) };
    dki_key_index *index = NULL;
    dki_key_reader reader;
    dki_key_counts counts;
    uint32_t *rows = malloc(n * sizeof *rows);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_non_null(rows);
    assert_ok(dki_key_index_new(context, base, 2, n, true, &index, &err), &err);
    assert_int_equal(index->code.n_bits, 7); /* of the second word: none says null */
    assert_ok(dki_key_reader_init(&reader, &index->code, other, false, &err), &err);
    assert_ok(dki_key_index_match(index, &reader, n, rows, &counts, &err), &err);
    for (size_t i = 0; i < n; i++) {
        uint32_t expected = DKI_NO_ROW;

        for (size_t k = 0; k < n && nulls[i] != UINT64_MAX && expected == DKI_NO_ROW; k++)
            if (a[k] == a[i] && b[k] == nulls[i])
                expected = (uint32_t)k;
        assert_int_equal(rows[i], expected);
    }
    dki_key_reader_drop(&reader);
    dki_key_index_release(index);
    for (size_t i = 0; i < 2; i++) {
        dk_column_release(base[i]);
        dk_column_release(other[i]);
    }
    free(a);
    free(b);
    free(nulls);
    free(rows);
}

static void an_index_stays_with_its_column(void **state)
{
    size_t n = 70000;
    uint64_t *keys = random_keys(n, 2 * n, 0);
    const dk_column *column = text_column(keys, n, write_digits);
    size_t before = dk_context_used_bytes(context);
    dki_key_index *index = NULL, *again = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_key_index_new(context, &column, 1, n, false, &index, &err), &err);
    dki_key_index_keep(index, &column, 1);
    assert_ok(dki_key_index_new(context, &column, 1, n, false, &again, &err), &err);
    assert_ptr_equal(index, again);
    dki_key_index_release(again);
    /* Whether nulls are values does not matter where there are none. */
    assert_ok(dki_key_index_new(context, &column, 1, n, true, &again, &err), &err);
    assert_ptr_equal(index, again);
    dki_key_index_release(again);
    dki_key_index_release(index);
    assert_true(dk_context_used_bytes(context) > before + n * 8);
    /* What is needed otherwise makes it go. */
    dk_context_set_budget(context, dk_context_used_bytes(context) + 1000);
    dki_free(context, dki_alloc(context, n * 8, &err));
    assert_int_equal(err.code, DK_OK);
    assert_int_equal(dk_context_used_bytes(context), before);
    dk_context_set_budget(context, 0);
    assert_ok(dki_key_index_new(context, &column, 1, n, false, &index, &err), &err);
    dki_key_index_keep(index, &column, 1);
    dki_key_index_release(index);
    dk_column_release(column); /* with it the index, which the end of the test sees */
    free(keys);
}

static void failures_leave_nothing(void **state)
{
    size_t n = 300;
    uint64_t *keys = random_keys(n, 100, 5);
    const dk_column *columns[] = { text_column(keys, n, write_nearly_digits), integer_column(keys, n, 977),
                                   text_column(keys, n, write_long) };
    dki_key_index *index = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    for (size_t first = 0; first < 3; first++)
        assert_survives_failing_memory(
            context, dki_key_index_new(context, columns + first, 3 - first, n, first == 1, &index, &err), &err,
            index == NULL, (dki_key_index_release(index), index = NULL));
    dk_context_interrupt(context);
    assert_int_equal(dki_key_index_new(context, columns, 3, n, false, &index, &err), DK_ERR_INTERRUPTED);
    dk_context_clear_interrupt(context);
    assert_fails(dki_key_index_new(context, columns, 1, UINT64_C(1) << 32, false, &index, &err), &err, DK_ERR_LIMIT,
                 "keys of 4294967296 rows, and 4294967293 are the most");
    assert_null(index);
    for (size_t i = 0; i < 3; i++)
        dk_column_release(columns[i]);
    free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_lead_to_their_first_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tables_are_matched_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_key_may_have_most_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nulls_may_be_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_null_is_no_value_of_a_column_without, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_index_stays_with_its_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failures_leave_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
