/* test_snapshot_append.c - files that grow: segments, what fits into them, one writer, and writers that die. */
#include "columns.h"
#include "tables.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "snapshots.h"
#include "watched.h"

static void save(const char *text)
{
    const dk_table *table = make_table(context, text);
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    dk_table_release(table);
}

static dk_status append(const char *text, dk_error *err)
{
    const dk_table *table = make_table(context, text);
    dk_status status = dk_snapshot_append(table, snapshot_path, NULL, err);

    dk_table_release(table);
    return status;
}

static void assert_holds(const char *rows)
{
    const dk_table *table = NULL;
    dk_snapshot_open_options check = { .check = true };
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_snapshot_open(context, snapshot_path, &check, &table, &err), &err);
    assert_string_equal(show_rows(table), rows);
    dk_table_release(table);
}

static void rows_are_appended_with_widths_and_levels_of_their_own(void **state)
{
    dk_error err = DK_ERROR_INIT;
    const dk_table *before;

    (void)state;
    save("g:category n:integer t:text\nDuiven|1|a\n-|-|-\n");
    before = open_table(snapshot_path);
    /* Columns in another order, a wider width, levels in another order of codes, and a new one. */
    assert_ok(append("n:integer t:text g:category\n70000|b|Arnhem\n3|c|Duiven\n", &err), &err);
    assert_ok(append("n:integer t:text g:category\n-|-|Westervoort\n9000000000|d|Arnhem\n", &err), &err);
    assert_holds("Duiven|1|a\n-|-|-\nArnhem|70000|b\nDuiven|3|c\nWestervoort|-|-\nArnhem|9000000000|d\n");
    assert_string_equal(show_rows(before), "Duiven|1|a\n-|-|-\n"); /* who has it open keeps what was there */
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(dk_table_field(before, 0)->column)), 1);
    dk_table_release(before);
}

static void levels_that_do_not_occur_are_not_added(void **state)
{
    const dk_table *table, *some = NULL, *opened;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    save("g:category\nArnhem\n");
    table = make_table(context, "g:category\nDuiven\nDoesburg\nArnhem\n");
    assert_ok(dk_table_slice(table, 1, 2, &some, &err), &err);
    assert_ok(dk_snapshot_append(some, snapshot_path, NULL, &err), &err);
    assert_holds("Arnhem\nDoesburg\nArnhem\n");
    opened = open_table(snapshot_path);
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(dk_table_field(opened, 0)->column)), 2);
    dk_table_release(opened);
    dk_table_release(some);
    dk_table_release(table);
}

static void types_that_fit_exactly_are_taken(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    save("d:decimal2 r:real i:integer g:category t:text n:date m:month\n1.25|0.5|1|A|x|2024-01-01|2024-03\n");
    assert_ok(
        append("d:integer r:integer i:decimal1 g:text t:category n:text m:month\n3|2|7.0|B|y|-|9999-12\n", &err),
        &err);
    assert_ok(append("d:integer r:integer i:decimal1 g:text t:category n:text m:quarter\n-|-|-|-|-|-|-\n", &err),
              &err);
    assert_holds("1.25|0.5|1|A|x|2024-01-01|2024-03\n3.00|2.0|7|B|y|-|9999-12\n-|-|-|-|-|-|-\n");
}

static void what_does_not_fit_is_said(void **state)
{
    const dk_table *table, *weighted;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    save("m:month\n2024-03\n");
    assert_fails(append("m:quarter\n2024Q1\n", &err), &err, DK_ERR_TYPE,
                 "m is quarter, and the snapshot has month");
    assert_string_equal(err.hint, "read it with types = { m = \"month\" }");
    assert_fails(append("m:category\n2024-03\n", &err), &err, DK_ERR_TYPE,
                 "m is category, and the snapshot has month");
    assert_holds("2024-03\n");
    save("d:decimal1 g:category[A,B]\n1.5|A\n");
    assert_fails(append("d:decimal1\n1.5\n", &err), &err, DK_ERR_NAME, "no column \"g\"");
    assert_fails(append("d:decimal1 g:category x:integer\n1.5|A|1\n", &err), &err, DK_ERR_NAME,
                 "the snapshot has no column \"x\", and the table to append has (drop it, or save the table anew)");
    assert_fails(append("d:text g:category\n1,5|A\n", &err), &err, DK_ERR_TYPE,
                 "d is text, and the snapshot has decimal there");
    assert_fails(append("d:decimal2 g:category\n1.25|A\n", &err), &err, DK_ERR_RANGE, "");
    assert_fails(append("d:decimal1 g:category\n1.5|C\n", &err), &err, DK_ERR_RANGE,
                 "g: \"C\" is none of the levels that were stated for the snapshot (correct the value, or save the "
                 "table anew with all its levels)");
    assert_holds("1.5|A\n");
    table = make_table(context, "w:integer\n1\n");
    weighted = with_weight(table, "w");
    assert_ok(dk_snapshot_save(weighted, snapshot_path, NULL, &err), &err);
    assert_fails(append("w:integer\n-1\n", &err), &err, DK_ERR_RANGE, "negative");
    assert_fails(append("w:integer\n-\n2\n", &err), &err, DK_ERR_RANGE,
                 "the weight w is null in 1 row (leave those rows out, or give them a weight)");
    assert_holds("1\n");
    dk_table_release(weighted);
}

static const dk_table *open_checked(void)
{
    const dk_table *table = NULL;
    dk_snapshot_open_options check = { .check = true };
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_snapshot_open(context, snapshot_path, &check, &table, &err), &err);
    return table;
}

static void labels_come_along_and_must_not_differ(void **state)
{
    const dk_dictionary *levels;
    const dk_table *table;
    dk_error err = DK_ERROR_INIT;
    dk_text label;

    (void)state;
    save("s:category[01~ja,02~nee,03] g:category\n02|a\n");
    table = open_checked();
    levels = dk_column_levels(dk_table_field(table, 0)->column);
    assert_true(dk_dictionary_is_declared(levels));
    assert_true(dk_dictionary_label(levels, 2, &label));
    assert_string_equal(label.bytes, "nee");
    assert_false(dk_dictionary_label(levels, 3, &label));
    assert_false(dk_dictionary_has_labels(dk_column_levels(dk_table_field(table, 1)->column)));
    dk_table_release(table);
    assert_fails(append("s:category[02~geen] g:category\n02|a\n", &err), &err, DK_ERR_RANGE,
                 "s: the code \"02\" is \"geen\", and the snapshot has \"nee\" for it (give it the snapshot's code "
                 "list: t:with_levels { s = codes })");
    assert_ok(append("s:category g:category[b~B]\n01|b\n", &err), &err);          /* new levels bring labels */
    assert_ok(append("s:category[03~weet-niet] g:category\n03|a\n", &err), &err); /* and old ones get one */
    assert_holds("02|a\n01|b\n03|a\n");
    table = open_checked();
    levels = dk_column_levels(dk_table_field(table, 0)->column);
    for (uint32_t code = 1; code <= 3; code++) {
        assert_true(dk_dictionary_label(levels, code, &label));
        assert_string_equal(label.bytes, code == 1 ? "ja" : code == 2 ? "nee" : "weet-niet");
    }
    levels = dk_column_levels(dk_table_field(table, 1)->column);
    assert_false(dk_dictionary_label(levels, 1, &label));
    assert_true(dk_dictionary_label(levels, 2, &label));
    assert_string_equal(label.bytes, "B");
    dk_table_release(table);
}

static void a_key_is_one_over_all_segments(void **state)
{
    static const char *const key[] = { "g", "m" };
    dk_properties properties = { .key = key, .n_key = 2, .unit = "persons", .as_of = "2024-01-31" };
    const dk_table *plain = make_table(context, "g:category m:integer\nA|1\nB|1\n"), *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_with_properties(plain, &properties, &table, &err), &err);
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    dk_table_release(table);
    assert_fails(append("g:category m:integer\nB|2\nA|1\n", &err), &err, DK_ERR_DUPLICATE,
                 "the key g, m is not unique: \"A, 1\" stands in rows 1 and 4");
    assert_fails(append("g:category m:integer\nB|2\nA|-\n", &err), &err, DK_ERR_RANGE, "null");
    dk_table_release(plain);
    plain = make_table(context, "g:category m:integer\nB|2\nA|2\n");
    properties = (dk_properties){ .as_of = "2024-02-29", .published = "2024-03-15", .name = "anders" };
    assert_ok(dk_table_with_properties(plain, &properties, &table, &err), &err);
    assert_ok(dk_snapshot_append(table, snapshot_path, NULL, &err), &err);
    assert_holds("A|1\nB|1\nB|2\nA|2\n");
    dk_table_release(table);
    table = open_table(snapshot_path);
    assert_string_equal(dk_table_properties(table)->as_of, "2024-02-29");
    assert_string_equal(dk_table_properties(table)->published, "2024-03-15");
    assert_string_equal(dk_table_properties(table)->unit, "persons");
    assert_null(dk_table_properties(table)->name);
    assert_int_equal(dk_table_properties(table)->n_key, 2);
    dk_table_release(table);
    dk_table_release(plain);
}

static void totals_are_not_appended(void **state)
{
    const dk_table *table = make_table(context, "g:category n:integer\nA|1\n"), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "total = sum(n)" }, .margins = DK_MARGINS_ROLLUP), table,
                        NULL, &result, &err),
              &err);
    assert_ok(dk_snapshot_save(result, snapshot_path, NULL, &err), &err);
    assert_fails(dk_snapshot_append(result, snapshot_path, NULL, &err), &err, DK_ERR_MARGIN,
                 "rows that are totals cannot be appended, nor be appended to (detail() leaves them out)");
    dk_table_release(result);
    dk_table_release(table);
}

static void no_rows_change_nothing(void **state)
{
    size_t before, after;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    save("n:integer\n1\n");
    free(read_file(snapshot_path, &before));
    assert_ok(append("n:integer\n", &err), &err);
    free(read_file(snapshot_path, &after));
    assert_int_equal(before, after);
}

static void many_segments_are_one_table(void **state)
{
    char text[64], expected[4096] = "";
    dk_error err = DK_ERROR_INIT;

    (void)state;
    save("n:integer g:category\n0|g0\n");
    strcpy(expected, "0|g0\n");
    for (int i = 1; i < 60; i++) {
        sprintf(text, "n:integer g:category\n%d|g%d\n", i, i % 40);
        assert_ok(append(text, &err), &err);
        sprintf(expected + strlen(expected), "%d|g%d\n", i, i % 40);
    }
    assert_holds(expected);
}

/* Writers ------------------------------------------------------------------------------------------------------------ */

static void a_second_writer_is_refused(void **state)
{
    const dk_table *table = make_table(context, "n:integer\n2\n");
    dk_error err = DK_ERROR_INIT;
    int fd;

    (void)state;
    save("n:integer\n1\n");
    fd = open(snapshot_path, O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_fails(dk_snapshot_append(table, snapshot_path, NULL, &err), &err, DK_ERR_IO,
                 "another process is writing to it (wait until it is done, and try again)");
    assert_string_equal(err.file, snapshot_path);
    assert_fails(dk_snapshot_save(table, snapshot_path, NULL, &err), &err, DK_ERR_IO,
                 "another process is writing to it");
    assert_holds("1\n"); /* a reader does not mind */
    close(fd);
    assert_ok(dk_snapshot_append(table, snapshot_path, NULL, &err), &err);
    assert_holds("1\n2\n");
    dk_table_release(table);
}

/* Every state of the file that an append which breaks off can leave: a beginning of what it writes, with the footer or
 * without, and the commit or not, or torn. */
static void a_broken_append_leaves_the_old_state(void **state)
{
    static const char one[] = "A|1\n", two[] = "A|1\nB|70000\n";
    size_t before_size, after_size, step = watched(1, 1, 97);
    uint8_t *before, *after, *bytes;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    save("g:category n:integer\nA|1\n");
    before = read_file(snapshot_path, &before_size);
    assert_ok(append("g:category n:integer\nB|70000\n", &err), &err);
    after = read_file(snapshot_path, &after_size);
    bytes = malloc(after_size);
    memcpy(bytes, after, after_size);
    memcpy(bytes, before, 128); /* the commit comes last */
    for (size_t size = before_size; size < after_size; size += step) {
        const dk_table *table;

        write_file(snapshot_path, bytes, size);
        table = open_table(snapshot_path);
        assert_string_equal(show_rows(table), one);
        dk_table_release(table);
        if (size % 61 == 0) { /* and the next append goes on from there */
            assert_ok(append("g:category n:integer\nB|70000\n", &err), &err);
            assert_holds(two);
        }
    }
    write_file(snapshot_path, bytes, after_size); /* the footer rules, though the header does not know yet */
    {
        const dk_table *table = open_table(snapshot_path);

        assert_string_equal(show_rows(table), two);
        dk_table_release(table);
    }
    /* Another append breaks off then: what the footer brought must not be lost. */
    assert_ok(append("g:category n:integer\n-|3\n", &err), &err);
    free(before);
    before = read_file(snapshot_path, &before_size);
    write_file(snapshot_path, before, before_size);
    assert_holds("A|1\nB|70000\n-|3\n");
    for (size_t torn = 1; torn < 32; torn++) { /* a commit that is half written */
        memcpy(bytes, after, after_size);
        memset(bytes + 64 + torn, 0xEE, 32 - torn);
        write_file(snapshot_path, bytes, after_size);
        {
            const dk_table *table = open_table(snapshot_path);

            assert_string_equal(show_rows(table), two);
            dk_table_release(table);
        }
    }
    free(bytes);
    free(after);
    free(before);
}

/* The file holds 1000, 1001, ... 1999 in each of its segments; how many are there, or 0 where that does not hold (a child
 * may not assert). */
static uint64_t n_whole_segments(void)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_value value = { .type = DK_INTEGER };
    dk_status status = dk_snapshot_open(context, snapshot_path, NULL, &table, &err);
    uint64_t n = status == DK_OK ? dk_table_n_rows(table) : 0;
    bool holds = n % 1000 == 0;

    for (uint64_t i = 0; i < n && status == DK_OK && holds; i += 7) {
        status = dk_column_get(dk_table_field(table, 0)->column, i, &value, &err);
        holds = value.as.integer == 1000 + (int64_t)(i % 1000);
    }
    if (status != DK_OK)
        print_error("%s\n", err.message);
    dk_table_release(table);
    return status == DK_OK && holds ? n / 1000 : 0;
}

static const dk_table *thousand_rows(void)
{
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD("n", NULL);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    for (int64_t i = 1000; i < 2000; i++)
        assert_ok(dk_builder_integer(builder, i, &err), &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    assert_ok(dk_table_new(context, &field, 1, 1000, &table, &err), &err);
    dk_builder_release(builder);
    dk_column_release(field.column);
    return table;
}

/* A process that writes until it is killed; replaces the file now and then where that is asked for. Says on the pipe when
 * it has begun. */
static pid_t start_writer(const dk_table *table, bool replace, int ready)
{
    pid_t child = fork();

    if (child != 0)
        return child;
    for (unsigned i = 0;; i++) {
        dk_status status = replace && i % 5 == 4 ? dk_snapshot_save(table, snapshot_path, NULL, NULL)
                                                 : dk_snapshot_append(table, snapshot_path, NULL, NULL);

        if (i == 0 && write(ready, "x", 1) != 1)
            _exit(2);
        if (status != DK_OK)
            _exit(1);
    }
}

static void wait_ready(int fd)
{
    char byte;

    assert_int_equal(read(fd, &byte, 1), 1);
}

static void end_writer(pid_t child)
{
    int status;

    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* it was at work until then */
}

static void a_killed_writer_leaves_whole_segments(void **state)
{
    unsigned rounds = watched(30, 30, 3);
    const dk_table *table = thousand_rows();
    dk_error err = DK_ERROR_INIT;
    uint64_t n = 1;

    (void)state;
    dk_set_threads(1); /* threads do not live in a forked child */
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    for (unsigned round = 0; round < rounds; round++) {
        int ready[2];
        pid_t child;

        assert_int_equal(pipe(ready), 0);
        child = start_writer(table, false, ready[1]);
        wait_ready(ready[0]);
        usleep((useconds_t)random_below(20000));
        end_writer(child);
        close(ready[0]);
        close(ready[1]);
        assert_true(n_whole_segments() > n); /* what was said to be written is there */
        n = n_whole_segments();
    }
    /* The lock went with the process. */
    assert_ok(dk_snapshot_append(table, snapshot_path, NULL, &err), &err);
    assert_int_equal(n_whole_segments(), n + 1);
    dk_set_threads(0);
    dk_table_release(table);
}

static void stop_here(void *ready, const char *what, uint64_t done, uint64_t total)
{
    (void)what;
    (void)done;
    (void)total;
    if (write(*(int *)ready, "x", 1) != 1)
        _exit(2);
    pause();
}

/* How many files there are besides the snapshot. */
static size_t n_left(void)
{
    DIR *folder = opendir(snapshot_folder);
    size_t n = 0;

    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        n += entry->d_name[0] != '.' && strcmp(entry->d_name, "t.dk") != 0;
    closedir(folder);
    return n;
}

/* A process that is killed while it saves leaves a file, which the next one that saves takes away: not before, since it may
 * still be at work. */
static void what_a_killed_save_left_is_removed(void **state)
{
    const dk_table *table = thousand_rows();
    dk_error err = DK_ERROR_INIT;
    int ready[2];
    pid_t child;

    (void)state;
    dk_set_threads(1); /* threads do not live in a forked child */
    assert_int_equal(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        dk_context_set_progress(context, stop_here, &ready[1]);
        _exit(dk_snapshot_save(table, snapshot_path, NULL, NULL) == DK_OK ? 0 : 1);
    }
    wait_ready(ready[0]);
    assert_int_equal(n_left(), 1);
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    assert_int_equal(n_left(), 1);
    end_writer(child);
    assert_int_equal(n_left(), 1);
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    assert_int_equal(n_left(), 0);
    assert_int_equal(n_whole_segments(), 1);
    close(ready[0]);
    close(ready[1]);
    dk_set_threads(0);
    dk_table_release(table);
}

static void readers_see_whole_segments_while_a_writer_works(void **state)
{
    static const dk_table *table; /* a child that ends has not lost it, says valgrind */
    unsigned rounds = watched(300, 300, 10);
    dk_error err = DK_ERROR_INIT;
    int ready[2], status;
    pid_t writer, reader;

    (void)state;
    table = thousand_rows();
    dk_set_threads(1);
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    assert_int_equal(pipe(ready), 0);
    writer = start_writer(table, true, ready[1]);
    wait_ready(ready[0]);
    reader = fork();
    for (unsigned round = 0; round < rounds; round++) {
        uint64_t n = n_whole_segments();

        if (reader == 0 && n == 0)
            _exit(1);
        if (reader != 0)
            assert_true(n > 0);
    }
    if (reader == 0)
        _exit(0);
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    end_writer(writer);
    close(ready[0]);
    close(ready[1]);
    assert_true(n_whole_segments() >= 1);
    dk_set_threads(0);
    dk_table_release(table);
}

static bool file_is(const uint8_t *expected, size_t expected_size)
{
    size_t size;
    uint8_t *bytes = read_file(snapshot_path, &size);
    bool same = size == expected_size && memcmp(bytes, expected, size) == 0;

    free(bytes);
    return same;
}

static void failing_memory_leaves_the_file_as_it_was(void **state)
{
    static const char *const key[] = { "n" };
    dk_properties properties = { .key = key, .n_key = 1 };
    const dk_table *plain, *keyed = NULL, *table;
    dk_error err = DK_ERROR_INIT;
    size_t size;
    uint8_t *before;

    (void)state;
    dk_set_threads(1);
    plain = make_table(context, "n:integer g:category d:decimal1\n1|A|0.5\n");
    assert_ok(dk_table_with_properties(plain, &properties, &keyed, &err), &err);
    assert_ok(dk_snapshot_save(keyed, snapshot_path, NULL, &err), &err);
    before = read_file(snapshot_path, &size);
    table = make_table(context, "g:category d:integer n:integer\nB|1|2\nA|-|3\n");
    assert_survives_failing_memory(context, dk_snapshot_append(table, snapshot_path, NULL, &err), &err,
                                   file_is(before, size), (void)0);
    assert_holds("1|A|0.5\n2|B|1.0\n3|A|-\n");
    dk_set_threads(0);
    free(before);
    dk_table_release(table);
    dk_table_release(keyed);
    dk_table_release(plain);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_are_appended_with_widths_and_levels_of_their_own),
        TEST(levels_that_do_not_occur_are_not_added),
        TEST(types_that_fit_exactly_are_taken),
        TEST(what_does_not_fit_is_said),
        TEST(labels_come_along_and_must_not_differ),
        TEST(a_key_is_one_over_all_segments),
        TEST(totals_are_not_appended),
        TEST(no_rows_change_nothing),
        TEST(many_segments_are_one_table),
        TEST(a_second_writer_is_refused),
        TEST(a_broken_append_leaves_the_old_state),
        TEST(a_killed_writer_leaves_whole_segments),
        TEST(what_a_killed_save_left_is_removed),
        TEST(readers_see_whole_segments_while_a_writer_works),
        TEST(failing_memory_leaves_the_file_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
