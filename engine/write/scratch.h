/* scratch.h - a file for a library that writes to a path alone, in a folder of its own among the temporary files. */
#ifndef DKI_WRITE_SCRATCH_H
#define DKI_WRITE_SCRATCH_H

#include "cells.h"

/* All '\0': there is none. What else is made in the folder must go by itself. */
typedef struct dki_scratch {
    char folder[4096];
    char path[4096]; /* not made yet */
} dki_scratch;

/* Makes the folder, below TMPDIR; what: what comes into the file, for the message. On error there is none. The caller drops it. */
dk_status dki_scratch_open(dki_scratch *out, const char *what, dk_error *err);
/* Hands the file to the sink, in blocks. Polls context. */
dk_status dki_scratch_read(const dki_scratch *scratch, const char *what, dk_context *context, dki_sink *sink,
                           dk_error *err);
/* Takes file and folder away. Whoever has the file open writes it on, and who did not begin it cannot. May be called again. */
void dki_scratch_drop(const dki_scratch *scratch);

#endif
