/* test_quantile.c - numbers drawn by inversion are those of the law, to the last uniform. */
#include "check.h"

#include "base/checked.h"
#include "base/number.h"
#include "base/quantile.h"

#include "random.h"

/* Uniforms of the tables below. */
static const double uniforms[] = { 0.001, 0.025, 0.3, 0.5, 0.7310585786300049, 0.975, 0.9999 };
#define N_UNIFORMS (sizeof uniforms / sizeof *uniforms)

static uint64_t bits_of(double u)
{
    return (uint64_t)(u * 18446744073709551616.0);
}

/* What qbinom of R 4 says. */
static void binomial_numbers_are_those_of_r(void **state)
{
    static const struct {
        int64_t n;
        dk_ratio p;
        int64_t x[N_UNIFORMS];
    } cases[] = {
        { 1994, { 3, 10 }, { 536, 558, 587, 598, 611, 638, 675 } },
        { 1047, { 3, 10 }, { 269, 285, 306, 314, 323, 343, 370 } },
        { 87, { 1, 100 }, { 0, 0, 0, 1, 1, 3, 6 } },
        { 1000000, { 1, 2 }, { 498455, 499020, 499738, 500000, 500308, 500980, 501860 } },
        { 10000000, { 123, 1000 }, { 1226792, 1227965, 1229455, 1230000, 1230640, 1232036, 1233864 } },
        { 1000000000, { 3, 10 }, { 299955219, 299971598, 299992401, 300000000, 300008927, 300028403, 300053895 } },
        { 8000000000,
          { 3, 4 },
          { 5999880315, 5999924091, 5999979690, 6000000000, 6000023858, 6000075909, 6000144036 } },
        { 5, { 9, 10 }, { 2, 3, 4, 5, 5, 5, 5 } },
        { 3000000000, { 1, 1000000000 }, { 0, 0, 2, 3, 4, 7, 11 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < N_UNIFORMS; k++)
            assert_int_equal(dki_quantile_binomial(cases[i].n, cases[i].p, bits_of(uniforms[k])), cases[i].x[k]);
}

/* The least x for which phyper of R 4 is over u (its qhyper adds up terms that are less exact). */
static void hypergeometric_numbers_are_those_of_r(void **state)
{
    static const struct {
        int64_t n, marked, drawn, x[N_UNIFORMS];
    } cases[] = {
        { 1994, 1047, 500, { 233, 244, 257, 263, 268, 281, 298 } },
        { 1994, 65, 1227, { 28, 32, 38, 40, 42, 47, 54 } },
        { 100, 30, 90, { 23, 24, 26, 27, 28, 29, 30 } },
        { 1000000, 250000, 1000, { 208, 223, 243, 250, 258, 277, 302 } },
        { 100000000, 50000000, 20000000, { 9993820, 9996080, 9998951, 10000000, 10001232, 10003920, 10007438 } },
        { 900000000,
          100000000,
          300000000,
          { 33319599, 33324623, 33331003, 33333333, 33336071, 33342044, 33349863 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < N_UNIFORMS; k++)
            assert_int_equal(
                dki_quantile_hypergeometric(cases[i].n, cases[i].marked, cases[i].drawn, bits_of(uniforms[k])),
                cases[i].x[k]);
}

/* The last u for which F = below / all exceeds (u + 1/2) / 2^64; 0 where none. all is under 2^60. */
static uint64_t last_under(uint64_t below, uint64_t all)
{
    dki_u128 twice = ((dki_u128)below << 65) / all; /* u + 1/2 < F 2^64 where 2 u + 1 < 2 F 2^64 */
    bool exact = ((dki_u128)below << 65) % all == 0;

    if (twice < 2)
        return 0;
    return (uint64_t)((exact ? twice - 2 : twice - 1) / 2);
}

/* On either side of each step, where whole numbers say where the step is. */
static void steps_are_where_they_are_to_the_last_bit(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 17; n++) /* p = k / 10: 10^17 is under 2^60 */
        for (int64_t tenths = 1; tenths <= 9; tenths++) {
            uint64_t below = 0, all = 1, chosen = 1;

            for (int64_t i = 0; i < n; i++)
                all *= 10;
            for (int64_t x = 0; x < n; x++) {
                uint64_t weight = chosen, last;
                dk_ratio p;

                assert_true(dki_ratio_make(tenths, 10, &p));
                for (int64_t i = 0; i < n; i++)
                    weight *= (uint64_t)(i < x ? tenths : 10 - tenths);
                below += weight;
                last = last_under(below, all);
                assert_int_equal(dki_quantile_binomial(n, p, last), x);
                assert_int_equal(dki_quantile_binomial(n, p, last + 1), x + 1);
                chosen = chosen * (uint64_t)(n - x) / (uint64_t)(x + 1);
            }
        }
}

static uint64_t choose(uint64_t n, uint64_t k)
{
    uint64_t chosen = 1;

    for (uint64_t i = 0; i < k; i++)
        chosen = chosen * (n - i) / (i + 1);
    return chosen;
}

static void hypergeometric_steps_are_where_they_are(void **state)
{
    (void)state;
    for (int64_t n = 2; n <= 40; n += 3)
        for (int64_t marked = 1; marked < n; marked += 2)
            for (int64_t drawn = 1; drawn < n; drawn += 3) {
                int64_t least = marked + drawn > n ? marked + drawn - n : 0;
                int64_t greatest = marked < drawn ? marked : drawn;
                uint64_t below = 0, all = choose((uint64_t)n, (uint64_t)drawn);

                for (int64_t x = least; x < greatest; x++) {
                    uint64_t last;

                    below += choose((uint64_t)marked, (uint64_t)x) *
                             choose((uint64_t)(n - marked), (uint64_t)(drawn - x));
                    last = last_under(below, all);
                    assert_int_equal(dki_quantile_hypergeometric(n, marked, drawn, last), x);
                    assert_int_equal(dki_quantile_hypergeometric(n, marked, drawn, last + 1), x + 1);
                }
                assert_int_equal(dki_quantile_hypergeometric(n, marked, drawn, UINT64_MAX), greatest);
            }
}

static void more_is_never_less(void **state)
{
    (void)state;
    for (unsigned round = 0; round < random_rounds(3000); round++) {
        int64_t n = (int64_t)random_below(UINT64_C(1) << (1 + random_below(20)));
        uint64_t u = random_u64(), v = random_u64() < u ? random_u64() : u;
        int64_t whole = 1 + (int64_t)random_below(INT64_MAX - 1);
        int64_t part = (int64_t)random_below((uint64_t)whole), more = 1 + (int64_t)random_below(1000);
        int64_t marked = (int64_t)random_below((uint64_t)n + 1), drawn = (int64_t)random_below((uint64_t)n + 1);
        int64_t x, y;
        dk_ratio p, q;

        if (v < u) {
            uint64_t swapped = v;

            v = u;
            u = swapped;
        }
        assert_true(dki_ratio_make(part, whole, &p));
        assert_true(dki_ratio_make(whole - part > more ? part + more : whole, whole, &q));
        x = dki_quantile_binomial(n, p, u);
        assert_true(x >= 0 && x <= n);
        assert_true(dki_quantile_binomial(n, p, v) >= x);
        assert_true(dki_quantile_binomial(n, q, u) >= x);
        assert_true(dki_quantile_binomial(n + 1, p, u) >= x);
        y = dki_quantile_hypergeometric(n, marked, drawn, u);
        assert_true(y >= 0 && y <= marked && y <= drawn && drawn - y <= n - marked);
        assert_true(dki_quantile_hypergeometric(n, marked, drawn, v) >= y);
        if (drawn < n) { /* one more is drawn: it is marked or not */
            int64_t z = dki_quantile_hypergeometric(n, marked, drawn + 1, u);

            assert_true(z == y || z == y + 1);
        }
        if (marked < n)
            assert_true(dki_quantile_hypergeometric(n, marked + 1, drawn, u) >= y);
    }
}

/* A law that is kept gives what one that is made for each draw gives. */
static void a_law_is_drawn_from_more_than_once(void **state)
{
    (void)state;
    for (int64_t n = 0; n < 2000; n += 1 + n / 3)
        for (int64_t tenths = 0; tenths <= 10; tenths++) {
            dki_quantile law;
            dk_ratio p;

            assert_true(dki_ratio_make(tenths, 10, &p));
            dki_quantile_init(&law, n, p);
            assert_true(dki_quantile_is(&law, n, p));
            assert_false(dki_quantile_is(&law, n + 1, p));
            assert_false(dki_quantile_is(&law, n, (dk_ratio){ 1, 7 }));
            for (unsigned i = 0; i < 100; i++) {
                uint64_t u = random_u64();

                assert_int_equal(dki_quantile_draw(&law, u), dki_quantile_binomial(n, p, u));
            }
        }
}

static void what_is_certain_needs_no_luck(void **state)
{
    const uint64_t ends[] = { 0, UINT64_MAX };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(dki_quantile_binomial(0, (dk_ratio){ 1, 2 }, ends[i]), 0);
        assert_int_equal(dki_quantile_binomial(9, (dk_ratio){ 0, 1 }, ends[i]), 0);
        assert_int_equal(dki_quantile_binomial(9, (dk_ratio){ 1, 1 }, ends[i]), 9);
        assert_int_equal(dki_quantile_hypergeometric(0, 0, 0, ends[i]), 0);
        assert_int_equal(dki_quantile_hypergeometric(9, 0, 5, ends[i]), 0);
        assert_int_equal(dki_quantile_hypergeometric(9, 9, 5, ends[i]), 5);
        assert_int_equal(dki_quantile_hypergeometric(9, 4, 9, ends[i]), 4);
    }
    /* Nobody of 2^34 is half as likely as a uniform is small. */
    assert_int_equal(dki_quantile_binomial(DKI_QUANTILE_MOST, (dk_ratio){ 1, INT64_MAX }, UINT64_MAX / 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binomial_numbers_are_those_of_r),
        cmocka_unit_test(hypergeometric_numbers_are_those_of_r),
        cmocka_unit_test(steps_are_where_they_are_to_the_last_bit),
        cmocka_unit_test(hypergeometric_steps_are_where_they_are),
        cmocka_unit_test(more_is_never_less),
        cmocka_unit_test(a_law_is_drawn_from_more_than_once),
        cmocka_unit_test(what_is_certain_needs_no_luck),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
