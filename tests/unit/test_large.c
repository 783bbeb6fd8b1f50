/* test_large.c - large blocks: which are kept for the next, that they are whole, clear where that is asked, and never two at once. */
#include "check.h"

#include <pthread.h>
#include <string.h>

#include "base/large.h"
#include "base/memory.h"
#include "watched.h"

#define MIB ((size_t)1 << 20)
#define SIZE (8 * MIB)

/* Under the address sanitizer all blocks are malloc's. */
static int set_up(void **state)
{
    dk_context *context = NULL;
    dk_error err = DK_ERROR_INIT;

    if (dk_context_new(&context, &err) != DK_OK)
        return -1;
    *state = context;
    return 0;
}

static int tear_down(void **state)
{
    int left = dk_context_used_bytes(*state) > 0;

    dk_context_release(*state);
    return left ? -1 : 0;
}

/* A block of that size was there, was written, and is freed. */
static void leave(dk_context *context, size_t size)
{
    void *block = dki_alloc(context, size, NULL);

    assert_non_null(block);
    memset(block, 'x', size);
    dki_free(context, block);
}

/* Whether the next block of that size is one that was written. */
static bool gets_kept(dk_context *context, size_t size)
{
    char *block = dki_alloc(context, size, NULL);
    bool is_kept;

    assert_non_null(block);
    is_kept = block[0] == 'x' && block[size - 1] == 'x';
    assert_true(is_kept || (block[0] == 0 && block[size - 1] == 0));
    memset(block, 0, size);
    dki_free(context, block);
    return is_kept;
}

static void what_is_freed_is_there_for_the_next(void **state)
{
    dk_context *context = *state;

    if (!DKI_HAS_MAPPINGS)
        skip();
    leave(context, SIZE);
    assert_true(gets_kept(context, SIZE));
    leave(context, SIZE);
    assert_true(gets_kept(context, SIZE - MIB)); /* of a little more the rest goes back */
    leave(context, SIZE);
    assert_false(gets_kept(context, 6 * MIB));
    assert_false(gets_kept(context, 12 * MIB));
}

static void no_more_is_kept_than_was_said(void **state)
{
    dk_context *context = *state;

    if (!DKI_HAS_MAPPINGS)
        skip();
    dk_context_keep(context, 0);
    leave(context, SIZE);
    assert_false(gets_kept(context, SIZE));
    dk_context_keep(context, 40 * MIB);
    leave(context, 40 * MIB); /* more, with its header */
    assert_false(gets_kept(context, 40 * MIB));
    leave(context, SIZE);
    leave(context, 16 * MIB);
    leave(context, 24 * MIB); /* the older ones make room */
    assert_false(gets_kept(context, SIZE));
    assert_true(gets_kept(context, 24 * MIB));
    leave(context, 24 * MIB);
    dk_context_keep(context, 10 * MIB);
    assert_false(gets_kept(context, 24 * MIB));
}

static void within_the_budget_with_what_is_used(void **state)
{
    dk_context *context = *state;
    void *block;

    if (!DKI_HAS_MAPPINGS)
        skip();
    dk_context_set_budget(context, 20 * MIB);
    leave(context, 9 * MIB);
    block = dki_alloc(context, 12 * MIB, NULL); /* both are too much */
    assert_non_null(block);
    assert_false(gets_kept(context, 7 * MIB));
    leave(context, 5 * MIB);
    assert_true(gets_kept(context, 5 * MIB));
    dki_free(context, block);
    dk_context_set_budget(context, 19 * MIB);
    leave(context, 18 * MIB + MIB / 2); /* as much as is used is within the budget, the mapping is not */
    dk_context_set_budget(context, 0);
    assert_false(gets_kept(context, 18 * MIB + MIB / 2));
}

static void what_is_to_be_clear_is(void **state)
{
    dk_context *context = *state;

    for (size_t size = 4 * MIB - 100; size < 80 * MIB; size = size * 2 + 1234) {
        char *block;

        leave(context, size);
        block = dki_calloc(context, 1, size, NULL);
        assert_non_null(block);
        for (size_t i = 0; i < size; i += 509)
            assert_int_equal(block[i], 0);
        assert_int_equal(block[size - 1], 0);
        dki_free(context, block);
    }
}

/* Across the size from which blocks are large, both ways. */
static void blocks_change_their_size(void **state)
{
    static const size_t sizes[] = { 3 * MIB, 5 * MIB, 4 * MIB, MIB, 30 * MIB, 31 * MIB, 7 * MIB, 100, 4 * MIB };
    dk_context *context = *state;
    dk_error err = DK_ERROR_INIT;
    void *blocks[2] = { dki_alloc(context, 100, NULL), dki_alloc_wide(context, 100, NULL) };
    size_t size = 100;

    assert_true(blocks[0] && blocks[1]);
    memset(blocks[0], 1, size);
    memset(blocks[1], 1, size);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t kept = size < sizes[i] ? size : sizes[i];

        size = sizes[i];
        for (size_t b = 0; b < 2; b++) {
            leave(context, 5 * MIB); /* not clear */
            assert_ok(dki_resize(context, &blocks[b], size, &err), &err);
            assert_int_equal((uintptr_t)blocks[b] % (b ? 64 : 16), 0);
            for (size_t at = 0; at < kept; at += 97)
                assert_int_equal(((char *)blocks[b])[at], (char)(i + 1));
            memset(blocks[b], (int)i + 2, size);
        }
        assert_int_equal(dk_context_used_bytes(context), 2 * size + 16 + 64);
    }
    dki_free(context, blocks[0]);
    dki_free(context, blocks[1]);
}

/* Several threads ----------------------------------------------------------------------------------------------- */

struct worker {
    pthread_t thread;
    dk_context *context;
    unsigned number, n_rounds;
    bool failed;
};

/* Blocks hold what this thread wrote, as long as they are its own. */
static void *work(void *arg)
{
    struct worker *w = arg;
    unsigned random = w->number * 7919 + 1;
    unsigned char *held[4] = { NULL };
    size_t sizes[4] = { 0 };

    for (unsigned i = 0; i < w->n_rounds; i++) {
        unsigned k = i % 4;

        for (size_t at = 0; held[k] && at < sizes[k]; at += 4096)
            w->failed |= held[k][at] != w->number;
        dki_free(w->context, held[k]);
        random = random * 1103515245 + 12345;
        sizes[k] = 3 * MIB + (random >> 8) % (8 * MIB);
        held[k] = random & 128 ? dki_calloc(w->context, 1, sizes[k], NULL) : dki_alloc(w->context, sizes[k], NULL);
        w->failed |= held[k] == NULL;
        for (size_t at = 0; held[k] && at < sizes[k]; at += 4096)
            held[k][at] = (unsigned char)w->number;
    }
    for (unsigned k = 0; k < 4; k++)
        dki_free(w->context, held[k]);
    return NULL;
}

static void threads_share_what_is_kept(void **state)
{
    struct worker workers[4];

    for (unsigned i = 0; i < 4; i++) {
        workers[i] = (struct worker){ .context = *state, .number = i + 1, .n_rounds = watched(400, 60, 12) };
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_false(workers[i].failed);
    }
}

/* By itself ------------------------------------------------------------------------------------------------------- */

static void the_best_of_those_kept_is_taken(void **state)
{
    dki_large large;
    char *blocks[3], *got;

    (void)state;
    dki_large_init(&large);
    for (size_t i = 0; i < 3; i++) {
        blocks[i] = dki_large_new(&large, (20 + 2 * i) * MIB, false);
        assert_non_null(blocks[i]);
        blocks[i][0] = (char)('a' + i);
    }
    for (size_t i = 0; i < 3; i++)
        dki_large_free(&large, blocks[2 - i], (24 - 2 * i) * MIB, SIZE_MAX);
    assert_int_equal(large.bytes, 42 * MIB); /* of 64: 24, the oldest, made room */
    got = dki_large_new(&large, 19 * MIB, false);
    assert_int_equal(got[0], 'a');
    assert_int_equal(large.bytes, 22 * MIB);
    dki_large_free(&large, got, 19 * MIB, 0); /* no room */
    assert_int_equal(large.bytes, 22 * MIB);
    assert_true(dki_large_forget(&large, 0));
    assert_false(dki_large_forget(&large, 0));
    assert_int_equal(large.bytes, 0);
    dki_large_drop(&large);
}

static void of_many_the_oldest_go(void **state)
{
    dki_large large;
    char *blocks[DKI_LARGE_KEPT + 1];

    (void)state;
    dki_large_init(&large);
    dki_large_keep(&large, SIZE_MAX);
    for (size_t i = 0; i <= DKI_LARGE_KEPT; i++) {
        blocks[i] = dki_large_new(&large, 4 * MIB, false);
        assert_non_null(blocks[i]);
    }
    for (size_t i = 0; i <= DKI_LARGE_KEPT; i++)
        dki_large_free(&large, blocks[i], 4 * MIB, SIZE_MAX);
    assert_int_equal(large.n, DKI_LARGE_KEPT);
    assert_ptr_equal(large.kept[0].at, blocks[1]);
    assert_int_equal(large.bytes, DKI_LARGE_KEPT * 4 * MIB);
    dki_large_drop(&large);
}

static void impossible_sizes_are_refused(void **state)
{
    dki_large large;

    (void)state;
    dki_large_init(&large);
    assert_null(dki_large_new(&large, (size_t)PTRDIFF_MAX, false));
    assert_null(dki_large_new(&large, SIZE_MAX, true));
    assert_null(dki_large_new(&large, (size_t)1 << 50, false));
    dki_large_drop(&large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_freed_is_there_for_the_next, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_more_is_kept_than_was_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(within_the_budget_with_what_is_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_to_be_clear_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blocks_change_their_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_share_what_is_kept, set_up, tear_down),
        cmocka_unit_test(the_best_of_those_kept_is_taken),
        cmocka_unit_test(of_many_the_oldest_go),
        cmocka_unit_test(impossible_sizes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
