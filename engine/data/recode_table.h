/* recode_table.h - a table on its way to other members. For recode_table.c, recode_divide.c and recode_sets.c alone. */
#ifndef DKI_DATA_RECODE_TABLE_H
#define DKI_DATA_RECODE_TABLE_H

#include "recode_parts.h"

/* Of a code of the column: the pairs first .. first + n - 1 of what it becomes; of a label n_pairs more. */
typedef struct dki_becomes {
    size_t first, n; /* n 0: it stays */
    uint32_t codes;  /* of the first in `codes`; where it stays, its own new code */
} dki_becomes;

typedef struct dki_recoding {
    const dk_table *table;
    dk_context *context;
    const dk_recode *recode;
    const char *name;
    const dk_column *column;     /* a category */
    const dk_dictionary *values; /* of the table's own column: with labels, perhaps */
    dki_becomes *becomes;        /* of each code, 0 included */
    size_t n_codes;
    uint32_t *
        codes; /* of each pair the code in levels, and behind these for values that are labels; at first: whether it is used */
    bool by_label; /* some value is a label */
    const dk_dictionary *levels;
    uint64_t *rows;  /* of the new table, in which row of the old one each is; NULL: the same rows */
    uint32_t *parts; /* which part of it, 1 from the first on; 0: the whole row */
    uint64_t n_rows, n_divided;
    const dki_recode_days *days; /* by which each row goes by its own; NULL: all go by one */
    dki_buffer note;             /* of these, where there is something to say */
} dki_recoding;

/* recode_divide.c: a column, or (NULL) the number 1, divided along with the rows. */
dk_status dki_recoding_divide(const dki_recoding *recoding, const dk_column *column, const dk_column **out,
                              dk_error *err);

/* recode_sets.c: sets of what their members became, all by one day. DK_ERR_ARGUMENT where a member that some have is divided. */
dk_status dki_recode_set_column(const dk_column *column, const char *name, const dk_recode *recode,
                                const dk_column **out, dk_error *err);
/* dk_table_recode() of the column of sets that stands at that place. */
dk_status dki_recode_sets(const dk_table *table, size_t at, const dk_recode *recode, const dk_table **out,
                          dk_error *err);

#endif
