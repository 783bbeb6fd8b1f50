/* test_ratio.c - exact arithmetic and order of ratios.
 *
 * Expected values were worked with Python's fractions, whose integers have no limit; a result that does not fit in
 * 64 bits must be refused. Doubles are written in hexadecimal, to the bit.
 */
#include "check.h"

#include "base/number.h"

#define N_ROWS(table) (sizeof(table) / sizeof *(table))

static void a_ratio_is_in_lowest_terms_with_its_sign_above(void **state)
{
    dki_i128 least = -((dki_i128)1 << 126) - ((dki_i128)1 << 126), big = (dki_i128)INT64_MAX + 1;
    const struct {
        dki_i128 numerator, denominator;
        bool fits;
        dk_ratio expected;
    } cases[] = {
        { 5682, 7676, true, { 2841, 3838 } },
        { -5682, 7676, true, { -2841, 3838 } },
        { 5682, -7676, true, { -2841, 3838 } },
        { -5682, -7676, true, { 2841, 3838 } },
        { 0, 7676, true, { 0, 1 } },
        { 0, -7676, true, { 0, 1 } },
        { 0, 0, false, { 0 } },
        { 1, 0, false, { 0 } },
        { INT64_MAX, 1, true, { INT64_MAX, 1 } },
        { INT64_MIN, 1, true, { INT64_MIN, 1 } },
        { INT64_MIN, -1, false, { 0 } },
        { 1, INT64_MIN, false, { 0 } },
        { 2, INT64_MIN, true, { -1, INT64_C(4611686018427387904) } },
        { INT64_MIN, INT64_MIN, true, { 1, 1 } },
        { big, 1, false, { 0 } },
        { -big, 1, true, { INT64_MIN, 1 } },
        { big * 6, 4, false, { 0 } },
        { big * 6, 12, true, { INT64_C(4611686018427387904), 1 } },
        { big * big, big, false, { 0 } },
        { big * (big - 1), big, true, { INT64_MAX, 1 } },
        { big, big * (big - 1), true, { 1, INT64_MAX } },
        { 1, big, false, { 0 } },
        { least, least, true, { 1, 1 } },
        { least, 1, false, { 0 } },
        { 1, least, false, { 0 } },
        { least, big * 2, true, { INT64_MIN, 1 } },
        { least, -big * 2, false, { 0 } },
        { least + 1, least + 1, true, { 1, 1 } },
        { -(least + 1), least + 1, true, { -1, 1 } },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        dk_ratio out = { 42, 43 };

        if (dki_ratio_make(cases[i].numerator, cases[i].denominator, &out) != cases[i].fits)
            fail_msg("row %zu", i);
        if (cases[i].fits &&
            (out.numerator != cases[i].expected.numerator || out.denominator != cases[i].expected.denominator))
            fail_msg("row %zu: %lld/%lld", i, (long long)out.numerator, (long long)out.denominator);
        if (!cases[i].fits)
            assert_true(out.numerator == 42 && out.denominator == 43);
    }
}

/* Every numerator and denominator from -60 to 60, against searching for a common divisor. */
static void small_ratios_have_no_common_divisor_left(void **state)
{
    (void)state;
    for (int n = -60; n <= 60; n++)
        for (int d = -60; d <= 60; d++) {
            dk_ratio out;

            assert_true(dki_ratio_make(n, d, &out) == (d != 0));
            if (d == 0)
                continue;
            assert_true(out.denominator > 0);
            assert_true(out.numerator * d == n * out.denominator);
            for (int64_t k = 2; k <= 60; k++)
                assert_false(out.numerator % k == 0 && out.denominator % k == 0);
        }
}

static void arithmetic_of_ratios_is_exact_or_refused(void **state)
{
    static const struct {
        char op;
        dk_ratio a, b;
        bool fits;
        dk_ratio expected;
    } cases[] = {
        { '+', { 1, 3 }, { 1, 6 }, true, { 1, 2 } },
        { '+', { -2841, 3838 }, { 997, 3838 }, true, { -922, 1919 } },
        { '+', { INT64_MAX, 1 }, { 1, 1 }, false, { 0, 1 } },
        { '+', { INT64_MIN, 1 }, { -1, 1 }, false, { 0, 1 } },
        { '+', { INT64_MAX, 2 }, { INT64_MAX, 2 }, true, { INT64_MAX, 1 } },
        { '+', { 1, INT64_MAX }, { 1, INT64_MAX }, true, { 2, INT64_MAX } },
        { '+', { 1, INT64_MAX }, { 1, INT64_C(9223372036854775806) }, false, { 0, 1 } },
        { '+', { INT64_MIN, 1 }, { INT64_MAX, 1 }, true, { -1, 1 } },
        { '+', { INT64_MIN, 1 }, { 0, 1 }, true, { INT64_MIN, 1 } },
        { '+', { 0, 1 }, { INT64_MIN, 1 }, true, { INT64_MIN, 1 } },
        { '+', { 0, 1 }, { 7, 3 }, true, { 7, 3 } },
        { '+', { INT64_MIN, INT64_MAX }, { INT64_MIN, INT64_MAX }, false, { 0, 1 } },
        { '+',
          { INT64_C(9223372036854775806), INT64_MAX },
          { INT64_MAX, INT64_C(9223372036854775806) },
          false,
          { 0, 1 } },
        { '+', { 958521, 832 }, { -179996, 3361 }, true, { INT64_C(3071832409), 2796352 } },
        { '+',
          { 1792931687, INT64_C(4293179421) },
          { 2101705386, 1296473615 },
          true,
          { INT64_C(241435892295170213), INT64_C(118425400931648445) } },
        { '+', { INT64_C(-31670957910042), 551605583 }, { INT64_C(1228544913474), 87551749 }, false, { 0, 1 } },
        { '+', { INT64_C(177464965507), 79343 }, { 79343, INT64_C(177464965507) }, false, { 0, 1 } },
        { '+',
          { 137159997, INT64_C(887324827535) },
          { 103657566, INT64_C(887324827535) },
          true,
          { 240817563, INT64_C(887324827535) } },
        { '+', { INT64_C(35393435255750573), 79343 }, { INT64_C(177464965507), 50541491 }, false, { 0, 1 } },
        { '-', { 1, 3 }, { 1, 6 }, true, { 1, 6 } },
        { '-', { -2841, 3838 }, { 997, 3838 }, true, { -1, 1 } },
        { '-', { INT64_MAX, 1 }, { 1, 1 }, true, { INT64_C(9223372036854775806), 1 } },
        { '-', { INT64_MIN, 1 }, { -1, 1 }, true, { INT64_C(-9223372036854775807), 1 } },
        { '-', { INT64_MAX, 2 }, { INT64_MAX, 2 }, true, { 0, 1 } },
        { '-', { 1, INT64_MAX }, { 1, INT64_MAX }, true, { 0, 1 } },
        { '-', { 1, INT64_MAX }, { 1, INT64_C(9223372036854775806) }, false, { 0, 1 } },
        { '-', { INT64_MIN, 1 }, { INT64_MAX, 1 }, false, { 0, 1 } },
        { '-', { INT64_MIN, 1 }, { 0, 1 }, true, { INT64_MIN, 1 } },
        { '-', { 0, 1 }, { INT64_MIN, 1 }, false, { 0, 1 } },
        { '-', { 0, 1 }, { 7, 3 }, true, { -7, 3 } },
        { '-', { INT64_MIN, INT64_MAX }, { INT64_MIN, INT64_MAX }, true, { 0, 1 } },
        { '-',
          { INT64_C(9223372036854775806), INT64_MAX },
          { INT64_MAX, INT64_C(9223372036854775806) },
          false,
          { 0, 1 } },
        { '-', { -39758, 403 }, { -491087, 632 }, true, { 172781005, 254696 } },
        { '-',
          { -779495941, 1328408245 },
          { -1580205257, INT64_C(2724618422) },
          true,
          { INT64_C(-24671308531681137), INT64_C(3619405576263689390) } },
        { '-', { INT64_C(-32273505685739), 481761025 }, { INT64_C(-34267425260320), 167639947 }, false, { 0, 1 } },
        { '-', { INT64_C(123363427449), 31621 }, { 31621, INT64_C(123363427449) }, false, { 0, 1 } },
        { '-',
          { 514171007, INT64_C(370090282347) },
          { 521531575, INT64_C(370090282347) },
          true,
          { -7360568, INT64_C(370090282347) } },
        { '-',
          { INT64_C(46092647488052217), 31621 },
          { INT64_C(41121142483), 3889383 },
          true,
          { INT64_C(5669395599909280208), 3889383 } },
        { '*', { 1, 3 }, { 1, 6 }, true, { 1, 18 } },
        { '*', { -2841, 3838 }, { 997, 3838 }, true, { -2832477, 14730244 } },
        { '*', { INT64_MAX, 1 }, { 1, 1 }, true, { INT64_MAX, 1 } },
        { '*', { INT64_MIN, 1 }, { -1, 1 }, false, { 0, 1 } },
        { '*', { INT64_MAX, 2 }, { INT64_MAX, 2 }, false, { 0, 1 } },
        { '*', { 1, INT64_MAX }, { 1, INT64_MAX }, false, { 0, 1 } },
        { '*', { 1, INT64_MAX }, { 1, INT64_C(9223372036854775806) }, false, { 0, 1 } },
        { '*', { INT64_MIN, 1 }, { INT64_MAX, 1 }, false, { 0, 1 } },
        { '*', { INT64_MIN, 1 }, { 0, 1 }, true, { 0, 1 } },
        { '*', { 0, 1 }, { INT64_MIN, 1 }, true, { 0, 1 } },
        { '*', { 0, 1 }, { 7, 3 }, true, { 0, 1 } },
        { '*', { INT64_MIN, INT64_MAX }, { INT64_MIN, INT64_MAX }, false, { 0, 1 } },
        { '*',
          { INT64_C(9223372036854775806), INT64_MAX },
          { INT64_MAX, INT64_C(9223372036854775806) },
          true,
          { 1, 1 } },
        { '*', { 639969, 610 }, { -139165, 591 }, true, { INT64_C(-5937419059), 24034 } },
        { '*',
          { -126654919, 167655326 },
          { 126560313, 249886840 },
          true,
          { INT64_C(-16029486191629647), INT64_C(41894859623309840) } },
        { '*', { INT64_C(-4696057286399), 1019578201 }, { INT64_C(986788179740), 201238093 }, false, { 0, 1 } },
        { '*', { INT64_C(307212774427), 124999 }, { 124999, INT64_C(307212774427) }, true, { 1, 1 } },
        { '*', { 823398548, INT64_C(307212774427) }, { 1015554269, INT64_C(307212774427) }, false, { 0, 1 } },
        { '*', { INT64_C(146126063368976977), 124999 }, { INT64_C(13357077149), 1874985 }, false, { 0, 1 } },
        { '/', { 1, 3 }, { 1, 6 }, true, { 2, 1 } },
        { '/', { -2841, 3838 }, { 997, 3838 }, true, { -2841, 997 } },
        { '/', { INT64_MAX, 1 }, { 1, 1 }, true, { INT64_MAX, 1 } },
        { '/', { INT64_MIN, 1 }, { -1, 1 }, false, { 0, 1 } },
        { '/', { INT64_MAX, 2 }, { INT64_MAX, 2 }, true, { 1, 1 } },
        { '/', { 1, INT64_MAX }, { 1, INT64_MAX }, true, { 1, 1 } },
        { '/',
          { 1, INT64_MAX },
          { 1, INT64_C(9223372036854775806) },
          true,
          { INT64_C(9223372036854775806), INT64_MAX } },
        { '/', { INT64_MIN, 1 }, { INT64_MAX, 1 }, true, { INT64_MIN, INT64_MAX } },
        { '/', { INT64_MIN, 1 }, { 0, 1 }, false, { 0, 1 } },
        { '/', { 0, 1 }, { INT64_MIN, 1 }, true, { 0, 1 } },
        { '/', { 0, 1 }, { 7, 3 }, true, { 0, 1 } },
        { '/', { INT64_MIN, INT64_MAX }, { INT64_MIN, INT64_MAX }, true, { 1, 1 } },
        { '/',
          { INT64_C(9223372036854775806), INT64_MAX },
          { INT64_MAX, INT64_C(9223372036854775806) },
          false,
          { 0, 1 } },
        { '/', { -317923, 1352 }, { 94007, 2076 }, true, { -165002037, 31774366 } },
        { '/',
          { -7511067, INT64_C(2893573648) },
          { -668653488, INT64_C(2300791313) },
          true,
          { INT64_C(1920155300551219), INT64_C(214977568057787136) } },
        { '/', { INT64_C(-7554832545681), 501165076 }, { INT64_C(2588721287168), 131237729 }, false, { 0, 1 } },
        { '/', { INT64_C(180965890767), 152989 }, { 152989, INT64_C(180965890767) }, false, { 0, 1 } },
        { '/',
          { 290491908, INT64_C(301609817945) },
          { 91808036, INT64_C(180965890767) },
          true,
          { 217868931, 114760045 } },
        { '/',
          { INT64_C(27852641213839737), 152989 },
          { INT64_C(180965890767), 127745815 },
          true,
          { 128515685, 1 } },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        dk_ratio out = { 42, 43 };
        bool fits = cases[i].op == '+'   ? dki_ratio_add(cases[i].a, cases[i].b, &out)
                    : cases[i].op == '-' ? dki_ratio_sub(cases[i].a, cases[i].b, &out)
                    : cases[i].op == '*' ? dki_ratio_mul(cases[i].a, cases[i].b, &out)
                                         : dki_ratio_div(cases[i].a, cases[i].b, &out);

        if (fits != cases[i].fits || out.numerator != (fits ? cases[i].expected.numerator : 42) ||
            out.denominator != (fits ? cases[i].expected.denominator : 43))
            fail_msg("row %zu: %d, %lld/%lld", i, fits, (long long)out.numerator, (long long)out.denominator);
    }
}

static void ratios_are_ordered_exactly(void **state)
{
    static const struct {
        dk_ratio a, b;
        int expected;
    } cases[] = {
        { { 237368223, 235374853 }, { INT64_C(1072855701540079424), INT64_C(1063846077830763675) }, 1 },
        { { 29854897, 90083103 }, { INT64_C(139113057598325572), INT64_C(419754785832116427) }, 1 },
        { { 1359944427, 928334059 }, { INT64_C(339520327143696928), INT64_C(231765561263126559) }, -1 },
        { { 139623070, 262769863 }, { 139623070, 262769863 }, 0 },
        { { 106262096, 541440461 }, { INT64_C(301563591966676945), INT64_C(1536566060726427429) }, -1 },
        { { 1412448919, 1860216009 }, { INT64_C(366445755549237208), INT64_C(482614451916184051) }, -1 },
        { { 243809733, 138195067 }, { 243809733, 138195067 }, 0 },
        { { 399091533, 1346127443 }, { 399091533, 1346127443 }, 0 },
        { { 2027530784, 1754754219 }, { INT64_C(593596446837383519), INT64_C(513736155175095945) }, 1 },
        { { 1558537407, 1062361351 }, { INT64_C(3288751884702763354), INT64_C(2241744650878709329) }, -1 },
        { { 698567948, 2051129485 }, { INT64_C(1305927772148814203), INT64_C(3834454424088169905) }, 1 },
        { { 640856, 2442543 }, { INT64_C(493518887742339305), INT64_C(1880985907322138937) }, -1 },
        { { 477787704, 634389611 }, { INT64_C(300145568183377511), INT64_C(398522667387913433) }, 1 },
        { { 51316165, 350294069 }, { INT64_C(146901560372060624), INT64_C(1002778468055402625) }, 1 },
        { { INT64_MAX, INT64_C(9223372036854775806) },
          { INT64_C(9223372036854775806), INT64_C(9223372036854775805) },
          -1 },
        { { INT64_MIN, 1 }, { INT64_MAX, 1 }, -1 },
        { { INT64_MIN, 1 }, { INT64_MIN, 1 }, 0 },
        { { INT64_MIN, INT64_MAX }, { -1, 1 }, -1 },
        { { 1, INT64_MAX }, { 0, 1 }, 1 },
        { { 1, INT64_MAX }, { 1, INT64_C(9223372036854775806) }, -1 },
        { { -1, INT64_MAX }, { -1, INT64_C(9223372036854775806) }, 1 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++)
        if (dki_ratio_compare(cases[i].a, cases[i].b) != cases[i].expected ||
            dki_ratio_compare(cases[i].b, cases[i].a) != -cases[i].expected)
            fail_msg("row %zu", i);
}

static void a_ratio_and_a_double_are_ordered_exactly(void **state)
{
    static const struct {
        dk_ratio a;
        double b;
        int expected;
    } cases[] = {
        { { 1, 3 }, 0x1.5555555555555p-2, 1 },
        { { 1, 10 }, 0x1.999999999999ap-4, -1 },
        { { 3, 10 }, 0x1.3333333333333p-2, 1 },
        { { 7, 10 }, 0x1.6666666666666p-1, 1 },
        { { 1, 4 }, 0x1.0000000000000p-2, 0 },
        { { 0, 1 }, 0x0.0p+0, 0 },
        { { 0, 1 }, -0x0.0p+0, 0 },
        { { 0, 1 }, 0x0.0000000000001p-1022, -1 },
        { { 0, 1 }, -0x0.0000000000001p-1022, 1 },
        { { 1, INT64_MAX }, 0x0.0000000000001p-1022, 1 },
        { { 1, INT64_MAX }, 0x1.0000000000000p-63, 1 },
        { { 1, INT64_MAX }, 0x1.0000000000001p-63, -1 },
        { { INT64_MAX, 1 }, 0x1.0000000000000p+63, -1 },
        { { INT64_MIN, 1 }, -0x1.0000000000000p+63, 0 },
        { { INT64_MIN, 1 }, -0x1.0000000000001p+63, 1 },
        { { INT64_MAX, 1 }, 0x1.fffffffffffffp+62, 1 },
        { { INT64_MAX, 1 }, 0x1.fffffffffffffp+1023, -1 },
        { { INT64_MIN, 1 }, -0x1.fffffffffffffp+1023, 1 },
        { { INT64_MAX, INT64_C(9223372036854775806) }, 0x1.0000000000000p+0, 1 },
        { { INT64_C(9223372036854775806), INT64_MAX }, 0x1.0000000000000p+0, -1 },
        { { INT64_MAX, INT64_C(9223372036854775806) }, 0x1.0000000000001p+0, -1 },
        { { INT64_MIN, INT64_MAX }, -0x1.0000000000000p+0, -1 },
        { { INT64_C(9007199254740993), 1 }, 0x1.0000000000000p+53, 1 },
        { { INT64_C(9007199254740993), 1 }, 0x1.0000000000001p+53, -1 },
        { { INT64_C(-9007199254740993), 1 }, -0x1.0000000000000p+53, -1 },
        { { 1, INT64_C(4611686018427387904) }, 0x1.0000000000000p-62, 0 },
        { { 2841, 3838 }, 0x1.7aff553e90e02p-1, -1 },
        { { 1, 3 }, 0x1.0000000000000p-1022, 1 },
        { { -1, 3 }, 0x1.5555555555555p-2, -1 },
        { { 1, 3 }, -0x1.5555555555555p-2, 1 },
        { { INT64_C(4146868286224703440), INT64_C(289264169471) }, 0x1.b57f620811419p+23, 1 },
        { { INT64_C(-9059029377288468999), 1 }, -0x1.f6e08ce32c6dep+62, -1 },
        { { INT64_C(-1999957941121007183), INT64_C(610983215280) }, -0x1.8f93fc10018e1p+21, -1 },
        { { INT64_C(-3694932548687461474), INT64_C(921828503331) }, -0x1.e94a44b9f2e10p+21, 1 },
        { { INT64_C(-3779581670182197676), 3 }, -0x1.17bec80564333p+60, -1 },
        { { INT64_C(7809552487706095551), INT64_C(1059440448843706853) }, 0x1.d7c4e9703df07p+2, 1 },
        { { INT64_C(-3785096356641446837), INT64_C(3647966271767990410) }, -0x1.099f8d7f4158bp+0, 1 },
        { { INT64_C(4534195710444992045), INT64_C(1048513772328) }, 0x1.07f0ca81044cbp+22, 1 },
        { { INT64_C(-8533213543548795305), INT64_C(1314030796156747348) }, -0x1.9f9c6b2c2daefp+2, 1 },
        { { INT64_C(-8610878852820567608), INT64_C(7775073014958111771) }, -0x1.1b84ff6846bbfp+0, 1 },
        { { INT64_C(417433439837979670), INT64_C(13076017943) }, 0x1.e71d865217042p+24, 1 },
        { { INT64_C(-3546255809854373705), INT64_C(399482331427) }, -0x1.0ee89019aeb71p+23, -1 },
        { { INT64_C(5456695526315991186), 1 }, 0x1.2ee84eae761c9p+62, -1 },
        { { INT64_C(-1217628870046311993), INT64_C(3523842566210187424) }, -0x1.61d542c3d0921p-2, 1 },
        { { INT64_C(8816219013019835129), 6 }, 0x1.464401490d943p+60, 1 },
        { { INT64_C(-5808418972077714824), INT64_C(6129260974027839221) }, -0x1.e532e94e7885fp-1, -1 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++)
        if (dki_ratio_compare_real(cases[i].a, cases[i].b) != cases[i].expected)
            fail_msg("row %zu: %d", i, dki_ratio_compare_real(cases[i].a, cases[i].b));
    assert_int_equal(dki_i64_compare_real(1, 1, 0.1), -1); /* the double is 0.1000000000000000055... */
    assert_int_equal(dki_i64_compare_real(7, 2, 0.07), -1);
    assert_int_equal(dki_i64_compare_real(5, 1, 0.5), 0);
    assert_int_equal(dki_i64_compare_real(INT64_MAX, 0, 9223372036854775808.0), -1);
    assert_int_equal(dki_i64_compare_real(INT64_MIN, 18, -9.2), -1);
    assert_int_equal(dki_i64_compare_real(1, 0, HUGE_VAL), -1);
    assert_int_equal(dki_i64_compare_real(INT64_MIN, 0, -HUGE_VAL), 1);
}

/* Ties to even, as the hardware divides. */
static void a_ratio_becomes_the_nearest_double(void **state)
{
    static const struct {
        dk_ratio a;
        double expected;
    } cases[] = {
        { { 0, 1 }, 0x0.0p+0 },
        { { 1, 3 }, 0x1.5555555555555p-2 },
        { { 2, 3 }, 0x1.5555555555555p-1 },
        { { -1, 3 }, -0x1.5555555555555p-2 },
        { { 1, 10 }, 0x1.999999999999ap-4 },
        { { 2841, 3838 }, 0x1.7aff553e90e02p-1 },
        { { INT64_C(9007199254740993), 1 }, 0x1.0000000000000p+53 },
        { { INT64_C(9007199254740995), 1 }, 0x1.0000000000002p+53 },
        { { INT64_C(-9007199254740993), 1 }, -0x1.0000000000000p+53 },
        { { INT64_C(18014398509481986), 1 }, 0x1.0000000000000p+54 },
        { { INT64_C(18014398509481990), 1 }, 0x1.0000000000002p+54 },
        { { INT64_C(18014398509481987), 1 }, 0x1.0000000000001p+54 },
        { { INT64_MAX, 1 }, 0x1.0000000000000p+63 },
        { { INT64_MIN, 1 }, -0x1.0000000000000p+63 },
        { { INT64_MAX, 2 }, 0x1.0000000000000p+62 },
        { { INT64_MAX, INT64_C(9223372036854775806) }, 0x1.0000000000000p+0 },
        { { 1, INT64_MAX }, 0x1.0000000000000p-63 },
        { { -1, INT64_MAX }, -0x1.0000000000000p-63 },
        { { INT64_MIN, INT64_MAX }, -0x1.0000000000000p+0 },
        { { INT64_C(9007199254740993), 2 }, 0x1.0000000000000p+52 },
        { { INT64_C(9007199254740993), INT64_C(4503599627370496) }, 0x1.0000000000000p+1 },
        { { INT64_C(4611686018427388160), 1 }, 0x1.0000000000000p+62 },
        { { INT64_C(4611686018427388161), 1 }, 0x1.0000000000000p+62 },
        { { INT64_C(4611686018427388159), 1 }, 0x1.0000000000000p+62 },
        { { INT64_C(4611686018427388672), 1 }, 0x1.0000000000001p+62 },
        { { INT64_C(9007199254740993), 4 }, 0x1.0000000000000p+51 },
        { { INT64_C(3002399751580331), 1 }, 0x1.5555555555556p+51 },
        { { INT64_C(61728394506172839), 500000000 }, 0x1.d6f34540ca458p+26 },
        { { INT64_C(999999999999999999), INT64_C(1000000000000000000) }, 0x1.0000000000000p+0 },
        { { 1, INT64_C(1000000000000000000) }, 0x1.2725dd1d243acp-60 },
        { { 7, INT64_C(1000000000000000000) }, 0x1.024121797fb36p-57 },
        { { INT64_C(48686998224562741), 55870878 }, 0x1.9f8681b937e56p+29 },
        { { INT64_C(1369760943324055500), 143923433 }, 0x1.1ba3279697ed1p+33 },
        { { INT64_C(1801270367744816465), 448118868 }, 0x1.df2d42208c8e1p+31 },
        { { INT64_C(-16051007418474411), INT64_C(230616674775281069) }, -0x1.1d1548d5bc39bp-4 },
        { { 362116873, INT64_C(946141808836276020) }, 0x1.a4d0ec601a003p-32 },
        { { -1049309945, 16 }, -0x1.f45997c800000p+25 },
        { { 1016255053, INT64_C(8336565900692112284) }, 0x1.0c1177c181446p-33 },
        { { INT64_C(-17896948176746032), INT64_C(6844453121338710883) }, -0x1.56ba7b86fdefdp-9 },
        { { INT64_C(-1329113419417949), 18 }, -0x1.0ca084b7c9312p+46 },
        { { INT64_C(-963011181521109569), 199502358 }, -0x1.1fb7312725bfdp+32 },
        { { INT64_C(15551880679999435), 4 }, 0x1.ba02d31c2a3e6p+51 },
        { { INT64_C(12117277072114177), 16 }, 0x1.5864cb5c3a100p+49 },
        { { INT64_C(16012799853924047), 16 }, 0x1.c71c73f938768p+49 },
        { { INT64_C(14968890398880917), 128 }, 0x1.a971031741a4ap+46 },
        { { INT64_C(14980720648779777), 8 }, 0x1.a9c716a5ffc00p+50 },
        { { INT64_C(16406529225553861), 8 }, 0x1.d24d3613e3be2p+50 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++)
        if (dki_ratio_real(cases[i].a) != cases[i].expected)
            fail_msg("row %zu: %a, not %a", i, dki_ratio_real(cases[i].a), cases[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ratio_is_in_lowest_terms_with_its_sign_above),
        cmocka_unit_test(small_ratios_have_no_common_divisor_left),
        cmocka_unit_test(arithmetic_of_ratios_is_exact_or_refused),
        cmocka_unit_test(ratios_are_ordered_exactly),
        cmocka_unit_test(a_ratio_and_a_double_are_ordered_exactly),
        cmocka_unit_test(a_ratio_becomes_the_nearest_double),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
