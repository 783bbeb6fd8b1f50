/* test_node.c - walking, comparing and pointing at nodes of a tree. */
#include "exprs.h"

struct walk {
    size_t n, most;
    char texts[256];
};

static bool count_node(void *arg, const dki_node *node)
{
    struct walk *walk = arg;

    strcat(strcat(walk->texts, node->text ? node->text : "#"), " ");
    return ++walk->n < walk->most;
}

static void a_walk_meets_filters_and_stops_when_told(void **state)
{
    const dk_expr *expr = parse("sum(a) / 2 + $p where b == 1");

    (void)state;
    for (size_t most = 1; most <= 10; most++) {
        struct walk walk = { .most = most };
        bool whole = dki_node_visit(dki_expr_root(expr), count_node, &walk);

        assert_int_equal(walk.n, most < 9 ? most : 9);
        assert_int_equal(whole, most == 10);
        if (whole)
            assert_string_equal(walk.texts, "+ / sum a == b # # p ");
    }
    dk_expr_release(expr);
}

static void expect_equal(const char *a, const char *b, bool equal)
{
    const dk_expr *x = parse(a), *y = parse(b);

    if (dki_node_equal(dki_expr_root(x), dki_expr_root(y)) != equal)
        fail_msg("%s and %s are%s equal", a, b, equal ? " not" : "");
    if (dki_node_equal(dki_expr_root(y), dki_expr_root(x)) != equal)
        fail_msg("%s and %s are%s equal", b, a, equal ? " not" : "");
    assert_true(dki_node_equal(dki_expr_root(x), dki_expr_root(x)));
    dk_expr_release(x);
    dk_expr_release(y);
}

/* What is equal is computed once, so it must have the same value and type. */
static void equal_is_the_same_computation(void **state)
{
    (void)state;
    expect_equal("a + 1", "  (a)+1", true);
    expect_equal("a", "`a`", true);
    expect_equal("a", "b", false);
    expect_equal("a", "$a", false);
    expect_equal("a", "'a'", false);
    expect_equal("a + b", "b + a", false);
    expect_equal("a + b", "a - b", false);
    expect_equal("-a", "a - a", false);
    expect_equal("f(a)", "f(a, a)", false);
    expect_equal("f(a)", "g(a)", false);
    expect_equal("1", "1", true);
    expect_equal("1", "1.0", false);
    expect_equal("1.0", "1.00", false);
    expect_equal("1.0", "1e0", false);
    expect_equal("1", "2", false);
    expect_equal("'a'", "\"a\"", true);
    expect_equal("'a'", "'b'", false);
    expect_equal("'1'", "1", false);
    expect_equal("true", "true", true);
    expect_equal("true", "false", false);
    expect_equal("null", "null", true);
    expect_equal("null", "false", false);
    expect_equal("sum(a)", "sum(a)", true);
    expect_equal("sum(a)", "max(a)", false);
    expect_equal("sum(a) where b", "sum(a) where b", true);
    expect_equal("sum(a) where b", "sum(a) where c", false);
    expect_equal("sum(a) where b", "sum(a)", false);
    expect_equal("a in (1, 2)", "a in {1, 2}", true);
    expect_equal("a in (1, 2)", "a in (2, 1)", false);
    expect_equal("a not in (1)", "not (a in (1))", true);
}

static void a_failure_points_at_its_node(void **state)
{
    const dk_expr *expr = parse("naam = a +\n  f(b, 'é')");
    const dki_node *call = dki_expr_root(expr)->children[1];
    char name[500];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(dki_node_fail(expr, call, &err, DK_ERR_NAME, "unknown function %s()", call->text),
                     DK_ERR_NAME);
    assert_int_equal(err.code, DK_ERR_NAME);
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 3);
    assert_string_equal(err.message, "unknown function f()\n    f(b, 'é')\n    ^^^^^^^^^");
    assert_int_equal(dki_node_fail(expr, call->children[1], &err, DK_ERR_TYPE, "x"), DK_ERR_TYPE);
    assert_int_equal(err.column, 8);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    dki_node_fail(expr, call, &err, DK_ERR_NAME, "%s", name);
    assert_non_null(strstr(err.message, "nn\n    f(b, 'é')\n    ^^^^^^^^^"));
    assert_int_equal(dki_node_fail(expr, call, NULL, DK_ERR_TYPE, "x"), DK_ERR_TYPE);
    dk_expr_release(expr);
}

static void an_expression_is_counted(void **state)
{
    const dk_expr *expr = parse("a + 1");

    (void)state;
    assert_ptr_equal(dk_expr_retain(expr), expr);
    dk_expr_release(expr);
    assert_string_equal(dk_expr_text(expr), "a + 1");
    dk_expr_release(expr);
    dk_expr_release(NULL);
    assert_int_equal(dk_context_used_bytes(context), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_walk_meets_filters_and_stops_when_told, start, stop),
        cmocka_unit_test_setup_teardown(equal_is_the_same_computation, start, stop),
        cmocka_unit_test_setup_teardown(a_failure_points_at_its_node, start, stop),
        cmocka_unit_test_setup_teardown(an_expression_is_counted, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
