/* statement.h - what is typed at the prompt, as a function. */
#ifndef DKC_CLI_STATEMENT_H
#define DKC_CLI_STATEMENT_H

#include <lua.h>
#include <stdbool.h>

#include "line.h"

#define DKC_STATEMENT_INPUT 1 /* the place on the stack of what is read from, to be closed */

/* Opens standard input, on a stack that is empty. Raises without memory. */
void dkc_statement_open(lua_State *L, bool on_terminal);
/* Reads a statement, which goes into the history, and pushes its function; or, where *status is an error, what is wrong with it.
 * Pushes nothing where no line was read. *quiet: a semicolon ends it, so that its values are not shown. */
dkc_read dkc_statement_read(lua_State *L, int *status, bool *quiet);
/* Whether that was "exit" or "quit" alone, or called, typed at a terminal, and no global has that name: somebody wants to know how to
 * leave. */
bool dkc_statement_leaves(lua_State *L);

#endif
