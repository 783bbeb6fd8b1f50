/* call.h - protected calls of chunks, with a traceback and Ctrl-C, and what is said when one fails. */
#ifndef DKC_CLI_CALL_H
#define DKC_CLI_CALL_H

#include <lua.h>

/* Calls the function below n_args arguments on the stack; an error becomes its message with a traceback. */
int dkc_call(lua_State *L, int n_args, int n_results);
/* The same without a traceback: the error value stays what it was. */
int dkc_call_plain(lua_State *L, int n_args, int n_results);
/* Pushes a global, or the error of a script that made its globals strict; returns the status. */
int dkc_call_global(lua_State *L, const char *name);
/* Writes "program: message" to standard error for a status that is an error, whose message is taken off the
 * stack; program NULL: no prefix. Returns the status. */
int dkc_report(lua_State *L, const char *program, int status);

#endif
