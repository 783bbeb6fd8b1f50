/* infer.h - which type a column has, from all of its values, and how the marks of a file are to be read.
 *
 * Three steps: the profile of each column says how many of its values can be read in which way; all profiles together
 * settle the decimal mark and the order of dates for the file; then each column gets its plan. What stays readable in
 * two ways is told, never chosen.
 */
#ifndef DKI_READ_INFER_H
#define DKI_READ_INFER_H

#include <dekking/csv.h>

#include "raw.h"
#include "readings.h"

#define DKI_NO_ROW UINT64_MAX

/* What is known of the values of a column. Rows are the first of their kind, DKI_NO_ROW where there is none. */
typedef struct dki_profile {
    uint64_t n_values;    /* neither null nor "" */
    uint64_t n_empty;     /* "" */
    uint64_t n_words;     /* of dki_null_word: no values, nor null, before the plan says so */
    uint64_t n_different; /* values, "" included; more than DKI_RAW_LEVELS is not counted: UINT64_MAX */
    uint64_t n_read[DKI_N_READINGS];
    uint64_t misfit[DKI_N_READINGS];                       /* the first row that cannot be read so */
    uint64_t percent_row, plain_row;                       /* the first percentage, and the first other number */
    uint8_t scale[DKI_N_MARKS], whole_digits[DKI_N_MARKS]; /* the greatest, of numbers and percentages */
    bool exponent[DKI_N_MARKS];
    uint64_t dot_row, comma_row; /* a number that its dot (its comma) makes readable in two ways */
    uint64_t order_row;          /* a date that is readable in two ways */
    bool has_time;               /* a time other than midnight */
    uint64_t word_row;
} dki_profile;

/* Profiles can be made in parts, in any order. add: `times` rows of one value, not null, the first of them at row. */
void dki_profile_begin(dki_profile *profile);
void dki_profile_add(dki_profile *profile, const char *text, size_t size, uint64_t row, uint64_t times, bool loose);
/* The same for n values that cannot be read as anything. */
void dki_profile_add_unreadable(dki_profile *profile, uint64_t row, uint64_t n);
/* The same for n canonical numbers of one scale, `mark` where that is not 0. */
void dki_profile_add_canonical(dki_profile *profile, uint64_t row, uint64_t n, char mark, uint8_t scale,
                               uint8_t whole_digits);
void dki_profile_merge(dki_profile *profile, const dki_profile *other);
void dki_profile_shift(dki_profile *profile, uint64_t n); /* so many rows before its first one are no more */

/* stated: NULL, or what the caller said of the column. Polls. */
dk_status dki_profile_find(const dki_raw *raw, const dk_csv_column *stated, dki_profile *out, dk_error *err);

/* What settles the marks of the whole file. */
typedef enum dki_settled_by { DKI_BY_NOTHING, DKI_BY_OPTION, DKI_BY_COLUMN, DKI_CONTRADICTED } dki_settled_by;
typedef struct dki_marks {
    dki_settled_by mark_by, order_by;
    int mark;                           /* DKI_POINT, DKI_COMMA; -1 where nothing settles it */
    int order;                          /* DKI_DMY, DKI_MDY, DKI_YMD (an option: other orders are not read); -1 */
    size_t mark_column, order_column;   /* the first that settles it */
    size_t mark_against, order_against; /* the first that contradicts it */
    bool has_words;                     /* words of dki_null_word are null */
} dki_marks;
void dki_marks_find(const dki_profile *profiles, const dk_csv_column *const *stated, size_t n,
                    const dk_csv_options *options, dki_marks *out);

typedef enum dki_doubt { DKI_SURE, DKI_TWO_MARKS, DKI_TWO_ORDERS } dki_doubt;

/* How to make the column. */
typedef struct dki_plan {
    dk_type type;
    uint8_t scale;    /* of a period its dk_frequency */
    bool fixed_scale; /* the caller stated the scale */
    bool loose;       /* the type is stated */
    bool percent;
    int mark, order;
    const dk_dictionary *levels;  /* stated; borrowed */
    const dk_split *split;        /* fields list members; borrowed; NULL: they do not */
    uint32_t other;               /* the code of what is none of them; 0: a misfit */
    const dk_bounds_rule *bounds; /* of an interval; borrowed; NULL: none */
    dki_doubt doubt;              /* the column cannot be made: doubt_row can be read in two ways */
    uint64_t doubt_row;
    /* A column that is text although most of its values are something better. */
    const char *almost; /* "numbers", "dates", ...; NULL */
    dki_reading almost_reading;
    uint64_t n_odd, odd_row;
    uint64_t n_words, word_row; /* words of dki_null_word that are null in it */
} dki_plan;
void dki_profile_plan(const dki_profile *profile, const dk_csv_column *stated, const dki_marks *marks,
                      dki_plan *out);

/* What reading a file found, for who reads it beside others. */
typedef struct dki_found {
    dki_marks marks;
    dki_doubt doubt; /* for which it was refused */
} dki_found;

/* Few enough different values to be a category: 512 at most, or one for each eight known rows, and 65,535 at most. */
#define DKI_CATEGORY_LEVELS 512
#define DKI_CATEGORY_ROWS 8
/* The most different values of a column without stated type that is a category. */
static inline uint64_t dki_category_most(uint64_t n_rows)
{
    uint64_t most = n_rows / DKI_CATEGORY_ROWS;

    most = most < DKI_RAW_LEVELS ? most : DKI_RAW_LEVELS;
    return most > DKI_CATEGORY_LEVELS ? most : DKI_CATEGORY_LEVELS;
}

#endif
