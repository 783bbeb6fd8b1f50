/* test_dialect.c - which byte stands between the fields of a file. */
#include "check.h"

#include <stdlib.h>

#include "read/dialect.h"

#include "with_context.h"

static char find(const char *text)
{
    dk_error err = DK_ERROR_INIT;
    char delimiter = '?';

    assert_ok(dki_delimiter_find(context, text, strlen(text), "x.csv", '"', &delimiter, &err), &err);
    return delimiter;
}

static void refuse(const char *text, const char *part)
{
    dk_error err = DK_ERROR_INIT;
    char delimiter = '?';

    assert_fails(dki_delimiter_find(context, text, strlen(text), "x.csv", '"', &delimiter, &err), &err, DK_ERR_DATA,
                 part);
    assert_string_equal(err.file, "x.csv");
    assert_non_null(strstr(err.hint, "delimiter = "));
    assert_int_equal(delimiter, '?');
}

static void each_candidate_is_found(void **state)
{
    (void)state;
    assert_int_equal(find("a;b\n1;2\n"), ';');
    assert_int_equal(find("a,b\n1,2\n"), ',');
    assert_int_equal(find("a\tb\n1\t2\n"), '\t');
    assert_int_equal(find("a|b\n1|2\n"), '|');
    assert_int_equal(find("a;b"), ';');
}

static void decimal_commas_do_not_confuse(void **state)
{
    (void)state;
    assert_int_equal(find("naam;bedrag\nx;1,5\ny;2,5\n"), ';');
}

static void what_stands_between_quotes_does_not_count(void **state)
{
    (void)state;
    assert_int_equal(find("\"a;1\",\"b;2\"\n\"c;3\",\"d;4\"\n"), ',');
    assert_int_equal(find("\"a\";\"b, c\"\n\"d\";\"e, f\"\n"), ';');
    assert_int_equal(find("a,b\n\"x\ny;z;q\",2\n"), ',');
}

static void one_column_is_legitimate(void **state)
{
    (void)state;
    assert_int_equal(find("naam\nArnhem\nDuiven\n"), DKI_NO_DELIMITER);
    assert_int_equal(find("opmerking\nja, graag\nnee\n"), DKI_NO_DELIMITER);
    assert_int_equal(find("\"a;b\"\n"), DKI_NO_DELIMITER);
    assert_int_equal(find(""), DKI_NO_DELIMITER);
    assert_int_equal(find("\n\n"), DKI_NO_DELIMITER);
}

static void a_ragged_file_keeps_its_delimiter(void **state)
{
    (void)state;
    assert_int_equal(find("a;b\n1;2\n3;4;5\n"), ';');
    assert_int_equal(find("a;b,c\n1;2\n3;4\n5,6\n7;8;9\n"), ';');
    assert_int_equal(find("a;b\n1;2\n\"3;4\n"), ';');
}

/* The reading will say that the first line has one field and the others two: better than one column of nonsense. */
static void a_title_does_not_hide_the_delimiter(void **state)
{
    (void)state;
    assert_int_equal(find("Register 2024\na;b\n1;2\n"), ';');
}

static void a_tie_is_an_error_that_says_what_to_state(void **state)
{
    (void)state;
    refuse("a;b,c\n1;2,3\n", "semicolon or a comma");
    refuse("a|b\tc\n", "tab or a bar");
}

static void the_quote_is_no_candidate(void **state)
{
    dk_error err = DK_ERROR_INIT;
    char delimiter = '?';

    (void)state;
    assert_ok(dki_delimiter_find(context, "|a|;|b|\n", 8, "x", '|', &delimiter, &err), &err);
    assert_int_equal(delimiter, ';');
}

static void only_the_first_records_count(void **state)
{
    enum { N = 400000 };
    char *text = malloc(N * 4 + 1);
    size_t size = 0;

    (void)state;
    for (size_t i = 0; i < N; i++, size += 4)
        memcpy(text + size, i < 200 ? "a;b\n" : "a,b\n", 4);
    text[size] = '\0';
    assert_int_equal(find(text), ';');
    free(text);
}

static void names_are_words(void **state)
{
    char buffer[8];

    (void)state;
    assert_string_equal(dki_delimiter_name(';', buffer), "semicolon");
    assert_string_equal(dki_delimiter_name('\t', buffer), "tab");
    assert_string_equal(dki_delimiter_name(':', buffer), "\":\"");
}

static void survives_failing_memory(void **state)
{
    dk_error err = DK_ERROR_INIT;
    char delimiter = '?';

    (void)state;
    assert_survives_failing_memory(context, dki_delimiter_find(context, "a;b\n", 4, "x", '"', &delimiter, &err),
                                   &err, delimiter == '?', (void)0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_candidate_is_found),
        TEST(decimal_commas_do_not_confuse),
        TEST(what_stands_between_quotes_does_not_count),
        TEST(one_column_is_legitimate),
        TEST(a_ragged_file_keeps_its_delimiter),
        TEST(a_title_does_not_hide_the_delimiter),
        TEST(a_tie_is_an_error_that_says_what_to_state),
        TEST(the_quote_is_no_candidate),
        TEST(only_the_first_records_count),
        TEST(names_are_words),
        TEST(survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
