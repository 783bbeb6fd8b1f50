/* test_breakdown_levels.c - groups without rows, shown on request. */
#include "answers.h"
#include "random.h"

static const char persons[] = "regio:category gemeente:category jaar:integer sonar:boolean uren:decimal1 id:text\n"
                              "Noord|Assen|2023|true|10.5|a\n"
                              "Noord|Assen|2024|false|-|b\n"
                              "Noord|Emmen|2023|true|20.0|c\n"
                              "Zuid|Breda|2024|-|8.0|d\n"
                              "Zuid|-|2024|true|1.5|e\n"
                              "Zuid|Breda|2023|false|2.0|f\n";

static void stated_levels_without_rows_are_shown_on_request(void **state)
{
    static const char data[] = "gemeente:category[Rheden,Rozendaal,Arnhem] jaar:integer x:integer\n"
                               "Arnhem|2023|1\nRheden|2024|2\n";

    (void)state;
    assert_answer(data, ASK(.by = { "gemeente" }, .measures = { "n = count()", "s = sum(x)" }, .all_levels = true),
                  "Rheden|1|2\nRozendaal|0|-\nArnhem|1|1\n");
    assert_answer(data,
                  ASK(.by = { "jaar", "gemeente" }, .measures = { "n = count()" }, .all_levels = true,
                      .margins = DK_MARGINS_ROLLUP),
                  "2023|Rheden|0\n2023|Rozendaal|0\n2023|Arnhem|1\n2023|*|1\n"
                  "2024|Rheden|1\n2024|Rozendaal|0\n2024|Arnhem|0\n2024|*|1\n*|*|2\n");
    assert_answer(
        data, ASK(.by = { "gemeente" }, .measures = { "n = count()" }, .all_levels = true, .where = "jaar == 1"),
        "Rheden|0\nRozendaal|0\nArnhem|0\n");
}

/* Levels that no one stated are those that the column knows, in the order of their texts. */
static void levels_that_the_column_knows_are_shown_on_request(void **state)
{
    (void)state;
    assert_answer(persons,
                  ASK(.by = { "gemeente" }, .measures = { "n = count()", "k = count() where sonar", "d = k / n" },
                      .all_levels = true, .where = "jaar == 2023"),
                  "Assen|1|1|1/1\nBreda|1|0|0/1\nEmmen|1|1|1/1\n");
    assert_answer(persons,
                  ASK(.by = { "gemeente" }, .measures = { "n = count()", "k = count() where sonar", "d = k / n" },
                      .all_levels = true, .where = "jaar == 2024"),
                  "Assen|1|0|0/1\nBreda|1|0|0/1\nEmmen|0|0|-\n-|1|1|1/1\n");
    assert_answer(persons,
                  ASK(.by = { "sonar" }, .measures = { "n = count()" }, .all_levels = true, .where = "sonar"),
                  "false|0\ntrue|3\n");
    assert_answer(persons,
                  ASK(.by = { "jaar", "sonar" }, .measures = { "n = count()" }, .all_levels = true,
                      .where = "gemeente == 'Emmen'", .margins = DK_MARGINS_TOTALS),
                  "2023|false|0\n2023|true|1\n*|*|1\n");
    assert_answer(persons,
                  ASK(.by = { "regio", "gemeente" }, .measures = { "n = count()" }, .where = "jaar == 2024",
                      .levels = { "gemeente" }),
                  "Noord|Assen|1\nNoord|Breda|0\nNoord|Emmen|0\nZuid|Assen|0\nZuid|Breda|1\nZuid|Emmen|0\n"
                  "Zuid|-|1\n");
    assert_refused(persons, ASK(.by = { "jaar" }, .measures = { "n = count()" }, .all_levels = true),
                   DK_ERR_ARGUMENT, "none of its dimensions is a category or a boolean");
    assert_refused(persons, ASK(.by = { "id" }, .measures = { "n = count()" }, .levels = { "id" }), DK_ERR_TYPE,
                   "every level of id, and which ones text has is not known");
    assert_refused(persons, ASK(.by = { "uren" }, .measures = { "n = count()" }, .levels = { "uren" }), DK_ERR_TYPE,
                   "which ones decimal has");
    assert_refused(persons, ASK(.by = { "gemeente" }, .measures = { "n = count()" }, .levels = { "gemente" }),
                   DK_ERR_NAME, "did you mean gemeente?");
}

/* Of what is counted, those between the least and the greatest, whether or not codes of the dimension are known. */
static void periods_and_numbers_without_rows_are_shown_on_request(void **state)
{
    static const char data[] = "maand:month dag:date x:integer k:category\n"
                               "2023-11|2023-02-27|1|a\n2024-02|2023-03-02|4|b\n-|-|-|b\n"
                               "2024-02|2023-03-02|900000000000|a\n";

    (void)state;
    assert_answer(data, ASK(.by = { "maand" }, .measures = { "n = count()", "s = max(x)" }, .levels = { "maand" }),
                  "2023-11|1|1\n2023-12|0|-\n2024-01|0|-\n2024-02|2|900000000000\n-|1|-\n");
    assert_answer(data,
                  ASK(.by = { "dag" }, .measures = { "n = count()" }, .levels = { "dag" }, .where = "k == 'b'"),
                  "2023-03-02|1\n-|1\n");
    assert_answer(data, ASK(.by = { "d = dag" }, .measures = { "n = count()" }, .levels = { "d" }),
                  "2023-02-27|1\n2023-02-28|0\n2023-03-01|0\n2023-03-02|2\n-|1\n");
    assert_answer(data,
                  ASK(.by = { "d = x * 2" }, .measures = { "n = count()" }, .levels = { "d" }, .where = "x < 9",
                      .margins = DK_MARGINS_TOTALS),
                  "2|1\n3|0\n4|0\n5|0\n6|0\n7|0\n8|1\n*|2\n");
    assert_answer(
        data,
        ASK(.by = { "maand", "k" }, .measures = { "n = count()" }, .levels = { "maand", "k" }, .where = "x < 9"),
        "2023-11|a|1\n2023-11|b|0\n2023-12|a|0\n2023-12|b|0\n2024-01|a|0\n2024-01|b|0\n"
        "2024-02|a|0\n2024-02|b|1\n");
    assert_answer(
        data, ASK(.by = { "maand" }, .measures = { "n = count()" }, .levels = { "maand" }, .where = "x < 0"), "");
    assert_refused(data, ASK(.by = { "x" }, .measures = { "n = count()" }, .levels = { "x" }), DK_ERR_LIMIT,
                   "more than 4194304 groups");
}

static void more_levels_than_anybody_reads_are_refused(void **state)
{
    char data[4096];
    size_t used = 0;

    (void)state;
    for (int d = 0; d < 8; d++)
        used += (size_t)sprintf(data + used, "%sd%d:category[a,b,c,d,e,f,g,h]", d ? " " : "", d);
    (void)sprintf(data + used, "\na|a|a|a|a|a|a|a\n");
    assert_refused(data,
                   ASK(.by = { "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7" }, .measures = { "n = count()" },
                       .all_levels = true),
                   DK_ERR_LIMIT, "more than 4194304 groups");
}

/* Those that have rows are what is there without asking for levels, and others have none: so many that every level stands
 * beside every combination of the other dimensions. */
static void random_levels_add_nothing_but_groups_without_rows(void **state)
{
    (void)state;
    for (unsigned round = 0; round < random_rounds(150); round++) {
        char data[4096];
        size_t used = (size_t)sprintf(data, "a:category b:boolean c:integer d:quarter\n"),
               n_rows = random_below(40);
        struct question plain = { .by = { "a", "b", "c", "d" }, .measures = { "r = rows()" } }, every = plain;
        const dk_table *table, *few = NULL, *all = NULL, *shown = NULL;
        const dk_expr *some = NULL;
        char expected[1 << 13];
        dk_error err = DK_ERROR_INIT;

        for (size_t i = 0; i < n_rows; i++)
            used += (size_t)sprintf(data + used, "%c|%s|%d|20%02d-Q%d\n", "abcde-"[random_below(6)],
                                    random_below(3) ? "true" : "-", (int)random_below(9) * 3,
                                    20 + (int)random_below(2), 1 + (int)random_below(4));
        table = make_table(context, data);
        plain.where = every.where = random_below(2) ? "c > 6" : NULL;
        every.levels[0] = plain.by[random_below(4)];
        every.levels[1] = random_below(2) ? plain.by[random_below(4)] : NULL;
        dk_set_threads(1 + round % 2);
        assert_ok(ask_table(&plain, table, NULL, &few, &err), &err);
        assert_ok(ask_table(&every, table, NULL, &all, &err), &err);
        assert_ok(dk_expr_parse(context, "r > 0", &some, &err), &err);
        assert_ok(dk_table_where(all, some, NULL, &shown, &err), &err);
        (void)snprintf(expected, sizeof expected, "%s", show_rows(few));
        assert_string_equal(show_rows(shown), expected);
        dk_expr_release(some);
        dk_table_release(shown);
        dk_table_release(all);
        dk_table_release(few);
        dk_table_release(table);
    }
    dk_set_threads(0);
}

static void failing_memory_leaves_nothing(void **state)
{
    (void)state;
    assert_answer_survives(persons, ASK(.by = { "gemeente", "jaar", "d = jaar * 2", "sonar" },
                                        .measures = { "n = count()" }, .levels = { "gemeente", "jaar", "d" }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stated_levels_without_rows_are_shown_on_request, start, stop),
        cmocka_unit_test_setup_teardown(levels_that_the_column_knows_are_shown_on_request, start, stop),
        cmocka_unit_test_setup_teardown(periods_and_numbers_without_rows_are_shown_on_request, start, stop),
        cmocka_unit_test_setup_teardown(more_levels_than_anybody_reads_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(random_levels_add_nothing_but_groups_without_rows, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
