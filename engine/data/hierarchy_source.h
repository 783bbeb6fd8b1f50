/* hierarchy_source.h - a table that a hierarchy is read from. For hierarchy_table.c, hierarchy_source.c and hierarchy_labels.c alone. */
#ifndef DKI_DATA_HIERARCHY_SOURCE_H
#define DKI_DATA_HIERARCHY_SOURCE_H

#include "hierarchy_parts.h"

/* A column of the table that is read. */
typedef struct dki_hierarchy_column {
    const dk_column *column;
    dk_view view;
} dki_hierarchy_column;

typedef struct dki_hierarchy_source {
    dk_hierarchy *hierarchy;
    const dk_table *table;
    dki_hierarchy_column levels[DK_MOST_LEVELS]; /* wide; long: member, parent, level */
    dki_hierarchy_column labels[DK_MOST_LEVELS]; /* column NULL: none */
    dki_hierarchy_column from, to;
} dki_hierarchy_source;

/* Finds the columns that the specification names. */
dk_status dki_source_find(dki_hierarchy_source *reading, const dk_hierarchy_spec *spec, dk_error *err);
/* Calls act for each row of the table. */
dk_status dki_source_each_row(dki_hierarchy_source *reading,
                              dk_status (*act)(dki_hierarchy_source *reading, void *arg, size_t i, uint64_t row,
                                               dk_error *err),
                              void *arg, dk_error *err);
/* Of row i of the block at hand: the member of a level that a column has, 0 for null; and from when to when it is valid. */
uint32_t dki_source_code(const dki_hierarchy_source *reading, size_t level, const dki_hierarchy_column *source,
                         size_t i);
dk_status dki_source_days(const dki_hierarchy_source *reading, size_t i, uint64_t row, dki_span *span,
                          dk_error *err);
/* hierarchy_labels.c: the members of a level with their labels. */
dk_status dki_source_labels(dki_hierarchy_source *reading, size_t level, dk_error *err);

#endif
