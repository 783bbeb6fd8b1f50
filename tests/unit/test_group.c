/* test_group.c - group numbers of rows. */
#include "query/group.h"
#include "tables.h"

#include "with_context.h"

static dki_dimension dimension_of(const dk_column *column)
{
    dki_dimension dim = { .type = dk_column_type(column),
                          .scale = dk_column_scale(column),
                          .levels = dk_column_levels(column) };

    dim.has_bounds = dk_column_bounds(column, &dim.least, &dim.greatest);
    return dim;
}

/* Groups rows begin .. end - 1 of a table by all its columns, in blocks; odd: only the odd rows. */
static dk_status group_rows(dki_grouper *grouper, const dk_table *table, uint64_t begin, uint64_t end, size_t step,
                            bool odd, uint32_t *out, dk_error *err)
{
    dki_dimension dims[DKI_MAX_DIMENSIONS];
    dk_view views[DKI_MAX_DIMENSIONS];
    const dk_view *pointers[DKI_MAX_DIMENSIONS];
    size_t n_dims = dk_table_n_columns(table);
    dk_status status;

    for (size_t d = 0; d < n_dims; d++) {
        dims[d] = dimension_of(dk_table_field(table, d)->column);
        dk_view_init(&views[d], context);
        pointers[d] = &views[d];
    }
    status = dki_grouper_init(grouper, context, dims, n_dims, end - begin, err);
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;
        uint64_t selection[DK_BLOCK_WORDS] = { 0 };

        for (size_t i = 0; i < n; i++)
            selection[i / 64] |= (uint64_t)((row + i) % 2) << (i % 64);
        for (size_t d = 0; status == DK_OK && d < n_dims; d++)
            status = dk_column_view(dk_table_field(table, d)->column, row, n, &views[d], err);
        if (status == DK_OK)
            status = dki_group_block(grouper, pointers, n, odd ? selection : NULL, out + row, err);
    }
    for (size_t d = 0; d < n_dims; d++)
        dk_view_release(&views[d]);
    return status;
}

/* The key of a row as text. */
static void row_key(const dk_table *table, uint64_t row, char *out)
{
    for (size_t d = 0; d < dk_table_n_columns(table); d++) {
        dk_value value;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dk_column_get(dk_table_field(table, d)->column, row, &value, &err), &err);
        if (value.is_null)
            out += sprintf(out, "null|");
        else
            out += dk_value_format(&value, out, 64);
        *out++ = '|';
    }
    *out = '\0';
}

/* Two rows have one number exactly where their keys are one; and the codes of a group give its values back. */
static void assert_grouped(const dk_table *table, const dki_grouper *grouper, const uint32_t *numbers, bool odd)
{
    uint64_t n_rows = dk_table_n_rows(table);
    char(*keys)[2048] = malloc(sizeof *keys * (n_rows + 1));
    size_t n_groups = 0;

    for (uint64_t a = 0; a < n_rows; a++) {
        bool first = true;

        row_key(table, a, keys[a]);
        if (odd && a % 2 == 0)
            continue;
        assert_true(numbers[a] < grouper->n_groups);
        for (uint64_t b = odd; b < a; b += odd ? 2 : 1) {
            bool same = strcmp(keys[a], keys[b]) == 0;

            first = first && !same;
            if (same != (numbers[a] == numbers[b]))
                fail_msg("rows %d and %d: %s %s", (int)a, (int)b, keys[a], keys[b]);
        }
        n_groups += first;
        for (size_t d = 0; d < dk_table_n_columns(table); d++) {
            dk_value value, code = dki_grouper_value(grouper, d, dki_grouper_key(grouper, numbers[a])[d]);
            dk_error err = DK_ERROR_INIT;

            assert_ok(dk_column_get(dk_table_field(table, d)->column, a, &value, &err), &err);
            assert_int_equal(value.is_null, code.is_null);
            if (!value.is_null)
                assert_int_equal(dk_value_compare(&value, &code), 0);
        }
    }
    assert_int_equal(n_groups, grouper->n_groups);
    free(keys);
}

static const char mixed[] = "a:category b:boolean c:integer d:date e:text f:real g:ratio h:decimal2\n"
                            "x|true|1|2024-01-01|p|0.5|1/2|1.25\n"
                            "y|false|2|2024-01-02|q|-0.0|1/3|1.25\n"
                            "x|true|1|2024-01-01|p|0.5|1/2|1.25\n"
                            "-|-|-|-|-|-|-|-\n"
                            "y|false|2|2024-01-02|q|0.0|2/6|1.25\n"
                            "x|-|1|-|p|0.5|-|1.25\n"
                            "-|-|-|-|-|-|-|-\n"
                            "x|true|3|2024-01-01||0.5|1/2|1.25\n"
                            "x|true|-9223372036854775808|2024-01-01|é|1e300|1/2|-1.25\n"
                            "x|true|1|2024-01-01|p|0.5|1/2|1.25\n";

static void assert_numbered(const dk_table *table, size_t step)
{
    uint32_t *numbers = calloc((size_t)dk_table_n_rows(table) + 1, sizeof *numbers);
    dki_grouper grouper;
    dk_error err = DK_ERROR_INIT;

    for (int odd = 0; odd < 2; odd++) {
        assert_ok(group_rows(&grouper, table, 0, dk_table_n_rows(table), step, odd, numbers, &err), &err);
        assert_grouped(table, &grouper, numbers, odd);
        dki_grouper_drop(&grouper);
    }
    free(numbers);
}

static void rows_of_one_key_have_one_number(void **state)
{
    static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h" };
    const dk_table *table = make_table(context, mixed);

    (void)state;
    for (unsigned set = 1; set < 256; set++) {
        const char *chosen[8];
        const dk_table *part = NULL;
        size_t n = 0;
        dk_error err = DK_ERROR_INIT;

        for (unsigned i = 0; i < 8; i++) {
            if (set >> i & 1)
                chosen[n++] = names[i];
        }
        assert_ok(dk_table_select(table, chosen, n, &part, &err), &err);
        assert_numbered(part, set % 3 + 1);
        assert_numbered(part, DK_BLOCK_ROWS);
        dk_table_release(part);
    }
    dk_table_release(table);
}

static void no_dimension_makes_one_group(void **state)
{
    const dk_table *table = make_table(context, "x:integer\n1\n2\n"), *none = NULL;
    const char *names[] = { "x" };
    uint32_t numbers[2] = { 7, 7 };
    dki_grouper grouper;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_drop(table, names, 1, &none, &err), &err);
    assert_ok(group_rows(&grouper, none, 0, 2, 1, false, numbers, &err), &err);
    assert_int_equal(grouper.n_groups, 1);
    assert_int_equal(numbers[0], 0);
    assert_int_equal(numbers[1], 0);
    dki_grouper_drop(&grouper);
    dk_table_release(none);
    dk_table_release(table);
}

/* Sixteen hashed dimensions take far more than 64 bits: keys are made numbers on the way. */
static void sixteen_wide_dimensions_are_told_apart(void **state)
{
    char text[20000];
    size_t used = 0;
    uint64_t seed = 9;
    const dk_table *table;

    (void)state;
    for (int d = 0; d < 16; d++)
        used += (size_t)sprintf(text + used, "%sx%d:%s", d ? " " : "", d, d % 3 == 2 ? "text" : "integer");
    used += (size_t)sprintf(text + used, "\n");
    for (int row = 0; row < 40; row++) {
        for (int d = 0; d < 16; d++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            used +=
                (size_t)sprintf(text + used, "%s%s", d ? "|" : "",
                                seed >> 62 == 0 ? (d == 15 ? "4000000000000000000" : "0") : "-4000000000000000000");
        }
        used += (size_t)sprintf(text + used, "\n");
    }
    table = make_table(context, text);
    assert_numbered(table, 7);
    dk_table_release(table);
}

static void merging_maps_numbers_by_key(void **state)
{
    const dk_table *table = make_table(context, mixed);
    uint64_t n = dk_table_n_rows(table);
    uint32_t numbers[16], map[16];
    dki_grouper first, second;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(group_rows(&first, table, 0, n / 2, 2, false, numbers, &err), &err);
    assert_ok(group_rows(&second, table, n / 2, n, 3, false, numbers, &err), &err);
    assert_ok(dki_grouper_merge(&first, &second, map, &err), &err);
    for (uint64_t row = n / 2; row < n; row++)
        numbers[row] = map[numbers[row]];
    assert_grouped(table, &first, numbers, false);
    dki_grouper_drop(&first);
    dki_grouper_drop(&second);
    dk_table_release(table);
}

static void assert_ranks(const char *data, const char *const *in_order, size_t n)
{
    const dk_table *table = make_table(context, data);
    uint32_t numbers[32], ranks[32];
    dki_grouper grouper;
    dk_error err = DK_ERROR_INIT;

    assert_ok(group_rows(&grouper, table, 0, dk_table_n_rows(table), 2, false, numbers, &err), &err);
    assert_ok(dki_grouper_ranks(&grouper, 0, ranks, &err), &err);
    for (size_t g = 0; g < grouper.n_groups; g++) {
        uint32_t code = dki_grouper_key(&grouper, g)[0], below = 0;
        dk_value value = dki_grouper_value(&grouper, 0, code);
        char text[64] = "-";

        if (!value.is_null)
            (void)dk_value_format(&value, text, sizeof text);
        for (size_t other = 0; other < grouper.n_groups; other++)
            below += ranks[dki_grouper_key(&grouper, other)[0]] < ranks[code];
        assert_true(below < n);
        assert_string_equal(text, in_order[below]);
    }
    assert_int_equal(grouper.n_groups, n);
    dki_grouper_drop(&grouper);
    dk_table_release(table);
}

static void ranks_go_by_value_and_null_is_last(void **state)
{
    (void)state;
    assert_ranks("x:integer\n5\n-\n-3\n4\n", (const char *const[]){ "-3", "4", "5", "-" }, 4);
    assert_ranks("x:integer\n9000000000\n-\n-9000000000\n",
                 (const char *const[]){ "-9000000000", "9000000000", "-" }, 3);
    assert_ranks("x:category[z,y,x]\nx\n-\nz\n", (const char *const[]){ "z", "x", "-" }, 3);
    assert_ranks("x:text\né\n-\nz\n\nZ\n", (const char *const[]){ "", "Z", "z", "é", "-" }, 5);
    assert_ranks("x:boolean\n-\ntrue\nfalse\n", (const char *const[]){ "false", "true", "-" }, 3);
    assert_ranks("x:real\n0.5\n-1e300\n-\n-0.5\n", (const char *const[]){ "-1e300", "-0.5", "0.5", "-" }, 4);
    assert_ranks("x:ratio\n1/2\n1/3\n-\n-5/1\n", (const char *const[]){ "-5/1", "1/3", "1/2", "-" }, 4);
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *table = make_table(context, mixed);
    uint32_t numbers[16], map[16];
    dki_grouper grouper = { 0 }, other = { 0 };
    dk_error err = DK_ERROR_INIT;
    dk_status status;

    (void)state;
    assert_ok(group_rows(&other, table, 0, 10, 3, false, numbers, &err), &err);
    for (uint64_t nth = 1;; nth++) {
        size_t before = dk_context_used_bytes(context);

        dk_context_fail_allocation(context, nth);
        status = group_rows(&grouper, table, 0, 5, 2, false, numbers, &err);
        if (status == DK_OK)
            status = dki_grouper_merge(&grouper, &other, map, &err);
        dk_context_fail_allocation(context, 0);
        dki_grouper_drop(&grouper);
        assert_int_equal(dk_context_used_bytes(context), before);
        if (status == DK_OK)
            break;
        assert_int_equal(status, DK_ERR_MEMORY);
    }
    dki_grouper_drop(&other);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_of_one_key_have_one_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_dimension_makes_one_group, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sixteen_wide_dimensions_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(merging_maps_numbers_by_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ranks_go_by_value_and_null_is_last, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
