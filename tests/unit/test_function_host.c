/* test_function_host.c - functions that a host defines, in conditions, columns, dimensions and measures. */
#include <dekking/aggregate.h>
#include <dekking/function.h>

#include <math.h>
#include <pthread.h>

#include "base/memory.h"
#include "tables.h"

static dk_context *context;
static size_t n_calls;
static size_t n_released;
static pthread_t caller;

static int start(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    n_calls = n_released = 0;
    caller = pthread_self();
    return dk_context_new(&context, &err) == DK_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    dk_set_threads(0);
    assert_false(dki_is_single(context)); /* what was bound has let go */
    dk_context_release(context);
    return 0;
}

static void count_call(void)
{
    assert_true(pthread_equal(caller, pthread_self()));
    n_calls++;
}

static dk_status bad_luck(dk_error *err, const char *text)
{
    if (err) {
        memset(err, 0, sizeof *err);
        err->code = DK_ERR_CALLBACK;
        (void)snprintf(err->message, sizeof err->message, "%s", text);
    }
    return DK_ERR_CALLBACK;
}

/* young(n): below 27; 99 has bad luck */
static dk_status young(void *arg, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)arg;
    count_call();
    if (args[0].as.integer == 99)
        return bad_luck(err, "99 has bad luck");
    *out = (dk_value){ .type = DK_BOOLEAN, .as.boolean = args[0].as.integer < 27 };
    return DK_OK;
}

/* class(n): "low" to 9, "high" above, null of 5; 42 is "middle", which is no level */
static dk_status class_of(void *arg, const dk_value *args, dk_value *out, dk_error *err)
{
    static const dk_text names[] = { { "low", 3 }, { "high", 4 }, { "middle", 6 } };
    int64_t n = args[0].as.integer;

    (void)arg;
    (void)err;
    count_call();
    if (n == 5)
        out->is_null = true;
    else
        *out = (dk_value){ .type = DK_TEXT, .as.text = names[n == 42 ? 2 : n > 9] };
    return DK_OK;
}

/* joined(a, b): both with a plus between; nulls are "nothing" */
static dk_status joined(void *arg, const dk_value *args, dk_value *out, dk_error *err)
{
    static char text[100];
    const dk_text nothing = { "nothing", 7 };
    dk_text a = args[0].is_null ? nothing : args[0].as.text, b = args[1].is_null ? nothing : args[1].as.text;

    (void)arg;
    (void)err;
    count_call();
    (void)snprintf(text, sizeof text, "%.*s+%.*s", (int)a.size, a.bytes, (int)b.size, b.bytes);
    *out = (dk_value){ .type = DK_TEXT, .as.text = { text, strlen(text) } };
    return DK_OK;
}

/* As many tenths; an integer where that is even. */
static dk_status tenth(void *arg, const dk_value *args, dk_value *out, dk_error *err)
{
    int64_t n = args[0].as.integer;

    (void)arg;
    (void)err;
    count_call();
    *out = n % 10 == 0 ? (dk_value){ .type = DK_INTEGER, .as.integer = n / 10 }
                       : (dk_value){ .type = DK_DECIMAL, .scale = 1, .as.integer = n };
    return DK_OK;
}

static dk_status wrong(void *arg, const dk_value *args, dk_value *out, dk_error *err)
{
    (void)err;
    *out = *(const dk_value *)arg;
    (void)args;
    return DK_OK;
}

static void released(void *arg)
{
    (void)arg;
    n_released++;
}

static const dk_text levels[] = { { "low", 3 }, { "high", 4 } };

static void define_all(void)
{
    const dk_function functions[] = {
        { .name = "young", .n_arguments = 1, .result = DK_BOOLEAN, .call = young, .release = released },
        { .name = "class",
          .n_arguments = 1,
          .result = DK_CATEGORY,
          .levels = levels,
          .n_levels = 2,
          .call = class_of },
        { .name = "joined", .n_arguments = 2, .result = DK_TEXT, .takes_null = true, .call = joined },
        { .name = "glued", .n_arguments = 2, .result = DK_TEXT, .call = joined },
        { .name = "tenth", .n_arguments = 1, .result = DK_DECIMAL, .scale = 2, .call = tenth },
        { .name = "tenth_real", .n_arguments = 1, .result = DK_REAL, .call = tenth },
    };
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        assert_ok(dk_function_define(context, &functions[i], &err), &err);
}

static dk_status derive(const dk_table *table, const char *text, const dk_table **out, dk_error *err)
{
    const dk_expr *expr = NULL;
    const dk_table *derived = NULL;
    const char *name;
    dk_status status = dk_expr_parse(context, text, &expr, err);

    if (status == DK_OK)
        status = dk_table_derive(table, &expr, 1, NULL, &derived, err);
    name = status == DK_OK ? dk_expr_name(expr) : NULL;
    if (status == DK_OK)
        status = dk_table_select(derived, &name, 1, out, err);
    dk_table_release(derived);
    dk_expr_release(expr);
    return status;
}

static void assert_derived(const dk_table *table, const char *text, const char *expected)
{
    const dk_table *made = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(derive(table, text, &made, &err), &err);
    assert_string_equal(show_rows(made), expected);
    dk_table_release(made);
}

static void assert_not_derived(const dk_table *table, const char *text, dk_status status, const char *message)
{
    const dk_table *made = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(derive(table, text, &made, &err), &err, status, message);
    assert_null(made);
}

static void a_function_makes_columns_of_its_type(void **state)
{
    const dk_table *table = make_table(context, "n:integer a:text b:text\n12|x|y\n5|-|y\n-|x|-\n20|p|q\n");

    (void)state;
    define_all();
    assert_derived(table, "v = young(n)", "true\ntrue\n-\ntrue\n");
    assert_derived(table, "v = class(n)", "high\n-\n-\nhigh\n");
    assert_derived(table, "v = joined(a, b)", "x+y\nnothing+y\nx+nothing\np+q\n");
    assert_derived(table, "v = glued(a, b)", "x+y\n-\n-\np+q\n");
    assert_derived(table, "v = tenth(n)", "1.20\n0.50\n-\n2.00\n");
    assert_derived(table, "v = tenth_real(n) * 2", "2.4\n1.0\n-\n4.0\n");
    assert_derived(table, "v = joined(null, 'z')", "nothing+z\nnothing+z\nnothing+z\nnothing+z\n");
    assert_derived(table, "v = young(26 + 1)", "false\nfalse\nfalse\nfalse\n");
    dk_table_release(table);
}

static void it_stands_where_other_functions_do(void **state)
{
    const dk_table *table = make_table(context, "n:integer\n12\n5\n-\n20\n3\n");

    (void)state;
    define_all();
    assert_asked(table, ASK(.by = { "c = class(n)" }, .measures = { "m = count()", "s = sum(tenth(n))" }),
                 "low|1|0.30\nhigh|2|3.20\n-|2|0.50\n");
    assert_asked(table, ASK(.measures = { "m = count() where young(n) and class(n) == 'high'" }), "2\n");
    assert_asked(table, ASK(.measures = { "m = count()" }, .where = "class(n) == 'low'"), "1\n");
    assert_asked(table, ASK(.measures = { "m = tenth(count())" }), "0.50\n");
    dk_table_release(table);
}

/* 20000 rows of 100 numbers and 3 levels: as many calls, and one for null. All in the thread that asks. */
static void few_values_are_asked_for_once(void **state)
{
    dk_builder *n = NULL, *c = NULL;
    dk_field fields[] = { DK_FIELD("n", NULL), DK_FIELD("c", NULL) };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    define_all();
    dk_set_threads(2);
    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &n, &err), &err);
    assert_ok(dk_builder_new(context, DK_CATEGORY, 0, NULL, &c, &err), &err);
    for (int64_t i = 0; i < 200000; i++) {
        assert_ok(dk_builder_integer(n, i % 97, &err), &err);
        assert_ok(dk_builder_text(c, (dk_text){ &"abc"[i % 3], 1 }, &err), &err);
    }
    assert_ok(dk_builder_finish(n, &fields[0].column, &err), &err);
    assert_ok(dk_builder_finish(c, &fields[1].column, &err), &err);
    assert_ok(dk_table_new(context, fields, 2, 200000, &table, &err), &err);
    n_calls = 0;
    assert_asked(table, ASK(.measures = { "m = count() where young(n)" }), "55674\n"); /* 2061 * 27 + 27 */
    assert_int_equal(n_calls, 97);
    n_calls = 0;
    assert_asked(table, ASK(.measures = { "m = count() where glued(c, 'x') == 'b+x'" }), "66667\n");
    assert_int_equal(n_calls, 3);
    n_calls = 0;
    assert_asked(table, ASK(.measures = { "m = count() where glued(text(n), c) == '0+a'" }), "688\n");
    assert_int_equal(n_calls, 291);
    n_calls = 0;
    assert_asked(table, ASK(.measures = { "m = max(glued(text(n), c))" }), "96+c\n");
    assert_int_equal(n_calls, 291);
    dk_builder_release(n);
    dk_builder_release(c);
    dk_column_release(fields[0].column);
    dk_column_release(fields[1].column);
    dk_table_release(table);
}

static void what_no_row_reaches_does_not_fail(void **state)
{
    const dk_table *table = make_table(context, "n:integer\n12\n99\n42\n");

    (void)state;
    define_all();
    assert_derived(table, "v = n < 50 and young(n)", "true\nfalse\nfalse\n");
    assert_not_derived(table, "v = young(n)", DK_ERR_CALLBACK, "row 2: 99 has bad luck");
    assert_not_derived(table, "v = class(n)", DK_ERR_RANGE,
                       "row 3: class() gave \"middle\", which is none of its levels");
    assert_not_derived(table, "v = young(99)", DK_ERR_CALLBACK, "row 1: 99 has bad luck");
    dk_table_release(table);
}

static void a_result_is_what_was_stated(void **state)
{
    static dk_value text = { .type = DK_TEXT, .as.text = { "\xff", 1 } }, real = { .type = DK_REAL },
                    digits = { .type = DK_DECIMAL, .scale = 3, .as.integer = 1234 };
    const dk_table *table = make_table(context, "n:integer i:interval0\n1|1..2\n");
    dk_function function = { .name = "wrong", .n_arguments = 1, .call = wrong };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    real.as.real = (double)NAN;
    function.result = DK_REAL;
    function.arg = &real;
    assert_ok(dk_function_define(context, &function, &err), &err);
    assert_not_derived(table, "v = wrong(n)", DK_ERR_TYPE, "wrong() gave a number that is not finite");
    function.result = DK_TEXT;
    assert_ok(dk_function_define(context, &function, &err), &err);
    assert_not_derived(table, "v = wrong(n)", DK_ERR_TYPE,
                       "wrong() gave a value of type real, and its result is text");
    function.arg = &text;
    assert_ok(dk_function_define(context, &function, &err), &err);
    assert_not_derived(table, "v = wrong(n)", DK_ERR_TYPE, "wrong() gave a text that is not UTF-8");
    function.result = DK_DECIMAL;
    function.scale = 2;
    function.arg = &digits;
    assert_ok(dk_function_define(context, &function, &err), &err);
    assert_not_derived(table, "v = wrong(n)", DK_ERR_OVERFLOW, "1.234 does not fit with 2 digits after the point");
    assert_not_derived(table, "v = wrong(i)", DK_ERR_TYPE, "wrong() takes no interval");
    assert_not_derived(table, "v = wrong(i)", DK_ERR_TYPE, "give it a bound: least(x), greatest(x)");
    assert_not_derived(table, "v = wrong(n, n)", DK_ERR_ARGUMENT, "wrong() takes 1 argument, not 2");
    dk_table_release(table);
}

static void assert_no_definition(const dk_function *function, dk_status status, const char *message)
{
    dk_error err = DK_ERROR_INIT;

    assert_fails(dk_function_define(context, function, &err), &err, status, message);
}

static void definitions_are_checked(void **state)
{
    const dk_function good = { .name = "good", .n_arguments = 1, .result = DK_INTEGER, .call = tenth };
    const dk_aggregate aggregate = { .name = "young" };
    dk_function bad = good;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    define_all();
    bad.name = "a b";
    assert_no_definition(&bad, DK_ERR_ARGUMENT, "a function's name is a word, and this is \"a b\"");
    bad.name = "upper";
    assert_no_definition(&bad, DK_ERR_DUPLICATE, "the language has upper() already");
    assert_fails(dk_aggregate_define(context, &aggregate, &err), &err, DK_ERR_DUPLICATE,
                 "the script has young() already");
    bad = good;
    bad.n_arguments = 0;
    assert_no_definition(&bad, DK_ERR_ARGUMENT, "function good has 0 arguments; 1 to 8 are possible");
    bad = good;
    bad.result = DK_RATIO;
    assert_no_definition(&bad, DK_ERR_ARGUMENT, "function good: a result cannot be ratio");
    bad.result = DK_CATEGORY;
    assert_no_definition(&bad, DK_ERR_ARGUMENT, "function good: a category has levels, and nothing else has");
    bad = good;
    bad.call = NULL;
    assert_no_definition(&bad, DK_ERR_ARGUMENT, "function good needs call");
    dk_context_release(context);
    assert_int_equal(n_released, 1);
    assert_int_equal(dk_context_new(&context, NULL), DK_OK);
}

static void each_allocation_may_fail(void **state)
{
    const dk_table *table = make_table(context, "n:integer a:text\n12|x\n5|y\n-|z\n");
    const dk_function again = {
        .name = "again", .n_arguments = 1, .result = DK_CATEGORY, .levels = levels, .n_levels = 2, .call = class_of
    };
    const struct question question = { .by = { "c = class(n)" },
                                       .measures = { "m = max(glued(a, 'q'))", "t = sum(tenth(n))" } };
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    define_all();
    assert_survives_failing_memory(context, dk_function_define(context, &again, &err), &err, true, (void)0);
    assert_survives_failing_memory(context, ask_table(&question, table, NULL, &result, &err), &err, result == NULL,
                                   dk_table_release(result));
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_function_makes_columns_of_its_type, start, stop),
        cmocka_unit_test_setup_teardown(it_stands_where_other_functions_do, start, stop),
        cmocka_unit_test_setup_teardown(few_values_are_asked_for_once, start, stop),
        cmocka_unit_test_setup_teardown(what_no_row_reaches_does_not_fail, start, stop),
        cmocka_unit_test_setup_teardown(a_result_is_what_was_stated, start, stop),
        cmocka_unit_test_setup_teardown(definitions_are_checked, start, stop),
        cmocka_unit_test_setup_teardown(each_allocation_may_fail, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
