/* test_derived.c - data kept with a column: made once, between threads too, and dropped with it. */
#include "columns.h"

#include <stdatomic.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"

static dk_context *context;
static atomic_int n_made, n_dropped;
static bool refuse;

static int set_up(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    n_made = n_dropped = 0;
    refuse = false;
    return dk_context_new(&context, &err) != DK_OK;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

static void drop(dk_context *of, void *derived)
{
    n_dropped++;
    dki_free(of, derived);
}

/* The number of rows, as something that takes memory. */
static dk_status make_count(const dk_column *column, void **out, dk_error *err)
{
    uint64_t *count;

    if (refuse)
        return dki_fail(err, DK_ERR_LIMIT, "not now");
    count = dki_alloc(dk_column_context(column), sizeof *count, err);
    if (count == NULL)
        return DK_ERR_MEMORY;
    n_made++;
    *count = dk_column_n_rows(column);
    *out = count;
    return DK_OK;
}

static const dki_derived_kind count_kind = { "count", make_count, drop };

/* Needs another kind of the same column. */
static dk_status make_double(const dk_column *column, void **out, dk_error *err)
{
    const void *count;
    uint64_t *twice;
    dk_status status = dki_column_derived(column, &count_kind, &count, err);

    if (status != DK_OK)
        return status;
    twice = dki_alloc(dk_column_context(column), sizeof *twice, err);
    if (twice == NULL)
        return DK_ERR_MEMORY;
    *twice = 2 * *(const uint64_t *)count;
    *out = twice;
    return DK_OK;
}

static const dki_derived_kind double_kind = { "double", make_double, drop };

static const dk_column *some_column(void)
{
    row *rows = random_rows(77, 8, 10);
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, 77);

    free(rows);
    return column;
}

static void it_is_made_once_and_dropped_with_the_column(void **state)
{
    const dk_column *column = some_column();
    const void *first = NULL, *second = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_column_derived(column, &count_kind, &first, &err), &err);
    assert_ok(dki_column_derived(column, &count_kind, &second, &err), &err);
    assert_ptr_equal(first, second);
    assert_int_equal(*(const uint64_t *)first, 77);
    assert_int_equal(n_made, 1);
    assert_int_equal(n_dropped, 0);
    dk_column_release(column);
    assert_int_equal(n_dropped, 1);
}

static void making_one_kind_may_ask_for_another(void **state)
{
    const dk_column *column = some_column();
    const void *twice = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_column_derived(column, &double_kind, &twice, &err), &err);
    assert_int_equal(*(const uint64_t *)twice, 154);
    assert_int_equal(n_made, 1);
    dk_column_release(column);
    assert_int_equal(n_dropped, 2);
}

static void after_a_failure_it_is_tried_again(void **state)
{
    const dk_column *column = some_column();
    const void *count = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    refuse = true;
    assert_fails(dki_column_derived(column, &count_kind, &count, &err), &err, DK_ERR_LIMIT, "not now");
    assert_null(count);
    refuse = false;
    assert_ok(dki_column_derived(column, &count_kind, &count, &err), &err);
    assert_int_equal(*(const uint64_t *)count, 77);
    dk_column_release(column);
    assert_int_equal(n_dropped, 1);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_column *column = some_column();
    const void *count = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, dki_column_derived(column, &count_kind, &count, &err), &err,
                                   count == NULL, (void)0);
    dk_column_release(column);
}

struct race {
    const dk_column *column;
    const void *seen[64];
};

static dk_status ask(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct race *race = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; i < end && status == DK_OK; i++)
        status = dki_column_derived(race->column, i % 2 ? &count_kind : &double_kind, &race->seen[i], err);
    return status;
}

static void threads_share_one(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(2);
    for (unsigned k = 0; k < 50; k++) {
        struct race race = { some_column(), { NULL } };

        n_made = 0;
        assert_ok(dki_parallel(context, 64, 1, ask, &race, &err), &err);
        for (unsigned i = 2; i < 64; i++)
            assert_ptr_equal(race.seen[i], race.seen[i % 2]);
        assert_int_equal(n_made, 1);
        dk_column_release(race.column);
    }
    dk_set_threads(0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_made_once_and_dropped_with_the_column),
        TEST(making_one_kind_may_ask_for_another),
        TEST(after_a_failure_it_is_tried_again),
        TEST(failing_memory_leaves_nothing),
        TEST(threads_share_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
