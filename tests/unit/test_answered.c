/* test_answered.c - what answers about scenarios keep of how they came to be: what was asked, with the breakdown deeper. */
#include <dekking/bands.h>
#include <dekking/contribution.h>
#include <dekking/lineage.h>
#include <dekking/sweep.h>

#include "data/lineage.h"
#include "solves.h"
#include "whatif/answered.h"
#include "with_context.h"

static const struct question coverage = { .by = { "gemeente" },
                                          .where = "not in_sonar or in_sonar",
                                          .measures = { "n = count()", "k = count() where in_sonar", "d = k / n" },
                                          .order = { "n desc" } };

/* What stands behind the items of the table that was asked: "kind name text", with + before it for what lies deeper. */
static const char *show_since(const dk_table *answer, size_t from)
{
    static char out[2048];
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = from; i < dk_table_n_lineage(answer); i++) {
        const dk_lineage_item *item = dk_table_lineage(answer, i);

        used += (size_t)snprintf(out + used, sizeof out - used, "%.*s%s %s '%s'", (int)item->depth, "++++",
                                 dk_lineage_kind_name(item->kind), item->name ? item->name : "-",
                                 item->text ? item->text : "-");
        if (item->kind == DK_LINEAGE_ANSWER)
            assert_int_equal(item->n_rows, dk_table_n_rows(answer));
        if (item->kind == DK_LINEAGE_FILTER || item->kind == DK_LINEAGE_BREAKDOWN)
            assert_true(item->n_rows == DK_LINEAGE_UNCOUNTED);
        used += (size_t)snprintf(out + used, sizeof out - used, "\n");
        assert_true(used + 256 < sizeof out);
    }
    return out;
}

#define BREAKDOWN                                                                                         \
    "+filter where 'not in_sonar or in_sonar'\n+breakdown vraag '-'\n+weight n '-'\n+dimension gemeente " \
    "'gemeente'\n"                                                                                        \
    "+measure n 'count()'\n+measure k 'count() where in_sonar'\n+where k 'in_sonar'\n+measure d 'k / n'\n"

static void assert_answer_of(const dk_table *answer, const char *words)
{
    char expected[1024];

    (void)snprintf(expected, sizeof expected, "answer - '%s'\n" BREAKDOWN, words);
    assert_string_equal(dk_lineage_kind_name(dk_table_lineage(answer, 0)->kind), "source");
    assert_string_equal(show_since(answer, 1), expected);
    dk_table_release(answer);
}

static void answers_have_their_breakdown(void **state)
{
    const dk_table *region = make_region(context), *made = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, &coverage);
    const dk_scenario *scenario = make_scenario(context, SHARE_PLAN(.drawn = DK_DRAWN_NUMBERS));
    const dk_value share = DECIMAL(3, 1);
    const dk_sweep_axis axis = { "aandeel", &share, 1 };
    const dk_sweep_spec points = { .axes = &axis, .n_axes = 1 };
    const dk_bands_spec draws = { .n_draws = 3 };
    const dk_contribution_spec steps = { .measure = "k" };
    const dk_sensitivity_spec ranges = { .measure = "k" };
    const dk_solve_spec target = { .vary = "aandeel", .target = "d >= 0.5" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_scenario_sweep(breakdown, region, NULL, scenario, NULL, &points, &made, &err), &err);
    assert_answer_of(made, "outreach swept over aandeel");
    assert_ok(dk_scenario_bands(breakdown, region, NULL, scenario, NULL, &draws, &made, &err), &err);
    assert_answer_of(made, "3 draws of outreach");
    assert_ok(dk_scenario_contributions(breakdown, region, NULL, scenario, NULL, &steps, &made, &err), &err);
    assert_answer_of(made, "what each step of outreach adds to k");
    assert_ok(dk_scenario_sensitivity(breakdown, region, NULL, scenario, NULL, &ranges, &made, &err), &err);
    assert_answer_of(made, "what each parameter of outreach does to k");
    assert_ok(dk_scenario_solve(breakdown, region, NULL, scenario, NULL, &target, &made, &err), &err);
    assert_answer_of(made, "outreach solved by $aandeel for d >= 0.5");
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(region);
}

static dk_status answered(const dk_table *table, const dk_breakdown *breakdown, const char *words,
                          const dk_table **out, dk_error *err)
{
    const dk_table *made = NULL;
    dk_status status = dk_table_with_properties(table, dk_table_properties(table), &made, err);

    if (status == DK_OK)
        status = dki_answered(made, breakdown, table, NULL, NULL, err, "%s", words);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}

/* An answer of an answer: each keeps its own breakdown behind it. What is no result of a breakdown is not rolled up as one. */
static void answers_are_no_results(void **state)
{
    const dk_table *region = make_region(context), *result = NULL, *first = NULL, *second = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, &coverage);
    const dk_params none = { NULL, 0 };
    char words[1200];
    dk_error err = DK_ERROR_INIT;
    size_t n;

    (void)state;
    assert_ok(dk_breakdown_run(breakdown, region, &none, &result, &err), &err);
    n = dk_table_n_lineage(result);
    assert_ok(answered(result, breakdown, "first", &first, &err),
              &err); /* it lacks a column that the breakdown reads */
    assert_string_equal(show_since(first, n), "answer - 'first'\n");
    dk_table_release(first);
    assert_ok(answered(region, breakdown, "first", &first, &err), &err);
    n = dk_table_n_lineage(first);
    assert_ok(answered(first, breakdown, "second", &second, &err), &err);
    assert_string_equal(show_since(second, n), "answer - 'second'\n" BREAKDOWN);
    dk_table_release(second);
    for (size_t i = 0; i + 2 < sizeof words; i += 2)
        memcpy(words + i, "é", 3);
    assert_ok(answered(region, breakdown, words, &second, &err), &err);
    assert_in_range(strlen(dk_table_lineage(second, 1)->text), 500, 511);
    assert_int_equal(strlen(dk_table_lineage(second, 1)->text) % 2, 0);
    dk_table_release(second);
    dk_table_release(first);
    dk_table_release(result);
    dk_breakdown_release(breakdown);
    dk_table_release(region);
}

static dk_status renamed(const dk_table *table, const char *name, dki_lineage **out, dk_error *err)
{
    return dki_lineage_renamed(table, 1, name, out, err);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *region = make_region(context), *made = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, &coverage);
    dki_lineage *lineage = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, answered(region, breakdown, "words", &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    made = NULL;
    assert_ok(answered(region, breakdown, "words", &made, &err), &err);
    assert_survives_failing_memory(context, renamed(made, "the question", &lineage, &err), &err, lineage == NULL,
                                   dki_lineage_release(lineage));
    lineage = NULL;
    assert_ok(renamed(made, "the question", &lineage, &err), &err);
    dki_table_attach(made, lineage);
    assert_string_equal(show_since(made, 1), "answer the question 'words'\n" BREAKDOWN);
    dk_table_release(made);
    dk_breakdown_release(breakdown);
    dk_table_release(region);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_have_their_breakdown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_are_no_results, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
