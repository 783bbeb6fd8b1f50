/* test_cache.c - what is kept until there is no room for it, or its owner goes. */
#include "base/cache.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "check.h"

static dk_context *context;
static atomic_uint n_dropped;
static const char kind, other_kind;

struct thing {
    dki_kept kept;
    char bytes[1000];
};

static void drop(dki_kept *kept)
{
    n_dropped++;
    dki_free(context, kept);
}

static dki_kept *new_thing(void)
{
    dk_error err = DK_ERROR_INIT;
    struct thing *thing = dki_alloc(context, sizeof *thing, &err);

    assert_non_null(thing);
    dki_kept_init(&thing->kept, drop);
    return &thing->kept;
}

/* Keeps a new thing, of which only the cache knows then. */
static void keep_thing(const void *of, uint64_t owner, uint64_t other)
{
    dki_kept *thing = new_thing();

    dki_cache_add(context, of, owner, other, thing);
    dki_kept_release(thing);
}

static bool is_kept(const void *of, uint64_t owner, uint64_t other)
{
    dki_kept *thing = dki_cache_find(context, of, owner, other);

    dki_kept_release(thing);
    return thing != NULL;
}

static int start(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    n_dropped = 0;
    return dk_context_new(&context, &err) == DK_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

static void a_thing_is_found_by_kind_and_owners(void **state)
{
    uint64_t a = dki_cache_owner(), b = dki_cache_owner();

    (void)state;
    assert_true(a != 0 && a != b);
    keep_thing(&kind, a, 0);
    keep_thing(&kind, a, b);
    assert_true(is_kept(&kind, a, 0) && is_kept(&kind, a, b));
    assert_false(is_kept(&kind, b, a) || is_kept(&kind, b, 0) || is_kept(&other_kind, a, 0));
    dki_cache_forget(context, b); /* the second of the two counts as well */
    assert_true(is_kept(&kind, a, 0));
    assert_false(is_kept(&kind, a, b));
    dki_cache_forget(context, a);
    assert_false(is_kept(&kind, a, 0));
    assert_int_equal(n_dropped, 2);
}

static void the_first_of_a_name_stays(void **state)
{
    dki_kept *first = new_thing();

    (void)state;
    dki_cache_add(context, &kind, 1, 0, first);
    keep_thing(&kind, 1, 0);
    assert_int_equal(n_dropped, 1);
    assert_ptr_equal(dki_cache_find(context, &kind, 1, 0), first);
    dki_kept_release(first);
    dki_cache_forget(context, 1);
    assert_int_equal(n_dropped, 1); /* we hold it still */
    dki_kept_release(first);
    assert_int_equal(n_dropped, 2);
}

static void an_owner_keeps_a_few_of_a_kind(void **state)
{
    (void)state;
    for (uint64_t i = 10; i < 16; i++) {
        keep_thing(&kind, 1, i);
        assert_true(is_kept(&kind, 1, 10)); /* asked for again and again: never the oldest */
    }
    keep_thing(&kind, 2, 10);
    keep_thing(&other_kind, 1, 10);
    assert_true(is_kept(&kind, 1, 10) && is_kept(&kind, 1, 15) && is_kept(&kind, 1, 14) && is_kept(&kind, 1, 13));
    assert_false(is_kept(&kind, 1, 11) || is_kept(&kind, 1, 12));
    assert_int_equal(n_dropped, 2);
    dki_cache_forget(context, 1);
    dki_cache_forget(context, 2);
}

static uint64_t cost_but(const void *arg, const dki_kept *object)
{
    return object == arg ? DKI_WILL_NOT_DO : 1 + (uint64_t)(object->drop == NULL);
}

static void one_is_chosen_by_what_it_costs(void **state)
{
    dki_kept *first = new_thing(), *second = new_thing(), *chosen;

    (void)state;
    dki_cache_add_many(context, &kind, 1, 10, first, 2);
    dki_cache_add_many(context, &kind, 1, 11, second, 2);
    assert_ptr_equal(chosen = dki_cache_choose(context, &kind, 1, cost_but, second), first);
    dki_kept_release(chosen);
    assert_null(dki_cache_choose(context, &kind, 2, cost_but, second));
    assert_null(dki_cache_choose(context, &other_kind, 1, cost_but, second));
    dki_cache_add_many(context, &kind, 1, 12, second, 2); /* the first was asked for last */
    assert_true(is_kept(&kind, 1, 10) && is_kept(&kind, 1, 12));
    assert_false(is_kept(&kind, 1, 11));
    dki_kept_release(first);
    dki_kept_release(second);
    dki_cache_forget(context, 1);
}

static void the_oldest_makes_room(void **state)
{
    dk_error err = DK_ERROR_INIT;
    void *block;

    (void)state;
    for (uint64_t i = 1; i <= 3; i++)
        keep_thing(&kind, i, 0);
    assert_true(is_kept(&kind, 1, 0)); /* 2 is the oldest now */
    dk_context_set_budget(context, dk_context_used_bytes(context) + 100);
    block = dki_alloc(context, 500, &err);
    assert_non_null(block);
    assert_int_equal(n_dropped, 1);
    assert_false(is_kept(&kind, 2, 0));
    assert_true(is_kept(&kind, 1, 0) && is_kept(&kind, 3, 0));
    assert_null(dki_alloc(context, 1 << 20, &err)); /* nothing that is kept could make so much room */
    assert_int_equal(err.code, DK_ERR_MEMORY);
    assert_int_equal(n_dropped, 3);
    dki_free(context, block);
    dk_context_set_budget(context, 0);
}

static void without_memory_nothing_is_kept(void **state)
{
    dki_kept *thing = new_thing();

    (void)state;
    dk_context_fail_allocation(context, 1);
    dki_cache_add(context, &kind, 1, 0, thing);
    assert_false(is_kept(&kind, 1, 0));
    dki_kept_release(thing);
    assert_int_equal(n_dropped, 1);
    assert_false(dki_cache_forget_oldest(context));
}

static dk_status add_and_find(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    (void)arg;
    (void)worker;
    for (uint64_t i = begin; i < end; i++) {
        dki_kept *thing = dki_alloc(context, sizeof(struct thing), err);

        if (thing == NULL)
            return DK_ERR_MEMORY;
        dki_kept_init(thing, drop);
        dki_cache_add(context, &kind, i % 7, i % 3, thing);
        dki_kept_release(thing);
        dki_kept_release(dki_cache_find(context, &kind, (i + 3) % 7, i % 3));
        if (i % 50 == 0)
            dki_cache_forget(context, i % 7);
        if (i % 90 == 0)
            dki_cache_forget_oldest(context);
    }
    return DK_OK;
}

static void threads_keep_side_by_side(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(4);
    assert_ok(dki_parallel(context, 20000, 10, add_and_find, NULL, &err), &err);
    dk_set_threads(0);
    while (dki_cache_forget_oldest(context))
        ;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_thing_is_found_by_kind_and_owners, start, stop),
        cmocka_unit_test_setup_teardown(the_first_of_a_name_stays, start, stop),
        cmocka_unit_test_setup_teardown(an_owner_keeps_a_few_of_a_kind, start, stop),
        cmocka_unit_test_setup_teardown(one_is_chosen_by_what_it_costs, start, stop),
        cmocka_unit_test_setup_teardown(the_oldest_makes_room, start, stop),
        cmocka_unit_test_setup_teardown(without_memory_nothing_is_kept, start, stop),
        cmocka_unit_test_setup_teardown(threads_keep_side_by_side, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
