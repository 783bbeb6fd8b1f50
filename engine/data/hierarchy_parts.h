/* hierarchy_parts.h - the inside of hierarchies. For engine/data and engine/snapshot. */
#ifndef DKI_DATA_HIERARCHY_PARTS_H
#define DKI_DATA_HIERARCHY_PARTS_H

#include <stdatomic.h>

#include <dekking/hierarchy.h>

#define DKI_NO_LEVEL UINT32_MAX
/* Days before and behind all that a column can have: a side of a validity that is open. */
#define DKI_DAY_FIRST INT64_MIN
#define DKI_DAY_LAST INT64_MAX

/* From a day to the one before another, a member is there and belongs to a parent. */
typedef struct dki_span {
    uint32_t member;
    uint32_t parent_level; /* DKI_NO_LEVEL: it has no parent */
    uint32_t parent;
    int64_t from, to;
    uint64_t row; /* of the source, for messages */
} dki_span;

/* From a day to the one before another, a member is called that. */
typedef struct dki_label {
    uint32_t member;
    int64_t from, to;
    dk_text text; /* terminated */
} dki_label;

typedef struct dki_hierarchy_level {
    const char *name;
    const dk_dictionary *members; /* with their last labels */
    dki_label *labels; /* by member, then by day; none: members are called the same on all of their days */
    size_t n_labels;
    char *label_bytes;
    dki_span *spans; /* by member, then by day; of one member they do not overlap */
    size_t n_spans, capacity;
    size_t *first; /* of each code from 1 its first span, and one more; set when spans are settled */
} dki_hierarchy_level;

/* On a day, an old member of the finest level goes on as a new one with a share of it. */
typedef struct dki_change {
    int64_t day;
    uint32_t old, new;
    dk_ratio share;
} dki_change;

struct dk_hierarchy {
    atomic_size_t n_references;
    dk_context *context;
    const char *name;
    size_t n_levels;
    dki_hierarchy_level levels[DK_MOST_LEVELS];
    bool dated;
    char vintage[11];    /* empty: none */
    dki_change *changes; /* by day, then by old member; of one day those with one old member add up to 1 */
    size_t n_changes;
};

/* hierarchy.c */
dk_status dki_hierarchy_make(dk_context *context, const char *name, const char *const *levels, size_t n_levels,
                             dk_hierarchy **out, dk_error *err);
dk_status dki_hierarchy_add(dk_hierarchy *hierarchy, size_t level, const dki_span *span, dk_error *err);
/* Sorts spans, puts together what is one, and checks what can be checked without the source. */
dk_status dki_hierarchy_settle(dk_hierarchy *hierarchy, dk_error *err);
/* The span of a member on a day; NULL where it is not valid then. */
const dki_span *dki_hierarchy_span(const dk_hierarchy *hierarchy, size_t level, uint32_t member, int64_t day);
/* The member of a level that a member of an earlier one (or of the same) belongs to on a day; 0: none. */
uint32_t dki_hierarchy_ancestor(const dk_hierarchy *hierarchy, size_t level, uint32_t member, size_t of,
                                int64_t day);
/* hierarchy_labels.c: sets the labels of a level from n items in any order, of which those of one member do not overlap. */
dk_status dki_labels_set(dk_hierarchy *hierarchy, size_t level, dki_label *items, size_t n, dk_error *err);
/* Of settled spans: drops labels of a level that say no more than its members do; others have days. */
void dki_labels_settle(dk_hierarchy *hierarchy);
/* What a member is called on a day; false: nothing. */
bool dki_hierarchy_label(const dk_hierarchy *hierarchy, size_t level, uint32_t member, int64_t day, dk_text *out);
/* The members of a level, of all days, with the labels of those that are there on a day. */
dk_status dki_labels_on(const dk_hierarchy *hierarchy, size_t level, int64_t day, const dk_dictionary **out,
                        dk_error *err);
/* The day that all of an undated hierarchy is asked by. */
static inline int64_t dki_any_day(void)
{
    return 0;
}
/* "2015-01-01", or "the beginning", "the end". Returns out. */
const char *dki_day_shown(int64_t day, char out[32]);

/* hierarchy_table.c: the table's columns into spans, labels and changes. */
dk_status dki_hierarchy_read(dk_hierarchy *hierarchy, const dk_table *table, const dk_hierarchy_spec *spec,
                             dk_error *err);

/* hierarchy_changes.c: a table of changes, and what they make of a member. */
dk_status dki_changes_read(dk_hierarchy *hierarchy, const dk_table *changes, dk_error *err);
/* Sorts them, and checks that they do not contradict each other. */
dk_status dki_changes_settle(dk_hierarchy *hierarchy, dk_error *err);

/* dictionary.c: the same levels, codes and labels, as members of a level, in the place of a
 * hierarchy of the same levels, and beside others; hierarchy NULL: of none. */
dk_status dki_dictionary_of_level(const dk_dictionary *dictionary, const dk_hierarchy *hierarchy, size_t level,
                                  dk_dictionary **out, dk_error *err);

#endif
