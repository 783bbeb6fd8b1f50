/* compared.h - comparisons of two tables that are written out, for tests. */
#ifndef TESTS_UNIT_COMPARED_H
#define TESTS_UNIT_COMPARED_H

#include "scenarios.h"

#include "with_context.h"

/* Two tables compared under the name "later". form: NULL for the usual one. */
static inline dk_status compare(const struct question *question, const char *base, const char *other,
                                const dk_comparison_form *form, const dk_table **out, dk_error *err)
{
    const dk_table *a = make_table(context, base), *b = make_table(context, other);
    const dk_breakdown *breakdown = make_breakdown(context, question);
    dk_status status = dk_table_compare_as(breakdown, a, b, "later", NULL, form, out, err);

    dk_breakdown_release(breakdown);
    dk_table_release(a);
    dk_table_release(b);
    return status;
}

/* With one thread and two, and small blocks. */
static inline void assert_compared(const struct question *question, const char *base, const char *other,
                                   const dk_comparison_form *form, const char *names, const char *rows)
{
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 6; i++) {
        const dk_table *result = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + i % 2);
        dk_context_set_block_rows(context, blocks[i / 2]);
        assert_ok(compare(question, base, other, form, &result, &err), &err);
        assert_string_equal(show_names(result), names);
        assert_string_equal(show_rows(result), rows);
        dk_table_release(result);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_set_threads(0);
}

#endif
