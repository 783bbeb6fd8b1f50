/* test_bars.c - numbers as lengths: bars behind them, on a scale that is said. */
#include "written.h"

#include "with_context.h"

#define BARS(...) \
    .bars = (const char *[]){ __VA_ARGS__ }, .n_bars = sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)

static void expect(const dk_table *table, const dk_write_options *options, const char *shown)
{
    assert_string_equal(written(table, DK_FORMAT_TEXT, options), shown);
    dk_table_release(table);
}

/* Eight columns for 0 to 16: a number that is not zero has an eighth of a column at least, one that is has nothing. */
static void a_bar_is_as_long_as_its_number(void **state)
{
    (void)state;
    expect(make_table(context, "naam:category n:decimal2\na|0\nb|8\nc|16\nd|-\ne|1\nf|0.01\ng|3.5\n"),
           OPTIONS(BARS("n"), .max_width = 21),
           "naam      n\n"
           "─────────────────────\n"
           "a      0.00\n"
           "b      8.00  ████\n"
           "c     16.00  ████████\n"
           "d         –\n"
           "e      1.00  ▌\n"
           "f      0.01  ▏\n"
           "g      3.50  █▊\n"
           "bar of n: 0 to 16.00\n");
}

static void a_bar_takes_what_the_columns_leave(void **state)
{
    (void)state;
    expect(make_table(context, "naam:category n:integer\na|1\n"), OPTIONS(BARS("n"), .max_width = 30),
           "naam  n\n──────────────────────────────\na     1  █████████████████████\nbar of n: 0 to 1\n");
    expect(make_table(context, "naam:category n:integer\na|1\n"), OPTIONS(BARS("n")), /* forty, where all is free */
           "naam  n\n"
           "─────────────────────────────────────────────────\n"
           "a     1  ████████████████████████████████████████\n"
           "bar of n: 0 to 1\n");
    expect(make_table(context, "a:integer b:integer\n1|4\n2|2\n"), OPTIONS(BARS("a", "b"), .max_width = 24),
           "a            b\n"
           "────────────────────────\n"
           "1  ████      4  ████████\n"
           "2  ████████  2  ████\n"
           "bar of a: 0 to 2\n"
           "bar of b: 0 to 4\n");
}

/* A part that does not fit beside another goes below, with its bar. */
static void a_bar_is_folded_with_its_numbers(void **state)
{
    (void)state;
    expect(make_table(context, "naam:category a:integer b:integer\nx|1|4\ny|2|2\n"),
           OPTIONS(BARS("a", "b"), .max_width = 20),
           "naam  a\n"
           "────────────────────\n"
           "x     1  █████▌\n"
           "y     2  ███████████\n"
           "\n"
           "naam  b\n"
           "────────────────────\n"
           "x     4  ███████████\n"
           "y     2  █████▌\n"
           "bar of a: 0 to 2\n"
           "bar of b: 0 to 4\n");
}

static void negative_numbers_stand_left_of_zero(void **state)
{
    (void)state;
    expect(make_table(context, "naam:category n:decimal1\na|-4\nb|4\nc|1\nd|-1\ne|-0.1\nf|0\ng|-\n"),
           OPTIONS(BARS("n"), .max_width = 21),
           "naam     n\n"
           "─────────────────────\n"
           "a     -4.0  ████│\n"
           "b      4.0      │████\n"
           "c      1.0      │█\n"
           "d     -1.0     █│\n"
           "e     -0.1     ▐│\n"
           "f      0.0      │\n"
           "g        –      │\n"
           "bar of n: -4.0 to 4.0\n");
    expect(make_table(context, "n:integer\n-4\n-2\n"), OPTIONS(BARS("n"), .max_width = 13),
           " n\n─────────────\n-4  ████████│\n-2      ████│\nbar of n: -4\nto 0\n");
}

/* Shares of a whole that come to its half or more are seen against the whole; smaller ones beside each other. */
static void percentages_go_to_the_whole(void **state)
{
    (void)state;
    expect(restyled(make_table(context, "n:ratio\n3/4\n1/8\n"), "n", "deel", "0.0 %"),
           OPTIONS(BARS("n"), .max_width = 16),
           "  deel\n────────────────\n75.0 %  ██████\n12.5 %  █\nbar of deel: 0.0\n% to 100.0 %\n");
    expect(restyled(make_table(context, "n:ratio\n1/4\n1/8\n"), "n", NULL, "0.0 %"),
           OPTIONS(BARS("n"), .max_width = 16, .style = DK_STYLE_NL),
           "     n\n────────────────\n25,0 %  ████████\n12,5 %  ████\nbalk van n: 0,0\n% tot 25,0 %\n");
}

static void a_full_bar_can_be_said_and_what_is_more_goes_on(void **state)
{
    (void)state;
    expect(make_table(context, "n:integer\n4\n8\n"), OPTIONS(BARS("n"), .max_width = 11, .full_bar = 4),
           "n\n───────────\n4  ████████\n8  ███████▶\nbar of n: 0\nto 4\n");
    expect(make_table(context, "n:integer\n1\n"), OPTIONS(BARS("n"), .max_width = 11, .full_bar = 2.5),
           "n\n───────────\n1  ███▎\nbar of n: 0\nto 2.5000\n");
}

/* Known up to the least, light up to the greatest; an open side goes on. */
static void bounds_are_light(void **state)
{
    (void)state;
    expect(make_table(context, "naam:category n:interval0\n"
                               "a|8\nb|2..4\nc|0..4~<5~suppressed\nd|3..\ne|..4\nf|-\ng|0\n"),
           OPTIONS(BARS("n"), .max_width = 20),
           "naam     n\n"
           "────────────────────\n"
           "a        8  ████████\n"
           "b     2..4  ██░░\n"
           "c       <5  ░░░░\n"
           "d      3..  ███░░░░▶\n"
           "e      ..4  ░░░░\n"
           "f        –\n"
           "g        0\n"
           "bar of n: 0 to 8\n");
    expect(make_table(context, "n:interval0\n-4..4\n-4..-2\n..-2\n4\n"), OPTIONS(BARS("n"), .max_width = 17),
           "     n\n"
           "─────────────────\n"
           " -4..4  ░░░░│░░░░\n"
           "-4..-2  ░░██│\n"
           "  ..-2  ◀░██│\n"
           "     4      │████\n"
           "bar of n: -4 to 4\n");
}

/* The total of counts would make all others short: it has no bar. One of percentages is on their scale. */
static void totals_stand_apart(void **state)
{
    const dk_table *data = make_table(context, "g:category ja:boolean\na|true\na|false\nb|true\nb|true\n");
    const dk_table *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "n = count()", "deel = (count() where ja) / n" },
                            .margins = DK_MARGINS_TOTALS),
                        data, NULL, &out, &err),
              &err);
    out = restyled(out, "deel", NULL, "0 %");
    expect(out, OPTIONS(BARS("n", "deel"), .max_width = 36),
           "g       n             deel\n"
           "────────────────────────────────────\n"
           "a       2  ████████   50 %  ████\n"
           "b       2  ████████  100 %  ████████\n"
           "────────────────────────────────────\n"
           "totaal  4             75 %  ▒▒▒▒▒▒\n"
           "bar of n: 0 to 2\n"
           "bar of deel: 0 % to 100 %\n");
    dk_table_release(data);
}

/* Where all rows are totals, they are what there is to see. */
static void totals_alone_have_bars(void **state)
{
    const dk_table *table = with_total(context), *last = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_slice(table, 2, 1, &last, &err), &err);
    expect(last, OPTIONS(BARS("som"), .max_width = 23),
           "gemeente  som\n───────────────────────\ntotaal     19  ████████\nbar of som: 0 to 19\n");
    dk_table_release(table);
}

static void bars_of_nothing_are_none(void **state)
{
    (void)state;
    expect(make_table(context, "n:integer\n0\n-\n"), OPTIONS(BARS("n"), .max_width = 20), "n\n─\n0\n–\n");
    expect(make_table(context, "n:integer\n"), OPTIONS(BARS("n"), .max_width = 20), "n\n─\n");
}

static void what_has_no_numbers_has_no_bars(void **state)
{
    const dk_table *table = make_table(context, "gemeente:category n:integer\nArnhem|1\n");
    char *text = NULL;
    size_t size;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(
        dk_write_text(table, DK_FORMAT_TEXT, OPTIONS(BARS("gemeente")), &text, &size, &err), &err, DK_ERR_TYPE,
        "bars are drawn of numbers, and gemeente is category (t:breakdown { by = \"gemeente\", measures = \"n = "
        "count()\" }:bars \"n\" counts)");
    assert_fails(dk_write_text(table, DK_FORMAT_TEXT, OPTIONS(BARS("m")), &text, &size, &err), &err, DK_ERR_NAME,
                 "unknown column \"m\"");
    assert_null(text);
    dk_table_release(table);
}

static const dk_table *quarters(void)
{
    return make_table(context, "g:category q1:integer q2:integer q3:real q4:interval0\n"
                               "a|0|7|14|21\n"
                               "b|5|5|-|5\n"
                               "c|-|-|-|-\n"
                               "d|8|1|2|3..5\n");
}

static void sparklines_have_a_level_for_each_number(void **state)
{
    static const char *const names[] = { "q1", "q2", "q3", "q4" }, *const shown[] = { "g", "s" };
    const dk_table *table = quarters(), *out = NULL, *narrow = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_with_sparks(table, names, 4, "s", false, &out, &err), &err);
    assert_ok(dk_table_select(out, shown, 2, &narrow, &err), &err);
    expect(narrow, NULL, "g  s\n───────\na  ▁▃▆█\nb  ▄▄·▄\nc  ····\nd  █▁▂▄\n");
    dk_table_release(out);
    assert_ok(dk_table_with_sparks(table, names, 4, "s", true, &out, &err), &err);
    assert_ok(dk_table_select(out, shown, 2, &narrow, &err), &err);
    expect(narrow, NULL, "g  s\n───────\na  ▁▃▆█\nb  ▂▂·▂\nc  ····\nd  ▄▁▁▂\n");
    dk_table_release(out);
    out = NULL;
    assert_fails(dk_table_with_sparks(table, names, 4, "q1", true, &out, &err), &err, DK_ERR_DUPLICATE,
                 "there is a column q1 already");
    assert_fails(dk_table_with_sparks(table, shown, 1, "s", true, &out, &err), &err, DK_ERR_TYPE,
                 "sparklines are drawn of numbers, and g is category");
    assert_fails(dk_table_with_sparks(table, shown, 2, "t", true, &out, &err), &err, DK_ERR_TYPE,
                 "and g is category");
    assert_null(out);
    dk_table_release(table);
}

static void drawing_survives_failing_memory(void **state)
{
    static const char *const names[] = { "q1", "q4" };
    const dk_table *table = quarters(), *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    write_survives_failing_memory(table, DK_FORMAT_TEXT,
                                  OPTIONS(BARS("q1", "q4"), .max_width = 20, .colour = true, .max_rows = 2));
    assert_survives_failing_memory(context, dk_table_with_sparks(table, names, 2, "s", true, &out, &err), &err,
                                   out == NULL, dk_table_release(out);
                                   out = NULL);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_bar_is_as_long_as_its_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bar_takes_what_the_columns_leave, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bar_is_folded_with_its_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(negative_numbers_stand_left_of_zero, set_up, tear_down),
        cmocka_unit_test_setup_teardown(percentages_go_to_the_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_bar_can_be_said_and_what_is_more_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_are_light, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_stand_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_alone_have_bars, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bars_of_nothing_are_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_has_no_numbers_has_no_bars, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sparklines_have_a_level_for_each_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(drawing_survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
