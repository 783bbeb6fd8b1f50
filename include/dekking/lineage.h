/* lineage.h - how a table came to be: its source, and what was done since.
 *
 * A table that a question made keeps what is needed to explain its numbers. Items stand in the order in which
 * things were done. A table that nobody has made from another has none yet; the first step puts its source before
 * itself. Every operation on a table adds itself, and where it takes other tables along (a join, an append) how these came
 * to be, one deeper. A snapshot keeps the lineage of what is saved.
 */
#ifndef DEKKING_LINEAGE_H
#define DEKKING_LINEAGE_H

#include <dekking/table.h>

typedef enum dk_lineage_kind {
    DK_LINEAGE_SOURCE, /* name and text: the table, and the file or how it was made; n_rows that it has */
    DK_LINEAGE_FILTER, /* text: a condition; n_rows for which it holds, n_null where it is null; name "where": that of the
                             breakdown which follows, and of figures beside the table too; else NULL */
    DK_LINEAGE_COLUMN,    /* name, text: a column that an expression made */
    DK_LINEAGE_BREAKDOWN, /* name (may be NULL); n_rows: of the result; what follows belongs to it */
    DK_LINEAGE_WEIGHT,    /* name: the column that count() adds up */
    DK_LINEAGE_DIMENSION, /* name, text: an expression, or the column itself */
    DK_LINEAGE_MEASURE,   /* name, text: an expression; of a share also numerator and denominator */
    DK_LINEAGE_WHERE,     /* name: the measure; text: a condition of its aggregates; n_null where that is null */
    DK_LINEAGE_PARAMETER, /* name, text: a value that came along */
    DK_LINEAGE_STEP, /* text: anything else, in words; n_rows of the result; where a column was renamed n_null: how many that
                             follow were renamed at once with it */
    DK_LINEAGE_JOIN,   /* the same, where another table says which rows or columns there are: it follows, deeper */
    DK_LINEAGE_APPEND, /* the same, where rows of other tables were put below: they follow, deeper */
    DK_LINEAGE_DAY, /* name: "as_of" or "published"; text: the day that the rows describe, or were published on */
    DK_LINEAGE_INTERVENTION, /* name: a scenario that a result was compared with; text: a step of it, or a parameter's value;
                                deeper, as it was done to what was compared with */
    DK_LINEAGE_ANSWER /* text: what scenarios were asked, in words: a sweep, what was solved; n_rows of the answer; name: the
                         question as it can be asked again, or NULL; the breakdown follows, deeper */
} dk_lineage_kind;

#define DK_LINEAGE_UNCOUNTED UINT64_MAX /* n_rows of a filter, a breakdown or a step where nobody counted them */

typedef struct dk_lineage_item {
    dk_lineage_kind kind;
    const char *name, *text, *numerator, *denominator; /* NULL where there is none */
    uint64_t n_rows, n_null;
    unsigned
        depth; /* 0: of this table; 1: of one that the JOIN or APPEND before it took, or of the ANSWER; 2: of one that that took ... */
} dk_lineage_item;

/* "source", "filter" and so on. */
DK_API const char *dk_lineage_kind_name(dk_lineage_kind kind);
DK_API size_t dk_table_n_lineage(const dk_table *table);
/* Item i; borrowed, valid as long as the table. */
DK_API const dk_lineage_item *dk_table_lineage(const dk_table *table, size_t i);

#endif
