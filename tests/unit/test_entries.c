/* test_entries.c - rows taken once for each member of their sets, in lists or in lanes: the same answers as where cells of sets are
 * put into those of members, whatever is asked.
 */
#include "member_answers.h"
#include "random.h"

#include "data/codes.h"
#include "query/entries.h"

static int start_entries(void **state)
{
    (void)dki_entries_set_way(1);
    return start(state);
}

static int stop_entries(void **state)
{
    (void)dki_entries_set_way(0);
    return stop(state);
}

static void a_row_is_in_each_group_and_once_in_totals(void **state)
{
    (void)state;
    assert_members_with_totals();
    assert_margins_of_members();
    assert_members_of_nobody();
}

/* More entries than a block has rows: of the empty set, which lacks all. */
static void a_long_list_is_taken_in_pieces(void **state)
{
    enum { MEMBERS = 9000 };
    static char text[1 << 17];
    size_t used = 0;
    const dk_table *table, *result = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_value n, sum;

    (void)state;
    used += (size_t)snprintf(text, sizeof text, "x:integer v:set\n");
    for (int i = 0; i < MEMBERS; i++) /* who has it shows that there is such a member */
        used += (size_t)snprintf(text + used, sizeof text - used, "0|%04d\n", i);
    used += (size_t)snprintf(text + used, sizeof text - used, "7|\n1|0000\n2|-\n");
    table = make_table(context, text);
    assert_ok(ask_table(ASK(.by = { "m = missing(v)" }, .measures = { "n = count()", "s = sum(x)" },
                            .where = "x > 0", .margins = DK_MARGINS_TOTALS),
                        table, NULL, &result, &err),
              &err);
    assert_int_equal(dk_table_n_rows(result), MEMBERS + 2);
    for (uint64_t row = 0; row < MEMBERS + 2; row++) {
        bool known = row < MEMBERS;

        assert_ok(dk_column_get(dk_table_field(result, 1)->column, row, &n, &err), &err);
        assert_ok(dk_column_get(dk_table_field(result, 2)->column, row, &sum, &err), &err);
        assert_int_equal(n.as.integer, row == 0 ? 1 : known ? 2 : row == MEMBERS ? 1 : 3);
        assert_int_equal(sum.as.integer, row == 0 ? 7 : known ? 8 : row == MEMBERS ? 2 : 10);
    }
    dk_table_release(result);
    dk_table_release(table);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *weighted;

    (void)state;
    (void)dki_entries_set_way(2);
    assert_answer_survives(persons, ASK(.by = { "g", "m = missing(v)" },
                                        .measures = { "n = count()", "s = sum(x)", "l = min(x)" },
                                        .margins = DK_MARGINS_CUBE, .all_levels = true));
    weighted = with_weight(make_table(context, "v:set g:category x:integer w:decimal1\n"
                                               "a+b|A|1|0.5\n|A|-|1.5\nb|B|3|0\n-|B|4|2.0\n"),
                           "w");
    assert_ask_survives(ASK(.by = { "g", "m = missing(v)" },
                            .measures = { "n = count()", "s = mean(x)", "r = rows()" }, .margins = DK_MARGINS_CUBE),
                        weighted);
    dk_table_release(weighted);
    assert_answer_survives(
        persons, ASK(.by = { "g", "m = missing(v)" }, .measures = { "n = count()", "d = median(x * 90)" }));
    (void)dki_entries_set_way(1);
    assert_answer_survives(persons, ASK(.by = { "g", "m = missing(v)" },
                                        .measures = { "n = count()", "d = median(x)", "w = variance(x)" },
                                        .margins = DK_MARGINS_CUBE, .all_levels = true));
}

static void too_large_a_sum_is_refused_as_for_rows(void **state)
{
    (void)state;
    assert_refused("v:set x:integer\na+b|9223372036854775807\nb|1\n",
                   ASK(.by = { "m = member(v)" }, .measures = { "s = sum(x)" }), DK_ERR_OVERFLOW,
                   "sum() does not fit in 64 bits (m = b)");
    assert_refused("v:set x:integer\na+b|1\nb|9223372036854775807\n",
                   ASK(.by = { "m = member(v)" }, .measures = { "s = sum(x + 1)" }), DK_ERR_OVERFLOW, "row 2");
}

/* Random tables ------------------------------------------------------------------------------------------------------ */

static size_t put_set(char *text, size_t room, size_t n)
{
    static const char names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t used = 0;
    bool any = false;

    if (pick(9) == 0)
        return (size_t)snprintf(text, room, "-");
    for (size_t k = 0; k < n; k++)
        if (pick(n) < 3) {
            used += (size_t)snprintf(text + used, room - used, "%s%c", any ? "+" : "", names[k]);
            any = true;
        }
    return used;
}

static const dk_table *random_table(bool weighted)
{
    static char text[1 << 18];
    size_t n_rows = 1 + pick(400), n = 1 + pick(pick(3) ? 12 : 62), used;
    uint64_t heaviest = pick(2) ? 4 : 20000000;

    used =
        (size_t)snprintf(text, sizeof text,
                         "v:set w:set[a,b,c,d] g:category b:boolean h:integer x:integer d:decimal2 y:real q:ratio "
                         "wt:decimal1\n");
    for (size_t row = 0; row < n_rows; row++) {
        char null = pick(7) == 0 ? '-' : '\0';

        used += put_set(text + used, sizeof text - used, n);
        used += (size_t)snprintf(text + used, sizeof text - used, "|");
        used += put_set(text + used, sizeof text - used, 4);
        used += (size_t)snprintf(text + used, sizeof text - used, "|%c|%s|%d|", (int)('A' + pick(4)),
                                 pick(5) == 0 ? "-"
                                 : pick(2)    ? "true"
                                              : "false",
                                 (int)pick(50) - 9);
        if (null)
            used += (size_t)snprintf(text + used, sizeof text - used, "-|-|-|-");
        else
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%d|%d.%02d|%d.5|%d/%d", (int)pick(9000) - 4000,
                                 (int)pick(90), (int)pick(100), (int)pick(30), (int)pick(9), 1 + (int)pick(5));
        used += (size_t)snprintf(text + used, sizeof text - used, "|%d.%d\n", (int)pick(heaviest), (int)pick(10));
        assert_true(used + 512 < sizeof text);
    }
    return weighted ? with_weight(make_table(context, text), "wt") : make_table(context, text);
}

/* Both tables, value by value. */
static bool are_same(const dk_table *a, const dk_table *b)
{
    size_t n = dk_table_n_columns(a) + (dk_table_margin(a) != NULL);
    bool same = dk_table_n_rows(a) == dk_table_n_rows(b) && !dk_table_margin(a) == !dk_table_margin(b);
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; same && i < n; i++) {
        bool is_margin = i == dk_table_n_columns(a);
        const dk_column *x = is_margin ? dk_table_margin(a) : dk_table_field(a, i)->column;
        const dk_column *y = is_margin ? dk_table_margin(b) : dk_table_field(b, i)->column;

        for (uint64_t row = 0; same && row < dk_table_n_rows(a); row++) {
            dk_value values[2];

            assert_ok(dk_column_get(x, row, &values[0], &err), &err);
            assert_ok(dk_column_get(y, row, &values[1], &err), &err);
            same = values[0].is_null == values[1].is_null &&
                   (values[0].is_null || dk_value_compare(&values[0], &values[1]) == 0);
        }
    }
    return same;
}

/* Nothing that lanes cannot take, and now and then only what tells not by itself which groups there are. */
static void ask_for_lanes(struct question *question, bool weighted)
{
    static const char *const counts[] = { "n = count()", "c = count() where b", "di = distinct(g)", "hs = sum(h)" };
    static const char *const sums[] = { "s = sum(x)",     "z = sum(d) where b",
                                        "l = min(x)",     "u = max(h) where g == 'A'",
                                        "e2 = mean(h)",   "big = sum(x * 1000)",
                                        "md = median(x)", "qd = quantile(d, 0.9) where b" };
    static const char *const weighed[] = {
        "s = sum(x)",   "z = sum(d) where b",  "em = mean(x) where h > 9", "r = rows()",
        "e2 = mean(h)", "big = sum(x * 1000)", "c2 = count() where h > 3", "hs2 = sum(h) where b"
    };
    size_t n = 0;

    memset(question->measures, 0, sizeof question->measures);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (pick(3) == 0 && !(weighted && i == 2))
            question->measures[n++] = counts[i];
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        if (n == 0 || pick(3) == 0)
            question->measures[n++] = weighted ? weighed[i] : sums[i];
    if (pick(2))
        question->by[2] = NULL;
    if (pick(3))
        question->by[1] = "b";
}

static void all_ways_say_the_same(void **state)
{
    static const char *const wheres[] = { NULL, "x > 0", "b", "g ~= 'B' and h < 20" };
    static const char *const firsts[] = { "m = member(v)", "m = missing(v)", "m = member(w)", "g" };
    static const char *const seconds[] = { "k = member(w)", "k = missing(w)", "b", "h", "y", "q" };
    static const dk_margins margins[] = { DK_MARGINS_NONE, DK_MARGINS_TOTALS, DK_MARGINS_ROLLUP, DK_MARGINS_CUBE };

    static const int ways[] = { -1, 1, 2 };

    (void)state;
    for (unsigned round = 0; round < random_rounds(500); round++) {
        bool weighted = pick(3) == 0, splits = pick(3) == 0;
        const dk_table *table = random_table(weighted), *results[3] = { NULL, NULL, NULL };
        struct question question = {
            .by = { firsts[pick(4)], seconds[pick(6)], pick(3) == 0 ? "e = member(v)" : NULL },
            .measures = { "n = count()", "s = sum(x) where b", "z = sum(d)", "l = min(y)", "u = max(x)",
                          "e2 = mean(h)", "mq = max(q)", splits ? "md = median(x)" : "r = rows() where x > 100",
                          splits ? "di = distinct(h) where not b" : "sd = variance(x)", "f = first(x)",
                          "a = n / all(n)", splits ? "mo = mode(h)" : "sy = sum(y)" },
            .where = wheres[pick(4)],
            .margins = margins[pick(4)],
            .all_levels = pick(4) == 0,
        };
        dk_error err = DK_ERROR_INIT;

        if (pick(2))
            ask_for_lanes(&question, weighted);
        for (int way = 0; way < 3; way++) {
            (void)dki_entries_set_way(ways[way]);
            (void)dki_codes_set_way((int)pick(4));
            dk_set_threads(1 + (unsigned)pick(2));
            dk_context_set_block_rows(context, pick(2) ? 1 + pick(9) : DK_BLOCK_ROWS);
            assert_ok(ask_table(&question, table, NULL, &results[way], &err), &err);
        }
        if (!are_same(results[0], results[1]) || !are_same(results[0], results[2]))
            fail_msg("round %u: by %s, %s and %s where %s, margins %d", round, question.by[0], question.by[1],
                     question.by[2] ? question.by[2] : "", question.where ? question.where : "", question.margins);
        assert_int_equal(dk_table_n_notes(results[0]), dk_table_n_notes(results[1]));
        for (int way = 0; way < 3; way++)
            dk_table_release(results[way]);
        dk_table_release(table);
    }
    (void)dki_codes_set_way(3);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_set_threads(0);
}

/* More rows of one group than a lane counts, with codes as large as it takes. */
static void lanes_are_added_up_before_they_are_full(void **state)
{
    enum { ROWS = 150000 };
    char *text = test_malloc(ROWS * 32), *to = text;
    const dk_table *table, *results[2] = { NULL, NULL };
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    (void)state;
    to += sprintf(to, "v:set x:integer y:integer\n");
    for (int row = 0; row < ROWS; row++)
        to += sprintf(to, "%s|%d|%d\n", row % 100 ? "a+b" : "b", row ? 65534 : 0, row ? 3000000 : 0);
    table = make_table(context, text);
    for (int way = 0; way < 2; way++) {
        (void)dki_entries_set_way(way ? 2 : -1);
        dk_set_threads(1);
        assert_ok(ask_table(ASK(.by = { "m = member(v)" }, .measures = { "n = count()", "s = sum(x)", "t = sum(y)",
                                                                         "l = min(x)", "u = max(x)" }),
                            table, NULL, &results[way], &err),
                  &err);
    }
    assert_true(are_same(results[0], results[1]));
    assert_ok(dk_column_get(dk_table_field(results[1], 1)->column, 1, &value, &err), &err);
    assert_int_equal(value.as.integer, ROWS);
    assert_ok(dk_column_get(dk_table_field(results[1], 2)->column, 1, &value, &err), &err);
    assert_true(value.as.integer == INT64_C(65534) * (ROWS - 1));
    assert_ok(dk_column_get(dk_table_field(results[1], 3)->column, 1, &value, &err), &err);
    assert_true(value.as.integer == INT64_C(3000000) * (ROWS - 1));
    for (int way = 0; way < 2; way++)
        dk_table_release(results[way]);
    dk_table_release(table);
    dk_set_threads(0);
    test_free(text);
}

/* The same of weights that leave lanes no room for as many rows, whose sums need more than 64 bits on the way. */
static void heavy_lanes_are_added_up_in_time(void **state)
{
    enum { ROWS = 60000 };
    char *text = test_malloc(ROWS * 48), *to = text;
    const dk_table *table, *result = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    (void)state;
    to += sprintf(to, "v:set x:integer w:decimal9\n");
    for (int row = 0; row < ROWS; row++)
        to += sprintf(to, "%s|%d|%s\n", row % 10 ? "a+b" : "b", row % 2 ? 65000 : -500,
                      row % 4 ? "34.000000001" : "0");
    table = with_weight(make_table(context, text), "w");
    for (int way = -1; way <= 2; way++) {
        (void)dki_entries_set_way(way);
        dk_set_threads(1);
        assert_ok(ask_table(ASK(.by = { "m = member(v)" },
                                .measures = { "n = count()", "s = sum(x)", "e = mean(x)", "r = rows()" }),
                            table, NULL, &result, &err),
                  &err);
        assert_ok(dk_column_get(dk_table_field(result, 1)->column, 1, &value, &err), &err);
        assert_true(value.as.integer == INT64_C(34000000001) * (ROWS / 4 * 3));
        assert_ok(dk_column_get(dk_table_field(result, 2)->column, 1, &value, &err), &err);
        /* 30000 times 65000, and 15000 times -500, weighed */
        assert_true(value.as.integer == INT64_C(6604500000194250000) && value.scale == 8);
        assert_ok(dk_column_get(dk_table_field(result, 3)->column, 1, &value, &err), &err);
        assert_true(value.as.ratio.numerator == 129500 && value.as.ratio.denominator == 3);
        assert_ok(dk_column_get(dk_table_field(result, 4)->column, 1, &value, &err), &err);
        assert_int_equal(value.as.integer, ROWS);
        dk_table_release(result);
    }
    dk_table_release(table);
    dk_set_threads(0);
    test_free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start_entries, stop_entries)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_is_in_each_group_and_once_in_totals),
        TEST(a_long_list_is_taken_in_pieces),
        TEST(failing_memory_leaves_nothing),
        TEST(too_large_a_sum_is_refused_as_for_rows),
        TEST(all_ways_say_the_same),
        TEST(lanes_are_added_up_before_they_are_full),
        TEST(heavy_lanes_are_added_up_in_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
