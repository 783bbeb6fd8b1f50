/* test_canonical.c - numbers whose text follows from their value: what is read, what is not, and that readings.c agrees. */
#include "check.h"

#include "base/calendar.h"
#include "read/canonical.h"
#include "read/readings.h"

static void expect(const char *text, int64_t value, unsigned scale, char mark, unsigned whole_digits, bool grouped)
{
    dki_canonical c;
    char back[DKI_CANONICAL_BYTES + 1];

    if (!dki_canonical_read(text, strlen(text), &c))
        fail_msg("<%s> is none", text);
    if (c.value != value || c.scale != scale || c.mark != mark || c.whole_digits != whole_digits ||
        c.is_grouped != grouped)
        fail_msg("<%s> is %lld, scale %u, mark <%c>, %u digits%s", text, (long long)c.value, c.scale, c.mark,
                 c.whole_digits, c.is_grouped ? ", grouped" : "");
    back[dki_canonical_write(c.value, c.scale, c.mark, c.is_grouped, back)] = '\0';
    assert_string_equal(back, text);
}

static void numbers_are_read_and_written_back(void **state)
{
    (void)state;
    expect("0", 0, 0, 0, 0, false);
    expect("7", 7, 0, 0, 1, false);
    expect("-1758", -1758, 0, 0, 4, false);
    expect("999999999999999999", INT64_C(999999999999999999), 0, 0, 18, false);
    expect("-999999999999999999", INT64_C(-999999999999999999), 0, 0, 18, false);
    expect("12,5", 125, 1, ',', 2, false);
    expect("0.05", 5, 2, '.', 0, false);
    expect("-0,50", -50, 2, ',', 0, false);
    expect("0,758", 758, 3, ',', 0, false);
    expect("1758.000", 1758000, 3, '.', 4, false);
    expect("1.758,25", 175825, 2, ',', 4, true);
    expect("12,345,678.9", 123456789, 1, '.', 8, true);
    expect("1.234,567", 1234567, 3, ',', 4, true);
    expect("123456789012345678", INT64_C(123456789012345678), 0, 0, 18, false);
    expect("1,12345678901234567", INT64_C(112345678901234567), 17, ',', 1, false);
}

static void other_fields_are_none(void **state)
{
    static const char *const texts[] = { "",
                                         "-",
                                         "+1",
                                         "007",
                                         "00",
                                         "-0",
                                         "-0,00",
                                         "1.758",
                                         "1,758",
                                         "12.345.678",
                                         "1.",
                                         ",5",
                                         "1e3",
                                         "5 %",
                                         "5%",
                                         " 5",
                                         "5 ",
                                         "1.2.3",
                                         "1.758.25",
                                         "1.75,2.5",
                                         "1,758,1",
                                         "0.123,4",
                                         "1234.567,8",
                                         "12-5",
                                         "x",
                                         "5x",
                                         "1234567890123456789",
                                         "12345678901234567,89",
                                         "31.12.2024",
                                         "2024-12-31",
                                         "--1",
                                         "1.234.567,",
                                         "1,234.",
                                         "0x10" };
    dki_canonical c;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (dki_canonical_read(texts[i], strlen(texts[i]), &c))
            fail_msg("<%s> is %lld", texts[i], (long long)c.value);
    assert_false(dki_canonical_read("5\0", 2, &c));
}

/* The reader of all numbers, of dates and of booleans says the same of whatever is read here: generated. */
static void readings_agree(void **state)
{
    static const char alphabet[] = "0011234567899.,.,-e% ";
    uint64_t random = 1;
    size_t n_read = 0;

    (void)state;
    for (unsigned round = 0; round < 2000000; round++) {
        char text[24], back[DKI_CANONICAL_BYTES];
        size_t size = 0, wanted;
        dki_canonical c;
        dki_number number;
        int64_t when;
        bool truth;
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        wanted = 1 + (random >> 60);
        while (size < wanted) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            text[size++] = alphabet[(random >> 40) % (sizeof alphabet - 1)];
        }
        if (!dki_canonical_read(text, size, &c))
            continue;
        n_read++;
        assert_int_equal(dki_canonical_write(c.value, c.scale, c.mark, c.is_grouped, back), size);
        assert_memory_equal(back, text, size);
        for (int mark = 0; mark < DKI_N_MARKS; mark++) {
            bool same = c.scale == 0 || (c.mark == ',') == (mark == DKI_COMMA);
            if (dki_number_read(text, size, mark, false, &number) != same)
                fail_msg("<%.*s> with mark %d", (int)size, text, mark);
            if (same && (number.value != c.value || number.scale != c.scale ||
                         number.whole_digits != c.whole_digits || number.percent || number.exponent || number.wide))
                fail_msg("<%.*s> is %lld, scale %u", (int)size, text, (long long)number.value, number.scale);
            assert_true(dki_number_read(text, size, mark, true, &number) == same);
        }
        for (int order = 0; order < DKI_N_ORDERS; order++)
            assert_false(dki_date_read(text, size, order, &when) || dki_time_read(text, size, order, &when));
        for (int pair = 0; pair < 4; pair++)
            assert_false(dki_boolean_read(text, size, pair, &truth));
    }
    assert_true(n_read > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_and_written_back),
        cmocka_unit_test(other_fields_are_none),
        cmocka_unit_test(readings_agree),
    };
    return cmocka_run_group_tests_name("canonical", tests, NULL, NULL);
}
