/* test_mapping.c - blocks that are mappings: they begin where a large page does, grow and shrink, and keep what they hold. */
#include "check.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/mapping.h"
#include "watched.h"

#define MIB ((size_t)1 << 20)
#define LARGE_PAGE (2 * MIB)

static void fill(unsigned char *block, size_t from, size_t to)
{
    for (size_t i = from; i < to; i += 4096)
        block[i] = (unsigned char)(i >> 12);
}

static void check_filled(const unsigned char *block, size_t size)
{
    for (size_t i = 0; i < size; i += 4096)
        assert_int_equal(block[i], (unsigned char)(i >> 12));
}

static void blocks_keep_what_they_hold(void **state)
{
    static const size_t sizes[] = { 33 * MIB, 40 * MIB + 1,     64 * MIB, 64 * MIB - 1,
                                    48 * MIB, 200 * MIB + 4096, 32 * MIB };
    size_t size = 32 * MIB + 100;
    unsigned char *block = dki_mapping_new(size), *beside;

    (void)state;
    assert_non_null(block);
    fill(block, 0, size);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        beside = dki_mapping_new(32 * MIB); /* stands in the way of some */
        assert_non_null(beside);
        memset(beside, 255, LARGE_PAGE);
        block = dki_mapping_resize(block, size, sizes[i]);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % LARGE_PAGE, 0);
        check_filled(block, size < sizes[i] ? size : sizes[i]);
        size = sizes[i];
        fill(block, 0, size);
        assert_int_equal(beside[0], 255);
        assert_int_equal(beside[LARGE_PAGE - 1], 255);
        dki_mapping_free(beside, 32 * MIB);
    }
    check_filled(block, size);
    dki_mapping_free(block, size);
}

static size_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    size_t total = 0, resident = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%zu %zu", &total, &resident), 2);
    fclose(file);
    return resident * 4096;
}

/* What grew, there or elsewhere, is put back where it was, as large as it was, and the new pages go. */
static void what_grew_is_put_back(void **state)
{
    size_t size = 40 * MIB - 100, grown_size = 200 * MIB, resident;
    unsigned char *block, *grown;

    (void)state;
    if (watched(0, 0, 1))
        skip();
    for (int moves = 0; moves < 2; moves++) {
        block = dki_mapping_new(size);
        assert_non_null(block);
        fill(block, 0, size);
        if (moves) /* where the block would grow to; something may be there already */
            (void)mmap(block + 40 * MIB, LARGE_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        resident = resident_bytes();
        for (int i = 0; i < 3; i++) {
            grown = dki_mapping_resize(block, size, grown_size);
            assert_non_null(grown);
            if (moves)
                assert_ptr_not_equal(grown, block);
            memset(grown + size, 255, grown_size - size);
            assert_true(dki_mapping_undo(grown, grown_size, block, size));
            check_filled(block, size);
            if (!watched(0, 1, 1))
                assert_true(resident_bytes() < resident + 10 * MIB);
        }
        fill(block, 0, size);
        block = dki_mapping_resize(block, size, grown_size);
        check_filled(block, size);
        fill(block, 0, grown_size);
        dki_mapping_free(block, grown_size);
    }
}

/* Somebody else has the old place: what grew stays where it is. */
static void what_cannot_be_put_back_stays(void **state)
{
    size_t size = 40 * MIB, grown_size = 100 * MIB;
    unsigned char *block = dki_mapping_new(size), *grown, *other;

    (void)state;
    if (watched(0, 0, 1))
        skip();
    assert_non_null(block);
    fill(block, 0, size);
    (void)mmap(block + 40 * MIB, LARGE_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    grown = dki_mapping_resize(block, size, grown_size);
    assert_non_null(grown);
    assert_ptr_not_equal(grown, block);
    other = mmap(block + LARGE_PAGE, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_equal(other, block + LARGE_PAGE);
    *other = 77;
    assert_false(dki_mapping_undo(grown, grown_size, block, size));
    assert_int_equal(*other, 77);
    check_filled(grown, size);
    fill(grown, 0, grown_size);
    dki_mapping_free(grown, grown_size);
    assert_int_equal(*other, 77);
}

static void new_blocks_are_zero(void **state)
{
    unsigned char *block = dki_mapping_new(34 * MIB);

    (void)state;
    assert_non_null(block);
    for (size_t i = 0; i < 34 * MIB; i += 4093)
        assert_int_equal(block[i], 0);
    dki_mapping_free(block, 34 * MIB);
}

/* What is freed goes back to the system: a hundred of them are never there at once. */
static void what_is_freed_is_given_back(void **state)
{
    struct rusage usage;
    unsigned char *block;

    (void)state;
    for (int i = 0; i < 100; i++) {
        block = dki_mapping_new(64 * MIB + (size_t)i);
        assert_non_null(block);
        block[0] = block[64 * MIB - 1] = 1;
        block = dki_mapping_resize(block, 64 * MIB + (size_t)i, 96 * MIB);
        assert_non_null(block);
        dki_mapping_free(block, 96 * MIB);
    }
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    if (!watched(0, 1, 1))
        assert_true((size_t)usage.ru_maxrss * 1024 < 300 * MIB);
}

static void impossible_sizes_are_refused(void **state)
{
    size_t size = 32 * MIB;
    unsigned char *block = dki_mapping_new(size);

    (void)state;
    assert_non_null(block);
    fill(block, 0, size);
    assert_null(dki_mapping_new(SIZE_MAX));
    assert_null(dki_mapping_new((size_t)PTRDIFF_MAX));
    assert_null(dki_mapping_new((size_t)1 << 50));
    assert_null(dki_mapping_resize(block, size, SIZE_MAX));
    assert_null(dki_mapping_resize(block, size, (size_t)PTRDIFF_MAX));
    assert_null(dki_mapping_resize(block, size, (size_t)1 << 50));
    check_filled(block, size);
    dki_mapping_free(block, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_keep_what_they_hold),  cmocka_unit_test(new_blocks_are_zero),
        cmocka_unit_test(what_is_freed_is_given_back), cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(what_grew_is_put_back),       cmocka_unit_test(what_cannot_be_put_back_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
