/* test_arena.c - scratch memory: aligned, apart from each other, counted, and freed together. */
#include "check.h"

#include <stdlib.h>
#include <wchar.h>

#include "base/arena.h"

struct fixture {
    dk_context *context;
    dki_arena arena;
    dk_error err;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    if (f == NULL || dk_context_new(&f->context, &f->err) != DK_OK)
        return -1;
    dki_arena_init(&f->arena, f->context);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    size_t left;

    dki_arena_drop(&f->arena);
    left = dk_context_used_bytes(f->context);
    dk_context_release(f->context);
    free(f);
    return left == 0 ? 0 : -1;
}

/* Sizes around the chunks' own, large ones between small ones: each block keeps what was written into it. */
static void blocks_are_aligned_and_do_not_touch(void **state)
{
    static const size_t sizes[] = { 0,    1,    15,   16,     17,     100,    1,      1000,   1024, 5000, 3,
                                    2047, 2048, 4096, 100000, 262143, 262144, 262145, 300000, 7,    1,    16 };
    struct fixture *f = *state;
    unsigned char *blocks[10 * sizeof sizes / sizeof *sizes];
    size_t n = sizeof sizes / sizeof *sizes, asked = 0;

    for (size_t i = 0; i < 10 * n; i++) {
        blocks[i] = dki_arena_alloc(&f->arena, sizes[i % n], &f->err);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)(i % 251), sizes[i % n]);
        asked += sizes[i % n];
    }
    for (size_t i = 0; i < 10 * n; i++)
        for (size_t at = 0; at < sizes[i % n]; at++)
            if (blocks[i][at] != i % 251)
                fail_msg("block %zu of %zu bytes was written over", i, sizes[i % n]);
    assert_true(dk_context_used_bytes(f->context) >= asked);
    dki_arena_drop(&f->arena);
    assert_int_equal(dk_context_used_bytes(f->context), 0);
    assert_non_null(dki_arena_alloc(&f->arena, 10, &f->err)); /* it can be used again */
}

/* A million small blocks take few chunks, and little more room than they need. */
static void small_blocks_share_chunks(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 1000000; i++)
        if (dki_arena_alloc(&f->arena, 16, &f->err) == NULL)
            fail_msg("block %d", i);
    assert_in_range(dk_context_used_bytes(f->context), 16000000, 16000000 + 600000);
}

/* A large block must not cost the room that is left in the chunk before it. */
static void a_large_block_leaves_the_room_of_the_chunk(void **state)
{
    struct fixture *f = *state;
    char *first = dki_arena_alloc(&f->arena, 16, &f->err), *large, *second;

    large = dki_arena_alloc(&f->arena, 1000000, &f->err);
    second = dki_arena_alloc(&f->arena, 16, &f->err);
    assert_true(first && large && second);
    assert_ptr_equal(second, first + 16);
    memset(large, 1, 1000000);
}

static void arrays_are_cleared_and_checked(void **state)
{
    struct fixture *f = *state;
    char *dirty = dki_arena_alloc(&f->arena, 512, &f->err), *array;

    memset(dirty, 0xFF, 512);
    array = dki_arena_array(&f->arena, 8, 40, &f->err);
    for (int i = 0; i < 320; i++)
        assert_int_equal(array[i], 0);
    assert_non_null(dki_arena_array(&f->arena, 0, 8, &f->err));
    assert_null(dki_arena_array(&f->arena, SIZE_MAX / 2, 4, &f->err));
    assert_int_equal(f->err.code, DK_ERR_MEMORY);
    assert_string_equal(f->err.message,
                        "out of memory (9223372036854775807 times 4 bytes are more than there can be)");
}

static void impossible_sizes_are_refused(void **state)
{
    struct fixture *f = *state;

    for (int round = 0; round < 2; round++) { /* the first chunk, and a later one */
        for (size_t less = 0; less < 100; less++) {
            f->err.code = DK_OK;
            assert_null(dki_arena_alloc(&f->arena, SIZE_MAX - less, &f->err));
            assert_int_equal(f->err.code, DK_ERR_MEMORY);
            assert_null(dki_arena_alloc(&f->arena, SIZE_MAX / 2 - less / 4, &f->err));
        }
        assert_non_null(dki_arena_alloc(&f->arena, 1, &f->err));
    }
    dk_context_set_budget(f->context, 10000);
    assert_null(dki_arena_alloc(&f->arena, 10000, &f->err));
    assert_non_null(strstr(f->err.message, "of the budget"));
    assert_non_null(dki_arena_alloc(&f->arena, 100, &f->err)); /* what is refused costs nothing */
}

static void texts_are_copied_and_formatted(void **state)
{
    struct fixture *f = *state;
    char *text = dki_arena_text(&f->arena, "Arnhem", 3, &f->err),
         *none = dki_arena_text(&f->arena, NULL, 0, &f->err);
    char *made = dki_arena_format(&f->arena, &f->err, "%s has %d of %s", "Arnhem", 1047, "1994");
    char *empty = dki_arena_format(&f->arena, &f->err, "%s", ""), *longer;

    assert_string_equal(text, "Arn");
    assert_string_equal(none, "");
    assert_string_equal(made, "Arnhem has 1047 of 1994");
    assert_string_equal(empty, "");
    longer = dki_arena_format(&f->arena, &f->err, "%5000d|", 7);
    assert_int_equal(strlen(longer), 5001);
    assert_string_equal(longer + 4999, "7|");
    assert_null(dki_arena_format(&f->arena, &f->err, "%lc", (wint_t)0x7FFFFFFF)); /* no such character */
    assert_int_equal(f->err.code, DK_ERR_ARGUMENT);
    assert_string_equal(f->err.message, "a text could not be formatted");
}

/* What was there before a failure is there after it. */
static void a_failed_allocation_leaves_the_arena_usable(void **state)
{
    struct fixture *f = *state;
    char *kept = dki_arena_text(&f->arena, "kept", 4, &f->err);
    size_t used = dk_context_used_bytes(f->context);

    for (size_t size = 1009; size < 600000; size *= 3) {
        dk_context_fail_allocation(f->context, 1);
        assert_null(dki_arena_alloc(&f->arena, size, &f->err));
        assert_int_equal(f->err.code, DK_ERR_MEMORY);
        dk_context_fail_allocation(f->context, 1);
        assert_null(dki_arena_array(&f->arena, size, 1, &f->err));
        dk_context_fail_allocation(f->context, 1);
        assert_null(dki_arena_format(&f->arena, &f->err, "%*d", (int)size, 1));
        assert_int_equal(dk_context_used_bytes(f->context), used);
    }
    assert_string_equal(kept, "kept");
    assert_ptr_equal(dki_arena_alloc(&f->arena, 1, &f->err), kept + 16);
    dk_context_fail_allocation(f->context, 1);
    dki_arena_drop(&f->arena);
    assert_null(dki_arena_alloc(&f->arena, 0, &f->err)); /* the first chunk */
    assert_non_null(dki_arena_alloc(&f->arena, 0, &f->err));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(blocks_are_aligned_and_do_not_touch),
        TEST(small_blocks_share_chunks),
        TEST(a_large_block_leaves_the_room_of_the_chunk),
        TEST(arrays_are_cleared_and_checked),
        TEST(impossible_sizes_are_refused),
        TEST(texts_are_copied_and_formatted),
        TEST(a_failed_allocation_leaves_the_arena_usable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
