/* test_numbers.c - a column of a block as canonical numbers: forms, widths, what is not taken, memory. */
#include "blocks.h"

#include "with_context.h"

/* Splits a block of one column, not coded. */
static void split(block_case *t, const char *text)
{
    block_case_begin(t, context, 1);
    atomic_store(&t->collected.is_plain[0], true);
    block_case_add(t, text);
}

static void numbers_are_as_narrow_as_they_can_be(void **state)
{
    static const struct {
        const char *text;
        uint8_t width;
        int64_t first, second;
    } cases[] = {
        { "127\n-128\n", 1, 127, -128 },
        { "128\n0\n", 2, 128, 0 },
        { "-129\n0\n", 2, -129, 0 },
        { "32767\n-32768\n", 2, 32767, -32768 },
        { "32768\n1\n", 4, 32768, 1 },
        { "2147483647\n-2147483648\n", 4, INT32_MAX, INT32_MIN },
        { "1\n2147483648\n", 8, 1, INT64_C(2147483648) },
        { "999999999999999999\n-999999999999999999\n", 8, INT64_C(999999999999999999),
          -INT64_C(999999999999999999) },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t a = cases[i].first, b = cases[i].second;
        block_case t;
        split(&t, cases[i].text);
        const dki_stretch *s = &t.block->stretches[0];
        assert_true(s->is_numbers);
        assert_int_equal(s->width, cases[i].width);
        assert_int_equal(s->least, a < b ? a : b);
        assert_int_equal(s->greatest, a < b ? b : a);
        assert_int_equal(dki_stretch_number(s, 0), a);
        assert_int_equal(dki_stretch_number(s, 1), b);
        block_case_drop(&t);
    }
}

static void a_form_has_one_mark_one_scale_and_one_way_of_grouping(void **state)
{
    static const struct {
        const char *text;
        int64_t values[3];
        uint8_t scale;
        char mark;
        bool is_grouped;
    } cases[] = {
        { "12,50\n0,05\n-1,00\n", { 1250, 5, -100 }, 2, ',', false },
        { "12.5\n7.0\n1000.5\n", { 125, 70, 10005 }, 1, '.', false },
        { "1.758,25\n0,10\n999,99\n", { 175825, 10, 99999 }, 2, ',', true },
        { "1,758.25\n0.10\n-12,345,678.90\n", { 175825, 10, -1234567890 }, 2, '.', true },
        { "1758,25\n0,10\n999,99\n", { 175825, 10, 99999 }, 2, ',', false },
        { "\"5\"\n6\n\"7\"\n", { 5, 6, 7 }, 0, 0, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        block_case t;
        split(&t, cases[i].text);
        const dki_stretch *s = &t.block->stretches[0];
        assert_true(s->is_numbers);
        assert_int_equal(s->scale, cases[i].scale);
        assert_int_equal(s->mark, cases[i].mark);
        assert_int_equal(s->is_grouped, cases[i].is_grouped);
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(dki_stretch_number(s, k), cases[i].values[k]);
        block_case_drop(&t);
    }
}

/* Where a text does not follow from its number the whole block is text, and nothing of it is lost. */
static void anything_else_is_text(void **state)
{
    static const char *const texts[] = {
        "1\n1,5\n2\n",            /* two scales */
        "1,5\n2.5\n3,5\n",        /* two marks */
        "1000,5\n1.000,5\n1,5\n", /* grouped, and not */
        "1\n007\n2\n",
        "1\n+1\n2\n",
        "1\n1e3\n2\n",
        "1\n5 %\n2\n",
        "1\n1.758\n2\n",
        "1\n-0\n2\n",
        "1\n x\n2\n",
        "1\n2024-12-31\n3\n",
        "1\n\"\"\n2\n",
        "1\n1234567890123456789\n2\n",
        "~\n~\n~\n", /* becomes nulls below */
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[64], expected[64];
        block_case t;
        size_t n = 0;
        for (const char *c = texts[i]; *c; c++)
            if (*c != '~')
                text[n++] = *c;
        text[n] = '\0';
        split(&t, text);
        assert_false(t.block->stretches[0].is_numbers);
        assert_false(t.block->stretches[0].is_coded);
        n = 0;
        for (const char *c = texts[i]; *c; c++)
            if (*c != '"')
                expected[n++] = *c == '\n' ? '|' : *c;
        expected[n] = '\0';
        assert_string_equal(block_case_fields(&t, 0), expected);
        block_case_drop(&t);
    }
}

static void the_text_follows_from_the_number(void **state)
{
    block_case t;

    (void)state;
    split(&t, "1.758,25\n\n0,10\n-12.345.678,90\n");
    assert_string_equal(block_case_fields(&t, 0), "1.758,25|~|0,10|-12.345.678,90|");
    block_case_drop(&t);
}

static void nulls_are_zero_and_told_apart(void **state)
{
    static const char *const nulls[] = { "999" };
    block_case t;

    (void)state;
    block_case_begin(&t, context, 1);
    t.csv.nulls = nulls;
    t.csv.n_nulls = 1;
    atomic_store(&t.collected.is_plain[0], true);
    block_case_add(&t, "\n999\n7\n\"999\"\n-3\n");
    const dki_stretch *s = &t.block->stretches[0];
    assert_true(s->is_numbers);
    assert_int_equal(s->n_nulls, 3);
    assert_int_equal(s->valid[0] & 0x1F, 0x14);
    assert_int_equal(dki_stretch_number(s, 0), 0);
    assert_int_equal(dki_stretch_number(s, 2), 7);
    assert_int_equal(s->least, -3);
    assert_int_equal(s->greatest, 7);
    assert_int_equal(s->first, 2);
    block_case_drop(&t);
    split(&t, "1\n2\n"); /* none is null: no bitmap */
    assert_null(t.block->stretches[0].valid);
    block_case_drop(&t);
}

/* What is said of the numbers is what is said of the same fields as text. */
static void the_profile_is_that_of_the_text(void **state)
{
    static const char *const texts[] = { "12,50\n0,05\n-1.000,00\n", "5\n-17\n1234\n", "0.5\n.5\n",
                                         "1000.5\n2.5\n" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        block_case t;
        dki_profile expected, found;
        uint64_t row = 0;
        split(&t, texts[i]);
        dki_profile_begin(&expected);
        for (const char *at = texts[i]; *at; at = strchr(at, '\n') + 1)
            dki_profile_add(&expected, at, (size_t)(strchr(at, '\n') - at), row++, 1, false);
        dki_profile_begin(&found);
        dki_stretch_profile(t.block, &t.block->stretches[0], &found);
        const dki_profile *p = &found;
        assert_int_equal(p->n_values, expected.n_values);
        for (int k = 0; k < DKI_N_READINGS; k++) {
            assert_int_equal(p->n_read[k], expected.n_read[k]);
            assert_int_equal(p->misfit[k], expected.misfit[k]);
        }
        for (int k = 0; k < DKI_N_MARKS; k++) {
            assert_int_equal(p->scale[k], expected.scale[k]);
            assert_int_equal(p->whole_digits[k], expected.whole_digits[k]);
        }
        assert_int_equal(p->dot_row, expected.dot_row);
        assert_int_equal(p->comma_row, expected.comma_row);
        block_case_drop(&t);
    }
}

static void survives_failing_memory(void **state)
{
    static const char text[] = "1,5\n\n-200,5\n";

    (void)state;
    for (uint64_t nth = 1;; nth++) {
        block_case t;
        dk_error err = DK_ERROR_INIT;
        size_t odd_at;
        block_case_begin(&t, context, 1);
        atomic_store(&t.collected.is_plain[0], true);
        size_t n_rows = block_case_load(&t, text, sizeof text - 1);
        dk_context_fail_allocation(context, nth);
        dk_status status = block_case_split(&t, sizeof text - 1, n_rows, 0, 1, &odd_at, &err);
        dk_context_fail_allocation(context, 0);
        if (status == DK_OK)
            assert_true(t.block->stretches[0].is_numbers);
        block_case_drop(&t);
        assert_int_equal(dk_context_used_bytes(context), 0);
        if (status == DK_OK) {
            assert_true(nth > 5);
            break;
        }
        assert_int_equal(status, DK_ERR_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_are_as_narrow_as_they_can_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_form_has_one_mark_one_scale_and_one_way_of_grouping, set_up, tear_down),
        cmocka_unit_test_setup_teardown(anything_else_is_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_text_follows_from_the_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nulls_are_zero_and_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_profile_is_that_of_the_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
