/* shown.h - what one value looks like. For engine/write alone. */
#ifndef DKI_WRITE_SHOWN_H
#define DKI_WRITE_SHOWN_H

#include <dekking/write.h>

#include "markers.h"
#include "pattern.h"

#define DKI_SCREEN_DIGITS 4           /* of reals and ratios without a pattern */
#define DKI_SHOWN_BYTES 512           /* no number, date or truth value needs more */
#define DKI_NULL_SHOWN "\xE2\x80\x93" /* an en dash */

typedef struct dki_look {
    const dki_pattern *pattern; /* of numbers; NULL: none */
    dk_style style;
    unsigned digits;               /* without a pattern, for people: what is no integer shows so many */
    bool for_people;               /* else exact */
    const dki_marker_facts *facts; /* of a column of intervals, for machines; NULL: markers stand as they are */
} dki_look;

/* Whether there is more to show than that it is null: a value, or the marker that stands in its place. */
bool dki_is_shown(const dk_value *value);
/* The text of a value that is shown: scratch (size >= DKI_SHOWN_BYTES; with facts as much beside the longest marker), or what the value
 * itself points to. */
const char *dki_show_value(const dk_value *value, const dki_look *look, char *scratch, size_t size, size_t *length);

#endif
