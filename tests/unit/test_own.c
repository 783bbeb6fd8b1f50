/* test_own.c - what a context does for the thread that made it: small blocks that are kept, and bytes that are counted without a lock. */
#include "check.h"

#include <pthread.h>
#include <string.h>

#include "base/mapping.h"
#include "base/memory.h"
#include "with_context.h"

#define HEADER 16
#define KEPT 16

/* Who works in another thread. */
typedef struct guest {
    dk_context *context;
    void *given; /* to be freed */
    void *made;
} guest;

static void *visit(void *arg)
{
    guest *g = arg;

    dki_free(g->context, g->given);
    g->made = dki_alloc(g->context, 100, NULL);
    return NULL;
}

static void in_another_thread(guest *g)
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, visit, g), 0);
    pthread_join(thread, NULL);
}

static void what_was_freed_is_there_for_the_next(void **state)
{
    char *first, *next;

    (void)state;
    if (!DKI_HAS_MAPPINGS) /* memory is watched: all is malloc's */
        skip();
    first = dki_alloc(context, 100, NULL);
    memset(first, 'x', 100);
    dki_free(context, first);
    next = dki_alloc(context, 112, NULL); /* of as many units */
    assert_ptr_equal(next, first);
    dki_free(context, next);
    next = dki_calloc(context, 11, 10, NULL);
    assert_ptr_equal(next, first);
    for (int i = 0; i < 110; i++)
        assert_int_equal(next[i], 0);
    dki_free(context, next);
    next = dki_alloc(context, 200, NULL);
    assert_ptr_not_equal(next, first);
    dki_free(context, next);
}

/* A wide block begins where 64 bytes do, and has room up to where they end. */
static void a_wide_block_is_there_again(void **state)
{
    void *first, *next;

    (void)state;
    if (!DKI_HAS_MAPPINGS)
        skip();
    for (size_t size = 1; size <= 900; size += 13) {
        first = dki_alloc_wide(context, size, NULL);
        memset(first, 'x', size);
        dki_free(context, first);
        next = dki_alloc_wide(context, size, NULL);
        assert_ptr_equal(next, first);
        dki_free(context, next);
        next = dki_alloc(context, size, NULL);
        memset(next, 'x', size);
        dki_free(context, next);
    }
}

static void no_block_is_there_twice(void **state)
{
    unsigned char *blocks[3 * KEPT];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3 * KEPT; i++) {
            blocks[i] = dki_alloc(context, 64, NULL);
            assert_non_null(blocks[i]);
            memset(blocks[i], i, 64);
        }
        assert_int_equal(dk_context_used_bytes(context), 3 * KEPT * (64 + HEADER));
        for (int i = 0; i < 3 * KEPT; i++) {
            for (int k = 0; k < 64; k++)
                assert_int_equal(blocks[i][k], i);
            dki_free(context, blocks[i]);
        }
        assert_int_equal(dk_context_used_bytes(context), 0);
    }
}

static void sizes_change_between_lists_and_malloc(void **state)
{
    char *block = NULL;
    void *place;
    size_t before = 0;

    (void)state;
    for (size_t size = 1; size < 5000; size += 1 + size / 3) {
        place = block;
        assert_int_equal(dki_resize(context, &place, size, NULL), DK_OK);
        block = place;
        for (size_t i = 0; i < before; i++)
            assert_int_equal(block[i], 'a');
        memset(block, 'a', size);
        before = size;
        assert_int_equal(dk_context_used_bytes(context), size + HEADER);
    }
    for (size_t size = before; size > 0; size /= 2) {
        place = block;
        assert_int_equal(dki_resize(context, &place, size, NULL), DK_OK);
        block = place;
        for (size_t i = 0; i < size; i++)
            assert_int_equal(block[i], 'a');
        assert_int_equal(dk_context_used_bytes(context), size + HEADER);
    }
    dki_free(context, block);
    assert_int_equal(dk_context_used_bytes(context), 0);
}

/* A thread frees what the own thread made, and the other way round: what each counted alone says nothing. */
static void threads_count_together(void **state)
{
    guest g = { .context = context, .given = dki_alloc(context, 1000, NULL) };

    (void)state;
    assert_int_equal(dk_context_used_bytes(context), 1000 + HEADER);
    in_another_thread(&g);
    assert_int_equal(dk_context_used_bytes(context), 100 + HEADER);
    dki_free(context, g.made);
    assert_int_equal(dk_context_used_bytes(context), 0);
    assert_int_equal(dk_context_peak_bytes(context), 1000 + HEADER);
}

static void a_budget_sees_what_was_counted_before_it(void **state)
{
    guest g = { .context = context, .given = dki_alloc(context, 10, NULL) };
    void *kept = dki_alloc(context, 1000, NULL), *small = dki_alloc(context, 300, NULL);

    (void)state;
    dki_free(context, small); /* at hand from now on */
    dk_context_set_budget(context, 1500);
    in_another_thread(&g);
    assert_non_null(g.made);
    small = dki_alloc(context, 300, NULL); /* 1016 + 116 + 316 */
    assert_non_null(small);
    assert_null(dki_alloc(context, 50, NULL));
    g.given = g.made;
    in_another_thread(&g);
    assert_non_null(g.made);
    dki_free(context, small);
    dki_free(context, kept);
    dki_free(context, g.made);
    assert_int_equal(dk_context_used_bytes(context), 0);
}

static void an_allocation_that_is_to_fail_fails_with_a_block_at_hand(void **state)
{
    void *block = dki_alloc(context, 100, NULL);

    (void)state;
    dki_free(context, block);
    dk_context_fail_allocation(context, 1);
    assert_null(dki_alloc(context, 100, NULL));
    dk_context_fail_allocation(context, 0);
    block = dki_alloc(context, 100, NULL);
    assert_non_null(block);
    dki_free(context, block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_freed_is_there_for_the_next, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wide_block_is_there_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_block_is_there_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sizes_change_between_lists_and_malloc, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_count_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_budget_sees_what_was_counted_before_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_allocation_that_is_to_fail_fails_with_a_block_at_hand, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
