/* function.h - functions of one's own, for expressions: "klasse(leeftijd)" wherever values of a row are computed.
 *
 * A function gives one value for the values of its arguments, and nothing else decides what it gives: it is not called again
 * for what it has been asked before. So a function of a category is asked once for each level, one of a number or date of
 * a short range once for each value, unless its result is a text. What rows do not reach is not asked for, or its failure is not
 * reported. A definition belongs to a context and to what is computed in it afterwards.
 */
#ifndef DEKKING_FUNCTION_H
#define DEKKING_FUNCTION_H

#include <dekking/context.h>
#include <dekking/value.h>

#define DK_FUNCTION_MOST_ARGUMENTS 8

typedef struct dk_function {
    const char *name;      /* a word of the language that nothing else has; copied */
    size_t n_arguments;    /* 1 .. DK_FUNCTION_MOST_ARGUMENTS */
    dk_type result;        /* boolean, integer, decimal, real, date, timestamp, text or category */
    uint8_t scale;         /* of a decimal */
    const dk_text *levels; /* of a category: the n_levels texts that can come out, in their order; copied */
    size_t n_levels;
    /* Whether it is called with nulls too. Else it gives null where an argument is. */
    bool takes_null;
    void *arg;
    /* One row: puts into out a value of the result's type (a number that fits it exactly; a text for a category), or null. Texts
     * of args are borrowed for the call, that of out must live until the next one. A set comes as the text of its members.
     * All calls come from the thread that asked: while such an expression is in use nothing else in the context runs in other
     * threads. Returns DK_OK, or another status with err filled. */
    dk_status (*call)(void *arg, const dk_value *args, dk_value *out, dk_error *err);
    void (*release)(void *arg); /* with the context; NULL: nothing */
} dk_function;

/* Defines a function; one of the same name takes its place in what is run afterwards. Not while a call on the context
 * runs. The definition is copied, arg is given on DK_OK.
 * Errors  DK_ERR_ARGUMENT   no name, or one that is no word; no argument or too many; no call; a type that no result has; a category
 *                           without levels
 *         DK_ERR_DUPLICATE  the language, or an aggregate, has the name
 *         DK_ERR_MEMORY */
DK_API DK_MUST_USE dk_status dk_function_define(dk_context *context, const dk_function *function, dk_error *err);

#endif
