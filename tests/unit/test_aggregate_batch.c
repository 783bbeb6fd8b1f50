/* test_aggregate_batch.c - aggregates that take many rows of a group at once say what the same ones say row by row. */
#include <dekking/aggregate.h>

#include "data/column_parts.h"
#include "tables.h"
#include "watched.h"

#define N_ROWS 70000 /* more than wait at once */

static dk_context *context;
static size_t most_rows; /* of a call */
static size_t n_calls;
static int n_living;

static int start(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    return dk_context_new(&context, &err) == DK_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    dk_set_threads(0);
    dk_context_release(context);
    assert_int_equal(n_living, 0);
    return 0;
}

/* A number that depends on every value, its type, and the order of rows. */
struct digest {
    uint64_t value;
};

static dk_status digest_start(void *arg, void *state, dk_error *err)
{
    (void)arg;
    (void)err;
    ((struct digest *)state)->value = 17;
    n_living++;
    return DK_OK;
}

static void digest_drop(void *arg, void *state)
{
    (void)arg;
    (void)state;
    n_living--;
}

static void digest_value(struct digest *digest, const dk_value *value)
{
    char text[200];
    size_t n = dk_value_format(value, text, sizeof text);

    digest->value = digest->value * 31 + (uint64_t)value->type;
    for (size_t i = 0; i < n; i++)
        digest->value = digest->value * 31 + (unsigned char)text[i];
}

static dk_status digest_step(void *arg, void *state, const dk_value *values, const dk_value *weight, dk_error *err)
{
    (void)err;
    for (size_t k = 0; k < *(const size_t *)arg; k++)
        digest_value(state, &values[k]);
    if (weight)
        digest_value(state, weight);
    return DK_OK;
}

static dk_status digest_block(void *arg, void *state, const dk_aggregate_rows *rows, dk_error *err)
{
    (void)err;
    assert_true(rows->n >= 1 && rows->n <= DK_BLOCK_ROWS);
    most_rows = rows->n > most_rows ? rows->n : most_rows;
    n_calls++;
    for (size_t i = 0; i < rows->n; i++) {
        for (size_t k = 0; k < *(const size_t *)arg; k++) {
            dk_value value = dki_view_value(&rows->values[k], i);

            assert_int_equal(rows->values[k].n, rows->n);
            digest_value(state, &value);
        }
        if (rows->weights) {
            dk_value weight = dki_view_value(rows->weights, i);

            digest_value(state, &weight);
        }
    }
    return DK_OK;
}

/* Does depend on who is merged with whom, which is the same in both. */
static dk_status digest_merge(void *arg, void *state, const void *other, dk_error *err)
{
    (void)arg;
    (void)err;
    ((struct digest *)state)->value = ((struct digest *)state)->value * 33 + ((const struct digest *)other)->value;
    return DK_OK;
}

static dk_status digest_finish(void *arg, const void *state, dk_value *out, dk_error *err)
{
    (void)arg;
    (void)err;
    *out = (dk_value){ .type = DK_INTEGER, .as.integer = (int64_t)(((const struct digest *)state)->value >> 2) };
    return DK_OK;
}

/* row1, block1, row2, block2: of one and two arguments; row0, block0. */
static void define_digests(void)
{
    static const size_t counts[] = { 0, 1, 2 };
    static const char *const names[] = { "row0", "block0", "row1", "block1", "row2", "block2" };
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < 6; i++) {
        dk_aggregate digest = { .name = names[i],
                                .n_arguments = counts[i / 2],
                                .result = DK_INTEGER,
                                .state_bytes = sizeof(struct digest),
                                .weighs = true,
                                .arg = (void *)(uintptr_t)&counts[i / 2],
                                .start = digest_start,
                                .merge = digest_merge,
                                .finish = digest_finish,
                                .drop = digest_drop };

        if (i % 2)
            digest.block = digest_block;
        else
            digest.step = digest_step;
        assert_ok(dk_aggregate_define(context, &digest, &err), &err);
    }
}

static const dk_table *derived(const dk_table *table, const char *const *texts, size_t n)
{
    const dk_expr *exprs[16];
    const dk_table *made = NULL;
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < n; i++)
        assert_ok(dk_expr_parse(context, texts[i], &exprs[i], &err), &err);
    assert_ok(dk_table_derive(table, exprs, n, NULL, &made, &err), &err);
    for (size_t i = 0; i < n; i++)
        dk_expr_release(exprs[i]);
    dk_table_release(table);
    return made;
}

/* Columns of every type, with nulls, runs of one value and weights of 0. */
static const dk_table *all_types(void)
{
    static const char *const texts[] = { "f = case(n % 7 == 0, null, n % 3 == 0)",
                                         "i = case(n % 11 == 0, null, n - 35000)",
                                         "d = n * 0.25",
                                         "r = case(n % 13 == 0, null, real(n) / 3)",
                                         "q = n / 7",
                                         "t = case(n % 5 == 0, null, text(n % 50))",
                                         "day = date '2000-01-01' + n % 1000",
                                         "c = case(n % 3 == 0, 'x', n % 3 == 1, 'y', null)",
                                         "one = 1.5",
                                         "word = 'w'",
                                         "w = (n % 4) * 0.5" };
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD("n", NULL);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    for (int64_t i = 0; i < N_ROWS; i++)
        assert_ok(dk_builder_integer(builder, i, &err), &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    dk_builder_release(builder);
    assert_ok(dk_table_new(context, &field, 1, N_ROWS, &table, &err), &err);
    dk_column_release(field.column);
    return derived(table, texts, sizeof texts / sizeof *texts);
}

/* Every row of the result has the same number for both. */
static void assert_same(const dk_table *table, const struct question *question)
{
    const dk_table *result = NULL;
    size_t a, b;
    dk_error err = DK_ERROR_INIT;

    assert_ok(ask_table(question, table, NULL, &result, &err), &err);
    assert_ok(dk_table_get(result, "a", &a, &err), &err);
    assert_ok(dk_table_get(result, "b", &b, &err), &err);
    assert_true(dk_table_n_rows(result) > 0);
    for (uint64_t row = 0; row < dk_table_n_rows(result); row++) {
        dk_value x, y;

        assert_ok(dk_column_get(dk_table_field(result, a)->column, row, &x, &err), &err);
        assert_ok(dk_column_get(dk_table_field(result, b)->column, row, &y, &err), &err);
        assert_false(x.is_null);
        assert_int_equal(x.as.integer, y.as.integer);
    }
    dk_table_release(result);
}

static void blocks_say_what_rows_say_for_every_type(void **state)
{
    static const char *const columns[] = {
        "f", "i", "d", "r", "q", "t", "day", "c", "one", "word", "text(n % 300)"
    };
    const dk_table *table = all_types();

    (void)state;
    define_digests();
    for (int weighted = 0; weighted < 2; weighted++) {
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i += watched(1, 1, 3)) {
            char row[64], block[64];

            snprintf(row, sizeof row, "a = row1(%s)", columns[i]);
            snprintf(block, sizeof block, "b = block1(%s)", columns[i]);
            assert_same(table, ASK(.by = { "g = n % 7" }, .measures = { row, block }));
            snprintf(row, sizeof row, "a = row2(t, %s) where n %% 3 > 0", columns[i]);
            snprintf(block, sizeof block, "b = block2(t, %s) where n %% 3 > 0", columns[i]);
            assert_same(table, ASK(.by = { "c" }, .measures = { row, block }, .margins = DK_MARGINS_TOTALS));
        }
        assert_same(table, ASK(.measures = { "a = row0()", "b = block0()" }));
        assert_same(table, ASK(.measures = { "a = row0() where n < 0", "b = block0() where n < 0" }));
        if (!weighted)
            table = with_weight(table, "w");
    }
    dk_table_release(table);
}

static void groups_may_be_many_and_blocks_small(void **state)
{
    const dk_table *table = all_types();

    (void)state;
    define_digests();
    most_rows = n_calls = 0;
    assert_same(table, ASK(.by = { "g = n % 10000" }, .measures = { "a = row2(i, t)", "b = block2(i, t)" }));
    assert_int_equal(n_calls, 8000); /* up to 7 rows of each, at once, and t is null in a fifth of them */
    assert_int_equal(most_rows, 7);
    assert_same(table, ASK(.by = { "n" }, .measures = { "a = row1(d)", "b = block1(d)" }, .where = "n < 3000"));
    most_rows = 0;
    assert_same(table, ASK(.measures = { "a = row1(d)", "b = block1(d)" }));
    assert_int_equal(most_rows, DK_BLOCK_ROWS);
    dk_context_set_block_rows(context, 3);
    assert_same(table, ASK(.by = { "c" }, .measures = { "a = row1(t)", "b = block1(t)" }, .where = "n < 3000"));
    dk_table_release(table);
}

/* Least and greatest do not depend on order. */
struct span {
    int64_t least, greatest, n;
};

static dk_status span_block(void *arg, void *state, const dk_aggregate_rows *rows, dk_error *err)
{
    struct span *span = state;
    const int64_t *values = rows->values[0].values;

    (void)arg;
    for (size_t i = 0; i < rows->n; i++) {
        if (values[i] == 66666 && err) {
            err->code = DK_ERR_CALLBACK;
            (void)snprintf(err->message, sizeof err->message, "66666 is no number");
            return DK_ERR_CALLBACK;
        }
        span->least = span->n == 0 || values[i] < span->least ? values[i] : span->least;
        span->greatest = span->n == 0 || values[i] > span->greatest ? values[i] : span->greatest;
        span->n++;
    }
    return DK_OK;
}

static dk_status span_merge(void *arg, void *state, const void *other, dk_error *err)
{
    struct span *a = state;
    const struct span *b = other;

    (void)arg;
    (void)err;
    a->least = a->n == 0 || b->least < a->least ? b->least : a->least;
    a->greatest = a->n == 0 || b->greatest > a->greatest ? b->greatest : a->greatest;
    a->n += b->n;
    return DK_OK;
}

static dk_status span_finish(void *arg, const void *state, dk_value *out, dk_error *err)
{
    const struct span *span = state;

    (void)arg;
    (void)err;
    if (span->n > 0)
        *out = (dk_value){ .type = DK_INTEGER, .as.integer = span->greatest - span->least };
    return DK_OK;
}

static void define_span(void)
{
    const dk_aggregate span = { .name = "span",
                                .n_arguments = 1,
                                .result = DK_INTEGER,
                                .state_bytes = sizeof(struct span),
                                .any_thread = true,
                                .block = span_block,
                                .merge = span_merge,
                                .finish = span_finish };
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_aggregate_define(context, &span, &err), &err);
}

static void several_threads_have_batches_of_their_own(void **state)
{
    const dk_table *table = all_types();

    (void)state;
    define_span();
    dk_set_threads(2);
    assert_same(table, ASK(.by = { "g = n % 100" }, .where = "n < 60000",
                           .measures = { "a = span(n)", "b = max(n) - min(n)" }, .margins = DK_MARGINS_TOTALS));
    dk_table_release(table);
}

static void what_a_call_says_ends_the_breakdown(void **state)
{
    const dk_table *table = all_types();
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    define_span();
    assert_fails(ask_table(ASK(.by = { "g = n % 100" }, .measures = { "a = span(n)" }), table, NULL, &result, &err),
                 &err, DK_ERR_CALLBACK, "66666 is no number");
    assert_null(result);
    dk_table_release(table);
}

static void each_allocation_may_fail(void **state)
{
    const dk_table *table = make_table(context, "g:category n:integer t:text\na|1|x\nb|2|yy\na|3|z\n");
    const struct question question = { .by = { "g" }, .measures = { "a = block2(n, t)", "b = block1(t)" } };
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    define_digests();
    assert_survives_failing_memory(context, ask_table(&question, table, NULL, &result, &err), &err,
                                   result == NULL && n_living == 0, dk_table_release(result));
    dk_table_release(table);
}

static void a_definition_takes_rows_in_one_way(void **state)
{
    dk_aggregate both = { .name = "both",
                          .n_arguments = 1,
                          .result = DK_INTEGER,
                          .step = digest_step,
                          .block = digest_block,
                          .finish = digest_finish };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_aggregate_define(context, &both, &err), &err, DK_ERR_ARGUMENT,
                 "aggregate both has both step and block, and needs one of them");
    both.step = NULL;
    both.block = NULL;
    assert_fails(dk_aggregate_define(context, &both, &err), &err, DK_ERR_ARGUMENT,
                 "aggregate both has neither step nor block, and needs one of them");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blocks_say_what_rows_say_for_every_type, start, stop),
        cmocka_unit_test_setup_teardown(groups_may_be_many_and_blocks_small, start, stop),
        cmocka_unit_test_setup_teardown(several_threads_have_batches_of_their_own, start, stop),
        cmocka_unit_test_setup_teardown(what_a_call_says_ends_the_breakdown, start, stop),
        cmocka_unit_test_setup_teardown(each_allocation_may_fail, start, stop),
        cmocka_unit_test_setup_teardown(a_definition_takes_rows_in_one_way, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
