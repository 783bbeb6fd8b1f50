/* memory_data.h - the table that calls of test_lua_memory.c begin with. */
#ifndef DKT_MEMORY_DATA_H
#define DKT_MEMORY_DATA_H

#define DATA                                                                                                      \
    "local t = dk.table({ { 'k', { 'b', 'a', 'c', dk.null } }, { 'n', { 1, 2, 3, 4 } }, { 'x', { 0.5, 1, 2, 3 } " \
    "} }, "                                                                                                       \
    "{ name = 'proef', unit = 'persons' })\n"

#endif
