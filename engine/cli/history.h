/* history.h - the lines that were typed, from one prompt to the next. */
#ifndef DKC_CLI_HISTORY_H
#define DKC_CLI_HISTORY_H

#include <histedit.h>

typedef struct dkc_history dkc_history;

/* Loads the history. Without a file that can be kept it is that of this prompt alone. NULL without memory. */
dkc_history *dkc_history_open(void);
void dkc_history_close(dkc_history *kept); /* NULL does nothing */
/* Adds a statement of one line or several, unless it is blank or the same as the one before it. */
void dkc_history_add(dkc_history *kept, const char *line);
/* libedit's list, borrowed. */
History *dkc_history_list(dkc_history *kept);

#endif
