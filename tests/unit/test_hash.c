/* test_hash.c - maps to dense numbers: order of adding, growth, awkward and hostile keys, failing memory,
 * threads. */
#include "check.h"
#include "watched.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"

struct fixture {
    dk_context *context;
    dki_text_map texts;
    dki_int_map ints;
    dk_error err;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    if (f == NULL || dk_context_new(&f->context, &f->err) != DK_OK)
        return -1;
    dki_text_map_init(&f->texts, f->context);
    dki_int_map_init(&f->ints, f->context);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    size_t left;

    dki_text_map_drop(&f->texts);
    dki_int_map_drop(&f->ints);
    left = dk_context_used_bytes(f->context);
    dk_context_release(f->context);
    free(f);
    return left == 0 ? 0 : -1;
}

static uint32_t add_text(struct fixture *f, const char *bytes, size_t size)
{
    uint32_t number = 42;

    assert_ok(dki_text_map_add(&f->texts, bytes, size, &number, &f->err), &f->err);
    return number;
}

static uint32_t add_int(struct fixture *f, uint64_t key)
{
    uint32_t number = 42;

    assert_ok(dki_int_map_add(&f->ints, key, &number, &f->err), &f->err);
    return number;
}

/* Texts. ------------------------------------------------------------------------------------------------------- */

/* So many as the map says have no slots, and are told apart all the same; more have. */
static void few_texts_are_found_as_many_are(void **state)
{
    struct fixture *f = *state;
    static const char *const texts[] = { "naam", "nam", "naan",  "",     "leeftijd", "n",
                                         "Naam", "a",   "naam2", "maan", "x",        "y" };
    const size_t n = sizeof texts / sizeof *texts;
    size_t size;

    f->texts.few = 8;
    for (uint32_t added = 0; added <= n; added++) {
        for (uint32_t i = 0; i < n; i++)
            assert_int_equal(dki_text_map_find(&f->texts, texts[i], strlen(texts[i])),
                             i < added ? i : DKI_MAP_NONE);
        assert_true((f->texts.slots == NULL) == (added <= 8));
        if (added == n)
            break;
        assert_int_equal(add_text(f, texts[added], strlen(texts[added])), added);
        assert_int_equal(add_text(f, texts[added / 2], strlen(texts[added / 2])), added / 2);
        assert_string_equal(dki_text_map_get(&f->texts, added, &size), texts[added]);
    }
    assert_int_equal(dki_text_map_find(&f->texts, "n\0am", 4), DKI_MAP_NONE);
}

static void texts_are_numbered_as_they_come(void **state)
{
    struct fixture *f = *state;
    char changing[] = "Arnhem";
    size_t size = 0;

    assert_int_equal(dki_text_map_find(&f->texts, "Arnhem", 6), DKI_MAP_NONE);
    assert_int_equal(add_text(f, changing, 6), 0);
    assert_int_equal(add_text(f, "Duiven", 6), 1);
    memcpy(changing, "Renkum", 6); /* the map has its own copy */
    assert_int_equal(add_text(f, "Arnhem", 6), 0);
    assert_int_equal(add_text(f, changing, 6), 2);
    assert_int_equal(add_text(f, "Arnhe", 5), 3); /* a prefix, an extension and another case are others */
    assert_int_equal(add_text(f, "Arnhem ", 7), 4);
    assert_int_equal(add_text(f, "arnhem", 6), 5);
    assert_int_equal(add_text(f, NULL, 0), 6); /* empty */
    assert_int_equal(add_text(f, "x", 0), 6);
    assert_int_equal(add_text(f, "\0", 1), 7);
    assert_int_equal(add_text(f, "\0\0", 2), 8);
    assert_int_equal(add_text(f, "a\0b", 3), 9);
    assert_int_equal(add_text(f, "a\0c", 3), 10);
    assert_int_equal(add_text(f, "\xFF\xFE", 2), 11); /* any bytes */
    assert_int_equal(f->texts.n, 12);
    assert_int_equal(dki_text_map_find(&f->texts, "a\0c", 3), 10);
    assert_int_equal(dki_text_map_find(&f->texts, "", 0), 6);
    assert_int_equal(dki_text_map_find(&f->texts, "Rozendaal", 9), DKI_MAP_NONE);
    assert_string_equal(dki_text_map_get(&f->texts, 2, &size), "Renkum");
    assert_int_equal(size, 6);
    assert_memory_equal(dki_text_map_get(&f->texts, 9, &size), "a\0b", 4); /* with a terminator */
    assert_int_equal(size, 3);
    assert_string_equal(dki_text_map_get(&f->texts, 6, &size), "");
    assert_int_equal(size, 0);
    dki_text_map_drop(&f->texts);
    assert_int_equal(dk_context_used_bytes(f->context), 0);
    assert_int_equal(dki_text_map_find(&f->texts, "Arnhem", 6), DKI_MAP_NONE);
    assert_int_equal(add_text(f, "Duiven", 6), 0); /* it can be used again */
}

static size_t text_of(uint32_t i, char text[64])
{
    return (size_t)snprintf(text, 64, i % 3 ? "P%07u" : "a name that is longer than one word, number %u", i);
}

static void many_texts_are_found_again(void **state)
{
    struct fixture *f = *state;
    uint32_t n = watched(200000, 200000, 5000);
    char text[64];
    size_t size;

    for (uint32_t i = 0; i < n; i++) {
        if (add_text(f, text, text_of(i, text)) != i)
            fail_msg("text %u has another number", i);
        if (i % 7 == 0 && add_text(f, text, text_of(i / 2, text)) != i / 2)
            fail_msg("text %u changed its number", i / 2);
    }
    for (uint32_t i = 0; i < n; i++) {
        size_t expected = text_of(i, text);
        const char *found = dki_text_map_get(&f->texts, i, &size);

        if (dki_text_map_find(&f->texts, text, expected) != i || size != expected || memcmp(found, text, size) != 0)
            fail_msg("text %u is lost", i);
        if (dki_text_map_find(&f->texts, text, text_of(n + i, text)) != DKI_MAP_NONE)
            fail_msg("text %u was never added", n + i);
    }
    assert_int_equal(f->texts.n, n);
    assert_true(f->texts.n_slots >= 2 * f->texts.n);
}

static void long_texts_differ_in_their_last_byte(void **state)
{
    struct fixture *f = *state;
    char *text = calloc(1, 100001);

    assert_non_null(text);
    for (size_t size = 1; size <= 100000; size = size * 3 + 1) {
        uint32_t first = (uint32_t)f->texts.n;

        memset(text, 'x', size);
        assert_int_equal(add_text(f, text, size), first);
        text[size - 1] = 'y';
        assert_int_equal(add_text(f, text, size), first + 1);
        text[size - 1] = 'x';
        text[0] = 'z';
        assert_int_equal(add_text(f, text, size), first + 2);
        text[0] = 'x';
        assert_int_equal(dki_text_map_find(&f->texts, text, size), first);
    }
    free(text);
}

/* Integers. ---------------------------------------------------------------------------------------------------- */

/* A long text goes from map to map; who had it still finds it. Short ones are copied, and so is what is only borrowed. */
static void long_texts_are_taken_over(void **state)
{
    struct fixture *f = *state;
    size_t size = DKI_LARGE_TEXT + 1, got, used;
    char *bytes = malloc(size);
    dki_text_map to;
    uint32_t number;

    assert_non_null(bytes);
    memset(bytes, 'x', size);
    dki_text_map_init(&to, f->context);
    add_text(f, "short", 5);
    add_text(f, bytes, size);
    used = dk_context_used_bytes(f->context);
    const char *block = dki_text_map_get(&f->texts, 1, &got);
    assert_int_equal(got, size);
    assert_ok(dki_text_map_take(&to, &f->texts, bytes, size, &number, &f->err), &f->err);
    assert_int_equal(number, 0);
    assert_ptr_equal(dki_text_map_get(&to, 0, &got), block);
    assert_int_equal(got, size);
    assert_true(dk_context_used_bytes(f->context) < used + 2000);
    assert_int_equal(dki_text_map_find(&f->texts, bytes, size), 1);
    assert_ok(dki_text_map_take(&to, &f->texts, bytes, size, &number, &f->err), &f->err); /* it is there */
    assert_int_equal(number, 0);
    assert_ok(dki_text_map_take(&to, &f->texts, "short", 5, &number, &f->err), &f->err);
    assert_int_equal(number, 1);
    assert_ptr_not_equal(dki_text_map_get(&to, 1, &got), dki_text_map_get(&f->texts, 0, &got));
    dki_text_map_drop(&f->texts);
    assert_int_equal(dki_text_map_find(&to, bytes, size), 0); /* it outlives the one that had it */
    dki_text_map_drop(&to);
    assert_int_equal(dk_context_used_bytes(f->context), 0);
    dki_text_map_init(&to, f->context);
    f->texts.borrows = true;
    add_text(f, bytes, size);
    assert_ok(dki_text_map_take(&to, &f->texts, bytes, size, &number, &f->err), &f->err);
    assert_ptr_not_equal(dki_text_map_get(&to, 0, &got), bytes);
    for (uint64_t nth = 1;; nth++) { /* what fails leaves it where it was */
        dki_text_map from, third;
        dki_text_map_init(&from, f->context);
        dki_text_map_init(&third, f->context);
        assert_ok(dki_text_map_add(&from, bytes, size, &number, &f->err), &f->err);
        dk_context_fail_allocation(f->context, nth);
        dk_status status = dki_text_map_take(&third, &from, bytes, size, &number, &f->err);
        dk_context_fail_allocation(f->context, 0);
        dki_text_map_drop(&third);
        if (status != DK_OK)
            assert_memory_equal(dki_text_map_get(&from, 0, &got), bytes, size);
        dki_text_map_drop(&from);
        if (status == DK_OK)
            break;
    }
    dki_text_map_drop(&to);
    free(bytes);
}

static void integers_are_numbered_as_they_come(void **state)
{
    static const uint64_t keys[] = { 0, UINT64_MAX, 1, UINT64_C(1) << 63, UINT64_C(1) << 32, UINT32_MAX, 7676 };
    struct fixture *f = *state;

    assert_int_equal(dki_int_map_find(&f->ints, 0), DKI_MAP_NONE);
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            assert_int_equal(add_int(f, keys[i]), i);
            assert_true(f->ints.keys[i] == keys[i]);
        }
    for (uint32_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_int_equal(dki_int_map_find(&f->ints, keys[i]), i);
    assert_int_equal(dki_int_map_find(&f->ints, 2), DKI_MAP_NONE);
    assert_int_equal(f->ints.n, sizeof keys / sizeof *keys);
    dki_int_map_drop(&f->ints);
    assert_int_equal(dki_int_map_find(&f->ints, 0), DKI_MAP_NONE);
    assert_int_equal(add_int(f, 7676), 0);
}

/* What undoes x ^ x >> n. */
static uint64_t unshift(uint64_t x, unsigned n)
{
    for (unsigned i = n; i < 64; i *= 2)
        x ^= x >> i;
    return x;
}

/* The inverse of an odd factor modulo 2^64, by Newton. */
static uint64_t inverse(uint64_t factor)
{
    uint64_t x = factor;

    for (int i = 0; i < 6; i++)
        x *= 2 - factor * x;
    return x;
}

/* A key that a mixing function without secret (shift, multiply, shift, multiply, shift) would send to i * 2^32: all
 * of them begin in slot 0 of any table. Whoever reads the source of such a function can write them into a file. */
static uint64_t hostile_key(uint64_t i)
{
    uint64_t x = unshift(i << 32, 32) * inverse(UINT64_C(0xD6E8FEB86659FD93));

    return unshift(unshift(x, 29) * inverse(UINT64_C(0x9E3779B97F4A7C15)), 32);
}

/* One bit more or less changes half of the 64, and nothing is lost. */
static void mixing_moves_every_bit(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        assert_true(dki_hash_u64(hostile_key(i)) == i << 32);
        for (unsigned bit = 0; bit < 64; bit++) {
            int n_changed = __builtin_popcountll(dki_hash_u64(i) ^ dki_hash_u64(i ^ UINT64_C(1) << bit));

            assert_in_range(n_changed, 8, 56);
        }
    }
}

static uint64_t sequential(uint64_t i)
{
    return i;
}
static uint64_t negative(uint64_t i)
{
    return (uint64_t)0 - i;
}
static uint64_t far_apart(uint64_t i)
{
    return i << 40;
}
static uint64_t pairs(uint64_t i) /* as groups are packed: two codes */
{
    return (i / 500) << 32 | i % 500;
}
static uint64_t days(uint64_t i) /* microseconds at midnight */
{
    return i * UINT64_C(86400000000);
}

/* Each kind of keys: numbered, found, and not slowed down. Where all keys begin in one slot, adding n of them takes
 * n^2 / 2 steps, which took a minute; it takes some hundredths of a second, and under valgrind some tenths. */
static void awkward_integers_are_as_good_as_others(void **state)
{
    static uint64_t (*const kinds[])(uint64_t) = { sequential, negative, far_apart, pairs, days, hostile_key };
    struct fixture *f = *state;
    uint32_t n = 200000;

    assert_true(unshift(UINT64_C(0x123456789ABCDEF) ^ UINT64_C(0x123456789ABCDEF) >> 29, 29) ==
                UINT64_C(0x123456789ABCDEF));
    assert_true(inverse(UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0x9E3779B97F4A7C15) == 1);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        clock_t begun = clock();

        for (uint32_t i = 0; i < n; i++)
            if (add_int(f, kinds[k](i)) != i)
                fail_msg("kind %zu: key %u has another number", k, i);
        for (uint32_t i = 0; i < n; i++)
            if (dki_int_map_find(&f->ints, kinds[k](i)) != i)
                fail_msg("kind %zu: key %u is lost", k, i);
        assert_int_equal(f->ints.n, n);
        assert_true(f->ints.n_slots >= 2 * f->ints.n);
        assert_true(clock() - begun < 8 * CLOCKS_PER_SEC);
        dki_int_map_drop(&f->ints);
    }
}

static void the_secret_of_the_process_is_none_that_can_be_known(void **state)
{
    struct fixture *f = *state;

    assert_true(f->texts.seed != 0); /* once in 2^64 runs it is */
    assert_true(f->texts.seed == f->ints.seed);
}

/* Failing. ----------------------------------------------------------------------------------------------------- */

/* Each allocation of adding a thousand keys fails once; what was added before stays, and the key can be added
 * then. */
static void failing_memory_loses_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t n_failed = 0;

    for (uint32_t i = 0; i < 1000; i++) {
        char text[64];
        size_t size = text_of(i, text);

        for (uint64_t nth = 1;; nth++) {
            uint32_t number = 4242;
            dk_status status;

            dk_context_fail_allocation(f->context, nth);
            status = dki_text_map_add(&f->texts, text, size, &number, &f->err);
            dk_context_fail_allocation(f->context, 0);
            assert_int_equal(number, status == DK_OK ? i : 4242);
            if (status == DK_OK)
                break;
            assert_int_equal(status, DK_ERR_MEMORY);
            n_failed++;
            assert_int_equal(f->texts.n, i);
            assert_int_equal(dki_text_map_find(&f->texts, text, size), DKI_MAP_NONE);
            assert_int_equal(dki_text_map_find(&f->texts, text, text_of(i / 2, text)),
                             i / 2 < i ? i / 2 : DKI_MAP_NONE);
            text_of(i, text);
        }
        for (uint64_t nth = 1;; nth++) {
            uint32_t number = 4242;
            dk_status status;

            dk_context_fail_allocation(f->context, nth);
            status = dki_int_map_add(&f->ints, i * UINT64_C(977), &number, &f->err);
            dk_context_fail_allocation(f->context, 0);
            assert_int_equal(number, status == DK_OK ? i : 4242);
            if (status == DK_OK)
                break;
            assert_int_equal(status, DK_ERR_MEMORY);
            n_failed++;
            assert_int_equal(f->ints.n, i);
            assert_int_equal(dki_int_map_find(&f->ints, i * UINT64_C(977)), DKI_MAP_NONE);
        }
    }
    assert_true(n_failed > 25); /* slots, entries, keys and texts grow several times each */
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(dki_int_map_find(&f->ints, i * UINT64_C(977)), i);
}

static void there_are_at_most_so_many_numbers(void **state)
{
    struct fixture *f = *state;
    uint32_t number = 42;

    f->texts.n = UINT32_MAX - 1; /* as if there were: nothing else of the maps is looked at before */
    f->ints.n = UINT32_MAX - 1;
    assert_fails(dki_text_map_add(&f->texts, "x", 1, &number, &f->err), &f->err, DK_ERR_LIMIT,
                 "more than 4294967294 different texts");
    assert_fails(dki_int_map_add(&f->ints, 1, &number, &f->err), &f->err, DK_ERR_LIMIT,
                 "more than 4294967294 different keys");
    assert_int_equal(number, 42);
    f->texts.n = 0;
    f->ints.n = 0;
}

/* Threads. ----------------------------------------------------------------------------------------------------- */

static void *find_all(void *arg)
{
    struct fixture *f = arg;
    uintptr_t wrong = 0;
    char text[64];

    for (uint32_t i = 0; i < 2000; i++) {
        wrong += dki_int_map_find(&f->ints, i) != (i < 1000 ? i : DKI_MAP_NONE);
        wrong += dki_text_map_find(&f->texts, text, text_of(i, text)) != (i < 1000 ? i : DKI_MAP_NONE);
    }
    return (void *)wrong;
}

static void threads_may_find_together(void **state)
{
    struct fixture *f = *state;
    pthread_t thread;
    void *wrong;
    char text[64];

    for (uint32_t i = 0; i < 1000; i++) {
        add_int(f, i);
        add_text(f, text, text_of(i, text));
    }
    assert_int_equal(pthread_create(&thread, NULL, find_all, f), 0);
    assert_null(find_all(f));
    assert_int_equal(pthread_join(thread, &wrong), 0);
    assert_null(wrong);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(texts_are_numbered_as_they_come),
        TEST(few_texts_are_found_as_many_are),
        TEST(many_texts_are_found_again),
        TEST(long_texts_differ_in_their_last_byte),
        TEST(long_texts_are_taken_over),
        TEST(integers_are_numbered_as_they_come),
        TEST(mixing_moves_every_bit),
        TEST(awkward_integers_are_as_good_as_others),
        TEST(the_secret_of_the_process_is_none_that_can_be_known),
        TEST(failing_memory_loses_nothing),
        TEST(there_are_at_most_so_many_numbers),
        TEST(threads_may_find_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
