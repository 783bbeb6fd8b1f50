/* hierarchy_use.h - a table that gets levels, in the making. For engine/data alone. */
#ifndef DKI_DATA_HIERARCHY_USE_H
#define DKI_DATA_HIERARCHY_USE_H

#include "base/calendar.h"
#include "chunk.h"
#include "column_parts.h"
#include "dated_sets.h"
#include "hierarchy_turns.h"

typedef struct dki_use {
    const dk_table *table;
    dk_context *context;
    const dk_hierarchy *hierarchy; /* the vintage, where there is no `on` */
    const char *name;              /* of the column that has members */
    const dk_column *column;       /* it, as a category */
    const dk_column *on;           /* NULL: one vintage */
    const dk_dictionary *values;   /* its levels; of a set, those of its members */
    bool is_set;
    size_t level;
    size_t n_codes;      /* of the values, 0 included */
    uint32_t *members;   /* of each code: the member of the level, 0 where there is none */
    dki_turns turns;     /* of the levels from this one on; with `on` alone */
    dki_dated_sets sets; /* of the rows; with `on` and sets alone */
    uint64_t *n_unknown; /* rows of each code that the hierarchy does not know on their day */
    uint64_t n_rows_unknown;
    uint64_t n_dayless; /* rows with a member and no day */
} dki_use;

/* The member that a code of the column stands for, where rows have days of their own that of its day; 0: none. */
uint32_t dki_use_member(const dki_use *use, uint32_t code, int64_t day);
/* The day of a date or a timestamp that is known. */
static inline int64_t dki_hierarchy_day(const dk_view *view, size_t i)
{
    int64_t value = dki_view_value(view, i).as.integer;

    return view->type == DK_TIMESTAMP ? dki_day_of_time(value) : value;
}

/* hierarchy_column.c: the member of a level of that name, or else of that label; 0: there is none. */
uint32_t dki_hierarchy_member(const dk_hierarchy *hierarchy, size_t level, dk_text value);
/* The one of that name, or else of that label on the day; where labels do not change, one that is not there on the day too. */
uint32_t dki_hierarchy_member_on(const dk_hierarchy *hierarchy, size_t level, dk_text value, int64_t day);
/* The same values in a category that knows the level that they are members of, with levels for all members, and their labels. */
dk_status dki_column_of_level(const dk_column *column, const dk_hierarchy *hierarchy, size_t level,
                              const dk_column **out, dk_error *err);
/* The same sets, whose members have the labels of the level's. */
dk_status dki_column_of_members(const dk_column *column, const dk_hierarchy *hierarchy, size_t level,
                                const dk_column **out, dk_error *err);
/* hierarchy_dated.c: what codes are on a level between turns, 0 where the member is not there then; made when it is first asked
 * for. */
typedef struct dki_dated_level {
    const dki_use *use;
    size_t level;
    uint32_t **codes; /* of each turn; NULL: not asked for yet */
} dki_dated_level;
dk_status dki_dated_level_init(dki_dated_level *dated, const dki_use *use, size_t level, dk_error *err);
void dki_dated_level_drop(dki_dated_level *dated); /* also after a failure of init */
dk_status dki_dated_level_at(dki_dated_level *dated, size_t turn, const uint32_t **out, dk_error *err);
/* A level by the day of each row. */
dk_status dki_use_by_day(const dki_use *use, size_t level, const dk_dictionary *levels, const dk_column **out,
                         dk_error *err);
/* Counts the rows of each code that the hierarchy does not know on their day, and those without one. */
dk_status dki_use_count_dated(dki_use *use, dk_error *err);

/* hierarchy_sets.c: counts the rows of sets with members that the hierarchy does not know; counts: of each set its rows. */
void dki_use_count_sets(dki_use *use, const uint64_t *counts);
/* The same by the day of each row; finds use->sets. */
dk_status dki_use_count_dated_sets(dki_use *use, dk_error *err);
/* Of each set the one of what its members are on a level; who has no such ancestor is in none. DK_ERR_RANGE where a set cannot have
 * the name of one. */
dk_status dki_use_sets(const dki_use *use, size_t level, const dk_column **out, dk_error *err);
/* A column of a level that the table has already, knowing its level, where it says what `made` does in every row of
 * which the hierarchy says something; else DK_ERR_DATA, or DK_ERR_TYPE. */
dk_status dki_use_existing(const dki_use *use, size_t level, const dk_column *has, const dk_column *made,
                           const dk_column **out, dk_error *err);

#endif
