/* pattern.h - how a number looks: "0.0 %", "#,##0", "+0.0 pp". For engine/write alone. */
#ifndef DKI_WRITE_PATTERN_H
#define DKI_WRITE_PATTERN_H

#include <dekking/write.h>

typedef struct dki_pattern {
    unsigned digits; /* after the mark */
    bool thousands;
    bool percent;
    bool blank;  /* before the percent sign */
    bool points; /* a hundredfold, as points of percentages */
    bool sign;   /* what is over 0 says so */
} dki_pattern;

/* What stands behind points of percentages. */
const char *dki_points_word(dk_style style);
/* Returns false where text is no pattern. */
bool dki_pattern_parse(const char *text, dki_pattern *out);
/* Writes a known number, terminated; size >= 64. Returns the length, or SIZE_MAX where it cannot be shown exactly rounded
 * (more digits than 128 bits hold). */
size_t dki_pattern_print(const dki_pattern *pattern, const dk_value *number, dk_style style, char *out,
                         size_t size);

#endif
