/* watched.h - how much a test does: less where it is watched, and slow.
 *
 * tests/run.lua sets DEKKING_TEST_QUICK to 1 under the sanitizers, which take five times as long, and to 2 under valgrind, which
 * takes fifty.
 */
#ifndef TESTS_UNIT_WATCHED_H
#define TESTS_UNIT_WATCHED_H

#include <stdlib.h>

/* One of three: what is done otherwise, under sanitizers, and under valgrind. */
static inline unsigned watched(unsigned otherwise, unsigned sanitizers, unsigned valgrind)
{
    const char *quick = getenv("DEKKING_TEST_QUICK");

    return quick == NULL ? otherwise : quick[0] == '1' ? sanitizers : valgrind;
}

/* Whether what only much work shows is to be left to other runs. */
static inline int under_valgrind(void)
{
    return (int)watched(0, 0, 1);
}

#endif
