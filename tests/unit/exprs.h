/* exprs.h - expressions in tests: parsed, shown as trees, evaluated over small tables, and failing at a place. */
#ifndef TESTS_UNIT_EXPRS_H
#define TESTS_UNIT_EXPRS_H

#include "tables.h"

#include "expr/bound.h"
#include "expr/node.h"

#include "with_context.h"

static inline int start(void **state)
{
    return set_up(state);
}

static inline int stop(void **state)
{
    return tear_down(state);
}

static inline const dk_expr *parse(const char *text)
{
    const dk_expr *expr = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_expr_parse(context, text, &expr, &err), &err);
    return expr;
}

static inline dki_bound *bind_text(const dk_table *table, const char *text)
{
    const dk_expr *expr = parse(text);
    dki_scope scope = { .table = table };
    dki_bound *bound = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_bind(&scope, expr, dki_expr_root(expr), &bound, &err), &err);
    dk_expr_release(expr); /* the bound expression retains what it needs */
    return bound;
}

static inline const dk_table *where_of(const dk_table *table, const char *text)
{
    const dk_expr *expr = parse(text);
    const dk_table *found = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_where(table, expr, NULL, &found, &err), &err);
    dk_expr_release(expr);
    return found;
}

/* The values of a column with blanks between them: "1 null 3". Good until the next call. */
static inline const char *show_values(const dk_column *column)
{
    static char out[1 << 16];
    size_t used = 0;
    dk_error err = DK_ERROR_INIT;

    out[0] = '\0';
    for (uint64_t row = 0; row < dk_column_n_rows(column); row++) {
        dk_value value;

        assert_ok(dk_column_get(column, row, &value, &err), &err);
        if (row)
            out[used++] = ' ';
        used += dk_value_format(&value, out + used, sizeof out - used);
        assert_true(used + 256 < sizeof out);
    }
    return out;
}

/* The values of an expression, one a row, as show_values. */
static inline const char *values_with(const dk_table *table, const char *text, const dk_params *params)
{
    const char *out;
    const dk_expr *expr = parse(text);
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    if (dk_table_eval(table, expr, params, &column, &err) != DK_OK) {
        char message[2048];

        dk_error_format(&err, message, sizeof message);
        fail_msg("%s: %s", text, message);
    }
    out = show_values(column);
    dk_column_release(column);
    dk_expr_release(expr);
    return out;
}

static inline const char *values_of(const dk_table *table, const char *text)
{
    return values_with(table, text, NULL);
}

/* The value of an expression without columns: "integer 7". Good until the next call. */
static inline const char *value_with(const char *text, const dk_params *params)
{
    static char out[1024];
    const dk_table *table = make_table(context, "x:integer\n0\n");
    const dk_expr *expr = parse(text);
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_value value;
    int used;

    if (dk_table_eval(table, expr, params, &column, &err) != DK_OK) {
        char message[2048];

        dk_error_format(&err, message, sizeof message);
        fail_msg("%s: %s", text, message);
    }
    assert_ok(dk_column_get(column, 0, &value, &err), &err);
    used = snprintf(out, sizeof out, "%s ", dk_type_name(value.type));
    (void)dk_value_format(&value, out + used, sizeof out - (size_t)used);
    dk_column_release(column);
    dk_expr_release(expr);
    dk_table_release(table);
    return out;
}

static inline const char *value(const char *text)
{
    return value_with(text, NULL);
}

/* Evaluating fails with that status, at that column of the text, and the whole message has that part in it. */
static inline void fails_with(const dk_table *table, const char *text, const dk_params *params, dk_status status,
                              unsigned column, const char *part)
{
    const dk_expr *expr = parse(text);
    const dk_column *out = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_status got = dk_table_eval(table, expr, params, &out, &err);
    char message[2048];

    dk_error_format(&err, message, sizeof message);
    if (got != status)
        fail_msg("%s: %s, not %s: %s", text, dk_status_name(got), dk_status_name(status), message);
    if (strstr(message, part) == NULL)
        fail_msg("%s: the message lacks \"%s\": %s", text, part, message);
    if (err.line != 1 || err.column != column)
        fail_msg("%s: %d:%d, not 1:%u", text, (int)err.line, (int)err.column, column);
    assert_null(out);
    dk_expr_release(expr);
}

static inline void fails(const dk_table *table, const char *text, dk_status status, unsigned column,
                         const char *part)
{
    fails_with(table, text, NULL, status, column, part);
}

#endif
