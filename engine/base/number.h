/* number.h - exact numbers: decimals and ratios as scaled and paired integers, rounding, text. */
#ifndef DKI_BASE_NUMBER_H
#define DKI_BASE_NUMBER_H

#include <dekking/value.h>

#include "checked.h"

/* 10^n for n in 0 .. 18. */
extern const int64_t dki_power10[19];

/* Below, false means that there is no result, and *out is as it was. Scales are 0 .. 18 (DK_DECIMAL_MAX_SCALE),
 * ratios have a denominator over 0, and doubles are finite, where nothing else is said. Nothing here depends on the
 * locale of the process, allocates, or fills an error. */

/* value * 10^(to - from), exact. False where digits would be lost or it does not fit; scales may be any. */
bool dki_rescale(int64_t value, unsigned from, unsigned to, int64_t *out);

/* numerator / denominator in lowest terms with a positive denominator. False where denominator is 0 or a part does
 * not fit in 64 bits. */
bool dki_ratio_make(dki_i128 numerator, dki_i128 denominator, dk_ratio *out);
/* Exact arithmetic of ratios, in lowest terms; false where the exact result does not fit (or a division by
 * zero). */
bool dki_ratio_add(dk_ratio a, dk_ratio b, dk_ratio *out);
bool dki_ratio_sub(dk_ratio a, dk_ratio b, dk_ratio *out);
bool dki_ratio_mul(dk_ratio a, dk_ratio b, dk_ratio *out);
bool dki_ratio_div(dk_ratio a, dk_ratio b, dk_ratio *out);
/* Exact order, for all values: -1, 0, 1. Ratios need not be in lowest terms. */
int dki_ratio_compare(dk_ratio a, dk_ratio b);
/* A ratio, or a * 10^-scale, against a double, exactly: the double is a ratio of a power of two. It may be
 * infinite. */
int dki_ratio_compare_real(dk_ratio a, double b);
int dki_i64_compare_real(int64_t a, unsigned scale, double b);
/* Decimals of two scales, exactly: -1, 0, 1. */
int dki_decimal_compare(int64_t a, unsigned a_scale, int64_t b, unsigned b_scale);
/* The nearest double, ties to even. */
double dki_ratio_real(dk_ratio a);
double dki_decimal_real(int64_t value, unsigned scale);

/* The greatest common divisor of the magnitudes; of 0 and 0 it is 0. */
int64_t dki_common_divisor(int64_t a, int64_t b);
/* numerator / denominator rounded half away from zero; denominator > 0. */
dki_i128 dki_divide_round(dki_i128 numerator, dki_i128 denominator);
/* The same rounded up, or down: a bound that holds. */
dki_i128 dki_divide_outward(dki_i128 numerator, dki_i128 denominator, bool upward);
/* The exact value rounded half away from zero to `digits` places, as an integer scaled by 10^digits; false where it
 * does not fit, where digits is over 18, and for null and what is no number. A double counts with its exact binary
 * value. */
bool dki_round_value(const dk_value *number, unsigned digits, dki_i128 *out);

/* The shortest decimal that reads back as the same double ("0.07" is 7 * 10^-2), with the fewest places; false
 * where it needs more than 18 places, does not fit in 64 bits, or is not finite. How a number of Lua becomes a
 * decimal. */
bool dki_real_to_decimal(double value, int64_t *out, uint8_t *scale);

/* Reads all of text[0 .. size-1] as [+-]digits[.digits] with the given point; no blanks, no exponent, no thousands.
 * *scale is the number of digits after the point. False where it is none, does not fit or has over 18 places. */
bool dki_parse_decimal(const char *text, size_t size, char point, int64_t *value, uint8_t *scale);
/* Reads all of text as [+-]digits[.[digits]][e[+-]digits] or [+-].digits..., with the given point, correctly
 * rounded (what is too small becomes 0, and -0 becomes 0). False for anything else, for what overflows, and for 512
 * bytes or more. */
bool dki_parse_real(const char *text, size_t size, char point, double *value);
/* Writes a scaled integer ("-12.50"), or the shortest round-trip form of a double (with ".0" where it looks like an
 * integer; 1e16 and above, and under 1e-5, with an exponent), terminated; size >= 48. Returns the length. A double
 * that is not finite shows as what it is. */
size_t dki_format_decimal(dki_i128 value, unsigned scale, char *out, size_t size);
size_t dki_format_real(double value, char *out, size_t size);

#endif
