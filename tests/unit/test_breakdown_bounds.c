/* test_breakdown_bounds.c - bounds of figures that are known per region alone: what is true always lies within them. */
#include "exprs.h"
#include "random.h"

#define REGIONS 3
#define PLACES 4 /* of each region */

struct truth {
    int all[REGIONS][PLACES], sure[REGIONS][PLACES];
    int more[REGIONS]; /* than there are in the region: what its figure may be at most */
};

/* A register of persons, of whom some are known: a row for each place, with its region, and how many are. The figures of regions
 * are known in bounds on request. */
static void draw(struct truth *truth, bool in_bounds, char *known, char *totals)
{
    size_t n_known = (size_t)sprintf(known, "r:category g:category k:integer\n");
    size_t n_totals = (size_t)sprintf(totals, "r:category n:%s\n", in_bounds ? "interval0" : "integer");

    for (int r = 0; r < REGIONS; r++) {
        int sum = 0;

        for (int g = 0; g < PLACES; g++) {
            truth->all[r][g] = (int)random_below(30);
            truth->sure[r][g] = (int)random_below((uint64_t)truth->all[r][g] + 1);
            sum += truth->all[r][g];
            n_known += (size_t)sprintf(known + n_known, "%c|%c%d|%d\n", 'A' + r, 'a' + r, g, truth->sure[r][g]);
        }
        truth->more[r] = in_bounds ? (int)random_below(6) : 0;
        if (in_bounds) /* the least may be less than who is sure to be there */
            n_totals += (size_t)sprintf(totals + n_totals, "%c|%d..%d\n", 'A' + r,
                                        sum - (int)random_below((uint64_t)sum + 1), sum + truth->more[r]);
        else
            n_totals += (size_t)sprintf(totals + n_totals, "%c|%d\n", 'A' + r, sum);
    }
}

static const dk_table *attach(const char *known, const char *totals)
{
    static const char *const by[] = { "r" };
    const dk_table *table = make_table(context, known), *other = make_table(context, totals), *made = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_attach(table, other, by, 1, &made, &err), &err);
    dk_table_release(table);
    dk_table_release(other);
    return made;
}

static dk_interval interval_at(const dk_table *table, const char *name, uint64_t row)
{
    dk_value value;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_column_get(dk_table_field(table, dk_table_find(table, name))->column, row, &value, &err), &err);
    assert_int_equal(value.type, DK_INTERVAL);
    return value.as.interval;
}

/* The place of row r * PLACES + g; share: its bounds are millionths. */
static void check_place(const struct truth *truth, const dk_table *result, int r, int g)
{
    int all = truth->all[r][g], sure = truth->sure[r][g];
    dk_interval n = interval_at(result, "n", (uint64_t)(r * PLACES + g));
    dk_interval d = interval_at(result, "d", (uint64_t)(r * PLACES + g));

    assert_true(n.least == sure && n.greatest >= all);
    if (all > 0) {
        assert_true(d.least * all <= (int64_t)sure * 1000000);
        assert_true(d.greatest * all >= (int64_t)sure * 1000000);
        assert_true(d.greatest <= 1000000);
    }
}

static void what_is_true_lies_within(void **state)
{
    static const struct question questions[] = {
        { .by = { "r", "g" }, .measures = { "s = sum(k)", "n = attached(n, 'bounds', s)", "d = s / n" } },
        { .by = { "g" }, .measures = { "s = sum(k)", "n = attached(n, 'bounds', s)", "d = s / n" } },
    };
    struct truth truth;
    char known[1024], totals[256];

    (void)state;
    for (unsigned round = 0; round < random_rounds(1500); round++) {
        const dk_table *table, *result = NULL;
        dk_error err = DK_ERROR_INIT;

        draw(&truth, round % 4 > 1, known, totals);
        table = attach(known, totals);
        assert_ok(ask_table(&questions[round % 2], table, NULL, &result, &err), &err);
        assert_int_equal(dk_table_n_rows(result), REGIONS * PLACES);
        for (int r = 0; r < REGIONS; r++) {
            int others = 0;

            for (int g = 0; g < PLACES; g++) {
                check_place(&truth, result, r, g);
                others += truth.all[r][g] - truth.sure[r][g];
            }
            for (int g = 0; g < PLACES; g++) { /* all the others may live in one place: no bound can be nearer */
                dk_interval n = interval_at(result, "n", (uint64_t)(r * PLACES + g));

                assert_int_equal(n.greatest - n.least, others + truth.more[r]);
            }
        }
        dk_table_release(result);
        dk_table_release(table);
    }
}

static void known_groups_have_their_figure_and_an_estimate_is_marked(void **state)
{
    const dk_table *table = attach("r:category g:category k:integer\nA|x|249\nA|y|5433\nB|z|0\n",
                                   "r:category n:decimal1\nA|7676.0\nB|5.0\n");
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(
        ask_table(ASK(.by = { "r", "g" }, .margins = DK_MARGINS_ROLLUP,
                      .measures = { "e = attached(n, 'estimate', sum(k))", "b = attached(n, 'bounds', sum(k))" }),
                  table, NULL, &result, &err),
        &err);
    /* 249 * 7676 / 5682; of B nobody is known, so that nothing can be estimated */
    assert_string_equal(show_rows(result), "A|x|336.382260[~]|249.0..2243.0\nA|y|7339.617740[~]|5433.0..7427.0\n"
                                           "A|*|7676.000000|7676.0\nB|z|-|0.0..5.0\nB|*|5.000000|5.0\n"
                                           "*|*|7681.000000|7681.0\n");
    assert_int_equal(interval_at(result, "e", 0).meaning, DK_MEANS_ESTIMATE);
    assert_int_equal(interval_at(result, "e", 2).meaning, DK_MEANS_NOTHING);
    assert_string_equal(dk_table_note(result, 0),
                        "attached(n, 'estimate', sum(k)) is an estimate: each group is taken to be as "
                        "all that is known per r is");
    dk_table_release(result);
    dk_table_release(table);
}

/* What is rounded to tens, and what is open: 50 of 80 who are sure, of 115 to 125. */
static void figures_in_bounds_bound_the_rest(void **state)
{
    const dk_table *table =
        attach("r:category g:category k:integer\nA|x|50\nA|y|30\nB|z|40\nB|q|5\nC|u|3\nD|t|9\nD|v|0\n",
               "r:category n:interval0\nA|115..125\nB|35..45\nC|7..\nD|..20\n");
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "r", "g" }, .margins = DK_MARGINS_ROLLUP,
                            .measures = { "s = sum(k)", "n = attached(n, 'bounds', s)", "d = s / n",
                                          "e = attached(n, 'estimate', s)" }),
                        table, NULL, &result, &err),
              &err);
    assert_string_equal(
        show_rows(result),
        "A|x|50|50..95|0.526315..1.000000|71.875000..78.125000[~]\n"
        "A|y|30|30..75|0.400000..1.000000|43.125000..46.875000[~]\n"
        "A|*|80|115..125|0.640000..0.695653|115.000000..125.000000\n"
        "B|q|5|5|1.000000|5.000000[~]\nB|z|40|40|1.000000|40.000000[~]\nB|*|45|35..45|1.000000|35."
        "000000..45.000000\n"
        "C|u|3|3..|0.000000..1.000000|7.000000..[~]\nC|*|3|7..|0.000000..0.428572|7.000000..\n"
        "D|t|9|9..20|0.450000..1.000000|9.000000..20.000000[~]\nD|v|0|0..11|0.000000?[?]|0.000000[~]\n"
        "D|*|9|..20|0.450000..1.000000|..20.000000\n*|*|137|..|0.000000..1.000000|..\n");
    dk_table_release(result);
    dk_table_release(table);
}

static void what_does_not_fit_is_said(void **state)
{
    const dk_table *table = attach("r:category g:category k:integer\nA|x|9000000000000000000\n",
                                   "r:category n:integer\nA|9000000000000000001\n");
    const dk_table *few =
        attach("r:category g:category k:integer\nA|x|9000000000000000000\n", "r:category n:integer\nA|1\n");
    const dk_table *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(ask_table(ASK(.by = { "g" }, .measures = { "e = attached(n, 'estimate', sum(k))" }), table, NULL,
                           &out, &err),
                 &err, DK_ERR_OVERFLOW, "these numbers are too large for bounds");
    assert_fails(ask_table(ASK(.by = { "r" }, .measures = { "s = sum(k)", "d = s / attached(n, 'bounds', s)" }),
                           few, NULL, &out, &err),
                 &err, DK_ERR_OVERFLOW, "a bound of the result does not fit in 64 bits");
    assert_null(out);
    dk_table_release(few);
    dk_table_release(table);
}

static void failures_leave_nothing(void **state)
{
    const dk_table *table = attach("r:category g:category k:integer\nA|x|249\nA|y|5433\nB|z|0\n",
                                   "r:category n:integer\nA|7676\nB|5\n");
    const dk_table *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context,
                                   ask_table(ASK(.by = { "g" }, .margins = DK_MARGINS_TOTALS,
                                                 .measures = { "s = sum(k)", "n = attached(n, 'bounds', s)",
                                                               "d = s / n", "e = attached(n, 'estimate', s)" }),
                                             table, NULL, &out, &err),
                                   &err, out == NULL, dk_table_release(out));
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_true_lies_within, start, stop),
        cmocka_unit_test_setup_teardown(known_groups_have_their_figure_and_an_estimate_is_marked, start, stop),
        cmocka_unit_test_setup_teardown(figures_in_bounds_bound_the_rest, start, stop),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_said, start, stop),
        cmocka_unit_test_setup_teardown(failures_leave_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
