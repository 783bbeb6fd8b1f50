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
    assert_string_equal(value("trim('')"), "text ");
    assert_string_equal(value("trim(' \\n ')"), "text ");
    assert_string_equal(value("trim('ab')"), "text ab");
    assert_string_equal(value("length(trim(' \\0 '))"), "integer 1"); /* a zero byte is no blank */
    assert_string_equal(value("length(trim('\u00A0a\u00A0'))"),
                        "integer 3"); /* nor one that keeps words together */
}

static void parts_of_texts_are_found(void **state)
{
    const dk_table *t = make_table(
        context, "t:text p:text c:category\nArnhem|hem|Arnhem-Zuid\nhem|hem|-\nhe|hem|hemd\n|é|é\n-|a|b\n");

    (void)state;
    assert_string_equal(values_of(t, "starts_with(t, p)"), "false true false false null");
    assert_string_equal(values_of(t, "ends_with(t, p)"), "true true false false null");
    assert_string_equal(values_of(t, "contains(t, p)"), "true true false false null");
    assert_string_equal(values_of(t, "contains(c, p)"), "true null true true false");
    assert_string_equal(values_of(t, "starts_with(c, 'Arnhem')"), "true null false false false");
    assert_string_equal(values_of(t, "contains(t, '')"), "true true true true null");
    assert_string_equal(values_of(t, "starts_with('', t)"), "false false false true null");
    assert_string_equal(value("contains('a\\0b', '\\0b')"), "boolean true");
    assert_string_equal(value("ends_with('aab', 'ab')"), "boolean true");
    assert_string_equal(value("contains('abc', 'B')"), "boolean false"); /* the size of letters counts */
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
    fails(t, "contains('a', n)", DK_ERR_TYPE, 15, "contains() wants a text, and this is integer");
    fails(t, "trim(true)", DK_ERR_TYPE, 6, "trim() wants a text, and this is boolean");
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(letters_change_size_one_by_one, start, stop),
        cmocka_unit_test_setup_teardown(length_counts_characters, start, stop),
        cmocka_unit_test_setup_teardown(trim_takes_blanks_from_both_ends, start, stop),
        cmocka_unit_test_setup_teardown(parts_of_texts_are_found, start, stop),
        cmocka_unit_test_setup_teardown(texts_are_joined, start, stop),
        cmocka_unit_test_setup_teardown(other_types_are_refused, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
