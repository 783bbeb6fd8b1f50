/* lane_kernels.h - loops that add a row to the cells of all members of its set at once.
 *
 * The cells of a row's members lie side by side, one for each member that there is: lanes. A word has the bit of each lane that
 * the row goes to, so that a row costs the same whatever its set holds, and no branch depends on it.
 *
 * For each row i and each bit k of words[i], lanes[cells[i] * n_lanes + k] gets
 *
 *   count   1 more
 *   sum     values[i] more
 *   weigh   the same, of 64 bits
 *   most    the greatest of itself and the lower 16 bits of values[i]
 *
 * n_lanes: 16 or 32 of 16 bits, 8, 16, 24 or 32 of 32 and of 64 bits; no bit is set from there on. There is a form of each loop for any
 * machine, for AVX2 and for AVX-512; which one data/codes.h decides.
 */
#ifndef DKI_QUERY_LANE_KERNELS_H
#define DKI_QUERY_LANE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#define DKI_MOST_LANES 32

void dki_lanes_count(unsigned n_lanes, uint16_t *lanes, const uint32_t *cells, const uint32_t *words, size_t n);
void dki_lanes_sum(unsigned n_lanes, uint32_t *lanes, const uint32_t *cells, const uint32_t *words,
                   const uint32_t *values, size_t n);
void dki_lanes_weigh(unsigned n_lanes, uint64_t *lanes, const uint32_t *cells, const uint32_t *words,
                     const uint64_t *values, size_t n);
void dki_lanes_most(unsigned n_lanes, uint16_t *lanes, const uint32_t *cells, const uint32_t *words,
                    const uint32_t *values, size_t n);

#endif
