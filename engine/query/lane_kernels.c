/* lane_kernels.c - the loops over rows that go to many cells at once, in forms for several kinds of processors.
 *
 * They stand once, in lane_loops.h. A row reads and writes as many bytes as its members have cells, in one to eight vectors; cells of
 * 16 bits are added up elsewhere before they can overflow, which the caller sees to.
 */
#include "lane_kernels.h"

#include <string.h>

#include "data/codes.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* what is done for a row is laid out flat, also where the tree is compiled with -O2 */
#endif

typedef void lane_fn(void *lanes, const uint32_t *cells, const uint32_t *words, const uint32_t *values, size_t n);
typedef void weigh_fn(void *lanes, const uint32_t *cells, const uint32_t *words, const uint64_t *values, size_t n);

struct loops {
    lane_fn *count[2], *most[2]; /* of 16 and 32 lanes */
    lane_fn *sum[4];             /* of 8, 16, 24 and 32 */
    weigh_fn *weigh[4];          /* the same */
};

typedef uint16_t u16x8 __attribute__((vector_size(16)));
typedef uint32_t u32x4 __attribute__((vector_size(16)));
typedef uint64_t u64x2 __attribute__((vector_size(16)));

#define BITS 0
#define TARGET
#define WAY(name) name##_plain
#define V16 u16x8
#define V32 u32x4
#define V64 u64x2
#define WHICH_16                    \
    {                               \
        1, 2, 4, 8, 16, 32, 64, 128 \
    }
#define WHICH_32   \
    {              \
        1, 2, 4, 8 \
    }
#define WHICH_64 \
    {            \
        1, 2     \
    }
#include "lane_loops.h"

#if defined(__x86_64__)

typedef uint16_t u16x16 __attribute__((vector_size(32)));
typedef uint32_t u32x8 __attribute__((vector_size(32)));
typedef uint64_t u64x4 __attribute__((vector_size(32)));

#define BITS 1
#define TARGET __attribute__((target("avx2")))
#define WAY(name) name##_avx2
#define V16 u16x16
#define V32 u32x8
#define V64 u64x4
#define WHICH_16                                                                    \
    {                                                                               \
        1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 \
    }
#define WHICH_32                    \
    {                               \
        1, 2, 4, 8, 16, 32, 64, 128 \
    }
#define WHICH_64   \
    {              \
        1, 2, 4, 8 \
    }
#include "lane_loops.h"

#define BITS 2
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx2")))
#define WAY(name) name##_avx512
#include "lane_loops.h"

#endif

static const struct loops *loops(void)
{
#if defined(__x86_64__)
    static const struct loops *const ways[] = { &loops_plain, &loops_avx2, &loops_avx512, &loops_avx512 };

    return ways[dki_codes_way()];
#else
    return &loops_plain;
#endif
}

void dki_lanes_count(unsigned n_lanes, uint16_t *lanes, const uint32_t *cells, const uint32_t *words, size_t n)
{
    loops()->count[n_lanes / 16 - 1](lanes, cells, words, cells, n); /* no values: what they are does not matter */
}

void dki_lanes_sum(unsigned n_lanes, uint32_t *lanes, const uint32_t *cells, const uint32_t *words,
                   const uint32_t *values, size_t n)
{
    loops()->sum[n_lanes / 8 - 1](lanes, cells, words, values, n);
}

void dki_lanes_most(unsigned n_lanes, uint16_t *lanes, const uint32_t *cells, const uint32_t *words,
                    const uint32_t *values, size_t n)
{
    loops()->most[n_lanes / 16 - 1](lanes, cells, words, values, n);
}

void dki_lanes_weigh(unsigned n_lanes, uint64_t *lanes, const uint32_t *cells, const uint32_t *words,
                     const uint64_t *values, size_t n)
{
    loops()->weigh[n_lanes / 8 - 1](lanes, cells, words, values, n);
}
