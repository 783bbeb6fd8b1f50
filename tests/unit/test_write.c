/* test_write.c - formats by name, and where their bytes go: to a sink, to a text, or to a file that is complete or absent. */
#include "written.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static dk_context *context;
static char folder[64];

static int set_up(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    strcpy(folder, "/tmp/dekking-test-XXXXXX");
    return mkdtemp(folder) == NULL || dk_context_new(&context, &err) != DK_OK;
}

/* The name of the one file that is in the folder, or "". */
static const char *only_file(void)
{
    static char name[256];
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int n = 0;

    assert_non_null(dir);
    name[0] = '\0';
    while ((entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            snprintf(name, sizeof name, "%s", entry->d_name);
            n++;
        }
    closedir(dir);
    assert_true(n <= 1);
    return name;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    assert_int_equal(rmdir(folder), 0); /* nothing was left behind */
    return 0;
}

static const char *path_of(const char *name)
{
    static char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void assert_file(const char *path, const char *text)
{
    static char bytes[4096];
    FILE *file = fopen(path, "r");
    size_t size;

    assert_non_null(file);
    size = fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    bytes[size] = '\0';
    assert_string_equal(bytes, text);
}

static const dk_table *small(void)
{
    return make_table(context, "gemeente:category n:integer\nArnhem|12\n");
}
#define SMALL_CSV "gemeente,n\nArnhem,12\n"

static void formats_are_found_by_name_and_by_path(void **state)
{
    dk_format format = DK_N_FORMATS;

    (void)state;
    assert_true(dk_format_find("text", &format) && format == DK_FORMAT_TEXT);
    assert_true(dk_format_find("md", &format) && format == DK_FORMAT_MARKDOWN);
    assert_false(dk_format_find("ods", &format));
    assert_false(dk_format_find("", &format));
    assert_int_equal(format, DK_FORMAT_MARKDOWN);
    assert_true(dk_format_of_path("a.csv", &format) && format == DK_FORMAT_CSV);
    assert_true(dk_format_of_path("/x.y/a.b.JSON", &format) && format == DK_FORMAT_JSON);
    assert_true(dk_format_of_path("a.txt", &format) && format == DK_FORMAT_TEXT);
    assert_true(dk_format_of_path("a.Html", &format) && format == DK_FORMAT_HTML);
    assert_false(dk_format_of_path("csv", &format));
    assert_false(dk_format_of_path("/folder.csv/a", &format));
    assert_false(dk_format_of_path("a.csv.gz", &format));
    assert_false(dk_format_of_path("", &format));
    assert_int_equal(format, DK_FORMAT_HTML);
}

static void a_format_that_is_none_is_refused(void **state)
{
    const dk_table *table = small();
    char *text = NULL;
    size_t size = 77;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_write_text(table, (dk_format)99, NULL, &text, &size, &err), &err, DK_ERR_ARGUMENT,
                 "format 99 does not exist");
    assert_true(text == NULL && size == 77);
    assert_fails(dk_write_sink(table, DK_FORMAT_CSV, NULL, NULL, NULL, &err), &err, DK_ERR_ARGUMENT,
                 "there is nothing to write to");
    dk_table_release(table);
}

/* Sinks ------------------------------------------------------------------------------------------------------------- */

struct sink {
    char *bytes;
    size_t size, n_calls, greatest, most_calls;
};

static bool take(void *arg, const char *bytes, size_t size)
{
    struct sink *sink = arg;

    if (sink->n_calls++ == sink->most_calls)
        return false;
    if (size > sink->greatest)
        sink->greatest = size;
    memcpy(sink->bytes + sink->size, bytes, size);
    sink->size += size;
    return true;
}

static const dk_table *many_rows(uint64_t n)
{
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD("n", NULL);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    for (uint64_t i = 0; i < n; i++)
        assert_ok(dk_builder_integer(builder, (int64_t)i, &err), &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    assert_ok(dk_table_new(context, &field, 1, n, &table, &err), &err);
    dk_column_release(field.column);
    dk_builder_release(builder);
    return table;
}

/* The parts that a sink gets are the text, in pieces of bounded size. */
static void a_sink_gets_the_text_in_pieces(void **state)
{
    const dk_table *table = many_rows(50000);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int format = 0; format < DK_N_FORMATS; format++) {
        struct sink sink = { .bytes = malloc(1 << 23), .most_calls = SIZE_MAX };
        char *text = NULL;
        size_t size = 0;

        assert_ok(dk_write_sink(table, (dk_format)format, NULL, take, &sink, &err), &err);
        assert_ok(dk_write_text(table, (dk_format)format, NULL, &text, &size, &err), &err);
        assert_int_equal(sink.size, size);
        assert_memory_equal(sink.bytes, text, size);
        assert_int_equal(text[size], 0);
        assert_true(sink.n_calls > 1 && sink.greatest < 70000);
        dk_text_free(context, text);
        free(sink.bytes);
    }
    dk_table_release(table);
}

static void a_sink_that_stops_ends_the_write(void **state)
{
    const dk_table *table = many_rows(50000);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int format = 0; format < DK_N_FORMATS; format++)
        for (size_t calls = 0; calls < 3; calls++) {
            struct sink sink = { .bytes = malloc(1 << 23), .most_calls = calls };

            assert_fails(dk_write_sink(table, (dk_format)format, NULL, take, &sink, &err), &err, DK_ERR_IO,
                         "the output was not taken");
            assert_int_equal(sink.n_calls, calls + 1);
            free(sink.bytes);
        }
    dk_table_release(table);
}

static void a_write_stops_on_request(void **state)
{
    const dk_table *table = many_rows(20000);
    char *text = NULL;
    size_t size = 0;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    for (int format = 0; format < DK_N_FORMATS; format++)
        assert_fails(dk_write_text(table, (dk_format)format, NULL, &text, &size, &err), &err, DK_ERR_INTERRUPTED,
                     "");
    dk_context_clear_interrupt(context);
    assert_null(text);
    dk_table_release(table);
}

/* Files ------------------------------------------------------------------------------------------------------------- */

static void a_file_is_written_and_replaced_whole(void **state)
{
    const dk_table *table = small();
    const char *path = path_of("a.csv");
    struct stat about;
    dk_error err = DK_ERROR_INIT;
    mode_t mask = umask(022);

    (void)state;
    assert_ok(dk_write_file(table, path, DK_FORMAT_CSV, NULL, &err), &err);
    assert_file(path, SMALL_CSV);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0644);
    put_file(path, "what was there before, and longer than what comes", 0600);
    assert_ok(dk_write_file(table, path, DK_FORMAT_CSV, NULL, &err), &err);
    assert_file(path, SMALL_CSV);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600); /* kept */
    assert_string_equal(only_file(), "a.csv");
    umask(mask);
    unlink(path);
    dk_table_release(table);
}

/* The name of the temporary file fits where the name of the file does. */
static void a_name_may_be_as_long_as_names_can_be(void **state)
{
    const dk_table *table = small();
    char name[256];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    memset(name, 'n', 255);
    strcpy(name + 251, ".csv");
    assert_ok(dk_write_file(table, path_of(name), DK_FORMAT_CSV, NULL, &err), &err);
    assert_file(path_of(name), SMALL_CSV);
    assert_string_equal(only_file(), name);
    unlink(path_of(name));
    dk_table_release(table);
}

static void a_link_stays_a_link(void **state)
{
    const dk_table *table = small();
    char target[512];
    struct stat about;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    strcpy(target, path_of("target.csv"));
    put_file(target, "old", 0600);
    assert_int_equal(symlink("target.csv", path_of("link.csv")), 0);
    assert_ok(dk_write_file(table, path_of("link.csv"), DK_FORMAT_CSV, NULL, &err), &err);
    assert_int_equal(lstat(path_of("link.csv"), &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_file(target, SMALL_CSV);
    unlink(path_of("link.csv"));
    unlink(target);
    dk_table_release(table);
}

/* Whatever fails, what was there before is there still, and nothing else. */
static void a_failed_write_leaves_what_was_there(void **state)
{
    const dk_table *bad = restyled(small(), "n", NULL, "no pattern"), *good = small();
    const char *path = path_of("a.txt");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    put_file(path, "before", 0644);
    assert_fails(dk_write_file(bad, path, DK_FORMAT_TEXT, NULL, &err), &err, DK_ERR_ARGUMENT, "is no pattern");
    assert_fails(dk_write_file(bad, path, (dk_format)99, NULL, &err), &err, DK_ERR_ARGUMENT, "format 99");
    dk_context_interrupt(context);
    assert_fails(dk_write_file(good, path, DK_FORMAT_CSV, NULL, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_file(path, "before");
    assert_string_equal(only_file(), "a.txt");
    unlink(path);
    assert_fails(dk_write_file(bad, path, DK_FORMAT_TEXT, NULL, &err), &err, DK_ERR_ARGUMENT, "is no pattern");
    assert_string_equal(only_file(), "");
    dk_table_release(good);
    dk_table_release(bad);
}

static void a_place_that_takes_no_file_is_told(void **state)
{
    const dk_table *table = small();
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_write_file(table, path_of("nosuch/a.csv"), DK_FORMAT_CSV, NULL, &err), &err, DK_ERR_IO,
                 "nosuch/a.csv: the folder does not exist");
    assert_fails(dk_write_file(table, folder, DK_FORMAT_CSV, NULL, &err), &err, DK_ERR_IO, "is a directory");
    put_file(path_of("plain"), "x", 0644);
    assert_fails(dk_write_file(table, path_of("plain/a.csv"), DK_FORMAT_CSV, NULL, &err), &err, DK_ERR_IO,
                 "the folder does not exist");
    unlink(path_of("plain"));
    dk_table_release(table);
}

/* Runs in a child of another user, as nothing is forbidden to root. Exits 0 where the write fails as it should. */
static int try_as_other_user(const dk_table *table, const char *path)
{
    pid_t child = fork();
    int status = 0;

    assert_true(child >= 0);
    if (child == 0) {
        dk_error err = DK_ERROR_INIT;
        dk_status wrote;

        if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(2);
        wrote = dk_write_file(table, path, DK_FORMAT_CSV, NULL, &err);
        dk_table_release(table); /* the child's own copy, or valgrind would call it lost */
        dk_context_release(context);
        _exit(wrote == DK_ERR_IO && strstr(err.message, "no permission to") && strcmp(err.file, path) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void what_may_not_be_written_stays(void **state)
{
    const dk_table *table = small();

    (void)state;
    put_file(path_of("readonly.csv"), "before", 0444);
    assert_int_equal(chmod(folder, 0777), 0);
    assert_int_equal(try_as_other_user(table, path_of("readonly.csv")), 0);
    assert_file(path_of("readonly.csv"), "before");
    assert_string_equal(only_file(), "readonly.csv");
    unlink(path_of("readonly.csv"));
    assert_int_equal(chmod(folder, 0555), 0);
    assert_int_equal(try_as_other_user(table, path_of("new.csv")), 0);
    assert_string_equal(only_file(), "");
    assert_int_equal(chmod(folder, 0755), 0);
    dk_table_release(table);
}

/* A device is written to directly: /dev/full takes nothing, and says so. */
static void a_full_disk_is_told(void **state)
{
    const dk_table *table = small(), *long_one = many_rows(50000);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_write_file(table, "/dev/full", DK_FORMAT_CSV, NULL, &err), &err, DK_ERR_IO,
                 "/dev/full: cannot write it: No space left on device");
    assert_fails(dk_write_file(long_one, "/dev/full", DK_FORMAT_JSON, NULL, &err), &err, DK_ERR_IO,
                 "No space left on device");
    assert_ok(dk_write_file(long_one, "/dev/null", DK_FORMAT_CSV, NULL, &err), &err);
    dk_table_release(long_one);
    dk_table_release(table);
}

static void a_file_survives_failing_memory(void **state)
{
    const dk_table *table = small();
    const char *path = path_of("a.csv");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    put_file(path, "before", 0644);
    assert_survives_failing_memory(context, dk_write_file(table, path, DK_FORMAT_CSV, NULL, &err), &err,
                                   (assert_file(path, "before"), strcmp(only_file(), "a.csv") == 0), (void)0);
    assert_file(path, SMALL_CSV);
    unlink(path);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(formats_are_found_by_name_and_by_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_format_that_is_none_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sink_gets_the_text_in_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sink_that_stops_ends_the_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_write_stops_on_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_is_written_and_replaced_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_may_be_as_long_as_names_can_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_stays_a_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_write_leaves_what_was_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_place_that_takes_no_file_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_may_not_be_written_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
