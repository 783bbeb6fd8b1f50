/* test_bitmap.c - counting and moving bits, bit by bit, at every alignment and with guards on both sides. */
#include "check.h"

#include <stdlib.h>

#include "base/bitmap.h"

#define N_WORDS 6

static void fill_at_random(uint64_t *words, size_t n)
{
    static uint64_t seed = 1;

    for (size_t i = 0; i < n; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        words[i] = seed ^ seed >> 31;
    }
}

static void single_bits_are_set_and_cleared(void **state)
{
    uint64_t words[3] = { 0 };

    (void)state;
    for (size_t i = 0; i < 192; i++) {
        assert_false(dki_bit(words, i));
        dki_bit_set(words, i);
        assert_true(dki_bit(words, i));
        assert_true(words[i / 64] >> (i % 64) == 1);
        dki_bit_put(words, i, true);
        assert_true(dki_bit(words, i));
        dki_bit_clear(words, i);
        assert_true(words[0] == 0 && words[1] == 0 && words[2] == 0);
        dki_bit_put(words, i, false);
        dki_bit_clear(words, i);
        dki_bit_put(words, i, true);
        assert_true(words[i / 64] == UINT64_C(1) << i % 64);
        dki_bit_put(words, i, false);
    }
    memset(words, 0xFF, sizeof words);
    dki_bit_clear(words, 64);
    dki_bit_put(words, 127, false);
    assert_true(words[0] == UINT64_MAX && words[2] == UINT64_MAX && words[1] == UINT64_C(0x7FFFFFFFFFFFFFFE));
}

static void words_hold_64_bits(void **state)
{
    (void)state;
    assert_int_equal(dki_bit_words(0), 0);
    assert_int_equal(dki_bit_words(1), 1);
    assert_int_equal(dki_bit_words(64), 1);
    assert_int_equal(dki_bit_words(65), 2);
    assert_true(dki_bit_words(SIZE_MAX) == SIZE_MAX / 64 + 1);
    assert_true(dki_bit_tail(1) == 1);
    assert_true(dki_bit_tail(63) == UINT64_MAX >> 1);
    assert_true(dki_bit_tail(64) == UINT64_MAX);
    assert_true(dki_bit_tail(65) == 1);
}

static void bits_are_filled_and_counted(void **state)
{
    uint64_t words[N_WORDS];

    (void)state;
    for (size_t n = 0; n <= 64 * N_WORDS; n++) {
        size_t expected = 0;

        fill_at_random(words, N_WORDS);
        for (size_t i = 0; i < n; i++)
            expected += words[i / 64] >> i % 64 & 1;
        assert_int_equal(dki_bits_count(words, n), expected);
        dki_bits_fill(words, n);
        assert_int_equal(dki_bits_count(words, n), n);
        for (size_t i = n; i < dki_bit_words(n) * 64; i++)
            assert_false(dki_bit(words, i));
    }
}

/* The source has exactly the words that hold the bits, on the heap, so that reading one more shows. */
static void bits_are_copied_from_any_place(void **state)
{
    (void)state;
    for (size_t from = 0; from < 130; from++)
        for (size_t n = 0; n <= 64 * N_WORDS - from; n += n < 3 || n % 64 > 61 || n % 64 < 2 ? 1 : 7) {
            size_t n_words = dki_bit_words(from + n);
            uint64_t *source = malloc(n_words * 8 + (n_words == 0)), target[N_WORDS + 1];

            assert_non_null(source);
            fill_at_random(source, n_words);
            memset(target, 0xA5, sizeof target);
            dki_bits_copy(target, source, from, n);
            for (size_t i = 0; i < n; i++)
                if (dki_bit(target, i) != dki_bit(source, from + i))
                    fail_msg("bit %zu of %zu from %zu", i, n, from);
            for (size_t i = n; i < dki_bit_words(n) * 64; i++)
                assert_false(dki_bit(target, i));
            assert_true(target[dki_bit_words(n)] == UINT64_C(0xA5A5A5A5A5A5A5A5));
            free(source);
        }
}

static void bits_are_pasted_to_any_place_and_nothing_else_is(void **state)
{
    (void)state;
    for (size_t to = 0; to < 130; to++)
        for (size_t n = 0; n <= 64 * N_WORDS - to; n += n < 3 || n % 64 > 61 || n % 64 < 2 ? 1 : 7) {
            size_t n_words = dki_bit_words(n);
            uint64_t *source = malloc(n_words * 8 + (n_words == 0)), target[N_WORDS], before[N_WORDS];

            assert_non_null(source);
            fill_at_random(source, n_words);
            fill_at_random(before, N_WORDS);
            memcpy(target, before, sizeof target);
            dki_bits_paste(target, to, source, n);
            for (size_t i = 0; i < 64 * N_WORDS; i++)
                if (dki_bit(target, i) != (i >= to && i < to + n ? dki_bit(source, i - to) : dki_bit(before, i)))
                    fail_msg("bit %zu, %zu bits pasted to %zu", i, n, to);
            free(source);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_bits_are_set_and_cleared),
        cmocka_unit_test(words_hold_64_bits),
        cmocka_unit_test(bits_are_filled_and_counted),
        cmocka_unit_test(bits_are_copied_from_any_place),
        cmocka_unit_test(bits_are_pasted_to_any_place_and_nothing_else_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
