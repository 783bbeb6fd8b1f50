/* join.c - two tables beside each other, by key.
 *
 * A join is two lists of rows (join_rows.c), of left and of right, which are gathered. Rows of right that match nothing are a second
 * table below the first, put together as dk_table_append does, so that keys of two types become one.
 *
 * Cost: O(rows of both and of the result). Poll: once per block.
 */
#include <dekking/append.h>
#include <dekking/join.h>

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "join_asof.h"
#include "join_parts.h"
#include "row_list.h"

/* Columns. ----------------------------------------------------------------------------------------------------- */

static bool is_taken(const dki_joining *making, const char *name)
{
    for (size_t i = 0; i < making->n_fields; i++)
        if (strcmp(making->fields[i].name, name) == 0)
            return true;
    return dk_table_find(making->join.left, name) != DK_NO_COLUMN;
}

static dk_status refuse_name(const dki_joining *making, const char *name, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_DUPLICATE, "%s: both tables have a column %s", making->join.what, name);
    dki_hint(err,
             "rename it in one of them, leave it out with columns = { ... }, or give the other's an end: suffix = "
             "\"_2\"");
    return DK_ERR_DUPLICATE;
}

/* Column i of right comes over, under its name or with the suffix. */
static dk_status add_field(dki_joining *making, size_t i, dk_error *err)
{
    dk_context *context = making->join.context;
    dk_field field = *dk_table_field(making->join.right, i);
    const char *suffix = making->how->suffix;

    if (is_taken(making, field.name)) {
        size_t size = strlen(field.name) + (suffix ? strlen(suffix) : 0) + 1;
        char *name;

        if (suffix == NULL || *suffix == '\0')
            return refuse_name(making, field.name, err);
        name = dki_alloc(context, size, err);
        if (name == NULL)
            return DK_ERR_MEMORY;
        (void)snprintf(name, size, "%s%s", field.name, suffix);
        making->names[making->n_fields] = name;
        if (is_taken(making, name))
            return refuse_name(making, name, err);
        field.name = name;
    }
    field.margin_bit = -1;
    making->fields[making->n_fields++] = field;
    return DK_OK;
}

static dk_status choose_fields(dki_joining *making, dk_error *err)
{
    const dki_join *join = &making->join;
    const dk_join_options *how = making->how;
    size_t most = how->columns ? how->n_columns : dk_table_n_columns(join->right);
    dk_status status = DK_OK;

    making->fields = dki_alloc_array(join->context, most, sizeof *making->fields, err);
    making->names = making->fields ? dki_calloc(join->context, most + 1, sizeof *making->names, err)
                                   : NULL; /* one that was refused */
    if (making->names == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; status == DK_OK && i < most; i++) {
        size_t column = i;

        if (how->columns)
            status = dk_table_get(join->right, how->columns[i], &column, err);
        else if (dki_join_is_key(join->right_names, join->n_keys, dk_table_field(join->right, i)->name))
            continue;
        if (status == DK_OK)
            status = add_field(making, column, err);
    }
    return status;
}

static bool is_choice(dk_join_kind kind) /* among the rows of left, with their columns alone */
{
    return kind == DK_JOIN_SEMI || kind == DK_JOIN_ANTI;
}

/* Tables. ------------------------------------------------------------------------------------------------------ */

/* Gathers rows of n_columns columns of right into fields. */
static dk_status gather_fields(dki_joining *making, const dk_column *const *columns, dk_field *fields, size_t n,
                               dk_error *err)
{
    dk_context *context = making->join.context;
    const dk_column **made = dki_calloc(context, n, sizeof *made, err);
    dk_status status = made ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_columns_gather(context, columns, n, making->right, making->n, made, err);
    for (size_t i = 0; i < n; i++)
        fields[i].column = status == DK_OK ? made[i] : NULL;
    dki_free(context, made);
    return status;
}

static void release_fields(dk_field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
}

/* Left's rows and, beside them, right's. */
static dk_status make_matched(dki_joining *making, const dk_table **out, dk_error *err)
{
    dk_context *context = making->join.context;
    size_t n = making->n_fields;
    dk_field *fields = dki_alloc_array(context, n, sizeof *fields, err);
    const dk_column **columns = fields ? dki_alloc_array(context, n, sizeof *columns, err) : NULL;
    const dk_table *left = NULL;
    dk_status status = columns ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; columns && i < n; i++) {
        fields[i] = making->fields[i];
        columns[i] = fields[i].column;
    }
    if (status == DK_OK && making->is_all_left)
        left = dk_table_retain(making->join.left);
    else if (status == DK_OK)
        status = dk_table_gather(making->join.left, making->left, making->n, &left, err);
    if (status == DK_OK) {
        status = gather_fields(making, columns, fields, n, err);
        if (status == DK_OK)
            status = dk_table_with(left, fields, n, out, err);
        release_fields(fields, n);
    }
    dk_table_release(left);
    dki_free(context, columns);
    dki_free(context, fields);
    return status;
}

/* The rows of right alone, with the keys under left's names. */
static dk_status make_alone(dki_joining *making, const dk_table **out, dk_error *err)
{
    const dki_join *join = &making->join;
    size_t n = join->n_keys + making->n_fields;
    dk_field *fields = dki_alloc_array(join->context, n, sizeof *fields, err);
    const dk_column **columns = fields ? dki_alloc_array(join->context, n, sizeof *columns, err) : NULL;
    dk_status status = columns ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; columns && i < n; i++) {
        fields[i] = i < join->n_keys ? DK_FIELD(join->left_names[i], join->right_keys[i])
                                     : making->fields[i - join->n_keys];
        columns[i] = fields[i].column;
    }
    if (status == DK_OK) {
        status = gather_fields(making, columns, fields, n, err);
        if (status == DK_OK)
            status = dk_table_new(join->context, fields, n, making->n, out, err);
        release_fields(fields, n);
    }
    dki_free(join->context, columns);
    dki_free(join->context, fields);
    return status;
}

/* Puts the rows of right alone below. They have left's name and unit; the key is no key any more, and a weight they do
 * not have. */
static dk_status add_alone(dki_joining *making, const dk_table **table, dk_error *err)
{
    static const dk_properties none;
    const dk_append_options missing = { .missing_is_null = true };
    dk_properties properties = *dk_table_properties(making->join.left);
    const dk_table *both[2] = { NULL, NULL }, *appended = NULL, *named = NULL;
    dk_status status = dki_joining_alone(making, err);

    if (status == DK_OK && making->n > 0 && properties.weight) {
        (void)dki_fail(err, DK_ERR_ARGUMENT,
                       "%s: %llu of the other table's rows match none and would have no weight %s",
                       making->join.what, (unsigned long long)making->n, properties.weight);
        dki_hint(err, "join with kind = \"left\" or \"inner\", or put the other table first");
        return DK_ERR_ARGUMENT;
    }
    if (status != DK_OK || making->n == 0)
        return status;
    properties.key = NULL;
    properties.n_key = 0;
    status = make_alone(making, &both[1], err);
    if (status == DK_OK)
        status = dk_table_with_properties(*table, &none, &both[0], err);
    if (status == DK_OK)
        status = dk_table_append(both, 2, &missing, &appended, err);
    if (status == DK_OK)
        status = dk_table_with_properties(appended, &properties, &named, err);
    if (status == DK_OK) {
        dk_table_release(*table);
        *table = named;
    }
    dk_table_release(appended);
    dk_table_release(both[0]);
    dk_table_release(both[1]);
    return status;
}

static uint64_t mask_matched(const void *arg, uint64_t row, unsigned n)
{
    const uint32_t *rows = (const uint32_t *)arg + row;
    uint64_t mask = 0;

    for (unsigned i = 0; i < n; i++)
        mask |= (uint64_t)(rows[i] < DKI_NULL_KEY) << i;
    return mask;
}

static uint64_t mask_unmatched(const void *arg, uint64_t row, unsigned n)
{
    return ~mask_matched(arg, row, n) & (~UINT64_C(0) >> (64 - n));
}

/* Rows of left that match, or that do not. */
static dk_status make_half(dki_joining *making, bool matched, const dk_table **out, dk_error *err)
{
    const dki_match *match = making->join.match;
    dk_status status = dki_rows_choose(making->join.context, match->n_rows, matched ? mask_matched : mask_unmatched,
                                       match->rows, &making->left, &making->n, err);

    return status == DK_OK ? dk_table_gather(making->join.left, making->left, making->n, out, err) : status;
}

/* The whole. --------------------------------------------------------------------------------------------------- */

static dk_status check_options(const dki_joining *making, dk_error *err)
{
    const dk_join_options *how = making->how;
    const char *what = making->join.what;

    if (making->join.n_keys == 0 && how->asof == NULL)
        return dki_fail(err, DK_ERR_ARGUMENT, "%s takes at least one key", what);
    if (is_choice(how->kind) && how->n_columns > 0) {
        (void)dki_fail(err, DK_ERR_ARGUMENT,
                       "%s: rows of the first table are only chosen here, and no column comes over", what);
        dki_hint(err, "leave out columns, or take kind = \"inner\"");
        return DK_ERR_ARGUMENT;
    }
    if (how->asof == NULL)
        return DK_OK;
    if (how->kind != DK_JOIN_LEFT && how->kind != DK_JOIN_INNER)
        return dki_fail(err, DK_ERR_ARGUMENT, "%s: rows that go by time make a left or an inner join", what);
    if (how->multiple == DK_MULTIPLE_ALL)
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "%s: each row gets one that is nearest in time: multiple is \"first\" or "
                        "\"last\"",
                        what);
    return DK_OK;
}

static dk_status find_matches(dki_joining *making, dk_error *err)
{
    dki_join *join = &making->join;
    const dk_join_options *how = making->how;
    bool is_half = is_choice(how->kind);
    dk_status status;

    if (how->asof) {
        status = dki_join_asof(join, how->asof, how->multiple, &making->asof_rows, err);
        making->matches = making->asof_rows;
        return status;
    }
    status = dki_join_match(join, err);
    if (status == DK_OK && !is_half && how->multiple == DK_MULTIPLE_ERROR)
        status = dki_join_check_unique(join, err);
    if (status == DK_OK && !is_half && !join->match->is_unique && how->multiple != DK_MULTIPLE_FIRST)
        status = dki_joining_chain(making, err);
    if (status == DK_OK)
        making->matches = join->match->rows;
    return status;
}

static dk_status make_table(dki_joining *making, const dk_table **out, dk_error *err)
{
    const dk_table *table = NULL;
    dk_join_kind kind = making->how->kind;
    dk_status status;

    if (is_choice(kind))
        return make_half(making, kind == DK_JOIN_SEMI, out, err);
    status = dki_joining_rows(making, err);
    if (status == DK_OK)
        status = make_matched(making, &table, err);
    if (status == DK_OK && (kind == DK_JOIN_RIGHT || kind == DK_JOIN_FULL))
        status = add_alone(making, &table, err);
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    return status;
}

static void making_drop(dki_joining *making)
{
    dk_context *context = making->join.context;

    for (size_t i = 0; making->names && i <= making->n_fields; i++) /* the last one was refused, or is NULL */
        dki_free(context, making->names[i]);
    dki_free(context, making->names);
    dki_free(context, making->fields);
    dki_free(context, making->asof_rows);
    dki_free(context, making->next);
    dki_free(context, making->last);
    dki_free(context, making->left);
    dki_free(context, making->right);
    dki_join_drop(&making->join);
}

static const char *asof_words(dk_asof_direction direction)
{
    return direction == DK_ASOF_BACKWARD  ? "the last before it"
           : direction == DK_ASOF_FORWARD ? "the first after it"
                                          : "the nearest to it";
}

/* Says in the lineage of made, which is the caller's alone, what was joined. */
static dk_status add_step(const dki_joining *making, const dk_table *made, dk_error *err)
{
    const dki_join *join = &making->join;
    const dk_asof *asof = making->how->asof;
    const char *other = dki_lineage_name(join->right);
    char keys[DKI_JOIN_WORDS];
    const char *by = dki_join_words(join, keys, sizeof keys);

    if (asof)
        return dki_table_add_others(made, join->left, &join->right, 1, DK_LINEAGE_JOIN, err,
                                    "joined with %s by %s%s%s, of its %s %s%s", other, by, *by ? " and " : "",
                                    asof->left, asof->right, asof_words(asof->direction),
                                    making->how->kind == DK_JOIN_INNER ? ": rows that have one" : "");
    switch (making->how->kind) {
    case DK_JOIN_SEMI:
    case DK_JOIN_ANTI:
        return dki_table_add_others(made, join->left, &join->right, 1, DK_LINEAGE_JOIN, err,
                                    "only rows whose %s %s has%s", by, other,
                                    making->how->kind == DK_JOIN_SEMI ? "" : " not");
    default:
        return dki_table_add_others(made, join->left, &join->right, 1, DK_LINEAGE_JOIN, err,
                                    "joined with %s by %s: %s%s", other, by,
                                    making->how->kind == DK_JOIN_LEFT    ? "all rows of this table"
                                    : making->how->kind == DK_JOIN_FULL  ? "all rows of both"
                                    : making->how->kind == DK_JOIN_INNER ? "rows that both have"
                                                                         : "all rows of ",
                                    making->how->kind == DK_JOIN_RIGHT ? other : "");
    }
}

static dk_status make_told(dki_joining *making, const dk_table **out, dk_error *err)
{
    const dk_table *made = NULL;
    dk_status status = make_table(making, &made, err);

    if (status == DK_OK)
        status = add_step(making, made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}

dk_status dk_table_join(const dk_table *left, const dk_table *right, const char *const *left_keys,
                        const char *const *right_keys, size_t n_keys, const dk_join_options *options,
                        const dk_table **out, dk_error *err)
{
    static const dk_join_options defaults = { .kind = DK_JOIN_LEFT };
    dki_joining making = { .how = options ? options : &defaults };
    dk_status status = dki_join_init(&making.join, "join", left, right, left_keys, right_keys, n_keys, err);

    if (status == DK_OK)
        status = check_options(&making, err);
    if (status == DK_OK && !is_choice(making.how->kind))
        status = choose_fields(&making, err);
    if (status == DK_OK)
        status = find_matches(&making, err);
    if (status == DK_OK)
        status = make_told(&making, out, err);
    if (status == DK_OK)
        dki_join_keep(&making.join);
    making_drop(&making);
    return status;
}
