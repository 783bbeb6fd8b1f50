/* test_encoding.c - the bytes of a file as UTF-8 text. */
#include "check.h"

#include "read/encoding.h"

typedef struct fixture {
    dk_context *context;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    dk_error err = DK_ERROR_INIT;

    *state = &f;
    return dk_context_new(&f.context, &err) != DK_OK;
}

static int tear_down(void **state)
{
    fixture *f = *state;

    assert_int_equal(dk_context_used_bytes(f->context), 0);
    dk_context_release(f->context);
    return 0;
}

/* Decodes and compares. */
static void expect(void **state, const char *bytes, size_t size, dk_encoding stated, const char *text,
                   dk_encoding encoding, bool has_mark)
{
    fixture *f = *state;
    dk_error err = DK_ERROR_INIT;
    dki_decoded d = { 0 };

    assert_ok(dki_decode(f->context, bytes, size, "x.csv", stated, &d, &err), &err);
    assert_int_equal(d.size, strlen(text));
    assert_memory_equal(d.bytes, text, d.size);
    assert_int_equal(d.encoding, encoding);
    assert_int_equal(d.has_mark, has_mark);
    dki_decoded_drop(&d);
    dki_decoded_drop(&d);
}

static void refuse(void **state, const char *bytes, size_t size, dk_encoding stated, dk_status code,
                   const char *part, const char *hint, uint64_t line)
{
    fixture *f = *state;
    dk_error err = DK_ERROR_INIT;
    dki_decoded d = { 0 };

    assert_fails(dki_decode(f->context, bytes, size, "x.csv", stated, &d, &err), &err, code, part);
    assert_non_null(strstr(err.hint, hint));
    assert_string_equal(err.file, "x.csv");
    assert_int_equal(err.line, line);
    assert_null(d.bytes);
}

#define BYTES(text) text, sizeof(text) - 1

static void ascii_and_utf8_are_taken_as_they_are(void **state)
{
    expect(state, BYTES("a;b\n"), DK_ENCODING_DETECT, "a;b\n", DK_ENCODING_UTF8, false);
    expect(state, BYTES("S\xC3\xBA"), DK_ENCODING_DETECT, "S\xC3\xBA", DK_ENCODING_UTF8, false);
    expect(state, BYTES("S\xC3\xBA"), DK_ENCODING_UTF8, "S\xC3\xBA", DK_ENCODING_UTF8, false);
    expect(state, "", 0, DK_ENCODING_DETECT, "", DK_ENCODING_UTF8, false);
}

static void a_byte_order_mark_is_taken_off(void **state)
{
    expect(state, BYTES("\xEF\xBB\xBF\"a\";b\n"), DK_ENCODING_DETECT, "\"a\";b\n", DK_ENCODING_UTF8, true);
    expect(state, BYTES("\xEF\xBB\xBF"), DK_ENCODING_UTF8, "", DK_ENCODING_UTF8, true);
}

static void windows_1252_is_transcoded(void **state)
{
    expect(state,
           BYTES("S\xFA"
                 "dwest \x80 5"),
           DK_ENCODING_DETECT,
           "S\xC3\xBA"
           "dwest \xE2\x82\xAC 5",
           DK_ENCODING_WINDOWS_1252, false);
    /* what is well-formed UTF-8 is read otherwise when the caller says so */
    expect(state, BYTES("\xC3\xBA"), DK_ENCODING_WINDOWS_1252, "\xC3\x83\xC2\xBA", DK_ENCODING_WINDOWS_1252, false);
}

static void long_windows_1252_is_transcoded_over_pieces(void **state)
{
    enum { N = 200000 };
    fixture *f = *state;
    static char bytes[N];
    dk_error err = DK_ERROR_INIT;
    dki_decoded d = { 0 };

    memset(bytes, 0xE9, N);
    assert_ok(dki_decode(f->context, bytes, N, "x", DK_ENCODING_DETECT, &d, &err), &err);
    assert_int_equal(d.size, 2 * N);
    for (size_t i = 0; i < N; i++)
        assert_memory_equal(d.bytes + 2 * i, "\xC3\xA9", 2);
    dki_decoded_drop(&d);
}

static void utf32_is_refused_with_what_to_do(void **state)
{
    refuse(state, BYTES("\xFF\xFE\0\0a\0\0\0"), DK_ENCODING_DETECT, DK_ERR_ENCODING,
           "x.csv: the file is UTF-32, which is not read here (save it as UTF-8, or convert it: iconv -f UTF-32 -t "
           "UTF-8 old.csv > new.csv)",
           "iconv", 0);
}

static void binary_files_get_one_message(void **state)
{
    refuse(state, BYTES("\0\1\2\3\xFF\xFEPNG\0\1\2\3\xFF\xFEPNG"), DK_ENCODING_DETECT, DK_ERR_DATA,
           "NUL bytes (the first at byte 1)", "plain text", 0);
    refuse(state, BYTES("\1\2\3\4\5\6"), DK_ENCODING_DETECT, DK_ERR_DATA, "binary", "plain text", 0);
    refuse(state, BYTES("PK\3\4\x14\0\6\0\x08\0"), DK_ENCODING_DETECT, DK_ERR_DATA, "spreadsheet", "CSV", 0);
    refuse(state, BYTES("%PDF-1.7\nabc\n"), DK_ENCODING_DETECT, DK_ERR_DATA, "PDF", "pdftotext", 0);
    refuse(state, BYTES("\x1F\x8B\x08\0\0\0\0\0"), DK_ENCODING_DETECT, DK_ERR_DATA, "gzip", "gunzip", 0);
}

static void bytes_of_no_encoding_are_refused_with_their_line(void **state)
{
    refuse(state,
           BYTES("a;b\r\nS\xFA"
                 "dwest\x81;3\n"),
           DK_ENCODING_DETECT, DK_ERR_ENCODING,
           "x.csv:2: byte 0x81 is no character of Windows-1252, and the file is no UTF-8 either (find out how the "
           "file was written, and save it as UTF-8)",
           "UTF-8", 2);
    refuse(state, BYTES("a\rb\r\n\x9D"), DK_ENCODING_WINDOWS_1252, DK_ERR_ENCODING, "0x9D", "UTF-8", 3);
    refuse(state, BYTES("a\nb\n\xE9\n"), DK_ENCODING_UTF8, DK_ERR_ENCODING,
           "x.csv:3: byte 0xE9 is no UTF-8 (if the file comes from an older program, state it: encoding = "
           "\"windows-1252\")",
           "windows-1252", 3);
    refuse(state, BYTES("\xEF\xBB\xBF\xE9\n"), DK_ENCODING_DETECT, DK_ERR_ENCODING,
           "x.csv:1: byte 0xE9 is no UTF-8 (the byte-order mark says UTF-8: the file is damaged on this line)",
           "damaged", 1);
    refuse(state,
           BYTES("\xEF\xBB\xBF"
                 "a\n"),
           DK_ENCODING_WINDOWS_1252, DK_ERR_ENCODING,
           "x.csv:1: the file begins with the byte-order mark of UTF-8, and Windows-1252 is stated (leave the "
           "encoding out, or state UTF-8)",
           "leave", 1);
}

/* Half of the letters would come out wrong, whichever encoding was taken. */
static void a_mixture_of_encodings_is_refused(void **state)
{
    refuse(state, BYTES("\xC3\xBA\n\xE9\n"), DK_ENCODING_DETECT, DK_ERR_ENCODING, "0xE9", "repair", 2);
    refuse(state, BYTES("\xE9\n\xC3\xBA\n"), DK_ENCODING_DETECT, DK_ERR_ENCODING, "0xE9", "repair", 1);
}

static void lines_count_every_kind_of_line_end(void **state)
{
    (void)state;
    assert_int_equal(dki_line_of("a", 0), 1);
    assert_int_equal(dki_line_of("\n\r\r\nx", 4), 4);
}

static void survives_failing_memory(void **state)
{
    fixture *f = *state;
    dk_error err = DK_ERROR_INIT;
    dki_decoded d = { 0 };

    assert_survives_failing_memory(f->context, dki_decode(f->context, "\xE9", 1, "x", DK_ENCODING_DETECT, &d, &err),
                                   &err, d.bytes == NULL, dki_decoded_drop(&d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ascii_and_utf8_are_taken_as_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_byte_order_mark_is_taken_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(windows_1252_is_transcoded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_windows_1252_is_transcoded_over_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(utf32_is_refused_with_what_to_do, set_up, tear_down),
        cmocka_unit_test_setup_teardown(binary_files_get_one_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_of_no_encoding_are_refused_with_their_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mixture_of_encodings_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_count_every_kind_of_line_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
