/* test_functions_text.c - functions of texts: letters of any script, empty texts, zero bytes. */
#include "exprs.h"

static void letters_change_size_one_by_one(void **state)
{
    const dk_table *t = make_table(context, "t:text c:category\nÉÉN|Arnhem\nĲsselstein|ĲSSEL\n|-\n-|a\n");

    (void)state;
    assert_string_equal(value("lower('ÀÉÎÕÜ ΑΒΓ ДЖ 123 \u0130')"), "text àéîõü αβγ дж 123 i");
    assert_string_equal(value("upper('àéîõü αβγ дж 123 ß')"), "text ÀÉÎÕÜ ΑΒΓ ДЖ 123 ẞ");
    assert_string_equal(value("upper('ﬁ')"), "text ﬁ"); /* one character stays one */
    assert_string_equal(value("lower('')"), "text ");
    assert_string_equal(value("upper('\U00010428')"), "text \U00010400");
    assert_string_equal(values_of(t, "lower(t)"), "één ĳsselstein  null");
    assert_string_equal(values_of(t, "upper(c)"), "ARNHEM ĲSSEL null A");
    assert_string_equal(values_of(t, "lower(c) == 'ĳssel'"), "false true null false");
    dk_table_release(t);
}

static void length_counts_characters(void **state)
{
    (void)state;
    assert_string_equal(value("length('')"), "integer 0");
    assert_string_equal(value("length('één')"), "integer 3");
    assert_string_equal(value("length('\U0001F600')"), "integer 1");
    assert_string_equal(value("length('e\u0301')"), "integer 2"); /* a letter and a mark are two */
    assert_string_equal(value("length('a\\0b')"), "integer 3");
    assert_string_equal(value("length(' a ')"), "integer 3");
}

static void trim_takes_blanks_from_both_ends(void **state)
{
    (void)state;
    assert_string_equal(value("trim('  a b \\t\\r\\n')"), "text a b");
    assert_string_equal(value("trim_left('  a b  ') .. '|'"), "text a b  |");
    assert_string_equal(value("trim_right('  a b \\n') .. '|'"), "text   a b|");
    assert_string_equal(value("trim_left('') .. trim_right(' ')"), "text ");
    assert_string_equal(value("trim('')"), "text ");
    assert_string_equal(value("trim(' \\n ')"), "text ");
    assert_string_equal(value("trim('ab')"), "text ab");
    assert_string_equal(value("length(trim(' \\0 '))"), "integer 1"); /* a zero byte is no blank */
    assert_string_equal(value("length(trim('\u00A0a\u00A0'))"),
                        "integer 3"); /* nor one that keeps words together */
}

/* Lua and C have no rule for one letter that becomes two; who wants it folds. */
static void letters_that_would_become_two_stay_one(void **state)
{
    (void)state;
    assert_string_equal(value("upper('Straße')"), "text STRAẞE");
    assert_string_equal(value("lower('STRAẞE')"), "text straße");
    assert_string_equal(value("lower('İI')"), "text ii");
    assert_string_equal(value("upper('ıi')"), "text II");
    assert_string_equal(value("upper('ŉ')"), "text ŉ");
    assert_string_equal(value("lower('Σ')"), "text σ");
}

static void titles_have_a_capital_in_front_of_each_word(void **state)
{
    const dk_table *t = make_table(context, "c:category\nden-haag\nÉÉN-TWEE\n-\n");

    (void)state;
    assert_string_equal(values_of(t, "title(c)"), "Den-Haag Één-Twee null");
    assert_string_equal(value("title(\"'s-hertogenbosch en 't HARDE\")"), "text 's-Hertogenbosch En 't Harde");
    assert_string_equal(value("title('o\\u{2019}BRIEN 3e ǆ')"), "text O\u2019brien 3e ǅ");
    assert_string_equal(value("title('e\\u{301}a  b')"), "text E\u0301a  B");
    assert_string_equal(value("title('')"), "text ");
    dk_table_release(t);
}

/* Expected values are those of Python's str.casefold. */
static void casefold_makes_equal_what_differs_in_case(void **state)
{
    (void)state;
    assert_string_equal(value("casefold('Straße ẞ')"), "text strasse ss");
    assert_string_equal(value("casefold('İ')"), "text i\u0307");
    assert_string_equal(value("casefold('ﬁ Ĳ')"), "text fi ĳ");
    assert_string_equal(value("casefold('Σς')"), "text σσ");
    assert_string_equal(value("casefold('ŉ')"), "text \u02BCn");
    assert_string_equal(value("casefold('ΐ')"), "text \u03B9\u0308\u0301");
    assert_string_equal(value("casefold('')"), "text ");
    assert_string_equal(value("casefold('ARNHEM') == casefold('arnhem')"), "boolean true");
}

/* Expected values are those of Python's unicodedata. */
static void normalize_brings_to_a_form(void **state)
{
    static const char text[] = "e\u0301\u1E9B\u0323\uFB01\uAC01\u2126\u00BD";
    static const char *const wanted[][2] = {
        { "NFC", "\u00E9\u1E9B\u0323\uFB01\uAC01\u03A9\u00BD" },
        { "NFD", "e\u0301\u017F\u0323\u0307\uFB01\u1100\u1161\u11A8\u03A9\u00BD" },
        { "NFKC", "\u00E9\u1E69fi\uAC01\u03A9"
                  "1\u2044"
                  "2" },
        { "NFKD", "e\u0301s\u0323\u0307fi\u1100\u1161\u11A8\u03A9"
                  "1\u2044"
                  "2" },
    };
    const dk_table *t = make_table(context, "t:text c:category\ne\u0301|é\n-|e\u0301\n");
    char expression[200], shown[200];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(expression, sizeof expression, "normalize('%s', '%s')", text, wanted[i][0]);
        (void)snprintf(shown, sizeof shown, "text %s", wanted[i][1]);
        assert_string_equal(value(expression), shown);
    }
    assert_string_equal(values_of(t, "length(normalize(t))"), "1 null");
    assert_string_equal(values_of(t, "normalize(c) == 'é'"), "true true");
    assert_string_equal(value("normalize('abc\\0d', 'NFD')"), "text abc"); /* shown up to the zero byte */
    assert_string_equal(value("length(normalize('é\\0d', 'NFD'))"), "integer 4");
    fails(t, "normalize(t, 'NFX')", DK_ERR_ARGUMENT, 14, "the form is 'NFC', 'NFD', 'NFKC' or 'NFKD'");
    fails(t, "normalize(t, c)", DK_ERR_ARGUMENT, 14, "the form is");
    fails(t, "normalize(t, null)", DK_ERR_ARGUMENT, 14, "the form is");
    fails(t, "normalize(t, 1)", DK_ERR_TYPE, 14, "normalize() wants a text, and this is integer");
    dk_table_release(t);
}

static void unaccent_takes_marks_away(void **state)
{
    (void)state;
    assert_string_equal(value("unaccent('Één Ångström naïef ñ Ǖ')"), "text Een Angstrom naief n U");
    assert_string_equal(value("unaccent('e\u0301')"), "text e");
    assert_string_equal(value("unaccent('Łódź ø')"), "text Łodz ø"); /* a stroke is no mark */
    assert_string_equal(value("unaccent('abc')"), "text abc");
}

static void graphemes_counts_what_readers_see(void **state)
{
    const dk_table *t = make_table(context, "c:category\nabc\ne\u0301é\n-\n");

    (void)state;
    assert_string_equal(values_of(t, "graphemes(c)"), "3 2 null");
    assert_string_equal(value("graphemes('')"), "integer 0");
    assert_string_equal(value("graphemes('\U0001F468\u200D\U0001F469\u200D\U0001F467')"),
                        "integer 1"); /* a family */
    assert_string_equal(value("graphemes('\U0001F1F3\U0001F1F1\U0001F1E7\U0001F1EA')"),
                        "integer 2"); /* two flags */
    assert_string_equal(value("graphemes('a\\r\\nb')"), "integer 3");
    dk_table_release(t);
}

static void texts_are_joined(void **state)
{
    const dk_table *t = make_table(context, "t:text c:category n:integer\na|x|1\n|y|2\n-|z|3\nb|-|4\n");

    (void)state;
    assert_string_equal(values_of(t, "t .. '-' .. c"), "a-x -y null null");
    assert_string_equal(values_of(t, "c .. c"), "xx yy zz null");
    assert_string_equal(values_of(t, "'nr ' .. text(n)"), "nr 1 nr 2 nr 3 nr 4");
    assert_string_equal(values_of(t, "length('' .. t)"), "1 0 null 1");
    fails(t, "t .. n", DK_ERR_TYPE, 6,
          ".. wants a text, and this is integer\n  t .. n\n       ^ (text(x) makes a text of any value)");
    dk_table_release(t);
}

static void other_types_are_refused(void **state)
{
    const dk_table *t = make_table(context, "n:integer d:date\n1|2024-01-01\n");

    (void)state;
    fails(t, "lower(n)", DK_ERR_TYPE, 7, "lower() wants a text, and this is integer");
    fails(t, "length(d)", DK_ERR_TYPE, 8, "length() wants a text, and this is date");
    fails(t, "graphemes(n)", DK_ERR_TYPE, 11, "graphemes() wants a text, and this is integer");
    fails(t, "trim(true)", DK_ERR_TYPE, 6, "trim() wants a text, and this is boolean");
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(letters_change_size_one_by_one, start, stop),
        cmocka_unit_test_setup_teardown(length_counts_characters, start, stop),
        cmocka_unit_test_setup_teardown(trim_takes_blanks_from_both_ends, start, stop),
        cmocka_unit_test_setup_teardown(letters_that_would_become_two_stay_one, start, stop),
        cmocka_unit_test_setup_teardown(titles_have_a_capital_in_front_of_each_word, start, stop),
        cmocka_unit_test_setup_teardown(casefold_makes_equal_what_differs_in_case, start, stop),
        cmocka_unit_test_setup_teardown(normalize_brings_to_a_form, start, stop),
        cmocka_unit_test_setup_teardown(unaccent_takes_marks_away, start, stop),
        cmocka_unit_test_setup_teardown(graphemes_counts_what_readers_see, start, stop),
        cmocka_unit_test_setup_teardown(texts_are_joined, start, stop),
        cmocka_unit_test_setup_teardown(other_types_are_refused, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
