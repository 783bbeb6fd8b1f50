/* test_text_codes.c - groups of many texts are what they are when the texts are not numbered.
 *
 * A dimension that is an expression (s .. '') is grouped text by text; the column s by the numbers of its texts. Results must
 * be the same to the fingerprint, whatever is asked.
 */
#include <dekking/fingerprint.h>
#include <dekking/lineage.h>

#include "exprs.h"
#include "query/text_codes.h"
#include "random.h"

#define N_ROWS 70000

/* s text of n_texts different ones and nulls, k a few whole numbers, x a number, w a weight. */
static const dk_table *random_table(size_t n_rows, size_t n_texts)
{
    static const char *const names[] = { "s", "k", "x", "w" };
    dk_builder *builders[4];
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < 4; i++)
        assert_ok(dk_builder_new(context, i ? DK_INTEGER : DK_TEXT, 0, NULL, &builders[i], &err), &err);
    for (size_t row = 0; row < n_rows; row++) {
        char text[80];
        uint64_t number = random_below(n_texts);
        /* some share a long beginning, some are long, and one is empty */
        int size = number == 0 ? 0
                               : snprintf(text, sizeof text,
                                          number % 3 ? "%llu" : "\u00e9en-heel-lang-begin-dat-velen-delen-%llu-%s",
                                          (unsigned long long)number, number % 2 ? "abcdefghijklmnopqrstuvw" : "");

        if (random_below(50) == 0)
            assert_ok(dk_builder_null(builders[0], 1, &err), &err);
        else
            assert_ok(dk_builder_text(builders[0], (dk_text){ text, (size_t)size }, &err), &err);
        for (size_t i = 1; i < 4; i++)
            assert_ok(dk_builder_integer(builders[i], (int64_t)random_below(i == 1 ? 3 : 100), &err), &err);
    }
    return finish_table(context, builders, names, 4, n_rows);
}

/* How the dimension is grouped, as a plan says it. */
static bool is_numbered(const dk_table *table, const struct question *question)
{
    const dk_breakdown *breakdown = NULL;
    const dk_table *plan = NULL;
    bool numbered = false;
    dk_error err = DK_ERROR_INIT;

    assert_ok(question_breakdown(context, question, &breakdown, &err), &err);
    assert_ok(dk_breakdown_plan(breakdown, table, NULL, &plan, &err), &err);
    for (uint64_t row = 0; row < dk_table_n_rows(plan); row++) {
        static const char said[] = "the numbers of its texts, which stay with the column: known beforehand";
        dk_value how;

        assert_ok(dk_column_get(dk_table_field(plan, 2)->column, row, &how, &err), &err);
        numbered |= how.as.text.size == sizeof said - 1 && memcmp(how.as.text.bytes, said, sizeof said - 1) == 0;
    }
    dk_table_release(plan);
    dk_breakdown_release(breakdown);
    return numbered;
}

static const char *const only_k[] = { "k", NULL };
static const char *const nothing[] = { NULL };

static const struct question questions[] = {
    { .by = { "s" }, .measures = { "n = count()", "t = sum(x)" } },
    { .by = { "s" },
      .measures = { "n = count()", "m = mean(x)", "deel = n / all(n)" },
      .margins = DK_MARGINS_TOTALS },
    { .by = { "k", "s" },
      .measures = { "n = count() where x > 50", "u = all(count(), k)" },
      .margins = DK_MARGINS_CUBE },
    { .by = { "s", "k" }, .measures = { "n = count()", "eerste = first(x)", "q = median(x)" } },
    { .by = { "s" },
      .measures = { "n = count()", "lang = length(s) > 5", "v = variance(x)" },
      .order = { "n desc" },
      .limit = 20 },
    { .by = { "s" }, .measures = { "n = count()" }, .order = { "n desc" }, .limit = 5, .rest = "overig" },
    { .by = { "s", "k" }, .measures = { "n = count()" }, .margins = DK_MARGINS_SETS, .sets = { only_k, nothing } },
    { .by = { "s", "k" }, .measures = { "n = count()" }, .levels = { "k" } },
    { .by = { "s" }, .measures = { "n = count()", "m = max(s)" }, .where = "x < 30" },
};

static void assert_same_answer(const dk_table *table, const struct question *question)
{
    struct question plain = *question;
    const dk_table *results[2] = { NULL, NULL };
    char prints[2][DK_FINGERPRINT_SIZE];
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; plain.by[i]; i++)
        if (strcmp(plain.by[i], "s") == 0)
            plain.by[i] = "s = s .. ''";
    assert_ok(ask_table(question, table, NULL, &results[0], &err), &err);
    assert_ok(ask_table(&plain, table, NULL, &results[1], &err), &err);
    assert_true(dk_table_n_rows(results[0]) > 0);
    for (size_t i = 0; i < 2; i++) {
        assert_ok(dk_table_fingerprint(results[i], prints[i], &err), &err);
    }
    assert_string_equal(prints[0], prints[1]);
    assert_int_equal(dk_table_n_notes(results[0]), dk_table_n_notes(results[1]));
    for (size_t k = 0; k < dk_table_n_notes(results[0]); k++)
        assert_string_equal(dk_table_note(results[0], k), dk_table_note(results[1], k));
    dk_table_release(results[0]);
    dk_table_release(results[1]);
}

static void numbered_texts_group_as_texts_do(void **state)
{
    static const size_t sizes[] = { 20000, 60000, 1000000 };

    (void)state;
    for (size_t i = 0; i < 3; i += watched(1, 1, 3)) {
        const dk_table *table = random_table(N_ROWS, sizes[i]);

        dk_set_threads(1 + i % 2);
        assert_true(is_numbered(table, &questions[0]));
        for (size_t q = 0; q < sizeof questions / sizeof *questions; q++)
            assert_same_answer(table, &questions[q]);
        table = with_weight(table, "w");
        for (size_t q = 0; q < 4; q++)
            assert_same_answer(table, &questions[q]);
        dk_table_release(table);
    }
}

/* Numbering is for columns with many texts, and not for a few rows of them. */
static void few_texts_are_grouped_as_they_come(void **state)
{
    const dk_table *table = random_table(N_ROWS, 500), *small = random_table(5000, 100000), *many;
    const dk_table *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_false(is_numbered(table, &questions[0]));
    assert_false(is_numbered(small, &questions[0]));
    dk_table_release(table);
    dk_table_release(small);
    many = random_table(N_ROWS, 100000);
    assert_false(is_numbered(many, &questions[8])); /* a condition may leave few, ... */
    assert_true(is_numbered(many, &questions[0]));
    assert_true(is_numbered(many, &questions[8])); /* ... but the numbers may be there already */
    assert_fails(
        ask_table(ASK(.by = { "s" }, .measures = { "n = count()" }, .levels = { "s" }), many, NULL, &out, &err),
        &err, DK_ERR_TYPE, "which ones text has is not known");
    assert_null(out);
    dk_table_release(many);
}

static void numbers_are_in_the_order_of_texts(void **state)
{
    const dk_table *table = random_table(N_ROWS, 30000);
    const dk_column *column = dk_table_field(table, 0)->column;
    dki_text_codes *codes = NULL, *again = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_text_codes_get(column, true, &codes, &err), &err);
    assert_null(codes);
    assert_ok(dki_text_codes_get(column, false, &codes, &err), &err);
    assert_ok(dki_text_codes_get(column, true, &again, &err), &err);
    assert_ptr_equal(codes, again);
    for (uint64_t row = 0; row < N_ROWS; row++) {
        dk_value text, number, same;

        assert_ok(dk_column_get(column, row, &text, &err), &err);
        assert_ok(dk_column_get(codes->numbers, row, &number, &err), &err);
        assert_int_equal(text.is_null, number.is_null);
        if (text.is_null)
            continue;
        assert_ok(dk_column_get(codes->texts, (uint64_t)number.as.integer, &same, &err), &err);
        assert_int_equal(dk_value_compare(&text, &same), 0);
    }
    for (uint64_t i = 1; i < dk_column_n_rows(codes->texts); i++) {
        dk_value a, b;

        assert_ok(dk_column_get(codes->texts, i - 1, &a, &err), &err);
        assert_ok(dk_column_get(codes->texts, i, &b, &err), &err);
        assert_true(dk_value_compare(&a, &b) < 0);
    }
    dki_text_codes_release(codes);
    dki_text_codes_release(again);
    dk_table_release(table);
}

/* Without room for the numbers the texts are grouped as they are; other failures are failures. */
static void without_room_it_goes_without_numbers(void **state)
{
    const dk_table *table = random_table(N_ROWS, 20000), *out = NULL;
    uint64_t n_failed = 0, n_done = 0;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    for (uint64_t nth = 1; nth < 500; nth += watched(7, 21, 61)) {
        size_t before = dk_context_used_bytes(context);
        dk_status status;

        dk_context_fail_allocation(context, nth);
        status = ask_table(&questions[0], table, NULL, &out, &err);
        dk_context_fail_allocation(context, 0);
        assert_true(status == DK_OK || status == DK_ERR_MEMORY);
        if (status == DK_OK)
            dk_table_release(out);
        n_failed += status != DK_OK;
        n_done += status == DK_OK;
        out = NULL;
        if (status != DK_OK) /* what is kept with the column may come and go */
            assert_true(dk_context_used_bytes(context) <= before + 10 * N_ROWS + (4u << 20));
    }
    assert_true(n_failed > 0 && n_done > 0);
    dk_context_interrupt(context);
    assert_fails(ask_table(&questions[0], table, NULL, &out, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_null(out);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbered_texts_group_as_texts_do, start, stop),
        cmocka_unit_test_setup_teardown(few_texts_are_grouped_as_they_come, start, stop),
        cmocka_unit_test_setup_teardown(numbers_are_in_the_order_of_texts, start, stop),
        cmocka_unit_test_setup_teardown(without_room_it_goes_without_numbers, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
