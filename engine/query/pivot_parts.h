/* pivot_parts.h - what the files of <dekking/pivot.h> share. */
#ifndef DKI_QUERY_PIVOT_PARTS_H
#define DKI_QUERY_PIVOT_PARTS_H

#include <dekking/pivot.h>

/* Of pivot.c: a table of one row for each cell made wide; value_names: what new columns tell of the values. */
dk_status dki_pivot_run(const dk_table *table, const dk_pivot_spec *spec, const char *const *value_names,
                        const dk_table **out, dk_error *err);
/* Of pivot_aggregate.c: the rows of each cell put together by spec->aggregate, and then made wide. */
dk_status dki_pivot_aggregated(const dk_table *table, const dk_pivot_spec *spec, const dk_table **out,
                               dk_error *err);

#endif
