/* test_unpack.c - files that gzip and zstd compressed: whole, in members, damaged, cut, and too large. */
#include "files.h"

#include <zlib.h>
#ifdef DK_HAVE_ZSTD
#include <zstd.h>
#endif

#include "both_paths.h"
#include "read/text_source.h"
#include "read/unpack.h"

/* a;b LF 1;x LF 2;y LF, as the programs gzip -9 -n and zstd --check make it */
static const unsigned char by_gzip[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b,
                                         0xb4, 0x4e, 0xe2, 0x32, 0xb4, 0xae, 0xe0, 0x32, 0xb2, 0xae, 0xe4,
                                         0x02, 0x00, 0x3f, 0x50, 0xa3, 0xa1, 0x0c, 0x00, 0x00, 0x00 };
#ifdef DK_HAVE_ZSTD
static const unsigned char by_zstd[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x0c, 0x61, 0x00, 0x00,
                                         0x61, 0x3b, 0x62, 0x0a, 0x31, 0x3b, 0x78, 0x0a, 0x32,
                                         0x3b, 0x79, 0x0a, 0xc3, 0xc9, 0xd2, 0x5f };
#endif

static void packings_are_known_by_their_first_bytes(void **state)
{
    (void)state;
    assert_int_equal(dki_packing_find("\x1F\x8B\x08\0", 4), DKI_GZIP);
    assert_int_equal(dki_packing_find("\x28\xB5\x2F\xFD", 4), DKI_ZSTD);
    assert_int_equal(dki_packing_find("\x5F\x2A\x4D\x18", 4), DKI_ZSTD);
    assert_int_equal(dki_packing_find("\x1F\x8B\x07\0", 4), DKI_NOT_PACKED);
    assert_int_equal(dki_packing_find("\x1F\x8B", 2), DKI_NOT_PACKED);
    assert_int_equal(dki_packing_find("PK\3\4", 4), DKI_NOT_PACKED);
    assert_int_equal(dki_packing_find("", 0), DKI_NOT_PACKED);
}

static void the_limit_is_a_quarter_gibibyte_or_250_times(void **state)
{
    (void)state;
    assert_int_equal(dki_unpack_most_bytes(100), 268435456);
    assert_int_equal(dki_unpack_most_bytes(10000000), 2500000000);
    assert_true(dki_unpack_most_bytes(UINT64_MAX) == UINT64_MAX);
}

/* Reads packed bytes by both paths, which must agree. */
static void read_both(void **state, const void *bytes, size_t size, const dk_csv_options *o, both_reading *out)
{
    struct fixture *f = *state;
    both_reading plain;
    char why[2048];

    both_read(f->context, bytes, size, o, false, out);
    both_read(f->context, bytes, size, o, true, &plain);
    if (!both_same(out, &plain, why, sizeof why))
        fail_msg("%s", why);
    both_drop(&plain);
}

static void expect(void **state, const void *bytes, size_t size, uint64_t n_rows, const char *note)
{
    both_reading r;

    read_both(state, bytes, size, NULL, &r);
    assert_ok(r.status, &r.err);
    assert_int_equal(dk_table_n_rows(r.table), n_rows);
    assert_int_equal(dk_table_n_columns(r.table), 2);
    assert_non_null(strstr(dk_table_note(r.table, 0), note));
    both_drop(&r);
}

static void refuse(void **state, const void *bytes, size_t size, const dk_csv_options *o, dk_status code,
                   const char *part, const char *hint)
{
    both_reading r;

    read_both(state, bytes, size, o, &r);
    assert_fails(r.status, &r.err, code, part);
    assert_non_null(strstr(r.err.hint, hint));
    assert_string_equal(r.err.file, "x.csv");
    both_drop(&r);
}

/* Gzip's members of n bytes each, in a buffer that the caller frees. */
static unsigned char *pack(const char *bytes, size_t size, size_t n, size_t *packed)
{
    size_t room = size + size / n * 64 + 1024;
    unsigned char *out = malloc(room);

    assert_non_null(out);
    *packed = 0;
    for (size_t at = 0; at < size; at += n) {
        z_stream z = { .next_in = (Bytef *)(uintptr_t)(bytes + at),
                       .avail_in = (uInt)(size - at < n ? size - at : n),
                       .next_out = out + *packed,
                       .avail_out = (uInt)(room - *packed) };

        assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        *packed += z.total_out;
        deflateEnd(&z);
    }
    return out;
}

/* Rows of n;x with n from 0, longer than a few blocks. */
static char *make_rows(size_t n_rows, size_t *size)
{
    char *out = malloc(n_rows * 12 + 8);

    assert_non_null(out);
    *size = (size_t)sprintf(out, "n;t\n");
    for (size_t i = 0; i < n_rows; i++)
        *size += (size_t)sprintf(out + *size, "%zu;x\n", i);
    return out;
}

static void a_gzip_file_is_read(void **state)
{
    expect(state, by_gzip, sizeof by_gzip, 2, "delimiter semicolon, unpacked from gzip");
}

/* The file has those bytes, and what it unpacks to the rows of make_rows(100000). */
static void expect_rows(struct fixture *f, const unsigned char *bytes, size_t size)
{
    const dk_table *t = NULL;
    dk_value value;

    put(f->path, (const char *)bytes, size, 0600);
    assert_ok(dk_read_csv(f->context, f->path, NULL, &t, NULL, &f->err), &f->err);
    assert_int_equal(dk_table_n_rows(t), 100000);
    assert_ok(dk_column_get(dk_table_field(t, 0)->column, 99999, &value, &f->err), &f->err);
    assert_int_equal(value.as.integer, 99999);
    dk_table_release(t);
}

static void gzip_members_follow_each_other(void **state)
{
    struct fixture *f = *state;
    size_t size, packed;
    char *rows = make_rows(100000, &size);

    for (size_t n = 1000; n <= size + 1000; n = n < size / 3 ? size / 3 : n + size / 2) {
        unsigned char *bytes = pack(rows, size, n, &packed);

        expect_rows(f, bytes, packed);
        free(bytes);
    }
    free(rows);
}

static void gzip_may_be_filled_with_zeroes_only(void **state)
{
    char bytes[sizeof by_gzip + 512] = { 0 };

    memcpy(bytes, by_gzip, sizeof by_gzip);
    expect(state, bytes, sizeof bytes, 2, "gzip");
    bytes[sizeof bytes - 1] = bytes[sizeof bytes - 2] = 'x';
    refuse(state, bytes, sizeof bytes, NULL, DK_ERR_DATA,
           "x.csv: the file is damaged: it is compressed by gzip, and cannot be unpacked near byte", "get it anew");
}

/* Whichever byte from `from` on is wrong. */
static void expect_damage_found(void **state, const void *packed, size_t size, size_t from)
{
    unsigned char bytes[512];

    assert_true(size <= sizeof bytes);
    for (size_t i = from; i < size; i++) {
        both_reading r;

        memcpy(bytes, packed, size);
        bytes[i] ^= 1; /* the highest bit of the last byte of a block may be filling */
        read_both(state, bytes, size, NULL, &r);
        assert_int_equal(r.status, DK_ERR_DATA);
        if (!strstr(r.err.message, "damaged") && !strstr(r.err.message, "cut off"))
            fail_msg("byte %zu: %s", i, r.err.message);
        both_drop(&r);
    }
}

/* Whatever is missing at the end, and whichever byte is wrong, is noticed, but for the header's bytes that say nothing
 * of the content (time, flags of the program, system). */
static void every_cut_and_every_damage_of_gzip_is_found(void **state)
{
    for (size_t n = 3; n < sizeof by_gzip; n++)
        refuse(state, by_gzip, n, NULL, DK_ERR_DATA, "the file is cut off: what gzip packed goes on behind its",
               "get it anew: its end is missing");
    expect_damage_found(state, by_gzip, sizeof by_gzip, 10);
}

static void what_unpacks_to_too_much_is_refused_unless_stated(void **state)
{
    const dk_csv_options eleven = { .max_unpacked_bytes = 11 }, twelve = { .max_unpacked_bytes = 12 };
    both_reading r;

    refuse(state, by_gzip, sizeof by_gzip, &eleven, DK_ERR_LIMIT, "unpacks to more than 11 bytes",
           "max_unpacked = 110");
    read_both(state, by_gzip, sizeof by_gzip, &twelve, &r);
    assert_ok(r.status, &r.err);
    both_drop(&r);
}

/* A budget that the text does not fit into: no more is taken than that. */
static void unpacked_text_counts_against_the_budget(void **state)
{
    struct fixture *f = *state;
    size_t size, packed;
    char *rows = make_rows(200000, &size);
    unsigned char *bytes = pack(rows, size, size, &packed);
    const dk_table *t = NULL;

    dk_context_set_budget(f->context, 1 << 20);
    assert_fails(dk_read_csv_bytes(f->context, bytes, packed, "x.csv", NULL, &t, NULL, &f->err), &f->err,
                 DK_ERR_MEMORY, "");
    assert_null(t);
    free(bytes);
    free(rows);
}

/* UTF-16 within gzip, and a spreadsheet's first line within that. */
static void what_is_packed_may_be_anything_that_a_file_may_be(void **state)
{
    static const char wide[] = "\xFF\xFE"
                               "s\0e\0p\0=\0;\0\n\0a\0;\0b\0\n\0"
                               "1\0;\0"
                               "2\0\n";
    size_t packed;
    unsigned char *bytes = pack(wide, sizeof wide, sizeof wide, &packed), *twice;

    expect(state, bytes, packed, 1,
           "read as UTF-16 with byte-order mark, delimiter semicolon as the first line states, unpacked from gzip");
    free(bytes);
    bytes = pack("\xEF\xBB\xBF"
                 "a;b\n1;2\n",
                 11, 11, &packed);
    expect(state, bytes, packed, 1, "read as UTF-8 with byte-order mark");
    twice = pack((const char *)bytes, packed, packed, &packed);
    refuse(state, twice, packed, NULL, DK_ERR_DATA, "the file is compressed by gzip, not text", "gunzip");
    free(twice);
    free(bytes);
    bytes = pack("a;b\n1;S\xFA\n", 9, 9, &packed);
    expect(state, bytes, packed, 1, "read as Windows-1252");
    free(bytes);
    bytes = pack("a;b\n1;2\n3\n", 10, 10, &packed);
    refuse(state, bytes, packed, NULL, DK_ERR_DATA, "1 field", "");
    free(bytes);
}

static void survives_failing_memory(void **state)
{
    struct fixture *f = *state;
    const dk_table *t = NULL;

    assert_survives_failing_memory(
        f->context, dk_read_csv_bytes(f->context, by_gzip, sizeof by_gzip, "x.csv", NULL, &t, NULL, &f->err),
        &f->err, t == NULL, dk_table_release(t));
#ifdef DK_HAVE_ZSTD
    t = NULL;
    assert_survives_failing_memory(
        f->context, dk_read_csv_bytes(f->context, by_zstd, sizeof by_zstd, "x.csv", NULL, &t, NULL, &f->err),
        &f->err, t == NULL, dk_table_release(t));
#endif
}

static void an_interrupt_is_heard(void **state)
{
    struct fixture *f = *state;
    dki_source source;
    dki_text_source out = { 0 };

    dki_source_of_bytes((const char *)by_gzip, sizeof by_gzip, "x.csv", &source);
    dk_context_interrupt(f->context);
    assert_fails(dki_text_source_open(f->context, &source, DK_ENCODING_DETECT, 0, &out, &f->err), &f->err,
                 DK_ERR_INTERRUPTED, "");
    assert_null(out.owned);
}

#ifdef DK_HAVE_ZSTD
static void a_zstd_file_is_read_also_in_frames(void **state)
{
    struct fixture *f = *state;
    size_t size, packed;
    char *rows = make_rows(100000, &size);
    unsigned char *bytes = malloc(2 * ZSTD_compressBound(size) + 16);

    expect(state, by_zstd, sizeof by_zstd, 2, "delimiter semicolon, unpacked from zstd");
    assert_non_null(bytes);
    /* a frame to be skipped, of four bytes, and two frames that cut a line */
    memcpy(bytes, "\x50\x2A\x4D\x18\4\0\0\0abcd", 12);
    packed = 12 + ZSTD_compress(bytes + 12, ZSTD_compressBound(size), rows, size / 2, 3);
    packed += ZSTD_compress(bytes + packed, ZSTD_compressBound(size), rows + size / 2, size - size / 2, 3);
    expect_rows(f, bytes, packed);
    free(bytes);
    free(rows);
}

static void every_cut_and_every_damage_of_zstd_is_found(void **state)
{
    for (size_t n = 4; n < sizeof by_zstd; n++)
        refuse(state, by_zstd, n, NULL, DK_ERR_DATA, "the file is cut off", "its end is missing");
    expect_damage_found(state, by_zstd, sizeof by_zstd, 4);
}

static void zstd_bombs_are_refused(void **state)
{
    const dk_csv_options eleven = { .max_unpacked_bytes = 11 };

    refuse(state, by_zstd, sizeof by_zstd, &eleven, DK_ERR_LIMIT, "unpacks to more than 11 bytes", "max_unpacked");
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packings_are_known_by_their_first_bytes),
        cmocka_unit_test(the_limit_is_a_quarter_gibibyte_or_250_times),
        cmocka_unit_test_setup_teardown(a_gzip_file_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gzip_members_follow_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gzip_may_be_filled_with_zeroes_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_cut_and_every_damage_of_gzip_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_unpacks_to_too_much_is_refused_unless_stated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unpacked_text_counts_against_the_budget, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_packed_may_be_anything_that_a_file_may_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interrupt_is_heard, set_up, tear_down),
#ifdef DK_HAVE_ZSTD
        cmocka_unit_test_setup_teardown(a_zstd_file_is_read_also_in_frames, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_cut_and_every_damage_of_zstd_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(zstd_bombs_are_refused, set_up, tear_down),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
