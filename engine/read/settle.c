/* settle.c - puts right what rows leave behind that were met and are not there.
 *
 * A run of the collecting may meet values in rows that are dropped and read again, with another number. In the end each set
 * is brought into the state that it would have had without them: its values are those of its rows, in the order of their
 * first appearance, and know its row. So is a set that all threads shared, who met its values in any order.
 *
 * Cost: nothing where nothing was odd or shared. Else each column is looked through until all of its values were met;
 * where the order of values changes, once more as a whole.
 */
#include "merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Sets. ----------------------------------------------------------------------------------------------------------- */

/* The first row of each value of every set of a column: first[set][code - 1], DKI_NO_ROW where there is none. */
static dk_status find_first_rows(const dki_collected *c, size_t column, uint64_t **first, size_t *n_left,
                                 dk_error *err)
{
    for (size_t b = 0; b < c->n_blocks; b++) {
        const dki_block *block = c->blocks[b];
        const dki_stretch *s = &block->stretches[column];
        if (!s->is_coded || n_left[s->set] == 0)
            continue;
        dk_status status = dki_poll(c->context, err);
        if (status != DK_OK)
            return status;
        uint64_t *of = first[s->set];
        for (size_t i = 0; i < block->n_rows && n_left[s->set] > 0; i++) {
            uint32_t code = dki_stretch_code(s, i);
            if (code == 0 || of[code - 1] != DKI_NO_ROW)
                continue;
            of[code - 1] = block->row + i;
            n_left[s->set]--;
        }
    }
    return DK_OK;
}

typedef struct renumbering {
    dki_value_entry entry;
    uint32_t code; /* before */
} renumbering;

static int by_first_row(const void *a, const void *b)
{
    uint64_t x = ((const renumbering *)a)->entry.row, y = ((const renumbering *)b)->entry.row;

    return x < y ? -1 : x > y;
}

static void translate(const dki_collected *c, size_t column, unsigned set, const uint16_t *codes)
{
    for (size_t b = 0; b < c->n_blocks; b++) {
        dki_stretch *s = &c->blocks[b]->stretches[column];
        if (!s->is_coded || s->set != set)
            continue;
        for (size_t i = 0; i < c->blocks[b]->n_rows; i++)
            if (s->is_wide)
                ((uint16_t *)s->codes)[i] = codes[((uint16_t *)s->codes)[i]];
            else
                ((uint8_t *)s->codes)[i] = (uint8_t)codes[((uint8_t *)s->codes)[i]];
    }
}

/* Puts the values of a set in the order of their first rows, and leaves those out that have none. */
static dk_status order_set(const dki_collected *c, size_t column, unsigned set, const uint64_t *first,
                           dk_error *err)
{
    dki_values *v = dki_values_of(c, set, column);
    size_t n = 0;
    bool same = true;

    for (size_t i = 0; i < v->n; i++) {
        same = same && first[i] != DKI_NO_ROW && (i == 0 || first[i] > first[i - 1]);
        v->entries[i].row = first[i];
    }
    if (same)
        return DK_OK;
    renumbering *order = dki_alloc_array(c->context, v->n, sizeof *order, err);
    uint16_t *codes = order ? dki_calloc(c->context, v->n + 1, sizeof *codes, err) : NULL;
    if (codes) {
        for (size_t i = 0; i < v->n; i++)
            if (first[i] != DKI_NO_ROW)
                order[n++] = (renumbering){ .entry = v->entries[i], .code = (uint32_t)i + 1 };
        qsort(order, n, sizeof *order, by_first_row);
        for (size_t i = 0; i < n; i++) {
            v->entries[i] = order[i].entry;
            codes[order[i].code] = (uint16_t)(i + 1);
        }
        v->n = n;
        if (n > 0)
            translate(c, column, set, codes);
        else
            dki_values_drop(v); /* no row has any of them */
    }
    dki_free(c->context, order);
    dki_free(c->context, codes);
    return codes ? DK_OK : DK_ERR_MEMORY;
}

static dk_status order_sets(const dki_collected *c, size_t column, dk_error *err)
{
    uint64_t **first = dki_calloc(c->context, c->n_sets, sizeof *first, err);
    size_t *n_left = first ? dki_calloc(c->context, c->n_sets, sizeof *n_left, err) : NULL;
    dk_status status = n_left ? DK_OK : DK_ERR_MEMORY;

    for (unsigned set = 0; set < c->n_sets && status == DK_OK; set++) {
        dki_values *v = dki_values_of(c, set, column);
        dki_values_close(v);
        n_left[set] = v->n;
        first[set] = dki_alloc_array(c->context, v->n, sizeof **first, err);
        if (!first[set])
            status = DK_ERR_MEMORY;
        for (size_t i = 0; i < v->n && status == DK_OK; i++)
            first[set][i] = DKI_NO_ROW;
    }
    if (status == DK_OK)
        status = find_first_rows(c, column, first, n_left, err);
    for (unsigned set = 0; set < c->n_sets && status == DK_OK; set++)
        status = order_set(c, column, set, first[set], err);
    for (unsigned set = 0; first && set < c->n_sets; set++)
        dki_free(c->context, first[set]);
    dki_free(c->context, first);
    dki_free(c->context, n_left);
    return status;
}

/* Columns. -------------------------------------------------------------------------------------------------------- */

/* Whether at most `most` different values stand in a column. */
static dk_status has_few(const dki_collected *c, size_t column, size_t most, bool *few, dk_error *err)
{
    dki_text_map seen;
    dk_status status = DK_OK;

    dki_text_map_init(&seen, c->context);
    for (size_t b = 0; b < c->n_blocks && seen.n <= most && status == DK_OK; b++) {
        const dki_block *block = c->blocks[b];
        const dki_stretch *s = &block->stretches[column];
        seen.borrows = !s->is_numbers; /* whose text is made anew for each */
        status = dki_poll(c->context, err);
        for (size_t i = 0; i < block->n_rows && seen.n <= most && status == DK_OK; i++) {
            const char *bytes;
            size_t size;
            uint32_t number;
            if (dki_stretch_get(c, column, s, i, &bytes, &size))
                status = dki_text_map_add(&seen, bytes, size, &number, err);
        }
    }
    *few = seen.n <= most;
    dki_text_map_drop(&seen);
    return status;
}

/* Turns the stretches of a column into codes of its last set, which has all of its values. */
static dk_status recode(dki_collected *c, size_t column, dk_error *err)
{
    unsigned set = c->n_sets - 1;
    dki_values *values = &c->values[set * c->n_columns + column];

    for (size_t b = 0; b < c->n_blocks; b++) {
        dki_block *block = c->blocks[b];
        dki_stretch *old = &block->stretches[column];
        dki_stretch made = { .is_coded = true, .is_wide = true, .set = set, .n_nulls = old->n_nulls };
        made.codes = dki_calloc(c->context, block->n_rows, sizeof(uint16_t), err);
        if (!made.codes)
            return DK_ERR_MEMORY;
        for (size_t i = 0; i < block->n_rows; i++) {
            const char *bytes;
            size_t size;
            uint32_t code = 0;
            dk_status status = DK_OK;
            if (dki_stretch_get(c, column, old, i, &bytes, &size))
                status = dki_values_add(values, bytes, size, block->row + i, &code, err);
            if (status != DK_OK) {
                dki_stretch_drop(c->context, &made);
                return status;
            }
            ((uint16_t *)made.codes)[i] = (uint16_t)code;
        }
        dki_stretch_drop(c->context, old);
        *old = made;
    }
    return DK_OK;
}

dk_status dki_collected_number(dki_collected *collected, size_t column, size_t most, bool *few, dk_error *err)
{
    dki_collected *c = collected;
    dk_status status = has_few(c, column, most, few, err);

    if (status != DK_OK || !*few)
        return status;
    if (!c->has_last_set) {
        size_t n = (c->n_sets + (size_t)1) * c->n_columns;
        status = dki_resize(c->context, (void **)&c->values, n * sizeof *c->values, err);
        if (status != DK_OK)
            return status;
        memset(c->values + c->n_sets * c->n_columns, 0, c->n_columns * sizeof *c->values);
        c->n_sets++;
        c->has_last_set = true;
    }
    /* The sets before it have nothing to say any more, once all stretches are recoded. */
    status =
        dki_values_begin(dki_values_of(c, c->n_sets - 1, column), c->context, c->n_columns > DKI_MANY_COLUMNS, err);
    if (status == DK_OK)
        status = recode(c, column, err);
    if (status == DK_OK)
        atomic_store(&c->is_plain[column], false);
    for (unsigned set = 0; set + 1 < c->n_sets && status == DK_OK; set++)
        dki_values_drop(dki_values_of(c, set, column));
    return status;
}

dk_status dki_collected_settle(dki_collected *collected, dk_error *err)
{
    dki_collected *c = collected;
    dk_status status = DK_OK;

    for (size_t i = 0; (c->has_odd || c->is_shared) && i < c->n_columns && status == DK_OK; i++) {
        bool few;
        status = order_sets(c, i, err);
        if (status == DK_OK && c->has_odd && atomic_load(&c->is_plain[i]) && atomic_load(&c->n_given_up[i]) == 0)
            status = dki_collected_number(c, i, DKI_RAW_LEVELS, &few, err);
    }
    return status;
}
