/* test_utf16.c - UTF-16 of both byte orders, in pieces and as files. */
#include "files.h"

#include "both_paths.h"
#include "read/text_source.h"
#include "read/utf16.h"

#define BYTES(text) text, sizeof(text) - 1

static void the_order_is_found(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        dki_byte_order order;
        bool has_mark;
    } cases[] = {
        { BYTES("\xFF\xFE"), DKI_LITTLE_ENDIAN, true },
        { BYTES("\xFE\xFF\0a"), DKI_BIG_ENDIAN, true },
        { BYTES("a\0;\0b\0\n\0"), DKI_LITTLE_ENDIAN, false },
        { BYTES("\0a\0;\0b\0\n"), DKI_BIG_ENDIAN, false },
        { BYTES("a\0;\0b\0\n"), DKI_LITTLE_ENDIAN, false }, /* cut within its last unit */
        { BYTES("\xFF\xFE\0\0a\0\0\0"), DKI_NO_ORDER, false },
        { BYTES("\0\0\xFE\xFF\0\0\0a"), DKI_NO_ORDER, false },
        { BYTES("a\0"), DKI_NO_ORDER, false }, /* a single NUL byte is a fault of its record */
        { BYTES("a;b\n1;\0\n"), DKI_NO_ORDER, false },
        { BYTES("\0\0\0\0\0\0"), DKI_NO_ORDER, false },
        { "", 0, DKI_NO_ORDER, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool has_mark;

        if (dki_utf16_find(cases[i].bytes, cases[i].size, &has_mark) != cases[i].order ||
            has_mark != cases[i].has_mark)
            fail_msg("case %zu", i);
    }
    assert_int_equal(dki_utf16_guess(BYTES("a\0;\0\x20\x21\x20\x21\n\0")), DKI_LITTLE_ENDIAN);
    assert_int_equal(dki_utf16_guess(BYTES("\0a\x20\x21\x20\x21")), DKI_BIG_ENDIAN);
    assert_int_equal(dki_utf16_guess(BYTES("\x20\x21\x20\x21")), DKI_NO_ORDER);
}

/* Pushes the bytes in pieces of that size. */
static dk_status push(const char *bytes, size_t size, dki_byte_order order, size_t piece, char *out,
                      size_t *written, dk_error *err)
{
    dki_utf16 u;
    dk_status status = DK_OK;

    *written = 0;
    dki_utf16_init(&u, order, "x.csv");
    for (size_t at = 0; at < size && status == DK_OK; at += piece) {
        size_t n = size - at < piece ? size - at : piece, used;
        char part[DKI_UTF16_ROOM(64)];

        status = dki_utf16_push(&u, bytes + at, n, part, &used, err);
        assert_true(used <= DKI_UTF16_ROOM(n));
        memcpy(out + *written, part, used);
        *written += used;
    }
    return status == DK_OK ? dki_utf16_end(&u, err) : status;
}

/* Of each length in UTF-8 the first and the last character: U+0000, 7F, 80, 7FF, 800, D7FF, E000, FFFF, 10000, 10FFFF.
 * The values are those of Unicode's tables 3-5 and 3-6. */
static void every_length_is_transcoded_wherever_it_is_cut(void **state)
{
    static const char big[] = "\0\0\0\x7F\0\x80\x07\xFF\x08\0\xD7\xFF\xE0\0\xFF\xFF\xD8\0\xDC\0\xDB\xFF\xDF\xFF";
    static const char utf8[] =
        "\0\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80"
        "\xF4\x8F\xBF\xBF";
    char little[sizeof big - 1], out[64];
    size_t n = sizeof big - 1, written;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < n; i++)
        little[i] = big[i ^ 1];
    for (size_t piece = 1; piece <= n; piece++) {
        assert_ok(push(big, n, DKI_BIG_ENDIAN, piece, out, &written, &err), &err);
        assert_int_equal(written, sizeof utf8 - 1);
        assert_memory_equal(out, utf8, written);
        assert_ok(push(little, n, DKI_LITTLE_ENDIAN, piece, out, &written, &err), &err);
        assert_int_equal(written, sizeof utf8 - 1);
        assert_memory_equal(out, utf8, written);
    }
}

static void halves_alone_are_errors_with_their_line(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *part;
        uint64_t line;
    } cases[] = {
        { BYTES("\0a\0\r\0\n\xD8\0\0a"),
          "x.csv:2: 0xD800 is one half of a character of UTF-16, and the other half is not there (the file is "
          "damaged on this line: save it anew, as UTF-8)",
          2 },
        { BYTES("\0\n\0\r\0a\xDC\0\0a"), "0xDC00", 3 },
        { BYTES("\0\n\0\n\xD8\1\xD8\0"), "0xD801", 3 },
        { BYTES("\0a\xDB\xFF"), "0xDBFF", 1 },
        { BYTES("\0a\0\n\0b\0"), "odd number of bytes", 2 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t piece = 1; piece <= cases[i].size; piece++) {
            char out[64];
            size_t written;
            dk_error err = DK_ERROR_INIT;

            assert_fails(push(cases[i].bytes, cases[i].size, DKI_BIG_ENDIAN, piece, out, &written, &err), &err,
                         DK_ERR_ENCODING, cases[i].part);
            assert_int_equal(err.line, cases[i].line);
            assert_string_equal(err.file, "x.csv");
        }
}

/* Reads by both paths, which must agree. */
static void read_both(dk_context *context, const char *text, size_t size, const dk_csv_options *o,
                      both_reading *out)
{
    both_reading plain;
    char why[2048];

    both_read(context, text, size, o, false, out);
    both_read(context, text, size, o, true, &plain);
    if (!both_same(out, &plain, why, sizeof why))
        fail_msg("%s", why);
    both_drop(&plain);
}

static void refuse(void **state, const char *text, size_t size, dk_encoding stated, const char *part,
                   const char *hint, uint64_t line)
{
    struct fixture *f = *state;
    const dk_csv_options o = { .encoding = stated };
    both_reading r;

    read_both(f->context, text, size, &o, &r);
    assert_fails(r.status, &r.err, DK_ERR_ENCODING, part);
    assert_non_null(strstr(r.err.hint, hint));
    assert_int_equal(r.err.line, line);
    both_drop(&r);
}

static void a_file_is_read_whatever_its_order(void **state)
{
    /* a;b LF euro;1 LF, with and without mark */
    static const struct {
        const char *bytes;
        size_t size;
        dk_encoding stated;
        bool has_mark;
    } cases[] = {
        { BYTES("\xFF\xFE"
                "a\0;\0b\0\n\0\xAC\x20;\0001\0\n\0"),
          DK_ENCODING_DETECT, true },
        { BYTES("\xFE\xFF\0a\0;\0b\0\n\x20\xAC\0;\0001\0\n"), DK_ENCODING_UTF16, true },
        { BYTES("a\0;\0b\0\n\0\xAC\x20;\0001\0\n\0"), DK_ENCODING_UTF16, false },
        { BYTES("\0a\0;\0b\0\n\x20\xAC\0;\0001\0\n"), DK_ENCODING_UTF16, false },
        { BYTES("\0s\0e\0p\0=\0;\0\n\0a\0;\0b\0\n\x20\xAC\0;\0001"), DK_ENCODING_DETECT, false },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_csv_options o = { .encoding = cases[i].stated };
        both_reading r;
        dk_value value;

        read_both(f->context, cases[i].bytes, cases[i].size, &o, &r);
        assert_ok(r.status, &r.err);
        assert_int_equal(dk_table_n_columns(r.table), 2);
        assert_int_equal(dk_table_n_rows(r.table), 1);
        assert_ok(dk_column_get(dk_table_field(r.table, 0)->column, 0, &value, &r.err), &r.err);
        assert_int_equal(value.as.text.size, 3);
        assert_memory_equal(value.as.text.bytes, "\xE2\x82\xAC", 3);
        assert_non_null(strstr(dk_table_note(r.table, 0), "read as UTF-16"));
        assert_int_equal(strstr(dk_table_note(r.table, 0), "with byte-order mark") != NULL, cases[i].has_mark);
        both_drop(&r);
    }
}

static void what_is_stated_must_be_so(void **state)
{
    refuse(state,
           BYTES("\xFF\xFE"
                 "a\0"),
           DK_ENCODING_UTF8,
           "x.csv:1: the file begins with the byte-order mark of UTF-16, and UTF-8 is stated (leave the encoding "
           "out, or state UTF-16)",
           "leave", 1);
    refuse(state, BYTES("a\0;\0b\0\n\0"), DK_ENCODING_WINDOWS_1252,
           "the file is UTF-16, and Windows-1252 is stated", "leave", 1);
    refuse(state, BYTES("a;b\n1;2\n"), DK_ENCODING_UTF16,
           "x.csv:1: UTF-16 is stated, and the file does not look so: it has no byte-order mark, and nothing shows "
           "the order of its bytes (leave the encoding out, or save the file as UTF-8)",
           "leave", 1);
    refuse(state,
           BYTES("\xFF\xFE"
                 "a\0\n\0b"),
           DK_ENCODING_DETECT, "odd number", "UTF-8", 2);
    refuse(state,
           BYTES("\xFF\xFE"
                 "a\0\n\0\0\xDC"),
           DK_ENCODING_DETECT, "0xDC00", "damaged", 2);
}

/* Longer than a block, so that blocks end within lines. */
static void a_large_file_is_read_in_blocks(void **state)
{
    enum { N = 60000 };
    struct fixture *f = *state;
    size_t size = 0;
    char *bytes = malloc((size_t)N * 24 + 64);
    const dk_table *t = NULL;
    int64_t sum = 0;

    assert_non_null(bytes);
    for (int row = -1; row < N; row++) {
        char line[24];
        int n = row < 0 ? snprintf(line, sizeof line, "n;t\n") : snprintf(line, sizeof line, "%d;x\n", row);

        for (int i = 0; i < n; i++) {
            bytes[size++] = line[i];
            bytes[size++] = '\0';
        }
    }
    put(f->path, bytes, size, 0600);
    assert_ok(dk_read_csv(f->context, f->path, NULL, &t, NULL, &f->err), &f->err);
    assert_int_equal(dk_table_n_rows(t), N);
    for (uint64_t row = 0; row < N; row++) {
        dk_value value;
        assert_ok(dk_column_get(dk_table_field(t, 0)->column, row, &value, &f->err), &f->err);
        sum += value.as.integer;
    }
    assert_int_equal(sum, (int64_t)N * (N - 1) / 2);
    dk_table_release(t);
    free(bytes);
}

static void survives_failing_memory(void **state)
{
    static const char text[] = "a\0;\0b\0\n\0"
                               "1\0;\0"
                               "2\0\n";
    struct fixture *f = *state;
    const dk_table *t = NULL;

    assert_survives_failing_memory(
        f->context, dk_read_csv_bytes(f->context, text, sizeof text, "x.csv", NULL, &t, NULL, &f->err), &f->err,
        t == NULL, dk_table_release(t));
}

static void an_interrupt_is_heard(void **state)
{
    static const char text[] = "a\0;\0b\0\n\0";
    struct fixture *f = *state;
    dki_source source;
    dki_text_source out = { 0 };

    dki_source_of_bytes(text, sizeof text - 1, "x.csv", &source);
    dk_context_interrupt(f->context);
    assert_fails(dki_text_source_open(f->context, &source, DK_ENCODING_DETECT, 0, &out, &f->err), &f->err,
                 DK_ERR_INTERRUPTED, "");
    assert_null(out.owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_is_found),
        cmocka_unit_test(every_length_is_transcoded_wherever_it_is_cut),
        cmocka_unit_test(halves_alone_are_errors_with_their_line),
        cmocka_unit_test_setup_teardown(a_file_is_read_whatever_its_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_stated_must_be_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_large_file_is_read_in_blocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interrupt_is_heard, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
