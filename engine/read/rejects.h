/* rejects.h - the records that a lenient reading left out, as a table. */
#ifndef DKI_READ_REJECTS_H
#define DKI_READ_REJECTS_H

#include <dekking/table.h>

enum { DKI_REJECT_LINE, DKI_REJECT_FIELD, DKI_REJECT_VALUE, DKI_REJECT_REASON, DKI_REJECT_RECORD, DKI_N_REJECT };

typedef struct dki_rejects {
    dk_context *context;
    dk_builder *builders[DKI_N_REJECT];
    uint64_t n;
} dki_rejects;

dk_status dki_rejects_begin(dki_rejects *rejects, dk_context *context,
                            dk_error *err);  /* empty; drop before again */
void dki_rejects_drop(dki_rejects *rejects); /* may be called twice, and on zeroes */
/* value.bytes NULL: the record as a whole is at fault. */
dk_status dki_rejects_add(dki_rejects *rejects, uint64_t line, uint64_t field, dk_text value, const char *reason,
                          dk_text record, dk_error *err);
/* Puts those of other, which is dropped, among them: both in the order of their lines, as the outcome is. */
dk_status dki_rejects_merge(dki_rejects *rejects, dki_rejects *other, dk_error *err);
/* line, field (integer), value, reason, record (text). Ends the adding. No name is that of a method in Lua. */
dk_status dki_rejects_finish(dki_rejects *rejects, const dk_table **out, dk_error *err);
/* Says in a note how many records there are in what is called `in`, how many became rows, and how many did not. */
dk_status dki_rejects_note(const dk_table **rejected, const char *in, uint64_t n_rows, dk_error *err);

#endif
