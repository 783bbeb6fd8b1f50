/* test_basis.c - scenarios by cells and by rows: the same answers, what only rows know, and which is chosen when. */
#include "whatif/basis.h"

#include <math.h>

#include "base/cache.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/column_parts.h"
#include "scenarios.h"
#include "with_context.h"

/* n rows of all types; weighted: 1, with weights of persons; 2, with weights that have digits. */
static const dk_table *random_table(size_t n_rows, unsigned weighted)
{
    static char text[1 << 17];
    size_t used = (size_t)sprintf(text,
                                  "gemeente:category[Ede,Arnhem] klasse:text in_sonar:boolean leeftijd:integer "
                                  "lengte:real bedrag:decimal2 nr:integer w:%s\n",
                                  weighted == 2 ? "decimal2" : "integer");
    const dk_table *table;

    for (size_t i = 0; i < n_rows; i++)
        used += (size_t)sprintf(
            text + used, "%s|%s|%s|%d|%d.5|%d.%d0|%zu|%d%s\n", (const char *[]){ "Arnhem", "Ede", "-" }[pick(3)],
            (const char *[]){ "jong", "oud", "-", "" }[pick(4)], (const char *[]){ "true", "false", "-" }[pick(3)],
            (int)pick(5) * 10 + 18, (int)pick(3), (int)pick(9), (int)pick(10), i, (int)pick(4),
            weighted == 2 ? (const char *[]){ ".00", ".25" }[pick(2)] : "");
    table = make_table(context, text);
    {
        const dk_table *figures = make_table(context, "gemeente:text register:integer\nEde|300\nArnhem|500\n");
        const char *const key[] = { "nr" }, *const by[] = { "gemeente" };
        const dk_properties properties = { .key = key, .n_key = 1, .weight = weighted ? "w" : NULL };
        const dk_table *keyed = NULL, *attached = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dk_table_with_properties(table, &properties, &keyed, &err), &err);
        assert_ok(dk_table_attach(keyed, figures, by, 1, &attached, &err), &err);
        dk_table_release(figures);
        dk_table_release(keyed);
        dk_table_release(table);
        return attached;
    }
}

static dk_status compare_by(dki_path path, const dk_table *table, const struct question *question,
                            const struct plan *plan, const dk_table **out, dk_error *err)
{
    const dk_breakdown *breakdown = make_breakdown(context, question);
    const dk_scenario *scenario = make_scenario(context, plan);
    dk_status status;

    dki_basis_force(path);
    status = dk_scenario_compare(breakdown, table, NULL, &scenario, NULL, 1, out, err);
    dki_basis_force(DKI_PATH_AUTO);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    return status;
}

/* The same rows and columns, numbers that are parts of persons to some billionths. */
static void assert_same(const dk_table *a, const dk_table *b, double within)
{
    assert_int_equal(dk_table_n_rows(a), dk_table_n_rows(b));
    assert_int_equal(dk_table_n_columns(a), dk_table_n_columns(b));
    for (size_t c = 0; c < dk_table_n_columns(a); c++)
        for (uint64_t row = 0; row < dk_table_n_rows(a); row++) {
            const char *name = dk_table_field(a, c)->name;
            dk_value x = value_at(a, name, row), y = value_at(b, name, row);

            assert_string_equal(name, dk_table_field(b, c)->name);
            assert_int_equal(x.is_null, y.is_null);
            if (x.is_null)
                continue;
            if (within > 0 && dk_type_is_number(x.type) && dk_type_is_number(y.type)) {
                double p = real_at(a, name, row), q = real_at(b, name, row);

                if (fabs(p - q) > within * (1 + fabs(p)))
                    fail_msg("%s, row %llu: %.17g and %.17g", name, (unsigned long long)row, p, q);
            } else {
                if (!dki_values_equal(&x, &y))
                    fail_msg("%s, row %llu differs:\n%s", name, (unsigned long long)row, show_rows(b));
            }
        }
}

/* Amounts that need no rounding are the same to the last unit. */
static const struct plan exact_plans[] = {
    { .name = "deel",
      .steps = { { .name = "a",
                   .where = "not in_sonar",
                   .share = "0.3",
                   .per = { "gemeente" },
                   .set = { "in_sonar = true" } } } },
    { .name = "alle",
      .steps = { { .name = "a",
                   .where = "gemeente == 'Ede'",
                   .all = true,
                   .allow_none = true,
                   .set = { "gemeente = 'Nieuw'" } },
                 { .name = "b",
                   .where = "klasse == 'oud'",
                   .share = "0.25",
                   .allow_none = true,
                   .set = { "klasse = 'jong'" } } } },
    { .name = "drie",
      .steps = { { .name = "a", .share = "0.5", .set = { "gemeente = 'Ede'", "klasse = null" } },
                 { .name = "b",
                   .where = "leeftijd > 30",
                   .share = "0.5",
                   .allow_none = true,
                   .set = { "leeftijd = leeftijd + 1" } },
                 { .name = "c",
                   .where = "in_sonar",
                   .share = "0.2",
                   .allow_none = true,
                   .set = { "in_sonar = not in_sonar" } } } },
    { .name = "niemand",
      .steps = { { .name = "a",
                   .where = "leeftijd < 0",
                   .all = true,
                   .allow_none = true,
                   .set = { "klasse = 'x'" } } } },
};
/* These need it, or do more than move. */
static const struct plan rounded_plans[] = {
    { .name = "tal",
      .steps = { { .name = "a",
                   .where = "not in_sonar",
                   .count = "2",
                   .allow_none = true,
                   .whole = true,
                   .per = { "gemeente" },
                   .set = { "in_sonar = true" } } } },
    { .name = "derde",
      .steps = { { .name = "a", .share = "1 / 3", .set = { "gemeente = 'Ede'" } },
                 { .name = "b",
                   .where = "gemeente == 'Ede'",
                   .share = "2 / 7",
                   .whole = true,
                   .set = { "klasse = 'jong'" } } } },
    { .name = "komen",
      .steps = { { .name = "a",
                   .where = "leeftijd > 30",
                   .share = "1 / 3",
                   .allow_none = true,
                   .effect = DK_ADDS,
                   .set = { "klasse = 'nieuw'" } },
                 { .name = "b", .where = "in_sonar", .all = true, .allow_none = true, .effect = DK_REMOVES },
                 { .name = "c", .scale = "1.02" } } },
    { .name = "stand",
      .steps = { { .name = "a", .rate = "in_sonar", .to = "0.4", .per = { "gemeente" }, .allow_none = true } } },
    { .name = "stromen",
      .steps = { { .name = "a",
                   .flows_of = "gemeente",
                   .allow_none = true,
                   .flows = { { "'Ede'", "'Arnhem'", "0.1" },
                              { "'Arnhem'", "'Ede'", "0.25" },
                              { "'Arnhem'", "'Nieuw'", "0.05" } } } } },
    { .name = "eerst",
      .steps = { { .name = "a",
                   .where = "not in_sonar",
                   .count = "2.5",
                   .allow_none = true,
                   .first = { "leeftijd desc" },
                   .set = { "in_sonar = true" } } } },
    { .name = "getrokken",
      .steps = { { .name = "a",
                   .where = "not in_sonar",
                   .share = "0.4",
                   .allow_none = true,
                   .drawn = DK_DRAWN_NUMBERS,
                   .per = { "klasse" },
                   .set = { "in_sonar = true" } } } },
    { .name = "wie",
      .steps = { { .name = "a",
                   .where = "not in_sonar",
                   .share = "0.4",
                   .allow_none = true,
                   .drawn = DK_DRAWN_PERSONS,
                   .per = { "klasse" },
                   .set = { "in_sonar = true" } } } },
    { .name = "zevenden",
      .steps = { { .name = "a", .share = "1 / 7", .per = { "klasse" }, .set = { "klasse = 'jong'" } },
                 { .name = "b",
                   .where = "leeftijd > 20",
                   .allow_none = true,
                   .share = "3 / 7",
                   .set = { "leeftijd = 18" } },
                 { .name = "c",
                   .where = "klasse == 'jong'",
                   .allow_none = true,
                   .share = "5 / 11",
                   .set = { "klasse = null" } },
                 { .name = "d", .scale = "1 / 3" } } },
    { .name = "gemengd", /* persons by a key, and parts of them: what is taken depends on the other columns */
      .steps = { { .name = "a",
                   .where = "not in_sonar",
                   .share = "0.4",
                   .allow_none = true,
                   .drawn = DK_DRAWN_PERSONS,
                   .set = { "in_sonar = true" } },
                 { .name = "b", .share = "1 / 3", .set = { "gemeente = 'Ede'" } } } },
};
static const struct question questions[] = {
    { .by = { "gemeente", "klasse" }, .measures = { COVERAGE }, .margins = DK_MARGINS_CUBE },
    { .by = { "klasse" },
      .measures = { "s = sum(bedrag)", "m = mean(bedrag)", "lo = min(leeftijd)", "hi = max(bedrag)",
                    "q = s / all(s)" },
      .where = "leeftijd < 50 or in_sonar",
      .margins = DK_MARGINS_TOTALS },
    { .by = { "gemeente" },
      .measures = { "m = median(leeftijd)", "q = quantile(lengte, 0.3) where not in_sonar" },
      .all_levels = true },
    { .by = { "in_sonar" }, .measures = { "v = variance(leeftijd)", "n = count()" }, .margins = DK_MARGINS_TOTALS },
    { .measures = { "n = count()", "oud = max(leeftijd) where klasse is not null" } },
    { .by = { "gemeente" }, .measures = { "d = count() / attached(register)" }, .margins = DK_MARGINS_TOTALS },
    { .by = { "gemeente" }, .measures = { "d = distinct(klasse)" }, .margins = DK_MARGINS_TOTALS },
};

static void rows_and_cells_answer_the_same(void **state)
{
    unsigned n_answered[16] = { 0 };
    size_t n_exact = sizeof exact_plans / sizeof *exact_plans,
           n_plans = n_exact + sizeof rounded_plans / sizeof *rounded_plans;

    (void)state;
    assert_true(n_plans <= sizeof n_answered / sizeof *n_answered);
    random_state = UINT64_C(0xD1B54A32D192ED03);
    for (unsigned round = 0; round < random_rounds(60); round++) {
        const dk_table *table = random_table(1 + pick(400), round % 3);

        dk_set_threads(1 + round / 3 % 2);
        dk_context_set_block_rows(context, round % 2 ? DK_BLOCK_ROWS : 1 + pick(20));
        for (size_t p = 0; p < n_plans; p++) {
            const struct plan *plan = p < n_exact ? &exact_plans[p] : &rounded_plans[p - n_exact];
            bool has_parts = round % 3 == 2; /* of persons, of which cells cannot tell whose value is whose */
            const struct question *question = &questions[pick(sizeof questions / sizeof *questions - has_parts)];
            const dk_table *by_cells = NULL, *by_rows = NULL;
            dk_error first = DK_ERROR_INIT, second = DK_ERROR_INIT;
            dk_status a = compare_by(DKI_PATH_CELLS, table, question, plan, &by_cells, &first);
            dk_status b = compare_by(DKI_PATH_ROWS, table, question, plan, &by_rows, &second);

            assert_int_equal(a, b);
            n_answered[p] += a == DK_OK;
            if (a == DK_OK)
                assert_same(by_cells, by_rows, 0);
            else
                assert_string_equal(first.message, second.message);
            dk_table_release(by_cells);
            dk_table_release(by_rows);
        }
        dk_table_release(table);
    }
    for (size_t p = 0; p < n_plans; p++)
        assert_true(n_answered[p] > 0);
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

/* What a scenario leaves alone every measure says as it does of the table, exactly. */
static void nobody_moved_is_the_breakdown_itself(void **state)
{
    static const struct question question = {
        .by = { "gemeente" },
        .measures = { "n = count()", "r = rows()", "f = first(klasse)", "l = last(bedrag)",
                      "d = distinct(leeftijd)", "m = median(lengte)", "o = mode(klasse)", "v = variance(bedrag)",
                      "c = corr(leeftijd, bedrag)", "q = quantile(bedrag, 0.9)", "s = sd(lengte) where in_sonar" },
        .margins = DK_MARGINS_TOTALS,
        .all_levels = true
    };

    (void)state;
    for (unsigned round = 0; round < random_rounds(30); round++) {
        const dk_table *table = random_table(1 + pick(300), round % 3), *plain = NULL, *compared = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_ok(ask_table(&question, table, NULL, &plain, &err), &err);
        assert_ok(compare_by(DKI_PATH_AUTO, table, &question, &exact_plans[3], &compared, &err), &err);
        for (size_t c = 1; c < dk_table_n_columns(plain); c++)
            for (uint64_t row = 0; row < dk_table_n_rows(plain); row++) {
                char name[80];
                dk_value x = value_at(plain, dk_table_field(plain, c)->name, row), y;

                sprintf(name, "%s_niemand", dk_table_field(plain, c)->name);
                y = value_at(compared, name, row);
                assert_true(dki_values_equal(&x, &y));
            }
        dk_table_release(compared);
        dk_table_release(plain);
        dk_table_release(table);
    }
}

#define PEOPLE                                                                   \
    "gemeente:category naam:text in_sonar:boolean\nEde|a|true\nArnhem|b|false\n" \
    "Duiven|c|true\nArnhem|d|true\nDuiven|e|false\nEde|a|false\n"

static const struct plan merger = { .name = "fusie",
                                    .steps = { { .name = "merge",
                                                 .where = "gemeente in ('Ede', 'Duiven')",
                                                 .all = true,
                                                 .set = { "gemeente = 'Nieuw'" } } } };
static const struct plan half = {
    .name = "helft",
    .steps = { { .name = "a", .where = "not in_sonar", .share = "0.5", .set = { "in_sonar = true" } } }
};

static const struct question by_name = { .by = { "gemeente" }, .measures = { "n = count()", "m = mode(naam)" } };

/* Records that move as they are keep their order. */
static void records_are_known_where_none_is_divided(void **state)
{
    static const struct question question = { .by = { "gemeente" },
                                              .measures = { "r = rows()", "f = first(naam)", "l = last(naam)",
                                                            "d = distinct(naam)" } };
    const dk_table *table = make_table(context, PEOPLE), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(compare_by(DKI_PATH_AUTO, table, &question, &merger, &result, &err), &err);
    assert_string_equal(show_names(result),
                        "gemeente r_base r_fusie r_fusie_difference f_base f_fusie l_base l_fusie "
                        "d_base d_fusie d_fusie_difference");
    assert_string_equal(show_rows(result), "Arnhem|2|2|0|b|b|d|d|2|2|0\nDuiven|2|0|-2|c|-|e|-|2|0|-2\n"
                                           "Ede|2|0|-2|a|-|a|-|1|0|-1\nNieuw|0|4|4|-|a|-|a|0|3|3\n");
    dk_table_release(result);
    assert_fails(compare_by(DKI_PATH_AUTO, table, &question, &half, &result, &err), &err, DK_ERR_ARGUMENT,
                 "rows() counts records, and a scenario moves persons, in parts of records too\n  r = rows()\n");
    assert_fails(compare_by(DKI_PATH_AUTO, table, ASK(.measures = { "l = last(naam)" }), &half, &result, &err),
                 &err, DK_ERR_ARGUMENT, "last() looks at records");
    dk_table_release(table);
}

/* Two of four persons of one cell moved are two persons, whoever they are; half of one is nobody. */
static void values_of_whole_persons_are_counted(void **state)
{
    static const struct question question = { .by = { "in_sonar" }, .measures = { "d = distinct(gemeente)" } };
    const dk_table *table = make_table(context, PEOPLE), *result = NULL;
    struct plan plan = half;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    plan.steps[0].share = "1";
    assert_ok(compare_by(DKI_PATH_AUTO, table, &question, &plan, &result, &err), &err);
    assert_string_equal(show_rows(result), "false|3|0|-3\ntrue|3|3|0\n");
    dk_table_release(result);
    assert_fails(compare_by(DKI_PATH_AUTO, table, &question, &half, &result, &err), &err, DK_ERR_ARGUMENT,
                 "distinct() counts the values of whole persons, and the scenario moves parts of persons");
    dk_table_release(table);
}

/* One of two who are alike moves: a whole person, by rows as by cells. */
static void who_is_alike_is_one_cell_by_rows_too(void **state)
{
    static const struct question question = { .by = { "in_sonar" }, .measures = { "d = distinct(gemeente)" } };
    const dk_table *table = make_table(context, "gemeente:category in_sonar:boolean\nEde|false\nEde|false\n"
                                                "Arnhem|true\nDuiven|false\nDuiven|false\n");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (dki_path path = DKI_PATH_CELLS; path <= DKI_PATH_ROWS; path++) {
        const dk_table *result = NULL;

        assert_ok(compare_by(path, table, &question, &half, &result, &err), &err);
        assert_string_equal(show_rows(result), "false|2|2|0\ntrue|1|3|2\n");
        dk_table_release(result);
    }
    dk_table_release(table);
}

/* More columns than a breakdown can group by are no obstacle for rows. */
static void rows_have_as_many_columns_as_there_are(void **state)
{
    char text[600] = "", *end = text;
    struct question question = { .measures = { "n = count() where c0 == 1" } };
    char measures[9][24];
    const dk_table *table, *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (unsigned i = 0; i < 17; i++)
        end += sprintf(end, "c%u:integer%s", i, i < 16 ? " " : "\n");
    for (unsigned row = 0; row < 2; row++)
        for (unsigned i = 0; i < 17; i++)
            end += sprintf(end, "%u%s", row + 1, i < 16 ? "|" : "\n");
    for (unsigned i = 1; i < 9; i++) {
        sprintf(measures[i], "m%u = sum(c%u + c%u)", i, i, i + 8);
        question.measures[i] = measures[i];
    }
    table = make_table(context, text);
    assert_ok(
        compare_by(DKI_PATH_AUTO, table, &question,
                   PLAN(.name = "p",
                        .steps = { { .name = "a", .where = "c16 == 2", .share = "0.5", .set = { "c0 = 1" } } }),
                   &result, &err),
        &err);
    assert_int_equal(value_at(result, "n_p", 0).as.integer, 15); /* 1.5, of one digit */
    dk_table_release(result);
    dk_table_release(table);
}

/* Which way ------------------------------------------------------------------------------------------------------ */

static const dk_table *keyed_table(size_t n)
{
    int64_t *numbers = dki_alloc_array(context, n, sizeof *numbers, NULL);
    dk_field fields[2] = { DK_FIELD("nummer", NULL), DK_FIELD("groep", NULL) };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    for (unsigned c = 0; c < 2; c++) {
        for (size_t i = 0; i < n; i++)
            numbers[i] = (int64_t)(c ? i % 4 : i * 7919 % n);
        assert_ok(dki_column_of_integers(context, DK_INTEGER, 0, numbers, n, &fields[c].column, &err), &err);
    }
    assert_ok(dk_table_new(context, fields, 2, n, &table, &err), &err);
    dk_column_release(fields[0].column);
    dk_column_release(fields[1].column);
    dki_free(context, numbers);
    return table;
}

static const struct plan regroup = {
    .name = "p", .steps = { { .name = "a", .where = "groep == 1", .share = "0.5", .set = { "groep = 2" } } }
};
static const struct question by_group = { .by = { "groep" }, .measures = { "n = count()", "m = median(nummer)" } };

/* The same answer with a budget that cells do not fit in; with too small a one it says what would. */
static void a_small_budget_takes_rows(void **state)
{
    const dk_table *table = keyed_table(200000), *free = NULL, *tight = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, &by_group);
    const dk_scenario *scenario = make_scenario(context, &regroup);
    dk_error err = DK_ERROR_INIT;
    dki_basis basis;
    size_t used, n_told = 0;

    (void)state;
    dk_set_threads(1);
    assert_ok(compare_by(DKI_PATH_AUTO, table, &by_group, &regroup, &free, &err), &err);
    while (dki_cache_forget_oldest(context))
        ;
    used = dk_context_used_bytes(context);
    dk_context_set_budget(context, used + (UINT64_C(36) << 20));
    assert_ok(dki_basis_init(&basis, breakdown, table, &scenario, 1, &err), &err);
    assert_true(basis.by_rows);
    assert_string_equal(basis.why, "the cells would not fit in the memory budget");
    dki_basis_drop(&basis);
    assert_ok(compare_by(DKI_PATH_AUTO, table, &by_group, &regroup, &tight, &err), &err);
    assert_same(free, tight, 0);
    dk_table_release(tight);
    for (size_t bytes = UINT64_C(2) << 20; bytes < UINT64_C(36) << 20; bytes += UINT64_C(1) << 20) {
        dk_status status;

        while (dki_cache_forget_oldest(context))
            ;
        dk_context_set_budget(context, used + bytes);
        status = compare_by(DKI_PATH_AUTO, table, &by_group, &regroup, &tight, &err);
        if (status == DK_OK)
            assert_same(free, tight, 0);
        else
            assert_int_equal(status, DK_ERR_MEMORY);
        if (status == DK_OK)
            dk_table_release(tight);
        n_told += status != DK_OK &&
                  strstr(err.message, "a scenario on 200000 cells of 2 columns takes some ") != NULL &&
                  strstr(err.message, " MiB, and on 200000 rows some 15.3: the budget of ") != NULL &&
                  strstr(err.message, " MiB has room for neither") != NULL &&
                  strcmp(err.hint, "raise it (dk.budget), or ask for fewer columns or rows") == 0;
    }
    assert_true(n_told > 0);
    dk_context_set_budget(context, 0);
    dk_table_release(free);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(table);
}

static void an_interruption_stops_both(void **state)
{
    const dk_table *table = make_table(context, PEOPLE), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_int_equal(compare_by(DKI_PATH_CELLS, table, &by_name, &half, &result, &err), DK_ERR_INTERRUPTED);
    assert_int_equal(compare_by(DKI_PATH_ROWS, table, &by_name, &half, &result, &err), DK_ERR_INTERRUPTED);
    dk_context_clear_interrupt(context);
    assert_ok(compare_by(DKI_PATH_ROWS, table, &by_name, &half, &result, &err), &err);
    dk_table_release(result);
    dk_table_release(table);
}

static void failing_memory_is_survived(void **state)
{
    static const struct question question = { .by = { "gemeente" },
                                              .measures = { "n = count()", "m = mode(naam)" },
                                              .where = "in_sonar" };
    static const struct plan leave = {
        .name = "weg",
        .steps = { { .name = "leave", .where = "gemeente == 'Ede'", .all = true, .effect = DK_REMOVES } }
    };
    static const struct plan third = {
        .name = "derde",
        .steps = { { .name = "a", .where = "not in_sonar", .share = "1 / 3", .set = { "in_sonar = true" } } }
    };
    static const struct plan *const plans[] = { &merger, &half, &leave, &third };

    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        dki_basis_force(i % 2 ? DKI_PATH_ROWS : DKI_PATH_CELLS);
        ASSERT_ASKING_SURVIVES(context, make_table(context, PEOPLE), &question, plans[i / 2],
                               dk_scenario_compare(breakdown_, table_, NULL, &scenario_, NULL, 1, &result_, &err_));
    }
    dki_basis_force(DKI_PATH_AUTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_and_cells_answer_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_moved_is_the_breakdown_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_are_known_where_none_is_divided, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_of_whole_persons_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_alike_is_one_cell_by_rows_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_have_as_many_columns_as_there_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_small_budget_takes_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interruption_stops_both, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
