/* pager.h - long texts, a screen at a time. */
#ifndef DKC_CLI_PAGER_H
#define DKC_CLI_PAGER_H

#include <stdbool.h>
#include <stddef.h>

/* Shows a text that is longer than the terminal through the program that PAGER names, or less. false: nothing
 * was shown, since it is not longer, there is no such program, or more was typed already, which is not the pager's. */
bool dkc_page(const char *text, size_t size);
/* How many texts were shown so: what waits for a reader is not slow. */
unsigned dkc_pages(void);

#endif
