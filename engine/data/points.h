/* points.h - patterns of differences: of percentages they are points. */
#ifndef DKI_DATA_POINTS_H
#define DKI_DATA_POINTS_H

#include <stdbool.h>

#define DKI_FORMAT_BYTES 64

/* The pattern of the difference of two values that are shown as format says, where these are percentages ("0.0 %":
 * "+0.0 pp"). false, out untouched: they are none. format may be NULL. */
bool dki_points_format(const char *format, char out[DKI_FORMAT_BYTES]);

#endif
