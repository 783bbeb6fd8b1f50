/* cut_text.h - text that was cut to fit, and may end within a character. */
#ifndef DKI_EXPR_CUT_TEXT_H
#define DKI_EXPR_CUT_TEXT_H

#include <string.h>

#include "base/text.h"

/* Takes away what stands at the end of a terminated text and is no whole character. */
static inline void dki_cut_text(char *text)
{
    text[dki_utf8_check(text, strlen(text))] = '\0';
}

#endif
