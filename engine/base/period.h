/* period.h - months, quarters and years as ordinal numbers, counted from those of 1970, in the years 0001 to 9999. */
#ifndef DKI_BASE_PERIOD_H
#define DKI_BASE_PERIOD_H

#include <dekking/value.h>

#define DKI_PERIOD_BYTES 16 /* room for the text of any period */

/* A frequency is a dk_frequency, as it stands in the scale of a value. */
int dki_periods_in_year(unsigned frequency); /* 1, 4, 12 */
/* The first and the last period of these years. */
void dki_period_bounds(unsigned frequency, int64_t *least, int64_t *greatest);
/* The year of a period within these bounds, and which one of the year it is, from 1. */
void dki_period_split(int64_t period, unsigned frequency, int *year, int *part);
/* Reads all of text: 2024; 2024Q3, 2024-Q3, 2024K3 or 2024-K3; 2024-03. False, *period untouched, where it is none of
 * that frequency. */
bool dki_parse_period(const char *text, size_t size, unsigned frequency, int64_t *period);
/* 2024, 2024Q3 or 2024-03, terminated; size >= DKI_PERIOD_BYTES. Returns the length. */
size_t dki_format_period(int64_t period, unsigned frequency, char *out, size_t size);
const char *dki_period_example(unsigned frequency); /* of such a text */
/* The period that a day (of calendar.h) lies in. */
int64_t dki_period_of_day(int64_t days, unsigned frequency);
/* The period of a coarser frequency, or the same, that a period lies in. */
int64_t dki_period_coarsen(int64_t period, unsigned from, unsigned to);
int64_t dki_period_first_day(int64_t period, unsigned frequency);
int64_t dki_period_last_day(int64_t period, unsigned frequency);

#endif
