/* random.h - the same random numbers on every machine. */
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <stdint.h>
#include <stdlib.h>

#include "watched.h"

/* How often a test goes round; less often where it is watched, and slow. */
static inline unsigned random_rounds(unsigned n)
{
    return watched(n, n / 4 + 5, n / 20 + 5);
}

/* xorshift */
static uint64_t random_state = UINT64_C(0x2545F4914F6CDD1D);
static inline uint64_t random_u64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}
/* 0 .. n - 1, from the bits that are best. A test that sets random_state first draws the same each time. */
static inline uint64_t pick(uint64_t n)
{
    return (random_u64() >> 11) % n;
}
static inline uint64_t random_below(uint64_t n)
{
    return random_u64() % n;
}

#endif
