/* window_place.c - functions of a row's place in its group: numbers, ranks, parts.
 *
 * Peers are rows with the same order keys: they have the same rank. Cost: two passes over each group.
 */
#include "window_parts.h"

#include "base/memory.h"
#include "base/number.h"

struct places {
    const dki_window *window;
    const dki_window_call *call;
    dki_window_values values;
};

/* The place behind the peers of `place`. */
static uint64_t peers_end(const dki_window *window, uint64_t place, uint64_t end)
{
    for (place++; place < end && !(window->starts[place] & DKI_STARTS_PEERS);)
        place++;
    return place;
}

static dk_ratio share(uint64_t part, uint64_t whole)
{
    dk_ratio ratio = { 0, 1 };

    (void)dki_ratio_make((dki_i128)part, (dki_i128)whole, &ratio); /* both are numbers of rows, and part <= whole */
    return ratio;
}

/* The first `more` parts have one row more than the others. */
static int64_t part_of(uint64_t at, uint64_t n_rows, uint64_t n_parts)
{
    uint64_t size = n_rows / n_parts, more = n_rows % n_parts;

    if (at < more * (size + 1))
        return (int64_t)(at / (size + 1)) + 1;
    return (int64_t)(more + (at - more * (size + 1)) / size) + 1; /* size > 0, or every row is in the first ones */
}

static dk_status number_group(void *arg, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct places *places = arg;
    const dki_window *window = places->window;
    uint64_t n = end - begin, dense = 0;

    for (uint64_t peers = begin; peers < end;) {
        uint64_t next = peers_end(window, peers, end);

        dense++;
        for (uint64_t p = peers; p < next; p++) {
            uint64_t row = window->rows[p];
            dk_status status = dki_poll_place(window, p, err);

            if (status != DK_OK)
                return status;
            switch (places->call->function) {
            case DKI_WINDOW_row_number: places->values.integers[row] = (int64_t)(p - begin) + 1; break;
            case DKI_WINDOW_rank: places->values.integers[row] = (int64_t)(peers - begin) + 1; break;
            case DKI_WINDOW_dense_rank: places->values.integers[row] = (int64_t)dense; break;
            case DKI_WINDOW_ntile:
                places->values.integers[row] = part_of(p - begin, n, (uint64_t)places->call->n);
                break;
            case DKI_WINDOW_percent_rank:
                places->values.ratios[row] = n > 1 ? share(peers - begin, n - 1) : share(0, 1);
                break;
            default: places->values.ratios[row] = share(next - begin, n); break; /* cume_dist */
            }
        }
        peers = next;
    }
    return DK_OK;
}

dk_status dki_window_place(const dki_window *window, const dki_window_call *call, const dk_column **out,
                           dk_error *err)
{
    struct places places = { .window = window, .call = call };
    bool is_share = call->function == DKI_WINDOW_percent_rank || call->function == DKI_WINDOW_cume_dist;
    size_t n = (size_t)window->n_rows;
    dk_status status;

    if (is_share)
        places.values.ratios = dki_alloc_array(window->context, n, sizeof(dk_ratio), err);
    else
        places.values.integers = dki_alloc_array(window->context, n, sizeof(int64_t), err);
    status = places.values.ratios || places.values.integers ? dki_each_group(window, number_group, &places, err)
                                                            : DK_ERR_MEMORY;
    if (status == DK_OK)
        status =
            dki_window_column(window->context, is_share ? DK_RATIO : DK_INTEGER, 0, &places.values, n, out, err);
    dki_free(window->context, places.values.ratios);
    dki_free(window->context, places.values.integers);
    return status;
}
