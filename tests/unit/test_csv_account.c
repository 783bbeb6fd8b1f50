/* test_csv_account.c - nothing is lost: rows and rejected records together are the records of the file, whatever the file, the
 * path, the threads, the packing, and the number of files; and it is said.
 *
 * Files are generated record by record, so that the right count is known without reading: a faulty record is one record, as long
 * as no line end stands in it.
 */
#include <dekking/csv.h>
#include <zlib.h>

#include "files.h"

#include "both_paths.h"
#include "random.h"

#define MOST_BYTES (1 << 22)

typedef struct made {
    char *text;
    size_t size;
    uint64_t n_good, n_bad;
    uint64_t first_bad; /* its line */
} made;

DK_PRINTF(2, 3) static void add(made *m, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    m->size += (size_t)vsnprintf(m->text + m->size, MOST_BYTES - m->size, format, args);
    va_end(args);
    assert_true(m->size + 1000 < MOST_BYTES);
}

/* n records of three fields, the second an integer; one of so many is faulty (0: none). */
static made make_file(int n, unsigned one_in, const char *line_end)
{
    made m = { .text = malloc(MOST_BYTES) };
    uint64_t line = 2;

    assert_non_null(m.text);
    add(&m, "naam;n;tekst%s", line_end);
    for (int i = 0; i < n; i++) {
        bool bad = one_in > 0 && random_below(one_in) == 0;

        if (bad && m.n_bad++ == 0)
            m.first_bad = line;
        m.n_good += !bad;
        switch (bad ? random_below(7) : 10 + random_below(5)) {
        case 0: add(&m, "%d;1%s", i, line_end); break;        /* too few fields */
        case 1: add(&m, "%d;1;a;b%s", i, line_end); break;    /* too many */
        case 2: add(&m, "%d;1;a\"b%s", i, line_end); break;   /* a quote within */
        case 3: add(&m, "%d;1;\"a\"b%s", i, line_end); break; /* something behind it */
        case 4: add(&m, "%d;veel;a%s", i, line_end); break;   /* no integer */
        case 5: add(&m, "%d;1,5;a%s", i, line_end); break;    /* no integer either */
        case 6: add(&m, "   %s", line_end); break;            /* blanks are one field */
        case 10: add(&m, "%d;%d;%c%s", i, i, 'a' + i % 5, line_end); break;
        case 11: add(&m, ";;%s", line_end); break; /* all null, and yet a record */
        case 12: add(&m, "\"a;\"\"b\";7;\"\"%s", line_end); break;
        case 13: /* a line end in a good record */
            add(&m, "%d;3;\"two%slines\"%s", i, line_end, line_end);
            line++;
            break;
        default: /* a blank line is no record */ add(&m, "%s%d;9;x%s", line_end, i, line_end); line++;
        }
        line++;
    }
    return m;
}

static dk_csv_column integer = { .name = "n", .type = DK_INTEGER };

static void assert_adds_up(const dk_table *table, const dk_table *rejected, uint64_t n_good, uint64_t n_bad,
                           const char *in)
{
    char note[300];

    assert_int_equal(dk_table_n_rows(table), n_good);
    assert_int_equal(dk_table_n_rows(rejected), n_bad);
    snprintf(note, sizeof note, "%llu record%s in %s: %llu read, %llu rejected",
             (unsigned long long)(n_good + n_bad), n_good + n_bad == 1 ? "" : "s", in, (unsigned long long)n_good,
             (unsigned long long)n_bad);
    assert_int_equal(dk_table_n_notes(rejected) >= 1, 1);
    assert_string_equal(dk_table_note(rejected, 0), note);
    if (n_bad > 0) {
        snprintf(note, sizeof note, "%llu of %llu records rejected", (unsigned long long)n_bad,
                 (unsigned long long)(n_good + n_bad));
        assert_true(dk_table_n_notes(table) >= 1);
        if (strcmp(in, "\"x.csv\"") == 0)
            assert_non_null(strstr(dk_table_note(table, 0), note));
    }
}

static void both_paths_count_every_record(void **state)
{
    static const char *const line_ends[] = { "\n", "\r\n", "\r" };
    struct fixture *f = *state;

    for (int round = 0; round < (int)watched(60, 46, 41); round++) {
        int n = round < 40 ? 1 + (int)random_below(60) : 20000 + (int)random_below(30000);
        unsigned one_in = (unsigned[]){ 0, 2, 5, 50, 10000 }[round % 5];
        made m = make_file(n, one_in, line_ends[round % 3]);
        dk_csv_options o = { .delimiter = ';', .columns = &integer, .n_columns = 1, .lenient = true };

        for (unsigned threads = 1; threads <= 3; threads += 2)
            for (int plainly = 0; plainly < 2; plainly++) {
                both_reading r;

                dk_set_threads(threads);
                both_read(f->context, m.text, m.size, &o, plainly, &r);
                if (r.status != DK_OK)
                    fail_msg("round %d: %s:%llu: %s", round, r.err.file, (unsigned long long)r.err.line,
                             r.err.message);
                assert_adds_up(r.table, r.rejected, m.n_good, m.n_bad, "\"x.csv\"");
                both_drop(&r);
            }
        free(m.text);
    }
}

static void a_strict_reading_stops_at_the_first_fault_or_has_every_record(void **state)
{
    struct fixture *f = *state;

    for (int round = 0; round < 40; round++) {
        made m = make_file(1 + (int)random_below(3000), round % 2 ? 0 : 100, "\n");
        dk_csv_options o = { .delimiter = ';', .columns = &integer, .n_columns = 1 };
        both_reading r;

        both_read(f->context, m.text, m.size, &o, round % 4 < 2, &r);
        if (m.n_bad == 0) {
            assert_int_equal(r.status, DK_OK);
            assert_adds_up(r.table, r.rejected, m.n_good, 0, "\"x.csv\"");
        } else {
            assert_int_equal(r.status, DK_ERR_DATA);
            /* Faults of records come before values that do not fit, wherever these stand. */
            assert_true(r.err.line >= m.first_bad);
            assert_null(r.table);
            assert_null(r.rejected);
        }
        both_drop(&r);
        free(m.text);
    }
}

/* A quote that is not closed takes the rest of the file along, as one record. */
static void an_open_quote_is_one_record(void **state)
{
    struct fixture *f = *state;

    for (int plainly = 0; plainly < 2; plainly++) {
        made m = make_file(20000, 1000, "\n");
        dk_csv_options o = { .delimiter = ';', .columns = &integer, .n_columns = 1, .lenient = true };
        both_reading r;

        add(&m, "z;1;\"open\n1;2;3\n4;5;6\n");
        both_read(f->context, m.text, m.size, &o, plainly, &r);
        assert_int_equal(r.status, DK_OK);
        assert_adds_up(r.table, r.rejected, m.n_good, m.n_bad + 1, "\"x.csv\"");
        both_drop(&r);
        free(m.text);
    }
}

static void write_packed(const char *path, const made *m)
{
    gzFile file = gzopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(gzwrite(file, m->text, (unsigned)m->size), (int)m->size);
    assert_int_equal(gzclose(file), Z_OK);
}

static void write_plain(const char *path, const made *m)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(m->text, 1, m->size, file), m->size);
    assert_int_equal(fclose(file), 0);
}

static void several_files_and_packed_ones_count_every_record(void **state)
{
    struct fixture *f = *state;
    const char *names[] = { "a.csv", "b.csv", "c.csv.gz", "d.csv" };
    char paths[4][1024], note[1200];
    const char *list[4];
    uint64_t n_good = 0, n_bad = 0, bad[4], good[4];
    dk_csv_options o = { .delimiter = ';', .columns = &integer, .n_columns = 1, .lenient = true };
    const dk_table *table = NULL, *rejected = NULL;
    size_t n_notes = 1;

    for (int i = 0; i < 4; i++) {
        made m = make_file(500 + 3000 * i, i == 1 ? 0 : 20, i == 3 ? "\r\n" : "\n");

        strcpy(paths[i], in_folder(f, names[i]));
        list[i] = paths[i];
        if (i == 2)
            write_packed(paths[i], &m);
        else
            write_plain(paths[i], &m);
        n_good += good[i] = m.n_good;
        n_bad += bad[i] = m.n_bad;
        free(m.text);
        assert_ok(dk_read_csv(f->context, paths[i], &o, &table, &rejected, &f->err), &f->err);
        assert_int_equal(dk_table_n_rows(table), good[i]);
        assert_int_equal(dk_table_n_rows(rejected), bad[i]);
        dk_table_release(table);
        dk_table_release(rejected);
        table = rejected = NULL;
    }
    assert_ok(dk_read_csv_files(f->context, list, 4, &o, &table, &rejected, &f->err), &f->err);
    assert_adds_up(table, rejected, n_good, n_bad, "4 files");
    for (int i = 0; i < 4; i++) {
        snprintf(note, sizeof note, "%s: %llu records: %llu read, %llu rejected", paths[i],
                 (unsigned long long)(good[i] + bad[i]), (unsigned long long)good[i], (unsigned long long)bad[i]);
        if (bad[i] > 0)
            assert_string_equal(dk_table_note(rejected, n_notes++), note);
    }
    assert_int_equal(dk_table_n_notes(rejected), n_notes);
    dk_table_release(table);
    dk_table_release(rejected);
}

/* What a cache serves was read whole. */
static void a_cache_says_it_too(void **state)
{
    struct fixture *f = *state;
    made m = make_file(300, 0, "\n");
    dk_csv_options o = { .delimiter = ';', .columns = &integer, .n_columns = 1, .cache = true };
    char note[300];

    write_plain(f->path, &m);
    snprintf(note, sizeof note, "300 records in \"%s\": 300 read, 0 rejected", f->path);
    for (int i = 0; i < 2; i++) {
        const dk_table *table = NULL, *rejected = NULL;

        assert_ok(dk_read_csv(f->context, f->path, &o, &table, &rejected, &f->err), &f->err);
        assert_int_equal(dk_table_n_rows(table), 300);
        assert_string_equal(dk_table_note(rejected, 0), note);
        dk_table_release(table);
        dk_table_release(rejected);
    }
    free(m.text);
}

static void failing_memory_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    const char *text = "a;n;t\n1;2;3\nx\n2;veel;3\n";
    dk_csv_options o = { .columns = &integer, .n_columns = 1, .lenient = true };
    const dk_table *table = NULL, *rejected = NULL;
    char paths[2][1024];
    const char *list[2] = { paths[0], paths[1] };

    dk_set_threads(1);
    assert_survives_failing_memory(
        f->context, dk_read_csv_bytes(f->context, text, strlen(text), "x.csv", &o, &table, &rejected, &f->err),
        &f->err, table == NULL && rejected == NULL, (dk_table_release(table), dk_table_release(rejected)));
    table = rejected = NULL;
    for (int i = 0; i < 2; i++) {
        made m = { .text = (char *)(uintptr_t)text, .size = strlen(text) };

        strcpy(paths[i], in_folder(f, i ? "2.csv" : "1.csv"));
        write_plain(paths[i], &m);
    }
    assert_survives_failing_memory(
        f->context, dk_read_csv_files(f->context, list, 2, &o, &table, &rejected, &f->err), &f->err,
        table == NULL && rejected == NULL, (dk_table_release(table), dk_table_release(rejected)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_paths_count_every_record), TEST(a_strict_reading_stops_at_the_first_fault_or_has_every_record),
        TEST(an_open_quote_is_one_record),   TEST(several_files_and_packed_ones_count_every_record),
        TEST(a_cache_says_it_too),           TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
