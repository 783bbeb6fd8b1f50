/* test_code_bits.c - bitmaps of rows by their codes, beside looking at each row. */
#include "check.h"

#include "base/bitmap.h"
#include "read/code_bits.h"

#define MOST 200

/* Few codes are compared one by one, many are looked up; both, at every length, with and without nulls. */
static void rows_have_the_bits_of_their_codes(void **state)
{
    uint64_t random = 7, bits[MOST / 64 + 1], valid[MOST / 64 + 1];

    (void)state;
    for (unsigned n_codes = 1; n_codes <= 256; n_codes = n_codes < 8 ? n_codes + 1 : n_codes * 2)
        for (size_t n = 1; n <= MOST; n++) {
            uint8_t codes[MOST];
            bool seen[256], set[256], occurs[256] = { false };
            size_t n_set = 0;

            for (size_t code = 0; code < 256; code++) {
                random = random * UINT64_C(6364136223846793005) + 1;
                set[code] = random >> 63;
            }
            for (size_t i = 0; i < n; i++) {
                random = random * UINT64_C(6364136223846793005) + 1;
                codes[i] = (uint8_t)((random >> 33) % n_codes);
                occurs[codes[i]] = true;
            }
            dki_codes_seen(codes, n, seen);
            assert_memory_equal(seen, occurs, sizeof seen);
            dki_codes_bits(codes, n, seen, set, bits);
            for (size_t i = 0; i < n; i++) {
                assert_int_equal(dki_bit(bits, i), set[codes[i]]);
                n_set += set[codes[i]];
            }
            assert_int_equal(dki_codes_valid(codes, n, seen, set, valid), n_set);
            for (size_t i = 0; i < dki_bit_words(n) * 64; i++) /* and nothing behind the last row */
                assert_int_equal(dki_bit(valid, i), i < n && !set[codes[i]]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rows_have_the_bits_of_their_codes) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
