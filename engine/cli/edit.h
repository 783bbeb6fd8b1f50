/* edit.h - libedit, opened when the first prompt on a terminal is. */
#ifndef DKC_CLI_EDIT_H
#define DKC_CLI_EDIT_H

#include <dekking/error.h>
#include <histedit.h>
#include <stdbool.h>

#define DKC_EDIT_LIST(X) \
    X(el_cursor)         \
    X(el_end)            \
    X(el_get)            \
    X(el_init)           \
    X(el_parse)          \
    X(el_push)           \
    X(el_reset)          \
    X(el_resize)         \
    X(el_set)            \
    X(el_wgets)          \
    X(el_winsertstr)     \
    X(el_wline)          \
    X(el_wset)           \
    X(history)           \
    X(history_end)       \
    X(history_init)      \
    X(tok_end)           \
    X(tok_init)          \
    X(tok_str)

typedef struct dkc_edit_functions {
#define DKC_EDIT_MEMBER(name) __typeof__(name) *name;
    DKC_EDIT_LIST(DKC_EDIT_MEMBER)
#undef DKC_EDIT_MEMBER
} dkc_edit_functions;

/* Its functions, once dkc_edit_open has succeeded. */
extern dkc_edit_functions dkc_edit;
bool dkc_edit_open(dk_error *err);

#endif
