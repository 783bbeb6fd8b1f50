/* test_figures.c - lines of a published table into labels and numbers, before any sum is checked. */
#include "check.h"

#include "read/figures.h"

#include "with_context.h"

static dk_status read_size(const char *text, size_t size, dki_figures *out, dk_error *err)
{
    return dki_figures_read(context, text, size, "x.txt", "totaal", NULL, out, err);
}

static dki_figures get(const char *text)
{
    dki_figures f;
    dk_error err = DK_ERROR_INIT;

    assert_ok(read_size(text, strlen(text), &f, &err), &err);
    return f;
}

static void refuse_size(const char *text, size_t size, const char *part, uint64_t line, uint64_t column)
{
    dki_figures f;
    dk_error err = DK_ERROR_INIT;

    assert_fails(read_size(text, size, &f, &err), &err, DK_ERR_DATA, part);
    assert_string_equal(err.file, "x.txt");
    if (err.line != line || err.column != column)
        fail_msg("%s: line %llu, column %llu", err.message, (unsigned long long)err.line,
                 (unsigned long long)err.column);
    dki_figures_drop(&f);
    assert_int_equal(dk_context_used_bytes(context), 0);
}

static void refuse(const char *text, const char *part, uint64_t line, uint64_t column)
{
    refuse_size(text, strlen(text), part, line, column);
}

static void lines_are_labels_and_numbers(void **state)
{
    static const int64_t values[] = { 12, 724, 1758, 2494, 0, 0, 0, 0, 12, 724, 1758, 2494 };
    dki_figures f = get("# a remark\n Arnhem  12 724 1.758 2494\r\n\r  Berg \t en\fDal 0 0 0 0\n\n"
                        "Totaal AMR 12 724 1.758 2.494\n# done\n");

    (void)state;
    assert_int_equal(f.n_lines, 3);
    assert_int_equal(f.n_columns, 4);
    assert_true(f.has_total);
    assert_string_equal(f.lines[0].label, "Arnhem");
    assert_string_equal(f.lines[1].label, "Berg en Dal");
    assert_string_equal(f.lines[2].label, "Totaal AMR");
    assert_int_equal(f.lines[0].line, 2);
    assert_int_equal(f.lines[1].line, 4); /* CR LF is one line end, the CR after it another */
    assert_int_equal(f.lines[2].line, 6);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_int_equal(f.values[i].least, values[i]);
    dki_figures_drop(&f);
    dki_figures_drop(&f);
}

static void the_total_is_a_word_of_its_own(void **state)
{
    dki_figures f = get("Totaalwijk 1\nTOTAAL: 1");

    (void)state;
    assert_int_equal(f.n_lines, 2);
    assert_true(f.has_total);
    assert_string_equal(f.lines[1].label, "TOTAAL:");
    dki_figures_drop(&f);
    f = get("Totaalwijk 1");
    assert_false(f.has_total);
    dki_figures_drop(&f);
}

static void dashes_and_no_break_spaces_stand_between_words(void **state)
{
    dki_figures f = get("Arnhem - Noord 3 -4\nOud\xC2\xA0Zevenaar\xC2\xA0"
                        "5 6\n");

    (void)state;
    assert_string_equal(f.lines[0].label, "Arnhem - Noord");
    assert_string_equal(f.lines[1].label, "Oud Zevenaar");
    assert_int_equal(f.values[0].least, 3);
    assert_int_equal(f.values[1].least, -4);
    assert_int_equal(f.values[3].least, 6);
    dki_figures_drop(&f);
}

static void damaged_lines_tell_their_place(void **state)
{
    (void)state;
    refuse("", "the file is empty", 0, 0);
    refuse("# only a remark\n\n", "the file is empty", 0, 0);
    refuse("totaal 1\n",
           "x.txt: the table has a total and no rows (each line is a label and then numbers, the total comes last)",
           0, 0);
    refuse("a 1 2\n3 4\n",
           "x.txt:2: the line has no label: \"3 4\" (each line is a label and then numbers; put a # before "
           "remarks, and take headings away)",
           2, 0);
    refuse("a 1 2\nb\n", "no numbers: \"b\"", 2, 0);
    refuse("a 1 2\nb 1\n",
           "x.txt:2: the line of \"b\" has 1 number, and the ones before it have 2 (compare the line with the "
           "publication: a figure may be missing, or stand on a line of its own)",
           2, 0);
    refuse("a 1 2\n\na 3 4\n",
           "x.txt:3:1: the label \"a\" stands on line 1 too (a label names one line of the table)", 3, 1);
    refuse("totaal 1\nb 1\n",
           "x.txt:2: a line follows the total: \"b 1\" (keep one table in the file, and put a # before remarks)", 2,
           0);
    refuse("a 1 x\n",
           "x.txt:1:3: \"x\" is no whole number (figures look like 1758 or 1.758, with a dot before each group of "
           "three digits; what is not known cannot be read here)",
           1, 3);
    refuse("a 1\nb 1.32\n", "\"1.32\" is no whole number", 2, 2);
    refuse("a 1,5\n", "\"1,5\" is no whole number", 1, 2);
    refuse("a 1e3\n", "\"1e3\" is no whole number", 1, 2);
    refuse("a 3 -\n", "\"-\" is no whole number", 1, 3);
    refuse("a *\n", "\"*\" is no whole number", 1, 2);
    refuse("a 1234567890123456789\n", "is no whole number", 1, 2);
    refuse_size("a 1\nb\0 2\n", 9, "a NUL byte", 2, 0);
}

static void an_interrupted_reading_stops(void **state)
{
    dki_figures f;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(read_size("a 1\n", 4, &f, &err), &err, DK_ERR_INTERRUPTED, "");
    dki_figures_drop(&f);
}

static dk_status read_and_drop_on_failure(dki_figures *f, dk_error *err)
{
    static const char text[] = "Arnhem 1 2\nDuiven 3 4\ntotaal 4 6\n";
    dk_status status = read_size(text, sizeof text - 1, f, err);

    if (status != DK_OK)
        dki_figures_drop(f);
    return status;
}

static void survives_failing_memory(void **state)
{
    dki_figures f = { .lines = NULL };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, read_and_drop_on_failure(&f, &err), &err, f.lines == NULL,
                                   dki_figures_drop(&f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_are_labels_and_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_total_is_a_word_of_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dashes_and_no_break_spaces_stand_between_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_lines_tell_their_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interrupted_reading_stops, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
