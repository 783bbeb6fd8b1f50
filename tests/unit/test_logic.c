/* test_logic.c - three values: tables of truth complete, comparison of every type, and what is not reached. */
#include "exprs.h"

/* a and b take all nine pairs of true, false and null. */
static const dk_table *pairs(void)
{
    return make_table(context,
                      "a:boolean b:boolean\ntrue|true\ntrue|false\ntrue|-\nfalse|true\nfalse|false\nfalse|-\n"
                      "-|true\n-|false\n-|-\n");
}

static void tables_of_truth_are_complete(void **state)
{
    static const char *const tables[][2] = {
        { "a and b", "true false null false false false null false null" },
        { "a or b", "true true true true false null true null null" },
        { "not a", "false false false true true true null null null" },
        { "a == b", "true false null false true null null null null" },
        { "a ~= b", "false true null true false null null null null" },
        { "a is null", "false false false false false false true true true" },
        { "a is not null", "true true true true true true false false false" },
        { "a is true", "true true true false false false false false false" },
        { "a is not true", "false false false true true true true true true" },
        { "not (a and b)", "false true null true true true null true null" },
        { "not a or not b", "false true null true true true null true null" }, /* De Morgan */
        { "not (a or b)", "false false false false true null false null null" },
        { "not a and not b", "false false false false true null false null null" },
        { "a in (b)", "true false null false true null null null null" },
        { "a in (b, true)", "true true true false true null null null null" },
        { "a not in (b)", "false true null true false null null null null" },
        { "a and null", "null null null false false false null null null" },
        { "a or null", "true true true null null null null null null" },
        { "(a and b) is null", "false false true false false false true false true" },
        { "a and b and a", "true false null false false false null false null" },
        { "a or b or false", "true true true true false null true null null" },
        { "b and a or a and not b", "true true null false false false null null null" },
    };
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };
    const dk_table *t = pairs();

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        dk_context_set_block_rows(context, blocks[k]);
        for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
            if (strcmp(values_of(t, tables[i][0]), tables[i][1]) != 0)
                fail_msg("%s is %s, not %s", tables[i][0], values_of(t, tables[i][0]), tables[i][1]);
    }
    dk_table_release(t);
}

/* The same with constants on either side. */
static void constants_are_as_good_as_columns(void **state)
{
    static const char *const words[] = { "true", "false", "null" };
    static const char *const signs[] = { "and", "or" };
    const dk_table *t = pairs();

    (void)state;
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < 3; i++)
            for (int k = 0; k < 3; k++) {
                char text[64], expected[128], columns[128];

                (void)snprintf(text, sizeof text, "%s %s %s", words[i], signs[s], words[k]);
                (void)snprintf(columns, sizeof columns, "%s", values_of(t, s ? "a or b" : "a and b"));
                (void)snprintf(expected, sizeof expected, "boolean ");
                for (int skip = i * 3 + k; skip > 0; skip--)
                    memmove(columns, strchr(columns, ' ') + 1, strlen(strchr(columns, ' ')));
                strncat(expected, columns, strcspn(columns, " "));
                assert_string_equal(value(text), expected);
                (void)snprintf(text, sizeof text, "a %s %s", signs[s], words[k]);
                (void)snprintf(columns, sizeof columns, "%s", values_of(t, text));
                (void)snprintf(text, sizeof text, "%s %s a", words[k], signs[s]);
                assert_string_equal(values_of(t, text), columns);
            }
    dk_table_release(t);
}

static void every_type_is_compared(void **state)
{
    static const char *const columns[] = { "i", "d", "r", "q", "e", "s", "t", "c" };
    static const char *const signs[][2] = {
        { "==", "false true false null null" }, { "~=", "true false true null null" },
        { "<", "true false false null null" },  { "<=", "true true false null null" },
        { ">", "false false true null null" },  { ">=", "false true true null null" },
    };
    const dk_table *t = make_table(
        context,
        "i:integer j:integer d:decimal1 e2:decimal2 r:real r2:real q:ratio q2:ratio e:date e3:date s:timestamp "
        "s2:timestamp "
        "t:text t2:text c:category c2:category\n"
        "1|2|1.5|1.51|-1|0|1/3|1/2|2024-01-01|2024-01-02|2024-01-01 00:00|2024-01-01 00:01|a|b|a|é\n"
        "5|5|2.5|2.50|0|0|1/2|1/2|2024-01-01|2024-01-01|2024-01-01 00:00|2024-01-01 00:00|a|a|z|z\n"
        "2|-2|0.1|0.09|1e300|1e299|-1/3|-1/2|2024-01-01|0001-01-01|9999-12-31 00:00|2024-01-01 00:01|b|a|z|a\n"
        "-|1|-|1.00|-|1|-|1/1|-|2024-01-02|-|2024-01-01 00:01|-|b|-|z\n"
        "1|-|1.0|-|1|-|1/1|-|2024-01-02|-|2024-01-01 00:01|-|b|-|z|-\n");
    static const char *const others[] = { "j", "e2", "r2", "q2", "e3", "s2", "t2", "c2" };

    (void)state;
    for (size_t k = 0; k < 8; k++)
        for (size_t i = 0; i < 6; i++) {
            char text[32];

            (void)snprintf(text, sizeof text, "%s %s %s", columns[k], signs[i][0], others[k]);
            if (strcmp(values_of(t, text), signs[i][1]) != 0)
                fail_msg("%s is %s, not %s", text, values_of(t, text), signs[i][1]);
        }
    dk_table_release(t);
}

/* No number is rounded to be compared with another. */
static void numbers_of_different_kinds_are_compared_exactly(void **state)
{
    (void)state;
    assert_string_equal(value("9007199254740993 == 9007199254740992e0"), "boolean false");
    assert_string_equal(value("9007199254740993 > 9007199254740992e0"), "boolean true");
    assert_string_equal(value("9223372036854775807 < 9223372036854775808e0"), "boolean true");
    assert_string_equal(value("9223372036854775807 in (0.5, 9223372036854775807e0)"), "boolean false");
    assert_string_equal(value("0.1 == 1e-1"), "boolean false"); /* the double is not a tenth */
    assert_string_equal(value("0.5 == 5e-1"), "boolean true");
    assert_string_equal(value("1 / 3 == 0.333333333333333333"), "boolean false");
    assert_string_equal(value("1 / 3 > 0.333333333333333333"), "boolean true");
    assert_string_equal(value("3 == 3.00 and 3.0 == 3e0 and 3 == 9 / 3"), "boolean true");
    assert_string_equal(value("9223372036854775807 > 0.5"), "boolean true");
    assert_string_equal(value("9223372036854775807 between 0.5 and 1e19"), "boolean true");
    assert_string_equal(value("1e300 > 9223372036854775807 / 2"), "boolean true");
    assert_string_equal(value("-1e-300 < 0"), "boolean true");
}

static void texts_go_by_code_point(void **state)
{
    (void)state;
    assert_string_equal(value("'Z' < 'a' and 'a' < 'é' and 'é' < '\U0001F600'"), "boolean true");
    assert_string_equal(value("'' < 'a'"), "boolean true");
    assert_string_equal(value("'a' < 'a\\0'"), "boolean true");
    assert_string_equal(value("'a\\0b' == 'a\\0c'"), "boolean false");
    assert_string_equal(value("'null' == 'null'"), "boolean true");
}

static void in_is_a_chain_of_equals(void **state)
{
    const dk_table *t = make_table(
        context, "n:integer m:integer c:category t:text d:decimal1 e:date\n"
                 "1|1|a|a|1.0|2024-01-01\n2|9|b|x|2.5|2024-01-02\n-|2|-|-|-|-\n3|-|c|b|0.1|2024-01-01\n");

    (void)state;
    assert_string_equal(values_of(t, "n in (1, 3)"), "true false null true");
    assert_string_equal(values_of(t, "n not in (1, 3)"), "false true null false");
    assert_string_equal(values_of(t, "n in (1, null)"), "true null null null");
    assert_string_equal(values_of(t, "n not in (1, null)"), "false null null null");
    assert_string_equal(values_of(t, "n in {3, 1, 1, 3, 1}"), "true false null true");
    assert_string_equal(values_of(t, "n in (m)"), "true false null null");
    assert_string_equal(values_of(t, "n in (m, 3)"), "true false null true");
    assert_string_equal(values_of(t, "n in (7, m - 7)"), "false true null null");
    assert_string_equal(values_of(t, "d in (1, 2.50, 1e-1)"), "true true null false");
    assert_string_equal(values_of(t, "n in (0.5, 2.0)"), "false true null false");
    assert_string_equal(values_of(t, "c in ('a', 'c', 'zz')"), "true false null true");
    assert_string_equal(values_of(t, "c in (t, 'c')"), "true false null true");
    assert_string_equal(values_of(t, "t in ('b', 'a')"), "true false null true");
    assert_string_equal(values_of(t, "t in (c)"), "true false null false");
    assert_string_equal(values_of(t, "e in ('2024-01-02', date '2023-01-01')"), "false true null false");
    assert_string_equal(values_of(t, "2 in (n, m)"), "false true true null");
    dk_table_release(t);
}

static void a_long_list_is_searched(void **state)
{
    const dk_table *t = make_table(context, "n:integer t:text\n0|k0\n4998|k4998\n4999|k4999\n-7|k\n-|-\n");
    char *list = malloc(65536);
    size_t used = (size_t)sprintf(list, "n in (-1");

    (void)state;
    for (int i = 4998; i >= 0; i -= 2) /* falling, so that order is made */
        used += (size_t)sprintf(list + used, ", %d", i);
    strcpy(list + used, ")");
    dk_context_reset_peak(context);
    assert_string_equal(values_of(t, list), "true true false false null");
    assert_true(dk_context_peak_bytes(context) < 3000000); /* no vector for each item */
    used = (size_t)sprintf(list, "t in ('x'");
    for (int i = 0; i <= 4998; i += 2)
        used += (size_t)sprintf(list + used, ", 'k%d'", i);
    strcpy(list + used, ")");
    assert_string_equal(values_of(t, list), "true true false false null");
    free(list);
    dk_table_release(t);
}

static void between_has_both_bounds(void **state)
{
    const dk_table *t = make_table(
        context, "n:integer a:integer "
                 "b:integer\n1|1|1\n1|2|3\n2|1|3\n4|1|3\n-|1|3\n2|-|3\n4|-|3\n2|1|-\n0|1|-\n2|-|-\n2|3|1\n");

    (void)state;
    assert_string_equal(values_of(t, "n between a and b"),
                        "true false true false null null false null false null false");
    assert_string_equal(values_of(t, "n >= a and n <= b"),
                        "true false true false null null false null false null false");
    assert_string_equal(values_of(t, "n not between a and b"),
                        "false true false true null null true null true null true");
    assert_string_equal(values_of(t, "n between 1 and 2"),
                        "true true true false null true false true false true true");
    assert_string_equal(values_of(t, "'b' between 'a' and 'c'") +
                            strlen("true true true true true true true true true true "),
                        "true");
    dk_table_release(t);
}

/* Where the left side decides, the right side is not evaluated, and cannot fail. */
static void what_is_decided_is_not_reached(void **state)
{
    static const size_t blocks[] = { 1, 3, DK_BLOCK_ROWS };
    const dk_table *t = make_table(
        context,
        "jaar:integer x:integer\n1800|9223372036854775807\n1950|1\n-|2\n1850|9000000000000000000\n2000|0\n");

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        dk_context_set_block_rows(context, blocks[k]);
        assert_string_equal(values_of(t, "jaar > 1900 and x * 1000 > 5"), "false true null false false");
        assert_string_equal(values_of(t, "jaar <= 1900 or x * 1000 > 5"), "true true true true false");
        assert_string_equal(values_of(t, "jaar > 1900 and x * 1000 > 5 and x > 0"), "false true null false false");
        assert_string_equal(values_of(t, "x in (9223372036854775807, 9000000000000000000, x * 10, 0)"),
                            "true false false true true");
        assert_string_equal(values_of(t, "jaar between 1900 and x * 1000"), "false false null false false");
        assert_string_equal(values_of(t, "not (jaar < 1900 or x * 1000 < 5)"), "false true null false false");
        fails(t, "x * 1000 > 5 and jaar > 1900", DK_ERR_OVERFLOW, 1,
              "row 1: 9223372036854775807 * 1000 does not fit");
        fails(t, "jaar > 1820 and x * 1000 > 5", DK_ERR_OVERFLOW, 17,
              "row 4: 9000000000000000000 * 1000 does not fit");
        fails(t, "jaar is not null and x * 1000 > 5", DK_ERR_OVERFLOW, 22, "row 1: ");
        fails(t, "x in (x * 1000, 1)", DK_ERR_OVERFLOW, 7, "row 1: ");
    }
    dk_table_release(t);
}

/* Depth costs what it says: each operand is evaluated once. */
static void deep_conditions_are_evaluated_once(void **state)
{
    const dk_table *t = make_table(context, "x:integer\n1\n2\n");
    char text[8192] = "x";

    (void)state;
    for (int i = 0; i < 100; i++) {
        char inner[8192];

        strcpy(inner, text);
        (void)snprintf(text, sizeof text, "case(%.8000s between 1 and 1, 1, 0)", inner);
    }
    assert_string_equal(values_of(t, text), "1 0");
    strcpy(text, "x");
    for (int i = 0; i < 100; i++) {
        char inner[8192];

        strcpy(inner, text);
        (void)snprintf(text, sizeof text, "case(%.8000s in (1, x * 5), 1, 0)", inner);
    }
    assert_string_equal(values_of(t, text), "1 0");
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tables_of_truth_are_complete, start, stop),
        cmocka_unit_test_setup_teardown(constants_are_as_good_as_columns, start, stop),
        cmocka_unit_test_setup_teardown(every_type_is_compared, start, stop),
        cmocka_unit_test_setup_teardown(numbers_of_different_kinds_are_compared_exactly, start, stop),
        cmocka_unit_test_setup_teardown(texts_go_by_code_point, start, stop),
        cmocka_unit_test_setup_teardown(in_is_a_chain_of_equals, start, stop),
        cmocka_unit_test_setup_teardown(a_long_list_is_searched, start, stop),
        cmocka_unit_test_setup_teardown(between_has_both_bounds, start, stop),
        cmocka_unit_test_setup_teardown(what_is_decided_is_not_reached, start, stop),
        cmocka_unit_test_setup_teardown(deep_conditions_are_evaluated_once, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
