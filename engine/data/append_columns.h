/* append_columns.h - columns of one table below each other. */
#ifndef DKI_DATA_APPEND_COLUMNS_H
#define DKI_DATA_APPEND_COLUMNS_H

#include <dekking/append.h>

/* dk_table_append of tables of one column, each called as messages are to call that. */
DK_MUST_USE dk_status dki_append_columns(const dk_table *const *tables, size_t n, const dk_table **out,
                                         dk_error *err);

#endif
