/* terminal.h - how large the terminal is that a file leads to. */
#ifndef DKC_CLI_TERMINAL_H
#define DKC_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Columns and rows of the terminal that a descriptor stands for; false where it is none. */
bool dkc_terminal_size(int file, size_t *columns, size_t *rows);

#endif
