/* test_breakdown_rate.c - rates in results: what they are made of, what is added up, and what is refused. */
#include "exprs.h"
#include "random.h"

#include <dekking/window.h>

#define PERSONS                                                                               \
    "regio:category gemeente:text bekend:boolean x:integer\n"                                 \
    "Midden|Arnhem|true|4\nMidden|Duiven|false|-\nMidden|Arnhem|true|2\nRivier|Tiel|true|3\n" \
    "Rivier|Tiel|false|5\n"

#define RATES "n = count()", "k = count() where bekend", "d = k / n", "leeg = k / (count() where x > 4)"

static const dk_table *ask(const dk_table *table, const struct question *question)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(ask_table(question, table, NULL, &result, &err), &err);
    return result;
}

static const dk_column *column_of(const dk_table *table, const char *name)
{
    return dk_table_field(table, dk_table_find(table, name))->column;
}

static void a_quotient_of_counts_and_sums_knows_what_it_is_made_of(void **state)
{
    static const char *const rates[] = { "d", "e", "s", "t", "both" }, *const ratios[] = { "m", "dist", "half",
                                                                                           "far" };
    const dk_table *table = make_table(context, PERSONS);
    const dk_table *result =
        ask(table, ASK(.by = { "regio", "gemeente" }, .margins = DK_MARGINS_ROLLUP,
                       .measures = { RATES, "e = (count() where bekend) / rows()", "s = sum(x) / n",
                                     "t = k / sum(x)", "both = (k + rows()) / (n + n)", "m = mean(x) / n",
                                     "dist = distinct(x) / n", "half = k / 2", "far = d - e" }));

    (void)state;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        assert_true(dk_column_is_rate(column_of(result, rates[i])));
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++) {
        assert_int_equal(dk_column_type(column_of(result, ratios[i])), DK_RATIO);
        assert_int_equal(dk_column_n_children(column_of(result, ratios[i])), 0);
    }
    assert_string_equal(values_of(result, "d"), "1/1 0/1 2/3 1/2 1/2 3/5");
    assert_string_equal(values_of(result, "numerator(d)"), "2 0 2 1 1 3");
    assert_string_equal(values_of(result, "denominator(d)"), "2 1 3 2 2 5");
    assert_string_equal(values_of(result, "leeg"), "null null null 1/1 1/1 3/1");
    assert_string_equal(values_of(result, "denominator(leeg)"), "0 0 0 1 1 1"); /* 2 of 0 stays that */
    assert_string_equal(values_of(result, "numerator(s) + 1"), "7 null 7 9 9 15");
    dk_table_release(result);
    dk_table_release(table);
}

static void a_denominator_over_more_than_the_group_makes_a_share(void **state)
{
    const dk_table *table = make_table(context, PERSONS);
    const dk_table *result =
        ask(table, ASK(.by = { "regio", "gemeente" },
                       .measures = { "n = count()", "w = all(n)", "a = n / w", "b = n / all(n, regio)",
                                     "c = n / all(n, gemeente, regio)" }));
    const dk_table *whole;
    const char *const wholes[] = { "", "regio", "gemeente, regio" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const dk_column *share = dk_table_field(result, 4 + i)->column;
        dk_error err = DK_ERROR_INIT;
        dk_value value;

        assert_false(dk_column_is_rate(share));
        assert_int_equal(dk_column_n_children(share), 3);
        assert_ok(dk_column_get(dk_column_child(share, DK_CHILD_WHOLE), 1, &value, &err), &err);
        assert_int_equal(value.as.text.size, strlen(wholes[i]));
        assert_memory_equal(value.as.text.bytes, wholes[i], value.as.text.size);
    }
    assert_string_equal(values_of(result, "numerator(b)"), "2 1 2");
    assert_string_equal(values_of(result, "denominator(b)"), "3 3 2");
    assert_string_equal(values_of(result, "a + a"), "4/5 2/5 4/5");
    whole = ask(result, ASK(.by = { "regio" }, .measures = { "s = sum(a)" }));
    assert_string_equal(values_of(whole, "s"), "3/5 2/5");
    dk_table_release(whole);
    dk_table_release(result);
    dk_table_release(table);
}

static void rates_are_added_up_by_both_their_parts(void **state)
{
    const dk_table *table = make_table(context, PERSONS);
    const dk_table *result = ask(table, ASK(.by = { "regio", "gemeente" }, .measures = { RATES })), *again,
                   *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    again = ask(result, ASK(.by = { "regio" }, .margins = DK_MARGINS_TOTALS,
                            .measures = { "t = sum(d)", "u = sum(d) where n > 1", "v = sum(leeg)", "w = t - 0.1",
                                          "a = all(t)", "z = numerator(t) - sum(numerator(d))" }));
    assert_string_equal(values_of(again, "t"), "2/3 1/2 3/5");
    assert_string_equal(values_of(again, "denominator(t)"), "3 2 5");
    assert_string_equal(values_of(again, "u"), "1/1 1/2 3/4");
    assert_string_equal(values_of(again, "v"), "null 1/1 3/1");
    assert_string_equal(values_of(again, "w"), "17/30 2/5 1/2");
    assert_string_equal(values_of(again, "denominator(a)"), "5 5 5");
    assert_string_equal(values_of(again, "z"), "0 0 0");
    assert_fails(
        ask_table(ASK(.measures = { "m = mean(d)" }), result, NULL, &out, &err), &err, DK_ERR_TYPE,
        "the mean of rates is not the rate of all together\n  m = mean(d)\n      ^^^^^^^ (sum(d) is that: the "
        "sum of the numerators over that of the denominators)");
    fails(result, "d + leeg", DK_ERR_TYPE, 1,
          "rates are not added up: that of both together is the sum of their numerators over that of their "
          "denominators\n  d + leeg\n  ^^^^^^^^ ((numerator(d) + numerator(leeg)) / (denominator(d) + "
          "denominator(leeg)); "
          "of the same persons, over one of the denominators)");
    fails(result, "numerator(n)", DK_ERR_TYPE, 11,
          "numerator() wants a rate, the quotient of two counts or sums as a breakdown gives it, and this is "
          "integer");
    fails(result, "denominator(k / n)", DK_ERR_TYPE, 13,
          "(a ratio in lowest terms does not know what it was made of)");
    assert_string_equal(values_of(result, "d - leeg"), "null null -1/2");
    assert_null(out);
    dk_table_release(again);
    dk_table_release(result);
    dk_table_release(table);
}

static void weights_go_into_both_parts(void **state)
{
    const dk_table *table =
        make_table(context, "g:text w:decimal1 bekend:boolean\na|1.5|true\na|2.5|false\nb|4.0|true\n");
    const dk_table *weighted = NULL, *result, *again;
    dk_properties properties = *dk_table_properties(table);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    properties.weight = "w";
    assert_ok(dk_table_with_properties(table, &properties, &weighted, &err), &err);
    result = ask(weighted, ASK(.by = { "g" }, .measures = { "d = (count() where bekend) / count()",
                                                            "r = (count() where bekend) / rows()" }));
    assert_string_equal(values_of(result, "d"), "3/8 1/1");
    assert_string_equal(values_of(result, "numerator(d)"), "1.5 4.0");
    assert_string_equal(values_of(result, "denominator(r)"), "2 1");
    again = ask(result, ASK(.measures = { "t = sum(d)", "u = sum(r)" }));
    assert_string_equal(values_of(again, "t"), "11/16");
    assert_string_equal(values_of(again, "u"), "11/6");
    dk_table_release(again);
    dk_table_release(result);
    dk_table_release(weighted);
    dk_table_release(table);
}

/* Rolling up the rates of groups gives what counting the rows again gives, whatever is rolled up. */
static void rolling_up_is_counting_again(void **state)
{
    static const struct {
        const char *fine[2], *coarse;
    } cases[] = { { { "g", "h" }, "g" }, { { "g", "h" }, "h" }, { { "h", "j" }, "j" } };

    (void)state;
    for (unsigned round = 0; round < random_rounds(150); round++) {
        size_t n = (size_t)random_below(200), c = (size_t)random_below(3), size = 0;
        char *rows = malloc(64 + n * 32);
        const dk_table *table, *fine, *rolled, *counted;

        assert_non_null(rows);
        size += (size_t)sprintf(rows, "g:text h:integer j:category x:integer\n");
        for (size_t i = 0; i < n; i++) {
            char x[8] = "-";

            if (random_below(4))
                (void)snprintf(x, sizeof x, "%d", (int)random_below(100) - 30);
            size += (size_t)sprintf(rows + size, "%c|%d|%c|%s\n", 'a' + (int)random_below(4), (int)random_below(5),
                                    'p' + (int)random_below(3), x);
        }
        table = make_table(context, rows);
        fine =
            ask(table,
                ASK(.by = { cases[c].fine[0], cases[c].fine[1] },
                    .measures = { "d = (count() where x > 10) / count()", "s = sum(x) / (count() where x > 10)" }));
        rolled = ask(fine, ASK(.by = { cases[c].coarse }, .margins = DK_MARGINS_TOTALS,
                               .measures = { "a = sum(d)", "b = sum(s)" }));
        counted =
            ask(table,
                ASK(.by = { cases[c].coarse }, .margins = DK_MARGINS_TOTALS,
                    .measures = { "a = (count() where x > 10) / count()", "b = sum(x) / (count() where x > 10)" }));
        if (n > 0) { /* of no groups at all nothing is known, of no rows that there are none */
            char *first = strdup(show_rows(rolled));

            assert_string_equal(first, show_rows(counted));
            free(first);
            first = strdup(values_of(rolled, "numerator(b)"));
            assert_string_equal(first, values_of(counted, "numerator(b)"));
            free(first);
        }
        dk_table_release(counted);
        dk_table_release(rolled);
        dk_table_release(fine);
        dk_table_release(table);
        free(rows);
    }
}

static void failures_leave_nothing(void **state)
{
    const dk_table *table = make_table(context, PERSONS), *out = NULL;
    const dk_table *result = ask(table, ASK(.by = { "gemeente" }, .measures = { RATES }));
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(
        context,
        ask_table(ASK(.by = { "regio" }, .measures = { RATES, "a = n / all(n)" }), table, NULL, &out, &err), &err,
        out == NULL, dk_table_release(out));
    out = NULL;
    assert_survives_failing_memory(context, ask_table(ASK(.measures = { "t = sum(d)" }), result, NULL, &out, &err),
                                   &err, out == NULL, dk_table_release(out));
    dk_table_release(result);
    dk_table_release(table);
}

static void sums_of_shares_leave_nothing(void **state)
{
    const dk_table *table = make_table(context, PERSONS), *out = NULL;
    const dk_table *shares =
        ask(table, ASK(.by = { "regio", "gemeente" }, .measures = { "n = count()", "d = n / all(n, regio)" }));
    const char *const within[] = { "regio" };
    const dk_expr *sum = NULL;
    const dk_window_spec spec = { .columns = &sum, .n_columns = 1, .within = within, .n_within = 1 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_expr_parse(context, "s = sum(d)", &sum, &err), &err);
    assert_ask_survives(ASK(.by = { "regio" }, .measures = { "s = sum(d)" }), shares);
    assert_survives_failing_memory(context, dk_table_window(shares, &spec, NULL, &out, &err), &err, out == NULL,
                                   dk_table_release(out));
    assert_fails(ask_table(ASK(.measures = { "s = sum(d)" }), shares, NULL, &out, &err), &err, DK_ERR_ARGUMENT,
                 "each is within its own regio, and these are Midden to Rivier (all rows)");
    dk_set_threads(0);
    dk_expr_release(sum);
    dk_table_release(shares);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_quotient_of_counts_and_sums_knows_what_it_is_made_of, start, stop),
        cmocka_unit_test_setup_teardown(a_denominator_over_more_than_the_group_makes_a_share, start, stop),
        cmocka_unit_test_setup_teardown(rates_are_added_up_by_both_their_parts, start, stop),
        cmocka_unit_test_setup_teardown(weights_go_into_both_parts, start, stop),
        cmocka_unit_test_setup_teardown(rolling_up_is_counting_again, start, stop),
        cmocka_unit_test_setup_teardown(failures_leave_nothing, start, stop),
        cmocka_unit_test_setup_teardown(sums_of_shares_leave_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
