/* compared_pairs.c - what a long comparison keeps whose measures and scenarios were rolled up by different groups.
 *
 *   regio  n_base  n_half  k_base  k_half  \1measure  \1scenario
 *   x           7       7       –       –  n          half
 *   x           3       3       2     2.5  k          half         of fewer municipalities
 *
 * A wide comparison has one row for each group. Here each pair of a measure and a scenario has its own, with what that measure is
 * made of: the numbers of its groups, which are not those that another pair has of the same region. So it can be rolled up again,
 * each pair by itself.
 */
#include <dekking/append.h>

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "compared_shown.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "data/table_parts.h"

struct pairs {
    const dki_shown *shown;
    dk_context *context;
    const dk_table *const *rolled; /* of each class */
    const dk_table **parts;        /* n: the wide rows of each pair, without margin */
    const dk_column **margins;     /* of each, or NULL */
    size_t n;
};

static dk_status constant_text(const struct pairs *p, const char *text, uint64_t n, const dk_column **out,
                               dk_error *err)
{
    dk_value value = { .type = DK_TEXT, .as.text = { text, strlen(text) } };

    return dki_column_constant(p->context, &value, NULL, n, out, err);
}

/* The wide comparison of its class as the rows of one pair. */
static dk_status add_pair(struct pairs *p, size_t pair, dk_error *err)
{
    const dki_shown *shown = p->shown;
    const dk_table *wide = dk_table_properties(p->rolled[shown->class_of[pair]])->whole, *bare = NULL;
    uint64_t n_rows = dk_table_n_rows(wide);
    dk_field fields[] = { DK_FIELD(DKI_PAIR_MEASURE, NULL), DK_FIELD(DKI_PAIR_SCENARIO, NULL) };
    dk_status status = dk_table_with_margin(wide, NULL, &bare, err);

    if (status == DK_OK)
        status =
            constant_text(p, shown->all.measures[pair / shown->all.n_sides]->name, n_rows, &fields[0].column, err);
    if (status == DK_OK)
        status = constant_text(p, shown->all.sides[pair % shown->all.n_sides], n_rows, &fields[1].column, err);
    if (status == DK_OK)
        status = dk_table_with(bare, fields, 2, &p->parts[p->n], err);
    if (status == DK_OK)
        p->margins[p->n++] = dk_table_margin(wide);
    dk_column_release(fields[0].column);
    dk_column_release(fields[1].column);
    dk_table_release(bare);
    return status;
}

/* Dimensions, then what sides have of the measures, in the order of the comparison, then what tells pairs apart. */
static dk_status select_columns(const struct pairs *p, const dk_table *below, size_t n_by, const dk_table **out,
                                dk_error *err)
{
    const dki_shown *shown = p->shown;
    const char **names = dki_alloc_array(p->context, dk_table_n_columns(below), sizeof *names, err);
    size_t n = 0;
    dk_status status = names ? DK_OK : DK_ERR_MEMORY;

    for (; names && n < n_by; n++)
        names[n] = dk_table_field(below, n)->name;
    for (size_t i = 0; names && i < dk_table_n_columns(shown->whole); i++) {
        const char *name = dk_table_field(shown->whole, i)->name;

        if (shown->all.columns[i].role == DKI_BESIDE_VALUE && dk_table_find(below, name) != DK_NO_COLUMN)
            names[n++] = name;
    }
    if (status == DK_OK) {
        names[n++] = DKI_PAIR_MEASURE;
        names[n++] = DKI_PAIR_SCENARIO;
        status = dk_table_select(below, names, n, out, err);
    }
    dki_free(p->context, names);
    return status;
}

/* Those of all parts, one below the other. */
static dk_status put_margin(const struct pairs *p, const dk_table *plain, size_t n_by, const dk_table **out,
                            dk_error *err)
{
    size_t n = dk_table_n_columns(plain);
    dk_field *fields = dki_calloc(p->context, n, sizeof *fields, err);
    const dk_column *margin = NULL;
    const dk_table *table = NULL;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < n; i++) {
        fields[i] = *dk_table_field(plain, i);
        fields[i].margin_bit = p->margins[0] && i < n_by ? (int)i : -1;
    }
    if (status == DK_OK)
        status = dk_table_new(p->context, fields, n, dk_table_n_rows(plain), &table, err);
    if (status == DK_OK && p->margins[0])
        status = dki_column_concat(p->context, DK_INTEGER, 0, NULL, p->margins, p->n, &margin, err);
    if (status == DK_OK)
        status = dk_table_with_margin(table, margin, out, err);
    dk_column_release(margin);
    dk_table_release(table);
    dki_free(p->context, fields);
    return status;
}

dk_status dki_shown_keep_pairs(const dki_shown *shown, const dk_table *const *rolled, size_t n_by,
                               const dki_lineage *lineage, const dk_table **out, dk_error *err)
{
    struct pairs p = { .shown = shown, .context = dk_table_context(shown->table), .rolled = rolled };
    dk_append_options options = { .missing_is_null = true };
    const dk_table *below = NULL, *plain = NULL;
    dk_status status = DK_ERR_MEMORY;

    p.parts = dki_calloc(p.context, shown->n_pairs, sizeof *p.parts, err);
    p.margins = dki_calloc(p.context, shown->n_pairs, sizeof *p.margins, err);
    if (p.parts && p.margins)
        status = DK_OK;
    for (size_t pair = 0; pair < shown->n_pairs && status == DK_OK; pair++)
        if (shown->pairs[pair])
            status = add_pair(&p, pair, err);
    if (status == DK_OK)
        status = dk_table_append(p.parts, p.n, &options, &below, err);
    if (status == DK_OK)
        status = select_columns(&p, below, n_by, &plain, err);
    if (status == DK_OK)
        status = put_margin(&p, plain, n_by, out, err);
    if (status == DK_OK)
        dki_table_attach(*out, dki_lineage_retain(lineage));
    for (size_t i = 0; i < p.n; i++)
        dk_table_release(p.parts[i]);
    dk_table_release(plain);
    dk_table_release(below);
    dki_free(p.context, (void *)p.margins);
    dki_free(p.context, (void *)p.parts);
    return status;
}
