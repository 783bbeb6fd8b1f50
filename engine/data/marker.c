/* marker.c - what the markers of numbers in bounds say of them. */
#include "marker.h"

#include <stdio.h>
#include <string.h>

#define MAY_BE_NULL "?"

static bool read_label(dk_text label, dki_marker_means *out)
{
    bool may = label.size > 0 && label.bytes[label.size - 1] == *MAY_BE_NULL;
    size_t size = label.size - may;

    for (int m = DK_MEANS_NOTHING; label.size > 0 && m < DK_N_MEANINGS; m++) {
        const char *name = dk_meaning_name((dk_meaning)m);

        if (strlen(name) == size && memcmp(name, label.bytes, size) == 0) {
            *out = (dki_marker_means){ (dk_meaning)m, may };
            return true;
        }
    }
    return false;
}

dki_marker_means dki_marker_of(const dk_dictionary *markers, uint32_t code)
{
    dki_marker_means means = { DK_MEANS_NOTHING, false };
    dk_text label;

    if (dk_dictionary_label(markers, code, &label))
        (void)read_label(label, &means);
    return means;
}

dk_text dki_marker_label(dki_marker_means means, char *label)
{
    int n = snprintf(label, DKI_MARKER_LABEL_BYTES, "%s%s", dk_meaning_name(means.meaning),
                     means.may_be_null ? MAY_BE_NULL : "");

    return (dk_text){ label, (size_t)n };
}

bool dki_markers_have(const dk_dictionary *markers, dk_meaning meaning)
{
    bool found = false;

    for (uint32_t code = 1; !found && code <= dk_dictionary_n_levels(markers); code++)
        found = dki_marker_of(markers, code).meaning == meaning;
    return found;
}

bool dki_markers_may_be_null(const dk_dictionary *markers)
{
    bool may = false;

    for (uint32_t code = 1; !may && code <= dk_dictionary_n_levels(markers); code++)
        may = dki_marker_of(markers, code).may_be_null;
    return may;
}

void dki_interval_mark(dk_interval *interval)
{
    static const char *const markers[2][3] = { { "", "~", "" }, { "?", "~?", "..?" } };
    size_t which = interval->meaning == DK_MEANS_ESTIMATE ? 1 : interval->meaning == DK_MEANS_UNBOUNDED ? 2 : 0;
    const char *marker = markers[interval->may_be_null][which];

    interval->marker = (dk_text){ marker, strlen(marker) };
}
