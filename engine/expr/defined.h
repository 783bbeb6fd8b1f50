/* defined.h - aggregates that a host has defined. */
#ifndef DKI_EXPR_DEFINED_H
#define DKI_EXPR_DEFINED_H

#include <dekking/aggregate.h>

/* The newest definition of that name, or NULL. It lives as long as the context. */
const dk_aggregate *dki_defined_find(const dk_context *context, const char *name);

#endif
