/* stock.h - Lua's own functions, in whose place others stand. */
#ifndef DKC_CLI_STOCK_H
#define DKC_CLI_STOCK_H

#include <lua.h>

/* They are kept here and not as upvalues, which a script can set and count (debug.setupvalue, debug.getinfo). Each is filled where
 * its function is replaced, before any script runs, and is the same in every Lua state. */
typedef struct dkc_stock_functions {
    lua_CFunction load, loadfile, resume, close;                         /* protected.c */
    lua_CFunction collect;                                               /* collectgarbage */
    lua_CFunction find, match, gmatch, gsub;                             /* polled_match.c */
    lua_CFunction rep, upper, lower, reverse, format, pack, dump;        /* of string */
    lua_CFunction len, offset;                                           /* of utf8 */
    lua_CFunction concat, insert, move, remove, sort;                    /* of table */
    lua_CFunction read, lines, write, file_read, file_lines, file_write; /* of io and of a file */
    lua_CFunction date, execute;                                         /* of os */
} dkc_stock_functions;

extern dkc_stock_functions dkc_stock;

/* Puts a function in the place of Lua's own of that name in the table on top, which is kept in *own. What is there is left alone
 * where it is no function of C. */
void dkc_stock_replace(lua_State *L, const char *name, lua_CFunction function, lua_CFunction *own);

#endif
