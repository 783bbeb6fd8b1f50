/* test_assemble.c - stretches into the finished column: every type from codes, numbers and text; storage; memory. */
#include "blocks.h"

#include "with_context.h"

#include <dekking/dictionary.h>
#include <stdlib.h>

typedef enum form { CODES, ROWS } form; /* how a block keeps its column */

/* Blocks of one column, each as codes or as rows, the second by another thread, into a column. */
static dk_status assemble(const char *const *blocks, const form *forms, size_t n_blocks, const dki_plan *plan,
                          uint64_t nth_fails, const dk_column **out, dk_error *err)
{
    block_case t;
    dki_levels levels = { .is_known = false };
    bool any_rows = false;
    dk_error ignored = DK_ERROR_INIT;

    block_case_begin(&t, context, 1);
    for (size_t b = 0; b < n_blocks; b++) {
        if (b > 0)
            block_case_other(&t);
        atomic_store(&t.collected.is_plain[0], forms[b] == ROWS);
        any_rows = any_rows || forms[b] == ROWS;
        block_case_add(&t, blocks[b]);
    }
    atomic_store(&t.collected.is_plain[0], any_rows);
    assert_ok(dki_levels_find(&t.collected, 0, &levels, &ignored), &ignored);
    dk_context_fail_allocation(context, nth_fails);
    dk_status status = dki_collected_column(&t.collected, 0, &levels, plan, out, err);
    dk_context_fail_allocation(context, 0);
    dki_levels_drop(&levels);
    block_case_drop(&t);
    return status;
}

/* "value|value|~|" */
static void expect(const dk_column *column, const char *expected)
{
    char text[2048] = "", value[128];
    size_t used = 0;

    for (uint64_t row = 0; row < dk_column_n_rows(column); row++) {
        dk_value v;
        dk_error err = DK_ERROR_INIT;
        assert_ok(dk_column_get(column, row, &v, &err), &err);
        if (v.is_null) {
            strcpy(value, "~");
        } else if (v.type == DK_TEXT || v.type == DK_CATEGORY) {
            snprintf(value, sizeof value, "%.*s", (int)v.as.text.size, v.as.text.bytes);
        } else {
            dk_value_format(&v, value, sizeof value);
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "%s|", value);
    }
    assert_string_equal(text, expected);
}

/* A type of two blocks, in every form that they can have. */
static void each_type_comes_out_of_every_form(void **state)
{
    static const struct {
        const char *blocks[2];
        dki_plan plan;
        const char *expected;
    } cases[] = {
        { { "12\n\n-7\n12\n", "300\n5\n" }, { .type = DK_INTEGER, .mark = DKI_POINT }, "12|~|-7|12|300|5|" },
        { { "1.758\n2\n", "12.345.678\n\n" }, { .type = DK_INTEGER, .mark = DKI_COMMA }, "1758|2|12345678|~|" },
        { { "1,5\n\n-2,5\n", "1.758,5\n0,5\n" },
          { .type = DK_DECIMAL, .scale = 1, .mark = DKI_COMMA },
          "1.5|~|-2.5|1758.5|0.5|" },
        { { "1,5\n2,5\n", "0,25\n7\n" },
          { .type = DK_DECIMAL, .scale = 2, .mark = DKI_COMMA },
          "1.50|2.50|0.25|7.00|" },
        { { "50 %\n12,5 %\n", "0 %\n\n" },
          { .type = DK_DECIMAL, .scale = 3, .percent = true, .mark = DKI_COMMA },
          "0.500|0.125|0.000|~|" },
        { { "1.5\n-0.5\n", "3\n\n" }, { .type = DK_REAL, .mark = DKI_POINT }, "1.5|-0.5|3.0|~|" },
        { { "ja\nnee\n", "\nja\n" }, { .type = DK_BOOLEAN }, "true|false|~|true|" },
        { { "2024-12-31\n\n", "1999-01-01\n" }, { .type = DK_DATE, .order = DKI_YMD }, "2024-12-31|~|1999-01-01|" },
        { { "31-12-2024\n", "01-02-2024\n\n" }, { .type = DK_DATE, .order = DKI_DMY }, "2024-12-31|2024-02-01|~|" },
        { { "2024-03\n\n", "1999-12\n" }, { .type = DK_PERIOD, .scale = DK_MONTH }, "2024-03|~|1999-12|" },
        { { "b\na\n\nb\n", "c\na\n" }, { .type = DK_CATEGORY }, "b|a|~|b|c|a|" },
        { { "b\n\n\"\"\n", "lang genoeg om niet in een sleutel te passen\n12\n" },
          { .type = DK_TEXT },
          "b|~||lang genoeg om niet in een sleutel te passen|12|" },
        { { "1.758,25\n\n", "0,10\n" }, { .type = DK_TEXT }, "1.758,25|~|0,10|" },
        { { "\n\n", "\n" }, { .type = DK_INTEGER }, "~|~|~|" },
        { { "\n\n", "\n" }, { .type = DK_TEXT }, "~|~|~|" },
        { { "\n\n", "\n" }, { .type = DK_CATEGORY }, "~|~|~|" },
        { { "\n\n", "ja\n" }, { .type = DK_BOOLEAN }, "~|~|true|" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned k = 0; k < 4; k++) {
            const form forms[2] = { k & 1 ? ROWS : CODES, k & 2 ? ROWS : CODES };
            const dk_column *column = NULL;
            dk_error err = DK_ERROR_INIT;
            dk_set_threads(1 + k % 2);
            assert_ok(assemble(cases[i].blocks, forms, 2, &cases[i].plan, 0, &column, &err), &err);
            assert_int_equal(dk_column_type(column), cases[i].plan.type);
            expect(column, cases[i].expected);
            dk_column_release(column);
        }
}

static void values_are_stored_as_narrow_as_the_block_allows(void **state)
{
    static const struct {
        const char *text;
        dk_type type;
        dk_storage storage;
        bool constant;
        int64_t least, greatest;
    } cases[] = {
        { "127\n-128\n", DK_INTEGER, DK_STORE_I8, false, -128, 127 },
        { "128\n1\n", DK_INTEGER, DK_STORE_I16, false, 1, 128 },
        { "40000\n1\n", DK_INTEGER, DK_STORE_I32, false, 1, 40000 },
        { "3000000000\n1\n", DK_INTEGER, DK_STORE_I64, false, 1, INT64_C(3000000000) },
        { "7\n7\n7\n", DK_INTEGER, DK_STORE_I8, true, 7, 7 },
        { "7\n\n7\n", DK_INTEGER, DK_STORE_I8, false, 7, 7 },
        { "\n\n", DK_INTEGER, DK_STORE_I8, true, 0, 0 },
        { "a\nb\n", DK_CATEGORY, DK_STORE_U8, false, 0, 0 },
        { "a\na\n", DK_CATEGORY, DK_STORE_U8, true, 0, 0 },
        { "ja\nnee\n", DK_BOOLEAN, DK_STORE_BITS, false, 0, 0 },
        { "1.5\n2\n", DK_REAL, DK_STORE_F64, false, 0, 0 },
        { "a\nb\n", DK_TEXT, DK_STORE_TEXT, false, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int f = CODES; f <= ROWS; f++) {
            const dki_plan plan = { .type = cases[i].type, .mark = DKI_POINT };
            const form forms[1] = { (form)f };
            const dk_column *column = NULL;
            dk_view view;
            dk_error err = DK_ERROR_INIT;
            int64_t least = 0, greatest = 0;
            if (f == ROWS && cases[i].type == DK_CATEGORY)
                continue; /* the builder's doing */
            assert_ok(assemble(&cases[i].text, forms, 1, &plan, 0, &column, &err), &err);
            dk_view_init(&view, context);
            assert_ok(dk_column_view(column, 0, dk_column_n_rows(column), &view, &err), &err);
            assert_int_equal(view.storage, cases[i].storage);
            assert_int_equal(view.constant, cases[i].constant);
            assert_int_equal(dk_column_bounds(column, &least, &greatest),
                             cases[i].least != 0 || cases[i].greatest != 0);
            assert_int_equal(least, cases[i].least);
            assert_int_equal(greatest, cases[i].greatest);
            dk_view_release(&view);
            dk_column_release(column);
        }
}

/* 300 levels need two bytes in every chunk, also where a block has few of them; 0 is null. */
static void codes_are_as_wide_as_the_levels_of_the_file(void **state)
{
    char first[8192] = "";
    const char *blocks[2] = { "v299\n\nv5\n", first };
    const form forms[2] = { CODES, CODES };
    const dki_plan plan = { .type = DK_CATEGORY };
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_view view;

    (void)state;
    for (unsigned i = 0, used = 0; i < 300; i++)
        used += (unsigned)sprintf(first + used, "v%u\n", i);
    assert_ok(assemble(blocks, forms, 2, &plan, 0, &column, &err), &err);
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(column)), 300);
    dk_view_init(&view, context);
    assert_ok(dk_column_view(column, 0, 3, &view, &err), &err);
    assert_int_equal(view.storage, DK_STORE_U16);
    assert_int_equal(((const uint16_t *)view.values)[0], 1); /* the first to appear */
    assert_int_equal(((const uint16_t *)view.values)[1], 0);
    assert_int_equal(((const uint16_t *)view.values)[2], 2);
    dk_view_release(&view);
    dk_value v;
    for (unsigned i = 0; i < 300; i++) {
        char expected[16];
        assert_ok(dk_column_get(column, 3 + i, &v, &err), &err);
        assert_int_equal(v.as.text.size, sprintf(expected, "v%u", i));
        assert_memory_equal(v.as.text.bytes, expected, v.as.text.size);
    }
    dk_column_release(column);
}

static void stated_levels_keep_their_order(void **state)
{
    const dk_text texts[] = { { "laag", 4 }, { "midden", 6 }, { "hoog", 4 } };
    const char *blocks[1] = { "hoog\nlaag\n\nhoog\n" };
    dk_dictionary *levels = NULL;
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_dictionary_new(context, texts, 3, true, &levels, &err), &err);
    for (int f = CODES; f <= ROWS; f++) {
        const form forms[1] = { (form)f };
        const dki_plan plan = { .type = DK_CATEGORY, .levels = levels, .loose = true };
        assert_ok(assemble(blocks, forms, 1, &plan, 0, &column, &err), &err);
        expect(column, "hoog|laag|~|hoog|");
        assert_ptr_equal(dk_column_levels(column), levels);
        dk_column_release(column);
    }
    dk_dictionary_release(levels);
}

static void survives_failing_memory(void **state)
{
    static const struct {
        const char *blocks[2];
        dki_plan plan;
    } cases[] = {
        { { "12\n\n-7\n", "300\n5\n" }, { .type = DK_INTEGER, .mark = DKI_POINT } },
        { { "1,5\n\n", "0,25\n" }, { .type = DK_DECIMAL, .scale = 2, .mark = DKI_COMMA } },
        { { "b\na\n", "c\n\n" }, { .type = DK_CATEGORY } },
        { { "b\na\n", "een lange tekst van meer dan zestien bytes\n\n" }, { .type = DK_TEXT } },
        { { "ja\n\n", "\n\n" }, { .type = DK_BOOLEAN } },
    };

    (void)state;
    dk_set_threads(1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned k = 0; k < 4; k++) {
            const form forms[2] = { k & 1 ? ROWS : CODES, k & 2 ? ROWS : CODES };
            for (uint64_t nth = 1;; nth++) {
                const dk_column *column = NULL;
                dk_error err = DK_ERROR_INIT;
                dk_status status = assemble(cases[i].blocks, forms, 2, &cases[i].plan, nth, &column, &err);
                if (status == DK_OK) {
                    assert_true(nth > 2);
                    dk_column_release(column);
                    break;
                }
                assert_int_equal(status, DK_ERR_MEMORY);
                assert_null(column);
                assert_int_equal(dk_context_used_bytes(context), 0);
            }
        }
}

static void an_interrupted_assembling_stops(void **state)
{
    static const char *const blocks[1] = { "1\n2\n" };
    const form forms[1] = { CODES };
    const dki_plan plan = { .type = DK_INTEGER };
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(assemble(blocks, forms, 1, &plan, 0, &column, &err), &err, DK_ERR_INTERRUPTED, "interrupted");
    assert_null(column);
    dk_context_clear_interrupt(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_type_comes_out_of_every_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_are_stored_as_narrow_as_the_block_allows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(codes_are_as_wide_as_the_levels_of_the_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stated_levels_keep_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interrupted_assembling_stops, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("assemble", tests, NULL, NULL);
}
