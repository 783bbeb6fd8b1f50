/* test_table.c - names, sharing of columns, other rows, margins, properties that are inherited and notes that are not. */
#include "columns.h"

#include "with_context.h"

#include <dekking/table.h>

#include "data/table_parts.h"

static const dk_column *integers(const int64_t *values, size_t n)
{
    dk_builder *builder = NULL;
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    assert_ok(dki_builder_integers(builder, values, NULL, n, &err), &err);
    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    dk_builder_release(builder);
    return column;
}

/* gemeente, register, sonar: three municipalities and their total. */
static const dk_table *coverage(void)
{
    static const int64_t totals[] = { 40, 30, 0, 70 }, known[] = { 30, 20, 0, 50 };
    static const row names[] = { { false, 3 }, { false, 1 }, { false, 2 }, { true, 0 } };
    const dk_column *a = column_of(context, DK_CATEGORY, 0, names, 4);
    const dk_column *b = integers(totals, 4), *c = integers(known, 4);
    dk_field fields[] = { DK_FIELD("gemeente", a), DK_FIELD("register", b), DK_FIELD("sonar", c) };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    fields[0].margin_bit = 0;
    fields[2].label = "Bekend in Sonar";
    fields[2].format = "0";
    assert_ok(dk_table_new(context, fields, 3, 4, &table, &err), &err);
    dk_column_release(a);
    dk_column_release(b);
    dk_column_release(c);
    return table;
}

/* Replaces *table by what a call made of it. */
static void become(const dk_table **table, const dk_table *made)
{
    dk_table_release(*table);
    *table = made;
}

static const dk_table *with_total(void)
{
    static const int64_t masks[] = { 0, 0, 0, 1 };
    const dk_table *table = coverage(), *made = NULL;
    const dk_column *margin = integers(masks, 4);
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_with_margin(table, margin, &made, &err), &err);
    dk_column_release(margin);
    dk_table_release(table);
    return made;
}

static const dk_table *weighted(void)
{
    const dk_table *table = coverage(), *made = NULL;
    const dk_properties properties = {
        .name = "register", .source = "register.csv", .unit = "persons", .weight = "register"
    };
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_with_properties(table, &properties, &made, &err), &err);
    dk_table_release(table);
    return made;
}

static int64_t number(const dk_table *table, const char *name, uint64_t at)
{
    dk_value value;
    dk_error err = DK_ERROR_INIT;
    size_t i = dk_table_find(table, name);

    assert_true(i != DK_NO_COLUMN);
    assert_ok(dk_column_get(dk_table_field(table, i)->column, at, &value, &err), &err);
    assert_false(value.is_null);
    return value.as.integer;
}

static void a_field_is_copied_and_its_column_shared(void **state)
{
    char name[] = "register", label[] = "Register", format[] = "0.0 %";
    static const int64_t values[] = { 1, 2 };
    const dk_column *column = integers(values, 2);
    dk_field field = DK_FIELD(name, column);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    field.label = label;
    field.format = format;
    field.margin_bit = 5;
    assert_ok(dk_table_new(context, &field, 1, 2, &table, &err), &err);
    name[0] = label[0] = format[0] = 'x';
    dk_column_release(column);
    assert_string_equal(dk_table_field(table, 0)->name, "register");
    assert_string_equal(dk_table_field(table, 0)->label, "Register");
    assert_string_equal(dk_table_field(table, 0)->format, "0.0 %");
    assert_int_equal(dk_table_field(table, 0)->margin_bit, 5);
    assert_ptr_equal(dk_table_field(table, 0)->column, column);
    assert_int_equal(dk_table_n_rows(table), 2);
    assert_int_equal(dk_table_n_columns(table), 1);
    assert_ptr_equal(dk_table_context(table), context);
    assert_int_equal(number(table, "register", 1), 2);
    dk_table_release(dk_table_retain(table));
    dk_table_release(table);
    dk_table_release(NULL);
}

static void fields_that_cannot_be_are_refused(void **state)
{
    static const int64_t values[] = { 1, 2 };
    const dk_column *two = integers(values, 2), *one = integers(values, 1);
    const dk_field lengths[] = { DK_FIELD("a", two), DK_FIELD("b", one) };
    const dk_field twice[] = { DK_FIELD("a", two), DK_FIELD("a", two) };
    const dk_field empty[] = { DK_FIELD("", two) }, nameless[] = { DK_FIELD(NULL, two) };
    const dk_field latin[] = { DK_FIELD("caf\xE9", two) };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_table_new(context, lengths, 2, 2, &table, &err), &err, DK_ERR_LENGTH,
                 "column b has 1 rows, and the table has 2");
    assert_fails(dk_table_new(context, twice, 2, 2, &table, &err), &err, DK_ERR_DUPLICATE, "\"a\"");
    assert_fails(dk_table_new(context, empty, 1, 2, &table, &err), &err, DK_ERR_ARGUMENT, "column 1 has no name");
    assert_fails(dk_table_new(context, nameless, 1, 2, &table, &err), &err, DK_ERR_ARGUMENT, "no name");
    assert_fails(dk_table_new(context, latin, 1, 2, &table, &err), &err, DK_ERR_ARGUMENT,
                 "the name of column 1 is not UTF-8");
    assert_null(table);
    assert_ok(dk_table_new(context, NULL, 0, 7, &table, &err), &err);
    assert_int_equal(dk_table_n_rows(table), 7);
    assert_int_equal(dk_table_n_columns(table), 0);
    dk_table_release(table);
    dk_column_release(two);
    dk_column_release(one);
}

static void an_unknown_column_gets_the_nearest_name_or_the_list(void **state)
{
    const dk_table *table = weighted(), *empty = NULL, *plain = coverage();
    size_t at = 77;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_get(table, "sonar", &at, &err), &err);
    assert_int_equal(at, 2);
    at = 77;
    assert_int_equal(dk_table_find(table, "gemeente"), 0);
    assert_true(dk_table_find(table, "Gemeente") == DK_NO_COLUMN);
    assert_fails(dk_table_get(plain, "gemente", &at, &err), &err, DK_ERR_NAME, "unknown column \"gemente\"");
    assert_string_equal(err.message, "unknown column \"gemente\"");
    assert_string_equal(err.hint, "did you mean \"gemeente\"?");
    assert_fails(dk_table_get(table, "xyzzy", &at, &err), &err, DK_ERR_NAME, "\"xyzzy\" in register");
    assert_string_equal(err.hint, "there are: gemeente, register, sonar");
    assert_int_equal(at, 77);
    assert_ok(dk_table_new(context, NULL, 0, 1, &empty, &err), &err);
    assert_fails(dk_table_get(empty, "x", &at, &err), &err, DK_ERR_NAME, "the table has no columns");
    dk_table_release(empty);
    dk_table_release(plain);
    dk_table_release(table);
}

static void a_long_list_of_names_is_cut_between_names(void **state)
{
    static const int64_t values[] = { 1 };
    const dk_column *column = integers(values, 1);
    static char names[100][400];
    dk_field fields[100];
    const dk_table *table = NULL;
    size_t at;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int i = 0; i < 100; i++) {
        sprintf(names[i], "kolom_%03d", i);
        fields[i] = DK_FIELD(names[i], column);
    }
    assert_ok(dk_table_new(context, fields, 100, 1, &table, &err), &err);
    assert_fails(dk_table_get(table, "xyzzy", &at, &err), &err, DK_ERR_NAME, "");
    assert_non_null(strstr(err.hint, "there are: kolom_000, kolom_001, "));
    assert_string_equal(err.hint + strlen(err.hint) - 14, "kolom_021, ...");
    dk_table_release(table);
    memset(names[0], 'w', 399);
    assert_ok(dk_table_new(context, fields, 1, 1, &table, &err), &err);
    assert_fails(dk_table_get(table, "xyzzy", &at, &err), &err, DK_ERR_NAME, "there are: ...");
    dk_table_release(table);
    dk_column_release(column);
}

static void select_drop_and_rename_share_the_columns(void **state)
{
    const dk_table *table = coverage(), *made = NULL;
    const char *const chosen[] = { "sonar", "gemeente" }, *const dropped[] = { "register" };
    const char *const old_names[] = { "register", "sonar" }, *const new_names[] = { "sonar", "bekend" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_select(table, chosen, 2, &made, &err), &err);
    assert_int_equal(dk_table_n_columns(made), 2);
    assert_string_equal(dk_table_field(made, 0)->name, "sonar");
    assert_string_equal(dk_table_field(made, 0)->label, "Bekend in Sonar");
    assert_int_equal(dk_table_field(made, 1)->margin_bit, 0);
    assert_ptr_equal(dk_table_field(made, 0)->column, dk_table_field(table, 2)->column);
    become(&made, NULL);
    assert_ok(dk_table_drop(table, dropped, 1, &made, &err), &err);
    assert_int_equal(dk_table_n_columns(made), 2);
    assert_string_equal(dk_table_field(made, 1)->name, "sonar");
    assert_ptr_equal(dk_table_field(made, 1)->column, dk_table_field(table, 2)->column);
    become(&made, NULL);
    assert_ok(dk_table_rename(table, old_names, new_names, 2, &made, &err), &err); /* all at once */
    assert_string_equal(dk_table_field(made, 1)->name, "sonar");
    assert_string_equal(dk_table_field(made, 2)->name, "bekend");
    assert_ptr_equal(dk_table_field(made, 1)->column, dk_table_field(table, 1)->column);
    assert_string_equal(dk_table_field(table, 1)->name, "register");
    become(&made, NULL);
    assert_ok(dk_table_select(table, NULL, 0, &made, &err), &err);
    assert_int_equal(dk_table_n_rows(made), 4);
    dk_table_release(made);
    dk_table_release(table);
}

static void names_that_are_not_there_or_twice_are_refused(void **state)
{
    const dk_table *table = coverage(), *made = NULL;
    const char *const wrong[] = { "sonnar" }, *const twice[] = { "sonar", "sonar" };
    const char *const taken[] = { "register" }, *const sonar[] = { "sonar" }, *const two[] = { "a", "b" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_table_select(table, wrong, 1, &made, &err), &err, DK_ERR_NAME, "did you mean \"sonar\"?");
    assert_fails(dk_table_drop(table, wrong, 1, &made, &err), &err, DK_ERR_NAME, "\"sonnar\"");
    assert_fails(dk_table_rename(table, wrong, taken, 1, &made, &err), &err, DK_ERR_NAME, "\"sonnar\"");
    assert_fails(dk_table_select(table, twice, 2, &made, &err), &err, DK_ERR_DUPLICATE, "\"sonar\"");
    assert_fails(dk_table_rename(table, sonar, taken, 1, &made, &err), &err, DK_ERR_DUPLICATE, "\"register\"");
    assert_fails(dk_table_rename(table, twice, two, 2, &made, &err), &err, DK_ERR_DUPLICATE,
                 "the column \"sonar\" gets two names: \"a\" and \"b\"");
    assert_null(made);
    dk_table_release(table);
}

static void with_replaces_in_place_and_appends(void **state)
{
    static const int64_t values[] = { 9, 8, 7, 6 };
    const dk_table *table = coverage(), *made = NULL;
    const dk_column *column = integers(values, 4), *slice = NULL;
    const dk_field fields[] = { DK_FIELD("nieuw", column), DK_FIELD("register", column) };
    const dk_field twice[] = { DK_FIELD("nieuw", column), DK_FIELD("nieuw", column) };
    dk_field shorter = DK_FIELD("kort", NULL);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_with(table, fields, 2, &made, &err), &err);
    assert_int_equal(dk_table_n_columns(made), 4);
    assert_string_equal(dk_table_field(made, 1)->name, "register");
    assert_ptr_equal(dk_table_field(made, 1)->column, column);
    assert_string_equal(dk_table_field(made, 3)->name, "nieuw");
    assert_int_equal(number(table, "register", 0), 40);
    become(&made, NULL);
    assert_fails(dk_table_with(table, twice, 2, &made, &err), &err, DK_ERR_DUPLICATE, "\"nieuw\"");
    assert_ok(dk_column_slice(column, 0, 2, &slice, &err), &err);
    shorter.column = slice;
    assert_fails(dk_table_with(table, &shorter, 1, &made, &err), &err, DK_ERR_LENGTH, "kort has 2 rows");
    assert_null(made);
    dk_column_release(slice);
    dk_column_release(column);
    dk_table_release(table);
}

static void other_rows_carry_the_margin_along(void **state)
{
    const dk_table *table = with_total(), *made = NULL;
    const uint64_t order[] = { 3, 0, 0 };
    const uint64_t outside[] = { 4 }, null[] = { DK_ROW_NULL };
    dk_value mask;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_gather(table, order, 3, &made, &err), &err);
    assert_int_equal(dk_table_n_rows(made), 3);
    assert_int_equal(number(made, "register", 0), 70);
    assert_int_equal(number(made, "register", 2), 40);
    assert_ok(dk_column_get(dk_table_margin(made), 0, &mask, &err), &err);
    assert_int_equal(mask.as.integer, 1);
    assert_string_equal(dk_table_field(made, 2)->label, "Bekend in Sonar");
    become(&made, NULL);
    assert_ok(dk_table_slice(table, 2, 99, &made, &err), &err);
    assert_int_equal(dk_table_n_rows(made), 2);
    assert_int_equal(number(made, "sonar", 1), 50);
    assert_int_equal(dk_column_n_rows(dk_table_margin(made)), 2);
    become(&made, NULL);
    assert_ok(dk_table_slice(table, 99, 1, &made, &err), &err);
    assert_int_equal(dk_table_n_rows(made), 0);
    become(&made, NULL);
    assert_fails(dk_table_gather(table, outside, 1, &made, &err), &err, DK_ERR_RANGE, "row 5 of a table of 4 rows");
    assert_fails(dk_table_gather(table, null, 1, &made, &err), &err, DK_ERR_RANGE, "");
    assert_null(made);
    dk_table_release(table);
}

static void details_are_the_rows_that_are_no_totals(void **state)
{
    const dk_table *table = with_total(), *made = NULL, *again = NULL, *without = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_set_block_rows(context, 1);
    assert_ok(dk_table_detail(table, &made, &err), &err);
    assert_int_equal(dk_table_n_rows(made), 3);
    assert_null(dk_table_margin(made));
    assert_int_equal(number(made, "register", 0) + number(made, "register", 1) + number(made, "register", 2), 70);
    assert_ok(dk_table_detail(made, &again, &err), &err);
    assert_ptr_equal(again, made);
    assert_ok(dk_table_with_margin(table, NULL, &without, &err), &err);
    assert_null(dk_table_margin(without));
    assert_int_equal(dk_table_n_rows(without), 4);
    dk_table_release(without);
    dk_table_release(again);
    dk_table_release(made);
    dk_table_release(table);
}

static void a_margin_that_cannot_be_is_refused(void **state)
{
    static const int64_t values[] = { 0, 0 };
    static const row nulls[] = { { false, 0 }, { true, 0 }, { false, 0 }, { false, 0 } };
    const dk_column *shorter = integers(values, 2), *holes = column_of(context, DK_INTEGER, 0, nulls, 4);
    const dk_column *real = column_of(context, DK_REAL, 0, nulls, 4);
    const dk_table *table = coverage(), *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_table_with_margin(table, shorter, &made, &err), &err, DK_ERR_LENGTH, "2 rows");
    assert_fails(dk_table_with_margin(table, holes, &made, &err), &err, DK_ERR_ARGUMENT, "a margin has no nulls");
    assert_fails(dk_table_with_margin(table, real, &made, &err), &err, DK_ERR_TYPE,
                 "a margin is an integer column, not real");
    assert_null(made);
    dk_column_release(shorter);
    dk_column_release(holes);
    dk_column_release(real);
    dk_table_release(table);
}

/* Many rows: columns are gathered side by side, and one thread and two say the same. */
static void many_rows_are_the_same_with_any_number_of_threads(void **state)
{
    enum { N = 100000 };
    row *rows[N_PLAIN_TYPES], *expected = malloc(N * sizeof *expected);
    dk_field fields[N_PLAIN_TYPES];
    uint64_t *numbers = malloc(N * sizeof *numbers);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < N; i++)
        numbers[i] = random_below(N);
    for (int type = 0; type < N_PLAIN_TYPES; type++) {
        rows[type] = random_rows(N, 9, 10);
        fields[type] = DK_FIELD(dk_type_name((dk_type)type),
                                column_of(context, (dk_type)type, scale_of((dk_type)type), rows[type], N));
    }
    assert_ok(dk_table_new(context, fields, N_PLAIN_TYPES, N, &table, &err), &err);
    for (unsigned threads = 1; threads <= 2; threads++) {
        const dk_table *made = NULL;

        dk_set_threads(threads);
        assert_ok(dk_table_gather(table, numbers, N, &made, &err), &err);
        for (int type = 0; type < N_PLAIN_TYPES; type++) {
            for (size_t i = 0; i < N; i++)
                expected[i] = rows[type][numbers[i]];
            same_column(dk_table_field(made, (size_t)type)->column, expected, N, 4096);
        }
        dk_table_release(made);
    }
    for (uint64_t nth = 1; nth < 40;
         nth += 3) { /* a failure in a thread is a failure of the whole, without a leak */
        const dk_table *made = NULL;
        size_t before = dk_context_used_bytes(context);

        dk_context_fail_allocation(context, nth);
        assert_int_equal(dk_table_gather(table, numbers, N, &made, &err), DK_ERR_MEMORY);
        dk_context_fail_allocation(context, 0);
        assert_null(made);
        assert_int_equal(dk_context_used_bytes(context), before);
    }
    dk_set_threads(0);
    dk_table_release(table);
    for (int type = 0; type < N_PLAIN_TYPES; type++) {
        dk_column_release(fields[type].column);
        free(rows[type]);
    }
    free(expected);
    free(numbers);
}

/* Properties -------------------------------------------------------------------------------------------------------- */

static void has_properties(const dk_table *table, const char *weight)
{
    const dk_properties *properties = dk_table_properties(table);

    assert_string_equal(properties->name, "register");
    assert_string_equal(properties->source, "register.csv");
    assert_string_equal(properties->unit, "persons");
    assert_string_equal(properties->weight, weight);
}

static void properties_are_inherited(void **state)
{
    const dk_table *table = weighted(), *made = NULL, *plain = coverage();
    const char *const chosen[] = { "register" }, *const other[] = { "gewicht" }, *const dropped[] = { "sonar" };
    const uint64_t order[] = { 1 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_null(dk_table_properties(plain)->name);
    assert_null(dk_table_properties(plain)->weight);
    has_properties(table, "register");
    assert_ok(dk_table_select(table, chosen, 1, &made, &err), &err);
    has_properties(made, "register");
    become(&made, NULL);
    assert_ok(dk_table_drop(table, dropped, 1, &made, &err), &err);
    has_properties(made, "register");
    become(&made, NULL);
    assert_ok(dk_table_rename(table, chosen, other, 1, &made, &err), &err);
    has_properties(made, "gewicht"); /* the weight follows its column */
    become(&made, NULL);
    assert_ok(dk_table_slice(table, 1, 1, &made, &err), &err);
    has_properties(made, "register");
    become(&made, NULL);
    assert_ok(dk_table_gather(table, order, 1, &made, &err), &err);
    has_properties(made, "register");
    become(&made, NULL);
    assert_ok(dk_table_with_note(table, "a note", &made, &err), &err);
    has_properties(made, "register");
    dk_table_release(made);
    dk_table_release(plain);
    dk_table_release(table);
}

static void the_weight_cannot_be_left_out_or_spoilt(void **state)
{
    static const int64_t negative[] = { 1, 2, -3, 4 };
    static const row numbers[] = { { false, 1 }, { false, 2 }, { false, 3 }, { false, 4 } };
    const dk_table *table = weighted(), *made = NULL;
    const dk_column *wrong = integers(negative, 4), *text = column_of(context, DK_TEXT, 0, numbers, 4);
    const dk_column *right = column_of(context, DK_DECIMAL, 2, numbers, 4);
    const dk_field negative_field = DK_FIELD("register", wrong), text_field = DK_FIELD("register", text);
    const dk_field right_field = DK_FIELD("register", right);
    const char *const chosen[] = { "sonar" }, *const dropped[] = { "register" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_table_select(table, chosen, 1, &made, &err), &err, DK_ERR_ARGUMENT,
                 "the column register holds the table's weights and cannot be left out (keep it, or take the "
                 "weight away first)");
    assert_true(strlen(err.hint) > 0);
    assert_fails(dk_table_drop(table, dropped, 1, &made, &err), &err, DK_ERR_ARGUMENT,
                 "register holds the table's");
    assert_fails(dk_table_with(table, &negative_field, 1, &made, &err), &err, DK_ERR_RANGE, "negative: -3");
    assert_fails(dk_table_with(table, &text_field, 1, &made, &err), &err, DK_ERR_TYPE,
                 "a weight is an integer or a decimal, and register is text");
    assert_null(made);
    assert_ok(dk_table_with(table, &right_field, 1, &made, &err), &err);
    has_properties(made, "register");
    dk_table_release(made);
    dk_column_release(wrong);
    dk_column_release(text);
    dk_column_release(right);
    dk_table_release(table);
}

static void a_weight_is_checked(void **state)
{
    static const row nulls[] = { { false, 5 }, { true, 0 }, { true, 0 }, { false, 1 } };
    const dk_column *holes = column_of(context, DK_INTEGER, 0, nulls, 4);
    const dk_field field = DK_FIELD("gewicht", holes);
    const dk_table *plain = coverage(), *table = NULL, *made = NULL;
    dk_properties properties = { .weight = "gewicht" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_with(plain, &field, 1, &table, &err), &err);
    assert_fails(dk_table_with_properties(table, &properties, &made, &err), &err, DK_ERR_RANGE, "null in 2 rows");
    properties.weight = "gewichten";
    assert_fails(dk_table_with_properties(table, &properties, &made, &err), &err, DK_ERR_NAME, "\"gewicht\"?");
    properties.weight = "gemeente";
    assert_fails(dk_table_with_properties(table, &properties, &made, &err), &err, DK_ERR_TYPE, "category");
    assert_null(made);
    properties.weight = NULL;
    assert_ok(dk_table_with_properties(table, &properties, &made, &err), &err);
    assert_null(dk_table_properties(made)->weight);
    dk_table_release(made);
    dk_table_release(table);
    dk_table_release(plain);
    dk_column_release(holes);
}

static void notes_belong_to_the_table_they_were_made_for(void **state)
{
    static const int64_t masks[] = { 0, 0, 0, 1 };
    const dk_table *table = coverage(), *made = NULL, *other = NULL;
    const dk_column *margin = integers(masks, 4);
    const dk_properties properties = { .unit = "persons" };
    const char *const chosen[] = { "sonar" };
    char note[] = "3 rows left out";
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(dk_table_n_notes(table), 0);
    assert_ok(dk_table_with_note(table, note, &made, &err), &err);
    note[0] = 'x';
    become(&table, made);
    made = NULL;
    assert_ok(dk_table_with_note(table, "second", &made, &err), &err);
    become(&table, made);
    assert_int_equal(dk_table_n_notes(table), 2);
    assert_string_equal(dk_table_note(table, 0), "3 rows left out");
    assert_string_equal(dk_table_note(table, 1), "second");
    made = NULL;
    assert_ok(dk_table_with_properties(table, &properties, &made, &err), &err); /* the same rows: notes stay */
    assert_int_equal(dk_table_n_notes(made), 2);
    assert_ok(dk_table_with_margin(made, margin, &other, &err), &err);
    assert_int_equal(dk_table_n_notes(other), 2);
    assert_string_equal(dk_table_note(other, 1), "second");
    become(&other, NULL);
    assert_ok(dk_table_select(table, chosen, 1, &other, &err), &err); /* another table: they do not */
    assert_int_equal(dk_table_n_notes(other), 0);
    become(&other, NULL);
    assert_ok(dk_table_slice(table, 0, 1, &other, &err), &err);
    assert_int_equal(dk_table_n_notes(other), 0);
    dk_table_release(other);
    dk_table_release(made);
    dk_table_release(table);
    dk_column_release(margin);
}

/* What is shared, or changed in place because nobody else has it, must not be seen from another table. */
static void what_tables_share_is_not_changed(void **state)
{
    static const int64_t numbers[] = { 1, 2, 3, 4 };
    static const char *const old[] = { "sonar" }, *const new[] = { "bekend" };
    const dk_table *table = coverage(), *part = NULL, *renamed = NULL, *alone;
    const dk_column *column = integers(numbers, 4);
    const dk_field added = DK_FIELD("nummer", column), more = DK_FIELD("nog een", column);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_slice(table, 1, 2, &part, &err), &err);
    assert_true(part->names == table->names);
    assert_ok(dk_table_rename(part, old, new, 1, &renamed, &err), &err);
    assert_true(renamed->names != part->names);
    assert_int_equal(dk_table_find(part, "sonar"), 2);
    assert_int_equal(dk_table_find(part, "bekend"), DK_NO_COLUMN);
    assert_ok(dki_table_lengthen(&table, &added, &err), &err);
    assert_int_equal(dk_table_find(table, "nummer"), 3);
    assert_int_equal(dk_table_find(part, "nummer"), DK_NO_COLUMN);
    assert_int_equal(dk_table_n_columns(part), 3);
    alone = table; /* and now in place */
    assert_ok(dki_table_lengthen(&table, &more, &err), &err);
    assert_true(table == alone);
    assert_int_equal(dk_table_find(table, "nog een"), 4);
    assert_ok(dki_table_add_note(&table, "of mine", &err), &err);
    assert_true(table == alone);
    dk_table_retain(alone);
    assert_ok(dki_table_add_note(&table, "of another", &err), &err);
    assert_true(table != alone);
    assert_int_equal(dk_table_n_notes(alone), 1);
    assert_int_equal(dk_table_n_notes(table), 2);
    assert_string_equal(dk_table_note(table, 0), "of mine");
    assert_string_equal(dk_table_note(table, 1), "of another");
    dk_table_release(alone);
    become(&part, NULL); /* names outlive the table that had them first */
    dk_table_release(table);
    assert_string_equal(dk_table_field(renamed, 2)->name, "bekend");
    dk_table_release(renamed);
    dk_column_release(column);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *table = with_total(), *made = NULL;
    const dk_properties properties = { .name = "register", .source = "x", .unit = "persons", .weight = "sonar" };
    const char *const chosen[] = { "sonar", "register" }, *const others[] = { "a", "b" };
    const uint64_t order[] = { 2, 1, 3 };
    const dk_field field = DK_FIELD("extra", dk_table_field(table, 0)->column);
    dk_error err = DK_ERROR_INIT;

    (void)state;
#define SURVIVES(call) assert_survives_failing_memory(context, call, &err, made == NULL, become(&made, NULL))
    SURVIVES(dk_table_with_properties(table, &properties, &made, &err));
    assert_ok(dk_table_with_properties(table, &properties, &made, &err), &err);
    become(&table, made);
    made = NULL;
    SURVIVES(dk_table_with_note(table, "a note", &made, &err));
    SURVIVES(dk_table_select(table, chosen, 2, &made, &err));
    SURVIVES(dk_table_drop(table, chosen + 1, 1, &made, &err));
    SURVIVES(dk_table_rename(table, chosen, others, 2, &made, &err));
    SURVIVES(dk_table_with(table, &field, 1, &made, &err));
    SURVIVES(dk_table_slice(table, 1, 2, &made, &err));
    SURVIVES(dk_table_gather(table, order, 3, &made, &err));
    SURVIVES(dk_table_detail(table, &made, &err));
    SURVIVES(dk_table_with_margin(table, NULL, &made, &err));
    dk_table_release(table);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_field_is_copied_and_its_column_shared),
        TEST(fields_that_cannot_be_are_refused),
        TEST(an_unknown_column_gets_the_nearest_name_or_the_list),
        TEST(a_long_list_of_names_is_cut_between_names),
        TEST(select_drop_and_rename_share_the_columns),
        TEST(names_that_are_not_there_or_twice_are_refused),
        TEST(with_replaces_in_place_and_appends),
        TEST(other_rows_carry_the_margin_along),
        TEST(details_are_the_rows_that_are_no_totals),
        TEST(a_margin_that_cannot_be_is_refused),
        TEST(many_rows_are_the_same_with_any_number_of_threads),
        TEST(properties_are_inherited),
        TEST(the_weight_cannot_be_left_out_or_spoilt),
        TEST(a_weight_is_checked),
        TEST(notes_belong_to_the_table_they_were_made_for),
        TEST(what_tables_share_is_not_changed),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
