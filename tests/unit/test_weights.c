/* test_weights.c - measures of a table with weights: a record of weight 3 is three persons.
 *
 * Where weights are whole, every measure must be what the same records give when each is written down as often as it
 * weighs. Where they are not, expected values are worked out by hand.
 */
#include "random.h"
#include "tables.h"

#include "with_context.h"

static int start(void **state)
{
    random_state = UINT64_C(0x9E3779B97F4A7C15);
    return set_up(state);
}

#define N_COLUMNS 6
static const char *const names[N_COLUMNS] = { "g", "n", "x", "r", "s", "w" };
static const dk_type types[N_COLUMNS] = { DK_CATEGORY, DK_INTEGER, DK_DECIMAL, DK_REAL, DK_TEXT, DK_INTEGER };

static void append(dk_builder **builders, const dk_value *values)
{
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < N_COLUMNS; i++)
        assert_ok(dk_builder_value(builders[i], &values[i], &err), &err);
}

static const dk_table *finish(dk_builder **builders, uint64_t n_rows, const char *weight)
{
    const dk_table *table = finish_table(context, builders, names, N_COLUMNS, n_rows);

    return weight ? with_weight(table, weight) : table;
}

/* n records with weights 0 .. 4, and the same written out. */
static void make_tables(uint64_t n, const dk_table **weighted, const dk_table **repeated)
{
    static const char *const words[] = { "p", "q", "\u00e9", "" };
    dk_builder *builders[2][N_COLUMNS];
    uint64_t n_repeated = 0;
    dk_error err = DK_ERROR_INIT;

    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < N_COLUMNS; i++)
            assert_ok(
                dk_builder_new(context, types[i], types[i] == DK_DECIMAL ? 2 : 0, NULL, &builders[k][i], &err),
                &err);
    }
    for (uint64_t row = 0; row < n; row++) {
        const char *word = words[pick(4)], *group = words[pick(3)];
        int64_t weight = (int64_t)pick(5);
        dk_value values[N_COLUMNS] = {
            { .type = DK_TEXT, .as.text = { group, strlen(group) } },
            { .type = DK_INTEGER, .as.integer = (int64_t)pick(20) - 10 },
            { .type = DK_DECIMAL, .scale = 2, .as.integer = (int64_t)pick(100) - 50 },
            { .type = DK_REAL, .as.real = ldexp((double)pick(1000) - 500, (int)pick(200) - 100) },
            { .type = DK_TEXT, .as.text = { word, strlen(word) } },
            { .type = DK_INTEGER, .as.integer = weight },
        };

        for (size_t i = 0; i + 1 < N_COLUMNS; i++)
            values[i].is_null = pick(9) == 0;
        append(builders[0], values);
        for (int64_t k = 0; k < weight; k++, n_repeated++)
            append(builders[1], values);
    }
    *weighted = finish(builders[0], n, "w");
    *repeated = finish(builders[1], n_repeated, NULL);
}

static void whole_weights_are_so_many_records(void **state)
{
    static const struct question question = {
        .by = { "g" },
        .measures = { "a = count()", "b = sum(x)", "c = mean(r)", "d = median(n)", "e = quantile(x, 0.9)",
                      "f = quantile(r, 0.37)", "h = mode(s)", "i = mode(n)", "j = distinct(s) where n > 0",
                      "k = variance(n)", "l = sd(r)", "m = cov(n, x)", "o = corr(n, x)", "p = max(s)",
                      "q = last(x)" },
        .margins = DK_MARGINS_TOTALS,
    };
    static const uint64_t sizes[] = { 1, 2, 3, 10, 100, 5000 };

    (void)state;
    for (size_t i = 0; i < 60; i++) {
        const dk_table *weighted, *repeated, *a = NULL, *b = NULL;
        dk_error err = DK_ERROR_INIT;
        char *text;

        make_tables(sizes[i % 6], &weighted, &repeated);
        dk_set_threads(i % 2 + 1);
        if (dk_table_n_rows(repeated) > 0) {
            struct question known = question;

            known.where = "w > 0"; /* a group of nobody but weight 0 is one too, with count 0 */
            assert_ok(ask_table(&known, weighted, NULL, &a, &err), &err);
            assert_ok(ask_table(&question, repeated, NULL, &b, &err), &err);
            text = strdup(show_rows(a));
            assert_string_equal(text, show_rows(b));
            free(text);
            dk_table_release(a);
            dk_table_release(b);
        }
        dk_table_release(weighted);
        dk_table_release(repeated);
    }
}

static void assert_weighed(const char *rows, const char *measure, const char *expected)
{
    const dk_table *table = with_weight(make_table(context, rows), "w"), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(ask_table(ASK(.measures = { measure }), table, NULL, &result, &err), &err);
    assert_string_equal(show_rows(result), expected);
    dk_table_release(result);
    dk_table_release(table);
}

/* Two values that weigh the same are symmetric: 10 lies on 0 .. 1.5 and 20 on 1.5 .. 3, and the median's person on 1 .. 2. The
 * first quartile's lies on 0.5 .. 1.5, that of 0.3 on 0.6 .. 1.6. */
static void a_quantile_is_the_mean_of_one_person(void **state)
{
    const char *halves = "n:integer w:decimal1\n20|1.5\n10|1.5\n";

    (void)state;
    assert_weighed(halves, "m = median(n)", "15/1\n");
    assert_weighed(halves, "m = quantile(n, 0.25)", "10/1\n");
    assert_weighed(halves, "m = quantile(n, 0.3)", "11/1\n");
    assert_weighed("r:real w:decimal1\n20|1.5\n10|1.5\n", "m = median(r)", "15.0\n");
    /* W = 2.2: the person lies on 0.6 .. 1.6, and has 0.4 of 1, 0.2 of 2, 0.4 of 6. */
    assert_weighed("n:integer w:decimal1\n1|1\n2|0.2\n6|1\n", "m = median(n)", "16/5\n");
    assert_weighed("r:real w:decimal1\n1|1\n2|0.2\n6|1\n", "m = median(r)", "3.2\n");
}

/* Less than one person: their mean, and no variance. */
static void of_less_than_one_person_it_is_the_mean(void **state)
{
    const char *parts = "n:integer w:decimal2\n10|0.25\n20|0.5\n";

    (void)state;
    assert_weighed(parts, "m = quantile(n, 0.9)", "50/3\n");
    assert_weighed(parts, "m = variance(n)", "-\n");
    assert_weighed("n:integer w:decimal2\n10|0.25\n20|0.75\n", "m = sd(n)", "-\n");
    assert_weighed("n:integer w:integer\n10|0\n", "m = median(n)", "-\n");
}

/* W = 3, mean 15: 1.5 * 25 * 2 / (3 - 1). With W = 2.5 and values 0 and 1 of 1 and 1.5: mean 0.6, 1 * 0.36 + 1.5 * 0.16
 * = 0.6, divided by 1.5. */
static void variance_has_the_weights_less_one_person(void **state)
{
    (void)state;
    assert_weighed("n:integer w:decimal1\n20|1.5\n10|1.5\n", "m = variance(n)", "37.5\n");
    assert_weighed("r:real w:decimal1\n20|1.5\n10|1.5\n", "m = variance(r)", "37.5\n");
    assert_weighed("n:integer w:decimal1\n0|1\n1|1.5\n", "m = variance(n)", "0.4\n");
}

static void the_mode_has_the_most_weight(void **state)
{
    (void)state;
    assert_weighed("c:text w:decimal1\na|1\na|1\nb|2.1\n", "m = mode(c)", "b\n");
    assert_weighed("c:text w:decimal1\na|1\na|1.1\nb|2.1\n", "m = mode(c)", "a\n");
}

static void nobody_has_no_value(void **state)
{
    const char *rows = "n:integer w:integer\n9|0\n1|1\n9|0\n";

    (void)state;
    assert_weighed(rows, "m = distinct(n)", "1\n");
    assert_weighed(rows, "m = first(n)", "1\n");
    assert_weighed(rows, "m = max(n)", "1\n");
    assert_weighed(rows, "m = mode(n)", "1\n");
}

static void weights_of_too_many_digits_are_refused(void **state)
{
    const dk_table *table = with_weight(make_table(context, "n:integer w:decimal18\n1|4.6\n2|1\n"), "w"),
                   *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(ask_table(ASK(.measures = { "m = median(n)" }), table, NULL, &result, &err), &err, DK_ERR_OVERFLOW,
                 "median() adds up weights in 62 bits, and 2 rows of so large or so precise weights may need more");
    assert_fails(ask_table(ASK(.measures = { "m = corr(n, n)" }), table, NULL, &result, &err), &err,
                 DK_ERR_OVERFLOW, "corr() adds up weights");
    dk_table_release(table);
}

static void each_allocation_may_fail(void **state)
{
    const dk_table *table = with_weight(
        make_table(context,
                   "g:category n:integer r:real s:text w:decimal1\na|1|1e99|p|1.5\nb|2|1|q|0.5\na|-|-1|-|3\n"),
        "w");
    const struct question question = { .by = { "g" },
                                       .measures = { "a = median(n)", "b = quantile(r, 0.1)", "c = sd(r)",
                                                     "d = cov(n, n)", "e = mode(s)", "f = last(s)" },
                                       .margins = DK_MARGINS_TOTALS };

    (void)state;
    assert_ask_survives(&question, table);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whole_weights_are_so_many_records, start, tear_down),
        cmocka_unit_test_setup_teardown(a_quantile_is_the_mean_of_one_person, start, tear_down),
        cmocka_unit_test_setup_teardown(of_less_than_one_person_it_is_the_mean, start, tear_down),
        cmocka_unit_test_setup_teardown(variance_has_the_weights_less_one_person, start, tear_down),
        cmocka_unit_test_setup_teardown(the_mode_has_the_most_weight, start, tear_down),
        cmocka_unit_test_setup_teardown(nobody_has_no_value, start, tear_down),
        cmocka_unit_test_setup_teardown(weights_of_too_many_digits_are_refused, start, tear_down),
        cmocka_unit_test_setup_teardown(each_allocation_may_fail, start, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
