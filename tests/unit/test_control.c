/* test_control.c - characters that no output passes on as they are. */
#include "check.h"

#include "write/control.h"

static void expect(const char *text, size_t size, dki_char_kind kind, size_t n)
{
    size_t used = 77;

    assert_int_equal(dki_char_next(text, size, &used), kind);
    assert_int_equal(used, n);
}

static void letters_of_any_script_are_plain(void **state)
{
    (void)state;
    for (char c = ' '; c < 0x7F; c++)
        expect(&c, 1, DKI_CHAR_PLAIN, 1);
    expect("\xC3\xBA", 2, DKI_CHAR_PLAIN, 2);         /* u with an accent */
    expect("\xC2\xA0", 2, DKI_CHAR_PLAIN, 2);         /* a blank that does not break: the first behind C1 */
    expect("\xCC\x81x", 3, DKI_CHAR_PLAIN, 2);        /* combining acute */
    expect("\xD7\xA9", 2, DKI_CHAR_PLAIN, 2);         /* shin */
    expect("\xE6\x97\xA5", 3, DKI_CHAR_PLAIN, 3);     /* a wide one */
    expect("\xF0\x9F\x98\x80", 4, DKI_CHAR_PLAIN, 4); /* beyond the first plane */
    expect("\xE2\x80\x93", 3, DKI_CHAR_PLAIN, 3);     /* en dash, beside the separators */
    expect("\xE2\x80\xAF", 3, DKI_CHAR_PLAIN, 3);     /* behind U+202E */
    expect("\xE2\x81\xA5", 3, DKI_CHAR_PLAIN, 3);
    expect("\xE2\x81\xAA", 3, DKI_CHAR_PLAIN, 3); /* beside the isolates */
}

static void line_ends_are_one_each(void **state)
{
    (void)state;
    expect("\nx", 2, DKI_CHAR_LINE_END, 1);
    expect("\r\nx", 3, DKI_CHAR_LINE_END, 2);
    expect("\rx", 2, DKI_CHAR_LINE_END, 1);
    expect("\r", 1, DKI_CHAR_LINE_END, 1);
    expect("\xC2\x85", 2, DKI_CHAR_LINE_END, 2);     /* NEL */
    expect("\xE2\x80\xA8", 3, DKI_CHAR_LINE_END, 3); /* line separator */
    expect("\xE2\x80\xA9", 3, DKI_CHAR_LINE_END, 3); /* paragraph separator */
    expect("\t", 1, DKI_CHAR_TAB, 1);
}

static void controls_are_found_in_both_pages(void **state)
{
    char text[4] = "";

    (void)state;
    for (int c = 0; c < 0x20; c++)
        if (c != '\n' && c != '\r' && c != '\t') {
            text[0] = (char)c;
            expect(text, 1, DKI_CHAR_CONTROL, 1);
        }
    expect("\x7F", 1, DKI_CHAR_CONTROL, 1);
    for (int c = 0x80; c < 0xA0; c++)
        if (c != 0x85) {
            text[0] = '\xC2';
            text[1] = (char)c;
            expect(text, 2, DKI_CHAR_CONTROL, 2); /* 9B is CSI: ESC [ in one */
        }
}

static void marks_that_turn_text_around_are_controls(void **state)
{
    char text[4] = "\xE2";

    (void)state;
    for (int c = 0xAA; c <= 0xAE; c++) { /* U+202A .. U+202E */
        text[1] = '\x80';
        text[2] = (char)c;
        expect(text, 3, DKI_CHAR_CONTROL, 3);
    }
    for (int c = 0xA6; c <= 0xA9; c++) { /* U+2066 .. U+2069 */
        text[1] = '\x81';
        text[2] = (char)c;
        expect(text, 3, DKI_CHAR_CONTROL, 3);
    }
}

static void bytes_that_are_no_text_are_broken_one_by_one(void **state)
{
    (void)state;
    expect("\x80\x80", 2, DKI_CHAR_BROKEN, 1);
    expect("\xC3(", 2, DKI_CHAR_BROKEN, 1);
    expect("\xC3", 1, DKI_CHAR_BROKEN, 1);     /* cut at the end */
    expect("\xE2\x80", 2, DKI_CHAR_BROKEN, 1); /* the start of U+202E */
    expect("\xC0\x80", 2, DKI_CHAR_BROKEN, 1); /* overlong */
    expect("\xED\xA0\x80", 3, DKI_CHAR_BROKEN, 1);
    expect("\xFF\xFF\xFF\xFF", 4, DKI_CHAR_BROKEN, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_of_any_script_are_plain),
        cmocka_unit_test(line_ends_are_one_each),
        cmocka_unit_test(controls_are_found_in_both_pages),
        cmocka_unit_test(marks_that_turn_text_around_are_controls),
        cmocka_unit_test(bytes_that_are_no_text_are_broken_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
