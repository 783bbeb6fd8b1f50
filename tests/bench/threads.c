/* threads.c - what a second thread gives plain C in questions that memory bounds.
 *
 * usage: threads [ROWS [RUNS]]        rows (10000000), and how often each is asked (9)
 *
 * The questions are q1, q3, q6, q7 and q8 of the public group-by benchmark, and d5 of queries.lua, over codes and whole numbers as plain
 * as they get: each thread has half of the rows and tables of its own, and each half of the groups is put together by one of them. Before them what
 * memory gives: a column read, and new memory touched. Each line: milliseconds by one thread and by two, least of all runs, taken in
 * turn, and how many times as fast two are.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define MOST_THREADS 2
#define N_FINE 100000 /* groups of id3 and id6 */
#define N_COARSE 100  /* of id1, id4 and id5 */
#define N_PAIRS (N_COARSE * N_COARSE)
#define N_PLACES 342
#define N_MONTHS 72
#define NEW_BYTES ((size_t)256 << 20)

static size_t n_rows = 10000000;
static uint32_t *id3;
static uint8_t *id4, *id5, *v1, *v2;
static int32_t *v3;
static uint16_t *place;        /* skewed, as gemeente is in persons.c */
static uint8_t *month, *hours; /* 1 .. 41, 0 where they are not known */

/* What a thread has: a share of the rows, and of the groups when they are put together. */
struct part {
    unsigned thread, n_threads;
    size_t begin, end;             /* rows */
    size_t first_group, end_group; /* of as many as the question has */
    void *table;
    uint64_t answer;
};

struct question {
    const char *name;
    size_t n_groups, record;
    void (*scan)(struct part *part);
    void (*merge)(struct part *parts, unsigned thread); /* NULL: nothing to put together */
};

static void *wide(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        fprintf(stderr, "threads: no memory\n");
        exit(1);
    }
    madvise(memory, size, MADV_HUGEPAGE);
    return memory;
}

static void scan_read(struct part *part)
{
    uint64_t sum = 0;

    for (size_t i = part->begin; i < part->end; i++)
        sum += (uint32_t)v3[i];
    part->answer += sum;
}

static void touch_new(const struct part *part, int advice)
{
    size_t size = NEW_BYTES / part->n_threads;
    volatile char *memory = wide(size);

    madvise((void *)memory, size, advice);
    for (size_t i = 0; i < size; i += 4096)
        memory[i] = 1;
    munmap((void *)memory, size);
}

static void scan_large_pages(struct part *part)
{
    touch_new(part, MADV_HUGEPAGE);
}

static void scan_small_pages(struct part *part)
{
    touch_new(part, MADV_NOHUGEPAGE);
}

/* q1: sum v1 by id1 (here id4, which has as many values) */
static void scan_q1(struct part *part)
{
    uint64_t *sums = part->table;

    for (size_t i = part->begin; i < part->end; i++)
        sums[id4[i]] += v1[i];
}

static void merge_sums(struct part *parts, unsigned thread)
{
    uint64_t *to = parts[0].table, *from = parts[1].table;

    for (size_t i = parts[thread].first_group; i < parts[thread].end_group; i++)
        to[i] += from[i];
}

/* q3: sum v1, mean v3 by id3 */
struct sums {
    int64_t v3;
    uint32_t v1, n;
};

static void scan_q3(struct part *part)
{
    struct sums *sums = part->table;

    for (size_t i = part->begin; i < part->end; i++) {
        struct sums *sum = &sums[id3[i]];

        sum->v1 += v1[i];
        sum->v3 += v3[i];
        sum->n++;
    }
}

static void merge_q3(struct part *parts, unsigned thread)
{
    struct sums *to = parts[0].table, *from = parts[1].table;

    for (size_t i = parts[thread].first_group; i < parts[thread].end_group; i++) {
        to[i].v1 += from[i].v1;
        to[i].v3 += from[i].v3;
        to[i].n += from[i].n;
    }
}

/* d5: sum, mean, min, max of hours by place and month; the minimum as in q7 */
struct known {
    uint32_t sum, n;
    uint8_t most, least;
};

static void scan_d5(struct part *part)
{
    struct known *known = part->table;

    for (size_t i = part->begin; i < part->end; i++) {
        struct known *k = &known[place[i] * N_MONTHS + month[i]];
        uint8_t value = hours[i], below = value ? (uint8_t)(255 - value) : 0;

        k->sum += value;
        k->n += value != 0;
        k->most = value > k->most ? value : k->most;
        k->least = below > k->least ? below : k->least;
    }
}

static void merge_d5(struct part *parts, unsigned thread)
{
    struct known *to = parts[0].table, *from = parts[1].table;

    for (size_t i = parts[thread].first_group; i < parts[thread].end_group; i++) {
        to[i].sum += from[i].sum;
        to[i].n += from[i].n;
        to[i].most = from[i].most > to[i].most ? from[i].most : to[i].most;
        to[i].least = from[i].least > to[i].least ? from[i].least : to[i].least;
    }
}

/* q7: max v1, min v2 by id3; a minimum is kept as a maximum of 255 - v2, so that 0 is nothing yet */
struct range {
    uint8_t most, least;
};

static void scan_q7(struct part *part)
{
    struct range *ranges = part->table;

    for (size_t i = part->begin; i < part->end; i++) {
        struct range *range = &ranges[id3[i]];
        uint8_t below = (uint8_t)(255 - v2[i]);

        range->most = v1[i] > range->most ? v1[i] : range->most;
        range->least = below > range->least ? below : range->least;
    }
}

static void merge_q7(struct part *parts, unsigned thread)
{
    struct range *to = parts[0].table, *from = parts[1].table;

    for (size_t i = parts[thread].first_group; i < parts[thread].end_group; i++) {
        to[i].most = from[i].most > to[i].most ? from[i].most : to[i].most;
        to[i].least = from[i].least > to[i].least ? from[i].least : to[i].least;
    }
}

/* q8: the two largest v3 of each id6 (here id3, which has as many values) */
struct pair {
    int32_t first, second;
};

static inline void take(struct pair *pair, int32_t value)
{
    if (value > pair->second) {
        pair->second = value > pair->first ? pair->first : value;
        pair->first = value > pair->first ? value : pair->first;
    }
}

static void scan_q8(struct part *part)
{
    struct pair *pairs = part->table;

    for (size_t i = part->begin; i < part->end; i++)
        take(&pairs[id3[i]], v3[i]);
}

static void merge_q8(struct part *parts, unsigned thread)
{
    struct pair *to = parts[0].table, *from = parts[1].table;

    for (size_t i = parts[thread].first_group; i < parts[thread].end_group; i++) {
        take(&to[i], from[i].first);
        take(&to[i], from[i].second);
    }
}

/* q6, a median by id4 and id5: values are put group by group, and selected from by quickselect */
static int32_t *listed;
static uint32_t starts[MOST_THREADS + 1][N_PAIRS]; /* where each thread's values of each group go */

static void scan_q6(struct part *part)
{
    uint32_t *counts = part->table;

    for (size_t i = part->begin; i < part->end; i++)
        counts[id4[i] * N_COARSE + id5[i]]++;
}

static void place_q6(struct part *part)
{
    uint32_t *next = starts[part->thread];

    for (size_t i = part->begin; i < part->end; i++)
        listed[next[id4[i] * N_COARSE + id5[i]]++] = v3[i];
}

static int32_t select_value(int32_t *values, size_t n, size_t k)
{
    size_t low = 0, high = n;

    while (high - low > 1) {
        int32_t pivot = values[low + (high - low) / 2];
        size_t i = low, end = high, at = low;

        while (at < end) { /* below, equal, above */
            int32_t value = values[at];

            if (value < pivot) {
                values[at++] = values[i];
                values[i++] = value;
            } else if (value > pivot) {
                values[at] = values[--end];
                values[end] = value;
            } else {
                at++;
            }
        }
        if (k < i)
            high = i;
        else if (k >= end)
            low = end;
        else
            return pivot;
    }
    return n ? values[low] : 0;
}

static void select_q6(struct part *part)
{
    for (size_t group = part->first_group; group < part->end_group; group++) {
        size_t begin = group ? starts[MOST_THREADS][group - 1] : 0, n = starts[MOST_THREADS][group] - begin;

        part->answer += (uint64_t)select_value(listed + begin, n, n / 2);
    }
}

/* Running. ------------------------------------------------------------------------------------------------------------ */

struct job {
    struct part *parts;
    unsigned thread;
    void (*of_part)(struct part *);
    void (*of_parts)(struct part *, unsigned);
};

static void *run(void *arg)
{
    struct job *job = arg;

    if (job->of_part)
        job->of_part(&job->parts[job->thread]);
    else
        job->of_parts(job->parts, job->thread);
    return NULL;
}

static void by_threads(struct part *parts, unsigned n_threads, void (*of_part)(struct part *),
                       void (*of_parts)(struct part *, unsigned))
{
    struct job jobs[MOST_THREADS];
    pthread_t other;

    for (unsigned i = 0; i < n_threads; i++)
        jobs[i] = (struct job){ parts, i, of_part, of_parts };
    if (n_threads > 1 && pthread_create(&other, NULL, run, &jobs[1]) != 0)
        exit(1);
    run(&jobs[0]);
    if (n_threads > 1)
        pthread_join(other, NULL);
}

/* Where each thread's values begin, group by group. */
static void order_q6(const struct part *parts, unsigned n_threads)
{
    uint32_t at = 0;

    for (size_t group = 0; group < N_PAIRS; group++) {
        for (unsigned i = 0; i < n_threads; i++) {
            starts[i][group] = at;
            at += ((const uint32_t *)parts[i].table)[group];
        }
        starts[MOST_THREADS][group] = at;
    }
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double ask(const struct question *question, unsigned n_threads)
{
    struct part parts[MOST_THREADS];
    size_t size = question->n_groups * question->record;
    double begun;

    for (unsigned i = 0; i < n_threads; i++) {
        parts[i] = (struct part){ .thread = i,
                                  .n_threads = n_threads,
                                  .begin = n_rows * i / n_threads,
                                  .end = n_rows * (i + 1) / n_threads,
                                  .first_group = question->n_groups * i / n_threads,
                                  .end_group = question->n_groups * (i + 1) / n_threads,
                                  .table = size ? wide(size) : NULL };
        if (size)
            memset(parts[i].table, 0, size);
    }
    begun = now();
    by_threads(parts, n_threads, question->scan, NULL);
    if (n_threads > 1 && question->merge)
        by_threads(parts, n_threads, NULL, question->merge);
    if (question->scan == scan_q6) {
        order_q6(parts, n_threads);
        by_threads(parts, n_threads, place_q6, NULL);
        by_threads(parts, n_threads, select_q6, NULL);
    }
    begun = now() - begun;
    for (unsigned i = 0; i < n_threads && size; i++)
        munmap(parts[i].table, size);
    return begun;
}

static void make_rows(void)
{
    uint64_t state = 1;

    id3 = wide(n_rows * sizeof *id3);
    v3 = wide(n_rows * sizeof *v3);
    listed = wide(n_rows * sizeof *listed);
    id4 = wide(n_rows);
    id5 = wide(n_rows);
    v1 = wide(n_rows);
    v2 = wide(n_rows);
    place = wide(n_rows * sizeof *place);
    month = wide(n_rows);
    hours = wide(n_rows);
    for (size_t i = 0; i < n_rows; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        id3[i] = (uint32_t)((state >> 32) * N_FINE >> 32);
        id4[i] = (uint8_t)((state >> 20) % N_COARSE);
        v1[i] = (uint8_t)(1 + (state >> 44) % 5);
        state = state * 6364136223846793005u + 1442695040888963407u;
        v3[i] = (int32_t)((state >> 32) * 100000000 >> 32);
        id5[i] = (uint8_t)((state >> 20) % N_COARSE);
        v2[i] = (uint8_t)(1 + (state >> 44) % 15);
        state = state * 6364136223846793005u + 1442695040888963407u;
        place[i] = (uint16_t)((state >> 32) % N_PLACES * ((state >> 44) % N_PLACES + 1) / N_PLACES);
        month[i] = (uint8_t)((state >> 24) % N_MONTHS);
        hours[i] = (uint8_t)((state >> 12) % 10 < 3 ? 0 : 1 + (state >> 52) % 41);
    }
    memset(listed, 0, n_rows * sizeof *listed);
}

int main(int argc, char **argv)
{
    static const struct question questions[] = {
        { "a column read", 0, 0, scan_read, NULL },
        { "256 MB of new memory, large pages", 0, 0, scan_large_pages, NULL },
        { "256 MB of new memory, small pages", 0, 0, scan_small_pages, NULL },
        { "q1: sum v1 by id1", N_COARSE, sizeof(uint64_t), scan_q1, merge_sums },
        { "q3: sum v1, mean v3 by id3", N_FINE, sizeof(struct sums), scan_q3, merge_q3 },
        { "d5: sum, mean, min, max of hours", N_PLACES * N_MONTHS, sizeof(struct known), scan_d5, merge_d5 },
        { "q6: median v3 by id4, id5", N_PAIRS, sizeof(uint32_t), scan_q6, NULL },
        { "q7: max v1, min v2 by id3", N_FINE, sizeof(struct range), scan_q7, merge_q7 },
        { "q8: two largest v3 of each id6", N_FINE, sizeof(struct pair), scan_q8, merge_q8 },
    };
    int n_runs = argc > 2 ? atoi(argv[2]) : 9;

    if (argc > 1)
        n_rows = strtoul(argv[1], NULL, 10);
    make_rows();
    printf("%-36s %8s %8s  times\n", "plain C, ms", "one", "two");
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        double one = 1e300, two = 1e300;

        for (int r = 0; r < n_runs; r++) {
            double a = ask(&questions[i], 1), b = ask(&questions[i], 2);

            one = a < one ? a : one;
            two = b < two ? b : two;
        }
        printf("%-36s %8.2f %8.2f  %.2f\n", questions[i].name, one, two, one / two);
    }
    return 0;
}
