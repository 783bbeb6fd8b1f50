/* lineage.c - how a table came to be.
 *
 * A lineage is a chain: what was done last, and before it the lineage of the table that it was done to, which other
 * tables may share. Immutable once it is attached. Cost: the texts of the last step.
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

struct dki_lineage {
    atomic_size_t n_references;
    dk_context *context;
    const dki_lineage *before; /* retained; NULL: this is the beginning */
    size_t n_before;           /* items of all before */
    dki_arena arena;           /* texts */
    dk_lineage_item *items;
    size_t n, capacity;
};

static dk_status new_lineage(dk_context *context, const dki_lineage *before, dki_lineage **out, dk_error *err)
{
    dki_lineage *made = dki_calloc(context, 1, sizeof *made, err);

    if (made == NULL)
        return DK_ERR_MEMORY;
    atomic_init(&made->n_references, 1);
    made->context = dk_context_retain(context);
    made->before = dki_lineage_retain(before);
    made->n_before = before ? before->n_before + before->n : 0;
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

dk_status dki_lineage_after(const dk_table *table, dki_lineage **out, dk_error *err)
{
    const dk_lineage_item source = { .kind = DK_LINEAGE_SOURCE,
                                     .name = table->properties.name,
                                     .text = table->properties.source,
                                     .n_rows = table->n_rows };
    dki_lineage *made;
    dk_status status = new_lineage(table->context, table->lineage, &made, err);

    if (status == DK_OK && table->lineage == NULL) {
        status = dki_lineage_add(made, &source, err);
        if (status != DK_OK)
            dki_lineage_release(made);
    }
    if (status == DK_OK)
        *out = made;
    return status;
}

void dki_table_attach(const dk_table *table, const dki_lineage *lineage)
{
    dk_table *made = (dk_table *)(uintptr_t)table;

    dki_lineage_release(made->lineage);
    made->lineage = lineage;
}

dk_status dki_table_add_step(const dk_table *made, const dk_table *from, dk_error *err, const char *format, ...)
{
    char text[512];
    dk_lineage_item item = { .kind = DK_LINEAGE_STEP, .text = text, .n_rows = made->n_rows };
    dki_lineage *lineage;
    dk_status status;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text[dki_utf8_whole(text, strlen(text))] = '\0'; /* names may be long, and are cut */
    status = dki_lineage_after(from, &lineage, err);
    if (status != DK_OK)
        return status;
    status = dki_lineage_add(lineage, &item, err);
    if (status == DK_OK)
        dki_table_attach(made, lineage);
    else
        dki_lineage_release(lineage);
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
