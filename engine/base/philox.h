/* philox.h - Philox4x32-10: random numbers that are a function of a counter and a key, and of nothing before them.
 *
 * Source: Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC 2011). Ten rounds, each of two
 * products of 32 bits; the same on every machine.
 *
 *   counter  c0 c1 c2 c3    out  o0 o1 o2 o3    words of 32 bits
 *   key      k0 k1
 */
#ifndef DKI_BASE_PHILOX_H
#define DKI_BASE_PHILOX_H

#include <stdint.h>

void dki_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

#endif
