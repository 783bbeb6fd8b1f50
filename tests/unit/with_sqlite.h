/* with_sqlite.h - a context and a database of a test's own, for questions that SQLite answers too.
 *
 * Included after the other headers of the tests, as with_context.h. */
#ifndef TESTS_UNIT_WITH_SQLITE_H
#define TESTS_UNIT_WITH_SQLITE_H

#include <sqlite3.h>

#include "with_context.h"

static sqlite3 *db;

static inline void run_sql(const char *sql)
{
    char *message = NULL;

    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

static inline int open_both(void **state)
{
    return sqlite3_open(":memory:", &db) == SQLITE_OK ? set_up(state) : -1;
}

static inline int close_both(void **state)
{
    sqlite3_close(db);
    return tear_down(state);
}

#endif
