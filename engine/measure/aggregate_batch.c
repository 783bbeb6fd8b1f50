/* aggregate_batch.c - gathers rows until there are many of each group, and hands them to the host's aggregate by group.
 *
 * A call of the host costs as much as some dozens of rows. A block has few rows of each group where groups are many, so
 * rows wait until there are ROWS_OF_GROUP for each of them on average, at most MOST_ROWS.
 *
 * Rows are kept in the order in which they came, and put in the order of groups by counting: those of a group stay in
 * their order. What waits is known and counts; texts are copied, as the block that they stand in goes away.
 */
#include "aggregate_batch.h"

#include <string.h>

#include "aggregate_defined.h"
#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "data/storage.h"

#define ROWS_OF_GROUP 32
#define LEAST_ROWS ((size_t)1 << 15)
#define MOST_ROWS ((size_t)1 << 20)
#define COLUMNS (DK_AGGREGATE_MOST_ARGUMENTS + 1) /* arguments and weights */

/* A text that waits: its place in the bytes of the batch. */
struct place {
    size_t at, size;
};

/* One argument, or the weights. */
struct held {
    dk_type type;
    size_t item_bytes;
    char *items;  /* as many as the batch has room for */
    void *room;   /* what a call is shown: a block of values as views have them */
    dk_view view; /* of the room */
};

struct dki_batch {
    dk_context *context; /* borrowed */
    struct held columns[COLUMNS];
    size_t n_columns;
    size_t n, capacity; /* rows */
    uint32_t *groups;
    char *bytes; /* of texts that wait */
    size_t n_bytes, bytes_capacity;
    char *text_room; /* of texts that a call is shown, one argument behind the other */
    size_t text_capacity;
    uint32_t *order;  /* rows by group */
    uint32_t *starts; /* of each group in order, and the end */
    size_t n_starts;
};

void dki_batch_release(struct dki_batch *batch)
{
    if (batch == NULL)
        return;
    for (size_t i = 0; i < COLUMNS; i++) {
        dki_free(batch->context, batch->columns[i].items);
        dki_free(batch->context, batch->columns[i].room);
    }
    dki_free(batch->context, batch->groups);
    dki_free(batch->context, batch->bytes);
    dki_free(batch->context, batch->text_room);
    dki_free(batch->context, batch->order);
    dki_free(batch->context, batch->starts);
    dki_free(batch->context, batch);
}

/* Columns. ----------------------------------------------------------------------------------------------------- */

static size_t item_bytes(dk_type type)
{
    switch (type) {
    case DK_RATIO: return sizeof(dk_ratio);
    case DK_TEXT: return sizeof(struct place);
    case DK_CATEGORY: return sizeof(uint32_t);
    default: return sizeof(int64_t); /* a double too, and a boolean until it is shown */
    }
}

static dk_status add_column(struct dki_batch *batch, dk_type type, uint8_t scale, const dk_dictionary *levels,
                            dk_error *err)
{
    struct held *held = &batch->columns[batch->n_columns++];
    size_t shown = type == DK_TEXT ? sizeof(uint32_t) : item_bytes(type);

    held->type = type;
    held->item_bytes = item_bytes(type);
    held->view = (dk_view){
        .type = type, .storage = dki_widest(type), .scale = scale, .levels = levels, .context = batch->context
    };
    held->room = dki_alloc_array(batch->context, DK_BLOCK_ROWS + 1, shown, err);
    return held->room ? DK_OK : DK_ERR_MEMORY;
}

static dk_status new_batch(dki_accumulator *accumulator, const dki_rows *rows, dk_error *err)
{
    const dki_aggregate *what = &accumulator->what;
    struct dki_batch *batch = dki_calloc(accumulator->context, 1, sizeof *batch, err);
    dk_status status = batch ? DK_OK : DK_ERR_MEMORY;

    if (batch == NULL)
        return status;
    batch->context = accumulator->context;
    accumulator->batch = batch;
    if (rows->value)
        status = add_column(batch, rows->value->type, rows->value->scale, rows->value->levels, err);
    if (status == DK_OK && rows->other)
        status = add_column(batch, rows->other->type, rows->other->scale, rows->other->levels, err);
    if (status == DK_OK && what->weighted)
        status = add_column(batch, what->weight_type, what->weight_scale, NULL, err);
    return status;
}

/* Taking rows in. ---------------------------------------------------------------------------------------------- */

/* Room for n rows more. */
static dk_status make_room(struct dki_batch *batch, size_t n, dk_error *err)
{
    size_t capacity = batch->capacity ? batch->capacity : DK_BLOCK_ROWS;
    dk_status status = DK_OK;

    if (batch->n + n <= batch->capacity)
        return DK_OK;
    while (capacity < batch->n + n)
        capacity *= 2;
    for (size_t i = 0; status == DK_OK && i < batch->n_columns; i++)
        status = dki_resize(batch->context, (void **)&batch->columns[i].items,
                            capacity * batch->columns[i].item_bytes, err);
    if (status == DK_OK)
        status = dki_resize(batch->context, (void **)&batch->groups, capacity * sizeof *batch->groups, err);
    if (status == DK_OK)
        status = dki_resize(batch->context, (void **)&batch->order, capacity * sizeof *batch->order, err);
    if (status == DK_OK)
        batch->capacity = capacity;
    return status;
}

/* Writes down which rows count; returns how many. */
static size_t pick_rows(size_t n, const uint64_t *use, uint16_t *picked)
{
    size_t n_picked = 0;

    if (use == NULL) {
        for (size_t i = 0; i < n; i++)
            picked[i] = (uint16_t)i;
        return n;
    }
    for (size_t word = 0; word < dki_bit_words(n); word++) {
        for (uint64_t left = use[word]; left; left &= left - 1)
            picked[n_picked++] = (uint16_t)(word * 64 + (size_t)__builtin_ctzll(left));
    }
    return n_picked;
}

static dk_status hold_texts(struct dki_batch *batch, struct place *to, const dk_view *view, const uint16_t *picked,
                            size_t n, dk_error *err)
{
    for (size_t i = 0; i < n; i++) {
        dk_text text = dki_view_text(view, picked[i]);
        dk_status status = dki_grow(batch->context, (void **)&batch->bytes, &batch->bytes_capacity,
                                    batch->n_bytes + text.size, 1, err);

        if (status != DK_OK)
            return status;
        if (text.size > 0)
            memcpy(batch->bytes + batch->n_bytes, text.bytes, text.size);
        to[i] = (struct place){ batch->n_bytes, text.size };
        batch->n_bytes += text.size;
    }
    return DK_OK;
}

#define HOLD(T, value)                                \
    do {                                              \
        T *to_ = (T *)(void *)held->items + batch->n; \
        for (size_t k = 0; k < n; k++) {              \
            size_t i = picked[k] * step;              \
            to_[k] = value;                           \
        }                                             \
    } while (0)

/* integers: the values, or the codes of a category, for all types but real, ratio and text. */
static dk_status hold(struct dki_batch *batch, struct held *held, const dk_view *view, const int64_t *integers,
                      const uint16_t *picked, size_t n, dk_error *err)
{
    const size_t step = view && view->constant && integers == NULL ? 0 : 1;

    switch (held->type) {
    case DK_REAL: HOLD(double, ((const double *)view->values)[i]); return DK_OK;
    case DK_RATIO: HOLD(dk_ratio, ((const dk_ratio *)view->values)[i]); return DK_OK;
    case DK_CATEGORY: HOLD(uint32_t, (uint32_t)integers[i]); return DK_OK;
    case DK_TEXT: return hold_texts(batch, (struct place *)(void *)held->items + batch->n, view, picked, n, err);
    default: HOLD(int64_t, integers[i]); return DK_OK;
    }
}

/* How many rows are worth handing over. */
static size_t enough(const dki_accumulator *accumulator)
{
    size_t rows = accumulator->capacity > MOST_ROWS ? MOST_ROWS : accumulator->capacity * ROWS_OF_GROUP;

    return rows < LEAST_ROWS ? LEAST_ROWS : rows > MOST_ROWS ? MOST_ROWS : rows;
}

dk_status dki_batch_add(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use, dk_error *err)
{
    uint16_t picked[DK_BLOCK_ROWS];
    size_t n = pick_rows(rows->n, use, picked), at = 0;
    dk_status status = accumulator->batch ? DK_OK : new_batch(accumulator, rows, err);
    struct dki_batch *batch = accumulator->batch;

    if (status == DK_OK)
        status = make_room(batch, n, err);
    if (status == DK_OK && rows->value)
        status = hold(batch, &batch->columns[at++], rows->value, rows->integers, picked, n, err);
    if (status == DK_OK && rows->other)
        status = hold(batch, &batch->columns[at++], rows->other, rows->other_integers, picked, n, err);
    if (status == DK_OK && at < batch->n_columns)
        status = hold(batch, &batch->columns[at], NULL, rows->weights, picked, n, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        batch->groups[batch->n + i] = rows->groups[picked[i]];
    batch->n += n;
    return batch->n >= enough(accumulator) ? dki_accumulator_flush(accumulator, err) : DK_OK;
}

/* Handing over. ------------------------------------------------------------------------------------------------ */

/* Puts rows in the order of groups. */
static dk_status sort_rows(struct dki_batch *batch, size_t n_groups, dk_error *err)
{
    uint32_t *starts;
    size_t begin = 0;

    if (n_groups + 1 > batch->n_starts) {
        dk_status status =
            dki_resize(batch->context, (void **)&batch->starts, (n_groups + 1) * sizeof *batch->starts, err);

        if (status != DK_OK)
            return status;
        batch->n_starts = n_groups + 1;
    }
    starts = batch->starts;
    memset(starts, 0, (n_groups + 1) * sizeof *starts);
    for (size_t i = 0; i < batch->n; i++)
        starts[batch->groups[i]]++;
    for (size_t group = 0; group <= n_groups; group++) {
        size_t n = starts[group];

        starts[group] = (uint32_t)begin;
        begin += n;
    }
    for (size_t i = 0; i < batch->n; i++) /* after this each start is the end of its group */
        batch->order[starts[batch->groups[i]]++] = (uint32_t)i;
    return DK_OK;
}

static dk_status show_texts(struct dki_batch *batch, struct held *held, const uint32_t *rows, size_t n,
                            size_t *used, dk_error *err)
{
    const struct place *places = (const struct place *)(const void *)held->items;
    uint32_t *offsets = held->room;
    size_t bytes = 0;
    dk_status status;

    for (size_t i = 0; i < n; i++)
        bytes += places[rows[i]].size;
    if (bytes > UINT32_MAX)
        return dki_fail(err, DK_ERR_LIMIT, "%zu rows of text hold more than 4 GiB", n);
    status = dki_grow(batch->context, (void **)&batch->text_room, &batch->text_capacity, *used + bytes + 1, 1, err);
    if (status != DK_OK)
        return status;
    held->view.bytes = NULL; /* when all are there: the room may move */
    offsets[0] = 0;
    for (size_t i = 0; i < n; i++) {
        struct place place = places[rows[i]];

        if (place.size > 0)
            memcpy(batch->text_room + *used + offsets[i], batch->bytes + place.at, place.size);
        offsets[i + 1] = offsets[i] + (uint32_t)place.size;
    }
    *used += bytes;
    return DK_OK;
}

#define SHOW(T)                                                \
    do {                                                       \
        T *to_ = held->room;                                   \
        const T *from_ = (const T *)(const void *)held->items; \
        for (size_t i_ = 0; i_ < n; i_++)                      \
            to_[i_] = from_[rows[i_]];                         \
    } while (0)

static dk_status show(struct dki_batch *batch, struct held *held, const uint32_t *rows, size_t n, size_t *used,
                      dk_error *err)
{
    held->view.n = n;
    held->view.values = held->room;
    switch (held->type) {
    case DK_BOOLEAN:
        for (size_t i = 0; i < n; i++)
            dki_bit_put(held->room, i, ((const int64_t *)(const void *)held->items)[rows[i]] != 0);
        return DK_OK;
    case DK_REAL: SHOW(double); return DK_OK;
    case DK_RATIO: SHOW(dk_ratio); return DK_OK;
    case DK_CATEGORY: SHOW(uint32_t); return DK_OK;
    case DK_TEXT: return show_texts(batch, held, rows, n, used, err);
    default: SHOW(int64_t); return DK_OK;
    }
}

/* n rows of a group, at most a block. */
static dk_status hand_over(dki_accumulator *accumulator, uint32_t group, const uint32_t *rows, size_t n,
                           dk_error *err)
{
    const dk_aggregate *defined = accumulator->what.defined;
    struct dki_batch *batch = accumulator->batch;
    dk_view views[COLUMNS];
    dk_aggregate_rows shown = { .n = n, .values = views };
    size_t used = 0;
    void *state;
    dk_status status = dki_poll(batch->context, err);

    for (size_t i = 0; status == DK_OK && i < batch->n_columns; i++)
        status = show(batch, &batch->columns[i], rows, n, &used, err);
    used = 0;
    for (size_t i = 0; status == DK_OK && i < batch->n_columns; i++) {
        views[i] = batch->columns[i].view;
        if (views[i].type != DK_TEXT)
            continue;
        views[i].bytes = batch->text_room + used;
        used += ((const uint32_t *)views[i].values)[n];
    }
    if (accumulator->what.weighted)
        shown.weights = &views[batch->n_columns - 1];
    if (status == DK_OK)
        status = dki_accumulator_begin_state(accumulator, group, n, &state, err);
    return status == DK_OK ? defined->block(defined->arg, state, &shown, err) : status;
}

dk_status dki_accumulator_flush(dki_accumulator *accumulator, dk_error *err)
{
    struct dki_batch *batch = accumulator->batch;
    size_t n_groups = accumulator->capacity, begin = 0;
    dk_status status;

    if (batch == NULL || batch->n == 0)
        return DK_OK;
    status = sort_rows(batch, n_groups, err);
    for (size_t group = 0; status == DK_OK && group < n_groups && begin < batch->n; group++) {
        for (size_t end = batch->starts[group], n; status == DK_OK && begin < end; begin += n) {
            n = end - begin < DK_BLOCK_ROWS ? end - begin : DK_BLOCK_ROWS;
            status = hand_over(accumulator, (uint32_t)group, batch->order + begin, n, err);
        }
    }
    batch->n = 0;
    batch->n_bytes = 0;
    return status;
}
