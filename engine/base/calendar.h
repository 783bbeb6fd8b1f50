/* calendar.h - dates and times as integers: proleptic Gregorian calendar, years 0001 to 9999, no zone, no clock. */
#ifndef DKI_BASE_CALENDAR_H
#define DKI_BASE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DKI_DAY_MICROSECONDS INT64_C(86400000000)
#define DKI_DATE_LEAST INT64_C(-719162)    /* 0001-01-01 */
#define DKI_DATE_GREATEST INT64_C(2932896) /* 9999-12-31 */
/* Microseconds: 0001-01-01 at midnight, and the last of 9999-12-31. */
#define DKI_TIME_LEAST (DKI_DATE_LEAST * DKI_DAY_MICROSECONDS)
#define DKI_TIME_GREATEST ((DKI_DATE_GREATEST + 1) * DKI_DAY_MICROSECONDS - 1)

/* Days since 1970-01-01, of years 1 .. 9999: -719162 .. 2932896. False, *days untouched, where there is no such
 * day. */
bool dki_date_make(int year, int month, int day, int64_t *days);
/* The other way; days within that range. */
void dki_date_split(int64_t days, int *year, int *month, int *day);
/* The day that a time lies on. */
int64_t dki_day_of_time(int64_t microseconds);
/* Reads all of text: 2024-12-31 (order 'y'), 31-12-2024 or 31/12/2024 or 31.12.2024 ('d'), 12/31/2024 ('m'). One or
 * two digits for day and month, four for the year, one separator (-, / or .) throughout, no blanks. False, *days
 * untouched, where it is no such date. */
bool dki_parse_date(const char *text, size_t size, char order, int64_t *days);
/* Reads all of text: a date of that order, then 'T' or one blank, then hh:mm[:ss[.f]] with at most six digits of a
 * second; microseconds since 1970-01-01T00:00. No zone, no 24:00, no leap second. False, *microseconds untouched,
 * where it is no such time. */
bool dki_parse_timestamp(const char *text, size_t size, char order, int64_t *microseconds);
/* ISO text of a day or time within that range, terminated; size >= 32. Returns the length. A timestamp shows
 * seconds, and microseconds where there are any. */
size_t dki_format_date(int64_t days, char *out, size_t size);
size_t dki_format_timestamp(int64_t microseconds, char *out, size_t size);

#endif
