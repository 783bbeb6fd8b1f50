/* test_cells.c - tables of weighted cells: what they hold, that a breakdown is the same on them, what they refuse.
 * */
#include "scenarios.h"

#include "with_context.h"

static const char people[] = "klasse:category gemeente:category in_sonar:boolean leeftijd:integer weight:integer\n"
                             "jong|Duiven|true|20|1\noud|Arnhem|false|60|1\njong|Arnhem|false|20|1\n"
                             "oud|Arnhem|false|60|1\njong|-|-|30|1\njong|Arnhem|true|21|1\n";

static const struct plan move = { .name = "verhuizing",
                                  .steps = { { .name = "verhuis",
                                               .where = "klasse == 'jong'",
                                               .share = "0.5",
                                               .per = { "in_sonar" },
                                               .set = { "gemeente = 'Ede'" } } } };

/* The cells of a table for a question (may be NULL) and a plan (may be NULL). */
static dk_status ask_cells(const dk_table *table, const struct question *question, const struct plan *plan,
                           const dk_table **out, dk_error *err)
{
    const dk_breakdown *breakdown = question ? make_breakdown(context, question) : NULL;
    const dk_scenario *scenario = plan ? make_scenario(context, plan) : NULL;
    dk_status status = dk_cells_new(table, breakdown, &scenario, plan ? 1 : 0, out, err);

    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    return status;
}

static void assert_cells(const char *text, const char *weight, const struct question *question,
                         const struct plan *plan, const char *names, const char *rows)
{
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 6; i++) {
        const dk_table *table = make_table(context, text), *cells = NULL;
        dk_error err = DK_ERROR_INIT;

        if (weight)
            table = with_weight(table, weight);
        dk_set_threads(1 + i % 2);
        dk_context_set_block_rows(context, blocks[i / 2]);
        assert_ok(ask_cells(table, question, plan, &cells, &err), &err);
        assert_string_equal(show_names(cells), names);
        assert_string_equal(show_rows(cells), rows);
        dk_table_release(cells);
        dk_table_release(table);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static void assert_refused(const char *text, const char *weight, const struct question *question,
                           const struct plan *plan, dk_status expected, const char *part)
{
    const dk_table *table = make_table(context, text), *cells = NULL;
    dk_error err = DK_ERROR_INIT;

    if (weight)
        table = with_weight(table, weight);
    assert_fails(ask_cells(table, question, plan, &cells, &err), &err, expected, part);
    assert_null(cells);
    dk_table_release(table);
}

/* The table has a column named weight, so that the cells' own gets another name; null keys are groups, and last. */
static void cells_are_the_combinations_that_a_scenario_mentions(void **state)
{
    (void)state;
    assert_cells(people, NULL, NULL, &move, "klasse gemeente in_sonar weight_2",
                 "jong|Arnhem|false|1.000000000\njong|Arnhem|true|1.000000000\njong|Duiven|true|1.000000000\n"
                 "jong|-|-|1.000000000\noud|Arnhem|false|2.000000000\n");
}

static void a_breakdown_adds_the_columns_that_it_reads(void **state)
{
    (void)state;
    assert_cells(people, NULL,
                 ASK(.by = { "k = klasse" }, .measures = { "m = mean(leeftijd) where in_sonar" },
                     .where = "gemeente == 'Arnhem'"),
                 NULL, "klasse gemeente in_sonar leeftijd weight_2",
                 "jong|Arnhem|false|20|1.000000000\njong|Arnhem|true|21|1.000000000\n"
                 "jong|Duiven|true|20|1.000000000\njong|-|-|30|1.000000000\n"
                 "oud|Arnhem|false|60|2.000000000\n");
    assert_cells(people, NULL, ASK(.measures = { "n = count()" }), NULL, "weight_2", "6.000000000\n");
}

static void weights_of_a_table_are_summed_under_their_own_name(void **state)
{
    (void)state;
    assert_cells("a:category n:decimal2\nx|1.25\ny|0.00\nx|2.50\n", "n",
                 ASK(.by = { "a" }, .measures = { "c = count()" }), NULL, "a n", "x|3.750000000\ny|0.000000000\n");
}

static void cells_keep_what_the_table_is(void **state)
{
    const dk_table *table =
        make_table(context, "klasse:category gemeente:category in_sonar:boolean leeftijd:integer "
                            "weight:integer\njong|a|true|1|1\njong|a|true|2|1\n");
    const dk_table *named = NULL, *cells = NULL;
    const char *const key[] = { "leeftijd", "gemeente" };
    const dk_properties properties = { .name = "register",
                                       .source = "register.csv",
                                       .unit = "personen",
                                       .as_of = "2024-12-31",
                                       .key = key,
                                       .n_key = 2 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_with_properties(table, &properties, &named, &err), &err);
    assert_ok(ask_cells(named, NULL, &move, &cells, &err), &err);
    assert_string_equal(dk_table_properties(cells)->name, "register");
    assert_string_equal(dk_table_properties(cells)->source, "register.csv");
    assert_string_equal(dk_table_properties(cells)->unit, "personen");
    assert_string_equal(dk_table_properties(cells)->as_of, "2024-12-31");
    assert_string_equal(dk_table_properties(cells)->weight, "weight_2");
    assert_int_equal(dk_table_properties(cells)->n_key, 0); /* two rows are one cell */
    dk_table_release(cells);
    dk_table_release(named);
    dk_table_release(table);
}

static void a_table_without_rows_has_no_cells(void **state)
{
    (void)state;
    assert_cells("klasse:category gemeente:category in_sonar:boolean\n", NULL, NULL, &move,
                 "klasse gemeente in_sonar weight", "");
}

static void totals_are_refused(void **state)
{
    const dk_table *table = make_table(context, people), *totals = NULL, *cells = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "gemeente" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS),
                        table, NULL, &totals, &err),
              &err);
    assert_fails(ask_cells(totals, ASK(.by = { "gemeente" }, .measures = { "c = count()" }), NULL, &cells, &err),
                 &err, DK_ERR_MARGIN,
                 "the table has rows that are totals, which would count double (take its details: :detail())");
    dk_table_release(totals);
    dk_table_release(table);
}

static void an_unknown_column_is_named_with_its_step(void **state)
{
    const struct plan wrong = {
        .name = "x",
        .steps = { { .name = "eerst", .share = "0.5", .set = { "klasse = 'oud'" } },
                   { .name = "dan", .where = "in_sonr", .all = true, .set = { "klasse = 'oud'" } } }
    };
    const struct plan per = {
        .name = "x", .steps = { { .name = "per", .all = true, .per = { "regio" }, .set = { "klasse = 'oud'" } } }
    };

    (void)state;
    assert_refused(people, NULL, NULL, &wrong, DK_ERR_NAME,
                   "dan: unknown column \"in_sonr\" (did you mean \"in_sonar\"?)");
    assert_refused(people, NULL, NULL, &per, DK_ERR_NAME, "per: unknown column \"regio\"");
    assert_refused(people, NULL, ASK(.by = { "plaats" }, .measures = { "n = count()" }), NULL, DK_ERR_NAME,
                   "unknown column \"plaats\"");
}

/* A record that is split in two is still one person: what counts records has no meaning here. */
static void records_cannot_be_counted_on_cells(void **state)
{
    (void)state;
    assert_refused(people, NULL, ASK(.measures = { "n = count()", "r = 2 * rows() where in_sonar" }), &move,
                   DK_ERR_ARGUMENT,
                   "rows() counts records, and a scenario moves persons, in parts of records too\n"
                   "  r = 2 * rows() where in_sonar\n");
    assert_refused(people, NULL, ASK(.measures = { "m = last(leeftijd)" }), &move, DK_ERR_ARGUMENT,
                   "last() looks at records, and a scenario moves persons, in parts of records too\n"
                   "  m = last(leeftijd)\n");
    assert_refused(people, NULL, ASK(.measures = { "m = first(leeftijd)" }), NULL, DK_ERR_ARGUMENT,
                   "(min(), max() and mode() are known of persons)");
    assert_refused(people, NULL, ASK(.measures = { "m = distinct(leeftijd)" }), &move, DK_ERR_ARGUMENT,
                   "distinct() counts the values of whole persons, and the scenario moves parts of persons\n"
                   "  m = distinct(leeftijd)\n");
    assert_refused(people, NULL, ASK(.measures = { "d = 1 + all(distinct(gemeente))" }), NULL, DK_ERR_ARGUMENT,
                   "(where steps move whole persons (all = true), compare knows it)");
}

static void the_weight_is_neither_read_nor_set(void **state)
{
    const struct plan sets = { .name = "x", .steps = { { .name = "telt", .all = true, .set = { "n = 5" } } } };
    static const char text[] = "a:category n:integer\nx|3\n";

    (void)state;
    assert_refused(text, "n", ASK(.measures = { "s = sum(n)" }), NULL, DK_ERR_ARGUMENT,
                   "n is the weight of the table: a scenario moves it, and nothing else can read or set it");
    assert_refused(text, "n", NULL, &sets, DK_ERR_ARGUMENT, "telt: n is the weight of the table");
}

/* In the question that groups, names are doubled where they hold backquotes; per and the weight take them as they are. */
static void a_name_may_hold_backquotes(void **state)
{
    const struct plan plan = { .name = "x",
                               .steps = { { .name = "s", .all = true, .per = { "b`c" }, .set = { "a = 'y'" } } } };
    const dk_table *table = make_table(context, "a:category b:integer\nx|1\n"), *renamed = NULL, *cells = NULL;
    const char *old_names[] = { "b" }, *new_names[] = { "b`c" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_rename(table, old_names, new_names, 1, &renamed, &err), &err);
    assert_ok(ask_cells(renamed, NULL, &plan, &cells, &err), &err);
    assert_int_not_equal(dk_table_find(cells, "b`c"), DK_NO_COLUMN);
    dk_table_release(cells);
    cells = NULL;
    renamed = with_weight(renamed, "b`c");
    assert_ok(ask_cells(renamed, ASK(.by = { "a" }, .measures = { "n = count()" }), NULL, &cells, &err), &err);
    assert_string_equal(dk_table_properties(cells)->weight, "b`c");
    dk_table_release(cells);
    dk_table_release(renamed);
    dk_table_release(table);
}

static void more_columns_than_a_breakdown_has_dimensions_are_refused(void **state)
{
    (void)state;
    assert_refused(
        "a:integer b:integer c:integer d:integer e:integer f:integer g:integer h:integer i:integer "
        "j:integer k:integer l:integer m:integer n:integer o:integer p:integer q:integer\n"
        "1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1\n",
        NULL,
        ASK(.by = { "a", "b", "c", "d", "e", "f", "g", "h" },
            .measures = { "s = sum(i + j + k + l + m + n + o + p + q)" }),
        NULL, DK_ERR_LIMIT,
        "a scenario and its breakdown mention more columns than the 16 that fit, of which an interval takes "
        "three and a rate two");
}

/* 9223372036.854775807 persons are the most, in one cell or in all together. */
static void weights_that_do_not_fit_are_refused(void **state)
{
    const struct question question = { .by = { "a" }, .measures = { "c = count()" } };

    (void)state;
    assert_cells("a:category n:integer\nx|9223372035\ny|1\n", "n", &question, NULL, "a n",
                 "x|9223372035.000000000\ny|1.000000000\n");
    assert_refused("a:category n:integer\nx|9223372037\n", "n", &question, NULL, DK_ERR_OVERFLOW,
                   "a weight of 9223372037 does not fit: a scenario counts in billionths of a person, up to "
                   "9223372036 persons");
    assert_refused("a:category n:decimal10\nx|0.0000000001\n", "n", &question, NULL, DK_ERR_OVERFLOW,
                   "a weight of 0.0000000001 does not fit");
    assert_refused("a:category n:integer\nx|5000000000\ny|5000000000\n", "n", &question, NULL, DK_ERR_OVERFLOW,
                   "the table counts more persons than a scenario can: 9223372036, in billionths");
}

/* Every measure that exists is the same on cells as on rows, exactly: text for text. */
static void a_breakdown_is_the_same_on_cells_as_on_rows(void **state)
{
    static const struct question questions[] = {
        { .by = { "gemeente", "klasse" }, .measures = { COVERAGE }, .margins = DK_MARGINS_CUBE },
        { .by = { "klasse" },
          .measures = { "s = sum(bedrag)", "m = mean(bedrag)", "lo = min(leeftijd)", "hi = max(bedrag)",
                        "q = s / all(s)" },
          .where = "leeftijd < 50 or in_sonar",
          .margins = DK_MARGINS_TOTALS },
        { .by = { "gemeente" },
          .measures = { "s = sum(lengte)", "m = mean(lengte) where not in_sonar", "x = max(lengte)" },
          .margins = DK_MARGINS_ROLLUP },
        { .measures = { "n = count()", "oud = max(leeftijd)" } },
        { .by = { "klasse" },
          .measures = { "m = median(leeftijd)", "q = quantile(bedrag, 0.123456789)",
                        "r = quantile(lengte, 0.123456789)", "x = quantile(lengte, 1 / 3) where in_sonar",
                        "o = mode(gemeente)", "k = mode(lengte)" },
          .margins = DK_MARGINS_TOTALS },
        { .by = { "gemeente", "in_sonar" },
          .measures = { "v = variance(leeftijd)", "s = sd(lengte)", "c = cov(leeftijd, bedrag)",
                        "r = corr(leeftijd, bedrag)", "w = variance(lengte) where klasse == 'jong'" },
          .margins = DK_MARGINS_CUBE },
    };

    (void)state;
    for (unsigned round = 0; round < 40; round++) {
        size_t n_rows = random_below(400), used;
        static char text[40000];
        const dk_table *table;

        used = (size_t)sprintf(text, "gemeente:category[Arnhem,Ede] klasse:text in_sonar:boolean leeftijd:integer "
                                     "bedrag:decimal2 lengte:real\n");
        for (size_t i = 0; i < n_rows; i++)
            used += (size_t)sprintf(text + used, "%s|%s|%s|%d|%d.%02d|%d.%d\n",
                                    (const char *[]){ "Arnhem", "Ede", "-" }[random_below(3)],
                                    (const char *[]){ "jong", "oud", "-", "" }[random_below(4)],
                                    (const char *[]){ "true", "false", "-" }[random_below(3)],
                                    (int)random_below(5) * 10 + 18, (int)random_below(20),
                                    (int)random_below(3) * 25, (int)random_below(3), (int)random_below(9));
        table = make_table(context, text);
        if (round % 2)
            table = with_weight(table, "leeftijd");
        for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
            const dk_breakdown *breakdown = make_breakdown(context, &questions[q]);
            const dk_table *cells = NULL, *on_rows = NULL, *on_cells = NULL;
            dk_error err = DK_ERROR_INIT;
            char expected[1 << 14];
            dk_status status = dk_cells_new(table, breakdown, NULL, 0, &cells, &err);

            if (status == DK_ERR_ARGUMENT && round % 2) { /* the weight is mentioned */
                dk_breakdown_release(breakdown);
                continue;
            }
            assert_ok(status, &err);
            assert_ok(dk_breakdown_run(breakdown, table, NULL, &on_rows, &err), &err);
            assert_ok(dk_breakdown_run(breakdown, cells, NULL, &on_cells, &err), &err);
            assert_int_equal(dk_table_n_rows(on_rows), dk_table_n_rows(on_cells));
            for (size_t c = 0; c < dk_table_n_columns(on_rows); c++)
                for (uint64_t r = 0; r < dk_table_n_rows(on_rows); r++) {
                    dk_value a = value_at(on_rows, dk_table_field(on_rows, c)->name, r);
                    dk_value b = value_at(on_cells, dk_table_field(on_rows, c)->name, r);

                    if (a.is_null != b.is_null || (!a.is_null && dk_value_compare(&a, &b) != 0)) {
                        snprintf(expected, sizeof expected, "%s", show_rows(on_rows));
                        fail_msg("question %zu:\n%s and on cells\n%s", q, expected, show_rows(on_cells));
                    }
                }
            dk_table_release(on_rows);
            dk_table_release(on_cells);
            dk_table_release(cells);
            dk_breakdown_release(breakdown);
        }
        dk_table_release(table);
    }
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *table = make_table(context, people), *cells = NULL;
    const dk_breakdown *breakdown =
        make_breakdown(context, ASK(.by = { "klasse" }, .measures = { "m = mean(leeftijd)" }));
    const dk_scenario *scenario = make_scenario(context, &move);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_cells_new(table, breakdown, &scenario, 1, &cells, &err), &err,
                                   cells == NULL, dk_table_release(cells));
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(table);
}

static void an_interruption_stops_it(void **state)
{
    const dk_table *table = make_table(context, people), *cells = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(ask_cells(table, NULL, &move, &cells, &err), &err, DK_ERR_INTERRUPTED, "");
    assert_null(cells);
    dk_context_clear_interrupt(context);
    dk_table_release(table);
}

#define BOUNDS                                                                                            \
    "g:category s:boolean n:interval w:integer\n"                                                         \
    "A|false|0..4~<5~suppressed|1\nA|false|0..4~<5~suppressed|1\nA|false|0..4|1\nA|true|7|2\nB|false|~.~" \
    "unavailable|1\n"                                                                                     \
    "B|false|3..|1\nB|false|3..|1\n"

static const struct plan known = {
    .name = "vast", .steps = { { .name = "leg vast", .where = "not s", .share = "0.5", .set = { "s = true" } } }
};

/* Rows are in one cell where bounds and markers are the same. */
static void bounds_and_markers_tell_cells_apart(void **state)
{
    const dk_table *table = make_table(context, BOUNDS), *cells = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_cells(table, ASK(.by = { "g" }, .measures = { "k = sum(n) where s" }), &known, &cells, &err),
              &err);
    assert_string_equal(show_rows(cells),
                        "A|false|0..4[<5]|2.000000000\nA|false|0..4|1.000000000\n"
                        "A|true|7|1.000000000\nB|false|3..|2.000000000\nB|false|-[.]|1.000000000\n");
    dk_table_release(cells);
    dk_table_release(table);
}

/* A scenario that moves nobody by parts is one of rows: whatever is asked of numbers in bounds has one answer. */
static void bounds_are_the_same_on_cells_as_on_rows(void **state)
{
    const struct plan all = { .name = "vast",
                              .steps = { { .name = "leg vast",
                                           .where = "not s and n is not null",
                                           .all = true,
                                           .set = { "s = true", "g = 'C'" } } } };
    const struct question *question = ASK(.by = { "g" },
                                          .measures = { "c = count()", "k = sum(n) where s", "m = mean(n)",
                                                        "l = min(n)", "u = max(n)", "p = k / all(sum(n))" },
                                          .margins = DK_MARGINS_TOTALS);

    (void)state;
    for (int weighted = 0; weighted < 2; weighted++) {
        const dk_table *table = make_table(context, BOUNDS), *moved, *cells = NULL, *after = NULL;
        const dk_table *on_rows = NULL, *on_cells = NULL;
        const dk_scenario *scenario = make_scenario(context, &all);
        char expected[4096];
        dk_error err = DK_ERROR_INIT;

        /* Weights as cells have them. */
        moved = with_weight(make_table(context, "g:category s:boolean n:interval w:decimal9 one:decimal9\n"
                                                "C|true|0..4~<5~suppressed|1.000000000|1.000000000\n"
                                                "C|true|0..4~<5~suppressed|1.000000000|1.000000000\n"
                                                "C|true|0..4|1.000000000|1.000000000\n"
                                                "A|true|7|2.000000000|1.000000000\n"
                                                "B|false|~.~unavailable|1.000000000|1.000000000\n"
                                                "C|true|3..|1.000000000|1.000000000\n"
                                                "C|true|3..|1.000000000|1.000000000\n"),
                            weighted ? "w" : "one");
        if (weighted)
            table = with_weight(table, "w");
        assert_ok(ask_table(question, moved, NULL, &on_rows, &err), &err);
        (void)snprintf(expected, sizeof expected, "%s", show_rows(on_rows));
        assert_ok(ask_cells(table, question, &all, &cells, &err), &err);
        assert_ok(dk_scenario_apply(scenario, cells, NULL, &after, NULL, &err), &err);
        assert_ok(ask_table(question, after, NULL, &on_cells, &err), &err);
        assert_string_equal(show_rows(on_cells), expected);
        dk_scenario_release(scenario);
        dk_table_release(on_cells);
        dk_table_release(on_rows);
        dk_table_release(after);
        dk_table_release(cells);
        dk_table_release(moved);
        dk_table_release(table);
    }
}

static void failing_memory_loses_no_bounds(void **state)
{
    const dk_table *table = make_table(context, BOUNDS), *cells = NULL, *after = NULL;
    const dk_scenario *scenario = make_scenario(context, &known);
    const dk_breakdown *breakdown =
        make_breakdown(context, ASK(.by = { "g" }, .measures = { "k = sum(n) where s" }));
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_cells_new(table, breakdown, &scenario, 1, &cells, &err), &err,
                                   cells == NULL, dk_table_release(cells));
    cells = NULL;
    assert_ok(dk_cells_new(table, breakdown, &scenario, 1, &cells, &err), &err);
    assert_survives_failing_memory(context, dk_scenario_apply(scenario, cells, NULL, &after, NULL, &err), &err,
                                   after == NULL, dk_table_release(after));
    dk_set_threads(0);
    dk_breakdown_release(breakdown);
    dk_scenario_release(scenario);
    dk_table_release(cells);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bounds_and_markers_tell_cells_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_are_the_same_on_cells_as_on_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_loses_no_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_are_the_combinations_that_a_scenario_mentions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_breakdown_adds_the_columns_that_it_reads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weights_of_a_table_are_summed_under_their_own_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_keep_what_the_table_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_table_without_rows_has_no_cells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unknown_column_is_named_with_its_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_cannot_be_counted_on_cells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_weight_is_neither_read_nor_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_may_hold_backquotes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_columns_than_a_breakdown_has_dimensions_are_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(weights_that_do_not_fit_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_breakdown_is_the_same_on_cells_as_on_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interruption_stops_it, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
