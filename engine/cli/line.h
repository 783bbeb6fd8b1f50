/* line.h - one line of input after a prompt: edited on a terminal (libedit), plain elsewhere. */
#ifndef DKC_CLI_LINE_H
#define DKC_CLI_LINE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct dkc_input dkc_input;

typedef enum dkc_read {
    DKC_READ_LINE,      /* *line holds it, without its end */
    DKC_READ_END,       /* end of file, or Ctrl-D on an empty line */
    DKC_READ_CANCELLED, /* Ctrl-C: what was typed is thrown away */
    DKC_READ_FAILED     /* no memory */
} dkc_read;

/* edited: with a terminal on both sides. Where libedit is not to be had, lines are plain, which is told. Returns NULL
 * without memory. */
dkc_input *dkc_input_open(bool edited);
void dkc_input_close(dkc_input *input); /* NULL does nothing */
/* *line is valid until the next read. */
dkc_read dkc_input_read(dkc_input *input, const char *prompt, const char **line, size_t *size);
/* Puts what was typed into the history of an edited input, as one entry. */
void dkc_input_remember(dkc_input *input, const char *text);

/* The tab key: complete is called with the line up to the cursor, and may offer. A tab that stands before all else in a
 * line, or was pasted, is a tab. */
typedef void dkc_complete_fn(void *arg, dkc_input *input, const char *text);
void dkc_input_completes(dkc_input *input, dkc_complete_fn *complete, void *arg);
/* Names that begin with the last n_typed bytes before the cursor: what they have in common is typed, or they are shown. */
void dkc_input_offer(dkc_input *input, const char *const *names, size_t n_names, size_t n_typed);
/* Whether more was typed than has been read: a paste. */
bool dkc_input_waits(void);
/* Whether SIGINT gets through while a line is read, for what somebody else does with it meanwhile. */
void dkc_input_let_interrupt(bool lets);

#endif
