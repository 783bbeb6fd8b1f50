/* convert.h - fields into values, and a column of text into a column of its type. */
#ifndef DKI_READ_CONVERT_H
#define DKI_READ_CONVERT_H

#include "base/arena.h"
#include "infer.h"

/* Why a field does not fit its column. */
typedef enum dki_misfit {
    DKI_FITS,
    DKI_FITS_NULL,   /* "" outside text and category */
    DKI_WRONG_FORM,  /* no value of the type */
    DKI_OTHER_MARK,  /* a number, but with the other decimal mark; a date in the other order */
    DKI_FRACTION,    /* an integer column, and digits after the mark */
    DKI_MORE_DIGITS, /* more digits after the mark than the stated scale */
    DKI_TOO_LARGE,   /* does not fit in 64 bits at the column's scale */
    DKI_NOT_ROUNDED, /* no multiple of what numbers of the column are rounded to */
    DKI_MIXED,       /* a percentage among plain numbers, or the other way round */
    DKI_HAS_TIME,    /* a date column, and a time other than midnight */
    DKI_NO_LEVEL,    /* not one of the stated levels */
    DKI_NO_MEMBER    /* lists a member that cannot be one, or is not stated */
} dki_misfit;

/* A value: boolean as 0 and 1, integer, decimal (scaled), date, timestamp, code of a stated level; or a real. */
typedef struct dki_converted {
    int64_t integer;
    double real;
} dki_converted;

/* Reads a field that is not null by a plan without doubt. Text, and categories without stated levels, always fit. */
dki_misfit dki_convert(const dki_plan *plan, const char *text, size_t size, dki_converted *out);

/* The same for a number that was read already, with `scale` digits after the mark. */
dki_misfit dki_convert_exact(const dki_plan *plan, int64_t value, unsigned scale, dki_converted *out);

/* Fills err with what is wrong with a field of the column and what to do: DK_ERR_DATA, no position. */
dk_status dki_misfit_tell(dki_misfit misfit, const dki_plan *plan, const char *column, const char *text,
                          size_t size, dk_error *err);

/* Does every field fit? So with text, and with categories whose levels are not stated. */
bool dki_always_fits(const dki_plan *plan);

/* Sets the bit of each row that does not fit. *n_bad counts rows whose bit was clear before. Polls. */
dk_status dki_convert_check(const dki_raw *raw, const dki_plan *plan, uint64_t *bad, uint64_t *n_bad,
                            dk_error *err);

/* Makes the column; every field fits. */
dk_status dki_convert_column(const dki_raw *raw, const dki_plan *plan, const dk_column **out, dk_error *err);

#endif
