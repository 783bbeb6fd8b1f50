/* test_quote.c - the single quote as quote: where the first records need it, and where apostrophes are text. */
#include "check.h"

#include "both_agree.h"
#include "survive_reading.h"

#include "with_context.h"

/* The text in the last row of the first column, by both paths. */
static void expect(const char *text, const dk_csv_options *o, const char *value, bool is_found)
{
    both_reading r;
    dk_value last;

    both_agree(context, text, o, &r);
    assert_ok(r.status, &r.err);
    assert_ok(dk_column_get(dk_table_field(r.table, 0)->column, dk_table_n_rows(r.table) - 1, &last, &r.err),
              &r.err);
    assert_int_equal(last.as.text.size, strlen(value));
    assert_memory_equal(last.as.text.bytes, value, strlen(value));
    assert_int_equal(strstr(dk_table_note(r.table, 0), "quote '") != NULL, is_found);
    both_drop(&r);
}

static void it_is_the_quote_where_delimiters_stand_within(void **state)
{
    (void)state;
    expect("naam;n\n'Ede; centrum';5\n", NULL, "Ede; centrum", true);
    expect("naam,n\nEde,5\n'Ede, centrum',5\n", NULL, "Ede, centrum", true);
    expect("naam;n\n'Ede\ncentrum';5\n", NULL, "Ede\ncentrum", true);
    expect("naam\n'x; y'\n'z'\n", &(dk_csv_options){ .delimiter = ';' }, "z", true);
}

static void it_is_the_quote_where_whole_columns_have_it(void **state)
{
    (void)state;
    expect("naam;n\n'Ede';5\n'Zutphen';6\n", NULL, "Zutphen", true);
    expect("'naam';'n'\n'Ede';'5'\n;'6'\n'it''s';'6'\n", NULL, "it's", true);
    expect("sep=;\nnaam;n\n'Ede';5\n", NULL, "Ede", true);
}

static void apostrophes_are_text(void **state)
{
    (void)state;
    expect("naam;n\n's-Gravenhage;5\n't Harde;6\n", NULL, "'t Harde", false);
    expect("naam;n\n'ja';5\nnee;6\n", NULL, "nee", false); /* not all of the column */
    expect("naam;n\nit's;5\n", NULL, "it's", false);
    expect("naam;n\n'a';\"b;c\"\n", NULL, "'a'", false); /* there is the other quote */
    expect("naam;'n'\nx'y;5\n", NULL, "x'y", false);
}

static void what_is_stated_holds(void **state)
{
    (void)state;
    expect("naam;n\n'Ede';5\n", &(dk_csv_options){ .quote = '"' }, "'Ede'", false);
    expect("naam;n\n\"Ede\";5\n", &(dk_csv_options){ .quote = '\'' }, "\"Ede\"", true);
    expect("naam'n\nEde'5\n", &(dk_csv_options){ .delimiter = '\'' }, "Ede", false);
}

static void survives_failing_memory(void **state)
{
    (void)state;
    survive_reading(context, "naam;n\n'Ede; centrum';5\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_the_quote_where_delimiters_stand_within, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_is_the_quote_where_whole_columns_have_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(apostrophes_are_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_stated_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
