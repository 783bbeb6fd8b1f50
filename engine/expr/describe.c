/* describe.c - tells in words how a bound expression is computed. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "bound.h"
#include "lookup.h"

/* What stands in an expression, by how it is computed. */
struct parts {
    size_t n_ops, n_lookups, n_common;
};

static void count_parts(const dki_op *op, struct parts *parts)
{
    if (op->run == dki_run_lookup) {
        parts->n_lookups++;
        return;
    }
    if (op->run == dki_run_common) {
        parts->n_common++;
        return;
    }
    parts->n_ops += op->run != dki_run_column && op->run != dki_run_child && !op->is_constant;
    for (size_t i = 0; i < op->n_args; i++)
        count_parts(op->args[i], parts);
}

DK_PRINTF(4, 5)
static size_t put(char *out, size_t size, size_t used, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(out + used, size - used, format, args);
    va_end(args);
    return used + (size_t)n < size ? used + (size_t)n : size - 1;
}

static size_t put_lookup(const dki_bound *bound, const dki_op *op, char *out, size_t size)
{
    const dki_lookup *lookup = op->data;
    size_t used = put(out, size, 0, "looked up by %u code%s of ", (unsigned)lookup->n, lookup->n == 1 ? "" : "s");

    for (size_t i = 0; i < op->n_args; i++)
        used =
            put(out, size, used, "%s%s", i ? " and " : "", dk_table_field(bound->table, op->args[i]->column)->name);
    return used;
}

void dki_bound_describe(const dki_bound *bound, char *out, size_t size)
{
    const dki_op *root = bound->root;
    struct parts parts = { 0, 0, 0 };
    size_t used = 0;

    out[0] = '\0';
    if (root->is_constant) {
        used = put(out, size, 0, "constant");
    } else if (root->run == dki_run_column || root->run == dki_run_child) {
        used = put(out, size, 0, "the column as it lies");
    } else if (root->run == dki_run_lookup) {
        used = put_lookup(bound, root, out, size);
    } else if (root->run == dki_run_common) {
        used = put(out, size, 0, "a common part");
    } else {
        count_parts(root, &parts);
        used = put(out, size, 0, "computed in blocks by %zu operator%s", parts.n_ops, parts.n_ops == 1 ? "" : "s");
        if (parts.n_lookups)
            used = put(out, size, used, ", over %zu look-up%s", parts.n_lookups, parts.n_lookups == 1 ? "" : "s");
        if (parts.n_common)
            used = put(out, size, used, ", over %zu common part%s", parts.n_common, parts.n_common == 1 ? "" : "s");
    }
    out[dki_utf8_whole(out, used)] = '\0';
}
