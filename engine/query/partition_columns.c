/* partition_columns.c - the groups of all parts as columns of the result.
 *
 * A column is made part by part, by all threads, and put together: parts are in the order of keys. Poll: once per part.
 */
#include "partition.h"

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/column_parts.h"

/* One column, made part by part. */
struct columns {
    dki_partitions *parts;
    size_t number;             /* of the dimension or aggregate */
    const dk_column **columns; /* of each part; NULL: it has no groups */
    size_t *faults;
};

/* The column number k, dimensions before aggregates, that a part has already; or NULL. */
static const dk_column *made_column(const dki_partitions *parts, size_t part, size_t k)
{
    const dk_column *made = NULL;

    if (parts->made)
        made = parts->made[part * (parts->packing.n_dims + parts->plan->n_aggregates) + k];
    return made ? dk_column_retain(made) : NULL;
}

static dk_status dimension_of(const dki_partitions *parts, const dki_partition *part, size_t dim,
                              const dk_column **out, dk_error *err)
{
    uint64_t *scratch = dki_alloc_array(parts->plan->context, part->n, sizeof *scratch, err);
    dk_status status = DK_ERR_MEMORY;

    if (scratch)
        status = dki_packing_column(&parts->packing, dim, part->low, part->high, part->n, scratch, out, err);
    dki_free(parts->plan->context, scratch);
    return status;
}

static dk_status dimension_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct columns *columns = arg;
    const dki_partitions *parts = columns->parts;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; status == DK_OK && i < end; i++) {
        columns->columns[i] = made_column(parts, (size_t)i, columns->number);
        if (parts->parts[i].n && columns->columns[i] == NULL)
            status = dimension_of(parts, &parts->parts[i], columns->number, &columns->columns[i], err);
    }
    return status;
}

static dk_status aggregate_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct columns *columns = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t i = begin; status == DK_OK && i < end; i++) {
        dki_partition *part = &columns->parts->parts[i];

        if (columns->columns[i] == NULL)
            columns->columns[i] =
                made_column(columns->parts, (size_t)i, columns->parts->packing.n_dims + columns->number);
        if (part->n && columns->columns[i] == NULL)
            status = dki_accumulator_finish(&part->accumulators[columns->number], part->order, part->n,
                                            &columns->columns[i], &columns->faults[i], err);
    }
    return status;
}

static dk_status columns_init(struct columns *columns, const dki_partitions *parts, size_t number, dk_error *err)
{
    dk_context *context = parts->plan->context;

    *columns = (struct columns){ .parts = (dki_partitions *)parts, .number = number };
    columns->columns = dki_calloc(context, parts->n_parts, sizeof *columns->columns, err);
    columns->faults = dki_alloc_array(context, parts->n_parts, sizeof *columns->faults, err);
    if (columns->columns == NULL || columns->faults == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < parts->n_parts; i++)
        columns->faults[i] = SIZE_MAX;
    return DK_OK;
}

static void columns_drop(struct columns *columns)
{
    for (size_t i = 0; columns->columns && i < columns->parts->n_parts; i++)
        dk_column_release(columns->columns[i]);
    dki_free(columns->parts->plan->context, (void *)columns->columns);
    dki_free(columns->parts->plan->context, columns->faults);
}

/* Puts those of all parts one below the other. */
static dk_status columns_join(struct columns *columns, const dk_column *none, const dk_column **out, dk_error *err)
{
    const dk_column **list = columns->columns, *first = NULL;
    size_t n = 0, n_parts = columns->parts->n_parts;
    const dk_column **some = dki_alloc_array(columns->parts->plan->context, n_parts + 1, sizeof *some, err);
    dk_status status;

    if (some == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n_parts; i++) {
        if (list[i])
            some[n++] = list[i];
    }
    first = n ? some[0] : none;
    status = dki_column_concat(columns->parts->plan->context, dk_column_type(first), dk_column_scale(first),
                               dk_column_levels(first), some, n, out, err);
    dki_free(columns->parts->plan->context, (void *)some);
    return status;
}

dk_status dki_partitions_dimension(const dki_partitions *parts, size_t dim, const dk_column **out, dk_error *err)
{
    static const dki_partition nothing;
    struct columns columns;
    const dk_column *none = NULL;
    dk_status status = columns_init(&columns, parts, dim, err);

    if (status == DK_OK)
        status = dki_parallel(parts->plan->context, parts->n_parts, 1, dimension_range, &columns, err);
    if (status == DK_OK && parts->n_groups == 0)
        status = dimension_of(parts, &nothing, dim, &none, err);
    if (status == DK_OK)
        status = columns_join(&columns, none, out, err);
    dk_column_release(none);
    columns_drop(&columns);
    return status;
}

/* Digits that one part's decimals had to give up, all parts give up. Returns whether columns must be made anew. */
static bool same_digits(struct columns *columns)
{
    dki_partitions *parts = columns->parts;
    unsigned least = UINT8_MAX, most = 0;

    for (size_t i = 0; i < parts->n_parts; i++) {
        unsigned scale;

        if (columns->columns[i] == NULL || dk_column_type(columns->columns[i]) != DK_DECIMAL)
            continue;
        scale = dk_column_scale(columns->columns[i]);
        least = scale < least ? scale : least;
        most = scale > most ? scale : most;
    }
    if (least >= most)
        return false;
    for (size_t i = 0; i < parts->n_parts; i++) {
        dki_accumulator *accumulator = &parts->parts[i].accumulators[columns->number];

        if (columns->columns[i] == NULL || dk_column_scale(columns->columns[i]) == least)
            continue;
        accumulator->most_digits = (uint8_t)least;
        accumulator->has_most_digits = true;
        dk_column_release(columns->columns[i]);
        columns->columns[i] = NULL;
    }
    return true;
}

static size_t earliest_fault(const struct columns *columns)
{
    const dki_partitions *parts = columns->parts;

    for (size_t i = 0; i < parts->n_parts; i++) {
        if (columns->faults[i] != SIZE_MAX)
            return (size_t)parts->parts[i].first + columns->faults[i];
    }
    return SIZE_MAX;
}

dk_status dki_partitions_finish(dki_partitions *parts, size_t aggregate, const dk_column **out, size_t *fault,
                                dk_error *err)
{
    dk_context *context = parts->plan->context;
    struct columns columns;
    const dk_column *none = NULL;
    dki_accumulator nothing;
    dk_status status = columns_init(&columns, parts, aggregate, err);

    *fault = SIZE_MAX;
    if (status == DK_OK)
        status = dki_parallel(context, parts->n_parts, 1, aggregate_range, &columns, err);
    if (status == DK_OK && same_digits(&columns))
        status = dki_parallel(context, parts->n_parts, 1, aggregate_range, &columns, err);
    if (status != DK_OK && columns.columns && columns.faults)
        *fault = earliest_fault(&columns);
    if (status == DK_OK && parts->n_groups == 0) {
        dki_accumulator_init(&nothing, context, &parts->plan->aggregates[aggregate].what);
        status = dki_accumulator_room(&nothing, 1, err);
        if (status == DK_OK)
            status = dki_accumulator_finish(&nothing, NULL, 0, &none, fault, err);
        dki_accumulator_drop(&nothing);
    }
    if (status == DK_OK)
        status = columns_join(&columns, none, out, err);
    dk_column_release(none);
    columns_drop(&columns);
    return status;
}
