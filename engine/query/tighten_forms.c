/* tighten_forms.c - which parts of measures are sums and differences of numbers that are solved.
 *
 * Names of measures that are not shown are what they are made of. all(m, d) is m in another row: the one that totals all dimensions but
 * d, and those that the row totals itself.
 */
#include "tighten_anew.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "expr/poll_row.h"

static bool is_call(const dki_node *node, const char *name)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, name) == 0;
}

/* Rows that total others. ------------------------------------------------------------------------------------------- */

/* What all() totals, as bits of dimensions. false: the table cannot tell. */
static bool find_mask(const dki_anew *anew, const dki_node *node, uint32_t *out)
{
    const dk_table *table = anew->t->table;
    uint32_t mask = 0;

    for (size_t i = 0; i < anew->n_quantities; i++) {
        const dki_quantity *quantity = &anew->quantities[i];
        int bit;

        if (!quantity->is_dimension)
            continue;
        bit = quantity->column == DK_NO_COLUMN ? -1 : dk_table_field(table, quantity->column)->margin_bit;
        if (bit < 0 || bit >= DKI_TIGHTEN_DIMENSIONS)
            return false;
        mask |= UINT32_C(1) << bit;
    }
    for (size_t i = 1; i < node->n_children; i++) {
        const dki_quantity *quantity = dki_anew_find(anew, node->children[i]);

        if (quantity == NULL || !quantity->is_dimension)
            return false;
        mask &= ~(UINT32_C(1) << dk_table_field(table, quantity->column)->margin_bit);
    }
    *out = mask;
    return dk_table_margin(table) != NULL;
}

/* The bytes that tell a row with this mask: that, and the codes of the dimensions that it does not total. */
static size_t write_key(const dki_tighten *t, const dki_row_groups *groups, uint64_t row, uint32_t mask,
                        uint32_t out[DKI_TIGHTEN_DIMENSIONS + 1])
{
    const uint32_t *codes = dki_grouper_key(&groups->grouper, groups->groups[row]);
    size_t n = 0;

    out[n++] = mask;
    for (size_t i = 0; i < t->n_dims; i++)
        if (t->dims[i] != DK_NO_COLUMN)
            out[n++] = mask >> i & 1 ? 0 : codes[groups->places[i]];
    return n * sizeof *out;
}

/* Finds for each row the one that totals the mask, too; where there are two, none. */
static dk_status find_rows(const dki_tighten *t, const dki_row_groups *groups, dki_lookup *lookup, dk_error *err)
{
    uint32_t key[DKI_TIGHTEN_DIMENSIONS + 1], number;
    uint64_t *row_of = dki_alloc_array(t->context, (size_t)t->n_rows, sizeof *row_of, err);
    dki_text_map keys;
    dk_status status = row_of ? DK_OK : DK_ERR_MEMORY;

    dki_text_map_init(&keys, t->context);
    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    {
        size_t before = keys.n, size = write_key(t, groups, row, t->masks[row], key);

        status = dki_text_map_add(&keys, (const char *)key, size, &number, err);
        if (status == DK_OK)
            row_of[number] = number == before ? row : DK_ROW_NULL;
    }
    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    {
        size_t size = write_key(t, groups, row, t->masks[row] | lookup->mask, key);

        number = dki_text_map_find(&keys, (const char *)key, size);
        lookup->rows[row] = number == DKI_MAP_NONE ? DK_ROW_NULL : row_of[number];
        lookup->is_there |= lookup->rows[row] != DK_ROW_NULL;
    }
    dki_text_map_drop(&keys);
    dki_free(t->context, row_of);
    return status;
}

static dk_status add_lookup(dki_anew *anew, uint32_t mask, dk_error *err)
{
    dki_tighten *t = anew->t;
    dki_row_groups groups = { 0 };
    dki_lookup *lookup;
    dk_status status = dki_grow(t->context, (void **)&anew->lookups, &anew->lookup_capacity, anew->n_lookups + 1,
                                sizeof *anew->lookups, err);

    if (status != DK_OK)
        return status;
    lookup = &anew->lookups[anew->n_lookups];
    *lookup = (dki_lookup){ .mask = mask,
                            .rows = dki_alloc_array(t->context, (size_t)t->n_rows, sizeof *lookup->rows, err) };
    if (lookup->rows == NULL)
        return DK_ERR_MEMORY;
    anew->n_lookups++;
    status = dki_row_groups_init(t, &groups, err);
    if (status == DK_OK)
        status = find_rows(t, &groups, lookup, err);
    dki_row_groups_drop(t, &groups);
    return status;
}

dk_status dki_anew_lookup(dki_anew *anew, const dki_node *node, size_t *out, dk_error *err)
{
    uint32_t mask;
    size_t i = 0;
    dk_status status = DK_OK;

    *out = SIZE_MAX;
    if (!find_mask(anew, node, &mask))
        return DK_OK;
    while (i < anew->n_lookups && anew->lookups[i].mask != mask)
        i++;
    if (i == anew->n_lookups)
        status = add_lookup(anew, mask, err);
    if (status == DK_OK && anew->lookups[i].is_there)
        *out = i;
    return status;
}

/* Forms. ------------------------------------------------------------------------------------------------------------ */

struct walk {
    dki_anew *anew;
    dki_form form;
    bool fits; /* it is a form */
    size_t n_steps;
    dk_error *err;
    dk_status status;
};

static void add_term(struct walk *walk, size_t column, size_t in, int32_t factor)
{
    dki_form *form = &walk->form;
    size_t i = 0;

    while (i < form->n_terms && (form->terms[i].column != column || form->terms[i].in != in))
        i++;
    if (i == sizeof form->terms / sizeof *form->terms) {
        walk->fits = false;
        return;
    }
    if (i == form->n_terms)
        form->terms[form->n_terms++] = (dki_form_term){ (uint32_t)column, (uint32_t)in, 0 };
    form->terms[i].factor += factor;
}

/* in: 0, or a lookup and 1. */
static void add_terms(struct walk *walk, const dki_node *node, size_t in, int32_t factor)
{
    dki_anew *anew = walk->anew;
    const dki_quantity *quantity =
        node->kind == DKI_NODE_AGGREGATE ? dki_anew_find_same(anew, node) : dki_anew_find(anew, node);
    bool is_difference = is_call(node, "-");
    size_t lookup = SIZE_MAX;

    walk->fits = walk->fits && walk->status == DK_OK && ++walk->n_steps < 16 * DKI_MOST_TERMS;
    if (!walk->fits)
        return;
    if (quantity && quantity->value != DK_NO_COLUMN) {
        add_term(walk, quantity->value, in, factor);
    } else if (quantity && quantity->root && quantity->column == DK_NO_COLUMN) {
        add_terms(walk, quantity->root, in, factor);
    } else if (is_call(node, "+") || is_difference) {
        for (size_t i = 0; i < node->n_children; i++)
            add_terms(walk, node->children[i], in,
                      is_difference && (i > 0 || node->n_children == 1) ? -factor : factor);
    } else if (is_call(node, "all") && in == 0) {
        walk->status = dki_anew_lookup(anew, node, &lookup, walk->err);
        walk->fits = lookup != SIZE_MAX;
        add_terms(walk, node->children[0], lookup + 1, factor);
    } else {
        walk->fits = false;
    }
}

static int compare_terms(const void *x, const void *y)
{
    const dki_form_term *a = x, *b = y;

    if (a->in != b->in)
        return a->in < b->in ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

/* Terms that are there, in a fixed order. */
static void settle(dki_form *form)
{
    size_t n = 0;

    for (size_t i = 0; i < form->n_terms; i++)
        if (form->terms[i].factor != 0)
            form->terms[n++] = form->terms[i];
    form->n_terms = n;
    qsort(form->terms, n, sizeof *form->terms, compare_terms);
}

static bool are_equal(const dki_form *a, const dki_form *b)
{
    return a->n_terms == b->n_terms && memcmp(a->terms, b->terms, a->n_terms * sizeof *a->terms) == 0;
}

dk_status dki_anew_form(dki_anew *anew, const dki_node *node, const dki_node *minus, const char **out,
                        dk_error *err)
{
    struct walk walk = { .anew = anew, .fits = true, .err = err, .status = DK_OK };
    dki_form *form = &walk.form;
    size_t i = 0;

    *out = NULL;
    add_terms(&walk, node, 0, 1);
    if (minus)
        add_terms(&walk, minus, 0, -1);
    if (walk.status != DK_OK || !walk.fits)
        return walk.status;
    settle(form);
    while (i < anew->n_forms && !are_equal(&anew->forms[i], form))
        i++;
    if (i == anew->n_forms && (anew->is_solved || form->n_terms == 0))
        return DK_OK;
    if (i == anew->n_forms) {
        dk_status status = dki_grow(anew->t->context, (void **)&anew->forms, &anew->form_capacity, i + 1,
                                    sizeof *anew->forms, err);

        form->name = status == DK_OK ? dki_arena_format(&anew->arena, err,
                                                        "\x01"
                                                        "f%zu",
                                                        i)
                                     : NULL;
        if (form->name == NULL)
            return DK_ERR_MEMORY;
        anew->forms[anew->n_forms++] = *form;
    }
    *out = anew->forms[i].name;
    return DK_OK;
}
