/* test_functions_part.c - parts of texts: places in characters, from both ends, and what lies outside. */
#include "exprs.h"

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

static void find_counts_characters(void **state)
{
    const dk_table *t = make_table(context, "t:text c:category\nArnhem|één\nénh|Ede\n|-\n-|é\n");

    (void)state;
    assert_string_equal(values_of(t, "find(t, 'nh')"), "3 2 null null");
    assert_string_equal(values_of(t, "find(c, 'n')"), "3 null null null");
    assert_string_equal(values_of(t, "find(t, '')"), "1 1 1 null");
    assert_string_equal(values_of(t, "find(c, 'é') is null"), "false true true false");
    assert_string_equal(value("find('\U0001F600a', 'a')"), "integer 2");
    assert_string_equal(value("find('a\\0b', 'b')"), "integer 3");
    assert_string_equal(value("find('', '')"), "integer 1");
    assert_string_equal(value("find('', 'a')"), "integer null");
    dk_table_release(t);
}

static void replace_takes_all_that_do_not_overlap(void **state)
{
    const dk_table *t = make_table(context, "t:text c:category\naXbXX|Den Haag\n|-\n-|Ede\n");

    (void)state;
    assert_string_equal(values_of(t, "replace(t, 'X', '--')"), "a--b----  null");
    assert_string_equal(values_of(t, "replace(t, 'X', '')"), "ab  null");
    assert_string_equal(values_of(t, "replace(c, ' ', '')"), "DenHaag null Ede");
    assert_string_equal(value("replace('aaa', 'aa', 'b')"), "text ba");
    assert_string_equal(value("replace('abc', '', 'x')"), "text abc");
    assert_string_equal(value("replace('a.c%1', '.', '%1')"), "text a%1c%1"); /* no patterns */
    assert_string_equal(value("replace('één', 'é', 'e')"), "text een");
    dk_table_release(t);
}

/* As string.sub, where characters are bytes. */
static void sub_counts_from_both_ends(void **state)
{
    static const char *const wanted[][2] = {
        { "2", "rnhem" },
        { "2, 4", "rnh" },
        { "-3", "hem" },
        { "-3, -2", "he" },
        { "0", "Arnhem" },
        { "0, 0", "" },
        { "7", "" },
        { "6", "m" },
        { "-9", "Arnhem" },
        { "-9, 2", "Ar" },
        { "2, -9", "" },
        { "4, 2", "" },
        { "1, 99", "Arnhem" },
        { "6, 6", "m" },
        { "-9223372036854775807, 9223372036854775807", "Arnhem" },
        { "9223372036854775807", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        char text[100], shown[100];

        (void)snprintf(text, sizeof text, "sub('Arnhem', %s)", wanted[i][0]);
        (void)snprintf(shown, sizeof shown, "text %s", wanted[i][1]);
        if (strcmp(value(text), shown) != 0)
            fail_msg("%s: %s", text, value(text));
    }
    assert_string_equal(value("sub('één', 2, 2)"), "text é");
    assert_string_equal(value("sub('', 1, 2)"), "text ");
    assert_string_equal(value("sub('a\U0001F600\U0001F601z', -3, -2)"), "text \U0001F600\U0001F601");
}

static void left_and_right_take_from_their_side(void **state)
{
    const dk_table *t =
        make_table(context, "t:text n:integer\nArnhem|2\néén|0\nEde|-1\nEde|-9\nab|9\n-|1\na|-\n|3\n");

    (void)state;
    assert_string_equal(values_of(t, "left(t, n)"), "Ar  Ed  ab null null ");
    assert_string_equal(values_of(t, "right(t, n)"), "em  de  ab null null ");
    assert_string_equal(value("left('één', 2)"), "text éé");
    assert_string_equal(value("right('één', 2)"), "text én");
    assert_string_equal(value("left('abc', -9223372036854775807 - 1)"), "text ");
    assert_string_equal(value("right('abc', 9223372036854775807)"), "text abc");
    dk_table_release(t);
}

static void split_part_gives_one_part(void **state)
{
    const dk_table *t = make_table(context, "n:integer\n1\n2\n3\n4\n5\n-1\n-2\n-4\n-5\n");

    (void)state;
    assert_string_equal(values_of(t, "split_part('a--b---c', '--', n)"), "a b -c null null -c b null null");
    assert_string_equal(values_of(t, "split_part(',x,,', ',', n)"), " x   null    null");
    assert_string_equal(value("split_part('', ',', 1)"), "text ");
    assert_string_equal(value("split_part('', ',', 2)"), "text null");
    assert_string_equal(value("split_part('abc', '', 1)"), "text abc");
    assert_string_equal(value("split_part('abc', '', -1)"), "text abc");
    assert_string_equal(value("split_part('abc', '', 2)"), "text null");
    assert_string_equal(value("split_part('één·twee', '·', 2)"), "text twee");
    assert_string_equal(value("split_part('a', ',', -9223372036854775807)"), "text null");
    fails(t, "split_part('a,b', ',', 0 * n)", DK_ERR_RANGE, 1, "row 1: the parts of a text are counted from 1");
    dk_table_release(t);
}

static void pad_fills_up_in_characters(void **state)
{
    const dk_table *t = make_table(context, "n:integer c:category\n7|a\n1234|éé\n12345|-\n");

    (void)state;
    assert_string_equal(values_of(t, "pad_left(text(n), 4, '0')"), "0007 1234 12345");
    assert_string_equal(values_of(t, "pad_right(c, 3, '·') .. '|'"), "a··| éé·| null");
    assert_string_equal(values_of(t, "pad_left(c, 2)"), " a éé null");
    assert_string_equal(value("pad_right('', 2, 'é')"), "text éé");
    assert_string_equal(value("pad_left('a', -5)"), "text a");
    fails(t, "pad_left('a', 65537)", DK_ERR_RANGE, 1,
          "row 1: a text is filled up to 65536 characters at most, not 65537");
    fails(t, "pad_left('a', 3, '')", DK_ERR_RANGE, 1, "row 1: a text is filled up with one character");
    fails(t, "pad_left('a', 3, 'ab')", DK_ERR_RANGE, 1, "row 1: a text is filled up with one character");
    dk_table_release(t);
}

static void other_types_are_refused(void **state)
{
    const dk_table *t = make_table(context, "n:integer t:text\n1|a\n");

    (void)state;
    fails(t, "contains('a', n)", DK_ERR_TYPE, 15, "contains() wants a text, and this is integer");
    fails(t, "find(n, t)", DK_ERR_TYPE, 6, "find() wants a text, and this is integer");
    fails(t, "replace(t, 'a', 1)", DK_ERR_TYPE, 17, "replace() wants a text, and this is integer");
    fails(t, "sub(t, '1')", DK_ERR_TYPE, 8, "sub() wants a whole number, and this is text");
    fails(t, "left(t, 1.5)", DK_ERR_TYPE, 9, "left() wants a whole number, and this is decimal");
    fails(t, "pad_left(n, 4, '0')", DK_ERR_TYPE, 10, "pad_left() wants a text, and this is integer");
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_of_texts_are_found, start, stop),
        cmocka_unit_test_setup_teardown(find_counts_characters, start, stop),
        cmocka_unit_test_setup_teardown(replace_takes_all_that_do_not_overlap, start, stop),
        cmocka_unit_test_setup_teardown(sub_counts_from_both_ends, start, stop),
        cmocka_unit_test_setup_teardown(left_and_right_take_from_their_side, start, stop),
        cmocka_unit_test_setup_teardown(split_part_gives_one_part, start, stop),
        cmocka_unit_test_setup_teardown(pad_fills_up_in_characters, start, stop),
        cmocka_unit_test_setup_teardown(other_types_are_refused, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
