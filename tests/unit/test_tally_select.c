/* test_tally_select.c - entries that a stretch of the line lies on, against all of them in order. */
#include <stdlib.h>

#include "check.h"
#include "measure/tally.h"

#define MOST 20000

static uint64_t keys[MOST], counts[MOST], some_keys[MOST], some_counts[MOST];
static uint64_t seed = 88172645463325252u;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

struct entry {
    uint64_t key, count;
};
static struct entry sorted[MOST];

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return x->key < y->key ? -1 : x->key > y->key;
}

/* The key of that unit, of entries in order. */
static uint64_t key_of(const struct entry *entries, uint64_t begin, uint64_t unit)
{
    while (begin + entries->count <= unit)
        begin += entries++->count;
    return entries->key;
}

/* Every unit of from .. to has the key that it has among all. */
static void assert_selected(size_t n, bool ones, uint64_t from, uint64_t to)
{
    dki_tally_entries all = { keys, ones ? NULL : counts, n }, few = { some_keys, ones ? NULL : some_counts, 0 };
    static struct entry found[MOST];
    uint64_t below, length = 0;

    dki_tally_select(&all, from, to, &few, &below);
    assert_true(few.n >= 1 && few.n <= n && below <= from);
    for (size_t i = 0; i < few.n; i++) {
        found[i] = (struct entry){ some_keys[i], ones ? 1 : some_counts[i] };
        length += found[i].count;
        assert_true(i == 0 || found[i - 1].key <= found[i].key);
    }
    assert_true(below + length > to);
    for (uint64_t unit = from; unit <= to; unit += 1 + (to - from) / 50)
        assert_int_equal(key_of(found, below, unit), key_of(sorted, 0, unit));
    assert_int_equal(key_of(found, below, to), key_of(sorted, 0, to));
}

static void assert_all_places(size_t n, bool ones)
{
    uint64_t length = 0;

    for (size_t i = 0; i < n; i++) {
        sorted[i] = (struct entry){ keys[i], ones ? 1 : counts[i] };
        length += sorted[i].count;
    }
    qsort(sorted, n, sizeof *sorted, compare);
    for (int i = 0; i < 40; i++) {
        uint64_t from = i == 0 ? 0 : i == 1 ? length - 1 : next() % length;
        uint64_t to = from + (i % 3 == 0 ? 0 : next() % (i % 3 == 1 ? 3 : length));

        assert_selected(n, ones, from, to < length ? to : length - 1);
    }
}

static void every_unit_has_its_key(void **state)
{
    static const size_t sizes[] = { 1, 2, 31, 32, 33, 100, 1000, MOST };
    /* of any bits, of few values, one value, two that lie far apart, and mostly near each other */
    static const char *const kinds[] = { "any", "few", "one", "two", "near" };

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
            for (size_t i = 0; i < sizes[s]; i++) {
                uint64_t x = next();

                keys[i] = kind == 0   ? x
                          : kind == 1 ? x % 7 << 40
                          : kind == 2 ? 42
                          : kind == 3 ? (x & 1 ? UINT64_MAX : 0)
                                      : (x % 100 == 0 ? x : (UINT64_C(1) << 62) + x % 5000);
                counts[i] = 1 + next() % 5 * (next() % 1000 == 0 ? 1000000 : 1);
            }
            assert_all_places(sizes[s], true);
            assert_all_places(sizes[s], false);
        }
    }
}

/* Keys of groups stay together, and counts with them. */
static void entries_go_to_their_groups(void **state)
{
    dk_context *context = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_context_new(&context, &err), &err);
    for (int weighted = 0; weighted < 2; weighted++) {
        uint64_t sums[100] = { 0 };
        size_t sizes[100] = { 0 }, at = 0;
        dki_tally tally;
        bool ones;

        dki_tally_init(&tally, context);
        assert_ok(dki_tally_room(&tally, 3000, &err), &err);
        for (uint64_t i = 0; i < 3000; i++) {
            uint32_t group = (uint32_t)(next() % 100);
            uint64_t count = weighted ? 1 + i % 3 : 1;

            if (group == 50) /* has none */
                group = 51;
            dki_tally_put(&tally, group, i * 7, count);
            sums[group] += i * 7 * count;
            sizes[group]++;
        }
        for (int again = 0; again < 2; again++) {
            assert_ok(dki_tally_group(&tally, &ones, &err), &err);
            assert_int_equal(ones, !weighted);
            assert_int_equal(tally.n, 3000);
        }
        for (uint32_t group = 0; group < 100; group++) {
            uint64_t sum = 0;

            assert_int_equal(dki_tally_find(&tally, group), at);
            for (size_t i = 0; i < sizes[group]; i++, at++) {
                assert_int_equal(tally.groups[at], group);
                sum += tally.keys[at] * tally.counts[at];
            }
            assert_int_equal(sum, sums[group]);
        }
        dki_tally_drop(&tally);
    }
    dk_context_release(context);
}

/* Where groups are more than entries they are settled, and those that are equal become one that counts two. */
static void few_entries_are_put_together(void **state)
{
    dk_context *context = NULL;
    dki_tally tally;
    dk_error err = DK_ERROR_INIT;
    bool ones;

    (void)state;
    assert_ok(dk_context_new(&context, &err), &err);
    dki_tally_init(&tally, context);
    assert_ok(dki_tally_room(&tally, 3, &err), &err);
    dki_tally_put(&tally, 1000, 7, 1);
    dki_tally_put(&tally, 5, 7, 1);
    dki_tally_put(&tally, 1000, 7, 1);
    assert_ok(dki_tally_group(&tally, &ones, &err), &err);
    assert_int_equal(tally.n, 2);
    assert_int_equal(tally.counts[1], 2);
    assert_false(ones);
    dki_tally_drop(&tally);
    dk_context_release(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_has_its_key),
        cmocka_unit_test(entries_go_to_their_groups),
        cmocka_unit_test(few_entries_are_put_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
