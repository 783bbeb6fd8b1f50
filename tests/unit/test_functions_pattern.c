/* test_functions_pattern.c - patterns in expressions: what they give, where they are wrong, how often they are
 * evaluated, and that a Lua pattern and the regular expression that means the same agree on generated texts.
 */
#include "exprs.h"

#include "expr/bound.h"
#include "expr/pattern_match.h"
#include "random.h"

static bool has_regexps;

static void matches_says_whether_a_pattern_is_found(void **state)
{
    const dk_table *t = make_table(context, "t:text p:text c:category\n"
                                            "6811AB|%d+|Arnhem\n"
                                            "6811|^%d%d%d%d%u%u$|Ede\n"
                                            "|^$|-\n"
                                            "-|a|Duiven\n"
                                            "x|-|Ede\n");

    (void)state;
    assert_string_equal(values_of(t, "pattern_matches(t, '^%d%d%d%d%u%u$')"), "true false false null false");
    assert_string_equal(values_of(t, "pattern_matches(t, p)"), "true false true null null");
    assert_string_equal(values_of(t, "pattern_matches(c, '^%u%l+$')"), "true true null true true");
    assert_string_equal(values_of(t, "pattern_matches(c, p)"), "false false null false null");
    assert_string_equal(values_of(t, "not pattern_matches(c, 'e$')"), "true false null true false");
    assert_string_equal(value("pattern_matches('a\\0b', 'a%zb')"), "boolean true");
    dk_table_release(t);
}

static void find_and_count_are_numbers(void **state)
{
    const dk_table *t = make_table(context, "t:text c:category\nénén|één\naaa|-\n-|Ede\n");

    (void)state;
    assert_string_equal(values_of(t, "pattern_find(t, 'n')"), "2 null null");
    assert_string_equal(values_of(t, "pattern_find(c, 'n$')"), "3 null null");
    assert_string_equal(values_of(t, "pattern_count(t, 'n')"), "2 0 null");
    assert_string_equal(values_of(t, "pattern_count(t, 'a-')"), "7 4 null"); /* an empty one at each byte */
    assert_string_equal(values_of(t, "pattern_count(c, 'n')"), "1 null 0");
    assert_string_equal(value("pattern_find('', '')"), "integer 1");
    dk_table_release(t);
}

static void extract_gives_a_capture(void **state)
{
    const dk_table *t = make_table(context, "t:text p:text c:category\n2024-03|(%d+)-(%d+)|a1\nx|(%d+)|b\n-|x|-\n");

    (void)state;
    assert_string_equal(values_of(t, "pattern_extract(t, '%d+')"), "2024 null null");
    assert_string_equal(values_of(t, "pattern_extract(t, '(%d+)-(%d+)')"), "2024 null null");
    assert_string_equal(values_of(t, "pattern_extract(t, '(%d+)-(%d+)', 2)"), "03 null null");
    assert_string_equal(values_of(t, "pattern_extract(t, '(%d+)-(%d+)', 0)"), "2024-03 null null");
    assert_string_equal(values_of(t, "pattern_extract(t, p, 1)"), "2024 null null");
    assert_string_equal(values_of(t, "pattern_extract(c, '%d')"), "1 null null");
    assert_string_equal(value("pattern_extract('één', '()n')"), "text 3");
    assert_string_equal(value("pattern_extract('', '()')"), "text 1");
    assert_string_equal(value("pattern_extract('', '')"), "text ");
    fails(t, "pattern_extract(t, '(%d+)', 2)", DK_ERR_RANGE, 29, "the pattern has 1 capture, and this is number 2");
    fails(t, "pattern_extract(t, '%d+', -1)", DK_ERR_ARGUMENT, 27, "a capture is a whole number that stands there");
    fails(t, "pattern_extract(t, '%d+', length(t))", DK_ERR_ARGUMENT, 27, "a capture is a whole number");
    fails(t, "pattern_extract(t, '%d+', 'jaar')", DK_ERR_ARGUMENT, 27, "a capture is a whole number");
    fails(t, "pattern_extract(t, p, 3)", DK_ERR_RANGE, 1,
          "row 1: there is no capture 3: the pattern is \"(%d+)-(%d+)\", the text \"2024-03\"");
    dk_table_release(t);
}

static void replace_changes_every_match(void **state)
{
    const dk_table *t =
        make_table(context, "t:text p:text r:text c:category\na1b22|%d+|<%0>|a1\nxx|x-|%%|-\n-|a|b|b\n");

    (void)state;
    assert_string_equal(values_of(t, "pattern_replace(t, '%d+', '<%0>')"), "a<1>b<22> xx null");
    assert_string_equal(values_of(t, "pattern_replace(t, p, r)"), "a<1>b<22> %x%x% null");
    assert_string_equal(values_of(t, "pattern_replace(c, '%d', '')"), "a null b");
    assert_string_equal(value("pattern_replace('één twee', '(%S+) (%S+)', '%2 %1')"), "text twee één");
    assert_string_equal(value("pattern_replace('één', '()n', '%1')"), "text éé3");
    assert_string_equal(value("pattern_replace('abc', '%w', '%1')"), "text abc");
    assert_string_equal(value("pattern_replace('', '', 'x')"), "text x");
    fails(t, "pattern_replace(t, '(x)', '-%2')", DK_ERR_ARGUMENT, 29,
          "invalid capture index %2\n  pattern_replace(t, '(x)', '-%2')\n                              ^");
    fails(t, "pattern_replace(t, 'x', 'a%')", DK_ERR_ARGUMENT, 27, "invalid use of '%' in replacement string");
    fails(t, "pattern_replace(t, '1', '%' .. r)", DK_ERR_ARGUMENT, 1,
          "row 1: invalid use of '%' in replacement string: the pattern is \"1\", the text \"a1b22\"");
    dk_table_release(t);
}

static void malformed_patterns_are_marked_within_the_expression(void **state)
{
    const dk_table *t = make_table(context, "t:text p:text\na|a\nb|[a\n");
    const dk_params params = {
        .n = 1, .items = &(dk_param){ .name = "p", .value = { .type = DK_TEXT, .as.text = { "a[b", 3 } } }
    };

    (void)state;
    fails(t, "pattern_matches(t, 'ab[c')", DK_ERR_ARGUMENT, 23,
          "malformed pattern (missing ']')\n  pattern_matches(t, 'ab[c')\n                        ^");
    fails(t, "t == 'a' and pattern_matches(t, ((\"é%\")))", DK_ERR_ARGUMENT, 37,
          "malformed pattern (ends with '%')");
    fails(t, "pattern_matches(t, '\\u{E9}\\x61\\65)')", DK_ERR_ARGUMENT, 34, "invalid pattern capture");
    fails(t, "pattern_matches(t, 'a\\z  b)')", DK_ERR_ARGUMENT, 27, "invalid pattern capture");
    fails(t, "pattern_find(t, 'a(b')", DK_ERR_ARGUMENT, 19, "unfinished capture");
    fails(t, "pattern_count(t, 'a' .. '[')", DK_ERR_ARGUMENT, 18,
          "malformed pattern (missing ']')\n  pattern_count(t, 'a' .. '[')\n                   ^^^^^^^^^^");
    fails_with(t, "pattern_matches(t, $p)", &params, DK_ERR_ARGUMENT, 20, "malformed pattern (missing ']')");
    /* also where no row comes, and where one does: the first row at fault */
    fails(t, "false and pattern_matches(t, '[')", DK_ERR_ARGUMENT, 31, "missing ']'");
    fails(t, "pattern_matches(t, p)", DK_ERR_ARGUMENT, 1,
          "row 2: malformed pattern (missing ']'): the pattern is \"[a\", the text \"b\"");
    assert_string_equal(values_of(t, "p ~= '[a' and pattern_matches(t, p)"), "true false");
    fails(t, "pattern_matches(1, 'a')", DK_ERR_TYPE, 17, "pattern_matches() wants a text, and this is integer");
    dk_table_release(t);
}

/* A pattern of bytes may cut a character in two; the text that comes of it would be none. */
static void matches_end_between_characters(void **state)
{
    const dk_table *t = make_table(context, "t:text\nabc\né\n");

    (void)state;
    fails(t, "pattern_extract(t, '.')", DK_ERR_ENCODING, 1,
          "row 2: a match ends within a character: the pattern is \".\", the text \"é\"");
    fails(t, "pattern_replace(t, '^.', '')", DK_ERR_ENCODING, 1,
          "(Lua's patterns match bytes; the regexp functions match");
    fails(t, "pattern_replace(t, '(.).', '%1')", DK_ERR_ENCODING, 1, "row 2: a match ends within a character");
    fails(t, "pattern_find(t, '[^\\u{C3}]$')", DK_ERR_ENCODING, 1, "row 2: a match ends within a character");
    assert_string_equal(values_of(t, "pattern_extract(t, '.+')"), "abc é");
    assert_string_equal(values_of(t, "pattern_matches(t, '^..$')"), "false true");
    dk_table_release(t);
}

static void letters_in_a_set_of_a_lua_pattern_are_noted(void **state)
{
    const dk_table *t = make_table(context, "t:text\nabc\n");
    static const char *const texts[][2] = {
        { "pattern_matches(t, '[éè]')",
          "pattern_matches() takes single bytes of the letters in \"[éè]\"; regexp_matches() takes letters" },
        { "pattern_replace(t, 'é+', '')",
          "pattern_replace() takes single bytes of the letters in \"é+\"; regexp_replace() takes letters" },
        { "pattern_matches(t, 'é[^a]')", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const dk_expr *expr = parse(texts[i][0]);
        dki_scope scope = { .table = t };
        dki_bound *bound = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dki_bind(&scope, expr, dki_expr_root(expr), &bound, &err), &err);
        assert_int_equal(dki_bound_n_notes(bound), texts[i][1] != NULL);
        if (texts[i][1])
            assert_string_equal(dki_bound_note(bound, 0), texts[i][1]);
        dki_bound_release(bound);
        dk_expr_release(expr);
    }
    dk_table_release(t);
}

static void hostile_patterns_name_the_row(void **state)
{
    const dk_table *t = make_table(context, "n:integer\n1\n2\n");
    char text[3000];
    dk_param param = { .name = "t", .value = { .type = DK_TEXT, .as.text = { text, sizeof text } } };
    const dk_params params = { .n = 1, .items = &param };

    (void)state;
    memset(text, 'a', sizeof text);
    fails_with(
        t, "n == 2 and pattern_matches($t, '.-.-.-.-.-b')", &params, DK_ERR_LIMIT, 12,
        "row 2: the pattern takes more than 10000000 steps: the pattern is \".-.-.-.-.-b\", the text \"aaaa");
    if (has_regexps)
        fails_with(t, "n == 2 and regexp_matches($t, '^(a+)+[bc]$')", &params, DK_ERR_LIMIT, 12,
                   "row 2: the regular expression takes more than 1000000 steps: the pattern is \"^(a+)+[bc]$\"");
    dk_table_release(t);
}

static void regular_expressions_match_characters(void **state)
{
    const dk_table *t;

    (void)state;
    if (!has_regexps)
        skip();
    t = make_table(context, "t:text p:text c:category\n"
                            "Één 2024-03|(?i)^é|Arnhem\n"
                            "x|(x)(y)?|ede\n"
                            "-|a|-\n");
    assert_string_equal(values_of(t, "regexp_matches(t, '^.{3} ')"), "true false null");
    assert_string_equal(values_of(t, "regexp_matches(t, p)"), "true true null");
    assert_string_equal(values_of(t, "regexp_matches(c, '(?i)^E')"), "false true null");
    assert_string_equal(values_of(t, "regexp_find(t, '[0-9]')"), "5 null null");
    assert_string_equal(values_of(t, "regexp_count(t, '.')"), "11 1 null");
    assert_string_equal(values_of(t, "regexp_extract(t, '([0-9]+)-([0-9]+)', 2)"), "03 null null");
    assert_string_equal(values_of(t, "regexp_extract(t, '(?<jaar>[0-9]+)-([0-9]+)', 'jaar')"), "2024 null null");
    assert_string_equal(values_of(t, "regexp_extract(t, '(z)?x')"), "null null null"); /* took no part */
    assert_string_equal(values_of(t, "regexp_extract(t, '(z)?x', 0)"), "null x null");
    assert_string_equal(values_of(t, "regexp_extract(t, p)"), "É x null");
    assert_string_equal(values_of(t, "regexp_replace(t, '([0-9]+)-([0-9]+)', '$2/${1}')"), "Één 03/2024 x null");
    assert_string_equal(values_of(t, "regexp_replace(t, '(?<a>x)(y)?', '<${a}$2>$$')"), "Één 2024-03 <x>$ null");
    assert_string_equal(values_of(t, "regexp_replace(c, '^(.)', '$0.')"), "A.rnhem e.de null");
    assert_string_equal(value("regexp_replace('baac', 'a*', '-')"), "text -b--c-");
    fails(t, "regexp_matches(t, 'ab(c')", DK_ERR_ARGUMENT, 24,
          "missing closing parenthesis\n  regexp_matches(t, 'ab(c')\n                         ^");
    fails(t, "regexp_replace(t, 'a', 'x${m}')", DK_ERR_ARGUMENT, 26, "the regular expression has no capture m");
    fails(t, "regexp_replace(t, 'a', '$1')", DK_ERR_ARGUMENT, 25, "invalid capture index $1");
    fails(t, "regexp_replace(t, 'a', 'x$')", DK_ERR_ARGUMENT, 26, "invalid use of '$' in replacement string");
    fails(t, "regexp_replace(t, 'a', '${')", DK_ERR_ARGUMENT, 25, "invalid use of '$' in replacement string");
    fails(t, "regexp_extract(t, '(?<a>x)', 'b')", DK_ERR_NAME, 30,
          "the regular expression has no capture of that name");
    fails(t, "regexp_extract(t, p, 'a')", DK_ERR_ARGUMENT, 22, "a capture is a whole number");
    fails(t, "regexp_matches(t, t .. '(')", DK_ERR_ARGUMENT, 1,
          "row 1: missing closing parenthesis: the pattern is \"");
    dk_table_release(t);
}

/* How often ---------------------------------------------------------------------------------------------------- */

static void counted(const dk_table *t, const char *text, uint64_t compiled, uint64_t matched)
{
    dki_pattern_counts = (struct dki_pattern_counts){ 0, 0 };
    (void)values_of(t, text);
    if (dki_pattern_counts.compiled != compiled || dki_pattern_counts.matched != matched)
        fail_msg("%s: %llu compiled, %llu matched", text, (unsigned long long)dki_pattern_counts.compiled,
                 (unsigned long long)dki_pattern_counts.matched);
}

static void categories_are_matched_once_for_each_level(void **state)
{
    char rows[4000] = "c:category t:text p:text q:category\n";
    const dk_table *t;

    (void)state;
    for (int i = 0; i < 200; i++)
        (void)snprintf(rows + strlen(rows), sizeof rows - strlen(rows), "%c|%c|^%c|%c+\n", 'a' + i % 5, 'a' + i % 7,
                       'a' + i % 3, 'a' + i % 2);
    t = make_table(context, rows);
    dk_set_threads(1);
    /* null is a level of its own, and never matched */
    counted(t, "pattern_matches(c, '[ab]')", 1, 5);
    counted(t, "pattern_extract(c, '[ab]')", 1, 5);
    counted(t, "pattern_replace(c, '[ab]', '-')", 1, 5);
    counted(t, "pattern_find(c, '[ab]')", 1, 5);
    counted(t, "pattern_count(c, '[ab]') > 0 and pattern_matches(upper(c), 'A')", 2, 10);
    /* a text once for each row; its pattern is compiled once, a row's own once for each that there is */
    counted(t, "pattern_matches(t, '[ab]')", 1, 200);
    counted(t, "pattern_matches(t, p)", 3, 200);
    counted(t, "pattern_matches(c, q)", 2, 10); /* once for each pair of levels: they are few beside the rows */
    counted(t, "pattern_matches('abc', q)", 2, 2);
    if (has_regexps) {
        counted(t, "regexp_matches(c, '[ab]')", 1, 5);
        counted(t, "regexp_count(c, '[ab]')", 1, 5);
        counted(t, "regexp_matches(t, p)", 3, 200);
    }
    dk_context_set_block_rows(context, 7); /* over many blocks */
    counted(t, "pattern_matches(t, p)", 3, 200);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_table_release(t);
}

/* More patterns than are kept: each has its place, or takes that of another. */
static void many_patterns_give_way_to_one_another(void **state)
{
    char *rows = malloc(1 << 16);
    char *wanted = malloc(1 << 16);
    const dk_table *t;

    (void)state;
    strcpy(rows, "t:text p:text\n");
    wanted[0] = '\0';
    for (int i = 0; i < 1500; i++) {
        (void)snprintf(rows + strlen(rows), 100, "x%d|^x%d$\n", i % 331, (i * 7) % 331);
        strcat(wanted, i % 331 == i * 7 % 331 ? "true " : "false ");
    }
    wanted[strlen(wanted) - 1] = '\0';
    t = make_table(context, rows);
    assert_string_equal(values_of(t, "pattern_matches(t, p)"), wanted);
    dk_set_threads(2);
    dk_context_set_block_rows(context, 64);
    assert_string_equal(values_of(t, "pattern_matches(t, p)"), wanted);
    if (has_regexps)
        assert_string_equal(values_of(t, "regexp_matches(t, p)"), wanted);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_table_release(t);
    free(rows);
    free(wanted);
}

/* Beside one another ------------------------------------------------------------------------------------------- */

/* A pattern in both languages. */
static void make_both(char *lua, char *regexp)
{
    static const char *const singles[][2] = {
        { "a", "a" },
        { "b", "b" },
        { "%a", "[A-Za-z]" },
        { "%d", "[0-9]" },
        { "%s", "[ \\t\\n\\v\\f\\r]" },
        { "%w", "[A-Za-z0-9]" },
        { "%p", "[!-/:-@\\[-`{-~]" },
        { "%u", "[A-Z]" },
        { "%l", "[a-z]" },
        { ".", "(?s:.)" },
        { "[ab]", "[ab]" },
        { "[^a]", "[^a]" },
        { "[a-c1]", "[a-c1]" },
        { "%.", "\\." },
        { "%-", "-" },
        { "%W", "[^A-Za-z0-9]" },
        { "%D", "[^0-9]" },
        { "[%d_]", "[0-9_]" },
        { "[^%s]", "[^ \\t\\n\\v\\f\\r]" },
    };
    static const char *const signs[][2] = { { "*", "*" }, { "+", "+" }, { "-", "*?" }, { "?", "?" } };
    size_t n = 1 + random_below(5), open = 0, closed = 0;

    lua[0] = regexp[0] = '\0';
    if (random_below(5) == 0) {
        strcat(lua, "^");
        strcat(regexp, "^");
    }
    for (size_t i = 0; i < n; i++) {
        size_t k = random_below(sizeof singles / sizeof *singles), sign = random_below(8);

        if (random_below(6) == 0) {
            strcat(lua, "(");
            strcat(regexp, "(");
            open++;
        }
        strcat(lua, singles[k][0]);
        strcat(regexp, singles[k][1]);
        if (sign < 4) {
            strcat(lua, signs[sign][0]);
            strcat(regexp, signs[sign][1]);
        }
        if (open > 0 && random_below(3) == 0) {
            strcat(lua, ")");
            strcat(regexp, ")");
            open--;
            closed++;
        }
        if (closed > 0 && open == 0 && random_below(6) == 0) {
            strcat(lua, "%1");
            strcat(regexp, "\\1");
        }
    }
    for (; open > 0; open--) {
        strcat(lua, ")");
        strcat(regexp, ")");
    }
    if (random_below(5) == 0) {
        strcat(lua, "$");
        strcat(regexp, "\\z");
    }
}

static const dk_table *two_patterns(unsigned rows)
{
    static const char letters[] = "aab1_ .-B";
    char *text = malloc(rows * 400 + 100);
    size_t used = (size_t)sprintf(text, "s:text p:text r:text\n");
    const dk_table *t;

    for (unsigned i = 0; i < rows; i++) {
        char lua[150], regexp[150];
        size_t n = random_below(9);

        make_both(lua, regexp);
        text[used++] = 'a';
        for (size_t k = 0; k < n; k++)
            text[used++] = letters[random_below(sizeof letters - 1)];
        used += (size_t)sprintf(text + used, "|%s|(?:)%s\n", lua, regexp);
    }
    t = make_table(context, text);
    free(text);
    return t;
}

static void lua_patterns_and_regular_expressions_agree(void **state)
{
    static const char *const same[] = {
        "pattern_matches(s, p) == regexp_matches(s, r)",
        "coalesce(pattern_find(s, p), -1) == coalesce(regexp_find(s, r), -1)",
        "coalesce(pattern_extract(s, p), '-none-') == coalesce(regexp_extract(s, r), '-none-')",
        "coalesce(pattern_extract(s, p, 0), '-none-') == coalesce(regexp_extract(s, r, 0), '-none-')",
        /* where nothing is empty, matches follow one another in the same way */
        "pattern_replace(s, p .. 'a', '<%0>') == regexp_replace(s, r .. 'a', '<$0>')",
        "pattern_count(s, p .. 'a') == regexp_count(s, r .. 'a')",
    };
    unsigned rounds = random_rounds(150);

    (void)state;
    if (!has_regexps)
        skip();
    for (unsigned i = 0; i < rounds; i++) {
        const dk_table *t = two_patterns(100);

        for (size_t k = 0; k < sizeof same / sizeof *same; k++) {
            const char *all = values_of(t, same[k]);

            if (strstr(all, "false") != NULL) {
                char text[400];

                (void)snprintf(text, sizeof text, "case(not (%s), '<' .. s .. '> <' .. p .. '> <' .. r .. '>', '')",
                               same[k]);
                fail_msg("%s: %s", same[k], values_of(t, text));
            }
        }
        assert_non_null(strstr(values_of(t, "pattern_matches(s, p)"), "true"));
        dk_table_release(t);
    }
}

/* Memory ------------------------------------------------------------------------------------------------------- */

static dk_status evaluate(const dk_table *t, const char *text, const dk_column **out, dk_error *err)
{
    const dk_expr *expr = NULL;
    dk_status status = dk_expr_parse(context, text, &expr, err);

    if (status == DK_OK)
        status = dk_table_eval(t, expr, NULL, out, err);
    dk_expr_release(expr);
    return status;
}

static void memory_that_fails_is_given_back(void **state)
{
    const dk_table *t = make_table(context, "t:text p:text c:category\na1|%d|x\nb|[ab]|y\n-|(a)|-\n");
    static const char *const texts[] = {
        "pattern_replace(t, p, '-') .. pattern_extract(c, '(.)')",
        "pattern_find(c, 'x') + length(c)",
        "replace(t, 'a', 'bb') .. sub(title(t), 1, 1) .. pad_left(unaccent(t), 9)",
        "casefold(t) .. normalize(t, 'NFD')",
        "regexp_replace(t, p, '-') .. regexp_extract(c, '(.)')",
        "regexp_count(c, '[x]')",
    };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && (i < 4 || has_regexps); i++) {
        const dk_column *out = NULL;

        assert_survives_failing_memory(context, evaluate(t, texts[i], &out, &err), &err, out == NULL,
                                       dk_column_release(out));
    }
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(matches_says_whether_a_pattern_is_found, start, stop),
        cmocka_unit_test_setup_teardown(find_and_count_are_numbers, start, stop),
        cmocka_unit_test_setup_teardown(extract_gives_a_capture, start, stop),
        cmocka_unit_test_setup_teardown(replace_changes_every_match, start, stop),
        cmocka_unit_test_setup_teardown(malformed_patterns_are_marked_within_the_expression, start, stop),
        cmocka_unit_test_setup_teardown(matches_end_between_characters, start, stop),
        cmocka_unit_test_setup_teardown(letters_in_a_set_of_a_lua_pattern_are_noted, start, stop),
        cmocka_unit_test_setup_teardown(hostile_patterns_name_the_row, start, stop),
        cmocka_unit_test_setup_teardown(regular_expressions_match_characters, start, stop),
        cmocka_unit_test_setup_teardown(categories_are_matched_once_for_each_level, start, stop),
        cmocka_unit_test_setup_teardown(many_patterns_give_way_to_one_another, start, stop),
        cmocka_unit_test_setup_teardown(lua_patterns_and_regular_expressions_agree, start, stop),
        cmocka_unit_test_setup_teardown(memory_that_fails_is_given_back, start, stop),
    };
    dk_error err = DK_ERROR_INIT;

    has_regexps = dki_regexp_find_library("this test", &err) == DK_OK;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
