/* test_fingerprint_file.c - the fingerprint of a file's bytes. */
#include "columns.h"
#include "tables.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <dekking/fingerprint.h>

#include "snapshots.h"

static char path[] = "/tmp/dekking-fingerprint-XXXXXX";

static void write_bytes(const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static const char *fingerprint(uint64_t size)
{
    static char text[DK_FINGERPRINT_SIZE];
    dk_error err = DK_ERROR_INIT;
    uint64_t n = UINT64_MAX;

    assert_ok(dk_file_fingerprint(context, path, text, &n, &err), &err);
    assert_int_equal(n, size);
    return text;
}

/* As xxh128sum prints them. */
static void it_is_the_hash_that_others_know(void **state)
{
    (void)state;
    write_bytes("", 0);
    assert_string_equal(fingerprint(0), "99aa06d3014798d86001c324468d497f");
    write_bytes("abc", 3);
    assert_string_equal(fingerprint(3), "06b05ab6733a618578af5f94892f3950");
}

static void pieces_make_no_difference(void **state)
{
    size_t size = ((size_t)2 << 20) + 12345;
    unsigned char *bytes = malloc(size);
    XXH128_canonical_t canonical;
    char expected[33];

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(i * i >> 7);
    write_bytes(bytes, size);
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, size));
    for (size_t i = 0; i < 16; i++)
        snprintf(expected + 2 * i, 3, "%02x", canonical.digest[i]);
    assert_string_equal(fingerprint(size), expected);
    free(bytes);
}

static void what_is_no_file_is_refused(void **state)
{
    char text[DK_FINGERPRINT_SIZE] = "as before", pipe_path[64];
    dk_error err = DK_ERROR_INIT;
    uint64_t n = 7;

    (void)state;
    assert_fails(dk_file_fingerprint(context, "/nosuch/file", text, &n, &err), &err, DK_ERR_IO, "does not exist");
    assert_fails(dk_file_fingerprint(context, "/tmp", text, &n, &err), &err, DK_ERR_IO, "is no regular file");
    assert_fails(dk_file_fingerprint(context, "/dev/zero", text, &n, &err), &err, DK_ERR_IO, "is no regular file");
    snprintf(pipe_path, sizeof pipe_path, "%s-pipe", path);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_fails(dk_file_fingerprint(context, pipe_path, text, &n, &err), &err, DK_ERR_IO, "is no regular file");
    unlink(pipe_path);
    assert_string_equal(text, "as before");
    assert_int_equal(n, 7);
}

static void failing_memory_leaves_nothing(void **state)
{
    char text[DK_FINGERPRINT_SIZE] = "";
    dk_error err = DK_ERROR_INIT;
    uint64_t n;

    (void)state;
    write_bytes("abc", 3);
    assert_survives_failing_memory(context, dk_file_fingerprint(context, path, text, &n, &err), &err,
                                   text[0] == '\0', (void)0);
    text[0] = '\0';
    dk_context_interrupt(context);
    assert_fails(dk_file_fingerprint(context, path, text, &n, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_string_equal(text, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_the_hash_that_others_know),
        TEST(pieces_make_no_difference),
        TEST(what_is_no_file_is_refused),
        TEST(failing_memory_leaves_nothing),
    };
    int fd = mkstemp(path), failed;

    if (fd < 0)
        return 1;
    close(fd);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
