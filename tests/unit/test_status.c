/* test_status.c - what an error holds, where it is cut, and how it reads. */
#include "check.h"

#include <wchar.h>

#include "base/status.h"
#include "base/text.h"

static void every_status_has_a_name_and_a_meaning(void **state)
{
    (void)state;
    for (int i = 0; i < DK_N_STATUSES; i++) {
        assert_true(strlen(dk_status_name((dk_status)i)) > 1);
        assert_true(strlen(dk_status_text((dk_status)i)) > 5);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(dk_status_name((dk_status)i), dk_status_name((dk_status)j));
            assert_string_not_equal(dk_status_text((dk_status)i), dk_status_text((dk_status)j));
        }
    }
    assert_string_equal(dk_status_name(DK_OK), "ok");
    assert_string_equal(dk_status_name(DK_ERR_MEMORY), "memory");
    assert_string_equal(dk_status_name(DK_N_STATUSES), "unknown");
    assert_string_equal(dk_status_name((dk_status)-1), "unknown");
    assert_string_equal(dk_status_text((dk_status)1000), "a status that does not exist");
}

static void a_fault_replaces_all_that_was_said_before(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(dki_fail(&err, DK_ERR_DATA, "the sum of %d is %s", 3, "wrong"), DK_ERR_DATA);
    dki_hint(&err, "add them %s", "again");
    dki_at(&err, "a.csv", 7, 2);
    dki_at(&err, NULL, 8, 3); /* the file stays */
    assert_int_equal(err.code, DK_ERR_DATA);
    assert_string_equal(err.message, "the sum of 3 is wrong");
    assert_string_equal(err.hint, "add them again");
    assert_string_equal(err.file, "a.csv");
    assert_int_equal(err.line, 8);
    assert_int_equal(err.column, 3);
    assert_int_equal(dki_fail(&err, DK_ERR_IO, "%s", "gone"), DK_ERR_IO);
    assert_int_equal(err.code, DK_ERR_IO);
    assert_string_equal(err.message, "gone");
    assert_string_equal(err.hint, "");
    assert_string_equal(err.file, "");
    assert_int_equal(err.line, 0);
    assert_int_equal(err.column, 0);
}

static void an_error_may_be_nobodys(void **state)
{
    (void)state;
    assert_int_equal(dki_fail(NULL, DK_ERR_NAME, "%s", "x"), DK_ERR_NAME);
    dki_hint(NULL, "%s", "x");
    dki_at(NULL, "x", 1, 1);
}

/* Characters of each length, shifted by each number of bytes: one of the shifts puts the end of the buffer inside a
 * character. */
static void what_does_not_fit_is_cut_between_characters(void **state)
{
    static const char *const characters[] = { "x", "\xC3\xAB", "\xE2\x82\xAC", "\xF0\x9F\x98\x80" };
    char text[2000];

    (void)state;
    for (size_t c = 0; c < 4; c++)
        for (size_t shift = 0; shift < 4; shift++) {
            size_t width = strlen(characters[c]), n = shift;
            dk_error err = DK_ERROR_INIT;

            memset(text, '-', shift);
            for (; n + width < sizeof text; n += width)
                memcpy(text + n, characters[c], width);
            text[n] = '\0';
            dki_fail(&err, DK_ERR_DATA, "%s", text);
            dki_hint(&err, "%s", text);
            dki_at(&err, text, 1, 1);
            /* As many whole characters as there is room for: shift + k * width < size. */
            assert_int_equal(strlen(err.message), shift + (sizeof err.message - 1 - shift) / width * width);
            assert_int_equal(strlen(err.hint), shift + (sizeof err.hint - 1 - shift) / width * width);
            assert_int_equal(strlen(err.file), shift + (sizeof err.file - 1 - shift) / width * width);
            assert_memory_equal(err.message, text, strlen(err.message));
            assert_memory_equal(err.hint, text, strlen(err.hint));
            assert_memory_equal(err.file, text, strlen(err.file));
        }
}

/* Bytes that are no characters are cut where the buffer ends, and a text that ends in one is left alone. */
static void ill_formed_text_is_cut_without_harm(void **state)
{
    char text[2000];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int byte = 0x80; byte < 0x100; byte++) {
        memset(text, byte, sizeof text - 1);
        text[sizeof text - 1] = '\0';
        dki_fail(&err, DK_ERR_DATA, "%s", text);
        assert_in_range(strlen(err.message), sizeof err.message - 4, sizeof err.message - 1);
        dki_fail(&err, DK_ERR_DATA, "%.3s", text);
        assert_int_equal(strlen(err.message), 3);
    }
}

/* What the C library refuses to format leaves no half of an older message behind. */
static void what_cannot_be_formatted_is_empty(void **state)
{
    dk_error err = { .message = "before", .hint = "before" };

    (void)state;
    assert_int_equal(dki_fail(&err, DK_ERR_DATA, "x%lc", (wint_t)0x7FFFFFFF), DK_ERR_DATA);
    dki_hint(&err, "x%lc", (wint_t)0x7FFFFFFF);
    assert_string_equal(err.message, "");
    assert_string_equal(err.hint, "");
}

static void reads_as(const dk_error *err, const char *expected)
{
    char text[2048];

    assert_int_equal(dk_error_format(err, text, sizeof text), strlen(expected));
    assert_string_equal(text, expected);
}

static void an_error_reads_with_the_parts_that_are_known(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    reads_as(&err, "no error");
    dki_fail(&err, DK_ERR_DATA, "%s", "12,5x is no number");
    reads_as(&err, "12,5x is no number");
    dki_at(&err, "register.csv", 0, 0);
    reads_as(&err, "register.csv: 12,5x is no number");
    dki_at(&err, NULL, 7677, 0);
    reads_as(&err, "register.csv:7677: 12,5x is no number");
    dki_at(&err, NULL, 7677, 3);
    dki_hint(&err, "state the type");
    reads_as(&err, "register.csv:7677:3: 12,5x is no number (state the type)");
    dki_at(&err, NULL, UINT64_MAX, UINT64_MAX);
    reads_as(&err, "register.csv:18446744073709551615:18446744073709551615: 12,5x is no number (state the type)");
    err = (dk_error){ .code = DK_ERR_LENGTH, .hint = "count" };
    reads_as(&err, "lengths differ that must be equal (count)");
    err = (dk_error){ .code = DK_ERR_SYNTAX, .line = 1, .column = 5, .message = "no (" }; /* of no file */
    reads_as(&err, "no (");
}

/* The longest prefix of whole characters of the whole text that fits, at every size. */
static void a_formatted_error_is_a_prefix_of_the_whole(void **state)
{
    dk_error err = DK_ERROR_INIT;
    char whole[256], part[256];
    size_t length;

    (void)state;
    dki_fail(&err, DK_ERR_DATA, "%s", "na\xC3\xAFve \xE2\x82\xAC\xE2\x82\xAC");
    dki_at(&err, "re\xC3\xABl-\xF0\x9F\x98\x80", 12, 3);
    dki_hint(&err, "caf\xC3\xA9");
    length = dk_error_format(&err, whole, sizeof whole);
    assert_string_equal(whole,
                        "re\xC3\xABl-\xF0\x9F\x98\x80:12:3: na\xC3\xAFve \xE2\x82\xAC\xE2\x82\xAC (caf\xC3\xA9)");
    for (size_t size = 1; size <= length + 1; size++) {
        size_t n = size - 1;

        while (n < length && ((unsigned char)whole[n] & 0xC0) == 0x80)
            n--;
        memset(part, '#', sizeof part);
        assert_int_equal(dk_error_format(&err, part, size), length);
        assert_int_equal(strlen(part), n);
        assert_memory_equal(part, whole, n);
        assert_int_equal(part[size], '#');
    }
    assert_int_equal(dk_error_format(&err, NULL, 0), length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_name_and_a_meaning),
        cmocka_unit_test(a_fault_replaces_all_that_was_said_before),
        cmocka_unit_test(an_error_may_be_nobodys),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(ill_formed_text_is_cut_without_harm),
        cmocka_unit_test(what_cannot_be_formatted_is_empty),
        cmocka_unit_test(an_error_reads_with_the_parts_that_are_known),
        cmocka_unit_test(a_formatted_error_is_a_prefix_of_the_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
