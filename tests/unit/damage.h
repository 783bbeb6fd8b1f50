/* damage.h - damages the snapshot of a test, and looks at what is said of it: never a crash, a leak, or a wrong value. */
#ifndef TESTS_UNIT_DAMAGE_H
#define TESTS_UNIT_DAMAGE_H

#include "random.h"
#include "reseal.h"
#include "snapshots.h"

/* Under valgrind some of the places are enough. */
static inline size_t stride(size_t all)
{
    return watched(1, 1, (unsigned)all / 60 + 1);
}

/* Opens a damaged file and reads all: it fails with a message that names the file, or holds just what it held. */
static inline void found_or_harmless(const dk_table *expected, const char *what, size_t at)
{
    const dk_table *opened = NULL;
    dk_error err = DK_ERROR_INIT;
    bool same = true;
    dk_status status = dk_snapshot_open(context, snapshot_path, NULL, &opened, &err);

    if (status == DK_OK)
        status = compare_tables(opened, expected, &same, &err);
    if (status == DK_OK && !same)
        fail_msg("%s at %zu: other values are read", what, at);
    if (status != DK_OK && ((status != DK_ERR_DATA && status != DK_ERR_IO) || status != err.code ||
                            strcmp(err.file, snapshot_path) != 0 || err.message[0] == '\0'))
        fail_msg("%s at %zu: %s, %s: %s", what, at, dk_status_name(status), err.file, err.message);
    dk_table_release(opened);
}

/* Flips each byte of the file in turn: opening with a check finds each, and opening without one what matters. */
static inline void flip_every_byte(const dk_table *expected)
{
    dk_snapshot_open_options check = { .check = true };
    size_t size;
    uint8_t *bytes = read_file(snapshot_path, &size);
    int fd = open(snapshot_path, O_WRONLY);

    for (size_t i = 0; i < size; i += stride(size)) {
        static const uint8_t flips[] = { 0x01, 0x80, 0xFF };

        for (size_t k = 0; k < sizeof flips; k++) {
            uint8_t wrong = bytes[i] ^ flips[k];
            const dk_table *checked = NULL;
            dk_error err = DK_ERROR_INIT;

            assert_int_equal(pwrite(fd, &wrong, 1, (off_t)i), 1);
            found_or_harmless(expected, "a flipped byte", i);
            /* What is harmless is found all the same by who looks. */
            if (dk_snapshot_open(context, snapshot_path, &check, &checked, &err) == DK_OK)
                fail_msg("byte %zu flipped by %02x is not found", i, flips[k]);
            assert_string_equal(err.file, snapshot_path);
        }
        assert_int_equal(pwrite(fd, &bytes[i], 1, (off_t)i), 1);
    }
    found_or_harmless(expected, "nothing", 0);
    close(fd);
    free(bytes);
}

/* Opens the changed bytes under right checksums, and reads all; whether that fails, with a message that names the file. */
static inline bool lie_is_found(uint8_t *bytes, size_t size, const dk_table *expected, const char *what, size_t at)
{
    const dk_table *opened = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_status status;
    bool same; /* other values are right here: reading must be safe */

    reseal(bytes, size);
    write_file(snapshot_path, bytes, size);
    status = dk_snapshot_open(context, snapshot_path, NULL, &opened, &err);
    if (status == DK_OK && dk_table_n_rows(opened) < 100)
        status = compare_tables(opened, expected, &same, &err);
    if (status != DK_OK && strcmp(err.file, snapshot_path) != 0)
        fail_msg("%s %zu: %s", what, at, err.message);
    dk_table_release(opened);
    assert_true(dk_context_peak_bytes(context) < 4 << 20);
    return status != DK_OK;
}

/* What a directory says may be anything, with a right checksum. */
static inline void lie_at_random(const dk_table *expected, unsigned n)
{
    unsigned n_found = 0;
    size_t size;
    uint8_t *bytes = read_file(snapshot_path, &size), *changed = malloc(size);

    for (unsigned round = 0; round < n; round++) {
        memcpy(changed, bytes, size);
        for (uint64_t k = random_below(3) + 1; k > 0; k--) {
            static const uint64_t odd[] = { 0, 1, UINT64_MAX, INT64_MAX, 1u << 31, UINT64_C(1) << 48, 64, 255 };
            size_t at = (size_t)random_below(size / 8) * 8;

            if (random_below(2))
                reseal_put(changed + at, odd[random_below(8)]);
            else
                changed[random_below(size)] ^= (uint8_t)random_u64();
        }
        n_found += lie_is_found(changed, size, expected, "round", round);
    }
    assert_true(n_found > n / 4); /* the changes do get somewhere */
    free(changed);
    free(bytes);
}

/* Puts bytes so far behind each place of the saved directory where the pattern begins, with right checksums: how many. */
static inline size_t put_behind(const void *pattern, size_t length, size_t behind, const void *bytes, size_t n)
{
    size_t size, hits = 0;
    uint8_t *file = read_file(snapshot_path, &size);

    for (size_t i = 128; i + length <= size && i + behind + n <= size; i++)
        if (memcmp(file + i, pattern, length) == 0) {
            memcpy(file + i + behind, bytes, n);
            hits++;
        }
    reseal(file, size);
    write_file(snapshot_path, file, size);
    free(file);
    return hits;
}

#endif
