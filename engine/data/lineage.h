/* lineage.h - making the lineage of a table. */
#ifndef DKI_DATA_LINEAGE_H
#define DKI_DATA_LINEAGE_H

#include <dekking/lineage.h>

typedef struct dki_lineage dki_lineage;

/* One without items. */
dk_status dki_lineage_new(dk_context *context, dki_lineage **out, dk_error *err);
dk_context *dki_lineage_context(const dki_lineage *lineage);
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
/* The step "before renamed to now", with which n_more that follow were given at once. */
dk_status dki_table_add_rename(const dk_table *made, const dk_table *from, const char *before, const char *now,
                               uint64_t n_more, dk_error *err);
/* One step where n other tables took part: kind is JOIN or APPEND. What is known of each follows the step. Of a long
 * lineage the middle is left out, and the step that stands there says so: what was joined to itself again and again stays
 * small. */
DK_PRINTF(7, 8)
dk_status dki_table_add_others(const dk_table *made, const dk_table *from, const dk_table *const *others, size_t n,
                               dk_lineage_kind kind, dk_error *err, const char *format, ...);
/* The lineage of a table, with that name in the place of item `at`'s, which may be NULL. */
dk_status dki_lineage_renamed(const dk_table *table, size_t at, const char *name, dki_lineage **out, dk_error *err);
/* The days of a table as items of that depth: calls put for each that is stated. */
dk_status dki_lineage_days(const dk_properties *properties, unsigned depth,
                           dk_status (*put)(void *, const dk_lineage_item *, dk_error *), void *arg, dk_error *err);
/* Where the lineage of a table, which nobody else has yet, says other days than it has: it goes on with those. */
dk_status dki_lineage_state_days(const dk_table *made, dk_error *err);
/* The step of a table without its totals. */
#define DKI_NO_TOTALS "rows that are no totals"
#define DKI_OWN_WHERE "where"      /* the name of the filter that is the breakdown's own */
#define DKI_RENAMED " renamed to " /* between names, old and new */
/* The end of the step of a recode that divided rows: what is counted of these is an estimate. */
#define DKI_DIVIDED ", some divided by shares: an estimate"
/* What the table is called in such a step: its name, or where it comes from; "another table" where neither is known. */
const char *dki_lineage_name(const dk_table *table);
/* "a, b": columns in the words of a step, as many as go into size. */
const char *dki_lineage_list(const char *const *names, size_t n, char *out, size_t size);

/* Items of a lineage that is to be kept, at most `most` of them: of more those of the middle are left out, as above. Calls
 * put for each in turn until that fails. */
dk_status dki_lineage_each(const dk_table *table, size_t most,
                           dk_status (*put)(void *, const dk_lineage_item *, dk_error *), void *arg, dk_error *err);
#define DKI_LINEAGE_DEEPEST 16u /* what lies deeper is left out */

#endif
