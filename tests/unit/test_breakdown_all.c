/* test_breakdown_all.c - several breakdowns in one pass, against each alone. */
#include <dekking/lineage.h>

#include "shapes.h"

#include "with_context.h"

#define MOST 6

static int start(void **state)
{
    random_state = UINT64_C(0x5851F42D4C957F2D);
    return set_up(state);
}

static void assert_same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a)
        assert_string_equal(a, b);
}

/* Rows, notes in their order, and lineage. */
static void assert_wholly_same(const dk_table *a, const dk_table *b)
{
    assert_same(a, b);
    assert_int_equal(dk_table_n_notes(a), dk_table_n_notes(b));
    for (size_t i = 0; i < dk_table_n_notes(a); i++)
        assert_string_equal(dk_table_note(a, i), dk_table_note(b, i));
    assert_int_equal(dk_table_n_lineage(a), dk_table_n_lineage(b));
    for (size_t i = 0; i < dk_table_n_lineage(a); i++) {
        const dk_lineage_item *x = dk_table_lineage(a, i), *y = dk_table_lineage(b, i);

        assert_int_equal(x->kind, y->kind);
        assert_same_text(x->name, y->name);
        assert_same_text(x->text, y->text);
        assert_true(x->n_rows == y->n_rows && x->n_null == y->n_null);
    }
}

/* All at once must be what each alone is, or fail as the first that fails alone. Returns how many failed alone. */
static size_t assert_as_alone(const dk_table *table, const dk_breakdown *const *breakdowns, size_t n,
                              const dk_params *params)
{
    const dk_table *alone[MOST] = { NULL }, *all[MOST] = { NULL };
    dk_error expected = DK_ERROR_INIT, err = DK_ERROR_INIT;
    dk_status status = DK_OK, first = DK_OK;
    size_t n_failed = 0;

    for (size_t i = 0; i < n; i++) {
        dk_error one = DK_ERROR_INIT;

        status = dk_breakdown_run(breakdowns[i], table, params, &alone[i], &one);
        if (status != DK_OK && n_failed++ == 0) {
            first = status;
            expected = one;
        }
    }
    status = dk_breakdown_run_all(breakdowns, n, table, params, all, &err);
    assert_int_equal(status, first);
    if (status == DK_OK) {
        for (size_t i = 0; i < n; i++)
            assert_wholly_same(all[i], alone[i]);
    } else {
        assert_string_equal(err.message, expected.message);
        assert_string_equal(err.hint, expected.hint);
        for (size_t i = 0; i < n; i++)
            assert_null(all[i]);
    }
    for (size_t i = 0; i < n; i++) {
        dk_table_release(alone[i]);
        dk_table_release(all[i]);
    }
    return n_failed;
}

static size_t ask_all(const dk_table *table, const struct question *questions, size_t n, const dk_params *params)
{
    static const size_t blocks[] = { DK_BLOCK_ROWS, 100, 1 };
    const dk_breakdown *breakdowns[MOST] = { NULL };
    dk_error err = DK_ERROR_INIT;
    size_t n_failed = 0;

    for (size_t i = 0; i < n; i++)
        assert_ok(question_breakdown(context, &questions[i], &breakdowns[i], &err), &err);
    for (size_t i = 0; i < (dk_table_n_rows(table) <= 2000 ? 3 : 1); i++) {
        for (unsigned threads = 1; threads <= 2; threads++) {
            dk_set_threads(threads);
            dk_context_set_block_rows(context, blocks[i]);
            n_failed = assert_as_alone(table, breakdowns, n, params);
        }
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    for (size_t i = 0; i < n; i++)
        dk_breakdown_release(breakdowns[i]);
    return n_failed;
}

/* By hand. */
static void each_gets_its_own_answer(void **state)
{
    const dk_table *table = make_table(context, "regio:category klasse:category n:integer\n"
                                                "Noord|a|1\nNoord|b|2\nZuid|a|3\nZuid|-|4\nNoord|a|-\n");
    const struct question questions[] = {
        { .by = { "regio" }, .measures = { "s = sum(n * 2)" }, .margins = DK_MARGINS_TOTALS },
        { .by = { "klasse" }, .measures = { "s = sum(n * 2)", "r = rows()" }, .where = "n * 2 > 2" },
        { .measures = { "s = max(n * 2)" } },
    };
    static const char *const expected[] = { "Noord|6\nZuid|14\n*|20\n", "a|6|1\nb|4|1\n-|8|1\n", "8\n" };
    const dk_breakdown *breakdowns[3];
    const dk_table *out[3] = { NULL };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_ok(question_breakdown(context, &questions[i], &breakdowns[i], &err), &err);
    assert_ok(dk_breakdown_run_all(breakdowns, 3, table, NULL, out, &err), &err);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(show_rows(out[i]), expected[i]);
        dk_table_release(out[i]);
        dk_breakdown_release(breakdowns[i]);
    }
    assert_int_equal(dk_table_n_notes(table), 0);
    assert_ok(dk_breakdown_run_all(breakdowns, 0, table, NULL, out, &err), &err); /* none at all */
    dk_table_release(table);
}

static const char *const wheres[] = { "yes",
                                      "hours * 2 > 20 and yes",
                                      "hours * 2 > 20",
                                      "few == 'nobody'",
                                      "some is null or hours * 2 > 20",
                                      "few in ('1', 'nobody') or low * 3 + hours > 30",
                                      "low * 3 + hours > $x" };
static const char *const dims[] = { "few",
                                    "yes",
                                    "month",
                                    "some",
                                    "d = hours * 2 > 20",
                                    "e = low * 3 + hours",
                                    "f = case(hours * 2 > 20, 'many', 'few')",
                                    "huge" };
static const char *const measures[] = { "count()",
                                        "rows()",
                                        "sum(low * 3 + hours)",
                                        "mean(hours * 2)",
                                        "max(low * 3 + hours) where hours * 2 > 20",
                                        "distinct(some) where few ~= 'nobody'",
                                        "median(hours * 2) where yes",
                                        "sum(wide) where low * 3 + hours > $x",
                                        "max(real * 2)",
                                        "sum(real * 2)" };
#define SOME(list) (list[pick(sizeof list / sizeof *list)])

static struct question random_question(char texts[4][128])
{
    struct question question = { .where = pick(2) ? SOME(wheres) : NULL };
    size_t n_dims = (size_t)pick(3), n_measures = 1 + (size_t)pick(4), first = (size_t)pick(8);

    for (size_t d = 0; d < n_dims; d++)
        question.by[d] = dims[(first + d) % 8];
    for (size_t i = 0; i < n_measures; i++) {
        (void)snprintf(texts[i], 128, "m%zu = %s", i, SOME(measures));
        question.measures[i] = texts[i];
    }
    if (pick(3) == 0)
        question.margins = pick(2) ? DK_MARGINS_CUBE : DK_MARGINS_TOTALS;
    if (pick(4) == 0) {
        question.order[0] = "m0 desc";
        question.limit = 1 + pick(4);
        question.rest = n_dims == 1 && (first == 0 || first == 3) && pick(2) ? "rest" : NULL;
    }
    return question;
}

static void ask_at_random(const dk_table *table, size_t n_rounds)
{
    dk_param param = { "x", { .type = DK_INTEGER, .as.integer = 40 } };
    const dk_params params = { &param, 1 };

    for (size_t k = 0; k < n_rounds; k++) {
        struct question questions[MOST];
        char texts[MOST][4][128];
        size_t n = 1 + (size_t)pick(MOST);

        for (size_t i = 0; i < n; i++)
            questions[i] = random_question(texts[i]);
        (void)ask_all(table, questions, n, &params);
    }
}

static void random_questions_are_as_alone(void **state)
{
    static const uint64_t sizes[] = { 0, 1, 64, 65, 1999 };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const dk_table *table = table_of(context, shapes, N_SHAPES, sizes[i]);

        ask_at_random(table, quick() ? 3 : 25);
        dk_table_release(table);
    }
}

/* Several ranges of rows, and so many groups of `wide` that they take a pass of their own. */
static void many_rows_are_as_alone(void **state)
{
    const dk_table *table = table_of(context, shapes, N_SHAPES, quick() ? 20001 : 200001);
    const struct question questions[] = {
        { .by = { "few" }, .measures = { "n = count()", "s = sum(hours * 2 + low)" }, .where = "hours * 2 > 20" },
        { .by = { "wide" }, .measures = { "n = count()", "s = sum(hours * 2 + low)" }, .where = "hours * 2 > 20" },
        { .by = { "d = hours * 2 + low" }, .measures = { "n = count()", "m = median(huge)" } },
    };

    (void)state;
    assert_int_equal(ask_all(table, questions, 3, NULL), 0);
    ask_at_random(table, quick() ? 1 : 5);
    dk_table_release(table);
}

static void with_weights_it_is_as_alone(void **state)
{
    const dk_table *table =
        make_table(context, "k:category n:integer w:decimal1\na|1|0.5\nb|2|1.5\na|-|2.0\nb|4|0\n");
    const struct question questions[] = {
        { .by = { "k" }, .measures = { "c = count()", "s = sum(n * 2)", "r = rows()" } },
        { .measures = { "s = sum(n * 2)", "m = median(n * 2)" }, .margins = DK_MARGINS_NONE },
    };

    (void)state;
    table = with_weight(table, "w");
    assert_int_equal(ask_all(table, questions, 2, NULL), 0);
    dk_table_release(table);
}

/* The second fails in row 2, the third in row 1: the error is the second's, as if they were asked in turn. */
static void the_error_is_that_of_the_first_that_fails(void **state)
{
    const dk_table *table = make_table(context, "k:category n:integer\na|0\nb|9223372036854775807\n");
    const struct question questions[] = {
        { .by = { "k" }, .measures = { "n = count()" } },
        { .by = { "k" }, .measures = { "s = max(n + 1)" } },
        { .by = { "k" }, .measures = { "s = max(n + 1 + 9223372036854775807)" } },
        { .by = { "nergens" }, .measures = { "n = count()" } },
    };
    const struct question later[] = { questions[0], questions[3], questions[1] };

    (void)state;
    assert_int_equal(ask_all(table, questions, 4, NULL), 3);
    assert_int_equal(ask_all(table, later, 3, NULL), 2);
    dk_table_release(table);
}

static const struct question small[] = {
    { .by = { "few" }, .measures = { "n = count()", "s = sum(hours * 2)" }, .where = "hours * 2 > 20" },
    { .by = { "some" }, .measures = { "s = sum(hours * 2)" }, .order = { "s desc" }, .limit = 3, .rest = "rest" },
    { .by = { "few", "yes" },
      .measures = { "m = median(hours * 2)", "n = count() where few ~= 'nobody'" },
      .margins = DK_MARGINS_CUBE },
};

static void an_interruption_stops_it(void **state)
{
    const dk_table *table = table_of(context, shapes, N_SHAPES, 100), *out[3] = { NULL };
    const dk_breakdown *breakdowns[3];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_ok(question_breakdown(context, &small[i], &breakdowns[i], &err), &err);
    dk_context_interrupt(context);
    assert_fails(dk_breakdown_run_all(breakdowns, 3, table, NULL, out, &err), &err, DK_ERR_INTERRUPTED,
                 "interrupted");
    dk_context_clear_interrupt(context);
    assert_true(!out[0] && !out[1] && !out[2]);
    for (size_t i = 0; i < 3; i++)
        dk_breakdown_release(breakdowns[i]);
    dk_table_release(table);
}

/* Where one allocation fails in the common pass they are run one after the other, and succeed. */
static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *table = table_of(context, shapes, N_SHAPES, 50), *alone[3] = { NULL };
    const dk_breakdown *breakdowns[3];
    dk_error err = DK_ERROR_INIT;
    size_t before;
    uint64_t n_survived = 0;

    (void)state;
    dk_set_threads(1);
    for (size_t i = 0; i < 3; i++) {
        assert_ok(question_breakdown(context, &small[i], &breakdowns[i], &err), &err);
        assert_ok(dk_breakdown_run(breakdowns[i], table, NULL, &alone[i], &err), &err);
    }
    before = dk_context_used_bytes(context);
    for (uint64_t nth = 1; nth < 3000; nth += quick() ? 7 : 1) {
        const dk_table *out[3] = { NULL };
        dk_status status;

        dk_context_fail_allocation(context, nth);
        status = dk_breakdown_run_all(breakdowns, 3, table, NULL, out, &err);
        dk_context_fail_allocation(context, 0);
        if (status == DK_OK) {
            for (size_t i = 0; i < 3; i++) {
                assert_wholly_same(out[i], alone[i]);
                dk_table_release(out[i]);
            }
            n_survived++;
        } else {
            assert_int_equal(status, DK_ERR_MEMORY);
            assert_true(!out[0] && !out[1] && !out[2]);
        }
        assert_int_equal(dk_context_used_bytes(context), before);
    }
    assert_true(n_survived > 10);
    for (size_t i = 0; i < 3; i++) {
        dk_table_release(alone[i]);
        dk_breakdown_release(breakdowns[i]);
    }
    dk_table_release(table);
}

/* A plan has its first row for binding and its last for the result, whoever shares the pass; memory that fails is had again by
 * asking one after the other, or is an error. */
static void plans_of_all_leave_nothing(void **state)
{
    const dk_table *table = table_of(context, shapes, N_SHAPES, 50);
    const dk_breakdown *breakdowns[3];
    dk_error err = DK_ERROR_INIT;
    size_t before;
    uint64_t n_survived = 0;

    (void)state;
    dk_set_threads(1);
    for (size_t i = 0; i < 3; i++)
        assert_ok(question_breakdown(context, &small[i], &breakdowns[i], &err), &err);
    before = dk_context_used_bytes(context);
    for (uint64_t nth = 1; nth < 3000; nth += quick() ? 7 : 1) {
        const dk_table *out[3] = { NULL };
        dk_status status;

        dk_context_fail_allocation(context, nth);
        status = dk_breakdown_plan_all(breakdowns, 3, table, NULL, out, &err);
        dk_context_fail_allocation(context, 0);
        assert_true(status == DK_OK || (status == DK_ERR_MEMORY && !out[0] && !out[1] && !out[2]));
        n_survived += status == DK_OK;
        for (size_t i = 0; i < 3 && status == DK_OK; i++) {
            uint64_t n = dk_table_n_rows(out[i]);
            dk_value step;

            assert_ok(dk_column_get(dk_table_field(out[i], 0)->column, 0, &step, &err), &err);
            assert_true(step.as.text.size == 4 && memcmp(step.as.text.bytes, "bind", 4) == 0);
            assert_ok(dk_column_get(dk_table_field(out[i], 0)->column, n - 1, &step, &err), &err);
            assert_true(step.as.text.size == 6 && memcmp(step.as.text.bytes, "result", 6) == 0);
            dk_table_release(out[i]);
        }
        assert_int_equal(dk_context_used_bytes(context), before);
    }
    assert_true(n_survived > 10);
    for (size_t i = 0; i < 3; i++)
        dk_breakdown_release(breakdowns[i]);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_gets_its_own_answer, start, tear_down),
        cmocka_unit_test_setup_teardown(random_questions_are_as_alone, start, tear_down),
        cmocka_unit_test_setup_teardown(many_rows_are_as_alone, start, tear_down),
        cmocka_unit_test_setup_teardown(with_weights_it_is_as_alone, start, tear_down),
        cmocka_unit_test_setup_teardown(the_error_is_that_of_the_first_that_fails, start, tear_down),
        cmocka_unit_test_setup_teardown(an_interruption_stops_it, start, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, start, tear_down),
        cmocka_unit_test_setup_teardown(plans_of_all_leave_nothing, start, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
