/* test_sample.c - rows that are drawn: the generator's published numbers, who is drawn, and how evenly. */
#include <dekking/lineage.h>
#include <dekking/sample.h>

#include "exprs.h"
#include "random.h"

/* Of the generator's published test (seed 1234567), and of another implementation. */
static void numbers_are_those_of_splitmix64(void **state)
{
    static const uint64_t published[] = { UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                          UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                          UINT64_C(16408922859458223821) };

    (void)state;
    for (uint64_t i = 0; i < 5; i++)
        assert_true(dk_random(1234567, i) == published[i]);
    assert_true(dk_random(0, 0) == UINT64_C(0xE220A8397B1DCDAF));
}

/* Chi-square of 256 classes, 255 degrees of freedom: over 345 less than once in ten thousand times. */
static void numbers_are_spread_evenly(void **state)
{
    static const unsigned shifts[] = { 56, 31, 0 };

    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++)
        for (size_t s = 0; s < 3; s++) {
            unsigned counts[256] = { 0 };
            double sum = 0;

            for (uint64_t i = 0; i < 65536; i++)
                counts[dk_random(seed, i) >> shifts[s] & 255]++;
            for (size_t c = 0; c < 256; c++)
                sum += (counts[c] - 256.0) * (counts[c] - 256.0) / 256;
            if (sum > 345)
                fail_msg("seed %llu: %.1f", (unsigned long long)seed, sum);
        }
}

static const dk_table *numbered(size_t n)
{
    dk_builder *builder;
    dk_field field = DK_FIELD("n", NULL);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    for (size_t i = 0; i < n; i++)
        assert_ok(dk_builder_integer(builder, (int64_t)i, &err), &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    dk_builder_release(builder);
    assert_ok(dk_table_new(context, &field, 1, n, &table, &err), &err);
    dk_column_release(field.column);
    return table;
}

static void assert_sample(const dk_table *table, const dk_sample_spec *spec, const char *expected)
{
    const dk_table *sample = NULL;
    dk_error err = DK_ERROR_INIT;

    for (unsigned threads = 1; threads <= 3; threads++) {
        dk_set_threads(threads);
        dk_context_set_block_rows(context, threads == 3 ? 1 : DK_BLOCK_ROWS);
        assert_ok(dk_table_sample(table, spec, NULL, &sample, &err), &err);
        assert_string_equal(show_rows(sample), expected);
        dk_table_release(sample);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

/* Rows by their numbers were computed elsewhere: for seed 42 and ten rows they come as 4 1 6 2 8 3 9 0 7 5. */
static void the_least_numbers_are_drawn_in_the_order_of_the_table(void **state)
{
    const dk_table *table = numbered(10), *shuffled = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_sample(table, &(dk_sample_spec){ .n = 3, .seed = 42 }, "1\n4\n6\n");
    assert_sample(table, &(dk_sample_spec){ .share = { 3, 10 }, .seed = 42 }, "1\n4\n6\n");
    assert_sample(table, &(dk_sample_spec){ .share = { 1, 4 }, .seed = 42 }, "1\n4\n6\n"); /* 2.5: half up */
    assert_sample(table, &(dk_sample_spec){ .n = 0, .seed = 42 }, "");
    assert_sample(table, &(dk_sample_spec){ .share = { 1, 1 }, .seed = 42 }, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    dk_table_release(table);
    table = numbered(6);
    assert_ok(dk_table_shuffle(table, 42, &shuffled, &err), &err);
    assert_string_equal(dk_table_lineage(shuffled, dk_table_n_lineage(shuffled) - 1)->text, "shuffled by seed 42");
    assert_string_equal(show_rows(shuffled), "4\n1\n2\n3\n0\n5\n");
    dk_table_release(shuffled);
    dk_table_release(table);
}

static void each_group_is_drawn_from(void **state)
{
    const dk_table *table = make_table(context, "g:category n:integer\na|0\nb|1\na|2\nb|3\na|4\nb|5\n-|6\na|7\n");
    const dk_table *sample = NULL;
    const char *within = "g", *by_condition = "g == 'a'", *wrong = "gg";
    dk_sample_spec spec = { .n = 2, .seed = 7, .within = &within, .n_within = 1 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_sample(table, &spec, "a|0\nb|1\nb|5\n-|6\na|7\n");
    assert_ok(dk_table_sample(table, &spec, NULL, &sample, &err), &err);
    assert_int_equal(dk_table_n_notes(sample), 1);
    assert_string_equal(dk_table_lineage(sample, dk_table_n_lineage(sample) - 1)->text,
                        "drew 5 of 8 rows by seed 7, by group");
    assert_string_equal(dk_table_note(sample, 0), "1 of 3 groups have fewer than 2 rows: all of them are taken");
    dk_table_release(sample);
    spec.n = 1;
    spec.within = &by_condition; /* null is a group of its own */
    assert_ok(dk_table_sample(table, &spec, NULL, &sample, &err), &err);
    assert_int_equal(dk_table_n_rows(sample), 3);
    assert_int_equal(dk_table_n_notes(sample), 0);
    dk_table_release(sample);
    sample = NULL;
    spec.within = &wrong;
    assert_fails(dk_table_sample(table, &spec, NULL, &sample, &err), &err, DK_ERR_NAME, "gg");
    spec.within = &within;
    spec.share = (dk_ratio){ 3, 2 };
    assert_fails(dk_table_sample(table, &spec, NULL, &sample, &err), &err, DK_ERR_RANGE,
                 "a sample's share is 0 to 1");
    spec.share = (dk_ratio){ -1, 2 };
    assert_fails(dk_table_sample(table, &spec, NULL, &sample, &err), &err, DK_ERR_RANGE,
                 "a sample's share is 0 to 1");
    assert_null(sample);
    dk_table_release(table);
}

/* Over many seeds each of 20 rows is drawn as often as another: 4000 samples of 5 give 1000 each; the statistic of draws
 * without replacement has 19 degrees of freedom once it is divided by 1 - 5/20: over 43.8 in one of a thousand. */
static void rows_are_drawn_evenly(void **state)
{
    enum { ROWS = 20, SAMPLES = 4000 };
    const dk_table *table = numbered(ROWS);
    unsigned counts[ROWS] = { 0 };
    double sum = 0;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (uint64_t seed = 0; seed < SAMPLES; seed++) {
        const dk_table *sample = NULL;

        assert_ok(dk_table_sample(table, &(dk_sample_spec){ .n = 5, .seed = seed }, NULL, &sample, &err), &err);
        assert_int_equal(dk_table_n_rows(sample), 5);
        for (uint64_t i = 0; i < 5; i++) {
            dk_value value;

            assert_ok(dk_column_get(dk_table_field(sample, 0)->column, i, &value, &err), &err);
            counts[value.as.integer]++;
        }
        dk_table_release(sample);
    }
    for (size_t i = 0; i < ROWS; i++)
        sum += (counts[i] - 1000.0) * (counts[i] - 1000.0) / 1000;
    if (sum / (1 - 5.0 / ROWS) > 43.8)
        fail_msg("%.1f", sum);
    dk_table_release(table);
}

/* Who is drawn was computed elsewhere, as the greatest u^(1/w): of weights 1 to 10 rows 5 7 9 8 6 3 0 2 4 1, of the others rows
 * 0 7 9 6 3 4 1 8. */
static void heavy_rows_are_drawn_first(void **state)
{
    const dk_table *table = make_table(
                       context, "n:integer w:real\n0|1000\n1|2\n2|0\n3|4\n4|5\n5|0\n6|7\n7|8\n8|0.5\n9|10\n"),
                   *sample = NULL;
    const char *keys = "n % 2";
    dk_sample_spec spec = { .n = 4, .seed = 42, .weight = "w" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_sample(table, &spec, "0|1000.0\n6|7.0\n7|8.0\n9|10.0\n");
    spec.n = 7;
    assert_sample(table, &spec, "0|1000.0\n1|2.0\n3|4.0\n4|5.0\n6|7.0\n7|8.0\n9|10.0\n");
    spec.n = 9;
    assert_ok(dk_table_sample(table, &spec, NULL, &sample, &err), &err);
    assert_int_equal(dk_table_n_rows(sample), 8);
    assert_string_equal(dk_table_note(sample, 0),
                        "there are fewer than 9 rows with a weight: all of them are taken");
    assert_string_equal(dk_table_lineage(sample, dk_table_n_lineage(sample) - 1)->text,
                        "drew 8 of 10 rows by seed 42, in proportion to w");
    dk_table_release(sample);
    spec.share = (dk_ratio){ 1, 1 };
    spec.within = &keys;
    spec.n_within = 1;
    assert_ok(dk_table_sample(table, &spec, NULL, &sample, &err), &err);
    assert_int_equal(dk_table_n_rows(sample), 8);
    assert_string_equal(dk_table_note(sample, 0),
                        "2 of 2 groups have fewer rows with a weight than are asked for: all of them are taken");
    dk_table_release(sample);
    dk_table_release(table);
    table = numbered(10);
    assert_sample(table, &(dk_sample_spec){ .n = 3, .seed = 42, .weight = "n + 1" }, "5\n7\n9\n");
    assert_sample(table, &(dk_sample_spec){ .n = 6, .seed = 42, .weight = "(n + 1) / 7" }, "3\n5\n6\n7\n8\n9\n");
    assert_sample(table, &(dk_sample_spec){ .n = 6, .seed = 42, .weight = "(n + 1) * 0.25" }, "3\n5\n6\n7\n8\n9\n");
    dk_table_release(table);
}

/* Two of four rows, one after the other: of {i, j} there are p(i) p(j) (1/(1 - p(i)) + 1/(1 - p(j))). Six pairs, five degrees of
 * freedom: over 20.5 in one of a thousand. */
static void pairs_are_drawn_as_often_as_one_after_the_other(void **state)
{
    enum { SAMPLES = 20000 };
    const dk_table *table = numbered(4);
    unsigned counts[4][4] = { { 0 } };
    double sum = 0;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (uint64_t seed = 0; seed < SAMPLES; seed++) {
        const dk_table *sample = NULL;
        dk_value value[2];

        /* seeds next to one another share numbers at places next to one another */
        assert_ok(dk_table_sample(table, &(dk_sample_spec){ .n = 2, .seed = dk_random(1, seed), .weight = "n + 1" },
                                  NULL, &sample, &err),
                  &err);
        for (uint64_t i = 0; i < 2; i++)
            assert_ok(dk_column_get(dk_table_field(sample, 0)->column, i, &value[i], &err), &err);
        counts[value[0].as.integer][value[1].as.integer]++;
        dk_table_release(sample);
    }
    for (unsigned i = 0; i < 4; i++)
        for (unsigned j = i + 1; j < 4; j++) {
            double a = (i + 1) / 10.0, b = (j + 1) / 10.0, wanted = a * b * (1 / (1 - a) + 1 / (1 - b)) * SAMPLES;

            sum += (counts[i][j] - wanted) * (counts[i][j] - wanted) / wanted;
        }
    if (sum > 20.5)
        fail_msg("%.1f", sum);
    dk_table_release(table);
}

static void weights_are_known_and_not_negative(void **state)
{
    const dk_table *table = make_table(context, "w:integer x:decimal1 g:text\n1|1.0|a\n0|-0.5|b\n-|2.0|c\n"),
                   *out = NULL;
    dk_sample_spec spec = { .n = 1, .seed = 1, .weight = "w" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_table_sample(table, &spec, NULL, &out, &err), &err, DK_ERR_RANGE,
                 "sample: the weight w is null in row 3");
    assert_fails(dk_table_sample(table, &spec, NULL, &out, &err), &err, DK_ERR_RANGE, "coalesce(w, 0)");
    spec.weight = "x";
    assert_fails(dk_table_sample(table, &spec, NULL, &out, &err), &err, DK_ERR_RANGE,
                 "sample: the weight x is -0.5 in row 2");
    spec.weight = "g";
    assert_fails(dk_table_sample(table, &spec, NULL, &out, &err), &err, DK_ERR_TYPE,
                 "sample: a weight is a number, and g is text");
    spec.weight = "ww";
    assert_fails(dk_table_sample(table, &spec, NULL, &out, &err), &err, DK_ERR_NAME, "ww");
    assert_null(out);
    dk_table_release(table);
}

/* A larger sample holds the smaller one, and many rows are drawn alike by any number of threads. */
static void samples_of_one_seed_nest(void **state)
{
    const dk_table *table = numbered(100000), *small = NULL, *large = NULL, *again = NULL;
    uint64_t at = 0;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_ok(dk_table_sample(table, &(dk_sample_spec){ .n = 500, .seed = 3 }, NULL, &small, &err), &err);
    assert_ok(dk_table_sample(table, &(dk_sample_spec){ .n = 5000, .seed = 3 }, NULL, &large, &err), &err);
    dk_set_threads(3);
    assert_ok(dk_table_sample(table, &(dk_sample_spec){ .n = 500, .seed = 3 }, NULL, &again, &err), &err);
    for (uint64_t i = 0; i < 500; i++) {
        dk_value value, other = { .as.integer = -1 };

        assert_ok(dk_column_get(dk_table_field(small, 0)->column, i, &value, &err), &err);
        while (at < 5000 && other.as.integer < value.as.integer)
            assert_ok(dk_column_get(dk_table_field(large, 0)->column, at++, &other, &err), &err);
        assert_int_equal(other.as.integer, value.as.integer);
        assert_ok(dk_column_get(dk_table_field(again, 0)->column, i, &other, &err), &err);
        assert_int_equal(other.as.integer, value.as.integer);
    }
    dk_table_release(again);
    dk_table_release(large);
    dk_table_release(small);
    dk_table_release(table);
}

static void failures_leave_nothing(void **state)
{
    const dk_table *table = make_table(context, "g:category n:integer\na|0\nb|1\na|2\nb|3\n"), *out = NULL;
    const char *within = "g";
    const dk_sample_spec spec = { .n = 3, .seed = 7, .within = &within, .n_within = 1 },
                         weighed = { .n = 3, .seed = 7, .within = &within, .n_within = 1, .weight = "n / 2" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_sample(table, &spec, NULL, &out, &err), &err, out == NULL,
                                   dk_table_release(out));
    out = NULL;
    assert_survives_failing_memory(context, dk_table_sample(table, &weighed, NULL, &out, &err), &err, out == NULL,
                                   dk_table_release(out));
    out = NULL;
    assert_survives_failing_memory(context, dk_table_shuffle(table, 1, &out, &err), &err, out == NULL,
                                   dk_table_release(out));
    out = NULL;
    dk_context_interrupt(context);
    assert_fails(dk_table_sample(table, &spec, NULL, &out, &err), &err, DK_ERR_INTERRUPTED, "");
    assert_fails(dk_table_shuffle(table, 1, &out, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_null(out);
    dk_table_release(table);
}

static void margins_and_empty_tables(void **state)
{
    const dk_table *table = make_table(context, "g:category n:integer\na|1\nb|2\n"), *result = NULL, *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "s = sum(n)" }, .margins = DK_MARGINS_TOTALS), table, NULL,
                        &result, &err),
              &err);
    assert_fails(dk_table_sample(result, &(dk_sample_spec){ .n = 1 }, NULL, &out, &err), &err, DK_ERR_MARGIN,
                 "a sample");
    assert_fails(dk_table_shuffle(result, 1, &out, &err), &err, DK_ERR_MARGIN, "t:detail()");
    assert_null(out);
    dk_table_release(result);
    dk_table_release(table);
    table = make_table(context, "n:integer\n");
    assert_sample(table, &(dk_sample_spec){ .n = 3 }, "");
    assert_ok(dk_table_shuffle(table, 1, &out, &err), &err);
    assert_int_equal(dk_table_n_rows(out), 0);
    dk_table_release(out);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_are_those_of_splitmix64, start, stop),
        cmocka_unit_test_setup_teardown(numbers_are_spread_evenly, start, stop),
        cmocka_unit_test_setup_teardown(the_least_numbers_are_drawn_in_the_order_of_the_table, start, stop),
        cmocka_unit_test_setup_teardown(each_group_is_drawn_from, start, stop),
        cmocka_unit_test_setup_teardown(rows_are_drawn_evenly, start, stop),
        cmocka_unit_test_setup_teardown(heavy_rows_are_drawn_first, start, stop),
        cmocka_unit_test_setup_teardown(pairs_are_drawn_as_often_as_one_after_the_other, start, stop),
        cmocka_unit_test_setup_teardown(weights_are_known_and_not_negative, start, stop),
        cmocka_unit_test_setup_teardown(samples_of_one_seed_nest, start, stop),
        cmocka_unit_test_setup_teardown(failures_leave_nothing, start, stop),
        cmocka_unit_test_setup_teardown(margins_and_empty_tables, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
