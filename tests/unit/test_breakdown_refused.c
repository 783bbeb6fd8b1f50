/* test_breakdown_refused.c - specifications that only the C interface can write wrong: what is said of them, whole.
 *
 * What Lua can write wrong, too, stands in tests/lua/messages_query.lua.
 */
#include <dekking/aggregate.h>

#include "answers.h"

static const char persons[] = "g:category n:integer\na|1\nb|2\n";

static void assert_not_made(const dk_breakdown_spec *spec, const char *message)
{
    const dk_breakdown *breakdown = NULL;
    dk_error err = DK_ERROR_INIT;
    char text[1024];

    assert_int_equal(dk_breakdown_new(context, spec, &breakdown, &err), DK_ERR_ARGUMENT);
    assert_null(breakdown);
    (void)dk_error_format(&err, text, sizeof text);
    assert_string_equal(text, message);
}

static void parts_have_texts(void **state)
{
    const dk_measure g = { .text = "g" }, none = { .text = NULL }, n = { .text = "n = count()" };

    (void)state;
    assert_not_made(&(dk_breakdown_spec){ .measures = &none, .n_measures = 1 },
                    "measure 1 of the breakdown has no text");
    assert_not_made(
        &(dk_breakdown_spec){ .name = "vraag", .by = &none, .n_by = 1, .measures = &n, .n_measures = 1 },
        "dimension 1 of breakdown vraag has no text");
    assert_not_made(
        &(dk_breakdown_spec){ .by = &g, .n_by = 1, .measures = &n, .n_measures = 1, .where = "a = n > 1" },
        "where of the breakdown is a condition and takes no name: a = n > 1");
}

static void margins_are_of_a_kind(void **state)
{
    const dk_measure g = { .text = "g" }, n = { .text = "n = count()" };
    dk_breakdown_spec spec = { .by = &g, .n_by = 1, .measures = &n, .n_measures = 1 };

    (void)state;
    spec.margins = (dk_margins)17;
    assert_not_made(&spec, "the breakdown: 17 is no kind of margins");
    spec.margins = DK_MARGINS_SETS;
    assert_not_made(&spec,
                    "the breakdown: margins of sets go with the sets (margins = { { \"gemeente\" }, {} } shows "
                    "each gemeente and the total)");
}

static void levels_are_those_of_a_dimension(void **state)
{
    (void)state;
    assert_refused(persons, ASK(.measures = { "k = count()" }, .all_levels = true), DK_ERR_ARGUMENT,
                   "breakdown vraag is to show every level, and none of its dimensions is a category or a boolean "
                   "(leave levels out)");
}

/* One look at the message is enough to put a breakdown right for another table. */
static void columns_that_are_not_there_are_named_at_once(void **state)
{
    (void)state;
    assert_refused(
        persons,
        ASK(.by = { "g", "k = bin(nn, 1)" }, .measures = { "s = sum(x) where gg == 'a' and nn > 1", "t = s" },
            .where = "y"),
        DK_ERR_NAME,
        "breakdown vraag needs columns that the table does not have: nn (did you mean n?), y, x, gg (did you "
        "mean g?)");
}

static dk_status step(void *arg, void *state, const dk_value *values, const dk_value *weight, dk_error *err)
{
    (void)arg;
    (void)state;
    (void)values;
    (void)weight;
    (void)err;
    return DK_OK;
}

static dk_status finish(void *arg, const void *state, dk_value *out, dk_error *err)
{
    (void)arg;
    (void)state;
    (void)err;
    *out = (dk_value){ .type = DK_INTEGER };
    return DK_OK;
}

/* The definition goes with the context. */
static int stop_defined(void **state)
{
    (void)state;
    dk_context_release(context);
    return 0;
}

/* A definition may be another by the time that the breakdown runs. */
static void an_aggregate_is_still_there(void **state)
{
    dk_aggregate mine = { .name = "mine", .n_arguments = 1, .result = DK_INTEGER, .step = step, .finish = finish };
    const dk_measure measure = { .text = "m = mine(n)" };
    const dk_breakdown_spec spec = { .measures = &measure, .n_measures = 1 };
    const dk_table *table = make_table(context, persons), *result = NULL;
    const dk_breakdown *breakdown = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_aggregate_define(context, &mine, &err), &err);
    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    mine.n_arguments = 2;
    assert_ok(dk_aggregate_define(context, &mine, &err), &err);
    assert_fails(dk_breakdown_run(breakdown, table, NULL, &result, &err), &err, DK_ERR_NAME,
                 "mine() with 1 argument is no aggregate that the table's context has\n  m = mine(n)\n      "
                 "^^^^^^^ (define it so, or make "
                 "the breakdown anew)");
    assert_null(result);
    dk_breakdown_release(breakdown);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_have_texts, start, stop),
        cmocka_unit_test_setup_teardown(margins_are_of_a_kind, start, stop),
        cmocka_unit_test_setup_teardown(levels_are_those_of_a_dimension, start, stop),
        cmocka_unit_test_setup_teardown(columns_that_are_not_there_are_named_at_once, start, stop),
        cmocka_unit_test_setup_teardown(an_aggregate_is_still_there, start, stop_defined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
