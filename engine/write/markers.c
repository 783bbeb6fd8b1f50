/* markers.c - whether a file may write a marker in the place of bounds.
 *
 * A reader has to state what x means, and then knows its bounds. <5 says itself what it is less than: whoever states that it is
 * withheld, and no more, gets 0..4, 1..4 or 0.0..4.9, which depends on the numbers beside it. Where these are others than when it
 * was read (rows were left out or added, bounds were stated) that would be another number; so the bounds are written.
 */
#include "markers.h"

#include "data/column_parts.h"

static bool has_limits(const dk_column *markers)
{
    const dk_dictionary *levels = markers ? dk_column_levels(markers) : NULL;
    size_t n = levels ? dk_dictionary_n_levels(levels) : 0;
    int64_t limit;
    uint8_t digits;

    for (uint32_t code = 1; code <= n; code++)
        if (dki_bounds_limit(dk_dictionary_level(levels, code), DKI_POINT, &limit, &digits) ||
            dki_bounds_limit(dk_dictionary_level(levels, code), DKI_COMMA, &limit, &digits))
            return true;
    return false;
}

dk_status dki_marker_facts_get(const dk_column *column, dki_marker_facts *out, dk_error *err)
{
    dki_marker_facts facts = { .all.digits = 0 };
    uint8_t scale = dk_column_scale(column);
    dk_status status = DK_OK;
    dk_view view;

    *out = facts;
    if (!has_limits(dk_column_child(column, DK_CHILD_MARKER)))
        return DK_OK;
    dk_view_init(&view, dk_column_context(column));
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n)
        for (size_t i = 0; i < view.n; i++) {
            dk_value value = dki_view_value(&view, i);
            const dk_interval *interval = &value.as.interval;

            if (value.is_null || interval->meaning != DK_MEANS_NOTHING || interval->no_least ||
                interval->no_greatest || interval->least != interval->greatest)
                continue;
            dki_bounds_note_number(interval->least, scale, &facts.all);
            dki_bounds_note_number(interval->least, dki_bounds_digits(interval, scale), &facts.needed);
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
           read.no_least == interval->no_least && read.no_greatest == interval->no_greatest &&
           read.least == interval->least && read.greatest == interval->greatest;
}

bool dki_marker_tells(const dki_marker_facts *facts, const dk_interval *interval, uint8_t scale, dk_style style)
{
    int64_t limit;
    uint8_t digits;

    if (interval->meaning != DK_MEANS_SUPPRESSED ||
        (!dki_bounds_limit(interval->marker, DKI_POINT, &limit, &digits) &&
         !dki_bounds_limit(interval->marker, DKI_COMMA, &limit, &digits)))
        return true;
    return gives(&facts->all, interval, scale, style == DK_STYLE_NL ? DKI_COMMA : DKI_POINT) &&
           gives(&facts->needed, interval, scale, style == DK_STYLE_NL ? DKI_COMMA : DKI_POINT);
}
