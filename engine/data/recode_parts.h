/* recode_parts.h - recodes in the making. For engine/data alone. */
#ifndef DKI_DATA_RECODE_PARTS_H
#define DKI_DATA_RECODE_PARTS_H

#include <dekking/recode.h>

#include "base/buffer.h"
#include "base/hash.h"

typedef struct dki_recode_item {
    uint32_t old, new; /* numbers in names */
    dk_ratio share;
} dki_recode_item;

typedef struct dki_recode_items {
    dk_context *context; /* borrowed */
    dki_text_map names;
    dki_recode_item *items; /* those of one old name one behind the other */
    size_t n, capacity;
} dki_recode_items;

/* Items on their way, and one more of them: that share of the old name is the new one. */
void dki_recode_items_init(dki_recode_items *items, dk_context *context);
void dki_recode_items_drop(dki_recode_items *items);
dk_status dki_recode_add(dki_recode_items *items, dk_text old, dk_text new, dk_ratio share, dk_error *err);
/* What a recode by the day of each row goes by. */
typedef struct dki_recode_days {
    const dk_hierarchy *hierarchy; /* NULL: it is none */
    const dk_table *weights;       /* may be NULL */
    char *on;
    int64_t day;
    char to[11];
} dki_recode_days;
const dki_recode_days *dki_recode_days_of(const dk_recode *recode);
/* Members of which it is not known what they are, and why the first one is. */
typedef struct dki_lacking {
    bool *members; /* of each member of the hierarchy's finest level */
    size_t n;
    dk_error first;
} dki_lacking;
/* hierarchy_recode.c: from one day to another, as numbers. wanted: of each member whether it is asked for; NULL: all are. lacking: gets
 * those of them that have no pairs; NULL: there is none, or it is a fault. */
dk_status dki_hierarchy_recode(const dk_hierarchy *hierarchy, int64_t from, int64_t to, const dk_table *weights,
                               const bool *wanted, dki_lacking *lacking, const dk_recode **out, dk_error *err);
/* recode_lacking.c: that rows of a column, a category or sets, have no member that is lacking. */
dk_status dki_recode_check_rows(const dk_recode *recode, const dk_column *column, dk_error *err);
/* Whether rows of a column have a member that becomes several, or one that is lacking. */
dk_status dki_recode_divides(const dk_recode *recode, const dk_column *column, bool *out, dk_error *err);
/* What a recode between two days goes by where some members are lacking; NULL: there are none. */
typedef struct dki_recode_way {
    const dk_hierarchy *hierarchy;
    const dk_table *weights; /* may be NULL */
    int64_t from, to;
    dki_lacking lacking;
} dki_recode_way;
const dki_recode_way *dki_recode_way_of(const dk_recode *recode);
/* The recode goes that way. lacking: taken over. */
void dki_recode_tell_way(const dk_recode *recode, const dki_recode_way *way);
/* The day that a recode goes from or to; also whether the hierarchy has days at all. */
dk_status dki_hierarchy_recode_day(const dk_hierarchy *hierarchy, const char *text, int64_t *out, dk_error *err);
/* recode_days.c: a column in which each member is told apart by the time that its day lies in, and the recode of these to
 * what they are on the day; made of a category of the table, or of sets. note gets how many rows have a member that is none on their
 * day. */
dk_status dki_recode_by_day(const dk_table *table, const dk_column *column, const char *name,
                            const dk_recode *recode, dki_buffer *note, const dk_column **out,
                            const dk_recode **out_recode, dk_error *err);
/* The member that was told apart. */
dk_text dki_recode_days_value(dk_text name);
/* Whether a value can be there on the day that is recoded to. */
bool dki_recode_days_keep(const dki_recode_days *by, dk_text value);

/* recode_levels.c: what the members that there are after a recode, plain, are called: those that stay as in values, before it, unless
 * the day that is recoded to calls them otherwise. It names new ones, where values are called anything. */
dk_status dki_recode_label(const dk_recode *recode, const dk_dictionary *values, const dk_dictionary *plain,
                           const dk_dictionary **out, dk_error *err);
/* The levels of a column of the table, whose dictionary was values, after the recode, where they are members of the
 * hierarchies that it was of; *levels is replaced. */
dk_status dki_recode_keep(const dk_table *table, const dk_dictionary *values, const dk_recode *recode,
                          const dk_dictionary **levels, dk_error *err);
/* The other columns, of which fields, as many as the table has, are what became of each: later levels follow, and finer ones are no
 * longer of a hierarchy in which their members belong to something else. rows: which row of the table each is, or NULL. */
dk_status dki_recode_follow(const dk_table *table, const char *name, const uint64_t *rows, uint64_t n_rows,
                            dk_field *fields, dk_error *err);

/* recode_attached.c: what is attached to the table as it is after the recode, one for each that it has; recode NULL: figures stay, as
 * those do of which one would be divided. Tables are new references, of which those are NULL that a failure left out: out is all NULL
 * before. */
dk_status dki_recode_attached(const dk_table *table, const char *name, const dk_recode *recode,
                              dk_attachment out[DK_MOST_ATTACHED], dk_error *err);
/* Notes of figures that stay where rows go; *made, what the table became, is replaced. attached: those that it has now. */
dk_status dki_recode_tell_attached(const dk_table **made, const dk_table *table, const char *name,
                                   const uint64_t *rows, const dk_attachment *attached, dk_error *err);

/* The members that a recode of a hierarchy is about, with their labels of the days that it goes from and to; NULL: of none. They are
 * told once. */
const dk_dictionary *dki_recode_old(const dk_recode *recode);
const dk_dictionary *dki_recode_new(const dk_recode *recode);
void dki_recode_tell_members(const dk_recode *recode, const dk_dictionary *old, const dk_dictionary *new);
/* A value that stays: of a member that is called otherwise by then, its label of the day that is recoded to; the member's name where it
 * has none, and another is called so by then. */
dk_text dki_recode_kept_name(const dk_recode *recode, dk_text value);

/* A recode of them, which takes them over: items are empty then. On failure they are as they were. */
dk_status dki_recode_of(dki_recode_items *items, const dk_recode **out, dk_error *err);

#endif
