/* readings.h - what a field can be read as: the syntax of numbers, dates, periods and booleans in files.
 *
 * Marks: with a decimal comma a dot stands between thousands, with a decimal point a comma does; groups of thousands
 * are whole (1.758, 12.345.678, not 12.5). Outer blanks do not count. docs/csv.md has the whole grammar.
 */
#ifndef DKI_READ_READINGS_H
#define DKI_READ_READINGS_H

#include <dekking/value.h>

/* Point and comma, and the orders of a date, come in this order everywhere: READING + mode is the reading of a mode. */
enum { DKI_POINT, DKI_COMMA, DKI_N_MARKS };
enum { DKI_YMD, DKI_DMY, DKI_MDY, DKI_N_ORDERS };

typedef enum dki_reading {
    DKI_READ_NUMBER,                                  /* + mark: any number that is no percentage */
    DKI_READ_INTEGER = DKI_READ_NUMBER + DKI_N_MARKS, /* + mark: a number without digits after the mark that fits */
    DKI_READ_PERCENT = DKI_READ_INTEGER + DKI_N_MARKS, /* + mark */
    DKI_READ_DATE = DKI_READ_PERCENT + DKI_N_MARKS,    /* + order */
    DKI_READ_TIME = DKI_READ_DATE + DKI_N_ORDERS,      /* + order */
    DKI_READ_QUARTER = DKI_READ_TIME + DKI_N_ORDERS,
    DKI_READ_MONTH,
    DKI_READ_BOOLEAN, /* + pair of words */
    DKI_N_READINGS = DKI_READ_BOOLEAN + 4
} dki_reading;

typedef struct dki_number {
    int64_t value;        /* scaled; not for an exact number that is too wide, nor with an exponent */
    uint8_t scale;        /* digits after the mark; a percentage has two more */
    uint8_t whole_digits; /* before the mark, after scaling; 0 for 0.5 */
    bool percent;
    bool exponent;
    bool wide;   /* more digits than 64 bits hold */
    double real; /* where exponent or wide */
} dki_number;

/* Reads the whole field as a number. loose is for columns whose type is stated: it allows a plus sign, leading zeroes,
 * and numbers that are too wide (as reals). */
bool dki_number_read(const char *text, size_t size, int mark, bool loose, dki_number *out);

/* Words for true and false, in any case. exact: "ja", "nee", ... as one of four pairs; else also 0 and 1, j n y t f. */
bool dki_boolean_read(const char *text, size_t size, int pair, bool *out);
bool dki_boolean_read_any(const char *text, size_t size, bool *out);

/* Is it one of the words with which programs write "not known": NULL, NA, N/A, #N/A, NaN, None (in any case), \N? */
bool dki_null_word(const char *text, size_t size);

/* The whole field as a date, or as a time of one, in that order of day, month and year. */
bool dki_date_read(const char *text, size_t size, int order, int64_t *days);
bool dki_time_read(const char *text, size_t size, int order, int64_t *microseconds);

/* The whole field as a period of that frequency. */
bool dki_period_read(const char *text, size_t size, dk_frequency frequency, int64_t *period);

/* All that a field can be read as. A year is nothing but a number unless a type is stated. */
typedef struct dki_facts {
    uint32_t readings;  /* bit of each dki_reading */
    bool mark_differs;  /* a number with both marks, and another one with each */
    bool order_differs; /* the same of a date or time as day-month and month-day */
    bool midnight;      /* a time at 00:00 */
    dki_number number[DKI_N_MARKS];
} dki_facts;
void dki_facts_find(const char *text, size_t size, bool loose, dki_facts *out);

#endif
