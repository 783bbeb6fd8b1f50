/* test_tighten.c - bounds of published tables, made narrower by their totals. Worked by hand, or hidden where the truth is known. */
#include <dekking/tighten.h>

#include "check.h"
#include "random.h"
#include "tables.h"

#include "with_context.h"

/* Takes the columns NAME_least, NAME_greatest and, if it is there, NAME_marker together as NAME; `mask` are the rows' margins, and
 * the dimensions the columns before the first number. */
static const dk_table *compose(const char *text)
{
    const dk_table *plain = make_table(context, text), *made = NULL, *with = NULL;
    const dk_column *margin = NULL;
    dk_field fields[TABLES_COLUMNS];
    char names[TABLES_COLUMNS][64];
    bool is_owned[TABLES_COLUMNS] = { false };
    size_t n = 0;
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < dk_table_n_columns(plain); i++) {
        const dk_field *field = dk_table_field(plain, i);
        const char *end = strstr(field->name, "_least");

        if (strcmp(field->name, "mask") == 0) {
            margin = field->column;
        } else if (end) {
            char marker_name[80];
            size_t marker;

            snprintf(names[n], sizeof names[n], "%.*s", (int)(end - field->name), field->name);
            fields[n] = DK_FIELD(names[n], NULL);
            snprintf(marker_name, sizeof marker_name, "%.*s_marker", (int)(end - field->name), field->name);
            marker = dk_table_find(plain, marker_name);
            assert_ok(dk_interval_new(field->column, dk_table_field(plain, i + 1)->column,
                                      marker == DK_NO_COLUMN ? NULL : dk_table_field(plain, marker)->column,
                                      &fields[n].column, &err),
                      &err);
            is_owned[n++] = true;
            i += marker == DK_NO_COLUMN ? 1 : 2;
        } else {
            fields[n++] = *field;
        }
    }
    for (size_t i = 0; margin && i < n; i++) {
        dk_type type = dk_column_type(fields[i].column);

        if (type == DK_TEXT || type == DK_CATEGORY)
            fields[i].margin_bit = (int)i;
    }
    assert_ok(dk_table_new(context, fields, n, dk_table_n_rows(plain), &made, &err), &err);
    if (margin) {
        assert_ok(dk_table_with_margin(made, margin, &with, &err), &err);
        dk_table_release(made);
        made = with;
    }
    for (size_t i = 0; i < n; i++)
        if (is_owned[i])
            dk_column_release(fields[i].column);
    dk_table_release(plain);
    return made;
}

static const dk_table *tighten(const dk_table *table, const dk_tighten_spec *spec)
{
    const dk_table *out = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_tighten(table, spec, &out, &err), &err);
    return out;
}

static void gives(const char *text, const dk_tighten_spec *spec, const char *rows, const char *note)
{
    const dk_table *table = compose(text), *out = tighten(table, spec);

    assert_string_equal(show_rows(out), rows);
    assert_int_equal(dk_table_n_notes(out), 1);
    assert_string_equal(dk_table_note(out, 0), note);
    dk_table_release(out);
    dk_table_release(table);
}

static void refuses(const char *text, const dk_tighten_spec *spec, dk_status status, const char *message)
{
    const dk_table *table = compose(text), *out = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(dk_table_tighten(table, spec, &out, &err), &err, status, message);
    assert_null(out);
    dk_table_release(table);
}

/* The region: Duiven, Lingewaard and the others are withheld in column 1, 0 or more. Each row has one such cell. */
static void cells_alone_in_a_row_are_recovered(void **state)
{
    (void)state;
    gives("label:category a_least:integer a_greatest:integer a_marker:category[x~suppressed] b:integer c:integer "
          "d:integer "
          "totaal:integer mask:integer\n"
          "Arnhem|12|12|-|724|1758|489|2983|0\nDoesburg|10|10|-|51|89|34|184|0\nDuiven|0|-|x|54|135|53|249|0\n"
          "Lingewaard|0|-|x|72|201|89|369|0\nOverbetuwe|0|-|x|97|231|83|415|0\nRheden|0|-|x|142|419|129|696|0\n"
          "Rozendaal|0|0|-|0|0|0|0|0\nWestervoort|0|-|x|49|106|45|204|0\nZevenaar|12|12|-|133|324|113|582|0\n"
          "-|62|62|-|1322|3263|1035|5682|1\n",
          &(dk_tighten_spec){ .total = "totaal" },
          "Arnhem|12|724|1758|489|2983\nDoesburg|10|51|89|34|184\nDuiven|7|54|135|53|249\n"
          "Lingewaard|7|72|201|89|369\nOverbetuwe|4|97|231|83|415\nRheden|6|142|419|129|696\n"
          "Rozendaal|0|0|0|0|0\nWestervoort|4|49|106|45|204\nZevenaar|12|133|324|113|582\n"
          "*|62|1322|3263|1035|5682\n",
          "5 numbers known in bounds: 5 narrower by their totals, 5 of these exact now");
}

/* Rows w, x, y, z and columns a .. d, two or more withheld in each line: wb is 47 all the same, wa 25 to 94. */
static const char shared[] =
    "rij:category kolom:category n:integer mask:integer\n"
    "w|a|-|0\nw|b|-|0\nw|c|-|0\nw|d|89|0\nw|-|230|2\nx|a|-|0\nx|b|124|0\nx|c|-|0\nx|d|31|0\nx|-|250|2\n"
    "y|a|92|0\ny|b|-|0\ny|c|59|0\ny|d|-|0\ny|-|336|2\nz|a|800|0\nz|b|-|0\nz|c|651|0\nz|d|-|0\nz|-|3127|2\n"
    "-|a|1012|1\n-|b|1262|1\n-|c|779|1\n-|d|890|1\n-|-|3943|3\n";

/* What is null is open on both sides, so that nothing but wb is known: wa = 25 + xc needs 0 or more to be said. */
static void what_is_null_is_not_0_or_more(void **state)
{
    const dk_table *table = compose(shared), *out = tighten(table, &(dk_tighten_spec){ 0 });
    dk_value value;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_column_get(dk_table_field(out, 2)->column, 1, &value, &err), &err);
    assert_int_equal(value.type, DK_INTERVAL);
    assert_int_equal(value.as.interval.least, 47);
    assert_int_equal(value.as.interval.greatest, 47);
    assert_ok(dk_column_get(dk_table_field(out, 2)->column, 0, &value, &err), &err);
    assert_true(value.is_null);
    assert_non_null(dk_table_margin(out));
    assert_string_equal(dk_table_note(out, 0),
                        "9 numbers known in bounds: 1 narrower by their totals, 1 of these exact now");
    dk_table_release(out);
    dk_table_release(table);
}

static const char long_form[] =
    "rij:category[w,x,y,z] kolom:category n_least:integer n_greatest:integer mask:integer\n"
    "w|a|0|-|0\nw|b|0|-|0\nw|c|0|-|0\nw|d|89|89|0\nw|-|230|230|2\n"
    "x|a|0|-|0\nx|b|124|124|0\nx|c|0|-|0\nx|d|31|31|0\nx|-|250|250|2\n"
    "y|a|92|92|0\ny|b|0|-|0\ny|c|59|59|0\ny|d|0|-|0\ny|-|336|336|2\n"
    "z|a|800|800|0\nz|b|0|-|0\nz|c|651|651|0\nz|d|0|-|0\nz|-|3127|3127|2\n"
    "-|a|1012|1012|1\n-|b|1262|1262|1\n-|c|779|779|1\n-|d|890|890|1\n-|-|3943|3943|3\n";

static void a_long_table_has_totals_of_both_dimensions(void **state)
{
    (void)state;
    gives(long_form, &(dk_tighten_spec){ .values = (const char *const[]){ "n" }, .n_values = 1 },
          "w|a|25..94\nw|b|47\nw|c|0..69\nw|d|89\nw|*|230\n"
          "x|a|26..95\nx|b|124\nx|c|0..69\nx|d|31\nx|*|250\n"
          "y|a|92\ny|b|0..185\ny|c|59\ny|d|0..185\ny|*|336\n"
          "z|a|800\nz|b|906..1091\nz|c|651\nz|d|585..770\nz|*|3127\n"
          "*|a|1012\n*|b|1262\n*|c|779\n*|d|890\n*|*|3943\n",
          "9 numbers known in bounds: 9 narrower by their totals, 1 of these exact now");
    /* Each sum on its own does not see wb. */
    gives("rij:category kolom:category n_least:integer n_greatest:integer mask:integer\n"
          "w|a|0|-|0\nw|b|0|-|0\nw|-|7|7|2\nx|a|0|-|0\nx|b|0|-|0\nx|-|5|5|2\n-|a|4|4|1\n-|b|8|8|1\n-|-|12|12|3\n",
          &(dk_tighten_spec){ .one_by_one = true },
          "w|a|0..4\nw|b|3..7\nw|*|7\nx|a|0..4\nx|b|1..5\nx|*|5\n*|a|4\n*|b|8\n*|*|12\n",
          "4 numbers known in bounds: 4 narrower by their totals, 0 of these exact now");
}

/* Totals that a word marks, in any case; those of groups, and of all. */
static void a_word_says_which_rows_are_totals(void **state)
{
    static const char *const by[] = { "regio", "gemeente" };

    (void)state;
    gives("regio:text gemeente:category n:integer\n"
          "a|p|3\na|q|-\na|Totaal|7\nb|r|-\nb|s|2\nb|Totaal|-\nTOTAAL|Totaal|12\n",
          &(dk_tighten_spec){ .by = by, .n_by = 2 },
          "a|p|3\na|q|4\na|Totaal|7\nb|r|3\nb|s|2\nb|Totaal|5\nTOTAAL|Totaal|12\n",
          "3 numbers known in bounds: 3 narrower by their totals, 3 of these exact now");
    gives("regio:text n:integer\na|3\nb|-\nalle|7\n",
          &(dk_tighten_spec){ .by = by, .n_by = 1, .total_word = "Alle" }, "a|3\nb|4\nalle|7\n",
          "1 number known in bounds: 1 narrower by their totals, 1 of these exact now");
}

static void totals_may_be_more_than_their_parts(void **state)
{
    static const char text[] = "g:category n_least:integer n_greatest:integer mask:integer\n"
                               "a|3|3|0\nb|0|-|0\n-|7|7|1\n";

    (void)state;
    gives(text, &(dk_tighten_spec){ .at_least = true }, "a|3\nb|0..4\n*|7\n",
          "1 number known in bounds: 1 narrower by their totals, 0 of these exact now");
    gives(text, &(dk_tighten_spec){ 0 }, "a|3\nb|4\n*|7\n",
          "1 number known in bounds: 1 narrower by their totals, 1 of these exact now");
}

/* 2.35..2.45 and so on: rounded to one digit, with bounds of two. Nothing is made whole. */
static void decimals_are_bounds_of_any_number(void **state)
{
    (void)state;
    gives("g:category n_least:decimal2 n_greatest:decimal2 mask:integer\n"
          "a|2.35|2.45|0\nb|1.15|1.25|0\n-|3.65|3.75|1\n",
          &(dk_tighten_spec){ 0 }, "a|2.40..2.45\nb|1.20..1.25\n*|3.65..3.70\n",
          "3 numbers known in bounds: 3 narrower by their totals, 0 of these exact now");
}

static const dk_interval *interval_at(const dk_table *table, size_t column, uint64_t row)
{
    static dk_value value;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_column_get(dk_table_field(table, column)->column, row, &value, &err), &err);
    assert_int_equal(value.type, DK_INTERVAL);
    return &value.as.interval;
}

/* What cannot occur adds nothing and stays what it is; an estimate stays one; what is not narrower keeps its marker. */
static void markers_say_what_the_source_says(void **state)
{
    const dk_table *table, *out;

    (void)state;
    table = compose("g:category n_least:integer n_greatest:integer "
                    "n_marker:category[*~impossible,x~suppressed,e~estimate,.~unavailable] mask:integer\n"
                    "a|-|-|*|0\nb|0|-|x|0\nc|1|9|e|0\nd|2|2|x|0\n-|11|11|-|1\n");
    out = tighten(table, &(dk_tighten_spec){ 0 });
    assert_int_equal(interval_at(out, 1, 0)->meaning, DK_MEANS_IMPOSSIBLE);
    assert_true(interval_at(out, 1, 0)->no_least);
    assert_int_equal(interval_at(out, 1, 1)->meaning, DK_MEANS_NOTHING); /* 0..8 now */
    assert_int_equal(interval_at(out, 1, 1)->greatest, 8);
    assert_int_equal(interval_at(out, 1, 2)->meaning, DK_MEANS_ESTIMATE);
    assert_int_equal(interval_at(out, 1, 2)->greatest, 9);
    assert_int_equal(interval_at(out, 1, 3)->meaning, DK_MEANS_SUPPRESSED);
    dk_table_release(out);
    dk_table_release(table);
    table = compose(
        "g:category n_least:integer n_greatest:integer n_marker:category[e~estimate,.~unavailable] mask:integer\n"
        "a|1|9|e|0\nb|-|-|.|0\n-|0|4|-|1\n");
    out = tighten(table, &(dk_tighten_spec){ 0 });
    assert_int_equal(interval_at(out, 1, 1)->meaning, DK_MEANS_NOTHING); /* ..3 */
    assert_true(interval_at(out, 1, 1)->no_greatest == false && interval_at(out, 1, 1)->greatest == 3);
    assert_int_equal(interval_at(out, 1, 0)->meaning, DK_MEANS_ESTIMATE);
    dk_table_release(out);
    dk_table_release(table);
}

static void what_is_known_is_left_as_it_is(void **state)
{
    (void)state;
    gives("g:category n:integer mask:integer\na|3|0\nb|4|0\n-|7|1\n", &(dk_tighten_spec){ 0 }, "a|3\nb|4\n*|7\n",
          "every number is known already, and the totals hold");
    gives("g:category m:integer n:integer o:integer\na|3|-|7\nb|4|5|9\n", &(dk_tighten_spec){ .total = "o" },
          "a|3|4|7\nb|4|5|9\n", "1 number known in bounds: 1 narrower by their totals, 1 of these exact now");
}

/* Hidden one at a time, every number is recovered: it stands in a sum of which all others are known. Of regions, municipalities
 * in them, and months, with all totals or those of a rollup. */
#define N_PLACES 6

static const dk_table *make_cube(const int64_t *truth, uint64_t hidden, bool has_months, int64_t width,
                                 uint64_t *n_rows)
{
    static char text[1 << 14];
    size_t used = (size_t)snprintf(text, sizeof text,
                                   "regio:category gemeente:category maand:category n_least:integer "
                                   "n_greatest:integer mask:integer\n");
    static const unsigned masks[] = { 0, 2, 3, 4, 6, 7 };
    const dk_table *made;

    *n_rows = 0;
    for (size_t m = 0; m < (has_months ? 6U : 3U); m++)
        for (size_t place = 0; place < N_PLACES; place++)
            for (size_t month = 0; month < 2; month++) {
                bool is_first =
                    !(masks[m] & 2 && place % 3) && !(masks[m] & 1 && place) && !(masks[m] & 4 && month);
                int64_t value = 0, shift = hidden == UINT64_MAX && width > 0 ? (int64_t)pick((uint64_t)width) : 0;

                if (!is_first)
                    continue;
                for (size_t p = 0; p < N_PLACES; p++)
                    for (size_t t = 0; t < 2; t++)
                        if ((masks[m] & 1 || p / 3 == place / 3) && (masks[m] & 2 || p == place) &&
                            (masks[m] & 4 || t == month))
                            value += truth[p * 2 + t];
                used += (size_t)snprintf(
                    text + used, sizeof text - used, "%s|%s|%s|",
                    masks[m] & 1 ? "-"
                    : place < 3  ? "r"
                                 : "s",
                    masks[m] & 2 ? "-" : (const char *const[]){ "a", "b", "c", "d", "e", "f" }[place],
                    masks[m] & 4 ? "-"
                    : month      ? "feb"
                                 : "jan");
                used += *n_rows == hidden
                            ? (size_t)snprintf(text + used, sizeof text - used, "-|-|%u\n", masks[m])
                            : (size_t)snprintf(
                                  text + used, sizeof text - used, "%lld|%lld|%u\n", (long long)(value - shift),
                                  (long long)(value - shift + (hidden == UINT64_MAX ? width : 0)), masks[m]);
                (*n_rows)++;
            }
    made = compose(text);
    return made;
}

static void every_number_stands_in_a_sum(void **state)
{
    int64_t truth[N_PLACES * 2];
    uint64_t n_rows = 1, n_same;

    (void)state;
    random_state = 5;
    for (int has_months = 0; has_months < 2; has_months++)
        for (uint64_t hidden = 0; hidden < n_rows; hidden++) {
            const dk_table *table, *out, *whole;
            char before[1 << 12];

            for (size_t i = 0; i < N_PLACES * 2; i++)
                truth[i] = (int64_t)pick(100);
            whole = make_cube(truth, UINT64_MAX, has_months, 0, &n_rows);
            table = make_cube(truth, hidden, has_months, 0, &n_same);
            snprintf(before, sizeof before, "%s", show_rows(whole));
            out = tighten(table, &(dk_tighten_spec){ .one_by_one = hidden % 2 });
            assert_string_equal(show_rows(out), before);
            dk_table_release(whole);
            dk_table_release(table);
            dk_table_release(out);
        }
    assert_int_equal(n_rows, 12 + 4 + 2 + 6 + 2 + 1);
}

static void the_truth_is_never_cut_off(void **state)
{
    int64_t truth[N_PLACES * 2];
    uint64_t n_rows, n_narrower = 0;

    (void)state;
    random_state = 29;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        const dk_table *table, *whole, *out;

        for (size_t i = 0; i < N_PLACES * 2; i++)
            truth[i] = (int64_t)pick(30);
        whole = make_cube(truth, UINT64_MAX, true, 0, &n_rows);
        table = make_cube(truth, UINT64_MAX, true, 1 + (int64_t)pick(9), &n_rows);
        out = tighten(table, &(dk_tighten_spec){ .at_least = round % 2 });
        for (uint64_t row = 0; row < n_rows; row++) {
            int64_t value = interval_at(whole, 3, row)->least, width;
            dk_interval before = *interval_at(table, 3, row), after = *interval_at(out, 3, row);

            width = after.greatest - after.least;
            assert_true(after.least <= value && value <= after.greatest);
            assert_true(before.least <= after.least && after.greatest <= before.greatest);
            n_narrower += width < before.greatest - before.least;
        }
        dk_table_release(whole);
        dk_table_release(table);
        dk_table_release(out);
    }
    assert_true(n_narrower > 0);
}

static void what_cannot_hold_is_named(void **state)
{
    (void)state;
    refuses("g:category n_least:integer n_greatest:integer mask:integer\na|3|5|0\nb|4|6|0\n-|12|14|1\n",
            &(dk_tighten_spec){ 0 }, DK_ERR_DATA,
            "the total n, over g is 12..14, and its parts add up to 7..11 (totals = \"at least\" lets a total be "
            "more than its "
            "parts)");
    refuses("g:category a:integer b:integer c:integer\nD|3|5|9\n", &(dk_tighten_spec){ .total = "c" }, DK_ERR_DATA,
            "the total c of row 1, over its columns is 9, and its parts add up to 8");
    refuses("g:category a:decimal1 b:decimal1 mask:integer\nD|3.5|-|0\n-|2.5|-|1\n",
            &(dk_tighten_spec){ .at_least = true }, DK_ERR_DATA,
            "the total a, over g is 2.5, and its parts add up to 3.5");
    /* Rows add up to 20, columns to 24. */
    const char *text = "rij:category kolom:category n_least:integer n_greatest:integer mask:integer\n"
                       "w|a|0|10|0\nw|b|0|10|0\nw|-|10|10|2\nx|a|0|10|0\nx|b|0|10|0\nx|-|10|10|2\n"
                       "-|a|12|12|1\n-|b|12|12|1\n-|-|-|-|3\n";
    refuses(text, &(dk_tighten_spec){ 0 }, DK_ERR_DATA,
            "these totals cannot all be the sums of their parts: n, over rij; n, over kolom (totals");
    refuses(text, &(dk_tighten_spec){ .one_by_one = true }, DK_ERR_DATA,
            "cannot be the sum of what the other totals leave of its parts");
    refuses("rij:category kolom:category maand:category n_least:integer n_greatest:integer mask:integer\n"
            "w|a|1|0|1|0\nw|a|2|0|1|0\nw|b|1|4|4|0\nw|-|1|9|9|2\nw|-|2|7|7|2\n",
            &(dk_tighten_spec){ 0 }, DK_ERR_DATA,
            "the total n of w, 1, over kolom is 9, and its parts add up to 4..5");
}

static void misuse_is_refused(void **state)
{
    static const char plain[] = "g:category m:integer n:integer\na|3|4\n",
                      margin[] = "g:category n:integer mask:integer\na|3|0\n-|3|1\n";
    static const char *const n[] = { "n", "n" }, *const g[] = { "g" };

    (void)state;
    refuses(plain, &(dk_tighten_spec){ 0 }, DK_ERR_ARGUMENT,
            "tighten: no number of the table is the total of others (name the column that is: total = \"totaal\"; "
            "or the "
            "dimensions whose totals are rows: by = { ... })");
    refuses(plain, &(dk_tighten_spec){ .by = g, .n_by = 1 }, DK_ERR_ARGUMENT,
            "no number of the table is the total");
    refuses(plain, &(dk_tighten_spec){ .total = "o" }, DK_ERR_NAME, "unknown column \"o\"");
    refuses(plain, &(dk_tighten_spec){ .values = n, .n_values = 2 }, DK_ERR_ARGUMENT,
            "tighten: the column n has two roles");
    refuses(plain, &(dk_tighten_spec){ .values = n, .n_values = 1, .total = "n" }, DK_ERR_ARGUMENT, "two roles");
    refuses(plain, &(dk_tighten_spec){ .by = n, .n_by = 1, .total = "m" }, DK_ERR_ARGUMENT,
            "no columns of numbers");
    refuses(plain, &(dk_tighten_spec){ .by = n, .n_by = 1 }, DK_ERR_TYPE,
            "totals are found by a word, and n is integer");
    refuses(plain, &(dk_tighten_spec){ .total = "g" }, DK_ERR_TYPE,
            "tighten adds up integers, decimals and intervals, and g is category");
    refuses("g:category\na\n", &(dk_tighten_spec){ 0 }, DK_ERR_ARGUMENT,
            "tighten: the table has no columns of numbers in bounds, or of whole numbers");
    refuses("m:decimal1 n:integer\n1.5|4\n", &(dk_tighten_spec){ .total = "n" }, DK_ERR_TYPE,
            "m has 1 digits after the point, and n has 0 (make them alike first: t:derive \"m = decimal(m, 1)\")");
    refuses(margin, &(dk_tighten_spec){ .by = g, .n_by = 1 }, DK_ERR_ARGUMENT,
            "tighten: the rows of the table that are totals say of which dimensions (leave `by` out)");
    refuses("g:category j:integer n:integer mask:integer\na|1|3|0\na|2|3|0\n-|1|3|1\n-|2|3|1\n",
            &(dk_tighten_spec){ 0 }, DK_ERR_DUPLICATE,
            "rows 3 and 4 are the same total (name all columns that tell rows apart as dimensions, or take one of "
            "them: "
            "t:where \"...\")");
}

static void limits_are_told(void **state)
{
    const char *by[17];
    const dk_table *table = make_table(context, "n:integer\n1\n"), *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 17; i++)
        by[i] = "n";
    assert_fails(dk_table_tighten(table, &(dk_tighten_spec){ .by = by, .n_by = 17 }, &out, &err), &err,
                 DK_ERR_LIMIT, "tighten takes no more than 16 dimensions");
    dk_table_release(table);

    /* Nine dimensions have 512 kinds of totals. */
    static char text[1 << 15] = "a:text b:text c:text d:text e:text f:text g:text h:text i:text n:integer\n";
    size_t used = strlen(text);

    for (unsigned mask = 0; mask < 300; mask++) {
        for (unsigned i = 0; i < 9; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s|", mask >> i & 1 ? "totaal" : "x");
        used += (size_t)snprintf(text + used, sizeof text - used, "1\n");
    }
    table = compose(text);
    assert_fails(dk_table_tighten(
                     table,
                     &(dk_tighten_spec){ .by = (const char *const[]){ "a", "b", "c", "d", "e", "f", "g", "h", "i" },
                                         .n_by = 9 },
                     &out, &err),
                 &err, DK_ERR_LIMIT, "the table has more than 256 kinds of totals");
    dk_table_release(table);
    table = compose(long_form);
    dk_context_interrupt(context);
    assert_fails(dk_table_tighten(table, &(dk_tighten_spec){ 0 }, &out, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_survives_failing_memory(context, dk_table_tighten(table, &(dk_tighten_spec){ 0 }, &out, &err), &err,
                                   out == NULL, dk_table_release(out));
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cells_alone_in_a_row_are_recovered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_null_is_not_0_or_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_table_has_totals_of_both_dimensions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_word_says_which_rows_are_totals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_may_be_more_than_their_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(decimals_are_bounds_of_any_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(markers_say_what_the_source_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_known_is_left_as_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_number_stands_in_a_sum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_truth_is_never_cut_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_hold_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(misuse_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(limits_are_told, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
