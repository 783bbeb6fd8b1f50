/* test_write_csv.c - CSV files: what the reader reads back is what was written. */
#include "written.h"

#include "with_context.h"

#include <dekking/csv.h>

static void expect(const dk_table *table, const dk_write_options *options, const char *shown)
{
    assert_string_equal(written(table, DK_FORMAT_CSV, options), shown);
    dk_table_release(table);
}

static const char every_type[] =
    "gemeente:category n:integer bedrag:decimal2 x:real deel:ratio sinds:date om:timestamp "
    "in_sonar:boolean t:text\n"
    "Arnhem|2983|12.5|0.1|3/4|2024-12-31|2024-12-31T10:00:00|true|a\n"
    "Rozendaal|-7|-0.05|-2|2/3|2024-02-01|2024-02-01T00:00:01|false|\n"
    "-|-|-|-|-|-|-|-|-\n";

static void numbers_are_exact_and_dates_iso(void **state)
{
    (void)state;
    expect(make_table(context, every_type), NULL,
           "gemeente,n,bedrag,x,deel,sinds,om,in_sonar,t\n"
           "Arnhem,2983,12.50,0.1,0.75,2024-12-31,2024-12-31T10:00:00,true,a\n"
           "Rozendaal,-7,-0.05,-2.0,0.6666666666666666,2024-02-01,2024-02-01T00:00:01,false,\"\"\n"
           ",,,,,,,,\n");
}

static void the_dutch_style_is_what_spreadsheets_open(void **state)
{
    (void)state;
    expect(make_table(context, every_type), OPTIONS(.style = DK_STYLE_NL),
           "\xEF\xBB\xBFgemeente;n;bedrag;x;deel;sinds;om;in_sonar;t\r\n"
           "Arnhem;2983;12,50;0,1;0,75;2024-12-31;2024-12-31 10:00:00;ja;a\r\n"
           "Rozendaal;-7;-0,05;-2,0;0,6666666666666666;2024-02-01;2024-02-01 00:00:01;nee;\"\"\r\n"
           ";;;;;;;;\r\n");
}

static void patterns_and_labels_are_for_people(void **state)
{
    const dk_table *table = restyled(make_table(context, "deel:ratio\n1/4\n"), "deel", "Aandeel", "0.0 %");

    (void)state;
    expect(table, NULL, "deel\n0.25\n");
}

static void totals_have_a_label_and_null_may_have_a_text(void **state)
{
    (void)state;
    expect(with_total(context), NULL, "gemeente,som\nArnhem,12\nDuiven,7\ntotaal,19\n");
    expect(with_total(context), OPTIONS(.total_label = "Alle, samen"),
           "gemeente,som\nArnhem,12\nDuiven,7\n\"Alle, samen\",19\n");
    expect(make_table(context, "a:text n:integer\n-|-\n|1\n"), OPTIONS(.null_text = "NB"), "a,n\nNB,NB\n\"\",1\n");
    expect(make_table(context, "a:text n:integer\n-|-\n|1\n"), NULL, "a,n\n,\n\"\",1\n");
    expect(make_table(context, "n:integer\n-\n"), OPTIONS(.null_text = "a,b"), "n\n\"a,b\"\n");
}

static void what_would_be_read_as_something_else_is_quoted(void **state)
{
    (void)state;
    expect(TEXT_COLUMN(context, "naam, \"vol\"", "a,b", "zeg \"ja\"", "twee\nregels", "\rx", " voor", "na ", "\"",
                       "a;b", "\xEF\xBB\xBFmark", "", NULL, "gewoon", "\ttab"),
           NULL,
           "\"naam, \"\"vol\"\"\"\n\"a,b\"\n\"zeg \"\"ja\"\"\"\n\"twee\nregels\"\n\"\rx\"\n\" voor\"\n\"na \"\n"
           "\"\"\"\"\na;b\n\"\xEF\xBB\xBFmark\"\n\"\"\n\ngewoon\n\ttab\n");
    expect(TEXT_COLUMN(context, "t", "a,b", "a;b"), OPTIONS(.style = DK_STYLE_NL),
           "\xEF\xBB\xBFt\r\na,b\r\n\"a;b\"\r\n");
}

/* Values stay what they are unless the caller says otherwise: -1 and @naam are data more often than attacks. */
static void formulas_are_disarmed_on_request_alone(void **state)
{
    static const char *const values[] = { "=1+1", "+31 26", "-", "@SUM(A1)", "\tx", "\rx", "a=b", "'=1", "", NULL };
    const dk_table *table = text_column(context, "=naam", values, 10);

    (void)state;
    assert_string_equal(written(table, DK_FORMAT_CSV, NULL),
                        "=naam\n=1+1\n+31 26\n-\n@SUM(A1)\n\tx\n\"\rx\"\na=b\n'=1\n\"\"\n\n");
    assert_string_equal(written(table, DK_FORMAT_CSV, OPTIONS(.disarm_formulas = true)),
                        "\"'=naam\"\n\"'=1+1\"\n\"'+31 26\"\n\"'-\"\n\"'@SUM(A1)\"\n\"'\tx\"\n\"'\rx\"\na=b\n'=1\n"
                        "\"\"\n\n");
    dk_table_release(table);
    /* Numbers are no texts, and what stands for null is the caller's. */
    expect(make_table(context, "n:integer t:text\n-5|-\n"), OPTIONS(.disarm_formulas = true, .null_text = "-"),
           "n,t\n-5,-\n");
}

static void a_zero_byte_is_refused_with_its_place(void **state)
{
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD("naam", NULL);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;
    char *text = NULL;
    size_t size;

    (void)state;
    assert_ok(dk_builder_new(context, DK_TEXT, 0, NULL, &builder, &err), &err);
    assert_ok(dk_builder_text(builder, (dk_text){ "a", 1 }, &err), &err);
    assert_ok(dk_builder_text(builder, (dk_text){ "b\0c", 3 }, &err), &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    assert_ok(dk_table_new(context, &field, 1, 2, &table, &err), &err);
    assert_fails(
        dk_write_text(table, DK_FORMAT_CSV, NULL, &text, &size, &err), &err, DK_ERR_DATA,
        "column naam, row 2: a zero byte, which no field of CSV can hold (write JSON, or leave the column out)");
    assert_null(text);
    dk_table_release(table);
    dk_column_release(field.column);
    dk_builder_release(builder);
}

/* Round trip -------------------------------------------------------------------------------------------------------- */

static uint64_t seed;

static uint64_t below(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

/* A text of what makes trouble. */
static dk_text odd_text(char *out)
{
    static const char *const parts[] = {
        "a", "Arnhem", ",",  ";",  "\"", "\"\"", "\n", "\r", "\r\n",         " ",       "\t", "|", "\'",
        "=", "2983",   "0,", ".5", "ja", "-",    "é",  "日", "\xEF\xBB\xBF", "\x1B[31m"
    };
    size_t size = 0;

    for (uint64_t n = below(6); n > 0; n--) {
        const char *part = parts[below(sizeof parts / sizeof *parts)];

        memcpy(out + size, part, strlen(part));
        size += strlen(part);
    }
    return (dk_text){ out, size };
}

static const dk_type round_types[] = { DK_BOOLEAN,   DK_INTEGER,  DK_DECIMAL, DK_REAL,  DK_DATE,
                                       DK_TIMESTAMP, DK_CATEGORY, DK_TEXT,    DK_PERIOD };
#define N_TYPES (sizeof round_types / sizeof *round_types)

static void append_random(dk_builder *builder, dk_type type)
{
    int64_t number = (int64_t)(below(UINT64_MAX) >> below(64)) * (below(2) ? 1 : -1);
    char text[64];
    double real;
    dk_error err = DK_ERROR_INIT;

    if (below(5) == 0) {
        assert_ok(dk_builder_null(builder, 1, &err), &err);
        return;
    }
    switch (type) {
    case DK_BOOLEAN: assert_ok(dk_builder_boolean(builder, below(2), &err), &err); return;
    case DK_DECIMAL: number %= INT64_C(1000000000000000000); break;
    case DK_DATE: number = (int64_t)below(3652059) - 719162; break; /* 0001-01-01 .. 9999-12-31 */
    case DK_PERIOD: number = (int64_t)below(9999) - 1969; break;    /* years that every frequency has */
    case DK_TIMESTAMP: number = (int64_t)below(UINT64_C(315537897600000000)) - INT64_C(62135596800000000); break;
    case DK_REAL:
        do {
            uint64_t bits = below(UINT64_MAX);

            memcpy(&real, &bits, sizeof real);
        } while (!isfinite(real));
        assert_ok(dk_builder_real(builder, below(2) ? real : (double)number / 8, &err), &err);
        return;
    case DK_CATEGORY:
    case DK_TEXT: assert_ok(dk_builder_text(builder, odd_text(text), &err), &err); return;
    default: break;
    }
    assert_ok(dk_builder_integer(builder, number, &err), &err);
}

static const dk_table *random_table(size_t n_columns, size_t n_rows, dk_csv_column *stated)
{
    static char names[N_TYPES][64];
    dk_field fields[N_TYPES];
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    for (size_t c = 0; c < n_columns; c++) {
        dk_type type = round_types[n_columns == 1 ? below(N_TYPES) : c];
        uint8_t scale = (uint8_t)(type == DK_DECIMAL ? below(19) : type == DK_PERIOD ? below(DK_N_FREQUENCIES) : 0);
        dk_text odd = odd_text(names[c]);
        dk_builder *builder = NULL;

        sprintf(names[c] + odd.size, "%zu", c);
        assert_ok(dk_builder_new(context, type, scale, NULL, &builder, &err), &err);
        for (size_t r = 0; r < n_rows; r++)
            append_random(builder, type);
        fields[c] = DK_FIELD(names[c], NULL);
        assert_ok(dk_builder_finish(builder, &fields[c].column, &err), &err);
        dk_builder_release(builder);
        stated[c] = (dk_csv_column){ .name = names[c], .type = type, .has_scale = true, .scale = scale };
    }
    assert_ok(dk_table_new(context, fields, n_columns, n_rows, &table, &err), &err);
    for (size_t c = 0; c < n_columns; c++)
        dk_column_release(fields[c].column);
    return table;
}

static bool same_value(const dk_value *a, const dk_value *b)
{
    if (a->type != b->type || a->scale != b->scale || a->is_null != b->is_null)
        return false;
    return a->is_null || dk_value_compare(a, b) == 0;
}

static void assert_same(const dk_table *a, const dk_table *b, const char *text)
{
    dk_error err = DK_ERROR_INIT;

    assert_int_equal(dk_table_n_rows(a), dk_table_n_rows(b));
    assert_int_equal(dk_table_n_columns(a), dk_table_n_columns(b));
    for (size_t c = 0; c < dk_table_n_columns(a); c++) {
        assert_string_equal(dk_table_field(a, c)->name, dk_table_field(b, c)->name);
        for (uint64_t row = 0; row < dk_table_n_rows(a); row++) {
            dk_value x, y;

            assert_ok(dk_column_get(dk_table_field(a, c)->column, row, &x, &err), &err);
            assert_ok(dk_column_get(dk_table_field(b, c)->column, row, &y, &err), &err);
            if (!same_value(&x, &y))
                fail_msg("row %llu, column %zu differ; the file was\n%s", (unsigned long long)row, c, text);
        }
    }
}

static void what_is_read_back_is_what_was_written(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    seed = UINT64_C(0x9E3779B97F4A7C15);
    for (int round = 0; round < 400; round++) {
        bool dutch = round % 2;
        dk_csv_column stated[N_TYPES];
        size_t n_columns = round % 3 == 0 ? 1 : N_TYPES;
        const dk_table *table = random_table(n_columns, below(12), stated), *back = NULL;
        const dk_write_options options = { .style = dutch ? DK_STYLE_NL : DK_STYLE_INTERNATIONAL };
        const dk_csv_options reading = {
            .delimiter = dutch ? ';' : ',',
            .decimal_mark = dutch ? DK_MARK_COMMA : DK_MARK_POINT,
            .columns = stated,
            .n_columns = n_columns,
        };
        const char *text = written(table, DK_FORMAT_CSV, &options);

        assert_ok(dk_read_csv_bytes(context, text, strlen(text), "back", &reading, &back, NULL, &err), &err);
        assert_same(table, back, text);
        dk_table_release(back);
        dk_table_release(table);
    }
}

/* Where nothing can be read two ways the reader finds delimiter, marks and types by itself. */
static void types_are_found_again(void **state)
{
    static const char text[] =
        "gemeente:category n:integer bedrag:decimal2 sinds:date om:timestamp in_sonar:boolean\n"
        "Arnhem|2983|12.50|2024-12-31|2024-12-31T10:00:00|true\n"
        "Duiven|-7|-0.05|2024-02-01|2024-02-01T00:00:01|false\n"
        "-|-|-|-|-|-\n";
    const dk_table *table = make_table(context, text);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int style = DK_STYLE_INTERNATIONAL; style <= DK_STYLE_NL; style++) {
        const char *shown = written(table, DK_FORMAT_CSV, OPTIONS(.style = (dk_style)style));
        const dk_table *back = NULL;

        assert_ok(dk_read_csv_bytes(context, shown, strlen(shown), "back", NULL, &back, NULL, &err), &err);
        assert_same(table, back, shown);
        dk_table_release(back);
    }
    dk_table_release(table);
}

static void writing_survives_failing_memory(void **state)
{
    const dk_table *table = make_table(context, every_type);

    (void)state;
    write_survives_failing_memory(table, DK_FORMAT_CSV, OPTIONS(.style = DK_STYLE_NL));
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_are_exact_and_dates_iso, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_dutch_style_is_what_spreadsheets_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(patterns_and_labels_are_for_people, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_have_a_label_and_null_may_have_a_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_would_be_read_as_something_else_is_quoted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(formulas_are_disarmed_on_request_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_zero_byte_is_refused_with_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_read_back_is_what_was_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(types_are_found_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writing_survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
