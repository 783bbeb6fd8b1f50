/* test_html.c - a page with one table: whole, and without markup of its values. */
#include "written.h"

#include "with_context.h"

/* From <body> to the end. */
static const char *body_of(const dk_table *table, const dk_write_options *options)
{
    const char *body = strstr(written(table, DK_FORMAT_HTML, options), "<body>\n");

    assert_non_null(body);
    dk_table_release(table);
    return body + strlen("<body>\n");
}

static void a_page_is_whole(void **state)
{
    const dk_table *table = make_table(context, "n:integer\n1\n");
    const char *page = written(table, DK_FORMAT_HTML, OPTIONS(.style = DK_STYLE_NL));

    (void)state;
    assert_ptr_equal(strstr(page, "<!DOCTYPE html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n"), page);
    assert_has(page, "<title>dekking</title>\n<style>");
    assert_has(page, "</style>\n</head>\n<body>\n<table>\n<thead>\n");
    assert_has(page, "</tbody>\n</table>\n</body>\n</html>\n");
    assert_lacks(page, "<caption>");
    assert_lacks(page, "http"); /* nothing is fetched */
    assert_has(written(table, DK_FORMAT_HTML, NULL), "<html lang=\"en\">");
    dk_table_release(table);
}

static void rows_have_heads_and_numbers_a_class(void **state)
{
    const dk_table *table =
        make_table(context, "gemeente:category n:integer sinds:date\nArnhem|12|2024-12-31\n-|-|-\n");

    (void)state;
    assert_string_equal(
        body_of(restyled(table, "n", "Aantal", NULL), OPTIONS(.style = DK_STYLE_NL)),
        "<table>\n<thead>\n"
        "<tr><th scope=\"col\">gemeente</th><th scope=\"col\" class=\"n\">Aantal</th>"
        "<th scope=\"col\">sinds</th></tr>\n"
        "</thead>\n<tbody>\n"
        "<tr><th scope=\"row\">Arnhem</th><td class=\"n\">12</td><td class=\"d\">31-12-2024</td></tr>\n"
        "<tr><th scope=\"row\" class=\"null\">–</th><td class=\"n null\">–</td><td class=\"d null\">–</td>"
        "</tr>\n"
        "</tbody>\n</table>\n</body>\n</html>\n");
    assert_has(body_of(make_table(context, "n:integer\n1\n"), NULL), "<tr><td class=\"n\">1</td></tr>\n");
}

/* A hyphen that means something is not the dash of what is not known. */
static void what_a_marker_means_is_told(void **state)
{
    static const char *const rows = "n:interval0\n0\n0..4~<5~suppressed\n..~.~unavailable\n1..3~m~estimate\n-\n";
    const char *body;

    (void)state;
    body = body_of(make_table(context, rows), NULL);
    assert_has(body, "<td class=\"n\">0</td>");
    assert_has(body, "<td class=\"n\" title=\"suppressed\">&lt;5</td>");
    assert_has(body, "<td class=\"n\" title=\"unavailable\">.</td>");
    assert_has(body, "<td class=\"n\" title=\"estimate\">~1..3</td>");
    assert_has(body, "<td class=\"n null\">–</td>");
    body = body_of(make_table(context, rows), OPTIONS(.style = DK_STYLE_NL));
    assert_has(body, "<td class=\"n\" title=\"onderdrukt\">&lt;5</td>");
    assert_has(body, "<td class=\"n\" title=\"niet beschikbaar\">.</td>");
}

/* In shares of the scale: what is known, and what lies between bounds. */
static void bars_stand_in_cells_of_their_own(void **state)
{
    static const char *const bars[] = { "n" };
    const dk_table *table = make_table(context, "n:interval0\n8\n2..4\n-2\n-2..2\n3..\n-\n0\n");
    const char *body = body_of(table, OPTIONS(.bars = bars, .n_bars = 1));

    (void)state;
    assert_has(body, "<tr><th scope=\"col\" class=\"n\">n</th><td></td></tr>");
    assert_has(body, "8</td><td class=\"b\"><span><i style=\"left:20.0%;width:80.0%\"></i></span></td>");
    assert_has(body, "2..4</td><td class=\"b\"><span><i style=\"left:20.0%;width:20.0%\"></i>"
                     "<i class=\"l\" style=\"left:40.0%;width:20.0%\"></i></span></td>");
    assert_has(body, "-2</td><td class=\"b\"><span><i style=\"left:0.0%;width:20.0%\"></i></span></td>");
    assert_has(body,
               "-2..2</td><td class=\"b\"><span><i class=\"l\" style=\"left:0.0%;width:40.0%\"></i></span></td>");
    assert_has(body, "3..</td><td class=\"b\"><span><i style=\"left:20.0%;width:30.0%\"></i>"
                     "<i class=\"l\" style=\"left:50.0%;width:50.0%\"></i></span></td>");
    assert_has(body, "–</td><td class=\"b\"></td>");
    assert_has(body, "0</td><td class=\"b\"><span></span></td>");
    assert_has(body, "<p class=\"note\">bar of n: -2 to 8</p>");
}

static void totals_have_classes(void **state)
{
    const dk_table *data = make_table(context, "a:category b:category n:integer\nx|p|1\n"), *table = NULL;
    dk_error err = DK_ERROR_INIT;
    const char *body;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "a", "b" }, .measures = { "som = sum(n)" }, .margins = DK_MARGINS_ROLLUP), data,
                        NULL, &table, &err),
              &err);
    dk_table_release(data);
    body = body_of(table, OPTIONS(.total_label = "<alles>"));
    assert_has(body,
               "<tr><th scope=\"row\">x</th><td>p</td><td class=\"n\">1</td></tr>\n"
               "<tr class=\"total\"><th scope=\"row\">x</th><td>&lt;alles&gt;</td><td class=\"n\">1</td></tr>\n"
               "<tr class=\"total all\"><th scope=\"row\">&lt;alles&gt;</th><td>&lt;alles&gt;</td>"
               "<td class=\"n\">1</td></tr>\n");
}

static void what_is_left_of_a_total_is_still_one(void **state)
{
    static const char *const names[] = { "som" };
    const dk_table *table = with_total(context), *only = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_select(table, names, 1, &only, &err), &err);
    dk_table_release(table);
    assert_has(body_of(only, NULL), "<tr class=\"total\"><td class=\"n\">19</td></tr>\n");
}

static void nothing_of_a_value_is_markup(void **state)
{
    const dk_table *table = TEXT_COLUMN(context, "<th>\"", "<script>alert(1)</script>", "a & b &lt; \"c\" 'd'",
                                        "two\nlines\r\nthree\rfour", "tab\there", "");
    const char *body;

    (void)state;
    table = noted(table, "a <b>note</b>\nof two lines");
    body = body_of(table, OPTIONS(.title = "Dekking <van> & \"het\"\nregister", .show_notes = true));
    assert_has(body, "<caption>Dekking &lt;van&gt; &amp; &quot;het&quot;<br>register</caption>\n");
    assert_has(body, "<th scope=\"col\">&lt;th&gt;&quot;</th>");
    assert_has(body, "<tr><th scope=\"row\">&lt;script&gt;alert(1)&lt;/script&gt;</th></tr>\n");
    assert_has(body, "<tr><th scope=\"row\">a &amp; b &amp;lt; &quot;c&quot; 'd'</th></tr>\n");
    assert_has(body, "<tr><th scope=\"row\">two<br>lines<br>three<br>four</th></tr>\n");
    assert_has(body, "<tr><th scope=\"row\">tab\there</th></tr>\n<tr><th scope=\"row\"></th></tr>\n");
    assert_has(body, "<p class=\"note\">a &lt;b&gt;note&lt;/b&gt;<br>of two lines</p>\n</body>");
}

/* A title holds text alone: <br> would be shown as it is written. */
static void the_title_is_one_line(void **state)
{
    const dk_table *table = make_table(context, "n:integer\n1\n");

    (void)state;
    assert_has(written(table, DK_FORMAT_HTML, OPTIONS(.title = "</title><script>\ntwo")),
               "<title>&lt;/title&gt;&lt;script&gt; two</title>\n");
    dk_table_release(table);
}

static void controls_do_not_pass(void **state)
{
    const dk_table *table = TEXT_COLUMN(context, "t", "\x1B[31mred\x07", "\xC2\x9Bm", "\xE2\x80\xAEx", "\x7F");
    const char *body = body_of(table, OPTIONS(.show_notes = true));

    (void)state;
    assert_has(body, ">�[31mred�</th>");
    assert_has(body, ">�m</th>");
    assert_has(body, ">�x</th>");
    assert_has(body, ">�</th>");
    for (const char *c = body; *c; c++)
        assert_true((unsigned char)*c >= 0x20 || *c == '\n');
}

static void writing_survives_failing_memory(void **state)
{
    static const char *const bars[] = { "som" };
    const dk_table *table = noted(restyled(with_total(context), "som", "Som<", "#,##0"), "a note");

    (void)state;
    write_survives_failing_memory(table, DK_FORMAT_HTML,
                                  OPTIONS(.show_notes = true, .title = "Titel", .bars = bars, .n_bars = 1));
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_page_is_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_have_heads_and_numbers_a_class, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_marker_means_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bars_stand_in_cells_of_their_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_have_classes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_left_of_a_total_is_still_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_of_a_value_is_markup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_title_is_one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(controls_do_not_pass, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writing_survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
