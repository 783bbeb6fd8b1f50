/* expr.h - expressions: Lua's operators and literals over the columns of a table (docs/expressions.md).
 *
 * Text is parsed once into a tree that knows no table; binding it to a table checks names and types, and happens in
 * each call. Null is "not known": three-valued logic, a condition keeps only true. A parameter is $name and its
 * value is never pasted as text. An expression fails only for a row that left-to-right, short-circuit evaluation
 * reaches, and the earliest such row is the one reported.
 */
#ifndef DEKKING_EXPR_H
#define DEKKING_EXPR_H

#include <dekking/table.h>

typedef struct dk_expr dk_expr;

typedef struct dk_param {
    const char *name; /* without the $ */
    dk_value value;
} dk_param;

typedef struct dk_params {
    const dk_param *items;
    size_t n;
} dk_params;

/* Parses text, which may be "name = expression" (dk_expr_name then gives the name) or an expression alone.
 * Errors: DK_ERR_SYNTAX; line and column point into the text, and the message shows the place. */
DK_API DK_MUST_USE dk_status dk_expr_parse(dk_context *context, const char *text, const dk_expr **out,
                                           dk_error *err);
DK_API const dk_expr *dk_expr_retain(const dk_expr *expr);
DK_API void dk_expr_release(const dk_expr *expr);
/* The name before "=", or NULL. */
DK_API const char *dk_expr_name(const dk_expr *expr);
/* The text as it was given. */
DK_API const char *dk_expr_text(const dk_expr *expr);

/* Evaluates for every row. Line and column of an error point into the text.
 * Errors  DK_ERR_NAME      a column, function or parameter that is not there; the nearest one in the hint
 *         DK_ERR_TYPE      operands that do not fit
 *         DK_ERR_ARGUMENT  a number of arguments that a function does not take, an aggregate where there are rows, a
 *                          parameter that is no proper value
 *         DK_ERR_OVERFLOW  an exact result does not fit; the row in the message
 *         DK_ERR_RANGE     a value that a function does not take (no such day, a text that is no number), with the row;
 *                          a literal that is none of a category's declared levels where their order is asked for
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_table_eval(const dk_table *table, const dk_expr *expr, const dk_params *params,
                                           const dk_column **out, dk_error *err);
/* The rows for which expr is true. A note says how many rows fell out because it was null, another names a literal that no
 * category has and the nearest one. Margin rows stay margin rows. Errors as above, and DK_ERR_TYPE where expr is not
 * boolean. */
DK_API DK_MUST_USE dk_status dk_table_where(const dk_table *table, const dk_expr *expr, const dk_params *params,
                                            const dk_table **out, dk_error *err);
/* Adds (or replaces) the columns name = expression, in order; a later one sees the earlier ones. Every expr has a
 * name, else DK_ERR_ARGUMENT. Errors and notes as above. */
DK_API DK_MUST_USE dk_status dk_table_derive(const dk_table *table, const dk_expr *const *exprs, size_t n,
                                             const dk_params *params, const dk_table **out, dk_error *err);

#endif
