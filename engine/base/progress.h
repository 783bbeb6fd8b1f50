/* progress.h - how far the work on a context is.
 *
 * All of these may be called from any thread: they reach the sink from the thread that set it only, and at most twenty times a
 * second.
 */
#ifndef DKI_BASE_PROGRESS_H
#define DKI_BASE_PROGRESS_H

#include <dekking/context.h>

/* Says what the work is (a verb such as "reading"; kept by address), and how much of it is done, until dki_progress_end, which tells
 * the sink that the work has ended, where it was told that there is any. */
void dki_progress(dk_context *context, const char *what, uint64_t done, uint64_t total);
void dki_progress_end(dk_context *context);

/* Whether the sink hears what this thread says. */
bool dki_progress_is_heard(const dk_context *context);
/* Says that the work goes on: dki_poll does. */
void dki_progress_beat(dk_context *context);

/* For the pool's loops: a loop that may count, which is the outermost one of the sink's thread, says so as long as it goes on. It is
 * heard while nobody says what the work is. */
bool dki_progress_count_begin(dk_context *context);
void dki_progress_count(dk_context *context, uint64_t done, uint64_t total);
void dki_progress_count_end(dk_context *context);

#endif
