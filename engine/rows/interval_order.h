/* interval_order.h - columns of intervals as keys that rows are put in order by. */
#ifndef DKI_ROWS_INTERVAL_ORDER_H
#define DKI_ROWS_INTERVAL_ORDER_H

#include <dekking/column.h>

/* A column that rows are put in order by, retained: of intervals their ranks in the order of dk_value_compare, null where they
 * are; any other column itself. */
dk_status dki_order_column(const dk_column *column, const dk_column **out, dk_error *err);

#endif
