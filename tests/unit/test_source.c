/* test_source.c - bytes of a file or of memory, any part at any time. */
#include "check.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read/source.h"

static void expect_parts(const dki_source *source)
{
    char out[8];
    dk_error err = DK_ERROR_INIT;

    assert_int_equal(source->size, 10);
    assert_ok(dki_source_read(source, 0, 4, out, &err), &err);
    assert_memory_equal(out, "0123", 4);
    assert_ok(dki_source_read(source, 7, 3, out, &err), &err);
    assert_memory_equal(out, "789", 3);
    assert_ok(dki_source_read(source, 10, 0, out, &err), &err);
}

static void a_file_is_read_in_parts(void **state)
{
    char path[] = "/tmp/dekking-source-XXXXXX", out[8];
    int fd = mkstemp(path);
    dki_source source;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(write(fd, "0123456789", 10), 10);
    assert_true(dki_source_open(path, &source));
    assert_string_equal(source.name, path);
    expect_parts(&source);
    assert_int_equal(ftruncate(fd, 8), 0);
    assert_fails(dki_source_read(&source, 6, 4, out, &err), &err, DK_ERR_IO,
                 "the file became shorter while it was read");
    assert_string_equal(err.file, path);
    dki_source_close(&source);
    dki_source_close(&source);
    assert_fails(dki_source_read(&source, 0, 4, out, &err), &err, DK_ERR_IO, "cannot read it");
    close(fd);
    assert_int_equal(truncate(path, 0), 0);
    assert_false(dki_source_open(path, &source)); /* may have content all the same, as files of the system do */
    unlink(path);
    assert_false(dki_source_open(path, &source));
}

static void what_is_no_file_is_read_as_a_whole(void **state)
{
    dki_source source;

    (void)state;
    assert_false(dki_source_open("/tmp", &source));
    assert_false(dki_source_open("-", &source));
    assert_false(dki_source_open("/dev/null", &source));
}

static void memory_is_read_in_parts(void **state)
{
    dki_source source;

    (void)state;
    dki_source_of_bytes("0123456789", 10, "x.csv", &source);
    expect_parts(&source);
    dki_source_close(&source);
    dki_source_of_bytes(NULL, 0, "x.csv", &source);
    assert_non_null(source.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_in_parts),
        cmocka_unit_test(what_is_no_file_is_read_as_a_whole),
        cmocka_unit_test(memory_is_read_in_parts),
    };
    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
