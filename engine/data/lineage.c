/* lineage.c - how a table came to be.
 *
 * A lineage is a chain: what was done last, and before it the lineage of the table that it was done to, which other
 * tables may share. Immutable once it is attached. What another table went through that a step took along is copied into
 * that step. Cost: the texts of the last step.
 */
#include "lineage.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "table_parts.h"

#define MOST_OF_OTHER 128 /* items of each table that a step takes along */

struct dki_lineage {
    atomic_size_t n_references;
    dk_context *context;
    const dki_lineage *before; /* retained; NULL: this is the beginning */
    size_t n_before;           /* items of all before */
    dki_arena arena;           /* texts */
    dk_lineage_item *items;
    size_t n, capacity;
};

dk_context *dki_lineage_context(const dki_lineage *lineage)
{
    return lineage->context;
}

dk_status dki_lineage_new(dk_context *context, dki_lineage **out, dk_error *err)
{
    dki_lineage *made = dki_calloc(context, 1, sizeof *made, err);

    if (made == NULL)
        return DK_ERR_MEMORY;
    atomic_init(&made->n_references, 1);
    made->context = dk_context_retain(context);
    dki_arena_init(&made->arena, context);
    *out = made;
    return DK_OK;
}

const dki_lineage *dki_lineage_retain(const dki_lineage *lineage)
{
    if (lineage)
        atomic_fetch_add_explicit(&((dki_lineage *)(uintptr_t)lineage)->n_references, 1, memory_order_relaxed);
    return lineage;
}

/* A chain may be long: no recursion. */
void dki_lineage_release(const dki_lineage *shared)
{
    dki_lineage *lineage = (dki_lineage *)(uintptr_t)shared;

    while (lineage && atomic_fetch_sub_explicit(&lineage->n_references, 1, memory_order_acq_rel) == 1) {
        dki_lineage *before = (dki_lineage *)(uintptr_t)lineage->before;
        dk_context *context = lineage->context;

        dki_arena_drop(&lineage->arena);
        dki_free(context, lineage->items);
        dki_free(context, lineage);
        dk_context_release(context);
        lineage = before;
    }
}

static dk_status copy(dki_lineage *lineage, const char **text, dk_error *err)
{
    if (*text == NULL)
        return DK_OK;
    *text = dki_arena_text(&lineage->arena, *text, strlen(*text), err);
    return *text ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_lineage_add(dki_lineage *lineage, const dk_lineage_item *item, dk_error *err)
{
    dk_lineage_item made = *item;
    dk_status status = dki_grow(lineage->context, (void **)&lineage->items, &lineage->capacity, lineage->n + 1,
                                sizeof *lineage->items, err);

    if (status != DK_OK)
        return status;
    if (copy(lineage, &made.name, err) != DK_OK || copy(lineage, &made.text, err) != DK_OK ||
        copy(lineage, &made.numerator, err) != DK_OK || copy(lineage, &made.denominator, err) != DK_OK)
        return DK_ERR_MEMORY;
    lineage->items[lineage->n++] = made;
    return DK_OK;
}

static dk_lineage_item source_of(const dk_table *table)
{
    return (dk_lineage_item){ .kind = DK_LINEAGE_SOURCE,
                              .name = table->properties.name,
                              .text = table->properties.source,
                              .n_rows = table->n_rows };
}

dk_status dki_lineage_renamed(const dk_table *table, size_t at, const char *name, dki_lineage **out, dk_error *err)
{
    dki_lineage *made;
    dk_status status = dki_lineage_new(table->context, &made, err);

    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < dk_table_n_lineage(table) && status == DK_OK; i++) {
        dk_lineage_item item = *dk_table_lineage(table, i);

        item.name = i == at ? name : item.name;
        status = dki_lineage_add(made, &item, err);
    }
    if (status == DK_OK)
        *out = made;
    else
        dki_lineage_release(made);
    return status;
}

typedef dk_status put_item(void *, const dk_lineage_item *, dk_error *);

dk_status dki_lineage_days(const dk_properties *properties, unsigned depth, put_item *put, void *arg, dk_error *err)
{
    const char *const names[] = { "as_of", "published" }, *const days[] = { properties->as_of,
                                                                            properties->published };
    dk_status status = DK_OK;

    for (size_t i = 0; i < 2 && status == DK_OK; i++) {
        dk_lineage_item item = { .kind = DK_LINEAGE_DAY, .name = names[i], .text = days[i], .depth = depth };

        if (days[i])
            status = put(arg, &item, err);
    }
    return status;
}

static dk_status add_item(void *lineage, const dk_lineage_item *item, dk_error *err)
{
    return dki_lineage_add(lineage, item, err);
}

dk_status dki_lineage_state_days(const dk_table *made, dk_error *err)
{
    dki_lineage *lineage;
    dk_status status = dki_lineage_after(made, &lineage, err);

    if (status != DK_OK)
        return status;
    status = dki_lineage_days(&made->properties, 0, add_item, lineage, err);
    if (status == DK_OK)
        dki_table_attach(made, lineage);
    else
        dki_lineage_release(lineage);
    return status;
}

dk_status dki_lineage_after(const dk_table *table, dki_lineage **out, dk_error *err)
{
    const dk_lineage_item source = source_of(table);
    dki_lineage *made;
    dk_status status = dki_lineage_new(table->context, &made, err);

    if (status != DK_OK)
        return status;
    if (table->lineage) {
        made->before = dki_lineage_retain(table->lineage);
        made->n_before = table->lineage->n_before + table->lineage->n;
    } else {
        status = dki_lineage_add(made, &source, err);
        if (status == DK_OK)
            status = dki_lineage_days(&table->properties, 0, add_item, made, err);
    }
    if (status == DK_OK)
        *out = made;
    else
        dki_lineage_release(made);
    return status;
}

void dki_table_attach(const dk_table *table, const dki_lineage *lineage)
{
    dk_table *made = (dk_table *)(uintptr_t)table;

    dki_lineage_release(made->lineage);
    made->lineage = lineage;
}

const char *dk_lineage_kind_name(dk_lineage_kind kind)
{
    static const char *const names[] = { "source",    "filter",  "column", "breakdown",    "weight",
                                         "dimension", "measure", "where",  "parameter",    "step",
                                         "join",      "append",  "day",    "intervention", "answer" };

    return names[kind];
}

const char *dki_lineage_name(const dk_table *table)
{
    const dk_properties *properties = &table->properties;

    return properties->name ? properties->name : properties->source ? properties->source : "another table";
}

const char *dki_lineage_list(const char *const *names, size_t n, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < n && used + 1 < size; i++)
        used += dki_text_print(out + used, size - used, "%s%s", i ? ", " : "", names[i]);
    out[dki_utf8_whole(out, strlen(out))] = '\0';
    return out;
}

/* Of more than `most` items, and of those that lie too deep, as many as fit: the first half and the last. */
dk_status dki_lineage_each(const dk_table *table, size_t most, put_item *put, void *arg, dk_error *err)
{
    size_t n = dk_table_n_lineage(table), n_left_out = 0;
    char text[64];
    dk_lineage_item gap = { .kind = DK_LINEAGE_STEP, .text = text };
    dk_status status = DK_OK;

    for (size_t i = 0; i <= n && status == DK_OK; i++) {
        const dk_lineage_item *item = i < n ? dk_table_lineage(table, i) : NULL;

        if (item && (item->depth >= DKI_LINEAGE_DEEPEST || (n > most && i >= most / 2 && i < n - most / 2))) {
            n_left_out++;
            gap.n_rows = item->n_rows;
            gap.depth = item->depth < DKI_LINEAGE_DEEPEST ? item->depth : DKI_LINEAGE_DEEPEST - 1;
            continue;
        }
        if (n_left_out > 0) {
            (void)snprintf(text, sizeof text, "%zu further step%s, not kept", n_left_out,
                           n_left_out == 1 ? "" : "s");
            status = put(arg, &gap, err);
            n_left_out = 0;
        }
        if (status == DK_OK && item)
            status = put(arg, item, err);
    }
    return status;
}

static dk_status add_deeper(void *arg, const dk_lineage_item *item, dk_error *err)
{
    dk_lineage_item deeper = *item;

    deeper.depth++;
    return dki_lineage_add(arg, &deeper, err);
}

static dk_status add_other(dki_lineage *lineage, const dk_table *other, dk_error *err)
{
    const dk_lineage_item source = source_of(other);
    dk_status status;

    if (other->lineage)
        return dki_lineage_each(other, MOST_OF_OTHER, add_deeper, lineage, err);
    status = add_deeper(lineage, &source, err);
    return status == DK_OK ? dki_lineage_days(&other->properties, 1, add_item, lineage, err) : status;
}

DK_PRINTF(8, 0)
static dk_status add_step(const dk_table *made, const dk_table *from, const dk_table *const *others, size_t n,
                          dk_lineage_kind kind, uint64_t n_null, dk_error *err, const char *format, va_list args)
{
    char text[512];
    dk_lineage_item item = { .kind = kind, .text = text, .n_rows = made->n_rows, .n_null = n_null };
    dki_lineage *lineage;
    dk_status status;

    (void)dki_text_vprint(text, sizeof text, format, args);
    text[dki_utf8_whole(text, strlen(text))] = '\0'; /* names may be long, and are cut */
    status = dki_lineage_after(from, &lineage, err);
    if (status != DK_OK)
        return status;
    status = dki_lineage_add(lineage, &item, err);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = add_other(lineage, others[i], err);
    if (status == DK_OK)
        dki_table_attach(made, lineage);
    else
        dki_lineage_release(lineage);
    return status;
}

dk_status dki_table_add_step(const dk_table *made, const dk_table *from, dk_error *err, const char *format, ...)
{
    va_list args;
    dk_status status;

    va_start(args, format);
    status = add_step(made, from, NULL, 0, DK_LINEAGE_STEP, 0, err, format, args);
    va_end(args);
    return status;
}

DK_PRINTF(5, 6)
static dk_status add_counted(const dk_table *made, const dk_table *from, uint64_t n_null, dk_error *err,
                             const char *format, ...)
{
    va_list args;
    dk_status status;

    va_start(args, format);
    status = add_step(made, from, NULL, 0, DK_LINEAGE_STEP, n_null, err, format, args);
    va_end(args);
    return status;
}

dk_status dki_table_add_rename(const dk_table *made, const dk_table *from, const char *before, const char *now,
                               uint64_t n_more, dk_error *err)
{
    return add_counted(made, from, n_more, err, "%s" DKI_RENAMED "%s", before, now);
}

dk_status dki_table_add_others(const dk_table *made, const dk_table *from, const dk_table *const *others, size_t n,
                               dk_lineage_kind kind, dk_error *err, const char *format, ...)
{
    va_list args;
    dk_status status;

    va_start(args, format);
    status = add_step(made, from, others, n, kind, 0, err, format, args);
    va_end(args);
    return status;
}

size_t dk_table_n_lineage(const dk_table *table)
{
    return table->lineage ? table->lineage->n_before + table->lineage->n : 0;
}

const dk_lineage_item *dk_table_lineage(const dk_table *table, size_t i)
{
    const dki_lineage *lineage = table->lineage;

    while (i < lineage->n_before)
        lineage = lineage->before;
    return &lineage->items[i - lineage->n_before];
}
