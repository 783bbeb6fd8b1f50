/* key_words.h - keys of rows as words of 64 bits: two keys are equal exactly where their words are.
 *
 * The columns of one table, the base, decide what the words look like; values of other columns are brought into that
 * form, and those that cannot be are equal to no key of the base.
 *
 * column of the base           words
 * boolean, integer, date ...   the distance from the column's least value, in as many bits as the greatest needs
 * real                         its bits; the two zeros are one
 * ratio                        numerator, denominator
 * category                     the code
 * text of up to 16 hexadecimal digits, all of one length         four bits a digit
 * text of up to 63 bytes       the bytes, zeros, and the length in the last byte
 * longer text                  a number that stands for it
 *
 * What takes less than a word shares one with its neighbours.
 */
#ifndef DKI_JOIN_KEY_WORDS_H
#define DKI_JOIN_KEY_WORDS_H

#include <dekking/column.h>

#include "base/hash.h"
#include "data/column_parts.h"

typedef enum dki_key_form {
    DKI_KEY_INTEGER,
    DKI_KEY_REAL,
    DKI_KEY_RATIO,
    DKI_KEY_CODE,
    DKI_KEY_DIGITS,
    DKI_KEY_TEXT,
    DKI_KEY_NUMBERED
} dki_key_form;

typedef struct dki_key_shape {
    dki_key_form form;
    dk_type type;
    uint8_t scale;
    unsigned size;               /* DIGITS: of every text; TEXT: of the longest */
    char letter;                 /* DIGITS: the first letter, 'a' or 'A' */
    int64_t least;               /* INTEGER */
    uint64_t range;              /* INTEGER: greatest - least */
    const dk_dictionary *levels; /* CODE; owned */
    dki_text_map *texts;         /* NUMBERED; owned */
    unsigned n_words;            /* whole words; 0: n_bits from bit shift on of one that is shared */
    unsigned n_bits, word, shift;
    bool has_null;                  /* nulls are values, and the column has some: a bit says so */
    unsigned null_word, null_shift; /* of that bit */
} dki_key_shape;

typedef struct dki_key_code {
    dk_context *context;
    dki_key_shape *shapes;
    size_t n_shapes;
    unsigned n_words, n_bits; /* of a key; bits in use where it is one word */
    bool nulls_are_values;    /* equal to each other; else a key with a null in it is none */
} dki_key_code;

/* Looks at the columns. try_digits: takes what the first rows look like for the form of all; reading then fails with
 * DK_ERR_DATA where another row does not fit. After a failure the code may only be dropped. */
dk_status dki_key_code_init(dki_key_code *code, dk_context *context, const dk_column *const *columns, size_t n,
                            bool nulls_are_values, bool try_digits, dk_error *err);
void dki_key_code_drop(dki_key_code *code);
/* Whether some form numbers its texts, so that the base must be read by one thread in the order of its rows. */
bool dki_key_code_is_numbered(const dki_key_code *code);

/* A text of a view. */
static inline dk_text dki_key_text(const dk_view *view, size_t i)
{
    if (view->storage == DK_STORE_TEXT && !view->constant) { /* for speed alone */
        const uint32_t *offsets = view->values;

        return (dk_text){ view->bytes + offsets[i], offsets[i + 1] - offsets[i] };
    }
    return dki_view_text(view, i);
}

/* Where a row's words say nothing. */
#define DKI_KEY_IS_NULL 1 /* a part of the key is null */
#define DKI_KEY_IS_NONE 2 /* no row of the base can have it */

/* Reads the keys of one table. Those of the base itself: is_base, and texts are numbered as they come. */
typedef struct dki_key_reader {
    const dki_key_code *code;
    const dk_column *const *columns; /* borrowed, as the code */
    uint64_t **levels;               /* of a column that is a category: the words of each code, ... */
    uint8_t **level_flags;           /* ... and whether there are any; NULL: none is needed */
    bool is_base;
} dki_key_reader;
dk_status dki_key_reader_init(dki_key_reader *reader, const dki_key_code *code, const dk_column *const *columns,
                              bool is_base, dk_error *err);
void dki_key_reader_drop(dki_key_reader *reader);

#define DKI_KEY_PIECE 2048 /* words of a column that are read at a time; those of a value are much fewer */

/* Scratch memory of one thread that reads, on its stack or in a block of its own. */
typedef struct dki_key_scratch {
    dk_view view;
    uint64_t values[DKI_KEY_PIECE];
    uint8_t flags[DKI_KEY_PIECE];
} dki_key_scratch;
/* The words of rows row .. row + n - 1, n at most DK_BLOCK_ROWS: code->n_words for each; flags[i] tells which say
 * nothing. */
dk_status dki_key_read(const dki_key_reader *reader, uint64_t row, size_t n, dki_key_scratch *scratch,
                       uint64_t *words, uint8_t *flags, dk_error *err);

#endif
