/* draw.h - where a line that is edited stands on the terminal. */
#ifndef DKC_CLI_DRAW_H
#define DKC_CLI_DRAW_H

#include <histedit.h>
#include <stdbool.h>
#include <stddef.h>

#define DKC_HIDDEN_MARK '\001' /* encloses what a prompt sends to the terminal without showing it */

/* Takes the line off the screen after the window became wider, narrower, lower or higher, and puts the cursor where it began.
 * columns_before: of the terminal when the line was drawn; 0: not known. */
void dkc_draw_clear(EditLine *editor, const char *prompt, size_t columns_before);
/* Draws a line that has a character of two columns anew, after libedit did. Where one comes into the place of another, or goes, that
 * may write half of one; and it moves the cursor by writing what stands there, be it half of one. */
void dkc_draw_wide(EditLine *editor, const char *prompt);

#endif
