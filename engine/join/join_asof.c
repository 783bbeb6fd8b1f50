/* join_asof.c - matches by key and time.
 *
 * Rows of right that have a key and a time lie one behind the other, those of one key together and in the order of time,
 * equal times in the order of rows. A row of left finds its key's run by the index, and its place in the run by halving.
 *
 * Cost: O(n log n) of right, O(log n) for each row of left. Poll: once per block.
 */
#include "join_asof.h"

#include <dekking/members.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "key_pair.h"

#define RANGE_BLOCKS 16

struct event {
    int64_t time;
    uint32_t row;
};

struct asof {
    const dki_join *join;
    const dk_asof *how;
    bool take_last; /* of equal times */
    const dk_column *left, *right;
    struct event *events;
    uint32_t *starts; /* by first row of the key: where its run begins; one more behind the last */
    uint64_t n_events;
    const dki_key_reader *reader;
    uint32_t *rows;
};

static dk_status check_column(const dki_join *join, const dk_table *table, const char *name, const dk_column **out,
                              dk_error *err)
{
    size_t at;
    dk_status status = dk_table_get(table, name, &at, err);

    if (status != DK_OK)
        return status;
    *out = dk_table_field(table, at)->column;
    switch (dk_column_type(*out)) {
    case DK_INTEGER:
    case DK_DECIMAL:
    case DK_DATE:
    case DK_TIMESTAMP:
    case DK_PERIOD: return DK_OK;
    default:
        return dki_fail(err, DK_ERR_TYPE, "%s: %s is %s, and rows go by a date, timestamp, period or whole number",
                        join->what, name, dk_column_type_name(*out));
    }
}

static dk_status check_columns(struct asof *asof, dk_error *err)
{
    const dki_join *join = asof->join;
    dk_status status = check_column(join, join->left, asof->how->left, &asof->left, err);

    if (status == DK_OK)
        status = check_column(join, join->right, asof->how->right, &asof->right, err);
    if (status != DK_OK)
        return status;
    if (dk_column_type(asof->left) == dk_column_type(asof->right) &&
        dk_column_scale(asof->left) == dk_column_scale(asof->right))
        return DK_OK;
    (void)dki_fail(err, DK_ERR_TYPE, "%s: %s is %s and %s is %s: rows go by times of one type", join->what,
                   asof->how->left, dk_column_type_name(asof->left), asof->how->right,
                   dk_column_type_name(asof->right));
    dki_key_pair_hint(asof->how->left, asof->left, asof->how->right, asof->right, err);
    return DK_ERR_TYPE;
}

/* The run that a row of right belongs to; rows without a key belong to none. */
static uint32_t run_of(const dki_join *join, uint64_t row)
{
    if (join->n_keys == 0)
        return 0;
    return join->index->firsts ? join->index->firsts[row] : (uint32_t)row;
}

/* How many events each run has becomes where it begins. */
static dk_status count_runs(struct asof *asof, const bool *is_known, dk_error *err)
{
    const dki_join *join = asof->join;
    uint64_t n_rows = dk_table_n_rows(join->right);

    asof->starts = dki_calloc(join->context, (size_t)n_rows + 1, sizeof *asof->starts, err);
    if (asof->starts == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t row = 0; row < n_rows; row++)
        if (is_known[row])
            asof->starts[run_of(join, row) + 1]++;
    for (uint64_t row = 0; row < n_rows; row++)
        asof->starts[row + 1] += asof->starts[row];
    asof->n_events = asof->starts[n_rows];
    return DK_OK;
}

/* The rows of right that have a time and a key, and their times. */
static dk_status read_times(const struct asof *asof, int64_t *times, bool *is_known, dk_error *err)
{
    const dki_join *join = asof->join;
    uint64_t n_rows = dk_table_n_rows(join->right);
    size_t step = dki_block_rows(join->context);
    dk_status status = DK_OK;
    dk_view view;

    dk_view_init(&view, join->context);
    for (size_t k = 0; k <= join->n_keys; k++) {
        const dk_column *column = k ? join->right_keys[k - 1] : asof->right;

        if (k > 0 && dk_column_n_nulls(column) == 0)
            continue;
        for (uint64_t row = 0; status == DK_OK && row < n_rows; row += step) {
            size_t n = n_rows - row < step ? (size_t)(n_rows - row) : step;

            status = dki_poll(join->context, err);
            if (status == DK_OK)
                status = dk_column_view(column, row, n, &view, err);
            if (status == DK_OK && k == 0)
                dki_view_integers(&view, times + row);
            for (size_t i = 0; status == DK_OK && i < n; i++)
                is_known[row + i] = (k == 0 || is_known[row + i]) && !dki_view_is_null(&view, i);
        }
    }
    dk_view_release(&view);
    return status;
}

static int compare_events(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static dk_status sort_runs(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct asof *asof = arg;

    (void)worker;
    (void)err;
    for (uint64_t run = begin; run < end; run++) {
        struct event *events = asof->events + asof->starts[run];
        uint32_t n = asof->starts[run + 1] - asof->starts[run], i = 1;

        while (i < n && events[i - 1].time <= events[i].time)
            i++;
        if (i < n)
            qsort(events, n, sizeof *events, compare_events);
    }
    return DK_OK;
}

static dk_status order_events(struct asof *asof, dk_error *err)
{
    const dki_join *join = asof->join;
    uint64_t n_rows = dk_table_n_rows(join->right);
    int64_t *times = dki_alloc_array(join->context, (size_t)n_rows, sizeof *times, err);
    bool *is_known = times ? dki_calloc(join->context, (size_t)n_rows, sizeof *is_known, err) : NULL;
    uint32_t *at = NULL;
    dk_status status = is_known ? read_times(asof, times, is_known, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = count_runs(asof, is_known, err);
    if (status == DK_OK) {
        at = dki_alloc_array(join->context, (size_t)n_rows, sizeof *at, err);
        asof->events =
            at ? dki_alloc_array(join->context, (size_t)asof->n_events, sizeof *asof->events, err) : NULL;
        status = asof->events ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK) {
        if (n_rows > 0)
            memcpy(at, asof->starts, (size_t)n_rows * sizeof *at);
        for (uint64_t row = 0; row < n_rows; row++)
            if (is_known[row])
                asof->events[at[run_of(join, row)]++] = (struct event){ times[row], (uint32_t)row };
        status = dki_parallel(join->context, n_rows, (uint64_t)DK_BLOCK_ROWS * RANGE_BLOCKS, sort_runs, asof, err);
    }
    dki_free(join->context, times);
    dki_free(join->context, is_known);
    dki_free(join->context, at);
    return status;
}

/* Two rows of right with one key and one time. */
static dk_status check_times(const struct asof *asof, dk_error *err)
{
    const dki_join *join = asof->join;
    uint64_t run = 0;

    for (uint64_t i = 1; i < asof->n_events; i++) {
        char key[160], time[64];
        dk_value value;
        dk_status status;

        while (asof->starts[run + 1] <= i)
            run++;
        if (asof->starts[run] == i || asof->events[i].time != asof->events[i - 1].time)
            continue;
        status = dki_join_show_key(join->right_keys, join->n_keys, asof->events[i].row, key, sizeof key, err);
        if (status == DK_OK)
            status = dk_column_get(asof->right, asof->events[i].row, &value, err);
        if (status != DK_OK)
            return status;
        (void)dk_value_format(&value, time, sizeof time);
        (void)dki_fail(err, DK_ERR_DUPLICATE,
                       "%s: rows %lu and %lu of the other table have one key and one time: %s%s%s", join->what,
                       (unsigned long)asof->events[i - 1].row + 1, (unsigned long)asof->events[i].row + 1, key,
                       join->n_keys ? ", " : "", time);
        dki_hint(err, "say which row to take: multiple = \"first\" or \"last\"");
        return DK_ERR_DUPLICATE;
    }
    return DK_OK;
}

static uint64_t distance(int64_t a, int64_t b)
{
    return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

/* The first of events low .. high - 1 that is at or behind a time; behind it where `past`. */
static uint32_t find_event(const struct asof *asof, uint32_t low, uint32_t high, int64_t time, bool past)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (asof->events[middle].time < time || (past && asof->events[middle].time == time))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The row of a run whose time is nearest. */
static uint32_t nearest_row(const struct asof *asof, uint32_t run, int64_t time)
{
    uint32_t begin = asof->starts[run], end = asof->starts[run + 1];
    uint32_t after = find_event(asof, begin, end, time, false), behind = find_event(asof, after, end, time, true);
    uint32_t before = behind > begin ? behind - 1 : end, best;

    if (asof->how->direction == DK_ASOF_BACKWARD)
        best = before;
    else if (asof->how->direction == DK_ASOF_FORWARD || before == end)
        best = after;
    else if (after == end)
        best = before;
    else
        best =
            distance(asof->events[after].time, time) < distance(asof->events[before].time, time) ? after : before;
    if (best == end ||
        (asof->how->has_tolerance && distance(asof->events[best].time, time) > (uint64_t)asof->how->tolerance))
        return DKI_NO_ROW;
    time = asof->events[best].time;
    best =
        asof->take_last ? find_event(asof, best, end, time, true) - 1 : find_event(asof, begin, best, time, false);
    return asof->events[best].row;
}

static dk_status match_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct asof *asof = arg;
    const dki_key_index *index = asof->join->index;
    dk_context *context = asof->join->context;
    size_t step = dki_block_rows(context);
    dki_key_work work;
    int64_t times[DK_BLOCK_ROWS];
    dk_status status = index ? dki_key_work_init(&work, index, end - begin, err) : DK_OK;
    dk_view view;

    (void)worker;
    dk_view_init(&view, context);
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;
        uint32_t *rows = asof->rows + row;

        status = dki_poll(context, err);
        if (status == DK_OK && index)
            status = dki_key_find_rows(index, asof->reader, &work, row, n, rows, err);
        else
            memset(rows, 0, n * sizeof *rows);
        if (status == DK_OK)
            status = dk_column_view(asof->left, row, n, &view, err);
        if (status != DK_OK)
            break;
        dki_view_integers(&view, times);
        for (size_t i = 0; i < n; i++) {
            if (rows[i] < DKI_NULL_KEY && dki_view_is_null(&view, i))
                rows[i] = DKI_NULL_KEY;
            if (rows[i] < DKI_NULL_KEY)
                rows[i] = asof->n_events ? nearest_row(asof, rows[i], times[i]) : DKI_NO_ROW;
        }
    }
    dk_view_release(&view);
    if (index)
        dki_key_work_drop(index, &work);
    return status;
}

static dk_status match_rows(struct asof *asof, dk_error *err)
{
    const dki_join *join = asof->join;
    uint64_t n_rows = dk_table_n_rows(join->left);
    dki_key_reader reader = { .code = NULL };
    dk_status status = DK_OK;

    asof->rows = dki_alloc_array(join->context, (size_t)n_rows, sizeof *asof->rows, err);
    if (asof->rows == NULL)
        return DK_ERR_MEMORY;
    if (join->index)
        status = dki_key_reader_init(&reader, &join->index->code, join->left_keys, false, err);
    asof->reader = &reader;
    if (status == DK_OK)
        status = dki_parallel(join->context, n_rows, (uint64_t)dki_block_rows(join->context) * RANGE_BLOCKS,
                              match_range, asof, err);
    dki_key_reader_drop(&reader);
    return status;
}

dk_status dki_join_asof(dki_join *join, const dk_asof *how, dk_multiple multiple, uint32_t **rows, dk_error *err)
{
    struct asof asof = { .join = join, .how = how, .take_last = multiple == DK_MULTIPLE_LAST };
    dk_status status = check_columns(&asof, err);

    if (status == DK_OK && how->has_tolerance && how->tolerance < 0)
        status = dki_fail(err, DK_ERR_ARGUMENT, "%s: a tolerance is 0 or more", join->what);
    if (status == DK_OK && join->n_keys > 0)
        status = dki_join_index(join, err);
    if (status == DK_OK)
        status = order_events(&asof, err);
    if (status == DK_OK && multiple == DK_MULTIPLE_ERROR)
        status = check_times(&asof, err);
    if (status == DK_OK)
        status = match_rows(&asof, err);
    dki_free(join->context, asof.events);
    dki_free(join->context, asof.starts);
    if (status == DK_OK)
        *rows = asof.rows;
    else
        dki_free(join->context, asof.rows);
    return status;
}
