/* test_functions.c - functions by name: each is there, takes so many arguments, and gives null for null. */
#include "exprs.h"

#include "expr/functions.h"

static void every_function_is_found_by_its_name(void **state)
{
    static const char *const names[] = {
        "abs",
        "round",
        "floor",
        "ceil",
        "least",
        "greatest",
        "coalesce",
        "case",
        "bin",
        "year",
        "quarter",
        "month",
        "day",
        "date",
        "timestamp",
        "age",
        "lower",
        "upper",
        "length",
        "trim",
        "starts_with",
        "ends_with",
        "contains",
        "..",
        "integer",
        "decimal",
        "real",
        "text",
        "boolean",
        "period",
        "first_day",
        "last_day",
        "title",
        "casefold",
        "unaccent",
        "normalize",
        "graphemes",
        "trim_left",
        "trim_right",
        "find",
        "replace",
        "sub",
        "left",
        "right",
        "split_part",
        "pad_left",
        "pad_right",
        "pattern_matches",
        "pattern_find",
        "pattern_count",
        "pattern_extract",
        "pattern_replace",
        "regexp_matches",
        "regexp_find",
        "regexp_count",
        "regexp_extract",
        "regexp_replace",
        "label",
        "numerator",
        "denominator",
        "width",
        "interval",
        "marker",
        "meaning",
        ".bounds",
        ".part",
        ".sure",
        ".whole",
        "has",
        "has_any",
        "has_all",
        "size",
        "with",
        "without",
        "member",
        "missing",
        ".overlap",
    };
    size_t n = 0;

    (void)state;
    for (; dki_function_get(n); n++)
        assert_ptr_equal(dki_function_find(dki_function_get(n)->name), dki_function_get(n));
    assert_int_equal(n, sizeof names / sizeof *names);
    for (size_t i = 0; i < n; i++)
        assert_non_null(dki_function_find(names[i]));
    assert_null(dki_function_find("neg"));
    assert_null(dki_function_find(""));
    assert_null(dki_function_get(n + 1));
}

static void wrong_numbers_of_arguments_are_refused(void **state)
{
    const dk_table *t = make_table(context, "x:integer c:text\n1|a\n");

    (void)state;
    fails(t, "1 + abs()", DK_ERR_ARGUMENT, 5, "abs() takes 1 argument, not 0\n  1 + abs()\n      ^^^^^");
    fails(t, "abs(1, 2)", DK_ERR_ARGUMENT, 1, "abs() takes 1 argument, not 2");
    fails(t, "round(1, 2, 3)", DK_ERR_ARGUMENT, 1, "round() takes 1 to 2 arguments, not 3");
    fails(t, "round()", DK_ERR_ARGUMENT, 1, "round() takes 1 to 2 arguments, not 0");
    fails(t, "contains(c)", DK_ERR_ARGUMENT, 1, "contains() takes 2 arguments, not 1");
    fails(t, "sub(c)", DK_ERR_ARGUMENT, 1, "sub() takes 2 to 3 arguments, not 1");
    fails(t, "pattern_replace(c, 'a')", DK_ERR_ARGUMENT, 1, "pattern_replace() takes 3 arguments, not 2");
    fails(t, "least(x)", DK_ERR_ARGUMENT, 1, "least() takes 2 to 64 arguments, not 1");
    fails(t, "bin(x)", DK_ERR_ARGUMENT, 1, "bin() takes 2 to 129 arguments, not 1");
    fails(t, "case(true)", DK_ERR_ARGUMENT, 1, "case() takes 2 to 4097 arguments, not 1");
    fails(t, "date(2024, 12)", DK_ERR_ARGUMENT, 1, "date() takes a text, or year, month and day");
    fails(t, "decimal(x)", DK_ERR_ARGUMENT, 1, "decimal() takes 2 arguments, not 1");
    dk_table_release(t);
}

static void unknown_functions_name_the_nearest(void **state)
{
    const dk_table *t = make_table(context, "x:integer\n1\n");

    (void)state;
    fails(t, "2 * rond(x)", DK_ERR_NAME, 5,
          "unknown function rond()\n  2 * rond(x)\n      ^^^^^^^ (did you mean round()?)");
    fails(t, "Round(x)", DK_ERR_NAME, 1, "did you mean round()?");
    fails(t, "start_with(x, x)", DK_ERR_NAME, 1, "did you mean starts_with()?");
    fails(t, "summ(x)", DK_ERR_NAME, 1, "did you mean sum()?"); /* aggregates count as well */
    fails(t, "neg(x)", DK_ERR_NAME, 1, "unknown function neg()");
    fails(t, "neg()", DK_ERR_NAME, 1, "unknown function neg()");
    fails(t, "xy(x)", DK_ERR_NAME, 1, "unknown function xy()\n  xy(x)\n  ^^^^^");
    dk_table_release(t);
}

/* Every function of one argument and of two, for null of any type; also as a literal. */
static void null_gives_null(void **state)
{
    const dk_table *t = make_table(
        context, "i:integer d:decimal2 r:real q:ratio b:boolean t:text c:category e:date s:timestamp m:month\n"
                 "-|-|-|-|-|-|-|-|-|-\n");
    static const char *const calls[] = {
        "abs(i)",
        "abs(d)",
        "abs(r)",
        "abs(q)",
        "abs(null)",
        "round(i)",
        "round(d)",
        "round(r)",
        "round(q)",
        "round(d, 1)",
        "round(null)",
        "round(null, 2)",
        "floor(d)",
        "floor(null)",
        "ceil(q)",
        "ceil(r)",
        "ceil(null)",
        "least(i, 1)",
        "least(1, d)",
        "least(null, 1)",
        "least(null, null)",
        "greatest(r, 1)",
        "greatest('a', t)",
        "greatest(c, 'a')",
        "greatest(e, '2024-01-01')",
        "coalesce(i, d)",
        "coalesce(null, null)",
        "coalesce(c, null)",
        "case(b, 1)",
        "case(true, i, 1)",
        "case(false, 1)",
        "case(null, 1)",
        "case(true, null)",
        "bin(i, 1)",
        "bin(r, 1, 2)",
        "bin(null, 1)",
        "year(e)",
        "year(s)",
        "year(null)",
        "quarter(e)",
        "month(s)",
        "day(e)",
        "date(t)",
        "date(c)",
        "date(e)",
        "date(s)",
        "date(null)",
        "date(i, 1, 1)",
        "date(2024, null, 1)",
        "date(2024, 1, i)",
        "timestamp(t)",
        "timestamp(e)",
        "timestamp(null)",
        "age(e, s)",
        "age('2024-01-01', e)",
        "age(null, e)",
        "year(m)",
        "m + 1",
        "m - m",
        "period(e, 'month')",
        "period(s, 'year')",
        "period(m, 'quarter')",
        "period(c, 'month')",
        "period(null, 'month')",
        "first_day(m)",
        "last_day(m)",
        "last_day(null)",
        "lower(t)",
        "lower(c)",
        "lower(null)",
        "upper(c)",
        "length(t)",
        "length(c)",
        "length(null)",
        "trim(t)",
        "starts_with(t, 'a')",
        "starts_with('a', t)",
        "ends_with(c, '')",
        "contains('a', null)",
        "contains(c, t)",
        "t .. 'a'",
        "title(t)",
        "casefold(c)",
        "unaccent(null)",
        "normalize(t)",
        "graphemes(c)",
        "find(t, 'a')",
        "find('a', t)",
        "replace(t, 'a', 'b')",
        "replace('a', 'a', c)",
        "sub(t, 1)",
        "sub('a', i, 1)",
        "left(c, 1)",
        "right('a', i)",
        "split_part('a', t, 1)",
        "pad_left('a', i)",
        "pad_right(t, 3, null)",
        "pattern_matches(t, 'a')",
        "pattern_matches('a', t)",
        "pattern_matches('a', null)",
        "pattern_find(c, 'a')",
        "pattern_count(null, 'a')",
        "pattern_extract(t, '(a)', 1)",
        "pattern_replace('a', 'a', t)",
        "'a' .. c",
        "null .. 'a'",
        "integer(t)",
        "integer(b)",
        "integer(r)",
        "integer(null)",
        "decimal(t, 2)",
        "decimal(null, 2)",
        "real(q)",
        "real(null)",
        "text(i)",
        "text(d)",
        "text(r)",
        "text(q)",
        "text(b)",
        "text(e)",
        "text(s)",
        "text(c)",
        "text(null)",
        "boolean(t)",
        "boolean(i)",
        "boolean(null)",
    };

    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(values_of(t, calls[i]), "null") != 0)
            fail_msg("%s is %s", calls[i], values_of(t, calls[i]));
    dk_table_release(t);
}

/* The same for a table without rows: types are checked, and nothing is computed. */
static void no_rows_give_no_values(void **state)
{
    const dk_table *t = make_table(context, "i:integer t:text\n");

    (void)state;
    assert_string_equal(values_of(t, "abs(i) + length(t)"), "");
    assert_string_equal(values_of(t, "date('no date')"), "");
    assert_string_equal(values_of(t, "1"), "");
    assert_string_equal(values_of(t, "bin(i, 1)"), "");
    fails(t, "abs(t)", DK_ERR_TYPE, 5, "abs() wants a number, and this is text");
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_function_is_found_by_its_name, start, stop),
        cmocka_unit_test_setup_teardown(wrong_numbers_of_arguments_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(unknown_functions_name_the_nearest, start, stop),
        cmocka_unit_test_setup_teardown(null_gives_null, start, stop),
        cmocka_unit_test_setup_teardown(no_rows_give_no_values, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
