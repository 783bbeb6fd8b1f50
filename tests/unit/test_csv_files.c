/* test_csv_files.c - several files as one table: patterns, types, marks that other files decide, notes, rejects. */
#include "files.h"

#include <sys/wait.h>

#include <dekking/csv.h>

#include "read/paths.h"

/* Writes a file of the folder; the name that is given back is the next call's too after eight of them. */
static const char *write_file(const struct fixture *f, const char *name, const char *text)
{
    static char paths[8][256];
    static size_t next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", f->folder, name);
    put(path, text, strlen(text), 0600);
    return path;
}

/* The names found, without their folder, with a blank between. */
static const char *names_found(const struct fixture *f, const char *pattern)
{
    static char out[512];
    const char *given = in_folder(f, pattern);
    dki_paths paths;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_paths_find(f->context, &given, 1, &paths, &err), &err);
    out[0] = '\0';
    for (size_t i = 0; i < paths.n; i++) {
        strcat(out, i > 0 ? " " : "");
        strcat(out, paths.items[i] + strlen(f->folder) + 1);
    }
    dki_paths_drop(&paths);
    return out;
}

static void a_pattern_gives_its_files_by_name(void **state)
{
    struct fixture *f = *state;

    write_file(f, "b.csv", "a\n");
    write_file(f, "a.csv", "a\n");
    write_file(f, "C.csv", "a\n");
    write_file(f, "\xC3\xA9.csv", "a\n");
    write_file(f, "a10.csv", "a\n");
    write_file(f, "d.txt", "a\n");
    write_file(f, "[x]*.csv", "a\n");
    assert_string_equal(names_found(f, "*.csv"), "C.csv [x]*.csv a.csv a10.csv b.csv \xC3\xA9.csv");
    assert_string_equal(names_found(f, "[ab]?*.csv"), "a10.csv");
    assert_string_equal(names_found(f, "[x]*.csv"), "[x]*.csv");     /* it is there as it is */
    assert_string_equal(names_found(f, "nosuch.csv"), "nosuch.csv"); /* no pattern: reading says what is wrong */
}

static void what_no_file_matches_is_an_error(void **state)
{
    struct fixture *f = *state;
    const char *given = in_folder(f, "*.csv"), *twice[2], *linked[2];
    dki_paths paths = { .n = 7 };
    char link[256];

    assert_fails(dki_paths_find(f->context, &given, 1, &paths, &f->err), &f->err, DK_ERR_IO, "no file matches");
    assert_string_equal(f->err.file, given);
    given = "/nosuch-folder-of-dekking/*.csv";
    assert_fails(dki_paths_find(f->context, &given, 1, &paths, &f->err), &f->err, DK_ERR_IO, "no file matches");
    assert_fails(dki_paths_find(f->context, NULL, 0, &paths, &f->err), &f->err, DK_ERR_ARGUMENT,
                 "there is no file to read");
    twice[0] = write_file(f, "a.csv", "a\n");
    twice[1] = in_folder(f, "*.csv");
    assert_fails(dki_paths_find(f->context, twice, 2, &paths, &f->err), &f->err, DK_ERR_DUPLICATE,
                 "this file is named twice (the other time as ");
    snprintf(link, sizeof link, "%s/link.csv", f->folder);
    assert_int_equal(symlink(twice[0], link), 0);
    linked[0] = twice[0];
    linked[1] = link;
    assert_fails(dki_paths_find(f->context, linked, 2, &paths, &f->err), &f->err, DK_ERR_DUPLICATE, "a.csv");
    linked[0] = linked[1] = "-";
    assert_fails(dki_paths_find(f->context, linked, 2, &paths, &f->err), &f->err, DK_ERR_DUPLICATE, "named twice");
    assert_int_equal(paths.n, 7);
}

static void a_folder_that_cannot_be_read_is_not_left_out(void **state)
{
    struct fixture *f = *state;
    const char *given = in_folder(f, "sub*/*.csv");
    char sub[256];
    dki_paths paths;
    pid_t child;
    int status;

    snprintf(sub, sizeof sub, "%s/sub", f->folder);
    assert_int_equal(mkdir(sub, 0), 0);
    if (geteuid() != 0) {
        assert_fails(dki_paths_find(f->context, &given, 1, &paths, &f->err), &f->err, DK_ERR_IO,
                     "cannot be looked into");
        return;
    }
    child = fork();
    if (child == 0) { /* root may look into anything */
        dk_error err = DK_ERROR_INIT;
        _exit(setuid(NOBODY) == 0 && dki_paths_find(f->context, &given, 1, &paths, &err) == DK_ERR_IO &&
                      strstr(err.message, "cannot be looked into")
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static const dk_table *get(struct fixture *f, const char *const *paths, size_t n, const dk_csv_options *o,
                           const dk_table **rejected)
{
    const dk_table *t = NULL;

    assert_ok(dk_read_csv_files(f->context, paths, n, o, &t, rejected, &f->err), &f->err);
    return t;
}

static void expect_column(const dk_table *t, const char *name, dk_type type, const char *values)
{
    char out[1024] = "";
    size_t used = 0, i = dk_table_find(t, name);
    dk_error err = DK_ERROR_INIT;

    assert_true(i != DK_NO_COLUMN);
    assert_int_equal(dk_column_type(dk_table_field(t, i)->column), type);
    for (uint64_t row = 0; row < dk_table_n_rows(t); row++) {
        dk_value value;
        char text[256] = "~";

        assert_ok(dk_column_get(dk_table_field(t, i)->column, row, &value, &err), &err);
        if (!value.is_null)
            dk_value_format(&value, text, sizeof text);
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%s", row ? "|" : "", text);
    }
    assert_string_equal(out, values);
}

static bool has_note(const dk_table *t, const char *part)
{
    for (size_t i = 0; i < dk_table_n_notes(t); i++)
        if (strstr(dk_table_note(t, i), part))
            return true;
    return false;
}

static void types_are_those_of_all_files(void **state)
{
    struct fixture *f = *state;
    const char *paths[3];
    const dk_table *t;

    paths[0] = write_file(f, "1.csv", "g;n;d;x\nArnhem;1;2024-01-01;\n");
    paths[1] = write_file(f, "2.csv", "x;d;n;g\n7;2024-01-01T10:00;1,25;Ede\n");
    paths[2] = write_file(f, "3.csv", "g;n;d;x\n");
    t = get(f, paths, 3, NULL, NULL);
    expect_column(t, "g", DK_CATEGORY, "Arnhem|Ede");
    expect_column(t, "n", DK_DECIMAL, "1.00|1.25");
    expect_column(t, "d", DK_TIMESTAMP, "2024-01-01T00:00:00|2024-01-01T10:00:00");
    expect_column(t, "x", DK_INTEGER, "~|7");
    assert_non_null(strstr(dk_table_properties(t)->source, "2.csv"));
    assert_true(has_note(t, "read from 3 files"));
    assert_true(has_note(t, "2.csv: read as UTF-8, delimiter semicolon, decimal comma as in column \"n\""));
    dk_table_release(t);

    paths[1] = write_file(f, "2.csv", "g;n;d;x\nEde;veel;;\n");
    t = NULL;
    assert_fails(dk_read_csv_files(f->context, paths, 2, NULL, &t, NULL, &f->err), &f->err, DK_ERR_TYPE, "1.csv");
    assert_non_null(strstr(f->err.message, "2.csv"));
    paths[1] = write_file(f, "2.csv", "g;n;d\nEde;1;\n");
    assert_fails(dk_read_csv_files(f->context, paths, 2, NULL, &t, NULL, &f->err), &f->err, DK_ERR_NAME, "2.csv");
    paths[1] = write_file(f, "2.csv", "g;n\nEde\n");
    assert_fails(dk_read_csv_files(f->context, paths, 2, NULL, &t, NULL, &f->err), &f->err, DK_ERR_DATA, "1 field");
    assert_null(t);
}

static void what_one_file_leaves_open_the_others_decide(void **state)
{
    struct fixture *f = *state;
    const char *paths[3];
    const dk_table *t;

    paths[0] = write_file(f, "1.csv", "n;d\n1.758;01-02-2024\n");
    paths[1] = write_file(f, "2.csv", "n;d\n12,5;31-12-2024\n");
    paths[2] = write_file(f, "3.csv", "n;d\n5;\n");
    t = get(f, paths, 3, NULL, NULL);
    expect_column(t, "n", DK_DECIMAL, "1758.0|12.5|5.0");
    expect_column(t, "d", DK_DATE, "2024-02-01|2024-12-31|~");
    assert_true(has_note(t, "1.csv: its decimal mark is that of "));
    assert_true(has_note(t, "1.csv: its order of dates is that of "));
    dk_table_release(t);

    write_file(f, "2.csv", "n;d\n12.5;12-31-2024\n");
    t = get(f, paths, 3, NULL, NULL);
    expect_column(t, "n", DK_DECIMAL, "1.758|12.500|5.000");
    expect_column(t, "d", DK_DATE, "2024-01-02|2024-12-31|~");
    dk_table_release(t);
}

static void each_may_decide_what_the_other_leaves_open(void **state)
{
    struct fixture *f = *state;
    const char *paths[2];
    const dk_table *t;

    paths[0] = write_file(f, "1.csv", "n;d\n1.758;31-12-2024\n");
    paths[1] = write_file(f, "2.csv", "n;d\n12,5;01-02-2024\n");
    t = get(f, paths, 2, NULL, NULL);
    expect_column(t, "n", DK_DECIMAL, "1758.0|12.5");
    expect_column(t, "d", DK_DATE, "2024-12-31|2024-02-01");
    dk_table_release(t);
}

static void what_they_do_not_decide_stays_an_error(void **state)
{
    struct fixture *f = *state;
    const char *paths[3];
    const dk_table *t = NULL;

    paths[0] = write_file(f, "1.csv", "n;d\n1.758;\n");
    paths[1] = write_file(f, "2.csv", "n;d\n12;31-12-2024\n"); /* nothing that says what a dot is */
    paths[2] = write_file(f, "3.csv", "n;d\n5;\n");
    assert_fails(dk_read_csv_files(f->context, paths, 3, NULL, &t, NULL, &f->err), &f->err, DK_ERR_DATA,
                 "two ways");
    assert_non_null(strstr(f->err.file, "1.csv"));
    assert_int_equal(f->err.line, 2);
    write_file(f, "2.csv", "n;d\n12,5;\n");
    write_file(f, "3.csv", "n;d\n12.5;\n"); /* they contradict each other */
    assert_fails(dk_read_csv_files(f->context, paths, 3, NULL, &t, NULL, &f->err), &f->err, DK_ERR_DATA,
                 "two ways");
    write_file(f, "1.csv", "n;d\n5;01-02-2024\n");
    assert_fails(dk_read_csv_files(f->context, paths, 3, NULL, &t, NULL, &f->err), &f->err, DK_ERR_DATA,
                 "day first");
    /* a file that contradicts itself is not helped by others */
    write_file(f, "1.csv", "n;d;x;y\n1.758;;12,5;12.5\n");
    assert_fails(dk_read_csv_files(f->context, paths, 1, NULL, &t, NULL, &f->err), &f->err, DK_ERR_DATA,
                 "contradict");
    assert_fails(dk_read_csv_files(f->context, paths, 2, NULL, &t, NULL, &f->err), &f->err, DK_ERR_DATA,
                 "contradict");
    assert_null(t);
}

static void rejects_name_their_file(void **state)
{
    const dk_csv_options lenient = { .lenient = true };
    struct fixture *f = *state;
    const char *paths[2];
    const dk_table *t, *rejected = NULL;

    paths[0] = write_file(f, "1.csv", "a;b\n1;2\n3\n");
    paths[1] = write_file(f, "2.csv", "a;b\n4;5;6\n7;8\n9\n");
    t = get(f, paths, 2, &lenient, &rejected);
    expect_column(t, "a", DK_INTEGER, "1|7");
    expect_column(rejected, "line", DK_INTEGER, "3|2|4");
    assert_string_equal(dk_table_field(rejected, 5)->name, "file");
    assert_int_equal(dk_table_n_columns(rejected), 6);
    assert_int_equal(dk_table_n_rows(rejected), 3);
    dk_table_release(t);
    dk_table_release(rejected);
    rejected = NULL;
    t = get(f, paths, 1, &lenient, &rejected);
    assert_int_equal(dk_table_n_columns(rejected), 5);
    dk_table_release(t);
    dk_table_release(rejected);
}

static void survives_failing_memory(void **state)
{
    const dk_csv_options lenient = { .lenient = true };
    struct fixture *f = *state;
    const dk_table *t = NULL, *rejected = NULL;
    const char *pattern = in_folder(f, "*.csv");

    dk_set_threads(1);
    write_file(f, "1.csv", "a;b\n1.758;2\n3\n");
    write_file(f, "2.csv", "a;b\n12,5;6\n");
    assert_survives_failing_memory(
        f->context, dk_read_csv_files(f->context, &pattern, 1, &lenient, &t, &rejected, &f->err), &f->err,
        t == NULL && rejected == NULL, (dk_table_release(t), dk_table_release(rejected)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pattern_gives_its_files_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_no_file_matches_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_read_is_not_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(types_are_those_of_all_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_one_file_leaves_open_the_others_decide, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_may_decide_what_the_other_leaves_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_they_do_not_decide_stays_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rejects_name_their_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
