/* test_merge.c - what blocks hold together: levels in the order of the file, and none that only dropped rows had. */
#include "check.h"

#include "read/merge.h"

#include "with_context.h"

static dk_csv_options csv;
static const dk_csv_column *const not_stated[2] = { NULL, NULL };

/* Rows of two columns, in blocks of two rows. */
static void collect(const char *text, dki_collected *out)
{
    dki_source source;
    dk_error err = DK_ERROR_INIT;
    dki_collect_options options = { .dialect = { .delimiter = ';', .quote = '"' },
                                    .csv = &csv,
                                    .stated = not_stated,
                                    .n_columns = 2,
                                    .max_field_bytes = 1000,
                                    .line = 2,
                                    .record_bytes = 4 };

    dk_context_set_block_rows(context, 2);
    dki_source_of_bytes(text, strlen(text), "x.csv", &source);
    dki_collecting *collecting = NULL;
    assert_ok(dki_collect_begin(context, &source, &options, out, &collecting, &err), &err);
    assert_ok(dki_collect_run(collecting, &err), &err);
    dki_collect_end(collecting);
}

static void expect_levels(const dki_collected *c, size_t column, const char *expected)
{
    char text[256] = "";
    dki_levels levels;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_levels_find(c, column, &levels, &err), &err);
    for (size_t i = 0; i < levels.map.n; i++) {
        size_t size;
        const char *bytes = dki_text_map_get(&levels.map, (uint32_t)i, &size);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s@%llu", i ? " " : "", (int)size, bytes,
                 (unsigned long long)levels.first_rows[i]);
    }
    if (!levels.is_known)
        strcpy(text, "unknown");
    dki_levels_drop(&levels);
    assert_string_equal(text, expected);
}

static void expect_fields(const dki_collected *c, size_t column, const char *expected)
{
    char text[256] = "";

    for (uint64_t row = 0; row < c->n_rows; row++) {
        const char *bytes;
        size_t size;
        if (row > 0)
            strcat(text, "|");
        if (dki_collected_get(c, column, row, &bytes, &size))
            strncat(text, bytes, size);
        else
            strcat(text, "~");
    }
    assert_string_equal(text, expected);
}

static const char rows[] = "c;1\nb;2\na;1\nc;\n;\"\"\nd;3\nb;2\ne;4\n";

static void levels_are_in_the_order_of_the_file_for_any_number_of_threads(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        dki_collected c;
        dk_set_threads(threads);
        collect(rows, &c);
        assert_int_equal(c.n_rows, 8);
        assert_int_equal(c.n_blocks, 4);
        assert_false(c.has_odd);
        expect_levels(&c, 0, "c@0 b@1 a@2 d@5 e@7");
        expect_levels(&c, 1, "1@0 2@1 @4 3@5 4@7");
        expect_fields(&c, 0, "c|b|a|c|~|d|b|e");
        expect_fields(&c, 1, "1|2|1|~||3|2|4");
        dki_collected_drop(&c);
        dki_collected_drop(&c);
    }
}

/* Of a file with many blocks the values of the first one have the same numbers in every thread's set, whether it meets them
 * again or not. */
static void values_of_the_first_block_are_shared(void **state)
{
    char text[1024] = "c;1\nb;\"\"\n";

    (void)state;
    for (unsigned i = 0; i < 100; i++)
        strcat(text, i == 50 ? "a;1\n" : i % 3 ? "b;2\n" : ";1\n");
    for (unsigned threads = 1; threads <= 4; threads++) {
        dki_collected c;
        dk_set_threads(threads);
        collect(text, &c);
        assert_int_equal(c.n_rows, 102);
        assert_int_equal(c.n_sets, threads);
        for (unsigned set = 0; set < threads; set++) {
            const dki_values *v = dki_values_of(&c, set, 0);
            assert_true(v->n >= 2);
            assert_memory_equal(v->entries[0].bytes, "c", 1);
            assert_memory_equal(v->entries[1].bytes, "b", 1);
            assert_int_equal(dki_values_of(&c, set, 1)->entries[1].size, 0);
        }
        expect_levels(&c, 0, "c@0 b@1 a@52");
        expect_levels(&c, 1, "1@0 @1 2@3");
        dki_collected_drop(&c);
    }
}

/* Leniently, records that are no rows are left out where they stand: rows and the first rows of values are numbered without
 * them, whichever thread met them. */
static void odd_records_are_left_out_where_they_stand(void **state)
{
    static const char text[] = "c;1\n\nb;2\nx\na;1;1\nc;\nq\"q;9\n;\"\"\n\n\nd;3\n1;2;3\n";
    static const dki_odd_span told[] = {
        { .offset = 4, .size = 1, .line = 3 },   { .offset = 9, .size = 2, .line = 5 },
        { .offset = 11, .size = 6, .line = 6 },  { .offset = 20, .size = 6, .line = 8 },
        { .offset = 30, .size = 1, .line = 10 }, { .offset = 31, .size = 1, .line = 11 },
        { .offset = 36, .size = 6, .line = 13 },
    };
    enum { TOLD = sizeof told / sizeof *told };

    (void)state;
    csv.lenient = true;
    for (unsigned threads = 1; threads <= 4; threads++) {
        dki_collected c;
        dk_set_threads(threads);
        collect(text, &c);
        assert_int_equal(c.n_rows, 5);
        assert_false(c.has_odd);
        expect_levels(&c, 0, "c@0 b@1 d@4");
        expect_levels(&c, 1, "1@0 2@1 @3 3@4");
        expect_fields(&c, 0, "c|b|c|~|d");
        assert_int_equal(c.n_odd, TOLD);
        for (size_t i = 0; i < c.n_odd; i++) {
            assert_int_equal(c.odd[i].offset, told[i].offset);
            assert_int_equal(c.odd[i].size, told[i].size);
            assert_int_equal(c.odd[i].line, told[i].line);
        }
        dki_collected_drop(&c);
    }
    csv.lenient = false;
}

static void the_first_odd_record_ends_the_collecting(void **state)
{
    static const struct {
        const char *text;
        uint64_t n_rows, offset, line;
    } cases[] = {
        { "a;1\nb;2\nc\nd;3\n", 2, 8, 4 },      { "a;1\n\"b\nb\";2\nc\nd;3\n", 2, 12, 5 },
        { "a;1\nb;x\"\nd;3\n", 1, 4, 3 },       { "a;1;2\nb;2\n", 0, 0, 2 },
        { "a;1\nb;2\nc;3\nd;\"4\n", 3, 12, 5 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dki_collected c;
        collect(cases[i].text, &c);
        assert_true(c.has_odd);
        assert_int_equal(c.n_rows, cases[i].n_rows);
        assert_int_equal(c.offset, cases[i].offset);
        assert_int_equal(c.line, cases[i].line);
        dki_collected_drop(&c);
    }
}

/* A thread may have taken a block that lies behind the first odd record before that was found. */
static void values_of_dropped_rows_are_no_levels(void **state)
{
    dki_collected c;

    (void)state;
    dk_set_threads(1);
    collect(rows, &c);
    c.n_blocks -= 1; /* as if a record of the last block was odd */
    c.n_rows = 6;
    expect_levels(&c, 0, "c@0 b@1 a@2 d@5");
    expect_levels(&c, 1, "1@0 2@1 @4 3@5");
    c.n_blocks += 1;
    dki_collected_drop(&c);
}

/* Values that only dropped rows had may have made a column text. */
static void a_column_is_coded_after_all(void **state)
{
    dki_collected c;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    collect(rows, &c);
    atomic_store(&c.is_plain[0], true);
    expect_levels(&c, 0, "unknown");
    assert_ok(dki_collected_settle(&c, &err), &err); /* not where nothing was dropped */
    expect_levels(&c, 0, "unknown");
    c.has_odd = true;
    assert_ok(dki_collected_settle(&c, &err), &err);
    expect_levels(&c, 0, "c@0 b@1 a@2 d@5 e@7");
    expect_fields(&c, 0, "c|b|a|c|~|d|b|e");
    expect_levels(&c, 1, "1@0 2@1 @4 3@5 4@7");
    dki_collected_drop(&c);
}

static void profiles_say_what_the_plain_path_says(void **state)
{
    dki_collected c;
    dki_levels levels;
    dki_profile profile;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    collect("x;1\n1,5;1\n;1\n1.758;1\n\"\";1\n1,5;1\n", &c);
    assert_ok(dki_levels_find(&c, 0, &levels, &err), &err);
    assert_ok(dki_collected_profile(&c, 0, &levels, NULL, &profile, &err), &err);
    assert_int_equal(profile.n_values, 4);
    assert_int_equal(profile.n_empty, 1);
    assert_int_equal(profile.n_different, 4);
    assert_int_equal(profile.n_read[DKI_READ_NUMBER + DKI_COMMA], 3);
    assert_int_equal(profile.n_read[DKI_READ_NUMBER + DKI_POINT], 1);
    assert_int_equal(profile.misfit[DKI_READ_NUMBER + DKI_COMMA], 0);
    assert_int_equal(profile.dot_row, 3);
    assert_int_equal(profile.scale[DKI_COMMA], 1);
    dki_levels_drop(&levels);
    dki_collected_drop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(levels_are_in_the_order_of_the_file_for_any_number_of_threads, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(values_of_the_first_block_are_shared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_records_are_left_out_where_they_stand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_odd_record_ends_the_collecting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_of_dropped_rows_are_no_levels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_column_is_coded_after_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(profiles_say_what_the_plain_path_says, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
