/* test_blocks.c - memory for Lua's small objects. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "cli/blocks.h"

#define N 2000

static struct {
    unsigned char *at;
    size_t size;
} held[N];

static void check_filled(size_t i)
{
    for (size_t k = 0; k < held[i].size; k++)
        assert_int_equal(held[i].at[k], i & 255);
}

/* Whatever is taken and given in between, nobody writes into the block of another. */
static void blocks_do_not_overlap(void **state)
{
    unsigned seed = 1;

    (void)state;
    for (size_t round = 0; round < 20 * N; round++) {
        size_t i = (size_t)rand_r(&seed) % N;

        if (held[i].at) {
            check_filled(i);
            dkc_block_give(held[i].at, held[i].size);
        }
        held[i].size = 1 + (size_t)rand_r(&seed) % DKC_MOST_BLOCK;
        held[i].at = dkc_block_take(held[i].size);
        if (held[i].at == NULL)
            skip(); /* under a sanitizer */
        assert_true(dkc_block_is(held[i].at));
        assert_int_equal((uintptr_t)held[i].at % 16, 0);
        memset(held[i].at, (int)(i & 255), held[i].size);
    }
    for (size_t i = 0; i < N; i++)
        if (held[i].at) {
            check_filled(i);
            dkc_block_give(held[i].at, held[i].size);
        }
}

static void a_block_that_is_given_is_the_next_of_its_size(void **state)
{
    void *block = dkc_block_take(100);

    (void)state;
    if (block == NULL)
        skip();
    dkc_block_give(block, 100);
    assert_ptr_equal(dkc_block_take(97), block); /* 97 to 112 bytes are one size */
    assert_true(dkc_block_fits(97, 112));
    assert_false(dkc_block_fits(96, 97));
    assert_false(dkc_block_fits(112, 113));
}

static void memory_of_malloc_is_no_block(void **state)
{
    void *other = calloc(100, 1);

    (void)state;
    assert_false(dkc_block_is(other));
    assert_false(dkc_block_is(NULL));
    free(other);
}

/* The room is used up, and what is given is there again. */
static void the_room_has_an_end(void **state)
{
    void *last = NULL, *block;
    size_t n = 0;

    (void)state;
    while ((block = dkc_block_take(DKC_MOST_BLOCK)) != NULL) {
        last = block;
        n++;
    }
    if (n == 0)
        skip();
    assert_in_range(n, ((size_t)60 << 20) / DKC_MOST_BLOCK, ((size_t)64 << 20) / DKC_MOST_BLOCK);
    dkc_block_give(last, DKC_MOST_BLOCK);
    assert_ptr_equal(dkc_block_take(DKC_MOST_BLOCK), last);
    assert_null(dkc_block_take(DKC_MOST_BLOCK));
}

/* As Lua asks: in any size, of malloc and of the room, and what was there stays. */
static void resizing_keeps_what_is_there(void **state)
{
    unsigned seed = 2;
    unsigned char *memory = dkc_block_resize(NULL, 0, 8);
    size_t size = 8;

    (void)state;
    assert_null(dkc_block_resize(NULL, 5, 0));
    memset(memory, 7, size);
    for (size_t round = 0; round < 2000; round++) {
        size_t other = 1 + (size_t)rand_r(&seed) % (3 * DKC_MOST_BLOCK), kept = other < size ? other : size;

        memory = dkc_block_resize(memory, size, other);
        assert_non_null(memory);
        for (size_t k = 0; k < kept; k++)
            assert_int_equal(memory[k], 7);
        memset(memory, 7, other);
        size = other;
    }
    assert_null(dkc_block_resize(memory, size, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(blocks_do_not_overlap),
                                        cmocka_unit_test(a_block_that_is_given_is_the_next_of_its_size),
                                        cmocka_unit_test(memory_of_malloc_is_no_block),
                                        cmocka_unit_test(resizing_keeps_what_is_there),
                                        cmocka_unit_test(the_room_has_an_end) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
