/* whatif_parts.h - what questions about scenarios share. For engine/whatif alone. */
#ifndef DKI_WHATIF_WHATIF_PARTS_H
#define DKI_WHATIF_WHATIF_PARTS_H

#include <dekking/scenario.h>

#include "scenario/scenario_parts.h"

/* base.c ------------------------------------------------------------------------------------------------------- */

/* Whether a node is not the host's; arg: the context. */
bool dki_node_is_own(void *arg, const dki_node *node);
/* Whether the breakdown calls nothing of the host, which must be called in the thread that asked. */
bool dki_breakdown_is_own(const dk_breakdown *breakdown);
bool dki_breakdown_has_params(const dk_breakdown *breakdown);
/* The breakdown without its order and limit: sides of a comparison have all their groups, in the order of keys. A view of the
 * breakdown, which must live. */
void dki_breakdown_whole(const dk_breakdown *breakdown, dk_breakdown *out);
/* What `whole`, that of the breakdown, says of a table as it is: kept with the table, as cells are. was_kept may be NULL.
 * Errors: as for a breakdown. */
dk_status dki_base_get(const dk_breakdown *breakdown, const dk_breakdown *whole, const dk_table *table,
                       const dk_params *params, bool *was_kept, const dk_table **out, dk_error *err);

/* place.c ------------------------------------------------------------------------------------------------------ */

/* The number of a dimension; fails with the nearest name. */
dk_status dki_get_dimension(const dk_breakdown *breakdown, const char *name, size_t *out, dk_error *err);
/* The result has no cell of those values. groups: of the dimension, where there is one value alone; for the nearest. */
dk_status dki_fail_cell(const dk_cell_at *at, size_t n_at, const dk_column *groups, dk_error *err);

/* lacking.c ----------------------------------------------------------------------------------------------------- */

/* Groups of a scenario's result that the base lacks and whose attached figures are not known, as a note; empty where there are
 * none. */
dk_status dki_note_lacking(const dk_breakdown *breakdown, const dk_table *base, const dk_table *result,
                           dki_buffer *note, dk_error *err);

/* compare.c ----------------------------------------------------------------------------------------------------- */

/* The notes of a table on another, which is replaced. */
dk_status dki_carry_notes(const dk_table *from, const char *prefix, const dk_table **table, dk_error *err);

/* divisions.c --------------------------------------------------------------------------------------------------- */

/* Leaves to the n_by dimensions of two results, which are replaced, the levels that both say the same of. *note: what to say where
 * they are of divisions of different days. */
dk_status dki_share_divisions(const dk_table *results[2], const char *const names[2], size_t n_by, dki_buffer *note,
                              dk_error *err);

/* group_key.c -------------------------------------------------------------------------------------------------- */

/* Appends the value of a dimension to the key of a group: a decimal by its value, bounds with what stood in their place. */
dk_status dki_group_key_add(const dk_value *value, dki_buffer *key, dk_error *err);

/* same_rows.c --------------------------------------------------------------------------------------------------- */

/* For each row of `like` the row of the table that has its values, or is a total as it is, in n columns. Not found: some row has
 * none, or the table has one twice. */
dk_status dki_rows_like(const dk_table *table, const char *const *names, const dk_table *like,
                        const char *const *like_names, size_t n, uint64_t *rows, bool *found, dk_error *err);
/* Whether both columns have the same values, row by row, in whatever digits. */
dk_status dki_column_says(const dk_column *column, const dk_column *other, bool *same, dk_error *err);

/* told.c ------------------------------------------------------------------------------------------------------- */

/* Adds to notes what both runs told: a number that is another in each is true of one of them alone. */
dk_status dki_told_common(const dki_text_map *first, const dki_text_map *last, dki_text_map *notes, dk_error *err);

/* measured.c --------------------------------------------------------------------------------------------------- */

struct dki_untouched;
/* Results of one breakdown side by side: results[0] is the base; names[i] names results[i] for i > 0. form NULL: wide,
 * without relative differences. untouched: what is known of differences besides (untouched.h), or NULL. */
dk_status dki_compare_results(const dk_breakdown *breakdown, const dk_table *const *results,
                              const char *const *names, size_t n, const dk_comparison_form *form,
                              const struct dki_untouched *untouched, const dk_table **out, dk_error *err);

#endif
