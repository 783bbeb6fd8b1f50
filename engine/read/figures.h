/* figures.h - the figures of a published table as they stand on its lines, before they are checked. */
#ifndef DKI_READ_FIGURES_H
#define DKI_READ_FIGURES_H

#include <dekking/published.h>

#include "base/arena.h"

typedef struct dki_figure_line {
    const char *label; /* its words, one blank between them */
    uint64_t line;     /* in the file, from 1 */
} dki_figure_line;

typedef struct dki_figures {
    dk_context *context;
    const char *name;           /* of the file, in messages; borrowed */
    dki_arena arena;            /* labels */
    dki_figure_line *lines;     /* n_lines; the total, where there is one, comes last */
    dk_interval *values;        /* n_lines * n_columns; numbers are both their bounds */
    dk_text *fields;            /* of each, where there is a rule; the arena's */
    const dk_bounds_rule *rule; /* NULL: all are whole numbers */
    uint8_t scale;              /* of the values */
    bool has_negative;
    size_t n_lines, n_columns; /* columns: numbers on a line */
    size_t lines_room, values_room, fields_room;
    bool has_total;
} dki_figures;

/* Reads UTF-8 text. Whatever it answers, figures may be dropped afterwards.
 * Errors: DK_ERR_DATA, DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
dk_status dki_figures_read(dk_context *context, const char *text, size_t size, const char *name,
                           const char *total_word, const dk_bounds_rule *rule, dki_figures *out, dk_error *err);
void dki_figures_drop(dki_figures *figures);

/* dk_read_published from memory; name stands for the file in messages. */
dk_status dki_read_published_bytes(dk_context *context, const void *bytes, size_t size, const char *name,
                                   const dk_published_options *options, const dk_table **out,
                                   const dk_table **checks, dk_error *err);

#endif
