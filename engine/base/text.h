/* text.h - UTF-8, and help with names that are almost right. */
#ifndef DKI_BASE_TEXT_H
#define DKI_BASE_TEXT_H

#include <dekking/context.h>

#include <stdarg.h>

/* The number of leading bytes that are well-formed UTF-8 (size where all are): Unicode, table 3-7. A character that
 * is cut off at the end is not well-formed. Fast on ASCII. */
size_t dki_utf8_check(const char *bytes, size_t size);
/* Characters (code points) in well-formed text. */
size_t dki_utf8_length(const char *bytes, size_t size);
bool dki_text_is_ascii(const char *bytes, size_t size);
/* Where a text stands in the subject as it is, at or behind `at`; SIZE_MAX where it does not. The empty one stands everywhere up
 * to the end. */
size_t dki_text_find(const char *subject, size_t size, size_t at, const char *text, size_t text_size);
/* Columns that a terminal gives to the text: 2 for wide characters, 0 for combining ones; control characters and
 * ill-formed bytes count as one each. */
size_t dki_utf8_width(const char *bytes, size_t size);
/* The longest prefix of at most `size` bytes that does not end within a character of a text of total bytes. */
size_t dki_utf8_floor(const char *bytes, size_t total, size_t size);
/* The same for what was cut at `size` bytes already, so that what came behind is not to be seen: a character that
 * is begun at the end and lacks bytes does not count. */
size_t dki_utf8_whole(const char *bytes, size_t size);
/* As snprintf and vsnprintf, and quick for formats of %s, %.*s, %zu and %llu: the size of the whole text, of which as much is written
 * as fits; SIZE_MAX where there is none. Cut at a byte: dki_utf8_whole finds the character's end. */
DK_PRINTF(3, 4) size_t dki_text_print(char *out, size_t size, const char *format, ...);
DK_PRINTF(3, 0) size_t dki_text_vprint(char *out, size_t size, const char *format, va_list args);
/* Order by code point, which is the order of bytes: negative, 0, positive. */
int dki_text_compare(const char *a, size_t a_size, const char *b, size_t b_size);
/* Equality without regard to case: character by character, by their lower-case forms. Not as a dictionary does:
 * one character never equals two, and a letter with an accent is another than a letter and an accent. */
bool dki_text_equal_fold(const char *a, size_t a_size, const char *b, size_t b_size);
/* Windows-1252 to UTF-8: needs room for 3 * size bytes at out, which may not overlap bytes. Returns the length; or
 * SIZE_MAX, with the offset of the first byte that the code page does not define in *bad (else untouched). */
size_t dki_from_windows_1252(const char *bytes, size_t size, char *out, size_t *bad);

/* Follows candidates and keeps the one nearest to a wanted name: edit distance with transpositions, without regard
 * to case. Near enough to be worth offering is a third of the letters, of short names one; of equals the first
 * stays. Names of more than 64 characters are not guessed at. Nothing is copied. */
typedef struct dki_nearest {
    const char *wanted; /* borrowed */
    size_t size;
    const char *best; /* borrowed from the candidates; NULL where nothing is near */
    size_t best_size;
    size_t distance; /* of best: 0 where only the case differs */
} dki_nearest;
void dki_nearest_init(dki_nearest *nearest, const char *wanted, size_t size);
void dki_nearest_try(dki_nearest *nearest, const char *candidate, size_t size);

/* Names for a message, "a, b, c"; where no more fit, "..." stands for the others. Begins as { 0 }. */
typedef struct dki_name_list {
    char text[256];
    size_t size;
    bool is_full;
} dki_name_list;
void dki_name_list_add(dki_name_list *list, const char *name);

#endif
