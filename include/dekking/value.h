/* value.h - logical types, and one value of any of them.
 *
 *   boolean    true or false
 *   integer    64 bits
 *   decimal    64 bits, scaled by a power of ten that the whole column shares: exact
 *   real       IEEE double, never NaN and never infinite
 *   ratio      numerator / denominator, 64-bit integers in lowest terms, denominator > 0: what `/` gives
 *   date       days since 1970-01-01 in the proleptic Gregorian calendar, years 0001 to 9999
 *   timestamp  microseconds since 1970-01-01T00:00, no zone
 *   category   one of a dictionary's levels
 *   text       UTF-8
 *   period     a month, quarter or year of the years 0001 to 9999: its ordinal number, counted from that of 1970. All
 *              values of a column have one frequency, which stands where a decimal has its scale
 *   interval   a number that is known in bounds only (interval.h), scaled as a decimal is
 *
 * Every type can be null, which means "not known". Types to come get the next numbers.
 */
#ifndef DEKKING_VALUE_H
#define DEKKING_VALUE_H

#include <dekking/error.h>

/* X(CODE, "name") */
#define DK_TYPE_LIST(X)       \
    X(BOOLEAN, "boolean")     \
    X(INTEGER, "integer")     \
    X(DECIMAL, "decimal")     \
    X(REAL, "real")           \
    X(RATIO, "ratio")         \
    X(DATE, "date")           \
    X(TIMESTAMP, "timestamp") \
    X(CATEGORY, "category")   \
    X(TEXT, "text")           \
    X(PERIOD, "period")       \
    X(INTERVAL, "interval")

typedef enum dk_type {
#define DK_TYPE_ENUM(code, name) DK_##code,
    DK_TYPE_LIST(DK_TYPE_ENUM)
#undef DK_TYPE_ENUM
        DK_N_TYPES
} dk_type;

#define DK_DECIMAL_MAX_SCALE 18

/* The scale of a period, from the coarsest to the finest. */
typedef enum dk_frequency { DK_YEAR, DK_QUARTER, DK_MONTH, DK_N_FREQUENCIES } dk_frequency;

typedef struct dk_ratio {
    int64_t numerator;
    int64_t denominator; /* > 0 */
} dk_ratio;

typedef struct dk_text {
    const char *bytes; /* UTF-8, not terminated; borrowed */
    size_t size;
} dk_text;

/* What stood in the place of a number, or why it is known in bounds only. */
typedef enum dk_meaning {
    DK_MEANS_NOTHING,     /* it stands for itself: a count, a rounded one, what was computed from others */
    DK_MEANS_SUPPRESSED,  /* known to who published it, and withheld */
    DK_MEANS_ESTIMATE,    /* not observed: a model's */
    DK_MEANS_UNAVAILABLE, /* nobody knows it */
    DK_MEANS_IMPOSSIBLE,  /* it cannot occur */
    DK_MEANS_UNBOUNDED,   /* a number of which nothing is known: both sides are open, and it is not null */
    DK_N_MEANINGS
} dk_meaning;

/* A number between two bounds, which are included. Both sides open: it is unbounded where that is what it means, else the value is
 * null. Where it may be null, there is a number between them or none: a quotient whose denominator may be 0. Its marker says that
 * ("?", "~?" of an estimate, "..?"). */
typedef struct dk_interval {
    int64_t least, greatest;    /* 0 on a side that is open */
    bool no_least, no_greatest; /* open: nothing is known on that side */
    bool may_be_null;           /* only of what means nothing, an estimate, or unbounded */
    dk_meaning meaning;
    dk_text marker; /* how the source writes it: "<5"; of size 0 where it has none */
} dk_interval;

/* One value. Which member holds it: boolean -> boolean; integer, decimal (scaled), date, timestamp and period -> integer;
 * real -> real; ratio -> ratio; category and text -> text; interval -> interval, of a null one its meaning and marker. */
typedef struct dk_value {
    dk_type type;
    bool is_null;
    uint8_t scale; /* decimal: digits after the point; period: a dk_frequency */
    union {
        bool boolean;
        int64_t integer;
        double real;
        dk_ratio ratio;
        dk_text text;
        dk_interval interval;
    } as;
} dk_value;

DK_API const char *dk_type_name(dk_type type); /* "unknown" where it is none */
/* Finds the type of that name. Returns false, *out untouched, where there is none. */
DK_API bool dk_type_find(const char *name, dk_type *out);
DK_API bool dk_type_is_number(dk_type type); /* integer, decimal, real, ratio */

/* "year", "quarter", "month"; "unknown" where it is none. Finding: false, *out untouched, where none has that name. */
DK_API const char *dk_frequency_name(dk_frequency frequency);
DK_API bool dk_frequency_find(const char *name, dk_frequency *out);

/* "suppressed", "estimate", "unavailable", "impossible", "unbounded"; "" where it means nothing. Finding: false, *out untouched, where
 * none has that name. */
DK_API const char *dk_meaning_name(dk_meaning meaning);
DK_API bool dk_meaning_find(const char *name, dk_meaning *out);
/* Whether there is a number: a bound, or both sides open as what is said of it. Else it is null. */
DK_API bool dk_interval_is_known(const dk_interval *interval);

/* Compares two known values of one type, or two numbers of any types, exactly: -1, 0 or 1. Texts, and a category's
 * levels here too, go by code point. Periods of two frequencies are never equal, and their order means nothing.
 * Intervals of one scale go by their least bound, then by their greatest; an open one comes first and last. */
DK_API int dk_value_compare(const dk_value *a, const dk_value *b);

/* Writes the value in the international plain form that expressions read back (text without quotes, null as "null", a
 * ratio as "n/d", an interval as "115..125" or, open, "115..", ".."), terminated, cut between characters where it does
 * not fit; size 0 writes nothing. Returns the length of the whole in bytes, without terminator. */
DK_API size_t dk_value_format(const dk_value *value, char *buffer, size_t size);

#endif
