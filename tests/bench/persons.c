/* persons.c - writes a synthetic register of any size to standard output, for benchmarks.
 *
 * usage: persons ROWS [SEED] [plain | quoted | dutch]
 *
 * Columns as deliveries have them: pseudoniem (16 hexadecimal digits), gemeente (342, skewed), arbeidsmarktregio (35,
 * follows from it), doelgroep (6), leeftijdsklasse (8), opleiding (6, 40 % empty), geslacht (3), in_sonar,
 * klantprofiel, zichtbaar, uren (0 .. 40, 30 % empty), peilmaand (72). The same rows for the same seed on every machine.
 * quoted puts every field that is not empty between quotes; dutch adds bedrag, with dots between thousands and a comma.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;
static const char *quote = "";

static uint64_t bits(void) /* splitmix64 */
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static unsigned below(unsigned n)
{
    return (unsigned)((bits() >> 1) % n);
}

static void put(const char *text, char end)
{
    const char *q = *text ? quote : "";

    printf("%s%s%s%c", q, text, q, end);
}

/* A number of at least that many digits behind a word. */
static void put_number(const char *word, int digits, unsigned number, char end)
{
    char text[32];

    snprintf(text, sizeof text, "%s%0*u", word, digits, number);
    put(text, end);
}

static void put_row(bool dutch)
{
    static const char *const doelgroep[] = { "Participatiewet",   "Wajong", "Wsw", "WIW/ID",
                                             "Praktijkonderwijs", "Overig" };
    static const char *const leeftijd[] = {
        "15-19", "20-24", "25-29", "30-34", "35-44", "45-54", "55-59", "60-66"
    };
    static const char *const opleiding[] = { "basisonderwijs", "praktijkonderwijs", "vmbo", "mbo-1", "mbo-2",
                                             "mbo-3/4" };
    static const char *const geslacht[] = { "M", "V", "X" };
    unsigned a = below(342), gemeente = a * (below(342) + 1) / 342; /* the product of two draws: few large ones */
    bool in_sonar = below(100) < 74, profile = in_sonar && below(100) < 60;
    char text[64];

    snprintf(text, sizeof text, "%016" PRIx64, bits());
    put(text, ';');
    put_number("gemeente ", 3, gemeente, ';');
    put_number("regio ", 2, gemeente % 35, ';');
    put(doelgroep[below(6)], ';');
    put(leeftijd[below(8)], ';');
    put(below(10) < 4 ? "" : opleiding[below(6)], ';');
    put(geslacht[below(201) / 100], ';');
    put(in_sonar ? "1" : "0", ';');
    put(profile ? "1" : "0", ';');
    put(profile && below(10) < 9 ? "1" : "0", ';');
    if (below(10) < 3)
        put("", ';');
    else
        put_number("", 1, below(41), ';');
    unsigned year = 2019 + below(6);
    snprintf(text, sizeof text, "%04u-%02u", year, 1 + below(12));
    put(text, dutch ? ';' : '\n');
    if (dutch) {
        unsigned cents = below(1000000);
        if (cents >= 100000)
            snprintf(text, sizeof text, "%u.%03u,%02u", cents / 100000, cents / 100 % 1000, cents % 100);
        else
            snprintf(text, sizeof text, "%u,%02u", cents / 100, cents % 100);
        put(text, '\n');
    }
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long long n_rows = argc > 1 ? strtoull(argv[1], &end, 10) : 0;
    bool dutch = argc > 3 && strcmp(argv[3], "dutch") == 0;

    if (argc < 2 || *end) {
        fprintf(stderr, "usage: persons ROWS [SEED] [plain | quoted | dutch]\n");
        return 1;
    }
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    quote = argc > 3 && strcmp(argv[3], "quoted") == 0 ? "\"" : "";
    printf(
        "pseudoniem;gemeente;arbeidsmarktregio;doelgroep;leeftijdsklasse;opleiding;geslacht;in_sonar;klantprofiel;"
        "zichtbaar;uren;peilmaand%s\n",
        dutch ? ";bedrag" : "");
    for (unsigned long long i = 0; i < n_rows; i++)
        put_row(dutch);
    return fflush(stdout) != 0 || ferror(stdout);
}
