/* progress.h - how far a long call of the engine is, on a terminal's standard error. */
#ifndef DKC_CLI_PROGRESS_H
#define DKC_CLI_PROGRESS_H

#include <lua.h>

/* From now on calls of the engine that take longer than half a second (DEKKING_PROGRESS: milliseconds, 0: never) show a bar on standard
 * error, if that is a terminal, until they end. From the thread that makes the calls. Where the module is not open, nothing is
 * shown. */
void dkc_progress_begin(lua_State *L);
/* Makes room for what a script that the call has called back is about to write. */
void dkc_progress_hide(void);
/* Takes away what is still shown: a call that failed does not say that it has ended. */
void dkc_progress_clear(void);

#endif
