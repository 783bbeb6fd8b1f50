/* groupby.c - writes the data of the public group-by benchmark (db-benchmark), synthetic, to standard output.
 *
 * usage: groupby ROWS [GROUPS] [SEED]
 *
 * N rows and K (100) groups, as its generator draws them, evenly and without nulls: id1, id2 texts of K values
 * ("id016"), id3 texts of N / K ("id0000042202"), id4, id5 whole numbers of 1 .. K, id6 of 1 .. N / K, v1 of 1 .. 5, v2
 * of 1 .. 15, v3 below 100 with six digits. The draws are our own: the same rows for the same seed on every machine.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

static uint64_t below(uint64_t n) /* splitmix64 */
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return ((z ^ z >> 31) >> 1) % n;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    uint64_t n_rows = argc > 1 ? strtoull(argv[1], &end, 10) : 0;
    uint64_t n_groups = argc > 2 ? strtoull(argv[2], NULL, 10) : 100, n_small;

    if (argc < 2 || *end || n_groups == 0) {
        fprintf(stderr, "usage: groupby ROWS [GROUPS] [SEED]\n");
        return 1;
    }
    n_small = n_rows / n_groups ? n_rows / n_groups : 1;
    state = argc > 3 ? strtoull(argv[3], NULL, 10) : 108;
    printf("id1,id2,id3,id4,id5,id6,v1,v2,v3\n");
    for (uint64_t i = 0; i < n_rows; i++) {
        uint64_t id1 = 1 + below(n_groups), id2 = 1 + below(n_groups), id3 = 1 + below(n_small);
        uint64_t id4 = 1 + below(n_groups), id5 = 1 + below(n_groups), id6 = 1 + below(n_small);
        uint64_t v1 = 1 + below(5), v2 = 1 + below(15), v3 = below(100000000);

        printf("id%03" PRIu64 ",id%03" PRIu64 ",id%010" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
               ",%" PRIu64 ",%" PRIu64 ".%06" PRIu64 "\n",
               id1, id2, id3, id4, id5, id6, v1, v2, v3 / 1000000, v3 % 1000000);
    }
    return fflush(stdout) != 0 || ferror(stdout);
}
