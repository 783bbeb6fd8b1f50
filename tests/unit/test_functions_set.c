/* test_functions_set.c - what is asked of sets, and sets with other members. */
#include "exprs.h"

static const char data[] = "v:set[lassen,koken,bouwen] w:set b:category t:text n:integer\n"
                           "koken+lassen|a|koken|lassen|1\n"
                           "lassen|a+b|bouwen|x|2\n"
                           "||lassen|-|3\n"
                           "-|-|-|koken|4\n";

static void members_are_looked_for(void **state)
{
    const dk_table *t = make_table(context, data);
    dk_param item = { "p", { .type = DK_TEXT, .as.text = { "koken", 5 } } };
    dk_params params = { &item, 1 };

    (void)state;
    assert_string_equal(values_of(t, "has(v, 'koken')"), "true false false null");
    assert_string_equal(values_of(t, "has(v, 'kok')"), "false false false null");
    assert_string_equal(values_of(t, "has(v, '')"), "false false false null"); /* the empty text is no member */
    assert_string_equal(values_of(t, "has_any(v, 'koken', 'bouwen', 'lassen')"), "true true false null");
    assert_string_equal(values_of(t, "has_all(v, 'koken', 'lassen')"), "true false false null");
    assert_string_equal(values_of(t, "size(v)"), "2 1 0 null");
    assert_string_equal(values_of(t, "size(v) + size(w)"), "3 3 0 null");
    assert_string_equal(values_of(t, "not has(v, 'koken') and n < 4"), "false true true false");
    assert_string_equal(values_with(t, "has(v, $p)", &params), "true false false null");
    assert_string_equal(values_of(t, "has(v, b)"), "true false false null"); /* another member for each row */
    assert_string_equal(values_of(t, "has(v, t)"), "true false null null");
    assert_string_equal(values_of(t, "has(v, null)"), "null null null null");
    assert_string_equal(values_of(t, "has_any(v, t, 'lassen')"), "true true null null");
    dk_table_release(t);
}

static void sets_are_equal_whatever_their_order(void **state)
{
    const dk_table *t = make_table(context, data);

    (void)state;
    assert_string_equal(values_of(t, "v == 'lassen|koken'"), "true false false null");
    assert_string_equal(values_of(t, "'koken | lassen' ~= v"), "false true true null");
    assert_string_equal(values_of(t, "v == 'lassen|'"), "false true false null"); /* the set of it alone */
    assert_string_equal(values_of(t, "v == ''"), "false false true null");
    assert_string_equal(values_of(t, "v in ('', 'lassen|koken')"), "true false true null");
    assert_string_equal(values_of(t, "v == w"), "false false true null");
    assert_string_equal(values_of(t, "size(coalesce(v, ''))"), "2 1 0 0");
    assert_string_equal(values_of(t, "has(case(n == 4, 'lassen|koken', v), 'koken')"), "true false false true");
    dk_table_release(t);
}

static void sets_get_and_lose_members(void **state)
{
    const dk_table *t = make_table(context, data);

    (void)state;
    assert_string_equal(values_of(t, "with(v, 'bouwen', 'koken')"), "bouwen|koken|lassen bouwen|koken|lassen "
                                                                    "bouwen|koken null");
    assert_string_equal(values_of(t, "without(v, 'lassen')"), "koken   null");
    assert_string_equal(values_of(t, "size(with(without(w, 'a'), 'c', 'd'))"), "2 3 2 null");
    assert_string_equal(values_of(t, "with(w, 'b') == with(with(w, 'a'), 'b')"), "true true false null");
    dk_table_release(t);
}

static void members_keep_their_order_in_what_is_made(void **state)
{
    const dk_table *t = make_table(context, data);
    const dk_expr *expr = parse("with(v, 'bouwen')");
    const dk_column *column = NULL;
    const dk_dictionary *members;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_eval(t, expr, NULL, &column, &err), &err);
    assert_true(dk_column_is_set(column));
    members = dk_dictionary_members(dk_column_levels(column));
    assert_true(dk_dictionary_is_declared(members));
    assert_memory_equal(dk_dictionary_level(members, 1).bytes, "lassen", 6);
    dk_column_release(column);
    dk_expr_release(expr);
    dk_table_release(t);
}

static void one_of_several_sets_is_a_set(void **state)
{
    const dk_table *t = make_table(context, "v:set[b,a] w:set[c,b,a] u:set x:set[b,q] n:integer\n"
                                            "a+b|c|a|b|1\n"
                                            "b|c|b|q|2\n"
                                            "|a+b|d||3\n"
                                            "-|c|-|b|4\n");

    (void)state;
    assert_string_equal(values_of(t, "coalesce(v, w)"), "a|b b  c");
    assert_string_equal(values_of(t, "size(coalesce(v, w))"), "2 1 0 1");
    assert_string_equal(values_of(t, "has(case(n < 3, with(u, 'z'), w), 'z')"), "true true false false");
    assert_string_equal(values_of(t, "case(n == 1, v, n == 2, u, 'a|q')"), "a|b b a|q a|q");
    assert_string_equal(values_of(t, "case(has(v, 'b'), without(v, 'b'), w)"), "a  a|b c");
    assert_string_equal(values_of(t, "size(coalesce(case(n < 3, v), u, with(u, 'q')))"), "2 1 1 null");
    fails_with(t, "case(n > 2, v, x)", NULL, DK_ERR_RANGE, 1,
               "these sets have other stated members: not all of them have q\n  case(n > 2, v, x)\n  "
               "^^^^^^^^^^^^^^^^^ (state the same for both: t:with_sets { v = { members = { ... } } })");
    dk_table_release(t);
}

static void what_is_no_question_about_sets_is_refused(void **state)
{
    const dk_table *t = make_table(context, data);

    (void)state;
    fails_with(
        t, "v == 'lassen'", NULL, DK_ERR_TYPE, 6,
        "v is a set, and a member equals no set: write has(v, 'lassen'), or '|' behind a member for the set of it "
        "alone");
    fails_with(t, "'lassen' ~= v", NULL, DK_ERR_TYPE, 1, "write has(v, 'lassen')");
    fails_with(t, "v in ('lassen', 'koken')", NULL, DK_ERR_TYPE, 7, "write has_any(v, 'lassen')");
    fails_with(t, "v == b", NULL, DK_ERR_TYPE, 6, "write has(v, b)");
    fails_with(t, "b == v", NULL, DK_ERR_TYPE, 1, "write has(v, b)");
    fails_with(
        t, "v < 'lassen'", NULL, DK_ERR_TYPE, 1,
        "v is a set, and sets have no order: size(v) is how many members it has, has(v, 'x') whether one is in it");
    fails_with(t, "v between 'a' and 'b'", NULL, DK_ERR_TYPE, 1, "sets have no order");
    fails_with(t, "v == 1", NULL, DK_ERR_TYPE, 1, "");
    fails_with(t, "has(b, 'koken')", NULL, DK_ERR_TYPE, 5,
               "has() wants a set, and this is category\n  has(b, 'koken')\n      ^ (a column that lists several "
               "members is "
               "read as one: types = { b = { \"set\", \";\" } })");
    fails_with(t, "size(upper(t))", NULL, DK_ERR_TYPE, 6, "size() wants a set, and this is text");
    fails_with(t, "has(v, 3)", NULL, DK_ERR_TYPE, 8, "has() wants a member, and this is integer");
    fails_with(t, "has(v, w)", NULL, DK_ERR_TYPE, 8, "has() wants a member");
    fails_with(t, "with(v, b)", NULL, DK_ERR_TYPE, 9,
               "with() takes members that are the same for all rows, as texts");
    fails_with(t, "with(v, 'x')", NULL, DK_ERR_RANGE, 9, "what is to be a member is none of the stated members");
    fails_with(t, "with(w, 'x|y')", NULL, DK_ERR_RANGE, 9,
               "what is to be a member holds \"|\", which stands between members");
    fails_with(t, "without(w, '')", NULL, DK_ERR_RANGE, 12, "what is to be a member is empty");
    fails_with(t, "member(v) == 'koken'", NULL, DK_ERR_TYPE, 1,
               "member() puts a row in several groups, and is a dimension of a breakdown as a whole\n  member(v) "
               "== 'koken'\n  "
               "^^^^^^^^^ (by = { \"x = member(v)\" }; a condition asks has(v, 'x'))");
    fails_with(t, "size(missing(v))", NULL, DK_ERR_TYPE, 6,
               "(by = { \"x = missing(v)\" }; a condition asks not has(v, 'x'))");
    dk_table_release(t);
}

static void a_text_that_is_no_member_is_noted(void **state)
{
    const dk_table *t = make_table(context, "v:set[10~lassen,20~koken]\n10+20\n"), *kept = NULL;
    const dk_expr *expr = parse("has(v, '13')");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_where(t, expr, NULL, &kept, &err), &err);
    assert_int_equal(dk_table_n_notes(kept), 1);
    assert_string_equal(dk_table_note(kept, 0), "no member of v is \"13\"; the nearest is \"10\"");
    fails_with(t, "has(v, 'koken')", NULL, DK_ERR_RANGE, 8,
               "\"koken\" is a label of v, and codes are compared: write '20', or label(v)");
    dk_table_release(kept);
    dk_expr_release(expr);
    dk_table_release(t);
}

static void failing_memory_leaves_nothing(void **state)
{
    static const char *const texts[] = { "has(v, 'koken') or size(v) == 2", "with(without(v, 'koken'), 'bouwen')",
                                         "v == 'lassen|koken'", "coalesce(v, 'koken|lassen')",
                                         "case(n < 3, w, n == 4, with(w, 'z'), without(w, 'a'))" };
    const dk_table *t = make_table(context, data);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const dk_expr *expr = parse(texts[i]);
        const dk_column *column = NULL;

        assert_survives_failing_memory(context, dk_table_eval(t, expr, NULL, &column, &err), &err, column == NULL,
                                       dk_column_release(column));
        dk_expr_release(expr);
    }
    dk_table_release(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(members_are_looked_for),
        TEST(sets_are_equal_whatever_their_order),
        TEST(sets_get_and_lose_members),
        TEST(members_keep_their_order_in_what_is_made),
        TEST(one_of_several_sets_is_a_set),
        TEST(what_is_no_question_about_sets_is_refused),
        TEST(a_text_that_is_no_member_is_noted),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
