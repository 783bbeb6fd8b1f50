/* test_block.c - the text of a block into stretches: codes, text, what is odd, lines, null markers, memory. */
#include "blocks.h"

#include "with_context.h"

#include <stdlib.h>

static void fields_get_codes_in_the_order_of_their_appearance(void **state)
{
    block_case t;

    (void)state;
    block_case_begin(&t, context, 3);
    block_case_add(&t, "b;1;een\na;2;\n;1;praktijkonderwijs\nb;;een woord van meer dan 32 bytes, lang\na;2;\"\"\n");
    const dki_stretch *s = t.block->stretches;
    static const uint8_t codes[3][5] = { { 1, 2, 0, 1, 2 }, { 1, 2, 1, 0, 2 }, { 1, 0, 2, 3, 4 } };
    for (size_t c = 0; c < 3; c++) {
        assert_true(s[c].is_coded);
        assert_false(s[c].is_wide);
        assert_int_equal(s[c].n_nulls, 1);
        for (size_t i = 0; i < 5; i++)
            assert_int_equal(dki_stretch_code(&s[c], i), codes[c][i]);
    }
    assert_string_equal(block_case_fields(&t, 2),
                        "een|~|praktijkonderwijs|een woord van meer dan 32 bytes, lang||");
    assert_int_equal(t.collected.values[2].entries[2].row, 3);
    block_case_add(&t, "a;3;een\n"); /* the next block: codes are those of the reader */
    assert_int_equal(dki_stretch_code(&t.block->stretches[0], 0), 2);
    assert_int_equal(dki_stretch_code(&t.block->stretches[1], 0), 3);
    assert_int_equal(t.collected.values[1].entries[2].row, 5);
    block_case_drop(&t);
}

static void quotes_and_line_ends_belong_to_no_field(void **state)
{
    block_case t;

    (void)state;
    block_case_begin(&t, context, 2);
    block_case_add(&t, "\"a;b\";\"x\"\r\n\"q\"\"q\";\"\"\"\"\r\n\"\";\r\n\"two\nlines\";\"y\"\r\nplain;z\r\n");
    assert_string_equal(block_case_fields(&t, 0), "a;b|q\"q||two\nlines|plain|");
    assert_string_equal(block_case_fields(&t, 1), "x|\"|~|y|z|");
    block_case_drop(&t);
}

static void null_markers_are_null_quoted_or_not(void **state)
{
    static const char *const nulls[] = { "NB", "-" };
    block_case t;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int text = 0; text < 2; text++) { /* as codes, and as text */
        block_case_begin(&t, context, 2);
        t.csv.nulls = nulls;
        t.csv.n_nulls = 2;
        for (size_t c = 0; c < 2; c++)
            for (size_t i = 0; i < 2; i++)
                assert_ok(dki_values_add_null(&t.collected.values[c], nulls[i], strlen(nulls[i]), &err), &err);
        atomic_store(&t.collected.is_plain[0], text);
        atomic_store(&t.collected.is_plain[1], text);
        block_case_add(&t, "NB;-\n\"NB\";x\nNBx;\"-\"\n;--\n");
        assert_string_equal(block_case_fields(&t, 0), "~|~|NBx|~|");
        assert_string_equal(block_case_fields(&t, 1), "~|x|~|--|");
        assert_int_equal(t.block->stretches[0].n_nulls, 3);
        block_case_drop(&t);
    }
}

/* More values than a byte can number: the stretch becomes wide on the way, and what it has stays. */
static void codes_become_wide_at_256_values(void **state)
{
    enum { ROWS = 2000 };
    char *text = malloc(ROWS * 8);
    size_t used = 0;
    block_case t;

    (void)state;
    assert_non_null(text);
    for (unsigned i = 0; i < ROWS; i++)
        used += (size_t)sprintf(text + used, "v%u\n", i < 1000 ? i % 255 : i % 300);
    block_case_begin(&t, context, 1);
    block_case_add(&t, text);
    const dki_stretch *s = &t.block->stretches[0];
    assert_true(s->is_coded);
    assert_true(s->is_wide);
    assert_int_equal(t.collected.values[0].n, 300);
    for (unsigned i = 0; i < 1000; i++) /* numbered 1 .. 255 as they come */
        assert_int_equal(dki_stretch_code(s, i), i % 255 + 1);
    for (unsigned i = 1000; i < ROWS; i++) {
        const char *bytes;
        size_t size;
        char expected[16];
        assert_true(dki_stretch_get(&t.collected, 0, s, i, &bytes, &size));
        assert_int_equal(size, sprintf(expected, "v%u", i % 300));
        assert_memory_equal(bytes, expected, size);
    }
    block_case_drop(&t);
    free(text);
}

/* 65,535 values are numbered; with one more the rows of the block are kept as text. */
static void one_value_too_many_makes_text(void **state)
{
    enum { ROWS = 65536 };
    char *text = malloc(ROWS * 8);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_non_null(text);
    for (unsigned n_values = ROWS - 1; n_values <= ROWS; n_values++) {
        size_t used = 0, odd_at;
        block_case t;
        for (unsigned i = 0; i < ROWS; i++)
            used += (size_t)sprintf(text + used, "k%05x\n", i % n_values);
        block_case_begin(&t, context, 1);
        assert_int_equal(block_case_load(&t, text, used), ROWS);
        assert_ok(block_case_split(&t, used, ROWS, 0, 1, &odd_at, &err), &err);
        const dki_stretch *s = &t.block->stretches[0];
        assert_int_equal(s->is_coded, n_values == ROWS - 1);
        assert_int_equal(atomic_load(&t.collected.is_plain[0]), n_values == ROWS);
        if (n_values == ROWS) {
            assert_int_equal(s->ends[ROWS], 6 * ROWS);
            assert_memory_equal(s->bytes + 6 * (ROWS - 1), "k0ffff", 6);
            assert_null(s->valid);
            assert_null(s->profile); /* nothing can be read as anything */
            assert_int_equal(s->first, 0);
        }
        block_case_drop(&t);
    }
    free(text);
}

static void text_has_its_bytes_behind_one_another(void **state)
{
    block_case t;

    (void)state;
    block_case_begin(&t, context, 2);
    atomic_store(&t.collected.is_plain[0], true);
    block_case_add(&t, "sleutel;1\n;2\n\"\";3\n\"a\"\"b\";4\n12;5\n");
    const dki_stretch *s = &t.block->stretches[0];
    static const uint32_t ends[] = { 0, 7, 7, 7, 10, 12 };
    assert_false(s->is_coded);
    assert_false(s->is_numbers);
    assert_memory_equal(s->ends, ends, sizeof ends);
    assert_memory_equal(s->bytes, "sleutela\"b12", 12);
    assert_int_equal(s->valid[0], 0x1D); /* all but the second */
    assert_int_equal(s->n_nulls, 1);
    assert_int_equal(s->profile->n_values, 3);
    assert_int_equal(s->profile->n_empty, 1);
    assert_int_equal(s->profile->n_read[DKI_READ_NUMBER + DKI_POINT], 1);
    assert_int_equal(s->profile->misfit[DKI_READ_NUMBER + DKI_POINT], 0);
    assert_true(t.block->stretches[1].is_coded);
    block_case_drop(&t);
}

/* What is odd, where it begins, and how many rows stand before it. */
static void odd_records_are_left_out(void **state)
{
    static const struct {
        const char *text;
        size_t max_field, n_rows, odd_at;
    } cases[] = {
        { "a;1\nb;2\n", 9, 2, 8 },           /* none */
        { "a;1\nb\nc;3\n", 9, 1, 4 },        /* a field too few */
        { "a;1\nb;2;2\nc;3\n", 9, 1, 4 },    /* one too many */
        { "a;1\n\nc;3\n", 9, 2, 9 },         /* a blank line, which is no fault */
        { "a\nb;2\n", 9, 0, 0 },             /* the first one */
        { "a;1\nb\n;c;3\n", 9, 1, 4 },       /* the number of fields is right, as a whole */
        { "a;1\nbbbb;2\nc;3\n", 3, 1, 4 },   /* too long a field */
        { "a;1\nbbb;222\nc;3\n", 3, 3, 16 }, /* a long record, and no field too long */
        { "a;1\n\"bb\";2\nc;3\n", 3, 1, 4 }, /* perhaps too long: two bytes and two quotes */
        { "a;1\nb;2\n\"c\nc\";3;3\n", 9, 2, 8 },
    };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        block_case t;
        size_t size = strlen(cases[i].text), odd_at = 99;
        block_case_begin(&t, context, 2);
        t.options.max_field_bytes = cases[i].max_field;
        size_t n_rows = block_case_load(&t, cases[i].text, size);
        assert_ok(block_case_split(&t, size, n_rows, 0, 1, &odd_at, &err), &err);
        assert_int_equal(t.block->n_rows, cases[i].n_rows);
        assert_int_equal(odd_at, cases[i].odd_at);
        assert_true(cases[i].n_rows > 0 || t.block->stretches == NULL);
        block_case_drop(&t);
    }
}

/* Leniently, what is no row is left out, wherever it stands, and noted; the rest moves together. */
static void rows_move_together_where_others_are_left_out(void **state)
{
    static const char text[] = "x\na;1\n\"b\nb\";2\n\r\n1;2;3\nc;3\nd;\"4\"\r\n;;\n";
    block_case t;
    dk_error err = DK_ERROR_INIT;
    size_t odd_at;

    (void)state;
    block_case_begin(&t, context, 2);
    t.csv.lenient = true;
    size_t n_rows = block_case_load(&t, text, sizeof text - 1);
    assert_ok(block_case_split(&t, sizeof text - 1, n_rows, 100, 50, &odd_at, &err), &err);
    assert_int_equal(odd_at, sizeof text - 1);
    assert_string_equal(block_case_fields(&t, 0), "a|b\nb|c|d|");
    assert_string_equal(block_case_fields(&t, 1), "1|2|3|4|");
    assert_int_equal(t.block->line, 51);
    assert_int_equal(t.block->n_runs, 1); /* rows 100 .. 103 stand on lines 51, 52, 56, 57 */
    assert_int_equal(t.block->runs[0].row, 102);
    assert_int_equal(t.block->runs[0].line, 56);
    assert_int_equal(t.block->n_odd, 3);
    static const uint64_t places[3][3] = { { 0, 2, 50 }, { 14, 8, 54 }, { 33, 3, 58 } };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(t.block->odd[i].offset, places[i][0]);
        assert_int_equal(t.block->odd[i].size, places[i][1]);
        assert_int_equal(t.block->odd[i].line, places[i][2]);
        assert_false(t.block->odd[i].is_row);
    }
    block_case_drop(&t);
}

/* A blank line is a null where there is one column. */
static void a_blank_line_is_a_null_of_one_column(void **state)
{
    block_case t;

    (void)state;
    block_case_begin(&t, context, 1);
    block_case_add(&t, "a\n\nb\n");
    assert_string_equal(block_case_fields(&t, 0), "a|~|b|");
    block_case_drop(&t);
}

static void records_of_several_lines_are_noted(void **state)
{
    static const char text[] = "a;1\n\"b\nb\nb\";2\nc;3\n\"d\n\";4\n";
    block_case t;
    dk_error err = DK_ERROR_INIT;
    size_t odd_at;

    (void)state;
    block_case_begin(&t, context, 2);
    size_t n_rows = block_case_load(&t, text, sizeof text - 1);
    assert_int_equal(n_rows, 4);
    assert_ok(block_case_split(&t, sizeof text - 1, n_rows, 100, 50, &odd_at, &err), &err);
    /* Rows 100 .. 103 stand on lines 50, 51, 54, 55; what follows the last is the next block's. */
    assert_int_equal(t.block->n_runs, 1);
    assert_int_equal(t.block->runs[0].row, 102);
    assert_int_equal(t.block->runs[0].line, 54);
    block_case_drop(&t);
}

/* Of many columns those go that do not repeat themselves; without a block before, their values too. */
static void crowded_columns_give_their_codes_up(void **state)
{
    enum { COLUMNS = 6000, ROWS = 200 }; /* 1,048,576 values for 6,000 columns are 174 for each */
    char *text = malloc((size_t)ROWS * COLUMNS * 5);
    const dk_csv_column **stated = calloc(COLUMNS, sizeof *stated);
    size_t used = 0;
    block_case t;

    (void)state;
    assert_non_null(text);
    assert_non_null(stated);
    for (unsigned row = 0; row < ROWS; row++)
        for (unsigned c = 0; c < COLUMNS; c++)
            used += (size_t)sprintf(text + used, "x%u%c", c % 2 ? row : row % 174, c + 1 < COLUMNS ? ';' : '\n');
    block_case_begin(&t, context, COLUMNS);
    t.options.stated = stated;
    block_case_add(&t, text);
    for (size_t c = 0; c < COLUMNS; c++) {
        assert_int_equal(t.block->stretches[c].is_coded, c % 2 == 0);
        assert_int_equal(atomic_load(&t.collected.n_given_up[c]), c % 2 ? 200 : 0);
        assert_int_equal(t.collected.values[c].n, c % 2 ? 0 : 174);
    }
    assert_memory_equal(t.block->stretches[1].bytes, "x0x1x2", 6);
    block_case_drop(&t);
    free(text);
    free(stated);
}

/* More values than a category of so many rows has: names and numbers are kept as they are, times and stated columns as codes. */
static void codes_of_no_category_are_given_up(void **state)
{
    enum { ROWS = 2000 };
    static const dk_csv_column stated = { .name = "d", .type = DK_CATEGORY };
    char *text = malloc(ROWS * 64);
    size_t used = 0;
    block_case t;

    (void)state;
    assert_non_null(text);
    for (unsigned i = 0; i < ROWS; i++)
        used += (size_t)sprintf(text + used, "naam %u;%u;2024-01-01 %02u:%02u;%u\n", i, i, i / 60 % 24, i % 60, i);
    for (int known = 0; known < 2; known++) {
        block_case_begin(&t, context, 4);
        t.stated[3] = &stated;
        t.reader.likely_rows = known ? ROWS : 0;
        block_case_add(&t, text);
        for (size_t c = 0; c < 4; c++) {
            assert_int_equal(t.block->stretches[c].is_coded, !known || c >= 2);
            assert_in_range(atomic_load(&t.collected.n_given_up[c]), known && c < 2 ? 641 : 0,
                            known && c < 2 ? 641 + 512 : 0);
        }
        assert_int_equal(t.block->stretches[1].is_numbers, known);
        block_case_drop(&t);
    }
    free(text);
}

/* Long values that differ from row to row are no keys, once there are some; those that come back are. */
static void huge_values_are_no_keys(void **state)
{
    enum { ROWS = 24 };
    char *text = malloc(ROWS * (DKI_LARGE_TEXT + 2));

    (void)state;
    assert_non_null(text);
    for (unsigned n_values = 4; n_values <= ROWS; n_values += 20) {
        for (unsigned n_likely = 512; n_likely <= 513; n_likely++) {
            block_case t;
            size_t used = 0;
            for (unsigned i = 0; i < ROWS; i++) {
                memset(text + used, (int)('a' + i % n_values), DKI_LARGE_TEXT);
                text[used + DKI_LARGE_TEXT] = '\n';
                used += DKI_LARGE_TEXT + 1;
            }
            text[used] = '\0';
            block_case_begin(&t, context, 1);
            t.reader.likely_rows = n_likely;
            block_case_add(&t, text);
            bool stops = n_values == ROWS && n_likely == 513;
            assert_int_equal(t.block->stretches[0].is_coded, !stops);
            assert_int_equal(atomic_load(&t.collected.n_given_up[0]), stops ? 8 : 0);
            block_case_drop(&t);
        }
    }
    free(text);
}

/* Splits with the nth allocation of the splitting refused. */
static dk_status split_once(const char *text, bool plain, uint64_t nth, dk_error *err)
{
    block_case t;
    size_t size = strlen(text), odd_at;

    block_case_begin(&t, context, 2);
    atomic_store(&t.collected.is_plain[0], plain);
    size_t n_rows = block_case_load(&t, text, size);
    dk_context_fail_allocation(context, nth);
    dk_status status = block_case_split(&t, size, n_rows, 0, 1, &odd_at, err);
    dk_context_fail_allocation(context, 0);
    if (status == DK_OK)
        assert_string_equal(block_case_fields(&t, 1), "1|een tekst van meer dan tweeendertig|q\"q|");
    block_case_drop(&t);
    return status;
}

static void survives_failing_memory(void **state)
{
    static const char text[] = "a;1\n\"b\nb\";een tekst van meer dan tweeendertig\nc;\"q\"\"q\"\n";

    (void)state;
    for (int plain = 0; plain < 2; plain++)
        for (uint64_t nth = 1;; nth++) {
            dk_error err = DK_ERROR_INIT;
            dk_status status = split_once(text, plain, nth, &err);
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
        cmocka_unit_test_setup_teardown(fields_get_codes_in_the_order_of_their_appearance, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quotes_and_line_ends_belong_to_no_field, set_up, tear_down),
        cmocka_unit_test_setup_teardown(null_markers_are_null_quoted_or_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(codes_become_wide_at_256_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_value_too_many_makes_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_has_its_bytes_behind_one_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_records_are_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_move_together_where_others_are_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_blank_line_is_a_null_of_one_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_of_several_lines_are_noted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(crowded_columns_give_their_codes_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(codes_of_no_category_are_given_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(huge_values_are_no_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("block", tests, NULL, NULL);
}
