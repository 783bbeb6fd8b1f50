/* marker.h - what the markers of numbers in bounds say of them.
 *
 * In the dictionary of the markers it is their label: the name of a meaning and, where what has the marker may be null, "?" behind it.
 */
#ifndef DKI_DATA_MARKER_H
#define DKI_DATA_MARKER_H

#include <dekking/dictionary.h>
#include <dekking/value.h>

typedef struct dki_marker_means {
    dk_meaning meaning;
    bool may_be_null;
} dki_marker_means;

/* Of a code of a dictionary. */
dki_marker_means dki_marker_of(const dk_dictionary *markers, uint32_t code);
/* The label for that: empty where it says nothing. label has room for DKI_MARKER_LABEL_BYTES, and is terminated. */
#define DKI_MARKER_LABEL_BYTES 24
dk_text dki_marker_label(dki_marker_means means, char *label);
/* Whether one of the markers has that meaning; whether what has one of them may be null or a number. */
bool dki_markers_have(const dk_dictionary *markers, dk_meaning meaning);
bool dki_markers_may_be_null(const dk_dictionary *markers);
/* Gives a number that was computed the marker of its meaning, and of whether it may be null: "", "~", "?", "~?", "..?". */
void dki_interval_mark(dk_interval *interval);

#endif
