/* markers.c - whether a marker alone tells who reads a file the bounds that it stands for.
 *
 * A reader has to state what x means, and then knows its bounds, where they are the same in all rows. <5 says itself what it is less
 * than: whoever states that it is withheld, and no more, gets 0..4, 1..4 or 0.0..4.9, which depends on the numbers beside it. Where these
 * are others than when it was read (rows were left out or added, bounds were stated) that would be another number; so the bounds are
 * written behind it: <5 (1..4).
 */
#include "markers.h"

#include "data/column_parts.h"

#define MOST_MARKERS 16 /* whose bounds are compared; of more they count as various */

/* The bounds of the first row that has it, for each marker of what is suppressed. */
typedef struct first_bounds {
    dk_interval of[MOST_MARKERS];
    size_t n;
} first_bounds;

static bool are_same_bounds(const dk_interval *a, const dk_interval *b)
{
    return a->no_least == b->no_least && a->no_greatest == b->no_greatest && a->least == b->least &&
           a->greatest == b->greatest;
}

static bool is_other_than_first(first_bounds *first, const dk_interval *interval)
{
    size_t i = 0;

    while (i < first->n && first->of[i].marker.bytes != interval->marker.bytes) /* levels of one dictionary */
        i++;
    if (i < first->n)
        return !are_same_bounds(&first->of[i], interval);
    if (i == MOST_MARKERS)
        return true;
    first->of[first->n++] = *interval;
    return false;
}

static void note(dki_marker_facts *facts, first_bounds *first, const dk_interval *interval, uint8_t scale)
{
    if (interval->meaning == DK_MEANS_SUPPRESSED) {
        facts->longest = interval->marker.size > facts->longest ? interval->marker.size : facts->longest;
        facts->are_various = facts->are_various || is_other_than_first(first, interval);
    } else if (interval->meaning == DK_MEANS_NOTHING && !interval->may_be_null && !interval->no_least &&
               !interval->no_greatest && interval->least == interval->greatest) {
        dki_bounds_note_number(interval->least, scale, &facts->all);
        dki_bounds_note_number(interval->least, dki_bounds_digits(interval, scale), &facts->needed);
    }
}

dk_status dki_marker_facts_get(const dk_column *column, dki_marker_facts *out, dk_error *err)
{
    const dk_column *markers = dk_column_child(column, DK_CHILD_MARKER);
    dki_marker_facts facts = { .all.digits = 0 };
    first_bounds first = { .n = 0 };
    dk_status status = DK_OK;
    dk_view view;

    *out = facts;
    if (!markers || dk_dictionary_n_levels(dk_column_levels(markers)) == 0)
        return DK_OK;
    dk_view_init(&view, dk_column_context(column));
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n)
        for (size_t i = 0; i < view.n; i++) {
            dk_value value = dki_view_value(&view, i);

            if (!value.is_null)
                note(&facts, &first, &value.as.interval, dk_column_scale(column));
        }
    dk_view_release(&view);
    *out = facts;
    return status;
}

static bool gives(const dki_bounds_facts *facts, const dk_interval *interval, uint8_t scale, int mark)
{
    dk_interval read = { .no_least = true, .no_greatest = true, .meaning = DK_MEANS_SUPPRESSED };
    uint8_t digits = 0;

    read.marker = interval->marker;
    dki_bounds_default(facts, mark, &read, &digits);
    return !facts->has_negative && dki_bounds_rescale(&read, digits, scale, &read) &&
           are_same_bounds(&read, interval);
}

bool dki_marker_tells(const dki_marker_facts *facts, const dk_interval *interval, uint8_t scale, dk_style style)
{
    int64_t limit;
    uint8_t digits;

    if (interval->meaning != DK_MEANS_SUPPRESSED)
        return true;
    if (!dki_bounds_limit(interval->marker, DKI_POINT, &limit, &digits) &&
        !dki_bounds_limit(interval->marker, DKI_COMMA, &limit, &digits))
        return !facts->are_various;
    return gives(&facts->all, interval, scale, style == DK_STYLE_NL ? DKI_COMMA : DKI_POINT) &&
           gives(&facts->needed, interval, scale, style == DK_STYLE_NL ? DKI_COMMA : DKI_POINT);
}
