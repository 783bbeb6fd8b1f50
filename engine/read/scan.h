/* scan.h - finds the bytes that give a CSV text its structure: delimiters and record ends outside quotes.
 *
 * The text is taken in words of 64 bytes; each gets a word of bits, bit i for byte i. What the scan cannot vouch for,
 * because libcsv would refuse it or docs/csv.md has a rule of its own for it (a quote inside an unquoted field,
 * something behind a closing quote, a CR without LF, a line end of another kind, a NUL byte), is bad: from the record
 * that it stands in on, the file is for tokens.c.
 */
#ifndef DKI_READ_SCAN_H
#define DKI_READ_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tokens.h"

#define DKI_SCAN_BYTES 64   /* of a word */
#define DKI_SCAN_PADDING 64 /* bytes behind a text that may be read, and mean nothing */

typedef struct dki_scan {
    dki_dialect dialect;
    uint64_t want_cr,
        want_same; /* all ones: before each LF that ends a record stands CR; all of these are the same */
    /* From word to word. */
    uint64_t inside;                             /* all ones within quotes */
    uint64_t after_field, after_quote, after_cr; /* bit 0: the byte before is structural, a closing quote, a CR */
    unsigned skipped; /* bits of the next word that were looked at otherwise; after_field then stands there */
    /* What was met. */
    uint64_t n_ends;                   /* of records */
    uint64_t n_fields;                 /* structural bytes in the words that were taken */
    uint64_t word_ends, n_ends_before; /* ends in the last word that was taken, and before it */
    bool has_quotes, has_escapes, has_cr, has_high, has_quoted_ends;
    bool is_bad; /* in the last word, at bit bad_bit */
    unsigned bad_bit;
} dki_scan;

/* Begins at the start of a record. */
void dki_scan_begin(dki_scan *scan, dki_dialect dialect);

/* Takes words first .. n_words - 1 of text, the last of them only as far as n_bytes goes, into bits; stops behind the
 * word that has the wanted-th end of a record or something bad. Returns the number of words taken, those before
 * first included. */
size_t dki_scan_words(dki_scan *scan, const char *text, size_t n_bytes, size_t first, size_t n_words,
                      uint64_t wanted, uint64_t *bits);

/* Goes on at byte `at`, where a record begins, behind one at `from` that was read otherwise: bits from `from` on are cleared,
 * those before it stay. Returns the number of words that count as taken. */
size_t dki_scan_resume(dki_scan *scan, size_t from, size_t at, size_t n_taken, uint64_t *bits);

/* The record at from .. to, with what ends it at `to`, is well-formed: sets its bits, which dki_scan_resume cleared, and
 * counts it. */
void dki_scan_take(dki_scan *scan, const char *text, size_t from, size_t to, uint64_t *bits);

/* The byte of the wanted-th end, which is in the last word that was taken. */
size_t dki_scan_end(const dki_scan *scan, size_t n_taken, uint64_t wanted);

/* Writes the positions of the bits of bytes 0 .. n_bytes - 1 to out, which has room for all of them and
 * DKI_SCAN_POSITIONS more. Returns how many they are. */
#define DKI_SCAN_POSITIONS 16
size_t dki_scan_positions(const uint64_t *bits, size_t n_bytes, uint32_t *out);

/* For tests: the kinds of instructions that a machine may have; kind 0 is the widest of them, which is used. */
typedef enum dki_scan_kind {
    DKI_SCAN_BEST,
    DKI_SCAN_PLAIN,
    DKI_SCAN_SSE2,
    DKI_SCAN_AVX2,
    DKI_SCAN_AVX512,
    DKI_N_SCAN_KINDS
} dki_scan_kind;
bool dki_scan_use(dki_scan_kind kind); /* false where the machine does not have it; for the whole process */

#endif
