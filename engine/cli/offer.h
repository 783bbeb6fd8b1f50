/* offer.h - names that may be meant, below the line that is typed. */
#ifndef DKC_CLI_OFFER_H
#define DKC_CLI_OFFER_H

#include <stddef.h>

/* How many bytes all names, one at least, begin with in common; whole characters only. */
size_t dkc_offer_common(const char *const *names, size_t n);
/* Shows them in columns, of paths the last part; columns of the terminal, 0: not known. The line is to be drawn again. */
void dkc_offer_show(const char *const *names, size_t n, size_t columns);

#endif
