/* link.c - marks the rows of a table whose key occurs in another.
 *
 * The mark is true, false, or null where the row has no key: whether such a person is in the other table is not
 * known, and `x`, `not x` and `x is null` part the rows.
 */
#include <dekking/join.h>

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "base/text.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "data/table_parts.h"
#include "join_key.h"

#define CHUNK_ROWS 262144 /* whole words, and as many as other columns have */
#define LEAST_KEPT 65536  /* rows that are worth keeping a mark of */

/* A kept mark. */
struct mark {
    dki_kept kept;
    dk_context *context; /* borrowed */
    const dk_column *column;
};

static const char mark_kind; /* its address */

static void drop_mark(dki_kept *kept)
{
    struct mark *mark = (struct mark *)kept;

    dk_column_release(mark->column);
    dki_free(mark->context, mark);
}

struct marking {
    const dki_match *match;
    dki_made_chunk *chunks;
};

/* The marks of a chunk; 64 rows at a time. */
static dk_status mark_chunk(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct marking *marking = arg;
    dk_context *context = marking->match->context;
    dki_made_chunk *chunk = &marking->chunks[begin / CHUNK_ROWS];
    size_t n_words = dki_bit_words((size_t)(end - begin));
    uint64_t *values, n_null = 0;

    (void)worker;
    *chunk = (dki_made_chunk){ .storage = DK_STORE_BITS, .n_rows = end - begin };
    chunk->values = values = dki_alloc_array(context, n_words, sizeof *values, err);
    if (values)
        chunk->valid = dki_alloc_array(context, n_words, sizeof *chunk->valid, err);
    if (chunk->valid == NULL)
        return DK_ERR_MEMORY;
    for (size_t w = 0; w < n_words; w++) {
        const uint32_t *rows = marking->match->rows + begin + w * 64;
        size_t n = end - begin - w * 64 < 64 ? (size_t)(end - begin - w * 64) : 64;
        uint64_t matched = 0, valid = 0;

        for (size_t i = 0; i < n; i++) {
            matched |= (uint64_t)(rows[i] < DKI_NULL_KEY) << i;
            valid |= (uint64_t)(rows[i] != DKI_NULL_KEY) << i;
            n_null += rows[i] == DKI_NULL_KEY;
        }
        values[w] = matched;
        chunk->valid[w] = valid;
    }
    chunk->n_nulls = n_null;
    if (n_null == 0) {
        dki_free(context, chunk->valid);
        chunk->valid = NULL;
    }
    return DK_OK;
}

static dk_status make_mark(const dki_match *match, const dk_column **out, dk_error *err)
{
    size_t n_chunks = (size_t)((match->n_rows + CHUNK_ROWS - 1) / CHUNK_ROWS);
    struct marking marking = { .match = match };
    dk_status status;

    marking.chunks = dki_calloc(match->context, n_chunks, sizeof *marking.chunks, err);
    if (marking.chunks == NULL)
        return DK_ERR_MEMORY;
    status = dki_parallel(match->context, match->n_rows, CHUNK_ROWS, mark_chunk, &marking, err);
    if (status == DK_OK)
        status = dki_column_of_made(match->context, DK_BOOLEAN, 0, NULL, marking.chunks, n_chunks, out, err);
    else
        for (size_t i = 0; i < n_chunks; i++)
            dki_made_drop(match->context, &marking.chunks[i]);
    dki_free(match->context, marking.chunks);
    return status;
}

/* The mark, made or found. */
static dk_status get_mark(const dki_join *join, struct mark **out, dk_error *err)
{
    struct mark *mark;
    dk_status status;

    if (join->n_keys == 1) {
        mark = (struct mark *)dki_cache_find(join->context, &mark_kind, dki_column_owner(join->left_keys[0]),
                                             dki_column_owner(join->right_keys[0]));
        if (mark) {
            *out = mark;
            return DK_OK;
        }
    }
    mark = dki_calloc(join->context, 1, sizeof *mark, err);
    if (mark == NULL)
        return DK_ERR_MEMORY;
    dki_kept_init(&mark->kept, drop_mark);
    mark->context = join->context;
    status = make_mark(join->match, &mark->column, err);
    if (status == DK_OK)
        *out = mark;
    else
        dki_kept_release(&mark->kept);
    return status;
}

/* A new column may have no name that the table, or another new one, has. */
static dk_status check_name(const dki_join *join, const char *name, const char *const *others, size_t n_others,
                            dk_error *err)
{
    bool twice = dk_table_find(join->left, name) != DK_NO_COLUMN;

    for (size_t i = 0; i < n_others; i++)
        twice = twice || strcmp(others[i], name) == 0;
    if (!twice)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_DUPLICATE, "link: there is a column %s already", name);
    dki_hint(err, "rename the one or the other first, or give the mark another name");
    return DK_ERR_DUPLICATE;
}

static dk_status choose_fields(const dki_join *join, const char *as, const char *const *columns, size_t n,
                               dk_field *fields, dk_error *err)
{
    dk_status status = check_name(join, as, columns, n, err);

    for (size_t i = 0; status == DK_OK && i < n; i++) {
        size_t column;

        status = dk_table_get(join->right, columns[i], &column, err);
        if (status == DK_OK)
            status = check_name(join, columns[i], columns, i, err);
        if (status == DK_OK) {
            fields[i + 1] = *dk_table_field(join->right, column);
            fields[i + 1].margin_bit = -1;
        }
    }
    return status;
}

/* The last row of each key of the other table, by its first one; *out is NULL where no key has several rows. */
static dk_status find_last(dki_join *join, uint32_t **out, dk_error *err)
{
    size_t n_rows = (size_t)dk_table_n_rows(join->right);
    uint32_t *next, *last;
    dk_status status;

    *out = NULL;
    if (join->match->is_unique)
        return DK_OK;
    status = dki_join_index(join, err);
    if (status != DK_OK)
        return status;
    next = dki_alloc_array(join->context, n_rows, sizeof *next, err);
    last = next ? dki_alloc_array(join->context, n_rows, sizeof *last, err) : NULL;
    status = last ? dki_key_index_chain(join->index, next, last, err) : DK_ERR_MEMORY;
    dki_free(join->context, next);
    *out = last;
    return status;
}

struct choosing {
    const uint32_t *matches, *last; /* last: NULL where the first row is taken */
    uint64_t *rows;
};

static dk_status choose_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct choosing *choosing = arg;

    (void)worker;
    (void)err;
    for (uint64_t row = begin; row < end; row++) {
        uint32_t match = choosing->matches[row];

        choosing->rows[row] = match >= DKI_NULL_KEY ? DK_ROW_NULL : choosing->last ? choosing->last[match] : match;
    }
    return DK_OK;
}

/* The rows of the other table whose columns are taken. */
static dk_status choose_rows(dki_join *join, dk_multiple multiple, uint64_t *rows, dk_error *err)
{
    uint32_t *last = NULL;
    dk_status status = multiple == DK_MULTIPLE_LAST ? find_last(join, &last, err) : DK_OK;
    struct choosing choosing = { join->match->rows, last, rows };

    if (status == DK_OK)
        status = dki_parallel(join->context, join->match->n_rows, CHUNK_ROWS, choose_range, &choosing, err);
    dki_free(join->context, last);
    return status;
}

/* Columns of the other table for rows of this one, null where there is none. */
static dk_status gather_columns(dki_join *join, dk_field *fields, size_t n, dk_multiple multiple, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(join->left);
    uint64_t *rows = dki_alloc_wide(join->context, (size_t)n_rows * sizeof *rows, err);
    const dk_column **from = rows ? dki_calloc(join->context, n, 2 * sizeof *from, err) : NULL;
    const dk_column **made = from ? from + n : NULL;
    dk_status status = from ? choose_rows(join, multiple, rows, err) : DK_ERR_MEMORY;

    for (size_t i = 0; from && i < n; i++)
        from[i] = fields[i].column;
    if (status == DK_OK)
        status = dki_columns_gather(join->context, from, n, rows, n_rows, made, err);
    for (size_t i = 0; i < n; i++)
        fields[i].column = status == DK_OK ? made[i] : NULL;
    dki_free(join->context, from);
    dki_free(join->context, rows);
    return status;
}

/* fields: n + 1; the first is the mark, the others come with columns of the other table. */
static dk_status make_columns(dki_join *join, struct mark **mark, const char *as, dk_field *fields, size_t n,
                              dk_multiple multiple, const dk_table **out, dk_error *err)
{
    dk_status status = get_mark(join, mark, err);

    if (status != DK_OK)
        return status;
    fields[0] = DK_FIELD(as, (*mark)->column);
    if (n > 0)
        status = gather_columns(join, fields + 1, n, multiple, err);
    if (status == DK_OK)
        status = dk_table_with(join->left, fields, n + 1, out, err);
    for (size_t i = 1; n > 0 && i <= n; i++)
        dk_column_release(fields[i].column);
    return status;
}

static dk_status add_note(const dki_join *join, const dk_table **table, dk_error *err)
{
    const dki_match *match = join->match;
    uint64_t unused = match->n_keys - match->n_used;
    char note[192];

    (void)dki_text_print(
        note, sizeof note, "%llu of %llu rows matched; %llu %s no key; %llu %s of the other table %s no row",
        (unsigned long long)match->n_matched, (unsigned long long)match->n_rows, (unsigned long long)match->n_null,
        match->n_null == 1 ? "has" : "have", (unsigned long long)unused, unused == 1 ? "key" : "keys",
        unused == 1 ? "matches" : "match");
    return dki_table_add_note(table, note, err);
}

static dk_status add_step(const dki_join *join, const dk_table *marked, const char *as, dk_error *err)
{
    char keys[DKI_JOIN_WORDS];

    return dki_table_add_others(marked, join->left, &join->right, 1, DK_LINEAGE_JOIN, err,
                                "linked to %s by %s: %s says which rows match", dki_lineage_name(join->right),
                                dki_join_words(join, keys, sizeof keys), as);
}

dk_status dk_table_link(const dk_table *table, const dk_table *other, const char *const *keys,
                        const char *const *other_keys, size_t n_keys, const char *as, const char *const *columns,
                        size_t n_columns, dk_multiple multiple, const dk_table **out, dk_error *err)
{
    dki_join join;
    const dk_table *marked = NULL;
    struct mark *mark = NULL;
    dk_field *fields = NULL;
    dk_status status = dki_join_init(&join, "link", table, other, keys, other_keys, n_keys, err);

    if (status == DK_OK && n_keys == 0)
        status = dki_fail(err, DK_ERR_ARGUMENT, "link takes at least one key");
    if (status == DK_OK && multiple == DK_MULTIPLE_ALL)
        status = dki_fail(err, DK_ERR_ARGUMENT, "link makes no row twice: multiple is \"first\" or \"last\"");
    if (status == DK_OK) {
        fields = dki_alloc_array(join.context, n_columns + 1, sizeof *fields, err);
        status = fields ? choose_fields(&join, as, columns, n_columns, fields, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = dki_join_match(&join, err);
    if (status == DK_OK && multiple == DK_MULTIPLE_ERROR)
        status = dki_join_check_unique(&join, err);
    if (status == DK_OK)
        status = make_columns(&join, &mark, as, fields, n_columns, multiple, &marked, err);
    if (status == DK_OK)
        status = add_step(&join, marked, as, err);
    if (status == DK_OK)
        status = add_note(&join, &marked, err);
    if (status == DK_OK) {
        *out = marked;
        marked = NULL; /* given */
        dki_join_keep(&join);
        if (n_keys == 1 && dk_table_n_rows(table) >= LEAST_KEPT)
            dki_cache_add(join.context, &mark_kind, dki_column_owner(join.left_keys[0]),
                          dki_column_owner(join.right_keys[0]), &mark->kept);
    }
    dk_table_release(marked);
    if (mark)
        dki_kept_release(&mark->kept);
    dki_free(dk_table_context(table), fields);
    dki_join_drop(&join);
    return status;
}
