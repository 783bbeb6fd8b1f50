/* hierarchy_turns.c - days on which a hierarchy changes, and rows that have days of their own. */
#include "hierarchy_turns.h"

#include <dekking/members.h>

#include <stdlib.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/status.h"
#include "column_parts.h"

static int by_day(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

dk_status dki_turns_init(dki_turns *turns, const dk_hierarchy *hierarchy, size_t level, dk_error *err)
{
    size_t n_spans = 0, n = 0;

    for (size_t i = level; i < hierarchy->n_levels; i++)
        n_spans += hierarchy->levels[i].n_spans + hierarchy->levels[i].n_labels;
    *turns = (dki_turns){ .context = hierarchy->context };
    turns->days = dki_alloc_array(turns->context, 2 * n_spans + hierarchy->n_changes + 1, sizeof *turns->days, err);
    if (turns->days == NULL)
        return DK_ERR_MEMORY;
    turns->days[n++] = DKI_DAY_FIRST;
    for (size_t i = level; i < hierarchy->n_levels; i++)
        for (size_t k = 0; k < hierarchy->levels[i].n_spans; k++) {
            turns->days[n++] = hierarchy->levels[i].spans[k].from;
            turns->days[n++] = hierarchy->levels[i].spans[k].to;
        }
    for (size_t i = level; i < hierarchy->n_levels; i++)
        for (size_t k = 0; k < hierarchy->levels[i].n_labels; k++) {
            turns->days[n++] = hierarchy->levels[i].labels[k].from;
            turns->days[n++] = hierarchy->levels[i].labels[k].to;
        }
    for (size_t i = 0; i < hierarchy->n_changes; i++)
        turns->days[n++] = hierarchy->changes[i].day;
    qsort(turns->days, n, sizeof *turns->days, by_day);
    turns->n = 1;
    for (size_t i = 1; i < n; i++)
        if (turns->days[i] != turns->days[turns->n - 1] && turns->days[i] != DKI_DAY_LAST)
            turns->days[turns->n++] = turns->days[i];
    return DK_OK;
}

void dki_turns_drop(dki_turns *turns)
{
    dki_free(turns->context, turns->days);
    *turns = (dki_turns){ .context = NULL };
}

dk_status dki_turns_check(const char *on, const dk_column *column, dk_error *err)
{
    dk_type type = dk_column_type(column);

    if (type == DK_DATE || type == DK_TIMESTAMP)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_TYPE, "the day of each row is a date, and %s is %s", on,
                   dk_column_type_name(column));
    if (type == DK_INTEGER)
        dki_hint(err, "make a day of a year: t:derive \"dag = date(%s, 12, 31)\"", on);
    else
        dki_hint(err, "read the table with types = { %s = \"date\" }", on);
    return DK_ERR_TYPE;
}

/* The turn of a day; guess: that of the row before, as rows of one day often stand together. */
static uint32_t turn_of(const dki_turns *turns, uint32_t guess, int64_t day)
{
    uint32_t low = 0, high = turns->n;

    if (turns->days[guess] <= day && (guess + 1 == turns->n || day < turns->days[guess + 1]))
        return guess;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (turns->days[middle] <= day)
            low = middle;
        else
            high = middle;
    }
    return low;
}

dk_status dki_each_dated(const dki_turns *turns, const dk_column *members, const dk_column *on, dki_dated_fn *act,
                         void *arg, dk_error *err)
{
    bool is_time = dk_column_type(on) == DK_TIMESTAMP;
    uint32_t guess = 0;
    dk_view views[2];
    dk_status status = DK_OK;

    for (size_t k = 0; k < 2; k++)
        dk_view_init(&views[k], turns->context);
    for (uint64_t row = 0, n_rows = dk_column_n_rows(members); row < n_rows && status == DK_OK;
         row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS;
        uint32_t codes[DK_BLOCK_ROWS], found[DK_BLOCK_ROWS];
        int64_t days[DK_BLOCK_ROWS];

        status = dki_poll(turns->context, err);
        if (status == DK_OK)
            status = dk_column_view(members, row, n, &views[0], err);
        if (status == DK_OK)
            status = dk_column_view(on, row, n, &views[1], err);
        if (status != DK_OK)
            break;
        dki_view_codes(&views[0], codes);
        dki_view_integers(&views[1], days);
        for (size_t i = 0; i < n; i++) {
            bool has_day = !dki_view_is_null(&views[1], i);

            guess = has_day ? turn_of(turns, guess, is_time ? dki_day_of_time(days[i]) : days[i]) : guess;
            found[i] = has_day ? guess : DKI_NO_TURN;
        }
        status = act(arg, row, codes, found, n, err);
    }
    for (size_t k = 0; k < 2; k++)
        dk_view_release(&views[k]);
    return status;
}
