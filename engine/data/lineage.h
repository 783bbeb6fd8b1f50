/* lineage.h - making the lineage of a table. */
#ifndef DKI_DATA_LINEAGE_H
#define DKI_DATA_LINEAGE_H

#include <dekking/lineage.h>

typedef struct dki_lineage dki_lineage;

/* One that goes on where the table's ends, or begins with the table as the source. */
dk_status dki_lineage_after(const dk_table *table, dki_lineage **out, dk_error *err);
/* Adds an item, whose texts are copied. Only while nobody else has the lineage. */
dk_status dki_lineage_add(dki_lineage *lineage, const dk_lineage_item *item, dk_error *err);
const dki_lineage *dki_lineage_retain(const dki_lineage *lineage); /* NULL gives NULL */
void dki_lineage_release(const dki_lineage *lineage);              /* NULL does nothing */
/* Gives the lineage to a table that nobody else has yet. */
void dki_table_attach(const dk_table *table, const dki_lineage *lineage);
/* One step in words: made becomes what follows `from`. made is the caller's alone; on failure it stays as it was.
 * */
DK_PRINTF(4, 5)
dk_status dki_table_add_step(const dk_table *made, const dk_table *from, dk_error *err, const char *format, ...);

#endif
