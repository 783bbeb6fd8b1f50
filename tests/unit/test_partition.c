/* test_partition.c - breakdowns with many groups, in partitions of their keys, against the same through one table.
 *
 * A table of few blocks is grouped through one table; the same rows in small blocks are many blocks and go to
 * partitions. Everything that comes out must be the same.
 */
#include "query/partition.h"
#include "shapes.h"

#include "with_context.h"

static int start(void **state)
{
    random_state = UINT64_C(0x9E3779B97F4A7C15);
    return set_up(state);
}

/* How many partitions the rows go to; 0: they go another way. *sorted: whether rows are sorted there, not hashed. */
static size_t partitions(const dk_table *table, const char *by, const char *measure, dk_margins margins,
                         bool *sorted)
{
    const dk_measure dim = { by, NULL, NULL }, one = { measure, NULL, NULL };
    const dk_breakdown_spec spec = { .by = &dim, .n_by = 1, .measures = &one, .n_measures = 1, .margins = margins };
    const dk_breakdown *breakdown = NULL;
    dki_plan plan;
    const dki_plan *one_plan = &plan;
    dki_groups groups = { 0 };
    dk_error err = DK_ERROR_INIT;
    size_t n;

    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    assert_ok(dki_plan_init(&plan, breakdown, table, NULL, NULL, &err), &err);
    assert_ok(dki_groups_scan(&groups, &one_plan, 1, &err), &err);
    n = groups.parts ? groups.parts->n_parts : 0;
    *sorted = groups.parts && groups.parts->made;
    dki_groups_drop(&groups);
    dki_plan_drop(&plan);
    dk_breakdown_release(breakdown);
    return n;
}

static size_t n_partitions(const dk_table *table, const char *by, const char *measure)
{
    bool sorted;

    return partitions(table, by, measure, DK_MARGINS_NONE, &sorted);
}

/* In one table, then in partitions by threads of some numbers. */
static void assert_both_ways(const dk_table *table, const struct question *question)
{
    static const size_t blocks[] = { 1, 7, 64 };
    const dk_table *plain = NULL, *parted = NULL;
    dk_error err = DK_ERROR_INIT;

    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_set_threads(1);
    assert_ok(ask_table(question, table, NULL, &plain, &err), &err);
    for (size_t i = 0; i < 6; i++) {
        dk_context_set_block_rows(context, blocks[i / 2]);
        dk_set_threads(1 + (unsigned)i % 2);
        assert_ok(ask_table(question, table, NULL, &parted, &err), &err);
        assert_same(parted, plain);
        dk_table_release(parted);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_table_release(plain);
}

static const char *const wheres[] = { "yes",          "not yes",     "yes is null", "hours > 20", "few == '1'",
                                      "some is null", "low * 2 < 9", "false",       "true" };

static void random_measure(char *out, size_t size, size_t number)
{
    static const char *const any[] = { "min", "max", "first", "last", "mode", "distinct" };
    static const char *const sums[] = { "sum", "mean", "median", "variance", "sd" };
    const char *value = shapes[pick(N_SHAPES)].name;
    static const char *const numbers[] = {
        "hours", "low", "byte", "year", "wide", "huge", "money", "real", "none"
    };
    char call[64], filter[48] = "";

    switch (pick(5)) {
    case 0: (void)snprintf(call, sizeof call, pick(2) ? "count()" : "rows()"); break;
    case 1: (void)snprintf(call, sizeof call, "%s(%s)", any[pick(6)], value); break;
    case 2: (void)snprintf(call, sizeof call, "corr(%s, %s)", numbers[pick(7)], numbers[pick(7)]); break;
    case 3: (void)snprintf(call, sizeof call, "cov(real, real(%s))", numbers[pick(7)]); break;
    default: (void)snprintf(call, sizeof call, "%s(%s)", sums[pick(5)], numbers[pick(9)]);
    }
    if (pick(2))
        (void)snprintf(filter, sizeof filter, " where %s", wheres[pick(sizeof wheres / sizeof *wheres)]);
    (void)snprintf(out, size, "m%zu = %s%s", number, call, filter);
}

/* Keys of one word and of two, with a bit for null and with a code for it, and of every type. */
static void random_questions_have_one_answer(void **state)
{
    static const char *const dims[][5] = { { "huge" },
                                           { "real" },
                                           { "real", "some" },
                                           { "huge", "real" },
                                           { "k = huge + 0", "few" },
                                           { "k = least", "l = most + 0" },
                                           { "wide", "yes", "day" },
                                           { "k = year + hours", "l = coalesce(yes, sure)" },
                                           { "money", "month", "some", "low", "wide" },
                                           { "least", "most", "byte", "huge", "none" },
                                           { "some", "year", "wide" } };
    static const uint64_t sizes[] = { 40, 448, 2100 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const dk_table *table = table_of(context, shapes, N_SHAPES, sizes[i]);

        for (size_t k = 0; k < (quick() ? 6 : 150); k++) {
            struct question question = { .where = pick(2) ? wheres[pick(sizeof wheres / sizeof *wheres)] : NULL };
            char measures[8][128];
            size_t set = (size_t)pick(sizeof dims / sizeof *dims), n = 1 + (size_t)pick(7);

            memcpy(question.by, dims[set], sizeof dims[set]);
            for (size_t m = 0; m < n; m++) {
                random_measure(measures[m], sizeof measures[m], m);
                question.measures[m] = measures[m];
            }
            if (pick(4) == 0)
                question.measures[n] = "share = rows() / all(m0)";
            if (question.measures[n] && strstr(measures[0], "real"))
                question.measures[n] = NULL;
            if (question.measures[n])
                question.measures[0] = "m0 = rows()";
            question.margins = pick(4) == 0 ? DK_MARGINS_ROLLUP : DK_MARGINS_NONE;
            assert_both_ways(table, &question);
        }
        dk_table_release(table);
    }
}

static void weights_weigh(void **state)
{
    static const struct shape list[] = { { "k", DK_INTEGER, UINT64_C(4000000000), -9, 9 },
                                         { "few", DK_REAL, 90, -9, 9 },
                                         { "x", DK_INTEGER, 900, -450, 5 },
                                         { "r", DK_REAL, 900, -450, 5 },
                                         { "w", DK_DECIMAL, 300, 0, 0 } };
    const dk_table *table = with_weight(table_of(context, list, 5, 900), "w");

    (void)state;
    for (int few = 0; few < 2; few++) {
        const char *by = few ? "few" : "k";

        assert_both_ways(table,
                         ASK(.by = { by }, .measures = { "n = count()", "r = rows()", "s = sum(x)", "m = mean(x)",
                                                         "a = min(x)", "j = count() where x > 0" }));
        assert_both_ways(table,
                         ASK(.by = { by }, .measures = { "n = median(x)", "q = quantile(r, 0.9)", "s = sd(x)",
                                                         "v = variance(r)", "c = corr(x, x)", "o = mode(x)",
                                                         "d = distinct(x)", "f = first(x)", "l = last(r)" }));
    }
    dk_table_release(table);
}

/* Rows of several ranges and chunks. */
static void many_rows_have_one_answer(void **state)
{
    uint64_t n_rows = quick() ? 150000 : 700000;
    static const struct shape list[] = { { "k", DK_INTEGER, 60000, INT64_C(-5000000000), 99 },
                                         { "x", DK_INTEGER, 1000, -450, 5 },
                                         { "r", DK_REAL, 5000, -2500, 5 } };
    const dk_table *table = table_of(context, list, 3, n_rows), *hashed = NULL, *parted = NULL;
    const struct question plain = { .by = { "t = text(k)" },
                                    .measures = { "n = count()", "s = sum(r)", "m = median(x)", "d = distinct(x)",
                                                  "a = first(x)", "z = last(r)", "v = variance(r)" },
                                    .where = "x ~= 3",
                                    .order = { "v", "s", "m" } };
    struct question question = plain;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    question.by[0] =
        "t = k + 1000000 * 1000000"; /* all positive, so that texts stand in the same order but for length */
    dk_set_threads(2);
    assert_true(n_partitions(table, "t = k * 1000", "n = count()") > 16);
    assert_true(n_partitions(table, "t = k * 1000", "m = median(x)") > 16);
    assert_int_equal(n_partitions(table, "t = text(k)", "n = count()"), 0);
    assert_ok(ask_table(&plain, table, NULL, &hashed, &err), &err);
    assert_ok(ask_table(&question, table, NULL, &parted, &err), &err);
    assert_int_equal(dk_table_n_rows(parted), dk_table_n_rows(hashed));
    for (size_t i = 0; i < 3; i++) { /* those of the order: ties are broken by key, which is another */
        size_t ordered[] = { 7, 2, 3 };
        const dk_column *a = dk_table_field(hashed, ordered[i])->column;
        const dk_column *b = dk_table_field(parted, ordered[i])->column;

        for (uint64_t row = 0; row < dk_table_n_rows(hashed); row++) {
            dk_value x, y;

            assert_ok(dk_column_get(a, row, &x, &err), &err);
            assert_ok(dk_column_get(b, row, &y, &err), &err);
            if (dk_value_compare(&x, &y) != 0)
                fail_msg("column %zu, row %llu", ordered[i], (unsigned long long)row);
        }
    }
    dk_table_release(hashed);
    dk_table_release(parted);
    dk_table_release(table);
}

/* Few keys go through one table, unless values are to be sorted by group. */
static void the_sample_decides(void **state)
{
    static const struct shape list[] = { { "k", DK_INTEGER, UINT64_C(4000000000), -9, 0 },
                                         { "f", DK_REAL, 20, 5, 0 },
                                         { "x", DK_REAL, 100000, -450, 5 },
                                         { "g", DK_CATEGORY, 20, 0, 0 },
                                         { "two", DK_CATEGORY, 2, 0, 0 } };
    const dk_table *table = table_of(context, list, 5, 140000);

    (void)state;
    assert_true(n_partitions(table, "k", "n = count()") >= 60);
    assert_int_equal(n_partitions(table, "f", "n = count()"), 0);
    assert_true(n_partitions(table, "f", "n = median(x)") >= 10);
    assert_true(n_partitions(table, "g", "n = median(x)") >= 10);
    assert_int_equal(n_partitions(table, "two", "n = median(x)"), 0);
    assert_int_equal(n_partitions(table, "g", "n = sum(x)"), 0);
    dk_table_release(table);
}

/* Where hardly two rows have the same key they are sorted, unless totals want all groups in one place. */
static void rows_of_their_own_are_sorted(void **state)
{
    static const struct shape list[] = { { "k", DK_INTEGER, UINT64_C(4000000000), -9, 2 },
                                         { "twice", DK_INTEGER, 140000, -9, 0 },
                                         { "ten", DK_INTEGER, 14000, -9, 0 } };
    const dk_table *table = table_of(context, list, 3, 140000);
    bool sorted;

    (void)state;
    assert_true(partitions(table, "k", "n = count()", DK_MARGINS_NONE, &sorted) > 20); /* half of them null */
    assert_false(sorted);
    assert_true(partitions(table, "a = coalesce(k, twice)", "n = count()", DK_MARGINS_NONE, &sorted) >= 60);
    assert_true(sorted);
    assert_true(partitions(table, "a = coalesce(k, twice)", "n = count()", DK_MARGINS_TOTALS, &sorted) >= 60);
    assert_false(sorted);
    assert_true(partitions(table, "a = real(ten)", "n = count()", DK_MARGINS_NONE, &sorted) >= 60);
    assert_false(sorted);
    dk_table_release(table);
}

/* Keys that lie evenly and unevenly, in one word and in two, some more bits than can be sorted at once. */
static void sorted_rows_have_one_answer(void **state)
{
    static const struct shape list[] = { { "k", DK_INTEGER, UINT64_C(4000000000), 17, 0 },
                                         { "near", DK_INTEGER, 1000000, -5, 0 },
                                         { "x", DK_INTEGER, 1000, -450, 0 },
                                         { "y", DK_INTEGER, 1000, -450, 5 },
                                         { "r", DK_REAL, UINT64_C(4000000000), -2500, 5 },
                                         { "day", DK_DATE, 365, 19000, 0 },
                                         { "c", DK_CATEGORY, 9, 0, 5 },
                                         { "big", DK_INTEGER, 9, INT64_C(900000000000000), 0 } };
    static const char *const dims[][4] = { { "k" },
                                           { "near" },
                                           { "near", "x" },
                                           { "c", "near", "day" },
                                           { "a = (near - 500000) * (near - 500000) * 9" },
                                           { "a = 1 / real(k)" },
                                           { "big", "near", "day" },
                                           { "x", "big", "k" },
                                           { "r", "near" },
                                           { "a = x * 1000000000", "b = real(x)", "near" },
                                           { "a = x / 7", "b = 9 - real(x)", "c" } };
    uint64_t n_rows = quick() ? 4000 : 14000;
    const dk_table *table = table_of(context, list, 8, n_rows);

    (void)state;
    for (size_t i = 0; i < sizeof dims / sizeof *dims; i += watched(1, 1, 3)) {
        struct question question = { .measures = { "n = count()", "s = sum(x)", "l = min(x)", "g = max(day)",
                                                   "m = mean(x)", "t = sum(r)" },
                                     .where = i % 3 == 2 ? "x ~= 3" : NULL };

        memcpy(question.by, dims[i], sizeof dims[i]);
        assert_both_ways(table, &question);
        question.measures[4] = "o = first(y) where y > 3";
        question.measures[5] = "u = sum(big)";
        assert_both_ways(table, &question);
    }
    dk_table_release(table);
}

/* The fault of the earliest row is reported, and that of the first group. */
static void faults_are_those_of_the_plain_way(void **state)
{
    static const struct shape list[] = { { "k", DK_INTEGER, 500, INT64_MIN, 9 },
                                         { "x", DK_INTEGER, 9, INT64_MAX - 8, 0 } };
    static const char *const measures[] = { "s = sum(x)", "m = min(x + 1)", "v = variance(real(x) * 1e300)" };
    const dk_table *table = table_of(context, list, 2, 600), *result = NULL;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct question question = { .by = { "k" }, .measures = { measures[i] } };
        dk_error plain = DK_ERROR_INIT, parted = DK_ERROR_INIT;

        for (unsigned threads = 1; threads <= 2; threads++) {
            dk_set_threads(threads);
            dk_context_set_block_rows(context, DK_BLOCK_ROWS);
            assert_int_equal(ask_table(&question, table, NULL, &result, &plain), DK_ERR_OVERFLOW);
            dk_context_set_block_rows(context, 3);
            assert_int_equal(ask_table(&question, table, NULL, &result, &parted), DK_ERR_OVERFLOW);
            assert_string_equal(parted.message, plain.message);
        }
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_table_release(table);
}

/* A sum that fits with fewer digits in one partition takes them from all. */
static void all_partitions_give_up_the_same_digits(void **state)
{
    char data[4096];
    size_t used = (size_t)snprintf(data, sizeof data, "k:integer x:decimal18 w:decimal2\n");
    const dk_table *table;

    (void)state;
    for (int i = 0; i < 60; i++)
        used +=
            (size_t)snprintf(data + used, sizeof data - used, "%d000000000000|%d.5|%d.00\n", i % 50, i % 9, i + 1);
    table = with_weight(make_table(context, data), "w");
    assert_both_ways(table, ASK(.by = { "k" }, .measures = { "s = sum(x)" }));
    dk_table_release(table);
}

static void failing_memory_leaves_nothing(void **state)
{
    static const struct shape list[] = { { "k", DK_INTEGER, UINT64_C(4000000000), -9, 9 },
                                         { "r", DK_REAL, 100000, -450, 5 },
                                         { "c", DK_CATEGORY, 9, 0, 5 },
                                         { "yes", DK_BOOLEAN, 2, 0, 5 } };
    static const struct question questions[] = {
        { .by = { "k", "r" },
          .measures = { "n = count() where yes", "m = median(r)", "s = sd(r)", "f = first(c)" } },
        { .by = { "k" }, .measures = { "s = sum(r)" }, .margins = DK_MARGINS_TOTALS }
    };
    const dk_table *table = table_of(context, list, 4, 34), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    dk_context_set_block_rows(context, 1);
    assert_true(n_partitions(table, "k", "s = sum(r)") > 8);
    for (size_t i = 0; i < 2; i++) {
        assert_survives_failing_memory(context, ask_table(&questions[i], table, NULL, &result, &err), &err,
                                       result == NULL, dk_table_release(result));
        result = NULL;
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_table_release(table);
}

static void a_budget_stops_it_and_so_does_an_interruption(void **state)
{
    static const struct shape list[] = { { "k", DK_INTEGER, UINT64_C(4000000000), -9, 0 } };
    const dk_table *table = table_of(context, list, 1, 200000), *result = NULL;
    const struct question question = { .by = { "k" }, .measures = { "n = count()" } };
    size_t used = dk_context_used_bytes(context);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(2);
    for (size_t budget = 1; budget < 8; budget++) { /* not enough to begin, to sort, to make columns */
        dk_context_set_budget(context, used + (budget << 19));
        assert_fails(ask_table(&question, table, NULL, &result, &err), &err, DK_ERR_MEMORY, "budget");
        assert_int_equal(dk_context_used_bytes(context), used);
    }
    dk_context_set_budget(context, 0);
    dk_context_interrupt(context);
    assert_fails(ask_table(&question, table, NULL, &result, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_null(result);
    assert_int_equal(dk_context_used_bytes(context), used);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_questions_have_one_answer, start, tear_down),
        cmocka_unit_test_setup_teardown(weights_weigh, start, tear_down),
        cmocka_unit_test_setup_teardown(many_rows_have_one_answer, start, tear_down),
        cmocka_unit_test_setup_teardown(the_sample_decides, start, tear_down),
        cmocka_unit_test_setup_teardown(rows_of_their_own_are_sorted, start, tear_down),
        cmocka_unit_test_setup_teardown(sorted_rows_have_one_answer, start, tear_down),
        cmocka_unit_test_setup_teardown(faults_are_those_of_the_plain_way, start, tear_down),
        cmocka_unit_test_setup_teardown(all_partitions_give_up_the_same_digits, start, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, start, tear_down),
        cmocka_unit_test_setup_teardown(a_budget_stops_it_and_so_does_an_interruption, start, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
