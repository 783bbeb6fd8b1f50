/* test_row_list.c - lists of rows that several threads make are those that one loop makes. */
#include "join/row_list.h"

#include "base/memory.h"
#include "random.h"

#include "with_context.h"

struct chosen {
    uint8_t *is_in;
    uint64_t n_rows, *list;
};

static uint64_t mask_chosen(const void *arg, uint64_t row, unsigned n)
{
    const struct chosen *chosen = arg;
    uint64_t mask = 0;

    assert_true(n >= 1 && n <= 64 && row + n <= chosen->n_rows);
    for (unsigned i = 0; i < n; i++)
        mask |= (uint64_t)(chosen->is_in[row + i] != 0) << i;
    return mask;
}

/* As often as is_in says. */
static uint64_t repeat(void *arg, uint64_t begin, uint64_t end, uint64_t at)
{
    const struct chosen *chosen = arg;
    uint64_t n = 0;

    for (uint64_t row = begin; row < end; row++)
        for (unsigned k = 0; k < chosen->is_in[row]; k++, n++)
            if (at != DKI_COUNT_ONLY)
                chosen->list[at + n] = row;
    return n;
}

static void lists_are_in_the_order_of_rows(void **state)
{
    static const size_t sizes[] = { 0, 1, 63, 64, 65, 4096, 4097, 100000 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t round = 0; round < 2 * sizeof sizes / sizeof *sizes; round++) {
        size_t n_rows = sizes[round / 2], n_in = 0, n_all = 0;
        struct chosen chosen = { malloc(n_rows + 1), n_rows, NULL };
        uint64_t *rows = NULL, n = 99;
        dki_row_list list;

        assert_non_null(chosen.is_in);
        for (size_t i = 0; i < n_rows; i++)
            chosen.is_in[i] = (uint8_t)random_below(4);
        dk_set_threads(1 + round % 2);
        assert_ok(dki_rows_choose(context, n_rows, mask_chosen, &chosen, &rows, &n, &err), &err);
        for (size_t i = 0; i < n_rows; i++) {
            if (chosen.is_in[i])
                assert_int_equal(rows[n_in++], i);
            n_all += chosen.is_in[i];
        }
        assert_int_equal(n, n_in);
        dki_free(context, rows);

        assert_ok(dki_row_list_count(&list, context, n_rows, repeat, &chosen, &err), &err);
        assert_int_equal(list.n, n_all);
        chosen.list = malloc((n_all + 1) * sizeof *chosen.list);
        assert_non_null(chosen.list);
        assert_ok(dki_row_list_write(&list, &err), &err);
        for (size_t i = 0, at = 0; i < n_rows; i++)
            for (unsigned k = 0; k < chosen.is_in[i]; k++)
                assert_int_equal(chosen.list[at++], i);
        dki_row_list_drop(&list);
        free(chosen.list);
        free(chosen.is_in);
    }
}

static void failures_leave_nothing(void **state)
{
    uint8_t is_in[100] = { 1, 0, 1 };
    struct chosen chosen = { is_in, 100, NULL };
    uint64_t *rows = NULL, n;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dki_rows_choose(context, 100, mask_chosen, &chosen, &rows, &n, &err),
                                   &err, rows == NULL, (dki_free(context, rows), rows = NULL));
    dk_context_interrupt(context);
    assert_int_equal(dki_rows_choose(context, 100, mask_chosen, &chosen, &rows, &n, &err), DK_ERR_INTERRUPTED);
    dk_context_clear_interrupt(context);
    assert_null(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_are_in_the_order_of_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failures_leave_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
