/* defined.h - aggregates and functions that a host has defined. */
#ifndef DKI_EXPR_DEFINED_H
#define DKI_EXPR_DEFINED_H

#include <dekking/aggregate.h>
#include <dekking/function.h>

#include "base/text.h"

/* The newest definition of that name, or NULL. They live as long as the context. */
const dk_aggregate *dki_defined_find(const dk_context *context, const char *name);
const dk_function *dki_defined_find_function(const dk_context *context, const char *name);
/* Tries the names of all of them. */
void dki_defined_try(const dk_context *context, dki_nearest *nearest);

#endif
