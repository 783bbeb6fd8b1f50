/* bounds.h - fields that are numbers in bounds: markers, rounded numbers, 115..125. */
#ifndef DKI_READ_BOUNDS_H
#define DKI_READ_BOUNDS_H

#include "convert.h"

/* What the values of a column tell of each other. */
typedef struct dki_bounds_facts {
    bool has_zero;     /* so "<5" is 1..4 */
    bool has_negative; /* so a zero that was rounded may be less, and what is withheld has to be told with bounds */
    uint8_t digits;    /* after the point, most of all numbers: with one of them "<5" is 0.0..4.9 */
} dki_bounds_facts;

/* Reads a field by a rule (NULL: none) and a decimal mark. *scale: digits after the point of what *out has. A marker that means
 * nothing is not in *out. DKI_FITS_NULL is never answered: who asks knows of nulls. */
dki_misfit dki_bounds_read(const dk_bounds_rule *rule, int mark, const dki_bounds_facts *facts, const char *text,
                           size_t size, dk_interval *out, uint8_t *scale);
/* Takes in what a field says of its column. */
void dki_bounds_note(const dk_bounds_rule *rule, int mark, const char *text, size_t size, dki_bounds_facts *facts);
/* Takes in a number of the column, with so many digits after the point. */
void dki_bounds_note_number(int64_t value, uint8_t scale, dki_bounds_facts *facts);
/* Hints at what to do about a number that is no multiple of what the rule says that numbers are rounded to. */
void dki_bounds_hint_rounding(const dk_bounds_rule *rule, dk_error *err);
/* Whether it is withheld, and nothing says within which bounds. */
bool dki_bounds_is_withheld(const dk_interval *bounds);
/* Whether the marker itself says what the number is less than, above 0: <5 (*limit), with *digits after the point. */
bool dki_bounds_limit(dk_text marker, int mark, int64_t *limit, uint8_t *digits);
/* Gives it those of the rule above; *scale: of them. */
void dki_bounds_default(const dki_bounds_facts *facts, int mark, dk_interval *bounds, uint8_t *scale);
/* Digits after the point without the zeros at the end. */
uint8_t dki_bounds_digits(const dk_interval *bounds, uint8_t scale);
/* The same bounds with more digits after the point; false where they do not fit. */
bool dki_bounds_rescale(const dk_interval *bounds, unsigned from, unsigned to, dk_interval *out);
/* The bytes before " (...)", where bounds may stand behind a marker; else size. */
size_t dki_bounds_marker_size(const char *text, size_t size);
/* The number of marker in the rule with that text; SIZE_MAX where it is none. */
size_t dki_bounds_find(const dk_bounds_rule *rule, const char *text, size_t size);
/* The intervals of a category of fields that all fit, with as many digits as they need. */
dk_status dki_bounds_column(const dk_column *fields, const char *name, const dki_plan *plan, const dk_column **out,
                            dk_error *err);

#endif
