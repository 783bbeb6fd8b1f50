/* aside.h - work that nobody can stop, such as a call of a library: whoever waits for it can be. */
#ifndef DKI_BASE_ASIDE_H
#define DKI_BASE_ASIDE_H

#include <dekking/context.h>

typedef void dki_aside_fn(void *arg);

/* Calls work(arg) in a thread of its own, which blocks all signals, and waits for its end; polls the context meanwhile, a
 * hundred times a second. Where no thread can be had, the caller's does the work.
 *
 * arg     the caller's again on DK_OK. Else it is given: once the work is done drop(arg) is called in its thread, which may be
 *         after the context is gone, so neither may need anything of it. The process may end before that.
 *
 * Errors  DK_ERR_INTERRUPTED */
dk_status dki_aside(dk_context *context, dki_aside_fn *work, dki_aside_fn *drop, void *arg, dk_error *err);

#endif
