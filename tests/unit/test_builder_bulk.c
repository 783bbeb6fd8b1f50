/* test_builder_bulk.c - rows that come many at once: arrays, views of other columns, and runs of nulls. */
#include "columns.h"

#include "base/bitmap.h"
#include "data/builder.h"

#include "builders.h"

/* Appends rows first .. first + n - 1 in bulk. */
static void append_bulk(dk_builder *builder, const row *rows, size_t first, size_t n)
{
    static uint64_t valid[DK_BLOCK_WORDS], bits[DK_BLOCK_WORDS];
    static int64_t integers[DK_BLOCK_ROWS];
    static double reals[DK_BLOCK_ROWS];
    static dk_ratio ratios[DK_BLOCK_ROWS];
    static uint32_t codes[DK_BLOCK_ROWS];
    dk_error err = DK_ERROR_INIT;
    const uint64_t *marks = NULL;

    memset(bits, 0, sizeof bits);
    for (size_t i = 0; i < n; i++) {
        char text[40];
        row known = { false, rows[first + i].seed }; /* null rows hold a value that must not matter */
        dk_value value = value_of(builder->type, builder->scale, known, text);

        dki_bit_put(valid, i, !rows[first + i].is_null);
        if (rows[first + i].is_null)
            marks = valid;
        switch (builder->type) {
        case DK_BOOLEAN: dki_bit_put(bits, i, value.as.boolean); break;
        case DK_REAL: reals[i] = rows[first + i].is_null ? (double)NAN : value.as.real; break;
        case DK_RATIO: ratios[i] = value.as.ratio; break;
        case DK_CATEGORY: {
            uint32_t code = 0;

            if (!rows[first + i].is_null)
                assert_ok(dki_builder_level(builder, value.as.text, &code, &err), &err);
            codes[i] = code;
            break;
        }
        case DK_TEXT:
            if (rows[first + i].is_null)
                assert_ok(dk_builder_null(builder, 1, &err), &err);
            else
                assert_ok(dki_builder_known_text(builder, value.as.text, &err), &err);
            break;
        default: integers[i] = value.as.integer;
        }
    }
    switch (builder->type) {
    case DK_BOOLEAN: assert_ok(dki_builder_bits(builder, bits, marks, n, &err), &err); break;
    case DK_REAL: assert_ok(dki_builder_reals(builder, reals, marks, n, &err), &err); break;
    case DK_RATIO: assert_ok(dki_builder_ratios(builder, ratios, marks, n, &err), &err); break;
    case DK_CATEGORY: assert_ok(dki_builder_codes(builder, codes, n, &err), &err); break;
    case DK_TEXT: break;
    default: assert_ok(dki_builder_integers(builder, integers, marks, n, &err), &err);
    }
}

static void bulk_rows_are_the_same_as_single_ones(void **state)
{
    size_t n = DKI_CHUNK_ROWS + 20000;

    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++)
        for (unsigned nulls = 0; nulls <= 30; nulls += 30) {
            row *rows = random_rows(n, 14, nulls);
            dk_builder *builder = start((dk_type)type, scale_of((dk_type)type), NULL);
            const dk_column *column;

            for (size_t done = 0; done < n;) {
                size_t piece = 1 + (size_t)random_below(done % 3 ? 70 : DK_BLOCK_ROWS);

                piece = piece < n - done ? piece : n - done;
                append_bulk(builder, rows, done, piece);
                done += piece;
            }
            column = finish(builder);
            same_column(column, rows, n, 4096);
            dk_column_release(column);
            free(rows);
        }
}

static void views_are_appended_row_by_row(void **state)
{
    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++) {
        size_t n = 30000;
        row *rows = random_rows(n, 9, 20);
        dk_builder *builder = start((dk_type)type, scale_of((dk_type)type), NULL);
        const dk_column *source, *column;
        dk_view view;
        dk_error err = DK_ERROR_INIT;

        for (size_t i = 10000; i < 20000; i++) /* so that some views hold equal rows */
            rows[i] = (row){ false, 4 };
        source = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, n);
        dk_view_init(&view, context);
        for (size_t done = 0; done < n; done += view.n) {
            size_t piece = 1 + (size_t)random_below(3000);

            assert_ok(dk_column_view(source, done, piece < n - done ? piece : n - done, &view, &err), &err);
            assert_ok(dk_builder_view(builder, &view, &err), &err);
        }
        dk_view_release(&view);
        column = finish(builder);
        same_column(column, rows, n, 4096);
        dk_column_release(column);
        dk_column_release(source);
        free(rows);
    }
}

/* Two columns with codes of their own come together in one. */
static void categories_of_other_dictionaries_are_translated(void **state)
{
    const char *const first[] = { "Arnhem", "Duiven" }, *const second[] = { "Duiven", "Rheden", "Arnhem" };
    dk_dictionary *a = levels_of(first, 2, true), *b = levels_of(second, 3, true);
    dk_builder *builder = start(DK_CATEGORY, 0, NULL), *stated = start(DK_CATEGORY, 0, a);
    const uint32_t codes[] = { 2, 0, 1, 3 };
    static const char *const expected[] = { "Arnhem", "Rheden", NULL, "Duiven", "Arnhem" };
    dk_builder *part = start(DK_CATEGORY, 0, b);
    const dk_column *source, *column;
    dk_view view;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_builder_codes(part, codes, 4, &err), &err);
    source = finish(part);
    assert_ok(dk_builder_text(builder, (dk_text){ "Arnhem", 6 }, &err), &err);
    dk_view_init(&view, context);
    assert_ok(dk_column_view(source, 0, 4, &view, &err), &err);
    assert_ok(dk_builder_view(builder, &view, &err), &err);
    assert_fails(dk_builder_view(stated, &view, &err), &err, DK_ERR_RANGE, "\"Rheden\" is none of the 2 levels");
    dk_view_release(&view);
    dk_builder_release(stated);
    column = finish(builder);
    for (uint64_t i = 0; i < 5; i++) {
        dk_value value;

        assert_ok(dk_column_get(column, i, &value, &err), &err);
        assert_true(value.is_null == (expected[i] == NULL));
        if (expected[i])
            assert_memory_equal(value.as.text.bytes, expected[i], strlen(expected[i]));
    }
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(column)), 3);
    dk_column_release(column);
    dk_column_release(source);
    dk_dictionary_release(a);
    dk_dictionary_release(b);
}

static void a_view_of_another_scale_is_rescaled_or_refused(void **state)
{
    static const row rows[] = { { false, 150 }, { true, 0 }, { false, -25 } };
    const dk_column *source = column_of(context, DK_DECIMAL, 2, rows, 3), *column;
    dk_builder *wider = start(DK_DECIMAL, 4, NULL), *narrower = start(DK_DECIMAL, 1, NULL);
    dk_view view;
    dk_value value;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_view_init(&view, context);
    assert_ok(dk_column_view(source, 0, 3, &view, &err), &err);
    assert_ok(dk_builder_view(wider, &view, &err), &err);
    assert_fails(dk_builder_view(narrower, &view, &err), &err, DK_ERR_RANGE, "-0.25 does not fit exactly");
    dk_view_release(&view);
    dk_builder_release(narrower);
    column = finish(wider);
    assert_ok(dk_column_get(column, 2, &value, &err), &err);
    assert_int_equal(value.as.integer, -2500);
    dk_column_release(column);
    dk_column_release(source);
}

static void runs_of_nulls_take_a_row(void **state)
{
    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++) {
        uint64_t many = UINT64_C(5000000000);
        dk_builder *builder = start((dk_type)type, scale_of((dk_type)type), NULL);
        row few[1000];
        char text[40];
        dk_value seven = value_of((dk_type)type, scale_of((dk_type)type), (row){ false, 7 }, text), value;
        const dk_column *column, *slice = NULL;
        dk_error err = DK_ERROR_INIT;

        for (size_t i = 0; i < 1000; i++)
            few[i] = (row){ i < 100 || i > 200, 7 };
        assert_ok(dk_builder_null(builder, 100, &err), &err);
        for (size_t i = 100; i <= 200; i++)
            assert_ok(dk_builder_value(builder, &seven, &err), &err);
        assert_ok(dk_builder_null(builder, many, &err), &err);
        assert_ok(dk_builder_value(builder, &seven, &err), &err);
        assert_fails(dk_builder_null(builder, UINT64_MAX, &err), &err, DK_ERR_LIMIT,
                     "18446744073709551615 more rows are more than a column can have");
        assert_int_equal(dk_builder_n_rows(builder), many + 202);
        column = finish(builder);
        assert_int_equal(dk_column_n_nulls(column), many + 100);
        assert_true(dk_column_bytes(column) < 8192);
        assert_ok(dk_column_get(column, many + 201, &value, &err), &err);
        same_value(&value, &seven, many + 201);
        assert_ok(dk_column_slice(column, 0, 1000, &slice, &err), &err);
        same_column(slice, few, 1000, 300);
        dk_column_release(slice);
        dk_column_release(column);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bulk_rows_are_the_same_as_single_ones),
        TEST(views_are_appended_row_by_row),
        TEST(categories_of_other_dictionaries_are_translated),
        TEST(a_view_of_another_scale_is_rescaled_or_refused),
        TEST(runs_of_nulls_take_a_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
