/* floor.c - what the machine and libcsv need at the least for a CSV file: the floor under every reader.
 *
 * usage: floor bytes|lines|libcsv FILE RUNS
 *
 * bytes reads the file and adds its bytes up; lines finds its line ends with memchr; libcsv calls libcsv with
 * callbacks that only count. Each run prints its seconds and what it counted.
 */
#include <csv.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t)1 << 20)

static void count_field(void *field, size_t size, void *arg)
{
    (void)field;
    (void)size;
    ++*(uint64_t *)arg;
}

static void skip_record(int end, void *arg)
{
    (void)end;
    (void)arg;
}

/* What a file has of the kind that is asked for, or UINT64_MAX where it cannot be read. */
static uint64_t count(const char *kind, const char *path, char *block)
{
    int file = open(path, O_RDONLY);
    uint64_t n = 0;
    ssize_t size;
    struct csv_parser parser;

    if (file < 0)
        return UINT64_MAX;
    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL);
    csv_set_delim(&parser, ';');
    while ((size = read(file, block, BLOCK_BYTES)) > 0) {
        if (strcmp(kind, "bytes") == 0) {
            const uint64_t *words = (const uint64_t *)(const void *)block;

            for (size_t i = 0; i < (size_t)size / 8; i++)
                n += words[i];
        } else if (strcmp(kind, "lines") == 0) {
            for (const char *at = block; (at = memchr(at, '\n', (size_t)(block + size - at))) != NULL; at++)
                n++;
        } else if (csv_parse(&parser, block, (size_t)size, count_field, skip_record, &n) != (size_t)size) {
            size = -1;
            break;
        }
    }
    csv_fini(&parser, count_field, skip_record, &n);
    csv_free(&parser);
    close(file);
    return size < 0 ? UINT64_MAX : n;
}

int main(int argc, char **argv)
{
    char *block = aligned_alloc(64, BLOCK_BYTES);

    if (argc != 4 || block == NULL) {
        fputs("usage: floor bytes|lines|libcsv FILE RUNS\n", stderr);
        return 2;
    }
    for (int run = atoi(argv[3]); run > 0; run--) {
        struct timespec start, end;
        uint64_t n;

        clock_gettime(CLOCK_MONOTONIC, &start);
        n = count(argv[1], argv[2], block);
        clock_gettime(CLOCK_MONOTONIC, &end);
        if (n == UINT64_MAX) {
            fprintf(stderr, "floor: %s cannot be read\n", argv[2]);
            return 1;
        }
        printf("%.6f %llu\n", (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9,
               (unsigned long long)n);
    }
    free(block);
    return 0;
}
