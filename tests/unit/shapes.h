/* shapes.h - tables of random columns of stated shapes, and tables compared value by value. */
#ifndef TESTS_UNIT_SHAPES_H
#define TESTS_UNIT_SHAPES_H

#include "random.h"
#include "tables.h"

/* Tables. ------------------------------------------------------------------------------------------------------ */

/* One column: its values are base + 0 .. n_values - 1, levels "0", "1" ... for a category; one in
 * n_null is null. */
struct shape {
    const char *name;
    dk_type type;
    uint64_t n_values;
    int64_t base;
    unsigned n_null; /* 0: none, 1: all */
};

static const struct shape shapes[] = {
    { "few", DK_CATEGORY, 3, 0, 5 },          { "some", DK_CATEGORY, 300, 0, 7 },
    { "yes", DK_BOOLEAN, 2, 0, 4 },           { "sure", DK_BOOLEAN, 2, 0, 0 },
    { "hours", DK_INTEGER, 41, 0, 3 },        { "low", DK_INTEGER, 254, -100, 9 },
    { "byte", DK_INTEGER, 256, -128, 0 },     { "year", DK_INTEGER, 300, 1850, 6 },
    { "wide", DK_INTEGER, 70000, -5, 8 },     { "huge", DK_INTEGER, UINT64_C(4000000000), -2000000000, 8 },
    { "least", DK_INTEGER, 3, INT64_MIN, 4 }, { "most", DK_INTEGER, 3, INT64_MAX - 2, 4 },
    { "money", DK_DECIMAL, 900, -450, 5 },    { "day", DK_DATE, 365, 19000, 5 },
    { "month", DK_PERIOD, 72, 588, 5 },       { "none", DK_INTEGER, 1, 0, 1 },
    { "same", DK_INTEGER, 1, 7, 0 },          { "real", DK_REAL, 50, -20, 5 },
};
#define N_SHAPES (sizeof shapes / sizeof *shapes)

static inline const dk_column *make_column(dk_context *context, const struct shape *shape, uint64_t n_rows)
{
    dk_builder *builder = NULL;
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, shape->type, shape->type == DK_DECIMAL || shape->type == DK_PERIOD ? 2 : 0,
                             NULL, &builder, &err),
              &err);
    for (uint64_t i = 0; i < n_rows; i++) {
        int64_t value = (int64_t)((uint64_t)shape->base + pick(shape->n_values));
        char text[32];

        if (shape->n_null && pick(shape->n_null) == 0) {
            assert_ok(dk_builder_null(builder, 1, &err), &err);
            continue;
        }
        switch (shape->type) {
        case DK_CATEGORY:
            (void)snprintf(text, sizeof text, "%lld", (long long)value);
            assert_ok(dk_builder_text(builder, (dk_text){ text, strlen(text) }, &err), &err);
            break;
        case DK_BOOLEAN: assert_ok(dk_builder_boolean(builder, value != 0, &err), &err); break;
        case DK_REAL: assert_ok(dk_builder_real(builder, (double)value / 8, &err), &err); break;
        default: assert_ok(dk_builder_integer(builder, value, &err), &err);
        }
    }
    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    dk_builder_release(builder);
    return column;
}

/* Whether fewer rows must do. */
static inline bool quick(void)
{
    return watched(0, 1, 1);
}

static inline const dk_table *table_of(dk_context *context, const struct shape *list, size_t n, uint64_t n_rows)
{
    dk_field fields[24] = { DK_FIELD(NULL, NULL) };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < n; i++)
        fields[i] = DK_FIELD(list[i].name, make_column(context, &list[i], n_rows));
    assert_ok(dk_table_new(context, fields, n, n_rows, &table, &err), &err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    return table;
}

/* Comparing. --------------------------------------------------------------------------------------------------- */

static inline void assert_same(const dk_table *a, const dk_table *b)
{
    dk_error err = DK_ERROR_INIT;

    assert_int_equal(dk_table_n_rows(a), dk_table_n_rows(b));
    assert_int_equal(dk_table_n_columns(a), dk_table_n_columns(b));
    for (size_t i = 0; i < dk_table_n_columns(a); i++) {
        for (uint64_t row = 0; row < dk_table_n_rows(a); row++) {
            char x[80] = "-", y[80] = "-";
            dk_value value;

            assert_ok(dk_column_get(dk_table_field(a, i)->column, row, &value, &err), &err);
            if (!value.is_null)
                (void)dk_value_format(&value, x, sizeof x);
            assert_ok(dk_column_get(dk_table_field(b, i)->column, row, &value, &err), &err);
            if (!value.is_null)
                (void)dk_value_format(&value, y, sizeof y);
            if (strcmp(x, y) != 0)
                fail_msg("%s, row %llu: %s and %s", dk_table_field(a, i)->name, (unsigned long long)row, x, y);
        }
    }
}

#endif
