/* keys.h - keys that know about lines within what is edited. */
#ifndef DKC_CLI_KEYS_H
#define DKC_CLI_KEYS_H

#include <histedit.h>

/* Makes the functions go-up, go-down, go-to-line-begin, go-to-line-end, go-to-end and break-line, and binds keys to them. */
void dkc_keys_add(EditLine *editor);

#endif
