/* join_key.c - the right table's keys are indexed, the left table's are looked up.
 *
 * An index of one large column stays with the column, and so does the match of two such columns: what was asked once is
 * there the next time, as long as the budget has room for it.
 *
 * Cost: O(rows of both). Poll: once per block.
 */
#include "join_key.h"

#include <stdio.h>
#include <string.h>

#include <dekking/members.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"
#include "data/column_parts.h"
#include "expr/cut_text.h"
#include "key_pair.h"

#define RANGE_BLOCKS 16
#define MOST_EXAMPLES 3
#define LEAST_KEPT 65536 /* rows of left that are worth keeping a match of */

static const char match_kind; /* its address */

/* Messages. ---------------------------------------------------------------------------------------------------- */

bool dki_join_is_key(const char *const *names, size_t n, const char *column)
{
    for (size_t k = 0; k < n; k++)
        if (strcmp(names[k], column) == 0)
            return true;
    return false;
}

const char *dki_join_words(const dki_join *join, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t k = 0; k < join->n_keys && used + 1 < size; k++) {
        bool same = strcmp(join->left_names[k], join->right_names[k]) == 0;

        used += dki_text_print(out + used, size - used, "%s%s%s%s", k ? ", " : "", join->left_names[k],
                               same ? "" : " = ", same ? "" : join->right_names[k]);
    }
    out[dki_utf8_whole(out, strlen(out))] = '\0';
    return out;
}

dk_status dki_refuse_margins(const char *what, const dk_table *table, dk_error *err)
{
    const char *name = dk_table_properties(table)->name;

    if (dk_table_margin(table) == NULL)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_MARGIN, "%s: %s has rows that are totals of others", what, name ? name : "a table");
    dki_hint(err, "take the table without them: t:detail()");
    return DK_ERR_MARGIN;
}

dk_status dki_join_show_key(const dk_column *const *columns, size_t n, uint64_t row, char *out, size_t size,
                            dk_error *err)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t k = 0; k < n && used + 1 < size; k++) {
        char text[64];
        dk_value value;
        dk_status status = dk_column_get(columns[k], row, &value, err);
        int wrote;

        if (status != DK_OK)
            return status;
        (void)dk_value_format(&value, text, sizeof text);
        wrote = snprintf(out + used, size - used, "%s%s", k ? ", " : "", text);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    dki_cut_text(out);
    return DK_OK;
}

struct examples {
    char text[512];
    size_t used;
    unsigned n;
};

static dk_status add_example(const dki_join *join, struct examples *examples, uint64_t first, uint64_t second,
                             dk_error *err)
{
    char values[160];
    dk_status status = dki_join_show_key(join->right_keys, join->n_keys, second, values, sizeof values, err);

    if (status == DK_OK && examples->used + 1 < sizeof examples->text) {
        int wrote = snprintf(examples->text + examples->used, sizeof examples->text - examples->used,
                             "%s%s in rows %llu and %llu", examples->n ? "; " : "", values,
                             (unsigned long long)first + 1, (unsigned long long)second + 1);

        examples->used += wrote > 0 ? (size_t)wrote : 0;
    }
    examples->n++;
    return status;
}

static dk_status fail_examples(const dki_join *join, const struct examples *examples, dk_error *err)
{
    const char *table = dk_table_properties(join->right)->name;
    char names[160] = "";
    size_t used = 0;

    for (size_t k = 0; k < join->n_keys && used + 1 < sizeof names; k++) {
        int wrote = snprintf(names + used, sizeof names - used, "%s%s", k ? ", " : "", join->right_names[k]);

        used += wrote > 0 ? (size_t)wrote : 0;
    }
    dki_cut_text(names);
    (void)dki_fail(err, DK_ERR_DUPLICATE, "%s: the key %s is not unique in %s: %s", join->what, names,
                   table ? table : "the other table", examples->text);
    dki_hint(err, "say which row to take: multiple = \"first\" or \"last\"%s; or take a key that tells them apart",
             strcmp(join->what, "link") == 0 ? "" : ", or \"all\" of them");
    return DK_ERR_DUPLICATE;
}

dk_status dki_join_check_unique(dki_join *join, dk_error *err)
{
    struct examples examples = { .used = 0 };
    dk_status status;

    if (join->match && join->match->is_unique)
        return DK_OK;
    status = dki_join_index(join, err);
    if (status != DK_OK || dki_key_index_is_unique(join->index))
        return status;
    for (uint64_t row = 0; status == DK_OK && row < join->index->n_rows && examples.n < MOST_EXAMPLES; row++) {
        uint32_t first = join->index->firsts[row];

        if (first != row && first != DKI_NULL_KEY)
            status = add_example(join, &examples, first, row, err);
    }
    return status == DK_OK ? fail_examples(join, &examples, err) : status;
}

/* Matching. ---------------------------------------------------------------------------------------------------- */

static void drop_match(dki_kept *kept)
{
    dki_match *match = (dki_match *)kept;

    dki_free(match->context, match->rows);
    dki_free(match->context, match);
}

void dki_match_release(dki_match *match)
{
    if (match)
        dki_kept_release(&match->kept);
}

static dk_status fill_match(const dki_join *join, dki_match *match, dk_error *err)
{
    dki_key_counts counts = { 0, 0, 0 };
    dki_key_reader reader;
    size_t bytes;
    dk_status status;

    if (match->n_rows > SIZE_MAX / sizeof *match->rows)
        bytes = SIZE_MAX; /* is refused */
    else
        bytes = (size_t)match->n_rows * sizeof *match->rows;
    match->rows = dki_alloc_wide(join->context, bytes, err);
    if (match->rows == NULL)
        return DK_ERR_MEMORY;
    status = dki_key_reader_init(&reader, &join->index->code, join->left_keys, false, err);
    if (status == DK_OK)
        status = dki_key_index_match(join->index, &reader, match->n_rows, match->rows, &counts, err);
    dki_key_reader_drop(&reader);
    match->n_matched = counts.n_matched;
    match->n_null = counts.n_null;
    match->n_used = counts.n_used;
    match->n_keys = join->index->n_keys;
    match->is_unique = dki_key_index_is_unique(join->index);
    return status;
}

struct marking {
    const dki_match *match;
    uint64_t *used;
};

static dk_status mark_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct marking *marking = arg;

    (void)worker;
    (void)err;
    (void)dki_key_mark(marking->used, marking->match->rows + begin, (size_t)(end - begin));
    return DK_OK;
}

dk_status dki_join_used(const dki_join *join, uint64_t **out, dk_error *err)
{
    struct marking marking = { .match = join->match };
    uint64_t grain = (uint64_t)DK_BLOCK_ROWS * RANGE_BLOCKS;
    dk_status status;

    marking.used = dki_calloc(join->context, dki_bit_words((size_t)dk_table_n_rows(join->right)) + 1,
                              sizeof *marking.used, err);
    if (marking.used == NULL)
        return DK_ERR_MEMORY;
    status = dki_parallel(join->context, join->match->n_rows, grain, mark_range, &marking, err);
    if (status == DK_OK)
        *out = marking.used;
    else
        dki_free(join->context, marking.used);
    return status;
}

static bool is_kept(const dki_join *join)
{
    return join->n_keys == 1 && dk_table_n_rows(join->left) >= LEAST_KEPT;
}

dk_status dki_join_match(dki_join *join, dk_error *err)
{
    dki_match *match = NULL;
    dk_status status;

    if (is_kept(join))
        match = (dki_match *)dki_cache_find(join->context, &match_kind, dki_column_owner(join->left_keys[0]),
                                            dki_column_owner(join->right_keys[0]));
    if (match) {
        join->match = match;
        return DK_OK;
    }
    status = dki_join_index(join, err);
    if (status != DK_OK)
        return status;
    match = dki_calloc(join->context, 1, sizeof *match, err);
    if (match == NULL)
        return DK_ERR_MEMORY;
    dki_kept_init(&match->kept, drop_match);
    match->context = join->context;
    match->n_rows = dk_table_n_rows(join->left);
    join->match = match;
    return fill_match(join, match, err);
}

/* The whole. --------------------------------------------------------------------------------------------------- */

static bool is_bounds(const dk_column *column)
{
    return dk_column_type(column) == DK_INTERVAL;
}

static dk_status find_key(dki_join *join, size_t k, dk_error *err)
{
    size_t left, right;
    dk_status status = dk_table_get(join->left, join->left_names[k], &left, err);

    if (status == DK_OK)
        status = dk_table_get(join->right, join->right_names[k], &right, err);
    if (status != DK_OK)
        return status;
    join->left_keys[k] = dk_table_field(join->left, left)->column;
    join->right_keys[k] = dk_table_field(join->right, right)->column;
    if (dki_keys_compare(join->left_keys[k], join->right_keys[k]) &&
        dk_column_is_set(join->left_keys[k]) == dk_column_is_set(join->right_keys[k]))
        return DK_OK;
    (void)dki_fail(err, DK_ERR_TYPE, "%s: the key %s is %s and %s is %s, which cannot be compared", join->what,
                   join->left_names[k], dk_column_type_name(join->left_keys[k]), join->right_names[k],
                   dk_column_type_name(join->right_keys[k]));
    if (is_bounds(join->left_keys[k]) || is_bounds(join->right_keys[k]))
        dki_hint(err, "numbers in bounds match nothing for sure: join by what is known of them, such as least(x)");
    else if (dk_column_is_set(join->left_keys[k]) || dk_column_is_set(join->right_keys[k]))
        dki_hint(err, "a set equals sets alone: join on what both have one value of, or read both as sets");
    else
        dki_key_pair_hint(join->left_names[k], join->left_keys[k], join->right_names[k], join->right_keys[k], err);
    return DK_ERR_TYPE;
}

dk_status dki_join_init(dki_join *join, const char *what, const dk_table *left, const dk_table *right,
                        const char *const *left_names, const char *const *right_names, size_t n_keys, dk_error *err)
{
    dk_status status;

    *join = (dki_join){ .context = dk_table_context(left),
                        .what = what,
                        .left = left,
                        .right = right,
                        .left_names = left_names,
                        .right_names = right_names,
                        .n_keys = n_keys };
    status = dki_refuse_margins(what, left, err);
    if (status == DK_OK)
        status = dki_refuse_margins(what, right, err);
    if (status != DK_OK)
        return status;
    join->left_keys = dki_alloc_array(join->context, n_keys, 2 * sizeof *join->left_keys, err);
    if (join->left_keys == NULL)
        return DK_ERR_MEMORY;
    join->right_keys = join->left_keys + n_keys;
    for (size_t k = 0; status == DK_OK && k < n_keys; k++)
        status = find_key(join, k, err);
    return status;
}

dk_status dki_join_index(dki_join *join, dk_error *err)
{
    if (join->index)
        return DK_OK;
    return dki_key_index_new(join->context, join->right_keys, join->n_keys, dk_table_n_rows(join->right), false,
                             &join->index, err);
}

void dki_join_keep(const dki_join *join)
{
    if (join->index)
        dki_key_index_keep(join->index, join->right_keys, join->n_keys);
    if (join->match && is_kept(join))
        dki_cache_add(join->context, &match_kind, dki_column_owner(join->left_keys[0]),
                      dki_column_owner(join->right_keys[0]), &join->match->kept);
}

void dki_join_drop(dki_join *join)
{
    dki_free(join->context, join->left_keys);
    dki_key_index_release(join->index);
    dki_match_release(join->match);
    *join = (dki_join){ .context = join->context };
}
