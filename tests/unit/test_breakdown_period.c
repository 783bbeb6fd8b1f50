/* test_breakdown_period.c - count() in a table whose key is a person and a month. */
#include "tables.h"

static dk_context *context;
static const dk_table *persons; /* Ada in both months, once of each kind; Bo in January, Cem in February */

static int start(void **state)
{
    static const char *const key[] = { "wie", "maand" };
    dk_properties properties = { .unit = "persons", .key = key, .n_key = 2 };
    const dk_table *made;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    if (dk_context_new(&context, &err) != DK_OK)
        return -1;
    made = make_table(context, "wie:text maand:month plaats:category bekend:boolean\n"
                               "ada|2024-01|Arnhem|true\n"
                               "ada|2024-02|Arnhem|false\n"
                               "bo|2024-01|Duiven|true\n"
                               "cem|2024-02|Arnhem|false\n");
    assert_ok(dk_table_with_properties(made, &properties, &persons, &err), &err);
    dk_table_release(made);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    dk_table_release(persons);
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

static void expect_refusal(const struct question *question, const char *message)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(ask_table(question, persons, NULL, &result, &err), &err, DK_ERR_ARGUMENT, message);
    assert_null(result);
    assert_string_equal(err.hint,
                        "put maand into by, or choose one in where; rows() counts rows, distinct(wie) each "
                        "wie once");
}

static void expect_rows(const struct question *question, const char *rows, size_t n_notes)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(ask_table(question, persons, NULL, &result, &err), &err);
    assert_string_equal(show_rows(result), rows);
    assert_int_equal(dk_table_n_notes(result), n_notes);
    dk_table_release(result);
}

#define OVER "breakdown vraag counts rows of several periods, 2024-01 to 2024-02 "

static void count_over_months_is_refused(void **state)
{
    (void)state;
    expect_refusal(ASK(.by = { "plaats" }, .measures = { "n = count()" }),
                   "measure n of " OVER "(plaats = Arnhem)");
    expect_refusal(ASK(.measures = { "n = count()" }), "measure n of " OVER "(all rows)");
    expect_refusal(ASK(.by = { "jaar = year(maand)" }, .measures = { "n = count()" }),
                   "measure n of " OVER "(jaar = 2024)");
}

/* Each place has one month where bekend is true, and the total of them too; where it is false Arnhem has one. */
static void a_condition_that_leaves_one_month_is_fine(void **state)
{
    (void)state;
    expect_rows(ASK(.by = { "plaats" }, .where = "maand == period('2024-01', 'month')",
                    .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS),
                "Arnhem|1\nDuiven|1\n*|2\n", 0);
    expect_rows(ASK(.by = { "plaats" }, .measures = { "n = count() where bekend" }), "Arnhem|1\nDuiven|1\n", 0);
}

static void a_total_over_groups_of_one_month_each_is_refused(void **state)
{
    (void)state;
    expect_rows(ASK(.by = { "bekend" }, .measures = { "n = count()" }), "false|2\ntrue|2\n", 0);
    expect_refusal(ASK(.by = { "bekend" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS),
                   "measure n of " OVER "(bekend = total)");
    expect_refusal(ASK(.by = { "bekend" }, .measures = { "deel = count() / all(count())" }),
                   "measure deel of " OVER "(bekend = total)");
}

static void month_as_dimension_counts_and_its_total_says_what_it_is(void **state)
{
    (void)state;
    expect_rows(ASK(.by = { "maand" }, .measures = { "n = count()" }), "2024-01|2\n2024-02|2\n", 0);
    expect_rows(ASK(.by = { "maand" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS),
                "2024-01|2\n2024-02|2\n*|4\n", 1);
}

static void rows_and_distinct_go_over_months(void **state)
{
    (void)state;
    expect_rows(ASK(.by = { "plaats" }, .measures = { "n = rows()" }), "Arnhem|3\nDuiven|1\n", 0);
    expect_rows(ASK(.by = { "plaats" }, .measures = { "n = distinct(wie)" }, .margins = DK_MARGINS_TOTALS),
                "Arnhem|2\nDuiven|1\n*|3\n", 0);
}

static void each_allocation_may_fail(void **state)
{
    const struct question *question = ASK(.by = { "plaats" }, .where = "maand == period('2024-01', 'month')",
                                          .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS);
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_made_despite_failing_memory(context, ask_table(question, persons, NULL, &result, &err), &err, result,
                                       dk_table_release);
    assert_string_equal(show_rows(result), "Arnhem|1\nDuiven|1\n*|2\n");
    dk_table_release(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(count_over_months_is_refused),
        cmocka_unit_test(a_condition_that_leaves_one_month_is_fine),
        cmocka_unit_test(a_total_over_groups_of_one_month_each_is_refused),
        cmocka_unit_test(month_as_dimension_counts_and_its_total_says_what_it_is),
        cmocka_unit_test(rows_and_distinct_go_over_months),
        cmocka_unit_test(each_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
