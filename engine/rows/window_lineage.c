/* window_lineage.c - what a window puts into the lineage of its result: groups and order in words, then its columns. */
#include <stdio.h>
#include <string.h>

#include "data/lineage.h"
#include "expr/mentioned.h"
#include "window_parts.h"

#define WORDS 400 /* bytes */

static void add_words(char out[WORDS], const char *before, const char *const *keys, size_t n)
{
    size_t used = strlen(out);

    if (n == 0)
        return;
    (void)snprintf(out + used, WORDS - used, "%s", before);
    used = strlen(out);
    (void)dki_lineage_list(keys, n, out + used, WORDS - used);
}

dk_status dki_window_lineage(const dk_table *table, const dk_table *made, const dk_window_spec *spec,
                             const dk_params *params, const char *weight, dk_error *err)
{
    char words[WORDS] = "looked at other rows";
    const dk_lineage_item step = { .kind = DK_LINEAGE_STEP, .text = words, .n_rows = dk_table_n_rows(table) };
    dki_lineage *lineage;
    dk_status status = dki_lineage_after(table, &lineage, err);

    if (status != DK_OK)
        return status;
    add_words(words, ", within ", spec->within, spec->n_within);
    add_words(words, ", in the order of ", spec->order, spec->n_order);
    add_words(words, ", each row as many as its ", &weight, weight != NULL);
    status = dki_lineage_add(lineage, &step, err);
    for (size_t i = 0; i < spec->n_columns && status == DK_OK; i++) {
        const dk_lineage_item column = { .kind = DK_LINEAGE_COLUMN,
                                         .name = dk_expr_name(spec->columns[i]),
                                         .text = dki_expr_body(spec->columns[i]),
                                         .n_rows = dk_table_n_rows(table) };

        status = dki_lineage_add(lineage, &column, err);
        if (status == DK_OK)
            status = dki_lineage_params(lineage, dki_expr_root(spec->columns[i]), params, err);
    }
    if (status == DK_OK)
        dki_table_attach(made, lineage);
    else
        dki_lineage_release(lineage);
    return status;
}
