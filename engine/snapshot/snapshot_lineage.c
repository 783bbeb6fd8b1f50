/* snapshot_lineage.c - how a table came to be, in a snapshot.
 *
 * Each segment keeps the lineage of the rows that it brought; opening puts them together, and says where they were opened
 * from. A segment without one, as earlier versions wrote them, has its source alone.
 */
#include "snapshot_saved.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/lineage.h"
#include "data/table_parts.h"

#define MOST_SAVED 1024 /* items; the middle of a longer lineage is left out */
#define N_KINDS (DK_LINEAGE_ANSWER + 1)

/* Writing. -------------------------------------------------------------------------------------------------------- */

static dk_status count_item(void *arg, const dk_lineage_item *item, dk_error *err)
{
    (void)item;
    (void)err;
    ++*(uint64_t *)arg;
    return DK_OK;
}

static dk_status put_item(void *arg, const dk_lineage_item *item, dk_error *err)
{
    const char *const texts[] = { dk_lineage_kind_name(item->kind), item->name, item->text, item->numerator,
                                  item->denominator };
    const uint64_t numbers[] = { item->n_rows, item->n_null, item->depth };
    dk_status status = DK_OK;

    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == DK_OK; i++)
        status = dki_put_text(arg, texts[i], err);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == DK_OK; i++)
        status = dki_put_u64(arg, numbers[i], err);
    return status;
}

dk_status dki_put_lineage(dki_buffer *directory, const dk_table *table, dk_error *err)
{
    uint64_t n = 0;
    size_t start;
    dk_status status;

    if (table->lineage == NULL)
        return DK_OK;
    status = dki_lineage_each(table, MOST_SAVED, count_item, &n, err);
    if (status == DK_OK)
        status = dki_put_record(directory, "lineage", DKI_RECORD_OPTIONAL, &start, err);
    if (status == DK_OK)
        status = dki_put_u64(directory, n, err);
    if (status == DK_OK)
        status = dki_lineage_each(table, MOST_SAVED, put_item, directory, err);
    if (status == DK_OK)
        dki_end_record(directory, start);
    return status;
}

/* Reading. -------------------------------------------------------------------------------------------------------- */

static dk_status add_item(dki_saved_table *reading, const dk_lineage_item *item, dk_error *err)
{
    dk_status status = dki_grow(reading->context, (void **)&reading->lineage, &reading->lineage_capacity,
                                reading->n_lineage + 1, sizeof *reading->lineage, err);

    if (status == DK_OK)
        reading->lineage[reading->n_lineage++] = *item;
    return status;
}

static dk_status add_item_of(void *reading, const dk_lineage_item *item, dk_error *err)
{
    return add_item(reading, item, err);
}

/* Rows that were appended are told as such, and how they came to be lies deeper. */
static dk_status begin(dki_saved_table *reading, unsigned *deeper, dk_error *err)
{
    const dk_lineage_item append = { .kind = DK_LINEAGE_APPEND,
                                     .text = "rows appended to the snapshot",
                                     .n_rows = reading->n_rows + reading->n_segment_rows };

    reading->has_lineage = true;
    *deeper = !reading->is_first;
    return *deeper ? add_item(reading, &append, err) : DK_OK;
}

/* What a later version may call a step is one here. */
static dk_lineage_kind find_kind(const char *name)
{
    for (int kind = 0; kind < N_KINDS; kind++)
        if (strcmp(dk_lineage_kind_name((dk_lineage_kind)kind), name) == 0)
            return (dk_lineage_kind)kind;
    return DK_LINEAGE_STEP;
}

/* Whether the item has what its kind is told by; the first one is of the table itself. */
static bool is_item(const dk_lineage_item *item, bool is_first, unsigned deeper)
{
    bool fits = (!is_first || item->depth == deeper) && (item->numerator == NULL) == (item->denominator == NULL);

    switch (item->kind) {
    case DK_LINEAGE_SOURCE:
    case DK_LINEAGE_BREAKDOWN: return fits;
    case DK_LINEAGE_WEIGHT: return fits && item->name;
    case DK_LINEAGE_FILTER:
    case DK_LINEAGE_STEP:
    case DK_LINEAGE_JOIN:
    case DK_LINEAGE_APPEND:
    case DK_LINEAGE_ANSWER: return fits && item->text;
    default: return fits && item->name && item->text;
    }
}

dk_status dki_saved_lineage(dki_saved_table *reading, dki_cursor *cursor, dk_error *err)
{
    uint64_t n = dki_get_u64(cursor);
    unsigned deeper;
    dk_status status;

    if (reading->has_lineage) {
        cursor->bad = "has two lineages";
        return DK_OK;
    }
    status = begin(reading, &deeper, err);
    for (uint64_t i = 0; i < n && status == DK_OK && cursor->bad == NULL; i++) {
        dk_lineage_item item = { .kind = DK_LINEAGE_STEP };
        const char *kind = NULL;
        const char **const texts[] = { &kind, &item.name, &item.text, &item.numerator, &item.denominator };
        uint64_t depth;

        for (size_t k = 0; k < sizeof texts / sizeof *texts && status == DK_OK; k++)
            status = dki_get_text(cursor, &reading->arena, texts[k], err);
        item.n_rows = dki_get_u64(cursor);
        item.n_null = dki_get_u64(cursor);
        depth = dki_get_u64(cursor);
        if (status != DK_OK || cursor->bad)
            break;
        item.kind = kind ? find_kind(kind) : DK_LINEAGE_STEP;
        item.depth = (unsigned)(depth & 0xFF) + deeper;
        if (depth >= DKI_LINEAGE_DEEPEST || !is_item(&item, i == 0, deeper))
            cursor->bad = "has a lineage that cannot be";
        else
            status = add_item(reading, &item, err);
    }
    return status;
}

dk_status dki_saved_lineage_end(dki_saved_table *reading, dk_error *err)
{
    unsigned deeper;
    dk_lineage_item source = { .kind = DK_LINEAGE_SOURCE,
                               .name = reading->properties.name,
                               .text = reading->properties.source,
                               .n_rows = reading->n_segment_rows };
    dk_status status;

    if (reading->has_lineage)
        return DK_OK;
    status = begin(reading, &deeper, err);
    source.depth = deeper;
    if (status == DK_OK)
        status = add_item(reading, &source, err);
    return status == DK_OK ? dki_lineage_days(&reading->properties, deeper, add_item_of, reading, err) : status;
}

#define OPENED "opened from the snapshot "

/* How many of the items tell how what was saved came to be. Where that was a snapshot as it was opened, this file is that one: the path
 * of the other, perhaps on another machine, says nothing of it. */
static size_t n_told(const dki_saved_table *reading)
{
    size_t n = reading->n_lineage;

    for (; n > 1; n--) {
        const dk_lineage_item *last = &reading->lineage[n - 1];

        if (last->depth > 0 || last->kind != DK_LINEAGE_STEP || strncmp(last->text, OPENED, sizeof OPENED - 1) != 0)
            break;
    }
    return n;
}

dk_status dki_saved_lineage_make(const dki_saved_table *reading, const dk_table *table, dk_error *err)
{
    dki_lineage *lineage;
    dk_status status = dki_lineage_new(reading->context, &lineage, err);

    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < n_told(reading) && status == DK_OK; i++)
        status = dki_lineage_add(lineage, &reading->lineage[i], err);
    dki_table_attach(table, lineage);
    return status == DK_OK ? dki_table_add_step(table, table, err, OPENED "%s", dki_store_path(reading->store))
                           : status;
}
