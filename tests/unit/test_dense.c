/* test_dense.c - breakdowns that are counted by index, against the same with a key that has to be looked for.
 *
 * A dimension that is an expression over numbers or texts has no codes beforehand, so that coalesce(x, x) in the
 * place of x takes the way through hash tables and wide accumulators. Everything that comes out must be the same.
 */
#include "data/codes.h"
#include "query/dense_kernels.h"
#include "shapes.h"

#include "with_context.h"

static int start(void **state)
{
    random_state = UINT64_C(0x9E3779B97F4A7C15);
    return set_up(state);
}

static int stop(void **state)
{
    (void)dki_codes_set_way(3);
    return tear_down(state);
}

/* Asks with the first dimension as it is and as an expression, in blocks and by threads of some numbers. */
static void assert_both_ways(const dk_table *table, struct question question)
{
    static const size_t blocks[] = { DK_BLOCK_ROWS, 100, 1 };
    const char *first = question.by[0];
    bool small = dk_table_n_rows(table) <= 2000;
    const dk_table *hashed = NULL, *dense;
    char hidden[64];
    dk_error err = DK_ERROR_INIT;

    (void)snprintf(hidden, sizeof hidden, "%s = coalesce(%s, %s)", first, first, first);
    question.by[0] = hidden;
    assert_ok(ask_table(&question, table, NULL, &hashed, &err), &err);
    question.by[0] = first;
    for (size_t i = 0; i < (small ? 3 : 1); i++) {
        for (unsigned threads = 1; threads <= 3; threads++) {
            dk_set_threads(threads);
            dk_context_set_block_rows(context, blocks[i]);
            (void)dki_codes_set_way((int)(pick(4)));
            assert_ok(ask_table(&question, table, NULL, &dense, &err), &err);
            assert_same(dense, hashed);
            dk_table_release(dense);
        }
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_table_release(hashed);
}

static const char *const values[] = { "few",  "some",  "yes",  "sure",  "hours", "low",   "byte", "year", "wide",
                                      "huge", "least", "most", "money", "day",   "month", "none", "same", "real" };
static const char *const wheres[] = { "yes",
                                      "sure",
                                      "not yes",
                                      "yes is null",
                                      "hours > 20",
                                      "few == '1'",
                                      "false",
                                      "some is null",
                                      "low * 2 < 9",
                                      "yes and not sure",
                                      "few is null and not yes",
                                      "hours > 38 or few == '0' and sure",
                                      "day < date '2022-02-01'",
                                      "hours in (1, 2, 3, 30) and some ~= '7'",
                                      "true" };

/* A measure over random columns; sums of extreme values do not fit, so those columns only have
 * a least and greatest. */
static void random_measure(char *out, size_t size, size_t number)
{
    size_t value = (size_t)pick(N_SHAPES);
    dk_type type = shapes[value].type;
    bool sums = (type == DK_INTEGER || type == DK_DECIMAL || type == DK_REAL) &&
                strcmp(values[value], "least") != 0 && strcmp(values[value], "most") != 0;
    static const char *const names[] = { "min", "max", "distinct", "sum", "mean", "median" };
    char call[48], filter[48] = "";

    if (pick(3) == 0)
        (void)snprintf(call, sizeof call, pick(2) ? "count()" : "rows()");
    else
        (void)snprintf(call, sizeof call, "%s(%s)", names[pick(sums ? 6 : 3)], values[value]);
    if (pick(2))
        (void)snprintf(filter, sizeof filter, " where %s", wheres[pick(sizeof wheres / sizeof *wheres)]);
    (void)snprintf(out, size, "m%zu = %s%s", number, call, filter);
}

static void ask_at_random(const dk_table *table, size_t n_questions)
{
    static const char *const dims[] = {
        "few", "hours", "some", "none", "same", "day", "low", "yes", "sure", "month"
    };

    for (size_t k = 0; k < n_questions; k++) {
        struct question question = { .where = pick(2) ? wheres[pick(sizeof wheres / sizeof *wheres)] : NULL };
        char measures[12][128];
        size_t n_dims = 1 + (size_t)pick(3), n_measures = 1 + (size_t)pick(11),
               first = (size_t)pick(8); /* a boolean expression has codes too */

        for (size_t d = 0; d < n_dims; d++)
            question.by[d] = dims[(first + d) % 10];
        for (size_t i = 0; i < n_measures; i++) {
            random_measure(measures[i], sizeof measures[i], i);
            question.measures[i] = measures[i];
        }
        question.margins = pick(3) == 0 ? DK_MARGINS_CUBE : DK_MARGINS_NONE;
        assert_both_ways(table, question);
    }
}

static void random_questions_have_one_answer(void **state)
{
    static const uint64_t sizes[] = { 1, 2, 63, 64, 65, 500, 1999 };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const dk_table *table = table_of(context, shapes, N_SHAPES, sizes[i]);

        ask_at_random(table, quick() ? 3 : 60);
        dk_table_release(table);
    }
}

/* Rows of several ranges and chunks, so that workers are merged and views are gathered. */
static void many_rows_have_one_answer(void **state)
{
    uint64_t n_rows = quick() ? 20001 : 300001; /* under valgrind */
    const dk_table *table = table_of(context, shapes, N_SHAPES, n_rows), *part = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    ask_at_random(table, quick() ? 2 : 12);
    assert_ok(dk_table_slice(table, 777, n_rows - 10001, &part, &err), &err); /* bitmaps begin inside a word */
    ask_at_random(part, quick() ? 1 : 4);
    dk_table_release(part);
    dk_table_release(table);
}

/* 2^18 slots are counted by index and one more is not; a range of 2^16 values has codes and a longer
 * one has not. */
static void key_spaces_at_the_limit_have_one_answer(void **state)
{
    static const uint64_t lengths[] = { 65534, 65535, 65536, 65537 };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const struct shape list[] = { { "range", DK_INTEGER, lengths[i], -9, 50 },
                                      { "few", DK_CATEGORY, 3, 0, 5 },
                                      { "yes", DK_BOOLEAN, 2, 0, 5 },
                                      { "hours", DK_INTEGER, 41, 0, 3 } };
        const dk_table *table = table_of(context, list, 4, quick() ? 20000 : 300000);

        assert_both_ways(table, (struct question){ .by = { "range", "few" },
                                                   .measures = { "n = count()", "k = count() where yes",
                                                                 "s = sum(hours)", "a = min(hours)" },
                                                   .where = "hours ~= 7" });
        assert_both_ways(table, (struct question){ .by = { "range", "yes" }, .measures = { "s = max(hours)" } });
        dk_table_release(table);
    }
}

static void sixteen_dimensions_have_one_answer(void **state)
{
    struct shape list[17];
    struct question question = { .measures = { "n = count()", "s = sum(hours)", "k = count() where d3 == 1" } };
    char names[16][8];
    const dk_table *table;

    (void)state;
    for (int wide = 0; wide < 2; wide++) { /* 2 * 3^4 * 2^11 slots, and 3^16 */
        for (size_t d = 0; d < 16; d++) {
            (void)snprintf(names[d], sizeof names[d], "d%zu", d);
            list[d] = (struct shape){ names[d], DK_INTEGER, d < 4 || wide ? 2 : 1, 0, d < 4 ? 9 : 0 };
            question.by[d] = names[d];
        }
        list[16] = (struct shape){ "hours", DK_INTEGER, 41, 0, 3 };
        table = table_of(context, list, 17, quick() ? 5000 : 100000);
        assert_both_ways(table, question);
        dk_table_release(table);
    }
}

/* Where a sum and its number of values do not fit in one word they stand apart. */
static void sums_of_wide_codes_are_exact(void **state)
{
    const struct shape list[] = { { "some", DK_CATEGORY, 300, 0, 7 },
                                  { "huge", DK_INTEGER, UINT64_C(4294967291), -7, 3 },
                                  { "most", DK_INTEGER, UINT64_C(4294967292), -7, 3 } };
    const dk_table *table = table_of(context, list, 3, quick() ? 10000 : 200000);

    (void)state;
    assert_both_ways(table, (struct question){ .by = { "some" },
                                               .measures = { "s = sum(huge)", "m = mean(huge) where huge > 5",
                                                             "a = min(huge)", "z = max(huge)", "t = sum(most)" } });
    dk_table_release(table);
}

/* Quantiles are selected from lists of values, which a variance of the same values takes too; margins, and what is not
 * listed, take the values one by one. */
/* Sums that lie in one row, of which one tells how many values the others have, or does not: wide ones, some with nulls, under
 * conditions; and what tells which groups there are. */
static void sums_that_lie_together_are_exact(void **state)
{
    static const struct shape list[] = { { "k", DK_INTEGER, 5000, 3, 40 },
                                         { "few", DK_CATEGORY, 3, 0, 5 },
                                         { "a", DK_INTEGER, 100000, -500, 0 },
                                         { "b", DK_DECIMAL, UINT64_C(4000000000), -2000000000, 0 },
                                         { "c", DK_INTEGER, UINT64_C(4000000000), -9, 0 },
                                         { "d", DK_INTEGER, UINT64_C(4000000000), -9, 3 },
                                         { "e", DK_INTEGER, 100000, -500, 3 } };
    static const char *const measures[][6] = { { "m = sum(a)", "n = mean(b)" },
                                               { "m = sum(b)", "n = sum(c)" },
                                               { "m = sum(d)", "n = sum(c)", "o = sum(e)" },
                                               { "m = sum(e)" },
                                               { "m = sum(d)" },
                                               { "m = sum(a) where few == '1'", "n = sum(c) where few == '1'" },
                                               { "m = sum(b) where few == '1'", "n = sum(a) where few == '2'",
                                                 "o = mean(d) where few == '2'", "p = sum(c)", "q = sum(a)" },
                                               { "m = sum(c)", "n = min(c)", "o = max(b)", "p = mean(a)" } };
    const dk_table *table =
        table_of(context, list, 7, 140000); /* so many that number and sum are more than 64 bits */

    (void)state;
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) {
        struct question question = { .by = { "k" } };

        memcpy(question.measures, measures[i], sizeof measures[i]);
        assert_both_ways(table, question);
        question.where = "few is null or k < 100";
        assert_both_ways(table, question);
    }
    dk_table_release(table);
}

static void quantiles_of_wide_values_have_one_answer(void **state)
{
    static const char *const wheres_here[] = { NULL, "yes", "false", "wide > 69000" };
    const dk_table *table = table_of(context, shapes, N_SHAPES, quick() ? 5000 : 150000);

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct question question = { .by = { i == 2 ? "same" : "some", "month" },
                                     .measures = { "m = median(wide)", "h = median(huge)", "d = sd(wide)",
                                                   "v = variance(huge)", "q = quantile(wide, 0.9)",
                                                   "z = quantile(huge, 0)", "k = median(wide) where sure",
                                                   "e = sd(wide) where sure", "l = quantile(huge, 1)" },
                                     .where = wheres_here[i],
                                     .margins = i == 1 ? DK_MARGINS_CUBE : DK_MARGINS_NONE };

        assert_both_ways(table, question);
        question.measures[8] = "l = distinct(huge)";
        assert_both_ways(table, question);
        question.measures[8] = "l = mean(huge)";
        question.by[1] = NULL;
        assert_both_ways(table, question);
    }
    dk_table_release(table);
}

/* More slots than 2^18 where rows are but counted, and are eight times as many; with a value they are not. */
static void slots_beyond_caches_have_one_answer(void **state)
{
    static const struct shape list[] = { { "a", DK_INTEGER, 319, -9, 50 },
                                         { "b", DK_CATEGORY, 319, 0, 40 },
                                         { "yes", DK_BOOLEAN, 2, 0, 5 },
                                         { "hours", DK_INTEGER, 41, 0, 3 } };
    const dk_table *table = table_of(context, list, 4, quick() ? 20000 : 2500000);

    (void)state;
    assert_both_ways(table, (struct question){ .by = { "a", "b", "yes" }, .measures = { "n = count()" } });
    assert_both_ways(table, (struct question){
                                .by = { "a", "b", "yes" }, .measures = { "s = sum(hours)" }, .where = "b == '7'" });
    dk_table_release(table);
}

/* Rows that are counted two at a time are counted once each, whatever their number. */
static void pairs_of_rows_count_as_rows(void **state)
{
    static uint8_t indexes[1003];
    static uint32_t pairs[DKI_PAIR_TABLES << 2 * DKI_MOST_PAIR_BITS];

    (void)state;
    for (unsigned bits = 1; bits <= DKI_MOST_PAIR_BITS; bits++) {
        for (size_t rows = 0; rows <= sizeof indexes; rows = rows < 20 ? rows + 1 : rows * 3) {
            size_t n = ((size_t)1 << bits) - (size_t)pick(2);
            uint32_t counts[64] = { 0 }, expected[64] = { 0 };

            memset(pairs, 0, sizeof pairs);
            for (size_t i = 0; i < rows; i++) {
                indexes[i] = (uint8_t)pick(n);
                expected[indexes[i]]++;
            }
            dki_count_pairs(bits, counts, pairs, n << bits, indexes, rows);
            dki_settle_pairs(bits, counts, pairs, n << bits, n);
            assert_memory_equal(counts, expected, sizeof counts);
        }
    }
}

/* Every failing allocation leaves nothing behind. */
static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *table = table_of(context, shapes, N_SHAPES, 200);
    struct question question = { .by = { "few", "yes" },
                                 .measures = { "n = count()", "k = count() where sure", "s = sum(wide)",
                                               "a = min(wide)", "z = max(huge)", "r = sum(real)", "f = max(some)" },
                                 .where = "hours > 3" };

    (void)state;
    assert_ask_survives(&question, table);
    for (int margins = 0; margins < 2; margins++) {
        question = (struct question){ .by = { "few" },
                                      .measures = { "m = median(wide)", "d = sd(wide)", "h = median(huge)" },
                                      .margins = margins ? DK_MARGINS_CUBE : DK_MARGINS_NONE };
        assert_ask_survives(&question, table);
    }
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_questions_have_one_answer, start, stop),
        cmocka_unit_test_setup_teardown(many_rows_have_one_answer, start, stop),
        cmocka_unit_test_setup_teardown(key_spaces_at_the_limit_have_one_answer, start, stop),
        cmocka_unit_test_setup_teardown(sixteen_dimensions_have_one_answer, start, stop),
        cmocka_unit_test_setup_teardown(sums_of_wide_codes_are_exact, start, stop),
        cmocka_unit_test_setup_teardown(sums_that_lie_together_are_exact, start, stop),
        cmocka_unit_test_setup_teardown(quantiles_of_wide_values_have_one_answer, start, stop),
        cmocka_unit_test_setup_teardown(slots_beyond_caches_have_one_answer, start, stop),
        cmocka_unit_test_setup_teardown(pairs_of_rows_count_as_rows, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
