/* test_expr_parser.c - what binds tighter, what a text means as a tree, and where mistakes are. */
#include "exprs.h"

static size_t put(char *out, size_t size, const char *before, const char *text)
{
    size_t n = (size_t)snprintf(out, size, "%s%s", before, text);

    return n < size ? n : size - 1;
}

/* (operator operand ...), aggregates as name[argument | condition], names and parameters as they are. */
static size_t show(const dki_node *node, char *out, size_t size)
{
    size_t used = 0;

    switch (node->kind) {
    case DKI_NODE_LITERAL: {
        char value_text[256];

        (void)dk_value_format(&node->value, value_text, sizeof value_text);
        return put(out, size, node->value.type == DK_TEXT && !node->value.is_null ? "'" : "", value_text);
    }
    case DKI_NODE_NAME: return put(out, size, "", node->text);
    case DKI_NODE_PARAM: return put(out, size, "$", node->text);
    default: break;
    }
    used += put(out, size, node->kind == DKI_NODE_AGGREGATE ? "" : "(", node->text);
    if (node->kind == DKI_NODE_AGGREGATE)
        used += put(out + used, size - used, "[", "");
    for (size_t i = 0; i < node->n_children; i++) {
        used += put(out + used, size - used, node->kind == DKI_NODE_AGGREGATE && i == 0 ? "" : " ", "");
        used += show(node->children[i], out + used, size - used);
    }
    if (node->filter) {
        used += put(out + used, size - used, "| ", "");
        used += show(node->filter, out + used, size - used);
    }
    return used + put(out + used, size - used, node->kind == DKI_NODE_AGGREGATE ? "]" : ")", "");
}

static void expect_tree(const char *text, const char *tree)
{
    static char out[1 << 17];
    const dk_expr *expr = parse(text);

    (void)show(dki_expr_root(expr), out, sizeof out);
    if (strcmp(out, tree) != 0)
        fail_msg("%s is\n%s, not\n%s", text, out, tree);
    dk_expr_release(expr);
}

/* Both texts mean the same. */
static void expect_same(const char *text, const char *bracketed)
{
    const dk_expr *a = parse(text), *b = parse(bracketed);

    if (!dki_node_equal(dki_expr_root(a), dki_expr_root(b)))
        fail_msg("%s is not %s", text, bracketed);
    dk_expr_release(a);
    dk_expr_release(b);
}

static void expect_error(const char *text, unsigned column, const char *part)
{
    const dk_expr *expr = NULL;
    dk_error err = DK_ERROR_INIT;

    if (dk_expr_parse(context, text, &expr, &err) != DK_ERR_SYNTAX)
        fail_msg("%s: no syntax error", text);
    if (strstr(err.message, part) == NULL && strstr(err.hint, part) == NULL)
        fail_msg("%s: the message lacks \"%s\": %s (%s)", text, part, err.message, err.hint);
    if (err.line != 1 || err.column != column)
        fail_msg("%s: %d:%d, not 1:%u: %s", text, (int)err.line, (int)err.column, column, err.message);
    assert_null(expr);
}

static void leaves_are_what_they_say(void **state)
{
    (void)state;
    expect_tree("leeftijd", "leeftijd");
    expect_tree("`in sonar`", "in sonar");
    expect_tree("$grens", "$grens");
    expect_tree("12", "12");
    expect_tree("0.50", "0.50");
    expect_tree("'a'", "'a");
    expect_tree("true", "true");
    expect_tree("false", "false");
    expect_tree("null", "null");
    expect_tree("`true`", "true");
    expect_tree("((x))", "x");
    expect_tree("-5", "-5");
    expect_tree("-1.5", "-1.5");
    expect_tree("-1e3", "-1000.0");
    expect_tree("- - 5", "5");
    expect_tree("-x", "(- x)");
    expect_tree("-'a'", "(- 'a)");
    expect_tree("total", "total"); /* a word only behind is */
    expect_tree("-9223372036854775807", "-9223372036854775807");
    expect_tree("date '2024-12-31'", "(date '2024-12-31)");
    expect_tree("date", "date");
    expect_tree("date(x)", "(date x)");
}

/* where < or < and < comparison < .. < + - < * / // % < not - */
static void precedence_is_as_documented(void **state)
{
    (void)state;
    expect_same("a or b and c", "a or (b and c)");
    expect_same("a and b or c and d", "(a and b) or (c and d)");
    expect_same("a and not b", "a and (not b)");
    expect_same("not a == b", "(not a) == b");
    expect_same("not a and b", "(not a) and b");
    expect_same("a == b and c < d", "(a == b) and (c < d)");
    expect_same("a .. b == c .. d", "(a .. b) == (c .. d)");
    expect_same("a .. b + c", "a .. (b + c)");
    expect_same("a + b * c", "a + (b * c)");
    expect_same("a * b + c", "(a * b) + c");
    expect_same("a - b - c", "(a - b) - c");
    expect_same("a / b / c", "(a / b) / c");
    expect_same("a / b * c", "(a / b) * c");
    expect_same("a // b % c", "(a // b) % c");
    expect_same("a .. b .. c", "(a .. b) .. c");
    expect_same("-a * b", "(-a) * b");
    expect_same("-a + b", "(-a) + b");
    expect_same("a - -b", "a - (-b)");
    expect_same("a * -b", "a * (-b)");
    expect_same("a + b < c - d", "(a + b) < (c - d)");
    expect_same("a == b == c", "(a == b) == c");
    expect_same("a + 1 in (b, c)", "(a + 1) in (b, c)");
    expect_same("a in (b) and c", "(a in (b)) and c");
    expect_same("a between b and c and d", "(a between b and c) and d");
    expect_same("a between b + 1 and c * 2 or d", "(a between (b + 1) and (c * 2)) or d");
    expect_same("a + b is null", "(a + b) is null");
    expect_same("a == b is null", "(a == b) is null");
    expect_same("a is null and b is null", "(a is null) and (b is null)");
    expect_same("a is null == b", "(a is null) == b");
    expect_same("sum(a) / sum(b) where c or d", "(sum(a) where (c or d)) / (sum(b) where (c or d))");
}

static void every_operator_has_its_node(void **state)
{
    (void)state;
    expect_tree("a + b - c * d / e // f % g", "(- (+ a b) (% (// (/ (* c d) e) f) g))");
    expect_tree("a .. b", "(.. a b)");
    expect_tree("a == b", "(== a b)");
    expect_tree("a ~= b", "(~= a b)");
    expect_tree("a < b", "(< a b)");
    expect_tree("a <= b", "(<= a b)");
    expect_tree("a > b", "(> a b)");
    expect_tree("a >= b", "(>= a b)");
    expect_tree("not a", "(not a)");
    expect_tree("not not a", "(not (not a))");
    expect_tree("a in (1, 'x', b)", "(in a 1 'x b)");
    expect_tree("a in {1}", "(in a 1)");
    expect_tree("a not in (1, 2)", "(not (in a 1 2))");
    expect_tree("a between 1 and 2", "(between a 1 2)");
    expect_tree("a not between 1 and 2", "(not (between a 1 2))");
    expect_tree("a is null", "(is null a)");
    expect_tree("a is not null", "(not (is null a))");
    expect_tree("a is true", "(is true a)");
    expect_tree("a is not true", "(not (is true a))");
    expect_tree("a is total", "(is total a)");
    expect_tree("a is not total", "(not (is total a))");
    expect_tree("(not a) is null", "(is null (not a))");
    expect_tree("f()", "(f)");
    expect_tree("f(a, 1 + 2, g(b))", "(f a (+ 1 2) (g b))");
    expect_tree("all(m, d)", "(all m d)");
}

/* However long: a chain is one node. */
static void and_and_or_are_one_node(void **state)
{
    (void)state;
    expect_tree("a and b and c", "(and a b c)");
    expect_tree("a or b or c and d and e", "(or a b (and c d e))");
    expect_tree("(a and b) and c", "(and (and a b) c)");
}

static void where_limits_the_aggregates_before_it(void **state)
{
    (void)state;
    expect_tree("count()", "count[]");
    expect_tree("count() where a", "count[| a]");
    expect_tree("sum(x + 1) where a and b", "sum[(+ x 1)| (and a b)]");
    expect_tree("sum(a) / sum(b) where c", "(/ sum[a| c] sum[b| c])");
    expect_tree("(count() where a) / count()", "(/ count[| a] count[])");
    expect_tree("(count() where a) / count() where b", "(/ count[| (and a b)] count[| b])");
    expect_tree("round(sum(x) / rows(), 2) where a", "(round (/ sum[x| a] rows[| a]) 2)");
    expect_tree("`count`", "count"); /* a column, for all its name */
    expect_tree("min(x)", "min[x]");
    expect_tree("max(x)", "max[x]");
    expect_tree("mean(x)", "mean[x]");
}

static void a_name_may_stand_before_it(void **state)
{
    static const char *const texts[][2] = {
        { "dekking = a / b", "dekking" },
        { "`twee woorden`=1", "twee woorden" },
        { "total = 1", "total" },
        { "date = 1", "date" },
        { "x", NULL },
        { "x == 1", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const dk_expr *expr = parse(texts[i][0]);

        if (texts[i][1])
            assert_string_equal(dk_expr_name(expr), texts[i][1]);
        else
            assert_null(dk_expr_name(expr));
        assert_string_equal(dk_expr_text(expr), texts[i][0]);
        dk_expr_release(expr);
    }
}

static void nodes_know_their_place(void **state)
{
    const char *text = "n = (a + `b`) * f(c, -d) is null";
    const dk_expr *expr = parse(text);
    const dki_node *root = dki_expr_root(expr), *product = root->children[0];

    (void)state;
#define PLACE(node, part)                                        \
    do {                                                         \
        assert_int_equal((node)->at, strstr(text, part) - text); \
        assert_int_equal((node)->size, strlen(part));            \
    } while (0)
    PLACE(root, "(a + `b`) * f(c, -d) is null");
    PLACE(product, "(a + `b`) * f(c, -d)");
    PLACE(product->children[0], "(a + `b`)");
    PLACE(product->children[0]->children[1], "`b`");
    PLACE(product->children[1], "f(c, -d)");
    PLACE(product->children[1]->children[1], "-d");
    assert_int_equal(root->depth, 5);
    assert_int_equal(product->children[0]->depth, 2);
    dk_expr_release(expr);
}

static void mistakes_are_shown_where_they_are(void **state)
{
    (void)state;
    expect_error("", 1, "the expression ends where a value is expected");
    expect_error("   ", 1, "the expression ends where a value is expected");
    expect_error("a +", 4, "the expression ends where a value is expected\n  a +\n     ^");
    expect_error("a +  \n ", 4, "the expression ends where a value is expected");
    expect_error("(a", 3, "the expression ends where \")\" is expected\n  (a\n    ^");
    expect_error("a b", 3, "an operator or the end is expected here\n  a b\n    ^");
    expect_error("a b", 3, "a name of several words stands in `backquotes`");
    expect_error("in sonar", 1, "a value is expected here\n  in sonar\n  ^^");
    expect_error("in sonar", 1, "a name of several words stands in `backquotes`");
    expect_error("a = = b", 5, "equal is written ==");
    expect_error("a + b = c", 7, "equal is written ==\n  a + b = c\n        ^");
    expect_error("if(a = 1)", 6, "equal is written ==");
    expect_error(")", 1, "a value is expected here");
    expect_error("a, b", 2, "an operator or the end is expected here");
    expect_error("f(a", 4, "the expression ends where \",\" or \")\" is expected");
    expect_error("f(a b)", 5, "\",\" or \")\" is expected here");
    expect_error("f(a,)", 5, "a value is expected here");
    expect_error("f(,a)", 3, "a value is expected here");
    expect_error("a in 5", 6, "a list such as (1, 2) is expected here");
    expect_error("a in $lijst", 6, "a list such as (1, 2) is expected here");
    expect_error("a in ()", 7, "a value is expected here");
    expect_error("a in (1", 8, "\",\" or \")\"");
    expect_error("a in {1)", 8, "\",\" or \"}\" is expected here");
    expect_error("a in (1,)", 9, "a value is expected here");
    expect_error("a between 1", 12, "the expression ends where \"and\" and the upper bound is expected");
    expect_error("a between 1 or 2", 13, "\"and\" and the upper bound is expected here");
    expect_error("a is", 5, "the expression ends where null, true or total is expected");
    expect_error("a is 5", 6, "null, true or total is expected here");
    expect_error("a is not b", 10, "null, true or total is expected here");
    expect_error("a is false", 6, "not x holds where x is false, x is not true also where it is null");
    expect_error("a is suppressed", 6, "meaning(x) = 'suppressed' asks what stands for a number");
    expect_error("a is not impossible", 10, "meaning(x) = 'impossible' asks what stands for a number");
    expect_error("a not 5", 7, "\"in\" or \"between\" is expected here");
    expect_error("and a", 1, "a value is expected here");
    expect_error("is.na(a)", 1, "here that is x is null");
    expect_error("is == 1", 1, "is is a word of the language; a column that is called so is written `is`");
    expect_error("and == 1", 1, "and is a word of the language; a column that is called so is written `and`");
    expect_error("a and or b", 7, "a value is expected here");
    expect_error("a == in", 6, "a value is expected here");
    expect_error("null = 1", 6, "equal is written ==");
    expect_error("x == null", 3, "nothing is equal to null, which means \"not known\"\n  x == null\n    ^^^^^^^");
    expect_error("x == null", 3, "write `is null` or `is not null`");
    expect_error("null ~= x", 6, "nothing is equal to null");
    expect_error("x < (null)", 3, "nothing is equal to null");
    expect_error("`count`(x)", 8, "an operator or the end is expected here");
    expect_error("count(x)", 1, "count() takes no argument\n  count(x)\n  ^^^^^^^^");
    expect_error("a + sum()", 5, "sum() takes one argument, not 0");
    expect_error("sum(a, b)", 1, "sum() takes one argument, not 2");
    expect_error("min(a, b)", 1, "of several values in a row: least(...)");
    expect_error("max(a, b)", 1, "of several values in a row: greatest(...)");
    expect_error("1 + 'abc", 5, "this text does not end"); /* the lexer's, passed on */
}

static void where_wants_an_aggregate(void **state)
{
    (void)state;
    expect_error("a where b", 3, "there is no aggregate that this where could limit\n  a where b\n    ^^^^^");
    expect_error("(a where b) + count()", 4, "there is no aggregate");
    expect_error("count() where a where b", 17, "a measure has one where: join the conditions with `and`");
    expect_error("count() where", 14, "the expression ends where a value is expected");
    expect_error("sum(a where b)", 7, "a condition stands behind the aggregate, not in it");
    expect_error("where a", 1, "a value is expected here");
}

/* What the Lua reading would be is not what most mean. */
static void not_before_is_and_in_is_refused(void **state)
{
    (void)state;
    expect_error("not a is null", 1,
                 "`not` binds tighter than `is`: this can be read in two ways\n  not a is null\n  ^^^^^");
    expect_error("not a is null", 1, "write `x is not ...`, or brackets");
    expect_error("b and not a is true", 7, "binds tighter");
    expect_error("not a in (1, 2)", 1, "write `x not in ...`, or brackets");
    expect_error("not a between 1 and 2", 1, "write `x not between ...`, or brackets");
    expect_error("not not a is null", 1, "binds tighter");
    expect_error("not a not in (1)", 1, "binds tighter");
    expect_tree("not (a is null)", "(not (is null a))");
    expect_tree("(not a) in (b)", "(in (not a) b)");
    expect_tree("not a == b", "(== (not a) b)"); /* the same either way */
    expect_tree("not a and b is null", "(and (not a) (is null b))");
    expect_tree("a == (not b) is null", "(is null (== a (not b)))");
}

static void words_in_capitals_are_recognised(void **state)
{
    (void)state;
    expect_error("a AND b", 3, "words of the language are written small: and");
    expect_error("a Or b", 3, "written small: or");
    expect_error("NOT a", 5, "written small: not");
    expect_error("a IN (1)", 3, "written small: in");
    expect_error("a BETWEEN 1 and 2", 3, "written small: between");
    expect_error("a is NULL", 6, "written small: null");
    expect_error("a IS null", 3, "written small: is");
    expect_error("count() WHERE a", 9, "written small: where");
    expect_tree("Or", "Or"); /* a name all the same */
}

/* Text repeated n times, with something before, in the middle and behind. */
static char *repeat(const char *before, const char *unit, size_t n, const char *middle, const char *behind)
{
    size_t size = strlen(before) + strlen(unit) * n + strlen(middle) + strlen(behind) * n + 1;
    char *text = malloc(size);
    size_t used = (size_t)snprintf(text, size, "%s", before);

    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, size - used, "%s", unit);
    used += (size_t)snprintf(text + used, size - used, "%s", middle);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, size - used, "%s", behind);
    return text;
}

static void expect_depth(size_t most, const char *before, const char *unit, const char *middle, const char *behind,
                         const char *part)
{
    for (size_t n = most; n <= most + 1; n++) {
        char *text = repeat(before, unit, n, middle, behind);
        const dk_expr *expr = NULL;
        dk_error err = DK_ERROR_INIT;
        dk_status status = dk_expr_parse(context, text, &expr, &err);

        if (n == most)
            assert_ok(status, &err);
        else
            assert_fails(status, &err, DK_ERR_SYNTAX, part);
        dk_expr_release(expr);
        free(text);
    }
}

static void nesting_is_limited(void **state)
{
    static const char *const hostile[][4] = {
        { "", "(", "x", ")" },           { "", "not ", "x", "" },    { "", "- ", "x", "" },
        { "", "f(", "x", ")" },          { "", "x in (", "x", ")" }, { "", "x + (", "x", ")" },
        { "x", " + x", "", "" },         { "x", " == x", "", "" },   { "x", " is null", "", "" },
        { "x", " .. x", "", "" },        { "", "(", "", "" },        { "", "f(", "", "" },
        { "", "case(x, ", "x", ", x)" }, { "x", " in (x)", "", "" }, { "", "(count() where ", "x", ")" },
    };

    (void)state;
    expect_depth(150, "", "(", "x", ")", "nested more than 150 deep");
    expect_depth(150, "", "not ", "x", "", "nested more than 150 deep");
    expect_depth(150, "", "- ", "x", "", "nested more than 150 deep");
    expect_depth(150, "", "f(", "x", ")", "nested more than 150 deep");
    expect_depth(400, "x", " + x", "", "", "more than 400 operators deep");
    expect_depth(400, "x", " .. x", "", "", "more than 400 operators deep");
    expect_depth(400, "x", " is null", "", "", "more than 400 operators deep");
    expect_depth(400, "x", " == x", "", "", "more than 400 operators deep");
    expect_depth(400, "x", " in (x)", "", "", "more than 400 operators deep");
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) { /* to the longest text there can be */
        char *text = repeat(hostile[i][0], hostile[i][1], 65000 / (strlen(hostile[i][1]) + strlen(hostile[i][3])),
                            hostile[i][2], hostile[i][3]);
        const dk_expr *expr = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_int_equal(dk_expr_parse(context, text, &expr, &err), DK_ERR_SYNTAX);
        assert_int_equal(err.line, 1);
        assert_null(expr);
        free(text);
    }
}

static void long_chains_of_and_are_not_deep(void **state)
{
    char *text = repeat("x", " and x", 10000, "", "");
    const dk_expr *expr = parse(text);

    (void)state;
    assert_int_equal(dki_expr_root(expr)->n_children, 10001);
    assert_int_equal(dki_expr_root(expr)->depth, 2);
    dk_expr_release(expr);
    free(text);
}

static void long_texts_and_other_bytes_are_refused(void **state)
{
    char *text = repeat("", " ", 65535, "x", "");
    const dk_expr *expr = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_expr_parse(context, text, &expr, &err), &err);
    dk_expr_release(expr);
    expr = NULL;
    free(text);
    text = repeat("", " ", 65536, "x", "");
    assert_fails(dk_expr_parse(context, text, &expr, &err), &err, DK_ERR_SYNTAX,
                 "an expression has at most 65536 bytes, and this one has 65537");
    free(text);
    assert_fails(dk_expr_parse(context, "é == '\xFF'", &expr, &err), &err, DK_ERR_SYNTAX,
                 "byte 8 of the expression is no UTF-8");
    assert_int_equal(err.line, 1);
    assert_int_equal(err.column, 7);
    assert_null(expr);
}

/* Words in any order: a tree or a syntax error with a place, never anything else. */
static void random_words_end_in_a_tree_or_an_error(void **state)
{
    static const char *const words[] = { "a",       "b",       "1",  "0.5", "'t'",  "(",    ")",     ",",
                                         "+",       "-",       "*",  "/",   "==",   "~=",   "<",     "in",
                                         "between", "and",     "or", "not", "is",   "null", "true",  "where",
                                         "sum(",    "count()", "=",  "{",   "}",    "$p",   "`q r`", "total",
                                         "f(",      "..",      "//", "%",   "date", "x y" };
    uint64_t random = 88172645463325252u;
    int n_trees = 0;

    (void)state;
    for (int round = 0; round < 40000; round++) {
        char text[256] = "";
        const dk_expr *expr = NULL;
        dk_status status;
        dk_error err = DK_ERROR_INIT;
        unsigned n = 1 + (unsigned)round % 9;

        for (unsigned i = 0; i < n; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            strcat(strcat(text, words[random % (sizeof words / sizeof *words)]), " ");
        }
        status = dk_expr_parse(context, text, &expr, &err);
        if (status == DK_OK) {
            n_trees++;
            assert_true(dki_expr_root(expr)->at + dki_expr_root(expr)->size <= strlen(text));
        } else {
            assert_int_equal(status, DK_ERR_SYNTAX);
            assert_true(err.line == 1 && err.column >= 1 && err.column <= strlen(text) + 1);
        }
        dk_expr_release(expr);
    }
    assert_true(n_trees > 1000);
}

static void failing_memory_is_survived(void **state)
{
    const dk_expr *expr = NULL;
    char *text = repeat("n = case(a in (1, 2, 3, 4, 5), -b, x is not null and y or z, date '2024-01-01') + (sum(",
                        "q + ", 60, "q) where r) / count() where `s t` between 1 and $p", "");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, dk_expr_parse(context, text, &expr, &err), &err, expr == NULL,
                                   dk_expr_release(expr));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(leaves_are_what_they_say, start, stop),
        cmocka_unit_test_setup_teardown(precedence_is_as_documented, start, stop),
        cmocka_unit_test_setup_teardown(every_operator_has_its_node, start, stop),
        cmocka_unit_test_setup_teardown(and_and_or_are_one_node, start, stop),
        cmocka_unit_test_setup_teardown(where_limits_the_aggregates_before_it, start, stop),
        cmocka_unit_test_setup_teardown(a_name_may_stand_before_it, start, stop),
        cmocka_unit_test_setup_teardown(nodes_know_their_place, start, stop),
        cmocka_unit_test_setup_teardown(mistakes_are_shown_where_they_are, start, stop),
        cmocka_unit_test_setup_teardown(where_wants_an_aggregate, start, stop),
        cmocka_unit_test_setup_teardown(not_before_is_and_in_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(words_in_capitals_are_recognised, start, stop),
        cmocka_unit_test_setup_teardown(nesting_is_limited, start, stop),
        cmocka_unit_test_setup_teardown(long_chains_of_and_are_not_deep, start, stop),
        cmocka_unit_test_setup_teardown(long_texts_and_other_bytes_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(random_words_end_in_a_tree_or_an_error, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
