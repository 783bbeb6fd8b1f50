/* test_sums.c - sums of published tables whose figures are withheld or rounded: which hold, and why. */
#include "tables.h"

#include "random.h"
#include "read/figures.h"

#include "with_context.h"

#define MARKER(text, ...)                                \
    {                                                    \
        .marker = { text, sizeof text - 1 }, __VA_ARGS__ \
    }

static const dk_interval markers[] = {
    MARKER("x", .least = 0, .greatest = 9, .meaning = DK_MEANS_SUPPRESSED),
    MARKER("<5", .no_least = true, .no_greatest = true, .meaning = DK_MEANS_SUPPRESSED),
    MARKER(".", .no_least = true, .no_greatest = true, .meaning = DK_MEANS_UNAVAILABLE),
    MARKER("-", .no_least = true, .no_greatest = true, .meaning = DK_MEANS_IMPOSSIBLE),
};
static const dk_bounds_rule withheld = { .markers = markers, .n_markers = 4 };
static const dk_bounds_rule rounded = { .markers = markers, .n_markers = 4, .rounded = 10 };
static const dk_bounds_rule by_five = { .rounded = 5 };

static dk_status read_text(const char *text, const dk_published_options *options, const dk_table **out,
                           const dk_table **checks, dk_error *err)
{
    return dki_read_published_bytes(context, text, strlen(text), "t.txt", options, out, checks, err);
}

static void check(const char *text, const dk_published_options *options, const char *rows, const char *sums,
                  const char *note)
{
    const dk_table *table = NULL, *checks = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(read_text(text, options, &table, &checks, &err), &err);
    assert_string_equal(show_rows(table), rows);
    assert_string_equal(show_rows(checks), sums);
    assert_non_null(strstr(dk_table_note(table, 0), note));
    dk_table_release(table);
    dk_table_release(checks);
}

/* The seed's columns 1 and 2 of three municipalities, with what is below ten withheld. */
static void withheld_figures_are_within_their_sums(void **state)
{
    (void)state;
    check("Duiven x 54 61\nRheden x 142 148\nZevenaar 12 133 145\nTOTAAL 25 329 354\n",
          &(dk_published_options){ .bounds = &withheld },
          "Duiven|0..9[x]|54|61\nRheden|0..9[x]|142|148\nZevenaar|12|133|145\n*|25|329|354\n",
          "row|Duiven|61|54..63|-2..7|true|bounds\nrow|Rheden|148|142..151|-3..6|true|bounds\n"
          "row|Zevenaar|145|145|0|true|equal\nrow|TOTAAL|354|354|0|true|equal\n"
          "column|kolom_1|25|12..30|-5..13|true|bounds\ncolumn|kolom_2|329|329|0|true|equal\n"
          "column|totaal|354|354|0|true|equal\n",
          "7 sums checked, all hold; 3 within bounds");
}

/* Four different things: a zero, what cannot be, what nobody knows, what is withheld. */
static void each_marker_counts_as_what_it_means(void **state)
{
    (void)state;
    check("a 0 3 3\nb - 4 4\nc . 5 7\nd <5 6 8\n", &(dk_published_options){ .bounds = &withheld },
          "a|0|3|3\nb|-[-]|4|4\nc|-[.]|5|7\nd|1..4[<5]|6|8\n",
          "row|a|3|3|0|true|equal\nrow|b|4|4|0|true|equal\nrow|c|7|5..|..2|true|bounds\nrow|d|8|7..10|-2..1|true|"
          "bounds\n",
          "4 sums checked, all hold; 2 within bounds");
    check("a -1 3 2\nc . 5 -7\n", &(dk_published_options){ .bounds = &withheld }, "a|-1|3|2\nc|-[.]|5|-7\n",
          "row|a|2|2|0|true|equal\nrow|c|-7|-|-|true|bounds\n", "1 within bounds");
}

static void rounded_figures_are_within_their_sums(void **state)
{
    (void)state;
    check(
        "Duiven 10 50 70\nRheden 10 140 150\nTOTAAL 10 200 210\n", &(dk_published_options){ .bounds = &rounded },
        "Duiven|5..15|45..55|65..75\nRheden|5..15|135..145|145..155\n*|5..15|195..205|205..215\n",
        "row|Duiven|65..75|50..70|-5..25|true|bounds\nrow|Rheden|145..155|140..160|-15..15|true|bounds\n"
        "row|TOTAAL|205..215|200..220|-15..15|true|bounds\ncolumn|kolom_1|5..15|10..30|-25..5|true|bounds\n"
        "column|kolom_2|195..205|180..200|-5..25|true|bounds\ncolumn|totaal|205..215|210..230|-25..5|true|bounds\n",
        "6 sums checked, all hold; 6 within bounds");
    check("a 5 10 15\n", &(dk_published_options){ .bounds = &by_five }, "a|2.5..7.5|7.5..12.5|12.5..17.5\n",
          "row|a|12.5..17.5|10.0..20.0|-7.5..7.5|true|bounds\n", "1 within bounds");
}

static void parts_may_be_fewer_where_some_are_of_unknown_class(void **state)
{
    (void)state;
    check(
        "a 10 20 35\nb 1 5 6\nTotaal 11 25 41\n", &(dk_published_options){ .parts_at_most = true },
        "a|10|20|35\nb|1|5|6\n*|11|25|41\n",
        "row|a|35|30|5|true|unknown class\nrow|b|6|6|0|true|equal\nrow|Totaal|41|36|5|true|unknown class\n"
        "column|kolom_1|11|11|0|true|equal\ncolumn|kolom_2|25|25|0|true|equal\ncolumn|totaal|41|41|0|true|equal\n",
        "6 sums checked, all hold; in 2 the parts are fewer than the total, which has some of unknown class");
    check("a 10 <5 35\nb 1 5 7\n", &(dk_published_options){ .parts_at_most = true, .bounds = &withheld },
          "a|10|0..4[<5]|35\nb|1|5|7\n",
          "row|a|35|10..14|21..25|true|unknown class\nrow|b|7|6|1|true|unknown class\n",
          "in 2 the parts are fewer");
}

static void refuse(const char *text, const dk_published_options *options, const char *message, uint64_t line,
                   uint64_t column)
{
    const dk_table *table = NULL, *checks = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(read_text(text, options, &table, &checks, &err), &err, DK_ERR_DATA, message);
    assert_int_equal(err.line, line);
    assert_int_equal(err.column, column);
    assert_null(table);
    assert_null(checks);
}

static void what_bounds_do_not_explain_is_refused(void **state)
{
    const dk_published_options fewer = { .parts_at_most = true }, o = { .bounds = &withheld };
    const dk_table *table = NULL, *checks = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    refuse("a x 54 64\n", &o,
           "the line of \"a\" does not add up: its last number is 64, the ones before it make 54..63", 1, 4);
    refuse("a x 1 2\nTotaal 10 1 11\n", &o,
           "column \"kolom_1\" does not add up: the total line says 10, the rows make 0..9", 2, 2);
    refuse("a 10 26 35\n", &fewer,
           "the line of \"a\" does not add up: its last number is 35, the ones before it make 36", 1, 4);
    refuse("a 10 ? 35\n", &o, "\"?\" is no number in bounds", 1, 3);
    refuse("a 1 2?\n", &o, "\"2?\" is no number in bounds", 1, 3);
    assert_ok(read_text("a x 54 64\n", &(dk_published_options){ .bounds = &withheld, .accept_mismatch = true },
                        &table, &checks, &err),
              &err);
    assert_string_equal(show_rows(checks), "row|a|64|54..63|1..10|false|nothing\n");
    dk_table_release(table);
    dk_table_release(checks);
}

/* A label may have the letter that is a marker elsewhere. */
static void markers_in_labels_are_words(void **state)
{
    (void)state;
    check("wijk x oost 3 x 5\nwijk x - 4\n", &(dk_published_options){ .bounds = &withheld },
          "wijk x oost|3|0..9[x]|5\nwijk|0..9[x]|-[-]|4\n",
          "row|wijk x oost|5|3..12|-7..2|true|bounds\nrow|wijk|4|0..9|-5..4|true|bounds\n", "2 within bounds");
}

/* Tables whose truth adds up: rounded and withheld they hold, sum by sum. */
static void true_sums_hold(void **state)
{
    (void)state;
    for (unsigned round = 0; round < random_rounds(1500); round++) {
        size_t n_lines = 1 + random_below(6), n_columns = 1 + random_below(5), n = n_columns + 1;
        int64_t truth[7][7] = { { 0 } }, step = (int64_t[]){ 0, 3, 5, 10, 100 }[random_below(5)];
        const dk_bounds_rule rule = { .markers = markers, .n_markers = 4, .rounded = step };
        const dk_table *table = NULL, *checks = NULL;
        dk_error err = DK_ERROR_INIT;
        char text[3000] = "";
        dk_value value;

        for (size_t line = 0; line < n_lines; line++)
            for (size_t c = 0; c < n_columns; c++) {
                int64_t figure = (int64_t)random_below(random_below(2) ? 7 : 400);

                truth[line][c] += figure;
                truth[line][n_columns] += figure;
                truth[n_lines][c] += figure;
                truth[n_lines][n_columns] += figure;
            }
        for (size_t line = 0; line <= n_lines; line++) {
            sprintf(text + strlen(text), line < n_lines ? "%c" : "Totaal", 'a' + (int)line);
            for (size_t c = 0; c < n; c++) {
                int64_t figure = truth[line][c], shown = step ? (figure + step / 2) / step * step : figure;

                if (figure > 0 && figure < 5 && random_below(2))
                    strcat(text, " <5");
                else if (random_below(15) == 0)
                    strcat(text, " .");
                else
                    sprintf(text + strlen(text), " %lld", (long long)shown);
            }
            strcat(text, "\n");
        }
        if (read_text(text, &(dk_published_options){ .bounds = &rule }, &table, &checks, &err) != DK_OK)
            fail_msg("%s: %s", text, err.message);
        for (size_t line = 0; line <= n_lines; line++)
            for (size_t c = 0; c < n; c++) {
                int64_t scaled;

                assert_ok(dk_column_get(dk_table_field(table, c + 1)->column, line, &value, &err), &err);
                scaled = truth[line][c] * dki_power10[value.scale];
                assert_true(value.as.interval.no_least || value.as.interval.least <= scaled);
                assert_true(value.as.interval.no_greatest || value.as.interval.greatest >= scaled);
            }
        dk_table_release(table);
        dk_table_release(checks);
    }
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_published_options o = { .bounds = &rounded };
    const dk_table *t = NULL, *checks = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context,
                                   read_text("a 10 x 20\nb <5 . 10\nTotaal 10 10 30\n", &o, &t, &checks, &err),
                                   &err, !t && !checks, (dk_table_release(t), dk_table_release(checks)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(withheld_figures_are_within_their_sums),
        TEST(each_marker_counts_as_what_it_means),
        TEST(rounded_figures_are_within_their_sums),
        TEST(parts_may_be_fewer_where_some_are_of_unknown_class),
        TEST(what_bounds_do_not_explain_is_refused),
        TEST(markers_in_labels_are_words),
        TEST(true_sums_hold),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
