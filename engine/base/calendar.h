/* calendar.h - dates and times as integers: proleptic Gregorian calendar, years 0001 to 9999, no zone, no clock. */
#ifndef DKI_BASE_CALENDAR_H
#define DKI_BASE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DKI_DAY_MICROSECONDS INT64_C(86400000000)

bool dki_date_make(int year, int month, int day, int64_t *days); /* false where there is no such day */
void dki_date_split(int64_t days, int *year, int *month, int *day);
/* Reads all of text: 2024-12-31 (order 'y'), 31-12-2024 or 31/12/2024 or 31.12.2024 ('d'), 12/31/2024 ('m').
 * One or two digits for day and month, four for the year, one separator throughout. */
bool dki_parse_date(const char *text, size_t size, char order, int64_t *days);
/* Reads a date of that order, then 'T' or one blank, then hh:mm[:ss[.f]] with at most six digits of a second. */
bool dki_parse_timestamp(const char *text, size_t size, char order, int64_t *microseconds);
/* ISO text, terminated; size >= 32. A timestamp shows seconds, and microseconds where there are any. */
size_t dki_format_date(int64_t days, char *out, size_t size);
size_t dki_format_timestamp(int64_t microseconds, char *out, size_t size);

#endif
