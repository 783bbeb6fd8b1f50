/* test_csv_cache.c - a snapshot beside a CSV file: when it serves, when not, and what it never does. */
#include "files.h"

#include <sys/wait.h>
#include <time.h>

#include <dekking/csv.h>
#include <dekking/snapshot.h>

static const dk_csv_options cached = { .cache = true };

static const dk_table *get(struct fixture *f, const dk_csv_options *o)
{
    const dk_table *t = NULL;

    assert_ok(dk_read_csv(f->context, f->path, o, &t, NULL, &f->err), &f->err);
    return t;
}

static bool has_note(const dk_table *t, const char *part)
{
    for (size_t i = 0; i < dk_table_n_notes(t); i++)
        if (strstr(dk_table_note(t, i), part))
            return true;
    return false;
}

/* Reads, and tells whether the cache served, and what the first integer is. */
static bool is_served(struct fixture *f, const dk_csv_options *o, int64_t first)
{
    const dk_table *t = get(f, o);
    dk_value value;
    bool served = has_note(t, "served from ");

    assert_ok(dk_column_get(dk_table_field(t, 0)->column, 0, &value, &f->err), &f->err);
    assert_int_equal(value.as.integer, first);
    assert_null(dk_table_properties(t)->name);
    assert_string_equal(dk_table_properties(t)->source, f->path);
    dk_table_release(t);
    return served;
}

/* Writes the file with a time of long ago. */
static void put_at(const struct fixture *f, const char *text, time_t seconds, long nanoseconds)
{
    const struct timespec times[2] = { { .tv_sec = seconds, .tv_nsec = nanoseconds },
                                       { .tv_sec = seconds, .tv_nsec = nanoseconds } };

    put(f->path, text, strlen(text), 0600);
    assert_int_equal(utimensat(AT_FDCWD, f->path, times, 0), 0);
}

static const char *kept(const struct fixture *f)
{
    return in_folder(f, "x.csv.dk");
}

static void the_second_reading_is_served(void **state)
{
    struct fixture *f = *state;
    const dk_table *t;

    put_at(f, "a;b\n1;x\n", 1000, 5);
    t = get(f, &cached);
    assert_true(has_note(t, "kept in "));
    assert_true(has_note(t, "read as UTF-8, delimiter semicolon"));
    dk_table_release(t);
    t = get(f, &cached);
    assert_true(has_note(t, "served from "));
    assert_true(has_note(t, "read as UTF-8, delimiter semicolon"));
    assert_false(has_note(t, "kept in "));
    assert_int_equal(dk_table_n_notes(t), 2);
    dk_table_release(t);
    assert_true(is_served(f, &cached, 1));
    /* only when the script asks */
    assert_false(is_served(f, NULL, 1));
    /* other bytes of the same size and time: they were written later, whatever the file says */
    put_at(f, "a;b\n2;x\n", 1000, 5);
    assert_false(is_served(f, &cached, 2));
    assert_int_equal(n_files(f), 2);
}

static void a_file_that_changed_is_read_and_kept_anew(void **state)
{
    struct fixture *f = *state;

    put_at(f, "a;b\n1;x\n", 1000, 5);
    assert_false(is_served(f, &cached, 1));
    put_at(f, "a;b\n2;x\n", 1000, 6); /* a nanosecond later */
    assert_false(is_served(f, &cached, 2));
    assert_true(is_served(f, &cached, 2));
    put_at(f, "a;b\n3;xy\n", 1000, 6); /* a byte more */
    assert_false(is_served(f, &cached, 3));
    assert_true(is_served(f, &cached, 3));
    /* written again at once, within one tick of the clock as far as the kernel can tell */
    for (int i = 4; i < 8; i++) {
        char text[32];

        snprintf(text, sizeof text, "a;b\n%d;xy\n", i);
        put(f->path, text, strlen(text), 0600);
        assert_false(is_served(f, &cached, i));
    }
}

static void another_reading_of_the_same_file_is_not_served(void **state)
{
    static const char *const names[] = { "c", "d" }, *const nulls[] = { "x", "y" }, *const both[] = { "xy" };
    dk_csv_column a = { .name = "a", .type = DK_INTEGER }, b = { .name = "b", .type = DK_TEXT },
                  decimal = { .name = "a", .type = DK_INTEGER, .has_scale = true };
    const dk_csv_options others[] = {
        { .cache = true },
        { .cache = true, .delimiter = ';' },
        { .cache = true, .quote = '\'' },
        { .cache = true, .names = names, .n_names = 2 },
        { .cache = true, .encoding = DK_ENCODING_UTF8 },
        { .cache = true, .decimal_mark = DK_MARK_POINT },
        { .cache = true, .date_order = DK_DATES_DMY },
        { .cache = true, .nulls = nulls, .n_nulls = 1 },
        { .cache = true, .nulls = nulls, .n_nulls = 2 },
        { .cache = true, .nulls = both, .n_nulls = 1 },
        { .cache = true, .columns = &a, .n_columns = 1 },
        { .cache = true, .columns = &b, .n_columns = 1 },
        { .cache = true, .columns = &decimal, .n_columns = 1 },
        { .cache = true, .lenient = true },
        { .cache = true, .max_field_bytes = 100 },
        { .cache = true, .max_unpacked_bytes = 100 },
    };
    struct fixture *f = *state;

    put_at(f, "a;b\n1;x\n", 1000, 5);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (is_served(f, &others[i], 1))
            fail_msg("reading %zu", i);
        if (!is_served(f, &others[i], 1))
            fail_msg("reading %zu, again", i);
    }
}

static void rejected_records_are_never_lost(void **state)
{
    const dk_csv_options lenient = { .cache = true, .lenient = true };
    struct fixture *f = *state;
    const dk_table *t = NULL, *rejected = NULL;

    put_at(f, "a;b\n1;x\n2\n", 1000, 5);
    for (int i = 0; i < 2; i++) {
        assert_ok(dk_read_csv(f->context, f->path, &lenient, &t, &rejected, &f->err), &f->err);
        assert_int_equal(dk_table_n_rows(rejected), 1);
        assert_true(has_note(t, "no place for rejected records"));
        dk_table_release(t);
        dk_table_release(rejected);
    }
    assert_int_equal(n_files(f), 1);
    put_at(f, "a;b\n1;x\n", 1000, 5);
    for (int i = 0; i < 2; i++) {
        assert_ok(dk_read_csv(f->context, f->path, &lenient, &t, &rejected, &f->err), &f->err);
        assert_int_equal(dk_table_n_rows(rejected), 0);
        assert_int_equal(dk_table_n_columns(rejected), 5);
        assert_int_equal(has_note(t, "served from "), i == 1);
        dk_table_release(t);
        dk_table_release(rejected);
    }
}

static void what_is_no_cache_is_left_alone(void **state)
{
    struct fixture *f = *state;
    const dk_table *t;

    put_at(f, "a;b\n1;x\n", 1000, 5);
    t = get(f, NULL);
    assert_ok(dk_snapshot_save(t, kept(f), NULL, &f->err), &f->err); /* somebody's own */
    dk_table_release(t);
    for (int i = 0; i < 2; i++) {
        t = get(f, &cached);
        assert_true(has_note(t, "is left alone"));
        dk_table_release(t);
    }
    assert_ok(dk_snapshot_open(f->context, kept(f), NULL, &t, &f->err), &f->err);
    assert_null(dk_table_properties(t)->name);
    dk_table_release(t);
    put(kept(f), "text\n", 5, 0600);
    t = get(f, &cached);
    assert_true(has_note(t, "is left alone"));
    dk_table_release(t);
    holds(kept(f), "text\n");
    unlink(kept(f));
    assert_int_equal(mkdir(kept(f), 0700), 0);
    assert_false(is_served(f, &cached, 1));
    assert_int_equal(rmdir(kept(f)), 0);
}

/* What another process has begun, or one that was killed has left. */
static void an_empty_one_is_written_over(void **state)
{
    struct fixture *f = *state;

    put_at(f, "a;b\n1;x\n", 1000, 5);
    put(kept(f), "", 0, 0600);
    assert_false(is_served(f, &cached, 1));
    assert_true(is_served(f, &cached, 1));
}

static void who_may_not_read_the_file_may_not_read_the_cache(void **state)
{
    struct fixture *f = *state;

    put_at(f, "a;b\n1;x\n", 1000, 5);
    assert_int_equal(chmod(f->path, 0640), 0);
    assert_false(is_served(f, &cached, 1));
    assert_int_equal(mode_of(kept(f)), 0640);
    unlink(kept(f));
    assert_int_equal(chmod(f->path, 0400), 0);
    assert_false(is_served(f, &cached, 1));
    assert_int_equal(mode_of(kept(f)), 0600);
    assert_true(is_served(f, &cached, 1));
}

/* In a process of its own: root may write anywhere. */
static void a_folder_that_cannot_be_written_is_a_note(void **state)
{
    struct fixture *f = *state;
    pid_t child;
    int status;

    put_at(f, "a;b\n1;x\n", 1000, 5);
    assert_int_equal(chmod(f->path, 0644), 0);
    assert_int_equal(chmod(f->folder, 0555), 0);
    child = fork();
    if (child == 0) {
        const dk_table *t = NULL;
        dk_error err = DK_ERROR_INIT;
        bool is_told;

        if (geteuid() == 0 && setuid(NOBODY) != 0)
            _exit(2);
        dk_set_threads(1);
        if (dk_read_csv(f->context, f->path, &cached, &t, NULL, &err) != DK_OK)
            _exit(3);
        is_told = has_note(t, "not kept in ") && has_note(t, "cannot write it");
        dk_table_release(t);
        _exit(is_told ? 0 : 4);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(chmod(f->folder, 0777), 0);
    assert_int_equal(n_files(f), 1);
}

static void several_processes_do_no_harm(void **state)
{
    enum { N = 4 };
    struct fixture *f = *state;
    pid_t children[N];

    put_at(f, "a;b\n1;x\n", 1000, 5);
    for (int i = 0; i < N; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            int wrong = 0;

            dk_set_threads(1);
            for (int k = 0; k < 20 && !wrong; k++) {
                const dk_table *t = NULL;
                dk_value value = { .is_null = true };
                const dk_csv_options o = { .cache = true, .max_field_bytes = (size_t)(100 + k % 3) };

                wrong = dk_read_csv(f->context, f->path, &o, &t, NULL, NULL) != DK_OK ||
                        dk_column_get(dk_table_field(t, 0)->column, 0, &value, NULL) != DK_OK || value.is_null ||
                        value.as.integer != 1;
                dk_table_release(t);
            }
            _exit(wrong);
        }
    }
    for (int i = 0; i < N; i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    (void)is_served(f, &cached, 1);
    assert_true(is_served(f, &cached, 1));
    assert_int_equal(n_files(f), 2);
}

static void what_has_no_cache_is_refused(void **state)
{
    struct fixture *f = *state;
    const dk_table *t = NULL;
    const char *paths[2] = { f->path, NULL };
    char other[128];

    snprintf(other, sizeof other, "%s/y.csv", f->folder);
    paths[1] = other;
    put_at(f, "a;b\n1;x\n", 1000, 5);
    put(other, "a;b\n1;x\n", 8, 0600);
    assert_fails(dk_read_csv_files(f->context, paths, 2, &cached, &t, NULL, &f->err), &f->err, DK_ERR_ARGUMENT,
                 "cache is for one file, and these are 2 (save the table of all of them: t:save)");
    assert_fails(dk_read_csv(f->context, "-", &cached, &t, NULL, &f->err), &f->err, DK_ERR_ARGUMENT,
                 "standard input: cache is for files: of a stream nobody knows whether it is the same");
    assert_fails(dk_read_csv(f->context, "/dev/null", &cached, &t, NULL, &f->err), &f->err, DK_ERR_ARGUMENT,
                 "stream");
    assert_fails(dk_read_csv(f->context, "/nosuch/x.csv", &cached, &t, NULL, &f->err), &f->err, DK_ERR_IO,
                 "does not exist");
    assert_fails(dk_read_csv(f->context, f->folder, &cached, &t, NULL, &f->err), &f->err, DK_ERR_IO, "directory");
    put_at(f, "a;b\n1\n", 1000, 5);
    assert_fails(dk_read_csv(f->context, f->path, &cached, &t, NULL, &f->err), &f->err, DK_ERR_DATA, "1 field");
    assert_null(t);
    assert_int_equal(n_files(f), 2);
}

static void survives_failing_memory(void **state)
{
    struct fixture *f = *state;
    const dk_table *t = NULL, *rejected = NULL;

    dk_set_threads(1);
    put_at(f, "a;b\n1;x\n", 1000, 5);
    assert_survives_failing_memory(f->context, dk_read_csv(f->context, f->path, &cached, &t, &rejected, &f->err),
                                   &f->err, t == NULL && rejected == NULL,
                                   (dk_table_release(t), dk_table_release(rejected)));
    t = rejected = NULL;
    assert_survives_failing_memory(f->context, dk_read_csv(f->context, f->path, &cached, &t, &rejected, &f->err),
                                   &f->err, t == NULL && rejected == NULL,
                                   (dk_table_release(t), dk_table_release(rejected)));
    assert_int_equal(n_files(f), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_second_reading_is_served, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_changed_is_read_and_kept_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_reading_of_the_same_file_is_not_served, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rejected_records_are_never_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_cache_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_one_is_written_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_may_not_read_the_file_may_not_read_the_cache, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_written_is_a_note, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_processes_do_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_has_no_cache_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
