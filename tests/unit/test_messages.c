/* test_messages.c - what the language says of a mistake, whole: the message, the expression with its mark, the
 * hint.
 *
 * The tests of each part of the language check most messages; tests/messages.lua lists those of engine/expr that no
 * test has in it. Here stand the others.
 */
#include <dekking/aggregate.h>

#include "exprs.h"

struct mistake {
    const char *text;
    dk_status status;
    const char *message; /* as a user sees it */
};

static void assert_message(const char *text, dk_status status, const dk_error *err, const struct mistake *mistake)
{
    char message[2048];

    dk_error_format(err, message, sizeof message);
    if (status != mistake->status)
        fail_msg("%s: %s, not %s: %s", text, dk_status_name(status), dk_status_name(mistake->status), message);
    if (strcmp(message, mistake->message) != 0)
        fail_msg("%s gives\n%s\nand not\n%s", text, message, mistake->message);
}

static void assert_no_parse(const struct mistake *mistake)
{
    const dk_expr *expr = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_status status = dk_expr_parse(context, mistake->text, &expr, &err);

    assert_message(mistake->text, status, &err, mistake);
    assert_null(expr);
}

static void mistakes_of_signs_and_words(void **state)
{
    static const struct mistake mistakes[] = {
        { "x + 123456789012345678901234567890", DK_ERR_SYNTAX,
          "this number has more digits than an exact one can have\n"
          "  x + 123456789012345678901234567890\n"
          "      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^" },
        { "x < 1e999", DK_ERR_SYNTAX, "this number does not fit in a real\n  x < 1e999\n      ^^^^^" },
        { "x @ 3", DK_ERR_SYNTAX, "this character has no meaning here\n  x @ 3\n    ^" },
        { "x > 1 ? 3 : 4", DK_ERR_SYNTAX,
          "a choice is case(x > 1, a, b), and b where a is null is coalesce(a, b)\n  x > 1 ? 3 : 4\n        ^" },
        { "case when x > 3 then 1 end", DK_ERR_SYNTAX,
          "an operator or the end is expected here\n"
          "  case when x > 3 then 1 end\n"
          "       ^^^^ (a choice is case(x > 1, a, b): what holds, what then, and what else)" },
        { "prijs € > 3", DK_ERR_SYNTAX,
          "this character has no meaning here: names with other signs than letters stand in `backquotes`\n"
          "  prijs € > 3\n"
          "        ^" },
        { "x where x > 3", DK_ERR_SYNTAX,
          "there is no aggregate that this where could limit\n"
          "  x where x > 3\n"
          "    ^^^^^ (where limits count(), sum(x) and the like; a condition alone is written without it)" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        assert_no_parse(&mistakes[i]);
}

/* n times the text, then the end; the caller frees it. */
static char *repeated(size_t n, const char *text, const char *end)
{
    size_t size = strlen(text);
    char *out = malloc(n * size + strlen(end) + 1);

    assert_non_null(out);
    for (size_t i = 0; i < n; i++)
        memcpy(out + i * size, text, size);
    memcpy(out + n * size, end, strlen(end) + 1);
    return out;
}

static void assert_too_deep(char *text, const char *message)
{
    const dk_expr *expr = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_int_equal(dk_expr_parse(context, text, &expr, &err), DK_ERR_SYNTAX);
    if (strncmp(err.message, message, strlen(message)) != 0)
        fail_msg("%s, and not %s", err.message, message);
    assert_true(err.column >= 1);
    free(text);
}

/* 150 brackets and 400 operators are read, and one more is not. */
static void depth_has_an_end(void **state)
{
    char *text = repeated(150, "(", "1"), *all = repeated(150, ")", "");
    const dk_expr *expr;

    (void)state;
    text = realloc(text, 400);
    assert_non_null(text);
    strcat(text, all);
    dk_expr_release(parse(text));
    free(text);
    free(all);
    assert_too_deep(repeated(151, "(", "1"), "the expression is nested more than 150 deep\n");
    text = repeated(400, "1 + ", "1");
    expr = parse(text);
    dk_expr_release(expr);
    free(text);
    assert_too_deep(repeated(401, "1 + ", "1"), "the expression is more than 400 operators deep\n");
}

static void mistakes_of_types_and_rows(void **state)
{
    static const struct mistake mistakes[] = {
        { "previous(x) + 1", DK_ERR_ARGUMENT,
          "previous() looks at other rows\n"
          "  previous(x) + 1\n"
          "  ^^^^^^^^^^^ (it belongs in a window, not in another function of one: t:window { order = ..., \"name = "
          "previous(...)\" })" },
        { "label(c)", DK_ERR_TYPE,
          "label() wants a column with a code list, and this has none: t:with_levels { x = dk.codes { ... } } "
          "gives it "
          "one\n"
          "  label(c)\n"
          "        ^" },
        { "split_part(s, ',', 0)", DK_ERR_RANGE,
          "row 1: the parts of a text are counted from 1, or from -1 at the end\n"
          "  split_part(s, ',', 0)\n"
          "  ^^^^^^^^^^^^^^^^^^^^^" },
        { "regexp_extract(s, 'a(b)', x)", DK_ERR_ARGUMENT,
          "a capture is a whole number that stands there: 0 is the whole match\n"
          "  regexp_extract(s, 'a(b)', x)\n"
          "                            ^" },
        { "pattern_extract(s, '[^a]')", DK_ERR_ENCODING,
          "row 1: a match ends within a character: the pattern is \"[^a]\", the text \"aé,b\"\n"
          "  pattern_extract(s, '[^a]')\n"
          "  ^^^^^^^^^^^^^^^^^^^^^^^^^^ (Lua's patterns match bytes; the regexp functions match characters)" },
        { "regexp_replace(s, 'a', '$')", DK_ERR_ARGUMENT,
          "invalid use of '$' in replacement string\n"
          "  regexp_replace(s, 'a', '$')\n"
          "                          ^ ($1 or ${name} is a capture, $0 the whole match, $$ a dollar)" },
    };
    const dk_table *t = make_table(context, "x:integer s:text c:category\n1|aé,b|z\n");

    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const dk_expr *expr;
        const dk_column *column = NULL;
        dk_error err = DK_ERROR_INIT;
        dk_status status;

        expr = parse(mistakes[i].text);
        status = dk_table_eval(t, expr, NULL, &column, &err);
        assert_message(mistakes[i].text, status, &err, &mistakes[i]);
        assert_null(column);
        dk_expr_release(expr);
    }
    dk_table_release(t);
}

static void mistakes_of_names_of_aggregates(void **state)
{
    static const struct mistake mistakes[] = {
        { "2x", DK_ERR_ARGUMENT,
          "an aggregate's name is a word, and this is \"2x\" (letters, digits and _, beginning with a letter, and "
          "no word "
          "of the language)" },
        { "sum", DK_ERR_DUPLICATE, "the language has sum() already (give the aggregate another name)" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const dk_aggregate aggregate = { .name = mistakes[i].text };
        dk_error err = DK_ERROR_INIT;

        assert_message(mistakes[i].text, dk_aggregate_define(context, &aggregate, &err), &err, &mistakes[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(mistakes_of_signs_and_words, start, stop),
        cmocka_unit_test_setup_teardown(depth_has_an_end, start, stop),
        cmocka_unit_test_setup_teardown(mistakes_of_types_and_rows, start, stop),
        cmocka_unit_test_setup_teardown(mistakes_of_names_of_aggregates, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
