/* pattern.h - how a number looks: "0.0 %", "#,##0 persons", "+0.0 pp". For engine/write alone. */
#ifndef DKI_WRITE_PATTERN_H
#define DKI_WRITE_PATTERN_H

#include <dekking/write.h>

typedef struct dki_pattern {
    unsigned digits; /* after the mark */
    bool thousands;
    bool percent;
    bool blank;   /* before the percent sign */
    bool points;  /* a hundredfold, as points of percentages */
    bool sign;    /* what is over 0 says so */
    dk_text body; /* of the text, borrowed: digits and thousands, without the sign before and the unit behind */
    dk_text unit; /* the same: a word that stands behind the number; size 0: none */
} dki_pattern;

#define DKI_UNIT_BYTES 32 /* of a unit, at most */

/* What stands behind a number, and a blank: "%", points of percentages, the unit; size 0: nothing. */
dk_text dki_pattern_unit(const dki_pattern *pattern, dk_style style);
/* How many bytes that takes, with its blank. */
size_t dki_pattern_behind(const dki_pattern *pattern, dk_style style);
/* Returns false where text is no pattern. It must stay as long as the pattern is used. */
bool dki_pattern_parse(const char *text, dki_pattern *out);
/* Writes a known number, terminated; size >= 128. Returns the length, or SIZE_MAX where it cannot be shown exactly rounded
 * (more digits than 128 bits hold). */
size_t dki_pattern_print(const dki_pattern *pattern, const dk_value *number, dk_style style, char *out,
                         size_t size);

#endif
