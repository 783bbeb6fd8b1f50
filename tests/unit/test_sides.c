/* test_sides.c - results side by side: groups of all sides, their order and totals, columns and differences. */
#include "compared.h"

#include "whatif/sides.h"
#include "whatif/whatif_parts.h"

static void assert_differs(const struct question *question, const char *base, const char *other, const char *names,
                           const char *rows)
{
    assert_compared(question, base, other, NULL, names, rows);
}

static void assert_refused(const struct question *question, const char *base, const char *other, dk_status expected,
                           const char *part)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(compare(question, base, other, NULL, &result, &err), &err, expected, part);
    assert_null(result);
}

/* A group that one side lacks has 0 persons there, and nothing else is known of it. */
static void groups_of_one_side_have_no_persons_on_the_other(void **state)
{
    (void)state;
    assert_differs(ASK(.by = { "g" },
                       .measures = { "n = count()", "jong = count() where x < 3", "s = sum(x)", "q = jong / n" }),
                   "g:category x:integer\na|1\na|5\nb|2\n", "g:category x:integer\nc|1\nb|4\n",
                   "g n_base n_later n_later_difference jong_base jong_later jong_later_difference s_base s_later "
                   "s_later_difference q_base q_later q_later_difference",
                   "a|2|0|-2|1|0|-1|6|-|-|1/2|-|-\nb|1|1|0|1|0|-1|2|4|2|1/1|0/1|-1/1\n"
                   "c|0|1|1|0|1|1|-|1|-|-|1/1|-\n");
}

/* Values that nobody has are 0 too, and so is what counts add up to; one more than a count is no count. */
static void what_counts_add_up_to_is_none_of_nobody(void **state)
{
    (void)state;
    assert_differs(ASK(.by = { "g" }, .measures = { "n = count()", "jong = count() where x < 3", "oud = n - jong",
                                                    "soorten = distinct(x) + rows()", "meer = n + 1" }),
                   "g:category x:integer\na|1\na|5\n", "g:category x:integer\nb|4\n",
                   "g n_base n_later n_later_difference jong_base jong_later jong_later_difference oud_base "
                   "oud_later oud_later_difference soorten_base soorten_later soorten_later_difference meer_base "
                   "meer_later meer_later_difference",
                   "a|2|0|-2|1|0|-1|1|0|-1|4|0|-4|3|-|-\nb|0|1|1|0|0|0|0|1|1|0|2|2|-|2|-\n");
}

/* Null is a group, a total is none; each dimension goes values, null, total. */
static void totals_stand_after_their_parts(void **state)
{
    static const char base[] = "g:category k:boolean\nb|true\n-|true\n",
                      other[] = "g:category k:boolean\na|true\n-|-\n";

    (void)state;
    assert_differs(ASK(.by = { "g", "k" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS), base,
                   other, "g k n_base n_later n_later_difference",
                   "a|true|0|1|1\nb|true|1|0|-1\n-|true|1|0|-1\n-|-|0|1|1\n*|*|2|2|0\n");
    assert_differs(ASK(.by = { "g", "k" }, .measures = { "n = count()" }, .margins = DK_MARGINS_ROLLUP), base,
                   other, "g k n_base n_later n_later_difference",
                   "a|true|0|1|1\na|*|0|1|1\nb|true|1|0|-1\nb|*|1|0|-1\n-|true|1|0|-1\n-|-|0|1|1\n-|*|1|1|0\n"
                   "*|*|2|2|0\n");
    assert_differs(ASK(.by = { "g", "k" }, .measures = { "n = count()" }, .margins = DK_MARGINS_CUBE), base, other,
                   "g k n_base n_later n_later_difference",
                   "a|true|0|1|1\na|*|0|1|1\nb|true|1|0|-1\nb|*|1|0|-1\n-|true|1|0|-1\n-|-|0|1|1\n-|*|1|1|0\n"
                   "*|true|2|1|-1\n*|-|0|1|1\n*|*|2|2|0\n");
}

static void without_dimensions_there_is_one_row(void **state)
{
    (void)state;
    assert_differs(ASK(.measures = { "n = count()" }), "x:integer\n1\n2\n", "x:integer\n",
                   "n_base n_later n_later_difference", "2|0|-2\n");
}

static void an_empty_side_is_a_side(void **state)
{
    (void)state;
    assert_differs(ASK(.by = { "g" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS), "g:category\n",
                   "g:category\nx\n", "g n_base n_later n_later_difference", "x|0|1|1\n*|0|1|1\n");
    assert_differs(ASK(.by = { "g" }, .measures = { "n = count()" }), "g:category\nx\n", "g:category\n",
                   "g n_base n_later n_later_difference", "x|1|0|-1\n");
}

/* Stated levels give the order, those of the other side come behind; else the order is by code point. */
static void levels_of_both_sides_are_in_order(void **state)
{
    (void)state;
    assert_differs(ASK(.by = { "g" }, .measures = { "n = count()" }), "g:category[z,m,a]\na\nz\n",
                   "g:category[b,m]\nb\nm\n", "g n_base n_later n_later_difference",
                   "z|1|0|-1\nm|0|1|1\na|1|0|-1\nb|0|1|1\n");
    assert_differs(ASK(.by = { "g" }, .measures = { "n = count()" }), "g:category\nz\nc\n", "g:category\nb\nz\n",
                   "g n_base n_later n_later_difference", "b|0|1|1\nc|1|0|-1\nz|1|1|0\n");
}

static void every_level_is_shown_where_the_breakdown_shows_them(void **state)
{
    (void)state;
    assert_differs(ASK(.by = { "g" }, .measures = { "n = count()" }, .all_levels = true), "g:category[z,a]\na\n",
                   "g:category[z,a,m]\na\na\n", "g n_base n_later n_later_difference",
                   "z|0|0|0\na|1|2|1\nm|0|0|0\n");
}

/* One delivery has a category where the other has text, and 1.50 is 1.5. */
static void keys_meet_whatever_they_are_stored_in(void **state)
{
    (void)state;
    assert_differs(ASK(.by = { "g" }, .measures = { "n = count()" }), "g:category[z,a]\na\nz\n-\n",
                   "g:text\na\nm\n-\n", "g n_base n_later n_later_difference",
                   "a|1|1|0\nm|0|1|1\nz|1|0|-1\n-|1|1|0\n");
    assert_differs(ASK(.by = { "g" }, .measures = { "n = count()" }), "g:text\na\n", "g:category\na\nb\n",
                   "g n_base n_later n_later_difference", "a|1|1|0\nb|0|1|1\n");
    assert_differs(ASK(.by = { "d" }, .measures = { "n = count()" }), "d:decimal1\n1.5\n2.0\n",
                   "d:decimal3\n1.500\n1.505\n", "d n_base n_later n_later_difference",
                   "1.500|1|1|0\n1.505|0|1|1\n2.000|1|0|-1\n");
    assert_refused(ASK(.by = { "g" }, .measures = { "n = count()" }), "g:integer\n1\n", "g:text\n1\n", DK_ERR_TYPE,
                   "the dimension g is integer in one table and text in the other");
    assert_refused(ASK(.measures = { "m = max(g)" }), "g:date\n2024-01-01\n", "g:integer\n1\n", DK_ERR_TYPE,
                   "the measure m is date in one table and integer in the other");
}

/* Texts with | and : in them are not taken for others. */
static void keys_are_told_apart(void **state)
{
    (void)state;
    assert_differs(ASK(.by = { "a", "b" }, .measures = { "n = count()" }), "a:text b:text\nx:1|y\n",
                   "a:text b:text\nx|1:y\n", "a b n_base n_later n_later_difference",
                   "x|1:y|0|1|1\nx:1|y|1|0|-1\n");
}

static void differences_are_of_numbers_and_dates(void **state)
{
    (void)state;
    assert_differs(
        ASK(.measures = { "mt = max(t)", "me = max(e)", "md = max(d)", "mb = max(b)", "mr = max(r)" }),
        "t:text e:date d:decimal2 b:boolean r:real\nx|2024-01-01|1.25|false|0.5\n",
        "t:text e:date d:integer b:boolean r:real\ny|2024-03-01|2|true|0.25\n",
        "mt_base mt_later me_base me_later me_later_difference md_base md_later md_later_difference mb_base "
        "mb_later mr_base mr_later mr_later_difference",
        "x|y|2024-01-01|2024-03-01|60|1.25|2|0.75|false|true|0.5|0.25|-0.25\n");
}

/* 1/9223372036854775783 and 1/9223372036854775643 have primes below; the exact difference needs 126 bits. */
static void a_difference_that_is_too_fine_is_rounded_and_noted(void **state)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(compare(ASK(.measures = { "q = max(a) / max(b)" }), "a:integer b:integer\n5|9223372036854775783\n",
                      "a:integer b:integer\n9223372036854775642|9223372036854775643\n", NULL, &result, &err),
              &err);
    assert_string_equal(show_rows(result), "5/9223372036854775783|9223372036854775642/9223372036854775643|1.0\n");
    assert_int_equal(dk_table_n_notes(result), 1);
    assert_string_equal(dk_table_note(result, 0),
                        "q_later_difference is rounded: exact differences do not fit in 64 bits");
    dk_table_release(result);
}

/* A difference of whole numbers that does not fit is an error as everywhere. */
static void an_overflow_is_an_error(void **state)
{
    (void)state;
    assert_refused(ASK(.measures = { "m = max(a)" }), "a:integer\n9223372036854775807\n",
                   "a:integer\n-9223372036854775807\n", DK_ERR_OVERFLOW, "does not fit");
}

static void names_that_meet_are_refused(void **state)
{
    const dk_table *table = make_table(context, "g:category n_base:category\na|b\n"), *result = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, ASK(.by = { "n_base" }, .measures = { "n = count()" }));
    const dk_breakdown *twice =
        make_breakdown(context, ASK(.by = { "g" }, .measures = { "n = count()", "n_later = count()" }));
    const char *const names[] = { "base", "x", "x" };
    const dk_table *results[3] = { NULL, NULL, NULL };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_table_compare(breakdown, table, table, "later", NULL, &result, &err), &err, DK_ERR_DUPLICATE,
                 "the comparison would have two columns n_base (rename a measure, a dimension or a scenario)");
    assert_fails(dk_table_compare(twice, table, table, "base", NULL, &result, &err), &err, DK_ERR_DUPLICATE,
                 "two columns n_base");
    assert_fails(dk_table_compare(twice, table, table, "later_base", NULL, &result, &err), &err, DK_ERR_DUPLICATE,
                 "two columns n_later_base");
    assert_fails(dk_table_compare(twice, table, table, "", NULL, &result, &err), &err, DK_ERR_ARGUMENT,
                 "the other table has a name, which its columns get");
    for (int i = 0; i < 3; i++)
        assert_ok(dk_breakdown_run(twice, table, NULL, &results[i], &err), &err);
    assert_fails(dki_compare_results(twice, results, names, 3, NULL, NULL, &result, &err), &err, DK_ERR_DUPLICATE,
                 "two sides of a comparison are named x (give one another name: scenario:named \"...\")");
    assert_null(result);
    for (int i = 0; i < 3; i++)
        dk_table_release(results[i]);
    dk_breakdown_release(twice);
    dk_breakdown_release(breakdown);
    dk_table_release(table);
}

/* A comparison is a table like another: its totals are totals. */
static void totals_of_a_comparison_are_totals(void **state)
{
    const dk_table *result = NULL, *detail = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(compare(ASK(.by = { "g" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS),
                      "g:category\na\nb\n", "g:category\na\n", NULL, &result, &err),
              &err);
    assert_non_null(dk_table_margin(result));
    assert_int_equal(dk_table_field(result, 0)->margin_bit, 0);
    assert_ok(dk_table_detail(result, &detail, &err), &err);
    assert_int_equal(dk_table_n_rows(detail), 2);
    dk_table_release(detail);
    dk_table_release(result);
}

/* Groups that stand in the same rows of both sides need not be found; what is not the same in some row must be. */
static void the_same_rows_are_the_same_groups(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        { "g:text k:integer n:integer\na|1|5\nb|2|6\nb|-|6\n", "g:text k:integer n:integer\na|1|7\nb|2|8\nb|-|9\n",
          true },
        { "g:text k:integer n:integer\na|1|5\nb|2|6\n", "g:text k:integer n:integer\na|1|7\nb|3|8\n", false },
        { "g:text k:integer n:integer\na|1|5\nb|2|6\n", "g:text k:integer n:integer\na|1|7\nc|2|8\n", false },
        { "g:text k:integer n:integer\na|1|5\nb|2|6\n", "g:text k:integer n:integer\na|1|7\nb|-|8\n", false },
        { "g:text k:integer n:integer\na|1|5\nb|2|6\n", "g:text k:integer n:integer\na|1|7\n", false },
        { "g:text k:integer n:integer\na|1|5\n", "g:text k:decimal1 n:integer\na|1.0|7\n", false },
        { "g:text k:real n:integer\na|1.5|5\n", "g:text k:real n:integer\na|1.5|7\n", false }, /* not looked into */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_table *results[] = { make_table(context, cases[i].a), make_table(context, cases[i].b) };
        dki_sides sides;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dki_sides_find(&sides, results, 2, 2, &err), &err);
        assert_int_equal(sides.as_they_are, cases[i].same);
        for (uint64_t g = 0; cases[i].same && g < sides.groups.n; g++) {
            assert_int_equal(sides.order[g], g);
            assert_int_equal(sides.rows[1][g], g);
        }
        dki_sides_drop(&sides);
        dk_table_release(results[0]);
        dk_table_release(results[1]);
    }
    { /* the same rows, which are not in the order of keys */
        const char *rows = "g:integer n:integer\n3|1\n1|2\n2|3\n";
        const dk_table *results[] = { make_table(context, rows), make_table(context, rows) };
        dki_sides sides;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dki_sides_find(&sides, results, 2, 1, &err), &err);
        assert_false(sides.as_they_are);
        assert_int_equal(sides.order[0], 1);
        dki_sides_drop(&sides);
        dk_table_release(results[0]);
        dk_table_release(results[1]);
    }
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *a = make_table(context, "g:category k:boolean x:decimal2\na|true|1.50\nb|-|2.25\n");
    const dk_table *b = make_table(context, "g:text k:boolean x:decimal1\nc|true|1.5\nb|-|2.5\n"), *result = NULL;
    const dk_breakdown *breakdown =
        make_breakdown(context, ASK(.by = { "g", "k" }, .measures = { "n = count()", "m = mean(x)" },
                                    .margins = DK_MARGINS_ROLLUP));
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_compare(breakdown, a, b, "later", NULL, &result, &err), &err,
                                   result == NULL, dk_table_release(result));
    dk_breakdown_release(breakdown);
    dk_table_release(a);
    dk_table_release(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(groups_of_one_side_have_no_persons_on_the_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_counts_add_up_to_is_none_of_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_stand_after_their_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_dimensions_there_is_one_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_side_is_a_side, set_up, tear_down),
        cmocka_unit_test_setup_teardown(levels_of_both_sides_are_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_level_is_shown_where_the_breakdown_shows_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_meet_whatever_they_are_stored_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(differences_are_of_numbers_and_dates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_difference_that_is_too_fine_is_rounded_and_noted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_overflow_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_that_meet_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_of_a_comparison_are_totals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_rows_are_the_same_groups, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
