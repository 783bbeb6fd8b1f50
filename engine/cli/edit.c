/* edit.c - opening libedit.
 *
 * With the libraries that it needs itself it would be a quarter of the time that starting takes, and scripts have no
 * use for it.
 */
#include "edit.h"

#include <string.h>

#include "base/late.h"

#define LIBRARY "libedit.so.2"
#define PACKAGE "libedit2"

dkc_edit_functions dkc_edit;

#define NAME(name) #name,
static const char *const names[] = { DKC_EDIT_LIST(NAME) };
#define N_NAMES (sizeof names / sizeof *names)

bool dkc_edit_open(dk_error *err)
{
    void *functions[N_NAMES];

    if (dkc_edit.el_init)
        return true;
    if (dki_late_open(LIBRARY, PACKAGE, "editing lines", names, N_NAMES, functions, err) != DK_OK)
        return false;
    _Static_assert(sizeof functions == sizeof dkc_edit, "one pointer for each function");
    memcpy(&dkc_edit, functions, sizeof functions);
    return true;
}
