/* progress.h - how far a long call of the engine is, on a terminal's standard error. */
#ifndef DKC_CLI_PROGRESS_H
#define DKC_CLI_PROGRESS_H

#include <dekking/context.h>

/* From now on calls on the context that take longer than half a second (DEKKING_PROGRESS: milliseconds, 0: never) show
 * "reading 45 %" on standard error, if that is a terminal, until they end. From the thread that makes the calls.
 * context may be NULL: nothing is shown. */
void dkc_progress_begin(dk_context *context);
/* Takes away what is still shown: a call that failed does not say that it has ended. */
void dkc_progress_clear(void);

#endif
