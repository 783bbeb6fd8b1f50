/* test_breakdown_hierarchy.c - breakdowns over levels of a hierarchy: groups without rows, shares within a coarser level. */
#include <dekking/hierarchy.h>

#include "query/entries.h"
#include "tables.h"

#include "with_context.h"

#include "hierarchies.h"

static const dk_table *used_persons(void)
{
    const dk_hierarchy *hierarchy = wide("g:text r:text l:text\nA|X|N\nB|X|N\nC|Y|N\nD|Z|N\n", 3, false, NULL);
    const dk_table *table = make_table(context, "g:category s:category\nA|m\nA|v\nB|m\nC|v\n-|m\n"), *used = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_use(table, hierarchy, NULL, &used, &err), &err);
    dk_hierarchy_release(hierarchy);
    dk_table_release(table);
    return used;
}

static void assert_answer(const struct question *question, const dk_table *table, const char *expected)
{
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 6; i++) {
        const dk_table *result = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + (unsigned)i / 3);
        dk_context_set_block_rows(context, blocks[i % 3]);
        assert_ok(ask_table(question, table, NULL, &result, &err), &err);
        assert_string_equal(show_rows(result), expected);
        dk_table_release(result);
    }
    dk_set_threads(0);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void members_without_rows_stand_in_their_own_region(void **state)
{
    const dk_table *table = used_persons();
    const struct question *question =
        ASK(.by = { "r", "g" }, .measures = { "n = count()" }, .all_levels = true, .margins = DK_MARGINS_ROLLUP);

    (void)state;
    assert_answer(question, table, "X|A|2\nX|B|1\nX|*|3\nY|C|1\nY|*|1\nZ|D|0\nZ|*|0\n-|-|1\n-|*|1\n*|*|5\n");
    assert_ask_survives(question, table);
    assert_answer(
        ASK(.by = { "r", "s", "g" }, .measures = { "n = count()" }, .levels = { "g" }, .where = "s == 'v'"), table,
        "X|v|A|1\nX|v|B|0\nY|v|C|1\nZ|v|D|0\n");
    assert_answer(ASK(.by = { "r", "g" }, .measures = { "n = count()" }, .levels = { "r" }), table,
                  "X|A|2\nX|B|1\nY|C|1\n-|-|1\n");
    dk_table_release(table);
}

/* S and U have no region. In N there are A, A, B and S; in O there is U, twice. */
static void a_region_that_is_null_may_be_of_several_countries(void **state)
{
    const dk_hierarchy *hierarchy = wide("g:text r:text l:text\nA|X|N\nB|Y|N\nS|-|N\nU|-|O\n", 3, false, NULL);
    const dk_table *table = make_table(context, "g:category\nU\nA\nB\nS\nA\nU\n"), *used = NULL;
    const struct question *question =
        ASK(.by = { "r" }, .measures = { "n = count()", "d = n / all(n, l)" }, .margins = DK_MARGINS_TOTALS);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_use(table, hierarchy, NULL, &used, &err), &err);
    assert_answer(question, used, "X|2|1/2\nY|1|1/4\n-|3|-\n*|6|1/1\n");
    assert_ask_survives(question, used);
    assert_answer(ASK(.by = { "r" }, .measures = { "n = count()", "d = n / all(n, l)" }), used,
                  "X|2|1/2\nY|1|1/4\n-|3|-\n");
    assert_answer(ASK(.by = { "r" }, .measures = { "n = count()", "d = n / all(n, l)" }, .where = "l == 'N'"), used,
                  "X|2|1/2\nY|1|1/4\n-|1|1/4\n");
    assert_answer(ASK(.by = { "r", "g" }, .measures = { "n = count()", "d = n / all(n, l)" }, .where = "l == 'N'",
                      .all_levels = true, .margins = DK_MARGINS_ROLLUP),
                  used, "X|A|2|1/2\nX|*|2|1/2\nY|B|1|1/4\nY|*|1|1/4\n-|S|1|1/4\n-|U|0|-\n-|*|1|1/4\n*|*|4|1/1\n");
    dk_table_release(used);
    dk_table_release(table);
    dk_hierarchy_release(hierarchy);
}

/* Who has a without a region is U in O and S in N; who has b is S alone; U of whom no set is known is in O, where there are two. */
static void a_member_is_of_the_countries_of_those_who_have_it(void **state)
{
    const dk_hierarchy *hierarchy = wide("g:text r:text l:text\nA|X|N\nB|Y|N\nS|-|N\nU|-|O\n", 3, false, NULL);
    const dk_table *table = make_table(context, "g:category v:set\nU|a\nA|a\nB|b\nS|a+b\nA|\nU|-\n"), *used = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_use(table, hierarchy, NULL, &used, &err), &err);
    for (int way = -1; way < 2; way += 2) {
        const struct question *question =
            ASK(.by = { "m = member(v)", "r" }, .measures = { "n = count()", "d = n / all(n, l)" },
                .margins = DK_MARGINS_TOTALS);

        (void)dki_entries_set_way(way);
        assert_answer(question, used, "a|X|1|1/4\na|-|2|-\nb|Y|1|1/4\nb|-|1|1/4\n-|-|1|1/2\n*|*|6|1/1\n");
        assert_ask_survives(question, used);
        assert_answer(
            ASK(.by = { "r", "m = member(v)" }, .measures = { "n = count()", "d = n / all(n, l)" },
                .margins = DK_MARGINS_ROLLUP),
            used,
            "X|a|1|1/4\nX|*|2|1/2\nY|b|1|1/4\nY|*|1|1/4\n-|a|2|-\n-|b|1|1/4\n-|-|1|1/2\n-|*|3|-\n*|*|6|1/1\n");
    }
    (void)dki_entries_set_way(0);
    dk_table_release(used);
    dk_table_release(table);
    dk_hierarchy_release(hierarchy);
}

static void members_that_moved_stand_where_they_ever_were(void **state)
{
    const dk_hierarchy *hierarchy =
        wide("g:text r:text van:date tot:date\nA|X|-|-\nB|X|-|2020-01-01\nB|Y|2020-01-01|-\nC|Y|-|2018-01-01\n", 2,
             true, NULL);
    const dk_table *bare = make_table(context, "g:category d:date\nB|2019-01-01\nC|2019-01-01\nA|-\n"),
                   *table = NULL;
    const struct question *question = ASK(.by = { "r", "g" }, .measures = { "n = count()" }, .all_levels = true);
    dk_use_options options = { .on = "d" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_use(bare, hierarchy, &options, &table, &err), &err);
    assert_answer(question, table, "X|A|0\nX|B|1\nY|B|0\nY|C|0\n-|A|1\n-|C|1\n");
    assert_ask_survives(question, table);
    dk_table_release(table);
    dk_table_release(bare);
    dk_hierarchy_release(hierarchy);
}

static void a_share_is_within_the_region(void **state)
{
    const dk_table *table = used_persons();
    const struct question *question =
        ASK(.by = { "g" }, .measures = { "n = count()", "d = n / all(n, r)", "e = n / all(n)" },
            .margins = DK_MARGINS_TOTALS, .all_levels = true);

    (void)state;
    /* Of the three persons of X two live in A; Z has none. */
    assert_answer(question, table, "A|2|2/3|2/5\nB|1|1/3|1/5\nC|1|1/1|1/5\nD|0|-|0/1\n-|1|1/1|1/5\n*|5|1/1|1/1\n");
    assert_ask_survives(question, table);
    dk_table_release(table);
}

static void no_room_is_refused(void **state)
{
    const dk_table *table = used_persons(), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(ask_table(ASK(.by = { "g", "a = s", "b = s", "c = s", "d = s", "e = s", "f = s", "h = s", "i = s",
                                       "j = s", "k = s", "l2 = s", "m = s", "o = s", "p = s", "q = s" },
                               .measures = { "n = count()", "x = all(n, r)" }),
                           table, NULL, &result, &err),
                 &err, DK_ERR_LIMIT, "breakdown vraag has 16 dimensions, and no room for r");
    assert_null(result);
    dk_table_release(table);
}

/* Counts of X add up, its rate is one of sums, and the least age of nobody is none. */
static void a_result_is_rolled_up(void **state)
{
    const dk_table *table = used_persons(), *result = NULL, *rolled = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "g", "s" }, .all_levels = true, .margins = DK_MARGINS_ROLLUP,
                            .measures = { "n = count()", "m = count() where s == 'm'", "d = m / n" }),
                        table, NULL, &result, &err),
              &err);
    dk_set_threads(1);
    assert_made_despite_failing_memory(context, dk_table_roll_up(result, "r", NULL, &rolled, &err), &err, rolled,
                                       dk_table_release);
    assert_string_equal(show_rows(rolled), "X|m|2|2|1/1\nX|v|1|0|0/1\nX|*|3|2|2/3\nY|m|0|0|-\nY|v|1|0|0/1\n"
                                           "Y|*|1|0|0/1\nZ|m|0|0|-\nZ|v|0|0|-\nZ|*|0|0|-\n-|m|1|1|1/1\n"
                                           "-|*|1|1|1/1\n*|*|5|3|3/5\n");
    dk_table_release(rolled);
    dk_table_release(result);
    dk_table_release(table);
}

/* Of three persons in X two have y; the totals of persons are added up, and those of members are not their sum. */
static void totals_over_members_are_rolled_up_by_themselves(void **state)
{
    const dk_hierarchy *hierarchy = wide("g:text r:text l:text\nA|X|N\nB|X|N\nC|Y|N\n", 3, false, NULL);
    const dk_table *bare = make_table(context, "g:category v:set[x,y]\nA|x+y\nA|\nB|y\nC|x+y\nC|-\n");
    const dk_table *table = NULL, *result = NULL, *rolled = NULL, *again = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_use(bare, hierarchy, NULL, &table, &err), &err);
    assert_ok(ask_table(ASK(.by = { "g", "m = member(v)" }, .margins = DK_MARGINS_CUBE,
                            .measures = { "n = count()", "d = n / all(n)" }),
                        table, NULL, &result, &err),
              &err);
    dk_set_threads(1);
    assert_made_despite_failing_memory(context, dk_table_roll_up(result, "r", NULL, &rolled, &err), &err, rolled,
                                       dk_table_release);
    assert_string_equal(show_rows(rolled),
                        "X|x|1|1/5\nX|y|2|2/5\nX|*|3|3/5\nY|x|1|1/5\nY|y|1|1/5\nY|-|1|1/5\nY|*|2|2/5\n"
                        "*|x|2|2/5\n*|y|3|3/5\n*|-|1|1/5\n*|*|5|1/1\n");
    assert_int_equal(dk_table_n_notes(rolled), 1);
    assert_ok(dk_table_roll_up(rolled, "l", NULL, &again, &err), &err); /* what m is made of was told long before */
    assert_string_equal(show_rows(again), "N|x|2|2/5\nN|y|3|3/5\nN|-|1|1/5\nN|*|5|1/1\n"
                                          "*|x|2|2/5\n*|y|3|3/5\n*|-|1|1/5\n*|*|5|1/1\n");
    dk_table_release(again);
    dk_table_release(rolled);
    dk_table_release(result);
    dk_table_release(table);
    dk_table_release(bare);
    dk_hierarchy_release(hierarchy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_without_rows_stand_in_their_own_region),
        cmocka_unit_test(a_region_that_is_null_may_be_of_several_countries),
        cmocka_unit_test(a_member_is_of_the_countries_of_those_who_have_it),
        cmocka_unit_test(members_that_moved_stand_where_they_ever_were),
        cmocka_unit_test(a_share_is_within_the_region),
        cmocka_unit_test(no_room_is_refused),
        cmocka_unit_test(a_result_is_rolled_up),
        cmocka_unit_test(totals_over_members_are_rolled_up_by_themselves),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
