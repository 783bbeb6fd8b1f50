/* functions.h - what the files of functions share. For engine/expr/functions*.c alone. */
#ifndef DKI_EXPR_FUNCTIONS_H
#define DKI_EXPR_FUNCTIONS_H

#include "bound.h"

/* Each ends with an entry without a name. */
extern const dki_function dki_number_functions[], dki_choice_functions[], dki_bin_functions[], dki_date_functions[],
    dki_period_functions[], dki_text_functions[], dki_part_functions[], dki_pattern_functions[],
    dki_cast_functions[], dki_label_functions[], dki_rate_functions[], dki_interval_functions[],
    dki_set_functions[];

/* An op that calls the function's row function for each row. */
dk_status dki_function_op(dki_binder *b, const dki_function *function, const dki_node *node, dki_op **args,
                          size_t n, dk_type type, uint8_t scale, dki_op **out);
/* The same for a function that gives a whole number, of a category and constants: it is computed here, once for
 * each level, and rows look it up. What fails so is left to the row that reaches it. */
dk_status dki_function_number_op(dki_binder *b, const dki_function *function, const dki_node *node, dki_op **args,
                                 size_t n, const void *data, dki_op **out);
/* "f() wants a number, and this is text" */
dk_status dki_function_wrong(dki_binder *b, const dki_op *arg, const char *function, const char *wanted);
/* Settles and checks the first n arguments: a letter each, t for a text, i for a whole number. */
dk_status dki_function_args(dki_binder *b, const dki_function *function, dki_op **args, size_t n,
                            const char *letters);
/* The value of an argument that is a number of digits after the point, and stands there. */
dk_status dki_function_digits(dki_binder *b, const dki_op *arg, uint8_t *out);

#endif
