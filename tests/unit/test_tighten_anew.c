/* test_tighten_anew.c - measures of a result that are made anew of sums which its totals made narrower. Worked by hand. */
#include <dekking/tighten.h>

#include "scenarios.h"
#include "with_context.h"

/* n and k of Arnhem, Duiven and Rheden, 100 and 60 to 80, 40 and 0 to 30, 50 to 70 and 33; of all, 200 and 118 are told. */
static const dk_table *make_result(const char *const *measures, size_t n_measures)
{
    const dk_table *table = make_table(context, "g:category a:integer b:integer c:integer d:integer\n"
                                                "A|100|100|60|80\nD|40|40|0|30\nR|50|70|33|33\n"),
                   *result = NULL, *known = NULL;
    static const dk_measure by[] = { { .text = "g" } };
    dk_measure of[8] = { { .text = "n = sum(interval(a, b))" }, { .text = "k = sum(interval(c, d))" } };
    const dk_expr *exprs[2];
    const dk_breakdown *breakdown = NULL;
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < n_measures; i++)
        of[i + 2] = (dk_measure){ .text = measures[i] };
    assert_ok(
        dk_breakdown_new(
            context,
            &(dk_breakdown_spec){
                .by = by, .n_by = 1, .measures = of, .n_measures = n_measures + 2, .margins = DK_MARGINS_TOTALS },
            &breakdown, &err),
        &err);
    assert_ok(dk_breakdown_run(breakdown, table, NULL, &result, &err), &err);
    assert_ok(dk_expr_parse(context, "n = case(g is total, 200, n)", &exprs[0], &err), &err);
    assert_ok(dk_expr_parse(context, "k = case(g is total, 118, k)", &exprs[1], &err), &err);
    assert_ok(dk_table_derive(result, exprs, 2, NULL, &known, &err), &err);
    for (size_t i = 0; i < 2; i++)
        dk_expr_release(exprs[i]);
    dk_breakdown_release(breakdown);
    dk_table_release(result);
    dk_table_release(table);
    return known;
}

static const dk_tighten_spec of_n_and_k = { .values = (const char *const[]){ "n", "k" }, .n_values = 2 };

static void measures_are_those_of_narrower_sums(void **state)
{
    static const char *const measures[] = { "rest = n - k", "rate = k / n", "share = n / all(n)" };
    const dk_table *known = make_result(measures, 3), *made = NULL;
    dk_error err = DK_ERROR_INIT;
    size_t n_lineage;

    (void)state;
    assert_string_equal(show_rows(known), "A|100|60..80|20..40|0.600000..0.800000|0.476190..0.526316\n"
                                          "D|40|0..30|10..40|0.000000..0.750000|0.190476..0.210527\n"
                                          "R|50..70|33|17..37|0.471428..0.660000|0.263157..0.333334\n"
                                          "*|200|118|47..117|0.442857..0.752632|1.000000\n");
    assert_ok(dk_table_tighten(known, &of_n_and_k, &made, &err), &err);
    assert_string_equal(show_rows(made), "A|100|60..80|20..40|0.600000..0.800000|0.500000\n"
                                         "D|40|5..25|15..35|0.125000..0.625000|0.200000\n"
                                         "R|60|33|27|0.550000|0.300000\n"
                                         "*|200|118|82|0.590000|1.000000\n");
    assert_int_equal(dk_table_n_notes(made), 2);
    assert_string_equal(dk_table_note(made, 1), "made anew of these: rest, rate and share");
    n_lineage = dk_table_n_lineage(made);
    assert_string_equal(dk_table_lineage(made, n_lineage - 1)->text,
                        "bounds narrower by 2 sums, and rest, rate and share made anew of these");
    dk_table_release(made);
    dk_table_release(known);
}

/* Quotients and means are nothing that totals add up: they are no values where none are named. */
static void what_does_not_add_up_is_no_value(void **state)
{
    static const char *const measures[] = { "mean = mean(interval(c, d))", "rate = k / n", "points = 100 * rate" };
    const dk_table *known = make_result(measures, 3), *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_tighten(known, &(dk_tighten_spec){ 0 }, &made, &err), &err);
    assert_string_equal(show_rows(made),
                        "A|100|60..80|60.000000..80.000000|0.600000..0.800000|60.000000..80.000000\n"
                        "D|40|5..25|0.000000..30.000000|0.125000..0.625000|12.500000..62.500000\n"
                        "R|60|33|33.000000|0.550000|55.000000\n"
                        "*|200|118|31.000000..47.666667|0.590000|59.000000\n");
    assert_string_equal(dk_table_note(made, 1), "made anew of these: rate and points");
    assert_string_equal(dk_table_note(made, 2), "mean stays as it was: the table lacks what it is made of");
    dk_table_release(made);
    dk_table_release(known);
}

static void failing_memory_is_survived(void **state)
{
    static const char *const measures[] = { "rest = n - k", "part = k / (k + rest)", "two = 2 * all(2 * n)" };
    const dk_table *known = make_result(measures, 3), *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_tighten(known, &of_n_and_k, &made, &err), &err, made == NULL,
                                   (void)0);
    assert_string_equal(show_rows(made), "A|100|60..80|20..40|0.600000..0.800000|800\n"
                                         "D|40|5..25|15..35|0.125000..0.625000|800\n"
                                         "R|60|33|27|0.550000|800\n*|200|118|82|0.590000|800\n");
    dk_table_release(made);
    dk_table_release(known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(measures_are_those_of_narrower_sums, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_add_up_is_no_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
