/* test_base.c - the answer of a breakdown that stays with its table: whose it is, and whose not. */
#include "scenarios.h"

#include <dekking/function.h>

#include "base/cache.h"
#include "exprs.h"
#include "query/breakdown_parts.h"
#include "whatif/whatif_parts.h"
#include "with_context.h"

static const dk_table *ask(const dk_table *table, const struct question *question, const dk_params *params)
{
    const dk_breakdown *breakdown = make_breakdown(context, question);
    dk_breakdown whole;
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    dki_breakdown_whole(breakdown, &whole);
    assert_ok(dki_base_get(breakdown, &whole, table, params, NULL, &result, &err), &err);
    dk_breakdown_release(breakdown); /* another object each time: it is the question that counts */
    return result;
}

static void assert_kept(bool expected, const dk_table *table, const struct question *a, const dk_params *a_params,
                        const struct question *b, const dk_params *b_params)
{
    const dk_table *first = ask(table, a, a_params), *second = ask(table, b, b_params);

    assert_int_equal(first == second, expected);
    dk_table_release(first);
    dk_table_release(second);
    while (dki_cache_forget_oldest(context))
        ;
}

static const struct question plain = { .by = { "gemeente" }, .measures = { COVERAGE }, .where = "n > 100" };

static void the_same_question_is_asked_once(void **state)
{
    const dk_table *table = make_region(context);

    (void)state;
    assert_kept(true, table, &plain, NULL, &plain, NULL);
    assert_kept(true, table, &plain, NULL,
                ASK(.by = { "gemeente" }, .measures = { COVERAGE }, .where = "n > 100", .limit = 2), NULL);
    assert_kept(false, table, &plain, NULL, ASK(.by = { "gemeente" }, .measures = { COVERAGE }, .where = "n > 101"),
                NULL);
    assert_kept(false, table, &plain, NULL, ASK(.by = { "gemeente" }, .measures = { COVERAGE }), NULL);
    assert_kept(false, table, &plain, NULL,
                ASK(.by = { "g = gemeente" }, .measures = { COVERAGE }, .where = "n > 100"), NULL);
    assert_kept(
        false, table, &plain, NULL,
        ASK(.by = { "gemeente" }, .measures = { COVERAGE }, .where = "n > 100", .margins = DK_MARGINS_TOTALS),
        NULL);
    assert_kept(false, table, &plain, NULL,
                ASK(.by = { "gemeente" }, .measures = { "register = count()" }, .where = "n > 100"), NULL);
    dk_table_release(table);
}

static void parameters_belong_to_the_question(void **state)
{
    static const struct question question = { .measures = { "a = count() where n > $n",
                                                            "b = count() where 'x' == $s" } };
    const dk_table *table = make_region(context);
    dk_param items[] = { { "n", WHOLE(100) }, { "s", TEXT("x") }, { "other", WHOLE(1) } };
    dk_param same[] = { { "other", WHOLE(2) },
                        { "n", WHOLE(100) },
                        { "s", TEXT("x") } }; /* a scenario's is not its own */
    dk_param more[] = { { "n", WHOLE(101) }, { "s", TEXT("x") } },
             text[] = { { "n", WHOLE(100) }, { "s", TEXT("y") } };
    dk_param decimal[] = { { "n", DECIMAL(1000, 1) }, { "s", TEXT("x") } };

    (void)state;
    assert_kept(true, table, &question, &(dk_params){ items, 3 }, &question, &(dk_params){ same, 3 });
    assert_kept(false, table, &question, &(dk_params){ items, 2 }, &question, &(dk_params){ more, 2 });
    assert_kept(false, table, &question, &(dk_params){ items, 2 }, &question, &(dk_params){ text, 2 });
    assert_kept(false, table, &question, &(dk_params){ items, 2 }, &question, &(dk_params){ decimal, 2 });
    dk_table_release(table);
}

static dk_status one_more(void *arg, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)arg;
    (void)err;
    *out = args[0];
    out->as.integer++;
    return DK_OK;
}

/* A function may be defined anew. */
static void what_the_host_computes_is_asked_each_time(void **state)
{
    static const struct question question = { .measures = { "a = sum(one_more(n))" } };
    const dk_function function = { .name = "one_more", .n_arguments = 1, .result = DK_INTEGER, .call = one_more };
    const dk_table *table = make_region(context);
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_function_define(context, &function, &err), &err);
    assert_kept(false, table, &question, NULL, &question, NULL);
    assert_kept(false, table, ASK(.measures = { "a = count()" }, .where = "one_more(n) > 100"), NULL,
                ASK(.measures = { "a = count()" }, .where = "one_more(n) > 100"), NULL);
    dk_table_release(table);
    dk_context_release(context); /* the definition goes with it */
    assert_int_equal(set_up(state), 0);
}

static void failing_memory_keeps_nothing(void **state)
{
    const dk_table *table = make_region(context), *result = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, &plain);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dki_base_get(breakdown, breakdown, table, NULL, NULL, &result, &err),
                                   &err, result == NULL, dk_table_release(result));
    dk_breakdown_release(breakdown);
    dk_table_release(table);
    dk_set_threads(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_question_is_asked_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parameters_belong_to_the_question, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_host_computes_is_asked_each_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_keeps_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
