/* words.h - what is said beside a table, in the language of its style. For engine/write alone. */
#ifndef DKI_WRITE_WORDS_H
#define DKI_WRITE_WORDS_H

#include <dekking/write.h>

#define DKI_WORDS_BYTES 200

/* Each writes a terminated text: "9,988 rows not shown", "9.988 rijen niet getoond". */
void dki_words_rows_left_out(uint64_t n, dk_style style, char *out, size_t size);
void dki_words_columns_left_out(size_t n, size_t of, dk_style style, char *out, size_t size);
void dki_words_size(uint64_t n_rows, size_t n_columns, dk_style style, char *out, size_t size);
/* What the marker of a number means, for a reader; NULL where it means nothing of its own. */
const char *dki_words_meaning(const dk_interval *interval, dk_style style);
/* "bar of" dekking: 0 "to" 1 */
void dki_words_scale(dk_style style, const char **before, const char **between);

#endif
