/* aggregate_best.c - the one value of each group that comes before all others: least, greatest, first, last. */
#include "aggregate.h"
#include "aggregate_loop.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/column_parts.h"

/* Whether a value replaces what the group has: order is new against old. For first and last the order is that of
 * their rows. */
static bool wins(dki_accumulator *accumulator, uint32_t group, uint64_t place, int order)
{
    dki_aggregate_kind kind = accumulator->what.kind;
    bool won;

    if (accumulator->places)
        order = place < accumulator->places[group] ? -1 : place > accumulator->places[group];
    won = accumulator->n[group] == 0 ||
          (kind == DKI_AGGREGATE_MIN || kind == DKI_AGGREGATE_FIRST ? order < 0 : order > 0);
    if (won && accumulator->places)
        accumulator->places[group] = place;
    return won;
}

static int compare_codes(const dki_aggregate *what, int64_t a, int64_t b)
{
    int64_t x = a, y = b;

    if (what->type == DK_CATEGORY && a > 0 && b > 0) {
        x = dk_dictionary_rank(what->levels, (uint32_t)a);
        y = dk_dictionary_rank(what->levels, (uint32_t)b);
    }
    return x < y ? -1 : x > y;
}

static void best_integer(dki_accumulator *accumulator, uint32_t group, int64_t value, uint64_t place)
{
    int64_t *best = (int64_t *)accumulator->best + group;

    if (wins(accumulator, group, place, compare_codes(&accumulator->what, value, *best)))
        *best = value;
}

static void best_real(dki_accumulator *accumulator, uint32_t group, double value, uint64_t place)
{
    double *best = (double *)accumulator->best + group;

    if (wins(accumulator, group, place, value < *best ? -1 : value > *best))
        *best = value == 0 ? 0 : value; /* the two zeros are one value */
}

static void best_ratio(dki_accumulator *accumulator, uint32_t group, dk_ratio value, uint64_t place)
{
    dk_ratio *best = (dk_ratio *)accumulator->best + group;

    if (wins(accumulator, group, place, accumulator->n[group] ? dki_ratio_compare(value, *best) : 0))
        *best = value;
}

static dk_status best_text(dki_accumulator *accumulator, uint32_t group, dk_text value, uint64_t place,
                           dk_error *err)
{
    dk_text *best = (dk_text *)accumulator->best + group;
    int order = accumulator->n[group] ? dki_text_compare(value.bytes, value.size, best->bytes, best->size) : 0;
    char *copy;

    if (!wins(accumulator, group, place, order))
        return DK_OK;
    copy = dki_strndup(accumulator->context, value.bytes, value.size, err);
    if (copy == NULL)
        return DK_ERR_MEMORY;
    dki_free(accumulator->context, (char *)best->bytes);
    *best = (dk_text){ copy, value.size };
    return DK_OK;
}

static uint64_t place_of(const dki_rows *rows, size_t i)
{
    return rows->numbers ? rows->numbers[i] : rows->row + i;
}

dk_status dki_accumulator_add_best(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use,
                                   bool all, dk_error *err)
{
    const dk_view *value = rows->value;

    switch (accumulator->what.type) {
    case DK_REAL:
        DKI_FOR_USED(rows, use, all, {
            best_real(accumulator, group, ((const double *)value->values)[value->constant ? 0 : i],
                      place_of(rows, i));
            accumulator->n[group]++;
        });
        break;
    case DK_RATIO:
        DKI_FOR_USED(rows, use, all, {
            best_ratio(accumulator, group, ((const dk_ratio *)value->values)[value->constant ? 0 : i],
                       place_of(rows, i));
            accumulator->n[group]++;
        });
        break;
    case DK_TEXT:
        DKI_FOR_USED(rows, use, all, {
            dk_status status = best_text(accumulator, group, dki_view_text(value, i), place_of(rows, i), err);

            if (status != DK_OK)
                return status;
            accumulator->n[group]++;
        });
        break;
    default:
        DKI_FOR_USED(rows, use, all, {
            best_integer(accumulator, group, rows->integers[i], place_of(rows, i));
            accumulator->n[group]++;
        });
    }
    return DK_OK;
}

dk_status dki_accumulator_merge_best(dki_accumulator *accumulator, const dki_accumulator *from, size_t group,
                                     uint32_t to, dk_error *err)
{
    uint64_t place = from->places ? from->places[group] : 0;

    if (from->n[group] == 0)
        return DK_OK;
    switch (accumulator->what.type) {
    case DK_REAL: best_real(accumulator, to, ((const double *)from->best)[group], place); return DK_OK;
    case DK_RATIO: best_ratio(accumulator, to, ((const dk_ratio *)from->best)[group], place); return DK_OK;
    case DK_TEXT: return best_text(accumulator, to, ((const dk_text *)from->best)[group], place, err);
    default: best_integer(accumulator, to, ((const int64_t *)from->best)[group], place); return DK_OK;
    }
}
