/* code_bits.h - bitmaps of the rows whose code of one byte is among some. */
#ifndef DKI_READ_CODE_BITS_H
#define DKI_READ_CODE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which codes occur. */
void dki_codes_seen(const uint8_t *codes, size_t n, bool seen[256]);

/* Bit i of out: whether code i is one of those that are set. seen: those that occur. */
void dki_codes_bits(const uint8_t *codes, size_t n, const bool seen[256], const bool set[256], uint64_t *out);

/* Bit i of out: whether code i is none of those that mean null. Returns how many are. */
size_t dki_codes_valid(const uint8_t *codes, size_t n, const bool seen[256], const bool null[256], uint64_t *out);

#endif
