/* test_codes.c - loops over codes, every kind of processor against one number after the other. */
#include "data/codes.h"
#include "random.h"
#include "tables.h"

#define N_WAYS 4

static const size_t sizes[] = { 1, 7, 63, 64, 65, 127, 1000, 4095, DK_BLOCK_ROWS };
#define N_SIZES (sizeof sizes / sizeof *sizes)

static uint32_t number_at(unsigned width, const void *array, size_t i)
{
    return width == 0   ? ((const uint8_t *)array)[i]
           : width == 1 ? ((const uint16_t *)array)[i]
                        : ((const uint32_t *)array)[i];
}

static uint32_t cut(unsigned width, uint64_t number)
{
    return (uint32_t)(width == 2 ? number & UINT32_MAX : number & ((1u << (8 << width)) - 1));
}

static bool bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> i % 64 & 1;
}

static void fill_random(void *out, size_t bytes)
{
    for (size_t i = 0; i < bytes / 4; i++)
        ((uint32_t *)out)[i] = (uint32_t)pick(UINT64_C(1) << 32);
}

/* Bits of which one in n is set. */
static void fill_bits(uint64_t *out, uint64_t n)
{
    memset(out, 0, DK_BLOCK_WORDS * sizeof *out);
    for (size_t i = 0; i < DK_BLOCK_ROWS; i++)
        out[i / 64] |= (uint64_t)(pick(n) == 0) << i % 64;
}

static int64_t signed_at(dki_code_form form, const void *at, size_t i)
{
    switch (form) {
    case DKI_FORM_U8: return ((const uint8_t *)at)[i];
    case DKI_FORM_U16: return ((const uint16_t *)at)[i];
    case DKI_FORM_U32: return ((const uint32_t *)at)[i];
    case DKI_FORM_I8: return ((const int8_t *)at)[i];
    case DKI_FORM_I16: return ((const int16_t *)at)[i];
    case DKI_FORM_I32: return ((const int32_t *)at)[i];
    case DKI_FORM_I64: return ((const int64_t *)at)[i];
    default: return bit(at, i);
    }
}

/* The sum of a row as its definition has it. */
static uint32_t sum_of(unsigned width, const dki_code_sum *sum, size_t i)
{
    uint64_t total = sum->start;

    for (size_t k = 0; k < sum->n_terms; k++) {
        const dki_code_term *term = &sum->terms[k];

        if (term->mask == NULL || bit(term->mask, i))
            total += (uint64_t)signed_at(term->form, term->at, i) * term->factor + term->add;
    }
    return cut(width, total);
}

static void sums_are_those_of_each_row(void **state)
{
    static uint64_t arrays[4][DK_BLOCK_ROWS], masks[4][DK_BLOCK_WORDS];
    static uint32_t out[DK_BLOCK_ROWS];

    (void)state;
    for (size_t round = 0; round < 40 * N_SIZES; round++) {
        size_t n = sizes[round % N_SIZES], from = n > 128 && pick(2) ? 64 : 0;
        dki_code_sum sum = { .start = (uint32_t)pick(1000), .n_terms = (size_t)pick(5) };

        for (size_t k = 0; k < sum.n_terms; k++) {
            dki_code_term *term = &sum.terms[k];

            fill_random(arrays[k], sizeof arrays[k]);
            fill_bits(masks[k], 1 + pick(4));
            *term = (dki_code_term){ .at = arrays[k],
                                     .form = (dki_code_form)pick(DKI_FORM_BITS + 1),
                                     .factor = pick(3) ? (uint32_t)pick(3000) : 1 };
            if (term->form != DKI_FORM_BITS && pick(2)) {
                term->mask = masks[k];
                term->add = (uint32_t)pick(UINT64_C(1) << 32);
            }
        }
        for (int way = 0; way < N_WAYS; way++) {
            for (unsigned width = 0; width < 3; width++) {
                (void)dki_codes_set_way(way);
                dki_codes_sum(width, out, &sum, from, n - from);
                for (size_t i = from; i < n; i++)
                    assert_int_equal(number_at(width, out, i - from), sum_of(width, &sum, i));
            }
        }
    }
}

/* Codes that were made just before begin at their own first row. */
static void local_codes_begin_with_the_rows(void **state)
{
    static uint8_t column[DK_BLOCK_ROWS], made[64];
    uint16_t out[64];
    dki_code_sum sum = { .start = 0 };

    (void)state;
    fill_random(column, sizeof column);
    fill_random(made, sizeof made);
    dki_sum_codes_of(&sum, 0, column, false, 1);
    dki_sum_codes_of(&sum, 0, made, true, 256);
    dki_codes_sum(1, out, &sum, 128, 64);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(out[i], column[128 + i] + made[i] * 256);
}

static void sets_are_tested_and_rows_are_picked(void **state)
{
    static uint8_t member[70000];
    static uint32_t codes[DK_BLOCK_ROWS], out[DK_BLOCK_ROWS + 64];
    uint64_t bits[DK_BLOCK_WORDS], rows[DK_BLOCK_WORDS];

    (void)state;
    for (size_t round = 0; round < 30 * N_SIZES; round++) {
        size_t n = sizes[round % N_SIZES], n_codes = 1 + (size_t)pick(pick(2) ? 256 : 70000),
               n_runs = (size_t)pick(9);
        dki_code_set set;

        memset(member, 0, sizeof member);
        for (size_t k = 0; k < n_runs; k++) {
            size_t first = (size_t)pick(n_codes), length = 1 + (size_t)pick(n_codes - first);

            memset(member + first, 1, pick(2) ? 1 : length);
        }
        dki_code_set_init(&set, member, n_codes);
        fill_bits(rows, 1 + pick(9));
        for (unsigned width = 0; width < 3; width++) {
            if (n_codes > (width == 0 ? 256 : width == 1 ? 65536 : UINT32_MAX))
                continue;
            for (size_t i = 0; i < n; i++) {
                uint32_t code = (uint32_t)pick(n_codes);

                if (width == 0)
                    ((uint8_t *)codes)[i] = (uint8_t)code;
                else if (width == 1)
                    ((uint16_t *)codes)[i] = (uint16_t)code;
                else
                    codes[i] = code;
            }
            for (int way = 0; way < N_WAYS; way++) {
                size_t n_picked = 0;

                (void)dki_codes_set_way(way);
                memset(bits, 0xAA, sizeof bits);
                dki_codes_test(width, codes, &set, bits, n);
                for (size_t i = 0; i < n; i++)
                    assert_int_equal(bit(bits, i), member[number_at(width, codes, i)]);
                for (size_t i = n; i % 64; i++)
                    assert_false(bit(bits, i));
                assert_in_range(dki_codes_pick(width, out, codes, rows, n), 0, n);
                for (size_t i = 0; i < n; i++)
                    if (bit(rows, i))
                        assert_int_equal(number_at(width, out, n_picked++), number_at(width, codes, i));
                assert_int_equal(dki_codes_pick(width, out, codes, rows, n), n_picked);
            }
        }
    }
}

/* Codes that nobody else needs are tested as they are made. */
static void sums_are_tested_as_they_are_made(void **state)
{
    static uint64_t arrays[3][DK_BLOCK_ROWS], masks[3][DK_BLOCK_WORDS];
    static uint8_t member[2][256];

    (void)state;
    for (size_t round = 0; round < 20 * N_SIZES; round++) {
        size_t n = sizes[round % N_SIZES];
        dki_code_sum sum = { .start = (uint32_t)pick(256), .n_terms = (size_t)pick(4) };
        dki_code_set sets[2];
        uint64_t out[2][DK_BLOCK_WORDS];
        dki_code_test tests[] = { { &sets[0], out[0] }, { &sets[1], out[1] } };

        for (size_t k = 0; k < sum.n_terms; k++) {
            fill_random(arrays[k], sizeof arrays[k]);
            fill_bits(masks[k], 1 + pick(4));
            sum.terms[k] = (dki_code_term){ .at = arrays[k],
                                            .form = (dki_code_form)pick(DKI_FORM_BITS + 1),
                                            .factor = pick(2) ? (uint32_t)pick(256) : 1 };
            if (sum.terms[k].form != DKI_FORM_BITS && pick(2)) {
                sum.terms[k].mask = masks[k];
                sum.terms[k].add = (uint32_t)pick(256);
            }
        }
        for (size_t k = 0; k < 2; k++) {
            for (size_t i = 0; i < 256; i++)
                member[k][i] = pick(3) == 0;
            dki_code_set_init(&sets[k], member[k], 256);
        }
        for (int way = 0; way < N_WAYS; way++) {
            size_t n_tests = 1 + (size_t)pick(2);

            (void)dki_codes_set_way(way);
            memset(out, 0xAA, sizeof out);
            dki_codes_test_sum(&sum, tests, n_tests, n);
            for (size_t k = 0; k < n_tests; k++) {
                for (size_t i = 0; i < n; i++)
                    assert_int_equal(bit(out[k], i), member[k][sum_of(0, &sum, i)]);
                for (size_t i = n; i % 64; i++)
                    assert_false(bit(out[k], i));
            }
        }
    }
}

static void codes_are_copied_mapped_and_clamped(void **state)
{
    static uint32_t in[DK_BLOCK_ROWS], out[DK_BLOCK_ROWS], before[DK_BLOCK_ROWS], table[65536];

    (void)state;
    for (unsigned k = 0; k < 9 * N_SIZES; k++) {
        size_t n = sizes[k / 9];
        unsigned width = k % 9 / 3, other = k % 3;

        fill_random(in, sizeof in);
        fill_random(table, sizeof table);
        dki_codes_copy(width, out, other, in, n);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(number_at(width, out, i), cut(width, number_at(other, in, i)));
        memcpy(before, out, sizeof out);
        dki_codes_clamp(width, out, 100, n);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(number_at(width, out, i),
                             number_at(width, before, i) < 100 ? number_at(width, before, i) : 0);
        for (size_t i = 0; other == 2 && i < DK_BLOCK_ROWS; i++)
            in[i] %= 65536;
        dki_codes_map(width, out, table, other, in, n);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(number_at(width, out, i), number_at(width, table, number_at(other, in, i)));
    }
}

static int best_again(void **state)
{
    (void)state;
    (void)dki_codes_set_way(N_WAYS - 1);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(sums_are_those_of_each_row, best_again),
        cmocka_unit_test(local_codes_begin_with_the_rows),
        cmocka_unit_test_teardown(sets_are_tested_and_rows_are_picked, best_again),
        cmocka_unit_test_teardown(sums_are_tested_as_they_are_made, best_again),
        cmocka_unit_test(codes_are_copied_mapped_and_clamped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
