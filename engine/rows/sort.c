/* sort.c - the order of a table's rows.
 *
 * Rows are put in the order of their keys (sort_order.h), and the table is gathered once. Tables with totals take another
 * way: keys become numbers in the same order (sort_key.h), and row numbers are sorted by comparing.
 *
 * Where rows are totals of others, a table is a tree: for dimensions d0, d1 the groups of d0, in each of them the
 * rows of d1 and then their total, in the end the grand total. At each dimension whose total has a row of its own,
 * groups are ordered by that row: what the keys say of a group stands there. So `dekking desc` puts the region with
 * the greatest coverage first, and in it the municipality with the greatest. Where groups have no totals (only the
 * grand total is shown, say) they are not kept together.
 *
 * Invariants: the order is total, since ties go to the row that came first; nothing depends on block sizes or
 * threads.
 */
#include <dekking/sort.h>

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "data/lineage.h"
#include "data/table_parts.h"
#include "expr/poll_row.h"
#include "interval_order.h"
#include "keys.h"
#include "margin_rows.h"
#include "sort_counted.h"
#include "sort_key.h"
#include "sort_order.h"
#include "sort_rows.h"

#define MOST_LEVELS 32 /* dimensions that a margin mask can speak of here */

/* What tells whether a row belongs to a group: its values of the first dimensions, or that they are totalled. */
struct level {
    bool nested;     /* groups of the dimensions up to this one have a total */
    uint64_t *heads; /* for each row of such a group its total's row */
};

struct sort {
    dk_context *context;
    const dk_table *table;
    uint64_t n_rows;
    dki_sort_codes *keys;
    const dki_order_key *spec;
    size_t n_keys;
    size_t n_dims; /* 0: no margins */
    int64_t *masks;
    dki_sort_codes dims[MOST_LEVELS]; /* codes NULL where no column shows the dimension */
    struct level levels[MOST_LEVELS];
};

static int compare_keys(const struct sort *sort, uint64_t a, uint64_t b)
{
    for (size_t i = 0; i < sort->n_keys; i++) {
        int order = dki_sort_codes_compare(&sort->keys[i], sort->spec[i].descending, a, b);

        if (order)
            return order;
    }
    return 0;
}

static int compare_plain(const void *arg, uint64_t a, uint64_t b)
{
    int order = compare_keys(arg, a, b);

    return order ? order : a < b ? -1 : a > b;
}

/* Margins. ----------------------------------------------------------------------------------------------------- */

static bool totals(const struct sort *sort, uint64_t row, size_t dim)
{
    return sort->masks[row] >> dim & 1;
}

static int compare_tree(const void *arg, uint64_t a, uint64_t b)
{
    const struct sort *sort = arg;

    for (size_t d = 0; d < sort->n_dims; d++) {
        bool total_a = totals(sort, a, d), total_b = totals(sort, b, d);

        if (total_a != total_b)
            return total_a ? 1 : -1;
        if (!total_a && sort->levels[d].nested) {
            uint64_t head_a = sort->levels[d].heads[a], head_b = sort->levels[d].heads[b];

            if (head_a != head_b)
                return compare_plain(sort, head_a, head_b);
        }
    }
    return compare_plain(sort, a, b);
}

/* Whether a row totals every dimension after d, but not d: the total of a group of the dimensions up to d. */
static bool is_head(const struct sort *sort, uint64_t row, size_t d)
{
    uint64_t after = ((UINT64_C(1) << sort->n_dims) - 1) & ~((UINT64_C(2) << d) - 1);

    return !totals(sort, row, d) && after != 0 && ((uint64_t)sort->masks[row] & after) == after;
}

/* The key of a row's group of the dimensions up to d: for each its code, and whether it is null or totalled. */
static size_t group_key(const struct sort *sort, uint64_t row, size_t d, char *key)
{
    size_t size = 0;

    for (size_t i = 0; i <= d; i++) {
        const dki_sort_codes *dim = &sort->dims[i];
        bool null = dim->nulls && (dim->nulls[row / 64] >> (row % 64) & 1);
        uint64_t code = dim->codes && !totals(sort, row, i) ? dim->codes[row] : 0;

        key[size++] = totals(sort, row, i) ? 2 : null;
        memcpy(key + size, &code, sizeof code);
        size += sizeof code;
    }
    return size;
}

/* Finds for each row the total of its group; a group whose total is not there goes by its first row. */
static dk_status find_heads(struct sort *sort, size_t d, dk_error *err)
{
    char key[MOST_LEVELS * 9];
    struct level *level = &sort->levels[d];
    dki_text_map groups;
    uint64_t *head_of;
    dk_status status = DK_OK;

    level->heads = dki_alloc_array(sort->context, (size_t)sort->n_rows, sizeof *level->heads, err);
    head_of = dki_alloc_array(sort->context, (size_t)sort->n_rows, sizeof *head_of, err);
    if (level->heads == NULL || head_of == NULL) {
        dki_free(sort->context, head_of);
        return DK_ERR_MEMORY;
    }
    dki_text_map_init(&groups, sort->context);
    DKI_FOR_ROWS(row, sort->n_rows, sort->context, status, err)
    {
        size_t n_before = groups.n;
        uint32_t number;

        if (totals(sort, row, d))
            continue;
        status = dki_text_map_add(&groups, key, group_key(sort, row, d, key), &number, err);
        if (status == DK_OK && (number == n_before || is_head(sort, row, d)))
            head_of[number] = row;
        level->heads[row] = number;
    }
    for (uint64_t row = 0; status == DK_OK && row < sort->n_rows; row++) {
        if (!totals(sort, row, d))
            level->heads[row] = head_of[level->heads[row]];
    }
    dki_text_map_drop(&groups);
    dki_free(sort->context, head_of);
    return status;
}

static dk_status read_masks(struct sort *sort, dk_error *err)
{
    const dk_column *margin = dk_table_margin(sort->table);
    dk_status status = DK_OK;

    sort->masks = dki_alloc_array(sort->context, (size_t)sort->n_rows, sizeof *sort->masks, err);
    if (sort->masks == NULL)
        return DK_ERR_MEMORY;
    DKI_FOR_ROWS(row, sort->n_rows, sort->context, status, err)
    {
        dk_value value;

        status = dk_column_get(margin, row, &value, err);
        if (status != DK_OK)
            break;
        sort->masks[row] = value.as.integer;
        while (sort->n_dims < MOST_LEVELS && (uint64_t)value.as.integer >> sort->n_dims)
            sort->n_dims++;
    }
    return status;
}

static dk_status read_margins(struct sort *sort, dk_error *err)
{
    dk_status status = read_masks(sort, err);

    for (size_t i = 0; status == DK_OK && i < dk_table_n_columns(sort->table); i++) {
        const dk_field *field = dk_table_field(sort->table, i);

        if (field->margin_bit < 0 || field->margin_bit >= MOST_LEVELS || sort->dims[field->margin_bit].codes)
            continue;
        status = dki_sort_codes_init(&sort->dims[field->margin_bit], field->column, err);
        if ((size_t)field->margin_bit >= sort->n_dims)
            sort->n_dims = (size_t)field->margin_bit + 1;
    }
    for (size_t d = 0; status == DK_OK && d < sort->n_dims; d++) {
        for (uint64_t row = 0; row < sort->n_rows && !sort->levels[d].nested; row++)
            sort->levels[d].nested = is_head(sort, row, d);
        if (sort->levels[d].nested)
            status = find_heads(sort, d, err);
    }
    return status;
}

static dk_status read_keys(struct sort *sort, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < sort->n_keys; i++)
        status = dki_sort_codes_init(&sort->keys[i], sort->spec[i].column, err);
    return status == DK_OK ? read_margins(sort, err) : status;
}

static void sort_drop(struct sort *sort)
{
    for (size_t i = 0; i < sort->n_keys; i++)
        dki_sort_codes_drop(&sort->keys[i], sort->context);
    for (size_t i = 0; i < MOST_LEVELS; i++) {
        dki_sort_codes_drop(&sort->dims[i], sort->context);
        dki_free(sort->context, sort->levels[i].heads);
    }
    dki_free(sort->context, sort->masks);
    dki_free(sort->context, sort->keys);
}

static dk_status order_tree(const dk_table *table, const dki_order_key *keys, size_t n_keys, uint64_t *rows,
                            dk_error *err)
{
    struct sort sort = { .table = table, .spec = keys, .n_keys = n_keys };
    dk_status status;

    sort.context = dk_table_context(table);
    sort.n_rows = dk_table_n_rows(table);
    sort.keys = dki_calloc(sort.context, n_keys, sizeof *sort.keys, err);
    if (sort.keys == NULL)
        return DK_ERR_MEMORY;
    status = read_keys(&sort, err);
    for (uint64_t i = 0; status == DK_OK && i < sort.n_rows; i++)
        rows[i] = i;
    if (status == DK_OK)
        status = dki_sort_rows(sort.context, rows, sort.n_rows, compare_tree, &sort, err);
    sort_drop(&sort);
    return status;
}

/* The whole. --------------------------------------------------------------------------------------------------- */

/* Columns that are keys follow from the counts, the others are gathered. */
static dk_status sort_by_counts(dki_sort_counted *counted, const dk_table *table, const dki_order_key *keys,
                                size_t n_keys, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    size_t n_columns = dk_table_n_columns(table), n_made = 0;
    const dk_column **made = dki_calloc(context, n_columns, sizeof *made, err);
    uint64_t *rows = NULL;
    dk_status status = made ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n_columns && status == DK_OK; i++)
        for (size_t k = 0; k < n_keys && status == DK_OK && made[i] == NULL; k++)
            if (keys[k].column == dk_table_field(table, i)->column) {
                status = dki_sort_counted_column(counted, k, &made[i], err);
                n_made++;
            }
    if (status == DK_OK && n_made < n_columns) {
        rows = dki_alloc_array(context, (size_t)dk_table_n_rows(table), sizeof *rows, err);
        status = rows ? dki_sort_counted_rows(counted, rows, NULL, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = dki_table_reorder(table, rows, made, out, err);
    for (size_t i = 0; made && i < n_columns; i++)
        dk_column_release(made[i]);
    dki_free(context, made);
    dki_free(context, rows);
    return status;
}

static bool is_key(const dk_column *column, const dki_order_key *keys, size_t n_keys)
{
    for (size_t k = 0; k < n_keys; k++)
        if (keys[k].column == column)
            return true;
    return false;
}

/* *out is NULL where the table is to be sorted in another way. */
static dk_status try_counts(const dk_table *table, const dki_order_key *keys, size_t n_keys, const dk_table **out,
                            dk_error *err)
{
    bool want_rows = false;
    dki_sort_counted *counted;
    dk_status status;

    *out = NULL;
    for (size_t i = 0; i < dk_table_n_columns(table) && !want_rows; i++)
        want_rows = !is_key(dk_table_field(table, i)->column, keys, n_keys);
    status = dki_sort_counted_new(dk_table_context(table), keys, n_keys, 0, dk_table_n_rows(table), want_rows,
                                  &counted, err);
    if (status == DK_OK && counted)
        status = sort_by_counts(counted, table, keys, n_keys, out, err);
    dki_sort_counted_drop(counted);
    return status;
}

static dk_status sort_table(const dk_table *table, const dki_order_key *keys, size_t n_keys, uint64_t limit,
                            const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    uint64_t n_rows = dk_table_n_rows(table);
    const dk_table *made = NULL;
    uint64_t *rows;
    dk_status status;

    status = limit < n_rows ? dki_refuse_margin(table, "the first rows would lack their totals", err) : DK_OK;
    if (status == DK_OK && limit >= n_rows && dk_table_margin(table) == NULL)
        status = try_counts(table, keys, n_keys, &made, err);
    if (made)
        *out = made;
    if (status != DK_OK || made)
        return status;
    rows = dki_alloc_array(context, (size_t)n_rows, sizeof *rows, err);
    if (rows == NULL)
        return DK_ERR_MEMORY;
    status = dk_table_margin(table) ? order_tree(table, keys, n_keys, rows, err)
                                    : dki_order_rows(context, keys, n_keys, 0, n_rows, limit, rows, NULL, err);
    if (status == DK_OK)
        status = dk_table_gather(table, rows, limit < n_rows ? limit : n_rows, out, err);
    dki_free(context, rows);
    return status;
}

/* Says by what in the lineage of made, which is released on failure. */
static dk_status keep_order(const dk_table *table, const dk_table *made, const char *keys, uint64_t limit,
                            const dk_table **out, dk_error *err)
{
    dk_status status = dki_table_add_step(made, table, err, "sorted by %s", keys);

    if (status == DK_OK && limit < dk_table_n_rows(table))
        status = dki_table_add_step(made, made, err, "the first %llu of them", (unsigned long long)limit);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}

#define KEYS_TEXT 400 /* so many bytes of keys go into the lineage */

static void add_key(char text[KEYS_TEXT], const char *key, const char *way)
{
    size_t used = strlen(text);

    (void)dki_text_print(text + used, KEYS_TEXT - used, "%s%s%s", used ? ", " : "", key, way);
}

dk_status dk_table_sort(const dk_table *table, const dk_sort_key *keys, size_t n_keys, const dk_table **out,
                        dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dki_order_key *order = dki_alloc_array(context, n_keys, sizeof *order, err);
    char text[KEYS_TEXT] = "";
    const dk_table *made;
    size_t n_made = 0;
    dk_status status = order ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < n_keys; i++) {
        size_t at;

        add_key(text, keys[i].column, keys[i].descending ? " desc" : "");

        status = dk_table_get(table, keys[i].column, &at, err);
        if (status == DK_OK)
            status = dki_order_column(dk_table_field(table, at)->column, &order[i].column, err);
        if (status != DK_OK)
            break;
        order[i].descending = keys[i].descending;
        n_made++;
    }
    if (status == DK_OK)
        status = sort_table(table, order, n_keys, UINT64_MAX, &made, err);
    dki_keys_release(order, n_made);
    dki_free(context, order);
    return status == DK_OK ? keep_order(table, made, text, UINT64_MAX, out, err) : status;
}

dk_status dk_table_sort_by(const dk_table *table, const char *const *keys, size_t n_keys, const dk_params *params,
                           uint64_t limit, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dki_order_key *order = dki_alloc_array(context, n_keys, sizeof *order, err);
    char text[KEYS_TEXT] = "";
    const dk_table *made;
    dk_status status;

    if (order == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n_keys; i++)
        add_key(text, keys[i], "");
    status = dki_keys_bind(table, keys, n_keys, true, "sort", params, order, err);
    if (status == DK_OK) {
        status = sort_table(table, order, n_keys, limit, &made, err);
        dki_keys_release(order, n_keys);
    }
    dki_free(context, order);
    return status == DK_OK ? keep_order(table, made, text, limit, out, err) : status;
}
