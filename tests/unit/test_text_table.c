/* test_text_table.c - tables on a terminal: aligned, folded, cut, and harmless. */
#include "written.h"

#include "base/text.h"

#include "with_context.h"

static void expect(const dk_table *table, const dk_write_options *options, const char *shown)
{
    assert_string_equal(written(table, DK_FORMAT_TEXT, options), shown);
    dk_table_release(table);
}

static void numbers_stand_right_and_the_rest_left(void **state)
{
    (void)state;
    expect(make_table(context, "gemeente:category n:integer deel:ratio sinds:date in_sonar:boolean\n"
                               "Arnhem|2983|3/4|2024-12-31|true\n"
                               "Rozendaal|0|-|-|-\n"
                               "-|12|1/8|2024-01-02|false\n"),
           OPTIONS(.show_types = true, .show_count = true),
           "gemeente         n    deel  sinds       in_sonar\n"
           "category   integer   ratio  date        boolean\n"
           "────────────────────────────────────────────────\n"
           "Arnhem        2983  0.7500  2024-12-31  true\n"
           "Rozendaal        0       –  –           –\n"
           "–               12  0.1250  2024-01-02  false\n"
           "3 rows, 5 columns\n");
}

static void the_dutch_style_shows_dutch_marks(void **state)
{
    const dk_table *table = make_table(context, "n:integer bedrag:decimal2 sinds:date in_sonar:boolean\n"
                                                "1758|0.5|2024-12-31|true\n");

    (void)state;
    table = restyled(table, "n", "Aantal", "#,##0");
    expect(table, OPTIONS(.style = DK_STYLE_NL),
           "Aantal  bedrag  sinds       in_sonar\n"
           "────────────────────────────────────\n"
           " 1.758     0,5  31-12-2024  ja\n");
}

static void a_total_stands_under_a_line_and_has_a_label(void **state)
{
    (void)state;
    expect(with_total(context), NULL,
           "gemeente  som\n"
           "─────────────\n"
           "Arnhem     12\n"
           "Duiven      7\n"
           "─────────────\n"
           "totaal     19\n");
    expect(with_total(context), OPTIONS(.total_label = "Alle gemeenten"),
           "gemeente        som\n"
           "───────────────────\n"
           "Arnhem           12\n"
           "Duiven            7\n"
           "───────────────────\n"
           "Alle gemeenten   19\n");
}

/* A total over the one dimension that is shown is a total of all that is shown. */
static void only_totals_of_all_that_is_shown_get_the_line(void **state)
{
    static const char *const names[] = { "b", "som" };
    const dk_table *data = make_table(context, "a:category b:category n:integer\nx|p|1\nx|q|2\ny|p|4\n");
    const dk_table *cube = NULL, *narrow = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "a", "b" }, .measures = { "som = sum(n)" }, .margins = DK_MARGINS_ROLLUP), data,
                        NULL, &cube, &err),
              &err);
    assert_ok(dk_table_select(cube, names, 2, &narrow, &err), &err);
    assert_string_equal(written(cube, DK_FORMAT_TEXT, NULL), "a       b       som\n"
                                                             "───────────────────\n"
                                                             "x       p         1\n"
                                                             "x       q         2\n"
                                                             "x       totaal    3\n"
                                                             "y       p         4\n"
                                                             "y       totaal    4\n"
                                                             "───────────────────\n"
                                                             "totaal  totaal    7\n");
    assert_string_equal(written(narrow, DK_FORMAT_TEXT, NULL), "b       som\n"
                                                               "───────────\n"
                                                               "p         1\n"
                                                               "q         2\n"
                                                               "───────────\n"
                                                               "totaal    3\n"
                                                               "p         4\n"
                                                               "───────────\n"
                                                               "totaal    4\n"
                                                               "───────────\n"
                                                               "totaal    7\n");
    dk_table_release(narrow);
    dk_table_release(cube);
    dk_table_release(data);
}

/* Two columns for a wide letter, none for a combining one. */
static void letters_of_any_width_are_aligned(void **state)
{
    (void)state;
    expect(make_table(context, "naam:text n:integer\n"
                               "日本|1\n"
                               "e\xCC\x81te\xCC\x81|2\n"
                               "Súdwest|3\n"
                               "שלום|4\n"
                               "|5\n"),
           NULL,
           "naam     n\n"
           "──────────\n"
           "日本     1\n"
           "e\xCC\x81te\xCC\x81      2\n"
           "Súdwest  3\n"
           "שלום     4\n"
           "         5\n");
}

static void controls_are_shown_as_marks(void **state)
{
    const dk_table *table = TEXT_COLUMN(context, "t", "\x1B[31mred",
                                        "a\x07"
                                        "b\x7F",
                                        "two\nlines\r\nthree\ttab",
                                        "\xC2\x9B"
                                        "31m",
                                        "\xE2\x80\xAE"
                                        "abc\xE2\x81\xA6",
                                        "\x01\x1F");

    (void)state;
    expect(table, NULL,
           "t\n"
           "───────────────────\n"
           "␛[31mred\n"
           "a␇b␡\n"
           "two↵lines↵three⇥tab\n"
           "�31m\n"
           "�abc�\n"
           "␁␟\n");
}

/* Names, labels, notes, titles, and what stands for null and total come from outside too. */
static void nothing_that_is_shown_reaches_the_terminal_raw(void **state)
{
    const dk_table *table = restyled(with_total(context), "som", "a\x1B]0;x\x07", NULL);
    const dk_write_options options = {
        .title = "ti\x1B[2Jtle",
        .null_text = "\x1B[0m",
        .total_label = "\x1B[1mall",
        .show_notes = true,
        .show_types = true,
        .show_count = true,
    };
    const char *text;

    (void)state;
    table = noted(noted(table, "a note\x1B[31m with\nlines"), "\xFFnote\x9B");
    text = written(table, DK_FORMAT_TEXT, &options);
    for (const char *c = text; *c; c++)
        assert_true((unsigned char)*c >= 0x20 || *c == '\n');
    assert_has(text, "ti␛[2Jtle\n");
    assert_has(text, "a␛]0;x␇\n");
    assert_has(text, "␛[1mall");
    assert_has(text, "a note␛[31m with↵lines\n");
    assert_has(text, "�note�\n");
    dk_table_release(table);
}

static void a_title_stands_above_and_notes_below(void **state)
{
    (void)state;
    expect(noted(make_table(context, "n:integer\n1\n"), "Rozendaal has no rows"),
           OPTIONS(.title = "Dekking", .show_notes = true, .show_count = true),
           "Dekking\n"
           "n\n"
           "─\n"
           "1\n"
           "1 row, 1 column\n"
           "Rozendaal has no rows\n");
    expect(noted(make_table(context, "n:integer\n1\n"), "not asked for"), NULL, "n\n─\n1\n");
}

static void notes_are_broken_at_blanks_to_fit_the_screen(void **state)
{
    (void)state;
    expect(noted(make_table(context, "n:integer\n1\n"), "zoë is één van velen hier"),
           OPTIONS(.show_notes = true, .max_width = 10), "n\n─\n1\nzoë is één\nvan velen\nhier\n");
    expect(noted(make_table(context, "n:integer\n1\n"), "a onafscheidelijk b"),
           OPTIONS(.show_notes = true, .max_width = 10), "n\n─\n1\na\nonafscheidelijk\nb\n");
    expect(noted(make_table(context, "n:integer\n1\n"), "precies tien"),
           OPTIONS(.show_notes = true, .max_width = 12), "n\n─\n1\nprecies tien\n");
}

static const dk_table *numbers(int n)
{
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD("n", NULL);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    for (int i = 1; i <= n; i++)
        assert_ok(dk_builder_integer(builder, i, &err), &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    assert_ok(dk_table_new(context, &field, 1, (uint64_t)n, &table, &err), &err);
    dk_column_release(field.column);
    dk_builder_release(builder);
    return table;
}

static void a_long_table_is_cut_in_the_middle_which_is_said(void **state)
{
    (void)state;
    expect(numbers(9), OPTIONS(.max_rows = 5), "n\n─\n1\n2\n3\n⋮  4 rows not shown\n8\n9\n");
    expect(numbers(9), OPTIONS(.max_rows = 8), "n\n─\n1\n2\n3\n4\n⋮  1 row not shown\n6\n7\n8\n9\n");
    expect(numbers(9), OPTIONS(.max_rows = 1), "n\n─\n1\n⋮  8 rows not shown\n");
    expect(numbers(3), OPTIONS(.max_rows = 3), "n\n─\n1\n2\n3\n");
    expect(numbers(3), OPTIONS(.max_rows = 0), "n\n─\n1\n2\n3\n");
    expect(numbers(12000), OPTIONS(.max_rows = 2, .show_count = true),
           "    n\n─────\n    1\n⋮  11,998 rows not shown\n12000\n12,000 rows, 1 column\n");
}

/* In Dutch style the words are Dutch. */
static void what_is_said_follows_the_style(void **state)
{
    (void)state;
    expect(numbers(12000), OPTIONS(.max_rows = 2, .show_count = true, .style = DK_STYLE_NL),
           "    n\n─────\n    1\n⋮  11.998 rijen niet getoond\n12000\n12.000 rijen, 1 kolom\n");
    expect(numbers(1), OPTIONS(.show_count = true, .style = DK_STYLE_NL), "n\n─\n1\n1 rij, 1 kolom\n");
    expect(make_table(context, "a:integer b:integer\n1|1\n"), OPTIONS(.show_count = true, .style = DK_STYLE_NL),
           "a  b\n────\n1  1\n1 rij, 2 kolommen\n");
}

static void nothing_is_a_table_too(void **state)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    expect(make_table(context, "gemeente:category n:integer\n"), OPTIONS(.show_count = true),
           "gemeente  n\n───────────\n0 rows, 2 columns\n");
    assert_ok(dk_table_new(context, NULL, 0, 3, &table, &err), &err);
    expect(table, OPTIONS(.show_count = true, .show_types = true), "3 rows, 0 columns\n");
}

/* The ellipsis is one of the columns that a text gets at most. */
static void a_long_text_is_cut_with_an_ellipsis(void **state)
{
    char exact[61], longer[62], wide[200] = "", expected[400];
    const dk_table *table;

    (void)state;
    memset(exact, 'x', 60);
    exact[60] = '\0';
    memset(longer, 'y', 61);
    longer[61] = '\0';
    for (int i = 0; i < 31; i++)
        strcat(wide, "日"); /* 62 columns; 29 of them and the ellipsis are 59 */
    sprintf(expected, "t\n────────────────────────────────────────────────────────────\n%s\n%.59s…\n%.87s…\n",
            exact, longer, wide);
    expect(TEXT_COLUMN(context, "t", exact, longer, wide), OPTIONS(.max_cell = 60), expected);
    table = TEXT_COLUMN(context, "t", wide);
    assert_has(written(table, DK_FORMAT_TEXT, NULL), wide); /* whole where nothing else is said */
    dk_table_release(table);
    expect(make_table(context, "n:integer\n9223372036854775807\n"),
           OPTIONS(.max_cell = 5), /* a number is never cut */
           "                  n\n───────────────────\n9223372036854775807\n");
}

/* The combining marks of the last letter that is kept stay with it. */
static void a_cut_keeps_letters_whole(void **state)
{
    char text[400] = "";

    (void)state;
    for (int i = 0; i < 61; i++)
        strcat(text, "e\xCC\x81");
    expect(TEXT_COLUMN(context, "naam", text, "x"), OPTIONS(.max_width = 10),
           "naam\n"
           "──────────\n"
           "e\xCC\x81"
           "e\xCC\x81"
           "e\xCC\x81"
           "e\xCC\x81"
           "e\xCC\x81"
           "e\xCC\x81"
           "e\xCC\x81"
           "e\xCC\x81"
           "e\xCC\x81…\n"
           "x\n");
}

static void a_wide_table_is_folded_and_repeats_its_first_column(void **state)
{
    (void)state;
    expect(make_table(context, "gemeente:category kolom_1:integer kolom_2:integer kolom_3:integer\n"
                               "Arnhem|12|724|1758\nDuiven|7|60|123\n"),
           OPTIONS(.max_width = 30, .show_count = true),
           "gemeente  kolom_1  kolom_2\n"
           "──────────────────────────\n"
           "Arnhem         12      724\n"
           "Duiven          7       60\n"
           "\n"
           "gemeente  kolom_3\n"
           "─────────────────\n"
           "Arnhem       1758\n"
           "Duiven        123\n"
           "2 rows, 4 columns\n");
    expect(make_table(context, "gemeente:category n:integer\nArnhem|12\n"), OPTIONS(.max_width = 12),
           "gemeente   n\n────────────\nArnhem    12\n");
}

/* Three parts of four rows and their headings take about what one of twenty would. */
static void parts_share_the_rows(void **state)
{
    char text[2048] = "naam:category k1:integer k2:integer k3:integer\n", *to = text + strlen(text);
    const dk_table *table;
    const char *shown;

    (void)state;
    for (int i = 1; i <= 30; i++)
        to += sprintf(to, "r%02d|1%02d|2%02d|3%02d\n", i, i, i, i);
    table = make_table(context, text);
    shown = written(table, DK_FORMAT_TEXT, OPTIONS(.max_width = 10, .max_rows = 20));
    assert_has(shown, "naam   k1\n─────────\nr01   101\nr02   102\n⋮  26 rows not shown\nr29   129\nr30   130\n\n"
                      "naam   k2\n");
    assert_has(shown, "naam   k3\n─────────\nr01   301\nr02   302\n⋮  26 rows not shown\nr29   329\nr30   330\n");
    shown =
        written(table, DK_FORMAT_TEXT, OPTIONS(.max_width = 10, .max_rows = 3)); /* no more than were asked for */
    assert_has(shown, "naam   k1\n─────────\nr01   101\nr02   102\n⋮  27 rows not shown\nr30   130\n\n");
    shown = written(table, DK_FORMAT_TEXT, OPTIONS(.max_width = 10));
    assert_lacks(shown, "not shown");
    dk_table_release(table);
}

/* Where rows are limited, four parts are shown, and the names of the columns that are in none. */
static void columns_of_many_parts_are_named(void **state)
{
    const dk_table *table = make_table(
        context, "naam:category k1:integer k2:integer k3:integer k4:integer k5:integer "
                 "k6:integer k7:integer k8:integer k9:integer k10:integer k11:integer k12:integer k13:integer\n"
                 "x|1|2|3|4|5|6|7|8|9|10|11|12|13\n");
    const char *shown;

    (void)state;
    shown = written(table, DK_FORMAT_TEXT, OPTIONS(.max_width = 10, .max_rows = 20));
    assert_has(
        shown,
        "naam  k4\n────────\nx      4\n⋯  9 of 14\ncolumns\nnot shown:\nk5, k6,\nk7, k8,\nk9, k10,\nk11, …\n");
    shown = written(table, DK_FORMAT_TEXT, OPTIONS(.max_width = 20, .max_rows = 20));
    assert_lacks(shown, "not shown");
    shown = written(table, DK_FORMAT_TEXT, OPTIONS(.max_width = 10, .max_rows = 20, .style = DK_STYLE_NL));
    assert_has(shown, "⋯  9 van\n14\nkolommen\nniet\ngetoond:\nk5, k6,\n");
    shown = written(table, DK_FORMAT_TEXT, OPTIONS(.max_width = 10));
    assert_lacks(shown, "not shown");
    assert_has(shown, "k6\n");
    dk_table_release(table);
}

/* A terminal's own colours: bold names and totals, dim what is no value. */
static void colours_change_nothing_else(void **state)
{
    const dk_table *table = noted(with_total(context), "a note");
    char plain[2048], *to = plain;
    const char *shown;

    (void)state;
    shown = written(table, DK_FORMAT_TEXT,
                    OPTIONS(.colour = true, .show_types = true, .show_notes = true, .show_count = true,
                            .max_rows = 2, .bars = (const char *[]){ "som" }, .n_bars = 1));
    assert_has(shown, "\x1B[1mgemeente\x1B[0m");
    assert_has(shown, "\x1B[2mcategory\x1B[0m");
    assert_has(shown, "\x1B[1mtotaal\x1B[0m         \x1B[1m19\x1B[0m\n");
    assert_has(shown, "\nArnhem    ");
    assert_has(shown, "\x1B[36m███");
    assert_has(shown, "\x1B[2ma note\x1B[0m\n");
    for (const char *c = shown; *c; c++)
        if (*c == '\x1B')
            c += strcspn(c, "m");
        else
            *to++ = *c;
    *to = '\0';
    assert_string_equal(plain, written(table, DK_FORMAT_TEXT,
                                       OPTIONS(.show_types = true, .show_notes = true, .show_count = true,
                                               .max_rows = 2, .bars = (const char *[]){ "som" }, .n_bars = 1)));
    dk_table_release(table);
}

static void all_dimensions_repeat(void **state)
{
    const dk_table *data = make_table(context, "a:category b:category n:integer\nArnhem|18-26|1\nDuiven|27-49|2\n");
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "a", "b" }, .measures = { "personen = count()", "minimum = min(n)" },
                            .margins = DK_MARGINS_NONE),
                        data, NULL, &table, &err),
              &err);
    expect(table, OPTIONS(.max_width = 25),
           "a       b      personen\n"
           "───────────────────────\n"
           "Arnhem  18-26         1\n"
           "Duiven  27-49         1\n"
           "\n"
           "a       b      minimum\n"
           "──────────────────────\n"
           "Arnhem  18-26        1\n"
           "Duiven  27-49        2\n");
    dk_table_release(data);
}

/* A name that is much longer than its numbers is broken where words end, and into no more than four lines. */
static void long_names_stand_in_lines(void **state)
{
    static const char *const text = "gemeente:category register_base:integer dekking_outreach_difference:integer "
                                    "een_twee_drie_vier_vijf:integer zonderbreekpunten:integer\n"
                                    "Arnhem|4030|78|1|2\n";
    const dk_table *table;
    char name[5000] = "";

    (void)state;
    for (int i = 0; i < 400; i++)
        strcat(name, "een_woord_");
    table = restyled(make_table(context, "n:integer k:integer\n1|2\n"), "n", name, NULL);
    assert_has(written(table, DK_FORMAT_TEXT, OPTIONS(.max_width = 20, .max_cell = 60)), "een_woo…  k\n");
    dk_table_release(table);
    expect(make_table(context, text), OPTIONS(.max_width = 64),
           "                       dekking_  een_twee_\n"
           "          register_   outreach_      drie_\n"
           "gemeente       base  difference  vier_vijf  zonderbreekpunten\n"
           "─────────────────────────────────────────────────────────────\n"
           "Arnhem         4030          78          1                  2\n");
    expect(make_table(context, text), OPTIONS(.max_width = 96), /* where all fit, none is */
           "gemeente  register_base  dekking_outreach_difference  een_twee_drie_vier_vijf  zonderbreekpunten\n"
           "────────────────────────────────────────────────────────────────────────────────────────────────\n"
           "Arnhem             4030                           78                        1                  2\n");
}

/* The second of two keys gives way, so that each row can be told from the others in each part. */
static void keys_that_repeat_get_narrower(void **state)
{
    (void)state;
    expect(make_table(context,
                      "gemeente:category doelgroep:category register:integer bekend:integer dekking:integer\n"
                      "Arnhem|Praktijkonderwijs|235|174|74\n"),
           OPTIONS(.max_width = 40),
           "gemeente  doelgro…  register  bekend\n"
           "────────────────────────────────────\n"
           "Arnhem    Praktij…       235     174\n"
           "\n"
           "gemeente  doelgro…  dekking\n"
           "───────────────────────────\n"
           "Arnhem    Praktij…       74\n");
}

/* Texts give way on a narrow screen, numbers do not. */
static void numbers_are_never_cut(void **state)
{
    (void)state;
    expect(make_table(context, "arbeidsmarktregio:category aantal_personen:integer\n"
                               "Zuid-Kennemerland en IJmond|9223372036854775807\n"),
           OPTIONS(.max_width = 30),
           "arbeidsm…      aantal_personen\n"
           "──────────────────────────────\n"
           "Zuid-Ken…  9223372036854775807\n");
    expect(make_table(context, "arbeidsmarktregio:category aantal_personen:integer n:integer\n"
                               "Zuid-Kennemerland en IJmond|12345678|1\n"),
           OPTIONS(.max_width = 24), /* half of it for the name, the rest for numbers */
           "             aantal_\n"
           "arbeidsma…  personen  n\n"
           "───────────────────────\n"
           "Zuid-Kenn…  12345678  1\n");
}

/* Generated tables at every width: no line passes the screen, each row is there in each part, and numbers are whole. */
static void every_width_holds_every_row(void **state)
{
    (void)state;
    for (int round = 0; round < 40; round++) {
        char text[4096], *to = text;
        int n_columns = 1 + round % 9, n_rows = round % 5;
        const dk_table *table;

        to += sprintf(to, "gemeente:category");
        for (int c = 1; c < n_columns; c++)
            to += sprintf(to, c % 3 == 0 ? " een_lange_naam_%d:text" : " k%d:integer", c);
        to += sprintf(to, "\n");
        for (int r = 0; r < n_rows; r++) {
            to += sprintf(to, "Plaats %d", r);
            for (int c = 1; c < n_columns; c++)
                to += sprintf(to, c % 3 == 0 ? "|tekst van %d tekens en meer" : "|%d", 1000000 * c + r);
            to += sprintf(to, "\n");
        }
        table = make_table(context, text);
        for (size_t width = 20; width < 120; width += 1 + width / 20) {
            const char *shown = written(table, DK_FORMAT_TEXT, OPTIONS(.max_width = width));
            char number[32];

            for (const char *line = shown; *line; line = strchr(line, '\n') + 1)
                if (dki_utf8_width(line, strcspn(line, "\n")) > width)
                    fail_msg("wider than %zu:\n%s", width, shown);
            for (int r = 0; r < n_rows; r++)
                for (int c = 1; c < n_columns; c++)
                    if (c % 3 != 0) {
                        sprintf(number, "%d", 1000000 * c + r);
                        assert_has(shown, number);
                    }
        }
        dk_table_release(table);
    }
}

static void writing_survives_failing_memory(void **state)
{
    const dk_table *table = noted(restyled(with_total(context), "som", "Som\x1B", "#,##0"), "a note");

    (void)state;
    write_survives_failing_memory(table, DK_FORMAT_TEXT,
                                  OPTIONS(.max_width = 12, .max_rows = 2, .show_types = true, .show_count = true,
                                          .show_notes = true, .title = "Titel"));
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_stand_right_and_the_rest_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_dutch_style_shows_dutch_marks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_total_stands_under_a_line_and_has_a_label, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_totals_of_all_that_is_shown_get_the_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(letters_of_any_width_are_aligned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(controls_are_shown_as_marks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_that_is_shown_reaches_the_terminal_raw, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_title_stands_above_and_notes_below, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_table_is_cut_in_the_middle_which_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_said_follows_the_style, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_of_many_parts_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(colours_change_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_a_table_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_text_is_cut_with_an_ellipsis, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cut_keeps_letters_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wide_table_is_folded_and_repeats_its_first_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parts_share_the_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_dimensions_repeat, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notes_are_broken_at_blanks_to_fit_the_screen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_names_stand_in_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_that_repeat_get_narrower, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_are_never_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_width_holds_every_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writing_survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
