/* functions.h - what the files of functions share. For engine/expr/functions*.c alone. */
#ifndef DKI_EXPR_FUNCTIONS_H
#define DKI_EXPR_FUNCTIONS_H

#include "bound.h"

/* Each ends with an entry without a name. */
extern const dki_function dki_number_functions[], dki_choice_functions[], dki_bin_functions[], dki_date_functions[],
    dki_period_functions[], dki_text_functions[], dki_cast_functions[];

/* An op that calls the function's row function for each row. */
dk_status dki_function_op(dki_binder *b, const dki_function *function, const dki_node *node, dki_op **args,
                          size_t n, dk_type type, uint8_t scale, dki_op **out);
/* "f() wants a number, and this is text" */
dk_status dki_function_wrong(dki_binder *b, const dki_op *arg, const char *function, const char *wanted);
/* The value of an argument that is a number of digits after the point, and stands there. */
dk_status dki_function_digits(dki_binder *b, const dki_op *arg, uint8_t *out);

#endif
