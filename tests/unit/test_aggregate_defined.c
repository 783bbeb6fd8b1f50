/* test_aggregate_defined.c - aggregates that a host defines: here a product, a list of texts, and what goes wrong. */
#include <dekking/aggregate.h>

#include "tables.h"

static dk_context *context;
static int n_living; /* states that are started and not dropped */
static int n_released;

static int start(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    n_living = n_released = 0;
    return dk_context_new(&context, &err) == DK_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    dk_set_threads(0);
    dk_context_release(context);
    assert_int_equal(n_living, 0);
    return 0;
}

/* The product of small integers; with weights each as often as it weighs. */
struct product {
    int64_t value;
};

static dk_status product_start(void *arg, void *state, dk_error *err)
{
    (void)arg;
    (void)err;
    ((struct product *)state)->value = 1;
    return DK_OK;
}

static dk_status product_step(void *arg, void *state, const dk_value *values, const dk_value *weight, dk_error *err)
{
    struct product *product = state;

    (void)arg;
    (void)err;
    for (int64_t i = 0; i < (weight ? weight->as.integer : 1); i++)
        product->value *= values[0].as.integer;
    return DK_OK;
}

static dk_status product_merge(void *arg, void *state, const void *other, dk_error *err)
{
    (void)arg;
    (void)err;
    ((struct product *)state)->value *= ((const struct product *)other)->value;
    return DK_OK;
}

static dk_status product_finish(void *arg, const void *state, dk_value *out, dk_error *err)
{
    (void)arg;
    (void)err;
    *out = (dk_value){ .type = DK_INTEGER, .as.integer = ((const struct product *)state)->value };
    return DK_OK;
}

static const dk_aggregate product = { .name = "product",
                                      .n_arguments = 1,
                                      .result = DK_INTEGER,
                                      .state_bytes = sizeof(struct product),
                                      .any_thread = true,
                                      .weighs = true,
                                      .start = product_start,
                                      .step = product_step,
                                      .merge = product_merge,
                                      .finish = product_finish };

/* "key=text " of each row, in their order: memory of its own, no merge. */
struct list {
    char *text;
};

static dk_status list_start(void *arg, void *state, dk_error *err)
{
    (void)arg;
    (void)err;
    ((struct list *)state)->text = calloc(1, 1000);
    n_living++;
    return DK_OK;
}

static dk_status list_step(void *arg, void *state, const dk_value *values, const dk_value *weight, dk_error *err)
{
    char *text = ((struct list *)state)->text;
    size_t used = strlen(text);

    (void)weight;
    if (values[0].as.integer == 13) {
        err->code = DK_ERR_CALLBACK;
        (void)snprintf(err->message, sizeof err->message, "%s has bad luck", (const char *)arg);
        return DK_ERR_CALLBACK;
    }
    (void)snprintf(text + used, 1000 - used, "%lld=%.*s ", (long long)values[0].as.integer,
                   (int)values[1].as.text.size, values[1].as.text.bytes);
    return DK_OK;
}

static dk_status list_finish(void *arg, const void *state, dk_value *out, dk_error *err)
{
    const char *text = ((const struct list *)state)->text;

    (void)arg;
    (void)err;
    if (*text)
        *out = (dk_value){ .type = DK_TEXT, .as.text = { text, strlen(text) - 1 } };
    return DK_OK;
}

static void list_drop(void *arg, void *state)
{
    (void)arg;
    free(((struct list *)state)->text);
    n_living--;
}

static void list_release(void *arg)
{
    (void)arg;
    n_released++;
}

static dk_aggregate list_aggregate(void)
{
    return (dk_aggregate){ .name = "listed",
                           .n_arguments = 2,
                           .result = DK_TEXT,
                           .state_bytes = sizeof(struct list),
                           .arg = (void *)(uintptr_t) "listed",
                           .start = list_start,
                           .step = list_step,
                           .finish = list_finish,
                           .drop = list_drop,
                           .release = list_release };
}

static void define(const dk_aggregate *aggregate)
{
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_aggregate_define(context, aggregate, &err), &err);
}

static void a_product_has_totals_filters_and_weights(void **state)
{
    const dk_table *table = make_table(context, "g:category h:integer n:integer\n"
                                                "a|1|2\na|2|3\nb|1|5\n-|1|7\nb|2|-\n");

    (void)state;
    define(&product);
    assert_asked(table,
                 ASK(.by = { "g" }, .measures = { "p = product(n)", "q = product(n) where h == 2", "m = count()" },
                     .margins = DK_MARGINS_TOTALS),
                 "a|6|3|2\nb|5|1|2\n-|7|1|1\n*|210|3|5\n");
    assert_asked(table,
                 ASK(.by = { "g", "h" }, .measures = { "p = product(n)", "d = product(n) / all(product(n), g)" },
                     .margins = DK_MARGINS_CUBE),
                 "a|1|2|1/3\na|2|3|1/2\na|*|6|1/1\nb|1|5|1/1\nb|2|1|1/5\nb|*|5|1/1\n-|1|7|1/1\n-|*|7|1/1\n"
                 "*|1|70|1/3\n*|2|3|1/70\n*|*|210|1/1\n");
    table = with_weight(table, "h");
    assert_asked(table, ASK(.measures = { "p = product(n)" }), "630\n");
    dk_table_release(table);
}

/* 2 and 1 in turns, of 10000 rows in 7 groups and in no groups: the same for one thread and two, and small blocks. */
static void threads_and_blocks_do_not_matter(void **state)
{
    dk_builder *builders[2];
    dk_field fields[2];
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    define(&product);
    for (size_t k = 0; k < 2; k++)
        assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builders[k], &err), &err);
    for (int64_t i = 0; i < 200000; i++) {
        assert_ok(dk_builder_integer(builders[0], i % 7, &err), &err);
        assert_ok(dk_builder_integer(builders[1], i % 10000 == 0 ? 2 : 1, &err), &err);
    }
    for (size_t k = 0; k < 2; k++) {
        fields[k] = DK_FIELD(k ? "n" : "g", NULL);
        assert_ok(dk_builder_finish(builders[k], &fields[k].column, &err), &err);
        dk_builder_release(builders[k]);
    }
    assert_ok(dk_table_new(context, fields, 2, 200000, &table, &err), &err);
    for (size_t k = 0; k < 2; k++)
        dk_column_release(fields[k].column);
    for (unsigned threads = 1; threads <= 2; threads++) {
        dk_set_threads(threads);
        assert_asked(table, ASK(.measures = { "p = product(n)" }), "1048576\n");
        /* 0, 10000, 20000, ... are 0, 4, 1, 5, 2, 6, 3, 0, ... modulo 7 */
        assert_asked(table, ASK(.by = { "g" }, .measures = { "p = product(n)" }),
                     "0|8\n1|8\n2|8\n3|4\n4|8\n5|8\n6|8\n");
    }
    dk_table_release(table);
}

static void a_list_keeps_the_order_of_rows(void **state)
{
    const dk_table *table = make_table(context, "g:category n:integer c:category\n"
                                                "a|1|x\nb|2|y\na|3|z\nb|-|q\na|4|-\nc|-|-\n");
    const dk_aggregate list = list_aggregate();

    (void)state;
    define(&list);
    assert_asked(table, ASK(.by = { "g" }, .measures = { "l = listed(n, c)" }), "a|1=x 3=z\nb|2=y\nc|-\n");
    assert_int_equal(n_living, 0);
    dk_table_release(table);
    dk_context_release(context);
    assert_int_equal(n_released, 1);
    assert_int_equal(dk_context_new(&context, NULL), DK_OK);
}

static void assert_refused(const dk_table *table, const struct question *question, dk_status status,
                           const char *message)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(ask_table(question, table, NULL, &result, &err), &err, status, message);
    assert_null(result);
    assert_int_equal(n_living, 0);
}

static void what_cannot_be_is_said(void **state)
{
    const dk_table *table = make_table(context, "g:category n:integer c:category\na|1|x\nb|2|y\na|13|z\n");
    const dk_aggregate list = list_aggregate();

    (void)state;
    define(&list);
    assert_refused(table, ASK(.by = { "g" }, .measures = { "l = listed(n, c)" }), DK_ERR_CALLBACK,
                   "listed has bad luck");
    assert_refused(
        table,
        ASK(.by = { "g" }, .measures = { "l = listed(n, c)" }, .where = "n < 13", .margins = DK_MARGINS_TOTALS),
        DK_ERR_ARGUMENT, "listed() has no merge, and totals and members of sets need one");
    assert_refused(table, ASK(.measures = { "l = listed(n)" }), DK_ERR_SYNTAX,
                   "listed() takes two arguments, not 1");
    assert_refused(table, ASK(.measures = { "l = lisetd(n, c)" }), DK_ERR_NAME,
                   "unknown function or aggregate lisetd()");
    table = with_weight(table, "n");
    assert_refused(table, ASK(.measures = { "l = listed(n, c)" }), DK_ERR_ARGUMENT,
                   "(take them away (t:with { weight = dk.null }), or define listed() with weights)");
    dk_table_release(table);
}

static void a_result_has_the_type_that_was_stated(void **state)
{
    const dk_table *table = make_table(context, "n:integer\n2\n");
    dk_aggregate other = product;

    (void)state;
    other.result = DK_REAL;
    define(&other);
    assert_asked(table, ASK(.measures = { "p = product(n) / 4" }), "0.5\n");
    other.result = DK_DECIMAL;
    other.scale = 2;
    define(&other); /* takes the place of the other */
    assert_asked(table, ASK(.measures = { "p = product(n)" }), "2.00\n");
    other.result = DK_TEXT;
    define(&other);
    assert_refused(table, ASK(.measures = { "p = product(n)" }), DK_ERR_TYPE,
                   "product() gave a value of type integer, and its result is text");
    dk_table_release(table);
}

static void assert_no_definition(const dk_aggregate *aggregate, dk_status status, const char *message)
{
    dk_error err = DK_ERROR_INIT;

    assert_fails(dk_aggregate_define(context, aggregate, &err), &err, status, message);
}

static void definitions_are_checked(void **state)
{
    static const struct {
        const char *name;
        dk_status status;
        const char *message;
    } names[] = {
        { "", DK_ERR_ARGUMENT, "and this is \"\"" },
        { "a b", DK_ERR_ARGUMENT, "and this is \"a b\"" },
        { "2x", DK_ERR_ARGUMENT, "and this is \"2x\"" },
        { "and", DK_ERR_ARGUMENT, "and this is \"and\"" },
        { "sum", DK_ERR_DUPLICATE, "the language has sum() already" },
        { "upper", DK_ERR_DUPLICATE, "the language has upper() already" },
        { "all", DK_ERR_DUPLICATE, "the language has all() already" },
        { "rank", DK_ERR_DUPLICATE, "the language has rank() already" },
    };
    dk_aggregate bad;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bad = product;
        bad.name = names[i].name;
        assert_no_definition(&bad, names[i].status, names[i].message);
    }
    bad = product;
    bad.name = NULL;
    assert_no_definition(&bad, DK_ERR_ARGUMENT, "name is a word, and this is none");
    bad = product;
    bad.n_arguments = 3;
    assert_no_definition(&bad, DK_ERR_ARGUMENT, "aggregate product has 3 arguments; at most 2 are possible");
    bad = product;
    bad.result = DK_CATEGORY;
    assert_no_definition(&bad, DK_ERR_ARGUMENT, "aggregate product: a result cannot be category");
    bad = product;
    bad.step = NULL;
    assert_no_definition(&bad, DK_ERR_ARGUMENT, "has neither step nor block, and needs one of them");
    bad = product;
    bad.finish = NULL;
    assert_no_definition(&bad, DK_ERR_ARGUMENT, "aggregate product needs finish");
    bad = product;
    bad.merge = NULL;
    assert_no_definition(&bad, DK_ERR_ARGUMENT, "needs merge to run in several threads");
}

static void each_allocation_may_fail(void **state)
{
    const dk_table *table = make_table(context, "g:category n:integer c:category\na|1|x\nb|2|y\na|3|z\n");
    const dk_aggregate list = list_aggregate();
    const struct question question = { .by = { "g" }, .measures = { "l = listed(n, c)", "p = product(n)" } };
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    define(&list);
    assert_survives_failing_memory(context, dk_aggregate_define(context, &product, &err), &err, true, (void)0);
    assert_survives_failing_memory(context, ask_table(&question, table, NULL, &result, &err), &err,
                                   result == NULL && n_living == 0, dk_table_release(result));
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_product_has_totals_filters_and_weights, start, stop),
        cmocka_unit_test_setup_teardown(threads_and_blocks_do_not_matter, start, stop),
        cmocka_unit_test_setup_teardown(a_list_keeps_the_order_of_rows, start, stop),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_said, start, stop),
        cmocka_unit_test_setup_teardown(a_result_has_the_type_that_was_stated, start, stop),
        cmocka_unit_test_setup_teardown(definitions_are_checked, start, stop),
        cmocka_unit_test_setup_teardown(each_allocation_may_fail, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
