/* test_csv_faults.c - files that cannot be read: faults with their place, doubts with both readings, options. */
#include "csv_texts.h"

static void structure_faults_tell_where(void **state)
{
    dk_csv_options small = { .max_field_bytes = 4 }, bare = { .header = DK_HEADER_NONE };

    (void)state;
    refuse("gemeente;totaal\nArnhem;2983\nDuiven;249;7\n", NULL, DK_ERR_DATA, "has 3 fields, and the header has 2",
           3, 0, "lenient");
    refuse("a;b\n1;2\n3\n", NULL, DK_ERR_DATA, "has 1 field, and the header has 2", 3, 0, "quotes");
    refuse("1;2\n3\n", &bare, DK_ERR_DATA, "has 1 field, and the first record has 2", 2, 0, "");
    refuse("a;b\n1;2\n   \n", NULL, DK_ERR_DATA,
           "x.csv:3: the record has 1 field, and the header has 2 (the line holds nothing but blanks: empty it, or "
           "take it away)",
           3, 0, "nothing but blanks");
    refuse("Register\na;b\n1;2\n", NULL, DK_ERR_DATA,
           "x.csv:2: the record has 2 fields, and the header has 1 (if the first line is a title, take it away; if "
           "the file has one column, state a delimiter that does not occur in it)",
           2, 0, "title");
    refuse("a;b\n\"x\ny\";1\nz;\"q\n", NULL, DK_ERR_DATA, "never closed: \"\"q\"", 4, 2, "close the quote");
    refuse("a;b\nx\"y;1\n", NULL, DK_ERR_DATA, "inside a field", 2, 1, "twice");
    refuse("a;b\n\"x\" ;1\n", NULL, DK_ERR_DATA, "blank follows", 2, 1, "take the blank away");
    refuse("a;b\nabcde;1\n", &small, DK_ERR_LIMIT, "longer than the limit", 2, 1, "raise the limit");
    refuse("a;b,c\n1;2,3\n", NULL, DK_ERR_DATA,
           "x.csv: the delimiter can be a semicolon or a comma: both cut the first records equally well (state it: "
           "delimiter = \";\" or delimiter = \",\")",
           0, 0, "delimiter");
}

static void nul_bytes_are_refused(void **state)
{
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_read_csv_bytes(context, "a;b\n1;\0\n", 8, "x.csv", NULL, &t, NULL, &err), &err, DK_ERR_DATA,
                 "NUL");
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 2);
    assert_null(t);
}

static void headers_are_checked(void **state)
{
    (void)state;
    refuse("a;;c;\n1;2;3;4\n", NULL, DK_ERR_DATA,
           "x.csv:1:2: the header has no name for fields 2, 4 (complete the header, or give the names of all 4 "
           "fields: names = { ... })",
           1, 2, "names = ");
    refuse("a;\"\"\n1;2\n", NULL, DK_ERR_DATA, "no name for field 2", 1, 2, "names = ");
    refuse("a;b;a\n1;2;3\n", NULL, DK_ERR_DUPLICATE,
           "x.csv:1:3: fields 1 and 3 have the same name \"a\" (rename one of them, or give the names of all 3 "
           "fields: names = { ... })",
           1, 3, "rename");
    refuse("a\"b;c\n1;2\n", NULL, DK_ERR_DATA, "inside a field", 1, 1, "twice");
}

static void what_can_be_read_two_ways_is_refused_with_both_readings(void **state)
{
    (void)state;
    refuse("gemeente;totaal\nArnhem;1.758\nZevenaar;2.983\n", NULL, DK_ERR_DATA,
           "column \"totaal\" can be read in two ways: \"1.758\" is 1758 (a dot between thousands) or 1.758 (a "
           "decimal point)",
           2, 2, "types = { totaal = \"integer\" } for 1758, types = { totaal = \"decimal\" } for 1.758");
    refuse("in Sonar;x\n-1,758;1\n", NULL, DK_ERR_DATA,
           "\"-1,758\" is -1758 (a comma between thousands) or -1.758 (a decimal comma)", 2, 1,
           "types = { [\"in Sonar\"] = \"integer\" } for -1758");
    refuse("a;b\nx;01-02-2024\n", NULL, DK_ERR_DATA,
           "x.csv:2:2: column \"b\" can be read in two ways: \"01-02-2024\" is 2024-02-01 (day first) or "
           "2024-01-02 (month first), and nothing in the file decides (state the order: dates = \"dmy\" or dates = "
           "\"mdy\"; or types = { b = \"text\" } to keep it as it is)",
           2, 2, "dates = \"dmy\" or dates = \"mdy\"");
    refuse("a;b;c\n1.758;12,5;12.5\n", NULL, DK_ERR_DATA, "columns 2 and 3 contradict each other", 2, 1,
           "decimal = ");
}

static void the_hint_resolves_the_doubt(void **state)
{
    dk_csv_column column = { .name = "totaal", .type = DK_INTEGER };
    dk_csv_options o = { .columns = &column, .n_columns = 1 }, mark = { .decimal_mark = DK_MARK_COMMA };
    const dk_table *t = get("totaal;x\n1.758;1\n", &o);

    (void)state;
    expect_column(t, 0, "totaal", DK_INTEGER, "1758");
    dk_table_release(t);
    column.type = DK_DECIMAL;
    t = get("totaal;x\n1.758;1\n", &o);
    expect_column(t, 0, "totaal", DK_DECIMAL, "1.758");
    dk_table_release(t);
    t = get("totaal;x\n1.758;1\n", &mark);
    expect_column(t, 0, "totaal", DK_INTEGER, "1758");
    dk_table_release(t);
    mark = (dk_csv_options){ .date_order = DK_DATES_DMY };
    t = get("a;b\nx;01-02-2024\n", &mark);
    expect_column(t, 1, "b", DK_DATE, "2024-02-01");
    dk_table_release(t);
}

static void bad_values_in_typed_columns_tell_where(void **state)
{
    dk_csv_column columns[] = { { .name = "totaal", .type = DK_INTEGER }, { .name = "naam", .type = DK_TEXT } };
    dk_csv_options o = { .columns = columns, .n_columns = 1 };

    (void)state;
    refuse("gemeente;totaal\nArnhem;2983\n\"Dui\nven\";1\nRheden;veel\nx;meer\n", &o, DK_ERR_DATA,
           "\"veel\" in column \"totaal\" is no integer", 5, 2, "nulls = { \"veel\" }");
    o.n_columns = 2;
    refuse("gemeente;totaal\nArnhem;1\n", &o, DK_ERR_NAME,
           "x.csv: a type is stated for column \"naam\", which the file does not have (its first column is "
           "\"gemeente\")",
           0, 0, "");
    columns[1].name = "gemente";
    refuse("gemeente;totaal\nArnhem;1\n", &o, DK_ERR_NAME, "\"gemente\"", 0, 0, "did you mean \"gemeente\"");
}

static void empty_files_say_so(void **state)
{
    dk_csv_options o = { .header = DK_HEADER_NONE, .lenient = true };

    (void)state;
    refuse("", NULL, DK_ERR_DATA, "is empty", 0, 0, "");
    refuse("\xEF\xBB\xBF", NULL, DK_ERR_DATA, "is empty", 0, 0, "");
    refuse("\n\r\n\r", NULL, DK_ERR_DATA, "is empty", 0, 0, "");
    refuse("\"", &o, DK_ERR_DATA, "no record of the file can be read", 0, 0, "");
    refuse("\x01\x02\x03\x04", NULL, DK_ERR_DATA,
           "x.csv: the file is binary, not text: it holds control characters (the first at byte 1) (a CSV file is "
           "plain text: save the table as CSV in UTF-8)",
           0, 0, "");
    refuse("\xFF\xFE"
           "a",
           NULL, DK_ERR_ENCODING,
           "x.csv:1: the file has an odd number of bytes, so that it is no whole text in UTF-16 (its end is "
           "missing, or it is something else: save it anew, as UTF-8)",
           1, 0, "save it anew");
}

static void options_are_checked(void **state)
{
    dk_csv_column twice[] = { { .name = "a", .type = DK_TEXT }, { .name = "a", .type = DK_INTEGER } };
    dk_csv_column ratio = { .name = "a", .type = DK_RATIO },
                  wide = { .name = "a", .type = DK_DECIMAL, .scale = 19, .has_scale = true },
                  unknown = { .name = "a", .type = DK_N_TYPES }, nameless = { .type = DK_TEXT },
                  open = { .name = "a", .type = DK_PERIOD },
                  week = { .name = "a", .type = DK_PERIOD, .scale = DK_N_FREQUENCIES, .has_scale = true };
    const char *names[] = { "a", "" }, *none[] = { NULL };
    const struct {
        dk_csv_options options;
        dk_status code;
        const char *part;
    } cases[] = {
        { { .delimiter = '\n' },
          DK_ERR_ARGUMENT,
          "the delimiter and the quote are one ASCII character each, and no line end" },
        { { .delimiter = (char)0xE9 },
          DK_ERR_ARGUMENT,
          "the delimiter and the quote are one ASCII character each, and no line end" },
        { { .delimiter = '"' }, DK_ERR_ARGUMENT, "the delimiter and the quote are the same character" },
        { { .names = names, .n_names = 2 }, DK_ERR_ARGUMENT, "name 2 of the columns is empty" },
        { { .nulls = none, .n_nulls = 1 }, DK_ERR_ARGUMENT, "null marker 1" },
        { { .columns = twice, .n_columns = 2 }, DK_ERR_DUPLICATE, "two types are stated for column \"a\"" },
        { { .columns = &ratio, .n_columns = 1 }, DK_ERR_ARGUMENT, "column \"a\" cannot be read as ratio" },
        { { .columns = &unknown, .n_columns = 1 },
          DK_ERR_ARGUMENT,
          "column \"a\" cannot be read as a type that does not exist" },
        { { .columns = &nameless, .n_columns = 1 }, DK_ERR_ARGUMENT, "column 1 with a stated type has no name" },
        { { .columns = &wide, .n_columns = 1 }, DK_ERR_ARGUMENT, "19 digits" },
        { { .columns = &open, .n_columns = 1 },
          DK_ERR_ARGUMENT,
          "column \"a\" is a period, and is not said to be a year, a quarter or a month" },
        { { .columns = &week, .n_columns = 1 },
          DK_ERR_ARGUMENT,
          "column \"a\" is a period, and is not said to be a year, a quarter or a month" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_table *t = NULL;
        dk_error err = DK_ERROR_INIT;
        assert_fails(read_text("a;b\n1;2\n", &cases[i].options, &t, NULL, &err), &err, cases[i].code,
                     cases[i].part);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(structure_faults_tell_where), TEST(nul_bytes_are_refused),
        TEST(headers_are_checked),         TEST(what_can_be_read_two_ways_is_refused_with_both_readings),
        TEST(the_hint_resolves_the_doubt), TEST(bad_values_in_typed_columns_tell_where),
        TEST(empty_files_say_so),          TEST(options_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
