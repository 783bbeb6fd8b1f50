/* test_bind.c - names, types and parameters of a table: what is refused, where, and with which advice. */
#include "exprs.h"

#include "expr/eval.h"

static const dk_table *register_table(void)
{
    return make_table(
        context, "leeftijd:integer gemeente:category naam:text in_sonar:boolean peildatum:date moment:timestamp "
                 "uren:decimal1 score:real klasse:category[laag,midden,hoog] deel:ratio\n"
                 "27|Arnhem|An|true|2024-12-31|2024-12-31 12:00|36.5|0.25|hoog|1/3\n"
                 "-|-|-|-|-|-|-|-|-|-\n");
}

static void names_are_those_of_the_table(void **state)
{
    const dk_table *t = register_table();

    (void)state;
    assert_string_equal(values_of(t, "leeftijd"), "27 null");
    assert_string_equal(values_of(t, "`leeftijd` + 1"), "28 null");
    fails(t, "leeftjd < 27", DK_ERR_NAME, 1,
          "unknown column leeftjd\n  leeftjd < 27\n  ^^^^^^^ (did you mean leeftijd?)");
    fails(t, "1 + leeftijden", DK_ERR_NAME, 5,
          "unknown column leeftijden\n  1 + leeftijden\n      ^^^^^^^^^^ (did you mean leeftijd?)");
    fails(t, "Leeftijd", DK_ERR_NAME, 1, "did you mean leeftijd?");
    fails(t, "in_sonr and true", DK_ERR_NAME, 1, "did you mean in_sonar?");
    fails(t, "quux == 1", DK_ERR_NAME, 1, "unknown column quux\n  quux == 1\n  ^^^^");
    fails(t, "leeftijd ~= nil", DK_ERR_NAME, 13, "what is not known is null here: x is null");
    fails(t, "leeftijd == NULL", DK_ERR_NAME, 13, "what is not known is null here: x is null");
    fails(t, "in_sonar == TRUE", DK_ERR_NAME, 13, "words of the language are written small: true, false");
    dk_table_release(t);
}

static void parameters_are_values(void **state)
{
    const dk_table *t = register_table();
    dk_param params[] = {
        { "grens", { .type = DK_INTEGER, .as.integer = 27 } },
        { "deel", { .type = DK_DECIMAL, .scale = 2, .as.integer = 50 } },
        { "wat", { .type = DK_TEXT, .as.text = { "Arnhem' or 'x' == 'x", 20 } } },
        { "plaats", { .type = DK_CATEGORY, .as.text = { "Arnhem", 6 } } },
        { "niets", { .type = DK_TEXT, .is_null = true } },
        { "dag", { .type = DK_DATE, .as.integer = 20088 } },
        { "q", { .type = DK_RATIO, .as.ratio = { 2, -6 } } },           /* not in lowest terms */
        { "een", { .type = DK_INTEGER, .scale = 7, .as.integer = 1 } }, /* an integer has no scale */
    };
    dk_params all = { params, sizeof params / sizeof *params };

    (void)state;
    assert_string_equal(values_with(t, "leeftijd >= $grens", &all), "true null");
    assert_string_equal(values_with(t, "$deel * 2", &all), "1.00 1.00");
    assert_string_equal(values_with(t, "gemeente == $wat", &all), "false null");
    assert_string_equal(values_with(t, "gemeente == $plaats", &all), "true null");
    assert_string_equal(values_with(t, "gemeente == $niets", &all), "null null");
    assert_string_equal(values_with(t, "leeftijd + $niets", &all), "null null");
    assert_string_equal(values_with(t, "$niets is null", &all), "true true");
    assert_string_equal(values_with(t, "peildatum - $dag", &all), "0 null");
    assert_string_equal(values_with(t, "$q", &all), "-1/3 -1/3");
    assert_string_equal(values_with(t, "$een + 0.5", &all), "1.5 1.5");
    fails_with(t, "leeftijd < $gren", &all, DK_ERR_NAME, 12,
               "the parameter $gren has no value\n  leeftijd < $gren\n             ^^^^^ (did you mean $grens?)");
    fails(t, "leeftijd < $grens", DK_ERR_NAME, 12, "the parameter $grens has no value");
    dk_table_release(t);
}

static void a_parameter_is_a_proper_value(void **state)
{
    const dk_table *t = register_table();
    static const struct {
        dk_value value;
        const char *fault;
    } cases[] = {
        { { .type = DK_REAL, .as.real = (double)NAN }, "is not a finite number" },
        { { .type = DK_REAL, .as.real = (double)INFINITY }, "is not a finite number" },
        { { .type = DK_DECIMAL, .scale = 19, .as.integer = 1 }, "has more digits than there can be" },
        { { .type = DK_RATIO, .as.ratio = { 1, 0 } }, "is no ratio" },
        { { .type = DK_RATIO, .as.ratio = { INT64_MIN, -1 } }, "is no ratio" },
        { { .type = DK_DATE, .as.integer = 2932897 }, "lies outside the years 1 to 9999" },
        { { .type = DK_DATE, .as.integer = -719163 }, "lies outside the years 1 to 9999" },
        { { .type = DK_TIMESTAMP, .as.integer = INT64_MAX }, "lies outside the years 1 to 9999" },
        { { .type = DK_TIMESTAMP, .as.integer = INT64_MIN }, "lies outside the years 1 to 9999" },
        { { .type = DK_TEXT, .as.text = { "\xFF", 1 } }, "is not UTF-8" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dk_param param = { "p", cases[i].value };

        fails_with(t, "1 == $p", &(dk_params){ &param, 1 }, DK_ERR_ARGUMENT, 6, cases[i].fault);
    }
    dk_table_release(t);
}

static void operands_have_types_that_fit(void **state)
{
    const dk_table *t = register_table();

    (void)state;
    fails(t, "leeftijd + naam", DK_ERR_TYPE, 12,
          "a number is wanted here, and this is text\n  leeftijd + naam\n             ^^^^");
    fails(t, "naam * 2", DK_ERR_TYPE, 1, "a number is wanted here, and this is text");
    fails(t, "leeftijd + in_sonar", DK_ERR_TYPE, 12, "a number is wanted here, and this is boolean");
    fails(t, "-naam", DK_ERR_TYPE, 2, "a number is wanted here, and this is text");
    fails(t, "peildatum + 1.5", DK_ERR_TYPE, 13, "a whole number of days is wanted here, and this is decimal");
    fails(t, "peildatum + peildatum", DK_ERR_TYPE, 13, "a whole number of days is wanted here, and this is date");
    fails(t, "peildatum * 2", DK_ERR_TYPE, 1, "a number is wanted here, and this is date");
    fails(t, "1 + peildatum", DK_ERR_TYPE, 5, "a number is wanted here, and this is date");
    fails(t, "leeftijd / 2 // 3", DK_ERR_TYPE, 1,
          "an integer, a decimal or a real is wanted here, and this is ratio\n  leeftijd / 2 // 3\n  ^^^^^^^^^^^^");
    fails(t, "2 % deel", DK_ERR_TYPE, 5, "an integer, a decimal or a real is wanted here, and this is ratio");
    fails(t, "leeftijd and true", DK_ERR_TYPE, 1,
          "and wants a condition, and this is integer\n  leeftijd and true\n  ^^^^^^^^");
    fails(t, "true and in_sonar and naam", DK_ERR_TYPE, 23, "and wants a condition, and this is text");
    fails(t, "true or 1", DK_ERR_TYPE, 9, "or wants a condition, and this is integer");
    fails(t, "not leeftijd < 27", DK_ERR_TYPE, 5, "not wants a condition, and this is integer");
    fails(t, "leeftijd is true", DK_ERR_TYPE, 1, "is true wants a condition, and this is integer");
    fails(t, "leeftijd == naam", DK_ERR_TYPE, 13,
          "==: integer and text do not go together\n  leeftijd == naam\n              ^^^^");
    fails(t, "in_sonar == 1", DK_ERR_TYPE, 13, "==: boolean and integer do not go together");
    fails(t, "in_sonar < true", DK_ERR_TYPE, 1,
          "conditions are equal or not, and have no order\n  in_sonar < true\n  ^^^^^^^^^^^^^^^");
    fails(t, "in_sonar between false and true", DK_ERR_TYPE, 1, "conditions are equal or not");
    fails(t, "18 < leeftijd < 27", DK_ERR_TYPE, 17, "<: boolean and integer do not go together");
    fails(t, "peildatum == moment", DK_ERR_TYPE, 14, "==: date and timestamp do not go together");
    fails(t, "peildatum < 5", DK_ERR_TYPE, 13, "<: date and integer do not go together");
    fails(t, "leeftijd in (1, 'x')", DK_ERR_TYPE, 17, "in: integer and text do not go together");
    fails(t, "gemeente in ('Ede', 5)", DK_ERR_TYPE, 1, "in: integer and category do not go together");
    fails(t, "leeftijd between 1 and 'x'", DK_ERR_TYPE, 24, "between: integer and text do not go together");
    dk_table_release(t);
}

static void texts_beside_dates_are_read_as_such(void **state)
{
    const dk_table *t = register_table();

    (void)state;
    assert_string_equal(values_of(t, "peildatum == '2024-12-31'"), "true null");
    assert_string_equal(values_of(t, "'2024-01-01' < peildatum"), "true null");
    assert_string_equal(values_of(t, "peildatum in ('2023-12-31', '2024-12-31')"), "true null");
    assert_string_equal(values_of(t, "peildatum between '2024-12-01' and '2024-12-30'"), "false null");
    assert_string_equal(values_of(t, "moment >= '2024-12-31'"), "true null");
    assert_string_equal(values_of(t, "moment == '2024-12-31 12:00'"), "true null");
    assert_string_equal(values_of(t, "moment == '2024-12-31T12:00:00.000'"), "true null");
    assert_string_equal(values_of(t, "peildatum == lower(null)"), "null null"); /* a text that is null */
    fails(t, "peildatum == '31-12-2024'", DK_ERR_TYPE, 14,
          "a date is wanted here, and this text is none\n  peildatum == '31-12-2024'\n               ^^^^^^^^^^^^ "
          "(write it as "
          "year-month-day: \"2024-12-31\")");
    fails(t, "moment == 'gisteren'", DK_ERR_TYPE, 11, "a timestamp is wanted here, and this text is none");
    fails(t, "peildatum == naam", DK_ERR_TYPE, 14, "==: date and text do not go together"); /* no literal */
    dk_table_release(t);
}

static void null_has_the_type_of_its_context(void **state)
{
    const dk_table *t = register_table();

    (void)state;
    assert_string_equal(values_of(t, "leeftijd + null"), "null null");
    assert_string_equal(values_of(t, "null + leeftijd"), "null null");
    assert_string_equal(values_of(t, "peildatum + null"), "null null");
    assert_string_equal(values_of(t, "peildatum - null"), "null null");
    assert_string_equal(values_of(t, "naam .. null"), "null null");
    assert_string_equal(values_of(t, "in_sonar and null"), "null null");
    assert_string_equal(values_of(t, "in_sonar or null"), "true null");
    assert_string_equal(values_of(t, "leeftijd in (null, 27)"), "true null");
    assert_string_equal(values_of(t, "leeftijd in (null)"), "null null");
    assert_string_equal(values_of(t, "leeftijd between null and 5"), "false null");
    assert_string_equal(values_of(t, "null is null"), "true true");
    assert_string_equal(values_of(t, "-null"), "null null");
    assert_string_equal(value("null"), "boolean null");
    assert_string_equal(value("null + 1"), "integer null");
    assert_string_equal(value("null / 2.5"), "ratio null");
    assert_string_equal(value("not null"), "boolean null");
    dk_table_release(t);
}

/* The type that an expression has, without looking at a row. */
static void results_have_the_type_of_the_page(void **state)
{
    static const char *const types[][2] = {
        { "leeftijd + 1", "integer 0" },
        { "leeftijd + 1.5", "decimal 1" },
        { "uren + 1.25", "decimal 2" },
        { "uren * uren", "decimal 2" },
        { "uren * leeftijd", "decimal 1" },
        { "uren // 2", "integer 0" },
        { "uren % 2", "decimal 1" },
        { "leeftijd / 2", "ratio 0" },
        { "uren / 2.5", "ratio 0" },
        { "leeftijd / score", "real 0" },
        { "deel + leeftijd", "ratio 0" },
        { "deel * score", "real 0" },
        { "score // 2", "real 0" },
        { "leeftijd // 2", "integer 0" },
        { "peildatum + 1", "date 0" },
        { "peildatum - peildatum", "integer 0" },
        { "naam .. naam", "text 0" },
        { "lower(gemeente)", "category 0" },
        { "gemeente .. naam", "text 0" },
        { "gemeente == 'x'", "boolean 0" },
        { "bin(leeftijd, 5)", "category 0" },
        { "coalesce(uren, 0.125)", "decimal 3" },
        { "-uren", "decimal 1" },
        { "abs(deel)", "ratio 0" },
        { "case(in_sonar, 'ja', 'nee')", "text 0" },
    };
    const dk_table *t = register_table();

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const dk_expr *expr = parse(types[i][0]);
        dki_scope scope = { .table = t };
        dki_bound *bound = NULL;
        char found[64];
        dk_error err = DK_ERROR_INIT;

        assert_ok(dki_bind(&scope, expr, dki_expr_root(expr), &bound, &err), &err);
        (void)snprintf(found, sizeof found, "%s %d", dk_type_name(dki_bound_type(bound)), dki_bound_scale(bound));
        if (strcmp(found, types[i][1]) != 0)
            fail_msg("%s is %s, not %s", types[i][0], found, types[i][1]);
        dki_bound_release(bound);
        dk_expr_release(expr);
    }
    dk_table_release(t);
}

static void products_have_a_limit_of_digits(void **state)
{
    const dk_table *t = register_table();

    (void)state;
    assert_string_equal(values_of(t, "uren * 0.00000000000000001"), "0.000000000000000365 null");
    fails(t, "uren * 0.000000000000000001", DK_ERR_OVERFLOW, 1,
          "this product has 19 digits after the point, and there are 18 at most\n  uren * 0.000000000000000001\n  "
          "^^^^^^^^^^^^^^^^^^^^^^^^^^^ (round a factor first, or use real(...))");
    dk_table_release(t);
}

static void aggregates_are_for_breakdowns(void **state)
{
    const dk_table *t = register_table();

    (void)state;
    fails(t, "leeftijd > mean(leeftijd)", DK_ERR_ARGUMENT, 12,
          "mean() is a measure over many rows\n  leeftijd > mean(leeftijd)\n             ^^^^^^^^^^^^^^ (measures "
          "belong in a "
          "breakdown; here is one row at a time)");
    fails(t, "count()", DK_ERR_ARGUMENT, 1, "count() is a measure over many rows");
    fails(t, "all(leeftijd)", DK_ERR_ARGUMENT, 1, "all() is a measure over many rows");
    fails(t, "all()", DK_ERR_ARGUMENT, 1, "all() is a measure over many rows");
    dk_table_release(t);
}

static void is_total_asks_about_a_dimension(void **state)
{
    const dk_table *t = register_table(), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_string_equal(values_of(t, "gemeente is total"), "false false"); /* a table without totals */
    fails(t, "gemente is total", DK_ERR_NAME, 1, "unknown column gemente");
    fails(t, "leeftijd + 1 is total", DK_ERR_ARGUMENT, 1, "is total asks about a dimension");
    assert_ok(ask_table(ASK(.by = { "gemeente" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS), t,
                        NULL, &result, &err),
              &err);
    assert_string_equal(show_rows(result), "Arnhem|1\n-|1\n*|2\n");
    assert_string_equal(values_of(result, "gemeente is total"), "false false true");
    assert_string_equal(values_of(result, "gemeente is not total and n > 0"), "true true false");
    assert_string_equal(values_of(result, "gemeente is null"), "false true false"); /* a total is not null */
    assert_string_equal(values_of(result, "gemeente is not null"), "true false true");
    assert_string_equal(values_of(result, "gemeente == 'Arnhem'"), "true null null");
    fails(result, "n is total", DK_ERR_ARGUMENT, 1, "n is no dimension of this table");
    dk_table_release(result);
    dk_table_release(t);
}

/* A declared order is the one that < asks for. */
static void order_is_the_declared_one(void **state)
{
    const dk_table *t = make_table(
        context, "k:category[laag,midden,hoog] c:category m:category[laag,midden,hoog] o:category[hoog,laag] "
                 "t:text\n"
                 "laag|a|midden|hoog|laag\n"
                 "hoog|b|laag|laag|x\n"
                 "-|-|hoog|-|-\n");

    (void)state;
    assert_string_equal(values_of(t, "k < 'midden'"), "true false null");
    assert_string_equal(values_of(t, "'midden' < k"), "false true null");
    assert_string_equal(values_of(t, "k >= 'laag'"), "true true null");
    assert_string_equal(values_of(t, "k between 'midden' and 'hoog'"), "false true null");
    assert_string_equal(values_of(t, "'midden' between k and m"), "true false null");
    assert_string_equal(values_of(t, "k < m"), "true false null");   /* the same order, in two dictionaries */
    assert_string_equal(values_of(t, "k == o"), "false false null"); /* the words */
    assert_string_equal(values_of(t, "k == t"), "true false null");
    assert_string_equal(values_of(t, "c < 'b'"), "true false null"); /* none declared: by code point */
    assert_string_equal(values_of(t, "c < t"), "true true null");
    fails(t, "k < 'hoogst'", DK_ERR_RANGE, 5,
          "the order of k is declared, and this is none of its levels\n  k < 'hoogst'\n      ^^^^^^^^ (did you "
          "mean 'hoog'?)");
    fails(t, "k < 'onzin'", DK_ERR_RANGE, 5, "none of its levels\n  k < 'onzin'\n      ^^^^^^^");
    fails(t, "k < o", DK_ERR_TYPE, 5,
          "the order of k is declared, and this has another\n  k < o\n      ^ (text(x) has the order of texts)");
    fails(t, "t > k", DK_ERR_TYPE, 1, "the order of k is declared, and this has another");
    fails(t, "k between c and 'hoog'", DK_ERR_TYPE, 11, "the order of k is declared, and this has another");
    fails(t, "bin(length(t), 2, 5) < '3'", DK_ERR_RANGE, 24, "the order of bin(length(t), 2, 5) is declared");
    assert_string_equal(values_of(t, "text(k) < 'midden'"), "true true null"); /* texts: hoog, laag, midden */
    dk_table_release(t);
}

static dk_status bind_and_release(const dk_table *t, const dk_expr *expr, const dk_params *params, dk_error *err)
{
    dki_scope scope = { .table = t, .params = params };
    dki_bound *bound = NULL;
    dk_status status = dki_bind(&scope, expr, dki_expr_root(expr), &bound, err);

    dki_bound_release(bound);
    return status;
}

static void failing_memory_is_survived(void **state)
{
    const dk_table *t = register_table();
    const dk_expr *expr =
        parse("case(upper(gemeente) in ('ARNHEM', 'EDE', $p), coalesce(klasse, 'onbekend'), klasse between 'laag' "
              "and 'midden', "
              "'x') == 'y' or leeftijd in (1, 2.5, null) and peildatum > '2024-01-01' and not (1 + 2 == 3) or "
              "gemeente == 'Arnem' "
              "or least(klasse, 'hoog') < 'hoog' or bin(leeftijd, 18, 27) .. 'x' == 'y' or text(-uren) == 'a' or "
              "score > uren");
    dk_param param = { "p", { .type = DK_TEXT, .as.text = { "x", 1 } } };
    dk_params params = { &param, 1 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, bind_and_release(t, expr, &params, &err), &err, true, (void)0);
    dk_expr_release(expr);
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_those_of_the_table, start, stop),
        cmocka_unit_test_setup_teardown(parameters_are_values, start, stop),
        cmocka_unit_test_setup_teardown(a_parameter_is_a_proper_value, start, stop),
        cmocka_unit_test_setup_teardown(operands_have_types_that_fit, start, stop),
        cmocka_unit_test_setup_teardown(texts_beside_dates_are_read_as_such, start, stop),
        cmocka_unit_test_setup_teardown(null_has_the_type_of_its_context, start, stop),
        cmocka_unit_test_setup_teardown(results_have_the_type_of_the_page, start, stop),
        cmocka_unit_test_setup_teardown(products_have_a_limit_of_digits, start, stop),
        cmocka_unit_test_setup_teardown(aggregates_are_for_breakdowns, start, stop),
        cmocka_unit_test_setup_teardown(is_total_asks_about_a_dimension, start, stop),
        cmocka_unit_test_setup_teardown(order_is_the_declared_one, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
