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
/* *line is valid until the next read. What was edited goes into the history. */
dkc_read dkc_input_read(dkc_input *input, const char *prompt, const char **line, size_t *size);
/* Columns and rows of the terminal; false where there is none. */
bool dkc_terminal_size(size_t *columns, size_t *rows);

#endif
