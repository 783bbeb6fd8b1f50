/* test_markdown.c - tables in Markdown: what is shown is the text, whatever is in it. */
#include "written.h"

#include "with_context.h"

static void expect(const dk_table *table, const dk_write_options *options, const char *shown)
{
    assert_string_equal(written(table, DK_FORMAT_MARKDOWN, options), shown);
    dk_table_release(table);
}

static void numbers_are_aligned_right(void **state)
{
    const dk_table *table =
        make_table(context, "gemeente:category deel:ratio sinds:date\nArnhem|3/4|2024-12-31\n-|-|-\n");

    (void)state;
    table = restyled(table, "deel", "Aandeel", "0.0 %");
    expect(table, OPTIONS(.style = DK_STYLE_NL),
           "| gemeente | Aandeel | sinds |\n"
           "| :-- | --: | :-- |\n"
           "| Arnhem | 75,0 % | 31-12-2024 |\n"
           "| – | – | – |\n");
}

static void totals_are_bold(void **state)
{
    (void)state;
    expect(with_total(context), NULL,
           "| gemeente | som |\n"
           "| :-- | --: |\n"
           "| Arnhem | 12 |\n"
           "| Duiven | 7 |\n"
           "| **totaal** | **19** |\n");
    expect(with_total(context), OPTIONS(.total_label = "  *alles* "),
           "| gemeente | som |\n"
           "| :-- | --: |\n"
           "| Arnhem | 12 |\n"
           "| Duiven | 7 |\n"
           "| **\\*alles\\*** | **19** |\n");
}

static void a_title_is_a_heading_and_notes_are_paragraphs(void **state)
{
    (void)state;
    expect(noted(noted(make_table(context, "n:integer\n1\n"), "one *star*"), "two"),
           OPTIONS(.title = "Dekking | <regio>\nMG", .show_notes = true),
           "### Dekking \\| &lt;regio&gt;<br>MG\n\n"
           "| n |\n| --: |\n| 1 |\n"
           "\none \\*star\\*\n\ntwo\n");
}

static void markup_of_a_value_is_made_plain(void **state)
{
    (void)state;
    expect(TEXT_COLUMN(context, "kolom_1|_x", "a|b", "back\\slash", "`code`", "*b* _i_ snake_case _", "<b>&lt;",
                       "[link](x)", "# kop", "~~weg~~ $x$", "https://x.nl/[a]:b", "www.x.nl", "two\nlines\r\nthree",
                       "a\tb", "  blanks  ", "", NULL),
           NULL,
           "| kolom_1\\|\\_x |\n"
           "| :-- |\n"
           "| a\\|b |\n"
           "| back\\\\slash |\n"
           "| \\`code\\` |\n"
           "| \\*b\\* \\_i\\_ snake_case \\_ |\n"
           "| &lt;b&gt;&amp;lt; |\n"
           "| \\[link\\](x) |\n"
           "| \\# kop |\n"
           "| \\~\\~weg\\~\\~ \\$x\\$ |\n"
           "| https\\://x.nl/\\[a\\]:b |\n"
           "| www\\.x.nl |\n"
           "| two<br>lines<br>three |\n"
           "| a b |\n"
           "| blanks |\n"
           "|  |\n"
           "| – |\n");
}

static void controls_do_not_pass(void **state)
{
    const dk_table *table = TEXT_COLUMN(context, "t", "\x1B[31mred\x07", "\xC2\x9Bm", "\xE2\x80\xAEx");
    const char *text = written(table, DK_FORMAT_MARKDOWN, OPTIONS(.title = "\x1B]0;x\x07", .null_text = "\x1B"));

    (void)state;
    for (const char *c = text; *c; c++)
        assert_true((unsigned char)*c >= 0x20 || *c == '\n');
    assert_has(text, "### �\\]0;x�\n");
    assert_has(text, "| �\\[31mred� |\n| �m |\n| �x |\n");
    dk_table_release(table);
}

static void writing_survives_failing_memory(void **state)
{
    const dk_table *table = noted(restyled(with_total(context), "som", "Som|", "#,##0"), "a note");

    (void)state;
    write_survives_failing_memory(table, DK_FORMAT_MARKDOWN, OPTIONS(.show_notes = true, .title = "Titel"));
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_are_aligned_right, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_are_bold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_title_is_a_heading_and_notes_are_paragraphs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(markup_of_a_value_is_made_plain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(controls_do_not_pass, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writing_survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
